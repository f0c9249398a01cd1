// The energy of a run as people and programs read it: who took how much, what meters say of it,
// what it costs and saves, and every assumption on which that rests.
#pragma once

#include "lua/energy_history.h"

#include <jansson.h>
#include <stdio.h>

// `rows`: also what was asked for by lamp, feeder, road or ward, not only the city.
void dd_energy_report_print(const dd_energy_history *history, bool rows, FILE *out);

// The same as a document, always with its rows; new reference.
json_t *dd_energy_report_json(const dd_energy_history *history);
