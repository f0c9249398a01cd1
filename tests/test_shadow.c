// Shadow mode's judge: two applications beside each other on the same stimuli, one of them wrong in
// one way on purpose.
#define _POSIX_C_SOURCE 200809L // fmemopen
#include "hil/shadow/leeway.h"
#include "hil/shadow/shadow.h"

#include "models/backhaul/wire.h"
#include "models/controller/application.h"
#include "models/mesh/stack/coap/coap_server.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { LAMPS = 3, MAILS = 256, BOARD = 0, SHADOW = 1 };

typedef struct side {
    struct bench *bench;
    int number;
    dd_application application;
    dd_core_lamp lamps[LAMPS];
    dd_core_output outputs[DD_CORE_OUTPUTS];
    dd_word spare[DD_LOG_SPARE];
    dd_timetable timetable;
    uint8_t flash[DD_STORE_SIZE];
    int64_t due_ms, fast_ppm; // due by its own uptime, which may run fast
} side;

typedef struct letter {
    dd_time at;
    uint8_t kind; // dd_stimulus_kind; 0: what a board has said, on its way
    dd_response response;
    uint16_t lamp, n;
    uint8_t octets[DD_LINE_OCTETS];
} letter;

typedef struct bench {
    side sides[2];
    dd_coap_server servers[LAMPS + 1];
    dd_shadow *shadow;
    dd_onlooker onlooker;
    letter mails[MAILS];
    int mail_n;
    dd_time now;
    uint32_t power_mw, calendar_id;
    int64_t wire_us; // a board's answers take so long
    // What a board on purpose makes of what it has to say; NULL: nothing else.
    void (*spoil)(struct bench *bench, const dd_response *response);
    int spoilt;
    dd_response kept;
    uint8_t kept_octets[DD_LINE_OCTETS];
} bench;

static const int64_t START_MS = INT64_C(1785000000000);

static letter *post(bench *it, dd_time delay, uint8_t kind, const uint8_t *octets, size_t n) {
    cr_assert(it->mail_n < MAILS);
    letter *sent = &it->mails[it->mail_n++];
    *sent = (letter){.at = it->now + delay, .kind = kind, .n = (uint16_t)n};
    if (n) memcpy(sent->octets, octets, n);
    return sent;
}

// --- The city: lamps and a centre, who hear the board alone ---

static void send_up(void *context, uint16_t destination, const uint8_t *octets, uint16_t n) {
    (void)destination;
    post(context, 50 * DD_MILLISECOND, DD_STIMULUS_DATAGRAM, octets, n);
}

static dd_reading act(void *context, const dd_node_request *request) {
    bench *it = context;
    if (request->kind == DD_NODE_CALENDAR) it->calendar_id = request->calendar->id;
    return (dd_reading){.lamp = request->lamp,
                        .level_pm = 1000,
                        .power_mw = it->power_mw,
                        .voltage_dv = 2200,
                        .calendar_id = it->calendar_id};
}

static uint32_t no_buffer(void *context) {
    (void)context;
    return 0;
}

static void ask_lamp(bench *it, const dd_response *response) {
    int before = it->mail_n;
    dd_coap_server_port port = {.context = it, .send = send_up, .act = act, .take = no_buffer};
    if (response->lamp == DD_EVERY_LAMP) return;
    dd_coap_server_receive(&it->servers[response->lamp], it->now / DD_MILLISECOND, &port, 0, false,
                           response->octets, response->n);
    for (int i = before; i < it->mail_n; i++)
        it->mails[i].lamp = response->lamp;
}

static void answer(bench *it, const dd_order *order) {
    letter *sent = post(it, 100 * DD_MILLISECOND, DD_STIMULUS_LINE, NULL, 0);
    sent->n = (uint16_t)dd_wire_put_order(order, sent->octets);
}

static void ask_centre(bench *it, const dd_response *response) {
    dd_word word;
    cr_assert(dd_wire_get_word(response->octets, response->n, &word));
    if (word.kind == DD_WORD_HELLO)
        answer(it, &(dd_order){.kind = DD_ORDER_WELCOME, .number = word.number});
    if (word.kind == DD_WORD_CLOCK) {
        int64_t clock_ms = START_MS + it->now / DD_MILLISECOND;
        answer(it, &(dd_order){.kind = DD_ORDER_CLOCK,
                               .number = word.number,
                               .heard_ms = clock_ms,
                               .clock_ms = clock_ms});
    }
    if (word.kind == DD_WORD_ALIVE) answer(it, &(dd_order){.kind = DD_ORDER_ACK});
    if (word.sequence) answer(it, &(dd_order){.kind = DD_ORDER_ACK, .sequence = word.sequence});
}

// --- The board and its shadow ---

static void board_says(bench *it, const dd_response *response) {
    it->onlooker.response(it->onlooker.context, it->now, BOARD, response);
    if (response->kind == DD_RESPONSE_DATAGRAM) ask_lamp(it, response);
    if (response->kind == DD_RESPONSE_LINE) ask_centre(it, response);
}

static void take(void *context, const dd_response *response) {
    side *from = context;
    bench *it = from->bench;
    if (from->number == SHADOW) {
        it->onlooker.response(it->onlooker.context, it->now, SHADOW, response);
    } else if (it->wire_us) {
        letter *sent = post(it, it->wire_us * DD_MICROSECOND, 0, response->octets, response->n);
        sent->response = *response;
    } else if (it->spoil) {
        it->spoil(it, response);
    } else {
        board_says(it, response);
    }
}

static int64_t uptime_ms(const side *of, dd_time now) {
    return now / 1000 * (1000000 + of->fast_ppm) / 1000000 / 1000;
}

static void step(bench *it, int number, const dd_stimulus *stimulus) {
    side *of = &it->sides[number];
    dd_responder responder = {of, take};
    of->due_ms =
        dd_application_step(&of->application, uptime_ms(of, it->now), stimulus, &responder);
}

static void step_both(bench *it, const dd_stimulus *stimulus) {
    it->onlooker.stimulus(it->onlooker.context, it->now, stimulus);
    step(it, BOARD, stimulus);
    step(it, SHADOW, stimulus);
}

static void deliver(bench *it, int i) {
    letter sent = it->mails[i];
    it->mails[i] = it->mails[--it->mail_n];
    if (sent.kind == 0) {
        sent.response.octets = sent.octets;
        board_says(it, &sent.response);
        return;
    }
    step_both(it, &(dd_stimulus){
                      .kind = sent.kind, .lamp = sent.lamp, .octets = sent.octets, .n = sent.n});
}

static int next_mail(const bench *it) {
    int first = -1;
    for (int i = 0; i < it->mail_n; i++)
        if (first < 0 || it->mails[i].at < it->mails[first].at) first = i;
    return first;
}

// When a side wants to be called.
static dd_time due(const side *of, dd_time now) {
    if (of->due_ms == INT64_MAX) return DD_NEVER;
    dd_time t = of->due_ms * DD_MILLISECOND;
    while (uptime_ms(of, t) >= of->due_ms)
        t -= DD_MILLISECOND;
    while (uptime_ms(of, t) < of->due_ms)
        t += DD_MILLISECOND / 10;
    return t > now ? t : now;
}

static void run(bench *it, dd_time span) {
    dd_time end = it->now + span;
    for (;;) {
        int mail = next_mail(it);
        dd_time mail_at = mail < 0 ? DD_NEVER : it->mails[mail].at;
        dd_time board_at = due(&it->sides[BOARD], it->now);
        dd_time shadow_at = due(&it->sides[SHADOW], it->now), next = mail_at;
        if (board_at < next) next = board_at;
        if (shadow_at < next) next = shadow_at;
        if (next > end) break;
        it->now = next;
        static const dd_stimulus time = {.kind = DD_STIMULUS_TIME};
        if (mail_at == next) {
            deliver(it, mail);
            continue;
        }
        it->onlooker.stimulus(it->onlooker.context, it->now, &time);
        if (board_at == next) step(it, BOARD, &time);
        if (shadow_at == next) step(it, SHADOW, &time);
    }
    it->now = end;
    dd_shadow_time(it->shadow, end);
}

// --- Benches ---

static bool read_store(void *context, uint32_t at, void *octets, uint32_t n) {
    const side *of = context;
    memcpy(octets, of->flash + at, n);
    return true;
}

static bool write_store(void *context, uint32_t at, const void *octets, uint32_t n) {
    side *of = context;
    memcpy(of->flash + at, octets, n);
    return true;
}

static dd_core_def usual(void) {
    dd_core_def core = dd_core_default_def();
    core.lamp_n = LAMPS;
    core.feeder_n = 1;
    core.random_seed = 5;
    core.clock_ms = START_MS;
    core.poll_phase_s = 5;
    return core;
}

static void make_side(bench *it, int number, const dd_core_def *core) {
    side *of = &it->sides[number];
    of->bench = it;
    of->number = number;
    for (int i = 0; i < LAMPS; i++)
        of->lamps[i] = (dd_core_lamp){.nominal_mw = 100000, .feeder = 1};
    dd_program lit = {.point_n = 1, .points = {{.level_pm = 1000}}};
    of->timetable.calendars[0] = dd_light_calendar_of(&lit);
    dd_coap_client_def coap = {.ack_timeout_ms = 2000, .max_retransmit = 4, .first_id = 77};
    dd_core_storage storage = {.lamps = of->lamps,
                               .outputs = of->outputs,
                               .spare = of->spare,
                               .timetable = &of->timetable,
                               .store = {of, DD_STORE_SIZE, read_store, write_store}};
    dd_application_init(&of->application, core, &coap, storage,
                        (dd_line_codec){dd_wire_put_word, dd_wire_get_order});
}

static bench *open_bench(const dd_core_def *board, const dd_shadow_def *def) {
    bench *it = calloc(1, sizeof *it);
    dd_core_def core = usual();
    make_side(it, BOARD, board);
    make_side(it, SHADOW, &core);
    it->shadow = dd_shadow_open(def);
    it->onlooker = dd_shadow_onlooker(it->shadow);
    it->power_mw = 100000;
    for (uint16_t i = 1; i <= LAMPS; i++)
        dd_coap_server_init(&it->servers[i], i, i);
    return it;
}

static bench *lock_step(const dd_core_def *board) {
    dd_shadow_def def = dd_shadow_default_def(true);
    return open_bench(board, &def);
}

static void start(bench *it) {
    dd_cabinet_inputs cabinet = {.mains = true,
                                 .feeders[0] = {.live_phases = 7,
                                                .contactor = true,
                                                .meter.voltage_dv = {2300, 2300, 2300}}};
    dd_shadow_restart(it->shadow, it->now);
    step_both(it, &(dd_stimulus){.kind = DD_STIMULUS_START});
    step_both(it, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &cabinet});
}

static const dd_divergence *first_after(bench *it, dd_time span) {
    start(it);
    run(it, span);
    dd_shadow_end(it->shadow, it->now);
    return dd_shadow_first(it->shadow);
}

static void close_bench(bench *it) {
    dd_shadow_close(it->shadow);
    free(it);
}

static uint64_t count(const bench *it, dd_divergence_kind kind) {
    return dd_shadow_count(it->shadow, kind);
}

// --- Lock-step ---

Test(shadow, two_alike_never_part) {
    dd_core_def core = usual();
    bench *it = lock_step(&core);
    cr_assert(first_after(it, 6 * DD_HOUR) == NULL);
    cr_expect(gt(u64, dd_shadow_compared(it->shadow), 300));
    cr_expect(eq(u64, count(it, DD_DIVERGED_NOT), 0));
    close_bench(it);
}

// What the board says of a happening, and its shadow does not.
typedef struct lone_word {
    const char *happening;
    int n;
} lone_word;

static void look_for(void *context, const dd_divergence *divergence) {
    lone_word *it = context;
    it->n += strstr(divergence->got, it->happening) && !strstr(divergence->expected, it->happening);
}

// A lamp that takes 80 % of its power is well, but not by this board: it asks again, and is sure.
Test(shadow, a_threshold_that_cries_wolf) {
    lone_word found = {.happening = "lampPowerTooLow"};
    dd_core_def core = usual();
    core.power_low_pct = 90;
    dd_shadow_def def = dd_shadow_default_def(true);
    def.diverged = look_for;
    def.context = &found;
    bench *it = open_bench(&core, &def);
    it->power_mw = 80000;
    const dd_divergence *first = first_after(it, 10 * DD_MINUTE);
    cr_assert(first != NULL);
    cr_expect(eq(int, first->kind, DD_DIVERGED_UNEXPECTED));
    cr_expect(eq(int, first->response, DD_RESPONSE_DATAGRAM));
    cr_expect(eq(str, (char *)first->expected, ""));
    cr_expect(eq(int, found.n, LAMPS));
    close_bench(it);
}

// The other way round it does not ask again where it should.
Test(shadow, a_threshold_that_hides_an_alarm) {
    dd_core_def core = usual();
    core.power_low_pct = 10;
    bench *it = lock_step(&core);
    it->power_mw = 30000;
    const dd_divergence *first = first_after(it, 10 * DD_MINUTE);
    cr_assert(first != NULL);
    cr_expect(eq(int, first->kind, DD_DIVERGED_MISSING));
    cr_expect(eq(int, first->response, DD_RESPONSE_DATAGRAM));
    cr_expect(eq(str, (char *)first->got, ""));
    close_bench(it);
}

Test(shadow, another_phase_is_late_by_just_that) {
    dd_core_def core = usual();
    core.poll_phase_s = 6;
    bench *it = lock_step(&core);
    const dd_divergence *first = first_after(it, DD_MINUTE);
    cr_assert(first != NULL);
    cr_expect(eq(int, first->kind, DD_DIVERGED_LATE));
    cr_expect(eq(int, first->response, DD_RESPONSE_DATAGRAM));
    cr_expect(eq(i64, first->late_us, 1000000));
    close_bench(it);
}

Test(shadow, later_than_late_is_missing) {
    dd_core_def core = usual();
    core.poll_phase_s = 15;
    bench *it = lock_step(&core);
    const dd_divergence *first = first_after(it, DD_MINUTE);
    cr_assert(first != NULL);
    cr_expect(eq(int, first->kind, DD_DIVERGED_MISSING));
    cr_expect(eq(i64, first->t, 5 * DD_SECOND));
    cr_expect(gt(u64, count(it, DD_DIVERGED_UNEXPECTED), 0));
    close_bench(it);
}

// Says each order to a lamp with another level.
static void another_level(bench *it, const dd_response *response) {
    static const uint8_t full[] = {0x01, 0x19, 0x02, 0xBC}; // 3416/1: 700
    uint8_t octets[DD_LINE_OCTETS];
    dd_response other = *response;
    if (response->n) memcpy(octets, response->octets, response->n);
    for (int i = 0; i + 4 <= response->n && response->kind == DD_RESPONSE_DATAGRAM; i++)
        if (memcmp(octets + i, full, sizeof full) == 0) octets[i + 3] = 0x8A, it->spoilt++; // 650
    other.octets = octets;
    board_says(it, &other);
}

static void order_level(bench *it, uint16_t level_pm) {
    dd_order order = {.kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = level_pm, .lamp_n = 1};
    order.lamps[0] = 2;
    answer(it, &order);
}

Test(shadow, another_level) {
    dd_core_def core = usual();
    bench *it = lock_step(&core);
    it->spoil = another_level;
    start(it);
    run(it, DD_MINUTE);
    cr_assert(dd_shadow_first(it->shadow) == NULL);
    order_level(it, 700);
    run(it, DD_MINUTE);
    const dd_divergence *first = dd_shadow_first(it->shadow);
    cr_assert(it->spoilt > 0 && first != NULL);
    cr_expect(eq(int, first->kind, DD_DIVERGED_DIFFERENT));
    cr_expect(eq(str, (char *)first->difference.field, "3416/1 command"));
    cr_expect(eq(str, (char *)first->difference.expected, "700"));
    cr_expect(eq(str, (char *)first->difference.got, "650"));
    close_bench(it);
}

// Within the tolerance, it is the same.
Test(shadow, another_level_that_may_be) {
    dd_core_def core = usual();
    dd_shadow_def def = dd_shadow_default_def(true);
    def.tolerances[DD_RESPONSE_DATAGRAM].level_pm = 50;
    bench *it = open_bench(&core, &def);
    it->spoil = another_level;
    start(it);
    order_level(it, 700);
    run(it, DD_MINUTE);
    cr_expect(it->spoilt > 0 && dd_shadow_first(it->shadow) == NULL);
    close_bench(it);
}

Test(shadow, leeway_in_words) {
    dd_shadow_def def = dd_shadow_default_def(true);
    dd_error error;
    cr_assert(dd_leeway_read(&def, "datagram.level_pm=50  line.ids=0 look.ignored=1", &error));
    cr_expect(eq(i32, def.tolerances[DD_RESPONSE_DATAGRAM].level_pm, 50));
    cr_expect(not(def.tolerances[DD_RESPONSE_LINE].ids));
    cr_expect(def.tolerances[DD_RESPONSE_LOOK].ignored);
    cr_expect(eq(i32, def.tolerances[DD_RESPONSE_LINE].level_pm, 0));
    static const char *const wrong[] = {
        "datagram",         "lines.ids=1",    "line.clock=1", "line.ids=2",
        "line.clock_ms=-1", "line.clock_ms=", "line=1.ids"};
    for (size_t i = 0; i < DD_COUNT(wrong); i++)
        cr_expect(not(dd_leeway_read(&def, wrong[i], &error)), "%s", wrong[i]);
}

// Says nothing over its line.
static void mute(bench *it, const dd_response *response) {
    if (response->kind != DD_RESPONSE_LINE) board_says(it, response);
}

Test(shadow, mute) {
    dd_core_def core = usual();
    bench *it = lock_step(&core);
    it->spoil = mute;
    const dd_divergence *first = first_after(it, DD_MINUTE);
    cr_assert(first != NULL);
    cr_expect(eq(int, first->kind, DD_DIVERGED_MISSING));
    cr_expect(eq(i64, first->t, 0));
    cr_expect(strstr(first->expected, "line hello") != NULL, "%s", first->expected);
    cr_expect(eq(u64, count(it, DD_DIVERGED_NOT), count(it, DD_DIVERGED_MISSING)));
    close_bench(it);
}

// Says what it has to say at once in pairs, each turned round.
static void turn_round(bench *it, const dd_response *response) {
    if (it->kept.kind) {
        board_says(it, response);
        board_says(it, &it->kept);
        it->kept.kind = 0;
        it->spoilt++;
        return;
    }
    it->kept = *response;
    if (response->n) memcpy(it->kept_octets, response->octets, response->n);
    it->kept.octets = it->kept_octets;
}

Test(shadow, another_order) {
    dd_core_def core = usual();
    bench *it = lock_step(&core);
    uint8_t lit = 2;
    dd_response leds = {.kind = DD_RESPONSE_LEDS, .value = lit};
    dd_response boot = {.kind = DD_RESPONSE_BOOT, .value = DD_BOOT_CONFIRM};
    dd_response contactors = {.kind = DD_RESPONSE_CONTACTORS, .value = 1};
    it->onlooker.stimulus(it->onlooker.context, 0, &(dd_stimulus){.kind = DD_STIMULUS_TIME});
    turn_round(it, &boot);
    turn_round(it, &contactors);
    board_says(it, &leds); // which are not compared
    it->onlooker.response(it->onlooker.context, 0, SHADOW, &boot);
    it->onlooker.response(it->onlooker.context, 0, SHADOW, &contactors);
    dd_shadow_time(it->shadow, DD_SECOND);
    const dd_divergence *first = dd_shadow_first(it->shadow);
    cr_assert(first != NULL);
    cr_expect(eq(int, first->kind, DD_DIVERGED_ORDER));
    cr_expect(eq(u64, count(it, DD_DIVERGED_NOT), 1));
    cr_expect(eq(u64, dd_shadow_compared(it->shadow), 2));
    close_bench(it);
}

// What waits for the other side when one of them begins anew is not held against it.
Test(shadow, restart_forgets_what_is_open) {
    dd_core_def core = usual();
    bench *it = lock_step(&core);
    dd_response look = {.kind = DD_RESPONSE_LOOK};
    it->onlooker.response(it->onlooker.context, 0, SHADOW, &look);
    dd_shadow_restart(it->shadow, DD_SECOND);
    dd_shadow_end(it->shadow, DD_MINUTE);
    cr_expect(eq(u64, count(it, DD_DIVERGED_NOT), 0));
    close_bench(it);
}

// Nor what they say, or said just before, while one of them is gone.
Test(shadow, apart_nothing_is_compared) {
    dd_core_def core = usual();
    bench *it = lock_step(&core);
    dd_response look = {.kind = DD_RESPONSE_LOOK};
    it->onlooker.response(it->onlooker.context, 0, SHADOW, &look);
    dd_shadow_part(it->shadow, 0);
    it->onlooker.response(it->onlooker.context, DD_SECOND, SHADOW, &look);
    it->onlooker.stimulus(it->onlooker.context, DD_MINUTE,
                          &(dd_stimulus){.kind = DD_STIMULUS_TIME});
    cr_expect(eq(u64, count(it, DD_DIVERGED_NOT), 0));
    dd_shadow_restart(it->shadow, DD_HOUR);
    it->onlooker.response(it->onlooker.context, DD_HOUR, SHADOW, &look);
    dd_shadow_end(it->shadow, DD_HOUR);
    cr_expect(eq(u64, count(it, DD_DIVERGED_MISSING), 1));
    close_bench(it);
}

// A message that is lost is found out after one that was said later and differs: the first counts.
Test(shadow, first_is_what_was_said_first) {
    dd_core_def core = usual();
    bench *it = lock_step(&core);
    dd_response one = {.kind = DD_RESPONSE_CONTACTORS, .value = 1},
                look = {.kind = DD_RESPONSE_LOOK};
    dd_response two = {.kind = DD_RESPONSE_CONTACTORS, .value = 2};
    it->onlooker.response(it->onlooker.context, 0, SHADOW, &look);
    it->onlooker.response(it->onlooker.context, DD_SECOND, BOARD, &one);
    it->onlooker.response(it->onlooker.context, DD_SECOND, SHADOW, &two);
    dd_shadow_time(it->shadow, DD_SECOND + 1);
    cr_expect(eq(int, dd_shadow_first(it->shadow)->kind, DD_DIVERGED_DIFFERENT));
    dd_shadow_time(it->shadow, DD_MINUTE);
    cr_expect(eq(int, dd_shadow_first(it->shadow)->kind, DD_DIVERGED_MISSING));
    cr_expect(eq(i64, dd_shadow_first(it->shadow)->t, 0));
    close_bench(it);
}

static int told;

static void tell(void *context, const dd_divergence *divergence) {
    cr_expect(eq(ptr, context, &told));
    cr_expect(eq(int, divergence->kind, DD_DIVERGED_UNEXPECTED));
    told++;
}

// A message of which only some kinds are of interest.
Test(shadow, tells_and_ignores) {
    dd_core_def core = usual();
    dd_shadow_def def = dd_shadow_default_def(true);
    def.tolerances[DD_RESPONSE_LOOK].ignored = true;
    def.diverged = tell;
    def.context = &told;
    bench *it = open_bench(&core, &def);
    dd_response look = {.kind = DD_RESPONSE_LOOK};
    dd_response boot = {.kind = DD_RESPONSE_BOOT, .value = DD_BOOT_CONFIRM};
    board_says(it, &look);
    board_says(it, &boot);
    dd_shadow_end(it->shadow, DD_MINUTE);
    cr_expect(eq(int, told, 1));
    close_bench(it);
}

// --- Real time ---

static bench *real_time(const dd_core_def *board) {
    dd_shadow_def def = dd_shadow_default_def(false);
    return open_bench(board, &def);
}

Test(shadow, real_time_a_quick_wire) {
    dd_core_def core = usual();
    bench *it = real_time(&core);
    it->wire_us = 8000;
    cr_assert(first_after(it, 2 * DD_HOUR) == NULL);
    cr_expect(gt(u64, dd_shadow_compared(it->shadow), 100));
    close_bench(it);
}

Test(shadow, real_time_a_slow_board) {
    dd_core_def core = usual();
    bench *it = real_time(&core);
    it->wire_us = 80000;
    const dd_divergence *first = first_after(it, DD_MINUTE);
    cr_assert(first != NULL);
    cr_expect(eq(int, first->kind, DD_DIVERGED_LATE));
    cr_expect(eq(i64, first->late_us, 80000));
    close_bench(it);
}

// A quartz that is off by as much as it may be is no fault; one that is off by ten times that is.
Test(shadow, real_time_a_clock_that_drifts) {
    dd_core_def core = usual();
    bench *it = real_time(&core);
    it->sides[BOARD].fast_ppm = -60;
    cr_expect(first_after(it, 50 * DD_MINUTE) == NULL);
    close_bench(it);
    it = real_time(&core);
    it->sides[BOARD].fast_ppm = -600;
    const dd_divergence *first = first_after(it, 2 * DD_HOUR);
    cr_assert(first != NULL);
    cr_expect(eq(int, first->kind, DD_DIVERGED_LATE));
    cr_expect(gt(i64, first->late_us, 0));
    close_bench(it);
}

// The end of a run does not make missing what was still on its way.
Test(shadow, real_time_end) {
    dd_core_def core = usual();
    bench *it = real_time(&core);
    dd_response boot = {.kind = DD_RESPONSE_BOOT, .value = DD_BOOT_CONFIRM};
    it->onlooker.response(it->onlooker.context, 0, SHADOW, &boot);
    dd_shadow_end(it->shadow, 20 * DD_MILLISECOND);
    cr_expect(eq(u64, count(it, DD_DIVERGED_NOT), 0));
    dd_shadow_end(it->shadow, 60 * DD_MILLISECOND);
    cr_expect(eq(u64, count(it, DD_DIVERGED_MISSING), 1));
    close_bench(it);
}

// --- The report ---

static int lines(const char *text, const char *word) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
        n++;
    return n;
}

Test(shadow, report_has_what_was_around) {
    dd_core_def core = usual();
    dd_shadow_def def = dd_shadow_default_def(true);
    dd_calendar calendar = {.start_unix_s = START_MS / 1000, .offset_s = 25200};
    def.calendar = &calendar;
    def.names[0] = "new";
    def.names[1] = "old";
    bench *it = open_bench(&core, &def);
    it->spoil = another_level;
    start(it);
    run(it, DD_MINUTE);
    order_level(it, 700);
    run(it, 20 * DD_MINUTE);
    static char text[16384];
    FILE *file = fmemopen(text, sizeof text, "w");
    dd_shadow_report(it->shadow, file);
    fclose(file);
    cr_expect(strstr(text, "first divergence: different at 2026-07-26 00:2") != NULL, "%s", text);
    cr_expect(strstr(text, ": 3416/1 command: expected 700, got 650\n") != NULL, "%s", text);
    cr_expect(eq(int, lines(text, "\n  > "), 1), "%s", text);
    cr_expect(eq(int, lines(text, "\n    2026-") + 1, 20), "%s", text);
    cr_expect(strstr(text, "  new ") && strstr(text, "  old ") && strstr(text, "  both "), "%s",
              text);

    json_t *json = dd_shadow_json(it->shadow);
    json_t *first = json_object_get(json, "first");
    cr_expect(eq(sz, json_array_size(json_object_get(first, "around")), 20));
    cr_expect(eq(str, (char *)json_string_value(json_object_get(first, "kind")), "different"));
    json_decref(json);
    close_bench(it);
}

Test(shadow, report_of_no_divergence) {
    dd_core_def core = usual();
    bench *it = lock_step(&core);
    cr_assert(first_after(it, DD_MINUTE) == NULL);
    static char text[1024];
    FILE *file = fmemopen(text, sizeof text, "w");
    dd_shadow_report(it->shadow, file);
    fclose(file);
    cr_expect(strstr(text, "messages compared: no divergence\n") != NULL, "%s", text);
    json_t *json = dd_shadow_json(it->shadow);
    bool none = json_is_null(json_object_get(json, "first"));
    cr_expect(none);
    json_decref(json);
    close_bench(it);
}
