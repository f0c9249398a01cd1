#include "models/controller/core/spread.h"

#include <string.h>

#include "models/controller/core/health.h"
#include "models/controller/core/supply.h"
#include "models/controller/core/task.h"
#include "models/controller/core/update.h"

enum {
    OFFERS = 2,
    OFFER_MS = 5000,    // between offers to all, and before the blocks: longer than a message takes
    AGAIN_MS = 60000,   // ... whom a first pass has missed is asked again so soon
    PASS_MS = 300000,   // between passes: supply and mesh come back meanwhile, or do not
    PASSES = 12,        // without progress
    ASKS = 3,           // of a lamp that gets no further, in one pass
    RESTART_MS = 15000, // of a node: its boot, and its way back into the mesh (estimate)
    ASK_MS = 20000,     // between questions to one that restarts
    BUSY_MS = 1000,     // until somebody else has done with a lamp
    GRACE_MS = 180000,  // for a node that has gone back to be heard again
    FAILURES = 3,       // in a row: it is not the nodes
};

static dd_update_phase phase_of(const dd_core *core) {
    return core->update.kept.phase;
}

static const dd_image *image_of(const dd_core *core) {
    return &core->update.kept.image;
}

static uint32_t blocks_of(const dd_core *core) {
    return dd_image_blocks(image_of(core), DD_NODE_BLOCK_OCTETS);
}

// --- What is sent ---

static void prepare_header(dd_core *core) {
    dd_node_package *package = &core->spread.package;
    *package = (dd_node_package){.n = DD_IMAGE_HEADER};
    dd_image_write(package->octets, image_of(core));
}

// False: the store has failed, and so has the update.
static bool prepare_block(dd_core *core, uint32_t block) {
    dd_node_package *package = &core->spread.package;
    *package = (dd_node_package){.tag = dd_image_tag(image_of(core)),
                                 .block = (uint16_t)block,
                                 .last = block + 1 == blocks_of(core)};
    package->n = (uint8_t)dd_image_block_n(image_of(core), block, DD_NODE_BLOCK_OCTETS);
    if (dd_core_update_read(core, block * DD_NODE_BLOCK_OCTETS, package->octets, package->n))
        return true;
    dd_core_update_enter(core, DD_UPDATE_GIVEN_UP, DD_RESULT_NO_FLASH);
    return false;
}

// At most one transaction at a time: a city's night goes on beside it.
static void ask(dd_core *core, uint16_t lamp, dd_node_request_kind kind) {
    core->spread.busy = true;
    dd_node_request what = {.kind = (uint8_t)kind, .package = core->spread.package};
    dd_core_task_start(core, lamp, DD_TASK_OF_SPREAD, &what);
}

static void tell_all(dd_core *core, dd_node_request_kind kind, uint32_t wait_ms) {
    dd_node_request what = {.kind = (uint8_t)kind, .package = core->spread.package};
    dd_core_task_tell_all(core, &what);
    core->spread.due_ms = core->now_ms + wait_ms;
}

// --- Lamps ---

static bool decided(const dd_core *core, uint16_t lamp) {
    return dd_lamp_set_has(&core->spread.done, lamp) || dd_lamp_set_has(&core->spread.failed, lamp);
}

// Lamps with a node of which nothing is known yet are to be asked.
static void fill_todo(dd_core *core) {
    core->spread.todo = (dd_lamp_set){0};
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++)
        if (dd_core_has_node(core, lamp) && !decided(core, lamp))
            dd_lamp_set_add(&core->spread.todo, lamp);
}

// The next lamp that can be asked now, taken out of the pass; 0: none.
static uint16_t take_lamp(dd_core *core) {
    dd_lamp_set askable = core->spread.todo;
    dd_core_task_exclude(core, &askable);
    for (uint16_t lamp = 0; (lamp = dd_lamp_set_after(&askable, lamp));) {
        dd_lamp_set_remove(&askable, lamp);
        if (!dd_core_supply_live(core, lamp)) continue;
        dd_lamp_set_remove(&core->spread.todo, lamp);
        return lamp;
    }
    return 0;
}

static void decide(dd_core *core, uint16_t lamp, bool good) {
    dd_lamp_set_add(good ? &core->spread.done : &core->spread.failed, lamp);
    core->spread.progress = true;
}

// A pass is over. False: there will be no other.
static bool plan_pass(dd_core *core) {
    dd_core_spread *spread = &core->spread;
    fill_todo(core);
    if (dd_lamp_set_empty(&spread->todo)) return false;
    spread->pass = spread->progress ? 1 : (uint8_t)(spread->pass + 1);
    spread->progress = false;
    spread->due_ms = core->now_ms + (spread->pass == 1 ? AGAIN_MS : PASS_MS);
    if (spread->pass < PASSES) return true;
    dd_lamp_set_join(&spread->failed, &spread->todo);
    return false;
}

// --- Spreading ---

void dd_core_spread_resume(dd_core *core) {
    core->spread = (dd_core_spread){.offers = 1, .cursor = blocks_of(core), .due_ms = core->now_ms};
    fill_todo(core);
}

void dd_core_spread_begin(dd_core *core) {
    dd_core_spread_resume(core);
    core->spread.offers = OFFERS;
    core->spread.cursor = 0;
}

static void end_spreading(dd_core *core) {
    bool any = !dd_lamp_set_empty(&core->spread.done);
    dd_core_update_enter(core, any ? DD_UPDATE_READY : DD_UPDATE_GIVEN_UP,
                         any ? DD_RESULT_NONE : DD_RESULT_LOST);
    core->spread.due_ms = INT64_MAX;
}

// A block that the lamp in turn lacks: to all in the first pass, for others lack it too, unless
// that has not helped this one.
static void give(dd_core *core) {
    dd_core_spread *spread = &core->spread;
    if (!prepare_block(core, spread->gaps.gaps[spread->gap_next++])) return;
    if (spread->pass == 0 && spread->tries == 0)
        tell_all(core, DD_NODE_BLOCK, core->def.block_ms);
    else
        ask(core, spread->lamp, DD_NODE_BLOCK);
}

// What it lacks yet it gets in the next pass.
static void end_turn(dd_core *core) {
    core->spread.lamp = 0;
    core->spread.gaps = (dd_firmware_status){0};
    core->spread.gap_next = 0;
}

static void next_lamp(dd_core *core) {
    dd_core_spread *spread = &core->spread;
    spread->lamp = take_lamp(core);
    spread->tries = 0;
    if (spread->lamp)
        ask(core, spread->lamp, DD_NODE_STATUS);
    else if (!plan_pass(core))
        end_spreading(core);
    else
        dd_core_update_tell(core);
}

static void spread_on(dd_core *core) {
    dd_core_spread *spread = &core->spread;
    if (spread->lamp && !dd_core_supply_live(core, spread->lamp)) end_turn(core);
    if (spread->offers) {
        spread->offers--;
        prepare_header(core);
        tell_all(core, DD_NODE_OFFER, OFFER_MS);
    } else if (spread->cursor < blocks_of(core)) {
        if (!prepare_block(core, spread->cursor++)) return;
        tell_all(core, DD_NODE_BLOCK, core->def.block_ms);
    } else if (!dd_core_task_may(core, spread->lamp)) {
        spread->due_ms = core->now_ms + BUSY_MS;
    } else if (spread->gap_next < spread->gaps.gap_n) {
        give(core);
    } else if (spread->lamp) {
        ask(core, spread->lamp, DD_NODE_STATUS);
    } else {
        next_lamp(core);
    }
}

// What it lacks yet. It should have gained half of what it was given, at least.
static void take_gaps(dd_core *core, const dd_firmware_status *status) {
    dd_core_spread *spread = &core->spread;
    int gained_n = spread->gaps.missing_n - status->missing_n, given_n = spread->gaps.gap_n;
    spread->progress |= given_n && gained_n > 0;
    if (given_n && 2 * gained_n < given_n) spread->tries++;
    spread->gaps = *status;
    spread->gap_next = 0;
    if (spread->tries > ASKS) end_turn(core);
}

// What a lamp says while it is given the image. Its turn goes on as long as that leads somewhere.
static void hear_spreading(dd_core *core, uint8_t asked, const dd_firmware_status *status) {
    dd_core_spread *spread = &core->spread;
    const dd_image *image = image_of(core);
    uint16_t lamp = spread->lamp;
    bool ours = status->tag == dd_image_tag(image);
    bool has = ours && status->step == DD_STEP_DOWNLOADED;
    bool runs = status->version == image->version && status->step == DD_STEP_IDLE;
    bool refused = asked == DD_NODE_OFFER && !ours;
    bool wrong = ours && status->result == DD_RESULT_INTEGRITY;
    if (has || runs || refused || wrong) {
        decide(core, lamp, has || runs);
        end_turn(core);
    } else if (!ours) { // its own task is over, so there is one
        prepare_header(core);
        ask(core, lamp, DD_NODE_OFFER);
    } else if (asked != DD_NODE_BLOCK || spread->gap_next >= spread->gaps.gap_n) {
        take_gaps(core, status);
    }
}

// --- Starting it, or the one before ---

void dd_core_spread_apply(dd_core *core) {
    core->spread = (dd_core_spread){.due_ms = core->now_ms};
    fill_todo(core);
}

static dd_core_trial *trial_of(dd_core *core, uint16_t lamp) {
    for (int i = 0; i < DD_TRIALS; i++)
        if (core->spread.trials[i].lamp == lamp) return &core->spread.trials[i];
    return NULL;
}

// One that was never started, for want of the image say, is no failure of the image's.
static void end_trial(dd_core *core, dd_core_trial *trial, bool good) {
    decide(core, trial->lamp, good);
    if (good)
        core->spread.failed_run = 0;
    else if (trial->started)
        core->spread.failed_run++;
    *trial = (dd_core_trial){0};
}

static void ask_next(const dd_core *core, dd_core_trial *trial, dd_node_request_kind kind,
                     int64_t wait_ms) {
    trial->step = (uint8_t)kind;
    trial->ask_ms = core->now_ms + wait_ms;
}

static void hear_applying(dd_core *core, dd_core_trial *trial, const dd_firmware_status *status) {
    const dd_image *image = image_of(core);
    bool has = status->tag == dd_image_tag(image) && status->step == DD_STEP_DOWNLOADED;
    bool restarts = status->step == DD_STEP_UPDATING;
    trial->started |= restarts;
    if (status->version != image->version && restarts)
        ask_next(core, trial, DD_NODE_STATUS, RESTART_MS);
    else if (status->version == image->version && restarts)
        ask_next(core, trial, DD_NODE_CONFIRM, 0);
    else if (status->version == image->version)
        end_trial(core, trial, true);
    else if (has)
        ask_next(core, trial, DD_NODE_APPLY, 0);
    else
        end_trial(core, trial, false);
}

static void hear_reverting(dd_core *core, dd_core_trial *trial, const dd_firmware_status *status) {
    trial->started |= status->step == DD_STEP_UPDATING;
    if (status->version != image_of(core)->version)
        end_trial(core, trial, true);
    else if (status->step == DD_STEP_UPDATING)
        ask_next(core, trial, DD_NODE_STATUS, RESTART_MS);
    else if (trial->step == DD_NODE_REVERT)
        end_trial(core, trial, false); // it has none to go back to
    else
        ask_next(core, trial, DD_NODE_REVERT, 0);
}

static void end_applying(dd_core *core, bool given_up) {
    bool any = !dd_lamp_set_empty(&core->spread.done);
    bool good = any && !given_up;
    dd_core_update_enter(core, good ? DD_UPDATE_DONE : DD_UPDATE_GIVEN_UP,
                         good ? DD_RESULT_SUCCESS : DD_RESULT_FAILED);
    core->spread.due_ms = INT64_MAX;
}

// The trial whose question is due first, or NULL.
static dd_core_trial *first_due(dd_core *core) {
    dd_core_trial *first = NULL;
    for (int i = 0; i < DD_TRIALS; i++) {
        dd_core_trial *trial = &core->spread.trials[i];
        if (trial->lamp && (!first || trial->ask_ms < first->ask_ms)) first = trial;
    }
    return first;
}

// Puts another lamp on trial. False: there is no room, or none that could be.
static bool try_another(dd_core *core) {
    dd_core_trial *trial = trial_of(core, 0);
    uint16_t lamp = trial ? take_lamp(core) : 0;
    if (!lamp) return false;
    *trial = (dd_core_trial){.lamp = lamp,
                             .step = DD_NODE_STATUS,
                             .ask_ms = core->now_ms,
                             .until_ms =
                                 core->now_ms + (int64_t)core->def.node_trial_s * 1000 + GRACE_MS};
    return true;
}

// Without supply a node can be asked nothing, and it is not its image that keeps it silent: in the
// next pass again.
static void leave_dark(dd_core *core) {
    for (int i = 0; i < DD_TRIALS; i++) {
        dd_core_trial *trial = &core->spread.trials[i];
        if (trial->lamp && !dd_core_supply_live(core, trial->lamp)) *trial = (dd_core_trial){0};
    }
}

static void apply_on(dd_core *core) {
    dd_core_spread *spread = &core->spread;
    leave_dark(core);
    bool stops = spread->failed_run >= FAILURES && phase_of(core) == DD_UPDATE_APPLYING;
    while (!stops && try_another(core))
        ;
    dd_core_trial *trial = first_due(core);
    if (trial && core->now_ms >= trial->ask_ms && dd_core_task_may(core, trial->lamp)) {
        ask(core, trial->lamp, trial->step);
    } else if (trial) {
        spread->due_ms = trial->ask_ms > core->now_ms ? trial->ask_ms : core->now_ms + BUSY_MS;
    } else if (stops || !plan_pass(core)) {
        end_applying(core, stops);
    }
}

// --- Transactions ---

static void hear_silence(dd_core *core, uint16_t lamp) {
    dd_core_trial *trial = trial_of(core, lamp);
    if (!trial) {
        end_turn(core); // in the next pass again
    } else if (!trial->started) {
        *trial = (dd_core_trial){0}; // in the next pass again
    } else if (core->now_ms < trial->until_ms) {
        ask_next(core, trial, DD_NODE_STATUS, ASK_MS);
    } else {
        end_trial(core, trial, false);
    }
}

void dd_core_spread_end(dd_core *core, const dd_core_task *task, const dd_firmware_status *status) {
    dd_core_spread *spread = &core->spread;
    spread->busy = false;
    spread->due_ms = core->now_ms;
    dd_core_trial *trial = trial_of(core, task->lamp);
    bool spreads = phase_of(core) == DD_UPDATE_SPREADING;
    if (spreads ? task->lamp != spread->lamp : !trial) return; // of an update that is over
    if (!status)
        hear_silence(core, task->lamp);
    else if (spreads)
        hear_spreading(core, task->kind, status);
    else if (phase_of(core) == DD_UPDATE_APPLYING)
        hear_applying(core, trial, status);
    else
        hear_reverting(core, trial, status);
}

static bool at_work(const dd_core *core) {
    if (core->update.kept.image.target != DD_IMAGE_NODE) return false;
    dd_update_phase phase = phase_of(core);
    return phase == DD_UPDATE_SPREADING || phase == DD_UPDATE_APPLYING ||
           phase == DD_UPDATE_REVERTING;
}

void dd_core_spread_work(dd_core *core) {
    if (!at_work(core) || core->spread.busy || core->now_ms < core->spread.due_ms) return;
    if (phase_of(core) == DD_UPDATE_SPREADING)
        spread_on(core);
    else
        apply_on(core);
}

int64_t dd_core_spread_deadline_ms(const dd_core *core) {
    return at_work(core) && !core->spread.busy ? core->spread.due_ms : INT64_MAX;
}
