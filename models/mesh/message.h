// The messages that cross the mesh, followed from end to end: who holds a copy, how far it came,
// why it was lost. Nodes know nothing of this; it rides beside the octets, for the records.
#pragma once

#include "engine/engine.h"

typedef struct dd_message {
    dd_time started;
    uint32_t segment; // the city's
    uint16_t from, to; // numbers within the segment
    uint16_t holders; // copies in queues and on their way
    uint8_t hops;
    bool delivered;
    dd_mesh_loss loss; // of the last copy that failed
} dd_message;
