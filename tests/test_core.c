// The segment controller between a mesh and a centre that a test can break, in virtual time.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "models/controller/core/core.h"

enum { LAMPS = 100, MAIL = 4096, HEARD = 8192 };
enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static const int64_t evening_ms = 1596448800000; // 2020-08-03 17:00 at Bến Tre

typedef struct lamp_double {
    bool silent, dead, stuck_on, ignores_dim, speaks_garbage;
    bool overridden;
    int8_t surplus_pct; // of power over what is usual for its kind
    uint16_t level_pm;
    uint32_t program_id;
    uint32_t asked_n, switched_n;
} lamp_double;

// Something under way: a reply from the mesh, an order or a word over the line.
typedef struct mail {
    int64_t at_ms;
    uint8_t kind; // DD_INPUT_REPLY, DD_INPUT_ORDER; 0: a word to the centre
    union {
        dd_node_reply reply;
        dd_order order;
        dd_word word;
    };
} mail;

typedef struct bench {
    dd_core core;
    dd_core_lamp lamps[DD_SEGMENT_LAMPS_MAX];
    dd_word outbox[DD_CORE_OUTBOX];
    lamp_double mesh[DD_SEGMENT_LAMPS_MAX + 1];
    int64_t now_ms, deadline_ms, centre_clock_ms; // the centre's clock at uptime 0
    int64_t mesh_ms, line_ms;                     // one way
    bool line_down, mute_clock, shuffle;
    uint32_t lose_every; // of the words, each n-th is lost
    mail mails[MAIL];
    int mail_n;
    uint32_t request_n, word_n, clock_n, under_way, under_way_max;
    uint32_t expected; // next sequence; 0: none heard yet
    dd_word heard[HEARD];
    int heard_n;
} bench;

static bench *b;

static void post(mail letter) {
    cr_assert(b->mail_n < MAIL, "the test's mail box is full");
    b->mails[b->mail_n++] = letter;
}

static uint32_t power_of(uint16_t number) {
    const lamp_double *lamp = &b->mesh[number];
    uint32_t standby = 1500, full = b->lamps[number - 1].nominal_mw;
    full = full * (uint32_t)(100 + lamp->surplus_pct) / 100;
    if (lamp->stuck_on) return full + standby;
    if (lamp->dead || lamp->level_pm == 0) return standby;
    if (lamp->ignores_dim) return full + standby;
    return standby + full / 10 + full * 9 / 10 * lamp->level_pm / 1000;
}

static void hear_request(const dd_node_request *request) {
    cr_assert(request->lamp >= 1 && request->lamp <= b->core.def.lamp_n);
    lamp_double *lamp = &b->mesh[request->lamp];
    b->request_n++;
    lamp->asked_n++;
    if (lamp->silent) return;
    if (request->kind == DD_NODE_OVERRIDE || request->kind == DD_NODE_RESUME) lamp->switched_n++;
    if (request->kind == DD_NODE_OVERRIDE) lamp->level_pm = request->level_pm;
    if (request->kind == DD_NODE_OVERRIDE) lamp->overridden = true;
    if (request->kind == DD_NODE_RESUME) lamp->overridden = false;
    if (request->kind == DD_NODE_PROGRAM) lamp->program_id = request->program.id;
    mail letter = {.at_ms = b->now_ms + 2 * b->mesh_ms, .kind = DD_INPUT_REPLY};
    letter.reply = (dd_node_reply){
        .lamp = request->lamp,
        .kind = request->kind,
        .token = request->token,
        .reading = {.lamp = request->lamp,
                    .level_pm = lamp->speaks_garbage ? 60000 : lamp->level_pm,
                    .power_mw = power_of(request->lamp),
                    .voltage_dv = 2200,
                    .program_id = lamp->program_id,
                    .flags = lamp->overridden ? DD_READING_OVERRIDDEN : 0},
    };
    post(letter);
}

static void order_later(dd_order order) {
    if (b->line_down) return;
    post((mail){.at_ms = b->now_ms + b->line_ms, .kind = DD_INPUT_ORDER, .order = order});
}

// The centre takes words in order only, and acknowledges the last it has.
static void hear_word(const dd_word *word) {
    if (word->kind == DD_WORD_CLOCK && !b->mute_clock) {
        b->clock_n++;
        order_later((dd_order){.kind = DD_ORDER_CLOCK,
                               .number = word->number,
                               .clock_ms = b->centre_clock_ms + b->now_ms});
    }
    if (word->sequence != 0) {
        if (b->expected == 0 && word->kind == DD_WORD_HELLO) b->expected = word->sequence;
        if (word->sequence == b->expected) {
            cr_assert(b->heard_n < HEARD);
            b->heard[b->heard_n++] = *word;
            b->expected++;
        }
    }
    if (b->expected != 0 && word->kind != DD_WORD_CLOCK)
        order_later((dd_order){.kind = DD_ORDER_ACK, .number = b->expected - 1});
}

static void carry_outputs(void) {
    cr_assert(b->core.output_n <= DD_CORE_OUTPUTS);
    for (int i = 0; i < b->core.output_n; i++) {
        const dd_core_output *output = &b->core.outputs[i];
        if (output->kind == DD_OUTPUT_REQUEST) {
            hear_request(&output->request);
            continue;
        }
        b->word_n++;
        bool lost = b->line_down || (b->lose_every && b->word_n % b->lose_every == 0);
        int64_t late_ms = b->shuffle ? b->word_n * 7 % 13 : 0;
        if (!lost) post((mail){.at_ms = b->now_ms + b->line_ms + late_ms, .word = output->word});
    }
    uint32_t busy = 0;
    for (int i = 0; i < DD_CORE_TASKS; i++)
        busy += b->core.tasks[i].kind != 0;
    if (busy > b->under_way_max) b->under_way_max = busy;
}

static void step(dd_core_input input) {
    b->deadline_ms = dd_core_step(&b->core, b->now_ms, &input);
    cr_assert(b->deadline_ms > b->now_ms, "asks to be called at once");
    carry_outputs();
}

static void deliver(int index) {
    mail letter = b->mails[index];
    b->mail_n--;
    memmove(&b->mails[index], &b->mails[index + 1], (size_t)(b->mail_n - index) * sizeof letter);
    if (letter.kind == 0) {
        hear_word(&letter.word);
        return;
    }
    step((dd_core_input){.kind = letter.kind, .reply = &letter.reply, .order = &letter.order});
}

static int first_mail(void) {
    int first = -1;
    for (int i = 0; i < b->mail_n; i++)
        if (first < 0 || b->mails[i].at_ms < b->mails[first].at_ms) first = i;
    return first;
}

static void run(int64_t span_ms) {
    int64_t end_ms = b->now_ms + span_ms;
    for (;;) {
        int first = first_mail();
        int64_t mail_ms = first < 0 ? INT64_MAX : b->mails[first].at_ms;
        int64_t next_ms = mail_ms < b->deadline_ms ? mail_ms : b->deadline_ms;
        if (next_ms > end_ms) break;
        b->now_ms = next_ms;
        if (mail_ms <= b->deadline_ms)
            deliver(first);
        else
            step((dd_core_input){.kind = DD_INPUT_TIME});
    }
    b->now_ms = end_ms;
}

static const dd_program night = {.id = 7,
                                 .point_n = 2,
                                 .points = {{.reference = DD_AT_SUNSET, .level_pm = 1000},
                                            {.reference = DD_AT_SUNRISE, .level_pm = 0}}};

static void make(uint16_t lamp_n, void (*change)(dd_core_def *)) {
    free(b);
    b = calloc(1, sizeof *b);
    b->mesh_ms = 150;
    b->line_ms = 50;
    b->centre_clock_ms = evening_ms;
    for (int i = 0; i < DD_SEGMENT_LAMPS_MAX; i++) {
        b->lamps[i] = (dd_core_lamp){
            .nominal_mw = 75000, .feeder = (uint8_t)(1 + i % 2), .phase = (uint8_t)(i / 2 % 3)};
        b->mesh[i + 1].program_id = night.id;
    }
    dd_core_def def = dd_core_default_def();
    def.lamp_n = lamp_n;
    def.feeder_n = 2;
    def.program = night;
    def.clock_ms = evening_ms;
    def.poll_phase_s = 60;
    if (change) change(&def);
    dd_core_init(&b->core, &def, (dd_core_storage){.lamps = b->lamps, .outbox = b->outbox});
    step((dd_core_input){.kind = DD_INPUT_START});
}

static void fini(void) {
    free(b);
    b = NULL;
}

TestSuite(core, .fini = fini);

static void light(uint16_t level_pm) {
    for (int i = 1; i <= DD_SEGMENT_LAMPS_MAX; i++)
        b->mesh[i].level_pm = level_pm;
}

static int count(dd_word_kind kind, dd_happening happening, int over) {
    int n = 0;
    for (int i = 0; i < b->heard_n; i++) {
        const dd_word *word = &b->heard[i];
        n += word->kind == kind &&
             (happening == 0 || (word->happening == happening && word->over == over));
    }
    return n;
}

static int events(dd_happening happening) {
    return count(DD_WORD_EVENT, happening, 0);
}
static int overs(dd_happening happening) {
    return count(DD_WORD_EVENT, happening, 1);
}

static const dd_word *last_heard(dd_word_kind kind) {
    for (int i = b->heard_n - 1; i >= 0; i--)
        if (b->heard[i].kind == kind) return &b->heard[i];
    cr_assert(false, "no such word was heard");
    return NULL;
}

static int readings_with(uint8_t flag) {
    int n = 0;
    for (int i = 0; i < b->heard_n; i++)
        for (int j = 0; j < b->heard[i].reading_n; j++)
            n += flag ? (b->heard[i].readings[j].flags & flag) != 0
                      : b->heard[i].readings[j].flags == 0;
    return n;
}

static void order(dd_order what) {
    step((dd_core_input){.kind = DD_INPUT_ORDER, .order = &what});
}

static void supply(uint8_t feeder, uint8_t phases) {
    step((dd_core_input){.kind = DD_INPUT_SUPPLY, .feeder = feeder, .phases = phases});
}

// --- Start and clock ---

Test(core, says_hello_and_asks_the_time) {
    make(LAMPS, NULL);
    run(SECOND);
    cr_expect_eq(b->heard[0].kind, DD_WORD_HELLO);
    cr_expect_eq(b->heard[0].boots, 1);
    cr_expect_eq(b->clock_n, 1);
    run(3 * HOUR);
    cr_expect_eq(b->clock_n, 4);
    cr_expect_eq(b->core.garbage, 0);
}

Test(core, takes_the_centres_time_with_half_the_round_trip) {
    make(0, NULL);
    b->line_ms = 400;
    run(MINUTE);
    b->centre_clock_ms = evening_ms + 4321;
    run(HOUR);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + 4321 + b->now_ms);
}

Test(core, asks_again_for_an_unanswered_time) {
    make(0, NULL);
    b->mute_clock = true;
    b->mail_n = 0;
    run(2 * MINUTE + 30 * SECOND);
    b->mute_clock = false;
    run(MINUTE);
    cr_expect_eq(b->clock_n, 1);
    run(HOUR);
    cr_expect_eq(b->clock_n, 2);
}

Test(core, a_strange_time_is_believed_only_when_repeated) {
    make(0, NULL);
    run(10 * MINUTE);
    int64_t year_ms = 365 * 24ll * HOUR;
    b->centre_clock_ms += year_ms;
    run(55 * MINUTE - 10 * MINUTE);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + b->now_ms);
    run(15 * MINUTE + 30 * SECOND); // it has asked at 60 minutes, and a minute later again
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + year_ms + b->now_ms);
    cr_expect_eq(b->core.garbage, 1);
}

Test(core, a_clock_gone_mad_once_changes_nothing) {
    make(0, NULL);
    b->centre_clock_ms = INT64_MAX / 2;
    run(30 * SECOND);
    b->centre_clock_ms = evening_ms;
    run(5 * MINUTE);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + b->now_ms);
    cr_expect_eq(b->core.garbage, 1);
}

static void no_clock(dd_core_def *def) {
    def->clock_ms = 0;
}

Test(core, without_a_clock_of_its_own_it_believes_the_first_time_that_can_be) {
    make(1, no_clock);
    b->mail_n = 0;
    order((dd_order){.kind = DD_ORDER_CLOCK, .number = 1, .clock_ms = 86400000});
    cr_expect_not(b->core.clock.known);
    run(2 * MINUTE);
    cr_expect(b->core.clock.known);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + b->now_ms);
}

Test(core, an_old_answer_is_not_taken_for_a_new_one) {
    make(0, NULL);
    b->line_ms = 70 * SECOND; // the answer comes after the second question
    b->mail_n = 0;
    run(10 * MINUTE);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + b->now_ms);
}

Test(core, knows_the_level_that_should_be_in_force) {
    make(0, NULL);
    dd_sun_cache cache = {0};
    cr_expect_eq(dd_core_expected_level(&b->core, &cache, 0), 0);
    cr_expect_eq(dd_core_expected_level(&b->core, &cache, 3 * HOUR), 1000);
    cr_expect_eq(dd_core_expected_level(&b->core, &cache, 14 * HOUR), 0);
}

// --- Poll ---

Test(core, a_round_reads_every_lamp_once) {
    make(LAMPS, NULL);
    run(59 * SECOND);
    cr_expect_eq(b->request_n, 0);
    run(5 * MINUTE);
    cr_expect_eq(b->request_n, LAMPS);
    cr_expect_eq(readings_with(0), LAMPS);
    cr_expect_eq(count(DD_WORD_READINGS, 0, 0), LAMPS / DD_READINGS_MAX);
    cr_expect_eq(b->under_way_max, DD_POLL_TASKS);
    for (int i = 1; i <= LAMPS; i++)
        cr_expect_eq(b->mesh[i].asked_n, 1);
}

Test(core, a_full_night_of_a_hundred_lamps) {
    make(LAMPS, NULL);
    light(1000);
    run(13 * HOUR);
    uint32_t rounds = 13 * 4;
    cr_expect_eq(b->request_n, rounds * LAMPS);
    cr_expect_eq(count(DD_WORD_READINGS, 0, 0), (int)rounds * 10);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0);
    cr_expect_eq(b->core.garbage + b->core.strays, 0);
}

Test(core, the_last_readings_of_a_round_do_not_wait) {
    make(5, NULL);
    run(62 * SECOND);
    cr_expect_eq(readings_with(0), 5);
}

Test(core, the_poll_can_be_made_faster) {
    make(10, NULL);
    run(2 * MINUTE);
    order((dd_order){.kind = DD_ORDER_POLL, .number = 5, .period_s = 60});
    run(10 * MINUTE);
    cr_expect(b->request_n >= 10 * 10 && b->request_n <= 12 * 10, "%u requests", b->request_n);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->number, 5);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 10);
    order((dd_order){.kind = DD_ORDER_POLL, .number = 6, .period_s = 0});
    run(MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 10);
    cr_expect_eq(b->core.garbage, 1);
}

Test(core, a_silent_lamp_is_asked_five_times_then_twice) {
    make(1, NULL);
    b->mesh[1].silent = true;
    run(3 * MINUTE);
    cr_expect(b->mesh[1].asked_n == 5, "%u", b->mesh[1].asked_n);
    run(3 * MINUTE);
    cr_expect(b->mesh[1].asked_n == 7, "%u", b->mesh[1].asked_n);
    cr_expect_eq(readings_with(DD_READING_NO_ANSWER), 2);
}

Test(core, patience_comes_back_with_the_first_answer) {
    make(LAMPS, NULL);
    for (int i = 1; i <= 6; i++)
        b->mesh[i].silent = true;
    b->mesh[50].silent = true;
    run(10 * MINUTE);
    cr_expect_eq(b->mesh[50].asked_n, 5 + 2);
}

Test(core, a_silent_lamp_is_a_communication_failure_until_it_answers) {
    make(LAMPS, NULL);
    b->mesh[42].silent = true;
    run(5 * MINUTE);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->lamp, 42);
    run(HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 1);
    b->mesh[42].silent = false;
    run(16 * MINUTE);
    cr_expect_eq(overs(DD_COMMUNICATION_FAILURE), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, one_missed_answer_is_no_alarm) {
    make(LAMPS, NULL);
    b->mesh[42].silent = true;
    run(2 * MINUTE + 35 * SECOND);
    cr_expect_eq(b->lamps[41].missed, 1);
    b->mesh[42].silent = false;
    run(30 * MINUTE);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0);
}

Test(core, a_mesh_gone_silent_does_not_stop_the_round) {
    make(LAMPS, NULL);
    for (int i = 1; i <= LAMPS; i++)
        b->mesh[i].silent = true;
    run(18 * MINUTE);
    for (int i = 1; i <= LAMPS; i++)
        cr_expect(b->mesh[i].asked_n >= 2, "lamp %d was asked %u times", i, b->mesh[i].asked_n);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), LAMPS, "%d", events(DD_COMMUNICATION_FAILURE));
}

// --- Health ---

Test(core, a_dead_lamp_is_an_alarm_within_two_minutes_of_its_reading) {
    make(LAMPS, NULL);
    light(1000);
    b->mesh[7].dead = true;
    run(3 * MINUTE);
    cr_expect_eq(events(DD_LAMP_FAILURE), 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->lamp, 7);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->value, 1500);
    light(0); // by day nothing can be said of it
    run(HOUR);
    cr_expect_eq(overs(DD_LAMP_FAILURE), 0);
    light(1000);
    b->mesh[7].dead = false;
    run(16 * MINUTE);
    cr_expect_eq(overs(DD_LAMP_FAILURE), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, a_lamp_that_burns_by_day) {
    make(LAMPS, NULL);
    b->mesh[7].stuck_on = true;
    run(3 * MINUTE);
    cr_expect_eq(events(DD_LAMP_UNEXPECTED_ON), 1);
    light(1000); // lit like the others: not mended
    run(HOUR);
    cr_expect_eq(overs(DD_LAMP_UNEXPECTED_ON), 0);
    light(0);
    b->mesh[7].stuck_on = false;
    run(16 * MINUTE);
    cr_expect_eq(overs(DD_LAMP_UNEXPECTED_ON), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, a_driver_that_ignores_dimming) {
    make(LAMPS, NULL);
    b->mesh[7].ignores_dim = true;
    light(1000);
    run(30 * MINUTE);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0);
    light(500);
    run(18 * MINUTE);
    cr_expect_eq(events(DD_CONTROL_GEAR_FAILURE), 1);
    b->mesh[7].ignores_dim = false;
    run(16 * MINUTE);
    cr_expect_eq(overs(DD_CONTROL_GEAR_FAILURE), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, good_lamps_of_every_kind_and_level_raise_nothing) {
    static const uint16_t levels[] = {0, 10, 100, 300, 500, 700, 850, 1000};
    static const uint32_t kinds_mw[] = {5000, 10000, 75000, 400000};
    static const int8_t surplus_pct[] = {-12, 0, 6};
    make(96, NULL);
    for (int i = 0; i < 96; i++) {
        b->mesh[i + 1].level_pm = levels[i % 8];
        b->mesh[i + 1].surplus_pct = surplus_pct[i / 8 % 3];
        b->lamps[i].nominal_mw = kinds_mw[i / 24];
    }
    run(3 * HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0);
}

Test(core, a_lamp_dead_at_its_dimmest_is_found) {
    make(3, NULL);
    light(10);
    b->mesh[2].dead = true;
    run(3 * MINUTE);
    cr_expect_eq(events(DD_LAMP_FAILURE), 1);
}

// --- Supply ---

Test(core, a_dead_feeder_is_one_event_and_its_lamps_are_left_alone) {
    make(LAMPS, NULL);
    light(1000);
    run(10 * MINUTE);
    for (int i = 1; i <= LAMPS; i += 2)
        b->mesh[i].silent = true;
    supply(1, 0);
    run(SECOND);
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->lamp, 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->value, 7);
    uint32_t asked_n = b->mesh[1].asked_n;
    run(2 * HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 1);
    cr_expect_eq(b->mesh[1].asked_n, asked_n);
    cr_expect(readings_with(DD_READING_NO_SUPPLY) >= 7 * LAMPS / 2);
    supply(1, 7);
    for (int i = 1; i <= LAMPS; i += 2)
        b->mesh[i].silent = false;
    run(2 * MINUTE);
    cr_expect_eq(overs(DD_SUPPLY_LOSS), 1);
    cr_expect_gt(b->mesh[1].asked_n, asked_n, "read soon after the return");
    run(HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, one_phase_is_named) {
    make(LAMPS, NULL);
    run(MINUTE);
    supply(2, 5);
    run(30 * MINUTE);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->value, 2);
    cr_expect_eq(b->mesh[4].asked_n, 0); // second lamp of feeder 2: phase 1
    cr_expect_gt(b->mesh[2].asked_n, 0);
}

Test(core, a_feeder_lost_in_the_middle_of_a_round_raises_no_lamp_alarm) {
    make(LAMPS, NULL);
    run(65 * SECOND);
    for (int i = 1; i <= LAMPS; i += 2)
        b->mesh[i].silent = true;
    b->lamps[0].missed = 1;
    run(10 * SECOND); // two are being asked in vain
    supply(1, 0);
    cr_expect_eq(b->lamps[0].missed, 0);
    run(5 * MINUTE);
    cr_expect_eq(readings_with(0) + readings_with(DD_READING_NO_SUPPLY), LAMPS);
    run(HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 1);
}

Test(core, lamps_slow_to_start_after_the_return_get_a_grace) {
    make(LAMPS, NULL);
    run(10 * MINUTE);
    supply(1, 0);
    run(10 * MINUTE);
    supply(1, 7);
    b->mesh[1].silent = true;
    run(225 * SECOND);
    b->mesh[1].silent = false;
    run(HOUR);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 0);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, a_chattering_feeder_is_reported_six_times_a_minute_at_most) {
    make(10, NULL);
    run(MINUTE);
    for (int i = 0; i < 600; i++) {
        supply(1, i % 2 ? 7 : 0);
        run(100);
    }
    supply(1, 7);
    run(MINUTE);
    cr_expect(count(DD_WORD_EVENT, 0, 0) <= 8, "%d events", count(DD_WORD_EVENT, 0, 0));
    cr_expect_eq(last_heard(DD_WORD_EVENT)->over, 1);
}

Test(core, a_last_gasp) {
    make(10, NULL);
    run(MINUTE);
    step((dd_core_input){.kind = DD_INPUT_MAINS, .phases = 0});
    step((dd_core_input){.kind = DD_INPUT_MAINS, .phases = 0});
    run(SECOND);
    cr_expect_eq(events(DD_ON_BATTERY), 1);
    step((dd_core_input){.kind = DD_INPUT_MAINS, .phases = 1});
    run(SECOND);
    cr_expect_eq(overs(DD_ON_BATTERY), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

// --- Orders ---

Test(core, an_override_of_all_reaches_all_and_is_told) {
    make(LAMPS, NULL);
    run(30 * SECOND);
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 1000});
    run(20 * SECOND);
    for (int i = 1; i <= LAMPS; i++)
        cr_expect_eq(b->mesh[i].level_pm, 1000);
    cr_expect_eq(b->under_way_max, DD_CORE_TASKS);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->number, 9);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, LAMPS);
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 10});
    run(20 * SECOND);
    cr_expect_eq(b->mesh[50].overridden, false);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 2);
}

Test(core, an_order_goes_before_the_poll) {
    make(LAMPS, NULL);
    run(61 * SECOND);
    order((dd_order){
        .kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 400, .lamp_n = 1, .lamps = {90}});
    run(SECOND);
    cr_expect_eq(b->mesh[90].level_pm, 400);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 1);
}

Test(core, a_short_order_does_not_wait_for_a_long_one) {
    make(LAMPS, NULL);
    order((dd_order){.kind = DD_ORDER_READ, .number = 1});
    order((dd_order){
        .kind = DD_ORDER_OVERRIDE, .number = 2, .level_pm = 400, .lamp_n = 1, .lamps = {90}});
    run(2 * SECOND);
    cr_expect_eq(b->mesh[90].level_pm, 0, "an older order has yet to reach this lamp");
    order((dd_order){
        .kind = DD_ORDER_OVERRIDE, .number = 3, .level_pm = 400, .lamp_n = 1, .lamps = {1}});
    run(SECOND);
    cr_expect_eq(b->mesh[1].level_pm, 400);
    run(20 * SECOND);
    cr_expect_eq(b->mesh[90].level_pm, 400);
}

Test(core, orders_reach_a_lamp_in_the_order_they_came) {
    make(LAMPS, NULL);
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 1, .level_pm = 1000});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 2, .level_pm = 300});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 3, .level_pm = 600});
    run(2 * MINUTE);
    for (int i = 1; i <= LAMPS; i++)
        cr_expect_eq(b->mesh[i].level_pm, 600, "lamp %d at %d", i, b->mesh[i].level_pm);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 3);
}

Test(core, what_does_not_answer_or_has_no_supply_has_failed) {
    make(LAMPS, NULL);
    supply(2, 0);
    b->mesh[3].silent = true;
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 1000});
    run(2 * MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, LAMPS / 2 - 1);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, LAMPS / 2 + 1);
}

Test(core, a_supply_lost_in_the_middle_of_an_order) {
    make(LAMPS, NULL);
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 1000});
    run(2 * SECOND);
    supply(1, 0);
    supply(2, 0);
    run(SECOND);
    const dd_word *outcome = last_heard(DD_WORD_OUTCOME);
    cr_expect_eq(outcome->done_n + outcome->failed_n, LAMPS);
    cr_expect(outcome->done_n > 0 && outcome->failed_n > 0);
}

Test(core, a_repeated_order_is_not_done_twice) {
    make(LAMPS, NULL);
    dd_order once = {
        .kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 400, .lamp_n = 2, .lamps = {5, 6}};
    order(once);
    order(once);
    run(SECOND);
    cr_expect_eq(b->mesh[5].switched_n, 1);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 1);
    order(once);
    run(SECOND);
    cr_expect_eq(b->mesh[5].switched_n, 1);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 2);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 2);
}

Test(core, a_repeated_order_does_not_fill_the_outbox) {
    make(LAMPS, NULL);
    b->line_down = true;
    for (int i = 0; i < 50; i++) {
        order((dd_order){.kind = DD_ORDER_READ, .number = 9, .lamp_n = 1, .lamps = {5}});
        run(SECOND);
    }
    cr_expect_eq(b->core.outbox.word_n, 3);
}

Test(core, nothing_else_is_asked_of_a_lamp_that_is_being_asked) {
    make(LAMPS, NULL);
    b->mesh[1].silent = true;
    run(61 * SECOND);
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 9, .lamp_n = 1, .lamps = {1}});
    cr_expect_eq(b->mesh[1].asked_n, 1);
    run(5 * MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 1);
}

Test(core, a_ninth_order_at_a_time_is_refused) {
    make(LAMPS, NULL);
    for (uint32_t i = 1; i <= DD_CORE_COMMANDS + 1; i++)
        order((dd_order){.kind = DD_ORDER_READ, .number = i});
    run(SECOND);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->number, DD_CORE_COMMANDS + 1);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, LAMPS);
    run(5 * MINUTE);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), DD_CORE_COMMANDS + 1);
}

Test(core, a_read_on_demand_brings_its_reading_before_its_outcome) {
    make(LAMPS, NULL);
    order((dd_order){.kind = DD_ORDER_READ, .number = 4, .lamp_n = 1, .lamps = {33}});
    run(SECOND);
    cr_assert_eq(b->heard_n, 3); // HELLO, READINGS, OUTCOME
    cr_expect_eq(b->heard[1].readings[0].lamp, 33);
    cr_expect_eq(b->heard[2].number, 4);
}

Test(core, an_override_that_has_expired_on_its_way_is_refused) {
    make(LAMPS, NULL);
    run(SECOND);
    order((dd_order){
        .kind = DD_ORDER_OVERRIDE, .number = 4, .level_pm = 1000, .expires_ms = evening_ms + 500});
    run(MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, LAMPS);
    cr_expect_eq(b->mesh[1].level_pm, 0);
}

Test(core, a_program_is_kept_and_given_later_to_those_that_were_away) {
    make(LAMPS, NULL);
    b->mesh[8].silent = true;
    dd_order program = {.kind = DD_ORDER_PROGRAM, .number = 4, .program = night};
    program.program.id = 8;
    program.program.points[0].level_pm = 600;
    order(program);
    run(2 * MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 1);
    cr_expect_eq(b->mesh[7].program_id, 8);
    cr_expect_eq(b->mesh[8].program_id, 7);
    dd_sun_cache cache = {0};
    cr_expect_eq(dd_core_expected_level(&b->core, &cache, 3 * HOUR), 600);
    b->mesh[8].silent = false;
    b->mesh[20].program_id = 3; // a node that was exchanged
    run(40 * MINUTE);
    cr_expect_eq(b->mesh[8].program_id, 8);
    cr_expect_eq(b->mesh[20].program_id, 8);
}

Test(core, a_lamp_without_supply_gets_its_program_at_the_return) {
    make(LAMPS, NULL);
    run(5 * MINUTE);
    supply(1, 0);
    dd_order program = {.kind = DD_ORDER_PROGRAM, .number = 4, .program = night};
    program.program.id = 8;
    order(program);
    run(30 * SECOND);
    cr_expect_eq(b->mesh[1].program_id, 7);
    supply(1, 7);
    run(2 * MINUTE);
    cr_expect_eq(b->mesh[1].program_id, 8);
}

// --- Garbage ---

Test(core, garbage_orders_switch_nothing) {
    make(10, NULL);
    run(SECOND);
    uint32_t asked_n = b->request_n;
    order((dd_order){.kind = 99, .number = 1});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 0, .level_pm = 1000});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 2, .level_pm = 1001});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 3, .level_pm = 500, .lamp_n = 200});
    order((dd_order){.kind = DD_ORDER_OVERRIDE,
                     .number = 4,
                     .level_pm = 500,
                     .lamp_n = 3,
                     .lamps = {0, 11, 60000}});
    dd_order program = {.kind = DD_ORDER_PROGRAM, .number = 5, .program = night};
    program.program.point_n = 13;
    order(program);
    run(10 * SECOND);
    cr_expect_eq(b->request_n, asked_n);
    cr_expect_eq(b->core.garbage, 8);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 4);
    cr_expect_eq(b->core.def.program.id, night.id);
}

static void broken_program(dd_core_def *def) {
    def->program.point_n = 60000;
    def->random_seed = 0;
}

Test(core, a_damaged_definition_hands_out_no_program) {
    make(10, broken_program);
    for (int i = 1; i <= 10; i++)
        b->mesh[i].program_id = 3;
    run(HOUR);
    for (int i = 1; i <= 10; i++) {
        cr_expect_eq(b->mesh[i].program_id, 3);
        cr_expect_eq(b->mesh[i].asked_n, 4);
    }
}

Test(core, a_lamp_listed_twice_is_switched_once) {
    make(10, NULL);
    order((dd_order){.kind = DD_ORDER_OVERRIDE,
                     .number = 4,
                     .level_pm = 500,
                     .lamp_n = 4,
                     .lamps = {3, 0, 3, 4}});
    run(SECOND);
    cr_expect_eq(b->mesh[3].switched_n, 1);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 2);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 1);
    cr_expect_eq(b->core.garbage, 2);
}

Test(core, garbage_from_a_node_is_no_answer) {
    make(10, NULL);
    b->mesh[3].speaks_garbage = true;
    run(5 * MINUTE);
    cr_expect_eq(b->core.garbage, 7); // five replies, then two
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 1);
    cr_expect_eq(b->lamps[2].last.level_pm, 0);
}

Test(core, an_answer_to_an_earlier_question_is_not_taken) {
    make(1, NULL);
    b->mesh[1].silent = true;
    run(61 * SECOND);
    dd_node_reply reply = {.lamp = 1, .kind = DD_NODE_READ, .reading = {.lamp = 1}};
    reply.token = b->core.tasks[0].token - 1;
    step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
    cr_expect_eq(b->core.strays, 1);
    cr_expect_eq(b->core.tasks[0].lamp, 1);
}

Test(core, replies_to_nobodys_question_are_strays) {
    make(10, NULL);
    dd_node_reply reply = {.lamp = 3, .kind = DD_NODE_READ, .token = 77, .reading = {.lamp = 3}};
    step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
    cr_expect_eq(b->core.strays, 1);
    reply.lamp = 0;
    step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
    supply(0, 7);
    supply(3, 7);
    supply(1, 8);
    step((dd_core_input){.kind = 77});
    step((dd_core_input){.kind = DD_INPUT_START});
    order((dd_order){.kind = DD_ORDER_ACK, .number = b->core.outbox.next_sequence});
    cr_expect_eq(b->core.garbage, 7);
}

// --- The line to the centre ---

Test(core, says_it_is_alive_when_there_is_nothing_to_say) {
    make(0, NULL);
    uint32_t before = b->word_n;
    run(10 * MINUTE + 500);
    cr_expect_eq(b->word_n - before, 10);
}

// After an hour without a line everything arrives, once and in order (the centre double takes
// nothing else).
Test(core, an_hour_without_a_line_loses_nothing) {
    make(LAMPS, NULL);
    light(1000);
    run(30 * MINUTE);
    b->line_down = true;
    uint32_t before = b->word_n;
    run(30 * MINUTE);
    b->mesh[9].dead = true;
    supply(2, 3);
    run(30 * MINUTE);
    cr_expect(b->word_n - before < 90, "%u words into a dead line", b->word_n - before);
    b->line_down = false;
    run(2 * MINUTE);
    cr_expect_eq(b->core.outbox.word_n, 0, "%d words left", b->core.outbox.word_n);
    cr_expect_eq(b->heard_n, (int)(b->core.outbox.next_sequence - b->heard[0].sequence));
    cr_expect_geq(count(DD_WORD_READINGS, 0, 0), 7 * 10);
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_eq(events(DD_LAMP_FAILURE), 1);
    for (int i = 1; i < b->heard_n; i++)
        cr_expect(b->heard[i].clock_ms >= b->heard[i - 1].clock_ms - 10 * SECOND);
}

Test(core, a_lossy_line_only_delays) {
    make(LAMPS, NULL);
    b->lose_every = 5;
    run(4 * HOUR);
    b->lose_every = 0;
    run(12 * MINUTE);
    cr_expect_eq(count(DD_WORD_READINGS, 0, 0), 17 * 10);
    cr_expect_eq(b->core.outbox.word_n, 0);
}

// Words that overtake one another cost no half minute each time.
Test(core, a_line_that_shuffles_does_not_stop_the_backlog) {
    make(LAMPS, NULL);
    b->line_down = true;
    run(3 * HOUR);
    b->line_down = false;
    b->shuffle = true;
    run(3 * MINUTE);
    cr_expect_eq(b->core.outbox.word_n, 0, "%d words left", b->core.outbox.word_n);
}

Test(core, a_full_outbox_gives_up_old_readings_and_keeps_events) {
    make(LAMPS, NULL);
    run(30 * MINUTE);
    b->line_down = true;
    run(2 * HOUR);
    supply(1, 6);
    run(10 * HOUR);
    cr_expect_eq(b->core.outbox.word_n, DD_CORE_OUTBOX);
    cr_expect_gt(b->core.outbox.dropped_readings, 100);
    b->line_down = false;
    run(12 * MINUTE);
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_eq(b->core.outbox.word_n, 0);
    cr_expect_eq(b->core.outbox.dropped_events, 0);
    const dd_word *last = last_heard(DD_WORD_READINGS);
    cr_expect(last->clock_ms > evening_ms + 12 * HOUR, "the newest readings are there");
}

Test(core, an_outbox_full_of_events_gives_up_the_oldest) {
    make(LAMPS, NULL);
    b->line_down = true;
    for (int i = 0; i < 300; i++) {
        supply(1, i % 2 ? 7 : 0);
        run(11 * SECOND);
    }
    cr_expect_eq(b->core.outbox.word_n, DD_CORE_OUTBOX);
    cr_expect_gt(b->core.outbox.dropped_events, 10);
    uint32_t dropped_n = b->core.outbox.dropped_events;
    run(HOUR); // readings do not push events out
    cr_expect_eq(b->core.outbox.dropped_events, dropped_n);
    cr_expect_gt(b->core.outbox.dropped_readings, 40);
    b->line_down = false;
    run(12 * MINUTE);
    cr_expect_eq(b->heard_n, (int)(b->core.outbox.next_sequence - b->heard[0].sequence));
    cr_expect_eq(last_heard(DD_WORD_EVENT)->over, 1, "the newest event is there");
}

static void second_boot(dd_core_def *def) {
    def->boots = 2;
}

Test(core, a_restart_numbers_from_elsewhere) {
    make(0, NULL);
    run(SECOND);
    uint32_t old = b->heard[0].sequence;
    make(0, second_boot);
    for (uint32_t i = 0; i < 50; i++) // late, from before the restart
        order((dd_order){.kind = DD_ORDER_ACK, .number = old + i});
    cr_expect_eq(b->core.outbox.word_n, 1);
    run(SECOND);
    cr_expect_eq(b->heard[0].boots, 2);
    cr_expect_neq(b->heard[0].sequence, old);
}
