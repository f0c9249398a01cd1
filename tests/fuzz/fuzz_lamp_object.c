// An arbitrary CoAP message as a request to a lamp and as a reading of one. What is taken for one
// is within its bounds, and is the same again after another way there and back.
#include <string.h>

#include "models/mesh/stack/coap/lamp_object.h"
#include "tests/fuzz/bytes.h"

static void check_request(const dd_coap *message) {
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_light_calendar calendar, same;
    dd_node_request request = {.lamp = 3, .token = 4}, again = request;
    if (dd_lamp_read_request(&request, &calendar, message) != 0) return;
    must(request.lamp == 3 && request.token == 4 && request.level_pm <= 1000);
    must(request.kind <= DD_NODE_CALENDAR);
    if (request.kind == DD_NODE_NOTHING) return; // there is nothing to write
    must(request.kind != DD_NODE_CALENDAR || request.calendar == &calendar);
    must(request.kind != DD_NODE_CALENDAR || dd_light_calendar_valid(&calendar));
    dd_coap written = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 1);
    dd_lamp_write_request(&written, body, &request);
    must(dd_lamp_read_request(&again, &same, &written) == 0);
    if (request.kind == DD_NODE_CALENDAR) must(memcmp(&calendar, &same, sizeof same) == 0);
    request.calendar = again.calendar = NULL;
    must(memcmp(&request, &again, sizeof again) == 0);
}

static void check_reading(const dd_coap *message) {
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_reading reading, again;
    if (!dd_lamp_read_reading(&reading, message, 5)) return;
    must(reading.lamp == 5 && !(reading.flags & ~DD_READING_OVERRIDDEN));
    dd_coap written = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 1);
    dd_lamp_write_reading(&written, body, &reading);
    must(dd_lamp_read_reading(&again, &written, 5));
    must(memcmp(&reading, &again, sizeof again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dd_coap message;
    if (!dd_coap_read(&message, data, size)) return 0;
    check_request(&message);
    check_reading(&message);
    return 0;
}
