// Transactions with nodes over the mesh. A request is said once; whoever carries it sends it again
// as long as it is not answered (CoAP does), and says in the end that there was no answer.
#pragma once

#include "models/controller/core/core.h"

bool dd_core_task_free(const dd_core *core);

// Whether a lamp can be asked something: a task is free, and none is under way with this lamp.
bool dd_core_task_may(const dd_core *core, uint16_t lamp);

// Asks a lamp something: `what` has the kind and, for overrides, level, ramp and expiry. A task
// must be free. `command` is 1 + the index of the order that this serves, 0 for the poll.
void dd_core_task_start(dd_core *core, uint16_t lamp, uint8_t command, const dd_node_request *what);

// Asks all lamps at once, or those of `what->lamps`, of which no answer comes. Only what changes
// something, not a read. A calendar comes with it.
void dd_core_task_tell_all(dd_core *core, const dd_node_request *what);

// A node's answer or, unasked, its report; and the end of a request without any.
void dd_core_task_reply(dd_core *core, const dd_node_reply *reply);
void dd_core_task_silent(dd_core *core, uint16_t lamp, uint8_t token);

// Its feeder's phase is dead: what is under way with this lamp is over.
void dd_core_task_dark(dd_core *core, uint16_t lamp);

// Takes the lamps with a transaction under way out of a set.
void dd_core_task_exclude(const dd_core *core, dd_lamp_set *set);

void dd_core_task_work(dd_core *core);
int64_t dd_core_task_deadline_ms(const dd_core *core);
