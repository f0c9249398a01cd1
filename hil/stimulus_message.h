// Stimuli and responses as messages of the protocol, and back.
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
        Hil__Outputs outputs;
        Hil__Boot boot;
        Hil__Sent sent;
        Hil__Start start;
        Hil__Look look;
    };
    Hil__Feeder feeders[DD_CORE_FEEDERS], *feeder_list[DD_CORE_FEEDERS];
    uint32_t voltages[DD_CORE_FEEDERS][3];
    dd_cabinet_inputs cabinet;
} dd_message_room;

// A stimulus (not TIME, which is a grant alone) or a response as a message; points into the room
// and to the octets.
const Hil__Message *dd_message_of_stimulus(const dd_stimulus *stimulus, uint8_t feeder_n,
                                           dd_message_room *room);
const Hil__Message *dd_message_of_response(const dd_response *response, dd_message_room *room);

// The other way. False: it is none, or senseless (too long, a lamp or feeder that cannot be).
bool dd_stimulus_of_message(const Hil__Message *message, dd_message_room *room,
                            dd_stimulus *stimulus);
bool dd_response_of_message(const Hil__Message *message, dd_response *response);
