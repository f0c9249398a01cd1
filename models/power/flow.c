#include "models/power/flow.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/power/cable.h"
#include "models/power/grid.h"

static const dd_settings *settings_of(const dd_domain *domain) {
    return &dd_world_of(domain)->def.settings;
}

// --- Cable, meter, heat ---

static void solve(const dd_domain *domain, dd_segment_state *segment, dd_feeder_state *feeder) {
    dd_cable_fault faults[DD_PHASES] = {0};
    for (uint8_t phase = 0; phase < DD_PHASES; phase++)
        faults[phase] =
            (dd_cable_fault){.lamp = (uint16_t)(feeder->short_lamp[phase] - feeder->first_lamp),
                             .phase = phase,
                             .current_ma = feeder->short_ma[phase]};
    dd_cable_state state =
        dd_cable_solve(dd_segment_place(domain, segment, feeder->first_lamp),
                       segment->cabinet.lamp_ma + feeder->first_lamp, feeder->lamp_n,
                       feeder->uohm_per_m, faults, segment->cabinet.drop_cv + feeder->first_lamp);
    feeder->loss_mw = state.loss_mw;
    feeder->dirty = false;
}

static uint32_t phase_ma(const dd_feeder_state *feeder, int phase) {
    return feeder->phase_ma[phase] + feeder->short_ma[phase];
}

uint32_t dd_feeder_busiest_ma(const dd_feeder_state *feeder) {
    uint32_t most = 0;
    for (int phase = 0; phase < DD_PHASES; phase++)
        if (phase_ma(feeder, phase) > most) most = phase_ma(feeder, phase);
    return most;
}

static dd_time tau_of(const dd_domain *domain) {
    return dd_seconds(settings_of(domain)->power_breaker_tau_s);
}

static void count_loss(dd_feeder_state *feeder, dd_time lasts) {
    const int64_t one_mwh = 3600000000; // milliwatt-microseconds
    feeder->loss_rest += lasts / DD_MICROSECOND * feeder->loss_mw;
    feeder->loss_mwh += feeder->loss_rest / one_mwh;
    feeder->loss_rest %= one_mwh;
}

static uint32_t drift_ppm_day(const dd_domain *domain) {
    return (uint32_t)(settings_of(domain)->power_meter_drift * 10000);
}

static void count(dd_domain *domain, dd_segment_state *segment, dd_feeder_state *feeder) {
    dd_time lasts = domain->now - feeder->counted;
    if (feeder->dirty) solve(domain, segment, feeder);
    if (lasts <= 0) return;
    count_loss(feeder, lasts);
    dd_meter_count(&feeder->meter, domain->now, lasts, feeder->lamps_mw + feeder->loss_mw,
                   dd_feeder_busiest_ma(feeder), drift_ppm_day(domain));
    for (int phase = 0; phase < DD_PHASES; phase++)
        feeder->heat_ppm[phase] = dd_breaker_heat(&feeder->breaker, feeder->heat_ppm[phase],
                                                  phase_ma(feeder, phase), lasts, tau_of(domain));
    feeder->counted = domain->now;
}

void dd_feeder_count(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    count(domain, segment, &segment->feeders[number]);
}

// As if counted up to now. Somebody who only reads leaves no trace, not even of rounding.
static dd_feeder_state counted(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    dd_feeder_state it = segment->feeders[number];
    count(domain, segment, &it);
    return it;
}

int64_t dd_feeder_loss_mwh(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    return counted(domain, segment, number).loss_mwh;
}

uint64_t dd_feeder_metered_wh(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    return (uint64_t)counted(domain, segment, number).meter.told_uwh / 1000000;
}

uint32_t dd_feeder_metered_mw(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    dd_feeder_state it = counted(domain, segment, number);
    return dd_meter_power_mw(&it.meter, domain->now, it.lamps_mw + it.loss_mw,
                             dd_feeder_busiest_ma(&it), drift_ppm_day(domain));
}

void dd_feeder_plan_trip(dd_domain *domain, const dd_segment_state *segment, uint8_t number) {
    dd_feeder_state *feeder = &segment->feeders[number];
    dd_time after = DD_NEVER;
    for (int phase = 0; phase < DD_PHASES; phase++) {
        dd_time it = dd_breaker_trips_after(&feeder->breaker, feeder->heat_ppm[phase],
                                            phase_ma(feeder, phase), tau_of(domain));
        if (it < after) after = it;
    }
    feeder->trip_generation++;
    if (after == DD_NEVER) return;
    dd_schedule(domain, domain->now + after, DD_KIND_TRIP, segment->station, number,
                feeder->trip_generation, 0);
}

void dd_feeder_load(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                    const dd_load *before, const dd_load *now) {
    const dd_lamp *place = dd_segment_place(domain, segment, lamp);
    uint8_t number = dd_segment_feeder_number(segment, place->feeder);
    if (!number) return;
    dd_feeder_state *feeder = &segment->feeders[number];
    uint16_t *current_ma = &segment->cabinet.lamp_ma[lamp];
    if (domain->now > feeder->counted) count(domain, segment, feeder);
    feeder->phase_ma[place->phase] -= *current_ma;
    *current_ma = now->current_ma < UINT16_MAX ? (uint16_t)now->current_ma : UINT16_MAX;
    feeder->phase_ma[place->phase] += *current_ma;
    feeder->lamps_mw += (int64_t)now->power_mw - before->power_mw;
    feeder->dirty = true;
    dd_feeder_plan_trip(domain, segment, number);
}

// --- Voltage ---

static uint32_t usual_pm(const dd_domain *domain, const dd_segment_state *segment) {
    const dd_world_def *def = &dd_world_of(domain)->def;
    if (!def->settings.nature) return DD_VOLTAGE_FULL_PM;
    dd_time midnight = dd_midnight_before(&def->calendar, domain->now);
    return dd_grid_usual_pm(dd_grid_area_of(dd_world_of(domain), segment->segment), domain->now,
                            (int32_t)((domain->now - midnight) / DD_MINUTE));
}

uint16_t dd_feeder_supply_dv(const dd_domain *domain, const dd_segment_state *segment) {
    uint32_t nominal_dv = (uint32_t)(settings_of(domain)->power_voltage_v * 10 + 0.5);
    uint32_t share_pm = usual_pm(domain, segment) * segment->cabinet.voltage_pm;
    return (uint16_t)((uint64_t)nominal_dv * share_pm / 1000000);
}

uint16_t dd_feeder_voltage_dv(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    if (!(segment->nodes[lamp].state & DD_NODE_SUPPLIED)) return 0;
    uint8_t number =
        dd_segment_feeder_number(segment, dd_segment_place(domain, segment, lamp)->feeder);
    if (!number) return 0;
    dd_feeder_state *feeder = &segment->feeders[number];
    if (feeder->dirty) solve(domain, segment, feeder);
    int32_t cv = dd_feeder_supply_dv(domain, segment) * 10 - segment->cabinet.drop_cv[lamp];
    return cv > 0 ? (uint16_t)((cv + 5) / 10) : 0;
}

void dd_feeder_voltage_changed(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    const dd_feeder_state *feeder = &segment->feeders[number];
    for (uint16_t lamp = feeder->first_lamp; lamp < dd_feeder_end(feeder); lamp++)
        if (segment->nodes[lamp].state & DD_NODE_SUPPLIED) dd_node_voltage(domain, segment, lamp);
}
