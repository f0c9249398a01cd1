#include "models/mesh/mesh.h"
#include "engine/random.h"
#include "models/clock.h"
#include "models/controller/core/message.h"
#include "models/kind.h"
#include "models/mesh/air/jammer.h"
#include "models/mesh/air/station.h"
#include "models/mesh/survey/survey.h"

#include <stdlib.h>

enum {
    SURE_DB = 25,    // over sensitivity: a link never used yet is taken for a perfect one, ...
    EDGE_DB = 5,     // ... and here for one that takes three transmissions (estimates)
    MPL_FRAMES = 45, // a multicast interval's length in frames: all around may speak in it
};

enum { HOP_RANK = 128 }; // of the root, and what a hop adds at least, as in Contiki-NG's RPL Lite

// --- Building the air ---

static void fill_mac(dd_mac_figures *mac, const dd_world *world) {
    const dd_settings *settings = &world->def.settings;
    mac->min_be = world->preset.min_be;
    mac->max_be = (uint8_t)settings->mesh_max_be;
    mac->max_backoffs = (uint8_t)settings->mesh_backoffs;
    mac->max_retries = (uint8_t)settings->mesh_retries;
}

static void fill_net(dd_net_figures *net, const dd_world *world) {
    const dd_settings *settings = &world->def.settings;
    *net = dd_net_default_figures();
    net->hop_rank = HOP_RANK;
    net->rss_sure_dbm = (int8_t)(world->preset.sensitivity_cdbm / 100 + SURE_DB);
    net->rss_edge_dbm = (int8_t)(world->preset.sensitivity_cdbm / 100 + EDGE_DB);
    net->mpl_interval_ms =
        (uint32_t)(MPL_FRAMES * dd_radio_air_time(&world->preset, DD_TYPICAL_OCTETS) /
                   DD_MILLISECOND);
    net->redundancy = (uint8_t)settings->rpl_redundancy;
    net->interval_min = (uint8_t)settings->rpl_interval_min;
    net->doublings = (uint8_t)settings->rpl_doublings;
    net->probe_ms = (uint32_t)(settings->rpl_probe_s * 1000);
    net->route_lifetime_s = (uint32_t)settings->rpl_lifetime_s;
    net->fixed_routes = world->def.mesh_parents != NULL;
    if (settings->mesh_security) net->frame_room -= DD_SECURITY_OCTETS;
}

// What a station hears of jammers and foreign networks.
static uint32_t hear_outside(const void *context, uint32_t station, uint8_t channel, dd_time from,
                             dd_time to, dd_disturbance *all, uint32_t room) {
    const dd_domain *domain = context;
    const dd_world *world = dd_world_of(domain);
    const dd_neighbourhood *it = dd_neighbourhood_of(domain);
    return dd_jammers_heard(it->jammers, it->jammer_n, world->def.seed, station,
                            (uint8_t)(channel - world->survey->plan.band->first), from, to,
                            dd_propagation_cut(world), all, room);
}

static void fill_medium(dd_medium_def *medium, const dd_domain *domain) {
    const dd_world *world = dd_world_of(domain);
    const dd_settings *settings = &world->def.settings;
    *medium = (dd_medium_def){
        .station_n = dd_neighbourhood_of(domain)->station_n,
        .stable = dd_survey_links(domain)->stable,
        .links = dd_survey_links(domain),
        .channel = &world->survey->channel,
        .weather = &dd_neighbourhood_of(domain)->weather,
        .preset = &world->preset,
        .tables = &world->radio,
        .seed = world->def.seed,
        .ed_cdbm = world->preset.sensitivity_cdbm + (int32_t)(settings->mesh_cca_db * 100),
        .capture_cdb = (int32_t)(settings->mesh_capture_db * 100),
        .cca = (uint8_t)settings->mesh_cca_mode,
        .outside = hear_outside,
        .context = domain,
        .outside_n = &dd_neighbourhood_of(domain)->jammer_n,
    };
}

// By station: what the air's stations are made of.
typedef struct sites {
    float *x, *y;
    int32_t *rates_ppb;
    dd_air_segment *segments;
} sites;

static void place(sites *all, const dd_world *world, uint32_t station, const dd_point *point,
                  uint32_t entity, double drift_ppm) {
    all->x[station] = point->x;
    all->y[station] = point->y;
    all->rates_ppb[station] =
        dd_crystal_ppb(world->def.seed, dd_world_stable(world, entity), drift_ppm);
}

static void place_segment(sites *all, const dd_world *world, const dd_segment_state *segment,
                          uint32_t number) {
    const dd_city *city = world->city;
    uint32_t controller = dd_world_entity(world, DD_ENTITY_SEGMENT, segment->segment);
    uint32_t lamps = dd_world_entity(world, DD_ENTITY_LAMP, segment->first_lamp);
    all->segments[number] =
        (dd_air_segment){.first = segment->station,
                         .lamp_n = segment->lamp_n,
                         .pan = world->survey->plan.pan[segment->segment],
                         .channel = world->survey->plan.channel[segment->segment],
                         .segment = segment->segment,
                         .security = dd_keyring_port(&world->survey->keyring, segment->segment)};
    place(all, world, segment->station, &city->segments[segment->segment].place, controller,
          world->def.settings.controller_drift_ppm);
    for (uint16_t i = 0; i < segment->lamp_n; i++)
        place(all, world, segment->station + 1 + i, &city->lamps[segment->first_lamp + i].place,
              lamps + i, world->def.settings.node_drift_ppm);
}

static bool make_sites(sites *all, const dd_world *world, const dd_neighbourhood *it) {
    size_t n = it->station_n + 1;
    *all = (sites){.x = calloc(n, sizeof *all->x),
                   .y = calloc(n, sizeof *all->y),
                   .rates_ppb = calloc(n, sizeof *all->rates_ppb),
                   .segments = calloc(it->segment_n, sizeof *all->segments)};
    if (!all->x || !all->y || !all->rates_ppb || !all->segments) return false;
    for (uint32_t i = 0; i < it->segment_n; i++)
        place_segment(all, world, &it->segments[i], i);
    return true;
}

static void free_sites(sites *all) {
    free(all->x);
    free(all->y);
    free(all->rates_ppb);
    free(all->segments);
}

bool dd_mesh_make(dd_domain *domain, dd_error *error) {
    const dd_world *world = dd_world_of(domain);
    dd_neighbourhood *it = dd_neighbourhood_of(domain);
    sites all;
    bool good = make_sites(&all, world, it);
    dd_air_def def = {
        .segment_n = it->segment_n, .segments = all.segments, .rates_ppb = all.rates_ppb};
    fill_medium(&def.medium, domain);
    def.medium.x = all.x;
    def.medium.y = all.y;
    fill_mac(&def.mac, world);
    fill_net(&def.net, world);
    if (good) it->air = dd_air_make(domain, &def);
    free_sites(&all);
    return good ||
           dd_fail(error, DD_OUTSIDE, "no memory for the radios of %u nodes", it->station_n);
}

// --- Counters ---

// Whether the run goes without radios: nothing is ever on the air then.
static bool silent(const dd_domain *domain) {
    return dd_settings_of(domain)->mesh_off != 0;
}

void dd_mesh_count(dd_domain *domain) {
    if (silent(domain)) return;
    dd_air_log_counters(domain, dd_mesh_air(domain));
}

static void plan_hour(dd_domain *domain) {
    dd_schedule(domain, domain->now + DD_HOUR, DD_KIND_AIR_HOUR, 1, 0, 0, 0);
}

void dd_mesh_hour(dd_domain *domain) {
    dd_mesh_count(domain);
    plan_hour(domain);
}

// --- Joined from the beginning ---

// Ranks are path costs (RFC 6719, 3.4): MIN_HOP_RANK_INCREASE is one expected transmission.
static uint16_t rank_of(const dd_tree_place *place) {
    uint32_t rank = HOP_RANK + place->cost;
    return (uint16_t)(rank < DD_RPL_INFINITE_RANK ? rank : DD_RPL_INFINITE_RANK);
}

static void seed_lamp(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                      const dd_tree_place *tree) {
    dd_air *air = dd_mesh_air(domain);
    if (tree[lamp].parent == DD_TREE_NONE) return;
    dd_station_seed(domain, air, segment->station + lamp, tree[lamp].parent, rank_of(&tree[lamp]),
                    tree[lamp].etx);
    dd_station_seed_route(domain, air, segment->station, lamp, tree[lamp].parent);
}

// Given parents stand a metric of one hop apart.
static void follow_given(dd_tree_place *tree, const dd_world *world,
                         const dd_segment_state *segment) {
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++) {
        uint32_t hops = 1;
        tree[lamp].parent = world->def.mesh_parents[segment->first_lamp + lamp - 1];
        for (uint16_t at = tree[lamp].parent; at != DD_MESH_ROOT; hops++)
            at = world->def.mesh_parents[segment->first_lamp + at - 1];
        tree[lamp].etx = 128;
        tree[lamp].cost = hops * 128;
    }
}

// Lamps without a node, or with one that is off, are not part of it.
static void seed(dd_domain *domain, const dd_segment_state *segment) {
    const dd_world *world = dd_world_of(domain);
    const dd_station *stations = &dd_mesh_air(domain)->stations[segment->station];
    dd_tree_place tree[DD_TREE_NODES_MAX];
    bool absent[DD_TREE_NODES_MAX];
    for (uint16_t number = 0; number <= segment->lamp_n; number++)
        absent[number] = !stations[number].on;
    if (absent[DD_MESH_ROOT] || stations[DD_MESH_ROOT].outside) return;
    if (world->def.mesh_parents)
        follow_given(tree, world, segment);
    else
        dd_tree_make(tree, dd_survey_links(domain), &world->survey->etx, segment->station,
                     segment->lamp_n, absent);
    dd_station_seed(domain, dd_mesh_air(domain), segment->station, DD_BROADCAST, HOP_RANK, 0);
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++)
        if (!absent[lamp]) seed_lamp(domain, segment, lamp, tree);
}

void dd_mesh_settle(dd_domain *domain) {
    const dd_neighbourhood *it = dd_neighbourhood_of(domain);
    if (silent(domain)) return;
    plan_hour(domain);
    if (dd_settings_of(domain)->mesh_cold_start) return;
    for (uint32_t i = 0; i < it->segment_n; i++)
        seed(domain, &it->segments[i]);
    dd_air_log_places(domain, it->air);
}

void dd_mesh_power(dd_domain *domain, const dd_segment_state *segment, uint16_t number, bool on) {
    if (silent(domain)) return;
    dd_station_power(domain, dd_mesh_air(domain), segment->station + number, on);
}

// --- Datagrams ---

void dd_mesh_send_down(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                       const uint8_t *octets, uint16_t n) {
    uint16_t to = lamp == DD_EVERY_LAMP ? DD_NET_GROUP : lamp;
    dd_station_send(domain, dd_mesh_air(domain), segment->station, to, octets, n);
}

void dd_mesh_send_up(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                     const uint8_t *octets, uint16_t n) {
    dd_station_send(domain, dd_mesh_air(domain), segment->station + lamp, DD_MESH_ROOT, octets, n);
}

// --- Frames of a controller with a network layer of its own ---

void dd_mesh_outside(dd_domain *domain, const dd_segment_state *segment, bool outside) {
    dd_station_outside(dd_mesh_air(domain), segment->station, outside);
}

void dd_mesh_put(dd_domain *domain, const dd_segment_state *segment, const uint8_t *octets,
                 uint16_t n, uint32_t handle) {
    dd_station_put(domain, dd_mesh_air(domain), segment->station, octets, n, handle);
}

// --- Looking ---

int64_t dd_mesh_uptime_ms(const dd_domain *domain, const dd_segment_state *segment,
                          uint16_t number) {
    const dd_station *station = &dd_mesh_air(domain)->stations[segment->station + number];
    return dd_station_us(station, domain->now) / 1000;
}

uint8_t dd_mesh_hops(const dd_domain *domain, const dd_segment_state *segment, uint16_t number) {
    return dd_air_hops(dd_mesh_air(domain), segment->station + number);
}

uint16_t dd_mesh_parent(const dd_domain *domain, const dd_segment_state *segment, uint16_t number) {
    const dd_air *air = dd_mesh_air(domain);
    uint32_t station = segment->station + number;
    return air->stations[station].on ? dd_net_parent(&air->nets[station]) : DD_BROADCAST;
}
