// What else is on the air: jammers and other people's networks. Where it stands and how strong it
// is is said when it appears; when it sends is a function of (seed, source, time): in each period
// one burst of a length, at a moment drawn, and for a reader that hops on a channel drawn.
//
// Its power counts as noise in a receiver, whatever its shape; neither rain nor fading touches it.
#pragma once

#include "engine/engine.h"
#include "models/mesh/channel_plan.h"
#include "models/mesh/medium.h"

struct dd_world;
struct dd_station_place;

typedef enum dd_source_kind {
    DD_SOURCE_CARRIER, // an unmodulated carrier, always on
    DD_SOURCE_WIFI,    // a Wi-Fi network at 2.4 GHz
    DD_SOURCE_RFID,    // a reader that hops over 920-923 MHz
    DD_SOURCE_MESH,    // an 802.15.4 network of somebody else, with the preset's own radios
    DD_SOURCE_KINDS,
} dd_source_kind;

extern const char *const dd_source_kind_names[]; // NULL-terminated

enum { DD_SOURCES_MAX = 16, DD_SOURCE_CHANNEL_NEAREST = -1 };

// Zero is a carrier on the channel of the segment where it stands.
typedef struct dd_source_def {
    dd_source_kind kind;
    bool powered, tuned, timed; // what is given; the rest is as usual for its kind
    double power_dbm;           // EIRP; carrier 10, wifi 20, rfid 35.15, mesh the preset's
    double channel;             // wifi: 1 to 13, 6; else the band's, that of the segment
    double duty;                // % of the time; carrier 100, wifi 30, rfid 50, mesh 1
} dd_source_def;

typedef struct dd_source {
    uint64_t stable;
    uint32_t entity;      // where it stands
    dd_time since, until; // on the air in [since, until); DD_NEVER: until it is removed
    dd_time period, burst;
    uint8_t kind, hop_n;
    int16_t loss_cdb[DD_CHANNELS_MAX]
                    [DD_CHANNELS_MAX]; // of its level, by hop and by channel heard on
    int16_t *level_cdbm;               // by station of the domain: median of all that it sends
} dd_source;

typedef struct dd_burst {
    dd_time from, until; // [from, until)
    uint8_t hop;
} dd_burst;

// Sets one of a definition's figures: "power" (dBm EIRP), "channel", "duty" (%).
bool dd_source_set(dd_source_def *def, const char *name, double value, dd_error *error);

// Whether there can be such a source in the world's band.
bool dd_source_check(const struct dd_world *world, const dd_source_def *def, dd_error *error);

// Builds a source that appears now at a place (its road and direction are those of the station
// there); the levels lie in the domain's arena, or where the source had them before.
void dd_source_make(dd_source *source, dd_domain *domain, const dd_source_def *def, uint32_t entity,
                    const struct dd_station_place *place);

// The first burst that ends after `after`. False when it is never on again.
bool dd_source_burst(const dd_source *source, uint64_t seed, dd_time after, dd_burst *burst);

// What of a burst on hop `hop` gets into a station's channel (counted from the band's first), 1/100
// dBm.
static inline int32_t dd_source_level(const dd_source *source, uint32_t station, uint8_t channel,
                                      uint8_t hop) {
    return source->level_cdbm[station] - source->loss_cdb[hop][channel];
}

// What a station on a channel (counted from the band's first) hears of `n` sources in [from, to):
// the bursts that are at least `least_cdbm` there, by source, at most `room` of them. Returns how
// many; their `source` is the entity where it stands.
uint32_t dd_sources_heard(const dd_source *sources, uint32_t n, uint64_t seed, uint32_t station,
                          uint8_t channel, dd_time from, dd_time to, int32_t least_cdbm,
                          dd_disturbance *all, uint32_t room);
