// What stations do and suffer, told as records (mesh_record.h): frames for captures, messages'
// losses, places in the tree. Nothing here changes what happens.
#pragma once

#include "models/mesh/air.h"

// A transmission that has ended, with all that is known of it.
typedef struct dd_frame_end {
    uint32_t frame; // handle of the transmission
    const uint8_t *octets;
    uint32_t receiver; // the station that it was addressed to; 0: all
    dd_reception reception;
    uint32_t heard, around; // sent to all: so many received it, of so many in reach
} dd_frame_end;

void dd_station_tell_frame(dd_domain *domain, dd_air *air, const dd_frame_end *end);

// What the network layer of a station notices.
void dd_station_tell_notice(dd_domain *domain, dd_air *air, uint32_t station,
                            const dd_notice *notice);

// The last attempt to bring a copy of `message` from one station to another failed so; nothing when
// it did not.
void dd_station_tell_loss(dd_air *air, uint32_t message, uint32_t from, uint32_t to,
                          const dd_reception *reception);
