#include "models/crew/outing.h"
#include "engine/random.h"
#include "models/crew/diagnosis.h"
#include "models/kind.h"

#include <math.h>

enum { WORKS_MAX = 3 }; // then a crew gives up, for this time

static dd_task *task_of(dd_crews *crews, const dd_crew *crew) {
    return dd_pool_at(&crews->tasks, crew->task);
}

// --- Where things are ---

static dd_xy xy(dd_point point) {
    return (dd_xy){point.x, point.y};
}

dd_xy dd_outing_place(const dd_domain *hub, const dd_task *task) {
    const dd_world *world = dd_world_of(hub);
    const dd_city *city = world->city;
    uint32_t index = dd_world_index(world, task->entity);
    switch ((dd_entity_type)world->entities.all[task->entity].type) {
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

uint32_t dd_outing_ms(const dd_domain *hub, dd_crews *crews, const dd_crew *crew,
                      const dd_task *task) {
    uint32_t off_ms;
    uint32_t to = dd_streets_vertex(hub, &crews->streets, dd_outing_place(hub, task), &off_ms);
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

static void plan_step(dd_domain *hub, const dd_crew *crew, const dd_task *task) {
    dd_schedule(hub, crew->due, DD_KIND_CREW, task->segment, crew->number, crew->generation, 0);
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

void dd_outing_begin(dd_domain *hub, dd_crews *crews, dd_crew *crew, dd_task *task) {
    dd_time wait = set_out_ms(hub, crew) * DD_MILLISECOND;
    dd_time drive = drive_to(hub, crews, crew, dd_outing_place(hub, task));
    crew->task = task->number;
    task->crew = crew->number;
    task->record = dd_record_make(hub, DD_REC_DISPATCH, task->entity, task->cause, crew->entity,
                                  task->incident, true, 0);
    turn_to(hub, crew, DD_CREW_DRIVING, task->entity, task->record, hub->now + wait + drive);
    crew->since += wait;
    plan_step(hub, crew, task);
}

static void go_home(dd_domain *hub, dd_crews *crews, dd_crew *crew, uint64_t cause) {
    dd_time drive = drive_to(hub, crews, crew, crews->depot.place);
    crew->task = 0;
    turn_to(hub, crew, DD_CREW_RETURNING, 0, cause, hub->now + drive);
    dd_schedule(hub, crew->due, DD_KIND_DEPOT, crew->number, 0, crew->generation, 0);
}

void dd_outing_home(dd_domain *hub, dd_crews *crews, uint32_t number, uint32_t generation) {
    dd_crew *crew = &crews->all[number];
    if (crew->generation != generation) return;
    end_drive(hub, crews, crew);
    crew->from = crew->to;
    dd_depot_load(&crews->depot, crew->kit);
    turn_to(hub, crew, dd_crew_on_shift(hub, crew) ? DD_CREW_READY : DD_CREW_OFF, 0, 0, DD_NEVER);
}

static void end_task(dd_domain *hub, dd_crews *crews, dd_task *task, dd_visit_result result) {
    task->ended = hub->now;
    task->result = (uint8_t)result;
    crews->open_n--;
    crews->counts.ended++;
    crews->counts.by_result[result]++;
}

void dd_outing_break_off(dd_domain *hub, dd_crews *crews, dd_crew *crew, dd_visit_result result,
                         uint64_t cause) {
    dd_task *task = task_of(crews, crew);
    uint64_t record =
        dd_record_make(hub, DD_REC_DISPATCH, task->entity, cause ? cause : task->record,
                       crew->entity, task->incident, false, 0);
    if (result == DD_VISIT_OPEN) {
        task->crew = 0;
        task->arrived = DD_NEVER;
        task->result = DD_VISIT_OPEN;
    } else {
        end_task(hub, crews, task, result);
    }
    go_home(hub, crews, crew, record);
}

// --- At the place ---

// Looks that were ever taken for an entity: who comes again knows where not to look, and no other
// place has a say in what is drawn for this one.
static uint32_t looks_at(const dd_crews *crews, uint32_t entity) {
    uint32_t looks = 0;
    for (uint32_t i = 1; i <= crews->task_n; i++) {
        const dd_task *task = dd_task_at(crews, i);
        if (task->entity == entity) looks += task->looks;
    }
    return looks;
}

static void visit(dd_domain *hub, dd_crews *crews, const dd_crew *crew, dd_visit_step step) {
    const dd_world *world = dd_world_of(hub);
    const dd_task *task = task_of(crews, crew);
    dd_visit it = {.record = task->record,
                   .entity = task->entity,
                   .at = task->at,
                   .task = task->number,
                   .looks = looks_at(crews, task->entity),
                   .fault = task->fault,
                   .crew = crew->number,
                   .skills = crew->skills,
                   .step = (uint8_t)step};
    dd_post(hub, dd_world_domain(world, task->segment), hub->now + DD_SECOND, DD_KIND_VISIT,
            world->station[task->segment], 0, 0, &it, sizeof it);
}

static void look(dd_domain *hub, dd_crews *crews, dd_crew *crew) {
    dd_task *task = task_of(crews, crew);
    turn_to(hub, crew, DD_CREW_LOOKING, task->entity, task->record, DD_NEVER);
    visit(hub, crews, crew, DD_VISIT_LOOK);
    task->looks++;
}

// What the crew has done and found; it says so and leaves.
static void leave(dd_domain *hub, dd_crews *crews, dd_centre *centre, dd_crew *crew,
                  dd_visit_result result) {
    dd_task *task = task_of(crews, crew);
    uint64_t record =
        dd_record_make(hub, DD_REC_FINDING, task->at ? task->at : task->entity, task->record,
                       crew->entity, task->incident, task->fault, result);
    dd_centre_finding(hub, centre,
                      &(dd_crew_word){.record = record,
                                      .incident = task->incident,
                                      .entity = task->at ? task->at : task->entity,
                                      .fault = (dd_fault_kind)task->fault,
                                      .mended = result == DD_VISIT_MENDED});
    end_task(hub, crews, task, result);
    go_home(hub, crews, crew, record);
}

static void work(dd_domain *hub, dd_crews *crews, dd_crew *crew, const dd_remedy *remedy) {
    const dd_world *world = dd_world_of(hub);
    dd_task *task = task_of(crews, crew);
    dd_random4 draw = dd_random(world->def.seed, dd_world_stable(world, task->entity), DD_DRAW_CREW,
                                looks_at(crews, task->entity));
    uint32_t lasts_s =
        dd_work_time_s(remedy->repair_min, world->def.settings.crew_spread, draw.v[0]);
    if (remedy->spare) crew->kit[remedy->spare]--;
    turn_to(hub, crew, DD_CREW_WORKING, task->at, task->record, hub->now + lasts_s * DD_SECOND);
    crews->counts.busy += lasts_s * DD_SECOND;
    plan_step(hub, crew, task);
}

// A look is over: what it has shown is mended if the crew can.
static void decide(dd_domain *hub, dd_crews *crews, dd_centre *centre, dd_crew *crew) {
    dd_task *task = task_of(crews, crew);
    dd_fault_kind fault = (dd_fault_kind)task->found;
    const dd_remedy *remedy = &dd_remedies[fault];
    dd_visit_result result = (dd_visit_result)task->result;
    if (fault == DD_FAULT_NONE)
        result = task->works ? DD_VISIT_MENDED : DD_VISIT_NOT_FOUND;
    else if (result == DD_VISIT_OPEN && !dd_remedy_known(fault))
        result = DD_VISIT_NOT_OURS;
    else if (result == DD_VISIT_OPEN && (remedy->skills & ~crew->skills))
        result = DD_VISIT_NO_SKILL;
    else if (result == DD_VISIT_OPEN && remedy->spare && !crew->kit[remedy->spare])
        result = DD_VISIT_NO_SPARE;
    else if (result == DD_VISIT_OPEN && task->works >= WORKS_MAX)
        result = DD_VISIT_NOT_FOUND;
    if (result == DD_VISIT_OPEN)
        work(hub, crews, crew, remedy);
    else
        leave(hub, crews, centre, crew, result);
}

void dd_outing_step(dd_domain *hub, dd_crews *crews, dd_centre *centre, uint32_t number,
                    uint32_t generation) {
    dd_crew *crew = &crews->all[number];
    if (crew->generation != generation) return;
    dd_task *task = task_of(crews, crew);
    switch ((dd_crew_state)crew->state) {
    case DD_CREW_DRIVING:
        end_drive(hub, crews, crew);
        crew->from = crew->to;
        task->arrived = hub->now;
        crews->counts.visits++;
        crews->counts.waited += hub->now - task->asked;
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

static bool tests_its_work(const dd_domain *hub, const dd_crews *crews, const dd_task *task) {
    const dd_world *world = dd_world_of(hub);
    dd_random4 draw = dd_random(world->def.seed, dd_world_stable(world, task->entity), DD_DRAW_CREW,
                                looks_at(crews, task->entity));
    return dd_chance_ppm(draw.v[1], (uint32_t)(world->def.settings.crew_tests * 1e4));
}

void dd_outing_found(dd_domain *hub, dd_crews *crews, dd_centre *centre,
                     const dd_finding *finding) {
    dd_crew *crew = &crews->all[finding->crew];
    bool at_it =
        crew->task == finding->task && crew->due == DD_NEVER &&
        crew->state == (finding->step == DD_VISIT_LOOK ? DD_CREW_LOOKING : DD_CREW_WORKING);
    if (!at_it) return; // it has been called away
    dd_task *task = task_of(crews, crew);
    if (finding->step == DD_VISIT_MEND) {
        task->works++;
        crews->counts.works++;
        if (tests_its_work(hub, crews, task))
            look(hub, crews, crew);
        else
            leave(hub, crews, centre, crew, DD_VISIT_MENDED);
        return;
    }
    task->found = finding->fault;
    task->result = finding->result;
    if (finding->fault || !task->works) {
        task->fault = finding->fault;
        task->at = finding->at;
    }
    crew->due = hub->now + finding->took_s * DD_SECOND;
    crews->counts.busy += finding->took_s * DD_SECOND;
    plan_step(hub, crew, task);
}
