#include "models/power/device/contactor.h"

bool dd_contactor_holds(const dd_contactor *contactor, uint32_t voltage_pm) {
    return contactor->wanted && voltage_pm >= DD_COIL_HOLDS_PM;
}

bool dd_contactor_may_close(const dd_contactor *contactor, uint32_t voltage_pm) {
    return contactor->wanted && voltage_pm >= DD_COIL_CLOSES_PM;
}

bool dd_contactor_closed(const dd_contactor *contactor, uint16_t faults) {
    if (faults & dd_feeder_bit(DD_FAULT_CONTACTOR_WELDED)) return true;
    return contactor->pulled && !(faults & dd_feeder_bit(DD_FAULT_CONTACTOR_DEAD)) &&
           !(faults & dd_feeder_bit(DD_FAULT_SWITCHED_OFF));
}

bool dd_contactor_passes(const dd_contactor *contactor, uint16_t faults) {
    if (faults & dd_feeder_bit(DD_FAULT_SWITCHED_OFF)) return false;
    return faults & dd_feeder_bit(DD_FAULT_BYPASS) || dd_contactor_closed(contactor, faults);
}

bool dd_contactor_by_hand(uint16_t faults) {
    return faults & (dd_feeder_bit(DD_FAULT_BYPASS) | dd_feeder_bit(DD_FAULT_SWITCHED_OFF));
}
