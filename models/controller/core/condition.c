#include "models/controller/core/condition.h"

#include "models/controller/core/cabinet.h"
#include "models/controller/core/health.h"
#include "models/controller/core/lasting.h"
#include "models/controller/core/log.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/supply.h"

enum {
    HOUR_MS = 3600000,
    GARBAGE_MIN = 3, // in an hour: less is a stray (estimate)
};

_Static_assert(DD_HAPPENINGS - DD_RESTARTED <= 16, "a mask of 16 conditions");

static uint16_t bit_of(dd_happening happening) {
    return (uint16_t)(1u << (happening - DD_RESTARTED));
}

static void tell(dd_core *core, dd_happening happening, bool over, int32_t value) {
    dd_word word = dd_core_outbox_word(core, DD_WORD_EVENT);
    word.happening = (uint8_t)happening;
    word.over = over;
    word.value = value;
    dd_core_outbox_push(core, &word);
}

void dd_core_condition(dd_core *core, dd_happening happening, bool holds, int32_t value) {
    uint16_t bit = bit_of(happening);
    if (((core->conditions.raised & bit) != 0) == holds) return;
    core->conditions.raised ^= bit;
    tell(core, happening, !holds, value);
    dd_core_lasting_changed(core);
}

static void tell_review(dd_core *core, bool over) {
    dd_word word = dd_core_outbox_word(core, DD_WORD_REVIEW);
    word.over = over;
    dd_core_outbox_push(core, &word);
}

// Whatever the centre holds to be raised that is not among these is over. `started`: says so.
static void review(dd_core *core, bool started) {
    bool hung = core->conditions.raised & bit_of(DD_RESTARTED);
    tell_review(core, false);
    if (started || hung) tell(core, DD_RESTARTED, !hung, core->def.reason);
    for (int i = DD_RESTARTED + 1; i < DD_HAPPENINGS; i++)
        if (core->conditions.raised & bit_of((dd_happening)i))
            tell(core, (dd_happening)i, false, 0);
    dd_core_supply_tell_again(core);
    dd_core_cabinet_tell_again(core);
    dd_core_health_tell_again(core);
    tell_review(core, true);
}

// What was told while it could not be written has been forgotten, so the centre is told anew what
// holds.
void dd_core_condition_start(dd_core *core) {
    bool hung = core->def.reason == DD_STARTED_BY_WATCHDOG;
    uint16_t raised = core->conditions.raised, bit = bit_of(DD_RESTARTED);
    core->conditions.raised = (uint16_t)(hung ? raised | bit : raised & ~bit);
    core->conditions.hour_ms = INT64_MAX;
    core->conditions.well_ms = hung ? core->now_ms + HOUR_MS : INT64_MAX;
    if (raised & bit_of(DD_LOG_FULL)) core->log.lost_readings = 1; // and more: it was not yet over
    if (raised & bit_of(DD_GARBAGE_HEARD)) core->conditions.hour_ms = core->now_ms + HOUR_MS;
    if (core->conditions.raised != raised) dd_core_lasting_changed(core);
    review(core, true);
}

static void watch_garbage(dd_core *core) {
    dd_core_conditions *own = &core->conditions;
    if (own->hour_ms == INT64_MAX && core->garbage != own->garbage)
        own->hour_ms = core->now_ms + HOUR_MS;
    uint32_t n = core->garbage - own->garbage;
    if (n >= GARBAGE_MIN) dd_core_condition(core, DD_GARBAGE_HEARD, true, (int32_t)n);
    if (core->now_ms < own->hour_ms) return;
    if (n == 0) dd_core_condition(core, DD_GARBAGE_HEARD, false, 0);
    own->garbage = core->garbage;
    own->hour_ms = n ? core->now_ms + HOUR_MS : INT64_MAX;
}

// When events were lost the centre cannot know what holds: it is told anew.
static void watch_log(dd_core *core) {
    dd_core_log *log = &core->log;
    uint32_t lost_n = log->lost_readings + log->lost_events;
    dd_core_condition(core, DD_STORE_FAILED, log->failed, 0);
    if (lost_n && dd_core_log_size(core) > DD_OUTBOX_WINDOW) {
        dd_core_condition(core, DD_LOG_FULL, true, 0);
        return;
    }
    bool events = log->lost_events > 0;
    dd_core_condition(core, DD_LOG_FULL, false, (int32_t)log->lost_events);
    log->lost_readings = log->lost_events = 0;
    if (events) review(core, false);
}

void dd_core_condition_work(dd_core *core) {
    if (core->now_ms >= core->conditions.well_ms) {
        core->conditions.well_ms = INT64_MAX;
        dd_core_condition(core, DD_RESTARTED, false, core->def.reason);
    }
    watch_garbage(core);
    watch_log(core);
}

int64_t dd_core_condition_deadline_ms(const dd_core *core) {
    int64_t hour_ms = core->conditions.hour_ms, well_ms = core->conditions.well_ms;
    return hour_ms < well_ms ? hour_ms : well_ms;
}
