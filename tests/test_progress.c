#define _GNU_SOURCE
#include "engine/output/progress.h"

#include <criterion/criterion.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const dd_calendar calendar = {1596448800, 25200}; // 2020-08-03 17:00

static const dd_progress halfway = {.now = 30 * DD_MINUTE,
                                    .until = DD_HOUR,
                                    .wall_ns = 300 * DD_MILLISECOND,
                                    .speed = 6123.4,
                                    .events_per_s = 1234567};

static void expect_line(dd_progress progress, const char *expected) {
    dd_progress_line line;
    char text[DD_PROGRESS_SIZE];
    dd_progress_line_init(&line, NULL, &calendar, 0);
    dd_progress_format(&line, &progress, text);
    cr_expect_str_eq(text, expected);
}

Test(progress, says_when_how_fast_and_how_long) {
    dd_progress progress = halfway;
    expect_line(progress, "2020-08-03 17:30:00   50 %  6,120 x  1,230,000 events/s  1 s to go");
    progress.pace = 1;
    progress.speed = 0.99;
    progress.events_per_s = 3;
    expect_line(progress, "2020-08-03 17:30:00   50 %  1.0 x  3 events/s  30 min to go");
    progress.pace = 1e-9;
    expect_line(progress, "2020-08-03 17:30:00   50 %  1.0 x  3 events/s  long to go");
    progress.paused = true;
    expect_line(progress, "2020-08-03 17:30:00   50 %  paused");
    progress.paused = false;
    progress.now = DD_HOUR;
    expect_line(progress, "2020-08-03 18:00:00  100 %  1.0 x  3 events/s");
}

Test(progress, survives_the_first_moment_and_no_end) {
    dd_progress progress = {.until = DD_HOUR};
    expect_line(progress, "2020-08-03 17:00:00    0 %  0 x  0 events/s  long to go");
    progress.until = DD_NEVER;
    progress.speed = progress.events_per_s = 1e300;
    dd_progress_line line;
    char text[DD_PROGRESS_SIZE];
    dd_progress_line_init(&line, NULL, &calendar, 0);
    dd_progress_format(&line, &progress, text);
    cr_expect_lt(strlen(text), DD_PROGRESS_SIZE - 1);
}

Test(progress, elsewhere_tells_each_tenth_once) {
    char *text = NULL;
    size_t size, lines = 0;
    dd_progress_line line;
    dd_progress progress = halfway;
    FILE *stream = open_memstream(&text, &size);
    dd_progress_line_init(&line, stream, &calendar, 0);
    for (progress.now = 0; progress.now <= DD_HOUR; progress.now += DD_SECOND)
        dd_progress_line_show(&line, &progress);
    dd_progress_line_show(&line, &progress);
    dd_progress_line_clear(&line);
    fclose(stream);
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    cr_expect_eq(lines, 10);
    cr_expect_null(strpbrk(text, "\r\x1b"));
    cr_expect(strstr(text, "17:06:00   10 %"), "%s", text);
    free(text);
}

Test(progress, renews_itself_on_a_terminal) {
    int master, slave;
    char text[512] = "";
    dd_progress_line line;
    if (openpty(&master, &slave, NULL, NULL, NULL) != 0)
        cr_skip_test("no pseudo-terminals here (is /dev/pts mounted?)");
    FILE *stream = fdopen(slave, "w");
    dd_progress_line_init(&line, stream, &calendar, 0);
    dd_progress_line_show(&line, &halfway);
    dd_progress_line_clear(&line);
    fclose(stream);
    // What was written in two goes may arrive in two; after it comes EIO, for the other side is
    // gone.
    size_t size = 0;
    for (ssize_t n; (n = read(master, text + size, sizeof text - 1 - size)) > 0;)
        size += (size_t)n;
    cr_expect_eq(strncmp(text, "\r2020-08-03 17:30:00", 20), 0);
    cr_expect(strstr(text, "\x1b[K\r\x1b[K"));
    cr_expect_null(strchr(text, '\n'));
    close(master);
}

Test(progress, is_silent_when_quiet) {
    dd_progress_line line;
    dd_progress_line_init(&line, NULL, &calendar, 0);
    dd_progress_line_show(&line, &halfway);
    dd_progress_line_clear(&line);
}
