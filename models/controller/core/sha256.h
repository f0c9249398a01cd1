// SHA-256 (FIPS 180-4), in pieces: what firmware images are verified by. Here rather than from a
// library because the controller's core is freestanding; tests hold it to mbedTLS.
#pragma once

#include <stdint.h>

enum { DD_SHA256 = 32, DD_SHA256_BLOCK = 64 }; // octets

typedef struct dd_sha256 {
    uint32_t state[8];
    uint64_t n; // octets so far
    uint8_t block[DD_SHA256_BLOCK];
} dd_sha256;

void dd_sha256_begin(dd_sha256 *sha);
void dd_sha256_add(dd_sha256 *sha, const uint8_t *octets, uint32_t n);
void dd_sha256_end(dd_sha256 *sha, uint8_t digest[static DD_SHA256]);
