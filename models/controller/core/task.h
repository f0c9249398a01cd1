// Transactions with nodes over the mesh: asked, repeated with growing patience, answered or given
// up (after CoAP's confirmable messages, RFC 7252, 4.2).
#pragma once

#include "models/controller/core/core.h"

bool dd_core_task_free(const dd_core *core);

// Asks a lamp something; a task must be free. `command` is 1 + the index of the order that this
// serves, 0 for the poll. Level and expiry are for overrides.
void dd_core_task_start(dd_core *core, uint16_t lamp, dd_node_request_kind kind, uint8_t command,
                        uint16_t level_pm, int64_t expires_ms);

void dd_core_task_reply(dd_core *core, const dd_node_reply *reply);

// Its feeder's phase is dead: what is under way with this lamp is over.
void dd_core_task_dark(dd_core *core, uint16_t lamp);

// Takes the lamps with a transaction under way out of a set.
void dd_core_task_exclude(const dd_core *core, dd_lamp_set *set);

void dd_core_task_work(dd_core *core);
int64_t dd_core_task_deadline_ms(const dd_core *core);
