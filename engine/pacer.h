// The pacer: runs an engine against the wall clock. As fast as possible, K times real time, paused,
// or step by step; none of it can change a result, because the engine does not care in which slices
// it is advanced, and what acts between events acts at barriers, whose times the client says.
//
// SIGINT and SIGTERM end a run at the simulated time it has reached; a second one ends the process
// on the spot, even within a handler or a scenario that hangs. SIGHUP (the terminal is gone) ends a
// run likewise. A process that was stopped (Ctrl-Z) goes on from where it was, without a jump.
#pragma once

#include "engine/engine.h"

struct ev_loop;

// --- Lateness: how long after its planned moment on the wall a paced slice was done ---

enum {
    DD_LATENESS_BUCKETS = 256,
    DD_LATENESS_LATE_US = 10000 // from here on a slice counts as late
};

typedef struct dd_lateness {
    uint64_t slices, late;
    uint64_t max_us;
    uint32_t buckets[DD_LATENESS_BUCKETS]; // eight for each doubling of microseconds
} dd_lateness;

void dd_lateness_add(dd_lateness *lateness, uint64_t us);

// The lateness in microseconds that `per_mille` thousandths of the slices do not exceed, to within
// an eighth; 0 when there were none. 500 is the median.
uint64_t dd_lateness_percentile(const dd_lateness *lateness, uint32_t per_mille);

// --- Progress ---

typedef struct dd_progress {
    dd_time now, until;
    int64_t wall_ns;     // since dd_pacer_run began
    double speed;        // simulated seconds a wall second, since the last report
    double events_per_s; // of the wall, likewise
    uint64_t events;     // since the engine was opened
    double pace;         // the speed asked for; 0 for as fast as possible
    bool paused;
} dd_progress;

// --- The pacer ---

// What runs between events. Any may be NULL but barrier, when there is next_barrier.
typedef struct dd_pacer_client {
    void *context;
    // The next moment, at or after the engine's, at which the engine must stand; DD_NEVER for none.
    dd_time (*next_barrier)(void *context);
    // The engine stands there: all events before it are handled and all records flushed. After it
    // next_barrier must be later. False ends the run, as a failure if `error` was filled.
    bool (*barrier)(void *context, dd_error *error);
    // About four times a second of the wall, and once at the end.
    void (*progress)(void *context, const dd_progress *progress);
} dd_pacer_client;

typedef struct dd_pacer_def {
    double speed;  // times real time, 1 = real time; 0 = as fast as possible
    bool paused;   // starts paused (needs keys, or a program that goes on)
    bool keyboard; // when paced and standard input is a terminal in the foreground: space pauses,
                   // '.' steps an event, 's' a second, '+' and '-' double and halve, 'q' ends
    dd_pacer_client client;
} dd_pacer_def;

typedef enum dd_pacer_end {
    DD_PACER_DONE,        // the engine stands at `until`
    DD_PACER_STOPPED,     // the client ended the run
    DD_PACER_INTERRUPTED, // SIGINT, SIGTERM, SIGHUP or 'q'
    DD_PACER_FAILED,      // the client failed: see the error
} dd_pacer_end;

typedef struct dd_pacer dd_pacer;

// From here to dd_pacer_close it owns the signals above; one a process. NULL on failure
// (DD_OUTSIDE).
dd_pacer *dd_pacer_open(const dd_pacer_def *def, dd_error *error);
void dd_pacer_close(dd_pacer *pacer);

// Runs the engine until `until`, a barrier due at `until` included. Records are flushed whenever
// it returns.
dd_pacer_end dd_pacer_run(dd_pacer *pacer, dd_engine *engine, dd_time until, dd_error *error);

// What the keys do, for programs (the window); from the client's functions or the loop's watchers.
void dd_pacer_set_speed(dd_pacer *pacer, double speed);
void dd_pacer_pause(dd_pacer *pacer, bool paused); // time does not jump afterwards
void dd_pacer_step_event(dd_pacer *pacer);         // pauses, too
void dd_pacer_step(dd_pacer *pacer, dd_time duration);
void dd_pacer_interrupt(dd_pacer *pacer);

// The loop that runs while the pacer waits, about every 10 ms; for further descriptors.
struct ev_loop *dd_pacer_loop(dd_pacer *pacer);

// The simulated time of this very moment of the wall, not before the engine's nor after the run's
// end; the engine's, where the run is not paced or paused. Whoever has heard something from outside
// names it as the next barrier, and then the engine stands there at once.
dd_time dd_pacer_present(const dd_pacer *pacer);

const dd_lateness *dd_pacer_lateness(const dd_pacer *pacer);
