#include "models/controller/core/update.h"

#include "models/controller/core/condition.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/random.h"
#include "models/controller/core/spread.h"

enum {
    WINDOW = 8,     // blocks asked for at once (MAX_PAYLOADS of RFC 9177 is 10)
    SAVE_EACH = 16, // blocks: so many are fetched again after a restart at the most
    DOUBLINGS = 4,  // of the wait for what was asked for
    PAYLOAD_AT = DD_STORE_IMAGE + 1024, // behind the two copies of what is kept of it
};

_Static_assert(2 * (sizeof(dd_core_update_kept) + DD_STORE_COPY_HEAD) <= 1024,
               "before the payload");
_Static_assert(PAYLOAD_AT + DD_IMAGE_MOST <= DD_STORE_SIZE, "the longest image fits");

static dd_core_update_kept *kept_of(dd_core *core) {
    return &core->update.kept;
}

static uint32_t blocks_of(const dd_core *core) {
    return dd_image_blocks(&core->update.kept.image, DD_LINE_BLOCK_OCTETS);
}

static bool is_own(const dd_core *core) {
    return core->update.kept.image.target == DD_IMAGE_CONTROLLER;
}

static bool save(dd_core *core) {
    return dd_store_save(&core->storage.store, &core->update.pair, &core->update.kept);
}

static bool read(const dd_store *store, uint32_t at, uint8_t *octets, uint32_t n) {
    return store->read(store->context, PAYLOAD_AT + at, octets, n);
}

bool dd_core_update_read(const dd_core *core, uint32_t at, uint8_t *octets, uint32_t n) {
    return read(&core->storage.store, at, octets, n);
}

// What the store knows of an update. False: nothing good.
static bool load(const dd_store *store, dd_store_pair *pair, dd_core_update_kept *kept) {
    *pair = (dd_store_pair){.at = DD_STORE_IMAGE, .n = sizeof *kept};
    return dd_store_load(store, pair, kept) && kept->phase < DD_UPDATE_PHASES &&
           kept->image.size <= DD_IMAGE_MOST &&
           kept->have <= dd_image_blocks(&kept->image, DD_LINE_BLOCK_OCTETS);
}

// --- Telling ---

static uint16_t progress_of(const dd_core *core, uint16_t *of) {
    const dd_core_update_kept *kept = &core->update.kept;
    bool spreads = kept->phase == DD_UPDATE_SPREADING;
    *of =
        (uint16_t)(spreads ? dd_image_blocks(&kept->image, DD_NODE_BLOCK_OCTETS) : blocks_of(core));
    return (uint16_t)(spreads ? core->spread.cursor : kept->have);
}

static void tell(dd_core *core, const dd_update_word *update, uint32_t number) {
    dd_word word = dd_core_outbox_word(core, DD_WORD_UPDATE);
    word.number = number;
    word.update = *update;
    word.update.running = core->def.firmware;
    dd_core_outbox_push(core, &word);
}

void dd_core_update_tell(dd_core *core) {
    const dd_core_update_kept *kept = &core->update.kept;
    dd_update_word update = {.target = kept->image.target,
                             .phase = kept->phase,
                             .result = kept->result,
                             .reverts = kept->reverts,
                             .version = kept->image.version,
                             .done = core->spread.done,
                             .failed = core->spread.failed};
    update.block = progress_of(core, &update.block_n);
    tell(core, &update, kept->number);
}

void dd_core_update_enter(dd_core *core, dd_update_phase phase, dd_firmware_result result) {
    kept_of(core)->phase = (uint8_t)phase;
    kept_of(core)->result = (uint8_t)result;
    core->update.due_ms = INT64_MAX;
    save(core); // a store that has failed forgets at the next restart: the centre offers again
    dd_core_condition(core, DD_UPDATE_FAILED, phase == DD_UPDATE_GIVEN_UP, result);
    dd_core_update_tell(core);
}

// An order that is not taken changes nothing of what is under way.
static void refuse(dd_core *core, uint32_t number, const dd_image *image, dd_firmware_result why) {
    tell(core,
         &(dd_update_word){.target = image->target,
                           .phase = DD_UPDATE_GIVEN_UP,
                           .result = (uint8_t)why,
                           .version = image->version},
         number);
    dd_core_condition(core, DD_UPDATE_FAILED, true, why);
}

// --- Fetching ---

static void ask(dd_core *core) {
    dd_core_update *update = &core->update;
    uint32_t left = blocks_of(core) - update->kept.have;
    dd_word word = dd_core_outbox_word(core, DD_WORD_FETCH);
    word.number = update->kept.number;
    word.value = (int32_t)update->kept.have;
    word.entry_n = (uint8_t)(left < WINDOW ? left : WINDOW);
    update->asked = update->kept.have + word.entry_n;
    uint32_t wait_ms = core->def.resend_s * 1000
                       << (update->tries < DOUBLINGS ? update->tries : DOUBLINGS);
    if (update->tries < UINT8_MAX) update->tries++;
    update->due_ms = core->now_ms + wait_ms + dd_core_draw(core, wait_ms / 4);
    dd_core_outbox_say(core, &word);
}

static bool verified(const dd_store *store, const dd_image *image) {
    uint8_t octets[DD_LINE_BLOCK_OCTETS], digest[DD_SHA256];
    dd_sha256 sha;
    dd_sha256_begin(&sha);
    for (uint32_t block = 0, n; (n = dd_image_block_n(image, block, DD_LINE_BLOCK_OCTETS));
         block++) {
        if (!read(store, block * DD_LINE_BLOCK_OCTETS, octets, n)) return false;
        dd_sha256_add(&sha, octets, n);
    }
    dd_sha256_end(&sha, digest);
    int differing = 0;
    for (int i = 0; i < DD_SHA256; i++)
        differing += digest[i] != image->digest[i];
    return differing == 0;
}

bool dd_core_update_staged(const dd_store *store, dd_image *image) {
    dd_core_update_kept kept;
    dd_store_pair pair;
    if (!load(store, &pair, &kept)) return false;
    *image = kept.image;
    return dd_image_fits(image, DD_IMAGE_CONTROLLER) && verified(store, image);
}

// All has come, or is found complete.
static void check(dd_core *core) {
    if (!verified(&core->storage.store, &core->update.kept.image)) {
        kept_of(core)->have = 0; // which octet is wrong nobody knows
        dd_core_update_enter(core, DD_UPDATE_GIVEN_UP, DD_RESULT_INTEGRITY);
    } else if (is_own(core)) {
        dd_core_update_enter(core, DD_UPDATE_READY, DD_RESULT_NONE);
    } else {
        dd_core_update_enter(core, DD_UPDATE_SPREADING, DD_RESULT_NONE);
        dd_core_spread_begin(core);
    }
}

void dd_core_update_block(dd_core *core, const dd_order *order) {
    dd_core_update *update = &core->update;
    const dd_block_order *block = &order->block;
    const dd_store *store = &core->storage.store;
    bool wanted = update->kept.phase == DD_UPDATE_FETCHING &&
                  order->number == update->kept.number && block->block == update->kept.have;
    if (!wanted) return; // late, or one before it was lost: it is asked for again
    if (block->n != dd_image_block_n(&update->kept.image, block->block, DD_LINE_BLOCK_OCTETS)) {
        core->garbage++;
        return;
    }
    if (!store->write(store->context, PAYLOAD_AT + block->block * DD_LINE_BLOCK_OCTETS,
                      block->octets, block->n)) {
        dd_core_update_enter(core, DD_UPDATE_GIVEN_UP, DD_RESULT_NO_FLASH);
        return;
    }
    update->kept.have++;
    update->tries = 0;
    if (update->kept.have == blocks_of(core)) {
        check(core);
        return;
    }
    if (update->kept.have % SAVE_EACH == 0) save(core);
    if (update->kept.have == update->asked) ask(core);
}

// --- Orders ---

static void begin(dd_core *core, const dd_order *order, const dd_image *image) {
    dd_core_update_kept *kept = kept_of(core);
    uint32_t have = dd_image_same(image, &kept->image) ? kept->have : 0; // it goes on
    *kept = (dd_core_update_kept){
        .image = *image, .number = order->number, .have = have, .phase = DD_UPDATE_FETCHING};
    core->spread = (dd_core_spread){.due_ms = INT64_MAX};
    core->update.tries = 0;
    if (!save(core)) {
        dd_core_update_enter(core, DD_UPDATE_GIVEN_UP, DD_RESULT_NO_FLASH);
        return;
    }
    dd_core_condition(core, DD_UPDATE_FAILED, false, 0);
    dd_core_update_tell(core);
    if (have == blocks_of(core))
        check(core);
    else
        ask(core);
}

static void offer(dd_core *core, const dd_order *order, const dd_image *image) {
    const dd_core_update_kept *kept = &core->update.kept;
    bool known = order->number == kept->number && dd_image_same(image, &kept->image);
    if (known && kept->phase != DD_UPDATE_NONE && kept->phase != DD_UPDATE_GIVEN_UP)
        dd_core_update_tell(core); // said before; the answer was lost
    else if (core->update.trial_ms != INT64_MAX)
        refuse(core, order->number, image, DD_RESULT_NO_FLASH); // the image before is still needed
    else
        begin(core, order, image);
}

static void boot(dd_core *core, dd_core_boot what) {
    dd_core_output *output = &core->storage.outputs[core->output_n++];
    output->kind = DD_OUTPUT_FIRMWARE;
    output->boot = (uint8_t)what;
}

static void apply(dd_core *core) {
    if (kept_of(core)->phase != DD_UPDATE_READY) {
        dd_core_update_tell(core);
        return;
    }
    dd_core_update_enter(core, DD_UPDATE_APPLYING, DD_RESULT_NONE);
    if (is_own(core))
        boot(core, DD_BOOT_STAGED);
    else
        dd_core_spread_apply(core);
}

static void revert(dd_core *core, const dd_order *order, const dd_image *image) {
    dd_core_update_kept *kept = kept_of(core);
    if (order->number == kept->number && kept->reverts && dd_image_same(image, &kept->image)) {
        dd_core_update_tell(core);
        return;
    }
    uint32_t have = dd_image_same(image, &kept->image) ? kept->have : 0;
    *kept = (dd_core_update_kept){
        .image = *image, .number = order->number, .have = have, .reverts = true};
    core->spread = (dd_core_spread){.due_ms = INT64_MAX};
    bool other = is_own(core) && core->def.firmware != image->version;
    dd_core_update_enter(core, other ? DD_UPDATE_DONE : DD_UPDATE_REVERTING, DD_RESULT_NONE);
    if (!is_own(core))
        dd_core_spread_apply(core);
    else if (!other)
        boot(core, DD_BOOT_PREVIOUS);
}

static void cancel(dd_core *core) {
    core->spread = (dd_core_spread){.due_ms = INT64_MAX};
    dd_core_update_enter(core, DD_UPDATE_NONE, DD_RESULT_NONE);
}

void dd_core_update_order(dd_core *core, const dd_order *order) {
    dd_image image;
    bool whole = dd_image_read(&image, order->update.header);
    bool fits = dd_image_fits(&image, DD_IMAGE_NODE) || dd_image_fits(&image, DD_IMAGE_CONTROLLER);
    bool known =
        order->update.action >= DD_UPDATE_OFFER && order->update.action <= DD_UPDATE_CANCEL;
    if (order->number == 0 || !known) {
        core->garbage++;
    } else if (!whole || !fits) {
        core->garbage += !whole;
        refuse(core, order->number, &image, DD_RESULT_UNSUPPORTED);
    } else if (order->update.action == DD_UPDATE_OFFER) {
        offer(core, order, &image);
    } else if (order->update.action == DD_UPDATE_REVERT) {
        revert(core, order, &image);
    } else if (order->number != core->update.kept.number ||
               !dd_image_same(&image, &core->update.kept.image)) {
        refuse(core, order->number, &image, DD_RESULT_LOST); // it has forgotten, or has another
    } else if (order->update.action == DD_UPDATE_APPLY) {
        apply(core);
    } else {
        cancel(core);
    }
}

// --- Start, trial, work ---

void dd_core_update_init(dd_core *core) {
    core->update = (dd_core_update){.due_ms = INT64_MAX, .trial_ms = INT64_MAX};
    core->spread = (dd_core_spread){.due_ms = INT64_MAX};
    if (!load(&core->storage.store, &core->update.pair, kept_of(core)))
        *kept_of(core) = (dd_core_update_kept){0};
}

// The boot loader has done what it was told, or has gone back by itself.
static void come_up(dd_core *core) {
    bool runs = core->def.firmware == kept_of(core)->image.version;
    bool goes_back = kept_of(core)->phase == DD_UPDATE_REVERTING;
    if (core->def.trial)
        core->update.trial_ms = core->now_ms + (int64_t)core->def.trial_s * 1000;
    else if (runs == goes_back)
        dd_core_update_enter(core, DD_UPDATE_GIVEN_UP, DD_RESULT_FAILED);
    else
        dd_core_update_enter(core, DD_UPDATE_DONE, DD_RESULT_SUCCESS);
}

void dd_core_update_start(dd_core *core) {
    dd_update_phase phase = kept_of(core)->phase;
    bool starts = phase == DD_UPDATE_APPLYING || phase == DD_UPDATE_REVERTING;
    if (phase == DD_UPDATE_FETCHING)
        core->update.due_ms = core->now_ms + dd_core_draw(core, core->def.resend_s * 1000);
    else if (starts && is_own(core))
        come_up(core);
    else if (starts)
        dd_core_spread_apply(core);
    else if (phase == DD_UPDATE_SPREADING && verified(&core->storage.store, &kept_of(core)->image))
        dd_core_spread_resume(core);
    else if (phase == DD_UPDATE_SPREADING)
        dd_core_update_enter(core, DD_UPDATE_GIVEN_UP, DD_RESULT_INTEGRITY);
}

void dd_core_update_welcomed(dd_core *core) {
    if (core->update.trial_ms == INT64_MAX) return;
    core->update.trial_ms = INT64_MAX;
    core->def.trial = false;
    boot(core, DD_BOOT_CONFIRM);
    dd_core_update_enter(core, DD_UPDATE_DONE, DD_RESULT_SUCCESS);
}

void dd_core_update_line_is_up(dd_core *core) {
    dd_core_update *update = &core->update;
    if (update->kept.phase != DD_UPDATE_FETCHING || update->tries <= 1) return;
    update->tries = 0; // what was asked for while the line was down is lost
    update->due_ms = core->now_ms;
}

void dd_core_update_work(dd_core *core) {
    if (core->now_ms >= core->update.trial_ms) {
        core->update.trial_ms = INT64_MAX;
        boot(core, DD_BOOT_PREVIOUS); // the centre learns why at the next start
    }
    if (kept_of(core)->phase == DD_UPDATE_FETCHING && core->now_ms >= core->update.due_ms)
        ask(core);
}

int64_t dd_core_update_deadline_ms(const dd_core *core) {
    const dd_core_update *update = &core->update;
    return update->due_ms < update->trial_ms ? update->due_ms : update->trial_ms;
}
