// The battery itself: the reference firmware passes all of it, and each board that is broken in one
// way fails the cases that are meant for it, and no other.
#define _DEFAULT_SOURCE
#include "hil/battery/battery_report.h"
#include "tests/broken_board.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const breakage breakages[] = {
    {.name = "well", .fails = ""},
    {.name = "takes frames whose check is wrong", .checks_nothing = true, .fails = "105 106 107"},
    {.name = "takes any version", .hears = takes_any_version, .fails = "206 207"},
    {.name = "takes any mode", .hears = takes_any_mode, .fails = "208"},
    {.name = "takes session 0", .hears = takes_session_0, .fails = "210"},
    {.name = "takes any segment", .hears = takes_any_segment, .fails = "211"},
    {.name = "greets only when asked",
     .hears = hears_asks,
     .says = greets_only_when_asked,
     .fails = "202 403 803 1101 1102 1103 1104 1105 1106 1107"},
    {.name = "cannot reset", .hears = cannot_reset, .fails = "1101 1102 1103 1104 1105 1106 1107"},
    {.name = "dislikes unknown fields",
     .hears = dislikes_unknown_fields,
     .fails = "103 110 111 301"},
    {.name = "passes over lamps that there are not", .hears = passes_lamps_over, .fails = "613"},
    {.name = "refuses without a text", .says = says_no_reasons, .fails = "612 613 614 615"},
    {.name = "has a small buffer", .hears = has_a_small_buffer, .fails = "110 1002 1003"},
    {.name = "counts by two", .says = counts_by_two, .fails = "501 502 505"},
    {.name = "gives no more credit", .says = gives_no_more_credit, .fails = "506"},
    {.name = "beats too slowly", .hears = beats_too_slowly, .fails = "801"},
    {.name = "beats without outputs", .says = beats_without_outputs, .fails = "805"},
    {.name = "counts no loss", .says = counts_no_loss, .fails = "806"},
    {.name = "counts no garbage", .says = counts_no_garbage, .fails = "807"},
    {.name = "counts no nonsense", .says = counts_no_nonsense, .fails = "808"},
    {.name = "has a fast clock", .says = has_a_fast_clock, .fails = "802"},
    {.name = "answers Sync with a round of its own",
     .says = answers_sync_with_its_own_round,
     .fails = "810 811 812"},
    {.name = "stamps Sync at random",
     .hears = counts_anew,
     .says = stamps_sync_at_random,
     .fails = "811"},
    {.name = "has a clock of 32 bits", .says = has_a_clock_of_32_bits, .fails = "705 706 707 708"},
    {.name = "says nothing twice",
     .hears = forgets,
     .says = says_nothing_twice,
     .fails = "605 606 607 813"},
    {.name = "answers anew", .hears = forgets, .says = answers_anew, .fails = "605 606 607"},
    {.name = "refuses in silence",
     .says = refuses_in_silence,
     .fails = "203 206 207 208 210 211 401 403 608 609 610 611 1102"},
    {.name = "looks at the wall's clock", .says = looks_at_the_wall, .fails = "606 607 711 712"},
    {.name = "asks its store once", .says = asks_its_store_once, .fails = "912"},
    {.name = "writes beyond its store", .says = writes_beyond_its_store, .fails = "901 902 1206"},
    {.name = "keeps quiet of its supply", .hears = keeps_quiet_of_its_supply, .fails = "1203"},
    {.name = "leaves out lamp 3", .says = leaves_out_lamp_3, .fails = "1204"},
};

enum { FAILED_TEXT = 4096 };

// The battery on one of them, as a process of its own: which cases it fails, as text.
static int start_battery(const breakage *how) {
    int ends[2];
    cr_assert(pipe(ends) == 0);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dd_battery_report report;
        dd_error error;
        FILE *out = fdopen(ends[1], "w");
        dd_battery_def def = {.target = how->name};
        int boards[] = {broken_start(how), broken_start(how)};
        if (!dd_battery_run(boards, DD_COUNT(boards), &def, &report, &error))
            fprintf(out, "%s", error.text);
        for (size_t i = 0; i < report.n; i++)
            if (report.outcomes[i].result == DD_TRIAL_FAILED)
                fprintf(out, "%u ", report.outcomes[i].tried->number);
        fclose(out);
        if (getenv("BATTERY_REPORT")) dd_battery_report_text(&report, stderr);
        dd_battery_report_fini(&report);
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static void read_failed(int fd, char text[static FAILED_TEXT]) {
    size_t n = 0;
    for (ssize_t got; n < FAILED_TEXT - 1 && (got = read(fd, text + n, FAILED_TEXT - 1 - n)) > 0;)
        n += (size_t)got;
    while (n > 0 && text[n - 1] == ' ')
        n--;
    text[n] = 0;
    close(fd);
    wait(NULL);
}

// All at once, since they mostly wait.
Test(battery, tells_broken_boards_from_good_ones, .timeout = 200) {
    int fds[DD_COUNT(breakages)];
    for (size_t i = 0; i < DD_COUNT(breakages); i++)
        fds[i] = start_battery(&breakages[i]);
    for (size_t i = 0; i < DD_COUNT(breakages); i++) {
        char failed[FAILED_TEXT];
        read_failed(fds[i], failed);
        cr_expect(strcmp(failed, breakages[i].fails) == 0,
                  "a board that %s is to fail [%s], but fails [%s]", breakages[i].name,
                  breakages[i].fails, failed);
    }
}

// --- The table ---

typedef struct seen_cases {
    size_t n;
    uint16_t numbers[512];
} seen_cases;

static void look_at_case(void *context, const dd_case_group *group, const dd_case *it) {
    seen_cases *seen = context;
    for (size_t i = 0; i < seen->n; i++)
        cr_assert(seen->numbers[i] != it->number, "case %u is there twice", it->number);
    bool whole = *it->title && *it->why && *group->section && it->run;
    cr_expect(whole, "case %u", it->number);
    seen->numbers[seen->n++] = it->number;
}

Test(battery, at_least_sixty_numbered_cases) {
    seen_cases seen = {0};
    dd_battery_each(look_at_case, &seen);
    cr_expect(seen.n >= 60, "%zu cases", seen.n);
    for (size_t i = 1; i < seen.n; i++)
        cr_expect(seen.numbers[i] > seen.numbers[i - 1]);
}

Test(battery, nobody_there, .timeout = 30) {
    int wire[2];
    dd_error error;
    dd_battery_report report;
    dd_battery_def def = {.target = "nobody"};
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, wire) == 0);
    cr_assert(not(dd_battery_run(wire, 1, &def, &report, &error)));
    cr_expect(eq(int, error.status, DD_OUTSIDE));
    cr_expect(strstr(error.text, "nobody answers there") != NULL);
    cr_expect(eq(sz, report.n, 0));
    close(wire[1]);
    dd_battery_report_fini(&report);
}
