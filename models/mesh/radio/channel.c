#include "models/mesh/radio/channel.h"
#include "engine/random.h"
#include "models/kind.h"

#include <math.h>

enum { FULL = 1 << 15, WORDS = 4 };
static const double QUARTER = 1.5707963267948966;

dd_channel dd_channel_make(const dd_settings *settings, uint64_t seed) {
    dd_channel channel = {.seed = seed,
                          .fade_cdb = (int32_t)(settings->mesh_fade_db * 100),
                          .slot = dd_seconds(settings->mesh_fade_slot_s),
                          .housings_cdb = (int32_t)(settings->mesh_rain_housings_db * 100),
                          .leaves_cdb = (int32_t)(settings->mesh_rain_leaves_db * 100),
                          .dry = dd_seconds(settings->mesh_dry_s)};
    channel.step = (uint32_t)(((uint64_t)DD_FADE_STEPS << 32) / (uint64_t)(channel.slot >> 10));
    for (int i = 0; i <= DD_FADE_STEPS; i++)
        channel.weight[i] = (uint16_t)lrint(FULL * sin(QUARTER * i / DD_FADE_STEPS));
    return channel;
}

// Thousandths of a standard deviation.
static int32_t fade_milli(const dd_channel *channel, uint64_t pair, dd_time now) {
    uint64_t slot = (uint64_t)now / (uint64_t)channel->slot;
    uint64_t passed = (uint64_t)now - slot * (uint64_t)channel->slot;
    uint32_t step = (uint32_t)((passed >> 10) * channel->step >> 32);
    // A block has the draws of four slots; the next one's first is needed in the last.
    dd_random4 draw = dd_random(channel->seed, pair, DD_DRAW_FADE, slot / WORDS);
    uint32_t last = draw.v[slot % WORDS];
    uint32_t next = slot % WORDS + 1 < WORDS
                        ? draw.v[slot % WORDS + 1]
                        : dd_random(channel->seed, pair, DD_DRAW_FADE, slot / WORDS + 1).v[0];
    return (dd_normal_milli(last) * channel->weight[DD_FADE_STEPS - step] +
            dd_normal_milli(next) * channel->weight[step]) /
           FULL;
}

// A pair with many leaves between (its draw at load says so) loses as many times more by their wet.
static int32_t wet_cdb(const dd_channel *channel, uint64_t pair, int32_t wet_pm) {
    dd_random4 draw = dd_random(channel->seed, pair, DD_DRAW_SHADOW, 0);
    int32_t leaves = (int32_t)dd_exponential(draw.v[1], channel->leaves_cdb);
    return (channel->housings_cdb + leaves) * wet_pm / DD_WET_PM;
}

int32_t dd_channel_change(const dd_channel *channel, uint64_t pair, dd_time now,
                          const dd_weather *weather) {
    int32_t change = 0;
    if (channel->fade_cdb) change = channel->fade_cdb * fade_milli(channel, pair, now) / 1000;
    int32_t wet_pm = dd_weather_wet_pm(weather, now, channel->dry);
    return wet_pm ? change - wet_cdb(channel, pair, wet_pm) : change;
}
