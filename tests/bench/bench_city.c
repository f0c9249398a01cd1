// The whole night of the real city on one core with all its records written, and what a lamp costs
// when the city is laid out a hundred times. Each run is a process of its own, so that the memory
// of one does not count for the next.
#define _DEFAULT_SOURCE // mkdtemp, wait4
#include "engine/data.h"
#include "lua/play.h"
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COPIES = 100, ROUNDS = 5, TURNS = 3 };

typedef struct figures {
    uint32_t lamps;
    double simulated_s, wall_s;
    double run_s, cpu_s; // of the run itself, without loading
    uint64_t events;
    long peak_rss_kib;
} figures;

// An hour around dusk: the same for a small and a large city, whatever it is made of.
static const char dusk[] =
    "scenario { city = 'bentre', start = '2020-08-03 17:50', stop = '18:50' }\n";

// Lamps that report by themselves, four times an hour, and so are not polled; RPL is at work.
static const char reports[] =
    "scenario { city = 'bentre', start = '2020-08-03 18:00', stop = '22:00' }\n"
    "set { ['node.report_s'] = 900, ['backhaul.outages'] = 0 }\n";

static bool play_here(const char *text, uint32_t copies, uint32_t threads, const char *folder,
                      figures *out, dd_error *error) {
    char path[DD_PATH_SIZE];
    dd_outcome outcome;
    if (!dd_data_find("scenarios/first_night.lua", path, error)) return false;
    dd_play_def def = {.scenario = {.path = path,
                                    .text = text,
                                    .size = text ? strlen(text) : 0,
                                    .copies = copies,
                                    .thread_n = threads},
                       .out = folder,
                       .quiet = true};
    if (!dd_play(&def, &outcome, error)) return false;
    *out = (figures){.lamps = outcome.lamps,
                     .simulated_s = outcome.simulated_s,
                     .wall_s = outcome.wall_s,
                     .run_s = outcome.run_wall_s,
                     .cpu_s = outcome.run_cpu_s,
                     .events = outcome.events};
    return true;
}

// The child's side: plays, tells its figures through the pipe, and leaves.
static _Noreturn void child(int pipe_end, const char *text, uint32_t copies, uint32_t threads,
                            const char *folder) {
    figures out;
    dd_error error = {DD_OK, ""};
    bool good = play_here(text, copies, threads, folder, &out, &error);
    if (!good) fprintf(stderr, "domdom: bench: %s\n", error.text);
    good = good && write(pipe_end, &out, sizeof out) == sizeof out;
    _exit(good ? 0 : DD_OUTSIDE);
}

static void clean(const char *folder) {
    char path[DD_PATH_SIZE];
    for (const char *const *name = dd_folder_names; *name; name++) {
        snprintf(path, sizeof path, "%s/%s", folder, *name);
        unlink(path);
    }
    rmdir(folder);
}

static bool play(const char *text, uint32_t copies, uint32_t threads, figures *out) {
    char folder[] = "/tmp/domdom-bench-XXXXXX";
    int ends[2];
    struct rusage usage;
    int status = 1;
    if (!mkdtemp(folder) || pipe(ends) != 0) return false;
    pid_t pid = fork();
    if (pid == 0) child(ends[1], text, copies, threads, folder);
    close(ends[1]);
    bool told = pid > 0 && read(ends[0], out, sizeof *out) == sizeof *out;
    close(ends[0]);
    if (pid > 0) wait4(pid, &status, 0, &usage);
    out->peak_rss_kib = usage.ru_maxrss;
    clean(folder);
    return told && status == 0;
}

static int by_wall(const void *a, const void *b) {
    double x = ((const figures *)a)->wall_s, y = ((const figures *)b)->wall_s;
    return (x > y) - (x < y);
}

// The median of some rounds, by the clock.
static bool play_rounds(const char *text, figures *median) {
    figures rounds[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        if (!play(text, 1, 1, &rounds[i])) return false;
    qsort(rounds, ROUNDS, sizeof *rounds, by_wall);
    *median = rounds[ROUNDS / 2];
    return true;
}

static bool measure_city(const char *name, const char *what, const char *text, json_t *rows,
                         bool json) {
    figures median;
    if (!play_rounds(text, &median)) return false;
    double factor = median.simulated_s / median.wall_s;
    double events_per_s = (double)median.events / median.wall_s;
    json_array_append_new(rows, json_pack("{ss sI sf sf sI}", "run", name, "lamps",
                                          (json_int_t)median.lamps, "real_time_factor", factor,
                                          "events_per_s", events_per_s, "peak_rss_kib",
                                          (json_int_t)median.peak_rss_kib));
    if (!json)
        printf("  %s, %u lamps, all records written: %.0f x real time, %.2f M events/s, %ld MiB\n",
               what, median.lamps, factor, events_per_s / 1e6, median.peak_rss_kib >> 10);
    return true;
}

static int by_cost(const void *a, const void *b) {
    double x = ((const figures *)a)->cpu_s, y = ((const figures *)b)->cpu_s;
    return (x > y) - (x < y);
}

static double lamp_events(const figures *run) {
    return (double)run->events / run->lamps;
}

// The ratio of the costs says something only when a lamp of either city goes through the same.
static bool same_work(const figures *one, const figures *many) {
    double ratio = lamp_events(many) / lamp_events(one);
    bool same = many->lamps == COPIES * one->lamps && ratio > 0.98 && ratio < 1.02;
    if (!same)
        fprintf(stderr,
                "domdom: bench city: %u lamps with %.1f events each are no %d copies of %u lamps "
                "with %.1f; this is a defect, please report it\n",
                many->lamps, lamp_events(many), COPIES, one->lamps, lamp_events(one));
    return same;
}

static double lamp_cost(const figures *run) {
    return run->cpu_s / run->simulated_s / run->lamps * 1e9;
}

// One city and many in turns, so that a disturbance of the machine meets both or is outvoted.
typedef struct both {
    figures one, many;
} both;

static double cost_ratio(const both *turn) {
    return lamp_cost(&turn->many) / lamp_cost(&turn->one);
}

static int by_ratio(const void *a, const void *b) {
    double x = cost_ratio(a), y = cost_ratio(b);
    return (x > y) - (x < y);
}

static bool take_turn(both *turn) {
    figures small[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        if (!play(dusk, 1, 1, &small[i])) return false;
    qsort(small, ROUNDS, sizeof *small, by_cost);
    turn->one = small[ROUNDS / 2];
    return play(dusk, COPIES, 1, &turn->many) && same_work(&turn->one, &turn->many);
}

// Processor time, which other programs take less from than from the clock's. Loading the city is
// left out: it is paid once, whatever is played.
static bool measure_growth(json_t *rows, bool json) {
    both turns[TURNS];
    for (int i = 0; i < TURNS; i++)
        if (!take_turn(&turns[i])) return false;
    qsort(turns, TURNS, sizeof *turns, by_ratio);
    const both *median = &turns[TURNS / 2];
    const figures *one = &median->one, *many = &median->many;
    double bytes = (double)many->peak_rss_kib * 1024 / many->lamps;
    json_array_append_new(rows, json_pack("{ss sI sf sf sf sf sf sI}", "run", "dusk", "lamps",
                                          (json_int_t)many->lamps, "events_per_lamp",
                                          lamp_events(many), "ns_per_lamp_second", lamp_cost(many),
                                          "ns_per_lamp_second_of_one_city", lamp_cost(one),
                                          "cost_ratio", cost_ratio(median), "bytes_per_lamp", bytes,
                                          "peak_rss_kib", (json_int_t)many->peak_rss_kib));
    if (!json)
        printf("  an hour of dusk, %u lamps: %.2f x the cost per lamp of %u (%.1f ns a lamp and "
               "second against %.1f), %.0f bytes a lamp\n",
               many->lamps, cost_ratio(median), one->lamps, lamp_cost(many), lamp_cost(one), bytes);
    return true;
}

static int by_run(const void *a, const void *b) {
    double x = ((const figures *)a)->run_s, y = ((const figures *)b)->run_s;
    return (x > y) - (x < y);
}

// The large city on one thread and on several, in turns; the quickest of either counts, because
// what disturbs the machine only ever takes time.
static bool measure_threads(uint32_t threads, json_t *rows, bool json) {
    figures one[TURNS], many[TURNS];
    for (int i = 0; i < TURNS; i++)
        if (!play(dusk, COPIES, 1, &one[i]) || !play(dusk, COPIES, threads, &many[i])) return false;
    qsort(one, TURNS, sizeof *one, by_run);
    qsort(many, TURNS, sizeof *many, by_run);
    double gain = one[0].run_s / many[0].run_s;
    json_array_append_new(rows, json_pack("{ss sI sI sf sf sf}", "run", "dusk_on_threads", "lamps",
                                          (json_int_t)many[0].lamps, "threads", (json_int_t)threads,
                                          "run_s", many[0].run_s, "run_s_on_one", one[0].run_s,
                                          "gain", gain));
    if (!json)
        printf("  the same on %u threads: %.2f times as fast as on one (%.2f s against %.2f)\n",
               threads, gain, many[0].run_s, one[0].run_s);
    return true;
}

static int run(const dd_bench_options *options, json_t *out) {
    bool json = options->json, several = options->threads > 1;
    return measure_city("first_night", "First Night", NULL, out, json) &&
                   measure_city("reports", "a report a lamp and quarter of an hour", reports, out,
                                json) &&
                   measure_growth(out, json) &&
                   (!several || measure_threads(options->threads, out, json))
               ? DD_OK
               : DD_OUTSIDE;
}

const dd_bench dd_bench_city = {"city", "First Night in Bến Tre, and the city a hundred times",
                                run};
