// Alarms of the control centre, with the life cycle of ISA-18.2: raised, acknowledged, returned,
// cleared once it is both. What the centre believes, not what is true.
#pragma once

#include "engine/engine.h"
#include "models/schema.h"

typedef enum dd_alarm_priority {
    DD_PRIORITY_HIGH = 1, // many lamps, danger, or the centre is blind
    DD_PRIORITY_MEDIUM,
    DD_PRIORITY_LOW,
} dd_alarm_priority;

typedef struct dd_alarm {
    uint32_t next;   // handle: of the same segment
    uint32_t number; // as operators name it, from 1
    uint32_t entity;
    uint32_t segment; // the list it is in
    uint64_t record;  // that raised it
    int32_t value;    // of its kind: dead phases as a mask, seconds of silence, ...
    uint8_t kind;     // dd_alarm_kind
    uint8_t priority;
    bool acknowledged, returned;
    bool doubtful; // its controller has yet to say whether it still holds
} dd_alarm;

typedef struct dd_alarms {
    dd_pool pool;
    uint32_t *first; // by segment: its live alarms
    uint32_t segment_n;
    uint32_t raised; // ever; a new alarm's number, so that of one that comes back is skipped
    uint32_t raised_by_kind[DD_ALARM_KINDS];
    uint32_t active_by_kind[DD_ALARM_KINDS]; // raised and not returned
} dd_alarms;

// What type of entity an alarm of a kind is on.
dd_entity_type dd_alarm_target(dd_alarm_kind kind);

// None yet; `segment_n` counts the unused segment 0 too.
void dd_alarms_init(dd_alarms *alarms, dd_arena *arena, uint32_t segment_n);

// Raises an alarm unless the same is active; one that has returned unacknowledged comes back to
// life. Returns its handle.
uint32_t dd_alarm_raise(dd_domain *hub, dd_alarms *alarms, uint32_t segment, uint32_t entity,
                        dd_alarm_kind kind, int32_t value, uint64_t cause);

// Its condition has gone away. Nothing happens when there is no such alarm.
void dd_alarm_return(dd_domain *hub, dd_alarms *alarms, uint32_t segment, uint32_t entity,
                     dd_alarm_kind kind, uint64_t cause);

// All that a segment's controller has told is in doubt until it is raised again; what has not been
// when the doubt ends has returned.
void dd_alarm_doubt(dd_alarms *alarms, uint32_t segment);
void dd_alarm_return_doubtful(dd_domain *hub, dd_alarms *alarms, uint32_t segment, uint64_t cause);

// An operator has seen it. False when no live alarm has this number.
bool dd_alarm_acknowledge(dd_domain *hub, dd_alarms *alarms, uint32_t number);

// The live alarm with a number, or NULL.
const dd_alarm *dd_alarm_find(const dd_alarms *alarms, uint32_t number);

// Whether an alarm of a kind on an entity has been raised and has not returned.
bool dd_alarm_active(const dd_alarms *alarms, uint32_t segment, uint32_t entity,
                     dd_alarm_kind kind);
