#include "models/city/import/layout.h"

#include "models/city/import/candidates.h"
#include "models/city/import/defaults.h"
#include "models/city/import/made_road.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_A_ROAD = 200 };
static const double GAP_M = 95;        // a line is unlit where lamps are farther apart
static const double SPREAD_M = 1.6;    // between lamps of one place: twin arms
static const double LEAST_LINE_M = 10; // shorter runs of roads get no lamps of their own

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the city; free some");
}

bool dd_layout_init(dd_layout *layout, dd_plan *plan, dd_rules *rules, dd_inventory *inventory,
                    dd_error *error) {
    *layout = (dd_layout){.plan = plan, .rules = rules, .inventory = inventory};
    return dd_id_table_init(&layout->ids, error);
}

void dd_layout_fini(dd_layout *layout) {
    dd_id_table_fini(&layout->ids);
    free(layout->road_names);
    free(layout->lamp_of);
    *layout = (dd_layout){0};
}

// The offset of an id that nothing had; 0 without an error when it is taken.
static uint32_t claim(dd_layout *layout, const char *text, dd_error *error) {
    uint32_t entry = dd_id_entry(&layout->ids, text, error);
    if (!entry || layout->ids.ids[entry].kind) return 0;
    layout->ids.ids[entry].kind = DD_ID_LAMP; // whatever it is of: it is taken
    return layout->ids.ids[entry].text;
}

uint32_t dd_layout_claim(dd_layout *layout, const char *text, const char *prefix, dd_error *error) {
    enum { ID_MOST = 180 }; // leaves room for prefix and number
    char other[256];
    dd_error why = {0};
    uint32_t at = claim(layout, text, &why);
    size_t n = strlen(text);
    for (n = n > ID_MOST ? ID_MOST : n; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
        n--; // not within a character
    for (uint32_t i = 1; !at && !why.text[0]; i++) {
        if (i == 1)
            snprintf(other, sizeof other, "%s%.*s", prefix, (int)n, text);
        else
            snprintf(other, sizeof other, "%s%.*s-%u", prefix, (int)n, text, i);
        at = claim(layout, other, &why);
    }
    if (!at) *error = why;
    return at;
}

static dd_spot spot_of(const dd_plan *plan, dd_xy place) {
    const dd_projection *p = &plan->projection;
    return (dd_spot){(int32_t)floor((p->lon + place.x / p->m_per_lon) * 1e6 + 0.5),
                     (int32_t)floor((p->lat + place.y / p->m_per_lat) * 1e6 + 0.5)};
}

// --- roads

// A new road; its name is told by its number where it has none.
static bool add_road(dd_layout *layout, const char *name, const char *otherwise,
                     dd_road_class class, dd_error *error) {
    dd_rules *rules = layout->rules;
    uint32_t n = rules->road_n;
    char text[220];
    if (!dd_inventory_room((void **)&rules->roads, n, sizeof *rules->roads, error) ||
        !dd_inventory_room((void **)&layout->road_names, n, sizeof *layout->road_names, error))
        return false;
    if (name)
        snprintf(text, sizeof text, "%s", name);
    else
        snprintf(text, sizeof text, "%s %u", otherwise, n + 1);
    layout->road_names[n] = dd_id_text(&layout->ids, text, error);
    rules->roads[n] =
        (dd_road_rule){.approximate = !name, .class = class, .style = dd_default_style(class)};
    rules->road_n++;
    return layout->road_names[n] != 0;
}

// The last road again when it has as many lines as a road may have.
static bool room_on_road(dd_layout *layout, dd_error *error) {
    const dd_plan *plan = layout->plan;
    uint32_t road = layout->rules->road_n - 1;
    const dd_plan_line *last = plan->line_n ? &plan->lines[plan->line_n - 1] : NULL;
    if (!last || last->road != road || last->index + 1 < LINES_A_ROAD) return true;
    char name[200];
    snprintf(name, sizeof name, "%.199s", layout->ids.pool + layout->road_names[road]);
    bool approximate = layout->rules->roads[road].approximate;
    if (!add_road(layout, name, "", layout->rules->roads[road].class, error)) return false;
    layout->rules->roads[road + 1].approximate = approximate;
    return true;
}

static bool add_line(dd_layout *layout, const dd_xy *points, uint32_t n, bool oneway, bool given,
                     dd_error *error) {
    if (!room_on_road(layout, error)) return false;
    dd_spot *spots = calloc(n, sizeof *spots);
    if (!spots) return fail_memory(error);
    for (uint32_t i = 0; i < n; i++)
        spots[i] = spot_of(layout->plan, points[i]);
    if (!dd_plan_add_line(layout->plan, layout->rules->road_n - 1, spots, n, oneway, error))
        return false;
    layout->plan->lines[layout->plan->line_n - 1].given = given;
    return true;
}

// --- lamps on lines

static bool add_pole(dd_layout *layout, uint32_t lamp_index, dd_error *error) {
    dd_plan *plan = layout->plan;
    const dd_found_lamp *lamp = &layout->inventory->lamps[lamp_index];
    uint32_t line_index = plan->line_n - 1;
    const dd_plan_line *line = &plan->lines[line_index];
    const dd_style *style = &layout->rules->roads[line->road].style;
    dd_xy place = dd_project(&plan->projection, lamp->place.x, lamp->place.y), direction;
    dd_pole pole = {.place = place, .road = line->road, .arm_n = 1};
    dd_arm *arm = &pole.arms[0];
    *arm = (dd_arm){.line = line_index, .place = place, .kind = lamp->kind};
    dd_polyline_nearest(line->points, line->n, place, &arm->chainage_m);
    dd_xy on = dd_polyline_at(line->points, line->n, arm->chainage_m, &direction);
    double left = direction.x * (place.y - on.y) - direction.y * (place.x - on.x);
    pole.side = left > 0.5 ? -1 : left < -0.5 ? 1 : 0;
    arm->height_m = lamp->height_m > 0 ? (double)lamp->height_m : style->height_m;
    if (!arm->kind) {
        arm->kind = style->kind;
        char first[64];
        dd_inventory_where(layout->inventory, lamp->where, first);
        dd_notes_add_watts(&layout->inventory->notes, DD_NOTE_NO_POWER, first,
                           plan->models[arm->kind].power_mw / 1e3);
    }
    if (!dd_inventory_room((void **)&plan->poles, plan->pole_n, sizeof pole, error) ||
        !dd_inventory_room((void **)&layout->lamp_of, plan->pole_n, sizeof *layout->lamp_of, error))
        return false;
    layout->lamp_of[plan->pole_n] = lamp_index + 1;
    plan->poles[plan->pole_n++] = pole;
    plan->lamp_n++;
    return true;
}

// The part of a line between two chainages, in `part`. Returns its points.
static uint32_t cut_line(const dd_xy *points, uint32_t n, double from_m, double to_m, dd_xy *part) {
    dd_xy direction;
    double passed = 0;
    uint32_t kept = 0;
    part[kept++] = dd_polyline_at(points, n, from_m, &direction);
    for (uint32_t i = 1; i + 1 < n; i++) {
        passed += dd_xy_distance(points[i - 1], points[i]);
        if (passed > from_m + 0.5 && passed < to_m - 0.5) part[kept++] = points[i];
    }
    part[kept++] = dd_polyline_at(points, n, to_m, &direction);
    return kept;
}

// The stretches of a candidate line where lamps stand, as lines of the last road, with the lamps.
static bool add_stretches(dd_layout *layout, const dd_plan_line *line, const dd_standing *standing,
                          uint32_t n, dd_error *error) {
    dd_xy *part = calloc(line->n + 2, sizeof *part);
    bool ok = part || fail_memory(error);
    double margin = layout->rules->roads[layout->rules->road_n - 1].style.spacing_m / 2;
    for (uint32_t first = 0, end = 0; ok && first < n; first = end) {
        for (end = first + 1; end < n; end++)
            if (standing[end].chainage_m - standing[end - 1].chainage_m > GAP_M) break;
        double from = fmax(0, standing[first].chainage_m - margin);
        double to = fmin(line->length_m, standing[end - 1].chainage_m + margin);
        uint32_t points = cut_line(line->points, line->n, from, to, part);
        ok = add_line(layout, part, points, line->oneway, true, error);
        for (uint32_t i = first; ok && i < end; i++)
            ok = add_pole(layout, standing[i].lamp, error);
    }
    free(part);
    return ok;
}

// --- ways

static bool add_group_road(dd_layout *layout, const dd_way_group *group, dd_error *error) {
    static const char *const kinds[DD_ROAD_CLASSES] = {
        "", "trunk road", "primary road", "secondary road", "tertiary road", "side street", "path"};
    const char *name = group->name ? dd_inventory_text(layout->inventory, group->name) : NULL;
    return add_road(layout, name, kinds[group->class], group->class, error);
}

// Lit and unlit ways of one name and class are one road.
static bool same_road(const dd_candidates *candidates, uint32_t a, uint32_t b) {
    if (a == UINT32_MAX || a == b) return a == b;
    const dd_way_group *x = &candidates->groups[a], *y = &candidates->groups[b];
    return x->name && x->name == y->name && x->class == y->class;
}

// The roads of the file's ways that are lit: where lamps stand, or where it says so, or, when
// nothing says what is lit, all for traffic but those that are said to be unlit. Returns through
// `used` how many lamps stand there.
static bool lay_ways(dd_layout *layout, const dd_candidates *candidates,
                     const dd_standing *standing, uint32_t *used, dd_error *error) {
    const dd_plan *all = &candidates->all;
    uint32_t group = UINT32_MAX, at = 0;
    bool ok = true;
    for (uint32_t i = 0; ok && i < all->line_n; i++) {
        const dd_plan_line *line = &all->lines[i];
        const dd_way_group *of = &candidates->groups[line->road];
        uint32_t first = at;
        while (at < layout->inventory->lamp_n && standing[at].line == i)
            at++;
        bool dark = at == first && !(layout->laid.all_roads ? of->usual : of->lit);
        if (dark || (at == first && line->length_m < LEAST_LINE_M)) continue;
        if (!same_road(candidates, group, line->road)) ok = add_group_road(layout, of, error);
        group = line->road;
        if (ok && at > first)
            ok = add_stretches(layout, line, standing + first, at - first, error);
        else if (ok)
            ok = add_line(layout, line->points, line->n, line->oneway, false, error);
    }
    *used = at;
    return ok;
}

// --- lamps near no way

typedef struct dd_loose {
    uint32_t road, lamp;
} dd_loose;

static int by_street(const void *a, const void *b) {
    const dd_loose *x = a, *y = b;
    if (x->road != y->road) return x->road < y->road ? -1 : 1;
    return (x->lamp > y->lamp) - (x->lamp < y->lamp);
}

static bool add_made_lines(dd_layout *layout, const dd_made_roads *made, const dd_loose *loose,
                           uint32_t n, dd_error *error) {
    dd_standing *standing = calloc(n + 1, sizeof *standing);
    bool ok = standing || fail_memory(error);
    for (uint32_t i = 0; ok && i < n; i++)
        standing[i] = (dd_standing){loose[i].lamp, made->line_of[i], 0};
    if (ok) qsort(standing, n, sizeof *standing, dd_standing_by_line);
    for (uint32_t line = 0, at = 0; ok && line < made->line_n; line++) {
        const dd_xy *points = made->points + made->line_first[line];
        uint32_t key = made->line_key[line];
        bool same = line && key && made->line_key[line - 1] == key;
        if (!same) {
            const char *name = key ? dd_inventory_text(layout->inventory, key) : NULL;
            ok = add_road(layout, name, "row of lamps", DD_ROAD_STREET, error);
            layout->laid.made_roads++;
        }
        ok = ok && add_line(layout, points, made->line_first[line + 1] - made->line_first[line],
                            false, true, error);
        for (; ok && at < n && standing[at].line == line; at++)
            ok = add_pole(layout, standing[at].lamp, error);
    }
    free(standing);
    return ok;
}

static bool lay_loose(dd_layout *layout, const dd_standing *standing, uint32_t n, dd_error *error) {
    dd_made_roads made;
    dd_loose *loose = calloc(n + 1, sizeof *loose);
    dd_pole *poles = calloc(n + 1, sizeof *poles);
    bool ok = (loose && poles) || fail_memory(error);
    for (uint32_t i = 0; ok && i < n; i++) {
        const dd_found_lamp *lamp = &layout->inventory->lamps[standing[i].lamp];
        loose[i] = (dd_loose){lamp->road, standing[i].lamp};
        if (layout->inventory->way_n)
            dd_inventory_note(layout->inventory, DD_NOTE_LOOSE, lamp->where);
    }
    if (ok) qsort(loose, n, sizeof *loose, by_street);
    for (uint32_t i = 0; ok && i < n; i++) {
        dd_xy at = layout->inventory->lamps[loose[i].lamp].place;
        poles[i] = (dd_pole){.place = dd_project(&layout->plan->projection, at.x, at.y),
                             .road = loose[i].road};
    }
    ok = ok && dd_made_roads_init(&made, poles, n, error);
    if (ok) {
        ok = add_made_lines(layout, &made, loose, n, error);
        dd_made_roads_fini(&made);
    }
    free(loose);
    free(poles);
    return ok;
}

// --- the whole

typedef struct dd_spread {
    dd_spot spot;
    uint32_t pole;
} dd_spread;

static int by_spot(const void *a, const void *b) {
    const dd_spread *x = a, *y = b;
    if (x->spot.lon != y->spot.lon) return x->spot.lon < y->spot.lon ? -1 : 1;
    if (x->spot.lat != y->spot.lat) return x->spot.lat < y->spot.lat ? -1 : 1;
    return (x->pole > y->pole) - (x->pole < y->pole);
}

// Moves the lamps of one place apart, across their road: several lanterns on one mast.
static void spread_group(dd_layout *layout, const dd_spread *group, uint32_t n) {
    dd_plan *plan = layout->plan;
    for (uint32_t i = 0; i < n; i++) {
        dd_pole *pole = &plan->poles[group[i].pole];
        const dd_plan_line *line = &plan->lines[plan->poles[group[0].pole].arms[0].line];
        dd_xy direction;
        dd_polyline_at(line->points, line->n, plan->poles[group[0].pole].arms[0].chainage_m,
                       &direction);
        double aside = (i - (n - 1) / 2.0) * SPREAD_M;
        pole->place.x -= direction.y * aside;
        pole->place.y += direction.x * aside;
        pole->arms[0].place = pole->place;
        if (i)
            dd_inventory_note(layout->inventory, DD_NOTE_SAME_PLACE,
                              layout->inventory->lamps[layout->lamp_of[group[i].pole] - 1].where);
    }
}

static bool spread(dd_layout *layout, dd_error *error) {
    enum { MAST_MOST = 12 };
    dd_plan *plan = layout->plan;
    dd_spread *list = calloc(plan->pole_n + 1, sizeof *list);
    bool ok = list || fail_memory(error);
    for (uint32_t i = 0; ok && i < plan->pole_n; i++)
        list[i] = (dd_spread){spot_of(plan, plan->poles[i].place), i};
    if (ok) qsort(list, plan->pole_n, sizeof *list, by_spot);
    for (uint32_t first = 0, end = 0; ok && first < plan->pole_n; first = end) {
        while (end < plan->pole_n && list[end].spot.lon == list[first].spot.lon &&
               list[end].spot.lat == list[first].spot.lat)
            end++;
        const dd_inventory *inventory = layout->inventory;
        const dd_found_lamp *lamp = &inventory->lamps[layout->lamp_of[list[first].pole] - 1];
        if (end - first > MAST_MOST)
            ok = dd_inventory_fail(inventory, lamp->where, error,
                                   "%u lamps at %.6f, %.6f; are the coordinates rounded? give each "
                                   "its own",
                                   end - first, lamp->place.x, lamp->place.y);
        else if (end - first > 1)
            spread_group(layout, list + first, end - first);
    }
    free(list);
    return ok;
}

static bool place_more(dd_layout *layout, dd_error *error) {
    dd_plan *plan = layout->plan;
    uint32_t before = plan->pole_n, lamps = plan->lamp_n;
    layout->rules->lamps = DD_IMPORT_LAMPS_MAX;
    if (!dd_plan_more_poles(plan, error)) return false;
    layout->laid.placed_lamps = plan->lamp_n - lamps;
    uint32_t *lamp_of = realloc(layout->lamp_of, (plan->pole_n + 1) * sizeof *lamp_of);
    if (!lamp_of) return fail_memory(error);
    memset(lamp_of + before, 0, (plan->pole_n - before) * sizeof *lamp_of);
    layout->lamp_of = lamp_of;
    return true;
}

// Lines along which no lamp found room go, and roads without lines.
static bool prune(dd_layout *layout, dd_error *error) {
    dd_plan *plan = layout->plan;
    dd_rules *rules = layout->rules;
    uint32_t *line_map = calloc(plan->line_n + 1, sizeof *line_map);
    uint32_t *road_map = calloc(rules->road_n + 1, sizeof *road_map), kept = 0, road = UINT32_MAX;
    bool ok = (line_map && road_map) || fail_memory(error);
    for (uint32_t i = 0; ok && i < plan->pole_n; i++)
        for (uint32_t k = 0; k < plan->poles[i].arm_n; k++)
            line_map[plan->poles[i].arms[k].line] = 1;
    for (uint32_t i = 0; ok && i < plan->line_n; i++) {
        dd_plan_line line = plan->lines[i];
        if (!line_map[i]) free(line.spots), free(line.points);
        if (!line_map[i]) continue;
        if (kept == 0 || line.road != road) {
            uint32_t next = kept ? plan->lines[kept - 1].road + 1 : 0;
            road = line.road;
            road_map[road] = next;
            rules->roads[next] = rules->roads[road];
            layout->road_names[next] = layout->road_names[road];
        }
        line.road = road_map[road];
        bool first = kept == 0 || plan->lines[kept - 1].road != line.road;
        line.index = first ? 0 : plan->lines[kept - 1].index + 1;
        line_map[i] = kept;
        plan->lines[kept++] = line;
    }
    if (ok) rules->road_n = kept ? plan->lines[kept - 1].road + 1 : 0;
    if (ok) plan->line_n = kept;
    for (uint32_t i = 0; ok && i < plan->pole_n; i++) {
        dd_pole *pole = &plan->poles[i];
        pole->road = road_map[pole->road];
        for (uint32_t k = 0; k < pole->arm_n; k++)
            pole->arms[k].line = line_map[pole->arms[k].line];
    }
    free(line_map);
    free(road_map);
    return ok;
}

bool dd_layout_poles(dd_layout *layout, dd_error *error) {
    dd_candidates candidates;
    const dd_inventory *inventory = layout->inventory;
    dd_standing *standing = calloc(inventory->lamp_n + 1, sizeof *standing);
    uint32_t used = 0;
    layout->laid.given_lamps = inventory->lamp_n;
    layout->laid.all_roads = inventory->lamp_n == 0;
    for (uint32_t i = 0; i < inventory->way_n; i++)
        if (inventory->ways[i].lit && inventory->ways[i].n >= 2) layout->laid.all_roads = false;
    bool ok = dd_candidates_init(&candidates, inventory, &layout->plan->projection, error) &&
              (standing || fail_memory(error)) &&
              dd_candidates_stand(&candidates, inventory, standing, error) &&
              lay_ways(layout, &candidates, standing, &used, error) &&
              lay_loose(layout, standing + used, inventory->lamp_n - used, error) &&
              spread(layout, error) && place_more(layout, error) && prune(layout, error);
    free(standing);
    dd_candidates_fini(&candidates);
    return ok;
}
