#define _DEFAULT_SOURCE // mkdtemp, setenv
#include "engine/data.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "data-XXXXXX";
static char path[DD_PATH_SIZE];
static dd_error error;

// A folder with the file scenarios/bentre.geojson, in the working folder.
static void make_folder(void) {
    cr_assert(mkdtemp(folder));
    char command[200];
    snprintf(command, sizeof command, "mkdir -p %s/scenarios && : > %s/scenarios/bentre.geojson",
             folder, folder);
    cr_assert_eq(system(command), 0);
}

static void remove_folder(void) {
    char command[200];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(data, .init = make_folder, .fini = remove_folder);

Test(data, is_found_where_the_environment_says) {
    setenv("DOMDOM_DATA", folder, 1);
    cr_assert(dd_data_find("scenarios/bentre.geojson", path, &error), "%s", error.text);
    cr_assert_eq(strncmp(path, folder, strlen(folder)), 0, "%s", path);
    cr_assert_eq(access(path, R_OK), 0);
}

Test(data, the_environment_is_the_only_word_when_set) {
    setenv("DOMDOM_DATA", folder, 1);
    cr_assert_not(dd_data_find("../CMakeCache.txt.none", path, &error));
    cr_assert_eq(error.status, DD_WRONG);
    cr_assert(strstr(error.text, "DOMDOM_DATA"), "%s", error.text);
    cr_assert(strstr(error.text, folder), "%s", error.text);
}

Test(data, otherwise_the_message_names_the_folders) {
    unsetenv("DOMDOM_DATA");
    cr_assert_not(dd_data_find("scenarios/atlantis.geojson", path, &error));
    cr_assert(strstr(error.text, "scenarios/atlantis.geojson"), "%s", error.text);
    cr_assert(strstr(error.text, "share/domdom"), "%s", error.text);
}

Test(data, a_name_too_long_is_not_found) {
    unsetenv("DOMDOM_DATA");
    char name[DD_PATH_SIZE + 10];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    cr_assert_not(dd_data_find(name, path, &error));
}
