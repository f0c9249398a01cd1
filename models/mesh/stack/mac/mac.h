// The MAC of IEEE 802.15.4 (2020) in a network without beacons, as far as it decides: unslotted
// CSMA/CA (6.2.5.1), retransmission and acknowledgement (6.7.4), rejection of duplicates (6.7.2),
// and a queue. A pure state machine: it is told what the radio found and says what to do next;
// whoever drives it keeps the time and the frames, which the queue knows by handles.
#pragma once

#include "models/mesh/stack/mac/frame.h"

enum { DD_MAC_QUEUE = 8, DD_MAC_SEEN = 8 };

// The MAC PIB's attributes (8.4.3.1) that bear on it.
typedef struct dd_mac_figures {
    uint8_t min_be;       // macMinBe, 3
    uint8_t max_be;       // macMaxBe, 5
    uint8_t max_backoffs; // macMaxCsmaBackoffs, 4
    uint8_t max_retries;  // macMaxFrameRetries, 3
} dd_mac_figures;

typedef struct dd_mac {
    uint32_t queue[DD_MAC_QUEUE]; // handles of frames, a ring; the one at `head` is being sent
    uint16_t sources[DD_MAC_SEEN];
    uint8_t sequences[DD_MAC_SEEN]; // the last one that each of the sources sent
    uint8_t head, n;
    uint8_t seen_n, seen_next; // sources known; the next one to be forgotten
    uint8_t sequence;          // macDsn: of the next data frame
    uint8_t backoffs, be;      // NB and BE
    uint8_t attempts;          // of the frame that is being sent, this one included
} dd_mac;

// Empty. `sequence` should be random (macDsn), so that who has restarted is not taken for a
// repetition of itself.
void dd_mac_start(dd_mac *mac, uint8_t sequence);

// --- The queue ---

static inline bool dd_mac_full(const dd_mac *mac) {
    return mac->n == DD_MAC_QUEUE;
}

// Adds a frame; there must be room. True: it is the only one, and dd_mac_begin is due.
bool dd_mac_put(dd_mac *mac, uint32_t frame);

// The frame that is being sent, 0 when there is none.
static inline uint32_t dd_mac_first(const dd_mac *mac) {
    return mac->n ? mac->queue[mac->head] : 0;
}

// Takes that frame out. When another waits, dd_mac_begin is due.
uint32_t dd_mac_take(dd_mac *mac);

// --- Sending ---

// The first attempt to send the first frame of the queue: CSMA/CA begins.
void dd_mac_begin(dd_mac *mac, const dd_mac_figures *figures);

// How many backoff periods to wait before the next CCA, from a random word.
static inline uint32_t dd_mac_backoff(const dd_mac *mac, uint32_t word) {
    return mac->be ? word >> (32 - mac->be) : 0;
}

// CCA found the channel busy. True: back off again; false: channel access failure.
bool dd_mac_busy(dd_mac *mac, const dd_mac_figures *figures);

// No acknowledgement came in time. True: CSMA/CA begins anew; false: no attempts are left.
bool dd_mac_unanswered(dd_mac *mac, const dd_mac_figures *figures);

// --- Receiving ---

typedef enum dd_mac_finding {
    DD_MAC_OTHERS,    // not for this device
    DD_MAC_NEW,       // to be accepted and passed up, if security agrees
    DD_MAC_DUPLICATE, // to be acknowledged, no more
} dd_mac_finding;

// What to do with a data frame that came whole to a device of this address and PAN. It is to be
// acknowledged when it asks for that and is not OTHERS.
dd_mac_finding dd_mac_find(const dd_mac *mac, const dd_frame *frame, uint16_t address,
                           uint16_t pan);

// The frame is believed: from now on what repeats it is a duplicate. What was forged must not make
// one of the next true frame.
void dd_mac_accept(dd_mac *mac, const dd_frame *frame);
