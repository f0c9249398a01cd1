// How a segment controller carries out orders, and what garbage does to it.
#include "tests/core_bench.h"

TestSuite(core_orders, .fini = bench_fini);

Test(core_orders, an_override_of_all_reaches_all_and_is_told) {
    make(LAMPS, NULL);
    run(30 * SECOND);
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 1000});
    run(20 * SECOND);
    for (int i = 1; i <= LAMPS; i++)
        cr_expect_eq(b->mesh[i].level_pm, 1000);
    cr_expect_eq(b->under_way_max, DD_CORE_TASKS);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->number, 9);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, LAMPS);
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 10});
    run(20 * SECOND);
    cr_expect_eq(b->mesh[50].overridden, false);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 2);
}

Test(core_orders, an_order_for_all_is_said_to_all_at_once_first) {
    make(LAMPS, NULL);
    run(30 * SECOND);
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 700});
    cr_expect_eq(b->all_n, 1);
    cr_expect_eq(b->mesh[99].level_pm, 700, "it hears the group");
    cr_expect_eq(b->mesh[98].level_pm, 0, "it does not, and waits for its turn");
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 10});
    cr_expect_eq(b->all_n, 1, "an older order has yet to reach lamps");
    run(2 * MINUTE);
    cr_expect_eq(b->mesh[98].level_pm, 700);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 2);
    order((dd_order){.kind = DD_ORDER_READ, .number = 11});
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 12, .lamp_n = 1, .lamps = {4}});
    cr_expect_eq(b->all_n, 1, "a reading has an answer, and one lamp is not all");
    order((dd_order){.kind = DD_ORDER_CALENDAR, .number = 13, .calendar = nightly(1000)});
    run(MINUTE);
    cr_expect_eq(b->all_n, 1, "the order for lamp 4 waited for its reading");
    order((dd_order){.kind = DD_ORDER_CALENDAR, .number = 14, .calendar = nightly(1000)});
    cr_expect_eq(b->all_n, 2);
}

Test(core_orders, an_order_goes_before_the_poll) {
    make(LAMPS, NULL);
    run(61 * SECOND);
    order((dd_order){
        .kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 400, .lamp_n = 1, .lamps = {90}});
    run(SECOND);
    cr_expect_eq(b->mesh[90].level_pm, 400);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 1);
}

Test(core_orders, a_short_order_does_not_wait_for_a_long_one) {
    make(LAMPS, NULL);
    order((dd_order){.kind = DD_ORDER_READ, .number = 1});
    order((dd_order){
        .kind = DD_ORDER_OVERRIDE, .number = 2, .level_pm = 400, .lamp_n = 1, .lamps = {90}});
    run(2 * SECOND);
    cr_expect_eq(b->mesh[90].level_pm, 0, "an older order has yet to reach this lamp");
    order((dd_order){
        .kind = DD_ORDER_OVERRIDE, .number = 3, .level_pm = 400, .lamp_n = 1, .lamps = {1}});
    run(SECOND);
    cr_expect_eq(b->mesh[1].level_pm, 400);
    run(20 * SECOND);
    cr_expect_eq(b->mesh[90].level_pm, 400);
}

Test(core_orders, orders_reach_a_lamp_in_the_order_they_came) {
    make(LAMPS, NULL);
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 1, .level_pm = 1000});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 2, .level_pm = 300});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 3, .level_pm = 600});
    run(2 * MINUTE);
    for (int i = 1; i <= LAMPS; i++)
        cr_expect_eq(b->mesh[i].level_pm, 600, "lamp %d at %d", i, b->mesh[i].level_pm);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 3);
}

Test(core_orders, what_does_not_answer_or_has_no_supply_has_failed) {
    make(LAMPS, NULL);
    supply(2, 0);
    b->mesh[3].silent = true;
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 1000});
    run(2 * MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, LAMPS / 2 - 1);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, LAMPS / 2 + 1);
}

Test(core_orders, a_supply_lost_in_the_middle_of_an_order) {
    make(LAMPS, NULL);
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 1000});
    run(2 * SECOND);
    supply(1, 0);
    supply(2, 0);
    run(SECOND);
    const dd_word *outcome = last_heard(DD_WORD_OUTCOME);
    cr_expect_eq(outcome->done_n + outcome->failed_n, LAMPS);
    cr_expect(outcome->done_n > 0 && outcome->failed_n > 0);
}

Test(core_orders, a_repeated_order_is_not_done_twice) {
    make(LAMPS, NULL);
    dd_order once = {
        .kind = DD_ORDER_OVERRIDE, .number = 9, .level_pm = 400, .lamp_n = 2, .lamps = {5, 6}};
    order(once);
    order(once);
    run(SECOND);
    cr_expect_eq(b->mesh[5].switched_n, 1);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 1);
    order(once);
    run(SECOND);
    cr_expect_eq(b->mesh[5].switched_n, 1);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 2);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 2);
}

Test(core_orders, a_repeated_order_does_not_fill_the_outbox) {
    make(LAMPS, NULL);
    b->line_down = true;
    for (int i = 0; i < 50; i++) {
        order((dd_order){.kind = DD_ORDER_READ, .number = 9, .lamp_n = 1, .lamps = {5}});
        run(SECOND);
    }
    cr_expect_eq(dd_core_log_size(&b->core), 5);
}

Test(core_orders, nothing_else_is_asked_of_a_lamp_that_is_being_asked) {
    make(LAMPS, NULL);
    b->mesh[1].silent = true;
    run(61 * SECOND);
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 9, .lamp_n = 1, .lamps = {1}});
    cr_expect_eq(b->mesh[1].asked_n, 1);
    run(5 * MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 1);
}

Test(core_orders, a_ninth_order_at_a_time_is_refused) {
    make(LAMPS, NULL);
    for (uint32_t i = 1; i <= DD_CORE_COMMANDS + 1; i++)
        order((dd_order){.kind = DD_ORDER_READ, .number = i});
    run(SECOND);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->number, DD_CORE_COMMANDS + 1);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, LAMPS);
    run(5 * MINUTE);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), DD_CORE_COMMANDS + 1);
}

Test(core_orders, a_read_on_demand_brings_its_reading_before_its_outcome) {
    make(LAMPS, NULL);
    order((dd_order){.kind = DD_ORDER_READ, .number = 4, .lamp_n = 1, .lamps = {33}});
    run(SECOND);
    cr_assert_eq(b->heard_n, 5); // RESTARTED, REVIEW twice, READINGS, OUTCOME
    cr_expect_eq(b->heard[3].readings[0].lamp, 33);
    cr_expect_eq(b->heard[4].number, 4);
}

Test(core_orders, an_override_that_has_expired_on_its_way_is_refused) {
    make(LAMPS, NULL);
    run(SECOND);
    order((dd_order){
        .kind = DD_ORDER_OVERRIDE, .number = 4, .level_pm = 1000, .expires_ms = evening_ms + 500});
    run(MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, LAMPS);
    cr_expect_eq(b->mesh[1].level_pm, 0);
}

Test(core_orders, a_calendar_is_kept_and_given_later_to_those_that_were_away) {
    make(LAMPS, NULL);
    b->mesh[8].silent = true;
    dd_light_calendar before = b->timetable.calendars[0], dimmed = nightly(600);
    order((dd_order){.kind = DD_ORDER_CALENDAR, .number = 4, .calendar = dimmed});
    run(2 * MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 1);
    cr_expect_eq(b->mesh[7].calendar_id, dimmed.id);
    cr_expect_eq(b->mesh[8].calendar_id, before.id);
    dd_sun_cache cache = {0};
    cr_expect_eq(dd_core_expected_level(&b->core, 8, &cache, 3 * HOUR), 600);
    b->mesh[8].silent = false;
    b->mesh[20].calendar_id = 3; // a node that was exchanged
    run(40 * MINUTE);
    cr_expect_eq(b->mesh[8].calendar_id, dimmed.id);
    cr_expect_eq(b->mesh[20].calendar_id, dimmed.id);
}

Test(core_orders, a_lamp_without_supply_gets_its_calendar_at_the_return) {
    make(LAMPS, NULL);
    run(5 * MINUTE);
    supply(1, 0);
    dd_light_calendar before = b->timetable.calendars[0], dimmed = nightly(600);
    order((dd_order){.kind = DD_ORDER_CALENDAR, .number = 4, .calendar = dimmed});
    run(30 * SECOND);
    cr_expect_eq(b->mesh[1].calendar_id, before.id);
    supply(1, 7);
    run(2 * MINUTE);
    cr_expect_eq(b->mesh[1].calendar_id, dimmed.id);
    cr_expect_eq(last_reading(1)->calendar_id, dimmed.id, "it is read after it was given");
}

// --- Groups ---

static dd_lamp_set lamps(uint16_t first, uint16_t last) {
    dd_lamp_set set = {0};
    for (uint16_t lamp = first; lamp <= last; lamp++)
        dd_lamp_set_add(&set, lamp);
    return set;
}

Test(core_orders, a_group_is_told_at_once_and_answers_for_itself) {
    make(LAMPS, NULL);
    run(SECOND);
    order((dd_order){.kind = DD_ORDER_GROUP, .number = 1, .group = 7, .members = lamps(10, 29)});
    run(SECOND);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 20);
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 2, .group = 7, .level_pm = 700});
    cr_expect_eq(b->all_n, 1);
    cr_expect_eq(b->mesh[12].level_pm, 700, "it hears the multicast");
    cr_expect_eq(b->mesh[9].level_pm, 0, "it hears it too, but is not meant");
    run(MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 20);
    for (int lamp = 1; lamp <= LAMPS; lamp++)
        cr_expect_eq(b->mesh[lamp].level_pm, lamp >= 10 && lamp <= 29 ? 700 : 0);
    order((dd_order){.kind = DD_ORDER_RESUME, .number = 3, .group = 8});
    run(SECOND);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 1, "there is no such group");
}

Test(core_orders, a_groups_calendar_follows_who_is_in_it) {
    make(LAMPS, NULL);
    dd_light_calendar own = nightly(800), usual = b->timetable.calendars[0];
    order((dd_order){.kind = DD_ORDER_GROUP, .number = 1, .group = 7, .members = lamps(10, 29)});
    order((dd_order){.kind = DD_ORDER_CALENDAR, .number = 2, .group = 7, .calendar = own});
    run(2 * MINUTE);
    cr_expect_eq(b->mesh[10].calendar_id, own.id);
    cr_expect_eq(b->mesh[9].calendar_id, usual.id);
    order((dd_order){.kind = DD_ORDER_GROUP, .number = 3, .group = 7, .members = lamps(5, 9)});
    run(5 * MINUTE);
    cr_expect_eq(b->mesh[10].calendar_id, usual.id);
    cr_expect_eq(b->mesh[9].calendar_id, own.id);
    order((dd_order){.kind = DD_ORDER_STATE, .number = 4});
    run(SECOND);
    const dd_word *word = last_heard(DD_WORD_STATE);
    dd_timetable_state sum = dd_timetable_sum(&b->timetable);
    cr_expect(dd_timetable_same(&word->state.timetable, &sum));
    cr_expect_eq(word->number, 4);
    cr_expect_eq(word->state.due_n, 0);
}

// --- Garbage ---

Test(core_orders, garbage_orders_switch_nothing) {
    make(10, NULL);
    run(SECOND);
    uint32_t asked_n = b->request_n;
    order((dd_order){.kind = 99, .number = 1});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 0, .level_pm = 1000});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 2, .level_pm = 1001});
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 3, .level_pm = 500, .lamp_n = 200});
    order((dd_order){.kind = DD_ORDER_OVERRIDE,
                     .number = 4,
                     .level_pm = 500,
                     .lamp_n = 3,
                     .lamps = {0, 11, 60000}});
    dd_light_calendar before = b->timetable.calendars[0];
    dd_order calendar = {.kind = DD_ORDER_CALENDAR, .number = 5, .calendar = nightly(1000)};
    calendar.calendar.programs[0].point_n = 13;
    order(calendar);
    run(10 * SECOND);
    cr_expect_eq(b->request_n, asked_n);
    cr_expect_eq(b->core.garbage, 8);
    cr_expect_eq(count(DD_WORD_OUTCOME, 0, 0), 4);
    cr_expect_eq(b->timetable.calendars[0].id, before.id);
}

static void broken_calendar(dd_core_def *def) {
    b->timetable.calendars[0].programs[0].point_n = 200;
    def->random_seed = 0;
}

Test(core_orders, a_damaged_timetable_hands_out_nothing) {
    make(10, broken_calendar);
    for (int i = 1; i <= 10; i++)
        b->mesh[i].calendar_id = 3;
    run(HOUR);
    for (int i = 1; i <= 10; i++) {
        cr_expect_eq(b->mesh[i].calendar_id, 3);
        cr_expect_eq(b->mesh[i].asked_n, 4);
    }
}

Test(core_orders, a_lamp_listed_twice_is_switched_once) {
    make(10, NULL);
    order((dd_order){.kind = DD_ORDER_OVERRIDE,
                     .number = 4,
                     .level_pm = 500,
                     .lamp_n = 4,
                     .lamps = {3, 0, 3, 4}});
    run(SECOND);
    cr_expect_eq(b->mesh[3].switched_n, 1);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 2);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 1);
    cr_expect_eq(b->core.garbage, 2);
}

Test(core_orders, garbage_from_a_node_is_no_answer) {
    make(10, NULL);
    b->mesh[3].speaks_garbage = true;
    run(5 * MINUTE);
    cr_expect_eq(b->core.garbage, 2); // at the round, and when it was looked at again
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 1);
    cr_expect_eq(last_reading(3)->flags, DD_READING_NO_ANSWER);
}

Test(core_orders, an_answer_to_an_earlier_question_is_not_taken) {
    make(1, NULL);
    b->mesh[1].silent = true;
    run(61 * SECOND);
    dd_node_reply reply = {.lamp = 1, .kind = DD_NODE_READ, .reading = {.lamp = 1}};
    reply.token = b->core.tasks[0].token - 1;
    step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
    cr_expect_eq(b->core.strays, 1);
    cr_expect_eq(b->core.tasks[0].lamp, 1);
}

Test(core_orders, replies_to_nobodys_question_are_strays) {
    make(10, NULL);
    run(SECOND);
    dd_node_reply reply = {.lamp = 3, .kind = DD_NODE_READ, .token = 77, .reading = {.lamp = 3}};
    step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
    cr_expect_eq(b->core.strays, 1);
    reply.lamp = 0;
    step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
    supply(1, 8);
    step((dd_core_input){.kind = 77});
    step((dd_core_input){.kind = DD_INPUT_START});
    order((dd_order){.kind = DD_ORDER_ACK, .sequence = b->core.log.next});
    cr_expect_eq(b->core.garbage, 5);
}
