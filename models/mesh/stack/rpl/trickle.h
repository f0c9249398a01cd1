// The Trickle algorithm (RFC 6206): who has something to say says it rarely while all agree, soon
// when they do not, and keeps silent when enough neighbours have said the same.
#pragma once

#include "models/mesh/stack/lowpan/net_port.h"

// Of one use of the algorithm; the same for all nodes.
typedef struct dd_trickle_figures {
    uint32_t interval_min_us; // Imin
    uint8_t doublings;        // Imax / Imin = 2^this; Imax at most 4,294 s
    uint8_t redundancy;       // k; 0: never suppressed
} dd_trickle_figures;

typedef struct dd_trickle {
    int64_t next_us; // time t of this interval, or its end when t has passed; DD_NET_NEVER: stopped
    uint32_t rest_us; // from t to the interval's end; 0: t has passed
    uint8_t doubled;  // this interval is Imin * 2^doubled
    uint8_t heard;    // c: consistent messages in this interval
} dd_trickle;

void dd_trickle_stop(dd_trickle *trickle);

// Begins an interval of the smallest size.
void dd_trickle_start(dd_trickle *trickle, const dd_trickle_figures *figures, int64_t now_us,
                      const dd_net_port *port);

// As after long agreement: an interval of the largest size, begun at a random time before now.
void dd_trickle_settle(dd_trickle *trickle, const dd_trickle_figures *figures, int64_t now_us,
                       const dd_net_port *port);

// A consistent message has been heard.
void dd_trickle_consistent(dd_trickle *trickle);

// An inconsistency: begins anew, unless the interval is the smallest already (RFC 6206, 4.2, 6).
void dd_trickle_inconsistent(dd_trickle *trickle, const dd_trickle_figures *figures, int64_t now_us,
                             const dd_net_port *port);

// next_us has come. True: now is the time to transmit. (Ends of intervals return false.)
bool dd_trickle_time(dd_trickle *trickle, const dd_trickle_figures *figures, int64_t now_us,
                     const dd_net_port *port);
