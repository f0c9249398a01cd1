// The segment controller's logic. Freestanding C: no allocation, no engine, no codec. Decoded
// inputs and the time go in, decoded outputs come out, and its next deadline. The same source runs
// in the twin, as a host process, and on a microcontroller.
//
// Its clock: `uptime_ms` counts from its start on its own oscillator. What the time of day is, it
// learns from its battery-backed clock at the start and from the centre's answers.
#pragma once

#include "models/controller/core/message.h"
#include "models/controller/core/store.h"

enum {
    DD_CORE_TASKS = 4, // mesh transactions under way at once
    DD_CORE_OUTPUTS = 20,
    DD_CORE_COMMANDS = 8, // orders under way at once
};

// Defaults by dd_core_default_def(); sources in docs of each field.
typedef struct dd_core_def {
    uint16_t lamp_n;
    uint16_t boots; // how often it has been started, this time included; the house counts
    uint8_t reason; // dd_start_reason
    uint8_t feeder_n;
    uint8_t switched; // mask of feeders that are dead by day; 0: all are live day and night
    dd_site site;
    int64_t clock_ms;         // battery-backed clock at the start, Unix ms
    uint32_t random_seed;     // for jitter only
    uint32_t poll_period_s;   // every lamp once in this time; 900; 0: never
    uint32_t poll_phase_s;    // when the first round begins, after the start; spreads the segments
    uint32_t patience_s;      // a lamp of which nothing at all is heard has not answered; 247
    uint8_t missed_rounds;    // polls without answer before communicationFailure; 2
    uint8_t low_readings;     // bad readings in a row before an alarm; 2
    uint8_t power_low_pct;    // below this share of the expected power is too low; 50
    uint16_t voltage_low_dv;  // supply out of range below, tenths of a volt; 1870 ...
    uint16_t voltage_high_dv; // ... and above; 2420
    uint16_t stagger_s;       // between two contactors that close; 2
    uint16_t lead_s;          // a switched feeder is live so long before and after its light; 600
    uint32_t meter_period_s;  // DD_WORD_METER so often, by the clock; 900; 0: never
    uint32_t connect_s;       // a session asked for is waited for so long; 10
    uint32_t backoff_s;       // ... and asked for anew after so long, which doubles; 5 ...
    uint32_t backoff_max_s;   // ... up to this; 60
    uint8_t backoff_jitter_pct; // share of that wait that is drawn; 50
    uint32_t answer_s;          // nothing heard for so long after speaking: the session is lost; 90
    uint32_t keepalive_s;       // DD_WORD_ALIVE when silent for so long; 60
    uint32_t resend_s;          // an unacknowledged word is sent again after this; 30
    uint32_t clock_period_s;    // asks the centre for the time this often; 3600
    uint32_t clock_stale_s;     // a clock not set for so long is in doubt; 86400
    uint32_t firmware;          // version that it runs
    bool trial;                 // ... on trial: it goes back unless it hears the centre in time
    uint32_t trial_s;           // how long a trial lasts, its own; 600
    uint32_t node_trial_s;      // ... and its nodes'; 900
    uint32_t block_ms;          // between two blocks of an image that go to all nodes; 500
} dd_core_def;

// What the controller remembers of each lamp; index = number within the segment - 1.
typedef struct dd_core_lamp {
    uint32_t nominal_mw;  // from the inventory; 0: no node there, so it is left alone
    uint8_t feeder;       // number within the segment, from 1
    uint8_t phase;        // 0..2
    uint8_t fixed;        // its gear cannot dim
    uint8_t calendar_due; // has yet to be given the calendar that it is to follow
    uint8_t missed;       // consecutive polls without answer
    uint8_t bad;          // consecutive readings that showed all of `suspected`
    uint8_t lit;          // whether it was, in the last eight readings that should have found it so
    uint8_t held;         // on a switched feeder, lit by an order: dd_core_hold
    uint16_t suspected;   // mask of 1 << dd_happening that readings show and is not raised yet
    uint16_t raised;      // ... that is, and not yet over
} dd_core_lamp;

_Static_assert(sizeof(dd_core_lamp) == 16 && DD_LAMP_HAPPENINGS <= 16, "a lamp's memory");

typedef enum dd_core_input_kind {
    DD_INPUT_START = 1,
    DD_INPUT_TIME,    // a deadline has come
    DD_INPUT_REPLY,   // from a node: an answer, or a report
    DD_INPUT_SILENT,  // a request was not answered, however often it was sent
    DD_INPUT_ORDER,   // from the centre
    DD_INPUT_CABINET, // all that it sees there now; when any of it has changed, or it has asked
    DD_INPUT_GARBAGE, // octets have come, over the mesh or the line, that mean nothing
} dd_core_input_kind;

typedef struct dd_core_input {
    uint8_t kind;
    uint8_t token; // DD_INPUT_SILENT: of the request
    uint16_t lamp; // DD_INPUT_SILENT: number within the segment
    const dd_node_reply *reply;
    const dd_order *order;
    const dd_cabinet_inputs *cabinet;
} dd_core_input;

typedef enum dd_core_output_kind {
    DD_OUTPUT_REQUEST = 1,
    DD_OUTPUT_WORD,
    DD_OUTPUT_CONTACTOR,    // its outputs to the contactors, all of them
    DD_OUTPUT_READ_CABINET, // wants DD_INPUT_CABINET with what the meters say now
    DD_OUTPUT_FIRMWARE,     // what its boot loader is to do; with STAGED and PREVIOUS it restarts
} dd_core_output_kind;

typedef enum dd_core_boot {
    DD_BOOT_STAGED = 1, // start the image in the store, on trial: this time only ...
    DD_BOOT_CONFIRM,    // ... unless this comes: always
    DD_BOOT_PREVIOUS,   // start the image of before
} dd_core_boot;

typedef struct dd_core_output {
    uint8_t kind;
    union {
        dd_node_request request; // to a node, or to all of them, over the mesh; said once
        dd_word word;            // to the centre
        uint8_t closed;          // mask of feeders: bit 0 is feeder 1
        uint8_t boot;            // dd_core_boot
    };
} dd_core_output;

// Memory given by whoever houses the controller, for as long as it runs.
typedef struct dd_core_storage {
    dd_core_lamp *lamps;     // lamp_n of them: nominal_mw, feeder, phase and fixed filled in
    dd_core_output *outputs; // DD_CORE_OUTPUTS of them; may be those of others between two calls
    dd_word *spare;          // DD_LOG_SPARE of them
    dd_timetable *timetable; // calendars[0] as commissioned; what is given later lies in the store
    dd_store store;          // outlives it
} dd_core_storage;

#include "models/controller/core/core_state.h" // struct dd_core, a plain struct without secrets

dd_core_def dd_core_default_def(void);

// Whether the inventory has a node there: other lamps are neither asked nor ordered nor judged.
static inline bool dd_core_has_node(const dd_core *core, uint16_t lamp) {
    return core->storage.lamps[lamp - 1].nominal_mw != 0;
}

// Makes a controller that has just been switched on. `core` may hold anything.
void dd_core_init(dd_core *core, const dd_core_def *def, dd_core_storage storage);

// Handles one input at `uptime_ms` (never smaller than at the last call). What it has to say lies
// in storage.outputs[0 .. output_n) until the next call. Returns the uptime at which it wants to be
// called with DD_INPUT_TIME; later than `uptime_ms`, INT64_MAX: never. DD_INPUT_START comes first:
// what comes before it is counted as garbage.
int64_t dd_core_step(dd_core *core, int64_t uptime_ms, const dd_core_input *input);

// The level that a lamp's calendar says should be in force, at an uptime, by its own clock.
uint16_t dd_core_expected_level(const dd_core *core, uint16_t lamp, dd_sun_cache *sun,
                                int64_t uptime_ms);

// Its clock, Unix ms, at an uptime.
int64_t dd_core_clock_ms(const dd_core *core, int64_t uptime_ms);

// Its clock jumps by so much, by a fault of its hardware, and it does not know.
void dd_core_clock_jump(dd_core *core, int64_t by_ms);
