// The store that the battery lends a board, with its faults.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Room for a short log, since a board reads through all of one when it starts; the most that is
// lent has room for an image, too.
enum { DD_LENT_STORE_USUAL = 128 * 1024, DD_LENT_STORE_SIZE = 2 * 1024 * 1024 };

typedef struct dd_lent_store {
    uint8_t *octets; // DD_LENT_STORE_SIZE of them
    uint32_t size;   // lent
    bool reads_fail, writes_fail;
    uint32_t full_after; // writes that are done before they fail; 0: never
    uint32_t cut_after;  // octets written before the supply fails: the rest is lost; 0: never
    uint32_t reads, writes, written, beyond; // questions; octets; questions beyond its size
} dd_lent_store;

bool dd_lent_store_init(dd_lent_store *store); // empty; false: no memory
void dd_lent_store_fini(dd_lent_store *store);
// False: failed.
bool dd_lent_store_read(dd_lent_store *store, uint32_t at, uint32_t n);
bool dd_lent_store_write(dd_lent_store *store, uint32_t at, const uint8_t *octets, uint32_t n);
