// The controller's session with the centre over its line: asked for with HELLO, on with WELCOME,
// kept alive, and asked for anew, after a back-off with jitter, when the centre falls silent. Words
// are said only while it is on; they wait in the outbox meanwhile.
#pragma once

#include "models/controller/core/core.h"

void dd_core_session_init(dd_core *core);

// Whether the centre has welcomed it and has answered since.
bool dd_core_session_up(const dd_core *core);

// The centre's welcome. One to an earlier attempt counts as garbage.
void dd_core_session_welcome(dd_core *core, const dd_order *order);

// The centre was heard, whatever it said, or something was said that it should answer.
void dd_core_session_heard(dd_core *core);
void dd_core_session_spoke(dd_core *core);

void dd_core_session_work(dd_core *core);
int64_t dd_core_session_deadline_ms(const dd_core *core);
