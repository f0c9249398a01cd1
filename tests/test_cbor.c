// CBOR: libcbor reads what we write and writes what we read; the examples of RFC 8949.
#include "engine/random.h"
#include "models/mesh/stack/coap/cbor.h"

#include <cbor.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

enum { ROOM = 2048, DEPTH = 4 };

static uint64_t draw_n;

static uint32_t draw(uint32_t n) {
    return dd_uniform(dd_random(1, 2, 4, draw_n++).v[0], n);
}

// Numbers about the limits of every length of head.
static uint64_t any_number(void) {
    static const uint64_t limits[] = {0, 24, 256, 65536, UINT64_C(1) << 32, UINT64_MAX};
    return limits[draw(DD_COUNT(limits))] + draw(5) - 2;
}

// --- Examples: RFC 8949, appendix A ---

static uint8_t octets[ROOM];

static void expect_octets(const dd_cbor_writer *writer, const char *expected, size_t n) {
    cr_assert(not(writer->full));
    cr_expect(eq(sz, writer->n, n));
    cr_expect(memcmp(octets, expected, n) == 0, "%02x...", octets[0]);
}

#define EXPECT(text) expect_octets(&writer, text, sizeof(text) - 1)
#define WRITER                                                                                     \
    (dd_cbor_writer) {                                                                             \
        .octets = octets, .room = ROOM                                                             \
    }

Test(cbor, integers_of_the_rfc) {
    static const struct {
        int64_t value;
        const char *octets;
        size_t n;
    } examples[] = {
        {0, "\x00", 1},
        {23, "\x17", 1},
        {24, "\x18\x18", 2},
        {100, "\x18\x64", 2},
        {1000, "\x19\x03\xe8", 3},
        {1000000, "\x1a\x00\x0f\x42\x40", 5},
        {1000000000000, "\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00", 9},
        {-1, "\x20", 1},
        {-10, "\x29", 1},
        {-100, "\x38\x63", 2},
        {-1000, "\x39\x03\xe7", 3},
        {INT64_MIN, "\x3b\x7f\xff\xff\xff\xff\xff\xff\xff", 9},
    };
    for (size_t i = 0; i < DD_COUNT(examples); i++) {
        dd_cbor_writer writer = WRITER;
        dd_cbor_put_int(&writer, examples[i].value);
        expect_octets(&writer, examples[i].octets, examples[i].n);
        dd_cbor_reader reader = {octets, octets + writer.n, false};
        cr_expect(eq(i64, dd_cbor_get_int(&reader, INT64_MIN, INT64_MAX), examples[i].value));
        cr_expect(dd_cbor_done(&reader));
    }
    dd_cbor_writer writer = WRITER;
    dd_cbor_put_uint(&writer, UINT64_MAX);
    EXPECT("\x1b\xff\xff\xff\xff\xff\xff\xff\xff");
}

Test(cbor, others_of_the_rfc) {
    dd_cbor_writer writer = WRITER;
    dd_cbor_put_bool(&writer, false);
    dd_cbor_put_bool(&writer, true);
    dd_cbor_put_null(&writer);
    dd_cbor_put_bytes(&writer, "\x01\x02\x03\x04", 4);
    dd_cbor_put_text(&writer, "IETF", 4);
    dd_cbor_put_array(&writer, 0);
    EXPECT("\xf4\xf5\xf6\x44\x01\x02\x03\x04\x64IETF\x80");
    writer = WRITER; // {"a": 1, "b": [2, 3]}
    dd_cbor_put_map(&writer, 2);
    dd_cbor_put_text(&writer, "a", 1);
    dd_cbor_put_uint(&writer, 1);
    dd_cbor_put_text(&writer, "b", 1);
    dd_cbor_put_array(&writer, 2);
    dd_cbor_put_uint(&writer, 2);
    dd_cbor_put_uint(&writer, 3);
    EXPECT("\xa2\x61\x61\x01\x61\x62\x82\x02\x03");
}

// --- Judged by libcbor ---

static cbor_item_t *any_item(int depth);

static cbor_item_t *any_many(int depth, bool map) {
    uint32_t n = draw(5);
    cbor_item_t *item = map ? cbor_new_definite_map(n) : cbor_new_definite_array(n);
    for (uint32_t i = 0; i < n; i++) {
        cbor_item_t *value = any_item(depth - 1);
        if (map) {
            struct cbor_pair pair = {cbor_move(cbor_build_uint8((uint8_t)i)), cbor_move(value)};
            cr_assert(cbor_map_add(item, pair));
        } else {
            cr_assert(cbor_array_push(item, cbor_move(value)));
        }
    }
    return item;
}

// Of the shortest head that holds it.
static cbor_item_t *any_integer(void) {
    uint64_t value = any_number();
    cbor_item_t *item = value <= UINT8_MAX    ? cbor_build_uint8((uint8_t)value)
                        : value <= UINT16_MAX ? cbor_build_uint16((uint16_t)value)
                        : value <= UINT32_MAX ? cbor_build_uint32((uint32_t)value)
                                              : cbor_build_uint64(value);
    if (draw(2)) cbor_mark_negint(item);
    return item;
}

static cbor_item_t *any_item(int depth) {
    static unsigned char bytes[300];
    switch (draw(depth > 0 ? 6 : 4)) {
    case 0:
        return any_integer();
    case 1:
        return cbor_build_bytestring(bytes, draw(3) ? draw(30) : draw(sizeof bytes));
    case 2:
        return cbor_build_stringn("of the lamp controller", draw(23));
    case 3:
        return draw(2) ? cbor_build_bool(draw(2)) : cbor_new_null();
    default:
        return any_many(depth, draw(2));
    }
}

// Writes an item of libcbor's in our words.
static void put_item(dd_cbor_writer *writer, const cbor_item_t *item) {
    switch (cbor_typeof(item)) {
    case CBOR_TYPE_UINT:
        dd_cbor_put_uint(writer, cbor_get_int(item));
        break;
    case CBOR_TYPE_NEGINT: // -1 - value; beyond int64_t we write none
        dd_cbor_put_int(writer, -1 - (int64_t)cbor_get_int(item));
        break;
    case CBOR_TYPE_BYTESTRING:
        dd_cbor_put_bytes(writer, cbor_bytestring_handle(item),
                          (uint16_t)cbor_bytestring_length(item));
        break;
    case CBOR_TYPE_STRING:
        dd_cbor_put_text(writer, (const char *)cbor_string_handle(item),
                         (uint16_t)cbor_string_length(item));
        break;
    case CBOR_TYPE_ARRAY:
        dd_cbor_put_array(writer, (uint16_t)cbor_array_size(item));
        for (size_t i = 0; i < cbor_array_size(item); i++)
            put_item(writer, cbor_array_handle(item)[i]);
        break;
    case CBOR_TYPE_MAP:
        dd_cbor_put_map(writer, (uint16_t)cbor_map_size(item));
        for (size_t i = 0; i < cbor_map_size(item); i++) {
            put_item(writer, cbor_map_handle(item)[i].key);
            put_item(writer, cbor_map_handle(item)[i].value);
        }
        break;
    default:
        if (cbor_is_null(item))
            dd_cbor_put_null(writer);
        else
            dd_cbor_put_bool(writer, cbor_get_bool(item));
    }
}

// Reads what stands there in our words and compares it with an item of libcbor's.
static void get_item(dd_cbor_reader *reader, const cbor_item_t *item) {
    uint16_t n;
    switch (cbor_typeof(item)) {
    case CBOR_TYPE_UINT:
        cr_expect(eq(u64, dd_cbor_get_uint(reader, UINT64_MAX), cbor_get_int(item)));
        break;
    case CBOR_TYPE_NEGINT:
        cr_expect(
            eq(i64, dd_cbor_get_int(reader, INT64_MIN, -1), -1 - (int64_t)cbor_get_int(item)));
        break;
    case CBOR_TYPE_BYTESTRING: {
        const uint8_t *bytes = dd_cbor_get_bytes(reader, &n);
        cr_assert(eq(sz, n, cbor_bytestring_length(item)));
        cr_expect(memcmp(bytes, cbor_bytestring_handle(item), n) == 0);
        break;
    }
    case CBOR_TYPE_STRING: {
        const char *text = dd_cbor_get_text(reader, &n);
        cr_assert(eq(sz, n, cbor_string_length(item)));
        cr_expect(memcmp(text, cbor_string_handle(item), n) == 0);
        break;
    }
    case CBOR_TYPE_ARRAY:
        cr_assert(eq(sz, dd_cbor_get_array(reader), cbor_array_size(item)));
        for (size_t i = 0; i < cbor_array_size(item); i++)
            get_item(reader, cbor_array_handle(item)[i]);
        break;
    case CBOR_TYPE_MAP:
        cr_assert(eq(sz, dd_cbor_get_map(reader), cbor_map_size(item)));
        for (size_t i = 0; i < cbor_map_size(item); i++) {
            get_item(reader, cbor_map_handle(item)[i].key);
            get_item(reader, cbor_map_handle(item)[i].value);
        }
        break;
    default:
        if (cbor_is_null(item))
            dd_cbor_get_null(reader);
        else
            cr_expect(eq(int, dd_cbor_get_bool(reader), cbor_get_bool(item)));
    }
}

static bool beyond_int64(const cbor_item_t *item) {
    bool beyond = cbor_isa_negint(item) && cbor_get_int(item) > INT64_MAX;
    for (size_t i = 0; cbor_isa_array(item) && i < cbor_array_size(item); i++)
        beyond |= beyond_int64(cbor_array_handle(item)[i]);
    for (size_t i = 0; cbor_isa_map(item) && i < cbor_map_size(item); i++)
        beyond |= beyond_int64(cbor_map_handle(item)[i].value);
    return beyond;
}

Test(cbor, libcbor_writes_and_reads_the_same_octets) {
    uint8_t theirs[ROOM];
    for (int i = 0; i < 3000; i++) {
        cbor_item_t *item = any_item(DEPTH);
        size_t n = cbor_serialize(item, theirs, sizeof theirs);
        dd_cbor_reader reader = {theirs, theirs + n, false};
        if (n > 0 && !beyond_int64(item)) {
            dd_cbor_writer writer = WRITER;
            put_item(&writer, item);
            cr_assert(eq(sz, writer.n, n));
            cr_assert(memcmp(octets, theirs, n) == 0, "item %d", i);
            get_item(&reader, item);
            cr_expect(dd_cbor_done(&reader));
        }
        reader = (dd_cbor_reader){theirs, theirs + n, false};
        dd_cbor_skip(&reader);
        cr_expect(n == 0 || dd_cbor_done(&reader), "item %d", i);
        for (size_t cut = 0; cut < n; cut += 1 + cut / 8) { // an item cut off is none
            reader = (dd_cbor_reader){theirs, theirs + cut, false};
            dd_cbor_skip(&reader);
            cr_expect(reader.bad, "item %d, cut after %zu of %zu", i, cut, n);
        }
        cbor_decref(&item);
    }
}

// Whether libcbor takes these octets for one whole item.
static bool whole_item(const uint8_t *at, size_t n) {
    struct cbor_load_result result;
    cbor_item_t *item = cbor_load(at, n, &result);
    bool whole = item && result.read == n;
    if (item) cbor_decref(&item);
    return whole;
}

// Simple values and tags that are not assigned and texts that are not UTF-8 are well-formed, but
// libcbor takes none of them.
static uint8_t any_octet(void) {
    uint8_t octet = (uint8_t)draw(256), type = octet >> 5;
    bool simple = type == DD_CBOR_SIMPLE && (octet < 0xF4 || octet == 0xF8);
    bool tag = type == DD_CBOR_TAG && octet > 0xC5 && octet < 0xD8;
    return simple || tag || type == DD_CBOR_TEXT ? octet & 0x1F : octet;
}

// What we pass over as one item, libcbor takes for one too (it also takes longer heads than needed
// and items of indefinite length, which we do not).
Test(cbor, noise_that_passes_for_an_item_is_one) {
    int passed = 0;
    for (int i = 0; i < 100000; i++) {
        uint8_t noise[8];
        size_t n = 1 + draw(sizeof noise);
        for (size_t k = 0; k < n; k++)
            noise[k] = any_octet();
        dd_cbor_reader reader = {noise, noise + n, false};
        dd_cbor_skip(&reader);
        if (reader.bad) continue;
        size_t length = (size_t)(reader.at - noise);
        passed++;
        cr_expect(whole_item(noise, length), "%02x %02x, %zu octets", noise[0], noise[1], length);
    }
    cr_expect(gt(int, passed, 10000));
}

// --- Strictness ---

Test(cbor, what_is_not_as_asked_for_is_bad_and_stays_so) {
    static const struct {
        const char *octets;
        size_t n;
    } bad[] = {
        {"\x18\x17", 2},             // 23 in two octets
        {"\x19\x00\xff", 3},         // 255 in three
        {"\x1c", 1},                 // reserved
        {"\x1f", 1},                 // indefinite
        {"\x19\x01", 2},             // cut off
        {"\x20", 1},                 // negative
        {"\x41\x00", 2},             // a string
        {"\x1a\x00\x01\x00\x00", 5}, // above what is asked for
    };
    for (size_t i = 0; i < DD_COUNT(bad); i++) {
        const uint8_t *at = (const uint8_t *)bad[i].octets;
        dd_cbor_reader reader = {at, at + bad[i].n, false};
        cr_expect(eq(u64, dd_cbor_get_uint(&reader, UINT16_MAX), 0), "%zu", i);
        cr_expect(reader.bad, "%zu", i);
        cr_expect(eq(int, dd_cbor_next(&reader), DD_CBOR_NOTHING));
        cr_expect(not(dd_cbor_done(&reader)));
    }
    static const uint8_t many[] = {0x9A, 0x00, 0x01, 0x00, 0x00}, pairs[] = {0xA2, 1, 2, 3};
    dd_cbor_reader reader = {many, many + sizeof many, false};
    cr_expect(eq(u16, dd_cbor_get_array(&reader), 0));
    cr_expect(reader.bad);
    reader = (dd_cbor_reader){pairs, pairs + sizeof pairs, false};
    cr_expect(eq(u16, dd_cbor_get_map(&reader), 0), "two pairs need four octets");
    cr_expect(reader.bad);
}

Test(cbor, a_writer_that_is_full_writes_nothing_more) {
    dd_cbor_writer writer = {.octets = octets, .room = 4};
    memset(octets, 0x55, 8);
    dd_cbor_put_uint(&writer, 1000);
    dd_cbor_put_uint(&writer, 1000); // two octets too many
    dd_cbor_put_uint(&writer, 1);    // would fit
    cr_expect(writer.full);
    cr_expect(eq(u16, writer.n, 3));
    cr_expect(eq(u8, octets[3], 0x55));
}
