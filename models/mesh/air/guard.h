// Link security at the stations ("mesh.security"): frames are sealed as they first go on the air,
// so that counters go out in order, and opened as they come whole, before anything in them is
// believed. Acknowledgements are not secured, and a receiver gives one before it has opened the
// frame, as radios do by themselves.
#pragma once

#include "models/mesh/air/air.h"

// A data frame that has come whole to one or many. Who holds its key finds out what it says once
// for all of them.
typedef struct dd_envelope {
    const uint8_t *octets; // the PSDU
    dd_frame header;
    const dd_air_segment *opened_by; // the network whose key was tried last; NULL: none yet
    dd_security_status status;       // what came of it
    uint32_t next;                   // the least counter accepted afterwards
    uint8_t clear[DD_FRAME_MAX];
} dd_envelope;

static inline bool dd_guard_on(const dd_air_segment *segment) {
    return segment->security.context;
}

// A node starts: its own counter goes on from flash; what it knew of the others' lay in memory, so
// that the first frame from each of them is taken, an old one too.
void dd_guard_start(dd_air *air, uint32_t station);

// Makes of a packet of this station, whose payload stands DD_SECURITY_HEADER behind its header,
// what goes on the air.
void dd_guard_seal(dd_air *air, uint32_t station, const dd_packet *packet, dd_packet *sealed);

// What of a frame from its network a station may believe: its payload, `n` octets within the
// envelope or the PSDU. NULL: nothing; that is counted and told.
const uint8_t *dd_guard_open(dd_domain *domain, dd_air *air, uint32_t station,
                             dd_envelope *envelope, uint8_t *n);
