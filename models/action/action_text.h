// The text form of actions: a verb, mostly a target, and what the verb needs
// (models/action/verbs/).
//
// A target is lamp:ID, segment:ID, feeder:ID, road:NAME, ward:NAME or city; it stands for what the
// action is done to there: its lamps, its segments, whatever the fault happens to. Blanks in a name
// are written as underscores: road:Đồng_Khởi.
#pragma once

#include "models/action/words.h"

// Reads an action. It points into `words`, which hold the pieces of `text`.
bool dd_action_parse(const dd_world *world, const char *text, dd_words *words, dd_action *action,
                     dd_error *error);

// Reads an action and does it. Nothing is done on an error.
bool dd_action_do_text(dd_world *world, const char *text, dd_error *error);

// Checks an action's text without doing anything.
bool dd_action_check_text(const dd_world *world, const char *text, dd_error *error);
