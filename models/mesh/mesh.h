// The wireless mesh of a segment at link level: a routing tree to the controller from the link
// budget, every hop an event that succeeds or not, by attempts with acknowledgements, and takes the
// standard's time. No packets yet: frames do not collide here.
#pragma once

#include "engine/engine.h"
#include "models/mesh/stack/coap.h"

struct dd_segment_state;
struct dd_world;

enum { DD_MESH_ROOT = 0, DD_MESH_NO_PARENT = 0xFFFF };

// A pair that can hear each other: constant during a run. Losses are the same both ways.
typedef struct dd_mesh_link {
    uint16_t to;     // node's number within the segment; 0 is the controller
    int16_t snr_cdb; // median signal to noise at the receiver, 1/100 dB
} dd_mesh_link;

typedef struct dd_mesh_links {
    uint32_t *first; // links of node i are all[first[i] .. first[i + 1])
    dd_mesh_link *all;
} dd_mesh_links;

typedef struct dd_mesh_node {
    dd_time busy_until; // its radio sends until then
    uint32_t cost;      // sum of the links' metrics to the controller, 1/128
    uint32_t frames;    // hops it has sent: the counter of its draws
    int16_t parent_snr_cdb;
    uint16_t parent;
    uint8_t hops; // 0: no route
    bool up;      // takes part
} dd_mesh_node;

typedef struct dd_mesh_message {
    dd_time started;
    uint16_t lamp; // the node at the far end
    uint16_t at;   // where it is
    uint16_t next; // where it goes, while a hop is under way
    uint8_t hops;
    bool up; // towards the controller
    uint16_t octet_n;
    uint8_t octets[DD_COAP_DATAGRAM_MAX];
} dd_mesh_message;

typedef struct dd_mesh_counts {
    uint64_t sent, delivered, lost;
    uint64_t hops, attempts;
} dd_mesh_counts;

typedef struct dd_mesh {
    dd_mesh_node *nodes; // [0] is the controller
    dd_pool messages;
    dd_mesh_counts counts;
    bool repair_due;
} dd_mesh;

// The metrics of links by their median SNR (load time, before any links).
void dd_mesh_metrics_make(struct dd_world *world);

// The links of one segment (load time). False when memory is short.
bool dd_mesh_links_make(dd_mesh_links *links, const struct dd_world *world, uint32_t segment,
                        dd_error *error);
void dd_mesh_links_fini(dd_mesh_links *links);

// Everyone up, routes made.
void dd_mesh_start(dd_domain *domain, struct dd_segment_state *segment);

// A node, or the controller, joins or falls away; routes follow after a while. The nodes keep their
// routes to a dead controller, so that it is reached again as soon as it is back.
void dd_mesh_set_up(dd_domain *domain, struct dd_segment_state *segment, uint16_t node, bool up);

// Makes the routing tree anew among those that are up (Dijkstra on the links' metrics).
void dd_mesh_make_routes(dd_domain *domain, struct dd_segment_state *segment, uint64_t cause);

// Sends a datagram of the application, DD_COAP_DATAGRAM_MAX octets at most, down to a lamp or up
// from it to the controller. There is no way here to all lamps at once.
void dd_mesh_send(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp, bool up,
                  const uint8_t *octets, uint16_t n);

// The end of a hop. Returns true when the message has arrived at its end (read it, then give it
// back with dd_mesh_done); otherwise it is on its way, or lost and gone.
bool dd_mesh_hop(dd_domain *domain, struct dd_segment_state *segment, const dd_event *event,
                 dd_mesh_message **arrived);
void dd_mesh_done(struct dd_segment_state *segment, uint32_t message);
