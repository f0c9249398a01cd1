#include "models/controller/boot_loader.h"
#include "models/controller/core/update.h"
#include "models/controller/house.h"
#include "models/segment_state.h"

enum { BOOTS = 3 };           // of an image that does not start, before the one before is tried
enum { UNKNOWN = UINT8_MAX }; // an image that no release is: it does not start

typedef enum trial {
    TRIAL_NONE,
    TRIAL_ORDERED,
    TRIAL_ON,
    TRIAL_FAILED, // it has not started
    TRIAL_BACK,   // the one before is to be started
} trial;

static dd_boot_loader *loader_of(const dd_segment_state *segment) {
    return &segment->house->loader;
}

static const dd_release *release_of(const dd_domain *domain, const dd_segment_state *segment) {
    const dd_releases *releases = &dd_world_of(domain)->def.releases;
    uint8_t number = loader_of(segment)->running;
    return number && number <= releases->n ? &releases->at[number] : NULL;
}

bool dd_boot_loader_on_trial(const dd_segment_state *segment) {
    return loader_of(segment)->trial == TRIAL_ON;
}

uint32_t dd_controller_version(const dd_domain *domain, const dd_segment_state *segment) {
    const dd_release *release = release_of(domain, segment);
    return release ? release->image.version : DD_FACTORY_VERSION;
}

dd_defect dd_controller_defect(const dd_domain *domain, const dd_segment_state *segment) {
    const dd_release *release = release_of(domain, segment);
    return release ? (dd_defect)release->defect : DD_DEFECT_NONE;
}

static void tell(dd_domain *domain, const dd_segment_state *segment, dd_firmware_state state) {
    dd_record_make(domain, DD_REC_FIRMWARE, dd_segment_entity(dd_world_of(domain), segment, 0), 0,
                   state, dd_controller_version(domain, segment), 0, 0);
}

bool dd_boot_loader_order(dd_domain *domain, dd_segment_state *segment, dd_core_boot what) {
    dd_boot_loader *it = loader_of(segment);
    if (what == DD_BOOT_CONFIRM) {
        if (it->trial == TRIAL_ON) {
            it->trial = TRIAL_NONE;
            tell(domain, segment, DD_FIRMWARE_CONFIRMED);
        }
        return true;
    }
    if (what == DD_BOOT_PREVIOUS && !it->had) return false;
    it->trial = what == DD_BOOT_STAGED ? TRIAL_ORDERED : TRIAL_BACK;
    return true;
}

static void go_back(dd_domain *domain, const dd_segment_state *segment) {
    dd_boot_loader *it = loader_of(segment);
    *it = (dd_boot_loader){.running = it->before};
    tell(domain, segment, DD_FIRMWARE_ROLLED_BACK);
}

// Into the image in the store, if that is whole.
static void go_on(dd_domain *domain, const dd_segment_state *segment) {
    dd_boot_loader *it = loader_of(segment);
    dd_store store = dd_flash_memory_store(&segment->house->flash);
    dd_image image;
    it->trial = TRIAL_NONE;
    if (!dd_core_update_staged(&store, &image)) {
        tell(domain, segment, DD_FIRMWARE_REFUSED);
        return;
    }
    uint32_t release = dd_release_of(&dd_world_of(domain)->def.releases, &image);
    it->before = it->running;
    it->had = true;
    it->running = release ? (uint8_t)release : UNKNOWN;
    it->trial = TRIAL_ON;
}

bool dd_boot_loader_start(dd_domain *domain, dd_segment_state *segment, dd_time *again_at) {
    dd_boot_loader *it = loader_of(segment);
    if (it->trial == TRIAL_ON || it->trial == TRIAL_FAILED || it->trial == TRIAL_BACK)
        go_back(domain, segment);
    if (it->trial != TRIAL_ORDERED) return true;
    go_on(domain, segment);
    if (it->trial == TRIAL_NONE) return true;
    if (it->running == UNKNOWN || dd_controller_defect(domain, segment) == DD_DEFECT_NO_START) {
        it->trial = TRIAL_FAILED;
        *again_at = domain->now + BOOTS * dd_seconds(dd_settings_of(domain)->controller_boot_s);
        return false;
    }
    tell(domain, segment, DD_FIRMWARE_STARTED);
    return true;
}
