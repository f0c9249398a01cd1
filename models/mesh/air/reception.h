// What a station makes of what is on the air: whether the channel is clear, and which frames it
// gets (IEEE 802.15.4-2020, clauses 10.2 and 12).
//
// To whom a receiver is locked is found by going through the frames that it heard, in order: back
// to those that overlapped what overlapped the frame in question. Longer chains are cut there.
#pragma once

#include "models/mesh/air/medium.h"
#include "models/schema.h"

typedef struct dd_reception {
    int16_t rss_cdbm;
    int16_t sinr_cdb; // the least, if all that interfered had done so at once
    uint8_t loss;     // dd_loss, but for DD_LOSS_ACK
    uint32_t culprit; // station; of DD_LOSS_JAMMED the entity where the jammer stands
} dd_reception;

// Whether a CCA in [from, to), which has ended just now, finds the channel clear. Counts what was
// there at any time of it. Also busy: with a transmission of its own under way or to come.
bool dd_medium_clear(const dd_medium *medium, uint32_t station, uint8_t channel, dd_time from,
                     dd_time to);

// The jammer that was the strongest on a station's channel in [from, to), which has ended just now,
// by where it stands; 0: none was.
uint32_t dd_medium_jammer(const dd_medium *medium, uint32_t station, uint8_t channel, dd_time from,
                          dd_time to);

// What `receiver`, tuned to the frame's channel, makes of a transmission that has just ended. Its
// preamble must find the receiver listening and not locked to an earlier frame (unless stronger by
// `capture_cdb`), and its bits must survive noise and interference, piece by piece; a draw keyed by
// (sender, receiver, count) decides what the odds leave open.
dd_reception dd_medium_receive(dd_medium *medium, uint32_t frame, uint32_t receiver);

// The same for the station at the other end of a link of the sender's, by its place in the table.
dd_reception dd_medium_hear(const dd_medium *medium, uint32_t frame, uint32_t link);
