// Alarms: raised once, back to life, cleared when returned and acknowledged; none stays for ever.
#include "tests/toy_city.h"

static toy *opened(void) {
    toy_def def = toy_default();
    return toy_start(&def, TOY_BIT(DD_REC_ALARM_RAISED) | TOY_BIT(DD_REC_ALARM_RETURNED) |
                               TOY_BIT(DD_REC_ALARM_ACKNOWLEDGED) | TOY_BIT(DD_REC_ALARM_CLEARED));
}

static dd_domain *hub_domain(const toy *it) {
    return &it->world->engine->domains[DD_HUB_DOMAIN];
}

static void expect_kinds(toy *it, size_t n, const uint16_t *kinds) {
    dd_stream_flush(&it->world->engine->stream);
    cr_assert(eq(sz, it->record_n, n));
    for (size_t i = 0; i < n; i++)
        cr_expect(eq(u16, it->records[i].kind, kinds[i]), "record %zu", i);
}

Test(alarm, cleared_when_returned_and_acknowledged) {
    static const uint16_t told[] = {DD_REC_ALARM_RAISED,       DD_REC_ALARM_RETURNED,
                                    DD_REC_ALARM_ACKNOWLEDGED, DD_REC_ALARM_CLEARED,
                                    DD_REC_ALARM_RAISED,       DD_REC_ALARM_ACKNOWLEDGED,
                                    DD_REC_ALARM_RETURNED,     DD_REC_ALARM_CLEARED};
    toy *it = opened();
    dd_domain *hub = hub_domain(it);
    dd_alarms *alarms = &toy_hub(it)->centre.alarms;
    for (uint32_t number = 1; number <= 2; number++) {
        dd_alarm_raise(hub, alarms, 1, 5, DD_ALARM_LAMP_FAILURE, 7, 0);
        dd_alarm_raise(hub, alarms, 1, 5, DD_ALARM_LAMP_FAILURE, 7, 0); // the same again
        cr_expect(eq(u32, toy_alarms(it), 1));
        const dd_alarm *alarm = dd_alarm_find(alarms, number);
        cr_assert(alarm != NULL);
        cr_expect(eq(u32, alarm->entity, 5));
        if (number == 2) dd_alarm_acknowledge(hub, alarms, number);
        dd_alarm_return(hub, alarms, 1, 5, DD_ALARM_LAMP_FAILURE, 0);
        if (number == 1) dd_alarm_acknowledge(hub, alarms, number);
        cr_expect(dd_alarm_find(alarms, number) == NULL);
        cr_expect(not(dd_alarm_acknowledge(hub, alarms, number)));
    }
    cr_expect(eq(u32, toy_alarms(it), 0));
    cr_expect(eq(u32, alarms->pool.used, 0), "no handle is lost");
    expect_kinds(it, DD_COUNT(told), told);
    toy_close(it);
}

Test(alarm, one_that_nobody_has_seen_comes_back_under_its_number) {
    toy *it = opened();
    dd_domain *hub = hub_domain(it);
    dd_alarms *alarms = &toy_hub(it)->centre.alarms;
    dd_alarm_raise(hub, alarms, 1, 5, DD_ALARM_COMMUNICATION, 0, 0);
    dd_alarm_return(hub, alarms, 1, 5, DD_ALARM_COMMUNICATION, 0);
    dd_alarm_raise(hub, alarms, 1, 5, DD_ALARM_COMMUNICATION, 0, 0);
    dd_alarm_raise(hub, alarms, 1, 6, DD_ALARM_COMMUNICATION, 0, 0);
    cr_expect(eq(u32, toy_alarms(it), 2));
    cr_expect(eq(u32, dd_alarm_find(alarms, 1)->entity, 5));
    uint32_t of_6 = 0;
    for (uint32_t number = 2; number < 10; number++)
        if (dd_alarm_find(alarms, number)) of_6 = number;
    cr_assert(of_6 > 1);
    cr_expect(eq(u32, dd_alarm_find(alarms, of_6)->entity, 6));
    toy_close(it);
}

Test(alarm, lists_hold_together_whatever_goes_first) {
    toy *it = opened();
    dd_domain *hub = hub_domain(it);
    dd_alarms *alarms = &toy_hub(it)->centre.alarms;
    for (uint32_t round = 0; round < 200; round++) {
        dd_random4 word = dd_random(1, 2, 3, round);
        uint32_t segment = 1 + word.v[0] % 3, entity = 1 + word.v[1] % 5;
        dd_alarm_kind kind = (dd_alarm_kind)(1 + word.v[2] % (DD_ALARM_KINDS - 1));
        if (word.v[3] % 3 == 0)
            dd_alarm_raise(hub, alarms, segment, entity, kind, 0, 0);
        else if (word.v[3] % 3 == 1)
            dd_alarm_return(hub, alarms, segment, entity, kind, 0);
        else
            dd_alarm_acknowledge(hub, alarms, 1 + word.v[3] % (alarms->raised + 1));
        uint32_t listed = 0, active = 0, counted = 0;
        for (uint32_t s = 0; s < alarms->segment_n; s++)
            for (uint32_t h = alarms->first[s]; h;) {
                const dd_alarm *alarm = dd_pool_at(&alarms->pool, h);
                listed++;
                active += !alarm->returned;
                h = alarm->next;
            }
        for (int k = 0; k < DD_ALARM_KINDS; k++)
            counted += alarms->active_by_kind[k];
        cr_assert(eq(u32, listed, alarms->pool.used));
        cr_assert(eq(u32, active, counted));
    }
    for (uint32_t s = 1; s <= 3; s++) {
        dd_alarm_doubt(alarms, s);
        dd_alarm_return_doubtful(hub, alarms, s, 0);
    }
    static const dd_alarm_kind own[] = {DD_ALARM_LINE, DD_ALARM_UPDATE, DD_ALARM_SCHEDULE,
                                        DD_ALARM_OVERRIDE_LEFT};
    uint32_t kept = 0; // a controller that has lost its memory changes nothing about these
    for (size_t i = 0; i < DD_COUNT(own); i++)
        kept += dd_measure_alarms_active(it->world, (int)own[i]);
    cr_expect(eq(u32, toy_alarms(it), kept));
    toy_close(it);
}

// What ceased while it was off it calls over when it is back.
Test(alarm, none_outlives_the_restart_of_its_controller) {
    toy *it = opened();
    toy_until(it, "20:00");
    toy_act(it, "fail lamp:L-1-7 node_dead");
    toy_act(it, "fail lamp:L-1-8 led_open");
    toy_for(it, DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 3), "the open circuit is no light and too little power");
    toy_act(it, "fail segment:S-1-0 blackout");
    toy_for(it, 20 * DD_MINUTE); // its battery is empty
    toy_act(it, "repair lamp:L-1-7");
    toy_act(it, "repair lamp:L-1-8");
    toy_act(it, "repair segment:S-1-0");
    toy_for(it, DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

Test(alarm, what_still_holds_is_raised_anew_after_a_restart) {
    toy *it = opened();
    toy_until(it, "20:00");
    toy_act(it, "fail lamp:L-1-7 node_dead");
    toy_act(it, "fail lamp:L-1-8 led_open");
    toy_act(it, "fail feeder:S-1-0 phase_l2");
    toy_for(it, DD_HOUR);
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, 5 * DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    cr_expect(toy_alarm(it, "feeder:S-1-0", DD_ALARM_SUPPLY), "at once");
    toy_for(it, DD_HOUR);
    // 7 hangs on phase 7 % 3 = L2, which is dead: its silence says nothing more.
    cr_expect(toy_alarm(it, "lamp:L-1-8", DD_ALARM_LAMP_FAILURE));
    cr_expect(toy_alarm(it, "lamp:L-1-8", DD_ALARM_POWER_LOW));
    cr_expect(eq(u32, toy_alarms(it), 3));
    toy_close(it);
}

// Whatever a controller can tell is an alarm on the lamp, the feeder or the segment that it names,
// and is over when it says so.
Test(alarm, every_happening_is_an_alarm) {
    toy *it = opened();
    static const char *const on[] = {"lamp:L-1-1", "feeder:S-1-0", "segment:S-1-0"};
    uint32_t kinds = 0;
    for (uint8_t happening = 1; happening < DD_HAPPENINGS; happening++) {
        int type = happening < DD_LAMP_HAPPENINGS ? 0 : happening < DD_FEEDER_HAPPENINGS ? 1 : 2;
        dd_word word = {.kind = DD_WORD_EVENT, .happening = happening, .lamp = 1};
        dd_centre_word(hub_domain(it), &toy_hub(it)->centre, 1, &word);
        cr_expect(eq(u32, toy_alarms(it), 1), "happening %u", happening);
        for (int kind = 1; kind < DD_ALARM_KINDS; kind++) {
            if (!toy_alarm(it, on[type], (dd_alarm_kind)kind)) continue;
            cr_expect(eq(u32, kinds >> kind & 1, 0), "%s twice", dd_alarm_names[kind]);
            kinds |= 1u << kind;
        }
        word.over = 1;
        dd_centre_word(hub_domain(it), &toy_hub(it)->centre, 1, &word);
        cr_expect(eq(u32, toy_alarms(it), 0), "happening %u", happening);
    }
    kinds |= 1u << DD_ALARM_NONE | 1u << DD_ALARM_LINE;              // that is silence
    kinds |= 1u << DD_ALARM_SCHEDULE | 1u << DD_ALARM_OVERRIDE_LEFT; // the centre finds these
    cr_expect(eq(u32, kinds, (1u << DD_ALARM_KINDS) - 1));
    dd_word unknown = {.kind = DD_WORD_EVENT, .happening = DD_HAPPENINGS, .lamp = 1};
    dd_centre_word(hub_domain(it), &toy_hub(it)->centre, 1, &unknown);
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

// --- Out of sight ---

Test(alarm, on_the_shelf_it_calls_nobody_until_its_time_is_over) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_ALARM_SHELVED) | TOY_BIT(DD_REC_ALARM_UNSHELVED) |
                                  TOY_BIT(DD_REC_ALARM_CLEARED));
    dd_domain *hub = hub_domain(it);
    dd_alarms *alarms = &toy_hub(it)->centre.alarms;
    toy_for(it, DD_MINUTE); // its controller has said hello
    dd_alarm_raise(hub, alarms, 1, 5, DD_ALARM_CYCLING, 0, 0);
    cr_expect(not(dd_alarm_shelve(hub, alarms, 1, hub->now, 0)), "not in the future");
    cr_expect(not(dd_alarm_shelve(hub, alarms, 9, DD_HOUR, 0)), "there is none");
    cr_assert(dd_alarm_shelve(hub, alarms, 1, DD_HOUR, 0));
    cr_assert(dd_alarm_shelve(hub, alarms, 1, 2 * DD_HOUR, 0), "longer");
    cr_expect(eq(u32, alarms->shelved, 1));
    cr_expect(eq(u32, alarms->rates.announced, 1));
    dd_alarm_acknowledge(hub, alarms, 1);
    dd_alarm_return(hub, alarms, 1, 5, DD_ALARM_CYCLING, 0);
    dd_alarm_raise(hub, alarms, 1, 5, DD_ALARM_CYCLING, 0, 0);
    cr_assert(dd_alarm_find(alarms, 1) != NULL, "it keeps its number there");
    cr_expect(eq(u32, alarms->rates.announced, 1));
    toy_for(it, 90 * DD_MINUTE);
    cr_expect(eq(u32, alarms->shelved, 1), "the first time does not count any more");
    toy_for(it, 31 * DD_MINUTE);
    cr_expect(eq(u32, alarms->shelved, 0));
    cr_expect(eq(u32, alarms->rates.announced, 2), "it stands, so it calls");
    cr_expect(not(dd_alarm_unshelve(hub, alarms, 1)));
    static const uint16_t told[] = {DD_REC_ALARM_SHELVED, DD_REC_ALARM_SHELVED,
                                    DD_REC_ALARM_UNSHELVED};
    expect_kinds(it, DD_COUNT(told), told);
    toy_close(it);
}

Test(alarm, on_the_shelf_it_is_cleared_when_taken_down) {
    toy *it = opened();
    dd_domain *hub = hub_domain(it);
    dd_alarms *alarms = &toy_hub(it)->centre.alarms;
    dd_alarm_raise(hub, alarms, 2, 5, DD_ALARM_DOOR, 0, 0);
    dd_alarm_shelve(hub, alarms, 1, DD_HOUR, 0);
    dd_alarm_return(hub, alarms, 2, 5, DD_ALARM_DOOR, 0);
    dd_alarm_acknowledge(hub, alarms, 1);
    cr_expect(eq(u32, alarms->pool.used, 1));
    cr_assert(dd_alarm_unshelve(hub, alarms, 1));
    cr_expect(eq(u32, alarms->pool.used, 0));
    cr_expect(eq(u32, alarms->rates.announced, 1));
    toy_close(it);
}

Test(alarm, one_that_is_explained_at_once_has_called_nobody) {
    toy *it = opened();
    dd_domain *hub = hub_domain(it);
    dd_alarms *alarms = &toy_hub(it)->centre.alarms;
    uint32_t handle = dd_alarm_raise(hub, alarms, 1, 5, DD_ALARM_COMMUNICATION, 0, 0);
    dd_alarm_explain(hub, alarms, handle, 7, true);
    cr_expect(eq(u32, alarms->rates.announced, 0));
    cr_expect(eq(u32, alarms->suppressed, 1));
    dd_alarm_explain(hub, alarms, handle, 0, false);
    cr_expect(eq(u32, alarms->rates.announced, 1), "now it does");
    toy_close(it);
}

// Rates against a reckoning of their own: 4, 12 and 0 alarms in three periods of ten minutes.
Test(alarm, rates_are_counted_by_ten_minutes) {
    static const uint32_t raised[] = {4, 12, 0};
    toy *it = opened();
    dd_domain *hub = hub_domain(it);
    dd_alarms *alarms = &toy_hub(it)->centre.alarms;
    uint32_t entity = 1;
    for (size_t period = 0; period < DD_COUNT(raised); period++)
        for (uint32_t i = 0; i < raised[period]; i++) {
            hub->now = (dd_time)period * 10 * DD_MINUTE + i * DD_SECOND;
            dd_alarm_raise(hub, alarms, 1, entity++, DD_ALARM_RELAY, 0, 0);
        }
    dd_alarm_rates rates = dd_alarm_rates_now(alarms);
    cr_expect(eq(u32, rates.announced, 16));
    cr_expect(eq(u32, rates.peak, 12));
    cr_expect(eq(u32, rates.floods, 1));
    cr_expect(eq(u32, dd_alarms_stale(alarms, DD_DAY + 11 * DD_MINUTE), 16));
    cr_expect(eq(u32, dd_alarms_stale(alarms, DD_DAY + 5 * DD_MINUTE), 4));
    toy_close(it);
}

Test(alarm, one_raised_three_times_in_a_minute_chatters) {
    toy *it = opened();
    dd_domain *hub = hub_domain(it);
    dd_alarms *alarms = &toy_hub(it)->centre.alarms;
    for (int slow = 1; slow >= 0; slow--)
        for (int i = 0; i < 5; i++) {
            hub->now += slow ? 31 * DD_SECOND : 10 * DD_SECOND;
            uint32_t entity = slow ? 1 : 2;
            dd_alarm_raise(hub, alarms, 1, entity, DD_ALARM_RELAY, 0, 0);
            dd_alarm_return(hub, alarms, 1, entity, DD_ALARM_RELAY, 0);
            cr_expect(eq(u32, alarms->rates.chattering, slow || i < 2 ? 0 : 1), "%d %d", slow, i);
        }
    toy_close(it);
}

Test(alarm, a_feeder_that_does_not_exist_raises_nothing) {
    toy *it = opened();
    dd_word word = {.kind = DD_WORD_EVENT, .happening = DD_SUPPLY_LOSS, .lamp = 9, .value = 7};
    dd_centre_word(hub_domain(it), &toy_hub(it)->centre, 1, &word);
    word.lamp = 0;
    dd_centre_word(hub_domain(it), &toy_hub(it)->centre, 1, &word);
    cr_expect(eq(u32, dd_measure_alarms_raised(it->world, 0), 0));
    toy_close(it);
}

Test(alarm, nothing_is_on_a_road_or_a_ward) {
    toy *it = opened();
    cr_expect(not(toy_alarm(it, "road:S-3-0", DD_ALARM_LINE)));
    cr_expect(not(toy_alarm(it, "ward:W-2-0", DD_ALARM_LINE)));
    cr_expect(not(toy_alarm(it, "city", DD_ALARM_LINE)));
    toy_close(it);
}
