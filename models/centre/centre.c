#include "models/centre/centre.h"
#include "models/centre/correlation.h"
#include "models/centre/root_cause.h"
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
    dd_incidents_start(hub, centre);
    dd_holds_start(hub, centre);
    dd_pool_init(&centre->commands, &hub->arena, sizeof(dd_command));
    centre->sessions = dd_arena_take(&hub->arena, city->segment_n * sizeof *centre->sessions);
    for (uint32_t i = 1; i < city->segment_n; i++) {
        bool absent = !dd_world_installed(world, i);
        dd_session_start(&centre->sessions[i], i, absent);
        if (!absent) watch_silence(hub, centre, i);
    }
}

void dd_centre_send(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_order *order) {
    dd_line_send(hub, &centre->sessions[segment].line, DD_KIND_ORDER,
                 dd_world_of(hub)->station[segment], order, sizeof *order);
}

// --- Alarms ---

static void judge(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t entity,
                  dd_alarm_kind kind) {
    if (dd_alarm_target(kind) == DD_ENTITY_LAMP)
        dd_belief_judge(hub, centre, dd_world_index(dd_world_of(hub), entity));
    else
        dd_belief_judge_all(hub, centre, segment);
}

void dd_centre_alarm(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t entity,
                     dd_alarm_kind kind, int32_t value, uint64_t cause) {
    dd_alarm_raise(hub, &centre->alarms, segment, entity, kind, value, cause);
    dd_correlate(hub, centre, segment);
    judge(hub, centre, segment, entity, kind);
}

void dd_centre_alarm_over(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t entity,
                          dd_alarm_kind kind, uint64_t cause) {
    if (!dd_alarm_active(&centre->alarms, segment, entity, kind)) return;
    dd_alarm_return(hub, &centre->alarms, segment, entity, kind, cause);
    judge(hub, centre, segment, entity, kind); // its incident is told to be over without dark lamps
    dd_correlate(hub, centre, segment);
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
};

static void take_event(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_alarm_kind kind =
        word->happening < DD_HAPPENINGS ? (dd_alarm_kind)alarms_of[word->happening] : DD_ALARM_NONE;
    if (!kind) return;
    uint32_t entity =
        dd_register_entity(hub, &centre->assets, segment, dd_alarm_target(kind), word->lamp);
    if (!entity) return;
    if (word->over)
        dd_centre_alarm_over(hub, centre, segment, entity, kind, 0);
    else
        dd_centre_alarm(hub, centre, segment, entity, kind, word->value, 0);
}

static void set_poll(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    uint32_t period_s = (uint32_t)dd_world_of(hub)->def.settings.centre_poll_s;
    dd_centre_send(hub, centre, segment, &(dd_order){.kind = DD_ORDER_POLL, .period_s = period_s});
}

// A line that was lost starts no controller: one that was silent and then has started anew had
// trouble of its own.
static void has_started(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_suspicion own = {.entity = segment_entity(hub, segment),
                        .segment = segment,
                        .signs = DD_SIGN_STARTED,
                        .cause = DD_CAUSE_CONTROLLER,
                        .confidence = 70};
    for (uint32_t n = dd_incident_after(centre, 0); n; n = dd_incident_after(centre, n)) {
        const dd_incident *incident = dd_incident_find(centre, n);
        if (incident->segment == segment && incident->cause == DD_CAUSE_LINE)
            dd_incident_change(hub, centre, n, &own);
    }
}

static void understand(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    switch ((dd_word_kind)word->kind) {
    case DD_WORD_HELLO:
        // It has forgotten what it raised and will never say that it is over.
        dd_alarm_return_all(hub, &centre->alarms, segment, 0);
        dd_correlate(hub, centre, segment);
        dd_belief_judge_all(hub, centre, segment);
        set_poll(hub, centre, segment);
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
    case DD_WORD_ALIVE:
        break;
    }
}

static void acknowledge(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    uint32_t number = centre->sessions[segment].expected - 1;
    dd_centre_send(hub, centre, segment, &(dd_order){.kind = DD_ORDER_ACK, .number = number});
}

void dd_centre_word(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_session *session = &centre->sessions[segment];
    session->heard = hub->now;
    if (session->absent) { // installed: from now on it is expected to speak
        session->absent = false;
        watch_silence(hub, centre, segment);
    }
    dd_centre_alarm_over(hub, centre, segment, segment_entity(hub, segment), DD_ALARM_LINE, 0);
    uint16_t boots = session->boots;
    if (!word->sequence || dd_session_takes(session, word)) understand(hub, centre, segment, word);
    if (session->boots != boots) has_started(hub, centre, segment);
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
    dd_centre_alarm(hub, centre, segment, segment_entity(hub, segment), DD_ALARM_LINE,
                    (int32_t)((hub->now - heard) / DD_SECOND), 0);
    dd_schedule(hub, hub->now + limit, DD_KIND_SILENCE, segment, 0, 0, 0);
}
