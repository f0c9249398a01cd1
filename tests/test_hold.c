// Orders that hold lamps: who is held is known, and what nobody has ended is an alarm.
#include "tests/toy_city.h"

static toy_def night(double limit_h) {
    toy_def def = toy_default();
    def.start = "2020-08-03 20:00";
    def.settings.centre_override_h = limit_h;
    return def;
}

static const dd_hold *hold_of(const toy *it, uint16_t lamp) {
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    hub->now = it->world->engine->now;
    return dd_hold_of(hub, &toy_hub(it)->centre, 1, lamp);
}

static bool left(const toy *it) {
    return toy_alarm(it, "segment:S-1-0", DD_ALARM_OVERRIDE_LEFT);
}

Test(hold, knows_who_is_held_and_until_when) {
    toy_def def = night(12);
    toy *it = toy_start(&def, 0);
    toy_act(it, "override lamp:L-1-3 40%");
    toy_act(it, "override lamp:L-1-4 30% 10m");
    toy_for(it, DD_MINUTE);
    cr_assert(hold_of(it, 3) && hold_of(it, 4));
    cr_expect(eq(u16, hold_of(it, 3)->level_pm, 400));
    cr_expect(eq(i64, hold_of(it, 3)->until, DD_NEVER));
    cr_expect(eq(i64, hold_of(it, 4)->until, 10 * DD_MINUTE));
    cr_expect(hold_of(it, 5) == NULL);
    toy_act(it, "override lamp:L-1-3 70%"); // the newest wins
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u16, hold_of(it, 3)->level_pm, 700));
    cr_expect(eq(u32, toy_hub(it)->centre.holds.pool.used, 2));
    toy_act(it, "resume lamp:L-1-3");
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(hold_of(it, 3) == NULL);
    cr_expect(hold_of(it, 4) == NULL);
    cr_expect(eq(u32, toy_hub(it)->centre.holds.pool.used, 0));
    cr_expect(not(left(it)));
    toy_close(it);
}

Test(hold, one_without_an_end_is_left_after_its_limit) {
    toy_def def = night(2);
    toy *it = toy_start(&def, 0);
    toy_act(it, "override segment:S-1-0 100%");
    toy_for(it, 119 * DD_MINUTE);
    cr_expect(not(left(it)));
    toy_for(it, 2 * DD_MINUTE);
    cr_assert(left(it));
    cr_expect(eq(u32, toy_hub(it)->centre.incidents.opened_by_cause[DD_CAUSE_ORDER], 1));
    toy_act(it, "resume segment:S-1-0");
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(not(left(it)));
    toy_close(it);
}

Test(hold, one_that_ends_by_itself_soon_is_not_left) {
    toy_def def = night(2);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_ALARM_RAISED));
    toy_act(it, "override segment:S-1-0 100% 3h");
    toy_for(it, 6 * DD_HOUR);
    cr_expect(eq(sz, it->record_n, 0));
    toy_act(it, "override segment:S-1-0 100% 30h");
    toy_for(it, 3 * DD_HOUR);
    cr_expect(left(it), "for so long ahead it is as good as for ever");
    toy_close(it);
}

// A lamp that says that it is held, and nobody has ordered it.
Test(hold, lamps_held_by_nobody_are_left) {
    toy_def def = night(12);
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    dd_word word = {.kind = DD_WORD_READINGS,
                    .entry_n = 1,
                    .clock_ms = dd_world_unix_us(it->world, it->world->engine->now) / 1000};
    word.readings[0] = (dd_reading){
        .lamp = 7, .level_pm = 1000, .power_mw = 75000, .flags = DD_READING_OVERRIDDEN};
    dd_centre_word(hub, &toy_hub(it)->centre, 1, &word);
    cr_expect(not(left(it)), "it may be an order under way");
    toy_for(it, 2 * DD_MINUTE);
    cr_expect(left(it));
    toy_for(it, 40 * DD_MINUTE); // read again: it is not held
    cr_expect(not(left(it)));
    toy_close(it);
}

Test(hold, what_nobody_heard_holds_nobody) {
    toy_def def = night(1);
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_for(it, DD_MINUTE);
    toy_act(it, "override lamp:L-1-3 40%");
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(hold_of(it, 3) == NULL, "its lamp is dead");
    toy_act(it, "fail segment:S-1-0 line");
    toy_act(it, "override lamp:L-1-3 40%");
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(hold_of(it, 3) != NULL, "it may have been heard");
    toy_close(it);
}
