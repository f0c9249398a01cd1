// What a board says: the frame that is being made, or was sent last. Of the kit's own.
#pragma once

#include "hil/kit/kit.h"

// Sends a frame without messages; number and limit are filled in. Leaves the one in the making.
void dd_kit_say(dd_kit *kit, hil_Frame *frame);

// Begins a frame of messages.
void dd_kit_begin(dd_kit *kit);
// False: it does not fit behind those that are there.
bool dd_kit_append(dd_kit *kit, const hil_Message *message);
bool dd_kit_begun(const dd_kit *kit); // whether there is any message in it
// Sends it, led by `head`.
void dd_kit_finish(dd_kit *kit, hil_Frame *head);
// Sends it once more, as it was.
void dd_kit_repeat(dd_kit *kit);

// Hello, its names cut to what fits.
void dd_kit_hello(dd_kit *kit);
