// The urban management office and its wards: what becomes of a report, by whom, in which time.
#include "models/citizens/workdays.h"
#include "tests/toy_city.h"

#include <math.h>

#define OFFICE                                                                                     \
    (TOY_BIT(DD_REC_REPORT) | TOY_BIT(DD_REC_REPORT_TRANSFERRED) |                                 \
     TOY_BIT(DD_REC_REPORT_OVERDUE) | TOY_BIT(DD_REC_REPORT_ANSWERED) |                            \
     TOY_BIT(DD_REC_REPORT_RATED) | TOY_BIT(DD_REC_MATTER))

// Nobody files but whom the test has file; whatever is drawn is certain.
static toy_def quiet(void) {
    toy_def def = toy_default();
    def.start = "2020-08-03 06:00"; // a Monday
    def.settings.mesh_off = 1;
    def.settings.centre_poll_s = 0; // all lamps would seem silent
    def.settings.citizens_adoption = 0;
    def.settings.citizens_rates = 0;
    def.settings.office_triage_min = 10;
    def.settings.office_corrects = 100;
    def.settings.ward_planned = 0;
    return def;
}

static dd_domain *hub_of(const toy *it) {
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    hub->now = it->world->engine->now;
    return hub;
}

static uint32_t file(toy *it, dd_report_kind kind, const char *lamp, bool unfounded) {
    dd_filing filing = {.kind = kind,
                        .filed = kind,
                        .lamp = dd_world_index(it->world, toy_entity(it, lamp)),
                        .unfounded = unfounded,
                        .pole = kind == DD_REPORT_LIGHTING};
    return dd_filing_order(it->world, &filing);
}

// The last record of a kind on a report, or NULL.
static const dd_record *last(const toy *it, int kind, uint32_t number) {
    for (size_t i = it->record_n; i-- > 0;)
        if (it->records[i].kind == kind && it->records[i].value[0] == number)
            return &it->records[i];
    return NULL;
}

static uint32_t count(const toy *it, int kind, uint32_t number) {
    uint32_t n = 0;
    for (size_t i = 0; i < it->record_n; i++)
        n += it->records[i].kind == kind && (!number || it->records[i].value[0] == number);
    return n;
}

static void expect_answer(const toy *it, uint32_t number, dd_answer answer) {
    const dd_record *record = last(it, DD_REC_REPORT_ANSWERED, number);
    cr_assert(record != NULL, "report %u is not answered", number);
    cr_expect(eq(i64, record->value[2], answer), "report %u", number);
}

// --- The way of a report ---

// Filed on Monday at six: sorted from seven on, handed to its ward, put right, answered, each as
// the cause of the next.
Test(office, from_filing_to_answer) {
    toy_def def = quiet();
    toy *it = toy_start(&def, OFFICE);
    uint32_t number = file(it, DD_REPORT_RUBBISH, "lamp:L-2-7", false);
    toy_for(it, 5 * DD_DAY);
    const dd_record *filed = last(it, DD_REC_REPORT, number);
    const dd_record *given = last(it, DD_REC_REPORT_TRANSFERRED, number);
    const dd_record *answered = last(it, DD_REC_REPORT_ANSWERED, number);
    cr_assert(filed && given && answered);
    cr_expect(gt(i64, given->time, DD_HOUR));
    cr_expect(lt(i64, given->time, 3 * DD_HOUR));
    cr_expect(eq(u32, given->entity, dd_world_entity(it->world, DD_ENTITY_WARD, 1)));
    cr_expect(eq(u32, answered->entity, given->entity));
    cr_expect(eq(u64, given->cause, filed->id));
    cr_expect(eq(u64, answered->cause, given->id));
    cr_expect(eq(i64, answered->value[3], answered->time / (DD_HOUR / 1000)));
    expect_answer(it, number, DD_ANSWER_DONE);
    cr_expect(eq(i64, last(it, DD_REC_MATTER, 1)->value[2], DD_MATTER_PUT_RIGHT));
    cr_expect(eq(u32, toy_hub(it)->office.reports.pool.used, 0), "and is forgotten");
    toy_close(it);
}

Test(office, nothing_there) {
    toy_def def = quiet();
    toy *it = toy_start(&def, OFFICE);
    uint32_t number = file(it, DD_REPORT_SECURITY, "lamp:L-2-7", true);
    toy_for(it, 5 * DD_DAY);
    expect_answer(it, number, DD_ANSWER_NOT_FOUND);
    toy_close(it);
}

Test(office, left_for_later) {
    toy_def def = quiet();
    def.settings.ward_planned = 100;
    toy *it = toy_start(&def, OFFICE);
    uint32_t number = file(it, DD_REPORT_INFRASTRUCTURE, "lamp:L-2-7", false);
    toy_for(it, 14 * DD_DAY);
    expect_answer(it, number, DD_ANSWER_PLANNED);
    cr_expect(eq(i64, last(it, DD_REC_MATTER, 1)->value[2], DD_MATTER_NOTICED),
              "it is still there");
    toy_close(it);
}

// In another's ward: given back, and handed on to where it is.
Test(office, a_wrong_ward_gives_it_back) {
    toy_def def = quiet();
    def.settings.office_automatic = 0;
    toy *it = toy_start(&def, OFFICE);
    uint32_t number = file(it, DD_REPORT_ADVERTISING, "lamp:L-2-7", false);
    cr_expect(dd_report_transfer(hub_of(it), number, 2));
    toy_for(it, 5 * DD_DAY);
    const dd_report *report = dd_report_find(hub_of(it), number);
    cr_assert(report != NULL, "in the inbox again");
    cr_expect(eq(u8, report->state, DD_REPORT_FILED));
    cr_expect(eq(u8, report->returned, 1));
    cr_expect(eq(u32, report->ward, 1), "whoever was there says where it is");
    cr_expect(dd_report_transfer(hub_of(it), number, report->ward));
    toy_for(it, 5 * DD_DAY);
    expect_answer(it, number, DD_ANSWER_DONE);
    cr_expect(eq(u32, toy_hub(it)->office.counts.returned, 1));
    toy_close(it);
}

// Light, filed in another group: the staff read it and hand it to the centre, or, when they do not,
// a ward gives it back.
Test(office, a_wrong_group_finds_its_way) {
    for (int corrects = 0; corrects < 2; corrects++) {
        toy_def def = quiet();
        def.settings.office_corrects = corrects ? 100 : 0;
        toy *it = toy_start(&def, OFFICE);
        toy_act(it, "fail lamp:L-2-7 led_open");
        uint32_t lamp = dd_world_index(it->world, toy_entity(it, "lamp:L-2-7"));
        uint32_t number = dd_filing_order(
            it->world,
            &(dd_filing){.kind = DD_REPORT_LIGHTING, .filed = DD_REPORT_SECURITY, .lamp = lamp});
        toy_for(it, 4 * DD_DAY);
        const dd_record *given = last(it, DD_REC_REPORT_TRANSFERRED, number);
        cr_assert(given != NULL);
        cr_expect(eq(u32, given->entity, dd_world_entity(it->world, DD_ENTITY_CITY, 1)));
        cr_expect(eq(i64, given->value[1], DD_REPORT_LIGHTING));
        cr_expect(eq(u32, count(it, DD_REC_REPORT_TRANSFERRED, number), corrects ? 1 : 2));
        toy_close(it);
    }
}

// Light: the lighting people look by night; what they have found dark they answer once it burns.
Test(office, light_is_answered_when_it_burns) {
    toy_def def = quiet();
    toy *it = toy_start(&def, OFFICE);
    toy_act(it, "fail lamp:L-2-7 led_open");
    uint32_t dark = file(it, DD_REPORT_LIGHTING, "lamp:L-2-7", false);
    uint32_t sound = file(it, DD_REPORT_LIGHTING, "lamp:L-3-7", true);
    toy_for(it, 3 * DD_DAY);
    expect_answer(it, sound, DD_ANSWER_NOT_FOUND);
    cr_expect(eq(i64, last(it, DD_REC_REPORT_ANSWERED, sound)->time, 14 * DD_HOUR), "at eight");
    cr_expect(last(it, DD_REC_REPORT_ANSWERED, dark) == NULL);
    toy_act(it, "repair lamp:L-2-7");
    toy_for(it, DD_DAY);
    expect_answer(it, dark, DD_ANSWER_DONE);
    toy_close(it);
}

// The centre is told of it: of the lamp, by its number, in an incident that names it; another of
// the same joins that.
Test(office, the_centre_is_told_of_light) {
    toy_def def = quiet();
    def.settings.office_merge_m = 0;
    toy *it = toy_start(&def, OFFICE);
    toy_act(it, "fail lamp:L-2-7 led_open");
    uint32_t first = file(it, DD_REPORT_LIGHTING, "lamp:L-2-7", false);
    toy_for(it, 6 * DD_HOUR);
    const dd_centre *centre = &toy_hub(it)->centre;
    const dd_incident *incident = dd_incident_find(centre, dd_incident_of_report(centre, first));
    cr_assert(incident != NULL);
    cr_expect(eq(u32, incident->entity, toy_entity(it, "lamp:L-2-7")));
    cr_expect(eq(u32, incident->report_n, 1));
    dd_filing along = {.kind = DD_REPORT_LIGHTING,
                       .filed = DD_REPORT_LIGHTING,
                       .lamp = dd_world_index(it->world, toy_entity(it, "lamp:L-1-7"))};
    uint32_t road = dd_filing_order(it->world, &along);
    toy_for(it, 3 * DD_HOUR);
    incident = dd_incident_find(centre, dd_incident_of_report(centre, road));
    cr_assert(incident != NULL);
    cr_expect(eq(u32, incident->entity, toy_entity(it, "road:S-1-0")), "no number, no lamp");
    toy_close(it);
}

// What the centre knows of makes the answer: it was well when they came, but it had been dark.
Test(office, what_the_centre_knows_is_answered_as_done) {
    toy_def def = quiet();
    toy *it = toy_start(&def, OFFICE);
    uint32_t number = file(it, DD_REPORT_LIGHTING, "lamp:L-2-7", true);
    toy_for(it, 6 * DD_HOUR);
    dd_centre *centre = &toy_hub(it)->centre;
    cr_assert(dd_incident_cause(hub_of(it), centre, dd_incident_of_report(centre, number),
                                DD_CAUSE_FEEDER));
    toy_until(it, "22:00");
    expect_answer(it, number, DD_ANSWER_DONE);
    toy_close(it);
}

Test(office, a_day_burner_is_looked_at_by_day) {
    toy_def def = quiet();
    toy *it = toy_start(&def, OFFICE);
    toy_act(it, "fail lamp:L-2-7 stuck_on");
    toy_until(it, "08:00");
    uint32_t number = file(it, DD_REPORT_LIGHTING, "lamp:L-2-7", false);
    cr_expect(eq(u8, dd_report_find(hub_of(it), number)->sight, DD_SIGHT_BURNING));
    toy_for(it, 2 * DD_DAY);
    cr_expect(dd_report_find(hub_of(it), number)->found);
    toy_act(it, "repair lamp:L-2-7");
    toy_until(it, "12:00");
    toy_for(it, DD_DAY);
    expect_answer(it, number, DD_ANSWER_DONE);
    toy_close(it);
}

// --- Duplicates ---

// Of the same group within so many metres; of light also along the road. Lamps are 30 m apart.
Test(office, joins_what_is_near) {
    toy_def def = quiet();
    def.settings.ward_work_h = 100;
    toy *it = toy_start(&def, OFFICE);
    uint32_t first = file(it, DD_REPORT_RUBBISH, "lamp:L-2-7", false);
    uint32_t near = file(it, DD_REPORT_RUBBISH, "lamp:L-2-8", false);
    uint32_t far = file(it, DD_REPORT_RUBBISH, "lamp:L-2-12", false);
    uint32_t other = file(it, DD_REPORT_SECURITY, "lamp:L-2-7", false);
    uint32_t light = file(it, DD_REPORT_LIGHTING, "lamp:L-1-1", true);
    uint32_t along = file(it, DD_REPORT_LIGHTING, "lamp:L-1-29", true);
    toy_until(it, "12:00");
    expect_answer(it, near, DD_ANSWER_DUPLICATE);
    expect_answer(it, along, DD_ANSWER_DUPLICATE);
    cr_expect(eq(u32, count(it, DD_REC_REPORT_ANSWERED, 0), 2));
    cr_expect(eq(u16, dd_report_find(hub_of(it), first)->me_too, 1));
    cr_expect(dd_report_find(hub_of(it), far) && dd_report_find(hub_of(it), other) &&
              dd_report_find(hub_of(it), light));
    const dd_record *answered = last(it, DD_REC_REPORT_ANSWERED, near);
    cr_expect(eq(u64, answered->cause, last(it, DD_REC_REPORT_TRANSFERRED, first)->id));
    toy_close(it);
}

// --- Time ---

// The staff sort in working time only, one after the other: a night's reports in the morning.
Test(office, sorts_in_working_hours) {
    toy_def def = quiet();
    def.start = "2020-08-07 18:00"; // a Friday
    toy *it = toy_start(&def, OFFICE);
    for (int i = 1; i <= 30; i++) {
        char lamp[24];
        snprintf(lamp, sizeof lamp, "lamp:L-%d-%d", 1 + i % 3, 1 + (i * 7) % 30);
        file(it, (dd_report_kind)(i % 6), lamp, true);
    }
    toy_for(it, 60 * DD_HOUR);
    cr_expect(eq(u32, count(it, DD_REC_REPORT_TRANSFERRED, 0), 0), "a weekend");
    toy_for(it, 2 * DD_DAY);
    dd_time end = 0;
    uint32_t sorted = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        bool first =
            record->kind == DD_REC_REPORT_TRANSFERRED ||
            (record->kind == DD_REC_REPORT_ANSWERED && record->value[2] == DD_ANSWER_DUPLICATE);
        if (!first) continue;
        dd_civil civil = dd_civil_at(&it->world->def.calendar, record->time);
        bool open = (civil.hour >= 7 && civil.hour < 11) || (civil.hour >= 13 && civil.hour < 17);
        cr_expect(open);
        end = record->time;
        sorted++;
    }
    cr_expect(eq(u32, sorted, 30));
    dd_time monday = 61 * DD_HOUR;
    dd_time mean = dd_workday_after(&it->world->def.calendar, 0, 30 * 10 * DD_MINUTE) - monday;
    cr_expect(epsilon_eq(dbl, (double)(end - monday) / 3.6e12, (double)mean / 3.6e12, 3));
    toy_close(it);
}

// The mean working time of sorting is what the setting says.
Test(office, takes_its_time_for_each) {
    toy_def def = quiet();
    def.settings.office_triage_min = 20;
    double sum_h = 0;
    enum { REPORTS = 200 };
    toy *it = toy_start(&def, OFFICE);
    toy_until(it, "07:00");
    for (int i = 0; i < REPORTS; i++) {
        dd_civil civil = dd_civil_at(&it->world->def.calendar, it->world->engine->now);
        uint32_t number = file(it, DD_REPORT_SECURITY, "lamp:L-2-7", true);
        dd_time filed = it->world->engine->now;
        while (!last(it, DD_REC_REPORT_TRANSFERRED, number))
            toy_for(it, DD_MINUTE);
        dd_time given = last(it, DD_REC_REPORT_TRANSFERRED, number)->time;
        dd_civil after = dd_civil_at(&it->world->def.calendar, given);
        bool over_lunch = civil.hour < 12 && after.hour >= 13, night = after.day != civil.day;
        sum_h += (double)(given - filed) / 3.6e12 - (over_lunch ? 2 : 0) - (night ? 14 : 0);
        dd_report_answer(hub_of(it), number, DD_ANSWER_NOT_FOUND);
        dd_time next = dd_workday_after(&it->world->def.calendar, it->world->engine->now, 0);
        dd_civil begin = dd_civil_at(&it->world->def.calendar, next);
        if (begin.hour == 16 || begin.hour == 10) next += 15 * DD_HOUR;
        toy_to(it, dd_workday_after(&it->world->def.calendar, next, 0));
    }
    cr_expect(epsilon_eq(dbl, sum_h / REPORTS, 1 / 3.0, 4 / 3.0 / sqrt(REPORTS)));
    toy_close(it);
}

// A ward with two hands works on two at once, in working time, the most urgent first.
Test(office, a_ward_has_so_many_hands) {
    toy_def def = quiet();
    def.settings.office_automatic = 0;
    def.settings.ward_work_h = 8;
    toy *it = toy_start(&def, OFFICE);
    enum { REPORTS = 60 };
    uint32_t numbers[REPORTS];
    for (int i = 0; i < REPORTS; i++) {
        char lamp[24];
        snprintf(lamp, sizeof lamp, "lamp:L-%d-%d", 1 + i % 3, 1 + (i * 7) % 30);
        numbers[i] = file(it, i % 2 ? DD_REPORT_CONSTRUCTION : DD_REPORT_RUBBISH, lamp, false);
    }
    for (int i = 0; i < REPORTS; i++)
        cr_assert(dd_report_transfer(hub_of(it), numbers[i], 1));
    const dd_ward_unit *unit = &toy_hub(it)->office.wards.units[1];
    cr_expect(eq(u32, unit->busy, 2));
    cr_expect(eq(u32, unit->queued, REPORTS - 2));
    toy_for(it, 120 * DD_DAY);
    cr_expect(eq(u32, count(it, DD_REC_REPORT_ANSWERED, 0), REPORTS));
    cr_expect(eq(u32, unit->busy + unit->queued, 0));
    // 30 of 4 h and 30 of 16 h by two hands, 8 h a day: some 37.5 working days, the rubbish first
    dd_time last_rubbish = 0, end = 0;
    for (int i = 0; i < REPORTS; i++) {
        dd_time at = last(it, DD_REC_REPORT_ANSWERED, numbers[i])->time;
        if (i % 2 == 0 && at > last_rubbish) last_rubbish = at;
        if (at > end) end = at;
    }
    cr_expect(epsilon_eq(dbl, (double)last_rubbish / 86400e9, 7.5 * 7 / 5, 4));
    cr_expect(epsilon_eq(dbl, (double)end / 86400e9, 37.5 * 7 / 5, 14));
    toy_close(it);
}

// What is not answered by its day is overdue, once, and whose it is; what is answered in time never
// is.
Test(office, overdue) {
    toy_def def = quiet();
    def.settings.office_automatic = 0;
    def.settings.office_rubbish_d = 2;
    toy *it = toy_start(&def, OFFICE);
    uint32_t late = file(it, DD_REPORT_RUBBISH, "lamp:L-2-7", false);
    uint32_t timely = file(it, DD_REPORT_RUBBISH, "lamp:L-3-7", false);
    toy_until(it, "16:00");
    cr_expect(dd_report_answer(hub_of(it), timely, DD_ANSWER_PLANNED));
    toy_for(it, 20 * DD_DAY);
    cr_assert(count(it, DD_REC_REPORT_OVERDUE, 0) == 1);
    const dd_record *record = last(it, DD_REC_REPORT_OVERDUE, late);
    cr_expect(eq(i64, record->time, 2 * DD_DAY + 11 * DD_HOUR), "Wednesday at five");
    cr_expect(eq(u32, record->entity, dd_world_entity(it->world, DD_ENTITY_CITY, 1)));
    cr_expect(dd_report_answer(hub_of(it), late, DD_ANSWER_NOT_OURS));
    const dd_office_counts *counts = &toy_hub(it)->office.counts;
    cr_expect(eq(u32, counts->overdue, 1));
    cr_expect(eq(u32, counts->answered_in_time, 1));
    cr_expect(eq(u32, counts->answered, 2));
    toy_close(it);
}

// --- By hand ---

Test(office, an_operator_does_it_all) {
    toy_def def = quiet();
    def.settings.office_automatic = 0;
    toy *it = toy_start(&def, OFFICE);
    uint32_t number = file(it, DD_REPORT_RUBBISH, "lamp:L-2-7", false);
    toy_for(it, 2 * DD_DAY);
    cr_expect(eq(u32, count(it, DD_REC_REPORT_TRANSFERRED, 0), 0), "nobody does it for him");
    cr_expect(not(dd_report_transfer(hub_of(it), number + 1, 1)), "no such report");
    cr_expect(not(dd_report_transfer(hub_of(it), number, 3)), "no such ward");
    cr_expect(dd_report_transfer(hub_of(it), number, 2));
    cr_expect(dd_report_transfer(hub_of(it), number, DD_LIGHTING_UNIT), "thinks better of it");
    cr_expect(eq(u32, toy_hub(it)->office.wards.units[2].busy, 0), "and the ward lets go");
    cr_expect(dd_report_answer(hub_of(it), number, DD_ANSWER_NOT_OURS));
    cr_expect(not(dd_report_answer(hub_of(it), number, DD_ANSWER_DONE)), "closed");
    cr_expect(not(dd_report_transfer(hub_of(it), number, 1)), "closed");
    cr_expect(dd_report_find(hub_of(it), number) == NULL);
    toy_for(it, 20 * DD_DAY);
    cr_expect(eq(u32, count(it, DD_REC_REPORT_ANSWERED, 0), 1), "no work of the ward is left");
    cr_expect(eq(u32, count(it, DD_REC_REPORT_OVERDUE, 0), 0));
    toy_close(it);
}

// Handed to the centre, to a ward and to the centre again it is one report of one incident; what
// nobody has filed is none.
Test(office, to_and_fro_is_one_report) {
    toy_def def = quiet();
    def.settings.office_automatic = 0;
    toy *it = toy_start(&def, OFFICE | TOY_BIT(DD_REC_INCIDENT_LINK));
    uint32_t number = file(it, DD_REPORT_LIGHTING, "lamp:L-2-7", false);
    toy_for(it, DD_MINUTE);
    const dd_centre *centre = &toy_hub(it)->centre;
    dd_error error = {DD_OK, ""};
    toy_act(it, "open lamp:L-2-7 lamp");
    cr_expect(not(dd_action_do_text(it->world, "link 1 report 99", &error)));
    cr_expect(eq(u32, dd_incident_find(centre, 1)->report_n, 0));
    for (int i = 0; i < 3; i++) {
        cr_assert(dd_report_transfer(hub_of(it), number, DD_LIGHTING_UNIT));
        cr_assert(dd_report_transfer(hub_of(it), number, 1));
    }
    cr_expect(eq(u32, dd_incident_find(centre, 1)->report_n, 1));
    cr_expect(eq(u32, centre->incidents.report_n, 1));
    toy_act(it, "open road:S-2-0 unknown");
    toy_act(it, "link 2 report 1");
    cr_assert(dd_report_transfer(hub_of(it), number, DD_LIGHTING_UNIT));
    cr_expect(eq(u32, dd_incident_of_report(centre, number), 2), "where the operator has put it");
    cr_expect(eq(u32, dd_incident_find(centre, 1)->report_n, 0));
    toy_act(it, "close 2");
    cr_assert(dd_report_transfer(hub_of(it), number, DD_LIGHTING_UNIT));
    cr_expect(eq(u32, dd_incident_of_report(centre, number), 1));
    toy_close(it);
}

static void remember(void *context, const dd_report *report) {
    uint32_t **at = context;
    *(*at)++ = report->number;
}

Test(office, tells_open_reports_in_their_order) {
    toy_def def = quiet();
    def.settings.office_automatic = 0;
    def.settings.citizens_rates = 100;
    toy *it = toy_start(&def, OFFICE);
    for (int i = 1; i <= 5; i++)
        file(it, DD_REPORT_SECURITY, "lamp:L-2-7", true);
    cr_assert(dd_report_answer(hub_of(it), 1, DD_ANSWER_DONE));
    cr_assert(dd_report_answer(hub_of(it), 3, DD_ANSWER_DONE));
    uint32_t numbers[8] = {0}, *at = numbers;
    dd_reports_each(hub_of(it), remember, &at);
    cr_expect(eq(u32, numbers[0], 2));
    cr_expect(eq(u32, numbers[1], 4));
    cr_expect(eq(u32, numbers[2], 5));
    cr_expect(eq(u32, numbers[3], 0));
    toy_close(it);
}

// --- Satisfaction ---

// Marks of the same answers, over many reports: put right in time is worth a five, nothing found
// where something is a one; being late costs.
static double mean_mark(dd_answer answer, bool cured, bool late) {
    toy_def def = quiet();
    def.settings.office_automatic = 0;
    def.settings.citizens_rates = 100;
    def.settings.office_infrastructure_d = 1;
    toy *it = toy_start(&def, OFFICE);
    enum { REPORTS = 200 };
    for (int i = 0; i < REPORTS; i++)
        file(it, DD_REPORT_INFRASTRUCTURE, "lamp:L-2-7", false);
    toy_for(it, late ? 3 * DD_DAY : DD_HOUR);
    for (uint32_t number = 1; number <= REPORTS; number++) {
        dd_report *report = dd_report_at(&toy_hub(it)->office.reports,
                                         dd_report_handle(&toy_hub(it)->office.reports, number));
        if (cured)
            dd_matter_end(hub_of(it), &toy_hub(it)->citizens.matters, report->truth.matter,
                          DD_MATTER_PUT_RIGHT, 0);
        cr_assert(dd_report_answer(hub_of(it), number, answer));
    }
    toy_for(it, 5 * DD_DAY);
    double sum = 0, n = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        if (it->records[i].kind != DD_REC_REPORT_RATED) continue;
        cr_expect(it->records[i].value[1] >= 1 && it->records[i].value[1] <= 5);
        sum += (double)it->records[i].value[1];
        n++;
    }
    cr_expect(gt(dbl, n, 0.95 * REPORTS));
    cr_expect(eq(u32, toy_hub(it)->office.counts.marked, (uint32_t)n));
    toy_close(it);
    return sum / n;
}

Test(office, marks_go_by_what_was_done) {
    cr_expect(gt(dbl, mean_mark(DD_ANSWER_DONE, true, false), 4.4));
    cr_expect(lt(dbl, mean_mark(DD_ANSWER_NOT_FOUND, false, false), 2));
    double in_time = mean_mark(DD_ANSWER_PLANNED, true, false);
    cr_expect(epsilon_eq(dbl, in_time - mean_mark(DD_ANSWER_PLANNED, true, true), 1, 0.15));
}

// --- A month of it all ---

// Every report has one number, is answered once at most, and is known to somebody; nothing is left
// over in queues.
Test(office, a_month_adds_up) {
    toy_def def = toy_default();
    def.start = "2020-08-03 06:00";
    def.settings.mesh_off = 1;
    def.settings.centre_poll_s = 0; // all lamps would seem silent
    def.settings.citizens_per_day = 20;
    def.settings.citizens_notice_h = 20;
    def.settings.citizens_ward_spread = 1;
    def.settings.ward_capacity = 20;
    def.settings.office_staff = 2;
    toy *it = toy_start(&def, OFFICE);
    toy_act(it, "fail lamp:L-1-7 led_open");
    toy_for(it, 10 * DD_DAY);
    toy_act(it, "repair lamp:L-1-7");
    toy_for(it, 20 * DD_DAY);
    const dd_office_counts *counts = &toy_hub(it)->office.counts;
    cr_expect(eq(u32, counts->filed, count(it, DD_REC_REPORT, 0)));
    cr_expect(eq(u32, counts->answered, count(it, DD_REC_REPORT_ANSWERED, 0)));
    cr_expect(eq(u32, counts->transferred, count(it, DD_REC_REPORT_TRANSFERRED, 0)));
    cr_expect(eq(u32, counts->overdue, count(it, DD_REC_REPORT_OVERDUE, 0)));
    for (uint32_t number = 1; number <= counts->filed; number++) {
        uint32_t answers = count(it, DD_REC_REPORT_ANSWERED, number);
        cr_expect(eq(u32, count(it, DD_REC_REPORT, number), 1));
        cr_expect(eq(int, answers, dd_report_find(hub_of(it), number) == NULL));
    }
    cr_assert(counts->filed > 500);
    cr_expect(gt(u32, counts->answered, counts->filed * 4 / 5));
    cr_expect(gt(u32, counts->by_answer[DD_ANSWER_DUPLICATE], counts->filed / 20));
    toy_close(it);
}
