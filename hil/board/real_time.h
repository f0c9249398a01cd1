// A board that works in real time: its clock is its own, and so is its pace. It is told what its
// segment's controller would hear, and what it says waits here until the city stands. How it keeps
// its deadlines is counted: its beats, its answers to rounds of the clocks' comparison, and how
// late what it says is by its own account.
#pragma once

#include "engine/pacer.h"
#include "hil/board/clock_sync.h"
#include "hil/board/stepper.h"

enum {
    DD_REAL_TIME_QUEUE = 128, // messages that wait, either way
    DD_REAL_TIME_SILENCE_MS = 5 * DD_BOARD_BEAT_MS,
    DD_REAL_TIME_TAKEN_US = 1000, // within which the city hears what has come, nearly always
    DD_REAL_TIME_LATE_MS = 5000,  // after an overrun it counts as late for so long
};

typedef struct dd_deadlines {
    uint64_t n, overruns; // met or not; missed by more than the tolerance
    uint64_t latest_us;   // the most by which one was missed
    uint64_t ours;        // missed only since this process was busy: no overruns
    uint64_t claimed;     // of the overruns, those that the board has counted itself
    uint64_t dropped;     // messages not taken since they came too late
} dd_deadlines;

// Something that waits: a stimulus for the board, or a response of it.
typedef struct dd_waiting dd_waiting;

typedef struct dd_real_time {
    dd_link *link;
    const dd_attach_def *attach;
    dd_store store; // that the board may borrow
    uint8_t feeder_n;
    bool working;                         // from its start to its loss
    int64_t begun_ns;                     // its uptime 0, on our wall
    int64_t heard_ns, beaten_ns, late_ns; // the last frame, beat, overrun
    int64_t beat_due_ns, sync_due_ns;
    dd_clock_sync sync;
    uint32_t round;       // of the comparison, the last one asked
    int64_t asked_us;     // ... when, by our uptime; -1: it is answered
    uint64_t lost_before; // of our counts, as of the last look
    uint32_t board_lost, board_overruns;
    dd_outputs outputs;       // as it last said
    dd_cabinet_inputs inputs; // as it was last told
    bool inputs_known, inputs_anew;
    uint64_t overruns_before; // this session
    dd_deadlines deadlines;   // over all its sessions
    dd_waiting *out, *in;
    uint32_t out_at, out_n, in_at, in_n; // rings of DD_REAL_TIME_QUEUE
    uint64_t overflown;                  // that found no room
    dd_lateness taken;   // from when it may have come here to when the city heard it ...
    uint64_t taken_late; // ... more than DD_REAL_TIME_TAKEN_US
    void (*say)(void *context, const char *text); // its log
    void *context;
} dd_real_time;

bool dd_real_time_init(dd_real_time *it, const dd_attach_def *attach); // false: no memory
void dd_real_time_fini(dd_real_time *it);

// It has been started, by that: its uptime is 0 now.
void dd_real_time_begin(dd_real_time *it, const dd_stepper *started);
void dd_real_time_end(dd_real_time *it);

// Tells it a stimulus, now or as soon as it has room. Nothing is read: what has come stays on the
// wire, where whoever watches it sees it.
void dd_real_time_tell(dd_real_time *it, const dd_stimulus *stimulus);

// Hears what has come, says what is due. `busy_us`: for how long this process may not have looked.
// WELL, or why it is lost.
dd_board_verdict dd_real_time_pump(dd_real_time *it, int64_t now_ns, int64_t busy_us);
int64_t dd_real_time_due(const dd_real_time *it); // when that is wanted, though nothing has come

// The next thing that it has said; its octets until the next call. False: nothing waits.
bool dd_real_time_take(dd_real_time *it, dd_response *response);
// A response that came with the answer to its start waits like others.
void dd_real_time_keep(dd_real_time *it, const dd_response *response);

bool dd_real_time_late(const dd_real_time *it, int64_t now_ns);
// What its clock shows at a moment of our wall, as far as the comparison knows.
int64_t dd_real_time_board_us(const dd_real_time *it, int64_t wall_ns);
int64_t dd_real_time_uptime_us(const dd_real_time *it, int64_t now_ns);
