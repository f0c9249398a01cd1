#define _GNU_SOURCE
#include "hil/firmware/host/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
    NOBODY_US = 5000, // how often is looked whether a terminal has been opened
    STUCK_MS = 1000,  // nobody reads for so long: what is not taken is lost
};

static bool complain(const char *what) {
    fprintf(stderr, "domdom-board: %s: %s\n", what, strerror(errno));
    return false;
}

// --- Opening ---

// Once opened and closed, the terminal shows (POLLHUP) that nobody has it open.
static bool open_terminal(dd_host_wire *it) {
    struct termios raw;
    char name[64];
    it->terminal = true;
    it->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (it->fd < 0 || grantpt(it->fd) || unlockpt(it->fd) || ptsname_r(it->fd, name, sizeof name))
        return complain("a pseudo-terminal");
    int other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (other < 0 || tcgetattr(other, &raw)) return complain(name);
    cfmakeraw(&raw);
    tcsetattr(other, TCSANOW, &raw);
    close(other);
    if (it->def.link && unlink(it->def.link) && errno != ENOENT) return complain(it->def.link);
    if (it->def.link && symlink(name, it->def.link)) return complain(it->def.link);
    puts(name);
    return fflush(stdout) == 0;
}

static bool open_listener(dd_host_wire *it) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (strlen(it->def.listen) >= sizeof name.sun_path) {
        errno = ENAMETOOLONG;
        return complain(it->def.listen);
    }
    strcpy(name.sun_path, it->def.listen);
    unlink(it->def.listen);
    it->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (it->listener < 0 || bind(it->listener, (struct sockaddr *)&name, sizeof name) ||
        listen(it->listener, 1))
        return complain(it->def.listen);
    return true;
}

bool dd_host_wire_open(dd_host_wire *wire, const dd_host_wire_def *def) {
    *wire = (dd_host_wire){.def = *def, .listener = -1, .fd = def->fd};
    if (def->listener > 0)
        wire->listener = def->listener;
    else if (def->fd < 0 && !(def->listen ? open_listener(wire) : open_terminal(wire)))
        return false;
    if (wire->fd >= 0 && fcntl(wire->fd, F_SETFL, fcntl(wire->fd, F_GETFL) | O_NONBLOCK))
        return complain("its descriptor");
    return true;
}

void dd_host_wire_close(dd_host_wire *wire) {
    if (wire->def.listen) unlink(wire->def.listen);
    if (wire->def.link) unlink(wire->def.link);
    if (wire->listener >= 0) close(wire->listener);
    if (wire->fd >= 0) close(wire->fd);
}

// --- Plugged in, or not ---

static void hung_up(dd_host_wire *it) {
    if (it->terminal) return; // it may be opened again
    close(it->fd);
    it->fd = -1;
    it->gone = it->listener < 0;
}

static int wait_for(int fd, short events, int64_t us) {
    struct pollfd it = {.fd = fd, .events = events};
    struct timespec most = {us / 1000000, us % 1000000 * 1000};
    return ppoll(&it, 1, &most, NULL) > 0 ? it.revents : 0;
}

static bool plugged(const dd_host_wire *it) {
    return it->fd >= 0 && !(it->terminal && wait_for(it->fd, 0, 0) & POLLHUP);
}

static void wait_for_plug(dd_host_wire *it, uint32_t wait_us) {
    if (it->listener >= 0 && wait_for(it->listener, POLLIN, wait_us) & POLLIN)
        it->fd = accept4(it->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (it->terminal) wait_for(-1, 0, wait_us < NOBODY_US ? wait_us : NOBODY_US);
}

// --- Octets ---

size_t dd_host_wire_read(dd_host_wire *wire, uint8_t *octets, size_t n, uint32_t wait_us) {
    if (!plugged(wire)) {
        wait_for_plug(wire, wait_us);
        return 0;
    }
    ssize_t got = read(wire->fd, octets, n);
    if (got < 0 && errno == EAGAIN && wait_us > 0) {
        wait_for(wire->fd, POLLIN, wait_us);
        got = read(wire->fd, octets, n);
    }
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) hung_up(wire);
    return got > 0 ? (size_t)got : 0;
}

static void flush(dd_host_wire *it) {
    const uint8_t *at = it->out;
    size_t n = it->out_n;
    it->out_n = 0;
    while (n > 0 && plugged(it)) {
        ssize_t put = write(it->fd, at, n);
        if (put > 0) {
            at += put;
            n -= (size_t)put;
        } else if (put < 0 && errno == EAGAIN) {
            if (!(wait_for(it->fd, POLLOUT, STUCK_MS * 1000) & POLLOUT)) return;
        } else if (put < 0 && errno != EINTR) {
            hung_up(it);
        }
    }
}

void dd_host_wire_write(dd_host_wire *wire, const uint8_t *octets, size_t n) {
    for (size_t i = 0; i < n; i++) {
        wire->out[wire->out_n++] = octets[i];
        if (octets[i] == 0 || wire->out_n == sizeof wire->out) flush(wire);
    }
}
