// Bad wires on purpose: frames dropped, spoilt, delayed, repeated, cut off, held up; drawn from
// (seed, board, direction, frame), so that the same wire does the same again, however the octets
// come in pieces. Order is kept: what is delayed holds up what follows it, as on a cable.
#pragma once

#include "hil/wire/link.h"

typedef struct dd_bad_wire_def {
    uint64_t seed;
    uint64_t stable;                           // of the segment
    double drop, corrupt, duplicate, truncate; // chances by frame, 0..1
    double delay_ms, delay_jitter_ms;          // at least, and at most so much more
    double stall_every_s, stall_s; // nothing passes for a while, now and then: that far apart on
                                   // the average, by the wall's clock; 0: never
} dd_bad_wire_def;

// What it has done to frames, either way.
typedef struct dd_bad_wire_counts {
    uint64_t frames, dropped, corrupted, duplicated, truncated, stalled;
} dd_bad_wire_counts;

typedef struct dd_bad_wire dd_bad_wire;
dd_bad_wire *dd_bad_wire_open(const dd_bad_wire_def *def); // NULL: no memory
void dd_bad_wire_close(dd_bad_wire *wire);                 // takes NULL; what it holds back is lost
void dd_bad_wire_set(dd_bad_wire *wire, const dd_bad_wire_def *def); // from now on
// False, with the error, for chances outside 0..1, their sum above 1, or times below 0.
bool dd_bad_wire_check(const dd_bad_wire_def *def, dd_error *error);
// For dd_link_filter; the link then lets pass what is held back by itself, in time (dd_link_due).
dd_wire_filter dd_bad_wire_filter(dd_bad_wire *wire);
const dd_bad_wire_counts *dd_bad_wire_counts_of(const dd_bad_wire *wire);
