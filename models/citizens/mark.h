// What a citizen thinks of the answer to his report: a mark from 1 to 5 by whether it is as the
// answer says, whether it came in time, and who he is.
#pragma once

#include "models/citizens/report.h"

// His mark now, for a report that has been answered.
uint32_t dd_mark_of(const dd_domain *hub, const dd_report *report);
