// A segment controller's whole application: its core, its CoAP endpoint and the codec of its line.
// Octets and the time go in, octets come out. Freestanding, like its parts: the same source runs in
// the twin, as a host process and on a microcontroller. What depends on a protobuf library comes by
// a port.
#pragma once

#include "models/controller/core/core.h"
#include "models/controller/stimulus.h"
#include "models/mesh/stack/coap/coap_client.h"

#include <stddef.h>

enum { DD_LINE_OCTETS = 512 }; // of one message over its line, at most

// The codec of its line (models/backhaul/wire.proto).
typedef struct dd_line_codec {
    size_t (*put_word)(const dd_word *word, uint8_t *octets);
    bool (*get_order)(const uint8_t *octets, size_t n, dd_order *order);
} dd_line_codec;

// What it is commissioned with.
typedef struct dd_commission {
    dd_core_def core;
    dd_coap_client_def coap;
    const dd_core_lamp *lamps;         // core.lamp_n of them: the inventory's fields
    const dd_light_calendar *calendar; // as commissioned
    uint16_t pan;                      // of its mesh
} dd_commission;

typedef struct dd_application {
    dd_core core;
    dd_coap_client coap;
    int64_t now_ms;                   // its uptime at the last step
    int64_t core_due_ms, coap_due_ms; // deadlines, by its uptime
    dd_line_codec codec;
    const dd_responder *responder; // during a step
    uint32_t random;               // for its CoAP
} dd_application;

// Makes one that has just been switched on; DD_STIMULUS_START comes first. `storage.lamps` hold the
// inventory already, `storage.timetable` the calendar.
void dd_application_init(dd_application *application, const dd_core_def *core,
                         const dd_coap_client_def *coap, dd_core_storage storage,
                         dd_line_codec codec);

// Takes one stimulus at an uptime; responses go to the responder before it returns. Returns the
// uptime at which it wants DD_STIMULUS_TIME if nothing else comes; INT64_MAX: never.
int64_t dd_application_step(dd_application *application, int64_t uptime_ms,
                            const dd_stimulus *stimulus, const dd_responder *responder);
