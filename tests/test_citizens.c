// The citizens and their office: how many reports, of what, when, about what, and to whom.
#include "tests/toy_city.h"

static toy_def busy(double per_day) {
    toy_def def = toy_default();
    def.start = "2020-08-03 12:00";
    def.settings.citizens_per_day = per_day;
    return def;
}

// Over ten days: the number a day, the evening's peak, the share of each group.
Test(citizens, rate_hours_and_groups) {
    toy_def def = busy(500);
    def.settings.citizens_wrong_kind = 0;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT));
    toy_for(it, 10 * DD_DAY);
    double n = (double)it->record_n;
    cr_expect(epsilon_eq(dbl, n, 5000, 4 * 71), "Poisson");
    uint32_t by_hour[24] = {0}, by_kind[DD_REPORT_KINDS] = {0};
    for (size_t i = 0; i < it->record_n; i++) {
        by_hour[dd_civil_at(&it->world->def.calendar, it->records[i].time).hour]++;
        by_kind[it->records[i].value[1]]++;
        cr_expect(eq(i64, it->records[i].value[3], 0), "about no dark lamp");
    }
    double evening = by_hour[18] + by_hour[19] + by_hour[20] + by_hour[21];
    cr_expect(epsilon_eq(dbl, evening / n, 3750.0 / 10180, 0.03));
    cr_expect(lt(u32, by_hour[3], by_hour[19] / 10));
    cr_expect(epsilon_eq(dbl, by_kind[DD_REPORT_LIGHTING] / n, 0.15, 0.025), "false ones");
    cr_expect(epsilon_eq(dbl, by_kind[DD_REPORT_RUBBISH] / n, 0.85 * 0.26, 0.03));
    cr_expect(epsilon_eq(dbl, by_kind[DD_REPORT_SECURITY] / n, 0.85 * 0.12, 0.03));
    toy_close(it);
}

Test(citizens, a_tenth_is_filed_in_a_wrong_group) {
    toy_def def = busy(500);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT));
    toy_for(it, 10 * DD_DAY);
    uint32_t wrong = 0;
    for (size_t i = 0; i < it->record_n; i++)
        wrong += it->records[i].value[1] != it->records[i].value[2];
    cr_expect(epsilon_eq(dbl, wrong / (double)it->record_n, 0.1, 0.02));
    toy_close(it);
}

// Each is handed to a ward once, after some 21 minutes, and forgotten then.
Test(citizens, the_office_hands_on_each_once) {
    toy_def def = busy(500);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT) | TOY_BIT(DD_REC_REPORT_TRANSFERRED));
    toy_for(it, 4 * DD_DAY);
    static dd_time filed[4000];
    uint32_t transferred = 0;
    double sum_min = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        cr_assert(record->value[0] > 0 && record->value[0] < 4000);
        if (record->kind == DD_REC_REPORT) {
            filed[record->value[0]] = record->time;
            continue;
        }
        cr_expect(eq(str, (char *)(uintptr_t)it->world->entities.all[record->entity].name, "W-1-0"),
                  "the nearest");
        cr_expect(gt(i64, filed[record->value[0]], 0), "filed before, and handed on once");
        sum_min += (double)(record->time - filed[record->value[0]]) / 60e9;
        filed[record->value[0]] = 0;
        transferred++;
    }
    const dd_citizens *citizens = &toy_hub(it)->citizens;
    cr_expect(eq(u32, citizens->counts.transferred, transferred));
    cr_expect(eq(u32, citizens->counts.filed, transferred + citizens->reports.used));
    cr_expect(epsilon_eq(dbl, sum_min / transferred, 21, 2));
    toy_close(it);
}

Test(citizens, nobody_reports_what_is_well) {
    toy_def def = busy(0);
    def.settings.citizens_notice_h = 0.01;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT));
    toy_for(it, 3 * DD_DAY);
    cr_expect(eq(sz, it->record_n, 0));
    toy_close(it);
}

// A dark road by night: reported, about a lamp that is dark, in the right place; not by day; not
// again once it is lit; and more rarely each time.
Test(citizens, a_dark_road_is_reported_by_night_until_it_is_lit) {
    toy_def def = busy(0);
    def.settings.citizens_notice_h = 2;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT));
    toy_act(it, "fail feeder:S-2-0 breaker");
    toy_until(it, "18:00");
    cr_expect(eq(sz, it->record_n, 0), "nobody misses light by day");
    toy_until(it, "04:00");
    size_t by_night = it->record_n;
    cr_expect(gt(sz, by_night, 3));
    toy_until(it, "06:00");
    size_t until_day = it->record_n;
    toy_until(it, "17:00");
    cr_expect(eq(sz, it->record_n, until_day));
    for (size_t i = 0; i < it->record_n; i++) {
        cr_expect(eq(u32, it->records[i].entity, toy_entity(it, "road:S-2-0")));
        cr_expect(eq(u32, it->city.lamps[it->records[i].value[3]].segment, 2));
        cr_expect(eq(i64, it->records[i].value[2], DD_REPORT_LIGHTING));
    }
    toy_until(it, "22:00");
    size_t before = it->record_n;
    toy_act(it, "repair feeder:S-2-0");
    toy_for(it, 3 * DD_MINUTE);
    size_t after = it->record_n;
    cr_expect(gt(sz, after, until_day));
    cr_expect(le(sz, after, before + 1));
    toy_for(it, DD_DAY);
    cr_expect(eq(sz, it->record_n, after));
    const dd_road_sight *sight = &toy_hub(it)->citizens.roads[2];
    cr_expect(eq(u32, sight->dark_n, 0));
    cr_expect(eq(u32, sight->first_dark, 0));
    toy_close(it);
}

// The mean time to the first report of one dark lamp on a main road is what the setting says (in
// hours of night), and less the more lamps are dark.
Test(citizens, mean_time_to_the_first_report) {
    for (int many = 0; many < 2; many++) {
        double sum_h = 0;
        enum { RUNS = 150 };
        for (uint64_t seed = 1; seed <= RUNS; seed++) {
            toy_def def = busy(0);
            def.start = "2020-08-03 19:00";
            def.segment_n = 1;
            def.seed = seed;
            def.settings.citizens_notice_h = 1;
            toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT));
            toy_act(it, many ? "fail feeder:S-1-0 phase_l1" : "fail lamp:L-1-9 led_open");
            while (!it->record_n)
                toy_for(it, 10 * DD_MINUTE);
            sum_h += (double)(it->records[0].time - DD_MINUTE) / 3.6e12;
            toy_close(it);
        }
        double mean_h = sum_h / RUNS, expected_h = many ? 0.1 : 1;
        cr_expect(mean_h > 0.7 * expected_h && mean_h < 1.3 * expected_h + 0.01, "%.3f h", mean_h);
    }
}

// The slowest citizens that a scenario may ask for overflow nothing.
Test(citizens, extreme_settings) {
    toy_def def = busy(1e-9);
    def.settings.citizens_notice_h = 10000;
    def.settings.office_triage_min = 10000;
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail feeder:S-2-0 breaker");
    toy_for(it, 3 * DD_DAY);
    cr_expect(le(u32, toy_hub(it)->citizens.counts.filed, 1));
    toy_close(it);
    def = busy(10000);
    def.settings.citizens_place_m = 0;
    def.settings.office_triage_min = 0;
    it = toy_start(&def, 0);
    toy_for(it, DD_DAY);
    cr_expect(epsilon_eq(dbl, toy_hub(it)->citizens.counts.filed, 10000, 500));
    toy_close(it);
}

// Phones are wrong by some metres: near a border some reports go to the neighbour, without the
// error none does.
static uint32_t reports_next_door(double place_m) {
    toy_def def = busy(500);
    def.settings.citizens_place_m = place_m;
    def.segment_n = 1;
    toy *it = toy_open(&def);
    dd_stream_listen(&it->world->engine->stream, TOY_BIT(DD_REC_REPORT_TRANSFERRED), toy_keep, it);
    const dd_point *last = &it->city.lamps[def.lamp_n].place; // the border lies 30 m beyond it
    it->wards[1].centre = toy_point((double)last->x + 30 - 1000, (double)last->y);
    it->wards[2].centre = toy_point((double)last->x + 30 + 1000, (double)last->y);
    dd_twin_start(it->world);
    toy_for(it, 4 * DD_DAY);
    uint32_t next_door = 0;
    for (size_t i = 0; i < it->record_n; i++)
        next_door += it->records[i].entity == dd_world_entity(it->world, DD_ENTITY_WARD, 2);
    cr_assert(it->record_n > 500);
    toy_close(it);
    return next_door;
}

Test(citizens, places_are_some_metres_wrong) {
    cr_expect(eq(u32, reports_next_door(0), 0));
    cr_expect(gt(u32, reports_next_door(25), 5));
}
