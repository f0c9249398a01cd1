// The whole world at work: what a run may depend on, and what it may not.
#include "tests/toy_city.h"

enum { EVENTFUL = 40 };
#define EVERYTHING (~(uint64_t)0 >> (64 - DD_REC_KINDS))

// --- Refusals ---

static void expect_refused(toy *it, const char *what) {
    dd_error error = {DD_OK, ""};
    dd_world_def def = {.city = &it->city, .settings = it->def.settings, .seed = 1};
    cr_expect(dd_twin_open(&def, &error) == NULL);
    cr_expect(eq(int, error.status, DD_WRONG));
    cr_expect(strstr(error.text, what) != NULL, "%s", error.text);
    toy_close(it);
}

Test(world, refuses_more_feeders_than_a_controller_has_inputs) {
    toy_def def = toy_default();
    def.segment_n = 5;
    toy *it = toy_open(&def);
    for (int i = 1; i <= 5; i++)
        it->feeders[i].segment = 1;
    expect_refused(it, "S-1-0 has 5 feeders");
}

Test(world, refuses_more_lamps_than_a_controller_takes) {
    toy_def def = toy_default();
    def.segment_n = 1;
    def.lamp_n = 251;
    def.spacing_m = 1;
    toy *it = calloc(1, sizeof *it);
    it->def = def;
    it->segments[1] =
        (dd_segment){.id = (char *)(uintptr_t) "S-1", .lamp_count = 251, .first_lamp = 1};
    it->city = (dd_city){.name = (char *)(uintptr_t) "Toy",
                         .segment_n = 2,
                         .lamp_n = 1,
                         .feeder_n = 1,
                         .cabinet_n = 1,
                         .road_n = 1,
                         .ward_n = 1,
                         .segments = it->segments};
    dd_error error = {DD_OK, ""};
    dd_world_def world = {.city = &it->city, .settings = def.settings, .seed = 1};
    cr_expect(dd_twin_open(&world, &error) == NULL);
    cr_expect(strstr(error.text, "251 lamps") != NULL, "%s", error.text);
    free(it);
}

// --- An eventful night, played in many ways ---

typedef struct moment {
    dd_time t;
    const char *act;
} moment;

static const moment night_of_all[] = {
    {30 * DD_MINUTE, "fail lamp:L-1-3 node_dead"},
    {2 * DD_HOUR, "fail feeder:S-1-0 phase_l2"},
    {2 * DD_HOUR + 7 * DD_MINUTE, "override city 30% 20m"},
    {3 * DD_HOUR, "fail segment:S-2-0 blackout"},
    {3 * DD_HOUR + 20 * DD_MINUTE, "repair segment:S-2-0"},
    {4 * DD_HOUR, "fail segment:S-3-0 line"},
    {4 * DD_HOUR + 1, "read segment:S-3-0"},
    {5 * DD_HOUR, "repair segment:S-3-0"},
    {5 * DD_HOUR, "repair feeder:S-1-0"},
    {6 * DD_HOUR, "program city sunset=100,22:00=50,sunrise=0"},
    {7 * DD_HOUR, "fail segment:S-1-0 controller"},
    {7 * DD_HOUR + 10 * DD_SECOND, "fail lamp:L-2-9 stuck_on"},
    {8 * DD_HOUR, "repair segment:S-1-0"},
};

// Plays it in steps of at most `slice` (drawn when 0), or event by event when negative.
static void play(toy *it, dd_time slice, dd_time end) {
    dd_engine *engine = it->world->engine;
    size_t next = 0;
    for (uint64_t i = 0; engine->now < end; i++) {
        dd_time until = next < DD_COUNT(night_of_all) ? night_of_all[next].t : end;
        if (slice < 0) {
            while (dd_engine_step(engine, until)) {
            }
        } else {
            static const dd_time scale[] = {DD_MILLISECOND, 30 * DD_MILLISECOND, DD_SECOND,
                                            10 * DD_SECOND};
            dd_random4 word = dd_random(9, 9, 9, i);
            dd_time drawn = scale[word.v[0] % 4] * (1 + word.v[1] % 10);
            dd_time at = engine->now + (slice ? slice : drawn);
            dd_engine_advance(engine, at < until ? at : until);
        }
        dd_stream_flush(&engine->stream);
        while (next < DD_COUNT(night_of_all) && night_of_all[next].t <= engine->now)
            toy_act(it, night_of_all[next++].act);
    }
    dd_twin_settle(it->world);
    dd_stream_flush(&engine->stream);
}

static toy_def eventful(const char *backhaul) {
    toy_def def = toy_default();
    def.backhaul = backhaul;
    def.settings.backhaul_outages = 50;
    def.settings.citizens_per_day = 500;
    def.settings.citizens_notice_h = 1;
    return def;
}

static void digest_of(dd_time slice, const char *backhaul, char text[static DD_DIGEST_TEXT]) {
    toy_def def = eventful(backhaul);
    toy *it = toy_start(&def, 0);
    play(it, slice, 14 * DD_HOUR);
    toy_digest(it, text);
    toy_close(it);
}

// In one go, in slices, and event by event: the same digest. Nothing leaks from one run to the
// next.
Test(world, slices_do_not_show) {
    for (const dd_backhaul_def *def = dd_backhaul_defs; def->name; def++) {
        char once[DD_DIGEST_TEXT], again[DD_DIGEST_TEXT], sliced[DD_DIGEST_TEXT];
        digest_of(DD_DAY, def->name, once);
        digest_of(DD_DAY, def->name, again);
        digest_of(0, def->name, sliced);
        cr_expect(eq(str, once, again), "%s", def->name);
        cr_expect(eq(str, once, sliced), "%s", def->name);
    }
}

Test(world, steps_do_not_show) {
    char once[DD_DIGEST_TEXT], stepped[DD_DIGEST_TEXT];
    digest_of(DD_DAY, "lte", once);
    digest_of(-1, "lte", stepped);
    cr_expect(eq(str, once, stepped));
}

// Segments that cannot disturb each other may share a domain.
Test(world, shared_domains_do_not_show) {
    static const uint32_t partitions[][4] = {{0, 1, 1, 1}, {0, 1, 2, 1}, {0, 2, 1, 1}};
    char apart[DD_DIGEST_TEXT], together[DD_DIGEST_TEXT];
    digest_of(DD_DAY, "lte", apart);
    for (size_t i = 0; i < DD_COUNT(partitions); i++)
        for (int sliced = 0; sliced < 2; sliced++) {
            toy_def def = eventful("lte");
            def.neighbourhood = partitions[i];
            toy *it = toy_start(&def, 0);
            play(it, sliced ? 0 : DD_DAY, 14 * DD_HOUR);
            toy_digest(it, together);
            cr_expect(eq(str, apart, together), "partition %zu", i);
            toy_close(it);
        }
}

// Who listens changes nothing.
Test(world, listeners_do_not_show) {
    char quiet[DD_DIGEST_TEXT], told[DD_DIGEST_TEXT];
    digest_of(DD_DAY, "lte", quiet);
    toy_def def = eventful("lte");
    toy *it = toy_start(&def, EVERYTHING);
    play(it, DD_DAY, 14 * DD_HOUR);
    toy_digest(it, told);
    cr_expect(eq(str, quiet, told));
    toy_close(it);
}

Test(world, the_seed_shows) {
    toy_def def = eventful("lte");
    char one[DD_DIGEST_TEXT], two[DD_DIGEST_TEXT];
    digest_of(DD_DAY, "lte", one);
    def.seed = 2;
    toy *it = toy_start(&def, 0);
    play(it, DD_DAY, 14 * DD_HOUR);
    toy_digest(it, two);
    cr_expect(ne(str, one, two));
    toy_close(it);
}

// --- Nobody else's luck ---

// The segment that a record's entity belongs to, or 0.
static uint32_t segment_of(const toy *it, const dd_record *record) {
    const dd_entity *entity = &it->world->entities.all[record->entity];
    uint32_t index = dd_world_index(it->world, record->entity);
    if (entity->type == DD_ENTITY_LAMP) return it->city.lamps[index].segment;
    bool own = entity->type == DD_ENTITY_SEGMENT || entity->type == DD_ENTITY_FEEDER ||
               entity->type == DD_ENTITY_ROAD; // one each
    return own ? index : 0;
}

// A sum over all records of the segments in `of`, whatever their order and indices. Of reports and
// commands not the numbers, which count what happens in the whole city.
static dd_digest digest_of_segments(const toy *it, uint32_t of, bool reports) {
    dd_digest sum = {{0, 0}};
    for (size_t i = 0; i < it->record_n; i++) {
        dd_record record = it->records[i];
        dd_record_kind kind = dd_schema.kinds[record.kind];
        uint32_t segment = segment_of(it, &record);
        bool report = record.kind == DD_REC_REPORT;
        if (!(of >> segment & 1) || report != reports || record.kind == DD_REC_ACTION) continue;
        if (strcmp(kind.fields[0].name, "number") == 0) record.value[0] = 0;
        dd_digest_add(&sum, &record, &kind, &it->world->entities);
    }
    return sum;
}

static dd_digest others(const toy_def *def, const char *act, bool reports) {
    toy *it = toy_start(def, EVERYTHING);
    toy_until(it, "20:00");
    if (act) toy_act(it, act);
    toy_until(it, "06:00");
    dd_digest digest = digest_of_segments(it, 1 << 1 | 1 << 3, reports);
    toy_close(it);
    return digest;
}

static bool same(dd_digest a, dd_digest b) {
    return a.lane[0] == b.lane[0] && a.lane[1] == b.lane[1];
}

// Down to the last hop of the last message of every other segment.
Test(world, a_lamp_more_changes_nobody_else) {
    toy_def def = toy_default();
    dd_digest before = others(&def, NULL, false);
    def.one_more_in = 2;
    cr_expect(same(before, others(&def, NULL, false)));
    def.seed = 2;
    cr_expect(not(same(before, others(&def, NULL, false))), "the sum tells runs apart");
}

Test(world, a_fault_changes_nobody_else) {
    static const char *const acts[] = {"fail lamp:L-2-7 node_dead", "fail feeder:S-2-0 breaker",
                                       "fail segment:S-2-0 blackout", "fail segment:S-2-0 line",
                                       "override segment:S-2-0 10%"};
    toy_def def = toy_default();
    dd_digest before = others(&def, NULL, false);
    for (size_t i = 0; i < DD_COUNT(acts); i++)
        cr_expect(same(before, others(&def, acts[i], false)), "%s", acts[i]);
}

// What citizens report elsewhere neither: whom, what about, how wrong.
Test(world, a_fault_changes_no_report_elsewhere) {
    toy_def def = toy_default();
    def.settings.citizens_per_day = 300;
    def.settings.citizens_notice_h = 1;
    dd_digest before = others(&def, NULL, true);
    cr_expect(same(before, others(&def, "fail feeder:S-2-0 breaker", true)));
}

// Another lamp: only what it wins itself may move.
Test(world, a_lamp_more_moves_few_reports) {
    toy_def def = toy_default();
    def.settings.citizens_per_day = 3000;
    def.settings.citizens_ward_spread = 1;
    uint32_t filed[2][4] = {{0}};
    for (int more = 0; more < 2; more++) {
        def.one_more_in = more ? 2 : 0;
        toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT));
        toy_for(it, DD_DAY);
        for (size_t i = 0; i < it->record_n; i++)
            filed[more][segment_of(it, &it->records[i])]++;
        toy_close(it);
    }
    cr_expect(gt(u32, filed[0][1], 500));
    for (int segment = 1; segment <= 3; segment += 2) {
        cr_expect(le(u32, filed[1][segment], filed[0][segment]), "nobody else gains");
        cr_expect(gt(u32, filed[1][segment] + 40, filed[0][segment]), "one lamp wins 1 in 91");
    }
}

// --- The ends of what may be set ---

Test(world, bears_every_setting_at_its_ends) {
    for (size_t i = 0; i < dd_setting_count; i++)
        for (int most = 0; most < 2; most++) {
            const dd_setting_info *info = &dd_setting_table[i];
            toy_def def = toy_default();
            def.segment_n = 1;
            def.lamp_n = 10; // the least interval of RPL keeps many busy
            double value = most ? info->most : info->least;
            cr_assert(dd_setting_check(info, value, NULL));
            dd_setting_put(&def.settings, info, value);
            toy *it = toy_start(&def, 0);
            toy_until(it, "19:00");
            toy_act(it, "fail feeder:S-1-0 phase_l2");
            toy_act(it, "override city 50% 1h");
            toy_until(it, "22:00");
            toy_act(it, "repair feeder:S-1-0");
            toy_act(it, "fail segment:S-1-0 blackout");
            toy_until(it, "23:00");
            toy_act(it, "repair segment:S-1-0");
            toy_until(it, "07:00");
            toy_act(it, "fail segment:S-1-0 controller");
            toy_for(it, DD_DAY);
            cr_expect(ge(dbl, toy_measure(it, 1).energy_wh, 0), "%s = %g", info->name, value);
            toy_close(it);
        }
}
