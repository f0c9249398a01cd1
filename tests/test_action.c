// Actions as text: what each is done to, what is refused, and that the records tell of it.
#include "engine/texts.h"
#include "tests/toy_city.h"

static uint32_t count(const toy *it, dd_record_number kind) {
    uint32_t n = 0;
    for (size_t i = 0; i < it->record_n; i++)
        n += it->records[i].kind == kind;
    return n;
}

static void expect_refused(toy *it, const char *act, const char *why) {
    dd_error error = {DD_OK, ""};
    cr_expect(not(dd_action_check_text(it->world, act, &error)), "%s", act);
    cr_expect(strstr(error.text, why) != NULL, "%s: %s", act, error.text);
    cr_expect(not(dd_action_do_text(it->world, act, &error)), "%s", act);
}

Test(action, says_what_is_wrong) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_ACTION));
    expect_refused(it, "override city 0x20%", "override needs a target and a level");
    expect_refused(it, "hazard city led_open", "'hazard city led_open 0.2 48'");
    expect_refused(it, "hazard city led_opne 1", "did you mean 'led_open'");
    expect_refused(it, "hazard city led_open 0", "a hazard's rate");
    expect_refused(it, "hazard lamp:L-1-1 jammer 1", "no hazard");
    expect_refused(it, "hazard city led_open 1 -3", "a hazard's repair");
    expect_refused(it, "batch city 30 led_short 10", "'batch city 30% overheating 500'");
    expect_refused(it, "batch city 130% led_short 10", "a batch's share");
    expect_refused(it, "batch city 30% led_short 0", "a batch's factor");
    expect_refused(it, "batch city 30% led_short 0.5", "a batch's factor");
    expect_refused(it, "batch city 30% breaker 10", "no luminaire ages to 'breaker'");
    expect_refused(it, "strike lamp:L-1-1", "'strike lamp:L-0001 30'");
    expect_refused(it, "strike lamp:L-1-1 1000", "300");
    expect_refused(it, "strike feeder:S-1-0 30", "S-1-0");
    expect_refused(it, "refit city LED-street-76", "did you mean 'LED-street-75'");
    expect_refused(it, "commission", "commission needs a target");
    expect_refused(it, "commission road:Nowhere", "Nowhere");
    expect_refused(it, "override city 50% soon", "'soon' is no duration");
    expect_refused(it, "override city 50% 1h to=19h", "'to=19h' is nothing");
    expect_refused(it, "resume city 1h", "'resume city group=market'");
    expect_refused(it, "read city group=", "'read city group=market'");
    expect_refused(it, "program lamp:L-1-1 sunset=100", "whole segments, but only 1 of 30");
    expect_refused(it, "program city sunset", "no switch point");
    expect_refused(it, "calendar city", "needs a target and a calendar");
    expect_refused(it, "calendar city a:off;a@fryday", "no day");
    expect_refused(it, "calendar lamp:L-1-1 a:off;a", "whole segments, but only 1 of 30");
    expect_refused(it, "group city", "'group road:Đồng_Khởi market'");
    expect_refused(it, "acknowledge", "'acknowledge 3'");
    expect_refused(it, "acknowledge 1.5", "'acknowledge 3'");
    expect_refused(it, "shelve 1 2h", "a reason");
    expect_refused(it, "shelve 1 0s because", "a reason");
    expect_refused(it, "shelve 1 soon because", "a reason");
    expect_refused(it, "unshelve -1", "'unshelve 3'");
    expect_refused(it, "open city", "'open feeder:F-001 cable high'");
    expect_refused(it, "open city cabel", "did you mean 'cable'");
    expect_refused(it, "open city cable urgent", "high, medium and low");
    expect_refused(it, "link 1 lamp 2", "'link 4 report 3'");
    expect_refused(it, "cause 1 bugs", "no cause");
    expect_refused(it, "close city", "'close 4'");
    expect_refused(it, "log", "log needs a line");
    expect_refused(it, "dispatch", "'dispatch feeder:F-001 crew:crew-2 incident=4'");
    expect_refused(it, "dispatch lamp:L-1-1 crew:crew-77", "crew-77");
    expect_refused(it, "dispatch lamp:L-1-1 soon", "does not know 'soon'");
    expect_refused(it, "dispatch lamp:L-1-1 priority=urgent", "high, medium and low");
    expect_refused(it, "recall", "'recall crew:crew-2'");
    expect_refused(it, "recall lamp:L-1-1", "no crew");
    expect_refused(it, "transfer 1", "'transfer 12 ward:Phú_Tân'");
    expect_refused(it, "transfer 1 road:S-1-0", "no ward or commune");
    expect_refused(it, "answer 1 doen", "did you mean 'done'");
    expect_refused(it, "file city rubbish", "one of them");
    expect_refused(it, "file road:S-1-0 rubish", "did you mean 'rubbish'");
    expect_refused(it, "file road:S-1-0 rubbish as=light", "no topic 'light'");
    toy_for(it, DD_SECOND);
    cr_expect(eq(sz, it->record_n, 0), "what is refused is not told");
    toy_close(it);
}

// A target stands for what the action is done to there; its record names it, and how many that are.
Test(action, is_done_to_what_is_meant) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_ACTION) | TOY_BIT(DD_REC_REFIT) |
                                  TOY_BIT(DD_REC_CONTROLLER) | TOY_BIT(DD_REC_STRIKE));
    uint32_t feeder = dd_entity_parse(it->world, "feeder:S-2-0", NULL);
    toy_act(it, "refit feeder:S-2-0 HPS-250");
    toy_act(it, "commission lamp:L-3-7");
    toy_act(it, "strike road:Street-1-0 30");
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(eq(u32, count(it, DD_REC_REFIT), 30));
    cr_expect(eq(u32, count(it, DD_REC_STRIKE), 1));
    cr_expect(eq(u32, it->records[0].entity, feeder));
    cr_expect(eq(i64, it->records[0].value[1], 30), "lamps");
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u8, toy_node(it, 2, lamp)->model, DD_HPS_250));
    cr_expect(ge(u32, count(it, DD_REC_CONTROLLER), 1), "it was started again");
    toy_act(it, "refit road:Street-2-0");
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u8, toy_node(it, 2, lamp)->model, it->lamps[30 + lamp].kind),
                  "the city's own");
    toy_close(it);
}

static void expect_in_vain(toy *it, const char *act, const char *why) {
    dd_error error = {DD_OK, ""};
    cr_expect(dd_action_check_text(it->world, act, &error), "%s: %s", act, error.text);
    cr_expect(not(dd_action_do_text(it->world, act, &error)), "%s", act);
    cr_expect(strstr(error.text, why) != NULL, "%s: %s", act, error.text);
}

// The number of the live alarm of a kind; 0: none.
static uint32_t alarm_of(const toy *it, dd_alarm_kind kind) {
    const dd_alarms *alarms = &toy_hub(it)->centre.alarms;
    for (uint32_t number = 1; number <= alarms->raised; number++) {
        const dd_alarm *alarm = dd_alarm_find(alarms, number);
        if (alarm && alarm->kind == kind) return number;
    }
    return 0;
}

static void act_on(toy *it, const char *form, uint32_t a, uint32_t b) {
    char text[80];
    snprintf(text, sizeof text, form, a, b);
    toy_act(it, text);
}

// An alarm is shelved with its reason, and comes back when its time is over.
Test(action, shelves_alarms) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_ALARM_SHELVED) | TOY_BIT(DD_REC_ALARM_UNSHELVED));
    toy_until(it, "20:00");
    expect_in_vain(it, "acknowledge 4000", "no live alarm 4000");
    expect_in_vain(it, "shelve 4000 1h the crew is there", "no live alarm 4000");
    expect_in_vain(it, "unshelve 4000", "not on the shelf");
    toy_act(it, "fail lamp:L-1-7 led_open");
    toy_until(it, "20:30");
    uint32_t number = alarm_of(it, DD_ALARM_LAMP_FAILURE);
    cr_assert(ne(u32, number, 0));
    act_on(it, "shelve %u 1h30m waits for a driver", number, 0);
    toy_until(it, "20:31");
    cr_assert(eq(u32, count(it, DD_REC_ALARM_SHELVED), 1));
    const dd_record *shelved = &it->records[0];
    cr_expect(eq(i64, shelved->value[2], shelved->time + 90 * DD_MINUTE));
    cr_expect(strcmp(it->world->engine->texts->all[shelved->value[3]], "waits for a driver") == 0);
    toy_until(it, "21:30");
    cr_expect(eq(u32, count(it, DD_REC_ALARM_UNSHELVED), 0));
    toy_until(it, "22:05");
    cr_expect(eq(u32, count(it, DD_REC_ALARM_UNSHELVED), 1));
    act_on(it, "shelve %u 8h the driver comes tomorrow", number, 0);
    act_on(it, "unshelve %u", number, 0);
    toy_for(it, DD_SECOND);
    cr_expect(eq(u32, count(it, DD_REC_ALARM_UNSHELVED), 2));
    toy_close(it);
}

// An incident by hand: opened at a place, an alarm linked to it, its cause noted, closed.
Test(action, keeps_incidents) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, 0);
    const dd_centre *centre = &toy_hub(it)->centre;
    toy_until(it, "20:00");
    toy_act(it, "fail lamp:L-1-7 led_open");
    toy_until(it, "20:30");
    uint32_t alarm = alarm_of(it, DD_ALARM_LAMP_FAILURE), number = 0;
    dd_words words;
    dd_action action;
    dd_error error;
    const char *text = "open road:Street-1-0 unknown high";
    cr_assert(dd_action_parse(it->world, text, &words, &action, &error));
    action.made = &number;
    cr_assert(dd_action_do(it->world, &action, text, &error));
    const dd_incident *incident = dd_incident_find(centre, number);
    cr_assert(incident != NULL && incident->by_hand);
    cr_expect(eq(u32, incident->entity, toy_entity(it, "road:Street-1-0")));
    cr_expect(eq(u8, incident->priority, DD_PRIORITY_HIGH));
    expect_in_vain(it, "link 4000 alarm 1", "no incident 4000");
    expect_in_vain(it, "cause 4000 cable", "no incident 4000");
    act_on(it, "link %u alarm %u", number, alarm);
    cr_expect(eq(u32, dd_alarm_find(&centre->alarms, alarm)->incident, number));
    act_on(it, "cause %u lamp", number, 0);
    cr_expect(eq(u8, incident->cause, DD_CAUSE_LAMP));
    cr_expect(incident->settled);
    act_on(it, "close %u", number, 0);
    cr_expect(eq(u8, incident->state, DD_INCIDENT_CLOSED));
    char again[40];
    snprintf(again, sizeof again, "close %u", number);
    expect_in_vain(it, again, "that is not closed");
    toy_close(it);
}

// A report is filed, handed to a ward, and answered; nobody is there to do it by himself.
Test(action, works_off_reports) {
    toy_def def = toy_default();
    def.settings.office_automatic = 0;
    def.settings.citizens_per_day = 0;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT) | TOY_BIT(DD_REC_REPORT_TRANSFERRED) |
                                  TOY_BIT(DD_REC_REPORT_ANSWERED));
    toy_until(it, "19:00");
    toy_act(it, "file road:S-1-0 rubbish as=advertising Whose heap is this, and since when?");
    toy_act(it, "file lamp:L-2-3 lighting unfounded");
    toy_until(it, "20:00");
    cr_assert(eq(u32, count(it, DD_REC_REPORT), 2));
    cr_expect(eq(i64, it->records[0].value[1], DD_REPORT_ADVERTISING));
    const dd_report *report = dd_report_find(&it->world->engine->domains[DD_HUB_DOMAIN], 1);
    cr_assert(report != NULL);
    cr_expect(strcmp(it->world->engine->texts->all[report->text],
                     "Whose heap is this, and since when?") == 0);
    expect_in_vain(it, "transfer 3 ward:W-1-0", "no report 3");
    toy_act(it, "transfer 1 ward:Ward-1-0");
    toy_act(it, "transfer 2 city");
    toy_act(it, "answer 2 not_found");
    expect_in_vain(it, "answer 2 done", "no report 2");
    toy_for(it, DD_SECOND);
    cr_expect(ge(u32, count(it, DD_REC_REPORT_TRANSFERRED), 1));
    cr_expect(eq(u32, count(it, DD_REC_REPORT_ANSWERED), 1));
    toy_close(it);
}

// A crew is sent, and called home; what nobody can go to yet waits, and can be given up.
Test(action, sends_crews) {
    toy_def def = toy_default();
    def.settings.crew_night_n = 1;
    def.settings.crew_day_n = 1;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_DISPATCH));
    const dd_crews *crews = &toy_hub(it)->crews;
    toy_until(it, "20:00");
    toy_act(it, "dispatch feeder:S-1-0 crew:crew-2 priority=high");
    cr_assert(eq(u32, crews->ticket_n, 1));
    const dd_ticket *ticket = dd_ticket_at(crews, 1);
    cr_expect(eq(u32, ticket->entity, toy_entity(it, "feeder:S-1-0")));
    cr_expect(eq(u8, ticket->wanted, 2));
    cr_expect(eq(u8, ticket->priority, DD_PRIORITY_HIGH));
    expect_in_vain(it, "dispatch lamp:L-1-1 crew:crew-2", "crew");
    expect_in_vain(it, "dispatch lamp:L-1-1 incident=4000", "no incident 4000");
    expect_in_vain(it, "dispatch lamp:L-1-1 crew:crew-7", "crew 7");
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(eq(u32, count(it, DD_REC_DISPATCH), 1));
    toy_act(it, "recall crew:crew-2");
    toy_for(it, DD_SECOND);
    cr_assert(eq(u32, count(it, DD_REC_DISPATCH), 2));
    cr_expect(eq(i64, it->records[1].value[2], 0), "called back");
    toy_act(it, "dispatch lamp:L-1-1 crew:crew-1"); // the day's: at home now
    toy_act(it, "recall 2");
    expect_in_vain(it, "recall 2", "2");
    expect_in_vain(it, "recall 3", "3");
    toy_close(it);
}

// What comes from outside at one moment is done in its order, each before the next is looked at.
Test(action, of_one_moment_see_each_other) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, 0);
    toy_until(it, "20:00");
    toy_act(it, "weather rain=20 clouds=100"); // all segments are still to hear of it
    toy_act(it, "fail feeder:S-1-0 breaker");
    cr_expect(eq(u32, toy_measure(it, 1).dark, 30));
    toy_act(it, "refit lamp:L-2-1 LED-street-150");
    cr_expect(eq(u8, toy_node(it, 2, 1)->model, DD_STREET_150));
    toy_close(it);
}

// Ten in a hundred an hour, of ninety lamps, for ten hours: few are left, and all are mended.
Test(action, hazards_strike_and_are_mended) {
    toy_def def = toy_default();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_FAULT));
    toy_act(it, "hazard city led_short 100 0.5");
    toy_for(it, 10 * DD_HOUR);
    uint32_t failed = 0, mended = 0;
    for (size_t i = 0; i < it->record_n; i++)
        (it->records[i].value[1] ? (void)failed++ : (void)mended++);
    cr_expect(failed >= 50 && failed <= 130, "%u", failed);
    cr_expect(ge(u32, mended, failed * 8 / 10), "%u of %u", mended, failed);
    toy_close(it);
}
