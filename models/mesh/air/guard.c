#include "models/mesh/air/guard.h"
#include "models/mesh/survey/keyring.h"
#include "models/schema.h"

#include <assert.h>

// A counter is written to flash once for so many frames, ahead of them: a restart skips those that
// were not sent. At a frame a second that is 84 writes a day, and 2^32 counters last for 136 years.
enum { FLASH_STEP = 1024 };

static const dd_air_segment *segment_of(const dd_air *air, uint32_t station) {
    return &air->segments[air->owner[station]];
}

// The least counter that a station still accepts of another; NULL: they do not know each other.
static uint32_t *least_of(const dd_air *air, uint32_t station, uint32_t sender) {
    uint32_t link = sender ? dd_links_find(air->medium.def.links, sender, station) : UINT32_MAX;
    return link == UINT32_MAX ? NULL : &air->least[link];
}

void dd_guard_start(dd_air *air, uint32_t station) {
    if (!dd_guard_on(segment_of(air, station))) return;
    const dd_links *links = air->medium.def.links;
    air->counters[station].next = air->counters[station].stored;
    for (uint32_t k = links->first[station]; k < links->first[station + 1]; k++)
        *least_of(air, station, links->to[k]) = 0;
}

// --- Out ---

void dd_guard_seal(dd_air *air, uint32_t station, const dd_packet *packet, dd_packet *sealed) {
    const dd_air_segment *segment = segment_of(air, station);
    dd_frame_counter *counter = &air->counters[station];
    dd_security own = {.address = dd_extended_address(segment->pan, dd_air_address(air, station)),
                       .counter = counter->next,
                       .key_index = DD_KEY_INDEX};
    if (counter->next == counter->stored) counter->stored += FLASH_STEP;
    *sealed = *packet;
    uint8_t n = dd_security_seal(&own, &segment->security, sealed->octets, DD_FRAME_HEADER,
                                 packet->payload_n);
    assert(n); // no run is long enough to use the counters up
    counter->next = own.counter;
    uint8_t whole = dd_frame_close(sealed->octets, n);
    assert(whole == packet->n);
    (void)whole;
}

// --- In ---

static void open_by(const dd_air_segment *segment, dd_envelope *envelope) {
    uint64_t sender = dd_extended_address(segment->pan, envelope->header.source);
    envelope->opened_by = segment;
    envelope->next = 0;
    envelope->status =
        dd_security_open(DD_KEY_INDEX, &segment->security, envelope->octets, &envelope->header,
                         sender, &envelope->next, envelope->clear);
}

// The standard's procedure (9.2.4), whose costly part is done once for all who hear the frame.
static dd_security_status judge(dd_air *air, uint32_t station, dd_envelope *envelope) {
    const dd_air_segment *segment = segment_of(air, station);
    if (!dd_guard_on(segment))
        return envelope->header.secured ? DD_SECURITY_UNAVAILABLE_KEY : DD_SECURITY_SUCCESS;
    if (envelope->opened_by != segment) open_by(segment, envelope);
    if (envelope->status != DD_SECURITY_SUCCESS) return envelope->status;
    uint32_t *least = least_of(air, station, dd_air_station(air, station, envelope->header.source));
    if (!least) return DD_SECURITY_ERROR;
    if (envelope->next <= *least) return DD_SECURITY_COUNTER_ERROR;
    *least = envelope->next;
    return DD_SECURITY_SUCCESS;
}

static void refuse(dd_domain *domain, dd_air *air, uint32_t station, const dd_envelope *envelope,
                   dd_security_status status) {
    bool replay = status == DD_SECURITY_COUNTER_ERROR;
    air->counts.insecure += !replay;
    air->counts.replayed += replay;
    dd_air_log_refused(domain, air, station, replay ? DD_REFUSED_REPLAY : DD_REFUSED_SECURITY,
                       envelope->header.source);
}

const uint8_t *dd_guard_open(dd_domain *domain, dd_air *air, uint32_t station,
                             dd_envelope *envelope, uint8_t *n) {
    dd_security_status status = judge(air, station, envelope);
    if (status != DD_SECURITY_SUCCESS) {
        refuse(domain, air, station, envelope, status);
        return NULL;
    }
    const dd_frame *header = &envelope->header;
    *n = (uint8_t)(header->payload_n - (header->secured ? DD_SECURITY_OCTETS : 0));
    return header->secured ? envelope->clear : envelope->octets + header->payload_at;
}
