// What boards there are: serial ports of USB devices, by udev, and emulated boards, by their
// registry. A device is known by what it says of itself and by where it is plugged in; its node
// (/dev/ttyACM0) is an address that another one may have tomorrow.
#pragma once

#include "hil/board/board.h"

enum { DD_DEVICE_WORD = 64, DD_DEVICE_PATH = 256 };

typedef struct dd_device {
    char node[DD_DEVICE_PATH];    // for dd_port_open, until the device is removed
    char serial[DD_DEVICE_WORD];  // of the USB device; empty: it has none
    uint16_t vid, pid;            // 0: of an emulated board
    int8_t interface;             // its number among those of the device; -1: no USB
    char place[DD_DEVICE_WORD];   // bus and ports ("1-1.2"); of an emulated board "emulated"
    char product[DD_DEVICE_WORD]; // as the device calls itself
    char syspath[DD_DEVICE_PATH]; // of the tty in /sys, or of the file in the registry
    uint64_t plug;                // another number each time it is plugged in
    unsigned long baud; // of its UART, as a udev rule says (DOMDOM_BAUD); 0: the usual one
    bool emulated;
    bool denied; // this user may not open it
} dd_device;

typedef struct dd_device_change {
    bool added; // else removed: then the device is as it was known while it was there
    dd_device device;
} dd_device_change;

typedef struct dd_discovery dd_discovery;

// Looks what is there; that comes as changes first. DD_OUTSIDE when udev is out of reach.
dd_discovery *dd_discovery_open(dd_error *error);
void dd_discovery_close(dd_discovery *discovery); // takes NULL

// Readable when something may have come or gone: for ev_io or poll; then take changes to the end.
int dd_discovery_fd(const dd_discovery *discovery);
// The next change; false: that was all. Never waits. A device that was pulled and put back in the
// meantime is removed and added, under whatever node.
bool dd_discovery_next(dd_discovery *discovery, dd_device_change *change);

// What is there now, by place and interface; valid until the next call.
size_t dd_discovery_devices(dd_discovery *discovery, const dd_device **devices);

// Whether a device is the one that is meant: by serial, VID, PID and interface, or by path, which
// may also be a link to its node (/dev/serial/by-id/...).
bool dd_device_fits(const dd_device *device, const dd_board_match *match);
// ... or may be the one, but for the serial, which only its Hello can tell: the USB device has
// none.
bool dd_device_may_fit(const dd_device *device, const dd_board_match *match);

// Opens a device's port at its speed, as dd_port_open does.
int dd_device_open(const dd_device *device, dd_board_verdict *verdict, dd_error *error);

// The device that is meant. WELL, or with the error NOT_FOUND, AMBIGUOUS (several fit: none is
// taken) or NO_ACCESS. Whoever matches by serial may try those that may fit after a NOT_FOUND. A
// path needs no device here: a pseudo-terminal is none, and is found by dd_port_open.
dd_board_verdict dd_discovery_find(dd_discovery *discovery, const dd_board_match *match,
                                   dd_device *device, dd_error *error);

// Opens the port of the board that a word of the command line means: a path, where it holds a '/',
// else a serial. -1 as dd_discovery_find and dd_port_open.
int dd_discovery_open_port(const char *word, dd_board_verdict *verdict, dd_error *error);
