#include "models/controller/core/command.h"

#include "models/controller/core/cabinet.h"
#include "models/controller/core/lasting.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/poll.h"
#include "models/controller/core/schedule.h"
#include "models/controller/core/supply.h"
#include "models/controller/core/task.h"

enum {
    LIST_MAX = sizeof((dd_order *)0)->lamps / sizeof(uint16_t),
    POLL_MIN_S = 30,
    POLL_MAX_S = 86400,
    SPREAD_MS = 5000, // so long a multicast may take to its last lamp (3 s measured; estimate)
};

static void tell_outcome(dd_core *core, const dd_core_outcome *outcome) {
    dd_word word = dd_core_outbox_word(core, DD_WORD_OUTCOME);
    word.number = outcome->number;
    word.done_n = outcome->done_n;
    word.failed_n = outcome->failed_n;
    dd_core_outbox_push(core, &word);
}

static void conclude(dd_core *core, uint32_t number, uint16_t done_n, uint16_t failed_n) {
    if (number == 0) return; // nobody waits for the outcome
    dd_core_commands *commands = &core->commands;
    dd_core_outcome *outcome = &commands->outcomes[commands->outcome_next];
    commands->outcome_next = (commands->outcome_next + 1) % DD_CORE_OUTCOMES;
    *outcome = (dd_core_outcome){.number = number, .done_n = done_n, .failed_n = failed_n};
    tell_outcome(core, outcome);
}

static void finish_if_over(dd_core *core, dd_core_command *command) {
    if (command->task_n > 0 || !dd_lamp_set_empty(&command->pending)) return;
    if (command->kind == DD_NODE_READ) dd_core_batch_flush(core); // readings before their outcome
    command->kind = 0;
    core->commands.command_n--;
    conclude(core, command->number, command->done_n, command->failed_n);
}

// True when the centre has given this order before.
static bool known(dd_core *core, uint32_t number) {
    for (int i = 0; i < DD_CORE_COMMANDS; i++) {
        const dd_core_command *command = &core->commands.at[i];
        if (command->kind && command->number == number) return true;
    }
    for (int i = 0; i < DD_CORE_OUTCOMES; i++) {
        const dd_core_outcome *outcome = &core->commands.outcomes[i];
        if (outcome->number != number) continue;
        if (!dd_core_outbox_holds_outcome(core, number)) tell_outcome(core, outcome);
        return true;
    }
    return false;
}

// False: the order makes no sense and touches no lamp.
static bool sensible(const dd_order *order) {
    switch (order->kind) {
    case DD_ORDER_READ:
    case DD_ORDER_RESUME:
        return order->lamp_n <= LIST_MAX;
    case DD_ORDER_OVERRIDE:
        return order->lamp_n <= LIST_MAX && order->level_pm <= 1000;
    case DD_ORDER_CALENDAR:
        return dd_light_calendar_valid(&order->calendar);
    case DD_ORDER_GROUP:
        return order->group != 0;
    default:
        return order->period_s == 0 ||
               (order->period_s >= POLL_MIN_S && order->period_s <= POLL_MAX_S);
    }
}

static void add_lamp(dd_core *core, dd_core_command *command, uint16_t lamp) {
    bool fed = dd_core_supply_live(core, lamp) || dd_core_cabinet_rises(core, lamp);
    if (dd_core_has_node(core, lamp) && fed) {
        dd_lamp_set_add(&command->pending, lamp);
        return;
    }
    command->failed_n++;
    if (!dd_core_has_node(core, lamp)) return;
    if (command->kind == DD_NODE_READ) dd_core_batch_add_dark(core, lamp);
    if (command->kind == DD_NODE_CALENDAR) core->storage.lamps[lamp - 1].calendar_due = 1;
}

// A lamp on a switched feeder needs that to be live. Whether that is all that the order asks of it:
// of one without a node, unless it is to be held dark.
static bool hold(dd_core *core, const dd_core_command *command, uint16_t lamp) {
    bool resumes = command->kind == DD_NODE_RESUME;
    uint16_t level_pm = resumes ? 0 : command->level_pm;
    if (command->kind != DD_NODE_OVERRIDE && !resumes) return false;
    bool held = dd_core_cabinet_hold(core, lamp, level_pm, command->expires_ms);
    return held && (level_pm || resumes) && !dd_core_has_node(core, lamp);
}

// A lamp that does not exist has failed; zero in a list is no lamp, and certainly not all of them.
static void add_listed(dd_core *core, dd_core_command *command, const dd_order *order) {
    dd_lamp_set seen = {0};
    for (int i = 0; i < order->lamp_n; i++) {
        uint16_t lamp = order->lamps[i];
        bool exists = lamp >= 1 && lamp <= core->def.lamp_n;
        if (!exists || dd_lamp_set_has(&seen, lamp)) {
            core->garbage++;
            command->failed_n += !exists;
            continue;
        }
        dd_lamp_set_add(&seen, lamp);
        if (hold(core, command, lamp))
            command->done_n++;
        else
            add_lamp(core, command, lamp);
    }
}

static dd_node_request request_of(const dd_core_command *command) {
    return (dd_node_request){.kind = command->kind,
                             .level_pm = command->level_pm,
                             .ramp = command->ramp,
                             .expires_ms = command->expires_ms};
}

// What went to all at once may come to a lamp after what only that was told since, and undo it:
// orders that arrived later wait until it has come to rest.
static bool waits(const dd_core *core, const dd_core_command *command) {
    const dd_core_commands *commands = &core->commands;
    return command->kind != DD_NODE_READ && core->now_ms < commands->spreads_until_ms &&
           (int32_t)(command->arrival - commands->spreads_arrival) > 0;
}

// Tells lamps at once, all of them or those of a group, ahead of telling each by itself and hearing
// its answer. Not while an older order has yet to reach lamps: it would come to them last.
static void tell_all(dd_core *core, dd_core_command *command) {
    if (!command->untold || waits(core, command)) return;
    command->untold = false;
    if (command->kind == DD_NODE_READ || dd_lamp_set_empty(&command->pending)) return;
    for (int i = 0; i < DD_CORE_COMMANDS; i++) {
        const dd_core_command *other = &core->commands.at[i];
        bool older = (int32_t)(other->arrival - command->arrival) < 0;
        if (other->kind && other->kind != DD_NODE_READ && older) return;
    }
    const dd_group *group = dd_timetable_group(core->storage.timetable, command->group);
    dd_node_request request = request_of(command);
    if (group) request.lamps = group->lamps;
    if (command->kind == DD_NODE_CALENDAR)
        request.calendar = &core->storage.timetable->calendars[group ? group->calendar : 0];
    dd_core_task_tell_all(core, &request);
    core->commands.spreads_until_ms = core->now_ms + SPREAD_MS;
    core->commands.spreads_arrival = command->arrival;
}

static void add_all(dd_core *core, dd_core_command *command, const dd_group *group) {
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++) {
        if (group && !dd_lamp_set_has(&group->lamps, lamp)) continue;
        command->done_n += hold(core, command, lamp);
        if (dd_core_has_node(core, lamp)) add_lamp(core, command, lamp);
    }
    command->untold = true;
    tell_all(core, command);
}

static void begin(dd_core *core, dd_core_command *command, const dd_order *order) {
    static const uint8_t kinds[DD_ORDER_KINDS] = {[DD_ORDER_READ] = DD_NODE_READ,
                                                  [DD_ORDER_OVERRIDE] = DD_NODE_OVERRIDE,
                                                  [DD_ORDER_RESUME] = DD_NODE_RESUME,
                                                  [DD_ORDER_CALENDAR] = DD_NODE_CALENDAR};
    *command = (dd_core_command){.kind = kinds[order->kind],
                                 .level_pm = order->level_pm,
                                 .ramp = order->ramp,
                                 .number = order->number,
                                 .arrival = core->commands.arrival_n++,
                                 .group = order->group,
                                 .expires_ms = order->expires_ms};
    core->commands.command_n++;
    if (order->kind != DD_ORDER_CALENDAR && order->lamp_n > 0)
        add_listed(core, command, order);
    else
        add_all(core, command, dd_timetable_group(core->storage.timetable, order->group));
    finish_if_over(core, command);
}

// How many lamps an order means; of a group that there is not, one, so that it can fail.
static uint16_t asked_by(const dd_core *core, const dd_order *order) {
    bool listed = order->kind <= DD_ORDER_RESUME && order->lamp_n > 0;
    const dd_group *group = dd_timetable_group(core->storage.timetable, order->group);
    if (listed) return order->lamp_n;
    if (order->kind == DD_ORDER_GROUP) return dd_lamp_set_count(&order->members);
    return order->group == 0 ? core->def.lamp_n : group ? dd_lamp_set_count(&group->lamps) : 1;
}

// What the controller does by itself; false for what lamps are to be told.
static bool done_here(dd_core *core, const dd_order *order, uint16_t asked_n) {
    if (order->kind == DD_ORDER_POLL) {
        dd_core_poll_set_period(core, order->period_s);
        conclude(core, order->number, asked_n, 0);
    } else if (order->kind == DD_ORDER_GROUP) {
        bool taken = dd_core_schedule_take(core, order);
        conclude(core, order->number, taken ? asked_n : 0, taken ? 0 : asked_n);
    }
    return order->kind == DD_ORDER_POLL || order->kind == DD_ORDER_GROUP;
}

// False: nothing can come of it.
static bool can_begin(dd_core *core, const dd_order *order) {
    bool late = order->kind == DD_ORDER_OVERRIDE && order->expires_ms != 0 &&
                order->expires_ms <= dd_core_clock_ms(core, core->now_ms);
    bool known_group =
        order->group == 0 || dd_timetable_group(core->storage.timetable, order->group);
    if (late || !known_group || core->commands.command_n == DD_CORE_COMMANDS) return false;
    return order->kind != DD_ORDER_CALENDAR || dd_core_schedule_take(core, order);
}

void dd_core_command_order(dd_core *core, const dd_order *order) {
    if (order->number == 0 && order->kind != DD_ORDER_POLL) { // could not be told from the next
        core->garbage++;
        return;
    }
    if (order->number != 0 && known(core, order->number)) return;
    uint16_t asked_n = asked_by(core, order);
    if (!sensible(order)) {
        core->garbage++;
        conclude(core, order->number, 0, asked_n);
        return;
    }
    if (done_here(core, order, asked_n)) return;
    if (!can_begin(core, order)) {
        conclude(core, order->number, 0, asked_n);
        return;
    }
    dd_core_command *command = core->commands.at;
    while (command->kind)
        command++;
    begin(core, command, order);
}

void dd_core_command_end(dd_core *core, uint8_t command_index, bool done) {
    dd_core_command *command = &core->commands.at[command_index - 1];
    command->task_n--;
    if (done)
        command->done_n++;
    else
        command->failed_n++;
    finish_if_over(core, command);
}

void dd_core_command_dark(dd_core *core, uint16_t lamp) {
    for (int i = 0; i < DD_CORE_COMMANDS; i++) {
        dd_core_command *command = &core->commands.at[i];
        if (!command->kind || !dd_lamp_set_has(&command->pending, lamp)) continue;
        dd_lamp_set_remove(&command->pending, lamp);
        add_lamp(core, command, lamp); // counts it as failed
        finish_if_over(core, command);
    }
}

// The next lamp that this order may reach: not while an older order has yet to reach the same lamp,
// nor while anything is under way with it. 0: none for now.
static uint16_t next_lamp(const dd_core *core, const dd_core_command *command) {
    dd_lamp_set askable = command->pending;
    for (int i = 0; i < DD_CORE_COMMANDS; i++) {
        const dd_core_command *other = &core->commands.at[i];
        if (other->kind && (int32_t)(other->arrival - command->arrival) < 0)
            dd_lamp_set_subtract(&askable, &other->pending);
    }
    dd_core_task_exclude(core, &askable);
    uint16_t lamp = dd_lamp_set_after(&askable, 0);
    while (lamp && !dd_core_supply_live(core, lamp)) { // not yet
        dd_lamp_set_remove(&askable, lamp);
        lamp = dd_lamp_set_after(&askable, lamp);
    }
    return lamp;
}

// Starts one transaction for the order whose turn it is; false when there is nothing to start.
static bool start_one(dd_core *core) {
    dd_core_commands *commands = &core->commands;
    for (int i = 0; i < DD_CORE_COMMANDS; i++) {
        uint8_t index = (uint8_t)((commands->turn + i) % DD_CORE_COMMANDS);
        dd_core_command *command = &commands->at[index];
        bool ready = command->kind && !waits(core, command);
        uint16_t lamp = ready ? next_lamp(core, command) : 0;
        if (lamp == 0) continue;
        dd_lamp_set_remove(&command->pending, lamp);
        command->task_n++;
        commands->turn = (index + 1) % DD_CORE_COMMANDS;
        dd_node_request request = request_of(command);
        dd_core_task_start(core, lamp, index + 1, &request);
        return true;
    }
    return false;
}

void dd_core_command_work(dd_core *core) {
    for (int i = 0; core->commands.command_n > 0 && i < DD_CORE_COMMANDS; i++)
        if (core->commands.at[i].kind) tell_all(core, &core->commands.at[i]);
    while (core->commands.command_n > 0 && dd_core_task_free(core) && start_one(core)) {
    }
}

int64_t dd_core_command_deadline_ms(const dd_core *core) {
    for (int i = 0; core->commands.command_n > 0 && i < DD_CORE_COMMANDS; i++)
        if (core->commands.at[i].kind && waits(core, &core->commands.at[i]))
            return core->commands.spreads_until_ms;
    return INT64_MAX;
}
