// A node's place in the DODAG (RPL, RFC 6550, non-storing mode; MRHOF with ETX, RFC 6719): which
// neighbour is its parent, what rank follows, when to say so (DIO), to ask (DIS), to tell the root
// (DAO). It decides and keeps time; the messages themselves are written and sent by net.c, which
// each function tells what is due.
#pragma once

#include "models/mesh/stack/neighbour.h"
#include "models/mesh/stack/trickle.h"

typedef struct dd_dodag {
    dd_trickle trickle; // of DIOs
    int64_t upkeep_us;  // no parent: next DIS; otherwise: next look for somebody to probe
    int64_t dao_us;     // next DAO: a new one, a retry, a refresh
    dd_neighbours neighbours;
    uint16_t parent; // DD_BROADCAST: none
    uint16_t rank, lowest_rank;
    uint16_t told_rank; // in the last DIO
    uint8_t version, dtsn, parent_dtsn;
    uint8_t dao_sequence, path_sequence, dao_tries;
    uint8_t flags;
} dd_dodag;
