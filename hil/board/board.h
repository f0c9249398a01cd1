// A board as the twin holds it: what it has said of itself, and how it fares.
#pragma once

#include "hil/board/attach.h"
#include "hil/wire/link.h"
#include "models/controller/board_names.h"

enum {
    DD_BOARD_VERSION = 1,    // of the protocol, that we speak
    DD_BOARD_BEAT_MS = 200,  // real time: each side says that it is there
    DD_BOARD_ASK_MS = 250,   // whoever has not said Hello is asked anew
    DD_BOARD_HELLO_MS = 3000 // ... this long: then nobody speaks there
};

typedef enum dd_board_state {
    DD_BOARD_ABSENT,
    DD_BOARD_FOUND,   // its device is there
    DD_BOARD_GREETED, // has said Hello, and was welcomed
    DD_BOARD_IN_STEP, // commissioned, started, at work in its segment
    DD_BOARD_LATE,    // ... but misses deadlines
    DD_BOARD_LOST,    // was there
    DD_BOARD_STATES,
} dd_board_state;

// Why it is not (any more) at work: each is told apart.
typedef enum dd_board_verdict {
    DD_BOARD_WELL,
    DD_BOARD_NOT_FOUND,
    DD_BOARD_AMBIGUOUS, // several devices fit
    DD_BOARD_NO_ACCESS, // permission, or somebody else has it open
    DD_BOARD_NO_HELLO,  // a device, but nobody speaks
    DD_BOARD_WRONG_VERSION,
    DD_BOARD_WRONG_IDENTITY, // another serial, segment or firmware than asked for
    DD_BOARD_PROTOCOL_ERROR,
    DD_BOARD_MISSED_DEADLINE,
    DD_BOARD_SILENT, // still plugged in, says nothing any more
    DD_BOARD_UNPLUGGED,
    DD_BOARD_RESTARTED, // by itself
    DD_BOARD_VERDICTS,
} dd_board_verdict;

// What it means and what to do, for people: "nobody speaks there: is the firmware running, and at
// this port's speed?".
const char *dd_board_verdict_advice(dd_board_verdict verdict);

typedef struct dd_board_identity {
    uint32_t version, capabilities, frame_max, boots;
    uint16_t vid, pid;
    uint64_t uptime_us;
    char serial[64], model[64], firmware[64], segment[64];
    uint8_t firmware_hash[32];
    size_t firmware_hash_n;
} dd_board_identity;

// Asks for Hello, without waiting for it.
void dd_board_ask(dd_link *link);
// Ends its session, or refuses it one; `text` is for the people who read its log. False: as
// dd_link_send.
bool dd_board_refuse(dd_link *link, Hil__Reason reason, const char *text);
// Has it start anew; `reason` as in Reset (hil/domdom.proto). Only for boards that offer it.
bool dd_board_reset(dd_link *link, uint32_t reason);
// What a Hello says.
void dd_board_identify(const Hil__Hello *hello, dd_board_identity *identity);
// Whether we can work with it at all: WELL, or WRONG_VERSION.
dd_board_verdict dd_board_judge(const dd_board_identity *identity);

// Greets whoever is at the other end: asks for Hello until one comes, up to `ms`. The caller
// welcomes it then (dd_board_welcome).
dd_board_verdict dd_board_greet(dd_link *link, int ms, dd_board_identity *identity);
bool dd_board_welcome(dd_link *link, const dd_board_identity *identity, Hil__Mode mode,
                      const char *segment, uint32_t session);
