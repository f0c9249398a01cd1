// A Lua pattern matched against a text, with the meaning that the Lua 5.4 manual (section 6.4.1)
// gives it, but with every step counted: a pattern that backtracks without end stops when its steps
// are used up, and its depth is bounded by this struct, never by the C stack.
#pragma once

#include "engine/base.h"

enum {
    DD_PATTERN_CAPTURES = 32, // as in Lua
    DD_PATTERN_CHOICES = 200, // quantifiers and captures in one match; Lua gives up there as well
};

// Special values of a capture's length.
#define DD_CAPTURE_OPEN ((ptrdiff_t)-1)
#define DD_CAPTURE_POSITION ((ptrdiff_t)-2)

typedef struct dd_capture {
    const char *start;
    ptrdiff_t length;
} dd_capture;

typedef struct dd_choice { // a point to come back to when what follows does not match
    uint8_t kind;
    uint8_t capture;       // which capture to undo
    const char *subject;   // where the item's repetitions begin, or go on
    const char *pattern;   // the item
    const char *rest;      // the pattern after the item
    ptrdiff_t repetitions; // of a greedy item: how many to try next
} dd_choice;

typedef struct dd_pattern {
    const char *subject, *subject_end;
    const char *pattern, *pattern_end; // without the leading '^'
    uint64_t steps;                    // left; 0 ends the search
    const char *error;                 // what is wrong with the pattern, or NULL
    int error_capture;                 // for "invalid capture index": its number, else 0
    int captures;
    dd_capture capture[DD_PATTERN_CAPTURES];
    int choices;
    dd_choice choice[DD_PATTERN_CHOICES];
} dd_pattern;

// Matches the whole pattern at `at`, a place within the subject. Returns the end of the match, with
// the captures filled in; NULL when there is none, or when `error` is set, or `steps` is 0.
const char *dd_pattern_match(dd_pattern *state, const char *at);

// True when the text has none of the characters with a meaning in patterns.
bool dd_pattern_plain(const char *pattern, size_t size);
