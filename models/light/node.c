#include "models/light/node.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/light/node_light.h"
#include "models/light/node_meter.h"
#include "models/light/node_radio.h"
#include "models/light/node_schedule.h"
#include "models/light/node_update.h"
#include "models/sky/sky.h"

const dd_luminaire_model *dd_node_model(const dd_world *world, const dd_segment_state *segment,
                                        uint16_t lamp) {
    return &world->def.catalogue.models[segment->nodes[lamp].model];
}

// Looked at often, a lamp's light is rounded often, up as well as down.
void dd_node_count(dd_node *node, dd_time now) {
    enum { DECISECOND_US = 100000 };
    const int64_t one_mwh = 3600000000; // milliwatt-microseconds
    int64_t now_us = now / DD_MICROSECOND;
    int64_t taken = node->energy_rest + (now_us - node->counted_us) * node->power_mw;
    node->energy_mwh += taken / one_mwh;
    node->energy_rest = (uint32_t)(taken % one_mwh);
    if (node->light_pm) node->lit_us += now_us - node->counted_us;
    int64_t full_us = (now_us - node->counted_us) * node->light_pm / DD_LIGHT_FULL_PM;
    node->full_ds += (uint32_t)((full_us + DECISECOND_US / 2) / DECISECOND_US);
    node->counted_us = now_us;
}

// --- What its calendar says ---

void dd_node_wake(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_light_reason reason = dd_node_follow(domain, segment, lamp);
    dd_node_relight(domain, segment, lamp, reason, 0);
}

void dd_node_sky(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    const dd_node *node = &segment->nodes[lamp];
    if (dd_node_cell_turns(domain, segment, lamp)) {
        dd_light_reason reason = dd_node_follow(domain, segment, lamp);
        if (reason == DD_WHY_PROGRAM) reason = DD_WHY_PHOTOCELL;
        dd_node_relight(domain, segment, lamp, reason, 0);
    } else if (node->state & DD_NODE_SUPPLIED && dd_node_may_derate(world, segment, lamp)) {
        dd_node_relight(domain, segment, lamp, DD_WHY_HEAT, 0);
    }
}

void dd_node_voltage(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    if (segment->nodes[lamp].state & DD_NODE_SUPPLIED)
        dd_node_relight(domain, segment, lamp, DD_WHY_VOLTAGE, 0);
}

// --- Start, supply, faults ---

static void start_clock(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    const dd_settings *settings = &world->def.settings;
    dd_node *node = &segment->nodes[lamp];
    uint64_t stable = dd_world_stable(world, dd_segment_lamp(segment, lamp));
    dd_random4 draw = dd_random(world->def.seed, stable, DD_DRAW_CLOCK, 0);
    int64_t error_us = (int64_t)(settings->node_clock_error_s * 1000) * dd_normal_milli(draw.v[0]);
    node->clock.rate_ppb = dd_crystal_ppb(world->def.seed, stable, settings->node_drift_ppm);
    dd_clock_set(&node->clock, domain->now, dd_world_unix_us(world, domain->now) + error_us);
}

void dd_node_start(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    dd_node *node = &segment->nodes[lamp];
    node->model = dd_world_first_model(world, dd_segment_lamp(segment, lamp));
    node->state = DD_NODE_SUPPLIED;
    node->level_pm = DD_LIGHT_FULL_PM; // nobody tells a lamp without a node
    bool has_node = dd_node_model(world, segment, lamp)->node;
    dd_lifetime_start(domain, segment, lamp);
    if (has_node) {
        start_clock(domain, segment, lamp);
        node->state |= DD_NODE_RUNNING;
        dd_node_cell_begin(domain, segment, lamp);
        dd_node_follow(domain, segment, lamp);
    }
    dd_node_first_light(domain, segment, lamp);
    if (has_node) dd_node_connect(domain, segment, lamp);
}

static bool can_run(const dd_world *world, const dd_segment_state *segment, uint16_t lamp) {
    const dd_node *node = &segment->nodes[lamp];
    bool fed = !world->def.settings.node_aux_fed || !dd_node_failed(node, DD_FAULT_DRIVER_DEAD);
    return dd_node_model(world, segment, lamp)->node && node->state & DD_NODE_SUPPLIED && fed &&
           !dd_node_failed(node, DD_FAULT_NODE_DEAD);
}

// A driver without a working node gives its failure level; a node that starts boots first.
static void begin_boot(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    dd_node *node = &segment->nodes[lamp];
    if (!dd_node_model(world, segment, lamp)->node) return;
    node->level_pm = (uint16_t)(world->def.settings.node_orphan_level * 10);
    dd_node_forget_override(domain, segment, lamp); // it does not outlive the node's supply
    if (!can_run(world, segment, lamp)) return;
    dd_time boot = domain->now + dd_seconds(world->def.settings.node_boot_s);
    dd_schedule(domain, boot, DD_KIND_NODE_BOOT, segment->station + lamp, 0, ++node->generation, 0);
}

static void stop(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    if (node->state & DD_NODE_RUNNING) {
        node->state &= (uint8_t)~DD_NODE_RUNNING;
        dd_node_disconnect(domain, segment, lamp);
    }
    node->generation++; // whatever it had planned is off
}

// Its driver keeps its level meanwhile, and the node its override.
void dd_node_restart(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    if (!(node->state & DD_NODE_RUNNING)) return;
    stop(domain, segment, lamp);
    dd_time boot = domain->now + dd_seconds(dd_settings_of(domain)->node_boot_s);
    dd_schedule(domain, boot, DD_KIND_NODE_BOOT, segment->station + lamp, 0, node->generation, 0);
}

void dd_node_boot(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    dd_time again_at = 0;
    if (!dd_node_update_boot(domain, segment, lamp, &again_at)) {
        dd_schedule(domain, again_at, DD_KIND_NODE_BOOT, segment->station + lamp, 0,
                    node->generation, 0);
        return;
    }
    node->state |= DD_NODE_RUNNING;
    dd_node_cell_begin(domain, segment, lamp);
    dd_node_relight(domain, segment, lamp, dd_node_follow(domain, segment, lamp), 0);
    node->starts++;
    dd_node_connect(domain, segment, lamp);
}

void dd_node_supply(dd_domain *domain, dd_segment_state *segment, uint16_t lamp, bool on,
                    uint64_t cause) {
    dd_node *node = &segment->nodes[lamp];
    if (on == (bool)(node->state & DD_NODE_SUPPLIED)) return;
    node->state ^= DD_NODE_SUPPLIED;
    if (on)
        begin_boot(domain, segment, lamp);
    else
        stop(domain, segment, lamp);
    dd_node_relight(domain, segment, lamp, DD_WHY_SUPPLY, cause);
}

void dd_node_fault(dd_domain *domain, dd_segment_state *segment, uint16_t lamp, dd_fault_kind fault,
                   bool on, uint64_t cause) {
    const dd_world *world = dd_world_of(domain);
    dd_node *node = &segment->nodes[lamp];
    if (on == dd_node_failed(node, fault)) return;
    uint32_t counter_wh = dd_node_counter_wh(domain, segment, lamp);
    bool could_run = can_run(world, segment, lamp);
    node->faults ^= 1u << fault;
    if (!on && fault == DD_FAULT_CYCLING) node->restarts = 0;  // its gear has not restarted yet
    dd_node_set_counter_wh(domain, segment, lamp, counter_wh); // it goes on from where it stood
    if (could_run != can_run(world, segment, lamp)) {
        stop(domain, segment, lamp);
        begin_boot(domain, segment, lamp);
    } else if (node->state & DD_NODE_RUNNING) {
        dd_node_follow(domain, segment, lamp); // its photocell's word may be another now
    }
    dd_node_foresee(domain, segment, lamp, fault);
    dd_lifetime_fault(domain, segment, lamp, fault, on);
    dd_node_relight(domain, segment, lamp, on ? DD_WHY_FAULT : DD_WHY_REPAIR, cause);
}

// The light given so far becomes as much of the full light of its new luminaire.
static void carry_light(dd_node *node, const dd_luminaire_model *before,
                        const dd_luminaire_model *now) {
    if (!now->flux_lm) return;
    uint64_t full_ds = (uint64_t)node->full_ds * before->flux_lm / now->flux_lm;
    node->full_ds = full_ds < UINT32_MAX ? (uint32_t)full_ds : UINT32_MAX;
}

void dd_node_refit(dd_domain *domain, dd_segment_state *segment, uint16_t lamp, uint8_t model,
                   uint64_t cause) {
    const uint32_t cable = 1u << DD_FAULT_CABLE_CUT | 1u << DD_FAULT_SHORT_CIRCUIT;
    const dd_world *world = dd_world_of(domain);
    dd_node *node = &segment->nodes[lamp];
    uint32_t entity = dd_segment_lamp(segment, lamp);
    uint8_t before = node->model;
    const dd_luminaire_model *replaced = dd_node_model(world, segment, lamp);
    int64_t counter_wh = dd_node_write_up(domain, segment, lamp);
    stop(domain, segment, lamp);
    node->model = model ? model : world->city->lamps[entity].kind;
    dd_node_count(node, domain->now);
    carry_light(node, replaced, dd_node_model(world, segment, lamp));
    node->faults &= cable;
    node->stage = DD_GEAR_DARK;
    node->since_ds = 0; // the new one is cold
    node->restarts = 0;
    node->level_pm = DD_LIGHT_FULL_PM;
    start_clock(domain, segment, lamp);
    dd_node_set_counter_wh(domain, segment, lamp, 0);
    dd_node_update_renew(domain, segment, lamp);
    begin_boot(domain, segment, lamp);
    uint64_t record = dd_record_make(domain, DD_REC_REFIT, entity, cause, before, node->model,
                                     dd_node_model(world, segment, lamp)->power_mw, counter_wh);
    dd_lifetime_renew(domain, segment, lamp);
    dd_node_relight(domain, segment, lamp, DD_WHY_REFIT, record);
}

// --- Requests ---

// The controller's clock, as it was when the request left, sets the node's; one that cannot be
// right (0: unknown) is not believed. Returns whether the wake that the node has planned is off by
// too much now: small steps, all the same way, add up.
static bool set_clock(dd_domain *domain, dd_node *node, int64_t clock_ms) {
    enum { TOLERATED_US = 50000 }; // nobody sees so little (estimate)
    if (clock_ms < DD_CLOCK_EARLIEST_MS || clock_ms >= DD_CLOCK_LATEST_MS) return false;
    int64_t by_us = clock_ms * 1000 - dd_clock_us(&node->clock, domain->now);
    int64_t ahead_us = by_us + node->set_us;
    dd_node_ramp_shift(domain, node, by_us / 1000);
    dd_clock_set(&node->clock, domain->now, clock_ms * 1000);
    bool much = ahead_us > TOLERATED_US || ahead_us < -TOLERATED_US;
    node->set_us = much ? 0 : (int32_t)ahead_us;
    return much;
}

static void obey(dd_domain *domain, dd_segment_state *segment, const dd_node_request *request) {
    switch ((dd_node_request_kind)request->kind) {
    case DD_NODE_OVERRIDE:
        dd_node_override(domain, segment, request->lamp, request);
        break;
    case DD_NODE_RESUME:
        dd_node_resume(domain, segment, request->lamp);
        break;
    case DD_NODE_CALENDAR:
        dd_node_take_calendar(domain, segment, request->lamp, request->calendar);
        break;
    default: // its reading, which comes anyhow, or of its firmware: node_update.c
        break;
    }
}

dd_reading dd_node_answer(dd_domain *domain, dd_segment_state *segment,
                          const dd_node_request *request) {
    dd_node *node = &segment->nodes[request->lamp];
    bool stepped = set_clock(domain, node, request->clock_ms);
    obey(domain, segment, request);
    if (request->kind != DD_NODE_READ || stepped) {
        dd_light_reason reason = dd_node_follow(domain, segment, request->lamp);
        if (request->kind == DD_NODE_RESUME) reason = DD_WHY_RESUME;
        dd_node_relight(domain, segment, request->lamp, reason, 0);
    }
    return dd_node_read(domain, segment, request->lamp);
}
