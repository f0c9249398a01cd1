#include "models/city/plan/city_plan.h"
#include "models/city/plan/line_index.h"
#include "models/city/plan/pole_grid.h"

#include <math.h>
#include <stdlib.h>

// One laying out of all poles at a scale of the spacings.
typedef struct dd_layout {
    dd_plan *plan;
    dd_pole_grid grid;
    dd_line_index roads;
} dd_layout;

// Whether a pole may stand there: not on top of another, nor in another road.
static bool is_free(const dd_layout *layout, uint32_t road, dd_xy place) {
    const dd_plan *plan = layout->plan;
    if (dd_pole_grid_any(&layout->grid, plan->poles, place, plan->rules->apart_m)) return false;
    return !dd_line_index_other(&layout->roads, place, road, plan->rules->clear_m);
}

static bool add_pole(dd_layout *layout, const dd_pole *pole, dd_error *error) {
    dd_plan *plan = layout->plan;
    if (!is_free(layout, pole->road, pole->place)) return true;
    if (plan->pole_n == plan->pole_room)
        return dd_fail(error, DD_WRONG,
                       "the rules want more poles than three for two luminaires; widen spacings");
    plan->poles[plan->pole_n] = *pole;
    plan->lamp_n += pole->arm_n;
    dd_pole_grid_add(&layout->grid, plan->poles, plan->pole_n++);
    return true;
}

static dd_xy aside(dd_xy place, dd_xy direction, double right_m) {
    return (dd_xy){place.x + direction.y * right_m, place.y - direction.x * right_m};
}

static bool add_single(dd_layout *layout, uint32_t line_index, double chainage, int side,
                       dd_error *error) {
    const dd_plan_line *line = &layout->plan->lines[line_index];
    const dd_style *style = &layout->plan->rules->roads[line->road].style;
    dd_xy direction, on = dd_polyline_at(line->points, line->n, chainage, &direction);
    dd_xy place = aside(on, direction, side * style->offset_m);
    dd_pole pole = {.place = place, .road = line->road, .side = side, .arm_n = 1};
    pole.arms[0] = (dd_arm){line_index, chainage, place, style->kind, style->height_m, 0};
    return add_pole(layout, &pole, error);
}

// The carriageway on the other side of the median: the nearest line of the same road to the left
// that goes the other way. Returns its index + 1, and where on it.
static uint32_t find_other_way(const dd_plan *plan, uint32_t line_index, dd_xy on, dd_xy direction,
                               double *chainage, dd_xy *there) {
    const dd_plan_line *line = &plan->lines[line_index];
    double best = plan->rules->median_m;
    uint32_t found = 0;
    uint32_t i = line_index - line->index; // the lines of a road are neighbours
    for (; i < plan->line_n && plan->lines[i].road == line->road; i++) {
        const dd_plan_line *other = &plan->lines[i];
        if (i == line_index || !other->oneway) continue;
        double at;
        double distance = dd_polyline_nearest(other->points, other->n, on, &at);
        if (distance >= best || at <= 0 || at >= other->length_m) continue;
        dd_xy back, place = dd_polyline_at(other->points, other->n, at, &back);
        double left = direction.x * (place.y - on.y) - direction.y * (place.x - on.x);
        if (left <= 0 || back.x * direction.x + back.y * direction.y > -0.7) continue;
        best = distance;
        found = i + 1;
        *chainage = at;
        *there = place;
    }
    return found;
}

static bool add_median(dd_layout *layout, uint32_t line_index, double chainage, dd_error *error) {
    const dd_plan *plan = layout->plan;
    const dd_plan_line *line = &plan->lines[line_index];
    const dd_style *style = &plan->rules->roads[line->road].style;
    dd_xy direction, on = dd_polyline_at(line->points, line->n, chainage, &direction);
    dd_xy there = on;
    double other_chainage = 0;
    uint32_t other = find_other_way(plan, line_index, on, direction, &other_chainage, &there);
    if (!other) return add_single(layout, line_index, chainage, 1, error);
    if (other - 1 < line_index) return true; // the other carriageway has placed the pole
    dd_xy middle = {(on.x + there.x) / 2, (on.y + there.y) / 2};
    double arm = plan->rules->arm_m;
    dd_pole pole = {.place = middle, .road = line->road, .arm_n = 2};
    pole.arms[0] = (dd_arm){line_index,  chainage,        aside(middle, direction, arm),
                            style->kind, style->height_m, 0};
    pole.arms[1] = (dd_arm){other - 1,   other_chainage,  aside(middle, direction, -arm),
                            style->kind, style->height_m, 0};
    return add_pole(layout, &pole, error);
}

static bool is_ring(const dd_plan_line *line) {
    dd_spot start = line->spots[0], end = line->spots[line->n - 1];
    return start.lon == end.lon && start.lat == end.lat;
}

// The side of a ring that lies outside: twice its area is positive when it runs anticlockwise.
static int outside(const dd_plan_line *line) {
    double area = 0;
    for (uint32_t i = 1; i < line->n; i++)
        area +=
            line->points[i - 1].x * line->points[i].y - line->points[i].x * line->points[i - 1].y;
    return area > 0 ? 1 : -1;
}

// One station: what stands at a chainage of a line. A roundabout is lit from outside.
static bool add_station(dd_layout *layout, uint32_t line_index, uint32_t number, double chainage,
                        dd_error *error) {
    const dd_plan_line *line = &layout->plan->lines[line_index];
    dd_arrangement arrangement = layout->plan->rules->roads[line->road].style.arrangement;
    if (line->oneway) return add_median(layout, line_index, chainage, error);
    if (is_ring(line)) return add_single(layout, line_index, chainage, outside(line), error);
    int side = arrangement == DD_STAGGERED && number % 2 ? -1 : 1;
    return add_single(layout, line_index, chainage, side, error) &&
           (arrangement != DD_OPPOSITE || add_single(layout, line_index, chainage, -side, error));
}

static bool add_line(dd_layout *layout, uint32_t line_index, dd_error *error) {
    dd_plan *plan = layout->plan;
    const dd_plan_line *line = &plan->lines[line_index];
    double spacing = plan->rules->roads[line->road].style.spacing_m * plan->scale;
    uint32_t n = (uint32_t)floor(line->length_m / spacing + 0.5) + line->extra;
    for (uint32_t i = 0; i < n; i++)
        if (!add_station(layout, line_index, i, (i + 0.5) * line->length_m / n, error))
            return false;
    return true;
}

// Lays all poles anew; plan->lamp_n tells how many luminaires that makes.
static bool lay_out(dd_layout *layout, dd_error *error) {
    dd_plan *plan = layout->plan;
    plan->pole_n = plan->lamp_n = 0;
    dd_pole_grid_clear(&layout->grid);
    for (uint32_t i = 0; i < plan->line_n; i++)
        if (!add_line(layout, i, error)) return false;
    return true;
}

// The narrowest scale, in thousandths, with which there are not too many luminaires.
static bool find_scale(dd_layout *layout, dd_error *error) {
    dd_plan *plan = layout->plan;
    const dd_rules *rules = plan->rules;
    int low = (int)(rules->scale[0] * 1000 + 0.5), high = (int)(rules->scale[1] * 1000 + 0.5);
    const int least = low, most = high;
    while (low < high) {
        int middle = (low + high) / 2;
        plan->scale = middle / 1000.0;
        if (!lay_out(layout, error)) return false;
        if (plan->lamp_n > rules->lamps)
            low = middle + 1;
        else
            high = middle;
    }
    plan->scale = low / 1000.0;
    if (!lay_out(layout, error)) return false;
    if (plan->lamp_n <= rules->lamps && (low > least || plan->lamp_n == rules->lamps)) return true;
    return dd_fail(error, DD_WRONG,
                   "%u luminaires do not fit: spacings times %.3f give %u; mend the spacings, or "
                   "\"scale\" (%.3f to %.3f)",
                   rules->lamps, plan->scale, plan->lamp_n, least / 1000.0, most / 1000.0);
}

static uint32_t longest_from(const dd_plan *plan, double below_m) {
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < plan->line_n; i++) {
        double length = plan->lines[i].length_m;
        if (length < below_m && (best == UINT32_MAX || length > plan->lines[best].length_m))
            best = i;
    }
    return best;
}

// The rest: one station more on one line after another, the longest first.
static bool fill_up(dd_layout *layout, dd_error *error) {
    dd_plan *plan = layout->plan;
    double below_m = INFINITY;
    while (plan->lamp_n < plan->rules->lamps) {
        uint32_t line = longest_from(plan, below_m), before = plan->lamp_n;
        if (line == UINT32_MAX)
            return dd_fail(error, DD_WRONG,
                           "%u luminaires cannot be reached, only %u; change a "
                           "spacing a little",
                           plan->rules->lamps, plan->lamp_n);
        below_m = plan->lines[line].length_m;
        plan->lines[line].extra = 1;
        if (!lay_out(layout, error)) return false;
        if (plan->lamp_n > before && plan->lamp_n <= plan->rules->lamps) continue;
        plan->lines[line].extra = 0;
        if (!lay_out(layout, error)) return false;
    }
    return true;
}

// --- floods

static bool is_flood(uint32_t kind) {
    return kind >= DD_FLOOD_100 && kind <= DD_FLOOD_400;
}

static void add_flood(dd_layout *layout, dd_xy place, double within_m, dd_luminaire_kind kind) {
    dd_plan *plan = layout->plan;
    dd_arm *best = NULL;
    double best_m = within_m;
    for (uint32_t i = 0; i < plan->pole_n; i++) {
        dd_pole *pole = &plan->poles[i];
        double distance = dd_xy_distance(pole->place, place);
        if (distance >= best_m || is_flood(pole->arms[0].kind)) continue;
        best_m = distance;
        best = &pole->arms[0];
    }
    if (best) best->kind = kind;
}

typedef struct dd_corner {
    dd_spot spot;
    uint32_t road;
} dd_corner;

static int by_corner(const void *a, const void *b) {
    const dd_corner *x = a, *y = b;
    if (x->spot.lon != y->spot.lon) return x->spot.lon < y->spot.lon ? -1 : 1;
    if (x->spot.lat != y->spot.lat) return x->spot.lat < y->spot.lat ? -1 : 1;
    return (x->road > y->road) - (x->road < y->road);
}

static bool meets(const dd_corner *a, const dd_corner *b) {
    return a->spot.lon == b->spot.lon && a->spot.lat == b->spot.lat && a->road != b->road;
}

// Every vertex that two roads share is a junction.
static bool flood_junctions(dd_layout *layout, dd_error *error) {
    dd_plan *plan = layout->plan;
    const dd_rules *rules = plan->rules;
    size_t n = 0, total = 0;
    for (uint32_t i = 0; i < plan->line_n; i++)
        total += plan->lines[i].n;
    dd_corner *corners = calloc(total + 1, sizeof *corners);
    if (!corners) return dd_fail(error, DD_OUTSIDE, "no memory for the plan; free some");
    for (uint32_t i = 0; i < plan->line_n; i++)
        for (uint32_t k = 0; k < plan->lines[i].n; k++)
            corners[n++] = (dd_corner){plan->lines[i].spots[k], plan->lines[i].road};
    qsort(corners, n, sizeof *corners, by_corner);
    for (size_t i = 1; i < n; i++) {
        if (!meets(&corners[i - 1], &corners[i])) continue;
        dd_road_class a = rules->roads[corners[i - 1].road].class;
        dd_road_class b = rules->roads[corners[i].road].class;
        dd_luminaire_kind kind = rules->junction_kind[a > b ? a : b];
        dd_spot spot = corners[i].spot;
        dd_xy place = dd_project(&plan->projection, spot.lon / 1e6, spot.lat / 1e6);
        if (kind) add_flood(layout, place, rules->junction_m, kind);
    }
    free(corners);
    return true;
}

static void flood_squares(dd_layout *layout) {
    const dd_plan *plan = layout->plan;
    for (uint32_t i = 0; i < plan->rules->square_n; i++) {
        const dd_square_rule *square = &plan->rules->squares[i];
        dd_xy place =
            dd_project(&plan->projection, square->place.lon / 1e6, square->place.lat / 1e6);
        for (uint32_t k = 0; k < square->count; k++)
            add_flood(layout, place, 300, square->kind);
    }
}

bool dd_plan_poles(dd_plan *plan, dd_error *error) {
    dd_layout layout = {.plan = plan};
    plan->pole_room = plan->rules->lamps + plan->rules->lamps / 2 + 100;
    plan->poles = calloc(plan->pole_room, sizeof *plan->poles);
    if (!plan->poles) return dd_fail(error, DD_OUTSIDE, "no memory for the plan; free some");
    bool ok = dd_pole_grid_init(&layout.grid, plan->pole_room, error) &&
              dd_line_index_init(&layout.roads, plan, plan->rules->clear_m, error) &&
              find_scale(&layout, error) && fill_up(&layout, error);
    if (ok) flood_squares(&layout);
    ok = ok && flood_junctions(&layout, error);
    dd_pole_grid_fini(&layout.grid);
    dd_line_index_fini(&layout.roads);
    return ok;
}

// No more poles than these stand along the lines that are not given: two a station.
static uint64_t most_poles(const dd_plan *plan) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < plan->line_n; i++) {
        const dd_plan_line *line = &plan->lines[i];
        double spacing = plan->rules->roads[line->road].style.spacing_m;
        if (!line->given) n += 2 * ((uint64_t)(line->length_m / spacing) + 1);
    }
    return n;
}

bool dd_plan_more_poles(dd_plan *plan, dd_error *error) {
    dd_layout layout = {.plan = plan};
    uint64_t room = plan->pole_n + most_poles(plan);
    if (room > plan->rules->lamps)
        return dd_fail(error, DD_WRONG,
                       "the roads are so long that they might take more than %u luminaires",
                       plan->rules->lamps);
    dd_pole *poles = realloc(plan->poles, (room + 1) * sizeof *poles);
    if (!poles) return dd_fail(error, DD_OUTSIDE, "no memory for the plan; free some");
    plan->poles = poles;
    plan->pole_room = (uint32_t)room;
    plan->scale = 1;
    bool ok = dd_pole_grid_init(&layout.grid, plan->pole_room + 1, error) &&
              dd_line_index_init(&layout.roads, plan, plan->rules->clear_m, error);
    for (uint32_t i = 0; ok && i < plan->pole_n; i++)
        dd_pole_grid_add(&layout.grid, plan->poles, i);
    for (uint32_t i = 0; ok && i < plan->line_n; i++)
        ok = plan->lines[i].given || add_line(&layout, i, error);
    dd_pole_grid_fini(&layout.grid);
    dd_line_index_fini(&layout.roads);
    return ok;
}
