// The segment controller's house: supply, battery, restarts. What must hold whatever comes
// together.
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

static uint32_t program_of(const toy *it, uint16_t lamp) {
    const dd_segment_state *segment = toy_segment(it, 1);
    return segment->programs[segment->nodes[lamp].program].id;
}

// The program that the centre gave lies in the controller's flash: after a restart it must not hand
// its lamps the one that it was commissioned with.
Test(house, keeps_its_program_over_a_restart) {
    toy *it = night();
    uint32_t before = program_of(it, 1);
    toy_act(it, "program segment:S-1-0 sunset=100,22:00=40,sunrise=0");
    toy_for(it, DD_MINUTE);
    uint32_t after = program_of(it, 1);
    cr_expect(ne(u32, before, after));
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, DD_HOUR);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u32, program_of(it, lamp), after), "lamp %u", lamp);
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
