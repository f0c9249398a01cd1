// Where a mesh stands that has run for long: the tree of least expected transmissions, as RPL with
// MRHOF comes to it. Scenarios that begin with a network at work begin with this.
#pragma once

#include "models/mesh/radio/radio.h"
#include "models/mesh/survey/links.h"

enum { DD_TYPICAL_OCTETS = 80 }; // of a frame that carries a reading

enum { DD_TREE_NONE = 0xFFFF }; // no parent: nobody reaches it

typedef struct dd_tree_place {
    uint32_t cost;   // sum of the links' expected transmissions to the root, 1/128
    uint16_t parent; // number within the segment, DD_TREE_NONE
    uint16_t etx;    // of the link to it, 1/128
} dd_tree_place;

// Expected transmissions by a link's median SNR, over all fades, 1/128; 0: it is none. A row each
// tenth of a decibel.
enum { DD_ETX_FROM_CDB = -1000, DD_ETX_ROWS = 400 };
typedef struct dd_etx_table {
    uint16_t rows[DD_ETX_ROWS];
} dd_etx_table;

// For frames of `octets` and their acknowledgements, with fades of a standard deviation, and a
// margin that links lose to the interference of the network itself.
void dd_etx_table_build(dd_etx_table *table, const dd_radio_tables *radio, unsigned octets,
                        int32_t fade_cdb, int32_t margin_cdb);
uint16_t dd_etx_of(const dd_etx_table *table, int32_t snr_cdb);

// The places of the nodes 0 .. lamp_n of a segment whose controller is station `first`; `places`
// has room for DD_TREE_NODES_MAX. `absent`, by number: those that have no place, or NULL.
enum { DD_TREE_NODES_MAX = 251 };
void dd_tree_make(dd_tree_place *places, const dd_links *links, const dd_etx_table *etx,
                  uint32_t first, uint16_t lamp_n, const bool *absent);
