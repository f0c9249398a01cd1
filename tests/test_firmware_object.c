// What a node's firmware offers by CoAP: requests and answers there and back, their cost in octets.
#include "engine/random.h"
#include "models/mesh/stack/coap/coap_server.h"
#include "models/mesh/stack/coap/firmware_object.h"

#include <cbor.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static uint64_t draw_n;

static uint32_t draw(uint32_t n) {
    return dd_uniform(dd_random(1, 2, 6, draw_n++).v[0], n);
}

static dd_node_request any_request(void) {
    dd_node_request request = {.lamp = 7, .token = 9};
    memset(&request.package, 0, sizeof request.package);
    request.kind = (uint8_t)(DD_NODE_OFFER + draw(DD_NODE_REVERT - DD_NODE_OFFER + 1));
    dd_node_package *package = &request.package;
    if (request.kind == DD_NODE_OFFER) package->n = DD_IMAGE_HEADER;
    if (request.kind == DD_NODE_BLOCK) {
        package->last = draw(2);
        package->n = package->last ? (uint8_t)(1 + draw(64)) : 64;
        package->block = (uint16_t)draw(DD_NODE_BLOCKS_MOST);
        package->tag = (uint16_t)(1 + draw(0xFFFF));
    }
    for (int i = 0; i < package->n; i++)
        package->octets[i] = (uint8_t)draw(256);
    return request;
}

static dd_firmware_status any_status(void) {
    dd_firmware_status status = {.version = draw(UINT32_MAX),
                                 .step = (uint8_t)draw(4),
                                 .result = (uint8_t)draw(DD_RESULTS),
                                 .tag = (uint16_t)draw(0x10000)};
    if (!status.tag) return status;
    status.gap_n = (uint8_t)draw(DD_GAPS_MAX + 1);
    for (int i = 0; i < status.gap_n; i++)
        status.gaps[i] = (uint16_t)((i ? status.gaps[i - 1] : 0) + 1 + draw(300));
    if (status.gap_n) status.missing_n = (uint16_t)(status.gap_n + draw(1000));
    return status;
}

// As it crosses the air: written, and read again.
static dd_coap carried(const dd_coap *message, uint8_t octets[512], uint16_t *n) {
    dd_coap read;
    *n = dd_coap_write(octets, 512, message);
    cr_assert(dd_coap_read(&read, octets, *n));
    return read;
}

Test(firmware_object, requests_there_and_back) {
    uint8_t octets[512], body[DD_FIRMWARE_BODY_MAX];
    for (int i = 0; i < 20000; i++) {
        uint16_t n;
        dd_node_request request = any_request(), again = {.lamp = 7, .token = 9};
        dd_coap message = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 0x1234);
        dd_firmware_write_request(&message, body, &request);
        dd_coap read = carried(&message, octets, &n);
        cr_assert_eq(dd_firmware_read_request(&again, &read), 0);
        cr_assert_eq(memcmp(&request, &again, sizeof again), 0, "kind %d", request.kind);
    }
}

Test(firmware_object, answers_there_and_back) {
    uint8_t octets[512], body[DD_FIRMWARE_BODY_MAX];
    for (int i = 0; i < 20000; i++) {
        uint16_t n;
        dd_firmware_status status = any_status(), again;
        dd_coap message = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 1);
        dd_firmware_write_status(&message, body, &status);
        dd_coap read = carried(&message, octets, &n);
        cr_assert(n <= DD_COAP_DATAGRAM_MAX, "%d octets", n);
        cr_assert(dd_firmware_read_status(&again, &read));
        cr_assert_eq(memcmp(&status, &again, sizeof again), 0);
    }
}

// libcbor reads what we write.
Test(firmware_object, answers_are_cbor) {
    uint8_t body[DD_FIRMWARE_BODY_MAX];
    dd_firmware_status status = {.version = 21,
                                 .step = DD_STEP_DOWNLOADING,
                                 .tag = 0x1234,
                                 .missing_n = 700,
                                 .gap_n = 2,
                                 .gaps = {3, 4095}};
    dd_coap message = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 1);
    dd_firmware_write_status(&message, body, &status);
    struct cbor_load_result result;
    cbor_item_t *item = cbor_load(message.payload, message.payload_n, &result);
    cr_assert(item && result.error.code == CBOR_ERR_NONE && result.read == message.payload_n);
    cr_assert_eq(cbor_map_size(item), 1);
    struct cbor_pair object = cbor_map_handle(item)[0];
    cr_expect_eq(cbor_get_int(object.key), 5);
    const uint64_t keys[] = {3, 5, 7, 26241, 26242, 26243}, values[] = {1, 0, 21, 0x1234, 700};
    cr_assert_eq(cbor_map_size(object.value), 6);
    for (size_t i = 0; i < 6; i++) {
        struct cbor_pair pair = cbor_map_handle(object.value)[i];
        cr_expect_eq(cbor_get_int(pair.key), keys[i]);
        if (i < 5) cr_expect_eq(cbor_get_int(pair.value), values[i]);
    }
    cr_expect_eq(cbor_array_size(cbor_map_handle(object.value)[5].value), 2);
    cbor_decref(&item);
}

// With headers of 25 octets (6LoWPAN, MPL, UDP) a block has 82 in a secured frame, 91 else.
Test(firmware_object, a_block_fits_a_secured_frame) {
    uint8_t octets[512], body[DD_FIRMWARE_BODY_MAX];
    uint16_t n;
    dd_node_request request = {.kind = DD_NODE_BLOCK};
    request.package = (dd_node_package){.tag = 0xFFFF, .block = DD_NODE_BLOCKS_MOST - 1, .n = 64};
    dd_coap message = dd_coap_make(DD_COAP_NON, DD_COAP_EMPTY, 1);
    dd_firmware_write_request(&message, body, &request);
    carried(&message, octets, &n);
    cr_expect_eq(n, 80);
}

Test(firmware_object, what_makes_no_sense_is_refused) {
    uint8_t body[DD_FIRMWARE_BODY_MAX];
    dd_node_request request = {.kind = DD_NODE_BLOCK}, read;
    request.package = (dd_node_package){.tag = 7, .block = 5, .n = 64};
    dd_coap message = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 1);
    dd_firmware_write_request(&message, body, &request);
    dd_coap other = message;
    other.request_tag = 0;
    cr_expect_eq(dd_firmware_read_request(&read, &other), DD_COAP_BAD_REQUEST, "of which image");
    other = message;
    other.block1.exponent = 3;
    cr_expect_eq(dd_firmware_read_request(&read, &other), DD_COAP_BAD_REQUEST, "another size");
    other = message;
    other.payload_n = 63;
    cr_expect_eq(dd_firmware_read_request(&read, &other), DD_COAP_BAD_REQUEST, "cut off");
    other = message;
    other.block1.number = DD_NODE_BLOCKS_MOST;
    cr_expect_eq(dd_firmware_read_request(&read, &other), DD_COAP_TOO_LARGE);
    other = message;
    other.block1.present = false;
    cr_expect_eq(dd_firmware_read_request(&read, &other), DD_COAP_BAD_REQUEST, "no header");
    other.code = DD_COAP_GET;
    cr_expect_eq(dd_firmware_read_request(&read, &other), DD_COAP_NOT_ALLOWED);
    other.path_n = 2;
    cr_expect_eq(dd_firmware_read_request(&read, &other), DD_COAP_NOT_FOUND);
}

// --- At the server ---

typedef struct heard {
    uint32_t blocks, others, answers;
} heard;

static dd_firmware_status update(void *context, const dd_node_request *request) {
    heard *it = context;
    if (request->kind == DD_NODE_BLOCK)
        it->blocks++;
    else
        it->others += request->kind != DD_NODE_STATUS;
    return (dd_firmware_status){.version = 1};
}

static void send(void *context, uint16_t destination, const uint8_t *octets, uint16_t n) {
    heard *it = context;
    (void)destination, (void)octets, (void)n;
    it->answers++;
}

static void receive(dd_coap_server *server, heard *it, dd_node_request_kind kind, bool group,
                    uint16_t id) {
    dd_coap_server_port port = {.context = it, .send = send, .update = update};
    uint8_t octets[512], body[DD_FIRMWARE_BODY_MAX];
    dd_node_request request = {.kind = (uint8_t)kind};
    request.package = (dd_node_package){.tag = 7, .block = id, .n = 64};
    if (kind == DD_NODE_OFFER) request.package.n = DD_IMAGE_HEADER;
    dd_coap message = dd_coap_make(group ? DD_COAP_NON : DD_COAP_CON, DD_COAP_EMPTY, id);
    dd_firmware_write_request(&message, body, &request);
    uint16_t n = dd_coap_write(octets, sizeof octets, &message);
    dd_coap_server_receive(server, 1000, &port, 0, group, octets, n);
}

// Blocks are for all; to restart, to keep and to go back is for one.
Test(firmware_object, a_group_is_given_images_and_nothing_else) {
    dd_coap_server server;
    dd_coap_server_init(&server, 3, 1);
    heard it = {0};
    receive(&server, &it, DD_NODE_OFFER, true, 1);
    for (uint16_t id = 2; id < 12; id++)
        receive(&server, &it, DD_NODE_BLOCK, true, id);
    cr_expect_eq(it.blocks, 10);
    cr_expect_eq(it.others, 1);
    receive(&server, &it, DD_NODE_APPLY, true, 20);
    receive(&server, &it, DD_NODE_CONFIRM, true, 21);
    receive(&server, &it, DD_NODE_REVERT, true, 22);
    cr_expect_eq(it.others, 1);
    cr_expect_eq(it.answers, 0, "to a group nobody answers");
    receive(&server, &it, DD_NODE_APPLY, false, 30);
    receive(&server, &it, DD_NODE_APPLY, false, 30);
    cr_expect_eq(it.others, 2, "once, however often it is asked");
    cr_expect_eq(it.answers, 2);
}
