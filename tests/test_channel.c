// Fading and rain: functions of (seed, pair, time).
#include "engine/random.h"
#include "models/mesh/radio/channel.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static const dd_weather dry = {0};

static dd_channel with(double fade_db) {
    dd_settings settings = dd_settings_default();
    settings.mesh_fade_db = fade_db;
    return dd_channel_make(&settings, 7);
}

Test(channel, nothing_fades_when_nothing_is_set) {
    dd_channel channel = with(0);
    for (uint64_t i = 0; i < 1000; i++)
        cr_assert(eq(int, dd_channel_change(&channel, dd_mix(i), (dd_time)i * DD_MINUTE, &dry), 0));
}

// Over pairs the spread is that set, at every part of a slot.
Test(channel, the_spread_is_the_same_at_all_times) {
    dd_channel channel = with(2);
    for (int part = 0; part < 8; part++) {
        double sum = 0, squares = 0;
        enum { PAIRS = 20000 };
        for (uint64_t i = 0; i < PAIRS; i++) {
            dd_time t = 1000 * channel.slot + part * channel.slot / 8;
            double one = dd_channel_change(&channel, dd_mix(i), t, &dry);
            sum += one;
            squares += one * one;
        }
        double mean = sum / PAIRS, sigma = sqrt(squares / PAIRS - mean * mean);
        cr_expect(le(dbl, fabs(mean), 6), "%f", mean);
        cr_expect(le(dbl, fabs(sigma - 200), 5), "%f", sigma);
    }
}

// It wanders: never a jump, even where one block of draws gives way to the next; all is new after
// two slots.
Test(channel, a_fade_wanders) {
    dd_channel channel = with(2);
    double now_then = 0, far = 0;
    int n = 0;
    for (uint64_t pair = 1; pair <= 50; pair++)
        for (dd_time t = 0; t < 40 * channel.slot; t += channel.slot / 100, n++) {
            int32_t one = dd_channel_change(&channel, dd_mix(pair), t, &dry);
            int32_t next = dd_channel_change(&channel, dd_mix(pair), t + channel.slot / 100, &dry);
            int32_t later = dd_channel_change(&channel, dd_mix(pair), t + 2 * channel.slot, &dry);
            cr_assert(le(int, abs(next - one), 50), "at %lld", (long long)t);
            now_then += (double)one * next;
            far += (double)one * later;
        }
    cr_expect(gt(dbl, now_then / n, 0.95 * 200 * 200));
    cr_expect(lt(dbl, fabs(far / n), 0.15 * 200 * 200));
}

Test(channel, pairs_and_seeds_fade_apart) {
    dd_channel one = with(2), two = one;
    two.seed = 8;
    double pairs = 0, seeds = 0;
    for (uint64_t i = 0; i < 10000; i++) {
        double a = dd_channel_change(&one, dd_mix(1), (dd_time)i * DD_MINUTE, &dry);
        pairs += a * dd_channel_change(&one, dd_mix(2), (dd_time)i * DD_MINUTE, &dry);
        seeds += a * dd_channel_change(&two, dd_mix(1), (dd_time)i * DD_MINUTE, &dry);
    }
    cr_expect(lt(dbl, fabs(pairs / 10000), 0.05 * 200 * 200));
    cr_expect(lt(dbl, fabs(seeds / 10000), 0.05 * 200 * 200));
}

// --- Rain ---

Test(channel, wet_at_once_and_drying_slowly) {
    const dd_time half_hour = 30 * DD_MINUTE;
    dd_weather weather = {0};
    cr_expect(eq(int, dd_weather_wet_pm(&weather, DD_HOUR, half_hour), 0));
    dd_weather_set(&weather, DD_HOUR, 10, 20, half_hour);
    cr_expect(eq(int, dd_weather_wet_pm(&weather, DD_HOUR, half_hour), 500));
    dd_weather_set(&weather, 2 * DD_HOUR, 80, 20, half_hour);
    cr_expect(eq(int, dd_weather_wet_pm(&weather, 2 * DD_HOUR, half_hour), 1000));
    cr_expect(eq(int, dd_weather_wet_pm(&weather, 9 * DD_HOUR, half_hour), 1000));
    dd_weather_set(&weather, 9 * DD_HOUR, 0, 20, half_hour);
    cr_expect(eq(int, dd_weather_wet_pm(&weather, 9 * DD_HOUR, half_hour), 1000));
    cr_expect(eq(int, dd_weather_wet_pm(&weather, 9 * DD_HOUR + 15 * DD_MINUTE, half_hour), 500));
    cr_expect(eq(int, dd_weather_wet_pm(&weather, 10 * DD_HOUR, half_hour), 0));
    // It rains again before all is dry: no drier than it is.
    dd_weather_set(&weather, 11 * DD_HOUR, 20, 20, half_hour);
    dd_weather_set(&weather, 12 * DD_HOUR, 0, 20, half_hour);
    dd_weather_set(&weather, 12 * DD_HOUR + 6 * DD_MINUTE, 4, 20, half_hour);
    cr_expect(eq(int, dd_weather_wet_pm(&weather, 12 * DD_HOUR + 6 * DD_MINUTE, half_hour), 800));
    cr_expect(eq(int, dd_weather_wet_pm(&weather, 13 * DD_HOUR, half_hour), 200));
}

// Mean loss over pairs: housings and leaves; nobody gains.
Test(channel, rain_costs_what_is_set) {
    enum { PAIRS = 20000 };
    dd_channel channel = with(0);
    dd_weather weather = {0};
    dd_weather_set(&weather, 0, 50, 20, channel.dry);
    double sum = 0;
    for (uint64_t i = 0; i < PAIRS; i++) {
        int32_t change = dd_channel_change(&channel, dd_mix(i), DD_HOUR, &weather);
        cr_assert(le(int, change, -100));
        sum += change;
    }
    cr_expect(le(dbl, fabs(sum / PAIRS + 250), 5), "%f", sum / PAIRS);
}
