#define _DEFAULT_SOURCE // sigaction, symlink
#include "hil/command/record.h"
#include "hil/command/options.h"
#include "hil/outlet/discovery.h"
#include "hil/outlet/terminal.h"
#include "hil/recording/recorder.h"
#include "hil/wire/frame.h"
#include "hil/wire/wall.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 200 };

typedef struct recording {
    const char *board, *out, *link;
    double seconds; // 0: until interrupted
    dd_recorder *recorder;
    dd_deframer sides[2]; // from the board, and to it
    uint64_t frames[2];
} recording;

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

static bool take_words(int argc, char **argv, recording *it, dd_error *error) {
    const char *seconds = NULL;
    const dd_option options[] = {{"--out", NULL, &it->out},
                                 {"--link", NULL, &it->link},
                                 {"--for", NULL, &seconds},
                                 {NULL, NULL, NULL}};
    size_t n;
    if (!dd_options_take(argc, argv, options, &it->board, 1, &n, error)) return false;
    if (n == 0 || !it->out)
        return dd_fail(error, DD_WRONG,
                       "record which board, and where to? `domdom board record SEG-0042 --out "
                       "FILE`; `domdom board list` shows what is there");
    return !seconds || dd_option_seconds("--for", seconds, &it->seconds, error);
}

// --- What passes ---

static void keep(void *context, bool to_board, const uint8_t *octets, size_t n) {
    recording *it = context;
    while (n > 0) {
        const uint8_t *frame;
        size_t frame_n, used = dd_deframer_take(&it->sides[to_board], octets, n, &frame, &frame_n);
        if (frame) {
            it->frames[to_board]++;
            dd_recorder_add(it->recorder, to_board ? DD_RECORDED_TO_BOARD : DD_RECORDED_FROM_BOARD,
                            0, frame, frame_n);
        }
        octets += used;
        n -= used;
    }
}

// --- Between the two ---

static void announce(const recording *it, const dd_terminal *terminal) {
    printf("%s is at %s now; until Ctrl-C\n", it->board,
           it->link ? it->link : dd_terminal_path(terminal));
    fflush(stdout);
}

// A link left by an earlier recording is put anew; anything else there is refused.
static bool make_link(const recording *it, const dd_terminal *terminal, dd_error *error) {
    char old[8];
    if (!it->link) return true;
    if (readlink(it->link, old, sizeof old) >= 0) unlink(it->link);
    return symlink(dd_terminal_path(terminal), it->link) == 0 ||
           dd_fail(error, DD_WRONG, "--link %s: %s", it->link, strerror(errno));
}

static bool relay(recording *it, dd_terminal *terminal, dd_error *error) {
    int64_t end_ns = it->seconds > 0 ? dd_wall_ns() + (int64_t)(it->seconds * 1e9) : INT64_MAX;
    while (!interrupted && dd_wall_ns() < end_ns) {
        dd_terminals_relay(&terminal, 1, LOOK_MS);
        dd_recorder_flush(it->recorder);
        if (dd_recorder_failed(it->recorder, error)) return false;
        if (!dd_terminal_alive(terminal))
            return dd_fail(error, DD_OUTSIDE, "%s is gone; what passed until then is recorded",
                           it->board);
    }
    return true;
}

static bool record(recording *it, dd_error *error) {
    dd_board_verdict verdict;
    int wire = dd_discovery_open_port(it->board, &verdict, error);
    if (wire < 0) return false;
    dd_terminal *terminal = dd_terminal_open(wire, error);
    if (!terminal) {
        close(wire);
        return false;
    }
    dd_terminal_tap_into(terminal, (dd_terminal_tap){it, keep});
    bool good = make_link(it, terminal, error);
    if (good) {
        announce(it, terminal);
        good = relay(it, terminal, error);
        if (it->link) unlink(it->link);
    }
    dd_terminal_close(terminal);
    return good;
}

static void add_session(recording *it) {
    json_t *json = json_pack("{ss ss}", "domdom", DOMDOM_VERSION, "wire", it->board);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text) dd_recorder_add(it->recorder, DD_RECORDED_SESSION, 0, text, strlen(text));
    free(text);
    json_decref(json);
}

int dd_board_record(int argc, char **argv) {
    recording it = {0};
    dd_error error = {0}, closing;
    if (!take_words(argc, argv, &it, &error) || !(it.recorder = dd_recorder_open(it.out, &error)))
        return dd_option_complain(&error);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupt}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = interrupt}, NULL);
    add_session(&it);
    bool good = record(&it, &error);
    bool closed = dd_recorder_close(it.recorder, &closing);
    printf("%llu frames to the board, %llu from it, %llu spoilt\n",
           (unsigned long long)it.frames[1], (unsigned long long)it.frames[0],
           (unsigned long long)(it.sides[0].garbled + it.sides[1].garbled));
    if (good && !closed) error = closing;
    return good && closed ? DD_OK : dd_option_complain(&error);
}
