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

// A segment's feeders are numbered in the city's order.
static void find_feeders(const dd_city *city, dd_centre *centre) {
    for (uint32_t i = 1; i < city->feeder_n; i++) {
        uint32_t *feeders = centre->sessions[city->feeders[i].segment].feeders;
        int n = 0;
        while (n < DD_CORE_FEEDERS && feeders[n])
            n++;
        if (n < DD_CORE_FEEDERS) feeders[n] = i;
        centre->meters[i].heard_s = -1;
    }
}

void dd_centre_start(dd_domain *hub, dd_centre *centre) {
    const dd_world *world = dd_world_of(hub);
    const dd_city *city = world->city;
    centre->sessions = dd_arena_take(&hub->arena, city->segment_n * sizeof *centre->sessions);
    centre->beliefs = dd_arena_take(&hub->arena, city->lamp_n * sizeof *centre->beliefs);
    centre->meters = dd_arena_take(&hub->arena, city->feeder_n * sizeof *centre->meters);
    dd_alarms_init(&centre->alarms, &hub->arena, city->segment_n);
    dd_pool_init(&centre->commands, &hub->arena, sizeof(dd_command));
    for (uint32_t i = 1; i < city->lamp_n; i++)
        centre->beliefs[i].heard_s = -1;
    for (uint32_t i = 1; i < city->segment_n; i++) {
        centre->sessions[i] = (dd_session){.line = {.segment = i}};
        centre->sessions[i].absent = !dd_world_installed(world, i);
        if (!centre->sessions[i].absent) watch_silence(hub, centre, i);
    }
    find_feeders(city, centre);
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
    for (uint8_t i = 0; i < word->entry_n && i < DD_READINGS_MAX; i++) {
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

static void take_meters(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_time read_at = told_time(dd_world_of(hub), word->clock_ms);
    for (uint8_t i = 0; i < word->entry_n && i < DD_CORE_FEEDERS; i++) {
        uint32_t feeder = centre->sessions[segment].feeders[i];
        if (!feeder) continue;
        centre->meters[feeder] = (dd_meter_belief){.energy_wh = word->meters[i].energy_wh,
                                                   .power_w = word->meters[i].power_w,
                                                   .heard_s = (int32_t)(read_at / DD_SECOND)};
    }
}

static const uint8_t alarms_of[DD_HAPPENINGS] = {
    [DD_LAMP_FAILURE] = DD_ALARM_LAMP_FAILURE,
    [DD_LAMP_POWER_LOW] = DD_ALARM_POWER_LOW,
    [DD_LAMP_UNEXPECTED_ON] = DD_ALARM_UNEXPECTED_ON,
    [DD_COMMUNICATION_FAILURE] = DD_ALARM_COMMUNICATION,
    [DD_CONTROL_GEAR_FAILURE] = DD_ALARM_CONTROL_GEAR,
    [DD_CONTROL_GEAR_SILENT] = DD_ALARM_GEAR_SILENT,
    [DD_DIMMING_FAILURE] = DD_ALARM_DIMMING,
    [DD_RELAY_FAILURE] = DD_ALARM_RELAY,
    [DD_CYCLING_FAILURE] = DD_ALARM_CYCLING,
    [DD_HIGH_TEMPERATURE] = DD_ALARM_HIGH_TEMPERATURE,
    [DD_VOLTAGE_OUT_OF_RANGE] = DD_ALARM_VOLTAGE,
    [DD_SUPPLY_LOSS] = DD_ALARM_SUPPLY,
    [DD_SWITCHING_ERROR_ON] = DD_ALARM_SWITCHING_ON,
    [DD_SWITCHING_ERROR_OFF] = DD_ALARM_SWITCHING_OFF,
    [DD_BREAKER_TRIPPED] = DD_ALARM_BREAKER,
    [DD_LEAKAGE_DETECTED] = DD_ALARM_LEAKAGE,
    [DD_LOCAL_OVERRIDE] = DD_ALARM_LOCAL_OVERRIDE,
    [DD_FEEDER_VOLTAGE] = DD_ALARM_FEEDER_VOLTAGE,
    [DD_DOOR_OPEN] = DD_ALARM_DOOR,
    [DD_ON_BATTERY] = DD_ALARM_BATTERY,
    [DD_RESTARTED] = DD_ALARM_RESTARTED,
    [DD_CLOCK_DOUBTFUL] = DD_ALARM_CLOCK,
    [DD_LOG_FULL] = DD_ALARM_LOG_FULL,
    [DD_STORE_FAILED] = DD_ALARM_STORE,
    [DD_INVALID_CALENDAR] = DD_ALARM_INVALID_CALENDAR,
    [DD_GARBAGE_HEARD] = DD_ALARM_GARBAGE,
    [DD_UPDATE_FAILED] = DD_ALARM_UPDATE,
};

// What an event is about: a lamp or a feeder by its number in the segment, or the segment itself; 0
// when there is no such thing.
static uint32_t event_entity(dd_domain *hub, const dd_centre *centre, uint32_t segment,
                             dd_entity_type type, uint16_t number) {
    const dd_world *world = dd_world_of(hub);
    const dd_segment *place = &world->city->segments[segment];
    if (type == DD_ENTITY_SEGMENT) return segment_entity(hub, segment);
    if (number < 1) return 0;
    if (type == DD_ENTITY_LAMP)
        return number <= place->lamp_count ? place->first_lamp + number - 1 : 0;
    bool known = number <= DD_CORE_FEEDERS && centre->sessions[segment].feeders[number - 1];
    return known ? dd_world_entity(world, DD_ENTITY_FEEDER,
                                   centre->sessions[segment].feeders[number - 1])
                 : 0;
}

static void take_event(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_alarm_kind kind =
        word->happening < DD_HAPPENINGS ? (dd_alarm_kind)alarms_of[word->happening] : DD_ALARM_NONE;
    if (!kind) return;
    uint32_t entity = event_entity(hub, centre, segment, dd_alarm_target(kind), word->lamp);
    if (!entity) return;
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

static void welcome(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_order order = dd_session_hello(&centre->sessions[segment], word);
    send(hub, centre, segment, &order);
    set_poll(hub, centre, segment);
}

static void understand(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    switch ((dd_word_kind)word->kind) {
    case DD_WORD_HELLO:
        welcome(hub, centre, segment, word);
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
    case DD_WORD_METER:
        take_meters(hub, centre, segment, word);
        break;
    case DD_WORD_REVIEW:
        if (word->over)
            dd_alarm_return_doubtful(hub, &centre->alarms, segment, 0);
        else
            dd_alarm_doubt(&centre->alarms, segment);
        break;
    case DD_WORD_ALIVE:
        break;
    }
}

static void acknowledge(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_order order = dd_session_acknowledgement(&centre->sessions[segment]);
    send(hub, centre, segment, &order);
}

// Words that are kept come in order or again: each is understood once.
static void take_kept(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    uint32_t lost;
    if (!dd_session_take(&centre->sessions[segment], word, &lost)) return;
    if (lost) dd_record_make(hub, DD_REC_LOG_GAP, segment_entity(hub, segment), 0, lost, 0, 0, 0);
    understand(hub, centre, segment, word);
}

static void session_changes(dd_domain *hub, dd_centre *centre, uint32_t segment, bool up,
                            int32_t backlog) {
    if (centre->sessions[segment].up == up) return;
    centre->sessions[segment].up = up;
    dd_record_make(hub, DD_REC_SESSION, segment_entity(hub, segment), 0, up, backlog, 0, 0);
}

void dd_centre_word(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_session *session = &centre->sessions[segment];
    session->heard = hub->now;
    if (session->absent) { // installed: from now on it is expected to speak
        session->absent = false;
        watch_silence(hub, centre, segment);
    }
    session_changes(hub, centre, segment, true, word->kind == DD_WORD_HELLO ? word->value : 0);
    dd_alarm_return(hub, &centre->alarms, segment, segment_entity(hub, segment), DD_ALARM_LINE, 0);
    if (word->sequence)
        take_kept(hub, centre, segment, word);
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
    session_changes(hub, centre, segment, false, 0);
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
    if (centre->sessions[segment].absent)
        finish_command(hub, centre, handle, DD_COMMAND_FAILED, 0);
    else
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
