// One direction of a backhaul line in a world: order, floor, outages, and what is recorded of them.
#include "models/controller/core/log.h"
#include "tests/toy_city.h"

static toy *with_outages(double rate, const char *backhaul, uint64_t seed) {
    toy_def def = toy_default();
    def.backhaul = backhaul;
    def.seed = seed;
    def.settings.backhaul_outages = rate;
    return toy_start(&def, TOY_BIT(DD_REC_LINE));
}

// Whether any part of a segment's line is out by nature at a moment.
static bool out(const toy *it, uint32_t segment, dd_time t) {
    for (int part = 0; part < DD_LINE_PARTS; part++) {
        dd_outage_source source = dd_line_source(it->world, segment, (dd_line_part)part);
        if (dd_outage_at(&source, t)) return true;
    }
    return false;
}

// Follows the records of one line; false when they do not alternate, or are not true.
static void check_line(const toy *it, uint32_t segment) {
    uint32_t entity = dd_world_entity(it->world, DD_ENTITY_SEGMENT, segment);
    bool up = true;
    dd_time since = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->entity != entity) continue;
        cr_expect(ne(i32, (int)record->value[0], up), "a change is a change");
        for (dd_time t = since; t < record->time; t += (record->time - since) / 50 + 1)
            cr_expect(eq(i32, !out(it, segment, t), up));
        up = record->value[0];
        since = record->time;
    }
}

// With nature at a thousand times its pace, records tell the state at every moment, also when the
// run begins in the middle of an outage, or one reaches into the next.
Test(line, records_tell_natural_outages) {
    size_t told = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        toy *it = with_outages(100, "lte", seed);
        toy_for(it, 4 * DD_DAY);
        for (uint32_t segment = 1; segment <= 3; segment++)
            check_line(it, segment);
        told += it->record_n;
        toy_close(it);
    }
    cr_expect(gt(sz, told, 30));
}

// A fault within an outage, an outage within a fault: up only when neither holds the line.
Test(line, a_repair_does_not_end_an_outage) {
    toy *it = with_outages(1000, "fibre", 3);
    dd_time t = DD_HOUR;
    while (!out(it, 1, t) || !out(it, 1, t + 30 * DD_MINUTE))
        t += DD_MINUTE;
    toy_to(it, t);
    it->record_n = 0;
    toy_act(it, "fail segment:S-1-0 line");
    toy_for(it, 10 * DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 line");
    toy_for(it, 10 * DD_MINUTE);
    uint32_t entity = dd_world_entity(it->world, DD_ENTITY_SEGMENT, 1);
    for (size_t i = 0; i < it->record_n; i++)
        cr_expect(ne(u32, it->records[i].entity, entity));
    toy_close(it);
}

// Messages keep their order and never come sooner than the floor, on the slowest link as well.
Test(line, order_and_floor) {
    for (const dd_backhaul_def *def = dd_backhaul_defs; def->name; def++) {
        toy *it = with_outages(0, def->name, 1);
        dd_domain *segment = &it->world->engine->domains[dd_world_domain(it->world, 1)];
        dd_line line = {.segment = 1, .to_centre = true};
        dd_time last = 0;
        for (int i = 0; i < 2000; i++) {
            uint8_t octets[DD_WIRE_MAX];
            size_t n = dd_wire_put_word(&(dd_word){.kind = DD_WORD_ALIVE}, octets);
            cr_assert(dd_line_send(segment, &line, 0, DD_KIND_WORD, 1, octets, n));
            cr_assert(ge(i64, line.last_arrival, segment->now + def->floor), "%s", def->name);
            cr_assert(gt(i64, line.last_arrival, last), "%s", def->name);
            last = line.last_arrival;
            segment->now += DD_MILLISECOND * (i % 700);
        }
        toy_close(it);
    }
}

Test(line, what_is_sent_while_it_is_down_is_lost) {
    toy *it = with_outages(0, "lte", 1);
    toy_for(it, DD_HOUR);
    toy_act(it, "fail segment:S-2-0 line");
    toy_for(it, DD_HOUR);
    cr_expect(gt(u64, toy_segment(it, 2)->house->line.counts.lost, 0));
    cr_expect(eq(u64, toy_segment(it, 1)->house->line.counts.lost, 0));
    cr_expect(toy_alarm(it, "segment:S-2-0", DD_ALARM_LINE));
    toy_act(it, "repair segment:S-2-0 line");
    toy_for(it, 3 * DD_MINUTE);
    cr_expect(not(toy_alarm(it, "segment:S-2-0", DD_ALARM_LINE)));
    toy_close(it);
}

// After an hour without a line the backlog flows with the first sign of life that is acknowledged,
// not with the next resending, which may be ten minutes away.
Test(line, a_backlog_flows_when_the_line_is_back) {
    for (int minutes = 45; minutes < 75; minutes += 2) {
        toy *it = with_outages(0, "lte", 1);
        toy_for(it, 5 * DD_MINUTE);
        toy_act(it, "fail segment:S-1-0 line");
        toy_for(it, minutes * DD_MINUTE);
        const dd_core *core = &toy_segment(it, 1)->house->seat.application.core;
        cr_expect(gt(u32, dd_core_log_size(core), 5), "readings have piled up");
        toy_act(it, "repair segment:S-1-0");
        toy_for(it, 90 * DD_SECOND);
        cr_expect(le(u32, dd_core_log_size(core), 1), "after %d min %u words still wait", minutes,
                  dd_core_log_size(core));
        toy_close(it);
    }
}

// --- Rate and queue ---

// Messages that come together go out one after the other, at the line's rate: the last of them
// waits for the octets of all.
Test(line, a_queue_takes_its_time) {
    toy *it = with_outages(0, "nb-iot", 1);
    dd_domain *segment = toy_domain(it, 1);
    dd_line line = {.segment = 1, .to_centre = true};
    const uint8_t octets[160] = {0};
    for (int i = 0; i < 40; i++)
        cr_assert(dd_line_send(segment, &line, 0, DD_KIND_WORD, 1, octets, sizeof octets));
    // 250 octets with the transport's, at 2,500 a second, and 1.5 s until the radio is awake.
    cr_expect(eq(i64, line.free_at - segment->now, 5500 * DD_MILLISECOND));
    cr_expect(ge(i64, line.last_arrival, line.free_at + 50 * DD_MILLISECOND));
    cr_expect(eq(u64, line.counts.messages, 40));
    cr_expect(eq(u64, line.counts.octets, 40 * 250));
    toy_close(it);
}

// What waits for the radio to wake is not turned away: it takes no more room than it has octets.
Test(line, waking_is_no_full_queue) {
    toy *it = with_outages(0, "lte", 1);
    dd_line line = {.segment = 1, .to_centre = true};
    const uint8_t octets[160] = {0};
    for (int i = 0; i < 20; i++)
        dd_line_send(toy_domain(it, 1), &line, 0, DD_KIND_WORD, 1, octets, sizeof octets);
    cr_expect(eq(u64, line.counts.overflowed, 0));
    toy_close(it);
}

Test(line, a_full_queue_takes_no_more) {
    toy_def def = toy_default();
    def.backhaul = "nb-iot";
    def.settings.backhaul_queue_kib = 2;
    toy *it = toy_start(&def, 0);
    dd_line line = {.segment = 1, .to_centre = true};
    const uint8_t octets[166] = {0}; // 256 with the transport's: eight fill the queue
    for (int i = 0; i < 20; i++)
        dd_line_send(toy_domain(it, 1), &line, 0, DD_KIND_WORD, 1, octets, sizeof octets);
    cr_expect(le(u64, line.counts.messages, 10));
    cr_expect(eq(u64, line.counts.messages + line.counts.overflowed, 20));
    cr_expect(gt(u64, line.counts.overflowed, 9));
    toy_close(it);
}

// What was under way when the line broke is lost, even when it would have arrived later.
Test(line, what_is_under_way_when_it_breaks_is_lost) {
    toy *it = with_outages(0, "nb-iot", 1);
    toy_for(it, 10 * DD_MINUTE);
    dd_line *line = &toy_segment(it, 1)->house->line;
    const uint8_t octets[400] = {0};
    dd_domain *segment = toy_domain(it, 1);
    segment->now = it->world->engine->now;
    for (int i = 0; i < 30; i++)
        dd_line_send(segment, line, 0, DD_KIND_WORD, 1, octets, sizeof octets);
    toy_for(it, DD_SECOND);
    uint64_t before = toy_hub(it)->centre.sessions[1].line.arrived.messages;
    toy_act(it, "fail segment:S-1-0 line");
    toy_for(it, 10 * DD_SECOND);
    cr_expect(gt(u64, toy_hub(it)->centre.sessions[1].line.arrived.lost, 15));
    cr_expect(eq(u64, toy_hub(it)->centre.sessions[1].line.arrived.messages, before));
    toy_close(it);
}

// --- Octets that are no message ---

static void throw_at(toy *it, uint32_t domain, uint16_t kind, uint32_t target, uint64_t n) {
    uint8_t octets[64];
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)dd_random(n, 1, 2, i).v[0];
    octets[0] = 0xff; // no tag of any message
    dd_engine_inject(it->world->engine, domain, kind, target, 0, sizeof octets, octets,
                     sizeof octets);
    dd_engine_admit(it->world->engine);
}

Test(line, garbage_at_either_end_is_counted_and_does_nothing) {
    toy *it = with_outages(0, "lte", 1);
    toy_for(it, DD_HOUR);
    uint32_t lit = toy_measure(it, 1).lit;
    for (uint64_t i = 0; i < 50; i++) {
        throw_at(it, dd_world_domain(it->world, 1), DD_KIND_ORDER, it->world->station[1], i);
        throw_at(it, DD_HUB_DOMAIN, DD_KIND_WORD, 1, i);
    }
    cr_expect(eq(u32, toy_segment(it, 1)->house->seat.application.core.garbage, 50));
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u64, toy_hub(it)->centre.gate.counts.garbage, 50));
    cr_expect(eq(u32, toy_measure(it, 1).lit, lit));
    cr_expect(toy_hub(it)->centre.sessions[1].up);
    toy_close(it);
}

// --- What lines share ---

static uint32_t lines_down(toy *it) {
    uint32_t n = 0;
    for (uint32_t s = 1; s <= it->def.segment_n; s++)
        n += !dd_line_up(toy_domain(it, s), &toy_segment(it, s)->house->line);
    return n;
}

static uint32_t lines_of(const toy *it, uint32_t operator) {
    uint32_t n = 0;
    for (uint32_t s = 1; s <= it->def.segment_n; s++)
        n += dd_line_operator(it->world, s) == operator;
    return n;
}

Test(line, fibre_is_the_fixed_operators_and_mobile_lines_are_both_mobile_ones) {
    toy_def def = toy_default();
    def.segment_n = 8;
    toy *it = toy_start(&def, 0);
    cr_expect(eq(u32, lines_of(it, 1), 8));
    toy_close(it);
    def.backhaul = "lte";
    it = toy_start(&def, 0);
    cr_expect(eq(u32, lines_of(it, 1), 0));
    cr_expect(gt(u32, lines_of(it, 2), 0));
    cr_expect(gt(u32, lines_of(it, 3), 0));
    toy_close(it);
    def.settings.backhaul_mobile_a = 100;
    it = toy_start(&def, 0);
    cr_expect(eq(u32, lines_of(it, 2), 8));
    toy_close(it);
}

// An outage takes down all lines of what is out, and no others; each end knows; and it is over when
// it is repaired.
Test(line, an_outage_takes_all_that_share_it) {
    toy_def def = toy_default();
    def.segment_n = 8;
    def.lamp_n = 5;
    def.backhaul = "lte";
    toy *it = toy_start(&def, TOY_BIT(DD_REC_LINE));
    const struct {
        const char *what;
        uint32_t down;
    } cases[] = {{"operator:mobile-a", lines_of(it, 2)},
                 {"operator:mobile-b", lines_of(it, 3)},
                 {"operator:fixed", 0},
                 {"ward:W-1-0", 8},
                 {"ward:W-2-0", 0},
                 {"city", 8}};
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        char act[60];
        toy_for(it, 10 * DD_MINUTE);
        it->record_n = 0;
        snprintf(act, sizeof act, "fail %s outage", cases[i].what);
        toy_act(it, act);
        toy_for(it, 5 * DD_MINUTE);
        cr_expect(eq(u32, lines_down(it), cases[i].down), "%s", act);
        cr_expect(eq(sz, it->record_n, cases[i].down), "%s", act);
        cr_expect(eq(u32, toy_alarms(it), cases[i].down), "%s", act);
        snprintf(act, sizeof act, "repair %s", cases[i].what);
        toy_act(it, act);
        cr_expect(eq(u32, lines_down(it), 0), "%s", act);
        toy_for(it, 2 * DD_MINUTE);
        cr_expect(eq(u32, toy_alarms(it), 0), "%s", act);
    }
    toy_close(it);
}

// The area's outage holds a line whose own fault has been repaired, and the other way round.
Test(line, outages_add_up) {
    toy *it = with_outages(0, "lte", 1);
    toy_act(it, "fail ward:W-1-0 outage");
    toy_act(it, "fail segment:S-1-0 line");
    toy_act(it, "repair segment:S-1-0");
    cr_expect(eq(u32, lines_down(it), 3));
    toy_act(it, "fail segment:S-1-0 line");
    toy_act(it, "repair ward:W-1-0 outage");
    cr_expect(eq(u32, lines_down(it), 1));
    toy_close(it);
}

// By nature too they come together: of lines that have only their operator's outages each is down
// when the other is.
Test(line, natural_outages_of_an_operator_are_shared) {
    toy_def def = toy_default();
    def.backhaul = "lte";
    def.settings.backhaul_mobile_a = 100;
    def.settings.backhaul_outages = 1;
    def.settings.backhaul_operator_mtbf_h = 24;
    toy *it = toy_open(&def);
    uint32_t both = 0, differ = 0;
    for (dd_time t = 0; t < 30 * DD_DAY; t += 10 * DD_MINUTE) {
        dd_outage_source a = dd_line_source(it->world, 1, DD_LINE_OPERATOR),
                         b = dd_line_source(it->world, 2, DD_LINE_OPERATOR),
                         own = dd_line_source(it->world, 2, DD_LINE_ITSELF);
        both += dd_outage_at(&a, t) && dd_outage_at(&b, t);
        differ += dd_outage_at(&a, t) != dd_outage_at(&b, t);
        cr_expect(ne(u64, a.stable, own.stable));
    }
    cr_expect(gt(u32, both, 100));
    cr_expect(eq(u32, differ, 0));
    toy_close(it);
}

// --- What it carries and costs ---

// Both ends count the same, but for what is under way; an hour of a silent street is some
// keep-alives and its readings.
Test(line, traffic_is_counted_and_paid_for) {
    toy_def def = toy_default();
    def.backhaul = "lte";
    toy *it = toy_start(&def, TOY_BIT(DD_REC_TRAFFIC));
    toy_for(it, DD_DAY + DD_MINUTE);
    const dd_line *up = &toy_segment(it, 1)->house->line,
                  *down = &toy_hub(it)->centre.sessions[1].line;
    cr_expect(le(u64, up->counts.messages - down->arrived.messages, 2));
    cr_expect(le(u64, down->counts.messages - up->arrived.messages, 2));
    size_t n = 0;
    const dd_record *last = NULL;
    for (size_t i = 0; i < it->record_n; i++)
        if (it->records[i].entity == toy_entity(it, "segment:S-1-0")) {
            last = &it->records[i];
            n++;
        }
    cr_assert(eq(sz, n, 24));
    double mb = (double)(last->value[0] + last->value[1]) / 1e6;
    cr_expect(epsilon_eq(dbl, last->value[3] / 1e3, mb * 100 + 15000.0 / 30, 1));
    toy_close(it);
}
