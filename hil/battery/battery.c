#include "hil/battery/battery.h"
#include "hil/wire/wall.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const dd_case_group *const groups[] = {
    &dd_cases_framing, &dd_cases_hello,   &dd_cases_growth,    &dd_cases_session,
    &dd_cases_numbers, &dd_cases_steps,   &dd_cases_lock_step, &dd_cases_real_time,
    &dd_cases_store,   &dd_cases_garbage, &dd_cases_reset,     &dd_cases_control,
};

void dd_battery_each(void (*visit)(void *context, const dd_case_group *group, const dd_case *it),
                     void *context) {
    for (size_t g = 0; g < DD_COUNT(groups); g++)
        for (const dd_case *it = groups[g]->cases; it->title; it++)
            visit(context, groups[g], it);
}

// A battery under way, on one board or on several of a kind side by side: each takes the next case
// that nobody has taken.
typedef struct dd_battery {
    const dd_battery_def *def;
    dd_battery_report *report;
    pthread_mutex_t mutex; // guards the rest
    size_t taken, told;    // of the report's outcomes
    bool stopped;
    dd_error error; // why, where that was not the last case's end
} dd_battery;

// One of its boards.
typedef struct dd_bench {
    dd_battery *battery;
    pthread_t thread;
    bool first, threaded;
    dd_probe *probe;
    dd_trial trial;
} dd_bench;

// --- What was found ---

static bool wanted(const dd_battery_def *def, const dd_case *it) {
    bool any = !def->only;
    for (size_t i = 0; i < def->only_n; i++)
        any = any || def->only[i] == it->number || def->only[i] == it->number / 100 * 100;
    return any;
}

static void count_case(void *context, const dd_case_group *group, const dd_case *it) {
    dd_battery *battery = context;
    (void)group;
    battery->report->n += wanted(battery->def, it);
}

static void add_case(void *context, const dd_case_group *group, const dd_case *it) {
    dd_battery *battery = context;
    if (wanted(battery->def, it))
        battery->report->outcomes[battery->report->n++] = (dd_outcome){.group = group, .tried = it};
}

static bool list_cases(dd_battery *it) {
    dd_battery_each(count_case, it);
    it->report->outcomes = calloc(it->report->n + 1, sizeof *it->report->outcomes);
    it->report->n = 0;
    if (it->report->outcomes) dd_battery_each(add_case, it);
    return it->report->outcomes != NULL;
}

// The frames around a failure are the report's from here on.
static void keep_seen(const dd_probe *probe, dd_outcome *outcome) {
    size_t n = probe->seen_n < DD_PROBE_SEEN ? probe->seen_n : DD_PROBE_SEEN;
    outcome->seen = malloc(n ? n * sizeof *outcome->seen : 1);
    for (size_t i = 0; outcome->seen && i < n; i++)
        outcome->seen[outcome->seen_n++] = probe->seen[(probe->seen_n - n + i) % DD_PROBE_SEEN];
}

// Told in the order of their numbers, whichever ends first.
static void tell(dd_battery *it) {
    dd_battery_report *report = it->report;
    for (; it->told < report->n && report->outcomes[it->told].ended; it->told++)
        if (it->def->tell) it->def->tell(it->def->context, &report->outcomes[it->told]);
}

static void keep_outcome(dd_bench *bench, dd_outcome *outcome) {
    dd_battery *it = bench->battery;
    outcome->result = bench->trial.result;
    outcome->seconds = dd_probe_ms(bench->probe) / 1000;
    memcpy(outcome->text, bench->trial.text, sizeof outcome->text);
    if (outcome->result == DD_TRIAL_FAILED) keep_seen(bench->probe, outcome);
    pthread_mutex_lock(&it->mutex);
    outcome->ended = true;
    it->report->failed += outcome->result == DD_TRIAL_FAILED;
    it->report->skipped += outcome->result == DD_TRIAL_SKIPPED;
    tell(it);
    pthread_mutex_unlock(&it->mutex);
}

// Those that were not tried, since a board has gone, are none.
static void drop_untried(dd_battery_report *report) {
    size_t n = 0;
    for (size_t i = 0; i < report->n; i++)
        if (report->outcomes[i].ended) report->outcomes[n++] = report->outcomes[i];
    report->n = n;
}

// --- One board ---

static dd_outcome *next_case(dd_battery *it) {
    pthread_mutex_lock(&it->mutex);
    bool any = !it->stopped && it->taken < it->report->n;
    dd_outcome *outcome = any ? &it->report->outcomes[it->taken++] : NULL;
    pthread_mutex_unlock(&it->mutex);
    return outcome;
}

static void stop(dd_battery *it, const char *why, unsigned number) {
    pthread_mutex_lock(&it->mutex);
    if (!it->stopped) dd_fail(&it->error, DD_OUTSIDE, why, it->def->target, number);
    it->stopped = true;
    pthread_mutex_unlock(&it->mutex);
}

// What a case has left behind is none of the next one's business: the board is asked, which ends
// the session, and what was under way is thrown away.
static void clear(dd_bench *it) {
    static const uint8_t end_of_frame = 0;
    dd_trial_begin(&it->trial, it->probe);
    dd_probe_octets(it->probe, &end_of_frame, 1);
    dd_trial_greet(&it->trial);
    while (dd_probe_hear(it->probe, 2)) {
    }
    dd_trial_end(&it->trial);
}

static void try_case(dd_bench *it, dd_outcome *outcome) {
    clear(it);
    dd_trial_begin(&it->trial, it->probe);
    bool held = it->trial.result == DD_TRIAL_PASSED && outcome->tried->run(&it->trial);
    if (!held) dd_trial_fail(&it->trial, "the board takes no more octets");
    keep_outcome(it, outcome);
    dd_trial_end(&it->trial);
}

static void name_board(dd_battery_report *report, const Hil__Hello *hello) {
    snprintf(report->serial, sizeof report->serial, "%s", hello->serial);
    snprintf(report->model, sizeof report->model, "%s", hello->model);
    snprintf(report->firmware, sizeof report->firmware, "%s", hello->firmware);
}

// A board may have been plugged in just now, or have a word of a session to finish.
static bool meet(dd_bench *it) {
    bool greeted = false;
    for (int i = 0; i < 3 && !greeted; i++) {
        dd_trial_begin(&it->trial, it->probe);
        greeted = dd_trial_greet(&it->trial);
        if (greeted && it->first) name_board(it->battery->report, it->trial.hello);
        dd_trial_end(&it->trial);
    }
    return greeted;
}

static void *try_cases(void *context) {
    dd_bench *it = context;
    if (!meet(it)) {
        stop(it->battery,
             "%s: nobody answers there: is the firmware running, at this port's speed, and does it "
             "answer an Ask (hil/PROTOCOL.md, 2)?",
             0);
        return NULL;
    }
    for (dd_outcome *outcome; (outcome = next_case(it->battery));) {
        try_case(it, outcome);
        if (it->probe->gone)
            stop(it->battery, "%s: the board went from the wire, in case %u",
                 outcome->tried->number);
    }
    return NULL;
}

// --- All of them ---

// Those beyond the first have a thread each; where one cannot be had, the others do its work.
static void try_all(dd_bench *benches, size_t n) {
    for (size_t i = 1; i < n; i++)
        benches[i].threaded = pthread_create(&benches[i].thread, NULL, try_cases, &benches[i]) == 0;
    try_cases(&benches[0]);
    for (size_t i = 1; i < n; i++)
        if (benches[i].threaded) pthread_join(benches[i].thread, NULL);
}

static bool open_benches(dd_battery *it, dd_bench *benches, const int *fds, size_t n) {
    bool fine = true;
    for (size_t i = 0; i < n; i++) {
        benches[i].battery = it;
        benches[i].first = i == 0;
        benches[i].probe = dd_probe_open(fds[i]);
        fine = fine && benches[i].probe;
    }
    return fine;
}

bool dd_battery_run(const int *fds, size_t n, const dd_battery_def *def, dd_battery_report *report,
                    dd_error *error) {
    *report = (dd_battery_report){.target = def->target};
    dd_battery it = {.def = def, .report = report};
    int64_t begun_ns = dd_wall_ns();
    dd_bench *benches = calloc(n, sizeof *benches);
    pthread_mutex_init(&it.mutex, NULL);
    bool fine = benches && open_benches(&it, benches, fds, n) && list_cases(&it);
    if (!fine) dd_fail(error, DD_OUTSIDE, "%s: no memory for the battery", def->target);
    if (fine) try_all(benches, n);
    if (fine && it.stopped) {
        *error = it.error;
        fine = false;
    }
    drop_untried(report);
    report->seconds = (double)(dd_wall_ns() - begun_ns) / 1e9;
    for (size_t i = 0; benches && i < n; i++)
        dd_probe_close(benches[i].probe);
    pthread_mutex_destroy(&it.mutex);
    free(benches);
    return fine;
}

void dd_battery_report_fini(dd_battery_report *report) {
    for (size_t i = 0; i < report->n; i++)
        free(report->outcomes[i].seen);
    free(report->outcomes);
    *report = (dd_battery_report){0};
}
