// Segments that share a domain: their stations' numbers.
#include "tests/toy_city.h"

Test(neighbourhood, numbers_controllers_and_lamps_by_segment) {
    static const uint32_t partition[] = {0, 2, 1, 2};
    toy_def def = toy_default();
    def.lamp_n = 5;
    def.one_more_in = 1;
    def.neighbourhood = partition;
    toy *it = toy_start(&def, 0);
    dd_engine *engine = it->world->engine;
    cr_assert(eq(u32, engine->domain_n, DD_FIRST_SEGMENT_DOMAIN + 2));
    const dd_domain *first = &engine->domains[DD_FIRST_SEGMENT_DOMAIN], *second = first + 1;
    cr_expect(eq(u32, dd_neighbourhood_of(first)->segment_n, 1));
    cr_expect(eq(u32, dd_neighbourhood_of(first)->station_n, 6));
    cr_expect(eq(u32, dd_neighbourhood_of(second)->segment_n, 2));
    cr_expect(eq(u32, dd_neighbourhood_of(second)->station_n, 13));
    for (uint32_t station = 1; station <= 13; station++) {
        const dd_segment_state *segment = dd_segment_of(second, station);
        cr_expect(eq(u32, segment->segment, station <= 7 ? 1 : 3));
        cr_expect(eq(u32, segment->station, station <= 7 ? 1 : 8));
        cr_expect(eq(u32, dd_segment_number(segment, station), (station - 1) % 7));
    }
    cr_expect(dd_segment_at(it->world, 2) == dd_segment_of(first, 1));
    cr_expect(dd_segment_at(it->world, 3) == dd_segment_of(second, 8));
    toy_close(it);
}

// The hub may answer as soon as the fastest line of a domain lets it.
Test(neighbourhood, the_floor_is_that_of_its_fastest_line) {
    static const uint32_t partition[] = {0, 1, 1, 2};
    toy_def def = toy_default();
    def.backhaul = "nb-iot";
    def.neighbourhood = partition;
    toy *it = toy_open(&def);
    for (int fast = 1; fast <= 2; fast++) {
        dd_world_def again = it->world->def;
        it->segments[fast].backhaul = (char *)(uintptr_t) "lte";
        it->segments[3 - fast].backhaul = (char *)(uintptr_t) "nb-iot";
        dd_error error;
        dd_world *world = dd_twin_open(&again, &error);
        const dd_domain *domains = world->engine->domains + DD_FIRST_SEGMENT_DOMAIN;
        cr_expect(eq(i64, domains[0].floor, 8 * DD_MILLISECOND));
        cr_expect(eq(i64, domains[1].floor, 50 * DD_MILLISECOND));
        dd_twin_close(world);
    }
    toy_close(it);
}
