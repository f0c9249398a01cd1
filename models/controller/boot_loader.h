// A controller's boot loader in the twin: which image starts, and what becomes of one on trial. As
// MCUboot's: an image that was ordered to be tried is started once; unless it is confirmed until
// the next start, whatever causes that, the one before is started again.
#pragma once

#include "engine/engine.h"
#include "models/controller/core/core.h"
#include "models/release.h"

typedef struct dd_boot_loader {
    uint8_t running; // number of the release; 0: as made
    uint8_t before;
    uint8_t trial; // what is being tried: see boot_loader.c
    bool had;      // there is one before
} dd_boot_loader;

struct dd_segment_state;

// What its program orders; with DD_BOOT_STAGED and DD_BOOT_PREVIOUS, a restart has to follow.
// False: there is nothing to be started.
bool dd_boot_loader_order(dd_domain *domain, struct dd_segment_state *segment, dd_core_boot what);

// It starts. False: what was to be tried does not start, so it will boot again at the time given.
bool dd_boot_loader_start(dd_domain *domain, struct dd_segment_state *segment, dd_time *again_at);

// Whether what runs is on trial; its version; what is wrong with it.
bool dd_boot_loader_on_trial(const struct dd_segment_state *segment);
uint32_t dd_controller_version(const dd_domain *domain, const struct dd_segment_state *segment);
dd_defect dd_controller_defect(const dd_domain *domain, const struct dd_segment_state *segment);
