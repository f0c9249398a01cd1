#include "tests/bench/contention.h"

#include "engine/random.h"
#include "models/kind.h"
#include "models/mesh/air/station.h"

#include <math.h>
#include <stdlib.h>

enum {
    MOST = 101, // stations: the sink and its senders
    SINK = 1,   // its station; senders follow
    SINK_LEVEL_CDBM = -8000,
    PAN = 1,
    CHANNEL = 11,
    SEED = 1,
};

#define WARM_UP (100 * DD_MILLISECOND) // the senders start within it; then rows begin to count

// --- The place ---

// Who hears whom, and the radio: that of ns-3's lr-wpan.
typedef struct place {
    dd_radio_preset preset;
    dd_radio_tables tables;
    float zero[MOST + 1]; // all stand in one point: only levels matter
    uint64_t stable[MOST + 1];
    uint32_t first[MOST + 2], to[MOST * MOST];
    int16_t level_cdbm[MOST * MOST], noise_cdbm[MOST + 1];
    uint8_t channel[MOST + 1];
    dd_links links;
    dd_air_segment segment;
} place;

static void add_link(place *it, uint32_t from, uint32_t to) {
    uint32_t link = it->first[from + 1]++;
    it->to[link] = to;
    it->level_cdbm[link] = SINK_LEVEL_CDBM;
}

static void link_all(place *it, uint32_t station_n, bool hidden) {
    for (uint32_t from = 1; from <= station_n; from++) {
        it->first[from + 1] = it->first[from];
        for (uint32_t to = 1; to <= station_n; to++)
            if (to != from && (!hidden || from == SINK || to == SINK)) add_link(it, from, to);
    }
}

static place *make_place(uint32_t senders, bool hidden, dd_error *error) {
    place *it = calloc(1, sizeof *it);
    if (!it) {
        dd_fail(error, DD_OUTSIDE, "no memory for %u radios", senders);
        return NULL;
    }
    it->preset = dd_radio_presets[0];
    it->preset.tx_power_cdbm = 0;
    it->preset.sensitivity_cdbm = -10658;
    dd_radio_tables_build(&it->tables, &it->preset);
    for (uint32_t i = 1; i <= senders + 1; i++) {
        it->stable[i] = dd_mix(i);
        it->noise_cdbm[i] = (int16_t)dd_radio_noise_cdbm(&it->tables);
    }
    link_all(it, senders + 1, hidden);
    it->links = (dd_links){.station_n = senders + 1,
                           .first = it->first,
                           .to = it->to,
                           .level_cdbm = it->level_cdbm,
                           .noise_cdbm = it->noise_cdbm,
                           .stable = it->stable,
                           .channel = it->channel};
    it->segment = (dd_air_segment){
        .first = SINK, .lamp_n = (uint16_t)senders, .pan = PAN, .channel = CHANNEL};
    return it;
}

static dd_medium_def medium_of(const place *it) {
    return (dd_medium_def){.station_n = it->links.station_n,
                           .x = it->zero,
                           .y = it->zero,
                           .stable = it->stable,
                           .links = &it->links,
                           .preset = &it->preset,
                           .tables = &it->tables,
                           .seed = SEED,
                           .ed_cdbm = it->preset.sensitivity_cdbm + 1000,
                           .capture_cdb = 300,
                           .cca = DD_CCA_ENERGY};
}

// --- Contention ---

enum { KIND_OFFER = DD_SEGMENT_KINDS, KINDS };

typedef struct tally {
    uint64_t sent, retries; // data frames on the air
    uint64_t heard, taken;  // by the sink: all, each once
    uint64_t done, no_ack, no_channel;
} tally;

typedef struct job {
    dd_air *air;
    uint16_t payload_n; // octets of a datagram that make a frame as large as asked
    dd_time pause;      // mean time from offer to offer of a sender; 0: saturated
    uint64_t retries;
} job;

static job *job_of(dd_domain *domain) {
    return domain->state;
}

// The frame that a station is sending.
static dd_packet *packet_of(const dd_air *air, uint32_t station) {
    return dd_pool_at(&air->packets, dd_mac_first(&air->stations[station].mac));
}

// An idle station sends a datagram.
static void send(dd_domain *domain, uint32_t station) {
    static const uint8_t payload[DD_FRAME_MAX];
    job *it = job_of(domain);
    dd_station_send(domain, it->air, station, 0, payload, it->payload_n);
    // Its network layer would try again what the MAC gives up; here that is the end of it.
    packet_of(it->air, station)->cookie = 0;
}

static bool is_idle(const job *it, uint32_t station) {
    return dd_mac_first(&it->air->stations[station].mac) == 0;
}

static void handle_offer(dd_domain *domain, const dd_event *event) {
    job *it = job_of(domain);
    if (is_idle(it, event->target)) send(domain, event->target);
    if (it->pause == 0) return;
    uint32_t word =
        dd_random(SEED, it->air->medium.def.stable[event->target], DD_DRAW_SCENARIO, event->a).v[0];
    dd_schedule(domain, domain->now + dd_exponential(word, it->pause), KIND_OFFER, event->target, 0,
                event->a + 1, 0);
}

// After an event of the air: takes out what has come, and keeps saturated senders busy.
static void go_on(dd_domain *domain, const dd_event *event) {
    job *it = job_of(domain);
    while (dd_air_arrival(it->air))
        dd_air_arrival_done(it->air);
    if (it->pause == 0 && event->target != SINK && is_idle(it, event->target))
        send(domain, event->target);
}

// The standard gives a frame up when CSMA/CA fails (6.2.5.1), and so does ns-3; ours would try
// again, unless that was the last attempt.
static void handle_clear(dd_domain *domain, const dd_event *event) {
    job *it = job_of(domain);
    dd_station *station = &it->air->stations[event->target];
    uint32_t sent = station->sent;
    uint8_t attempts = station->mac.attempts;
    if (station->mac.backoffs == it->air->mac.max_backoffs)
        station->mac.attempts = it->air->mac.max_retries + 1;
    dd_station_clear(domain, it->air, event);
    if (station->sent > sent) {
        station->mac.attempts = attempts;
        it->retries += attempts > 1;
    }
    go_on(domain, event);
}

#define HANDLE(name)                                                                               \
    static void handle_##name(dd_domain *domain, const dd_event *event) {                          \
        dd_station_##name(domain, job_of(domain)->air, event);                                     \
        go_on(domain, event);                                                                      \
    }
HANDLE(end)
HANDLE(ack)
HANDLE(time)

static const dd_event_kind event_kinds[KINDS] = {
    [DD_KIND_AIR_CLEAR] = {"air_clear", handle_clear, false, DD_REACH_HUB},
    [DD_KIND_AIR_END] = {"air_end", handle_end, false, DD_REACH_HUB},
    [DD_KIND_AIR_ACK] = {"air_ack", handle_ack, false, DD_REACH_HUB},
    [DD_KIND_NET_TIME] = {"net_time", handle_time, false, DD_REACH_HUB},
    [KIND_OFFER] = {"offer", handle_offer, false, DD_REACH_HUB},
};

// Octets that all layers put around a datagram, found out by a frame without one.
static uint16_t headers_of(dd_domain *domain) {
    send(domain, SINK + 1);
    return packet_of(job_of(domain)->air, SINK + 1)->n;
}

static void start(dd_domain *domain, const place *at, const dd_contention_def *def) {
    job *it = dd_arena_take(&domain->arena, sizeof *it);
    dd_air_def air = {.medium = medium_of(at),
                      .segment_n = 1,
                      .segments = &at->segment,
                      .mac = {.min_be = 3, .max_be = 5, .max_backoffs = 4, .max_retries = 3},
                      .net = dd_net_default_figures()};
    air.net.fixed_routes = true;
    domain->state = it;
    if (def->offered_kbps)
        it->pause = (dd_time)def->octets * 8 * def->senders * DD_MILLISECOND / def->offered_kbps;
    it->air = dd_air_make(domain, &air);
    for (uint32_t i = SINK; i <= at->links.station_n; i++) {
        dd_station_power(domain, it->air, i, true);
        if (i == SINK) continue;
        dd_station_seed(domain, it->air, i, 0, 512, 128);
        uint32_t word = dd_random(SEED, at->stable[i], DD_DRAW_BACKOFF, 0).v[1];
        dd_schedule(domain, dd_uniform(word, WARM_UP), KIND_OFFER, i, 0, 0, 0);
    }
    it->payload_n = (uint16_t)(def->octets - headers_of(domain));
}

static tally count(const job *it) {
    const dd_air *air = it->air;
    tally all = {.sent = air->counts.data,
                 .retries = it->retries,
                 .heard = air->counts.lost[DD_LOSS_NONE],
                 .taken = air->stations[SINK].received};
    for (uint32_t i = SINK + 1; i <= air->medium.def.station_n; i++) {
        const dd_station *sender = &air->stations[i];
        all.no_ack += sender->unanswered;
        all.no_channel += sender->unsent;
        all.done += sender->acked + sender->unanswered + sender->unsent;
    }
    return all;
}

static double share(uint64_t part, uint64_t whole) {
    return whole ? (double)part / (double)whole : 0;
}

static dd_contention between(const dd_contention_def *def, const tally *from, const tally *to) {
    uint64_t done = to->done - from->done, sent = to->sent - from->sent;
    return (dd_contention){
        .throughput_kbps =
            (double)(to->taken - from->taken) * def->octets * 8 / 1000 / def->seconds,
        .retry_share = share(to->retries - from->retries, sent),
        .loss_share = fmax(0, 1 - share(to->heard - from->heard, sent)), // one may be under way
        .no_ack_share = share(to->no_ack - from->no_ack, done),
        .no_channel_share = share(to->no_channel - from->no_channel, done)};
}

// An engine with one domain, which the caller closes with its entities.
static dd_engine *open_engine(dd_entities *entities, dd_error *error) {
    static const char *const types[] = {"station", NULL};
    static const dd_record_schema schema = {NULL, 0, NULL, 0};
    dd_engine_def def = {.event_kinds = event_kinds,
                         .event_kind_n = KINDS,
                         .schema = &schema,
                         .entities = entities,
                         .seed = SEED,
                         .segment_n = 1,
                         .hub_reserve = 1 << 20,
                         .segment_reserve = 64 << 20};
    if (!dd_entities_init(entities, types, 1, error)) return NULL;
    dd_engine *engine = dd_engine_open(&def, error);
    if (!engine) dd_entities_fini(entities);
    return engine;
}

bool dd_contention_run(const dd_contention_def *def, dd_contention *result, dd_error *error) {
    dd_entities entities;
    place *at = make_place(def->senders, def->hidden, error);
    dd_engine *engine = at ? open_engine(&entities, error) : NULL;
    if (engine) {
        dd_domain *domain = &engine->domains[DD_FIRST_SEGMENT_DOMAIN];
        start(domain, at, def);
        dd_engine_started(engine);
        dd_engine_advance(engine, WARM_UP);
        tally from = count(job_of(domain));
        dd_engine_advance(engine, WARM_UP + def->seconds * DD_SECOND);
        tally to = count(job_of(domain));
        *result = between(def, &from, &to);
        dd_engine_close(engine);
        dd_entities_fini(&entities);
    }
    free(at);
    return engine != NULL;
}

double dd_contention_alone_kbps(uint8_t octets) {
    enum { SYMBOL_US = 16, LIFS = 40, ACK = 5 };
    double us = 3.5 * 20 * SYMBOL_US + 8 * SYMBOL_US + 2 * 12 * SYMBOL_US +
                (6 + octets) * 2 * SYMBOL_US + (6 + ACK) * 2 * SYMBOL_US + LIFS * SYMBOL_US;
    return octets * 8 * 1000 / us;
}

// --- Capture ---

enum { PAIR_OCTETS = 127 };
#define PAIR_DELAY (2 * DD_MILLISECOND)

static uint32_t put(dd_medium *medium, uint32_t sender, dd_time start, uint32_t count) {
    dd_transmission frame = {.start = start,
                             .end = start + dd_radio_air_time(medium->def.preset, PAIR_OCTETS),
                             .sender = sender,
                             .count = count,
                             .octets = PAIR_OCTETS,
                             .channel = CHANNEL};
    return dd_medium_put(medium, &frame, start);
}

bool dd_capture_run(int difference_db, uint32_t pairs, dd_capture *result, dd_error *error) {
    dd_arena arena;
    place *at = make_place(2, true, error);
    if (!at || !dd_arena_init(&arena, 1 << 20, error)) {
        free(at);
        return false;
    }
    for (uint32_t from = SINK; from <= SINK + 1;
         from++) { // the first sender and the sink, mutually
        uint32_t link = dd_links_find(&at->links, from, from == SINK ? SINK + 1 : SINK);
        at->level_cdbm[link] = (int16_t)(SINK_LEVEL_CDBM + 100 * difference_db);
    }
    dd_medium medium;
    dd_medium_def def = medium_of(at);
    dd_medium_init(&medium, &arena, &def);
    uint64_t first = 0, second = 0;
    for (uint32_t i = 0; i < pairs; i++) {
        dd_time start = i * 20 * DD_MILLISECOND;
        uint32_t one = put(&medium, SINK + 1, start, i);
        uint32_t other = put(&medium, SINK + 2, start + PAIR_DELAY, i);
        first += dd_medium_receive(&medium, one, SINK).loss == DD_LOSS_NONE;
        second += dd_medium_receive(&medium, other, SINK).loss == DD_LOSS_NONE;
    }
    *result = (dd_capture){share(first, pairs), share(second, pairs)};
    dd_arena_fini(&arena);
    free(at);
    return true;
}

double dd_capture_first(int difference_db) {
    double sinr = pow(10, difference_db / 10.0), sum = 0, choose = 16; // C(16, 1)
    for (int k = 2; k <= 16; k++) {
        choose = choose * (17 - k) / k;
        sum += (k % 2 ? -choose : choose) * exp(20 * sinr * (1.0 / k - 1));
    }
    double overlap_us = (6 + PAIR_OCTETS) * 32 - (double)PAIR_DELAY / DD_MICROSECOND;
    return pow(1 - sum * 8 / 15 / 16, overlap_us * 250 / 1000);
}
