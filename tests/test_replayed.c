// A board recorded by the witness and replayed: it says the same at the same moments, writes the
// same to the store it borrows, is lost where it was, and tells when the city departs.
#define _GNU_SOURCE // memmem
#include "hil/recording/replayed.h"
#include "hil/recording/utterance.h"
#include "hil/recording/witness.h"
#include "hil/wire/octets.h"
#include "models/world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STORE = 3 * 4096, STEPS = 300, LOG = 1 << 20 };

static char folder[64], path[96];
static dd_error error;
static dd_time clock_now; // where the city stands

static void set_up(void) {
    strcpy(folder, "/tmp/dd_replayed_XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/boards", folder);
    cr_assert_eq(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/boards/S-02.rec", folder);
    error = (dd_error){0};
}

static void tear_down(void) {
    unlink(path);
    snprintf(path, sizeof path, "%s/boards", folder);
    rmdir(path);
    rmdir(folder);
}

// --- The city's side: its flash, and all that it hears, as text ---

typedef struct fake_city {
    uint8_t flash[STORE];
    dd_store store;
    char log[LOG];
    size_t n;
} fake_city;

static bool read_flash(void *context, uint32_t at, void *octets, uint32_t n) {
    memcpy(octets, (uint8_t *)context + at, n);
    return true;
}

// Its first page takes nothing any more.
static bool write_flash(void *context, uint32_t at, const void *octets, uint32_t n) {
    if (at < 4096) return false;
    memcpy((uint8_t *)context + at, octets, n);
    return true;
}

static fake_city *open_city(void) {
    fake_city *it = calloc(1, sizeof *it);
    it->store = (dd_store){it->flash, STORE, read_flash, write_flash};
    memset(it->flash + 5000, 0x5a, 100);
    return it;
}

static void hear(void *context, const dd_response *response) {
    fake_city *it = context;
    it->n += (size_t)snprintf(it->log + it->n, LOG - it->n, " %u %u %u %u:", response->kind,
                              response->value, response->lamp, response->handle);
    for (int i = 0; i < response->n; i++)
        it->n += (size_t)snprintf(it->log + it->n, LOG - it->n, "%02x", response->octets[i]);
}

// --- The board: says and writes what follows from what it is told ---

typedef struct fake_board {
    uint32_t hash;
    dd_store store;
    uint32_t lost_at; // steps after which it is
    uint32_t step;
} fake_board;

static bool board_start(void *context, dd_time now, const dd_commission *commission,
                        const dd_store *store) {
    fake_board *it = context;
    (void)now, (void)commission;
    it->store = *store;
    return true;
}

static bool board_step(void *context, dd_time now, int64_t uptime_us, const dd_stimulus *stimulus,
                       const dd_responder *responder, int64_t *due_us) {
    fake_board *it = context;
    uint8_t octets[64];
    it->hash = it->hash * 31 + stimulus->kind + stimulus->lamp + (uint32_t)now;
    for (uint32_t i = 0; i < it->hash % 4; i++) {
        uint8_t kind = (uint8_t)(1 + (it->hash + i) % (DD_RESPONSE_KINDS - 1));
        dd_response response = {.kind = kind, .value = 7, .lamp = (uint16_t)i, .handle = it->hash};
        memset(octets, (int)it->hash & 0xff, sizeof octets);
        if (kind == DD_RESPONSE_DATAGRAM || kind == DD_RESPONSE_LINE) {
            response.octets = octets;
            response.n = (uint16_t)(it->hash % sizeof octets);
        }
        responder->take(responder->context, &response);
    }
    it->store.write(it->store.context, it->hash % (STORE - 64), octets, it->hash % 64);
    if (it->step == 17) it->store.write(it->store.context, 4096, (uint8_t[8000]){1, 2, 3}, 8000);
    *due_us = it->hash % 3 ? uptime_us + it->hash % 100000 : INT64_MAX;
    return ++it->step != it->lost_at;
}

static void board_stop(void *context, dd_time now) {
    (void)context, (void)now;
}

static dd_tenant tenant_of(fake_board *it) {
    return (dd_tenant){it, true, false, board_start, board_step, board_stop};
}

// --- A run ---

static dd_time time_of(uint32_t i) {
    return (dd_time)i * 700 * DD_MILLISECOND;
}

static void tell(dd_tenant *tenant, fake_city *city, uint32_t i, bool *there) {
    static const uint8_t octets[] = "what the city says";
    static const dd_cabinet_inputs cabinet = {.mains = true, .feeders[1].meter.energy_wh = 123456};
    dd_stimulus stimulus = {.kind = (uint8_t)(1 + i % (DD_STIMULUS_KINDS - 1)),
                            .lamp = (uint16_t)(i % 40)};
    if (stimulus.kind == DD_STIMULUS_DATAGRAM) {
        stimulus.octets = octets;
        stimulus.n = sizeof octets;
    }
    if (stimulus.kind == DD_STIMULUS_CABINET) stimulus.cabinet = &cabinet;
    int64_t due_us = 0;
    dd_responder responder = {city, hear};
    *there = tenant->step(tenant->context, time_of(i), i * 1000, &stimulus, &responder, &due_us);
    city->n += (size_t)snprintf(city->log + city->n, LOG - city->n, "\n%u %d due %lld", i, *there,
                                (long long)due_us);
}

// Steps from `first` on, up to `end` or to where it is lost; returns the next one.
static uint32_t play(dd_tenant *tenant, fake_city *city, uint32_t first, uint32_t end) {
    bool there = true;
    uint32_t i = first;
    while (there && i < end)
        tell(tenant, city, i++, &there);
    return i;
}

static bool start(dd_tenant *tenant, fake_city *city, dd_time now) {
    static const dd_core_lamp lamps[3] = {{.nominal_mw = 90000, .feeder = 1}};
    dd_light_calendar calendar = dd_world_default_def().light_calendar;
    dd_commission commission = {
        .core = dd_core_default_def(), .lamps = lamps, .calendar = &calendar};
    commission.core.lamp_n = 3;
    return tenant->start(tenant->context, now, &commission, &city->store);
}

static dd_witness *open_witness(void) {
    json_t *run = json_pack("{ss}", "segment", "S-01");
    clock_now = 0;
    dd_witness *witness = dd_witness_open(path, run, &clock_now, &error);
    cr_assert(witness, "%s", error.text);
    json_decref(run);
    return witness;
}

// A run that is recorded: all that its city has heard.
static fake_city *record(uint32_t lost_at, uint32_t end) {
    fake_board it = {.hash = 1, .lost_at = lost_at};
    fake_city *city = open_city();
    dd_witness *witness = open_witness();
    dd_tenant inner = tenant_of(&it), tenant = dd_witness_tenant(witness, &inner);
    cr_assert(start(&tenant, city, 0));
    if (play(&tenant, city, 0, end) == end) tenant.stop(tenant.context, time_of(end));
    cr_assert(dd_witness_close(witness, &error), "%s", error.text);
    return city;
}

static void expect_same(const fake_city *a, const fake_city *b) {
    cr_expect_str_eq(a->log, b->log);
    cr_expect_eq(memcmp(a->flash, b->flash, STORE), 0, "flash");
}

static dd_replayed *replay(void) {
    dd_replayed *it = dd_replayed_open(path, &error);
    cr_assert(it, "%s", error.text);
    return it;
}

Test(replayed, says_the_same, .init = set_up, .fini = tear_down) {
    fake_city *then = record(0, STEPS), *now = open_city();
    dd_replayed *it = replay();
    dd_tenant tenant = dd_replayed_tenant(it);
    cr_expect(tenant.prompt && !tenant.air);
    cr_assert(start(&tenant, now, 0));
    cr_expect_eq(play(&tenant, now, 0, STEPS), STEPS);
    tenant.stop(tenant.context, time_of(STEPS));
    cr_expect_not(dd_replayed_departed(it, &error), "%s", error.text);
    expect_same(then, now);
    cr_expect_eq(dd_replayed_next(it), DD_NEVER);
    cr_expect_eq(dd_replayed_folder_end(folder), DD_NEVER);
    dd_replayed_close(it);
    free(then);
    free(now);
}

Test(replayed, is_lost_where_it_was, .init = set_up, .fini = tear_down) {
    fake_city *then = record(41, STEPS), *now = open_city();
    dd_replayed *it = replay();
    dd_tenant tenant = dd_replayed_tenant(it);
    cr_assert(start(&tenant, now, 0));
    cr_expect_eq(play(&tenant, now, 0, STEPS), 41);
    cr_expect_not(dd_replayed_departed(it, &error));
    expect_same(then, now);
    dd_replayed_close(it);
    free(then);
    free(now);
}

// What differs: the moment, what is said, or that there is a start.
Test(replayed, departs_when_told_something_else, .init = set_up, .fini = tear_down) {
    static const char *const whys[] = {"at 7.000000 s the city told", "(frame of the air)",
                                       "(start)"};
    free(record(0, STEPS));
    for (int way = 0; way < 3; way++) {
        fake_city *city = open_city();
        dd_replayed *it = replay();
        dd_tenant tenant = dd_replayed_tenant(it);
        bool there = true;
        start(&tenant, city, 0);
        play(&tenant, city, 0, 9);
        if (way == 0) tell(&tenant, city, 10, &there);
        if (way == 1) tell(&tenant, city, 12, &there);
        if (way == 2) there = start(&tenant, city, time_of(9));
        cr_expect_not(there);
        cr_expect(dd_replayed_departed(it, &error));
        cr_expect(strstr(error.text, whys[way]), "%s", error.text);
        play(&tenant, city, 9, 10);
        cr_expect(dd_replayed_departed(it, &error), "it comes back");
        dd_replayed_close(it);
        free(city);
    }
}

Test(replayed, departs_when_the_run_goes_on_longer, .init = set_up, .fini = tear_down) {
    free(record(0, 10));
    fake_city *city = open_city();
    dd_replayed *it = replay();
    dd_tenant tenant = dd_replayed_tenant(it);
    start(&tenant, city, 0);
    play(&tenant, city, 0, 10);
    tenant.stop(tenant.context, time_of(10));
    cr_expect_not(dd_replayed_departed(it, &error));
    cr_expect_not(start(&tenant, city, time_of(11)));
    cr_expect(dd_replayed_departed(it, &error));
    cr_expect(strstr(error.text, "ends before the run"), "%s", error.text);
    dd_replayed_close(it);
    free(city);
}

// A recording that a crash cut off is no fault of the city's: it says up to when it holds.
Test(replayed, knows_where_a_crash_cut_it, .init = set_up, .fini = tear_down) {
    fake_board whole = {.hash = 1};
    fake_city *then = open_city(), *now = open_city();
    dd_witness *witness = open_witness();
    dd_tenant inner = tenant_of(&whole), tenant = dd_witness_tenant(witness, &inner);
    start(&tenant, then, 0);
    play(&tenant, then, 0, 50);
    dd_recorder_flush(dd_witness_recorder(witness)); // and then it is killed
    dd_replayed *it = replay();
    cr_assert_eq(dd_replayed_folder_end(folder), time_of(49));
    dd_tenant again = dd_replayed_tenant(it);
    start(&again, now, 0);
    cr_expect_eq(play(&again, now, 0, 50), 50);
    expect_same(then, now);
    bool there = true;
    tell(&again, now, 50, &there);
    cr_expect_not(there);
    cr_expect_not(dd_replayed_departed(it, &error));
    dd_replayed_close(it);
    dd_witness_close(witness, NULL);
    free(then);
    free(now);
}

// Real time: what it says, and what becomes of it, between events.
Test(replayed, gives_out_what_lay_between_events, .init = set_up, .fini = tear_down) {
    fake_board it = {.hash = 1};
    fake_city *city = open_city();
    dd_witness *witness = open_witness();
    dd_tenant inner = tenant_of(&it);
    inner.prompt = false;
    dd_tenant tenant = dd_witness_tenant(witness, &inner);
    start(&tenant, city, 0);
    const dd_store *lent = &it.store;
    clock_now = 5;
    dd_witness_state(witness, DD_BOARD_GREETED, DD_BOARD_WELL);
    dd_witness_seat(witness, true);
    play(&tenant, city, 1, 4);
    clock_now = time_of(4) - 3;
    lent->write(lent->context, 9000, "kept", 4);
    dd_witness_response(
        witness,
        &(dd_response){.kind = DD_RESPONSE_LINE, .octets = (const uint8_t *)"word", .n = 4});
    dd_witness_clock(witness, 1234567890123, -40000);
    dd_witness_response(witness, &(dd_response){.kind = DD_RESPONSE_CONTACTORS, .value = 5});
    clock_now = time_of(4);
    dd_witness_state(witness, DD_BOARD_LOST, DD_BOARD_UNPLUGGED);
    clock_now += 7; // the loss shows before the city stands
    dd_witness_seat(witness, false);
    dd_witness_close(witness, &error);

    dd_replayed *again = replay();
    fake_city *now = open_city();
    dd_replayed_event event;
    dd_board_verdict verdict;
    tenant = dd_replayed_tenant(again);
    cr_expect_not(tenant.prompt);
    start(&tenant, now, 0);
    cr_expect_eq(dd_replayed_next(again), 5);
    cr_expect_not(dd_replayed_take(again, 4, &event));
    cr_assert(dd_replayed_take(again, 5, &event));
    cr_expect(event.kind == DD_REPLAYED_SEAT && event.given);
    cr_expect_eq(dd_replayed_state(again, &verdict), DD_BOARD_GREETED);
    cr_expect_not(dd_replayed_take(again, 5, &event));
    play(&tenant, now, 1, 4);
    cr_expect_eq(dd_replayed_next(again), time_of(4) - 3);
    cr_assert(dd_replayed_take(again, time_of(4) - 3, &event));
    cr_expect_eq(memcmp(now->flash + 9000, "kept", 4), 0);
    cr_expect(event.kind == DD_REPLAYED_RESPONSE && event.response.kind == DD_RESPONSE_LINE);
    cr_expect(event.response.n == 4 && memcmp(event.response.octets, "word", 4) == 0);
    cr_assert(dd_replayed_take(again, time_of(4) - 3, &event));
    cr_expect(event.kind == DD_REPLAYED_CLOCK && event.uptime_us == 1234567890123 &&
              event.rate_ppb == -40000);
    cr_assert(dd_replayed_take(again, time_of(4) - 3, &event));
    cr_expect(event.response.kind == DD_RESPONSE_CONTACTORS && event.response.value == 5);
    cr_expect_not(dd_replayed_take(again, time_of(4) - 3, &event));
    cr_expect_not(dd_replayed_take(again, time_of(4), &event));
    cr_expect_eq(dd_replayed_state(again, &verdict), DD_BOARD_LOST);
    cr_expect_eq(verdict, DD_BOARD_UNPLUGGED);
    cr_expect_eq(dd_replayed_next(again), time_of(4) + 7);
    cr_assert(dd_replayed_take(again, time_of(4) + 7, &event));
    cr_expect(event.kind == DD_REPLAYED_SEAT && !event.given);
    cr_expect_eq(dd_replayed_next(again), DD_NEVER);
    expect_same(city, now);
    dd_replayed_close(again);
    free(city);
    free(now);
}

// The frames, the board's identity and its store stand in the recording, too.
Test(witness, puts_down_frames_identity_and_store, .init = set_up, .fini = tear_down) {
    fake_board it = {.hash = 1};
    fake_city *city = open_city();
    dd_witness *witness = open_witness();
    dd_tenant inner = tenant_of(&it), tenant = dd_witness_tenant(witness, &inner);
    dd_link_tap tap = dd_witness_tap(witness);
    dd_board_identity board = {.serial = "SEG-0042", .firmware_hash = {0xab}, .firmware_hash_n = 1};
    strcpy(board.model, "\xff not UTF-8");
    dd_witness_welcomed(witness, &board, "lock-step");
    tap.frame(tap.context, true, (const uint8_t *)"ask", 3);
    start(&tenant, city, 0);
    tap.frame(tap.context, false, (const uint8_t *)"tell", 4);
    dd_witness_close(witness, &error);

    static const struct {
        uint8_t kind;
        const char *text;
    } expected[] = {{DD_RECORDED_SESSION, "{\"segment\":\"S-01\"}"},
                    {DD_RECORDED_SESSION, "\"serial\":\"SEG-0042\",\"model\":\"? not UTF-8\""},
                    {DD_RECORDED_TO_BOARD, "ask"},
                    {DD_RECORDED_START, NULL},
                    {DD_RECORDED_STORE, "ZZZZ"},
                    {DD_RECORDED_DONE, NULL},
                    {DD_RECORDED_FROM_BOARD, "tell"}};
    dd_recording *recording = dd_recording_open(path, &error);
    dd_recorded_entry entry;
    for (size_t i = 0; i < DD_COUNT(expected); i++) {
        cr_assert(dd_recording_next(recording, &entry, &error), "%zu", i);
        cr_expect_eq(entry.kind, expected[i].kind, "%zu: %u", i, entry.kind);
        if (expected[i].text)
            cr_expect(memmem(entry.octets, entry.n, expected[i].text, strlen(expected[i].text)),
                      "%.*s", (int)entry.n, (const char *)entry.octets);
    }
    cr_expect_not(dd_recording_next(recording, &entry, &error));
    dd_recording_close(recording);
    free(city);
}

// --- Stimuli and responses as octets ---

Test(utterance, of_each_stimulus_comes_back) {
    dd_cabinet_inputs cabinet = {.mains = true, .dark = true}, room;
    for (int i = 0; i < DD_CORE_FEEDERS; i++)
        cabinet.feeders[i] = (dd_feeder_inputs){.live_phases = (uint8_t)(i + 3),
                                                .contactor = i & 1,
                                                .tripped = i & 2,
                                                .leakage = !(i & 1),
                                                .override = !(i & 2),
                                                .leakage_ma = (uint16_t)(40000 + i),
                                                .meter = {UINT64_MAX - (uint64_t)i,
                                                          UINT32_MAX - (uint32_t)i,
                                                          {2300, 65535, (uint16_t)i}}};
    for (uint8_t kind = 1; kind < DD_STIMULUS_KINDS; kind++) {
        uint8_t octets[DD_UTTERANCE_MAX], again[DD_UTTERANCE_MAX];
        bool sees = kind == DD_STIMULUS_CABINET;
        dd_stimulus read, stimulus = {.kind = kind,
                                      .result = 3,
                                      .attempts = 4,
                                      .rss_dbm = -93,
                                      .lamp = 250,
                                      .handle = 0xfedcba98,
                                      .n = sees ? 0 : 5,
                                      .octets = (const uint8_t *)"a\0b\0c",
                                      .cabinet = sees ? &cabinet : NULL};
        size_t n = dd_utterance_of_stimulus(&stimulus, octets);
        cr_assert(dd_utterance_stimulus(octets, n, &room, &read));
        cr_expect(read.kind == kind && read.result == 3 && read.attempts == 4 &&
                  read.rss_dbm == -93 && read.lamp == 250 && read.handle == 0xfedcba98);
        cr_expect_eq(read.n, stimulus.n);
        cr_expect(sees || memcmp(read.octets, stimulus.octets, read.n) == 0);
        if (sees) {
            cr_expect(read.cabinet->mains && read.cabinet->dark && !read.cabinet->door);
            cr_expect_eq(read.cabinet->feeders[3].meter.energy_wh, UINT64_MAX - 3);
            cr_expect(!read.cabinet->feeders[2].contactor && read.cabinet->feeders[2].tripped);
        }
        cr_expect_eq(dd_utterance_of_stimulus(&read, again), n);
        cr_expect_eq(memcmp(octets, again, n), 0);
        cr_expect_not(dd_utterance_stimulus(octets, DD_UTTERANCE_HEAD - 1, &room, &read));
    }
}

Test(utterance, of_another_kind_is_none) {
    dd_cabinet_inputs room;
    dd_stimulus stimulus;
    dd_response response;
    uint8_t octets[DD_UTTERANCE_HEAD + 3] = {0};
    cr_expect_not(dd_utterance_stimulus(octets, sizeof octets, &room, &stimulus));
    cr_expect_not(dd_utterance_response(octets, sizeof octets, &response));
    octets[0] = DD_STIMULUS_KINDS;
    cr_expect_not(dd_utterance_stimulus(octets, sizeof octets, &room, &stimulus));
    octets[0] = DD_RESPONSE_KINDS;
    cr_expect_not(dd_utterance_response(octets, sizeof octets, &response));
    octets[0] = DD_STIMULUS_CABINET; // cut short
    cr_expect_not(dd_utterance_stimulus(octets, sizeof octets, &room, &stimulus));
}
