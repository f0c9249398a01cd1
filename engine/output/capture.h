// A capture: packets that records carry, as a pcapng file (draft-ietf-opsawg-pcapng), which packet
// analysers read. Of the kind of records it needs to know only the fields' types: the first TIME is
// when the packet began, the first ENTITY names the interface, the first BYTES is the packet, and
// the second, if any, a comment on it (UTF-8).
//
// What holds: the file is written as the run goes on, in whole blocks, so that it can be read at
// any moment, however the run ends; at most DD_CAPTURE_BUFFER bytes are not yet in it. Packets
// stand in the order of their beginnings. Times are exact to the nanosecond.
#pragma once

#include "engine/engine.h"

enum { DD_CAPTURE_BUFFER = 1 << 20 };

typedef struct dd_capture dd_capture;

typedef struct dd_capture_def {
    const char *path;    // must not exist
    uint16_t kind;       // of records
    uint16_t link_type;  // of packets: a LINKTYPE_ number
    dd_time latest;      // from a packet's beginning until its record is made, at most
    const char *program; // that makes the file: "domdom 0.1.0"
} dd_capture_def;

// Creates the file and listens to the kind in `engine`, which must not be flushed any more after
// the capture is closed. NULL on failure: an existing file is DD_WRONG, all else DD_OUTSIDE.
dd_capture *dd_capture_open(const dd_capture_def *def, dd_engine *engine, dd_error *error);

// Writes what may be written in order. After an error: does nothing.
void dd_capture_write(dd_capture *capture);

// The file writes without telling: after an error (disk full) packets are dropped, and what was
// written stays. True once, with the error, when that has happened since.
bool dd_capture_error(dd_capture *capture, dd_error *error);

// Writes the rest and closes the file. False with the first error ever when the file does not hold
// all packets, even if dd_capture_error told it before.
bool dd_capture_close(dd_capture *capture, dd_error *error);
