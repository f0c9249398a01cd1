#include "hil/survey.h"

#include "hil/port.h"
#include "hil/wall.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *dd_surveyed_serial(const dd_surveyed *board) {
    return *board->device.serial ? board->device.serial : board->identity.serial;
}

// --- Who is there ---

// One that udev does not know: a pseudo-terminal, a serial port that is no USB device's.
static bool knows_path(const dd_survey *survey, const char *path) {
    const dd_board_match match = {.path = path, .interface = -1};
    for (size_t i = 0; i < survey->n; i++)
        if (dd_device_fits(&survey->boards[i].device, &match)) return true;
    return false;
}

static void add_path(dd_survey *survey, const char *path) {
    dd_surveyed *board = &survey->boards[survey->n];
    if (knows_path(survey, path)) return;
    board->device = (dd_device){.interface = -1, .place = "path"};
    snprintf(board->device.node, sizeof board->device.node, "%s", path);
    survey->n++;
}

// With paths, those alone; a device that is known by one keeps what is known of it.
static void keep_named(dd_survey *survey, const char *const *paths, size_t path_n) {
    size_t kept = 0;
    for (size_t i = 0; i < survey->n; i++)
        for (size_t k = 0; k < path_n; k++) {
            const dd_board_match match = {.path = paths[k], .interface = -1};
            if (!dd_device_fits(&survey->boards[i].device, &match)) continue;
            survey->boards[kept++] = survey->boards[i];
            break;
        }
    survey->n = kept;
    for (size_t k = 0; k < path_n; k++)
        add_path(survey, paths[k]);
}

static bool take_devices(dd_survey *survey, size_t path_n, dd_error *error) {
    const dd_device *devices;
    dd_discovery *discovery = dd_discovery_open(error);
    if (!discovery) return false;
    size_t n = dd_discovery_devices(discovery, &devices);
    survey->boards = calloc(n + path_n + 1, sizeof *survey->boards);
    for (; survey->boards && survey->n < n; survey->n++)
        survey->boards[survey->n].device = devices[survey->n];
    dd_discovery_close(discovery);
    return survey->boards || dd_fail(error, DD_OUTSIDE, "no memory for the boards that are there");
}

// --- What they say ---

static dd_link *open_link(dd_surveyed *board) {
    dd_error error = {0};
    int fd = dd_port_open(board->device.node, &board->verdict, &error);
    dd_link *link = fd < 0 ? NULL : dd_link_open(fd);
    snprintf(board->remark, sizeof board->remark, "%.*s", (int)sizeof board->remark - 1,
             error.text);
    if (link) board->verdict = DD_BOARD_NO_HELLO;
    return link;
}

static bool hear(dd_link *link, dd_surveyed *board) {
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
static bool listen_to_all(dd_survey *survey, dd_link **links, struct pollfd *pollers, int ms) {
    nfds_t n = 0;
    for (size_t i = 0; i < survey->n; i++)
        if (links[i]) pollers[n++] = (struct pollfd){.fd = dd_link_fd(links[i]), .events = POLLIN};
    if (n == 0) return false;
    poll(pollers, n, ms);
    for (size_t i = 0; i < survey->n; i++)
        if (links[i] && hear(links[i], &survey->boards[i])) {
            dd_link_close(links[i]);
            links[i] = NULL;
        }
    return true;
}

static void greet_all(dd_survey *survey, dd_link **links, struct pollfd *pollers, int ms) {
    int64_t now = dd_wall_ns(), end = now + (int64_t)ms * 1000000, ask = now;
    while ((now = dd_wall_ns()) < end) {
        for (size_t i = 0; i < survey->n && now >= ask; i++)
            if (links[i]) dd_board_ask(links[i]);
        if (now >= ask) ask = now + (int64_t)DD_BOARD_ASK_MS * 1000000;
        if (!listen_to_all(survey, links, pollers, (int)((ask - now) / 1000000) + 1)) return;
    }
}

static bool ask_all(dd_survey *survey, int ms, dd_error *error) {
    dd_link **links = calloc(survey->n + 1, sizeof(dd_link *));
    struct pollfd *pollers = calloc(survey->n + 1, sizeof *pollers);
    for (size_t i = 0; links && pollers && i < survey->n; i++)
        links[i] = open_link(&survey->boards[i]);
    if (links && pollers) greet_all(survey, links, pollers, ms);
    for (size_t i = 0; links && i < survey->n; i++)
        dd_link_close(links[i]);
    bool ok = links && pollers;
    free(links);
    free(pollers);
    return ok || dd_fail(error, DD_OUTSIDE, "no memory to greet %zu boards", survey->n);
}

// --- What that means ---

static void judge(dd_survey *survey, dd_surveyed *board) {
    const char *serial = dd_surveyed_serial(board);
    for (size_t i = 0; i < survey->n && *serial && board->verdict == DD_BOARD_WELL; i++)
        if (&survey->boards[i] != board &&
            survey->boards[i].device.interface == board->device.interface &&
            strcmp(dd_surveyed_serial(&survey->boards[i]), serial) == 0)
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

bool dd_survey_make(dd_survey *survey, const char *const *paths, size_t path_n, int ms,
                    dd_error *error) {
    *survey = (dd_survey){0};
    if (!take_devices(survey, path_n, error)) return false;
    if (path_n > 0) keep_named(survey, paths, path_n);
    if (ms > 0 && !ask_all(survey, ms, error)) {
        dd_survey_fini(survey);
        return false;
    }
    for (size_t i = 0; i < survey->n; i++) {
        dd_surveyed *board = &survey->boards[i];
        if (ms == 0) board->verdict = board->device.denied ? DD_BOARD_NO_ACCESS : DD_BOARD_WELL;
    }
    for (size_t i = 0; i < survey->n; i++)
        judge(survey, &survey->boards[i]);
    return true;
}

void dd_survey_fini(dd_survey *survey) {
    free(survey->boards);
    *survey = (dd_survey){0};
}
