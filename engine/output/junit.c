#define _DEFAULT_SOURCE
#include "engine/output/junit.h"

#include <stdlib.h>
#include <string.h>

// --- XML ---

// The code point at *text, which moves on; 0xfffd for what is no UTF-8 or no character of XML 1.0
// (section 2.2: control characters, surrogates, U+FFFE and U+FFFF are none).
static uint32_t next_character(const char **text) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)*text;
    int length = *bytes < 0x80 ? 1 : *bytes >= 0xf0 ? 4 : *bytes >= 0xe0 ? 3 : 2;
    uint32_t code = length == 1 ? *bytes : *bytes & (0xffu >> (length + 1));
    for (int i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            (*text)++;
            return 0xfffd;
        }
        code = code << 6 | (bytes[i] & 0x3f);
    }
    bool wrong = (length > 1 && code < least[length]) || (*bytes & 0xc0) == 0x80 ||
                 *bytes >= 0xf8 || code > 0x10ffff;
    *text += wrong ? 1 : length;
    bool character = code == '\t' || code == '\n' || code == '\r' ||
                     (code >= 0x20 && (code < 0xd800 || code > 0xdfff) && (code | 1) != 0xffff);
    return wrong || !character ? 0xfffd : code;
}

// Fit for an attribute's value in double quotes.
static void put_escaped(FILE *out, const char *text) {
    while (*text) {
        const char *start = text;
        uint32_t code = next_character(&text);
        if (code == 0xfffd)
            fputs("\xef\xbf\xbd", out);
        else if (code < 0x20 || (code < 0x80 && strchr("&<>\"'", (int)code)))
            fprintf(out, "&#%u;", (unsigned)code);
        else
            fwrite(start, 1, (size_t)(text - start), out);
    }
}

static void put_attribute(FILE *out, const char *name, const char *value) {
    fprintf(out, " %s=\"", name);
    put_escaped(out, value);
    fputc('"', out);
}

static void put_property(FILE *out, const char *name, const char *value) {
    fprintf(out, "      <property name=\"%s\"", name);
    put_attribute(out, "value", value);
    fputs("/>\n", out);
}

// --- The suite ---

static void open_case(FILE *out, const dd_summary *summary, const char *name) {
    fputs("    <testcase", out);
    put_attribute(out, "classname", summary->scenario);
    put_attribute(out, "name", name);
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
    put_attribute(out, "message", message);
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
    put_attribute(out, "name", summary->scenario);
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
        put_attribute(out, "message", summary->error);
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
