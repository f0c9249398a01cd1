// Lock-step with a board: grants, and the answers to them. One request is under way at a time; it
// is said again until it is answered, so that wires that lose or spoil frames change nothing but
// the time on the wall. A board that borrows its store has it served meanwhile.
#pragma once

#include "hil/board/board.h"
#include "hil/board/stimulus_message.h"

// Begins anew with each session: what follows `context` is 0 then.
typedef struct dd_stepper {
    dd_link *link;
    dd_store store;   // that the board may borrow; read NULL: none
    uint8_t feeder_n; // of the segment
    double answer_s;  // an answer takes no longer on the wall, tries included; 2
    void (*say)(void *context, const char *text); // a line of its log, or why it refuses; NULL:
                                                  // not heard
    void (*welcome)(void *context); // says Welcome anew, which may have been lost; NULL: was heard
    void (*idle)(void *context); // while an answer is waited for, every few ms; NULL: nothing else
    void *context;
    uint32_t step;               // of the last grant
    dd_outputs outputs;          // of the board
    bool answered;               // it has answered a grant of this session
    bool refused;                // ... or has said that it knows of none
    uint32_t repeats;            // grants said again
    uint32_t senseless;          // messages of its answers that could not be
    dd_board_verdict verdict;    // why a call has failed
    int64_t round_ns, varies_ns; // usual round trip of a grant, and how far it strays from that
} dd_stepper;

// Sends Settings, Lamps and Calendar, each as a step. Also in real time.
bool dd_stepper_commission(dd_stepper *stepper, const dd_commission *commission);

// Grants the uptime with a stimulus; responses go to the responder in their order. `due_us`: when
// the board wants to be called; INT64_MAX: never. False: no whole answer came; what had come of it
// has gone to the responder.
bool dd_stepper_step(dd_stepper *stepper, int64_t uptime_us, const dd_stimulus *stimulus,
                     const dd_responder *responder, int64_t *due_us);
