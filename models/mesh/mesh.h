// The mesh of a neighbourhood as the city sees it: the air is built from the world's tables, begins
// joined, cold or (setting "mesh.off") with all radios off, and carries datagrams between the
// segments' controllers and their lamps.
#pragma once

#include "models/mesh/air/air.h"
#include "models/neighbourhood.h"

enum { DD_MESH_ROOT = 0 }; // the controller's number within its segment

// Builds the air, when the neighbourhood's segments are known; every node is off. False when memory
// is short.
bool dd_mesh_make(dd_domain *domain, dd_error *error);

// Begins the run: makes all nodes that are on joined, as if the network had run for long; unless it
// is to begin cold ("mesh.cold_start").
void dd_mesh_settle(dd_domain *domain);

// Tells the air's counters, and again each hour.
void dd_mesh_hour(dd_domain *domain);

// Tells the air's counters: those of the whole run, at its end.
void dd_mesh_count(dd_domain *domain);

// A node's supply, or itself, fails or comes back.
void dd_mesh_power(dd_domain *domain, const dd_segment_state *segment, uint16_t number, bool on);

// Sends a datagram from the controller to a lamp or, DD_EVERY_LAMP, to all; or from a lamp to the
// controller.
void dd_mesh_send_down(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                       const uint8_t *octets, uint16_t n);
void dd_mesh_send_up(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                     const uint8_t *octets, uint16_t n);

// Of a controller that is off: whether it has a network layer of its own from its next start on,
// and passes frames only. A run that begins so begins cold in its segment.
void dd_mesh_outside(dd_domain *domain, const dd_segment_state *segment, bool outside);

// Sends a frame of such a controller's, see dd_station_put.
void dd_mesh_put(dd_domain *domain, const dd_segment_state *segment, const uint8_t *octets,
                 uint16_t n, uint32_t handle);

static inline dd_air *dd_mesh_air(const dd_domain *domain) {
    return dd_neighbourhood_of(domain)->air;
}

// By a node's own crystal, never set.
int64_t dd_mesh_uptime_ms(const dd_domain *domain, const dd_segment_state *segment,
                          uint16_t number);

// The number of a node's parent now, DD_BROADCAST: none.
uint16_t dd_mesh_parent(const dd_domain *domain, const dd_segment_state *segment, uint16_t number);

// Hops from a node to the controller by its parents, 0: no way, or the controller itself.
uint8_t dd_mesh_hops(const dd_domain *domain, const dd_segment_state *segment, uint16_t number);
