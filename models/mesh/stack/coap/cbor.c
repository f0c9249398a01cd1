#include "models/mesh/stack/coap/cbor.h"

#include <string.h>

// The head of an item: major type in the upper three bits; in the lower five its argument, or how
// many octets hold it (RFC 8949, 3).
enum { IN_ONE = 24, IN_TWO, IN_FOUR, IN_EIGHT };
enum { FALSE = 20, TRUE = 21, NIL = 22 }; // simple values (3.3)

// --- Writing ---

static void put(dd_cbor_writer *writer, const void *octets, uint32_t n) {
    writer->full |= (uint32_t)(writer->room - writer->n) < n;
    if (writer->full || n == 0) return;
    memcpy(writer->octets + writer->n, octets, n);
    writer->n = (uint16_t)(writer->n + n);
}

static void put_head(dd_cbor_writer *writer, dd_cbor_type type, uint64_t argument) {
    uint8_t head[9] = {(uint8_t)(type << 5)};
    uint32_t octet_n = argument < IN_ONE        ? 0
                       : argument <= UINT8_MAX  ? 1
                       : argument <= UINT16_MAX ? 2
                       : argument <= UINT32_MAX ? 4
                                                : 8;
    static const uint8_t info[] = {0, IN_ONE, IN_TWO, 0, IN_FOUR, 0, 0, 0, IN_EIGHT};
    head[0] |= octet_n == 0 ? (uint8_t)argument : info[octet_n];
    for (uint32_t i = 0; i < octet_n; i++)
        head[octet_n - i] = (uint8_t)(argument >> 8 * i);
    put(writer, head, 1 + octet_n);
}

void dd_cbor_put_uint(dd_cbor_writer *writer, uint64_t value) {
    put_head(writer, DD_CBOR_UINT, value);
}

void dd_cbor_put_int(dd_cbor_writer *writer, int64_t value) {
    if (value < 0)
        put_head(writer, DD_CBOR_NEGATIVE, ~(uint64_t)value); // -1 - value
    else
        put_head(writer, DD_CBOR_UINT, (uint64_t)value);
}

void dd_cbor_put_bytes(dd_cbor_writer *writer, const void *octets, uint16_t n) {
    put_head(writer, DD_CBOR_BYTES, n);
    put(writer, octets, n);
}

void dd_cbor_put_text(dd_cbor_writer *writer, const char *octets, uint16_t n) {
    put_head(writer, DD_CBOR_TEXT, n);
    put(writer, octets, n);
}

void dd_cbor_put_array(dd_cbor_writer *writer, uint16_t item_n) {
    put_head(writer, DD_CBOR_ARRAY, item_n);
}

void dd_cbor_put_map(dd_cbor_writer *writer, uint16_t pair_n) {
    put_head(writer, DD_CBOR_MAP, pair_n);
}

void dd_cbor_put_bool(dd_cbor_writer *writer, bool value) {
    put_head(writer, DD_CBOR_SIMPLE, value ? TRUE : FALSE);
}

void dd_cbor_put_null(dd_cbor_writer *writer) {
    put_head(writer, DD_CBOR_SIMPLE, NIL);
}

// --- Reading ---

static uint64_t fail(dd_cbor_reader *reader) {
    reader->bad = true;
    return 0;
}

dd_cbor_type dd_cbor_next(const dd_cbor_reader *reader) {
    if (reader->bad || reader->at == reader->end) return DD_CBOR_NOTHING;
    return *reader->at >> 5;
}

static size_t left(const dd_cbor_reader *reader) {
    return (size_t)(reader->end - reader->at);
}

// Takes a head of any type; its argument. `info` receives the lower five bits.
static uint64_t get_any_head(dd_cbor_reader *reader, uint8_t *info) {
    if (reader->bad || left(reader) == 0) return fail(reader);
    *info = *reader->at++ & 31;
    if (*info < IN_ONE) return *info;
    if (*info > IN_EIGHT) return fail(reader); // reserved, or of indefinite length
    size_t octet_n = (size_t)1 << (*info - IN_ONE);
    if (left(reader) < octet_n) return fail(reader);
    uint64_t argument = 0;
    for (size_t i = 0; i < octet_n; i++)
        argument = argument << 8 | *reader->at++;
    return argument;
}

// Whether `argument` could not have been said in a shorter head.
static bool shortest(uint8_t info, uint64_t argument) {
    static const uint64_t least[] = {IN_ONE, 1u << 8, 1u << 16, UINT64_C(1) << 32};
    return info < IN_ONE || argument >= least[info - IN_ONE];
}

static uint64_t get_head(dd_cbor_reader *reader, dd_cbor_type type, uint64_t most) {
    uint8_t info = 0;
    if (dd_cbor_next(reader) != type) return fail(reader);
    uint64_t argument = get_any_head(reader, &info);
    if (reader->bad || !shortest(info, argument) || argument > most) return fail(reader);
    return argument;
}

uint64_t dd_cbor_get_uint(dd_cbor_reader *reader, uint64_t most) {
    return get_head(reader, DD_CBOR_UINT, most);
}

int64_t dd_cbor_get_int(dd_cbor_reader *reader, int64_t least, int64_t most) {
    bool negative = dd_cbor_next(reader) == DD_CBOR_NEGATIVE;
    uint64_t argument = get_head(reader, negative ? DD_CBOR_NEGATIVE : DD_CBOR_UINT, INT64_MAX);
    int64_t value = negative ? -1 - (int64_t)argument : (int64_t)argument;
    if (reader->bad || value < least || value > most) return (int64_t)fail(reader);
    return value;
}

static const uint8_t *get_string(dd_cbor_reader *reader, dd_cbor_type type, uint16_t *n) {
    *n = (uint16_t)get_head(reader, type, UINT16_MAX);
    if (left(reader) < *n) *n = (uint16_t)fail(reader);
    const uint8_t *octets = reader->at;
    reader->at += *n;
    return octets;
}

const uint8_t *dd_cbor_get_bytes(dd_cbor_reader *reader, uint16_t *n) {
    return get_string(reader, DD_CBOR_BYTES, n);
}

const char *dd_cbor_get_text(dd_cbor_reader *reader, uint16_t *n) {
    return (const char *)get_string(reader, DD_CBOR_TEXT, n);
}

// Each item takes an octet at least, so a count beyond what is left is a lie.
uint16_t dd_cbor_get_array(dd_cbor_reader *reader) {
    uint16_t item_n = (uint16_t)get_head(reader, DD_CBOR_ARRAY, UINT16_MAX);
    return item_n <= left(reader) ? item_n : (uint16_t)fail(reader);
}

uint16_t dd_cbor_get_map(dd_cbor_reader *reader) {
    uint16_t pair_n = (uint16_t)get_head(reader, DD_CBOR_MAP, UINT16_MAX);
    return 2u * pair_n <= left(reader) ? pair_n : (uint16_t)fail(reader);
}

bool dd_cbor_get_bool(dd_cbor_reader *reader) {
    uint64_t value = get_head(reader, DD_CBOR_SIMPLE, TRUE);
    if (value != FALSE && value != TRUE) return fail(reader);
    return value == TRUE;
}

void dd_cbor_get_null(dd_cbor_reader *reader) {
    if (get_head(reader, DD_CBOR_SIMPLE, NIL) != NIL) fail(reader);
}

// Takes one head and, of a string, what follows it; returns how many items it holds.
static uint64_t pass_over(dd_cbor_reader *reader) {
    uint8_t info = 0;
    dd_cbor_type type = dd_cbor_next(reader);
    uint64_t argument = get_any_head(reader, &info);
    if (reader->bad) return 0;
    if (type == DD_CBOR_SIMPLE) { // below 32, a simple value of two octets is malformed (3.3)
        if (info == IN_ONE && argument < 32) return fail(reader);
        return 0;
    }
    if (!shortest(info, argument)) return fail(reader);
    if (type == DD_CBOR_UINT || type == DD_CBOR_NEGATIVE) return 0;
    if (type == DD_CBOR_TAG) return 1;
    if (argument > left(reader)) return fail(reader);
    if (type == DD_CBOR_ARRAY) return argument;
    if (type == DD_CBOR_MAP) return 2 * argument;
    reader->at += argument;
    return 0;
}

void dd_cbor_skip(dd_cbor_reader *reader) {
    uint64_t item_n = 1; // to pass over; whatever nests adds to it, so nothing recurs
    while (item_n > 0 && !reader->bad) {
        item_n += pass_over(reader);
        item_n--;
        if (item_n > left(reader)) fail(reader);
    }
}

bool dd_cbor_done(const dd_cbor_reader *reader) {
    return !reader->bad && reader->at == reader->end;
}
