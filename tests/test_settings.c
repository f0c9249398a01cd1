// Settings: names, ranges, defaults, and that those of the facts are the facts'.
#include "models/world_settings.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

Test(settings, every_default_lies_in_its_range) {
    dd_world_def settings = dd_world_default_def();
    for (size_t i = 0; i < dd_setting_count; i++) {
        const dd_setting_info *info = &dd_setting_table[i];
        dd_error error = {DD_OK, ""};
        cr_expect(lt(dbl, info->least, info->most), "%s", info->name);
        cr_expect(strlen(info->what) > 10, "%s", info->name);
        cr_expect(strchr(info->name, '.') != NULL, "%s: parameters have no dot", info->name);
        cr_expect(dd_setting_find(info->name) == info);
        cr_expect(dd_world_set(&settings, info->name, info->value, &error), "%s", error.text);
        for (size_t j = 0; j < i; j++)
            cr_expect(strcmp(info->name, dd_setting_table[j].name) != 0);
    }
    dd_settings same = dd_settings_default();
    cr_expect(memcmp(&settings.settings, &same, sizeof same) == 0);
}

Test(settings, each_sets_its_own_field) {
    for (size_t i = 0; i < dd_setting_count; i++) {
        dd_world_def before = dd_world_default_def(), after = before;
        const dd_setting_info *info = &dd_setting_table[i];
        double other = info->value == info->most ? info->least : info->most;
        cr_assert(dd_world_set(&after, info->name, other, NULL));
        size_t changed = 0;
        for (size_t j = 0; j < dd_setting_count; j++) {
            double old, new;
            memcpy(&old, (char *)&before.settings + dd_setting_table[j].offset, sizeof old);
            memcpy(&new, (char *)&after.settings + dd_setting_table[j].offset, sizeof new);
            changed += old != new;
        }
        cr_expect(eq(sz, changed, 1), "%s", info->name);
    }
}

Test(settings, refuse_what_makes_no_sense) {
    static const double wrong[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300};
    dd_world_def settings = dd_world_default_def(), same = settings;
    dd_error error = {DD_OK, ""};
    for (size_t i = 0; i < dd_setting_count; i++)
        for (size_t k = 0; k < DD_COUNT(wrong); k++)
            cr_expect(not(dd_world_set(&settings, dd_setting_table[i].name, wrong[k], &error)));
    cr_expect(not(dd_world_set(&settings, "mesh.fade", 4, &error)));
    cr_expect(eq(int, error.status, DD_WRONG));
    cr_expect(strstr(error.text, "did you mean 'mesh.fade_db'") != NULL, "%s", error.text);
    cr_expect(not(dd_world_set(&settings, "citizens.false", 101, &error)));
    cr_expect(strstr(error.text, "0 to 100 %") != NULL, "%s", error.text);
    cr_expect(memcmp(&settings, &same, sizeof same) == 0, "nothing is set on an error");
}

// A count is whole: half a retry or preset two and a half is a mistake, not two.
Test(settings, counts_are_whole) {
    dd_world_def settings = dd_world_default_def();
    dd_error error = {DD_OK, ""};
    cr_expect(not(dd_world_set(&settings, "mesh.preset", 2.5, &error)));
    cr_expect(not(dd_world_set(&settings, "mesh.retries", 0.5, &error)));
    cr_expect(not(dd_world_set(&settings, "mesh.max_be", 5.5, &error)));
    cr_expect(strstr(error.text, "whole") != NULL, "%s", error.text);
    cr_expect(dd_world_set(&settings, "mesh.fade_db", 2.5, &error));
}

// Defaults that the fact base gives, in its units.
Test(settings, defaults_are_the_facts) {
    dd_settings s = dd_settings_default();
    cr_expect(eq(dbl, s.centre_poll_s, 15 * 60), "each 15 minutes");
    cr_expect(s.node_own_w >= 1 && s.node_own_w < 2, "A1: a node takes 1-2 W, < 2 W is asked for");
    cr_expect(eq(dbl, s.node_meter_class, 2), "A2: ANSI C136.52");
    cr_expect(s.node_photocell_on_lx == 35 && s.node_photocell_off_lx == 18, "A5");
    cr_expect(eq(dbl, s.node_orphan_level, 100), "A1: factory-set 100 %");
    cr_expect(eq(dbl, s.mesh_retries, 3), "B1: macMaxFrameRetries");
    cr_expect(eq(dbl, s.citizens_place_m, 25), "E");
    cr_expect(s.citizens_false >= 10 && s.citizens_false <= 30, "E");
    cr_expect(eq(dbl, s.citizens_wrong_kind, 10), "E");
    cr_expect(epsilon_eq(dbl, s.sky_lat, 10.24, 0.01), "0");
    cr_expect(epsilon_eq(dbl, s.sky_lon, 106.38, 0.01), "0");
    cr_expect(le(dbl, s.centre_silence_s, 180), "T6 of F1: in 3 min");
}
