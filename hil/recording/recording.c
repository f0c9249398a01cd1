#define _POSIX_C_SOURCE 200809L
#include "hil/recording/recording.h"
#include "hil/wire/octets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

const char *const dd_recorded_names[DD_RECORDED_KINDS] = {[DD_RECORDED_SESSION] = "session",
                                                          [DD_RECORDED_TO_BOARD] = "to board",
                                                          [DD_RECORDED_FROM_BOARD] = "from board",
                                                          [DD_RECORDED_STATE] = "state",
                                                          [DD_RECORDED_STORE] = "store",
                                                          [DD_RECORDED_START] = "start",
                                                          [DD_RECORDED_STIMULUS] = "stimulus",
                                                          [DD_RECORDED_RESPONSE] = "response",
                                                          [DD_RECORDED_WRITE] = "write",
                                                          [DD_RECORDED_DONE] = "done",
                                                          [DD_RECORDED_STOP] = "stop",
                                                          [DD_RECORDED_SEAT] = "seat",
                                                          [DD_RECORDED_CLOCK] = "clock"};

enum { PLACE = 16 }; // octets of a block's place in the index

// Where a block begins, and from when it tells.
typedef struct dd_block_place {
    size_t at;
    dd_time first_t;
} dd_block_place;

struct dd_recording {
    char *name;
    const uint8_t *octets;
    size_t n;
    void *mapped; // what is to be unmapped; NULL: the octets are somebody else's
    bool cut;
    dd_time end;
    dd_block_place *places;
    uint32_t place_n, block; // the block that is open is the one before `block`
    ZSTD_DCtx *unpress;
    uint8_t *raw;
    size_t raw_n, raw_at;
    uint32_t entries_left;
    dd_time t, last_t; // last_t: by its head
    int64_t wall_us;
    bool again; // `entry` was found by seeking, and is the next one
    dd_recorded_entry entry;
};

// --- Blocks ---

typedef struct dd_block {
    uint32_t kind, entry_n, raw_n, packed_n, check;
    dd_time first_t, last_t;
    const uint8_t *packed;
} dd_block;

// Reads a block's head. False: nothing whole begins there.
static bool read_head(const dd_recording *it, size_t at, dd_block *head) {
    if (at > it->n || it->n - at < DD_BLOCK_HEAD) return false;
    const uint8_t *octets = it->octets + at;
    if (crc32(0, octets, 36) != dd_get_le(octets + 36, 4)) return false;
    *head = (dd_block){.kind = (uint32_t)dd_get_le(octets, 4),
                       .entry_n = (uint32_t)dd_get_le(octets + 4, 4),
                       .raw_n = (uint32_t)dd_get_le(octets + 8, 4),
                       .packed_n = (uint32_t)dd_get_le(octets + 12, 4),
                       .first_t = (dd_time)dd_get_le(octets + 16, 8),
                       .last_t = (dd_time)dd_get_le(octets + 24, 8),
                       .check = (uint32_t)dd_get_le(octets + 32, 4),
                       .packed = octets + DD_BLOCK_HEAD};
    return head->packed_n <= it->n - at - DD_BLOCK_HEAD;
}

static bool whole(const dd_block *head) {
    return crc32(0, head->packed, head->packed_n) == head->check;
}

static bool of_entries(const dd_block *head) {
    return head->kind == DD_BLOCK_ENTRIES && head->entry_n > 0 && head->raw_n <= DD_BLOCK_MAX &&
           head->first_t >= 0 && head->first_t <= head->last_t;
}

static bool keep_place(dd_recording *it, size_t at, dd_time first_t) {
    if (it->place_n % 64 == 0) {
        dd_block_place *places = realloc(it->places, (it->place_n + 64) * sizeof *places);
        if (!places) return false;
        it->places = places;
    }
    it->places[it->place_n++] = (dd_block_place){at, first_t};
    return true;
}

// --- The index ---

// Where it lies, if the recording was closed; else 0.
static size_t index_at(const dd_recording *it) {
    if (it->n < DD_RECORDING_HEAD + DD_RECORDING_TAIL) return 0;
    const uint8_t *tail = it->octets + it->n - DD_RECORDING_TAIL;
    if (dd_get_le(tail + 8, 8) != DD_RECORDING_END) return 0;
    uint64_t at = dd_get_le(tail, 8);
    return at < it->n ? (size_t)at : 0;
}

static bool read_index(dd_recording *it) {
    dd_block head;
    size_t at = index_at(it);
    if (at == 0 || !read_head(it, at, &head) || head.kind != DD_BLOCK_INDEX || !whole(&head) ||
        head.packed_n != (uint64_t)head.entry_n * PLACE)
        return false;
    for (uint32_t i = 0; i < head.entry_n; i++) {
        const uint8_t *octets = head.packed + (size_t)i * PLACE;
        if (!keep_place(it, dd_get_le(octets, 8), (dd_time)dd_get_le(octets + 8, 8))) return false;
    }
    it->end = head.last_t;
    return true;
}

// From block to block, as far as they are whole.
static void find_blocks(dd_recording *it) {
    size_t at = DD_RECORDING_HEAD;
    it->cut = true;
    it->place_n = 0;
    for (dd_block head; read_head(it, at, &head); at += DD_BLOCK_HEAD + head.packed_n) {
        if (!of_entries(&head) || head.first_t < it->end || !whole(&head) ||
            !keep_place(it, at, head.first_t))
            return;
        it->end = head.last_t;
    }
}

// --- Opening ---

static bool check_head(const dd_recording *it, dd_error *error) {
    if (it->n < DD_RECORDING_HEAD || memcmp(it->octets, DD_RECORDING_MAGIC, 8) != 0 ||
        crc32(0, it->octets, 12) != dd_get_le(it->octets + 12, 4))
        return dd_fail(error, DD_WRONG, "%s: is no recording of a board", it->name);
    uint32_t version = (uint32_t)dd_get_le(it->octets + 8, 4);
    return version == DD_RECORDING_VERSION ||
           dd_fail(error, DD_WRONG,
                   "%s: is a recording of version %u, and this domdom reads version %d; play it "
                   "with the domdom that made it",
                   it->name, version, DD_RECORDING_VERSION);
}

static dd_recording *open_over(const uint8_t *octets, size_t n, void *mapped, const char *name,
                               dd_error *error) {
    dd_recording *it = calloc(1, sizeof *it);
    if (!it) return dd_fail(error, DD_OUTSIDE, "%s: no memory to read it", name), NULL;
    *it = (dd_recording){.name = strdup(name),
                         .octets = octets,
                         .n = n,
                         .mapped = mapped,
                         .unpress = ZSTD_createDCtx(),
                         .raw = malloc(DD_BLOCK_MAX)};
    if (!it->name || !it->unpress || !it->raw)
        dd_fail(error, DD_OUTSIDE, "%s: no memory to read it", name);
    else if (check_head(it, error)) {
        if (!read_index(it)) find_blocks(it);
        return it;
    }
    dd_recording_close(it);
    return NULL;
}

dd_recording *dd_recording_of(const uint8_t *octets, size_t n, const char *name, dd_error *error) {
    return open_over(octets, n, NULL, name, error);
}

dd_recording *dd_recording_open(const char *path, dd_error *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        dd_fail(error, DD_WRONG, "%s: cannot be read (%s)", path,
                fd < 0 ? strerror(errno) : "it is no file");
        if (fd >= 0) close(fd);
        return NULL;
    }
    size_t n = (size_t)status.st_size;
    void *mapped = n ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (mapped == MAP_FAILED) {
        dd_fail(error, DD_WRONG, "%s: %s", path,
                n ? strerror(errno) : "is no recording of a board: it is empty");
        return NULL;
    }
    return open_over(mapped, n, mapped, path, error);
}

void dd_recording_close(dd_recording *it) {
    if (!it) return;
    if (it->mapped) munmap(it->mapped, it->n);
    ZSTD_freeDCtx(it->unpress);
    free(it->name);
    free(it->places);
    free(it->raw);
    free(it);
}

bool dd_recording_cut(const dd_recording *it) {
    return it->cut;
}

dd_time dd_recording_end(const dd_recording *it) {
    return it->end;
}

uint32_t dd_recording_blocks(const dd_recording *it) {
    return it->place_n;
}

// --- Entries ---

static bool spoilt(const dd_recording *it, dd_error *error) {
    return dd_fail(error, DD_WRONG,
                   "%s: the block at octet %zu is spoilt; the file was changed after it was "
                   "recorded",
                   it->name, it->place_n ? it->places[it->block - 1].at : 0);
}

static bool open_block(dd_recording *it, dd_error *error) {
    dd_block head;
    const dd_block_place *place = &it->places[it->block++];
    it->entries_left = 0;
    if (!read_head(it, place->at, &head) || !of_entries(&head) || !whole(&head) ||
        head.first_t != place->first_t || head.first_t < it->t)
        return spoilt(it, error);
    size_t n = ZSTD_decompressDCtx(it->unpress, it->raw, DD_BLOCK_MAX, head.packed, head.packed_n);
    if (ZSTD_isError(n) || n != head.raw_n) return spoilt(it, error);
    it->raw_n = n;
    it->raw_at = 0;
    it->entries_left = head.entry_n;
    it->t = head.first_t;
    it->last_t = head.last_t;
    it->wall_us = 0;
    return true;
}

// False: it does not end within the block, or within 63 bits.
static bool take_count(dd_recording *it, int64_t *count) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && it->raw_at < it->raw_n; shift += 7) {
        uint8_t octet = it->raw[it->raw_at++];
        value |= (uint64_t)(octet & 0x7f) << shift;
        if (octet >= 0x80) continue;
        *count = (int64_t)value;
        return true;
    }
    return false;
}

static bool take_entry(dd_recording *it, dd_recorded_entry *entry) {
    int64_t later, later_us, n;
    if (it->raw_at == it->raw_n) return false;
    entry->kind = it->raw[it->raw_at++];
    if (!take_count(it, &later) || !take_count(it, &later_us) || !take_count(it, &n)) return false;
    if (later > it->last_t - it->t || later_us > INT64_MAX - it->wall_us || n > DD_ENTRY_MAX ||
        (size_t)n > it->raw_n - it->raw_at)
        return false;
    entry->t = it->t += later;
    entry->wall_us = it->wall_us += later_us;
    entry->octets = it->raw + it->raw_at;
    entry->n = (size_t)n;
    it->raw_at += (size_t)n;
    it->entries_left--;
    return true;
}

bool dd_recording_next(dd_recording *it, dd_recorded_entry *entry, dd_error *error) {
    error->status = DD_OK;
    if (it->again) {
        *entry = it->entry;
        it->again = false;
        return true;
    }
    if (it->entries_left == 0 && (it->block == it->place_n || !open_block(it, error))) return false;
    return take_entry(it, entry) || (it->entries_left = 0, spoilt(it, error));
}

// The last block that begins before `t`: one that begins at `t` may have entries of the same moment
// before it.
static uint32_t block_before(const dd_recording *it, dd_time t) {
    uint32_t low = 0, high = it->place_n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (it->places[middle].first_t < t)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : 0;
}

bool dd_recording_seek(dd_recording *it, dd_time t, dd_error *error) {
    it->block = block_before(it, t);
    it->entries_left = 0;
    it->again = false;
    it->t = 0;
    while (dd_recording_next(it, &it->entry, error))
        if (it->entry.t >= t) return it->again = true;
    return error->status == DD_OK;
}
