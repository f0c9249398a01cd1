#include "models/light/node.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/light/luminaire.h"
#include "models/light/node_radio.h"
#include "models/segment_state.h"

static bool failed(const dd_node *node, dd_fault_kind fault) {
    return node->faults >> fault & 1;
}

void dd_node_count(dd_node *node, dd_time now) {
    const int64_t one_mwh = 3600000000; // milliwatt-microseconds
    int64_t now_us = now / DD_MICROSECOND;
    int64_t taken = node->energy_rest + (now_us - node->counted_us) * node->power_mw;
    node->energy_mwh += taken / one_mwh;
    node->energy_rest = (uint32_t)(taken % one_mwh);
    if (node->light_pm) node->lit_us += now_us - node->counted_us;
    node->counted_us = now_us;
}

// --- Light: what the driver makes of the command, the supply and the faults ---

const dd_luminaire_model *dd_node_model(const dd_world *world, const dd_segment_state *segment,
                                        uint16_t lamp) {
    return &world->def.catalogue.models[segment->nodes[lamp].model];
}

static dd_driver driver_of(const dd_world *world, const dd_segment_state *segment, uint16_t lamp) {
    const dd_luminaire_model *model = dd_node_model(world, segment, lamp);
    return (dd_driver){.curve = DD_DALI_LOGARITHMIC,
                       .minimum_pm = model->minimum_pm,
                       .power_1_pm = (uint16_t)(world->def.settings.driver_p1 * 10),
                       .standby_mw = (uint32_t)(world->def.settings.driver_standby_w * 1000),
                       .node_mw = (uint32_t)(world->def.settings.node_own_w * 1000)};
}

static uint16_t light_of(const dd_driver *driver, const dd_node *node) {
    if (!(node->state & DD_NODE_SUPPLIED)) return 0;
    if (failed(node, DD_FAULT_LED_OPEN) || failed(node, DD_FAULT_DRIVER_DEAD)) return 0;
    if (failed(node, DD_FAULT_STUCK_ON)) return DD_LIGHT_FULL_PM;
    if (node->level_pm && failed(node, DD_FAULT_NO_DIMMING)) return DD_LIGHT_FULL_PM;
    return dd_driver_light_pm(driver, dd_dali_level(DD_DALI_LOGARITHMIC, node->level_pm));
}

static uint32_t power_of(const dd_driver *driver, const dd_node *node, uint32_t nominal_mw) {
    if (!(node->state & DD_NODE_SUPPLIED)) return 0;
    uint32_t node_mw = failed(node, DD_FAULT_NODE_DEAD) ? 0 : driver->node_mw;
    if (failed(node, DD_FAULT_DRIVER_DEAD)) return node_mw;
    uint32_t power = dd_luminaire_power_mw(driver, nominal_mw, node->light_pm);
    return power - driver->node_mw + node_mw;
}

void dd_node_show(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    bool dark = segment->night && node->light_pm == 0;
    bool seen = node->state & DD_NODE_SEEN_DARK;
    if (dark == seen) return;
    node->state ^= DD_NODE_SEEN_DARK;
    uint32_t entity = dd_segment_lamp(segment, lamp);
    dd_record_make(domain, DD_REC_SIGHT, entity, node->cause, dark, 0, 0, 0);
    dd_post(domain, DD_HUB_DOMAIN, domain->now + DD_MINUTE, DD_KIND_SIGHT, entity, dark, 0, NULL,
            0);
}

static void relight(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                    dd_light_reason reason, uint64_t cause) {
    const dd_world *world = dd_world_of(domain);
    dd_node *node = &segment->nodes[lamp];
    uint32_t entity = dd_segment_lamp(segment, lamp);
    dd_driver driver = driver_of(world, segment, lamp);
    uint16_t light = light_of(&driver, node);
    dd_node_count(node, domain->now);
    bool changed = light != node->light_pm;
    node->light_pm = light;
    uint32_t power = power_of(&driver, node, dd_node_model(world, segment, lamp)->power_mw);
    changed |= power != node->power_mw;
    node->power_mw = power;
    if (changed)
        node->cause =
            dd_record_make(domain, DD_REC_LAMP_LIGHT, entity, cause, light, power, reason, 0);
    dd_node_show(domain, segment, lamp);
    dd_lifetime_look(domain, segment, lamp);
}

// --- Schedule: the program by its own clock, under an override ---

static dd_light_reason follow(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    dd_site site = dd_world_site(&dd_world_of(domain)->def);
    int64_t now_ms = dd_clock_us(&node->clock, domain->now) / 1000;
    dd_program_state program =
        dd_program_at(&segment->programs[node->program], &site, &segment->sun, now_ms);
    dd_light_reason reason = DD_WHY_PROGRAM;
    node->level_pm = program.level_pm;
    if (node->state & DD_NODE_OVERRIDDEN && node->override_end_ms <= now_ms) {
        node->state &= (uint8_t)~DD_NODE_OVERRIDDEN;
        reason = DD_WHY_RESUME;
    }
    if (node->state & DD_NODE_OVERRIDDEN) {
        node->level_pm = node->override_pm;
        if (node->override_end_ms < program.next_ms) program.next_ms = node->override_end_ms;
        reason = DD_WHY_OVERRIDE;
    }
    dd_time wake = dd_clock_when(&node->clock, program.next_ms * 1000, domain->now);
    dd_schedule(domain, wake, DD_KIND_NODE_WAKE, segment->station + lamp, 0, ++node->generation, 0);
    node->set_us = 0;
    return reason;
}

void dd_node_wake(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_light_reason reason = follow(domain, segment, lamp);
    relight(domain, segment, lamp, reason, 0);
}

// --- Start, supply, faults ---

void dd_node_start(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    const dd_settings *settings = &world->def.settings;
    dd_node *node = &segment->nodes[lamp];
    node->model = world->city->lamps[dd_segment_lamp(segment, lamp)].kind;
    uint64_t stable = dd_world_stable(world, dd_segment_lamp(segment, lamp));
    dd_random4 draw = dd_random(world->def.seed, stable, DD_DRAW_CLOCK, 0);
    int64_t error_us = (int64_t)(settings->node_clock_error_s * 1000) * dd_normal_milli(draw.v[0]);
    node->clock.rate_ppb = dd_crystal_ppb(world->def.seed, stable, settings->node_drift_ppm);
    dd_clock_set(&node->clock, domain->now, dd_world_unix_us(world, domain->now) + error_us);
    node->state = DD_NODE_SUPPLIED | DD_NODE_RUNNING;
    dd_lifetime_start(domain, segment, lamp);
    follow(domain, segment, lamp);
    relight(domain, segment, lamp, DD_WHY_START, 0);
    dd_node_connect(domain, segment, lamp);
}

static bool can_run(const dd_node *node) {
    return node->state & DD_NODE_SUPPLIED && !failed(node, DD_FAULT_NODE_DEAD);
}

// A driver without a working node gives its failure level; a node that starts boots first.
static void begin_boot(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_settings *settings = &dd_world_of(domain)->def.settings;
    dd_node *node = &segment->nodes[lamp];
    node->level_pm = (uint16_t)(settings->node_orphan_level * 10);
    node->state &= (uint8_t)~DD_NODE_OVERRIDDEN; // an override does not outlive the node's supply
    if (!can_run(node)) return;
    dd_time boot = domain->now + dd_seconds(settings->node_boot_s);
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

void dd_node_boot(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    node->state |= DD_NODE_RUNNING;
    relight(domain, segment, lamp, follow(domain, segment, lamp), 0);
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
    relight(domain, segment, lamp, DD_WHY_SUPPLY, cause);
}

void dd_node_fault(dd_domain *domain, dd_segment_state *segment, uint16_t lamp, dd_fault_kind fault,
                   bool on, uint64_t cause) {
    dd_node *node = &segment->nodes[lamp];
    if (on == failed(node, fault)) return;
    node->faults ^= 1u << fault;
    if (fault == DD_FAULT_NODE_DEAD) {
        stop(domain, segment, lamp);
        begin_boot(domain, segment, lamp);
    }
    relight(domain, segment, lamp, on ? DD_WHY_FAULT : DD_WHY_REPAIR, cause);
    dd_lifetime_fault(domain, segment, lamp, fault, on);
}

void dd_node_refit(dd_domain *domain, dd_segment_state *segment, uint16_t lamp, uint8_t model,
                   uint64_t cause) {
    (void)domain, (void)segment, (void)lamp, (void)model, (void)cause;
}

void dd_node_sky(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    (void)domain, (void)segment, (void)lamp;
}

void dd_node_voltage(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    (void)domain, (void)segment, (void)lamp;
}

// --- Requests ---

// The slot that holds a program; a new one takes the slot that no node follows.
static uint8_t program_slot(dd_segment_state *segment, const dd_program *program) {
    uint32_t used = 0;
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++)
        used |= 1u << segment->nodes[lamp].program;
    uint8_t free_slot = 0;
    for (uint8_t slot = 0; slot < DD_PROGRAM_SLOTS; slot++) {
        if (segment->programs[slot].id == program->id) return slot;
        if (!(used >> slot & 1)) free_slot = slot;
    }
    segment->programs[free_slot] = *program;
    return free_slot;
}

// The controller's clock, as it was when the request left, sets the node's; one that cannot be
// right (0: unknown) is not believed. Returns whether the wake that the node has planned is off by
// too much now: small steps, all the same way, add up.
static bool set_clock(dd_domain *domain, dd_node *node, int64_t clock_ms) {
    enum { TOLERATED_US = 50000 }; // nobody sees so little (estimate)
    if (clock_ms < DD_CLOCK_EARLIEST_MS || clock_ms >= DD_CLOCK_LATEST_MS) return false;
    int64_t ahead_us = clock_ms * 1000 - dd_clock_us(&node->clock, domain->now) + node->set_us;
    dd_clock_set(&node->clock, domain->now, clock_ms * 1000);
    bool much = ahead_us > TOLERATED_US || ahead_us < -TOLERATED_US;
    node->set_us = much ? 0 : (int32_t)ahead_us;
    return much;
}

static void obey(dd_segment_state *segment, dd_node *node, const dd_node_request *request) {
    switch ((dd_node_request_kind)request->kind) {
    case DD_NODE_OVERRIDE:
        node->state |= DD_NODE_OVERRIDDEN;
        node->override_pm =
            request->level_pm > DD_LIGHT_FULL_PM ? DD_LIGHT_FULL_PM : request->level_pm;
        node->override_end_ms = request->expires_ms ? request->expires_ms : INT64_MAX;
        break;
    case DD_NODE_RESUME:
        node->state &= (uint8_t)~DD_NODE_OVERRIDDEN;
        break;
    case DD_NODE_PROGRAM:
        node->program = program_slot(segment, &request->program);
        break;
    case DD_NODE_READ:
    case DD_NODE_REPORT: // never asked for
        break;
    }
}

static dd_reading read_out(const dd_segment_state *segment, const dd_node *node, uint16_t lamp) {
    enum { NOMINAL_DV = 2200 };
    return (dd_reading){
        .lamp = lamp,
        .level_pm = node->level_pm,
        .power_mw = node->power_mw,
        .voltage_dv = NOMINAL_DV,
        .energy_wh = (uint16_t)(node->energy_mwh / 1000),
        .program_id = segment->programs[node->program].id,
        .flags = node->state & DD_NODE_OVERRIDDEN ? DD_READING_OVERRIDDEN : 0,
    };
}

dd_reading dd_node_read(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    dd_node_count(&segment->nodes[lamp], domain->now);
    return read_out(segment, &segment->nodes[lamp], lamp);
}

dd_reading dd_node_answer(dd_domain *domain, dd_segment_state *segment,
                          const dd_node_request *request) {
    dd_node *node = &segment->nodes[request->lamp];
    bool stepped = set_clock(domain, node, request->clock_ms);
    obey(segment, node, request);
    if (request->kind != DD_NODE_READ || stepped) {
        dd_light_reason reason = follow(domain, segment, request->lamp);
        if (request->kind == DD_NODE_RESUME) reason = DD_WHY_RESUME;
        relight(domain, segment, request->lamp, reason, 0);
    }
    return dd_node_read(domain, segment, request->lamp);
}
