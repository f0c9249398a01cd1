// What is known of a berth: for records, figures and the run's summary. Changes nothing in it.
#pragma once

#include "hil/rack/berth.h"
#include "models/controller/board_port.h"

#include <jansson.h>

// Records how its board keeps time (DD_REC_BOARD_TIME); nothing in lock-step or in a replay.
void dd_berth_record_time(const dd_berth *berth);
// Its part of a figure over all boards: a count, or ms for DD_BOARDS_LATEST_MS.
double dd_berth_figure(const dd_berth *berth, dd_board_figure figure);
// All of it, as in the summary's section "boards": the caller's.
json_t *dd_berth_json(const dd_berth *berth);
