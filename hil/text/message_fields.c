#include "hil/text/message_fields.h"

#include "engine/time.h"
#include "hil/wire/legible.h"
#include "models/controller/core/message.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void dd_fields_init(dd_message_fields *fields) {
    fields->n = fields->text_n = 0;
    fields->more = false;
}

static dd_message_field *add(dd_message_fields *fields, const char *name, dd_unit unit) {
    static dd_message_field spare; // nobody reads it
    if (fields->n == DD_FIELDS_MAX) fields->more = true;
    dd_message_field *field = fields->more ? &spare : &fields->fields[fields->n++];
    field->unit = (uint8_t)unit;
    field->key = false;
    field->value = 0;
    field->text = 0;
    dd_legible(field->name, sizeof field->name, name, strlen(name));
    return field;
}

void dd_fields_add(dd_message_fields *fields, const char *name, dd_unit unit, int64_t value) {
    add(fields, name, unit)->value = value;
}

static void add_text(dd_message_fields *fields, const char *name, dd_unit unit, const char *text,
                     size_t n) {
    if (n + 1 > sizeof fields->texts - fields->text_n) {
        fields->more = true;
        return;
    }
    add(fields, name, unit)->text = fields->text_n;
    n = dd_legible(fields->texts + fields->text_n, n + 1, text, n);
    fields->text_n = (uint16_t)(fields->text_n + n + 1);
}

static void add_formatted(dd_message_fields *fields, const char *name, dd_unit unit,
                          const char *format, va_list arguments) {
    char text[256];
    vsnprintf(text, sizeof text, format, arguments);
    add_text(fields, name, unit, text, strlen(text));
}

void dd_fields_add_words(dd_message_fields *fields, const char *name, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_formatted(fields, name, DD_UNIT_WORDS, format, arguments);
    va_end(arguments);
}

void dd_fields_add_plain(dd_message_fields *fields, const char *name, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_formatted(fields, name, DD_UNIT_PLAIN, format, arguments);
    va_end(arguments);
}

void dd_fields_add_octets(dd_message_fields *fields, const char *name, const uint8_t *octets,
                          size_t n) {
    static const char digits[] = "0123456789abcdef";
    char hex[2048];
    bool cut = n > sizeof hex / 2;
    if (cut) n = sizeof hex / 2;
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[octets[i] >> 4];
        hex[2 * i + 1] = digits[octets[i] & 15];
    }
    add_text(fields, name, DD_UNIT_WORDS, hex, 2 * n);
    fields->more |= cut;
}

void dd_fields_mark(dd_message_fields *fields) {
    if (fields->n > 0 && !fields->more) fields->fields[fields->n - 1].key = true;
}

const dd_message_field *dd_fields_find(const dd_message_fields *fields, const char *name) {
    for (uint16_t i = 0; i < fields->n; i++)
        if (strcmp(fields->fields[i].name, name) == 0) return &fields->fields[i];
    return NULL;
}

// --- For people ---

// As "2020-08-03T14:10:00.123Z"; what cannot be a clock, as the number that it is.
static size_t clock_text(int64_t clock_ms, char *text, size_t size) {
    if (clock_ms < DD_CLOCK_EARLIEST_MS || clock_ms >= DD_CLOCK_LATEST_MS)
        return (size_t)snprintf(text, size, "%" PRId64, clock_ms);
    dd_calendar utc = {.start_unix_s = clock_ms / 1000};
    dd_civil at = dd_civil_at(&utc, 0);
    return (size_t)snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", at.year, at.month,
                            at.day, at.hour, at.minute, at.second, (int)(clock_ms % 1000));
}

size_t dd_field_text(const dd_message_fields *fields, const dd_message_field *field, char *text,
                     size_t size) {
    switch ((dd_unit)field->unit) {
    case DD_UNIT_PLAIN:
    case DD_UNIT_WORDS: {
        size_t n = strlen(fields->texts + field->text);
        dd_legible(text, size, fields->texts + field->text, n);
        return n;
    }
    case DD_UNIT_CLOCK_MS:
        return clock_text(field->value, text, size);
    default:
        return (size_t)snprintf(text, size, "%" PRId64, field->value);
    }
}
