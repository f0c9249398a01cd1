#define _GNU_SOURCE // posix_openpt, ptsname_r, MSG_NOSIGNAL
#include "hil/outlet/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
    NAME_SIZE = 64,
    PIECE = 4096,
    NOBODY_MS = 5, // how often is looked whether somebody has opened it: no event tells
};

// What has come from one side and waits for the other.
typedef struct piece {
    uint8_t octets[PIECE];
    size_t at, n;
} piece;

struct dd_terminal {
    int wire, master;
    bool gone;      // the wire
    piece up, down; // from the board, and to it
    dd_terminal_tap tap;
    char path[NAME_SIZE];
};

// --- Opening ---

// Once opened and closed, it shows (POLLHUP) that nobody has it open.
static bool make(dd_terminal *it) {
    struct termios raw;
    it->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (it->master < 0 || grantpt(it->master) != 0 || unlockpt(it->master) != 0 ||
        ptsname_r(it->master, it->path, sizeof it->path) != 0)
        return false;
    int other = open(it->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (other < 0) return false;
    bool good = tcgetattr(other, &raw) == 0;
    cfmakeraw(&raw);
    good = good && tcsetattr(other, TCSANOW, &raw) == 0;
    close(other);
    return good;
}

dd_terminal *dd_terminal_open(int wire, dd_error *error) {
    dd_terminal *it = calloc(1, sizeof *it);
    if (it) it->master = -1;
    if (it && make(it)) {
        it->wire = wire;
        fcntl(wire, F_SETFL, fcntl(wire, F_GETFL) | O_NONBLOCK);
        return it;
    }
    dd_fail(error, DD_OUTSIDE, "cannot make a pseudo-terminal for a board: %s", strerror(errno));
    if (it && it->master >= 0) close(it->master);
    free(it);
    return NULL;
}

void dd_terminal_close(dd_terminal *terminal) {
    if (!terminal) return;
    close(terminal->wire);
    close(terminal->master);
    free(terminal);
}

const char *dd_terminal_path(const dd_terminal *terminal) {
    return terminal->path;
}

void dd_terminal_tap_into(dd_terminal *terminal, dd_terminal_tap tap) {
    terminal->tap = tap;
}

bool dd_terminal_alive(const dd_terminal *terminal) {
    return !terminal->gone;
}

// --- Relaying ---

static bool opened(const dd_terminal *it) {
    struct pollfd look = {.fd = it->master};
    return poll(&look, 1, 0) >= 0 && !(look.revents & POLLHUP);
}

// False: the side is gone, for now or for good.
static bool fill(int fd, piece *it) {
    if (it->n > 0) return true;
    ssize_t n = read(fd, it->octets, PIECE);
    it->at = 0;
    it->n = n > 0 ? (size_t)n : 0;
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool take(dd_terminal *it, bool to_board) {
    piece *side = to_board ? &it->down : &it->up;
    bool fresh = side->n == 0, there = fill(to_board ? it->master : it->wire, side);
    if (it->tap.octets && fresh && side->n > 0)
        it->tap.octets(it->tap.context, to_board, side->octets, side->n);
    return there;
}

static bool empty(int fd, piece *it) {
    while (it->n > 0) {
        ssize_t n = write(fd, it->octets + it->at, it->n);
        if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);
        it->at += (size_t)n;
        it->n -= (size_t)n;
    }
    return true;
}

static void relay(dd_terminal *it, bool open) {
    it->gone |= !take(it, false);
    if (!open) {
        it->up.n = it->down.n = 0;
        return;
    }
    empty(it->master, &it->up);
    take(it, true);
    it->gone |= !empty(it->wire, &it->down);
}

// Reads from a side only once what it said before has been taken; a negative descriptor is passed
// over by poll.
static void watch(const dd_terminal *it, bool open, struct pollfd *look) {
    int wire_in = open && it->up.n > 0 ? 0 : POLLIN, wire_out = it->down.n > 0 ? POLLOUT : 0;
    int master_in = it->down.n > 0 ? 0 : POLLIN, master_out = it->up.n > 0 ? POLLOUT : 0;
    look[0] = (struct pollfd){it->gone ? -1 : it->wire, (short)(wire_in | wire_out), 0};
    look[1] = (struct pollfd){open ? it->master : -1, (short)(master_in | master_out), 0};
}

void dd_terminals_relay(dd_terminal *const *terminals, size_t n, int ms) {
    struct pollfd *look = calloc(n ? n * 2 : 1, sizeof *look);
    bool all_open = true;
    for (size_t i = 0; look && i < n; i++) {
        bool open = opened(terminals[i]);
        watch(terminals[i], open, look + 2 * i);
        all_open = all_open && open;
    }
    if (!all_open && ms > NOBODY_MS) ms = NOBODY_MS;
    if (poll(look, look ? n * 2 : 0, ms) > 0)
        for (size_t i = 0; i < n; i++)
            if (look[2 * i].revents || look[2 * i + 1].revents)
                relay(terminals[i], opened(terminals[i]));
    free(look);
}
