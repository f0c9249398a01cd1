#include "hil/battery/battery_report.h"
#include "engine/output/xml.h"
#include "hil/text/message_text.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

static const char *const results[] = {"passed", "failed", "does not apply"};

static size_t tried(const dd_battery_report *report) {
    return report->n - report->skipped;
}

void dd_battery_report_line(const dd_outcome *outcome, FILE *file) {
    fprintf(file, "%5u %-14s %s", outcome->tried->number, results[outcome->result],
            outcome->tried->title);
    if (outcome->result == DD_TRIAL_SKIPPED) fprintf(file, " (%s)", outcome->text);
    fputc('\n', file);
}

// --- Frames ---

static void put_hex(const dd_probe_seen *seen, FILE *file) {
    enum { MOST = 40 };
    fputs("\n                       ", file);
    for (size_t i = 0; i < seen->n && i < MOST; i++)
        fprintf(file, " %02X", seen->octets[i]);
    if (seen->n > MOST) fprintf(file, " ... (%u octets)", seen->n);
}

static void put_seen(const dd_probe_seen *seen, FILE *file) {
    char text[400];
    Hil__Frame *frame = hil__frame__unpack(NULL, seen->n, seen->octets);
    fprintf(file, "      %8.1f ms  %s  ", seen->t_ms, seen->sent ? "->" : "<-");
    if (frame)
        dd_frame_text(frame, text, sizeof text);
    else
        strcpy(text, "no Frame");
    fputs(text, file);
    for (size_t i = 0; frame && i < frame->n_messages; i++) {
        dd_message_text(frame->messages[i], seen->sent, text, sizeof text);
        fprintf(file, "; %s", text);
    }
    put_hex(seen, file);
    fputc('\n', file);
    if (frame) hil__frame__free_unpacked(frame, NULL);
}

// Only hexadecimal: fit for any text.
static void put_octets(const dd_probe_seen *seen, FILE *file) {
    fprintf(file, "\n%8.1f ms %s", seen->t_ms, seen->sent ? "to the board" : "from the board");
    for (size_t i = 0; i < seen->n; i++)
        fprintf(file, " %02X", seen->octets[i]);
}

// --- Text ---

static void put_failure(const dd_outcome *outcome, FILE *file) {
    enum { AROUND = 10 };
    fprintf(file, "\n%u  %s\n    found    %s\n    why      %s\n    see      hil/PROTOCOL.md, %s\n",
            outcome->tried->number, outcome->tried->title, outcome->text, outcome->tried->why,
            outcome->group->section);
    size_t from = outcome->seen_n > AROUND ? outcome->seen_n - AROUND : 0;
    if (outcome->seen_n) fprintf(file, "    the last frames (-> to the board)\n");
    for (size_t i = from; i < outcome->seen_n; i++)
        put_seen(&outcome->seen[i], file);
}

void dd_battery_report_text(const dd_battery_report *report, FILE *file) {
    for (size_t i = 0; i < report->n; i++)
        if (report->outcomes[i].result == DD_TRIAL_FAILED) put_failure(&report->outcomes[i], file);
    fprintf(file, "\n%s: %s%s%s, firmware %s: %zu cases in %.1f s, %zu passed, %zu failed",
            report->target, report->model, *report->serial ? " " : "", report->serial,
            *report->firmware ? report->firmware : "without a name", tried(report), report->seconds,
            tried(report) - report->failed, report->failed);
    if (report->skipped)
        fprintf(file, "; %zu %s not apply to it", report->skipped,
                report->skipped == 1 ? "does" : "do");
    fputc('\n', file);
}

// --- JSON ---

static json_t *case_of(const dd_outcome *outcome) {
    json_t *it = json_pack("{si ss ss ss sf}", "number", outcome->tried->number, "group",
                           outcome->group->name, "title", outcome->tried->title, "result",
                           results[outcome->result], "seconds", outcome->seconds);
    if (*outcome->text) json_object_set_new(it, "text", json_string(outcome->text));
    if (outcome->result == DD_TRIAL_FAILED)
        json_object_set_new(it, "why", json_string(outcome->tried->why));
    return it;
}

void dd_battery_report_json(const dd_battery_report *report, FILE *file) {
    json_t *cases = json_array();
    for (size_t i = 0; i < report->n; i++)
        json_array_append_new(cases, case_of(&report->outcomes[i]));
    json_t *all = json_pack("{ss ss ss ss sf si si so}", "target", report->target, "serial",
                            report->serial, "model", report->model, "firmware", report->firmware,
                            "seconds", report->seconds, "failed", (int)report->failed,
                            "not_applicable", (int)report->skipped, "cases", cases);
    if (all) json_dumpf(all, file, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    fputc('\n', file);
    json_decref(all);
}

// --- JUnit ---

static void put_case(const dd_outcome *outcome, FILE *file) {
    char name[200];
    snprintf(name, sizeof name, "%u %s", outcome->tried->number, outcome->tried->title);
    fputs("    <testcase", file);
    dd_xml_attribute(file, "classname", outcome->group->name);
    dd_xml_attribute(file, "name", name);
    fprintf(file, " time=\"%.3f\">", outcome->seconds);
    if (outcome->result == DD_TRIAL_FAILED) {
        fputs("\n      <failure", file);
        dd_xml_attribute(file, "message", outcome->text);
        fputs(">", file);
        for (size_t i = 0; i < outcome->seen_n; i++)
            put_octets(&outcome->seen[i], file);
        fputs("</failure>\n    ", file);
    }
    fputs("</testcase>\n", file);
}

bool dd_battery_report_junit(const dd_battery_report *report, const char *path, dd_error *error) {
    FILE *file = fopen(path, "w");
    if (!file) return dd_fail(error, DD_OUTSIDE, "%s: %s", path, strerror(errno));
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite", file);
    dd_xml_attribute(file, "name", report->target);
    fprintf(file, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" time=\"%.3f\">\n", tried(report),
            report->failed, report->seconds);
    for (size_t i = 0; i < report->n; i++)
        if (report->outcomes[i].result != DD_TRIAL_SKIPPED) put_case(&report->outcomes[i], file);
    fputs("  </testsuite>\n</testsuites>\n", file);
    bool fine = !ferror(file);
    return (fclose(file) == 0 && fine) || dd_fail(error, DD_OUTSIDE, "%s: not written", path);
}
