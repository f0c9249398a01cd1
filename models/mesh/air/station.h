// A radio of the mesh at work: its MAC and network layer driven by events. A hop takes three: the
// end of the CCA, the end of the data frame, where its reception is judged and the acknowledgement
// begun, and the end of the acknowledgement. Backoffs, turnarounds, waits and spacings between them
// are arithmetic.
#pragma once

#include "models/mesh/air/air.h"
#include "models/mesh/air/reception.h"

// A transmission that has ended, with all that is known of it.
typedef struct dd_frame_end {
    uint32_t handle; // of the transmission
    const dd_transmission *frame;
    const uint8_t *octets;
    uint32_t receiver; // the station that it was addressed to; 0: all
    dd_reception reception;
    uint32_t heard, around; // sent to all: so many received it, of so many who could have
} dd_frame_end;

// Switches a station on or off. Off: what it sends is cut short, its queue is lost, with notices,
// and so is all that its network layer knew. On: it starts from what lies in flash.
void dd_station_power(dd_domain *domain, dd_air *air, uint32_t station, bool on);

// Sends a datagram to a short address of its PAN, or to DD_NET_GROUP; nothing when it is off.
void dd_station_send(dd_domain *domain, dd_air *air, uint32_t station, uint16_t destination,
                     const uint8_t *payload, uint16_t n);

// Of a station that is off: its network layer is outside from its next start on, or in the twin.
// Then frames that come for it, and what becomes of its own, are arrivals, and datagrams are not
// sent.
void dd_station_outside(dd_air *air, uint32_t station, bool outside);

// Sends a frame of such a one: `n` octets of a data frame as IEEE 802.15.4 has it, from the header
// to the end of its payload, unsecured, from its own address; the FCS, link security, CSMA/CA and
// repetitions are the station's. What has become of it arrives, whatever that is.
void dd_station_put(dd_domain *domain, dd_air *air, uint32_t station, const uint8_t *octets,
                    uint16_t n, uint32_t handle);

// Settles a network layer that was switched on just now as if it had run for long, see
// dd_net_seed and dd_net_seed_route (of a controller).
void dd_station_seed(dd_domain *domain, dd_air *air, uint32_t station, uint16_t parent,
                     uint16_t rank, uint16_t etx);
void dd_station_seed_route(dd_domain *domain, dd_air *air, uint32_t station, uint16_t lamp,
                           uint16_t parent);

// By its own crystal, µs.
int64_t dd_station_us(const dd_station *station, dd_time t);

// Handlers of the events of the air, whose target is the station. What they bring for the
// applications waits in the air's arrivals.
void dd_station_clear(dd_domain *domain, dd_air *air, const dd_event *event); // DD_KIND_AIR_CLEAR
void dd_station_end(dd_domain *domain, dd_air *air, const dd_event *event);   // DD_KIND_AIR_END
void dd_station_ack(dd_domain *domain, dd_air *air, const dd_event *event);   // DD_KIND_AIR_ACK
void dd_station_time(dd_domain *domain, dd_air *air, const dd_event *event);  // DD_KIND_NET_TIME
