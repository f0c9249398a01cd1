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
    dd_gate_init(&centre->gate, &hub->arena);
    dd_alarms_init(&centre->alarms, &hub->arena, city->segment_n);
    dd_schedules_init(&centre->schedules, &hub->arena, city->segment_n, &world->def.light_calendar);
    dd_incidents_start(hub, centre);
    dd_holds_start(hub, centre);
    dd_pool_init(&centre->commands, &hub->arena, sizeof(dd_command));
    centre->sessions = dd_arena_take(&hub->arena, city->segment_n * sizeof *centre->sessions);
    for (uint32_t i = 1; i < city->segment_n; i++) {
        bool absent = !dd_world_installed(world, i);
        centre->sessions[i] = (dd_session){.line = {.segment = i}, .absent = absent};
        if (!absent) watch_silence(hub, centre, i);
    }
}

void dd_centre_send(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_order *order) {
    dd_session *session = &centre->sessions[segment];
    if (!session->up) return; // a controller is reached only through the session that it asked for
    uint8_t octets[DD_WIRE_MAX];
    size_t n = dd_wire_put_order(order, octets);
    dd_time after = dd_gate_out(hub, &centre->gate, n);
    if (after != DD_NEVER)
        dd_line_send(hub, &session->line, after, DD_KIND_ORDER, dd_world_of(hub)->station[segment],
                     octets, n);
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
    bool stood = dd_alarm_active(&centre->alarms, segment, entity, kind);
    dd_alarm_raise(hub, &centre->alarms, segment, entity, kind, value, cause);
    if (stood && kind != DD_ALARM_SUPPLY) return; // other phases may be dead now
    if (dd_alarm_target(kind) != DD_ENTITY_LAMP) dd_belief_judge_all(hub, centre, segment);
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
    [DD_RESTARTED] = DD_ALARM_RESTARTED,
    [DD_CLOCK_DOUBTFUL] = DD_ALARM_CLOCK,
    [DD_LOG_FULL] = DD_ALARM_LOG_FULL,
    [DD_STORE_FAILED] = DD_ALARM_STORE,
    [DD_INVALID_CALENDAR] = DD_ALARM_INVALID_CALENDAR,
    [DD_GARBAGE_HEARD] = DD_ALARM_GARBAGE,
    [DD_UPDATE_FAILED] = DD_ALARM_UPDATE,
};

dd_alarm_kind dd_centre_alarm_of(uint32_t happening) {
    return happening < DD_HAPPENINGS ? (dd_alarm_kind)alarms_of[happening] : DD_ALARM_NONE;
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

// What it did not tell again of all that it had raised is over.
static void end_review(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_alarm_return_doubtful(hub, &centre->alarms, segment, 0);
    dd_belief_judge_all(hub, centre, segment);
    dd_correlate(hub, centre, segment);
}

static void take_event(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_alarm_kind kind = dd_centre_alarm_of(word->happening);
    if (!kind) return;
    uint32_t entity =
        dd_register_entity(hub, &centre->assets, segment, dd_alarm_target(kind), word->lamp);
    if (!entity) return;
    bool forgotten = word->over && word->value == DD_STARTED_BY_WATCHDOG; // it was an hour ago
    if (word->happening == DD_RESTARTED && !forgotten) {
        has_started(hub, centre, segment);
        dd_schedule_restarted(hub, centre, segment);
    }
    if (word->over)
        dd_centre_alarm_over(hub, centre, segment, entity, kind, 0);
    else
        dd_centre_alarm(hub, centre, segment, entity, kind, word->value, 0);
}

static void set_poll(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    uint32_t period_s = (uint32_t)dd_world_of(hub)->def.settings.centre_poll_s;
    dd_centre_send(hub, centre, segment, &(dd_order){.kind = DD_ORDER_POLL, .period_s = period_s});
}

static void tell_clock(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t number) {
    int64_t now_ms = dd_world_unix_us(dd_world_of(hub), hub->now) / 1000;
    dd_centre_send(
        hub, centre, segment,
        &(dd_order){
            .kind = DD_ORDER_CLOCK, .number = number, .heard_ms = now_ms, .clock_ms = now_ms});
}

static void understand(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    switch ((dd_word_kind)word->kind) {
    case DD_WORD_CLOCK:
        tell_clock(hub, centre, segment, word->number);
        break;
    case DD_WORD_READINGS:
        dd_belief_readings(hub, centre, segment, word);
        break;
    case DD_WORD_EVENT:
        take_event(hub, centre, segment, word);
        break;
    case DD_WORD_OUTCOME:
        dd_centre_outcome(hub, centre, segment, word);
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
            end_review(hub, centre, segment);
        else
            dd_alarm_doubt(&centre->alarms, segment);
        break;
    case DD_WORD_STATE:
        dd_schedule_state(hub, centre, segment, word);
        break;
    case DD_WORD_HELLO: // says no more than that it asks for a session
    case DD_WORD_ALIVE:
    case DD_WORD_KINDS:
        break;
    }
}

static void acknowledge(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_order order = dd_session_acknowledgement(&centre->sessions[segment]);
    dd_centre_send(hub, centre, segment, &order);
}

// Whether a word is to be understood: those that are kept come in order or again, each once.
static bool takes(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    uint32_t lost = 0;
    if (word->sequence && !dd_session_take(&centre->sessions[segment], word, &lost)) return false;
    if (lost) dd_record_make(hub, DD_REC_LOG_GAP, segment_entity(hub, segment), 0, lost, 0, 0, 0);
    return true;
}

static void hear_life(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_session *session = &centre->sessions[segment];
    session->heard = hub->now;
    if (session->absent) { // installed: from now on it is expected to speak
        session->absent = false;
        watch_silence(hub, centre, segment);
    }
    dd_centre_alarm_over(hub, centre, segment, segment_entity(hub, segment), DD_ALARM_LINE, 0);
}

void dd_centre_word(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    hear_life(hub, centre, segment);
    if (takes(hub, centre, segment, word)) understand(hub, centre, segment, word);
    // A sign of life is answered too: it lets a backlog flow as soon as the line is back.
    if (word->sequence || word->kind == DD_WORD_ALIVE) acknowledge(hub, centre, segment);
}

// --- Sessions ---

static void tell_session(dd_domain *hub, uint32_t segment, bool up, uint32_t backlog) {
    dd_record_make(hub, DD_REC_SESSION, segment_entity(hub, segment), 0, up, backlog, 0, 0);
}

static void read_octets(dd_domain *hub, dd_centre *centre, uint32_t segment, const uint8_t *octets,
                        size_t n) {
    dd_session *session = &centre->sessions[segment];
    dd_word word;
    if (!dd_wire_get_word(octets, n, &word)) {
        centre->gate.counts.garbage++;
    } else if (word.kind == DD_WORD_HELLO) {
        session->hello = (dd_hello){word.number, word.log, word.after, (uint32_t)word.value};
        dd_gate_ask(hub, &centre->gate, segment, word.number);
    } else if (session->up) {
        dd_centre_word(hub, centre, segment, &word);
    } else {
        centre->gate.counts.unasked++;
    }
}

void dd_centre_hear(dd_domain *hub, dd_centre *centre, uint32_t segment, const uint8_t *octets,
                    size_t n) {
    if (dd_line_take(hub, &centre->sessions[segment].line, n) &&
        dd_gate_admit(hub, &centre->gate, segment, octets, n))
        read_octets(hub, centre, segment, octets, n);
}

void dd_centre_inbound(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t handle) {
    dd_inbound inbound = dd_gate_inbound(&centre->gate, handle);
    read_octets(hub, centre, segment, inbound.octets, inbound.n);
}

void dd_centre_accept(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t number) {
    dd_session *session = &centre->sessions[segment];
    bool stale = session->hello.number != number;
    dd_gate_turn(&centre->gate, stale);
    if (stale) return;
    if (session->up) tell_session(hub, segment, false, 0);
    dd_order welcome = dd_session_welcome(session);
    tell_session(hub, segment, true, session->hello.waiting);
    hear_life(hub, centre, segment);
    dd_centre_send(hub, centre, segment, &welcome);
    set_poll(hub, centre, segment);
    dd_centre_remind(hub, centre, segment);
}

void dd_centre_silence(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_time limit = dd_seconds(dd_world_of(hub)->def.settings.centre_silence_s);
    dd_time heard = centre->sessions[segment].heard;
    if (hub->now - heard < limit) {
        watch_silence(hub, centre, segment);
        return;
    }
    if (centre->sessions[segment].up) tell_session(hub, segment, false, 0);
    centre->sessions[segment].up = false;
    dd_centre_alarm(hub, centre, segment, segment_entity(hub, segment), DD_ALARM_LINE,
                    (int32_t)((hub->now - heard) / DD_SECOND), 0);
    dd_schedule(hub, hub->now + limit, DD_KIND_SILENCE, segment, 0, 0, 0);
}
