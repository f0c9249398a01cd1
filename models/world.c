#include "models/world.h"
#include "models/controller/core/core.h"
#include "models/program_text.h"

#include <math.h>
#include <stdlib.h>

dd_world_def dd_world_default_def(void) {
    dd_world_def def = {.settings = dd_settings_default(), .seed = 1};
    dd_catalogue_init(&def.catalogue);
    for (int i = 0; i < DD_BACKHAUL_PROFILES; i++)
        def.backhaul[i] = dd_backhaul_defs[i];
    dd_program program = {0};
    dd_program_add(&program, "sunset", 100, NULL);
    dd_program_add(&program, "23:00", 60, NULL);
    dd_program_add(&program, "04:30", 100, NULL);
    dd_program_add(&program, "sunrise", 0, NULL);
    def.light_calendar = dd_light_calendar_of(&program);
    return def;
}

// --- Entities ---

static void begin_type(dd_world *world, dd_entity_type type) {
    world->base[type] = world->entities.n - 1;
}

static void join_to(dd_world *world, dd_entity_type type, uint32_t index, dd_entity_type whole_type,
                    uint32_t whole) {
    if (whole)
        world->entities.all[dd_world_entity(world, type, index)].part_of =
            dd_world_entity(world, whole_type, whole);
}

// Lamps, feeders and cabinets are a segment's, roads a ward's.
static void relate_entities(dd_world *world) {
    const dd_city *city = world->city;
    for (uint32_t i = 1; i < city->lamp_n; i++)
        join_to(world, DD_ENTITY_LAMP, i, DD_ENTITY_SEGMENT, city->lamps[i].segment);
    for (uint32_t i = 1; i < city->feeder_n; i++)
        join_to(world, DD_ENTITY_FEEDER, i, DD_ENTITY_SEGMENT, city->feeders[i].segment);
    for (uint32_t i = 1; i < city->cabinet_n; i++)
        join_to(world, DD_ENTITY_CABINET, i, DD_ENTITY_SEGMENT, city->cabinets[i].segment);
    for (uint32_t i = 1; i < city->road_n; i++)
        join_to(world, DD_ENTITY_ROAD, i, DD_ENTITY_WARD, city->roads[i].ward);
}

static bool name_entities(dd_world *world, dd_error *error) {
    const dd_city *city = world->city;
    uint32_t total = city->lamp_n + city->segment_n + city->feeder_n + city->cabinet_n +
                     city->road_n + city->ward_n + 1 + DD_OPERATORS + DD_CREWS_MAX;
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
    begin_type(world, DD_ENTITY_OPERATOR);
    for (int i = 1; i <= DD_OPERATORS; i++)
        dd_entities_add(&world->entities, DD_ENTITY_OPERATOR, dd_operator_names[i]);
    begin_type(world, DD_ENTITY_CREW);
    for (int i = 1; i <= DD_CREWS_MAX; i++)
        dd_entities_add(&world->entities, DD_ENTITY_CREW, dd_crew_names[i]);
    relate_entities(world);
    return true;
}

uint8_t dd_world_first_model(const dd_world *world, uint32_t lamp) {
    uint8_t kind = world->city->lamps[lamp].kind;
    uint8_t before = world->def.settings.light_before ? (uint8_t)dd_luminaire_before(kind) : 0;
    return before ? before : kind;
}

bool dd_world_installed(const dd_world *world, uint32_t segment) {
    const dd_segment *place = &world->city->segments[segment];
    for (uint32_t lamp = place->first_lamp; lamp < place->first_lamp + place->lamp_count; lamp++)
        if (world->def.catalogue.models[dd_world_first_model(world, lamp)].node) return true;
    return false;
}

// --- Tables ---

static void build_tables(dd_world *world) {
    const dd_settings *settings = &world->def.settings;
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

// Stations of a domain are numbered from 1, by segment: its controller, then its lamps.
bool dd_world_divide(dd_world *world, const uint32_t *neighbourhood, dd_error *error) {
    const dd_city *city = world->city;
    uint32_t *next = calloc(city->segment_n, sizeof *next); // the last station, by neighbourhood
    world->domain = calloc(city->segment_n, sizeof *world->domain);
    world->station = calloc(city->segment_n, sizeof *world->station);
    bool good = next && world->domain && world->station;
    for (uint32_t i = 1; good && i < city->segment_n; i++) {
        uint32_t domain = neighbourhood[i] - 1;
        if (domain >= world->neighbourhood_n) world->neighbourhood_n = domain + 1;
        world->domain[i] = DD_FIRST_SEGMENT_DOMAIN + domain;
        world->station[i] = next[domain] + 1;
        next[domain] += 1 + city->segments[i].lamp_count;
    }
    free(next);
    return good || dd_fail(error, DD_OUTSIDE, "no memory for %u segments", city->segment_n);
}

dd_site dd_world_site(const dd_world_def *def) {
    return (dd_site){.lat_e6 = (int32_t)(def->settings.sky_lat * 1e6),
                     .lon_e6 = (int32_t)(def->settings.sky_lon * 1e6),
                     .utc_offset_s = def->calendar.offset_s};
}

dd_world *dd_world_make(const dd_world_def *def, dd_error *error) {
    dd_world *world = calloc(1, sizeof *world);
    if (!world) {
        dd_fail(error, DD_OUTSIDE, "no memory for the world");
        return NULL;
    }
    world->def = *def;
    world->city = def->city;
    world->tap = (dd_air_tap){.from = INT64_MIN, .until = DD_NEVER};
    build_tables(world);
    if (check_sizes(world->city, error) && name_entities(world, error) &&
        build_profiles(world, error))
        return world;
    dd_world_unmake(world);
    return NULL;
}

void dd_world_unmake(dd_world *world) {
    free(world->profiles);
    free(world->segment_profile);
    free(world->domain);
    free(world->station);
    free(world->tap.segments);
    dd_entities_fini(&world->entities);
    free(world);
}
