// The storage port: where a controller keeps what is to outlive its working memory, given by
// whoever houses it: an arena, FRAM, flash behind a layer that spreads its wear, flash lent by the
// twin. Octets at addresses from 0, zero where nothing was ever written; written again at will. A
// write may fail, and one that the supply cuts short leaves anything: what matters is kept with a
// check, and twice where it is changed in place.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct dd_store {
    void *context;
    uint32_t size; // octets
    // False: not read, or not (all) written.
    bool (*read)(void *context, uint32_t at, void *octets, uint32_t n);
    bool (*write)(void *context, uint32_t at, const void *octets, uint32_t n);
} dd_store;

// Who keeps what where.
enum {
    DD_STORE_LASTING = 0, // what the controller must not forget, twice: lasting.h
    DD_STORE_LASTING_N = 4096,
    DD_STORE_TIMETABLE = DD_STORE_LASTING + DD_STORE_LASTING_N, // what lamps follow, twice
    DD_STORE_TIMETABLE_N = 4096,
    // Events and outcomes lie below, the newest lowest, readings above: what a quiet night touches
    // of a log is one page around this place.
    DD_STORE_LOG = 73 * 1024,
    DD_STORE_EVENTS_N = 64 * 1024,
    DD_STORE_MARK_N = 64,
    DD_STORE_IMAGE = 1024 * 1024, // a firmware image that arrives, up to the store's end
    DD_STORE_SIZE = 2 * 1024 * 1024,
};

// CRC-32 (IEEE 802.3) of octets, going on from that of those before them; 0 at first.
uint32_t dd_store_check(uint32_t check, const void *octets, uint32_t n);

// A state of `n` octets that is changed in place: two copies, written in turn, each with a check
// and the number of its turn, so that one spoilt by a cut or a fault leaves the one before it.
typedef struct dd_store_pair {
    uint32_t at; // of the first copy in the store
    uint32_t n;
    uint32_t turn; // of the copy written last; 0: none
} dd_store_pair;

enum { DD_STORE_COPY_HEAD = 8 }; // octets before the state in each copy

// Reads the newest good copy. False: there is none, and `state` may hold anything.
bool dd_store_load(const dd_store *store, dd_store_pair *pair, void *state);

// Writes the older copy. False: the store has failed, and the newest copy stands.
bool dd_store_save(const dd_store *store, dd_store_pair *pair, const void *state);
