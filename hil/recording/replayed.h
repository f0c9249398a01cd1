// A board replayed: the tenant that its recording stands for. It answers as the board did then,
// without any wire, as long as it is told the same; what the board did between the city's events
// is handed out at the very moments.
#pragma once

#include "hil/board/board.h"
#include "hil/recording/recording.h"

typedef struct dd_replayed dd_replayed;

// NULL, with DD_WRONG, when that is no recording.
dd_replayed *dd_replayed_open(const char *path, dd_error *error);
void dd_replayed_close(dd_replayed *replayed); // takes NULL

// To be seated whenever the board was. Prompt or not, as it was; false steps where it was lost.
dd_tenant dd_replayed_tenant(const dd_replayed *replayed);
// The state that it was in last, for people: that a step in which it was lost left it in, too.
dd_board_state dd_replayed_state(const dd_replayed *replayed, dd_board_verdict *verdict);

// What happened between events.
typedef struct dd_replayed_event {
    enum { DD_REPLAYED_RESPONSE, DD_REPLAYED_SEAT, DD_REPLAYED_CLOCK } kind;
    dd_response response; // its octets until the next call
    bool given;           // SEAT: it was given to it; else it was taken for lost
    int64_t uptime_us;    // CLOCK: its segment's follows it (dd_seat_clock)
    int32_t rate_ppb;
} dd_replayed_event;

// When the next such thing is to happen; DD_NEVER: none is. Taking it, if it is due by `now`;
// writes to the store that it has borrowed, and its states, are followed on the way.
dd_time dd_replayed_next(const dd_replayed *replayed);
bool dd_replayed_take(dd_replayed *replayed, dd_time now, dd_replayed_event *event);

// Whether the city has told it something else than then, since when nothing holds: DD_WRONG with
// the moment and both.
bool dd_replayed_departed(const dd_replayed *replayed, dd_error *error);
// Up to when a run's folder can be replayed: the earliest end of a recording in its boards/ that
// was cut off (a crash); DD_NEVER: none was.
dd_time dd_replayed_folder_end(const char *folder);
