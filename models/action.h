// What an operator of the centre, or an instructor, can do; one form for scenarios, the command
// line, the window and the web. As text (models/action_text.h):
//
//   override TARGET LEVEL% [DURATION]   hold lamps at a level, for a time or until resumed
//   resume TARGET                       back to the program
//   read TARGET                         read lamps now
//   fail TARGET FAULT                   make something fail (instructor)
//   fail TARGET jammer [KIND [FIGURES]] jam the mesh at a lamp, a segment's controller or the
//   middle
//                                       of a road (instructor); KIND is carrier, wifi, rfid or
//                                       mesh, FIGURES power=20 (dBm EIRP) channel=15 duty=30 (%)
//   repair TARGET [FAULT]               repair it, or all that is wrong with it (instructor)
//   acknowledge NUMBER                  an alarm has been seen
//   program TARGET POINTS               give whole segments a program, such as
//                                       sunset=100,23:00=60,sunrise=0
//   rain MM_PER_H                       it rains so much from now on; 0 ends it (instructor)
//
// TARGET is lamp:ID, segment:ID, feeder:ID, road:NAME, ward:NAME or city. Blanks in a name are
// written as underscores: road:Đồng_Khởi.
#pragma once

#include "models/disturbance.h"
#include "models/fault.h"

typedef enum dd_verb {
    DD_VERB_NONE,
    DD_VERB_OVERRIDE,
    DD_VERB_RESUME,
    DD_VERB_READ,
    DD_VERB_FAIL,
    DD_VERB_REPAIR,
    DD_VERB_ACKNOWLEDGE,
    DD_VERB_PROGRAM,
    DD_VERB_RAIN,
    DD_VERBS,
} dd_verb;

typedef struct dd_action {
    dd_verb verb;
    const uint32_t *entities; // what on; lamps for override, resume and read
    uint32_t entity_n;
    uint32_t about;       // what the record shall name; 0: the one entity, or the city
    uint16_t level_pm;    // override
    dd_time lasts;        // override; 0: until resumed
    dd_fault_kind fault;  // fail; repair: DD_FAULT_NONE repairs all
    dd_jammer_def jammer; // fail with a jammer
    uint32_t alarm;       // acknowledge
    double rain_mm_h;     // rain
    dd_program program;   // program; its id is made of its points
} dd_action;

// Whether it can be done: faults fit their entities, a program goes to whole segments.
bool dd_action_check(const dd_world *world, const dd_action *action, dd_error *error);

// Does it, between events. `text` is how the records shall tell it. Nothing is done on an error.
bool dd_action_do(dd_world *world, const dd_action *action, const char *text, dd_error *error);
