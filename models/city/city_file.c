#include "models/city/city_file.h"

#include "models/city/city_model.h"
#include "models/city/geojson.h"
#include "models/city/id_table.h"
#include "models/city/polyline.h"
#include "models/city/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A luminaire while references are entries of the id table and not yet indices.
typedef struct dd_lamp_draft {
    dd_lamp lamp;
    uint32_t id, cabinet, line;
    uint32_t model; // its name
    double power_w;
} dd_lamp_draft;

// The things of one kind, growing; element 0 is none.
typedef struct dd_list {
    void *items;
    uint32_t n, room;
} dd_list;

typedef struct dd_reader {
    dd_geojson file;
    dd_id_table ids;
    dd_city *city;
    dd_projection projection;
    double box[4]; // west, south, east, north
    uint32_t last_kind;
    dd_list lamps, roads, feeders, cabinets, segments, wards;
} dd_reader;

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
// offsets until the pool has stopped growing: see `settle`.
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

// The index of what an entry stands for; `line` is where it is referred to.
static bool resolve(const dd_reader *reader, uint32_t *reference, dd_id_kind wanted, uint32_t line,
                    dd_error *error) {
    const dd_id *id = &reader->ids.ids[*reference];
    const char *text = reader->ids.pool + id->text;
    if (id->kind == wanted) {
        *reference = id->index;
        return true;
    }
    if (id->kind)
        return dd_fail(error, DD_WRONG, "%s:%u: \"%.60s\" is %s; name %s", reader->file.name, line,
                       text, dd_id_kind_names[id->kind], dd_id_kind_names[wanted]);
    const char *near = dd_id_nearest(&reader->ids, text, wanted);
    return dd_fail(error, DD_WRONG, "%s:%u: \"%.60s\" is unknown; name %s%s%s%s", reader->file.name,
                   line, text, dd_id_kind_names[wanted], near ? " such as \"" : " of this file",
                   near ? near : "", near ? "\"" : "");
}

// --- places

static dd_point point_at(const dd_reader *reader, double lon, double lat) {
    dd_xy place = dd_project(&reader->projection, lon, lat);
    return (dd_point){lon, lat, (float)(floor(place.x * 100 + 0.5) / 100),
                      (float)(floor(place.y * 100 + 0.5) / 100)};
}

static bool take_place(dd_reader *reader, const json_t *position, dd_point *place,
                       dd_error *error) {
    double lon, lat;
    const double *box = reader->box;
    if (!dd_geojson_position(&reader->file, position, &lon, &lat, error)) return false;
    *place = point_at(reader, lon, lat);
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

// A text as an offset in the pool, to become a pointer in `settle`.
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

// Until `link`, `first_lamp` holds the line of the feature, for messages.
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

// Until `link`, `segment` holds the line of the feature, for messages.
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

static bool take_feature(dd_reader *reader, dd_error *error) {
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

// --- the whole

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
    reader->city->origin = point_at(reader, lon, lat);
    uint32_t at = dd_id_text(&reader->ids, name, error);
    reader->city->name = (char *)(uintptr_t)at;
    return at != 0;
}

static bool link_segments(dd_reader *reader, dd_error *error) {
    dd_city *city = reader->city;
    for (uint32_t i = 1; i < city->segment_n; i++) {
        dd_segment *segment = &city->segments[i];
        if (!resolve(reader, &segment->road, DD_ID_ROAD, segment->first_lamp, error)) return false;
        segment->ward = dd_city_ward_at(city, &segment->place);
    }
    for (uint32_t i = 1; i < city->cabinet_n; i++) {
        dd_cabinet *cabinet = &city->cabinets[i];
        uint32_t line = reader->ids.ids[cabinet->segment].line;
        if (!resolve(reader, &cabinet->segment, DD_ID_SEGMENT, line, error)) return false;
        city->segments[cabinet->segment].cabinet = i;
    }
    for (uint32_t i = 1; i < city->feeder_n; i++) {
        dd_feeder *feeder = &city->feeders[i];
        if (!resolve(reader, &feeder->cabinet, DD_ID_CABINET, feeder->segment, error)) return false;
        feeder->segment = city->cabinets[feeder->cabinet].segment;
    }
    for (uint32_t i = 1; i < city->segment_n; i++)
        if (!city->segments[i].cabinet)
            return dd_fail(error, DD_WRONG, "%s:%u: the segment has no cabinet; add one",
                           reader->file.name, city->segments[i].first_lamp);
    return true;
}

// Metres from a luminaire to its line of its road; infinite when there is no such line.
static double astray_m(const dd_city *city, const dd_lamp *lamp) {
    const dd_road *road = &city->roads[lamp->road];
    double best = INFINITY;
    if (lamp->line >= road->line_count) return best;
    const dd_point *points = road->points + road->line_first[lamp->line];
    for (uint32_t i = 1; i < road->line_size[lamp->line]; i++) {
        dd_xy ends[2] = {{points[i - 1].x, points[i - 1].y}, {points[i].x, points[i].y}};
        double chainage;
        dd_xy place = {lamp->place.x, lamp->place.y};
        best = fmin(best, dd_polyline_nearest(ends, 2, place, &chainage));
    }
    return best;
}

// Lamps come in runs of one model, so that the one before is tried first.
static bool link_model(dd_reader *reader, dd_lamp_draft *draft, dd_error *error) {
    const dd_catalogue *catalogue = &reader->city->catalogue;
    const char *name = reader->ids.pool + reader->ids.ids[draft->model].text;
    uint32_t kind = reader->last_kind;
    if (!kind || strcmp(catalogue->models[kind].name, name) != 0)
        kind = dd_catalogue_find(catalogue, name);
    if (!kind) {
        const char *list[DD_MODELS_MAX] = {0};
        for (uint32_t i = 1; i < catalogue->n; i++)
            list[i - 1] = catalogue->models[i].name;
        const char *near = dd_nearest(name, list);
        return dd_fail(error, DD_WRONG, "%s:%u: refStreetlightModel \"%.60s\" is unknown; %s\"%s\"",
                       reader->file.name, draft->line, name,
                       near ? "did you mean " : "use one such as ", near ? near : list[0]);
    }
    draft->lamp.kind = (uint8_t)(reader->last_kind = kind);
    double rated = catalogue->models[kind].power_mw / 1000.0;
    return draft->power_w == rated ||
           dd_fail(error, DD_WRONG,
                   "%s:%u: powerRating %g differs from the %g W of %s; correct either",
                   reader->file.name, draft->line, draft->power_w, rated, name);
}

static bool link_lamp(dd_reader *reader, dd_lamp_draft *draft, dd_error *error) {
    dd_city *city = reader->city;
    dd_lamp *lamp = &draft->lamp;
    uint32_t line = draft->line;
    if (!link_model(reader, draft, error) ||
        !resolve(reader, &lamp->road, DD_ID_ROAD, line, error) ||
        !resolve(reader, &lamp->segment, DD_ID_SEGMENT, line, error) ||
        !resolve(reader, &lamp->feeder, DD_ID_FEEDER, line, error) ||
        !resolve(reader, &draft->cabinet, DD_ID_CABINET, line, error))
        return false;
    const char *what = NULL;
    if (city->feeders[lamp->feeder].segment != lamp->segment)
        what = "its circuit belongs to another segment";
    if (city->feeders[lamp->feeder].cabinet != draft->cabinet)
        what = "its circuit comes from another cabinet";
    if (what)
        return dd_fail(error, DD_WRONG, "%s:%u: %s; correct the references", reader->file.name,
                       line, what);
    double astray = astray_m(city, lamp);
    if (astray > DD_CITY_ASTRAY_M)
        return dd_fail(error, DD_WRONG,
                       "%s:%u: the luminaire is off its road \"%.60s\" by %.0f m; correct the "
                       "place, refRoad or roadLine",
                       reader->file.name, line,
                       reader->ids.pool + (uintptr_t)city->roads[lamp->road].id, astray);
    lamp->ward = dd_city_ward_at(city, &lamp->place);
    lamp->id = (char *)(uintptr_t)reader->ids.ids[draft->id].text;
    return true;
}

static int by_cable(const void *a, const void *b) {
    const dd_lamp *x = &((const dd_lamp_draft *)a)->lamp, *y = &((const dd_lamp_draft *)b)->lamp;
    if (x->segment != y->segment) return x->segment < y->segment ? -1 : 1;
    if (x->feeder != y->feeder) return x->feeder < y->feeder ? -1 : 1;
    if (x->pole != y->pole) return x->pole < y->pole ? -1 : 1;
    uint32_t i = ((const dd_lamp_draft *)a)->id, j = ((const dd_lamp_draft *)b)->id;
    return (i > j) - (i < j);
}

static bool link_lamps(dd_reader *reader, dd_error *error) {
    dd_city *city = reader->city;
    dd_lamp_draft *drafts = reader->lamps.items;
    for (uint32_t i = 1; i < reader->lamps.n; i++)
        if (!link_lamp(reader, &drafts[i], error)) return false;
    if (reader->lamps.n > 1) qsort(drafts + 1, reader->lamps.n - 1, sizeof *drafts, by_cable);
    city->lamp_n = reader->lamps.n;
    city->lamps = calloc(city->lamp_n, sizeof *city->lamps);
    if (!city->lamps) return fail_memory(error);
    for (uint32_t i = 1; i < city->segment_n; i++)
        city->segments[i].first_lamp = 0;
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        dd_lamp *lamp = &city->lamps[i];
        *lamp = drafts[i].lamp;
        dd_segment *segment = &city->segments[lamp->segment];
        if (segment->lamp_count++ == 0) segment->first_lamp = i;
        city->roads[lamp->road].lamp_count++;
    }
    return true;
}

// The ward in which most of a road's vertices lie.
static uint32_t ward_of(const dd_city *city, const dd_road *road) {
    uint32_t count[256] = {0}, best = 0;
    for (uint32_t i = 0; i < road->line_count; i++) {
        for (uint32_t k = 0; k < road->line_size[i]; k++) {
            uint32_t ward = dd_city_ward_at(city, &road->points[road->line_first[i] + k]);
            if (ward < DD_COUNT(count) && ++count[ward] > count[best]) best = ward;
        }
    }
    return best;
}

static void point_into(char **text, char *pool) {
    *text = pool + (uintptr_t)*text;
}

// Hands the pool to the city and turns offsets into pointers.
static void settle(dd_reader *reader) {
    dd_city *city = reader->city;
    char *larger = realloc(reader->ids.pool, reader->ids.pool_used); // gives back what is unused
    char *pool = larger ? larger : reader->ids.pool;
    city->strings = pool;
    city->strings_size = reader->ids.pool_used;
    reader->ids.pool = NULL;
    point_into(&city->name, pool);
    for (uint32_t i = 1; i < city->road_n; i++) {
        point_into(&city->roads[i].id, pool);
        point_into(&city->roads[i].name, pool);
        city->roads[i].ward = ward_of(city, &city->roads[i]);
    }
    for (uint32_t i = 1; i < city->lamp_n; i++)
        point_into(&city->lamps[i].id, pool);
    for (uint32_t i = 1; i < city->feeder_n; i++)
        point_into(&city->feeders[i].id, pool);
    for (uint32_t i = 1; i < city->cabinet_n; i++)
        point_into(&city->cabinets[i].id, pool);
    for (uint32_t i = 1; i < city->segment_n; i++) {
        point_into(&city->segments[i].id, pool);
        point_into(&city->segments[i].backhaul, pool);
    }
    for (uint32_t i = 1; i < city->ward_n; i++) {
        point_into(&city->wards[i].id, pool);
        point_into(&city->wards[i].name, pool);
    }
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
        ok = ok && take_feature(&reader, error);
    }
    bool handed = hand_over(&reader, ok ? error : NULL);
    ok = ok && handed && link_segments(&reader, error) && link_lamps(&reader, error);
    if (ok) settle(&reader);
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
