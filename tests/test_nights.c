// Nights in which whatever can fail does, one thing into another: lines, operators, the centre's
// own line, controllers that break, hang or forget, clocks, supply, garbage on the lines, and
// orders of every kind meanwhile. What must hold however they meet.
#include "models/backhaul/wire.h"
#include "models/controller/core/log.h"
#include "tests/toy_city.h"

enum { NIGHTS = 6, SEGMENTS = 3, LAMPS = 12 };

static const char *const lines[] = {"fibre", "lte", "lte-poor", "3g", "nb-iot"};

typedef struct night {
    toy *city;
    uint64_t seed;
    uint32_t draws;
    bool worn[SEGMENTS + 1];   // has lost words, as it had nowhere to keep them
    bool jumped[SEGMENTS + 1]; // its clock has: times of readings say nothing
} night;

static uint32_t draw(night *it, uint32_t below) {
    return dd_uniform(dd_random(it->seed, 7, 7, it->draws++).v[0], below);
}

// --- What happens ---

static const char *const faults[] = {
    "segment:S-#-0 line",      "segment:S-#-0 hang",    "segment:S-#-0 controller",
    "segment:S-#-0 blackout",  "segment:S-#-0 clock",   "segment:S-#-0 store",
    "feeder:S-#-0 breaker",    "feeder:S-#-0 phase_l1", "feeder:S-#-0 contactor_dead",
    "segment:S-#-0 door_open", "ward:Ward-1-0 outage",  "city outage",
    "lamp:L-#-3 node_dead",    "lamp:L-#-5 led_open",   "segment:S-#-0 brownout",
};

static const char *const orders[] = {
    "override segment:S-#-0 40% 1h",
    "override lamp:L-#-4 100% 20m to=2m back=1m",
    "resume segment:S-#-0",
    "read segment:S-#-0",
    "group lamp:L-#-4 evens",
    "group lamp:L-#-7 odds",
    "group lamp:L-#-7 odds off",
    "override segment:S-#-0 70% 10m group=evens",
    "program segment:S-#-0 sunset=100,23:00=60,sunrise=0",
    "calendar segment:S-#-0 normal:sunset=100,sunrise=0;tet:sunset=80,sunrise=0;tet@mon;normal",
    "calendar segment:S-#-0 dim:sunset=50,sunrise=0;dim evens",
    "commission segment:S-#-0",
};

// An order that is refused, as of a group that is not there, is one that does nothing.
static void act(night *it, const char *verb, const char *text, uint32_t segment) {
    char what[200];
    snprintf(what, sizeof what, "%s%s", verb, text);
    char *place = strchr(what, '#');
    if (place) *place = (char)('0' + segment);
    dd_error error = {DD_OK, ""};
    dd_action_do_text(it->city->world, what, &error);
}

static void fail(night *it) {
    uint32_t i = draw(it, DD_COUNT(faults)), segment = 1 + draw(it, SEGMENTS);
    it->jumped[segment] |= strstr(faults[i], "clock") != NULL;
    it->worn[segment] |= strstr(faults[i], "store") != NULL;
    act(it, "fail ", faults[i], segment);
}

// Noise, and a message that arrives with one wrong octet.
static void garble(night *it) {
    uint32_t segment = 1 + draw(it, SEGMENTS);
    uint8_t octets[DD_WIRE_MAX];
    dd_order order = {.kind = DD_ORDER_OVERRIDE, .number = 1 << 30, .level_pm = 1001};
    size_t n = dd_wire_put_order(&order, octets);
    octets[n - 1 - draw(it, 3)] ^= 0x80;
    if (dd_wire_get_order(octets, n, &order) && order.level_pm <= 1000) return;
    dd_house_hear(toy_domain(it->city, segment), toy_segment(it->city, segment), octets, n);
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)draw(it, 256);
    n = 1 + draw(it, 40);
    dd_house_hear(toy_domain(it->city, segment), toy_segment(it->city, segment), octets, n);
    dd_house_receive(toy_domain(it->city, segment), toy_segment(it->city, segment),
                     (uint16_t)(1 + draw(it, LAMPS)), octets, (uint16_t)n);
}

static void update(night *it) {
    dd_campaign_def def = dd_campaign_default_def();
    uint32_t segments[SEGMENTS] = {1, 2, 3};
    def.release = 1 + draw(it, 4);
    def.segments = segments;
    def.segment_n = SEGMENTS;
    def.wave_share = 100;
    def.soak = DD_MINUTE * (1 + draw(it, 30));
    dd_domain *hub = &it->city->world->engine->domains[DD_HUB_DOMAIN];
    hub->now = it->city->world->engine->now;
    dd_error error = {DD_OK, ""};
    dd_campaign_begin(hub, &toy_hub(it->city)->centre, &def, 0, &error);
}

static void repair_all(night *it) {
    for (size_t i = 0; i < DD_COUNT(faults); i++)
        for (uint32_t segment = 1; segment <= SEGMENTS; segment++)
            act(it, "repair ", faults[i], segment);
}

// Good ones and one that is mute, for nodes and for controllers.
static void add_release(night *it, uint32_t i) {
    static const char *const names[] = {"node-2", "node-3", "ctl-2", "ctl-3"};
    dd_release release = {.defect = i % 2 ? DD_DEFECT_MUTE : DD_DEFECT_NONE};
    snprintf(release.name, sizeof release.name, "%s", names[i]);
    release.image.target = i < 2 ? DD_IMAGE_NODE : DD_IMAGE_CONTROLLER;
    release.image.version = 2 + i;
    release.image.size = 4096;
    dd_error error = {DD_OK, ""};
    uint32_t number = dd_release_add(&it->city->world->def.releases, &release, &error);
    cr_assert(number != 0, "%s", error.text);
}

static night play(uint64_t seed, uint32_t thread_n) {
    night it = {.seed = seed};
    toy_def def = toy_default();
    def.segment_n = SEGMENTS;
    def.lamp_n = LAMPS;
    def.start = "2020-08-03 18:30";
    def.seed = seed;
    def.thread_n = thread_n;
    def.backhaul = lines[seed % DD_COUNT(lines)];
    it.city = toy_open(&def);
    for (uint32_t i = 0; i < 4; i++)
        add_release(&it, i);
    dd_stream_listen(&it.city->world->engine->stream,
                     TOY_BIT(DD_REC_COMMAND) | TOY_BIT(DD_REC_COMMAND_OUTCOME) |
                         TOY_BIT(DD_REC_READING),
                     toy_keep, it.city);
    dd_twin_start(it.city->world);
    for (int i = 0; i < 60; i++) {
        toy_for(it.city, (1 + draw(&it, 480)) * DD_SECOND);
        uint32_t what = draw(&it, 10);
        if (what < 4)
            fail(&it);
        else if (what < 8)
            act(&it, "", orders[draw(&it, DD_COUNT(orders))], 1 + draw(&it, SEGMENTS));
        else if (what < 9)
            i % 2 ? garble(&it) : update(&it);
        else
            repair_all(&it);
    }
    repair_all(&it);
    act(&it, "resume ", "city", 0);
    toy_until(it.city, "04:00");
    return it;
}

// --- What holds ---

static void check_logs(const night *it) {
    for (uint32_t segment = 1; segment <= SEGMENTS; segment++) {
        const dd_session *session = &toy_hub(it->city)->centre.sessions[segment];
        dd_core *core = &toy_segment(it->city, segment)->house->seat.application.core;
        cr_expect(session->up, "seed %u, segment %u", (unsigned)it->seed, segment);
        cr_expect(le(u32, dd_core_log_size(core), 2), "seed %u, segment %u", (unsigned)it->seed,
                  segment);
        cr_expect(eq(u32, session->log, core->log.identity));
        cr_expect(le(u32, core->log.next - 1 - session->last, 2));
        cr_expect(eq(u32, session->strange, 0), "seed %u, segment %u", (unsigned)it->seed, segment);
        if (!it->worn[segment])
            cr_expect(eq(u32, session->lost, 0), "seed %u, segment %u", (unsigned)it->seed,
                      segment);
        int64_t error_us =
            dd_house_clock_error_us(toy_domain(it->city, segment), toy_segment(it->city, segment));
        cr_expect(lt(i64, error_us < 0 ? -error_us : error_us, 2000000), "seed %u, segment %u",
                  (unsigned)it->seed, segment);
    }
}

// Every command comes to an end, and to one.
static void check_commands(const night *it) {
    for (size_t i = 0; i < it->city->record_n; i++) {
        const dd_record *command = &it->city->records[i];
        if (command->kind != DD_REC_COMMAND) continue;
        uint32_t n = 0;
        for (size_t j = i; j < it->city->record_n; j++)
            n += it->city->records[j].kind == DD_REC_COMMAND_OUTCOME &&
                 it->city->records[j].value[0] == command->value[0];
        cr_expect(eq(u32, n, 1), "seed %u, command %ld of kind %ld", (unsigned)it->seed,
                  (long)command->value[0], (long)command->value[1]);
    }
}

// No reading of a lamp comes twice, or before an earlier one.
static void check_readings(const night *it) {
    dd_time last[TOY_LAMPS_MAX] = {0};
    const dd_world *world = it->city->world;
    for (size_t i = 0; i < it->city->record_n; i++) {
        const dd_record *reading = &it->city->records[i];
        if (reading->kind != DD_REC_READING) continue;
        uint32_t lamp = dd_world_index(world, reading->entity);
        uint32_t segment = it->city->lamps[lamp].segment;
        if (!it->jumped[segment])
            cr_expect(gt(i64, reading->value[3], last[lamp]), "seed %u, lamp %u",
                      (unsigned)it->seed, lamp);
        last[lamp] = reading->value[3];
    }
}

// Whatever was held has been let go, and lamps burn by what they are given.
static void check_lamps(const night *it) {
    for (uint32_t segment = 1; segment <= SEGMENTS; segment++) {
        dd_lamp_measure measure = toy_measure(it->city, segment);
        cr_expect(eq(u32, measure.overridden, 0), "seed %u, segment %u", (unsigned)it->seed,
                  segment);
        cr_expect(eq(u32, measure.dark, 0), "seed %u, segment %u", (unsigned)it->seed, segment);
    }
}

Test(nights, whatever_fails_nothing_is_lost_or_done_twice, .timeout = 280) {
    for (uint64_t seed = 1; seed <= NIGHTS; seed++) {
        night it = play(seed, 1);
        check_logs(&it);
        check_commands(&it);
        check_readings(&it);
        check_lamps(&it);
        toy_close(it.city);
    }
}

Test(nights, the_same_on_two_threads, .timeout = 280) {
    for (uint64_t seed = 1; seed <= 2; seed++) {
        char digest[2][DD_DIGEST_TEXT];
        for (uint32_t i = 0; i < 2; i++) {
            night it = play(seed, 1 + i);
            toy_digest(it.city, digest[i]);
            toy_close(it.city);
        }
        cr_expect_str_eq(digest[0], digest[1]);
    }
}
