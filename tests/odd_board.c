// A board whose firmware is another one than the twin's, in one way: the reference firmware as a
// process, behind a pseudo-terminal, and between the two a layer that changes what it hears or
// says.
//   odd_board BOARD_PROGRAM threshold|level|mute     prints where it is
#define _GNU_SOURCE
#include "hil/domdom.pb-c.h"
#include "hil/wire/frame.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

typedef void change(Hil__Message *message);

// Takes a lamp for too weak that takes anything less than all of its power.
static void another_threshold(Hil__Message *message) {
    if (message->what_case == HIL__MESSAGE__WHAT_SETTINGS) message->settings->power_low_pct = 100;
}

// Orders 650 where it should order 600: {3416: {1: level.
static void another_level(Hil__Message *message) {
    static const uint8_t ordered[] = {0x01, 0x19, 0x02, 0x58};
    if (message->what_case != HIL__MESSAGE__WHAT_DATAGRAM) return;
    ProtobufCBinaryData *octets = &message->datagram->octets;
    uint8_t *at = memmem(octets->data, octets->len, ordered, sizeof ordered);
    if (at) at[3] = 0x8A;
}

// Its readings never get to the centre: 4 is a word's kind (models/controller/core/message.h).
static void mute(Hil__Message *message) {
    static const uint8_t readings[] = {0x08, 0x04};
    if (message->what_case != HIL__MESSAGE__WHAT_LINE) return;
    ProtobufCBinaryData *octets = &message->line->octets;
    if (octets->len < 2 || memcmp(octets->data, readings, 2) != 0) return;
    message->what_case = HIL__MESSAGE__WHAT_LOG;
    static Hil__Log log = HIL__LOG__INIT;
    message->log = &log;
}

static const struct {
    const char *name;
    change *hears, *says;
} ways[] = {
    {"threshold", another_threshold, NULL}, {"level", NULL, another_level}, {"mute", NULL, mute}};

// --- The layer ---

typedef struct way_through {
    int from, to;
    change *change;
    dd_deframer deframer;
} way_through;

static void write_all(int to, const uint8_t *octets, size_t n) {
    while (n > 0) {
        ssize_t done = write(to, octets, n);
        if (done <= 0) exit(0);
        octets += done;
        n -= (size_t)done;
    }
}

static void pass_frame(const way_through *way, const uint8_t *octets, size_t n) {
    uint8_t changed[DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX];
    Hil__Frame *frame = hil__frame__unpack(NULL, n, octets);
    if (!frame) return;
    for (size_t i = 0; i < frame->n_messages && way->change; i++)
        way->change(frame->messages[i]);
    n = hil__frame__pack(frame, changed);
    write_all(way->to, wire, dd_frame_put(changed, n, wire));
    // The frame is not given back: what was changed in it may lie elsewhere; nor are there many.
}

static void pass(way_through *way) {
    uint8_t octets[1024];
    ssize_t n = read(way->from, octets, sizeof octets);
    if (n <= 0) exit(0);
    for (size_t at = 0; at < (size_t)n;) {
        const uint8_t *frame;
        size_t frame_n;
        at += dd_deframer_take(&way->deframer, octets + at, (size_t)n - at, &frame, &frame_n);
        if (frame) pass_frame(way, frame, frame_n);
    }
}

// --- Its two ends ---

static int open_terminal(void) {
    struct termios raw;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master)) return -1;
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY); // held, so that it never hangs up
    if (slave < 0 || tcgetattr(slave, &raw)) return -1;
    cfmakeraw(&raw);
    if (tcsetattr(slave, TCSANOW, &raw)) return -1;
    return master;
}

static int start_board(const char *program) {
    int ends[2];
    char fd[16];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) return -1;
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        snprintf(fd, sizeof fd, "%d", dup(ends[1]));
        execl(program, program, "--fd", fd, "--serial", "ODD", (char *)NULL);
        perror(program);
        _exit(127);
    }
    close(ends[1]);
    return ends[0];
}

int main(int argc, char **argv) {
    size_t which = 0;
    while (argc == 3 && which < 3 && strcmp(ways[which].name, argv[2]) != 0)
        which++;
    if (argc != 3 || which == 3) return 2;
    int terminal = open_terminal(), board = start_board(argv[1]);
    if (terminal < 0 || board < 0) {
        perror("odd_board");
        return 3;
    }
    puts(ptsname(terminal));
    fflush(stdout);
    static way_through in, out;
    in = (way_through){.from = terminal, .to = board, .change = ways[which].hears};
    out = (way_through){.from = board, .to = terminal, .change = ways[which].says};
    for (;;) {
        struct pollfd both[] = {{.fd = terminal, .events = POLLIN},
                                {.fd = board, .events = POLLIN}};
        poll(both, 2, -1);
        if (both[0].revents) pass(&in);
        if (both[1].revents) pass(&out);
    }
}
