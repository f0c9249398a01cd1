// What the centre holds of each lamp's light: by what it was told, with what explains it.
#include "models/figure/figure.h"
#include "tests/toy_city.h"

static toy_def at_hour(const char *start) {
    toy_def def = toy_default();
    def.kind = DD_STREET_75;
    def.start = start;
    return def;
}

static const dd_belief *belief_of(const toy *it, uint32_t lamp) {
    return &toy_hub(it)->centre.beliefs[lamp];
}

static uint32_t count(const toy *it, dd_light_belief light) {
    uint32_t n = 0;
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        n += belief_of(it, lamp)->light == (uint32_t)light;
    return n;
}

static void tell(toy *it, const dd_reading *reading) {
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    hub->now = it->world->engine->now;
    dd_word word = {.kind = DD_WORD_READINGS,
                    .entry_n = 1,
                    .clock_ms = dd_world_unix_us(it->world, hub->now) / 1000};
    word.readings[0] = *reading;
    dd_centre_word(hub, &toy_hub(it)->centre, 1, &word);
}

Test(belief, follows_an_evening) {
    toy_def def = at_hour("2020-08-03 17:00");
    toy *it = toy_start(&def, TOY_BIT(DD_REC_BELIEF));
    cr_expect(eq(u32, count(it, DD_BELIEVED_UNKNOWN), 90));
    toy_until(it, "17:40");
    cr_expect(eq(u32, count(it, DD_BELIEVED_OFF), 90));
    toy_until(it, "19:00");
    cr_expect(eq(u32, count(it, DD_BELIEVED_LIT), 90));
    cr_expect(eq(sz, it->record_n, 180), "each change once");
    cr_expect(eq(u32, toy_hub(it)->centre.dark_n, 0));
    toy_close(it);
}

// The same words, judged by hand: level, power and flags of one lamp.
Test(belief, a_reading_says_what_a_lamp_does) {
    static const struct {
        uint16_t level_pm;
        uint32_t power_mw;
        uint8_t flags;
        dd_light_belief light;
        dd_cause why;
    } cases[] = {
        {1000, 76500, 0, DD_BELIEVED_LIT, DD_CAUSE_UNKNOWN},
        {10, 9000, 0, DD_BELIEVED_LIT, DD_CAUSE_UNKNOWN},
        {1000, 1900, 0, DD_BELIEVED_DARK, DD_CAUSE_LAMP},
        {0, 1900, 0, DD_BELIEVED_OFF, DD_CAUSE_UNKNOWN},
        {0, 76500, 0, DD_BELIEVED_BURNING, DD_CAUSE_LAMP},
        {0, 0, DD_READING_NO_SUPPLY, DD_BELIEVED_DARK, DD_CAUSE_FEEDER},
        {1000, UINT32_MAX, 0, DD_BELIEVED_LIT, DD_CAUSE_UNKNOWN},
    };
    toy_def def = at_hour("2020-08-03 20:00");
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_MINUTE);
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        tell(it, &(dd_reading){.lamp = 3,
                               .level_pm = cases[i].level_pm,
                               .power_mw = cases[i].power_mw,
                               .flags = cases[i].flags});
        cr_expect(eq(u32, belief_of(it, 3)->light, cases[i].light), "case %zu", i);
        cr_expect(eq(u32, belief_of(it, 3)->why, cases[i].why), "case %zu", i);
    }
    dd_belief before = *belief_of(it, 3);
    tell(it, &(dd_reading){.lamp = 3, .flags = DD_READING_NO_ANSWER});
    cr_expect(eq(u32, belief_of(it, 3)->light, before.light), "silence once says nothing");
    cr_expect(eq(i32, belief_of(it, 3)->heard_s, before.heard_s));
    toy_close(it);
}

// By day a dead feeder makes nobody dark; at dusk it does.
Test(belief, without_supply_a_lamp_is_dark_when_it_should_burn) {
    toy_def def = at_hour("2020-08-03 17:00");
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_until(it, "17:50");
    cr_expect(eq(u32, toy_hub(it)->centre.dark_n, 0));
    toy_until(it, "18:40");
    cr_expect(eq(u32, toy_hub(it)->centre.dark_n, 30));
    cr_expect(eq(u32, dd_incident_find(&toy_hub(it)->centre, 1)->dark_n, 30));
    cr_expect(eq(u32, belief_of(it, 5)->why, DD_CAUSE_FEEDER));
    cr_expect(eq(u32, belief_of(it, 5)->incident, 1));
    toy_close(it);
}

// What was read while the line was down is taken for when it was read.
Test(belief, a_late_reading_is_old) {
    toy_def def = at_hour("2020-08-03 20:00");
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_HOUR);
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    hub->now = it->world->engine->now;
    dd_word word = {.kind = DD_WORD_READINGS,
                    .entry_n = 1,
                    .clock_ms = dd_world_unix_us(it->world, 30 * DD_MINUTE) / 1000};
    word.readings[0] = (dd_reading){.lamp = 3, .level_pm = 1000, .power_mw = 76500};
    dd_centre_word(hub, &toy_hub(it)->centre, 1, &word);
    cr_expect(eq(i32, belief_of(it, 3)->heard_s, 1800));
    word.clock_ms += 400 * INT64_C(86400000); // a clock that is wrong says nothing
    dd_centre_word(hub, &toy_hub(it)->centre, 1, &word);
    cr_expect(eq(i32, belief_of(it, 3)->heard_s, 3600));
    toy_close(it);
}

// A silent line: nobody knows, and says so; what is true meanwhile is another matter.
Test(belief, what_cannot_be_asked_is_unknown) {
    toy_def def = at_hour("2020-08-03 20:00");
    toy *it = toy_start(&def, 0);
    toy_for(it, 20 * DD_MINUTE);
    toy_act(it, "fail segment:S-2-0 line");
    toy_for(it, 6 * DD_MINUTE);
    cr_expect(eq(u32, count(it, DD_BELIEVED_UNKNOWN), 30));
    cr_expect(eq(u32, belief_of(it, 40)->why, DD_CAUSE_LINE));
    cr_expect(eq(u32, toy_measure(it, 2).lit, 30));
    toy_act(it, "repair segment:S-2-0");
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(eq(u32, count(it, DD_BELIEVED_LIT), 90));
    toy_close(it);
}

Test(belief, agrees_with_the_truth_after_what_was_believed_has_changed) {
    toy_def def = at_hour("2020-08-03 20:00");
    toy *it = toy_start(&def, 0);
    const dd_figure *right = dd_figure_find("centre.right", NULL);
    cr_assert(right != NULL);
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(eq(dbl, right->read(it->world), 100));
    toy_act(it, "fail lamp:L-1-4 led_open");
    toy_for(it, 10 * DD_SECOND);
    cr_expect(lt(dbl, right->read(it->world), 100), "not known yet");
    toy_for(it, 30 * DD_MINUTE);
    cr_expect(eq(dbl, right->read(it->world), 100));
    cr_expect(eq(u32, toy_hub(it)->centre.dark_n, 1));
    toy_close(it);
}
