#include "models/mesh/stack/coap/firmware_object.h"

#include <string.h>

#include "models/mesh/stack/coap/cbor.h"

enum { FIRMWARE_UPDATE = 5, STATE = 3, RESULT = 5, VERSION = 7 }; // LwM2M
enum { TAG = 26241, MISSING = 26242, GAPS = 26243 };              // private use

// --- Paths ---

#define SEGMENT(text)                                                                              \
    { text, sizeof(text) - 1 }

typedef struct named {
    uint8_t kind; // dd_node_request_kind; PUT /fw is two of them
    uint8_t method;
    uint8_t n;
    dd_coap_text path[3];
} named;

static const named names[] = {
    {DD_NODE_OFFER, DD_COAP_PUT, 1, {SEGMENT("fw")}},
    {DD_NODE_STATUS, DD_COAP_GET, 2, {SEGMENT("5"), SEGMENT("0")}},
    {DD_NODE_APPLY, DD_COAP_POST, 3, {SEGMENT("5"), SEGMENT("0"), SEGMENT("2")}},
    {DD_NODE_CONFIRM, DD_COAP_POST, 2, {SEGMENT("fw"), SEGMENT("confirm")}},
    {DD_NODE_REVERT, DD_COAP_POST, 2, {SEGMENT("fw"), SEGMENT("revert")}},
};

enum { NAMES = sizeof names / sizeof *names };

static bool same(const named *name, const dd_coap *message) {
    if (name->n != message->path_n) return false;
    for (int i = 0; i < name->n; i++) {
        const dd_coap_text *a = &name->path[i], *b = &message->path[i];
        if (a->n != b->n || memcmp(a->octets, b->octets, a->n) != 0) return false;
    }
    return true;
}

static const named *name_of(const dd_coap *message) {
    for (int i = 0; i < NAMES; i++)
        if (same(&names[i], message)) return &names[i];
    return NULL;
}

bool dd_firmware_named(const dd_coap *message) {
    return name_of(message) != NULL;
}

// --- Requests ---

static void put_package(dd_coap *message, uint8_t *body, const dd_node_request *request) {
    const dd_node_package *package = &request->package;
    memcpy(body, package->octets, sizeof package->octets);
    message->payload = body;
    message->payload_n = package->n < sizeof package->octets ? package->n : sizeof package->octets;
    if (request->kind == DD_NODE_OFFER) return;
    message->request_tag = package->tag;
    message->block1 = (dd_coap_block){.present = true,
                                      .more = !package->last,
                                      .exponent = DD_COAP_BLOCK_EXPONENT,
                                      .number = package->block};
}

void dd_firmware_write_request(dd_coap *message, uint8_t body[static DD_FIRMWARE_BODY_MAX],
                               const dd_node_request *request) {
    bool carries = request->kind == DD_NODE_OFFER || request->kind == DD_NODE_BLOCK;
    const named *name = names;
    for (int i = 1; i < NAMES && !carries; i++)
        if (names[i].kind == request->kind) name = &names[i];
    message->code = name->method;
    message->path_n = name->n;
    memcpy(message->path, name->path, sizeof name->path);
    message->payload_n = 0;
    if (carries) put_package(message, body, request);
}

static uint8_t get_block(dd_node_request *request, const dd_coap *message) {
    const dd_coap_block *block = &message->block1;
    bool sizes = block->exponent == DD_COAP_BLOCK_EXPONENT && message->payload_n >= 1 &&
                 message->payload_n <= DD_NODE_BLOCK_OCTETS &&
                 (!block->more || message->payload_n == DD_NODE_BLOCK_OCTETS);
    if (!sizes || message->request_tag == 0) return DD_COAP_BAD_REQUEST;
    if (block->number >= DD_NODE_BLOCKS_MOST) return DD_COAP_TOO_LARGE;
    request->kind = DD_NODE_BLOCK;
    request->package = (dd_node_package){.tag = message->request_tag,
                                         .block = (uint16_t)block->number,
                                         .n = (uint8_t)message->payload_n,
                                         .last = !block->more};
    memcpy(request->package.octets, message->payload, message->payload_n);
    return 0;
}

static uint8_t get_offer(dd_node_request *request, const dd_coap *message) {
    if (message->payload_n != DD_IMAGE_HEADER) return DD_COAP_BAD_REQUEST;
    request->package.n = DD_IMAGE_HEADER;
    memcpy(request->package.octets, message->payload, DD_IMAGE_HEADER);
    return 0;
}

uint8_t dd_firmware_read_request(dd_node_request *request, const dd_coap *message) {
    const named *name = name_of(message);
    *request = (dd_node_request){.lamp = request->lamp, .token = request->token};
    memset(&request->package, 0, sizeof request->package);
    if (!name) return DD_COAP_NOT_FOUND;
    if (message->code != name->method) return DD_COAP_NOT_ALLOWED;
    request->kind = name->kind;
    if (name->kind == DD_NODE_OFFER)
        return message->block1.present ? get_block(request, message) : get_offer(request, message);
    return message->payload_n || message->block1.present ? DD_COAP_BAD_REQUEST : 0;
}

// --- How it stands ---

static void put_pair(dd_cbor_writer *writer, uint32_t key, uint32_t value) {
    dd_cbor_put_uint(writer, key);
    dd_cbor_put_uint(writer, value);
}

void dd_firmware_write_status(dd_coap *message, uint8_t body[static DD_FIRMWARE_BODY_MAX],
                              const dd_firmware_status *status) {
    dd_cbor_writer writer = {.octets = body, .room = DD_FIRMWARE_BODY_MAX};
    bool tagged = status->tag != 0;
    uint8_t gap_n = status->gap_n < DD_GAPS_MAX ? status->gap_n : DD_GAPS_MAX;
    dd_cbor_put_map(&writer, 1);
    dd_cbor_put_uint(&writer, FIRMWARE_UPDATE);
    dd_cbor_put_map(&writer, (uint16_t)(3 + tagged + 2 * (gap_n != 0)));
    put_pair(&writer, STATE, status->step);
    put_pair(&writer, RESULT, status->result);
    put_pair(&writer, VERSION, status->version);
    if (tagged) put_pair(&writer, TAG, status->tag);
    if (gap_n) {
        put_pair(&writer, MISSING, status->missing_n);
        dd_cbor_put_uint(&writer, GAPS);
        dd_cbor_put_array(&writer, gap_n);
        for (uint8_t i = 0; i < gap_n; i++)
            dd_cbor_put_uint(&writer, status->gaps[i]);
    }
    message->content_format = DD_COAP_CBOR;
    message->payload = body;
    message->payload_n = writer.n;
}

enum { HAS_STATE = 1, HAS_RESULT = 2, HAS_VERSION = 4, HAS_NEEDED = 7 };
enum { HAS_TAG = 8, HAS_MISSING = 16, HAS_GAPS = 32 };

// Notes that a resource has come; twice is once too often.
static void note(uint8_t *seen, uint8_t resource, dd_cbor_reader *reader) {
    reader->bad |= (*seen & resource) != 0;
    *seen |= resource;
}

// They rise, so none comes twice.
static void get_gaps(dd_firmware_status *status, dd_cbor_reader *reader) {
    uint16_t n = dd_cbor_get_array(reader);
    reader->bad |= n == 0 || n > DD_GAPS_MAX;
    for (uint16_t i = 0; i < n && !reader->bad; i++) {
        status->gaps[i] = (uint16_t)dd_cbor_get_uint(reader, DD_NODE_BLOCKS_MOST - 1);
        reader->bad |= i > 0 && status->gaps[i] <= status->gaps[i - 1];
        status->gap_n++;
    }
}

static void get_resource(dd_firmware_status *status, uint8_t *seen, dd_cbor_reader *reader) {
    switch (dd_cbor_get_uint(reader, UINT16_MAX)) {
    case STATE:
        note(seen, HAS_STATE, reader);
        status->step = (uint8_t)dd_cbor_get_uint(reader, DD_STEP_UPDATING);
        break;
    case RESULT:
        note(seen, HAS_RESULT, reader);
        status->result = (uint8_t)dd_cbor_get_uint(reader, DD_RESULTS - 1);
        break;
    case VERSION:
        note(seen, HAS_VERSION, reader);
        status->version = (uint32_t)dd_cbor_get_uint(reader, UINT32_MAX);
        break;
    case TAG:
        note(seen, HAS_TAG, reader);
        status->tag = (uint16_t)dd_cbor_get_uint(reader, UINT16_MAX);
        break;
    case MISSING:
        note(seen, HAS_MISSING, reader);
        status->missing_n = (uint16_t)dd_cbor_get_uint(reader, DD_NODE_BLOCKS_MOST);
        break;
    case GAPS:
        note(seen, HAS_GAPS, reader);
        get_gaps(status, reader);
        break;
    default:
        dd_cbor_skip(reader);
    }
}

bool dd_firmware_read_status(dd_firmware_status *status, const dd_coap *message) {
    memset(status, 0, sizeof *status);
    uint8_t seen = 0;
    dd_cbor_reader reader = {.at = message->payload, .end = message->payload + message->payload_n};
    if (message->content_format != DD_COAP_CBOR || message->payload_n == 0) return false;
    for (uint16_t i = dd_cbor_get_map(&reader); i > 0 && !reader.bad; i--) {
        bool ours = dd_cbor_get_uint(&reader, UINT16_MAX) == FIRMWARE_UPDATE;
        if (!ours) dd_cbor_skip(&reader);
        for (uint16_t j = ours ? dd_cbor_get_map(&reader) : 0; j > 0 && !reader.bad; j--)
            get_resource(status, &seen, &reader);
    }
    bool gaps = seen & HAS_GAPS, missing = seen & HAS_MISSING;
    return dd_cbor_done(&reader) && (seen & HAS_NEEDED) == HAS_NEEDED && gaps == missing &&
           status->gap_n <= status->missing_n && (status->tag || !gaps);
}
