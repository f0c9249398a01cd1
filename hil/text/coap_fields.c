// CoAP messages taken apart, and the CBOR that they carry.
#include "hil/text/message_fields.h"

#include "models/mesh/stack/coap/cbor.h"
#include "models/mesh/stack/coap/coap.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 8 }; // arrays and maps within one another; what lies deeper is passed over

// --- Resources, by the registry of the Open Mobile Alliance (models/mesh/stack/coap/*_object.h)
// ---

static const struct {
    const char *id, *name; // object and resource
    dd_unit unit;
} resources[] = {
    {"3/13", "current time", DD_UNIT_CLOCK_MS},
    {"5/3", "state", DD_UNIT_NUMBER},
    {"5/5", "update result", DD_UNIT_NUMBER},
    {"5/7", "package version", DD_UNIT_NUMBER},
    {"5/26241", "image tag", DD_UNIT_NUMBER},
    {"5/26242", "blocks missing", DD_UNIT_NUMBER},
    {"5/26243", "first missing blocks", DD_UNIT_NUMBER},
    {"3416/1", "command", DD_UNIT_LEVEL_PM},
    {"3416/2", "command in action", DD_UNIT_LEVEL_PM},
    {"3416/6", "lamp failure reason", DD_UNIT_NUMBER},
    {"3416/9", "relay failure", DD_UNIT_NUMBER},
    {"3416/11", "cycling failure", DD_UNIT_NUMBER},
    {"3416/12", "control gear communication failure", DD_UNIT_NUMBER},
    {"3416/13", "scheduler id", DD_UNIT_NUMBER},
    {"3416/22", "thermal derating", DD_UNIT_NUMBER},
    {"3416/25", "thermal shutdown", DD_UNIT_NUMBER},
    {"3416/49", "default fade time", DD_UNIT_NUMBER},
    {"3416/51", "manual override end", DD_UNIT_CLOCK_MS},
    {"3416/52", "manual override fade", DD_UNIT_NUMBER},
    {"3416/54", "manual override active", DD_UNIT_NUMBER},
    {"3418/1", "supply voltage", DD_UNIT_VOLTAGE_DV},
    {"3418/2", "supply current", DD_UNIT_NUMBER},
    {"3418/4", "active power", DD_UNIT_POWER_MW},
    {"3418/6", "active energy", DD_UNIT_ENERGY_WH},
    {"32769/0", "lamps", DD_UNIT_NUMBER},
};

// --- CBOR ---

// Adds the item that comes, and all that lies in it, under the path of its keys.
static void add_item(dd_message_fields *fields, dd_cbor_reader *reader, const char *path,
                     int depth);

// "3416/1 command" of what the path "3416/1" names.
static dd_unit name_of(const char *path, char name[static DD_FIELD_NAME]) {
    snprintf(name, DD_FIELD_NAME, "%s", path);
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        size_t n = strlen(resources[i].id);
        if (strncmp(path, resources[i].id, n) != 0 || (path[n] && path[n] != '[')) continue;
        snprintf(name, DD_FIELD_NAME, "%s %s%s", resources[i].id, resources[i].name, path + n);
        return resources[i].unit;
    }
    return DD_UNIT_NUMBER;
}

static void add_map(dd_message_fields *fields, dd_cbor_reader *reader, const char *path,
                    int depth) {
    for (uint16_t n = dd_cbor_get_map(reader); n > 0 && !reader->bad && !fields->more; n--) {
        char inner[DD_FIELD_NAME];
        if (dd_cbor_next(reader) == DD_CBOR_TEXT) {
            uint16_t text_n;
            const char *text = dd_cbor_get_text(reader, &text_n);
            snprintf(inner, sizeof inner, "%s%s%.*s", path, *path ? "/" : "", (int)text_n, text);
        } else {
            long long key = (long long)dd_cbor_get_int(reader, INT64_MIN, INT64_MAX);
            snprintf(inner, sizeof inner, "%s%s%lld", path, *path ? "/" : "", key);
        }
        add_item(fields, reader, inner, depth + 1);
    }
}

static void add_array(dd_message_fields *fields, dd_cbor_reader *reader, const char *path,
                      int depth) {
    uint16_t n = dd_cbor_get_array(reader);
    for (uint16_t i = 0; i < n && !reader->bad && !fields->more; i++) {
        char inner[DD_FIELD_NAME];
        snprintf(inner, sizeof inner, "%.32s[%u]", path, i);
        add_item(fields, reader, inner, depth + 1);
    }
}

static void add_item(dd_message_fields *fields, dd_cbor_reader *reader, const char *path,
                     int depth) {
    char name[DD_FIELD_NAME];
    dd_unit unit = name_of(path, name);
    uint16_t n;
    const void *octets;
    dd_cbor_type type = depth < DEPTH_MAX ? dd_cbor_next(reader) : DD_CBOR_TAG;
    switch (type) {
    case DD_CBOR_UINT:
        dd_fields_add(fields, name, unit, (int64_t)dd_cbor_get_uint(reader, UINT64_MAX));
        break;
    case DD_CBOR_NEGATIVE:
        dd_fields_add(fields, name, unit, dd_cbor_get_int(reader, INT64_MIN, INT64_MAX));
        break;
    case DD_CBOR_BYTES:
        octets = dd_cbor_get_bytes(reader, &n);
        if (!reader->bad) dd_fields_add_octets(fields, name, octets, n);
        break;
    case DD_CBOR_TEXT:
        octets = dd_cbor_get_text(reader, &n);
        if (!reader->bad) dd_fields_add_words(fields, name, "%.*s", (int)n, (const char *)octets);
        break;
    case DD_CBOR_ARRAY:
        add_array(fields, reader, path, depth);
        break;
    case DD_CBOR_MAP:
        add_map(fields, reader, path, depth);
        break;
    case DD_CBOR_TAG:
        dd_cbor_skip(reader);
        break;
    case DD_CBOR_SIMPLE: {
        const uint8_t *at = reader->at; // 0xF4 false, 0xF5 true, 0xF6 null (RFC 8949, 3.3)
        dd_cbor_skip(reader);
        if (!reader->bad) dd_fields_add(fields, name, unit, *at == 0xF5);
        break;
    }
    case DD_CBOR_NOTHING:
        reader->bad = true;
    }
}

// --- CoAP ---

// "/3416/0"; of a response: "".
static void path_text(const dd_coap *message, char *text, size_t size) {
    size_t n = 0;
    text[0] = 0;
    for (int i = 0; i < message->path_n && i < DD_COAP_PATH_MAX && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "/%.*s", message->path[i].n,
                              message->path[i].octets);
}

// "GET /3416/0", "2.05"; the key of what it is about.
static void add_code(dd_message_fields *fields, const dd_coap *message) {
    static const char *const methods[] = {"empty", "GET", "POST", "PUT", "DELETE"};
    char path[64];
    path_text(message, path, sizeof path);
    if (message->code < sizeof methods / sizeof *methods)
        dd_fields_add_plain(fields, "code", "%s%s%s", methods[message->code], *path ? " " : "",
                            path);
    else
        dd_fields_add_plain(fields, "code", "%d.%02d%s%s", message->code >> 5, message->code & 31,
                            *path ? " " : "", path);
    dd_fields_mark(fields);
}

static void add_block(dd_message_fields *fields, const char *name, const dd_coap_block *block) {
    if (!block->present) return;
    dd_fields_add_words(fields, name, "%u of %d octets%s", (unsigned)block->number,
                        16 << block->exponent, block->more ? ", more follow" : "");
}

static void add_options(dd_message_fields *fields, const dd_coap *message) {
    add_block(fields, "block1", &message->block1);
    add_block(fields, "block2", &message->block2);
    if (message->request_tag)
        dd_fields_add(fields, "request_tag", DD_UNIT_NUMBER, message->request_tag);
    if (message->size1) dd_fields_add(fields, "size1", DD_UNIT_NUMBER, message->size1);
    if (message->no_response)
        dd_fields_add(fields, "no_response", DD_UNIT_NUMBER, message->no_response);
    if (message->content_format != DD_COAP_NO_FORMAT && message->content_format != DD_COAP_CBOR)
        dd_fields_add(fields, "content_format", DD_UNIT_NUMBER, message->content_format);
    if (message->accept != DD_COAP_NO_FORMAT)
        dd_fields_add(fields, "accept", DD_UNIT_NUMBER, message->accept);
    if (message->critical)
        dd_fields_add(fields, "critical_option", DD_UNIT_NUMBER, message->critical);
}

// CBOR down to its values; what is only a block of something, or no CBOR, as octets. A value alone
// is that of the resource that the path "/3/0/13" names.
static void add_payload(dd_message_fields *fields, const dd_coap *message) {
    uint16_t n = fields->n, text_n = fields->text_n;
    bool block = message->block1.present && (message->block1.number || message->block1.more);
    if (message->content_format == DD_COAP_CBOR && !block) {
        char path[16] = "";
        const dd_coap_text *at = message->path;
        if (message->path_n == 3)
            snprintf(path, sizeof path, "%.*s/%.*s", at[0].n < 6 ? at[0].n : 6, at[0].octets,
                     at[2].n < 6 ? at[2].n : 6, at[2].octets);
        dd_cbor_reader reader = {.at = message->payload,
                                 .end = message->payload + message->payload_n};
        add_item(fields, &reader, path, 0);
        if (dd_cbor_done(&reader) || fields->more) return;
        fields->n = n;
        fields->text_n = text_n;
    }
    dd_fields_add_octets(fields, "payload", message->payload, message->payload_n);
}

void dd_fields_add_coap(dd_message_fields *fields, const uint8_t *octets, size_t n) {
    static const char *const types[] = {"CON", "NON", "ACK", "RST"};
    dd_coap message;
    if (!dd_coap_read(&message, octets, n)) {
        dd_fields_add_octets(fields, "no CoAP", octets, n);
        return;
    }
    dd_fields_add_plain(fields, "type", "%s", types[message.type & 3]);
    add_code(fields, &message);
    dd_fields_add(fields, "id", DD_UNIT_ID, message.id);
    int64_t token = 0;
    for (int i = 0; i < message.token_n; i++)
        token = (int64_t)((uint64_t)token << 8 | message.token[i]);
    if (message.token_n) dd_fields_add(fields, "token", DD_UNIT_ID, token);
    add_options(fields, &message);
    if (message.payload_n) add_payload(fields, &message);
}
