#include "models/city/plan/city_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct dd_pieces {
    dd_plan_piece *list;
    uint32_t n;
} dd_pieces;

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the plan; free some");
}

static bool inside(const dd_road_rule *road, dd_spot s) {
    return s.lon >= road->least.lon && s.lon <= road->most.lon && s.lat >= road->least.lat &&
           s.lat <= road->most.lat;
}

// Where the line from `in`, inside the box, to `out` leaves it.
static dd_spot cut(const dd_road_rule *road, dd_spot in, dd_spot out) {
    double part = 1, x = out.lon - in.lon, y = out.lat - in.lat;
    if (out.lon < road->least.lon) part = fmin(part, (road->least.lon - in.lon) / x);
    if (out.lon > road->most.lon) part = fmin(part, (road->most.lon - in.lon) / x);
    if (out.lat < road->least.lat) part = fmin(part, (road->least.lat - in.lat) / y);
    if (out.lat > road->most.lat) part = fmin(part, (road->most.lat - in.lat) / y);
    return (dd_spot){in.lon + (int32_t)floor(x * part + 0.5),
                     in.lat + (int32_t)floor(y * part + 0.5)};
}

static bool add_piece(dd_pieces *pieces, const dd_way *way, dd_error *error) {
    dd_plan_piece *list = realloc(pieces->list, (pieces->n + 1) * sizeof *list);
    if (!list) return fail_memory(error);
    pieces->list = list;
    dd_plan_piece *piece = &list[pieces->n++];
    *piece =
        (dd_plan_piece){.oneway = way->oneway, .spots = calloc(way->spot_n + 2, sizeof(dd_spot))};
    return piece->spots || fail_memory(error);
}

static bool add_way(dd_pieces *pieces, const dd_road_rule *road, const dd_way *way,
                    dd_error *error) {
    bool was_inside = false;
    for (uint32_t i = 0; i < way->spot_n; i++) {
        bool is_inside = inside(road, way->spots[i]);
        if (is_inside && !was_inside && !add_piece(pieces, way, error)) return false;
        dd_plan_piece *piece = pieces->n ? &pieces->list[pieces->n - 1] : NULL;
        if (is_inside && !was_inside && i)
            piece->spots[piece->n++] = cut(road, way->spots[i], way->spots[i - 1]);
        if (is_inside) piece->spots[piece->n++] = way->spots[i];
        if (!is_inside && was_inside)
            piece->spots[piece->n++] = cut(road, way->spots[i - 1], way->spots[i]);
        was_inside = is_inside;
    }
    return true;
}

static bool is_wanted(const dd_way *way, const char *want) {
    if (way->class >= DD_WAY_RIVER) return false;
    return strcmp(way->id, want) == 0 || (way->name && strcmp(way->name, want) == 0);
}

static bool gather(const dd_map *map, const dd_road_rule *road, dd_pieces *pieces,
                   dd_error *error) {
    for (size_t i = 0; i < json_array_size(road->ways); i++) {
        const char *want = json_string_value(json_array_get(road->ways, i));
        bool found = false;
        for (uint32_t k = 0; want && k < map->way_n; k++) {
            if (!is_wanted(&map->ways[k], want)) continue;
            found = true;
            if (!add_way(pieces, road, &map->ways[k], error)) return false;
        }
        if (!found)
            return dd_fail(error, DD_WRONG,
                           "the rules' road \"%s\" wants the way \"%s\", which the map has not; "
                           "name one of its ways by id or name",
                           road->name, want ? want : "(not a text)");
    }
    if (pieces->n) return true;
    return dd_fail(error, DD_WRONG,
                   "the rules' road \"%s\" has no way inside its box; widen \"within\"",
                   road->name);
}

static bool same(dd_spot a, dd_spot b) {
    return a.lon == b.lon && a.lat == b.lat;
}

// The one unused piece that goes on at `end`, when no other could.
static dd_plan_piece *follower(dd_pieces *pieces, dd_spot end, bool oneway) {
    dd_plan_piece *found = NULL;
    uint32_t touching = 0;
    for (uint32_t i = 0; i < pieces->n; i++) {
        dd_plan_piece *piece = &pieces->list[i];
        if (piece->oneway != oneway || piece->n < 2) continue;
        bool first = same(piece->spots[0], end), last = same(piece->spots[piece->n - 1], end);
        touching += first + last;
        if (!piece->used && (first || (last && !oneway))) found = piece;
    }
    return touching == 2 ? found : NULL;
}

static void reverse(dd_spot *spots, uint32_t n) {
    for (uint32_t i = 0; i < n / 2; i++) {
        dd_spot other = spots[i];
        spots[i] = spots[n - 1 - i];
        spots[n - 1 - i] = other;
    }
}

// Appends to `line` every piece that follows its end without a choice.
static bool extend(dd_pieces *pieces, dd_plan_piece *line, dd_error *error) {
    for (;;) {
        dd_spot end = line->spots[line->n - 1];
        dd_plan_piece *next = follower(pieces, end, line->oneway);
        if (!next) return true;
        dd_spot *spots = realloc(line->spots, (line->n + next->n) * sizeof *spots);
        if (!spots) return fail_memory(error);
        line->spots = spots;
        if (!same(next->spots[0], end)) reverse(next->spots, next->n);
        memcpy(spots + line->n, next->spots + 1, (next->n - 1) * sizeof *spots);
        line->n += next->n - 1;
        next->used = true;
    }
}

// Room for one line more; it grows at powers of two.
static bool make_room(dd_plan *plan) {
    if (plan->line_n & (plan->line_n - 1)) return true;
    uint32_t room = plan->line_n ? 2 * plan->line_n : 1;
    dd_plan_line *lines = realloc(plan->lines, room * sizeof *lines);
    if (lines) plan->lines = lines;
    return lines != NULL;
}

bool dd_plan_add_line(dd_plan *plan, uint32_t road, dd_spot *spots, uint32_t n, bool oneway,
                      dd_error *error) {
    dd_xy *points = calloc(n, sizeof *points);
    if (!points || !make_room(plan)) {
        free(points);
        free(spots);
        return fail_memory(error);
    }
    const dd_plan_line *before = plan->line_n ? &plan->lines[plan->line_n - 1] : NULL;
    uint32_t index = before && before->road == road ? before->index + 1 : 0;
    dd_plan_line *line = &plan->lines[plan->line_n++];
    *line = (dd_plan_line){
        .road = road, .index = index, .oneway = oneway, .spots = spots, .points = points, .n = n};
    line->least = (dd_xy){INFINITY, INFINITY};
    line->most = (dd_xy){-INFINITY, -INFINITY};
    for (uint32_t i = 0; i < line->n; i++) {
        dd_xy p = dd_project(&plan->projection, line->spots[i].lon / 1e6, line->spots[i].lat / 1e6);
        points[i] = p;
        line->least = (dd_xy){fmin(line->least.x, p.x), fmin(line->least.y, p.y)};
        line->most = (dd_xy){fmax(line->most.x, p.x), fmax(line->most.y, p.y)};
    }
    line->length_m = dd_polyline_length(points, line->n);
    return true;
}

// Grows a line from a piece in both directions (a two-way one is turned round for the second).
static bool grow(dd_pieces *pieces, uint32_t i, dd_plan_piece *line, dd_error *error) {
    pieces->list[i].used = true;
    *line = pieces->list[i];
    line->spots = malloc(line->n * sizeof *line->spots);
    if (!line->spots) return fail_memory(error);
    memcpy(line->spots, pieces->list[i].spots, line->n * sizeof *line->spots);
    if (!extend(pieces, line, error)) return false;
    if (line->oneway) return true;
    reverse(line->spots, line->n);
    return extend(pieces, line, error);
}

// Whether a one-way piece goes on from another, which must then be grown first.
static bool has_leader(const dd_pieces *pieces, uint32_t i) {
    const dd_plan_piece *piece = &pieces->list[i];
    uint32_t touching = 0, leading = 0;
    for (uint32_t k = 0; k < pieces->n; k++) {
        const dd_plan_piece *other = &pieces->list[k];
        if (other->oneway != piece->oneway || other->n < 2) continue;
        bool first = same(other->spots[0], piece->spots[0]);
        bool last = same(other->spots[other->n - 1], piece->spots[0]);
        touching += first + last;
        leading += last && k != i && !other->used;
    }
    return piece->oneway && touching == 2 && leading == 1;
}

bool dd_plan_join(dd_plan *plan, uint32_t road, dd_plan_piece *list, uint32_t n, dd_error *error) {
    dd_pieces all = {list, n}, *pieces = &all;
    for (int round = 0; round < 2; round++) { // the second round breaks up rings
        for (uint32_t i = 0; i < pieces->n; i++) {
            dd_plan_piece *piece = &pieces->list[i], line;
            if (piece->used || piece->n < 2 || (round == 0 && has_leader(pieces, i))) continue;
            if (!grow(pieces, i, &line, error)) return false;
            if (!dd_plan_add_line(plan, road, line.spots, line.n, line.oneway, error)) return false;
        }
    }
    return true;
}

bool dd_plan_lines(dd_plan *plan, dd_error *error) {
    bool ok = true;
    for (uint32_t i = 0; ok && i < plan->rules->road_n; i++) {
        dd_pieces pieces = {0};
        ok = gather(plan->map, &plan->rules->roads[i], &pieces, error) &&
             dd_plan_join(plan, i, pieces.list, pieces.n, error);
        for (uint32_t k = 0; k < pieces.n; k++)
            free(pieces.list[k].spots);
        free(pieces.list);
    }
    return ok;
}
