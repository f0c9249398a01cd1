// Playing a scenario from its start to its end: paced, journalled, with all that a run leaves
// behind.
#pragma once

#include "engine/journal.h"
#include "lua/captures.h"
#include "lua/outside.h"
#include "lua/script.h"

typedef struct dd_play_def {
    dd_scenario_def scenario;
    const char *out; // output folder, or NULL
    bool force;      // replace an earlier run in it
    double speed;    // times real time; 0: as fast as possible
    bool paused;     // begin so
    bool quiet;      // print nothing but errors
    bool json;       // print the summary as JSON in place of the verdict
    dd_captures_def captures;
    const char *const *boards; // "SEGMENT=SERIAL|PATH|emulated[:MACHINE][,...]", `board_n` of them
    size_t board_n;
    const char *recorded;    // folder of the run whose recordings stand for boards, or NULL
    const char *const *acts; // "TIME ACTION" texts, `act_n` of them
    size_t act_n;
    const dd_journal_log *replayed; // actions and the end come from this journal, or NULL
} dd_play_def;

// What came of it.
typedef struct dd_outcome {
    dd_status status;
    bool interrupted;
    dd_digest digest;
    uint64_t events; // handled
    uint32_t lamps;  // of the city
    double simulated_s;
    double wall_s;     // from reading the scenario to the last record
    double run_wall_s; // of the run itself, its records included, without loading
    double run_cpu_s;  // processor time of the same
} dd_outcome;

// Plays. False, with the error, when the run could not begin or broke off; what it had is kept.
bool dd_play(const dd_play_def *def, dd_outcome *outcome, dd_error *error);
