// Stations on the air: the times of a hop, repetitions, duplicates, queues, power, contention.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/random.h"
#include "models/kind.h"
#include "models/mesh/air/station.h"
#include "models/schema.h"

enum { LAMPS_MAX = 20, STATIONS_MAX = LAMPS_MAX + 1, ROOT = 1, STRONG = 4000 };

// One segment: a controller, station 1, and lamps around it that all hear each other well, unless a
// test says otherwise. Routes are fixed: each lamp's parent is the controller.
typedef struct lab {
    dd_radio_preset preset;
    dd_radio_tables tables;
    uint32_t station_n;
    uint32_t first[STATIONS_MAX + 2], to[STATIONS_MAX * LAMPS_MAX];
    int16_t levels[STATIONS_MAX * LAMPS_MAX], noise[STATIONS_MAX + 1];
    float x[STATIONS_MAX + 1], y[STATIONS_MAX + 1];
    uint64_t stable[STATIONS_MAX + 1];
    int32_t rates_ppb[STATIONS_MAX + 1];
    dd_links links;
    dd_air_segment segment;
    dd_entities entities;
    dd_engine *engine;
    dd_domain *domain;
    dd_air *air;
    uint32_t arrived, groups; // datagrams that came, and those of them that were for all
    uint8_t last[DD_DATAGRAM_MAX];
    dd_disturbance jam; // at station jam_at
    uint32_t jam_at, jam_n;
    bool saturated; // lamps' queues never run dry
} lab;

static lab *lab_of(dd_domain *domain) {
    return domain->state;
}

static void send(lab *it, uint32_t station, uint8_t number) {
    uint8_t payload[40] = {number};
    dd_station_send(it->domain, it->air, station, 0, payload, sizeof payload);
}

// Between events.
static void send_up(lab *it, uint32_t station, uint8_t number) {
    it->domain->now = it->engine->now;
    send(it, station, number);
    dd_engine_started(it->engine);
}

static void power(lab *it, uint32_t station, bool on) {
    it->domain->now = it->engine->now;
    dd_station_power(it->domain, it->air, station, on);
    if (on && station != ROOT) dd_station_seed(it->domain, it->air, station, 0, 512, 128);
    dd_engine_started(it->engine);
}

static void drain(lab *it) {
    for (const dd_arrival *arrival; (arrival = dd_air_arrival(it->air)) != NULL;) {
        it->arrived++;
        it->groups += arrival->group;
        memcpy(it->last, arrival->payload, arrival->n);
        dd_air_arrival_done(it->air);
    }
    for (uint32_t lamp = 2; it->saturated && lamp <= it->station_n; lamp++)
        while (it->air->stations[lamp].mac.n < 2)
            send(it, lamp, 0);
}

#define HANDLE_AIR(name)                                                                           \
    static void handle_##name(dd_domain *domain, const dd_event *event) {                          \
        dd_station_##name(domain, lab_of(domain)->air, event);                                     \
        drain(lab_of(domain));                                                                     \
    }
HANDLE_AIR(clear)
HANDLE_AIR(end)
HANDLE_AIR(ack)
HANDLE_AIR(time)

static const dd_event_kind kinds[DD_SEGMENT_KINDS] = {
    [DD_KIND_AIR_CLEAR] = {"air_clear", handle_clear, false, DD_REACH_HUB},
    [DD_KIND_AIR_END] = {"air_end", handle_end, false, DD_REACH_HUB},
    [DD_KIND_AIR_ACK] = {"air_ack", handle_ack, false, DD_REACH_HUB},
    [DD_KIND_NET_TIME] = {"net_time", handle_time, false, DD_REACH_HUB},
};

static const char *const no_types[] = {"none", NULL};

static uint32_t jammed(const void *context, uint32_t station, uint8_t channel, dd_time from,
                       dd_time to, dd_disturbance *all, uint32_t room) {
    const lab *it = context;
    (void)channel, (void)room;
    if (station != it->jam_at || it->jam.from >= to || it->jam.to <= from) return 0;
    all[0] = it->jam;
    return 1;
}

static void link_all(lab *it) {
    uint32_t k = 0;
    for (uint32_t from = 1; from <= it->station_n; from++) {
        it->stable[from] = dd_hash_bytes(&from, sizeof from, 1);
        it->x[from] = (float)from;
        it->noise[from] = (int16_t)it->tables.noise_cdbm;
        it->first[from] = k;
        for (uint32_t to = 1; to <= it->station_n; to++) {
            if (to == from) continue;
            it->to[k] = to;
            it->levels[k++] = (int16_t)(it->tables.noise_cdbm + STRONG);
        }
        it->first[from + 1] = k;
    }
    it->links = (dd_links){.station_n = it->station_n,
                           .first = it->first,
                           .to = it->to,
                           .level_cdbm = it->levels,
                           .noise_cdbm = it->noise};
}

static void open_engine(lab *it) {
    cr_assert(dd_entities_init(&it->entities, no_types, 1, NULL));
    dd_engine_def def = {.event_kinds = kinds,
                         .event_kind_n = DD_SEGMENT_KINDS,
                         .schema = &dd_schema,
                         .entities = &it->entities,
                         .seed = 1,
                         .segment_n = 1,
                         .hub_reserve = 1 << 20,
                         .segment_reserve = 64 << 20};
    it->engine = dd_engine_open(&def, NULL);
    cr_assert(it->engine != NULL);
    it->domain = &it->engine->domains[DD_FIRST_SEGMENT_DOMAIN];
    it->domain->state = it;
}

static void make_air(lab *it, uint64_t seed) {
    dd_air_def def = {.medium = {.station_n = it->station_n,
                                 .x = it->x,
                                 .y = it->y,
                                 .stable = it->stable,
                                 .links = &it->links,
                                 .preset = &it->preset,
                                 .tables = &it->tables,
                                 .seed = seed,
                                 .ed_cdbm = -9000,
                                 .capture_cdb = 300,
                                 .cca = DD_CCA_ENERGY,
                                 .outside = jammed,
                                 .context = it,
                                 .outside_n = &it->jam_n},
                      .segment_n = 1,
                      .segments = &it->segment,
                      .rates_ppb = it->rates_ppb,
                      .mac = {.min_be = 3, .max_be = 5, .max_backoffs = 4, .max_retries = 3},
                      .net = dd_net_default_figures()};
    def.net.fixed_routes = true;
    it->air = dd_air_make(it->domain, &def);
}

static lab *lab_with(int preset, uint16_t lamp_n, uint64_t seed) {
    lab *it = calloc(1, sizeof *it);
    cr_assert(it != NULL);
    it->preset = dd_radio_presets[preset];
    dd_radio_tables_build(&it->tables, &it->preset);
    it->station_n = lamp_n + 1;
    it->segment = (dd_air_segment){.first = ROOT, .lamp_n = lamp_n, .pan = 77, .channel = 15};
    link_all(it);
    open_engine(it);
    make_air(it, seed);
    return it;
}

static lab *lab_open(uint16_t lamp_n, uint64_t seed) {
    return lab_with(0, lamp_n, seed);
}

static void lab_start(lab *it) {
    for (uint32_t station = 1; station <= it->station_n; station++)
        power(it, station, true);
    drain(it);
    dd_engine_started(it->engine);
}

static void lab_close(lab *it) {
    dd_engine_close(it->engine);
    dd_entities_fini(&it->entities);
    free(it);
}

static void set_snr(lab *it, uint32_t a, uint32_t b, int32_t snr_cdb) {
    int16_t level = (int16_t)(it->tables.noise_cdbm + snr_cdb);
    it->levels[dd_links_find(&it->links, a, b)] = level;
    it->levels[dd_links_find(&it->links, b, a)] = level;
}

static void lab_until(lab *it, dd_time t) {
    dd_engine_advance(it->engine, t);
}

// The time of the next event, which is handled.
static dd_time step(lab *it) {
    cr_assert(dd_engine_step(it->engine, DD_NEVER - 1));
    return it->domain->now;
}

static const dd_transmission *on_air(const lab *it, uint32_t station) {
    return dd_medium_at(&it->air->medium, it->air->stations[station].on_air);
}

static dd_time symbols(int n) {
    return n * 16 * DD_MICROSECOND;
}

static bool in_backoffs(dd_time t, int most) {
    return t >= 0 && t % symbols(20) == 0 && t / symbols(20) <= most;
}

// --- Times, in symbols of 16 us (IEEE 802.15.4-2020, 12; facts B1) ---

Test(station, a_hop_takes_the_standards_times) {
    for (uint64_t seed = 1; seed <= 50; seed++) {
        lab *it = lab_open(1, seed);
        lab_start(it);
        lab_until(it, DD_SECOND);
        send_up(it, 2, 5);
        dd_time clear = step(it);
        cr_expect(in_backoffs(clear - DD_SECOND - symbols(8), 7), "first CCA");
        const dd_transmission *data = on_air(it, 2);
        cr_expect(eq(i64, data->start, clear + symbols(12)), "turnaround");
        cr_expect(eq(i64, data->end - data->start, symbols(2 * (6 + data->octets))), "air time");
        cr_expect(gt(u8, data->octets, 9 + 2 + 40));
        cr_expect(eq(i64, step(it), data->end));
        cr_expect(eq(u32, it->arrived, 1), "the receiver has it at its end");
        cr_expect(eq(u8, it->last[0], 5));
        const dd_transmission *ack = on_air(it, ROOT);
        cr_expect(eq(i64, ack->start, data->end + symbols(12)));
        cr_expect(eq(i64, ack->end - ack->start, symbols(22)));
        cr_expect(eq(i64, step(it), ack->end));
        cr_expect(eq(u32, it->air->stations[2].acked, 1));
        cr_expect(eq(i64, it->air->stations[2].free_at, ack->end + symbols(40)), "LIFS");
        cr_expect(eq(u32, it->air->packets.used, 0));
        cr_expect(eq(u64, dd_engine_event_count(it->engine), 3));
        lab_close(it);
    }
}

// The SUN PHYs: a turnaround of 1 ms, backoffs of turnaround and CCA, 12 octets ahead of the PSDU.
Test(station, a_hop_at_920_mhz) {
    const dd_time cca[] = {160000, 53333}, octet[] = {160000, 53333};
    for (int preset = 1; preset <= 2; preset++) {
        lab *it = lab_with(preset, 1, 9);
        lab_start(it);
        send_up(it, 2, 5);
        dd_time clear = step(it), slot = DD_MILLISECOND + cca[preset - 1];
        cr_expect(eq(i64, (clear - cca[preset - 1]) % slot, 0));
        const dd_transmission *data = on_air(it, 2);
        cr_expect(eq(i64, data->start, clear + DD_MILLISECOND));
        dd_time air = (data->octets + 12) * octet[preset - 1];
        cr_expect(le(i64, llabs(data->end - data->start - air), 50));
        dd_time end = step(it);
        cr_expect(eq(i64, end, data->end));
        cr_expect(eq(i64, on_air(it, ROOT)->start, end + DD_MILLISECOND));
        cr_expect(eq(i64, step(it), on_air(it, ROOT)->end));
        cr_expect(eq(u32, it->air->stations[2].acked, 1));
        lab_close(it);
    }
}

// To all: nobody acknowledges, everybody has it once, however often it is repeated.
Test(station, broadcasts_reach_all_once) {
    lab *it = lab_open(10, 3);
    set_snr(it, ROOT, 5, -2000); // out of the controller's reach
    lab_start(it);
    uint8_t payload[20] = {1};
    it->domain->now = it->engine->now;
    dd_station_send(it->domain, it->air, ROOT, DD_NET_GROUP, payload, sizeof payload);
    dd_engine_started(it->engine);
    lab_until(it, 10 * DD_SECOND);
    cr_expect(eq(u32, it->arrived, 10));
    cr_expect(eq(u32, it->groups, 10));
    cr_expect(eq(u64, it->air->counts.acks, 0));
    cr_expect(eq(u32, it->air->packets.used, 0));
    cr_expect(eq(u32, it->air->buffers.used, 0));
    lab_close(it);
}

// Nobody answers: four attempts, each after the wait for an acknowledgement and a fresh CSMA/CA.
Test(station, attempts_wait_for_acknowledgements) {
    lab *it = lab_open(1, 3);
    lab_start(it);
    lab_until(it, DD_SECOND);
    power(it, ROOT, false);
    send_up(it, 2, 5);
    step(it);
    for (int attempt = 1; attempt <= 4; attempt++) {
        dd_time end = step(it);
        cr_expect(eq(i64, end, on_air(it, 2)->end));
        dd_time next = step(it);
        if (attempt < 4)
            cr_expect(in_backoffs(next - end - symbols(54) - symbols(8), 7), "attempt %d", attempt);
        else
            cr_expect(eq(i64, next, end + symbols(54)));
    }
    cr_expect(eq(u32, it->air->stations[2].sent, 4));
    cr_expect(eq(u16, it->air->stations[2].unanswered, 1));
    cr_expect(eq(u64, it->air->counts.lost[DD_LOSS_OFF], 4));
    lab_close(it);
}

// A channel that is never clear: four attempts of five CCAs each, no transmission.
Test(station, a_busy_channel_ends_an_attempt) {
    lab *it = lab_open(1, 3);
    lab_start(it);
    it->jam = (dd_disturbance){.from = 0, .to = DD_HOUR, .level_cdbm = -8000, .source = 9};
    it->jam_at = 2;
    it->jam_n = 1;
    send_up(it, 2, 5);
    const int most[] = {7, 15, 31, 31, 31};
    dd_time last = 0;
    for (int i = 0; i < 20; i++) {
        cr_expect(eq(u16, it->air->stations[2].unsent, 0));
        dd_time now = step(it);
        cr_expect(in_backoffs(now - last - symbols(8), most[i % 5]), "%d", i);
        last = now;
    }
    cr_expect(eq(u16, it->air->stations[2].unsent, 1));
    cr_expect(eq(u64, it->air->counts.data, 0));
    cr_expect(eq(u64, it->air->counts.busy, 20));
    lab_close(it);
}

// A crystal that is slow by 100 ppm makes every backoff and CCA longer by as much.
Test(station, crystals_drift) {
    lab *it = lab_open(1, 3);
    dd_station *station = &it->air->stations[2];
    station->rate_ppb = -100000;
    lab_start(it);
    lab_until(it, 1000 * DD_SECOND);
    cr_expect(eq(i64, dd_station_us(station, 1000 * DD_SECOND), 999900000));
    send_up(it, 2, 5);
    dd_time waited = step(it) - 1000 * DD_SECOND;
    dd_time nominal = (waited + symbols(1)) / symbols(4) * symbols(4);
    cr_expect(le(i64, llabs(waited - nominal - nominal / 10000), 1), "%ld", (long)waited);
    lab_close(it);
}

// --- Losses ---

// The acknowledgement is jammed: the frame comes again, is acknowledged and not passed up.
Test(station, duplicates_are_rejected) {
    lab *it = lab_open(1, 3);
    lab_start(it);
    lab_until(it, DD_SECOND);
    send_up(it, 2, 5);
    step(it);
    it->jam = (dd_disturbance){.from = on_air(it, 2)->end,
                               .to = on_air(it, 2)->end + symbols(50),
                               .level_cdbm = -2000,
                               .source = 9};
    it->jam_at = 2;
    it->jam_n = 1;
    lab_until(it, 2 * DD_SECOND);
    cr_expect(eq(u32, it->arrived, 1));
    cr_expect(eq(u16, it->air->stations[ROOT].duplicates, 1));
    cr_expect(eq(u64, it->air->counts.acks, 2));
    cr_expect(eq(u64, it->air->counts.ack_lost[DD_LOSS_JAMMED], 1));
    cr_expect(eq(u32, it->air->stations[2].sent, 2));
    cr_expect(eq(u32, it->air->stations[2].acked, 1));
    lab_close(it);
}

// Two that do not hear each other lose frames to each other; two that do hardly ever.
Test(station, hidden_terminals) {
    uint64_t lost[2] = {0};
    for (int hidden = 0; hidden < 2; hidden++) {
        lab *it = lab_open(2, 3);
        if (hidden) set_snr(it, 2, 3, -2000);
        it->saturated = true;
        lab_start(it);
        lab_until(it, 20 * DD_SECOND);
        const dd_air_counts *counts = &it->air->counts;
        lost[hidden] =
            1000 * (counts->lost[DD_LOSS_LOCKED] + counts->lost[DD_LOSS_COLLISION]) / counts->data;
        lab_close(it);
    }
    cr_expect(gt(u64, lost[1], 4 * lost[0]), "%lu %lu", lost[0], lost[1]);
    cr_expect(gt(u64, lost[1], 200));
}

Test(station, queues_are_limited) {
    lab *it = lab_open(1, 3);
    lab_start(it);
    for (uint8_t i = 1; i <= 12; i++)
        send_up(it, 2, i);
    cr_expect(eq(u8, it->air->stations[2].mac.n, DD_MAC_QUEUE));
    cr_expect(eq(u16, it->air->stations[2].full, 4));
    lab_until(it, DD_SECOND);
    cr_expect(eq(u32, it->arrived, DD_MAC_QUEUE));
    cr_expect(eq(u8, it->last[0], DD_MAC_QUEUE));
    cr_expect(eq(u32, it->air->packets.used, 0));
    lab_close(it);
}

// --- Power ---

Test(station, a_cut_ends_what_is_sent) {
    for (int when = 0; when < 2; when++) { // before the preamble, or in the midst of the frame
        lab *it = lab_open(1, 3);
        lab_start(it);
        send_up(it, 2, 5);
        send_up(it, 2, 6);
        dd_time now = step(it) + (when ? DD_MILLISECOND : symbols(3));
        lab_until(it, now);
        power(it, 2, false);
        cr_expect(on_air(it, 2)->cut);
        cr_expect(eq(u64, it->air->counts.lost[DD_LOSS_CUT], when));
        cr_expect(eq(i64, it->air->stations[2].air_ns, when ? DD_MILLISECOND - symbols(12) : 0));
        cr_expect(eq(i64, on_air(it, 2)->end, when ? now : on_air(it, 2)->start));
        cr_expect(eq(u32, it->air->packets.used, 0));
        lab_until(it, now + DD_SECOND);
        cr_expect(eq(u32, it->arrived, 0));
        power(it, 2, true);
        send_up(it, 2, 7);
        lab_until(it, now + 2 * DD_SECOND);
        cr_expect(eq(u32, it->arrived, 1));
        cr_expect(eq(u8, it->last[0], 7));
        lab_close(it);
    }
}

// The receiver's supply goes before it has acknowledged.
Test(station, a_cut_ends_an_acknowledgement) {
    lab *it = lab_open(1, 3);
    lab_start(it);
    send_up(it, 2, 5);
    step(it);
    dd_time end = step(it);
    lab_until(it, end + symbols(15));
    power(it, ROOT, false);
    step(it);
    cr_expect(eq(u64, it->air->counts.ack_lost[DD_LOSS_CUT], 1));
    cr_expect(eq(u32, it->air->stations[2].acked, 0));
    lab_close(it);
}

// --- Contention ---

// Frames a second that n saturated neighbours bring through.
static double throughput(uint16_t n, double *failures) {
    const int seconds = 100;
    lab *it = lab_open(n, 7);
    it->saturated = true;
    lab_start(it);
    lab_until(it, seconds * DD_SECOND);
    uint64_t unsent = 0;
    for (uint32_t s = 2; s <= it->station_n; s++)
        unsent += it->air->stations[s].unsent;
    *failures = (double)unsent / (double)(unsent + it->air->counts.data);
    double rate = (double)it->arrived / seconds;
    lab_close(it);
    return rate;
}

// Alone, a sender needs for each frame on the mean 3.5 backoffs, CCA, turnaround, the frame,
// turnaround, acknowledgement, and LIFS.
Test(station, one_sender_is_as_fast_as_the_standard_allows) {
    double failures, rate = throughput(1, &failures);
    lab *it = lab_open(1, 1);
    lab_start(it);
    send_up(it, 2, 5);
    step(it);
    int data = 2 * (6 + on_air(it, 2)->octets);
    lab_close(it);
    double cycle = (3.5 * 20 + 8 + 12 + data + 12 + 22 + 40) * 16e-6;
    cr_expect(lt(dbl, fabs(rate * cycle - 1), 0.01), "%g %g", rate, 1 / cycle);
}

// Neighbours that hear each other share the channel: it is never worse used than by one alone, and
// CSMA/CA gives up more often the more there are.
Test(station, neighbours_share_the_channel) {
    const uint16_t n[] = {1, 2, 5, 10};
    double last = 0, alone = 0;
    for (int i = 0; i < 4; i++) {
        double failures, rate = throughput(n[i], &failures);
        if (i == 0) alone = rate;
        cr_expect(ge(dbl, rate, alone), "%u", n[i]);
        cr_expect(i == 0 || failures > last, "%u", n[i]);
        last = failures;
    }
}

// --- The same again ---

Test(station, repeatable) {
    uint64_t sums[2];
    for (int run = 0; run < 2; run++) {
        lab *it = lab_open(10, 5);
        it->saturated = true;
        lab_start(it);
        lab_until(it, 5 * DD_SECOND);
        sums[run] = dd_hash_bytes(it->air->stations, sizeof *it->air->stations * 12, 0);
        lab_close(it);
    }
    cr_expect(eq(u64, sums[0], sums[1]));
}
