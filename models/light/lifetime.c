#include "models/light/lifetime.h"
#include "engine/random.h"
#include "models/hazard.h"
#include "models/kind.h"
#include "models/light/maintenance.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"

#include <math.h>
#include <stdlib.h>

// --- What breaks ---

typedef enum phase { INFANT, CONSTANT, WEAROUT, PHASES } phase;

// Shares of what breaks first, by phase, thousandths; estimates: of LED luminaires the driver comes
// first and the LED board second (facts A3, S-25); surges, which dominate, are the storms'. In the
// end a driver's capacitors dry out (it starts badly, then not at all) and relay contacts weld. A
// sodium lamp ends in cycling, other lamps simply do not light; "driver" is the ballast there.
typedef struct mode {
    uint8_t fault;
    uint16_t share[PHASES];
} mode;

static const mode led_modes[] = {
    {DD_FAULT_DRIVER_DEAD, {500, 500, 600}}, {DD_FAULT_LED_OPEN, {200, 150, 80}},
    {DD_FAULT_LED_SHORT, {100, 100, 50}},    {DD_FAULT_CYCLING, {50, 50, 200}},
    {DD_FAULT_NO_DIMMING, {0, 80, 0}},       {DD_FAULT_BUS_OPEN, {100, 50, 0}},
    {DD_FAULT_RELAY_OPEN, {50, 30, 30}},     {DD_FAULT_STUCK_ON, {0, 20, 40}},
    {DD_FAULT_OVERHEATING, {0, 20, 0}},      {DD_FAULT_NONE, {0}}};
static const mode sodium_modes[] = {{DD_FAULT_LED_OPEN, {500, 500, 300}},
                                    {DD_FAULT_DRIVER_DEAD, {500, 400, 100}},
                                    {DD_FAULT_CYCLING, {0, 100, 600}},
                                    {DD_FAULT_NONE, {0}}};
static const mode other_modes[] = {{DD_FAULT_LED_OPEN, {500, 600, 900}},
                                   {DD_FAULT_DRIVER_DEAD, {500, 400, 100}},
                                   {DD_FAULT_NONE, {0}}};

static const mode *modes_of(const dd_luminaire_model *model) {
    return model->technology == DD_TECHNOLOGY_LED   ? led_modes
           : model->technology == DD_TECHNOLOGY_HPS ? sodium_modes
                                                    : other_modes;
}

static const mode *mode_of(const dd_luminaire_model *model, dd_fault_kind fault) {
    const mode *it = modes_of(model);
    while (it->fault && it->fault != fault)
        it++;
    return it->fault ? it : NULL;
}

bool dd_lifetime_has(const dd_luminaire_model *model, dd_fault_kind fault) {
    switch (fault) {
    case DD_FAULT_NO_DIMMING:
    case DD_FAULT_BUS_OPEN:
    case DD_FAULT_WRONG_CURVE:
        return model->control != DD_CONTROL_SWITCH;
    case DD_FAULT_STUCK_ON:
    case DD_FAULT_RELAY_OPEN:
    case DD_FAULT_NODE_DEAD:
    case DD_FAULT_NODE_METER:
        return model->node;
    default:
        return true;
    }
}

// --- Age ---

enum { BORN_H = 4 };
static const int64_t HOUR_US = 3600000000, MINUTE_US = 60000000;

static int64_t burned_h(const dd_node *node) {
    return (node->lit_us + HOUR_US / 2) / HOUR_US;
}

uint32_t dd_lifetime_burning_h(const dd_node *node) {
    int64_t h = burned_h(node) - (int64_t)node->ageing.born_4h * BORN_H;
    return h > 0 ? (uint32_t)h : 0;
}

uint32_t dd_lifetime_clean_h(const dd_node *node, uint32_t washed_h) {
    enum { YEAR_H = 8760, DARK_H = 4333 };
    uint64_t hung_h = (uint64_t)dd_lifetime_burning_h(node) * YEAR_H / DARK_H;
    return hung_h < washed_h ? (uint32_t)hung_h : washed_h;
}

uint32_t dd_lifetime_flux_lm(const dd_luminaire_model *model, const dd_node *node,
                             uint32_t washed_h) {
    return dd_maintenance_flux_lm(model, node->light_pm, dd_lifetime_burning_h(node),
                                  dd_lifetime_clean_h(node, washed_h));
}

static void be_born(dd_node *node, int64_t at_h) {
    int64_t born = at_h / BORN_H;
    node->ageing.born_4h = (int16_t)(born < INT16_MIN   ? INT16_MIN
                                     : born > INT16_MAX ? INT16_MAX
                                                        : born);
}

// --- Risk ---

// What one lamp's luck rests on.
typedef struct risk {
    const dd_luminaire_model *model;
    double scale; // of all its failures
    double heat;  // how much faster its gear wears out than rated
    double age_h; // of burning
} risk;

// 10 °C hotter halves the life of a capacitor (facts A3, S-26). Lives are rated at 25 °C around the
// luminaire, IEC 62722-2-1's tq; with a bad heat path the gear is so much hotter (estimate).
static double heat_of(const dd_world *world, const dd_node *node) {
    const double rated_c = 25, overheated_k = 20;
    double hotter_k = world->def.settings.light_ambient_c - rated_c;
    if (dd_node_failed(node, DD_FAULT_OVERHEATING)) hotter_k += overheated_k;
    return exp2(hotter_k / 10);
}

static risk risk_of(const dd_world *world, const dd_segment_state *segment, uint16_t lamp) {
    const dd_node *node = &segment->nodes[lamp];
    return (risk){.model = dd_node_model(world, segment, lamp),
                  .scale = world->def.settings.light_failures,
                  .heat = heat_of(world, node),
                  .age_h = dd_lifetime_burning_h(node)};
}

// The failures of one phase in an hour, at an age, if time ran `speed` times as fast for it.
static double rate_of(const risk *it, phase which, double speed) {
    const dd_luminaire_model *model = it->model;
    double age_h = it->age_h * speed, beta = model->wearout_pm / 1e3;
    switch (which) {
    case INFANT:
        if (age_h >= model->infant_h) return 0;
        return it->scale * speed * -log1p(-(model->infant_ppm / 1e6)) / model->infant_h;
    case CONSTANT:
        return it->scale * speed * model->constant_per_gh * 1e-9;
    default:
        if (!model->wearout_h) return 0;
        speed *= it->heat;
        double ages = fmax(it->age_h, 1) * speed / model->wearout_h; // a shape below 1 has a pole
        return it->scale * speed * beta / model->wearout_h * pow(ages, beta - 1);
    }
}

// Hours of burning from its age on until a phase has spent `exponential` (a deviate of mean 1) on
// the share of it that counts; infinity when it never does.
static double wait_of(const risk *it, phase which, double share, double speed, double exponential) {
    const dd_luminaire_model *model = it->model;
    double spend = exponential / (share * it->scale); // infinity for a share of 0
    if (which == WEAROUT) {
        if (!model->wearout_h) return INFINITY;
        speed *= it->heat;
        double beta = model->wearout_pm / 1e3, eta_h = model->wearout_h;
        double end = pow(pow(it->age_h * speed / eta_h, beta) + spend, 1 / beta);
        return end * eta_h / speed - it->age_h;
    }
    double rate = rate_of(&(risk){model, 1, 1, it->age_h}, which, speed);
    double wait = spend / rate;
    bool over = which == INFANT && (it->age_h + wait) * speed >= model->infant_h;
    return over ? INFINITY : wait;
}

// --- Bad batches ---

typedef struct batch {
    dd_fault_kind fault;
    double factor;
    uint8_t *members; // a bit for each of the city's lamps
} batch;

struct dd_batches {
    uint32_t n; // [1 .. n]
    batch all[DD_BATCHES_MAX];
};

bool dd_batch_holds(const dd_world *world, uint32_t number, uint32_t lamp) {
    return world->batches->all[number].members[lamp / 8] >> lamp % 8 & 1;
}

// The first batch at or after `from` that a lamp belongs to and whose fault its model can have.
static const batch *batch_of(const dd_world *world, const risk *it, uint32_t lamp, uint32_t *from) {
    for (; world->batches && *from <= world->batches->n; ++*from) {
        const batch *found = &world->batches->all[*from];
        if (dd_batch_holds(world, *from, lamp) && mode_of(it->model, found->fault)) return found;
    }
    return NULL;
}

// --- Draws ---

enum { DRAWS = 16, PICK = 15 }; // counters a draw: the common risk, batches, what fails
#define AGE_COUNTER UINT64_MAX

static dd_random4 draw_of(const dd_world *world, uint32_t entity, uint64_t counter) {
    return dd_random(world->def.seed, dd_world_stable(world, entity), DD_DRAW_LIFETIME, counter);
}

static double exponential(uint32_t word) {
    return -log1p(-(word + 0.5) / 4294967296.0);
}

static bool natural(const dd_world *world) {
    return world->def.settings.nature != 0;
}

// The wait until a mode, or with NULL any of them, ends the lamp.
static double earliest(const risk *it, const mode *only, double speed, dd_random4 draw) {
    double wait = INFINITY;
    for (phase which = INFANT; which < PHASES; which++) {
        double share = only ? only->share[which] / 1e3 : 1;
        wait = fmin(wait, wait_of(it, which, share, speed, exponential(draw.v[which])));
    }
    return wait;
}

// A batch's members bear its risk beside the common one: so much sooner, so much more often.
void dd_lifetime_draw(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    dd_node *node = &segment->nodes[lamp];
    uint32_t entity = dd_segment_lamp(segment, lamp);
    dd_node_count(node, domain->now);
    risk it = risk_of(world, segment, lamp);
    uint64_t counter = node->ageing.drawn++ * (uint64_t)DRAWS;
    double wait = INFINITY;
    if (natural(world)) wait = earliest(&it, NULL, 1, draw_of(world, entity, counter));
    uint32_t k = 1;
    for (const batch *bad; (bad = batch_of(world, &it, entity, &k)); k++)
        wait = fmin(wait, earliest(&it, mode_of(it.model, bad->fault), bad->factor,
                                   draw_of(world, entity, counter + k)));
    double due_min = (double)node->lit_us / (double)MINUTE_US + 60 * wait;
    node->ageing.due_min = due_min < UINT32_MAX - 1 ? (uint32_t)lrint(due_min) : UINT32_MAX;
    dd_lifetime_look(domain, segment, lamp);
}

void dd_lifetime_look(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp) {
    const int64_t look_ahead_us = 36 * HOUR_US; // it will be looked at again within a day
    const dd_node *node = &segment->nodes[lamp];
    if (!node->light_pm || node->ageing.due_min == UINT32_MAX) return;
    int64_t lit_us = node->lit_us + domain->now / DD_MICROSECOND - node->counted_us;
    int64_t left_us = node->ageing.due_min * MINUTE_US - lit_us;
    if (left_us > look_ahead_us) return;
    dd_time due = domain->now + (left_us > 0 ? left_us : 0) * DD_MICROSECOND;
    dd_schedule(domain, due, DD_KIND_AGE, segment->station + lamp, 0, DD_AGE_DUE, 0);
}

// --- What fails ---

// The risks at this age, in failures in 1e12 h, so that their rounding cannot decide.
static uint64_t weight_of(const risk *it, const mode *which, double speed) {
    double rate = 0;
    for (phase p = INFANT; p < PHASES; p++)
        rate += rate_of(it, p, speed) * which->share[p] / 1e3;
    return (uint64_t)llrint(fmin(rate, 1e6) * 1e12);
}

// Given that a lamp fails now, each mode has a part in it as its rate has in all of them.
static dd_fault_kind pick(const dd_world *world, const risk *it, uint32_t entity, uint32_t word) {
    uint8_t faults[16];
    uint64_t upto[DD_COUNT(faults)], sum = 0;
    size_t n = 0;
    for (const mode *m = modes_of(it->model); natural(world) && m->fault; m++, n++) {
        faults[n] = m->fault;
        upto[n] = sum += weight_of(it, m, 1);
    }
    uint32_t k = 1;
    for (const batch *bad; (bad = batch_of(world, it, entity, &k)); k++, n++) {
        faults[n] = (uint8_t)bad->fault;
        upto[n] = sum += weight_of(it, mode_of(it->model, bad->fault), bad->factor);
    }
    uint64_t at = (uint64_t)((double)word / 4294967296.0 * (double)sum);
    for (size_t i = 0; i < n; i++)
        if (at < upto[i]) return (dd_fault_kind)faults[i];
    return DD_FAULT_NONE;
}

dd_fault_kind dd_lifetime_end(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    dd_node *node = &segment->nodes[lamp];
    uint32_t entity = dd_segment_lamp(segment, lamp);
    dd_node_count(node, domain->now);
    if (node->ageing.due_min == UINT32_MAX || node->lit_us < node->ageing.due_min * MINUTE_US)
        return DD_FAULT_NONE;
    risk it = risk_of(world, segment, lamp);
    uint64_t counter = (node->ageing.drawn - 1) * (uint64_t)DRAWS + PICK;
    dd_fault_kind fault = pick(world, &it, entity, draw_of(world, entity, counter).v[0]);
    dd_lifetime_draw(domain, segment, lamp);
    bool known = dd_node_failed(node, fault);
    return known || !dd_lifetime_has(it.model, fault) ? DD_FAULT_NONE : fault;
}

// --- A lamp's history ---

void dd_lifetime_start(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_world *world = dd_world_of(domain);
    dd_node *node = &segment->nodes[lamp];
    const dd_luminaire_model *model = dd_node_model(world, segment, lamp);
    uint32_t entity = dd_segment_lamp(segment, lamp);
    uint32_t oldest_h = (uint32_t)(2 * world->def.settings.light_age_h);
    if (model->technology != DD_TECHNOLOGY_LED) oldest_h = model->wearout_h;
    uint32_t word = draw_of(world, entity, AGE_COUNTER).v[0];
    be_born(node, -(int64_t)dd_uniform(word, oldest_h + 1));
    dd_lifetime_draw(domain, segment, lamp);
}

void dd_lifetime_renew(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    dd_node_count(node, domain->now);
    be_born(node, burned_h(node));
    dd_lifetime_draw(domain, segment, lamp);
}

void dd_lifetime_fault(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                       dd_fault_kind fault, bool on) {
    const dd_luminaire_model *model = dd_node_model(dd_world_of(domain), segment, lamp);
    if (!on && mode_of(model, fault))
        dd_lifetime_renew(domain, segment, lamp);
    else if (fault == DD_FAULT_OVERHEATING)
        dd_lifetime_draw(domain, segment, lamp);
}

// --- Nodes ---

// A node's electronics fail at any time, by day too (estimates): 0.4 % of them a year fall silent,
// 0.1 % measure wrong.
bool dd_lifetime_make(dd_world *world, dd_error *error) {
    static const struct {
        dd_fault_kind fault;
        double per_1000_h;
    } risks[] = {{DD_FAULT_NODE_DEAD, 5e-4}, {DD_FAULT_NODE_METER, 1e-4}};
    if (!natural(world) || !world->def.settings.light_failures || world->city->lamp_n < 2)
        return true;
    uint32_t n = world->city->lamp_n - 1;
    uint32_t *lamps = calloc(n, sizeof *lamps);
    bool good = lamps || dd_fail(error, DD_OUTSIDE, "no memory for %u lamps", n);
    for (uint32_t i = 0; good && i < n; i++)
        lamps[i] = dd_world_entity(world, DD_ENTITY_LAMP, 1 + i);
    for (size_t i = 0; good && i < DD_COUNT(risks); i++)
        good = dd_hazard_add(world,
                             &(dd_hazard_def){.fault = risks[i].fault,
                                              .entities = lamps,
                                              .entity_n = n,
                                              .per_1000_h = risks[i].per_1000_h *
                                                            world->def.settings.light_failures},
                             error);
    free(lamps);
    return good;
}

// --- Adding a batch ---

bool dd_batch_fits(const dd_world *world, const dd_batch_def *def, dd_error *error) {
    if (!dd_setting_in_range("a batch's factor", def->factor, 1, 1e6, "", error)) return false;
    if (!def->share_ppm || def->share_ppm > 1000000)
        return dd_fail(error, DD_WRONG, "a batch's share must be above 0 and at most 1");
    if (world->batches && world->batches->n + 1 == DD_BATCHES_MAX)
        return dd_fail(error, DD_WRONG, "there is room for %d batches", DD_BATCHES_MAX - 1);
    for (const mode *m = led_modes; m->fault; m++)
        if (m->fault == def->fault) return true;
    return dd_fail(error, DD_WRONG,
                   "no luminaire ages to '%s'; driver_dead, led_open, led_short, cycling, "
                   "no_dimming, bus_open, relay_open, stuck_on and overheating come with age",
                   dd_fault_names[def->fault]);
}

static void choose(const dd_world *world, const dd_batch_def *def, uint64_t nth, batch *it) {
    uint64_t counter = 1ull << 63 | (uint64_t)def->fault << 32 | nth;
    for (uint32_t i = 0; i < def->lamp_n; i++) {
        uint32_t lamp = def->lamps[i];
        if (dd_chance_ppm(draw_of(world, lamp, counter).v[0], def->share_ppm))
            it->members[lamp / 8] |= (uint8_t)(1u << lamp % 8);
    }
}

// Its lamps' luck changes: not without an event, which is the lamp's own domain's to handle.
static void tell_members(const dd_world *world, uint32_t number) {
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        if (!dd_batch_holds(world, number, lamp)) continue;
        uint32_t segment = world->city->lamps[lamp].segment;
        uint32_t place = lamp - world->city->segments[segment].first_lamp + 1;
        dd_engine_inject(world->engine, dd_world_domain(world, segment), DD_KIND_AGE,
                         world->station[segment] + place, 0, DD_AGE_DRAW, NULL, 0);
    }
}

uint32_t dd_batch_add(dd_world *world, const dd_batch_def *def, dd_error *error) {
    if (!dd_batch_fits(world, def, error)) return 0;
    if (!world->batches) world->batches = calloc(1, sizeof *world->batches);
    batch it = {def->fault, def->factor, calloc(world->city->lamp_n / 8 + 1, 1)};
    if (!world->batches || !it.members) {
        free(it.members);
        dd_fail(error, DD_OUTSIDE, "no memory for a batch");
        return 0;
    }
    uint64_t nth = 0;
    for (uint32_t i = 1; i <= world->batches->n; i++)
        nth += world->batches->all[i].fault == def->fault;
    choose(world, def, nth, &it);
    world->batches->all[++world->batches->n] = it;
    tell_members(world, world->batches->n);
    return world->batches->n;
}

void dd_batches_fini(dd_world *world) {
    for (uint32_t i = 1; world->batches && i <= world->batches->n; i++)
        free(world->batches->all[i].members);
    free(world->batches);
}
