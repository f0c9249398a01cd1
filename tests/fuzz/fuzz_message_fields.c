// Arbitrary octets as what a board may have said: taken apart, shown, and compared. What is shown
// is text and ends where it should; a message is always like itself.
#include <string.h>

#include "hil/shadow/difference.h"
#include "hil/text/message_text.h"
#include "tests/fuzz/bytes.h"

static void check_text(const char *text, size_t size) {
    must(memchr(text, 0, size) != NULL);
    for (; *text; text++)
        must(*text != '\n' && *text != '\r' && *text != '\x1b');
}

static void check_fields(const dd_message_fields *fields) {
    char text[300];
    must(fields->n <= DD_FIELDS_MAX && fields->text_n <= DD_FIELDS_TEXT);
    for (uint16_t i = 0; i < fields->n; i++) {
        const dd_message_field *field = &fields->fields[i];
        must(memchr(field->name, 0, sizeof field->name) != NULL && field->text < DD_FIELDS_TEXT);
        must(dd_fields_find(fields, field->name) != NULL);
    }
    dd_fields_text(fields, text, sizeof text);
    check_text(text, sizeof text);
}

static void check_response(uint8_t kind, const uint8_t *data, size_t size) {
    static const dd_tolerance strict = {.ids = true};
    dd_response response = {.kind = kind, .lamp = 3, .octets = data, .n = (uint16_t)size};
    dd_difference difference;
    must(dd_compare_responses(&response, &response, &strict, &difference) == DD_LIKE_SAME);
    dd_response other = response;
    other.n = (uint16_t)(size / 2);
    dd_compare_responses(&response, &other, &strict, &difference);
    dd_compare_responses(&other, &response, &strict, &difference);
}

static void check_frame(const uint8_t *data, size_t size) {
    static char text[1024];
    Hil__Frame *frame = hil__frame__unpack(NULL, size, data);
    if (!frame) return;
    dd_frame_text(frame, text, sizeof text);
    check_text(text, sizeof text);
    for (size_t i = 0; i < frame->n_messages; i++) {
        dd_message_text(frame->messages[i], data[0] & 1, text, sizeof text);
        check_text(text, sizeof text);
    }
    hil__frame__free_unpacked(frame, NULL);
}

// The first octet says as what.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static dd_message_fields fields;
    if (size < 1 || size > 1024) return 0;
    uint8_t what = *data % 5;
    data++, size--;
    dd_fields_init(&fields);
    if (what == 0) dd_fields_add_coap(&fields, data, size);
    if (what == 1) dd_fields_add_word(&fields, data, size);
    if (what == 2) dd_fields_add_order(&fields, data, size);
    if (what == 3) dd_fields_add_air(&fields, data, size);
    check_fields(&fields);
    if (what == 0) check_response(DD_RESPONSE_DATAGRAM, data, size);
    if (what == 1) check_response(DD_RESPONSE_LINE, data, size);
    if (what == 3) check_response(DD_RESPONSE_AIR, data, size);
    if (what == 4 && size) check_frame(data, size);
    return 0;
}
