// What passes between a segment controller's application and its place in the city: octets of its
// mesh and of its line, the cabinet, the time. The same whoever sits there: the simulated
// application, or a board.
#pragma once

#include "models/controller/core/message.h"

typedef enum dd_stimulus_kind {
    DD_STIMULUS_START = 1, // it has just been switched on
    DD_STIMULUS_TIME,      // its deadline has come
    DD_STIMULUS_DATAGRAM,  // CoAP from a lamp's node
    DD_STIMULUS_LINE,      // octets from the centre
    DD_STIMULUS_CABINET,   // all that it sees there now
    DD_STIMULUS_AIR,       // a frame for it, where it has a mesh stack of its own
    DD_STIMULUS_SENT,      // what became of a frame of its own
    DD_STIMULUS_KINDS,
} dd_stimulus_kind;

typedef struct dd_stimulus {
    uint8_t kind;
    uint8_t result;   // SENT: dd_air_result
    uint8_t attempts; // SENT
    int8_t rss_dbm;   // AIR
    uint16_t lamp;    // DATAGRAM: number within the segment
    uint16_t n;       // of `octets`
    uint32_t handle;  // SENT
    const uint8_t *octets;
    const dd_cabinet_inputs *cabinet; // CABINET
} dd_stimulus;

typedef enum dd_air_result {
    DD_AIR_DONE, // acknowledged, or to all
    DD_AIR_NO_ACK,
    DD_AIR_CHANNEL,
    DD_AIR_NO_ROOM,
    DD_AIR_SENSELESS, // no frame that this station may send
} dd_air_result;

typedef enum dd_response_kind {
    DD_RESPONSE_DATAGRAM = 1, // CoAP to a lamp or, DD_EVERY_LAMP, to all
    DD_RESPONSE_LINE,         // octets to the centre
    DD_RESPONSE_CONTACTORS,   // its outputs to them, all of them
    DD_RESPONSE_LOOK,         // wants DD_STIMULUS_CABINET with what the meters say now
    DD_RESPONSE_BOOT,         // what its boot loader is to do
    DD_RESPONSE_LEDS,
    DD_RESPONSE_AIR, // a frame to be sent
    DD_RESPONSE_KINDS,
} dd_response_kind;

typedef struct dd_response {
    uint8_t kind;
    uint8_t value;         // CONTACTORS, LEDS: a mask; BOOT: dd_core_boot
    uint16_t lamp;         // DATAGRAM
    uint16_t n;            // of `octets`
    uint32_t handle;       // AIR
    const uint8_t *octets; // the taker copies what it keeps
} dd_response;

// Takes responses, in their order; never calls back.
typedef struct dd_responder {
    void *context;
    void (*take)(void *context, const dd_response *response);
} dd_responder;
