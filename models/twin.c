#include "models/twin.h"
#include "models/account/account.h"
#include "models/controller/house.h"
#include "models/exposure/exposure.h"
#include "models/exposure/lightning.h"
#include "models/hazard.h"
#include "models/hub.h"
#include "models/light/lifetime.h"
#include "models/mesh/mesh.h"
#include "models/mesh/survey/survey.h"
#include "models/neighbourhood.h"
#include "models/power/cabinet.h"
#include "models/score/score.h"
#include "models/segment.h"
#include "models/sky/sky.h"

#include <stdlib.h>
#include <string.h>

static dd_event_kind all_kinds[DD_KINDS];

__attribute__((constructor)) static void join_kinds(void) {
    memcpy(all_kinds, dd_segment_kinds, sizeof dd_segment_kinds);
    memcpy(all_kinds + DD_SEGMENT_KINDS, dd_hub_kinds, sizeof dd_hub_kinds);
}

// The least of a domain's lines.
static void set_floors(dd_world *world) {
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        uint32_t domain = dd_world_domain(world, i);
        dd_time floor = world->profiles[world->segment_profile[i]].def.floor;
        bool first = world->station[i] == 1;
        if (first || floor < world->engine->domains[domain].floor)
            dd_engine_floor(world->engine, domain, floor);
    }
}

static bool open_engine(dd_world *world, dd_error *error) {
    const dd_city *city = world->city;
    enum { HUB_BASE = 64 << 20, HUB_PER_LAMP = 4096, SEGMENT_RESERVE = 16 << 20 };
    dd_engine_def def = {.event_kinds = all_kinds,
                         .event_kind_n = DD_KINDS,
                         .schema = &dd_schema,
                         .calendar = &world->def.calendar,
                         .entities = &world->entities,
                         .seed = world->def.seed,
                         .thread_n = world->def.thread_n,
                         .segment_n = city->segment_n - 1,
                         .segment_domain_n = world->neighbourhood_n,
                         .segment_domain = world->domain,
                         .hub_reserve = HUB_BASE + (size_t)city->lamp_n * HUB_PER_LAMP,
                         .segment_reserve = SEGMENT_RESERVE,
                         .world = world};
    world->engine = dd_engine_open(&def, error);
    if (!world->engine) return false;
    set_floors(world);
    return true;
}

static bool build_neighbourhoods(dd_world *world, dd_error *error) {
    dd_neighbourhoods_make(world);
    dd_sky_make(world, &world->engine->domains[DD_HUB_DOMAIN]);
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < world->engine->domain_n; i++) {
        dd_domain *domain = &world->engine->domains[i];
        dd_sky_make(world, domain);
        dd_lightning_survey(domain);
        if (!dd_mesh_make(domain, error)) return false;
    }
    return true;
}

dd_world *dd_twin_open(const dd_world_def *def, dd_error *error) {
    dd_world *world = dd_world_make(def, error);
    if (!world || (dd_survey_make(world, error) && open_engine(world, error) &&
                   build_neighbourhoods(world, error) && dd_lifetime_make(world, error) &&
                   dd_score_open(world, error)))
        return world;
    dd_twin_close(world);
    return NULL;
}

static void start_segments(dd_domain *domain) {
    dd_neighbourhood *it = dd_neighbourhood_of(domain);
    dd_exposure_start(domain);
    for (uint32_t i = 0; i < it->segment_n; i++)
        dd_segment_start(domain, &it->segments[i]);
    dd_mesh_settle(domain);
}

// Where all have much to tell it is told bit by bit: a large city's records would take as much
// memory as its lamps.
void dd_twin_start(dd_world *world) {
    dd_engine *engine = world->engine;
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++) {
        start_segments(&engine->domains[i]);
        dd_stream_flush(&engine->stream);
    }
    dd_hub_start(&engine->domains[DD_HUB_DOMAIN]);
    dd_engine_started(engine);
}

void dd_twin_settle(dd_world *world) {
    dd_stream *stream = &world->engine->stream;
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < world->engine->domain_n; i++) {
        world->engine->domains[i].now = world->engine->now;
        dd_mesh_count(&world->engine->domains[i]);
        dd_stream_flush(stream);
    }
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        dd_domain *domain = &world->engine->domains[dd_world_domain(world, i)];
        dd_cabinet_meter(domain, dd_segment_at(world, i));
        dd_house_traffic(domain, dd_segment_at(world, i));
    }
    dd_account_tell(world);
}

void dd_twin_close(dd_world *world) {
    if (!world) return;
    dd_engine_close(world->engine);
    dd_survey_unmake(world);
    dd_hazards_fini(world);
    dd_batches_fini(world);
    dd_score_close(world);
    dd_world_unmake(world);
}
