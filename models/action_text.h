// The text form of actions, as models/action.h lists it.
#pragma once

#include "models/action.h"

// Reads an action and does it. Nothing is done on an error.
bool dd_action_do_text(dd_world *world, const char *text, dd_error *error);

// Checks an action's text without doing anything.
bool dd_action_check_text(const dd_world *world, const char *text, dd_error *error);
