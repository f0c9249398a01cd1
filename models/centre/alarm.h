// Alarms of the control centre, with the life cycle of ISA-18.2:
// raised, acknowledged, returned, cleared once it is both; shelved by an operator for a while;
// suppressed while an incident explains it. What the centre believes, not what is true.
//
// Who raises one for the centre does it by dd_centre_alarm, which also looks for its incident.
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
    uint32_t segment;        // the list it is in
    uint64_t record;         // that raised it
    dd_time raised_at;       // last
    dd_time shelved_until;   // 0: it is not on the shelf
    uint32_t shelved_reason; // text
    uint32_t incident;       // it belongs to, 0: none yet
    int32_t value;           // of its kind: dead phases as a mask, seconds of silence, ...
    uint8_t kind;            // dd_alarm_kind
    uint8_t priority;
    uint8_t raised_n; // in the minute since `flurry_at`
    bool acknowledged, returned;
    bool doubtful;     // its controller has yet to say whether it still holds
    bool suppressed;   // its incident is known without it: it calls nobody
    dd_time flurry_at; // since when it is counted whether it chatters
} dd_alarm;

// How alarms come, as EEMUA 191 and ISA-18.2 look at them: those that call somebody, which neither
// the shelf nor an incident holds back.
typedef struct dd_alarm_rates {
    uint32_t announced;
    uint32_t chattering; // alarms that were raised three times within a minute
    uint32_t peak;       // most announced in ten minutes
    uint32_t floods;     // periods of ten minutes with more than ten
    int64_t period;      // ten minutes that are being counted, from the start ...
    uint32_t period_n;   // ... and announced in them
} dd_alarm_rates;

typedef struct dd_alarms {
    dd_pool pool;
    uint32_t *first; // by segment: its live alarms
    uint32_t segment_n;
    uint32_t raised; // ever; a new alarm's number, so that of one that comes back is skipped
    uint32_t raised_by_kind[DD_ALARM_KINDS];
    uint32_t active_by_kind[DD_ALARM_KINDS]; // raised and not returned
    uint32_t shelved, suppressed;            // now
    dd_alarm_rates rates;
} dd_alarms;

// What type of entity an alarm of a kind is on.
dd_entity_type dd_alarm_target(dd_alarm_kind kind);

// None yet; `segment_n` counts the unused segment 0 too.
void dd_alarms_init(dd_alarms *alarms, dd_arena *arena, uint32_t segment_n);

// Raises an alarm unless the same is active; one that has returned unacknowledged, or lies on the
// shelf, comes back to life. Returns its handle.
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

// An operator puts it on the shelf until a moment, for a reason (a text of the engine's): it calls
// nobody until then, however often it comes and goes. False when no live alarm has this number, or
// the moment is not in the future. On the shelf already: until the new moment.
bool dd_alarm_shelve(dd_domain *hub, dd_alarms *alarms, uint32_t number, dd_time until,
                     uint32_t reason);

// Takes it back from the shelf; one that stands calls at once. False when it is not there.
bool dd_alarm_unshelve(dd_domain *hub, dd_alarms *alarms, uint32_t number);

// Event of the hub: the time on the shelf of the alarm with this number may be over.
void dd_alarm_shelf(dd_domain *hub, dd_alarms *alarms, uint32_t number);

// It belongs to an incident (0: to none), and is suppressed for it or not. One that is suppressed
// at the moment at which it is raised has called nobody.
void dd_alarm_explain(dd_domain *hub, dd_alarms *alarms, uint32_t handle, uint32_t incident,
                      bool suppressed);

// The live alarm with a number, or NULL; its handle, or 0.
const dd_alarm *dd_alarm_find(const dd_alarms *alarms, uint32_t number);
uint32_t dd_alarm_handle(const dd_alarms *alarms, uint32_t number);

// The live alarm of a handle.
static inline dd_alarm *dd_alarm_at(const dd_alarms *alarms, uint32_t handle) {
    return dd_pool_at(&alarms->pool, handle);
}

// Whether an alarm of a kind on an entity has been raised and has not returned; its handle or 0.
uint32_t dd_alarm_standing(const dd_alarms *alarms, uint32_t segment, uint32_t entity,
                           dd_alarm_kind kind);
bool dd_alarm_active(const dd_alarms *alarms, uint32_t segment, uint32_t entity,
                     dd_alarm_kind kind);

// The rates, with the period that is under way as if it ended now.
dd_alarm_rates dd_alarm_rates_now(const dd_alarms *alarms);

// How many have stood for more than a day (ISA-18.2: stale).
uint32_t dd_alarms_stale(const dd_alarms *alarms, dd_time now);
