#include "models/city/city_file.h"
#include "models/city/city_reader.h"
#include "models/city/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the city; free some");
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

bool dd_reader_link(dd_reader *reader, dd_error *error) {
    return link_segments(reader, error) && link_lamps(reader, error);
}

// --- texts

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

void dd_reader_settle(dd_reader *reader) {
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
