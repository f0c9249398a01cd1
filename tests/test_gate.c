// Where the centre's sessions begin, when many want one at once.
#include "tests/toy_city.h"

static toy_def small_server(double accept_per_s) {
    toy_def def = toy_default();
    def.segment_n = 8;
    def.lamp_n = 5;
    def.backhaul = "lte";
    def.settings.centre_accept_per_s = accept_per_s;
    return def;
}

static uint32_t sessions(const toy *it) {
    uint32_t n = 0;
    for (uint32_t s = 1; s <= it->def.segment_n; s++)
        n += toy_hub(it)->centre.sessions[s].up;
    return n;
}

static const dd_gate_counts *counts(const toy *it) {
    return &toy_hub(it)->centre.gate.counts;
}

// A server that takes two seconds for each: after 2 k seconds k are in.
Test(gate, controllers_are_accepted_one_by_one) {
    toy_def def = small_server(0.5);
    def.settings.controller_connect_s = 60;
    toy *it = toy_start(&def, 0);
    for (uint32_t k = 1; k <= 8; k++) {
        toy_to(it, k * 2 * DD_SECOND + 200 * DD_MILLISECOND); // the first hello was under way
        cr_expect(le(u32, sessions(it), k));
        cr_expect(ge(u32, sessions(it), k - 1));
    }
    toy_for(it, 5 * DD_SECOND);
    cr_expect(eq(u32, sessions(it), 8));
    cr_expect(eq(u32, counts(it)->accepted, 8));
    cr_expect(eq(u32, counts(it)->waited_most, 8));
    cr_expect(eq(u32, counts(it)->refused + counts(it)->stale, 0));
    toy_close(it);
}

Test(gate, a_full_queue_refuses) {
    toy_def def = small_server(0.5);
    def.settings.centre_accept_queue = 3;
    toy *it = toy_start(&def, 0);
    toy_for(it, 2 * DD_SECOND);
    cr_expect(eq(u32, counts(it)->refused, 5));
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u32, sessions(it), 8));
    toy_close(it);
}

// Controllers that give up before their turn leave the server to work for nothing: this is how a
// storm feeds itself.
Test(gate, impatience_wastes_the_servers_time) {
    toy_def def = small_server(0.5);
    def.settings.controller_connect_s = 3;
    def.settings.controller_backoff_s = 1;
    def.settings.controller_backoff_max_s = 1;
    toy *it = toy_start(&def, 0);
    toy_for(it, 2 * DD_MINUTE);
    uint32_t wasted = counts(it)->stale;
    cr_expect(gt(u32, wasted, 20));
    toy_close(it);
    def.settings.controller_backoff_max_s = 60; // and this is how it is calmed
    it = toy_start(&def, 0);
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u32, sessions(it), 8));
    cr_expect(lt(u32, counts(it)->stale, wasted));
    toy_close(it);
}

// Words of a controller that the centre has no session with are not heard: it has to ask first.
Test(gate, nobody_is_heard_without_a_session) {
    toy_def def = small_server(20);
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_MINUTE);
    toy_hub(it)->centre.sessions[1].up = false; // as after the centre's own restart
    uint64_t readings = toy_hub(it)->centre.readings;
    toy_hub(it)->centre.sessions[1].heard = it->world->engine->now;
    toy_for(it, 150 * DD_SECOND);
    cr_expect(gt(u64, counts(it)->unasked, 0));
    cr_expect(eq(u32, sessions(it), 8), "it has noticed and asked anew");
    cr_expect(ge(u64, toy_hub(it)->centre.readings, readings));
    toy_close(it);
}

// The centre's own line is shared by all: what comes at once waits its turn, in order, or finds no
// room.
Test(gate, the_own_line_is_a_queue) {
    toy_def def = small_server(20);
    def.settings.centre_line_kbit_s = 8; // 1,000 octets a second
    def.settings.centre_queue_kib = 4;
    toy *it = toy_open(&def);
    dd_twin_start(it->world);
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    dd_gate *gate = &toy_hub(it)->centre.gate;
    // 500 octets with the transport's: a word with a long field that nobody knows.
    uint8_t octets[410] = {0x08, DD_WORD_ALIVE, 0xfa, 0x07, 0x94, 0x03};
    uint32_t through = 0;
    for (int i = 0; i < 20; i++)
        through += dd_gate_admit(hub, gate, 1, octets, sizeof octets);
    cr_expect(eq(u32, through, 1));
    cr_expect(eq(u32, gate->inbound.used, 8)); // 4,096 octets wait at the most when one comes
    cr_expect(eq(u64, gate->counts.overflowed, 11));
    cr_expect(eq(i64, gate->in_free_at, 4500 * DD_MILLISECOND));
    toy_for(it, 5 * DD_SECOND);
    cr_expect(le(u32, gate->inbound.used, 8));
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u64, gate->counts.garbage, 0), "they came through whole");
    toy_close(it);
}

// What the centre says to all at once waits there too; the hard floor of the segments' lines stays
// below it.
Test(gate, what_it_sends_waits_too) {
    toy_def def = small_server(20);
    def.settings.centre_line_kbit_s = 8;
    toy *it = toy_start(&def, 0);
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    dd_gate *gate = &toy_hub(it)->centre.gate;
    dd_time first = dd_gate_out(hub, gate, 410), second = dd_gate_out(hub, gate, 410);
    cr_expect(eq(i64, first, 500 * DD_MILLISECOND));
    cr_expect(eq(i64, second, DD_SECOND));
    toy_close(it);
}

// A storm on one thread and on two is the same storm.
Test(gate, a_storm_is_the_same_on_any_number_of_threads) {
    char digests[2][DD_DIGEST_TEXT];
    uint32_t stale[2];
    for (uint32_t i = 0; i < 2; i++) {
        toy_def def = small_server(0.5);
        def.settings.centre_line_kbit_s = 16;
        toy *it = toy_open(&def);
        it->world->engine->def.thread_n = 1 + i;
        dd_twin_start(it->world);
        toy_act(it, "fail city outage");
        toy_for(it, DD_HOUR);
        toy_act(it, "repair city");
        toy_for(it, DD_HOUR);
        toy_digest(it, digests[i]);
        stale[i] = counts(it)->stale;
        toy_close(it);
    }
    cr_expect(eq(str, digests[0], digests[1]));
    cr_expect(eq(u32, stale[0], stale[1]));
}
