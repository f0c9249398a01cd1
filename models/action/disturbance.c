#include "models/action/disturbance.h"
#include "models/mesh/survey/survey.h"
#include "models/neighbourhood.h"

// What was on the air with a frame still counts when the frame is judged: far less than a second.
#define FRAME_MOST DD_SECOND

bool dd_disturbance_fits(const dd_world *world, uint32_t entity, dd_error *error) {
    const dd_entity *what = &world->entities.all[entity];
    return what->type != DD_ENTITY_ROAD ||
           world->city->roads[dd_world_index(world, entity)].lamp_count ||
           dd_fail(error, DD_WRONG, "%s has no lamps: no mesh to jam", what->name);
}

// --- Jammers: every domain has the same ones in the same order ---

static const dd_neighbourhood *any_of(const dd_world *world) {
    return dd_neighbourhood_of(&world->engine->domains[DD_FIRST_SEGMENT_DOMAIN]);
}

static bool is_over(const dd_jammer *jammer, dd_time now) {
    return jammer->until != DD_NEVER && jammer->until + FRAME_MOST <= now;
}

// Before the start nobody is there.
static uint32_t busy_places(const dd_world *world) {
    const dd_neighbourhood *it = any_of(world);
    uint32_t n = 0;
    for (uint32_t i = 0; it && i < it->jammer_n; i++)
        n += !is_over(&it->jammers[i], world->engine->now);
    return n;
}

bool dd_disturbance_check(const dd_world *world, const dd_jammer_def *def, uint32_t n,
                          dd_error *error) {
    if (busy_places(world) + n > DD_JAMMERS_MAX)
        return dd_fail(error, DD_WRONG,
                       "%u more jammers; there can be %d at once: repair some, or choose fewer", n,
                       DD_JAMMERS_MAX);
    return dd_jammer_check(world, def, error);
}

static const dd_station_place *place_of(const dd_world *world, uint32_t entity) {
    const dd_survey *survey = world->survey;
    uint32_t index = dd_world_index(world, entity);
    dd_entity_type type = (dd_entity_type)world->entities.all[entity].type;
    if (type == DD_ENTITY_SEGMENT) return &survey->places.all[dd_survey_place(survey, index, 0)];
    uint32_t lamp = type == DD_ENTITY_ROAD ? dd_city_middle_lamp(world->city, index) : index;
    uint32_t segment = world->city->lamps[lamp].segment;
    uint32_t number = lamp - world->city->segments[segment].first_lamp + 1;
    return &survey->places.all[dd_survey_place(survey, segment, number)];
}

static dd_jammer *free_jammer(dd_domain *domain) {
    dd_neighbourhood *it = dd_neighbourhood_of(domain);
    if (!it->jammers)
        it->jammers = dd_arena_take(&domain->arena, DD_JAMMERS_MAX * sizeof *it->jammers);
    for (uint32_t i = 0; i < it->jammer_n; i++)
        if (is_over(&it->jammers[i], domain->engine->now)) return &it->jammers[i];
    return &it->jammers[it->jammer_n++];
}

void dd_disturbance_jam(dd_world *world, uint32_t entity, const dd_jammer_def *def) {
    dd_engine *engine = world->engine;
    const dd_station_place *place = place_of(world, entity);
    dd_disturbance_calm(world, entity);
    dd_engine_note(engine, DD_REC_FAULT, entity, 0, DD_FAULT_JAMMER, true, 0, 0);
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++)
        dd_jammer_make(free_jammer(&engine->domains[i]), &engine->domains[i], def, entity, place);
}

static bool stands_at(const dd_jammer *jammer, uint32_t entity) {
    return jammer->entity == entity && jammer->until == DD_NEVER;
}

void dd_disturbance_calm(dd_world *world, uint32_t entity) {
    dd_engine *engine = world->engine;
    if (!dd_disturbance_jammed(world, entity)) return;
    dd_engine_note(engine, DD_REC_FAULT, entity, 0, DD_FAULT_JAMMER, false, 0, 0);
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++) {
        dd_neighbourhood *it = dd_neighbourhood_of(&engine->domains[i]);
        for (uint32_t k = 0; k < it->jammer_n; k++)
            if (stands_at(&it->jammers[k], entity)) it->jammers[k].until = engine->now;
    }
}

bool dd_disturbance_jammed(const dd_world *world, uint32_t entity) {
    const dd_neighbourhood *it = any_of(world);
    for (uint32_t k = 0; k < it->jammer_n; k++)
        if (stands_at(&it->jammers[k], entity)) return true;
    return false;
}
