// A USB device of class CDC-ACM as QEMU's usb-redir sees one: descriptors, control requests and
// bulk pipes, which are joined to a board's wire.
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct cdc_acm cdc_acm;

typedef struct cdc_acm_def {
    int redir; // connected to the chardev of a usb-redir device; the device's own from then on
    int board; // connected to the board's wire; likewise
    uint16_t vid, pid;
    const char *product, *serial;
} cdc_acm_def;

cdc_acm *cdc_acm_open(const cdc_acm_def *def);
void cdc_acm_close(cdc_acm *device);

// Pulls its plug, or puts it in. What its board says while it is pulled is lost.
void cdc_acm_plug(cdc_acm *device, bool in);

// What to poll for, and what to do after it. False: QEMU is gone.
void cdc_acm_poll(const cdc_acm *device, struct pollfd pollers[2]);
bool cdc_acm_pump(cdc_acm *device);
