#include "models/citizens/citizens.h"
#include "engine/texts.h"
#include "models/citizens/filing.h"
#include "models/citizens/person.h"
#include "models/citizens/week.h"
#include "models/hub.h"
#include "models/sky/sky.h"

#include <math.h>

// Groups of the city's app, in thousandths of what is not about light (estimate).
static const uint16_t kind_weight[DD_REPORT_LIGHTING] = {260, 220, 90, 110, 200, 120};

// Share of lighting in what is reported without a cause, thousandths, and of infrastructure in what
// a storm brings on top (estimates).
enum { FALSE_LIGHT_PM = 150, STORM_INFRASTRUCTURE_PM = 800 };

// How many people are about on a road, in thousandths of those on a main road (facts E: estimate).
static const uint16_t exposure[DD_ROAD_CLASSES] = {
    [DD_ROAD_TRUNK] = 1000,   [DD_ROAD_PRIMARY] = 1000, [DD_ROAD_SECONDARY] = 1000,
    [DD_ROAD_TERTIARY] = 700, [DD_ROAD_STREET] = 300,   [DD_ROAD_INTERNAL] = 300};

enum { MANY_DARK = 40 }; // more dark lamps on a road make nobody notice sooner

// What people write, by what it is about.
static const char *const phrases[DD_REPORT_KINDS - 1][3] = {
    {"rubbish lies in the street", "a heap of rubbish, it stinks", "somebody dumps building waste"},
    {"stalls on the pavement", "a cart blocks the way", "tables and chairs on the pavement"},
    {"an advertisement without a permit", "leaflets pasted on poles and walls",
     "a banner hangs low"},
    {"somebody builds without a permit", "building material on the road",
     "dust and noise of a site"},
    {"a hole in the road", "a manhole cover is broken", "the pavement has sunk"},
    {"lorries park where they must not", "a traffic sign is missing", "people race at night"}};
static const char *const light_phrases[DD_SIGHTS] = {[DD_SIGHT_WELL] = "a street lamp is broken",
                                                     [DD_SIGHT_DARK] = "a street lamp is dark",
                                                     [DD_SIGHT_BURNING] =
                                                         "a street lamp burns by day",
                                                     [DD_SIGHT_FLICKER] = "a street lamp flickers"};

static const dd_world *world_of(const dd_domain *hub) {
    return dd_world_of(hub);
}

static dd_citizens *citizens_of(const dd_domain *hub) {
    return &dd_hub_of(hub)->citizens;
}

static const dd_calendar *calendar_of(const dd_domain *hub) {
    return &world_of(hub)->def.calendar;
}

static uint32_t road_entity(const dd_domain *hub, uint32_t road) {
    return dd_world_entity(world_of(hub), DD_ENTITY_ROAD, road);
}

static dd_random4 draw(const dd_domain *hub, uint32_t entity, dd_purpose purpose,
                       uint64_t counter) {
    const dd_world *world = world_of(hub);
    return dd_random(world->def.seed, dd_world_stable(world, entity), purpose, counter);
}

// --- Of all but lamps that are dark ---

// Candidates come at the highest rate that there may be, times 1000: in a storm, in the most
// zealous ward. They come true with the chance of their own time and place.
static double most_pm(const dd_domain *hub) {
    return dd_settings_of(hub)->citizens_storm * citizens_of(hub)->most_zeal_pm;
}

static void plan_arrival(dd_domain *hub) {
    const dd_settings *settings = dd_settings_of(hub);
    double per_day =
        settings->citizens_per_day * settings->citizens_adoption / 100 * most_pm(hub) / 1000;
    if (per_day <= 0) return;
    uint32_t city = dd_world_entity(world_of(hub), DD_ENTITY_CITY, 1);
    dd_random4 word = draw(hub, city, DD_DRAW_ARRIVAL, citizens_of(hub)->arrivals);
    dd_time wait = dd_exponential(word.v[0], dd_week_hours(24 / per_day));
    dd_schedule(hub, dd_week_after(calendar_of(hub), hub->now, wait), DD_KIND_ARRIVAL, 0, 0, 0, 0);
}

static uint8_t pick_kind(uint32_t word) {
    uint32_t pick = dd_uniform(word, 1000);
    for (uint8_t kind = 0; kind < DD_REPORT_LIGHTING; kind++) {
        if (pick < kind_weight[kind]) return kind;
        pick -= kind_weight[kind];
    }
    return DD_REPORT_RUBBISH;
}

// What a candidate comes to. `of_storm`: there would be none in fair weather.
static void come_true(dd_domain *hub, uint32_t lamp, uint64_t counter, bool of_storm) {
    dd_citizens *citizens = citizens_of(hub);
    uint32_t city = dd_world_entity(world_of(hub), DD_ENTITY_CITY, 1);
    dd_random4 word = draw(hub, city, DD_DRAW_MATTER, 2 * counter);
    dd_random4 more = draw(hub, city, DD_DRAW_MATTER, 2 * counter + 1);
    dd_person person = dd_person_of(world_of(hub), dd_person_pick(world_of(hub), word.v[0]));
    dd_sighting seen = {
        .lamp = lamp, .person = person.number, .key = counter, .kind = pick_kind(word.v[2])};
    seen.unfounded = !of_storm && dd_chance_ppm(word.v[1], person.false_ppm);
    if (seen.unfounded && dd_uniform(more.v[0], 1000) < FALSE_LIGHT_PM)
        seen.kind = DD_REPORT_LIGHTING;
    if (of_storm && dd_uniform(more.v[0], 1000) < STORM_INFRASTRUCTURE_PM)
        seen.kind = DD_REPORT_INFRASTRUCTURE;
    seen.text = seen.kind == DD_REPORT_LIGHTING
                    ? citizens->light_texts[DD_SIGHT_WELL]
                    : citizens->texts[seen.kind][dd_uniform(word.v[3], 3)];
    if (of_storm && seen.kind == DD_REPORT_INFRASTRUCTURE)
        seen.text = citizens->storm_texts[citizens->flood_mm != DD_SKY_DRY];
    if (!seen.unfounded)
        seen.matter = dd_matter_arise(hub, &citizens->matters, (dd_report_kind)seen.kind, lamp,
                                      seen.text, counter);
    dd_filing_begin(hub, &seen);
}

void dd_citizens_arrive(dd_domain *hub) {
    dd_citizens *citizens = citizens_of(hub);
    const dd_world *world = world_of(hub);
    uint64_t counter = citizens->arrivals++;
    uint32_t city = dd_world_entity(world, DD_ENTITY_CITY, 1);
    dd_random4 word = draw(hub, city, DD_DRAW_ARRIVAL, counter);
    plan_arrival(hub);
    bool stormy = hub->now < citizens->stormy_until;
    double times = stormy ? world->def.settings.citizens_storm : 1;
    double luck_pm = word.v[1] / 4294967296.0 * most_pm(hub);
    if (luck_pm >= times * citizens->most_zeal_pm) return;
    uint32_t lamp = dd_person_place(world, word.v[2], DD_SKY_DRY);
    uint32_t zeal_pm = citizens->zeal_pm[world->city->lamps[lamp].ward];
    if (luck_pm >= times * zeal_pm) return;
    bool of_storm = luck_pm >= zeal_pm;
    uint32_t low = of_storm ? dd_person_place(world, word.v[3], citizens->flood_mm) : 0;
    come_true(hub, low ? low : lamp, counter, of_storm);
}

// The same matter again, seen by others.
void dd_citizens_matter(dd_domain *hub, uint32_t handle, dd_matter_step step, uint32_t number) {
    dd_citizens *citizens = citizens_of(hub);
    dd_matter *matter = dd_matter_at(&citizens->matters, handle);
    if (matter->number != number || matter->over) return;
    if (step == DD_MATTER_GOES) {
        dd_matter_end(hub, &citizens->matters, handle, DD_MATTER_GONE, 0);
        return;
    }
    if (dd_matter_still_seen(hub, matter)) {
        dd_random4 word = dd_matter_draw(hub, matter);
        uint32_t person = dd_person_pick(world_of(hub), word.v[2]);
        dd_filing_begin(hub, &(dd_sighting){.lamp = matter->lamp,
                                            .matter = handle,
                                            .person = person,
                                            .text = matter->text,
                                            .key = dd_mix(matter->key) + matter->again,
                                            .kind = matter->kind});
    }
    dd_matter_plan_again(hub, &citizens->matters, handle);
}

// --- Lamps ---

// Somebody takes notice of a road's lamps after an exponential time, of people's: sooner the more
// of them are dark and the more people are about; more rarely once it has been reported.
static void plan_notice(dd_domain *hub, uint32_t road) {
    const dd_world *world = world_of(hub);
    const dd_settings *settings = &world->def.settings;
    dd_citizens *citizens = citizens_of(hub);
    dd_road_sight *sight = &citizens->sights.roads[road];
    sight->generation++;
    double weight =
        dd_sight_weigh(&citizens->sights, road, citizens->weights, UINT32_MAX, NULL, hub->now);
    if (weight <= 0) return;
    if (weight > MANY_DARK * 1000) weight = MANY_DARK * 1000;
    double rate = weight / 1000 * exposure[world->city->roads[road].class] / 1000 *
                  citizens->zeal_pm[world->city->roads[road].ward] / 1000 *
                  settings->citizens_adoption / 100;
    if (sight->noticed) rate *= settings->citizens_again / 100;
    if (rate <= 0) return;
    dd_random4 word = draw(hub, road_entity(hub, road), DD_DRAW_NOTICE, sight->generation);
    dd_time wait = dd_exponential(word.v[0], dd_week_hours(settings->citizens_notice_h / rate));
    dd_time when = dd_week_after(calendar_of(hub), hub->now, dd_week_of_night(wait)) + DD_SECOND;
    dd_schedule(hub, when, DD_KIND_NOTICE, road, 0, sight->generation, 0);
}

void dd_citizens_see(dd_domain *hub, uint32_t lamp, dd_sight sight) {
    dd_citizens *citizens = citizens_of(hub);
    uint32_t road = world_of(hub)->city->lamps[lamp].road;
    dd_sight_change(&citizens->sights, road, lamp, sight, hub->now);
    plan_notice(hub, road);
}

void dd_citizens_notice(dd_domain *hub, uint32_t road, uint32_t generation) {
    dd_citizens *citizens = citizens_of(hub);
    dd_road_sight *sight = &citizens->sights.roads[road];
    if (sight->generation != generation) return;
    dd_random4 word = draw(hub, road_entity(hub, road), DD_DRAW_NOTICE, generation);
    uint32_t sum =
        dd_sight_weigh(&citizens->sights, road, citizens->weights, UINT32_MAX, NULL, hub->now);
    uint32_t lamp = 0;
    if (sum)
        dd_sight_weigh(&citizens->sights, road, citizens->weights, dd_uniform(word.v[1], sum),
                       &lamp, hub->now);
    if (lamp) {
        dd_sight seen = dd_sight_of(&citizens->sights, road, lamp, hub->now);
        sight->noticed++;
        dd_filing_begin(hub, &(dd_sighting){.lamp = lamp,
                                            .person = dd_person_pick(world_of(hub), word.v[2]),
                                            .text = citizens->light_texts[seen],
                                            .key = dd_mix(~(uint64_t)generation),
                                            .kind = DD_REPORT_LIGHTING,
                                            .sight = (uint8_t)seen});
    }
    plan_notice(hub, road);
}

// --- The weather ---

// A storm is heavy rain, or water in the streets.
void dd_citizens_outlook(dd_domain *hub) {
    const dd_settings *settings = dd_settings_of(hub);
    dd_citizens *citizens = citizens_of(hub);
    dd_sky sky = dd_sky_now(hub);
    bool flood = sky.flood_mm != DD_SKY_DRY && sky.flood_mm > citizens->lowest_mm;
    citizens->flood_mm = flood ? sky.flood_mm : DD_SKY_DRY;
    if (flood || sky.rain_um_h >= settings->citizens_storm_mm_h * 1000)
        citizens->stormy_until = hub->now + dd_week_hours(settings->citizens_storm_h) + 1;
    dd_schedule(hub, hub->now + 10 * DD_MINUTE, DD_KIND_OUTLOOK, 1, 0, 0, 0);
}

// --- Start ---

static void learn_texts(dd_domain *hub) {
    dd_citizens *citizens = citizens_of(hub);
    dd_texts *texts = hub->engine->texts;
    for (int kind = 0; kind < DD_REPORT_LIGHTING; kind++)
        for (int i = 0; i < 3; i++)
            citizens->texts[kind][i] = dd_texts_add(texts, phrases[kind][i]);
    for (int sight = 0; sight < DD_SIGHTS; sight++)
        citizens->light_texts[sight] = dd_texts_add(texts, light_phrases[sight]);
    citizens->storm_texts[false] = dd_texts_add(texts, "a tree has fallen on the road");
    citizens->storm_texts[true] = dd_texts_add(texts, "the street is under water");
}

void dd_citizens_start(dd_domain *hub) {
    const dd_world *world = world_of(hub);
    const dd_city *city = world->city;
    dd_citizens *citizens = citizens_of(hub);
    dd_sights_init(&citizens->sights, &hub->arena, city->road_n);
    dd_matters_init(&citizens->matters, &hub->arena);
    citizens->zeal_pm = dd_arena_take(&hub->arena, city->ward_n * sizeof *citizens->zeal_pm);
    citizens->most_zeal_pm = dd_person_most_zeal_pm(world);
    for (uint32_t ward = 0; ward < city->ward_n; ward++)
        citizens->zeal_pm[ward] = dd_person_zeal_pm(world, ward);
    citizens->weights[DD_SIGHT_DARK] = 1000;
    citizens->weights[DD_SIGHT_BURNING] =
        (uint32_t)lrint(world->def.settings.citizens_burning * 10);
    citizens->weights[DD_SIGHT_FLICKER] =
        (uint32_t)lrint(world->def.settings.citizens_flicker * 10);
    citizens->lowest_mm = INT32_MAX;
    for (uint32_t i = 1; i < city->cabinet_n; i++)
        if (dd_sky_ground_mm(world, i) < citizens->lowest_mm)
            citizens->lowest_mm = dd_sky_ground_mm(world, i);
    learn_texts(hub);
    dd_citizens_outlook(hub);
    plan_arrival(hub);
}
