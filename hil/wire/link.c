#include "hil/wire/link.h"

#include "hil/wire/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FIRST_CREDIT = 4, // frames that either side may send before it has heard of a limit
    OWN_CREDIT = 64,  // that we always have room for
    READ_MAX = 4096,
    QUEUE_MAX = 256 * 1024, // octets that wait to be written ...
    HELD_MAX = 64 * 1024,   // ... and to be taken: more stays with the system, which holds it up
};

struct dd_link {
    int fd;
    bool gone;
    bool socket;     // is one, whose peer's end is to be no signal
    bool counting;   // the peer's numbers, since its Hello or Welcome
    uint32_t number; // of the last frame sent
    uint32_t limit;  // that the peer has room for
    uint32_t heard;  // number of the last frame taken
    size_t frame_max;
    dd_link_counts counts;
    dd_link_tap tap;
    dd_wire_filter filter;
    dd_deframer deframer;
    Hil__Frame *frame; // handed out last
    uint8_t *in, *out; // octets that have come, and that wait
    size_t in_at, in_n, in_size, out_n;
};

// Hello and Welcome begin numbers and credit anew: whatever comes after them on the wire was said
// after them.
static void begin(dd_link *link) {
    link->counting = true;
    link->number = link->heard = 0;
    link->limit = FIRST_CREDIT;
}

static bool opens(const Hil__Frame *frame) {
    return frame->control_case == HIL__FRAME__CONTROL_HELLO ||
           frame->control_case == HIL__FRAME__CONTROL_WELCOME;
}

// --- Opening ---

dd_link *dd_link_open(int fd) {
    dd_link *link = calloc(1, sizeof *link);
    uint8_t *out = malloc(QUEUE_MAX);
    if (!link || !out) {
        free(link);
        free(out);
        return NULL;
    }
    int type;
    bool socket = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof type}) == 0;
    *link = (dd_link){.fd = fd, .socket = socket, .frame_max = DD_FRAME_OCTETS, .out = out};
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    begin(link);
    link->counting = false; // what comes before a Hello or Welcome cannot be judged
    return link;
}

void dd_link_close(dd_link *link) {
    if (!link) return;
    if (link->frame) hil__frame__free_unpacked(link->frame, NULL);
    close(link->fd);
    free(link->in);
    free(link->out);
    free(link);
}

int dd_link_fd(const dd_link *link) {
    return link->fd;
}

void dd_link_tap_into(dd_link *link, dd_link_tap tap) {
    link->tap = tap;
}

void dd_link_filter(dd_link *link, dd_wire_filter filter) {
    link->filter = filter;
}

void dd_link_frame_max(dd_link *link, size_t octets) {
    link->frame_max = octets < DD_FRAME_OCTETS ? octets : DD_FRAME_OCTETS;
}

const dd_link_counts *dd_link_counts_of(const dd_link *link) {
    return &link->counts;
}

// --- Out ---

bool dd_link_writing(const dd_link *link) {
    return link->out_n > 0;
}

static void write_on(dd_link *link) {
    while (link->out_n > 0 && !link->gone) {
        ssize_t n = link->socket ? send(link->fd, link->out, link->out_n, MSG_NOSIGNAL)
                                 : write(link->fd, link->out, link->out_n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) {
            link->gone = true;
            return;
        }
        link->out_n -= (size_t)n;
        memmove(link->out, link->out + n, link->out_n);
    }
}

static void queue(void *context, const uint8_t *octets, size_t n) {
    dd_link *link = context;
    if (n > QUEUE_MAX - link->out_n) {
        link->counts.dropped++;
        return;
    }
    memcpy(link->out + link->out_n, octets, n);
    link->out_n += n;
    link->counts.sent_octets += n;
    write_on(link);
}

uint32_t dd_link_room(const dd_link *link) {
    return link->limit > link->number ? link->limit - link->number : 0;
}

// A board that asks its store waits for that alone, has kept room for it, and says no more until it
// has come: not by credit, which beats may have used up since.
static bool is_free(const Hil__Frame *frame) {
    bool data =
        frame->n_messages > 0 && frame->messages[0]->what_case == HIL__MESSAGE__WHAT_STORE_DATA;
    return data || frame->control_case != HIL__FRAME__CONTROL__NOT_SET;
}

bool dd_link_send(dd_link *link, Hil__Frame *frame) {
    uint8_t octets[DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX];
    if (link->gone) return false;
    if (!is_free(frame) && dd_link_room(link) == 0) {
        link->counts.dropped++;
        return false;
    }
    frame->number = opens(frame) ? 0 : link->number + 1;
    frame->limit = link->heard + OWN_CREDIT;
    size_t n = hil__frame__get_packed_size(frame);
    if (n + DD_FRAME_CHECK > link->frame_max) {
        link->counts.dropped++;
        return false;
    }
    if (opens(frame)) begin(link);
    link->number = frame->number;
    hil__frame__pack(frame, octets);
    if (link->tap.frame) link->tap.frame(link->tap.context, true, octets, n);
    link->counts.sent++;
    size_t wire_n = dd_frame_put(octets, n, wire);
    if (link->filter.filter)
        link->filter.filter(link->filter.context, true, wire, wire_n, queue, link);
    else
        queue(link, wire, wire_n);
    return !link->gone;
}

// --- In ---

// Octets for which there is no memory are lost, as on a bad wire.
static void keep(void *context, const uint8_t *octets, size_t n) {
    dd_link *link = context;
    if (link->in_at > 0) {
        link->in_n -= link->in_at;
        memmove(link->in, link->in + link->in_at, link->in_n);
        link->in_at = 0;
    }
    if (n > link->in_size - link->in_n) {
        uint8_t *in = realloc(link->in, link->in_n + n + READ_MAX);
        if (!in) return;
        link->in = in;
        link->in_size = link->in_n + n + READ_MAX;
    }
    memcpy(link->in + link->in_n, octets, n);
    link->in_n += n;
}

int64_t dd_link_due(const dd_link *link) {
    return link->filter.due ? link->filter.due(link->filter.context) : INT64_MAX;
}

bool dd_link_pump(dd_link *link) {
    uint8_t octets[READ_MAX];
    if (link->filter.time) link->filter.time(link->filter.context, dd_wall_ns());
    write_on(link);
    while (!link->gone && link->in_n - link->in_at < HELD_MAX) {
        ssize_t n = read(link->fd, octets, sizeof octets);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) break;
        if (n <= 0) {
            link->gone = true;
            break;
        }
        link->counts.received_octets += (size_t)n;
        if (link->filter.filter)
            link->filter.filter(link->filter.context, false, octets, (size_t)n, keep, link);
        else
            keep(link, octets, (size_t)n);
    }
    return !link->gone;
}

// Not beyond the moment at which something that is held back is due, rounded up.
static int wait_at_most(const dd_link *link, int ms) {
    int64_t due = dd_link_due(link);
    if (due == INT64_MAX) return ms;
    int64_t left_ms = (due - dd_wall_ns() + 999999) / 1000000;
    return left_ms < 0 ? 0 : left_ms < ms || ms < 0 ? (int)left_ms : ms;
}

bool dd_link_wait(dd_link *link, int ms) {
    struct pollfd it = {.fd = link->fd, .events = POLLIN};
    if (link->out_n > 0) it.events |= POLLOUT;
    if (!link->gone) poll(&it, 1, wait_at_most(link, ms));
    return dd_link_pump(link);
}

// Counts what is missing; false: it has come before.
static bool number_fits(dd_link *link, const Hil__Frame *frame) {
    if (frame->control_case == HIL__FRAME__CONTROL_WELCOME) begin(link);
    // A Hello may have crossed our Welcome: it begins its sender's numbers anew, not ours.
    if (frame->control_case == HIL__FRAME__CONTROL_HELLO) link->heard = 0;
    bool refusal = frame->control_case == HIL__FRAME__CONTROL_REFUSAL; // maybe of no session
    if (opens(frame) || refusal || !link->counting) return true;
    if (frame->number <= link->heard) {
        link->counts.repeated++;
        return false;
    }
    link->counts.lost += frame->number - link->heard - 1;
    link->heard = frame->number;
    return true;
}

static bool read_frame(dd_link *link, const uint8_t *octets, size_t n) {
    if (link->frame) hil__frame__free_unpacked(link->frame, NULL);
    link->frame = hil__frame__unpack(NULL, n, octets);
    if (!link->frame) {
        link->counts.refused++;
        return false;
    }
    if (link->tap.frame) link->tap.frame(link->tap.context, false, octets, n);
    link->counts.received++;
    bool fits = number_fits(link, link->frame);
    if (link->frame->limit > link->limit) link->limit = link->frame->limit;
    return fits;
}

const Hil__Frame *dd_link_take(dd_link *link) {
    const uint8_t *octets;
    size_t n;
    while (link->in_at < link->in_n) {
        link->in_at += dd_deframer_take(&link->deframer, link->in + link->in_at,
                                        link->in_n - link->in_at, &octets, &n);
        link->counts.garbled = link->deframer.garbled;
        if (octets && read_frame(link, octets, n)) return link->frame;
    }
    return NULL;
}

void dd_link_counts_add(dd_link_counts *sum, const dd_link_counts *more) {
    sum->sent += more->sent;
    sum->received += more->received;
    sum->sent_octets += more->sent_octets;
    sum->received_octets += more->received_octets;
    sum->lost += more->lost;
    sum->repeated += more->repeated;
    sum->garbled += more->garbled;
    sum->refused += more->refused;
    sum->dropped += more->dropped;
}
