#include "hil/shadow/transcript.h"

#include "hil/text/message_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LATELY = 256 }; // so many are remembered: 2 s of a busy segment, and more

// As it was said; its text is made when it is asked for.
typedef struct said {
    uint64_t number; // 0: none
    dd_time t;
    int64_t later_us;
    uint8_t speaker;
    union {
        dd_stimulus stimulus;
        dd_response response;
        char note[64];
    };
    dd_cabinet_inputs cabinet;
    uint16_t n;
    uint8_t octets[DD_TRANSCRIPT_OCTETS];
} said;

struct dd_transcript {
    uint64_t n, first_kept;
    said lately[LATELY]; // number i at i % LATELY
    size_t kept_n;
    said kept[DD_TRANSCRIPT_KEPT];
};

dd_transcript *dd_transcript_open(void) {
    return calloc(1, sizeof(dd_transcript));
}

void dd_transcript_close(dd_transcript *transcript) {
    free(transcript);
}

static said *begin(dd_transcript *transcript, dd_time t, dd_speaker speaker) {
    uint64_t number = ++transcript->n;
    said *it = &transcript->lately[number % LATELY];
    it->number = number;
    it->t = t;
    it->speaker = (uint8_t)speaker;
    it->later_us = 0;
    it->n = 0;
    return it;
}

static bool wanted(const dd_transcript *transcript, uint64_t number) {
    return transcript->first_kept && number >= transcript->first_kept &&
           transcript->kept_n < DD_TRANSCRIPT_KEPT;
}

static uint64_t end(dd_transcript *transcript, const said *it) {
    if (wanted(transcript, it->number)) transcript->kept[transcript->kept_n++] = *it;
    return it->number;
}

static void copy(said *it, const uint8_t *octets, uint16_t n) {
    it->n = n < DD_TRANSCRIPT_OCTETS ? n : DD_TRANSCRIPT_OCTETS;
    if (it->n) memcpy(it->octets, octets, it->n);
}

uint64_t dd_transcript_stimulus(dd_transcript *transcript, dd_time t, const dd_stimulus *stimulus) {
    said *it = begin(transcript, t, DD_SPEAKER_TWIN);
    it->stimulus = *stimulus;
    if (stimulus->kind == DD_STIMULUS_CABINET) it->cabinet = *stimulus->cabinet;
    copy(it, stimulus->octets, stimulus->n);
    return end(transcript, it);
}

uint64_t dd_transcript_response(dd_transcript *transcript, dd_time t, dd_speaker speaker,
                                const dd_response *response) {
    said *it = begin(transcript, t, speaker);
    it->response = *response;
    copy(it, response->octets, response->n);
    return end(transcript, it);
}

uint64_t dd_transcript_note(dd_transcript *transcript, dd_time t, const char *text) {
    said *it = begin(transcript, t, DD_SPEAKER_NOTE);
    snprintf(it->note, sizeof it->note, "%s", text);
    return end(transcript, it);
}

static void agree(said *it, int64_t later_us) {
    it->speaker = DD_SPEAKER_BOTH;
    it->later_us = later_us;
}

void dd_transcript_both(dd_transcript *transcript, uint64_t number, int64_t later_us) {
    said *it = &transcript->lately[number % LATELY];
    if (it->number == number) agree(it, later_us);
    for (size_t i = 0; i < transcript->kept_n; i++)
        if (transcript->kept[i].number == number) agree(&transcript->kept[i], later_us);
}

// --- Kept ---

void dd_transcript_keep(dd_transcript *transcript, uint64_t number) {
    uint64_t before = DD_TRANSCRIPT_KEPT / 2;
    uint64_t first = number > before ? number - before : 1;
    transcript->first_kept = first;
    transcript->kept_n = 0;
    for (uint64_t i = first; i <= transcript->n && wanted(transcript, i); i++)
        if (transcript->lately[i % LATELY].number == i)
            transcript->kept[transcript->kept_n++] = transcript->lately[i % LATELY];
}

size_t dd_transcript_kept_n(const dd_transcript *transcript) {
    return transcript->kept_n;
}

dd_line_said dd_transcript_kept(const dd_transcript *transcript, size_t i,
                                char text[static DD_TRANSCRIPT_TEXT]) {
    const said *it = &transcript->kept[i];
    if (it->speaker == DD_SPEAKER_NOTE) {
        snprintf(text, DD_TRANSCRIPT_TEXT, "%s", it->note);
    } else if (it->speaker == DD_SPEAKER_TWIN) {
        dd_stimulus stimulus = it->stimulus;
        stimulus.cabinet = &it->cabinet;
        stimulus.octets = it->octets;
        stimulus.n = it->n;
        dd_stimulus_text(&stimulus, text, DD_TRANSCRIPT_TEXT);
    } else {
        dd_response response = it->response;
        response.octets = it->octets;
        response.n = it->n;
        dd_response_text(&response, text, DD_TRANSCRIPT_TEXT);
    }
    return (dd_line_said){it->number, it->t, it->speaker, it->later_us, text};
}
