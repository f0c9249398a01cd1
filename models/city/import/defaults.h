// What an import assumes where the file says nothing: how a road of each class is lit, and how
// segments and feeders are made. One place for all of it; as in scenarios/bentre/rules.json.
#pragma once

#include "models/city/plan/city_rules.h"

// How a road of that class is lit.
dd_style dd_default_style(dd_road_class class);

// Rules without roads, wards and totals.
dd_rules dd_default_rules(void);
