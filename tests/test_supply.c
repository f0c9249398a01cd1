// A board's supply, switched by a command: what it is called with, that its failure is told, and
// that one which hangs is ended.
#define _DEFAULT_SOURCE // mkdtemp
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hil/outlet/supply.h"
#include "hil/wire/wall.h"

static char folder[] = "/tmp/supply_XXXXXX";
static char text[256];

static void begin(void) {
    cr_assert(mkdtemp(folder) != NULL);
}

static void end(void) {
    char line[64];
    snprintf(line, sizeof line, "rm -r %s", folder);
    cr_assert(system(line) == 0);
}

TestSuite(supply, .init = begin, .fini = end);

static const char *command(const char *format) {
    static char line[300];
    snprintf(line, sizeof line, format, folder, folder);
    return line;
}

static const char *said(void) {
    char path[64];
    snprintf(path, sizeof path, "%s/said", folder);
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[n] = 0;
    if (file) fclose(file);
    return text;
}

static bool wait_for(dd_supply *supply, dd_error *error) {
    dd_supply_state state;
    while ((state = dd_supply_poll(supply, error)) == DD_SUPPLY_SWITCHING)
        usleep(5000);
    return state == DD_SUPPLY_DONE;
}

Test(supply, the_command_is_called_with_on_and_off) {
    dd_supply supply;
    dd_supply_init(&supply, command("echo >>%s/said"));
    cr_assert(eq(int, dd_supply_poll(&supply, NULL), DD_SUPPLY_IDLE));
    cr_assert(dd_supply_switch(&supply, false, NULL));
    cr_assert(wait_for(&supply, NULL));
    cr_assert(dd_supply_switch(&supply, true, NULL));
    cr_assert(wait_for(&supply, NULL));
    cr_assert(eq(str, (char *)said(), "off\non\n"));
    cr_assert(eq(int, dd_supply_poll(&supply, NULL), DD_SUPPLY_IDLE));
    dd_supply_fini(&supply);
}

Test(supply, a_failure_tells_the_command_and_its_status) {
    dd_supply supply;
    dd_error error = {0};
    dd_supply_init(&supply, "exit 7 #");
    cr_assert(dd_supply_switch(&supply, true, NULL));
    cr_assert(not(wait_for(&supply, &error)));
    cr_assert(eq(int, error.status, DD_OUTSIDE));
    cr_assert(strstr(error.text, "exit 7 # on") && strstr(error.text, "status 7") != NULL, "%s",
              error.text);
    dd_supply_fini(&supply);
}

Test(supply, one_that_hangs_dies_with_its_children) {
    dd_supply supply;
    dd_supply_init(&supply, command("sleep 60 & echo $! >%s/said; wait #"));
    cr_assert(dd_supply_switch(&supply, true, NULL));
    for (int i = 0; i < 500 && !*said(); i++)
        usleep(10000);
    pid_t child = (pid_t)atol(said());
    cr_assert(child > 0 && kill(child, 0) == 0);
    cr_assert(eq(int, dd_supply_poll(&supply, NULL), DD_SUPPLY_SWITCHING));
    supply.until_ns = dd_wall_ns(); // as if its time were over
    dd_error error = {0};
    cr_assert(not(wait_for(&supply, &error)));
    cr_assert(strstr(error.text, "took longer") != NULL, "%s", error.text);
    for (int i = 0; i < 500 && kill(child, 0) == 0; i++)
        usleep(10000);
    cr_assert(kill(child, 0) != 0);
    dd_supply_fini(&supply);
}
