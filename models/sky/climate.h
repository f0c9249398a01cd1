// The weather at Bến Tre: the seasons of the Mekong delta, and days drawn by the seed. A pure
// function of (seed, time): one weather for the whole city, whoever asks. Time is civil time, in
// days since 1970-01-01 and slots of ten minutes.
#pragma once

#include "engine/base.h"

enum { DD_NO_SLOT = -1 };

enum {
    DD_SLOT_S = 600,
    DD_DAY_SLOTS = 144,
    DD_SHOWERS_MAX = 3,
};

typedef struct dd_climate {
    uint64_t seed;
    bool nature;       // showers, clouds and warm or cool days; else fair, at the month's means
    uint32_t storms_k; // thunder, thousandths of what the facts have
    uint32_t rain_k;   // rain, the same
} dd_climate;

// Rain and lightning are heaviest at its begin and thin out evenly.
typedef struct dd_shower {
    uint16_t first, slots;            // of the day; it may last into the next
    uint32_t rain_um;                 // that it brings in all
    uint32_t flashes_per_million_km2; // the same, to the ground; 0: no thunder
} dd_shower;

typedef struct dd_climate_day {
    int64_t day;
    uint32_t shower_n;
    dd_shower showers[DD_SHOWERS_MAX];
} dd_climate_day;

// One slot's weather.
typedef struct dd_weather_slot {
    uint32_t rain_um_h;
    uint16_t clouds_pm;
    int32_t temperature_md;           // to a tenth of a degree
    uint32_t flashes_per_million_km2; // in this slot
} dd_weather_slot;

// What is drawn for a day. Means by month, number of wet and of thunder days, afternoon maximum:
// facts G2; the distributions are estimates: amounts exponential, flashes of a storm the product of
// two exponentials (some storms have most of a month's), spells of a few days.
dd_climate_day dd_climate_day_of(const dd_climate *climate, int64_t day);

// The weather of a slot, 0 .. DD_DAY_SLOTS - 1, of `today`; `yesterday` is the day before.
dd_weather_slot dd_climate_slot(const dd_climate *climate, const dd_climate_day *yesterday,
                                const dd_climate_day *today, int slot);

// The last slot, since 1970, at or before `slot` in which a shower brought `rain_um_h` or more when
// it was heaviest, which is at its begin; DD_NO_SLOT: none on that day and the `days` before it.
int64_t dd_climate_rained(const dd_climate *climate, int64_t slot, uint32_t rain_um_h, int days);
