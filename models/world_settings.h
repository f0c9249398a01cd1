// Every figure that a run works with, by one kind of name: the settings ("mesh.fade_db"), the
// lines' profiles ("backhaul.lte.median_ms") and the luminaires
// ("luminaire.LED-street-75.power_w").
#pragma once

#include "models/world.h"

// Sets one by name. Errors name the nearest right name, or the range.
bool dd_world_set(dd_world_def *def, const char *name, double value, dd_error *error);

// Calls `tell` for each of them with its default.
void dd_world_list_settings(void (*tell)(void *context, const char *name, double value,
                                         double least, double most, const char *unit,
                                         const char *what),
                            void *context);
