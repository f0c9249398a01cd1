#include "models/power/cabinet.h"

void dd_cabinet_read(dd_domain *domain, dd_segment_state *segment, dd_cabinet_reading *reading) {
    (void)domain;
    *reading = (dd_cabinet_reading){.mains = true};
    for (uint8_t number = 1; number <= segment->feeder_n; number++)
        reading->feeders[number] = (dd_feeder_reading){
            .live_phases = segment->feeders[number].live_phases, .contactor = true};
}

void dd_cabinet_contactor(dd_domain *domain, dd_segment_state *segment, uint8_t number, bool on) {
    (void)domain, (void)segment, (void)number, (void)on;
}

void dd_cabinet_managed(dd_domain *domain, dd_segment_state *segment, bool managed) {
    (void)domain, (void)segment, (void)managed;
}

void dd_cabinet_fault(dd_domain *domain, dd_segment_state *segment, dd_fault_kind fault, bool on,
                      uint64_t cause) {
    (void)domain, (void)segment, (void)fault, (void)on, (void)cause;
}

void dd_cabinet_sky(dd_domain *domain, dd_segment_state *segment) {
    (void)domain, (void)segment;
}
