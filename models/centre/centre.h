// The control centre: hears the segments' words, believes what they say, raises alarms, and sends
// commands until each has a definite outcome.
#pragma once

#include "models/backhaul/line.h"
#include "models/centre/alarm.h"
#include "models/centre/schedule.h"
#include "models/controller/core/message.h"

// What the centre holds of a lamp. It never looks at the truth.
typedef struct dd_belief {
    int32_t heard_s; // when it was last read, simulated seconds; -1: never
    uint32_t power_mw;
    uint16_t level_pm;
    uint8_t flags; // DD_READING_...
} dd_belief;

// What the centre was told of a feeder's meter.
typedef struct dd_meter_belief {
    uint64_t energy_wh; // since the meter was made
    uint32_t power_w;
    int32_t heard_s; // when it was read, by the controller's clock, simulated seconds; -1: never
} dd_meter_belief;

typedef struct dd_session {
    dd_line line;                      // to the segment
    dd_time heard;                     // its last word
    uint32_t expected;                 // sequence of the next word
    uint32_t feeders[DD_CORE_FEEDERS]; // of the city, by number within the segment - 1
    uint16_t boots;                    // of the controller, as its last hello says
    bool absent;                       // there is no controller yet: nobody listens for it
} dd_session;

typedef struct dd_command {
    dd_order order;
    dd_time sent_at; // first time
    uint64_t record;
    uint32_t segment;
} dd_command;

typedef struct dd_command_counts {
    uint32_t sent;
    uint32_t by_outcome[DD_COMMAND_OUTCOMES];
    uint64_t lamps_asked, lamps_done;
} dd_command_counts;

typedef struct dd_centre {
    dd_session *sessions;    // by segment
    dd_belief *beliefs;      // by lamp
    dd_meter_belief *meters; // by feeder
    dd_alarms alarms;
    dd_schedules schedules;
    dd_pool commands;
    dd_command_counts counts;
    uint64_t readings;   // given to it, those without an answer included
    uint64_t unanswered; // of these
} dd_centre;

// At the scenario's start: nothing is known yet, and every controller that there is is listened
// for.
void dd_centre_start(dd_domain *hub, dd_centre *centre);

// Events of the hub: a word has come from a segment's controller; a controller may have been silent
// for too long; the command with that handle and number may want sending again.
void dd_centre_word(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word);
void dd_centre_silence(dd_domain *hub, dd_centre *centre, uint32_t segment);
void dd_centre_retry(dd_domain *hub, dd_centre *centre, uint32_t command, uint32_t number);

// Sends an order once, without waiting for anything.
void dd_centre_send(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_order *order);

// Sends an order (override, resume, read; calendars and groups: models/centre/schedule.h) for lamps
// of one segment, by their numbers in it; lamp_n 0 means all of its group, or of the segment.
// `order` needs no number. Returns the command's number. Where no controller has been installed yet
// it fails at once.
uint32_t dd_centre_command(dd_domain *hub, dd_centre *centre, uint32_t segment,
                           const dd_order *order, uint64_t cause);
