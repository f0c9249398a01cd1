#include "models/controller/core/task.h"

#include <stddef.h>

#include "models/controller/core/clock.h"
#include "models/controller/core/command.h"
#include "models/controller/core/health.h"
#include "models/controller/core/poll.h"
#include "models/controller/core/schedule.h"
#include "models/controller/core/spread.h"

enum {
    POWER_MAX_MW = 100000000, // a luminaire never burns 100 kW: such a reading is garbage
    MESH_SILENT = 4,          // so many unanswered in a row: it is not the lamps
    ROUND_SILENT = 8,         // so many in one round: there may be many more
};

bool dd_core_task_free(const dd_core *core) {
    for (int i = 0; i < DD_CORE_TASKS; i++)
        if (!core->tasks[i].kind) return true;
    return false;
}

bool dd_core_task_may(const dd_core *core, uint16_t lamp) {
    for (int i = 0; i < DD_CORE_TASKS; i++)
        if (core->tasks[i].kind && core->tasks[i].lamp == lamp) return false;
    return dd_core_task_free(core);
}

static dd_node_request *send(dd_core *core, const dd_node_request *what) {
    dd_core_output *output = &core->storage.outputs[core->output_n++];
    output->kind = DD_OUTPUT_REQUEST;
    output->request = *what;
    return &output->request;
}

// A lamp that was silent the last time, or one of many that are, gets little patience, so that it
// does not hold up those that do answer; an order tries once more than a poll. One that may be
// restarting is asked once, and again later.
static uint8_t retries(const dd_core *core, uint16_t lamp, dd_node_request_kind kind, bool poll) {
    if (kind == DD_NODE_STATUS) return 1;
    bool many = core->poll.silent_run >= MESH_SILENT || core->poll.silent_round >= ROUND_SILENT;
    bool silent = core->storage.lamps[lamp - 1].missed > 0 || (poll && many);
    if (!silent) return DD_RETRIES_USUAL;
    return poll ? 1 : 2;
}

// A lamp that has the time need not be told it with each reading. A calendar may take long on its
// way, and so may what goes to all lamps: neither tells the time, nor does what is about firmware.
static int64_t clock_for(const dd_core *core, uint16_t lamp, uint8_t kind) {
    bool has = kind == DD_NODE_READ && dd_lamp_set_has(&core->clock.told, lamp);
    bool tells = !has && kind != DD_NODE_CALENDAR && !dd_node_is_firmware(kind);
    return tells ? dd_core_clock_told_ms(core) : 0;
}

void dd_core_task_start(dd_core *core, uint16_t lamp, uint8_t command,
                        const dd_node_request *what) {
    dd_core_task *task = core->tasks;
    while (task->kind)
        task++;
    int64_t clock_ms = clock_for(core, lamp, what->kind);
    *task = (dd_core_task){.kind = what->kind,
                           .token = ++core->token,
                           .command = command,
                           .tells_clock = clock_ms != 0,
                           .lamp = lamp,
                           .deadline_ms = core->now_ms + (int64_t)core->def.patience_s * 1000};
    dd_node_request *request = send(core, what);
    request->lamp = lamp;
    request->token = task->token;
    request->retries = retries(core, lamp, what->kind, command == 0);
    request->clock_ms = clock_ms;
    if (what->kind == DD_NODE_CALENDAR) request->calendar = dd_core_schedule_of(core, lamp);
}

void dd_core_task_tell_all(dd_core *core, const dd_node_request *what) {
    send(core, what)->lamp = DD_EVERY_LAMP;
}

// One that answers but follows another calendar all the same has not done it.
static bool obeyed(const dd_core *core, const dd_core_task *task, const dd_reading *reading) {
    return reading && (task->kind != DD_NODE_CALENDAR ||
                       reading->calendar_id == dd_core_schedule_of(core, task->lamp)->id);
}

// `reading` is NULL when the lamp did not answer.
static void end(dd_core *core, dd_core_task *task, const dd_reading *reading) {
    dd_core_task over = *task;
    task->kind = 0;
    if (reading) {
        core->poll.silent_run = 0;
        dd_core_health_answered(core, over.lamp);
        if (over.tells_clock) dd_lamp_set_add(&core->clock.told, over.lamp);
    } else {
        dd_lamp_set_remove(&core->clock.told, over.lamp);
        if (core->poll.silent_run < UINT8_MAX) core->poll.silent_run++;
        if (core->poll.silent_round < UINT8_MAX) core->poll.silent_round++;
        dd_core_health_silent(core, over.lamp);
    }
    if (over.kind == DD_NODE_READ) {
        if (reading) dd_core_health_reading(core, reading);
        dd_reading silent = {.lamp = over.lamp, .flags = DD_READING_NO_ANSWER};
        dd_core_batch_add(core, reading ? reading : &silent);
    }
    bool done = obeyed(core, &over, reading);
    if (over.kind == DD_NODE_CALENDAR) core->storage.lamps[over.lamp - 1].calendar_due = !done;
    if (over.command)
        dd_core_command_end(core, over.command, done);
    else
        dd_core_poll_end(core, &over, reading != NULL);
}

// The same of what is about firmware. A node that restarts is silent for a while: that says nothing
// of its health.
static void end_firmware(dd_core *core, dd_core_task *task, const dd_firmware_status *status) {
    dd_core_task over = *task;
    task->kind = 0;
    if (status) dd_core_health_answered(core, over.lamp);
    dd_core_spread_end(core, &over, status);
}

static void end_silent(dd_core *core, dd_core_task *task) {
    if (dd_node_is_firmware(task->kind))
        end_firmware(core, task, NULL);
    else
        end(core, task, NULL);
}

static dd_core_task *find(dd_core *core, uint16_t lamp, uint8_t token) {
    for (int i = 0; i < DD_CORE_TASKS; i++) {
        dd_core_task *task = &core->tasks[i];
        if (task->kind && task->lamp == lamp && task->token == token) return task;
    }
    return NULL;
}

static bool sensible_reading(const dd_node_reply *reply) {
    const uint8_t inner = DD_READING_NO_ANSWER | DD_READING_NO_SUPPLY; // not for a node to say
    return reply->reading.lamp == reply->lamp && reply->reading.level_pm <= 1000 &&
           reply->reading.power_mw <= POWER_MAX_MW && !(reply->reading.flags & inner) &&
           reply->kind >= DD_NODE_READ && reply->kind <= DD_NODE_REPORT;
}

static bool sensible_firmware(const dd_firmware_status *status) {
    bool good = status->step <= DD_STEP_UPDATING && status->result < DD_RESULTS &&
                status->gap_n <= DD_GAPS_MAX && status->missing_n <= DD_NODE_BLOCKS_MOST;
    for (int i = 0; good && i < status->gap_n; i++)
        good = status->gaps[i] < DD_NODE_BLOCKS_MOST;
    return good;
}

static bool sensible(const dd_core *core, const dd_node_reply *reply) {
    if (reply->lamp < 1 || reply->lamp > core->def.lamp_n || !dd_core_has_node(core, reply->lamp))
        return false;
    return dd_node_is_firmware(reply->kind) ? sensible_firmware(&reply->firmware)
                                            : sensible_reading(reply);
}

static void hear_report(dd_core *core, const dd_reading *reading) {
    core->poll.silent_run = 0;
    dd_core_health_answered(core, reading->lamp);
    dd_core_health_reading(core, reading);
    dd_core_batch_add_report(core, reading);
    dd_core_poll_reported(core, reading->lamp);
}

// Garbage ends its task all the same: it was the answer, and no other will come.
void dd_core_task_reply(dd_core *core, const dd_node_reply *reply) {
    dd_core_task *task = find(core, reply->lamp, reply->token);
    bool wanted = task && task->kind == reply->kind, sense = sensible(core, reply);
    core->garbage += !sense;
    if (wanted && dd_node_is_firmware(reply->kind))
        end_firmware(core, task, sense ? &reply->firmware : NULL);
    else if (wanted)
        end(core, task, sense ? &reply->reading : NULL);
    else if (sense && reply->kind == DD_NODE_REPORT)
        hear_report(core, &reply->reading);
    else
        core->strays += sense;
}

void dd_core_task_silent(dd_core *core, uint16_t lamp, uint8_t token) {
    dd_core_task *task = find(core, lamp, token);
    if (task)
        end_silent(core, task);
    else
        core->strays++;
}

void dd_core_task_dark(dd_core *core, uint16_t lamp) {
    for (int i = 0; i < DD_CORE_TASKS; i++) {
        dd_core_task over = core->tasks[i];
        if (!over.kind || over.lamp != lamp) continue;
        core->tasks[i].kind = 0;
        if (over.kind == DD_NODE_CALENDAR) core->storage.lamps[lamp - 1].calendar_due = 1;
        if (over.kind == DD_NODE_READ) dd_core_batch_add_dark(core, lamp);
        if (over.command == DD_TASK_OF_SPREAD)
            dd_core_spread_end(core, &over, NULL);
        else if (over.command)
            dd_core_command_end(core, over.command, false);
        else
            core->poll.task_n--;
    }
}

void dd_core_task_exclude(const dd_core *core, dd_lamp_set *set) {
    for (int i = 0; i < DD_CORE_TASKS; i++)
        if (core->tasks[i].kind) dd_lamp_set_remove(set, core->tasks[i].lamp);
}

void dd_core_task_work(dd_core *core) {
    for (int i = 0; i < DD_CORE_TASKS; i++) {
        dd_core_task *task = &core->tasks[i];
        if (task->kind && core->now_ms >= task->deadline_ms) end_silent(core, task);
    }
}

int64_t dd_core_task_deadline_ms(const dd_core *core) {
    int64_t deadline_ms = INT64_MAX;
    for (int i = 0; i < DD_CORE_TASKS; i++) {
        const dd_core_task *task = &core->tasks[i];
        if (task->kind && task->deadline_ms < deadline_ms) deadline_ms = task->deadline_ms;
    }
    return deadline_ms;
}
