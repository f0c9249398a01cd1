// Contention for one channel: a few radios around a sink, on the product's own medium and stations,
// in the set-ups of tests/bench/peer/ns3_contention.cc. All radios send with 0 dBm and reach the
// sink over 80 dB of loss. Sizes are of the PSDU.
#pragma once

#include "engine/base.h"

typedef struct dd_contention_def {
    uint32_t senders; // at most 100
    uint8_t octets;   // of each frame, 60 to 127
    // Frames of all senders together come at random (Poisson), and one that finds its sender busy
    // is dropped there. 0: saturated, each sender always has a frame.
    uint32_t offered_kbps;
    bool hidden; // the senders do not hear each other
    uint32_t seconds;
} dd_contention_def;

typedef struct dd_contention {
    double throughput_kbps;  // frames that reached the sink, each once
    double retry_share;      // of the transmissions of data frames
    double loss_share;       // of them, those that the sink did not get
    double no_ack_share;     // of the frames, those given up after all attempts
    double no_channel_share; // of the frames, those given up for want of a clear channel
} dd_contention;

// False (DD_OUTSIDE) when memory is short.
bool dd_contention_run(const dd_contention_def *def, dd_contention *result, dd_error *error);

// What a single saturated sender reaches, by the standard's own times (IEEE 802.15.4-2020: 3.5
// backoff periods on average, CCA, turnaround, frame, turnaround, acknowledgement, LIFS).
double dd_contention_alone_kbps(uint8_t octets);

// Two frames of 127 octets of senders that do not hear each other, the second 2 ms after the first:
// the shares of so many pairs of which the first and the second reach the sink. The first is louder
// by `difference_db`; the second arrives over 80 dB of loss.
typedef struct dd_capture {
    double first, second;
} dd_capture;

bool dd_capture_run(int difference_db, uint32_t pairs, dd_capture *result, dd_error *error);

// Chance that the first is not destroyed by the second, by the standard's bit error formula, when
// neither noise nor locking plays a part.
double dd_capture_first(int difference_db);
