// The rack: all boards of a run, found, greeted and seated in their segments; lost, and back again.
#pragma once

#include "hil/attach.h"
#include "hil/bad_wire.h"
#include "hil/board.h"
#include "hil/shadow.h"
#include "models/world.h"

struct ev_loop;
typedef struct dd_rack dd_rack;

typedef struct dd_rack_def {
    dd_world *world;
    double speed;         // of the run; 0: as fast as possible, which needs lock-step
    const char *out;      // folder for recordings, or NULL
    const char *replayed; // folder whose recordings stand for the boards, or NULL
    void (*tell)(void *context, const char *text); // a line for people
    void *context;
} dd_rack_def;

dd_rack *dd_rack_open(const dd_rack_def *def, dd_error *error);
void dd_rack_close(dd_rack *rack); // refuses (REASON_END) whoever is still there; never hangs

// Wants a board in a segment. Before the run: it is waited for (find_s) and seated from the first
// moment; a board that is not there is met by on_lost. During it: seated at the next stand.
bool dd_rack_attach(dd_rack *rack, const dd_attach_def *def, dd_error *error);
bool dd_rack_detach(dd_rack *rack, uint32_t segment, dd_error *error);

// Between events, from scenarios and instructors: the cable is pulled or put back, the supply is
// switched, the board is reset, its wire made bad.
bool dd_rack_plug(dd_rack *rack, uint32_t segment, bool in, dd_error *error);
bool dd_rack_power(dd_rack *rack, uint32_t segment, bool on, dd_error *error);
bool dd_rack_reset(dd_rack *rack, uint32_t segment, dd_error *error);
bool dd_rack_wire(dd_rack *rack, uint32_t segment, const dd_bad_wire_def *def, dd_error *error);

dd_board_state dd_rack_state(const dd_rack *rack, uint32_t segment, dd_board_verdict *verdict);
const dd_shadow *dd_rack_shadow(const dd_rack *rack, uint32_t segment); // NULL: none

// With the pacer: watchers in its loop; when the engine must stand next for a board's sake;
// standing there. False with the error when the run is to fail.
void dd_rack_watch(dd_rack *rack, struct ev_loop *loop);
dd_time dd_rack_next(dd_rack *rack);
bool dd_rack_stand(dd_rack *rack, dd_error *error);

struct json_t;
struct json_t *dd_rack_summary(const dd_rack *rack); // the section "boards"; NULL: none was wanted
