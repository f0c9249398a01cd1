// The files of a city: the map beside an inventory belongs to it, and to what a journal is held to.
#define _XOPEN_SOURCE 700 // mkdtemp
#include "lua/city_files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/domdom-city-XXXXXX";
static char city[64], map[64];

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    cr_assert(file != NULL);
    fputs(text, file);
    fclose(file);
}

static void set_up(void) {
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(city, sizeof city, "%s/town.geojson", folder);
    snprintf(map, sizeof map, "%s/map.geojson", folder);
    write_file(city, "a city");
}

static void tear_down(void) {
    remove(city);
    remove(map);
    rmdir(folder);
}

TestSuite(city_files, .init = set_up, .fini = tear_down);

static dd_city_files find(const char *name, const char *from) {
    dd_city_files files;
    dd_error error = {DD_OK, ""};
    cr_assert(dd_city_files_find(&files, name, from, &error), "%s", error.text);
    return files;
}

Test(city_files, the_map_beside_a_city_is_its_own) {
    dd_city_files alone = find(city, "x.lua");
    cr_expect_str_eq(alone.inventory, city);
    cr_expect_str_eq(alone.map, "");
    write_file(map, "a map");
    dd_city_files with = find(city, "x.lua");
    cr_expect_str_eq(with.map, map);
    cr_expect_str_neq(with.hash, alone.hash);
    write_file(map, "b map");
    cr_expect_str_neq(find(city, "x.lua").hash, with.hash);
}

Test(city_files, paths_are_taken_from_the_scenario) {
    char scenario[64];
    snprintf(scenario, sizeof scenario, "%s/night.lua", folder);
    cr_expect_str_eq(find("town.geojson", scenario).inventory, city);
    dd_city_files files;
    dd_error error;
    cr_expect_not(dd_city_files_find(&files, "village.geojson", scenario, &error));
    cr_expect(strstr(error.text, "village.geojson: cannot be read") != NULL, "%s", error.text);
    cr_expect_not(dd_city_files_find(&files, folder, scenario, &error));
    cr_expect(strstr(error.text, "is no file") != NULL, "%s", error.text);
    cr_expect_not(dd_city_files_find(&files, "bentra", scenario, &error));
    cr_expect(strstr(error.text, "did you mean 'bentre'") != NULL, "%s", error.text);
}
