// Boards that are broken, each in one way: the reference firmware as a process, and between it and
// the wire a layer that does one thing wrong, as a firmware that was written wrongly would.
#pragma once

#include "hil/domdom.pb-c.h"
#include "hil/wire/frame.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct broken_board broken_board;

// What it does wrong with a frame that it hears, or says. False: the frame is lost. What it does
// with octets that are no frame: false, they are lost too. NULL: nothing.
typedef struct breakage {
    const char *name;
    bool (*hears)(broken_board *it, Hil__Frame *frame);
    bool (*says)(broken_board *it, Hil__Frame *frame);
    bool checks_nothing; // takes frames whose check is wrong
    const char *fails;   // the cases that it is to fail: "101 203 ..."
} breakage;

struct broken_board {
    const breakage *how;
    int wire, board; // to the battery, and to the firmware
    uint32_t step, part, told, count, asked;
};

// --- Ways to be broken ---

static bool takes_any_version(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_WELCOME) frame->welcome->version = 1;
    return true;
}

static bool takes_any_mode(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_WELCOME &&
        frame->welcome->mode != HIL__MODE__MODE_REAL_TIME)
        frame->welcome->mode = HIL__MODE__MODE_LOCK_STEP;
    return true;
}

static bool takes_session_0(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_WELCOME && !frame->welcome->session)
        frame->welcome->session = 1;
    return true;
}

static bool takes_any_segment(broken_board *it, Hil__Frame *frame) {
    (void)it;
    static char segment[] = "S-12";
    if (frame->control_case != HIL__FRAME__CONTROL_WELCOME) return true;
    if (frame->welcome->segment != protobuf_c_empty_string) free(frame->welcome->segment);
    frame->welcome->segment = strdup(segment);
    return true;
}

static bool hears_asks(broken_board *it, Hil__Frame *frame) {
    it->asked += frame->control_case == HIL__FRAME__CONTROL_ASK;
    return true;
}

static bool greets_only_when_asked(broken_board *it, Hil__Frame *frame) {
    if (frame->control_case != HIL__FRAME__CONTROL_HELLO) return true;
    bool asked = it->asked > 0;
    it->asked -= asked;
    return asked;
}

static bool cannot_reset(broken_board *it, Hil__Frame *frame) {
    (void)it;
    return frame->control_case != HIL__FRAME__CONTROL_RESET;
}

static bool dislikes_unknown_fields(broken_board *it, Hil__Frame *frame) {
    (void)it;
    return frame->base.n_unknown_fields == 0;
}

// A commission that cannot be is a grant without a message.
static bool passes_lamps_over(broken_board *it, Hil__Frame *frame) {
    (void)it;
    for (size_t i = 0; i < frame->n_messages; i++)
        if (frame->messages[i]->what_case == HIL__MESSAGE__WHAT_LAMPS &&
            (frame->messages[i]->lamps->first > 1 ||
             frame->messages[i]->lamps->lamps[0]->feeder > 4))
            frame->messages[i]->what_case = HIL__MESSAGE__WHAT__NOT_SET;
    return true;
}

static bool says_no_reasons(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_REFUSAL) *frame->refusal->text = 0;
    return true;
}

// What it asks of its store it has room for.
static bool has_a_small_buffer(broken_board *it, Hil__Frame *frame) {
    (void)it;
    bool asked =
        frame->n_messages == 1 && frame->messages[0]->what_case == HIL__MESSAGE__WHAT_STORE_DATA;
    return asked || hil__frame__get_packed_size(frame) <= 500;
}

static bool counts_by_two(broken_board *it, Hil__Frame *frame) {
    (void)it;
    frame->number *= 2;
    return true;
}

static bool gives_no_more_credit(broken_board *it, Hil__Frame *frame) {
    (void)it;
    frame->limit = frame->limit > 4 ? 4 : frame->limit;
    return true;
}

static bool beats_too_slowly(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_WELCOME) frame->welcome->beat_ms *= 3;
    return true;
}

static bool beats_without_outputs(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case != HIL__FRAME__CONTROL_BEAT || !frame->beat->outputs) return true;
    hil__outputs__free_unpacked(frame->beat->outputs, NULL);
    frame->beat->outputs = NULL;
    return true;
}

static bool counts_no_loss(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_BEAT) frame->beat->lost = 0;
    return true;
}

static bool counts_no_garbage(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_BEAT) frame->beat->garbled = 0;
    return true;
}

static bool counts_no_nonsense(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_BEAT) frame->beat->refused = 0;
    return true;
}

static bool has_a_fast_clock(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_BEAT) frame->beat->uptime_us *= 2;
    return true;
}

static bool answers_sync_with_its_own_round(broken_board *it, Hil__Frame *frame) {
    if (frame->control_case == HIL__FRAME__CONTROL_SYNC) frame->sync->round = ++it->count + 100;
    return true;
}

static bool counts_anew(broken_board *it, Hil__Frame *frame) {
    if (frame->control_case == HIL__FRAME__CONTROL_WELCOME) it->count = 0;
    return true;
}

// As one whose answer waits for something else, now and then.
static bool stamps_sync_at_random(broken_board *it, Hil__Frame *frame) {
    if (frame->control_case != HIL__FRAME__CONTROL_SYNC) return true;
    uint64_t off = ++it->count > 10 ? 40000 : 0;
    frame->sync->received_us += off;
    frame->sync->answered_us += off;
    return true;
}

static bool has_a_clock_of_32_bits(broken_board *it, Hil__Frame *frame) {
    (void)it;
    if (frame->control_case == HIL__FRAME__CONTROL_DONE) frame->done->due_us &= UINT32_MAX;
    return true;
}

static bool says_nothing_twice(broken_board *it, Hil__Frame *frame) {
    if (frame->control_case != HIL__FRAME__CONTROL_DONE) return true;
    bool again = it->step == frame->done->step && it->part == frame->done->part && it->told;
    it->step = frame->done->step;
    it->part = frame->done->part;
    it->told = 1;
    return !again;
}

static bool forgets(broken_board *it, Hil__Frame *frame) {
    if (frame->control_case == HIL__FRAME__CONTROL_WELCOME) it->told = 0;
    return true;
}

// As one that makes its answer anew, with a number of its own.
static bool answers_anew(broken_board *it, Hil__Frame *frame) {
    if (frame->control_case != HIL__FRAME__CONTROL_DONE) return true;
    bool again = it->step == frame->done->step && it->part == frame->done->part && it->told;
    it->step = frame->done->step;
    it->part = frame->done->part;
    it->told = 1;
    frame->limit += again;
    return true;
}

static bool refuses_in_silence(broken_board *it, Hil__Frame *frame) {
    (void)it;
    return frame->control_case != HIL__FRAME__CONTROL_REFUSAL ||
           frame->refusal->reason != HIL__REASON__REASON_SESSION;
}

static bool looks_at_the_wall(broken_board *it, Hil__Frame *frame) {
    (void)it;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (frame->control_case == HIL__FRAME__CONTROL_DONE && frame->done->due_us)
        frame->done->due_us += 1 + (uint64_t)now.tv_nsec / 1000 % 1000;
    return true;
}

static bool asks_its_store_once(broken_board *it, Hil__Frame *frame) {
    for (size_t i = 0; i < frame->n_messages; i++) {
        const Hil__Message *message = frame->messages[i];
        if (message->what_case != HIL__MESSAGE__WHAT_STORE_READ) continue;
        if (frame->control_case == HIL__FRAME__CONTROL__NOT_SET &&
            message->store_read->token == it->told)
            return false;
        it->told = message->store_read->token;
    }
    return true;
}

static bool writes_beyond_its_store(broken_board *it, Hil__Frame *frame) {
    (void)it;
    for (size_t i = 0; i < frame->n_messages; i++)
        if (frame->messages[i]->what_case == HIL__MESSAGE__WHAT_STORE_WRITE &&
            frame->messages[i]->store_write->at >= 74 * 1024)
            frame->messages[i]->store_write->at += 64 * 1024;
    return true;
}

static bool keeps_quiet_of_its_supply(broken_board *it, Hil__Frame *frame) {
    (void)it;
    for (size_t i = 0; i < frame->n_messages; i++)
        if (frame->messages[i]->what_case == HIL__MESSAGE__WHAT_INPUTS)
            frame->messages[i]->inputs->mains = 1;
    return true;
}

static bool leaves_out_lamp_3(broken_board *it, Hil__Frame *frame) {
    (void)it;
    for (size_t i = 0; i < frame->n_messages; i++)
        if (frame->messages[i]->what_case == HIL__MESSAGE__WHAT_DATAGRAM &&
            frame->messages[i]->datagram->lamp == 3)
            frame->messages[i]->datagram->lamp = 2;
    return true;
}

// --- The layer ---

static void broken_write(int fd, const uint8_t *octets, size_t n) {
    while (n > 0) {
        ssize_t put = send(fd, octets, n, MSG_NOSIGNAL);
        if (put <= 0) _exit(0); // the other end has gone, and so does the layer
        octets += put;
        n -= (size_t)put;
    }
}

static void broken_pass(broken_board *it, bool to_board, const uint8_t *octets, size_t n) {
    bool (*change)(broken_board *, Hil__Frame *) = to_board ? it->how->hears : it->how->says;
    uint8_t packed[2 * DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX];
    Hil__Frame *frame = hil__frame__unpack(NULL, n, octets);
    bool passes = !frame || !change || change(it, frame);
    if (frame && change) n = hil__frame__pack(frame, packed);
    if (frame) hil__frame__free_unpacked(frame, NULL);
    if (passes)
        broken_write(to_board ? it->board : it->wire, wire,
                     dd_frame_put(frame && change ? packed : octets, n, wire));
}

// A frame without a look at its check.
static bool broken_unstuff(const uint8_t *from, size_t n, uint8_t *to, size_t *got) {
    *got = 0;
    for (size_t at = 0; at < n;) {
        size_t run = from[at++] - 1u;
        if (run > n - at || *got + run + 1 > DD_FRAME_OCTETS) return false;
        memcpy(to + *got, from + at, run);
        *got += run;
        at += run;
        if (run < 254 && at < n) to[(*got)++] = 0;
    }
    return *got > DD_FRAME_CHECK;
}

// Octets up to an end; what is no frame goes on as it is.
typedef struct broken_stream {
    size_t n;
    uint8_t octets[8192];
} broken_stream;

static void broken_end(broken_board *it, broken_stream *stream, bool to_board) {
    static dd_deframer deframer;
    const uint8_t *frame;
    uint8_t unchecked[DD_FRAME_OCTETS];
    size_t n;
    deframer = (dd_deframer){.n = 0};
    dd_deframer_take(&deframer, stream->octets, stream->n, &frame, &n);
    if (!frame && to_board && it->how->checks_nothing &&
        broken_unstuff(stream->octets, stream->n - 1, unchecked, &n)) {
        frame = unchecked;
        n -= DD_FRAME_CHECK;
    }
    if (frame)
        broken_pass(it, to_board, frame, n);
    else
        broken_write(to_board ? it->board : it->wire, stream->octets, stream->n);
    stream->n = 0;
}

static void broken_hear(broken_board *it, broken_stream *stream, bool to_board) {
    uint8_t octets[4096];
    ssize_t n = read(to_board ? it->wire : it->board, octets, sizeof octets);
    if (n <= 0) _exit(0);
    for (ssize_t i = 0; i < n; i++) {
        stream->octets[stream->n++] = octets[i];
        if (octets[i] == 0 || stream->n == sizeof stream->octets) broken_end(it, stream, to_board);
    }
}

static void broken_layer(const breakage *how, int wire, int board) {
    static broken_stream streams[2];
    broken_board it = {.how = how, .wire = wire, .board = board};
    struct pollfd fds[2] = {{.fd = wire, .events = POLLIN}, {.fd = board, .events = POLLIN}};
    while (poll(fds, 2, -1) >= 0)
        for (int i = 0; i < 2; i++)
            if (fds[i].revents) broken_hear(&it, &streams[i], i == 0);
    _exit(0);
}

// Starts one, which dies with its starter or when its wire is closed; returns the wire.
static int broken_start(const breakage *how) {
    int wire[2], board[2];
    char program[1024], number[16];
    const char *build = getenv("DOMDOM_BUILD") ? getenv("DOMDOM_BUILD") : ".";
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, wire) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, board))
        return -1;
    snprintf(program, sizeof program, "%s/domdom-board", build);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        snprintf(number, sizeof number, "%d", dup(board[1]));
        execl(program, program, "--fd", number, "--segment", "S-12", (char *)NULL);
        _exit(127);
    }
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(wire[0]);
        close(board[1]);
        broken_layer(how, wire[1], board[0]);
    }
    close(wire[1]);
    close(board[0]);
    close(board[1]);
    return wire[0];
}
