// domdom-board: the reference firmware as a process, on a pseudo-terminal, a socket or a descriptor
// that it was given. SIGUSR1 is its reset button.
#define _GNU_SOURCE
#include "hil/firmware/firmware.h"
#include "hil/firmware/host/wire.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "domdom-board [--fd N | --listener N | --listen SOCKET | --link PATH] [--serial S]\n"
    "             [--model M] [--segment NAME] [--vid N] [--pid N] [--flash FILE]\n"
    "\n"
    "The reference firmware as a process. Without --fd and --listen it opens a pseudo-terminal "
    "and\n"
    "says its name; --link has it as a symbolic link, too. SIGUSR1 resets it. With --flash it has "
    "a\n"
    "store of its own, in that file, and borrows none.\n";

typedef struct board {
    dd_host_wire wire;
    dd_kit_def def;
    dd_kit kit;
    dd_firmware firmware;
    struct timespec on_since;
    bool restarts;
    int flash; // -1: none
} board;

static volatile sig_atomic_t button;

static void press(int signal) {
    (void)signal;
    button = 1;
}

// --- The kit's port ---

static uint64_t clock_us(void *context) {
    const board *it = context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)((now.tv_sec - it->on_since.tv_sec) * 1000000 +
                      (now.tv_nsec - it->on_since.tv_nsec) / 1000);
}

static size_t read_wire(void *context, uint8_t *octets, size_t n, uint32_t wait_us) {
    board *it = context;
    return dd_host_wire_read(&it->wire, octets, n, wait_us);
}

static void write_wire(void *context, const uint8_t *octets, size_t n) {
    board *it = context;
    dd_host_wire_write(&it->wire, octets, n);
}

static void reset(void *context, uint32_t reason) {
    board *it = context;
    (void)reason;
    it->restarts = true;
}

static bool load(void *context, uint32_t at, void *octets, uint32_t n) {
    const board *it = context;
    return pread(it->flash, octets, n, at) == (ssize_t)n;
}

static bool save(void *context, uint32_t at, const void *octets, uint32_t n) {
    const board *it = context;
    return pwrite(it->flash, octets, n, at) == (ssize_t)n;
}

static bool open_flash(board *it, const char *path) {
    it->flash = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (it->flash >= 0 && ftruncate(it->flash, DD_STORE_SIZE) == 0) return true;
    perror(path);
    return false;
}

// --- Its life ---

static void switch_on(board *it) {
    clock_gettime(CLOCK_MONOTONIC, &it->on_since);
    it->def.boots++;
    it->restarts = false;
    dd_kit_init(&it->kit, &it->def);
    dd_firmware_init(&it->firmware, &it->kit);
}

static void live(board *it) {
    it->def.port = (dd_kit_port){.context = it,
                                 .read = read_wire,
                                 .write = write_wire,
                                 .clock_us = clock_us,
                                 .reset = reset};
    if (it->flash >= 0) {
        it->def.port.load = load;
        it->def.port.save = save;
        it->def.port.store_size = DD_STORE_SIZE;
        it->def.capabilities &= ~(uint32_t)hil_Capability_CAPABILITY_BORROWS_STORE;
    }
    it->def.firmware = (dd_kit_firmware){&it->firmware, dd_firmware_take};
    for (switch_on(it); !it->wire.gone; dd_kit_poll(&it->kit, 1000000)) {
        if (button) it->restarts = true;
        button = 0;
        if (it->restarts) switch_on(it);
    }
}

static uint32_t number(const char *text) {
    char *end;
    unsigned long it = strtoul(text, &end, 0);
    if (*text == 0 || *end || it > UINT16_MAX) {
        fprintf(stderr, "domdom-board: %s is no number up to 65535\n", text);
        exit(2);
    }
    return (uint32_t)it;
}

static dd_host_wire_def options(int argc, char **argv, dd_kit_def *def, const char **flash) {
    static const struct option longs[] = {
        {"fd", 1, 0, 'f'},    {"listen", 1, 0, 'l'},   {"link", 1, 0, 'k'},  {"serial", 1, 0, 's'},
        {"model", 1, 0, 'm'}, {"segment", 1, 0, 'g'},  {"vid", 1, 0, 'v'},   {"pid", 1, 0, 'p'},
        {"help", 0, 0, 'h'},  {"listener", 1, 0, 'n'}, {"flash", 1, 0, 'F'}, {0},
    };
    dd_host_wire_def wire = {.fd = -1};
    for (int it; (it = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (it == 'f') wire.fd = (int)number(optarg);
        if (it == 'l') wire.listen = optarg;
        if (it == 'n') wire.listener = (int)number(optarg);
        if (it == 'k') wire.link = optarg;
        if (it == 'F') *flash = optarg;
        if (it == 's') def->serial = optarg;
        if (it == 'm') def->model = optarg;
        if (it == 'g') def->segment = optarg;
        if (it == 'v') def->vid = number(optarg);
        if (it == 'p') def->pid = number(optarg);
        if (it == 'h' || it == '?') {
            fputs(usage, it == 'h' ? stdout : stderr);
            exit(it == 'h' ? 0 : 2);
        }
    }
    return wire;
}

int main(int argc, char **argv) {
    static board it = {.def = {.capabilities = DD_FIRMWARE_CAPABILITIES,
                               .serial = "HOST-0001",
                               .model = "host",
                               .name = DD_FIRMWARE_NAME},
                       .flash = -1};
    const char *flash = NULL;
    dd_host_wire_def wire = options(argc, argv, &it.def, &flash);
    if (flash && !open_flash(&it, flash)) return 3;
    if (!dd_host_wire_open(&it.wire, &wire)) return 3;
    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = press}, NULL);
    live(&it);
    dd_host_wire_close(&it.wire);
    return 0;
}
