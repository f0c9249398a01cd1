#include "models/city/city_model.h"
#include "models/city/city_reader.h"
#include "models/city/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the city; free some");
}

static void *append(dd_list *list, size_t size, dd_error *error) {
    if (list->n == list->room) {
        uint32_t room = list->room ? 2 * list->room : 64;
        void *items = realloc(list->items, room * size);
        if (!items) fail_memory(error);
        if (!items) return NULL;
        list->items = items;
        list->room = room;
    }
    if (list->n == 0) memset(list->items, 0, size);
    if (list->n == 0) list->n = 1;
    void *item = (char *)list->items + list->n++ * size;
    memset(item, 0, size);
    return item;
}

// --- ids and references

// Takes the current feature's id for the newest thing of its kind. Texts and ids are kept as
// offsets until the pool has stopped growing: see dd_reader_settle.
static bool define(dd_reader *reader, dd_id_kind kind, uint32_t index, uint32_t *entry,
                   dd_error *error) {
    const char *text;
    if (!dd_geojson_string(&reader->file, reader->file.feature, "id", &text, error)) return false;
    *entry = dd_id_entry(&reader->ids, text, error);
    if (!*entry) return false;
    dd_id *id = &reader->ids.ids[*entry];
    if (id->kind)
        return dd_geojson_fail(&reader->file, error,
                               "the id \"%.60s\" is taken by %s at line %u; give each its own",
                               text, dd_id_kind_names[id->kind], id->line);
    id->kind = kind;
    id->index = index;
    id->line = reader->file.feature_line;
    return true;
}

static bool refer_text(dd_reader *reader, const char *text, uint32_t *entry, dd_error *error) {
    *entry = dd_id_entry(&reader->ids, text, error);
    if (!*entry) return false;
    dd_id *id = &reader->ids.ids[*entry];
    if (!id->line) id->line = reader->file.feature_line;
    return true;
}

static bool refer(dd_reader *reader, const char *key, uint32_t *entry, dd_error *error) {
    const json_t *properties = json_object_get(reader->file.feature, "properties");
    const char *text;
    return dd_geojson_string(&reader->file, properties, key, &text, error) &&
           refer_text(reader, text, entry, error);
}

// --- places

dd_point dd_reader_point(const dd_reader *reader, double lon, double lat) {
    dd_xy place = dd_project(&reader->projection, lon, lat);
    return (dd_point){lon, lat, (float)(floor(place.x * 100 + 0.5) / 100),
                      (float)(floor(place.y * 100 + 0.5) / 100)};
}

static bool take_place(dd_reader *reader, const json_t *position, dd_point *place,
                       dd_error *error) {
    double lon, lat;
    const double *box = reader->box;
    if (!dd_geojson_position(&reader->file, position, &lon, &lat, error)) return false;
    *place = dd_reader_point(reader, lon, lat);
    if (lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3]) return true;
    bool swapped = lat >= box[0] && lat <= box[2] && lon >= box[1] && lon <= box[3];
    return dd_geojson_fail(&reader->file, error, "[%.6f, %.6f] is off the map [%g, %g, %g, %g]; %s",
                           lon, lat, box[0], box[1], box[2], box[3],
                           swapped ? "longitude comes first" : "correct the place or \"bbox\"");
}

static bool take_point(dd_reader *reader, dd_point *place, dd_error *error) {
    const json_t *coordinates;
    return dd_geojson_coordinates(&reader->file, "Point", &coordinates, error) &&
           take_place(reader, coordinates, place, error);
}

// --- features

static const json_t *properties_of(const dd_reader *reader) {
    return json_object_get(reader->file.feature, "properties");
}

// A text as an offset in the pool, to become a pointer in dd_reader_settle.
static bool take_text(dd_reader *reader, const char *key, char **offset, dd_error *error) {
    const char *text;
    if (!dd_geojson_string(&reader->file, properties_of(reader), key, &text, error)) return false;
    uint32_t at = dd_id_text(&reader->ids, text, error);
    *offset = (char *)(uintptr_t)at;
    return at != 0;
}

static bool take_id(dd_reader *reader, dd_id_kind kind, const dd_list *list, char **offset,
                    dd_error *error) {
    uint32_t entry;
    if (!define(reader, kind, list->n - 1, &entry, error)) return false;
    *offset = (char *)(uintptr_t)reader->ids.ids[entry].text;
    return true;
}

// Which of `words` a text property is, from 1; words[0] stands for none.
static bool take_word(dd_reader *reader, const char *key, const char *const *words, uint32_t n,
                      uint32_t *index, dd_error *error) {
    const char *text, *list[32] = {0};
    if (!dd_geojson_string(&reader->file, properties_of(reader), key, &text, error)) return false;
    for (uint32_t i = 1; i < n; i++) {
        list[i - 1] = words[i];
        if (strcmp(words[i], text) == 0) *index = i;
    }
    if (*index) return true;
    const char *near = dd_nearest(text, list);
    return dd_geojson_fail(&reader->file, error, "%s \"%.60s\" is unknown; %s\"%s\"", key, text,
                           near ? "did you mean " : "use one such as ", near ? near : words[1]);
}

static bool take_ward(dd_reader *reader, dd_error *error) {
    static const char *const kinds[] = {"", "ward", "commune"};
    dd_ward *ward = append(&reader->wards, sizeof *ward, error);
    uint32_t kind = 0;
    if (!ward || !take_id(reader, DD_ID_WARD, &reader->wards, &ward->id, error) ||
        !take_text(reader, "name", &ward->name, error) ||
        !take_word(reader, "kind", kinds, DD_COUNT(kinds), &kind, error))
        return false;
    ward->commune = kind == 2;
    return take_point(reader, &ward->centre, error);
}

static bool take_line(dd_reader *reader, const json_t *line, dd_road *road, uint32_t *points,
                      dd_error *error) {
    uint32_t n = (uint32_t)json_array_size(line);
    if (n < 2)
        return dd_geojson_fail(&reader->file, error, "a line of %u points; give at least 2", n);
    dd_point *larger = realloc(road->points, (*points + n) * sizeof *larger);
    if (!larger) return fail_memory(error);
    road->points = larger;
    road->line_first[road->line_count] = *points;
    road->line_size[road->line_count++] = n;
    for (uint32_t i = 0; i < n; i++) {
        dd_point *point = &road->points[(*points)++];
        if (!take_place(reader, json_array_get(line, i), point, error)) return false;
        if (i) road->length_m += dd_distance_m(point - 1, point);
    }
    return true;
}

static bool take_lines(dd_reader *reader, dd_road *road, dd_error *error) {
    const json_t *lines;
    uint32_t points = 0;
    if (!dd_geojson_coordinates(&reader->file, "MultiLineString", &lines, error)) return false;
    size_t n = json_array_size(lines);
    if (n < 1 || n > 255)
        return dd_geojson_fail(&reader->file, error, "a road of %zu lines; give 1 to 255", n);
    road->line_first = calloc(2 * n, sizeof *road->line_first);
    if (!road->line_first) return fail_memory(error);
    road->line_size = road->line_first + n;
    for (size_t i = 0; i < n; i++)
        if (!take_line(reader, json_array_get(lines, i), road, &points, error)) return false;
    return true;
}

static bool take_road(dd_reader *reader, dd_error *error) {
    dd_road *road = append(&reader->roads, sizeof *road, error);
    uint32_t class = 0;
    if (!road || !take_id(reader, DD_ID_ROAD, &reader->roads, &road->id, error) ||
        !take_text(reader, "name", &road->name, error) ||
        !take_word(reader, "class", dd_road_class_names, DD_ROAD_CLASSES, &class, error))
        return false;
    road->class = (dd_road_class) class;
    road->approximate = json_is_true(json_object_get(properties_of(reader), "approximate"));
    return take_lines(reader, road, error);
}

// Until dd_reader_link, `first_lamp` holds the line of the feature, for messages.
static bool take_segment(dd_reader *reader, dd_error *error) {
    dd_segment *segment = append(&reader->segments, sizeof *segment, error);
    if (!segment) return false;
    segment->first_lamp = reader->file.feature_line;
    return take_id(reader, DD_ID_SEGMENT, &reader->segments, &segment->id, error) &&
           take_text(reader, "backhaul", &segment->backhaul, error) &&
           refer(reader, "refRoad", &segment->road, error) &&
           take_point(reader, &segment->place, error);
}

// "groundLevel", metres over mean sea level, may be missing.
static bool take_ground(dd_reader *reader, dd_cabinet *cabinet, dd_error *error) {
    double ground = 0;
    cabinet->levelled = json_object_get(properties_of(reader), "groundLevel") != NULL;
    if (cabinet->levelled && !dd_geojson_number(&reader->file, properties_of(reader), "groundLevel",
                                                -500, 6000, &ground, error))
        return false;
    cabinet->ground_m = (float)ground;
    return true;
}

static bool take_cabinet(dd_reader *reader, dd_error *error) {
    dd_cabinet *cabinet = append(&reader->cabinets, sizeof *cabinet, error);
    const json_t *groups = json_object_get(properties_of(reader), "refStreetlightGroup");
    const char *group = json_string_value(json_array_get(groups, 0));
    if (!cabinet || !take_id(reader, DD_ID_CABINET, &reader->cabinets, &cabinet->id, error))
        return false;
    if (!group || json_array_size(groups) != 1)
        return dd_geojson_fail(&reader->file, error,
                               "\"refStreetlightGroup\" must name one segment: [\"S-01\"]");
    return refer_text(reader, group, &cabinet->segment, error) &&
           take_ground(reader, cabinet, error) && take_point(reader, &cabinet->place, error);
}

// The curve of a feeder's breaker, IEC 60898-1: "C" where the file does not say.
static bool take_curve(dd_reader *reader, dd_feeder *feeder, dd_error *error) {
    static const char *const names[] = {"", "B", "C", "D"};
    uint32_t curve = 2;
    if (json_object_get(properties_of(reader), "breakerCurve")) {
        curve = 0;
        if (!take_word(reader, "breakerCurve", names, DD_COUNT(names), &curve, error)) return false;
    }
    feeder->curve = (uint8_t)names[curve][0];
    return true;
}

// Until dd_reader_link, `segment` holds the line of the feature, for messages.
static bool take_feeder(dd_reader *reader, dd_error *error) {
    dd_feeder *feeder = append(&reader->feeders, sizeof *feeder, error);
    double rated;
    if (!feeder || !take_id(reader, DD_ID_FEEDER, &reader->feeders, &feeder->id, error) ||
        !refer(reader, "refStreetlightControlCabinet", &feeder->cabinet, error) ||
        !dd_geojson_number(&reader->file, properties_of(reader), "ratedCurrent", 1, 250, &rated,
                           error))
        return false;
    feeder->rated_a = (uint8_t)rated;
    feeder->segment = reader->file.feature_line;
    return take_curve(reader, feeder, error);
}

static bool take_model(dd_reader *reader, dd_lamp_draft *draft, dd_error *error) {
    return refer(reader, "refStreetlightModel", &draft->model, error) &&
           dd_geojson_number(&reader->file, properties_of(reader), "powerRating", 0.1, 2000,
                             &draft->power_w, error);
}

// The pole's number stands in the file as a text, as FIWARE has it.
static bool take_pole(dd_reader *reader, dd_lamp *lamp, dd_error *error) {
    const char *text;
    char *end;
    if (!dd_geojson_string(&reader->file, properties_of(reader), "streetPoleNum", &text, error))
        return false;
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && !*end && number >= 1 && number <= 100000) {
        lamp->pole = (uint32_t)number;
        return true;
    }
    return dd_geojson_fail(&reader->file, error,
                           "streetPoleNum is \"%.40s\"; give the number along the cable, as \"12\"",
                           text);
}

static bool take_figures(dd_reader *reader, dd_lamp *lamp, dd_error *error) {
    static const char *const phases[] = {"", "L1", "L2", "L3"};
    const json_t *properties = properties_of(reader);
    double height, cable, chainage, line;
    uint32_t phase = 0;
    if (!dd_geojson_number(&reader->file, properties, "lanternHeight", 0.1, 60, &height, error) ||
        !dd_geojson_number(&reader->file, properties, "cableLength", 0, 50000, &cable, error) ||
        !dd_geojson_number(&reader->file, properties, "chainage", 0, 200000, &chainage, error) ||
        !dd_geojson_number(&reader->file, properties, "roadLine", 0, 254, &line, error) ||
        !take_word(reader, "phase", phases, DD_COUNT(phases), &phase, error))
        return false;
    lamp->height_m = (float)height;
    lamp->cable_m = (float)cable;
    lamp->chainage_m = (float)chainage;
    lamp->line = (uint8_t)line;
    lamp->phase = (uint8_t)(phase - 1);
    return true;
}

static bool take_lamp(dd_reader *reader, dd_error *error) {
    dd_lamp_draft *draft = append(&reader->lamps, sizeof *draft, error);
    if (!draft || !define(reader, DD_ID_LAMP, reader->lamps.n - 1, &draft->id, error)) return false;
    dd_lamp *lamp = &draft->lamp;
    draft->line = reader->file.feature_line;
    return take_point(reader, &lamp->place, error) && take_model(reader, draft, error) &&
           take_pole(reader, lamp, error) && take_figures(reader, lamp, error) &&
           refer(reader, "refRoad", &lamp->road, error) &&
           refer(reader, "refStreetlightGroup", &lamp->segment, error) &&
           refer(reader, "circuit", &lamp->feeder, error) &&
           refer(reader, "refStreetlightControlCabinet", &draft->cabinet, error);
}

static bool take_luminaire(dd_reader *reader, dd_error *error) {
    return dd_city_model_read(&reader->file, &reader->city->catalogue, error);
}

bool dd_reader_take(dd_reader *reader, dd_error *error) {
    static const char *const types[] = {
        "",     "Streetlight", "StreetlightFeeder", "StreetlightControlCabinet", "StreetlightGroup",
        "Road", "Ward",        "StreetlightModel"};
    static bool (*const takes[])(dd_reader *, dd_error *) = {
        NULL,         take_lamp, take_feeder, take_cabinet,
        take_segment, take_road, take_ward,   take_luminaire};
    uint32_t type = 0;
    return take_word(reader, "type", types, DD_COUNT(types), &type, error) &&
           takes[type](reader, error);
}
