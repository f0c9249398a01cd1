#include "models/citizens/citizens.h"
#include "engine/texts.h"
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

static uint32_t ppm(double percent) {
    return (uint32_t)lrint(percent * 1e4);
}

// A mean time; ten years are as good as never, and what is drawn from them is no overflow.
static dd_time from_hours(double hours) {
    enum { TEN_YEARS_H = 87600 };
    return (dd_time)((hours < TEN_YEARS_H ? hours : TEN_YEARS_H) * 3600e3) * DD_MILLISECOND;
}

// Where people are: a lamp of the city drawn evenly stands for its road and place. The greatest
// hash wins, so that one lamp more moves nothing but what it wins. Below `flood_mm` only, when that
// is not DD_SKY_DRY and any lamp's cabinet stands so low.
static uint32_t pick_lamp(const dd_world *world, uint32_t word, int32_t flood_mm) {
    uint64_t greatest = 0;
    uint32_t best = 0;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        if (flood_mm != DD_SKY_DRY) {
            uint32_t segment = world->city->lamps[lamp].segment;
            uint32_t cabinet = world->city->segments[segment].cabinet;
            if (dd_sky_ground_mm(world, cabinet) >= flood_mm) continue;
        }
        uint64_t hash = dd_mix(dd_world_stable(world, lamp) ^ word);
        if (best && hash <= greatest) continue;
        greatest = hash;
        best = lamp;
    }
    return best;
}

// --- Seeing and filing ---

// What somebody sees and is going to report.
typedef struct sighting {
    uint32_t lamp; // at whose place; light: of which
    uint32_t matter, person, text;
    uint64_t key; // of the report's draws
    uint8_t kind, sight;
    bool unfounded;
} sighting;

// Takes it down as a report that is to be filed.
static uint32_t notice(dd_domain *hub, const sighting *seen) {
    dd_citizens *citizens = citizens_of(hub);
    const dd_world *world = world_of(hub);
    dd_reports *reports = &dd_hub_of(hub)->office.reports;
    uint32_t handle = dd_pool_take(&reports->pool), number = 0;
    dd_report *report = dd_report_at(reports, handle);
    report->truth = (dd_report_truth){.seen_at = hub->now,
                                      .person = seen->person,
                                      .matter = seen->matter,
                                      .lamp = seen->lamp,
                                      .key = seen->key,
                                      .kind = seen->kind,
                                      .sight = seen->sight,
                                      .unfounded = seen->unfounded};
    report->text = seen->text;
    if (seen->matter) {
        dd_matter *matter = dd_matter_at(&citizens->matters, seen->matter);
        matter->reports++;
        number = matter->number;
    }
    citizens->counts.noticed++;
    citizens->counts.unfounded += seen->unfounded;
    report->truth.record =
        dd_record_make(hub, DD_REC_MATTER, road_entity(hub, world->city->lamps[seen->lamp].road), 0,
                       number, seen->unfounded ? DD_REPORT_KINDS : seen->kind, DD_MATTER_NOTICED,
                       dd_world_entity(world, DD_ENTITY_LAMP, seen->lamp));
    return handle;
}

// On the spot after some minutes, or later, in people's time.
static void plan_filing(dd_domain *hub, uint32_t handle) {
    dd_report *report = dd_report_at(&dd_hub_of(hub)->office.reports, handle);
    dd_person person = dd_person_of(world_of(hub), report->truth.person);
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_REPORT, 0);
    report->truth.at_once = dd_chance_ppm(word.v[0], person.at_once_ppm);
    dd_time later = from_hours(dd_settings_of(hub)->citizens_later_h);
    dd_time when = report->truth.at_once ? hub->now + dd_exponential(word.v[1], 5 * DD_MINUTE)
                                         : dd_week_after(calendar_of(hub), hub->now,
                                                         dd_exponential(word.v[1], later));
    dd_schedule(hub, when + DD_SECOND, DD_KIND_FILE, handle, 0, 0, 0);
}

static uint8_t filed_kind(const dd_domain *hub, const dd_report *report, const dd_person *person) {
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_REPORT, 1);
    uint8_t kind = report->truth.kind;
    if (!dd_chance_ppm(word.v[0], person->wrong_ppm)) return kind;
    return (uint8_t)((kind + 1 + dd_uniform(word.v[1], DD_REPORT_KINDS - 1)) % DD_REPORT_KINDS);
}

// Phones are wrong by some metres; who files later points at a map, or sends where he is then.
static dd_point filed_place(const dd_domain *hub, const dd_report *report,
                            const dd_person *person) {
    const dd_world *world = world_of(hub);
    const dd_settings *settings = &world->def.settings;
    dd_point place = world->city->lamps[report->truth.lamp].place;
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_REPORT, 2);
    if (report->pole) return place;
    if (!report->truth.at_once && dd_chance_ppm(word.v[2], ppm(settings->citizens_elsewhere)))
        place = world->city->lamps[pick_lamp(world, word.v[3], DD_SKY_DRY)].place;
    double error_m = settings->citizens_place_m * person->place_pm / 1000;
    if (!report->truth.at_once) error_m *= 2;
    place.x += (float)(error_m * dd_normal_milli(word.v[0]) / 1000);
    place.y += (float)(error_m * dd_normal_milli(word.v[1]) / 1000);
    return place;
}

// The lamp nearest to a place: its road is the one that the app names.
static uint32_t lamp_at(const dd_city *city, const dd_point *place) {
    uint32_t nearest = 1;
    float least = INFINITY;
    for (uint32_t lamp = 1; lamp < city->lamp_n; lamp++) {
        float dx = city->lamps[lamp].place.x - place->x, dy = city->lamps[lamp].place.y - place->y;
        if (dx * dx + dy * dy >= least) continue;
        least = dx * dx + dy * dy;
        nearest = lamp;
    }
    return nearest;
}

// Puts a report at a place, as the app does.
static void locate(const dd_domain *hub, dd_report *report, dd_point place) {
    const dd_city *city = world_of(hub)->city;
    uint32_t lamp = lamp_at(city, &place);
    report->place = place;
    report->road = city->lamps[lamp].road;
    report->ward = dd_city_ward_at(city, &place);
    report->lamp = report->pole                               ? report->truth.lamp
                   : report->truth.kind == DD_REPORT_LIGHTING ? lamp
                                                              : 0;
}

// An open report of the same thing, which the app shows who is about to file another. 0: none.
static dd_report *shown(const dd_domain *hub, const dd_report *report) {
    const dd_city *city = world_of(hub)->city;
    const dd_reports *reports = &dd_hub_of(hub)->office.reports;
    uint32_t road = city->lamps[report->truth.lamp].road;
    for (uint32_t it = reports->first; it; it = dd_report_at(reports, it)->next) {
        dd_report *other = dd_report_at(reports, it);
        if (other->state == DD_REPORT_ANSWERED || other->truth.kind != report->truth.kind) continue;
        bool same = report->truth.matter ? other->truth.matter == report->truth.matter
                                         : report->truth.kind == DD_REPORT_LIGHTING &&
                                               city->lamps[other->truth.lamp].road == road;
        if (same) return other;
    }
    return NULL;
}

static bool joins(dd_domain *hub, dd_report *report) {
    if (report->truth.unfounded) return false;
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_REPORT, 3);
    if (!dd_chance_ppm(word.v[0], ppm(dd_settings_of(hub)->citizens_me_too))) return false;
    dd_report *other = shown(hub, report);
    if (!other) return false;
    other->me_too++;
    citizens_of(hub)->counts.me_too++;
    return true;
}

static void file(dd_domain *hub, uint32_t handle) {
    dd_citizen_counts *counts = &citizens_of(hub)->counts;
    const dd_report *report = dd_report_at(&dd_hub_of(hub)->office.reports, handle);
    counts->filed++;
    counts->delay_s += (uint64_t)((hub->now - report->truth.seen_at) / DD_SECOND);
    dd_office_receive(hub, handle);
}

void dd_citizens_file(dd_domain *hub, uint32_t handle) {
    dd_reports *reports = &dd_hub_of(hub)->office.reports;
    dd_report *report = dd_report_at(reports, handle);
    dd_person person = dd_person_of(world_of(hub), report->truth.person);
    if (joins(hub, report)) {
        if (report->truth.matter)
            dd_matter_let_go(&citizens_of(hub)->matters, report->truth.matter);
        dd_report_forget(reports, handle);
        return;
    }
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_REPORT, 3);
    report->pole = report->truth.kind == DD_REPORT_LIGHTING &&
                   dd_chance_ppm(word.v[1], ppm(dd_settings_of(hub)->citizens_pole));
    report->kind = filed_kind(hub, report, &person);
    locate(hub, report, filed_place(hub, report, &person));
    file(hub, handle);
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
    dd_time wait = dd_exponential(word.v[0], from_hours(24 / per_day));
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
    sighting seen = {
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
    plan_filing(hub, notice(hub, &seen));
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
    uint32_t lamp = pick_lamp(world, word.v[2], DD_SKY_DRY);
    uint32_t zeal_pm = citizens->zeal_pm[world->city->lamps[lamp].ward];
    if (luck_pm >= times * zeal_pm) return;
    bool of_storm = luck_pm >= zeal_pm;
    uint32_t low = of_storm ? pick_lamp(world, word.v[3], citizens->flood_mm) : 0;
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
        plan_filing(hub, notice(hub, &(sighting){.lamp = matter->lamp,
                                                 .matter = handle,
                                                 .person = person,
                                                 .text = matter->text,
                                                 .key = dd_mix(matter->key) + matter->again,
                                                 .kind = matter->kind}));
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
    dd_time wait = dd_exponential(word.v[0], from_hours(settings->citizens_notice_h / rate));
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
        plan_filing(hub, notice(hub, &(sighting){.lamp = lamp,
                                                 .person = dd_person_pick(world_of(hub), word.v[2]),
                                                 .text = citizens->light_texts[seen],
                                                 .key = dd_mix(~(uint64_t)generation),
                                                 .kind = DD_REPORT_LIGHTING,
                                                 .sight = (uint8_t)seen}));
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
        citizens->stormy_until = hub->now + from_hours(settings->citizens_storm_h) + 1;
    dd_schedule(hub, hub->now + 10 * DD_MINUTE, DD_KIND_OUTLOOK, 1, 0, 0, 0);
}

// --- Start, and a scenario's own ---

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

uint32_t dd_citizens_file_now(dd_world *world, const dd_filing *filing) {
    dd_domain *hub = &world->engine->domains[DD_HUB_DOMAIN];
    hub->now = world->engine->now;
    dd_citizens *citizens = citizens_of(hub);
    uint32_t road = world->city->lamps[filing->lamp].road;
    uint64_t key = UINT64_MAX - citizens->sights.roads[road].ordered++;
    bool light = filing->kind == DD_REPORT_LIGHTING;
    dd_sight sight = dd_sight_of(&citizens->sights, road, filing->lamp, hub->now);
    sighting seen = {.lamp = filing->lamp,
                     .person = 1,
                     .text = filing->text,
                     .key = dd_mix(key),
                     .kind = (uint8_t)filing->kind,
                     .sight = (uint8_t)(light ? sight : DD_SIGHT_WELL),
                     .unfounded = filing->unfounded};
    if (!seen.text)
        seen.text = light ? citizens->light_texts[seen.sight] : citizens->texts[filing->kind][0];
    if (!light && !filing->unfounded)
        seen.matter =
            dd_matter_arise(hub, &citizens->matters, filing->kind, filing->lamp, seen.text, key);
    uint32_t handle = notice(hub, &seen);
    dd_report *report = dd_report_at(&dd_hub_of(hub)->office.reports, handle);
    report->kind = (uint8_t)filing->filed;
    report->truth.at_once = true;
    report->pole = filing->pole;
    locate(hub, report, world->city->lamps[filing->lamp].place);
    file(hub, handle);
    return report->number;
}
