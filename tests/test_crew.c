// Crews at work in a small city: they drive, look, mend what they can, say what they hold to have
// found, and go on shift and home.
#include "models/action/disturbance.h"
#include "models/action/fault.h"
#include "models/crew/dispatch.h"
#include "models/crew/remedy.h"
#include "toy_city.h"

static const uint64_t heard = TOY_BIT(DD_REC_CREW) | TOY_BIT(DD_REC_CREW_WORK) |
                              TOY_BIT(DD_REC_DISPATCH) | TOY_BIT(DD_REC_FINDING) |
                              TOY_BIT(DD_REC_FAULT);

// Nobody errs; nothing of nature's happens.
static toy_def by_day(void) {
    toy_def def = toy_default();
    def.start = "2020-08-03 07:30";
    def.lamp_n = 12;
    def.settings.crew_wrong = 0;
    def.settings.mesh_off = 1;
    return def;
}

// One crew, which can do everything.
static toy_def one_crew(void) {
    toy_def def = by_day();
    def.settings.crew_tests = 100;
    def.settings.crew_day_n = 1;
    return def;
}

static dd_crews *crews_of(toy *it) {
    return &toy_hub(it)->crews;
}

static dd_domain *hub_of(toy *it) {
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    hub->now = it->world->engine->now;
    return hub;
}

static uint32_t send(toy *it, uint32_t crew, const char *what, dd_alarm_priority priority) {
    dd_error error = {DD_OK, ""};
    uint32_t ticket = dd_crew_dispatch(hub_of(it), crews_of(it), crew, toy_entity(it, what), 0,
                                       priority, 0, &error);
    cr_assert_neq(ticket, 0, "%s", error.text);
    return ticket;
}

static const dd_ticket *ticket_at(toy *it, uint32_t number) {
    const dd_ticket *ticket = dd_ticket_at(crews_of(it), number);
    cr_assert(ticket != NULL);
    return ticket;
}

static void fail(toy *it, const char *what, dd_fault_kind fault) {
    dd_fault_set(it->world, toy_entity(it, what), fault, true);
}

static bool failed(toy *it, const char *what, dd_fault_kind fault) {
    uint32_t entity = toy_entity(it, what);
    return dd_segment_failed(it->world, toy_segment(it, dd_fault_segment(it->world, entity)),
                             entity, fault);
}

// The last record of a kind so far, or NULL.
static const dd_record *last_of(toy *it, dd_record_number kind) {
    toy_for(it, 0);
    for (size_t i = it->record_n; i-- > 0;)
        if (it->records[i].kind == kind) return &it->records[i];
    return NULL;
}

static size_t count_of(toy *it, dd_record_number kind) {
    size_t n = 0;
    for (size_t i = 0; i < it->record_n; i++)
        n += it->records[i].kind == kind;
    return n;
}

// --- A callout ---

Test(crew, a_crew_drives_looks_mends_looks_again_and_comes_home) {
    toy_def def = one_crew();
    toy *it = toy_start(&def, heard);
    fail(it, "lamp:L-2-5", DD_FAULT_DRIVER_DEAD);
    uint16_t drivers = crews_of(it)->all[1].kit[DD_SPARE_DRIVER];
    uint16_t stock = crews_of(it)->depot.stock[DD_SPARE_DRIVER];
    uint32_t ticket = send(it, 0, "lamp:L-2-5", DD_PRIORITY_LOW);
    toy_for(it, 8 * DD_HOUR);
    cr_expect_not(failed(it, "lamp:L-2-5", DD_FAULT_DRIVER_DEAD));
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_MENDED);
    cr_expect_eq(ticket_at(it, ticket)->fault, DD_FAULT_DRIVER_DEAD);
    static const uint8_t states[] = {DD_CREW_READY,   DD_CREW_DRIVING, DD_CREW_LOOKING,
                                     DD_CREW_WORKING, DD_CREW_LOOKING, DD_CREW_RETURNING,
                                     DD_CREW_READY};
    size_t n = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        if (it->records[i].kind != DD_REC_CREW) continue;
        cr_assert_lt(n, DD_COUNT(states));
        cr_expect_eq(it->records[i].value[0], states[n++]);
    }
    cr_expect_eq(n, DD_COUNT(states));
    cr_expect_eq(crews_of(it)->all[1].kit[DD_SPARE_DRIVER], drivers, "loaded again at home");
    cr_expect_eq(crews_of(it)->depot.stock[DD_SPARE_DRIVER], stock - 1);
    toy_close(it);
}

Test(crew, what_is_said_and_what_is_true_are_both_recorded) {
    toy_def def = one_crew();
    toy *it = toy_start(&def, heard);
    fail(it, "lamp:L-2-5", DD_FAULT_NODE_DEAD);
    send(it, 1, "lamp:L-2-5", DD_PRIORITY_LOW);
    toy_for(it, 8 * DD_HOUR);
    uint32_t crew = dd_world_entity(it->world, DD_ENTITY_CREW, 1);
    const dd_record *said = last_of(it, DD_REC_FINDING);
    cr_assert(said != NULL);
    cr_expect_eq(said->entity, toy_entity(it, "lamp:L-2-5"));
    cr_expect_eq(said->value[0], crew);
    cr_expect_eq(said->value[2], DD_FAULT_NODE_DEAD);
    cr_expect_eq(said->value[3], DD_VISIT_MENDED);
    size_t mended = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->kind != DD_REC_CREW_WORK) continue;
        cr_expect_eq(record->value[0], crew);
        mended += record->value[2] == 1;
        if (record->value[2]) cr_expect_eq(record->value[1], DD_FAULT_NODE_DEAD);
    }
    cr_expect_eq(mended, 1);
    toy_close(it);
}

// Every kind of fault, where it happens, one a run: the crew mends it or says that it is not its
// own to mend.
static void send_for(dd_fault_kind fault) {
    toy_def def = one_crew();
    def.segment_n = 1;
    def.settings.crew_tests = 0;
    def.settings.controller_watchdog_s = 0; // none: it would be there before any crew
    toy *it = toy_start(&def, heard);
    uint32_t types = dd_faults[fault].types;
    const char *what = types >> DD_ENTITY_LAMP & 1      ? "lamp:L-1-5"
                       : types >> DD_ENTITY_FEEDER & 1  ? "feeder:S-1-0"
                       : types >> DD_ENTITY_SEGMENT & 1 ? "segment:S-1-0"
                                                        : NULL;
    cr_assert(what != NULL, "%s", dd_fault_names[fault]);
    fail(it, what, fault);
    cr_assert(failed(it, what, fault), "%s", dd_fault_names[fault]);
    uint32_t ticket = send(it, 1, what, DD_PRIORITY_HIGH);
    toy_for(it, DD_DAY);
    bool ours = dd_remedy_known(fault);
    cr_expect_eq(failed(it, what, fault), !ours, "%s", dd_fault_names[fault]);
    cr_expect_eq(ticket_at(it, ticket)->result, ours ? DD_VISIT_MENDED : DD_VISIT_NOT_OURS,
                 "%s: %s", dd_fault_names[fault],
                 dd_visit_result_names[ticket_at(it, ticket)->result]);
    cr_expect_eq(ticket_at(it, ticket)->fault, fault, "%s", dd_fault_names[fault]);
    toy_close(it);
}

Test(crew, every_fault_is_mended_or_said_to_be_somebody_elses) {
    for (int fault = 1; fault < DD_FAULT_OUTAGE; fault++)
        send_for((dd_fault_kind)fault);
}

Test(crew, a_feeder_is_followed_to_where_its_cable_is_cut) {
    toy_def def = one_crew();
    toy *it = toy_start(&def, heard);
    fail(it, "lamp:L-1-7", DD_FAULT_CABLE_CUT);
    fail(it, "lamp:L-1-9", DD_FAULT_CABLE_CUT);
    uint32_t ticket = send(it, 0, "lamp:L-1-11", DD_PRIORITY_HIGH);
    toy_for(it, 14 * DD_HOUR);
    cr_expect_not(failed(it, "lamp:L-1-7", DD_FAULT_CABLE_CUT));
    cr_expect_not(failed(it, "lamp:L-1-9", DD_FAULT_CABLE_CUT), "the second look shows the second");
    cr_expect_eq(ticket_at(it, ticket)->works, 2);
    cr_expect_eq(ticket_at(it, ticket)->at, toy_entity(it, "lamp:L-1-9"));
    toy_close(it);
}

// A crew that looks for nobody's fault says so.
Test(crew, where_nothing_is_wrong_nothing_is_found) {
    toy_def def = one_crew();
    toy *it = toy_start(&def, heard);
    uint32_t ticket = send(it, 0, "road:Street-1-0", DD_PRIORITY_LOW);
    toy_for(it, 8 * DD_HOUR);
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_NOT_FOUND);
    cr_expect_eq(count_of(it, DD_REC_FAULT), 0);
    toy_close(it);
}

// --- What is not theirs ---

Test(crew, under_water_nothing_is_begun) {
    toy_def def = one_crew();
    toy *it = toy_start(&def, heard);
    toy_act(it, "weather water=3");
    uint32_t ticket = send(it, 0, "segment:S-2-0", DD_PRIORITY_HIGH);
    toy_for(it, 4 * DD_HOUR);
    cr_expect_eq(ticket_at(it, ticket)->fault, DD_FAULT_FLOODED);
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_UNSAFE);
    cr_expect_eq(ticket_at(it, ticket)->works, 0);
    toy_close(it);
}

Test(crew, an_operators_outage_is_the_operators) {
    toy_def def = one_crew();
    toy *it = toy_start(&def, heard);
    toy_act(it, "fail operator:fixed outage");
    toy_for(it, DD_MINUTE);
    uint32_t ticket = send(it, 0, "segment:S-2-0", DD_PRIORITY_HIGH);
    toy_for(it, 4 * DD_HOUR);
    cr_expect_eq(ticket_at(it, ticket)->fault, DD_FAULT_OUTAGE);
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_NOT_OURS);
    toy_close(it);
}

// Only who has the telecom's instruments sees what disturbs the air.
Test(crew, a_jammer_is_seen_by_who_can_and_removed_by_nobody) {
    static const uint8_t results[] = {DD_VISIT_NOT_FOUND, DD_VISIT_NOT_OURS};
    for (uint32_t crew = 1; crew <= 2; crew++) {
        toy_def def = by_day();
        def.settings.mesh_off = 0;
        toy *it = toy_start(&def, heard);
        toy_act(it, "fail lamp:L-2-5 jammer");
        uint32_t ticket = send(it, crew, "lamp:L-2-6", DD_PRIORITY_HIGH);
        toy_for(it, 5 * DD_HOUR);
        cr_expect_eq(ticket_at(it, ticket)->result, results[crew - 1], "crew %u: %s", crew,
                     dd_visit_result_names[ticket_at(it, ticket)->result]);
        cr_expect(dd_disturbance_jammed(it->world, toy_entity(it, "lamp:L-2-5")));
        toy_close(it);
    }
}

// --- Wrong diagnoses ---

// Closing the breaker on a short circuit treats a symptom: it opens again at once.
Test(crew, a_symptom_that_is_treated_comes_back) {
    toy_def def = one_crew();
    def.settings.crew_wrong = 20; // 90 %
    def.settings.crew_gives_up = 0;
    def.settings.crew_tests = 0;
    toy *it = toy_start(&def, heard);
    fail(it, "lamp:L-1-7", DD_FAULT_SHORT_CIRCUIT);
    cr_assert(failed(it, "feeder:S-1-0", DD_FAULT_BREAKER));
    uint32_t ticket = send(it, 0, "feeder:S-1-0", DD_PRIORITY_HIGH);
    toy_for(it, 9 * DD_HOUR);
    cr_assert_eq(ticket_at(it, ticket)->fault, DD_FAULT_BREAKER);
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_MENDED, "so it says");
    cr_expect(failed(it, "lamp:L-1-7", DD_FAULT_SHORT_CIRCUIT));
    cr_expect(failed(it, "feeder:S-1-0", DD_FAULT_BREAKER), "it has tripped again");
    const dd_record *truth = last_of(it, DD_REC_CREW_WORK);
    cr_expect_eq(truth->value[1], DD_FAULT_SHORT_CIRCUIT);
    cr_expect_eq(truth->value[2], 0);
    toy_close(it);
}

// Who tests his work and errs no more after the first look finds it in the end.
Test(crew, who_tests_its_work_finds_the_cause_behind_the_symptom) {
    uint32_t mended = 0, symptoms = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        toy_def def = one_crew();
        def.segment_n = 1;
        def.seed = seed;
        def.settings.crew_wrong = 1.5; // 45 % at the first look
        def.settings.crew_gives_up = 0;
        def.settings.crew_tests = 100;
        toy *it = toy_start(&def, heard);
        fail(it, "lamp:L-1-7", DD_FAULT_SHORT_CIRCUIT);
        uint32_t ticket = send(it, 0, "feeder:S-1-0", DD_PRIORITY_HIGH);
        toy_for(it, DD_DAY);
        bool right = !failed(it, "lamp:L-1-7", DD_FAULT_SHORT_CIRCUIT);
        mended += right;
        symptoms += ticket_at(it, ticket)->works > 1;
        toy_close(it);
    }
    cr_expect_gt(mended, 32);
    cr_expect_gt(symptoms, 8); // of 40, 18 are expected
}

// --- Skills and spares ---

Test(crew, who_lacks_a_skill_says_so_and_the_next_is_one_that_has_it) {
    toy_def def = by_day();
    toy *it = toy_start(&def, heard);
    fail(it, "segment:S-2-0", DD_FAULT_CONTROLLER);
    uint32_t ticket = send(it, 1, "segment:S-2-0", DD_PRIORITY_MEDIUM); // the one with the lift
    toy_for(it, 3 * DD_HOUR);
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_NO_SKILL);
    ticket = send(it, 0, "segment:S-2-0", DD_PRIORITY_MEDIUM);
    cr_expect_eq(ticket_at(it, ticket)->crew, 2);
    toy_for(it, 5 * DD_HOUR);
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_MENDED);
    cr_expect_not(failed(it, "segment:S-2-0", DD_FAULT_CONTROLLER));
    toy_close(it);
}

Test(crew, without_a_spare_nothing_is_mended_until_one_comes) {
    toy_def def = one_crew();
    def.settings.crew_stock = 0;
    toy *it = toy_start(&def, heard);
    fail(it, "lamp:L-1-2", DD_FAULT_DRIVER_DEAD);
    uint32_t ticket = send(it, 1, "lamp:L-1-2", DD_PRIORITY_LOW);
    toy_for(it, 8 * DD_HOUR);
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_NO_SPARE);
    cr_expect(failed(it, "lamp:L-1-2", DD_FAULT_DRIVER_DEAD));
    ticket = send(it, 0, "lamp:L-1-2", DD_PRIORITY_LOW);
    toy_for(it, 2 * DD_DAY);
    cr_expect_eq(ticket_at(it, ticket)->crew, 0, "who has no driver need not go again");
    toy_close(it);
}

Test(crew, the_supplier_fills_the_depot_up) {
    dd_depot depot = {.full = {[DD_SPARE_NODE] = 40}, .stock = {[DD_SPARE_NODE] = 3}};
    uint16_t kit[DD_SPARES] = {0};
    dd_depot_load(&depot, kit);
    cr_expect_eq(kit[DD_SPARE_NODE], 3);
    cr_expect_eq(depot.stock[DD_SPARE_NODE], 0);
    dd_depot_resupply(&depot, 6, 7);
    cr_expect_eq(depot.stock[DD_SPARE_NODE], 0, "not yet");
    dd_depot_resupply(&depot, 9, 7);
    cr_expect_eq(depot.stock[DD_SPARE_NODE], 40);
    dd_depot_load(&depot, kit);
    cr_expect_gt(kit[DD_SPARE_NODE], 3);
}

// --- Shifts ---

Test(crew, by_night_standby_goes_for_what_is_urgent) {
    toy_def def = by_day();
    def.start = "2020-08-03 20:00";
    toy *it = toy_start(&def, heard);
    fail(it, "lamp:L-1-2", DD_FAULT_LED_OPEN);
    fail(it, "feeder:S-2-0", DD_FAULT_SWITCHED_OFF);
    uint32_t lamp = send(it, 0, "lamp:L-1-2", DD_PRIORITY_LOW);
    uint32_t feeder = send(it, 0, "feeder:S-2-0", DD_PRIORITY_HIGH);
    cr_expect_eq(ticket_at(it, feeder)->crew, 3);
    cr_expect_eq(ticket_at(it, lamp)->crew, 0);
    toy_for(it, 5 * DD_HOUR);
    cr_expect_eq(ticket_at(it, feeder)->result, DD_VISIT_MENDED);
    dd_time arrived = ticket_at(it, feeder)->arrived;
    cr_expect_geq(arrived, (dd_time)def.settings.crew_standby_min * DD_MINUTE);
    cr_expect_eq(ticket_at(it, lamp)->crew, 0, "a lamp waits for the day");
    toy_until(it, "07:02");
    cr_expect_neq(ticket_at(it, lamp)->crew, 0);
    cr_expect_lt(ticket_at(it, lamp)->crew, 3);
    toy_for(it, 5 * DD_HOUR);
    cr_expect_eq(ticket_at(it, lamp)->result, DD_VISIT_MENDED);
    cr_expect_eq(crews_of(it)->all[3].state, DD_CREW_OFF);
    toy_close(it);
}

Test(crew, who_is_under_way_when_the_shift_ends_turns_back) {
    toy_def def = by_day();
    def.start = "2020-08-03 16:56";
    toy *it = toy_start(&def, heard);
    fail(it, "feeder:S-3-0", DD_FAULT_BYPASS);
    uint32_t ticket = send(it, 0, "feeder:S-3-0", DD_PRIORITY_HIGH);
    uint8_t day = ticket_at(it, ticket)->crew;
    cr_assert(day == 1 || day == 2);
    toy_until(it, "17:02");
    cr_expect_eq(ticket_at(it, ticket)->crew, 3, "standby goes in its place");
    toy_for(it, 4 * DD_HOUR);
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_MENDED);
    cr_expect_eq(crews_of(it)->all[day].state, DD_CREW_OFF);
    toy_close(it);
}

Test(crew, in_the_break_only_what_is_urgent_is_begun) {
    toy_def def = one_crew();
    def.start = "2020-08-03 11:40";
    toy *it = toy_start(&def, heard);
    uint32_t low = send(it, 0, "lamp:L-1-2", DD_PRIORITY_LOW);
    toy_until(it, "12:29");
    cr_expect_eq(ticket_at(it, low)->crew, 0);
    toy_until(it, "12:32");
    cr_expect_eq(ticket_at(it, low)->crew, 1);
    toy_close(it);
}

// --- What slows them ---

// How long the drive to a lamp takes that is asked for at this moment.
static dd_time drive_of(const toy_def *def, const char *action) {
    toy *it = toy_start(def, heard);
    if (action) toy_act(it, action);
    toy_for(it, DD_MINUTE);
    send(it, 0, "lamp:L-3-12", DD_PRIORITY_HIGH);
    const dd_crew *crew = dd_crew_at(crews_of(it), 1);
    cr_assert_eq(crew->state, DD_CREW_DRIVING);
    dd_time lasts = crew->due - crew->since;
    toy_close(it);
    return lasts;
}

Test(crew, rush_hours_and_water_slow_them) {
    toy_def def = one_crew();
    def.start = "2020-08-03 10:00";
    dd_time usual = drive_of(&def, NULL);
    dd_time flooded = drive_of(&def, "weather water=3");
    def.start = "2020-08-03 07:15";
    dd_time rush = drive_of(&def, NULL);
    // Streets at 70 %; what lies off them is as far as ever. Water stands on all streets of the
    // town, but not on what links them.
    cr_expect(rush > usual * 1.3 && rush < usual / 0.69, "%g s, else %g s", rush / 1e9,
              usual / 1e9);
    cr_expect(flooded > usual * 1.1 && flooded < usual / 0.34, "%g s, else %g s", flooded / 1e9,
              usual / 1e9);
}

Test(crew, dark_roads_slow_them) {
    dd_time lasts[2];
    for (int dark = 0; dark < 2; dark++) {
        toy_def def = by_day();
        def.start = "2020-08-03 20:00";
        toy *it = toy_start(&def, heard);
        if (dark) {
            fail(it, "feeder:S-2-0", DD_FAULT_SWITCHED_OFF);
            fail(it, "feeder:S-3-0", DD_FAULT_SWITCHED_OFF);
        }
        toy_for(it, 3 * DD_MINUTE); // until people have seen it
        send(it, 3, "lamp:L-3-12", DD_PRIORITY_HIGH);
        const dd_crew *crew = dd_crew_at(crews_of(it), 3);
        lasts[dark] = crew->due - crew->since;
        toy_close(it);
    }
    cr_expect(lasts[1] > lasts[0] * 1.01 && lasts[1] < lasts[0] / 0.84, "%g s, lit %g s",
              lasts[1] / 1e9, lasts[0] / 1e9);
}

// --- Calling back, and what can not be asked ---

Test(crew, who_is_called_back_comes_home_the_way_it_went) {
    toy_def def = one_crew();
    toy *it = toy_start(&def, heard);
    fail(it, "lamp:L-3-12", DD_FAULT_LED_OPEN);
    uint32_t ticket = send(it, 1, "lamp:L-3-12", DD_PRIORITY_LOW);
    const dd_crew *crew = dd_crew_at(crews_of(it), 1);
    dd_time drive = crew->due - crew->since;
    toy_to(it, crew->since + drive / 2);
    dd_error error;
    cr_assert(dd_crew_recall(hub_of(it), crews_of(it), 1, 0, &error), "%s", error.text);
    cr_expect_eq(ticket_at(it, ticket)->result, DD_VISIT_RECALLED);
    cr_expect_eq(crew->state, DD_CREW_RETURNING);
    dd_time back = crew->due - crew->since;
    cr_expect(back <= drive / 2 + DD_SECOND && back > drive / 2 - DD_MINUTE,
              "half way there is half way back");
    cr_expect_not(dd_crew_recall(hub_of(it), crews_of(it), 1, 0, &error));
    toy_for(it, 3 * DD_HOUR);
    cr_expect_eq(crew->state, DD_CREW_READY);
    cr_expect(failed(it, "lamp:L-3-12", DD_FAULT_LED_OPEN));
    cr_expect_eq(count_of(it, DD_REC_FINDING), 0);
    toy_close(it);
}

// Who is called back while it looks hears nothing any more of what it would have found.
Test(crew, an_answer_that_comes_too_late_is_nobodys) {
    toy_def def = one_crew();
    toy *it = toy_start(&def, heard);
    fail(it, "lamp:L-1-2", DD_FAULT_LED_OPEN);
    send(it, 1, "lamp:L-1-2", DD_PRIORITY_LOW);
    const dd_crew *crew = dd_crew_at(crews_of(it), 1);
    toy_to(it, crew->due + DD_SECOND / 2);
    cr_assert_eq(crew->state, DD_CREW_LOOKING);
    dd_error error;
    cr_assert(dd_crew_recall(hub_of(it), crews_of(it), 1, 0, &error), "%s", error.text);
    uint32_t again = send(it, 1, "lamp:L-1-3", DD_PRIORITY_LOW);
    toy_for(it, 6 * DD_HOUR);
    cr_expect_eq(ticket_at(it, again)->result, DD_VISIT_NOT_FOUND);
    cr_expect(failed(it, "lamp:L-1-2", DD_FAULT_LED_OPEN));
    toy_close(it);
}

static void refuse(toy *it, uint32_t crew, const char *what, const char *why) {
    dd_error error = {DD_OK, ""};
    cr_expect_eq(dd_crew_dispatch(hub_of(it), crews_of(it), crew, toy_entity(it, what), 0,
                                  DD_PRIORITY_LOW, 0, &error),
                 0);
    cr_expect(strstr(error.text, why) != NULL, "%s", error.text);
}

Test(crew, what_can_not_be_done_is_refused_with_a_reason) {
    toy_def def = by_day();
    toy *it = toy_start(&def, heard);
    refuse(it, 4, "lamp:L-1-2", "there is no crew 4; they are crew-1 to crew-3");
    refuse(it, 0, "ward:W-1-0", "a crew cannot go to a ward");
    send(it, 1, "lamp:L-1-2", DD_PRIORITY_LOW);
    refuse(it, 1, "lamp:L-1-3", "crew-1 is on its way to or at L-1-2");
    dd_error error;
    cr_expect_not(dd_crew_recall(hub_of(it), crews_of(it), 9, 0, &error));
    cr_expect_not(dd_crew_recall(hub_of(it), crews_of(it), 2, 0, &error));
    cr_expect_null(dd_crew_at(crews_of(it), 0));
    cr_expect_null(dd_crew_at(crews_of(it), 4));
    cr_expect_null(dd_ticket_at(crews_of(it), 2));
    toy_close(it);
}

Test(crew, a_ticket_that_waits_can_be_given_up) {
    toy_def def = by_day();
    def.start = "2020-08-03 20:00";
    toy *it = toy_start(&def, heard);
    uint32_t ticket = send(it, 0, "lamp:L-1-2", DD_PRIORITY_LOW);
    dd_error error;
    cr_expect(dd_crew_cancel(hub_of(it), crews_of(it), ticket, &error));
    cr_expect_not(dd_crew_cancel(hub_of(it), crews_of(it), ticket, &error));
    cr_expect_not(dd_crew_cancel(hub_of(it), crews_of(it), 99, &error));
    toy_for(it, DD_DAY);
    cr_expect_eq(ticket_at(it, ticket)->crew, 0);
    cr_expect_not(crews_of(it)->looking, "nobody looks for what does not wait");
    toy_close(it);
}

// --- How one night is like another ---

// One lamp's luck is its own: a ticket more elsewhere changes nothing of it.
Test(crew, another_ticket_changes_nobodys_luck) {
    dd_time took[2];
    for (int more = 0; more < 2; more++) {
        toy_def def = by_day();
        def.settings.crew_wrong = 1;
        toy *it = toy_start(&def, heard);
        fail(it, "lamp:L-1-2", DD_FAULT_CYCLING);
        if (more) send(it, 2, "segment:S-3-0", DD_PRIORITY_HIGH);
        uint32_t ticket = send(it, 1, "lamp:L-1-2", DD_PRIORITY_LOW);
        toy_for(it, 12 * DD_HOUR);
        took[more] = ticket_at(it, ticket)->ended - ticket_at(it, ticket)->arrived;
        toy_close(it);
    }
    cr_expect_eq(took[0], took[1]);
}

// The most urgent ticket is seen to first, whenever it was asked.
Test(crew, what_is_urgent_goes_first) {
    toy_def def = one_crew();
    toy *it = toy_start(&def, heard);
    send(it, 0, "lamp:L-1-2", DD_PRIORITY_LOW);
    uint32_t low = send(it, 0, "lamp:L-2-2", DD_PRIORITY_LOW);
    uint32_t high = send(it, 0, "lamp:L-3-2", DD_PRIORITY_HIGH);
    cr_expect_eq(ticket_at(it, low)->crew, 0);
    toy_for(it, 9 * DD_HOUR);
    cr_expect_lt(ticket_at(it, high)->arrived, ticket_at(it, low)->arrived);
    toy_close(it);
}
