#define _POSIX_C_SOURCE 200809L // strdup
#include "hil/recording/replayed.h"
#include "hil/board/commission_message.h"
#include "hil/recording/utterance.h"
#include "hil/wire/octets.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Two readers of the same file: one goes along with the steps, the other with what lies between.
struct dd_replayed {
    char *path;
    dd_recording *steps, *between;
    uint8_t flags; // of the first start
    dd_store store;
    dd_board_state state;
    dd_board_verdict verdict;
    dd_recorded_entry next; // between events; at DD_NEVER: none
    uint8_t taken[DD_ENTRY_MAX];
    bool inside; // `between` has gone by a start or a stimulus, not by its end yet
    bool departed;
    dd_error why;
};

// --- Going along ---

static bool steps_on(dd_replayed *it, dd_recorded_entry *entry) {
    dd_error error;
    if (it->departed) return false;
    if (dd_recording_next(it->steps, entry, &error)) return true;
    it->departed = error.status != DD_OK || !dd_recording_cut(it->steps);
    it->why = error;
    if (it->departed && error.status == DD_OK)
        dd_fail(&it->why, DD_WRONG, "%s: the recording ends before the run does", it->path);
    return false;
}

static void set_state(dd_replayed *it, const dd_recorded_entry *entry) {
    if (entry->n != 2 || entry->octets[0] >= DD_BOARD_STATES ||
        entry->octets[1] >= DD_BOARD_VERDICTS)
        return;
    it->state = entry->octets[0];
    it->verdict = entry->octets[1];
}

static void write_store(dd_replayed *it, const dd_recorded_entry *entry) {
    if (entry->n <= 5 || !it->store.write) return;
    it->store.write(it->store.context, (uint32_t)dd_get_le(entry->octets, 4), entry->octets + 5,
                    (uint32_t)(entry->n - 5));
}

static bool is_step(uint8_t kind) {
    return kind == DD_RECORDED_START || kind == DD_RECORDED_STIMULUS || kind == DD_RECORDED_STOP;
}

static bool next_step(dd_replayed *it, dd_recorded_entry *entry) {
    while (steps_on(it, entry))
        if (is_step(entry->kind)) return true;
    return false;
}

// --- Departing ---

static const char *const stimulus_names[DD_STIMULUS_KINDS] = {
    [DD_STIMULUS_START] = "start",         [DD_STIMULUS_TIME] = "time",
    [DD_STIMULUS_DATAGRAM] = "datagram",   [DD_STIMULUS_LINE] = "message of the centre",
    [DD_STIMULUS_CABINET] = "cabinet",     [DD_STIMULUS_AIR] = "frame of the air",
    [DD_STIMULUS_SENT] = "frame's outcome"};

static const char *name_of(uint8_t kind, const uint8_t *octets, size_t n) {
    if (kind == DD_RECORDED_STIMULUS && n > 8 && octets[8] < DD_STIMULUS_KINDS && octets[8] > 0)
        return stimulus_names[octets[8]];
    return kind < DD_RECORDED_KINDS && kind ? dd_recorded_names[kind] : "nothing";
}

static bool depart(dd_replayed *it, dd_time now, const char *what, const dd_recorded_entry *then) {
    const char *was = name_of(then->kind, then->octets, then->n);
    it->departed = true;
    return dd_fail(&it->why, DD_WRONG,
                   "%s: at %.6f s the city told the board something else (%s) than when this was "
                   "recorded (%s%s, at %.6f s); replay it in its segment, with the scenario, the "
                   "city and the domdom of the recording",
                   it->path, (double)now / 1e9, what, strcmp(what, was) == 0 ? "another " : "", was,
                   (double)then->t / 1e9);
}

// Goes to the recording's next step, which must be this one.
static bool begin_step(dd_replayed *it, dd_time now, dd_recorded kind, const uint8_t *octets,
                       size_t n) {
    dd_recorded_entry entry;
    if (!next_step(it, &entry)) return false;
    bool same = entry.kind == kind && entry.t == now && entry.n == n &&
                (n == 0 || memcmp(entry.octets, octets, n) == 0);
    return same || depart(it, now, name_of(kind, octets, n), &entry);
}

// --- As a tenant ---

// What the board said and did within a step.
static void relive(dd_replayed *it, const dd_recorded_entry *entry, const dd_responder *responder) {
    dd_response response;
    if (entry->kind == DD_RECORDED_STATE) set_state(it, entry);
    if (entry->kind == DD_RECORDED_WRITE) write_store(it, entry);
    if (entry->kind == DD_RECORDED_RESPONSE && responder &&
        dd_utterance_response(entry->octets, entry->n, &response))
        responder->take(responder->context, &response);
}

static bool end_step(dd_replayed *it, const dd_responder *responder, int64_t *due_us) {
    dd_recorded_entry entry;
    while (steps_on(it, &entry)) {
        if (entry.kind != DD_RECORDED_DONE) {
            relive(it, &entry, responder);
            continue;
        }
        if (entry.n < 9) return false;
        *due_us = (int64_t)dd_get_le(entry.octets + 1, 8);
        return entry.octets[0];
    }
    return false;
}

static bool start(void *context, dd_time now, const dd_commission *commission,
                  const dd_store *store) {
    dd_replayed *it = context;
    uint8_t octets[1 + DD_COMMISSION_OCTETS] = {it->flags};
    int64_t due_us;
    it->store = store ? *store : (dd_store){0};
    size_t n = 1 + dd_commission_pack(commission, it->store.size, octets + 1);
    return begin_step(it, now, DD_RECORDED_START, octets, n) && end_step(it, NULL, &due_us);
}

static bool step(void *context, dd_time now, int64_t uptime_us, const dd_stimulus *stimulus,
                 const dd_responder *responder, int64_t *due_us) {
    dd_replayed *it = context;
    uint8_t octets[8 + DD_UTTERANCE_MAX];
    *due_us = INT64_MAX;
    dd_put_le(octets, 8, (uint64_t)uptime_us);
    size_t n = 8 + dd_utterance_of_stimulus(stimulus, octets + 8);
    return begin_step(it, now, DD_RECORDED_STIMULUS, octets, n) && end_step(it, responder, due_us);
}

static void stop(void *context, dd_time now) {
    dd_replayed *it = context;
    begin_step(it, now, DD_RECORDED_STOP, NULL, 0);
}

dd_tenant dd_replayed_tenant(const dd_replayed *it) {
    return (dd_tenant){.context = (void *)(uintptr_t)it,
                       .prompt = it->flags & DD_START_PROMPT,
                       .air = it->flags & DD_START_AIR,
                       .start = start,
                       .step = step,
                       .stop = stop};
}

dd_board_state dd_replayed_state(const dd_replayed *it, dd_board_verdict *verdict) {
    *verdict = it->verdict;
    return it->state;
}

// --- Between events ---

static bool between_steps(dd_replayed *it, const dd_recorded_entry *entry) {
    switch (entry->kind) {
    case DD_RECORDED_START:
    case DD_RECORDED_STIMULUS:
        it->inside = true;
        return false;
    case DD_RECORDED_DONE:
        it->inside = false;
        return false;
    case DD_RECORDED_STATE:
    case DD_RECORDED_SEAT:
    case DD_RECORDED_CLOCK:
    case DD_RECORDED_WRITE:
    case DD_RECORDED_RESPONSE:
        return !it->inside;
    default:
        return false;
    }
}

static void look_ahead(dd_replayed *it) {
    dd_error error; // the other reader will tell
    while (dd_recording_next(it->between, &it->next, &error))
        if (between_steps(it, &it->next)) return;
    it->next = (dd_recorded_entry){.t = DD_NEVER};
}

dd_time dd_replayed_next(const dd_replayed *it) {
    return it->next.t;
}

// What is to be handed out of an entry; false: nothing, it is followed here.
static bool event_of(dd_replayed *it, const dd_recorded_entry *entry, dd_replayed_event *event) {
    const uint8_t *octets = entry->octets;
    *event = (dd_replayed_event){0};
    switch (entry->kind) {
    case DD_RECORDED_WRITE:
        write_store(it, entry);
        return false;
    case DD_RECORDED_STATE:
        set_state(it, entry);
        return false;
    case DD_RECORDED_SEAT:
        event->kind = DD_REPLAYED_SEAT;
        event->given = entry->n > 0 && octets[0];
        return entry->n > 0;
    case DD_RECORDED_CLOCK:
        if (entry->n < 12) return false;
        event->kind = DD_REPLAYED_CLOCK;
        event->uptime_us = (int64_t)dd_get_le(octets, 8);
        event->rate_ppb = (int32_t)(uint32_t)dd_get_le(octets + 8, 4);
        return true;
    default:
        event->kind = DD_REPLAYED_RESPONSE;
        return dd_utterance_response(octets, entry->n, &event->response);
    }
}

bool dd_replayed_take(dd_replayed *it, dd_time now, dd_replayed_event *event) {
    while (it->next.t <= now) {
        dd_recorded_entry entry = it->next;
        memcpy(it->taken, entry.octets, entry.n);
        entry.octets = it->taken;
        look_ahead(it);
        if (event_of(it, &entry, event)) return true;
    }
    return false;
}

bool dd_replayed_departed(const dd_replayed *it, dd_error *error) {
    if (it->departed && error) *error = it->why;
    return it->departed;
}

static dd_time end_of(const char *path) {
    dd_error error;
    dd_recording *recording = dd_recording_open(path, &error);
    dd_time end = recording && dd_recording_cut(recording) ? dd_recording_end(recording) : DD_NEVER;
    dd_recording_close(recording);
    return end;
}

dd_time dd_replayed_folder_end(const char *folder) {
    char path[4096];
    dd_time end = DD_NEVER;
    snprintf(path, sizeof path, "%s/boards", folder);
    DIR *all = opendir(path);
    for (const struct dirent *entry; all && (entry = readdir(all));) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/boards/%s", folder, entry->d_name);
        dd_time one = end_of(path);
        if (one < end) end = one;
    }
    if (all) closedir(all);
    return end;
}

// --- Opening and closing ---

// Whether who sat there was prompt shows at its first start.
static bool find_flags(dd_replayed *it, const char *path, dd_error *error) {
    dd_recorded_entry entry;
    dd_recording *recording = dd_recording_open(path, error);
    if (!recording) return false;
    while (dd_recording_next(recording, &entry, error))
        if (entry.kind == DD_RECORDED_START && entry.n > 0) {
            it->flags = entry.octets[0];
            break;
        }
    dd_recording_close(recording);
    return true;
}

dd_replayed *dd_replayed_open(const char *path, dd_error *error) {
    dd_replayed *it = calloc(1, sizeof *it);
    if (!it) return dd_fail(error, DD_OUTSIDE, "%s: no memory to replay it", path), NULL;
    if ((it->path = strdup(path)) && find_flags(it, path, error) &&
        (it->steps = dd_recording_open(path, error)) &&
        (it->between = dd_recording_open(path, error))) {
        look_ahead(it);
        return it;
    }
    dd_replayed_close(it);
    return NULL;
}

void dd_replayed_close(dd_replayed *it) {
    if (!it) return;
    dd_recording_close(it->steps);
    dd_recording_close(it->between);
    free(it->path);
    free(it);
}
