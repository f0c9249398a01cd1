// The MAC frame of IEEE 802.15.4 (2020, clause 7) as our nodes speak it: data and immediate
// acknowledgement frames, versions 0 (unsecured) and 1 (secured), short addresses, one PAN (PAN ID
// compression), with the FCS. Everything else is counted and dropped by whoever hears it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DD_FRAME_MAX = 127, // octets of a PSDU, FCS included (aMaxPhyPacketSize of the two presets)
    DD_FCS = 2,
    DD_FRAME_HEADER = 9, // of a data frame: control 2, sequence 1, PAN 2, destination 2, source 2
    DD_FRAME_ACK = 5,    // octets of an immediate acknowledgement
    DD_BROADCAST = 0xFFFF,
};

typedef enum dd_frame_type { DD_FRAME_DATA = 1, DD_FRAME_IMMEDIATE_ACK = 2 } dd_frame_type;

typedef struct dd_frame {
    uint8_t type; // dd_frame_type
    uint8_t sequence;
    bool ack_request;
    bool secured; // an auxiliary security header follows the addresses (security.h)
    bool pending;
    uint16_t pan, destination, source; // data frames only
    // What stands between the addresses and the FCS, within the octets that were read or written.
    uint8_t payload_at, payload_n;
} dd_frame;

// Writes control, sequence and addresses of a data frame; returns their length, DD_FRAME_HEADER.
// The payload follows at octets[length]; dd_frame_close then adds the FCS. `octets` has room for
// DD_FRAME_MAX.
uint8_t dd_frame_open(uint8_t *octets, const dd_frame *frame);

// Adds the FCS after `n` octets and returns the length of the whole PSDU.
uint8_t dd_frame_close(uint8_t *octets, uint8_t n);

// A whole acknowledgement of `sequence`, FCS included: DD_FRAME_ACK octets.
void dd_frame_ack(uint8_t octets[static DD_FRAME_ACK], uint8_t sequence);

// Reads a PSDU of `n` octets. False: wrong FCS, too short or long, or a kind of frame that is not
// spoken here; `frame` then holds nothing of use.
bool dd_frame_read(dd_frame *frame, const uint8_t *octets, uint8_t n);

// FCS of n octets (7.2.11): CRC-16 of ITU-T, polynomial x^16 + x^12 + x^5 + 1, bits least
// significant first, from 0. It is sent least significant octet first.
uint16_t dd_frame_fcs(const uint8_t *octets, size_t n);
