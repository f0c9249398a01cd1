#include "models/light/catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const dd_technology_names[DD_TECHNOLOGIES] = {"none", "LED", "HPS", "CFL", "MH"};
const char *const dd_control_names[DD_CONTROLS] = {"switch", "dali_log", "dali_linear", "0-10V"};

// LED: power at the mains with the driver; flux at 130 to 140 lm/W, of bulbs at 100 lm/W (facts 0
// and A; efficacies are an estimate for 2020's luminaires). Inrush: facts A2, 50 to 100 A for 150
// to 300 us at 150 W, by power here (estimate). Input capacitors: some 7 nF a watt (estimate).
// Decay and failures: facts A3.
#define LED(name_, watts_, lumens_, inrush_a_, inrush_us_, filter_ma_)                             \
    {                                                                                              \
        .name = name_, .power_mw = (watts_)*1000, .flux_lm = lumens_,                              \
        .technology = DD_TECHNOLOGY_LED, .control = DD_CONTROL_DALI_LOG, .node = true,             \
        .minimum_pm = 10, .power_1_pm = 100, .standby_mw = 400, .power_factor_pm = 960,            \
        .power_factor_20_pm = 670, .filter_ma = filter_ma_, .inrush_a = inrush_a_,                 \
        .inrush_us = inrush_us_, .undervoltage_dv = 1200, .start_ms = 400, .decay_per_gh = 2200,   \
        .rise_dk = 300, .derate_dc = 850, .infant_ppm = 3000, .infant_h = 500,                     \
        .constant_per_gh = 1500, .wearout_h = 120000, .wearout_pm = 2000                           \
    }

// Discharge lamps: lamp and ballast (HPS 150 W: 169 W); flux of the lamp times the lantern's 0.75
// or so; minutes to warm up and to strike again when hot; nothing to dim, no node (estimates). The
// capacitor that compensates the ballast is the lamp makers': 20 uF at 150 W, 32 at 250, 45 at 400.
#define DISCHARGE(name_, technology_, watts_, lumens_, filter_ma_, warm_s_, restrike_s_, decay_,   \
                  wearout_h_)                                                                      \
    {                                                                                              \
        .name = name_, .power_mw = (watts_)*1000, .flux_lm = lumens_, .technology = technology_,   \
        .control = DD_CONTROL_SWITCH, .minimum_pm = 1000, .power_1_pm = 1000,                      \
        .power_factor_pm = 850, .power_factor_20_pm = 850, .filter_ma = filter_ma_,                \
        .inrush_a = 10, .inrush_us = 5000, .undervoltage_dv = 1760, .start_ms = 1500,              \
        .warm_s = warm_s_, .restrike_s = restrike_s_, .decay_per_gh = decay_, .rise_dk = 500,      \
        .derate_dc = 1300, .infant_ppm = 5000, .infant_h = 500, .constant_per_gh = 5000,           \
        .wearout_h = wearout_h_, .wearout_pm = 3000                                                \
    }

const dd_luminaire_model dd_luminaire_models[DD_LUMINAIRE_KINDS] = {
    [DD_STREET_75] = LED("LED-street-75", 75, 10500, 45, 200, 35),
    [DD_STREET_120] = LED("LED-street-120", 120, 16800, 58, 230, 55),
    [DD_STREET_150] = LED("LED-street-150", 150, 21000, 65, 250, 70),
    [DD_FLOOD_100] = LED("LED-flood-100", 100, 13000, 53, 220, 45),
    [DD_FLOOD_200] = LED("LED-flood-200", 200, 26000, 75, 270, 90),
    [DD_FLOOD_400] = LED("LED-flood-400", 400, 52000, 100, 300, 170),
    [DD_BULB_5] = LED("LED-bulb-5", 5, 500, 6, 100, 3),
    [DD_BULB_10] = LED("LED-bulb-10", 10, 1000, 10, 100, 5),
    [DD_HPS_150] = DISCHARGE("HPS-150", DD_TECHNOLOGY_HPS, 169, 11200, 1380, 240, 60, 8000, 24000),
    [DD_HPS_250] = DISCHARGE("HPS-250", DD_TECHNOLOGY_HPS, 276, 21600, 2210, 240, 60, 8000, 24000),
    [DD_HPS_400] = DISCHARGE("HPS-400", DD_TECHNOLOGY_HPS, 431, 38400, 3110, 240, 60, 8000, 24000),
    [DD_HALIDE_250] =
        DISCHARGE("MH-250", DD_TECHNOLOGY_HALIDE, 276, 15600, 2210, 240, 600, 25000, 12000),
    [DD_HALIDE_400] =
        DISCHARGE("MH-400", DD_TECHNOLOGY_HALIDE, 431, 26600, 2420, 240, 600, 25000, 12000),
    [DD_HALIDE_1000] =
        DISCHARGE("MH-1000", DD_TECHNOLOGY_HALIDE, 1065, 70000, 5870, 240, 600, 25000, 12000),
    [DD_CFL_20] = DISCHARGE("CFL-20", DD_TECHNOLOGY_CFL, 22, 840, 30, 60, 0, 20000, 8000),
    [DD_CFL_40] = DISCHARGE("CFL-40", DD_TECHNOLOGY_CFL, 43, 1820, 60, 60, 0, 20000, 8000),
};

dd_luminaire_kind dd_luminaire_before(uint8_t kind) {
    static const uint8_t before[DD_PROJECT_KINDS] = {
        [DD_STREET_75] = DD_HPS_150,    [DD_STREET_120] = DD_HPS_250,
        [DD_STREET_150] = DD_HPS_250,   [DD_FLOOD_100] = DD_HALIDE_250,
        [DD_FLOOD_200] = DD_HALIDE_400, [DD_FLOOD_400] = DD_HALIDE_1000,
        [DD_BULB_5] = DD_CFL_20,        [DD_BULB_10] = DD_CFL_40};
    return kind < DD_PROJECT_KINDS ? (dd_luminaire_kind)before[kind] : (dd_luminaire_kind)0;
}

void dd_catalogue_init(dd_catalogue *catalogue) {
    *catalogue = (dd_catalogue){.n = DD_LUMINAIRE_KINDS};
    memcpy(catalogue->models, dd_luminaire_models, sizeof dd_luminaire_models);
}

uint32_t dd_catalogue_find(const dd_catalogue *catalogue, const char *name) {
    for (uint32_t i = 1; i < catalogue->n; i++)
        if (strcmp(catalogue->models[i].name, name) == 0) return i;
    return 0;
}

static bool check(const dd_luminaire_model *model, dd_error *error) {
    enum { MOST_MW = 2000000 }; // no street has a brighter one
    if (!model->name[0]) return dd_fail(error, DD_WRONG, "a luminaire needs a name");
    if (!model->power_mw || model->power_mw > MOST_MW)
        return dd_fail(error, DD_WRONG, "luminaire %s: %g W is out of range: it must be up to 2000",
                       model->name, model->power_mw / 1e3);
    if (!model->technology || model->technology >= DD_TECHNOLOGIES || model->control >= DD_CONTROLS)
        return dd_fail(error, DD_WRONG, "luminaire %s: there is no such technology or control",
                       model->name);
    bool shares = model->minimum_pm <= 1000 && model->power_1_pm <= 1000 && model->clo_pm <= 1000;
    bool factors = model->power_factor_pm > 0 && model->power_factor_pm <= 1000 &&
                   model->power_factor_20_pm > 0 && model->power_factor_20_pm <= 1000;
    return (shares && factors) ||
           dd_fail(error, DD_WRONG, "luminaire %s: a share is out of range: 0 to 1", model->name);
}

uint32_t dd_catalogue_add(dd_catalogue *catalogue, const dd_luminaire_model *model,
                          dd_error *error) {
    if (!check(model, error)) return 0;
    uint32_t i = dd_catalogue_find(catalogue, model->name);
    if (!i && catalogue->n == DD_MODELS_MAX) {
        dd_fail(error, DD_WRONG, "luminaire %s: a catalogue holds %d models; use one of them",
                model->name, DD_MODELS_MAX - 1);
        return 0;
    }
    if (!i) i = catalogue->n++;
    catalogue->models[i] = *model;
    return i;
}

dd_luminaire_model dd_luminaire_of_power(double power_w) {
    dd_luminaire_model model = dd_luminaire_models[DD_STREET_150];
    double share = power_w / 150;
    snprintf(model.name, sizeof model.name, "LED-%g", power_w);
    model.power_mw = (uint32_t)lrint(power_w * 1000);
    model.flux_lm = (uint32_t)lrint(model.flux_lm * share);
    model.filter_ma = (uint16_t)lrint(model.filter_ma * share);
    model.inrush_a = (uint16_t)fmax(5, lrint(model.inrush_a * sqrt(share)));
    return model;
}
