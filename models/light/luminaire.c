#include "models/light/luminaire.h"
#include "models/controller/core/message.h"

static bool failed(const dd_luminaire *it, dd_fault_kind fault) {
    return it->faults >> fault & 1;
}

// --- Light ---

static bool is_dali(uint8_t control) {
    return control == DD_CONTROL_DALI_LOG || control == DD_CONTROL_DALI_LINEAR;
}

// How the gear is set: somebody may have set it to the other curve.
static uint8_t control_of(const dd_luminaire *it) {
    uint8_t control = it->model->control;
    if (!failed(it, DD_FAULT_WRONG_CURVE) || !is_dali(control)) return control;
    return control == DD_CONTROL_DALI_LOG ? DD_CONTROL_DALI_LINEAR : DD_CONTROL_DALI_LOG;
}

// What reaches the gear: nothing comes over an open bus, or from a dead node. Open wires of 0-10 V
// float to full light (IEC 60929, annex E), while the node's relay switches as before.
static uint16_t commanded_pm(const dd_luminaire *it) {
    bool open = failed(it, DD_FAULT_BUS_OPEN) && it->model->control != DD_CONTROL_SWITCH;
    if (!it->model->node) return it->level_pm;
    if (failed(it, DD_FAULT_NODE_DEAD)) return it->failure_pm;
    if (open && is_dali(it->model->control)) return it->failure_pm;
    return open && it->level_pm ? DD_LIGHT_FULL_PM : it->level_pm;
}

static uint16_t obeyed_pm(const dd_luminaire *it) {
    uint16_t level = commanded_pm(it);
    if (failed(it, DD_FAULT_STUCK_ON)) return DD_LIGHT_FULL_PM;
    if (level && failed(it, DD_FAULT_NO_DIMMING)) return DD_LIGHT_FULL_PM;
    return dd_dimming_light_pm(control_of(it), it->model->minimum_pm, (dd_dali_curve)it->coded,
                               level);
}

// A bad heat path: two and a half times the rise (estimate: 30 K become 75).
static uint32_t rise_dk(const dd_luminaire *it) {
    uint32_t rise = it->model->rise_dk;
    return failed(it, DD_FAULT_OVERHEATING) ? rise * 5 / 2 : rise;
}

// Reduced for its temperature, in steps of 1 %; never below its minimum: then it shuts down.
static uint16_t cooled_pm(const dd_luminaire *it, uint16_t light) {
    uint32_t rise = rise_dk(it) * it->heated_pm / 1000;
    uint32_t cool = dd_driver_cool_pm(it->model, it->ambient_dc, rise);
    if (cool >= 1000) return light;
    uint16_t most = dd_driver_light_at(it->model, cool) / 10 * 10;
    if (most < it->model->minimum_pm) return 0;
    return light < most ? light : most;
}

static bool has_mains(const dd_luminaire *it) {
    return it->voltage_dv && !failed(it, DD_FAULT_RELAY_OPEN);
}

uint16_t dd_luminaire_asked_pm(const dd_luminaire *it) {
    bool can = has_mains(it) && !failed(it, DD_FAULT_LED_OPEN) &&
               !failed(it, DD_FAULT_DRIVER_DEAD) &&
               dd_driver_holds(it->model, it->voltage_dv, it->burning);
    return can ? cooled_pm(it, obeyed_pm(it)) : 0;
}

// What its gear gives: it burns, perhaps not warm yet, at this voltage.
static uint16_t lit_pm(const dd_luminaire *it, uint32_t asked) {
    uint32_t light = asked * dd_driver_warmth(it->model, it->warm_step).light_pm / 1000 *
                     dd_driver_voltage_effect(it->model, it->voltage_dv).light_pm / 1000;
    if (failed(it, DD_FAULT_LED_SHORT)) light = light * it->shorted_pm / 1000;
    return (uint16_t)(light ? light : 1);
}

// --- Load ---

// What the light source is driven to, beside light also for power: a shorted string takes its share
// of the power with it.
static uint32_t driven_mw(const dd_luminaire *it, uint32_t asked) {
    uint32_t drive = asked * it->drive_pm / 1000;
    if (failed(it, DD_FAULT_LED_SHORT)) drive = drive * it->shorted_pm / 1000;
    uint64_t power = dd_driver_power_mw(it->model, (uint16_t)(drive ? drive : 1));
    power = power * dd_driver_warmth(it->model, it->warm_step).power_pm / 1000;
    return (uint32_t)(power * dd_driver_voltage_effect(it->model, it->voltage_dv).power_pm / 1000);
}

dd_luminaire_output dd_luminaire_output_of(const dd_luminaire *it) {
    dd_luminaire_output output = {.power_mw = 0};
    if (!it->voltage_dv) return output;
    uint32_t gear_mw = 0;
    uint64_t reactive = 0; // none behind an open relay
    uint16_t asked = it->burning ? dd_luminaire_asked_pm(it) : 0;
    if (has_mains(it)) {
        bool dead = failed(it, DD_FAULT_DRIVER_DEAD);
        gear_mw = asked ? driven_mw(it, asked) : dead ? 0 : it->model->standby_mw;
        reactive = dd_driver_reactive_mva(it->model, gear_mw, it->voltage_dv);
    }
    if (asked) {
        output.light_pm = lit_pm(it, asked);
        uint64_t more = dd_driver_warmth(it->model, it->warm_step).current_pm;
        reactive = reactive * more / 1000;
    }
    output.power_mw = gear_mw + it->own_mw;
    uint32_t ma = dd_mains_current_ma(output.power_mw, (uint32_t)reactive, it->voltage_dv);
    output.current_ma = (uint16_t)(ma < UINT16_MAX ? ma : UINT16_MAX);
    return output;
}

// --- What the node finds ---

static uint32_t power_share_pm(const dd_luminaire *it, uint16_t asked) {
    return asked ? (uint32_t)((uint64_t)driven_mw(it, asked) * 1000 / it->model->power_mw) : 0;
}

int16_t dd_luminaire_gear_dc(const dd_luminaire *it) {
    uint32_t rise = rise_dk(it) * it->heated_pm / 1000;
    uint16_t asked = it->burning ? dd_luminaire_asked_pm(it) : 0;
    return (int16_t)dd_driver_gear_dc(it->ambient_dc, rise, power_share_pm(it, asked));
}

static uint8_t by_bus(const dd_luminaire *it) {
    if (failed(it, DD_FAULT_BUS_OPEN) || failed(it, DD_FAULT_DRIVER_DEAD) || !has_mains(it))
        return DD_GEAR_SILENT;
    uint8_t gear = 0;
    uint16_t obeyed = obeyed_pm(it);
    if (failed(it, DD_FAULT_LED_OPEN)) gear |= DD_GEAR_OPEN;
    if (failed(it, DD_FAULT_LED_SHORT)) gear |= DD_GEAR_SHORT;
    if (it->burning && cooled_pm(it, obeyed) < obeyed) gear |= DD_GEAR_DERATED;
    if (dd_luminaire_gear_dc(it) > it->model->derate_dc || (obeyed && !cooled_pm(it, obeyed)))
        gear |= DD_GEAR_HOT;
    return gear;
}

uint8_t dd_luminaire_gear(const dd_luminaire *it) {
    uint8_t gear = is_dali(it->model->control) ? by_bus(it) : 0;
    bool welded = failed(it, DD_FAULT_STUCK_ON) && !it->level_pm;
    bool open = failed(it, DD_FAULT_RELAY_OPEN) && it->level_pm;
    return welded || open ? gear | DD_GEAR_RELAY : gear;
}
