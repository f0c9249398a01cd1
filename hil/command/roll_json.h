// What the roll says of a board, as JSON.
#pragma once

#include "hil/outlet/roll.h"

struct json_t;
struct json_t *dd_roll_entry_json(const dd_roll_entry *board); // the caller's
// Prints {"boards": [...]} of all of them.
void dd_roll_print_json(const dd_roll *roll);
