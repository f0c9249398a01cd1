#include "models/centre/command.h"
#include "models/centre/centre.h"
#include "models/kind.h"
#include "models/world.h"

static uint32_t segment_entity(const dd_domain *hub, uint32_t segment) {
    return dd_world_entity(dd_world_of(hub), DD_ENTITY_SEGMENT, segment);
}

// What has expired may have reached lamps nonetheless; a resume that has, need not.
static void end_hold(dd_domain *hub, dd_centre *centre, const dd_command *command,
                     dd_command_outcome outcome, uint16_t done_n) {
    uint8_t kind = command->order.kind;
    bool perhaps = kind == DD_ORDER_OVERRIDE && outcome == DD_COMMAND_EXPIRED;
    if (kind == DD_ORDER_OVERRIDE || kind == DD_ORDER_RESUME)
        dd_hold_end(hub, centre, command->segment, &command->order, done_n > 0 || perhaps);
}

static void finish_command(dd_domain *hub, dd_centre *centre, uint32_t handle,
                           dd_command_outcome outcome, uint16_t done_n) {
    dd_command *command = dd_pool_at(&centre->commands, handle);
    uint32_t segment = command->segment;
    dd_order order = command->order;
    int64_t latency_ms = (hub->now - command->sent_at) / DD_MILLISECOND;
    centre->counts.by_outcome[outcome]++;
    centre->counts.lamps_done += done_n;
    dd_record_make(hub, DD_REC_COMMAND_OUTCOME, segment_entity(hub, command->segment),
                   command->record, command->order.number, outcome, done_n, latency_ms);
    end_hold(hub, centre, command, outcome, done_n);
    command->order.number = 0; // its pending retry finds nobody
    dd_pool_give(&centre->commands, handle);
    if (order.kind == DD_ORDER_CALENDAR || order.kind == DD_ORDER_GROUP)
        dd_schedule_outcome(hub, centre, segment, &order, outcome == DD_COMMAND_DONE);
}

// Commands under way are few: a walk finds the one with a number.
static uint32_t find_command(const dd_centre *centre, uint32_t number) {
    for (uint32_t handle = 1; handle <= centre->commands.capacity; handle++) {
        const dd_command *command = dd_pool_at(&centre->commands, handle);
        if (command->order.number == number && command->segment) return handle;
    }
    return 0;
}

void dd_centre_outcome(dd_domain *hub, dd_centre *centre, const dd_word *word) {
    uint32_t handle = word->number ? find_command(centre, word->number) : 0;
    if (!handle) return; // told already, or given up
    dd_command_outcome outcome = !word->failed_n ? DD_COMMAND_DONE
                                 : word->done_n  ? DD_COMMAND_PARTLY
                                                 : DD_COMMAND_FAILED;
    finish_command(hub, centre, handle, outcome, word->done_n);
}

static void send_command(dd_domain *hub, dd_centre *centre, uint32_t handle) {
    const dd_command *command = dd_pool_at(&centre->commands, handle);
    dd_centre_send(hub, centre, command->segment, &command->order);
    dd_time again = hub->now + dd_seconds(dd_world_of(hub)->def.settings.centre_retry_s);
    dd_schedule(hub, again, DD_KIND_COMMAND_RETRY, command->segment, 0, handle,
                command->order.number);
}

static uint32_t lamps_of(const dd_domain *hub, const dd_centre *centre, uint32_t segment,
                         const dd_order *order) {
    if (order->kind == DD_ORDER_GROUP) return dd_lamp_set_count(&order->members);
    if (order->lamp_n) return order->lamp_n;
    if (!order->group) return dd_world_of(hub)->city->segments[segment].lamp_count;
    dd_lamp_set members = dd_schedule_members(centre, segment, order->group);
    return dd_lamp_set_count(&members);
}

uint32_t dd_centre_command(dd_domain *hub, dd_centre *centre, uint32_t segment,
                           const dd_order *order, uint64_t cause) {
    uint32_t handle = dd_pool_take(&centre->commands);
    dd_command *command = dd_pool_at(&centre->commands, handle);
    uint32_t number = ++centre->counts.sent;
    *command = (dd_command){.order = *order, .sent_at = hub->now, .segment = segment};
    command->order.number = number;
    uint32_t lamp_n = lamps_of(hub, centre, segment, order);
    centre->counts.lamps_asked += lamp_n;
    command->record = dd_record_make(hub, DD_REC_COMMAND, segment_entity(hub, segment), cause,
                                     number, order->kind, lamp_n, order->level_pm);
    if (order->kind == DD_ORDER_OVERRIDE) dd_hold_begin(hub, centre, segment, &command->order);
    if (centre->sessions[segment].absent)
        finish_command(hub, centre, handle, DD_COMMAND_FAILED, 0);
    else
        send_command(hub, centre, handle);
    return number;
}

void dd_centre_remind(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    for (uint32_t handle = 1; handle <= centre->commands.capacity; handle++) {
        const dd_command *command = dd_pool_at(&centre->commands, handle);
        if (command->order.number && command->segment == segment)
            dd_centre_send(hub, centre, segment, &command->order);
    }
}

void dd_centre_retry(dd_domain *hub, dd_centre *centre, uint32_t handle, uint32_t number) {
    const dd_command *command = dd_pool_at(&centre->commands, handle);
    if (command->order.number != number) return;
    dd_time give_up = dd_seconds(dd_world_of(hub)->def.settings.centre_give_up_s);
    if (hub->now - command->sent_at >= give_up)
        finish_command(hub, centre, handle, DD_COMMAND_EXPIRED, 0);
    else
        send_command(hub, centre, handle);
}
