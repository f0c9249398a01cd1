#include "models/mesh/air/medium.h"

#include <math.h>

// --- The grid ---

static float distance(const dd_medium_def *def, uint32_t a, uint32_t b) {
    return hypotf(def->x[b] - def->x[a], def->y[b] - def->y[a]);
}

// Metres, a little more than the longest link has.
static float longest_link(const dd_medium_def *def) {
    float most = 1;
    for (uint32_t from = 1; from <= def->station_n; from++)
        for (uint32_t k = def->links->first[from]; k < def->links->first[from + 1]; k++)
            most = fmaxf(most, distance(def, from, def->links->to[k]));
    return most * 1.01f + 1;
}

static void span(const float *all, uint32_t n, float *least, float *most) {
    *least = *most = all[1];
    for (uint32_t i = 2; i <= n; i++) {
        *least = fminf(*least, all[i]);
        *most = fmaxf(*most, all[i]);
    }
}

// Cells in a row or column that spans `metres`, with a margin on both sides.
static uint32_t count_cells(float metres, float cell) {
    return (uint32_t)(metres / cell) + 3;
}

static void lay_out(dd_medium *medium, dd_arena *arena) {
    const dd_medium_def *def = &medium->def;
    float left, right, bottom, top, reach = longest_link(def), cell = reach;
    span(def->x, def->station_n, &left, &right);
    span(def->y, def->station_n, &bottom, &top);
    enum { CELLS_PER_STATION = 4, CELLS_LEAST = 64, UNITS = 32000 };
    size_t limit = (size_t)def->station_n * CELLS_PER_STATION + CELLS_LEAST;
    while ((size_t)count_cells(right - left, cell) * count_cells(top - bottom, cell) > limit)
        cell *= 2;
    float unit = fmaxf(fmaxf(right - left, top - bottom), reach) / UNITS;
    int64_t reach_units = (int64_t)ceilf(reach / unit) + 2; // places are cut to whole units
    medium->reach2 = reach_units * reach_units;
    medium->columns = count_cells(right - left, cell);
    size_t n = (size_t)medium->columns * count_cells(top - bottom, cell);
    medium->radios = dd_arena_take(arena, (def->station_n + 1) * sizeof *medium->radios);
    medium->cells = dd_arena_take(arena, n * sizeof *medium->cells);
    for (uint32_t i = 1; i <= def->station_n; i++) {
        float x = def->x[i] - left, y = def->y[i] - bottom;
        uint32_t column = (uint32_t)(x / cell) + 1, row = (uint32_t)(y / cell) + 1;
        medium->radios[i] = (dd_medium_radio){.stable = def->stable[i],
                                              .cell = row * medium->columns + column,
                                              .noise_cdbm = def->links->noise_cdbm[i],
                                              .x = (int16_t)(x / unit),
                                              .y = (int16_t)(y / unit)};
    }
}

void dd_medium_init(dd_medium *medium, dd_arena *arena, const dd_medium_def *def) {
    *medium = (dd_medium){.def = *def,
                          .arena = arena,
                          .sync = dd_radio_sync_time(def->preset),
                          .bits = (((uint64_t)def->preset->bit_rate << 40) + DD_SECOND / 2) /
                                  (uint64_t)DD_SECOND};
    lay_out(medium, arena);
}

// --- What is on the air ---

// A judgement that ends now or later looks back over two frames at most: the one that it is about,
// and one that the receiver might have been busy with before.
static dd_time look_back(const dd_medium *medium) {
    return 2 * medium->longest + 2 * medium->def.preset->turnaround;
}

// Lines are taken from the arena some at a time.
static void grow(dd_medium *medium) {
    enum { LINES = 64 };
    const uint8_t *lines = dd_arena_take(medium->arena, LINES * sizeof(dd_transmission));
    size_t first = (size_t)(lines - medium->arena->base) / sizeof(dd_transmission) + 1;
    for (uint32_t i = LINES; i-- > 0;) {
        uint32_t handle = (uint32_t)first + i;
        dd_medium_at(medium, handle)->next = medium->free;
        medium->free = handle;
    }
}

static uint32_t take(dd_medium *medium) {
    if (!medium->free) grow(medium);
    uint32_t handle = medium->free;
    medium->free = dd_medium_at(medium, handle)->next;
    return handle;
}

static void append(dd_medium *medium, dd_cell *cell, uint32_t handle) {
    if (cell->newest)
        dd_medium_at(medium, cell->newest)->next = handle;
    else
        cell->oldest = handle;
    cell->newest = handle;
    if (medium->newest)
        dd_medium_at(medium, medium->newest)->later = handle;
    else
        medium->oldest = handle;
    medium->newest = handle;
}

// The oldest of all is the oldest of its cell.
static void drop_oldest(dd_medium *medium) {
    uint32_t handle = medium->oldest;
    dd_transmission *frame = dd_medium_at(medium, handle);
    dd_cell *cell = &medium->cells[medium->radios[frame->sender].cell];
    medium->oldest = frame->later;
    if (!medium->oldest) medium->newest = 0;
    cell->oldest = frame->next;
    if (!cell->oldest) cell->newest = 0;
    frame->next = medium->free;
    medium->free = handle;
}

uint32_t dd_medium_put(dd_medium *medium, const dd_transmission *frame, dd_time now) {
    if (frame->end - frame->start > medium->longest) medium->longest = frame->end - frame->start;
    dd_time horizon = now - look_back(medium);
    while (medium->oldest && dd_medium_at(medium, medium->oldest)->end < horizon)
        drop_oldest(medium);
    const dd_medium_radio *radio = &medium->radios[frame->sender];
    dd_cell *cell = &medium->cells[radio->cell];
    uint32_t handle = take(medium);
    dd_transmission *it = dd_medium_at(medium, handle);
    *it = *frame;
    it->x = radio->x;
    it->y = radio->y;
    it->next = it->later = 0;
    append(medium, cell, handle);
    if (frame->end > cell->last_end) cell->last_end = frame->end;
    return handle;
}

void dd_medium_cut(dd_medium *medium, uint32_t frame, dd_time now) {
    dd_transmission *it = dd_medium_at(medium, frame);
    it->cut = true;
    it->end = now > it->start ? now : it->start;
}

static bool in_reach(const dd_medium *medium, const dd_medium_radio *radio,
                     const dd_transmission *frame) {
    int64_t dx = frame->x - radio->x, dy = frame->y - radio->y;
    return dx * dx + dy * dy <= medium->reach2;
}

uint32_t dd_medium_near(const dd_medium *medium, uint32_t station, dd_time from, dd_time to,
                        const dd_transmission *near[static DD_MEDIUM_NEAR]) {
    const dd_medium_radio *radio = &medium->radios[station];
    uint32_t n = 0, corner = radio->cell - medium->columns - 1;
    for (uint32_t row = 0; row < 3; row++, corner += medium->columns)
        for (uint32_t cell = corner; cell < corner + 3; cell++) {
            if (medium->cells[cell].last_end <= from) continue;
            for (uint32_t handle = medium->cells[cell].oldest; handle;) {
                const dd_transmission *frame = dd_medium_at(medium, handle);
                handle = frame->next;
                if (frame->start < to && frame->end > from && in_reach(medium, radio, frame) &&
                    n < DD_MEDIUM_NEAR)
                    near[n++] = frame;
            }
        }
    return n;
}
