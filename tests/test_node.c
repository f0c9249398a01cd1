// A luminaire with its node: schedule by the sun on its own clock, commands, light, energy.
#include "models/controller/core/sun.h"
#include "tests/judged_sun.h"
#include "tests/toy_city.h"

#include <math.h>

// --- Sun ---

// The whole street switches within 30 s (0.13 degrees) of the sun's setting and rising, at the
// year's corners.
Test(node, dusk_and_dawn_by_libnova) {
    static const char *const starts[] = {"2020-03-21 12:00", "2020-06-21 12:00",
                                         "2020-08-03 12:00", "2020-09-23 12:00",
                                         "2020-12-21 12:00", "2021-01-01 12:00"};
    for (size_t i = 0; i < DD_COUNT(starts); i++) {
        toy_def def = toy_one_street(0, starts[i]);
        def.settings.node_clock_error_s = 0;
        toy *it = toy_start(&def, TOY_BIT(DD_REC_LAMP_LIGHT));
        toy_for(it, DD_DAY);
        double begin = (double)it->world->def.calendar.start_unix_s;
        size_t on = 0, off = 0;
        for (size_t k = 30; k < it->record_n; k++) { // after those of the start
            const dd_record *record = &it->records[k];
            double hours = (double)record->time / 3.6e12;
            if (fabs(hours - 6) > 1.5 && fabs(hours - 18) > 1.5) continue; // dimming
            double degrees = judged_altitude(10.2415, 106.3759, begin + (double)record->time / 1e9);
            if (record->value[0] == 1000 && fabs(hours - 18) < 1.5 && degrees < -10)
                continue; // 04:30
            cr_expect(lt(dbl, fabs(degrees + 0.833), 0.13), "%s: %.3f at %.2f h", starts[i],
                      degrees, hours);
            on += record->value[0] == 1000;
            off += record->value[0] == 0;
        }
        cr_expect(eq(sz, on, 30));
        cr_expect(eq(sz, off, 30));
        toy_close(it);
    }
}

// --- Starts ---

// Whenever a scenario begins, the lamps are at once as the program has them.
Test(node, starts_at_any_hour) {
    static const struct {
        const char *start;
        double light;
    } cases[] = {{"2020-08-03 00:00", 0.6}, {"2020-08-03 04:29", 0.6}, {"2020-08-03 04:31", 1},
                 {"2020-08-03 06:30", 0},   {"2020-08-03 12:00", 0},   {"2020-08-03 17:59", 0},
                 {"2020-08-03 18:30", 1},   {"2020-08-03 22:59", 1},   {"2020-08-03 23:01", 0.6},
                 {"2020-12-31 23:59", 0.6}, {"2020-02-29 20:00", 1}};
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        toy_def def = toy_one_street(0, cases[i].start);
        toy *it = toy_start(&def, TOY_BIT(DD_REC_SIGHT));
        dd_lamp_measure all = toy_measure(it, 1);
        cr_expect(epsilon_eq(dbl, all.level_sum / 30, cases[i].light, 0.011), "%s", cases[i].start);
        toy_for(it, 2 * DD_HOUR);
        cr_expect(eq(sz, it->record_n, 0), "nobody misses light");
        cr_expect(eq(u32, toy_alarms(it), 0));
        toy_close(it);
    }
}

// --- Long runs ---

// Hours between sunset and sunrise, `days` nights of them.
static double night_hours(const toy *it, int days) {
    int32_t first = (int32_t)((it->world->def.calendar.start_unix_s + 25200) / 86400);
    double sum = 0;
    for (int day = 0; day < days; day++) {
        int32_t rise, set, next_rise, next_set;
        dd_sun_times(10241500, 106375900, 25200, first + day, &rise, &set);
        dd_sun_times(10241500, 106375900, 25200, first + day + 1, &next_rise, &next_set);
        sum += (86400 - set + next_rise) / 3600.0;
    }
    return sum;
}

// Every lamp switches four times a night, for a month; energy and hours are what they must be.
Test(node, thirty_days) {
    toy_def def = toy_one_street(0, "2020-08-03 12:00");
    def.backhaul = "3g";
    toy *it = toy_start(&def, TOY_BIT(DD_REC_LAMP_LIGHT));
    toy_for(it, 30 * DD_DAY);
    cr_expect(eq(sz, it->record_n, 30 + 30 * 30 * 4));
    dd_lamp_measure all = toy_measure(it, 1);
    cr_expect(epsilon_eq(dbl, all.lit_h / 30, night_hours(it, 30), 0.05));
    cr_expect(eq(u32, dd_measure_alarms_raised(it->world, 0), 0));
    toy_close(it);
}

// Without the mesh, three days: by its own clock each is off by no more than its drift.
Test(node, keeps_its_schedule_without_anybody) {
    toy_def def = toy_one_street(0, "2020-08-03 12:00");
    def.settings.mesh_tx_change_db = -60;
    def.settings.node_drift_ppm = 50;
    def.settings.node_clock_error_s = 2;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_LAMP_LIGHT));
    toy_for(it, 72 * DD_HOUR);
    cr_expect(eq(sz, it->record_n, 30 + 3 * 30 * 4));
    for (size_t i = 30; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        const dd_node *node = toy_node(it, 1, (uint16_t)record->entity);
        if (record->value[0] < 590 || record->value[0] > 610) continue; // 23:00
        double due = 11 * 3600, at = (double)record->time / 1e9;
        while (at - due > 43200)
            due += 86400;
        double error_s =
            (double)(node->clock.showed_us / 1000 - it->world->def.calendar.start_unix_s * 1000) /
            1e3;
        double expected = due - error_s - due * node->clock.rate_ppb * 1e-9;
        cr_expect(epsilon_eq(dbl, at, expected, 0.01));
    }
    toy_close(it);
}

// Where the centre, the controller and the mesh keep the clocks, drift does not add up over a
// night, though each correction is too small to plan anew for.
Test(node, small_corrections_add_up) {
    toy_def def = toy_one_street(0, "2020-08-03 17:00");
    def.settings.node_drift_ppm = 25;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_LAMP_LIGHT));
    toy_until(it, "04:00");
    it->record_n = 0;
    toy_until(it, "04:31");
    dd_time due = 11 * DD_HOUR + 30 * DD_MINUTE;
    cr_expect(eq(sz, it->record_n, 30));
    for (size_t i = 0; i < it->record_n; i++) {
        double late_s = (double)(it->records[i].time - due) / 1e9;
        cr_expect(lt(dbl, fabs(late_s), 0.35), "%.3f s", late_s);
    }
    toy_close(it);
}

// --- Energy ---

// A lamp held at level L for T hours takes P(L) T, to the last milliwatt-hour; P as in facts A1.
Test(node, believes_no_clock_that_cannot_be) {
    static const int64_t told_ms[] = {INT64_MIN, 0, DD_CLOCK_EARLIEST_MS - 1, DD_CLOCK_LATEST_MS,
                                      INT64_MAX};
    toy_def def = toy_default();
    toy *it = toy_start(&def, 0);
    dd_segment_state *segment = toy_segment(it, 1);
    dd_domain *domain = &it->world->engine->domains[dd_world_domain(it->world, 1)];
    dd_clock before = segment->nodes[1].clock;
    for (size_t i = 0; i < DD_COUNT(told_ms); i++) {
        dd_node_request request = {.lamp = 1, .kind = DD_NODE_READ, .clock_ms = told_ms[i]};
        dd_node_answer(domain, segment, &request);
        cr_expect(
            eq(i64, dd_clock_us(&segment->nodes[1].clock, DD_HOUR), dd_clock_us(&before, DD_HOUR)));
    }
    dd_node_request request = {.lamp = 1, .kind = DD_NODE_READ, .clock_ms = DD_CLOCK_EARLIEST_MS};
    dd_node_answer(domain, segment, &request);
    cr_expect(eq(i64, dd_clock_us(&segment->nodes[1].clock, 0), DD_CLOCK_EARLIEST_MS * 1000));
    toy_close(it);
}

Test(node, energy_in_closed_form) {
    static const int percents[] = {0, 1, 10, 33, 50, 75, 100};
    for (size_t i = 0; i < DD_COUNT(percents); i++) {
        toy_def def = toy_one_street(0, "2020-08-03 12:00");
        def.program = (dd_program){.point_n = 1,
                                   .points = {{.level_pm = (uint32_t)(percents[i] * 10) & 1023}}};
        toy *it = toy_start(&def, 0);
        toy_for(it, 100 * DD_HOUR + 1234567);
        double sum_wh = 0;
        for (uint16_t lamp = 1; lamp <= 30; lamp++) {
            dd_node *node = toy_node(it, 1, lamp);
            double nominal_w = dd_luminaire_models[it->lamps[lamp].kind].power_mw / 1e3;
            double d = node->light_pm / 10.0;
            double p = d > 0 ? 0.1 * nominal_w + 0.9 * nominal_w * (d - 1) / 99 : 0.4;
            cr_expect(epsilon_eq(dbl, node->power_mw / 1e3, p + 1.5, 0.001));
            cr_expect(epsilon_eq(dbl, d, percents[i], percents[i] * 0.015), "DALI's steps: 2.8 %%");
            dd_node_count(node, it->world->engine->now);
            int64_t us = it->world->engine->now / DD_MICROSECOND;
            cr_expect(eq(i64, node->energy_mwh, (int64_t)node->power_mw * us / 3600000000));
            sum_wh += (double)node->power_mw * (double)us / 3.6e12;
        }
        dd_lamp_measure all = toy_measure(it, 1);
        cr_expect(epsilon_eq(dbl, all.energy_wh, sum_wh, 0.03), "a mWh a lamp");
        cr_expect(epsilon_eq(dbl, all.lit_h, percents[i] ? 3000 : 0, 0.001));
        toy_close(it);
    }
}

// The meter's records: sums of the feeder's lamps, growing, whoever looks in between.
Test(node, meter_adds_up) {
    double last[2];
    for (int look = 0; look < 2; look++) {
        toy_def def = toy_one_street(0, "2020-08-03 17:00");
        toy *it = toy_start(&def, TOY_BIT(DD_REC_FEEDER_ENERGY));
        for (int i = 0; i < 13 * 60; i++) {
            toy_for(it, DD_MINUTE + look * 7);
            if (look) toy_measure(it, 1);
        }
        toy_to(it, 14 * DD_HOUR);
        dd_twin_settle(it->world);
        dd_stream_flush(&it->world->engine->stream);
        int64_t before = -1;
        for (size_t i = 0; i < it->record_n; i++) {
            cr_expect(ge(i64, it->records[i].value[0], before));
            before = it->records[i].value[0];
        }
        cr_expect(eq(sz, it->record_n, 14 * 4 + 1));
        dd_lamp_measure all = toy_measure(it, 1);
        cr_expect(epsilon_eq(dbl, all.energy_wh, (double)before / 1e3, 0.001));
        last[look] = all.energy_wh;
        toy_close(it);
    }
    cr_expect(eq(dbl, last[0], last[1]), "to measure changes nothing");
}

// The largest lamp for ten years: nothing overflows.
Test(node, ten_years_of_energy) {
    dd_node node = {.power_mw = 402000, .light_pm = 1000};
    for (int day = 1; day <= 3650; day++)
        dd_node_count(&node, day * DD_DAY);
    cr_expect(eq(i64, node.energy_mwh, 402000ll * 3650 * 24));
    cr_expect(eq(i64, node.lit_us, 3650 * (DD_DAY / DD_MICROSECOND)));
}

// --- Commands ---

Test(node, an_override_ends_by_itself) {
    toy_def def = toy_one_street(0, "2020-08-03 20:00");
    def.settings.mesh_preset = 2;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_LAMP_LIGHT));
    toy_for(it, 20 * DD_MINUTE);
    it->record_n = 0;
    dd_time given = it->world->engine->now;
    toy_act(it, "override city 30% 20m");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30));
    cr_expect(epsilon_eq(dbl, toy_measure(it, 1).level_sum / 30, 0.3, 0.005));
    toy_for(it, 30 * DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    cr_expect(eq(sz, it->record_n, 60));
    for (size_t i = 0; i < it->record_n; i++) {
        if (it->records[i].value[0] != 1000) continue;
        double error_s = (double)(it->records[i].time - given) / 1e9 - 1200;
        cr_expect(lt(dbl, fabs(error_s), 5), "T11 of facts F1: 5 s");
        cr_expect(eq(i64, it->records[i].value[2], DD_WHY_RESUME));
    }
    toy_close(it);
}

// An override until resumed outlives a night's switch points, and a resume by day leaves it dark.
Test(node, an_override_without_end_is_ended_by_a_resume) {
    toy_def def = toy_one_street(0, "2020-08-03 20:00");
    toy *it = toy_start(&def, 0);
    toy_act(it, "override city 80%");
    toy_until(it, "12:00");
    cr_expect(epsilon_eq(dbl, toy_measure(it, 1).level_sum / 30, 0.8, 0.015));
    toy_act(it, "resume city");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).lit, 0));
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    toy_close(it);
}

Test(node, an_override_does_not_outlive_the_supply) {
    toy_def def = toy_one_street(0, "2020-08-03 20:00");
    toy *it = toy_start(&def, 0);
    toy_act(it, "override city 10%");
    toy_for(it, DD_MINUTE);
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_for(it, DD_SECOND);
    toy_act(it, "repair feeder:S-1-0");
    toy_for(it, 5 * DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    cr_expect(eq(dbl, toy_measure(it, 1).level_sum, 30));
    toy_close(it);
}

// More calendars than there are places for them: whoever is out of reach keeps its own.
Test(node, the_dead_keep_their_calendar) {
    toy_def def = toy_one_street(0, "2020-08-03 20:00");
    toy *it = toy_start(&def, 0);
    uint32_t ids[10] = {0};
    for (unsigned i = 1; i < 10; i++) {
        char act[80];
        snprintf(act, sizeof act, "program city sunset=%u,sunrise=0", 50 + i);
        toy_act(it, act);
        toy_for(it, 20 * DD_MINUTE);
        ids[i] = toy_calendar(it, 1, (uint16_t)i);
        cr_expect(ne(u32, ids[i], ids[i - 1]));
        snprintf(act, sizeof act, "fail lamp:L-1-%u node_dead", i);
        toy_act(it, act);
    }
    for (unsigned i = 1; i < 10; i++)
        cr_expect(eq(u32, toy_calendar(it, 1, (uint16_t)i), ids[i]), "%u", i);
    toy_close(it);
}
