#include "models/world.h"
#include "models/hub.h"
#include "models/program_text.h"
#include "models/segment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

dd_world_def dd_world_default_def(void) {
    dd_world_def def = {.settings = dd_settings_default(), .seed = 1};
    for (int i = 1; i < DD_LUMINAIRE_KINDS; i++)
        def.luminaire_mw[i] = dd_luminaire_models[i].power_mw;
    for (int i = 0; i < DD_BACKHAUL_PROFILES; i++)
        def.backhaul[i] = dd_backhaul_defs[i];
    dd_program_add(&def.program, "sunset", 100, NULL);
    dd_program_add(&def.program, "23:00", 60, NULL);
    dd_program_add(&def.program, "04:30", 100, NULL);
    dd_program_add(&def.program, "sunrise", 0, NULL);
    return def;
}

static dd_event_kind all_kinds[DD_KINDS];

__attribute__((constructor)) static void join_kinds(void) {
    memcpy(all_kinds, dd_segment_kinds, sizeof dd_segment_kinds);
    memcpy(all_kinds + DD_SEGMENT_KINDS, dd_hub_kinds, sizeof dd_hub_kinds);
}

// --- Entities ---

static void begin_type(dd_world *world, dd_entity_type type) {
    world->base[type] = world->entities.n - 1;
}

static bool name_entities(dd_world *world, dd_error *error) {
    const dd_city *city = world->city;
    uint32_t total = city->lamp_n + city->segment_n + city->feeder_n + city->cabinet_n +
                     city->road_n + city->ward_n + 1;
    if (!dd_entities_init(&world->entities, dd_entity_type_names, total, error)) return false;
#define DD_NAME_ALL(type_, array, count)                                                           \
    begin_type(world, type_);                                                                      \
    for (uint32_t i = 1; i < city->count; i++)                                                     \
    dd_entities_add(&world->entities, type_, city->array[i].id)
    DD_NAME_ALL(DD_ENTITY_LAMP, lamps, lamp_n);
    DD_NAME_ALL(DD_ENTITY_SEGMENT, segments, segment_n);
    DD_NAME_ALL(DD_ENTITY_FEEDER, feeders, feeder_n);
    DD_NAME_ALL(DD_ENTITY_CABINET, cabinets, cabinet_n);
    DD_NAME_ALL(DD_ENTITY_ROAD, roads, road_n);
    DD_NAME_ALL(DD_ENTITY_WARD, wards, ward_n);
#undef DD_NAME_ALL
    begin_type(world, DD_ENTITY_CITY);
    dd_entities_add(&world->entities, DD_ENTITY_CITY, city->name);
    return true;
}

uint32_t dd_world_feeder(const dd_world *world, uint32_t segment, uint32_t number) {
    const dd_city *city = world->city;
    for (uint32_t i = 1; i < city->feeder_n; i++)
        if (city->feeders[i].segment == segment && --number == 0) return i;
    return 0;
}

// --- Tables ---

static void build_tables(dd_world *world) {
    const dd_settings *settings = &world->def.settings;
    world->driver = dd_driver_default;
    world->driver.power_1_pm = (uint16_t)(settings->driver_p1 * 10);
    world->driver.standby_mw = (uint32_t)(settings->driver_standby_w * 1000);
    world->driver.node_mw = (uint32_t)(settings->node_own_w * 1000);
    world->preset = dd_radio_presets[(int)settings->mesh_preset - 1];
    world->preset.tx_power_cdbm += (int32_t)(settings->mesh_tx_change_db * 100);
    world->paths = (dd_path_models){
        .seen = {settings->mesh_los_a, settings->mesh_los_b, settings->mesh_los_c,
                 (int32_t)lrint(settings->mesh_los_sigma_db * 100)},
        .hidden = {settings->mesh_nlos_a, settings->mesh_nlos_b, settings->mesh_nlos_c,
                   (int32_t)lrint(settings->mesh_nlos_sigma_db * 100)}};
    dd_radio_tables_build(&world->radio, &world->preset);
}

static bool build_profiles(dd_world *world, dd_error *error) {
    const dd_city *city = world->city;
    world->profiles = calloc(DD_BACKHAUL_PROFILES, sizeof *world->profiles);
    world->segment_profile = calloc(city->segment_n, 1);
    if (!world->profiles || !world->segment_profile)
        return dd_fail(error, DD_OUTSIDE, "no memory for the backhaul");
    for (int i = 0; i < DD_BACKHAUL_PROFILES; i++)
        if (!dd_backhaul_build(&world->profiles[i], &world->def.backhaul[i], error)) return false;
    for (uint32_t i = 1; i < city->segment_n; i++) {
        const dd_backhaul_def *def = dd_backhaul_find(city->segments[i].backhaul, error);
        if (!def) return dd_fail_in(error, city->segments[i].id);
        world->segment_profile[i] = (uint8_t)(def - dd_backhaul_defs);
    }
    return true;
}

static uint32_t feeder_count(const dd_city *city, uint32_t segment) {
    uint32_t n = 0;
    for (uint32_t i = 1; i < city->feeder_n; i++)
        n += city->feeders[i].segment == segment;
    return n;
}

static bool check_sizes(const dd_city *city, dd_error *error) {
    for (uint32_t i = 1; i < city->segment_n; i++) {
        const dd_segment *segment = &city->segments[i];
        uint32_t feeders = feeder_count(city, i);
        if (segment->lamp_count > DD_SEGMENT_LAMPS_MAX)
            return dd_fail(error, DD_WRONG,
                           "segment %s has %u lamps; a controller takes %d: split it", segment->id,
                           segment->lamp_count, DD_SEGMENT_LAMPS_MAX);
        if (feeders > DD_CORE_FEEDERS)
            return dd_fail(error, DD_WRONG,
                           "segment %s has %u feeders; a controller takes %d: split it",
                           segment->id, feeders, DD_CORE_FEEDERS);
    }
    return true;
}

static bool build_links(dd_world *world, dd_error *error) {
    const dd_city *city = world->city;
    world->links = calloc(city->segment_n, sizeof *world->links);
    if (!world->links) return dd_fail(error, DD_OUTSIDE, "no memory for the mesh");
    dd_mesh_metrics_make(world);
    for (uint32_t i = 1; i < city->segment_n; i++)
        if (!dd_mesh_links_make(&world->links[i], world, i, error)) return false;
    return true;
}

// --- The engine ---

static bool open_engine(dd_world *world, dd_error *error) {
    const dd_city *city = world->city;
    enum { HUB_BASE = 64 << 20, HUB_PER_LAMP = 4096, SEGMENT_RESERVE = 16 << 20 };
    dd_engine_def def = {.event_kinds = all_kinds,
                         .event_kind_n = DD_KINDS,
                         .schema = &dd_schema,
                         .calendar = &world->def.calendar,
                         .entities = &world->entities,
                         .seed = world->def.seed,
                         .segment_n = city->segment_n - 1,
                         .hub_reserve = HUB_BASE + (size_t)city->lamp_n * HUB_PER_LAMP,
                         .segment_reserve = SEGMENT_RESERVE,
                         .world = world};
    world->engine = dd_engine_open(&def, error);
    if (!world->engine) return false;
    for (uint32_t i = 1; i < city->segment_n; i++)
        dd_engine_floor(world->engine, dd_segment_domain(i),
                        world->profiles[world->segment_profile[i]].def.floor);
    return true;
}

dd_world *dd_world_open(const dd_world_def *def, dd_error *error) {
    dd_world *world = calloc(1, sizeof *world);
    if (!world) {
        dd_fail(error, DD_OUTSIDE, "no memory for the world");
        return NULL;
    }
    world->def = *def;
    world->city = def->city;
    build_tables(world);
    if (!check_sizes(world->city, error) || !name_entities(world, error) ||
        !build_profiles(world, error) || !build_links(world, error) || !open_engine(world, error)) {
        dd_world_close(world);
        return NULL;
    }
    return world;
}

void dd_world_start(dd_world *world) {
    for (uint32_t i = 1; i < world->city->segment_n; i++)
        dd_segment_start(&world->engine->domains[dd_segment_domain(i)], i);
    dd_hub_start(&world->engine->domains[DD_HUB_DOMAIN]);
    dd_engine_started(world->engine);
}

void dd_world_settle(dd_world *world) {
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        dd_domain *domain = &world->engine->domains[dd_segment_domain(i)];
        domain->now = world->engine->now;
        dd_segment_meter(domain);
    }
}

void dd_world_close(dd_world *world) {
    if (!world) return;
    dd_engine_close(world->engine);
    for (uint32_t i = 0; world->links && i < world->city->segment_n; i++)
        dd_mesh_links_fini(&world->links[i]);
    free(world->links);
    free(world->profiles);
    free(world->segment_profile);
    dd_entities_fini(&world->entities);
    free(world);
}
