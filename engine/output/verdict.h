// The verdict of a run as a table for people.
#pragma once

#include "engine/output/summary.h"

// Prints the criteria with limit and measured, and a line with the verdict; in colour on a terminal
// unless the environment says NO_COLOR (no-color.org).
void dd_verdict_print(const dd_summary *summary, FILE *stream);

// Columns that UTF-8 text takes on a terminal: code points, combining marks (U+0300-036F, as
// decomposed Vietnamese has them) not counted.
size_t dd_text_columns(const char *text);
