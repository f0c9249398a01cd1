// The witness: puts down in a recording all that passes between a board and its city. It stands on
// both sides of what works the board: at its link, where it sees the frames, and in its segment's
// seat, where it passes on what it is told and said to. What is seen in the seat is what a replay
// needs (replayed.h); the frames show how it came about.
#pragma once

#include "hil/board/board.h"
#include "hil/recording/recorder.h"

#include <jansson.h>

typedef struct dd_witness dd_witness;

// Begins a recording. `run` (borrowed) tells of whose: DD_RECORDED_SESSION's first. `clock` is
// where the city stands between its events (dd_engine.now), and outlives it; NULL: nowhere yet.
dd_witness *dd_witness_open(const char *path, const json_t *run, const dd_time *clock,
                            dd_error *error);
// False, with DD_OUTSIDE: something is not written. Takes NULL.
bool dd_witness_close(dd_witness *witness, dd_error *error);
// The recording; whether it has failed, flushing.
dd_recorder *dd_witness_recorder(dd_witness *witness);

// For its link: each frame.
dd_link_tap dd_witness_tap(dd_witness *witness);

// For its seat: in place of `tenant`, which it passes everything on to. All is recorded: starts
// with what the board may borrow, stimuli, responses, writes to that store. `tenant` is copied, its
// context must live on.
dd_tenant dd_witness_tenant(dd_witness *witness, const dd_tenant *tenant);

// It was welcomed; `mode` for people: "lock-step" or "real time".
void dd_witness_welcomed(dd_witness *witness, const dd_board_identity *identity, const char *mode);
// It is in another state.
void dd_witness_state(dd_witness *witness, dd_board_state state, dd_board_verdict verdict);
// Between events, what follows from that: it is given its seat, or is taken for lost.
void dd_witness_seat(dd_witness *witness, bool given);
// Between events, real time: its segment's clock follows the board's (dd_seat_clock).
void dd_witness_clock(dd_witness *witness, int64_t uptime_us, int32_t rate_ppb);
// Between events, real time: it has said something that the city hears now.
void dd_witness_response(dd_witness *witness, const dd_response *response);
