#include "models/power/inputs.h"
#include "models/controller/house.h"

bool dd_input_is_on(const dd_segment_state *segment, uint8_t number, dd_cabinet_input input) {
    const dd_cabinet_state *cabinet = &segment->cabinet;
    const dd_feeder_state *feeder = &segment->feeders[number];
    switch (input) {
    case DD_CABINET_CONTACTOR:
        return number && dd_contactor_closed(&feeder->contactor, feeder->faults);
    case DD_CABINET_BREAKER:
        return number && feeder->faults & dd_feeder_bit(DD_FAULT_BREAKER);
    case DD_CABINET_LEAKAGE:
        return number && feeder->leaks;
    case DD_CABINET_OVERRIDE:
        return number && dd_contactor_by_hand(feeder->faults);
    case DD_CABINET_DOOR:
        return !number && cabinet->faults >> DD_FAULT_DOOR_OPEN & 1;
    case DD_CABINET_PHOTOCELL:
        return !number && cabinet->dark;
    case DD_CABINET_INPUTS:
        break;
    }
    return false;
}

// Whether any has changed of a feeder, or, for 0, of the cabinet.
static bool tell(dd_domain *domain, dd_segment_state *segment, uint8_t number, uint64_t cause) {
    uint8_t *shown = number ? &segment->feeders[number].shown : &segment->cabinet.shown;
    uint8_t now = 0;
    for (int input = 0; input < DD_CABINET_INPUTS; input++)
        now |= (uint8_t)(dd_input_is_on(segment, number, (dd_cabinet_input)input) << input);
    uint8_t changed = now ^ *shown;
    *shown = now;
    for (int input = 0; input < DD_CABINET_INPUTS; input++)
        if (changed >> input & 1)
            dd_record_make(
                domain, DD_REC_CABINET, dd_segment_entity(dd_world_of(domain), segment, number),
                cause, input, now >> input & 1,
                input == DD_CABINET_LEAKAGE ? segment->feeders[number].leakage_ma : 0, 0);
    return changed;
}

void dd_inputs_tell(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    bool changed = false;
    for (uint8_t number = 0; number <= segment->feeder_n; number++)
        changed |= tell(domain, segment, number, cause);
    if (changed) dd_house_inputs(domain, segment);
}
