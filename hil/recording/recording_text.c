#include "hil/recording/recording_text.h"
#include "hil/board/board.h"
#include "hil/recording/utterance.h"
#include "hil/text/message_text.h"
#include "hil/wire/octets.h"

#include <inttypes.h>
#include <string.h>

enum { TEXT = 1024 };

// --- In a few lines ---

static const char *word(const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    return text && *text ? text : "?";
}

static void print_time(const dd_recording_about *it, FILE *file) {
    char begin[DD_RECORDING_MOMENT], end[DD_RECORDING_MOMENT];
    dd_recording_moment(it, it->begin, begin);
    dd_recording_moment(it, it->end, end);
    fprintf(file, "time     ");
    if (it->dated) fprintf(file, "%s to %s, ", begin, end);
    fprintf(file, "%.1f s of the wall%s\n", (double)it->wall_us / 1e6,
            it->cut ? "; cut off there (a crash)" : "");
}

void dd_recording_print_about(const dd_recording_about *it, FILE *file) {
    if (json_object_get(it->run, "wire"))
        fprintf(file, "wire     of %s, recorded by domdom %s\n", word(it->run, "wire"),
                word(it->run, "domdom"));
    else
        fprintf(file, "segment  %s of %s, seed %s, recorded by domdom %s\n",
                word(it->run, "segment"), word(it->run, "city"), word(it->run, "seed"),
                word(it->run, "domdom"));
    if (it->board)
        fprintf(file, "board    %s, %s, firmware %s, %s\n", word(it->board, "serial"),
                word(it->board, "model"), word(it->board, "firmware"), word(it->board, "mode"));
    print_time(it, file);
    fprintf(file,
            "entries  %" PRIu64 " starts, %" PRIu64 " stimuli, %" PRIu64 " responses, %" PRIu64
            " writes; frames: %" PRIu64 " to the board, %" PRIu64 " from it\n",
            it->counts[DD_RECORDED_START], it->counts[DD_RECORDED_STIMULUS],
            it->counts[DD_RECORDED_RESPONSE], it->counts[DD_RECORDED_WRITE],
            it->counts[DD_RECORDED_TO_BOARD], it->counts[DD_RECORDED_FROM_BOARD]);
}

json_t *dd_recording_about_json(const dd_recording_about *it) {
    json_t *counts = json_object();
    for (int kind = 1; kind < DD_RECORDED_KINDS; kind++)
        json_object_set_new(counts, dd_recorded_names[kind],
                            json_integer((json_int_t)it->counts[kind]));
    return json_pack("{sO* sO* sI sI sI sb sb so}", "run", it->run, "board", it->board, "begin_ns",
                     (json_int_t)it->begin, "end_ns", (json_int_t)it->end, "wall_us",
                     (json_int_t)it->wall_us, "cut", it->cut, "lock_step", it->prompt, "entries",
                     counts);
}

// --- Entry by entry ---

static void frame_text(const dd_recorded_entry *entry, char text[static TEXT]) {
    Hil__Frame *frame = hil__frame__unpack(NULL, entry->n, entry->octets);
    if (!frame) {
        snprintf(text, TEXT, "%zu octets, no message Frame", entry->n);
        return;
    }
    dd_frame_text(frame, text, TEXT);
    for (size_t i = 0; i < frame->n_messages; i++) {
        size_t n = strlen(text);
        snprintf(text + n, TEXT - n, "; ");
        n = strlen(text);
        dd_message_text(frame->messages[i], entry->kind == DD_RECORDED_TO_BOARD, text + n,
                        TEXT - n);
    }
    hil__frame__free_unpacked(frame, NULL);
}

static void stimulus_text(const dd_recorded_entry *entry, char text[static TEXT]) {
    dd_cabinet_inputs cabinet;
    dd_stimulus stimulus;
    if (entry->n > 8 && dd_utterance_stimulus(entry->octets + 8, entry->n - 8, &cabinet, &stimulus))
        dd_stimulus_text(&stimulus, text, TEXT);
}

static void response_text(const dd_recorded_entry *entry, char text[static TEXT]) {
    dd_response response;
    if (dd_utterance_response(entry->octets, entry->n, &response))
        dd_response_text(&response, text, TEXT);
}

static void state_text(const dd_recorded_entry *entry, char text[static TEXT]) {
    if (entry->n == 2 && entry->octets[0] < DD_BOARD_STATES && entry->octets[1] < DD_BOARD_VERDICTS)
        snprintf(text, TEXT, "%s, %s", dd_board_state_names[entry->octets[0]],
                 dd_board_verdict_names[entry->octets[1]]);
}

static void done_text(const dd_recorded_entry *entry, char text[static TEXT]) {
    int64_t due_us = entry->n >= 9 ? (int64_t)dd_get_le(entry->octets + 1, 8) : INT64_MAX;
    if (entry->n < 9 || !entry->octets[0])
        snprintf(text, TEXT, "lost");
    else if (due_us != INT64_MAX)
        snprintf(text, TEXT, "due at uptime %.3f s", (double)due_us / 1e6);
}

static void piece_text(const dd_recorded_entry *entry, char text[static TEXT]) {
    size_t head = entry->kind == DD_RECORDED_WRITE ? 5 : 4;
    if (entry->n >= head)
        snprintf(text, TEXT, "%zu octets at %" PRIu64 "%s", entry->n - head,
                 dd_get_le(entry->octets, 4), head == 5 && !entry->octets[4] ? ": failed" : "");
}

static void entry_text(const dd_recorded_entry *entry, char text[static TEXT]) {
    *text = 0;
    switch (entry->kind) {
    case DD_RECORDED_SESSION:
        snprintf(text, TEXT, "%.*s", (int)(entry->n < TEXT ? entry->n : TEXT),
                 (const char *)entry->octets);
        break;
    case DD_RECORDED_TO_BOARD:
    case DD_RECORDED_FROM_BOARD:
        frame_text(entry, text);
        break;
    case DD_RECORDED_STIMULUS:
        stimulus_text(entry, text);
        break;
    case DD_RECORDED_RESPONSE:
        response_text(entry, text);
        break;
    case DD_RECORDED_STATE:
        state_text(entry, text);
        break;
    case DD_RECORDED_DONE:
        done_text(entry, text);
        break;
    case DD_RECORDED_STORE:
    case DD_RECORDED_WRITE:
        piece_text(entry, text);
        break;
    case DD_RECORDED_SEAT:
        snprintf(text, TEXT, "%s", entry->n && entry->octets[0] ? "given" : "taken back");
        break;
    default:
        break;
    }
}

static bool is_frame(uint8_t kind) {
    return kind == DD_RECORDED_TO_BOARD || kind == DD_RECORDED_FROM_BOARD;
}

static void print_entry(const dd_recording_about *about, const dd_recorded_entry *entry,
                        FILE *file) {
    char moment[DD_RECORDING_MOMENT], text[TEXT];
    // A wire alone knows no simulated time.
    dd_recording_moment(about, about->dated ? entry->t : entry->wall_us * DD_MICROSECOND, moment);
    entry_text(entry, text);
    fprintf(file, "%s  %-10s  %s\n", moment,
            entry->kind < DD_RECORDED_KINDS && entry->kind ? dd_recorded_names[entry->kind] : "?",
            text);
}

bool dd_recording_print(const char *path, const dd_recording_about *about, dd_time from,
                        dd_time until, bool frames, FILE *file, dd_error *error) {
    dd_recorded_entry entry;
    dd_recording *recording = dd_recording_open(path, error);
    if (!recording) return false;
    bool good = dd_recording_seek(recording, from, error);
    while (good && dd_recording_next(recording, &entry, error) && entry.t <= until)
        if (frames || !is_frame(entry.kind)) print_entry(about, &entry, file);
    dd_recording_close(recording);
    return good && error->status == DD_OK;
}
