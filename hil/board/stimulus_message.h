// The twin's side of the protocol's messages: stimuli as messages, messages as responses.
#pragma once

#include "hil/domdom.pb-c.h"
#include "models/controller/application.h"

// Room for a message and what it points to.
typedef struct dd_message_room {
    Hil__Message message;
    union {
        Hil__Datagram datagram;
        Hil__Air air;
        Hil__Line line;
        Hil__Inputs inputs;
        Hil__Sent sent;
        Hil__Start start;
    };
    Hil__Feeder feeders[DD_CORE_FEEDERS], *feeder_list[DD_CORE_FEEDERS];
    uint32_t voltages[DD_CORE_FEEDERS][3];
} dd_message_room;

// A stimulus as a message, which points into the room and to the stimulus' octets. NULL: TIME,
// which is a grant alone.
const Hil__Message *dd_message_of_stimulus(const dd_stimulus *stimulus, uint8_t feeder_n,
                                           dd_message_room *room);

// A message as the response that it is; points to its octets. False: it is none, or senseless (too
// long, a lamp that cannot be). Outputs are no single response: dd_outputs_hear.
bool dd_response_of_message(const Hil__Message *message, dd_response *response);

// A board's outputs as it has said them last; all are off when it starts.
typedef struct dd_outputs {
    uint8_t contactors, leds;
} dd_outputs;

// Outputs come whole: what differs from before is what was said, and where nothing does, the
// contactors were said again.
void dd_outputs_hear(dd_outputs *outputs, const Hil__Outputs *heard, const dd_responder *responder);
