#include "models/crew/visit.h"
#include "models/action/fault.h"
#include "models/controller/house.h"
#include "models/crew/diagnosis.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/mesh/air/jammer.h"
#include "models/neighbourhood.h"
#include "models/power/grid.h"
#include "models/segment.h"

// What is at fault, in truth or as the crew has it.
typedef struct culprit {
    uint32_t at;         // entity
    dd_fault_kind fault; // none: nothing is
} culprit;

// Where somebody looks.
typedef struct scene {
    dd_domain *domain;
    const dd_world *world;
    dd_segment_state *segment;
    const dd_visit *visit;
} scene;

enum { JAMMED_CDBM = -8000 }; // what a spectrum analyser shows at once; estimate

static culprit nobody(const scene *it) {
    return (culprit){it->visit->entity, DD_FAULT_NONE};
}

// The first of some faults that an entity has; the list ends with none.
static culprit first_of(const scene *it, uint32_t entity, const dd_fault_kind *faults) {
    for (; *faults; faults++)
        if (dd_segment_failed(it->world, it->segment, entity, *faults))
            return (culprit){entity, *faults};
    return nobody(it);
}

// --- From the grid outward ---

static culprit suspect_supply(const scene *it) {
    const dd_cabinet_state *cabinet = &it->segment->cabinet;
    uint32_t entity = dd_segment_entity(it->world, it->segment, 0);
    if (cabinet->phases == 0) return (culprit){entity, DD_FAULT_BLACKOUT};
    bool low = dd_segment_failed(it->world, it->segment, entity, DD_FAULT_BROWNOUT);
    if (low || cabinet->phases != DD_ALL_PHASES) return (culprit){entity, DD_FAULT_BROWNOUT};
    if (cabinet->flooded) return (culprit){entity, DD_FAULT_FLOODED};
    return nobody(it);
}

// A fault of the cable at the pole nearest to the cabinet, up to a pole.
static culprit suspect_cable(const scene *it, uint8_t number, uint32_t last, dd_fault_kind fault) {
    const dd_feeder_state *feeder = &it->segment->feeders[number];
    culprit found = nobody(it);
    for (uint16_t lamp = feeder->first_lamp; lamp < dd_feeder_end(feeder); lamp++) {
        uint32_t pole = dd_segment_place(it->domain, it->segment, lamp)->pole;
        if (pole > last || !dd_node_failed(&it->segment->nodes[lamp], fault)) continue;
        found = (culprit){dd_segment_lamp(it->segment, lamp), fault};
        last = pole - 1;
    }
    return found;
}

// What keeps a feeder dark up to a pole. Who finds its breaker open asks what has opened it.
static culprit suspect_feeder(const scene *it, uint8_t number, uint32_t last_pole) {
    static const dd_fault_kind first[] = {DD_FAULT_SWITCHED_OFF, DD_FAULT_NONE};
    static const dd_fault_kind then[] = {DD_FAULT_BREAKER,  DD_FAULT_CONTACTOR_DEAD,
                                         DD_FAULT_PHASE_L1, DD_FAULT_PHASE_L2,
                                         DD_FAULT_PHASE_L3, DD_FAULT_NONE};
    const dd_feeder_state *feeder = &it->segment->feeders[number];
    uint32_t entity = dd_segment_entity(it->world, it->segment, number);
    culprit found = first_of(it, entity, first);
    if (!found.fault) found = suspect_cable(it, number, last_pole, DD_FAULT_SHORT_CIRCUIT);
    if (!found.fault && dd_feeder_failed(feeder, DD_FAULT_BREAKER) &&
        dd_feeder_failed(feeder, DD_FAULT_LEAKAGE))
        found = (culprit){entity, DD_FAULT_LEAKAGE};
    if (!found.fault) found = first_of(it, entity, then);
    if (!found.fault) found = suspect_cable(it, number, last_pole, DD_FAULT_CABLE_CUT);
    return found;
}

// The same, and what is wrong with a feeder though it is lit.
static culprit suspect_whole_feeder(const scene *it, uint8_t number) {
    static const dd_fault_kind lit[] = {DD_FAULT_CONTACTOR_WELDED, DD_FAULT_BYPASS,
                                        DD_FAULT_LEAKAGE, DD_FAULT_METER_DRIFT, DD_FAULT_NONE};
    culprit found = suspect_feeder(it, number, UINT32_MAX);
    return found.fault ? found
                       : first_of(it, dd_segment_entity(it->world, it->segment, number), lit);
}

static culprit suspect_lamp(const scene *it, uint16_t lamp) {
    const dd_node *node = &it->segment->nodes[lamp];
    const dd_lamp *place = dd_segment_place(it->domain, it->segment, lamp);
    culprit found = nobody(it);
    if (!(node->state & DD_NODE_SUPPLIED)) {
        found = suspect_supply(it);
        uint8_t feeder = dd_segment_feeder_number(it->segment, place->feeder);
        if (!found.fault && feeder) found = suspect_feeder(it, feeder, place->pole);
    }
    for (int fault = DD_FAULT_LED_OPEN; !found.fault && fault <= DD_FAULT_SHORT_CIRCUIT; fault++)
        if (dd_node_failed(node, (dd_fault_kind)fault))
            found = (culprit){dd_segment_lamp(it->segment, lamp), (dd_fault_kind)fault};
    return found;
}

// --- The controller and the air ---

static culprit suspect_controller(const scene *it) {
    static const dd_fault_kind faults[] = {DD_FAULT_CONTROLLER,
                                           DD_FAULT_HANG,
                                           DD_FAULT_LINE,
                                           DD_FAULT_STORE,
                                           DD_FAULT_CLOCK,
                                           DD_FAULT_PHOTOCELL_DARK,
                                           DD_FAULT_PHOTOCELL_BRIGHT,
                                           DD_FAULT_DOOR_OPEN,
                                           DD_FAULT_NONE};
    uint32_t entity = dd_segment_entity(it->world, it->segment, 0);
    culprit found = first_of(it, entity, faults);
    if (!found.fault && it->segment->line_down) found = (culprit){entity, DD_FAULT_OUTAGE};
    return found;
}

// Only who has an analyser sees what disturbs the air.
static culprit suspect_air(const scene *it, uint32_t station) {
    const dd_neighbourhood *around = dd_neighbourhood_of(it->domain);
    if (!(it->visit->skills & DD_SKILL_TELECOM)) return nobody(it);
    for (uint32_t i = 0; i < around->jammer_n; i++) {
        const dd_jammer *jammer = &around->jammers[i];
        bool on = it->domain->now >= jammer->since && it->domain->now < jammer->until;
        if (on &&
            (jammer->entity == it->visit->entity || jammer->level_cdbm[station] >= JAMMED_CDBM))
            return (culprit){jammer->entity, DD_FAULT_JAMMER};
    }
    return nobody(it);
}

// --- What is at fault where a crew was sent ---

static culprit suspect_segment(const scene *it) {
    culprit found = suspect_supply(it);
    if (!found.fault) found = suspect_controller(it);
    for (uint8_t number = 1; !found.fault && number <= it->segment->feeder_n; number++)
        found = suspect_whole_feeder(it, number);
    return found.fault ? found : suspect_air(it, it->segment->station);
}

// Along a road, as far as it is this segment's.
static culprit suspect_road(const scene *it, uint32_t road) {
    culprit found = nobody(it);
    for (uint16_t lamp = 1; !found.fault && lamp <= it->segment->lamp_n; lamp++)
        if (dd_segment_place(it->domain, it->segment, lamp)->road == road)
            found = suspect_lamp(it, lamp);
    return found.fault ? found : suspect_air(it, it->segment->station);
}

static culprit find_culprit(const scene *it) {
    uint32_t index = dd_world_index(it->world, it->visit->entity);
    uint16_t lamp;
    culprit found;
    switch ((dd_entity_type)it->world->entities.all[it->visit->entity].type) {
    case DD_ENTITY_LAMP:
        lamp = dd_segment_lamp_number(it->segment, index);
        found = suspect_lamp(it, lamp);
        return found.fault ? found : suspect_air(it, it->segment->station + lamp);
    case DD_ENTITY_FEEDER:
        found = suspect_supply(it);
        return found.fault ? found
                           : suspect_whole_feeder(it, dd_segment_feeder_number(it->segment, index));
    case DD_ENTITY_ROAD:
        return suspect_road(it, index);
    default:
        return suspect_segment(it);
    }
}

// --- What the crew holds ---

// Where a fault that something is taken for would be; 0: nowhere here.
static uint32_t place_of(const scene *it, uint32_t at, dd_fault_kind fault) {
    dd_entity_type type = (dd_entity_type)it->world->entities.all[at].type;
    uint8_t feeder = 1;
    if (dd_fault_happens_to(fault, type)) return at;
    if (type == DD_ENTITY_LAMP)
        feeder = dd_segment_feeder_number(
            it->segment, it->world->city->lamps[dd_world_index(it->world, at)].feeder);
    if (dd_fault_happens_to(fault, DD_ENTITY_FEEDER) && feeder <= it->segment->feeder_n)
        return dd_segment_entity(it->world, it->segment, feeder);
    if (dd_fault_happens_to(fault, DD_ENTITY_SEGMENT))
        return dd_segment_entity(it->world, it->segment, 0);
    return 0;
}

static dd_diagnosis diagnose(const scene *it, dd_fault_kind truth) {
    const dd_settings *settings = &it->world->def.settings;
    dd_diagnosis_odds odds = {.wrong = settings->crew_wrong,
                              .gives_up = (uint32_t)settings->crew_gives_up,
                              .spread = settings->crew_spread};
    dd_random4 draw = dd_random(it->world->def.seed, dd_world_stable(it->world, it->visit->entity),
                                DD_DRAW_FINDING, it->visit->looks);
    return dd_diagnose(truth, it->visit->skills, it->visit->looks, &odds, draw);
}

static void tell_truth(const scene *it, culprit truth, bool mended) {
    uint32_t crew = dd_world_entity(it->world, DD_ENTITY_CREW, it->visit->crew);
    dd_record_make(it->domain, DD_REC_CREW_WORK, truth.at, it->visit->record, crew, truth.fault,
                   mended, 0);
}

// Water that has come by itself, and not as a fault that was made, goes by itself.
static bool is_under_water(const scene *it, dd_fault_kind fault) {
    uint32_t entity = dd_segment_entity(it->world, it->segment, 0);
    return fault == DD_FAULT_FLOODED && !dd_segment_failed(it->world, it->segment, entity, fault);
}

// What the truth is taken for: right, or something that would be elsewhere, or nothing.
static culprit take_for(const scene *it, culprit truth, dd_fault_kind fault) {
    if (fault == truth.fault) return truth;
    uint32_t at = fault ? place_of(it, truth.at, fault) : 0;
    return at ? (culprit){at, fault} : nobody(it);
}

static dd_finding look(const scene *it) {
    culprit truth = find_culprit(it);
    dd_diagnosis diagnosis = diagnose(it, truth.fault);
    culprit belief = take_for(it, truth, diagnosis.fault);
    tell_truth(it, truth, false);
    return (dd_finding){.at = belief.at,
                        .fault = (uint16_t)belief.fault,
                        .took_s = diagnosis.took_s,
                        .result =
                            is_under_water(it, belief.fault) ? DD_VISIT_UNSAFE : DD_VISIT_OPEN};
}

// Whether a culprit is a fault that a crew could mend: nature's outages and water are none.
static bool stands(const scene *it, culprit truth) {
    return dd_remedy_known(truth.fault) &&
           dd_segment_failed(it->world, it->segment, truth.at, truth.fault);
}

// The work is done on what the crew takes for the fault, which mends whatever of it there is: who
// closes a breaker on a short circuit sees it open again.
static dd_finding mend(const scene *it) {
    const dd_visit *visit = it->visit;
    dd_fault_kind fault = (dd_fault_kind)visit->fault;
    culprit truth = find_culprit(it);
    bool stood = stands(it, truth);
    dd_segment_fault(it->domain, it->segment, visit->at, fault, false, visit->record);
    tell_truth(it, truth, stood && !stands(it, truth));
    return (dd_finding){.at = visit->at, .fault = visit->fault};
}

void dd_visit_handle(dd_domain *domain, const dd_event *event) {
    const dd_visit *visit = dd_parcel(domain, event);
    scene it = {.domain = domain,
                .world = dd_world_of(domain),
                .segment = dd_segment_of(domain, event->target),
                .visit = visit};
    dd_finding finding = visit->step == DD_VISIT_LOOK ? look(&it) : mend(&it);
    finding.record = visit->record;
    finding.entity = visit->entity;
    finding.ticket = visit->ticket;
    finding.crew = visit->crew;
    finding.step = visit->step;
    dd_post(domain, DD_HUB_DOMAIN, domain->now + domain->floor, DD_KIND_FOUND, it.segment->segment,
            0, 0, &finding, sizeof finding);
}
