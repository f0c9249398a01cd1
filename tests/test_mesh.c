// The mesh at link level: routes, repairs, losses, times.
#include "tests/toy_city.h"

static toy_def street(double preset, double spacing_m, uint32_t lamps) {
    toy_def def = toy_default();
    def.segment_n = 1;
    def.lamp_n = lamps;
    def.spacing_m = spacing_m;
    def.settings.mesh_preset = preset;
    return def;
}

// A tree: everyone's parents lead to the controller, one hop fewer each time, costs falling.
static void expect_tree(const toy *it) {
    const dd_mesh *mesh = toy_segment(it, 1)->mesh;
    for (uint16_t i = 1; i <= toy_segment(it, 1)->lamp_n; i++) {
        const dd_mesh_node *node = &mesh->nodes[i];
        if (node->parent == DD_MESH_NO_PARENT) {
            cr_expect(eq(u8, node->hops, 0));
            continue;
        }
        const dd_mesh_node *parent = &mesh->nodes[node->parent];
        cr_expect(parent->up);
        cr_expect(eq(u8, node->hops, parent->hops + 1));
        // At least one transmission a hop, and at most four (RFC 6719); squared.
        cr_expect(ge(u32, node->cost, parent->cost + 128));
        cr_expect(le(u32, node->cost, parent->cost + 4 * 512));
    }
}

Test(mesh, every_preset_reaches_a_street) {
    for (int preset = 1; preset <= 3; preset++) {
        toy_def def = street(preset, 30, 100);
        toy *it = toy_start(&def, 0);
        expect_tree(it);
        cr_expect(eq(u32, toy_measure(it, 1).reachable, 100), "preset %d", preset);
        toy_for(it, 6 * DD_HOUR);
        const dd_mesh_counts *counts = &toy_segment(it, 1)->mesh->counts;
        cr_expect(gt(u64, counts->sent, 100 * 2 * 20), "preset %d", preset);
        cr_expect(gt(dbl, (double)counts->delivered, 0.995 * (double)counts->sent), "preset %d",
                  preset);
        cr_expect(ge(u64, counts->sent, counts->delivered + counts->lost));
        cr_expect(le(u64, counts->sent, counts->delivered + counts->lost + 4));
        toy_close(it);
    }
}

// Poles so far apart that links are bad: what the standard would not take for a link is none, and
// whoever has no link has no route and is told as silent, not lit or dark.
Test(mesh, hopeless_links_are_none) {
    for (int preset = 1; preset <= 3; preset++) {
        toy_def def = street(preset, 280, 24);
        def.settings.mesh_range_m = 2000;
        def.settings.mesh_tx_change_db = -10;
        toy *it = toy_start(&def, 0);
        expect_tree(it);
        toy_close(it);
    }
}

Test(mesh, no_power_no_neighbours) {
    toy_def def = street(1, 30, 30);
    def.settings.mesh_tx_change_db = -60;
    toy *it = toy_start(&def, 0);
    cr_expect(eq(u32, toy_measure(it, 1).reachable, 0));
    toy_until(it, "20:00");
    cr_expect(eq(u32, toy_measure(it, 1).lit, 30), "schedules need no mesh");
    cr_expect(eq(u32, dd_measure_alarms_active(it->world, DD_ALARM_COMMUNICATION), 30));
    cr_expect(eq(u64, toy_segment(it, 1)->mesh->counts.delivered, 0));
    cr_expect(eq(u32, toy_segment(it, 1)->mesh->messages.used, 0));
    toy_close(it);
}

// Its children are silent until the routes are made anew, and no longer.
Test(mesh, routes_go_around_a_dead_node) {
    toy_def def = street(1, 60, 60);
    toy *it = toy_start(&def, 0);
    const dd_mesh *mesh = toy_segment(it, 1)->mesh;
    uint16_t relay = 0;
    for (uint16_t i = 1; i <= 60; i++)
        if (mesh->nodes[i].hops > 1) relay = mesh->nodes[i].parent;
    cr_assert(relay > 0, "the street is long enough for two hops");
    char act[40];
    snprintf(act, sizeof act, "fail lamp:L-1-%u node_dead", relay);
    toy_act(it, act);
    toy_for(it, 59 * DD_SECOND);
    bool waiting = false;
    for (uint16_t i = 1; i <= 60; i++)
        waiting |= mesh->nodes[i].parent == relay;
    cr_expect(waiting);
    toy_for(it, 2 * DD_SECOND);
    for (uint16_t i = 1; i <= 60; i++)
        cr_expect(ne(u16, mesh->nodes[i].parent, relay));
    expect_tree(it);
    cr_expect(eq(u32, toy_measure(it, 1).reachable, 59));
    toy_for(it, 2 * DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 1), "the dead one's");
    toy_close(it);
}

// A link that loses half of its frames costs as much as four good ones, not as two; fades cost
// where the median alone would lose nothing.
Test(mesh, good_links_before_short_ways) {
    uint32_t lossless[2] = {0}, half = 0;
    for (int fading = 0; fading < 2; fading++) {
        toy_def def = street(1, 40, 60);
        def.settings.mesh_fade_db = fading ? 2 : 0;
        toy *it = toy_start(&def, 0);
        const uint16_t *metric = it->world->mesh_metric;
        uint32_t last = 0;
        for (int row = 0; row < DD_MESH_METRIC_ROWS; row++) {
            int32_t snr_cdb = DD_MESH_METRIC_FROM_CDB + 10 * row;
            uint32_t ppm = dd_radio_success_ppm(&it->world->radio, snr_cdb, 60);
            cr_expect(last == 0 || metric[row] <= last, "better links cost less");
            last = metric[row];
            if (ppm < 500000 && !fading) half = last;
            if (ppm < 999000) lossless[fading] = last;
        }
        cr_expect(eq(u32, last, 128));
        toy_close(it);
    }
    cr_expect(gt(u32, half, 4 * 128));
    cr_expect(lt(u32, half, 6 * 128));
    cr_expect(lt(u32, lossless[0], 130));
    cr_expect(gt(u32, lossless[1], 150));
}

// A node whose supply comes, goes and comes again joins once, after its last start.
Test(mesh, a_node_joins_after_its_last_start) {
    toy_def def = street(1, 30, 30);
    def.settings.mesh_rejoin_s = 0; // a second after the start
    def.settings.node_boot_s = 0.5;
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_MINUTE);
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair feeder:S-1-0"); // it would join after 1.5 s
    toy_for(it, 600 * DD_MILLISECOND);
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_for(it, 10 * DD_MILLISECOND);
    toy_act(it, "repair feeder:S-1-0"); // and now after 2.11 s
    toy_for(it, 1200 * DD_MILLISECOND);
    cr_expect(ne(int, toy_node(it, 1, 5)->state &DD_NODE_RUNNING, 0));
    cr_expect(not(toy_segment(it, 1)->mesh->nodes[5].up), "1.81 s");
    toy_for(it, DD_SECOND);
    cr_expect(toy_segment(it, 1)->mesh->nodes[5].up, "2.81 s after the first");
    toy_close(it);
}

// The time of a hop by the standard: at least frame, turnarounds, CCA and acknowledgement, at most
// with the longest backoff and all retries (facts B1).
Test(mesh, a_hop_takes_the_standards_time) {
    toy_def def = street(1, 30, 30);
    def.settings.mesh_process_ms = 0;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_MESH_HOP) | TOY_BIT(DD_REC_MESH_MESSAGE));
    toy_for(it, DD_HOUR);
    const dd_radio_preset *preset = &it->world->preset;
    double air = (double)dd_radio_air_time(preset, 60) + (double)dd_radio_air_time(preset, 5) +
                 2 * (double)preset->turnaround + (double)preset->cca;
    size_t single = 0;
    double sum = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->kind != DD_REC_MESH_HOP || record->value[1] != 1) continue;
        double took = (double)record->value[2] * 1e3;
        if (took > 12e6) continue; // waited for another message, or for a second hop
        cr_expect(ge(dbl, took, air - 1e3));
        single++;
        sum += took;
    }
    cr_assert(gt(sz, single, 50));
    // The mean backoff of macMinBE 3 is 3.5 periods of 320 us; some wait for another's frame.
    cr_expect(lt(dbl, sum / (double)single, air + 3.5 * 320e3 * 3));
    toy_close(it);
}

// What a weak mesh delivers and loses in six hours.
static dd_mesh_counts weak_mesh(double retries, double fade_db) {
    toy_def def = street(1, 30, 60);
    def.settings.mesh_tx_change_db = -18;
    def.settings.mesh_retries = retries;
    def.settings.mesh_fade_db = fade_db;
    toy *it = toy_start(&def, 0);
    toy_for(it, 6 * DD_HOUR);
    dd_mesh_counts counts = toy_segment(it, 1)->mesh->counts;
    toy_close(it);
    return counts;
}

static double share_lost(const dd_mesh_counts *counts) {
    return (double)counts->lost / (double)(counts->lost + counts->delivered);
}

// A fade outlasts the retries, so these help where single frames are lost on steady links.
Test(mesh, retries_save_frames_and_fades_cost_them) {
    dd_mesh_counts none = weak_mesh(0, 0), three = weak_mesh(3, 0), fading = weak_mesh(3, 4);
    cr_expect(eq(u64, none.attempts, none.hops), "one attempt a hop");
    cr_expect(gt(u64, three.attempts, three.hops), "some hops take more");
    cr_expect(gt(dbl, share_lost(&none), 0.003), "%g lost", share_lost(&none));
    cr_expect(lt(dbl, share_lost(&three), share_lost(&none) / 5), "%g lost", share_lost(&three));
    cr_expect(gt(dbl, share_lost(&fading), share_lost(&three) + 0.005), "%g", share_lost(&fading));
}
