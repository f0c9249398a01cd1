#include "engine/base.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
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

// The base letter of a Latin letter with Vietnamese marks; 0 for any other character.
static char base_letter(uint32_t code) {
    static const struct {
        uint16_t first, last;
        char letter;
    } spans[] = {{0xe0, 0xe3, 'a'},     {0xe8, 0xea, 'e'},     {0xec, 0xed, 'i'},
                 {0xf2, 0xf5, 'o'},     {0xf9, 0xfa, 'u'},     {0xfd, 0xfd, 'y'},
                 {0x102, 0x103, 'a'},   {0x110, 0x111, 'd'},   {0x128, 0x129, 'i'},
                 {0x168, 0x169, 'u'},   {0x1a0, 0x1a1, 'o'},   {0x1af, 0x1b0, 'u'},
                 {0x1ea0, 0x1eb7, 'a'}, {0x1eb8, 0x1ec7, 'e'}, {0x1ec8, 0x1ecb, 'i'},
                 {0x1ecc, 0x1ee3, 'o'}, {0x1ee4, 0x1ef1, 'u'}, {0x1ef2, 0x1ef9, 'y'}};
    if (code >= 0xc0 && code < 0xe0) code += 0x20; // Latin-1 capitals
    for (size_t i = 0; i < DD_COUNT(spans); i++)
        if (code >= spans[i].first && code <= spans[i].last) return spans[i].letter;
    return 0;
}

// The word in small letters without marks, so that "Dong Khoi" is near to "Đồng Khởi". Returns its
// length, or SIZE_MAX when it is longer than WORD_MAX.
static size_t fold(const char *word, char folded[static WORD_MAX + 1]) {
    size_t n = 0;
    for (const unsigned char *c = (const unsigned char *)word; *c; n++) {
        size_t length = *c >= 0xe0 ? 3 : *c >= 0xc0 ? 2 : 1;
        uint32_t code = length == 1 ? *c : *c & (0xffu >> (length + 1));
        for (size_t i = 1; i < length; i++)
            code = (c[i] & 0xc0) == 0x80 ? code << 6 | (c[i] & 0x3f) : (length = 1, 0);
        char letter = length > 1 ? base_letter(code) : 0;
        if (n == WORD_MAX) return SIZE_MAX;
        folded[n] = letter ? letter : *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : (char)*c;
        c += letter ? length : 1;
    }
    folded[n] = 0;
    return n;
}

static size_t least(size_t a, size_t b, size_t c) {
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

// Levenshtein's distance, with two swapped letters as one error.
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && second[j - 2] + 1 < row[j]) row[j] = second[j - 2] + 1;
        }
    }
    return rows[a_length % 3][b_length];
}

const char *dd_nearest(const char *word, const char *const *words) {
    char folded[WORD_MAX + 1], folded_other[WORD_MAX + 1];
    size_t length = fold(word, folded);
    const char *best = NULL;
    size_t best_distance = length / 3 + 2;
    if (length > WORD_MAX) return NULL;
    for (; *words; words++) {
        size_t other = fold(*words, folded_other);
        if (other > WORD_MAX) continue;
        size_t distance = edit_distance(folded, length, folded_other, other);
        if (distance < best_distance && distance < other) {
            best = *words;
            best_distance = distance;
        }
    }
    return best;
}

bool dd_fail_unknown(dd_error *error, const char *what, const char *word, const char *const *words,
                     const char *hint) {
    const char *nearest = dd_nearest(word, words);
    if (nearest)
        return dd_fail(error, DD_WRONG, "there is no %s '%s', did you mean '%s'?", what, word,
                       nearest);
    return dd_fail(error, DD_WRONG, "there is no %s '%s'; %s", what, word, hint);
}

void *dd_calloc_lines(size_t n, size_t size) {
    assert(size % DD_CACHE_LINE == 0);
    if (n > SIZE_MAX / size) return NULL;
    void *memory = aligned_alloc(DD_CACHE_LINE, n * size);
    return memory ? memset(memory, 0, n * size) : NULL;
}
