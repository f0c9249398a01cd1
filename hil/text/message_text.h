// Messages for people, each in one line: what monitors, reports and logs show. All functions write
// at most `size` octets, the closing 0 included, and cut what is longer; "..." shows it.
#pragma once

#include "hil/text/message_fields.h"

void dd_fields_text(const dd_message_fields *fields, char *text, size_t size);
void dd_stimulus_text(const dd_stimulus *stimulus, char *text, size_t size);
void dd_response_text(const dd_response *response, char *text, size_t size);
void dd_message_text(const Hil__Message *message, bool to_board, char *text, size_t size);
// A frame without its messages: "grant, step 3, uptime_us 2000000, number 12, limit 70".
void dd_frame_text(const Hil__Frame *frame, char *text, size_t size);
