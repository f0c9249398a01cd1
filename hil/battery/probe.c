#define _DEFAULT_SOURCE
#include "hil/battery/probe.h"
#include "hil/wire/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STUCK_MS = 2000 }; // a board that takes nothing for so long takes nothing any more

dd_probe *dd_probe_open(int fd) {
    dd_probe *probe = calloc(1, sizeof *probe);
    if (!probe) return NULL;
    int type;
    probe->fd = fd;
    probe->socket = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof type}) == 0;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    dd_probe_begin(probe);
    return probe;
}

void dd_probe_close(dd_probe *probe) {
    if (!probe) return;
    if (probe->frame) hil__frame__free_unpacked(probe->frame, NULL);
    close(probe->fd);
    free(probe);
}

double dd_probe_ms(const dd_probe *probe) {
    return (double)(dd_wall_ns() - probe->begun_ns) / 1e6;
}

// --- In ---

// Octets that come within so long; false: none.
static bool wait_for(dd_probe *probe, short events, int ms) {
    struct pollfd it = {.fd = probe->fd, .events = events};
    return !probe->gone && poll(&it, 1, ms) > 0;
}

static bool fill(dd_probe *probe) {
    ssize_t n = read(probe->fd, probe->held, sizeof probe->held);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) probe->gone = true;
    probe->held_at = 0;
    probe->held_n = n > 0 ? (size_t)n : 0;
    return n > 0;
}

static void see(dd_probe *probe, bool sent, const uint8_t *octets, size_t n) {
    dd_probe_seen *seen = &probe->seen[probe->seen_n++ % DD_PROBE_SEEN];
    seen->t_ms = dd_probe_ms(probe);
    seen->sent = sent;
    seen->n = (uint16_t)n;
    memcpy(seen->octets, octets, n);
}

static bool read_frame(dd_probe *probe, const uint8_t *octets, size_t n) {
    see(probe, false, octets, n);
    if (probe->frame) hil__frame__free_unpacked(probe->frame, NULL);
    probe->frame = hil__frame__unpack(NULL, n, octets);
    probe->refused += !probe->frame;
    if (!probe->frame) return false;
    probe->heard = probe->frame->number;
    probe->heard_ms = dd_probe_ms(probe);
    return true;
}

static bool take(dd_probe *probe) {
    const uint8_t *octets;
    size_t n;
    while (probe->held_at < probe->held_n) {
        probe->held_at += dd_deframer_take(&probe->deframer, probe->held + probe->held_at,
                                           probe->held_n - probe->held_at, &octets, &n);
        if (octets && read_frame(probe, octets, n)) return true;
    }
    return false;
}

const Hil__Frame *dd_probe_hear(dd_probe *probe, int ms) {
    double until = dd_probe_ms(probe) + ms;
    while (!take(probe)) {
        double left = until - dd_probe_ms(probe);
        if (!wait_for(probe, POLLIN, left > 0 ? (int)left + 1 : 0) || !fill(probe)) {
            if (probe->gone || left <= 0) return NULL;
        }
    }
    return probe->frame;
}

void dd_probe_begin(dd_probe *probe) {
    while (wait_for(probe, POLLIN, 0) && fill(probe)) {
    }
    probe->held_at = probe->held_n = 0;
    probe->deframer = (dd_deframer){.garbled = 0};
    probe->seen_n = probe->refused = 0;
    probe->fixed = 0;
    probe->begun_ns = dd_wall_ns();
}

// --- Out ---

// What the board says meanwhile waits with the system; a board that says more than that holds
// before it listens is stuck, as it would be with any twin.
bool dd_probe_octets(dd_probe *probe, const uint8_t *octets, size_t n) {
    while (n > 0 && !probe->gone) {
        ssize_t put =
            probe->socket ? send(probe->fd, octets, n, MSG_NOSIGNAL) : write(probe->fd, octets, n);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno == EAGAIN) {
            if (!wait_for(probe, POLLOUT, STUCK_MS)) return false;
            continue;
        }
        if (put <= 0) probe->gone = true;
        if (put > 0) octets += put;
        if (put > 0) n -= (size_t)put;
    }
    return !probe->gone;
}

static size_t wire_as(dd_probe *probe, Hil__Frame *frame, uint32_t number,
                      uint8_t wire[static DD_FRAME_WIRE_MAX]) {
    uint8_t octets[DD_FRAME_OCTETS];
    frame->number = number;
    frame->limit = probe->fixed ? probe->fixed : probe->heard + DD_PROBE_ROOM;
    size_t n = hil__frame__get_packed_size(frame);
    if (n + DD_FRAME_CHECK > DD_FRAME_OCTETS) return 0;
    hil__frame__pack(frame, octets);
    see(probe, true, octets, n);
    return dd_frame_put(octets, n, wire);
}

bool dd_probe_say_as(dd_probe *probe, Hil__Frame *frame, uint32_t number) {
    uint8_t wire[DD_FRAME_WIRE_MAX];
    size_t n = wire_as(probe, frame, number, wire);
    return n > 0 && dd_probe_octets(probe, wire, n);
}

static uint32_t next_number(dd_probe *probe, const Hil__Frame *frame) {
    bool welcome = frame->control_case == HIL__FRAME__CONTROL_WELCOME;
    return probe->number = welcome ? 0 : probe->number + 1;
}

bool dd_probe_say(dd_probe *probe, Hil__Frame *frame) {
    return dd_probe_say_as(probe, frame, next_number(probe, frame));
}

size_t dd_probe_wire(dd_probe *probe, Hil__Frame *frame, uint8_t wire[static DD_FRAME_WIRE_MAX]) {
    return wire_as(probe, frame, next_number(probe, frame), wire);
}
