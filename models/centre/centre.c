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
    const dd_world *world = dd_world_of(hub);
    const dd_city *city = world->city;
    dd_register_start(hub, &centre->assets);
    dd_belief_start(hub, centre);
    dd_alarms_init(&centre->alarms, &hub->arena, city->segment_n);
    dd_pool_init(&centre->commands, &hub->arena, sizeof(dd_command));
    centre->sessions = dd_arena_take(&hub->arena, city->segment_n * sizeof *centre->sessions);
    for (uint32_t i = 1; i < city->segment_n; i++) {
        bool absent = !dd_world_installed(world, i);
        centre->sessions[i] = (dd_session){.line = {.segment = i}, .absent = absent};
        if (!absent) watch_silence(hub, centre, i);
    }
}

void dd_centre_send(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_order *order) {
    dd_line_send(hub, &centre->sessions[segment].line, DD_KIND_ORDER,
                 dd_world_of(hub)->station[segment], order, sizeof *order);
}

// --- Words ---

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

static void take_event(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_alarm_kind kind =
        word->happening < DD_HAPPENINGS ? (dd_alarm_kind)alarms_of[word->happening] : DD_ALARM_NONE;
    if (!kind) return;
    uint32_t entity =
        dd_register_entity(hub, &centre->assets, segment, dd_alarm_target(kind), word->lamp);
    if (!entity) return;
    if (word->over)
        dd_alarm_return(hub, &centre->alarms, segment, entity, kind, 0);
    else
        dd_alarm_raise(hub, &centre->alarms, segment, entity, kind, word->value, 0);
}

static void set_poll(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    uint32_t period_s = (uint32_t)dd_world_of(hub)->def.settings.centre_poll_s;
    dd_centre_send(hub, centre, segment, &(dd_order){.kind = DD_ORDER_POLL, .period_s = period_s});
}

static void welcome(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_order order = dd_session_hello(&centre->sessions[segment], word);
    dd_centre_send(hub, centre, segment, &order);
    set_poll(hub, centre, segment);
}

static void understand(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    switch ((dd_word_kind)word->kind) {
    case DD_WORD_HELLO:
        welcome(hub, centre, segment, word);
        break;
    case DD_WORD_CLOCK:
        dd_centre_send(
            hub, centre, segment,
            &(dd_order){.kind = DD_ORDER_CLOCK,
                        .number = word->number,
                        .clock_ms = dd_world_unix_us(dd_world_of(hub), hub->now) / 1000});
        break;
    case DD_WORD_READINGS:
        dd_belief_readings(hub, centre, segment, word);
        break;
    case DD_WORD_EVENT:
        take_event(hub, centre, segment, word);
        break;
    case DD_WORD_OUTCOME:
        dd_centre_outcome(hub, centre, word);
        break;
    case DD_WORD_METER:
        dd_belief_meters(hub, centre, segment, word);
        break;
    case DD_WORD_UPDATE:
        dd_campaign_word(hub, centre, segment, word);
        break;
    case DD_WORD_FETCH:
        dd_campaign_fetch(hub, centre, segment, word);
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
    dd_centre_send(hub, centre, segment, &order);
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
