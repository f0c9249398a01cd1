#include "hil/battery/battery.h"

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

// A battery under way.
typedef struct dd_battery {
    const dd_battery_def *def;
    dd_battery_report *report;
    dd_probe *probe;
    dd_trial trial;
} dd_battery;

static bool wanted(const dd_battery_def *def, const dd_case *it) {
    bool any = !def->only;
    for (size_t i = 0; i < def->only_n; i++)
        any = any || def->only[i] == it->number || def->only[i] == it->number / 100 * 100;
    return any;
}

// The frames around a failure are the report's from here on.
static void keep_seen(const dd_probe *probe, dd_outcome *outcome) {
    size_t n = probe->seen_n < DD_PROBE_SEEN ? probe->seen_n : DD_PROBE_SEEN;
    outcome->seen = malloc(n ? n * sizeof *outcome->seen : 1);
    for (size_t i = 0; outcome->seen && i < n; i++)
        outcome->seen[outcome->seen_n++] = probe->seen[(probe->seen_n - n + i) % DD_PROBE_SEEN];
}

static dd_outcome *next_outcome(dd_battery_report *report) {
    size_t size = (report->n + 1) * sizeof *report->outcomes;
    dd_outcome *grown = realloc(report->outcomes, size);
    if (!grown) return NULL;
    report->outcomes = grown;
    return &grown[report->n++];
}

static void keep_outcome(dd_battery *it, const dd_case_group *group, const dd_case *tried) {
    dd_outcome *outcome = next_outcome(it->report);
    if (!outcome) return;
    *outcome = (dd_outcome){.group = group,
                            .tried = tried,
                            .result = it->trial.result,
                            .seconds = dd_probe_ms(it->probe) / 1000};
    memcpy(outcome->text, it->trial.text, sizeof outcome->text);
    if (outcome->result == DD_TRIAL_FAILED) keep_seen(it->probe, outcome);
    it->report->failed += outcome->result == DD_TRIAL_FAILED;
    it->report->skipped += outcome->result == DD_TRIAL_SKIPPED;
    it->report->seconds += outcome->seconds;
    if (it->def->tell) it->def->tell(it->def->context, outcome);
}

// What a case has left behind is none of the next one's business: the board is asked, which ends
// the session, and what was under way is thrown away.
static void clear(dd_battery *it) {
    static const uint8_t end_of_frame = 0;
    dd_trial_begin(&it->trial, it->probe);
    dd_probe_octets(it->probe, &end_of_frame, 1);
    dd_trial_greet(&it->trial);
    while (dd_probe_hear(it->probe, 2)) {
    }
    dd_trial_end(&it->trial);
}

static void try_case(void *context, const dd_case_group *group, const dd_case *tried) {
    dd_battery *it = context;
    if (!wanted(it->def, tried) || it->probe->gone) return;
    clear(it);
    dd_trial_begin(&it->trial, it->probe);
    bool held = it->trial.result == DD_TRIAL_PASSED && tried->run(&it->trial);
    if (!held) dd_trial_fail(&it->trial, "the board takes no more octets");
    keep_outcome(it, group, tried);
    dd_trial_end(&it->trial);
}

// A board may have been plugged in just now, or have a word of a session to finish.
static bool meet(dd_battery *it) {
    bool greeted = false;
    for (int i = 0; i < 3 && !greeted; i++) {
        dd_trial_begin(&it->trial, it->probe);
        greeted = dd_trial_greet(&it->trial);
        if (greeted) {
            const Hil__Hello *hello = it->trial.hello;
            snprintf(it->report->serial, sizeof it->report->serial, "%s", hello->serial);
            snprintf(it->report->model, sizeof it->report->model, "%s", hello->model);
            snprintf(it->report->firmware, sizeof it->report->firmware, "%s", hello->firmware);
        }
        dd_trial_end(&it->trial);
    }
    return greeted;
}

bool dd_battery_run(int fd, const dd_battery_def *def, dd_battery_report *report, dd_error *error) {
    *report = (dd_battery_report){.target = def->target};
    dd_battery *it = calloc(1, sizeof *it);
    dd_probe *probe = it ? dd_probe_open(fd) : NULL;
    bool fine = probe != NULL;
    if (!fine) dd_fail(error, DD_OUTSIDE, "%s: no memory for the battery", def->target);
    if (fine) {
        *it = (dd_battery){.def = def, .report = report, .probe = probe};
        fine = meet(it);
        if (!fine)
            dd_fail(error, DD_OUTSIDE,
                    "%s: nobody answers there: is the firmware running, at this port's speed, and "
                    "does it answer an Ask (hil/PROTOCOL.md, 2)?",
                    def->target);
    }
    if (fine) dd_battery_each(try_case, it);
    if (fine && probe->gone)
        fine = dd_fail(error, DD_OUTSIDE, "%s: the board went from the wire, in case %u",
                       def->target, report->n ? report->outcomes[report->n - 1].tried->number : 0);
    dd_probe_close(probe);
    free(it);
    return fine;
}

void dd_battery_report_fini(dd_battery_report *report) {
    for (size_t i = 0; i < report->n; i++)
        free(report->outcomes[i].seen);
    free(report->outcomes);
    *report = (dd_battery_report){0};
}
