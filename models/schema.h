// The kinds of records that the city makes; the table is the schema of every output of a run.
#pragma once

#include "engine/record.h"

typedef enum dd_record_number {
    DD_REC_LAMP_LIGHT, // truth: a luminaire's light or power changed
    DD_REC_FEEDER_SUPPLY,
    DD_REC_FAULT,
    DD_REC_LINE,
    DD_REC_CONTROLLER,
    DD_REC_WEATHER,
    DD_REC_STRIKE,  // lightning
    DD_REC_BREAKER, // a feeder's breaker trips or is closed
    DD_REC_CABINET, // an input of a cabinet changes
    DD_REC_GRID,    // the supply of an area changes
    DD_REC_REFIT,   // a lamp gets another luminaire
    DD_REC_FEEDER_ENERGY,
    DD_REC_LAMP_ENERGY,  // what a lamp has taken, at the end of the run
    DD_REC_LAMP_ACCOUNT, // on whose account it is, at the end of the run
    DD_REC_MESH_MESSAGE,
    DD_REC_MESH_LOSS,
    DD_REC_MESH_GROUP,
    DD_REC_MESH_PARENT,
    DD_REC_MESH_JOIN,
    DD_REC_MESH_REPAIR,
    DD_REC_MESH_AIR,
    DD_REC_MESH_LINK,
    DD_REC_MESH_REFUSED,
    DD_REC_AIR_FRAME, // these two are made only for captures
    DD_REC_AIR_HEARD,
    DD_REC_SIGHT,
    DD_REC_CLOCK,     // a controller's clock is set, or jumps
    DD_REC_FIRMWARE,  // of a node or a controller
    DD_REC_CREW,      // sets out, arrives, works, comes home
    DD_REC_CREW_WORK, // what a crew truly found and did
    DD_REC_TRAFFIC,   // of a backhaul line, every hour and at the end
    DD_REC_MATTER,    // what citizens report: noticed, put right, gone
    DD_REC_METER,     // belief: from here on what the centre, the office or the scenario holds
    DD_REC_READING,
    DD_REC_ALARM_RAISED,
    DD_REC_ALARM_RETURNED,
    DD_REC_ALARM_ACKNOWLEDGED,
    DD_REC_ALARM_CLEARED,
    DD_REC_ALARM_SHELVED,
    DD_REC_ALARM_UNSHELVED,
    DD_REC_ALARM_SUPPRESSED, // an incident explains it, or does not any more
    DD_REC_INCIDENT,
    DD_REC_INCIDENT_LINK,
    DD_REC_BELIEF,   // what the centre holds a lamp's light to be, and why
    DD_REC_SESSION,  // between a controller and the centre
    DD_REC_LOG_GAP,  // words that a controller could not keep
    DD_REC_SCHEDULE, // a segment's calendar as pushed and read back
    DD_REC_CAMPAIGN, // of a firmware update
    DD_REC_DISPATCH,
    DD_REC_FINDING, // what a crew says that it found and did
    DD_REC_COMMAND,
    DD_REC_COMMAND_OUTCOME,
    DD_REC_REPORT,
    DD_REC_REPORT_TRANSFERRED,
    DD_REC_REPORT_OVERDUE,
    DD_REC_REPORT_ANSWERED,
    DD_REC_REPORT_RATED, // by who filed it
    DD_REC_BOARD,        // in a controller's place: how it stands with it
    DD_REC_BOARD_TIME,   // how it kept time
    DD_REC_DIVERGENCE,   // of a board from its shadow
    DD_REC_ACTION,
    DD_REC_NOTE,
    DD_REC_CRITERION,
    DD_REC_KINDS,
} dd_record_number;

extern const dd_record_schema dd_schema;

// Why a luminaire's light changed.
typedef enum dd_light_reason {
    DD_WHY_PROGRAM,
    DD_WHY_OVERRIDE,
    DD_WHY_RESUME,
    DD_WHY_SUPPLY,
    DD_WHY_START,
    DD_WHY_FAULT,
    DD_WHY_REPAIR,
    DD_WHY_STARTED, // the gear has started, or warmed up
    DD_WHY_PHOTOCELL,
    DD_WHY_VOLTAGE,
    DD_WHY_HEAT,
    DD_WHY_REFIT, // another luminaire
} dd_light_reason;

// What can be made to fail, and repaired; their signatures: facts A3. Of which kinds of entities:
// models/action/fault.h.
typedef enum dd_fault_kind {
    DD_FAULT_NONE,
    // a lamp's
    DD_FAULT_LED_OPEN,         // no light, standby power
    DD_FAULT_LED_SHORT,        // a string is shorted: part of the light, part of the power
    DD_FAULT_DRIVER_DEAD,      // no light, no power but its filter's reactive current
    DD_FAULT_NO_DIMMING,       // full light at any level above 0
    DD_FAULT_STUCK_ON,         // relay welded: full light whenever supplied
    DD_FAULT_RELAY_OPEN,       // relay stuck open: driver without mains, no current at all
    DD_FAULT_CYCLING,          // goes out and comes back, again and again
    DD_FAULT_BUS_OPEN,         // DALI bus open: driver at its system failure level
    DD_FAULT_OVERHEATING,      // bad heat path: the driver derates itself
    DD_FAULT_WRONG_CURVE,      // driver set to the other dimming curve than the node's
    DD_FAULT_NODE_DEAD,        // node silent (surge), driver at its failure level
    DD_FAULT_NODE_METER,       // the node measures wrong
    DD_FAULT_PHOTOCELL_DARK,   // photocell sees dark always: burns by day (lamp or segment)
    DD_FAULT_PHOTOCELL_BRIGHT, // photocell sees light always: dark at night (lamp or segment)
    DD_FAULT_CABLE_CUT,        // cable cut before this lamp's pole: dead from here outward
    DD_FAULT_SHORT_CIRCUIT,    // short circuit at this lamp's pole, of its phase
    // a feeder's
    DD_FAULT_BREAKER,  // tripped, all phases dead; its repair closes it again
    DD_FAULT_PHASE_L1, // one phase dead
    DD_FAULT_PHASE_L2,
    DD_FAULT_PHASE_L3,
    DD_FAULT_CONTACTOR_WELDED, // stays closed
    DD_FAULT_CONTACTOR_DEAD,   // does not close
    DD_FAULT_BYPASS,           // manual override left on: fed past the contactor
    DD_FAULT_SWITCHED_OFF,     // somebody knocked its switch: fed no more
    DD_FAULT_LEAKAGE,          // insulation gives way: earth leakage, more of it when wet
    DD_FAULT_METER_DRIFT,      // its meter says less than the truth
    // a segment's
    DD_FAULT_BLACKOUT,   // no supply at all
    DD_FAULT_BROWNOUT,   // voltage far too low
    DD_FAULT_LINE,       // backhaul down
    DD_FAULT_CONTROLLER, // controller dead
    DD_FAULT_DOOR_OPEN,  // its cabinet's door stands open
    DD_FAULT_FLOODED,    // water in its cabinet and pole bases
    DD_FAULT_HANG,       // the controller's program hangs, until its watchdog starts it anew
    DD_FAULT_STORE,      // the controller's flash takes no more writes
    DD_FAULT_CLOCK,      // the controller's clock jumps ahead by a year
    DD_FAULT_OUTAGE,     // operator, ward (its cables) or city (the centre's own line): lines down
    DD_FAULT_JAMMER,     // lamp, segment or road: somebody jams the mesh from there
    DD_FAULT_KINDS,
} dd_fault_kind;

extern const char *const dd_fault_names[]; // NULL-terminated, in the order of dd_fault_kind

typedef enum dd_entity_type {
    DD_ENTITY_NONE,
    DD_ENTITY_LAMP,
    DD_ENTITY_SEGMENT,
    DD_ENTITY_FEEDER,
    DD_ENTITY_CABINET,
    DD_ENTITY_ROAD,
    DD_ENTITY_WARD,
    DD_ENTITY_CITY,
    DD_ENTITY_OPERATOR, // of telecom lines
    DD_ENTITY_CREW,
    DD_ENTITY_TYPES,
} dd_entity_type;

extern const char *const dd_entity_type_names[]; // NULL-terminated

// Why a feeder's breaker changed.
typedef enum dd_breaker_reason {
    DD_BREAKER_CLOSED,   // by hand
    DD_BREAKER_OPENED,   // by hand, or said to have tripped
    DD_BREAKER_THERMAL,  // overload
    DD_BREAKER_MAGNETIC, // short circuit
    DD_BREAKER_INRUSH,   // drivers that all started at once
    DD_BREAKER_RESIDUAL, // earth leakage (RCD)
    DD_BREAKER_REASONS,
} dd_breaker_reason;

// The inputs of a cabinet.
typedef enum dd_cabinet_input {
    DD_CABINET_CONTACTOR, // of a feeder: its feedback contact
    DD_CABINET_BREAKER,   // of a feeder: tripped
    DD_CABINET_LEAKAGE,   // of a feeder: leakage above its warning
    DD_CABINET_OVERRIDE,  // of a feeder: hand switch not on automatic
    DD_CABINET_DOOR,      // of the segment
    DD_CABINET_PHOTOCELL, // of the segment: dark
    DD_CABINET_INPUTS,
} dd_cabinet_input;

// What became of a message in the mesh.
typedef enum dd_mesh_outcome {
    DD_MESH_DELIVERED,
    DD_MESH_NO_ROUTE,
    DD_MESH_NO_ACK,     // every attempt over one hop failed, and there was no other way
    DD_MESH_QUEUE_FULL, // of a node on the way
    DD_MESH_NO_CLEAR_CHANNEL,
    DD_MESH_HOP_LIMIT, // or a loop
    DD_MESH_FRAGMENT,  // a part of it was missing, or there was no room for its parts
    DD_MESH_POWER,     // the node that held it lost its power or failed
    DD_MESH_OUTCOMES,
} dd_mesh_outcome;

extern const char *const dd_mesh_outcome_names[]; // NULL-terminated, in the order of the numbers

// Why a frame did not reach a receiver.
typedef enum dd_loss {
    DD_LOSS_NONE,      // it did
    DD_LOSS_WEAK,      // too weak, at the median of the link too
    DD_LOSS_FADE,      // too weak at this time: fading or rain; the median would have done
    DD_LOSS_COLLISION, // with the culprit's frame
    DD_LOSS_LOCKED,    // the receiver was busy with the culprit's frame
    DD_LOSS_SENDING,   // the receiver was itself sending, or turning around
    DD_LOSS_JAMMED,    // by a source that is no mesh's
    DD_LOSS_CUT,       // the sender lost its supply under way
    DD_LOSS_OFF,       // the receiver has no power or does not work
    DD_LOSS_ACK,       // it arrived, but no acknowledgement came back
    DD_LOSSES,
} dd_loss;

extern const char *const dd_loss_names[]; // NULL-terminated, in the order of the numbers

// Why a node refused a frame that it received well.
typedef enum dd_mesh_refusal {
    DD_REFUSED_MALFORMED, // 6LoWPAN, IPv6 or what it carries
    DD_REFUSED_CHECKSUM,
    DD_REFUSED_ADDRESS,  // not for this node, or from no member of this mesh
    DD_REFUSED_PROTOCOL, // nobody listens to it
    DD_REFUSED_FRAGMENT, // of no datagram that is being put together
    DD_REFUSED_DODAG,    // another routing tree's
    DD_REFUSED_SECURITY, // not protected, or not as it must be
    DD_REFUSED_REPLAY,
    DD_REFUSALS,
} dd_mesh_refusal;

extern const char *const dd_mesh_refusal_names[]; // NULL-terminated, in the order of the numbers

typedef enum dd_mesh_repair {
    DD_REPAIR_LOOP,   // a datagram went the wrong way: the node made its Trickle timer start anew
    DD_REPAIR_GLOBAL, // the root began a new version of the tree
} dd_mesh_repair;

typedef enum dd_alarm_kind {
    DD_ALARM_NONE,
    DD_ALARM_LAMP_FAILURE,
    DD_ALARM_UNEXPECTED_ON,
    DD_ALARM_COMMUNICATION,
    DD_ALARM_SUPPLY,
    DD_ALARM_CONTROL_GEAR,
    DD_ALARM_BATTERY,
    DD_ALARM_LINE,
    DD_ALARM_POWER_LOW,   // lamp: burns, but takes too little
    DD_ALARM_DIMMING,     // lamp: does not follow its level
    DD_ALARM_RELAY,       // lamp
    DD_ALARM_CYCLING,     // lamp
    DD_ALARM_GEAR_SILENT, // lamp: the gear does not answer on its bus
    DD_ALARM_HIGH_TEMPERATURE,
    DD_ALARM_VOLTAGE,        // lamp: supply voltage out of range
    DD_ALARM_SWITCHING_ON,   // feeder: does not come on
    DD_ALARM_SWITCHING_OFF,  // feeder: does not go off
    DD_ALARM_BREAKER,        // feeder
    DD_ALARM_LEAKAGE,        // feeder
    DD_ALARM_DOOR,           // segment
    DD_ALARM_LOCAL_OVERRIDE, // feeder: switched by hand at the cabinet
    DD_ALARM_FEEDER_VOLTAGE, // feeder: voltage at its terminals out of range
    // segment: of the controller itself
    DD_ALARM_RESTARTED,        // by its watchdog
    DD_ALARM_CLOCK,            // its clock is in doubt, or long not set
    DD_ALARM_LOG_FULL,         // words have been lost
    DD_ALARM_STORE,            // its flash takes no more writes
    DD_ALARM_INVALID_CALENDAR, // no program for today
    DD_ALARM_GARBAGE,          // it hears what makes no sense
    DD_ALARM_UPDATE,           // a firmware update failed
    DD_ALARM_SCHEDULE,         // what it follows is not what the centre gave it
    DD_ALARM_OVERRIDE_LEFT,    // lamps held by an order that nobody has ended
    DD_ALARM_KINDS,
} dd_alarm_kind;

extern const char *const dd_alarm_names[]; // NULL-terminated, in the order of dd_alarm_kind

typedef enum dd_command_outcome {
    DD_COMMAND_DONE,
    DD_COMMAND_PARTLY,
    DD_COMMAND_FAILED,
    DD_COMMAND_EXPIRED, // no answer in time
    DD_COMMAND_OUTCOMES,
} dd_command_outcome;

// Why the centre holds that something is as it is: the root cause of an incident.
typedef enum dd_cause {
    DD_CAUSE_UNKNOWN,
    DD_CAUSE_LAMP,       // luminaire, its gear or its node
    DD_CAUSE_SUPPLY,     // no supply at the cabinet
    DD_CAUSE_FEEDER,     // breaker, contactor, switch or phase of a feeder
    DD_CAUSE_CABLE,      // a feeder from some pole outward
    DD_CAUSE_LINE,       // one segment's line
    DD_CAUSE_OPERATOR,   // lines of one operator or one area
    DD_CAUSE_CENTRE,     // the centre's own line
    DD_CAUSE_CONTROLLER, // a controller
    DD_CAUSE_MESH,       // radio: nodes shine but are not heard
    DD_CAUSE_ORDER,      // somebody's order: an override, a program
    DD_CAUSE_FIRMWARE,
    DD_CAUSE_FLOOD,
    DD_CAUSE_THEFT,
    DD_CAUSE_NOTHING, // a false alarm or report
    DD_CAUSES,
} dd_cause;

extern const char *const dd_cause_names[]; // NULL-terminated

// What has become of an incident.
typedef enum dd_incident_state {
    DD_INCIDENT_OPENED,
    DD_INCIDENT_CHANGED, // its cause, or how many lamps it makes dark
    DD_INCIDENT_OVER,    // what it is about has gone away
    DD_INCIDENT_CLOSED,
    DD_INCIDENT_STATES,
} dd_incident_state;

extern const char *const dd_incident_state_names[]; // NULL-terminated

// What the centre holds a lamp's light to be.
typedef enum dd_light_belief {
    DD_BELIEVED_UNKNOWN,
    DD_BELIEVED_LIT,
    DD_BELIEVED_OFF, // as it should be
    DD_BELIEVED_DARK,
    DD_BELIEVED_BURNING, // though it should not
    DD_LIGHT_BELIEFS,
} dd_light_belief;

extern const char *const dd_light_belief_names[]; // NULL-terminated

typedef enum dd_firmware_state {
    DD_FIRMWARE_RECEIVED, // all of it, and its digest is right
    DD_FIRMWARE_REFUSED,  // its digest is wrong, or it is not for this device
    DD_FIRMWARE_STARTED,  // on trial
    DD_FIRMWARE_CONFIRMED,
    DD_FIRMWARE_ROLLED_BACK,
    DD_FIRMWARE_STATES,
} dd_firmware_state;

extern const char *const dd_firmware_state_names[]; // NULL-terminated

typedef enum dd_crew_state {
    DD_CREW_OFF,   // no shift
    DD_CREW_READY, // at the depot
    DD_CREW_DRIVING,
    DD_CREW_LOOKING, // for the cause
    DD_CREW_WORKING,
    DD_CREW_RETURNING,
    DD_CREW_STATES,
} dd_crew_state;

extern const char *const dd_crew_state_names[]; // NULL-terminated

// What a crew's visit came to, as the crew says.
typedef enum dd_visit_result {
    DD_VISIT_OPEN, // it is not over
    DD_VISIT_MENDED,
    DD_VISIT_NOT_FOUND, // no cause
    DD_VISIT_NO_SKILL,  // it takes another crew
    DD_VISIT_NO_SPARE,
    DD_VISIT_NOT_OURS, // the grid's, an operator's, somebody else's
    DD_VISIT_UNSAFE,   // under water
    DD_VISIT_RECALLED,
    DD_VISIT_RESULTS,
} dd_visit_result;

extern const char *const dd_visit_result_names[]; // NULL-terminated

// What the office answers a report.
typedef enum dd_answer {
    DD_ANSWER_DONE,
    DD_ANSWER_DUPLICATE,
    DD_ANSWER_NOT_FOUND, // nothing was found there
    DD_ANSWER_NOT_OURS,
    DD_ANSWER_PLANNED, // it is so on purpose, or will be done later
    DD_ANSWERS,
} dd_answer;

extern const char *const dd_answer_names[]; // NULL-terminated

// The groups of the city's app ("Thành phố Bến Tre trực tuyến") and lighting.
typedef enum dd_report_kind {
    DD_REPORT_RUBBISH,
    DD_REPORT_STREET_SELLING,
    DD_REPORT_ADVERTISING,
    DD_REPORT_CONSTRUCTION,
    DD_REPORT_INFRASTRUCTURE,
    DD_REPORT_SECURITY,
    DD_REPORT_LIGHTING,
    DD_REPORT_KINDS,
} dd_report_kind;

extern const char *const dd_report_names[]; // NULL-terminated

// How a street lamp looks to people.
typedef enum dd_sight {
    DD_SIGHT_WELL,    // or it is twilight, when nobody can tell
    DD_SIGHT_DARK,    // at night
    DD_SIGHT_BURNING, // by day
    DD_SIGHT_FLICKER,
    DD_SIGHTS,
} dd_sight;

// What becomes of a matter that citizens report.
typedef enum dd_matter_change {
    DD_MATTER_NOTICED, // by somebody who is going to report it
    DD_MATTER_PUT_RIGHT,
    DD_MATTER_GONE, // by itself
    DD_MATTER_CHANGES,
} dd_matter_change;

// Telecom operators and crews are numbered from 1.
enum { DD_OPERATORS = 3, DD_CREWS_MAX = 8 };

extern const char *const dd_operator_names[DD_OPERATORS + 1];
extern const char *const dd_crew_names[DD_CREWS_MAX + 1];

extern const char *const dd_verb_names[]; // of operator actions; see models/action/action.h
