// A group: lamps of one segment that orders and calendars can mean together. Lamps in groups of the
// same id in several segments make up one of the city's. Freestanding.
#pragma once

#include "models/controller/core/lamp_set.h"

enum { DD_GROUPS = 8 }; // of one segment

typedef struct dd_group {
    uint32_t id;      // 0: there is none here
    uint8_t calendar; // its lamps follow this one of the timetable's; 0: the segment's
    uint8_t reserved[3];
    dd_lamp_set lamps;
} dd_group;
