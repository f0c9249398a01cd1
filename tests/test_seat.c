// Whoever sits in a controller's place: that the city does not notice, and what becomes of it when
// he is lost.
#include "tests/toy_tenant.h"

static toy *open_night(uint32_t thread_n) {
    toy_def def = toy_default();
    def.start = "2020-08-03 16:30";
    def.thread_n = thread_n;
    return toy_open(&def);
}

// Four hours with a bit of everything that a controller may meet, restarts included.
static void play(toy *it) {
    dd_twin_start(it->world);
    toy_for(it, 40 * DD_MINUTE);
    toy_act(it, "program segment:S-1-0 sunset=100,22:00=40,sunrise=0");
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 blackout");
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "override segment:S-1-0 40%");
    toy_for(it, 10 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, 5 * DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, 30 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 line");
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 line");
    toy_act(it, "fail segment:S-1-0 hang");
    toy_for(it, 95 * DD_MINUTE);
}

static void digest_of(toy *it, char text[static DD_DIGEST_TEXT]) {
    play(it);
    toy_digest(it, text);
}

static void plain_digest(char text[static DD_DIGEST_TEXT]) {
    toy *it = open_night(1);
    digest_of(it, text);
    toy_close(it);
}

// --- No trace in the city ---

Test(seat, the_city_does_not_notice_a_tenant) {
    char plain[DD_DIGEST_TEXT], seated[DD_DIGEST_TEXT];
    plain_digest(plain);
    for (uint32_t thread_n = 1; thread_n <= 2; thread_n++)
        for (int shadowed = 0; shadowed < 2; shadowed++) {
            toy *it = open_night(thread_n);
            toy_tenant *tenants[4] = {NULL};
            for (uint32_t s = 1; s <= 3; s++) {
                tenants[s] = toy_tenant_make();
                dd_seat_def def = toy_seat(tenants[s], shadowed, DD_LOST_FAIL);
                dd_seat_give(it->world, s, &def);
            }
            digest_of(it, seated);
            cr_expect_str_eq(seated, plain, "%u threads, shadowed %d", thread_n, shadowed);
            cr_expect_eq(tenants[1]->starts, 3, "mended once, and let go by its watchdog");
            cr_expect_eq(tenants[1]->stops, 2);
            cr_expect_eq(dd_seat_holder_of(it->world, 1), DD_SEAT_BOARD);
            cr_expect(gt(int, tenants[3]->step_n, 1000));
            toy_close(it);
            for (int s = 1; s <= 3; s++)
                free(tenants[s]);
        }
}

Test(seat, another_controller_leaves_a_trace) {
    char plain[DD_DIGEST_TEXT], seated[DD_DIGEST_TEXT];
    plain_digest(plain);
    toy *it = open_night(1);
    toy_tenant *tenant = toy_tenant_make();
    tenant->mute = true;
    dd_seat_def def = toy_seat(tenant, true, DD_LOST_FAIL);
    dd_seat_give(it->world, 1, &def);
    digest_of(it, seated);
    cr_expect_str_neq(seated, plain);
    toy_close(it);
    free(tenant);
}

// The shadow takes over at the same instant, wherever the board breaks off.
Test(seat, a_fallback_to_the_shadow_loses_nothing) {
    char plain[DD_DIGEST_TEXT], fallen[DD_DIGEST_TEXT];
    plain_digest(plain);
    static const int moments[] = {0, 1, 2, 3, 10, 57, 300, 301, 302, 303, 640, 800, 1000};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        for (int said = 0; said < 3; said++) {
            toy *it = open_night(1);
            toy_tenant *tenant = toy_tenant_make();
            tenant->fails_at = moments[i];
            tenant->says_before_it_fails = said;
            dd_seat_def def = toy_seat(tenant, true, DD_LOST_FALLBACK);
            dd_seat_give(it->world, 1, &def);
            digest_of(it, fallen);
            cr_expect_str_eq(fallen, plain, "lost at step %d, after %d", moments[i], said);
            cr_expect_eq(tenant->step_n, moments[i] + 1, "nobody calls a board that is lost");
            cr_expect_neq(dd_seat_holder_of(it->world, 1), DD_SEAT_BOARD);
            toy_close(it);
            free(tenant);
        }
}

Test(seat, a_board_that_does_not_start_is_no_loss) {
    char plain[DD_DIGEST_TEXT], fallen[DD_DIGEST_TEXT];
    plain_digest(plain);
    toy *it = open_night(1);
    toy_tenant *tenant = toy_tenant_make();
    tenant->fails_to_start = true;
    dd_seat_def def = toy_seat(tenant, false, DD_LOST_FALLBACK);
    dd_seat_give(it->world, 1, &def);
    digest_of(it, fallen);
    cr_expect_str_eq(fallen, plain);
    cr_expect_eq(dd_seat_holder_of(it->world, 1), DD_SEAT_COLD);
    cr_expect_eq(tenant->starts, 1);
    toy_close(it);
    free(tenant);
}

// --- Losses ---

static bool running(const toy *it) {
    return toy_segment(it, 1)->house->running;
}

static toy *seated_night(toy_tenant *tenant, bool shadowed, dd_on_lost on_lost) {
    toy *it = open_night(1);
    dd_seat_def def = toy_seat(tenant, shadowed, on_lost);
    dd_seat_give(it->world, 1, &def);
    dd_stream_listen(&it->world->engine->stream, TOY_BIT(DD_REC_BOARD), toy_keep, it);
    dd_twin_start(it->world);
    toy_for(it, 3 * DD_HOUR);
    return it;
}

static void expect_told(const toy *it, size_t i, dd_time t, int64_t state, dd_seat_holder holder) {
    cr_assert(it->record_n > i, "%zu records", it->record_n);
    cr_expect(eq(i64, it->records[i].time, t));
    cr_expect(eq(i64, it->records[i].value[0], state));
    cr_expect(eq(i64, it->records[i].value[2], holder));
}

Test(seat, without_a_shadow_it_starts_cold_and_works) {
    toy_tenant *tenant = toy_tenant_make();
    toy *it = seated_night(tenant, false, DD_LOST_FALLBACK);
    tenant->fails_at = tenant->step_n;
    dd_time lost = it->world->engine->now;
    toy_act(it, "override segment:S-1-0 40%"); // the board breaks off at the order
    toy_for(it, DD_SECOND);
    cr_expect(not(running(it)));
    cr_expect_eq(dd_seat_holder_of(it->world, 1), DD_SEAT_COLD);
    toy_for(it, 60 * DD_MINUTE);
    cr_expect(running(it));
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30), "the order is repeated, and obeyed");
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    expect_told(it, 0, 0, 3, DD_SEAT_BOARD);
    cr_assert(eq(u64, it->record_n, 2));
    cr_expect(ge(i64, it->records[1].time, lost));
    expect_told(it, 1, it->records[1].time, 5, DD_SEAT_COLD);
    toy_close(it);
    free(tenant);
}

Test(seat, the_segment_waits_for_its_board) {
    toy_tenant *tenant = toy_tenant_make();
    toy *it = seated_night(tenant, true, DD_LOST_WAIT);
    dd_seat_lose(it->world, 1);
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(not(running(it)));
    cr_expect(not(dd_seat_failed(it->world, 1)));
    cr_expect_eq(dd_seat_holder_of(it->world, 1), DD_SEAT_NOBODY);
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_LINE), "the centre misses it");
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 blackout");
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(not(running(it)), "its supply brings nobody back");
    dd_seat_def def = toy_seat(tenant, true, DD_LOST_WAIT);
    dd_seat_give(it->world, 1, &def);
    toy_for(it, DD_HOUR);
    cr_expect(running(it));
    cr_expect_eq(dd_seat_holder_of(it->world, 1), DD_SEAT_BOARD);
    cr_expect_eq(tenant->starts, 2);
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
    free(tenant);
}

Test(seat, a_run_that_needs_its_board_fails_without_it) {
    toy_tenant *tenant = toy_tenant_make();
    toy *it = seated_night(tenant, true, DD_LOST_FAIL);
    cr_expect(not(dd_seat_failed(it->world, 1)));
    tenant->fails_at = tenant->step_n;
    toy_for(it, DD_HOUR);
    cr_expect(dd_seat_failed(it->world, 1));
    cr_expect(not(running(it)));
    toy_close(it);
    free(tenant);
}

// --- Coming and going while it runs ---

Test(seat, a_board_comes_and_goes_in_mid_run) {
    toy_tenant *tenant = toy_tenant_make();
    toy *it = open_night(1);
    dd_twin_start(it->world);
    toy_for(it, DD_HOUR);
    dd_seat_def def = toy_seat(tenant, true, DD_LOST_FALLBACK);
    dd_seat_give(it->world, 1, &def);
    cr_expect_eq(tenant->starts, 0, "when the run goes on");
    toy_for(it, DD_MILLISECOND);
    cr_expect_eq(tenant->starts, 1, "it has booted before it was given");
    toy_for(it, DD_HOUR);
    cr_expect_eq(dd_seat_holder_of(it->world, 1), DD_SEAT_BOARD);
    uint16_t boots = toy_segment(it, 1)->house->boots;
    dd_seat_end(it->world, 1);
    toy_for(it, DD_HOUR);
    cr_expect_eq(tenant->stops, 1);
    cr_expect_eq(dd_seat_holder_of(it->world, 1), DD_SEAT_SHADOW);
    cr_expect(eq(u16, toy_segment(it, 1)->house->boots, boots), "the shadow just goes on");
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    cr_expect(eq(u32, toy_alarms(it), 0));
    dd_seat_give(it->world, 1, &def);
    toy_for(it, DD_HOUR);
    cr_expect_eq(tenant->starts, 2);
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
    free(tenant);
}

// What the board kept in the flash that it was lent is there at its next start.
Test(seat, a_board_keeps_what_it_knows_in_borrowed_flash) {
    toy_tenant *tenant = toy_tenant_make();
    toy *it = seated_night(tenant, false, DD_LOST_FAIL);
    toy_act(it, "program segment:S-1-0 sunset=100,22:00=40,sunrise=0");
    toy_for(it, 5 * DD_MINUTE);
    uint32_t given = toy_calendar(it, 1, 1);
    cr_expect(eq(u32, tenant->timetable.calendars[0].id, given));
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect_eq(tenant->starts, 2);
    cr_expect(eq(u32, tenant->timetable.calendars[0].id, given));
    toy_close(it);
    free(tenant);
}

// --- Who looks on ---

typedef struct watch {
    uint64_t stimuli, said[2];
    uint8_t kinds[2][1 << 16];
    uint64_t differences;
} watch;

static void see_stimulus(void *context, dd_time now, const dd_stimulus *stimulus) {
    (void)now, (void)stimulus;
    ((watch *)context)->stimuli++;
}

static void see_response(void *context, dd_time now, int side, const dd_response *response) {
    (void)now;
    watch *it = context;
    it->kinds[side][it->said[side]++ & 0xFFFF] = response->kind;
}

static watch *watch_night(toy_tenant *tenant, toy_tenant *other) {
    watch *seen = calloc(1, sizeof *seen);
    toy *it = open_night(1);
    dd_seat_def def = toy_seat(tenant, true, DD_LOST_FALLBACK);
    def.onlooker = (dd_onlooker){seen, see_stimulus, see_response};
    if (other) def.shadow = toy_tenant_of(other);
    dd_seat_give(it->world, 1, &def);
    play(it);
    toy_close(it);
    for (uint64_t i = 0; i < seen->said[0] && i < seen->said[1]; i++)
        seen->differences += seen->kinds[0][i] != seen->kinds[1][i];
    return seen;
}

Test(seat, the_onlooker_sees_both_sides_say_the_same) {
    toy_tenant *tenant = toy_tenant_make(), *other = toy_tenant_make();
    watch *by_shadow = watch_night(tenant, NULL);
    cr_expect(gt(u64, by_shadow->said[0], 500));
    cr_expect(eq(u64, by_shadow->said[0], by_shadow->said[1]));
    cr_expect(eq(u64, by_shadow->differences, 0));
    cr_expect(gt(u64, by_shadow->stimuli, 1000));
    watch *by_board = watch_night(tenant, other);
    cr_expect(eq(u64, by_board->said[1], by_shadow->said[1]), "another board as the shadow");
    cr_expect(eq(u64, by_board->differences, 0));
    cr_expect_eq(other->starts, 3);
    cr_expect_eq(other->stops, 2);
    free(by_shadow);
    free(by_board);
    free(tenant);
    free(other);
}

// --- Boards that are not prompt ---

// Lets time pass as a paced run does: what the board says is taken at the next stand, 2 ms later,
// and its own clock is asked for what is due.
static void pace(toy *it, toy_tenant *tenant, dd_time lasts) {
    dd_time until = it->world->engine->now + lasts;
    while (it->world->engine->now < until) {
        dd_time now = it->world->engine->now, next = until;
        const dd_house *house = toy_segment(it, 1)->house;
        if (dd_seat_holder_of(it->world, 1) == DD_SEAT_BOARD && house->running) {
            dd_time due = tenant->due_us == INT64_MAX
                              ? DD_NEVER
                              : dd_clock_when(&house->oscillator, tenant->due_us, now);
            if (due < next) next = due;
        }
        if (next > now + 2 * DD_MILLISECOND) next = now + 2 * DD_MILLISECOND;
        toy_to(it, next);
        if (dd_clock_us(&house->oscillator, next) >= tenant->due_us && house->running) {
            int64_t due_us;
            toy_tenant_step(tenant, next, dd_clock_us(&house->oscillator, next),
                            &(dd_stimulus){.kind = DD_STIMULUS_TIME}, NULL, &due_us);
        }
        for (int i = 0; i < tenant->said_n; i++)
            dd_seat_respond(it->world, 1, &tenant->said[i]);
        tenant->said_n = 0;
        dd_engine_admit(it->world->engine);
    }
}

Test(seat, a_board_that_answers_later_works_too) {
    toy_tenant *tenant = toy_tenant_make();
    tenant->late = true;
    toy_def def = toy_one_street(0, "2020-08-03 19:00");
    toy *it = toy_open(&def);
    dd_seat_def seat = toy_seat(tenant, true, DD_LOST_FALLBACK);
    dd_seat_give(it->world, 1, &seat);
    dd_twin_start(it->world);
    pace(it, tenant, 15 * DD_MINUTE);
    toy_act(it, "override segment:S-1-0 40%");
    pace(it, tenant, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30));
    cr_expect(eq(u32, toy_alarms(it), 0));
    cr_expect(eq(u32, toy_hub(it)->centre.counts.by_outcome[DD_COMMAND_DONE], 1));
    dd_seat_lose(it->world, 1);
    toy_for(it, DD_MINUTE);
    cr_expect_eq(dd_seat_holder_of(it->world, 1), DD_SEAT_SHADOW);
    toy_act(it, "resume segment:S-1-0");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0), "its shadow has gone on from there");
    toy_close(it);
    free(tenant);
}

// A board's own crystal: a shadow lives by it, or it would ask lamps at other moments.
Test(seat, the_controllers_oscillator_follows_the_boards) {
    toy_tenant *tenant = toy_tenant_make();
    tenant->late = true;
    toy_def def = toy_one_street(0, "2020-08-03 19:00");
    toy *it = toy_open(&def);
    dd_seat_def seat = toy_seat(tenant, true, DD_LOST_FALLBACK);
    dd_seat_give(it->world, 1, &seat);
    dd_twin_start(it->world);
    pace(it, tenant, DD_MINUTE);
    const dd_clock *oscillator = &toy_segment(it, 1)->house->oscillator;
    dd_seat_clock(it->world, 1, 60500000, 100000);
    dd_engine_admit(it->world->engine);
    cr_expect(eq(i64, dd_clock_us(oscillator, it->world->engine->now), 60500000));
    pace(it, tenant, 2 * DD_HOUR);
    cr_expect(eq(i64, dd_clock_us(oscillator, it->world->engine->now), 7261220000));
    cr_expect(eq(i32, oscillator->rate_ppb, 100000), "whatever the weather");
    cr_expect(eq(u32, toy_alarms(it), 0));
    dd_seat_end(it->world, 1);
    toy_for(it, 2 * DD_HOUR);
    cr_expect(ne(i32, oscillator->rate_ppb, 100000), "until it has gone");
    toy_close(it);
    free(tenant);
}

// What a board says that is not there any more is not heard.
Test(seat, late_words_of_a_lost_board_are_not_heard) {
    toy_tenant *tenant = toy_tenant_make();
    tenant->late = true;
    toy_def def = toy_one_street(0, "2020-08-03 19:00");
    toy *it = toy_open(&def);
    dd_seat_def seat = toy_seat(tenant, true, DD_LOST_FALLBACK);
    dd_seat_give(it->world, 1, &seat);
    dd_twin_start(it->world);
    pace(it, tenant, DD_MINUTE);
    const dd_contactor *contactor = &toy_segment(it, 1)->feeders[1].contactor;
    dd_response open = {.kind = DD_RESPONSE_CONTACTORS, .value = 0};
    cr_expect(contactor->wanted);
    dd_seat_lose(it->world, 1);
    dd_seat_respond(it->world, 1, &open);
    toy_for(it, DD_SECOND);
    cr_expect(contactor->wanted);
    dd_seat_give(it->world, 1, &seat);
    toy_for(it, DD_MINUTE);
    dd_seat_respond(it->world, 1, &open);
    toy_for(it, DD_SECOND);
    cr_expect(not(contactor->wanted), "but while it sits there it is");
    toy_close(it);
    free(tenant);
}

// --- A board that has gone mad ---

typedef struct toy_babbler {
    uint64_t word;
    uint32_t said;
} toy_babbler;

static uint32_t babble_word(toy_babbler *it, uint32_t n) {
    return (uint32_t)dd_random(7, 7, 7, it->word++).v[0] % n;
}

static bool babble_start(void *context, dd_time now, const dd_commission *commission,
                         const dd_store *store) {
    (void)context, (void)now, (void)commission, (void)store;
    return true;
}

// Every second or so, and at whatever it hears: responses of any kind with anything in them.
static bool babble_step(void *context, dd_time now, int64_t uptime_us, const dd_stimulus *stimulus,
                        const dd_responder *responder, int64_t *due_us) {
    (void)now;
    toy_babbler *it = context;
    uint8_t octets[1500];
    for (uint32_t i = babble_word(it, 4); i > 0; i--) {
        uint32_t n = babble_word(it, 20) ? babble_word(it, 130) : babble_word(it, sizeof octets);
        for (uint32_t k = 0; k < n; k++)
            octets[k] = (uint8_t)babble_word(it, 256);
        bool boot = babble_word(it, 50) == 0;
        dd_response response = {.kind = (uint8_t)babble_word(it, 12),
                                .value = (uint8_t)babble_word(it, 256),
                                .lamp = (uint16_t)babble_word(it, 40),
                                .n = (uint16_t)n,
                                .handle = babble_word(it, UINT32_MAX),
                                .octets = octets};
        // Coherent enough to be passed on by CoAP's first octets, sometimes.
        if (n > 0 && babble_word(it, 2)) octets[0] = 0x40;
        if (response.kind == DD_RESPONSE_BOOT && !boot) continue;
        responder->take(responder->context, &response);
        it->said++;
    }
    // At every look it wants to look again; now and then its deadline lies behind it.
    if (stimulus->kind == DD_STIMULUS_CABINET)
        responder->take(responder->context, &(dd_response){.kind = DD_RESPONSE_LOOK});
    *due_us = uptime_us + babble_word(it, 2000000) - 1000;
    return true;
}

static void babble_stop(void *context, dd_time now) {
    (void)context, (void)now;
}

Test(seat, a_board_that_babbles_harms_nobody_else) {
    toy *it = open_night(1);
    toy_babbler babbler = {0};
    dd_seat_def def = {.tenant = {.context = &babbler,
                                  .prompt = true,
                                  .start = babble_start,
                                  .step = babble_step,
                                  .stop = babble_stop},
                       .on_lost = DD_LOST_FALLBACK};
    dd_seat_give(it->world, 1, &def);
    dd_twin_start(it->world);
    toy_for(it, 2 * DD_HOUR);
    cr_expect(gt(u32, babbler.said, 3000));
    cr_expect(eq(u32, toy_reach(it, 2), 30));
    toy_act(it, "override segment:S-2-0 40%");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 2).overridden, 30));
    dd_seat_lose(it->world, 1);
    toy_for(it, 2 * DD_HOUR);
    cr_expect(running(it));
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    toy_act(it, "override segment:S-1-0 40%");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30), "its segment works again");
    toy_close(it);
}
