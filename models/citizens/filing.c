#include "models/citizens/filing.h"
#include "models/citizens/person.h"
#include "models/citizens/week.h"
#include "models/hub.h"
#include "models/sky/sky.h"

#include <math.h>

static const dd_world *world_of(const dd_domain *hub) {
    return dd_world_of(hub);
}

static dd_citizens *citizens_of(const dd_domain *hub) {
    return &dd_hub_of(hub)->citizens;
}

static uint32_t ppm(double percent) {
    return (uint32_t)lrint(percent * 1e4);
}

// --- Seeing ---

// Takes it down as a report that is to be filed.
static uint32_t notice(dd_domain *hub, const dd_sighting *seen) {
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
                                      .unfounded = seen->unfounded};
    report->text = seen->text;
    report->told = seen->kind;
    report->sight = seen->sight;
    if (seen->matter) {
        dd_matter *matter = dd_matter_at(&citizens->matters, seen->matter);
        matter->reports++;
        number = matter->number;
    }
    citizens->counts.noticed++;
    citizens->counts.unfounded += seen->unfounded;
    report->truth.record =
        dd_record_make(hub, DD_REC_MATTER,
                       dd_world_entity(world, DD_ENTITY_ROAD, world->city->lamps[seen->lamp].road),
                       0, number, seen->unfounded ? DD_REPORT_KINDS : seen->kind, DD_MATTER_NOTICED,
                       dd_world_entity(world, DD_ENTITY_LAMP, seen->lamp));
    return handle;
}

// On the spot after some minutes, or later, in people's time.
void dd_filing_begin(dd_domain *hub, const dd_sighting *seen) {
    const dd_world *world = world_of(hub);
    uint32_t handle = notice(hub, seen);
    dd_report *report = dd_report_at(&dd_hub_of(hub)->office.reports, handle);
    dd_person person = dd_person_of(world, report->truth.person);
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_REPORT, 0);
    report->truth.at_once = dd_chance_ppm(word.v[0], person.at_once_ppm);
    dd_time later = dd_week_hours(dd_settings_of(hub)->citizens_later_h);
    dd_time when = report->truth.at_once ? hub->now + dd_exponential(word.v[1], 5 * DD_MINUTE)
                                         : dd_week_after(&world->def.calendar, hub->now,
                                                         dd_exponential(word.v[1], later));
    dd_schedule(hub, when + DD_SECOND, DD_KIND_FILE, handle, 0, 0, 0);
}

static uint8_t filed_kind(const dd_domain *hub, const dd_report *report, const dd_person *person) {
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_REPORT, 1);
    uint8_t kind = report->told;
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
        place = world->city->lamps[dd_person_place(world, word.v[3], DD_SKY_DRY)].place;
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
    report->lamp = report->pole                         ? report->truth.lamp
                   : report->told == DD_REPORT_LIGHTING ? lamp
                                                        : 0;
}

// An open report of the same thing, which the app shows who is about to file another. 0: none.
static dd_report *shown(const dd_domain *hub, const dd_report *report) {
    const dd_city *city = world_of(hub)->city;
    const dd_reports *reports = &dd_hub_of(hub)->office.reports;
    uint32_t road = city->lamps[report->truth.lamp].road;
    for (uint32_t it = reports->first; it; it = dd_report_at(reports, it)->next) {
        dd_report *other = dd_report_at(reports, it);
        if (other->state == DD_REPORT_ANSWERED || other->told != report->told) continue;
        bool same = report->truth.matter ? other->truth.matter == report->truth.matter
                                         : report->told == DD_REPORT_LIGHTING &&
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

void dd_filing_file(dd_domain *hub, uint32_t handle) {
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
    report->pole = report->told == DD_REPORT_LIGHTING &&
                   dd_chance_ppm(word.v[1], ppm(dd_settings_of(hub)->citizens_pole));
    report->kind = filed_kind(hub, report, &person);
    locate(hub, report, filed_place(hub, report, &person));
    file(hub, handle);
}

// --- A scenario's own ---

uint32_t dd_filing_order(dd_world *world, const dd_filing *filing) {
    dd_domain *hub = &world->engine->domains[DD_HUB_DOMAIN];
    hub->now = world->engine->now;
    dd_citizens *citizens = citizens_of(hub);
    uint32_t road = world->city->lamps[filing->lamp].road;
    uint64_t key = UINT64_MAX - citizens->sights.roads[road].ordered++;
    bool light = filing->kind == DD_REPORT_LIGHTING;
    dd_sight sight = dd_sight_of(&citizens->sights, road, filing->lamp, hub->now);
    dd_sighting seen = {.lamp = filing->lamp,
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
