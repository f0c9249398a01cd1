// A USB device of class CDC-ACM as QEMU's usb-redir sees one: descriptors, control requests and
// bulk pipes, which are joined to a board's wire.
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct dd_cdc_acm dd_cdc_acm;

typedef struct dd_cdc_acm_def {
    int redir; // connected to the chardev of a usb-redir device; the device's own from then on
    int board; // connected to the board's wire; likewise
    uint16_t vid, pid;
    const char *product, *serial;
} dd_cdc_acm_def;

dd_cdc_acm *dd_cdc_acm_open(const dd_cdc_acm_def *def);
void dd_cdc_acm_close(dd_cdc_acm *device);

// Pulls its plug, or puts it in. What its board says while it is pulled is lost.
void dd_cdc_acm_plug(dd_cdc_acm *device, bool in);

// What to poll for, and what to do after it. False: QEMU is gone.
void dd_cdc_acm_poll(const dd_cdc_acm *device, struct pollfd pollers[2]);
bool dd_cdc_acm_pump(dd_cdc_acm *device);
