// A luminaire at work: the signatures of facts A3, and what its gear says of itself.
#include "models/controller/core/message.h"
#include "models/light/luminaire.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

enum { OWN_MW = 1500 };

static dd_luminaire lamp(int kind, uint16_t level_pm) {
    return (dd_luminaire){.model = &dd_luminaire_models[kind],
                          .level_pm = level_pm,
                          .failure_pm = 1000,
                          .shorted_pm = 600,
                          .drive_pm = 1000,
                          .own_mw = OWN_MW,
                          .voltage_dv = DD_NOMINAL_DV,
                          .ambient_dc = 280,
                          .heated_pm = 1000,
                          .warm_step = DD_WARM_STEPS,
                          .burning = true};
}

static dd_luminaire failing(int kind, uint16_t level_pm, dd_fault_kind fault) {
    dd_luminaire it = lamp(kind, level_pm);
    it.faults = 1u << fault;
    return it;
}

static dd_luminaire_output of(dd_luminaire it) {
    return dd_luminaire_output_of(&it);
}

static double reactive_va(dd_luminaire_output it) {
    double apparent = it.current_ma * 220.0, power = it.power_mw;
    return apparent > power ? sqrt(apparent * apparent - power * power) / 1000 : 0;
}

// --- Sound ---

Test(luminaire, sound) {
    for (int kind = 1; kind < DD_PROJECT_KINDS; kind++) {
        const dd_luminaire_model *m = &dd_luminaire_models[kind];
        dd_luminaire_output full = of(lamp(kind, 1000)), dark = of(lamp(kind, 0));
        cr_expect(eq(u16, full.light_pm, 1000));
        cr_expect(eq(u32, full.power_mw, m->power_mw + OWN_MW));
        cr_expect(eq(u16, dark.light_pm, 0));
        cr_expect(eq(u32, dark.power_mw, m->standby_mw + OWN_MW));
        cr_expect(epsilon_eq(dbl, reactive_va(dark), m->filter_ma * 0.22, 0.5), "%s", m->name);
        dd_luminaire unfed = lamp(kind, 1000);
        unfed.voltage_dv = 0;
        cr_expect(of(unfed).power_mw == 0 && of(unfed).current_ma == 0 && !of(unfed).light_pm);
        cr_expect(zero(u16, dd_luminaire_asked_pm(&unfed)));
    }
}

// An LED driver takes the same power from less voltage, so more current.
Test(luminaire, constant_power) {
    dd_luminaire it = lamp(DD_STREET_150, 1000);
    dd_luminaire_output normal = of(it);
    it.voltage_dv = 1800;
    dd_luminaire_output low = of(it);
    cr_expect(low.power_mw == normal.power_mw && low.light_pm == 1000);
    cr_expect(epsilon_eq(dbl, low.current_ma * 1.8, normal.current_ma * 2.2,
                         normal.current_ma * 2.2 * 0.03));
}

Test(luminaire, sodium_follows_the_voltage) {
    dd_luminaire it = lamp(DD_HPS_250, 1000);
    it.own_mw = 0;
    cr_expect(eq(u32, of(it).power_mw, 276000));
    it.voltage_dv = 2090;
    cr_expect(eq(u32, of(it).power_mw, 276000 * 89 / 100));
    cr_expect(eq(u16, of(it).light_pm, 860));
    it.warm_step = 0;
    cr_expect(lt(u16, of(it).light_pm, 100));
    cr_expect(gt(u32, of(it).power_mw, 276000 / 2));
}

// It cannot start while too little voltage is left, and goes out lower still.
Test(luminaire, lock_out) {
    dd_luminaire it = lamp(DD_STREET_75, 1000);
    it.voltage_dv = 1230;
    cr_expect(eq(u16, dd_luminaire_asked_pm(&it), 1000));
    it.burning = false;
    cr_expect(zero(u16, dd_luminaire_asked_pm(&it)));
    it.voltage_dv = 1270;
    cr_expect(eq(u16, dd_luminaire_asked_pm(&it), 1000));
    cr_expect(zero(u16, of(it).light_pm), "it has not started");
}

Test(luminaire, constant_light_output_saves_power_at_first) {
    dd_luminaire it = lamp(DD_STREET_150, 1000);
    it.drive_pm = 800;
    cr_expect(eq(u32, of(it).power_mw, dd_driver_power_mw(it.model, 800) + OWN_MW));
    cr_expect(eq(u16, of(it).light_pm, 1000));
}

// --- The table of facts A3 ---

typedef struct signature {
    dd_fault_kind fault;
    uint16_t off_pm, half_pm, full_pm; // light when commanded to nothing, a half, all
    double off_w, full_w;              // of a 150 W luminaire, its node not counted
    uint8_t off_gear, full_gear;       // DD_GEAR_...
} signature;

static const signature table[] = {
    {DD_FAULT_LED_OPEN, 0, 0, 0, 0.4, 0.4, DD_GEAR_OPEN, DD_GEAR_OPEN},
    {DD_FAULT_LED_SHORT, 0, 300, 600, 0.4, 95.4545, DD_GEAR_SHORT, DD_GEAR_SHORT},
    {DD_FAULT_DRIVER_DEAD, 0, 0, 0, 0, 0, DD_GEAR_SILENT, DD_GEAR_SILENT},
    {DD_FAULT_NO_DIMMING, 0, 1000, 1000, 0.4, 150, 0, 0},
    {DD_FAULT_STUCK_ON, 1000, 1000, 1000, 150, 150, DD_GEAR_RELAY, 0},
    {DD_FAULT_RELAY_OPEN, 0, 0, 0, 0, 0, DD_GEAR_SILENT, DD_GEAR_SILENT | DD_GEAR_RELAY},
    {DD_FAULT_BUS_OPEN, 1000, 1000, 1000, 150, 150, DD_GEAR_SILENT, DD_GEAR_SILENT},
    {DD_FAULT_NODE_DEAD, 1000, 1000, 1000, 150, 150, 0, 0},
    {DD_FAULT_WRONG_CURVE, 0, 898, 1000, 0.4, 150, 0, 0},
    {DD_FAULT_NODE_METER, 0, 500, 1000, 0.4, 150, 0, 0},
};

Test(luminaire, signatures) {
    for (size_t i = 0; i < DD_COUNT(table); i++) {
        const signature *sign = &table[i];
        const char *name = dd_fault_names[sign->fault];
        dd_luminaire off = failing(DD_STREET_150, 0, sign->fault),
                     half = failing(DD_STREET_150, 500, sign->fault),
                     full = failing(DD_STREET_150, 1000, sign->fault);
        cr_expect(eq(u16, of(off).light_pm, sign->off_pm), "%s", name);
        cr_expect(le(int, abs(of(half).light_pm - sign->half_pm), 6), "%s", name);
        cr_expect(eq(u16, of(full).light_pm, sign->full_pm), "%s", name);
        cr_expect(epsilon_eq(dbl, of(off).power_mw / 1e3, sign->off_w + 1.5, 0.001), "%s", name);
        cr_expect(epsilon_eq(dbl, of(full).power_mw / 1e3, sign->full_w + 1.5, 0.001), "%s", name);
        cr_expect(eq(u8, dd_luminaire_gear(&off), sign->off_gear), "%s", name);
        cr_expect(eq(u8, dd_luminaire_gear(&full), sign->full_gear), "%s", name);
    }
}

// A dead driver still draws its filter's current; behind an open relay nothing does.
Test(luminaire, dead_driver_and_open_relay_differ_in_current) {
    dd_luminaire_output dead = of(failing(DD_STREET_150, 1000, DD_FAULT_DRIVER_DEAD)),
                        open = of(failing(DD_STREET_150, 1000, DD_FAULT_RELAY_OPEN));
    cr_expect(epsilon_eq(dbl, reactive_va(dead), 70 * 0.22, 0.5));
    cr_expect(eq(u16, open.current_ma, 7), "1.5 W");
}

Test(luminaire, wrong_curve_both_ways) {
    dd_luminaire it = failing(DD_STREET_150, 500, DD_FAULT_WRONG_CURVE);
    it.coded = DD_DALI_LOGARITHMIC;
    cr_expect(eq(u16, (of(it).light_pm + 5) / 10, 90));
    it.coded = DD_DALI_LINEAR; // two wrongs
    cr_expect(eq(u16, of(it).light_pm, 504));
    it.faults = 0;
    cr_expect(eq(u16, of(it).light_pm, 32));
}

// Wires of 0-10 V that are open ask for full light; on and off is the relay's. Where there are none
// nothing can be open.
Test(luminaire, open_control_wires) {
    static const struct {
        uint8_t control;
        uint16_t light_pm[3]; // at 0, 30 and 100 %
    } rows[] = {{DD_CONTROL_DALI_LOG, {800, 800, 800}},
                {DD_CONTROL_0_10V, {0, 1000, 1000}},
                {DD_CONTROL_SWITCH, {0, 1000, 1000}}};
    static const uint16_t levels_pm[] = {0, 300, 1000};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        dd_luminaire_model model = dd_luminaire_models[DD_STREET_75];
        model.control = rows[i].control;
        for (int k = 0; k < 3; k++) {
            dd_luminaire it = failing(DD_STREET_75, levels_pm[k], DD_FAULT_BUS_OPEN);
            it.model = &model;
            it.failure_pm = 800;
            cr_expect(epsilon_eq(dbl, of(it).light_pm, rows[i].light_pm[k], 10), "%zu %d", i, k);
        }
    }
}

// Nobody speaks to a lamp without a node: what belongs to one does nothing to it.
Test(luminaire, a_lamp_without_a_node_has_no_bus) {
    static const dd_fault_kind faults[] = {DD_FAULT_BUS_OPEN, DD_FAULT_NODE_DEAD,
                                           DD_FAULT_WRONG_CURVE, DD_FAULT_NODE_METER};
    for (size_t i = 0; i < DD_COUNT(faults); i++) {
        dd_luminaire it = failing(DD_HPS_150, 1000, faults[i]);
        it.failure_pm = 0;
        cr_expect(eq(u16, of(it).light_pm, 1000));
        cr_expect(zero(u8, dd_luminaire_gear(&it)));
    }
}

// --- Heat ---

// A sound luminaire never derates here; one with a bad heat path does at full light, more on warm
// nights, and not when dimmed.
Test(luminaire, overheating) {
    for (int16_t ambient = 150; ambient <= 400; ambient += 50) {
        dd_luminaire it = lamp(DD_STREET_150, 1000);
        it.ambient_dc = ambient;
        cr_expect(eq(u16, of(it).light_pm, 1000));
        cr_expect(zero(u8, dd_luminaire_gear(&it)));
    }
    uint16_t last = 1000;
    for (int16_t ambient = 200; ambient <= 350; ambient += 50) {
        dd_luminaire it = failing(DD_STREET_150, 1000, DD_FAULT_OVERHEATING);
        it.ambient_dc = ambient;
        uint16_t light = of(it).light_pm;
        cr_expect(lt(u16, light, last), "%d", ambient);
        cr_expect(eq(u8, dd_luminaire_gear(&it), DD_GEAR_DERATED | DD_GEAR_HOT));
        last = light;
        it.heated_pm = 0;
        cr_expect(eq(u16, of(it).light_pm, 1000), "still cold");
        it.heated_pm = 1000;
        it.level_pm = 500;
        cr_expect(of(it).light_pm > 490 && !dd_luminaire_gear(&it), "dimmed");
    }
    cr_expect(gt(u16, last, 600));
}

// Too hot even for its minimum, it shuts down and says so.
Test(luminaire, thermal_shutdown) {
    dd_luminaire_model model = dd_luminaire_models[DD_STREET_150];
    model.derate_dc = 300;
    dd_luminaire it = lamp(DD_STREET_150, 1000);
    it.model = &model;
    it.ambient_dc = 480;
    cr_expect(zero(u16, dd_luminaire_asked_pm(&it)));
    cr_expect(eq(u8, dd_luminaire_gear(&it), DD_GEAR_DERATED | DD_GEAR_HOT));
    cr_expect(eq(u32, of(it).power_mw, 400 + OWN_MW));
    it.ambient_dc = 300;
    cr_expect(of(it).light_pm > 100 && of(it).light_pm < 1000);
}
