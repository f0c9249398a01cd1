// The segment controller's logic. Freestanding C: no allocation, no engine, no codec. Decoded
// inputs and the time go in, decoded outputs come out, and its next deadline. The same source runs
// in the twin, as a host process, and on a microcontroller.
//
// Its clock: `uptime_ms` counts from its start on its own oscillator. What the time of day is, it
// learns from its battery-backed clock at the start and from the centre's answers.
#pragma once

#include "models/controller/core/message.h"

enum {
    DD_CORE_TASKS = 4, // mesh transactions under way at once
    DD_CORE_OUTPUTS = 16,
    DD_CORE_OUTBOX = 256, // words kept until the centre has acknowledged them
    DD_CORE_FEEDERS = 4,
    DD_CORE_COMMANDS = 8, // orders under way at once
};

// Defaults by dd_core_default_def(); sources in docs of each field.
typedef struct dd_core_def {
    uint16_t lamp_n;
    uint16_t boots; // how often it has been started, this time included; the house counts
    uint8_t feeder_n;
    dd_site site;
    dd_program program;      // as commissioned
    int64_t clock_ms;        // battery-backed clock at the start, Unix ms
    uint32_t random_seed;    // for jitter only
    uint32_t poll_period_s;  // every lamp once in this time; 900
    uint32_t poll_phase_s;   // when the first round begins, after the start; spreads the segments
    uint32_t patience_s;     // a lamp of which nothing at all is heard has not answered; 247
    uint8_t missed_rounds;   // polls without answer before communicationFailure; 2
    uint8_t low_readings;    // readings too low before lampFailure; 2
    uint8_t power_low_pct;   // below this share of the expected power is too low; 50
    uint32_t keepalive_s;    // DD_WORD_ALIVE when silent for so long; 60
    uint32_t resend_s;       // an unacknowledged word is sent again after this; 30
    uint32_t clock_period_s; // asks the centre for the time this often; 3600
} dd_core_def;

// What the controller remembers of each lamp; index = number within the segment - 1.
typedef struct dd_core_lamp {
    uint32_t nominal_mw;       // from the inventory
    uint8_t feeder;            // number within the segment, from 1
    uint8_t phase;             // 0..2
    uint8_t missed, low, high; // consecutive bad rounds
    uint8_t raised;            // bit mask of dd_happening raised and not yet over
    uint8_t program_due;       // has yet to be given the present program
    uint8_t reserved;
    dd_reading last;
} dd_core_lamp;

typedef enum dd_core_input_kind {
    DD_INPUT_START = 1,
    DD_INPUT_TIME,   // a deadline has come
    DD_INPUT_REPLY,  // from a node: an answer, or a report
    DD_INPUT_SILENT, // a request was not answered, however often it was sent
    DD_INPUT_ORDER,  // from the centre
    DD_INPUT_SUPPLY, // phases of a feeder, as its sensing sees them
    DD_INPUT_MAINS,  // the controller's own supply: on or off (then it rides on its battery)
} dd_core_input_kind;

typedef struct dd_core_input {
    uint8_t kind;
    uint8_t feeder; // DD_INPUT_SUPPLY: number within the segment, from 1
    uint8_t phases; // DD_INPUT_SUPPLY: mask of live phases; DD_INPUT_MAINS: 1 on, 0 off
    uint8_t token;  // DD_INPUT_SILENT: of the request
    uint16_t lamp;  // DD_INPUT_SILENT: number within the segment
    const dd_node_reply *reply;
    const dd_order *order;
} dd_core_input;

typedef enum dd_core_output_kind { DD_OUTPUT_REQUEST = 1, DD_OUTPUT_WORD } dd_core_output_kind;

typedef struct dd_core_output {
    uint8_t kind;
    union {
        dd_node_request request; // to a node, or to all of them, over the mesh; said once
        dd_word word;            // to the centre
    };
} dd_core_output;

// The storage port: memory given by whoever houses the controller (an arena, flash, lent flash).
typedef struct dd_core_storage {
    dd_core_lamp *lamps; // lamp_n of them, nominal_mw, feeder and phase filled in
    dd_word *outbox;     // DD_CORE_OUTBOX of them
} dd_core_storage;

#include "models/controller/core/core_state.h" // struct dd_core, a plain struct without secrets

dd_core_def dd_core_default_def(void);

// Makes a controller that has just been switched on. `core` may hold anything.
void dd_core_init(dd_core *core, const dd_core_def *def, dd_core_storage storage);

// Handles one input at `uptime_ms` (never smaller than at the last call). What it has to say lies
// in core->outputs[0 .. output_n) until the next call. Returns the uptime at which it wants to be
// called with DD_INPUT_TIME; later than `uptime_ms`, INT64_MAX: never. DD_INPUT_START comes first:
// what comes before it is counted as garbage.
int64_t dd_core_step(dd_core *core, int64_t uptime_ms, const dd_core_input *input);

// The level that its own program says should be in force, at an uptime, by its own clock.
uint16_t dd_core_expected_level(const dd_core *core, dd_sun_cache *sun_cache, int64_t uptime_ms);

// Its clock, Unix ms, at an uptime.
int64_t dd_core_clock_ms(const dd_core *core, int64_t uptime_ms);
