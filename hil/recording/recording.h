// A recording: all that passed between a board and its twin, as a file that stands for the board
// later. Its entries lie in blocks, each compressed (zstd) and with its checks, so that what a
// crash leaves is whole up to the last block; an index at the end, found anew by going from block
// to block where it is missing. Numbers are little-endian:
//
//   head     8 octets DD_RECORDING_MAGIC, u32 version, u32 check of these
//   block    u32 DD_BLOCK_ENTRIES, u32 entries, u32 octets unpacked, u32 octets packed,
//            i64 simulated time of the first entry and of the last, u32 check of what is packed,
//            u32 check of this head; then the packed octets
//   ...
//   index    a block DD_BLOCK_INDEX, not packed: by block u64 where it begins, i64 its first time
//   end      u64 where the index begins, u64 DD_RECORDING_END
//
// An entry: u8 kind; how much later than the one before (the first: than the block's first time),
// ns of simulated time, then µs of the wall; how many octets; these. The three counts are LEB128;
// the wall's of the first entry of a block counts from the recording's beginning. Checks are CRC-32
// (IEEE 802.3).
#pragma once

#include "engine/time.h"

enum {
    DD_RECORDING_VERSION = 1, // changes when an older reader would misread
    DD_RECORDING_HEAD = 16,
    DD_RECORDING_TAIL = 16,
    DD_BLOCK_HEAD = 40,
    DD_BLOCK_FULL = 64 * 1024, // octets after which a block is closed
    DD_ENTRY_MAX = 16 * 1024,  // octets of an entry
    DD_BLOCK_MAX = DD_BLOCK_FULL + DD_ENTRY_MAX + 32,
    DD_BLOCK_ENTRIES = 0x4b4c4244, // "DBLK"
    DD_BLOCK_INDEX = 0x58444944,   // "DIDX"
};

#define DD_RECORDING_MAGIC                                                                         \
    "\x89"                                                                                         \
    "DOMREC\n"
#define DD_RECORDING_END UINT64_C(0x0a444e45434552d6)

// What passed. Between DD_RECORDED_START or _STIMULUS and the _DONE that ends it lies what the
// board said within that step; a response or a write elsewhere was taken between the city's events.
typedef enum dd_recorded {
    DD_RECORDED_SESSION = 1, // JSON of the run's; then, each time it is welcomed, of the board's
    DD_RECORDED_TO_BOARD,    // a frame, before stuffing and without check, as sent
    DD_RECORDED_FROM_BOARD,  // ... as it came
    DD_RECORDED_STATE,       // u8 dd_board_state, u8 dd_board_verdict
    DD_RECORDED_STORE,       // the store that it may borrow as it is at a start: u32 place, octets
    DD_RECORDED_START,       // switched on: u8 mask of DD_START_..., a Frame of the commission
    DD_RECORDED_STIMULUS,    // i64 uptime in µs, the stimulus: utterance.h
    DD_RECORDED_RESPONSE,    // utterance.h
    DD_RECORDED_WRITE,       // to its store: u32 place, u8 whether it was done, octets
    DD_RECORDED_DONE,        // u8 1, or 0: it was lost; i64 due_us
    DD_RECORDED_STOP,        // switched off
    DD_RECORDED_SEAT,        // u8 1: it was given its seat between events; 0: it was taken for lost
    DD_RECORDED_CLOCK,       // its segment's clock follows it: i64 uptime in µs, i32 rate in ppb
    DD_RECORDED_KINDS,
} dd_recorded;

typedef struct dd_recorded_entry {
    uint8_t kind;
    dd_time t;       // simulated; a frame's: of what was last known before it
    int64_t wall_us; // since the recording began
    const uint8_t *octets;
    size_t n;
} dd_recorded_entry;

enum { DD_START_PROMPT = 1, DD_START_AIR = 2 }; // of the tenant that is started

extern const char *const dd_recorded_names[DD_RECORDED_KINDS];

typedef struct dd_recording dd_recording;

// Opens a file at its first entry. NULL, with DD_WRONG, when it is no recording or of a newer
// version.
dd_recording *dd_recording_open(const char *path, dd_error *error);
// The same of octets in memory, which must outlive it; `name` stands for the file in messages.
dd_recording *dd_recording_of(const uint8_t *octets, size_t n, const char *name, dd_error *error);
void dd_recording_close(dd_recording *recording); // takes NULL

// The next entry, in the order in which they were made, its octets valid until the next call.
// False: the end, or (error->status) DD_WRONG: it is spoilt, and where.
bool dd_recording_next(dd_recording *recording, dd_recorded_entry *entry, dd_error *error);

// Goes to the first entry at or after a simulated time, by the index.
bool dd_recording_seek(dd_recording *recording, dd_time t, dd_error *error);

// It was cut off (a crash): it is read as far as it is whole.
bool dd_recording_cut(const dd_recording *recording);
// The simulated time of its last entry; 0 when it has none.
dd_time dd_recording_end(const dd_recording *recording);
uint32_t dd_recording_blocks(const dd_recording *recording);
