// A recorded city fed to another board: the same firmware says the same, another one shows where it
// differs.
#define _DEFAULT_SOURCE
#include "hil/recording/rerun.h"
#include "hil/recording/utterance.h"
#include "hil/recording/witness.h"
#include "tests/toy_tenant.h"

#include <stdio.h>
#include <unistd.h>

enum { LAMPS = 5, DRIFT_PPM = 35 };

static char path[64];
static dd_error error;

static void set_up(void) {
    strcpy(path, "/tmp/dd_rerun_XXXXXX");
    close(mkstemp(path));
    error = (dd_error){0};
}

static void tear_down(void) {
    unlink(path);
}

// --- A small city: lamps that never answer, a centre that welcomes, a door ---

typedef struct small_city {
    dd_tenant tenant;
    uint8_t flash[DD_STORE_SIZE];
    dd_cabinet_inputs cabinet;
    bool looks, greeted;
    uint32_t hello; // number of the one to be answered
    int64_t due_us;
    dd_time started;
} small_city;

static bool read_flash(void *context, uint32_t at, void *octets, uint32_t n) {
    memcpy(octets, (uint8_t *)context + at, n);
    return true;
}

static bool write_flash(void *context, uint32_t at, const void *octets, uint32_t n) {
    memcpy((uint8_t *)context + at, octets, n);
    return true;
}

static void hear(void *context, const dd_response *response) {
    small_city *it = context;
    dd_word word;
    it->looks = it->looks || response->kind == DD_RESPONSE_LOOK;
    if (response->kind == DD_RESPONSE_LINE &&
        dd_wire_get_word(response->octets, response->n, &word) && word.kind == DD_WORD_HELLO)
        it->hello = word.number;
}

// Its oscillator runs a little fast.
static int64_t uptime_us(const small_city *it, dd_time now) {
    int64_t us = (now - it->started) / DD_MICROSECOND;
    return us + us * DRIFT_PPM / 1000000;
}

static void tell(small_city *it, dd_time now, const dd_stimulus *stimulus) {
    dd_responder responder = {it, hear};
    cr_assert(it->tenant.step(it->tenant.context, now, uptime_us(it, now), stimulus, &responder,
                              &it->due_us));
    if (!it->looks) return;
    it->looks = false;
    it->cabinet.feeders[0].meter.energy_wh = (uint64_t)(now / DD_MINUTE);
    tell(it, now, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &it->cabinet});
}

static void welcome(small_city *it, dd_time now) {
    uint8_t octets[DD_WIRE_MAX];
    dd_order order = {.kind = DD_ORDER_WELCOME, .number = it->hello};
    size_t n = dd_wire_put_order(&order, octets);
    it->hello = 0;
    tell(it, now, &(dd_stimulus){.kind = DD_STIMULUS_LINE, .octets = octets, .n = (uint16_t)n});
}

static void start(small_city *it, dd_time now, uint16_t boots) {
    static dd_core_lamp lamps[LAMPS];
    dd_light_calendar calendar = dd_world_default_def().light_calendar;
    dd_commission commission = {
        .core = dd_core_default_def(),
        .coap = {.ack_timeout_ms = 2000, .max_retransmit = 4, .first_id = 9},
        .lamps = lamps,
        .calendar = &calendar};
    for (int i = 0; i < LAMPS; i++)
        lamps[i] = (dd_core_lamp){.nominal_mw = 90000, .feeder = 1};
    commission.core.lamp_n = LAMPS;
    commission.core.feeder_n = 1;
    commission.core.boots = boots;
    commission.core.random_seed = 5;
    commission.core.clock_ms = INT64_C(1785000000000) + now / DD_MILLISECOND;
    dd_store store = {it->flash, DD_STORE_SIZE, read_flash, write_flash};
    it->started = now;
    cr_assert(it->tenant.start(it->tenant.context, now, &commission, &store));
    tell(it, now, &(dd_stimulus){.kind = DD_STIMULUS_START});
    tell(it, now, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &it->cabinet});
}

// When its deadline comes.
static dd_time due_t(const small_city *it) {
    if (it->due_us == INT64_MAX) return DD_NEVER;
    dd_time t = it->started + (it->due_us - it->due_us * DRIFT_PPM / 1000000) * DD_MICROSECOND;
    while (uptime_us(it, t) < it->due_us)
        t += DD_MICROSECOND;
    return t;
}

static void move_door(small_city *it, dd_time now) {
    it->cabinet.door = !it->cabinet.door;
    tell(it, now, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &it->cabinet});
}

// From `now` on: deadlines are called, whoever greets is welcomed a second later, and each ten
// minutes the door moves.
static void play(small_city *it, dd_time now, dd_time until) {
    dd_time door = now + 10 * DD_MINUTE;
    for (;;) {
        dd_time due = due_t(it), answer = it->hello ? now + DD_SECOND : DD_NEVER;
        now = due < answer ? due : answer;
        now = now < door ? now : door;
        if (now >= until) return;
        if (now == due) {
            tell(it, now, &(dd_stimulus){.kind = DD_STIMULUS_TIME});
        } else if (now == answer) {
            welcome(it, now);
        } else {
            move_door(it, now);
            door += 10 * DD_MINUTE;
        }
    }
}

// Two hours with a restart after the first.
static void record(bool prompt) {
    toy_tenant *application = toy_tenant_make();
    small_city *city = calloc(1, sizeof *city);
    json_t *run = json_pack("{ss}", "segment", "S-01");
    dd_witness *witness = dd_witness_open(path, run, NULL, &error);
    dd_tenant inner = toy_tenant_of(application);
    inner.prompt = prompt;
    city->cabinet = (dd_cabinet_inputs){.mains = true, .feeders[0].live_phases = 7};
    city->tenant = dd_witness_tenant(witness, &inner);
    start(city, 0, 1);
    play(city, 0, DD_HOUR);
    city->tenant.stop(city->tenant.context, DD_HOUR);
    start(city, DD_HOUR + DD_MINUTE, 2);
    play(city, DD_HOUR + DD_MINUTE, 2 * DD_HOUR);
    cr_assert(dd_witness_close(witness, &error), "%s", error.text);
    json_decref(run);
    free(application);
    free(city);
}

// --- Looking on ---

typedef struct side_by_side {
    uint32_t n[2];
    uint64_t sums[2]; // over all that either said, and when, to the millisecond
    dd_time last;
} side_by_side;

static void look_at(void *context, dd_time now, int side, const dd_response *response) {
    side_by_side *it = context;
    uint8_t octets[DD_UTTERANCE_MAX];
    size_t n = dd_utterance_of_response(response, octets);
    uint64_t sum = it->sums[side] * 31 + (uint64_t)(now / DD_MILLISECOND);
    for (size_t i = 0; i < n; i++)
        sum = sum * 31 + octets[i];
    it->sums[side] = sum;
    it->n[side]++;
}

static void look_on(void *context, dd_time now, const dd_stimulus *stimulus) {
    side_by_side *it = context;
    cr_assert(now >= it->last, "time runs back");
    cr_assert_neq(stimulus->kind, 0);
    it->last = now;
}

// Another firmware: something in its definition is another.
typedef struct changed {
    toy_tenant *application;
    void (*change)(dd_core_def *core); // NULL: nothing
    dd_time lost;
} changed;

static bool changed_start(void *context, dd_time now, const dd_commission *commission,
                          const dd_store *store) {
    changed *it = context;
    dd_commission other = *commission;
    if (it->change) it->change(&other.core);
    return toy_tenant_start(it->application, now, &other, store);
}

static bool changed_step(void *context, dd_time now, int64_t us, const dd_stimulus *stimulus,
                         const dd_responder *responder, int64_t *due_us) {
    changed *it = context;
    return now < it->lost && toy_tenant_step(it->application, now, us, stimulus, responder, due_us);
}

static void changed_stop(void *context, dd_time now) {
    toy_tenant_stop(((changed *)context)->application, now);
}

static dd_rerun *open_rerun(changed *firmware, dd_time from, side_by_side *looker) {
    dd_rerun_def def = {.path = path,
                        .tenant = {.context = firmware,
                                   .prompt = true,
                                   .start = changed_start,
                                   .step = changed_step,
                                   .stop = changed_stop},
                        .onlooker = {looker, look_on, look_at},
                        .from = from,
                        .until = DD_NEVER};
    dd_rerun *it = dd_rerun_open(&def, &error);
    cr_assert(it != NULL, "%s", error.text);
    return it;
}

static dd_rerun_counts rerun(void (*change)(dd_core_def *core), dd_time from,
                             side_by_side *looker) {
    changed firmware = {toy_tenant_make(), change, DD_NEVER};
    dd_rerun *it = open_rerun(&firmware, from, looker);
    dd_time last = 0;
    do {
        cr_assert_geq(dd_rerun_next(it), last, "%lld after %lld", (long long)dd_rerun_next(it),
                      (long long)last);
        last = dd_rerun_next(it);
    } while (dd_rerun_step(it, &error));
    cr_assert_eq(error.status, DD_OK, "%s", error.text);
    dd_rerun_counts counts = *dd_rerun_counts_of(it);
    dd_rerun_close(it);
    cr_expect_eq(firmware.application->stops, firmware.application->starts);
    free(firmware.application);
    return counts;
}

Test(rerun, of_the_same_firmware_says_the_same, .init = set_up, .fini = tear_down) {
    side_by_side looker = {0};
    record(true);
    dd_rerun_counts counts = rerun(NULL, 0, &looker);
    cr_expect_eq(counts.starts, 2);
    cr_expect_gt(counts.stimuli, 200);
    cr_expect_eq(counts.own_times, 0);
    cr_expect_gt(looker.n[0], 100);
    cr_expect_eq(looker.n[0], looker.n[1]);
    cr_expect_eq(looker.sums[0], looker.sums[1]);
}

// ... and so does half of it, from the second start on: what the board had kept by then is lent.
Test(rerun, begins_at_any_start, .init = set_up, .fini = tear_down) {
    side_by_side looker = {0};
    record(true);
    dd_rerun_counts counts = rerun(NULL, DD_MINUTE, &looker);
    cr_expect_eq(counts.starts, 1);
    cr_expect_gt(looker.n[0], 50);
    cr_expect_eq(looker.n[0], looker.n[1]);
    cr_expect_eq(looker.sums[0], looker.sums[1]);
}

static void poll_more_often(dd_core_def *core) {
    core->poll_period_s = 300;
}

static void poll_never(dd_core_def *core) {
    core->poll_period_s = 0;
}

static void read_meters_more_often(dd_core_def *core) {
    core->meter_period_s = 60;
}

// Its own deadlines and looks are served, though the recorded one had none there.
Test(rerun, of_another_firmware_shows, .init = set_up, .fini = tear_down) {
    side_by_side more = {0}, never = {0}, meters = {0};
    record(true);
    cr_expect_gt(rerun(poll_more_often, 0, &more).own_times, 10);
    cr_expect_gt(more.n[0], more.n[1] + 10);
    rerun(poll_never, 0, &never);
    cr_expect_lt(never.n[0], never.n[1]);
    cr_expect_gt(rerun(read_meters_more_often, 0, &meters).own_times, 50);
    cr_expect_gt(meters.n[0], meters.n[1] + 100, "looks and words");
}

Test(rerun, tells_when_the_board_is_lost, .init = set_up, .fini = tear_down) {
    changed firmware = {toy_tenant_make(), NULL, DD_MINUTE};
    side_by_side looker = {0};
    record(true);
    dd_rerun *it = open_rerun(&firmware, 0, &looker);
    while (dd_rerun_step(it, &error))
        ;
    cr_expect_eq(error.status, DD_OUTSIDE);
    cr_expect(strstr(error.text, "lost") != NULL, "%s", error.text);
    cr_expect_eq(dd_rerun_next(it), DD_NEVER);
    dd_rerun_close(it);
    free(firmware.application);
}

Test(rerun, of_a_recording_without_a_board_is_refused, .init = set_up, .fini = tear_down) {
    json_t *run = json_object();
    dd_witness_close(dd_witness_open(path, run, NULL, &error), &error);
    json_decref(run);
    dd_rerun_def def = {.path = path, .until = DD_NEVER};
    cr_expect_null(dd_rerun_open(&def, &error));
    cr_expect(strstr(error.text, "no board was started") != NULL, "%s", error.text);
}
