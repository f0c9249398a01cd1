#include "models/crew/drive.h"

dd_drive dd_drive_make(const dd_road_graph *graph, dd_arena *arena) {
    size_t size = (graph->vertex_n + 1) * sizeof(uint32_t);
    return (dd_drive){.ms = dd_arena_take(arena, size),
                      .before = dd_arena_take(arena, size),
                      .heap = dd_arena_take(arena, size),
                      .at = dd_arena_take(arena, size)};
}

uint32_t dd_drive_edge_ms(const dd_road_edge *edge, const dd_traffic *traffic) {
    uint64_t speed = traffic->mm_s[edge->class] * UINT64_C(1000000); // times both shares
    unsigned road = traffic->roads ? traffic->roads[edge->road] : 0;
    speed = speed / 1000 * (road & DD_ROAD_DARK ? traffic->dark_pm : 1000);
    speed = speed / 1000 * (road & DD_ROAD_FLOODED && !edge->bridge ? traffic->flooded_pm : 1000);
    uint64_t ms = (edge->length_mm * UINT64_C(1000000000) + speed - 1) / speed;
    return ms ? (uint32_t)ms : 1;
}

// --- The heap: the root at 1 ---

static void put(dd_drive *drive, uint32_t place, uint32_t vertex) {
    drive->heap[place] = vertex;
    drive->at[vertex] = place;
}

static void rise(dd_drive *drive, uint32_t place, uint32_t vertex) {
    for (; place > 1 && drive->ms[drive->heap[place / 2]] > drive->ms[vertex]; place /= 2)
        put(drive, place, drive->heap[place / 2]);
    put(drive, place, vertex);
}

static void sink(dd_drive *drive, uint32_t place, uint32_t vertex) {
    for (uint32_t child; (child = 2 * place) <= drive->heap_n; place = child) {
        if (child < drive->heap_n &&
            drive->ms[drive->heap[child + 1]] < drive->ms[drive->heap[child]])
            child++;
        if (drive->ms[drive->heap[child]] >= drive->ms[vertex]) break;
        put(drive, place, drive->heap[child]);
    }
    put(drive, place, vertex);
}

static uint32_t take_first(dd_drive *drive) {
    uint32_t first = drive->heap[1], last = drive->heap[drive->heap_n--];
    drive->at[first] = 0;
    if (drive->heap_n) sink(drive, 1, last);
    return first;
}

// --- The search ---

static void offer(dd_drive *drive, uint32_t vertex, uint32_t before, uint32_t ms) {
    if (ms >= drive->ms[vertex]) return;
    drive->ms[vertex] = ms;
    drive->before[vertex] = before;
    rise(drive, drive->at[vertex] ? drive->at[vertex] : ++drive->heap_n, vertex);
}

uint32_t dd_drive_find(dd_drive *drive, const dd_road_graph *graph, const dd_traffic *traffic,
                       uint32_t from, uint32_t to) {
    for (uint32_t v = 1; v <= graph->vertex_n; v++) {
        drive->ms[v] = UINT32_MAX;
        drive->at[v] = 0;
    }
    drive->heap_n = 0;
    offer(drive, from, 0, 0);
    while (drive->heap_n) {
        uint32_t v = take_first(drive);
        if (v == to) break;
        for (uint32_t e = graph->first_edge[v]; e < graph->first_edge[v + 1]; e++)
            offer(drive, graph->edges[e].to, v,
                  drive->ms[v] + dd_drive_edge_ms(&graph->edges[e], traffic));
    }
    return drive->ms[to];
}

// Of the edges between two vertices the shortest.
static uint32_t edge_mm(const dd_road_graph *graph, uint32_t from, uint32_t to) {
    uint32_t least = UINT32_MAX;
    for (uint32_t e = graph->first_edge[from]; e < graph->first_edge[from + 1]; e++)
        if (graph->edges[e].to == to && graph->edges[e].length_mm < least)
            least = graph->edges[e].length_mm;
    return least;
}

uint32_t dd_drive_metres(const dd_drive *drive, const dd_road_graph *graph, uint32_t to) {
    uint64_t mm = 0;
    for (uint32_t before; (before = drive->before[to]); to = before)
        mm += edge_mm(graph, before, to);
    return (uint32_t)(mm / 1000);
}

uint32_t dd_drive_reached(const dd_drive *drive, uint32_t to, uint32_t ms, uint32_t *beyond_ms) {
    bool arrived = drive->ms[to] <= ms;
    while (drive->before[to] && drive->ms[to] > ms)
        to = drive->before[to];
    *beyond_ms = arrived ? 0 : ms - drive->ms[to];
    return to;
}
