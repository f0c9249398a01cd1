#include "models/centre/alarm.h"

typedef struct alarm_info {
    uint8_t target;   // dd_entity_type
    uint8_t priority; // dd_alarm_priority
} alarm_info;

// High: many lamps are dark, or somebody may be hurt, or the centre is blind. Medium: a lamp is
// dark, or many burn by day, or somebody is at the cabinet. Low: it can wait for the next round.
static const alarm_info infos[DD_ALARM_KINDS] = {
    [DD_ALARM_LAMP_FAILURE] = {DD_ENTITY_LAMP, DD_PRIORITY_MEDIUM},
    [DD_ALARM_UNEXPECTED_ON] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW},
    [DD_ALARM_COMMUNICATION] = {DD_ENTITY_LAMP, DD_PRIORITY_MEDIUM},
    [DD_ALARM_SUPPLY] = {DD_ENTITY_FEEDER, DD_PRIORITY_HIGH},
    [DD_ALARM_CONTROL_GEAR] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW},
    [DD_ALARM_BATTERY] = {DD_ENTITY_SEGMENT, DD_PRIORITY_HIGH},
    [DD_ALARM_LINE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_HIGH},
    [DD_ALARM_POWER_LOW] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW},
    [DD_ALARM_DIMMING] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW},
    [DD_ALARM_RELAY] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW},
    [DD_ALARM_CYCLING] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW},
    [DD_ALARM_GEAR_SILENT] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW},
    [DD_ALARM_HIGH_TEMPERATURE] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW},
    [DD_ALARM_VOLTAGE] = {DD_ENTITY_LAMP, DD_PRIORITY_LOW},
    [DD_ALARM_SWITCHING_ON] = {DD_ENTITY_FEEDER, DD_PRIORITY_HIGH},
    [DD_ALARM_SWITCHING_OFF] = {DD_ENTITY_FEEDER, DD_PRIORITY_MEDIUM},
    [DD_ALARM_BREAKER] = {DD_ENTITY_FEEDER, DD_PRIORITY_HIGH},
    [DD_ALARM_LEAKAGE] = {DD_ENTITY_FEEDER, DD_PRIORITY_HIGH},
    [DD_ALARM_DOOR] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM},
    [DD_ALARM_LOCAL_OVERRIDE] = {DD_ENTITY_FEEDER, DD_PRIORITY_MEDIUM},
    [DD_ALARM_FEEDER_VOLTAGE] = {DD_ENTITY_FEEDER, DD_PRIORITY_MEDIUM},
    [DD_ALARM_RESTARTED] = {DD_ENTITY_SEGMENT, DD_PRIORITY_LOW},
    [DD_ALARM_CLOCK] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM},
    [DD_ALARM_LOG_FULL] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM},
    [DD_ALARM_STORE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM},
    [DD_ALARM_INVALID_CALENDAR] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM},
    [DD_ALARM_GARBAGE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_LOW},
    [DD_ALARM_UPDATE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM},
    [DD_ALARM_SCHEDULE] = {DD_ENTITY_SEGMENT, DD_PRIORITY_MEDIUM},
    [DD_ALARM_OVERRIDE_LEFT] = {DD_ENTITY_SEGMENT, DD_PRIORITY_LOW},
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

static void announce(dd_domain *hub, dd_alarms *alarms, dd_alarm *alarm, uint64_t cause) {
    alarm->returned = false;
    alarm->acknowledged = false;
    alarms->raised++;
    alarms->raised_by_kind[alarm->kind]++;
    alarms->active_by_kind[alarm->kind]++;
    alarm->record = dd_record_make(hub, DD_REC_ALARM_RAISED, alarm->entity, cause, alarm->number,
                                   alarm->kind, alarm->priority, alarm->value);
}

uint32_t dd_alarm_raise(dd_domain *hub, dd_alarms *alarms, uint32_t segment, uint32_t entity,
                        dd_alarm_kind kind, int32_t value, uint64_t cause) {
    uint32_t handle = find(alarms, segment, entity, kind);
    if (handle) at(alarms, handle)->doubtful = false;
    if (handle && !at(alarms, handle)->returned) return handle;
    if (!handle) {
        handle = dd_pool_take(&alarms->pool);
        *at(alarms, handle) = (dd_alarm){.next = alarms->first[segment],
                                         .number = alarms->raised + 1,
                                         .entity = entity,
                                         .segment = segment,
                                         .kind = (uint8_t)kind,
                                         .priority = infos[kind].priority};
        alarms->first[segment] = handle;
    }
    at(alarms, handle)->value = value;
    announce(hub, alarms, at(alarms, handle), cause);
    return handle;
}

static void clear(dd_domain *hub, dd_alarms *alarms, uint32_t handle) {
    dd_alarm *alarm = at(alarms, handle);
    dd_record_make(hub, DD_REC_ALARM_CLEARED, alarm->entity, alarm->record, alarm->number,
                   alarm->kind, 0, 0);
    uint32_t *link = &alarms->first[alarm->segment];
    while (*link != handle)
        link = &at(alarms, *link)->next;
    *link = alarm->next;
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

// What the centre itself has found no controller can say.
static bool told_by_controller(uint8_t kind) {
    return kind != DD_ALARM_LINE && kind != DD_ALARM_SCHEDULE && kind != DD_ALARM_OVERRIDE_LEFT;
}

void dd_alarm_doubt(dd_alarms *alarms, uint32_t segment) {
    for (uint32_t handle = alarms->first[segment]; handle; handle = at(alarms, handle)->next)
        at(alarms, handle)->doubtful = told_by_controller(at(alarms, handle)->kind);
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
static uint32_t find_number(const dd_alarms *alarms, uint32_t number) {
    for (uint32_t segment = 0; segment < alarms->segment_n; segment++)
        for (uint32_t h = alarms->first[segment]; h; h = at(alarms, h)->next)
            if (at(alarms, h)->number == number) return h;
    return 0;
}

bool dd_alarm_acknowledge(dd_domain *hub, dd_alarms *alarms, uint32_t number) {
    uint32_t handle = find_number(alarms, number);
    if (!handle) return false;
    dd_alarm *alarm = at(alarms, handle);
    if (alarm->acknowledged) return true;
    alarm->acknowledged = true;
    dd_record_make(hub, DD_REC_ALARM_ACKNOWLEDGED, alarm->entity, alarm->record, number,
                   alarm->kind, 0, 0);
    if (alarm->returned) clear(hub, alarms, handle);
    return true;
}

const dd_alarm *dd_alarm_find(const dd_alarms *alarms, uint32_t number) {
    uint32_t handle = find_number(alarms, number);
    return handle ? at(alarms, handle) : NULL;
}

bool dd_alarm_active(const dd_alarms *alarms, uint32_t segment, uint32_t entity,
                     dd_alarm_kind kind) {
    uint32_t handle = find(alarms, segment, entity, kind);
    return handle && !at(alarms, handle)->returned;
}
