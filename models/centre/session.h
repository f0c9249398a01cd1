// The centre's session with one controller: which of its words are taken. Words that count come in
// order, or again; each is taken once.
#pragma once

#include "models/backhaul/line.h"
#include "models/controller/core/message.h"

typedef struct dd_session {
    dd_line line;      // to the segment
    dd_time heard;     // its last word
    uint32_t expected; // sequence of the next word
    uint16_t boots;    // of the controller, as its last hello says
    bool absent;       // there is no controller yet: nobody listens for it
} dd_session;

// At the scenario's start: with a controller that counts its words from 1, or with none yet.
void dd_session_start(dd_session *session, uint32_t segment, bool absent);

// Whether a word that counts is new, and next; then it is taken.
bool dd_session_takes(dd_session *session, const dd_word *word);
