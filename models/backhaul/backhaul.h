// The kinds of telecom links between segment controllers and the centre: latency with a hard floor,
// rate, loss in bursts, price. Everything is integer after dd_backhaul_build, and every draw is the
// caller's.
#pragma once

#include "engine/time.h"

// A link's figures, one way. `floor` is what horizons rest on: nothing ever arrives sooner.
typedef struct dd_backhaul_def {
    const char *name; // "fibre", "lte", "lte-poor", "3g", "nb-iot"
    dd_time floor;
    uint32_t median_us, p99_us;    // of the lognormal latency while connected
    dd_time idle_after, promotion; // silent for so long, the next message waits for a connection
    uint32_t bytes_per_s;
    // Gilbert-Elliott: chance a packet to turn bad (beta) and to turn good again (alpha), in
    // millionths. Steady loss is beta/(alpha + beta), the mean burst 1/alpha packets.
    uint32_t beta_ppm, alpha_ppm;
    uint32_t mtbf_h, mttr_min;          // natural outages
    uint32_t vnd_per_mb, vnd_per_month; // of both ways together; rent, 30 days
} dd_backhaul_def;

// The profiles of the house; the last has no name.
enum { DD_BACKHAUL_PROFILES = 5 };
extern const dd_backhaul_def dd_backhaul_defs[DD_BACKHAUL_PROFILES + 1];

// The profile of that name, or NULL and an error that suggests the nearest.
const dd_backhaul_def *dd_backhaul_find(const char *name, dd_error *error);

// A figure of a profile, as people name and change it.
typedef struct dd_backhaul_figure {
    const char *name; // "median_ms"
    double least, most;
    const char *unit, *what;
} dd_backhaul_figure;

extern const dd_backhaul_figure dd_backhaul_figures[]; // ends with a NULL name

// A figure of a profile, in the figure's unit; setting it checks nothing (dd_backhaul_build does).
double dd_backhaul_get(const dd_backhaul_def *def, const dd_backhaul_figure *figure);
void dd_backhaul_set(dd_backhaul_def *def, const dd_backhaul_figure *figure, double value);

enum { DD_BACKHAUL_QUANTILES = 4096 };
typedef struct dd_backhaul_profile {
    dd_backhaul_def def;
    uint32_t latency_us[DD_BACKHAUL_QUANTILES]; // none below the floor, or above an hour
} dd_backhaul_profile;

// Builds a profile of its figures, or says which figure makes no sense.
bool dd_backhaul_build(dd_backhaul_profile *profile, const dd_backhaul_def *def, dd_error *error);

// One way latency of a small packet on a connected link, from a random word.
dd_time dd_backhaul_latency(const dd_backhaul_profile *profile, uint32_t word);

// True if a packet is lost. `state` is the link's and the direction's, 0 (good) at the start.
bool dd_backhaul_lost(const dd_backhaul_profile *profile, uint8_t *state, uint32_t word);
