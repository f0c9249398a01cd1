#include "models/centre/incident.h"

#include <stdio.h>

// As people say each sign, in the order of dd_sign.
static const char *const says[DD_SIGNS] = {
    "phases are dead at the terminals",
    "the breaker's contact says that it has tripped",
    "the contactor does not follow, or is switched by hand",
    "the controller runs on its battery",
    "the controller is silent",
    "so are others on the same network",
    "the controller has started anew",
    "lamps do not answer",
    "they are all those from one pole outward",
    "the meter misses their power: they are dark",
    "the meter still has their power: they shine",
    "lamps say so themselves",
    "earth leakage",
    "an order holds lamps",
    "a firmware update has failed",
    "the controller says so of itself",
    "the cabinet stands open",
    "citizens have reported it",
    "a crew has found it",
    "an operator says so",
    "the lamps have been read since, and are well",
    "other cabinets lost their supply at the same time",
};

int dd_incident_reason(const dd_incident *incident, char *text, size_t size) {
    int n = 0;
    for (int i = 0; i < DD_SIGNS; i++) {
        if (!(incident->signs >> i & 1)) continue;
        size_t at = (size_t)n < size ? (size_t)n : size;
        n += snprintf(at < size ? text + at : NULL, size - at, "%s%s", n ? "; " : "", says[i]);
    }
    if (n == 0 && size > 0) text[0] = 0;
    return n;
}
