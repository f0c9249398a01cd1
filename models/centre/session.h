// The centre's side of what it has with a controller: who it is, and which of the words that it
// keeps in its log have come. Each is taken once, in order, and what the log had to give up is
// known to the word.
#pragma once

#include "models/backhaul/line.h"
#include "models/controller/core/message.h"

typedef struct dd_session {
    dd_line line;                      // to the segment
    dd_time heard;                     // its last word
    uint32_t log;                      // identity of its log; 0: none known yet
    uint32_t last;                     // sequence of the last word of it that was taken
    uint32_t lost;                     // words that never came, of all its logs
    uint32_t strange;                  // words that made no sense
    uint32_t feeders[DD_CORE_FEEDERS]; // of the city, by number within the segment - 1
    uint16_t boots;                    // of the controller, as its last hello says
    bool absent;                       // there is no controller yet: nobody listens for it
    bool up;
} dd_session;

// The controller says hello. What was taken of this log stays taken; another log begins from what
// it says has arrived. Returns the welcome that answers it.
dd_order dd_session_hello(dd_session *session, const dd_word *word);

// Whether a kept word is to be taken now: neither before nor again, nor while one before it has yet
// to come. Then it counts as taken; `lost` are those before it that will never come.
bool dd_session_take(dd_session *session, const dd_word *word, uint32_t *lost);

// Up to where its words have come.
dd_order dd_session_acknowledgement(const dd_session *session);
