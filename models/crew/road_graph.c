#include "models/crew/road_graph.h"

#include <string.h>

// Neighbours of vertices from 0, forwards or backwards.
typedef struct neighbours {
    uint32_t *first; // [0 .. n]
    uint32_t *to;
} neighbours;

static bool goes(const dd_road_piece *piece, int way) {
    return way == 0 || !piece->oneway;
}

// A piece leads from one end to the other and, unless it is one-way, back.
static neighbours list(const dd_road_pieces *pieces, bool backwards, dd_arena *arena) {
    neighbours it = {.first = dd_arena_take(arena, (pieces->vertex_n + 2) * sizeof *it.first),
                     .to = dd_arena_take(arena, (2 * pieces->n + 1) * sizeof *it.to)};
    for (int fill = 0; fill < 2; fill++) {
        for (uint32_t i = 0; i < pieces->n; i++)
            for (int way = 0; way < 2; way++) {
                const dd_road_piece *piece = &pieces->all[i];
                if (!goes(piece, way)) continue;
                bool ahead = (way == 0) != backwards;
                uint32_t from = ahead ? piece->from : piece->to;
                if (fill)
                    it.to[it.first[from + 1]++] = ahead ? piece->to : piece->from;
                else
                    it.first[from + 2]++;
            }
        for (uint32_t v = 0; !fill && v < pieces->vertex_n; v++)
            it.first[v + 2] += it.first[v + 1];
    }
    return it;
}

typedef struct walk {
    neighbours streets;
    uint32_t *stack;
    uint32_t *next;  // by vertex: the neighbour to go to next
    uint32_t *marks; // by vertex: 0: not been there
} walk;

// Marks all that can be reached from a vertex; puts each, when all beyond it is done, at the end of
// `done`. Returns how many there are then.
static uint32_t go(walk *it, uint32_t start, uint32_t mark, uint32_t *done, uint32_t n) {
    uint32_t depth = 0;
    it->marks[start] = mark;
    it->next[start] = it->streets.first[start];
    it->stack[depth++] = start;
    while (depth) {
        uint32_t v = it->stack[depth - 1];
        if (it->next[v] == it->streets.first[v + 1]) {
            done[n++] = v;
            depth--;
            continue;
        }
        uint32_t to = it->streets.to[it->next[v]++];
        if (it->marks[to]) continue;
        it->marks[to] = mark;
        it->next[to] = it->streets.first[to];
        it->stack[depth++] = to;
    }
    return n;
}

static walk begin(const dd_road_pieces *pieces, bool backwards, dd_arena *arena) {
    return (walk){.streets = list(pieces, backwards, arena),
                  .stack = dd_arena_take(arena, (pieces->vertex_n + 1) * sizeof(uint32_t)),
                  .next = dd_arena_take(arena, (pieces->vertex_n + 1) * sizeof(uint32_t)),
                  .marks = dd_arena_take(arena, (pieces->vertex_n + 1) * sizeof(uint32_t))};
}

// Kosaraju's algorithm: the vertices of the largest strongly connected part are numbered from 1 in
// their order, all others 0. Returns how many there are.
static uint32_t number_largest(const dd_road_pieces *pieces, uint32_t *numbers, dd_arena *arena) {
    uint32_t n = pieces->vertex_n, done_n = 0, best = 0, most = 0;
    uint32_t *done = dd_arena_take(arena, (n + 1) * sizeof *done);
    uint32_t *part = dd_arena_take(arena, (n + 1) * sizeof *part);
    walk ahead = begin(pieces, false, arena), back = begin(pieces, true, arena);
    for (uint32_t v = 0; v < n; v++)
        if (!ahead.marks[v]) done_n = go(&ahead, v, 1, done, done_n);
    for (uint32_t i = n; i-- > 0;) {
        if (back.marks[done[i]]) continue;
        uint32_t size = go(&back, done[i], done[i] + 1, part, 0);
        if (size <= most) continue;
        most = size;
        best = done[i] + 1;
    }
    for (uint32_t v = 0, number = 0; v < n; v++)
        numbers[v] = back.marks[v] == best ? ++number : 0;
    return most;
}

static void add_edge(dd_road_graph *graph, uint32_t from, uint32_t to, const dd_road_piece *piece) {
    graph->edges[graph->first_edge[from + 1]++] = (dd_road_edge){.to = to,
                                                                 .length_mm = piece->length_mm,
                                                                 .road = piece->road,
                                                                 .class = piece->class,
                                                                 .bridge = piece->bridge};
}

dd_road_graph dd_road_graph_build(const dd_road_pieces *pieces, dd_arena *arena,
                                  dd_arena *scratch) {
    uint32_t *numbers = dd_arena_take(scratch, (pieces->vertex_n + 1) * sizeof *numbers);
    dd_road_graph graph = {.vertex_n = number_largest(pieces, numbers, scratch)};
    graph.places = dd_arena_take(arena, (graph.vertex_n + 1) * sizeof *graph.places);
    graph.first_edge = dd_arena_take(arena, (graph.vertex_n + 3) * sizeof *graph.first_edge);
    for (uint32_t v = 0; v < pieces->vertex_n; v++)
        if (numbers[v]) graph.places[numbers[v]] = pieces->vertices[v];
    for (int fill = 0; fill < 2; fill++) {
        for (uint32_t i = 0; i < pieces->n; i++)
            for (int way = 0; way < 2; way++) {
                const dd_road_piece *piece = &pieces->all[i];
                uint32_t from = numbers[way == 0 ? piece->from : piece->to];
                uint32_t to = numbers[way == 0 ? piece->to : piece->from];
                if (!goes(piece, way) || !from || !to) continue;
                if (fill)
                    add_edge(&graph, from, to, piece);
                else
                    graph.first_edge[from + 2]++;
            }
        if (fill) break;
        for (uint32_t v = 1; v <= graph.vertex_n; v++)
            graph.first_edge[v + 2] += graph.first_edge[v + 1];
        graph.edge_n = graph.first_edge[graph.vertex_n + 2];
        graph.edges = dd_arena_take(arena, (graph.edge_n + 1) * sizeof *graph.edges);
    }
    return graph;
}

uint32_t dd_road_graph_nearest(const dd_road_graph *graph, dd_xy place, double *metres) {
    uint32_t best = 0;
    double least = 0;
    for (uint32_t v = 1; v <= graph->vertex_n; v++) {
        double x = graph->places[v].x - place.x, y = graph->places[v].y - place.y;
        double square = x * x + y * y;
        if (best && square >= least) continue;
        least = square;
        best = v;
    }
    *metres = best ? dd_xy_distance(graph->places[best], place) : 0;
    return best;
}
