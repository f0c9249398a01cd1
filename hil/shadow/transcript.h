// The transcript of a board that is compared: who has said what of late; and, kept for good, the
// twenty around one of them.
#pragma once

#include "engine/time.h"
#include "models/controller/stimulus.h"

enum {
    DD_TRANSCRIPT_OCTETS = 1024, // of one message; more is cut
    DD_TRANSCRIPT_KEPT = 20,     // messages, half of them before the one that they are kept for
    DD_TRANSCRIPT_TEXT = 256,
};

typedef enum dd_speaker {
    DD_SPEAKER_BOARD,
    DD_SPEAKER_SHADOW,
    DD_SPEAKER_BOTH, // the board and its shadow
    DD_SPEAKER_TWIN, // to both of them
    DD_SPEAKER_NOTE, // about them
} dd_speaker;

typedef struct dd_line_said {
    uint64_t number; // from 1
    dd_time t;
    uint8_t speaker;  // dd_speaker
    int64_t later_us; // BOTH: by how much the board was later
    const char *text; // decoded
} dd_line_said;

typedef struct dd_transcript dd_transcript;
dd_transcript *dd_transcript_open(void); // NULL: no memory
void dd_transcript_close(dd_transcript *transcript);

// All return its number.
uint64_t dd_transcript_stimulus(dd_transcript *transcript, dd_time t, const dd_stimulus *stimulus);
uint64_t dd_transcript_response(dd_transcript *transcript, dd_time t, dd_speaker speaker,
                                const dd_response *response);
uint64_t dd_transcript_note(dd_transcript *transcript, dd_time t, const char *text);
// The other one has said the same as this.
void dd_transcript_both(dd_transcript *transcript, uint64_t number, int64_t later_us);

// Keeps what is around this one, what is yet to come included, instead of what was kept before.
void dd_transcript_keep(dd_transcript *transcript, uint64_t number);
size_t dd_transcript_kept_n(const dd_transcript *transcript);
// The i-th of them; its text is written into `text`.
dd_line_said dd_transcript_kept(const dd_transcript *transcript, size_t i,
                                char text[static DD_TRANSCRIPT_TEXT]);
