#include "models/sky/lightning.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/mesh/survey/survey.h"
#include "models/neighbourhood.h"
#include "models/sky/sky_state.h"
#include "models/sky/surge.h"

#include <math.h>

static dd_sky_state *sky_of(const dd_domain *domain) {
    return dd_neighbourhood_of(domain)->sky;
}

// --- Which squares, which lamps ---

static int32_t line_of(float metres) {
    return (int32_t)floorf(metres / DD_SQUARE_M);
}

static float widest(float a, float b, int side) {
    return side < 0 ? fminf(a, b - DD_STRIKE_REACH_M) : fmaxf(a, b + DD_STRIKE_REACH_M);
}

void dd_lightning_survey(dd_domain *domain) {
    const dd_neighbourhood *it = dd_neighbourhood_of(domain);
    const dd_city *city = dd_world_of(domain)->city;
    float left = INFINITY, right = -INFINITY, bottom = INFINITY, top = -INFINITY;
    for (uint32_t i = 0; i < it->segment_n; i++)
        for (uint16_t lamp = 1; lamp <= it->segments[i].lamp_n; lamp++) {
            const dd_point *place = &city->lamps[dd_segment_lamp(&it->segments[i], lamp)].place;
            left = widest(left, place->x, -1);
            right = widest(right, place->x, 1);
            bottom = widest(bottom, place->y, -1);
            top = widest(top, place->y, 1);
        }
    if (left > right) return; // no lamps, nothing to strike: most lies before least
    it->sky->least = (dd_square){line_of(left), line_of(bottom)};
    it->sky->most = (dd_square){line_of(right), line_of(top)};
}

// The lamps within reach of a place: the nearest of all, and whether any is the domain's own.
typedef struct roofs {
    const dd_world *world;
    uint32_t domain;
    uint32_t lamp; // the nearest; 0: none within reach
    float metres;
    bool own;
} roofs;

static void meet(void *context, uint32_t station, float metres) {
    roofs *it = context;
    const dd_survey *survey = it->world->survey;
    uint32_t segment = survey->places.all[station].segment;
    uint32_t number = station - survey->places.first[segment];
    if (!number) return; // a controller
    uint32_t lamp = it->world->city->segments[segment].first_lamp + number - 1;
    it->own |= dd_world_domain(it->world, segment) == it->domain;
    if (it->lamp && (metres > it->metres || (metres == it->metres && lamp > it->lamp))) return;
    it->lamp = lamp;
    it->metres = metres;
}

static roofs roofs_below(const dd_domain *domain, float x, float y) {
    roofs it = {.world = dd_world_of(domain), .domain = domain->index};
    dd_places_near(&it.world->survey->places, x, y, DD_STRIKE_REACH_M, meet, &it);
    return it;
}

// --- Nature's and a storm's ---

static uint32_t columns_of(const dd_sky_state *sky) {
    return (uint32_t)(sky->most.column - sky->least.column + 1);
}

static dd_square square_at(const dd_sky_state *sky, uint32_t index) {
    uint32_t columns = columns_of(sky);
    return (dd_square){sky->least.column + (int32_t)(index % columns),
                       sky->least.row + (int32_t)(index / columns)};
}

static float metres_at(int32_t line, uint32_t dm) {
    return (float)(line * (double)DD_SQUARE_M + dm / 10.0);
}

// One source of lightning (0: nature) over one square in one slot.
typedef struct clouds {
    uint32_t storm, square, per_million_km2;
    int64_t slot;
    dd_time from, until;
} clouds;

static void plan_square(dd_domain *domain, const clouds *above) {
    const dd_world *world = dd_world_of(domain);
    dd_square square = square_at(sky_of(domain), above->square);
    dd_flashes walk =
        dd_flashes_of(world->def.seed, above->storm, square, above->slot, above->per_million_km2);
    for (dd_flash flash; dd_flashes_next(&walk, &flash);) {
        dd_time t = dd_sky_time(world, 0) + flash.local_ms * DD_MILLISECOND;
        if (t < above->from || t >= above->until) continue;
        roofs below = roofs_below(domain, metres_at(square.column, flash.x_dm),
                                  metres_at(square.row, flash.y_dm));
        if (below.own)
            dd_schedule(domain, t, DD_KIND_STRIKE, 1, (uint16_t)above->square,
                        (uint32_t)flash.x_dm << 16 | flash.y_dm, flash.current_a);
    }
}

static void plan_source(dd_domain *domain, uint32_t storm, uint32_t per_million_km2, dd_time from,
                        dd_time until) {
    const dd_sky_state *sky = sky_of(domain);
    if (!per_million_km2 || from >= until) return;
    int64_t first = dd_sky_local_s(dd_world_of(domain), from) / DD_SLOT_S;
    int64_t last = dd_sky_local_s(dd_world_of(domain), until - 1) / DD_SLOT_S;
    uint32_t squares = columns_of(sky) * (uint32_t)(sky->most.row - sky->least.row + 1);
    for (int64_t slot = first; slot <= last; slot++)
        for (uint32_t square = 0; square < squares; square++)
            plan_square(domain, &(clouds){storm, square, per_million_km2, slot, from, until});
}

static dd_time later(dd_time a, dd_time b) {
    return a > b ? a : b;
}

static dd_time earlier(dd_time a, dd_time b) {
    return a < b ? a : b;
}

static void plan_storm(dd_domain *domain, const dd_storm *storm, dd_time from, dd_time until) {
    plan_source(domain, storm->number, storm->per_million_km2, later(from, storm->from),
                earlier(until, storm->until));
}

void dd_lightning_plan(dd_domain *domain, dd_time until, uint32_t per_million_km2) {
    dd_sky_state *sky = sky_of(domain);
    dd_time from = later(sky->planned, domain->now);
    if (from >= until) return;
    plan_source(domain, 0, per_million_km2, from, until);
    for (uint32_t i = 0; i < sky->storm_n; i++)
        plan_storm(domain, &sky->storms[i], from, until);
    sky->planned = until;
}

void dd_lightning_join(dd_domain *domain, uint32_t index) {
    dd_sky_state *sky = sky_of(domain);
    plan_storm(domain, &sky->storms[index], domain->now, sky->planned);
}

// --- A strike ---

// Most of what would strike a pole strikes a taller tree or house instead.
static bool hits_pole(const dd_world *world, const roofs *below, uint64_t number) {
    enum { ATTRACTS_M = 15 }; // a pole of 8 to 10 m in the open: 1.5 times its height; estimate
    if (below->metres > ATTRACTS_M) return false;
    uint64_t stable = dd_world_stable(world, dd_world_entity(world, DD_ENTITY_LAMP, below->lamp));
    uint32_t word = dd_random(world->def.seed, stable, DD_DRAW_STRIKE, number).v[0];
    return !dd_chance_ppm(word, (uint32_t)(world->def.settings.sky_screened * 10000));
}

void dd_lightning_flash(dd_domain *domain, const dd_event *event) {
    const dd_world *world = dd_world_of(domain);
    dd_square square = square_at(sky_of(domain), event->small);
    dd_hit hit = {.x = metres_at(square.column, event->a >> 16),
                  .y = metres_at(square.row, event->a & 0xffff),
                  .current_a = event->b,
                  .number = (uint64_t)event->time};
    roofs below = roofs_below(domain, hit.x, hit.y);
    if (hits_pole(world, &below, hit.number)) {
        hit.pole = below.lamp;
        hit.x = world->city->lamps[below.lamp].place.x;
        hit.y = world->city->lamps[below.lamp].place.y;
        below.metres = 0;
    }
    if (dd_world_domain(world, world->city->lamps[below.lamp].segment) == domain->index)
        hit.record = dd_record_make(domain, DD_REC_STRIKE,
                                    dd_world_entity(world, DD_ENTITY_LAMP, below.lamp), 0,
                                    hit.current_a, lrintf(below.metres * 1000), 0, 0);
    dd_surge_strike(domain, &hit);
}

void dd_lightning_bolt(dd_domain *domain, const dd_event *event) {
    dd_surge_strike(domain, dd_parcel(domain, event));
}

// --- Ordered ---

bool dd_lightning_fits(const dd_world *world, uint32_t entity, double kiloamperes,
                       dd_error *error) {
    const dd_entity *what = &world->entities.all[entity];
    uint32_t index = dd_world_index(world, entity);
    bool bare = (what->type == DD_ENTITY_ROAD && !world->city->roads[index].lamp_count) ||
                (what->type == DD_ENTITY_SEGMENT && !world->city->segments[index].lamp_count);
    if (bare) return dd_fail(error, DD_WRONG, "%s has no lamps: no pole to strike", what->name);
    if (what->type != DD_ENTITY_LAMP && what->type != DD_ENTITY_SEGMENT &&
        what->type != DD_ENTITY_ROAD)
        return dd_fail(error, DD_WRONG,
                       "lightning strikes a lamp, a segment or a road, but %s is a %s", what->name,
                       dd_entity_type_names[what->type]);
    return dd_setting_in_range("lightning", kiloamperes, 1, 300, "kA", error);
}

// The pole that is meant: of a segment the one nearest to its cabinet.
static uint32_t pole_of(const dd_world *world, uint32_t entity) {
    const dd_city *city = world->city;
    uint32_t index = dd_world_index(world, entity);
    if (world->entities.all[entity].type == DD_ENTITY_LAMP) return index;
    if (world->entities.all[entity].type == DD_ENTITY_ROAD) return dd_city_middle_lamp(city, index);
    const dd_segment *segment = &city->segments[index];
    uint32_t best = segment->first_lamp;
    for (uint32_t i = best; i < segment->first_lamp + segment->lamp_count; i++)
        if (dd_distance_m(&city->lamps[i].place, &segment->place) <
            dd_distance_m(&city->lamps[best].place, &segment->place))
            best = i;
    return best;
}

static bool reaches(const dd_sky_state *sky, const dd_hit *hit) {
    int32_t column = line_of(hit->x), row = line_of(hit->y);
    return column >= sky->least.column && column <= sky->most.column && row >= sky->least.row &&
           row <= sky->most.row;
}

// At once, so that what is asked or done next at this moment finds it so: an injected event is the
// first of its moment.
uint64_t dd_lightning_strike(dd_world *world, uint32_t entity, double kiloamperes) {
    dd_engine *engine = world->engine;
    uint32_t pole = pole_of(world, entity);
    const dd_point *place = &world->city->lamps[pole].place;
    dd_hit hit = {.x = place->x,
                  .y = place->y,
                  .current_a = (uint32_t)lrint(kiloamperes * 1000),
                  .pole = pole};
    hit.number = (uint64_t)engine->now ^ hit.current_a;
    hit.record = dd_engine_note(engine, DD_REC_STRIKE, dd_world_entity(world, DD_ENTITY_LAMP, pole),
                                0, hit.current_a, 0, 0, 0);
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++) {
        if (!reaches(sky_of(&engine->domains[i]), &hit)) continue;
        dd_engine_inject(engine, i, DD_KIND_BOLT, 1, 0, 0, &hit, sizeof hit);
    }
    dd_engine_admit(engine);
    return hit.record;
}

// --- A scenario's storm ---

static bool is_over(const dd_storm *storm, dd_time now) {
    return storm->until <= now;
}

static uint32_t free_storm(const dd_sky_state *sky, dd_time now) {
    uint32_t i = 0;
    while (i < sky->storm_n && !is_over(&sky->storms[i], now))
        i++;
    return i;
}

static void begin_storm(dd_engine *engine, uint32_t domain, const dd_storm *storm) {
    dd_sky_state *sky = sky_of(&engine->domains[domain]);
    uint32_t i = free_storm(sky, engine->now);
    if (i == sky->storm_n) sky->storm_n++;
    sky->storms[i] = *storm;
    sky->storms[i].number = ++sky->storms_ever;
    dd_engine_inject(engine, domain, DD_KIND_SKY, 1, DD_SKY_STORM, i, NULL, 0);
    dd_engine_step(engine, engine->now + 1);
}

bool dd_lightning_storm(dd_world *world, dd_time from, dd_time lasts, double flashes_per_km2_h,
                        dd_error *error) {
    enum { MOST_KM2_H = 1000 }; // a hundred times the hardest hour
    dd_engine *engine = world->engine;
    if (!dd_setting_in_range("storm", flashes_per_km2_h, 0, MOST_KM2_H, "1/(km2 h)", error))
        return false;
    const dd_sky_state *any = sky_of(&engine->domains[DD_FIRST_SEGMENT_DOMAIN]);
    if (free_storm(any, engine->now) == DD_STORMS_MAX)
        return dd_fail(error, DD_WRONG, "there can be %d storms at once: let one pass first",
                       DD_STORMS_MAX);
    dd_storm storm = {.from = from,
                      .until = from + lasts,
                      .per_million_km2 =
                          (uint32_t)lrint(flashes_per_km2_h * 1e6 * DD_SLOT_S / 3600)};
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++)
        begin_storm(engine, i, &storm);
    return true;
}
