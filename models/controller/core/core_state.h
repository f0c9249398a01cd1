// All that a segment controller holds in its working memory; a part for each of its files.
// Included by core.h only, whose names it uses.
#pragma once

#include "models/controller/core/lamp_set.h"

enum {
    // The poll asks one lamp at a time, since two answers would meet in the air and cost each other
    // frames; two after a silence. So there is room for orders among DD_CORE_TASKS.
    DD_POLL_TASKS = 2,
    DD_OUTBOX_WINDOW = 8,  // words under way to the centre and not yet acknowledged
    DD_LOG_SPARE = 16,     // words kept in working memory while the store fails
    DD_CORE_OUTCOMES = 16, // finished orders remembered, should the centre repeat them
};

enum { DD_TASK_OF_SPREAD = UINT8_MAX }; // serves no order, but an update

// A mesh transaction: a request until it is answered, or has not been.
typedef struct dd_core_task {
    uint8_t kind; // dd_node_request_kind; 0: this task is free
    uint8_t token;
    uint8_t command; // 1 + index of the order it serves; 0: the poll's; DD_TASK_OF_SPREAD
    bool tells_clock;
    uint16_t lamp;
    int64_t
        deadline_ms; // uptime; whoever carries the request should have said something long before
} dd_core_task;

// An order that lamps are being given.
typedef struct dd_core_command {
    uint8_t kind;   // dd_node_request_kind; 0: this place is free
    uint8_t task_n; // under way
    uint16_t level_pm;
    dd_ramp ramp;
    uint32_t number;  // the centre's
    uint32_t arrival; // older orders reach a lamp first
    uint32_t group;   // whose lamps it is for; 0: listed ones, or all
    bool untold;      // all at once has yet to be tried
    uint16_t done_n, failed_n;
    int64_t expires_ms;
    dd_lamp_set pending; // lamps that have yet to be asked
} dd_core_command;

typedef struct dd_core_outcome {
    uint32_t number; // 0: none
    uint16_t done_n, failed_n;
} dd_core_outcome;

typedef struct dd_core_commands {
    dd_core_command at[DD_CORE_COMMANDS];
    dd_core_outcome outcomes[DD_CORE_OUTCOMES];
    int64_t spreads_until_ms; // what was told to all at once last is under way in the mesh ...
    uint32_t spreads_arrival; // ... and is of the order that arrived as that one
    uint32_t arrival_n;
    uint8_t command_n;
    uint8_t turn;         // whose turn it is, so that a long order does not hold up a short one
    uint8_t outcome_next; // oldest of `outcomes`
} dd_core_commands;

typedef struct dd_core_poll {
    dd_lamp_set due;         // to be read now
    dd_lamp_set soon, later; // to be read again at the next tick, and at the one after
    dd_lamp_set reported;    // have told by themselves how they are, so the next round passes them
    uint32_t period_s;
    uint16_t last;        // lamp asked last
    uint8_t task_n;       // under way
    uint8_t silent_run;   // transactions without answer in a row, over all lamps
    uint8_t silent_round; // the same of this round, whoever answered between them
    int64_t next_round_ms;
    int64_t tick_ms; // INT64_MAX: nothing soon or later
} dd_core_poll;

// Readings on their way into one word.
typedef struct dd_core_batch {
    int64_t due_ms; // INT64_MAX: empty
    bool asked;     // some were asked for: goes as soon as nothing more is to come
    dd_word word;
} dd_core_batch;

typedef struct dd_core_supply {
    uint8_t live[DD_CORE_FEEDERS];     // mask of live phases
    uint8_t lost[DD_CORE_FEEDERS];     // of dead ones that should be live
    uint8_t reported[DD_CORE_FEEDERS]; // of these, as the centre was told
    int64_t quiet_ms[DD_CORE_FEEDERS]; // a feeder that chatters is not reported before
    int64_t due_ms;                    // earliest of these that matters, or INT64_MAX
    bool on_battery;
    dd_lamp_set returned; // lamps that have not answered since their phase came back
} dd_core_supply;

// How an order holds a lamp lit: for a time, or until it is resumed.
typedef enum dd_core_hold { DD_HELD_NOT, DD_HELD_FOR_A_TIME, DD_HELD_ON } dd_core_hold;

// Events that inputs stand for, by happening - DD_SWITCHING_ERROR_ON. One must hold for a while
// before it is believed.
enum { DD_CABINET_POINTS = DD_DOOR_OPEN + 1 - DD_SWITCHING_ERROR_ON };

typedef struct dd_core_points {
    uint16_t shown, told;              // masks
    int64_t due_ms[DD_CABINET_POINTS]; // when what is shown is told, where it is not yet
} dd_core_points;

typedef struct dd_core_cabinet {
    dd_cabinet_inputs inputs;
    bool known;       // inputs have come
    bool asked;       // for what the meters say
    uint8_t due;      // mask of feeders that are to be live now
    uint8_t closed;   // contactors, as it has said last
    int64_t look_ms;  // at the calendars, for the switched feeders; INT64_MAX: there are none
    int64_t close_ms; // earliest moment at which another contactor may close
    int64_t meter_ms; // when the meters are to be read; INT64_MAX: never
    int64_t rises_ms; // lamps that orders wait for are live by then; INT64_MAX: none waits
    int32_t held_s[DD_CORE_FEEDERS]; // feeders are live for orders' sake until this uptime
    dd_core_points points[1 + DD_CORE_FEEDERS]; // of the segment, and of its feeders from 1
} dd_core_cabinet;

typedef struct dd_core_session {
    uint32_t attempt;      // number of its last HELLO
    bool up;               // the centre has welcomed it
    bool asking;           // ... has yet to
    uint8_t failed_n;      // attempts without a welcome, in a row
    int64_t due_ms;        // not up: when the attempt is given up, or the next one made
    int64_t spoke_ms;      // when it last said anything
    int64_t unanswered_ms; // when it first spoke since the centre was last heard; INT64_MAX: it has
                           // not
} dd_core_session;

// What the centre's answers to one round of questions said.
typedef struct dd_core_clock_round {
    uint8_t answer_n;
    int64_t delay_ms, offset_ms; // of the best of them
} dd_core_clock_round;

typedef struct dd_core_clock {
    int64_t offset_ms; // clock = uptime + offset
    int64_t stale_ms;  // when it counts as long not set
    int64_t doubt_ms;  // offset that the centre stated and that was too strange to believe at once
    int64_t asked_ms, ask_ms;
    uint32_t ask_number;
    uint8_t doubt_n; // rounds in a row that stated it
    bool known, asking;
    dd_core_clock_round round;
    dd_lamp_set told; // lamps that have the time as the centre told it last
} dd_core_clock;

// Where the log's words lie: two rings in the store, one in working memory.
typedef enum dd_core_ring_kind {
    DD_RING_EVENTS, // and outcomes
    DD_RING_READINGS,
    DD_RING_SPARE, // storage.spare: what the store did not take
    DD_RINGS,
} dd_core_ring_kind;

typedef struct dd_core_ring {
    uint16_t first;  // place of its oldest word
    uint16_t word_n; // from there on
    uint16_t told_n; // of these, that the cursor has passed
} dd_core_ring;

typedef struct dd_core_log {
    dd_core_ring rings[DD_RINGS];
    dd_store_pair mark;
    uint32_t identity;
    uint32_t next;                       // sequence of the next word
    uint32_t released;                   // ... up to which the centre has all
    uint32_t told;                       // ... of the word before the cursor
    uint32_t reached;                    // ... up to which any was ever told
    uint32_t boot_first;                 // ... of the first word since the start
    uint32_t lost_readings, lost_events; // words gone since the log is full
    bool open;                           // the centre listens
    bool failed;                         // the store did not do what it was to do last
} dd_core_log;

// The words' way: sent again until they are acknowledged.
typedef struct dd_core_outbox {
    uint8_t duplicate_n; // acknowledgements without progress
    bool retried;        // nothing acknowledged since it was last sent again: the line may be down
    uint32_t wait_ms;    // for an acknowledgement
    int64_t resend_ms;   // INT64_MAX: nothing is unacknowledged
} dd_core_outbox;

typedef struct dd_core_schedule {
    int64_t day;  // lighting day whose programs were looked for last
    bool changed; // calendars or groups have been given since
} dd_core_schedule;
typedef struct dd_core_lasting {
    dd_store_pair pair, timetable;
    bool changed, timetable_changed;
    int64_t retry_ms; // not before, after a write that failed
} dd_core_lasting;

// The controller's own conditions, by happening - DD_RESTARTED.
typedef struct dd_core_conditions {
    uint16_t raised;  // mask
    uint32_t garbage; // as counted when the present hour began
    int64_t hour_ms;  // when the hour in which garbage is counted ends; INT64_MAX: none came lately
    int64_t well_ms;  // when a restart is forgotten; INT64_MAX: there was none
} dd_core_conditions;

// What is under way with a firmware image, kept in the store too, but for what follows `kept`.
typedef struct dd_core_update_kept {
    dd_image image;  // version 0: none ever
    uint32_t number; // the campaign's
    uint32_t have;   // blocks of the line that lie in the store, from the first without a gap
    uint8_t phase;   // dd_update_phase
    uint8_t result;  // dd_firmware_result
    uint8_t reverts; // phases READY to DONE mean going back
} dd_core_update_kept;

typedef struct dd_core_update {
    dd_core_update_kept kept;
    dd_store_pair pair; // where
    uint32_t asked;     // blocks up to this one have been asked for
    uint8_t tries;      // without progress
    int64_t due_ms;     // asks again; INT64_MAX: need not
    int64_t trial_ms;   // on trial itself: goes back then; INT64_MAX: is not
} dd_core_update;

// A node that restarts into another image, until it has shown that it works.
typedef struct dd_core_trial {
    uint16_t lamp;    // 0: this place is free
    uint8_t step;     // what it is asked next: a dd_node_request_kind
    bool started;     // has said that it restarts
    int64_t ask_ms;   // when
    int64_t until_ms; // given up then
} dd_core_trial;

enum { DD_TRIALS = 4 }; // nodes that may restart at once, so that the mesh holds (estimate)

// Giving the image in the store to the nodes: spread.h.
typedef struct dd_core_spread {
    dd_lamp_set todo;   // of this pass
    dd_lamp_set done;   // have it (spreading); run it, or are back (applying)
    dd_lamp_set failed; // refused it, or rolled it back
    dd_core_trial trials[DD_TRIALS];
    dd_node_package package; // that is sent next
    dd_firmware_status gaps; // of the node whose turn it is: what it lacks yet
    uint8_t gap_next;        // of these
    uint8_t offers;          // of the image to all, yet to be made
    uint8_t pass;            // over the lamps; of those without progress
    uint8_t failed_run;      // failures in a row
    bool busy;               // a transaction is under way
    bool progress;           // in this pass
    uint16_t lamp;           // whose turn it is; 0: nobody's
    uint16_t tries;          // with this lamp
    uint32_t cursor;         // the next block for all
    int64_t due_ms;          // when something is to be done; INT64_MAX: nothing
} dd_core_spread;

typedef struct dd_core {
    dd_core_def def;
    dd_core_storage storage;
    int64_t now_ms; // uptime
    bool started;
    uint8_t token;
    uint32_t random;
    uint32_t garbage; // inputs, or parts of them, that made no sense
    uint32_t strays;  // replies and silences to nobody's question: late or repeated ones
    dd_sun_cache sun; // for the hours of light
    dd_core_task tasks[DD_CORE_TASKS];
    dd_core_commands commands;
    dd_core_poll poll;
    dd_core_batch batch;
    dd_core_supply supply;
    dd_core_cabinet cabinet;
    dd_core_schedule schedule;
    dd_core_session session;
    dd_core_clock clock;
    dd_core_log log;
    dd_core_outbox outbox;
    dd_core_lasting lasting;
    dd_core_conditions conditions;
    dd_core_update update;
    dd_core_spread spread;
    uint16_t output_n;
} dd_core;

// What one step can say at most: each task once, two requests to all lamps, a window of words,
// ALIVE or HELLO, CLOCK and FETCH, the contactors, the question for the meters, and an image to be
// started.
_Static_assert(DD_CORE_TASKS + 2 + DD_OUTBOX_WINDOW + 3 + 3 <= DD_CORE_OUTPUTS, "never full");
_Static_assert(sizeof(dd_core) + DD_CORE_OUTPUTS * sizeof(dd_core_output) <= 8 * 1024,
               "a controller's working memory");
