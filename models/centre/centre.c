#include "models/centre/centre.h"
#include "models/kind.h"
#include "models/world.h"

static uint32_t segment_entity(const dd_domain *hub, uint32_t segment) {
    return dd_world_entity(dd_world_of(hub), DD_ENTITY_SEGMENT, segment);
}

static void watch_silence(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_time due = centre->sessions[segment].heard +
                  dd_seconds(dd_world_of(hub)->def.settings.centre_silence_s);
    dd_schedule(hub, due, DD_KIND_SILENCE, segment, 0, 0, 0);
}

void dd_centre_start(dd_domain *hub, dd_centre *centre) {
    const dd_city *city = dd_world_of(hub)->city;
    centre->sessions = dd_arena_take(&hub->arena, city->segment_n * sizeof *centre->sessions);
    centre->beliefs = dd_arena_take(&hub->arena, city->lamp_n * sizeof *centre->beliefs);
    dd_alarms_init(&centre->alarms, &hub->arena, city->segment_n);
    dd_pool_init(&centre->commands, &hub->arena, sizeof(dd_command));
    for (uint32_t i = 1; i < city->lamp_n; i++)
        centre->beliefs[i].heard_s = -1;
    for (uint32_t i = 1; i < city->segment_n; i++) {
        centre->sessions[i] = (dd_session){.line = {.segment = i}, .expected = 1};
        watch_silence(hub, centre, i);
    }
}

static void send(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_order *order) {
    dd_line_send(hub, &centre->sessions[segment].line, DD_KIND_ORDER,
                 dd_world_of(hub)->station[segment], order, sizeof *order);
}

// --- Words ---

// Simulated time at a moment that a controller tells, which may be any number: one farther than a
// century from the start is taken for a century.
static dd_time told_time(const dd_world *world, int64_t clock_ms) {
    const int64_t century_ms = 36525 * (DD_DAY / DD_MILLISECOND);
    int64_t start_ms = world->def.calendar.start_unix_s * 1000;
    if (clock_ms < start_ms - century_ms) return -century_ms * DD_MILLISECOND;
    if (clock_ms > start_ms + century_ms) return century_ms * DD_MILLISECOND;
    return (clock_ms - start_ms) * DD_MILLISECOND;
}

static void take_readings(dd_domain *hub, dd_centre *centre, uint32_t segment,
                          const dd_word *word) {
    const dd_segment *place = &dd_world_of(hub)->city->segments[segment];
    for (uint8_t i = 0; i < word->reading_n && i < DD_READINGS_MAX; i++) {
        const dd_reading *reading = &word->readings[i];
        if (reading->lamp < 1 || reading->lamp > place->lamp_count) continue;
        uint32_t lamp = place->first_lamp + reading->lamp - 1;
        dd_belief *belief = &centre->beliefs[lamp];
        bool answered = !(reading->flags & (DD_READING_NO_ANSWER | DD_READING_NO_SUPPLY));
        belief->flags = reading->flags;
        centre->readings++;
        if (answered) {
            belief->heard_s = (int32_t)(hub->now / DD_SECOND);
            belief->level_pm = reading->level_pm;
            belief->power_mw = reading->power_mw;
        } else {
            centre->unanswered++;
        }
        dd_record_make(hub, DD_REC_READING, lamp, 0, answered ? belief->level_pm : 0,
                       answered ? belief->power_mw : 0, belief->flags,
                       told_time(dd_world_of(hub), word->clock_ms));
    }
}

static dd_alarm_kind alarm_of(uint8_t happening) {
    switch ((dd_happening)happening) {
    case DD_LAMP_FAILURE:
        return DD_ALARM_LAMP_FAILURE;
    case DD_LAMP_UNEXPECTED_ON:
        return DD_ALARM_UNEXPECTED_ON;
    case DD_COMMUNICATION_FAILURE:
        return DD_ALARM_COMMUNICATION;
    case DD_SUPPLY_LOSS:
        return DD_ALARM_SUPPLY;
    case DD_CONTROL_GEAR_FAILURE:
        return DD_ALARM_CONTROL_GEAR;
    case DD_ON_BATTERY:
        return DD_ALARM_BATTERY;
    default:
        return DD_ALARM_NONE;
    }
}

// What an event is about: a feeder by its order in the segment, a lamp, or the segment itself.
static uint32_t event_entity(dd_domain *hub, uint32_t segment, const dd_word *word) {
    const dd_world *world = dd_world_of(hub);
    const dd_segment *place = &world->city->segments[segment];
    if (word->happening == DD_ON_BATTERY) return segment_entity(hub, segment);
    if (word->happening == DD_SUPPLY_LOSS) {
        uint32_t feeder = dd_world_feeder(world, segment, word->lamp);
        return feeder ? dd_world_entity(world, DD_ENTITY_FEEDER, feeder) : 0;
    }
    bool known = word->lamp >= 1 && word->lamp <= place->lamp_count;
    return known ? place->first_lamp + word->lamp - 1 : 0;
}

static void take_event(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_alarm_kind kind = alarm_of(word->happening);
    uint32_t entity = event_entity(hub, segment, word);
    if (!kind || !entity) return;
    if (word->over)
        dd_alarm_return(hub, &centre->alarms, segment, entity, kind, 0);
    else
        dd_alarm_raise(hub, &centre->alarms, segment, entity, kind, word->value, 0);
}

static void finish_command(dd_domain *hub, dd_centre *centre, uint32_t handle,
                           dd_command_outcome outcome, uint16_t done_n) {
    dd_command *command = dd_pool_at(&centre->commands, handle);
    int64_t latency_ms = (hub->now - command->sent_at) / DD_MILLISECOND;
    centre->counts.by_outcome[outcome]++;
    centre->counts.lamps_done += done_n;
    dd_record_make(hub, DD_REC_COMMAND_OUTCOME, segment_entity(hub, command->segment),
                   command->record, command->order.number, outcome, done_n, latency_ms);
    command->order.number = 0; // its pending retry finds nobody
    dd_pool_give(&centre->commands, handle);
}

// Commands under way are few: a walk finds the one with a number.
static uint32_t find_command(const dd_centre *centre, uint32_t number) {
    for (uint32_t handle = 1; handle <= centre->commands.capacity; handle++) {
        const dd_command *command = dd_pool_at(&centre->commands, handle);
        if (command->order.number == number && command->segment) return handle;
    }
    return 0;
}

static void take_outcome(dd_domain *hub, dd_centre *centre, const dd_word *word) {
    uint32_t handle = word->number ? find_command(centre, word->number) : 0;
    if (!handle) return; // told already, or given up
    dd_command_outcome outcome = !word->failed_n ? DD_COMMAND_DONE
                                 : word->done_n  ? DD_COMMAND_PARTLY
                                                 : DD_COMMAND_FAILED;
    finish_command(hub, centre, handle, outcome, word->done_n);
}

static void set_poll(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    uint32_t period_s = (uint32_t)dd_world_of(hub)->def.settings.centre_poll_s;
    send(hub, centre, segment, &(dd_order){.kind = DD_ORDER_POLL, .period_s = period_s});
}

static void understand(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    switch ((dd_word_kind)word->kind) {
    case DD_WORD_HELLO:
        // It has forgotten what it raised and will never say that it is over.
        dd_alarm_return_all(hub, &centre->alarms, segment, 0);
        set_poll(hub, centre, segment);
        break;
    case DD_WORD_CLOCK:
        send(hub, centre, segment,
             &(dd_order){.kind = DD_ORDER_CLOCK,
                         .number = word->number,
                         .clock_ms = dd_world_unix_us(dd_world_of(hub), hub->now) / 1000});
        break;
    case DD_WORD_READINGS:
        take_readings(hub, centre, segment, word);
        break;
    case DD_WORD_EVENT:
        take_event(hub, centre, segment, word);
        break;
    case DD_WORD_OUTCOME:
        take_outcome(hub, centre, word);
        break;
    case DD_WORD_ALIVE:
        break;
    }
}

static void acknowledge(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    uint32_t number = centre->sessions[segment].expected - 1;
    send(hub, centre, segment, &(dd_order){.kind = DD_ORDER_ACK, .number = number});
}

// Words that count come in order or again: each is understood once.
static void take_counted(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_session *session = &centre->sessions[segment];
    // A controller that has started anew counts from the beginning.
    if (word->kind == DD_WORD_HELLO && word->boots != session->boots) {
        session->boots = word->boots;
        session->expected = word->sequence;
    }
    if (word->sequence == session->expected) {
        session->expected++;
        understand(hub, centre, segment, word);
    }
}

void dd_centre_word(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    centre->sessions[segment].heard = hub->now;
    dd_alarm_return(hub, &centre->alarms, segment, segment_entity(hub, segment), DD_ALARM_LINE, 0);
    if (word->sequence)
        take_counted(hub, centre, segment, word);
    else
        understand(hub, centre, segment, word);
    // A sign of life is answered too: it lets a backlog flow as soon as the line is back.
    if (word->sequence || word->kind == DD_WORD_ALIVE) acknowledge(hub, centre, segment);
}

void dd_centre_silence(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_time limit = dd_seconds(dd_world_of(hub)->def.settings.centre_silence_s);
    dd_time heard = centre->sessions[segment].heard;
    if (hub->now - heard < limit) {
        watch_silence(hub, centre, segment);
        return;
    }
    dd_alarm_raise(hub, &centre->alarms, segment, segment_entity(hub, segment), DD_ALARM_LINE,
                   (int32_t)((hub->now - heard) / DD_SECOND), 0);
    dd_schedule(hub, hub->now + limit, DD_KIND_SILENCE, segment, 0, 0, 0);
}

// --- Commands ---

static void send_command(dd_domain *hub, dd_centre *centre, uint32_t handle) {
    const dd_command *command = dd_pool_at(&centre->commands, handle);
    send(hub, centre, command->segment, &command->order);
    dd_time again = hub->now + dd_seconds(dd_world_of(hub)->def.settings.centre_retry_s);
    dd_schedule(hub, again, DD_KIND_COMMAND_RETRY, command->segment, 0, handle,
                command->order.number);
}

uint32_t dd_centre_command(dd_domain *hub, dd_centre *centre, uint32_t segment,
                           const dd_order *order, uint64_t cause) {
    const dd_segment *place = &dd_world_of(hub)->city->segments[segment];
    uint32_t handle = dd_pool_take(&centre->commands);
    dd_command *command = dd_pool_at(&centre->commands, handle);
    uint32_t number = ++centre->counts.sent;
    *command = (dd_command){.order = *order, .sent_at = hub->now, .segment = segment};
    command->order.number = number;
    uint32_t lamp_n = order->lamp_n ? order->lamp_n : place->lamp_count;
    centre->counts.lamps_asked += lamp_n;
    command->record = dd_record_make(hub, DD_REC_COMMAND, segment_entity(hub, segment), cause,
                                     number, order->kind, lamp_n, order->level_pm);
    send_command(hub, centre, handle);
    return number;
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
