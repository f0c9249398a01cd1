// Bad wires on purpose: octets dropped, spoilt, delayed, repeated, cut off, held up, a cable that
// is pulled; drawn from (seed, board, direction, frame), so that the same wire does the same again.
#pragma once

#include "hil/link.h"

typedef struct dd_bad_wire_def {
    uint64_t seed;
    uint64_t stable;                           // of the segment
    double drop, corrupt, duplicate, truncate; // chances by frame, 0..1
    double delay_ms, delay_jitter_ms;
    double stall_every_s, stall_s; // nothing passes for a while, now and then
} dd_bad_wire_def;

typedef struct dd_bad_wire dd_bad_wire;
dd_bad_wire *dd_bad_wire_open(const dd_bad_wire_def *def);
void dd_bad_wire_close(dd_bad_wire *wire);
void dd_bad_wire_set(dd_bad_wire *wire, const dd_bad_wire_def *def); // from now on
dd_wire_filter dd_bad_wire_filter(dd_bad_wire *wire);
// When something that it holds back is due, ns of CLOCK_MONOTONIC, INT64_MAX: nothing; and letting
// it pass.
int64_t dd_bad_wire_due(const dd_bad_wire *wire);
void dd_bad_wire_time(dd_bad_wire *wire, int64_t now_ns);
