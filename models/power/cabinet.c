#include "models/power/cabinet.h"
#include "models/controller/house.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/power/feeder.h"
#include "models/power/grid.h"
#include "models/power/inputs.h"
#include "models/sky/sky.h"

static const dd_settings *settings_of(const dd_domain *domain) {
    return &dd_world_of(domain)->def.settings;
}

static uint32_t entity_of(const dd_domain *domain, const dd_segment_state *segment) {
    return dd_world_entity(dd_world_of(domain), DD_ENTITY_SEGMENT, segment->segment);
}

bool dd_cabinet_failed(const dd_segment_state *segment, dd_fault_kind fault) {
    return segment->cabinet.faults >> fault & 1;
}

// --- Contactors ---

// Closes at once when no other has just closed, else when its turn comes.
static void plan_closing(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    dd_cabinet_state *cabinet = &segment->cabinet;
    dd_contactor *contactor = &segment->feeders[number].contactor;
    dd_time due = cabinet->closes_from > domain->now ? cabinet->closes_from : domain->now;
    cabinet->closes_from = due + dd_seconds(settings_of(domain)->cabinet_stagger_s);
    contactor->closing = due > domain->now;
    contactor->pulled = !contactor->closing;
    if (contactor->closing)
        dd_schedule(domain, due, DD_KIND_CONTACTOR, segment->station, number,
                    ++contactor->generation, 0);
}

// Lets a contactor drop that nothing holds any more, and one close that is to.
static void move_contactor(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    const dd_cabinet_state *cabinet = &segment->cabinet;
    dd_contactor *contactor = &segment->feeders[number].contactor;
    if (contactor->pulled) {
        contactor->pulled = dd_contactor_holds(contactor, cabinet->voltage_pm);
    } else if (!dd_contactor_may_close(contactor, cabinet->voltage_pm)) {
        contactor->closing = false;
        contactor->generation++;
    } else if (!contactor->closing) {
        plan_closing(domain, segment, number);
    }
}

static void command(dd_domain *domain, dd_segment_state *segment, uint8_t number, bool on) {
    segment->feeders[number].contactor.wanted = on;
    move_contactor(domain, segment, number);
    dd_feeder_feed(domain, segment, number, 0);
}

void dd_cabinet_contactor(dd_domain *domain, dd_segment_state *segment, uint8_t number, bool on) {
    if (!number || number > segment->feeder_n) return;
    if (segment->feeders[number].contactor.wanted == on) return;
    command(domain, segment, number, on);
    dd_inputs_tell(domain, segment, 0);
}

void dd_cabinet_contactor_due(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                              uint32_t generation) {
    dd_contactor *contactor = &segment->feeders[number].contactor;
    if (contactor->generation != generation) return;
    contactor->closing = false;
    contactor->pulled = true;
    dd_feeder_feed(domain, segment, number, 0);
    dd_inputs_tell(domain, segment, 0);
}

// --- Supply: what the grid gives, less what has been made to fail ---

static dd_grid_supply supply_now(const dd_domain *domain, const dd_segment_state *segment) {
    dd_grid_supply supply =
        dd_grid_at(dd_grid_area_of(dd_world_of(domain), segment->segment), domain->now);
    uint16_t low_pm = (uint16_t)(settings_of(domain)->power_brownout * 10 + 0.5);
    if (dd_cabinet_failed(segment, DD_FAULT_BLACKOUT)) supply.phases = 0;
    if (dd_cabinet_failed(segment, DD_FAULT_BROWNOUT) && low_pm < supply.voltage_pm)
        supply.voltage_pm = low_pm;
    if (!supply.phases) supply.voltage_pm = 0;
    return supply;
}

static dd_grid_state state_of(dd_grid_supply supply) {
    enum { LOW_PM = 900 };
    if (!supply.phases) return DD_GRID_DEAD;
    if (supply.phases != DD_ALL_PHASES) return DD_GRID_PHASE_LOST;
    return supply.voltage_pm <= LOW_PM ? DD_GRID_LOW : DD_GRID_NORMAL;
}

// A controller's own supply works from 40 % of the voltage (estimate: 85 to 265 V, and a little
// reserve).
static bool feeds_controller(const dd_cabinet_state *cabinet) {
    enum { LEAST_PM = 400 };
    return cabinet->phases && cabinet->voltage_pm >= LEAST_PM;
}

static void take_supply(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    dd_cabinet_state *cabinet = &segment->cabinet;
    dd_grid_supply supply = supply_now(domain, segment);
    if (supply.phases == cabinet->phases && supply.voltage_pm == cabinet->voltage_pm) return;
    cause = dd_record_make(domain, DD_REC_GRID, entity_of(domain, segment), cause, state_of(supply),
                           supply.voltage_pm, supply.phases, 0);
    for (uint8_t number = 1; number <= segment->feeder_n; number++)
        dd_feeder_count(domain, segment, number);
    cabinet->phases = supply.phases;
    cabinet->voltage_pm = supply.voltage_pm;
    for (uint8_t number = 1; number <= segment->feeder_n; number++) {
        move_contactor(domain, segment, number);
        dd_feeder_feed(domain, segment, number, cause);
        dd_feeder_voltage_changed(domain, segment, number);
    }
    dd_house_mains(domain, segment, feeds_controller(cabinet));
    dd_inputs_tell(domain, segment, cause);
}

// --- The backup timer ---

static bool has_dumb_lamps(const dd_domain *domain, const dd_segment_state *segment,
                           const dd_feeder_state *feeder) {
    for (uint16_t i = 0; i < feeder->lamp_n; i++)
        if (!dd_node_model(dd_world_of(domain), segment, (uint16_t)(feeder->first_lamp + i))->node)
            return true;
    return false;
}

// Without a controller: closed from dusk to dawn where something else than nodes must switch the
// lamps, else always.
static void follow_timer(dd_domain *domain, dd_segment_state *segment) {
    for (uint8_t number = 1; number <= segment->feeder_n; number++) {
        dd_feeder_state *feeder = &segment->feeders[number];
        bool switched =
            settings_of(domain)->cabinet_switched || has_dumb_lamps(domain, segment, feeder);
        bool on = !switched || segment->cabinet.dark;
        if (on != feeder->contactor.wanted) command(domain, segment, number, on);
    }
}

void dd_cabinet_managed(dd_domain *domain, dd_segment_state *segment, bool managed) {
    segment->cabinet.managed = managed;
    if (!managed) follow_timer(domain, segment);
    dd_inputs_tell(domain, segment, 0);
}

// --- Sky and water ---

// With a hysteresis between its two set points.
static bool photocell(const dd_domain *domain, const dd_segment_state *segment, dd_sky sky) {
    const dd_settings *settings = settings_of(domain);
    if (dd_cabinet_failed(segment, DD_FAULT_PHOTOCELL_DARK)) return true;
    if (dd_cabinet_failed(segment, DD_FAULT_PHOTOCELL_BRIGHT)) return false;
    double set_lx = segment->cabinet.dark ? settings->cabinet_photocell_off_lx
                                          : settings->cabinet_photocell_on_lx;
    return (double)sky.illuminance_mlx < set_lx * 1000;
}

static void look(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    dd_cabinet_state *cabinet = &segment->cabinet;
    const dd_world *world = dd_world_of(domain);
    const dd_segment *place = &world->city->segments[segment->segment];
    dd_sky sky = dd_sky_now(domain);
    cabinet->dark = photocell(domain, segment, sky);
    cabinet->flooded = dd_cabinet_failed(segment, DD_FAULT_FLOODED) ||
                       sky.flood_mm > dd_sky_ground_mm(world, place->cabinet);
    for (uint8_t number = 1; number <= segment->feeder_n; number++)
        dd_feeder_sky(domain, segment, number, cause);
    if (!cabinet->managed) follow_timer(domain, segment);
    dd_inputs_tell(domain, segment, cause);
}

void dd_cabinet_sky(dd_domain *domain, dd_segment_state *segment) {
    look(domain, segment, 0);
}

// --- Faults ---

void dd_cabinet_fault(dd_domain *domain, dd_segment_state *segment, dd_fault_kind fault, bool on,
                      uint64_t cause) {
    dd_cabinet_state *cabinet = &segment->cabinet;
    cabinet->faults = (cabinet->faults & ~(UINT64_C(1) << fault)) | (uint64_t)on << fault;
    take_supply(domain, segment, cause);
    look(domain, segment, cause);
}

// --- The grid's days ---

static void plan_change(dd_domain *domain, const dd_segment_state *segment, dd_time time) {
    dd_schedule(domain, time > domain->now ? time : domain->now, DD_KIND_GRID_CHANGE,
                segment->station, 0, 0, 0);
}

static void plan_day(dd_domain *domain, const dd_segment_state *segment, int64_t day) {
    for (int kind = 0; kind < DD_GRID_KINDS; kind++) {
        dd_grid_event event = dd_grid_of_day(dd_grid_area_of(dd_world_of(domain), segment->segment),
                                             (dd_grid_kind)kind, day);
        if (event.end <= domain->now) continue; // or there is none
        plan_change(domain, segment, event.begin);
        plan_change(domain, segment, event.end);
    }
}

void dd_cabinet_grid_day(dd_domain *domain, dd_segment_state *segment) {
    if (!dd_grid_area_of(dd_world_of(domain), segment->segment).rate_pm) return;
    int64_t today = domain->now / DD_DAY;
    if (today == 0) plan_day(domain, segment, -1); // what began on the eve
    plan_day(domain, segment, today);
    dd_schedule(domain, (today + 1) * DD_DAY, DD_KIND_GRID_DAY, segment->station, 0, 0, 0);
}

void dd_cabinet_grid(dd_domain *domain, dd_segment_state *segment) {
    take_supply(domain, segment, 0);
}

// --- Start ---

void dd_cabinet_start(dd_domain *domain, dd_segment_state *segment) {
    segment->cabinet.phases = DD_ALL_PHASES;
    segment->cabinet.voltage_pm = DD_VOLTAGE_FULL_PM;
    segment->cabinet.dark = photocell(domain, segment, dd_sky_now(domain));
    dd_feeders_start(domain, segment);
    dd_schedule(domain, 0, DD_KIND_GRID_DAY, segment->station, 0, 0, 0);
}

// --- Readings ---

static dd_feeder_reading read_feeder(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    const dd_feeder_state *feeder = &segment->feeders[number];
    dd_feeder_reading it = {.live_phases = feeder->live_phases,
                            .contactor = dd_input_is_on(segment, number, DD_CABINET_CONTACTOR),
                            .tripped = dd_input_is_on(segment, number, DD_CABINET_BREAKER),
                            .leakage = dd_input_is_on(segment, number, DD_CABINET_LEAKAGE),
                            .override = dd_input_is_on(segment, number, DD_CABINET_OVERRIDE),
                            .leakage_ma = feeder->leakage_ma,
                            .energy_wh = dd_feeder_metered_wh(domain, segment, number),
                            .power_w =
                                (dd_feeder_metered_mw(domain, segment, number) + 500) / 1000};
    for (int phase = 0; phase < 3; phase++) {
        uint32_t current_ma = feeder->phase_ma[phase] + feeder->short_ma[phase];
        bool live = segment->cabinet.phases >> phase & 1;
        it.voltage_dv[phase] = live ? dd_feeder_supply_dv(domain, segment) : 0;
        it.current_ca[phase] =
            (uint16_t)(current_ma < UINT16_MAX * 10u ? current_ma / 10 : UINT16_MAX);
    }
    return it;
}

void dd_cabinet_read(dd_domain *domain, dd_segment_state *segment, dd_cabinet_reading *reading) {
    *reading = (dd_cabinet_reading){.mains = feeds_controller(&segment->cabinet),
                                    .door = dd_input_is_on(segment, 0, DD_CABINET_DOOR),
                                    .dark = segment->cabinet.dark};
    for (uint8_t number = 1; number <= segment->feeder_n; number++)
        reading->feeders[number] = read_feeder(domain, segment, number);
}

static void meter_lamps(dd_domain *domain, dd_segment_state *segment, uint8_t number) {
    const dd_feeder_state *feeder = &segment->feeders[number];
    int64_t energy_mwh = 0, power_mw = 0;
    for (uint16_t i = 0; i < feeder->lamp_n; i++) {
        dd_node *node = &segment->nodes[feeder->first_lamp + i];
        dd_node_count(node, domain->now);
        energy_mwh += node->energy_mwh;
        power_mw += node->power_mw;
    }
    uint32_t entity = dd_world_entity(dd_world_of(domain), DD_ENTITY_FEEDER, feeder->feeder);
    dd_record_make(domain, DD_REC_FEEDER_ENERGY, entity, 0, energy_mwh, power_mw,
                   dd_feeder_loss_mwh(domain, segment, number), 0);
}

void dd_cabinet_meter(dd_domain *domain, dd_segment_state *segment) {
    for (uint8_t number = 1; number <= segment->feeder_n; number++) {
        uint32_t entity =
            dd_world_entity(dd_world_of(domain), DD_ENTITY_FEEDER, segment->feeders[number].feeder);
        dd_feeder_count(domain, segment, number);
        meter_lamps(domain, segment, number);
        dd_record_make(domain, DD_REC_METER, entity, 0,
                       (int64_t)dd_feeder_metered_wh(domain, segment, number),
                       dd_feeder_metered_mw(domain, segment, number), 0, 0);
    }
}
