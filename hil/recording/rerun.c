#define _POSIX_C_SOURCE 200809L // strdup
#include "hil/recording/rerun.h"
#include "hil/board/commission_message.h"
#include "hil/recording/utterance.h"
#include "hil/wire/octets.h"

#include <stdlib.h>
#include <string.h>

struct dd_rerun {
    dd_rerun_def def;
    dd_recording *recording;
    dd_recorded_entry entry; // comes next; `over`: none does
    bool over;
    bool failed; // the recording is spoilt ...
    dd_error why;
    bool starting;       // between a start and its end
    bool running;        // the new one
    dd_time t;           // of the last stimulus told ...
    int64_t uptime_us;   // ... and the uptime then
    int64_t due_us;      // when the new one wants to be called
    bool looks;          // it wants to see the cabinet
    bool recorded_looks; // ... as the recorded one did
    bool seen;           // `cabinet` holds what was last seen there
    dd_cabinet_inputs cabinet;
    dd_rerun_counts counts;
    dd_commission_heard heard;
    uint8_t *own, *theirs, *lent; // stores: the new one's, the recorded one's, as lent at a start
};

// --- The recording ---

static void fetch(dd_rerun *it) {
    it->over =
        !dd_recording_next(it->recording, &it->entry, &it->why) || it->entry.t > it->def.until;
    it->failed = it->over && it->why.status != DD_OK;
}

static bool spoilt(dd_rerun *it, const char *what) {
    it->over = it->failed = true;
    return dd_fail(&it->why, DD_WRONG, "%s: at %.6f s is %s that cannot be", it->def.path,
                   (double)it->entry.t / 1e9, what);
}

// --- The store that is lent ---

static bool within(uint32_t at, uint32_t n) {
    return at <= DD_STORE_SIZE && n <= DD_STORE_SIZE - at;
}

static bool read_own(void *context, uint32_t at, void *octets, uint32_t n) {
    const dd_rerun *it = context;
    if (!within(at, n)) return false;
    memcpy(octets, it->own + at, n);
    return true;
}

static bool write_own(void *context, uint32_t at, const void *octets, uint32_t n) {
    dd_rerun *it = context;
    if (!within(at, n)) return false;
    memcpy(it->own + at, octets, n);
    return true;
}

// Octets of an entry, `skip` after its place, go into a store.
static bool keep(dd_rerun *it, uint8_t *store, size_t skip) {
    if (it->entry.n < skip) return spoilt(it, "a piece of the store");
    uint32_t at = (uint32_t)dd_get_le(it->entry.octets, 4), n = (uint32_t)(it->entry.n - skip);
    if (!within(at, n)) return spoilt(it, "a piece of the store");
    memcpy(store + at, it->entry.octets + skip, n);
    return true;
}

// What the recorded one found at its start is what it left, and then the new one finds what it left
// itself; or the city had put something else there, and then it finds that.
static void lend(dd_rerun *it) {
    bool left = it->counts.starts > 0 && memcmp(it->lent, it->theirs, DD_STORE_SIZE) == 0;
    if (!left) memcpy(it->own, it->lent, DD_STORE_SIZE);
    memcpy(it->theirs, it->lent, DD_STORE_SIZE);
}

// --- Telling ---

static bool lost(dd_rerun *it, dd_error *error) {
    it->over = true;
    it->running = false;
    return dd_fail(error, DD_OUTSIDE, "the board is lost at %.6f s of the recording",
                   (double)it->t / 1e9);
}

static void hear(void *context, const dd_response *response) {
    dd_rerun *it = context;
    const dd_onlooker *onlooker = &it->def.onlooker;
    it->looks = it->looks || response->kind == DD_RESPONSE_LOOK;
    if (onlooker->response) onlooker->response(onlooker->context, it->t, 0, response);
}

static void look_on(const dd_rerun *it, dd_time t, const dd_stimulus *stimulus) {
    const dd_onlooker *onlooker = &it->def.onlooker;
    if (onlooker->stimulus) onlooker->stimulus(onlooker->context, t, stimulus);
}

static bool tell(dd_rerun *it, dd_time t, int64_t uptime_us, const dd_stimulus *stimulus,
                 dd_error *error) {
    dd_responder responder = {it, hear};
    it->t = t;
    it->uptime_us = uptime_us;
    it->counts.stimuli++;
    look_on(it, t, stimulus);
    return it->def.tenant.step(it->def.tenant.context, t, uptime_us, stimulus, &responder,
                               &it->due_us) ||
           lost(it, error);
}

static bool show_cabinet(dd_rerun *it, dd_error *error) {
    dd_stimulus stimulus = {.kind = DD_STIMULUS_CABINET, .cabinet = &it->cabinet};
    it->looks = false;
    return tell(it, it->t, it->uptime_us, &stimulus, error);
}

// --- Its own deadlines ---

static dd_time due_t(const dd_rerun *it) {
    if (!it->running || !it->def.tenant.prompt || it->due_us == INT64_MAX) return DD_NEVER;
    int64_t later_us = it->due_us > it->uptime_us ? it->due_us - it->uptime_us : 0;
    return later_us < (DD_NEVER - it->t) / DD_MICROSECOND ? it->t + later_us * DD_MICROSECOND
                                                          : DD_NEVER;
}

static int64_t recorded_uptime(const dd_recorded_entry *entry) {
    return entry->n >= 8 ? (int64_t)dd_get_le(entry->octets, 8) : 0;
}

// Whether its deadline lies before what comes next. By uptime, to the millisecond, where that is
// known: the oscillator's drift does not disturb that.
static bool due_first(const dd_rerun *it) {
    if (due_t(it) == DD_NEVER) return false;
    if (it->over) return false;
    if (it->entry.kind == DD_RECORDED_STIMULUS)
        return it->due_us / 1000 < recorded_uptime(&it->entry) / 1000;
    return due_t(it) < it->entry.t;
}

// Never later than what comes next, whatever its oscillator did meanwhile.
static dd_time call_t(const dd_rerun *it) {
    return due_t(it) < it->entry.t ? due_t(it) : it->entry.t;
}

static bool call(dd_rerun *it, dd_error *error) {
    it->counts.own_times++;
    return tell(it, call_t(it), it->due_us, &(dd_stimulus){.kind = DD_STIMULUS_TIME}, error);
}

// --- Entries ---

static bool begin(dd_rerun *it, dd_error *error) {
    it->starting = false;
    if (!it->running) return true;
    dd_store store = {it, DD_STORE_SIZE, read_own, write_own};
    lend(it);
    it->counts.starts++;
    it->t = it->entry.t;
    return it->def.tenant.start(it->def.tenant.context, it->t, &it->heard.commission, &store) ||
           lost(it, error);
}

static bool prepare(dd_rerun *it) {
    if (it->entry.n < 1 || !dd_commission_unpack(it->entry.octets + 1, it->entry.n - 1, &it->heard))
        return spoilt(it, "a commission");
    it->starting = true;
    it->due_us = INT64_MAX;
    it->looks = it->recorded_looks = false;
    it->running = it->entry.t >= it->def.from;
    memset(it->lent, 0, DD_STORE_SIZE);
    return true;
}

// Whether the new one is to be told of it as well.
static bool concerns(dd_rerun *it, const dd_stimulus *stimulus, int64_t uptime_us) {
    if (stimulus->kind == DD_STIMULUS_TIME) return it->due_us / 1000 <= uptime_us / 1000;
    if (stimulus->kind != DD_STIMULUS_CABINET) return true;
    bool answer = it->recorded_looks;
    it->cabinet = *stimulus->cabinet;
    it->seen = true;
    it->recorded_looks = false;
    return !answer || it->looks;
}

static bool take_stimulus(dd_rerun *it, dd_error *error) {
    dd_cabinet_inputs cabinet;
    dd_stimulus stimulus;
    if (it->entry.n < 8 ||
        !dd_utterance_stimulus(it->entry.octets + 8, it->entry.n - 8, &cabinet, &stimulus))
        return spoilt(it, "a stimulus");
    int64_t uptime_us = recorded_uptime(&it->entry);
    bool prompt = it->def.tenant.prompt;
    if (!concerns(it, &stimulus, uptime_us) || (!prompt && stimulus.kind == DD_STIMULUS_TIME)) {
        look_on(it, it->entry.t, &stimulus);
        return true;
    }
    if (stimulus.kind == DD_STIMULUS_CABINET) it->looks = false;
    return tell(it, it->entry.t, uptime_us, &stimulus, error);
}

static bool take_response(dd_rerun *it) {
    const dd_onlooker *onlooker = &it->def.onlooker;
    dd_response response;
    if (!dd_utterance_response(it->entry.octets, it->entry.n, &response))
        return spoilt(it, "a response");
    it->recorded_looks = it->recorded_looks || response.kind == DD_RESPONSE_LOOK;
    if (onlooker->response) onlooker->response(onlooker->context, it->entry.t, 1, &response);
    return true;
}

static void end_tenant(dd_rerun *it) {
    if (it->running) it->def.tenant.stop(it->def.tenant.context, it->entry.t);
    it->running = false;
}

static bool take(dd_rerun *it, dd_error *error) {
    switch (it->entry.kind) {
    case DD_RECORDED_START:
        end_tenant(it);
        return prepare(it);
    case DD_RECORDED_STORE:
        return keep(it, it->lent, 4);
    case DD_RECORDED_DONE: {
        bool there = it->entry.n > 0 && it->entry.octets[0];
        if (there) return !it->starting || begin(it, error);
        if (!it->starting) end_tenant(it);
        it->starting = it->running = false;
        return true;
    }
    case DD_RECORDED_STIMULUS:
        return !it->running || take_stimulus(it, error);
    case DD_RECORDED_RESPONSE:
        return !it->running || take_response(it);
    case DD_RECORDED_WRITE:
        return (it->entry.n > 4 && !it->entry.octets[4]) || keep(it, it->theirs, 5);
    case DD_RECORDED_STOP:
        end_tenant(it);
        return true;
    default:
        return true;
    }
}

// --- As a whole ---

dd_time dd_rerun_next(const dd_rerun *it) {
    if (it->over) return DD_NEVER;
    return due_first(it) ? call_t(it) : it->entry.t;
}

// Whether it looks, and what it is about to see is not what the recorded one saw.
static bool looks_alone(const dd_rerun *it) {
    bool cabinet = it->entry.kind == DD_RECORDED_STIMULUS && it->entry.n > 8 &&
                   it->entry.octets[8] == DD_STIMULUS_CABINET;
    bool later = it->entry.kind == DD_RECORDED_STIMULUS && !cabinet;
    return it->running && it->looks && it->seen && (later || due_first(it));
}

bool dd_rerun_step(dd_rerun *it, dd_error *error) {
    error->status = DD_OK;
    if (it->over) {
        if (it->failed) *error = it->why;
        return false;
    }
    if (looks_alone(it)) return show_cabinet(it, error);
    if (due_first(it)) return call(it, error);
    bool good = take(it, error);
    if (good) fetch(it);
    if (it->failed) *error = it->why;
    return good && !it->failed;
}

const dd_rerun_counts *dd_rerun_counts_of(const dd_rerun *it) {
    return &it->counts;
}

// --- Opening and closing ---

// It is told by the first start in it; a recording without any has nothing to rerun.
static bool find_start(dd_rerun *it, dd_error *error) {
    dd_recorded_entry entry;
    while (dd_recording_next(it->recording, &entry, error))
        if (entry.kind == DD_RECORDED_START && entry.n > 0)
            return dd_recording_seek(it->recording, 0, error);
    if (error->status != DD_OK) return false;
    return dd_fail(error, DD_WRONG,
                   "%s: no board was started in this recording, so there is nothing to tell "
                   "another one",
                   it->def.path);
}

dd_rerun *dd_rerun_open(const dd_rerun_def *def, dd_error *error) {
    dd_rerun *it = calloc(1, sizeof *it);
    if (!it) return dd_fail(error, DD_OUTSIDE, "no memory for a rerun"), NULL;
    *it = (dd_rerun){.def = *def,
                     .own = calloc(3, DD_STORE_SIZE),
                     .recording = dd_recording_open(def->path, error)};
    it->theirs = it->own + DD_STORE_SIZE;
    it->lent = it->theirs + DD_STORE_SIZE;
    if (!it->own)
        dd_fail(error, DD_OUTSIDE, "no memory for a rerun");
    else if (it->recording && find_start(it, error)) {
        fetch(it);
        return it;
    }
    dd_rerun_close(it);
    return NULL;
}

void dd_rerun_close(dd_rerun *it) {
    if (!it) return;
    if (it->running && !it->starting) it->def.tenant.stop(it->def.tenant.context, it->t);
    dd_recording_close(it->recording);
    free(it->own);
    free(it);
}
