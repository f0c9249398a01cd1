// The centre's session with one controller: which of its words are taken. Words that count come in
// order, or again; each is taken once.
#pragma once

#include "models/backhaul/line.h"
#include "models/controller/core/message.h"

// What a controller says when it asks for a session.
typedef struct dd_hello {
    uint32_t number; // of the attempt
    uint32_t after;
    uint32_t waiting; // words
    uint16_t boots;
} dd_hello;

typedef struct dd_session {
    dd_line line;      // to the segment
    dd_hello hello;    // its last
    bool up;           // it was welcomed, and has not been silent since
    dd_time heard;     // its last word
    uint32_t expected; // sequence of the next word
    uint16_t boots;    // of the controller, as its last hello says
    bool absent;       // there is no controller yet: nobody listens for it
} dd_session;

// At the scenario's start: with a controller that counts its words from 1, or with none yet.
void dd_session_start(dd_session *session, uint32_t segment, bool absent);

// Its last attempt is welcomed. True when the controller has started since the last one: it counts
// its words from elsewhere.
bool dd_session_welcome(dd_session *session);

// Whether a word that counts is new, and next; then it is taken.
bool dd_session_takes(dd_session *session, const dd_word *word);
