// What the controller makes of its cabinet's inputs, and how it moves the contactors.
#pragma once

#include "models/controller/core/core.h"

void dd_core_cabinet_init(dd_core *core);

// All inputs, as they are now.
void dd_core_cabinet_hear(dd_core *core, const dd_cabinet_inputs *inputs);

// Whether the voltage at the terminals of a lamp's phase is known to be out of range.
bool dd_core_cabinet_strange_voltage(const dd_core *core, uint16_t lamp);

// An order holds a lamp at a level until a clock time, Unix ms (0: until resumed), or lets it go
// (level 0): a switched feeder is live as long as one of its lamps is held lit. False when the
// lamp's feeder is not switched.
bool dd_core_cabinet_hold(dd_core *core, uint16_t lamp, uint16_t level_pm, int64_t until_ms);

// Whether a lamp without supply may have it in a few seconds, since it is held lit.
bool dd_core_cabinet_rises(const dd_core *core, uint16_t lamp);

// Says again what holds.
void dd_core_cabinet_tell_again(dd_core *core);

void dd_core_cabinet_work(dd_core *core);
int64_t dd_core_cabinet_deadline_ms(const dd_core *core);
