// Which alarms belong to which incident: every standing alarm of a segment is asked for its root
// cause, and joins the incident that has it. What explains more takes over from what explains less:
// of many lamps that fell silent one incident is left, named after the cable, and of many silent
// controllers one, named after their operator.
#pragma once

#include "models/centre/incident.h"

// Looks at a segment's alarms and incidents now, and judges its lamps anew where that has changed
// something.
void dd_correlate(dd_domain *hub, struct dd_centre *centre, uint32_t segment);
