// The segment controller's house: supply, battery, restarts. What must hold whatever comes
// together.
#include "models/backhaul/wire.h"
#include "models/controller/core/log.h"
#include "tests/toy_city.h"

#define WHOLE_NIGHT "2020-08-03 20:00"

static toy *night(void) {
    toy_def def = toy_default();
    def.start = WHOLE_NIGHT;
    toy *it = toy_start(&def, 0);
    toy_for(it, 30 * DD_MINUTE);
    return it;
}

static bool running(const toy *it) {
    return toy_segment(it, 1)->house->running;
}

Test(house, lives_on_its_battery_and_no_longer) {
    toy *it = night();
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, 599 * DD_SECOND);
    cr_expect(running(it));
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_BATTERY), "it sends a last gasp");
    toy_for(it, 2 * DD_SECOND);
    cr_expect(not(running(it)));
    toy_act(it, "repair segment:S-1-0 blackout");
    toy_for(it, 44 * DD_SECOND);
    cr_expect(not(running(it)));
    toy_for(it, 2 * DD_SECOND);
    cr_expect(running(it));
    toy_close(it);
}

Test(house, a_short_blackout_leaves_it_running) {
    toy *it = night();
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 blackout");
    toy_for(it, DD_HOUR);
    cr_expect(running(it));
    cr_expect(eq(u16, toy_segment(it, 1)->house->boots, 1));
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

// A discharge that began before it broke must not put it out after it was mended.
Test(house, an_old_discharge_does_not_stop_it) {
    toy *it = night();
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0"); // both
    toy_for(it, DD_HOUR);
    cr_expect(running(it));
    toy_close(it);
}

// Mains that fail while it starts put it on its battery too.
Test(house, the_battery_runs_down_while_it_starts) {
    toy *it = night();
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, 10 * DD_SECOND);
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, DD_MINUTE);
    cr_expect(running(it));
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_BATTERY), "the core knows its mains are off");
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(not(running(it)));
    toy_close(it);
}

// The calendar that the centre gave lies in the controller's flash: after a restart it must not
// hand its lamps the one that it was commissioned with.
Test(house, keeps_its_calendar_over_a_restart) {
    toy *it = night();
    uint32_t before = toy_calendar(it, 1, 1);
    toy_act(it, "program segment:S-1-0 sunset=100,22:00=40,sunrise=0");
    toy_for(it, DD_MINUTE);
    uint32_t after = toy_calendar(it, 1, 1);
    cr_expect(ne(u32, before, after));
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, DD_HOUR);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u32, toy_calendar(it, 1, lamp), after), "lamp %u", lamp);
    toy_close(it);
}

Test(house, the_same_crystal_after_every_start) {
    toy *it = night();
    int32_t rate_ppb = toy_segment(it, 1)->house->oscillator.rate_ppb;
    cr_expect(ne(i32, rate_ppb, toy_segment(it, 2)->house->oscillator.rate_ppb));
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    cr_expect(running(it));
    cr_expect(eq(i32, toy_segment(it, 1)->house->oscillator.rate_ppb, rate_ppb));
    toy_close(it);
}

// A centre that is uneasy after 30 s must not alarm a controller that is well.
Test(house, speaks_as_often_as_the_centre_expects) {
    toy_def def = toy_default();
    def.settings.centre_silence_s = 30;
    toy *it = toy_start(&def, 0);
    toy_for(it, 3 * DD_HOUR);
    cr_expect(eq(u32, dd_measure_alarms_raised(it->world, 0), 0));
    toy_close(it);
}

// Nobody reaches a dead controller; all find it again when it is back.
Test(house, a_dead_controller_is_out_of_reach) {
    toy *it = night();
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u32, toy_reach(it, 1), 0));
    cr_expect(eq(u32, toy_measure(it, 1).lit, 30), "the lamps keep their own schedule");
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_LINE));
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, 3 * DD_MINUTE);
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    toy_for(it, DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

// --- Watchdog, flash and replacement ---

static const dd_core *core_of(const toy *it) {
    return &toy_segment(it, 1)->house->seat.application.core;
}

static uint32_t calendar_of(const toy *it) {
    return toy_segment(it, 1)->house->timetable->calendars[0].id;
}

// A program that hangs does nothing until the watchdog starts it anew; the lamps shine on.
Test(house, a_hung_controller_is_started_by_its_watchdog) {
    toy *it = night();
    uint16_t boots = toy_segment(it, 1)->house->boots;
    toy_act(it, "fail segment:S-1-0 hang");
    toy_for(it, 59 * DD_SECOND);
    cr_expect(running(it));
    cr_expect(eq(u16, toy_segment(it, 1)->house->boots, boots));
    toy_for(it, 2 * DD_SECOND);
    cr_expect(not(running(it)), "the watchdog has let go of it");
    toy_for(it, 48 * DD_SECOND);
    cr_expect(running(it));
    cr_expect(eq(u16, toy_segment(it, 1)->house->boots, boots + 1));
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_RESTARTED));
    cr_expect(not(toy_alarm(it, "segment:S-1-0", DD_ALARM_LINE)), "it was short");
    cr_expect(eq(u32, toy_measure(it, 1).lit, 30));
    toy_for(it, 61 * DD_MINUTE);
    cr_expect(eq(u32, toy_alarms(it), 0), "and forgotten after an hour");
    cr_expect(eq(u32, toy_hub(it)->centre.sessions[1].lost, 0));
    toy_close(it);
}

// A hang that nobody ends: the centre misses it; whoever takes its supply away ends it, too.
Test(house, without_a_watchdog_a_hang_lasts) {
    toy_def def = toy_default();
    def.start = WHOLE_NIGHT;
    def.settings.controller_watchdog_s = 0;
    toy *it = toy_start(&def, 0);
    toy_for(it, 10 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 hang");
    toy_for(it, DD_HOUR);
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_LINE));
    toy_act(it, "override segment:S-1-0 40%");
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(eq(u32, toy_hub(it)->centre.counts.by_outcome[DD_COMMAND_EXPIRED], 1));
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, 11 * DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 blackout");
    toy_for(it, 30 * DD_MINUTE);
    cr_expect(running(it));
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_act(it, "fail segment:S-1-0 hang");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 hang");
    toy_for(it, 2 * DD_MINUTE);
    cr_expect(running(it));
    cr_expect(not(toy_alarm(it, "segment:S-1-0", DD_ALARM_RESTARTED)), "by hand, not by itself");
    toy_close(it);
}

// Readings of a lamp that came to the centre, by the moments at which they were made.
static uint32_t readings_of(const toy *it, uint32_t lamp, uint32_t *twice) {
    uint32_t n = 0;
    int64_t last = -1;
    *twice = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->kind != DD_REC_READING || record->entity != lamp) continue;
        *twice += record->value[3] <= last;
        last = record->value[3];
        n++;
    }
    return n;
}

// A day without a line, with a restart of the controller at noon: the centre learns all of it.
Test(house, a_day_without_a_line_loses_and_doubles_nothing) {
    toy_def def = toy_default();
    def.segment_n = 1;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_READING) | TOY_BIT(DD_REC_LOG_GAP));
    toy_for(it, DD_HOUR);
    toy_act(it, "fail segment:S-1-0 line");
    toy_for(it, 19 * DD_HOUR);
    toy_act(it, "fail segment:S-1-0 hang");
    toy_for(it, 5 * DD_HOUR);
    uint32_t waiting = dd_core_log_size(core_of(it));
    cr_expect(gt(u32, waiting, 96 * 4));
    toy_act(it, "repair segment:S-1-0 line");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(le(u32, dd_core_log_size(core_of(it)), 1));
    cr_expect(eq(u32, toy_hub(it)->centre.sessions[1].lost, 0));
    for (uint32_t lamp = 1; lamp <= 30; lamp++) {
        uint32_t twice, n = readings_of(it, lamp, &twice);
        cr_expect(ge(u32, n, 25 * 4 - 1), "lamp %u", lamp);
        cr_expect(eq(u32, twice, 0));
    }
    for (size_t i = 0; i < it->record_n; i++)
        cr_expect(ne(u16, it->records[i].kind, DD_REC_LOG_GAP));
    toy_close(it);
}

// Flash that takes no more writes is an alarm; what cannot be sent is lost but for a few words, and
// the centre knows how many. A technician puts in another controller.
Test(house, worn_flash_is_an_alarm_and_is_replaced) {
    toy *it = night();
    toy_act(it, "program segment:S-1-0 sunset=100,22:00=40,sunrise=0");
    toy_for(it, 5 * DD_MINUTE);
    uint32_t calendar = calendar_of(it);
    cr_assert(ne(u32, calendar, it->world->def.light_calendar.id));
    toy_act(it, "fail segment:S-1-0 store");
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_STORE));
    toy_act(it, "fail segment:S-1-0 line");
    toy_for(it, 3 * DD_HOUR);
    cr_expect(eq(u32, dd_core_log_size(core_of(it)), DD_LOG_SPARE));
    toy_act(it, "repair segment:S-1-0 line");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(gt(u32, toy_hub(it)->centre.sessions[1].lost, 20));
    uint32_t log = toy_hub(it)->centre.sessions[1].log;
    toy_act(it, "commission segment:S-1-0");
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(ne(u32, toy_hub(it)->centre.sessions[1].log, log));
    cr_expect(eq(u32, toy_alarms(it), 0));
    cr_expect(eq(u32, calendar_of(it), calendar), "the centre has given it what it is to follow");
    toy_close(it);
}

// A technician at a healthy controller starts it again, and nothing that it holds is lost.
Test(house, commissioned_again_it_keeps_what_it_holds) {
    toy *it = night();
    toy_act(it, "program segment:S-1-0 sunset=100,22:00=40,sunrise=0");
    toy_act(it, "fail segment:S-1-0 line");
    toy_for(it, DD_HOUR);
    uint32_t waiting = dd_core_log_size(core_of(it)), calendar = calendar_of(it);
    toy_act(it, "commission segment:S-1-0");
    toy_for(it, 2 * DD_MINUTE);
    cr_expect(ge(u32, dd_core_log_size(core_of(it)), waiting));
    cr_expect(eq(u32, calendar_of(it), calendar));
    toy_act(it, "repair segment:S-1-0 line");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u32, toy_hub(it)->centre.sessions[1].lost, 0));
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

// Octets from a lamp that are no CoAP, and orders that make no sense: counted, told, and not a lamp
// is switched.
Test(house, garbage_is_told_and_switches_nothing) {
    toy *it = night();
    double level = toy_measure(it, 1).level_sum;
    dd_segment_state *segment = toy_segment(it, 1);
    for (int i = 0; i < 200; i++) {
        dd_random4 word = dd_random(9, 1, 1, (uint64_t)i);
        dd_house_receive(toy_domain(it, 1), segment, (uint16_t)(word.v[0] % 40),
                         (const uint8_t *)&word, (uint16_t)(word.v[1] % 17));
        uint8_t octets[DD_WIRE_MAX];
        dd_order order = {
            .kind = DD_ORDER_OVERRIDE, .number = 1000u + (uint32_t)i, .level_pm = 1001};
        size_t n = dd_wire_put_order(&order, octets); // well formed, and brighter than light
        if (i % 2) octets[word.v[2] % n] ^= (uint8_t)(1 + word.v[3] % 255);
        if (i % 2 && dd_wire_get_order(octets, n, &order) && order.level_pm <= 1000) continue;
        dd_house_hear(toy_domain(it, 1), segment, octets, n);
        toy_for(it, DD_SECOND);
    }
    cr_expect(gt(u32, core_of(it)->garbage, 200));
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_GARBAGE));
    cr_expect(eq(dbl, toy_measure(it, 1).level_sum, level));
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    toy_for(it, 3 * DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 0), "it is over when none has come for an hour");
    toy_close(it);
}

// --- The cabinet ---

typedef struct cabinet_fault {
    const char *act;         // after "fail " and "repair "
    dd_alarm_kind alarms[2]; // on the feeder, or the first on the segment
    const char *on;
} cabinet_fault;

static const cabinet_fault cabinet_faults[] = {
    {"feeder:S-1-0 breaker", {DD_ALARM_BREAKER, DD_ALARM_SUPPLY}, "feeder:S-1-0"},
    {"feeder:S-1-0 phase_l1", {DD_ALARM_SUPPLY}, "feeder:S-1-0"},
    {"feeder:S-1-0 contactor_dead", {DD_ALARM_SWITCHING_ON}, "feeder:S-1-0"},
    {"feeder:S-1-0 bypass", {DD_ALARM_LOCAL_OVERRIDE}, "feeder:S-1-0"},
    {"feeder:S-1-0 switched_off", {DD_ALARM_LOCAL_OVERRIDE, DD_ALARM_SUPPLY}, "feeder:S-1-0"},
    {"feeder:S-1-0 leakage", {DD_ALARM_LEAKAGE}, "feeder:S-1-0"},
    {"segment:S-1-0 brownout", {DD_ALARM_FEEDER_VOLTAGE}, "feeder:S-1-0"},
    {"segment:S-1-0 door_open", {DD_ALARM_DOOR}, "segment:S-1-0"},
};

static uint32_t count_alarms(const toy *it, const cabinet_fault *fault) {
    uint32_t n = 0;
    for (int i = 0; i < 2; i++)
        n += fault->alarms[i] && toy_alarm(it, fault->on, fault->alarms[i]);
    return n;
}

// Each shows as itself and nothing else, for as long as it lasts.
Test(house, sees_what_is_wrong_in_its_cabinet) {
    for (size_t i = 0; i < DD_COUNT(cabinet_faults); i++) {
        const cabinet_fault *fault = &cabinet_faults[i];
        toy *it = night();
        char act[64];
        snprintf(act, sizeof act, "fail %s", fault->act);
        toy_act(it, act);
        toy_for(it, 2 * DD_MINUTE);
        uint32_t expected = fault->alarms[1] ? 2 : 1;
        cr_expect(eq(u32, count_alarms(it, fault), expected), "%s", fault->act);
        toy_for(it, 40 * DD_MINUTE);
        cr_expect(eq(u32, toy_alarms(it), expected), "%s", fault->act);
        snprintf(act, sizeof act, "repair %s", fault->act);
        toy_act(it, act);
        toy_for(it, DD_HOUR);
        cr_expect(eq(u32, toy_alarms(it), 0), "%s", fault->act);
        toy_close(it);
    }
}

static bool live(const toy *it) {
    return toy_segment(it, 1)->feeders[1].live_phases == 7;
}

static toy *switched(const char *start) {
    toy_def def = toy_default();
    def.start = start;
    def.settings.cabinet_switched = 1;
    return toy_start(&def, 0);
}

// Sunset is at 18:16, sunrise at 05:44.
Test(house, switched_feeders_live_by_night_only) {
    toy *it = switched("2020-08-03 12:00");
    toy_for(it, DD_MINUTE);
    cr_expect(not(live(it)));
    toy_until(it, "18:00");
    cr_expect(not(live(it)));
    toy_until(it, "18:10");
    cr_expect(live(it));
    toy_until(it, "18:20");
    cr_expect(eq(u32, toy_measure(it, 1).lit, 30));
    toy_until(it, "22:00");
    cr_expect(eq(u32, toy_reach(it, 1), 30));
    toy_until(it, "05:50");
    cr_expect(live(it));
    toy_until(it, "06:10");
    cr_expect(not(live(it)));
    toy_until(it, "12:00");
    cr_expect(eq(u32, dd_measure_alarms_raised(it->world, 0), 0));
    toy_close(it);
}

Test(house, a_welded_contactor_shows_in_the_morning) {
    toy *it = switched("2020-08-03 20:00");
    toy_for(it, DD_HOUR);
    toy_act(it, "fail feeder:S-1-0 contactor_welded");
    toy_until(it, "05:00");
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_until(it, "06:10");
    cr_expect(toy_alarm(it, "feeder:S-1-0", DD_ALARM_SWITCHING_OFF));
    cr_expect(eq(u32, toy_alarms(it), 1));
    toy_act(it, "repair feeder:S-1-0");
    toy_for(it, DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

// Without its controller the timer goes by the photocell; with it again, by the program.
Test(house, the_timer_takes_over_and_gives_back) {
    toy *it = switched("2020-08-03 20:00");
    toy_for(it, DD_HOUR);
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    cr_expect(live(it));
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(live(it));
    cr_expect(eq(u32, toy_measure(it, 1).lit, 30));
    toy_until(it, "12:00");
    cr_expect(not(live(it)));
    toy_close(it);
}

Test(house, tells_what_the_meters_say) {
    toy *it = night();
    toy_until(it, "20:45");
    toy_for(it, DD_MINUTE);
    const dd_meter_belief *meter = &toy_hub(it)->centre.meters[1];
    cr_expect(ge(i32, meter->heard_s, 45 * 60 - 2));
    cr_expect(lt(i32, meter->heard_s, 46 * 60));
    uint64_t told_wh = meter->energy_wh;
    double true_wh = toy_measure(it, 1).energy_wh;
    cr_expect(gt(u64, told_wh, 0));
    cr_expect(lt(dbl, (double)told_wh, true_wh * 1.02));
    cr_expect(gt(dbl, (double)told_wh, true_wh * 0.95), "it was a minute ago");
    cr_expect(gt(u32, meter->power_w, 30 * 60));
    toy_for(it, 15 * DD_MINUTE);
    cr_expect(gt(u64, meter->energy_wh, told_wh));
    toy_close(it);
}

Test(house, may_never_poll_and_rarely_speak) {
    toy_def def = toy_default();
    def.settings.centre_poll_s = 0;
    def.settings.controller_keepalive_s = 3600;
    def.settings.controller_meter_s = 0;
    def.settings.centre_silence_s = 86400;
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_DAY);
    cr_expect(eq(u64, toy_hub(it)->centre.readings, 0));
    cr_expect(eq(i32, toy_hub(it)->centre.meters[1].heard_s, -1));
    cr_expect(eq(u32, dd_measure_alarms_raised(it->world, 0), 0));
    toy_close(it);
}

// --- Commissioning ---

static toy *before_2020(void) {
    toy_def def = toy_default();
    def.settings.light_before = 1;
    def.start = "2020-08-03 12:00";
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_HOUR);
    return it;
}

Test(house, where_no_lamp_has_a_node_there_is_no_controller) {
    toy *it = before_2020();
    cr_expect(not(running(it)));
    cr_expect(eq(u16, toy_segment(it, 1)->house->boots, 0));
    toy_act(it, "override segment:S-1-0 40%");
    cr_expect(eq(u32, toy_hub(it)->centre.counts.by_outcome[DD_COMMAND_FAILED], 1), "at once");
    cr_expect(eq(u32, toy_hub(it)->centre.commands.used, 0));
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, DD_HOUR);
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, DD_DAY);
    cr_expect(not(running(it)));
    cr_expect(eq(u32, dd_measure_alarms_raised(it->world, 0), 0), "nobody listens for it");
    toy_close(it);
}

Test(house, commissioned_it_takes_what_is_there) {
    toy *it = before_2020();
    for (int lamp = 1; lamp <= 20; lamp++) {
        char act[40];
        snprintf(act, sizeof act, "refit lamp:L-1-%d", lamp);
        toy_act(it, act);
    }
    toy_act(it, "commission segment:S-1-0");
    toy_for(it, 44 * DD_SECOND);
    cr_expect(not(running(it)), "it starts");
    toy_for(it, DD_HOUR);
    cr_assert(running(it));
    const dd_core *core = &toy_segment(it, 1)->house->seat.application.core;
    cr_expect(dd_core_has_node(core, 20));
    cr_expect(not(dd_core_has_node(core, 21)));
    toy_until(it, "22:00");
    uint32_t lamp = 20;
    cr_expect(ge(i32, toy_hub(it)->centre.beliefs[lamp].heard_s, 3600));
    cr_expect(eq(i32, toy_hub(it)->centre.beliefs[lamp + 1].heard_s, -1));
    toy_act(it, "override segment:S-1-0 40%");
    toy_for(it, 2 * DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 20));
    cr_expect(eq(u32, toy_hub(it)->centre.counts.by_outcome[DD_COMMAND_DONE], 1));
    cr_expect(eq(u32, toy_measure(it, 1).lit, 30));
    toy_until(it, "08:00");
    cr_expect(eq(u32, toy_measure(it, 1).lit, 30), "an order holds their feeder");
    toy_act(it, "resume segment:S-1-0");
    toy_until(it, "12:00");
    cr_expect(eq(u32, toy_measure(it, 1).lit, 0), "old lamps are switched by their feeder");
    cr_expect(eq(u32, dd_measure_alarms_raised(it->world, 0), 0));
    cr_expect(not(toy_segment(it, 2)->house->running));
    toy_act(it, "fail segment:S-1-0 line");
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_LINE), "from now on it is missed");
    toy_close(it);
}
