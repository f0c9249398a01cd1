#include "models/crew/near.h"
#include "engine/random.h"

#include <math.h>

static int32_t cell_of(const dd_near *near, double metres) {
    return (int32_t)floor(metres / near->within_m);
}

static uint32_t bucket_of(const dd_near *near, int32_t column, int32_t row) {
    uint64_t cell = (uint64_t)(uint32_t)column << 32 | (uint32_t)row;
    return (uint32_t)dd_mix(cell) & near->mask;
}

dd_near dd_near_make(const dd_xy *points, uint32_t n, double within_m, dd_arena *arena) {
    uint32_t buckets = 1;
    while (buckets < n)
        buckets *= 2;
    dd_near near = {.points = points, .mask = buckets - 1, .within_m = within_m};
    near.first = dd_arena_take(arena, buckets * sizeof *near.first);
    near.next = dd_arena_take(arena, (n + 1) * sizeof *near.next);
    for (uint32_t i = n; i-- > 0;) {
        uint32_t bucket =
            bucket_of(&near, cell_of(&near, points[i].x), cell_of(&near, points[i].y));
        near.next[i] = near.first[bucket];
        near.first[bucket] = i + 1;
    }
    return near;
}

uint32_t dd_near_find(const dd_near *near, dd_xy place, const uint32_t *groups, uint32_t but) {
    int32_t column = cell_of(near, place.x), row = cell_of(near, place.y);
    uint32_t best = UINT32_MAX;
    double least = near->within_m;
    for (int around = 0; around < 9; around++) {
        uint32_t bucket = bucket_of(near, column + around % 3 - 1, row + around / 3 - 1);
        for (uint32_t it = near->first[bucket]; it; it = near->next[it - 1]) {
            double metres = dd_xy_distance(near->points[it - 1], place);
            bool nearer = metres < least || (metres == least && it - 1 < best);
            if (!nearer || (groups && groups[it - 1] == but)) continue;
            least = metres;
            best = it - 1;
        }
    }
    return best;
}
