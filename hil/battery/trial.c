#include "hil/battery/trial.h"
#include "hil/board/commission_message.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

// --- Verdicts ---

static bool end(dd_trial *trial, dd_trial_result result, const char *format, va_list arguments) {
    if (trial->result == DD_TRIAL_PASSED) {
        trial->result = result;
        vsnprintf(trial->text, sizeof trial->text, format, arguments);
    }
    return false;
}

bool dd_trial_fail(dd_trial *trial, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    end(trial, DD_TRIAL_FAILED, format, arguments);
    va_end(arguments);
    return false;
}

bool dd_trial_skip(dd_trial *trial, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    end(trial, DD_TRIAL_SKIPPED, format, arguments);
    va_end(arguments);
    return false;
}

static void drop_heard(dd_trial *trial) {
    for (size_t i = 0; i < trial->heard_n; i++)
        hil__frame__free_unpacked(trial->heard[i].frame, NULL);
    trial->heard_n = 0;
}

static void drop_answer(dd_trial *trial) {
    for (size_t i = 0; i < trial->answer.frame_n; i++)
        hil__frame__free_unpacked(trial->answer.frames[i], NULL);
    trial->answer = (dd_answer){0};
}

void dd_trial_begin(dd_trial *trial, dd_probe *probe) {
    uint32_t session = trial->session;
    *trial = (dd_trial){.probe = probe, .session = session};
    dd_probe_begin(probe);
    if (!dd_lent_store_init(&trial->store)) dd_trial_fail(trial, "no memory for a store to lend");
}

void dd_trial_end(dd_trial *trial) {
    drop_answer(trial);
    drop_heard(trial);
    if (trial->hello) hil__hello__free_unpacked(trial->hello, NULL);
    trial->hello = NULL;
    dd_lent_store_fini(&trial->store);
}

// --- The lent store ---

// What a message asks of the lent store, answered in `data`, whose octets point into the store.
static bool serve(dd_trial *trial, const Hil__Message *message, Hil__StoreData *data) {
    dd_lent_store *store = &trial->store;
    if (message->what_case == HIL__MESSAGE__WHAT_STORE_READ) {
        const Hil__StoreRead *read = message->store_read;
        data->token = read->token;
        data->failed = !dd_lent_store_read(store, read->at, read->n);
        if (!data->failed) data->octets = (ProtobufCBinaryData){read->n, store->octets + read->at};
        return true;
    }
    if (message->what_case != HIL__MESSAGE__WHAT_STORE_WRITE) return false;
    const Hil__StoreWrite *write = message->store_write;
    data->token = write->token;
    data->failed =
        !dd_lent_store_write(store, write->at, write->octets.data, (uint32_t)write->octets.len);
    return write->token != 0;
}

static bool serve_frame(dd_trial *trial, const Hil__Frame *frame, Hil__StoreData *data) {
    bool asked = false;
    for (size_t i = 0; i < frame->n_messages; i++)
        asked = serve(trial, frame->messages[i], data) || asked;
    trial->questions += asked;
    return asked && !trial->mute_store;
}

// In real time: by a frame of its own.
static bool answer_store(dd_trial *trial, const Hil__Frame *asked) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__StoreData data = HIL__STORE_DATA__INIT;
    Hil__Message message = HIL__MESSAGE__INIT, *messages[] = {&message};
    message.what_case = HIL__MESSAGE__WHAT_STORE_DATA;
    message.store_data = &data;
    frame.messages = messages;
    frame.n_messages = 1;
    return !serve_frame(trial, asked, &data) || dd_probe_say(trial->probe, &frame);
}

// --- Talk ---

static const char *word_of(Hil__Frame__ControlCase control) {
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&hil__frame__descriptor, control);
    return control && field ? field->name : "frame";
}

static bool gone(dd_trial *trial, const char *what) {
    return dd_trial_fail(trial, "%s, but the board has gone from the wire", what);
}

const Hil__Frame *dd_trial_await(dd_trial *trial, Hil__Frame__ControlCase control, int ms,
                                 const char *what) {
    double until = dd_probe_ms(trial->probe) + ms;
    const Hil__Frame *frame;
    char other[64] = "nothing";
    do {
        double left = until - dd_probe_ms(trial->probe);
        frame = dd_probe_hear(trial->probe, left > 0 ? (int)left : 0);
        if (frame && frame->control_case == control) return frame;
        if (frame && !trial->lock_step && !answer_store(trial, frame)) return NULL;
        if (frame) snprintf(other, sizeof other, "a %s", word_of(frame->control_case));
    } while (frame);
    if (trial->probe->gone)
        gone(trial, what);
    else
        dd_trial_fail(trial, "%s: a %s was expected within %d ms, %s came", what, word_of(control),
                      ms, other);
    return NULL;
}

bool dd_trial_silence(dd_trial *trial, Hil__Frame__ControlCase control, int ms, const char *what) {
    double until = dd_probe_ms(trial->probe) + ms;
    const Hil__Frame *frame;
    do {
        double left = until - dd_probe_ms(trial->probe);
        frame = dd_probe_hear(trial->probe, left > 0 ? (int)left : 0);
        if (frame && (!control || frame->control_case == control))
            return dd_trial_fail(trial, "%s: a %s came, where there should be none", what,
                                 word_of(frame->control_case));
    } while (frame);
    return !trial->probe->gone || gone(trial, what);
}

bool dd_trial_ask(dd_trial *trial) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Ask ask = HIL__ASK__INIT;
    ask.version = 1;
    frame.control_case = HIL__FRAME__CONTROL_ASK;
    frame.ask = &ask;
    return dd_probe_say(trial->probe, &frame) || gone(trial, "it was asked to greet");
}

// A copy, by way of its octets.
static void keep_hello(dd_trial *trial, const Hil__Hello *hello) {
    uint8_t octets[DD_FRAME_OCTETS];
    size_t n = hil__hello__pack(hello, octets);
    if (trial->hello) hil__hello__free_unpacked(trial->hello, NULL);
    trial->hello = hil__hello__unpack(NULL, n, octets);
}

bool dd_trial_greet(dd_trial *trial) {
    if (!dd_trial_ask(trial)) return false;
    const Hil__Frame *frame =
        dd_trial_await(trial, HIL__FRAME__CONTROL_HELLO, DD_TRIAL_ANSWER_MS, "asked to greet");
    if (frame) keep_hello(trial, frame->hello);
    return frame && trial->hello;
}

bool dd_trial_has(const dd_trial *trial, Hil__Capability capability) {
    return trial->hello && trial->hello->capabilities & capability;
}

Hil__Welcome dd_trial_welcome_of(dd_trial *trial, Hil__Mode mode) {
    Hil__Welcome welcome = HIL__WELCOME__INIT;
    welcome.version = 1;
    welcome.session = ++trial->session;
    welcome.mode = mode;
    welcome.segment = trial->hello ? trial->hello->segment : welcome.segment;
    welcome.capabilities = trial->hello ? trial->hello->capabilities : 0;
    welcome.beat_ms = mode == HIL__MODE__MODE_REAL_TIME ? DD_TRIAL_BEAT_MS : 0;
    welcome.frame_max = DD_FRAME_OCTETS;
    return welcome;
}

bool dd_trial_welcome(dd_trial *trial, Hil__Welcome *welcome) {
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_WELCOME;
    frame.welcome = welcome;
    trial->probe->heard = 0;
    trial->step = 0;
    trial->uptime_us = 0;
    trial->lock_step = welcome->mode == HIL__MODE__MODE_LOCK_STEP;
    return dd_probe_say(trial->probe, &frame) || gone(trial, "it was welcomed");
}

bool dd_trial_refused(dd_trial *trial, Hil__Reason reason, const char *what) {
    const Hil__Frame *frame =
        dd_trial_await(trial, HIL__FRAME__CONTROL_REFUSAL, DD_TRIAL_ANSWER_MS, what);
    if (!frame || frame->refusal->reason == reason) return frame;
    const ProtobufCEnumValue *got =
        protobuf_c_enum_descriptor_get_value(&hil__reason__descriptor, (int)frame->refusal->reason);
    const ProtobufCEnumValue *want =
        protobuf_c_enum_descriptor_get_value(&hil__reason__descriptor, (int)reason);
    return dd_trial_fail(trial, "%s: %s was expected, %s came (\"%s\")", what, want->name,
                         got ? got->name : "an unknown reason", frame->refusal->text);
}

bool dd_trial_refuse(dd_trial *trial, Hil__Reason reason) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Refusal refusal = HIL__REFUSAL__INIT;
    refusal.reason = reason;
    frame.control_case = HIL__FRAME__CONTROL_REFUSAL;
    frame.refusal = &refusal;
    return dd_probe_say(trial->probe, &frame) || gone(trial, "it was refused");
}

// --- Grants ---

Hil__Message dd_trial_message(void) {
    return (Hil__Message)HIL__MESSAGE__INIT;
}

bool dd_trial_say_grant(dd_trial *trial, uint32_t step, uint32_t part, uint64_t uptime_us,
                        const Hil__Message *message) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Grant grant = HIL__GRANT__INIT;
    Hil__Message *messages[] = {(Hil__Message *)(uintptr_t)message};
    grant.step = step;
    grant.part = part;
    grant.uptime_us = uptime_us;
    frame.control_case = HIL__FRAME__CONTROL_GRANT;
    frame.grant = &grant;
    frame.messages = messages;
    frame.n_messages = message != NULL;
    trial->step = step;
    trial->uptime_us = uptime_us;
    return dd_probe_say(trial->probe, &frame) || gone(trial, "it was granted a step");
}

static void keep_frame(dd_trial *trial, const Hil__Frame *frame) {
    dd_answer *answer = &trial->answer;
    uint8_t octets[DD_FRAME_OCTETS];
    for (size_t i = 0; i < frame->n_messages; i++) {
        Hil__Message__WhatCase what = frame->messages[i]->what_case; // tokens may be any
        if (what == HIL__MESSAGE__WHAT_STORE_READ || what == HIL__MESSAGE__WHAT_STORE_WRITE)
            continue;
        size_t n = hil__message__pack(frame->messages[i], octets);
        answer->check = (uint32_t)crc32(answer->check, octets, (uInt)n);
    }
    if (answer->frame_n == DD_COUNT(answer->frames)) return;
    answer->frames[answer->frame_n++] = trial->probe->frame; // now ours
    trial->probe->frame = NULL;
}

static bool done_fits(dd_trial *trial, const Hil__Frame *frame, uint32_t part) {
    if (frame->control_case == HIL__FRAME__CONTROL_REFUSAL)
        return dd_trial_fail(trial, "step %" PRIu32 " was refused: \"%s\"", trial->step,
                             frame->refusal->text);
    if (frame->control_case != HIL__FRAME__CONTROL_DONE)
        return dd_trial_fail(trial, "step %" PRIu32 ": a Done was expected, a %s came", trial->step,
                             word_of(frame->control_case));
    const Hil__Done *done = frame->done;
    if (done->step != trial->step || done->part != part)
        return dd_trial_fail(trial,
                             "Done of step %" PRIu32 " part %" PRIu32 " was expected, step %" PRIu32
                             " part %" PRIu32 " came",
                             trial->step, part, done->step, done->part);
    if (trial->lock_step && !done->more && done->due_us && done->due_us <= trial->uptime_us)
        return dd_trial_fail(trial,
                             "step %" PRIu32 ": its next deadline, %" PRIu64
                             " us, is not later than the uptime granted, %" PRIu64 " us",
                             trial->step, done->due_us, trial->uptime_us);
    return true;
}

// The grant of the next part, with what the board has asked for.
static bool go_on(dd_trial *trial, uint32_t part, const Hil__Frame *frame) {
    Hil__StoreData data = HIL__STORE_DATA__INIT;
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_STORE_DATA;
    message.store_data = &data;
    bool asked = serve_frame(trial, frame, &data);
    return dd_trial_say_grant(trial, trial->step, part, trial->uptime_us, asked ? &message : NULL);
}

// A Hello may have crossed the Welcome: until the first step is done it says nothing new.
static const Hil__Frame *next_word(dd_trial *trial) {
    double until = dd_probe_ms(trial->probe) + DD_TRIAL_ANSWER_MS;
    const Hil__Frame *frame;
    do {
        double left = until - dd_probe_ms(trial->probe);
        frame = dd_probe_hear(trial->probe, left > 0 ? (int)left : 0);
    } while (frame && frame->control_case == HIL__FRAME__CONTROL_HELLO && trial->step == 1);
    if (!frame && trial->probe->gone)
        gone(trial, "it was granted a step");
    else if (!frame)
        dd_trial_fail(trial, "step %" PRIu32 " was not answered within %d ms", trial->step,
                      DD_TRIAL_ANSWER_MS);
    return frame;
}

bool dd_trial_take_answer(dd_trial *trial) {
    drop_answer(trial);
    for (uint32_t part = 0; part < DD_TRIAL_PARTS; part++) {
        const Hil__Frame *frame = next_word(trial);
        if (!frame || !done_fits(trial, frame, part)) return false;
        trial->answer.parts = part + 1;
        trial->answer.due_us = frame->done->due_us;
        bool more = frame->done->more;
        if (more && !go_on(trial, part + 1, frame)) return false;
        if (!more) {
            Hil__StoreData data = HIL__STORE_DATA__INIT;
            serve_frame(trial, frame, &data); // writes that need no answer
        }
        keep_frame(trial, frame);
        if (!more) return true;
    }
    return dd_trial_fail(trial, "step %" PRIu32 ": its answer has no end", trial->step);
}

bool dd_trial_grant(dd_trial *trial, uint64_t uptime_us, const Hil__Message *message) {
    return dd_trial_say_grant(trial, trial->step + 1, 0, uptime_us, message) &&
           dd_trial_take_answer(trial);
}

bool dd_trial_due(dd_trial *trial) {
    if (!trial->answer.due_us)
        return dd_trial_fail(trial, "it states no deadline: nothing would ever happen again");
    return dd_trial_grant(trial, trial->answer.due_us, NULL);
}

bool dd_trial_run(dd_trial *trial, uint64_t until_us, uint32_t most) {
    bool fine = true;
    while (fine && most-- && trial->answer.due_us && trial->answer.due_us <= until_us)
        fine = dd_trial_due(trial);
    return fine;
}

// --- At work ---

#define TRIAL_CLOCK_MS INT64_C(1598958000000) // 2020-09-01, 18:00 in Ben Tre

void dd_trial_commission_init(dd_trial_commission *it, const dd_trial *trial, uint16_t lamp_n) {
    static const dd_program program = {
        .point_n = 2,
        .points = {{.reference = DD_AT_SUNSET, .level_pm = 1000}, {.reference = DD_AT_SUNRISE}}};
    *it = (dd_trial_commission){.store_size = trial->store.size};
    dd_core_def *core = &it->commission.core;
    *core = dd_core_default_def();
    core->lamp_n = lamp_n;
    core->boots = 1;
    core->feeder_n = 1;
    core->clock_ms = TRIAL_CLOCK_MS;
    core->random_seed = 1;
    core->site = (dd_site){.lat_e6 = 10243000, .lon_e6 = 106375000, .utc_offset_s = 25200};
    it->commission.coap = (dd_coap_client_def){2000, 4, 1};
    for (uint16_t i = 0; i < lamp_n; i++)
        it->lamps[i] = (dd_core_lamp){.nominal_mw = 80000, .feeder = 1, .phase = i % 3};
    it->calendar = dd_light_calendar_of(&program);
    it->commission.lamps = it->lamps;
    it->commission.calendar = &it->calendar;
}

bool dd_trial_send_commission(dd_trial *trial, const dd_trial_commission *commission) {
    dd_commission_messages messages;
    if (!dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_COMMISSION)) return true;
    dd_commission it = commission->commission;
    it.lamps = commission->lamps;
    it.calendar = &commission->calendar;
    bool lends = dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_BORROWS_STORE);
    dd_commission_say(&it, lends ? commission->store_size : 0, &messages);
    for (size_t i = 0; i < messages.n; i++)
        if (!dd_trial_grant(trial, 0, messages.list[i])) return false;
    return true;
}

bool dd_trial_start(dd_trial *trial) {
    Hil__Message message = HIL__MESSAGE__INIT;
    Hil__Start start = HIL__START__INIT;
    message.what_case = HIL__MESSAGE__WHAT_START;
    message.start = &start;
    bool fine = dd_trial_grant(trial, 0, &message);
    trial->started_ms = trial->probe->heard_ms;
    return fine;
}

static bool work(dd_trial *trial, Hil__Mode mode) {
    dd_trial_commission commission;
    if (!trial->keep_store) memset(trial->store.octets, 0, DD_LENT_STORE_SIZE);
    dd_trial_commission_init(&commission, trial, DD_TRIAL_LAMPS);
    Hil__Welcome welcome = dd_trial_welcome_of(trial, mode);
    return dd_trial_welcome(trial, &welcome) && dd_trial_send_commission(trial, &commission) &&
           dd_trial_start(trial);
}

bool dd_trial_work_in_step(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    if (!dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_LOCK_STEP))
        return dd_trial_skip(trial, "the board does not offer lock-step");
    return work(trial, HIL__MODE__MODE_LOCK_STEP);
}

bool dd_trial_work_in_real_time(dd_trial *trial) {
    return dd_trial_greet(trial) && work(trial, HIL__MODE__MODE_REAL_TIME);
}

bool dd_trial_work(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    bool step = dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_LOCK_STEP);
    return work(trial, step ? HIL__MODE__MODE_LOCK_STEP : HIL__MODE__MODE_REAL_TIME);
}

bool dd_trial_tell(dd_trial *trial, const Hil__Message *message) {
    if (trial->lock_step) return dd_trial_grant(trial, trial->uptime_us + 10000, message);
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Message *messages[] = {(Hil__Message *)(uintptr_t)message};
    frame.messages = messages;
    frame.n_messages = 1;
    return dd_probe_say(trial->probe, &frame) && dd_trial_live(trial, 20);
}

// Frames may be lost in real time, so it is asked again and again.
static bool answers_sync(dd_trial *trial, const char *after) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Sync sync = HIL__SYNC__INIT;
    frame.control_case = HIL__FRAME__CONTROL_SYNC;
    frame.sync = &sync;
    for (int i = 0; i < DD_TRIAL_ANSWER_MS / DD_TRIAL_BEAT_MS; i++) {
        sync.round++;
        if (!dd_probe_say(trial->probe, &frame)) return gone(trial, after);
        if (!dd_trial_live(trial, i ? DD_TRIAL_BEAT_MS : 20)) return false;
        if (dd_trial_heard(trial, HIL__FRAME__CONTROL_SYNC)) return true;
    }
    return dd_trial_fail(trial, "after %s: it answers no Sync for %d ms", after,
                         DD_TRIAL_ANSWER_MS);
}

bool dd_trial_alive(dd_trial *trial, const char *after) {
    if (!trial->lock_step) return answers_sync(trial, after);
    if (dd_trial_grant(trial, trial->uptime_us + 1000, NULL)) return true;
    char why[DD_TRIAL_TEXT];
    memcpy(why, trial->text, sizeof why);
    snprintf(trial->text, sizeof trial->text, "after %s: %.400s", after, why);
    return false;
}

bool dd_trial_well(dd_trial *trial, const char *after) {
    const uint8_t end_of_frame = 0;
    if (dd_probe_octets(trial->probe, &end_of_frame, 1) && dd_trial_work(trial)) return true;
    char why[DD_TRIAL_TEXT];
    memcpy(why, trial->text, sizeof why);
    snprintf(trial->text, sizeof trial->text, "after %s: %.400s", after, why);
    return false;
}

bool dd_trial_same(dd_trial *trial, uint32_t once, uint32_t again, const char *otherwise) {
    if (once == again) return true;
    if (dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_BORROWS_STORE))
        return dd_trial_fail(trial, "%s", otherwise);
    return dd_trial_skip(trial, "it goes on with what it keeps in a store of its own");
}

// --- Real time ---

bool dd_trial_beat(dd_trial *trial) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Beat beat = HIL__BEAT__INIT;
    beat.uptime_us = (uint64_t)(1000 * (dd_probe_ms(trial->probe) - trial->started_ms));
    frame.control_case = HIL__FRAME__CONTROL_BEAT;
    frame.beat = &beat;
    return dd_probe_say(trial->probe, &frame) || gone(trial, "it was sent a Beat");
}

static bool keep_heard(dd_trial *trial) {
    const Hil__Frame *frame = trial->probe->frame;
    if (!answer_store(trial, frame)) return false;
    if (trial->heard_n == DD_TRIAL_HEARD) return true;
    trial->heard[trial->heard_n++] = (dd_heard){trial->probe->heard_ms, trial->probe->frame};
    trial->probe->frame = NULL;
    return true;
}

bool dd_trial_live(dd_trial *trial, int ms) {
    double now = dd_probe_ms(trial->probe), until = now + ms, beat = now;
    drop_heard(trial);
    for (; now < until; now = dd_probe_ms(trial->probe)) {
        if (now >= beat && !dd_trial_beat(trial)) return false;
        if (now >= beat) beat += DD_TRIAL_BEAT_MS;
        double next = beat < until ? beat : until;
        const Hil__Frame *frame = dd_probe_hear(trial->probe, (int)(next - now));
        if (frame && !keep_heard(trial)) return false;
        if (trial->probe->gone) return gone(trial, "it was at work");
    }
    return true;
}

const dd_heard *dd_trial_heard(const dd_trial *trial, Hil__Frame__ControlCase control) {
    for (size_t i = trial->heard_n; i-- > 0;)
        if (trial->heard[i].frame->control_case == control) return &trial->heard[i];
    return NULL;
}

size_t dd_trial_count(const dd_trial *trial, Hil__Frame__ControlCase control) {
    size_t n = 0;
    for (size_t i = 0; i < trial->heard_n; i++)
        n += trial->heard[i].frame->control_case == control;
    return n;
}

const Hil__Beat *dd_trial_next_beat(dd_trial *trial) {
    enum { WINDOW_MS = 3 * DD_TRIAL_BEAT_MS + 50, WINDOWS = 4 }; // more: on a machine that is busy
    for (int i = 0; i < WINDOWS; i++) {
        if (!dd_trial_live(trial, WINDOW_MS)) return NULL;
        const dd_heard *heard = dd_trial_heard(trial, HIL__FRAME__CONTROL_BEAT);
        if (heard) return heard->frame->beat;
    }
    dd_trial_fail(trial, "no Beat came within %d ms, where one is due each %d ms",
                  WINDOWS * WINDOW_MS, DD_TRIAL_BEAT_MS);
    return NULL;
}
