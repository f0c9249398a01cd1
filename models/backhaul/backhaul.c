#include "models/backhaul/backhaul.h"
#include "engine/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Estimates all, except where a source is named. Mobile figures are halves of round trips: LTE
// 45 ms (p99 250), 3G 120 ms. NB-IoT: a trial at Strathclyde measured a mean of 837 ms and 264
// bit/s of goodput; its own rate is tens of kbit/s. Outages: a cell 60 d / 2 h, a fibre cut 400 d /
// 6 h. Prices are those of a household's fibre, and of SIM cards for machines.
const dd_backhaul_def dd_backhaul_defs[DD_BACKHAUL_PROFILES + 1] = {
    {.name = "fibre",
     .floor = DD_MILLISECOND,
     .median_us = 2000, // half of the best Vietnamese providers' 4 ms, end of 2021
     .p99_us = 10000,
     .idle_after = DD_NEVER,
     .bytes_per_s = 5000000,
     .beta_ppm = 50,
     .alpha_ppm = 500000,
     .mtbf_h = 9600,
     .mttr_min = 360,
     .vnd_per_mb = 0,
     .vnd_per_month = 220000},
    {.name = "lte",
     .floor = 8 * DD_MILLISECOND,
     .median_us = 22500,
     .p99_us = 125000,
     .idle_after = 10 * DD_SECOND,
     .promotion = 200 * DD_MILLISECOND,
     .bytes_per_s = 1000000,
     .beta_ppm = 500,
     .alpha_ppm = 250000,
     .mtbf_h = 1440,
     .mttr_min = 120,
     .vnd_per_mb = 100,
     .vnd_per_month = 15000},
    {.name = "lte-poor",
     .floor = 10 * DD_MILLISECOND,
     .median_us = 45000,
     .p99_us = 500000,
     .idle_after = 10 * DD_SECOND,
     .promotion = 300 * DD_MILLISECOND,
     .bytes_per_s = 60000,
     .beta_ppm = 5000,
     .alpha_ppm = 100000,
     .mtbf_h = 720,
     .mttr_min = 120,
     .vnd_per_mb = 100,
     .vnd_per_month = 15000},
    {.name = "3g",
     .floor = 25 * DD_MILLISECOND,
     .median_us = 60000,
     .p99_us = 400000,
     .idle_after = 10 * DD_SECOND,
     .promotion = 2 * DD_SECOND,
     .bytes_per_s = 40000,
     .beta_ppm = 1000,
     .alpha_ppm = 250000,
     .mtbf_h = 1440,
     .mttr_min = 120,
     .vnd_per_mb = 100,
     .vnd_per_month = 15000},
    {.name = "nb-iot",
     .floor = 50 * DD_MILLISECOND,
     .median_us = 300000,
     .p99_us = 2000000,
     .idle_after = 20 * DD_SECOND,
     .promotion = 1500 * DD_MILLISECOND,
     .bytes_per_s = 2500,
     .beta_ppm = 5000,
     .alpha_ppm = 250000,
     .mtbf_h = 1440,
     .mttr_min = 120,
     .vnd_per_mb = 1000,
     .vnd_per_month = 5000},
    {0},
};

const dd_backhaul_def *dd_backhaul_find(const char *name, dd_error *error) {
    const char *names[DD_COUNT(dd_backhaul_defs)] = {0};
    for (size_t i = 0; dd_backhaul_defs[i].name; i++) {
        names[i] = dd_backhaul_defs[i].name;
        if (strcmp(name, names[i]) == 0) return &dd_backhaul_defs[i];
    }
    dd_fail_unknown(error, "backhaul profile", name, names,
                    "there are fibre, lte, lte-poor, 3g and nb-iot");
    return NULL;
}

const dd_backhaul_figure dd_backhaul_figures[] = {
    {"floor_ms", 0.001, 60000, "ms", "hard minimum of the one-way latency"},
    {"median_ms", 0.001, 60000, "ms", "median one-way latency of a connected link"},
    {"p99_ms", 0.001, 600000, "ms", "99th percentile of it"},
    {"idle_s", 0, 1e9, "s", "silent for so long, the next message waits for a connection"},
    {"promotion_ms", 0, 3600000, "ms", "how long it waits"},
    {"bytes_per_s", 1, 4e9, "B/s", "rate"},
    {"lost_turns_bad", 0, 1, "1", "chance a packet that loss begins (Gilbert-Elliott beta)"},
    {"lost_turns_good", 1e-6, 1, "1", "chance a packet that loss ends (alpha)"},
    {"mtbf_h", 1, 1e7, "h", "mean time between natural outages"},
    {"mttr_min", 1, 1440, "min", "mean time to repair"},
    {"vnd_per_mb", 0, 1e6, "VND/MB", "price of what is sent either way, its transport included"},
    {"vnd_per_month", 0, 1e8, "VND", "rent of the line, 30 days"},
    {NULL, 0, 0, NULL, NULL},
};

double dd_backhaul_get(const dd_backhaul_def *def, const dd_backhaul_figure *figure) {
    const double values[] = {(double)def->floor / 1e6,
                             def->median_us / 1e3,
                             def->p99_us / 1e3,
                             def->idle_after == DD_NEVER ? 1e9 : (double)def->idle_after / 1e9,
                             (double)def->promotion / 1e6,
                             def->bytes_per_s,
                             def->beta_ppm / 1e6,
                             def->alpha_ppm / 1e6,
                             def->mtbf_h,
                             def->mttr_min,
                             def->vnd_per_mb,
                             def->vnd_per_month};
    return values[figure - dd_backhaul_figures];
}

void dd_backhaul_set(dd_backhaul_def *def, const dd_backhaul_figure *figure, double value) {
    switch (figure - dd_backhaul_figures) {
    case 0:
        def->floor = (dd_time)(value * 1e6);
        break;
    case 1:
        def->median_us = (uint32_t)(value * 1e3);
        break;
    case 2:
        def->p99_us = (uint32_t)(value * 1e3);
        break;
    case 3:
        def->idle_after = value >= 1e9 ? DD_NEVER : (dd_time)(value * 1e9);
        break;
    case 4:
        def->promotion = (dd_time)(value * 1e6);
        break;
    case 5:
        def->bytes_per_s = (uint32_t)value;
        break;
    case 6:
        def->beta_ppm = (uint32_t)(value * 1e6 + 0.5);
        break;
    case 7:
        def->alpha_ppm = (uint32_t)(value * 1e6 + 0.5);
        break;
    case 8:
        def->mtbf_h = (uint32_t)value;
        break;
    case 9:
        def->mttr_min = (uint32_t)value;
        break;
    case 10:
        def->vnd_per_mb = (uint32_t)value;
        break;
    default:
        def->vnd_per_month = (uint32_t)value;
    }
}

static bool check(const dd_backhaul_def *def, dd_error *error) {
    enum { MILLION = 1000000, DAY_MIN = 24 * 60 };
    const struct {
        bool broken;
        const char *rule;
    } rules[] = {
        {def->floor < DD_MICROSECOND, "the floor must be at least 1 us, or no horizon exists"},
        {def->floor > def->median_us * DD_MICROSECOND, "the floor must not exceed the median"},
        {def->median_us > 60 * MILLION, "the median latency must be at most a minute"},
        {def->p99_us < def->median_us || def->p99_us > def->median_us * 100ull,
         "the 99th percentile must be 1 to 100 times the median"},
        {def->idle_after < 0, "the idle time must be 0 or more"},
        {def->promotion < 0 || def->promotion > DD_HOUR, "promotion must take 0 to 1 hour"},
        {!def->bytes_per_s, "the rate must be at least one byte a second"},
        {def->beta_ppm > MILLION, "beta must be at most 1,000,000 millionths"},
        {!def->alpha_ppm || def->alpha_ppm > MILLION, "alpha must be 1 to 1,000,000 millionths"},
        {!def->mtbf_h, "the mean time between outages must be at least an hour"},
        {def->mttr_min > DAY_MIN, "the mean time to repair must be at most 24 hours"},
    };
    for (size_t i = 0; i < DD_COUNT(rules); i++)
        if (rules[i].broken)
            return dd_fail(error, DD_WRONG, "backhaul profile '%s': %s", def->name, rules[i].rule);
    return true;
}

bool dd_backhaul_build(dd_backhaul_profile *profile, const dd_backhaul_def *def, dd_error *error) {
    static const double Z_99 = 2.326348, HOUR_US = 3.6e9;
    if (!check(def, error)) return false;
    profile->def = *def;
    double sigma = log((double)def->p99_us / def->median_us) / Z_99;
    uint32_t floor_us = (uint32_t)((def->floor + DD_MICROSECOND - 1) / DD_MICROSECOND);
    for (uint32_t i = 0; i < DD_BACKHAUL_QUANTILES; i++) {
        double z = dd_normal_milli(i << 20) / 1000.0;
        uint32_t us = (uint32_t)llrint(fmin(def->median_us * exp(sigma * z), HOUR_US));
        profile->latency_us[i] = us > floor_us ? us : floor_us;
    }
    return true;
}

dd_time dd_backhaul_latency(const dd_backhaul_profile *profile, uint32_t word) {
    return profile->latency_us[word >> 20] * DD_MICROSECOND;
}

bool dd_backhaul_lost(const dd_backhaul_profile *profile, uint8_t *state, uint32_t word) {
    const dd_backhaul_def *def = &profile->def;
    bool turn = dd_chance_ppm(word, *state ? def->alpha_ppm : def->beta_ppm);
    *state ^= turn;
    return *state;
}
