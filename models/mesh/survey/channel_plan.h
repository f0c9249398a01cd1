// The plan of the air: each segment's channel and PAN id, given or computed, and how much of one
// channel gets into another.
#pragma once

#include "engine/base.h"

struct dd_world;
struct dd_couplings;

enum { DD_CHANNELS_MAX = 16, DD_CHANNEL_COMPUTED = -1, DD_PAN_COMPUTED = 0 };

// The channels of a preset, and what the rule allows there.
typedef struct dd_band {
    uint8_t first, n; // numbers of its channels: first .. first + n - 1
    uint32_t first_khz, spacing_khz;
    int32_t most_cdbm; // EIRP
    const char *rule;
} dd_band;

extern const dd_band dd_bands[]; // in the order of dd_radio_presets

// What a scenario or a city says of a segment's radios.
typedef struct dd_given_radio {
    int16_t channel; // DD_CHANNEL_COMPUTED
    uint16_t pan;    // DD_PAN_COMPUTED
    uint8_t key[16]; // of link security; all zeros: drawn
} dd_given_radio;

typedef struct dd_channel_plan {
    const dd_band *band;
    uint8_t *channel;                       // by segment
    uint16_t *pan;                          // by segment; unique among those that hear each other
    int32_t rejection_cdb[DD_CHANNELS_MAX]; // by how many channels lie between, 0: the same
} dd_channel_plan;

// Gives every segment what is given for it, and the rest by choice: in the order of the city, the
// channel on which it hears least of the neighbours that have one (its own favourite, by hash,
// among equals), and a PAN id by hash. Errors name the segment: a channel outside the band, one PAN
// id for two segments that hear each other.
bool dd_channel_plan_make(dd_channel_plan *plan, const struct dd_world *world,
                          const struct dd_couplings *couplings, dd_error *error);
void dd_channel_plan_fini(dd_channel_plan *plan);

// How much less of a channel gets into another, 1/100 dB; both counted from the band's first.
int32_t dd_channels_apart_cdb(const dd_channel_plan *plan, int a, int b);

// The same between two segments' channels.
int32_t dd_channel_rejection(const dd_channel_plan *plan, uint32_t segment, uint32_t other);

// Centre of a channel of the band.
static inline uint32_t dd_band_khz(const dd_band *band, uint8_t channel) {
    return band->first_khz + (uint32_t)(channel - band->first) * band->spacing_khz;
}
