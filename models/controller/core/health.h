// What readings and silences say of a lamp: events raised, and over again.
#pragma once

#include "models/controller/core/core.h"

// Says again what holds.
void dd_core_health_tell_again(dd_core *core);

void dd_core_health_answered(dd_core *core, uint16_t lamp);
void dd_core_health_silent(dd_core *core, uint16_t lamp);
void dd_core_health_reading(dd_core *core, const dd_reading *reading);
