// Datagrams through the mesh: up, down, in fragments, to all; and what is refused.
#include "models/mesh/stack/bytes.h"
#include "tests/ether.h"

#include <criterion/criterion.h>

enum { LONG_N = 600 };

static uint8_t text[DD_DATAGRAM_MAX + 1];

// A chain of nodes with one hop from each to the next, and seeded routes.
static ether *chain(int n, unsigned pm, uint32_t seed) {
    ether *air = ether_new(n, seed);
    ether_row(air, 1, pm);
    ether_start_all(air);
    for (int i = 0; i < n; i++) {
        ether_node *node = &air->nodes[i];
        node->deadline_us = dd_net_seed(&node->net, 0, &node->port, (uint16_t)(i - 1),
                                        (uint16_t)(256 * (i + 1)), 128);
        if (i)
            dd_net_seed_route(&air->nodes[0].net, 0, &air->nodes[0].port, (uint16_t)i,
                              (uint16_t)(i - 1));
    }
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 7 + 1);
    return air;
}

static int drops(const ether *air, dd_drop drop) {
    int n = 0;
    for (int i = 0; i < air->n; i++)
        n += air->nodes[i].drops[drop];
    return n;
}

static void wait(ether *air, int seconds) {
    ether_run(air, air->now_us + seconds * (int64_t)ETHER_S);
}

Test(net, up_and_down_over_as_many_hops_as_a_route_has) {
    ether *air = chain(DD_ROUTE_MAX + 3, 1000, 1);
    for (int i = 1; i <= DD_ROUTE_MAX + 1; i++) {
        ether_node *node = &air->nodes[i];
        ether_send_down(air, (uint16_t)i, text, 40);
        wait(air, 1);
        cr_assert_eq(node->delivered, 1, "%d hops down", i);
        cr_assert(node->last_n == 40 && !memcmp(node->last, text, 40) && node->last_from == 0);
        ether_send_up(air, i, text, 40);
        wait(air, 1);
        cr_assert_eq(air->nodes[0].delivered, i, "%d hops up", i);
        cr_assert_eq(air->nodes[0].last_from, i);
    }
    ether_send_down(air, DD_ROUTE_MAX + 2, text, 40);
    cr_assert_eq(air->nodes[0].drops[DD_DROP_NO_ROUTE], 1, "one hop too far");
    ether_free(air);
}

Test(net, long_datagrams_go_in_fragments_over_bad_links) {
    ether *air = chain(12, 900, 2);
    for (uint16_t n = 90; n <= DD_DATAGRAM_MAX; n += 11) {
        int before = air->nodes[0].delivered, before_down = air->nodes[11].delivered;
        for (int i = 0; i < 5 && air->nodes[0].delivered == before; i++) {
            ether_send_up(air, 11, text, n);
            wait(air, 10);
        }
        cr_assert_gt(air->nodes[0].delivered, before, "%u octets", n);
        cr_assert(air->nodes[0].last_n == n && !memcmp(air->nodes[0].last, text, n));
        for (int i = 0; i < 5 && air->nodes[11].delivered == before_down; i++) {
            ether_send_down(air, 11, text, n);
            wait(air, 10);
        }
        cr_assert_gt(air->nodes[11].delivered, before_down, "%u octets", n);
        cr_assert(air->nodes[11].last_n == n && !memcmp(air->nodes[11].last, text, n));
    }
    cr_assert_eq(ether_taken(air), 0);
    cr_assert_eq(drops(air, DD_DROP_QUEUE), 0, "fragments go out one at a time");
    ether_send_up(air, 11, text, DD_DATAGRAM_MAX + 1);
    cr_assert_geq(air->nodes[11].drops[DD_DROP_FRAGMENT], 1, "longer than anybody reassembles");
    ether_free(air);
}

// A fragment that is lost for good takes the datagram with it, in time, with a word.
Test(net, half_a_datagram_is_given_up) {
    ether *air = chain(3, 1000, 2);
    ether_send_up(air, 2, text, LONG_N);
    ether_run(air, 20000); // two or three fragments
    cr_assert_eq(air->nodes[1].net.reassemblies[0].buffer, 2);
    ether_link(air, 1, 2, 0, -100);
    wait(air, 10);
    cr_assert_eq(air->nodes[1].drops[DD_DROP_FRAGMENT], 1);
    cr_assert_eq(air->nodes[2].drops[DD_DROP_NO_ACK], 1);
    cr_assert_eq(ether_taken(air), 0);
    ether_free(air);
}

Test(net, two_long_datagrams_cross_and_a_third_finds_no_room) {
    ether *air = chain(4, 1000, 3);
    ether_send_up(air, 3, text, LONG_N);
    ether_send_down(air, 3, text, LONG_N);
    wait(air, 2);
    cr_assert_eq(air->nodes[0].delivered, 1);
    cr_assert_eq(air->nodes[3].delivered, 1);
    for (int i = 0; i < 3; i++)
        ether_send_up(air, 3, text, (uint16_t)(LONG_N + i));
    wait(air, 2);
    cr_assert_eq(air->nodes[3].drops[DD_DROP_FRAGMENT], 1);
    cr_assert_eq(air->nodes[0].delivered, 3);
    ether_free(air);
}

Test(net, a_node_that_stops_gives_its_buffers_back) {
    ether *air = chain(3, 1000, 3);
    ether_send_down(air, DD_NET_GROUP, text, 20);
    ether_run(air, 150000); // the first interval of MPL, and a little
    ether_send_up(air, 2, text, LONG_N);
    ether_run(air, 170000);
    cr_assert_geq(ether_taken(air), 4, "two repeat at least, one sends, one puts together");
    for (int i = 0; i < 3; i++)
        ether_stop(air, i);
    cr_assert_eq(ether_taken(air), 0);
    cr_assert_eq(drops(air, DD_DROP_POWER), 2, "half a datagram here, the other half there");
    ether_free(air);
}

// To all, once, though every fifth frame is lost and nobody acknowledges: 100 lamps in a road of
// two sides, where each hears about twelve.
Test(net, a_group_datagram_reaches_all_once) {
    ether *air = ether_new(100, 4);
    ether_row(air, 6, 800);
    ether_start_all(air);
    wait(air, 300);
    int messages = 50, frames = air->frames, missed = 0;
    for (int i = 1; i <= messages; i++) {
        ether_send_down(air, DD_NET_GROUP, text, 30);
        wait(air, 10);
    }
    for (int i = 1; i < 100; i++) {
        cr_assert(air->nodes[i].delivered <= messages, "node %d: twice", i);
        missed += messages - air->nodes[i].delivered;
    }
    cr_assert_eq(missed, 0, "%d of %d missed", missed, messages * 99);
    cr_assert_eq(air->nodes[0].delivered, 0, "not to its sender");
    int each = (air->frames - frames) / messages;
    cr_assert(each < 130, "%d frames a message: k suppresses", each);
    wait(air, 10);
    cr_assert_eq(ether_taken(air), 0);
    ether_free(air);
}

// Everybody hears everybody: about k = 2 in each of three
// intervals transmits (and those whose frames were ready already), instead of 50.
Test(net, neighbours_suppress_each_others_repeats) {
    ether *air = ether_new(50, 4);
    ether_row(air, 49, 1000);
    air->figures.fixed_routes = true;
    ether_start_all(air);
    ether_send_down(air, DD_NET_GROUP, text, 30);
    wait(air, 5);
    cr_assert(air->frames >= 3 && air->frames <= 30, "%d", air->frames);
    for (int i = 1; i < 50; i++)
        cr_assert_eq(air->nodes[i].delivered, 1);
    ether_free(air);
}

Test(net, a_root_that_was_off_is_heard_in_groups) {
    ether *air = chain(3, 1000, 5);
    for (int i = 0; i < 7; i++)
        ether_send_down(air, DD_NET_GROUP, text, 30), wait(air, 2);
    cr_assert_eq(air->nodes[2].delivered, 7);
    ether_stop(air, 0);
    ether_start(air, 0, 1);
    for (int i = 0; i < 7; i++)
        ether_send_down(air, DD_NET_GROUP, text, 30), wait(air, 2);
    cr_assert_eq(air->nodes[2].delivered, 14);
    ether_free(air);
}

// M says whether a message is the newest of its seed, as far as the forwarder knows.
Test(net, only_the_newest_group_datagram_says_that_it_is) {
    ether *air = chain(2, 1000, 5);
    ether_node *root = &air->nodes[0];
    ether_send_down(air, DD_NET_GROUP, text, 30);
    ether_send_down(air, DD_NET_GROUP, text, 30);
    for (int i = 0; i < 2; i++) {
        const dd_mpl_message *message = &root->net.mpl.messages[i];
        dd_lowpan_link link = {0, DD_BROADCAST, air->prefix};
        dd_datagram datagram;
        cr_assert(dd_iphc_read(&datagram, ether_at(root, message->buffer), message->n, &link));
        cr_assert_eq(datagram.mpl.newest, i == 1);
        cr_assert(dd_datagram_intact(&datagram));
        cr_assert_eq(datagram.payload_n, 30);
    }
    wait(air, 2);
    cr_assert_eq(air->nodes[1].delivered, 2);
    ether_free(air);
}

Test(net, too_long_for_a_group_is_told) {
    ether *air = chain(2, 1000, 5);
    ether_send_down(air, DD_NET_GROUP, text, 200);
    cr_assert_eq(air->nodes[0].drops[DD_DROP_FRAGMENT], 1);
    ether_free(air);
}

Test(net, lamps_do_not_speak_to_one_another) {
    ether *air = chain(3, 1000, 5);
    ether_node *node = &air->nodes[2];
    dd_net_send(&node->net, 0, &node->port, 1, text, 10);
    dd_net_send(&node->net, 0, &node->port, DD_NET_GROUP, text, 10);
    cr_assert_eq(node->drops[DD_DROP_NO_ROUTE], 2);
    ether_send_down(air, 0, text, 10);
    cr_assert_eq(air->nodes[0].drops[DD_DROP_NO_ROUTE], 1, "nor the root to itself");
    ether_free(air);
}

Test(net, a_full_queue_is_told) {
    ether *air = chain(2, 1000, 5);
    for (int i = 0; i < ETHER_QUEUE + 3; i++)
        ether_send_up(air, 1, text, 10);
    cr_assert_eq(air->nodes[1].drops[DD_DROP_QUEUE], 3);
    ether_free(air);
}

Test(net, a_hop_down_that_fails_is_told_where_it_failed) {
    ether *air = chain(5, 1000, 5);
    ether_link(air, 2, 3, 0, -100);
    ether_send_down(air, 4, text, 10);
    wait(air, 1);
    cr_assert_eq(air->nodes[2].drops[DD_DROP_NO_ACK], 1);
    ether_free(air);
}

// -- What arrives that should not.

static ether *pair;
static uint8_t made[DD_FRAME_MAX];
static uint8_t made_n;

static void setup(void) {
    pair = chain(3, 1000, 6);
}

static void teardown(void) {
    ether_free(pair);
}

static dd_datagram sample(uint16_t source, uint16_t destination) {
    return (dd_datagram){.source = dd_ipv6_global(&pair->prefix, source),
                         .destination = dd_ipv6_global(&pair->prefix, destination),
                         .hop_limit = 64,
                         .protocol = DD_UDP,
                         .source_port = DD_COAP_PORT,
                         .destination_port = DD_COAP_PORT,
                         .payload = text,
                         .payload_n = 20};
}

// Hands node 1 a datagram as from a neighbour.
static void hand(dd_datagram *datagram, uint16_t source, bool broadcast, bool seal) {
    if (seal) {
        datagram->checksum = dd_datagram_checksum(datagram);
        if (datagram->protocol == DD_ICMPV6)
            dd_put_be16((uint8_t *)datagram->payload + 2, datagram->checksum);
    }
    dd_lowpan_link link = {source, broadcast ? DD_BROADCAST : 1, pair->prefix};
    made_n = dd_iphc_write(made, sizeof made, datagram, &link);
    memcpy(made + made_n, datagram->payload, datagram->payload_n);
    made_n = (uint8_t)(made_n + datagram->payload_n);
    ether_node *node = &pair->nodes[1];
    dd_net_receive(&node->net, pair->now_us, &node->port, source, broadcast, -60, made, made_n);
}

static void expect_refused(dd_refusal refusal) {
    int *refusals = pair->nodes[1].refusals;
    cr_assert_eq(refusals[refusal], 1, "%d", refusal);
    refusals[refusal] = 0;
    for (int i = 0; i < ETHER_WORDS; i++)
        cr_assert_eq(refusals[i], 0, "and %d", i);
    cr_assert_eq(pair->nodes[1].delivered, 0);
    cr_assert_eq(pair->nodes[1].queued, 0);
}

Test(refusal, by_checksum_port_and_address, .init = setup, .fini = teardown) {
    dd_datagram datagram = sample(0, 1);
    datagram.checksum = (uint16_t)(dd_datagram_checksum(&datagram) + 1);
    hand(&datagram, 0, false, false);
    expect_refused(DD_REFUSAL_CHECKSUM);
    datagram.destination_port = 5684;
    hand(&datagram, 0, false, true);
    expect_refused(DD_REFUSAL_PROTOCOL);
    datagram = sample(0, 2);
    hand(&datagram, 0, false, true);
    expect_refused(DD_REFUSAL_ADDRESS); // a lamp is no router for others' lamps
    datagram = sample(0, 1);
    hand(&datagram, 0, true, true);
    expect_refused(DD_REFUSAL_ADDRESS); // to one in a frame to all
    datagram.source.octets[0] = 0x20;
    hand(&datagram, 0, false, true);
    expect_refused(DD_REFUSAL_ADDRESS); // not of this mesh
    datagram = sample(0, 1);
    hand(&datagram, 1, false, true);
    expect_refused(DD_REFUSAL_ADDRESS); // from itself
    datagram.destination = dd_ipv6_all_coap;
    hand(&datagram, 0, true, true);
    expect_refused(DD_REFUSAL_ADDRESS); // to all without MPL
    datagram.mpl = (dd_mpl_option){.present = true, .sequence = 9};
    datagram.source = dd_ipv6_global(&pair->prefix, 2);
    hand(&datagram, 0, true, true);
    expect_refused(DD_REFUSAL_ADDRESS); // from another than the root
}

Test(refusal, of_fragments, .init = setup, .fini = teardown) {
    ether_node *node = &pair->nodes[1];
    dd_datagram datagram = sample(2, 0);
    dd_lowpan_link link = {2, 1, pair->prefix};
    dd_fragment fragment = {.size = 200, .tag = 7};
    uint8_t n = dd_fragment_write(made, &fragment);
    n = (uint8_t)(n + dd_iphc_write(made + n, 100, &datagram, &link));
    memcpy(made + n, text, 40);
    n = (uint8_t)(n + 40);
    dd_net_receive(&node->net, 0, &node->port, 2, true, -60, made, n);
    expect_refused(DD_REFUSAL_MALFORMED); // fragments to all
    dd_net_receive(&node->net, 0, &node->port, 2, false, -60, made, n);
    cr_assert_eq(ether_taken(pair), 1);
    fragment.offset = 160; // 88 would be next
    n = dd_fragment_write(made, &fragment);
    dd_net_receive(&node->net, 0, &node->port, 2, false, -60, made, (uint8_t)(n + 40));
    expect_refused(DD_REFUSAL_FRAGMENT);
    cr_assert_eq(ether_taken(pair), 0);
    dd_net_receive(&node->net, 0, &node->port, 2, false, -60, made, (uint8_t)(n + 40));
    expect_refused(DD_REFUSAL_FRAGMENT);
}

static void hand_dio(dd_rpl_dio dio, uint16_t as, uint16_t source) {
    static uint8_t octets[DD_RPL_MESSAGE_MAX];
    dd_datagram datagram = {.source = dd_ipv6_link_local(as),
                            .destination = dd_ipv6_all_rpl,
                            .hop_limit = 255,
                            .protocol = DD_ICMPV6,
                            .payload = octets};
    datagram.payload_n =
        dd_rpl_write(octets, &(dd_rpl_message){.code = DD_RPL_DIO, .dio = dio}, &pair->prefix);
    hand(&datagram, source, true, true);
}

Test(refusal, of_dios_of_other_dodags, .init = setup, .fini = teardown) {
    dd_dodag *dodag = &pair->nodes[0].net.dodag;
    dd_rpl_dio fine = dd_dodag_say(dodag, &pair->nodes[0].port, &pair->prefix, true), dio = fine;
    hand_dio(fine, 0, 0);
    dio.instance = 1;
    hand_dio(dio, 0, 0);
    expect_refused(DD_REFUSAL_DODAG);
    dio = fine;
    dio.mode = 2;
    hand_dio(dio, 0, 0);
    expect_refused(DD_REFUSAL_DODAG);
    dio = fine;
    dio.dodag.octets[15] ^= 1;
    hand_dio(dio, 0, 0);
    expect_refused(DD_REFUSAL_DODAG);
    dio = fine;
    dio.rank = 10;
    hand_dio(dio, 0, 0);
    expect_refused(DD_REFUSAL_DODAG); // less than a root's
    hand_dio(fine, 0, 2);
    expect_refused(DD_REFUSAL_ADDRESS); // in another's name
}

// A source route that comes by the same node twice is a loop (RFC 6554, 4.2).
Test(refusal, of_source_routes_in_rings, .init = setup, .fini = teardown) {
    dd_datagram datagram = sample(0, 1);
    datagram.route = (dd_source_route){.n = 3, .left = 3, .hops = {2, 1, 2}};
    hand(&datagram, 0, false, true);
    cr_assert_eq(pair->nodes[1].drops[DD_DROP_HOP_LIMIT], 1);
    datagram.route = (dd_source_route){.n = 1, .left = 1, .hops = {2}};
    datagram.hop_limit = 1;
    hand(&datagram, 0, false, true);
    cr_assert_eq(pair->nodes[1].drops[DD_DROP_HOP_LIMIT], 2);
    cr_assert_eq(pair->nodes[1].queued, 0);
    datagram.hop_limit = 2;
    hand(&datagram, 0, false, true);
    cr_assert_eq(pair->nodes[1].queued, 1);
    wait(pair, 1);
    cr_assert_eq(pair->nodes[2].delivered, 1);
}

// A group datagram that was heard before, again and again, and one from long ago.
Test(refusal, of_replays, .init = setup, .fini = teardown) {
    dd_datagram datagram = sample(0, 0);
    datagram.destination = dd_ipv6_all_coap;
    for (int i = 0; i < 300; i++) {
        datagram.hop_limit = 64;
        datagram.mpl = (dd_mpl_option){.present = true, .sequence = (uint8_t)(100 + i / 3)};
        hand(&datagram, 0, true, true);
    }
    cr_assert_eq(pair->nodes[1].delivered, 100);
    datagram.mpl.sequence = 100 + 99 - DD_MPL_WINDOW;
    hand(&datagram, 0, true, true);
    cr_assert_eq(pair->nodes[1].delivered, 100, "too old to be known");
}

Test(refusal, of_frames_cut_short, .init = setup, .fini = teardown) {
    dd_datagram datagram = sample(0, 1);
    hand(&datagram, 0, false, true);
    cr_assert_eq(pair->nodes[1].delivered, 1);
    ether_node *node = &pair->nodes[1];
    for (uint8_t n = 0; n < made_n; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        memcpy(exact, made, n);
        dd_net_receive(&node->net, 0, &node->port, 0, false, -60, exact, n);
        free(exact);
    }
    cr_assert_eq(node->delivered, 1);
    cr_assert_eq(node->refusals[DD_REFUSAL_MALFORMED] + node->refusals[DD_REFUSAL_CHECKSUM],
                 made_n);
}
