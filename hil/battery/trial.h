// A case of the battery being tried on a board: what cases say to it and expect of it. Functions
// that can fail return false, having told once what was expected and what came instead; a case
// returns false as well, so that it reads as a chain of what must hold.
#pragma once

#include "engine/base.h"
#include "hil/battery/lent_store.h"
#include "hil/battery/probe.h"
#include "models/controller/application.h"

enum {
    DD_TRIAL_TEXT = 512,
    DD_TRIAL_ANSWER_MS = 2000, // an answer takes no longer
    DD_TRIAL_HEARD = 512,      // frames kept while a board works in real time
    DD_TRIAL_PARTS = 32768,    // of one answer
    DD_TRIAL_LAMPS = 4,
    DD_TRIAL_BEAT_MS = 100,
};

typedef enum dd_trial_result { DD_TRIAL_PASSED, DD_TRIAL_FAILED, DD_TRIAL_SKIPPED } dd_trial_result;

// What a board has said to a grant: all parts of it.
typedef struct dd_answer {
    uint32_t parts;
    uint64_t due_us;
    size_t frame_n;
    Hil__Frame *frames[64]; // the first ones
    uint32_t check;         // CRC-32 of all its messages but those to the store
} dd_answer;

// A frame that came in real time, and when.
typedef struct dd_heard {
    double t_ms;
    Hil__Frame *frame;
} dd_heard;

typedef struct dd_trial {
    dd_probe *probe;
    dd_trial_result result;
    char text[DD_TRIAL_TEXT]; // why it failed, or does not apply
    Hil__Hello *hello;        // the board's last one
    uint32_t session;
    bool lock_step; // the mode of the session
    uint32_t step;
    uint64_t uptime_us; // of the last grant
    double started_ms;  // real time: when Start was answered
    dd_answer answer;
    dd_lent_store store; // empty at first
    bool keep_store; // a session begins with what the one before left in it, not with an empty one
    bool mute_store; // its questions are not answered
    uint32_t questions;
    size_t heard_n;
    dd_heard heard[DD_TRIAL_HEARD];
} dd_trial;

// False. A case is skipped when it does not apply to the board: it lacks what the case is about.
bool dd_trial_fail(dd_trial *trial, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool dd_trial_skip(dd_trial *trial, const char *format, ...) __attribute__((format(printf, 2, 3)));

// --- Talk ---

// The next frame with that control word; others are passed over. NULL, having failed: none in time.
const Hil__Frame *dd_trial_await(dd_trial *trial, Hil__Frame__ControlCase control, int ms,
                                 const char *what);
// Nothing of that kind comes; HIL__FRAME__CONTROL__NOT_SET: nothing at all.
bool dd_trial_silence(dd_trial *trial, Hil__Frame__ControlCase control, int ms, const char *what);

bool dd_trial_ask(dd_trial *trial);   // ... without waiting for the Hello
bool dd_trial_greet(dd_trial *trial); // asks, and keeps the Hello
bool dd_trial_has(const dd_trial *trial, Hil__Capability capability);

// Says Welcome without waiting for anything. `welcome` is for cases that change something in it.
Hil__Welcome dd_trial_welcome_of(dd_trial *trial, Hil__Mode mode);
bool dd_trial_welcome(dd_trial *trial, Hil__Welcome *welcome);
// A refusal comes for that reason.
bool dd_trial_refused(dd_trial *trial, Hil__Reason reason, const char *what);
bool dd_trial_refuse(dd_trial *trial, Hil__Reason reason);

// --- Grants ---

Hil__Message dd_trial_message(void);
// A grant, without waiting for its answer. `message` NULL: none.
bool dd_trial_say_grant(dd_trial *trial, uint32_t step, uint32_t part, uint64_t uptime_us,
                        const Hil__Message *message);
// The answer to it, all parts; the lent store is served.
bool dd_trial_take_answer(dd_trial *trial);
// The next step, and its answer.
bool dd_trial_grant(dd_trial *trial, uint64_t uptime_us, const Hil__Message *message);
// The next deadline that the board has stated; false also when it has stated none.
bool dd_trial_due(dd_trial *trial);
// ... one after the other, up to an uptime, or so many of them.
bool dd_trial_run(dd_trial *trial, uint64_t until_us, uint32_t most);

// --- At work ---

// What the battery commissions boards with: the defaults, four lamps, and a calendar that lights
// from sunset to sunrise.
typedef struct dd_trial_commission {
    dd_commission commission; // `lamps` and `calendar` point to those below
    uint32_t store_size;
    dd_core_lamp lamps[DD_SEGMENT_LAMPS_MAX];
    dd_light_calendar calendar;
} dd_trial_commission;

void dd_trial_commission_init(dd_trial_commission *commission, const dd_trial *trial,
                              uint16_t lamp_n);
// Settings, Lamps and Calendar, each as a step.
bool dd_trial_send_commission(dd_trial *trial, const dd_trial_commission *commission);
bool dd_trial_start(dd_trial *trial);

// Greeted, welcomed, commissioned and started. Skips where the board lacks what it takes.
bool dd_trial_work_in_step(dd_trial *trial);
bool dd_trial_work_in_real_time(dd_trial *trial);
bool dd_trial_work(dd_trial *trial); // in lock-step where it can
// Says a message: with a grant 10 ms later, or just so. Whatever it answers is fine.
bool dd_trial_tell(dd_trial *trial, const Hil__Message *message);
// The board lives, and is in the session: it answers a grant, or a Sync.
bool dd_trial_alive(dd_trial *trial, const char *after);
// It is well, in a session or not: it greets, can be welcomed and started again.
bool dd_trial_well(dd_trial *trial, const char *after);

// Two sessions that began with the same store said the same. A board that borrows none may keep a
// log of its own from one to the other: then the case does not apply to it.
bool dd_trial_same(dd_trial *trial, uint32_t once, uint32_t again, const char *otherwise);

// --- Real time ---

// Keeps the session for so long: beats, and the lent store. What comes is kept in heard[].
bool dd_trial_live(dd_trial *trial, int ms);
bool dd_trial_beat(dd_trial *trial);
// The last one of that kind in heard[]; NULL: none.
const dd_heard *dd_trial_heard(const dd_trial *trial, Hil__Frame__ControlCase control);
size_t dd_trial_count(const dd_trial *trial, Hil__Frame__ControlCase control);
// A Beat that comes from now on.
const Hil__Beat *dd_trial_next_beat(dd_trial *trial);

void dd_trial_begin(dd_trial *trial, dd_probe *probe);
void dd_trial_end(dd_trial *trial);
