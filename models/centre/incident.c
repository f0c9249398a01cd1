#include "models/centre/incident.h"
#include "models/centre/centre.h"
#include "models/centre/correlation.h"
#include "models/centre/root_cause.h"
#include "models/kind.h"
#include "models/world.h"

enum {
    TOLD_SURE = 95, // %, of what a crew says (estimate); an operator's word is taken as it is
    HAND_SURE = 100,
};

#define TELL_EVERY (30 * DD_SECOND) // lamps that go dark, or come back, segment by segment

void dd_incidents_start(dd_domain *hub, dd_centre *centre) {
    dd_incidents *incidents = &centre->incidents;
    uint32_t segment_n = dd_world_of(hub)->city->segment_n;
    dd_pool_init(&incidents->pool, &hub->arena, sizeof(dd_incident));
    dd_pool_init(&incidents->reports, &hub->arena, sizeof(dd_incident_report));
    incidents->looks = dd_arena_take(&hub->arena, segment_n * sizeof *incidents->looks);
}

static dd_incident *at(const dd_centre *centre, uint32_t number) {
    return dd_pool_at(&centre->incidents.pool, number);
}

static dd_incident_report *report_at(const dd_centre *centre, uint32_t handle) {
    return dd_pool_at(&centre->incidents.reports, handle);
}

dd_incident *dd_incident_live(dd_centre *centre, uint32_t number) {
    if (number == 0 || number > centre->incidents.n) return NULL;
    return at(centre, number)->state == DD_INCIDENT_CLOSED ? NULL : at(centre, number);
}

static void record(dd_domain *hub, dd_incident *incident, uint64_t cause) {
    uint64_t id = dd_record_make(hub, DD_REC_INCIDENT, incident->entity,
                                 incident->record ? incident->record : cause, incident->number,
                                 incident->state, incident->cause, incident->dark_n);
    if (!incident->record) incident->record = id;
    incident->dark_told = incident->dark_n;
    incident->told_at = hub->now;
}

static void change_state(dd_domain *hub, dd_incident *incident, dd_incident_state state) {
    incident->state = (uint8_t)state;
    record(hub, incident, 0);
}

// --- Opening ---

static dd_incident *take(dd_domain *hub, dd_centre *centre) {
    dd_incidents *incidents = &centre->incidents;
    uint32_t number = dd_pool_take(&incidents->pool);
    incidents->n = number;
    incidents->open_n++;
    dd_incident *incident = at(centre, number);
    *incident = (dd_incident){.opened_at = hub->now,
                              .over_at = DD_NEVER,
                              .groundless = DD_NEVER,
                              .number = number,
                              .next = incidents->first_open,
                              .priority = DD_PRIORITY_LOW};
    incidents->first_open = number;
    return incident;
}

// What it names may be elsewhere than what has led to it.
static void name(dd_incident *incident, uint32_t entity, uint32_t segment) {
    incident->spread |= incident->alarm_n > 0 && segment != incident->segment;
    incident->entity = entity;
    incident->segment = segment;
}

static void put(dd_incident *incident, const dd_suspicion *suspicion) {
    name(incident, suspicion->entity, suspicion->segment);
    incident->cause = suspicion->cause;
    incident->confidence = suspicion->confidence;
    incident->signs |= suspicion->signs;
    if (suspicion->cause == DD_CAUSE_CABLE) incident->priority = DD_PRIORITY_HIGH; // many are dark
}

uint32_t dd_incident_open(dd_domain *hub, dd_centre *centre, uint32_t entity, dd_cause cause,
                          dd_alarm_priority priority) {
    dd_incident *incident = take(hub, centre);
    put(incident, &(dd_suspicion){.entity = entity,
                                  .segment = dd_register_segment(hub, entity),
                                  .signs = DD_SIGN_OPERATOR,
                                  .cause = (uint8_t)cause,
                                  .confidence = cause ? HAND_SURE : 0});
    incident->priority = (uint8_t)priority;
    incident->by_hand = true;
    incident->settled = cause != DD_CAUSE_UNKNOWN;
    centre->incidents.opened_by_cause[cause]++;
    record(hub, incident, 0);
    return incident->number;
}

static void judge(dd_domain *hub, dd_centre *centre, const dd_suspicion *suspicion,
                  uint32_t segment) {
    if (suspicion->cause == DD_CAUSE_LAMP)
        dd_belief_judge(hub, centre, dd_world_index(dd_world_of(hub), suspicion->entity));
    else
        dd_belief_judge_all(hub, centre, segment);
}

// Alarms that will join it for what they are on; as long as they have not, their lamps are judged
// as if they had.
static void claim(dd_centre *centre, const dd_incident *incident, uint32_t segment, uint32_t from,
                  uint32_t to) {
    for (uint32_t h = centre->alarms.first[segment]; h; h = dd_alarm_at(&centre->alarms, h)->next) {
        dd_alarm *alarm = dd_alarm_at(&centre->alarms, h);
        bool of_feeder = dd_alarm_target((dd_alarm_kind)alarm->kind) == DD_ENTITY_FEEDER;
        bool same =
            alarm->entity == incident->entity ||
            (incident->cause == DD_CAUSE_SUPPLY && (of_feeder || alarm->kind == DD_ALARM_BATTERY));
        if (same && !alarm->returned && alarm->incident == from) alarm->incident = to;
    }
}

// The lamps that it makes dark are known before it is recorded.
uint32_t dd_incident_suspect(dd_domain *hub, dd_centre *centre, const dd_suspicion *suspicion,
                             uint32_t alarm) {
    dd_incident *incident = take(hub, centre);
    put(incident, suspicion);
    centre->incidents.opened_by_cause[suspicion->cause]++;
    if (!alarm) {
        record(hub, incident, 0);
        return incident->number;
    }
    dd_alarm *first = dd_alarm_at(&centre->alarms, alarm);
    uint32_t before = first->incident;
    first->incident = incident->number;
    claim(centre, incident, first->segment, 0, incident->number);
    judge(hub, centre, suspicion, first->segment);
    claim(centre, incident, first->segment, incident->number, 0);
    first->incident = before;
    record(hub, incident, first->record);
    dd_incident_join(hub, centre, incident->number, alarm);
    return incident->number;
}

// --- What belongs to it ---

static void link_record(dd_domain *hub, const dd_incident *incident, bool report, uint32_t which) {
    dd_record_make(hub, DD_REC_INCIDENT_LINK, incident->entity, incident->record, incident->number,
                   report, which, 0);
}

// An alarm on something else than the incident names follows from it, and calls nobody; nor does a
// further one on the same thing, unless it is urgent.
static bool calls_nobody(const dd_incident *incident, const dd_alarm *alarm) {
    bool first = incident->alarm_n == 0;
    return alarm->entity != incident->entity || (!first && alarm->priority > DD_PRIORITY_HIGH);
}

static void leave(dd_centre *centre, const dd_alarm *alarm) {
    dd_incident *before = dd_incident_live(centre, alarm->incident);
    if (before && !alarm->returned && before->standing_n) before->standing_n--;
}

void dd_incident_join(dd_domain *hub, dd_centre *centre, uint32_t number, uint32_t handle) {
    dd_alarm *alarm = dd_alarm_at(&centre->alarms, handle);
    dd_incident *incident = at(centre, number);
    if (alarm->incident == number) return;
    leave(centre, alarm);
    bool quiet = calls_nobody(incident, alarm);
    if (alarm->priority < incident->priority) incident->priority = alarm->priority;
    incident->alarm_n++;
    incident->standing_n += !alarm->returned;
    incident->spread |= alarm->segment != incident->segment;
    dd_alarm_explain(hub, &centre->alarms, handle, number, quiet);
    link_record(hub, incident, false, alarm->number);
    if (!alarm->returned && incident->state == DD_INCIDENT_OVER)
        dd_incident_over(hub, centre, number, false);
}

static uint32_t find_report(const dd_centre *centre, uint32_t number) {
    for (uint32_t handle = 1; handle <= centre->incidents.report_n; handle++)
        if (report_at(centre, handle)->number == number) return handle;
    return 0;
}

static void put_report(dd_domain *hub, dd_centre *centre, uint32_t handle, uint32_t number) {
    dd_incident_report *report = report_at(centre, handle);
    dd_incident *incident = at(centre, number);
    report->incident = number;
    report->next = incident->first_report;
    incident->first_report = handle;
    incident->report_n++;
    incident->signs |= DD_SIGN_REPORT;
    link_record(hub, incident, true, report->number);
}

static void move_report(dd_domain *hub, dd_centre *centre, uint32_t handle, uint32_t number) {
    dd_incident_report *report = report_at(centre, handle);
    uint32_t *link = &at(centre, report->incident)->first_report;
    while (*link != handle)
        link = &report_at(centre, *link)->next;
    *link = report->next;
    at(centre, report->incident)->report_n--;
    put_report(hub, centre, handle, number);
}

static void tell_again(dd_incident_report *report, const dd_incident_report *told) {
    report->heard_at = told->heard_at;
    report->lamp = told->lamp;
    report->road = told->road;
    report->complaint = told->complaint;
}

// One that is handed over again, as the office may, is no other report than before.
void dd_incident_add_report(dd_domain *hub, dd_centre *centre, uint32_t number,
                            const dd_incident_report *report) {
    uint32_t handle = find_report(centre, report->number);
    if (handle) {
        tell_again(report_at(centre, handle), report);
        if (report_at(centre, handle)->incident != number) move_report(hub, centre, handle, number);
        return;
    }
    handle = dd_pool_take(&centre->incidents.reports);
    centre->incidents.report_n = handle;
    *report_at(centre, handle) = *report;
    put_report(hub, centre, handle, number);
}

uint32_t dd_incident_of_report(const dd_centre *centre, uint32_t report) {
    uint32_t handle = find_report(centre, report);
    return handle ? report_at(centre, handle)->incident : 0;
}

bool dd_incident_link_alarm(dd_domain *hub, dd_centre *centre, uint32_t number, uint32_t alarm) {
    uint32_t handle = dd_alarm_handle(&centre->alarms, alarm);
    if (!handle || !dd_incident_live(centre, number)) return false;
    dd_incident_join(hub, centre, number, handle);
    // The one that it has left may be over.
    dd_incident_plan(hub, centre, dd_alarm_at(&centre->alarms, handle)->segment, hub->now + 1);
    return true;
}

bool dd_incident_link_report(dd_domain *hub, dd_centre *centre, uint32_t number, uint32_t report) {
    if (!dd_incident_live(centre, number)) return false;
    uint32_t handle = find_report(centre, report);
    if (handle && report_at(centre, handle)->incident == number) return true;
    if (handle)
        move_report(hub, centre, handle, number);
    else
        dd_incident_add_report(hub, centre, number,
                               &(dd_incident_report){.heard_at = hub->now, .number = report});
    return true;
}

// --- Its cause ---

// What is over may yet turn out to have been something else.
static void tell_change(dd_domain *hub, dd_incident *incident) {
    bool over = incident->state == DD_INCIDENT_OVER;
    change_state(hub, incident, over ? DD_INCIDENT_OVER : DD_INCIDENT_CHANGED);
}

void dd_incident_change(dd_domain *hub, dd_centre *centre, uint32_t number,
                        const dd_suspicion *suspicion) {
    dd_incident *incident = at(centre, number);
    if (incident->settled) return;
    bool same = incident->entity == suspicion->entity && incident->cause == suspicion->cause;
    put(incident, suspicion);
    if (!same) tell_change(hub, incident);
}

void dd_incident_settle(dd_domain *hub, dd_centre *centre, uint32_t number, dd_cause cause,
                        uint32_t entity, dd_sign sign) {
    dd_incident *incident = at(centre, number);
    incident->cause = (uint8_t)cause;
    name(incident, entity, dd_register_segment(hub, entity));
    incident->confidence = sign == DD_SIGN_OPERATOR ? HAND_SURE : TOLD_SURE;
    incident->signs |= (uint32_t)sign;
    incident->settled = true;
    tell_change(hub, incident);
}

bool dd_incident_cause(dd_domain *hub, dd_centre *centre, uint32_t number, dd_cause cause) {
    const dd_incident *incident = dd_incident_live(centre, number);
    if (!incident) return false;
    dd_incident_settle(hub, centre, number, cause, incident->entity, DD_SIGN_OPERATOR);
    return true;
}

// --- Its end ---

void dd_incident_over(dd_domain *hub, dd_centre *centre, uint32_t number, bool over) {
    dd_incident *incident = at(centre, number);
    if (over == (incident->state == DD_INCIDENT_OVER)) return;
    incident->over_at = over ? hub->now : DD_NEVER;
    centre->incidents.open_n += over ? UINT32_MAX : 1;
    change_state(hub, incident, over ? DD_INCIDENT_OVER : DD_INCIDENT_CHANGED);
    if (over)
        dd_incident_plan(hub, centre, incident->segment,
                         hub->now + dd_seconds(dd_settings_of(hub)->centre_close_s));
}

static void end(dd_domain *hub, dd_centre *centre, dd_incident *incident) {
    dd_incidents *incidents = &centre->incidents;
    incidents->open_n -= incident->state != DD_INCIDENT_OVER;
    uint32_t *link = &incidents->first_open;
    while (*link != incident->number)
        link = &at(centre, *link)->next;
    *link = incident->next;
    if (incident->over_at == DD_NEVER) incident->over_at = hub->now;
    change_state(hub, incident, DD_INCIDENT_CLOSED);
}

// Alarms keep its number: they have been dealt with, and a new incident is opened for one of them
// only when it is raised anew.
bool dd_incident_close(dd_domain *hub, dd_centre *centre, uint32_t number) {
    dd_incident *incident = dd_incident_live(centre, number);
    if (!incident) return false;
    end(hub, centre, incident);
    const dd_alarms *alarms = &centre->alarms;
    for (uint32_t segment = 1; segment < alarms->segment_n; segment++)
        for (uint32_t h = alarms->first[segment]; h; h = dd_alarm_at(alarms, h)->next)
            if (dd_alarm_at(alarms, h)->incident == number)
                dd_alarm_explain(hub, &centre->alarms, h, number, false);
    return true;
}

void dd_incident_absorb(dd_domain *hub, dd_centre *centre, uint32_t number, uint32_t into) {
    const dd_alarms *alarms = &centre->alarms;
    while (at(centre, number)->first_report)
        move_report(hub, centre, at(centre, number)->first_report, into);
    for (uint32_t segment = 1; segment < alarms->segment_n; segment++)
        for (uint32_t h = alarms->first[segment]; h; h = dd_alarm_at(alarms, h)->next)
            if (dd_alarm_at(alarms, h)->incident == number) dd_incident_join(hub, centre, into, h);
    end(hub, centre, at(centre, number));
}

void dd_incident_tell_dark(dd_domain *hub, dd_centre *centre) {
    for (uint32_t n = centre->incidents.first_open; n; n = at(centre, n)->next) {
        dd_incident *incident = at(centre, n);
        if (incident->dark_n == incident->dark_told || incident->state == DD_INCIDENT_OVER)
            continue;
        if (hub->now < incident->told_at + TELL_EVERY)
            dd_incident_plan(hub, centre, incident->segment, incident->told_at + TELL_EVERY);
        else
            change_state(hub, incident, DD_INCIDENT_CHANGED);
    }
}

// --- Looking ---

const dd_incident *dd_incident_find(const dd_centre *centre, uint32_t number) {
    return number >= 1 && number <= centre->incidents.n ? at(centre, number) : NULL;
}

uint32_t dd_incident_after(const dd_centre *centre, uint32_t number) {
    return number ? at(centre, number)->next : centre->incidents.first_open;
}

// What is of several segments is looked at with the first.
void dd_incident_plan(dd_domain *hub, dd_centre *centre, uint32_t segment, dd_time when) {
    if (!segment) segment = 1;
    dd_time *look = &centre->incidents.looks[segment];
    if (when == DD_NEVER || (*look > hub->now && *look <= when)) return;
    *look = when;
    dd_schedule(hub, when, DD_KIND_INCIDENT, segment, 0, 0, 0);
}

// An earlier look has taken the place of one that was planned before: that one finds nothing to do.
void dd_incident_look(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    if (centre->incidents.looks[segment] != hub->now) return;
    centre->incidents.looks[segment] = 0;
    dd_correlate(hub, centre, segment);
}
