// Giving an image to the nodes. It is offered to all at once, and so are its blocks, one after the
// other (multicast, MPL); then each node in turn is asked what it lacks (a report of missing blocks
// as in RFC 9177, 4.4) and given that: once more to all, since others lack it too, and in later
// passes to it alone. Nodes without supply or answer are asked again in the next pass. Whoever has
// all of it verifies it by itself.
//
// Starting it: node by node, a few at once, so that the mesh holds. A node that comes back and
// answers has shown that it runs and is heard: it is told to keep the image. One that stays silent
// goes back by itself when its trial ends. After some failures in a row nobody else is tried.
#pragma once

#include "models/controller/core/core.h"

// Gives the image in the store to all nodes; after a restart, beginning with what each lacks.
void dd_core_spread_begin(dd_core *core);
void dd_core_spread_resume(dd_core *core);

// Starts it on whoever has it or, in phase DD_UPDATE_REVERTING, the one before on whoever runs it.
void dd_core_spread_apply(dd_core *core);

// A transaction of it is over; `status` is NULL when the node did not answer.
void dd_core_spread_end(dd_core *core, const dd_core_task *task, const dd_firmware_status *status);

void dd_core_spread_work(dd_core *core);
int64_t dd_core_spread_deadline_ms(const dd_core *core);
