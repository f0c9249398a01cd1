// The plan of the air: channels, PAN ids, neighbourhoods, and whether a mesh can work at all.
#include "models/mesh/survey/reachability.h"
#include "models/mesh/survey/survey.h"
#include "tests/toy_city.h"

#include <math.h>

// Streets so near each other that all hear all.
static void move_together(toy *it, double metres) {
    for (uint32_t s = 1; s <= it->def.segment_n; s++) {
        float shift = (float)(1000.0 * s - metres * s);
        it->segments[s].place.y -= shift;
        it->points[s][0].y -= shift;
        it->points[s][1].y -= shift;
        for (uint32_t i = 0; i < it->segments[s].lamp_count; i++)
            it->lamps[it->segments[s].first_lamp + i].place.y -= shift;
    }
}

// The same city surveyed anew.
static dd_world *survey(toy *it, const dd_given_radio *radios, dd_error *error) {
    dd_world_def def = it->world->def;
    def.settings = it->def.settings;
    def.radios = radios;
    dd_world *world = dd_world_make(&def, error);
    cr_assert(world != NULL);
    if (dd_survey_make(world, error)) return world;
    dd_survey_unmake(world);
    dd_world_unmake(world);
    return NULL;
}

static void close_survey(dd_world *world) {
    dd_survey_unmake(world);
    dd_world_unmake(world);
}

static const int channel_n[] = {16, 15, 7};

// So many neighbours that each finds a channel two away from all others, whatever they have taken.
Test(channel_plan, neighbours_differ_as_far_as_channels_suffice) {
    static const uint32_t crowds[] = {5, 5, 3};
    for (int preset = 1; preset <= 3; preset++) {
        toy_def def = toy_default();
        def.segment_n = crowds[preset - 1];
        def.settings.mesh_preset = preset;
        toy *it = toy_open(&def);
        move_together(it, 20);
        dd_error error;
        dd_world *world = survey(it, NULL, &error);
        const dd_channel_plan *plan = &world->survey->plan;
        for (uint32_t a = 1; a <= def.segment_n; a++) {
            cr_expect(ge(int, plan->channel[a], plan->band->first));
            cr_expect(lt(int, plan->channel[a], plan->band->first + channel_n[preset - 1]));
            for (uint32_t b = 1; b < a; b++)
                cr_expect(ge(int, abs(plan->channel[a] - plan->channel[b]), 2),
                          "preset %d: %u and %u", preset, plan->channel[a], plan->channel[b]);
        }
        close_survey(world);
        toy_close(it);
    }
}

// Alone, each has the channel that its own id likes best, whoever else there is.
Test(channel_plan, strangers_do_not_change_a_plan) {
    toy_def def = toy_default();
    def.segment_n = 3;
    toy *three = toy_open(&def);
    def.segment_n = 8;
    toy *eight = toy_open(&def);
    for (uint32_t s = 1; s <= 3; s++) {
        cr_expect(
            eq(int, three->world->survey->plan.channel[s], eight->world->survey->plan.channel[s]));
        cr_expect(eq(int, three->world->survey->plan.pan[s], eight->world->survey->plan.pan[s]));
    }
    toy_close(three);
    toy_close(eight);
}

Test(channel_plan, what_is_given_stands) {
    toy_def def = toy_default();
    toy *it = toy_open(&def);
    move_together(it, 20);
    dd_given_radio radios[] = {
        {0}, {20, 0x1234, {0}}, {DD_CHANNEL_COMPUTED, 0, {0}}, {20, 0x4321, {0}}};
    dd_error error;
    dd_world *world = survey(it, radios, &error);
    const dd_channel_plan *plan = &world->survey->plan;
    cr_expect(eq(int, plan->channel[1], 20));
    cr_expect(eq(int, plan->channel[3], 20));
    cr_expect(ge(int, abs(plan->channel[2] - 20), 3), "the third keeps away from both");
    cr_expect(eq(int, plan->pan[1], 0x1234));
    cr_expect(eq(int, plan->pan[3], 0x4321));
    close_survey(world);
    toy_close(it);
}

static void expect_refused(toy *it, const dd_given_radio *radios, const char *what) {
    dd_error error = {DD_OK, ""};
    dd_world *world = survey(it, radios, &error);
    cr_expect(world == NULL);
    cr_expect(eq(int, error.status, DD_WRONG));
    cr_expect(strstr(error.text, what) != NULL, "%s", error.text);
    if (world) close_survey(world);
}

Test(channel_plan, refuses_what_cannot_be) {
    toy_def def = toy_default();
    toy *it = toy_open(&def);
    expect_refused(it, (dd_given_radio[]){{0}, {20, 0, {0}}, {27, 0, {0}}, {20, 0, {0}}},
                   "S-2-0: channel 27 lies outside");
    expect_refused(it, (dd_given_radio[]){{0}, {10, 0, {0}}, {20, 0, {0}}, {20, 0, {0}}},
                   "use 11 to 26");
    expect_refused(it, (dd_given_radio[]){{0}, {20, 0xFFFF, {0}}, {20, 0, {0}}, {20, 0, {0}}},
                   "reserved");
    dd_given_radio twins[] = {{0}, {11, 7, {0}}, {20, 0, {0}}, {26, 7, {0}}};
    dd_error error;
    dd_world *world = survey(it, twins, &error);
    cr_expect(world != NULL, "two kilometres apart they may have one PAN id");
    close_survey(world);
    move_together(it, 50);
    expect_refused(it, twins, "S-1-0 and S-3-0 hear each other");
    toy_close(it);
}

// --- Neighbourhoods ---

// The threshold by hand: the highest level of any pair, less the rejection, over the noise.
Test(channel_plan, segments_share_a_domain_from_the_threshold_on) {
    toy_def def = toy_default();
    def.segment_n = 2;
    toy *it = toy_open(&def);
    move_together(it, 150);
    dd_given_radio radios[] = {{0}, {15, 0, {0}}, {17, 0, {0}}};
    dd_error error;
    dd_world *world = survey(it, radios, &error);
    const dd_survey *air = world->survey;
    int32_t most = INT32_MIN;
    for (uint32_t a = air->places.first[1]; a < air->places.first[2]; a++)
        for (uint32_t b = air->places.first[2]; b < air->places.n; b++) {
            const dd_station_place *x = &air->places.all[a], *y = &air->places.all[b];
            int32_t level;
            bool told = dd_propagation_level(&air->propagation, x, y, dd_places_metres(x, y),
                                             INT32_MIN / 2, &level);
            if (told && level > most) most = level;
        }
    double over_db = (most - 4000 - dd_radio_noise_cdbm(&world->radio)) / 100.0;
    close_survey(world);
    for (int above = 0; above < 2; above++) {
        it->def.settings.mesh_couple_db = over_db + (above ? 0.5 : -0.5);
        world = survey(it, radios, &error);
        cr_expect(eq(u32, world->neighbourhood_n, above ? 2 : 1));
        close_survey(world);
    }
    toy_close(it);
}

Test(channel_plan, neighbourhoods_are_chains) {
    toy_def def = toy_default();
    def.segment_n = 5;
    toy *it = toy_open(&def);
    it->def.settings.mesh_channel = 20;
    it->def.settings.mesh_reach_m = 350;
    move_together(it, 300); // each hears the next, and none beyond
    dd_error error;
    dd_world *world = survey(it, NULL, &error);
    cr_expect(eq(u32, world->neighbourhood_n, 1));
    close_survey(world);
    for (uint32_t i = 0; i < it->segments[3].lamp_count; i++) // the chain breaks in its middle
        it->lamps[it->segments[3].first_lamp + i].place.y += 50000;
    it->segments[3].place.y += 50000;
    world = survey(it, NULL, &error);
    cr_expect(eq(u32, world->neighbourhood_n, 3));
    for (uint32_t s = 1; s <= 5; s++)
        cr_expect(eq(u32, world->domain[s],
                     DD_FIRST_SEGMENT_DOMAIN + (s < 3    ? 0
                                                : s == 3 ? 1
                                                         : 2)));
    close_survey(world);
    toy_close(it);
}

// --- Reachability ---

typedef struct complaints {
    uint32_t n;
    char last[300];
} complaints;

static void hear(void *context, const char *text) {
    complaints *it = context;
    it->n++;
    snprintf(it->last, sizeof it->last, "%s", text);
}

Test(channel_plan, says_which_lamps_nobody_reaches) {
    toy_def def = toy_default();
    toy *it = toy_open(&def);
    complaints heard = {0};
    dd_error error;
    cr_expect(dd_reachability_check(it->world, hear, &heard, &error));
    cr_expect(eq(u32, heard.n, 0));
    it->lamps[it->segments[2].first_lamp + 4].place.y += 20000;
    it->lamps[it->segments[2].first_lamp + 9].place.y += 40000;
    dd_world *world = survey(it, NULL, &error);
    cr_expect(dd_reachability_check(world, hear, &heard, &error));
    cr_expect(eq(u32, heard.n, 1));
    cr_expect(strstr(heard.last, "segment S-2-0") && strstr(heard.last, "lamp L-2-5 and 1 more"),
              "%s", heard.last);
    close_survey(world);
    it->segments[3].place.y += 20000;
    world = survey(it, NULL, &error);
    cr_expect(not(dd_reachability_check(world, hear, &heard, &error)));
    cr_expect(strstr(error.text, "segment S-3-0: its controller reaches none") != NULL, "%s",
              error.text);
    close_survey(world);
    toy_close(it);
}

Test(channel_plan, says_what_power_is_against_the_rule) {
    for (int preset = 1; preset <= 3; preset++)
        for (int above = 0; above < 2; above++) {
            toy_def def = toy_default();
            def.settings.mesh_preset = preset;
            double limit = preset == 1 ? 12 : 0;
            def.settings.mesh_tx_change_db = limit + (above ? 0.5 : 0);
            toy *it = toy_open(&def);
            complaints heard = {0};
            dd_error error;
            cr_expect(dd_reachability_check(it->world, hear, &heard, &error));
            cr_expect(eq(u32, heard.n, (uint32_t)above), "preset %d: %s", preset, heard.last);
            toy_close(it);
        }
}
