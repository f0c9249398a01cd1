// Link security in the twin: a secured street works as ever, keys are a network's own, and what is
// forged, replayed or in the clear is refused, counted and told. The attacker swaps a frame on its
// way to the antenna for another.
#include "tests/toy_city.h"

#include "models/mesh/air/guard.h"
#include "models/mesh/survey/survey.h"

enum { ROOT = 1 };

static toy *street(uint32_t lamps, double security, uint64_t mask) {
    toy_def def = toy_default();
    def.segment_n = 2;
    def.lamp_n = lamps;
    def.settings.mesh_security = security;
    def.settings.node_report_s = 30;
    return toy_start(&def, mask);
}

static dd_air *air_of(const toy *it) {
    return dd_mesh_air(&it->world->engine->domains[dd_world_domain(it->world, 1)]);
}

Test(guard, a_secured_street_works) {
    toy *it = street(60, 1, 0);
    toy_for(it, 2 * DD_HOUR);
    const dd_air *air = air_of(it);
    cr_expect(eq(u32, toy_reach(it, 1), 60));
    cr_expect(gt(u64, air->log.counts.sent, 60 * 100));
    cr_expect(gt(dbl, (double)air->log.counts.delivered, 0.99 * (double)air->log.counts.sent));
    cr_expect(eq(u64, air->counts.insecure, 0));
    cr_expect(eq(u64, air->counts.replayed, 0));
    cr_expect(gt(u32, air->counters[ROOT + 1].next, 200));
    toy_close(it);
}

Test(guard, costs_no_memory_when_off) {
    toy *it = street(3, 0, 0);
    cr_expect(air_of(it)->counters == NULL && air_of(it)->least == NULL);
    cr_expect(eq(u8, air_of(it)->figures.frame_room, 116));
    toy_close(it);
    it = street(3, 1, 0);
    cr_expect(eq(u8, air_of(it)->figures.frame_room, 106));
    toy_close(it);
}

// Neighbours take what a restarted node sends: its counter has gone on.
Test(guard, counters_outlive_a_restart) {
    toy *it = street(30, 1, 0);
    const dd_air *air = air_of(it);
    toy_for(it, DD_HOUR);
    toy_act(it, "fail lamp:L-1-1 node_dead");
    uint32_t before = air->counters[ROOT + 1].next;
    cr_assert(gt(u32, before, 0));
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair lamp:L-1-1 node_dead");
    toy_for(it, DD_HOUR);
    cr_expect(gt(u32, air->counters[ROOT + 1].next, before));
    cr_expect(gt(u32, air->counters[ROOT + 1].next, 1024), "from flash, ahead of what was sent");
    cr_expect(eq(u64, air->counts.replayed + air->counts.insecure, 0));
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    toy_close(it);
}

// --- An attacker ---

// Until lamp 1 sends its controller a frame, which is on the air then; its octets.
static dd_packet *next_frame(toy *it) {
    dd_air *air = air_of(it);
    for (int i = 0; i < 600000; i++) {
        toy_for(it, 500 * DD_MICROSECOND);
        uint32_t first = dd_mac_first(&air->stations[ROOT + 1].mac);
        const dd_packet *packet = first ? dd_pool_at(&air->packets, first) : NULL;
        if (packet && packet->sealed && packet->destination == 0)
            return dd_pool_at(&air->packets, packet->sealed);
    }
    cr_assert(false, "lamp 1 says nothing");
    return NULL;
}

static void pass(toy *it) {
    toy_for(it, 5 * DD_SECOND);
}

static void expect_refused(const toy *it, int reason, size_t n) {
    size_t found = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        found += record->entity == toy_entity(it, "segment:S-1-0") && record->value[0] == reason &&
                 record->value[1] == toy_entity(it, "lamp:L-1-1");
    }
    cr_expect(eq(sz, found, n));
    cr_expect(eq(sz, it->record_n, n), "nobody else complains");
}

Test(guard, a_forged_frame_is_refused) {
    toy *it = street(2, 1, TOY_BIT(DD_REC_MESH_REFUSED));
    dd_packet *frame = next_frame(it);
    frame->octets[frame->n - DD_FCS - DD_SECURITY_MIC - 1] ^= 1;
    dd_frame_close(frame->octets, frame->n - DD_FCS);
    pass(it);
    cr_expect(eq(u64, air_of(it)->counts.insecure, 1));
    expect_refused(it, DD_REFUSED_SECURITY, 1);
    next_frame(it);
    pass(it);
    expect_refused(it, DD_REFUSED_SECURITY, 1); // the true ones are still taken
    toy_close(it);
}

Test(guard, a_replayed_frame_is_refused) {
    toy *it = street(2, 1, TOY_BIT(DD_REC_MESH_REFUSED));
    dd_packet old = *next_frame(it);
    pass(it);
    next_frame(it);
    pass(it);
    expect_refused(it, DD_REFUSED_REPLAY, 0);
    *next_frame(it) = old;
    pass(it);
    cr_expect(eq(u64, air_of(it)->counts.replayed, 1));
    expect_refused(it, DD_REFUSED_REPLAY, 1);
    next_frame(it);
    pass(it);
    expect_refused(it, DD_REFUSED_REPLAY, 1);
    toy_close(it);
}

Test(guard, a_frame_in_the_clear_is_refused) {
    toy *it = street(2, 1, TOY_BIT(DD_REC_MESH_REFUSED));
    dd_packet *frame = next_frame(it);
    dd_frame header;
    cr_assert(dd_frame_read(&header, frame->octets, frame->n));
    header.secured = false;
    header.sequence++;
    dd_frame_open(frame->octets, &header);
    dd_frame_close(frame->octets, frame->n - DD_FCS);
    pass(it);
    cr_expect(eq(u64, air_of(it)->counts.insecure, 1));
    expect_refused(it, DD_REFUSED_SECURITY, 1);
    toy_close(it);
}

// --- Keys ---

Test(guard, networks_have_keys_of_their_own) {
    toy *one = street(2, 1, 0), *same = street(2, 1, 0);
    const dd_keyring *keys = &one->world->survey->keyring;
    cr_expect(ne(int, memcmp(keys->keys[1], keys->keys[2], DD_CIPHER_KEY), 0));
    cr_expect(eq(int, memcmp(keys->keys[1], same->world->survey->keyring.keys[1], 16), 0));
    toy_close(one);
    toy_close(same);
}
