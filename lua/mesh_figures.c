#include "lua/mesh_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// --- Deliveries ---

// The nearest rank: of 20 values the 19th is the 95th percentile.
static double percentile_ms(const uint32_t *sorted, size_t n, unsigned per_cent) {
    return n ? sorted[(n * per_cent + 99) / 100 - 1] / 1000.0 : (double)NAN;
}

typedef size_t (*group_of)(const dd_history_message *message);

static size_t hops_group(const dd_history_message *message) {
    return message->hops;
}

static size_t segment_group(const dd_history_message *message) {
    return message->place;
}

static size_t one_group(const dd_history_message *message) {
    (void)message;
    return 0;
}

// Counts the groups' messages; returns the latencies of what was delivered, group after group.
static uint32_t *sort_into_groups(const dd_history *history, group_of group, dd_mesh_delivery *rows,
                                  size_t n) {
    size_t *next = calloc(n, sizeof *next); // place of a group's next latency
    uint32_t *latencies = calloc(history->message_n + 1, sizeof *latencies);
    if (!latencies || !next) abort();
    for (size_t i = 0; i < history->message_n; i++) {
        dd_mesh_delivery *row = &rows[group(&history->messages[i])];
        row->messages++;
        row->delivered += history->messages[i].outcome == DD_MESH_DELIVERED;
    }
    for (size_t g = 1; g < n; g++)
        next[g] = next[g - 1] + rows[g - 1].delivered;
    for (size_t i = 0; i < history->message_n; i++)
        if (history->messages[i].outcome == DD_MESH_DELIVERED)
            latencies[next[group(&history->messages[i])]++] = history->messages[i].latency_us;
    free(next);
    return latencies;
}

static void deliver(const dd_history *history, group_of group, dd_mesh_delivery *rows, size_t n) {
    memset(rows, 0, n * sizeof *rows);
    uint32_t *latencies = sort_into_groups(history, group, rows, n), *first = latencies;
    for (size_t g = 0; g < n; g++) {
        qsort(first, rows[g].delivered, sizeof *first, by_number);
        rows[g].median_ms = percentile_ms(first, rows[g].delivered, 50);
        rows[g].p95_ms = percentile_ms(first, rows[g].delivered, 95);
        first += rows[g].delivered;
    }
    free(latencies);
}

void dd_mesh_by_hops(const dd_history *history, dd_mesh_delivery rows[static DD_HISTORY_HOPS]) {
    deliver(history, hops_group, rows, DD_HISTORY_HOPS);
}

void dd_mesh_by_segment(const dd_history *history, dd_mesh_delivery *rows) {
    deliver(history, segment_group, rows, history->segment_n);
}

dd_mesh_delivery dd_mesh_total(const dd_history *history) {
    dd_mesh_delivery total;
    deliver(history, one_group, &total, 1);
    return total;
}

// --- Places ---

static bool is_lamp(const dd_history *history, uint32_t entity) {
    return history->nodes[entity].segment && history->nodes[entity].segment != entity;
}

// Its segment, among the history's; NULL when the history is not of it.
static const uint32_t *segment_of(const dd_history *history, uint32_t entity) {
    return bsearch(&history->nodes[entity].segment, history->segments, history->segment_n,
                   sizeof *history->segments, by_number);
}

void dd_mesh_hop_counts(const dd_history *history, uint32_t counts[static DD_HISTORY_HOPS]) {
    memset(counts, 0, DD_HISTORY_HOPS * sizeof *counts);
    for (uint32_t i = 1; i < history->entity_n; i++)
        if (is_lamp(history, i) && segment_of(history, i)) counts[history->nodes[i].hops]++;
}

static void add_node(dd_mesh_segment_figures *row, const dd_history_node *node, bool lamp) {
    row->lamps += lamp;
    row->connected += node->hops > 0;
    row->hops_mean += node->hops;
    if (node->hops > row->hops_most) row->hops_most = node->hops;
    row->changes += node->changes;
    row->joins += node->joins;
    row->leaves += node->leaves;
    if (node->duty_most > row->duty_most) row->duty_most = node->duty_most;
}

void dd_mesh_segments(const dd_history *history, dd_mesh_segment_figures *rows) {
    memset(rows, 0, history->segment_n * sizeof *rows);
    for (uint32_t i = 1; i < history->entity_n; i++) {
        const uint32_t *place = segment_of(history, i);
        if (place)
            add_node(&rows[place - history->segments], &history->nodes[i], is_lamp(history, i));
    }
    for (size_t i = 0; i < history->segment_n; i++)
        rows[i].hops_mean /= rows[i].connected; // 0 / 0 is NaN
}

// --- Joins ---

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

dd_mesh_join_figures dd_mesh_joins(const dd_history *history) {
    double *after = calloc(history->join_n + 1, sizeof *after);
    dd_mesh_join_figures it = {
        .median_s = (double)NAN, .p95_s = (double)NAN, .most_s = (double)NAN};
    if (!after) abort();
    for (size_t i = 0; i < history->join_n; i++) {
        const dd_history_join *join = &history->joins[i];
        if (join->joined) after[it.joins++] = join->after_s;
        it.again += join->again;
        it.leaves += !join->joined;
    }
    qsort(after, it.joins, sizeof *after, by_value);
    if (it.joins) {
        it.median_s = after[(it.joins * 50 + 99) / 100 - 1];
        it.p95_s = after[(it.joins * 95 + 99) / 100 - 1];
        it.most_s = after[it.joins - 1];
    }
    free(after);
    return it;
}

// --- Losses ---

dd_mesh_losses dd_mesh_count_losses(const dd_history *history) {
    dd_mesh_losses losses = {{{0}}};
    for (size_t i = 0; i < history->message_n; i++) {
        const dd_history_message *message = &history->messages[i];
        if (message->outcome != DD_MESH_DELIVERED) losses.n[message->outcome][message->reason]++;
    }
    return losses;
}

// --- The worst ---

typedef struct ranked {
    double rank; // the highest first
    uint32_t index;
} ranked;

static int by_rank(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->rank != y->rank) return x->rank < y->rank ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

size_t dd_mesh_busiest(const dd_history *history, uint32_t *nodes, size_t most) {
    ranked *all = calloc(history->entity_n + 1, sizeof *all);
    size_t n = 0;
    if (!all) abort();
    for (uint32_t i = 1; i < history->entity_n; i++)
        if (history->nodes[i].frames) all[n++] = (ranked){history->nodes[i].duty_most, i};
    qsort(all, n, sizeof *all, by_rank);
    if (n > most) n = most;
    for (size_t i = 0; i < n; i++)
        nodes[i] = all[i].index;
    free(all);
    return n;
}

size_t dd_mesh_worst_links(const dd_history *history, const dd_history_link **links, size_t most) {
    ranked *all = calloc(history->link_n + 1, sizeof *all);
    size_t n = 0;
    if (!all) abort();
    for (uint32_t i = 0; i < history->link_n; i++) {
        const dd_history_link *link = &history->links[i];
        double lost = 1 - (double)link->acknowledged / (double)link->attempts;
        if (link->attempts >= DD_MESH_LINK_TRIED && lost > 0) all[n++] = (ranked){lost, i};
    }
    qsort(all, n, sizeof *all, by_rank);
    if (n > most) n = most;
    for (size_t i = 0; i < n; i++)
        links[i] = &history->links[all[i].index];
    free(all);
    return n;
}
