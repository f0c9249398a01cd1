#include "models/city/city_file.h"

#include "models/city/city_reader.h"
#include "models/city/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool take_head(dd_reader *reader, dd_error *error) {
    const json_t *head = reader->file.head, *origin = json_object_get(head, "origin");
    const char *name;
    double lon, lat, *box = reader->box;
    reader->file.feature_line = 1;
    if (!origin && !json_object_get(head, "utcOffset"))
        return dd_geojson_fail(&reader->file, error,
                               "no city's inventory: it has neither \"origin\" nor \"utcOffset\"; "
                               "make one of it with 'domdom city import'");
    if (!dd_geojson_string(&reader->file, head, "name", &name, error) ||
        !dd_geojson_number(&reader->file, head, "utcOffset", -14, 14, &reader->city->utc_offset_h,
                           error) ||
        !dd_geojson_position(&reader->file, origin, &lon, &lat, error))
        return false;
    const json_t *corners = json_object_get(head, "bbox");
    for (size_t i = 0; i < 4; i++) {
        const json_t *corner = json_array_get(corners, i);
        if (!json_is_number(corner))
            return dd_geojson_fail(&reader->file, error,
                                   "no \"bbox\": [west, south, east, north]; add it before "
                                   "\"features\"");
        box[i] = json_number_value(corner);
    }
    if (box[2] - box[0] > 5 || box[3] - box[1] > 5 || fabs(lat) > 80)
        return dd_geojson_fail(&reader->file, error,
                               "the map is larger than 5 degrees, or at a pole; correct \"bbox\"");
    reader->projection = dd_projection_at(lon, lat);
    reader->city->origin = dd_reader_point(reader, lon, lat);
    uint32_t at = dd_id_text(&reader->ids, name, error);
    reader->city->name = (char *)(uintptr_t)at;
    return at != 0;
}

// The lists become the city's arrays, whether or not all went well, so that one fini ends them.
static bool hand_over(dd_reader *reader, dd_error *error) {
    dd_city *city = reader->city;
    city->roads = reader->roads.items;
    city->road_n = reader->roads.n;
    city->feeders = reader->feeders.items;
    city->feeder_n = reader->feeders.n;
    city->cabinets = reader->cabinets.items;
    city->cabinet_n = reader->cabinets.n;
    city->segments = reader->segments.items;
    city->segment_n = reader->segments.n;
    city->wards = reader->wards.items;
    city->ward_n = reader->wards.n;
    static const char *const names[] = {
        "Ward",       "Road", "StreetlightGroup", "StreetlightControlCabinet", "StreetlightFeeder",
        "Streetlight"};
    const uint32_t counts[] = {city->ward_n,    city->road_n,   city->segment_n,
                               city->cabinet_n, city->feeder_n, reader->lamps.n};
    for (size_t i = 0; i < DD_COUNT(counts); i++)
        if (counts[i] < 2)
            return dd_fail(error, DD_WRONG, "%s:%u: no feature of type %s; a city needs some",
                           reader->file.name, reader->file.line, names[i]);
    return true;
}

bool dd_city_parse(const char *text, size_t size, const char *name, dd_city *city,
                   dd_error *error) {
    dd_reader reader = {.city = city};
    *city = (dd_city){0};
    dd_catalogue_init(&city->catalogue);
    bool ok = dd_id_table_init(&reader.ids, error) &&
              dd_geojson_init(&reader.file, text, size, name, error) && take_head(&reader, error);
    while (ok) {
        ok = dd_geojson_next(&reader.file, error);
        if (!reader.file.feature) break;
        ok = ok && dd_reader_take(&reader, error);
    }
    bool handed = hand_over(&reader, ok ? error : NULL);
    ok = ok && handed && dd_reader_link(&reader, error);
    if (ok) dd_reader_settle(&reader);
    dd_geojson_fini(&reader.file);
    dd_id_table_fini(&reader.ids);
    free(reader.lamps.items);
    if (!ok) dd_city_fini(city);
    return ok;
}

bool dd_city_read(const char *path, dd_city *city, dd_error *error) {
    dd_text text;
    *city = (dd_city){0};
    if (!dd_text_read(path, &text, error)) return false;
    bool ok = dd_city_parse(text.bytes, text.size, path, city, error);
    dd_text_fini(&text);
    return ok;
}
