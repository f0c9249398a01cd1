// The control centre: hears the segments' words, believes what they say, raises alarms, and sends
// commands until each has a definite outcome.
#pragma once

#include "models/centre/alarm.h"
#include "models/centre/belief.h"
#include "models/centre/campaign.h"
#include "models/centre/command.h"
#include "models/centre/finding.h"
#include "models/centre/gate.h"
#include "models/centre/hold.h"
#include "models/centre/incident.h"
#include "models/centre/register.h"
#include "models/centre/schedule.h"
#include "models/centre/session.h"

typedef struct dd_centre {
    dd_register assets;
    dd_session *sessions;    // by segment
    dd_belief *beliefs;      // by lamp
    dd_meter_belief *meters; // by feeder
    dd_gate gate;
    dd_alarms alarms;
    dd_schedules schedules;
    dd_incidents incidents;
    dd_holds holds;
    dd_pool commands;
    dd_command_counts counts;
    dd_campaigns campaigns;
    uint64_t readings;   // given to it, those without an answer included
    uint64_t unanswered; // of these
    uint32_t dark_n;     // lamps that it holds to be dark
} dd_centre;

// At the scenario's start: nothing is known yet, and every controller that there is is listened
// for.
void dd_centre_start(dd_domain *hub, dd_centre *centre);

// Sends an order to a segment's controller, once, if there is a session with it; whether it arrives
// is for the sender to see to.
void dd_centre_send(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_order *order);

// Raises an alarm unless it stands, or says that its condition has gone away (dd_alarm_raise,
// dd_alarm_return), and looks at the incidents of its segment.
void dd_centre_alarm(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t entity,
                     dd_alarm_kind kind, int32_t value, uint64_t cause);
void dd_centre_alarm_over(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t entity,
                          dd_alarm_kind kind, uint64_t cause);

// Events of the hub: octets have come over a segment's line; they have passed the centre's own; it
// is the turn of a controller that has asked for a session; a controller may have been silent for
// too long.
void dd_centre_hear(dd_domain *hub, dd_centre *centre, uint32_t segment, const uint8_t *octets,
                    size_t n);
void dd_centre_inbound(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t handle);
void dd_centre_accept(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t number);
void dd_centre_silence(dd_domain *hub, dd_centre *centre, uint32_t segment);

// What a controller's dd_happening is to the centre; DD_ALARM_NONE: it knows no such thing.
dd_alarm_kind dd_centre_alarm_of(uint32_t happening);

// A controller's word, read.
void dd_centre_word(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word);
