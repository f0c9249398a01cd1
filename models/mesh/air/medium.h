// What is on the air.
//
// Nothing is written into neighbours: frames stand in the cell of their sender, and each CCA and
// each reception is judged at its end from the frames that overlapped it (reception.h). A cell is
// no smaller than the longest link, so that all that a station can hear stands in 3 x 3 cells; a
// cell whose last frame ended in time is skipped at once. Levels are in 1/100 dBm, times are the
// simulation's.
#pragma once

#include "engine/arena.h"
#include "engine/time.h"
#include "models/mesh/radio/channel.h"
#include "models/mesh/radio/radio.h"
#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/survey/links.h"

// How a clear channel is assessed (IEEE 802.15.4-2020, 10.2.8). Whatever the mode, the channel is
// busy while the station receives a frame.
typedef enum dd_cca_mode {
    DD_CCA_ENERGY = 1,  // energy above the threshold
    DD_CCA_CARRIER = 2, // a frame of this PHY on this channel, above sensitivity
    DD_CCA_EITHER = 3,
} dd_cca_mode;

// Something from outside that raises the noise of a station for a while.
typedef struct dd_disturbance {
    dd_time from, to;
    int32_t level_cdbm; // at the station, within its receiver's bandwidth
    uint32_t source;    // entity where it stands
} dd_disturbance;

typedef struct dd_medium_def {
    uint32_t station_n;            // stations are 1 .. station_n
    const float *x, *y;            // metres, by station; only read at the start
    const uint64_t *stable;        // ids, by station; only read at the start
    const dd_links *links;         // medians and noise; must outlive the medium
    const dd_channel *channel;     // fading and rain; NULL: levels are the medians
    const dd_weather *weather;     // for `channel`; both must outlive the medium
    const dd_radio_preset *preset; // must outlive the medium
    const dd_radio_tables *tables; // must outlive the medium
    uint64_t seed;                 // of the run
    int32_t ed_cdbm;               // CCA's threshold of energy
    int32_t capture_cdb;           // a frame so much stronger takes a receiver over
    uint8_t cca;                   // dd_cca_mode
    // What a receiver hears from outside in [from, to): at most `room` disturbances, returns how
    // many. Not asked while `outside_n`, the number of jammers, is 0. NULL: there are none ever.
    uint32_t (*outside)(const void *context, uint32_t station, uint8_t channel, dd_time from,
                        dd_time to, dd_disturbance *all, uint32_t room);
    const void *context;
    const uint32_t *outside_n;
} dd_medium_def;

// One transmission: a cache line.
typedef struct dd_transmission {
    dd_time start, end; // of its energy: from the preamble's first symbol
    uint32_t next;      // in its cell, or free
    uint32_t later;     // on the air
    uint32_t sender;    // station
    uint32_t count;     // the sender's count of frames, by which draws are keyed
    uint32_t packet;    // handle of its octets with the sender; 0: they are an acknowledgement
    uint8_t ack[DD_FRAME_ACK];
    uint8_t octets; // of the PSDU
    uint8_t channel;
    bool cut;     // its sender lost supply under way
    int16_t x, y; // of its sender, in units of the medium
    uint8_t reserved[16];
} dd_transmission;

// What the medium knows of a station: what is asked for at every judgement lies together.
typedef struct dd_medium_radio {
    uint64_t stable; // its id, for draws
    uint32_t cell;
    uint32_t peer; // to whom it sent last, and how loud they hear each other at the median
    int16_t peer_cdbm;
    int16_t noise_cdbm;
    int16_t x, y; // in units of the medium
} dd_medium_radio;

_Static_assert(sizeof(dd_transmission) == 64, "a transmission is a cache line");

// The transmissions of a cell's stations, as a list.
typedef struct dd_cell {
    dd_time last_end; // of all that ever were in it
    uint32_t oldest, newest;
} dd_cell;

typedef struct dd_medium {
    dd_medium_def def;
    dd_arena *arena;         // transmissions are cache lines of it, counted from its base, from 1
    uint32_t free;           // the first line to be used again
    uint32_t oldest, newest; // of all cells' transmissions, as a list
    dd_medium_radio *radios; // by station
    dd_cell *cells;
    uint32_t columns; // of the grid, a margin of empty cells included
    int64_t reach2;   // square of the longest link, in units of the medium
    dd_time longest;  // time on air of the longest frame so far
    dd_time sync;     // from a frame's start until a receiver is locked to it
    uint64_t bits;    // 256 bits a nanosecond, in 2^-32
} dd_medium;

// Lays out the grid in `arena`.
void dd_medium_init(dd_medium *medium, dd_arena *arena, const dd_medium_def *def);

static inline dd_transmission *dd_medium_at(const dd_medium *medium, uint32_t frame) {
    return (dd_transmission *)(void *)medium->arena->base + (frame - 1);
}

// Puts a transmission on the air (what stands before `cut`), `now` or later, and returns its
// handle, which is good until nobody can overlap it any more: at least until all events at its end
// are handled.
uint32_t dd_medium_put(dd_medium *medium, const dd_transmission *frame, dd_time now);

// Its sender falls silent at `now`.
void dd_medium_cut(dd_medium *medium, uint32_t frame, dd_time now);

// The transmissions that a station may hear and that have energy in [from, to); more than
// DD_MEDIUM_NEAR of them are not looked at. Returns how many.
enum { DD_MEDIUM_NEAR = 112 };
uint32_t dd_medium_near(const dd_medium *medium, uint32_t station, dd_time from, dd_time to,
                        const dd_transmission *near[static DD_MEDIUM_NEAR]);
