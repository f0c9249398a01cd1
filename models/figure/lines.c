// Figures of the telecom lines, the sessions over them and the controllers at their ends. What goes
// on inside a board without a simulated shadow is not known, and not counted.
#include "models/controller/core/log.h"
#include "models/controller/house.h"
#include "models/figure/figure_table.h"
#include "models/neighbourhood.h"

static double controllers_waiting(dd_world *world) {
    uint32_t n = 0;
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        const dd_house *house = dd_segment_at(world, i)->house;
        const dd_application *application = dd_seat_application(&house->seat);
        if (house->boots && application) n += dd_core_log_size(&application->core);
    }
    return n;
}

static double controllers_starts(dd_world *world) {
    uint32_t n = 0;
    for (uint32_t i = 1; i < world->city->segment_n; i++)
        n += dd_segment_at(world, i)->house->boots;
    return n;
}

static double centre_lost(dd_world *world) {
    double n = 0;
    for (uint32_t i = 1; i < world->city->segment_n; i++)
        n += dd_world_hub(world)->centre.sessions[i].lost;
    return n;
}

typedef struct line_sums {
    uint32_t up, running, sessions;
    uint64_t messages, octets, lost, garbage;
    int64_t cost_mvnd, worst_us; // worst: of a running controller's clock
} line_sums;

static void add_line(const dd_world *world, uint32_t segment, line_sums *sum) {
    dd_domain *domain = dd_segment_standing(world, segment);
    dd_house *house = dd_segment_at(world, segment)->house;
    const dd_session *session = &dd_world_hub(world)->centre.sessions[segment];
    uint64_t octets = house->line.counts.octets + house->line.arrived.octets;
    sum->up += dd_line_up(domain, &house->line);
    sum->sessions += session->up;
    sum->messages += house->line.counts.messages + house->line.arrived.messages;
    sum->octets += octets;
    sum->lost += house->line.counts.lost + house->line.counts.overflowed + house->line.arrived.lost;
    sum->lost += session->line.counts.lost + session->line.counts.overflowed;
    sum->lost += session->line.arrived.lost;
    sum->cost_mvnd += dd_line_cost(world, segment, world->engine->now, octets);
    const dd_application *application = dd_seat_application(&house->seat);
    if (!house->running || !application) return;
    int64_t error_us = dd_house_clock_error_us(domain, dd_segment_at(world, segment));
    if (error_us < 0) error_us = -error_us;
    if (error_us > sum->worst_us) sum->worst_us = error_us;
    sum->running++;
    sum->garbage += application->core.garbage;
}

static line_sums line_sums_of(const dd_world *world) {
    line_sums sum = {.garbage = dd_world_hub(world)->centre.gate.counts.garbage};
    for (uint32_t i = 1; i < world->city->segment_n; i++)
        add_line(world, i, &sum);
    return sum;
}

static double backhaul_up(dd_world *world) {
    return dd_percent(line_sums_of(world).up, world->city->segment_n - 1);
}

static double backhaul_sessions(dd_world *world) {
    return dd_percent(line_sums_of(world).sessions, world->city->segment_n - 1);
}

static double backhaul_messages(dd_world *world) {
    return (double)line_sums_of(world).messages;
}

static double backhaul_mb(dd_world *world) {
    return (double)line_sums_of(world).octets / 1e6;
}

static double backhaul_cost(dd_world *world) {
    return (double)line_sums_of(world).cost_mvnd / 1e3;
}

static double backhaul_lost(dd_world *world) {
    return (double)line_sums_of(world).lost;
}

static double backhaul_garbage(dd_world *world) {
    return (double)line_sums_of(world).garbage;
}

static double clock_error(dd_world *world) {
    line_sums sum = line_sums_of(world);
    return sum.running ? (double)sum.worst_us / 1e6 : NAN;
}

static double sessions_accepted(dd_world *world) {
    return dd_world_hub(world)->centre.gate.counts.accepted;
}

static double sessions_refused(dd_world *world) {
    return dd_world_hub(world)->centre.gate.counts.refused;
}

static double sessions_stale(dd_world *world) {
    return dd_world_hub(world)->centre.gate.counts.stale;
}

const dd_figure dd_figures_lines[] = {
    {"backhaul.up", "%", "lines that work now", backhaul_up},
    {"backhaul.sessions", "%", "controllers that the centre has a session with now",
     backhaul_sessions},
    {"backhaul.messages", "", "messages over all lines so far, both ways", backhaul_messages},
    {"backhaul.mb", "MB", "octets over all lines so far, both ways, with the transport's",
     backhaul_mb},
    {"backhaul.cost", "VND", "rent and traffic of all lines so far", backhaul_cost},
    {"backhaul.lost", "", "messages lost so far, to outages and full queues; they are sent again",
     backhaul_lost},
    {"backhaul.garbage", "", "messages that made no sense so far, at either end", backhaul_garbage},
    {"sessions.accepted", "", "sessions that the centre has begun so far", sessions_accepted},
    {"sessions.refused", "", "controllers turned away so far, since too many waited",
     sessions_refused},
    {"sessions.stale", "", "controllers that had given up when their turn came, so far",
     sessions_stale},
    {"clock.error", "s", "error of the controller's clock that is farthest off now", clock_error},
    {"centre.lost", "", "words of controllers that it knows will never come", centre_lost},
    {"controllers.waiting", "", "words in the controllers' logs now that may not have arrived",
     controllers_waiting},
    {"controllers.starts", "", "starts of controllers so far, the first ones included",
     controllers_starts},
    {NULL, NULL, NULL, NULL},
};
