// What a controller is commissioned with, as messages of the protocol, and back.
#pragma once

#include "hil/domdom.pb-c.h"
#include "models/backhaul/wire.h"
#include "models/controller/application.h"

enum {
    DD_COMMISSION_LAMPS = 16, // in a message
    DD_COMMISSION_MESSAGES =
        2 + (DD_SEGMENT_LAMPS_MAX + DD_COMMISSION_LAMPS - 1) / DD_COMMISSION_LAMPS,
};

// The messages, in the order in which they are sent: Settings, Lamps, Calendar.
typedef struct dd_commission_messages {
    size_t n;
    Hil__Message *list[DD_COMMISSION_MESSAGES];
    Hil__Message messages[DD_COMMISSION_MESSAGES];
    Hil__Settings settings;
    Hil__Lamps lamps[DD_COMMISSION_MESSAGES];
    Hil__Lamp lamp[DD_SEGMENT_LAMPS_MAX], *lamp_list[DD_SEGMENT_LAMPS_MAX];
    Hil__Calendar calendar;
    uint8_t octets[DD_WIRE_MAX]; // of the calendar
} dd_commission_messages;

// `store_size`: of the store that is lent; 0: none is.
void dd_commission_say(const dd_commission *commission, uint32_t store_size,
                       dd_commission_messages *messages);

// What was heard of it so far; zeroed at first, and not moved.
typedef struct dd_commission_heard {
    dd_commission commission; // whole when all messages were heard
    uint32_t store_size;
    dd_core_lamp lamps[DD_SEGMENT_LAMPS_MAX];
    dd_light_calendar calendar;
} dd_commission_heard;

// Takes one of the messages. False: it is none of them, or a value in it cannot be.
bool dd_commission_hear(dd_commission_heard *heard, const Hil__Message *message);

// All of it at once, as octets of a Frame, for who keeps it; and back.
enum { DD_COMMISSION_OCTETS = 8192 };
size_t dd_commission_pack(const dd_commission *commission, uint32_t store_size,
                          uint8_t octets[static DD_COMMISSION_OCTETS]);
bool dd_commission_unpack(const uint8_t *octets, size_t n, dd_commission_heard *heard);
