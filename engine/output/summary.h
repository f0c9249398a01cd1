// The summary of a run: its verdict, figures and digests in one small JSON document.
#pragma once

#include "engine/output/folder.h"
#include "engine/record.h"

#include <jansson.h>
#include <stdio.h>

// One expectation and what came of it.
typedef struct dd_criterion {
    const char *name;
    const char *comparison;    // "<=", ">=", "<", ">", "==": how `measured` must stand to `limit`
    double limit;              // in `unit`
    const char *limit_text;    // instead of both, when the limit is no single number; else NULL
    double measured;           // in `unit`; NaN when there was nothing to measure
    const char *measured_text; // instead of it, when it is no number; else NULL
    const char *unit;          // "" for none
    bool pass;
} dd_criterion;

typedef struct dd_summary {
    const char *scenario;
    const char *verdict;      // "pass", "fail", or "interrupted": the run did not reach its end
    const char *error;        // why the run broke off, or NULL
    uint64_t seed;            // at most INT64_MAX, so that every JSON reader's integers hold it
    dd_digest digest;         // over all
    const dd_digest *digests; // in the order of schema->digest_names
    const dd_record_schema *schema;
    double simulated_s, wall_s;
    uint64_t events;
    uint64_t peak_rss_kib;
    const dd_criterion *criteria;
    size_t criterion_n;
    const json_t *sections; // object whose members follow in their order ("city", "mesh", ...), or
                            // NULL; borrowed
} dd_summary;

// The document: scenario, verdict, error (if any), digest, digests, seed, simulated_s, wall_s,
// speed, events, peak_rss_kib, criteria, then the sections. A criterion has name, comparison
// (unless its limit is a text), limit, measured (null when there was nothing to measure), unit,
// pass. New reference.
json_t *dd_summary_json(const dd_summary *summary);

// Writes it as the folder's summary.json. DD_OUTSIDE on failure.
bool dd_summary_write(const dd_summary *summary, const dd_folder *folder, dd_error *error);

// Writes the same text to a stream, for --json. DD_OUTSIDE on failure.
bool dd_summary_print(const dd_summary *summary, FILE *stream, dd_error *error);

// A criterion's limit ("<= 15 min") and what was measured ("12.5 min", "nothing") for people.
enum { DD_FIGURE_SIZE = 128 };
void dd_criterion_limit(const dd_criterion *criterion, char text[static DD_FIGURE_SIZE]);
void dd_criterion_measured(const dd_criterion *criterion, char text[static DD_FIGURE_SIZE]);

// The most memory that this process has had resident, KiB; 0 where the system does not tell.
uint64_t dd_peak_rss_kib(void);
