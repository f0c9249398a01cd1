#include "engine/workers.h"
#include "tests/bench/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const dd_bench *const BENCHES[] = {&dd_bench_queue,      &dd_bench_city,   &dd_bench_street,
                                          &dd_bench_contention, &dd_bench_frames, &dd_bench_boards};

// Options that take a number, at least 1.
static const struct {
    const char *name, *what;
    size_t offset; // in dd_bench_options
    uint32_t most;
} NUMBERS[] = {
    {"--lamps", "N: of `street`, 7000", offsetof(dd_bench_options, lamps), UINT32_MAX},
    {"--seconds",
     "N: simulated by `street`, 300, and in each row of `contention`, 10; of `boards`, 20",
     offsetof(dd_bench_options, seconds), UINT32_MAX},
    {"--period", "N: seconds between a lamp's reports in `street`, 60",
     offsetof(dd_bench_options, period_s), UINT32_MAX},
    {"--threads", "N: of `city` and `street`, 1; up to 256", offsetof(dd_bench_options, threads),
     DD_WORKERS_MAX},
};

static void help(void) {
    printf("usage: domdom bench [NAME...] [OPTION...]\n\n"
           "Runs the benchmarks named, or all of them:\n");
    for (size_t i = 0; i < DD_COUNT(BENCHES); i++)
        printf("  %-10s %s\n", BENCHES[i]->name, BENCHES[i]->what);
    printf(
        "\nOptions:\n"
        "  --json     prints one JSON object, {\"NAME\": [{...}, ...], ...}, instead of tables\n");
    for (size_t i = 0; i < DD_COUNT(NUMBERS); i++)
        printf("  %-10s %s\n", NUMBERS[i].name, NUMBERS[i].what);
    printf("  --peer     plays `street` on ns-3, too, where libns3-dev is installed\n"
           "  --help     prints this\n");
}

static const dd_bench *find(const char *name) {
    for (size_t i = 0; i < DD_COUNT(BENCHES); i++)
        if (strcmp(BENCHES[i]->name, name) == 0) return BENCHES[i];
    return NULL;
}

static int refuse(const char *word) {
    const char *words[DD_COUNT(BENCHES) + DD_COUNT(NUMBERS) + 4];
    size_t count = 0;
    for (size_t i = 0; i < DD_COUNT(BENCHES); i++)
        words[count++] = BENCHES[i]->name;
    for (size_t i = 0; i < DD_COUNT(NUMBERS); i++)
        words[count++] = NUMBERS[i].name;
    words[count++] = "--json";
    words[count++] = "--peer";
    words[count++] = "--help";
    words[count] = NULL;
    const char *nearest = dd_nearest(word, words);
    fprintf(stderr, "domdom: bench: there is no %s `%s`", *word == '-' ? "option" : "benchmark",
            word);
    if (nearest)
        fprintf(stderr, "; did you mean `%s`?\n", nearest);
    else
        fprintf(stderr, "; `domdom bench --help` lists them\n");
    return DD_WRONG;
}

// Reads the value of a number's option; what is wrong is said.
static bool read_number(dd_bench_options *options, size_t number, const char *text) {
    char *end = NULL;
    unsigned long value = text ? strtoul(text, &end, 10) : 0;
    if (!text || *end || *text == '-' || value < 1 || value > NUMBERS[number].most) {
        fprintf(stderr, "domdom: bench: %s takes a number from 1 to %" PRIu32 "\n",
                NUMBERS[number].name, NUMBERS[number].most);
        return false;
    }
    memcpy((char *)options + NUMBERS[number].offset, &(uint32_t){(uint32_t)value},
           sizeof(uint32_t));
    return true;
}

static size_t find_number(const char *name) {
    size_t i = 0;
    while (i < DD_COUNT(NUMBERS) && strcmp(NUMBERS[i].name, name) != 0)
        i++;
    return i;
}

// Runs those that are chosen and prints what they found.
static int run(const dd_bench_options *options, const bool chosen[static DD_COUNT(BENCHES)]) {
    json_t *results = json_object();
    int status = DD_OK;
    for (size_t i = 0; i < DD_COUNT(BENCHES) && status == DD_OK; i++) {
        if (!chosen[i]) continue;
        if (!options->json) printf("%s: %s\n", BENCHES[i]->name, BENCHES[i]->what);
        json_t *rows = json_array();
        json_object_set_new(results, BENCHES[i]->name, rows);
        status = BENCHES[i]->run(options, rows);
    }
    if (options->json && status == DD_OK) {
        json_dumpf(results, stdout, JSON_REAL_PRECISION(6));
        printf("\n");
    }
    json_decref(results);
    return status;
}

int dd_bench_command(int argc, char **argv) {
    dd_bench_options options = {.json = false};
    bool chosen[DD_COUNT(BENCHES)] = {false}, any = false;
    for (int i = 1; i < argc; i++) {
        size_t number = find_number(argv[i]);
        if (strcmp(argv[i], "--help") == 0) {
            help();
            return DD_OK;
        }
        if (strcmp(argv[i], "--json") == 0) {
            options.json = true;
        } else if (strcmp(argv[i], "--peer") == 0) {
            options.peer = true;
        } else if (number < DD_COUNT(NUMBERS)) {
            if (!read_number(&options, number, argv[++i])) return DD_WRONG;
        } else if (find(argv[i])) {
            for (size_t j = 0; j < DD_COUNT(BENCHES); j++)
                chosen[j] = chosen[j] || BENCHES[j] == find(argv[i]);
            any = true;
        } else {
            return refuse(argv[i]);
        }
    }
    for (size_t j = 0; j < DD_COUNT(BENCHES); j++)
        chosen[j] = chosen[j] || !any;
    return run(&options, chosen);
}
