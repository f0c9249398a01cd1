// The controller's log and what else lies in its store: over outages, restarts, cuts and faults.
#include "tests/core_bench.h"

#include "models/controller/core/lasting.h"

TestSuite(core_log, .fini = bench_fini);

// Starts it again, as commissioned but for what its store holds.
static void restart(dd_start_reason reason) {
    dd_core_def def = b->core.def;
    def.boots++;
    def.reason = (uint8_t)reason;
    def.poll_period_s = 900;
    b->timetable = (dd_timetable){.calendars = {always(0)}};
    start(&def);
}

static bool kept(void) {
    return dd_core_log_size(&b->core) > 0;
}

// Everything that was ever numbered has arrived, or is known to be lost; nothing twice, in order.
static void all_accounted_for(void) {
    cr_expect_not(kept(), "%u words left", dd_core_log_size(&b->core));
    cr_expect_eq((uint32_t)b->heard_n + b->lost_n, b->core.log.next - 1);
    for (int i = 1; i < b->heard_n; i++)
        cr_expect_gt(b->heard[i].sequence, b->heard[i - 1].sequence);
}

// Whether the centre, going by what it has heard, holds an event to be raised.
static bool believed(dd_happening happening, uint16_t lamp) {
    bool raised = false, doubtful = false;
    for (int i = 0; i < b->heard_n; i++) {
        const dd_word *word = &b->heard[i];
        if (word->kind == DD_WORD_REVIEW && word->over) raised = raised && !doubtful;
        if (word->kind == DD_WORD_REVIEW) doubtful = !word->over;
        if (word->kind != DD_WORD_EVENT || word->happening != happening || word->lamp != lamp)
            continue;
        raised = !word->over;
        doubtful = false;
    }
    return raised;
}

// --- Outages ---

// The largest segment, every 15 minutes, meters with it (issue 5): a day, and then all of it.
Test(core_log, a_day_without_a_line_loses_and_doubles_nothing) {
    make(DD_SEGMENT_LAMPS_MAX, NULL);
    light(1000);
    look();
    run(30 * MINUTE);
    b->line_down = true;
    int before = b->heard_n;
    run(12 * HOUR);
    b->mesh[9].dead = true;
    supply(2, 3);
    run(12 * HOUR);
    cr_expect_eq(b->heard_n, before);
    b->line_down = false;
    run(5 * MINUTE);
    all_accounted_for();
    cr_expect_eq(b->lost_n, 0);
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_eq(events(DD_LAMP_FAILURE), 1);
    cr_expect_eq(count(DD_WORD_METER, 0, 0), 98);
    cr_expect_geq(count(DD_WORD_READINGS, 0, 0), 98 * 25);
    uint8_t rounds[DD_SEGMENT_LAMPS_MAX + 1] = {0};
    for (int i = 0; i < b->heard_n; i++)
        for (int j = 0; b->heard[i].kind == DD_WORD_READINGS && j < b->heard[i].entry_n; j++)
            rounds[b->heard[i].readings[j].lamp]++;
    for (int lamp = 1; lamp <= DD_SEGMENT_LAMPS_MAX; lamp++)
        cr_expect_geq(rounds[lamp], 97, "lamp %d", lamp);
    for (int i = 1; i < b->heard_n; i++)
        cr_expect(b->heard[i].clock_ms >= b->heard[i - 1].clock_ms - 10 * SECOND);
}

// A week is too much for it.
Test(core_log, when_it_is_full_the_oldest_readings_go_and_events_stay) {
    make(DD_SEGMENT_LAMPS_MAX, NULL);
    run(30 * MINUTE);
    b->line_down = true;
    run(2 * HOUR);
    supply(1, 6);
    run(48 * HOUR);
    cr_expect_gt(b->core.log.lost_readings, 500);
    cr_expect_eq(b->core.log.lost_events, 0);
    uint32_t lost_n = b->core.log.lost_readings;
    b->line_down = false;
    run(12 * MINUTE);
    all_accounted_for();
    cr_expect_geq(b->lost_n, lost_n);
    cr_expect_lt(b->lost_n, lost_n + 10, "those that were said until the line was found up");
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1, "it is not told again: no event was lost");
    cr_expect_eq(events(DD_LOG_FULL), 1);
    cr_expect_eq(overs(DD_LOG_FULL), 1);
    const dd_word *last = last_heard(DD_WORD_READINGS);
    cr_expect(last->clock_ms > evening_ms + 50 * HOUR, "the newest readings are there");
}

Test(core_log, when_it_is_full_of_events_the_oldest_go_and_what_holds_is_told_again) {
    make(LAMPS, NULL);
    run(SECOND);
    b->line_down = true;
    b->cabinet.door = true;
    look();
    run(MINUTE);
    for (int i = 0; i < 1500; i++) {
        supply(1, i % 2 ? 7 : 0);
        run(11 * SECOND);
    }
    supply(2, 5);
    run(MINUTE);
    uint32_t lost_n = b->core.log.lost_events;
    cr_expect_gt(lost_n, 100);
    cr_expect_eq(b->core.log.lost_readings, 0);
    b->line_down = false;
    run(12 * MINUTE);
    all_accounted_for();
    cr_expect_eq(b->lost_n, lost_n);
    cr_expect_eq(events(DD_DOOR_OPEN), 1, "lost, and told again");
    int second_n = 0;
    for (int i = 0; i < b->heard_n; i++)
        second_n += b->heard[i].happening == DD_SUPPLY_LOSS && b->heard[i].lamp == 2;
    cr_expect_eq(second_n, 2, "told, and told again");
    cr_expect_eq(overs(DD_LOG_FULL), 1);
    for (int i = 0; i < b->heard_n; i++)
        if (b->heard[i].happening == DD_LOG_FULL && b->heard[i].over)
            cr_expect_eq((uint32_t)b->heard[i].value, lost_n);
}

// What a quiet night writes lies in one page of 4 KiB, and not all along the store.
Test(core_log, an_empty_log_begins_anew) {
    make(LAMPS, NULL);
    run(10 * HOUR);
    cr_expect_gt(b->heard_n, 400);
    uint32_t first = DD_STORE_SIZE, last = 0;
    for (uint32_t i = 0; i < DD_STORE_SIZE; i++) {
        if (!b->store[i]) continue;
        if (i < first) first = i;
        last = i;
    }
    cr_expect_eq(first / 4096, last / 4096, "from %u to %u", first, last);
}

// --- Restarts ---

Test(core_log, what_was_said_before_a_restart_is_told_after_it) {
    make(LAMPS, NULL);
    run(20 * MINUTE);
    b->line_down = true;
    supply(1, 3);
    run(HOUR);
    uint32_t waiting = dd_core_log_size(&b->core);
    cr_expect_gt(waiting, 40);
    restart(DD_STARTED_BY_POWER);
    look();
    cr_expect_geq(dd_core_log_size(&b->core), waiting);
    run(20 * MINUTE);
    b->line_down = false;
    run(3 * MINUTE);
    all_accounted_for();
    cr_expect_eq(b->lost_n, 0);
    cr_expect_eq(events(DD_SUPPLY_LOSS), 2, "raised, and reviewed");
    cr_expect_eq(overs(DD_SUPPLY_LOSS), 0);
    cr_expect(believed(DD_SUPPLY_LOSS, 1));
    cr_expect_eq(overs(DD_RESTARTED), 2);
}

// Acknowledgements and welcomes from before the restart must not touch what is said since.
Test(core_log, late_answers_from_before_a_restart_hit_nothing) {
    make(0, NULL);
    run(SECOND);
    b->line_down = true;
    restart(DD_STARTED_BY_POWER);
    uint32_t last = b->last, before = dd_core_log_size(&b->core);
    order((dd_order){.kind = DD_ORDER_WELCOME, .number = 1, .sequence = last});
    for (uint32_t i = 0; i < 50; i++)
        order((dd_order){.kind = DD_ORDER_ACK, .sequence = last + i});
    cr_expect_eq(dd_core_log_size(&b->core), before);
    cr_expect_not(b->core.log.open);
    b->line_down = false;
    run(2 * MINUTE);
    cr_expect_eq(overs(DD_RESTARTED), 2);
    all_accounted_for();
}

// The log says more than the centre needs: what it has taken since the store was last told so.
Test(core_log, a_restart_with_a_full_window_doubles_nothing) {
    make(LAMPS, NULL);
    b->line_down = true;
    run(2 * HOUR);
    b->line_down = false;
    b->lose_every = 3;
    while (b->heard_n < 30)
        run(SECOND);
    cr_assert(kept());
    restart(DD_STARTED_BY_POWER);
    run(3 * MINUTE);
    b->lose_every = 0;
    run(13 * MINUTE);
    all_accounted_for();
    cr_expect_eq(b->lost_n, 0);
}

// The supply goes at any octet of what is being written: what was told before stands, what comes
// after is told, and nothing twice.
Test(core_log, a_cut_at_any_octet_spoils_only_the_word_being_written) {
    for (int cut = 0; cut < 1200; cut += 7) {
        make(20, NULL);
        run(2 * MINUTE);
        b->line_down = true;
        run(20 * MINUTE);
        b->writes_left = cut;
        supply(1, 3);
        b->mesh[3].dead = true;
        run(31 * MINUTE);
        b->writes_left = -1;
        restart(DD_STARTED_BY_POWER);
        look();
        run(10 * MINUTE);
        b->line_down = false;
        run(3 * MINUTE);
        all_accounted_for();
        cr_expect_eq(b->lost_n, 0);
        cr_expect_geq(events(DD_SUPPLY_LOSS), 1, "cut after %d", cut);
    }
}

// --- Spoilt and replaced stores ---

// One bit in the readings: that word is lost, known to be, and the rest comes, before a restart and
// after one.
static void one_spoilt(bool restarted) {
    make(LAMPS, NULL);
    run(SECOND);
    b->line_down = true;
    run(90 * MINUTE);
    uint32_t waiting = dd_core_log_size(&b->core);
    b->store[DD_STORE_LOG + DD_STORE_MARK_N + 20 * (8 + sizeof(dd_word)) + 90] ^= 4;
    if (restarted) restart(DD_STARTED_BY_POWER);
    int before = b->heard_n;
    b->line_down = false;
    run(3 * MINUTE);
    cr_expect_eq(b->lost_n, 1);
    cr_expect_geq(b->heard_n - before, (int)waiting - 1);
    all_accounted_for();
    b->line_down = true;
    restart(DD_STARTED_BY_POWER);
    b->line_down = false;
    run(3 * MINUTE);
    cr_expect_eq(b->lost_n, 1, "it is not missed again");
    all_accounted_for();
}

Test(core_log, a_spoilt_word_is_missed_and_no_other) {
    one_spoilt(false);
    one_spoilt(true);
}

// --- A store far away ---

static void append_events(uint32_t n) {
    dd_word word = {.kind = DD_WORD_EVENT, .happening = DD_SUPPLY_LOSS};
    for (uint32_t i = 0; i < n; i++)
        dd_core_log_append(&b->core, &word);
}

// Every reading of a store that the twin lends is a round trip: 40 places of a thousand may be
// looked at, however many words lie there.
static void found_again(uint32_t appended, uint32_t spoilt_every) {
    make(LAMPS, NULL);
    append_events(appended);
    uint32_t size = dd_core_log_size(&b->core), next = b->core.log.next;
    enum { EVENT_N = 8 + offsetof(dd_word, readings) };
    for (uint32_t i = 3; spoilt_every && i < DD_STORE_EVENTS_N / EVENT_N; i += spoilt_every)
        b->store[DD_STORE_LOG - (i + 1) * EVENT_N + 20] ^= 1;
    b->read_n = 0;
    dd_core_log_init(&b->core);
    cr_expect_lt(b->read_n, 400, "%u reads for %u words", b->read_n, appended);
    cr_expect_eq(b->core.log.next, next, "%u words", appended);
    cr_expect_eq(dd_core_log_size(&b->core), size, "%u words", appended);
}

Test(core_log, a_start_looks_at_little_of_a_long_log) {
    enum { PLACES = DD_STORE_EVENTS_N / (8 + offsetof(dd_word, readings)) };
    const uint32_t some[] = {0,
                             1,
                             2,
                             7,
                             8,
                             9,
                             10,
                             64,
                             333,
                             PLACES / 2,
                             PLACES - 1,
                             PLACES,
                             PLACES + 1,
                             PLACES + 9,
                             3 * PLACES / 2,
                             2 * PLACES,
                             2 * PLACES + 5};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        found_again(some[i], 0);
}

// One in fifty spoilt, as by age: none of the others is missed for it.
Test(core_log, a_start_finds_a_long_log_past_spoilt_places) {
    for (uint32_t n = 10; n < 2500; n += 83)
        found_again(n, 50);
}

// The newest words have come, but the store has lost them: what is said since must not take their
// numbers, or the centre would take it for them.
Test(core_log, a_log_that_has_fallen_behind_numbers_anew) {
    make(20, NULL);
    run(SECOND);
    b->line_down = true;
    run(HOUR);
    b->line_down = false;
    run(MINUTE);
    b->line_down = true;
    run(20 * MINUTE);
    memset(b->store + DD_STORE_LOG + DD_STORE_MARK_N, 0, 6 * (8 + sizeof(dd_word)));
    b->last += 5; // as if these had come before
    restart(DD_STARTED_BY_POWER);
    supply(1, 3);
    run(20 * MINUTE);
    int before = b->heard_n;
    uint32_t last = b->last;
    b->line_down = false;
    run(3 * MINUTE);
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_eq(overs(DD_RESTARTED), 2);
    cr_expect_geq(b->heard_n, before + 4);
    cr_expect_eq(b->heard[before].sequence, last + 1);
    cr_expect_eq(b->lost_n, 0);
    cr_expect_not(kept());
}

// Another controller in its place, with an empty store: its words begin anew, and all come.
Test(core_log, a_new_controller_has_a_log_of_its_own) {
    make(20, NULL);
    run(HOUR);
    uint32_t old = b->log, last = b->last;
    memset(b->store, 0, sizeof b->store);
    b->core.def.random_seed = 77;
    int before = b->heard_n;
    restart(DD_STARTED_BY_HAND);
    run(20 * MINUTE);
    cr_expect_neq(b->log, old);
    cr_expect_lt(b->last, last);
    cr_expect_eq(b->heard[before].sequence, 1);
    cr_expect_eq(b->heard[before + 1].value, DD_STARTED_BY_HAND);
    cr_expect_eq((uint32_t)(b->heard_n - before), b->core.log.next - 1);
}

// A centre that has lost its memory goes on from what the log says has arrived.
Test(core_log, a_centre_without_memory_believes_the_log) {
    make(20, NULL);
    run(HOUR);
    b->log = b->last = 0;
    int before = b->heard_n;
    b->line_down = true;
    restart(DD_STARTED_BY_POWER);
    run(20 * MINUTE);
    b->line_down = false;
    run(2 * MINUTE);
    cr_expect_eq(b->lost_n, 0);
    cr_expect_geq(b->heard_n, before + 4);
    cr_expect_not(kept());
}

// --- A store that fails ---

Test(core_log, without_a_store_it_keeps_a_few_words_and_says_so) {
    make(LAMPS, NULL);
    run(20 * MINUTE);
    b->writes_left = 0;
    run(20 * MINUTE);
    cr_expect_eq(events(DD_STORE_FAILED), 1);
    b->line_down = true;
    run(HOUR);
    cr_expect_eq(dd_core_log_size(&b->core), DD_LOG_SPARE);
    supply(1, 3);
    run(MINUTE);
    b->line_down = false;
    run(2 * MINUTE);
    cr_expect_geq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_gt(b->lost_n, 10);
    all_accounted_for();
    b->writes_left = -1;
    run(16 * MINUTE);
    cr_expect_eq(overs(DD_STORE_FAILED), 1);
    cr_expect_eq(dd_core_log_size(&b->core), 0);
    all_accounted_for();
}

// Words in memory and words in the store are told in the order in which they were said.
Test(core_log, a_store_that_comes_and_goes_keeps_the_order) {
    make(LAMPS, NULL);
    b->line_down = true;
    for (int i = 0; i < 8; i++) {
        b->writes_left = i % 2 ? -1 : 300;
        run(4 * MINUTE);
    }
    b->writes_left = -1;
    run(2 * MINUTE);
    b->line_down = false;
    run(3 * MINUTE);
    all_accounted_for();
    for (int i = 1; i < b->heard_n; i++)
        cr_expect(b->heard[i].clock_ms >= b->heard[i - 1].clock_ms - 10 * SECOND);
}

// --- What lasts ---

static void switched(dd_core_def *def) {
    def->switched = 1;
}

Test(core_log, a_hold_ends_in_time_after_a_restart) {
    make(20, switched);
    look();
    run(MINUTE);
    dd_order hold = {.kind = DD_ORDER_OVERRIDE, .number = 3, .level_pm = 700, .lamp_n = 1};
    hold.lamps[0] = 1;
    hold.expires_ms = evening_ms + 2 * HOUR;
    order(hold);
    run(HOUR);
    restart(DD_STARTED_BY_POWER);
    look();
    run(58 * MINUTE);
    cr_expect_eq(b->closed & 1, 1);
    run(2 * MINUTE);
    cr_expect_eq(b->closed & 1, 0);
}

Test(core_log, calendars_poll_holds_and_events_outlive_a_restart) {
    make(20, switched);
    look();
    run(MINUTE);
    dd_light_calendar dark = dd_light_calendar_of(&(dd_program){.point_n = 0});
    order((dd_order){.kind = DD_ORDER_CALENDAR, .number = 1, .calendar = dark});
    order((dd_order){.kind = DD_ORDER_GROUP, .number = 9, .group = 5, .members = {{6}}});
    order((dd_order){.kind = DD_ORDER_POLL, .number = 2, .period_s = 1800});
    run(5 * MINUTE);
    order((dd_order){.kind = DD_ORDER_OVERRIDE,
                     .number = 3,
                     .level_pm = 700,
                     .lamp_n = 2,
                     .lamps = {1, 3},
                     .expires_ms = evening_ms + 4 * HOUR});
    b->mesh[4].silent = true;
    b->cabinet.door = true;
    look();
    run(HOUR);
    cr_assert_eq(events(DD_COMMUNICATION_FAILURE), 1);
    restart(DD_STARTED_BY_POWER);
    look();
    cr_expect_eq(b->timetable.calendars[0].id, dark.id);
    cr_expect_eq(dd_timetable_group(&b->timetable, 5)->lamps.bits[0], 6);
    cr_expect_eq(b->core.poll.period_s, 1800);
    cr_expect_eq(b->closed & 1, 1, "its lamps are held");
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 4, .lamp_n = 1, .lamps = {3}});
    b->cabinet.door = false;
    b->mesh[4].silent = false;
    look();
    run(HOUR);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 2, "raised, and reviewed");
    cr_expect_eq(overs(DD_COMMUNICATION_FAILURE), 1);
    cr_expect_eq(events(DD_DOOR_OPEN), 2);
    cr_expect_eq(overs(DD_DOOR_OPEN), 1);
    cr_expect_eq(b->closed & 1, 1);
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 5, .lamp_n = 1, .lamps = {1}});
    run(11 * MINUTE);
    cr_expect_eq(b->closed & 1, 0, "until the last of them is let go");
    cr_expect_eq(b->closed & 2, 2);
}

// A spoilt copy falls back to the one before it; without any all is as commissioned.
Test(core_log, a_spoilt_memory_falls_back_and_then_begins_anew) {
    make(20, NULL);
    run(MINUTE);
    order((dd_order){.kind = DD_ORDER_CALENDAR, .number = 1, .calendar = nightly(98)});
    order((dd_order){.kind = DD_ORDER_CALENDAR, .number = 2, .calendar = nightly(99)});
    run(MINUTE);
    dd_store_pair pairs[] = {b->core.lasting.pair, b->core.lasting.timetable};
    for (int i = 0; i < 2; i++) {
        uint32_t turn = pairs[i].turn, n = pairs[i].n + DD_STORE_COPY_HEAD;
        b->store[pairs[i].at + (turn & 1) * n + n - 1] ^= 1;
    }
    restart(DD_STARTED_BY_POWER);
    run(SECOND);
    cr_expect_eq(b->timetable.calendars[0].id, nightly(98).id);
    for (int i = 0; i < 2; i++) {
        uint32_t turn = pairs[i].turn, n = pairs[i].n + DD_STORE_COPY_HEAD;
        b->store[pairs[i].at + (~turn & 1) * n + n - 1] ^= 1;
    }
    restart(DD_STARTED_BY_POWER);
    run(SECOND);
    cr_expect_eq(b->timetable.calendars[0].id, always(0).id, "as commissioned");
}

// What was raised while the store failed is forgotten by a restart; the centre does not go on
// believing it, nor does it miss what still holds.
Test(core_log, after_a_restart_the_centre_believes_what_holds) {
    make(20, NULL);
    look();
    run(MINUTE);
    supply(2, 3);
    run(MINUTE);
    b->writes_left = 0;
    b->cabinet.door = true;
    supply(1, 3);
    run(20 * MINUTE);
    cr_expect(believed(DD_DOOR_OPEN, 0) && believed(DD_STORE_FAILED, 0));
    cr_expect(believed(DD_SUPPLY_LOSS, 1) && believed(DD_SUPPLY_LOSS, 2));
    b->writes_left = -1;
    restart(DD_STARTED_BY_POWER);
    b->cabinet.door = false;
    supply(1, 7);
    run(20 * MINUTE);
    cr_expect_not(believed(DD_DOOR_OPEN, 0) || believed(DD_STORE_FAILED, 0));
    cr_expect_not(believed(DD_SUPPLY_LOSS, 1));
    cr_expect(believed(DD_SUPPLY_LOSS, 2));
    cr_expect_not(kept());
}

Test(core_log, a_restart_by_its_watchdog_is_told_and_forgotten_after_an_hour) {
    make(20, NULL);
    run(MINUTE);
    restart(DD_STARTED_BY_WATCHDOG);
    run(59 * MINUTE);
    cr_expect_eq(events(DD_RESTARTED), 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->value & 255, DD_STARTED_BY_WATCHDOG);
    restart(DD_STARTED_BY_WATCHDOG);
    run(59 * MINUTE);
    cr_expect_eq(overs(DD_RESTARTED), 1, "of the first start only");
    run(2 * MINUTE);
    cr_expect_eq(overs(DD_RESTARTED), 2);
}

// An order under way is lost with a restart: the centre, which hears no outcome, gives it again,
// and then all lamps have it.
Test(core_log, an_order_cut_short_by_a_restart_can_be_given_again) {
    make(LAMPS, NULL);
    run(SECOND);
    dd_order dim = {.kind = DD_ORDER_OVERRIDE, .number = 5, .level_pm = 300};
    order(dim);
    run(2 * SECOND);
    restart(DD_STARTED_BY_WATCHDOG);
    run(HOUR);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 0);
    order(dim);
    run(5 * MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, LAMPS);
    for (int lamp = 1; lamp <= LAMPS; lamp++)
        cr_expect_eq(b->mesh[lamp].level_pm, 300);
}

// --- Garbage ---

// From nodes, from the centre, or in its own inputs: counted, told when there is much of it, and no
// lamp is switched for it.
Test(core_log, garbage_is_counted_told_and_switches_nothing) {
    make(LAMPS, NULL);
    light(600);
    run(20 * MINUTE);
    step((dd_core_input){.kind = DD_INPUT_GARBAGE});
    run(HOUR);
    cr_expect_eq(events(DD_GARBAGE_HEARD), 0, "one is a stray");
    b->mesh[7].speaks_garbage = true;
    order((dd_order){.kind = 200, .number = 8, .level_pm = 0});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 1001});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .level_pm = 0});
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 10, .lamp_n = 200});
    b->cabinet.feeders[0].live_phases = 200;
    look();
    run(HOUR);
    cr_expect_eq(events(DD_GARBAGE_HEARD), 1);
    cr_expect_eq(b->all_n, 0);
    for (int lamp = 1; lamp <= LAMPS; lamp++) {
        cr_expect_eq(b->mesh[lamp].switched_n, 0);
        cr_expect_eq(b->mesh[lamp].level_pm, 600);
    }
    cr_expect_eq(b->contactor_n, 0);
    b->mesh[7].speaks_garbage = false;
    run(3 * HOUR);
    cr_expect_eq(overs(DD_GARBAGE_HEARD), 1);
}
