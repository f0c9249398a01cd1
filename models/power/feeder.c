#include "models/power/feeder.h"
#include "models/light/node.h"

void dd_feeder_load(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                    const dd_load *before, const dd_load *now) {
    (void)domain, (void)segment, (void)lamp, (void)before, (void)now;
}

uint16_t dd_feeder_voltage_dv(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    (void)domain;
    return segment->nodes[lamp].state & DD_NODE_SUPPLIED ? 2200 : 0;
}

void dd_feeder_fault(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                     dd_fault_kind fault, uint16_t lamp, bool on, uint64_t cause) {
    (void)domain, (void)segment, (void)number, (void)fault, (void)lamp, (void)on, (void)cause;
}
