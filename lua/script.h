// A scenario's text at work: its sandbox, its agenda and its observers.
#pragma once

#include "lua/scenario.h"

// Reads and runs the text and builds the world; whoever wants to listen to its engine does so
// before it starts. On failure the error names file and line; close it all the same.
bool dd_script_open(dd_scenario *scenario, const dd_scenario_def *def, dd_error *error);
void dd_script_close(dd_scenario *scenario);

// Puts the world to work at simulated time 0.
void dd_script_start(dd_scenario *scenario);

// The next moment at which the scenario wants the world to stand still, never later than its stop;
// DD_NEVER when it has acted there.
dd_time dd_script_next(const dd_scenario *scenario);

// The world stands at engine->now and has been flushed: what was observed is told, what was
// planned is done. False on an error of the scenario.
bool dd_script_act(dd_scenario *scenario, dd_error *error);

// The end: judges the expectations that have no moment of their own, unless --until cut it off.
bool dd_script_finish(dd_scenario *scenario, dd_error *error);
