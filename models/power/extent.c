#include "models/power/extent.h"
#include "models/light/node.h"
#include "models/power/flow.h"
#include "models/power/grid.h"

static bool lamp_failed(const dd_segment_state *segment, uint16_t lamp, dd_fault_kind fault) {
    return segment->nodes[lamp].faults >> fault & 1;
}

static uint8_t live_phases(const dd_segment_state *segment, const dd_feeder_state *feeder) {
    if (dd_feeder_failed(feeder, DD_FAULT_BREAKER) ||
        !dd_contactor_passes(&feeder->contactor, feeder->faults))
        return 0;
    uint8_t dead = (uint8_t)(feeder->faults >> (DD_FAULT_PHASE_L1 - DD_FAULT_BREAKER));
    return segment->cabinet.phases & (uint8_t)~dead & DD_ALL_PHASES;
}

dd_extent dd_extent_find(const dd_domain *domain, const dd_segment_state *segment,
                         const dd_feeder_state *feeder) {
    dd_extent it = {.live = live_phases(segment, feeder),
                    .cut_pole = UINT32_MAX,
                    .short_pole = {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    for (uint16_t lamp = feeder->first_lamp; lamp < dd_feeder_end(feeder); lamp++) {
        const dd_lamp *place = dd_segment_place(domain, segment, lamp);
        if (lamp_failed(segment, lamp, DD_FAULT_CABLE_CUT) && place->pole < it.cut_pole)
            it.cut_pole = place->pole;
        bool nearer = place->pole < it.cut_pole && !it.short_lamp[place->phase] &&
                      it.live >> place->phase & 1;
        if (!nearer || !lamp_failed(segment, lamp, DD_FAULT_SHORT_CIRCUIT)) continue;
        it.short_lamp[place->phase] = lamp;
        it.short_pole[place->phase] = place->pole;
    }
    return it;
}

bool dd_extent_has(const dd_extent *it, const dd_lamp *place) {
    return it->live >> place->phase & 1 && place->pole < it->cut_pole &&
           place->pole < it->short_pole[place->phase];
}

uint32_t dd_extent_short_ma(const dd_domain *domain, const dd_segment_state *segment,
                            const dd_feeder_state *feeder, const dd_extent *it, int phase) {
    uint16_t lamp = it->short_lamp[phase];
    if (!lamp) return 0;
    return dd_cable_short_ma(
        dd_feeder_supply_dv(domain, segment) * 100u,
        (double)dd_segment_place(domain, segment, lamp)->cable_m, feeder->uohm_per_m,
        (uint32_t)(dd_world_of(domain)->def.settings.power_source_ohm * 1000 + 0.5));
}
