// What a lamp offers by CoAP: requests and readings there and back, their cost in octets, and how
// tshark reads them.
#define _POSIX_C_SOURCE 200809L // mkstemp, popen
#include "engine/random.h"
#include "models/mesh/stack/coap/lamp_object.h"
#include "models/mesh/stack/lowpan/iphc.h"
#include "models/mesh/stack/mac/frame.h"
#include "tests/any_calendar.h"
#include "tests/dissector.h"

#include <criterion/new/assert.h>
#include <string.h>

static const int64_t clock_ms = 1596448800123; // 2020-08-03 17:00 at Bến Tre

static uint64_t draw_n;

static uint32_t draw(uint32_t n) {
    return dd_uniform(dd_random(1, 2, 5, draw_n++).v[0], n);
}

static dd_light_calendar given;

static dd_lamp_set any_lamps(void) {
    dd_lamp_set lamps = {0};
    dd_lamp_set_add(&lamps, 7);
    for (uint32_t n = draw(100); n > 0; n--)
        dd_lamp_set_add(&lamps, (uint16_t)(1 + draw(DD_SEGMENT_LAMPS_MAX)));
    return lamps;
}

static dd_node_request any_request(void) {
    dd_node_request request = {.lamp = 7, .kind = (uint8_t)(1 + draw(4)), .token = 9};
    if (draw(2) && request.kind != DD_NODE_CALENDAR) request.clock_ms = clock_ms + draw(1000000);
    if (request.kind == DD_NODE_OVERRIDE) {
        request.level_pm = (uint16_t)draw(1001);
        if (draw(2)) request.expires_ms = 1 + (int64_t)draw(UINT32_MAX) * draw(1000);
        if (draw(2)) request.ramp.to_s = (uint16_t)draw(65536);
        if (draw(2)) request.ramp.from_s = (uint16_t)draw(65536);
    }
    if (request.kind != DD_NODE_READ && draw(2)) request.lamps = any_lamps();
    if (request.kind == DD_NODE_CALENDAR) {
        given = any_calendar(draw, 2 * DD_DAY_S);
        request.calendar = &given;
    }
    return request;
}

// As it crosses the air: written, and read again.
static dd_coap carried(const dd_coap *message, uint8_t octets[1024], uint16_t *n) {
    dd_coap read;
    *n = dd_coap_write(octets, 1024, message);
    cr_assert(dd_coap_read(&read, octets, *n)); // 0 octets are no message
    return read;
}

static dd_coap asked(const dd_node_request *request, uint8_t octets[1024], uint16_t *n) {
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_coap message = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 0x1234);
    message.token_n = 1;
    dd_lamp_write_request(&message, body, request);
    return carried(&message, octets, n);
}

Test(lamp_object, requests_there_and_back) {
    uint8_t octets[1024];
    for (int i = 0; i < 20000; i++) {
        uint16_t n;
        dd_node_request request = any_request(), back = {.lamp = 7, .token = 9};
        dd_coap message = asked(&request, octets, &n);
        dd_light_calendar calendar = {0};
        cr_assert(eq(u8, dd_lamp_read_request(&back, &calendar, &message), 0), "%d", i);
        if (request.kind == DD_NODE_CALENDAR) {
            cr_assert(back.calendar == &calendar);
            cr_assert(memcmp(&calendar, &given, sizeof given) == 0, "calendar %d", i);
            back.calendar = &given;
        }
        cr_assert(memcmp(&request, &back, sizeof back) == 0, "request %d of kind %u", i,
                  request.kind);
    }
}

static dd_reading any_reading(void) {
    return (dd_reading){.lamp = 7,
                        .level_pm = (uint16_t)draw(65536),
                        .power_mw = draw(2) ? draw(150000) : draw(UINT32_MAX),
                        .voltage_dv = (uint16_t)draw(65536),
                        .energy_wh = (uint16_t)draw(65536),
                        .calendar_id = draw(2) ? draw(30) : draw(UINT32_MAX),
                        .flags = draw(2) ? DD_READING_OVERRIDDEN : 0,
                        .gear = (uint8_t)(draw(2) ? draw(128) : 0),
                        .current_ma = (uint16_t)(draw(4) ? draw(65536) : 0)};
}

static dd_coap told(const dd_reading *reading, uint8_t octets[1024], uint16_t *n) {
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_coap message = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 0x1234);
    message.token_n = 1;
    dd_lamp_write_reading(&message, body, reading);
    return carried(&message, octets, n);
}

static dd_coap reported(const dd_reading *reading, uint8_t octets[1024], uint16_t *n) {
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_coap message = dd_coap_make(DD_COAP_NON, DD_COAP_EMPTY, 0x1234);
    dd_lamp_write_report(&message, body, reading);
    return carried(&message, octets, n);
}

Test(lamp_object, readings_there_and_back) {
    uint8_t octets[1024];
    for (int i = 0; i < 20000; i++) {
        uint16_t n;
        dd_reading reading = any_reading(), back;
        dd_coap message = i % 2 ? told(&reading, octets, &n) : reported(&reading, octets, &n);
        cr_assert(dd_lamp_read_reading(&back, &message, 7));
        cr_assert(memcmp(&reading, &back, sizeof back) == 0, "reading %d", i);
    }
}

// Over 25 hops every octet is sent 25 times.
Test(lamp_object, what_messages_cost) {
    uint8_t octets[1024];
    uint16_t n;
    dd_reading reading = {.level_pm = 700,
                          .power_mw = 54321,
                          .voltage_dv = 2203,
                          .energy_wh = 40000,
                          .calendar_id = 7};
    told(&reading, octets, &n);
    cr_expect(eq(u16, n, 35));
    reading.current_ma = 250;
    told(&reading, octets, &n);
    cr_expect(eq(u16, n, 38));
    reading.current_ma = 350; // of 75 W
    told(&reading, octets, &n);
    cr_expect(eq(u16, n, 39));
    reading.power_mw = 75000;
    reading.calendar_id = UINT32_MAX;
    reading.flags = DD_READING_OVERRIDDEN;
    told(&reading, octets, &n);
    cr_expect(eq(u16, n, 48), "the longest of a lamp that is well");
    reading.gear = DD_GEAR_SILENT | DD_GEAR_RELAY;
    told(&reading, octets, &n);
    cr_expect(eq(u16, n, 52));
    reading.gear = 127;
    dd_coap longest = told(&reading, octets, &n);
    cr_expect(eq(u16, n, 61));
    cr_expect(le(u16, longest.payload_n, DD_LAMP_BODY_MAX));
    reading.calendar_id = 7;
    reading.gear = reading.flags = 0;
    reported(&reading, octets, &n);
    cr_expect(eq(u16, n, 43));
    dd_node_request request = {.kind = DD_NODE_READ};
    asked(&request, octets, &n);
    cr_expect(eq(u16, n, 12));
    request.clock_ms = clock_ms;
    asked(&request, octets, &n);
    cr_expect(eq(u16, n, 24));
    request.kind = DD_NODE_RESUME;
    asked(&request, octets, &n);
    cr_expect(eq(u16, n, 35));
    request = (dd_node_request){.lamp = 7, .kind = DD_NODE_OVERRIDE, .lamps = any_lamps()};
    dd_lamp_set_add(&request.lamps, DD_SEGMENT_LAMPS_MAX);
    request.level_pm = 1000;
    request.expires_ms = clock_ms;
    dd_coap group = asked(&request, octets, &n);
    cr_expect(le(u16, group.payload_n, DD_COAP_BLOCK), "to some of all, in one frame");
    given = full_calendar();
    request = (dd_node_request){.lamp = 7, .kind = DD_NODE_CALENDAR, .calendar = &given};
    request.lamps = any_lamps();
    dd_lamp_set_add(&request.lamps, DD_SEGMENT_LAMPS_MAX);
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_coap longest_calendar = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 1);
    dd_lamp_write_request(&longest_calendar, body, &request);
    dd_light_calendar back;
    cr_expect(gt(u16, longest_calendar.payload_n, DD_LAMP_BODY_MAX - 64), "%u",
              longest_calendar.payload_n);
    cr_expect(eq(u8, dd_lamp_read_request(&request, &back, &longest_calendar), 0), "all of it");
}

Test(lamp_object, what_is_for_others) {
    uint8_t octets[1024];
    uint16_t n;
    dd_light_calendar calendar;
    given = any_calendar(draw, 1000);
    for (uint8_t kind = DD_NODE_OVERRIDE; kind <= DD_NODE_CALENDAR; kind++) {
        dd_node_request request = {.kind = kind, .calendar = &given, .level_pm = 500};
        dd_lamp_set_add(&request.lamps, 8);
        given.rule_n = given.program_n = 1;
        dd_light_calendar_seal(&given);
        dd_coap message = asked(&request, octets, &n);
        for (uint16_t lamp = 7; lamp <= 9; lamp++) {
            dd_node_request back = {.lamp = lamp};
            cr_expect(eq(u8, dd_lamp_read_request(&back, &calendar, &message), 0));
            cr_expect(eq(u8, back.kind, lamp == 8 ? kind : DD_NODE_NOTHING));
        }
    }
}

// --- What a lamp refuses ---

static dd_coap request_of(dd_coap_code method, int path_n, const char *const *path,
                          const char *payload, size_t n) {
    dd_coap message = dd_coap_make(DD_COAP_CON, method, 1);
    for (int i = 0; i < path_n; i++)
        message.path[message.path_n++] = (dd_coap_text){path[i], (uint8_t)strlen(path[i])};
    message.payload = (const uint8_t *)payload;
    message.payload_n = (uint16_t)n;
    if (n > 0) message.content_format = DD_COAP_CBOR;
    return message;
}

static const char *const lamp_path[] = {"3416", "0", "9", "9"},
                         *const time_path[] = {"3", "0", "13"},
                         *const calendar_path[] = {"calendar"};

#define ID "\x39\xf4\x84\xac" // of the calendar below

#define REQUEST(method, path, path_n, payload)                                                     \
    request_of(method, path_n, path, payload, sizeof(payload) - 1)

static void expect_error(dd_coap message, uint8_t error) {
    dd_node_request request = {0};
    dd_light_calendar calendar;
    cr_expect(eq(u8, dd_lamp_read_request(&request, &calendar, &message), error), "%zu",
              (size_t)message.payload_n);
}

Test(lamp_object, what_is_refused) {
    expect_error(REQUEST(DD_COAP_GET, lamp_path, 2, ""), 0);
    expect_error(REQUEST(DD_COAP_GET, lamp_path, 1, ""), DD_COAP_NOT_FOUND);
    expect_error(REQUEST(DD_COAP_GET, lamp_path, 3, ""), DD_COAP_NOT_FOUND);
    expect_error(REQUEST(DD_COAP_GET, lamp_path + 1, 2, ""), DD_COAP_NOT_FOUND);
    expect_error(REQUEST(DD_COAP_PUT, lamp_path, 2, "\x01"), DD_COAP_NOT_ALLOWED);
    expect_error(REQUEST(DD_COAP_GET, time_path, 3, ""), DD_COAP_NOT_ALLOWED);
    expect_error(REQUEST(DD_COAP_POST, calendar_path, 1, "\x01"), DD_COAP_NOT_ALLOWED);
    // {3416: {1: 500}}, with what is wrong with it
    expect_error(REQUEST(DD_COAP_POST, lamp_path, 2, "\xa1\x19\x0d\x58\xa1\x01\x19\x01\xf4"), 0);
    expect_error(REQUEST(DD_COAP_POST, lamp_path, 2, "\xa1\x19\x0d\x58\xa1\x01\x19\x03\xe9"),
                 DD_COAP_BAD_REQUEST); // a level of 1001
    expect_error(REQUEST(DD_COAP_POST, lamp_path, 2, "\xa1\x19\x0d\x58\xa1\x01\x19\x01\xf4\x00"),
                 DD_COAP_BAD_REQUEST); // something behind it
    expect_error(REQUEST(DD_COAP_POST, lamp_path, 2, "\xa1\x19\x0d\x58\xa2\x01\x05\x01\x05"),
                 DD_COAP_BAD_REQUEST); // twice
    expect_error(REQUEST(DD_COAP_POST, lamp_path, 2, "\xa1\x19\x0d\x58\xa2\x01\x05\x18\x33\x00"),
                 DD_COAP_BAD_REQUEST); // an override that ends override
    expect_error(REQUEST(DD_COAP_POST, lamp_path, 2, "\xa1\x19\x0d\x58\xa1\x18\x33\x05"),
                 DD_COAP_BAD_REQUEST); // an end without a level
    expect_error(REQUEST(DD_COAP_POST, lamp_path, 2, "\xa0"), DD_COAP_BAD_REQUEST);
    expect_error(REQUEST(DD_COAP_POST, lamp_path, 2, ""), DD_COAP_BAD_FORMAT);
    expect_error(REQUEST(DD_COAP_PUT, time_path, 3, "\x00"), DD_COAP_BAD_REQUEST);
    // {0: id, 1: [[[0, 0, 0]]], 3: 1}, with what is wrong with it
    expect_error(REQUEST(DD_COAP_PUT, calendar_path, 1,
                         "\xa3\x00\x1a" ID "\x01\x81\x81\x83\x00\x00\x00\x03\x01"),
                 0);
    expect_error(REQUEST(DD_COAP_PUT, calendar_path, 1,
                         "\xa3\x00\x1a" ID "\x01\x81\x81\x83\x00\x01\x00\x03\x01"),
                 DD_COAP_BAD_REQUEST); // it does not say what its id is the sum of
    expect_error(REQUEST(DD_COAP_PUT, calendar_path, 1, "\xa1\x00\x07"), DD_COAP_BAD_REQUEST);
    expect_error(REQUEST(DD_COAP_PUT, calendar_path, 1,
                         "\xa3\x00\x1a" ID "\x01\x81\x81\x83\x03\x00\x00\x03\x01"),
                 DD_COAP_BAD_REQUEST); // an unknown reference
    expect_error(REQUEST(DD_COAP_PUT, calendar_path, 1,
                         "\xa3\x00\x1a" ID "\x01\x81\x81\x82\x00\x00\x03\x01"),
                 DD_COAP_BAD_REQUEST); // a point without offset
    expect_error(REQUEST(DD_COAP_PUT, calendar_path, 1,
                         "\xa3\x00\x1a" ID "\x01\x81\x81\x83\x00\x00\x00\x03\x02"),
                 DD_COAP_BAD_REQUEST); // a default that there is not
    dd_coap text = REQUEST(DD_COAP_POST, lamp_path, 2, "\xa1\x19\x0d\x58\xa1\x01\x05");
    text.content_format = 0;
    expect_error(text, DD_COAP_BAD_FORMAT);
    dd_coap xml = REQUEST(DD_COAP_GET, lamp_path, 2, "");
    xml.accept = 41;
    expect_error(xml, DD_COAP_NOT_ACCEPTABLE);
}

// Another maker's lamp says more, in another order; what is needed must be there.
Test(lamp_object, resources_that_are_not_known_are_read_over) {
    static const uint8_t
        more[] = // {3411: {1: "x"}, 3418: {29: 1.5, 6: 3, 4: 2, 1: 1}, 3416: {2: 0}}
        "\xa3\x19\x0d\x53\xa1\x01\x61x\x19\x0d\x5a\xa4\x18\x1d\xf9\x3e\x00\x06\x03\x04\x02\x01\x01"
        "\x19\x0d\x58\xa1\x02\x00";
    dd_coap message = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 1);
    message.content_format = DD_COAP_CBOR;
    message.payload = more;
    message.payload_n = sizeof more - 1;
    dd_reading reading;
    cr_assert(dd_lamp_read_reading(&reading, &message, 3));
    cr_expect(reading.lamp == 3 && reading.voltage_dv == 1 && reading.power_mw == 2 &&
              reading.energy_wh == 3);
    message.payload_n -= 2; // the level is missing
    cr_expect(not(dd_lamp_read_reading(&reading, &message, 3)));
}

// --- tshark ---

enum { PAN = 0x2BAD, SHOWN_MAX = 400 };

static char lines[SHOWN_MAX][DD_DISSECTED_MAX];

// CoAP in UDP in 6LoWPAN in a frame, from lamp 7 or to it.
static void add(dd_dissector *dissector, const uint8_t *payload, uint16_t n, bool up) {
    static const dd_prefix prefix = {{0xFD, 0x42, 0xE4, 0xBF, 0x6F, 0x5D, 0x2B, 0xAD}};
    uint16_t source = up ? 7 : 0, destination = up ? 0 : 7;
    dd_datagram datagram = {.source = dd_ipv6_link_local(source),
                            .destination = dd_ipv6_link_local(destination),
                            .hop_limit = 64,
                            .protocol = DD_UDP,
                            .source_port = DD_COAP_PORT,
                            .destination_port = DD_COAP_PORT,
                            .payload = payload,
                            .payload_n = n};
    datagram.checksum = dd_datagram_checksum(&datagram);
    uint8_t octets[DD_FRAME_MAX];
    uint8_t at = dd_frame_open(octets, &(dd_frame){.type = DD_FRAME_DATA,
                                                   .sequence = (uint8_t)dissector->frame_n,
                                                   .pan = PAN,
                                                   .source = source,
                                                   .destination = destination});
    uint8_t headers = dd_iphc_write(octets + at, DD_FRAME_MAX - DD_FCS - at, &datagram,
                                    &(dd_lowpan_link){source, destination, prefix});
    cr_assert(headers > 0 && at + headers + n + DD_FCS <= DD_FRAME_MAX);
    memcpy(octets + at + headers, payload, n);
    dd_dissector_add(dissector, octets, dd_frame_close(octets, (uint8_t)(at + headers + n)));
}

static void expect_line(uint32_t line, const char *text) {
    cr_expect(strcmp(lines[line], text) == 0, "frame %u: \"%s\", not \"%s\"", line + 1, lines[line],
              text);
}

// All whole numbers in the order they are sent: keys rise, and what is not so is left out.
static void expect_reading(char *text, const dd_reading *reading) {
    unsigned reason = (reading->gear & DD_GEAR_OPEN) / DD_GEAR_OPEN +
                      2u * ((reading->gear & DD_GEAR_SHORT) / DD_GEAR_SHORT);
    text += sprintf(text, "- 69 application/cbor 3416,2,%u", reading->level_pm);
    if (reason) text += sprintf(text, ",6,%u", reason);
    if (reading->gear & DD_GEAR_RELAY) text += sprintf(text, ",9");
    if (reading->gear & DD_GEAR_CYCLING) text += sprintf(text, ",11");
    if (reading->gear & DD_GEAR_SILENT) text += sprintf(text, ",12");
    if (reading->calendar_id) text += sprintf(text, ",13,%u", reading->calendar_id);
    if (reading->gear & DD_GEAR_DERATED) text += sprintf(text, ",22");
    if (reading->gear & DD_GEAR_HOT) text += sprintf(text, ",25");
    if (reading->flags) text += sprintf(text, ",54");
    text += sprintf(text, ",3418,1,%u", reading->voltage_dv);
    if (reading->current_ma) text += sprintf(text, ",2,%u", reading->current_ma);
    sprintf(text, ",4,%u,6,%u", reading->power_mw, reading->energy_wh);
}

Test(lamp_object, tshark_reads_them) {
    uint8_t octets[1024];
    uint16_t n;
    char expected[SHOWN_MAX][128];
    dd_dissector dissector = dd_dissector_open();
    for (uint32_t i = 0; i < SHOWN_MAX; i++) {
        if (i % 2 == 0) {
            dd_reading reading = any_reading();
            told(&reading, octets, &n);
            expect_reading(expected[i], &reading);
        } else {
            dd_node_request request = {.kind = DD_NODE_OVERRIDE,
                                       .level_pm = (uint16_t)draw(1001),
                                       .expires_ms = clock_ms + 3600000,
                                       .clock_ms = clock_ms};
            asked(&request, octets, &n);
            sprintf(expected[i], "- 2 application/cbor 3,13,%lld,3416,1,%u,51,%lld",
                    (long long)clock_ms, request.level_pm, (long long)request.expires_ms);
        }
        add(&dissector, octets, n, i % 2 == 0);
    }
    static const char *const fields[] = {"_ws.malformed", "coap.code", "coap.opt.ctype",
                                         "cbor.type.uint"};
    dd_dissector_close(&dissector, "", fields, DD_COUNT(fields), lines);
    for (uint32_t i = 0; i < SHOWN_MAX; i++)
        expect_line(i, expected[i]);
}
