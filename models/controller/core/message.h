// What a segment controller says and hears, decoded. Codecs live in the adaptors.
#pragma once

#include "models/controller/core/image.h"
#include "models/controller/core/timetable.h"

enum {
    DD_READINGS_MAX = 10, // readings in one message to the centre
    DD_ORDER_LAMPS = 80,  // lamps listed in one from it
    DD_SEGMENT_LAMPS_MAX = 250,
    DD_CORE_FEEDERS = 4, // of one segment
    DD_EVERY_LAMP = 0,   // lamp number that means all of the segment
};

// A clock that is told is believed only from 2019 (nothing here is older) to before 2100, Unix ms.
#define DD_CLOCK_EARLIEST_MS INT64_C(1546300800000)
#define DD_CLOCK_LATEST_MS INT64_C(4102444800000)

// --- Controller and node, over the mesh ---

typedef enum dd_node_request_kind {
    DD_NODE_NOTHING,
    DD_NODE_READ,
    DD_NODE_OVERRIDE, // hold level_pm until expires_ms (0: until resumed)
    DD_NODE_RESUME,   // back to the calendar
    DD_NODE_CALENDAR, // follow the calendar that comes along
    DD_NODE_REPORT,   // a reply only: a reading that the lamp pushes unasked
    // of its firmware; the reply is how that stands, and no reading
    DD_NODE_OFFER,   // an image, by its header: give me your blocks
    DD_NODE_BLOCK,   // one of them
    DD_NODE_STATUS,  // only how it stands
    DD_NODE_APPLY,   // restart into what you have, on trial
    DD_NODE_CONFIRM, // the trial is over: keep it
    DD_NODE_REVERT,  // restart into what you had before
} dd_node_request_kind;

static inline bool dd_node_is_firmware(uint8_t kind) {
    return kind >= DD_NODE_OFFER && kind <= DD_NODE_REVERT;
}

// A piece of an image on the mesh: its header, or a block.
typedef struct dd_node_package {
    uint16_t tag;   // block: of its image, dd_image_tag
    uint16_t block; // its number, from 0
    uint8_t n;      // of `octets`
    bool last;      // block: of its image
    uint8_t octets[DD_NODE_BLOCK_OCTETS];
} dd_node_package;

_Static_assert(DD_IMAGE_HEADER <= DD_NODE_BLOCK_OCTETS, "a header is one message");

enum { DD_GAPS_MAX = 12 }; // that fit an answer of one frame

// How a node's firmware stands.
typedef struct dd_firmware_status {
    uint32_t version;   // that it runs
    uint8_t step;       // dd_firmware_step
    uint8_t result;     // dd_firmware_result of the last update
    uint16_t tag;       // of the image that it has or receives; 0: none
    uint16_t missing_n; // blocks that it lacks of that ...
    uint8_t gap_n;      // ... and the first few of them, in order (as in RFC 9177, 4.4)
    uint16_t gaps[DD_GAPS_MAX];
} dd_firmware_status;

enum { DD_RETRIES_USUAL = UINT8_MAX }; // as often as whoever carries a request usually tries

// How lamps go over to an override, and back from it when it expires or is ended: evenly, in so
// many seconds (TALQ: rampToLevelTime, rampFromLevelTime); 0: at once. A later override begins
// where the lamps are.
typedef struct dd_ramp {
    uint16_t to_s, from_s;
} dd_ramp;

typedef struct dd_node_request {
    uint16_t lamp; // number within the segment, from 1; DD_EVERY_LAMP: nobody replies
    uint8_t kind;  // dd_node_request_kind
    uint8_t token; // repeated in the reply
    uint16_t level_pm;
    uint8_t retries; // how often it may be sent again at most
    uint8_t reserved;
    dd_ramp ramp;       // DD_NODE_OVERRIDE only
    dd_lamp_set lamps;  // DD_EVERY_LAMP only: who is meant; empty: all
    int64_t expires_ms; // Unix ms
    int64_t clock_ms;   // the controller's clock when it sent this; sets the node's; 0: unknown
    union {
        // DD_NODE_CALENDAR only. It stays where it is as long as the request is under way; should
        // it change meanwhile, the node refuses what it gets by its id.
        const dd_light_calendar *calendar;
        dd_node_package package; // DD_NODE_OFFER and DD_NODE_BLOCK only
    };
} dd_node_request;

typedef struct dd_reading {
    uint16_t lamp;
    uint16_t level_pm;    // of light that the node commands its driver to give
    uint32_t power_mw;    // active power of luminaire and node, as the node measures it
    uint16_t voltage_dv;  // supply, tenths of a volt
    uint16_t energy_wh;   // counter, modulo 65536
    uint32_t calendar_id; // calendar it follows
    uint8_t flags;        // DD_READING_...
    uint8_t gear;         // DD_GEAR_...
    uint16_t current_ma;  // from the mains, of luminaire and node
} dd_reading;

enum {
    DD_READING_OVERRIDDEN = 1,
    DD_READING_NO_ANSWER = 2, // the node did not answer: only `lamp` is meant
    DD_READING_NO_SUPPLY = 4, // not asked: its feeder's phase is known to be dead
};

// What a node finds at its gear, by its bus (DALI, D4i) and by measuring behind its relay.
enum {
    DD_GEAR_SILENT = 1,   // does not answer
    DD_GEAR_OPEN = 2,     // light source: open circuit
    DD_GEAR_SHORT = 4,    // light source: short circuit
    DD_GEAR_DERATED = 8,  // reduces its output for its temperature
    DD_GEAR_HOT = 16,     // too hot, or has shut down for it
    DD_GEAR_RELAY = 32,   // the voltage behind the relay is not as commanded
    DD_GEAR_CYCLING = 64, // has started again and again within a while
};

typedef struct dd_node_reply {
    uint16_t lamp;
    uint8_t kind;  // of the request, or DD_NODE_REPORT
    uint8_t token; // of the request, or 0
    union {
        dd_reading reading;
        dd_firmware_status firmware; // dd_node_is_firmware(kind)
    };
} dd_node_reply;

// --- The cabinet, at the controller's terminals ---

// What a feeder's meter says.
typedef struct dd_meter_reading {
    uint64_t energy_wh; // since it was made
    uint32_t power_w;
    uint16_t voltage_dv[3]; // at its terminals
} dd_meter_reading;

typedef struct dd_feeder_inputs {
    uint8_t live_phases; // behind contactor and breaker: a mask, bit 0 is L1
    bool contactor;      // its feedback contact: closed
    bool tripped;        // auxiliary contact of its breaker
    bool leakage;        // residual current above the warning threshold
    bool override;       // hand switch not on automatic
    uint16_t leakage_ma; // residual current
    dd_meter_reading meter;
} dd_feeder_inputs;

typedef struct dd_cabinet_inputs {
    bool mains;                                // the controller's own supply; else its battery
    bool door;                                 // open
    bool dark;                                 // by the cabinet's photocell
    dd_feeder_inputs feeders[DD_CORE_FEEDERS]; // number within the segment - 1
} dd_cabinet_inputs;

// --- Centre to controller, over the backhaul ---

typedef enum dd_order_kind {
    DD_ORDER_ACK = 1,  // words up to and including `sequence` have arrived
    DD_ORDER_CLOCK,    // answer to DD_WORD_CLOCK, with its number: clock_ms is the centre's
                       // when it answered, heard_ms when it heard the question
    DD_ORDER_READ,     // read one lamp, or all, now
    DD_ORDER_OVERRIDE, // lamps hold level_pm until expires_ms
    DD_ORDER_RESUME,
    DD_ORDER_CALENDAR, // keep and hand to lamps: all of a group, or of the segment
    DD_ORDER_POLL,     // poll every lamp each `period_s`; 0: never
    DD_ORDER_WELCOME,  // answer to DD_WORD_HELLO, with its number: the session is on; words of its
                       // log up to and including `sequence` (0: none) have arrived
    DD_ORDER_UPDATE,   // firmware, see dd_update_order; `number` is the campaign's
    DD_ORDER_BLOCK,    // of the image of campaign `number`
    DD_ORDER_GROUP,    // `group` is made of `members`; of none: it ceases to be
    DD_ORDER_STATE,    // say DD_WORD_STATE
    DD_ORDER_KINDS,
} dd_order_kind;

typedef enum dd_update_action {
    DD_UPDATE_OFFER = 1, // fetch this image and, if it is for nodes, give it to them
    DD_UPDATE_APPLY,     // start what has come, on trial
    DD_UPDATE_REVERT,    // whoever runs this image goes back to the one before
    DD_UPDATE_CANCEL,    // stop; what runs goes on running
} dd_update_action;

typedef struct dd_update_order {
    uint8_t action;                  // dd_update_action
    uint8_t header[DD_IMAGE_HEADER]; // of the image that is meant
} dd_update_order;

typedef struct dd_block_order {
    uint32_t block; // its number, from 0
    uint16_t n;     // of `octets`
    uint8_t octets[DD_LINE_BLOCK_OCTETS];
} dd_block_order;

typedef struct dd_order {
    uint8_t kind;
    uint8_t lamp_n; // lamps listed; 0 means every lamp of `group`
    uint16_t level_pm;
    uint32_t number; // the centre's number of this command (its outcome will name it)
    uint32_t period_s;
    uint32_t sequence;  // ACK, WELCOME
    uint32_t group;     // id; 0: the whole segment
    dd_ramp ramp;       // DD_ORDER_OVERRIDE only
    int64_t expires_ms; // Unix ms, 0 = until resumed
    int64_t clock_ms;
    int64_t heard_ms; // CLOCK
    union {
        uint16_t lamps[DD_ORDER_LAMPS];
        dd_lamp_set members;        // DD_ORDER_GROUP
        dd_light_calendar calendar; // DD_ORDER_CALENDAR
        dd_update_order update;
        dd_block_order block;
    };
} dd_order;

// --- Controller to centre ---

typedef enum dd_word_kind {
    DD_WORD_HELLO = 1, // asks for a session, by attempt `number`; boots counts its starts, `log` is
                       // what it keeps words in, and `value` of them wait, after `after`
    DD_WORD_ALIVE,     // nothing else to say for a while
    DD_WORD_CLOCK,     // asks for the time; clock_ms is the asker's own, number the question's
    DD_WORD_READINGS,
    DD_WORD_EVENT,
    DD_WORD_OUTCOME, // of command `number`: so many lamps did it, so many did not
    DD_WORD_METER,   // what the feeders' meters say: entry_n of `meters`, by feeder
    DD_WORD_REVIEW,  // all events that hold are told again; over: that was all of them
    DD_WORD_UPDATE,  // how campaign `number` stands here
    DD_WORD_FETCH,   // wants entry_n blocks of campaign `number` from block `value` on; not kept
    DD_WORD_STATE,   // what it keeps: answer to order `number`
    DD_WORD_KINDS,
} dd_word_kind;

// How an update stands in a segment.
typedef enum dd_update_phase {
    DD_UPDATE_NONE,
    DD_UPDATE_FETCHING,  // from the centre
    DD_UPDATE_SPREADING, // to the nodes
    DD_UPDATE_READY,     // to be applied: whoever could be given it has it
    DD_UPDATE_APPLYING,  // starts it, node by node; a controller: is on trial
    DD_UPDATE_REVERTING,
    DD_UPDATE_DONE,
    DD_UPDATE_GIVEN_UP, // `result` says why
    DD_UPDATE_PHASES,
} dd_update_phase;

typedef struct dd_update_word {
    uint8_t target;          // dd_image_target
    uint8_t phase;           // dd_update_phase
    uint8_t result;          // dd_firmware_result
    bool reverts;            // it is about going back
    uint32_t version;        // of the image that is meant
    uint32_t running;        // the controller's own
    uint16_t block, block_n; // of the present phase: so far, and in all
    dd_lamp_set done;   // nodes: have it (ready), run it confirmed (done), or are back (reverting)
    dd_lamp_set failed; // nodes: do not, whatever was tried
} dd_update_word;

// Names follow TALQ's lighting profile; which signature gives which: health.c and cabinet.c.
typedef enum dd_happening {
    // a lamp's
    DD_LAMP_FAILURE = 1,      // gives no light though it should
    DD_LAMP_POWER_LOW,        // takes too little power for its level
    DD_LAMP_UNEXPECTED_ON,    // burns though it should not
    DD_COMMUNICATION_FAILURE, // node does not answer
    DD_CONTROL_GEAR_FAILURE,  // neither answers its node nor gives light
    DD_CONTROL_GEAR_SILENT,   // gives light, but does not answer its node
    DD_DIMMING_FAILURE,       // takes too much power for its level
    DD_RELAY_FAILURE,
    DD_CYCLING_FAILURE, // goes out and comes back, again and again
    DD_HIGH_TEMPERATURE,
    DD_VOLTAGE_OUT_OF_RANGE, // while the terminals of its feeder are in range
    DD_LAMP_HAPPENINGS,
    // a feeder's: `lamp` is its number
    DD_SUPPLY_LOSS = DD_LAMP_HAPPENINGS, // `value` is the mask of phases that are dead and should
                                         // not be
    DD_SWITCHING_ERROR_ON,               // its contactor does not close
    DD_SWITCHING_ERROR_OFF,              // ... or does not open
    DD_BREAKER_TRIPPED,
    DD_LEAKAGE_DETECTED,
    DD_LOCAL_OVERRIDE, // switched by hand
    DD_FEEDER_VOLTAGE, // a live phase out of range at its terminals
    DD_FEEDER_HAPPENINGS,
    // the segment's
    DD_DOOR_OPEN = DD_FEEDER_HAPPENINGS, // its cabinet's
    DD_ON_BATTERY,                       // the controller itself has lost its supply
    DD_RESTARTED,        // `value`: dd_start_reason; over: but not by its watchdog, or long ago
    DD_CLOCK_DOUBTFUL,   // its clock is in doubt: `value` 1 long not set, 2 told something strange
    DD_LOG_FULL,         // has lost words; over: since when it began, `value` events among them
    DD_STORE_FAILED,     // cannot write what it is to keep, or not read it back
    DD_INVALID_CALENDAR, // calendars have no program for today; `value`: a mask of their places
    DD_GARBAGE_HEARD,    // `value` times within the hour
    DD_UPDATE_FAILED,
    DD_HAPPENINGS,
} dd_happening;

// Why a controller has started.
typedef enum dd_start_reason {
    DD_STARTED_BY_POWER, // or by whoever mended it
    DD_STARTED_BY_WATCHDOG,
    DD_STARTED_BY_HAND, // a technician
    DD_STARTED_BY_UPDATE,
    DD_START_REASONS,
} dd_start_reason;

// What a controller keeps for good, for the centre to read back.
typedef struct dd_kept_state {
    dd_timetable_state timetable;
    uint32_t poll_period_s;
    uint32_t due_n; // lamps that have yet to be given their calendar
} dd_kept_state;

typedef struct dd_word {
    uint8_t kind;
    uint8_t happening; // dd_happening, for events
    uint8_t over;      // the event has gone away again
    uint8_t entry_n;   // of `readings` or `meters`
    uint16_t lamp;     // the event's lamp or feeder, by number within the segment
    uint16_t boots;
    uint32_t sequence; // place in its log; ACK names it; 0: not kept, not acknowledged
    uint32_t after;    // ... of the kept word before it: those between were lost, the log was full
    uint32_t number;   // the command's
    int32_t value;
    uint16_t done_n, failed_n;
    uint32_t log;     // HELLO: identity of its log; another one numbers its words from elsewhere
    int64_t clock_ms; // the controller's clock when this was so
    union {
        dd_reading readings[DD_READINGS_MAX];
        dd_meter_reading meters[DD_CORE_FEEDERS];
        dd_update_word update;
        dd_kept_state state;
    };
} dd_word;

_Static_assert(sizeof(dd_word) <= 256 && sizeof(dd_order) <= 512, "a message fits a parcel");
