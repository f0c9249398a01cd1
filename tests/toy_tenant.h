// A tenant for tests: an application with memory of its own, as on a board, on the flash that it is
// lent. It can be made to fail at any moment, or to speak between events only.
#pragma once

#include "models/backhaul/wire.h"
#include "models/controller/seat.h"
#include "tests/toy_city.h"

enum { TOY_SAID = 256, TOY_NEVER = -1 };

typedef struct toy_tenant {
    dd_application application;
    dd_core_lamp lamps[DD_SEGMENT_LAMPS_MAX];
    dd_core_output outputs[DD_CORE_OUTPUTS];
    dd_word spare[DD_LOG_SPARE];
    dd_timetable timetable;
    dd_store store;
    int starts, stops;
    int step_n;               // since it was made
    int fails_at;             // that step is its last, TOY_NEVER: none ...
    int says_before_it_fails; // ... and it says so much of its answer
    bool fails_to_start;
    bool mute; // makes the messages to lamps vanish
    int64_t due_us;
    // Not prompt: what it has said and nobody has fetched yet.
    bool late;
    dd_response said[TOY_SAID];
    uint8_t octets[TOY_SAID][DD_LINE_OCTETS];
    int said_n;
} toy_tenant;

static inline bool toy_tenant_start(void *context, dd_time now, const dd_commission *commission,
                                    const dd_store *store) {
    (void)now;
    toy_tenant *it = context;
    it->starts++;
    it->said_n = 0;
    if (it->fails_to_start) return false;
    it->store = *store;
    memcpy(it->lamps, commission->lamps, commission->core.lamp_n * sizeof *it->lamps);
    it->timetable = (dd_timetable){.calendars = {*commission->calendar}};
    dd_core_storage storage = {.lamps = it->lamps,
                               .outputs = it->outputs,
                               .spare = it->spare,
                               .timetable = &it->timetable,
                               .store = it->store};
    dd_application_init(&it->application, &commission->core, &commission->coap, storage,
                        (dd_line_codec){dd_wire_put_word, dd_wire_get_order});
    return true;
}

// What passes between an application and a responder that may not hear all of it.
typedef struct toy_filter {
    toy_tenant *tenant;
    const dd_responder *responder;
    int left; // that it passes on
} toy_filter;

static inline void toy_tenant_say(toy_tenant *it, const dd_response *response) {
    cr_assert(it->said_n < TOY_SAID);
    if (response->n) memcpy(it->octets[it->said_n], response->octets, response->n);
    it->said[it->said_n] = *response;
    it->said[it->said_n].octets = it->octets[it->said_n];
    it->said_n++;
}

static inline void toy_filter_take(void *context, const dd_response *response) {
    toy_filter *it = context;
    if (it->tenant->mute && response->kind == DD_RESPONSE_DATAGRAM) return;
    if (it->left-- <= 0) return;
    if (it->tenant->late)
        toy_tenant_say(it->tenant, response);
    else
        it->responder->take(it->responder->context, response);
}

static inline bool toy_tenant_step(void *context, dd_time now, int64_t uptime_us,
                                   const dd_stimulus *stimulus, const dd_responder *responder,
                                   int64_t *due_us) {
    (void)now;
    toy_tenant *it = context;
    bool fails = it->step_n++ == it->fails_at;
    toy_filter filter = {it, responder, fails ? it->says_before_it_fails : INT32_MAX};
    dd_responder own = {&filter, toy_filter_take};
    int64_t due_ms = dd_application_step(&it->application, uptime_us / 1000, stimulus, &own);
    it->due_us = due_ms == INT64_MAX ? INT64_MAX : due_ms * 1000;
    *due_us = it->late ? INT64_MAX : it->due_us;
    return !fails;
}

static inline void toy_tenant_stop(void *context, dd_time now) {
    (void)now;
    toy_tenant *it = context;
    it->stops++;
}

static inline toy_tenant *toy_tenant_make(void) {
    toy_tenant *it = calloc(1, sizeof *it);
    cr_assert(it != NULL);
    it->fails_at = TOY_NEVER;
    return it;
}

static inline dd_tenant toy_tenant_of(toy_tenant *it) {
    return (dd_tenant){.context = it,
                       .prompt = !it->late,
                       .start = toy_tenant_start,
                       .step = toy_tenant_step,
                       .stop = toy_tenant_stop};
}

static inline dd_seat_def toy_seat(toy_tenant *it, bool shadowed, dd_on_lost on_lost) {
    return (dd_seat_def){.tenant = toy_tenant_of(it), .shadowed = shadowed, .on_lost = on_lost};
}
