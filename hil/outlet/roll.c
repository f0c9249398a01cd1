#include "hil/outlet/roll.h"

#include "hil/wire/wall.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *dd_roll_serial(const dd_roll_entry *board) {
    return *board->device.serial ? board->device.serial : board->identity.serial;
}

// --- Who is there ---

// One that udev does not know: a pseudo-terminal, a serial port that is no USB device's.
static bool knows_path(const dd_roll *roll, const char *path) {
    const dd_board_match match = {.path = path, .interface = -1};
    for (size_t i = 0; i < roll->n; i++)
        if (dd_device_fits(&roll->boards[i].device, &match)) return true;
    return false;
}

static void add_path(dd_roll *roll, const char *path) {
    dd_roll_entry *board = &roll->boards[roll->n];
    if (knows_path(roll, path)) return;
    board->device = (dd_device){.interface = -1, .place = "path"};
    snprintf(board->device.node, sizeof board->device.node, "%s", path);
    roll->n++;
}

// With paths, those alone; a device that is known by one keeps what is known of it.
static void keep_named(dd_roll *roll, const char *const *paths, size_t path_n) {
    size_t kept = 0;
    for (size_t i = 0; i < roll->n; i++)
        for (size_t k = 0; k < path_n; k++) {
            const dd_board_match match = {.path = paths[k], .interface = -1};
            if (!dd_device_fits(&roll->boards[i].device, &match)) continue;
            roll->boards[kept++] = roll->boards[i];
            break;
        }
    roll->n = kept;
    for (size_t k = 0; k < path_n; k++)
        add_path(roll, paths[k]);
}

static bool take_devices(dd_roll *roll, size_t path_n, dd_error *error) {
    const dd_device *devices;
    dd_discovery *discovery = dd_discovery_open(error);
    if (!discovery) return false;
    size_t n = dd_discovery_devices(discovery, &devices);
    roll->boards = calloc(n + path_n + 1, sizeof *roll->boards);
    for (; roll->boards && roll->n < n; roll->n++)
        roll->boards[roll->n].device = devices[roll->n];
    dd_discovery_close(discovery);
    return roll->boards || dd_fail(error, DD_OUTSIDE, "no memory for the boards that are there");
}

// --- What they say ---

static dd_link *open_link(dd_roll_entry *board) {
    dd_error error = {0};
    int fd = dd_device_open(&board->device, &board->verdict, &error);
    dd_link *link = fd < 0 ? NULL : dd_link_open(fd);
    snprintf(board->remark, sizeof board->remark, "%.*s", (int)sizeof board->remark - 1,
             error.text);
    if (link) board->verdict = DD_BOARD_NO_HELLO;
    return link;
}

static bool hear(dd_link *link, dd_roll_entry *board) {
    bool there = dd_link_pump(link);
    for (const Hil__Frame *frame; (frame = dd_link_take(link));) {
        if (frame->control_case != HIL__FRAME__CONTROL_HELLO) continue;
        dd_board_identify(frame->hello, &board->identity);
        board->verdict = dd_board_judge(&board->identity);
        return true;
    }
    if (!there) board->verdict = DD_BOARD_UNPLUGGED;
    return !there;
}

// Listens for a while to all that have not said anything; false: nobody is left.
static bool listen_to_all(dd_roll *roll, dd_link **links, struct pollfd *pollers, int ms) {
    nfds_t n = 0;
    for (size_t i = 0; i < roll->n; i++)
        if (links[i]) pollers[n++] = (struct pollfd){.fd = dd_link_fd(links[i]), .events = POLLIN};
    if (n == 0) return false;
    poll(pollers, n, ms);
    for (size_t i = 0; i < roll->n; i++)
        if (links[i] && hear(links[i], &roll->boards[i])) {
            dd_link_close(links[i]);
            links[i] = NULL;
        }
    return true;
}

static void greet_all(dd_roll *roll, dd_link **links, struct pollfd *pollers, int ms) {
    int64_t now = dd_wall_ns(), end = now + (int64_t)ms * 1000000, ask = now;
    while ((now = dd_wall_ns()) < end) {
        for (size_t i = 0; i < roll->n && now >= ask; i++)
            if (links[i]) dd_board_ask(links[i]);
        if (now >= ask) ask = now + (int64_t)DD_BOARD_ASK_MS * 1000000;
        if (!listen_to_all(roll, links, pollers, (int)((ask - now) / 1000000) + 1)) return;
    }
}

static bool ask_all(dd_roll *roll, int ms, dd_error *error) {
    dd_link **links = calloc(roll->n + 1, sizeof(dd_link *));
    struct pollfd *pollers = calloc(roll->n + 1, sizeof *pollers);
    for (size_t i = 0; links && pollers && i < roll->n; i++)
        links[i] = open_link(&roll->boards[i]);
    if (links && pollers) greet_all(roll, links, pollers, ms);
    for (size_t i = 0; links && i < roll->n; i++)
        dd_link_close(links[i]);
    bool ok = links && pollers;
    free(links);
    free(pollers);
    return ok || dd_fail(error, DD_OUTSIDE, "no memory to greet %zu boards", roll->n);
}

// --- What that means ---

static void judge(dd_roll *roll, dd_roll_entry *board) {
    const char *serial = dd_roll_serial(board);
    for (size_t i = 0; i < roll->n && *serial && board->verdict == DD_BOARD_WELL; i++)
        if (&roll->boards[i] != board &&
            roll->boards[i].device.interface == board->device.interface &&
            strcmp(dd_roll_serial(&roll->boards[i]), serial) == 0)
            board->verdict = DD_BOARD_AMBIGUOUS;
    const char *said = board->identity.serial;
    if (board->verdict == DD_BOARD_WELL && *said && strcmp(said, serial) != 0) {
        board->verdict = DD_BOARD_WRONG_IDENTITY;
        snprintf(board->remark, sizeof board->remark,
                 "the USB device says it is %s, its Hello says %s; mend the firmware's serial",
                 serial, said);
    }
    if (board->verdict != DD_BOARD_WELL && !*board->remark)
        snprintf(board->remark, sizeof board->remark, "%s",
                 dd_board_verdict_advice(board->verdict));
}

bool dd_roll_call(dd_roll *roll, const char *const *paths, size_t path_n, int ms, dd_error *error) {
    *roll = (dd_roll){0};
    if (!take_devices(roll, path_n, error)) return false;
    if (path_n > 0) keep_named(roll, paths, path_n);
    if (ms > 0 && !ask_all(roll, ms, error)) {
        dd_roll_fini(roll);
        return false;
    }
    for (size_t i = 0; i < roll->n; i++) {
        dd_roll_entry *board = &roll->boards[i];
        if (ms == 0) board->verdict = board->device.denied ? DD_BOARD_NO_ACCESS : DD_BOARD_WELL;
    }
    for (size_t i = 0; i < roll->n; i++)
        judge(roll, &roll->boards[i]);
    return true;
}

void dd_roll_fini(dd_roll *roll) {
    free(roll->boards);
    *roll = (dd_roll){0};
}
