// What the standing alarms of one segment, its lamps' readings and its feeders' meters show at a
// moment, gathered for whoever asks for their root cause.
#pragma once

#include "models/centre/alarm.h"
#include "models/controller/core/lamp_set.h"
#include "models/controller/core/message.h"

struct dd_centre;

// Of a feeder.
typedef struct dd_feeder_evidence {
    uint32_t feeder; // of the city, 0: there is none of this number
    uint32_t signs;  // of the feeder itself: mask of dd_sign
    uint8_t lost;    // mask of phases that are held to be dead, bit 0 is L1
    uint16_t silent_n;
    dd_time silent_since; // the first of them; more than an hour ago they are another matter
    uint16_t cable_lamp;  // number within the segment of the first lamp of a dark end of the cable,
                          // 0: there is none
    uint16_t strange_n;   // lamps whose voltage is out of range ...
    uint16_t strange_lamp; // ... the first of them along the cable
    uint32_t meter; // DD_SIGN_METER_LESS, DD_SIGN_METER_SAME or 0: what it says of the silent
} dd_feeder_evidence;

typedef struct dd_evidence {
    uint32_t segment;
    bool battery; // its controller has said that it runs on its battery
    bool line;    // its controller is silent
    bool door;
    dd_lamp_set silent;    // lamps that have fallen silent together: within an hour of the last
    dd_time silent_newest; // the last of them
    uint16_t silent_n, burning_n, dimming_n;         // lamps with such alarms
    dd_feeder_evidence feeders[DD_CORE_FEEDERS + 1]; // by number within the segment, from 1
} dd_evidence;

// What is known of a segment now.
void dd_evidence_gather(const dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                        dd_evidence *evidence);

// The number within its segment of a lamp's feeder, 0: unknown.
uint8_t dd_evidence_feeder(const dd_domain *hub, const struct dd_centre *centre, uint32_t lamp);
