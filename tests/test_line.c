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

// Follows the records of one line; false when they do not alternate, or are not true.
static void check_line(const toy *it, uint32_t segment) {
    uint32_t entity = dd_world_entity(it->world, DD_ENTITY_SEGMENT, segment);
    bool up = true;
    dd_time since = 0;
    const dd_backhaul_profile *profile = &it->world->profiles[it->world->segment_profile[segment]];
    dd_backhaul_line line = dd_line_identity(it->world, segment);
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->entity != entity) continue;
        cr_expect(ne(i32, (int)record->value[0], up), "a change is a change");
        for (dd_time t = since; t < record->time; t += (record->time - since) / 50 + 1)
            cr_expect(eq(i32, !dd_backhaul_outage_at(profile, line, t), up));
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
    const dd_backhaul_profile *profile = &it->world->profiles[it->world->segment_profile[1]];
    dd_backhaul_line line = dd_line_identity(it->world, 1);
    dd_time t = DD_HOUR;
    while (!dd_backhaul_outage_at(profile, line, t) ||
           !dd_backhaul_outage_at(profile, line, t + 30 * DD_MINUTE))
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
            dd_word word = {.kind = DD_WORD_ALIVE};
            cr_assert(dd_line_send(segment, &line, DD_KIND_WORD, 1, &word, sizeof word));
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
    cr_expect(gt(u64, toy_segment(it, 2)->house->line.lost, 0));
    cr_expect(eq(u64, toy_segment(it, 1)->house->line.lost, 0));
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
        const dd_core *core = &toy_segment(it, 1)->house->core;
        cr_expect(gt(u32, dd_core_log_size(core), 5), "readings have piled up");
        toy_act(it, "repair segment:S-1-0");
        toy_for(it, 90 * DD_SECOND);
        cr_expect(le(u32, dd_core_log_size(core), 1), "after %d min %u words still wait", minutes,
                  dd_core_log_size(core));
        toy_close(it);
    }
}
