// The firmware of a segment's nodes: the image that a node receives over the mesh, its two slots,
// its boot loader, and what a release's defect makes of it. All of it outlives a loss of supply.
//
// What nodes of a segment receive are the same octets, so they lie there once, for all of them;
// a node keeps which blocks it has and, where they differ from those, its own octets. Nothing of
// this is there until the segment's nodes are first offered an image.
#pragma once

#include "models/controller/core/calendar.h"
#include "models/light/node.h"
#include "models/release.h"
#include "models/segment_state.h"

// What the node answers a request of the controller about its firmware.
dd_firmware_status dd_node_update_answer(dd_domain *domain, dd_segment_state *segment,
                                         const dd_node_request *request);

// Its boot loader is at work. False: the image does not start, so it will boot again, into the one
// before, at the time given.
bool dd_node_update_boot(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                         dd_time *again_at);

// Handler of DD_KIND_NODE_UPDATE: it restarts as it was told, or its trial is over; a: generation.
void dd_node_update_due(dd_domain *domain, dd_segment_state *segment, uint16_t lamp, uint32_t a);

// The luminaire is a new one: with firmware as made.
void dd_node_update_renew(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);

// What is wrong with the firmware that it runs; the version of that.
dd_defect dd_node_defect(const dd_domain *domain, const dd_segment_state *segment, uint16_t lamp);
uint32_t dd_node_version(const dd_domain *domain, const dd_segment_state *segment, uint16_t lamp);

// What its firmware makes of what its calendar says at that moment of its clock, and of the end of
// an override that it is given then (both Unix ms).
dd_light_state dd_node_update_light(const dd_domain *domain, const dd_segment_state *segment,
                                    uint16_t lamp, dd_light_state state, int64_t now_ms);
int64_t dd_node_update_override(const dd_domain *domain, const dd_segment_state *segment,
                                uint16_t lamp, int64_t end_ms, int64_t now_ms);
