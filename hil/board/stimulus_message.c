#include "hil/board/stimulus_message.h"

#include "models/mesh/stack/lowpan/datagram.h"
#include "models/mesh/stack/mac/frame.h"

// --- The cabinet ---

static void put_feeder(const dd_feeder_inputs *from, uint32_t voltages[static 3],
                       Hil__Feeder *feeder) {
    hil__feeder__init(feeder);
    feeder->live_phases = from->live_phases;
    feeder->contactor = from->contactor;
    feeder->tripped = from->tripped;
    feeder->leakage = from->leakage;
    feeder->override = from->override;
    feeder->leakage_ma = from->leakage_ma;
    feeder->energy_wh = from->meter.energy_wh;
    feeder->power_w = from->meter.power_w;
    for (int phase = 0; phase < 3; phase++)
        voltages[phase] = from->meter.voltage_dv[phase];
    feeder->n_voltage_dv = 3;
    feeder->voltage_dv = voltages;
}

static void put_inputs(const dd_cabinet_inputs *from, uint8_t feeder_n, dd_message_room *room) {
    hil__inputs__init(&room->inputs);
    room->inputs.mains = from->mains;
    room->inputs.door = from->door;
    room->inputs.dark = from->dark;
    for (uint8_t i = 0; i < feeder_n; i++) {
        put_feeder(&from->feeders[i], room->voltages[i], &room->feeders[i]);
        room->feeder_list[i] = &room->feeders[i];
    }
    room->inputs.n_feeders = feeder_n;
    room->inputs.feeders = room->feeder_list;
    room->message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    room->message.inputs = &room->inputs;
}

// --- Octets ---

static ProtobufCBinaryData octets_of(const uint8_t *octets, size_t n) {
    return (ProtobufCBinaryData){.len = n, .data = (uint8_t *)(uintptr_t)octets};
}

static void put_datagram(dd_message_room *room, uint16_t lamp, const uint8_t *octets, uint16_t n) {
    hil__datagram__init(&room->datagram);
    room->datagram.lamp = lamp;
    room->datagram.octets = octets_of(octets, n);
    room->message.what_case = HIL__MESSAGE__WHAT_DATAGRAM;
    room->message.datagram = &room->datagram;
}

static void put_line(dd_message_room *room, const uint8_t *octets, uint16_t n) {
    hil__line__init(&room->line);
    room->line.octets = octets_of(octets, n);
    room->message.what_case = HIL__MESSAGE__WHAT_LINE;
    room->message.line = &room->line;
}

static void put_air(dd_message_room *room, const uint8_t *octets, uint16_t n, int8_t rss_dbm,
                    uint32_t handle) {
    hil__air__init(&room->air);
    room->air.octets = octets_of(octets, n);
    room->air.rss_dbm = rss_dbm;
    room->air.handle = handle;
    room->message.what_case = HIL__MESSAGE__WHAT_AIR;
    room->message.air = &room->air;
}

// What goes beyond that is no message; a frame of the air comes without its FCS.
enum {
    DATAGRAM_MOST = DD_DATAGRAM_MAX,
    LINE_MOST = DD_LINE_OCTETS,
    AIR_MOST = DD_FRAME_MAX - 2,
};

static bool get_octets(const ProtobufCBinaryData *from, size_t most, const uint8_t **octets,
                       uint16_t *n) {
    if (from->len == 0 || from->len > most) return false;
    *octets = from->data;
    *n = (uint16_t)from->len;
    return true;
}

// --- Stimuli ---

const Hil__Message *dd_message_of_stimulus(const dd_stimulus *stimulus, uint8_t feeder_n,
                                           dd_message_room *room) {
    hil__message__init(&room->message);
    switch ((dd_stimulus_kind)stimulus->kind) {
    case DD_STIMULUS_START:
        hil__start__init(&room->start);
        room->message.what_case = HIL__MESSAGE__WHAT_START;
        room->message.start = &room->start;
        break;
    case DD_STIMULUS_DATAGRAM:
        put_datagram(room, stimulus->lamp, stimulus->octets, stimulus->n);
        break;
    case DD_STIMULUS_LINE:
        put_line(room, stimulus->octets, stimulus->n);
        break;
    case DD_STIMULUS_CABINET:
        put_inputs(stimulus->cabinet, feeder_n, room);
        break;
    case DD_STIMULUS_AIR:
        put_air(room, stimulus->octets, stimulus->n, stimulus->rss_dbm, 0);
        break;
    case DD_STIMULUS_SENT:
        hil__sent__init(&room->sent);
        room->sent.handle = stimulus->handle;
        room->sent.result = stimulus->result;
        room->sent.attempts = stimulus->attempts;
        room->message.what_case = HIL__MESSAGE__WHAT_SENT;
        room->message.sent = &room->sent;
        break;
    case DD_STIMULUS_TIME:
    case DD_STIMULUS_KINDS:
        return NULL;
    }
    return &room->message;
}

// --- Responses ---

bool dd_response_of_message(const Hil__Message *message, dd_response *response) {
    *response = (dd_response){0};
    switch (message->what_case) {
    case HIL__MESSAGE__WHAT_DATAGRAM:
        response->kind = DD_RESPONSE_DATAGRAM;
        response->lamp = (uint16_t)message->datagram->lamp;
        return message->datagram->lamp <= DD_SEGMENT_LAMPS_MAX &&
               get_octets(&message->datagram->octets, DATAGRAM_MOST, &response->octets,
                          &response->n);
    case HIL__MESSAGE__WHAT_LINE:
        response->kind = DD_RESPONSE_LINE;
        return get_octets(&message->line->octets, LINE_MOST, &response->octets, &response->n);
    case HIL__MESSAGE__WHAT_LOOK:
        response->kind = DD_RESPONSE_LOOK;
        return true;
    case HIL__MESSAGE__WHAT_BOOT:
        response->kind = DD_RESPONSE_BOOT;
        response->value = (uint8_t)message->boot->action;
        return message->boot->action >= HIL__BOOT_ACTION__BOOT_STAGED &&
               message->boot->action <= HIL__BOOT_ACTION__BOOT_PREVIOUS;
    case HIL__MESSAGE__WHAT_AIR:
        response->kind = DD_RESPONSE_AIR;
        response->handle = message->air->handle;
        return get_octets(&message->air->octets, AIR_MOST, &response->octets, &response->n);
    default:
        return false;
    }
}

void dd_outputs_hear(dd_outputs *outputs, const Hil__Outputs *heard,
                     const dd_responder *responder) {
    uint8_t contactors = (uint8_t)heard->contactors, leds = (uint8_t)heard->leds;
    bool lit_anew = leds != outputs->leds;
    if (contactors != outputs->contactors || !lit_anew)
        responder->take(responder->context,
                        &(dd_response){.kind = DD_RESPONSE_CONTACTORS, .value = contactors});
    if (lit_anew)
        responder->take(responder->context,
                        &(dd_response){.kind = DD_RESPONSE_LEDS, .value = leds});
    *outputs = (dd_outputs){.contactors = contactors, .leds = leds};
}
