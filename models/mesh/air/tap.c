#include "models/mesh/air/tap.h"

#include <assert.h>
#include <string.h>

enum { TLV_FCS, TLV_RSS, TLV_BIT_RATE, TLV_CHANNEL, TLV_SUN_PHY, TLV_LQI = 10 };
enum { FCS_16_BITS = 1, SUN_FSK_B = 1, PSDU_MAX = 127 };

static size_t put(uint8_t *octets, uint64_t value, size_t n) {
    for (size_t i = 0; i < n; i++)
        octets[i] = (uint8_t)(value >> 8 * i);
    return n;
}

// A TLV with a value of n octets, at most 4.
static size_t put_tlv(uint8_t *octets, uint16_t type, uint32_t value, uint16_t n) {
    put(octets, type, 2);
    put(octets + 2, n, 2);
    put(octets + 4, value, 4);
    return 8;
}

static uint32_t level_dbm(int32_t level_cdbm) {
    float dbm = (float)level_cdbm / 100;
    uint32_t bits; // an IEEE 754 single
    memcpy(&bits, &dbm, sizeof bits);
    return bits;
}

size_t dd_tap_write(uint8_t octets[static DD_TAP_MAX], const dd_tap *tap) {
    const dd_tap_phy *phy = &tap->phy;
    size_t n = 4;
    assert(tap->n <= PSDU_MAX);
    n += put_tlv(octets + n, TLV_FCS, FCS_16_BITS, 1);
    if (tap->measured) n += put_tlv(octets + n, TLV_RSS, level_dbm(tap->level_cdbm), 4);
    n += put_tlv(octets + n, TLV_BIT_RATE, phy->bit_rate, 4);
    n += put_tlv(octets + n, TLV_CHANNEL, phy->channel | (uint32_t)phy->page << 16, 3);
    if (phy->sun)
        n += put_tlv(octets + n, TLV_SUN_PHY,
                     phy->sun_band | (uint32_t)SUN_FSK_B << 8 | (uint32_t)phy->sun_mode << 16, 3);
    if (tap->measured) n += put_tlv(octets + n, TLV_LQI, tap->quality, 1);
    put(octets, 0, 2); // version, reserved
    put(octets + 2, n, 2);
    memcpy(octets + n, tap->psdu, tap->n);
    return n + tap->n;
}

uint8_t dd_tap_quality(int32_t sinr_cdb) {
    enum { BEST_CDB = 4000 };
    if (sinr_cdb <= 0) return 0;
    return (uint8_t)(sinr_cdb < BEST_CDB ? sinr_cdb * 255 / BEST_CDB : 255);
}
