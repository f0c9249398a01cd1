// What a pair's level is just now: its median, a slow fade and the wet. Both are functions of
// (seed, pair, time), the same both ways, in integers.
#pragma once

#include "models/mesh/radio/weather.h"
#include "models/settings.h"

enum { DD_FADE_STEPS = 64 };

typedef struct dd_channel {
    uint64_t seed;
    int32_t fade_cdb; // standard deviation
    dd_time slot;     // a new fade is drawn so often, and the last one gives way to it meanwhile
    uint32_t step;    // DD_FADE_STEPS of them make a slot: reciprocal, in 2^-32 of 1,024 ns
    uint16_t weight[DD_FADE_STEPS + 1]; // of the next draw, in 2^-15; its mirror is the last one's
    int32_t housings_cdb, leaves_cdb;   // lost when as wet as can be; leaves: mean over pairs
    dd_time dry;
} dd_channel;

dd_channel dd_channel_make(const dd_settings *settings, uint64_t seed);

// What is added to the median of a pair (dd_pair_id of their stable ids, undirected) at `now`,
// 1/100 dB; 0 when nothing fades and all is dry. Between two draws the fade goes along a quarter of
// a circle, sin and cos, so that its spread is the same at all times.
int32_t dd_channel_change(const dd_channel *channel, uint64_t pair, dd_time now,
                          const dd_weather *weather);
