#include "models/mesh/stack/mac/mac.h"

void dd_mac_start(dd_mac *mac, uint8_t sequence) {
    *mac = (dd_mac){.sequence = sequence};
}

bool dd_mac_put(dd_mac *mac, uint32_t frame) {
    mac->queue[(mac->head + mac->n) % DD_MAC_QUEUE] = frame;
    return ++mac->n == 1;
}

uint32_t dd_mac_take(dd_mac *mac) {
    uint32_t frame = mac->queue[mac->head];
    mac->head = (uint8_t)((mac->head + 1) % DD_MAC_QUEUE);
    mac->n--;
    return frame;
}

static void compete(dd_mac *mac, const dd_mac_figures *figures) {
    mac->backoffs = 0;
    mac->be = figures->min_be;
}

void dd_mac_begin(dd_mac *mac, const dd_mac_figures *figures) {
    mac->attempts = 1;
    compete(mac, figures);
}

bool dd_mac_busy(dd_mac *mac, const dd_mac_figures *figures) {
    if (mac->be < figures->max_be) mac->be++;
    return ++mac->backoffs <= figures->max_backoffs;
}

bool dd_mac_unanswered(dd_mac *mac, const dd_mac_figures *figures) {
    if (mac->attempts > figures->max_retries) return false;
    mac->attempts++;
    compete(mac, figures);
    return true;
}

// The place of a source among those heard of late, or mac->seen_n.
static uint8_t place_of(const dd_mac *mac, uint16_t source) {
    uint8_t i = 0;
    while (i < mac->seen_n && mac->sources[i] != source)
        i++;
    return i;
}

// The source that was new longest ago is forgotten first.
void dd_mac_accept(dd_mac *mac, const dd_frame *frame) {
    uint8_t place = place_of(mac, frame->source);
    if (place == mac->seen_n) {
        place = mac->seen_next;
        mac->seen_next = (uint8_t)((place + 1) % DD_MAC_SEEN);
        if (mac->seen_n < DD_MAC_SEEN) mac->seen_n++;
    }
    mac->sources[place] = frame->source;
    mac->sequences[place] = frame->sequence;
}

dd_mac_finding dd_mac_find(const dd_mac *mac, const dd_frame *frame, uint16_t address,
                           uint16_t pan) {
    bool here = frame->pan == pan || frame->pan == DD_BROADCAST;
    bool mine = frame->destination == address || frame->destination == DD_BROADCAST;
    if (!here || !mine) return DD_MAC_OTHERS;
    uint8_t place = place_of(mac, frame->source);
    bool seen = place < mac->seen_n && mac->sequences[place] == frame->sequence;
    return seen ? DD_MAC_DUPLICATE : DD_MAC_NEW;
}
