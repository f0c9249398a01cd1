// AES-128 in CCM*, by mbedTLS, as the port that stack/mac/security.h asks for.
#pragma once

#include "models/mesh/stack/mac/security.h"

enum { DD_CIPHER_KEY = 16 };

// One key, expanded. It keeps scratch space: each thread needs one of its own.
typedef struct dd_cipher dd_cipher;

dd_cipher *dd_cipher_open(const uint8_t key[static DD_CIPHER_KEY]);
void dd_cipher_close(dd_cipher *cipher); // NULL is fine

// Good until the cipher is closed.
dd_security_port dd_cipher_port(dd_cipher *cipher);
