// Numbers as they stand in octets: IEEE 802.15.4 sends the least significant octet first (le),
// the Internet's protocols the most significant one (be). Compilers make one access of each.
#pragma once

#include <stdint.h>

static inline uint16_t dd_get_le16(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t dd_get_le32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t dd_get_le64(const uint8_t *at) {
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

static inline uint16_t dd_get_be16(const uint8_t *at) {
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint64_t dd_get_be64(const uint8_t *at) {
    return (uint64_t)at[0] << 56 | (uint64_t)at[1] << 48 | (uint64_t)at[2] << 40 |
           (uint64_t)at[3] << 32 | (uint64_t)at[4] << 24 | (uint64_t)at[5] << 16 |
           (uint64_t)at[6] << 8 | (uint64_t)at[7];
}

static inline void dd_put_le16(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static inline void dd_put_le32(uint8_t *at, uint32_t value) {
    dd_put_le16(at, (uint16_t)value);
    dd_put_le16(at + 2, (uint16_t)(value >> 16));
}

static inline void dd_put_be16(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void dd_put_be32(uint8_t *at, uint32_t value) {
    dd_put_be16(at, (uint16_t)(value >> 16));
    dd_put_be16(at + 2, (uint16_t)value);
}

static inline void dd_put_be64(uint8_t *at, uint64_t value) {
    dd_put_be32(at, (uint32_t)(value >> 32));
    dd_put_be32(at + 4, (uint32_t)value);
}
