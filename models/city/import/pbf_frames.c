#include "models/city/import/pbf_frames.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_MAX = 64 << 10, BLOB_MAX = 32 << 20 };

typedef struct dd_wire {
    const uint8_t *bytes;
    size_t size, at;
} dd_wire;

static bool take_number(dd_wire *wire, uint64_t *number) {
    *number = 0;
    for (unsigned shift = 0; shift < 64 && wire->at < wire->size; shift += 7) {
        uint8_t byte = wire->bytes[wire->at++];
        *number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

// Finds the number of a field in a message of Protocol Buffers; it stays where there is none. False
// when the message is none.
static bool find_number(dd_wire wire, uint64_t field, uint64_t *found) {
    while (wire.at < wire.size) {
        uint64_t key, value;
        if (!take_number(&wire, &key)) return false;
        unsigned type = key & 7;
        if (type == 1 || type == 5)
            value = type == 1 ? 8 : 4;
        else if (type != 0 && type != 2)
            return false;
        else if (!take_number(&wire, &value))
            return false;
        if (type == 0 && key >> 3 == field) *found = value;
        if (type == 0) continue;
        if (value > wire.size - wire.at) return false;
        wire.at += value;
    }
    return true;
}

static bool read_part(FILE *file, uint8_t *bytes, uint64_t size, uint64_t most) {
    return size <= most && fread(bytes, 1, size, file) == size;
}

// One frame: the length of its header, the header with the length of its blob, and the blob, which
// says how long it is unpacked.
static bool check_frame(FILE *file, uint8_t *bytes) {
    uint8_t length[4];
    enum { DATA_SIZE = 3, RAW_SIZE = 2 }; // fields of BlobHeader and of Blob
    if (fread(length, 1, 4, file) != 4) return false;
    uint64_t n = (uint32_t)length[0] << 24 | length[1] << 16 | length[2] << 8 | length[3];
    uint64_t blob = UINT64_MAX, raw = 0;
    return read_part(file, bytes, n, HEADER_MAX) &&
           find_number((dd_wire){bytes, n, 0}, DATA_SIZE, &blob) &&
           read_part(file, bytes, blob, BLOB_MAX) &&
           find_number((dd_wire){bytes, blob, 0}, RAW_SIZE, &raw) && raw <= BLOB_MAX;
}

bool dd_pbf_frames_check(const char *path, const char *name, dd_error *error) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return dd_fail(error, DD_WRONG, "%s: %s; check who may read it", name, strerror(errno));
    uint8_t *bytes = malloc(BLOB_MAX);
    bool ok = bytes != NULL;
    for (int next; ok && (next = fgetc(file)) != EOF;) {
        ungetc(next, file);
        ok = check_frame(file, bytes);
    }
    if (!bytes) dd_fail(error, DD_OUTSIDE, "no memory to read %s; free some", name);
    if (bytes && !ok)
        dd_fail(error, DD_WRONG, "%s: is no OpenStreetMap PBF file, or ends early; fetch it again",
                name);
    free(bytes);
    fclose(file);
    return ok;
}
