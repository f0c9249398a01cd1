// The mesh's records and what captures say of its frames.
#include "toy_city.h"

#include "models/mesh/air/mesh_record.h"

static const uint8_t psdu[] = {0x61, 0x88, 7, 0xFE, 0xCA, 1, 0, 2, 0, 0x11, 0x22, 0x33, 0x42, 0x2F};

typedef struct ear {
    dd_engine *engine;
    uint32_t frames;
    dd_record last;
    uint8_t packet[256];
    size_t packet_n;
    char comment[DD_AIR_COMMENT];
} ear;

static void hear(void *context, const dd_record *record) {
    ear *it = context;
    size_t n;
    it->frames++;
    it->last = *record;
    const uint8_t *packet = dd_stream_octets(&it->engine->stream, record, 2, &it->packet_n);
    memcpy(it->packet, packet, it->packet_n);
    const uint8_t *comment = dd_stream_octets(&it->engine->stream, record, 3, &n);
    snprintf(it->comment, sizeof it->comment, "%.*s", (int)n, comment ? (const char *)comment : "");
}

static dd_domain *domain_of(const toy *it) {
    return &it->world->engine->domains[DD_FIRST_SEGMENT_DOMAIN];
}

// A toy city whose frames are heard.
static toy *open_heard(ear *listener) {
    toy_def def = toy_default();
    toy *it = toy_open(&def);
    *listener = (ear){.engine = it->world->engine};
    dd_stream_listen(&it->world->engine->stream,
                     TOY_BIT(DD_REC_AIR_FRAME) | TOY_BIT(DD_REC_AIR_HEARD), hear, listener);
    return it;
}

static dd_air_frame frame_of(const toy *it, const char *receiver) {
    return (dd_air_frame){.segment = 1,
                          .sender = toy_entity(it, "lamp:L-1-2"),
                          .receiver = receiver ? toy_entity(it, receiver) : 0,
                          .start = 12345,
                          .channel = 15,
                          .psdu = psdu,
                          .n = sizeof psdu,
                          .level_cdbm = -8325,
                          .sinr_cdb = 123,
                          .heard = 3,
                          .around = 4};
}

Test(mesh_record, a_frame_is_told_once_with_its_receivers_view) {
    ear heard;
    toy *it = open_heard(&heard);
    dd_air_frame frame = frame_of(it, "lamp:L-1-1");
    dd_mesh_tell_frame(domain_of(it), &frame);
    dd_stream_flush(&it->world->engine->stream);
    cr_assert(eq(u32, heard.frames, 1));
    cr_expect(eq(u32, heard.last.entity, frame.sender));
    cr_expect(eq(i64, heard.last.value[0], 12345));
    cr_expect(eq(i64, heard.last.value[1], toy_entity(it, "segment:S-1-0")));
    cr_expect(eq(str, heard.comment, ""));
    // header 4, then FCS, RSS, rate, channel and LQI of 8 each
    cr_assert(eq(sz, heard.packet_n, 44 + sizeof psdu));
    cr_expect(memcmp(heard.packet + 44, psdu, sizeof psdu) == 0);
    toy_close(it);
}

Test(mesh_record, a_lost_frame_says_why) {
    static const struct {
        dd_loss loss;
        const char *culprit, *comment;
    } cases[] = {
        {DD_LOSS_COLLISION, "lamp:L-2-4", "L-1-1 lost it: a collision with L-2-4 (SINR 1.2 dB)"},
        {DD_LOSS_COLLISION, NULL, "L-1-1 lost it: a collision (SINR 1.2 dB)"},
        {DD_LOSS_FADE, NULL, "L-1-1 lost it: faded (SINR 1.2 dB)"},
        {DD_LOSS_JAMMED, "lamp:L-1-9",
         "L-1-1 lost it: jammed by the jammer at L-1-9 (SINR 1.2 dB)"},
        {DD_LOSS_OFF, NULL, "L-1-1 lost it: it is off"},
        {DD_LOSS_SENDING, NULL, "L-1-1 lost it: it was itself sending"},
        {DD_LOSS_LOCKED, "lamp:L-1-9",
         "L-1-1 lost it: it was receiving another frame of L-1-9 (SINR 1.2 dB)"},
    };
    ear heard;
    toy *it = open_heard(&heard);
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        dd_air_frame frame = frame_of(it, "lamp:L-1-1");
        frame.loss = cases[i].loss;
        frame.culprit = cases[i].culprit ? toy_entity(it, cases[i].culprit) : 0;
        dd_mesh_tell_frame(domain_of(it), &frame);
        dd_stream_flush(&it->world->engine->stream);
        cr_expect(eq(str, heard.comment, (char *)(uintptr_t)cases[i].comment));
    }
    dd_air_frame all = frame_of(it, NULL);
    dd_mesh_tell_frame(domain_of(it), &all);
    dd_stream_flush(&it->world->engine->stream);
    cr_expect(eq(str, heard.comment, "3 of 4 nodes around received it"));
    cr_expect(eq(sz, heard.packet_n, 28 + sizeof psdu), "neither RSS nor LQI");
    toy_close(it);
}

Test(mesh_record, only_what_is_asked_for_is_tapped) {
    ear heard;
    toy *it = open_heard(&heard);
    dd_domain *domain = domain_of(it);
    bool segments[TOY_SEGMENTS_MAX] = {[2] = true};
    cr_expect(dd_mesh_tapped(domain, 1, 0, false));
    it->world->tap = (dd_air_tap){.from = 10, .until = 20, .segments = segments, .ear = 7};
    cr_expect(dd_mesh_tapped(domain, 2, 10, false) && dd_mesh_tapped(domain, 2, 19, false));
    cr_expect_not(dd_mesh_tapped(domain, 2, 9, false) || dd_mesh_tapped(domain, 2, 20, false));
    cr_expect_not(dd_mesh_tapped(domain, 1, 10, false));
    cr_expect(dd_mesh_tapped(domain, 2, 9, true), "what explains others comes early");
    cr_expect_not(dd_mesh_tapped(domain, 1, 9, true));
    cr_expect(eq(u32, dd_mesh_ear(domain, 10, false), 7));
    cr_expect(eq(u32, dd_mesh_ear(domain, 20, false), 0));
    it->world->tap.segments = NULL; // ours
    toy_close(it);
    toy_def def = toy_default();
    it = toy_open(&def);
    cr_expect_not(dd_mesh_tapped(domain_of(it), 1, 0, false), "nobody captures");
    cr_expect(eq(u32, dd_mesh_ear(domain_of(it), 0, false), 0));
    toy_close(it);
}

Test(mesh_record, a_lost_message_names_hop_and_culprit) {
    toy_def def = toy_default();
    toy *it = toy_open(&def);
    dd_stream_listen(&it->world->engine->stream,
                     TOY_BIT(DD_REC_MESH_MESSAGE) | TOY_BIT(DD_REC_MESH_LOSS), toy_keep, it);
    uint32_t lamp = toy_entity(it, "lamp:L-1-3");
    dd_mesh_loss loss = {1, 2, DD_LOSS_COLLISION, 4};
    dd_mesh_tell_message(domain_of(it), lamp, true, DD_MESH_DELIVERED, 2, 5 * DD_MILLISECOND, NULL);
    dd_mesh_tell_message(domain_of(it), lamp, false, dd_mesh_outcome_of(DD_DROP_NO_ACK), 1,
                         DD_SECOND, &loss);
    dd_stream_flush(&it->world->engine->stream);
    cr_assert(eq(sz, it->record_n, 3));
    cr_expect(eq(i64, it->records[0].value[3], 5000));
    cr_expect(eq(i64, it->records[1].value[1], DD_MESH_NO_ACK));
    cr_expect(eq(u64, it->records[2].cause, it->records[1].id));
    cr_expect(eq(u32, it->records[2].entity, lamp));
    static const int64_t told[] = {1, 2, DD_LOSS_COLLISION, 4};
    cr_expect(memcmp(it->records[2].value, told, sizeof told) == 0);
    toy_close(it);
}

Test(mesh_record, nodes_are_the_citys_lamps_and_segments) {
    toy_def def = toy_default();
    toy *it = toy_open(&def);
    cr_expect(eq(u32, dd_mesh_node_entity(it->world, 2, 0), toy_entity(it, "segment:S-2-0")));
    cr_expect(eq(u32, dd_mesh_node_entity(it->world, 2, 5), toy_entity(it, "lamp:L-2-5")));
    toy_close(it);
}

Test(mesh_record, presets_have_the_standards_pages) {
    dd_tap_phy o_qpsk = dd_mesh_phy(&dd_radio_presets[0], 15);
    dd_tap_phy slow = dd_mesh_phy(&dd_radio_presets[1], 3);
    dd_tap_phy fast = dd_mesh_phy(&dd_radio_presets[2], 3);
    cr_expect(o_qpsk.page == 0 && o_qpsk.channel == 15 && !o_qpsk.sun && o_qpsk.bit_rate == 250000);
    cr_expect(slow.page == 9 && slow.sun && slow.sun_mode == 0 && slow.bit_rate == 50000);
    cr_expect(fast.page == 9 && fast.sun && fast.sun_mode == 2 && fast.bit_rate == 150000);
}
