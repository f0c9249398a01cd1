// RPL as a whole: forming, repairing, loops, versions; against the RFCs' own arithmetic.
#include "tests/ether.h"

#include <criterion/criterion.h>

enum { IMIN_S = 4, IMAX_S = 1049 };

static int sum_notices(const ether *air, dd_notice_kind kind) {
    int n = 0;
    for (int i = 0; i < air->n; i++)
        n += air->nodes[i].notices[kind];
    return n;
}

static void expect_tree(const ether *air) {
    for (int i = 1; i < air->n; i++) {
        const dd_net *net = &air->nodes[i].net;
        cr_assert(ether_hops(air, i) > 0, "node %d has no way", i);
        uint16_t parent = dd_net_rank(&air->nodes[dd_net_parent(net)].net);
        cr_assert(dd_net_rank(net) >= parent + 128, "node %d: rank %u, its parent's %u", i,
                  dd_net_rank(net), parent);
    }
}

// A line of one hop each: the wave of DIOs takes Imin/2 to Imin a hop (the first interval of each
// Trickle timer, RFC 6206), 3/4 Imin on average.
Test(rpl, forms_from_cold_hop_by_hop) {
    ether *air = ether_new(26, 3);
    ether_row(air, 1, 1000);
    ether_start_all(air);
    ether_run(air, 200 * ETHER_S);
    cr_assert_eq(ether_joined(air), 25);
    cr_assert_eq(ether_routed(air), 25);
    expect_tree(air);
    int64_t last_us = air->nodes[25].joined_us, imin_us = 4096000;
    cr_assert(last_us > 25 * imin_us / 2 && last_us < 25 * imin_us, "%.1f s", last_us / 1e6);
    cr_assert(llabs(last_us - 25 * imin_us * 3 / 4) < 3 * imin_us, "%.1f s", last_us / 1e6);
    for (int i = 1; i < 26; i++) {
        cr_assert_eq(ether_hops(air, i), i);
        cr_assert_eq(dd_net_rank(&air->nodes[i].net), 256 * (i + 1));
    }
    ether_free(air);
}

Test(rpl, forms_among_many_neighbours_with_losses) {
    ether *air = ether_new(100, 5);
    ether_row(air, 8, 850);
    ether_start_all(air);
    ether_run(air, 240 * ETHER_S);
    cr_assert_eq(ether_joined(air), 99);
    cr_assert_eq(ether_routed(air), 99);
    expect_tree(air);
    cr_assert(ether_hops(air, 99) >= 13 && ether_hops(air, 99) <= 25, "%d", ether_hops(air, 99));
    ether_free(air);
}

// Quiet: a node sends one DIO an interval. After so long, that is one for each doubling, then one
// an Imax.
Test(rpl, dios_become_rare) {
    ether *air = ether_new(10, 8);
    ether_row(air, 9, 1000);
    ether_start_all(air);
    ether_run(air, 60 * ETHER_S);
    int before = 0, after = 0, hours = 10;
    for (int i = 0; i < 10; i++)
        before += air->nodes[i].sent_dio;
    // 4 + 8 + 16 + 32 s: four intervals at most, from the last reset on.
    cr_assert(before >= 10 * 3 && before <= 10 * 8, "%d", before);
    ether_run(air, 3000 * (int64_t)ETHER_S);
    for (int i = 0; i < 10; i++)
        before += air->nodes[i].sent_dio, air->nodes[i].sent_dio = 0;
    ether_run(air, (3000 + 3600 * hours) * (int64_t)ETHER_S);
    for (int i = 0; i < 10; i++)
        after += air->nodes[i].sent_dio;
    int due = 10 * 3600 * hours / IMAX_S;
    cr_assert(abs(after - due) <= 10, "%d DIOs, %d due", after, due);
    ether_free(air);
}

Test(rpl, redundancy_suppresses_dios) {
    ether *air = ether_new(30, 8);
    air->figures.redundancy = 3;
    ether_row(air, 29, 1000);
    ether_start_all(air);
    ether_run(air, 4000 * (int64_t)ETHER_S);
    for (int i = 0; i < 30; i++)
        air->nodes[i].sent_dio = 0;
    int sent = 0, intervals = 20;
    ether_run(air, (4000 + intervals * IMAX_S) * (int64_t)ETHER_S);
    for (int i = 1; i < 30; i++)
        sent += air->nodes[i].sent_dio;
    // All lamps have the same rank, and hear only the root as one of less: nobody is suppressed by
    // their equals (RFC 6550, 8.3).
    cr_assert(sent >= 29 * (intervals - 1), "%d", sent);
    ether_free(air);
}

Test(rpl, prefers_two_good_links_to_one_bad) {
    ether *air = ether_new(3, 4);
    ether_link(air, 0, 1, 1000, -70);
    ether_link(air, 1, 2, 1000, -70);
    ether_link(air, 0, 2, 450, -94); // one attempt in five is acknowledged: beyond MAX_LINK_METRIC
    ether_start_all(air);
    for (int i = 0; i < 20; i++) { // what it costs shows by using it
        ether_run(air, air->now_us + 60 * ETHER_S);
        ether_send_up(air, 2, (const uint8_t *)"report", 6);
    }
    cr_assert_eq(dd_net_parent(&air->nodes[2].net), 1);
    ether_free(air);
}

// A relay dies. Whoever sends finds out by missing acknowledgements: the packet goes by way of
// another neighbour at once, and after some losses (a report, then probes a second or two apart) so
// does the node.
Test(rpl, children_of_a_dead_node_go_by_way_of_others) {
    ether *air = ether_new(12, 9);
    ether_row(air, 3, 1000);
    ether_start_all(air);
    ether_run(air, 300 * ETHER_S);
    int dead = dd_net_parent(&air->nodes[11].net);
    ether_stop(air, dead);
    ether_send_up(air, 11, (const uint8_t *)"report", 6);
    ether_run(air, 305 * ETHER_S);
    cr_assert_eq(air->nodes[0].delivered, 1, "by way of another");
    ether_run(air, 320 * ETHER_S);
    cr_assert_neq(dd_net_parent(&air->nodes[11].net), dead);
    cr_assert(ether_hops(air, 11) > 0);
    ether_run(air, 340 * ETHER_S); // the DAO's delay is 2 to 6 s
    ether_send_down(air, 11, (const uint8_t *)"order", 5);
    ether_run(air, 342 * ETHER_S);
    cr_assert_eq(air->nodes[11].delivered, 1, "and down as well");
    ether_free(air);
}

// Nobody sends anything: ten minutes after the last word to a parent, a child makes sure of it.
Test(rpl, a_dead_parent_is_missed_even_in_silence) {
    ether *air = ether_new(12, 9);
    ether_row(air, 3, 1000);
    ether_start_all(air);
    ether_run(air, 300 * ETHER_S);
    int dead = dd_net_parent(&air->nodes[11].net);
    ether_stop(air, dead);
    ether_run(air, 300 * ETHER_S + (600 + 150) * ETHER_S);
    cr_assert_neq(dd_net_parent(&air->nodes[11].net), dead);
    ether_send_down(air, 11, (const uint8_t *)"order", 5);
    ether_run(air, air->now_us + ETHER_S);
    cr_assert_eq(air->nodes[11].delivered, 1);
    ether_free(air);
}

// The only way is gone: poison, then asking, then a new way with a higher rank when one appears.
Test(rpl, leaves_and_rejoins_when_there_is_a_way_again) {
    ether *air = ether_new(8, 2);
    ether_row(air, 1, 1000);
    ether_start_all(air);
    ether_run(air, 120 * ETHER_S);
    cr_assert_eq(ether_joined(air), 7);
    ether_stop(air, 3);
    ether_send_up(air, 7, (const uint8_t *)"report", 6);
    ether_run(air, 180 * ETHER_S);
    for (int i = 4; i < 8; i++)
        cr_assert_eq(dd_net_parent(&air->nodes[i].net), DD_BROADCAST, "node %d", i);
    cr_assert(air->nodes[4].sent_dis >= 1);
    ether_start(air, 3, 1);
    ether_run(air, 400 * ETHER_S); // what was lost is held against a neighbour for two minutes
    cr_assert_eq(ether_joined(air), 7);
    cr_assert_eq(ether_routed(air), 7);
    expect_tree(air);
    ether_free(air);
}

// A loop made by hand: 3 and 4 each believe in the other. The first packet shows it by its rank,
// and it dissolves.
Test(rpl, a_loop_is_found_and_dissolves) {
    ether *air = ether_new(6, 2);
    ether_row(air, 1, 1000);
    ether_start_all(air);
    ether_run(air, 600 * ETHER_S);
    dd_dodag *three = &air->nodes[3].net.dodag;
    dd_neighbour_find(&three->neighbours, 2)->rank = DD_RPL_INFINITE_RANK;
    dd_neighbour_find(&three->neighbours, 4)->rank = 512;
    three->parent = 4;
    three->rank = 1024;
    ether_send_up(air, 5, (const uint8_t *)"round", 5);
    ether_run(air, 601 * ETHER_S);
    cr_assert_geq(air->nodes[4].notices[DD_NOTICE_LOOP], 1);
    cr_assert_eq(air->nodes[4].notices[DD_NOTICE_LEFT], 1);
    cr_assert_eq(sum_notices(air, DD_NOTICE_DROPPED), 1, "and goes no further");
    ether_run(air, 640 * ETHER_S); // DIOs at Imin tell the true ranks
    expect_tree(air);
    ether_send_up(air, 5, (const uint8_t *)"again", 5);
    ether_run(air, 641 * ETHER_S);
    cr_assert_eq(air->nodes[0].delivered, 1);
    ether_free(air);
}

Test(rpl, global_repair_begins_a_new_version) {
    ether *air = ether_new(20, 6);
    ether_row(air, 2, 950);
    ether_start_all(air);
    ether_run(air, 1000 * (int64_t)ETHER_S);
    uint8_t version = air->nodes[0].net.dodag.version;
    int dao = air->nodes[19].sent_dao;
    ether_node *root = &air->nodes[0];
    root->deadline_us = dd_net_repair(&root->net, air->now_us, &root->port);
    ether_run(air, 1100 * (int64_t)ETHER_S);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(air->nodes[i].net.dodag.version, version + 1);
    expect_tree(air);
    cr_assert(air->nodes[19].sent_dao > dao, "all say their parents again");
    ether_free(air);
}

// A root that was off has forgotten all. Its new version makes all say their parents again.
Test(rpl, a_root_that_was_off_learns_its_routes_again) {
    ether *air = ether_new(10, 6);
    ether_row(air, 2, 1000);
    ether_start_all(air);
    ether_run(air, 3000 * (int64_t)ETHER_S);
    for (uint8_t boots = 0; boots < 2; boots++) { // the second time it has lost even the count
        ether_stop(air, 0);
        ether_run(air, air->now_us + 5 * ETHER_S);
        ether_start(air, 0, 1);
        cr_assert_eq(ether_routed(air), 0);
        ether_run(air, air->now_us + 100 * ETHER_S);
        if (boots == 0) cr_assert_eq(ether_routed(air), 9);
        ether_run(air, air->now_us + 3000 * (int64_t)ETHER_S);
        cr_assert_eq(ether_routed(air), 9, "refreshed");
    }
    ether_free(air);
}

Test(rpl, a_lamp_that_was_off_is_back_soon) {
    ether *air = ether_new(10, 6);
    ether_row(air, 2, 1000);
    ether_start_all(air);
    ether_run(air, 5000 * (int64_t)ETHER_S);
    for (uint8_t boots = 1; boots < 4; boots++) {
        ether_stop(air, 9);
        ether_run(air, air->now_us + 60 * ETHER_S);
        ether_start(air, 9, boots);
        // DIS within 6 s, a neighbour's DIO within Imin, the DAO within 6 s.
        ether_run(air, air->now_us + 17 * ETHER_S);
        ether_send_down(air, 9, (const uint8_t *)"order", 5);
        ether_run(air, air->now_us + ETHER_S);
        cr_assert_eq(air->nodes[9].delivered, boots);
    }
    ether_free(air);
}

// Routes are refreshed before they end, and those of the dead end.
Test(rpl, routes_last_as_long_as_their_lamps) {
    ether *air = ether_new(10, 6);
    ether_row(air, 3, 1000);
    ether_start_all(air);
    ether_run(air, 300 * ETHER_S);
    ether_run(air, 20000 * (int64_t)ETHER_S);
    cr_assert_eq(ether_routed(air), 9);
    cr_assert_eq(air->nodes[0].notices[DD_NOTICE_LEFT], 0);
    ether_stop(air, 9);
    ether_run(air, (20000 + 1800 + 61) * (int64_t)ETHER_S);
    cr_assert_eq(ether_routed(air), 8);
    ether_free(air);
}

Test(rpl, a_parent_that_is_not_in_doubt_is_kept) {
    ether *air = ether_new(40, 12);
    ether_row(air, 6, 950);
    ether_start_all(air);
    ether_run(air, 1000 * (int64_t)ETHER_S);
    int before = sum_notices(air, DD_NOTICE_PARENT);
    ether_run(air, 40000 * (int64_t)ETHER_S);
    int changes = sum_notices(air, DD_NOTICE_PARENT) - before;
    cr_assert(changes <= 20, "%d changes among 40 nodes in 11 hours", changes);
    cr_assert_eq(sum_notices(air, DD_NOTICE_LEFT), 0);
    ether_free(air);
}

// The root is gone from most of a mesh: nobody may follow anybody to infinity, and the air must
// become quiet but for asking.
Test(rpl, those_cut_off_become_quiet) {
    ether *air = ether_new(40, 12);
    ether_row(air, 5, 950);
    ether_start_all(air);
    ether_run(air, 600 * ETHER_S);
    for (int i = 1; i <= 5; i++)
        ether_stop(air, i);
    for (int minute = 0; minute < 10; minute++) { // all have something to say
        for (int i = 6; i < 40; i++)
            ether_send_up(air, i, (const uint8_t *)"report", 6);
        ether_run(air, air->now_us + 60 * (int64_t)ETHER_S);
    }
    cr_assert_eq(ether_joined(air), 0);
    int frames = air->frames, left = sum_notices(air, DD_NOTICE_LEFT);
    ether_run(air, air->now_us + 3000 * (int64_t)ETHER_S);
    cr_assert_eq(sum_notices(air, DD_NOTICE_LEFT), left);
    int each = (air->frames - frames) / 34;
    cr_assert(each >= 90 && each <= 120, "%d frames each in 3000 s: a DIS every 30 s", each);
    for (int i = 1; i <= 5; i++)
        ether_start(air, i, 1);
    ether_run(air, air->now_us + 200 * (int64_t)ETHER_S);
    cr_assert_eq(ether_joined(air), 39);
    expect_tree(air);
    ether_free(air);
}

// Everything seeded: joined at once, no storm.
static void seed_line(ether *air) {
    ether_start_all(air);
    for (int i = 0; i < air->n; i++) {
        ether_node *node = &air->nodes[i];
        node->deadline_us =
            dd_net_seed(&node->net, 0, &node->port, (uint16_t)(i ? i - 1 : DD_BROADCAST),
                        (uint16_t)(256 * (i + 1)), 128);
    }
    for (int i = 1; i < air->n; i++)
        dd_net_seed_route(&air->nodes[0].net, 0, &air->nodes[0].port, (uint16_t)i,
                          (uint16_t)(i - 1));
}

Test(rpl, seeded_nodes_are_joined_and_quiet) {
    ether *air = ether_new(30, 6);
    ether_row(air, 1, 1000);
    seed_line(air);
    cr_assert_eq(ether_joined(air), 29);
    expect_tree(air);
    ether_run(air, ETHER_S);
    cr_assert_eq(air->nodes[0].sent_advertisement, 1, "the contexts at once");
    ether_send_up(air, 29, (const uint8_t *)"report", 6);
    ether_send_down(air, 29, (const uint8_t *)"order", 5);
    ether_run(air, 2 * ETHER_S);
    cr_assert_eq(air->nodes[0].delivered, 1);
    cr_assert_eq(air->nodes[29].delivered, 1);
    int early = 0, late = 0;
    ether_run(air, 100 * ETHER_S);
    for (int i = 1; i < 30; i++)
        early += air->nodes[i].sent_dio;
    cr_assert(early <= 8, "%d DIOs in the first 100 s of 1,049", early);
    ether_run(air, 1100 * (int64_t)ETHER_S);
    for (int i = 1; i < 30; i++) {
        late += air->nodes[i].sent_dio;
        cr_assert(air->nodes[i].sent_advertisement <= 1);
    }
    cr_assert(late >= 25 && late <= 60, "%d", late);
    cr_assert_eq(sum_notices(air, DD_NOTICE_PARENT), 0);
    ether_run(air, 4000 * (int64_t)ETHER_S);
    cr_assert_eq(ether_routed(air), 29);
    ether_free(air);
}

Test(rpl, fixed_routes_need_no_words) {
    ether *air = ether_new(26, 6);
    air->figures.fixed_routes = true;
    ether_row(air, 1, 900);
    seed_line(air);
    ether_run(air, 10000 * (int64_t)ETHER_S);
    cr_assert_eq(air->frames, 1, "the root's advertisement");
    for (int i = 0; i < 26; i++)
        cr_assert_eq(air->nodes[i].deadline_us, DD_NET_NEVER);
    for (int i = 0; i < 20; i++) {
        ether_send_up(air, 25, (const uint8_t *)"report", 6);
        ether_run(air, air->now_us + 2 * ETHER_S);
    }
    cr_assert(air->nodes[0].delivered >= 19, "%d", air->nodes[0].delivered);
    cr_assert_eq(dd_net_parent(&air->nodes[25].net), 24);
    ether_free(air);
}
