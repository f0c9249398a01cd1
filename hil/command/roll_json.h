// What the roll says of a board, as JSON.
#pragma once

#include "hil/outlet/roll.h"

// Prints {"boards": [...]} of all of them.
void dd_roll_print_json(const dd_roll *roll);
