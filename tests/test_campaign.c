// A release's way from the centre through the controllers to the nodes and back, played whole.
#include "models/controller/boot_loader.h"
#include "models/light/node_update.h"
#include "models/program_text.h"
#include "tests/toy_city.h"

enum { LAMPS = 12, KIB = 4 };
#define FIRMWARE TOY_BIT(DD_REC_FIRMWARE)
#define CAMPAIGN TOY_BIT(DD_REC_CAMPAIGN)

typedef struct stage {
    toy *city;
    dd_release release;
    dd_campaign_def def;
    uint32_t segments[TOY_SEGMENTS_MAX];
    uint32_t number; // of the campaign
} stage;

static dd_release release_of(dd_image_target target, dd_defect defect) {
    dd_release release = {.name = "R2", .defect = (uint8_t)defect};
    release.image.target = (uint8_t)target;
    release.image.version = 2;
    release.image.size = KIB * 1024;
    return release;
}

static toy_def usual(void) {
    toy_def def = toy_default();
    def.segment_n = 2;
    def.lamp_n = LAMPS;
    def.kind = DD_STREET_75;
    def.start = "2020-08-03 20:00";
    return def;
}

// Opens the city with the release in it, and begins the campaign after a minute.
static void open(stage *it, const toy_def *def, dd_release release, uint64_t mask) {
    dd_error error = {DD_OK, ""};
    it->city = toy_open(def);
    it->def = dd_campaign_default_def();
    it->def.release = dd_release_add(&it->city->world->def.releases, &release, &error);
    cr_assert(it->def.release, "%s", error.text);
    it->release = it->city->world->def.releases.at[it->def.release];
    for (uint32_t i = 0; i < def->segment_n; i++)
        it->segments[i] = i + 1;
    it->def.segments = it->segments;
    it->def.segment_n = def->segment_n;
    it->def.soak = DD_HOUR;
    if (mask) dd_stream_listen(&it->city->world->engine->stream, mask, toy_keep, it->city);
    dd_twin_start(it->city->world);
    toy_for(it->city, DD_MINUTE);
}

static dd_domain *hub(stage *it) {
    dd_domain *domain = &it->city->world->engine->domains[DD_HUB_DOMAIN];
    domain->now = it->city->world->engine->now;
    return domain;
}

static void begin(stage *it) {
    dd_error error = {DD_OK, ""};
    it->number = dd_campaign_begin(hub(it), &toy_hub(it->city)->centre, &it->def, 0, &error);
    cr_assert(it->number, "%s", error.text);
}

static const dd_campaign *campaign(const stage *it) {
    return dd_campaign_find(&toy_hub(it->city)->centre, it->number);
}

static uint32_t count(const stage *it, uint32_t segment, uint32_t version) {
    uint32_t n = 0;
    for (uint16_t lamp = 1; lamp <= LAMPS; lamp++)
        n += dd_node_version(toy_domain(it->city, segment), toy_segment(it->city, segment), lamp) ==
             version;
    return n;
}

static uint32_t records(const stage *it, uint16_t kind, int64_t v0) {
    uint32_t n = 0;
    for (size_t i = 0; i < it->city->record_n; i++)
        n += it->city->records[i].kind == kind && it->city->records[i].value[0] == v0;
    return n;
}

Test(campaign, brings_a_release_to_every_node_wave_after_wave) {
    stage it;
    toy_def def = usual();
    open(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_NONE), FIRMWARE);
    begin(&it);
    toy_for(it.city, 40 * DD_MINUTE);
    cr_assert_eq(count(&it, 1, 2), LAMPS);
    cr_assert_eq(count(&it, 2, 2), 0, "the second wave waits until the first has been watched");
    toy_for(it.city, 3 * DD_HOUR);
    cr_assert_eq(count(&it, 2, 2), LAMPS);
    cr_assert_eq(campaign(&it)->state, DD_CAMPAIGN_DONE);
    cr_assert_eq(records(&it, DD_REC_FIRMWARE, DD_FIRMWARE_CONFIRMED), 2 * LAMPS);
    toy_close(it.city);
}

// --- Its way ---

static void to_the_end(stage *it, dd_time most) {
    dd_time end = it->city->world->engine->now + most;
    while (campaign(it)->state == DD_CAMPAIGN_WAVE && it->city->world->engine->now < end)
        toy_for(it->city, DD_MINUTE);
}

static void one_segment(stage *it, const toy_def *def, dd_release release, uint64_t mask) {
    open(it, def, release, mask);
    it->def.segment_n = 1;
    it->def.soak = 5 * DD_MINUTE;
    begin(it);
}

// What is seen in the street is none of it.
Test(campaign, no_lamp_changes_its_light) {
    stage it;
    toy_def def = usual();
    open(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_NONE), TOY_BIT(DD_REC_LAMP_LIGHT));
    it.def.segment_n = 1;
    toy_for(it.city, 10 * DD_MINUTE);
    size_t before = it.city->record_n;
    begin(&it);
    toy_for(it.city, 2 * DD_HOUR);
    cr_expect_eq(count(&it, 1, 2), LAMPS);
    cr_expect_eq(it.city->record_n, before);
    toy_close(it.city);
}

// Its blocks fit secured frames, too: else nothing would arrive.
Test(campaign, a_secured_mesh_carries_it) {
    stage it;
    toy_def def = usual();
    def.settings.mesh_security = 1;
    one_segment(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_NONE), 0);
    to_the_end(&it, 2 * DD_HOUR);
    cr_expect_eq(count(&it, 1, 2), LAMPS);
    toy_close(it.city);
}

Test(campaign, bad_links_only_delay_it) {
    stage it;
    toy_def def = usual();
    def.settings.mesh_fade_db = 6;
    def.spacing_m = 60;
    one_segment(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_NONE), 0);
    to_the_end(&it, 6 * DD_HOUR);
    cr_expect_eq(campaign(&it)->state, DD_CAMPAIGN_DONE);
    cr_expect_eq(count(&it, 1, 2), LAMPS);
    toy_close(it.city);
}

// In the middle of the transfer, the supply and then the controller fail for a while.
Test(campaign, it_goes_on_after_a_power_cut_and_a_restart) {
    stage it;
    toy_def def = usual();
    dd_release release = release_of(DD_IMAGE_NODE, DD_DEFECT_NONE);
    release.image.size = 16 * 1024;
    one_segment(&it, &def, release, FIRMWARE | TOY_BIT(DD_REC_MESH_GROUP));
    toy_for(it.city, 80 * DD_SECOND);
    const dd_core *core = &toy_segment(it.city, 1)->house->seat.application.core;
    cr_assert_eq(core->update.kept.phase, DD_UPDATE_SPREADING);
    cr_assert(core->spread.cursor > 20 && core->spread.cursor < 200, "%u", core->spread.cursor);
    toy_act(it.city, "fail feeder:S-1-0 breaker");
    toy_for(it.city, 10 * DD_MINUTE);
    toy_act(it.city, "repair feeder:S-1-0 breaker");
    toy_for(it.city, 2 * DD_MINUTE);
    toy_act(it.city, "fail segment:S-1-0 controller");
    toy_for(it.city, 5 * DD_MINUTE);
    toy_act(it.city, "repair segment:S-1-0 controller");
    to_the_end(&it, 6 * DD_HOUR);
    cr_expect_eq(campaign(&it)->state, DD_CAMPAIGN_DONE);
    cr_expect_eq(count(&it, 1, 2), LAMPS);
    cr_expect_eq(records(&it, DD_REC_FIRMWARE, DD_FIRMWARE_RECEIVED), LAMPS, "each once");
    toy_close(it.city);
}

Test(campaign, a_file_with_one_wrong_octet_gets_no_further_than_the_controllers) {
    stage it;
    toy_def def = usual();
    dd_release release = release_of(DD_IMAGE_NODE, DD_DEFECT_NONE);
    release.damaged = 1 + DD_IMAGE_HEADER + 1234;
    open(&it, &def, release, FIRMWARE);
    begin(&it);
    to_the_end(&it, DD_HOUR);
    cr_expect_eq(campaign(&it)->state, DD_CAMPAIGN_HALTED);
    cr_expect_eq(campaign(&it)->gate, DD_GATE_FAILED);
    cr_expect_eq(it.city->record_n, 0, "no node ever had it");
    cr_expect(toy_alarm(it.city, "segment:S-1-0", DD_ALARM_UPDATE));
    cr_expect_not(toy_alarm(it.city, "segment:S-2-0", DD_ALARM_UPDATE),
                  "the second wave never began");
    cr_expect(dd_campaign_abort(hub(&it), &toy_hub(it.city)->centre, it.number, false, 0));
    toy_for(it.city, 5 * DD_MINUTE);
    cr_expect_not(toy_alarm(it.city, "segment:S-1-0", DD_ALARM_UPDATE), "it is done with");
    toy_close(it.city);
}

Test(campaign, a_header_with_one_wrong_octet_is_refused) {
    stage it;
    toy_def def = usual();
    dd_release release = release_of(DD_IMAGE_NODE, DD_DEFECT_NONE);
    release.damaged = 1 + 20;
    one_segment(&it, &def, release, 0);
    toy_for(it.city, 10 * DD_MINUTE);
    cr_expect(toy_alarm(it.city, "segment:S-1-0", DD_ALARM_UPDATE));
    cr_expect_eq(toy_segment(it.city, 1)->house->seat.application.core.update.kept.number, 0);
    toy_close(it.city);
}

// --- Releases that are wrong ---

// All lamps burn, all nodes run what they ran before, and are heard.
static void check_unharmed(stage *it) {
    cr_expect_eq(count(it, 1, 1), LAMPS);
    cr_expect_eq(toy_measure(it->city, 1).lit, LAMPS);
    cr_expect_eq(toy_reach(it->city, 1), LAMPS);
}

static void check_out_again(dd_defect defect, dd_campaign_gate gate) {
    stage it;
    toy_def def = usual();
    one_segment(&it, &def, release_of(DD_IMAGE_NODE, defect), FIRMWARE);
    it.city->record_n = 0;
    to_the_end(&it, 4 * DD_HOUR);
    cr_expect_eq(campaign(&it)->state, DD_CAMPAIGN_HALTED);
    cr_expect_eq(campaign(&it)->gate, gate);
    toy_for(it.city, 90 * DD_MINUTE);
    check_unharmed(&it);
    cr_expect_eq(records(&it, DD_REC_FIRMWARE, DD_FIRMWARE_CONFIRMED), 0);
    cr_expect_geq(records(&it, DD_REC_FIRMWARE, DD_FIRMWARE_ROLLED_BACK), 3);
    cr_expect_leq(records(&it, DD_REC_FIRMWARE, DD_FIRMWARE_ROLLED_BACK), 3 + DD_TRIALS);
    toy_close(it.city);
}

Test(campaign, one_that_does_not_start_is_out_again) {
    check_out_again(DD_DEFECT_NO_START, DD_GATE_FAILED);
}

Test(campaign, one_that_is_mute_is_out_again) {
    check_out_again(DD_DEFECT_MUTE, DD_GATE_FAILED);
}

// It runs and is heard; that it dims wrongly its power shows, once it dims.
Test(campaign, one_that_dims_wrongly_shows_by_alarms_and_goes_back) {
    stage it;
    toy_def def = usual();
    def.start = "2020-08-03 22:00";
    open(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_WRONG_CURVE), FIRMWARE);
    it.def.segment_n = 1;
    it.def.soak = 4 * DD_HOUR;
    begin(&it);
    toy_for(it.city, 50 * DD_MINUTE);
    cr_expect_eq(count(&it, 1, 2), LAMPS, "nothing is wrong before 23:00");
    toy_for(it.city, 70 * DD_MINUTE);
    cr_expect_eq(campaign(&it)->gate, DD_GATE_ALARMS);
    toy_for(it.city, DD_HOUR);
    check_unharmed(&it);
    dd_campaign_counts counts =
        dd_campaign_count(hub(&it), &toy_hub(it.city)->centre, campaign(&it));
    cr_expect_eq(counts.done_n, 0, "the centre knows that they are back");
    toy_close(it.city);
}

// A feeder that is lost in a canary is nobody's fault but the feeder's.
Test(campaign, what_no_firmware_can_do_does_not_halt_it) {
    stage it;
    toy_def def = usual();
    open(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_NONE), 0);
    it.def.segment_n = 1;
    it.def.soak = 2 * DD_HOUR;
    begin(&it);
    toy_for(it.city, 30 * DD_MINUTE);
    cr_assert_eq(count(&it, 1, 2), LAMPS);
    toy_act(it.city, "fail lamp:L-1-5 cable_cut");
    toy_for(it.city, 80 * DD_MINUTE);
    cr_expect(toy_alarm(it.city, "lamp:L-1-8", DD_ALARM_COMMUNICATION));
    cr_expect_eq(campaign(&it)->gate, DD_GATE_NONE);
    toy_close(it.city);
}

// Whatever comes over the mesh, and whoever sends it: nobody starts what is not whole.
Test(campaign, noise_updates_no_node) {
    stage it;
    toy_def def = usual();
    open(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_NONE), FIRMWARE);
    dd_domain *domain = toy_domain(it.city, 1);
    for (uint32_t i = 0; i < 60000; i++) {
        dd_random4 word = dd_random(9, i, 9, 9);
        dd_node_request request = {.lamp = (uint16_t)(1 + word.v[0] % LAMPS)};
        request.kind = (uint8_t)(DD_NODE_OFFER + word.v[1] % 6);
        request.package = (dd_node_package){.tag = dd_image_tag(&it.release.image),
                                            .block = (uint16_t)(word.v[2] % (KIB * 17)),
                                            .n = (uint8_t)(word.v[3] % 65)};
        if (word.v[0] >> 30) request.package.n = 64; // mostly, of the right size
        memset(request.package.octets, (int)(word.v[2] >> 24), sizeof request.package.octets);
        if (request.kind == DD_NODE_OFFER && word.v[3] >> 31) {
            request.package.n = DD_IMAGE_HEADER;
            dd_release_header(&it.release, request.package.octets);
        }
        dd_firmware_status status =
            dd_node_update_answer(domain, toy_segment(it.city, 1), &request);
        cr_assert_eq(status.version, 1);
        cr_assert(status.step != DD_STEP_DOWNLOADED && status.step != DD_STEP_UPDATING);
        cr_assert(status.gap_n <= DD_GAPS_MAX && status.gap_n <= status.missing_n);
    }
    toy_for(it.city, DD_HOUR);
    check_unharmed(&it);
    cr_expect_eq(records(&it, DD_REC_FIRMWARE, DD_FIRMWARE_RECEIVED), 0);
    cr_expect_gt(records(&it, DD_REC_FIRMWARE, DD_FIRMWARE_REFUSED), 0, "some came to their end");
    toy_close(it.city);
}

static uint16_t level_of(const stage *it, uint16_t lamp) {
    return toy_node(it->city, 1, lamp)->level_pm;
}

static void check_override(dd_defect defect, uint16_t in_it_pm, uint16_t after_it_pm) {
    stage it;
    toy_def def = usual();
    one_segment(&it, &def, release_of(DD_IMAGE_NODE, defect), 0);
    to_the_end(&it, DD_HOUR);
    cr_assert_eq(count(&it, 1, 2), LAMPS);
    toy_act(it.city, "override segment:S-1-0 30% 10m");
    toy_for(it.city, 8 * DD_MINUTE);
    cr_expect_eq(level_of(&it, 5), in_it_pm);
    toy_for(it.city, 4 * DD_MINUTE);
    cr_expect_eq(level_of(&it, 5), after_it_pm);
    toy_close(it.city);
}

Test(campaign, overrides_under_each_release) {
    check_override(DD_DEFECT_NONE, 300, 1000);
    check_override(DD_DEFECT_FORGETS, 1000, 1000);
    check_override(DD_DEFECT_NEVER_ENDS, 300, 300);
}

Test(campaign, one_that_rolls_over_is_dark_from_midnight_to_noon) {
    stage it;
    toy_def def = usual();
    def.start = "2020-08-03 22:30";
    def.program = (dd_program){0}; // the same light at all hours
    cr_assert(dd_program_add(&def.program, "12:00", 100, NULL));
    open(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_MIDNIGHT), 0);
    it.def.segment_n = 1;
    it.def.alarm_share = 100; // nobody sees to it
    begin(&it);
    toy_until(it.city, "23:59");
    cr_expect_eq(level_of(&it, 5), 1000);
    toy_until(it.city, "00:01");
    cr_expect_eq(level_of(&it, 5), 0);
    toy_until(it.city, "11:59");
    cr_expect_eq(level_of(&it, 5), 0);
    toy_until(it.city, "12:01");
    cr_expect_eq(level_of(&it, 5), 1000);
    toy_close(it.city);
}

// --- Controllers ---

static uint32_t own_version(const stage *it) {
    return dd_controller_version(toy_domain(it->city, 1), toy_segment(it->city, 1));
}

static void check_controller(dd_defect defect, uint32_t version, dd_campaign_state state) {
    stage it;
    toy_def def = usual();
    one_segment(&it, &def, release_of(DD_IMAGE_CONTROLLER, defect), FIRMWARE);
    to_the_end(&it, 2 * DD_HOUR);
    toy_for(it.city, 20 * DD_MINUTE);
    cr_expect_eq(own_version(&it), version);
    cr_expect_eq(campaign(&it)->state, state);
    cr_expect(toy_segment(it.city, 1)->house->running);
    cr_expect_eq(toy_measure(it.city, 1).lit, LAMPS);
    cr_expect_not(toy_alarm(it.city, "segment:S-1-0", DD_ALARM_LINE), "the centre hears it");
    toy_close(it.city);
}

Test(campaign, controllers_are_updated_too) {
    check_controller(DD_DEFECT_NONE, 2, DD_CAMPAIGN_DONE);
}

Test(campaign, a_controllers_release_that_does_not_start_is_out_again) {
    check_controller(DD_DEFECT_NO_START, 1, DD_CAMPAIGN_HALTED);
}

Test(campaign, a_controllers_release_that_the_centre_does_not_hear_is_out_again) {
    check_controller(DD_DEFECT_MUTE, 1, DD_CAMPAIGN_HALTED);
}

// --- The operator ---

Test(campaign, an_operator_halts_lets_go_on_and_takes_back) {
    stage it;
    toy_def def = usual();
    open(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_NONE), CAMPAIGN);
    toy_act(it.city, "update city R2 canary=1 wave=50 soak=30");
    it.number = 1;
    toy_for(it.city, 20 * DD_MINUTE);
    cr_expect_eq(count(&it, 1, 2), LAMPS);
    toy_act(it.city, "update halt 1");
    toy_for(it.city, 3 * DD_HOUR);
    cr_expect_eq(count(&it, 2, 2), 0);
    toy_act(it.city, "update continue 1");
    toy_for(it.city, 2 * DD_HOUR);
    cr_expect_eq(count(&it, 2, 2), LAMPS);
    toy_act(it.city, "update abort 1 back");
    dd_error error;
    dd_centre *centre = &toy_hub(it.city)->centre;
    cr_expect_eq(dd_campaign_begin(hub(&it), centre, &it.def, 0, &error), 0, "it goes back yet");
    toy_for(it.city, DD_HOUR);
    cr_expect_eq(count(&it, 1, 2) + count(&it, 2, 2), 0);
    cr_expect_eq(campaign(&it)->state, DD_CAMPAIGN_ABORTED);
    cr_expect_eq(campaign(&it)->gate, DD_GATE_OPERATOR);
    cr_expect_eq(records(&it, DD_REC_CAMPAIGN, 1), it.city->record_n);
    cr_expect_eq(dd_campaign_begin(hub(&it), centre, &it.def, 0, &error), 2, "now it is over");
    toy_close(it.city);
}

Test(campaign, what_cannot_be_is_an_error) {
    stage it;
    toy_def def = usual();
    dd_error error;
    open(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_NONE), 0);
    dd_centre *centre = &toy_hub(it.city)->centre;
    dd_campaign_def usual_def = it.def;
    it.def.release = 2;
    cr_expect_eq(dd_campaign_begin(hub(&it), centre, &it.def, 0, &error), 0, "no such release");
    it.def = usual_def;
    it.def.segment_n = 0;
    cr_expect_eq(dd_campaign_begin(hub(&it), centre, &it.def, 0, &error), 0, "no segments");
    it.def = usual_def;
    it.def.failed_share = 101;
    cr_expect_eq(dd_campaign_begin(hub(&it), centre, &it.def, 0, &error), 0, "out of range");
    it.def = usual_def;
    begin(&it);
    cr_expect_eq(dd_campaign_begin(hub(&it), centre, &it.def, 0, &error), 0, "one of them is busy");
    cr_expect_not(dd_campaign_resume(hub(&it), centre, it.number, 0), "it has not halted");
    cr_expect_not(dd_campaign_halt(hub(&it), centre, 7, false, 0), "there is none");
    toy_close(it.city);
}
