// What every file of the house may rely on: error reporting and the exit statuses.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The exit statuses of `domdom`, which every function that can fail also speaks.
typedef enum dd_status {
    DD_OK = 0,
    DD_FAILED = 1,  // the run finished and a criterion failed
    DD_WRONG = 2,   // the scenario, the city or the command line is wrong: the user can mend it
    DD_OUTSIDE = 3, // something outside failed: disk, memory, device
} dd_status;

// One message for a person: what was wrong, where ("file:line: ..."), what to do.
typedef struct dd_error {
    dd_status status;
    char text[1000];
} dd_error;

// Fills `error` (which may be NULL) and returns false, so that a caller can `return dd_fail(...)`.
bool dd_fail(dd_error *error, dd_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Puts "prefix: " before the text of an error on its way up; returns false like dd_fail.
bool dd_fail_in(dd_error *error, const char *prefix);

// The nearest of `words` (NULL-terminated) to `word` by edit distance, or NULL when none is near
// enough to be worth suggesting (more than a third of the letters differ).
const char *dd_nearest(const char *word, const char *const *words);

// "there is no WHAT 'WORD', did you mean 'NEAREST'?", or, when none of `words` is near, "there is
// no WHAT 'WORD'; HINT". Always DD_WRONG; returns false like dd_fail.
bool dd_fail_unknown(dd_error *error, const char *what, const char *word, const char *const *words,
                     const char *hint);

#define DD_COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { DD_CACHE_LINE = 64 };

// `n` zeroed items of `size` bytes, a multiple of DD_CACHE_LINE, that begin with a line of the
// cache; NULL when there is no memory. free() gives them back.
void *dd_calloc_lines(size_t n, size_t size);
