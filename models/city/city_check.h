// Whether a city's lighting is laid out as it should be.
#pragma once

#include "models/city/city.h"

enum { DD_CITY_FINDINGS = 9 };

typedef struct dd_city_finding {
    const char *name;
    char measured[120];
    char limit[80];
    bool pass;
} dd_city_finding;

// Judges the whole city, one finding a question; `failed` counts those that do not pass. False only
// without memory.
bool dd_city_check(const dd_city *city, dd_city_finding findings[DD_CITY_FINDINGS],
                   uint32_t *failed, dd_error *error);
