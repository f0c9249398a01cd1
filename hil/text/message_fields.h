// What a message says, taken apart into fields with names, so that two can be told apart and one
// be shown. CoAP, CBOR, the words and orders of the line and frames of the mesh are taken apart
// down to their values; what cannot be read is one field of octets.
#pragma once

#include "hil/domdom.pb-c.h"
#include "models/controller/stimulus.h"

typedef enum dd_unit {
    DD_UNIT_NUMBER,
    DD_UNIT_PLAIN,    // a word that speaks for itself: shown without its name
    DD_UNIT_WORDS,    // a text, octets, or a number that has a name
    DD_UNIT_ID,       // serves the transport only
    DD_UNIT_CLOCK_MS, // Unix
    DD_UNIT_LEVEL_PM,
    DD_UNIT_POWER_MW,
    DD_UNIT_POWER_W,
    DD_UNIT_VOLTAGE_DV,
    DD_UNIT_ENERGY_WH,
} dd_unit;

enum { DD_FIELDS_MAX = 200, DD_FIELD_NAME = 48, DD_FIELDS_TEXT = 4096 };

typedef struct dd_message_field {
    char name[DD_FIELD_NAME]; // "readings[0].level_pm", "3416/1 command"
    uint8_t unit;             // dd_unit
    bool key;                 // says what the message is about: its kind, its lamp
    int64_t value;
    uint16_t text; // PLAIN and WORDS: where it begins in `texts`
} dd_message_field;

// Those that are 0 are left out, as on the wire.
typedef struct dd_message_fields {
    uint16_t n, text_n;
    bool more; // than there is room for
    dd_message_field fields[DD_FIELDS_MAX];
    char texts[DD_FIELDS_TEXT];
} dd_message_fields;

// Of a message of the protocol, to the board or from it; of a stimulus and a response.
void dd_fields_of_message(dd_message_fields *fields, const Hil__Message *message, bool to_board);
void dd_fields_of_stimulus(dd_message_fields *fields, const dd_stimulus *stimulus);
void dd_fields_of_response(dd_message_fields *fields, const dd_response *response);
// Of a frame: its number and limit, its control word; not its messages.
void dd_fields_of_frame(dd_message_fields *fields, const Hil__Frame *frame);

const dd_message_field *dd_fields_find(const dd_message_fields *fields,
                                       const char *name); // or NULL
// A field's value for people, at most `size` - 1 octets; returns its length, cut or not.
size_t dd_field_text(const dd_message_fields *fields, const dd_message_field *field, char *text,
                     size_t size);

// --- Building ---

// Empties a list.
void dd_fields_init(dd_message_fields *fields);
void dd_fields_add(dd_message_fields *fields, const char *name, dd_unit unit, int64_t value);
void dd_fields_add_words(dd_message_fields *fields, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void dd_fields_add_plain(dd_message_fields *fields, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void dd_fields_add_octets(dd_message_fields *fields, const char *name, const uint8_t *octets,
                          size_t n);
void dd_fields_mark(dd_message_fields *fields); // the last one as a key

// Octets taken apart: a CoAP message, a frame of the mesh (without FCS), what crosses the line.
void dd_fields_add_coap(dd_message_fields *fields, const uint8_t *octets, size_t n);
void dd_fields_add_air(dd_message_fields *fields, const uint8_t *octets, size_t n);
void dd_fields_add_word(dd_message_fields *fields, const uint8_t *octets, size_t n);
void dd_fields_add_order(dd_message_fields *fields, const uint8_t *octets, size_t n);
