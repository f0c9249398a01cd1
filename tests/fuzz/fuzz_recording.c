// A file given for a recording. As it is, and as what one block of a file holds whose checks are
// all right, which chance would hardly ever find. What is read is in order and within bounds; what
// is not read is told, with its place.
#include "hil/board/commission_message.h"
#include "hil/recording/recording.h"
#include "hil/recording/utterance.h"
#include "hil/wire/octets.h"
#include "tests/fuzz/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

// What entries hold, read as who replays them does; what was read is written again the same.
static void check_entry(const dd_recorded_entry *entry) {
    static dd_commission_heard heard;
    uint8_t again[DD_UTTERANCE_MAX];
    dd_cabinet_inputs cabinet;
    dd_stimulus stimulus;
    dd_response response;
    if (entry->kind == DD_RECORDED_START) dd_commission_unpack(entry->octets, entry->n, &heard);
    if (dd_utterance_stimulus(entry->octets, entry->n, &cabinet, &stimulus))
        must(dd_utterance_of_stimulus(&stimulus, again) == entry->n);
    if (dd_utterance_response(entry->octets, entry->n, &response))
        must(dd_utterance_of_response(&response, again) == entry->n);
}

static void check_all(dd_recording *recording, dd_time from) {
    dd_recorded_entry entry;
    dd_error error = {0};
    dd_time t = from;
    volatile uint8_t sum = 0; // every octet is read
    while (dd_recording_next(recording, &entry, &error)) {
        must(entry.t >= t && entry.wall_us >= 0 && entry.n <= DD_ENTRY_MAX);
        t = entry.t;
        check_entry(&entry);
        for (size_t i = 0; i < entry.n; i++)
            sum = sum ^ entry.octets[i];
    }
    must(error.status == DD_OK || (error.status == DD_WRONG && error.text[0]));
}

static void check(const uint8_t *octets, size_t n) {
    dd_error error = {0};
    dd_recording *recording = dd_recording_of(octets, n, "recording", &error);
    if (!recording) {
        must(error.status == DD_WRONG && error.text[0]);
        return;
    }
    check_all(recording, 0);
    for (dd_time t = 0; t <= dd_recording_end(recording) && t < DD_DAY; t = 3 * t + DD_SECOND)
        if (dd_recording_seek(recording, t, &error)) check_all(recording, t);
    dd_recording_close(recording);
}

// A file of one block: its times and its number of entries are the first octets of what is given.
static size_t file_of(const uint8_t *data, size_t size, uint8_t *file, size_t room) {
    uint8_t *head = file + DD_RECORDING_HEAD;
    memcpy(file, DD_RECORDING_MAGIC, 8);
    dd_put_le(file + 8, 4, DD_RECORDING_VERSION);
    dd_put_le(file + 12, 4, crc32(0, file, 12));
    size_t n = ZSTD_compress(head + DD_BLOCK_HEAD, room - DD_RECORDING_HEAD - DD_BLOCK_HEAD,
                             data + 4, size - 4, 1);
    must(!ZSTD_isError(n));
    dd_put_le(head, 4, DD_BLOCK_ENTRIES);
    dd_put_le(head + 4, 4, dd_get_le(data, 2));
    dd_put_le(head + 8, 4, size - 4);
    dd_put_le(head + 12, 4, n);
    dd_put_le(head + 16, 8, data[2]);
    dd_put_le(head + 24, 8, data[2] + ((uint64_t)data[3] << 32));
    dd_put_le(head + 32, 4, crc32(0, head + DD_BLOCK_HEAD, (uInt)n));
    dd_put_le(head + 36, 4, crc32(0, head, 36));
    return DD_RECORDING_HEAD + DD_BLOCK_HEAD + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check(data, size);
    if (size < 4 || size > DD_BLOCK_MAX) return 0;
    size_t room = DD_RECORDING_HEAD + DD_BLOCK_HEAD + ZSTD_compressBound(size);
    uint8_t *file = malloc(room);
    size_t n = file_of(data, size, file, room);
    uint8_t *exact = malloc(n);
    memcpy(exact, file, n);
    free(file);
    check(exact, n);
    free(exact);
    return 0;
}
