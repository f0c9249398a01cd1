// Incidents: what happens once is one incident, with the right thing named, whatever alarms and
// reports it leads to; what an operator or a crew says counts for more.
#include "tests/toy_city.h"

static toy_def evening(void) {
    toy_def def = toy_default();
    def.start = "2020-08-03 20:00";
    return def;
}

static dd_domain *hub_of(const toy *it) {
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    hub->now = it->world->engine->now;
    return hub;
}

static dd_centre *centre_of(const toy *it) {
    return &toy_hub(it)->centre;
}

// The one incident that is not over, or the test fails.
static const dd_incident *only(const toy *it) {
    const dd_incident *found = NULL;
    cr_assert(eq(u32, centre_of(it)->incidents.open_n, 1));
    for (uint32_t n = dd_incident_after(centre_of(it), 0); n;
         n = dd_incident_after(centre_of(it), n))
        if (dd_incident_find(centre_of(it), n)->state != DD_INCIDENT_OVER)
            found = dd_incident_find(centre_of(it), n);
    cr_assert(found != NULL);
    return found;
}

static void expect_named(const toy *it, const char *entity, dd_cause cause) {
    const dd_incident *incident = only(it);
    cr_expect(eq(u32, incident->entity, toy_entity(it, entity)), "%s", entity);
    cr_expect(eq(str, (char *)(uintptr_t)dd_cause_names[incident->cause],
                 (char *)(uintptr_t)dd_cause_names[cause]));
}

// --- What the alarms add up to ---

Test(incident, a_lost_feeder_is_one_with_all_its_lamps) {
    static const char *const ways[] = {"breaker", "contactor_dead", "switched_off"};
    for (size_t i = 0; i < DD_COUNT(ways); i++) {
        toy_def def = evening();
        toy *it = toy_start(&def, 0);
        toy_for(it, 20 * DD_MINUTE);
        char act[60];
        snprintf(act, sizeof act, "fail feeder:S-2-0 %s", ways[i]);
        toy_act(it, act);
        toy_for(it, 30 * DD_SECOND);
        expect_named(it, "feeder:S-2-0", DD_CAUSE_FEEDER);
        cr_expect(eq(u32, only(it)->dark_n, 30), "%s", ways[i]);
        cr_expect(eq(u32, centre_of(it)->dark_n, 30));
        toy_for(it, DD_HOUR);
        cr_expect(eq(u32, centre_of(it)->incidents.n, 1), "%s: one, however long", ways[i]);
        toy_act(it, "repair feeder:S-2-0");
        toy_for(it, 30 * DD_MINUTE);
        cr_expect(eq(u32, centre_of(it)->incidents.open_n, 0));
        cr_expect(eq(u32, centre_of(it)->dark_n, 0));
        cr_expect(eq(i32, dd_incident_find(centre_of(it), 1)->state, DD_INCIDENT_OVER));
        toy_for(it, DD_HOUR);
        cr_expect(eq(i32, dd_incident_find(centre_of(it), 1)->state, DD_INCIDENT_CLOSED));
        toy_close(it);
    }
}

Test(incident, a_dead_phase_makes_its_own_lamps_dark) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail feeder:S-3-0 phase_l2");
    toy_for(it, 30 * DD_SECOND);
    expect_named(it, "feeder:S-3-0", DD_CAUSE_FEEDER);
    cr_expect(eq(u32, only(it)->dark_n, 10));
    for (uint32_t lamp = 61; lamp <= 90; lamp++)
        cr_expect(eq(u32, centre_of(it)->beliefs[lamp].light,
                     it->lamps[lamp].phase == 1 ? DD_BELIEVED_DARK : DD_BELIEVED_LIT));
    toy_close(it);
}

// A last gasp, dead phases and then silence: no supply at the cabinet, and not the line.
Test(incident, a_dead_cabinet_is_not_a_dead_line) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, DD_MINUTE);
    expect_named(it, "segment:S-1-0", DD_CAUSE_SUPPLY);
    cr_expect(eq(u32, only(it)->dark_n, 30));
    toy_for(it, 30 * DD_MINUTE); // the battery is empty: silence
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_LINE));
    cr_expect(eq(u32, centre_of(it)->incidents.n, 1));
    cr_expect(gt(u32, only(it)->signs & DD_SIGN_LINE, 0));
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, 30 * DD_MINUTE);
    cr_expect(eq(u32, centre_of(it)->incidents.open_n, 0));
    toy_close(it);
}

Test(incident, a_cut_cable_is_named_by_its_first_dark_pole) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail lamp:L-2-17 cable_cut");
    toy_for(it, 50 * DD_MINUTE);
    expect_named(it, "lamp:L-2-17", DD_CAUSE_CABLE);
    cr_expect(eq(u32, only(it)->dark_n, 14), "poles 17 to 30");
    cr_expect(gt(u32, only(it)->signs & DD_SIGN_METER_LESS, 0), "the meter misses them");
    cr_expect(ge(u32, only(it)->confidence, 90));
    cr_expect(eq(u32, centre_of(it)->alarms.rates.announced, only(it)->alarm_n), "at most");
    toy_close(it);
}

// A single node that falls silent is that lamp's; another that gives no light is that one's.
Test(incident, lamps_that_fail_alone_are_incidents_of_their_own) {
    toy_def def = evening();
    def.kind = DD_STREET_75;
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail lamp:L-1-30 node_dead");
    toy_for(it, 40 * DD_MINUTE);
    expect_named(it, "lamp:L-1-30", DD_CAUSE_LAMP);
    cr_expect(eq(u32, only(it)->dark_n, 0), "that it is dark nobody knows");
    toy_act(it, "repair lamp:L-1-30");
    toy_act(it, "fail lamp:L-3-4 led_open");
    toy_for(it, 40 * DD_MINUTE);
    expect_named(it, "lamp:L-3-4", DD_CAUSE_LAMP);
    cr_expect(eq(u32, only(it)->dark_n, 1));
    cr_expect(gt(u32, only(it)->alarm_n, 1), "lampFailure and what goes with it");
    toy_close(it);
}

// --- Silent controllers ---

// Two segments on LTE, the rest on fibre: only two operators, and the centre's own line.
static toy *mixed(uint32_t fibre_n, uint32_t lte_n) {
    toy_def def = evening();
    def.segment_n = fibre_n + lte_n;
    def.lamp_n = 3;
    toy *it = toy_open(&def);
    for (uint32_t s = fibre_n + 1; s <= def.segment_n; s++)
        it->world->segment_profile[s] = 1;
    dd_twin_start(it->world);
    toy_for(it, 5 * DD_MINUTE);
    return it;
}

static void fail_lines(toy *it, uint32_t first, uint32_t last) {
    for (uint32_t s = first; s <= last; s++) {
        char act[60];
        snprintf(act, sizeof act, "fail segment:S-%u-0 line", s);
        toy_act(it, act);
    }
    toy_for(it, 6 * DD_MINUTE);
}

Test(incident, one_silent_controller_is_its_line) {
    toy *it = mixed(4, 2);
    fail_lines(it, 2, 2);
    expect_named(it, "segment:S-2-0", DD_CAUSE_LINE);
    cr_expect(eq(u32, centre_of(it)->beliefs[4].light, DD_BELIEVED_UNKNOWN));
    toy_act(it, "repair segment:S-2-0");
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(eq(i32, dd_incident_find(centre_of(it), 1)->cause, DD_CAUSE_LINE));
    toy_close(it);
}

Test(incident, one_that_has_started_anew_was_not_its_line) {
    toy *it = mixed(4, 2);
    toy_act(it, "fail segment:S-2-0 controller");
    toy_for(it, 6 * DD_MINUTE);
    expect_named(it, "segment:S-2-0", DD_CAUSE_LINE);
    toy_act(it, "repair segment:S-2-0");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(i32, dd_incident_find(centre_of(it), 1)->cause, DD_CAUSE_CONTROLLER));
    cr_expect(eq(u32, centre_of(it)->incidents.open_n, 0));
    toy_close(it);
}

Test(incident, all_lines_of_one_operator_are_one) {
    toy *it = mixed(4, 4);
    fail_lines(it, 1, 4);
    expect_named(it, "operator:fixed", DD_CAUSE_OPERATOR);
    cr_expect(eq(u32, only(it)->alarm_n, 4));
    toy_close(it);
}

Test(incident, all_lines_are_the_centres_own) {
    toy *it = mixed(4, 4);
    fail_lines(it, 1, 8);
    expect_named(it, "city", DD_CAUSE_CENTRE);
    cr_expect(eq(u32, only(it)->alarm_n, 8));
    for (uint32_t s = 1; s <= 8; s++) {
        char act[60];
        snprintf(act, sizeof act, "repair segment:S-%u-0", s);
        toy_act(it, act);
    }
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(eq(u32, centre_of(it)->incidents.open_n, 0));
    toy_for(it, DD_HOUR);
    for (uint32_t n = 1; n <= centre_of(it)->incidents.n; n++)
        cr_expect(eq(i32, dd_incident_find(centre_of(it), n)->state, DD_INCIDENT_CLOSED));
    toy_close(it);
}

// --- Operators ---

Test(incident, an_operator_opens_links_notes_and_closes) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    dd_centre *centre = centre_of(it);
    uint32_t lamp = toy_entity(it, "lamp:L-1-5"), segment = toy_entity(it, "segment:S-1-0");
    toy_for(it, DD_MINUTE);
    dd_centre_alarm(hub_of(it), centre, 1, segment, DD_ALARM_DOOR, 0, 0);
    uint32_t number = dd_incident_open(hub_of(it), centre, lamp, DD_CAUSE_UNKNOWN, DD_PRIORITY_LOW);
    uint32_t door = dd_alarm_find(&centre->alarms, 1)->number;
    cr_assert(dd_incident_link_alarm(hub_of(it), centre, number, door));
    cr_expect(not(dd_incident_link_alarm(hub_of(it), centre, number, 99)));
    cr_expect(not(dd_incident_link_alarm(hub_of(it), centre, 99, door)));
    cr_assert(dd_incident_link_report(hub_of(it), centre, number, 77));
    cr_expect(eq(u32, dd_incident_of_report(centre, 77), number));
    cr_expect(dd_incident_cause(hub_of(it), centre, number, DD_CAUSE_THEFT));
    const dd_incident *incident = dd_incident_find(centre, number);
    cr_expect(eq(i32, incident->cause, DD_CAUSE_THEFT));
    cr_expect(eq(u32, incident->alarm_n, 1));
    toy_for(it, DD_MINUTE);
    dd_centre_alarm_over(hub_of(it), centre, 1, segment, DD_ALARM_DOOR, 0);
    toy_for(it, 3 * DD_HOUR);
    cr_expect(ne(i32, incident->state, DD_INCIDENT_CLOSED), "that is for him to do");
    cr_expect(dd_incident_close(hub_of(it), centre, number));
    cr_expect(not(dd_incident_close(hub_of(it), centre, number)));
    cr_expect(not(dd_incident_cause(hub_of(it), centre, number, DD_CAUSE_LAMP)));
    toy_close(it);
}

// Whoever closes an incident while its alarm stands has dealt with it; raised anew, it is a new
// one.
// The alarm's own incident has nothing left that stands: it is over at once, not when something
// else happens there.
Test(incident, an_alarm_that_is_linked_elsewhere_leaves_nothing_behind) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    dd_centre *centre = centre_of(it);
    toy_for(it, DD_MINUTE);
    dd_centre_alarm(hub_of(it), centre, 1, toy_entity(it, "lamp:L-1-5"), DD_ALARM_LAMP_FAILURE, 0,
                    0);
    cr_assert(eq(u32, centre->incidents.n, 1));
    uint32_t number = dd_incident_open(hub_of(it), centre, toy_entity(it, "road:S-1-0"),
                                       DD_CAUSE_THEFT, DD_PRIORITY_LOW);
    cr_assert(dd_incident_link_alarm(hub_of(it), centre, number, 1));
    toy_for(it, DD_SECOND);
    cr_expect(eq(i32, dd_incident_find(centre, 1)->state, DD_INCIDENT_OVER));
    cr_expect(eq(u32, dd_incident_find(centre, number)->standing_n, 1));
    toy_close(it);
}

Test(incident, what_is_closed_stays_closed_until_it_happens_again) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    dd_centre *centre = centre_of(it);
    uint32_t lamp = toy_entity(it, "lamp:L-1-5");
    toy_for(it, DD_MINUTE);
    dd_centre_alarm(hub_of(it), centre, 1, lamp, DD_ALARM_LAMP_FAILURE, 0, 0);
    cr_assert(eq(u32, centre->incidents.n, 1));
    cr_assert(dd_incident_close(hub_of(it), centre, 1));
    toy_for(it, 3 * DD_MINUTE);
    dd_centre_alarm(hub_of(it), centre, 1, toy_entity(it, "lamp:L-1-6"), DD_ALARM_RELAY, 0, 0);
    cr_expect(eq(u32, centre->incidents.n, 2), "only the other lamp's is new");
    dd_centre_alarm_over(hub_of(it), centre, 1, lamp, DD_ALARM_LAMP_FAILURE, 0);
    toy_for(it, DD_MINUTE);
    dd_centre_alarm(hub_of(it), centre, 1, lamp, DD_ALARM_LAMP_FAILURE, 0, 0);
    cr_expect(eq(u32, centre->incidents.n, 3));
    toy_close(it);
}

Test(incident, comes_back_within_the_hour_as_the_same) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    dd_centre *centre = centre_of(it);
    uint32_t lamp = toy_entity(it, "lamp:L-1-5");
    toy_for(it, DD_MINUTE);
    for (int i = 0; i < 3; i++) {
        dd_centre_alarm(hub_of(it), centre, 1, lamp, DD_ALARM_CYCLING, 0, 0);
        cr_expect(eq(u32, centre->incidents.open_n, 1));
        toy_for(it, 10 * DD_MINUTE);
        dd_centre_alarm_over(hub_of(it), centre, 1, lamp, DD_ALARM_CYCLING, 0);
        cr_expect(eq(u32, centre->incidents.open_n, 0));
        toy_for(it, 10 * DD_MINUTE);
    }
    cr_expect(eq(u32, centre->incidents.n, 1));
    toy_close(it);
}

// --- Citizens and crews ---

Test(incident, a_report_of_a_dark_road_joins_what_makes_it_dark) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail feeder:S-2-0 breaker");
    toy_for(it, DD_MINUTE);
    uint32_t feeder = only(it)->number;
    uint32_t a = dd_centre_report(hub_of(it), centre_of(it), 1, 2, 0, DD_COMPLAINT_DARK);
    uint32_t b = dd_centre_report(hub_of(it), centre_of(it), 2, 2, 40, DD_COMPLAINT_DARK);
    cr_expect(eq(u32, a, feeder));
    cr_expect(eq(u32, b, feeder));
    cr_expect(eq(u32, only(it)->report_n, 2));
    toy_close(it);
}

// The office opens in the morning: the lamps are off then, and the feeder may be mended.
Test(incident, a_report_of_the_night_joins_what_made_it_dark) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail feeder:S-2-0 breaker");
    toy_until(it, "07:10");
    cr_expect(eq(u32, centre_of(it)->dark_n, 0), "nobody is dark by day");
    cr_expect(eq(u32, dd_centre_report(hub_of(it), centre_of(it), 1, 2, 0, DD_COMPLAINT_DARK), 1));
    toy_act(it, "repair feeder:S-2-0");
    toy_for(it, 3 * DD_HOUR);
    cr_expect(eq(i32, dd_incident_find(centre_of(it), 1)->state, DD_INCIDENT_CLOSED));
    cr_expect(eq(u32, dd_centre_report(hub_of(it), centre_of(it), 2, 2, 40, DD_COMPLAINT_DARK), 1));
    cr_expect(eq(u32, centre_of(it)->incidents.n, 1));
    cr_expect(ne(u32, dd_centre_report(hub_of(it), centre_of(it), 3, 1, 0, DD_COMPLAINT_DARK), 1));
    toy_close(it);
}

// Nothing but people speaks for it, and the lamp is read to burn: nothing was the matter.
Test(incident, a_false_report_is_refuted_by_readings) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    uint32_t number = dd_centre_report(hub_of(it), centre_of(it), 1, 2, 40, DD_COMPLAINT_DARK);
    cr_expect(
        eq(u32, dd_centre_report(hub_of(it), centre_of(it), 2, 2, 40, DD_COMPLAINT_DARK), number));
    expect_named(it, "lamp:L-2-10", DD_CAUSE_UNKNOWN);
    toy_for(it, 40 * DD_MINUTE);
    cr_expect(eq(u32, centre_of(it)->incidents.open_n, 0));
    cr_expect(eq(i32, dd_incident_find(centre_of(it), number)->cause, DD_CAUSE_NOTHING));
    uint32_t road = dd_centre_report(hub_of(it), centre_of(it), 3, 3, 0, DD_COMPLAINT_DARK);
    expect_named(it, "road:S-3-0", DD_CAUSE_UNKNOWN);
    toy_for(it, 2 * DD_HOUR);
    cr_expect(eq(i32, dd_incident_find(centre_of(it), road)->cause, DD_CAUSE_NOTHING));
    cr_expect(eq(i32, dd_incident_find(centre_of(it), road)->state, DD_INCIDENT_CLOSED));
    toy_close(it);
}

// One that nobody has read since stays: over a dead line the centre knows no better.
Test(incident, a_report_is_not_refuted_by_old_readings) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail segment:S-2-0 line");
    toy_for(it, DD_MINUTE);
    uint32_t number = dd_centre_report(hub_of(it), centre_of(it), 1, 2, 40, DD_COMPLAINT_DARK);
    toy_for(it, 2 * DD_HOUR);
    const dd_incident *incident = dd_incident_find(centre_of(it), number);
    cr_expect(eq(i32, incident->state, DD_INCIDENT_OPENED));
    toy_close(it);
}

Test(incident, a_crews_finding_settles_it) {
    toy_def def = evening();
    toy *it = toy_start(&def, 0);
    dd_centre *centre = centre_of(it);
    uint32_t feeder = toy_entity(it, "feeder:S-2-0"), lamp = toy_entity(it, "lamp:L-2-3");
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail feeder:S-2-0 breaker");
    toy_for(it, DD_MINUTE);
    uint32_t number = only(it)->number;
    dd_centre_finding(hub_of(it), centre, &(dd_crew_word){.incident = number, .entity = feeder});
    cr_expect(eq(i32, only(it)->cause, DD_CAUSE_FEEDER), "who finds nothing refutes no contact");
    dd_centre_finding(
        hub_of(it), centre,
        &(dd_crew_word){
            .incident = number, .entity = lamp, .fault = DD_FAULT_SHORT_CIRCUIT, .mended = true});
    expect_named(it, "lamp:L-2-3", DD_CAUSE_CABLE);
    toy_act(it, "repair feeder:S-2-0");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, centre->incidents.open_n, 0));
    uint32_t report = dd_centre_report(hub_of(it), centre, 1, 3, 0, DD_COMPLAINT_FLICKER);
    dd_centre_finding(hub_of(it), centre, &(dd_crew_word){.incident = report, .entity = feeder});
    cr_expect(eq(i32, dd_incident_find(centre, report)->cause, DD_CAUSE_NOTHING));
    toy_close(it);
}

Test(incident, says_why_it_believes_so) {
    dd_incident incident = {.signs = DD_SIGN_BREAKER | DD_SIGN_SILENT};
    char text[200], small[12];
    int n = dd_incident_reason(&incident, text, sizeof text);
    cr_expect(eq(str, text, "the breaker's contact says that it has tripped; lamps do not answer"));
    cr_expect(eq(i32, n, (int)strlen(text)));
    cr_expect(eq(i32, dd_incident_reason(&incident, small, sizeof small), n));
    cr_expect(eq(str, small, "the breaker"));
    incident.signs = 0;
    cr_expect(eq(i32, dd_incident_reason(&incident, text, sizeof text), 0));
    cr_expect(eq(str, text, ""));
    incident.signs = (1u << DD_SIGNS) - 1;
    cr_expect(gt(i32, dd_incident_reason(&incident, NULL, 0), 300));
}

// --- The books ---

static uint32_t count_standing(const dd_alarms *alarms, uint32_t incident) {
    uint32_t n = 0;
    for (uint32_t s = 1; s < alarms->segment_n; s++)
        for (uint32_t h = alarms->first[s]; h; h = dd_alarm_at(alarms, h)->next)
            n += dd_alarm_at(alarms, h)->incident == incident && !dd_alarm_at(alarms, h)->returned;
    return n;
}

static uint32_t count_dark(const toy *it, uint32_t incident) {
    uint32_t n = 0;
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        n += centre_of(it)->beliefs[lamp].light == DD_BELIEVED_DARK &&
             centre_of(it)->beliefs[lamp].incident == incident;
    return n;
}

static void expect_balance(const toy *it) {
    const dd_centre *centre = centre_of(it);
    uint32_t listed = 0, open = 0, live = 0, dark = 0, suppressed = 0, shelved = 0;
    for (uint32_t n = dd_incident_after(centre, 0); n; n = dd_incident_after(centre, n)) {
        const dd_incident *incident = dd_incident_find(centre, n);
        cr_assert(ne(i32, incident->state, DD_INCIDENT_CLOSED));
        cr_assert(le(u32, ++listed, centre->incidents.n), "no circle");
        open += incident->state != DD_INCIDENT_OVER;
        cr_assert(eq(u32, incident->standing_n, count_standing(&centre->alarms, n)), "%u", n);
    }
    for (uint32_t n = 1; n <= centre->incidents.n; n++) {
        live += dd_incident_find(centre, n)->state != DD_INCIDENT_CLOSED;
        cr_assert(eq(u32, dd_incident_find(centre, n)->dark_n, count_dark(it, n)), "%u", n);
        dark += dd_incident_find(centre, n)->dark_n;
    }
    cr_assert(eq(u32, listed, live));
    cr_assert(eq(u32, open, centre->incidents.open_n));
    cr_assert(eq(u32, dark + count_dark(it, 0), centre->dark_n));
    for (uint32_t s = 1; s < centre->alarms.segment_n; s++)
        for (uint32_t h = centre->alarms.first[s]; h; h = dd_alarm_at(&centre->alarms, h)->next) {
            suppressed += dd_alarm_at(&centre->alarms, h)->suppressed;
            shelved += dd_alarm_at(&centre->alarms, h)->shelved_until != 0;
        }
    cr_assert(eq(u32, suppressed, centre->alarms.suppressed));
    cr_assert(eq(u32, shelved, centre->alarms.shelved));
}

// Some entity that an alarm of a kind may be on.
static uint32_t any_entity(const toy *it, dd_alarm_kind kind, uint32_t segment, uint32_t word) {
    switch (dd_alarm_target(kind)) {
    case DD_ENTITY_LAMP:
        return dd_world_entity(it->world, DD_ENTITY_LAMP,
                               it->city.segments[segment].first_lamp + word % 30);
    case DD_ENTITY_FEEDER:
        return dd_world_entity(it->world, DD_ENTITY_FEEDER, segment);
    default:
        return dd_world_entity(it->world, DD_ENTITY_SEGMENT, segment);
    }
}

// Whatever comes from controllers, citizens, crews and operators, in any order.
static void happen(toy *it, dd_random4 word) {
    dd_domain *hub = hub_of(it);
    dd_centre *centre = centre_of(it);
    dd_alarm_kind kind = (dd_alarm_kind)(1 + word.v[1] % (DD_ALARM_KINDS - 1));
    uint32_t segment = 1 + word.v[2] % 3, entity = any_entity(it, kind, segment, word.v[3]);
    uint32_t number = 1 + word.v[3] % (centre->incidents.n + 1);
    uint32_t alarm = 1 + word.v[3] % (centre->alarms.raised + 1);
    switch (word.v[0] % 16) {
    case 0:
        dd_alarm_acknowledge(hub, &centre->alarms, alarm);
        break;
    case 1:
        dd_alarm_shelve(hub, &centre->alarms, alarm, hub->now + 1 + word.v[2] % DD_HOUR, 0);
        break;
    case 2:
        dd_alarm_unshelve(hub, &centre->alarms, alarm);
        break;
    case 3:
        dd_incident_open(hub, centre, entity, (dd_cause)(word.v[1] % DD_CAUSES), DD_PRIORITY_LOW);
        break;
    case 4:
        dd_incident_link_alarm(hub, centre, number, 1 + word.v[1] % (centre->alarms.raised + 1));
        break;
    case 5:
        dd_incident_close(hub, centre, number);
        break;
    case 6:
        dd_centre_report(hub, centre, word.v[3] % 1000, segment,
                         word.v[1] % 2 ? 0 : it->city.segments[segment].first_lamp,
                         (dd_complaint)(word.v[1] % 3));
        break;
    case 7:
        dd_centre_finding(hub, centre,
                          &(dd_crew_word){.incident = number,
                                          .entity = entity,
                                          .fault = (dd_fault_kind)(word.v[2] % DD_FAULT_KINDS),
                                          .mended = word.v[1] % 2});
        break;
    case 8:
    case 9:
    case 10:
        dd_centre_alarm_over(hub, centre, segment, entity, kind, 0);
        break;
    default:
        dd_centre_alarm(hub, centre, segment, entity, kind, (int32_t)(word.v[3] % 8), 0);
        break;
    }
}

Test(incident, the_books_balance_whatever_happens) {
    for (uint64_t seed = 1; seed <= 4; seed++) {
        toy_def def = evening();
        toy *it = toy_start(&def, 0);
        toy_for(it, 20 * DD_MINUTE);
        for (uint32_t i = 0; i < 600; i++) {
            happen(it, dd_random(seed, 1, 2, i));
            if (i % 6 == 5) toy_for(it, dd_random(seed, 3, 4, i).v[0] % (2 * DD_MINUTE));
            if (i % 6 == 5) expect_balance(it);
        }
        cr_expect(gt(u32, centre_of(it)->incidents.n, 20));
        toy_close(it);
    }
}
