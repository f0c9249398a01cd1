// The rack: all boards of a run, found, greeted and seated in their segments; lost, and back again.
#pragma once

#include "hil/board/attach.h"
#include "hil/board/board.h"
#include "hil/shadow/shadow.h"
#include "hil/wire/bad_wire.h"
#include "models/controller/board_port.h"
#include "models/world.h"

#include <stdio.h>

struct ev_loop;
struct json_t;
typedef struct dd_rack dd_rack;

typedef struct dd_rack_def {
    dd_world *world;
    double speed;         // of the run; 0: as fast as possible, which needs lock-step
    const char *out;      // folder whose boards/ takes recordings, or NULL
    const char *replayed; // folder whose boards/ stand for the boards, or NULL
    void (*tell)(void *context, const char *text); // a line for people
    // The wall's present as simulated time, in a paced run; NULL: the engine's time.
    dd_time (*present)(void *context);
    void *context;
} dd_rack_def;

// Puts its port into the world (models/controller/board_port.h), for the actions on boards.
dd_rack *dd_rack_open(const dd_rack_def *def, dd_error *error);
// Refuses (REASON_END) whoever is still there; never hangs. False: a recording is not written.
bool dd_rack_close(dd_rack *rack, dd_error *error);

// Wants a board in a segment. Before the run: it is waited for (find_s) and seated from the first
// moment; a board that is not there is met by on_lost. During it: seated as soon as it is greeted,
// in lock-step at this very moment.
bool dd_rack_attach(dd_rack *rack, const dd_attach_def *def, dd_error *error);
bool dd_rack_detach(dd_rack *rack, uint32_t segment, dd_error *error);

// Before anything is at work: waits for the boards, and gives them their seats. False: one is
// missing without which the run is to fail, or cannot work in this one.
bool dd_rack_begin(dd_rack *rack, dd_error *error);

// Between events, from scenarios and instructors: the cable is pulled or put back, the supply is
// switched, the board is reset, its wire made bad. In lock-step all of it is over when it returns.
bool dd_rack_plug(dd_rack *rack, uint32_t segment, bool in, dd_error *error);
bool dd_rack_power(dd_rack *rack, uint32_t segment, bool on, dd_error *error);
bool dd_rack_reset(dd_rack *rack, uint32_t segment, dd_error *error);
bool dd_rack_wire(dd_rack *rack, uint32_t segment, const dd_bad_wire_def *def, dd_error *error);

// Whether a segment has a board that such things can be done to; before the run it may yet come.
bool dd_rack_wants(const dd_rack *rack, uint32_t segment, dd_error *error);
double dd_rack_figure(const dd_rack *rack, dd_board_figure figure);
const dd_shadow *dd_rack_shadow(const dd_rack *rack, uint32_t segment); // NULL: none
// All that is known of a segment's board, as in the summary; NULL: none is wanted there.
struct json_t *dd_rack_board(const dd_rack *rack, uint32_t segment);

// With the pacer: watchers in its loop; when the engine must stand next for a board's sake;
// standing there. False with the error when the run is to fail.
void dd_rack_watch(dd_rack *rack, struct ev_loop *loop);
dd_time dd_rack_next(dd_rack *rack);
bool dd_rack_stand(dd_rack *rack, dd_error *error);

// The run is over: what is still open is compared and recorded.
void dd_rack_finish(dd_rack *rack);
struct json_t *dd_rack_summary(const dd_rack *rack);  // the section "boards"; NULL: none was wanted
void dd_rack_report(const dd_rack *rack, FILE *file); // first divergences, for people
