// What it takes to find and mend each kind of fault: skills, a spare, time, and how often it is
// taken for something else.
#pragma once

#include "models/schema.h"

// What the people and the vehicle of a crew can do; a mask.
typedef enum dd_skill {
    DD_SKILL_ELECTRICIAN = 1,
    DD_SKILL_TELECOM = 2,
    DD_SKILL_LIFT = 4, // a vehicle that reaches the lanterns
} dd_skill;

// What a vehicle carries and the depot keeps.
typedef enum dd_spare {
    DD_SPARE_NONE,
    DD_SPARE_MODULE, // of LEDs
    DD_SPARE_DRIVER,
    DD_SPARE_NODE,
    DD_SPARE_PHOTOCELL,
    DD_SPARE_CABLE, // a drum for one place
    DD_SPARE_BREAKER,
    DD_SPARE_CONTACTOR,
    DD_SPARE_METER,
    DD_SPARE_CONTROLLER,
    DD_SPARE_MODEM,
    DD_SPARES,
} dd_spare;

extern const char *const dd_spare_names[]; // NULL-terminated, in the order of dd_spare

typedef struct dd_remedy {
    uint8_t skills;      // all that are needed to mend it, a mask of dd_skill
    uint8_t spare;       // dd_spare that mending it uses up
    uint16_t look_min;   // median time to find it
    uint16_t repair_min; // median time to mend it; 0: no crew of the lighting's can
    uint8_t wrong;       // % of first looks that do not find it
    uint8_t mistaken;    // dd_fault_kind that it is then taken for; none: nothing is found
} dd_remedy;

// By dd_fault_kind. Estimates all (facts H).
extern const dd_remedy dd_remedies[DD_FAULT_KINDS];

// Whether a crew can mend it at all: not the grid, an operator's network, or somebody's jammer.
static inline bool dd_remedy_known(dd_fault_kind fault) {
    return dd_remedies[fault].repair_min != 0;
}
