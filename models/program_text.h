// Lighting programs as people write them.
#pragma once

#include "engine/base.h"
#include "models/controller/core/calendar.h"

// Appends a switch point: a moment ("23:00", "sunset", "sunrise-10m") and a level in percent.
bool dd_program_add(dd_program *program, const char *moment, double level, dd_error *error);
