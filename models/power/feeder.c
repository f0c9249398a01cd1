#include "models/power/feeder.h"
#include "models/controller/house.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"
#include "models/power/cable.h"
#include "models/power/device/inrush.h"
#include "models/power/device/residual.h"
#include "models/power/extent.h"
#include "models/power/grid.h"
#include "models/power/inputs.h"

#include <assert.h>

static uint32_t entity_of(const dd_domain *domain, const dd_feeder_state *feeder) {
    return dd_world_entity(dd_world_of(domain), DD_ENTITY_FEEDER, feeder->feeder);
}

// --- Start ---

static void find_lamps(const dd_domain *domain, const dd_segment_state *segment,
                       dd_feeder_state *feeder) {
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++) {
        if (dd_segment_place(domain, segment, lamp)->feeder != feeder->feeder) continue;
        if (!feeder->lamp_n++) feeder->first_lamp = lamp;
        assert(lamp == feeder->first_lamp + feeder->lamp_n - 1 && "a feeder's lamps lie together");
    }
    feeder->supplied_n = feeder->lamp_n;
}

// The lamps of before 2020 took twice as much, so their breakers carried twice as much; they stay
// when the lamps are replaced (estimate).
static uint8_t rated_a(const dd_settings *settings, const dd_feeder *place) {
    uint32_t rated = place->rated_a * (settings->light_before ? 2u : 1u);
    return (uint8_t)(rated < UINT8_MAX ? rated : UINT8_MAX);
}

static dd_feeder_state make(const dd_domain *domain, uint32_t index) {
    const dd_world *world = dd_world_of(domain);
    const dd_settings *settings = &world->def.settings;
    const dd_feeder *place = &world->city->feeders[index];
    uint64_t stable = dd_world_stable(world, dd_world_entity(world, DD_ENTITY_FEEDER, index));
    dd_breaker_def breaker = {.rated_a = rated_a(settings, place),
                              .curve = place->curve,
                              .spread = settings->power_breaker_spread != 0,
                              .seed = world->def.seed,
                              .stable = stable};
    return (dd_feeder_state){
        .feeder = index,
        .live_phases = DD_ALL_PHASES,
        .shown = 1u << DD_CABINET_CONTACTOR,
        .dirty = true,
        .breaker = dd_breaker_make(&breaker),
        .contactor = {.wanted = true, .pulled = true},
        .meter = dd_meter_make(world->def.seed, stable, settings->power_meter_class)};
}

// At full power, mA.
static uint16_t full_ma(const dd_domain *domain, uint32_t kind) {
    const dd_world_def *def = &dd_world_of(domain)->def;
    const dd_luminaire_model *model = &def->catalogue.models[kind];
    if (!model->power_factor_pm) return 0;
    return (uint16_t)(model->power_mw / def->settings.power_voltage_v / model->power_factor_pm *
                      1000);
}

// The largest drop along a cable whose lamps all burn at full power, hundredths of a volt: those of
// the city, or what stood there before 2020 where that took more, for the cables are older.
static double full_drop_cv(const dd_domain *domain, dd_segment_state *segment,
                           const dd_feeder_state *feeder, double mm2) {
    const dd_cable_fault none[DD_PHASES] = {0};
    const dd_lamp *place = dd_segment_place(domain, segment, feeder->first_lamp);
    uint16_t *current_ma = segment->cabinet.lamp_ma + feeder->first_lamp;
    int16_t *drop_cv = segment->cabinet.drop_cv + feeder->first_lamp, most = 0;
    for (uint32_t i = 0; i < feeder->lamp_n; i++) {
        uint16_t now = full_ma(domain, place[i].kind);
        uint16_t before = full_ma(domain, dd_luminaire_before(place[i].kind));
        current_ma[i] = now > before ? now : before;
    }
    dd_cable_solve(place, current_ma, feeder->lamp_n,
                   dd_cable_uohm_per_m(dd_settings_of(domain)->power_cable_resistivity, mm2), none,
                   drop_cv);
    for (uint32_t i = 0; i < feeder->lamp_n; i++) {
        if (drop_cv[i] > most) most = drop_cv[i];
        current_ma[i] = 0;
        drop_cv[i] = 0;
    }
    return most;
}

// As a designer would: the usual section, or a larger one when the farthest lamp would lack more
// than what is allowed of the voltage.
static void choose_cable(const dd_domain *domain, dd_segment_state *segment,
                         dd_feeder_state *feeder) {
    const dd_settings *settings = dd_settings_of(domain);
    double mm2 = settings->power_cable_mm2;
    double limit_cv = settings->power_voltage_v * settings->power_cable_drop;
    double drop_cv = full_drop_cv(domain, segment, feeder, mm2);
    if (drop_cv > limit_cv) mm2 = dd_cable_section_mm2(mm2 * drop_cv / limit_cv);
    feeder->uohm_per_m = dd_cable_uohm_per_m(settings->power_cable_resistivity, mm2);
}

void dd_feeders_start(dd_domain *domain, dd_segment_state *segment) {
    const dd_city *city = dd_world_of(domain)->city;
    dd_cabinet_state *cabinet = &segment->cabinet;
    uint32_t n = segment->lamp_n + 1u, found[DD_CORE_FEEDERS];
    for (uint32_t i = 1; i < city->feeder_n && segment->feeder_n < DD_CORE_FEEDERS; i++)
        if (city->feeders[i].segment == segment->segment) found[segment->feeder_n++] = i;
    segment->feeders =
        dd_arena_take(&domain->arena, (segment->feeder_n + 1u) * sizeof *segment->feeders);
    cabinet->lamp_ma = dd_arena_take(&domain->arena, n * sizeof *cabinet->lamp_ma);
    cabinet->drop_cv = dd_arena_take(&domain->arena, n * sizeof *cabinet->drop_cv);
    for (uint8_t number = 1; number <= segment->feeder_n; number++) {
        segment->feeders[number] = make(domain, found[number - 1]);
        find_lamps(domain, segment, &segment->feeders[number]);
        choose_cable(domain, segment, &segment->feeders[number]);
    }
}

// --- Leakage ---

static dd_residual_def residual_def(const dd_settings *settings) {
    return (dd_residual_def){.lamp_ua = (uint32_t)(settings->power_leakage_ma * 1000 + 0.5),
                             .wet_ua = (uint32_t)(settings->power_leakage_wet_ma * 1000 + 0.5),
                             .fault_ma = (uint32_t)settings->power_leakage_fault_ma,
                             .fault_wet_pm =
                                 (uint32_t)(settings->power_leakage_fault_wet * 1000 + 0.5),
                             .flooded_ma = (uint32_t)settings->power_leakage_flooded_ma,
                             .warning_ma = (uint32_t)settings->power_leakage_warning_ma,
                             .trip_ma = (uint32_t)settings->power_rcd_ma};
}

static uint16_t leakage_ma(const dd_domain *domain, const dd_segment_state *segment,
                           const dd_feeder_state *feeder, uint32_t lamp_n) {
    const dd_settings *settings = dd_settings_of(domain);
    dd_residual_def def = residual_def(settings);
    dd_residual_state state = {
        .lamp_n = lamp_n,
        .wet_pm = (uint32_t)dd_weather_wet_pm(&dd_neighbourhood_of(domain)->weather, domain->now,
                                              dd_seconds(settings->mesh_dry_s)),
        .fault = dd_feeder_failed(feeder, DD_FAULT_LEAKAGE),
        .flooded = segment->cabinet.flooded};
    return dd_residual_ma(&def, &state);
}

// A device that has opened keeps showing what it opened for, until it is closed.
static void show_leakage(const dd_domain *domain, const dd_segment_state *segment,
                         dd_feeder_state *feeder) {
    dd_residual_def def = residual_def(dd_settings_of(domain));
    if (dd_feeder_failed(feeder, DD_FAULT_BREAKER) && feeder->opened_by == DD_BREAKER_RESIDUAL)
        return;
    feeder->leakage_ma =
        feeder->live_phases ? leakage_ma(domain, segment, feeder, feeder->supplied_n) : 0;
    feeder->leaks = dd_residual_warns(&def, feeder->leakage_ma);
}

// --- What trips at once ---

typedef struct trip {
    dd_breaker_reason reason; // DD_BREAKER_CLOSED: nothing does
    uint32_t current_ma;
} trip;

// Drivers with a relay stuck open, or without a living input, take no pulse.
static uint32_t pulse_ma(const dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    if (segment->nodes[lamp].state & DD_NODE_SUPPLIED ||
        dd_node_failed(&segment->nodes[lamp], DD_FAULT_RELAY_OPEN) ||
        dd_node_failed(&segment->nodes[lamp], DD_FAULT_DRIVER_DEAD))
        return 0;
    return dd_inrush_model_ma(dd_node_model(dd_world_of(domain), segment, lamp),
                              dd_settings_of(domain)->power_inrush_exponent);
}

static trip judge(const dd_domain *domain, const dd_segment_state *segment,
                  const dd_feeder_state *feeder, const dd_extent *it) {
    uint32_t coil_ma = dd_breaker_magnetic_ma(&feeder->breaker), pulses_ma[DD_PHASES] = {0};
    uint32_t lamp_n = 0;
    for (uint16_t lamp = feeder->first_lamp; lamp < dd_feeder_end(feeder); lamp++) {
        const dd_lamp *place = dd_segment_place(domain, segment, lamp);
        if (!dd_extent_has(it, place)) continue;
        lamp_n++;
        pulses_ma[place->phase] += pulse_ma(domain, segment, lamp);
    }
    for (int phase = 0; coil_ma && phase < DD_PHASES; phase++) {
        uint32_t shorted_ma = dd_extent_short_ma(domain, segment, feeder, it, phase);
        if (shorted_ma >= coil_ma) return (trip){DD_BREAKER_MAGNETIC, shorted_ma};
        if (pulses_ma[phase] >= coil_ma) return (trip){DD_BREAKER_INRUSH, pulses_ma[phase]};
    }
    dd_residual_def def = residual_def(dd_settings_of(domain));
    uint16_t leaking_ma = it->live ? leakage_ma(domain, segment, feeder, lamp_n) : 0;
    if (dd_residual_trips(&def, leaking_ma)) return (trip){DD_BREAKER_RESIDUAL, leaking_ma};
    return (trip){DD_BREAKER_CLOSED, 0};
}

static uint64_t move_breaker(dd_domain *domain, dd_feeder_state *feeder, trip why, uint64_t cause) {
    bool opens = why.reason != DD_BREAKER_CLOSED;
    if (opens == dd_feeder_failed(feeder, DD_FAULT_BREAKER)) return cause;
    feeder->faults ^= dd_feeder_bit(DD_FAULT_BREAKER);
    if (opens) feeder->opened_by = (uint8_t)why.reason;
    if (why.reason == DD_BREAKER_RESIDUAL) {
        feeder->leakage_ma = (uint16_t)why.current_ma;
        feeder->leaks = true;
    }
    return dd_record_make(domain, DD_REC_BREAKER, entity_of(domain, feeder), cause, why.reason,
                          why.current_ma, 0, 0);
}

// --- Feeding ---

static void supply_lamps(dd_domain *domain, dd_segment_state *segment, dd_feeder_state *feeder,
                         const dd_extent *it, uint64_t cause) {
    feeder->supplied_n = 0;
    for (uint16_t lamp = feeder->first_lamp; lamp < dd_feeder_end(feeder); lamp++) {
        bool on = dd_extent_has(it, dd_segment_place(domain, segment, lamp));
        feeder->supplied_n += on;
        dd_node_supply(domain, segment, lamp, on, cause);
    }
}

// The short circuits that are fed now. Returns whether their currents have changed.
static bool take_shorts(const dd_domain *domain, const dd_segment_state *segment,
                        dd_feeder_state *feeder, const dd_extent *it) {
    bool changed = false;
    for (int phase = 0; phase < DD_PHASES; phase++) {
        uint32_t current = dd_extent_short_ma(domain, segment, feeder, it, phase);
        changed |= current != feeder->short_ma[phase];
        feeder->short_lamp[phase] = it->short_lamp[phase];
        feeder->short_ma[phase] = current;
    }
    feeder->dirty |= changed;
    return changed;
}

void dd_feeder_feed(dd_domain *domain, dd_segment_state *segment, uint8_t number, uint64_t cause) {
    dd_feeder_state *feeder = &segment->feeders[number];
    dd_feeder_count(domain, segment, number);
    dd_extent it = dd_extent_find(domain, segment, feeder);
    trip why = judge(domain, segment, feeder, &it);
    if (why.reason != DD_BREAKER_CLOSED) {
        cause = move_breaker(domain, feeder, why, cause);
        it = dd_extent_find(domain, segment, feeder);
    }
    bool changed = it.live != feeder->live_phases;
    feeder->live_phases = it.live;
    if (changed)
        cause = feeder->cause = dd_record_make(domain, DD_REC_FEEDER_SUPPLY,
                                               entity_of(domain, feeder), cause, it.live, 0, 0, 0);
    bool shorted = take_shorts(domain, segment, feeder, &it);
    supply_lamps(domain, segment, feeder, &it, cause);
    if (changed) dd_house_supply(domain, segment, number, it.live);
    if (shorted) {
        dd_feeder_plan_trip(domain, segment, number);
        dd_feeder_voltage_changed(domain, segment, number);
    }
    show_leakage(domain, segment, feeder);
}

void dd_feeder_sky(dd_domain *domain, dd_segment_state *segment, uint8_t number, uint64_t cause) {
    dd_feeder_state *feeder = &segment->feeders[number];
    dd_residual_def def = residual_def(dd_settings_of(domain));
    show_leakage(domain, segment, feeder);
    if (feeder->live_phases && dd_residual_trips(&def, feeder->leakage_ma))
        dd_feeder_feed(domain, segment, number, cause);
}

void dd_feeder_trip(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                    uint32_t generation) {
    dd_feeder_state *feeder = &segment->feeders[number];
    if (feeder->trip_generation != generation) return;
    trip why = {DD_BREAKER_THERMAL, dd_feeder_busiest_ma(feeder)};
    dd_feeder_feed(domain, segment, number, move_breaker(domain, feeder, why, 0));
    dd_inputs_tell(domain, segment, feeder->cause);
}

// --- Faults ---

// What a repaired fault had opened is closed with the repair.
static bool opened_it(const dd_feeder_state *feeder, dd_fault_kind fault) {
    dd_breaker_reason by = (dd_breaker_reason)feeder->opened_by;
    if (fault == DD_FAULT_SHORT_CIRCUIT)
        return by == DD_BREAKER_MAGNETIC || by == DD_BREAKER_THERMAL;
    return fault == DD_FAULT_LEAKAGE && by == DD_BREAKER_RESIDUAL;
}

static uint64_t take_fault(dd_domain *domain, dd_segment_state *segment, dd_feeder_state *feeder,
                           dd_fault_kind fault, uint16_t lamp, bool on, uint64_t cause) {
    if (fault == DD_FAULT_BREAKER) {
        trip why = {on ? DD_BREAKER_OPENED : DD_BREAKER_CLOSED, 0};
        return move_breaker(domain, feeder, why, cause);
    }
    if (fault == DD_FAULT_METER_DRIFT && on != dd_feeder_failed(feeder, fault))
        feeder->meter.drift_from = on ? domain->now : DD_NEVER;
    bool was =
        lamp ? dd_node_failed(&segment->nodes[lamp], fault) : dd_feeder_failed(feeder, fault);
    if (lamp && on != was) segment->nodes[lamp].faults ^= 1u << fault;
    if (!lamp && on != was) feeder->faults ^= dd_feeder_bit(fault);
    if (!on && was && opened_it(feeder, fault))
        return move_breaker(domain, feeder, (trip){DD_BREAKER_CLOSED, 0}, cause);
    return cause;
}

void dd_feeder_fault(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                     dd_fault_kind fault, uint16_t lamp, bool on, uint64_t cause) {
    if (!number) return;
    dd_feeder_state *feeder = &segment->feeders[number];
    dd_feeder_count(domain, segment, number);
    cause = take_fault(domain, segment, feeder, fault, lamp, on, cause);
    dd_feeder_feed(domain, segment, number, cause);
    dd_inputs_tell(domain, segment, cause);
}
