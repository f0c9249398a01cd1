// The link with a board: frames over a descriptor (a serial port, a pseudo-terminal, a socket),
// with numbers, credit and counters. It never waits but in dd_link_wait. A Hello or a Welcome
// begins numbers and credit anew: 4 frames, until the peer says more; a Hello that comes, those of
// its sender only. Counters go on.
#pragma once

#include "engine/base.h"
#include "hil/domdom.pb-c.h"
#include "hil/wire/frame.h"

typedef struct dd_link dd_link;

typedef struct dd_link_counts {
    uint64_t sent, received; // frames
    uint64_t sent_octets, received_octets;
    uint64_t lost;     // missing by their numbers
    uint64_t repeated; // came again, or too late; passed over
    uint64_t garbled;  // failed their check
    uint64_t refused;  // whole, but no Frame
    uint64_t dropped;  // of ours: no credit or no room
} dd_link_counts;

// What sees and may change octets on their way to or from the wire: bad wires.
typedef struct dd_wire_filter {
    void *context;
    // What becomes of n octets that are sent, or have come: calls `pass` with what goes on, none or
    // several times, now or later.
    void (*filter)(void *context, bool sent, const uint8_t *octets, size_t n,
                   void (*pass)(void *pass_context, const uint8_t *octets, size_t n),
                   void *pass_context);
    // When the first of what it holds back is due, ns of CLOCK_MONOTONIC (INT64_MAX: it holds back
    // nothing), and letting pass what is due by then. NULL: it never does.
    int64_t (*due)(const void *context);
    void (*time)(void *context, int64_t now_ns);
} dd_wire_filter;

// Frames as they are (before stuffing, without check), sent or come: recordings, monitors.
typedef struct dd_link_tap {
    void *context;
    void (*frame)(void *context, bool sent, const uint8_t *octets, size_t n);
} dd_link_tap;

// Takes over the descriptor, which is made not to block; one at whose end read() says 0 (a serial
// port: VMIN 1). NULL: no memory, and the descriptor is still the caller's.
dd_link *dd_link_open(int fd);
void dd_link_close(dd_link *link); // takes NULL
int dd_link_fd(const dd_link *link);

void dd_link_tap_into(dd_link *link, dd_link_tap tap);
void dd_link_filter(dd_link *link, dd_wire_filter filter);

// The largest frame that the peer takes; DD_FRAME_MAX at first.
void dd_link_frame_max(dd_link *link, size_t octets);

// Sends a frame, its number and limit filled in; octets that the descriptor does not take at once
// wait. False: no credit (a frame with a control word needs none, so that a link whose frames were
// lost comes round; nor do data of the store, for which the board waits), too long, or the link is
// gone.
bool dd_link_send(dd_link *link, Hil__Frame *frame);
// How many frames without a control word the peer has room for now.
uint32_t dd_link_room(const dd_link *link);

// Reads what has come, or some of it, and writes what waits. False: the other side is gone, for
// good; what it said before can still be taken.
bool dd_link_pump(dd_link *link);
// ... after waiting up to so long for something to come.
bool dd_link_wait(dd_link *link, int ms);
// When the link must be pumped though nothing has come, for its filter's sake: ns of
// CLOCK_MONOTONIC, INT64_MAX: never. dd_link_wait sees to it by itself.
int64_t dd_link_due(const dd_link *link);
// Whether octets wait to be written.
bool dd_link_writing(const dd_link *link);

// The next frame that has come, or NULL; the link's, until the next call.
const Hil__Frame *dd_link_take(dd_link *link);

const dd_link_counts *dd_link_counts_of(const dd_link *link);
void dd_link_counts_add(dd_link_counts *sum, const dd_link_counts *more);
