// The keys of a city's networks ("mesh.security"): one of 128 bits for each segment, given by the
// scenario or drawn by (seed, segment), which is no cryptographer's way to make one, and the cipher
// that works with it. Each segment lives in one domain, so only one thread uses its cipher. No two
// networks share a key: addresses, and so nonces, follow from PAN ids, which far ones may share.
#pragma once

#include "models/mesh/survey/cipher.h"

struct dd_world;

enum { DD_KEY_INDEX = 1 }; // all networks' keys are told by this index

typedef struct dd_keyring {
    uint32_t segment_n;
    uint8_t (*keys)[DD_CIPHER_KEY]; // by segment; NULL: nothing is secured
    dd_cipher **ciphers;            // by segment
} dd_keyring;

// Empty unless the settings ask for security. False when memory is short.
bool dd_keyring_make(dd_keyring *keyring, const struct dd_world *world);
void dd_keyring_fini(dd_keyring *keyring);

// How a segment's frames are secured; its context is NULL when they are not.
dd_security_port dd_keyring_port(const dd_keyring *keyring, uint32_t segment);
