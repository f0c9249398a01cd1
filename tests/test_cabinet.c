// A cabinet at work: what its inputs show, how its contactors move, what the grid does to it.
#include "models/power/cabinet.h"
#include "models/power/feeder.h"
#include "models/power/grid.h"
#include "models/power/inputs.h"
#include "models/sky/sky.h"
#include "tests/source.h"
#include "tests/toy_city.h"

static toy_def street(void) {
    toy_def def = toy_default();
    def.segment_n = 1;
    def.kind = DD_STREET_75;
    def.start = "2020-08-03 12:00";
    return def;
}

static dd_domain *domain_of(const toy *it) {
    dd_domain *domain = &it->world->engine->domains[dd_world_domain(it->world, 1)];
    domain->now = it->world->engine->now;
    return domain;
}

static dd_cabinet_reading read_it(const toy *it) {
    dd_cabinet_reading reading;
    dd_cabinet_read(domain_of(it), toy_segment(it, 1), &reading);
    return reading;
}

static uint8_t live(const toy *it) {
    return read_it(it).feeders[1].live_phases;
}

static void unmanage(const toy *it) {
    dd_cabinet_managed(domain_of(it), toy_segment(it, 1), false);
}

// --- Hand switch and contactor ---

// What passes and what the inputs say, fault by fault.
Test(cabinet, ways_past_a_contactor) {
    const struct {
        const char *faults[2];
        uint8_t wanted, live; // commanded; phases behind it
        bool contactor, override;
    } cases[] = {
        {{NULL, NULL}, 1, 7, true, false},
        {{NULL, NULL}, 0, 0, false, false},
        {{"contactor_welded", NULL}, 0, 7, true, false},
        {{"contactor_welded", NULL}, 1, 7, true, false},
        {{"contactor_dead", NULL}, 1, 0, false, false},
        {{"bypass", NULL}, 0, 7, false, true},
        {{"bypass", "contactor_dead"}, 1, 7, false, true},
        {{"switched_off", NULL}, 1, 0, false, true},
        {{"switched_off", "contactor_welded"}, 1, 0, true, true},
    };
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        toy_def def = street();
        toy *it = toy_start(&def, 0);
        char act[64];
        for (int k = 0; k < 2 && cases[i].faults[k]; k++) {
            snprintf(act, sizeof act, "fail feeder:S-1-0 %s", cases[i].faults[k]);
            toy_act(it, act);
        }
        dd_cabinet_contactor(domain_of(it), toy_segment(it, 1), 1, cases[i].wanted);
        dd_feeder_reading reading = read_it(it).feeders[1];
        cr_expect(eq(u8, reading.live_phases, cases[i].live), "case %zu", i);
        cr_expect(eq(int, reading.contactor, cases[i].contactor), "case %zu", i);
        cr_expect(eq(int, reading.override, cases[i].override), "case %zu", i);
        toy_act(it, "repair feeder:S-1-0");
        dd_cabinet_contactor(domain_of(it), toy_segment(it, 1), 1, true);
        cr_expect(eq(u8, live(it), 7), "case %zu", i);
        toy_close(it);
    }
}

// A coil holds down to half its voltage, but does not pull below 85 %.
Test(cabinet, coils_need_voltage) {
    const struct {
        double percent;
        uint8_t held, pulled;
    } cases[] = {{90, 7, 7}, {84, 7, 0}, {51, 7, 0}, {49, 0, 0}};
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        toy_def def = street();
        def.settings.power_brownout = cases[i].percent;
        toy *it = toy_start(&def, 0);
        toy_act(it, "fail segment:S-1-0 brownout");
        cr_expect(eq(u8, live(it), cases[i].held), "%g %%", cases[i].percent);
        dd_cabinet_contactor(domain_of(it), toy_segment(it, 1), 1, false);
        dd_cabinet_contactor(domain_of(it), toy_segment(it, 1), 1, true);
        cr_expect(eq(u8, live(it), cases[i].pulled), "%g %%", cases[i].percent);
        toy_act(it, "repair segment:S-1-0");
        toy_for(it, 5 * DD_SECOND);
        cr_expect(eq(u8, live(it), 7));
        toy_close(it);
    }
}

Test(cabinet, a_brownout_is_felt_at_the_poles) {
    toy_def def = street();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_GRID));
    dd_segment_state *segment = toy_segment(it, 1);
    cr_expect(eq(u16, dd_feeder_voltage_dv(domain_of(it), segment, 1), 2200));
    toy_act(it, "fail segment:S-1-0 brownout");
    cr_expect(eq(u16, dd_feeder_voltage_dv(domain_of(it), segment, 1), 1540));
    cr_expect(eq(u16, read_it(it).feeders[1].voltage_dv[2], 1540));
    cr_expect(read_it(it).mains);
    toy_act(it, "repair segment:S-1-0");
    cr_expect(eq(u16, dd_feeder_voltage_dv(domain_of(it), segment, 1), 2200));
    toy_for(it, DD_SECOND);
    cr_assert(eq(sz, it->record_n, 2));
    cr_expect(eq(i64, it->records[0].value[0], DD_GRID_LOW));
    cr_expect(eq(i64, it->records[1].value[0], DD_GRID_NORMAL));
    toy_close(it);
}

// The city of three streets, two feeders to a cabinet: after a blackout, and when both are
// commanded at once, the second closes `cabinet.stagger_s` after the first.
Test(cabinet, contactors_close_one_after_another) {
    dd_city city;
    dd_error error = {DD_OK, ""};
    cr_assert(dd_city_read(source_path("tests/cities/three_streets.geojson"), &city, &error), "%s",
              error.text);
    dd_world_def def = dd_world_default_def();
    def.city = &city;
    def.settings.backhaul_outages = 0;
    def.settings.cabinet_stagger_s = 3;
    def.seed = 1;
    dd_world *world = dd_twin_open(&def, &error);
    cr_assert(world != NULL, "%s", error.text);
    dd_twin_start(world);
    dd_engine *engine = world->engine;
    const dd_segment_state *segment = dd_segment_at(world, 1);
    cr_assert(eq(u8, segment->feeder_n, 2));
    dd_engine_advance(engine, DD_HOUR);
    cr_assert(dd_action_do_text(world, "fail segment:S-01 blackout", &error), "%s", error.text);
    dd_engine_advance(engine, engine->now + DD_MINUTE);
    cr_expect(eq(int, segment->feeders[1].live_phases | segment->feeders[2].live_phases, 0));
    cr_assert(dd_action_do_text(world, "repair segment:S-01", &error), "%s", error.text);
    cr_expect(eq(u8, segment->feeders[1].live_phases, 7));
    cr_expect(eq(u8, segment->feeders[2].live_phases, 0));
    dd_engine_advance(engine, engine->now + 3 * DD_SECOND - 1);
    cr_expect(eq(u8, segment->feeders[2].live_phases, 0));
    dd_engine_advance(engine, engine->now + 2);
    cr_expect(eq(u8, segment->feeders[2].live_phases, 7));
    dd_twin_close(world);
    dd_city_fini(&city);
}

// One that waits for its turn when the mains go again does not close in the dark.
Test(cabinet, a_second_blackout_while_one_waits) {
    toy_def def = street();
    def.settings.cabinet_stagger_s = 10;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_FEEDER_SUPPLY));
    for (int i = 0; i < 3; i++) {
        toy_act(it, "fail segment:S-1-0 blackout");
        toy_for(it, DD_SECOND);
        cr_expect(eq(u8, live(it), 0));
        toy_act(it, "repair segment:S-1-0");
        toy_for(it, DD_SECOND);
    }
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u8, live(it), 7));
    toy_close(it);
}

// --- The backup timer ---

// Without a controller: permanent feeders stay live; switched ones follow the cabinet's photocell.
Test(cabinet, the_backup_timer_follows_the_photocell) {
    for (int switched = 0; switched < 2; switched++) {
        toy_def def = street();
        def.settings.cabinet_switched = switched;
        toy *it = toy_start(&def, 0);
        toy_act(it, "fail segment:S-1-0 controller");
        unmanage(it);
        toy_act(it, "fail segment:S-1-0 photocell_bright");
        cr_expect(not(read_it(it).dark));
        cr_expect(eq(u8, live(it), switched ? 0 : 7));
        toy_act(it, "repair segment:S-1-0 photocell_bright");
        toy_act(it, "fail segment:S-1-0 photocell_dark");
        toy_for(it, DD_MINUTE);
        cr_expect(read_it(it).dark);
        cr_expect(eq(u8, live(it), 7));
        toy_close(it);
    }
}

// It sees the sun go: live some minutes after sunset (18:13), dead in the morning (sunrise 05:42).
Test(cabinet, from_dusk_to_dawn) {
    toy_def def = street();
    def.settings.cabinet_switched = 1;
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail segment:S-1-0 controller");
    unmanage(it);
    cr_expect(eq(u8, live(it), 0));
    toy_until(it, "18:00");
    cr_expect(eq(u8, live(it), 0));
    toy_until(it, "18:45");
    cr_expect(eq(u8, live(it), 7));
    toy_until(it, "05:00");
    cr_expect(eq(u8, live(it), 7));
    toy_until(it, "06:00");
    cr_expect(eq(u8, live(it), 0));
    toy_close(it);
}

// Lamps without nodes cannot switch themselves: their feeder is switched whatever the setting says.
Test(cabinet, lamps_without_nodes_are_switched) {
    toy_def def = street();
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail segment:S-1-0 controller");
    unmanage(it);
    toy_act(it, "fail segment:S-1-0 photocell_bright");
    cr_expect(eq(u8, live(it), 7));
    toy_node(it, 1, 7)->model = DD_HPS_150;
    dd_cabinet_sky(domain_of(it), toy_segment(it, 1));
    cr_expect(eq(u8, live(it), 0));
    toy_close(it);
}

// --- Inputs ---

// Every change is one record of the right entity, and a return is another.
Test(cabinet, inputs_are_told_once) {
    const struct {
        const char *fault, *entity;
        dd_cabinet_input input;
        bool state;
    } cases[] = {
        {"door_open", "segment:S-1-0", DD_CABINET_DOOR, true},
        {"bypass", "feeder:S-1-0", DD_CABINET_OVERRIDE, true},
        {"breaker", "feeder:S-1-0", DD_CABINET_BREAKER, true},
        {"contactor_dead", "feeder:S-1-0", DD_CABINET_CONTACTOR, false},
        {"leakage", "feeder:S-1-0", DD_CABINET_LEAKAGE, true},
    };
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        toy_def def = street();
        toy *it = toy_start(&def, TOY_BIT(DD_REC_CABINET));
        toy_for(it, DD_SECOND);
        size_t first = it->record_n; // what the start has told
        char act[64];
        for (int on = 1; on >= 0; on--) {
            snprintf(act, sizeof act, "%s %s %s", on ? "fail" : "repair", cases[i].entity,
                     cases[i].fault);
            toy_act(it, act);
            toy_act(it, act);
            toy_for(it, DD_SECOND);
        }
        cr_assert(eq(sz, it->record_n, first + 2), "%s", cases[i].fault);
        for (int k = 0; k < 2; k++) {
            const dd_record *record = &it->records[first + (size_t)k];
            cr_expect(eq(u32, record->entity, toy_entity(it, cases[i].entity)));
            cr_expect(eq(i64, record->value[0], cases[i].input));
            cr_expect(eq(i64, record->value[1], k == 0 ? cases[i].state : !cases[i].state));
        }
        toy_close(it);
    }
}

// Water over the ground at the cabinet opens the residual current devices.
Test(cabinet, a_tide_floods_low_streets) {
    toy_def def = street();
    toy *it = toy_start(&def, 0);
    int32_t ground_mm = dd_sky_ground_mm(it->world, 1);
    cr_expect(eq(i32, ground_mm, 2000)); // the setting; a city's file may say otherwise
    char act[64];
    snprintf(act, sizeof act, "weather water=%.2f", (ground_mm - 50) / 1000.0);
    toy_act(it, act);
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u8, live(it), 7));
    snprintf(act, sizeof act, "weather water=%.2f", (ground_mm + 50) / 1000.0);
    toy_act(it, act);
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u8, live(it), 0));
    cr_expect(read_it(it).feeders[1].tripped);
    toy_close(it);
}

// --- The grid ---

// Under nature a cabinet has what the grid gives its ward at every moment, for 20 days of a grid
// that is a hundred times worse than usual; in calm times it has everything.
Test(cabinet, has_what_the_grid_gives) {
    for (int nature = 0; nature < 2; nature++) {
        toy_def def = street();
        def.settings.nature = nature;
        def.settings.grid_outages = 100;
        def.settings.light_failures = 0;
        def.settings.mesh_off = 1;
        toy *it = toy_start(&def, TOY_BIT(DD_REC_GRID));
        uint64_t ward = dd_world_stable(it->world, toy_entity(it, "ward:W-1-0"));
        dd_grid_area area = {def.seed, ward, nature ? 100000 : 0};
        uint32_t dead = 0;
        for (int quarter = 1; quarter < 20 * 96; quarter++) {
            toy_to(it, quarter * 15 * DD_MINUTE);
            dd_grid_supply supply = dd_grid_at(area, it->world->engine->now - 1);
            const dd_cabinet_state *cabinet = &toy_segment(it, 1)->cabinet;
            cr_expect(eq(u8, cabinet->phases, supply.phases));
            if (supply.phases) cr_expect(eq(u16, cabinet->voltage_pm, supply.voltage_pm));
            dead += !supply.phases;
        }
        cr_expect(eq(int, dead > 50, nature));
        cr_expect(eq(int, it->record_n > 100, nature));
        toy_close(it);
    }
}
