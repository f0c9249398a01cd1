#include "engine/base.h"

#include <stdio.h>
#include <string.h>

bool dd_fail(dd_error *error, dd_status status, const char *format, ...) {
    if (!error) return false;
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}

bool dd_fail_in(dd_error *error, const char *prefix) {
    if (!error) return false;
    char text[sizeof error->text];
    int length = snprintf(text, sizeof text, "%s: %s", prefix, error->text);
    if (length > 0) memcpy(error->text, text, sizeof text); // what does not fit is cut
    return false;
}

enum { WORD_MAX = 63 };

static size_t least(size_t a, size_t b, size_t c) {
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

// Levenshtein's distance with one row of the table.
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t row[WORD_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_length];
}

const char *dd_nearest(const char *word, const char *const *words) {
    size_t length = strlen(word);
    const char *best = NULL;
    size_t best_distance = length / 3 + 2;
    if (length > WORD_MAX) return NULL;
    for (; *words; words++) {
        size_t other = strlen(*words);
        if (other > WORD_MAX) continue;
        size_t distance = edit_distance(word, length, *words, other);
        if (distance < best_distance && distance < other) {
            best = *words;
            best_distance = distance;
        }
    }
    return best;
}
