// A controller with a mesh stack of its own in a controller's seat: the twin is its radio.
#include "tests/toy_root.h"

static toy_def street(void) {
    toy_def def = toy_one_street(0, "2020-08-03 19:00");
    def.settings.mesh_cold_start = 1;
    return def;
}

// With a root of its own, or (NULL) the twin's.
static toy *open_street(const toy_def *def, toy_root **root) {
    toy *it = toy_open(def);
    if (root) {
        *root = toy_root_make(it);
        dd_seat_def seat = toy_root_seat(*root, DD_LOST_FALLBACK);
        dd_seat_give(it->world, 1, &seat);
    }
    dd_stream_listen(&it->world->engine->stream, TOY_BIT(DD_REC_READING), toy_keep, it);
    dd_twin_start(it->world);
    return it;
}

static void close_street(toy *it, toy_root *root) {
    toy_close(it);
    free(root);
}

static uint32_t confirmed(const toy *it) {
    return toy_hub(it)->centre.counts.by_outcome[DD_COMMAND_DONE];
}

// Two hours of a street: its mesh forms from nothing, lamps are read and obey.
static void live(toy *it) {
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(eq(u32, toy_reach(it, 1), 30), "all have joined");
    toy_act(it, "override segment:S-1-0 40%");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30));
    toy_act(it, "override lamp:L-1-7 80%");
    toy_for(it, 99 * DD_MINUTE);
    cr_expect(eq(u32, confirmed(it), 2));
    cr_expect(eq(u32, toy_alarms(it), 0));
}

Test(own_stack, works_as_well_as_the_built_in_one) {
    toy_def def = street();
    toy_root *root;
    toy *built_in = open_street(&def, NULL), *own = open_street(&def, &root);
    live(built_in);
    live(own);
    cr_expect(gt(u64, 100 * own->record_n, 97 * built_in->record_n), "%zu readings, %zu",
              own->record_n, built_in->record_n);
    cr_expect(gt(u32, root->frames_in, 300));
    cr_expect(gt(u32, root->results[DD_AIR_DONE], 300));
    cr_expect(eq(u32, root->results[DD_AIR_SENSELESS], 0));
    toy_close(built_in);
    close_street(own, root);
}

// Link security is the radio's: the board needs no keys.
Test(own_stack, works_behind_link_security) {
    toy_def def = street();
    def.settings.mesh_security = 1;
    toy_root *root;
    toy *it = open_street(&def, &root);
    live(it);
    cr_expect(eq(u32, root->results[DD_AIR_SENSELESS], 0));
    close_street(it, root);
}

Test(own_stack, the_same_again_on_two_threads) {
    char digests[2][DD_DIGEST_TEXT];
    for (uint32_t i = 0; i < 2; i++) {
        toy_def def = street();
        def.segment_n = 3;
        def.thread_n = i + 1;
        toy_root *root;
        toy *it = open_street(&def, &root);
        live(it);
        toy_digest(it, digests[i]);
        close_street(it, root);
    }
    cr_expect_str_eq(digests[0], digests[1]);
}

// Whoever starts anew begins a new version of the DODAG, and all find it.
Test(own_stack, starts_again_and_is_found) {
    toy_def def = street();
    toy_root *root;
    toy *it = open_street(&def, &root);
    toy_for(it, 30 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, 10 * DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, 30 * DD_MINUTE);
    cr_expect_eq(root->tenant.starts, 2);
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    toy_act(it, "override segment:S-1-0 40%");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30));
    close_street(it, root);
}

// The twin's own stack takes over, from nothing; the board's comes back the same way.
Test(own_stack, a_fallback_forms_the_mesh_anew) {
    toy_def def = street();
    toy_root *root;
    toy *it = open_street(&def, &root);
    toy_for(it, 30 * DD_MINUTE);
    dd_seat_lose(it->world, 1);
    toy_for(it, 30 * DD_MINUTE);
    cr_expect_eq(dd_seat_holder_of(it->world, 1), DD_SEAT_COLD);
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    uint32_t frames = root->frames_in;
    toy_act(it, "override segment:S-1-0 40%");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30));
    cr_expect(eq(u32, root->frames_in, frames));
    dd_seat_def seat = toy_root_seat(root, DD_LOST_FALLBACK);
    dd_seat_give(it->world, 1, &seat);
    toy_for(it, 30 * DD_MINUTE);
    toy_act(it, "resume segment:S-1-0");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    cr_expect(gt(u32, root->frames_in, frames));
    close_street(it, root);
}

// --- The radio ---

static void put_octets(toy_root *root, const uint8_t *octets, uint16_t n, uint32_t handle) {
    cr_assert(root->extra_n < ROOT_EXTRA);
    root->extra[root->extra_n++] =
        (dd_response){.kind = DD_RESPONSE_AIR, .octets = octets, .n = n, .handle = handle};
}

static void put(toy_root *root, dd_frame header, uint8_t payload_n, uint32_t handle) {
    static uint8_t octets[ROOT_EXTRA][DD_FRAME_MAX];
    uint8_t *place = octets[root->extra_n];
    uint8_t at = dd_frame_open(place, &header);
    put_octets(root, place, (uint16_t)(at + payload_n), handle);
}

// Frames that may not be sent are answered at once, and do not reach the air.
Test(own_stack, the_radio_refuses_what_makes_no_sense) {
    toy_def def = street();
    toy_root *root;
    toy *it = open_street(&def, &root);
    toy_for(it, DD_MINUTE);
    const dd_station *radio = &dd_mesh_air(toy_domain(it, 1))->stations[1];
    uint32_t sent = radio->sent - root->frames_out;
    const dd_frame good = {.type = DD_FRAME_DATA, .pan = root->pan, .destination = DD_BROADCAST};
    dd_frame pan = good, source = good, ack = good, secured = good;
    pan.pan ^= 1;
    source.source = 3;
    ack.ack_request = true;
    secured.secured = true;
    put(root, pan, 10, 901);
    put(root, source, 10, 902);
    put(root, ack, 10, 903);
    put(root, secured, 10, 904);
    put(root, good, DD_FRAME_MAX - DD_FRAME_HEADER - DD_FCS + 1, 905);
    put_octets(root, (const uint8_t *)"\x01", 1, 906);
    put_octets(root, NULL, 0, 907);
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, root->results[DD_AIR_SENSELESS], 7));
    cr_expect(le(u32, radio->sent, sent + root->frames_out), "but for what the stack said itself");
    close_street(it, root);
}

Test(own_stack, the_radio_says_when_it_has_no_room_and_when_nobody_answers) {
    toy_def def = street();
    toy_root *root;
    toy *it = open_street(&def, &root);
    toy_for(it, 20 * DD_MINUTE);
    uint32_t done = root->results[DD_AIR_DONE], before = root->results[DD_AIR_NO_ROOM];
    dd_frame to_all = {.type = DD_FRAME_DATA, .pan = root->pan, .destination = DD_BROADCAST};
    for (uint32_t i = 0; i < 12; i++)
        put(root, to_all, 1, 1000 + i);
    toy_for(it, DD_MINUTE);
    cr_expect(ge(u32, root->results[DD_AIR_NO_ROOM] - before, 4));
    cr_expect(ge(u32, root->results[DD_AIR_DONE] - done, 7));
    toy_act(it, "fail lamp:L-1-15 node_dead");
    uint32_t silent = root->results[DD_AIR_NO_ACK];
    dd_frame to_dead = {
        .type = DD_FRAME_DATA, .ack_request = true, .pan = root->pan, .destination = 15};
    put(root, to_dead, 1, 2000);
    toy_for(it, DD_MINUTE);
    cr_expect(gt(u32, root->results[DD_AIR_NO_ACK], silent));
    close_street(it, root);
}
