// What must hold of every import, whatever the bytes: a city whose segments a controller can take,
// or an error of the user's with the file's name.
#pragma once

#include "models/city/city.h"
#include "models/city/import/import.h"
#include "models/controller/core/core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline void judge_import(bool ok, dd_import *import, const char *name,
                                const dd_error *error) {
    if (!ok) {
        if (error->status != DD_WRONG || strncmp(error->text, name, strlen(name)) != 0) abort();
        return;
    }
    dd_city city;
    dd_error why;
    if (!dd_city_parse(import->city.bytes, import->city.size, "made", &city, &why)) abort();
    uint32_t *feeders = calloc(city.segment_n, sizeof *feeders);
    for (uint32_t i = 1; i < city.feeder_n; i++)
        feeders[city.feeders[i].segment]++;
    for (uint32_t i = 1; i < city.segment_n && !import->ours; i++)
        if (city.segments[i].lamp_count < 1 || city.segments[i].lamp_count > DD_SEGMENT_LAMPS_MAX ||
            feeders[i] < 1 || feeders[i] > DD_CORE_FEEDERS)
            abort();
    free(feeders);
    dd_city_fini(&city);
    dd_import_fini(import);
}
