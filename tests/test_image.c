// Firmware images: headers there and back, what is none, and the digest against mbedTLS.
#include "engine/random.h"
#include "models/controller/core/image.h"
#include "models/release.h"

#include <criterion/criterion.h>
#include <mbedtls/sha256.h>
#include <string.h>

static dd_image usual(void) {
    dd_image image = {.target = DD_IMAGE_NODE,
                      .hardware = DD_HARDWARE_NODE,
                      .version = 0x01020304,
                      .size = 128 * 1024};
    for (int i = 0; i < DD_SHA256; i++)
        image.digest[i] = (uint8_t)(7 * i + 1);
    return image;
}

Test(image, a_header_there_and_back) {
    dd_image image = usual(), read;
    uint8_t octets[DD_IMAGE_HEADER];
    dd_image_write(octets, &image);
    cr_assert(dd_image_read(&read, octets));
    cr_expect(dd_image_same(&image, &read));
    cr_expect(dd_image_fits(&read, DD_IMAGE_NODE) && !dd_image_fits(&read, DD_IMAGE_CONTROLLER));
    cr_expect_eq(dd_image_tag(&read), 0x0108);
    const uint8_t begins[] = {'D', 'D', 'F', 'W', 1, 1, 0x0d, 0xd1, 1, 2, 3, 4, 0, 2, 0, 0};
    cr_expect_eq(memcmp(octets, begins, sizeof begins), 0, "as image.h says");
}

Test(image, a_header_with_one_wrong_bit_is_none) {
    dd_image image = usual(), read;
    uint8_t octets[DD_IMAGE_HEADER];
    dd_image_write(octets, &image);
    for (int i = 0; i < 8 * DD_IMAGE_HEADER; i++) {
        octets[i / 8] ^= (uint8_t)(1 << i % 8);
        cr_expect(!dd_image_read(&read, octets), "bit %d", i);
        octets[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

Test(image, what_no_device_can_take_is_none) {
    dd_image image = usual(), read;
    uint8_t octets[DD_IMAGE_HEADER];
    image.size = DD_IMAGE_MOST + 1;
    dd_image_write(octets, &image);
    cr_expect(!dd_image_read(&read, octets));
    image.size = 0;
    dd_image_write(octets, &image);
    cr_expect(!dd_image_read(&read, octets));
    image = usual();
    image.version = 0;
    dd_image_write(octets, &image);
    cr_expect(!dd_image_read(&read, octets));
}

Test(image, its_last_block_is_what_is_left) {
    dd_image image = {.size = 1000};
    cr_expect_eq(dd_image_blocks(&image, 64), 16);
    cr_expect_eq(dd_image_block_n(&image, 0, 64), 64);
    cr_expect_eq(dd_image_block_n(&image, 15, 64), 40);
    cr_expect_eq(dd_image_block_n(&image, 16, 64), 0);
}

// Of all lengths around the block's and the padding's, in pieces of all sizes.
Test(image, digests_are_those_of_mbedtls) {
    uint8_t octets[1024], ours[DD_SHA256], theirs[DD_SHA256];
    for (uint32_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)dd_random(1, i, 1, 1).v[0];
    for (uint32_t n = 0; n <= 300; n++) {
        dd_sha256 sha;
        dd_sha256_begin(&sha);
        for (uint32_t at = 0, step = 1 + n % 67; at < n; at += step)
            dd_sha256_add(&sha, octets + at, at + step < n ? step : n - at);
        dd_sha256_end(&sha, ours);
        mbedtls_sha256_ret(octets, n, theirs, 0);
        cr_expect_eq(memcmp(ours, theirs, DD_SHA256), 0, "%u octets", n);
    }
}

// --- Releases: what a scenario makes images of ---

static dd_release named(const char *name, uint32_t version) {
    dd_release release = {.image = {.target = DD_IMAGE_NODE, .version = version, .size = 2048}};
    strcpy(release.name, name);
    return release;
}

Test(release, its_octets_depend_on_its_name_and_version_alone) {
    dd_releases releases = {0};
    dd_error error;
    dd_release a = named("a", 2), again = named("b", 2), other = named("c", 3);
    uint32_t first = dd_release_add(&releases, &a, &error);
    dd_release_add(&releases, &again, &error);
    dd_release_add(&releases, &other, &error);
    uint8_t one[256], two[256], piece[7];
    dd_release_payload(&releases.at[first], 512, one, sizeof one);
    dd_release_payload(&releases.at[2], 512, two, sizeof two);
    dd_release_payload(&releases.at[first], 512 + 100, piece, sizeof piece);
    cr_expect_neq(memcmp(one, two, sizeof one), 0);
    cr_expect_eq(memcmp(one + 100, piece, sizeof piece), 0, "in pieces as a whole");
    cr_expect(!dd_image_same(&releases.at[2].image, &releases.at[3].image));
    cr_expect_eq(dd_release_of(&releases, &releases.at[2].image), 2);
    dd_releases later = {0};
    cr_assert_eq(dd_release_add(&later, &again, &error), 1);
    cr_expect(dd_image_same(&later.at[1].image, &releases.at[2].image), "in every run the same");
}

Test(release, one_wrong_octet_is_where_it_is_said_to_be) {
    dd_releases releases = {0};
    dd_error error;
    dd_release release = named("torn", 2);
    release.damaged = 1 + DD_IMAGE_HEADER + 300;
    dd_release *it = &releases.at[dd_release_add(&releases, &release, &error)];
    uint8_t torn[2048], whole[2048], header[DD_IMAGE_HEADER];
    dd_image read;
    dd_release_payload(it, 0, torn, sizeof torn);
    dd_release_header(it, header);
    cr_expect(dd_image_read(&read, header), "the header is whole");
    it->damaged = 0;
    dd_release_payload(it, 0, whole, sizeof whole);
    for (int i = 0; i < 2048; i++)
        cr_expect_eq(torn[i] != whole[i], i == 300);
    it->damaged = 1 + 20;
    dd_release_header(it, header);
    cr_expect(!dd_image_read(&read, header), "and now it is not");
}

Test(release, what_cannot_be_is_an_error) {
    dd_releases releases = {0};
    dd_error error;
    dd_release release = named("a", 2);
    cr_assert(dd_release_add(&releases, &release, &error));
    cr_expect(!dd_release_add(&releases, &release, &error), "twice");
    release = named("b", DD_FACTORY_VERSION);
    cr_expect(!dd_release_add(&releases, &release, &error), "what devices are made with");
    release = named("b", 2);
    release.image.size = DD_IMAGE_MOST + 1024;
    cr_expect(!dd_release_add(&releases, &release, &error), "too large");
    release = named("b", 2);
    release.image.target = DD_IMAGE_CONTROLLER;
    release.defect = DD_DEFECT_WRONG_CURVE;
    cr_expect(!dd_release_add(&releases, &release, &error), "no controller dims");
    release.defect = DD_DEFECT_MUTE;
    release.damaged = 1 + 2048 + DD_IMAGE_HEADER;
    cr_expect(!dd_release_add(&releases, &release, &error), "it has no such octet");
    cr_expect_eq(releases.n, 1);
}
