#include "hil/recording/witness.h"
#include "hil/board/commission_message.h"
#include "hil/recording/utterance.h"
#include "hil/wire/octets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 4096,   // octets of the store in one entry
    WRITE_HEAD = 5, // of an entry about a write: place, and whether it was done
};

struct dd_witness {
    dd_recorder *recorder;
    dd_tenant tenant;     // whom it passes on to
    dd_store store;       // ... and what that borrows, ...
    dd_store watched;     // ... through this
    const dd_time *clock; // where the city stands between events
    bool inside;          // a step, which is at ...
    dd_time now;
    const dd_responder *responder;
};

// --- Opening and closing ---

static void add(dd_witness *it, dd_recorded kind, const void *octets, size_t n) {
    if (!it->inside && *it->clock > it->now) it->now = *it->clock;
    dd_recorder_add(it->recorder, kind, it->now, octets, n);
}

static void add_json(dd_witness *it, const json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT);
    size_t n = text ? strlen(text) : 0;
    add(it, DD_RECORDED_SESSION, text, n <= DD_ENTRY_MAX ? n : 0);
    free(text);
}

dd_witness *dd_witness_open(const char *path, const json_t *run, const dd_time *clock,
                            dd_error *error) {
    static const dd_time nowhere = 0;
    dd_witness *it = calloc(1, sizeof *it);
    if (!it) return dd_fail(error, DD_OUTSIDE, "%s: no memory for a recording", path), NULL;
    it->clock = clock ? clock : &nowhere;
    it->recorder = dd_recorder_open(path, error);
    if (!it->recorder) {
        free(it);
        return NULL;
    }
    add_json(it, run);
    return it;
}

bool dd_witness_close(dd_witness *it, dd_error *error) {
    if (!it) return true;
    bool good = dd_recorder_close(it->recorder, error);
    free(it);
    return good;
}

dd_recorder *dd_witness_recorder(dd_witness *it) {
    return it->recorder;
}

// --- At the link ---

static void see_frame(void *context, bool sent, const uint8_t *octets, size_t n) {
    dd_witness *it = context;
    add(it, sent ? DD_RECORDED_TO_BOARD : DD_RECORDED_FROM_BOARD, octets, n);
}

dd_link_tap dd_witness_tap(dd_witness *it) {
    return (dd_link_tap){it, see_frame};
}

// --- In the seat ---

void dd_witness_response(dd_witness *it, const dd_response *response) {
    uint8_t octets[DD_UTTERANCE_MAX];
    add(it, DD_RECORDED_RESPONSE, octets, dd_utterance_of_response(response, octets));
}

static void hear(void *context, const dd_response *response) {
    dd_witness *it = context;
    dd_witness_response(it, response);
    it->responder->take(it->responder->context, response);
}

static bool read_store(void *context, uint32_t at, void *octets, uint32_t n) {
    dd_witness *it = context;
    return it->store.read(it->store.context, at, octets, n);
}

// What is written at length is several entries, each with what came of all.
static bool write_store(void *context, uint32_t at, const void *octets, uint32_t n) {
    dd_witness *it = context;
    uint8_t entry[WRITE_HEAD + PIECE];
    bool done = it->store.write(it->store.context, at, octets, n);
    for (uint32_t from = 0, part; from < n; from += part) {
        part = n - from < PIECE ? n - from : PIECE;
        dd_put_le(entry, 4, at + from);
        entry[4] = done;
        memcpy(entry + WRITE_HEAD, (const uint8_t *)octets + from, part);
        add(it, DD_RECORDED_WRITE, entry, WRITE_HEAD + part);
    }
    return done;
}

// What it may borrow, as it is now, where it holds anything.
static void add_store(dd_witness *it) {
    static const uint8_t nothing[PIECE];
    uint8_t entry[4 + PIECE];
    for (uint32_t at = 0, part; it->store.read && at < it->store.size; at += part) {
        part = it->store.size - at < PIECE ? it->store.size - at : PIECE;
        dd_put_le(entry, 4, at);
        if (!it->store.read(it->store.context, at, entry + 4, part)) continue;
        if (memcmp(entry + 4, nothing, part) != 0)
            add(it, DD_RECORDED_STORE, entry, 4 + (size_t)part);
    }
}

static void begin_step(dd_witness *it, dd_time now) {
    it->inside = true;
    it->now = now;
}

static bool done(dd_witness *it, bool there, int64_t due_us) {
    uint8_t octets[9] = {there};
    dd_put_le(octets + 1, 8, (uint64_t)due_us);
    add(it, DD_RECORDED_DONE, octets, sizeof octets);
    it->inside = false;
    return there;
}

static void add_start(dd_witness *it, const dd_commission *commission) {
    uint8_t octets[1 + DD_COMMISSION_OCTETS];
    octets[0] = (it->tenant.prompt ? DD_START_PROMPT : 0) | (it->tenant.air ? DD_START_AIR : 0);
    size_t n = dd_commission_pack(commission, it->store.size, octets + 1);
    add(it, DD_RECORDED_START, octets, 1 + n);
}

static bool start(void *context, dd_time now, const dd_commission *commission,
                  const dd_store *store) {
    dd_witness *it = context;
    begin_step(it, now);
    it->store = store ? *store : (dd_store){0};
    it->watched = (dd_store){it, it->store.size, read_store, write_store};
    add_start(it, commission);
    add_store(it);
    bool there = it->tenant.start(it->tenant.context, now, commission, store ? &it->watched : NULL);
    return done(it, there, INT64_MAX);
}

static bool step(void *context, dd_time now, int64_t uptime_us, const dd_stimulus *stimulus,
                 const dd_responder *responder, int64_t *due_us) {
    dd_witness *it = context;
    uint8_t octets[8 + DD_UTTERANCE_MAX];
    dd_put_le(octets, 8, (uint64_t)uptime_us);
    begin_step(it, now);
    it->responder = responder;
    *due_us = INT64_MAX;
    add(it, DD_RECORDED_STIMULUS, octets, 8 + dd_utterance_of_stimulus(stimulus, octets + 8));
    bool there = it->tenant.step(it->tenant.context, now, uptime_us, stimulus,
                                 &(dd_responder){it, hear}, due_us);
    return done(it, there, *due_us);
}

static void stop(void *context, dd_time now) {
    dd_witness *it = context;
    begin_step(it, now);
    add(it, DD_RECORDED_STOP, NULL, 0);
    it->tenant.stop(it->tenant.context, now);
    it->inside = false;
}

dd_tenant dd_witness_tenant(dd_witness *it, const dd_tenant *tenant) {
    it->tenant = *tenant;
    return (dd_tenant){.context = it,
                       .prompt = tenant->prompt,
                       .air = tenant->air,
                       .start = start,
                       .step = step,
                       .stop = stop};
}

// --- Between events ---

static void hex(const uint8_t *octets, size_t n, char *text) {
    *text = 0;
    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", octets[i]);
}

// What a board says of itself may be no UTF-8: then its ASCII.
static json_t *text_of(const char *said) {
    char text[64];
    size_t n = 0;
    json_t *whole = json_string(said);
    if (whole) return whole;
    for (; said[n] && n < sizeof text; n++)
        text[n] = (signed char)said[n] < ' ' ? '?' : said[n];
    return json_stringn(text, n);
}

void dd_witness_welcomed(dd_witness *it, const dd_board_identity *board, const char *mode) {
    char hash[2 * sizeof board->firmware_hash + 1];
    hex(board->firmware_hash, board->firmware_hash_n, hash);
    json_t *json = json_pack(
        "{ss so so so ss so sI sI sI sI sI}", "mode", mode, "serial", text_of(board->serial),
        "model", text_of(board->model), "firmware", text_of(board->firmware), "firmware_hash", hash,
        "segment", text_of(board->segment), "vid", (json_int_t)board->vid, "pid",
        (json_int_t)board->pid, "capabilities", (json_int_t)board->capabilities, "version",
        (json_int_t)board->version, "boots", (json_int_t)board->boots);
    add_json(it, json);
    json_decref(json);
}

void dd_witness_state(dd_witness *it, dd_board_state state, dd_board_verdict verdict) {
    add(it, DD_RECORDED_STATE, (uint8_t[]){(uint8_t)state, (uint8_t)verdict}, 2);
}

void dd_witness_seat(dd_witness *it, bool given) {
    add(it, DD_RECORDED_SEAT, (uint8_t[]){given}, 1);
}

void dd_witness_clock(dd_witness *it, int64_t uptime_us, int32_t rate_ppb) {
    uint8_t octets[12];
    dd_put_le(octets, 8, (uint64_t)uptime_us);
    dd_put_le(octets + 8, 4, (uint32_t)rate_ppb);
    add(it, DD_RECORDED_CLOCK, octets, sizeof octets);
}
