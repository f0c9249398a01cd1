// The application as a whole: octets and the time in, octets and the next deadline out.
#include "models/backhaul/wire.h"
#include "models/controller/application.h"
#include "models/mesh/stack/coap/lamp_object.h"

#include <criterion/criterion.h>
#include <string.h>

enum { LAMPS = 3, KEPT = 64 };

// What it has said, in order.
typedef struct said {
    dd_response at[KEPT];
    uint8_t octets[KEPT][DD_LINE_OCTETS];
    int n;
} said;

typedef struct bench {
    dd_application application;
    dd_core_lamp lamps[LAMPS];
    dd_core_output outputs[DD_CORE_OUTPUTS];
    dd_word spare[DD_LOG_SPARE];
    dd_timetable timetable;
    said said;
} bench;

static bool nothing_read(void *context, uint32_t at, void *octets, uint32_t n) {
    (void)context, (void)at;
    memset(octets, 0, n);
    return true;
}

static bool nothing_written(void *context, uint32_t at, const void *octets, uint32_t n) {
    (void)context, (void)at, (void)octets, (void)n;
    return true;
}

static void keep(void *context, const dd_response *response) {
    said *it = context;
    cr_assert(it->n < KEPT);
    it->at[it->n] = *response;
    if (response->octets) memcpy(it->octets[it->n], response->octets, response->n);
    it->at[it->n].octets = it->octets[it->n];
    it->n++;
}

static bench *open_bench(uint32_t seed) {
    bench *it = calloc(1, sizeof *it);
    dd_core_def core = dd_core_default_def();
    core.lamp_n = LAMPS;
    core.random_seed = seed;
    core.clock_ms = INT64_C(1785000000000);
    core.poll_phase_s = 5;
    for (int i = 0; i < LAMPS; i++)
        it->lamps[i] = (dd_core_lamp){.nominal_mw = 100000, .feeder = 1};
    dd_coap_client_def coap = {.ack_timeout_ms = 2000, .max_retransmit = 4, .first_id = 77};
    dd_core_storage storage = {
        .lamps = it->lamps,
        .outputs = it->outputs,
        .spare = it->spare,
        .timetable = &it->timetable,
        .store = {.size = DD_STORE_SIZE, .read = nothing_read, .write = nothing_written}};
    dd_application_init(&it->application, &core, &coap, storage,
                        (dd_line_codec){dd_wire_put_word, dd_wire_get_order});
    return it;
}

static int64_t step(bench *it, int64_t uptime_ms, const dd_stimulus *stimulus) {
    dd_responder responder = {&it->said, keep};
    it->said.n = 0;
    return dd_application_step(&it->application, uptime_ms, stimulus, &responder);
}

static int64_t start(bench *it) {
    return step(it, 0, &(dd_stimulus){.kind = DD_STIMULUS_START});
}

static const dd_response *find(const bench *it, dd_response_kind kind) {
    for (int i = 0; i < it->said.n; i++)
        if (it->said.at[i].kind == kind) return &it->said.at[i];
    return NULL;
}

Test(application, greets_the_centre_when_it_starts) {
    bench *it = open_bench(1);
    int64_t due_ms = start(it);
    const dd_response *line = find(it, DD_RESPONSE_LINE);
    dd_word word;
    cr_assert(line && dd_wire_get_word(line->octets, line->n, &word));
    cr_expect_eq(word.kind, DD_WORD_HELLO);
    cr_expect(due_ms > 0 && due_ms <= 60000);
    free(it);
}

// Runs it by its own deadlines until it asks a lamp.
static const dd_response *first_datagram(bench *it, int64_t *now_ms) {
    *now_ms = start(it);
    for (int i = 0; i < 1000; i++) {
        int64_t due_ms = step(it, *now_ms, &(dd_stimulus){.kind = DD_STIMULUS_TIME});
        const dd_response *found = find(it, DD_RESPONSE_DATAGRAM);
        if (found) return found;
        cr_assert(due_ms > *now_ms);
        *now_ms = due_ms;
    }
    return NULL;
}

Test(application, asks_a_lamp_by_coap_and_takes_the_answer) {
    bench *it = open_bench(1);
    int64_t now_ms;
    const dd_response *asked = first_datagram(it, &now_ms);
    dd_coap request;
    cr_assert(asked && dd_coap_read(&request, asked->octets, asked->n));
    cr_expect_eq(request.id, 77);
    uint16_t lamp = asked->lamp;
    uint8_t body[DD_LAMP_BODY_MAX], octets[DD_COAP_DATAGRAM_MAX];
    dd_reading reading = {.lamp = lamp};
    dd_coap answer = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, request.id);
    answer.token_n = 1;
    answer.token[0] = request.token[0];
    dd_lamp_write_reading(&answer, body, &reading);
    uint16_t n = dd_coap_write(octets, sizeof octets, &answer);
    step(it, now_ms + 100,
         &(dd_stimulus){.kind = DD_STIMULUS_DATAGRAM, .lamp = lamp, .octets = octets, .n = n});
    cr_expect_eq(it->application.coap.garbage, 0);
    cr_expect_eq(it->application.coap.strays, 0);
    free(it);
}

// One that tells the time is made anew, with another message ID: so its token is what it is known
// by.
Test(application, says_a_request_again_when_nobody_answers) {
    bench *it = open_bench(1);
    int64_t now_ms;
    const dd_response *asked = first_datagram(it, &now_ms);
    dd_coap first, second;
    cr_assert(asked && dd_coap_read(&first, asked->octets, asked->n));
    uint16_t lamp = asked->lamp;
    uint8_t token = first.token[0];
    int64_t wait_ms = it->application.coap_due_ms - now_ms;
    cr_expect(wait_ms >= 2000 && wait_ms <= 3000);
    step(it, it->application.coap_due_ms, &(dd_stimulus){.kind = DD_STIMULUS_TIME});
    const dd_response *again = find(it, DD_RESPONSE_DATAGRAM);
    cr_assert(again && dd_coap_read(&second, again->octets, again->n));
    cr_expect_eq(again->lamp, lamp);
    cr_expect_eq(second.type, DD_COAP_CON);
    cr_expect_eq(second.token[0], token);
    free(it);
}

static int64_t first_wait_ms(uint32_t seed) {
    bench *it = open_bench(seed);
    int64_t now_ms;
    cr_assert(first_datagram(it, &now_ms));
    int64_t wait_ms = it->application.coap_due_ms - now_ms;
    free(it);
    return wait_ms;
}

// Two that were given the same seed wait alike, others do not: over some seeds, not one figure.
Test(application, draws_by_its_seed_alone) {
    int same = 0;
    for (uint32_t seed = 0; seed < 20; seed++) {
        cr_expect_eq(first_wait_ms(seed), first_wait_ms(seed));
        same += first_wait_ms(seed) == first_wait_ms(seed + 1);
    }
    same += first_wait_ms(UINT32_MAX) == first_wait_ms(0);
    cr_expect(same < 5, "%d of 21 neighbours wait alike", same);
}

Test(application, garbage_is_counted_and_ends_nothing) {
    bench *it = open_bench(1);
    start(it);
    const uint8_t octets[] = {0xff, 0xff, 0xff};
    dd_stimulus mesh = {.kind = DD_STIMULUS_DATAGRAM, .lamp = 1, .octets = octets, .n = 3};
    dd_stimulus line = {.kind = DD_STIMULUS_LINE, .octets = octets, .n = 3};
    dd_stimulus air = {.kind = DD_STIMULUS_AIR, .octets = octets, .n = 3};
    step(it, 100, &mesh);
    step(it, 200, &line);
    int64_t due_ms = step(it, 300, &air);
    cr_expect_eq(it->application.core.garbage, 3);
    cr_expect(due_ms > 300 && due_ms != INT64_MAX);
    free(it);
}

Test(application, looks_at_the_cabinet_and_closes_what_is_live) {
    bench *it = open_bench(1);
    start(it);
    int64_t due_ms = 0;
    dd_cabinet_inputs cabinet = {.mains = true, .dark = true};
    cabinet.feeders[0] =
        (dd_feeder_inputs){.live_phases = 7, .meter = {.voltage_dv = {2300, 2300, 2300}}};
    dd_stimulus seen = {.kind = DD_STIMULUS_CABINET, .cabinet = &cabinet};
    const dd_response *closed = NULL;
    due_ms = step(it, 100, &seen);
    for (int i = 0; i < 20 && !(closed = find(it, DD_RESPONSE_CONTACTORS)); i++)
        due_ms = step(it, due_ms, &(dd_stimulus){.kind = DD_STIMULUS_TIME});
    cr_assert(closed);
    cr_expect_eq(closed->value, 1);
    free(it);
}
