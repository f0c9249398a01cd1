#include "hil/board/commission_message.h"
#include "models/controller/settings.h"

#include <assert.h>
#include <string.h>

// --- Saying ---

static Hil__Message *next_message(dd_commission_messages *to, Hil__Message__WhatCase what) {
    Hil__Message *message = to->list[to->n] = &to->messages[to->n];
    to->n++;
    hil__message__init(message);
    message->what_case = what;
    return message;
}

static void say_settings(const dd_commission *from, uint32_t store_size,
                         dd_commission_messages *to) {
    Hil__Settings *settings = &to->settings;
    hil__settings__init(settings);
#define SAY_CORE(field) settings->field = from->core.field;
#define SAY_SITE(field) settings->field = from->core.site.field;
#define SAY_COAP(field) settings->field = from->coap.field;
    DD_CORE_SETTINGS(SAY_CORE)
    DD_SITE_SETTINGS(SAY_SITE)
    DD_COAP_SETTINGS(SAY_COAP)
    settings->store_size = store_size;
    settings->pan = from->pan;
    next_message(to, HIL__MESSAGE__WHAT_SETTINGS)->settings = settings;
}

static void say_lamps(const dd_commission *from, uint16_t first, dd_commission_messages *to) {
    Hil__Lamps *lamps = &to->lamps[to->n];
    hil__lamps__init(lamps);
    lamps->first = first;
    lamps->lamps = &to->lamp_list[first - 1];
    for (uint16_t lamp = first; lamp <= from->core.lamp_n; lamp++) {
        if (lamps->n_lamps == DD_COMMISSION_LAMPS) break;
        const dd_core_lamp *entry = &from->lamps[lamp - 1];
        Hil__Lamp *said = lamps->lamps[lamps->n_lamps++] = &to->lamp[lamp - 1];
        hil__lamp__init(said);
        said->nominal_mw = entry->nominal_mw;
        said->feeder = entry->feeder;
        said->phase = entry->phase;
        said->fixed = entry->fixed;
    }
    next_message(to, HIL__MESSAGE__WHAT_LAMPS)->lamps = lamps;
}

static void say_calendar(const dd_commission *from, dd_commission_messages *to) {
    dd_order order = {.kind = DD_ORDER_CALENDAR, .calendar = *from->calendar};
    hil__calendar__init(&to->calendar);
    to->calendar.octets.data = to->octets;
    to->calendar.octets.len = dd_wire_put_order(&order, to->octets);
    next_message(to, HIL__MESSAGE__WHAT_CALENDAR)->calendar = &to->calendar;
}

void dd_commission_say(const dd_commission *commission, uint32_t store_size,
                       dd_commission_messages *to) {
    assert(commission->core.lamp_n <= DD_SEGMENT_LAMPS_MAX);
    to->n = 0;
    say_settings(commission, store_size, to);
    for (uint16_t first = 1; first <= commission->core.lamp_n; first += DD_COMMISSION_LAMPS)
        say_lamps(commission, first, to);
    say_calendar(commission, to);
}

// --- Hearing ---

static bool hear_settings(dd_commission_heard *to, const Hil__Settings *from) {
    dd_core_def *core = &to->commission.core;
    dd_coap_client_def *coap = &to->commission.coap;
    bool good = true;
    *core = dd_core_default_def();
#define HEAR(place, field)                                                                         \
    place->field = from->field;                                                                    \
    good = good && place->field == from->field;
#define HEAR_CORE(field) HEAR(core, field)
#define HEAR_SITE(field) core->site.field = from->field;
#define HEAR_COAP(field) HEAR(coap, field)
    DD_CORE_SETTINGS(HEAR_CORE)
    DD_SITE_SETTINGS(HEAR_SITE)
    DD_COAP_SETTINGS(HEAR_COAP)
    to->store_size = from->store_size;
    to->commission.pan = (uint16_t)from->pan;
    to->commission.lamps = to->lamps;
    to->commission.calendar = &to->calendar;
    return good && core->lamp_n <= DD_SEGMENT_LAMPS_MAX && core->feeder_n <= DD_CORE_FEEDERS;
}

static bool hear_lamp(dd_core_lamp *to, const Hil__Lamp *from) {
    *to = (dd_core_lamp){.nominal_mw = from->nominal_mw,
                         .feeder = (uint8_t)from->feeder,
                         .phase = (uint8_t)from->phase,
                         .fixed = from->fixed != 0};
    return from->feeder <= DD_CORE_FEEDERS && from->phase < 3;
}

static bool hear_lamps(dd_commission_heard *to, const Hil__Lamps *from) {
    if (from->first == 0 || from->first > DD_SEGMENT_LAMPS_MAX ||
        from->n_lamps > DD_SEGMENT_LAMPS_MAX + 1 - from->first)
        return false;
    for (size_t i = 0; i < from->n_lamps; i++)
        if (!hear_lamp(&to->lamps[from->first - 1 + i], from->lamps[i])) return false;
    return true;
}

static bool hear_calendar(dd_commission_heard *to, const Hil__Calendar *from) {
    dd_order order;
    if (from->octets.len > DD_WIRE_MAX ||
        !dd_wire_get_order(from->octets.data, from->octets.len, &order) ||
        order.kind != DD_ORDER_CALENDAR)
        return false;
    to->calendar = order.calendar;
    return true;
}

bool dd_commission_hear(dd_commission_heard *heard, const Hil__Message *message) {
    switch (message->what_case) {
    case HIL__MESSAGE__WHAT_SETTINGS:
        return hear_settings(heard, message->settings);
    case HIL__MESSAGE__WHAT_LAMPS:
        return hear_lamps(heard, message->lamps);
    case HIL__MESSAGE__WHAT_CALENDAR:
        return hear_calendar(heard, message->calendar);
    default:
        return false;
    }
}

// --- As a whole ---

size_t dd_commission_pack(const dd_commission *commission, uint32_t store_size,
                          uint8_t octets[static DD_COMMISSION_OCTETS]) {
    dd_commission_messages messages;
    Hil__Frame frame = HIL__FRAME__INIT;
    dd_commission_say(commission, store_size, &messages);
    frame.n_messages = messages.n;
    frame.messages = messages.list;
    assert(hil__frame__get_packed_size(&frame) <= DD_COMMISSION_OCTETS);
    return hil__frame__pack(&frame, octets);
}

bool dd_commission_unpack(const uint8_t *octets, size_t n, dd_commission_heard *heard) {
    Hil__Frame *frame = hil__frame__unpack(NULL, n, octets);
    bool good = frame && frame->n_messages > 2;
    for (size_t i = 0; good && i < frame->n_messages; i++)
        good = dd_commission_hear(heard, frame->messages[i]);
    if (frame) hil__frame__free_unpacked(frame, NULL);
    return good;
}
