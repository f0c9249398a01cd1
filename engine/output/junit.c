#define _DEFAULT_SOURCE
#include "engine/output/junit.h"
#include "engine/output/xml.h"

#include <stdlib.h>
#include <string.h>

// --- Parts ---

static void put_property(FILE *out, const char *name, const char *value) {
    fprintf(out, "      <property name=\"%s\"", name);
    dd_xml_attribute(out, "value", value);
    fputs("/>\n", out);
}

// --- The suite ---

static void open_case(FILE *out, const dd_summary *summary, const char *name) {
    fputs("    <testcase", out);
    dd_xml_attribute(out, "classname", summary->scenario);
    dd_xml_attribute(out, "name", name);
}

static void put_criterion(FILE *out, const dd_summary *summary, const dd_criterion *criterion) {
    char limit[DD_FIGURE_SIZE], measured[DD_FIGURE_SIZE], message[3 * DD_FIGURE_SIZE];
    dd_criterion_limit(criterion, limit);
    dd_criterion_measured(criterion, measured);
    snprintf(message, sizeof message, "measured %s, limit %s", measured, limit);
    open_case(out, summary, criterion->name);
    if (criterion->pass) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n      <failure type=\"criterion\"", out);
    dd_xml_attribute(out, "message", message);
    fputs("/>\n    </testcase>\n", out);
}

static void put_suite(FILE *out, const dd_summary *summary) {
    char seed[24], digest[DD_DIGEST_TEXT];
    size_t failures = 0, errors = summary->error != NULL;
    for (size_t i = 0; i < summary->criterion_n; i++)
        failures += !summary->criteria[i].pass;
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)summary->seed);
    dd_digest_format(&summary->digest, digest);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite", out);
    dd_xml_attribute(out, "name", summary->scenario);
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" time=\"%.3f\">\n",
            summary->criterion_n + errors, failures, errors, summary->wall_s);
    fputs("    <properties>\n", out);
    put_property(out, "seed", seed);
    put_property(out, "digest", digest);
    put_property(out, "verdict", summary->verdict);
    fputs("    </properties>\n", out);
    for (size_t i = 0; i < summary->criterion_n; i++)
        put_criterion(out, summary, &summary->criteria[i]);
    if (summary->error) {
        open_case(out, summary, "run");
        fputs(">\n      <error type=\"run\"", out);
        dd_xml_attribute(out, "message", summary->error);
        fputs("/>\n    </testcase>\n", out);
    }
    fputs("  </testsuite>\n</testsuites>\n", out);
}

bool dd_junit_write(const dd_summary *summary, const dd_folder *folder, dd_error *error) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return dd_fail(error, DD_OUTSIDE, "no memory for junit.xml");
    put_suite(out, summary);
    bool written = fclose(out) == 0 && dd_folder_write(folder, "junit.xml", text, size, error);
    free(text);
    return written;
}
