// A recording: a session with a board as a file, that stands for the board later. Blocks of
// entries, compressed (zstd), each with its check, so that what a crash leaves is whole up to the
// last block; an index at the end, made anew by reading through where it is missing.
#pragma once

#include "engine/time.h"
#include "hil/board.h"

typedef enum dd_recorded {
    DD_RECORDED_SESSION = 1, // octets: JSON: identity, segment, mode, versions, seed, scenario
    DD_RECORDED_TO_BOARD,    // a frame, as sent
    DD_RECORDED_FROM_BOARD,  // a frame, as it came
    DD_RECORDED_STATE,       // octets: dd_board_state, dd_board_verdict
    DD_RECORDED_TAKEN,       // real time: messages of the frame before were taken at this moment
} dd_recorded;

typedef struct dd_recorded_entry {
    uint8_t kind;
    dd_time t;       // simulated
    int64_t wall_us; // since the session began
    const uint8_t *octets;
    size_t n;
} dd_recorded_entry;

typedef struct dd_recorder dd_recorder;
dd_recorder *dd_recorder_open(const char *path, dd_error *error);
// False: the disk is full, or so.
bool dd_recorder_add(dd_recorder *recorder, const dd_recorded_entry *entry);
// What is kept so far survives a crash from here on; once a second of the wall at least.
bool dd_recorder_flush(dd_recorder *recorder);
bool dd_recorder_close(dd_recorder *recorder, dd_error *error);

typedef struct dd_recording dd_recording;
// DD_WRONG when it is no recording; one that was cut off is read as far as it is whole, and says
// so.
dd_recording *dd_recording_open(const char *path, dd_error *error);
bool dd_recording_cut(const dd_recording *recording);
// The next entry, in the order in which they were made; false: the end, or (error) it is spoilt.
bool dd_recording_next(dd_recording *recording, dd_recorded_entry *entry, dd_error *error);
// Goes to the first entry at or after a simulated time, by the index.
bool dd_recording_seek(dd_recording *recording, dd_time t, dd_error *error);
void dd_recording_close(dd_recording *recording);

// The tenant that a recording of a run stands for: answers as the board did then; *departed is set,
// with the error, at the first stimulus that is another than then.
typedef struct dd_replayed dd_replayed;
dd_replayed *dd_replayed_open(const char *path, dd_error *error);
dd_tenant dd_replayed_tenant(dd_replayed *replayed);
bool dd_replayed_departed(const dd_replayed *replayed, dd_error *error);
// Real time: when the board's next message was taken, DD_NEVER: none; and taking it.
dd_time dd_replayed_next(const dd_replayed *replayed);
bool dd_replayed_take(dd_replayed *replayed, const dd_responder *responder);
void dd_replayed_close(dd_replayed *replayed);
