// A controller that fetches an image from the centre, gives it to its nodes, or starts it itself.
#include "models/controller/core/spread.h"
#include "models/controller/core/update.h"
#include "tests/core_bench.h"

enum { NODES = 20, SIZE = 5000, OWN_BLOCKS = (SIZE + 255) / 256, NODE_BLOCKS = (SIZE + 63) / 64 };

TestSuite(core_update, .fini = bench_fini);

// --- The centre, and the nodes ---

static uint8_t payload[SIZE];
static dd_image image;
static uint32_t served_n, fetch_n;
static dd_update_word last; // that the centre has heard

typedef struct node {
    bool has[NODE_BLOCKS];
    uint32_t version, missing_n;
    uint8_t step, result;
    bool known;       // the image has been offered to it
    bool spoils;      // puts it together wrongly
    bool rolls_back;  // what it starts does not do
    bool dumb;        // ... and is not heard
    int64_t awake_ms; // restarts until then
    uint32_t lose;    // of a hundred blocks to all
} node;

static node nodes[NODES + 1];
static uint32_t block_n, alone_n; // blocks sent to all, and to one

static void make_image(dd_image_target target) {
    for (int i = 0; i < SIZE; i++)
        payload[i] = (uint8_t)(i * 31 + i / 256);
    image = (dd_image){.target = (uint8_t)target, .version = 2, .size = SIZE};
    image.hardware = target == DD_IMAGE_NODE ? DD_HARDWARE_NODE : DD_HARDWARE_CONTROLLER;
    dd_sha256 sha;
    dd_sha256_begin(&sha);
    dd_sha256_add(&sha, payload, SIZE);
    dd_sha256_end(&sha, image.digest);
}

static void serve(const dd_word *word) {
    if (word->kind == DD_WORD_UPDATE) {
        last = word->update;
        return;
    }
    fetch_n++;
    for (uint32_t i = 0; i < word->entry_n; i++) {
        dd_order order = {.kind = DD_ORDER_BLOCK, .number = word->number};
        order.block.block = (uint32_t)word->value + i;
        order.block.n = (uint16_t)dd_image_block_n(&image, order.block.block, 256);
        memcpy(order.block.octets, payload + order.block.block * 256, order.block.n);
        served_n++;
        order_later(order);
    }
}

static dd_firmware_status status_of(const node *it) {
    dd_firmware_status status = {.version = it->version,
                                 .step = it->step,
                                 .result = it->result,
                                 .tag = it->known ? dd_image_tag(&image) : 0,
                                 .missing_n = (uint16_t)it->missing_n};
    for (uint16_t i = 0; it->known && i < NODE_BLOCKS && status.gap_n < DD_GAPS_MAX; i++)
        if (!it->has[i] && it->step == DD_STEP_DOWNLOADING) status.gaps[status.gap_n++] = i;
    return status;
}

static void take(node *it, const dd_node_package *package) {
    if (it->step != DD_STEP_DOWNLOADING || it->has[package->block]) return;
    uint32_t at = package->block * 64u;
    cr_assert_eq(package->n, dd_image_block_n(&image, package->block, 64));
    cr_assert_eq(memcmp(payload + at, package->octets, package->n), 0, "as the centre gave it");
    it->has[package->block] = true;
    if (--it->missing_n) return;
    it->step = it->spoils ? DD_STEP_IDLE : DD_STEP_DOWNLOADED;
    if (it->spoils) it->result = DD_RESULT_INTEGRITY;
}

static void obey(node *it, const dd_node_request *request) {
    if (request->kind == DD_NODE_OFFER && !it->known && it->version != 2) {
        it->known = true;
        it->step = DD_STEP_DOWNLOADING;
        it->missing_n = NODE_BLOCKS;
    }
    if (request->kind == DD_NODE_BLOCK && it->known) take(it, &request->package);
    if (request->kind == DD_NODE_APPLY && it->step == DD_STEP_DOWNLOADED) {
        it->step = DD_STEP_UPDATING;
        it->awake_ms = b->now_ms + (it->dumb ? 900 : 10) * SECOND;
    }
    if (request->kind == DD_NODE_CONFIRM && it->version == 2) {
        it->step = DD_STEP_IDLE;
        it->result = DD_RESULT_SUCCESS;
    }
    if (request->kind == DD_NODE_REVERT && it->version == 2) {
        it->version = 1;
        it->step = DD_STEP_IDLE;
    }
}

static bool hear(const dd_node_request *request, dd_firmware_status *status) {
    node *it = &nodes[request->lamp];
    bool all = request->lamp && request->token == 0;
    if (request->kind == DD_NODE_BLOCK) block_n += all && request->lamp == 1, alone_n += !all;
    if (all && request->kind == DD_NODE_BLOCK && it->lose &&
        (request->package.block * 7u + request->lamp * 13u) % 100 < it->lose) {
        it->lose = request->package.block + 1 == NODE_BLOCKS ? it->lose / 4 : it->lose;
        return false;
    }
    if (it->step == DD_STEP_UPDATING && it->awake_ms > b->now_ms) return false;
    if (it->step == DD_STEP_UPDATING && it->version == 1) {
        bool bad = it->rolls_back || it->dumb;
        it->version = bad ? 1 : 2;
        it->step = bad ? DD_STEP_IDLE : DD_STEP_UPDATING;
        it->result = bad ? DD_RESULT_FAILED : DD_RESULT_NONE;
        it->known = false;
    }
    obey(it, request);
    *status = status_of(it);
    return true;
}

static void begin(dd_image_target target, void (*change)(dd_core_def *)) {
    make(NODES, change);
    memset(nodes, 0, sizeof nodes);
    for (int i = 1; i <= NODES; i++)
        nodes[i].version = 1;
    served_n = fetch_n = block_n = alone_n = 0;
    last = (dd_update_word){0};
    b->centre = serve;
    b->node = hear;
    make_image(target);
    run(MINUTE);
}

static void tell(dd_update_action action) {
    dd_order order = {.kind = DD_ORDER_UPDATE, .number = 9};
    order.update.action = (uint8_t)action;
    dd_image_write(order.update.header, &image);
    order_later(order);
}

static uint32_t size_of(const dd_lamp_set *set) {
    uint32_t n = 0;
    for (uint16_t lamp = 1; lamp <= NODES; lamp++)
        n += dd_lamp_set_has(set, lamp);
    return n;
}

static uint32_t with_version(uint32_t version) {
    uint32_t n = 0;
    for (int i = 1; i <= NODES; i++)
        n += nodes[i].version == version;
    return n;
}

// --- From the centre ---

Test(core_update, an_image_is_fetched_and_waits_to_be_started) {
    begin(DD_IMAGE_CONTROLLER, NULL);
    tell(DD_UPDATE_OFFER);
    run(MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_READY);
    cr_expect_eq(served_n, OWN_BLOCKS, "each block once");
    cr_expect_eq(b->boot, 0, "not before it is told to");
    tell(DD_UPDATE_APPLY);
    run(SECOND);
    cr_expect_eq(b->boot, DD_BOOT_STAGED);
    dd_image staged;
    cr_assert(dd_core_update_staged(&b->core.storage.store, &staged));
    cr_expect(dd_image_same(&staged, &image));
}

Test(core_update, a_lossy_line_only_delays) {
    begin(DD_IMAGE_CONTROLLER, NULL);
    b->lose_every = 3;
    tell(DD_UPDATE_OFFER);
    run(30 * MINUTE);
    b->lose_every = 0;
    run(10 * MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_READY);
}

Test(core_update, it_goes_on_where_an_outage_and_a_restart_have_cut_it) {
    begin(DD_IMAGE_CONTROLLER, NULL);
    tell(DD_UPDATE_OFFER);
    while (b->core.update.kept.have < 16)
        run(10);
    b->line_down = true;
    b->mail_n = 0;
    run(2 * HOUR);
    dd_core_def def = b->core.def;
    def.boots++;
    start(&def);
    cr_expect_geq(b->core.update.kept.have, 16);
    uint32_t before = served_n;
    b->line_down = false;
    run(15 * MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_READY);
    cr_expect_eq(served_n - before, OWN_BLOCKS - 16, "no more than was not kept: %u",
                 served_n - before);
}

Test(core_update, one_wrong_octet_is_refused_and_told) {
    begin(DD_IMAGE_CONTROLLER, NULL);
    payload[4321] ^= 1;
    tell(DD_UPDATE_OFFER);
    run(MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_GIVEN_UP);
    cr_expect_eq(last.result, DD_RESULT_INTEGRITY);
    cr_expect_eq(events(DD_UPDATE_FAILED), 1);
    tell(DD_UPDATE_APPLY);
    run(MINUTE);
    cr_expect_eq(b->boot, 0, "nothing that is not right is started");
    dd_image staged;
    cr_expect(!dd_core_update_staged(&b->core.storage.store, &staged));
    payload[4321] ^= 1;
    tell(DD_UPDATE_OFFER);
    run(MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_READY, "offered again it is fetched again");
}

Test(core_update, an_image_spoilt_in_the_store_is_not_started) {
    begin(DD_IMAGE_CONTROLLER, NULL);
    tell(DD_UPDATE_OFFER);
    run(MINUTE);
    b->store[DD_STORE_IMAGE + 1024 + 77] ^= 4;
    dd_image staged;
    cr_expect(!dd_core_update_staged(&b->core.storage.store, &staged));
}

Test(core_update, what_is_not_for_it_is_refused) {
    begin(DD_IMAGE_CONTROLLER, NULL);
    image.hardware = 0x1234;
    tell(DD_UPDATE_OFFER);
    run(MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_GIVEN_UP);
    cr_expect_eq(last.result, DD_RESULT_UNSUPPORTED);
    cr_expect_eq(served_n, 0);
}

Test(core_update, a_store_that_fails_ends_it) {
    begin(DD_IMAGE_CONTROLLER, NULL);
    tell(DD_UPDATE_OFFER);
    while (b->core.update.kept.have < 5)
        run(10);
    b->writes_left = 0;
    run(MINUTE);
    cr_expect_eq(b->core.update.kept.phase, DD_UPDATE_GIVEN_UP);
    cr_expect_eq(last.result, DD_RESULT_NO_FLASH);
}

// --- Its own ---

static void on_trial(dd_core_def *def) {
    def->firmware = 2;
    def->trial = true;
}

// Applied, and started by the boot loader, with or without the centre.
static void try_own(bool line_down) {
    begin(DD_IMAGE_CONTROLLER, NULL);
    tell(DD_UPDATE_OFFER);
    run(MINUTE);
    tell(DD_UPDATE_APPLY);
    run(SECOND);
    b->line_down = line_down;
    b->boot = 0;
    dd_core_def def = b->core.def;
    def.boots++;
    on_trial(&def);
    start(&def);
}

Test(core_update, a_trial_is_passed_when_the_centre_answers) {
    try_own(false);
    run(MINUTE);
    cr_expect_eq(b->boot, DD_BOOT_CONFIRM);
    cr_expect_eq(last.phase, DD_UPDATE_DONE);
    cr_expect_eq(last.running, 2);
}

Test(core_update, a_trial_without_the_centre_goes_back) {
    try_own(true);
    run(9 * MINUTE);
    cr_expect_eq(b->boot, 0);
    run(2 * MINUTE);
    cr_expect_eq(b->boot, DD_BOOT_PREVIOUS);
    dd_core_def def = b->core.def;
    def.boots++;
    def.firmware = 1;
    def.trial = false;
    b->line_down = false;
    start(&def);
    run(MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_GIVEN_UP);
    cr_expect_eq(last.result, DD_RESULT_FAILED);
}

// --- To the nodes ---

Test(core_update, every_node_gets_it_and_starts_it) {
    begin(DD_IMAGE_NODE, NULL);
    tell(DD_UPDATE_OFFER);
    run(10 * MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_READY);
    cr_expect_eq(block_n, NODE_BLOCKS, "each block once, to all");
    cr_expect_eq(alone_n, 0);
    cr_expect_eq(with_version(1), NODES, "nobody starts it before it is told to");
    tell(DD_UPDATE_APPLY);
    run(20 * MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_DONE);
    cr_expect_eq(size_of(&last.done), NODES);
    cr_expect_eq(with_version(2), NODES);
}

// Of what most lack much is sent once more, to all.
Test(core_update, gaps_are_filled) {
    begin(DD_IMAGE_NODE, NULL);
    for (int i = 1; i <= NODES; i++)
        nodes[i].lose = 10;
    nodes[3].lose = 100; // hears nothing that is said to all
    tell(DD_UPDATE_OFFER);
    run(3 * HOUR);
    cr_expect_eq(last.phase, DD_UPDATE_READY);
    cr_expect_eq(size_of(&last.done), NODES);
    cr_expect_gt(alone_n, 0);
    cr_expect_lt(block_n, 4 * NODE_BLOCKS, "%u to all, %u alone", block_n, alone_n);
}

Test(core_update, a_restart_goes_on_with_what_nodes_lack) {
    begin(DD_IMAGE_NODE, NULL);
    tell(DD_UPDATE_OFFER);
    while (b->core.spread.cursor < NODE_BLOCKS / 2)
        run(100);
    dd_core_def def = b->core.def;
    def.boots++;
    b->mail_n = 0;
    start(&def);
    run(2 * HOUR);
    cr_expect_eq(last.phase, DD_UPDATE_READY);
    cr_expect_eq(size_of(&last.done), NODES);
    cr_expect_lt(block_n, NODE_BLOCKS + 4, "what they have is not sent again: %u", block_n);
}

Test(core_update, a_node_that_is_silent_for_an_hour_gets_it_then) {
    begin(DD_IMAGE_NODE, NULL);
    b->mesh[7].silent = true;
    nodes[7].lose = 100;
    tell(DD_UPDATE_OFFER);
    run(50 * MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_SPREADING);
    b->mesh[7].silent = false;
    run(30 * MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_READY);
    cr_expect_eq(size_of(&last.done), NODES);
}

Test(core_update, who_never_answers_is_left_behind) {
    begin(DD_IMAGE_NODE, NULL);
    b->mesh[7].silent = true;
    nodes[7].lose = 100;
    nodes[9].spoils = true;
    tell(DD_UPDATE_OFFER);
    run(4 * HOUR);
    cr_expect_eq(last.phase, DD_UPDATE_READY);
    cr_expect_eq(size_of(&last.done), NODES - 2);
    cr_expect(dd_lamp_set_has(&last.failed, 7) && dd_lamp_set_has(&last.failed, 9));
}

Test(core_update, a_node_that_goes_back_has_failed_and_the_rest_goes_on) {
    begin(DD_IMAGE_NODE, NULL);
    nodes[5].rolls_back = true;
    nodes[11].dumb = true;
    tell(DD_UPDATE_OFFER);
    run(10 * MINUTE);
    tell(DD_UPDATE_APPLY);
    run(2 * HOUR);
    cr_expect_eq(last.phase, DD_UPDATE_DONE);
    cr_expect_eq(size_of(&last.done), NODES - 2);
    cr_expect(dd_lamp_set_has(&last.failed, 5) && dd_lamp_set_has(&last.failed, 11));
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 0, "a restart is no failure of the radio");
}

Test(core_update, after_three_failures_in_a_row_nobody_else_is_tried) {
    begin(DD_IMAGE_NODE, NULL);
    for (int i = 1; i <= NODES; i++)
        nodes[i].rolls_back = true;
    tell(DD_UPDATE_OFFER);
    run(10 * MINUTE);
    tell(DD_UPDATE_APPLY);
    run(2 * HOUR);
    cr_expect_eq(last.phase, DD_UPDATE_GIVEN_UP);
    cr_expect_eq(last.result, DD_RESULT_FAILED);
    cr_expect_leq(size_of(&last.failed), 3 + DD_TRIALS);
}

Test(core_update, what_was_started_goes_back_when_told_to) {
    begin(DD_IMAGE_NODE, NULL);
    tell(DD_UPDATE_OFFER);
    run(10 * MINUTE);
    tell(DD_UPDATE_APPLY);
    run(20 * MINUTE);
    tell(DD_UPDATE_REVERT);
    run(20 * MINUTE);
    cr_expect_eq(last.phase, DD_UPDATE_DONE);
    cr_expect(last.reverts);
    cr_expect_eq(size_of(&last.done), NODES);
    cr_expect_eq(with_version(1), NODES);
}

Test(core_update, cancelled_it_stops) {
    begin(DD_IMAGE_NODE, NULL);
    tell(DD_UPDATE_OFFER);
    while (b->core.spread.cursor < 10)
        run(100);
    tell(DD_UPDATE_CANCEL);
    run(MINUTE);
    uint32_t before = block_n;
    run(HOUR);
    cr_expect_eq(block_n, before);
    cr_expect_eq(last.phase, DD_UPDATE_NONE);
}

// Beside it the night goes on: every lamp is read in every round.
Test(core_update, the_poll_goes_on_beside_it) {
    begin(DD_IMAGE_NODE, NULL);
    for (int i = 1; i <= NODES; i++)
        nodes[i].lose = 30;
    tell(DD_UPDATE_OFFER);
    run(HOUR);
    uint32_t readings = 0;
    for (int i = 0; i < b->heard_n; i++)
        if (b->heard[i].kind == DD_WORD_READINGS) readings += b->heard[i].entry_n;
    cr_expect_geq(readings, 4 * NODES);
}

static void cut_feeder(bool cut) {
    for (int i = 1; i <= NODES; i++)
        if (b->lamps[i - 1].feeder == 2) b->mesh[i].silent = cut;
    supply(2, cut ? 0 : 7);
}

static uint32_t asked_of_feeder(uint8_t feeder) {
    uint32_t n = 0;
    for (int i = 1; i <= NODES; i++)
        if (b->lamps[i - 1].feeder == feeder) n += b->mesh[i].asked_n;
    return n;
}

Test(core_update, nodes_without_supply_are_not_asked_and_get_it_later) {
    begin(DD_IMAGE_NODE, NULL);
    for (int i = 1; i <= NODES; i++)
        nodes[i].lose = 90;
    look();
    tell(DD_UPDATE_OFFER);
    while (b->core.spread.busy || !b->core.spread.lamp ||
           b->lamps[b->core.spread.lamp - 1].feeder != 2)
        run(10);
    cut_feeder(true);
    uint32_t asked = asked_of_feeder(2);
    run(30 * MINUTE);
    cr_expect_eq(asked_of_feeder(2), asked);
    cr_expect_eq(last.phase, DD_UPDATE_SPREADING);
    cut_feeder(false);
    run(HOUR);
    cr_expect_eq(last.phase, DD_UPDATE_READY);
    cr_expect_eq(size_of(&last.done), NODES);
}

// A feeder that is lost in the middle of it says nothing of the firmware.
Test(core_update, a_feeder_lost_during_trials_is_no_failure_of_the_image) {
    begin(DD_IMAGE_NODE, NULL);
    look();
    tell(DD_UPDATE_OFFER);
    run(10 * MINUTE);
    tell(DD_UPDATE_APPLY);
    run(5 * SECOND);
    cut_feeder(true);
    uint32_t asked = asked_of_feeder(2);
    run(40 * MINUTE);
    cr_expect_eq(asked_of_feeder(2), asked);
    cr_expect_eq(last.phase, DD_UPDATE_APPLYING);
    cut_feeder(false);
    run(HOUR);
    cr_expect_eq(last.phase, DD_UPDATE_DONE);
    cr_expect_eq(size_of(&last.done), NODES);
}
