#include "models/citizens.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/world.h"

// Share of a day's reports by hour, in thousandths of the busiest hour: an evening peak from 18 to
// 22 h (facts E: estimate).
static const uint16_t hour_weight[24] = {60,  30,  20,  20,   40,   120, 300, 450,
                                         500, 480, 450, 420,  380,  380, 420, 460,
                                         520, 700, 900, 1000, 1000, 850, 500, 180};
static const uint32_t hour_weight_sum = 10180;

// Groups of the city's app, in thousandths of what is not about lighting (estimate).
static const uint16_t kind_weight[DD_REPORT_LIGHTING] = {260, 220, 90, 110, 200, 120};

// How many people are about on a road, in thousandths of those on a main road (facts E: estimate).
static const uint16_t exposure[DD_ROAD_CLASSES] = {
    [DD_ROAD_TRUNK] = 1000,   [DD_ROAD_PRIMARY] = 1000, [DD_ROAD_SECONDARY] = 1000,
    [DD_ROAD_TERTIARY] = 700, [DD_ROAD_STREET] = 300,   [DD_ROAD_INTERNAL] = 300};

enum { MANY_DARK = 40 }; // more dark lamps on a road make nobody notice sooner

static uint32_t road_entity(const dd_domain *hub, uint32_t road) {
    return dd_world_entity(dd_world_of(hub), DD_ENTITY_ROAD, road);
}

static uint16_t weight_now(const dd_domain *hub) {
    return hour_weight[dd_civil_at(&dd_world_of(hub)->def.calendar, hub->now).hour];
}

static dd_random4 draw(const dd_domain *hub, uint32_t entity, dd_purpose purpose,
                       uint64_t counter) {
    const dd_world *world = dd_world_of(hub);
    return dd_random(world->def.seed, dd_world_stable(world, entity), purpose, counter);
}

// A mean time; ten years are as good as never, and what is drawn from them is no overflow.
static dd_time from_hours(double hours) {
    enum { TEN_YEARS_H = 87600 };
    return (dd_time)((hours < TEN_YEARS_H ? hours : TEN_YEARS_H) * 3600e3) * DD_MILLISECOND;
}

static void plan_arrival(dd_domain *hub, dd_citizens *citizens) {
    const dd_world *world = dd_world_of(hub);
    double per_day = world->def.settings.citizens_per_day;
    if (per_day <= 0) return;
    // Drawn at the rate of the busiest hour; an arrival counts with the weight of its hour.
    dd_time mean = from_hours(hour_weight_sum / 1000.0 / per_day);
    uint32_t city = dd_world_entity(world, DD_ENTITY_CITY, 1);
    dd_random4 word = draw(hub, city, DD_DRAW_ARRIVAL, citizens->arrivals);
    dd_schedule(hub, hub->now + dd_exponential(word.v[0], mean), DD_KIND_ARRIVAL, 0, 0, 0, 0);
}

void dd_citizens_start(dd_domain *hub, dd_citizens *citizens) {
    const dd_city *city = dd_world_of(hub)->city;
    citizens->roads = dd_arena_take(&hub->arena, city->road_n * sizeof *citizens->roads);
    citizens->next_dark = dd_arena_take(&hub->arena, city->lamp_n * sizeof *citizens->next_dark);
    dd_pool_init(&citizens->reports, &hub->arena, sizeof(dd_report));
    plan_arrival(hub, citizens);
}

// --- Filing ---

// The ward that the report's place lies in; phones are wrong by some metres.
static uint32_t ward_of(const dd_domain *hub, dd_point place, dd_random4 word) {
    const dd_world *world = dd_world_of(hub);
    double error_m = world->def.settings.citizens_place_m;
    place.x += (float)(error_m * dd_normal_milli(word.v[0]) / 1000);
    place.y += (float)(error_m * dd_normal_milli(word.v[1]) / 1000);
    return dd_city_ward_at(world->city, &place);
}

static uint8_t filed_kind(const dd_world *world, uint8_t true_kind, dd_random4 word) {
    uint32_t wrong_ppm = (uint32_t)(world->def.settings.citizens_wrong_kind * 1e4);
    if (!dd_chance_ppm(word.v[2], wrong_ppm)) return true_kind;
    return (uint8_t)((true_kind + 1 + dd_uniform(word.v[3], DD_REPORT_KINDS - 1)) %
                     DD_REPORT_KINDS);
}

static void file_report(dd_domain *hub, dd_citizens *citizens, uint8_t true_kind, uint32_t road,
                        uint32_t about, dd_point place) {
    const dd_world *world = dd_world_of(hub);
    uint32_t number = ++citizens->counts.filed;
    uint32_t count = citizens->roads[road].filed++; // of this road: no other has a say in its draws
    dd_random4 word = draw(hub, road_entity(hub, road), DD_DRAW_REPORT, count);
    uint32_t handle = dd_pool_take(&citizens->reports);
    dd_report *report = dd_pool_at(&citizens->reports, handle);
    *report = (dd_report){.number = number,
                          .ward = ward_of(hub, place, word),
                          .kind = filed_kind(world, true_kind, word)};
    citizens->counts.by_kind[report->kind]++;
    report->record = dd_record_make(hub, DD_REC_REPORT, road_entity(hub, road), 0, number,
                                    report->kind, true_kind, about);
    dd_time mean = from_hours(world->def.settings.office_triage_min / 60);
    word = draw(hub, road_entity(hub, road), DD_DRAW_TRIAGE, count);
    dd_schedule(hub, hub->now + DD_MINUTE + dd_exponential(word.v[0], mean), DD_KIND_TRIAGE, handle,
                0, 0, 0);
}

void dd_citizens_triage(dd_domain *hub, dd_citizens *citizens, uint32_t handle) {
    const dd_report *report = dd_pool_at(&citizens->reports, handle);
    citizens->counts.transferred++;
    dd_record_make(hub, DD_REC_REPORT_TRANSFERRED,
                   dd_world_entity(dd_world_of(hub), DD_ENTITY_WARD, report->ward), report->record,
                   report->number, report->kind, 0, 0);
    dd_pool_give(&citizens->reports, handle);
}

// --- Reports of all kinds but dark lamps ---

static uint8_t pick_kind(uint32_t word) {
    uint32_t pick = dd_uniform(word, 1000);
    for (uint8_t kind = 0; kind < DD_REPORT_LIGHTING; kind++) {
        if (pick < kind_weight[kind]) return kind;
        pick -= kind_weight[kind];
    }
    return DD_REPORT_RUBBISH;
}

// Where people are: a lamp of the city drawn evenly stands for its road and place. The greatest
// hash wins, so that one lamp more moves no report but those that it wins.
static uint32_t pick_lamp(const dd_world *world, uint32_t word) {
    uint64_t greatest = 0;
    uint32_t best = 1;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        uint64_t hash = dd_mix(dd_world_stable(world, lamp) ^ word);
        if (hash <= greatest) continue;
        greatest = hash;
        best = lamp;
    }
    return best;
}

void dd_citizens_arrive(dd_domain *hub, dd_citizens *citizens) {
    const dd_world *world = dd_world_of(hub);
    uint32_t city = dd_world_entity(world, DD_ENTITY_CITY, 1);
    dd_random4 word = draw(hub, city, DD_DRAW_ARRIVAL, citizens->arrivals++);
    if (dd_uniform(word.v[1], 1000) < weight_now(hub)) {
        const dd_lamp *place = &world->city->lamps[pick_lamp(world, word.v[2])];
        uint32_t false_ppm = (uint32_t)(world->def.settings.citizens_false * 1e4);
        // A false report of a dark lamp names one that burns. The word decides twice: scrambled by
        // Knuth's multiplier, 2^32 over the golden ratio, the second time.
        if (dd_chance_ppm(word.v[3], false_ppm))
            file_report(hub, citizens, DD_REPORT_LIGHTING, place->road, 0, place->place);
        else
            file_report(hub, citizens, pick_kind(word.v[3] * 2654435761u), place->road, 0,
                        place->place);
    }
    plan_arrival(hub, citizens);
}

// --- Dark lamps ---

// Somebody reports a dark road after an exponential time: sooner the more lamps are dark and the
// more people are about; half as soon once it has been reported.
static void plan_notice(dd_domain *hub, dd_citizens *citizens, uint32_t road) {
    const dd_world *world = dd_world_of(hub);
    dd_road_sight *sight = &citizens->roads[road];
    sight->generation++;
    if (!sight->dark_n) {
        sight->notices = 0;
        return;
    }
    double dark = sight->dark_n < MANY_DARK ? sight->dark_n : MANY_DARK;
    double hours = world->def.settings.citizens_notice_h * 1000 /
                   (exposure[world->city->roads[road].class] * dark) * (sight->notices + 1);
    dd_random4 word = draw(hub, road_entity(hub, road), DD_DRAW_NOTICE, sight->generation);
    dd_time wait = dd_exponential(word.v[0], from_hours(hours));
    dd_schedule(hub, hub->now + wait + DD_SECOND, DD_KIND_NOTICE, road, 0, sight->generation, 0);
}

static void unlink_dark(dd_citizens *citizens, dd_road_sight *sight, uint32_t lamp) {
    uint32_t *link = &sight->first_dark;
    while (*link && *link != lamp)
        link = &citizens->next_dark[*link];
    if (*link != lamp) return;
    *link = citizens->next_dark[lamp];
    sight->dark_n--;
}

void dd_citizens_see(dd_domain *hub, dd_citizens *citizens, uint32_t lamp, bool dark) {
    uint32_t road = dd_world_of(hub)->city->lamps[lamp].road;
    dd_road_sight *sight = &citizens->roads[road];
    if (dark) {
        citizens->next_dark[lamp] = sight->first_dark;
        sight->first_dark = lamp;
        sight->dark_n++;
    } else {
        unlink_dark(citizens, sight, lamp);
    }
    plan_notice(hub, citizens, road);
}

void dd_citizens_notice(dd_domain *hub, dd_citizens *citizens, uint32_t road, uint32_t generation) {
    dd_road_sight *sight = &citizens->roads[road];
    if (sight->generation != generation) return;
    uint32_t lamp = sight->first_dark;
    sight->notices++;
    file_report(hub, citizens, DD_REPORT_LIGHTING, road, lamp,
                dd_world_of(hub)->city->lamps[lamp].place);
    plan_notice(hub, citizens, road);
}
