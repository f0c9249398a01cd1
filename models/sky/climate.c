#include "models/sky/climate.h"
#include "engine/random.h"
#include "engine/time.h"
#include "models/kind.h"

// What is drawn, each from a stream of its own.
enum { STREAM_DAY, STREAM_SPELL, STREAM_CLOUDS, STREAM_WARMTH };

enum {
    FULL_PM = 1000,
    SPELL_DAYS = 4,
    SPELL_PM = 350, // standard deviation of how much wetter a spell is than its month
    CLOUD_SLOTS = 36,
    CLOUD_PM = 200,   // standard deviation
    CLOUD_EDGE = 3,   // slots from the sky's own clouds to a shower's, and back
    WARMTH_DAYS = 3,  // a warm or cool air mass lasts some days
    WARMTH_MD = 700,  // standard deviation
    COOL_UM_K = 4000, // rain that cools the air by a degree ...
    COOL_MOST_MD = 5000,
    COOL_SLOTS = 18,       // ... for the next three hours
    STORM_MOST = 12000000, // flashes on a million km² in a day; facts G2
    SECOND_SHOWER_PM = 350,
    NIGHT_SHOWER_PM = 500, // of those without thunder, at any hour
    AFTERNOON_SLOT = 93,   // 15:30, when the afternoon's showers begin ...
    AFTERNOON_SPREAD = 10, // ... give or take 100 minutes
};

typedef struct month {
    uint16_t rain_mm;     // in all
    uint16_t wet_td;      // tenths of days with rain
    uint16_t storm_td;    // tenths of days with thunder
    uint16_t flashes_ckm; // hundredths of a flash on a km²
    uint16_t clouds_pm;   // mean
    uint16_t mean_md;     // of the air, at mid-month
    uint16_t swing_md;    // half the range of a day
} month;

static const month months[12] = {
    {5, 20, 3, 2, 450, 25460, 3800},        {2, 10, 3, 2, 400, 26260, 4200},
    {5, 20, 15, 30, 400, 27560, 4400},      {40, 70, 65, 260, 500, 28810, 4200},
    {150, 170, 160, 520, 680, 28400, 3700}, {195, 180, 145, 330, 730, 27990, 3300},
    {190, 190, 140, 270, 720, 27310, 3200}, {185, 180, 130, 230, 730, 27380, 3100},
    {235, 200, 130, 220, 760, 27000, 3100}, {265, 200, 110, 110, 720, 27200, 3000},
    {110, 120, 45, 23, 600, 27000, 3200},   {35, 50, 10, 3, 520, 26150, 3500},
};

static const uint8_t month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

// Where the air's temperature stands within a day's range, by hour: coolest before sunrise.
static const int16_t day_curve_pm[24] = {-520, -620, -700, -780, -860, -930, -900, -510,
                                         40,   380,  700,  900,  1010, 1050, 1000, 840,
                                         600,  330,  150,  -20,  -150, -250, -340, -420};

static dd_civil date_of(int64_t day) {
    return dd_civil_at(&(dd_calendar){0}, day * DD_DAY);
}

static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

// Evenly from `before` to `after`, `part` of `whole` on the way.
static int32_t between(int32_t before, int32_t after, int64_t part, int64_t whole) {
    return before + (int32_t)((after - before) * part / whole);
}

// A slow random walk around 0, thousandths of sigma: a new deviate every `period` steps.
static int32_t drift_milli(const dd_climate *climate, uint32_t stream, int64_t step,
                           int64_t period) {
    int64_t knot = floor_divide(step, period);
    int32_t z[2];
    for (int i = 0; i < 2; i++)
        z[i] = dd_normal_milli(
            dd_random(climate->seed, stream, DD_DRAW_WEATHER, (uint64_t)(knot + i)).v[0]);
    return between(z[0], z[1], step - knot * period, period);
}

static uint32_t hold(int64_t value, int64_t most) {
    return (uint32_t)(value < 0 ? 0 : value > most ? most : value);
}

// --- A day ---

static uint16_t afternoon(uint32_t word) {
    return (uint16_t)(AFTERNOON_SLOT + dd_normal_milli(word) * AFTERNOON_SPREAD / 1000);
}

// A shower of so much rain: the more it brings, the longer it lasts, half an hour at least.
static dd_shower shower_of(uint16_t first, int64_t rain_um, uint32_t word) {
    return (dd_shower){.first = first,
                       .slots = (uint16_t)(3 + hold(rain_um / 8000 + dd_exponential(word, 2), 27)),
                       .rain_um = (uint32_t)rain_um};
}

static uint32_t thunder_of(const dd_climate *climate, const month *it, dd_random4 words) {
    int64_t mean = (int64_t)it->flashes_ckm * 10 * 10000 / it->storm_td;
    int64_t flashes = dd_exponential(words.v[0], dd_exponential(words.v[1], mean));
    return (uint32_t)((uint64_t)hold(flashes, STORM_MOST) * climate->storms_k / 1000);
}

static void draw_showers(const dd_climate *climate, const month *it, dd_climate_day *day) {
    dd_random4 w[3];
    for (uint64_t i = 0; i < DD_COUNT(w); i++)
        w[i] = dd_random(climate->seed, STREAM_DAY, DD_DRAW_WEATHER, (uint64_t)day->day * 4 + i);
    bool thunder = dd_uniform(w[0].v[1], it->wet_td) < it->storm_td;
    int64_t mean_um = (int64_t)it->rain_mm * 10000 / it->wet_td * climate->rain_k / 1000;
    int64_t rain_um = dd_exponential(w[0].v[2], mean_um);
    bool second = dd_uniform(w[0].v[3], FULL_PM) < SECOND_SHOWER_PM;
    bool usual = thunder || dd_uniform(w[1].v[0], FULL_PM) >= NIGHT_SHOWER_PM;
    uint16_t any = (uint16_t)dd_uniform(w[1].v[1], DD_DAY_SLOTS);
    int64_t rest = second ? rain_um / 3 : 0;
    day->showers[day->shower_n++] =
        shower_of(usual ? afternoon(w[1].v[1]) : any, rain_um - rest, w[1].v[2]);
    if (thunder) day->showers[0].flashes_per_million_km2 = thunder_of(climate, it, w[2]);
    if (second)
        day->showers[day->shower_n++] =
            shower_of((uint16_t)dd_uniform(w[2].v[2], DD_DAY_SLOTS), rest, w[1].v[3]);
}

dd_climate_day dd_climate_day_of(const dd_climate *climate, int64_t day) {
    dd_climate_day it = {.day = day};
    if (!climate->nature) return it;
    int32_t m = date_of(day).month - 1;
    int32_t wetter_pm =
        FULL_PM + drift_milli(climate, STREAM_SPELL, day, SPELL_DAYS) * SPELL_PM / 1000;
    uint64_t wet_ppm =
        (uint64_t)months[m].wet_td * 100000 / month_days[m] * hold(wetter_pm, 2000) / FULL_PM;
    uint32_t word = dd_random(climate->seed, STREAM_DAY, DD_DRAW_WEATHER, (uint64_t)day * 4).v[0];
    if (dd_chance_ppm(word, (uint32_t)wet_ppm)) draw_showers(climate, &months[m], &it);
    return it;
}

// --- A slot ---

// How many of a shower's parts fall into its slot `at`; of slots * (slots + 1) / 2.
static uint32_t parts_at(const dd_shower *shower, int at) {
    return at >= 0 && at < shower->slots ? (uint32_t)(shower->slots - at) : 0;
}

static uint32_t share(const dd_shower *shower, int at, uint64_t whole) {
    uint32_t all = (uint32_t)shower->slots * (shower->slots + 1u) / 2;
    return (uint32_t)(whole * parts_at(shower, at) / all);
}

// How near a slot is to a shower: FULL_PM within, falling over `before` and `after` slots.
static int32_t nearness_pm(const dd_shower *shower, int at, int before, int after) {
    if (at < 0) return at <= -before ? 0 : between(FULL_PM, 0, -at, before);
    int past = at - shower->slots + 1;
    return past <= 0 ? FULL_PM : past >= after ? 0 : between(FULL_PM, 0, past, after);
}

// What the showers of a day add, `later` slots after its midnight.
static void add_showers(dd_weather_slot *it, const dd_climate_day *day, int later) {
    for (uint32_t i = 0; i < day->shower_n; i++) {
        const dd_shower *shower = &day->showers[i];
        int at = later - shower->first;
        it->rain_um_h += share(shower, at, shower->rain_um * 6ull);
        it->flashes_per_million_km2 += share(shower, at, shower->flashes_per_million_km2);
        int32_t edge_pm = nearness_pm(shower, at, CLOUD_EDGE, CLOUD_EDGE);
        it->clouds_pm = (uint16_t)between(it->clouds_pm, FULL_PM, edge_pm, FULL_PM);
        int32_t cool_md = (int32_t)hold((int64_t)shower->rain_um * 1000 / COOL_UM_K, COOL_MOST_MD);
        it->temperature_md -= cool_md * nearness_pm(shower, at, 1, COOL_SLOTS) / FULL_PM;
    }
}

// By the date and the hour, from mid-month to mid-month and from hour to hour.
static int32_t usual_md(int64_t day, int slot) {
    dd_civil date = date_of(day);
    int32_t m = date.month - 1, before = (m + 11) % 12, after = (m + 1) % 12;
    int32_t from_middle = date.day - 15, mean_md, swing_md;
    int32_t other = from_middle < 0 ? before : after,
            apart = from_middle < 0 ? -from_middle : from_middle;
    mean_md = between(months[m].mean_md, months[other].mean_md, apart, 30);
    swing_md = between(months[m].swing_md, months[other].swing_md, apart, 30);
    int hour = slot / 6;
    return mean_md + swing_md *
                         between(day_curve_pm[hour], day_curve_pm[(hour + 1) % 24], slot % 6, 6) /
                         FULL_PM;
}

dd_weather_slot dd_climate_slot(const dd_climate *climate, const dd_climate_day *yesterday,
                                const dd_climate_day *today, int slot) {
    dd_weather_slot it = {.temperature_md = usual_md(today->day, slot)};
    int64_t step = today->day * DD_DAY_SLOTS + slot;
    if (climate->nature) {
        int32_t clouds = months[date_of(today->day).month - 1].clouds_pm +
                         drift_milli(climate, STREAM_CLOUDS, step, CLOUD_SLOTS) * CLOUD_PM / 1000;
        it.clouds_pm = (uint16_t)hold(clouds, FULL_PM);
        it.temperature_md += drift_milli(climate, STREAM_WARMTH, step, WARMTH_DAYS * DD_DAY_SLOTS) *
                             WARMTH_MD / 1000;
        add_showers(&it, yesterday, slot + DD_DAY_SLOTS);
        add_showers(&it, today, slot);
    }
    it.temperature_md = (it.temperature_md + 50) / 100 * 100;
    return it;
}

int64_t dd_climate_rained(const dd_climate *climate, int64_t slot, uint32_t rain_um_h, int days) {
    int64_t last = DD_NO_SLOT, today = slot / DD_DAY_SLOTS;
    for (int64_t day = today; last == DD_NO_SLOT && day >= today - days; day--) {
        dd_climate_day it = dd_climate_day_of(climate, day);
        for (uint32_t i = 0; i < it.shower_n; i++) {
            int64_t begin = day * DD_DAY_SLOTS + it.showers[i].first;
            if (begin > slot || begin <= last) continue;
            if (share(&it.showers[i], 0, it.showers[i].rain_um * 6ull) >= rain_um_h) last = begin;
        }
    }
    return last;
}
