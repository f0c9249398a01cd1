// A frame as captures hold it: LINKTYPE_IEEE802_15_4_TAP, the PSDU behind what a receiver knows of
// it besides (IEEE 802.15.4 TAP Link Type Specification, version 1.2, Exegin 2020; all little
// endian, each TLV padded to 32 bits).
#pragma once

#include "engine/time.h"

enum {
    DD_TAP_LINK_TYPE = 283,
    DD_TAP_HEADER_MAX = 56, // header and TLVs
    DD_TAP_MAX = DD_TAP_HEADER_MAX + 127,
};

// The record of a frame is made at its end, which at 50 kb/s comes 22 ms after its start.
#define DD_TAP_LATEST (50 * DD_MILLISECOND)

// How the frame was sent (802.15.4-2020, 10.1.3: channel pages; the TAP specification's tables of
// SUN bands and modes).
typedef struct dd_tap_phy {
    uint16_t channel; // its number in the page
    uint8_t page;     // 0: 2.4 GHz O-QPSK; 9: SUN
    uint32_t bit_rate;
    bool sun;
    uint8_t sun_band, sun_mode; // of FSK-B
} dd_tap_phy;

typedef struct dd_tap {
    dd_tap_phy phy;
    bool measured;      // by a receiver: level and quality are known
    int32_t level_cdbm; // received, 1/100 dBm
    uint8_t quality;    // LQI
    const uint8_t *psdu;
    uint8_t n; // octets of it, FCS (16 bits) included; at most 127
} dd_tap;

// Writes the packet; returns its octets.
size_t dd_tap_write(uint8_t octets[static DD_TAP_MAX], const dd_tap *tap);

// Link quality indicator of a signal to interference and noise ratio: 0 at 0 dB, where no frame
// survives, 255 at 40 dB and above, uniform in between, as 802.15.4-2020, 10.2.6 asks.
uint8_t dd_tap_quality(int32_t sinr_cdb);
