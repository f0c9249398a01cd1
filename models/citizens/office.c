#include "models/citizens/office.h"
#include "models/citizens/mark.h"
#include "models/citizens/week.h"
#include "models/citizens/workdays.h"
#include "models/hub.h"

#include <math.h>

// The lighting people go round at these hours; so near to a report's place they look.
enum { ROUND_BY_DAY_H = 9, ROUND_BY_NIGHT_H = 20, MARK_OF_LIGHT_H = 21 };
static const float LOOKS_M = 100;

static dd_office *office_of(const dd_domain *hub) {
    return &dd_hub_of(hub)->office;
}

static dd_report *at(const dd_domain *hub, uint32_t handle) {
    return dd_report_at(&office_of(hub)->reports, handle);
}

static const dd_calendar *calendar_of(const dd_domain *hub) {
    return &dd_world_of(hub)->def.calendar;
}

// Who has a report: its ward, or the city's own people.
static uint32_t holder(const dd_domain *hub, const dd_report *report) {
    const dd_world *world = dd_world_of(hub);
    return report->state == DD_REPORT_WITH_WARD
               ? dd_world_entity(world, DD_ENTITY_WARD, report->unit)
               : dd_world_entity(world, DD_ENTITY_CITY, 1);
}

static bool open_still(const dd_report *report) {
    return report->number && report->state != DD_REPORT_ANSWERED;
}

// The next moment at that hour of the day, after now.
static dd_time next_at(const dd_domain *hub, dd_time now, int hour) {
    dd_time t = dd_midnight_before(calendar_of(hub), now) + hour * DD_HOUR;
    return t > now ? t : t + DD_DAY;
}

static void plan_round(dd_domain *hub, bool night) {
    dd_time next = next_at(hub, hub->now, night ? ROUND_BY_NIGHT_H : ROUND_BY_DAY_H);
    dd_schedule(hub, next, DD_KIND_OFFICE, 1, night, 0, 0);
}

void dd_office_start(dd_domain *hub) {
    dd_office *office = office_of(hub);
    dd_reports_init(&office->reports, &hub->arena);
    dd_wards_init(&office->wards, &hub->arena, dd_world_of(hub)->city->ward_n);
    if (!dd_settings_of(hub)->office_automatic) return;
    plan_round(hub, false);
    plan_round(hub, true);
}

// --- Receiving ---

static uint32_t days_for(const dd_settings *settings, dd_report_kind kind) {
    const double days[DD_REPORT_KINDS] = {
        [DD_REPORT_RUBBISH] = settings->office_rubbish_d,
        [DD_REPORT_STREET_SELLING] = settings->office_street_selling_d,
        [DD_REPORT_ADVERTISING] = settings->office_advertising_d,
        [DD_REPORT_CONSTRUCTION] = settings->office_construction_d,
        [DD_REPORT_INFRASTRUCTURE] = settings->office_infrastructure_d,
        [DD_REPORT_SECURITY] = settings->office_security_d,
        [DD_REPORT_LIGHTING] = settings->office_lighting_d};
    return (uint32_t)days[kind];
}

// The one of the staff who is free first sorts it, in working time.
static void plan_triage(dd_domain *hub, uint32_t handle) {
    const dd_settings *settings = dd_settings_of(hub);
    if (!settings->office_automatic) return;
    dd_office *office = office_of(hub);
    dd_report *report = at(hub, handle);
    uint32_t first = 0;
    for (uint32_t i = 1; i < (uint32_t)settings->office_staff; i++)
        if (office->free_at[i] < office->free_at[first]) first = i;
    dd_time from = hub->now > office->free_at[first] ? hub->now : office->free_at[first];
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_TRIAGE, report->returned & 1);
    dd_time takes = dd_exponential(word.v[0], dd_seconds(settings->office_triage_min * 60));
    office->free_at[first] = dd_workday_after(calendar_of(hub), from, takes);
    dd_schedule(hub, office->free_at[first] + DD_SECOND, DD_KIND_TRIAGE, handle, 0,
                report->generation, report->number);
}

void dd_office_receive(dd_domain *hub, uint32_t handle) {
    dd_office *office = office_of(hub);
    dd_report *report = at(hub, handle);
    const dd_world *world = dd_world_of(hub);
    dd_report_number(&office->reports, handle);
    report->state = DD_REPORT_FILED;
    report->held = report->kind;
    report->filed_at = hub->now;
    report->due_at =
        dd_workday_due(calendar_of(hub), hub->now, days_for(&world->def.settings, report->kind));
    office->counts.filed++;
    office->counts.by_kind[report->kind]++;
    report->record = dd_record_make(
        hub, DD_REC_REPORT, dd_world_entity(world, DD_ENTITY_ROAD, report->road),
        report->truth.record, report->number, report->kind,
        report->lamp ? dd_world_entity(world, DD_ENTITY_LAMP, report->lamp) : 0, report->text);
    dd_schedule(hub, report->due_at, DD_KIND_REPORT, handle, DD_REPORT_DUE, 0, report->number);
    plan_triage(hub, handle);
}

// --- Handing on ---

// Takes a report from whoever has it.
static void withdraw(dd_domain *hub, uint32_t handle) {
    dd_office *office = office_of(hub);
    dd_report *report = at(hub, handle);
    if (report->state == DD_REPORT_WITH_WARD)
        dd_ward_drop(hub, &office->wards, &office->reports, handle);
    report->state = DD_REPORT_FILED;
    report->generation++;
}

// What a report of light says goes to the control centre: of a lamp, when it names its number, else
// of a road.
static void tell_centre(dd_domain *hub, const dd_report *report) {
    static const uint8_t complaints[DD_SIGHTS] = {[DD_SIGHT_WELL] = DD_COMPLAINT_DARK,
                                                  [DD_SIGHT_DARK] = DD_COMPLAINT_DARK,
                                                  [DD_SIGHT_BURNING] = DD_COMPLAINT_BURNING,
                                                  [DD_SIGHT_FLICKER] = DD_COMPLAINT_FLICKER};
    dd_centre_report(hub, &dd_hub_of(hub)->centre, report->number, report->road,
                     report->pole ? report->lamp : 0, (dd_complaint)complaints[report->sight]);
}

static void give(dd_domain *hub, uint32_t handle, uint32_t unit) {
    dd_office *office = office_of(hub);
    dd_report *report = at(hub, handle);
    withdraw(hub, handle);
    report->unit = unit;
    report->state = unit == DD_LIGHTING_UNIT ? DD_REPORT_WITH_CENTRE : DD_REPORT_WITH_WARD;
    office->counts.transferred++;
    if (!report->handed_on) {
        office->counts.transferred_first++;
        office->counts.transfer_s += (uint64_t)((hub->now - report->filed_at) / DD_SECOND);
    }
    report->handed_on = true;
    report->record = dd_record_make(hub, DD_REC_REPORT_TRANSFERRED, holder(hub, report),
                                    report->record, report->number, report->held, 0, 0);
    if (unit == DD_LIGHTING_UNIT)
        tell_centre(hub, report);
    else
        dd_ward_take(hub, &office->wards, &office->reports, handle);
}

static void forget(dd_domain *hub, uint32_t handle) {
    uint32_t matter = at(hub, handle)->truth.matter;
    if (matter) dd_matter_let_go(&dd_hub_of(hub)->citizens.matters, matter);
    dd_report_forget(&office_of(hub)->reports, handle);
}

// Whether and when its citizen will give a mark: some hours later, or, of light, one evening.
static void plan_mark(dd_domain *hub, uint32_t handle) {
    dd_report *report = at(hub, handle);
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_CONTENT, 0);
    uint32_t rates_ppm = (uint32_t)lrint(dd_settings_of(hub)->citizens_rates * 1e4);
    if (!dd_chance_ppm(word.v[0], rates_ppm)) {
        forget(hub, handle);
        return;
    }
    dd_time wait = dd_exponential(word.v[1], 8 * DD_HOUR);
    dd_time when = dd_week_after(calendar_of(hub), hub->now, wait) + DD_SECOND;
    if (report->told == DD_REPORT_LIGHTING) when = next_at(hub, when, MARK_OF_LIGHT_H);
    dd_schedule(hub, when, DD_KIND_REPORT, handle, DD_REPORT_MARKED, report->generation,
                report->number);
}

static void answer(dd_domain *hub, uint32_t handle, dd_answer answer, uint64_t cause) {
    dd_office *office = office_of(hub);
    dd_report *report = at(hub, handle);
    report->answerer = holder(hub, report);
    withdraw(hub, handle);
    report->state = DD_REPORT_ANSWERED;
    report->answer = (uint8_t)answer;
    dd_time after = hub->now - report->filed_at;
    office->counts.answered++;
    office->counts.by_answer[answer]++;
    office->counts.answered_in_time += hub->now <= report->due_at;
    office->counts.answer_s += (uint64_t)(after / DD_SECOND);
    report->record = dd_record_make(hub, DD_REC_REPORT_ANSWERED, report->answerer,
                                    cause ? cause : report->record, report->number, report->held,
                                    answer, after / (DD_HOUR / 1000));
    dd_matters *matters = &dd_hub_of(hub)->citizens.matters;
    uint32_t matter = report->truth.matter;
    if (matter && dd_matter_at(matters, matter)->answered == DD_NEVER)
        dd_matter_at(matters, matter)->answered = hub->now;
    plan_mark(hub, handle);
}

// --- Sorting ---

// An open report that has been sorted, of the same group and so near that it is taken for the same:
// of light, on the same road too. 0: none.
static uint32_t original_of(const dd_domain *hub, uint32_t handle) {
    const dd_reports *reports = &office_of(hub)->reports;
    const dd_report *report = at(hub, handle);
    float near_m = (float)dd_settings_of(hub)->office_merge_m;
    for (uint32_t it = reports->first; it; it = dd_report_at(reports, it)->next) {
        const dd_report *other = dd_report_at(reports, it);
        if (it == handle || other->held != report->held) continue;
        if (other->state != DD_REPORT_WITH_WARD && other->state != DD_REPORT_WITH_CENTRE) continue;
        bool light = report->held == DD_REPORT_LIGHTING;
        if (light && other->road == report->road) return it;
        if (dd_distance_m(&other->place, &report->place) < near_m) return it;
    }
    return 0;
}

void dd_office_triage(dd_domain *hub, const dd_event *event) {
    dd_report *report = at(hub, event->target);
    if (report->number != event->b || report->generation != event->a) return;
    uint32_t corrects_ppm = (uint32_t)lrint(dd_settings_of(hub)->office_corrects * 1e4);
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_TRIAGE, 2);
    if (report->known || dd_chance_ppm(word.v[0], corrects_ppm)) report->held = report->told;
    uint32_t original = report->known ? 0 : original_of(hub, event->target);
    if (original) {
        at(hub, original)->me_too++;
        answer(hub, event->target, DD_ANSWER_DUPLICATE, at(hub, original)->record);
    } else {
        give(hub, event->target,
             report->held == DD_REPORT_LIGHTING ? DD_LIGHTING_UNIT : report->ward);
    }
}

// Who went there has found that it is another's business, and says whose.
static void give_back(dd_domain *hub, uint32_t handle) {
    dd_report *report = at(hub, handle);
    withdraw(hub, handle);
    report->known = true;
    report->returned++;
    report->held = report->told;
    report->ward = dd_world_of(hub)->city->lamps[report->truth.lamp].ward;
    office_of(hub)->counts.returned++;
    plan_triage(hub, handle);
}

// --- Steps of a report ---

static void worked(dd_domain *hub, uint32_t handle) {
    const dd_report *report = at(hub, handle);
    dd_answer said;
    if (dd_ward_look(hub, report, &said) == DD_WARD_RETURNS) {
        give_back(hub, handle);
        return;
    }
    if (said == DD_ANSWER_DONE)
        dd_matter_end(hub, &dd_hub_of(hub)->citizens.matters, report->truth.matter,
                      DD_MATTER_PUT_RIGHT, report->record);
    answer(hub, handle, said, 0);
}

static void fall_due(dd_domain *hub, dd_report *report) {
    if (!open_still(report)) return;
    report->overdue = true;
    office_of(hub)->counts.overdue++;
    dd_record_make(hub, DD_REC_REPORT_OVERDUE, holder(hub, report), report->record, report->number,
                   report->held, 0, 0);
}

static void mark(dd_domain *hub, uint32_t handle) {
    dd_office_counts *counts = &office_of(hub)->counts;
    const dd_report *report = at(hub, handle);
    uint32_t marks = dd_mark_of(hub, report);
    counts->marked++;
    counts->content += marks >= 4;
    counts->marks += marks;
    dd_record_make(hub, DD_REC_REPORT_RATED, report->answerer, report->record, report->number,
                   marks, 0, 0);
    forget(hub, handle);
}

void dd_office_step(dd_domain *hub, const dd_event *event) {
    dd_report *report = at(hub, event->target);
    if (report->number != event->b) return;
    if (event->small == DD_REPORT_DUE) {
        fall_due(hub, report);
    } else if (report->generation == event->a) {
        if (event->small == DD_REPORT_WORKED)
            worked(hub, event->target);
        else
            mark(hub, event->target);
    }
}

// --- The lighting people ---

// Whether a lamp of its road near its place looks wrong, in a way that can be told now.
static bool looks_wrong(const dd_domain *hub, const dd_report *report) {
    const dd_city *city = dd_world_of(hub)->city;
    const dd_sights *sights = &dd_hub_of(hub)->citizens.sights;
    for (uint32_t it = sights->roads[report->road].first; it;) {
        const dd_seen_lamp *seen = dd_pool_at(&sights->lamps, it);
        it = seen->next;
        if (dd_distance_m(&city->lamps[seen->lamp].place, &report->place) > LOOKS_M) continue;
        if (dd_sight_of(sights, report->road, seen->lamp, hub->now)) return true;
    }
    return false;
}

// What the centre holds to be the cause of what a report tells.
static dd_cause known_cause(const dd_domain *hub, const dd_report *report) {
    const dd_centre *centre = &dd_hub_of(hub)->centre;
    const dd_incident *incident =
        dd_incident_find(centre, dd_incident_of_report(centre, report->number));
    return incident ? (dd_cause)incident->cause : DD_CAUSE_UNKNOWN;
}

// What looks wrong is left until it is well, unless somebody wants it so. What is well was put
// right meanwhile when they have seen it wrong before, or the centre knows what it was.
static void look_at(dd_domain *hub, uint32_t handle) {
    dd_report *report = at(hub, handle);
    dd_cause cause = known_cause(hub, report);
    bool known = cause != DD_CAUSE_UNKNOWN && cause != DD_CAUSE_NOTHING;
    if (report->told != DD_REPORT_LIGHTING)
        give_back(hub, handle);
    else if (!looks_wrong(hub, report))
        answer(hub, handle, report->found || known ? DD_ANSWER_DONE : DD_ANSWER_NOT_FOUND, 0);
    else if (cause == DD_CAUSE_ORDER)
        answer(hub, handle, DD_ANSWER_PLANNED, 0);
    else
        report->found = true;
}

// Places that they have found wrong before lie on their way anyway.
void dd_office_round(dd_domain *hub, bool night) {
    const dd_reports *reports = &office_of(hub)->reports;
    double left = dd_settings_of(hub)->office_round;
    for (uint32_t handle = reports->first, next; handle; handle = next) {
        const dd_report *report = dd_report_at(reports, handle);
        next = report->next;
        bool by_day = report->sight == DD_SIGHT_BURNING;
        if (report->state != DD_REPORT_WITH_CENTRE || by_day == night) continue;
        if (!report->found && left-- < 1) break;
        look_at(hub, handle);
    }
    plan_round(hub, night);
}

// --- Also for an operator ---

// The handle of an open report, 0: none.
static uint32_t find_open(const dd_domain *hub, uint32_t number) {
    uint32_t handle = dd_report_handle(&office_of(hub)->reports, number);
    return handle && open_still(at(hub, handle)) ? handle : 0;
}

bool dd_report_transfer(dd_domain *hub, uint32_t number, uint32_t ward) {
    uint32_t handle = find_open(hub, number);
    if (!handle || ward >= dd_world_of(hub)->city->ward_n) return false;
    give(hub, handle, ward);
    return true;
}

bool dd_report_answer(dd_domain *hub, uint32_t number, dd_answer said) {
    uint32_t handle = find_open(hub, number);
    if (!handle || said >= DD_ANSWERS) return false;
    answer(hub, handle, said, 0);
    return true;
}

const dd_report *dd_report_find(const dd_domain *hub, uint32_t number) {
    uint32_t handle = find_open(hub, number);
    return handle ? at(hub, handle) : NULL;
}

void dd_reports_each(const dd_domain *hub, void (*tell)(void *context, const dd_report *report),
                     void *context) {
    const dd_reports *reports = &office_of(hub)->reports;
    for (uint32_t it = reports->first; it; it = dd_report_at(reports, it)->next)
        if (open_still(dd_report_at(reports, it))) tell(context, dd_report_at(reports, it));
}
