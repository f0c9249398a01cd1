#define _DEFAULT_SOURCE // sigaction
#include "hil/command/emulate.h"

#include "hil/command/options.h"
#include "hil/outlet/emulator.h"
#include "hil/outlet/registry.h"
#include "hil/outlet/terminal.h"

#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BOARDS_MOST = 64, LOOK_MS = 200, ENDING_TRIES = 200 };

typedef struct emulated {
    char serial[DD_REGISTRY_NAME];
    dd_emulator *emulator;
    int registered; // descriptor; -1: not
} emulated;

typedef struct emulation {
    const char *machine, *serial, *firmware;
    unsigned long n;
    size_t there; // boards that were started, and have not ended
    emulated boards[BOARDS_MOST];
    dd_terminal *terminals[BOARDS_MOST];
} emulation;

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

// --- Words ---

static bool take_words(int argc, char **argv, emulation *it, dd_error *error) {
    const dd_option options[] = {{"--machine", NULL, &it->machine},
                                 {"--serial", NULL, &it->serial},
                                 {"--firmware", NULL, &it->firmware},
                                 {NULL, NULL, NULL}};
    const char *word;
    size_t n;
    if (!dd_options_take(argc, argv, options, &word, 1, &n, error)) return false;
    if (n == 0) return true;
    char *end;
    it->n = strtoul(word, &end, 10);
    if (isdigit((unsigned char)word[0]) && !*end && it->n >= 1 && it->n <= BOARDS_MOST) return true;
    return dd_fail(error, DD_WRONG, "%s: how many boards must be a number from 1 to %d", word,
                   BOARDS_MOST);
}

// SEG-0042, SEG-0043, ...: the number at the end goes on, in as many digits.
static bool name_board(const emulation *it, unsigned long i, char serial[static DD_REGISTRY_NAME],
                       dd_error *error) {
    size_t length = strlen(it->serial), digits = 0;
    while (digits < length && digits < 9 && isdigit((unsigned char)it->serial[length - digits - 1]))
        digits++;
    const char *number = it->serial + length - digits;
    int n =
        digits || it->n > 1
            ? snprintf(serial, DD_REGISTRY_NAME, "%.*s%s%0*lu", (int)(length - digits), it->serial,
                       digits ? "" : "-", (int)digits, (digits ? strtoul(number, NULL, 10) : 1) + i)
            : snprintf(serial, DD_REGISTRY_NAME, "%s", it->serial);
    return n < DD_REGISTRY_NAME || dd_fail(error, DD_WRONG, "serial %s: too long", it->serial);
}

// --- Boards ---

static bool start(emulation *it, dd_error *error) {
    emulated *board = &it->boards[it->there];
    board->registered = -1;
    if (!name_board(it, it->there, board->serial, error)) return false;
    board->emulator = dd_emulator_start(&(dd_emulator_def){.machine = it->machine,
                                                           .firmware = it->firmware,
                                                           .serial = board->serial},
                                        error);
    if (!board->emulator) return false;
    int wire = dd_emulator_open(board->emulator, error);
    dd_terminal *terminal = wire < 0 ? NULL : dd_terminal_open(wire, error);
    if (terminal)
        board->registered = dd_registry_add(board->serial, dd_terminal_path(terminal), error);
    else if (wire >= 0)
        close(wire);
    it->terminals[it->there++] = terminal;
    return board->registered >= 0;
}

// Takes one out; the last one takes its place.
static void stop(emulation *it, size_t i) {
    dd_registry_remove(it->boards[i].serial, it->boards[i].registered);
    dd_terminal_close(it->terminals[i]);
    dd_emulator_stop(it->boards[i].emulator);
    it->there--;
    it->boards[i] = it->boards[it->there];
    it->terminals[i] = it->terminals[it->there];
}

static bool start_all(emulation *it, dd_error *error) {
    while (it->there < it->n) {
        if (!start(it, error)) return false;
        printf("%s  %s  %s\n", it->boards[it->there - 1].serial, it->machine,
               dd_terminal_path(it->terminals[it->there - 1]));
    }
    puts("Ctrl-C ends them; `domdom board list` shows them");
    fflush(stdout);
    return true;
}

// Why its wire has hung up. One that is ending may still take another for a moment.
static void complain(emulated *board) {
    dd_error error = {0};
    int wire = 0;
    for (int i = 0; i < ENDING_TRIES; i++) {
        wire = dd_emulator_open(board->emulator, &error);
        if (wire < 0) break;
        close(wire);
        poll(NULL, 0, 5);
    }
    fprintf(stderr, "domdom: %s: %s\n", board->serial, wire < 0 ? error.text : "its wire hung up");
}

// False: the last one has ended by itself.
static bool keep_going(emulation *it) {
    while (!interrupted && it->there > 0) {
        dd_terminals_relay(it->terminals, it->there, LOOK_MS);
        for (size_t i = it->there; i-- > 0;)
            if (!dd_terminal_alive(it->terminals[i])) {
                complain(&it->boards[i]);
                stop(it, i);
            }
    }
    return interrupted;
}

int dd_board_emulate(int argc, char **argv) {
    static emulation it;
    dd_error error = {0};
    it = (emulation){.machine = "lm3s6965evb", .serial = "SEG-0001", .n = 1};
    if (!take_words(argc, argv, &it, &error)) return dd_option_complain(&error);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupt}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = interrupt}, NULL);
    int status = start_all(&it, &error) ? DD_OK : dd_option_complain(&error);
    if (status == DD_OK && !keep_going(&it)) status = DD_OUTSIDE;
    while (it.there > 0)
        stop(&it, it.there - 1);
    return status;
}
