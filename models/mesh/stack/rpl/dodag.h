// A node's place in the DODAG (RPL, RFC 6550, non-storing mode; MRHOF with ETX, RFC 6719): which
// neighbour is its parent, what rank follows, when to say so (DIO), to ask (DIS), to tell the root
// (DAO). It decides and keeps time; what its functions return is for net.c to write and send.
#pragma once

#include "models/mesh/stack/rpl/neighbour.h"
#include "models/mesh/stack/rpl/trickle.h"

enum {
    DD_RPL_NON_STORING = 1, // mode of operation (RFC 6550, 6.3.1)
    DD_RPL_MRHOF = 1,       // objective code point (RFC 6719, 7)
    DD_RPL_UNIT_S = 60,     // in which lifetimes are counted
};

typedef enum dd_due {
    DD_DUE_DIO = 1,           // to all
    DD_DUE_ADVERTISEMENT = 2, // a router advertisement, to all
    DD_DUE_DIS = 4,           // to all
    DD_DUE_DAO = 8,
    DD_DUE_PROBE = 16, // a DIO to `target` alone, to learn what sending to it costs, or to tell it
    DD_DUE_NO_PATH = 32, // by way of `target`, which was the parent
    DD_DUE_SWEEP = 64,   // root: routes that are over
} dd_due;

typedef enum dd_dodag_flag {
    DD_DODAG_ROOT = 1,
    DD_DODAG_KNOWN = 2,      // `version` is what this node has belonged to
    DD_DODAG_ADVERTISE = 4,  // the next DIO brings the contexts along
    DD_DODAG_DOUBT = 8,      // the parent has not acknowledged
    DD_DODAG_DAO_SENT = 16,  // and not been acknowledged
    DD_DODAG_DTSN_KNOWN = 32 // the parent's
} dd_dodag_flag;

typedef struct dd_dodag {
    dd_trickle trickle; // of DIOs
    int64_t upkeep_us;  // lamps without a parent: next DIS; others: next look for whom to probe
    int64_t dao_us;     // next DAO: a new one, once more, or a refresh
    dd_neighbours neighbours;
    uint16_t parent; // DD_BROADCAST: none
    uint16_t rank;
    uint16_t lowest_rank; // that it has had in this version
    uint16_t told_rank;   // in its last DIO to all, or less to one since
    uint16_t target;      // see dd_due
    uint8_t version, dtsn, parent_dtsn;
    uint8_t dao_sequence, path_sequence, dao_tries;
    uint8_t in_vain; // unicasts to the parent in a row; without one: DISes since it was lost
    uint8_t flags;   // dd_dodag_flag
} dd_dodag;

// Where a function returns uint8_t, it is a mask of dd_due.

void dd_dodag_start(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, bool root,
                    uint8_t boots);

// As after long operation; see dd_net_seed.
void dd_dodag_seed(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint16_t parent,
                   uint16_t rank, uint16_t etx);

uint8_t dd_dodag_dio(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint16_t source,
                     int8_t rss_dbm, const dd_rpl_dio *dio);

// Somebody asks all its neighbours.
void dd_dodag_dis(dd_dodag *dodag, int64_t now_us, const dd_net_port *port);

// The root's answer to a DAO.
void dd_dodag_ack(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint8_t sequence);

// A unicast to a neighbour was acknowledged, or given up, after so many attempts.
uint8_t dd_dodag_sent(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint16_t hop,
                      uint8_t attempts, bool acknowledged);

// A packet on its way up has come from `source`, which has no more rank than we have: Trickle
// begins anew (RFC 6550, 11.2.2.2), and the sender is told our rank at once. When that has happened
// to the packet before, and the sender is our own parent, it goes round between us: it is no
// parent.
uint8_t dd_dodag_loop(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint16_t source,
                      bool again);

// Global repair, by the root.
void dd_dodag_repair(dd_dodag *dodag, int64_t now_us, const dd_net_port *port);

// Whom to hand a packet that `failed` has not acknowledged: the parent where that is another by
// now, a neighbour of less rank than ours, or `failed` once more. DD_BROADCAST: nobody.
uint16_t dd_dodag_instead(dd_dodag *dodag, const dd_net_port *port, uint16_t failed);

// Routes' lifetime in units of DD_RPL_UNIT_S, as DIOs and DAOs say it.
uint8_t dd_dodag_lifetime(const dd_net_figures *figures);

// What a DIO says now, to all or to one.
dd_rpl_dio dd_dodag_say(dd_dodag *dodag, const dd_net_port *port, const dd_prefix *prefix,
                        bool all);

int64_t dd_dodag_deadline(const dd_dodag *dodag);
uint8_t dd_dodag_time(dd_dodag *dodag, int64_t now_us, const dd_net_port *port);
