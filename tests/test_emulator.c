#define _GNU_SOURCE
#include "hil/board/board.h"
#include "hil/outlet/emulator.h"
#include "hil/wire/wall.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// One limit for all: where they differ, Criterion loses some octets of its own.
TestSuite(emulator, .timeout = 60);

static dd_error error;

static dd_emulator *start(const char *machine, const char *serial) {
    dd_emulator *it =
        dd_emulator_start(&(dd_emulator_def){.machine = machine, .serial = serial}, &error);
    cr_assert(it, "%s", error.text);
    return it;
}

static dd_link *plug(dd_emulator *emulator) {
    int fd = dd_emulator_open(emulator, &error);
    cr_assert_geq(fd, 0, "%s", error.text);
    return dd_link_open(fd);
}

static dd_board_identity greet(dd_link *link) {
    dd_board_identity identity;
    cr_assert_eq(dd_board_greet(link, 5000, &identity), DD_BOARD_WELL);
    return identity;
}

static void tells_who_it_is(const char *machine) {
    dd_emulator *it = start(machine, "SEG-0042");
    dd_link *link = plug(it);
    dd_board_identity identity = greet(link);
    cr_expect_str_eq(identity.serial, "SEG-0042");
    cr_expect_str_eq(identity.model, machine);
    cr_expect_eq(identity.boots, 1);
    dd_link_close(link);
    dd_emulator_stop(it);
}

Test(emulator, host_tells_its_serial) {
    tells_who_it_is("host");
}

Test(emulator, cortex_m3_tells_its_serial) {
    tells_who_it_is("lm3s6965evb");
}

Test(emulator, stm32_tells_its_serial) {
    tells_who_it_is("netduinoplus2");
}

// The cable is pulled and put back: the board has gone on meanwhile.
static void outlives_its_cable(const char *machine) {
    dd_emulator *it = start(machine, "A");
    dd_link *link = plug(it);
    dd_board_identity before = greet(link);
    dd_link_close(link);
    link = plug(it);
    dd_board_identity after = greet(link);
    cr_expect_eq(after.boots, before.boots);
    cr_expect_gt(after.uptime_us, before.uptime_us);
    dd_link_close(link);
    dd_emulator_stop(it);
}

Test(emulator, host_outlives_its_cable) {
    outlives_its_cable("host");
}

Test(emulator, cortex_m3_outlives_its_cable) {
    outlives_its_cable("lm3s6965evb");
}

// A reset is seen on the wire: a Hello of another start.
static void starts_anew_when_reset(const char *machine) {
    dd_emulator *it = start(machine, "A");
    dd_link *link = plug(it);
    greet(link);
    usleep(300000);
    dd_emulator_reset(it);
    dd_board_identity after = {0};
    for (int i = 0; i < 20 && after.boots < 2; i++)
        after = greet(link);
    cr_expect_eq(after.boots, 2);
    cr_expect_lt(after.uptime_us, 300000);
    dd_link_close(link);
    dd_emulator_stop(it);
}

Test(emulator, host_starts_anew_when_reset) {
    starts_anew_when_reset("host");
}

Test(emulator, cortex_m3_starts_anew_when_reset) {
    starts_anew_when_reset("lm3s6965evb");
}

Test(emulator, without_supply_its_wire_hangs_up) {
    dd_emulator *it = start("lm3s6965evb", "A");
    dd_link *link = plug(it);
    greet(link);
    cr_expect(dd_emulator_power(it, false, &error));
    int64_t end_ns = dd_wall_ns() + INT64_C(2000000000);
    while (dd_link_wait(link, 10) && dd_wall_ns() < end_ns)
        while (dd_link_take(link)) {
        }
    cr_expect_not(dd_link_pump(link), "hung up");
    cr_expect_eq(dd_emulator_open(it, &error), -1);
    cr_expect(strstr(error.text, "supply"), "%s", error.text);
    dd_link_close(link);
    cr_expect(dd_emulator_power(it, true, &error));
    link = plug(it);
    cr_expect_eq(greet(link).boots, 1, "its memory is lost");
    dd_link_close(link);
    dd_emulator_stop(it);
}

Test(emulator, sixteen_at_once_all_answer) {
    enum { N = 16 };
    dd_emulator *it[N];
    dd_link *links[N];
    for (int i = 0; i < N; i++) {
        char serial[16];
        snprintf(serial, sizeof serial, "SEG-%04d", i);
        it[i] = start("lm3s6965evb", serial);
        links[i] = plug(it[i]);
    }
    for (int i = 0; i < N; i++)
        cr_expect_eq(atoi(greet(links[i]).serial + 4), i);
    for (int i = 0; i < N; i++) {
        dd_link_close(links[i]);
        dd_emulator_stop(it[i]);
    }
}

Test(emulator, one_that_ends_at_once_says_why) {
    dd_emulator_def def = {.machine = "lm3s6965evb", .firmware = "/usr"};
    dd_emulator *it = dd_emulator_start(&def, &error);
    cr_assert(it, "%s", error.text);
    int fd = 0;
    for (int i = 0; i < 100 && fd >= 0; i++) {
        usleep(50000);
        fd = dd_emulator_open(it, &error);
        if (fd >= 0) close(fd);
    }
    cr_expect_lt(fd, 0);
    cr_expect(strstr(error.text, "has ended: qemu-system-arm"), "%s", error.text);
    dd_emulator_stop(it);
}

Test(emulator, what_is_missing_is_said_with_the_remedy) {
    cr_expect_null(dd_emulator_start(&(dd_emulator_def){.machine = "lm3s6956evb"}, &error));
    cr_expect(strstr(error.text, "did you mean 'lm3s6965evb'"), "%s", error.text);
    cr_expect_eq(error.status, DD_WRONG);
    dd_emulator_def def = {.machine = "lm3s6965evb", .firmware = "/no/such.elf"};
    cr_expect_null(dd_emulator_start(&def, &error));
    cr_expect(strstr(error.text, "/no/such.elf"), "%s", error.text);
    setenv("PATH", "/nowhere", 1);
    cr_expect_null(dd_emulator_start(&(dd_emulator_def){.machine = "lm3s6965evb"}, &error));
    cr_expect(strstr(error.text, "apt-get install qemu-system-arm"), "%s", error.text);
}

// Whoever started it is killed: nothing is left. What he leaves is ours to reap, not Criterion's.
Test(emulator, dies_with_its_starter) {
    int says[2];
    cr_assert_eq(pipe(says), 0);
    cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    pid_t starter = fork();
    if (starter == 0) {
        close(says[0]);
        dd_link *link = plug(start("lm3s6965evb", "A"));
        greet(link);
        cr_assert_eq(write(says[1], "!", 1), 1);
        pause();
    }
    close(says[1]);
    char word;
    cr_assert_eq(read(says[0], &word, 1), 1);
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)starter, (int)starter);
    FILE *file = fopen(path, "r");
    cr_assert(file && fgets(line, sizeof line, file), "it has a child");
    fclose(file);
    pid_t board = atoi(line);
    kill(starter, SIGKILL);
    waitpid(starter, NULL, 0);
    int ended = 0;
    for (int i = 0; i < 200 && !ended; i++) {
        ended = waitpid(board, NULL, WNOHANG);
        usleep(20000);
    }
    cr_expect_eq(ended, board, "the board has died");
    close(says[0]);
}
