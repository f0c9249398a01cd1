// How a segment's controller is to be a board: said by a scenario, or on the command line.
#pragma once

#include "engine/base.h"
#include "models/controller/tenant.h"

// Which board. Exactly one of serial, path, emulated and recording is set.
typedef struct dd_board_match {
    const char *serial;    // of its USB device or, without one, of its Hello
    uint16_t vid, pid;     // besides the serial; 0: any
    int8_t interface;      // number of the USB interface; -1: any
    const char *path;      // a pty or /dev/tty...: that one, whatever its serial
    const char *emulated;  // a firmware of ours, started for this run: "lm3s6965evb",
                           // "netduinoplus2" or "host" ...
    const char *firmware;  // ... or this one, on that machine; NULL: the reference firmware
    const char *recording; // a file that stands for the board
} dd_board_match;

typedef enum dd_late_policy {
    DD_LATE_COUNT, // what it says late is taken, and counted
    DD_LATE_DROP,  // ... is not taken
    DD_LATE_LOSE,  // after `late_n` overruns the board counts as lost
} dd_late_policy;

typedef struct dd_attach_def {
    uint32_t segment; // index of the city's
    dd_board_match board;
    dd_on_lost on_lost;    // FALLBACK
    bool shadow;           // the simulated application works beside it ...
    dd_board_match other;  // ... or this board, if one is named
    bool lock_step;        // in real time too; in other runs boards work so anyway
    dd_late_policy late;   // COUNT
    uint32_t late_n;       // 3
    uint32_t tolerance_us; // real time: an answer or a deadline missed by more is an overrun; 5000
    double find_s;         // to be found and greeted within, at the run's start; 10
    double answer_s;       // lock-step: an answer takes no longer on the wall; 2
    const char *leeway;    // that board and shadow have (hil/shadow/leeway.h); NULL: as is usual
    const char *supply;    // command that switches its supply: COMMAND on|off; NULL: none
} dd_attach_def;

dd_attach_def dd_attach_default_def(void);

// Whether it names one board, and everything lies within what makes sense.
bool dd_attach_check(const dd_attach_def *def, dd_error *error);

// A definition together with the texts that it points to. It must not be moved.
enum { DD_ATTACH_TEXT = 512 };
typedef struct dd_attach {
    dd_attach_def def;
    char text[DD_ATTACH_TEXT];
    size_t n; // octets of it that are taken
} dd_attach;

// Copies a definition with its texts. False: they are too long.
bool dd_attach_copy(dd_attach *attach, const dd_attach_def *from, dd_error *error);

// Reads it as actions write it: `serial=SEG-0042 on_lost=wait shadow tolerance=5ms`; a value with
// blanks stands in double quotes. What is not said is as by default, or (`onto`) as it was.
bool dd_attach_parse(dd_attach *attach, const char *text, bool onto, dd_error *error);

// Turns what the command line says of a board, `SERIAL`, `PATH` or `emulated[:MACHINE]`, then
// perhaps `,on_lost=wait,...`, into such a text of at most `size` octets. False: it is too long.
bool dd_attach_text_of_option(const char *option, char *text, size_t size, dd_error *error);

// "serial SEG-0042", "path /dev/ttyACM0", "emulated lm3s6965evb": for people.
void dd_board_match_text(const dd_board_match *match, char *text, size_t size);
