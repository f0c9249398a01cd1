#define _DEFAULT_SOURCE // cfmakeraw, flock, CRTSCTS
#include "hil/outlet/port.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

static const struct {
    unsigned long baud;
    speed_t speed;
} speeds[] = {
    {9600, B9600},       {19200, B19200},     {38400, B38400},     {57600, B57600},
    {115200, B115200},   {230400, B230400},   {460800, B460800},   {500000, B500000},
    {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1500000, B1500000},
    {2000000, B2000000}, {3000000, B3000000},
};

const char dd_port_remedy[] =
    "install the udev rule: `domdom board list --rule | sudo tee /etc/udev/rules.d/60-domdom.rules`"
    ", `sudo udevadm control --reload`, and plug the board in again";

unsigned long dd_port_node(const char *path, char node[static DD_PORT_NODE]) {
    snprintf(node, DD_PORT_NODE, "%s", path);
    char *at = strrchr(node, '@'), *end;
    if (!at || strspn(at + 1, "0123456789") == 0) return DD_PORT_BAUD;
    unsigned long baud = strtoul(at + 1, &end, 10);
    if (*end) return DD_PORT_BAUD; // part of a name
    *at = 0;
    return baud;
}

static bool find_speed(unsigned long baud, speed_t *speed) {
    for (size_t i = 0; i < DD_COUNT(speeds); i++)
        if (speeds[i].baud == baud) {
            *speed = speeds[i].speed;
            return true;
        }
    return false;
}

static dd_board_verdict refused(const char *path, int number, dd_error *error) {
    switch (number) {
    case EACCES:
    case EPERM:
        dd_fail(error, DD_OUTSIDE, "%s: this user may not open it; %s", path, dd_port_remedy);
        return DD_BOARD_NO_ACCESS;
    case EBUSY:
    case EWOULDBLOCK:
        dd_fail(error, DD_OUTSIDE,
                "%s: somebody else has it open; `fuser %s` tells who (another domdom, a terminal "
                "program, ModemManager)",
                path, path);
        return DD_BOARD_NO_ACCESS;
    case ENOTTY:
    case EISDIR:
        dd_fail(error, DD_WRONG, "%s: no serial port; name a /dev/tty... or a pseudo-terminal",
                path);
        return DD_BOARD_NOT_FOUND;
    default:
        dd_fail(error, DD_OUTSIDE, "%s: %s; is the board plugged in? `domdom board list` tells",
                path, strerror(number));
        return DD_BOARD_NOT_FOUND;
    }
}

// For us alone. A lock, which holds for root too, and TIOCEXCL, which holds for programs that ask
// for no lock; not on a pseudo-terminal, where it would outlive us while the other end is open.
static bool claim(int fd) {
    enum { PTY_FIRST = 136, PTY_LAST = 143 }; // majors of Unix98 slaves
    struct stat about;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &about) != 0) return false;
    unsigned kind = major(about.st_rdev);
    if (kind < PTY_FIRST || kind > PTY_LAST) ioctl(fd, TIOCEXCL);
    return true;
}

// VMIN 1: a read without anything there fails with EAGAIN; 0 then only means that it is gone.
static bool make_raw(int fd, speed_t speed) {
    struct termios line;
    if (tcgetattr(fd, &line) != 0) return false;
    cfmakeraw(&line);
    line.c_cflag &= ~(tcflag_t)(CSTOPB | PARENB | CRTSCTS | HUPCL);
    line.c_cflag |= CLOCAL | CREAD | CS8;
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    cfsetispeed(&line, speed);
    cfsetospeed(&line, speed);
    if (tcsetattr(fd, TCSANOW, &line) != 0) return false;
    tcflush(fd, TCIOFLUSH);
    return true;
}

int dd_port_open(const char *path, dd_board_verdict *verdict, dd_error *error) {
    char node[DD_PORT_NODE];
    speed_t speed;
    if (!find_speed(dd_port_node(path, node), &speed)) {
        dd_fail(error, DD_WRONG, "%s: serial ports know no such speed; try 115200 or 921600", path);
        *verdict = DD_BOARD_NOT_FOUND;
        return -1;
    }
    int fd = open(node, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && claim(fd) && make_raw(fd, speed)) {
        *verdict = DD_BOARD_WELL;
        return fd;
    }
    *verdict = refused(node, errno, error);
    if (fd >= 0) close(fd);
    return -1;
}
