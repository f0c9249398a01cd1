#define _POSIX_C_SOURCE 200809L
#include "hil/recording/recorder.h"
#include "hil/wire/octets.h"
#include "hil/wire/wall.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum {
    LEVEL = 3, // of zstd: its default, much faster than any wire
    FLUSH_US = 1000000,
    PLACE = 16, // octets of a block's place in the index
};

struct dd_recorder {
    int fd;
    char *path;
    int failed; // errno of what first went wrong
    int64_t begun_us, flushed_us;
    uint64_t at; // octets written
    dd_time first_t, last_t;
    int64_t last_us;
    uint32_t entry_n;
    size_t n;        // octets of `raw`
    uint8_t *raw;    // the open block
    uint8_t *packed; // with its head before it
    ZSTD_CCtx *press;
    uint8_t *index;
    size_t index_n, index_size; // octets
};

// --- Writing ---

static void write_all(dd_recorder *it, const uint8_t *octets, size_t n) {
    for (size_t done = 0; done < n && !it->failed;) {
        ssize_t part = write(it->fd, octets + done, n - done);
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0)
            it->failed = part < 0 ? errno : ENOSPC;
        else
            done += (size_t)part;
    }
    it->at += n;
}

static void put_head(const dd_recorder *it, uint32_t kind, uint32_t entry_n, size_t raw_n,
                     const uint8_t *packed, size_t packed_n, uint8_t head[static DD_BLOCK_HEAD]) {
    dd_put_le(head, 4, kind);
    dd_put_le(head + 4, 4, entry_n);
    dd_put_le(head + 8, 4, raw_n);
    dd_put_le(head + 12, 4, packed_n);
    dd_put_le(head + 16, 8, (uint64_t)it->first_t);
    dd_put_le(head + 24, 8, (uint64_t)it->last_t);
    dd_put_le(head + 32, 4, crc32(0, packed, (uInt)packed_n));
    dd_put_le(head + 36, 4, crc32(0, head, 36));
}

static void index_block(dd_recorder *it) {
    if (it->index_n + PLACE > it->index_size) {
        size_t size = 2 * it->index_size + 64 * PLACE;
        uint8_t *index = realloc(it->index, size);
        if (!index) {
            it->failed = ENOMEM;
            return;
        }
        it->index = index;
        it->index_size = size;
    }
    dd_put_le(it->index + it->index_n, 8, it->at);
    dd_put_le(it->index + it->index_n + 8, 8, (uint64_t)it->first_t);
    it->index_n += PLACE;
}

// A block is handed over by one write, so that a crash leaves none of it or (a full disk) a part.
static void close_block(dd_recorder *it) {
    if (it->entry_n == 0 || it->failed) return;
    uint8_t *packed = it->packed + DD_BLOCK_HEAD;
    size_t n = ZSTD_compressCCtx(it->press, packed, ZSTD_compressBound(DD_BLOCK_MAX), it->raw,
                                 it->n, LEVEL);
    if (ZSTD_isError(n)) {
        it->failed = ENOMEM; // its room suffices, so nothing else is left
        return;
    }
    index_block(it);
    put_head(it, DD_BLOCK_ENTRIES, it->entry_n, it->n, packed, n, it->packed);
    write_all(it, it->packed, DD_BLOCK_HEAD + n);
    it->n = it->entry_n = 0;
}

void dd_recorder_flush(dd_recorder *it) {
    close_block(it);
    it->flushed_us = dd_wall_ns() / 1000;
}

// --- Adding ---

static void put_count(dd_recorder *it, uint64_t count) {
    for (; count >= 0x80; count >>= 7)
        it->raw[it->n++] = (uint8_t)(count | 0x80);
    it->raw[it->n++] = (uint8_t)count;
}

void dd_recorder_add(dd_recorder *it, dd_recorded kind, dd_time t, const void *octets, size_t n) {
    assert(t >= it->last_t && n <= DD_ENTRY_MAX);
    if (it->failed) return;
    int64_t now_us = dd_wall_ns() / 1000;
    if (it->entry_n == 0) {
        it->first_t = it->last_t = t;
        it->last_us = it->begun_us;
    }
    it->raw[it->n++] = (uint8_t)kind;
    put_count(it, (uint64_t)(t - it->last_t));
    put_count(it, (uint64_t)(now_us - it->last_us));
    put_count(it, n);
    if (n > 0) memcpy(it->raw + it->n, octets, n);
    it->n += n;
    it->entry_n++;
    it->last_t = t;
    it->last_us = now_us;
    if (it->n >= DD_BLOCK_FULL || now_us - it->flushed_us >= FLUSH_US) dd_recorder_flush(it);
}

// --- Opening and closing ---

static void begin(dd_recorder *it) {
    uint8_t head[DD_RECORDING_HEAD];
    memcpy(head, DD_RECORDING_MAGIC, 8);
    dd_put_le(head + 8, 4, DD_RECORDING_VERSION);
    dd_put_le(head + 12, 4, crc32(0, head, 12));
    write_all(it, head, sizeof head);
}

static void discard(dd_recorder *it) {
    if (it->fd >= 0) close(it->fd);
    ZSTD_freeCCtx(it->press);
    free(it->path);
    free(it->raw);
    free(it->packed);
    free(it->index);
    free(it);
}

dd_recorder *dd_recorder_open(const char *path, dd_error *error) {
    dd_recorder *it = calloc(1, sizeof *it);
    if (!it) return dd_fail(error, DD_OUTSIDE, "no memory for a recording"), NULL;
    *it = (dd_recorder){.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666),
                        .path = strdup(path),
                        .begun_us = dd_wall_ns() / 1000,
                        .flushed_us = dd_wall_ns() / 1000,
                        .raw = malloc(DD_BLOCK_MAX),
                        .packed = malloc(DD_BLOCK_HEAD + ZSTD_compressBound(DD_BLOCK_MAX)),
                        .press = ZSTD_createCCtx()};
    if (it->fd < 0) {
        dd_fail(error, DD_OUTSIDE, "%s: cannot record there (%s)", path, strerror(errno));
    } else if (!it->path || !it->raw || !it->packed || !it->press) {
        dd_fail(error, DD_OUTSIDE, "%s: no memory for a recording", path);
    } else {
        begin(it);
        if (!dd_recorder_failed(it, error)) return it;
    }
    discard(it);
    return NULL;
}

bool dd_recorder_failed(const dd_recorder *it, dd_error *error) {
    if (!it->failed) return false;
    dd_fail(error, DD_OUTSIDE, "%s: cannot be written (%s); what was recorded before stands there",
            it->path, strerror(it->failed));
    return true;
}

static void finish(dd_recorder *it) {
    uint8_t head[DD_BLOCK_HEAD], tail[DD_RECORDING_TAIL];
    close_block(it);
    dd_put_le(tail, 8, it->at);
    dd_put_le(tail + 8, 8, DD_RECORDING_END);
    put_head(it, DD_BLOCK_INDEX, (uint32_t)(it->index_n / PLACE), it->index_n,
             it->index ? it->index : tail, it->index_n, head);
    write_all(it, head, sizeof head);
    if (it->index_n > 0) write_all(it, it->index, it->index_n);
    write_all(it, tail, sizeof tail);
}

bool dd_recorder_close(dd_recorder *it, dd_error *error) {
    if (!it) return true;
    finish(it);
    if (close(it->fd) != 0 && !it->failed) it->failed = errno;
    it->fd = -1;
    bool good = !dd_recorder_failed(it, error);
    discard(it);
    return good;
}
