#include "models/crew/road_pieces.h"
#include "engine/random.h"
#include "models/crew/near.h"

#include <math.h>

static const double LIT_M = 30;   // a lamp lights the street that is so near
static const double MEET_M = 30;  // roads that come so near meet: a junction's width
static const double STEP_M = 40;  // a street has a vertex so often at least
static const double DETOUR = 1.3; // streets over straight lines
static const uint32_t NOBODY = UINT32_MAX;

static uint32_t millimetres(double metres) {
    return (uint32_t)(metres * 1000 + 0.5);
}

static uint32_t steps_between(dd_xy a, dd_xy b) {
    return 1 + (uint32_t)(dd_xy_distance(a, b) / STEP_M);
}

static void add_piece(dd_road_pieces *pieces, uint32_t from, uint32_t to, dd_road_piece like) {
    if (from == to) return;
    like.from = from;
    like.to = to;
    like.length_mm = millimetres(dd_xy_distance(pieces->vertices[from], pieces->vertices[to]));
    pieces->all[pieces->n++] = like;
}

// A straight stretch between two vertices, with others between them.
static void add_stretch(dd_road_pieces *pieces, uint32_t from, uint32_t to, dd_road_piece like) {
    dd_xy a = pieces->vertices[from], b = pieces->vertices[to];
    uint32_t steps = steps_between(a, b), last = from;
    for (uint32_t k = 1; k < steps; k++) {
        double part = (double)k / steps;
        uint32_t next = pieces->vertex_n++;
        pieces->vertices[next] = (dd_xy){a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
        add_piece(pieces, last, next, like);
        last = next;
    }
    add_piece(pieces, last, to, like);
}

// --- Of a map ---

// Which vertex a spot of the map is: ways that meet share theirs exactly.
typedef struct spot_table {
    uint32_t *buckets; // vertex + 1
    dd_spot *spots;    // by vertex
    uint32_t mask;
} spot_table;

static dd_xy project(const dd_projection *projection, dd_spot spot) {
    return dd_project(projection, spot.lon * 1e-6, spot.lat * 1e-6);
}

static uint32_t vertex_of(spot_table *table, dd_road_pieces *pieces, dd_spot spot,
                          const dd_projection *projection) {
    uint64_t key = (uint64_t)(uint32_t)spot.lon << 32 | (uint32_t)spot.lat;
    uint32_t bucket = (uint32_t)dd_mix(key) & table->mask;
    for (; table->buckets[bucket]; bucket = (bucket + 1) & table->mask) {
        dd_spot held = table->spots[table->buckets[bucket] - 1];
        if (held.lon == spot.lon && held.lat == spot.lat) return table->buckets[bucket] - 1;
    }
    uint32_t vertex = pieces->vertex_n++;
    table->buckets[bucket] = vertex + 1;
    table->spots[vertex] = spot;
    pieces->vertices[vertex] = project(projection, spot);
    return vertex;
}

static bool is_driven(const dd_way *way) {
    return way->class < DD_WAY_PATH;
}

static void light_pieces(dd_road_pieces *pieces, const dd_city *city, dd_arena *arena) {
    dd_xy *lamps = dd_arena_take(arena, city->lamp_n * sizeof *lamps);
    for (uint32_t i = 1; i < city->lamp_n; i++)
        lamps[i - 1] = (dd_xy){city->lamps[i].place.x, city->lamps[i].place.y};
    dd_near near = dd_near_make(lamps, city->lamp_n - 1, LIT_M, arena);
    for (uint32_t i = 0; i < pieces->n; i++) {
        dd_xy a = pieces->vertices[pieces->all[i].from], b = pieces->vertices[pieces->all[i].to];
        dd_xy middle = {(a.x + b.x) / 2, (a.y + b.y) / 2};
        uint32_t lamp = dd_near_find(&near, middle, NULL, 0);
        if (lamp != NOBODY) pieces->all[i].road = city->lamps[lamp + 1].road;
    }
}

static uint32_t room_for(const dd_map *map, const dd_projection *projection) {
    uint32_t vertices = 1;
    for (uint32_t w = 0; w < map->way_n; w++) {
        const dd_way *way = &map->ways[w];
        for (uint32_t i = 1; is_driven(way) && i < way->spot_n; i++)
            vertices += steps_between(project(projection, way->spots[i - 1]),
                                      project(projection, way->spots[i]));
        vertices++;
    }
    return vertices;
}

static void add_way(spot_table *table, dd_road_pieces *pieces, const dd_way *way,
                    const dd_projection *projection) {
    dd_road_piece like = {
        .class = (uint8_t)way->class, .oneway = way->oneway, .bridge = way->bridge};
    uint32_t last = vertex_of(table, pieces, way->spots[0], projection);
    for (uint32_t i = 1; i < way->spot_n; i++) {
        uint32_t vertex = vertex_of(table, pieces, way->spots[i], projection);
        add_stretch(pieces, last, vertex, like);
        last = vertex;
    }
}

dd_road_pieces dd_road_pieces_of_map(const dd_map *map, const dd_city *city, dd_arena *arena) {
    dd_projection projection = dd_projection_at(city->origin.lon, city->origin.lat);
    uint32_t room = room_for(map, &projection), buckets = 1;
    while (buckets < 2 * room)
        buckets *= 2;
    spot_table table = {.mask = buckets - 1};
    table.buckets = dd_arena_take(arena, buckets * sizeof *table.buckets);
    table.spots = dd_arena_take(arena, room * sizeof *table.spots);
    dd_road_pieces pieces = {.vertices = dd_arena_take(arena, room * sizeof(dd_xy)),
                             .all = dd_arena_take(arena, room * sizeof(dd_road_piece))};
    for (uint32_t w = 0; w < map->way_n; w++)
        if (is_driven(&map->ways[w])) add_way(&table, &pieces, &map->ways[w], &projection);
    light_pieces(&pieces, city, arena);
    return pieces;
}

// --- Of a city's roads ---

// A road's polyline, as vertices that follow each other.
typedef struct stretch {
    uint32_t first, n;
    dd_xy middle;
} stretch;

typedef struct joining {
    const dd_city *city;
    dd_road_pieces pieces;
    stretch *lines;
    uint32_t line_n;
    uint32_t *line_of; // by vertex
    uint32_t *root;    // by line: a line that it is joined to, itself: none
} joining;

static uint8_t class_of(dd_road_class class) {
    static const uint8_t classes[DD_ROAD_CLASSES] = {
        [DD_ROAD_TRUNK] = DD_WAY_PRIMARY,       [DD_ROAD_PRIMARY] = DD_WAY_PRIMARY,
        [DD_ROAD_SECONDARY] = DD_WAY_SECONDARY, [DD_ROAD_TERTIARY] = DD_WAY_TERTIARY,
        [DD_ROAD_STREET] = DD_WAY_STREET,       [DD_ROAD_INTERNAL] = DD_WAY_SERVICE};
    return classes[class];
}

static uint32_t root_of(joining *it, uint32_t line) {
    while (it->root[line] != line)
        line = it->root[line] = it->root[it->root[line]];
    return line;
}

static void join(joining *it, uint32_t a, uint32_t b) {
    it->root[root_of(it, a)] = root_of(it, b);
}

static dd_xy point_at(const dd_road *road, uint32_t line, uint32_t i) {
    const dd_point *point = &road->points[road->line_first[line] + i];
    return (dd_xy){point->x, point->y};
}

static uint32_t add_vertex(joining *it, dd_xy place) {
    it->pieces.vertices[it->pieces.vertex_n] = place;
    return it->pieces.vertex_n++;
}

static void add_line(joining *it, uint32_t road, uint32_t number) {
    const dd_road *of = &it->city->roads[road];
    dd_road_piece like = {.road = road, .class = class_of(of->class)};
    stretch *new = &it->lines[it->line_n];
    *new = (stretch){.first = it->pieces.vertex_n};
    uint32_t last = add_vertex(it, point_at(of, number, 0));
    for (uint32_t i = 1; i < of->line_size[number]; i++) {
        uint32_t next = add_vertex(it, point_at(of, number, i));
        add_stretch(&it->pieces, last, next, like);
        last = next;
    }
    new->n = it->pieces.vertex_n - new->first;
    new->middle = it->pieces.vertices[new->first + new->n / 2];
    for (uint32_t v = new->first; v < it->pieces.vertex_n; v++)
        it->line_of[v] = it->line_n;
    it->root[it->line_n] = it->line_n;
    it->line_n++;
}

// Each vertex that has another road's near by is joined to the nearest of them.
static void join_near(joining *it, dd_arena *arena) {
    uint32_t n = it->pieces.vertex_n;
    dd_near near = dd_near_make(it->pieces.vertices, n, MEET_M, arena);
    for (uint32_t v = 0; v < n; v++) {
        uint32_t other = dd_near_find(&near, it->pieces.vertices[v], it->line_of, it->line_of[v]);
        if (other == NOBODY) continue;
        add_piece(&it->pieces, v, other, (dd_road_piece){.class = DD_WAY_STREET});
        join(it, it->line_of[v], it->line_of[other]);
    }
}

// A street between the nearest vertices of two lines.
static void link_lines(joining *it, uint32_t a, uint32_t b) {
    const stretch *x = &it->lines[a], *y = &it->lines[b];
    uint32_t from = x->first, to = y->first;
    double least = INFINITY;
    for (uint32_t i = x->first; i < x->first + x->n; i++)
        for (uint32_t k = y->first; k < y->first + y->n; k++) {
            double metres = dd_xy_distance(it->pieces.vertices[i], it->pieces.vertices[k]);
            if (metres >= least) continue;
            least = metres;
            from = i;
            to = k;
        }
    add_piece(&it->pieces, from, to, (dd_road_piece){.class = DD_WAY_STREET});
    dd_road_piece *last = &it->pieces.all[it->pieces.n - 1];
    last->length_mm = (uint32_t)(last->length_mm * DETOUR);
    join(it, a, b);
}

// Prim's tree over the lines, by the distance of their middles; none between those that are joined.
static void link_rest(joining *it, dd_arena *arena) {
    double *metres = dd_arena_take(arena, it->line_n * sizeof *metres);
    uint32_t *from = dd_arena_take(arena, it->line_n * sizeof *from);
    bool *in = dd_arena_take(arena, it->line_n * sizeof *in);
    for (uint32_t i = 0; i < it->line_n; i++)
        metres[i] = INFINITY;
    for (uint32_t round = 0, now = 0; round + 1 < it->line_n; round++) {
        uint32_t next = NOBODY;
        in[now] = true;
        for (uint32_t i = 0; i < it->line_n; i++) {
            if (in[i]) continue;
            bool joined = root_of(it, i) == root_of(it, now);
            double far = joined ? 0 : dd_xy_distance(it->lines[i].middle, it->lines[now].middle);
            if (far < metres[i]) {
                metres[i] = far;
                from[i] = now;
            }
            if (next == NOBODY || metres[i] < metres[next]) next = i;
        }
        if (root_of(it, next) != root_of(it, from[next])) link_lines(it, from[next], next);
        now = next;
    }
}

dd_road_pieces dd_road_pieces_of_city(const dd_city *city, dd_arena *arena) {
    uint32_t vertices = 1, lines = 1;
    for (uint32_t r = 1; r < city->road_n; r++)
        for (uint32_t l = 0; l < city->roads[r].line_count; l++, lines++) {
            vertices++;
            for (uint32_t i = 1; i < city->roads[r].line_size[l]; i++)
                vertices += steps_between(point_at(&city->roads[r], l, i - 1),
                                          point_at(&city->roads[r], l, i));
        }
    joining it = {.city = city};
    it.pieces.vertices = dd_arena_take(arena, vertices * sizeof(dd_xy));
    it.pieces.all = dd_arena_take(arena, (2 * vertices + lines) * sizeof(dd_road_piece));
    it.lines = dd_arena_take(arena, lines * sizeof *it.lines);
    it.line_of = dd_arena_take(arena, vertices * sizeof *it.line_of);
    it.root = dd_arena_take(arena, lines * sizeof *it.root);
    for (uint32_t r = 1; r < city->road_n; r++)
        for (uint32_t l = 0; l < city->roads[r].line_count; l++)
            add_line(&it, r, l);
    join_near(&it, arena);
    link_rest(&it, arena);
    return it.pieces;
}
