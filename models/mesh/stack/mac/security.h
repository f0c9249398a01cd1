// Link security of IEEE 802.15.4 (2020, clause 9): data frames are encrypted and authenticated at
// level 5, ENC-MIC-32, from hop to hop, with one key for the mesh, told by its index (key
// identifier mode 1). AES-128 in CCM* comes through a port. Acknowledgements are not secured.
//
// A frame counter must never be used twice with a key. It grows with every frame sealed, and
// whoever houses a node keeps it over a restart; having stored one that is ahead, and going on from
// there, is enough. Frames go out in the order in which they were sealed: neighbours take an older
// counter for a replay.
#pragma once

#include "models/mesh/stack/mac/frame.h"

enum {
    DD_SECURITY_HEADER = 6, // auxiliary security header: control 1, frame counter 4, key index 1
    DD_SECURITY_MIC = 4,
    DD_SECURITY_OCTETS = DD_SECURITY_HEADER + DD_SECURITY_MIC, // what a frame grows by
    DD_NONCE = 13,
};

// The extended address of a node, as a number: its most significant octet is written first. Nodes
// learn nobody's from the air: it follows from PAN and short address, under a prefix that is
// locally administered (02:44:4f:4d). What dissects a capture is given the same as a table.
uint64_t dd_extended_address(uint16_t pan, uint16_t shrt);

// One use of CCM* (RFC 3610 with L = 2; 802.15.4, annex B). `from` and `to` may be the same. The
// MIC follows the ciphertext: n octets in the clear are n + mic_n sealed.
typedef struct dd_ccm {
    uint8_t nonce[DD_NONCE];
    const uint8_t *header; // is authenticated only
    const uint8_t *from;
    uint8_t *to;
    uint8_t header_n, n, mic_n;
} dd_ccm;

typedef struct dd_security_port {
    void *context;
    void (*encrypt)(void *context, const dd_ccm *ccm);
    bool (*decrypt)(void *context, const dd_ccm *ccm); // false: the MIC is wrong, `to` is worthless
} dd_security_port;

// What a node needs to secure its own frames.
typedef struct dd_security {
    uint64_t address;  // extended
    uint32_t counter;  // of the next frame
    uint8_t key_index; // 1..255
} dd_security;

// Secures a frame. octets[0..header_n) are as dd_frame_open wrote them for a frame that is
// `secured`; its payload of n octets stands DD_SECURITY_HEADER further on. Fills the gap, encrypts
// in place and appends the MIC; dd_frame_close then adds the FCS behind as many octets as are
// returned. 0: the counter is used up, and the mesh needs another key (9.4.2).
uint8_t dd_security_seal(dd_security *own, const dd_security_port *port, uint8_t *octets,
                         uint8_t header_n, uint8_t n);

// How the standard's procedure for incoming frames ends (9.2.4).
typedef enum dd_security_status {
    DD_SECURITY_SUCCESS,
    DD_SECURITY_IMPROPER_LEVEL,  // not secured, or otherwise than at level 5
    DD_SECURITY_UNAVAILABLE_KEY, // another key
    DD_SECURITY_COUNTER_ERROR,   // a frame seen before or older, or the last counter there is
    DD_SECURITY_ERROR,           // the MIC is wrong: another key, address or content
} dd_security_status;

// Opens a frame that dd_frame_read has read from `octets`, whose sender has this extended address.
// `least` is the least counter still accepted from that sender, 0 of one never heard; a frame that
// is right raises it. On success `clear` (at most DD_FRAME_MAX octets) holds the payload,
// frame->payload_n - DD_SECURITY_OCTETS of them.
dd_security_status dd_security_open(uint8_t key_index, const dd_security_port *port,
                                    const uint8_t *octets, const dd_frame *frame, uint64_t sender,
                                    uint32_t *least, uint8_t *clear);
