// The roll: every board that is there, by its device and by what it says of itself.
#pragma once

#include "hil/outlet/discovery.h"

typedef struct dd_roll_entry {
    dd_device device;
    dd_board_verdict
        verdict; // WELL: it has said Hello; AMBIGUOUS: another one says the same serial
    dd_board_identity identity; // where it has
    char remark[512];           // what was wrong, and what to do
} dd_roll_entry;

typedef struct dd_roll {
    dd_roll_entry *boards;
    size_t n;
} dd_roll;

// Looks at all devices, and at the ports of these paths, which udev need not know (NULL: none);
// asks all of them at once for Hello, and waits for it so many milliseconds; 0: asks nobody, all
// that may be opened are WELL. The caller frees it by dd_roll_fini.
bool dd_roll_call(dd_roll *roll, const char *const *paths, size_t path_n, int ms, dd_error *error);
void dd_roll_fini(dd_roll *roll);

// The serial by which a board is asked for: of its USB device, else of its Hello; "" without.
const char *dd_roll_serial(const dd_roll_entry *board);
