// The root cause that an alarm is held to have, by what else stands in its segment and, for silent
// controllers, in the city:
//
//   alarm                       and                                        cause           names
//   on battery                  others at the same time                    supply          ward,
//   city
//                               else                                       supply          segment
//   silent controller           a last gasp before                         as that
//                               most others silent too                     centre          city
//                               most others of its operator, or its ward   operator        those
//                               none of these                              line            segment
//   dead phases, breaker,       on battery                                 as that
//   contactor does not close    its feeder leaks, or did before            as leakage
//                               else                                       feeder          feeder
//   leakage                     feeders of several segments of its ward    flood           ward
//                               several feeders of its segment             flood           segment
//                               else                                       feeder          feeder
//   other alarms of a feeder                                               feeder          feeder
//   door                                                                   unknown         segment
//   of the controller itself                                               controller      segment
//   update                                                                 firmware        segment
//   calendar, left override                                                order           segment
//   any of a lamp               its supply, or its feeder's phase, is dead  that
//   silent lamp                 a feeder beside it is dead                 that
//                               all are from its pole outward, or further   cable           first
//   lamp
//                               many are, here and there                   mesh            segment
//                               else                                       lamp            lamp
//   strange voltage             several lamps of the feeder                cable           first
//   lamp burns, or does not dim      many lamps of the segment                  firmware segment
//   any of a lamp but silence   it was updated, and so were many that have    firmware segment
//                               alarms since
//   others of a lamp                                                       lamp            lamp
//
// How sure the centre is of it (%) is an estimate: what was said by a contact of its own outweighs
// what was reckoned from silence.
#pragma once

#include "models/centre/evidence.h"

typedef struct dd_suspicion {
    uint32_t entity;
    uint32_t segment; // 0: several
    uint32_t signs;   // mask of dd_sign
    uint8_t cause;    // dd_cause
    uint8_t confidence;
} dd_suspicion;

// What an alarm of a segment, whose evidence this is, comes from.
dd_suspicion dd_root_cause(const dd_domain *hub, const struct dd_centre *centre,
                           const dd_evidence *evidence, const dd_alarm *alarm);

// How many things a cause makes fail, the more where it is of several segments: what explains more
// takes over from what explains less.
int dd_cause_width(dd_cause cause, bool several);

// How long alarms of a kind wait for others before their cause is asked for (estimates: lines are
// missed over a minute or so, contacts move within seconds).
dd_time dd_cause_patience(dd_alarm_kind kind);
