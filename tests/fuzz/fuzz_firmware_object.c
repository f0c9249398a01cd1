// An arbitrary CoAP message as a request about a node's firmware and as the answer to one. What is
// taken for one is within its bounds, and is the same again after another way there and back. A
// header that comes along is an image's or is not; what is one is the same again, too.
#include <string.h>

#include "models/mesh/stack/coap/firmware_object.h"
#include "tests/fuzz/bytes.h"

static void check_image(const uint8_t octets[static DD_IMAGE_HEADER]) {
    dd_image image;
    uint8_t again[DD_IMAGE_HEADER];
    if (!dd_image_read(&image, octets)) return;
    must(image.version != 0 && image.size >= 1 && image.size <= DD_IMAGE_MOST);
    must(dd_image_blocks(&image, DD_NODE_BLOCK_OCTETS) <= DD_NODE_BLOCKS_MOST);
    dd_image_write(again, &image);
    must(memcmp(octets, again, sizeof again) == 0);
}

static void check_request(const dd_coap *message) {
    uint8_t body[DD_FIRMWARE_BODY_MAX];
    dd_node_request request = {.lamp = 3, .token = 4}, again = request;
    if (dd_firmware_read_request(&request, message) != 0) return;
    must(request.lamp == 3 && request.token == 4 && dd_node_is_firmware(request.kind));
    must(request.package.n <= DD_NODE_BLOCK_OCTETS);
    must(request.package.block < DD_NODE_BLOCKS_MOST);
    if (request.kind == DD_NODE_OFFER) check_image(request.package.octets);
    dd_coap written = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 1);
    dd_firmware_write_request(&written, body, &request);
    must(dd_firmware_named(&written));
    must(dd_firmware_read_request(&again, &written) == 0);
    must(memcmp(&request, &again, sizeof again) == 0);
}

static void check_status(const dd_coap *message) {
    uint8_t body[DD_FIRMWARE_BODY_MAX];
    dd_firmware_status status, again;
    if (!dd_firmware_read_status(&status, message)) return;
    must(status.step <= DD_STEP_UPDATING && status.result < DD_RESULTS);
    must(status.gap_n <= DD_GAPS_MAX && status.missing_n <= DD_NODE_BLOCKS_MOST);
    for (int i = 0; i < status.gap_n; i++)
        must(status.gaps[i] < DD_NODE_BLOCKS_MOST);
    dd_coap written = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 1);
    dd_firmware_write_status(&written, body, &status);
    must(dd_firmware_read_status(&again, &written));
    must(memcmp(&status, &again, sizeof again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dd_coap message;
    if (size >= DD_IMAGE_HEADER) check_image(data);
    if (!dd_coap_read(&message, data, size)) return 0;
    check_request(&message);
    check_status(&message);
    return 0;
}
