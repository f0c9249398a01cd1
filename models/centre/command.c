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

// One that has ended has no number any more.
uint32_t dd_centre_command_after(const dd_centre *centre, uint32_t handle) {
    while (++handle <= centre->commands.capacity) {
        const dd_command *command = dd_pool_at(&centre->commands, handle);
        if (command->order.number && command->segment) return handle;
    }
    return 0;
}

// Commands under way are few: a walk finds a segment's with a number.
static uint32_t find_command(const dd_centre *centre, uint32_t segment, uint32_t number) {
    for (uint32_t handle = 0; (handle = dd_centre_command_after(centre, handle)) != 0;) {
        const dd_command *command = dd_pool_at(&centre->commands, handle);
        if (command->order.number == number && command->segment == segment) return handle;
    }
    return 0;
}

void dd_centre_outcome(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    uint32_t handle = word->number ? find_command(centre, segment, word->number) : 0;
    if (!handle) return; // told already, or given up
    dd_command_outcome outcome = !word->failed_n ? DD_COMMAND_DONE
                                 : word->done_n  ? DD_COMMAND_PARTLY
                                                 : DD_COMMAND_FAILED;
    finish_command(hub, centre, handle, outcome, word->done_n);
}

// The command under way of a segment with the least number above another; 0: none.
static uint32_t next_of(const dd_centre *centre, uint32_t segment, uint32_t number) {
    uint32_t next = 0, least = UINT32_MAX;
    for (uint32_t handle = 0; (handle = dd_centre_command_after(centre, handle)) != 0;) {
        const dd_command *command = dd_pool_at(&centre->commands, handle);
        if (command->segment != segment || command->order.number <= number ||
            command->order.number > least)
            continue;
        least = command->order.number;
        next = handle;
    }
    return next;
}

static bool changes_lamps(const dd_order *order) {
    return order->kind == DD_ORDER_OVERRIDE || order->kind == DD_ORDER_RESUME;
}

// Whether both may tell the same lamp how to shine, so that the later must come after the earlier.
static bool compete(const dd_order *a, const dd_order *b) {
    if (!changes_lamps(a) || !changes_lamps(b)) return false;
    bool same = a->lamp_n == 0 || b->lamp_n == 0;
    for (uint32_t i = 0; i < a->lamp_n; i++)
        for (uint32_t j = 0; j < b->lamp_n; j++)
            same |= a->lamps[i] == b->lamps[j];
    return same;
}

// An outage may have swallowed an earlier order for the same lamps, which would be sent anew after
// this one and undo it: it goes first. A line keeps the order of what it is given, and a controller
// that has heard of one before does not do it again.
static void send_command(dd_domain *hub, dd_centre *centre, uint32_t handle) {
    const dd_command *command = dd_pool_at(&centre->commands, handle);
    uint32_t segment = command->segment;
    for (uint32_t h = next_of(centre, segment, 0); h != handle;) {
        const dd_order *earlier = &((const dd_command *)dd_pool_at(&centre->commands, h))->order;
        if (compete(earlier, &command->order)) dd_centre_send(hub, centre, segment, earlier);
        h = next_of(centre, segment, earlier->number);
    }
    dd_centre_send(hub, centre, segment, &command->order);
    dd_time again = hub->now + dd_seconds(dd_world_of(hub)->def.settings.centre_retry_s);
    dd_schedule(hub, again, DD_KIND_COMMAND_RETRY, segment, 0, handle, command->order.number);
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
    for (uint32_t handle = next_of(centre, segment, 0); handle;) {
        const dd_command *command = dd_pool_at(&centre->commands, handle);
        dd_centre_send(hub, centre, segment, &command->order);
        handle = next_of(centre, segment, command->order.number);
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
