// A benchmark that `domdom bench` runs by name.
#pragma once

#include "engine/base.h"

#include <jansson.h>

typedef struct dd_bench_options {
    bool json;                         // --json
    bool peer;                         // --peer: `street` also on ns-3
    uint32_t lamps, seconds, period_s; // of `street`; 0: as it is by default
    uint32_t threads;                  // of `city` and `street`; 0: 1
} dd_bench_options;

typedef struct dd_bench {
    const char *name;
    const char *what; // one line for the list in the help
    // Measures; appends one object a row to the JSON array `out` and, unless `json`, prints the
    // rows to stdout as a table as they come. Returns a dd_status, having said on stderr what
    // failed.
    int (*run)(const dd_bench_options *options, json_t *out);
} dd_bench;

// Rows of pending, events_per_s, heap_events_per_s, ratio.
extern const dd_bench dd_bench_queue;

// Rows: First Night (real_time_factor, events_per_s, peak_rss_kib); the city copied (cost_ratio).
extern const dd_bench dd_bench_city;

// Rows of real_time_factor, frames_per_s, events_per_frame, ns_per_frame, delivered_ratio,
// peak_rss_kib and more; with --peer also ns3, what tests/bench/peer/ns3_street.cc found, and
// times_ns3, how much faster ours is by processor time.
extern const dd_bench dd_bench_street;

// Rows of the sets saturated, offered, hidden (senders, octets, offered_kbps, throughput_kbps,
// retry_share, loss_share, no_ack_share, no_channel_share) and capture (difference_db, first,
// second), with ns3, the same by ns-3, where it is installed.
extern const dd_bench dd_bench_contention;

// Rows of octets, zeros, put_mb_s, taken_mb_s, read_mb_s, read_frames_s: frames of boards' wires.
extern const dd_bench dd_bench_frames;

// One row of boards, seconds, deadlines, overruns, latest_us, taken_p50_us, taken_p99_us (of the
// worst board), taken_n, late_5ms (of a timer of its own) and pacer_max_us: boards in real time.
extern const dd_bench dd_bench_boards;

// domdom bench [NAME...] [OPTION...]. `argv[0]` is "bench". Returns the exit status.
int dd_bench_command(int argc, char **argv);
