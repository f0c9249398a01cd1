#include "hil/board/attach.h"
#include "engine/time.h"
#include "hil/shadow/leeway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const dd_board_match nothing = {.interface = -1};

dd_attach_def dd_attach_default_def(void) {
    return (dd_attach_def){.board = nothing,
                           .other = nothing,
                           .on_lost = DD_LOST_FALLBACK,
                           .late = DD_LATE_COUNT,
                           .late_n = 3,
                           .tolerance_us = 5000,
                           .find_s = 10,
                           .answer_s = 2};
}

// --- Checking ---

static int named(const dd_board_match *match) {
    return !!match->serial + !!match->path + !!match->emulated + !!match->recording;
}

static bool check_match(const dd_board_match *match, const char *which, dd_error *error) {
    if (named(match) != 1)
        return dd_fail(error, DD_WRONG,
                       "%s needs exactly one of serial=, path= and emulated=, as in "
                       "'serial=SEG-0042'",
                       which);
    bool usb = match->vid || match->pid || match->interface >= 0;
    return !usb || match->serial ||
           dd_fail(error, DD_WRONG, "%s: vid, pid and interface go with serial=", which);
}

static bool in_range(const char *what, double value, double least, double most, dd_error *error) {
    return (value >= least && value <= most) ||
           dd_fail(error, DD_WRONG, "%s must be %g to %g, not %g", what, least, most, value);
}

static bool check_leeway(const char *leeway, dd_error *error) {
    dd_shadow_def any = dd_shadow_default_def(true);
    return !leeway || dd_leeway_read(&any, leeway, error);
}

bool dd_attach_check(const dd_attach_def *def, dd_error *error) {
    return check_match(&def->board, "a board", error) &&
           (!named(&def->other) || check_match(&def->other, "the board beside it", error)) &&
           in_range("late_n", def->late_n, 1, 1e6, error) &&
           in_range("tolerance in ms", def->tolerance_us / 1e3, 0.1, 60e3, error) &&
           in_range("find in s", def->find_s, 0, 3600, error) &&
           in_range("answer in s", def->answer_s, 0.05, 600, error) &&
           check_leeway(def->leeway, error);
}

// --- Keeping texts ---

static const char *keep(dd_attach *attach, const char *text, size_t n, dd_error *error) {
    if (n + 1 > sizeof attach->text - attach->n) {
        dd_fail(error, DD_WRONG, "what is said of a board is too long; %d octets fit",
                DD_ATTACH_TEXT);
        return NULL;
    }
    char *to = attach->text + attach->n;
    memcpy(to, text, n);
    to[n] = 0;
    attach->n += n + 1;
    return to;
}

static bool keep_all(dd_attach *attach, const char **texts[], size_t n, dd_error *error) {
    for (size_t i = 0; i < n; i++)
        if (*texts[i] && !(*texts[i] = keep(attach, *texts[i], strlen(*texts[i]), error)))
            return false;
    return true;
}

bool dd_attach_copy(dd_attach *attach, const dd_attach_def *from, dd_error *error) {
    *attach = (dd_attach){.def = *from};
    dd_attach_def *def = &attach->def;
    const char **texts[] = {&def->board.serial,    &def->board.path,     &def->board.emulated,
                            &def->board.recording, &def->board.firmware, &def->other.serial,
                            &def->other.path,      &def->other.emulated, &def->other.firmware,
                            &def->supply,          &def->leeway};
    return keep_all(attach, texts, DD_COUNT(texts), error);
}

// --- Reading ---

// A key and its value, which is kept; both NULL-ended.
typedef struct pair {
    char key[32];
    const char *value; // "" where none is said
} pair;

static bool read_number(const pair *it, double most, double *value, dd_error *error) {
    char *end;
    *value = strtod(it->value, &end);
    return (end != it->value && !*end && *value >= 0 && *value <= most) ||
           dd_fail(error, DD_WRONG, "%s=%s is no number up to %g", it->key, it->value, most);
}

static bool read_hex(const pair *it, uint16_t *value, dd_error *error) {
    char *end;
    unsigned long number = strtoul(it->value, &end, 16);
    *value = (uint16_t)number;
    return (end != it->value && !*end && number <= UINT16_MAX) ||
           dd_fail(error, DD_WRONG, "%s=%s is no hexadecimal number such as 1209", it->key,
                   it->value);
}

static bool read_word(const pair *it, const char *const *words, int *value, dd_error *error) {
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], it->value) == 0) {
            *value = i;
            return true;
        }
    return dd_fail_unknown(error, it->key, it->value, words, "'domdom help actions' lists them");
}

static bool read_span(const pair *it, dd_time *span, dd_error *error) {
    return dd_duration_parse(it->value, span) ||
           dd_fail(error, DD_WRONG, "%s=%s is no duration such as 5ms", it->key, it->value);
}

static bool read_flag(const pair *it, bool *flag, dd_error *error) {
    static const char *const words[] = {"no", "yes", NULL};
    int value = 1;
    if (*it->value && !read_word(it, words, &value, error)) return false;
    *flag = value;
    return true;
}

// Naming a board in one way takes back what named it in another.
static void name_board(dd_board_match *match, const char **which, const char *value) {
    match->serial = match->path = match->emulated = match->recording = NULL;
    *which = value;
}

// False without an error: it is no word of a board's.
static bool read_match(dd_board_match *match, const char *key, const pair *it, bool *known,
                       dd_error *error) {
    double number;
    *known = true;
    if (strcmp(key, "serial") == 0) {
        name_board(match, &match->serial, it->value);
    } else if (strcmp(key, "path") == 0) {
        name_board(match, &match->path, it->value);
    } else if (strcmp(key, "emulated") == 0) {
        name_board(match, &match->emulated, *it->value ? it->value : "lm3s6965evb");
    } else if (strcmp(key, "recording") == 0) {
        name_board(match, &match->recording, it->value);
    } else if (strcmp(key, "firmware") == 0) {
        match->firmware = it->value;
    } else if (strcmp(key, "vid") == 0) {
        return read_hex(it, &match->vid, error);
    } else if (strcmp(key, "pid") == 0) {
        return read_hex(it, &match->pid, error);
    } else if (strcmp(key, "interface") == 0) {
        if (!read_number(it, INT8_MAX, &number, error)) return false;
        match->interface = (int8_t)number;
    } else {
        *known = false;
    }
    return true;
}

static bool read_policy(dd_attach *attach, const pair *it, bool *known, dd_error *error) {
    static const char *const on_lost[] = {"fallback", "wait", "fail", NULL};
    static const char *const late[] = {"count", "drop", "lose", NULL};
    dd_attach_def *def = &attach->def;
    int word = 0;
    double number = 0;
    dd_time span = 0;
    bool good;
    *known = true;
    if (strcmp(it->key, "on_lost") == 0) {
        good = read_word(it, on_lost, &word, error);
        def->on_lost = (dd_on_lost)word;
    } else if (strcmp(it->key, "late") == 0) {
        good = read_word(it, late, &word, error);
        def->late = (dd_late_policy)word;
    } else if (strcmp(it->key, "late_n") == 0) {
        good = read_number(it, 1e6, &number, error);
        def->late_n = (uint32_t)number;
    } else if (strcmp(it->key, "tolerance") == 0) {
        good = read_span(it, &span, error);
        def->tolerance_us = (uint32_t)(span / DD_MICROSECOND);
    } else if (strcmp(it->key, "find") == 0) {
        good = read_span(it, &span, error);
        def->find_s = (double)span / DD_SECOND;
    } else if (strcmp(it->key, "answer") == 0) {
        good = read_span(it, &span, error);
        def->answer_s = (double)span / DD_SECOND;
    } else {
        *known = false;
        good = true;
    }
    return good;
}

static bool read_pair(dd_attach *attach, const pair *it, dd_error *error) {
    static const char *const keys[] = {"serial",      "vid",
                                       "pid",         "interface",
                                       "path",        "emulated",
                                       "shadow",      "on_lost",
                                       "lock_step",   "late",
                                       "late_n",      "find",
                                       "answer",      "tolerance",
                                       "supply",      "shadow.serial",
                                       "shadow.path", "shadow.emulated",
                                       "firmware",    "shadow.firmware",
                                       "recording",   "leeway",
                                       NULL};
    dd_attach_def *def = &attach->def;
    bool known = false, beside = strncmp(it->key, "shadow.", 7) == 0;
    if (!read_match(beside ? &def->other : &def->board, it->key + (beside ? 7 : 0), it, &known,
                    error))
        return false;
    def->shadow |= beside;
    if (known) return true;
    if (strcmp(it->key, "shadow") == 0) return read_flag(it, &def->shadow, error);
    if (strcmp(it->key, "lock_step") == 0) return read_flag(it, &def->lock_step, error);
    if (strcmp(it->key, "supply") == 0) {
        def->supply = it->value;
        return true;
    }
    if (strcmp(it->key, "leeway") == 0) {
        def->leeway = it->value;
        return true;
    }
    if (!read_policy(attach, it, &known, error)) return false;
    return known || dd_fail_unknown(error, "word about a board", it->key, keys,
                                    "'domdom help actions' lists them");
}

// Cuts the next `key`, `key=value` or `key="a value"` from a text; NULL at its end, or (error) when
// it is none.
static const char *cut(dd_attach *attach, const char *text, pair *it, dd_error *error) {
    text += strspn(text, " \t");
    size_t key_n = strcspn(text, "= \t");
    if (!key_n || key_n >= sizeof it->key) {
        if (*text) dd_fail(error, DD_WRONG, "'%.40s' is no word such as serial=SEG-0042", text);
        return NULL;
    }
    memcpy(it->key, text, key_n);
    it->key[key_n] = 0;
    text += key_n;
    it->value = "";
    if (*text != '=') return text;
    bool quoted = *++text == '"';
    text += quoted;
    size_t n = strcspn(text, quoted ? "\"" : " \t");
    if (quoted && !text[n]) {
        dd_fail(error, DD_WRONG, "%s=\"%s lacks its second quote", it->key, text);
        return NULL;
    }
    it->value = keep(attach, text, n, error);
    return it->value ? text + n + quoted : NULL;
}

bool dd_attach_parse(dd_attach *attach, const char *text, bool onto, dd_error *error) {
    dd_error own = {0};
    if (!onto) *attach = (dd_attach){.def = dd_attach_default_def()};
    pair it;
    while ((text = cut(attach, text, &it, &own)))
        if (!read_pair(attach, &it, error)) return false;
    if (own.status == DD_OK) return true;
    if (error) *error = own;
    return false;
}

bool dd_attach_text_of_option(const char *option, char *text, size_t size, dd_error *error) {
    size_t n = strcspn(option, ",");
    bool emulated = strncmp(option, "emulated", 8) == 0 && (n == 8 || option[8] == ':');
    const char *key = emulated ? "emulated" : memchr(option, '/', n) ? "path=" : "serial=";
    const char *rest = option + n;
    int written;
    if (emulated)
        written = snprintf(text, size, "emulated%s%.*s", n > 8 ? "=" : "", n > 8 ? (int)(n - 9) : 0,
                           option + (n > 8 ? 9 : 8));
    else
        written = snprintf(text, size, "%s%.*s", key, (int)n, option);
    if (n == 0 || written < 0 || (size_t)written + strlen(rest) >= size)
        return dd_fail(error, DD_WRONG,
                       "'%.60s' is neither a serial number, a path nor emulated[:MACHINE]", option);
    for (char *to = text + written; (*to = *rest); to++, rest++)
        if (*to == ',') *to = ' ';
    return true;
}

void dd_board_match_text(const dd_board_match *match, char *text, size_t size) {
    const char *what = match->serial     ? "serial"
                       : match->path     ? "path"
                       : match->emulated ? "emulated"
                                         : "recording";
    const char *name = match->serial     ? match->serial
                       : match->path     ? match->path
                       : match->emulated ? match->emulated
                                         : match->recording;
    snprintf(text, size, "%s %s", what, name ? name : "none");
}
