// The wire of a board that is a process: a descriptor, a socket that others connect to, or a
// pseudo-terminal. Like a serial port's it takes octets whether anybody listens or not.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct dd_host_wire_def {
    int fd;             // that is the wire; -1: it makes one
    const char *listen; // path of a socket; NULL: a pseudo-terminal, whose name is printed
    int listener;       // a listening socket that it was given; 0: none
    const char *link;   // symbolic link to it; NULL: none
} dd_host_wire_def;

typedef struct dd_host_wire {
    dd_host_wire_def def;
    int listener, fd; // -1: none
    bool terminal;
    bool gone; // for good
    size_t out_n;
    uint8_t out[1024]; // up to the end of a frame
} dd_host_wire;

// False, and a line on stderr, when it cannot be had.
bool dd_host_wire_open(dd_host_wire *wire, const dd_host_wire_def *def);
void dd_host_wire_close(dd_host_wire *wire);
size_t dd_host_wire_read(dd_host_wire *wire, uint8_t *octets, size_t n, uint32_t wait_us);
void dd_host_wire_write(dd_host_wire *wire, const uint8_t *octets, size_t n);
