// The witness: puts down in a recording all that passes between a board and its city. It stands on
// both sides of what works the board: at its link, where it sees the frames, and in its segment's
// seat, where it passes on what it is told and said to. What is seen in the seat is what a replay
// needs (replayed.h); the frames show how it came about.
#pragma once

#include "hil/board.h"
#include "hil/recorder.h"

#include <jansson.h>

typedef struct dd_witness dd_witness;

// Begins a recording. `run` (borrowed) tells of whose: DD_RECORDED_SESSION's first.
dd_witness *dd_witness_open(const char *path, const json_t *run, dd_error *error);
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

// The city stands between events, at simulated time `now`: before what is taken from the board
// then, and told of it. Within a step the time is the step's.
void dd_witness_stand(dd_witness *witness, dd_time now);
// It was welcomed; `mode` for people: "lock-step" or "real time".
void dd_witness_welcomed(dd_witness *witness, const dd_board_identity *identity, const char *mode);
// It is in another state.
void dd_witness_state(dd_witness *witness, dd_board_state state, dd_board_verdict verdict);
// Real time: it has said something that the city hears now.
void dd_witness_response(dd_witness *witness, const dd_response *response);
