#include "models/controller/core/image.h"

#include <string.h>

enum { FORMAT = 1, CHECK_AT = 48, CHECK_N = DD_IMAGE_HEADER - CHECK_AT };
enum { FORMAT_AT = 4, TARGET_AT, HARDWARE_AT, VERSION_AT = 8, SIZE_AT = 12, DIGEST_AT = 16 };

static const uint8_t magic[4] = {'D', 'D', 'F', 'W'};

static void put(uint8_t *octets, uint32_t value, int n) {
    for (int i = 0; i < n; i++)
        octets[i] = (uint8_t)(value >> 8 * (n - 1 - i));
}

static uint32_t get(const uint8_t *octets, int n) {
    uint32_t value = 0;
    for (int i = 0; i < n; i++)
        value = value << 8 | octets[i];
    return value;
}

static void make_check(uint8_t check[static CHECK_N], const uint8_t *octets) {
    uint8_t digest[DD_SHA256];
    dd_sha256 sha;
    dd_sha256_begin(&sha);
    dd_sha256_add(&sha, octets, CHECK_AT);
    dd_sha256_end(&sha, digest);
    memcpy(check, digest, CHECK_N);
}

void dd_image_write(uint8_t octets[static DD_IMAGE_HEADER], const dd_image *image) {
    memcpy(octets, magic, sizeof magic);
    octets[FORMAT_AT] = FORMAT;
    octets[TARGET_AT] = image->target;
    put(octets + HARDWARE_AT, image->hardware, 2);
    put(octets + VERSION_AT, image->version, 4);
    put(octets + SIZE_AT, image->size, 4);
    memcpy(octets + DIGEST_AT, image->digest, DD_SHA256);
    make_check(octets + CHECK_AT, octets);
}

bool dd_image_read(dd_image *image, const uint8_t octets[static DD_IMAGE_HEADER]) {
    uint8_t check[CHECK_N];
    make_check(check, octets);
    *image = (dd_image){.target = octets[TARGET_AT],
                        .hardware = (uint16_t)get(octets + HARDWARE_AT, 2),
                        .version = get(octets + VERSION_AT, 4),
                        .size = get(octets + SIZE_AT, 4)};
    memcpy(image->digest, octets + DIGEST_AT, DD_SHA256);
    return memcmp(octets, magic, sizeof magic) == 0 && octets[FORMAT_AT] == FORMAT &&
           memcmp(octets + CHECK_AT, check, CHECK_N) == 0 && image->version != 0 &&
           image->size != 0 && image->size <= DD_IMAGE_MOST;
}

bool dd_image_fits(const dd_image *image, dd_image_target target) {
    uint16_t own = target == DD_IMAGE_NODE ? DD_HARDWARE_NODE : DD_HARDWARE_CONTROLLER;
    return image->target == target && image->hardware == own;
}

bool dd_image_same(const dd_image *a, const dd_image *b) {
    return a->target == b->target && a->hardware == b->hardware && a->version == b->version &&
           a->size == b->size && memcmp(a->digest, b->digest, DD_SHA256) == 0;
}

uint16_t dd_image_tag(const dd_image *image) {
    uint16_t tag = (uint16_t)get(image->digest, 2);
    return tag ? tag : 1;
}
