#define _GNU_SOURCE // posix_openpt, ptsname_r
#include "hil/command/monitor.h"

#include "hil/domdom.pb-c.h"
#include "hil/wire/frame.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// A monitor in a process of its own, at a pseudo-terminal whose other end is the test.
typedef struct dd_watched {
    int master, out;
    char path[64], text[16384];
    size_t n;
    pid_t monitor;
} dd_watched;

static dd_watched watch(const char *option) {
    dd_watched it = {.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    int out[2];
    cr_assert(ge(int, it.master, 0));
    cr_assert(all(zero(int, grantpt(it.master)), zero(int, unlockpt(it.master))));
    cr_assert(zero(int, ptsname_r(it.master, it.path, sizeof it.path)));
    cr_assert(zero(int, pipe2(out, O_CLOEXEC)));
    it.monitor = fork();
    if (it.monitor == 0) {
        char seconds[] = "--for=10", name[] = "monitor", word[16];
        snprintf(word, sizeof word, "%s", option);
        char *argv[] = {name, it.path, seconds, word, NULL};
        close(it.master); // so that it sees the test let go
        dup2(out[1], STDOUT_FILENO);
        int status = dd_board_monitor(4, argv);
        fflush(stdout);
        _exit(status);
    }
    close(out[1]);
    it.out = out[0];
    return it;
}

// Whether it prints that, within some seconds.
static bool prints(dd_watched *it, const char *words) {
    struct pollfd poller = {.fd = it->out, .events = POLLIN};
    while (!strstr(it->text, words) && it->n + 1 < sizeof it->text) {
        if (poll(&poller, 1, 4000) <= 0) return false;
        ssize_t n = read(it->out, it->text + it->n, sizeof it->text - 1 - it->n);
        if (n <= 0) return false;
        it->n += (size_t)n;
        it->text[it->n] = 0;
    }
    return strstr(it->text, words) != NULL;
}

static void say(const dd_watched *it, Hil__Frame *frame) {
    uint8_t octets[DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX];
    size_t n = dd_frame_put(octets, hil__frame__pack(frame, octets), wire);
    cr_assert(eq(int, (int)write(it->master, wire, n), (int)n));
}

static void say_hello(const dd_watched *it) {
    Hil__Hello hello = HIL__HELLO__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    char serial[] = "SEG-T1";
    hello.version = 1;
    hello.serial = serial;
    frame.control_case = HIL__FRAME__CONTROL_HELLO;
    frame.hello = &hello;
    say(it, &frame);
}

static void say_log(const dd_watched *it, uint32_t number, char *text) {
    Hil__Log log = HIL__LOG__INIT;
    Hil__Message message = HIL__MESSAGE__INIT, *messages[] = {&message};
    Hil__Frame frame = HIL__FRAME__INIT;
    log.text = text;
    message.what_case = HIL__MESSAGE__WHAT_LOG;
    message.log = &log;
    frame.number = number;
    frame.n_messages = 1;
    frame.messages = messages;
    say(it, &frame);
}

static void end(dd_watched *it, int expected) {
    int status = -1;
    kill(it->monitor, SIGINT);
    waitpid(it->monitor, &status, 0);
    cr_expect(ne(int, WIFEXITED(status), 0), "killed: %d", status);
    cr_expect(eq(int, (int)WEXITSTATUS(status), expected));
    if (it->master >= 0) close(it->master);
    close(it->out);
}

Test(board_monitor, frames_decoded, .timeout = 20) {
    dd_watched it = watch("--hex");
    char text[] = "the door is open";
    cr_assert(prints(&it, "-> ask"), "%s", it.text);
    say_hello(&it);
    cr_expect(prints(&it, "<- hello"), "%s", it.text);
    cr_expect(prints(&it, "serial SEG-T1"), "%s", it.text);
    cr_expect(prints(&it, "*.SEG-T1\n"), "no octets: %s", it.text);
    say_log(&it, 1, text);
    cr_expect(prints(&it, text), "%s", it.text);
    say_log(&it, 4, text);
    cr_expect(prints(&it, "2 frames are missing"), "%s", it.text);
    kill(it.monitor, SIGINT);
    cr_expect(prints(&it, "3 frames, 0 garbled, 2 missing"), "%s", it.text);
    end(&it, 0);
}

Test(board_monitor, what_is_no_frame, .timeout = 20) {
    dd_watched it = watch("--listen");
    static const uint8_t garbage[] = {0x12, 0x80, 0xFF, 0x99, 0x00};
    // Until it has the port, what is written there is thrown away.
    for (int i = 0; i < 40 && it.n == 0; i++) {
        cr_assert(eq(int, (int)write(it.master, "Boot 1.2 ok\r\n", 13), 13));
        if (poll(&(struct pollfd){.fd = it.out, .events = POLLIN}, 1, 500) > 0) break;
    }
    cr_expect(prints(&it, "text: Boot 1.2 ok"), "%s", it.text);
    cr_assert(eq(int, (int)write(it.master, garbage, sizeof garbage), (int)sizeof garbage));
    cr_expect(prints(&it, "no right frame"), "%s", it.text);
    cr_expect(prints(&it, "12 80 ff 99 00"), "%s", it.text);
    say_hello(&it);
    cr_expect(prints(&it, "<- hello"), "right again after it: %s", it.text);
    cr_expect(eq(ptr, strstr(it.text, "->"), NULL), "it spoke: %s", it.text);
    end(&it, 0);
}

Test(board_monitor, a_session, .timeout = 20) {
    dd_watched it = watch("--session");
    cr_assert(prints(&it, "-> ask"), "%s", it.text);
    say_hello(&it);
    cr_expect(prints(&it, "-> welcome"), "%s", it.text);
    cr_expect(prints(&it, "-> beat"), "%s", it.text);
    close(it.master);
    it.master = -1;
    cr_expect(prints(&it, "unplugged"), "%s", it.text);
    end(&it, 0);
}
