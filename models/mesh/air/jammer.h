// What else is on the air: jammers and other people's networks. Where it stands and how strong it
// is is said when it appears; when it sends is a function of (seed, jammer, time): in each period
// one burst of a length, at a moment drawn, and for a reader that hops on a channel drawn.
//
// Its power counts as noise in a receiver, whatever its shape; neither rain nor fading touches it.
#pragma once

#include "engine/engine.h"
#include "models/mesh/air/medium.h"
#include "models/mesh/survey/channel_plan.h"

struct dd_world;
struct dd_station_place;

typedef enum dd_jammer_kind {
    DD_JAMMER_CARRIER, // an unmodulated carrier, always on
    DD_JAMMER_WIFI,    // a Wi-Fi network at 2.4 GHz
    DD_JAMMER_RFID,    // a reader that hops over 920-923 MHz
    DD_JAMMER_MESH,    // an 802.15.4 network of somebody else, with the preset's own radios
    DD_JAMMER_KINDS,
} dd_jammer_kind;

extern const char *const dd_jammer_kind_names[]; // NULL-terminated

enum { DD_JAMMERS_MAX = 16 };

// Zero is a carrier on the channel of the segment where it stands.
typedef struct dd_jammer_def {
    dd_jammer_kind kind;
    bool powered, tuned, timed; // what is given; the rest is as usual for its kind
    double power_dbm;           // EIRP; carrier 10, wifi 20, rfid 35.15, mesh the preset's
    double channel;             // wifi: 1 to 13, 6; else the band's, that of the segment
    double duty;                // % of the time; carrier 100, wifi 30, rfid 50, mesh 1
} dd_jammer_def;

typedef struct dd_jammer {
    uint64_t stable;
    uint32_t entity;      // where it stands
    dd_time since, until; // on the air in [since, until); DD_NEVER: until it is removed
    dd_time period, burst;
    uint8_t kind, hop_n;
    int16_t loss_cdb[DD_CHANNELS_MAX]
                    [DD_CHANNELS_MAX]; // of its level, by hop and by channel heard on
    int16_t *level_cdbm;               // by station of the domain: median of all that it sends
} dd_jammer;

typedef struct dd_burst {
    dd_time from, until; // [from, until)
    uint8_t hop;
} dd_burst;

// Sets one of a definition's figures: "power" (dBm EIRP), "channel", "duty" (%).
bool dd_jammer_set(dd_jammer_def *def, const char *name, double value, dd_error *error);

// Whether there can be such a jammer in the world's band.
bool dd_jammer_check(const struct dd_world *world, const dd_jammer_def *def, dd_error *error);

// Builds a jammer that appears now at a place (its road and direction are those of the station
// there); the levels lie in the domain's arena, or where the jammer had them before.
void dd_jammer_make(dd_jammer *jammer, dd_domain *domain, const dd_jammer_def *def, uint32_t entity,
                    const struct dd_station_place *place);

// The first burst that ends after `after`. False when it is never on again.
bool dd_jammer_burst(const dd_jammer *jammer, uint64_t seed, dd_time after, dd_burst *burst);

// What of a burst on hop `hop` gets into a station's channel (counted from the band's first), 1/100
// dBm.
static inline int32_t dd_jammer_level(const dd_jammer *jammer, uint32_t station, uint8_t channel,
                                      uint8_t hop) {
    return jammer->level_cdbm[station] - jammer->loss_cdb[hop][channel];
}

// What a station on a channel (counted from the band's first) hears of `n` jammers in [from, to):
// the bursts that are at least `least_cdbm` there, by jammer, at most `room` of them. Returns how
// many; their `source` is the entity where it stands.
uint32_t dd_jammers_heard(const dd_jammer *jammers, uint32_t n, uint64_t seed, uint32_t station,
                          uint8_t channel, dd_time from, dd_time to, int32_t least_cdbm,
                          dd_disturbance *all, uint32_t room);
