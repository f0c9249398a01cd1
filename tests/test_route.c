// The root's table, lollipop counters, and the table of neighbours.
#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/stack/net/net.h"
#include "models/mesh/stack/rpl/lollipop.h"
#include "models/mesh/stack/rpl/neighbour.h"
#include "models/mesh/stack/rpl/route.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { LAMPS = 40 };

static dd_route routes[LAMPS + 1];
static bool changed;

static void line(int n) {
    dd_routes_clear(routes, LAMPS);
    for (int i = 1; i <= n; i++)
        cr_assert(dd_route_set(routes, LAMPS, 0, (uint16_t)i, (uint16_t)(i - 1), 1, 100, &changed));
}

Test(route, a_source_route_is_the_way_down) {
    dd_source_route route = {0};
    line(5);
    cr_assert_eq(dd_route_find(routes, LAMPS, 0, 1, &route), 1);
    cr_assert_eq(route.n, 0, "no header for the root's own child");
    cr_assert_eq(dd_route_find(routes, LAMPS, 0, 5, &route), 1);
    cr_assert_eq(route.n, 4);
    cr_assert_eq(route.left, 4);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(route.hops[i], i + 2);
}

Test(route, as_far_as_a_header_reaches) {
    dd_source_route route = {0};
    line(LAMPS);
    cr_assert_eq(dd_route_find(routes, LAMPS, 0, DD_ROUTE_MAX + 1, &route), 1);
    cr_assert_eq(route.n, DD_ROUTE_MAX);
    cr_assert_eq(dd_route_find(routes, LAMPS, 0, DD_ROUTE_MAX + 2, &route), 0);
}

Test(route, none_through_gaps_and_rings) {
    dd_source_route route = {0};
    line(8);
    dd_route_set(routes, LAMPS, 0, 3, 8, 2, 100, &changed); // 3 -> 8 -> 7 -> ... -> 3
    cr_assert_eq(dd_route_find(routes, LAMPS, 0, 6, &route), 0);
    cr_assert_eq(dd_route_find(routes, LAMPS, 0, 2, &route), 1);
    cr_assert_eq(dd_route_find(routes, LAMPS, 0, 9, &route), 0);
    cr_assert_eq(dd_route_find(routes, LAMPS, 0, 0, &route), 0);
    cr_assert_eq(dd_route_find(routes, LAMPS, 0, LAMPS + 1, &route), 0);
}

Test(route, lifetimes_end) {
    dd_source_route route = {0};
    line(3);
    dd_route_set(routes, LAMPS, 50, 2, 1, 2, 100, &changed);
    cr_assert_not(changed);
    cr_assert_eq(dd_route_find(routes, LAMPS, 99, 2, &route), 1);
    cr_assert_eq(dd_route_find(routes, LAMPS, 100, 2, &route), 0, "1's own has ended");
    cr_assert_eq(dd_route_expire(routes, LAMPS, 100, 0), 1);
    cr_assert_eq(dd_route_expire(routes, LAMPS, 100, 1), 3);
    cr_assert_eq(dd_route_expire(routes, LAMPS, 100, 3), 0);
}

Test(route, older_words_and_nonsense_are_not_believed) {
    line(3);
    dd_route_set(routes, LAMPS, 0, 3, 2, 9, 100, &changed);
    cr_assert_not(dd_route_set(routes, LAMPS, 0, 3, 1, 8, 100, &changed));
    cr_assert_not(dd_route_set(routes, LAMPS, 0, 3, 1, 8, 0, &changed), "nor an older No-Path");
    cr_assert(dd_route_set(routes, LAMPS, 60, 3, 1, 8, 100, &changed), "but by one that was off");
    cr_assert(changed);
    cr_assert(dd_route_set(routes, LAMPS, 60, 3, 1, 9, 0, &changed), "a No-Path");
    cr_assert(changed);
    cr_assert_eq(routes[3].parent, DD_BROADCAST);
    cr_assert_not(dd_route_set(routes, LAMPS, 0, 0, 1, 1, 100, &changed));
    cr_assert_not(dd_route_set(routes, LAMPS, 0, 2, 2, 1, 100, &changed));
    cr_assert_not(dd_route_set(routes, LAMPS, 0, LAMPS + 1, 1, 1, 100, &changed));
    cr_assert_not(dd_route_set(routes, LAMPS, 0, 1, LAMPS + 1, 1, 100, &changed));
}

// RFC 6550, 7.2, and its examples.
Test(lollipop, counts_and_compares) {
    cr_assert_eq(dd_lollipop_next(254), 255);
    cr_assert_eq(dd_lollipop_next(255), 0);
    cr_assert_eq(dd_lollipop_next(127), 0);
    cr_assert(dd_lollipop_newer(240, 5), "B - A = 21: the one that began anew");
    cr_assert_not(dd_lollipop_newer(5, 240));
    cr_assert(dd_lollipop_newer(5, 250), "the window's 16 include 11");
    cr_assert_not(dd_lollipop_newer(250, 5));
    cr_assert(dd_lollipop_newer(1, 127));
    cr_assert_not(dd_lollipop_newer(127, 1));
    cr_assert_not(dd_lollipop_newer(60, 60));
    cr_assert_not(dd_lollipop_newer(60, 10), "too far apart to say");
    cr_assert_not(dd_lollipop_newer(10, 60));
    for (uint8_t a = 240, i = 0; i < 200; i++, a = dd_lollipop_next(a)) {
        cr_assert(dd_lollipop_newer(dd_lollipop_next(a), a));
        cr_assert_not(dd_lollipop_newer(a, dd_lollipop_next(a)));
    }
}

static dd_neighbour *hear(dd_neighbours *neighbours, uint16_t address, uint16_t rank, int rss) {
    dd_net_figures figures = dd_net_default_figures();
    return dd_neighbour_heard(neighbours, &figures, 0, address, rank, (int8_t)rss, 1);
}

Test(neighbour, etx_follows_attempts) {
    dd_net_figures figures = dd_net_default_figures();
    dd_neighbours neighbours = {0};
    dd_neighbour *one = hear(&neighbours, 7, 512, -95);
    cr_assert_eq(one->etx, 3 * DD_ETX_ONE, "a guess");
    for (int i = 0; i < 60; i++)
        dd_neighbour_sent(one, 0, 1, true);
    cr_assert_eq(one->etx, DD_ETX_ONE, "a perfect link is ETX 1 exactly");
    cr_assert_not(dd_neighbour_sent(one, 0, 1, true));
    for (int i = 0; i < 400; i++) // one attempt and three in turns: 2 on average
        dd_neighbour_sent(one, 0, i % 2 ? 1 : 3, true);
    cr_assert(abs(one->etx - 2 * DD_ETX_ONE) < 24, "%d", one->etx);
    dd_neighbour *two = hear(&neighbours, 8, 512, -60);
    int losses = 0;
    for (int i = 0; i < 4; i++)
        dd_neighbour_sent(two, 0, 1, true);
    for (; dd_neighbour_cost(two, &figures) != DD_COST_NONE; losses++)
        dd_neighbour_sent(two, 0, 4, false);
    cr_assert_eq(losses, 7, "each of four attempts in vain adds a half");
}

// Of a link where an attempt succeeds with probability p, and four are made at most, etx comes to
// 1/p on average: what was given up counts what it would have taken.
Test(neighbour, etx_is_unbiased) {
    for (int percent = 40; percent <= 90; percent += 10) {
        dd_neighbours neighbours = {0};
        dd_neighbour *one = hear(&neighbours, 7, 512, -60);
        double sum = 0;
        int n = 20000;
        uint32_t state = 1;
        for (int i = 0; i < n; i++) {
            uint8_t attempts = 0;
            bool acknowledged = false;
            while (attempts < 4 && !acknowledged) {
                state = state * 1664525 + 1013904223;
                acknowledged = (int)((state >> 8) % 100) < percent;
                attempts++;
            }
            dd_neighbour_sent(one, 0, attempts, acknowledged);
            sum += one->etx;
        }
        double etx = sum / n / DD_ETX_ONE, expected = 100.0 / percent;
        cr_assert(etx > expected * 0.97 - 0.03 && etx < expected * 1.03, "%d %%: %.3f", percent,
                  etx);
    }
}

Test(neighbour, failures_are_forgiven_and_measurements_age) {
    dd_net_figures figures = dd_net_default_figures();
    dd_neighbours neighbours = {0};
    dd_neighbour *one = hear(&neighbours, 7, 512, -60);
    for (int i = 0; i < 20; i++)
        dd_neighbour_sent(one, 0, 4, false);
    dd_neighbour_heard(&neighbours, &figures, 10, 7, 512, -60, 1);
    cr_assert_eq(dd_neighbour_cost(one, &figures), DD_COST_NONE, "after 84 s");
    dd_neighbour_heard(&neighbours, &figures, 16, 7, 512, -60, 1);
    cr_assert_eq(one->etx, DD_ETX_ONE, "after 134 s a guess again");
    cr_assert_not(dd_neighbour_fresh(one, 16));
    dd_neighbour_sent(one, 20, 1, true);
    cr_assert_not(dd_neighbour_fresh(one, 20));
    dd_neighbour_sent(one, 20, 1, true);
    cr_assert(dd_neighbour_fresh(one, 20));
    cr_assert_not(dd_neighbour_silent(one, 20 + DD_NEIGHBOUR_SILENT));
    cr_assert(dd_neighbour_silent(one, 21 + DD_NEIGHBOUR_SILENT));
    cr_assert_not(dd_neighbour_fresh(one, 20 + 430), "after an hour");
}

Test(neighbour, the_worst_makes_room_and_the_parent_never) {
    dd_neighbours neighbours = {0};
    for (int i = 1; i <= DD_NEIGHBOURS; i++)
        cr_assert(hear(&neighbours, (uint16_t)i, (uint16_t)(i == 1 ? 9000 : 256 * i), -60));
    cr_assert_null(hear(&neighbours, 100, 256 * (DD_NEIGHBOURS + 1), -60), "worse than all but 1");
    cr_assert(hear(&neighbours, 101, 256, -60));
    cr_assert(dd_neighbour_find(&neighbours, 1), "the parent stays");
    cr_assert_null(dd_neighbour_find(&neighbours, DD_NEIGHBOURS));
    cr_assert_null(hear(&neighbours, 102, DD_RPL_INFINITE_RANK, -60));
}
