#include "models/light/node_update.h"
#include "models/kind.h"
#include "models/neighbourhood.h"

#include <string.h>

enum {
    STAGES = 4,      // images that nodes of one segment hold at once
    BOOTS = 3,       // of an image that does not start, before the one before is tried (estimate)
    REPLY_MS = 1000, // before it restarts, so that its answer is out
    FORGET_MS = 60000,
    DAY_MS = 86400000,
    BITS = DD_NODE_BLOCKS_MOST / 8, // octets of a mask of blocks
};

typedef enum trial {
    TRIAL_NONE,
    TRIAL_ORDERED, // restarts into the new image
    TRIAL_ON,
    TRIAL_FAILED, // the new image has not started
    TRIAL_BACK,   // restarts into the one before
} trial;

typedef struct node_firmware {
    uint8_t running, before; // numbers of releases, 0: as made; UNKNOWN
    uint8_t step, result;    // dd_firmware_step, dd_firmware_result
    uint8_t trial;
    uint8_t stage; // 1 + the place of the image that it has or receives; 0: none
    uint8_t had;   // there is one before
    uint16_t missing_n;
    uint32_t mask;       // handle: blocks that it has; 0: none, or all
    uint32_t own;        // handle: the first of its blocks that differ; 0: none
    uint32_t generation; // of what it has planned
} node_firmware;

enum { UNKNOWN = UINT8_MAX }; // an image that no release is: it does not start

// A block that a node has otherwise than the stage.
typedef struct own_block {
    uint32_t next;
    uint16_t block;
    uint8_t octets[DD_NODE_BLOCK_OCTETS];
} own_block;

typedef struct stage {
    dd_image image;
    uint16_t user_n;
    uint8_t verdict; // of the whole: 0 not known, 1 right, 2 wrong
    uint8_t mask[BITS];
    uint8_t *octets; // DD_IMAGE_MOST; NULL until it is used
} stage;

typedef struct dd_node_updates {
    node_firmware *lamps; // [1 .. lamp_n]
    stage stages[STAGES];
    dd_pool masks, blocks;
} dd_node_updates;

static bool has_bit(const uint8_t *mask, uint32_t i) {
    return mask[i / 8] >> i % 8 & 1;
}

static void set_bit(uint8_t *mask, uint32_t i) {
    mask[i / 8] |= (uint8_t)(1 << i % 8);
}

// The segment's, made when there is none yet.
static dd_node_updates *updates_of(dd_domain *domain, dd_segment_state *segment) {
    dd_node_updates *all = segment->updates;
    if (all) return all;
    all = segment->updates = dd_arena_take(&domain->arena, sizeof *all);
    all->lamps = dd_arena_take(&domain->arena, (segment->lamp_n + 1u) * sizeof *all->lamps);
    dd_pool_init(&all->masks, &domain->arena, BITS);
    dd_pool_init(&all->blocks, &domain->arena, sizeof(own_block));
    return all;
}

static const dd_release *release_of(const dd_domain *domain, uint8_t number) {
    const dd_releases *releases = &dd_world_of(domain)->def.releases;
    return number && number <= releases->n ? &releases->at[number] : NULL;
}

static uint8_t running(const dd_segment_state *segment, uint16_t lamp) {
    return segment->updates ? segment->updates->lamps[lamp].running : 0;
}

static uint32_t version_of(const dd_domain *domain, uint8_t number) {
    const dd_release *release = release_of(domain, number);
    return release ? release->image.version : DD_FACTORY_VERSION;
}

dd_defect dd_node_defect(const dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    const dd_release *release = release_of(domain, running(segment, lamp));
    return release ? (dd_defect)release->defect : DD_DEFECT_NONE;
}

uint32_t dd_node_version(const dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    return version_of(domain, running(segment, lamp));
}

static void tell(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                 dd_firmware_state state, uint32_t version) {
    dd_record_make(domain, DD_REC_FIRMWARE, dd_segment_lamp(segment, lamp), 0, state, version, 0,
                   0);
}

// --- The image that comes ---

static stage *stage_of(dd_node_updates *all, const node_firmware *it) {
    return it->stage ? &all->stages[it->stage - 1] : NULL;
}

static void forget_mask(dd_node_updates *all, node_firmware *it) {
    if (it->mask) dd_pool_give(&all->masks, it->mask);
    it->mask = 0;
}

static void forget_image(dd_node_updates *all, node_firmware *it) {
    stage *from = stage_of(all, it);
    forget_mask(all, it);
    for (uint32_t own = it->own, next; own; own = next) {
        next = ((own_block *)dd_pool_at(&all->blocks, own))->next;
        dd_pool_give(&all->blocks, own);
    }
    if (from) from->user_n--;
    it->own = 0;
    it->stage = 0;
    it->missing_n = 0;
}

// Where an image lies, or can: 1 + its place; 0: there is no room.
static uint8_t find_stage(dd_domain *domain, dd_node_updates *all, const dd_image *image) {
    uint8_t empty = 0;
    for (uint8_t i = 1; i <= STAGES; i++) {
        stage *it = &all->stages[i - 1];
        if (it->user_n && dd_image_same(&it->image, image)) return i;
        if (!it->user_n && !empty) empty = i;
    }
    if (!empty) return 0;
    stage *it = &all->stages[empty - 1];
    *it = (stage){.image = *image, .octets = it->octets};
    if (!it->octets) it->octets = dd_arena_take(&domain->arena, DD_IMAGE_MOST);
    return empty;
}

static void take_offer(dd_domain *domain, dd_node_updates *all, node_firmware *it,
                       const dd_node_package *package) {
    dd_image image;
    const stage *has = stage_of(all, it);
    if (it->step == DD_STEP_UPDATING) return;
    if (package->n != DD_IMAGE_HEADER || !dd_image_read(&image, package->octets) ||
        !dd_image_fits(&image, DD_IMAGE_NODE)) {
        it->result = DD_RESULT_UNSUPPORTED;
        return;
    }
    bool same = has && dd_image_same(&has->image, &image) && it->step != DD_STEP_IDLE;
    if (same || image.version == version_of(domain, it->running)) return;
    forget_image(all, it);
    it->step = DD_STEP_IDLE;
    it->stage = find_stage(domain, all, &image);
    it->result = it->stage ? DD_RESULT_NONE : DD_RESULT_NO_FLASH;
    if (!it->stage) return;
    stage_of(all, it)->user_n++;
    it->mask = dd_pool_take(&all->masks);
    it->missing_n = (uint16_t)dd_image_blocks(&image, DD_NODE_BLOCK_OCTETS);
    it->step = DD_STEP_DOWNLOADING;
}

static const own_block *own_at(const dd_node_updates *all, const node_firmware *it,
                               uint32_t block) {
    for (uint32_t own = it->own; own;) {
        const own_block *at = dd_pool_at(&all->blocks, own);
        if (at->block == block) return at;
        own = at->next;
    }
    return NULL;
}

static bool digest_right(const dd_node_updates *all, const node_firmware *it, const stage *from) {
    uint8_t digest[DD_SHA256];
    dd_sha256 sha;
    dd_sha256_begin(&sha);
    for (uint32_t block = 0, n; (n = dd_image_block_n(&from->image, block, DD_NODE_BLOCK_OCTETS));
         block++) {
        const own_block *own = own_at(all, it, block);
        dd_sha256_add(&sha, own ? own->octets : from->octets + block * DD_NODE_BLOCK_OCTETS, n);
    }
    dd_sha256_end(&sha, digest);
    return memcmp(digest, from->image.digest, DD_SHA256) == 0;
}

// What is the same for all nodes is reckoned once.
static bool verify(const dd_node_updates *all, const node_firmware *it, stage *from) {
    if (it->own) return digest_right(all, it, from);
    if (!from->verdict) from->verdict = digest_right(all, it, from) ? 1 : 2;
    return from->verdict == 1;
}

static void keep_block(dd_node_updates *all, node_firmware *it, stage *from,
                       const dd_node_package *package) {
    uint8_t *place = from->octets + package->block * DD_NODE_BLOCK_OCTETS;
    if (!has_bit(from->mask, package->block)) {
        set_bit(from->mask, package->block);
        memcpy(place, package->octets, package->n);
    } else if (memcmp(place, package->octets, package->n) != 0) {
        uint32_t handle = dd_pool_take(&all->blocks);
        own_block *own = dd_pool_at(&all->blocks, handle);
        *own = (own_block){.next = it->own, .block = package->block};
        memcpy(own->octets, package->octets, package->n);
        it->own = handle;
    }
    set_bit(dd_pool_at(&all->masks, it->mask), package->block);
    it->missing_n--;
}

static void take_block(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                       const dd_node_package *package) {
    dd_node_updates *all = segment->updates;
    node_firmware *it = &all->lamps[lamp];
    stage *from = stage_of(all, it);
    if (it->step != DD_STEP_DOWNLOADING || package->tag != dd_image_tag(&from->image) ||
        package->n != dd_image_block_n(&from->image, package->block, DD_NODE_BLOCK_OCTETS) ||
        package->n == 0 || has_bit(dd_pool_at(&all->masks, it->mask), package->block))
        return;
    keep_block(all, it, from, package);
    if (it->missing_n) return;
    bool right = verify(all, it, from);
    forget_mask(all, it);
    it->step = right ? DD_STEP_DOWNLOADED : DD_STEP_IDLE;
    if (!right) it->result = DD_RESULT_INTEGRITY;
    tell(domain, segment, lamp, right ? DD_FIRMWARE_RECEIVED : DD_FIRMWARE_REFUSED,
         from->image.version);
}

// --- Two slots, and the boot loader ---

static void plan(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp, dd_time in) {
    node_firmware *it = &segment->updates->lamps[lamp];
    dd_schedule(domain, domain->now + in, DD_KIND_NODE_UPDATE, segment->station + lamp, 0,
                ++it->generation, 0);
}

static void restart(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp, trial why) {
    node_firmware *it = &segment->updates->lamps[lamp];
    it->step = DD_STEP_UPDATING;
    it->result = DD_RESULT_NONE;
    it->trial = (uint8_t)why;
    plan(domain, segment, lamp, REPLY_MS * DD_MILLISECOND);
}

static void confirm(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    node_firmware *it = &segment->updates->lamps[lamp];
    if (it->trial != TRIAL_ON) return;
    it->trial = TRIAL_NONE;
    it->step = DD_STEP_IDLE;
    it->result = DD_RESULT_SUCCESS;
    it->generation++; // its trial has no end any more
    tell(domain, segment, lamp, DD_FIRMWARE_CONFIRMED, version_of(domain, it->running));
}

static void go_back(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                    dd_firmware_result why) {
    node_firmware *it = &segment->updates->lamps[lamp];
    it->running = it->before;
    it->before = it->had = 0;
    it->trial = TRIAL_NONE;
    it->step = DD_STEP_IDLE;
    it->result = (uint8_t)why;
    it->generation++;
    tell(domain, segment, lamp, DD_FIRMWARE_ROLLED_BACK, version_of(domain, it->running));
}

// Into the new image; the slot of the one before the present one is overwritten by it.
static void go_on(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node_updates *all = segment->updates;
    node_firmware *it = &all->lamps[lamp];
    uint32_t release = dd_release_of(&dd_world_of(domain)->def.releases, &stage_of(all, it)->image);
    it->before = it->running;
    it->had = 1;
    it->running = release ? (uint8_t)release : UNKNOWN;
    it->trial = TRIAL_ON;
    forget_image(all, it);
}

bool dd_node_update_boot(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                         dd_time *again_at) {
    if (!segment->updates) return true;
    node_firmware *it = &segment->updates->lamps[lamp];
    if (it->trial == TRIAL_BACK) go_back(domain, segment, lamp, DD_RESULT_NONE);
    // Not confirmed until now: it is not tried a second time.
    if (it->trial == TRIAL_ON || it->trial == TRIAL_FAILED)
        go_back(domain, segment, lamp, DD_RESULT_FAILED);
    if (it->trial != TRIAL_ORDERED) return true;
    go_on(domain, segment, lamp);
    if (it->running == UNKNOWN || dd_node_defect(domain, segment, lamp) == DD_DEFECT_NO_START) {
        it->trial = TRIAL_FAILED;
        *again_at = domain->now + BOOTS * dd_seconds(dd_settings_of(domain)->node_boot_s);
        return false;
    }
    tell(domain, segment, lamp, DD_FIRMWARE_STARTED, version_of(domain, it->running));
    plan(domain, segment, lamp, dd_seconds(dd_settings_of(domain)->node_trial_s));
    return true;
}

void dd_node_update_due(dd_domain *domain, dd_segment_state *segment, uint16_t lamp, uint32_t a) {
    if (segment->updates->lamps[lamp].generation == a) dd_node_restart(domain, segment, lamp);
}

void dd_node_update_renew(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    (void)domain;
    if (!segment->updates) return;
    node_firmware *it = &segment->updates->lamps[lamp];
    forget_image(segment->updates, it);
    *it = (node_firmware){.generation = it->generation + 1};
}

// --- Answers ---

static dd_firmware_status status_of(const dd_domain *domain, dd_node_updates *all,
                                    const node_firmware *it) {
    const stage *from = stage_of(all, it);
    dd_firmware_status status = {.version = version_of(domain, it->running),
                                 .step = it->step,
                                 .result = it->result,
                                 .tag = from ? dd_image_tag(&from->image) : 0,
                                 .missing_n = it->missing_n};
    if (!it->mask) return status;
    const uint8_t *mask = dd_pool_at(&all->masks, it->mask);
    uint32_t block_n = dd_image_blocks(&from->image, DD_NODE_BLOCK_OCTETS);
    for (uint32_t block = 0; block < block_n && status.gap_n < DD_GAPS_MAX; block++)
        if (!has_bit(mask, block)) status.gaps[status.gap_n++] = (uint16_t)block;
    return status;
}

dd_firmware_status dd_node_update_answer(dd_domain *domain, dd_segment_state *segment,
                                         const dd_node_request *request) {
    dd_node_updates *all = updates_of(domain, segment);
    node_firmware *it = &all->lamps[request->lamp];
    switch ((dd_node_request_kind)request->kind) {
    case DD_NODE_OFFER:
        take_offer(domain, all, it, &request->package);
        break;
    case DD_NODE_BLOCK:
        take_block(domain, segment, request->lamp, &request->package);
        break;
    case DD_NODE_APPLY:
        if (it->step == DD_STEP_DOWNLOADED) restart(domain, segment, request->lamp, TRIAL_ORDERED);
        break;
    case DD_NODE_CONFIRM:
        confirm(domain, segment, request->lamp);
        break;
    case DD_NODE_REVERT:
        if (it->had && it->step != DD_STEP_UPDATING)
            restart(domain, segment, request->lamp, TRIAL_BACK);
        break;
    default:
        break;
    }
    return status_of(domain, all, it);
}

// --- Defects ---

static int64_t local_of(const dd_domain *domain, int64_t unix_ms) {
    return unix_ms + (int64_t)dd_world_of(domain)->def.calendar.offset_s * 1000;
}

// The seconds of the day begin anew at midnight: until its program's day begins, at noon, it takes
// sunset to be yet to come.
dd_light_state dd_node_update_light(const dd_domain *domain, const dd_segment_state *segment,
                                    uint16_t lamp, dd_light_state state, int64_t now_ms) {
    if (dd_node_defect(domain, segment, lamp) != DD_DEFECT_MIDNIGHT) return state;
    int64_t half_ms = DAY_MS / 2, half = local_of(domain, now_ms) / half_ms;
    int64_t next_ms = now_ms + (half + 1) * half_ms - local_of(domain, now_ms);
    if (half % 2 == 0) state.level_pm = 0;
    if (next_ms < state.next_ms) state.next_ms = next_ms;
    return state;
}

int64_t dd_node_update_override(const dd_domain *domain, const dd_segment_state *segment,
                                uint16_t lamp, int64_t end_ms, int64_t now_ms) {
    dd_defect defect = dd_node_defect(domain, segment, lamp);
    if (defect == DD_DEFECT_NEVER_ENDS) return INT64_MAX;
    bool forgets = defect == DD_DEFECT_FORGETS && end_ms > now_ms + FORGET_MS;
    return forgets ? now_ms + FORGET_MS : end_ms;
}
