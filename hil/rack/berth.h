// A berth: what a segment's seat is given to: its board or the recording that stands for one, a
// second board beside it if that is wanted, who compares the two, who records them.
#pragma once

#include "hil/rack/slot.h"
#include "hil/recording/replayed.h"
#include "hil/shadow/shadow.h"
#include "models/controller/seat.h"

typedef struct dd_berth_def {
    dd_world *world;
    double speed;                // of the run; 0: as fast as possible
    dd_discovery *discovery;     // outlives it; NULL: none
    const char *recordings;      // folder to record in, which is there; NULL: nothing is recorded
    const char *replayed;        // folder of recordings that stand for the boards; NULL: none
    uint32_t nth;                // board that the segment was given in this run: names recordings
    const dd_attach_def *attach; // copied
    void (*tell)(void *context, const char *text);
    void (*idle)(void *context); // while a board is started in real time; NULL: nothing
    void *context;
} dd_berth_def;

// Either of the two that sit there.
typedef struct dd_berth_side {
    struct dd_berth *berth;
    dd_tenant inner; // who is asked
} dd_berth_side;

typedef struct dd_berth {
    dd_berth_def def;
    dd_attach attach;
    uint32_t segment, entity;
    const char *name;    // the segment's id
    char serials[2][64]; // that emulated boards are to tell
    bool lock_step;      // how its boards work
    dd_slot *slots[2];   // the board, and the one beside it; NULL: none
    dd_witness *witnesses[2];
    dd_replayed *replayed[2]; // in place of slots
    dd_berth_side sides[2];   // what of these sits, as given last
    dd_shadow *judge;         // NULL: nobody compares
    bool given;               // the seat was given, and the board not lost since
    bool diverged, standing;  // the first divergence was recorded; between events
    uint32_t clock_point;     // of the comparison of clocks that the segment's follows
    bool clock_set;
    dd_time clock_at; // when the segment's was set last, and to what
    int64_t clock_us;
    int64_t granted_us;  // in lock-step: uptime of its last step
    uint32_t losses;     // from its work
    dd_board_state told; // the last state that was told to people and the records
    dd_board_verdict told_verdict;
} dd_berth;

// NULL and the error: DD_WRONG when the definition makes no sense in this run, DD_OUTSIDE when an
// emulator or a recording cannot be had.
dd_berth *dd_berth_open(const dd_berth_def *def, dd_error *error);
// Sends its boards home. False: a recording is not written. Takes NULL.
bool dd_berth_close(dd_berth *berth, dd_error *error);

// Between events, before the run or in it: gives the seat to the board, if it is greeted or nobody
// is to be waited for.
void dd_berth_give(dd_berth *berth);
// Takes the seat back.
void dd_berth_end(dd_berth *berth);

// The engine stands: boards that were lost, or are back, and what they have said. By the wall it is
// `now_ns`, and was `stood_ns` at the engine's moment. False: the run is to fail.
bool dd_berth_stand(dd_berth *berth, int64_t now_ns, int64_t stood_ns, dd_error *error);
// Whether something of it waits for the engine to stand, which it last did at `stood_ns`.
bool dd_berth_pressing(const dd_berth *berth, int64_t stood_ns);
dd_time dd_berth_next(const dd_berth *berth); // replays: when they want it to; DD_NEVER: not

// How it stands with its board.
dd_board_state dd_berth_state(const dd_berth *berth, dd_board_verdict *verdict);
// The run is over: what is still open is compared.
void dd_berth_finish(dd_berth *berth);
