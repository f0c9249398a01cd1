// Figures of the crews.
#include "models/figure/figure_table.h"

static const dd_crews *crews_of(const dd_world *world) {
    return &dd_world_hub(world)->crews;
}

static double crews_tickets(dd_world *world) {
    return crews_of(world)->counts.tickets;
}

static double crews_open(dd_world *world) {
    return crews_of(world)->open_n;
}

static double crews_visits(dd_world *world) {
    return crews_of(world)->counts.visits;
}

static double crews_mended(dd_world *world) {
    return crews_of(world)->counts.by_result[DD_VISIT_MENDED];
}

static double crews_not_found(dd_world *world) {
    return crews_of(world)->counts.by_result[DD_VISIT_NOT_FOUND];
}

static double crews_in_vain(dd_world *world) {
    const uint32_t *by_result = crews_of(world)->counts.by_result;
    return by_result[DD_VISIT_NO_SKILL] + by_result[DD_VISIT_NO_SPARE] +
           by_result[DD_VISIT_NOT_OURS] + by_result[DD_VISIT_UNSAFE];
}

static double crews_arrival(dd_world *world) {
    const dd_crew_counts *counts = &crews_of(world)->counts;
    return counts->visits ? (double)(counts->waited / DD_SECOND) / 60 / counts->visits : NAN;
}

static double crews_busy(dd_world *world) {
    return (double)(crews_of(world)->counts.busy / DD_SECOND) / 3600;
}

static double crews_driven(dd_world *world) {
    return (double)crews_of(world)->counts.metres / 1000;
}

const dd_figure dd_figures_crews[] = {
    {"crews.tickets", "", "tickets given to crews so far, those that wait included", crews_tickets},
    {"crews.open", "", "of these, those that have not ended", crews_open},
    {"crews.visits", "", "arrivals of crews so far", crews_visits},
    {"crews.mended", "", "tickets that ended with something mended, as the crews say",
     crews_mended},
    {"crews.not_found", "", "tickets that ended without a cause found", crews_not_found},
    {"crews.in_vain", "",
     "tickets that ended for want of a skill or a spare, because it was not theirs to mend, or "
     "under "
     "water",
     crews_in_vain},
    {"crews.arrival_min", "min", "from asking for a crew to its arrival, mean", crews_arrival},
    {"crews.busy_h", "h", "crews' hours of looking and working so far", crews_busy},
    {"crews.driven_km", "km", "kilometres that crews have driven", crews_driven},
    {NULL, NULL, NULL, NULL},
};
