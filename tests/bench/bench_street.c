// The mesh of straight streets (streets.h) under a steady load: the job that packet simulators were
// measured by (facts H). Every lamp pushes a reading a minute at a random phase, relayed along its
// street by fixed routes of 60 m a hop, 25 hops at most. It is the whole twin that runs: CoAP,
// 6LoWPAN, acknowledged frames with their check sequences, interference, records, digests; by day,
// so that the lamps do nothing else.
//
// All streets share one channel. Loss is 46.68 dB at one metre, with exponent 3; power less
// sensitivity is 106.58 dB, as in ns-3's lr-wpan, where these are 0 and -106.58 dBm. What would be
// heard there at -117 dBm or more (220 m) counts frame by frame, what is fainter as noise.
#define _POSIX_C_SOURCE 199309L // clock_gettime
#include "engine/random.h"
#include "models/mesh/mesh.h"
#include "models/twin.h"
#include "models/world_settings.h"
#include "tests/bench/bench.h"
#include "tests/bench/peer.h"
#include "tests/bench/streets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
    WARM_UP_S = 60, // simulated before the clock is started
    PEER_S = 2,     // simulated by ns-3, which takes some ten times as long
};

static const struct {
    const char *name;
    double value;
} SETTINGS[] = {
    {"mesh.preset", 1},      {"mesh.tx_change_db", -1.42}, {"mesh.channel", 11},
    {"mesh.los_a", 3},       {"mesh.los_b", 46.68},        {"mesh.los_c", 0},
    {"mesh.nlos_a", 3},      {"mesh.nlos_b", 46.68},       {"mesh.nlos_c", 0},
    {"mesh.fade_db", 0},     {"mesh.los_sigma_db", 0},     {"mesh.nlos_sigma_db", 0},
    {"mesh.cut_db", -10},    {"mesh.leaves_seen_m", 0},    {"mesh.leaves_hidden_m", 0},
    {"mesh.activity", 0.1},  {"centre.poll_s", 86400},     {"backhaul.outages", 0},
    {"mesh.couple_db", -10}, {"mesh.cca_mode", 1},         {"citizens.per_day", 0},
};

// What is counted; differences of two are a run's.
typedef struct tally {
    double processor_s;
    dd_time air; // on the air, of all
    uint64_t data, acks, lost, assessments, busy, events, sent, delivered;
} tally;

// Reports as the stream tells them; the same sum, the same run.
typedef struct journeys {
    uint64_t n, hops, sum;
    int64_t latency_us;
} journeys;

static void follow(void *context, const dd_record *record) {
    enum { DIRECTION, OUTCOME, HOPS, LATENCY };
    journeys *it = context;
    if (!record->value[DIRECTION] || record->value[OUTCOME] != DD_MESH_DELIVERED) return;
    it->n++;
    it->hops += (uint64_t)record->value[HOPS];
    it->latency_us += record->value[LATENCY];
    it->sum += dd_mix((uint64_t)record->time ^ dd_mix(record->entity));
}

static double processor_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static tally count(const dd_world *world) {
    const dd_engine *engine = world->engine;
    tally sum = {.processor_s = processor_s(), .events = dd_engine_event_count(engine)};
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++) {
        const dd_air *air = dd_mesh_air(&engine->domains[i]);
        for (uint32_t s = 1; s <= air->medium.def.station_n; s++)
            sum.air += air->stations[s].air_ns;
        sum.data += air->counts.data;
        sum.acks += air->counts.acks;
        sum.lost += air->counts.data - air->counts.lost[DD_LOSS_NONE];
        sum.assessments += air->counts.assessments;
        sum.busy += air->counts.busy;
        sum.sent += air->log.counts.sent;
        sum.delivered += air->log.counts.delivered;
    }
    return sum;
}

static void play(dd_world *world, dd_time until) {
    dd_engine *engine = world->engine;
    while (engine->now < until) {
        dd_time step = engine->now + DD_SECOND;
        dd_engine_advance(engine, step < until ? step : until);
        dd_stream_flush(&engine->stream);
    }
}

static dd_world *open_world(const dd_streets *streets, uint32_t period_s, uint32_t threads,
                            dd_error *error) {
    dd_world_def def = dd_world_default_def();
    def.thread_n = threads;
    def.city = &streets->city;
    def.mesh_parents = streets->parents;
    def.calendar.offset_s = 25200;
    dd_unix_parse("2020-08-03 10:00", 25200, &def.calendar.start_unix_s);
    for (size_t i = 0; i < DD_COUNT(SETTINGS); i++)
        if (!dd_world_set(&def, SETTINGS[i].name, SETTINGS[i].value, error)) return NULL;
    if (!dd_world_set(&def, "node.report_s", period_s, error)) return NULL;
    return dd_twin_open(&def, error);
}

static long peak_rss_kib(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

// Octets of the PSDU of a data frame, on the mean.
static double octets_mean(const tally *from, const tally *to) {
    const dd_radio_preset *preset = &dd_radio_presets[0];
    dd_time acks = (dd_time)(to->acks - from->acks) * dd_radio_air_time(preset, DD_FRAME_ACK);
    double data = (double)(to->data - from->data);
    double each = (double)(to->air - from->air - acks) / data;
    return (each - (double)dd_radio_air_time(preset, 0)) / (8e9 / preset->bit_rate);
}

static json_t *describe(const tally *from, const tally *to, uint32_t seconds,
                        const journeys *reports) {
    double took = to->processor_s - from->processor_s;
    double data = (double)(to->data - from->data);
    double frames = data + (double)(to->acks - from->acks);
    double sent = (double)(to->sent - from->sent);
    return json_pack(
        "{sf sf sf sf sf sf sf sf sf sf sf}", "real_time_factor", seconds / took, "frames_per_s",
        frames / took, "events_per_frame", (double)(to->events - from->events) / frames,
        "ns_per_frame", took * 1e9 / frames, "delivered_ratio",
        (double)(to->delivered - from->delivered) / sent, "frames_per_simulated_s",
        frames / seconds, "octets_mean", octets_mean(from, to), "frames_lost_ratio",
        (double)(to->lost - from->lost) / data, "cca_busy_ratio",
        (double)(to->busy - from->busy) / (double)(to->assessments - from->assessments),
        "hops_mean", (double)reports->hops / (double)reports->n, "latency_ms_mean",
        (double)reports->latency_us / (double)reports->n / 1e3);
}

static double number_of(const json_t *object, const char *name) {
    return json_number_value(json_object_get(object, name));
}

static void print(const json_t *row) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)row, name, value) {
        if (json_is_object(value))
            printf("  %-24s %.3g x real time, %.4g events a frame, %.4g delivered\n", name,
                   number_of(value, "real_time_factor"), number_of(value, "events_per_frame"),
                   number_of(value, "delivered_ratio"));
        else if (json_is_string(value))
            printf("  %-24s %s\n", name, json_string_value(value));
        else
            printf("  %-24s %.6g\n", name, json_number_value(value));
    }
}

// Plays the warm-up and the measured time; what was found goes to `row`.
static void measure(dd_world *world, uint32_t seconds, json_t *row) {
    journeys reports = {0};
    dd_stream_listen(&world->engine->stream, (uint64_t)1 << DD_REC_MESH_MESSAGE, follow, &reports);
    dd_twin_start(world);
    play(world, WARM_UP_S * DD_SECOND);
    reports = (journeys){0};
    tally from = count(world);
    play(world, (WARM_UP_S + (dd_time)seconds) * DD_SECOND);
    tally to = count(world);
    json_t *found = describe(&from, &to, seconds, &reports);
    json_object_update(row, found);
    json_decref(found);
    char digest[DD_DIGEST_TEXT];
    dd_digest all = dd_stream_digest_all(&world->engine->stream);
    dd_digest_format(&all, digest);
    json_object_set_new(row, "setup_s", json_real(from.processor_s));
    json_object_set_new(row, "peak_rss_kib", json_integer(peak_rss_kib()));
    json_object_set_new(row, "digest", json_string(digest));
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)reports.sum);
    json_object_set_new(row, "journeys", json_string(digest));
}

// The same job on ns-3; what it found goes to `row`, which has ours.
static bool add_peer(uint32_t lamps, uint32_t period_s, json_t *row, dd_error *error) {
    char lamp_n[32], seconds[32], period[32];
    uint32_t streets = (lamps + DD_STREET_LAMPS - 1) / DD_STREET_LAMPS;
    snprintf(lamp_n, sizeof lamp_n, "--lamps=%u", streets * DD_STREET_LAMPS);
    snprintf(seconds, sizeof seconds, "--seconds=%d", PEER_S);
    snprintf(period, sizeof period, "--period=%u", period_s);
    json_t *peer;
    if (!dd_peer_run("ns3_street", (char *[]){lamp_n, seconds, period, NULL}, &peer, error))
        return false;
    double times = number_of(row, "real_time_factor") * number_of(peer, "cpu_s") / PEER_S;
    json_object_set_new(row, "ns3", peer);
    json_object_set_new(row, "times_ns3", json_real(times));
    return true;
}

static int run(const dd_bench_options *options, json_t *out) {
    uint32_t lamps = options->lamps ? options->lamps : 7000;
    uint32_t seconds = options->seconds ? options->seconds : 300;
    uint32_t period_s = options->period_s ? options->period_s : 60;
    dd_streets streets;
    dd_error error = {DD_OK, ""};
    if (!dd_streets_make(&streets, lamps, &error)) {
        fprintf(stderr, "domdom: bench: %s\n", error.text);
        return error.status;
    }
    dd_world *world = open_world(&streets, period_s, options->threads, &error);
    bool good = world != NULL;
    if (good) {
        json_t *row = json_pack("{sI sI sI}", "lamps", (json_int_t)lamps, "seconds",
                                (json_int_t)seconds, "period_s", (json_int_t)period_s);
        measure(world, seconds, row);
        good = !options->peer || add_peer(lamps, period_s, row, &error);
        if (!options->json) print(row);
        json_array_append_new(out, row);
    }
    if (!good) fprintf(stderr, "domdom: bench: %s\n", error.text);
    dd_twin_close(world);
    dd_streets_fini(&streets);
    return good ? DD_OK : (int)error.status;
}

const dd_bench dd_bench_street = {"street",
                                  "packets in straight streets, a report a lamp and minute", run};
