#define _GNU_SOURCE
#include "hil/outlet/port.h"
#include "hil/outlet/terminal.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int board; // the other end of the wire
static dd_terminal *terminal;
static dd_error error;

static void set_up(void) {
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    board = ends[0];
    terminal = dd_terminal_open(ends[1], &error);
    cr_assert(terminal, "%s", error.text);
}

static void tear_down(void) {
    dd_terminal_close(terminal);
    close(board);
}

TestSuite(terminal, .init = set_up, .fini = tear_down, .timeout = 20);

static void relay(void) {
    for (int i = 0; i < 5; i++)
        dd_terminals_relay(&terminal, 1, 20);
}

static int open_port(void) {
    dd_board_verdict verdict;
    int port = dd_port_open(dd_terminal_path(terminal), &verdict, &error);
    cr_assert_geq(port, 0, "%s", error.text);
    return port;
}

// Octets that a terminal would make something else of.
static const char any[] = "\0\r\n\x03\x04\x11\x13\x7f\xff:";

Test(terminal, passes_octets_on_both_ways) {
    char got[64];
    int port = open_port();
    cr_assert_eq(write(board, any, sizeof any), sizeof any);
    relay();
    cr_expect_eq(read(port, got, sizeof got), sizeof any);
    cr_expect_eq(memcmp(got, any, sizeof any), 0);
    cr_assert_eq(write(port, any, sizeof any), sizeof any);
    relay();
    cr_expect_eq(read(board, got, sizeof got), sizeof any);
    cr_expect_eq(memcmp(got, any, sizeof any), 0);
    close(port);
}

Test(terminal, what_nobody_reads_is_lost_and_it_can_be_opened_again) {
    char got[64];
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(write(board, "old", 3), 3);
        relay();
        int port = open_port();
        cr_assert_eq(write(board, "new", 3), 3);
        relay();
        cr_expect_eq(read(port, got, sizeof got), 3);
        cr_expect_eq(memcmp(got, "new", 3), 0);
        close(port);
        relay();
    }
}

// More than the terminal's own buffer: neither side's octets are lost while the other is slow.
Test(terminal, holds_back_what_is_not_taken_yet) {
    enum { N = 100000 };
    static uint8_t sent[N], got[N + 1];
    size_t sent_n = 0, got_n = 0;
    int port = open_port();
    for (size_t i = 0; i < N; i++)
        sent[i] = (uint8_t)(i * 7 + i / 256);
    for (int i = 0; i < 2000 && got_n < N; i++) {
        ssize_t n = send(board, sent + sent_n, N - sent_n, MSG_DONTWAIT);
        if (n > 0) sent_n += (size_t)n;
        dd_terminals_relay(&terminal, 1, 1);
        size_t most = 1 + (size_t)i * 37 % 4000, left = N - got_n;
        n = read(port, got + got_n, most < left ? most : left);
        if (n > 0) got_n += (size_t)n;
    }
    cr_expect_eq(got_n, N);
    cr_expect_eq(memcmp(got, sent, N), 0);
    close(port);
}

Test(terminal, knows_when_its_board_has_gone) {
    relay();
    cr_expect(dd_terminal_alive(terminal));
    shutdown(board, SHUT_RDWR);
    relay();
    cr_expect_not(dd_terminal_alive(terminal));
}
