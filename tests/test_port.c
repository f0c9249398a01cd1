#define _GNU_SOURCE // posix_openpt, ptsname_r, cfgetospeed
#include "hil/outlet/port.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

typedef struct pty_end {
    int master;
    char path[64];
} pty_end;

static pty_end open_pty(void) {
    pty_end it = {.master = posix_openpt(O_RDWR | O_NOCTTY)};
    cr_assert(ge(int, it.master, 0));
    cr_assert(all(zero(int, grantpt(it.master)), zero(int, unlockpt(it.master))));
    cr_assert(zero(int, ptsname_r(it.master, it.path, sizeof it.path)));
    return it;
}

static int opened(const char *path) {
    dd_error error = {0};
    dd_board_verdict verdict = DD_BOARD_VERDICTS;
    int fd = dd_port_open(path, &verdict, &error);
    cr_assert(ge(int, fd, 0), "%s: %s", path, error.text);
    cr_assert(eq(int, verdict, DD_BOARD_WELL));
    return fd;
}

static dd_error refused(const char *path, dd_board_verdict expected) {
    dd_error error = {0};
    dd_board_verdict verdict = DD_BOARD_VERDICTS;
    cr_assert(eq(int, dd_port_open(path, &verdict, &error), -1), "%s was opened", path);
    cr_expect(eq(int, verdict, expected), "%s: %s", path, error.text);
    cr_expect(ne(sz, strlen(error.text), 0));
    return error;
}

static size_t read_all(int fd, uint8_t *octets, size_t n) {
    size_t got = 0;
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    while (got < n && poll(&poller, 1, 1000) > 0) {
        ssize_t some = read(fd, octets + got, n - got);
        if (some <= 0) break;
        got += (size_t)some;
    }
    return got;
}

Test(port, every_octet_passes_either_way) {
    pty_end pty = open_pty();
    int fd = opened(pty.path);
    uint8_t all[256], got[256];
    for (size_t i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    cr_expect(eq(int, (int)write(fd, all, 256), 256));
    cr_expect(eq(sz, read_all(pty.master, got, 256), 256));
    cr_expect(zero(int, memcmp(all, got, 256)), "from us: changed on the way");
    cr_expect(eq(int, (int)write(pty.master, all, 256), 256));
    cr_expect(eq(sz, read_all(fd, got, 256), 256));
    cr_expect(zero(int, memcmp(all, got, 256)), "to us: changed on the way");
    // Nothing came back to the other side: no echo.
    struct pollfd poller = {.fd = pty.master, .events = POLLIN};
    cr_expect(eq(int, poll(&poller, 1, 50), 0));
    close(fd);
    close(pty.master);
}

Test(port, nothing_there_is_not_the_end) {
    pty_end pty = open_pty();
    int fd = opened(pty.path);
    uint8_t octet;
    cr_expect(eq(int, (int)read(fd, &octet, 1), -1));
    cr_expect(eq(int, errno, EAGAIN));
    close(pty.master);
    cr_expect(eq(int, (int)read(fd, &octet, 1), 0), "the other end is gone");
    close(fd);
}

Test(port, what_came_before_is_thrown_away) {
    pty_end pty = open_pty();
    int before = open(pty.path, O_RDWR | O_NOCTTY);
    cr_assert(eq(int, (int)write(pty.master, "old\n", 4), 4));
    int fd = opened(pty.path);
    uint8_t octets[8];
    cr_assert(eq(int, (int)write(pty.master, "new", 3), 3));
    cr_expect(eq(sz, read_all(fd, octets, 3), 3));
    cr_expect(zero(int, memcmp(octets, "new", 3)));
    close(fd);
    close(before);
    close(pty.master);
}

Test(port, one_at_a_time) {
    pty_end pty = open_pty();
    int fd = opened(pty.path);
    dd_error error = refused(pty.path, DD_BOARD_NO_ACCESS);
    cr_expect(ne(ptr, strstr(error.text, "somebody else has it open"), NULL), "%s", error.text);
    close(fd);
    close(opened(pty.path));
    close(pty.master);
}

Test(port, speed) {
    pty_end pty = open_pty();
    char path[80], node[DD_PORT_NODE];
    struct termios line;
    int fd = opened(pty.path);
    cr_assert(zero(int, tcgetattr(fd, &line)));
    cr_expect(eq(ulong, (unsigned long)cfgetospeed(&line), B115200));
    close(fd);
    snprintf(path, sizeof path, "%s@921600", pty.path);
    fd = opened(path);
    cr_assert(zero(int, tcgetattr(fd, &line)));
    cr_expect(eq(ulong, (unsigned long)cfgetospeed(&line), B921600));
    close(fd);
    close(pty.master);
    cr_expect(eq(ulong, dd_port_node("/dev/serial/by-id/usb-a@b", node), DD_PORT_BAUD));
    cr_expect(eq(str, node, "/dev/serial/by-id/usb-a@b"));
    cr_expect(eq(ulong, dd_port_node("/dev/ttyUSB0@", node), DD_PORT_BAUD));
    cr_expect(eq(str, node, "/dev/ttyUSB0@"));
    snprintf(path, sizeof path, "%s@12345", pty.path);
    refused(path, DD_BOARD_NOT_FOUND);
}

Test(port, what_is_no_port) {
    char file[] = "/tmp/domdom-port-XXXXXX";
    close(mkstemp(file));
    dd_error error = refused(file, DD_BOARD_NOT_FOUND);
    cr_expect(ne(ptr, strstr(error.text, "no serial port"), NULL), "%s", error.text);
    unlink(file);
    refused(file, DD_BOARD_NOT_FOUND);
    refused("/dev/null", DD_BOARD_NOT_FOUND);
    refused("/tmp", DD_BOARD_NOT_FOUND);
    refused("", DD_BOARD_NOT_FOUND);
}

// Root may open anything, so as nobody.
Test(port, not_allowed) {
    if (getuid() != 0) cr_skip("only root can become another user");
    pty_end pty = open_pty();
    pid_t child = fork();
    if (child == 0) {
        dd_board_verdict verdict = DD_BOARD_VERDICTS;
        dd_error error = {0};
        if (setuid(65534) != 0) _exit(2);
        int fd = dd_port_open(pty.path, &verdict, &error);
        _exit(fd == -1 && verdict == DD_BOARD_NO_ACCESS && strstr(error.text, "udev rule") ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    cr_expect(eq(int, status, 0));
    close(pty.master);
}
