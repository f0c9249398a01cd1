#include "models/crew/callout.h"
#include "engine/random.h"
#include "models/crew/diagnosis.h"
#include "models/kind.h"

#include <math.h>

enum { WORKS_MAX = 3 }; // then a crew gives up, for this time

static dd_ticket *ticket_of(dd_crews *crews, const dd_crew *crew) {
    return dd_pool_at(&crews->tickets, crew->ticket);
}

// --- Where things are ---

static dd_xy xy(dd_point point) {
    return (dd_xy){point.x, point.y};
}

// Where the work of a ticket is, metres from the city's origin.
static dd_xy goal_of(const dd_domain *hub, const dd_ticket *ticket) {
    const dd_world *world = dd_world_of(hub);
    const dd_city *city = world->city;
    uint32_t index = dd_world_index(world, ticket->entity);
    switch ((dd_entity_type)world->entities.all[ticket->entity].type) {
    case DD_ENTITY_LAMP:
        return xy(city->lamps[index].place);
    case DD_ENTITY_FEEDER:
        return xy(city->cabinets[city->feeders[index].cabinet].place);
    case DD_ENTITY_ROAD:
        return xy(city->lamps[dd_city_middle_lamp(city, index)].place);
    case DD_ENTITY_CABINET:
        return xy(city->cabinets[index].place);
    default:
        return xy(city->cabinets[city->segments[index].cabinet].place);
    }
}

static bool is_driving(const dd_crew *crew) {
    return crew->state == DD_CREW_DRIVING || crew->state == DD_CREW_RETURNING;
}

// Where a crew is: a vertex, and what it takes to be there from where it stands or turns round.
typedef struct place {
    uint32_t vertex, off_ms;
} place;

// How much of its drive a crew has behind it. It may not have left the depot yet.
static double part_driven(const dd_domain *hub, const dd_crew *crew) {
    if (hub->now <= crew->since) return 0;
    if (hub->now >= crew->due) return 1;
    return (double)(hub->now - crew->since) / (double)(crew->due - crew->since);
}

// Streets may have become slower since it set out: it has come as far as the time that has passed
// is of the time that the way was to take.
static place place_of(const dd_domain *hub, dd_crews *crews, const dd_crew *crew) {
    place it = {crew->from, is_driving(crew) ? 0 : crew->off_ms};
    if (!crew->from)
        it.vertex = dd_streets_vertex(hub, &crews->streets, crews->depot.place, &it.off_ms);
    if (!is_driving(crew) || part_driven(hub, crew) == 0) return it;
    uint32_t ms = dd_streets_trip_ms(hub, &crews->streets, crew->from, crew->to);
    it.vertex = dd_drive_reached(&crews->streets.drive, crew->to,
                                 (uint32_t)(ms * part_driven(hub, crew)), &it.off_ms);
    return it;
}

static uint32_t set_out_ms(const dd_domain *hub, const dd_crew *crew) {
    const dd_settings *settings = dd_settings_of(hub);
    if (crew->state != DD_CREW_READY) return 0;
    double minutes = crew->night ? settings->crew_standby_min : settings->crew_set_out_min;
    return (uint32_t)lrint(minutes * 60e3);
}

uint32_t dd_callout_ms(const dd_domain *hub, dd_crews *crews, const dd_crew *crew,
                       const dd_ticket *ticket) {
    uint32_t off_ms;
    uint32_t to = dd_streets_vertex(hub, &crews->streets, goal_of(hub, ticket), &off_ms);
    place from = place_of(hub, crews, crew);
    return set_out_ms(hub, crew) + from.off_ms + off_ms +
           dd_streets_trip_ms(hub, &crews->streets, from.vertex, to);
}

// --- Driving ---

// `where` is an entity or 0, the depot; the step that ends it is planned by who calls.
static void turn_to(dd_domain *hub, dd_crew *crew, dd_crew_state state, uint32_t where,
                    uint64_t cause, dd_time due) {
    crew->state = (uint8_t)state;
    crew->since = hub->now;
    crew->due = due;
    crew->generation++;
    dd_record_make(hub, DD_REC_CREW, crew->entity, cause, state, where, due, 0);
}

static void plan_step(dd_domain *hub, const dd_crew *crew, const dd_ticket *ticket) {
    dd_schedule(hub, crew->due, DD_KIND_CREW, ticket->segment, crew->number, crew->generation, 0);
}

// It has arrived, or goes somewhere else from where it is.
static void end_drive(const dd_domain *hub, dd_crews *crews, const dd_crew *crew) {
    double part = part_driven(hub, crew);
    if (!is_driving(crew)) return;
    crews->counts.driven += (dd_time)(part * (double)(crew->due - crew->since));
    crews->counts.metres += (uint64_t)(part * crew->way_m);
}

// Looks for the way to a place and returns what it takes.
static dd_time drive_to(dd_domain *hub, dd_crews *crews, dd_crew *crew, dd_xy goal) {
    place from = place_of(hub, crews, crew);
    end_drive(hub, crews, crew);
    crew->from = from.vertex;
    crew->to = dd_streets_vertex(hub, &crews->streets, goal, &crew->off_ms);
    uint32_t ms = dd_streets_trip_ms(hub, &crews->streets, crew->from, crew->to);
    crew->way_m = dd_drive_metres(&crews->streets.drive, &crews->streets.graph, crew->to);
    return (from.off_ms + ms + crew->off_ms) * DD_MILLISECOND;
}

void dd_callout_begin(dd_domain *hub, dd_crews *crews, dd_crew *crew, dd_ticket *ticket) {
    dd_time wait = set_out_ms(hub, crew) * DD_MILLISECOND;
    dd_time drive = drive_to(hub, crews, crew, goal_of(hub, ticket));
    crew->ticket = ticket->number;
    ticket->crew = crew->number;
    ticket->record = dd_record_make(hub, DD_REC_DISPATCH, ticket->entity, ticket->cause,
                                    crew->entity, ticket->incident, true, 0);
    turn_to(hub, crew, DD_CREW_DRIVING, ticket->entity, ticket->record, hub->now + wait + drive);
    crew->since += wait;
    plan_step(hub, crew, ticket);
}

static void go_home(dd_domain *hub, dd_crews *crews, dd_crew *crew, uint64_t cause) {
    dd_time drive = drive_to(hub, crews, crew, crews->depot.place);
    crew->ticket = 0;
    turn_to(hub, crew, DD_CREW_RETURNING, 0, cause, hub->now + drive);
    dd_schedule(hub, crew->due, DD_KIND_DEPOT, crew->number, 0, crew->generation, 0);
}

void dd_callout_home(dd_domain *hub, dd_crews *crews, uint32_t number, uint32_t generation) {
    dd_crew *crew = &crews->all[number];
    if (crew->generation != generation) return;
    end_drive(hub, crews, crew);
    crew->from = crew->to;
    dd_depot_load(&crews->depot, crew->kit);
    turn_to(hub, crew, dd_crew_on_shift(hub, crew) ? DD_CREW_READY : DD_CREW_OFF, 0, 0, DD_NEVER);
}

static void end_ticket(dd_domain *hub, dd_crews *crews, dd_ticket *ticket, dd_visit_result result) {
    ticket->ended = hub->now;
    ticket->result = (uint8_t)result;
    crews->open_n--;
    crews->counts.ended++;
    crews->counts.by_result[result]++;
}

void dd_callout_break_off(dd_domain *hub, dd_crews *crews, dd_crew *crew, dd_visit_result result,
                          uint64_t cause) {
    dd_ticket *ticket = ticket_of(crews, crew);
    uint64_t record =
        dd_record_make(hub, DD_REC_DISPATCH, ticket->entity, cause ? cause : ticket->record,
                       crew->entity, ticket->incident, false, 0);
    if (result == DD_VISIT_OPEN) {
        ticket->crew = 0;
        ticket->arrived = DD_NEVER;
        ticket->result = DD_VISIT_OPEN;
    } else {
        end_ticket(hub, crews, ticket, result);
    }
    go_home(hub, crews, crew, record);
}

// --- At the place ---

// Looks that were ever taken for an entity: who comes again knows where not to look, and no other
// place has a say in what is drawn for this one.
static uint32_t looks_at(const dd_crews *crews, uint32_t entity) {
    uint32_t looks = 0;
    for (uint32_t i = 1; i <= crews->ticket_n; i++) {
        const dd_ticket *ticket = dd_ticket_at(crews, i);
        if (ticket->entity == entity) looks += ticket->looks;
    }
    return looks;
}

static void visit(dd_domain *hub, dd_crews *crews, const dd_crew *crew, dd_visit_step step) {
    const dd_world *world = dd_world_of(hub);
    const dd_ticket *ticket = ticket_of(crews, crew);
    dd_visit it = {.record = ticket->record,
                   .entity = ticket->entity,
                   .at = ticket->at,
                   .ticket = ticket->number,
                   .looks = looks_at(crews, ticket->entity),
                   .fault = ticket->fault,
                   .crew = crew->number,
                   .skills = crew->skills,
                   .step = (uint8_t)step};
    dd_post(hub, dd_world_domain(world, ticket->segment), hub->now + DD_SECOND, DD_KIND_VISIT,
            world->station[ticket->segment], 0, 0, &it, sizeof it);
}

static void look(dd_domain *hub, dd_crews *crews, dd_crew *crew) {
    dd_ticket *ticket = ticket_of(crews, crew);
    turn_to(hub, crew, DD_CREW_LOOKING, ticket->entity, ticket->record, DD_NEVER);
    visit(hub, crews, crew, DD_VISIT_LOOK);
    ticket->looks++;
}

// What the crew has done and found; it says so and leaves.
static void leave(dd_domain *hub, dd_crews *crews, dd_centre *centre, dd_crew *crew,
                  dd_visit_result result) {
    dd_ticket *ticket = ticket_of(crews, crew);
    uint64_t record =
        dd_record_make(hub, DD_REC_FINDING, ticket->at ? ticket->at : ticket->entity,
                       ticket->record, crew->entity, ticket->incident, ticket->fault, result);
    dd_centre_finding(hub, centre,
                      &(dd_crew_word){.record = record,
                                      .incident = ticket->incident,
                                      .entity = ticket->at ? ticket->at : ticket->entity,
                                      .fault = (dd_fault_kind)ticket->fault,
                                      .mended = result == DD_VISIT_MENDED});
    end_ticket(hub, crews, ticket, result);
    go_home(hub, crews, crew, record);
}

static void work(dd_domain *hub, dd_crews *crews, dd_crew *crew, const dd_remedy *remedy) {
    const dd_world *world = dd_world_of(hub);
    dd_ticket *ticket = ticket_of(crews, crew);
    dd_random4 draw = dd_random(world->def.seed, dd_world_stable(world, ticket->entity),
                                DD_DRAW_CREW, looks_at(crews, ticket->entity));
    uint32_t lasts_s =
        dd_work_time_s(remedy->repair_min, world->def.settings.crew_spread, draw.v[0]);
    if (remedy->spare) crew->kit[remedy->spare]--;
    turn_to(hub, crew, DD_CREW_WORKING, ticket->at, ticket->record, hub->now + lasts_s * DD_SECOND);
    crews->counts.busy += lasts_s * DD_SECOND;
    plan_step(hub, crew, ticket);
}

// A look is over: what it has shown is mended if the crew can.
static void decide(dd_domain *hub, dd_crews *crews, dd_centre *centre, dd_crew *crew) {
    dd_ticket *ticket = ticket_of(crews, crew);
    dd_fault_kind fault = (dd_fault_kind)ticket->found;
    const dd_remedy *remedy = &dd_remedies[fault];
    dd_visit_result result = (dd_visit_result)ticket->result;
    if (fault == DD_FAULT_NONE)
        result = ticket->works ? DD_VISIT_MENDED : DD_VISIT_NOT_FOUND;
    else if (result == DD_VISIT_OPEN && !dd_remedy_known(fault))
        result = DD_VISIT_NOT_OURS;
    else if (result == DD_VISIT_OPEN && (remedy->skills & ~crew->skills))
        result = DD_VISIT_NO_SKILL;
    else if (result == DD_VISIT_OPEN && remedy->spare && !crew->kit[remedy->spare])
        result = DD_VISIT_NO_SPARE;
    else if (result == DD_VISIT_OPEN && ticket->works >= WORKS_MAX)
        result = DD_VISIT_NOT_FOUND;
    if (result == DD_VISIT_OPEN)
        work(hub, crews, crew, remedy);
    else
        leave(hub, crews, centre, crew, result);
}

void dd_callout_step(dd_domain *hub, dd_crews *crews, dd_centre *centre, uint32_t number,
                     uint32_t generation) {
    dd_crew *crew = &crews->all[number];
    if (crew->generation != generation) return;
    dd_ticket *ticket = ticket_of(crews, crew);
    switch ((dd_crew_state)crew->state) {
    case DD_CREW_DRIVING:
        end_drive(hub, crews, crew);
        crew->from = crew->to;
        ticket->arrived = hub->now;
        crews->counts.visits++;
        crews->counts.waited += hub->now - ticket->asked;
        look(hub, crews, crew);
        break;
    case DD_CREW_LOOKING:
        decide(hub, crews, centre, crew);
        break;
    default:
        crew->due = DD_NEVER;
        visit(hub, crews, crew, DD_VISIT_MEND);
    }
}

static bool tests_its_work(const dd_domain *hub, const dd_crews *crews, const dd_ticket *ticket) {
    const dd_world *world = dd_world_of(hub);
    dd_random4 draw = dd_random(world->def.seed, dd_world_stable(world, ticket->entity),
                                DD_DRAW_CREW, looks_at(crews, ticket->entity));
    return dd_chance_ppm(draw.v[1], (uint32_t)(world->def.settings.crew_tests * 1e4));
}

void dd_callout_found(dd_domain *hub, dd_crews *crews, dd_centre *centre,
                      const dd_finding *finding) {
    dd_crew *crew = &crews->all[finding->crew];
    bool at_it =
        crew->ticket == finding->ticket && crew->due == DD_NEVER &&
        crew->state == (finding->step == DD_VISIT_LOOK ? DD_CREW_LOOKING : DD_CREW_WORKING);
    if (!at_it) return; // it has been called away
    dd_ticket *ticket = ticket_of(crews, crew);
    if (finding->step == DD_VISIT_MEND) {
        ticket->works++;
        crews->counts.works++;
        if (tests_its_work(hub, crews, ticket))
            look(hub, crews, crew);
        else
            leave(hub, crews, centre, crew, DD_VISIT_MENDED);
        return;
    }
    ticket->found = finding->fault;
    ticket->result = finding->result;
    if (finding->fault || !ticket->works) {
        ticket->fault = finding->fault;
        ticket->at = finding->at;
    }
    crew->due = hub->now + finding->took_s * DD_SECOND;
    crews->counts.busy += finding->took_s * DD_SECOND;
    plan_step(hub, crew, ticket);
}
