// Figures of the boards that sit in controllers' places.
#include "models/controller/board_port.h"
#include "models/figure/figure_table.h"

static double read_figure(const dd_world *world, dd_board_figure figure) {
    const dd_board_port *port = world->boards;
    return port ? port->figure(port->context, figure) : 0;
}

static double wanted(dd_world *world) {
    return read_figure(world, DD_BOARDS_WANTED);
}

static double at_work(dd_world *world) {
    return read_figure(world, DD_BOARDS_AT_WORK);
}

static double losses(dd_world *world) {
    return read_figure(world, DD_BOARDS_LOSSES);
}

static double deadlines(dd_world *world) {
    return read_figure(world, DD_BOARDS_DEADLINES);
}

static double overruns(dd_world *world) {
    return read_figure(world, DD_BOARDS_OVERRUNS);
}

static double latest(dd_world *world) {
    return read_figure(world, DD_BOARDS_LATEST_MS);
}

static double compared(dd_world *world) {
    return read_figure(world, DD_BOARDS_COMPARED);
}

static double divergences(dd_world *world) {
    return read_figure(world, DD_BOARDS_DIVERGENCES);
}

const dd_figure dd_figures_boards[] = {
    {"boards.wanted", "", "boards attached in controllers' places", wanted},
    {"boards.at_work", "", "of these, the ones that are at work now", at_work},
    {"boards.losses", "", "how often one was lost so far", losses},
    {"boards.deadlines", "", "deadlines of boards in real time so far", deadlines},
    {"boards.overruns", "", "of these, the ones missed by more than the tolerance", overruns},
    {"boards.latest", "ms", "the most by which one was missed", latest},
    {"boards.compared", "", "messages of boards laid beside their shadows' so far", compared},
    {"boards.divergences", "", "of these, the ones in which the two have parted", divergences},
    {NULL, NULL, NULL, NULL},
};
