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
    return toy_segment(it, 1)->house.running;
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
    cr_expect(eq(u16, toy_segment(it, 1)->house.boots, 1));
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
