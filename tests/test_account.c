// Energy and money: what lamps take against closed forms, what meters say, and what is saved.
#include "models/account/account.h"
#include "models/account/baseline.h"
#include "models/figure/figure.h"
#include "models/light/node.h"
#include "models/roadlight/flux.h"
#include "tests/judged_sun.h"
#include "tests/toy_city.h"

#include <math.h>

static toy_def street(void) {
    toy_def def = toy_default();
    def.segment_n = 2;
    def.lamp_n = 10;
    def.kind = DD_STREET_75;
    def.start = "2021-01-01 12:00";
    def.settings.mesh_off = 1;
    def.settings.citizens_per_day = 0;
    def.settings.node_drift_ppm = 0;
    def.settings.node_clock_error_s = 0;
    def.settings.account_meter_s = 3600;
    def.settings.light_age_h = 0;
    return def;
}

static toy *play(const toy_def *def, uint64_t mask, dd_time end) {
    toy *it = toy_start(def, mask);
    toy_to(it, end);
    dd_twin_settle(it->world);
    dd_stream_flush(&it->world->engine->stream);
    return it;
}

static double away(double value, double right) {
    return fabs(value / right - 1);
}

// Local hour at which the sun's centre crosses -0.833 degrees on a day, by libnova: from noon to
// midnight when it sets.
static double judged_sun_h(int32_t day_of_january, bool sets) {
    double midnight_s = (double)(dd_days_from_civil(2021, 1, day_of_january) * 86400 - 25200);
    double low = sets ? 12 : 0, high = low + 12;
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        bool up = judged_altitude(10.2415, 106.3759, midnight_s + middle * 3600) > -0.833;
        *(up == sets ? &low : &high) = middle;
    }
    return low;
}

static double judged_night_h(void) {
    return judged_sun_h(2, false) + 24 - judged_sun_h(1, true);
}

// --- Energy ---

// Sunset and sunrise by libnova; power from 1 % to 100 % of light is a straight line, and DALI's
// step for 60 % gives 10^((235 - 1) / (253/3) - 1) = 59.5 % (facts A1).
Test(account, a_night_takes_what_the_closed_form_says) {
    toy_def def = street();
    toy *it = play(&def, 0, DD_DAY);
    double dimmed_h = 5.5, dark_h = judged_night_h(), full_w = 75, least_w = 7.5; // from 23:00
    double dimmed_w = least_w + (full_w - least_w) * (59.5 - 1) / 99;
    double lamp_wh = full_w * (dark_h - dimmed_h) + dimmed_w * dimmed_h + 0.4 * (24 - dark_h);
    double right_wh = 20 * (lamp_wh + 1.5 * 24);
    dd_account city = dd_account_city(it->world);
    cr_expect(eq(u32, city.lamp_n, 20));
    cr_expect(away(city.energy_wh, right_wh) < 1e-3, "%.1f Wh, not %.1f", city.energy_wh, right_wh);
    cr_expect(away(city.burning_h, 20 * dark_h) < 1e-3);
    toy_close(it);
}

Test(account, looking_often_changes_nothing) {
    toy_def def = street();
    double energy_wh[2];
    for (int i = 0; i < 2; i++) {
        def.settings.account_meter_s = i ? 60 : 86400;
        toy *it = play(&def, 0, DD_DAY);
        energy_wh[i] = dd_account_city(it->world).energy_wh;
        toy_close(it);
    }
    cr_expect(eq(dbl, energy_wh[0], energy_wh[1]));
}

// Nor does it change what happens: the digest is the same.
Test(account, figures_change_nothing) {
    char digests[2][DD_DIGEST_TEXT];
    for (int look = 0; look < 2; look++) {
        toy_def def = street();
        toy *it = toy_start(&def, 0);
        for (int hour = 1; hour <= 24; hour++) {
            toy_to(it, hour * DD_HOUR + 1234567);
            const dd_figure *f;
            for (size_t i = 0; look && (f = dd_figure_at(i)); i++)
                if (strncmp(f->name, "energy.", 7) == 0) f->read(it->world);
        }
        dd_twin_settle(it->world);
        dd_stream_flush(&it->world->engine->stream);
        toy_digest(it, digests[look]);
        toy_close(it);
    }
    cr_expect(eq(str, digests[0], digests[1]));
}

// With the radios on, the controllers set the nodes' clocks by fractions of a second.
Test(account, radios_off_burn_the_same) {
    toy_def def = street();
    double energy_wh[2];
    for (int off = 0; off < 2; off++) {
        def.settings.mesh_off = off;
        toy *it = play(&def, 0, DD_DAY);
        energy_wh[off] = dd_account_city(it->world).energy_wh;
        cr_expect(eq(dbl, dd_figure_find("mesh.frames", NULL)->read(it->world) > 0, !off));
        toy_close(it);
    }
    cr_expect(away(energy_wh[1], energy_wh[0]) < 1e-4);
}

Test(account, lamps_add_up_to_their_feeders) {
    toy_def def = street();
    uint64_t mask = 1ull << DD_REC_LAMP_ENERGY | 1ull << DD_REC_FEEDER_ENERGY;
    toy *it = play(&def, mask, DD_DAY);
    int64_t lamps = 0, feeders = 0;
    uint32_t lamp_n = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->kind == DD_REC_LAMP_ENERGY) {
            lamps += record->value[0];
            lamp_n++;
        } else if (record->time == DD_DAY && i >= it->record_n - 22) { // each feeder's last
            feeders += record->value[0];
        }
    }
    cr_expect(eq(u32, lamp_n, 20));
    cr_expect(eq(i64, lamps, feeders));
    cr_expect(lamps > 0);
    toy_close(it);
}

// --- Meters ---

// A dead node's lamp burns on at full light (DALI's system failure level), and nobody counts it.
Test(account, a_dead_node_counts_nothing) {
    toy_def def = street();
    def.settings.node_meter_class = 0;
    toy *it = toy_start(&def, 0);
    toy_to(it, 8 * DD_HOUR);
    toy_act(it, "fail lamp:L-1-3 node_dead");
    dd_account before = dd_account_lamp(it->world, 3);
    toy_to(it, DD_DAY);
    dd_account dead = dd_account_lamp(it->world, 3), sound = dd_account_lamp(it->world, 4);
    cr_expect(before.metered_wh > 150);
    cr_expect(fabs(before.metered_wh - before.energy_wh) <= 1);
    cr_expect(eq(dbl, dead.metered_wh, before.metered_wh));
    cr_expect(away(dead.energy_wh - before.energy_wh, 75 * 16) < 1e-3);
    cr_expect(fabs(sound.metered_wh - sound.energy_wh) <= 1);
    toy_close(it);
}

// What passes a feeder is what its lamps take and its cable loses, within its meter's class.
Test(account, cabinets_count_lamps_and_losses) {
    toy_def def = street();
    toy *it = play(&def, 0, DD_DAY);
    dd_account lamps = dd_account_city(it->world);
    dd_feeder_account feeders = dd_account_feeders(it->world);
    cr_expect(away(feeders.metered_wh, lamps.energy_wh + feeders.losses_wh) < 0.01);
    toy_close(it);
}

// --- Light ---

// New luminaires, full until 23:00 and at DALI's 59.5 % until 4:30.
Test(account, light_given_is_flux_by_time) {
    toy_def def = street();
    toy *it = play(&def, 0, DD_DAY);
    double full_h = judged_night_h() - 5.5 * (1 - 0.595);
    double flux_lm = dd_luminaire_models[DD_STREET_75].flux_lm;
    double light_lmh = dd_account_city(it->world).light_lmh, right_lmh = 20 * full_h * flux_lm;
    cr_expect(away(light_lmh, right_lmh) < 2e-3, "%g lmh, not %g", light_lmh, right_lmh);
    toy_close(it);
}

// --- Refits ---

// What the old node had counted stays counted, and the light that the old luminaire gave stays
// given; a sodium lamp has no node to count.
Test(account, a_refit_loses_nothing) {
    toy_def def = street();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REFIT));
    toy_to(it, 9 * DD_HOUR);
    dd_account before = dd_account_lamp(it->world, 1);
    toy_act(it, "refit lamp:L-1-1 LED-street-150");
    toy_for(it, DD_SECOND);
    dd_account after = dd_account_lamp(it->world, 1);
    cr_expect(gt(dbl, before.metered_wh, 150));
    cr_expect(after.metered_wh >= before.metered_wh && after.metered_wh < before.metered_wh + 2);
    cr_expect(away(after.light_lmh, before.light_lmh) < 1e-3, "%g lmh, not %g", after.light_lmh,
              before.light_lmh);
    toy_act(it, "refit lamp:L-1-1 HPS-250");
    toy_for(it, DD_HOUR);
    dd_account sodium = dd_account_lamp(it->world, 1);
    cr_expect(away(sodium.metered_wh, after.metered_wh) < 1e-2);
    cr_expect(gt(dbl, sodium.energy_wh, after.energy_wh + 200));
    toy_act(it, "refit lamp:L-1-1");
    toy_for(it, 2 * DD_HOUR);
    cr_expect(gt(dbl, dd_account_lamp(it->world, 1).metered_wh, sodium.metered_wh + 50));
    cr_assert(eq(sz, it->record_n, 3));
    cr_expect(away((double)it->records[0].value[3], before.metered_wh) < 1e-2);
    cr_expect(eq(i64, it->records[2].value[3], -1));
    toy_close(it);
}

// 10 % of dirt at most, 1 % a month: a lamp of 1,500 h has hung for four months (facts A3).
Test(account, rain_washes_the_dirt_off) {
    toy_def def = street();
    toy *it = toy_start(&def, 0);
    toy_to(it, 8 * DD_HOUR);
    uint32_t lamp = 1;
    dd_node *node = toy_node(it, 1, 1);
    node->ageing.born_4h = -1500 / 4;
    double before = dd_account_lamp(it->world, lamp).light_lmh, now = dd_flux_now(it->world, lamp);
    toy_act(it, "weather rain=40");
    double clean = dd_account_lamp(it->world, lamp).light_lmh;
    double hung_h = (1500 + dd_account_lamp(it->world, lamp).burning_h) * 8760 / 4333;
    double dirt = 0.01 * hung_h / 730;
    cr_expect(away(before, clean * (1 - dirt)) < 1e-3, "%g of %g, not %g", before, clean, 1 - dirt);
    cr_expect(away(now, dd_flux_now(it->world, lamp) * (1 - dirt)) < 1e-3);
    toy_close(it);
}

// --- What stood there before ---

Test(account, a_year_has_the_dark_hours_of_the_facts) {
    toy_def def = street();
    toy *it = toy_open(&def);
    double year_h = dd_dark_hours_of_year(&it->world->def);
    cr_expect(fabs(year_h - 4333) < 3, "%g h", year_h); // facts 0, of 2020 or so
    cr_expect(eq(dbl, dd_dark_hours(&it->world->def, 0, 4 * DD_HOUR), 0.0)); // 12:00 to 16:00
    double night_h = dd_dark_hours(&it->world->def, 0, DD_DAY);
    cr_expect(fabs(night_h - judged_night_h()) < 2.0 / 60);
    toy_close(it);
}

Test(account, every_luminaire_had_a_hungrier_one_before_it) {
    toy_def def = street();
    def.kind = 0;
    toy *it = toy_open(&def);
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++) {
        uint32_t now_mw = dd_luminaire_models[it->city.lamps[lamp].kind].power_mw;
        cr_expect(dd_baseline_w(it->world, lamp) * 1e3 > now_mw);
    }
    toy_close(it);
}

// --- Money ---

static const dd_saving_terms terms = {.tariff_vnd = 2000,
                                      .vat = 10,
                                      .co2_kg = 0.7,
                                      .cost_vnd = 40e9,
                                      .maintenance_vnd = 1e9,
                                      .discount = 8};

Test(account, a_saving_is_scaled_to_a_year) {
    dd_saving it = dd_saving_make(&terms, 600e3, 1000e3, 0.25);
    cr_expect(away(it.percent, 40) < 1e-12);
    cr_expect(away(it.vnd, 400e3 * 2200) < 1e-12);
    cr_expect(away(it.co2_kg, 280e3) < 1e-12);
    cr_expect(away(it.year_vnd, 4 * 400e3 * 2200 + 1e9) < 1e-12);
    cr_expect(away(it.payback_years, 40e9 / (4 * 400e3 * 2200 + 1e9)) < 1e-12);
}

// After so many years the discounted savings have added up to the cost: year by year, with a part
// of the last by its annuity.
Test(account, discounted_payback_is_an_annuitys) {
    double years = dd_payback_years(40e9, 5e9, 8), paid = 0;
    for (int year = 1; year <= (int)years; year++)
        paid += 5e9 / pow(1.08, year);
    cr_expect(paid < 40e9);
    cr_expect(paid + 5e9 / pow(1.08, (int)years + 1) > 40e9);
    cr_expect(eq(dbl, dd_payback_years(40e9, 5e9, 0), 8.0));
    cr_expect(isinf(dd_payback_years(40e9, 3e9, 8))); // the interest alone is 3.2 billion
    cr_expect(isinf(dd_payback_years(40e9, -1, 0)));
    cr_expect(eq(dbl, dd_payback_years(0, 1, 8), 0.0));
}

Test(account, nothing_to_compare_with_is_no_saving) {
    dd_saving it = dd_saving_make(&terms, 0, 0, 0);
    cr_expect(isnan(it.percent));
    cr_expect(isnan(it.year_kwh));
    cr_expect(isnan(it.payback_years));
}
