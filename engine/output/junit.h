// junit.xml: the run's criteria in the form that build servers show.
#pragma once

#include "engine/output/summary.h"

// Writes the folder's junit.xml: one suite named after the scenario, with seed and digest as
// properties, and one case a criterion, whose failure tells limit and measured. A run that broke
// off (summary->error) has one case more, "run", with an error. DD_OUTSIDE on failure.
bool dd_junit_write(const dd_summary *summary, const dd_folder *folder, dd_error *error);
