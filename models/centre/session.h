// The centre's side of what it has with a controller: who it is, and which of the words that it
// keeps in its log have come. Each is taken once, in order, and what the log had to give up is
// known to the word.
#pragma once

#include "models/backhaul/line.h"
#include "models/controller/core/message.h"

// What a controller says when it asks for a session.
typedef struct dd_hello {
    uint32_t number;  // of the attempt
    uint32_t log;     // identity of what it keeps words in
    uint32_t after;   // sequence up to which it holds them to have arrived
    uint32_t waiting; // words
} dd_hello;

typedef struct dd_session {
    dd_line line;     // to the segment
    dd_hello hello;   // its last
    dd_time heard;    // its last word
    uint32_t log;     // identity of its log; 0: none known yet
    uint32_t last;    // sequence of the last word of it that was taken
    uint32_t lost;    // words that never came, of all its logs
    uint32_t strange; // words that made no sense
    bool up;          // it was welcomed, and has not been silent since
    bool absent;      // there is no controller yet: nobody listens for it
} dd_session;

// Its last hello is answered, by the welcome that is returned: the session is up. What was taken of
// this log stays taken; another log begins from what it says has arrived.
dd_order dd_session_welcome(dd_session *session);

// Whether a kept word is to be taken now: neither before nor again, nor while one before it has yet
// to come. Then it counts as taken; `lost` are those before it that will never come.
bool dd_session_take(dd_session *session, const dd_word *word, uint32_t *lost);

// Up to where its words have come.
dd_order dd_session_acknowledgement(const dd_session *session);
