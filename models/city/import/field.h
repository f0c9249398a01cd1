// What the columns and properties of lists of lamps are called in the wild, and how numbers are
// written there.
#pragma once

#include "engine/base.h"

typedef enum dd_field {
    DD_FIELD_X = 1, // longitude, or east
    DD_FIELD_Y,
    DD_FIELD_ID,
    DD_FIELD_POWER, // W
    DD_FIELD_HEIGHT,
    DD_FIELD_ROAD, // name of a street
    DD_FIELD_GROUP,
    DD_FIELD_CABINET,
    DD_FIELD_FEEDER,
    DD_FIELD_MODEL,
    DD_FIELD_TECHNOLOGY,
    DD_FIELD_FLUX, // lm
    DD_FIELD_NAME,
    DD_FIELD_CLASS, // of a road
    DD_FIELD_LIT,
    DD_FIELD_ONEWAY,
    DD_FIELD_PLACE, // what kind of settlement
    DD_FIELDS
} dd_field;

// The field that a column or property of that name holds, 0: none. Case, spaces, punctuation and a
// unit in brackets do not matter: "Power (W)", "lamp_power", "lampPower".
dd_field dd_field_of(const char *name);

// A number as people write it: "75", "75 W", "0,075 kW" (a comma only when `comma`). False when it
// is none.
bool dd_field_number(const char *text, bool comma, double *number);
