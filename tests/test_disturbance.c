// Jammers and foreign networks: where, how strong, when, and who is told.
#include "models/action/disturbance.h"
#include "models/mesh/survey/survey.h"
#include "tests/toy_city.h"

#include <math.h>

static const dd_jammer *jammer_at(const toy *it, uint32_t segment, uint32_t i) {
    const dd_domain *domain = &it->world->engine->domains[dd_world_domain(it->world, segment)];
    cr_assert(lt(u32, i, dd_neighbourhood_of(domain)->jammer_n));
    return &dd_neighbourhood_of(domain)->jammers[i];
}

static toy *jammed(double preset, const char *act) {
    toy_def def = toy_default();
    def.settings.mesh_preset = preset;
    toy *it = toy_start(&def, 0);
    toy_act(it, act);
    return it;
}

// --- Levels ---

// Everyone on the street by the path's median, without shadows and leaves.
Test(disturbance, levels_follow_the_path) {
    toy_def def = toy_default();
    def.settings.mesh_los_sigma_db = def.settings.mesh_nlos_sigma_db = 0;
    def.settings.mesh_leaves_seen_m = def.settings.mesh_leaves_hidden_m = 0;
    def.settings.mesh_sight_m = 900;
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail lamp:L-1-1 jammer carrier power=10");
    const dd_jammer *jammer = jammer_at(it, 1, 0);
    for (uint32_t lamp = 2; lamp <= 30; lamp++) {
        double loss = 21.2 * log10(30.0 * (lamp - 1)) + 29.2 + 21.1 * log10(2.45);
        double level = jammer->level_cdbm[it->world->station[1] + lamp] / 100.0;
        cr_expect(le(dbl, fabs(level - (10 - loss)), 0.1), "%u: %f", lamp, level);
    }
    // The second street, a kilometre away, is hidden.
    double hidden = 30.1 * log10(1000.0) + 18.8 + 20.7 * log10(2.45);
    double level = jammer_at(it, 2, 0)->level_cdbm[it->world->station[2] + 1] / 100.0;
    cr_expect(le(dbl, fabs(level - (10 - hidden)), 0.2), "%f", level);
    toy_close(it);
}

// Of Wi-Fi's 20 MHz a channel of 2 MHz hears a tenth; of a carrier all, or nothing but what the
// filter lets through.
Test(disturbance, channels_hear_what_lies_in_them) {
    toy *it = jammed(1, "fail lamp:L-1-1 jammer wifi channel=6");
    const dd_jammer *wifi = jammer_at(it, 1, 0); // 2427 to 2447 MHz
    for (uint8_t c = 0; c < 16; c++) {
        double mhz = 2405 + 5 * c, apart = fabs(mhz - 2437);
        int loss = apart + 1 <= 10 ? 1000 : apart - 10 <= 5 ? 2000 : apart - 10 <= 10 ? 4000 : 5500;
        cr_expect(eq(int, wifi->loss_cdb[0][c], loss), "channel %d", 11 + c);
    }
    toy_act(it, "fail lamp:L-1-2 jammer carrier channel=15");
    const dd_jammer *carrier = jammer_at(it, 1, 1);
    cr_expect(eq(int, carrier->loss_cdb[0][4], 0));
    cr_expect(eq(int, carrier->loss_cdb[0][5], 2000));
    cr_expect(eq(int, carrier->loss_cdb[0][2], 4000));
    cr_expect(eq(int, carrier->loss_cdb[0][11], 5500));
    toy_act(it, "fail segment:S-2-0 jammer mesh");
    uint8_t own = (uint8_t)(it->world->survey->plan.channel[2] - 11);
    cr_expect(eq(int, jammer_at(it, 1, 2)->loss_cdb[0][own], 0), "on the segment's channel");
    toy_close(it);
}

// --- Times ---

static double share_on(const dd_jammer *jammer, dd_time from, dd_time until, int *bursts) {
    dd_burst burst;
    dd_time sum = 0;
    *bursts = 0;
    for (dd_time t = from; dd_jammer_burst(jammer, 1, t, &burst) && burst.from < until;
         t = burst.until) {
        cr_assert(gt(i64, burst.until, burst.from));
        cr_assert(ge(i64, burst.from, jammer->since));
        cr_assert(gt(i64, burst.until, t));
        dd_time begin = burst.from > from ? burst.from : from;
        sum += (burst.until < until ? burst.until : until) - begin;
        ++*bursts;
    }
    return (double)sum / (double)(until - from);
}

Test(disturbance, duties_are_those_set) {
    static const struct {
        double preset;
        const char *what;
        double duty;
        double a_second;
    } cases[] = {{1, "wifi", 0.30, 200},         {1, "wifi duty=5", 0.05, 200},
                 {2, "rfid", 0.5, 2.5},          {1, "mesh", 0.01, 4},
                 {1, "mesh duty=10", 0.1, 4},    {1, "carrier", 1, 0},
                 {3, "carrier duty=25", 0.25, 1}};
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        char act[100];
        snprintf(act, sizeof act, "fail road:Street-1-0 jammer %s", cases[i].what);
        toy *it = jammed(cases[i].preset, act);
        int bursts;
        double share = share_on(jammer_at(it, 1, 0), 0, 400 * DD_SECOND, &bursts);
        cr_expect(le(dbl, fabs(share - cases[i].duty), 0.003), "%s: %f", act, share);
        cr_expect(le(dbl, fabs(bursts - 400 * cases[i].a_second), 2), "%s: %d", act, bursts);
        toy_close(it);
    }
}

// The same burst whoever asks, from whatever moment: a function of time.
Test(disturbance, bursts_are_a_function_of_time) {
    toy *it = jammed(1, "fail road:Street-1-0 jammer wifi");
    const dd_jammer *one = jammer_at(it, 1, 0), *other = jammer_at(it, 3, 0);
    for (dd_time t = 0; t < DD_SECOND; t += 777777) {
        dd_burst a, b;
        cr_assert(dd_jammer_burst(one, 1, t, &a) && dd_jammer_burst(other, 1, t, &b));
        cr_assert(eq(i64, a.from, b.from));
        cr_assert(eq(i64, a.until, b.until));
        cr_assert(dd_jammer_burst(one, 1, (t + a.until - 1) / 2, &b));
        cr_assert(le(i64, b.from, a.from));
        cr_assert(dd_jammer_burst(one, 1, a.until - 1, &b));
        cr_assert(eq(i64, a.from, b.from));
    }
    toy_close(it);
}

// A reader hops evenly over its 15 channels of 200 kHz.
Test(disturbance, a_reader_hops) {
    toy *it = jammed(2, "fail road:Street-1-0 jammer rfid");
    const dd_jammer *jammer = jammer_at(it, 1, 0);
    int seen[15] = {0};
    dd_burst burst = {0};
    for (int i = 0; i < 15000; i++) {
        cr_assert(dd_jammer_burst(jammer, 1, burst.until, &burst));
        cr_assert(lt(int, burst.hop, 15));
        seen[burst.hop]++;
    }
    for (uint8_t hop = 0; hop < 15; hop++) {
        cr_expect(gt(int, seen[hop], 850));
        cr_expect(lt(int, seen[hop], 1150));
        for (uint8_t channel = 0; channel < 15; channel++) { // receivers take 100 of its 200 kHz
            int apart = abs(hop - channel);
            int loss = apart == 0 ? 301 : apart == 1 ? 2000 : apart == 2 ? 4000 : 5500;
            cr_expect(eq(int, jammer->loss_cdb[hop][channel], loss));
        }
    }
    // Next to it: 2 W ERP, 5 m away at the least.
    uint32_t station = it->world->station[1] + 15;
    cr_expect(gt(int, dd_jammer_level(jammer, station, 3, 3), -2000));
    toy_close(it);
}

// --- Coming and going ---

Test(disturbance, jammers_come_and_go_at_their_moments) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_FAULT));
    toy_to(it, DD_HOUR);
    toy_act(it, "fail road:Street-2-0 jammer carrier");
    toy_to(it, 2 * DD_HOUR);
    toy_act(it, "repair road:Street-2-0 jammer");
    toy_to(it, 2 * DD_HOUR + DD_SECOND);
    cr_assert(eq(sz, it->record_n, 2));
    cr_expect(eq(i64, it->records[0].value[0], DD_FAULT_JAMMER));
    cr_expect(eq(i64, it->records[0].value[1], 1));
    cr_expect(eq(i64, it->records[1].value[1], 0));
    cr_expect(eq(u32, it->records[1].entity, toy_entity(it, "road:Street-2-0")));
    for (uint32_t s = 1; s <= 3; s++) { // every domain knows
        dd_burst burst;
        cr_expect(dd_jammer_burst(jammer_at(it, s, 0), 1, 0, &burst));
        cr_expect(eq(i64, burst.from, DD_HOUR));
        cr_expect(eq(i64, burst.until, 2 * DD_HOUR));
        cr_expect(not(dd_jammer_burst(jammer_at(it, s, 0), 1, 2 * DD_HOUR, &burst)));
    }
    toy_close(it);
}

// Places are used again, so that a long night of short jams takes no more memory.
Test(disturbance, places_are_used_again) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, 0);
    for (int i = 0; i < 100; i++) {
        toy_act(it, "fail lamp:L-1-1 jammer wifi");
        toy_act(it, "fail lamp:L-2-1 jammer mesh");
        toy_for(it, DD_MINUTE);
        toy_act(it, i % 2 ? "repair lamp:L-1-1" : "repair lamp:L-1-1 jammer");
        toy_act(it, "repair lamp:L-2-1");
        toy_for(it, DD_MINUTE);
    }
    const dd_domain *domain = &it->world->engine->domains[dd_world_domain(it->world, 1)];
    cr_expect(eq(u32, dd_neighbourhood_of(domain)->jammer_n, 2));
    toy_close(it);
}

static void expect_refused(toy *it, const char *act, const char *what) {
    dd_error error = {DD_OK, ""};
    cr_expect(not(dd_action_do_text(it->world, act, &error)), "%s", act);
    cr_expect(strstr(error.text, what) != NULL, "%s: %s", act, error.text);
}

Test(disturbance, refuses_what_cannot_be) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, 0);
    expect_refused(it, "fail lamp:L-1-1 jammer wify", "did you mean 'wifi'");
    expect_refused(it, "fail lamp:L-1-1 jammer wifi channel=14", "channels 1 to 13 here, not 14");
    expect_refused(it, "fail lamp:L-1-1 jammer mesh channel=27", "channels 11 to 26 here, not 27");
    expect_refused(it, "fail lamp:L-1-1 jammer wifi power=100", "must be -60 to 60 dBm");
    expect_refused(it, "fail lamp:L-1-1 jammer wifi duty=0", "must be 0.01 to 100 %");
    expect_refused(it, "fail lamp:L-1-1 jammer wifi pover=10", "did you mean 'power'");
    expect_refused(it, "fail lamp:L-1-1 jammer wifi loud", "write power=20");
    expect_refused(it, "fail lamp:L-1-1 jammer rfid", "in another band");
    expect_refused(it, "fail feeder:S-1-0 jammer wifi", "a lamp, a segment or a road");
    expect_refused(it, "fail ward:W-1-0 jammer wifi", "a lamp, a segment or a road");
    expect_refused(it, "fail feeder:S-1-0 breaker now", "too much");
    expect_refused(it, "weather", "'weather rain=30");
    expect_refused(it, "weather rain=much", "write rain=30");
    expect_refused(it, "weather rain=-1", "must be 0 to 500 mm/h");
    expect_refused(it, "weather rian=1", "did you mean 'rain'");
    expect_refused(it, "weather storm 5", "no figure of the weather");
    expect_refused(it, "weather storm 5 long", "'weather storm 5 1h'");
    for (int i = 1; i <= 16; i++) {
        char act[60];
        snprintf(act, sizeof act, "fail lamp:L-1-%d jammer wifi", i);
        toy_act(it, act);
    }
    expect_refused(it, "fail lamp:L-1-17 jammer wifi", "there can be 16 at once");
    toy_close(it);
}
