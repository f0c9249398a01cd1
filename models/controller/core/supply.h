// What is dead: the phases of the segment's feeders, and the controller's own supply.
#pragma once

#include "models/controller/core/core.h"

void dd_core_supply_init(dd_core *core);

// False when the lamp's phase is known to be dead.
bool dd_core_supply_live(const dd_core *core, uint16_t lamp);

// The live phases of feeder number `feeder`, and those of the others that should be live.
void dd_core_supply_phases(dd_core *core, uint8_t feeder, uint8_t live, uint8_t lost);
void dd_core_supply_mains(dd_core *core, bool on);

// Says again what holds.
void dd_core_supply_tell_again(dd_core *core);

void dd_core_supply_work(dd_core *core);
int64_t dd_core_supply_deadline_ms(const dd_core *core);
