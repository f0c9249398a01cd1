#include "models/city/import/places.h"

#include <ctype.h>
#include <math.h>
#include <proj.h>
#include <stdlib.h>
#include <string.h>

static const double CITY_M = 60e3; // nothing of a city lies farther from its middle

// From the file's coordinates to degrees; without a transformation they are degrees.
typedef struct dd_frame {
    PJ_CONTEXT *context;
    PJ *transformation;
    dd_box area; // in degrees, where the reference system holds
    bool swapped;
} dd_frame;

// A place of the inventory, whatever it belongs to.
typedef struct dd_visit {
    dd_xy *place;
    int64_t where;
} dd_visit;

static uint32_t place_count(const dd_inventory *inventory) {
    return inventory->lamp_n + inventory->vertex_n + inventory->ward_n + inventory->unit_n;
}

// The i-th of all places; `place` is NULL when that thing has none.
static dd_visit visit(const dd_inventory *inventory, uint32_t i, uint32_t *way) {
    if (i < inventory->lamp_n)
        return (dd_visit){&inventory->lamps[i].place, inventory->lamps[i].where};
    i -= inventory->lamp_n;
    if (i < inventory->vertex_n) { // ways lie in the order of their vertices
        while (*way < inventory->way_n &&
               i >= inventory->ways[*way].first + inventory->ways[*way].n)
            ++*way;
        bool inside = *way < inventory->way_n && i >= inventory->ways[*way].first;
        return inside ? (dd_visit){&inventory->vertices[i], inventory->ways[*way].where}
                      : (dd_visit){NULL, 0};
    }
    i -= inventory->vertex_n;
    if (i < inventory->ward_n)
        return (dd_visit){&inventory->wards[i].place, inventory->wards[i].where};
    dd_found_unit *unit = &inventory->units[i - inventory->ward_n];
    return (dd_visit){unit->placed ? &unit->place : NULL, unit->where};
}

static bool in_area(const dd_box *area, dd_xy p) {
    return p.x >= area->west && p.x <= area->east && p.y >= area->south && p.y <= area->north;
}

// A place in degrees, taken as it stands or with its two numbers exchanged.
static dd_xy in_degrees(const dd_frame *frame, dd_xy p, bool swapped) {
    if (swapped) p = (dd_xy){p.y, p.x};
    if (!frame->transformation) return p;
    PJ_COORD to = proj_trans(frame->transformation, PJ_FWD, proj_coord(p.x, p.y, 0, 0));
    return (dd_xy){to.xy.x, to.xy.y};
}

// --- the reference system

// "EPSG:3405" of that, "3405" or "urn:ogc:def:crs:EPSG::3405"; other names as they are.
static void code_of(const char *name, char code[static 80]) {
    const char *last = strrchr(name, ':');
    last = last ? last + 1 : name;
    bool epsg = *last && strspn(last, "0123456789") == strlen(last) &&
                (last == name || strstr(name, "EPSG") || strstr(name, "epsg"));
    if (epsg)
        snprintf(code, 80, "EPSG:%.20s", last);
    else if (strcmp(last, "CRS84") == 0)
        snprintf(code, 80, "OGC:CRS84");
    else
        snprintf(code, 80, "%.79s", name);
}

static bool open_frame(dd_frame *frame, const char *file, const char *name, dd_error *error) {
    char code[80];
    frame->area = (dd_box){-180, -90, 180, 90};
    if (!name) return true;
    code_of(name, code);
    if (strcmp(code, "OGC:CRS84") == 0 || strcmp(code, "EPSG:4326") == 0) return true;
    frame->context = proj_context_create();
    proj_log_level(frame->context, PJ_LOG_NONE);
    proj_context_set_enable_network(frame->context, 0);
    PJ *raw = proj_create_crs_to_crs(frame->context, code, "EPSG:4326", NULL);
    PJ *crs = proj_create(frame->context, code);
    frame->transformation = raw ? proj_normalize_for_visualization(frame->context, raw) : NULL;
    double w, s, e, n;
    if (crs && proj_get_area_of_use(frame->context, crs, &w, &s, &e, &n, NULL) && w > -1000)
        frame->area = (dd_box){w - 1, s - 1, e + 1, n + 1};
    proj_destroy(raw);
    proj_destroy(crs);
    return frame->transformation ||
           dd_fail(error, DD_WRONG,
                   "%s: the reference system \"%.60s\" is unknown; name one as --crs EPSG:n "
                   "(WGS84: 4326; VN-2000: 3405 or 3406 by UTM zone, 9205 to 9218 by meridian)",
                   file, name);
}

static void close_frame(dd_frame *frame) {
    proj_destroy(frame->transformation);
    if (frame->context) proj_context_destroy(frame->context);
}

static bool fail_place(const dd_inventory *inventory, const dd_frame *frame, dd_visit at,
                       bool other_way, dd_error *error) {
    dd_xy p = *at.place;
    bool metres = !frame->transformation && (fabs(p.x) > 180 && fabs(p.y) > 180);
    if (metres)
        return dd_inventory_fail(
            inventory, at.where, error,
            "the place %.10g, %.10g is not in degrees; say which reference system it is in with "
            "--crs EPSG:n (VN-2000: 3405 or 3406 by UTM zone, 9205 to 9218 by meridian)",
            p.x, p.y);
    return dd_inventory_fail(inventory, at.where, error, "the place %.10g, %.10g is not %s%s; %s",
                             p.x, p.y,
                             frame->transformation ? "in the area of the reference system"
                                                   : "on Earth (longitude, latitude)",
                             other_way ? ", but with its two numbers exchanged it is" : "",
                             frame->transformation ? "give another --crs, or mend the place"
                                                   : "mend it, or name the system with --crs");
}

// Whether the two numbers of all places must be exchanged: when no other way can be.
static bool find_order(const dd_inventory *inventory, dd_frame *frame, dd_error *error) {
    uint32_t n = place_count(inventory), straight = 0, swapped = 0, total = 0, way = 0;
    dd_visit bad = {0};
    for (uint32_t i = 0; i < n; i++) {
        dd_visit at = visit(inventory, i, &way);
        if (!at.place) continue;
        bool good = in_area(&frame->area, in_degrees(frame, *at.place, false));
        if (!good && !bad.place) bad = at;
        total++;
        straight += good;
        swapped += in_area(&frame->area, in_degrees(frame, *at.place, true));
    }
    frame->swapped = straight < total && swapped == total;
    if (straight == total || frame->swapped) return true;
    bool other_way = in_area(&frame->area, in_degrees(frame, *bad.place, true));
    return fail_place(inventory, frame, bad, other_way, error);
}

static void apply(dd_inventory *inventory, const dd_frame *frame) {
    uint32_t n = place_count(inventory), way = 0;
    for (uint32_t i = 0; i < n; i++) {
        dd_visit at = visit(inventory, i, &way);
        if (!at.place) continue;
        *at.place = in_degrees(frame, *at.place, frame->swapped);
        if (frame->swapped) dd_inventory_note(inventory, DD_NOTE_SWAPPED, at.where);
    }
}

// --- what belongs to the city

static void keep_box(dd_inventory *inventory, const dd_box *box) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < inventory->lamp_n; i++) {
        bool inside = in_area(box, inventory->lamps[i].place);
        if (!inside) dd_inventory_note(inventory, DD_NOTE_OUTSIDE, inventory->lamps[i].where);
        if (inside) inventory->lamps[kept++] = inventory->lamps[i];
    }
    inventory->lamp_n = kept;
    for (uint32_t i = 0; i < inventory->way_n; i++) { // a way counts when any of it is inside
        dd_found_way *way = &inventory->ways[i];
        bool inside = false;
        for (uint32_t k = 0; k < way->n && !inside; k++)
            inside = in_area(box, inventory->vertices[way->first + k]);
        if (!inside && way->n) dd_inventory_note(inventory, DD_NOTE_OUTSIDE, way->where);
        if (!inside) way->n = 0;
    }
    kept = 0;
    for (uint32_t i = 0; i < inventory->ward_n; i++)
        if (in_area(box, inventory->wards[i].place)) inventory->wards[kept++] = inventory->wards[i];
    inventory->ward_n = kept;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The middle of the places by rank, which a few astray cannot move.
static bool find_middle(const dd_inventory *inventory, uint32_t first, uint32_t n, dd_xy *middle,
                        dd_error *error) {
    double *values = malloc((n + 1) * sizeof *values), found[2] = {0};
    if (!values) return dd_fail(error, DD_OUTSIDE, "no memory for the city; free some");
    for (int axis = 0; axis < 2; axis++) {
        uint32_t count = 0, way = 0;
        for (uint32_t i = 0; i < n; i++) {
            dd_visit at = visit(inventory, first + i, &way);
            if (at.place) values[count++] = axis ? at.place->y : at.place->x;
        }
        qsort(values, count, sizeof *values, by_size);
        if (count) found[axis] = values[count / 2];
    }
    free(values);
    *middle = (dd_xy){found[0], found[1]};
    return true;
}

static double apart_m(dd_xy a, dd_xy b) {
    dd_projection projection = dd_projection_at(a.x, a.y);
    dd_xy p = dd_project(&projection, b.x, b.y);
    return sqrt(p.x * p.x + p.y * p.y);
}

static bool check_lamps(const dd_inventory *inventory, dd_xy middle, dd_error *error) {
    for (uint32_t i = 0; i < inventory->lamp_n; i++) {
        const dd_found_lamp *lamp = &inventory->lamps[i];
        double far = apart_m(middle, lamp->place);
        if (far <= CITY_M) continue;
        return dd_inventory_fail(inventory, lamp->where, error,
                                 "the lamp at %.6f, %.6f is %.0f km from the middle of the others; "
                                 "correct its place, or "
                                 "cut the file to a city with --box WEST,SOUTH,EAST,NORTH",
                                 lamp->place.x, lamp->place.y, far / 1000);
    }
    return true;
}

// Ways, wards and cabinets far off are none of the city's; but where only ways say what the city
// is, they must not be a country.
static bool check_rest(dd_inventory *inventory, dd_xy middle, dd_error *error) {
    for (uint32_t i = 0; i < inventory->way_n; i++) {
        dd_found_way *way = &inventory->ways[i];
        double far = way->n ? apart_m(middle, inventory->vertices[way->first]) : 0;
        for (uint32_t k = 1; k < way->n; k++)
            far = fmax(far, apart_m(middle, inventory->vertices[way->first + k]));
        if (far <= CITY_M) continue;
        if (!inventory->lamp_n)
            return dd_inventory_fail(
                inventory, way->where, error,
                "a way %.0f km from the middle of the others: this is no city; "
                "cut it to one with --box WEST,SOUTH,EAST,NORTH",
                far / 1000);
        way->n = 0;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < inventory->ward_n; i++)
        if (apart_m(middle, inventory->wards[i].place) <= CITY_M)
            inventory->wards[kept++] = inventory->wards[i];
    inventory->ward_n = kept;
    for (uint32_t i = 0; i < inventory->unit_n; i++)
        if (apart_m(middle, inventory->units[i].place) > CITY_M) inventory->units[i].placed = false;
    return true;
}

// A time zone's meridian is 15 degrees an hour from Greenwich. The widest stray, of those whose
// latitude could be taken for it, is that of western Argentina, 27 degrees.
static bool check_zone(const dd_inventory *inventory, dd_xy middle, double utc_h, dd_error *error) {
    if (isnan(utc_h) || fabs(middle.x - 15 * utc_h) <= 30 || fabs(middle.y - 15 * utc_h) > 15)
        return true;
    return dd_fail(error, DD_WRONG,
                   "%s: longitude %.2f does not go with UTC%+g, but latitude %.2f would; exchange "
                   "the two columns, or correct --utc",
                   inventory->file, middle.x, utc_h, middle.y);
}

bool dd_places_settle(dd_inventory *inventory, const dd_places_def *def, dd_xy *middle,
                      dd_error *error) {
    dd_frame frame = {0};
    const char *crs = def->crs;
    if (!crs && inventory->crs) crs = dd_inventory_text(inventory, inventory->crs);
    bool ok =
        open_frame(&frame, inventory->file, crs, error) && find_order(inventory, &frame, error);
    if (ok) apply(inventory, &frame);
    close_frame(&frame);
    if (!ok) return false;
    if (def->box) keep_box(inventory, def->box);
    bool lamps = inventory->lamp_n > 0;
    if (!find_middle(inventory, lamps ? 0 : inventory->lamp_n,
                     lamps ? inventory->lamp_n : inventory->vertex_n, middle, error))
        return false;
    if (fabs(middle->y) > 75)
        return dd_fail(error, DD_WRONG, "%s: the city is at latitude %.1f; is this its place?",
                       inventory->file, middle->y);
    return check_lamps(inventory, *middle, error) && check_rest(inventory, *middle, error) &&
           check_zone(inventory, *middle, def->utc_h, error);
}
