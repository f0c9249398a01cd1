// The centre's policy: crews go to its incidents by themselves, to those that stand, and again to
// those that stand on.
#include "models/action/fault.h"
#include "models/centre/incident.h"
#include "models/crew/dispatch.h"
#include "toy_city.h"

static const uint64_t heard = TOY_BIT(DD_REC_DISPATCH) | TOY_BIT(DD_REC_FINDING) |
                              TOY_BIT(DD_REC_INCIDENT) | TOY_BIT(DD_REC_CREW_WORK);

// An evening with the policy at work; nobody errs.
static toy_def evening(void) {
    toy_def def = toy_default();
    def.start = "2020-08-03 18:30";
    def.lamp_n = 12;
    def.kind = 1;
    def.settings.centre_dispatch = 1;
    def.settings.crew_wrong = 0;
    return def;
}

static dd_crews *crews_of(toy *it) {
    return &toy_hub(it)->crews;
}

static void set(toy *it, const char *what, dd_fault_kind fault, bool fails) {
    dd_fault_set(it->world, toy_entity(it, what), fault, fails);
}

static bool failed(toy *it, const char *what, dd_fault_kind fault) {
    uint32_t entity = toy_entity(it, what);
    return dd_segment_failed(it->world, toy_segment(it, dd_fault_segment(it->world, entity)),
                             entity, fault);
}

static size_t count_of(const toy *it, dd_record_number kind) {
    size_t n = 0;
    for (size_t i = 0; i < it->record_n; i++)
        n += it->records[i].kind == kind;
    return n;
}

static const dd_ticket *ticket_at(toy *it, uint32_t number) {
    const dd_ticket *ticket = dd_ticket_at(crews_of(it), number);
    cr_assert(ticket != NULL, "there are %u tickets", crews_of(it)->ticket_n);
    return ticket;
}

Test(dispatch, a_lost_feeder_is_an_incident_that_a_crew_ends) {
    toy_def def = evening();
    toy *it = toy_start(&def, heard);
    toy_until(it, "20:00");
    cr_expect_eq(crews_of(it)->ticket_n, 0, "nobody is sent for nothing");
    set(it, "feeder:S-2-0", DD_FAULT_BREAKER, true);
    toy_for(it, 4 * DD_HOUR);
    cr_expect_not(failed(it, "feeder:S-2-0", DD_FAULT_BREAKER));
    cr_expect_eq(crews_of(it)->ticket_n, 1);
    const dd_ticket *ticket = ticket_at(it, 1);
    cr_expect_eq(ticket->crew, 3, "standby");
    cr_expect_eq(ticket->result, DD_VISIT_MENDED);
    cr_expect_eq(ticket->at, toy_entity(it, "feeder:S-2-0"));
    cr_expect_geq(ticket->asked, 90 * DD_MINUTE + 10 * DD_MINUTE,
                  "not before it has stood a while");
    cr_expect_leq(ticket->asked, 90 * DD_MINUTE + 16 * DD_MINUTE);
    const dd_incident *incident = dd_incident_find(&toy_hub(it)->centre, ticket->incident);
    cr_assert(incident != NULL);
    cr_expect_eq(incident->cause, DD_CAUSE_FEEDER);
    cr_expect_neq(incident->over_at, DD_NEVER);
    toy_close(it);
}

Test(dispatch, without_the_policy_nobody_moves) {
    toy_def def = evening();
    def.settings.centre_dispatch = 0;
    toy *it = toy_start(&def, heard);
    set(it, "feeder:S-2-0", DD_FAULT_BREAKER, true);
    toy_for(it, 4 * DD_HOUR);
    cr_expect(failed(it, "feeder:S-2-0", DD_FAULT_BREAKER));
    cr_expect_gt(count_of(it, DD_REC_INCIDENT), 0);
    cr_expect_eq(crews_of(it)->ticket_n, 0);
    toy_close(it);
}

Test(dispatch, what_passes_is_left_alone) {
    toy_def def = evening();
    toy *it = toy_start(&def, heard);
    toy_until(it, "20:00");
    set(it, "feeder:S-2-0", DD_FAULT_SWITCHED_OFF, true);
    toy_for(it, 8 * DD_MINUTE);
    set(it, "feeder:S-2-0", DD_FAULT_SWITCHED_OFF, false);
    toy_for(it, 3 * DD_HOUR);
    cr_expect_gt(count_of(it, DD_REC_INCIDENT), 0);
    cr_expect_eq(crews_of(it)->ticket_n, 0);
    toy_close(it);
}

// The grid's interruption is not theirs.
Test(dispatch, nobody_is_sent_for_what_is_the_grids) {
    toy_def def = evening();
    toy *it = toy_start(&def, heard);
    toy_until(it, "20:00");
    set(it, "segment:S-2-0", DD_FAULT_BLACKOUT, true);
    toy_for(it, 9 * DD_MINUTE); // as long as the controller's battery lasts it says so
    const dd_centre *centre = &toy_hub(it)->centre;
    const dd_incident *incident = dd_incident_find(centre, dd_incident_after(centre, 0));
    cr_assert(incident != NULL);
    cr_expect_eq(incident->cause, DD_CAUSE_SUPPLY);
    toy_for(it, 40 * DD_MINUTE);
    cr_expect_eq(crews_of(it)->ticket_n, 0);
    toy_close(it);
}

// Under way when it is over: it turns back.
Test(dispatch, who_is_under_way_to_what_is_over_turns_back) {
    toy_def def = evening();
    toy *it = toy_start(&def, heard);
    toy_until(it, "20:00");
    set(it, "feeder:S-2-0", DD_FAULT_SWITCHED_OFF, true);
    toy_for(it, 30 * DD_MINUTE);
    cr_assert_eq(crews_of(it)->all[3].state, DD_CREW_DRIVING);
    set(it, "feeder:S-2-0", DD_FAULT_SWITCHED_OFF, false);
    toy_for(it, 5 * DD_MINUTE);
    cr_expect_neq(crews_of(it)->all[3].state, DD_CREW_DRIVING);
    cr_expect_eq(ticket_at(it, 1)->result, DD_VISIT_RECALLED);
    toy_close(it);
}

// Who finds nothing comes again, until it is found: each look halves the chance to miss it.
Test(dispatch, what_stands_on_is_visited_again) {
    uint32_t again = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        toy_def def = evening();
        def.seed = seed;
        def.segment_n = 2;
        def.settings.crew_wrong = 20;     // 90 % at the first look
        def.settings.crew_gives_up = 100; // and nothing is found then
        toy *it = toy_start(&def, heard);
        set(it, "feeder:S-2-0", DD_FAULT_CONTACTOR_DEAD, true);
        toy_for(it, 36 * DD_HOUR);
        cr_expect_not(failed(it, "feeder:S-2-0", DD_FAULT_CONTACTOR_DEAD), "seed %d", (int)seed);
        again += crews_of(it)->ticket_n > 1;
        uint32_t first = ticket_at(it, 1)->incident; // others may be citizens' false reports
        for (uint32_t i = 2; i <= crews_of(it)->ticket_n && ticket_at(it, i)->incident == first;
             i++)
            cr_expect_geq(ticket_at(it, i)->asked - ticket_at(it, i - 1)->ended, 2 * DD_HOUR);
        toy_close(it);
    }
    cr_expect_gt(again, 2);
}

// By day one crew has the lift, the other the telecom's instruments.
Test(dispatch, a_dead_controller_ends_with_who_can_mend_it) {
    toy_def def = evening();
    def.start = "2020-08-03 08:00";
    toy *it = toy_start(&def, heard);
    set(it, "segment:S-3-0", DD_FAULT_CONTROLLER, true);
    toy_for(it, 8 * DD_HOUR);
    cr_expect_not(failed(it, "segment:S-3-0", DD_FAULT_CONTROLLER));
    cr_expect_eq(ticket_at(it, crews_of(it)->ticket_n)->crew, 2);
    toy_close(it);
}

static void play(uint32_t threads, char digest[static DD_DIGEST_TEXT], uint64_t *events) {
    toy_def def = evening();
    def.segment_n = 5;
    def.thread_n = threads;
    def.settings.crew_wrong = 1;
    toy *it = toy_start(&def, heard);
    set(it, "feeder:S-2-0", DD_FAULT_BREAKER, true);
    set(it, "lamp:L-4-3", DD_FAULT_CABLE_CUT, true);
    toy_until(it, "21:00");
    set(it, "segment:S-1-0", DD_FAULT_LINE, true);
    toy_for(it, 20 * DD_HOUR);
    cr_expect_gt(crews_of(it)->counts.visits, 2);
    toy_digest(it, digest);
    *events = dd_engine_event_count(it->world->engine);
    toy_close(it);
}

Test(dispatch, any_number_of_threads_sends_the_same_crews) {
    char one[DD_DIGEST_TEXT], more[DD_DIGEST_TEXT];
    uint64_t one_n, more_n;
    play(1, one, &one_n);
    for (uint32_t threads = 2; threads <= 4; threads++) {
        play(threads, more, &more_n);
        cr_expect_str_eq(more, one);
        cr_expect_eq(more_n, one_n);
    }
}
