// CBOR (RFC 8949), the subset that our payloads use: integers, strings, arrays, maps, booleans and
// null, of definite length. What is written is deterministic (4.2.1) as long as the caller orders a
// map's keys; what is read must have the shortest form of each head, too.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// --- Writing. Once something did not fit, nothing more is written. ---

typedef struct dd_cbor_writer {
    uint8_t *octets;
    uint16_t room, n; // n: octets written
    bool full;        // something did not fit
} dd_cbor_writer;

void dd_cbor_put_uint(dd_cbor_writer *writer, uint64_t value);
void dd_cbor_put_int(dd_cbor_writer *writer, int64_t value);
void dd_cbor_put_bytes(dd_cbor_writer *writer, const void *octets, uint16_t n);
void dd_cbor_put_text(dd_cbor_writer *writer, const char *octets, uint16_t n);
void dd_cbor_put_array(dd_cbor_writer *writer, uint16_t item_n); // its items follow
void dd_cbor_put_map(dd_cbor_writer *writer, uint16_t pair_n);   // key, value, key, value...
void dd_cbor_put_bool(dd_cbor_writer *writer, bool value);
void dd_cbor_put_null(dd_cbor_writer *writer);

// --- Reading. Once something was not as asked for, `bad` stays set and all that is read is 0. ---

typedef struct dd_cbor_reader {
    const uint8_t *at, *end;
    bool bad;
} dd_cbor_reader;

typedef enum dd_cbor_type {
    DD_CBOR_UINT,
    DD_CBOR_NEGATIVE,
    DD_CBOR_BYTES,
    DD_CBOR_TEXT,
    DD_CBOR_ARRAY,
    DD_CBOR_MAP,
    DD_CBOR_TAG,
    DD_CBOR_SIMPLE, // booleans, null, floating point
    DD_CBOR_NOTHING // no item left
} dd_cbor_type;

dd_cbor_type dd_cbor_next(const dd_cbor_reader *reader);          // what comes, not consumed
uint64_t dd_cbor_get_uint(dd_cbor_reader *reader, uint64_t most); // at most `most`
int64_t dd_cbor_get_int(dd_cbor_reader *reader, int64_t least, int64_t most);
const uint8_t *dd_cbor_get_bytes(dd_cbor_reader *reader, uint16_t *n); // within what is read
const char *dd_cbor_get_text(dd_cbor_reader *reader, uint16_t *n);
uint16_t dd_cbor_get_array(dd_cbor_reader *reader); // number of items that follow
uint16_t dd_cbor_get_map(dd_cbor_reader *reader);   // number of pairs that follow
bool dd_cbor_get_bool(dd_cbor_reader *reader);
void dd_cbor_get_null(dd_cbor_reader *reader);

// Passes over one well-formed item of any kind, whatever lies in it.
void dd_cbor_skip(dd_cbor_reader *reader);

// Whether all was as asked for and nothing is left.
bool dd_cbor_done(const dd_cbor_reader *reader);
