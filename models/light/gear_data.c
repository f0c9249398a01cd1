#include "models/light/gear_data.h"
#include "models/light/lifetime.h"
#include "models/light/maintenance.h"
#include "models/light/node_light.h"
#include "models/sky/sky.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const dd_gear_value_info dd_gear_value_table[DD_D4I_VALUE_N] = {
#define DD_D4I_VALUE_ROW(value, name, bank, location, octets, exponent, offset, kind, what)        \
    {name, bank, location, octets, exponent, offset, DD_D4I_##kind, what},
    DD_D4I_VALUES(DD_D4I_VALUE_ROW)
#undef DD_D4I_VALUE_ROW
};

// --- Writing and reading values ---

static uint64_t ones(dd_gear_value value) {
    uint32_t octets = dd_gear_value_table[value].octets;
    return octets == 8 ? UINT64_MAX : (1ull << 8 * octets) - 1;
}

static void put_unknown(dd_gear_data *data, dd_gear_value value) {
    data->written[value] = ones(value);
}

static void put_not_now(dd_gear_data *data, dd_gear_value value) {
    data->written[value] = ones(value) - 1;
}

// A number too large stays at the most that is one.
static void put(dd_gear_data *data, dd_gear_value value, int64_t number) {
    const dd_gear_value_info *info = &dd_gear_value_table[value];
    int64_t written = number + info->offset;
    uint64_t most = ones(value) - (info->kind == DD_D4I_WORD ? 0 : 2);
    data->written[value] = written < 0 ? 0 : (uint64_t)written < most ? (uint64_t)written : most;
}

// A failure that stays: there is one, of which there has been one.
static void put_failure(dd_gear_data *data, dd_gear_value flag, bool on) {
    put(data, flag, on);
    put(data, flag + 1, on);
}

// A condition that comes and goes: its counter, which follows, is not kept.
static void put_condition(dd_gear_data *data, dd_gear_value flag, bool on) {
    put(data, flag, on);
    put_unknown(data, flag + 1);
}

bool dd_gear_data_number(const dd_gear_data *data, dd_gear_value value, double *number) {
    const dd_gear_value_info *info = &dd_gear_value_table[value];
    uint64_t written = data->written[value];
    bool masked = info->kind == DD_D4I_MASKED || info->kind == DD_D4I_BOTH;
    bool timed = info->kind == DD_D4I_TIMED || info->kind == DD_D4I_BOTH;
    if ((masked && written == ones(value)) || (timed && written == ones(value) - 1)) return false;
    double scale = info->exponent < 0 ? 1 / pow(10, -info->exponent) : pow(10, info->exponent);
    *number = ((double)written - info->offset) * scale;
    return true;
}

uint32_t dd_gear_data_bank(const dd_gear_data *data, uint8_t bank, uint8_t *octets) {
    enum { NAME_LOCATION = 0x3c, COLOUR_LOCATION = 0x24, VERSION_LOCATION = 0x03, FIRST = 0x03 };
    uint32_t n = 0;
    memset(octets, 0, DD_D4I_BANK_MAX);
    for (int value = 0; value < DD_D4I_VALUE_N; value++) {
        const dd_gear_value_info *info = &dd_gear_value_table[value];
        if (info->bank != bank) continue;
        for (uint32_t i = 0; i < info->octets; i++)
            octets[info->location + i] =
                (uint8_t)(data->written[value] >> 8 * (info->octets - 1 - i));
        n = info->location + info->octets;
    }
    if (!n) return 0;
    if (bank == 1) {
        memcpy(octets + NAME_LOCATION, data->name, DD_D4I_NAME_SIZE);
        n = NAME_LOCATION + DD_D4I_NAME_SIZE;
    } else {
        octets[VERSION_LOCATION] = 1;
    }
    octets[0] = (uint8_t)(n - 1);
    octets[2] = 0xff;
    return n;
}

// --- A lamp's values ---

enum { DARK_H = 4333, YEAR_H = 8760, NIGHTS = 365 }; // a year's, facts 0

typedef struct subject {
    dd_domain *domain;
    const dd_node *node;
    dd_luminaire luminaire;
    uint8_t gear; // DD_GEAR_..., as the node finds it
    uint32_t hung_h, burned_h;
} subject;

static bool failed(const subject *of, dd_fault_kind fault) {
    return dd_node_failed(of->node, fault);
}

static void put_making(dd_gear_data *data, const subject *of) {
    const dd_calendar *calendar = &dd_world_of(of->domain)->def.calendar;
    dd_civil day = dd_civil_at(calendar, of->domain->now - of->hung_h * DD_HOUR);
    int64_t of_year =
        dd_days_from_civil(day.year, day.month, day.day) - dd_days_from_civil(day.year, 1, 1);
    put(data, DD_D4I_YEAR, day.year % 100);
    put(data, DD_D4I_WEEK, of_year / 7 + 1);
}

// Mains: the range of common drivers; an estimate.
enum { LEAST_MAINS_V = 198, MOST_MAINS_V = 264 };

static void put_luminaire(dd_gear_data *data, const subject *of, uint64_t stable) {
    const dd_luminaire_model *model = of->luminaire.model;
    put_unknown(data, DD_D4I_GTIN);
    data->written[DD_D4I_IDENTITY] = stable;
    put(data, DD_D4I_FORMAT, 3);
    put_making(data, of);
    put(data, DD_D4I_NOMINAL_POWER, (model->power_mw + 500) / 1000);
    put(data, DD_D4I_MINIMUM_POWER, (dd_driver_power_mw(model, model->minimum_pm) + 500) / 1000);
    put(data, DD_D4I_MINIMUM_MAINS, LEAST_MAINS_V);
    put(data, DD_D4I_MAXIMUM_MAINS, MOST_MAINS_V);
    put(data, DD_D4I_NOMINAL_FLUX, model->flux_lm);
    put_unknown(data, DD_D4I_CRI);
    put_unknown(data, DD_D4I_CCT);
    put_unknown(data, DD_D4I_DISTRIBUTION);
    snprintf(data->name, sizeof data->name, "%s", model->name);
}

static uint32_t apparent_mva(const dd_node *node, uint16_t voltage_dv) {
    return (uint32_t)(((uint64_t)node->current_ma * voltage_dv + 5) / 10);
}

static void put_energy(dd_gear_data *data, const subject *of) {
    enum { MILLI = 0xfd }; // 10^-3
    const dd_node *node = of->node;
    uint32_t own_mw = of->luminaire.own_mw;
    int64_t since_us = of->domain->now / DD_MICROSECOND - node->counted_us;
    put(data, DD_D4I_ENERGY_EXPONENT, 0);
    put(data, DD_D4I_ENERGY,
        (node->energy_mwh + since_us / 1000000 * node->power_mw / 3600) / 1000);
    put(data, DD_D4I_POWER_EXPONENT, MILLI);
    put(data, DD_D4I_POWER, node->power_mw);
    put(data, DD_D4I_APPARENT_ENERGY_EXPONENT, 0);
    put_not_now(data, DD_D4I_APPARENT_ENERGY);
    put(data, DD_D4I_APPARENT_POWER_EXPONENT, MILLI);
    put(data, DD_D4I_APPARENT_POWER, apparent_mva(node, of->luminaire.voltage_dv));
    put(data, DD_D4I_LOAD_ENERGY_EXPONENT, 0);
    put_not_now(data, DD_D4I_LOAD_ENERGY);
    put(data, DD_D4I_LOAD_POWER_EXPONENT, MILLI);
    put(data, DD_D4I_LOAD_POWER, node->power_mw - (own_mw < node->power_mw ? own_mw : 0));
}

// Share of its full current that the light source gets, thousandths.
static uint32_t driven_pm(const subject *of) {
    uint32_t asked = of->luminaire.burning ? dd_luminaire_asked_pm(&of->luminaire) : 0;
    return asked * of->luminaire.drive_pm / 1000;
}

static void put_gear(dd_gear_data *data, const subject *of) {
    const dd_node *node = of->node;
    uint16_t voltage_dv = of->luminaire.voltage_dv;
    uint32_t apparent = apparent_mva(node, voltage_dv);
    put(data, DD_D4I_GEAR_TIME, (int64_t)of->hung_h * 3600);
    put(data, DD_D4I_GEAR_STARTS, node->starts);
    put(data, DD_D4I_MAINS_VOLTAGE, voltage_dv);
    put(data, DD_D4I_MAINS_FREQUENCY, 50);
    uint32_t factor_pc = apparent ? (node->power_mw * 100ull + apparent / 2) / apparent : 0;
    put(data, DD_D4I_POWER_FACTOR, factor_pc < 100 ? factor_pc : 100);
    put_failure(data, DD_D4I_GEAR_FAILURE,
                failed(of, DD_FAULT_NO_DIMMING) || failed(of, DD_FAULT_CYCLING));
    put_condition(data, DD_D4I_UNDERVOLTAGE, voltage_dv < LEAST_MAINS_V * 10);
    put_condition(data, DD_D4I_OVERVOLTAGE, voltage_dv > MOST_MAINS_V * 10);
    put_condition(data, DD_D4I_LIMITED, false);
    put_condition(data, DD_D4I_DERATED, of->gear & DD_GEAR_DERATED);
    put_condition(data, DD_D4I_SHUT_DOWN, of->gear & DD_GEAR_HOT && !node->light_pm);
    put(data, DD_D4I_GEAR_TEMPERATURE, dd_luminaire_gear_dc(&of->luminaire) / 10);
    put(data, DD_D4I_OUTPUT_CURRENT, (driven_pm(of) + 5) / 10);
}

// LED strings at 0.7 A, with what the driver leaves of the power, nine tenths (estimates).
static void put_electric(dd_gear_data *data, const subject *of) {
    enum { FULL_MA = 700, LEFT_PC = 90 };
    uint32_t driven = driven_pm(of);
    uint64_t full_dv = (uint64_t)of->luminaire.model->power_mw * LEFT_PC / 100 * 10 / FULL_MA;
    if (failed(of, DD_FAULT_LED_SHORT)) full_dv = full_dv * of->luminaire.shorted_pm / 1000;
    put(data, DD_D4I_SOURCE_VOLTAGE, driven ? (int64_t)full_dv : 0);
    put(data, DD_D4I_SOURCE_CURRENT, driven * FULL_MA / 1000);
}

static void put_source(dd_gear_data *data, const subject *of) {
    int64_t burned_s = (int64_t)of->burned_h * 3600;
    int64_t starts = (int64_t)of->burned_h * NIGHTS / DARK_H;
    bool open = failed(of, DD_FAULT_LED_OPEN), shorted = failed(of, DD_FAULT_LED_SHORT);
    put(data, DD_D4I_SOURCE_STARTS_RESETTABLE, starts);
    put(data, DD_D4I_SOURCE_STARTS, starts);
    put(data, DD_D4I_SOURCE_TIME_RESETTABLE, burned_s);
    put(data, DD_D4I_SOURCE_TIME, burned_s);
    put_electric(data, of);
    put_failure(data, DD_D4I_SOURCE_FAILURE, open || shorted);
    put_failure(data, DD_D4I_SHORT, shorted);
    put_failure(data, DD_D4I_OPEN, open);
    for (dd_gear_value value = DD_D4I_SOURCE_DERATED; value <= DD_D4I_SOURCE_TEMPERATURE; value++)
        put_unknown(data, value); // it has no sensor of its own
}

// Rated with a test of 10,000 h and 50,000 starts (estimates).
static void put_ratings(dd_gear_data *data, const dd_luminaire_model *model) {
    const double test_h = 10000;
    enum { STARTS = 50000, AROUND_DC = 250 };
    double life_h = dd_maintenance_life_h(1, model->decay_per_gh, 0.8);
    put(data, DD_D4I_RATED_LIFE, lrint(dd_maintenance_reported_h(life_h, test_h) / 1000));
    put(data, DD_D4I_RATED_TEMPERATURE, (AROUND_DC + model->rise_dk) / 10);
    put(data, DD_D4I_RATED_STARTS, STARTS / 100);
}

bool dd_gear_data_read(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                       dd_gear_data *data) {
    const dd_world *world = dd_world_of(domain);
    subject of = {.domain = domain, .node = &segment->nodes[lamp]};
    of.luminaire = dd_node_luminaire(domain, segment, lamp);
    of.luminaire.ambient_dc = (int16_t)(dd_sky_now(domain).temperature_md / 100);
    of.gear = dd_luminaire_gear(&of.luminaire);
    uint8_t control = of.luminaire.model->control;
    bool dali = control == DD_CONTROL_DALI_LOG || control == DD_CONTROL_DALI_LINEAR;
    if (!dali || !of.luminaire.voltage_dv || of.gear & DD_GEAR_SILENT) return false;
    of.burned_h = dd_lifetime_burning_h(of.node);
    of.hung_h = dd_lifetime_clean_h(of.node, UINT32_MAX);
    *data = (dd_gear_data){.name = ""};
    put_luminaire(data, &of, dd_world_stable(world, dd_segment_lamp(segment, lamp)));
    put_energy(data, &of);
    put_gear(data, &of);
    put_source(data, &of);
    put_ratings(data, of.luminaire.model);
    return true;
}
