// What the air tells of itself: messages, losses and whose fault they are, places, counters,
// frames.
#define _GNU_SOURCE
#include "toy_city.h"

#include "engine/output/capture.h"
#include "models/kind.h"
#include "models/mesh/air/mesh_record.h"
#include "models/mesh/air/station.h"

#include <unistd.h>

enum { LAMPS = 3, STATIONS = LAMPS + 1, ROOT = 1, STRONG = 4000 };

// The first street of a toy city as a line: the controller hears lamp 1 only, lamp 1 lamp 2, and
// that lamp 3.
typedef struct lab {
    toy *city;
    dd_radio_tables tables;
    uint32_t first[STATIONS + 2], to[STATIONS * STATIONS];
    int16_t levels[STATIONS * STATIONS], noise[STATIONS + 1];
    float x[STATIONS + 1], y[STATIONS + 1];
    uint64_t stable[STATIONS + 1];
    dd_links links;
    dd_engine *engine;
    dd_domain *domain;
    dd_air *air;
    dd_disturbance jam; // at station jam_at
    uint32_t jam_at;
    dd_record records[4096];
    size_t record_n;
    uint64_t collisions;
} lab;

static void drain(lab *it) {
    while (dd_air_arrival(it->air))
        dd_air_arrival_done(it->air);
}

#define HANDLE_AIR(name)                                                                           \
    static void handle_##name(dd_domain *domain, const dd_event *event) {                          \
        lab *it = domain->state;                                                                   \
        dd_station_##name(domain, it->air, event);                                                 \
        drain(it);                                                                                 \
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

static uint32_t jammed(const void *context, uint32_t station, uint8_t channel, dd_time from,
                       dd_time to, dd_disturbance *all, uint32_t room) {
    const lab *it = context;
    (void)channel, (void)room;
    if (station != it->jam_at || it->jam.from >= to || it->jam.to <= from) return 0;
    all[0] = it->jam;
    return 1;
}

static void link_line(lab *it) {
    uint32_t k = 0;
    for (uint32_t from = 1; from <= STATIONS; from++) {
        it->stable[from] = from;
        it->x[from] = (float)from;
        it->noise[from] = (int16_t)it->tables.noise_cdbm;
        it->first[from] = k;
        for (uint32_t to = 1; to <= STATIONS; to++) {
            if (to + 1 != from && to != from + 1) continue;
            it->to[k] = to;
            it->levels[k++] = (int16_t)(it->tables.noise_cdbm + STRONG);
        }
        it->first[from + 1] = k;
    }
    it->links = (dd_links){.station_n = STATIONS,
                           .first = it->first,
                           .to = it->to,
                           .level_cdbm = it->levels,
                           .noise_cdbm = it->noise};
}

static void keep(void *context, const dd_record *record) {
    lab *it = context;
    cr_assert(it->record_n < DD_COUNT(it->records));
    it->records[it->record_n++] = *record;
}

static void open_engine(lab *it) {
    dd_engine_def def = it->city->world->engine->def;
    dd_error error;
    def.event_kinds = kinds;
    def.event_kind_n = DD_SEGMENT_KINDS;
    def.segment_n = 1;
    def.segment_domain_n = 0;
    def.segment_domain = NULL;
    it->engine = dd_engine_open(&def, &error);
    cr_assert(it->engine != NULL, "%s", error.text);
    it->domain = &it->engine->domains[DD_FIRST_SEGMENT_DOMAIN];
    it->domain->state = it;
    uint64_t mask = 0;
    for (int kind = DD_REC_MESH_MESSAGE; kind <= DD_REC_MESH_REFUSED; kind++)
        mask |= TOY_BIT(kind);
    dd_stream_listen(&it->engine->stream, mask, keep, it);
}

static lab *lab_open(bool fixed_routes) {
    lab *it = calloc(1, sizeof *it);
    cr_assert(it != NULL);
    toy_def def = toy_default();
    it->city = toy_open(&def);
    dd_radio_tables_build(&it->tables, &dd_radio_presets[0]);
    link_line(it);
    open_engine(it);
    dd_air_segment segment = {
        .first = ROOT, .lamp_n = LAMPS, .pan = 77, .channel = 15, .segment = 1};
    dd_air_def air = {.medium = {.station_n = STATIONS,
                                 .x = it->x,
                                 .y = it->y,
                                 .stable = it->stable,
                                 .links = &it->links,
                                 .preset = &dd_radio_presets[0],
                                 .tables = &it->tables,
                                 .seed = 3,
                                 .ed_cdbm = -9000,
                                 .capture_cdb = 300,
                                 .cca = DD_CCA_ENERGY,
                                 .outside = jammed,
                                 .context = it,
                                 .outside_n = &it->jam_at}, // one, when some station is jammed
                      .segment_n = 1,
                      .segments = &segment,
                      .mac = {.min_be = 3, .max_be = 5, .max_backoffs = 4, .max_retries = 3},
                      .net = dd_net_default_figures()};
    air.net.fixed_routes = fixed_routes;
    it->air = dd_air_make(it->domain, &air);
    return it;
}

// Everyone on, and in place.
static lab *lab_start(void) {
    lab *it = lab_open(true);
    for (uint32_t s = 1; s <= STATIONS; s++)
        dd_station_power(it->domain, it->air, s, true);
    dd_station_seed(it->domain, it->air, ROOT, 0, 256, 0);
    for (uint16_t lamp = 1; lamp <= LAMPS; lamp++) {
        dd_station_seed(it->domain, it->air, ROOT + lamp, (uint16_t)(lamp - 1),
                        (uint16_t)(256 * (lamp + 1)), 128);
        dd_station_seed_route(it->domain, it->air, ROOT, lamp, (uint16_t)(lamp - 1));
    }
    it->record_n = 0;
    dd_engine_started(it->engine);
    return it;
}

static void lab_close(lab *it) {
    dd_engine_close(it->engine);
    toy_close(it->city);
    free(it);
}

static void until(lab *it, dd_time t) {
    dd_engine_advance(it->engine, t);
    dd_stream_flush(&it->engine->stream);
}

// A confirmable CoAP GET with a message id.
static void send(lab *it, uint32_t station, uint16_t destination, uint8_t id) {
    const uint8_t payload[] = {0x40, 1, 0, id};
    it->domain->now = it->engine->now;
    dd_station_send(it->domain, it->air, station, destination, payload, sizeof payload);
    dd_engine_started(it->engine);
}

static void power(lab *it, uint32_t station, bool on) {
    it->domain->now = it->engine->now;
    dd_station_power(it->domain, it->air, station, on);
    dd_engine_started(it->engine);
}

static uint32_t node(const lab *it, uint16_t number) {
    return dd_mesh_node_entity(it->city->world, 1, number);
}

// The records of a kind; the last of them.
static size_t count(const lab *it, uint16_t kind, const dd_record **last) {
    size_t n = 0;
    for (size_t i = 0; i < it->record_n; i++)
        if (it->records[i].kind == kind) {
            *last = &it->records[i];
            n++;
        }
    return n;
}

static const dd_record *only(const lab *it, uint16_t kind) {
    const dd_record *last = NULL;
    cr_assert(eq(sz, count(it, kind, &last), 1), "%s", dd_schema.kinds[kind].name);
    return last;
}

static void expect_values(const dd_record *record, uint32_t entity, int64_t v0, int64_t v1,
                          int64_t v2, int64_t v3) {
    const int64_t wanted[] = {v0, v1, v2, v3};
    const dd_record_kind *kind = &dd_schema.kinds[record->kind];
    cr_expect(eq(u32, record->entity, entity));
    for (int i = 0; i < DD_RECORD_VALUES && kind->fields[i].type; i++)
        if (wanted[i] >= 0)
            cr_expect(eq(i64, record->value[i], wanted[i]), "%s", kind->fields[i].name);
}

// --- Messages ---

Test(air_log, a_message_is_told_when_it_arrives) {
    lab *it = lab_start();
    until(it, DD_SECOND);
    send(it, ROOT + 3, 0, 5);
    until(it, 2 * DD_SECOND);
    const dd_record *up = only(it, DD_REC_MESH_MESSAGE);
    expect_values(up, node(it, 3), 1, DD_MESH_DELIVERED, 3, -1);
    cr_expect(eq(i64, up->value[3], (up->time - DD_SECOND) / DD_MICROSECOND));
    cr_expect(up->value[3] > 3 * 2000 && up->value[3] < 100000, "three hops of some ms");
    it->record_n = 0;
    send(it, ROOT, 2, 6);
    until(it, 3 * DD_SECOND);
    expect_values(only(it, DD_REC_MESH_MESSAGE), node(it, 2), 0, DD_MESH_DELIVERED, 2, -1);
    cr_expect(eq(u32, it->air->log.messages.used, 0));
    lab_close(it);
}

Test(air_log, a_message_lost_on_a_hop_names_it_and_why) {
    lab *it = lab_start();
    until(it, DD_SECOND);
    power(it, ROOT + 1, false);
    send(it, ROOT + 3, 0, 5);
    until(it, 5 * DD_SECOND);
    const dd_record *message = only(it, DD_REC_MESH_MESSAGE), *loss = only(it, DD_REC_MESH_LOSS);
    expect_values(message, node(it, 3), 1, DD_MESH_NO_ACK, 1, -1);
    expect_values(loss, node(it, 3), node(it, 2), node(it, 1), DD_LOSS_OFF, 0);
    cr_expect(eq(u64, loss->cause, message->id));
    lab_close(it);
}

// The culprit is where the jammer stands, as the source says.
Test(air_log, jammers_are_culprits) {
    lab *it = lab_start();
    until(it, DD_SECOND);
    it->jam = (dd_disturbance){.from = 0, .to = DD_HOUR, .level_cdbm = -3000, .source = 2};
    it->jam_at = ROOT;
    send(it, ROOT + 1, 0, 5);
    until(it, 5 * DD_SECOND);
    expect_values(only(it, DD_REC_MESH_LOSS), node(it, 1), node(it, 1), node(it, 0), DD_LOSS_JAMMED,
                  it->jam.source);
    lab_close(it);
}

// The acknowledgement is lost each time, but the message arrived: it is told once, as delivered.
Test(air_log, what_arrived_is_not_lost_any_more) {
    lab *it = lab_start();
    until(it, DD_SECOND);
    // Not so loud that CCA would find it; the link is good, where nothing jams.
    it->jam = (dd_disturbance){.from = 0, .to = DD_HOUR, .level_cdbm = -9060, .source = 2};
    it->jam_at = ROOT + 1;
    int16_t level = (int16_t)(it->tables.noise_cdbm + 500);
    it->levels[dd_links_find(&it->links, ROOT + 1, ROOT)] = level;
    it->levels[dd_links_find(&it->links, ROOT, ROOT + 1)] = level;
    send(it, ROOT + 1, 0, 5);
    until(it, 5 * DD_SECOND);
    const dd_record *last = NULL;
    cr_expect(ge(sz, it->air->stations[ROOT + 1].unanswered, 1));
    expect_values(only(it, DD_REC_MESH_MESSAGE), node(it, 1), 1, DD_MESH_DELIVERED, 1, -1);
    cr_expect(eq(sz, count(it, DD_REC_MESH_LOSS, &last), 0));
    lab_close(it);
}

// A frame's comment names whose frame was in the way.
static void check_culprit(void *context, const dd_record *record) {
    lab *it = context;
    size_t n;
    const uint8_t *comment = dd_stream_octets(&it->engine->stream, record, 3, &n);
    char text[DD_AIR_COMMENT];
    snprintf(text, sizeof text, "%.*s", (int)n, comment ? (const char *)comment : "");
    if (!strstr(text, "a collision") && !strstr(text, "another frame")) return;
    it->collisions++;
    const char *culprit = record->entity == node(it, 0) ? " L-1-2 (" : " S-1-0 (";
    cr_expect(strstr(text, "L-1-1 lost it: ") && strstr(text, culprit), "%s", text);
}

// The controller and lamp 2 are hidden from each other, and lamp 1 hears both: what one loses is
// the other's fault.
Test(air_log, collisions_have_a_culprit) {
    lab *it = lab_start();
    dd_stream_listen(&it->engine->stream, TOY_BIT(DD_REC_AIR_FRAME), check_culprit, it);
    for (int i = 1; i <= 100; i++) {
        until(it, i * DD_SECOND);
        for (int k = 0; k < 256; k += 128) {
            send(it, ROOT, 1, (uint8_t)(i + k));
            send(it, ROOT + 2, 0, (uint8_t)(i + k));
        }
        it->record_n = 0;
    }
    const dd_air_counts *counts = &it->air->counts;
    cr_expect(gt(u64, it->collisions, 20));
    cr_expect(eq(u64, it->collisions,
                 counts->lost[DD_LOSS_COLLISION] + counts->lost[DD_LOSS_LOCKED] +
                     counts->ack_lost[DD_LOSS_COLLISION] + counts->ack_lost[DD_LOSS_LOCKED]));
    lab_close(it);
}

// --- Places ---

Test(air_log, a_network_that_forms_tells_who_joined_where) {
    lab *it = lab_open(false);
    for (uint32_t s = 1; s <= STATIONS; s++)
        dd_station_power(it->domain, it->air, s, true);
    dd_engine_started(it->engine);
    until(it, 5 * DD_MINUTE);
    bool joined[LAMPS + 1] = {false};
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        uint16_t lamp = 1;
        while (lamp < LAMPS && node(it, lamp) != record->entity)
            lamp++;
        if (record->kind == DD_REC_MESH_JOIN) {
            joined[lamp] = record->value[0];
            cr_expect(eq(i64, record->value[1], record->time / DD_MILLISECOND));
        } else if (record->kind == DD_REC_MESH_PARENT) {
            expect_values(record, node(it, lamp), node(it, lamp - 1), -1, -1, lamp);
            cr_expect(record->value[1] >= 1000 && record->value[2] > 256 * lamp);
        }
    }
    for (int lamp = 1; lamp <= LAMPS; lamp++)
        cr_expect(joined[lamp], "lamp %d", lamp);
    it->record_n = 0;
    dd_air_log_places(it->domain, it->air);
    until(it, 5 * DD_MINUTE);
    const dd_record *last = NULL;
    cr_assert(eq(sz, count(it, DD_REC_MESH_PARENT, &last), LAMPS));
    expect_values(last, node(it, 3), node(it, 2), -1, -1, 3);
    lab_close(it);
}

// --- Messages to all ---

Test(air_log, a_group_tells_how_many_it_reached_and_when) {
    lab *it = lab_start();
    until(it, DD_SECOND);
    power(it, ROOT + 3, false);
    send(it, ROOT, DD_NET_GROUP, 5);
    until(it, 10 * DD_SECOND);
    power(it, ROOT + 3, true);
    it->jam = (dd_disturbance){10 * DD_SECOND, 20 * DD_SECOND, 0, 0};
    it->jam_at = ROOT + 2;
    send(it, ROOT, DD_NET_GROUP, 6);
    until(it, 20 * DD_SECOND);
    const dd_record *group = only(it, DD_REC_MESH_GROUP);
    expect_values(group, node(it, 0), DD_SECOND, 2, 2, -1);
    cr_expect(group->value[3] > 2 * 1000 && group->value[3] < DD_SECOND / DD_MICROSECOND);
    it->record_n = 0;
    it->domain->now = 20 * DD_SECOND;
    dd_air_log_counters(it->domain, it->air);
    dd_air_log_counters(it->domain, it->air);
    until(it, 20 * DD_SECOND);
    expect_values(only(it, DD_REC_MESH_GROUP), node(it, 0), 10 * DD_SECOND, 1, 3, -1);
    lab_close(it);
}

// --- Counters ---

Test(air_log, counters_are_those_of_the_frames) {
    lab *it = lab_start();
    for (int i = 1; i <= 10; i++) {
        until(it, i * DD_SECOND);
        send(it, ROOT + 2, 0, (uint8_t)i);
    }
    until(it, 20 * DD_SECOND);
    it->record_n = 0;
    it->domain->now = 20 * DD_SECOND;
    dd_air_log_counters(it->domain, it->air);
    until(it, 20 * DD_SECOND);
    const dd_record *last = NULL;
    cr_expect(eq(sz, count(it, DD_REC_MESH_AIR, &last), STATIONS));
    cr_expect(eq(sz, count(it, DD_REC_MESH_LINK, &last), 2));
    uint64_t frames = 0, attempts = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->kind == DD_REC_MESH_AIR) frames += (uint64_t)record->value[0];
        if (record->kind != DD_REC_MESH_LINK) continue;
        attempts += (uint64_t)record->value[1];
        cr_expect(eq(i64, record->value[2], 10));
        cr_expect(eq(i64, record->value[3], (it->tables.noise_cdbm + STRONG) * 10));
    }
    cr_expect(eq(u64, attempts, 20), "ten messages over two hops");
    cr_expect(eq(u64, frames, it->air->counts.data + it->air->counts.acks));
    lab_close(it);
}

// --- Frames ---

typedef struct captures {
    char folder[64], air[96], ear[96];
    dd_capture *captures[2];
} captures;

static captures open_captures(lab *it) {
    captures all = {.folder = "/tmp/dd_air_log_XXXXXX"};
    dd_error error = {DD_OK, ""};
    cr_assert(mkdtemp(all.folder) != NULL);
    snprintf(all.air, sizeof all.air, "%s/air.pcapng", all.folder);
    snprintf(all.ear, sizeof all.ear, "%s/ear.pcapng", all.folder);
    for (int i = 0; i < 2; i++) {
        dd_capture_def def = {.path = i ? all.ear : all.air,
                              .kind = i ? DD_REC_AIR_HEARD : DD_REC_AIR_FRAME,
                              .link_type = DD_TAP_LINK_TYPE,
                              .latest = DD_TAP_LATEST,
                              .program = "test"};
        all.captures[i] = dd_capture_open(&def, it->engine, &error);
        cr_assert(all.captures[i] != NULL, "%s", error.text);
    }
    return all;
}

static const char *ask(const char *path, const char *fields) {
    static char answer[65536], command[1024];
    snprintf(command, sizeof command,
             "tshark -r %s -o 6lowpan.context0:fd42:e4bf:6f5d:4d::/64 -T fields -E separator=, %s "
             "2>/dev/null",
             path, fields);
    FILE *pipe = popen(command, "r");
    answer[fread(answer, 1, sizeof answer - 1, pipe)] = 0;
    cr_assert(eq(int, pclose(pipe), 0), "%s", command);
    return answer;
}

Test(air_log, tshark_reads_what_was_on_the_air) {
    lab *it = lab_start();
    captures all = open_captures(it);
    it->city->world->tap.ear = node(it, 2);
    until(it, DD_SECOND);
    send(it, ROOT + 2, 0, 5);
    until(it, 2 * DD_SECOND);
    power(it, ROOT, false);
    send(it, ROOT + 1, 0, 6);
    until(it, 4 * DD_SECOND);
    for (int i = 0; i < 2; i++)
        cr_assert(dd_capture_close(all.captures[i], NULL));
    cr_expect(eq(str,
                 (char *)(uintptr_t)ask(all.air, "-Y 'wpan.fcs_ok == 0 || _ws.malformed ||"
                                                 " udp.checksum.status == 0'"
                                                 " -e frame.number"),
                 ""));
    // The controller's context, told to all; two hops up, each with its acknowledgement; then three
    // times four attempts that nobody answers.
    const char *air = ask(all.air, "-e frame.interface_name -e wpan.src16 -e wpan.dst16"
                                   " -e coap.mid -e wpan-tap.rss -e frame.comment");
    char level[32], wanted[2048];
    snprintf(level, sizeof level, "%g", (it->tables.noise_cdbm + STRONG) / 100.0);
    int n = snprintf(wanted, sizeof wanted,
                     "S-1-0,0x0000,0xffff,,,1 of 1 nodes around received it\n"
                     "S-1-0,0x0002,0x0001,5,%s,\nS-1-0,,,,%s,\nS-1-0,0x0001,0x0000,5,%s,\n"
                     "S-1-0,,,,%s,\n",
                     level, level, level, level);
    for (int i = 0; i < 12; i++)
        n += snprintf(wanted + n, sizeof wanted - (size_t)n,
                      "S-1-0,0x0001,0x0000,6,,S-1-0 lost it: it is off\n");
    cr_expect(eq(str, (char *)(uintptr_t)air, wanted));
    // Lamp 2 hears all that lamp 1 sends: the acknowledgement to it, and what goes to the
    // controller.
    snprintf(wanted, sizeof wanted, "L-1-2,,,\nL-1-2,0x0001,5,\n");
    for (int i = 0; i < 12; i++)
        strcat(wanted, "L-1-2,0x0001,6,\n");
    cr_expect(eq(str,
                 (char *)(uintptr_t)ask(all.ear, "-e frame.interface_name -e wpan.src16"
                                                 " -e coap.mid -e frame.comment"),
                 wanted));
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", all.folder);
    cr_assert(system(command) == 0);
    lab_close(it);
}
