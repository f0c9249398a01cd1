// What the records of a run tell of its mesh, gathered for an engineer: the routing tree, messages
// by hops, joins, air time, links.
#pragma once

#include "engine/output/run_reader.h"
#include "models/schema.h"

// A node: a lamp's, or (by its segment's entity) a controller's.
typedef struct dd_history_node {
    uint32_t segment; // entity; a controller's own; 0: this entity has no node
    // At the moment asked for.
    uint32_t parent; // entity, 0: none
    double etx;      // expected transmissions to the parent
    uint32_t rank;
    uint32_t hops; // to the controller; 0: no way there, or the controller itself
    // Of the whole run.
    uint32_t changes; // of the parent, for another
    uint32_t joins, leaves;
    uint64_t frames, retries, busy;
    double air_s;
    double duty, duty_most; // share of the time in which it sent; in its busiest hour
} dd_history_node;

typedef struct dd_history_message {
    dd_time t;
    uint32_t lamp;
    uint32_t place; // of its segment in dd_history.segments
    uint32_t latency_us;
    uint8_t hops; // between lamp and controller when it ended; 0: there was no way
    uint8_t outcome;
    bool up;
    // Of a lost one.
    uint8_t reason;
    uint32_t sender, receiver, culprit; // entities, 0: none
} dd_history_message;

typedef struct dd_history_join {
    dd_time t;
    uint32_t node;
    bool joined, again; // again: not for the first time
    double after_s;
} dd_history_join;

typedef struct dd_history_link {
    uint32_t sender, receiver;
    uint64_t attempts, acknowledged;
    double level_dbm;
} dd_history_link;

enum { DD_HISTORY_HOPS = 64 }; // more than any message goes

typedef struct dd_history {
    dd_run_reader run;
    dd_time at;  // when the tree was like this
    dd_time end; // of the run
    uint32_t entity_n;
    char **names;           // by entity
    dd_history_node *nodes; // by entity
    uint32_t *segments;     // entities, in the city's order
    size_t segment_n;
    dd_history_message *messages; // in the stream's order
    size_t message_n, message_room;
    dd_history_join *joins; // joined and left, in the stream's order
    size_t join_n, join_room;
    dd_history_link *links;
    size_t link_n, link_room;
    uint64_t repairs[DD_REPAIR_GLOBAL + 1]; // by dd_mesh_repair
    uint64_t refused[DD_REFUSALS];
} dd_history;

// Reads the run in a folder: of the segment of that name only, or (NULL) of all; the tree as it was
// at `at`, a duration since the start or a civil time, or (NULL) at the end. DD_WRONG when there
// is no such segment, or nothing of a mesh in the run.
bool dd_history_read(dd_history *history, const char *folder, const char *segment, const char *at,
                     dd_error *error);
void dd_history_fini(dd_history *history);
