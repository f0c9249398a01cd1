// What an operator of the centre, a crew, or an instructor can do; one form for scenarios, the
// command line, the window and the web. How each is written as text: models/action/action_text.h.
#pragma once

#include "models/action/disturbance.h"
#include "models/action/fault.h"
#include "models/centre/alarm.h"
#include "models/centre/campaign.h"
#include "models/controller/core/message.h"
#include "models/sky/sky.h"

typedef enum dd_verb {
    DD_VERB_NONE,
    DD_VERB_OVERRIDE,
    DD_VERB_RESUME,
    DD_VERB_READ,
    DD_VERB_ACKNOWLEDGE,
    DD_VERB_SHELVE,
    DD_VERB_UNSHELVE,
    DD_VERB_OPEN,
    DD_VERB_LINK,
    DD_VERB_CAUSE,
    DD_VERB_CLOSE,
    DD_VERB_DISPATCH,
    DD_VERB_RECALL,
    DD_VERB_TRANSFER,
    DD_VERB_ANSWER,
    DD_VERB_PROGRAM,
    DD_VERB_CALENDAR,
    DD_VERB_GROUP,
    DD_VERB_LOG,
    DD_VERB_REFIT,
    DD_VERB_COMMISSION,
    DD_VERB_FAIL,
    DD_VERB_REPAIR,
    DD_VERB_HAZARD,
    DD_VERB_BATCH,
    DD_VERB_STRIKE,
    DD_VERB_WEATHER,
    DD_VERB_FILE,
    DD_VERB_UPDATE,
    DD_VERB_ATTACH, // of boards, in the order of dd_board_deed
    DD_VERB_DETACH,
    DD_VERB_UNPLUG,
    DD_VERB_PLUG,
    DD_VERB_SUPPLY,
    DD_VERB_RESET,
    DD_VERB_WIRE,
    DD_VERBS,
} dd_verb;

typedef enum dd_update_step {
    DD_UPDATE_STEP_BEGIN,
    DD_UPDATE_STEP_HALT,
    DD_UPDATE_STEP_CONTINUE,
    DD_UPDATE_STEP_ABORT,
} dd_update_step;

// What a verb does not need stays 0.
typedef struct dd_action {
    dd_verb verb;
    const uint32_t *entities; // what is meant, of any types; they stand for what it is done to
    uint32_t entity_n;
    uint32_t about; // what the record shall name; 0: the one entity, or the city
    uint32_t *made; // where the number of what it makes goes: a hazard, a batch, an incident, an
                    // ticket, a report; NULL: nowhere
    // the desk's
    uint32_t number;   // acknowledge, shelve, unshelve: of the alarm; link, cause, close,
                       // dispatch: of the incident; transfer, answer: of the report; recall: of
                       // the ticket
    uint32_t linked;   // link: of the alarm, or of the report
    bool links_report; // link: a citizen's report, not an alarm
    dd_cause cause;    // open, cause
    dd_alarm_priority priority; // open, dispatch; 0: as usual
    uint32_t crew;              // dispatch: entity, 0: any; recall: entity, 0: a ticket
    dd_answer answer;           // answer
    const char *text;           // shelve: the reason; log: the line; file: what the report says,
                                // NULL: what is usual; of boards: how
    uint16_t level_pm;          // override
    dd_time lasts; // override, 0: until resumed; shelve; weather with flashes: of the storm
    dd_light_calendar calendar; // program, calendar
    uint32_t group;             // group; calendar, override, resume, read: of its lamps; 0: none
    bool removes;               // group: it is to be no more
    dd_ramp ramp;               // override
    dd_update_step step;        // update
    dd_campaign_def campaign;   // update: how it goes; its segments are those that are meant
    bool goes_back;             // update halted or aborted: what was updated goes back
    // the technicians'
    const char *model; // refit; NULL: the city's own
    // the instructor's
    dd_fault_kind fault;     // fail, hazard, batch; repair: DD_FAULT_NONE repairs all
    dd_jammer_def jammer;    // fail with a jammer
    double per_1000_h;       // hazard
    double repair_h;         // hazard: mean; 0: never
    double share;            // batch: %
    double factor;           // batch
    double kiloamperes;      // strike
    dd_sky_said weather;     // weather: what is said of it
    double flashes;          // weather: by km² and hour; 0: no storm
    bool nature;             // weather: back to the place's own
    dd_report_kind topic;    // file: what it is about
    dd_report_kind filed_as; // file: the group it is filed in
    bool unfounded;          // file: nothing is there
} dd_action;

// Whether it can be done: faults fit their entities, a program goes to whole segments.
bool dd_action_check(const dd_world *world, const dd_action *action, dd_error *error);

// Does it, between events. `text` is how the records shall tell it. Nothing is done on an error.
bool dd_action_do(dd_world *world, const dd_action *action, const char *text, dd_error *error);
