// Numbers in octets, least octet first: how recordings hold them.
#pragma once

#include <stddef.h>
#include <stdint.h>

static inline void dd_put_le(uint8_t *octets, size_t n, uint64_t value) {
    for (size_t i = 0; i < n; i++)
        octets[i] = (uint8_t)(value >> 8 * i);
}

static inline uint64_t dd_get_le(const uint8_t *octets, size_t n) {
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value |= (uint64_t)octets[i] << 8 * i;
    return value;
}
