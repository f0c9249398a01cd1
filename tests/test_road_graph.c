// The streets as a graph. Shortest times are judged by Bellman and Ford's algorithm, which knows no
// heap and no order of vertices; that every place can be reached by a search of its own.
#include "engine/random.h"
#include "models/crew/drive.h"
#include "toy_city.h"

#include <math.h>

static dd_arena arena, scratch;

static void open_arenas(void) {
    dd_error error;
    cr_assert(dd_arena_init(&arena, 256 << 20, &error), "%s", error.text);
    cr_assert(dd_arena_init(&scratch, 1 << 30, &error), "%s", error.text);
}

static void close_arenas(void) {
    dd_arena_fini(&arena);
    dd_arena_fini(&scratch);
}

TestSuite(road_graph, .init = open_arenas, .fini = close_arenas);

static dd_traffic traffic(void) {
    return (dd_traffic){.mm_s = {[DD_WAY_PRIMARY] = 10000,
                                 [DD_WAY_SECONDARY] = 9000,
                                 [DD_WAY_TERTIARY] = 8000,
                                 [DD_WAY_STREET] = 5000,
                                 [DD_WAY_SERVICE] = 2500},
                        .dark_pm = 500,
                        .flooded_pm = 250};
}

static uint32_t word(uint32_t counter) {
    return dd_random(7, 1, 1, counter).v[0];
}

// Every edge is offered again and again, until nothing becomes shorter.
static uint64_t *bellman_ford(const dd_road_graph *graph, const dd_traffic *how, uint32_t from) {
    uint64_t *ms = malloc((graph->vertex_n + 1) * sizeof *ms);
    for (uint32_t v = 0; v <= graph->vertex_n; v++)
        ms[v] = UINT64_MAX;
    ms[from] = 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t v = 1; v <= graph->vertex_n; v++) {
            if (ms[v] == UINT64_MAX) continue;
            for (uint32_t e = graph->first_edge[v]; e < graph->first_edge[v + 1]; e++) {
                uint64_t to = ms[v] + dd_drive_edge_ms(&graph->edges[e], how);
                if (to >= ms[graph->edges[e].to]) continue;
                ms[graph->edges[e].to] = to;
                changed = true;
            }
        }
    }
    return ms;
}

// What one edge takes between two vertices, at the least.
static uint32_t between(const dd_road_graph *graph, const dd_traffic *how, uint32_t a, uint32_t b) {
    uint32_t least = UINT32_MAX;
    for (uint32_t e = graph->first_edge[a]; e < graph->first_edge[a + 1]; e++)
        if (graph->edges[e].to == b && dd_drive_edge_ms(&graph->edges[e], how) < least)
            least = dd_drive_edge_ms(&graph->edges[e], how);
    return least;
}

// The way that a search gives is one of edges that add up to its time.
static void check_way(const dd_road_graph *graph, const dd_drive *drive, const dd_traffic *how,
                      uint32_t from, uint32_t to) {
    uint64_t ms = 0;
    uint32_t at = to;
    for (uint32_t before; (before = drive->before[at]); at = before)
        ms += between(graph, how, before, at);
    cr_expect_eq(at, from);
    cr_expect_eq(ms, drive->ms[to]);
}

static void judge(const dd_road_graph *graph, const dd_traffic *how, uint32_t sources,
                  uint32_t targets) {
    dd_drive drive = dd_drive_make(graph, &arena);
    for (uint32_t s = 0; s < sources; s++) {
        uint32_t from = 1 + dd_uniform(word(s), graph->vertex_n);
        uint64_t *truth = bellman_ford(graph, how, from);
        for (uint32_t t = 0; t < targets; t++) {
            uint32_t to = 1 + dd_uniform(word(1000 + 100 * s + t), graph->vertex_n);
            cr_expect_eq(dd_drive_find(&drive, graph, how, from, to), truth[to], "from %u to %u",
                         from, to);
            check_way(graph, &drive, how, from, to);
        }
        free(truth);
    }
}

// A random net: some one-way, some dead ends, some pieces that nobody can leave.
static dd_road_pieces random_pieces(uint32_t seed, uint32_t vertex_n, uint32_t n) {
    dd_road_pieces pieces = {.vertices = dd_arena_take(&scratch, vertex_n * sizeof(dd_xy)),
                             .all = dd_arena_take(&scratch, n * sizeof(dd_road_piece)),
                             .vertex_n = vertex_n,
                             .n = n};
    for (uint32_t v = 0; v < vertex_n; v++) {
        dd_random4 draw = dd_random(seed, v, 2, 0);
        pieces.vertices[v] = (dd_xy){dd_uniform(draw.v[0], 10000), dd_uniform(draw.v[1], 10000)};
    }
    for (uint32_t i = 0; i < n; i++) {
        dd_random4 a = dd_random(seed, i, 3, 0), b = dd_random(seed, i, 4, 0);
        pieces.all[i] = (dd_road_piece){.from = dd_uniform(a.v[0], vertex_n),
                                        .to = dd_uniform(a.v[1], vertex_n),
                                        .length_mm = 1 + dd_uniform(a.v[2], 1000000),
                                        .class = (uint8_t)(1 + dd_uniform(a.v[3], 5)),
                                        .road = dd_uniform(b.v[0], 5),
                                        .oneway = dd_chance_ppm(b.v[1], 400000),
                                        .bridge = dd_chance_ppm(b.v[2], 100000)};
    }
    return pieces;
}

Test(road_graph, the_shortest_time_is_bellman_and_fords) {
    static const uint8_t roads[] = {0, DD_ROAD_DARK, DD_ROAD_FLOODED,
                                    DD_ROAD_DARK | DD_ROAD_FLOODED, 0};
    for (uint32_t seed = 1; seed <= 30; seed++) {
        dd_traffic how = traffic();
        if (seed & 1) how.roads = roads;
        dd_road_pieces pieces = random_pieces(seed, 40 + seed, 90 + 3 * seed);
        dd_road_graph graph = dd_road_graph_build(&pieces, &arena, &scratch);
        cr_assert_gt(graph.vertex_n, 10);
        judge(&graph, &how, 3, 10);
    }
}

// Of the whole net, by Floyd and Warshall: who reaches whom.
static uint32_t largest_part(const dd_road_pieces *pieces) {
    uint32_t n = pieces->vertex_n, most = 0;
    bool *reach = calloc((size_t)n * n, 1);
    for (uint32_t i = 0; i < pieces->n; i++) {
        reach[pieces->all[i].from * n + pieces->all[i].to] = true;
        if (!pieces->all[i].oneway) reach[pieces->all[i].to * n + pieces->all[i].from] = true;
    }
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; reach[i * n + k] && j < n; j++)
                reach[i * n + j] |= reach[k * n + j];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t size = 1;
        for (uint32_t j = 0; j < n; j++)
            size += i != j && reach[i * n + j] && reach[j * n + i];
        if (size > most) most = size;
    }
    free(reach);
    return most;
}

Test(road_graph, it_is_the_largest_part_in_which_one_can_go_and_return) {
    uint32_t smaller = 0;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        dd_road_pieces pieces = random_pieces(seed, 50, 70);
        dd_road_graph graph = dd_road_graph_build(&pieces, &arena, &scratch);
        cr_expect_eq(graph.vertex_n, largest_part(&pieces), "seed %u", seed);
        smaller += graph.vertex_n < 50;
    }
    cr_expect_gt(smaller, 30); // else nothing has been tried
}

Test(road_graph, water_slows_but_not_on_bridges) {
    static const uint8_t roads[] = {0, DD_ROAD_FLOODED, DD_ROAD_DARK};
    dd_traffic how = traffic();
    how.roads = roads;
    dd_road_edge edge = {.length_mm = 100000, .class = DD_WAY_PRIMARY};
    cr_expect_eq(dd_drive_edge_ms(&edge, &how), 10000);
    edge.road = 1;
    cr_expect_eq(dd_drive_edge_ms(&edge, &how), 40000);
    edge.bridge = true;
    cr_expect_eq(dd_drive_edge_ms(&edge, &how), 10000);
    edge.road = 2;
    cr_expect_eq(dd_drive_edge_ms(&edge, &how), 20000);
}

// --- Bến Tre ---

static dd_road_graph bentre(dd_city *city, dd_map *map) {
    dd_error error = {DD_OK, ""};
    const char *source = getenv("DOMDOM_SOURCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/scenarios/bentre/city.geojson", source ? source : ".");
    cr_assert(dd_city_read(path, city, &error), "%s", error.text);
    snprintf(path, sizeof path, "%s/scenarios/bentre/map.geojson", source ? source : ".");
    cr_assert(dd_map_read(path, map, &error), "%s", error.text);
    dd_road_pieces pieces = dd_road_pieces_of_map(map, city, &scratch);
    return dd_road_graph_build(&pieces, &arena, &scratch);
}

Test(road_graph, bentres_streets_lead_everywhere) {
    dd_city city;
    dd_map map;
    dd_road_graph graph = bentre(&city, &map);
    dd_traffic how = traffic();
    cr_expect_gt(graph.vertex_n, 10000);
    judge(&graph, &how, 1, 20);
    double worst = 0, metres;
    uint32_t far = 0;
    for (uint32_t i = 1; i < city.lamp_n; i++) {
        dd_xy place = {city.lamps[i].place.x, city.lamps[i].place.y};
        dd_road_graph_nearest(&graph, place, &metres);
        worst = fmax(worst, metres);
        far += metres > 60;
    }
    cr_expect_lt(far, city.lamp_n / 100, "%u lamps stand off the streets", far);
    cr_expect_lt(worst, 1000, "one lamp stands %g m from a street", worst);
    dd_map_fini(&map);
    dd_city_fini(&city);
}

// Streets are longer than straight lines, but not many times; of roads with lamps most pieces are
// known to be those roads'.
Test(road_graph, bentres_ways_are_as_long_as_streets_are) {
    dd_city city;
    dd_map map;
    dd_road_graph graph = bentre(&city, &map);
    dd_traffic how = traffic();
    dd_drive drive = dd_drive_make(&graph, &arena);
    double sum = 0;
    enum { WAYS = 40 };
    for (uint32_t i = 0; i < WAYS; i++) {
        uint32_t a = 1 + dd_uniform(word(i), graph.vertex_n);
        uint32_t b = 1 + dd_uniform(word(500 + i), graph.vertex_n);
        dd_drive_find(&drive, &graph, &how, a, b);
        double straight = dd_xy_distance(graph.places[a], graph.places[b]);
        double way = dd_drive_metres(&drive, &graph, b);
        cr_expect_gt(way + 1, straight);
        sum += way / straight / WAYS;
    }
    cr_expect_gt(sum, 1.1);
    cr_expect_lt(sum, 2.5);
    uint64_t lit = 0, all = 0;
    for (uint32_t e = 0; e < graph.edge_n; e++) {
        all += graph.edges[e].length_mm;
        if (graph.edges[e].road) lit += graph.edges[e].length_mm;
    }
    cr_expect_gt((double)lit / (double)all, 0.1);
    cr_expect_lt((double)lit / (double)all, 0.7);
    dd_map_fini(&map);
    dd_city_fini(&city);
}

// --- Without a map ---

Test(road_graph, streets_without_a_map_are_linked) {
    toy_def def = toy_default();
    toy *it = toy_open(&def);
    dd_road_pieces pieces = dd_road_pieces_of_city(&it->city, &scratch);
    dd_road_graph graph = dd_road_graph_build(&pieces, &arena, &scratch);
    cr_assert_eq(graph.vertex_n, pieces.vertex_n, "all can be reached");
    dd_traffic how = traffic();
    judge(&graph, &how, 3, 20);
    // From the first street's begin to the last's: two kilometres that no road shows.
    double metres;
    uint32_t a = dd_road_graph_nearest(&graph, (dd_xy){0, 1000}, &metres);
    cr_expect_eq(metres, 0);
    uint32_t b = dd_road_graph_nearest(&graph, (dd_xy){0, 3000}, &metres);
    dd_drive drive = dd_drive_make(&graph, &arena);
    dd_drive_find(&drive, &graph, &how, a, b);
    cr_expect_eq(dd_drive_metres(&drive, &graph, b), 2600);
    toy_close(it);
}

Test(road_graph, a_way_is_followed_to_where_time_has_come) {
    toy_def def = toy_one_street(0, "2020-08-03 17:00");
    toy *it = toy_open(&def);
    dd_road_pieces pieces = dd_road_pieces_of_city(&it->city, &scratch);
    dd_road_graph graph = dd_road_graph_build(&pieces, &arena, &scratch);
    dd_traffic how = traffic();
    double metres;
    uint32_t a = dd_road_graph_nearest(&graph, (dd_xy){0, 1000}, &metres);
    uint32_t b = dd_road_graph_nearest(&graph, (dd_xy){930, 1000}, &metres);
    dd_drive drive = dd_drive_make(&graph, &arena);
    uint32_t ms = dd_drive_find(&drive, &graph, &how, a, b);
    uint32_t beyond_ms;
    cr_expect_eq(dd_drive_reached(&drive, b, 0, &beyond_ms), a);
    cr_expect_eq(beyond_ms, 0);
    cr_expect_eq(dd_drive_reached(&drive, b, ms, &beyond_ms), b);
    cr_expect_eq(beyond_ms, 0);
    dd_xy half = graph.places[dd_drive_reached(&drive, b, ms / 2, &beyond_ms)];
    double metres_on = beyond_ms * how.mm_s[DD_WAY_PRIMARY] / 1e6;
    cr_expect_float_eq(half.x + metres_on, 465, 1);
    toy_close(it);
}
