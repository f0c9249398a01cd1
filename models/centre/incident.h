// Incidents: what the centre takes for one root cause, whatever alarms and citizens' reports it has
// led to. They are opened by what the alarms add up to (root_cause.h), or by an operator, whose
// word on a cause counts for more. An incident is over when nothing that belongs to it stands any
// more, and closed a while later unless it comes back; one that an operator has opened he closes
// himself.
#pragma once

#include "models/centre/alarm.h"

struct dd_centre;

// Why the centre believes so; a mask.
typedef enum dd_sign {
    DD_SIGN_SUPPLY = 1 << 0,      // dead phases at the terminals of a feeder
    DD_SIGN_BREAKER = 1 << 1,     // its breaker's contact
    DD_SIGN_CONTACTOR = 1 << 2,   // it does not switch as told, or is switched by hand
    DD_SIGN_BATTERY = 1 << 3,     // the controller's last gasp: it runs on its battery
    DD_SIGN_LINE = 1 << 4,        // the controller is silent
    DD_SIGN_MANY_LINES = 1 << 5,  // so are others of its operator, its ward, or the whole city
    DD_SIGN_STARTED = 1 << 6,     // the controller has started anew
    DD_SIGN_SILENT = 1 << 7,      // lamps do not answer
    DD_SIGN_OUTWARD = 1 << 8,     // ... all of them from one pole outward, and none before it
    DD_SIGN_METER_LESS = 1 << 9,  // the feeder's meter misses their power: they are dark
    DD_SIGN_METER_SAME = 1 << 10, // the feeder's meter still has it: they shine
    DD_SIGN_READINGS = 1 << 11,   // lamps themselves say that they give no light, or too much
    DD_SIGN_LEAKAGE = 1 << 12,    // earth leakage
    DD_SIGN_ORDER = 1 << 13,      // lamps are held by an order
    DD_SIGN_UPDATE = 1 << 14,     // of firmware
    DD_SIGN_DEVICE = 1 << 15,     // the controller says so of itself
    DD_SIGN_DOOR = 1 << 16,       // the cabinet stands open
    DD_SIGN_REPORT = 1 << 17,     // a citizen has seen it
    DD_SIGN_FINDING = 1 << 18,    // a crew has found it
    DD_SIGN_OPERATOR = 1 << 19,   // an operator says so
    DD_SIGN_READ_SINCE = 1 << 20, // the lamps have been read since it was reported, and burn
    DD_SIGN_GRID = 1 << 21,       // other cabinets have lost their supply at the same time
    DD_SIGNS = 22,
} dd_sign;

typedef struct dd_incident {
    uint64_t record; // that opened it
    dd_time opened_at;
    dd_time over_at;     // DD_NEVER: it is not over
    dd_time groundless;  // since when nothing but lamps speaks for it; DD_NEVER: more does
    uint32_t number;     // from 1, its handle too: incidents are never forgotten
    uint32_t next;       // of those that are not closed, the latest first
    uint32_t entity;     // what it names: lamp (for a cable, the first dark one), feeder, segment,
                         // road, ward, operator or city
    uint32_t segment;    // that it is in; 0: several
    uint32_t signs;      // mask of dd_sign
    uint32_t dark_n;     // lamps that the centre holds to be dark for it
    uint32_t dark_told;  // ... as the last record says,
    dd_time told_at;     // made then
    uint32_t standing_n; // alarms that belong to it and have not returned
    uint32_t alarm_n, report_n; // that belonged to it ever
    uint32_t first_report;      // list of dd_incident_report
    uint8_t cause;              // dd_cause
    uint8_t state;              // dd_incident_state
    uint8_t priority;           // dd_alarm_priority
    uint8_t confidence;         // %, of the cause: estimate
    bool by_hand;               // opened by an operator: he closes it
    bool spread;                // alarms of other segments than its own belong to it
    bool settled;               // its cause is an operator's or a crew's: no alarm changes it
} dd_incident;

// A citizen's report that belongs to an incident.
typedef struct dd_incident_report {
    dd_time heard_at; // when the office handed it over
    uint32_t number;
    uint32_t incident;
    uint32_t next;     // of the incident
    uint32_t lamp;     // it names, or 0
    uint32_t road;     // it names
    uint8_t complaint; // dd_complaint
} dd_incident_report;

typedef struct dd_incidents {
    dd_pool pool;    // every one that ever was, by number
    dd_pool reports; // that were linked, in their order
    uint32_t n, report_n;
    uint32_t first_open; // list of those that are not closed
    uint32_t open_n;     // neither over nor closed
    uint32_t opened_by_cause[DD_CAUSES];
    dd_time *looks; // by segment: when it will be looked at, 0: not planned
} dd_incidents;

// None yet.
void dd_incidents_start(dd_domain *hub, struct dd_centre *centre);

// --- What an operator does; between events, or in handlers of the hub ---

// Opens an incident by hand. Returns its number.
uint32_t dd_incident_open(dd_domain *hub, struct dd_centre *centre, uint32_t entity, dd_cause cause,
                          dd_alarm_priority priority);

// A live alarm, or a citizen's report, belongs to an incident; before, it may have been another's.
// False when the incident is closed or was never opened, or there is no such alarm.
bool dd_incident_link_alarm(dd_domain *hub, struct dd_centre *centre, uint32_t number,
                            uint32_t alarm);
bool dd_incident_link_report(dd_domain *hub, struct dd_centre *centre, uint32_t number,
                             uint32_t report);

// Notes its cause: from now on it is that, whatever the alarms add up to.
bool dd_incident_cause(dd_domain *hub, struct dd_centre *centre, uint32_t number, dd_cause cause);

// Closes it; alarms of its own that still stand call again. False when it is closed already.
bool dd_incident_close(dd_domain *hub, struct dd_centre *centre, uint32_t number);

// --- Looking ---

// The incident of a number, closed or not; NULL: there is none.
const dd_incident *dd_incident_find(const struct dd_centre *centre, uint32_t number);

// The open (or over, not closed) incident after another in their list; 0 begins, and ends.
uint32_t dd_incident_after(const struct dd_centre *centre, uint32_t number);

// The incident that a report belongs to; 0: none.
uint32_t dd_incident_of_report(const struct dd_centre *centre, uint32_t report);

// Writes why the centre believes in an incident's cause, as people say it. Returns the length that
// the whole text has, as snprintf does.
int dd_incident_reason(const dd_incident *incident, char *text, size_t size);

// --- What correlation (correlation.h) and what people tell (finding.h) do ---

struct dd_suspicion;

// Opens one for a suspicion that an alarm (handle; 0: none) has led to.
uint32_t dd_incident_suspect(dd_domain *hub, struct dd_centre *centre,
                             const struct dd_suspicion *suspicion, uint32_t alarm);

// It is about something else than was thought. Nothing happens where that is settled.
void dd_incident_change(dd_domain *hub, struct dd_centre *centre, uint32_t number,
                        const struct dd_suspicion *suspicion);

// An alarm, by its handle, joins it.
void dd_incident_join(dd_domain *hub, struct dd_centre *centre, uint32_t number, uint32_t alarm);

// All that belongs to it goes over to another, and it is closed.
void dd_incident_absorb(dd_domain *hub, struct dd_centre *centre, uint32_t number, uint32_t into);

// What was told of it settles its cause, and what it names.
void dd_incident_settle(dd_domain *hub, struct dd_centre *centre, uint32_t number, dd_cause cause,
                        uint32_t entity, dd_sign sign);

// It is over now, or not any more.
void dd_incident_over(dd_domain *hub, struct dd_centre *centre, uint32_t number, bool over);

// A report joins it.
void dd_incident_add_report(dd_domain *hub, struct dd_centre *centre, uint32_t number,
                            const dd_incident_report *report);

// The incident of a number that is not closed, or NULL; the same for correlation's own use.
dd_incident *dd_incident_live(struct dd_centre *centre, uint32_t number);

// Whoever's lamps are held to be dark has changed: tells those whose count is another.
void dd_incident_tell_dark(dd_domain *hub, struct dd_centre *centre);

// --- Events of the hub ---

// Plans that a segment is looked at at a time, unless it will be sooner; DD_NEVER plans nothing.
void dd_incident_plan(dd_domain *hub, struct dd_centre *centre, uint32_t segment, dd_time when);

// The time for it may have come.
void dd_incident_look(dd_domain *hub, struct dd_centre *centre, uint32_t segment);
