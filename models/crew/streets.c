#include "models/crew/streets.h"
#include "models/sky/sky.h"

#include <math.h>

enum { ARENA_BASE = 64 << 20, ARENA_PER_LAMP = 4096 };

void dd_streets_start(dd_domain *hub, dd_streets *streets) {
    const dd_city *city = dd_world_of(hub)->city;
    streets->dark = dd_arena_take(&hub->arena, city->lamp_n / 8 + 1);
    streets->dark_n = dd_arena_take(&hub->arena, city->road_n * sizeof *streets->dark_n);
    streets->roads = dd_arena_take(&hub->arena, city->road_n);
}

static void put(uint8_t *mask, unsigned bit, bool on) {
    *mask = (uint8_t)(on ? *mask | bit : *mask & ~bit);
}

void dd_streets_see(dd_domain *hub, dd_streets *streets, uint32_t lamp, bool dark) {
    const dd_city *city = dd_world_of(hub)->city;
    uint32_t road = city->lamps[lamp].road;
    uint8_t *bits = &streets->dark[lamp / 8];
    unsigned bit = 1u << lamp % 8;
    if ((*bits & bit) == (dark ? bit : 0)) return;
    put(bits, bit, dark);
    streets->dark_n[road] = (uint16_t)(streets->dark_n[road] + (dark ? 1 : -1));
    put(&streets->roads[road], DD_ROAD_DARK,
        streets->dark_n[road] && 2u * streets->dark_n[road] >= city->roads[road].lamp_count);
}

bool dd_streets_open(dd_domain *hub, dd_streets *streets, dd_error *error) {
    const dd_world *world = dd_world_of(hub);
    dd_arena scratch;
    if (streets->graph.vertex_n) return true;
    if (!dd_arena_init(&scratch, ARENA_BASE + (size_t)world->city->lamp_n * ARENA_PER_LAMP, error))
        return false;
    dd_road_pieces pieces = world->def.map
                                ? dd_road_pieces_of_map(world->def.map, world->city, &scratch)
                                : dd_road_pieces_of_city(world->city, &scratch);
    streets->graph = dd_road_graph_build(&pieces, &hub->arena, &scratch);
    streets->drive = dd_drive_make(&streets->graph, &hub->arena);
    dd_arena_fini(&scratch);
    return streets->graph.vertex_n ||
           dd_fail(error, DD_WRONG, "the city's map has no street that a crew could drive on");
}

// --- How fast it goes ---

static uint32_t mm_s(double kmh) {
    return (uint32_t)lrint(kmh * 1e6 / 3600);
}

// Rush hours of the town: to work and to school, and home (estimate).
static double share_of_hour(const dd_settings *settings, int32_t hour) {
    double left = settings->crew_rush / 100;
    if (hour == 7 || hour == 17) return left;
    if (hour == 6 || hour == 8 || hour == 16 || hour == 18) return (1 + left) / 2;
    return 1;
}

// Water stands on a road where it stands at one of its cabinets.
static void look_for_water(const dd_domain *hub, dd_streets *streets) {
    const dd_world *world = dd_world_of(hub);
    const dd_city *city = world->city;
    int32_t flood_mm = dd_sky_now(hub).flood_mm;
    for (uint32_t i = 1; i < city->road_n; i++)
        put(&streets->roads[i], DD_ROAD_FLOODED, false);
    for (uint32_t i = 1; flood_mm != DD_SKY_DRY && i < city->segment_n; i++)
        if (flood_mm > dd_sky_ground_mm(world, city->segments[i].cabinet))
            put(&streets->roads[city->segments[i].road], DD_ROAD_FLOODED, true);
}

static dd_traffic traffic_now(const dd_domain *hub, const dd_streets *streets) {
    const dd_settings *settings = dd_settings_of(hub);
    int32_t hour = dd_civil_at(&dd_world_of(hub)->def.calendar, hub->now).hour;
    double share = share_of_hour(settings, hour);
    return (dd_traffic){.mm_s = {[DD_WAY_PRIMARY] = mm_s(share * settings->crew_primary_kmh),
                                 [DD_WAY_SECONDARY] = mm_s(share * settings->crew_secondary_kmh),
                                 [DD_WAY_TERTIARY] = mm_s(share * settings->crew_tertiary_kmh),
                                 [DD_WAY_STREET] = mm_s(share * settings->crew_street_kmh),
                                 [DD_WAY_SERVICE] = mm_s(settings->crew_service_kmh)},
                        .roads = streets->roads,
                        .dark_pm = (uint16_t)lrint(settings->crew_dark * 10),
                        .flooded_pm = (uint16_t)lrint(settings->crew_flooded * 10)};
}

uint32_t dd_streets_trip_ms(const dd_domain *hub, dd_streets *streets, uint32_t from, uint32_t to) {
    look_for_water(hub, streets);
    dd_traffic traffic = traffic_now(hub, streets);
    return dd_drive_find(&streets->drive, &streets->graph, &traffic, from, to);
}

uint32_t dd_streets_vertex(const dd_domain *hub, const dd_streets *streets, dd_xy place,
                           uint32_t *ms) {
    double metres;
    uint32_t vertex = dd_road_graph_nearest(&streets->graph, place, &metres);
    *ms = (uint32_t)lrint(metres * 3600 / dd_settings_of(hub)->crew_service_kmh);
    return vertex;
}
