#include "models/centre/finding.h"
#include "models/centre/centre.h"
#include "models/centre/correlation.h"
#include "models/centre/root_cause.h"
#include "models/world.h"

#define NIGHT (16 * DD_HOUR) // from what was seen till the office has read it (estimate)

// --- Citizens ---

static bool bears_out(const dd_belief *belief, dd_complaint complaint) {
    if (complaint == DD_COMPLAINT_BURNING) return belief->light == DD_BELIEVED_BURNING;
    return belief->light == DD_BELIEVED_DARK || belief->light == DD_BELIEVED_UNKNOWN;
}

// The incident by which the centre knew already that a lamp is not as it should be.
static uint32_t incident_of_lamp(const dd_centre *centre, uint32_t lamp, dd_complaint complaint) {
    const dd_belief *belief = &centre->beliefs[lamp];
    const dd_incident *incident = dd_incident_find(centre, belief->incident);
    bool live = incident && incident->state != DD_INCIDENT_CLOSED;
    return live && bears_out(belief, complaint) ? incident->number : 0;
}

// People name a road more surely than a lamp of it.
static uint32_t incident_of_road(const dd_domain *hub, const dd_centre *centre, uint32_t road,
                                 dd_complaint complaint) {
    const dd_city *city = dd_world_of(hub)->city;
    for (uint32_t lamp = 1; lamp < city->lamp_n; lamp++) {
        if (city->lamps[lamp].road != road) continue;
        uint32_t number = incident_of_lamp(centre, lamp, complaint);
        if (number) return number;
    }
    return 0;
}

// Whether an incident takes the light of a lamp, by night at least.
static bool reaches(const dd_world *world, const dd_incident *incident, uint32_t lamp) {
    const dd_lamp *place = &world->city->lamps[lamp];
    uint32_t index = dd_world_index(world, incident->entity);
    switch (world->entities.all[incident->entity].type) {
    case DD_ENTITY_LAMP:
        return incident->cause != DD_CAUSE_CABLE
                   ? index == lamp
                   : world->city->lamps[index].feeder == place->feeder &&
                         world->city->lamps[index].pole <= place->pole;
    case DD_ENTITY_FEEDER:
        return index == place->feeder;
    case DD_ENTITY_SEGMENT:
        return index == place->segment;
    case DD_ENTITY_WARD:
        return index == place->ward;
    default:
        return false;
    }
}

static bool takes_light(const dd_domain *hub, const dd_incident *incident) {
    bool dark = incident->cause == DD_CAUSE_FEEDER || incident->cause == DD_CAUSE_SUPPLY ||
                incident->cause == DD_CAUSE_CABLE || incident->cause == DD_CAUSE_FLOOD ||
                incident->cause == DD_CAUSE_LAMP;
    return dark && (incident->over_at == DD_NEVER || incident->over_at + NIGHT > hub->now);
}

// The office reads in the morning what people saw at night: what takes the light then, or did until
// lately, explains it as well. The latest first.
static uint32_t incident_of_night(const dd_domain *hub, const dd_centre *centre, uint32_t road,
                                  uint32_t named) {
    const dd_world *world = dd_world_of(hub);
    for (uint32_t n = centre->incidents.n; n > 0; n--) {
        const dd_incident *incident = dd_incident_find(centre, n);
        if (!takes_light(hub, incident)) continue;
        for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
            if ((named ? lamp == named : world->city->lamps[lamp].road == road) &&
                reaches(world, incident, lamp))
                return n;
    }
    return 0;
}

// One that is handed over again stays where it was, or where an operator has put it.
static uint32_t incident_before(dd_centre *centre, uint32_t report) {
    uint32_t number = dd_incident_of_report(centre, report);
    return dd_incident_live(centre, number) ? number : 0;
}

static uint32_t incident_about(const dd_centre *centre, uint32_t entity) {
    for (uint32_t n = dd_incident_after(centre, 0); n; n = dd_incident_after(centre, n))
        if (dd_incident_find(centre, n)->entity == entity) return n;
    return 0;
}

// The segment of most of a road's lamps would be as good: one that looks after it is enough.
static uint32_t segment_of_road(const dd_domain *hub, uint32_t road) {
    const dd_city *city = dd_world_of(hub)->city;
    for (uint32_t lamp = 1; lamp < city->lamp_n; lamp++)
        if (city->lamps[lamp].road == road) return city->lamps[lamp].segment;
    return 0;
}

uint32_t dd_centre_report(dd_domain *hub, dd_centre *centre, uint32_t number, uint32_t road,
                          uint32_t lamp, dd_complaint complaint) {
    const dd_world *world = dd_world_of(hub);
    uint32_t entity = lamp ? dd_world_entity(world, DD_ENTITY_LAMP, lamp)
                           : dd_world_entity(world, DD_ENTITY_ROAD, road);
    uint32_t segment = lamp ? world->city->lamps[lamp].segment : segment_of_road(hub, road);
    uint32_t incident = incident_before(centre, number);
    if (!incident && lamp) incident = incident_of_lamp(centre, lamp, complaint);
    if (!incident) incident = incident_of_road(hub, centre, road, complaint);
    if (!incident && complaint == DD_COMPLAINT_DARK)
        incident = incident_of_night(hub, centre, road, lamp);
    if (!incident) incident = incident_about(centre, entity);
    if (!incident)
        incident = dd_incident_suspect(hub, centre,
                                       &(dd_suspicion){.entity = entity,
                                                       .segment = segment,
                                                       .signs = DD_SIGN_REPORT,
                                                       .cause = DD_CAUSE_UNKNOWN},
                                       0);
    dd_incident_add_report(hub, centre, incident,
                           &(dd_incident_report){.heard_at = hub->now,
                                                 .number = number,
                                                 .lamp = lamp,
                                                 .road = road,
                                                 .complaint = (uint8_t)complaint});
    if (segment)
        dd_incident_plan(hub, centre, segment,
                         hub->now + dd_seconds(dd_settings_of(hub)->centre_poll_s) + DD_MINUTE);
    return incident;
}

// --- Crews ---

static dd_cause cause_of(dd_fault_kind fault) {
    if (fault >= DD_FAULT_BREAKER && fault <= DD_FAULT_METER_DRIFT) return DD_CAUSE_FEEDER;
    switch (fault) {
    case DD_FAULT_NONE:
        return DD_CAUSE_NOTHING;
    case DD_FAULT_CABLE_CUT:
    case DD_FAULT_SHORT_CIRCUIT:
        return DD_CAUSE_CABLE;
    case DD_FAULT_BLACKOUT:
    case DD_FAULT_BROWNOUT:
        return DD_CAUSE_SUPPLY;
    case DD_FAULT_LINE:
        return DD_CAUSE_LINE;
    case DD_FAULT_OUTAGE:
        return DD_CAUSE_OPERATOR;
    case DD_FAULT_CONTROLLER:
    case DD_FAULT_HANG:
    case DD_FAULT_STORE:
    case DD_FAULT_CLOCK:
        return DD_CAUSE_CONTROLLER;
    case DD_FAULT_FLOODED:
        return DD_CAUSE_FLOOD;
    case DD_FAULT_DOOR_OPEN:
        return DD_CAUSE_THEFT;
    case DD_FAULT_JAMMER:
        return DD_CAUSE_MESH;
    default:
        return DD_CAUSE_LAMP;
    }
}

// What is gone, as long as no alarm stands against it.
static void end_if_quiet(dd_domain *hub, dd_centre *centre, uint32_t number) {
    const dd_incident *incident = dd_incident_find(centre, number);
    if (!incident->standing_n) dd_incident_over(hub, centre, number, true);
}

void dd_centre_finding(dd_domain *hub, dd_centre *centre, const dd_crew_word *word) {
    uint32_t number = dd_incident_live(centre, word->incident)
                          ? word->incident
                          : incident_about(centre, word->entity);
    const dd_incident *incident = dd_incident_find(centre, number);
    bool nothing = word->fault == DD_FAULT_NONE;
    if (!incident && nothing) return;
    if (!incident) {
        number =
            dd_incident_suspect(hub, centre,
                                &(dd_suspicion){.entity = word->entity,
                                                .segment = dd_register_segment(hub, word->entity),
                                                .signs = DD_SIGN_FINDING,
                                                .cause = (uint8_t)cause_of(word->fault)},
                                0);
        incident = dd_incident_find(centre, number);
    }
    // An alarm that stands says more than somebody who has found nothing.
    if (!nothing || !incident->standing_n)
        dd_incident_settle(hub, centre, number, cause_of(word->fault),
                           nothing ? incident->entity : word->entity, DD_SIGN_FINDING);
    if (nothing || word->mended) end_if_quiet(hub, centre, number);
}
