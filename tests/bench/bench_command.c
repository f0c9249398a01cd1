#include "tests/bench/bench.h"

#include <stdio.h>
#include <string.h>

static const dd_bench *const BENCHES[] = {&dd_bench_queue, &dd_bench_city};

static void help(void) {
    printf("usage: domdom bench [NAME...] [--json]\n\n"
           "Runs the benchmarks named, or all of them:\n");
    for (size_t i = 0; i < DD_COUNT(BENCHES); i++)
        printf("  %-10s %s\n", BENCHES[i]->name, BENCHES[i]->what);
    printf("\nOptions:\n"
           "  --json     prints one JSON object, {\"NAME\": [{...}, ...], ...}, instead of tables\n"
           "  --help     prints this\n");
}

static const dd_bench *find(const char *name) {
    for (size_t i = 0; i < DD_COUNT(BENCHES); i++)
        if (strcmp(BENCHES[i]->name, name) == 0) return BENCHES[i];
    return NULL;
}

static int refuse(const char *word) {
    const char *words[DD_COUNT(BENCHES) + 3];
    size_t count = 0;
    for (size_t i = 0; i < DD_COUNT(BENCHES); i++)
        words[count++] = BENCHES[i]->name;
    words[count++] = "--json";
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

// Runs one and adds its rows to `results`.
static int run_one(const dd_bench *bench, json_t *results, bool json) {
    if (!json) printf("%s: %s\n", bench->name, bench->what);
    json_t *rows = json_array();
    json_object_set_new(results, bench->name, rows);
    return bench->run(rows, json);
}

int dd_bench_command(int argc, char **argv) {
    bool json = false, chosen[DD_COUNT(BENCHES)] = {false}, any = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            help();
            return DD_OK;
        }
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
            continue;
        }
        if (!find(argv[i])) return refuse(argv[i]);
        for (size_t j = 0; j < DD_COUNT(BENCHES); j++)
            chosen[j] = chosen[j] || BENCHES[j] == find(argv[i]);
        any = true;
    }
    json_t *results = json_object();
    int status = DD_OK;
    for (size_t i = 0; i < DD_COUNT(BENCHES) && status == DD_OK; i++)
        if (chosen[i] || !any) status = run_one(BENCHES[i], results, json);
    if (json && status == DD_OK) {
        json_dumpf(results, stdout, JSON_REAL_PRECISION(6));
        printf("\n");
    }
    json_decref(results);
    return status;
}
