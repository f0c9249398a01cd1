// The air of a neighbourhood: its medium, the stations on it, each with its MAC and its network
// layer, and what has arrived for the applications. All in the domain's arena; how it moves is
// station.h's.
#pragma once

#include "engine/engine.h"
#include "engine/pool.h"
#include "models/mesh/air/air_log.h"
#include "models/mesh/air/medium.h"
#include "models/mesh/stack/mac/mac.h"
#include "models/mesh/stack/mac/security.h"
#include "models/mesh/stack/net/net.h"
#include "models/schema.h"

// A radio with its MAC, and the times of its network layer.
typedef struct dd_station {
    dd_mac mac;
    dd_time free_at;     // its radio's last transmission or spacing ends
    int64_t deadline_us; // of its network layer, by its own clock
    int64_t planned_us;  // ... that the pending event stands for, DD_NET_NEVER: there is none
    int64_t air_ns;      // time on air so far
    int32_t rate_ppb;    // of its crystal, too fast
    uint32_t on_air;     // handle of its last transmission
    uint32_t frames;     // sent, acknowledgements included: the count that keys their draws
    uint32_t draws;      // random words taken
    uint16_t generation; // of its events since it was switched on
    uint16_t timer;      // of the pending event of its network layer
    bool on;
    bool outside; // its network layer is not here: frames go to it and come from it as they are
    uint8_t channel;
    uint8_t boots;  // times that it was switched on
    uint8_t luck_n; // backoffs that `luck` is still good for
    uint32_t luck;
    uint32_t sent;       // data frames, repetitions included
    uint32_t acked;      // data frames acknowledged
    uint32_t received;   // data frames received for it and passed up
    uint16_t unanswered; // given up after all attempts
    uint16_t unsent;     // given up for want of a clear channel
    uint16_t full;       // refused by the full queue
    uint16_t duplicates; // received again
} dd_station;

_Static_assert(sizeof(dd_station) <= 160, "a lamp's radio is in every snapshot");

// A segment's mesh, one PAN: the controller is station `first` and has address 0, lamp number l is
// station first + l and has address l.
typedef struct dd_air_segment {
    uint32_t first;
    uint16_t lamp_n;
    uint16_t pan;
    uint8_t channel;
    uint32_t segment;          // the city's; 0: of no city, nothing is told of it
    dd_security_port security; // of its frames; context NULL: they are not secured
} dd_air_segment;

// A frame in a MAC's queue.
typedef struct dd_packet {
    uint32_t cookie; // the network layer's
    uint32_t sealed; // the same as it goes on the air, a packet of its own; 0: as it stands here
    uint16_t destination;
    uint8_t n; // octets of the PSDU
    uint8_t payload_at, payload_n;
    uint8_t octets[DD_FRAME_MAX];
} dd_packet;

// Of secured frames: what a node's next one bears, and what lies in flash, from where it goes on
// after a restart.
typedef struct dd_frame_counter {
    uint32_t next, stored;
} dd_frame_counter;

typedef enum dd_arrival_kind {
    DD_ARRIVAL_DATAGRAM, // for the application
    DD_ARRIVAL_FRAME,    // for a network layer outside: the MAC frame without FCS, in clear
    DD_ARRIVAL_SENT,     // what has become of a frame of such a one
} dd_arrival_kind;

// What has come to a station for those above it.
typedef struct dd_arrival {
    uint32_t next;
    uint32_t station;
    uint32_t handle;  // SENT
    uint16_t source;  // DATAGRAM: short address of where it comes from
    uint8_t kind;     // dd_arrival_kind
    uint8_t result;   // SENT: dd_air_result
    uint8_t attempts; // SENT
    int8_t rss_dbm;   // FRAME
    bool group;       // DATAGRAM: sent to all
    uint16_t n;
    uint8_t payload[DD_DATAGRAM_MAX];
} dd_arrival;

typedef struct dd_air_counts {
    uint64_t data, acks;          // transmissions
    uint64_t assessments, busy;   // CCAs, and those that found the channel busy
    uint64_t lost[DD_LOSSES];     // addressed data frames; [DD_LOSS_NONE] got through
    uint64_t ack_lost[DD_LOSSES]; // acknowledgements
    uint64_t refused;             // frames that came whole and yet were not for this mesh
    uint64_t insecure, replayed;  // ... that link security refused: wrongly or not secured, old
} dd_air_counts;

typedef struct dd_air_def {
    dd_medium_def medium;
    uint32_t segment_n;
    const dd_air_segment *segments; // [0 .. segment_n), stations ascending without gaps
    const int32_t *rates_ppb;       // of crystals, by station; NULL: all are right
    dd_mac_figures mac;
    dd_net_figures net;
} dd_air_def;

typedef struct dd_air {
    dd_medium medium;
    dd_mac_figures mac;
    dd_net_figures figures;
    uint32_t segment_n;
    dd_air_segment *segments;
    uint32_t *owner;            // by station: index into segments
    dd_station *stations;       // [1 .. station_n]
    dd_net *nets;               // [1 .. station_n]
    dd_route *routes;           // a controller's begin at its own station, by address
    dd_frame_counter *counters; // by station; NULL: nothing is secured
    uint32_t *least;            // by link from its sender: frame counter still accepted there
    dd_pool packets;            // dd_packet
    dd_pool buffers;            // of the network layers: dd_net_port's
    dd_pool arrivals;           // dd_arrival, a list
    uint32_t first_arrival, last_arrival;
    dd_time ack_wait, ack_time;
    dd_time times[DD_FRAME_MAX + 1]; // on air, by octets
    dd_air_counts counts;
    dd_air_log log;
} dd_air;

// Built in the domain's arena; all stations are off. `def` is read only now, what it says must
// outlive the air excepted.
dd_air *dd_air_make(dd_domain *domain, const dd_air_def *def);

// The first arrival that is not done with, or NULL; to be asked for after each event of the air
// until there is none.
dd_arrival *dd_air_arrival(const dd_air *air);
void dd_air_arrival_done(dd_air *air);

// Adds one, for a station, of no octets yet.
dd_arrival *dd_air_arrive(dd_air *air, uint32_t station, dd_arrival_kind kind);

// Short address of a station in its PAN.
static inline uint16_t dd_air_address(const dd_air *air, uint32_t station) {
    return (uint16_t)(station - air->segments[air->owner[station]].first);
}

// The station that has an address in the PAN of another, or 0.
static inline uint32_t dd_air_station(const dd_air *air, uint32_t station, uint16_t address) {
    const dd_air_segment *segment = &air->segments[air->owner[station]];
    return address <= segment->lamp_n ? segment->first + address : 0;
}

// Hops from a station to its controller by its parents, 0: no way, or the controller itself.
uint8_t dd_air_hops(const dd_air *air, uint32_t station);

// Prefix of the addresses of a PAN: fd42:e4bf:6f5d:PAN::/64.
dd_prefix dd_air_prefix(uint16_t pan);
