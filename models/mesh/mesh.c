#include "models/mesh/mesh.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/segment_state.h"

#include <math.h>
#include <stdlib.h>

enum {
    ETX_ONE = 128,     // expected transmissions are counted in 1/128 (RFC 6551)
    ETX_MAX = 512,     // MAX_LINK_METRIC: weaker links are none (RFC 6719, section 5)
    HOPS_MAX = 60,     // of a message before it is thought to go in circles
    DRAWS_PER_HOP = 8, // blocks of the sender's stream that a hop may use
};
#define FADE_SLOT (10 * DD_SECOND) // how long a fade lasts

// --- Links: who can hear whom, fixed at load ---

enum { TURN = 3600, HALF_TURN = TURN / 2 }; // tenths of a degree
static const double TWO_PI = 6.283185307179586;

typedef struct station {
    dd_point place;
    uint64_t stable;
    uint32_t road;
    int32_t heading; // of the road there, tenths of a degree, 0..1799
} station;

// Tenths of a degree from north, either way along the road; rounded, since it decides and atan2 may
// differ in its last bits from one C library to another.
static int32_t heading_at(const dd_road *road, const dd_lamp *lamp) {
    const dd_point *points = road->points + road->line_first[lamp->line];
    uint32_t size = road->line_size[lamp->line];
    float chainage = 0;
    for (uint32_t i = 1; i < size; i++) {
        chainage += dd_distance_m(&points[i - 1], &points[i]);
        if (chainage < lamp->chainage_m && i + 1 < size) continue;
        double turns = atan2(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y) / TWO_PI;
        return ((int32_t)lrint(turns * TURN) + TURN) % HALF_TURN;
    }
    return 0;
}

// [0] is the controller, which looks along the road as the lamp nearest to it does.
static station *make_stations(const dd_world *world, uint32_t segment) {
    const dd_city *city = world->city;
    const dd_segment *place = &city->segments[segment];
    station *stations = calloc(place->lamp_count + 1, sizeof *stations);
    if (!stations) return NULL;
    uint32_t nearest = 1;
    for (uint32_t i = 1; i <= place->lamp_count; i++) {
        const dd_lamp *lamp = &city->lamps[place->first_lamp + i - 1];
        stations[i] = (station){.place = lamp->place,
                                .stable = dd_world_stable(world, place->first_lamp + i - 1),
                                .road = lamp->road,
                                .heading = heading_at(&city->roads[lamp->road], lamp)};
        if (dd_distance_m(&lamp->place, &place->place) <
            dd_distance_m(&stations[nearest].place, &place->place))
            nearest = i;
    }
    stations[DD_MESH_ROOT] = stations[nearest];
    stations[DD_MESH_ROOT].place = place->place;
    stations[DD_MESH_ROOT].stable =
        dd_world_stable(world, dd_world_entity(world, DD_ENTITY_SEGMENT, segment));
    return stations;
}

// In sight: on the same road, without a bend beyond the stated angle between them.
static bool in_sight(const dd_world *world, const station *a, const station *b) {
    int32_t bend = abs(a->heading - b->heading);
    if (bend > HALF_TURN / 2) bend = HALF_TURN - bend;
    return a->road == b->road && bend <= world->def.settings.mesh_bend_deg * 10;
}

// Median SNR of a pair: power less path loss, shadowing drawn once a pair, less noise.
static int32_t snr_of(const dd_world *world, const station *a, const station *b) {
    double metres = (double)dd_distance_m(&a->place, &b->place);
    if (metres > world->def.settings.mesh_range_m) return INT32_MIN;
    bool sight = in_sight(world, a, b);
    const dd_path_model *model = sight ? &world->paths.seen : &world->paths.hidden;
    int32_t loss = dd_radio_path_loss_cdb(&world->preset, &world->paths, metres, sight);
    uint64_t pair = dd_pair_id(a->stable, b->stable, false);
    dd_random4 draw = dd_random(world->def.seed, pair, DD_DRAW_SHADOW, 0);
    int32_t shadow = model->sigma_cdb * dd_normal_milli(draw.v[0]) / 1000;
    return world->preset.tx_power_cdbm - loss - shadow - dd_radio_noise_cdbm(&world->radio);
}

// Chance in ppm that one attempt, data and acknowledgement, succeeds at an SNR.
static uint32_t attempt_ppm(const dd_world *world, int32_t snr_cdb) {
    unsigned octets = (unsigned)world->def.settings.mesh_frame_octets;
    uint64_t data = dd_radio_success_ppm(&world->radio, snr_cdb, octets);
    uint64_t ack = dd_radio_success_ppm(&world->radio, snr_cdb, DD_RADIO_ACK_OCTETS);
    return (uint32_t)(data * ack / 1000000);
}

// Row of the table for a median SNR; beyond either end, the last there.
static int32_t row_of(int32_t snr_cdb) {
    int32_t row = (snr_cdb - DD_MESH_METRIC_FROM_CDB) / 10;
    return row < 0 ? 0 : row < DD_MESH_METRIC_ROWS ? row : DD_MESH_METRIC_ROWS - 1;
}

static uint32_t metric_of(const dd_world *world, int32_t snr_cdb) {
    return world->mesh_metric[row_of(snr_cdb)];
}

// Expected transmissions, as a node learns them from many and so from all fades; squared, as
// Contiki-NG does where reliability is a priority (facts S-56), so that two good hops are preferred
// to one that loses half of its frames.
void dd_mesh_metrics_make(dd_world *world) {
    enum { FADES = 64, STEP = 1 << 26 };
    int32_t fade_cdb = (int32_t)(world->def.settings.mesh_fade_db * 100);
    for (int32_t row = 0; row < DD_MESH_METRIC_ROWS; row++) {
        uint64_t sum_ppm = 0;
        for (uint32_t i = 0; i < FADES; i++)
            sum_ppm +=
                attempt_ppm(world, DD_MESH_METRIC_FROM_CDB + 10 * row +
                                       fade_cdb * dd_normal_milli(i * STEP + STEP / 2) / 1000);
        uint64_t etx = sum_ppm ? (uint64_t)ETX_ONE * 1000000 * FADES / sum_ppm : ETX_MAX + 1;
        world->mesh_metric[row] = (uint16_t)(etx <= ETX_MAX ? etx * etx / ETX_ONE : 0);
    }
}

// The median SNR of all pairs, n x n, and how many of them are neighbours.
static int16_t *measure_pairs(const dd_world *world, const station *stations, uint32_t n,
                              uint32_t *links) {
    int16_t *snr = calloc((size_t)n * n, sizeof *snr);
    *links = 0;
    for (uint32_t i = 0; snr && i < n; i++)
        for (uint32_t j = 0; j < i; j++) {
            int32_t pair = snr_of(world, &stations[i], &stations[j]);
            pair = pair < INT16_MIN ? INT16_MIN : pair > INT16_MAX ? INT16_MAX : pair;
            snr[i * n + j] = snr[j * n + i] = (int16_t)pair;
            *links += metric_of(world, pair) ? 2 : 0;
        }
    return snr;
}

static void list_links(dd_mesh_links *links, const dd_world *world, const int16_t *snr,
                       uint32_t n) {
    uint32_t total = 0;
    for (uint32_t i = 0; i < n; i++) {
        links->first[i] = total;
        for (uint32_t j = 0; j < n; j++)
            if (i != j && metric_of(world, snr[i * n + j]))
                links->all[total++] = (dd_mesh_link){.to = (uint16_t)j, .snr_cdb = snr[i * n + j]};
    }
    links->first[n] = total;
}

bool dd_mesh_links_make(dd_mesh_links *links, const dd_world *world, uint32_t segment,
                        dd_error *error) {
    uint32_t n = world->city->segments[segment].lamp_count + 1, total = 0;
    station *stations = make_stations(world, segment);
    int16_t *snr = stations ? measure_pairs(world, stations, n, &total) : NULL;
    links->first = calloc(n + 1, sizeof *links->first);
    links->all = calloc(total + 1, sizeof *links->all);
    bool good = snr && links->first && links->all;
    if (good) list_links(links, world, snr, n);
    free(snr);
    free(stations);
    return good || dd_fail(error, DD_OUTSIDE, "no memory for the mesh's links");
}

void dd_mesh_links_fini(dd_mesh_links *links) {
    free(links->first);
    free(links->all);
    *links = (dd_mesh_links){0};
}

// --- Routes ---

// Offers node `from`, whose cost is final, as a parent to its neighbours.
static void relax(const dd_world *world, const dd_mesh_links *links, dd_mesh *mesh, uint16_t from) {
    for (uint32_t k = links->first[from]; k < links->first[from + 1]; k++) {
        const dd_mesh_link *link = &links->all[k];
        dd_mesh_node *to = &mesh->nodes[link->to];
        uint32_t cost = mesh->nodes[from].cost + metric_of(world, link->snr_cdb);
        if (!to->up || cost >= to->cost) continue;
        to->cost = cost;
        to->parent = from;
        to->parent_snr_cdb = link->snr_cdb;
        to->hops = (uint8_t)(mesh->nodes[from].hops + 1);
    }
}

static bool pick_nearest(const dd_mesh *mesh, uint16_t lamp_n, const bool *final, uint16_t *best) {
    uint32_t least = UINT32_MAX;
    for (uint16_t i = 0; i <= lamp_n; i++)
        if (!final[i] && mesh->nodes[i].cost < least) {
            least = mesh->nodes[i].cost;
            *best = i;
        }
    return least != UINT32_MAX;
}

static void record_routes(dd_domain *domain, const dd_segment_state *segment, uint64_t cause) {
    const dd_world *world = dd_world_of(domain);
    int reached = 0, most = 0;
    for (uint16_t i = 1; i <= segment->lamp_n; i++) {
        const dd_mesh_node *node = &segment->mesh->nodes[i];
        reached += segment->mesh->nodes[DD_MESH_ROOT].up && node->hops > 0;
        if (node->hops > most) most = node->hops;
    }
    dd_record_make(domain, DD_REC_MESH_ROUTES,
                   dd_world_entity(world, DD_ENTITY_SEGMENT, segment->segment), cause, reached,
                   segment->lamp_n - reached, most, 0);
}

void dd_mesh_make_routes(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    const dd_world *world = dd_world_of(domain);
    const dd_mesh_links *links = &world->links[segment->segment];
    dd_mesh *mesh = segment->mesh;
    bool final[DD_SEGMENT_LAMPS_MAX + 1] = {false};
    for (uint16_t i = 0; i <= segment->lamp_n; i++) {
        mesh->nodes[i].parent = DD_MESH_NO_PARENT;
        mesh->nodes[i].cost = UINT32_MAX;
        mesh->nodes[i].hops = 0;
    }
    mesh->nodes[DD_MESH_ROOT].cost = 0;
    mesh->repair_due = false;
    uint16_t nearest = 0;
    while (pick_nearest(mesh, segment->lamp_n, final, &nearest)) {
        final[nearest] = true;
        relax(world, links, mesh, nearest);
    }
    record_routes(domain, segment, cause);
}

void dd_mesh_start(dd_domain *domain, dd_segment_state *segment) {
    dd_mesh *mesh = segment->mesh;
    mesh->nodes = dd_arena_take(&domain->arena, (segment->lamp_n + 1u) * sizeof *mesh->nodes);
    dd_pool_init(&mesh->messages, &domain->arena, sizeof(dd_mesh_message));
    for (uint16_t i = 0; i <= segment->lamp_n; i++)
        mesh->nodes[i].up = true;
    dd_mesh_make_routes(domain, segment, 0);
}

void dd_mesh_set_up(dd_domain *domain, dd_segment_state *segment, uint16_t node, bool up) {
    dd_mesh *mesh = segment->mesh;
    if (mesh->nodes[node].up == up) return;
    mesh->nodes[node].up = up;
    if (mesh->repair_due) return;
    mesh->repair_due = true;
    dd_time due = domain->now + dd_seconds(dd_world_of(domain)->def.settings.mesh_repair_s);
    dd_schedule(domain, due, DD_KIND_ROUTES, segment->station, 0, 0, 0);
}

// --- Messages ---

static uint32_t station_entity(const dd_world *world, const dd_segment_state *segment,
                               uint16_t node) {
    return node == DD_MESH_ROOT ? dd_world_entity(world, DD_ENTITY_SEGMENT, segment->segment)
                                : dd_segment_lamp(segment, node);
}

static uint64_t station_id(const dd_world *world, const dd_segment_state *segment, uint16_t node) {
    return dd_world_stable(world, station_entity(world, segment, node));
}

static void finish(dd_domain *domain, dd_segment_state *segment, uint32_t handle,
                   dd_mesh_outcome outcome) {
    dd_mesh *mesh = segment->mesh;
    const dd_mesh_message *message = dd_pool_at(&mesh->messages, handle);
    if (outcome == DD_MESH_DELIVERED)
        mesh->counts.delivered++;
    else
        mesh->counts.lost++;
    dd_record_make(domain, DD_REC_MESH_MESSAGE, dd_segment_lamp(segment, message->lamp), 0,
                   message->up, outcome, message->hops,
                   (domain->now - message->started) / DD_MICROSECOND);
    if (outcome != DD_MESH_DELIVERED) dd_pool_give(&mesh->messages, handle);
}

// The next node on the way: a parent, or the child that leads down to the lamp.
static uint16_t next_of(const dd_mesh *mesh, const dd_mesh_message *message) {
    if (message->up) return mesh->nodes[message->at].parent;
    uint16_t node = message->lamp;
    for (int i = 0; i < HOPS_MAX && node != DD_MESH_NO_PARENT; i++) {
        if (mesh->nodes[node].parent == message->at) return node;
        node = mesh->nodes[node].parent;
    }
    return DD_MESH_NO_PARENT;
}

// SNR of a hop now: the pair's median with a slow fade that both directions share.
static int32_t snr_now(const dd_domain *domain, const dd_segment_state *segment, uint16_t child) {
    const dd_world *world = dd_world_of(domain);
    const dd_mesh_node *node = &segment->mesh->nodes[child];
    uint64_t pair = dd_pair_id(station_id(world, segment, child),
                               station_id(world, segment, node->parent), false);
    dd_random4 draw =
        dd_random(world->def.seed, pair, DD_DRAW_FADE, (uint64_t)(domain->now / FADE_SLOT));
    int32_t fade_cdb = (int32_t)(world->def.settings.mesh_fade_db * 100);
    return node->parent_snr_cdb + fade_cdb * dd_normal_milli(draw.v[0]) / 1000;
}

typedef struct hop_result {
    dd_time took;
    int attempts;
    bool success;
} hop_result;

// Attempts of unslotted CSMA/CA with acknowledgement until one succeeds (IEEE 802.15.4, 6.2.5.1).
static hop_result attempt_hop(const dd_world *world, uint64_t pair, uint32_t frame, uint32_t ppm) {
    const dd_radio_preset *preset = &world->preset;
    unsigned octets = (unsigned)world->def.settings.mesh_frame_octets;
    int attempts_max = (int)world->def.settings.mesh_retries + 1;
    dd_time air = dd_radio_air_time(preset, octets);
    dd_time ack = preset->turnaround + dd_radio_air_time(preset, DD_RADIO_ACK_OCTETS);
    hop_result hop = {0, 0, false};
    while (!hop.success && hop.attempts < attempts_max) {
        dd_random4 draw = dd_random(world->def.seed, pair, DD_DRAW_HOP,
                                    (uint64_t)frame * DRAWS_PER_HOP + (uint64_t)hop.attempts);
        hop.took += dd_uniform(draw.v[0], 1u << preset->min_be) * preset->backoff + preset->cca +
                    preset->turnaround + air;
        hop.success = dd_chance_ppm(draw.v[1], ppm);
        hop.took += hop.success ? ack : dd_radio_ack_wait(preset);
        hop.attempts++;
    }
    return hop;
}

static void start_hop(dd_domain *domain, dd_segment_state *segment, uint32_t handle) {
    const dd_world *world = dd_world_of(domain);
    dd_mesh *mesh = segment->mesh;
    dd_mesh_message *message = dd_pool_at(&mesh->messages, handle);
    message->next = next_of(mesh, message);
    if (message->next == DD_MESH_NO_PARENT || message->hops >= HOPS_MAX) {
        finish(domain, segment, handle, DD_MESH_NO_ROUTE);
        return;
    }
    dd_mesh_node *sender = &mesh->nodes[message->at];
    uint64_t from = station_id(world, segment, message->at);
    uint64_t to = station_id(world, segment, message->next);
    bool alive = mesh->nodes[message->next].up;
    uint16_t child = message->up ? message->at : message->next;
    uint32_t ppm = alive ? attempt_ppm(world, snr_now(domain, segment, child)) : 0;
    hop_result hop = attempt_hop(world, dd_pair_id(from, to, true), sender->frames++, ppm);
    dd_time begin = sender->busy_until > domain->now ? sender->busy_until : domain->now;
    sender->busy_until = begin + hop.took;
    mesh->counts.hops++;
    mesh->counts.attempts += (uint64_t)hop.attempts;
    dd_time work = (dd_time)(world->def.settings.mesh_process_ms * 1000) * DD_MICROSECOND;
    dd_schedule(domain, begin + hop.took + work, DD_KIND_HOP, segment->station + message->at,
                hop.success, (uint32_t)hop.attempts, handle);
}

static dd_mesh_message *new_message(dd_domain *domain, dd_segment_state *segment,
                                    uint32_t *handle) {
    *handle = dd_pool_take(&segment->mesh->messages);
    dd_mesh_message *message = dd_pool_at(&segment->mesh->messages, *handle);
    message->started = domain->now;
    segment->mesh->counts.sent++;
    return message;
}

void dd_mesh_send_down(dd_domain *domain, dd_segment_state *segment,
                       const dd_node_request *request) {
    uint32_t handle;
    dd_mesh_message *message = new_message(domain, segment, &handle);
    message->lamp = request->lamp;
    message->request = *request;
    message->at = DD_MESH_ROOT;
    start_hop(domain, segment, handle);
}

void dd_mesh_send_up(dd_domain *domain, dd_segment_state *segment, const dd_node_reply *reply) {
    uint32_t handle;
    dd_mesh_message *message = new_message(domain, segment, &handle);
    message->lamp = reply->lamp;
    message->reply = *reply;
    message->at = reply->lamp;
    message->up = true;
    start_hop(domain, segment, handle);
}

bool dd_mesh_hop(dd_domain *domain, dd_segment_state *segment, const dd_event *event,
                 dd_mesh_message **arrived) {
    dd_mesh *mesh = segment->mesh;
    dd_mesh_message *message = dd_pool_at(&mesh->messages, event->b);
    const dd_world *world = dd_world_of(domain);
    uint16_t from = message->at, to = message->next;
    dd_record_make(domain, DD_REC_MESH_HOP, station_entity(world, segment, from), 0,
                   station_entity(world, segment, to), event->a,
                   (domain->now - message->started) / DD_MICROSECOND, 0);
    message->hops++;
    bool both_up = mesh->nodes[from].up && mesh->nodes[to].up;
    if (!both_up || !event->small) {
        finish(domain, segment, event->b, both_up ? DD_MESH_NO_ACK : DD_MESH_POWER);
        return false;
    }
    message->at = to;
    if (to != (message->up ? DD_MESH_ROOT : message->lamp)) {
        start_hop(domain, segment, event->b);
        return false;
    }
    finish(domain, segment, event->b, DD_MESH_DELIVERED);
    *arrived = message;
    return true;
}

void dd_mesh_done(dd_segment_state *segment, uint32_t message) {
    dd_pool_give(&segment->mesh->messages, message);
}
