// Who is out in the weather: brings rain, tide, daylight, temperature and lightning to a
// neighbourhood's radios, cabinets and lamps, every ten minutes, and every minute while the sun is
// low enough for photocells.
#pragma once

#include "engine/engine.h"

// The weather begins to change; at the scenario's start, before the segments.
void dd_exposure_start(dd_domain *domain);

// Handler of DD_KIND_SKY.
void dd_exposure_look(dd_domain *domain, const dd_event *event);
