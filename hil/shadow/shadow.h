// Shadow mode's judge: compares what the board says with what its shadow says to the same stimuli,
// message by message, and keeps the first divergence with what was around it. Who stands on either
// side does not matter: a board and the simulated application, two boards, a board and a recording.
#pragma once

#include "engine/time.h"
#include "hil/shadow/difference.h"
#include "models/controller/board_names.h"
#include "models/controller/tenant.h"

#include <stdio.h>

struct json_t;
struct dd_divergence;

typedef struct dd_shadow_def {
    dd_tolerance tolerances[DD_RESPONSE_KINDS]; // by dd_response_kind
    bool lock_step;
    int64_t wait_us;      // later than this is not late but missing; 2 s
    int32_t drift_ppm;    // real time: the board's clock may run off the shadow's so fast; 100
    const char *names[2]; // of the two, for people; "board" and "shadow"; outlive it
    const dd_calendar *calendar; // NULL: times are told in seconds of the run
    void *context;               // of `diverged`
    // Whenever they part; within a call that feeds the judge. May be NULL.
    void (*diverged)(void *context, const struct dd_divergence *divergence);
} dd_shadow_def;

// Lock-step: the two say the very same at the very same times. Real time: times within 50 ms (a
// long frame takes 25 ms at 115,200 baud and its answer as long), clocks within 1 s, meters as far
// apart as some milliseconds make them; order and ids are free.
dd_shadow_def dd_shadow_default_def(bool lock_step);

typedef enum dd_divergence_kind {
    DD_DIVERGED_NOT,
    DD_DIVERGED_MISSING,    // the shadow said it, the board did not
    DD_DIVERGED_UNEXPECTED, // the other way round
    DD_DIVERGED_DIFFERENT,
    DD_DIVERGED_LATE, // or too early, which is the shadow's being late
    DD_DIVERGED_ORDER,
    DD_DIVERGENCES,
} dd_divergence_kind;

enum { DD_DIVERGENCE_TEXT = 512 };

typedef struct dd_divergence {
    dd_divergence_kind kind;
    dd_time t;                // when the first of the two said it
    int64_t late_us;          // LATE: the board after the shadow; negative: before it
    uint8_t response;         // dd_response_kind
    dd_difference difference; // DIFFERENT: where they part
    char expected[DD_DIVERGENCE_TEXT], got[DD_DIVERGENCE_TEXT]; // decoded, for people; "": nothing
} dd_divergence;

typedef struct dd_shadow dd_shadow;
dd_shadow *dd_shadow_open(const dd_shadow_def *def); // NULL: no memory
void dd_shadow_close(dd_shadow *shadow);             // takes NULL
// Feeds it: fits a seat (models/controller/tenant.h). What belongs to one moment is judged when a
// later one comes: with the next stimulus, or by dd_shadow_time.
dd_onlooker dd_shadow_onlooker(dd_shadow *shadow);
// Both begin anew: at a start, a return. What is still open is not judged any more.
void dd_shadow_restart(dd_shadow *shadow, dd_time now);
// One of them is gone: until both begin anew, nothing is compared.
void dd_shadow_part(dd_shadow *shadow, dd_time now);
// What should have come by now has not. At every stand, between events.
void dd_shadow_time(dd_shadow *shadow, dd_time now);
// The run is over: what is still open is judged as far as it can be.
void dd_shadow_end(dd_shadow *shadow, dd_time now);

uint64_t dd_shadow_compared(const dd_shadow *shadow); // messages that both have said, or one
uint64_t dd_shadow_count(const dd_shadow *shadow, dd_divergence_kind kind); // NOT: of all kinds
const dd_divergence *dd_shadow_first(const dd_shadow *shadow);              // NULL: none
// The first divergence in a line: "different at 2020-08-03 21:10:00.123: 3416/1 command: expected
// 700, got 650". False: there is none, and nothing is written.
bool dd_shadow_headline(const dd_shadow *shadow, char *text, size_t size);
// The first divergence with the twenty messages around it, for people; and as JSON for
// summary.json.
void dd_shadow_report(const dd_shadow *shadow, FILE *file);
struct json_t *dd_shadow_json(const dd_shadow *shadow);
