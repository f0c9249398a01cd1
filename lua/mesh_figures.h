// Figures of a history of the mesh: deliveries by hops and segments, joins, losses, the worst.
#pragma once

#include "lua/mesh_history.h"

typedef struct dd_mesh_delivery {
    uint64_t messages, delivered;
    double median_ms, p95_ms; // NaN when nothing was delivered
} dd_mesh_delivery;

// Of the messages by their hops: DD_HISTORY_HOPS rows, [0] for lamps without a way.
void dd_mesh_by_hops(const dd_history *history, dd_mesh_delivery rows[static DD_HISTORY_HOPS]);

// Of each segment, in the order of history->segments: history->segment_n rows.
void dd_mesh_by_segment(const dd_history *history, dd_mesh_delivery *rows);

// Of all.
dd_mesh_delivery dd_mesh_total(const dd_history *history);

// How many lamps have so many hops to their controller; [0]: no way there.
void dd_mesh_hop_counts(const dd_history *history, uint32_t counts[static DD_HISTORY_HOPS]);

// A segment's nodes together.
typedef struct dd_mesh_segment_figures {
    uint32_t lamps, connected;
    double hops_mean; // of the connected; NaN when there are none
    uint32_t hops_most;
    uint32_t changes, joins, leaves;
    double duty_most; // of its busiest node in its busiest hour
} dd_mesh_segment_figures;

// Of each segment, in the order of history->segments: history->segment_n rows.
void dd_mesh_segments(const dd_history *history, dd_mesh_segment_figures *rows);

typedef struct dd_mesh_join_figures {
    uint32_t joins, again, leaves;
    double median_s, p95_s, most_s; // from a node's start; NaN without joins
} dd_mesh_join_figures;

dd_mesh_join_figures dd_mesh_joins(const dd_history *history);

// Lost messages by outcome and reason.
typedef struct dd_mesh_losses {
    uint64_t n[DD_MESH_OUTCOMES][DD_LOSSES];
} dd_mesh_losses;

dd_mesh_losses dd_mesh_count_losses(const dd_history *history);

// The nodes that sent most in their busiest hour, at most `most`; returns how many.
size_t dd_mesh_busiest(const dd_history *history, uint32_t *nodes, size_t most);

// The links that lost most of what was sent over them, at most `most`; returns how many. Links of
// fewer than DD_MESH_LINK_TRIED attempts say too little.
enum { DD_MESH_LINK_TRIED = 20 };
size_t dd_mesh_worst_links(const dd_history *history, const dd_history_link **links, size_t most);
