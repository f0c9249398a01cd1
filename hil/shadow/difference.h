// Whether two messages say the same, and if not, where they part.
#pragma once

#include "engine/base.h"
#include "models/controller/stimulus.h"

// How far apart two may be.
typedef struct dd_tolerance {
    int64_t time_us;  // between the same message of both; lock-step: 0
    int64_t clock_ms; // between clocks told in it
    int32_t level_pm; // between values in it, by their units
    int32_t power_mw;
    int32_t voltage_dv;
    int32_t energy_wh;
    bool ids;     // numbers that only serve the transport count: CoAP's message ids and tokens,
                  // places in a log
    bool order;   // whether their order counts
    bool ignored; // not compared at all
} dd_tolerance;

typedef enum dd_likeness {
    DD_LIKE_NOTHING,  // another kind of message
    DD_LIKE_IN_KIND,  // the same kind: to the same lamp, or the same kind of word
    DD_LIKE_IN_TOPIC, // about the same thing, with other values
    DD_LIKE_SAME,
} dd_likeness;

enum { DD_DIFFERENCE_NAME = 64, DD_DIFFERENCE_VALUE = 64 };

typedef struct dd_difference {
    char field[DD_DIFFERENCE_NAME]; // the first that differs: "readings[0].level_pm"
    char expected[DD_DIFFERENCE_VALUE], got[DD_DIFFERENCE_VALUE];
} dd_difference;

// `difference` may be NULL; it is filled in below DD_LIKE_SAME and above DD_LIKE_NOTHING.
dd_likeness dd_compare_responses(const dd_response *expected, const dd_response *got,
                                 const dd_tolerance *tolerance, dd_difference *difference);
