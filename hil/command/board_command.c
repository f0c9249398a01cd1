#include "hil/command/board_command.h"
#include "engine/base.h"
#include "hil/command/emulate.h"
#include "hil/command/firmware.h"
#include "hil/command/list.h"
#include "hil/command/map.h"
#include "hil/command/monitor.h"
#include "hil/command/record.h"
#include "hil/command/replay.h"
#include "hil/command/test.h"

#include <stdio.h>
#include <string.h>

const char dd_board_usage[] =
    "domdom board list | monitor | test | record | replay | map | firmware | emulate\n"
    "\n"
    "Real boards, and emulated ones, in place of simulated controllers. BOARD is the serial of "
    "one\n"
    "that is plugged in or emulated, or the path of its serial port or pseudo-terminal, with "
    "@BAUD\n"
    "where 115200 is wrong.\n"
    "\n"
    "domdom board list [PATH...] [--wait SECONDS] [--no-hello] [--json]\n"
    "  What boards are there, who answers, and what is wrong with the others. USB devices with a\n"
    "  serial port and emulated boards, or only what is at these paths.\n"
    "  --wait SECONDS  for their Hello (1.5)\n"
    "  --no-hello      opens no port, asks nobody\n"
    "  --rule [VID:PID...]  prints the udev rule that gives access without root, and keeps\n"
    "                  ModemManager off, for boards whose serial begins with SEG-, and these\n"
    "\n"
    "domdom board map [PATH...] [--json]\n"
    "  Which board is plugged in where, under what node now, and for which segment.\n"
    "\n"
    "domdom board monitor BOARD [--for SECONDS] [--hex] [--listen | --session]\n"
    "  Each frame that passes, decoded, and what is none; until Ctrl-C. A board that is pulled is\n"
    "  waited for.\n"
    "  --hex       the octets too\n"
    "  --listen    says nothing to the board; else it is asked for its Hello\n"
    "  --session   welcomes it in real time and keeps the session up, so that it goes on "
    "speaking\n"
    "\n"
    "domdom board record BOARD --out FILE [--link PATH] [--for SECONDS]\n"
    "  Stands between a board and whoever works it: offers a pseudo-terminal in place of its port\n"
    "  (at PATH, too), for `domdom run --board SEGMENT=PATH` or a program of your own, and puts "
    "down\n"
    "  each frame that passes, until Ctrl-C. What a board does in a run is recorded anyway: "
    "`domdom\n"
    "  run ... --board SEGMENT=BOARD --out DIR`, and so is a controller of ours, as "
    "emulated:host.\n"
    "\n"
    "domdom board replay FILE [--list | --frames] [--from TIME] [--until TIME] [--json]\n"
    "  What a recording holds; `domdom run --out DIR` leaves one for each board, "
    "DIR/boards/SEGMENT.rec.\n"
    "  --list      what the board was told and what it said, a line each\n"
    "  --frames    the frames on its wire too\n"
    "  --from, --until  durations since the run's start, or civil times\n"
    "\n"
    "domdom board replay FILE --against BOARD|emulated[:MACHINE]|FIRMWARE [--machine MACHINE]\n"
    "                    [--real-time] [--from TIME] [--until TIME] [--json]\n"
    "  Tells another board what the recorded one was told, and compares what they say: the first\n"
    "  difference with the messages around it, and how many there are. FIRMWARE is an ELF file, "
    "run\n"
    "  on an emulated lm3s6965evb or MACHINE. Exit status: 0 none, 1 they differ.\n"
    "  --real-time though it offers lock-step\n"
    "\n"
    "domdom board emulate [N] [--machine MACHINE] [--serial SERIAL] [--firmware FILE]\n"
    "  N emulated boards (1), each behind a pseudo-terminal and found by its serial like a real\n"
    "  one, until Ctrl-C.\n"
    "  --machine MACHINE  lm3s6965evb, netduinoplus2 (both by QEMU), or host: a process; the "
    "first\n"
    "  --serial SERIAL    of the first one (SEG-0001); the others count on from it\n"
    "  --firmware FILE    an ELF file, or a program, in place of the reference firmware\n"
    "\n"
    "domdom board test BOARD|emulated[:MACHINE] [--only N,...] [--junit FILE] [--json] [--quiet]\n"
    "  Tries the board, case by case, on whether it keeps to hil/PROTOCOL.md, and reports what it\n"
    "  does wrong. Exit status: 0 it passed, 1 it failed, 2 the command is wrong, 3 nobody "
    "answers.\n"
    "  emulated        the reference firmware; MACHINE: lm3s6965evb, netduinoplus2 or host\n"
    "  --firmware FILE an emulated board with that firmware\n"
    "  --only N,...    these cases, or groups: 305, 700\n"
    "  --list          which cases there are\n"
    "  --junit FILE    the outcome for build servers; --json on stdout; --quiet only what failed\n"
    "\n"
    "domdom board firmware [--json]\n"
    "  The reference firmware for each machine, and the kit alone: where it lies, and what flash "
    "and\n"
    "  memory it takes. `./domdom board firmware` builds it first.\n";

typedef struct dd_board_row {
    const char *name;
    int (*run)(int argc, char **argv); // argv[0] is its name; returns the exit status
} dd_board_row;

static const dd_board_row rows[] = {
    {"emulate", dd_board_emulate}, {"list", dd_board_list},       {"firmware", dd_board_firmware},
    {"map", dd_board_map},         {"monitor", dd_board_monitor}, {"record", dd_board_record},
    {"replay", dd_board_replay},   {"test", dd_board_test},       {NULL, NULL},
};

int dd_board_command(int argc, char **argv) {
    for (const dd_board_row *row = rows; argc > 1 && row->name; row++)
        if (strcmp(row->name, argv[1]) == 0) return row->run(argc - 1, argv + 1);
    fputs(dd_board_usage, argc > 1 ? stderr : stdout);
    return argc > 1 ? DD_WRONG : DD_OK;
}
