#include "hil/outlet/outlet.h"
#include "hil/outlet/emulator.h"
#include "hil/outlet/port.h"

#include <stdlib.h>
#include <string.h>

struct dd_outlet {
    dd_outlet_def def;
    dd_emulator *emulator; // NULL: a port
    dd_supply supply;
    bool switched;    // an emulator's supply was, and nobody has asked yet
    size_t candidate; // of devices without a serial of their own, the next one
    bool unsure;      // what was connected last is one of these
};

static bool start_emulator(dd_outlet *outlet, dd_error *error) {
    const dd_board_match *match = outlet->def.match;
    if (!match->emulated) return true;
    outlet->emulator = dd_emulator_start(&(dd_emulator_def){.machine = match->emulated,
                                                            .firmware = match->firmware,
                                                            .serial = outlet->def.serial},
                                         error);
    return outlet->emulator;
}

dd_outlet *dd_outlet_open(const dd_outlet_def *def, dd_error *error) {
    dd_outlet *outlet = calloc(1, sizeof *outlet);
    if (!outlet) {
        dd_fail(error, DD_OUTSIDE, "no memory for a board");
        return NULL;
    }
    outlet->def = *def;
    dd_supply_init(&outlet->supply, def->supply);
    if (start_emulator(outlet, error)) return outlet;
    free(outlet);
    return NULL;
}

void dd_outlet_close(dd_outlet *outlet) {
    if (!outlet) return;
    dd_supply_fini(&outlet->supply);
    dd_emulator_stop(outlet->emulator);
    free(outlet);
}

// --- Connecting ---

// The next device that may be it, but for the serial, which its Hello has to tell.
static bool next_candidate(dd_outlet *outlet, dd_device *device) {
    const dd_device *all;
    size_t n = dd_discovery_devices(outlet->def.discovery, &all);
    for (size_t i = 0; i < n; i++) {
        const dd_device *it = &all[(outlet->candidate + i) % n];
        if (!dd_device_may_fit(it, outlet->def.match)) continue;
        *device = *it;
        outlet->candidate = (outlet->candidate + i + 1) % n;
        return true;
    }
    return false;
}

static int connect_found(dd_outlet *outlet, dd_board_verdict *verdict, dd_error *error) {
    dd_device device;
    if (!outlet->def.discovery) {
        dd_fail(error, DD_OUTSIDE,
                "udev is out of reach, so that a board is found by its path only");
        *verdict = DD_BOARD_NOT_FOUND;
        return -1;
    }
    *verdict = dd_discovery_find(outlet->def.discovery, outlet->def.match, &device, error);
    outlet->unsure = *verdict == DD_BOARD_NOT_FOUND && next_candidate(outlet, &device);
    if (*verdict != DD_BOARD_WELL && !outlet->unsure) return -1;
    return dd_device_open(&device, verdict, error);
}

int dd_outlet_connect(dd_outlet *outlet, dd_board_verdict *verdict, dd_error *error) {
    *verdict = DD_BOARD_NOT_FOUND;
    outlet->unsure = false;
    if (outlet->emulator) return dd_emulator_open(outlet->emulator, error);
    if (outlet->def.match->path) return dd_port_open(outlet->def.match->path, verdict, error);
    return connect_found(outlet, verdict, error);
}

bool dd_outlet_unsure(const dd_outlet *outlet) {
    return outlet->unsure;
}

// --- Supply and reset ---

bool dd_outlet_switchable(const dd_outlet *outlet) {
    return outlet->emulator || outlet->supply.command;
}

bool dd_outlet_switch(dd_outlet *outlet, bool on, dd_error *error) {
    if (!outlet->emulator) return dd_supply_switch(&outlet->supply, on, error);
    return outlet->switched = dd_emulator_power(outlet->emulator, on, error);
}

dd_supply_state dd_outlet_poll(dd_outlet *outlet, dd_error *error) {
    if (!outlet->emulator) return dd_supply_poll(&outlet->supply, error);
    dd_supply_state state = outlet->switched ? DD_SUPPLY_DONE : DD_SUPPLY_IDLE;
    outlet->switched = false;
    return state;
}

bool dd_outlet_press_reset(dd_outlet *outlet) {
    if (outlet->emulator) dd_emulator_reset(outlet->emulator);
    return outlet->emulator;
}
