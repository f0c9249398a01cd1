// A mesh from its first frame on, as tshark reads it: nothing malformed, every checksum right,
// fragments put together, and ranks, parents and ends as the nodes have them.
#define _POSIX_C_SOURCE 200809L // mkstemp, popen
#include "tests/dissector.h"
#include "tests/ether.h"

enum { PAN = 0x0007, FRAMES_MAX = 2000, NODES = 9, LONG_N = 400 };

static char lines[FRAMES_MAX][DD_DISSECTED_MAX];

static void watch(void *context, uint16_t source, const ether_frame *frame) {
    dd_dissector *dissector = context;
    uint8_t octets[DD_FRAME_MAX];
    uint8_t at =
        dd_frame_open(octets, &(dd_frame){.type = DD_FRAME_DATA,
                                          .sequence = (uint8_t)dissector->frame_n,
                                          .ack_request = frame->destination != DD_BROADCAST,
                                          .pan = PAN,
                                          .source = source,
                                          .destination = frame->destination});
    memcpy(octets + at, frame->octets, frame->n);
    cr_assert_lt(dissector->frame_n, FRAMES_MAX);
    dd_dissector_add(dissector, octets, dd_frame_close(octets, (uint8_t)(at + frame->n)));
}

static int lines_with(uint32_t n, const char *text) {
    int found = 0;
    for (uint32_t i = 0; i < n; i++)
        found += strstr(lines[i], text) != NULL;
    return found;
}

Test(net_dissection, a_mesh_explains_itself) {
    static const char *const fields[] = {
        "_ws.malformed", "wpan.fcs_ok",           "icmpv6.checksum.status", "udp.checksum.status",
        "icmpv6.type",   "icmpv6.code",           "icmpv6.rpl.dio.rank",    "ipv6.src",
        "ipv6.dst",      "6lowpan.fragment.count"};
    uint8_t text[LONG_N] = {0x50, 1}; // a CoAP message, by its first octets: NON, empty
    dd_dissector dissector = dd_dissector_open();
    ether *air = ether_new(NODES, 21);
    ether_row(air, 2, 950);
    air->watch = watch;
    air->watcher = &dissector;
    ether_start_all(air);
    ether_run(air, 120 * ETHER_S);
    cr_assert_eq(ether_routed(air), NODES - 1);
    ether_send_up(air, NODES - 1, text, 4);
    ether_run(air, 125 * ETHER_S);
    ether_send_up(air, NODES - 1, text, LONG_N);
    ether_run(air, 130 * ETHER_S);
    ether_send_down(air, NODES - 1, text, LONG_N);
    ether_send_down(air, DD_NET_GROUP, text, 4);
    ether_run(air, 135 * ETHER_S);
    cr_assert_eq(air->nodes[0].delivered, 2);
    cr_assert_eq(air->nodes[NODES - 1].delivered, 2);
    uint32_t n = dissector.frame_n;
    dd_dissector_close(&dissector, "-o udp.check_checksum:TRUE -d udp.port==5683,data", fields,
                       sizeof fields / sizeof *fields, lines);
    for (uint32_t i = 0; i < n; i++) {
        char malformed, fcs, icmpv6, udp;
        cr_assert_eq(sscanf(lines[i], "%c %c %c %c", &malformed, &fcs, &icmpv6, &udp), 4);
        cr_assert(malformed == '-' && fcs == '1' && icmpv6 != '0' && udp != '0', "frame %u: %s",
                  i + 1, lines[i]);
    }
    // Put together at each hop: the frames that end with the number of their datagram's fragments.
    int whole = 0;
    for (uint32_t i = 0; i < n; i++)
        whole += lines[i][strlen(lines[i]) - 1] != '-';
    cr_assert_eq(whole, 2 * ether_hops(air, NODES - 1));
    for (int i = 1; i < NODES; i++) {
        char expected[80];
        snprintf(expected, sizeof expected, "155 1 %u fe80::ff:fe00:%x ff02::1a",
                 air->nodes[i].net.dodag.told_rank, i);
        cr_assert_geq(lines_with(n, expected), 1, "%s", expected);
    }
    ether_free(air);
}
