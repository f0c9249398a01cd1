#include "engine/output/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// --- The document ---

// JSON knows neither NaN nor infinity.
static json_t *number_json(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

// Text from outside may be broken; a summary without it is better than none.
static json_t *text_json(const char *value) {
    json_t *string = json_string(value);
    return string ? string : json_string("(not UTF-8)");
}

static json_t *digest_json(const dd_digest *digest) {
    char hex[DD_DIGEST_TEXT];
    dd_digest_format(digest, hex);
    return json_string(hex);
}

static json_t *digests_json(const dd_summary *summary) {
    json_t *digests = json_object();
    for (uint8_t i = 0; i < summary->schema->digest_n; i++)
        json_object_set_new(digests, summary->schema->digest_names[i],
                            digest_json(&summary->digests[i]));
    return digests;
}

static json_t *criterion_json(const dd_criterion *criterion) {
    json_t *object = json_object();
    json_object_set_new(object, "name", text_json(criterion->name));
    if (criterion->limit_text) {
        json_object_set_new(object, "limit", text_json(criterion->limit_text));
    } else {
        json_object_set_new(object, "comparison", text_json(criterion->comparison));
        json_object_set_new(object, "limit", number_json(criterion->limit));
    }
    json_object_set_new(object, "measured",
                        criterion->measured_text ? text_json(criterion->measured_text)
                                                 : number_json(criterion->measured));
    json_object_set_new(object, "unit", text_json(criterion->unit));
    json_object_set_new(object, "pass", json_boolean(criterion->pass));
    return object;
}

static json_t *criteria_json(const dd_summary *summary) {
    json_t *criteria = json_array();
    for (size_t i = 0; i < summary->criterion_n; i++)
        json_array_append_new(criteria, criterion_json(&summary->criteria[i]));
    return criteria;
}

json_t *dd_summary_json(const dd_summary *summary) {
    double speed = summary->wall_s > 0 ? summary->simulated_s / summary->wall_s : 0;
    json_t *root = json_object();
    json_object_set_new(root, "scenario", text_json(summary->scenario));
    json_object_set_new(root, "verdict", text_json(summary->verdict));
    if (summary->error) json_object_set_new(root, "error", text_json(summary->error));
    json_object_set_new(root, "digest", digest_json(&summary->digest));
    json_object_set_new(root, "digests", digests_json(summary));
    json_object_set_new(root, "seed", json_integer((json_int_t)summary->seed));
    json_object_set_new(root, "simulated_s", number_json(summary->simulated_s));
    json_object_set_new(root, "wall_s", number_json(summary->wall_s));
    json_object_set_new(root, "speed", number_json(speed));
    json_object_set_new(root, "events", json_integer((json_int_t)summary->events));
    json_object_set_new(root, "peak_rss_kib", json_integer((json_int_t)summary->peak_rss_kib));
    json_object_set_new(root, "criteria", criteria_json(summary));
    if (summary->sections) {
        json_t *sections = json_deep_copy(summary->sections);
        json_object_update_missing(root, sections);
        json_decref(sections);
    }
    return root;
}

// Twelve digits: more than was measured, and 0.1 stays 0.1.
static char *document(const dd_summary *summary) {
    json_t *root = dd_summary_json(summary);
    char *dump = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    json_decref(root);
    size_t length = dump ? strlen(dump) : 0;
    char *line = dump ? realloc(dump, length + 2) : NULL;
    if (!line) abort();
    memcpy(line + length, "\n", 2);
    return line;
}

bool dd_summary_write(const dd_summary *summary, const dd_folder *folder, dd_error *error) {
    char *dump = document(summary);
    bool written = dd_folder_write(folder, "summary.json", dump, strlen(dump), error);
    free(dump);
    return written;
}

bool dd_summary_print(const dd_summary *summary, FILE *stream, dd_error *error) {
    char *dump = document(summary);
    bool written = fputs(dump, stream) != EOF && fflush(stream) == 0;
    free(dump);
    return written || dd_fail(error, DD_OUTSIDE, "cannot print the summary; is the disk full?");
}

// --- Figures for people ---

// Three decimals at most, without idle zeros; very small and very large numbers as powers.
static void format_figure(double value, char text[static 40]) {
    double size = fabs(value);
    if (size != 0 && (size < 0.001 || size >= 1e15)) {
        snprintf(text, 40, "%.3g", value);
        return;
    }
    snprintf(text, 40, "%.3f", value);
    char *end = text + strlen(text) - 1;
    while (*end == '0')
        *end-- = 0;
    if (*end == '.') *end = 0;
}

void dd_criterion_limit(const dd_criterion *criterion, char text[static DD_FIGURE_SIZE]) {
    const char *space = *criterion->unit ? " " : "";
    char figure[40];
    format_figure(criterion->limit, figure);
    if (criterion->limit_text)
        snprintf(text, DD_FIGURE_SIZE, "%s%s%s", criterion->limit_text, space, criterion->unit);
    else
        snprintf(text, DD_FIGURE_SIZE, "%s %s%s%s", criterion->comparison, figure, space,
                 criterion->unit);
}

void dd_criterion_measured(const dd_criterion *criterion, char text[static DD_FIGURE_SIZE]) {
    const char *space = *criterion->unit ? " " : "";
    char figure[40];
    format_figure(criterion->measured, figure);
    if (criterion->measured_text)
        snprintf(text, DD_FIGURE_SIZE, "%s%s%s", criterion->measured_text, space, criterion->unit);
    else if (isnan(criterion->measured))
        snprintf(text, DD_FIGURE_SIZE, "nothing");
    else
        snprintf(text, DD_FIGURE_SIZE, "%s%s%s", figure, space, criterion->unit);
}

// --- Memory ---

// Not getrusage, whose figure starts with that of the process that started us.
uint64_t dd_peak_rss_kib(void) {
    FILE *file = fopen("/proc/self/status", "r");
    unsigned long long kib = 0;
    char line[256];
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %llu kB", &kib) == 1) break;
    if (file) fclose(file);
    return kib;
}
