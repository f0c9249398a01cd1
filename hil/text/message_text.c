#include "hil/text/message_text.h"

#include "hil/wire/legible.h"

#include <stdio.h>
#include <string.h>

typedef struct dd_line_of_text {
    char *text;
    size_t size, n; // n: written, or that would have been
} dd_line_of_text;

static void put(dd_line_of_text *line, const char *words) {
    if (line->n < line->size) snprintf(line->text + line->n, line->size - line->n, "%s", words);
    line->n += strlen(words);
}

// "datagram, lamp 17, CON GET /3416/0, id 4711": words that speak for themselves stand together.
void dd_fields_text(const dd_message_fields *fields, char *text, size_t size) {
    dd_line_of_text line = {text, size, 0};
    text[0] = 0;
    for (uint16_t i = 0; i < fields->n && line.n < size; i++) {
        const dd_message_field *field = &fields->fields[i];
        bool plain = field->unit == DD_UNIT_PLAIN;
        char value[DD_FIELDS_TEXT];
        dd_field_text(fields, field, value, sizeof value);
        if (i > 0) put(&line, plain && field[-1].unit == DD_UNIT_PLAIN ? " " : ", ");
        if (!plain) put(&line, field->name);
        if (!plain) put(&line, " ");
        put(&line, value);
    }
    if (fields->more) put(&line, ", ...");
    if (line.n < size || size <= 4) return;
    text[size - 4] = 0;
    dd_legible_end(text);
    strcat(text, "...");
}

void dd_stimulus_text(const dd_stimulus *stimulus, char *text, size_t size) {
    dd_message_fields fields;
    dd_fields_of_stimulus(&fields, stimulus);
    dd_fields_text(&fields, text, size);
}

void dd_response_text(const dd_response *response, char *text, size_t size) {
    dd_message_fields fields;
    dd_fields_of_response(&fields, response);
    dd_fields_text(&fields, text, size);
}

void dd_message_text(const Hil__Message *message, bool to_board, char *text, size_t size) {
    dd_message_fields fields;
    dd_fields_of_message(&fields, message, to_board);
    dd_fields_text(&fields, text, size);
}

void dd_frame_text(const Hil__Frame *frame, char *text, size_t size) {
    dd_message_fields fields;
    dd_fields_of_frame(&fields, frame);
    dd_fields_text(&fields, text, size);
}
