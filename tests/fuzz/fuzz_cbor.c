// Arbitrary octets as CBOR. An item that we read, we write as the same octets, since each has one
// form; what is passed over is as long as what is read.
#include <string.h>

#include "models/mesh/stack/coap/cbor.h"
#include "tests/fuzz/bytes.h"

enum { DEPTH_MAX = 64 };

// Reads one item and writes it. False: of a kind that is only passed over.
static bool copy(dd_cbor_reader *in, dd_cbor_writer *out, int depth) {
    uint16_t n;
    bool map = dd_cbor_next(in) == DD_CBOR_MAP;
    const uint8_t *octets;
    if (depth == 0) return false;
    switch (dd_cbor_next(in)) {
    case DD_CBOR_UINT:
        dd_cbor_put_uint(out, dd_cbor_get_uint(in, UINT64_MAX));
        return true;
    case DD_CBOR_NEGATIVE:
        dd_cbor_put_int(out, dd_cbor_get_int(in, INT64_MIN, -1));
        return true;
    case DD_CBOR_BYTES:
        octets = dd_cbor_get_bytes(in, &n);
        dd_cbor_put_bytes(out, octets, n);
        return true;
    case DD_CBOR_TEXT:
        octets = (const uint8_t *)dd_cbor_get_text(in, &n);
        dd_cbor_put_text(out, (const char *)octets, n);
        return true;
    case DD_CBOR_ARRAY:
    case DD_CBOR_MAP:
        n = map ? dd_cbor_get_map(in) : dd_cbor_get_array(in);
        if (map)
            dd_cbor_put_map(out, n);
        else
            dd_cbor_put_array(out, n);
        for (uint32_t i = 0; i < (map ? 2u : 1u) * n && !in->bad; i++)
            if (!copy(in, out, depth - 1)) return false;
        return true;
    case DD_CBOR_SIMPLE:
        if (*in->at == 0xF6) {
            dd_cbor_get_null(in);
            dd_cbor_put_null(out);
            return true;
        }
        dd_cbor_put_bool(out, dd_cbor_get_bool(in));
        return true;
    default:
        return false;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t octets[UINT16_MAX];
    dd_cbor_reader passed = {data, data + size, false}, read = passed;
    dd_cbor_writer writer = {.octets = octets, .room = UINT16_MAX};
    dd_cbor_skip(&passed);
    must(passed.at >= data && passed.at <= data + size);
    if (!copy(&read, &writer, DEPTH_MAX) || read.bad || writer.full) return 0;
    must(!passed.bad && passed.at == read.at);
    must(writer.n == read.at - data && memcmp(octets, data, writer.n) == 0);
    return 0;
}
