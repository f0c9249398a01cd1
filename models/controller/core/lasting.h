// What a controller must not forget over a restart, whatever its cause, kept twice in the store:
// its timetable, what it has raised and not yet told to be over, the feeders and lamps that orders
// hold lit, and how often it polls. It is written when something of it has changed, at the end of
// the step.
//
// What a restart does lose: orders under way and the memory of finished ones (the centre gives them
// again, and doing one twice does no harm), readings gathered within the last ten seconds, how
// often a lamp has missed or looked bad, and the poll's round.
#pragma once

#include "models/controller/core/core.h"

typedef struct dd_lasting {
    uint32_t format; // DD_LASTING_FORMAT: another one is not understood
    uint32_t poll_period_s;
    dd_lamp_set held_for, held_on;         // lamps, by dd_core_hold
    int64_t held_until_s[DD_CORE_FEEDERS]; // Unix seconds, 0: not held
    uint16_t points_told[1 + DD_CORE_FEEDERS];
    uint8_t supply_reported[DD_CORE_FEEDERS];
    uint8_t on_battery;
    uint8_t reserved;
    uint16_t conditions;                   // as dd_core_conditions.raised
    uint16_t raised[DD_SEGMENT_LAMPS_MAX]; // by lamp; only as many as there are are written
} dd_lasting;

enum { DD_LASTING_FORMAT = 1 };

_Static_assert(2 * (DD_STORE_COPY_HEAD + sizeof(dd_lasting)) <= DD_STORE_LASTING_N, "both copies");
_Static_assert(2 * (DD_STORE_COPY_HEAD + sizeof(dd_timetable)) <= DD_STORE_TIMETABLE_N,
               "both, too");

// Takes what is found in the store; with nothing good there all is as commissioned.
void dd_core_lasting_init(dd_core *core);

// Something of it has changed.
static inline void dd_core_lasting_changed(dd_core *core) {
    core->lasting.changed = true;
}

// The timetable has; it lies by itself, since it is large and seldom changes.
static inline void dd_core_lasting_timetable_changed(dd_core *core) {
    core->lasting.changed = core->lasting.timetable_changed = true;
}

void dd_core_lasting_work(dd_core *core);
int64_t dd_core_lasting_deadline_ms(const dd_core *core);
