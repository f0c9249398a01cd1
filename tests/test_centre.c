// The control centre: every command has an outcome, every silence an alarm, every belief a source.
#include "tests/toy_city.h"

#include <math.h>

static toy_def evening(const char *backhaul) {
    toy_def def = toy_default();
    def.backhaul = backhaul;
    def.start = "2020-08-03 20:00";
    return def;
}

static uint32_t outcomes(const toy *it, dd_command_outcome outcome) {
    return toy_hub(it)->centre.counts.by_outcome[outcome];
}

// --- Commands ---

Test(centre, a_healthy_segment_obeys_on_every_line) {
    for (const dd_backhaul_def *line = dd_backhaul_defs; line->name; line++)
        for (int preset = 1; preset <= 3; preset++) {
            toy_def def = evening(line->name);
            def.settings.mesh_preset = preset;
            toy *it = toy_start(&def, 0);
            toy_for(it, 20 * DD_MINUTE);
            toy_act(it, "override city 40% 1h");
            toy_for(it, 2 * DD_MINUTE); // T3 of facts F1
            for (uint32_t s = 1; s <= 3; s++)
                cr_expect(eq(u32, toy_measure(it, s).overridden, 30), "%s, %d", line->name, preset);
            cr_expect(eq(u32, outcomes(it, DD_COMMAND_DONE), 3), "%s, %d", line->name, preset);
            cr_expect(eq(u64, toy_hub(it)->centre.counts.lamps_done, 90));
            cr_expect(eq(u32, toy_hub(it)->centre.commands.used, 0));
            toy_close(it);
        }
}

Test(centre, a_command_over_a_dead_line_expires) {
    toy_def def = evening("lte");
    toy *it = toy_start(&def, TOY_BIT(DD_REC_COMMAND_OUTCOME));
    toy_act(it, "fail segment:S-1-0 line");
    toy_for(it, DD_MINUTE);
    toy_act(it, "override segment:S-1-0 10%");
    toy_for(it, 299 * DD_SECOND);
    cr_expect(eq(sz, it->record_n, 0));
    toy_for(it, 30 * DD_SECOND);
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_EXPIRED), 1));
    cr_assert(eq(sz, it->record_n, 1));
    cr_expect(eq(i64, it->records[0].value[1], DD_COMMAND_EXPIRED));
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, DD_HOUR);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0), "it was never delivered");
    cr_expect(eq(sz, it->record_n, 1), "one outcome");
    toy_close(it);
}

Test(centre, a_controller_has_no_say_of_the_commands_of_another) {
    toy_def def = evening("lte");
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail segment:S-1-0 line");
    toy_for(it, DD_MINUTE);
    toy_act(it, "override segment:S-1-0 10%");
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    dd_centre *centre = &toy_hub(it)->centre;
    dd_word word = {.kind = DD_WORD_OUTCOME, .number = centre->counts.sent, .done_n = 10};
    dd_centre_outcome(hub, centre, 2, &word);
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_DONE), 0));
    dd_centre_outcome(hub, centre, 1, &word);
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_DONE), 1));
    toy_close(it);
}

Test(centre, a_command_waits_for_a_line_that_comes_back) {
    toy_def def = evening("lte");
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail segment:S-1-0 line");
    toy_act(it, "override segment:S-1-0 10% 1h");
    toy_for(it, 2 * DD_MINUTE);
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_DONE), 1));
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30));
    toy_close(it);
}

// What goes to all at once takes its time from node to node: it does not undo what was told since.
Test(centre, the_last_word_counts_when_it_follows_at_once) {
    for (int after = 0; after < 3; after++) {
        toy_def def = evening("fibre");
        def.lamp_n = 90;
        toy *it = toy_start(&def, 0);
        toy_for(it, 10 * DD_MINUTE);
        toy_act(it, "override city 10% 1h");
        toy_for(it, after * DD_SECOND);
        toy_act(it, "resume city");
        toy_for(it, 3 * DD_MINUTE);
        for (uint32_t s = 1; s <= 3; s++)
            cr_expect(eq(u32, toy_measure(it, s).overridden, 0), "after %d s", after);
        cr_expect(eq(u32, outcomes(it, DD_COMMAND_DONE), 6));
        toy_close(it);
    }
}

// Whatever an outage swallows: what was commanded last holds in the end.
static void expect_resumed(dd_time resumed, dd_time repaired) {
    toy_def def = evening("lte");
    toy *it = toy_start(&def, 0);
    toy_for(it, 10 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 line");
    toy_act(it, "override segment:S-1-0 10% 1h");
    if (resumed < repaired) {
        toy_for(it, resumed);
        toy_act(it, "resume lamp:L-1-5");
        toy_for(it, repaired - resumed);
        toy_act(it, "repair segment:S-1-0");
    } else {
        toy_for(it, repaired);
        toy_act(it, "repair segment:S-1-0");
        toy_for(it, resumed - repaired);
        toy_act(it, "resume lamp:L-1-5");
    }
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_DONE), 2));
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 29), "resumed at %lld s, repaired at %lld s",
              (long long)(resumed / DD_SECOND), (long long)(repaired / DD_SECOND));
    toy_close(it);
}

Test(centre, the_last_word_counts_when_a_line_comes_back) {
    for (int resumed = 5; resumed < 60; resumed += 9)
        for (int repaired = 3; repaired < 60; repaired += 8)
            expect_resumed(resumed * DD_SECOND, repaired * DD_SECOND);
}

// A command that has expired leaves its place in memory to a later one: that does not go first.
Test(centre, commands_are_told_again_in_their_order) {
    toy_def def = evening("lte");
    toy *it = toy_start(&def, 0);
    toy_for(it, 10 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 line");
    toy_act(it, "read segment:S-1-0");
    toy_for(it, 280 * DD_SECOND);
    toy_act(it, "override segment:S-1-0 10% 1h");
    toy_for(it, 50 * DD_SECOND);
    cr_assert(eq(u32, outcomes(it, DD_COMMAND_EXPIRED), 1));
    toy_act(it, "resume segment:S-1-0");
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, 4 * DD_MINUTE);
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_DONE), 2));
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    toy_close(it);
}

// An override given for 10 minutes never begins after they are over.
Test(centre, a_late_override_does_not_begin) {
    toy_def def = evening("lte");
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail segment:S-1-0 line");
    toy_act(it, "override segment:S-1-0 10% 1m");
    toy_for(it, 90 * DD_SECOND);
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, 100 * DD_SECOND);
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_FAILED), 1));
    cr_expect(eq(dbl, toy_measure(it, 1).level_sum, 30));
    toy_close(it);
}

Test(centre, dead_lamps_make_it_partly_dark_ones_fail_it) {
    toy_def def = evening("fibre");
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail lamp:L-1-3 node_dead");
    toy_act(it, "fail feeder:S-2-0 breaker");
    toy_act(it, "fail feeder:S-3-0 phase_l1");
    toy_for(it, 30 * DD_MINUTE); // those behind dead ones find other ways
    toy_act(it, "override city 40% 1h");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_PARTLY), 2));
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_FAILED), 1));
    cr_expect(eq(u64, toy_hub(it)->centre.counts.lamps_done, 29 + 20));
    toy_close(it);
}

// A minute after the outage some lamps still send through dead ones; most obey nonetheless.
Test(centre, most_lamps_obey_before_routes_are_mended) {
    toy_def def = evening("fibre");
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail lamp:L-1-3 node_dead");
    toy_act(it, "fail feeder:S-3-0 phase_l1");
    toy_for(it, DD_MINUTE);
    toy_act(it, "override city 40% 1h");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_FAILED), 0));
    cr_expect(ge(u64, toy_hub(it)->centre.counts.lamps_done, 29 + 30 + 20 - 5));
    toy_close(it);
}

Test(centre, a_restart_in_the_middle_of_a_command) {
    toy_def def = evening("fibre");
    toy *it = toy_start(&def, 0);
    toy_act(it, "override segment:S-1-0 40% 1h");
    toy_for(it, 60 * DD_MILLISECOND);
    cr_expect(lt(u32, toy_measure(it, 1).overridden, 30));
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_SECOND);
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, 2 * DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30));
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_DONE), 1));
    toy_close(it);
}

// More commands at once than a controller can hold: each still ends, none is done twice.
Test(centre, a_flood_of_commands) {
    toy_def def = evening("lte");
    toy *it = toy_start(&def, TOY_BIT(DD_REC_COMMAND) | TOY_BIT(DD_REC_COMMAND_OUTCOME));
    for (int i = 0; i < 40; i++) {
        char act[60];
        snprintf(act, sizeof act, "override lamp:L-1-%d %d%% 1h", 1 + i % 30, 10 + i);
        toy_act(it, act);
    }
    toy_for(it, 6 * DD_MINUTE);
    uint32_t ended = 0;
    for (int i = 0; i < 4; i++)
        ended += outcomes(it, (dd_command_outcome)i);
    cr_expect(eq(u32, ended, 40));
    cr_expect(eq(sz, it->record_n, 80));
    uint64_t seen = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        if (it->records[i].kind != DD_REC_COMMAND_OUTCOME) continue;
        uint64_t bit = (uint64_t)1 << it->records[i].value[0];
        cr_expect(eq(u64, seen & bit, 0));
        seen |= bit;
    }
    toy_close(it);
}

// --- Silence ---

// Noticed within its time and half a minute, on every line; over within the longest back-off and an
// attempt of the return.
Test(centre, a_silent_controller_is_noticed) {
    for (const dd_backhaul_def *line = dd_backhaul_defs; line->name; line++) {
        toy_def def = evening(line->name);
        toy *it = toy_start(&def, TOY_BIT(DD_REC_ALARM_RAISED) | TOY_BIT(DD_REC_ALARM_RETURNED));
        toy_for(it, DD_HOUR);
        cr_expect(eq(sz, it->record_n, 0), "%s: no false alarm", line->name);
        toy_act(it, "fail segment:S-2-0 line");
        toy_for(it, 185 * DD_SECOND);
        cr_assert(eq(sz, it->record_n, 1), "%s", line->name);
        cr_expect(gt(i64, it->records[0].time, DD_HOUR + 115 * DD_SECOND));
        toy_act(it, "repair segment:S-2-0");
        toy_for(it, 75 * DD_SECOND);
        cr_expect(eq(u32, toy_alarms(it), 0), "%s", line->name);
        toy_close(it);
    }
}

// --- Readings ---

// Every lamp is read once a period and once only, however long, and the centre believes what was
// true when it was read.
Test(centre, every_lamp_is_read_each_period) {
    static const double periods_s[] = {60, 900, 3600};
    for (size_t i = 0; i < DD_COUNT(periods_s); i++) {
        toy_def def = evening("lte");
        def.settings.centre_poll_s = periods_s[i];
        toy *it = toy_start(&def, TOY_BIT(DD_REC_READING));
        toy_for(it, (dd_time)periods_s[i] * 10 * DD_SECOND);
        double rounds = (double)it->record_n / 90;
        cr_expect(rounds > 8.9 && rounds < 10.2, "%g s: %.2f rounds", periods_s[i], rounds);
        const dd_centre *centre = &toy_hub(it)->centre;
        cr_expect(eq(u64, centre->readings, it->record_n));
        cr_expect(eq(u64, centre->unanswered, 0));
        uint32_t lamps[90];
        for (uint32_t k = 0; k < 90; k++)
            lamps[k] = k + 1;
        dd_time since = (dd_time)(periods_s[i] * 1.2 + 20) * DD_SECOND;
        cr_expect(eq(u32, dd_measure_heard(it->world, lamps, 90, since), 90));
        toy_close(it);
    }
}

Test(centre, believes_what_it_is_told_not_what_is) {
    toy_def def = evening("fibre");
    toy *it = toy_start(&def, 0);
    toy_for(it, 30 * DD_MINUTE);
    const dd_belief *belief = &toy_hub(it)->centre.beliefs[3];
    cr_expect(eq(u32, belief->level_pm, 1000));
    double truth_mw = toy_node(it, 1, 3)->power_mw;
    cr_expect(epsilon_eq(dbl, dd_belief_power_mw(belief), truth_mw, truth_mw * 0.02),
              "by a meter of 2 %%");
    toy_act(it, "fail segment:S-1-0 line");
    toy_act(it, "fail lamp:L-1-3 driver_dead");
    int32_t heard_s = belief->heard_s;
    toy_for(it, DD_HOUR);
    cr_expect(eq(i32, belief->heard_s, heard_s), "nothing comes over a dead line");
    cr_expect(gt(u32, dd_belief_power_mw(belief), toy_node(it, 1, 3)->power_mw));
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(toy_alarm(it, "lamp:L-1-3", DD_ALARM_LAMP_FAILURE), "what was kept comes later");
    toy_close(it);
}

// A read order is answered at once, not at the next round.
// A controller, or a board in its place, may tell any time: what a record cannot hold is bounded.
Test(centre, a_time_that_cannot_be_is_bounded) {
    static const int64_t told_ms[] = {INT64_MIN, INT64_MAX};
    static const dd_time century = 36525 * DD_DAY;
    toy_def def = evening("lte");
    toy *it = toy_start(&def, TOY_BIT(DD_REC_READING));
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    for (size_t i = 0; i < DD_COUNT(told_ms); i++) {
        dd_word word = {.kind = DD_WORD_READINGS, .entry_n = 1, .clock_ms = told_ms[i]};
        word.readings[0].lamp = 1;
        dd_centre_word(hub, &toy_hub(it)->centre, 1, &word);
    }
    toy_for(it, 1);
    cr_assert(eq(sz, it->record_n, 2));
    cr_expect(eq(i64, it->records[0].value[3], -century));
    cr_expect(eq(i64, it->records[1].value[3], century));
    toy_close(it);
}

Test(centre, reads_on_demand) {
    toy_def def = evening("fibre");
    def.settings.centre_poll_s = 86400;
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_MINUTE);
    toy_act(it, "read lamp:L-2-9");
    toy_for(it, 20 * DD_SECOND);
    cr_expect(ge(i32, toy_hub(it)->centre.beliefs[30 + 9].heard_s, 60));
    cr_expect(eq(u32, outcomes(it, DD_COMMAND_DONE), 1));
    toy_close(it);
}

// --- Clocks ---

// A controller whose crystal is bad is kept right by the centre, within half the line's jitter.
Test(centre, keeps_the_controllers_clocks) {
    toy_def def = evening("lte");
    def.settings.controller_drift_ppm = 100;
    toy *it = toy_start(&def, 0);
    toy_for(it, 12 * DD_HOUR);
    for (uint32_t s = 1; s <= 3; s++) {
        const dd_house *house = toy_segment(it, s)->house;
        int64_t uptime_ms = dd_clock_us(&house->oscillator, it->world->engine->now) / 1000;
        int64_t shows_ms = dd_core_clock_ms(&house->seat.application.core, uptime_ms);
        int64_t true_ms = dd_world_unix_us(it->world, it->world->engine->now) / 1000;
        cr_expect(lt(dbl, fabs((double)(shows_ms - true_ms)), 1500), "an hour at 370 ppm: 1.3 s");
    }
    toy_close(it);
}
