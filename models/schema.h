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
    DD_REC_FEEDER_ENERGY,
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
    DD_REC_READING, // belief: from here on what the centre, the office or the scenario holds
    DD_REC_ALARM_RAISED,
    DD_REC_ALARM_RETURNED,
    DD_REC_ALARM_ACKNOWLEDGED,
    DD_REC_ALARM_CLEARED,
    DD_REC_COMMAND,
    DD_REC_COMMAND_OUTCOME,
    DD_REC_REPORT,
    DD_REC_REPORT_TRANSFERRED,
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
} dd_light_reason;

// What can be made to fail, and repaired.
typedef enum dd_fault_kind {
    DD_FAULT_NONE,
    DD_FAULT_LED_OPEN,    // lamp: no light, standby power
    DD_FAULT_DRIVER_DEAD, // lamp: no light, no driver power, node up
    DD_FAULT_STUCK_ON,    // lamp: full light whenever supplied
    DD_FAULT_NO_DIMMING,  // lamp: full light at any level above 0
    DD_FAULT_NODE_DEAD,   // lamp: node silent, driver at its failure level
    DD_FAULT_BREAKER,     // feeder: all phases dead
    DD_FAULT_PHASE_L1,    // feeder: one phase dead
    DD_FAULT_PHASE_L2,
    DD_FAULT_PHASE_L3,
    DD_FAULT_BLACKOUT,   // segment: no supply at all
    DD_FAULT_LINE,       // segment: backhaul down
    DD_FAULT_CONTROLLER, // segment: controller dead
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
    DD_ENTITY_TYPES,
} dd_entity_type;

extern const char *const dd_entity_type_names[]; // NULL-terminated

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

extern const char *const dd_verb_names[]; // of operator actions; see models/action.h
