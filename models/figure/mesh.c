// Figures of the mesh.
#include "models/mesh/mesh.h"
#include "models/figure/figure_table.h"
#include "models/measure.h"

static const dd_air *air_of(const dd_world *world, uint32_t neighbourhood) {
    return dd_mesh_air(&world->engine->domains[DD_FIRST_SEGMENT_DOMAIN + neighbourhood]);
}

static dd_message_counts message_counts(const dd_world *world) {
    dd_message_counts sum = {0};
    for (uint32_t i = 0; i < world->neighbourhood_n; i++) {
        const dd_message_counts *one = &air_of(world, i)->log.counts;
        sum.sent += one->sent;
        sum.delivered += one->delivered;
        sum.lost += one->lost;
    }
    return sum;
}

static double lamps_reachable(dd_world *world) {
    dd_reach_measure city = dd_measure_city_reach(world);
    return dd_percent(city.reachable, city.n);
}

static double mesh_hops(dd_world *world) {
    return dd_measure_city_reach(world).most_hops;
}

static double mesh_sent(dd_world *world) {
    return (double)message_counts(world).sent;
}

static double mesh_delivered_n(dd_world *world) {
    return (double)message_counts(world).delivered;
}

static double mesh_lost(dd_world *world) {
    return (double)message_counts(world).lost;
}

static double mesh_delivered(dd_world *world) {
    dd_message_counts counts = message_counts(world);
    return dd_percent((double)counts.delivered, (double)(counts.delivered + counts.lost));
}

static double mesh_frames(dd_world *world) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < world->neighbourhood_n; i++)
        sum += air_of(world, i)->counts.data + air_of(world, i)->counts.acks;
    return (double)sum;
}

// A hop is done when its acknowledgement has come.
static double mesh_attempts(dd_world *world) {
    uint64_t attempts = 0, hops = 0;
    for (uint32_t i = 0; i < world->neighbourhood_n; i++) {
        const dd_air_counts *counts = &air_of(world, i)->counts;
        hops += counts->ack_lost[DD_LOSS_NONE];
        for (int loss = 0; loss < DD_LOSSES; loss++)
            attempts += counts->lost[loss];
    }
    return hops ? (double)attempts / (double)hops : NAN;
}

const dd_figure dd_figures_mesh[] = {
    {"lamps.reachable", "%", "lamps with a route to their controller now", lamps_reachable},
    {"mesh.sent", "", "messages sent over the mesh so far", mesh_sent},
    {"mesh.arrived", "", "messages delivered by the mesh so far", mesh_delivered_n},
    {"mesh.lost", "", "messages lost in the mesh so far", mesh_lost},
    {"mesh.delivered", "%", "of the messages that ended, those delivered", mesh_delivered},
    {"mesh.frames", "", "frames on the air so far, acknowledgements included", mesh_frames},
    {"mesh.attempts", "", "transmissions a hop took, mean", mesh_attempts},
    {"mesh.hops", "", "most hops of any lamp now", mesh_hops},
    {NULL, NULL, NULL, NULL},
};
