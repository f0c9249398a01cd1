// How a segment controller keeps its clock, polls, and judges lamps and supply.
#include "tests/core_bench.h"

TestSuite(core, .fini = bench_fini);

// --- Start and clock ---

Test(core, says_hello_and_asks_the_time) {
    make(LAMPS, NULL);
    run(SECOND);
    cr_expect_neq(b->log, 0, "its hello names its log");
    cr_expect_eq(b->heard[0].kind, DD_WORD_REVIEW);
    cr_expect_eq(b->heard[1].happening, DD_RESTARTED);
    cr_expect_eq(b->heard[1].boots, 1);
    cr_expect_eq(b->clock_n, 1);
    run(3 * HOUR);
    cr_expect_eq(b->clock_n, 4);
    cr_expect_eq(b->core.garbage, 0);
}

Test(core, takes_the_centres_time_with_half_the_round_trip) {
    make(0, NULL);
    b->line_ms = 400;
    run(MINUTE);
    b->centre_clock_ms = evening_ms + 4321;
    run(HOUR);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + 4321 + b->now_ms);
}

Test(core, asks_again_for_an_unanswered_time) {
    make(0, NULL);
    b->mute_clock = true;
    b->mail_n = 0;
    run(2 * MINUTE + 30 * SECOND);
    b->mute_clock = false;
    run(MINUTE);
    cr_expect_eq(b->clock_n, 1);
    run(HOUR);
    cr_expect_eq(b->clock_n, 2);
}

Test(core, a_strange_time_is_believed_only_when_repeated) {
    make(0, NULL);
    run(10 * MINUTE);
    int64_t year_ms = 365 * 24ll * HOUR;
    b->centre_clock_ms += year_ms;
    run(55 * MINUTE - 10 * MINUTE);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + b->now_ms);
    run(6 * MINUTE + 30 * SECOND); // it has asked at 60 minutes, and a minute later again
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + b->now_ms);
    cr_expect_eq(events(DD_CLOCK_DOUBTFUL), 1);
    cr_expect_eq(overs(DD_CLOCK_DOUBTFUL), 0);
    run(MINUTE); // and again
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + year_ms + b->now_ms);
    cr_expect_eq(b->core.garbage, 2);
    cr_expect_eq(overs(DD_CLOCK_DOUBTFUL), 1);
}

Test(core, a_clock_gone_mad_once_changes_nothing) {
    make(0, NULL);
    b->centre_clock_ms = INT64_MAX / 2;
    run(30 * SECOND);
    b->centre_clock_ms = evening_ms;
    run(5 * MINUTE);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + b->now_ms);
    cr_expect_eq(b->core.garbage, 1);
}

static void no_clock(dd_core_def *def) {
    def->clock_ms = 0;
}

Test(core, without_a_clock_of_its_own_it_believes_the_first_time_that_can_be) {
    make(1, no_clock);
    b->mail_n = 0;
    order((dd_order){.kind = DD_ORDER_CLOCK, .number = 1, .clock_ms = 86400000});
    cr_expect_not(b->core.clock.known);
    run(2 * MINUTE);
    cr_expect(b->core.clock.known);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + b->now_ms);
}

Test(core, an_old_answer_is_not_taken_for_a_new_one) {
    make(0, NULL);
    b->line_ms = 70 * SECOND; // the answer comes after the second question
    b->mail_n = 0;
    run(10 * MINUTE);
    cr_expect_eq(dd_core_clock_ms(&b->core, b->now_ms), evening_ms + b->now_ms);
}

Test(core, knows_the_level_that_should_be_in_force) {
    make(0, NULL);
    follow(nightly(1000));
    dd_sun_cache cache = {0};
    cr_expect_eq(dd_core_expected_level(&b->core, 1, &cache, 0), 0);
    cr_expect_eq(dd_core_expected_level(&b->core, 1, &cache, 3 * HOUR), 1000);
    cr_expect_eq(dd_core_expected_level(&b->core, 1, &cache, 14 * HOUR), 0);
}

// --- Poll ---

Test(core, a_round_reads_every_lamp_once) {
    make(LAMPS, NULL);
    run(59 * SECOND);
    cr_expect_eq(b->request_n, 0);
    run(5 * MINUTE);
    cr_expect_eq(b->request_n, LAMPS);
    cr_expect_eq(readings_with(0), LAMPS);
    cr_expect_eq(count(DD_WORD_READINGS, 0, 0), LAMPS / DD_READINGS_MAX);
    cr_expect_eq(b->under_way_max, 1);
    for (int i = 1; i <= LAMPS; i++)
        cr_expect_eq(b->mesh[i].asked_n, 1);
}

Test(core, a_full_night_of_a_hundred_lamps) {
    make(LAMPS, NULL);
    light(1000);
    run(13 * HOUR);
    uint32_t rounds = 13 * 4;
    cr_expect_eq(b->request_n, rounds * LAMPS);
    cr_expect_eq(count(DD_WORD_READINGS, 0, 0), (int)rounds * 10);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0);
    cr_expect_eq(b->core.garbage + b->core.strays, 0);
}

Test(core, the_last_readings_of_a_round_do_not_wait) {
    make(5, NULL);
    run(62 * SECOND);
    cr_expect_eq(readings_with(0), 5);
}

Test(core, the_poll_can_be_made_faster) {
    make(10, NULL);
    run(2 * MINUTE);
    order((dd_order){.kind = DD_ORDER_POLL, .number = 5, .period_s = 60});
    run(10 * MINUTE);
    cr_expect(b->request_n >= 10 * 10 && b->request_n <= 12 * 10, "%u requests", b->request_n);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->number, 5);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 10);
    order((dd_order){.kind = DD_ORDER_POLL, .period_s = 30}); // without a number: no outcome
    b->request_n = 0;
    run(5 * MINUTE);
    cr_expect(b->request_n >= 9 * 10 && b->request_n <= 11 * 10, "%u requests", b->request_n);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->number, 5);
    order((dd_order){.kind = DD_ORDER_POLL, .number = 6, .period_s = 5});
    run(MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 10);
    cr_expect_eq(b->core.garbage, 1);
}

Test(core, a_silent_lamp_is_asked_five_times_then_twice) {
    make(1, NULL);
    b->mesh[1].silent = true;
    run(3 * MINUTE);
    cr_expect(b->mesh[1].asked_n == 5, "%u", b->mesh[1].asked_n);
    run(3 * MINUTE);
    cr_expect(b->mesh[1].asked_n == 7, "%u", b->mesh[1].asked_n);
    cr_expect_eq(readings_with(DD_READING_NO_ANSWER), 2);
}

Test(core, patience_comes_back_with_the_first_answer) {
    make(LAMPS, NULL);
    for (int i = 1; i <= 6; i++)
        b->mesh[i].silent = true;
    b->mesh[50].silent = true;
    run(10 * MINUTE);
    cr_expect_eq(b->mesh[50].asked_n, 5 + 2);
}

Test(core, a_silent_lamp_is_a_communication_failure_until_it_answers) {
    make(LAMPS, NULL);
    b->mesh[42].silent = true;
    run(5 * MINUTE);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->lamp, 42);
    run(HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 1);
    b->mesh[42].silent = false;
    run(16 * MINUTE);
    cr_expect_eq(overs(DD_COMMUNICATION_FAILURE), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, one_missed_answer_is_no_alarm) {
    make(LAMPS, NULL);
    b->mesh[42].silent = true;
    run(2 * MINUTE + 35 * SECOND);
    cr_expect_eq(b->lamps[41].missed, 1);
    b->mesh[42].silent = false;
    run(30 * MINUTE);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0);
}

Test(core, a_mesh_gone_silent_does_not_stop_the_round) {
    make(LAMPS, NULL);
    for (int i = 1; i <= LAMPS; i++)
        b->mesh[i].silent = true;
    run(18 * MINUTE);
    for (int i = 1; i <= LAMPS; i++)
        cr_expect(b->mesh[i].asked_n >= 2, "lamp %d was asked %u times", i, b->mesh[i].asked_n);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), LAMPS, "%d", events(DD_COMMUNICATION_FAILURE));
}

Test(core, a_request_of_which_nothing_is_heard_is_given_up) {
    make(1, NULL);
    b->mesh[1].silent = true;
    run(61 * SECOND);
    b->mail_n = 0; // whoever carries it has forgotten it
    run(245 * SECOND);
    cr_expect_eq(b->lamps[0].missed, 0);
    run(3 * SECOND);
    cr_expect_eq(b->lamps[0].missed, 1);
}

Test(core, a_silence_of_nobodys_request_is_a_stray) {
    make(2, NULL);
    run(MINUTE);
    uint8_t token = b->core.tasks[0].token;
    step((dd_core_input){.kind = DD_INPUT_SILENT, .lamp = 1, .token = (uint8_t)(token + 9)});
    step((dd_core_input){.kind = DD_INPUT_SILENT, .lamp = 60000, .token = token});
    cr_expect_eq(b->core.strays, 2);
    step((dd_core_input){.kind = DD_INPUT_SILENT, .lamp = 1, .token = token});
    cr_expect_eq(b->core.strays, 2);
    cr_expect_eq(b->lamps[0].missed, 1);
}

Test(core, the_time_is_told_with_a_reading_once_an_hour_and_after_a_silence) {
    make(3, NULL);
    run(50 * MINUTE); // rounds at 1, 16, 31 and 46 minutes
    cr_expect_eq(b->mesh[2].asked_n, 4);
    cr_expect_eq(b->mesh[2].told_n, 1);
    run(15 * MINUTE); // the centre has told the time at 60
    cr_expect_eq(b->mesh[2].told_n, 2);
    run(20 * MINUTE);
    cr_expect_eq(b->mesh[2].told_n, 2);
    b->mesh[2].silent = true;
    run(8 * MINUTE);
    b->mesh[2].silent = false;
    run(5 * MINUTE);
    cr_expect_eq(b->mesh[2].told_n, 3);
}

// --- Reports ---

static void report(uint16_t lamp, uint16_t level_pm) {
    dd_node_reply reply = {.lamp = lamp, .kind = DD_NODE_REPORT};
    reply.reading = (dd_reading){.lamp = lamp,
                                 .level_pm = level_pm,
                                 .power_mw = 1500,
                                 .calendar_id = b->timetable.calendars[0].id};
    step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
}

Test(core, a_report_is_a_reading_like_any_other) {
    make(LAMPS, NULL);
    run(5 * MINUTE);
    int readings = readings_with(0);
    for (uint16_t lamp = 1; lamp <= 3; lamp++)
        report(lamp, 0);
    run(9 * SECOND);
    cr_expect_eq(readings_with(0), readings, "it waits for others");
    run(2 * SECOND);
    cr_expect_eq(readings_with(0), readings + 3);
    cr_expect_eq(last_heard(DD_WORD_READINGS)->entry_n, 3);
    report(7, 1000); // lit, and takes no power
    report(7, 1000);
    run(SECOND);
    cr_expect_eq(events(DD_LAMP_FAILURE), 1);
    cr_expect_eq(b->core.garbage + b->core.strays, 0);
}

Test(core, who_reports_is_not_asked_in_that_round) {
    make(LAMPS, NULL);
    for (int minute = 0; minute < 60; minute++) {
        if (minute % 15 == 10) // lamps 1 to 50, once a period
            for (uint16_t lamp = 1; lamp <= LAMPS / 2; lamp++)
                report(lamp, 0);
        run(MINUTE);
    }
    cr_expect_eq(b->mesh[1].asked_n, 1, "only the first round came before any report");
    cr_expect_eq(b->mesh[50].asked_n, 1);
    cr_expect_eq(b->mesh[51].asked_n, 4);
    run(30 * MINUTE); // the reports have ended
    cr_expect_eq(b->mesh[1].asked_n, 2);
}

Test(core, a_report_ends_a_communication_failure) {
    make(1, NULL);
    b->mesh[1].silent = true;
    run(5 * MINUTE);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 1);
    report(1, 0);
    run(SECOND);
    cr_expect_eq(overs(DD_COMMUNICATION_FAILURE), 1);
}

Test(core, a_report_of_another_calendar_does_not_keep_it_from_being_given) {
    make(1, NULL);
    run(5 * MINUTE);
    dd_node_reply reply = {.lamp = 1, .kind = DD_NODE_REPORT, .reading = {.lamp = 1}};
    reply.reading.calendar_id = b->mesh[1].calendar_id = 3;
    step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
    run(15 * MINUTE);
    cr_expect_eq(b->mesh[1].calendar_id, b->timetable.calendars[0].id);
}

// --- Health ---

Test(core, a_dead_lamp_is_an_alarm_within_two_minutes_of_its_reading) {
    make(LAMPS, NULL);
    light(1000);
    b->mesh[7].dead = true;
    run(3 * MINUTE);
    cr_expect_eq(events(DD_LAMP_FAILURE), 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->lamp, 7);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->value, 1500);
    light(0); // by day nothing can be said of it
    run(HOUR);
    cr_expect_eq(overs(DD_LAMP_FAILURE), 0);
    light(1000);
    b->mesh[7].dead = false;
    run(16 * MINUTE);
    cr_expect_eq(overs(DD_LAMP_FAILURE), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 4, "and too little power");
}

Test(core, a_lamp_that_burns_by_day) {
    make(LAMPS, NULL);
    b->mesh[7].stuck_on = true;
    run(3 * MINUTE);
    cr_expect_eq(events(DD_LAMP_UNEXPECTED_ON), 1);
    light(1000); // lit like the others: not mended
    run(HOUR);
    cr_expect_eq(overs(DD_LAMP_UNEXPECTED_ON), 0);
    light(0);
    b->mesh[7].stuck_on = false;
    run(16 * MINUTE);
    cr_expect_eq(overs(DD_LAMP_UNEXPECTED_ON), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, a_driver_that_ignores_dimming) {
    make(LAMPS, NULL);
    b->mesh[7].ignores_dim = true;
    light(1000);
    run(30 * MINUTE);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0);
    light(500);
    run(18 * MINUTE);
    cr_expect_eq(events(DD_DIMMING_FAILURE), 1);
    b->mesh[7].ignores_dim = false;
    run(16 * MINUTE);
    cr_expect_eq(overs(DD_DIMMING_FAILURE), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, good_lamps_of_every_kind_and_level_raise_nothing) {
    static const uint16_t levels[] = {0, 10, 100, 300, 500, 700, 850, 1000};
    static const uint32_t kinds_mw[] = {5000, 10000, 75000, 400000};
    static const int8_t surplus_pct[] = {-12, 0, 6};
    make(96, NULL);
    for (int i = 0; i < 96; i++) {
        b->mesh[i + 1].level_pm = levels[i % 8];
        b->mesh[i + 1].overridden = true;
        b->mesh[i + 1].surplus_pct = surplus_pct[i / 8 % 3];
        b->lamps[i].nominal_mw = kinds_mw[i / 24];
    }
    run(3 * HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0);
}

Test(core, a_lamp_dead_at_its_dimmest_is_found) {
    make(3, NULL);
    light(10);
    b->mesh[2].dead = true;
    run(3 * MINUTE);
    cr_expect_eq(events(DD_LAMP_FAILURE), 1);
}

// --- Supply ---

Test(core, a_dead_feeder_is_one_event_and_its_lamps_are_left_alone) {
    make(LAMPS, NULL);
    light(1000);
    run(10 * MINUTE);
    for (int i = 1; i <= LAMPS; i += 2)
        b->mesh[i].silent = true;
    supply(1, 0);
    run(SECOND);
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->lamp, 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->value, 7);
    uint32_t asked_n = b->mesh[1].asked_n;
    run(2 * HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 1);
    cr_expect_eq(b->mesh[1].asked_n, asked_n);
    cr_expect(readings_with(DD_READING_NO_SUPPLY) >= 7 * LAMPS / 2);
    supply(1, 7);
    for (int i = 1; i <= LAMPS; i += 2)
        b->mesh[i].silent = false;
    run(2 * MINUTE);
    cr_expect_eq(overs(DD_SUPPLY_LOSS), 1);
    cr_expect_gt(b->mesh[1].asked_n, asked_n, "read soon after the return");
    run(HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, one_phase_is_named) {
    make(LAMPS, NULL);
    run(MINUTE);
    supply(2, 5);
    run(30 * MINUTE);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->value, 2);
    cr_expect_eq(b->mesh[4].asked_n, 0); // second lamp of feeder 2: phase 1
    cr_expect_gt(b->mesh[2].asked_n, 0);
}

Test(core, a_feeder_lost_in_the_middle_of_a_round_raises_no_lamp_alarm) {
    make(LAMPS, NULL);
    run(65 * SECOND);
    for (int i = 1; i <= LAMPS; i += 2)
        b->mesh[i].silent = true;
    b->lamps[0].missed = 1;
    run(10 * SECOND); // two are being asked in vain
    supply(1, 0);
    cr_expect_eq(b->lamps[0].missed, 0);
    run(5 * MINUTE);
    cr_expect_eq(readings_with(0) + readings_with(DD_READING_NO_SUPPLY), LAMPS);
    run(HOUR);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 1);
}

Test(core, lamps_slow_to_start_after_the_return_get_a_grace) {
    make(LAMPS, NULL);
    run(10 * MINUTE);
    supply(1, 0);
    run(10 * MINUTE);
    supply(1, 7);
    b->mesh[1].silent = true;
    run(225 * SECOND);
    b->mesh[1].silent = false;
    run(HOUR);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 0);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}

Test(core, a_chattering_feeder_is_reported_six_times_a_minute_at_most) {
    make(10, NULL);
    run(MINUTE);
    for (int i = 0; i < 600; i++) {
        supply(1, i % 2 ? 7 : 0);
        run(100);
    }
    supply(1, 7);
    run(MINUTE);
    cr_expect(count(DD_WORD_EVENT, 0, 0) <= 8, "%d events", count(DD_WORD_EVENT, 0, 0));
    cr_expect_eq(last_heard(DD_WORD_EVENT)->over, 1);
}

Test(core, a_last_gasp) {
    make(10, NULL);
    run(MINUTE);
    b->cabinet.mains = false;
    look();
    look();
    run(SECOND);
    cr_expect_eq(events(DD_ON_BATTERY), 1);
    b->cabinet.mains = true;
    look();
    run(SECOND);
    cr_expect_eq(overs(DD_ON_BATTERY), 1);
    cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 2);
}
