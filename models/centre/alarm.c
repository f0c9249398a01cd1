#include "models/centre/alarm.h"

dd_entity_type dd_alarm_target(dd_alarm_kind kind) {
    switch (kind) {
    case DD_ALARM_SUPPLY:
        return DD_ENTITY_FEEDER;
    case DD_ALARM_BATTERY:
    case DD_ALARM_LINE:
        return DD_ENTITY_SEGMENT;
    default:
        return DD_ENTITY_LAMP;
    }
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

static dd_alarm_priority priority_of(dd_alarm_kind kind) {
    switch (kind) {
    case DD_ALARM_SUPPLY:
    case DD_ALARM_BATTERY:
    case DD_ALARM_LINE:
        return DD_PRIORITY_HIGH;
    case DD_ALARM_LAMP_FAILURE:
    case DD_ALARM_COMMUNICATION:
        return DD_PRIORITY_MEDIUM;
    default:
        return DD_PRIORITY_LOW;
    }
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
    if (handle && !at(alarms, handle)->returned) return handle;
    if (!handle) {
        handle = dd_pool_take(&alarms->pool);
        *at(alarms, handle) = (dd_alarm){.next = alarms->first[segment],
                                         .number = alarms->raised + 1,
                                         .entity = entity,
                                         .segment = segment,
                                         .kind = (uint8_t)kind,
                                         .priority = (uint8_t)priority_of(kind)};
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

void dd_alarm_return_all(dd_domain *hub, dd_alarms *alarms, uint32_t segment, uint64_t cause) {
    for (uint32_t handle = alarms->first[segment], next; handle; handle = next) {
        next = at(alarms, handle)->next;
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
