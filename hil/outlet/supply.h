// A board's supply, switched by a command of the user's: COMMAND on, COMMAND off (uhubctl, a
// relay). Whether that did anything, the board's uptime tells.
#pragma once

#include "engine/base.h"

#include <sys/types.h>

enum { DD_SUPPLY_S = 10 }; // that the command may take

typedef enum dd_supply_state {
    DD_SUPPLY_IDLE,
    DD_SUPPLY_SWITCHING,
    DD_SUPPLY_DONE,   // the command says so
    DD_SUPPLY_FAILED, // it says that it has failed, or it took too long and was killed
} dd_supply_state;

typedef struct dd_supply {
    const char *command; // for sh; outlives it
    bool on;             // as it was asked for last; at first
    pid_t process;       // 0: none runs
    int64_t until_ns;    // then it is killed
} dd_supply;

void dd_supply_init(dd_supply *supply, const char *command);
void dd_supply_fini(dd_supply *supply); // kills the command if it still runs

// Starts the command, ending one that still runs. False, with DD_OUTSIDE: no process can be had.
bool dd_supply_switch(dd_supply *supply, bool on, dd_error *error);
// How far it is; DONE and FAILED (with the error, DD_OUTSIDE) once. Never waits.
dd_supply_state dd_supply_poll(dd_supply *supply, dd_error *error);
