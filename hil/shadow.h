// Shadow mode's judge: compares what the board says with what its shadow says to the same stimuli,
// message by message, and keeps the first divergence with what was around it.
#pragma once

#include "engine/time.h"
#include "hil/attach.h"
#include "models/controller/application.h"

#include <stdio.h>

// How far apart the two may be, by kind of message.
typedef struct dd_tolerance {
    int64_t time_us;                        // between the same message of both; lock-step: 0
    int64_t clock_ms;                       // between clocks told in it
    int32_t level_pm, power_mw, voltage_dv; // between values in it
    bool order;                             // whether their order counts
    bool ignored;                           // this kind is not compared
} dd_tolerance;

typedef struct dd_shadow_def {
    dd_tolerance tolerances[DD_RESPONSE_KINDS];
    bool lock_step;
} dd_shadow_def;

dd_shadow_def dd_shadow_default_def(bool lock_step);

typedef enum dd_divergence_kind {
    DD_DIVERGED_NOT,
    DD_DIVERGED_MISSING,    // the shadow said it, the board did not
    DD_DIVERGED_UNEXPECTED, // the other way round
    DD_DIVERGED_DIFFERENT,
    DD_DIVERGED_LATE,
    DD_DIVERGED_ORDER,
} dd_divergence_kind;

enum { DD_DIVERGENCE_FRAMES = 20, DD_DIVERGENCE_TEXT = 512 };

typedef struct dd_divergence {
    dd_divergence_kind kind;
    dd_time t;
    uint8_t response;                                           // dd_response_kind
    char field[64];                                             // that differs: "level_pm"
    char expected[DD_DIVERGENCE_TEXT], got[DD_DIVERGENCE_TEXT]; // decoded, for people
} dd_divergence;

typedef struct dd_shadow dd_shadow;
dd_shadow *dd_shadow_open(const dd_shadow_def *def);
void dd_shadow_close(dd_shadow *shadow);
// Feeds it: fits a seat (models/controller/tenant.h).
dd_onlooker dd_shadow_onlooker(dd_shadow *shadow);
// Both begin anew: after a start, a loss, a return.
void dd_shadow_restart(dd_shadow *shadow, dd_time now);
// Real time: what should have come by now has not.
void dd_shadow_time(dd_shadow *shadow, dd_time now);

uint64_t dd_shadow_compared(const dd_shadow *shadow);
uint64_t dd_shadow_count(const dd_shadow *shadow, dd_divergence_kind kind);
const dd_divergence *dd_shadow_first(const dd_shadow *shadow); // NULL: none
// The first divergence with the twenty frames around it, for people; and as JSON for summary.json.
void dd_shadow_report(const dd_shadow *shadow, FILE *file);
