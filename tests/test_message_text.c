// Messages for people: what crosses the wire is shown down to its values.
#include "hil/text/message_text.h"
#include "models/backhaul/wire.h"
#include "models/mesh/stack/coap/coap.h"
#include "models/mesh/stack/coap/firmware_object.h"
#include "models/mesh/stack/coap/lamp_object.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static uint8_t octets[1024], body[DD_LAMP_BODY_MAX];
static char text[1024];

static uint16_t datagram_of(const dd_node_request *request) {
    dd_coap message = dd_coap_make(DD_COAP_CON, DD_COAP_GET, 4711);
    message.token_n = 1;
    message.token[0] = 7;
    dd_lamp_write_request(&message, body, request);
    return dd_coap_write(octets, sizeof octets, &message);
}

static const char *response_text(uint16_t n) {
    dd_response response = {.kind = DD_RESPONSE_DATAGRAM, .lamp = 17, .octets = octets, .n = n};
    dd_response_text(&response, text, sizeof text);
    return text;
}

Test(message_text, request) {
    uint16_t n = datagram_of(&(dd_node_request){.kind = DD_NODE_READ});
    cr_assert(
        eq(str, (char *)response_text(n), "datagram, lamp 17, CON GET /3416/0, id 4711, token 7"));
}

Test(message_text, values_of_cbor) {
    uint16_t n = datagram_of(&(dd_node_request){.kind = DD_NODE_OVERRIDE,
                                                .level_pm = 650,
                                                .expires_ms = INT64_C(1596463800123),
                                                .clock_ms = INT64_C(1596463200000)});
    cr_assert(eq(str, (char *)response_text(n),
                 "datagram, lamp 17, CON POST /3416/0, id 4711, token 7, "
                 "3/13 current time 2020-08-03T14:00:00.000Z, 3416/1 command 650, "
                 "3416/51 manual override end 2020-08-03T14:10:00.123Z"));
}

Test(message_text, value_alone_has_the_paths_name) {
    uint16_t n =
        datagram_of(&(dd_node_request){.kind = DD_NODE_READ, .clock_ms = INT64_C(1596463200000)});
    cr_assert(eq(str, (char *)response_text(n),
                 "datagram, lamp 17, CON PUT /3/0/13, id 4711, token 7, "
                 "3/13 current time 2020-08-03T14:00:00.000Z"));
}

Test(message_text, reading) {
    dd_coap message = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 9);
    dd_reading reading = {.lamp = 3, .level_pm = 700, .power_mw = 41250, .voltage_dv = 2314};
    dd_lamp_write_reading(&message, body, &reading);
    uint16_t n = dd_coap_write(octets, sizeof octets, &message);
    dd_stimulus stimulus = {.kind = DD_STIMULUS_DATAGRAM, .lamp = 3, .octets = octets, .n = n};
    dd_stimulus_text(&stimulus, text, sizeof text);
    cr_assert(eq(str, text,
                 "datagram, lamp 3, ACK 2.05, id 9, 3416/2 command in action 700, "
                 "3418/1 supply voltage 2314, 3418/4 active power 41250, 3418/6 active energy 0"));
}

Test(message_text, what_is_no_coap) {
    octets[0] = 0xFF;
    octets[1] = 0x01;
    cr_assert(eq(str, (char *)response_text(2), "datagram, lamp 17, no CoAP ff01"));
}

// A payload that says CBOR and is none is shown whole, and nothing of the half that could be read.
Test(message_text, spoilt_cbor) {
    dd_coap message = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 9);
    static const uint8_t cut[] = {0xA1, 0x19, 0x0D, 0x58, 0xA2, 0x01, 0x05};
    message.content_format = DD_COAP_CBOR;
    message.payload = cut;
    message.payload_n = sizeof cut;
    uint16_t n = dd_coap_write(octets, sizeof octets, &message);
    cr_assert(eq(str, (char *)response_text(n),
                 "datagram, lamp 17, ACK 2.05, id 9, payload a1190d58a20105"));
}

Test(message_text, word) {
    dd_word word = {.kind = DD_WORD_EVENT,
                    .happening = DD_LAMP_POWER_LOW,
                    .lamp = 5,
                    .sequence = 12,
                    .value = -3,
                    .clock_ms = INT64_C(1596463200000)};
    uint8_t wire[DD_WIRE_MAX];
    dd_response response = {.kind = DD_RESPONSE_LINE, .octets = wire};
    response.n = (uint16_t)dd_wire_put_word(&word, wire);
    dd_response_text(&response, text, sizeof text);
    cr_assert(eq(str, text,
                 "line event, happening lampPowerTooLow, lamp 5, sequence 12, value -3, "
                 "clock_ms 2020-08-03T14:00:00.000Z"));
}

Test(message_text, order) {
    dd_order order = {.kind = DD_ORDER_OVERRIDE, .level_pm = 300, .number = 4, .lamp_n = 2};
    order.lamps[0] = 8;
    order.lamps[1] = 9;
    uint8_t wire[DD_WIRE_MAX];
    dd_stimulus stimulus = {.kind = DD_STIMULUS_LINE, .octets = wire};
    stimulus.n = (uint16_t)dd_wire_put_order(&order, wire);
    dd_stimulus_text(&stimulus, text, sizeof text);
    cr_assert(eq(str, text, "line override, level_pm 300, number 4, lamps[0] 8, lamps[1] 9"));
}

Test(message_text, cabinet) {
    dd_cabinet_inputs cabinet = {.door = true,
                                 .feeders[1] = {.live_phases = 7,
                                                .contactor = true,
                                                .meter = {.voltage_dv = {2301, 0, 2299}}}};
    dd_stimulus_text(&(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &cabinet}, text,
                     sizeof text);
    cr_assert(eq(str, text,
                 "cabinet on battery, door 1, feeder 2 live_phases 7, feeder 2 contactor 1, "
                 "feeder 2 L1 voltage_dv 2301, feeder 2 L3 voltage_dv 2299"));
}

Test(message_text, frame_and_its_messages) {
    Hil__Grant grant = HIL__GRANT__INIT;
    grant.step = 3;
    grant.uptime_us = 2000000;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.number = 12;
    frame.limit = 70;
    frame.control_case = HIL__FRAME__CONTROL_GRANT;
    frame.grant = &grant;
    dd_frame_text(&frame, text, sizeof text);
    cr_assert(eq(str, text, "grant, step 3, uptime_us 2000000, number 12, limit 70"));

    Hil__Outputs outputs = HIL__OUTPUTS__INIT;
    outputs.contactors = 3;
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_OUTPUTS;
    message.outputs = &outputs;
    dd_message_text(&message, false, text, sizeof text);
    cr_assert(eq(str, text, "outputs, contactors 3"));
}

// The same octets are an order to the board and a word from it.
Test(message_text, line_by_direction) {
    dd_order order = {.kind = DD_ORDER_POLL, .period_s = 600};
    uint8_t wire[DD_WIRE_MAX];
    Hil__Line line = HIL__LINE__INIT;
    line.octets.data = wire;
    line.octets.len = dd_wire_put_order(&order, wire);
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_LINE;
    message.line = &line;
    dd_message_text(&message, true, text, sizeof text);
    cr_assert(eq(str, text, "line poll, period_s 600"));
    dd_message_text(&message, false, text, sizeof text);
    cr_assert(ne(str, text, "line poll, period_s 600"));
}

Test(message_text, cut_where_it_does_not_fit) {
    uint16_t n = datagram_of(&(dd_node_request){.kind = DD_NODE_READ});
    dd_response response = {.kind = DD_RESPONSE_DATAGRAM, .lamp = 17, .octets = octets, .n = n};
    char room[20];
    memset(room, 'x', sizeof room);
    dd_response_text(&response, room, 16);
    cr_assert(eq(str, room, "datagram, la..."));
    cr_assert(eq(chr, room[16], 'x'));
}

// More than there is room for is said to be more, whatever it is.
Test(message_text, more_fields_than_room) {
    dd_word word = {.kind = DD_WORD_READINGS, .entry_n = DD_READINGS_MAX};
    for (int i = 0; i < DD_READINGS_MAX; i++)
        word.readings[i] = (dd_reading){(uint16_t)(i + 1), 1, 2, 3, 4, 5, 6, 7, 8};
    uint8_t wire[2 * DD_WIRE_MAX];
    size_t n = dd_wire_put_word(&word, wire);
    static dd_message_fields fields;
    dd_fields_init(&fields);
    dd_fields_add_word(&fields, wire, n);
    cr_assert(not(fields.more));
    const dd_message_field *last = dd_fields_find(&fields, "readings[9].current_ma");
    cr_assert(last && last->value == 8);
    for (int i = 0; i < 4; i++)
        dd_fields_add_word(&fields, wire, n);
    cr_assert(fields.more);
    cr_assert(eq(u16, fields.n, DD_FIELDS_MAX));
}
