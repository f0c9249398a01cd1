#include "models/city/import/import.h"

#include "models/city/city.h"
#include "models/city/import/assigned.h"
#include "models/city/import/csv.h"
#include "models/city/import/defaults.h"
#include "models/city/import/entity.h"
#include "models/city/import/layout.h"
#include "models/city/import/luminaires.h"
#include "models/city/import/osm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_SEGMENT = 10 };
static const double MARGIN_DEG = 0.005; // of the city's box around its lamps and roads

// Everything that is needed on the way from an inventory to a city.
typedef struct dd_importer {
    const dd_import_def *def;
    dd_import *import;
    dd_inventory inventory;
    dd_catalogue catalogue;
    dd_rules rules;
    dd_plan plan;
    dd_layout layout;
} dd_importer;

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the city; free some");
}

void dd_import_fini(dd_import *import) {
    dd_text_fini(&import->city);
    *import = (dd_import){0};
}

// --- what the city is called and when it is noon there

static void find_name(dd_importer *importer) {
    const dd_inventory *inventory = &importer->inventory;
    char *name = importer->import->name;
    const char *slash = strrchr(inventory->file, '/');
    const char *own = importer->def->name;
    if (!own && inventory->name) own = dd_inventory_text(inventory, inventory->name);
    snprintf(name, sizeof importer->import->name, "%s",
             own     ? own
             : slash ? slash + 1
                     : inventory->file);
    char *dot = own ? NULL : strchr(name + 1, '.');
    if (dot) *dot = 0;
}

static void find_zone(dd_importer *importer, dd_xy middle) {
    dd_import *import = importer->import;
    import->utc_assumed = isnan(importer->def->places.utc_h);
    import->utc_h = import->utc_assumed ? floor(middle.x / 15 + 0.5) : importer->def->places.utc_h;
}

// --- ids, wards and box

// Lamps have their ids before all others, so that they keep them.
static bool name_lamps(dd_importer *importer, dd_error *error) {
    dd_layout *layout = &importer->layout;
    const dd_inventory *inventory = &importer->inventory;
    dd_plan *plan = &importer->plan;
    for (int round = 0; round < 2; round++) { // those that have one first
        for (uint32_t i = 0, number = 0; i < plan->pole_n; i++) {
            for (uint32_t k = 0; k < plan->poles[i].arm_n; k++) {
                uint32_t lamp = layout->lamp_of[i];
                uint32_t word = lamp ? inventory->lamps[lamp - 1].id : 0;
                char text[32];
                snprintf(text, sizeof text, "L-%04u", ++number);
                if ((word != 0) != (round == 0)) continue;
                uint32_t *id = &plan->poles[i].arms[k].id;
                *id = dd_layout_claim(layout, word ? dd_inventory_text(inventory, word) : text, "L",
                                      error);
                if (!*id) return false;
            }
        }
    }
    return true;
}

static bool claim_numbered(dd_layout *layout, const char *kind, int digits, uint32_t number,
                           uint32_t *id, dd_error *error) {
    char text[32];
    if (*id) return true;
    snprintf(text, sizeof text, "%s-%0*u", kind, digits, number);
    *id = dd_layout_claim(layout, text, "made-", error);
    return *id != 0;
}

static bool name_segments(dd_importer *importer, dd_error *error) {
    dd_layout *layout = &importer->layout;
    for (uint32_t i = 0; i < importer->plan.segment_n; i++) {
        dd_plan_segment *segment = &importer->plan.segments[i];
        if (!claim_numbered(layout, "S", 2, i + 1, &segment->id, error) ||
            !claim_numbered(layout, "CAB", 2, i + 1, &segment->cabinet_id, error))
            return false;
        for (uint32_t k = 0; k < segment->feeder_n; k++)
            if (!claim_numbered(layout, "F", 3, segment->first_feeder + k + 1,
                                &segment->feeder_ids[k], error))
                return false;
    }
    return true;
}

// Offsets of ids and names, as long as the pool of texts may still move.
typedef struct dd_offsets {
    uint32_t *roads, *ward_ids, *ward_names;
} dd_offsets;

// Texts do not move any more: roads and wards get theirs.
static void settle_texts(dd_importer *importer, const dd_offsets *offsets) {
    const char *pool = importer->layout.ids.pool;
    dd_rules *rules = &importer->rules;
    importer->plan.names = pool;
    for (uint32_t i = 0; i < rules->road_n; i++) {
        rules->roads[i].id = pool + offsets->roads[i];
        rules->roads[i].name = pool + importer->layout.road_names[i];
    }
    for (uint32_t i = 0; i < rules->ward_n; i++) {
        rules->wards[i].id = pool + offsets->ward_ids[i];
        rules->wards[i].name = pool + offsets->ward_names[i];
    }
}

static uint32_t nearest_ward(const dd_inventory *inventory, const dd_plan *plan, dd_xy place) {
    uint32_t best = 0;
    double best_m = INFINITY;
    for (uint32_t i = 0; i < inventory->ward_n; i++) {
        dd_xy at = inventory->wards[i].place;
        double distance = dd_xy_distance(dd_project(&plan->projection, at.x, at.y), place);
        if (distance < best_m) {
            best_m = distance;
            best = i;
        }
    }
    return best;
}

// The file's wards, if any lamp is in them; else the city is one.
static bool find_wards(dd_importer *importer, dd_xy middle, dd_offsets *offsets, dd_error *error) {
    dd_inventory *inventory = &importer->inventory;
    dd_rules *rules = &importer->rules;
    uint32_t n = inventory->ward_n, *lamps = calloc(n + 1, sizeof *lamps);
    rules->wards = calloc(n + 1, sizeof *rules->wards);
    offsets->ward_ids = calloc(2 * ((size_t)n + 1), sizeof *offsets->ward_ids);
    bool ok = (lamps && rules->wards && offsets->ward_ids) || fail_memory(error);
    offsets->ward_names = ok ? offsets->ward_ids + n + 1 : NULL;
    for (uint32_t i = 0; ok && n && i < importer->plan.pole_n; i++)
        lamps[nearest_ward(inventory, &importer->plan, importer->plan.poles[i].place)]++;
    for (uint32_t i = 0; ok && i < (n ? n : 1); i++) {
        if (n && !lamps[i]) continue;
        dd_xy at = n ? inventory->wards[i].place : middle;
        const char *name =
            n ? dd_inventory_text(inventory, inventory->wards[i].name) : importer->import->name;
        uint32_t w = rules->ward_n++;
        rules->wards[w].centre =
            (dd_spot){(int32_t)floor(at.x * 1e6 + 0.5), (int32_t)floor(at.y * 1e6 + 0.5)};
        rules->wards[w].commune = n && inventory->wards[i].commune;
        offsets->ward_names[w] = dd_id_text(&importer->layout.ids, name, error);
        ok = offsets->ward_names[w] != 0 &&
             claim_numbered(&importer->layout, "ward", 3, w + 1, &offsets->ward_ids[w], error);
    }
    free(lamps);
    return ok;
}

static void widen(dd_plan *plan, dd_spot spot) {
    if (spot.lon < plan->least.lon) plan->least.lon = spot.lon;
    if (spot.lat < plan->least.lat) plan->least.lat = spot.lat;
    if (spot.lon > plan->most.lon) plan->most.lon = spot.lon;
    if (spot.lat > plan->most.lat) plan->most.lat = spot.lat;
}

// The box of all that is in the city, with a margin.
static void find_box(dd_importer *importer) {
    dd_plan *plan = &importer->plan;
    const dd_projection *p = &plan->projection;
    plan->least = plan->most = importer->rules.centre;
    for (uint32_t i = 0; i < plan->line_n; i++)
        for (uint32_t k = 0; k < plan->lines[i].n; k++)
            widen(plan, plan->lines[i].spots[k]);
    for (uint32_t i = 0; i < importer->rules.ward_n; i++)
        widen(plan, importer->rules.wards[i].centre);
    for (uint32_t i = 0; i < plan->segment_n; i++) {
        dd_xy at = plan->segments[i].place;
        widen(plan, (dd_spot){(int32_t)((p->lon + at.x / p->m_per_lon) * 1e6),
                              (int32_t)((p->lat + at.y / p->m_per_lat) * 1e6)});
    }
    int32_t margin = (int32_t)(MARGIN_DEG * 1e6);
    plan->least = (dd_spot){plan->least.lon - margin, plan->least.lat - margin};
    plan->most = (dd_spot){plan->most.lon + margin, plan->most.lat + margin};
}

// --- the steps

static bool lay_out(dd_importer *importer, dd_xy middle, dd_error *error) {
    dd_plan *plan = &importer->plan;
    dd_rules *rules = &importer->rules;
    *rules = dd_default_rules();
    rules->name = importer->import->name;
    rules->utc_offset_h = importer->import->utc_h;
    rules->centre =
        (dd_spot){(int32_t)floor(middle.x * 1e6 + 0.5), (int32_t)floor(middle.y * 1e6 + 0.5)};
    *plan = (dd_plan){.rules = rules,
                      .models = importer->catalogue.models,
                      .model_n = importer->catalogue.n,
                      .attribution = importer->inventory.osm ? "© OpenStreetMap contributors"
                                                             : "as the file imported from",
                      .licence =
                          importer->inventory.osm ? DD_MAP_LICENCE : "as the file imported from"};
    plan->projection = dd_projection_at(rules->centre.lon / 1e6, rules->centre.lat / 1e6);
    if (!dd_layout_init(&importer->layout, plan, rules, &importer->inventory, error) ||
        !dd_layout_poles(&importer->layout, error))
        return false;
    if (plan->pole_n) return true;
    return dd_fail(error, DD_WRONG,
                   "%s: no lamps, and no roads that could be lit; is it the right file, or --box?",
                   importer->inventory.file);
}

// The reader takes no longer cable, and no cabinet has one.
static bool check_cables(const dd_importer *importer, dd_error *error) {
    static const double CABLE_MOST_M = 50e3;
    for (uint32_t i = 0; i < importer->plan.pole_n; i++) {
        const dd_pole *pole = &importer->plan.poles[i];
        if (pole->cable_m < CABLE_MOST_M) continue;
        return dd_fail(
            error, DD_WRONG,
            "%s: the lamps of segment \"%.60s\" lie so far apart that one cable would be "
            "%.0f km long; correct their groups",
            importer->inventory.file,
            importer->layout.ids.pool + importer->plan.segments[pole->segment].id,
            pole->cable_m / 1000);
    }
    return true;
}

static bool make_segments(dd_importer *importer, dd_error *error) {
    bool kept;
    if (!name_lamps(importer, error) || !dd_assigned_keep(&importer->layout, &kept, error))
        return false;
    importer->import->kept = kept;
    return (kept || dd_plan_segments(&importer->plan, error)) &&
           dd_plan_feeders(&importer->plan, error) && name_segments(importer, error) &&
           check_cables(importer, error);
}

static bool write_city(dd_importer *importer, dd_xy middle, dd_error *error) {
    dd_offsets offsets = {0};
    offsets.roads = calloc(importer->rules.road_n + 1, sizeof *offsets.roads);
    bool ok = offsets.roads || fail_memory(error);
    for (uint32_t i = 0; ok && i < importer->rules.road_n; i++)
        ok = claim_numbered(&importer->layout, "road", 3, i + 1, &offsets.roads[i], error);
    ok = ok && find_wards(importer, middle, &offsets, error);
    if (ok) settle_texts(importer, &offsets);
    if (ok) find_box(importer);
    ok = ok && dd_plan_format(&importer->plan, &importer->import->city, error);
    free(offsets.roads);
    free(offsets.ward_ids);
    return ok;
}

static void sum_up(dd_importer *importer, const dd_city *city) {
    dd_import *import = importer->import;
    import->lamp_n = city->lamp_n - 1;
    import->road_n = city->road_n - 1;
    import->ward_n = city->ward_n - 1;
    import->segment_n = city->segment_n - 1;
    import->feeder_n = city->feeder_n - 1;
    import->model_n = city->catalogue.n - DD_LUMINAIRE_KINDS;
    import->utc_h = city->utc_offset_h;
    import->kw = 0;
    for (uint32_t i = 1; i < city->lamp_n; i++)
        import->kw += city->catalogue.models[city->lamps[i].kind].power_mw / 1e6;
    for (uint32_t i = 1; i < city->segment_n; i++)
        import->small_segment_n += city->segments[i].lamp_count < SMALL_SEGMENT;
    import->placed_n = importer->layout.laid.placed_lamps;
    import->made_road_n = importer->layout.laid.made_roads;
    import->all_roads = importer->layout.laid.all_roads;
    import->notes = importer->inventory.notes;
}

// What was made is read as any city is, before anybody gets it.
static bool verify(dd_importer *importer, dd_error *error) {
    dd_city city;
    const dd_text *text = &importer->import->city;
    const char *name = importer->import->ours ? importer->inventory.file : "the city that was made";
    if (!dd_city_parse(text->bytes, text->size, name, &city, error)) return false;
    sum_up(importer, &city);
    if (importer->import->ours)
        snprintf(importer->import->name, sizeof importer->import->name, "%s", city.name);
    dd_city_fini(&city);
    return true;
}

static bool make_city(dd_importer *importer, dd_error *error) {
    dd_xy middle;
    if (!dd_assigned_check(&importer->inventory, error) ||
        !dd_places_settle(&importer->inventory, &importer->def->places, &middle, error))
        return false;
    dd_catalogue_init(&importer->catalogue);
    find_name(importer);
    find_zone(importer, middle);
    if (!dd_luminaires_choose(&importer->inventory, &importer->catalogue, error)) return false;
    bool ok = lay_out(importer, middle, error) && make_segments(importer, error);
    if (!ok &&
        strncmp(error->text, importer->inventory.file, strlen(importer->inventory.file)) != 0)
        return dd_fail_in(error, importer->inventory.file); // the planner does not know the file
    return ok && write_city(importer, middle, error) && verify(importer, error);
}

static bool begin(dd_importer *importer, const char *path, const dd_import_def *def,
                  dd_import *import, dd_error *error) {
    *import = (dd_import){0};
    *importer = (dd_importer){.def = def, .import = import};
    return dd_inventory_init(&importer->inventory, path, error);
}

static bool end(dd_importer *importer, bool ok) {
    dd_plan_fini(&importer->plan);
    dd_layout_fini(&importer->layout);
    free(importer->rules.roads);
    free(importer->rules.wards);
    dd_inventory_fini(&importer->inventory);
    if (!ok) dd_import_fini(importer->import);
    free(importer);
    return ok;
}

static bool copy_text(const dd_text *text, dd_text *copy, dd_error *error) {
    *copy = (dd_text){malloc(text->size + 1), text->size};
    if (copy->bytes) memcpy(copy->bytes, text->bytes, text->size + 1);
    return copy->bytes || fail_memory(error);
}

static bool looks_like_json(const dd_text *text) {
    size_t at = text->size >= 3 && memcmp(text->bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < text->size && text->bytes[at] && strchr(" \t\r\n", text->bytes[at]))
        at++;
    return at < text->size && (text->bytes[at] == '{' || text->bytes[at] == '[');
}

static dd_importer *new_importer(dd_error *error) {
    dd_importer *importer = malloc(sizeof *importer);
    if (!importer) fail_memory(error);
    return importer;
}

bool dd_city_import_text(const dd_text *text, const char *path, const dd_import_def *def,
                         dd_import *import, dd_error *error) {
    dd_importer *importer = new_importer(error);
    if (!importer) return false;
    bool ok = begin(importer, path, def, import, error);
    if (ok && looks_like_json(text))
        ok = dd_entity_read(text, &importer->inventory, &import->ours, error);
    else if (ok)
        ok = dd_csv_read(text, &importer->inventory, error);
    if (ok && import->ours)
        ok = copy_text(text, &import->city, error) && verify(importer, error);
    else
        ok = ok && make_city(importer, error);
    return end(importer, ok);
}

bool dd_city_import(const char *path, const dd_import_def *def, dd_import *import,
                    dd_error *error) {
    if (!dd_osm_is(path)) {
        dd_text text;
        *import = (dd_import){0};
        if (!dd_text_read(path, &text, error)) return false;
        bool ok = dd_city_import_text(&text, path, def, import, error);
        dd_text_fini(&text);
        return ok;
    }
    dd_importer *importer = new_importer(error);
    if (!importer) return false;
    bool ok = begin(importer, path, def, import, error) &&
              dd_osm_read(path, &importer->inventory, error) && make_city(importer, error);
    return end(importer, ok);
}
