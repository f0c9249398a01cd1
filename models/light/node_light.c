#include "models/light/node_light.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/light/maintenance.h"
#include "models/light/node_update.h"
#include "models/power/flow.h"
#include "models/sky/sky.h"

#define DECISECOND (100 * DD_MILLISECOND)

static dd_random4 draw(const dd_world *world, const dd_segment_state *segment, uint16_t lamp,
                       dd_purpose purpose, uint64_t count) {
    uint64_t stable = dd_world_stable(world, dd_segment_lamp(segment, lamp));
    return dd_random(world->def.seed, stable, purpose, count);
}

// --- As it stands ---

// Where it is hotter than 55 °C nobody lights streets: gear that stands that does not ask.
bool dd_node_may_derate(const dd_world *world, const dd_segment_state *segment, uint16_t lamp) {
    enum { HOTTEST_DC = 550 };
    const dd_luminaire_model *model = dd_node_model(world, segment, lamp);
    return dd_node_failed(&segment->nodes[lamp], DD_FAULT_OVERHEATING) ||
           model->rise_dk + HOTTEST_DC > model->derate_dc;
}

static uint32_t stamp(const dd_domain *domain) {
    return (uint32_t)(domain->now / DECISECOND) + 1;
}

// How long its gear has stood where it stands, in tenths of a second.
static uint32_t lasted_ds(const dd_domain *domain, const dd_node *node) {
    return node->since_ds ? stamp(domain) - node->since_ds : UINT32_MAX;
}

static void burn_for(dd_luminaire *it, uint32_t ds) {
    uint64_t steps = it->model->warm_s ? (uint64_t)ds * DD_WARM_STEPS / (it->model->warm_s * 10u)
                                       : DD_WARM_STEPS;
    it->warm_step = (uint8_t)(steps < DD_WARM_STEPS ? steps : DD_WARM_STEPS);
    it->heated_pm = dd_driver_heated_pm(ds / 10);
}

// The curve that its node codes for: its gear's, or the one that the firmware was built for.
static dd_dali_curve coded_for(const dd_settings *settings, const dd_luminaire_model *model) {
    enum { AS_ITS_GEAR, LOGARITHMIC };
    bool linear = settings->node_curve == AS_ITS_GEAR ? model->control == DD_CONTROL_DALI_LINEAR
                                                      : settings->node_curve != LOGARITHMIC;
    return linear ? DD_DALI_LINEAR : DD_DALI_LOGARITHMIC;
}

// A shorted string: 40 to 85 % of the light are left (estimate).
static uint16_t shorted_pm(const dd_world *world, const dd_segment_state *segment, uint16_t lamp) {
    enum { LEAST = 400, MOST = 850 };
    dd_random4 word = draw(world, segment, lamp, DD_DRAW_LUMINAIRE, DD_FAULT_LED_SHORT);
    return (uint16_t)(LEAST + dd_uniform(word.v[0], MOST - LEAST + 1));
}

dd_luminaire dd_node_luminaire(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    const dd_settings *settings = &world->def.settings;
    const dd_node *node = &segment->nodes[lamp];
    const dd_luminaire_model *model = dd_node_model(world, segment, lamp);
    dd_luminaire it = {.model = model,
                       .faults = node->faults,
                       .level_pm = node->level_pm,
                       .failure_pm = (uint16_t)(settings->node_orphan_level * 10),
                       .drive_pm = dd_maintenance_drive_pm(model, dd_lifetime_burning_h(node)),
                       .coded = (uint8_t)coded_for(settings, model),
                       .burning = node->stage == DD_GEAR_BURNING};
    if (dd_node_defect(domain, segment, lamp) == DD_DEFECT_WRONG_CURVE)
        it.coded = it.coded == DD_DALI_LINEAR ? DD_DALI_LOGARITHMIC : DD_DALI_LINEAR;
    if (node->state & DD_NODE_SUPPLIED) it.voltage_dv = dd_feeder_voltage_dv(domain, segment, lamp);
    bool fed = !dd_node_failed(node, DD_FAULT_DRIVER_DEAD) || !settings->node_aux_fed;
    if (it.model->node && fed && !dd_node_failed(node, DD_FAULT_NODE_DEAD))
        it.own_mw = (uint32_t)(settings->node_own_w * 1000);
    if (dd_node_failed(node, DD_FAULT_LED_SHORT)) it.shorted_pm = shorted_pm(world, segment, lamp);
    if (it.burning) burn_for(&it, lasted_ds(domain, node));
    if (dd_node_may_derate(world, segment, lamp))
        it.ambient_dc = (int16_t)(dd_sky_now(domain).temperature_md / 100);
    return it;
}

// --- Its gear's stages ---

static void plan(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp, dd_time in,
                 dd_kind_number kind, uint16_t small) {
    dd_schedule(domain, domain->now + in, kind, segment->station + lamp, small,
                segment->nodes[lamp].since_ds, 0);
}

// The next quarter of its warm-up or, where heat matters, the next step of that.
static void plan_warming(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    dd_luminaire it = {.model = dd_node_model(world, segment, lamp)};
    uint32_t ds = lasted_ds(domain, &segment->nodes[lamp]);
    burn_for(&it, ds);
    uint32_t quarters_ds = it.model->warm_s * 10u * (it.warm_step + 1u);
    uint32_t next_ds = (quarters_ds + DD_WARM_STEPS - 1) / DD_WARM_STEPS;
    if (it.warm_step < DD_WARM_STEPS)
        plan(domain, segment, lamp, (next_ds - ds) * DECISECOND, DD_KIND_LAMP_START,
             DD_WHY_STARTED);
    else if (dd_node_may_derate(world, segment, lamp) && it.heated_pm < 1000)
        plan(domain, segment, lamp, DD_HEAT_STEP_S * DD_SECOND, DD_KIND_LAMP_START, DD_WHY_HEAT);
}

// Burns for 2 to 10 minutes, is out for 30 s to 3 minutes (estimates: a lamp at the end of its
// life, or a gear that protects itself).
static void plan_cycle(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    const dd_node *node = &segment->nodes[lamp];
    if (!dd_node_failed(node, DD_FAULT_CYCLING)) return;
    dd_random4 word = draw(dd_world_of(domain), segment, lamp, DD_DRAW_CYCLE, node->since_ds);
    uint32_t in_s = node->stage == DD_GEAR_BURNING ? 120 + dd_uniform(word.v[0], 481)
                                                   : 30 + dd_uniform(word.v[0], 151);
    plan(domain, segment, lamp, in_s * DD_SECOND, DD_KIND_LAMP_CYCLE, 0);
}

void dd_node_foresee(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                     dd_fault_kind fault) {
    if (segment->nodes[lamp].stage != DD_GEAR_BURNING) return;
    if (fault == DD_FAULT_CYCLING) plan_cycle(domain, segment, lamp);
    if (fault == DD_FAULT_OVERHEATING) plan_warming(domain, segment, lamp);
}

static void ignite(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    node->stage = DD_GEAR_BURNING;
    node->since_ds = stamp(domain);
    plan_warming(domain, segment, lamp);
    plan_cycle(domain, segment, lamp);
}

// A lamp that is still hot waits until it can strike again; what it was told meanwhile, it forgets.
static void begin(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                  dd_light_reason reason) {
    dd_node *node = &segment->nodes[lamp];
    const dd_luminaire_model *model = dd_node_model(dd_world_of(domain), segment, lamp);
    dd_time wait = model->start_ms * DD_MILLISECOND;
    uint32_t ds = lasted_ds(domain, node), cool_ds = model->restrike_s * 10u;
    node->stage = ds < cool_ds ? DD_GEAR_RESTRIKING : DD_GEAR_STARTING;
    if (node->stage == DD_GEAR_STARTING)
        node->since_ds = stamp(domain);
    else if ((cool_ds - ds) * DECISECOND > wait)
        wait = (cool_ds - ds) * DECISECOND;
    if (wait)
        plan(domain, segment, lamp, wait, DD_KIND_LAMP_START, reason);
    else
        ignite(domain, segment, lamp);
}

static void restarted(dd_node *node) {
    enum { MOST = 15 };
    if (node->restarts < MOST) node->restarts++;
}

static void go_dark(dd_domain *domain, dd_node *node, dd_light_reason reason) {
    if (node->stage == DD_GEAR_STARTING) node->since_ds = 0; // it is still cold
    if (node->stage == DD_GEAR_BURNING) {
        node->since_ds = stamp(domain);
        if (reason == DD_WHY_VOLTAGE || reason == DD_WHY_HEAT) restarted(node);
    }
    if (node->level_pm == 0) node->restarts = 0;
    node->stage = DD_GEAR_DARK;
}

static void settle(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp, bool asked,
                   dd_light_reason reason) {
    dd_node *node = &segment->nodes[lamp];
    if (node->stage == DD_GEAR_OUT && !dd_node_failed(node, DD_FAULT_CYCLING))
        node->stage = DD_GEAR_DARK;
    if (!asked)
        go_dark(domain, node, reason);
    else if (node->stage == DD_GEAR_DARK)
        begin(domain, segment, lamp, reason);
}

// --- Light and load ---

static dd_sight look(const dd_segment_state *segment, const dd_node *node) {
    if (segment->daytime == DD_NIGHT && !node->light_pm) return DD_SIGHT_DARK;
    if (segment->daytime == DD_BROAD_DAY && node->light_pm) return DD_SIGHT_BURNING;
    return DD_SIGHT_WELL;
}

void dd_node_show(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    static const uint8_t bits[DD_SIGHTS] = {
        [DD_SIGHT_DARK] = DD_NODE_SEEN_DARK, [DD_SIGHT_BURNING] = DD_NODE_SEEN_BURNING};
    dd_node *node = &segment->nodes[lamp];
    dd_sight sight = look(segment, node);
    if ((node->state & (DD_NODE_SEEN_DARK | DD_NODE_SEEN_BURNING)) == bits[sight]) return;
    node->state &= (uint8_t) ~(DD_NODE_SEEN_DARK | DD_NODE_SEEN_BURNING);
    node->state |= bits[sight];
    uint32_t entity = dd_segment_lamp(segment, lamp);
    dd_record_make(domain, DD_REC_SIGHT, entity, node->cause, sight, 0, 0, 0);
    dd_post(domain, DD_HUB_DOMAIN, domain->now + DD_MINUTE, DD_KIND_SIGHT, entity, (uint16_t)sight,
            0, NULL, 0);
}

// Energy and lit time are counted up to now.
static void put(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                const dd_luminaire_output *output, dd_light_reason reason, uint64_t cause) {
    dd_node *node = &segment->nodes[lamp];
    dd_load before = {node->power_mw, node->current_ma};
    dd_load now = {output->power_mw, output->current_ma};
    bool changed = output->light_pm != node->light_pm || now.power_mw != before.power_mw;
    node->light_pm = output->light_pm;
    node->power_mw = now.power_mw;
    node->current_ma = output->current_ma;
    if (changed)
        node->cause = dd_record_make(domain, DD_REC_LAMP_LIGHT, dd_segment_lamp(segment, lamp),
                                     cause, node->light_pm, node->power_mw, reason, 0);
    if (now.power_mw != before.power_mw || now.current_ma != before.current_ma)
        dd_feeder_load(domain, segment, lamp, &before, &now);
    dd_node_show(domain, segment, lamp);
}

void dd_node_relight(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                     dd_light_reason reason, uint64_t cause) {
    dd_luminaire it = dd_node_luminaire(domain, segment, lamp);
    const dd_node *node = &segment->nodes[lamp];
    settle(domain, segment, lamp, dd_luminaire_asked_pm(&it) > 0, reason);
    if (node->stage == DD_GEAR_BURNING && !it.burning) burn_for(&it, 0);
    it.burning = node->stage == DD_GEAR_BURNING;
    dd_luminaire_output output = dd_luminaire_output_of(&it);
    dd_node_count(&segment->nodes[lamp], domain->now);
    put(domain, segment, lamp, &output, reason, cause);
    dd_lifetime_look(domain, segment, lamp);
}

void dd_node_first_light(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    node->stage = DD_GEAR_BURNING;
    dd_node_relight(domain, segment, lamp, DD_WHY_START, 0);
    node->since_ds = 0;
}

// --- Its events ---

// What made it start has made a record of its own when it changed the load: that is the cause.
void dd_node_lamp_start(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                        const dd_event *event) {
    dd_node *node = &segment->nodes[lamp];
    if (event->a != node->since_ds) return;
    if (node->stage == DD_GEAR_STARTING || node->stage == DD_GEAR_RESTRIKING)
        ignite(domain, segment, lamp);
    else if (node->stage == DD_GEAR_BURNING)
        plan_warming(domain, segment, lamp);
    else
        return;
    bool ordered = event->small <= DD_WHY_RESUME || event->small == DD_WHY_PHOTOCELL;
    dd_node_relight(domain, segment, lamp, (dd_light_reason)event->small,
                    ordered ? 0 : node->cause);
}

void dd_node_lamp_cycle(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                        const dd_event *event) {
    dd_node *node = &segment->nodes[lamp];
    if (event->a != node->since_ds || !dd_node_failed(node, DD_FAULT_CYCLING)) return;
    if (node->stage == DD_GEAR_BURNING) {
        node->stage = DD_GEAR_OUT;
        node->since_ds = stamp(domain);
        plan_cycle(domain, segment, lamp);
    } else if (node->stage == DD_GEAR_OUT) {
        node->stage = DD_GEAR_DARK;
        restarted(node);
    }
    dd_node_relight(domain, segment, lamp, DD_WHY_FAULT, 0);
}
