#include "models/centre/alarm.h"
#include "models/kind.h"

enum {
    FLOOD = 10,     // announced in ten minutes: more is a flood (EEMUA 191; facts F2)
    CHATTERING = 3, // times in a minute, as ISA-18.2 has it
};
#define PERIOD (10 * DD_MINUTE)
#define STALE DD_DAY // facts F2

typedef struct alarm_info {
    uint8_t target;   // dd_entity_type
    uint8_t priority; // dd_alarm_priority
    bool own;         // the centre's own: no controller says whether it stands
} alarm_info;

// High: many lamps are dark, or somebody may be hurt, or the centre is blind. Medium: a lamp is
// dark, or many burn by day, or somebody is at the cabinet. Low: it can wait for the next round.
static const alarm_info infos[DD_ALARM_KINDS] = {
    [DD_ALARM_LAMP_FAILURE] = {DD_ENTITY_LAMP, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_UNEXPECTED_ON] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW, false},
    [DD_ALARM_COMMUNICATION] = {DD_ENTITY_LAMP, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_SUPPLY] = {DD_ENTITY_FEEDER, DD_PRIORITY_HIGH, false},
    [DD_ALARM_CONTROL_GEAR] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW, false},
    [DD_ALARM_BATTERY] = {DD_ENTITY_SEGMENT, DD_PRIORITY_HIGH, false},
    [DD_ALARM_LINE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_HIGH, true},
    [DD_ALARM_POWER_LOW] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW, false},
    [DD_ALARM_DIMMING] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW, false},
    [DD_ALARM_RELAY] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW, false},
    [DD_ALARM_CYCLING] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW, false},
    [DD_ALARM_GEAR_SILENT] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW, false},
    [DD_ALARM_HIGH_TEMPERATURE] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW, false},
    [DD_ALARM_VOLTAGE] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW, false},
    [DD_ALARM_SWITCHING_ON] = {DD_ENTITY_FEEDER, DD_PRIORITY_HIGH, false},
    [DD_ALARM_SWITCHING_OFF] = {DD_ENTITY_FEEDER, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_BREAKER] = {DD_ENTITY_FEEDER, DD_PRIORITY_HIGH, false},
    [DD_ALARM_LEAKAGE] = {DD_ENTITY_FEEDER, DD_PRIORITY_HIGH, false},
    [DD_ALARM_DOOR] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_LOCAL_OVERRIDE] = {DD_ENTITY_FEEDER, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_FEEDER_VOLTAGE] = {DD_ENTITY_FEEDER, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_RESTARTED] = {DD_ENTITY_SEGMENT, DD_PRIORITY_LOW, false},
    [DD_ALARM_CLOCK] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_LOG_FULL] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_STORE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_INVALID_CALENDAR] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_GARBAGE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_LOW, false},
    [DD_ALARM_UPDATE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM, false},
    [DD_ALARM_SCHEDULE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM, true},
    [DD_ALARM_OVERRIDE_LEFT] = {DD_ENTITY_SEGMENT, DD_PRIORITY_LOW, true},
};

dd_entity_type dd_alarm_target(dd_alarm_kind kind) {
    return (dd_entity_type)infos[kind].target;
}

void dd_alarms_init(dd_alarms *alarms, dd_arena *arena, uint32_t segment_n) {
    *alarms = (dd_alarms){.segment_n = segment_n};
    dd_pool_init(&alarms->pool, arena, sizeof(dd_alarm));
    alarms->first = dd_arena_take(arena, segment_n * sizeof *alarms->first);
}

static dd_alarm *at(const dd_alarms *alarms, uint32_t handle) {
    return dd_pool_at(&alarms->pool, handle);
}

static uint32_t find(const dd_alarms *alarms, uint32_t segment, uint32_t entity,
                     dd_alarm_kind kind) {
    uint32_t handle = alarms->first[segment];
    while (handle && (at(alarms, handle)->entity != entity || at(alarms, handle)->kind != kind))
        handle = at(alarms, handle)->next;
    return handle;
}

// --- Rates ---

static void end_period(dd_alarm_rates *rates) {
    if (rates->period_n > rates->peak) rates->peak = rates->period_n;
    rates->floods += rates->period_n > FLOOD;
    rates->period_n = 0;
}

static void count_call(dd_alarm_rates *rates, dd_time now) {
    if (now / PERIOD != rates->period) end_period(rates);
    rates->period = now / PERIOD;
    rates->period_n++;
    rates->announced++;
}

dd_alarm_rates dd_alarm_rates_now(const dd_alarms *alarms) {
    dd_alarm_rates rates = alarms->rates;
    end_period(&rates);
    return rates;
}

static void count_flurry(dd_alarms *alarms, dd_alarm *alarm, dd_time now) {
    if (now - alarm->flurry_at >= DD_MINUTE || !alarm->raised_n) {
        alarm->flurry_at = now;
        alarm->raised_n = 0;
    }
    if (alarm->raised_n < UINT8_MAX) alarm->raised_n++;
    alarms->rates.chattering += alarm->raised_n == CHATTERING;
}

// --- The life of an alarm ---

static bool calls(const dd_alarm *alarm) {
    return !alarm->returned && !alarm->suppressed && !alarm->shelved_until;
}

static void announce(dd_domain *hub, dd_alarms *alarms, dd_alarm *alarm, uint64_t cause) {
    alarm->returned = false;
    alarm->acknowledged = false;
    alarm->raised_at = hub->now;
    alarms->raised++;
    alarms->raised_by_kind[alarm->kind]++;
    alarms->active_by_kind[alarm->kind]++;
    count_flurry(alarms, alarm, hub->now);
    if (calls(alarm)) count_call(&alarms->rates, hub->now);
    alarm->record = dd_record_make(hub, DD_REC_ALARM_RAISED, alarm->entity, cause, alarm->number,
                                   alarm->kind, alarm->priority, alarm->value);
}

uint32_t dd_alarm_raise(dd_domain *hub, dd_alarms *alarms, uint32_t segment, uint32_t entity,
                        dd_alarm_kind kind, int32_t value, uint64_t cause) {
    uint32_t handle = find(alarms, segment, entity, kind);
    if (!handle) {
        handle = dd_pool_take(&alarms->pool);
        *at(alarms, handle) = (dd_alarm){.next = alarms->first[segment],
                                         .number = alarms->raised + 1,
                                         .entity = entity,
                                         .segment = segment,
                                         .kind = (uint8_t)kind,
                                         .priority = infos[kind].priority,
                                         .returned = true};
        alarms->first[segment] = handle;
    }
    at(alarms, handle)->value = value;
    at(alarms, handle)->doubtful = false;
    if (at(alarms, handle)->returned) announce(hub, alarms, at(alarms, handle), cause);
    return handle;
}

// One that lies on the shelf stays there until its time is over.
static void clear(dd_domain *hub, dd_alarms *alarms, uint32_t handle) {
    dd_alarm *alarm = at(alarms, handle);
    if (alarm->shelved_until) return;
    dd_record_make(hub, DD_REC_ALARM_CLEARED, alarm->entity, alarm->record, alarm->number,
                   alarm->kind, 0, 0);
    uint32_t *link = &alarms->first[alarm->segment];
    while (*link != handle)
        link = &at(alarms, *link)->next;
    *link = alarm->next;
    alarms->suppressed -= alarm->suppressed;
    dd_pool_give(&alarms->pool, handle);
}

static void go_back(dd_domain *hub, dd_alarms *alarms, uint32_t handle, uint64_t cause) {
    dd_alarm *alarm = at(alarms, handle);
    if (alarm->returned) return;
    alarm->returned = true;
    alarms->active_by_kind[alarm->kind]--;
    dd_record_make(hub, DD_REC_ALARM_RETURNED, alarm->entity, cause ? cause : alarm->record,
                   alarm->number, alarm->kind, 0, 0);
    if (alarm->acknowledged) clear(hub, alarms, handle);
}

void dd_alarm_return(dd_domain *hub, dd_alarms *alarms, uint32_t segment, uint32_t entity,
                     dd_alarm_kind kind, uint64_t cause) {
    uint32_t handle = find(alarms, segment, entity, kind);
    if (handle) go_back(hub, alarms, handle, cause);
}

void dd_alarm_doubt(dd_alarms *alarms, uint32_t segment) {
    for (uint32_t handle = alarms->first[segment]; handle; handle = at(alarms, handle)->next)
        at(alarms, handle)->doubtful = !infos[at(alarms, handle)->kind].own;
}

void dd_alarm_return_doubtful(dd_domain *hub, dd_alarms *alarms, uint32_t segment, uint64_t cause) {
    for (uint32_t handle = alarms->first[segment], next; handle; handle = next) {
        next = at(alarms, handle)->next;
        if (!at(alarms, handle)->doubtful) continue;
        at(alarms, handle)->doubtful = false;
        go_back(hub, alarms, handle, cause);
    }
}

// Live alarms are few, and people are slow: a walk over all segments is quick enough.
uint32_t dd_alarm_handle(const dd_alarms *alarms, uint32_t number) {
    for (uint32_t segment = 0; segment < alarms->segment_n; segment++)
        for (uint32_t h = alarms->first[segment]; h; h = at(alarms, h)->next)
            if (at(alarms, h)->number == number) return h;
    return 0;
}

bool dd_alarm_acknowledge(dd_domain *hub, dd_alarms *alarms, uint32_t number) {
    uint32_t handle = dd_alarm_handle(alarms, number);
    if (!handle) return false;
    dd_alarm *alarm = at(alarms, handle);
    if (alarm->acknowledged) return true;
    alarm->acknowledged = true;
    dd_record_make(hub, DD_REC_ALARM_ACKNOWLEDGED, alarm->entity, alarm->record, number,
                   alarm->kind, 0, 0);
    if (alarm->returned) clear(hub, alarms, handle);
    return true;
}

// --- Out of sight ---

bool dd_alarm_shelve(dd_domain *hub, dd_alarms *alarms, uint32_t number, dd_time until,
                     uint32_t reason) {
    uint32_t handle = dd_alarm_handle(alarms, number);
    if (!handle || until <= hub->now) return false;
    dd_alarm *alarm = at(alarms, handle);
    alarms->shelved += alarm->shelved_until == 0;
    alarm->shelved_until = until;
    alarm->shelved_reason = reason;
    dd_record_make(hub, DD_REC_ALARM_SHELVED, alarm->entity, alarm->record, number, alarm->kind,
                   until, reason);
    dd_schedule(hub, until, DD_KIND_SHELF, 0, 0, number, 0);
    return true;
}

static void unshelve(dd_domain *hub, dd_alarms *alarms, uint32_t handle) {
    dd_alarm *alarm = at(alarms, handle);
    alarms->shelved--;
    alarm->shelved_until = 0;
    dd_record_make(hub, DD_REC_ALARM_UNSHELVED, alarm->entity, alarm->record, alarm->number,
                   alarm->kind, 0, 0);
    if (calls(alarm)) count_call(&alarms->rates, hub->now);
    if (alarm->returned && alarm->acknowledged) clear(hub, alarms, handle);
}

bool dd_alarm_unshelve(dd_domain *hub, dd_alarms *alarms, uint32_t number) {
    uint32_t handle = dd_alarm_handle(alarms, number);
    if (!handle || !at(alarms, handle)->shelved_until) return false;
    unshelve(hub, alarms, handle);
    return true;
}

void dd_alarm_shelf(dd_domain *hub, dd_alarms *alarms, uint32_t number) {
    uint32_t handle = dd_alarm_handle(alarms, number);
    if (!handle) return;
    dd_time until = at(alarms, handle)->shelved_until; // another, if it was shelved anew
    if (until && until <= hub->now) unshelve(hub, alarms, handle);
}

// One that is explained at the moment at which it is raised has called nobody.
void dd_alarm_explain(dd_domain *hub, dd_alarms *alarms, uint32_t handle, uint32_t incident,
                      bool suppressed) {
    dd_alarm *alarm = at(alarms, handle);
    bool called = calls(alarm), fresh = alarm->raised_at == hub->now;
    alarm->incident = incident;
    if (suppressed == alarm->suppressed) return;
    alarm->suppressed = suppressed;
    alarms->suppressed += suppressed ? 1 : UINT32_MAX;
    if (called && fresh) {
        alarms->rates.announced--;
        alarms->rates.period_n--;
    }
    if (calls(alarm)) count_call(&alarms->rates, hub->now);
    dd_record_make(hub, DD_REC_ALARM_SUPPRESSED, alarm->entity, alarm->record, alarm->number,
                   alarm->kind, incident, suppressed);
}

// --- Looking ---

const dd_alarm *dd_alarm_find(const dd_alarms *alarms, uint32_t number) {
    uint32_t handle = dd_alarm_handle(alarms, number);
    return handle ? at(alarms, handle) : NULL;
}

uint32_t dd_alarm_standing(const dd_alarms *alarms, uint32_t segment, uint32_t entity,
                           dd_alarm_kind kind) {
    uint32_t handle = find(alarms, segment, entity, kind);
    return handle && !at(alarms, handle)->returned ? handle : 0;
}

bool dd_alarm_active(const dd_alarms *alarms, uint32_t segment, uint32_t entity,
                     dd_alarm_kind kind) {
    return dd_alarm_standing(alarms, segment, entity, kind) != 0;
}

uint32_t dd_alarms_stale(const dd_alarms *alarms, dd_time now) {
    uint32_t n = 0;
    for (uint32_t segment = 0; segment < alarms->segment_n; segment++)
        for (uint32_t h = alarms->first[segment]; h; h = at(alarms, h)->next)
            n += !at(alarms, h)->returned && now - at(alarms, h)->raised_at > STALE;
    return n;
}
