// The application as a tenant within the process: what stands for a board in tests.
#pragma once

#include "models/backhaul/wire.h"
#include "models/controller/tenant.h"

#include <stdlib.h>
#include <string.h>

typedef struct application_tenant {
    dd_application application;
    dd_core_lamp lamps[DD_SEGMENT_LAMPS_MAX];
    dd_core_output outputs[DD_CORE_OUTPUTS];
    dd_word spare[DD_LOG_SPARE];
    dd_timetable timetable;
    void (*change)(dd_core_def *core); // what is wrong with it; NULL: nothing
} application_tenant;

static bool application_tenant_start(void *context, dd_time now, const dd_commission *commission,
                                     const dd_store *store) {
    application_tenant *it = context;
    (void)now;
    dd_core_def core = commission->core;
    if (it->change) it->change(&core);
    memcpy(it->lamps, commission->lamps, core.lamp_n * sizeof *it->lamps);
    it->timetable = (dd_timetable){.calendars = {*commission->calendar}};
    dd_core_storage storage = {.lamps = it->lamps,
                               .outputs = it->outputs,
                               .spare = it->spare,
                               .timetable = &it->timetable,
                               .store = *store};
    dd_application_init(&it->application, &core, &commission->coap, storage,
                        (dd_line_codec){dd_wire_put_word, dd_wire_get_order});
    return true;
}

static bool application_tenant_step(void *context, dd_time now, int64_t uptime_us,
                                    const dd_stimulus *stimulus, const dd_responder *responder,
                                    int64_t *due_us) {
    application_tenant *it = context;
    (void)now;
    int64_t due_ms = dd_application_step(&it->application, uptime_us / 1000, stimulus, responder);
    *due_us = due_ms == INT64_MAX ? INT64_MAX : due_ms * 1000;
    return true;
}

static void application_tenant_stop(void *context, dd_time now) {
    (void)context, (void)now;
}

static inline dd_tenant application_tenant_of(application_tenant *it) {
    return (dd_tenant){.context = it,
                       .prompt = true,
                       .start = application_tenant_start,
                       .step = application_tenant_step,
                       .stop = application_tenant_stop};
}
