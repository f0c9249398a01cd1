#include "models/citizens/ward.h"
#include "engine/random.h"
#include "models/citizens/workdays.h"
#include "models/hub.h"

#include <math.h>

// Working time for a matter, percent of the setting ward.work_h (estimates).
static const uint16_t work_pc[DD_REPORT_KINDS] = {
    [DD_REPORT_RUBBISH] = 50,       [DD_REPORT_STREET_SELLING] = 25,  [DD_REPORT_ADVERTISING] = 50,
    [DD_REPORT_CONSTRUCTION] = 200, [DD_REPORT_INFRASTRUCTURE] = 300, [DD_REPORT_SECURITY] = 25,
    [DD_REPORT_LIGHTING] = 25}; // until they find that it is not theirs

// Who goes there looks around so far.
static const float LOOKS_M = 150;

void dd_wards_init(dd_wards *wards, dd_arena *arena, uint32_t ward_n) {
    wards->units = dd_arena_take(arena, ward_n * sizeof *wards->units);
}

static dd_random4 draw(const dd_domain *hub, uint32_t ward, uint32_t counter) {
    const dd_world *world = dd_world_of(hub);
    uint64_t stable = dd_world_stable(world, dd_world_entity(world, DD_ENTITY_WARD, ward));
    return dd_random(world->def.seed, stable, DD_DRAW_WARD, counter);
}

// Lays hands on what waits, as long as there are hands. Half of the mean time is the same for
// all, the rest is exponential (estimate).
static void begin(dd_domain *hub, dd_wards *wards, const dd_reports *reports, uint32_t ward) {
    dd_ward_unit *unit = &wards->units[ward];
    const dd_settings *settings = dd_settings_of(hub);
    while (unit->first && unit->busy < (uint32_t)settings->ward_capacity) {
        uint32_t handle = unit->first;
        dd_report *report = dd_report_at(reports, handle);
        unit->first = report->waiting;
        unit->queued--;
        unit->busy++;
        report->waiting = handle; // in hand
        dd_time mean = dd_seconds(settings->ward_work_h * 36 * work_pc[report->held]);
        dd_time work = mean / 2 + dd_exponential(draw(hub, ward, 2 * unit->jobs).v[0], mean / 2);
        report->job = unit->jobs++;
        dd_schedule(hub, dd_workday_after(&dd_world_of(hub)->def.calendar, hub->now, work),
                    DD_KIND_REPORT, handle, DD_REPORT_WORKED, report->generation, report->number);
    }
}

void dd_ward_take(dd_domain *hub, dd_wards *wards, const dd_reports *reports, uint32_t handle) {
    dd_report *report = dd_report_at(reports, handle);
    dd_ward_unit *unit = &wards->units[report->unit];
    uint32_t *link = &unit->first;
    while (*link && dd_report_at(reports, *link)->due_at <= report->due_at)
        link = &dd_report_at(reports, *link)->waiting;
    report->waiting = *link;
    *link = handle;
    unit->queued++;
    begin(hub, wards, reports, report->unit);
}

void dd_ward_drop(dd_domain *hub, dd_wards *wards, const dd_reports *reports, uint32_t handle) {
    dd_report *report = dd_report_at(reports, handle);
    dd_ward_unit *unit = &wards->units[report->unit];
    if (report->waiting == handle) {
        unit->busy--;
    } else {
        uint32_t *link = &unit->first;
        while (*link != handle)
            link = &dd_report_at(reports, *link)->waiting;
        *link = report->waiting;
        unit->queued--;
    }
    report->waiting = 0;
    begin(hub, wards, reports, report->unit);
}

dd_ward_word dd_ward_look(const dd_domain *hub, const dd_report *report, dd_answer *answer) {
    const dd_world *world = dd_world_of(hub);
    const dd_report_truth *truth = &report->truth;
    const dd_matters *matters = &dd_hub_of(hub)->citizens.matters;
    const dd_lamp *place = &world->city->lamps[truth->lamp];
    *answer = DD_ANSWER_NOT_FOUND;
    if (report->told == DD_REPORT_LIGHTING) return DD_WARD_RETURNS; // it says so, read aright
    if (!truth->matter || dd_matter_at(matters, truth->matter)->over) return DD_WARD_ANSWERS;
    if (dd_distance_m(&place->place, &report->place) > LOOKS_M) return DD_WARD_ANSWERS;
    if (place->ward != report->unit) return DD_WARD_RETURNS;
    uint32_t planned_ppm = (uint32_t)lrint(world->def.settings.ward_planned * 1e4);
    bool later = dd_chance_ppm(draw(hub, report->unit, 2 * report->job + 1).v[0], planned_ppm);
    *answer = later ? DD_ANSWER_PLANNED : DD_ANSWER_DONE;
    return DD_WARD_ANSWERS;
}
