// What an import assumed and left out, summed up: one line a kind, with a count and the first
// place, however many there are.
#pragma once

#include "engine/base.h"

#include <jansson.h>
#include <stdio.h>

typedef enum dd_note {
    DD_NOTE_NO_POWER,
    DD_NOTE_NO_PLACE,
    DD_NOTE_OUTSIDE,
    DD_NOTE_SWAPPED,
    DD_NOTE_SHAPES,
    DD_NOTE_LOOSE,
    DD_NOTE_SAME_PLACE,
    DD_NOTE_ROUNDED,
    DD_NOTE_MODEL_POWER,
    DD_NOTE_TECHNOLOGY,
    DD_NOTE_NO_NODE,
    DD_NOTE_HEIGHT,
    DD_NOTE_GROUPS_INCOMPLETE,
    DD_NOTE_GROUPS_LARGE,
    DD_NOTE_GROUPS_WIDE,
    DD_NOTE_FEEDERS,
    DD_NOTE_CUT_OFF,
    DD_NOTES
} dd_note;

typedef struct dd_notes {
    struct {
        uint64_t count;
        double least_w, most_w; // of what was assumed, where that is a wattage; 0: it is none
        char first[64];
    } of[DD_NOTES];
} dd_notes;

// Counts one more; `first` is kept of the first, where there is one ("line 20").
void dd_notes_add(dd_notes *notes, dd_note note, const char *first);

// The same, where a wattage was assumed.
void dd_notes_add_watts(dd_notes *notes, dd_note note, const char *first, double watts);

// A line each on `file`, after `prefix`; or as a JSON array, which the caller releases.
void dd_notes_print(const dd_notes *notes, const char *prefix, FILE *file);
json_t *dd_notes_json(const dd_notes *notes);
