// The battery's end of a board's wire. Unlike a link it says whatever a case wants: spoilt frames,
// wrong numbers, octets by themselves; and it judges nothing that it hears. It never waits longer
// than it is told.
#pragma once

#include "hil/domdom.pb-c.h"
#include "hil/wire/frame.h"

enum { DD_PROBE_SEEN = 32, DD_PROBE_HELD = 16384 };

// A frame that has passed, for the report.
typedef struct dd_probe_seen {
    double t_ms; // since the case began
    bool sent;
    uint16_t n;
    uint8_t octets[DD_FRAME_OCTETS];
} dd_probe_seen;

typedef struct dd_probe {
    int fd;
    bool socket, gone;
    int64_t begun_ns;
    uint32_t number;   // of our last frame
    uint32_t heard;    // number of the board's last one
    uint32_t fixed;    // limit to be told; 0: heard + DD_PROBE_ROOM
    uint64_t refused;  // frames of the board's that were none
    double heard_ms;   // when the last frame came
    Hil__Frame *frame; // heard last
    dd_deframer deframer;
    uint8_t held[DD_PROBE_HELD]; // octets that have come
    size_t held_at, held_n;
    uint64_t seen_n;
    dd_probe_seen seen[DD_PROBE_SEEN]; // the last ones, number i at i % DD_PROBE_SEEN
} dd_probe;

enum { DD_PROBE_ROOM = 64 };

// Takes over the descriptor, which is made not to block. NULL: no memory.
dd_probe *dd_probe_open(int fd);
void dd_probe_close(dd_probe *probe); // takes NULL
// A case begins: nothing has been seen, octets that have come are thrown away.
void dd_probe_begin(dd_probe *probe);
double dd_probe_ms(const dd_probe *probe); // since then

// Octets as they are. False: the board has gone, or takes none for two seconds.
bool dd_probe_octets(dd_probe *probe, const uint8_t *octets, size_t n);
// A frame with the next number (0 for a Welcome) and a limit; and one with a number of the case's.
bool dd_probe_say(dd_probe *probe, Hil__Frame *frame);
bool dd_probe_say_as(dd_probe *probe, Hil__Frame *frame, uint32_t number);
// The octets on the wire of what dd_probe_say would say; returns how many.
size_t dd_probe_wire(dd_probe *probe, Hil__Frame *frame, uint8_t wire[static DD_FRAME_WIRE_MAX]);

// The next frame that comes within so many ms, or NULL; good until the next call.
const Hil__Frame *dd_probe_hear(dd_probe *probe, int ms);
