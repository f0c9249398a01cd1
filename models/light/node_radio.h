// A node on the mesh: its CoAP server, through which the controller reaches it, and the reports
// that it pushes by itself.
#pragma once

#include "engine/engine.h"

struct dd_segment_state;

// It has booted, or stops. At the scenario's start, the mesh begins after the nodes.
void dd_node_connect(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);
void dd_node_disconnect(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// A datagram for it, or for all nodes, has come.
void dd_node_receive(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp,
                     uint16_t source, bool group, const uint8_t *octets, uint16_t n);

// The time of its report has come ("node.report_s").
void dd_node_report(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);
