// Commands: what the centre asks of a segment, sent until it has a definite outcome.
#pragma once

#include "engine/engine.h"
#include "models/controller/core/message.h"
#include "models/schema.h"

struct dd_centre;

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

// Sends an order (override, resume, read; calendars and groups: models/centre/schedule.h) for lamps
// of one segment, by their numbers in it; lamp_n 0 means all of its group, or of the segment.
// `order` needs no number. Returns the command's number. Where no controller has been installed yet
// it fails at once.
uint32_t dd_centre_command(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                           const dd_order *order, uint64_t cause);

// The handle of the command under way that comes after another's in memory; 0 begins, and ends.
uint32_t dd_centre_command_after(const struct dd_centre *centre, uint32_t handle);

// A segment's controller says what became of a command; of another segment's it has no say.
void dd_centre_outcome(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                       const dd_word *word);

// A session with a segment's controller has begun: it is told at once what it could not be told, in
// the order in which it was commanded.
void dd_centre_remind(dd_domain *hub, struct dd_centre *centre, uint32_t segment);

// Event of the hub: the command with that handle and number may want sending again.
void dd_centre_retry(dd_domain *hub, struct dd_centre *centre, uint32_t command, uint32_t number);
