#define _DEFAULT_SOURCE // sigaction
#include "hil/command/monitor.h"

#include "hil/command/options.h"
#include "hil/outlet/discovery.h"
#include "hil/outlet/port.h"
#include "hil/text/message_text.h"
#include "hil/wire/wall.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 1024, RAW_MAX = 1200, IDLE_MS = 400, RETRY_MS = 200 };

typedef struct dd_monitor {
    const char *board;
    bool hex, listen, session;
    double seconds; // 0: until interrupted
    int64_t begin_ns, end_ns, beat_ns;
    int fd;
    dd_deframer deframer;
    uint8_t raw[RAW_MAX]; // what has come since the last end of a frame
    size_t raw_n;
    uint32_t number; // of the last frame that we sent
    uint32_t heard;  // of the last that came
    uint64_t frames, garbled, lost;
} dd_monitor;

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

// --- What is shown ---

static void print_time(const dd_monitor *it) {
    printf("%11.6f  ", (double)(dd_wall_ns() - it->begin_ns) / 1e9);
}

static void print_octets(const uint8_t *octets, size_t n) {
    for (size_t i = 0; i < n; i += 16) {
        printf("             %04zx ", i);
        for (size_t k = i; k < i + 16; k++)
            k < n ? printf(" %02x", octets[k]) : printf("   ");
        printf("  ");
        for (size_t k = i; k < n && k < i + 16; k++)
            putchar(octets[k] >= 32 && octets[k] < 127 ? octets[k] : '.');
        putchar('\n');
    }
}

static void print_frame(const dd_monitor *it, bool sent, const uint8_t *octets, size_t n) {
    char text[TEXT_MAX];
    Hil__Frame *frame = hil__frame__unpack(NULL, n, octets);
    print_time(it);
    if (frame)
        dd_frame_text(frame, text, sizeof text);
    else
        snprintf(text, sizeof text, "a whole frame of %zu octets, but no message Frame", n);
    printf("%s %s\n", sent ? "->" : "<-", text);
    for (size_t i = 0; frame && i < frame->n_messages; i++) {
        dd_message_text(frame->messages[i], sent, text, sizeof text);
        printf("                %s\n", text);
    }
    if (it->hex || !frame) print_octets(octets, n);
    if (frame) hil__frame__free_unpacked(frame, NULL);
}

static bool is_text(const uint8_t *octets, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!isprint(octets[i]) && !isspace(octets[i])) return false;
    return true;
}

// A firmware's own printing on the same wire, or a wrong speed, or octets lost.
static void print_garbage(dd_monitor *it, const char *why) {
    print_time(it);
    if (is_text(it->raw, it->raw_n))
        printf("?? text: %.*s%s", (int)it->raw_n, (const char *)it->raw,
               it->raw_n && it->raw[it->raw_n - 1] == '\n' ? "" : "\n");
    else
        printf("?? %zu octets, %s\n", it->raw_n, why);
    if (it->hex || !is_text(it->raw, it->raw_n)) print_octets(it->raw, it->raw_n);
    it->raw_n = 0;
}

// --- The wire ---

static void send(dd_monitor *it, Hil__Frame *frame) {
    uint8_t octets[DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX];
    frame->number = frame->control_case == HIL__FRAME__CONTROL_WELCOME ? 0 : ++it->number;
    if (frame->number == 0) it->number = it->heard = 0;
    frame->limit = it->heard + 64;
    size_t n = hil__frame__pack(frame, octets);
    size_t wire_n = dd_frame_put(octets, n, wire);
    if (write(it->fd, wire, wire_n) == (ssize_t)wire_n) print_frame(it, true, octets, n);
}

static void ask(dd_monitor *it) {
    Hil__Ask asked = HIL__ASK__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    asked.version = DD_BOARD_VERSION;
    frame.control_case = HIL__FRAME__CONTROL_ASK;
    frame.ask = &asked;
    send(it, &frame);
}

static void welcome(dd_monitor *it, const Hil__Hello *hello) {
    Hil__Welcome said = HIL__WELCOME__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    said.version = DD_BOARD_VERSION;
    said.session = (uint32_t)(dd_wall_ns() / 1000000) | 1;
    said.mode = HIL__MODE__MODE_REAL_TIME;
    said.segment = hello->segment;
    said.beat_ms = DD_BOARD_BEAT_MS;
    said.frame_max = DD_FRAME_OCTETS;
    frame.control_case = HIL__FRAME__CONTROL_WELCOME;
    frame.welcome = &said;
    send(it, &frame);
    it->beat_ns = dd_wall_ns();
}

static void beat(dd_monitor *it) {
    Hil__Beat said = HIL__BEAT__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    if (!it->beat_ns || dd_wall_ns() < it->beat_ns) return;
    it->beat_ns = dd_wall_ns() + DD_BOARD_BEAT_MS * 1000000;
    said.uptime_us = (uint64_t)((dd_wall_ns() - it->begin_ns) / 1000);
    said.received = (uint32_t)it->frames;
    said.lost = (uint32_t)it->lost;
    said.garbled = (uint32_t)it->garbled;
    frame.control_case = HIL__FRAME__CONTROL_BEAT;
    frame.beat = &said;
    send(it, &frame);
}

static void take_frame(dd_monitor *it, const uint8_t *octets, size_t n) {
    it->frames++;
    print_frame(it, false, octets, n);
    Hil__Frame *frame = hil__frame__unpack(NULL, n, octets);
    if (!frame) return;
    if (frame->number > it->heard + 1 && it->heard) {
        it->lost += frame->number - it->heard - 1;
        printf("             ?? %u frames are missing before it\n", frame->number - it->heard - 1);
    }
    it->heard = frame->number;
    bool hello = frame->control_case == HIL__FRAME__CONTROL_HELLO;
    if (hello && it->session) welcome(it, frame->hello);
    if (frame->control_case == HIL__FRAME__CONTROL_REFUSAL) it->beat_ns = 0;
    hil__frame__free_unpacked(frame, NULL);
}

static void take(dd_monitor *it, const uint8_t *octets, size_t n) {
    while (n > 0) {
        const uint8_t *frame;
        size_t frame_n;
        uint64_t before = it->deframer.garbled;
        size_t used = dd_deframer_take(&it->deframer, octets, n, &frame, &frame_n);
        size_t kept = used < RAW_MAX - it->raw_n ? used : RAW_MAX - it->raw_n;
        memcpy(it->raw + it->raw_n, octets, kept);
        it->raw_n += kept;
        if (it->deframer.garbled != before) {
            it->garbled++;
            print_garbage(it, "no right frame: spoilt, or another speed");
        }
        if (frame) take_frame(it, frame, frame_n);
        if (used && octets[used - 1] == 0) it->raw_n = 0;
        octets += used;
        n -= used;
    }
}

// --- Its life ---

static bool over(const dd_monitor *it) {
    return interrupted || (it->end_ns && dd_wall_ns() >= it->end_ns);
}

static void listen_on(dd_monitor *it) {
    uint8_t octets[4096];
    for (int64_t last = dd_wall_ns(); !over(it);) {
        poll(&(struct pollfd){.fd = it->fd, .events = POLLIN}, 1, RETRY_MS / 2);
        ssize_t n = read(it->fd, octets, sizeof octets);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return;
        if (n > 0) {
            last = dd_wall_ns();
            take(it, octets, (size_t)n);
        } else if (it->raw_n && dd_wall_ns() - last > IDLE_MS * (int64_t)1000000) {
            print_garbage(it, "and no end of a frame");
        }
        beat(it);
        fflush(stdout);
    }
}

static void print_counts(const dd_monitor *it) {
    printf("%llu frames, %llu garbled, %llu missing\n", (unsigned long long)it->frames,
           (unsigned long long)it->garbled, (unsigned long long)it->lost);
}

static bool open_board(dd_monitor *it, dd_error *error) {
    dd_board_verdict verdict;
    it->fd = dd_discovery_open_port(it->board, &verdict, error);
    if (it->fd < 0) return false;
    it->deframer.n = it->raw_n = 0;
    it->number = it->heard = 0;
    it->beat_ns = 0;
    if (!it->listen) ask(it);
    return true;
}

// A board that is pulled is waited for, whatever node it comes back as.
static int watch(dd_monitor *it, dd_error *error) {
    if (!open_board(it, error)) return (int)error->status;
    for (;;) {
        listen_on(it);
        close(it->fd);
        if (over(it)) return DD_OK;
        print_time(it);
        puts("-- unplugged; waits for it to come back");
        fflush(stdout);
        do
            poll(NULL, 0, RETRY_MS);
        while (!over(it) && !open_board(it, error));
        if (over(it)) return DD_OK;
    }
}

static bool take_words(int argc, char **argv, dd_monitor *it, dd_error *error) {
    const char *words[1], *seconds = NULL;
    const dd_option options[] = {{"--hex", &it->hex, NULL},
                                 {"--listen", &it->listen, NULL},
                                 {"--session", &it->session, NULL},
                                 {"--for", NULL, &seconds},
                                 {NULL, NULL, NULL}};
    size_t n;
    if (!dd_options_take(argc, argv, options, words, 1, &n, error)) return false;
    if (n == 0)
        return dd_fail(error, DD_WRONG,
                       "monitor which board? Name its serial or its port; `domdom "
                       "board list` shows them");
    it->board = words[0];
    return !seconds || dd_option_seconds("--for", seconds, &it->seconds, error);
}

int dd_board_monitor(int argc, char **argv) {
    dd_monitor it = {.fd = -1, .begin_ns = dd_wall_ns()};
    dd_error error = {0};
    if (!take_words(argc, argv, &it, &error)) return dd_option_complain(&error);
    if (it.seconds > 0) it.end_ns = it.begin_ns + (int64_t)(it.seconds * 1e9);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupt}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = interrupt}, NULL);
    int status = watch(&it, &error);
    if (status != DD_OK) return dd_option_complain(&error);
    print_counts(&it);
    return status;
}
