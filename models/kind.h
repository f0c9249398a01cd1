// The kinds of events, and the purposes of random draws.
#pragma once

typedef enum dd_kind_number {
    // a segment's; target: a station of its domain, the controller's for the whole segment
    DD_KIND_NODE_WAKE,       // a: generation
    DD_KIND_NODE_BOOT,       // a: generation
    DD_KIND_NODE_REPORT,     // a: its start
    DD_KIND_NODE_UPDATE,     // it restarts, or its trial is over; a: generation
    DD_KIND_CONTROLLER_WAKE, // a: generation
    DD_KIND_CONTROLLER_BOOT, // a: generation
    DD_KIND_REBOOT,          // a controller restarts, as it has said; a: generation
    DD_KIND_BATTERY_EMPTY,   // a: generation
    DD_KIND_METER,           // the feeders' energy is recorded
    DD_KIND_SIGHT_SCAN,      // small: dd_daytime that begins
    DD_KIND_LINE_DAY,        // plans the natural outage of a day
    DD_KIND_LINE_CHANGE,     // an outage begins or ends
    DD_KIND_ORDER,           // parcel: octets of a dd_order; a: how many
    DD_KIND_FAULT,           // parcel: dd_failing
    DD_KIND_JOB,             // parcel: dd_job
    DD_KIND_AIR_CLEAR,       // its CCA ends; small: its generation
    DD_KIND_AIR_END,         // its data frame ends; the same; a: transmission; b: receiver, or 0
    DD_KIND_AIR_ACK,         // its acknowledgement ends; the same; a: 0 when none came
    DD_KIND_NET_TIME,        // its network layer's deadline; small: its generation; a: timer
    DD_KIND_LAMP_START,      // its gear has started or warmed up; a: generation of its start
    DD_KIND_LAMP_CYCLE,      // its next outage, or return, by a cycling fault; a: generation
    DD_KIND_CONTACTOR,       // one of its contactors moves; small: feeder; a: generation
    DD_KIND_TRIP,            // one of its breakers' thermal release; small: feeder; a: generation
    DD_KIND_GRID_DAY,        // plans the natural disturbances of the supply of a day
    DD_KIND_GRID_CHANGE,     // one of them begins or ends
    DD_KIND_SKY,             // weather, tide and daylight are looked at; small: dd_sky_why
    DD_KIND_STRIKE,          // nature's or a storm's lightning; small: square; a: place; b: amperes
    DD_KIND_BOLT,            // lightning that was ordered; parcel: dd_hit
    DD_KIND_AGE,             // a lamp fails by its age, if it has burned on
    DD_KIND_HAZARD,          // small: hazard; a: look, strike or repair; b: member
    DD_KIND_VISIT,           // a crew looks or works here; parcel: dd_visit
    DD_KIND_LINE_HOUR,       // the lines' traffic is recorded; target: 1
    DD_KIND_AIR_HOUR,        // the air's counters are recorded; target: 1
    DD_KIND_SEAT,            // a change in the controller's place; small: dd_seat_event
    DD_KIND_RESPONSE,        // a board has said something; small, a and parcel: see seat.c
    DD_KIND_WATCHDOG,        // a controller that hangs is started anew; a: generation
    // the hub's
    DD_SEGMENT_KINDS,
    DD_KIND_WORD = DD_SEGMENT_KINDS, // target: segment; parcel: octets of a dd_word; a: how many
    DD_KIND_INBOUND,                 // a packet has passed the centre's own line; target: segment
    DD_KIND_ACCEPT,                  // a session's turn has come; target: segment; a: attempt
    DD_KIND_SILENCE,                 // target: segment
    DD_KIND_COMMAND_RETRY,           // target: segment; a: command; b: its number
    DD_KIND_LINE_FAULT,              // target: segment; parcel: dd_failing
    DD_KIND_SIGHT,                   // target: lamp; small: dd_sight
    DD_KIND_NOTICE,                  // target: road; a: generation
    DD_KIND_ARRIVAL,                 // a report of another kind than dark lamps, perhaps
    DD_KIND_TRIAGE,                  // target: report
    DD_KIND_FOUND,                   // what a visit came to; target: segment; parcel: dd_finding
    DD_KIND_CREW,                    // target: segment where a crew is; small: crew; a: generation
    DD_KIND_DEPOT,                   // a crew comes home; target: crew; a: generation
    DD_KIND_DISPATCH,                // crews are given what waits
    DD_KIND_SHIFT,                   // shifts begin or end
    DD_KIND_SHELF,                   // an alarm's time on the shelf ends; a: its number
    DD_KIND_INCIDENT,                // incidents are looked at
    DD_KIND_SCHEDULE,                // target: segment; a pushed calendar is read back
    DD_KIND_CAMPAIGN,                // target: segment; a: campaign; b: its generation
    DD_KIND_FILE,                    // a citizen files what he has seen; target: report
    DD_KIND_REPORT,                  // a report's next step; target: report; a: generation
    DD_KIND_OFFICE,                  // the lighting people go round; small: 1 by night, 0 by day
    DD_KIND_MATTER,                  // target: matter; small: dd_matter_step; a: its number
    DD_KIND_OUTLOOK,                 // people look at the weather
    DD_KINDS,
} dd_kind_number;

// A number once given stays: another would draw other nights from the same seeds.
typedef enum dd_purpose {
    DD_DRAW_CLOCK = 1,
    DD_DRAW_SHADOW,
    DD_DRAW_FADE,
    DD_DRAW_LINE = 6, // 4 and 5 are not given any more
    DD_DRAW_NOTICE,
    DD_DRAW_ARRIVAL,
    DD_DRAW_REPORT,
    DD_DRAW_TRIAGE,
    DD_DRAW_SCENARIO,
    DD_DRAW_RECEPTION,      // does a frame survive
    DD_DRAW_BACKOFF,        // CSMA/CA
    DD_DRAW_NET,            // the network layer's
    DD_DRAW_REPORTING = 16, // when lamps report; nor is 15
    DD_DRAW_CRYSTAL,
    DD_DRAW_LIFETIME, // of a luminaire, by mode
    DD_DRAW_CYCLE,
    DD_DRAW_LUMINAIRE, // how one luminaire differs from the next
    DD_DRAW_METER,
    DD_DRAW_GRID,
    DD_DRAW_WEATHER = 24, // nor is 23
    DD_DRAW_STRIKE,
    DD_DRAW_SURGE,
    DD_DRAW_HAZARD,
    DD_DRAW_CREW = 29, // by crew and ticket; nor is 28
    DD_DRAW_FINDING,   // diagnosis
    DD_DRAW_WARD,      // how long a ward takes
    DD_DRAW_CONTENT,   // how content citizens are
    DD_DRAW_FIRMWARE,
    DD_DRAW_LINE_FAILURE, // of an operator, an area or the centre's line
    DD_DRAW_PERSON,       // what a citizen is like
    DD_DRAW_MATTER,       // what is wrong in a street
    DD_DRAW_KEY = 0x0C1FE400,
    DD_DRAW_OUTAGE = 0x0B4C0A75,
    DD_DRAW_JAMMER = 0x0A1250AC,
    DD_DRAW_BREAKER = 0x0B4EA4E4,
} dd_purpose;
