// A serial port: /dev/tty..., or a pseudo-terminal by its path.
#pragma once

#include "hil/board/board.h"

enum { DD_PORT_BAUD = 115200, DD_PORT_NODE = 256 };

// The node of a path, which may end in "@BAUD", and how many bauds are meant.
unsigned long dd_port_node(const char *path, char node[static DD_PORT_NODE]);

// Opens it raw, 8N1 at DD_PORT_BAUD unless the path says other ("/dev/ttyUSB0@921600"; USB CDC-ACM
// and pseudo-terminals take any), for nobody else at the same time, its descriptor not to block.
// What had come before is thrown away. Modem lines are left as the kernel sets them (DTR and RTS
// raised), at closing too, since boards exist that restart when DTR drops.
//
// -1 with the error: NOT_FOUND (no such port, or its device has gone), NO_ACCESS (permission, or
// somebody has it open). What is no serial port is NOT_FOUND too.
int dd_port_open(const char *path, dd_board_verdict *verdict, dd_error *error);

// What to do where a port is out of reach: how to install the udev rule.
extern const char dd_port_remedy[];
