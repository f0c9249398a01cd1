// The mesh of straight streets under a steady load: the job that packet simulators were measured
// by (facts H). Streets of 100 lamps, 30 m apart, lie parallel, 100 m from each other, 32 abreast
// in columns; the controller stands in the middle of its street. Every lamp sends 40 octets of UDP
// a minute at a random phase, relayed along the street by fixed routes of 60 m a hop, 25 hops at
// most. All streets share one channel at 2.4 GHz: 0 dBm, log-distance loss of 46.68 dB at 1 m and
// exponent 3, sensitivity -106.58 dBm (as ns-3's lr-wpan). Levels down to -117 dBm, 220 m, count
// one by one.
#define _POSIX_C_SOURCE 199309L // clock_gettime
#include "engine/random.h"
#include "models/kind.h"
#include "models/mesh/station.h"
#include "tests/bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
    STREET = 100,   // lamps
    SPACING = 30,   // metres between poles
    DISTANCE = 100, // metres between streets
    ABREAST = 128,  // streets in a column
    COLUMN = 3300,  // metres from column to column
    PAYLOAD = 40,   // octets of UDP
    CUT_CDBM = -11700,
    WARM_UP = 60, // seconds before the clock is started
};

static dd_radio_preset preset;
static dd_radio_tables tables;

// --- The streets ---

typedef struct streets {
    uint32_t lamp_n, street_n, station_n;
    float *x, *y;     // by station
    uint64_t *stable; // by station
    dd_air_segment *segments;
    dd_links links;
} streets;

static void *zeroed(size_t n, size_t size) {
    void *memory = calloc(n, size);
    if (!memory) {
        fprintf(stderr, "domdom: bench: no memory for the streets\n");
        exit(DD_OUTSIDE);
    }
    return memory;
}

static void place_street(streets *it, uint32_t street, uint32_t first, uint32_t lamps) {
    float left = (float)(street / ABREAST * COLUMN), y = (float)(street % ABREAST * DISTANCE);
    it->segments[street] = (dd_air_segment){
        .first = first, .lamp_n = (uint16_t)lamps, .pan = (uint16_t)(street + 1), .channel = 11};
    for (uint32_t i = 0; i <= lamps; i++) {
        it->x[first + i] = left + SPACING * (i ? (float)i : (float)(lamps + 1) / 2);
        it->y[first + i] = y;
        it->stable[first + i] = dd_mix(((uint64_t)street << 32) + i);
    }
}

static int32_t level_cdbm(float metres) {
    const dd_path_model model = {.a = 3, .b = 46.68};
    return -dd_path_loss_cdb(&model, 2450000, metres);
}

// Stations that hear each other: along a street neighbours are a few poles away, in the streets
// beside it a window of poles opposite.
static void add_links(streets *it, uint32_t from, const dd_air_segment *other, float reach) {
    for (uint32_t to = other->first; to <= other->first + other->lamp_n; to++) {
        float dx = it->x[to] - it->x[from], dy = it->y[to] - it->y[from];
        float metres = sqrtf(dx * dx + dy * dy);
        if (to == from || metres > reach) continue;
        int32_t level = level_cdbm(metres);
        if (level < CUT_CDBM) continue;
        uint32_t place = it->links.first[from + 1]++;
        if (!it->links.to) continue;
        it->links.to[place] = to;
        it->links.level_cdbm[place] = (int16_t)level;
    }
}

static void scan_links(streets *it) {
    enum { NEAR = 230 / DISTANCE };
    it->links.first[1] = 0;
    for (uint32_t s = 0; s < it->street_n; s++)
        for (uint32_t i = 0; i <= it->segments[s].lamp_n; i++) {
            uint32_t from = it->segments[s].first + i;
            it->links.first[from + 1] = it->links.first[from];
            uint32_t low = s > NEAR ? s - NEAR : 0;
            for (uint32_t t = low; t <= s + NEAR && t < it->street_n; t++)
                if (t / ABREAST == s / ABREAST) add_links(it, from, &it->segments[t], 230);
        }
}

static void build_streets(streets *it, uint32_t lamp_n) {
    uint32_t street_n = (lamp_n + STREET - 1) / STREET, station_n = lamp_n + street_n;
    *it = (streets){.lamp_n = lamp_n, .street_n = street_n, .station_n = station_n};
    it->x = zeroed(station_n + 1, sizeof *it->x);
    it->y = zeroed(station_n + 1, sizeof *it->y);
    it->stable = zeroed(station_n + 1, sizeof *it->stable);
    it->segments = zeroed(street_n, sizeof *it->segments);
    for (uint32_t s = 0, first = 1; s < street_n; s++) {
        uint32_t lamps = lamp_n - s * STREET < STREET ? lamp_n - s * STREET : STREET;
        place_street(it, s, first, lamps);
        first += lamps + 1;
    }
    it->links.station_n = station_n;
    it->links.first = zeroed(station_n + 2, sizeof *it->links.first);
    scan_links(it);
    it->links.to = zeroed(it->links.first[station_n + 1], sizeof *it->links.to);
    it->links.level_cdbm = zeroed(it->links.first[station_n + 1], sizeof *it->links.level_cdbm);
    it->links.noise_cdbm = zeroed(station_n + 1, sizeof *it->links.noise_cdbm);
    for (uint32_t i = 1; i <= station_n; i++)
        it->links.noise_cdbm[i] = (int16_t)dd_radio_noise_cdbm(&tables);
    scan_links(it);
}

static void free_streets(streets *it) {
    free(it->x);
    free(it->y);
    free(it->stable);
    free(it->segments);
    free(it->links.first);
    free(it->links.to);
    free(it->links.level_cdbm);
    free(it->links.noise_cdbm);
}

// --- Reports ---

enum { KIND_REPORT = DD_SEGMENT_KINDS, KINDS };

typedef struct job {
    dd_air *air;
    dd_time period;
    uint64_t sent, delivered, octets;
    int64_t latency_us; // sum
} job;

typedef struct report {
    uint32_t station, number;
    dd_time sent_at;
    uint8_t rest[PAYLOAD - 16];
} report;

_Static_assert(sizeof(report) == PAYLOAD, "a report's size is the job's");

enum { REC_REPORT, REC_KINDS };

static const dd_record_kind record_kinds[REC_KINDS] = {
    [REC_REPORT] = {"report",
                    "A lamp's report reached its controller.",
                    DD_TRUTH,
                    1,
                    true,
                    {{"station", DD_FIELD_INTEGER, NULL, NULL},
                     {"number", DD_FIELD_INTEGER, NULL, NULL},
                     {"latency", DD_FIELD_MILLI, "ms", NULL}}}};

static const char *const digest_names[] = {"reports"};
static const dd_record_schema schema = {record_kinds, REC_KINDS, digest_names, 1};

static job *job_of(dd_domain *domain) {
    return domain->state;
}

static void drain(dd_domain *domain) {
    job *it = job_of(domain);
    for (const dd_arrival *arrival; (arrival = dd_air_arrival(it->air)) != NULL;) {
        report said;
        memcpy(&said, arrival->payload, sizeof said);
        int64_t latency_us = (domain->now - said.sent_at) / DD_MICROSECOND;
        it->delivered++;
        it->octets += arrival->n;
        it->latency_us += latency_us;
        dd_record_make(domain, REC_REPORT, 0, 0, said.station, said.number, latency_us, 0);
        dd_air_arrival_done(it->air);
    }
}

static void handle_report(dd_domain *domain, const dd_event *event) {
    job *it = job_of(domain);
    report said = {.station = event->target, .number = event->a, .sent_at = domain->now};
    it->sent++;
    dd_station_send(domain, it->air, event->target, 0, (const uint8_t *)&said, sizeof said);
    dd_schedule(domain, domain->now + it->period, KIND_REPORT, event->target, 0, event->a + 1, 0);
}

#define HANDLE_AIR(name)                                                                           \
    static void handle_##name(dd_domain *domain, const dd_event *event) {                          \
        dd_station_##name(domain, job_of(domain)->air, event);                                     \
        drain(domain);                                                                             \
    }
HANDLE_AIR(clear)
HANDLE_AIR(end)
HANDLE_AIR(ack)
HANDLE_AIR(time)

static const dd_event_kind event_kinds[KINDS] = {
    [DD_KIND_AIR_CLEAR] = {"air_clear", handle_clear, false, DD_REACH_HUB},
    [DD_KIND_AIR_END] = {"air_end", handle_end, false, DD_REACH_HUB},
    [DD_KIND_AIR_ACK] = {"air_ack", handle_ack, false, DD_REACH_HUB},
    [DD_KIND_NET_TIME] = {"net_time", handle_time, false, DD_REACH_HUB},
    [KIND_REPORT] = {"report", handle_report, false, DD_REACH_HUB},
};

// --- The run ---

// 60 m towards the controller; from less than that, the controller itself.
static uint16_t parent_of(const dd_air_segment *segment, uint16_t lamp) {
    int middle2 = segment->lamp_n + 1, away2 = 2 * lamp - middle2; // in half spacings
    if (away2 >= -4 && away2 <= 4) return 0;
    return (uint16_t)(away2 < 0 ? lamp + 2 : lamp - 2);
}

// One more than the parent's, in steps of 256; the root's is 256 (RFC 6550, 17).
static uint16_t rank_of(const dd_air_segment *segment, uint16_t lamp) {
    uint16_t rank = 256;
    for (; lamp; lamp = parent_of(segment, lamp))
        rank = (uint16_t)(rank + 256);
    return rank;
}

static void start_street(dd_domain *domain, dd_air *air, const dd_air_segment *segment) {
    job *it = job_of(domain);
    for (uint16_t i = 0; i <= segment->lamp_n; i++) {
        uint32_t station = segment->first + i;
        dd_station_power(domain, air, station, true);
        if (i == 0) continue;
        dd_station_seed(domain, air, station, parent_of(segment, i), rank_of(segment, i), 128);
        uint32_t word = dd_random(1, air->medium.spots[station].stable, DD_DRAW_SCENARIO, 0).v[0];
        dd_time phase = dd_uniform(word, (uint32_t)(it->period / DD_MICROSECOND)) * DD_MICROSECOND;
        dd_schedule(domain, phase, KIND_REPORT, station, 0, 0, 0);
    }
}

static void start(dd_domain *domain, const streets *it, dd_time period) {
    job *work = dd_arena_take(&domain->arena, sizeof *work);
    dd_air_def def = {
        .medium = {.station_n = it->station_n,
                   .x = it->x,
                   .y = it->y,
                   .stable = it->stable,
                   .links = &it->links,
                   .preset = &preset,
                   .tables = &tables,
                   .seed = 1,
                   .ed_cdbm = preset.sensitivity_cdbm + 1000,
                   .capture_cdb = 300,
                   .cca = DD_CCA_ENERGY},
        .segment_n = it->street_n,
        .segments = it->segments,
        .mac = {.min_be = 3, .max_be = 5, .max_backoffs = 4, .max_retries = 3},
        .net = dd_net_default_figures(),
    };
    def.net.fixed_routes = true;
    domain->state = work;
    work->period = period;
    work->air = dd_air_make(domain, &def);
    for (uint32_t s = 0; s < it->street_n; s++)
        start_street(domain, work->air, &it->segments[s]);
}

static double processor_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long peak_rss_kib(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void advance(dd_engine *engine, dd_time until) {
    for (dd_time t = engine->now; t < until;) {
        t = t + DD_SECOND < until ? t + DD_SECOND : until;
        dd_engine_advance(engine, t);
        dd_stream_flush(&engine->stream);
    }
}

static uint64_t frames_of(const job *it) {
    return it->air->counts.data + it->air->counts.acks;
}

static void print_row(const json_t *row) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)row, name, value)
        printf("  %-20s %.6g\n", name, json_is_string(value) ? 0 : json_number_value(value));
}

static int measure(const dd_bench_options *options, json_t *out) {
    uint32_t lamps = options->lamps ? options->lamps : 7000;
    uint32_t seconds = options->seconds ? options->seconds : 300;
    dd_time period = (options->period_s ? options->period_s : 60) * DD_SECOND;
    double begin = processor_s();
    preset = dd_radio_presets[0];
    preset.tx_power_cdbm = 0;
    preset.sensitivity_cdbm = -10658;
    dd_radio_tables_build(&tables, &preset);
    streets it;
    build_streets(&it, lamps);
    dd_entities entities;
    const char *const types[] = {"station", NULL};
    dd_error error;
    if (!dd_entities_init(&entities, types, 1, &error)) return DD_OUTSIDE;
    dd_engine_def def = {.event_kinds = event_kinds,
                         .event_kind_n = KINDS,
                         .schema = &schema,
                         .entities = &entities,
                         .seed = 1,
                         .segment_n = 1,
                         .hub_reserve = 16 << 20,
                         .segment_reserve = ((size_t)64 << 20) + (size_t)lamps * 4096};
    dd_engine *engine = dd_engine_open(&def, &error);
    if (!engine) return DD_OUTSIDE;
    dd_domain *domain = &engine->domains[DD_FIRST_SEGMENT_DOMAIN];
    start(domain, &it, period);
    dd_engine_started(engine);
    advance(engine, WARM_UP * DD_SECOND);
    double from = processor_s();
    const job *work = job_of(domain);
    uint64_t frames = frames_of(work), events = dd_engine_event_count(engine);
    advance(engine, (WARM_UP + seconds) * DD_SECOND);
    double took = processor_s() - from;
    frames = frames_of(work) - frames;
    events = dd_engine_event_count(engine) - events;
    const dd_air_counts *counts = &work->air->counts;
    char digest[DD_DIGEST_TEXT];
    dd_digest all = dd_stream_digest_all(&engine->stream);
    dd_digest_format(&all, digest);
    json_t *row = json_object();
    json_object_set_new(row, "lamps", json_integer(lamps));
    json_object_set_new(row, "seconds", json_integer(seconds));
    json_object_set_new(row, "setup_s", json_real(from - begin));
    json_object_set_new(row, "real_time_factor", json_real(seconds / took));
    json_object_set_new(row, "frames_per_s", json_real((double)frames / took));
    json_object_set_new(row, "events_per_frame", json_real((double)events / (double)frames));
    json_object_set_new(row, "ns_per_frame", json_real(took * 1e9 / (double)frames));
    json_object_set_new(row, "frames_per_simulated_s", json_real((double)frames / seconds));
    json_object_set_new(row, "delivered_ratio",
                        json_real((double)work->delivered / (double)work->sent));
    json_object_set_new(row, "latency_ms",
                        json_real((double)work->latency_us / (double)work->delivered / 1e3));
    json_object_set_new(row, "cca_busy",
                        json_real((double)counts->busy / (double)counts->assessments));
    json_object_set_new(row, "data_lost",
                        json_real(1 - (double)counts->lost[0] / (double)counts->data));
    for (int i = 1; i < DD_LOSSES; i++) {
        char name[32];
        snprintf(name, sizeof name, "lost_%s", dd_loss_names[i]);
        json_object_set_new(row, name, json_integer((json_int_t)counts->lost[i]));
    }
    uint64_t duplicates = 0;
    for (uint32_t i = 1; i <= it.station_n; i++)
        duplicates += work->air->stations[i].duplicates;
    json_object_set_new(row, "duplicates", json_integer((json_int_t)duplicates));
    json_object_set_new(row, "arena_bytes_per_lamp", json_real((double)domain->arena.used / lamps));
    json_object_set_new(row, "links_per_lamp",
                        json_real((double)it.links.first[it.station_n + 1] / it.station_n));
    json_object_set_new(row, "peak_rss_kib", json_integer(peak_rss_kib()));
    json_object_set_new(row, "digest", json_string(digest));
    if (!options->json) print_row(row), printf("  %s\n", digest);
    json_array_append_new(out, row);
    dd_engine_close(engine);
    dd_entities_fini(&entities);
    free_streets(&it);
    return DD_OK;
}

const dd_bench dd_bench_street = {
    "street", "packets in straight streets, a report a lamp and minute", measure};
