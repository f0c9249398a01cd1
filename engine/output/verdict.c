#define _DEFAULT_SOURCE
#include "engine/output/verdict.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct dd_style {
    const char *good, *bad, *faint, *plain; // terminal codes
} dd_style;

static const dd_style coloured = {"\x1b[32m", "\x1b[1;31m", "\x1b[2m", "\x1b[0m"};
static const dd_style uncoloured = {"", "", "", ""};

static const dd_style *style_for(FILE *stream) {
    const char *no_colour = getenv("NO_COLOR");
    bool colour = isatty(fileno(stream)) && !(no_colour && *no_colour);
    return colour ? &coloured : &uncoloured;
}

size_t dd_text_columns(const char *text) {
    size_t columns = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        bool continuation = (*c & 0xc0) == 0x80;
        bool combining = *c == 0xcc || (*c == 0xcd && c[1] < 0xb0);
        columns += !continuation && !combining;
    }
    return columns;
}

static void put_padded(FILE *stream, const char *text, size_t width) {
    size_t columns = dd_text_columns(text);
    fprintf(stream, "%s%*s", text, columns < width ? (int)(width - columns) : 0, "");
}

static void widen(size_t *width, const char *text) {
    size_t columns = dd_text_columns(text);
    if (columns > *width) *width = columns;
}

static void print_criteria(const dd_summary *summary, const dd_style *style, FILE *stream) {
    char limit[DD_FIGURE_SIZE], measured[DD_FIGURE_SIZE];
    size_t name_width = strlen("criterion"), limit_width = strlen("limit");
    for (size_t i = 0; i < summary->criterion_n; i++) {
        dd_criterion_limit(&summary->criteria[i], limit);
        widen(&limit_width, limit);
        widen(&name_width, summary->criteria[i].name);
    }
    fprintf(stream, "%s      ", style->faint);
    put_padded(stream, "criterion", name_width + 2);
    put_padded(stream, "limit", limit_width + 2);
    fprintf(stream, "measured%s\n", style->plain);
    for (size_t i = 0; i < summary->criterion_n; i++) {
        const dd_criterion *criterion = &summary->criteria[i];
        dd_criterion_limit(criterion, limit);
        dd_criterion_measured(criterion, measured);
        fprintf(stream, "%s%s%s  ", criterion->pass ? style->good : style->bad,
                criterion->pass ? "pass" : "FAIL", style->plain);
        put_padded(stream, criterion->name, name_width + 2);
        put_padded(stream, limit, limit_width + 2);
        fprintf(stream, "%s\n", measured);
    }
}

void dd_verdict_print(const dd_summary *summary, FILE *stream) {
    const dd_style *style = style_for(stream);
    bool good = strcmp(summary->verdict, "pass") == 0;
    double speed = summary->wall_s > 0 ? summary->simulated_s / summary->wall_s : 0;
    char digest[DD_DIGEST_TEXT];
    size_t passed = 0;
    if (summary->criterion_n) print_criteria(summary, style, stream);
    for (size_t i = 0; i < summary->criterion_n; i++)
        passed += summary->criteria[i].pass;
    dd_digest_format(&summary->digest, digest);
    if (summary->criterion_n || !good)
        fprintf(stream, "%s: %s%s%s, %zu of %zu criteria met\n", summary->scenario,
                good ? style->good : style->bad, summary->verdict, style->plain, passed,
                summary->criterion_n);
    else
        fprintf(stream, "%s: nothing was judged\n", summary->scenario);
    fprintf(stream, "%.0f s in %.1f s (%.0f x), %llu events, seed %llu, digest %s\n",
            summary->simulated_s, summary->wall_s, speed, (unsigned long long)summary->events,
            (unsigned long long)summary->seed, digest);
}
