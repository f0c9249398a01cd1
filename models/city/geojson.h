// A GeoJSON FeatureCollection (RFC 7946) read one feature at a time, so that a city of any size
// costs the memory of one feature, and so that every error can name the line of its feature.
#pragma once

#include "engine/base.h"

#include <jansson.h>

typedef struct dd_geojson {
    const char *name; // stands for the file in messages
    const char *text;
    size_t size, at;
    uint32_t line; // of `at`, from 1
    json_t *head;  // members of the collection that stand before "features", in an object
    json_t *feature;
    uint32_t feature_line;
    bool started; // the first feature has been read
    bool wild;    // made by others: see dd_geojson_open
    bool list;    // no collection, but a bare list
    bool single;  // nor a list, but one object, which is `head`
} dd_geojson;

// Reads up to the first feature. `text` and `name` are borrowed until dd_geojson_fini, which must
// be called whatever this returns.
bool dd_geojson_init(dd_geojson *geojson, const char *text, size_t size, const char *name,
                     dd_error *error);

// The same for what others make: a collection, a bare list of objects, or one; neither need
// geometry nor properties stand in what dd_geojson_next gives then, but it is an object.
bool dd_geojson_open(dd_geojson *geojson, const char *text, size_t size, const char *name,
                     dd_error *error);

// The next feature, an object with a "geometry", object or null, and an object "properties", in
// `feature`; NULL there once the collection is complete. False on bad input.
bool dd_geojson_next(dd_geojson *geojson, dd_error *error);

void dd_geojson_fini(dd_geojson *geojson);

// Fails with "file:line: ..." for the current feature.
bool dd_geojson_fail(const dd_geojson *geojson, dd_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The current feature's members, with messages that name the line, the wrong value and, when a
// name is misspelt, the nearest one. A string stays valid until the next feature.
bool dd_geojson_string(const dd_geojson *geojson, const json_t *object, const char *key,
                       const char **value, dd_error *error);
bool dd_geojson_number(const dd_geojson *geojson, const json_t *object, const char *key,
                       double least, double most, double *value, dd_error *error);

// A position [lon, lat] in degrees. False when it is none, or not on Earth.
bool dd_geojson_position(const dd_geojson *geojson, const json_t *position, double *lon,
                         double *lat, dd_error *error);

// The coordinates of the current feature when its geometry is of `type`.
bool dd_geojson_coordinates(const dd_geojson *geojson, const char *type, const json_t **coordinates,
                            dd_error *error);
