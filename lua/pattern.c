#include "lua/pattern.h"

#include <string.h>

// The matcher walks along the pattern with two places in hand, one in the subject, one in the
// pattern. Where there is more than one way to go on it leaves a choice behind; when a way fails it
// takes the last choice up again. Groups cannot be repeated in Lua patterns, so a way never meets
// the same item twice and the choices are never more than the pattern has items.

enum { CHOICE_GREEDY, CHOICE_LAZY, CHOICE_OPTIONAL, UNDO_OPEN, UNDO_CLOSE };

typedef struct walk {
    const char *subject;
    const char *pattern;
} walk;

static bool wrong(dd_pattern *state, const char *error) {
    state->error = error;
    return false;
}

static bool spend(dd_pattern *state, size_t steps) {
    state->steps = steps < state->steps ? state->steps - steps : 0;
    return state->steps > 0;
}

static bool leave(dd_pattern *state, dd_choice choice) {
    if (state->choices == DD_PATTERN_CHOICES) return wrong(state, "pattern too complex");
    state->choice[state->choices++] = choice;
    return true;
}

static bool between(int c, char first, char last) {
    return c >= first && c <= last;
}

static bool is_letter(int c) {
    return between(c | 32, 'a', 'z');
}

static bool is_digit(int c) {
    return between(c, '0', '9');
}

static bool is_printing(int c) {
    return between(c, '!', '~');
}

// Whether `c` is in the class of a small letter; -1 when the letter names none.
static int in_small_class(unsigned char c, int letter) {
    switch (letter) {
    case 'a':
        return is_letter(c);
    case 'c':
        return c < 32 || c == 127;
    case 'd':
        return is_digit(c);
    case 'g':
        return is_printing(c);
    case 'l':
        return between(c, 'a', 'z');
    case 'p':
        return is_printing(c) && !is_letter(c) && !is_digit(c);
    case 's':
        return c == ' ' || between(c, '\t', '\r');
    case 'u':
        return between(c, 'A', 'Z');
    case 'w':
        return is_letter(c) || is_digit(c);
    case 'x':
        return is_digit(c) || between(c | 32, 'a', 'f');
    case 'z': // deprecated since Lua 5.2, but still there
        return c == 0;
    default:
        return -1;
    }
}

// Whether `c` is in the class that a letter after '%' names. ASCII only, whatever the locale says.
static bool in_class(unsigned char c, unsigned char name) {
    int in = in_small_class(c, name | 32);
    if (in < 0) return name == c;
    return between(name, 'A', 'Z') ? !in : in;
}

// `set` is at '[' and `last` at its ']'.
static bool in_set(unsigned char c, const char *set, const char *last) {
    bool in = true;
    if (set[1] == '^') {
        in = false;
        set++;
    }
    while (++set < last) {
        if (*set == '%') {
            if (in_class(c, (unsigned char)*++set)) return in;
        } else if (set[1] == '-' && set + 2 < last) {
            set += 2;
            if ((unsigned char)set[-2] <= c && c <= (unsigned char)*set) return in;
        } else if ((unsigned char)*set == c) {
            return in;
        }
    }
    return !in;
}

static const char *set_end(dd_pattern *state, const char *p) {
    if (p < state->pattern_end && *p == '^') p++;
    do { // the first character is never the end: "[]]" and "[^]]" are sets of one
        if (p == state->pattern_end) return wrong(state, "malformed pattern (missing ']')"), NULL;
        if (*p++ == '%' && p < state->pattern_end) p++;
    } while (p == state->pattern_end || *p != ']');
    return p + 1;
}

// The end of the single-character item at `p`, before its quantifier; NULL with an error.
static const char *item_end(dd_pattern *state, const char *p) {
    if (*p == '[') return set_end(state, p + 1);
    if (*p != '%') return p + 1;
    if (p + 1 == state->pattern_end) return wrong(state, "malformed pattern (ends with '%')"), NULL;
    return p + 2;
}

static bool item_matches(const dd_pattern *state, const char *s, const char *p, const char *end) {
    if (s >= state->subject_end) return false;
    unsigned char c = (unsigned char)*s;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return in_class(c, (unsigned char)p[1]);
    case '[':
        return in_set(c, p, end - 1);
    default:
        return (unsigned char)*p == c;
    }
}

// As many repetitions as there are; the choice tries fewer.
static bool take_greedy(dd_pattern *state, walk *at, const char *end, ptrdiff_t least) {
    ptrdiff_t most = 0;
    size_t price = 1 + (size_t)(end - at->pattern) / 8;
    while (item_matches(state, at->subject + most, at->pattern, end)) {
        most++;
        if (!spend(state, price)) return false;
    }
    if (most < least) return false;
    dd_choice choice = {.kind = CHOICE_GREEDY,
                        .subject = at->subject + least,
                        .rest = end + 1,
                        .repetitions = most - least - 1};
    if (most > least && !leave(state, choice)) return false;
    *at = (walk){at->subject + most, end + 1};
    return true;
}

static bool take_item(dd_pattern *state, walk *at) {
    const char *end = item_end(state, at->pattern);
    if (!end || !spend(state, (size_t)(end - at->pattern) / 8 + 1)) return false;
    switch (end < state->pattern_end ? *end : '\0') {
    case '*':
        return take_greedy(state, at, end, 0);
    case '+':
        return take_greedy(state, at, end, 1);
    case '-': {
        dd_choice choice = {CHOICE_LAZY, 0, at->subject, at->pattern, end, 0};
        at->pattern = end + 1;
        return leave(state, choice);
    }
    case '?':
        if (item_matches(state, at->subject, at->pattern, end)) {
            dd_choice choice = {.kind = CHOICE_OPTIONAL, .subject = at->subject, .rest = end + 1};
            if (!leave(state, choice)) return false;
            at->subject++;
        }
        at->pattern = end + 1;
        return true;
    default:
        if (!item_matches(state, at->subject, at->pattern, end)) return false;
        *at = (walk){at->subject + 1, end};
        return true;
    }
}

static bool open_capture(dd_pattern *state, walk *at) {
    bool position = at->pattern + 1 < state->pattern_end && at->pattern[1] == ')';
    if (state->captures == DD_PATTERN_CAPTURES) return wrong(state, "too many captures");
    state->capture[state->captures++] =
        (dd_capture){at->subject, position ? DD_CAPTURE_POSITION : DD_CAPTURE_OPEN};
    at->pattern += position ? 2 : 1;
    return leave(state, (dd_choice){.kind = UNDO_OPEN});
}

static bool close_capture(dd_pattern *state, walk *at) {
    int i = state->captures - 1;
    while (i >= 0 && state->capture[i].length != DD_CAPTURE_OPEN)
        i--;
    if (i < 0) return wrong(state, "invalid pattern capture");
    state->capture[i].length = at->subject - state->capture[i].start;
    at->pattern++;
    return leave(state, (dd_choice){.kind = UNDO_CLOSE, .capture = (uint8_t)i});
}

static bool take_balance(dd_pattern *state, walk *at) {
    const char *p = at->pattern + 2, *s = at->subject;
    if (state->pattern_end - p < 2)
        return wrong(state, "malformed pattern (missing arguments to '%b')");
    if (s >= state->subject_end || *s != *p) return false;
    for (size_t depth = 1; ++s < state->subject_end && spend(state, 1);) {
        if (*s == p[1]) {
            if (--depth > 0) continue;
            *at = (walk){s + 1, p + 2};
            return true;
        }
        if (*s == *p) depth++;
    }
    return false;
}

static bool take_frontier(dd_pattern *state, walk *at) {
    const char *set = at->pattern + 2;
    if (set >= state->pattern_end || *set != '[')
        return wrong(state, "missing '[' after '%f' in pattern");
    const char *end = item_end(state, set);
    if (!end || !spend(state, (size_t)(end - set) / 8 + 1)) return false;
    unsigned char before = at->subject == state->subject ? 0 : (unsigned char)at->subject[-1];
    unsigned char after = at->subject == state->subject_end ? 0 : (unsigned char)*at->subject;
    at->pattern = end;
    return !in_set(before, set, end - 1) && in_set(after, set, end - 1);
}

static bool take_back_reference(dd_pattern *state, walk *at) {
    int i = at->pattern[1] - '1';
    if (i < 0 || i >= state->captures || state->capture[i].length == DD_CAPTURE_OPEN) {
        state->error_capture = i + 1;
        return wrong(state, "invalid capture index");
    }
    ptrdiff_t length = state->capture[i].length;
    if (length < 0 || state->subject_end - at->subject < length) return false;
    if (!spend(state, (size_t)length / 8 + 1)) return false;
    if (memcmp(state->capture[i].start, at->subject, (size_t)length) != 0) return false;
    *at = (walk){at->subject + length, at->pattern + 2};
    return true;
}

static bool take(dd_pattern *state, walk *at) {
    const char *p = at->pattern;
    bool last = p + 1 == state->pattern_end;
    if (*p == '(') return open_capture(state, at);
    if (*p == ')') return close_capture(state, at);
    if (*p == '$' && last) {
        at->pattern++;
        return at->subject == state->subject_end;
    }
    if (*p == '%' && !last) {
        if (p[1] == 'b') return take_balance(state, at);
        if (p[1] == 'f') return take_frontier(state, at);
        if (between((unsigned char)p[1], '0', '9')) return take_back_reference(state, at);
    }
    return take_item(state, at);
}

// Takes the last choice up; false when none is left.
static bool come_back(dd_pattern *state, walk *at) {
    while (state->choices > 0) {
        dd_choice *choice = &state->choice[state->choices - 1];
        switch (choice->kind) {
        case UNDO_OPEN:
            state->captures--;
            break;
        case UNDO_CLOSE:
            state->capture[choice->capture].length = DD_CAPTURE_OPEN;
            break;
        case CHOICE_OPTIONAL:
            *at = (walk){choice->subject, choice->rest};
            state->choices--;
            return true;
        case CHOICE_GREEDY:
            *at = (walk){choice->subject + choice->repetitions, choice->rest};
            if (choice->repetitions-- == 0) state->choices--;
            return true;
        case CHOICE_LAZY:
            if (!spend(state, (size_t)(choice->rest - choice->pattern) / 8 + 1)) return false;
            if (!item_matches(state, choice->subject, choice->pattern, choice->rest)) break;
            choice->subject++;
            *at = (walk){choice->subject, choice->rest + 1};
            return true;
        }
        state->choices--;
    }
    return false;
}

const char *dd_pattern_match(dd_pattern *state, const char *subject) {
    walk at = {subject, state->pattern};
    state->captures = 0;
    state->choices = 0;
    while (at.pattern < state->pattern_end) {
        if (!spend(state, 1)) return NULL;
        if (take(state, &at)) continue;
        if (state->error || state->steps == 0 || !come_back(state, &at)) return NULL;
    }
    return at.subject;
}

bool dd_pattern_plain(const char *pattern, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (pattern[i] && strchr("^$*+?.([%-", pattern[i])) return false;
    return true;
}
