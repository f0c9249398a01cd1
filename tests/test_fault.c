// What fails shows as it should, is told to the centre, and leaves nothing behind when repaired.
#include "tests/toy_city.h"

// --- The signatures of facts A3 ---

typedef struct signature {
    const char *fault;
    uint16_t day_pm, full_pm, dimmed_pm; // light: by day, at 100 %, at 60 %
    bool own_w, driver_w;                // what is drawn when dark: the node's share, the driver's
    dd_alarm_kind alarms[3];             // over a day; DD_ALARM_NONE ends them
} signature;

static const signature signatures[] = {
    {"led_open", 0, 0, 0, true, true, {DD_ALARM_LAMP_FAILURE, DD_ALARM_POWER_LOW}},
    {"driver_dead", 0, 0, 0, true, false, {DD_ALARM_LAMP_FAILURE, DD_ALARM_CONTROL_GEAR}},
    {"stuck_on",
     1000,
     1000,
     1000,
     true,
     true,
     {DD_ALARM_UNEXPECTED_ON, DD_ALARM_RELAY, DD_ALARM_DIMMING}}, // nor does it dim
    {"no_dimming", 0, 1000, 1000, true, true, {DD_ALARM_DIMMING}},
    {"node_dead", 1000, 1000, 1000, false, true, {DD_ALARM_COMMUNICATION}},
};

static void expect_light(const toy *it, const signature *sign, uint16_t light_pm) {
    const dd_node *node = toy_node(it, 1, 3);
    uint32_t nominal_mw = dd_luminaire_models[it->lamps[3].kind].power_mw;
    uint32_t own_mw = sign->own_w ? 1500 : 0;
    cr_expect(eq(u16, node->light_pm, light_pm), "%s", sign->fault);
    uint32_t lit_mw = light_pm ? nominal_mw : sign->driver_w ? 400 : 0;
    cr_expect(eq(u32, node->power_mw, lit_mw + own_mw), "%s", sign->fault);
}

// A day with each fault on each kind of luminaire: the light and the power are its own, the right
// alarms are raised once each, and a day after the repair none is left.
Test(fault, signatures) {
    for (size_t i = 0; i < DD_COUNT(signatures); i++) {
        const signature *sign = &signatures[i];
        for (uint8_t kind = 1; kind < DD_PROJECT_KINDS; kind++) {
            toy_def def = toy_one_street(kind, "2020-08-03 12:00");
            toy *it = toy_start(&def, TOY_BIT(DD_REC_ALARM_RAISED));
            char act[64];
            snprintf(act, sizeof act, "fail lamp:L-1-3 %s", sign->fault);
            toy_act(it, act);
            toy_for(it, DD_HOUR);
            expect_light(it, sign, sign->day_pm);
            toy_until(it, "22:00");
            expect_light(it, sign, sign->full_pm);
            toy_until(it, "02:00");
            expect_light(it, sign, sign->dimmed_pm);
            size_t n = 0;
            for (; n < DD_COUNT(sign->alarms) && sign->alarms[n]; n++)
                cr_expect(toy_alarm(it, "lamp:L-1-3", sign->alarms[n]), "%s on kind %u",
                          sign->fault, kind);
            toy_until(it, "12:00");
            cr_expect(eq(sz, it->record_n, n), "%s on kind %u", sign->fault, kind);
            toy_act(it, "repair lamp:L-1-3");
            toy_for(it, DD_DAY);
            cr_expect(eq(u32, toy_alarms(it), 0), "%s on kind %u", sign->fault, kind);
            cr_expect(eq(u16, toy_node(it, 1, 3)->light_pm, 0));
            toy_close(it);
        }
    }
}

// A node that dies by day lets its driver shine at the failure level; the scenario may say another.
Test(fault, orphan_level) {
    toy_def def = toy_one_street(DD_STREET_75, "2020-08-03 12:00");
    def.settings.node_orphan_level = 0;
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail lamp:L-1-3 node_dead");
    toy_until(it, "22:00");
    cr_expect(eq(u16, toy_node(it, 1, 3)->light_pm, 0));
    toy_act(it, "repair lamp:L-1-3");
    toy_for(it, 5 * DD_SECOND);
    cr_expect(eq(u16, toy_node(it, 1, 3)->light_pm, 1000), "it knows its schedule by heart");
    toy_close(it);
}

// --- Supply ---

Test(fault, a_dead_phase_takes_its_lamps_only) {
    toy_def def = toy_one_street(0, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    toy_until(it, "21:00");
    toy_act(it, "fail feeder:S-1-0 phase_l2");
    toy_for(it, DD_MINUTE);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u16, toy_node(it, 1, lamp)->light_pm, it->lamps[lamp].phase == 1 ? 0 : 1000));
    toy_for(it, DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 1), "one for the feeder, none for its lamps");
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_for(it, DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).dark, 30));
    toy_act(it, "repair feeder:S-1-0 breaker");
    toy_for(it, 5 * DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).dark, 10), "the phase is still dead");
    toy_act(it, "repair feeder:S-1-0");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).dark, 0));
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

// By day as well: lit at the driver's power-on level until the node has started, then dark again.
Test(fault, a_feeder_back_by_day_flashes_and_goes_dark) {
    toy_def def = toy_one_street(0, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_for(it, DD_HOUR);
    toy_act(it, "repair feeder:S-1-0");
    toy_for(it, 2 * DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).lit, 30));
    toy_for(it, 3 * DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).lit, 0));
    toy_close(it);
}

// A blackout over dusk: the lamps light up as they should have meanwhile.
Test(fault, a_switch_time_missed_in_the_dark_is_made_up) {
    toy_def def = toy_one_street(0, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_until(it, "23:30");
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, 10 * DD_SECOND);
    dd_lamp_measure all = toy_measure(it, 1);
    cr_expect(eq(u32, all.lit, 30));
    cr_expect(lt(dbl, all.level_sum, 0.62 * 30), "and dimmed, for it is past 23:00");
    toy_close(it);
}

Test(fault, twice_is_once) {
    toy_def def = toy_one_street(0, "2020-08-03 12:00");
    toy *it = toy_start(&def, TOY_BIT(DD_REC_FEEDER_SUPPLY) | TOY_BIT(DD_REC_CONTROLLER));
    for (int i = 0; i < 2; i++) {
        toy_act(it, "fail segment:S-1-0 blackout");
        toy_act(it, "fail segment:S-1-0 controller");
        toy_for(it, DD_SECOND);
    }
    cr_expect(eq(sz, it->record_n, 2));
    toy_act(it, "repair segment:S-1-0");
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(sz, it->record_n, 4));
    toy_close(it);
}

// What is asked, done or repaired at the same moment finds it so.
Test(fault, takes_effect_at_once) {
    toy_def def = toy_one_street(0, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    toy_until(it, "20:00");
    toy_act(it, "fail feeder:S-1-0 breaker");
    cr_expect(eq(u32, toy_measure(it, 1).dark, 30));
    toy_act(it, "fail segment:S-1-0 line");
    toy_act(it, "override city 10%"); // its order is lost
    toy_act(it, "repair segment:S-1-0");
    toy_act(it, "repair feeder:S-1-0");
    cr_expect(gt(dbl, toy_measure(it, 1).power_w, 30 * 1.5), "fed, and starting");
    toy_for(it, DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).dark, 0));
    toy_for(it, 15 * DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    cr_expect(eq(u32, toy_segment(it, 1)->feeders[1].live_phases, 7));
    toy_close(it);
}

// Something else that is chosen stands for what the fault happens to there.
Test(fault, goes_to_what_it_happens_to) {
    toy_def def = toy_default();
    def.segment_n = 2;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_FAULT));
    toy_until(it, "20:00");
    toy_act(it, "fail lamp:L-1-3 breaker");
    toy_act(it, "fail road:Street-1-0 breaker");
    cr_expect(eq(u32, toy_measure(it, 1).dark, 30), "its feeder, once");
    cr_expect(eq(u32, toy_measure(it, 2).dark, 0));
    toy_act(it, "repair segment:S-1-0 breaker");
    toy_for(it, DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).dark, 0));
    toy_act(it, "fail feeder:S-2-0 led_open");
    cr_expect(eq(u32, toy_measure(it, 1).dark, 0));
    cr_expect(eq(u32, toy_measure(it, 2).dark, 30), "its lamps");
    toy_act(it, "fail ward:W-1-0 blackout");
    cr_expect(eq(u32, toy_measure(it, 1).dark, 30), "both segments");
    toy_for(it, DD_SECOND);
    cr_expect(eq(sz, it->record_n, 1 + 1 + 1 + 30 + 2));
    toy_close(it);
}

Test(fault, only_what_fits) {
    toy_def def = toy_one_street(0, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    dd_error error = {DD_OK, ""};
    cr_expect(not(dd_action_do_text(it->world, "fail feeder:S-1-0 led_open_", &error)));
    cr_expect(strstr(error.text, "did you mean 'led_open'") != NULL, "%s", error.text);
    cr_expect(not(dd_action_do_text(it->world, "fail ward:W-2-0 breaker", &error)));
    cr_expect(strstr(error.text, "happens to a feeder, and there is none here") != NULL, "%s",
              error.text);
    cr_expect(not(dd_action_do_text(it->world, "fail feeder:S-1-0 jammer", &error)));
    cr_expect(strstr(error.text, "a lamp, a segment or a road, but S-1-0 is a feeder") != NULL,
              "%s", error.text);
    toy_close(it);
}

Test(fault, every_kind_is_in_the_table) {
    dd_error error;
    for (int fault = 1; dd_fault_names[fault]; fault++) {
        const dd_fault_info *info = &dd_faults[fault];
        cr_expect(eq(int, (int)dd_fault_find(dd_fault_names[fault], &error), fault));
        cr_expect(info->types != 0 && info->what != NULL, "%s", dd_fault_names[fault]);
        cr_expect(info->target == DD_ENTITY_NONE ||
                      dd_fault_happens_to((dd_fault_kind)fault, info->target),
                  "%s", dd_fault_names[fault]);
    }
}

// --- All at once ---

// Something fails, is repaired or commanded, drawn evenly, every few minutes of a night.
static void havoc(toy *it, uint64_t seed, int n) {
    for (int i = 0; i < n; i++) {
        dd_random4 word = dd_random(seed, 1, 2, (uint64_t)i),
                   more = dd_random(seed, 2, 2, (uint64_t)i);
        uint32_t segment = 1 + word.v[0] % 2;
        int fault = 1 + (int)(word.v[1] % (DD_FAULT_KINDS - 1)), what = (int)(word.v[2] % 10);
        char target[40], act[120];
        if (fault == DD_FAULT_OUTAGE) fault = DD_FAULT_LINE; // one of many lines at once
        dd_entity_type type = dd_faults[fault].target;
        if (!type) type = DD_ENTITY_SEGMENT; // a jammer at its controller
        if (fault == DD_FAULT_OUTAGE)
            snprintf(target, sizeof target, "city"); // the centre's own line
        else if (type == DD_ENTITY_LAMP)
            snprintf(target, sizeof target, "lamp:L-%u-%u", segment, 1 + more.v[0] % 30);
        else
            snprintf(target, sizeof target, "%s:S-%u-0", dd_entity_type_names[type], segment);
        if (what < 5)
            snprintf(act, sizeof act, "fail %s %s", target, dd_fault_names[fault]);
        else if (what < 7)
            snprintf(act, sizeof act, "repair %s", target);
        else if (what < 8)
            snprintf(act, sizeof act, "override segment:S-%u-0 %u%% 20m", segment, more.v[1] % 101);
        else if (what < 9)
            snprintf(act, sizeof act, "override lamp:L-%u-%u 10%%", segment, 1 + more.v[0] % 30);
        else
            snprintf(act, sizeof act, "program segment:S-%u-0 sunset=100,%02u:00=%u,sunrise=0",
                     segment, more.v[1] % 24, more.v[2] % 100);
        toy_act(it, act);
        toy_for(it, (dd_time)(more.v[3] % 600) * DD_SECOND);
    }
}

static void repair_all(toy *it) {
    toy_act(it, "repair city");
    for (uint32_t segment = 1; segment <= it->def.segment_n; segment++) {
        char act[40];
        snprintf(act, sizeof act, "repair segment:S-%u-0", segment);
        toy_act(it, act);
        snprintf(act, sizeof act, "repair feeder:S-%u-0", segment);
        toy_act(it, act);
        for (uint32_t lamp = 1; lamp <= it->def.lamp_n; lamp++) {
            snprintf(act, sizeof act, "repair lamp:L-%u-%u", segment, lamp);
            toy_act(it, act);
        }
    }
}

// All is as if nothing had been: nothing raised, held, under way or forgotten.
static void expect_health(const toy *it, uint64_t seed) {
    const dd_centre *centre = &toy_hub(it)->centre;
    uint32_t outcomes = 0;
    for (int i = 0; i < 4; i++)
        outcomes += centre->counts.by_outcome[i];
    cr_expect(eq(u32, toy_alarms(it), 0), "seed %lu", (unsigned long)seed);
    cr_expect(eq(u32, outcomes, centre->counts.sent), "every command ends");
    cr_expect(eq(u32, centre->commands.used, 0));
    cr_expect(le(u32, it->world->engine->domains[DD_HUB_DOMAIN].parcels.used, 4));
    for (uint32_t s = 1; s <= it->def.segment_n; s++) {
        const dd_segment_state *segment = toy_segment(it, s);
        dd_lamp_measure all = toy_measure(it, s);
        cr_expect(eq(u32, all.overridden, 0));
        cr_expect(eq(u32, toy_reach(it, s), 30));
        cr_expect(segment->house->running);
        cr_expect(le(u32,
                     dd_mesh_air(&it->world->engine->domains[dd_world_domain(it->world, s)])
                         ->log.messages.used,
                     4),
                  "no message is lost track of");
        cr_expect(
            le(u32, it->world->engine->domains[dd_world_domain(it->world, s)].parcels.used, 4));
        for (uint16_t lamp = 1; lamp <= 30; lamp++)
            cr_expect(
                eq(u32, toy_calendar(it, s, lamp), segment->house->timetable->calendars[0].id));
    }
}

Test(fault, havoc_leaves_nothing_behind) {
    for (uint64_t seed = 1; seed <= 8; seed++) {
        toy_def def = toy_default();
        def.segment_n = 2;
        def.seed = seed;
        def.start = "2020-08-03 17:00";
        def.backhaul = dd_backhaul_defs[seed % 5].name;
        def.settings.mesh_preset = 1 + (double)(seed % 3);
        toy *it = toy_start(&def, 0);
        havoc(it, seed, 150);
        repair_all(it);
        toy_for(it, 10 * DD_MINUTE);
        toy_act(it, "resume city");
        toy_until(it, "12:00");
        toy_for(it, 2 * DD_DAY); // a night to see light, a day to see darkness
        // Drawn programs may never dim: that a driver follows again shows only when it is asked to.
        toy_act(it, "override city 50% 40m");
        toy_for(it, DD_HOUR);
        expect_health(it, seed);
        toy_close(it);
    }
}

// A hundred lamps at once: each is named, and the poll of all others goes on.
Test(fault, a_hundred_lamps) {
    toy_def def = toy_default();
    def.lamp_n = 100;
    def.segment_n = 2;
    toy *it = toy_start(&def, 0);
    toy_until(it, "20:00");
    for (uint32_t i = 1; i <= 100; i++) {
        char act[60];
        snprintf(act, sizeof act, "fail lamp:L-%u-%u %s", 1 + i % 2, i,
                 i % 3 ? "led_open" : "node_dead");
        toy_act(it, act);
    }
    toy_for(it, 45 * DD_MINUTE);
    cr_expect(eq(u32, dd_measure_alarms_active(it->world, DD_ALARM_LAMP_FAILURE), 67));
    cr_expect(eq(u32, dd_measure_alarms_active(it->world, DD_ALARM_POWER_LOW), 67));
    cr_expect(eq(u32, dd_measure_alarms_active(it->world, DD_ALARM_COMMUNICATION), 33));
    cr_expect(eq(u32, toy_alarms(it), 67 + 67 + 33));
    toy_close(it);
}
