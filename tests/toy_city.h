// A small city for tests of the models: straight streets a kilometre apart, one a segment, with one
// feeder each and a controller in the middle. Made in memory, so that a test can say how it
// differs.
#pragma once

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/random.h"
#include "models/action/action_text.h"
#include "models/action/selection.h"
#include "models/centre/centre.h"
#include "models/controller/house.h"
#include "models/hub.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/measure.h"
#include "models/mesh/mesh.h"
#include "models/neighbourhood.h"
#include "models/segment.h"
#include "models/twin.h"
#include "models/world.h"

enum { TOY_SEGMENTS_MAX = 8, TOY_LAMPS_MAX = 512, TOY_ID = 24 };

typedef struct toy_def {
    uint32_t segment_n;   // 3
    uint32_t lamp_n;      // a segment; 30
    uint32_t one_more_in; // the segment that has one lamp more, 0: none
    const char *backhaul; // "fibre"
    double spacing_m;     // 30
    uint8_t kind;         // of all lamps; 0: all kinds in turn
    const char *start;    // "2020-08-03 17:00"
    uint64_t seed;        // 1
    dd_settings settings; // as they are by default, without natural outages
    dd_program program;
    const uint32_t *neighbourhood; // NULL: each segment is one of its own
    uint32_t thread_n;             // 1
} toy_def;

typedef struct toy {
    toy_def def;
    dd_city city;
    dd_world *world;
    dd_lamp lamps[TOY_LAMPS_MAX];
    dd_segment segments[TOY_SEGMENTS_MAX + 1];
    dd_road roads[TOY_SEGMENTS_MAX + 1];
    dd_feeder feeders[TOY_SEGMENTS_MAX + 1];
    dd_cabinet cabinets[TOY_SEGMENTS_MAX + 1];
    dd_ward wards[3];
    dd_point points[TOY_SEGMENTS_MAX + 1][2];
    uint32_t line_first[1], line_size[1];
    char ids[5][TOY_LAMPS_MAX][TOY_ID];
    dd_record *records; // of the kinds listened to
    size_t record_n, record_capacity;
} toy;

static inline toy_def toy_default(void) {
    toy_def def = {.segment_n = 3,
                   .lamp_n = 30,
                   .backhaul = "fibre",
                   .spacing_m = 30,
                   .start = "2020-08-03 17:00",
                   .seed = 1,
                   .thread_n = 1,
                   .settings = dd_settings_default(),
                   .program = dd_world_default_def().light_calendar.programs[0]};
    def.settings.backhaul_outages = 0;
    return def;
}

// One street of luminaires of a kind (0: all kinds in turn).
static inline toy_def toy_one_street(uint8_t kind, const char *start) {
    toy_def def = toy_default();
    def.segment_n = 1;
    def.kind = kind;
    def.start = start;
    return def;
}

// --- Building ---

static inline char *toy_id(toy *it, int type, uint32_t index, const char *text, uint32_t a,
                           uint32_t b) {
    snprintf(it->ids[type][index], TOY_ID, "%s-%u-%u", text, a, b);
    return it->ids[type][index];
}

static inline dd_point toy_point(double x, double y) {
    return (dd_point){
        .lon = 106.37 + x / 109500, .lat = 10.24 + y / 110600, .x = (float)x, .y = (float)y};
}

static inline void toy_street(toy *it, uint32_t s) {
    const toy_def *def = &it->def;
    uint32_t n = def->lamp_n + (s == def->one_more_in);
    double y = 1000.0 * s, length = def->spacing_m * (def->lamp_n + 1);
    char *id = toy_id(it, 0, s, "S", s, 0);
    it->points[s][0] = toy_point(0, y);
    it->points[s][1] = toy_point(length, y);
    it->roads[s] = (dd_road){.id = id,
                             .name = toy_id(it, 1, s, "Street", s, 0),
                             .class = DD_ROAD_PRIMARY,
                             .ward = 1,
                             .lamp_count = n,
                             .line_count = 1,
                             .line_first = it->line_first,
                             .line_size = it->line_size,
                             .points = it->points[s],
                             .length_m = (float)length};
    it->segments[s] = (dd_segment){.id = id,
                                   .place = toy_point(length / 2, y + 5),
                                   .cabinet = s,
                                   .road = s,
                                   .ward = 1,
                                   .first_lamp = it->city.lamp_n,
                                   .lamp_count = n,
                                   .backhaul = (char *)(uintptr_t)def->backhaul};
    it->feeders[s] = (dd_feeder){.id = id, .cabinet = s, .segment = s, .rated_a = 25};
    it->cabinets[s] = (dd_cabinet){.id = id, .place = it->segments[s].place, .segment = s};
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t lamp = it->city.lamp_n++;
        cr_assert(lamp < TOY_LAMPS_MAX);
        it->lamps[lamp] =
            (dd_lamp){.id = toy_id(it, 2, lamp, "L", s, i),
                      .place = toy_point(def->spacing_m * i, y),
                      .road = s,
                      .segment = s,
                      .feeder = s,
                      .ward = 1,
                      .pole = i,
                      .phase = (uint8_t)(i % 3),
                      .kind = def->kind ? def->kind : (uint8_t)(1 + i % (DD_PROJECT_KINDS - 1)),
                      .chainage_m = (float)(def->spacing_m * i)};
    }
}

// Opens the world; nothing is at work yet, so that a test can listen.
static inline toy *toy_open(const toy_def *def) {
    toy *it = calloc(1, sizeof *it);
    cr_assert(it != NULL && def->segment_n <= TOY_SEGMENTS_MAX);
    it->def = *def;
    it->line_size[0] = 2;
    it->city = (dd_city){.name = (char *)(uintptr_t) "Toy",
                         .utc_offset_h = 7,
                         .road_n = def->segment_n + 1,
                         .lamp_n = 1,
                         .feeder_n = def->segment_n + 1,
                         .cabinet_n = def->segment_n + 1,
                         .segment_n = def->segment_n + 1,
                         .ward_n = 3,
                         .roads = it->roads,
                         .lamps = it->lamps,
                         .feeders = it->feeders,
                         .cabinets = it->cabinets,
                         .segments = it->segments,
                         .wards = it->wards};
    for (uint32_t w = 1; w <= 2; w++)
        it->wards[w] = (dd_ward){.id = toy_id(it, 3, w, "W", w, 0),
                                 .name = toy_id(it, 4, w, "Ward", w, 0),
                                 .centre = toy_point(500, w == 1 ? 2000 : 90000)};
    for (uint32_t s = 1; s <= def->segment_n; s++)
        toy_street(it, s);
    dd_world_def world = dd_world_default_def();
    world.city = &it->city;
    world.settings = def->settings;
    world.calendar.offset_s = 25200;
    world.light_calendar = dd_light_calendar_of(&def->program);
    world.seed = def->seed;
    world.neighbourhood = def->neighbourhood;
    world.thread_n = def->thread_n;
    cr_assert(dd_unix_parse(def->start, 25200, &world.calendar.start_unix_s));
    dd_error error = {DD_OK, ""};
    it->world = dd_twin_open(&world, &error);
    cr_assert(it->world != NULL, "%s", error.text);
    return it;
}

static inline void toy_keep(void *context, const dd_record *record) {
    toy *it = context;
    if (it->record_n == it->record_capacity) {
        it->record_capacity = it->record_capacity ? 2 * it->record_capacity : 1024;
        it->records = realloc(it->records, it->record_capacity * sizeof *it->records);
        cr_assert(it->records != NULL);
    }
    it->records[it->record_n++] = *record;
}

// Opens, listens to the kinds in `mask`, and starts.
static inline toy *toy_start(const toy_def *def, uint64_t mask) {
    toy *it = toy_open(def);
    if (mask) dd_stream_listen(&it->world->engine->stream, mask, toy_keep, it);
    dd_twin_start(it->world);
    return it;
}

static inline void toy_close(toy *it) {
    dd_twin_close(it->world);
    free(it->records);
    free(it);
}

// --- Playing ---

static inline void toy_to(toy *it, dd_time t) {
    dd_engine_advance(it->world->engine, t);
    dd_stream_flush(&it->world->engine->stream);
}

static inline void toy_for(toy *it, dd_time lasts) {
    toy_to(it, it->world->engine->now + lasts);
}

// To the first moment of that clock time at or after now.
static inline void toy_until(toy *it, const char *clock) {
    dd_time t;
    cr_assert(dd_moment_parse(clock, &it->world->def.calendar, it->world->engine->now, &t), "%s",
              clock);
    toy_to(it, t);
}

static inline void toy_act(toy *it, const char *text) {
    dd_error error = {DD_OK, ""};
    cr_assert(dd_action_do_text(it->world, text, &error), "%s: %s", text, error.text);
}

// --- Looking ---

static inline dd_segment_state *toy_segment(const toy *it, uint32_t segment) {
    return dd_segment_at(it->world, segment);
}

static inline dd_domain *toy_domain(const toy *it, uint32_t segment) {
    return dd_segment_standing(it->world, segment);
}

static inline dd_node *toy_node(const toy *it, uint32_t segment, uint16_t lamp) {
    return &toy_segment(it, segment)->nodes[lamp];
}

// The calendar that a lamp's node holds.
static inline uint32_t toy_calendar(const toy *it, uint32_t segment, uint16_t lamp) {
    return dd_segment_calendar(it->world, toy_segment(it, segment),
                               toy_node(it, segment, lamp)->calendar)
        ->id;
}

// A lamp's number within its segment.
static inline uint16_t toy_number(const toy *it, uint32_t lamp) {
    return (uint16_t)(lamp - it->city.segments[it->lamps[lamp].segment].first_lamp + 1);
}

static inline dd_hub *toy_hub(const toy *it) {
    return dd_hub_of(&it->world->engine->domains[DD_HUB_DOMAIN]);
}

// How many lamps of a segment have parents all the way to their controller.
static inline uint32_t toy_reach(const toy *it, uint32_t segment) {
    const dd_segment *place = &it->city.segments[segment];
    uint32_t lamps[TOY_LAMPS_MAX];
    for (uint32_t i = 0; i < place->lamp_count; i++)
        lamps[i] = place->first_lamp + i;
    return dd_measure_reach(it->world, lamps, place->lamp_count).reachable;
}

static inline dd_lamp_measure toy_measure(const toy *it, uint32_t segment) {
    const dd_segment *place = &it->city.segments[segment];
    uint32_t lamps[TOY_LAMPS_MAX];
    for (uint32_t i = 0; i < place->lamp_count; i++)
        lamps[i] = place->first_lamp + i;
    return dd_measure_lamps(it->world, lamps, place->lamp_count);
}

static inline uint32_t toy_entity(const toy *it, const char *text) {
    dd_error error = {DD_OK, ""};
    uint32_t entity = dd_entity_parse(it->world, text, &error);
    cr_assert(entity != 0, "%s", error.text);
    return entity;
}

static inline bool toy_alarm(const toy *it, const char *entity, dd_alarm_kind kind) {
    return dd_measure_alarm_on(it->world, toy_entity(it, entity), kind);
}

static inline uint32_t toy_alarms(const toy *it) {
    return dd_measure_alarms_active(it->world, 0);
}

static inline void toy_digest(const toy *it, char text[static DD_DIGEST_TEXT]) {
    dd_digest digest = dd_stream_digest_all(&it->world->engine->stream);
    dd_digest_format(&digest, text);
}

#define TOY_BIT(kind) ((uint64_t)1 << (kind))
