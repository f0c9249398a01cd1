#define _GNU_SOURCE
#include "engine/output/verdict.h"

#include <criterion/criterion.h>
#include <math.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const dd_criterion criteria[] = {
    {.name = "sáng lúc hoàng hôn",
     .comparison = ">=",
     .limit = 99.5,
     .measured = 99.75,
     .unit = "%",
     .pass = true},
    {.name = "Đồng Khởi", .comparison = "<=", .limit = 15, .measured = NAN, .unit = "min"},
};

static const dd_summary summary = {.scenario = "first_night",
                                   .verdict = "fail",
                                   .seed = 7,
                                   .simulated_s = 48600,
                                   .wall_s = 8.1,
                                   .events = 123,
                                   .criteria = criteria,
                                   .criterion_n = DD_COUNT(criteria)};

Test(verdict, stands_in_columns) {
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    dd_verdict_print(&summary, stream);
    fclose(stream);
    cr_expect_str_eq(text, "      criterion           limit      measured\n"
                           "pass  sáng lúc hoàng hôn  >= 99.5 %  99.75 %\n"
                           "FAIL  Đồng Khởi           <= 15 min  nothing\n"
                           "first_night: fail, 1 of 2 criteria met\n"
                           "48600 s in 8.1 s (6000 x), 123 events, seed 7, digest "
                           "00000000000000000000000000000000\n");
    free(text);
}

// What was written comes through a terminal in pieces, so it is read until the other side has
// closed.
static bool coloured_on_a_terminal(void) {
    int master, slave;
    char text[2048] = "";
    if (openpty(&master, &slave, NULL, NULL, NULL) != 0)
        cr_skip_test("no pseudo-terminals here (is /dev/pts mounted?)");
    FILE *stream = fdopen(slave, "w");
    dd_verdict_print(&summary, stream);
    fclose(stream);
    size_t size = 0;
    ssize_t got;
    while ((got = read(master, text + size, sizeof text - 1 - size)) > 0)
        size += (size_t)got;
    close(master);
    cr_assert_gt(size, 0);
    return strstr(text, "\x1b[1;31mFAIL\x1b[0m") != NULL;
}

Test(verdict, has_colour_on_a_terminal_that_wants_it) {
    unsetenv("NO_COLOR");
    cr_expect(coloured_on_a_terminal());
    setenv("NO_COLOR", "1", 1);
    cr_expect_not(coloured_on_a_terminal());
}

Test(verdict, counts_columns) {
    cr_expect_eq(dd_text_columns(""), 0);
    cr_expect_eq(dd_text_columns("Đồng Khởi"), 9);
    cr_expect_eq(dd_text_columns("Đo\xcc\x82\xcc\x80ng"), 4, "decomposed");
    cr_expect_eq(dd_text_columns("\xcd\xb0"), 1, "U+0370 is a letter");
}
