// The mesh of a street in the twin: places in the tree, messages from end to end, coming and going.
#include "tests/toy_city.h"

#include "models/figure/figure.h"
#include "models/mesh/survey/survey.h"

static toy_def street(double preset, double spacing_m, uint32_t lamps) {
    toy_def def = toy_default();
    def.segment_n = 1;
    def.lamp_n = lamps;
    def.spacing_m = spacing_m;
    def.settings.mesh_preset = preset;
    return def;
}

static dd_air *air_of(const toy *it) {
    return dd_mesh_air(&it->world->engine->domains[dd_world_domain(it->world, 1)]);
}

static const dd_net *net_of(const toy *it, uint16_t number) {
    return &air_of(it)->nets[1 + number];
}

// Everyone's parents lead to the controller, ranks falling by at least a hop's from what parents
// have told (what their own has come to since, a child is told later).
static void expect_tree(const toy *it) {
    for (uint16_t lamp = 1; lamp <= toy_segment(it, 1)->lamp_n; lamp++) {
        uint16_t parent = dd_net_parent(net_of(it, lamp));
        if (parent == DD_BROADCAST || !air_of(it)->stations[1 + lamp].on) continue;
        uint16_t told = net_of(it, parent)->dodag.told_rank;
        cr_expect(ge(u16, dd_net_rank(net_of(it, lamp)), told + 128), "lamp %u under %u", lamp,
                  parent);
    }
}

Test(mesh, every_preset_reaches_a_street) {
    for (int preset = 1; preset <= 3; preset++) {
        toy_def def = street(preset, 30, 100);
        toy *it = toy_start(&def, 0);
        expect_tree(it);
        cr_expect(eq(u32, toy_reach(it, 1), 100), "preset %d", preset);
        toy_for(it, 6 * DD_HOUR);
        expect_tree(it);
        const dd_message_counts *counts = &air_of(it)->log.counts;
        cr_expect(gt(u64, counts->sent, 100 * 2 * 20), "preset %d", preset);
        cr_expect(gt(dbl, (double)counts->delivered, 0.99 * (double)counts->sent), "preset %d",
                  preset);
        cr_expect(ge(u64, counts->sent, counts->delivered + counts->lost));
        cr_expect(le(u64, counts->sent, counts->delivered + counts->lost + 4));
        toy_close(it);
    }
}

Test(mesh, no_power_no_neighbours) {
    toy_def def = street(1, 30, 30);
    def.settings.mesh_tx_change_db = -60;
    toy *it = toy_start(&def, 0);
    cr_expect(eq(u32, toy_reach(it, 1), 0));
    toy_until(it, "20:00");
    cr_expect(eq(u32, toy_measure(it, 1).lit, 30), "schedules need no mesh");
    cr_expect(eq(u32, dd_measure_alarms_active(it->world, DD_ALARM_COMMUNICATION), 30));
    cr_expect(eq(u64, air_of(it)->log.counts.delivered, 0));
    cr_expect(eq(u32, air_of(it)->log.messages.used, 0));
    toy_close(it);
}

// A network without routes: all find their places within minutes, the far ones after the near ones.
Test(mesh, all_join_from_cold) {
    for (int preset = 1; preset <= 3; preset++) {
        toy_def def = street(preset, 30, 100);
        def.settings.mesh_cold_start = 1;
        toy *it = toy_start(&def, TOY_BIT(DD_REC_MESH_JOIN));
        cr_expect(eq(u32, toy_reach(it, 1), 0));
        toy_for(it, 5 * DD_MINUTE);
        cr_expect(eq(u32, toy_reach(it, 1), 100), "preset %d", preset);
        expect_tree(it);
        cr_expect(ge(sz, it->record_n, 100));
        toy_close(it);
    }
}

// Its children notice, by frames that nobody acknowledges, and find other parents.
Test(mesh, routes_go_around_a_dead_node) {
    toy_def def = street(1, 60, 60);
    toy *it = toy_start(&def, 0);
    uint16_t relay = 0;
    for (uint16_t lamp = 1; lamp <= 60; lamp++)
        if (dd_net_parent(net_of(it, lamp)) != DD_MESH_ROOT)
            relay = dd_net_parent(net_of(it, lamp));
    cr_assert(relay > 0, "the street is long enough for two hops");
    char act[40];
    snprintf(act, sizeof act, "fail lamp:L-1-%u node_dead", relay);
    toy_act(it, act);
    toy_for(it, DD_HOUR);
    for (uint16_t lamp = 1; lamp <= 60; lamp++)
        if (lamp != relay) cr_expect(ne(u16, dd_net_parent(net_of(it, lamp)), relay));
    expect_tree(it);
    cr_expect(eq(u32, toy_reach(it, 1), 59));
    toy_for(it, DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 1), "the dead one's");
    toy_close(it);
}

// After a power cut the controller begins a new tree, and all come back into it.
Test(mesh, all_come_back_after_a_blackout) {
    toy_def def = street(1, 30, 60);
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_HOUR);
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, DD_HOUR);
    cr_expect(eq(u32, toy_reach(it, 1), 0));
    cr_expect(eq(u32, air_of(it)->packets.used, 0), "queues are lost");
    toy_act(it, "repair segment:S-1-0 blackout");
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(eq(u32, toy_reach(it, 1), 60));
    toy_for(it, DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

// --- The tree of least expected transmissions ---

// Against Bellman and Ford's relaxation of every link between those present, over and over.
static void expect_least(const toy *it, const bool absent[61]) {
    const dd_links *links = air_of(it)->medium.def.links;
    const dd_etx_table *etx = &it->world->survey->etx;
    dd_tree_place tree[DD_TREE_NODES_MAX];
    dd_tree_make(tree, links, etx, 1, 60, absent);
    uint32_t cost[61] = {0};
    for (uint32_t i = 1; i <= 60; i++)
        cost[i] = UINT32_MAX / 2;
    for (uint32_t round = 0; round < 60; round++)
        for (uint32_t from = 1; from <= 61; from++)
            for (uint32_t k = links->first[from]; k < links->first[from + 1]; k++) {
                uint32_t to = links->to[k];
                int16_t noise = links->noise_cdbm[from] > links->noise_cdbm[to]
                                    ? links->noise_cdbm[from]
                                    : links->noise_cdbm[to];
                uint32_t more = dd_etx_of(etx, links->level_cdbm[k] - noise);
                if (absent && (absent[from - 1] || absent[to - 1])) continue;
                if (more && cost[from - 1] + more < cost[to - 1])
                    cost[to - 1] = cost[from - 1] + more;
            }
    for (uint32_t i = 0; i <= 60; i++) {
        bool placed = !absent || !absent[i];
        cr_expect(eq(u32, tree[i].cost, placed ? cost[i] : UINT32_MAX), "node %u", i);
    }
}

Test(mesh, the_first_tree_costs_least) {
    toy_def def = street(1, 50, 60);
    toy *it = toy_start(&def, 0);
    bool absent[61] = {false};
    expect_least(it, NULL);
    for (int i = 1; i <= 60; i += 3)
        absent[i] = true;
    expect_least(it, absent);
    toy_close(it);
}

// Better links cost less, the best one transmission; a link that loses half of its frames costs
// two; fades cost where the median alone would lose nothing.
Test(mesh, expected_transmissions_follow_the_odds) {
    dd_radio_tables radio;
    dd_radio_tables_build(&radio, &dd_radio_presets[0]);
    dd_etx_table steady, fading;
    dd_etx_table_build(&steady, &radio, 80, 0, 0);
    dd_etx_table_build(&fading, &radio, 80, 300, 0);
    bool dearer = false;
    for (int32_t snr = DD_ETX_FROM_CDB; snr < 3000; snr += 10) {
        uint16_t now = dd_etx_of(&steady, snr), next = dd_etx_of(&steady, snr + 10);
        cr_expect(now == 0 || (next > 0 && next <= now));
        double odds = dd_radio_success_ppm(&radio, snr, 80) / 1e6 *
                      dd_radio_success_ppm(&radio, snr, DD_FRAME_ACK) / 1e6;
        if (now) cr_expect(lt(dbl, fabs(now - 128 / odds), 3), "%d cdB: %u", snr, now);
        dearer |= now == 128 && dd_etx_of(&fading, snr) > 140;
    }
    cr_expect(eq(u16, dd_etx_of(&fading, 2990), 128));
    cr_expect(dearer);
}

// --- Messages ---

// One way's time: no less than its frames take on the air, and not much more per hop than backoff
// and acknowledgement (facts B5: 5 to 15 ms a hop for plain CSMA at 250 kb/s, an estimate).
Test(mesh, messages_take_the_standards_time) {
    toy_def def = street(1, 30, 60);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_MESH_MESSAGE));
    toy_for(it, 2 * DD_HOUR);
    double sum_ms = 0, hops = 0;
    dd_time least = dd_radio_air_time(&it->world->preset, 50);
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->value[1] != DD_MESH_DELIVERED) continue;
        cr_expect(ge(i64, record->value[3] * 1000, record->value[2] * least));
        sum_ms += (double)record->value[3] / 1000;
        hops += (double)record->value[2];
    }
    cr_assert(gt(dbl, hops, 500));
    cr_expect(gt(dbl, sum_ms / hops, 4), "%g ms a hop", sum_ms / hops);
    cr_expect(lt(dbl, sum_ms / hops, 15), "%g ms a hop", sum_ms / hops);
    toy_close(it);
}

typedef struct share {
    double lost, attempts;
} share;

// What a weak mesh loses in six hours.
static share weak_mesh(double retries, double fade_db) {
    toy_def def = street(1, 30, 60);
    def.settings.mesh_tx_change_db = -26;
    def.settings.mesh_retries = retries;
    def.settings.mesh_fade_db = fade_db;
    toy *it = toy_start(&def, 0);
    toy_for(it, 6 * DD_HOUR);
    const dd_message_counts *counts = &air_of(it)->log.counts;
    share result = {(double)counts->lost / (double)(counts->lost + counts->delivered),
                    dd_figure_find("mesh.attempts", NULL)->read(it->world)};
    toy_close(it);
    return result;
}

// A fade outlasts the retries, so these help where single frames are lost on steady links.
Test(mesh, retries_save_frames_and_fades_cost_them) {
    share none = weak_mesh(0, 0), three = weak_mesh(3, 0), fading = weak_mesh(3, 4);
    cr_expect(gt(dbl, three.attempts, 1.001), "some hops take more than one attempt");
    cr_expect(lt(dbl, three.lost, none.lost / 3), "%g of %g", three.lost, none.lost);
    cr_expect(gt(dbl, fading.lost, three.lost), "%g", fading.lost);
}

// A lamp that pushes its readings need not be polled.
Test(mesh, reports_take_the_place_of_polls) {
    toy_def def = street(1, 30, 30);
    def.settings.node_report_s = 600;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_MESH_MESSAGE) | TOY_BIT(DD_REC_READING));
    toy_for(it, 4 * DD_HOUR);
    uint32_t down = 0, up = 0, readings = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        readings += record->kind == DD_REC_READING;
        if (record->kind == DD_REC_MESH_MESSAGE) *(record->value[0] ? &up : &down) += 1;
    }
    cr_expect(ge(u32, up, 30 * 23));
    cr_expect(lt(u32, down, up / 4), "%u polls, %u reports", down, up);
    cr_expect(ge(u32, readings, 30 * 20));
    toy_close(it);
}
