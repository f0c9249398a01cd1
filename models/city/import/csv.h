// Comma-separated values (RFC 4180), as lists of lamps come: with a line of headers, separated by
// commas, semicolons or tabs.
#pragma once

#include "models/city/import/inventory.h"
#include "models/city/text.h"

// Adds the lamps of a list. Errors name the line.
bool dd_csv_read(const dd_text *text, dd_inventory *inventory, dd_error *error);
