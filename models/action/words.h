// The words of an action's text, and what is read from them.
#pragma once

#include "models/action/action.h"

// A report may say as much as 4000 octets (Open311, facts D5).
enum { DD_WORDS_MAX = 24, DD_ACTION_TEXT = 5000 };

typedef struct dd_words {
    const char *text; // as given; borrowed
    char copy[DD_ACTION_TEXT];
    char *word[DD_WORDS_MAX]; // within the copy; the first is the verb
    int n;
    bool more;       // than have been cut ...
    bool rest;       // ... and they are a text that somebody took whole
    uint32_t target; // what dd_words_target has found
} dd_words;

// Cuts `text`, which must outlive the words, as far as there is room for them. False and an error
// when there are none.
bool dd_words_cut(dd_words *words, const char *text, dd_error *error);

// The text from a word on, as it was given: a reason, a line of the log.
const char *dd_words_rest(dd_words *words, int from);

// Reads a word such as "30%" as a number with that unit behind it. False when it is none, or lies
// outside.
bool dd_word_number(const char *word, const char *unit, double least, double most, double *value);

// The same of a whole number from 1 on, by which something is known.
bool dd_word_count(const char *word, uint32_t *number);

// Reads "high", "medium" or "low". False and an error when it is none of them.
bool dd_word_priority(const char *word, dd_alarm_priority *priority, dd_error *error);

// Reads "rain=30": cuts the word, so that it is the name. False when it is none.
bool dd_word_figure(char *word, double *value);

// The action is about what a word names: "road:Đồng_Khởi", "city". False and an error when it names
// nothing. The action points into the words.
bool dd_words_target(const dd_world *world, dd_words *words, int which, dd_action *action,
                     dd_error *error);
