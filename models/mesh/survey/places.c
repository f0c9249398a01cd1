#include "models/mesh/survey/places.h"
#include "models/world.h"

#include <math.h>
#include <stdlib.h>

enum { CELLS_MAX = 1 << 22 }; // a city with stations in few of very many cells gets wider ones

// The direction of the road where the lamp stands, as a unit vector.
static void look_along(dd_station_place *place, const dd_road *road, const dd_lamp *lamp) {
    const dd_point *points = road->points + road->line_first[lamp->line];
    uint32_t size = road->line_size[lamp->line];
    float chainage = 0;
    for (uint32_t i = 1; i < size; i++) {
        float x = points[i].x - points[i - 1].x, y = points[i].y - points[i - 1].y;
        float length = sqrtf(x * x + y * y);
        chainage += length;
        if (!(length > 0) || (chainage < lamp->chainage_m && i + 1 < size)) continue;
        place->ahead_x = x / length;
        place->ahead_y = y / length;
        return;
    }
}

// A controller looks along the road as the lamp nearest to it does.
static void place_controller(dd_places *places, const dd_world *world, uint32_t segment) {
    const dd_segment *source = &world->city->segments[segment];
    dd_station_place *controller = &places->all[places->first[segment]];
    dd_station_place here = {.x = source->place.x, .y = source->place.y};
    const dd_station_place *nearest = &controller[1];
    for (uint32_t i = 2; i <= source->lamp_count; i++)
        if (dd_places_metres(&here, &controller[i]) < dd_places_metres(&here, nearest))
            nearest = &controller[i];
    if (source->lamp_count) *controller = *nearest;
    controller->x = here.x;
    controller->y = here.y;
    controller->segment = segment;
    controller->stable = dd_world_stable(world, dd_world_entity(world, DD_ENTITY_SEGMENT, segment));
}

static void place_segment(dd_places *places, const dd_world *world, uint32_t segment) {
    const dd_city *city = world->city;
    const dd_segment *source = &city->segments[segment];
    for (uint32_t i = 0; i < source->lamp_count; i++) {
        const dd_lamp *lamp = &city->lamps[source->first_lamp + i];
        dd_station_place *place = &places->all[places->first[segment] + 1 + i];
        *place = (dd_station_place){.x = lamp->place.x,
                                    .y = lamp->place.y,
                                    .stable = dd_world_stable(world, source->first_lamp + i),
                                    .road = lamp->road,
                                    .segment = segment};
        look_along(place, &city->roads[lamp->road], lamp);
    }
    place_controller(places, world, segment);
}

float dd_places_metres(const dd_station_place *a, const dd_station_place *b) {
    float x = a->x - b->x, y = a->y - b->y;
    return sqrtf(x * x + y * y);
}

// --- The grid ---

static void lay_grid(dd_places *places, float cell_m) {
    float right = -INFINITY, top = -INFINITY;
    places->left = places->bottom = INFINITY;
    for (uint32_t i = 0; i < places->n; i++) {
        const dd_station_place *place = &places->all[i];
        places->left = fminf(places->left, place->x);
        places->bottom = fminf(places->bottom, place->y);
        right = fmaxf(right, place->x);
        top = fmaxf(top, place->y);
    }
    float width = places->n ? right - places->left : 0,
          height = places->n ? top - places->bottom : 0;
    places->cell_m = fmaxf(cell_m, sqrtf(width / CELLS_MAX * height));
    places->columns = (uint32_t)(width / places->cell_m) + 1;
    places->rows = (uint32_t)(height / places->cell_m) + 1;
}

uint32_t dd_places_cell(const dd_places *places, const dd_station_place *place) {
    uint32_t column = (uint32_t)((place->x - places->left) / places->cell_m);
    uint32_t row = (uint32_t)((place->y - places->bottom) / places->cell_m);
    return row * places->columns + column;
}

static void fill_grid(dd_places *places) {
    uint32_t cells = places->columns * places->rows;
    for (uint32_t i = 0; i < places->n; i++)
        places->cell_first[dd_places_cell(places, &places->all[i]) + 1]++;
    for (uint32_t c = 0; c < cells; c++)
        places->cell_first[c + 1] += places->cell_first[c];
    for (uint32_t i = places->n; i-- > 0;) // each cell's end walks back to its beginning
        places->by_cell[--places->cell_first[dd_places_cell(places, &places->all[i]) + 1]] = i;
    for (uint32_t c = 0; c < cells; c++)
        places->cell_first[c] = places->cell_first[c + 1];
    places->cell_first[cells] = places->n;
}

static bool list_cells(dd_places *places) {
    places->cell_first = calloc(places->columns * places->rows + 1, sizeof *places->cell_first);
    places->by_cell = calloc(places->n + 1, sizeof *places->by_cell);
    if (places->cell_first && places->by_cell) fill_grid(places);
    return places->cell_first && places->by_cell;
}

static bool list_roads(dd_places *places, uint32_t road_n) {
    places->road_first = calloc(road_n + 2, sizeof *places->road_first);
    places->by_road = calloc(places->n + 1, sizeof *places->by_road);
    if (!places->road_first || !places->by_road) return false;
    for (uint32_t i = 0; i < places->n; i++)
        places->road_first[places->all[i].road + 2]++;
    for (uint32_t r = 0; r < road_n; r++)
        places->road_first[r + 1] += places->road_first[r];
    for (uint32_t i = 0; i < places->n; i++) // each road's begin walks on to its end
        places->by_road[places->road_first[places->all[i].road + 1]++] = i;
    return true;
}

bool dd_places_make(dd_places *places, const dd_world *world, float cell_m, dd_error *error) {
    const dd_city *city = world->city;
    *places = (dd_places){.first = calloc(city->segment_n + 1, sizeof *places->first)};
    for (uint32_t i = 1; places->first && i < city->segment_n; i++) {
        places->first[i] = places->n;
        places->n += 1 + city->segments[i].lamp_count;
    }
    places->all = calloc(places->n + 1, sizeof *places->all);
    if (!places->first || !places->all) return dd_fail(error, DD_OUTSIDE, "no memory for the air");
    places->first[city->segment_n] = places->n;
    for (uint32_t i = 1; i < city->segment_n; i++)
        place_segment(places, world, i);
    lay_grid(places, cell_m);
    return (list_cells(places) && list_roads(places, city->road_n)) ||
           dd_fail(error, DD_OUTSIDE, "no memory for the air");
}

void dd_places_fini(dd_places *places) {
    free(places->first);
    free(places->all);
    free(places->cell_first);
    free(places->by_cell);
    free(places->road_first);
    free(places->by_road);
    *places = (dd_places){0};
}

typedef struct block { // of cells
    uint32_t left, right, bottom, top;
} block;

static block around(const dd_places *places, uint32_t cell) {
    uint32_t column = cell % places->columns, row = cell / places->columns;
    return (block){column ? column - 1 : 0, column + 1 < places->columns ? column + 1 : column,
                   row ? row - 1 : 0, row + 1 < places->rows ? row + 1 : row};
}

static bool holds(const dd_places *places, block cells, uint32_t cell) {
    uint32_t column = cell % places->columns, row = cell / places->columns;
    return cells.left <= column && column <= cells.right && cells.bottom <= row && row <= cells.top;
}

static void meet(const dd_places *places, uint32_t station, uint32_t other, dd_place_visit *visit,
                 void *context) {
    if (other != station)
        visit(context, station, other,
              dd_places_metres(&places->all[station], &places->all[other]));
}

void dd_places_around(const dd_places *places, uint32_t station, dd_place_visit *visit,
                      void *context) {
    const dd_station_place *here = &places->all[station];
    block cells = around(places, dd_places_cell(places, here));
    for (uint32_t y = cells.bottom; y <= cells.top; y++) {
        uint32_t row = y * places->columns; // cells of a row are neighbours in by_cell
        for (uint32_t i = places->cell_first[row + cells.left];
             i < places->cell_first[row + cells.right + 1]; i++)
            meet(places, station, places->by_cell[i], visit, context);
    }
    for (uint32_t i = places->road_first[here->road]; i < places->road_first[here->road + 1]; i++) {
        uint32_t other = places->by_road[i];
        if (!holds(places, cells, dd_places_cell(places, &places->all[other])))
            meet(places, station, other, visit, context);
    }
}

// The column or row of a coordinate, held within the grid.
static uint32_t line_of(float metres, float cell_m, uint32_t lines) {
    float line = metres / cell_m;
    return line <= 0 ? 0 : line >= (float)lines ? lines - 1 : (uint32_t)line;
}

void dd_places_near(const dd_places *places, float x, float y, float within_m,
                    dd_place_meeting *visit, void *context) {
    float east = x - places->left, north = y - places->bottom;
    uint32_t left = line_of(east - within_m, places->cell_m, places->columns);
    uint32_t right = line_of(east + within_m, places->cell_m, places->columns);
    uint32_t low = line_of(north - within_m, places->cell_m, places->rows);
    uint32_t high = line_of(north + within_m, places->cell_m, places->rows);
    const dd_station_place here = {.x = x, .y = y};
    for (uint32_t row = low; row <= high; row++) {
        const uint32_t *first = &places->cell_first[row * places->columns];
        for (uint32_t i = first[left]; i < first[right + 1]; i++) {
            float metres = dd_places_metres(&here, &places->all[places->by_cell[i]]);
            if (metres <= within_m) visit(context, places->by_cell[i], metres);
        }
    }
}
