#include "lua/mesh_report.h"
#include "engine/output/text_table.h"
#include "lua/mesh_figures.h"
#include "models/mesh/air/mesh_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 64 };

static const char *name_of(const dd_history *history, uint32_t entity) {
    return entity ? history->names[entity] : "-";
}

// A number with its unit; "-" for none.
static const char *figure(char text[static CELL], double value, int digits, const char *unit) {
    if (isnan(value))
        snprintf(text, CELL, "-");
    else
        snprintf(text, CELL, "%.*f%s", digits, value, unit);
    return text;
}

static double per_cent(uint64_t part, uint64_t whole) {
    return whole ? 100.0 * (double)part / (double)whole : (double)NAN;
}

// Civil time to the millisecond.
static const char *moment(const dd_history *history, dd_time t, char text[static CELL]) {
    char second[DD_MOMENT_SIZE];
    dd_moment_format(&history->run.calendar, t, second);
    snprintf(text, CELL, "%s.%03d", second, (int)(t % DD_SECOND / DD_MILLISECOND));
    return text;
}

static void head(FILE *out, const char *text) {
    fprintf(out, "\n%s\n", text);
}

// --- What it is about ---

static void print_about(const dd_history *history, FILE *out) {
    char begin[DD_MOMENT_SIZE], end[DD_MOMENT_SIZE], at[DD_MOMENT_SIZE];
    dd_moment_format(&history->run.calendar, 0, begin);
    dd_moment_format(&history->run.calendar, history->end, end);
    dd_moment_format(&history->run.calendar, history->at, at);
    fprintf(out, "%s, %s to %s%s",
            history->run.scenario ? history->run.scenario : history->run.path, begin, end,
            history->run.complete ? "" : " (interrupted)");
    fprintf(out, history->at < history->end ? "; routes as of %s\n" : "\n", at);
}

static void print_joins(const dd_history *history, FILE *out) {
    char median[CELL], p95[CELL], most[CELL];
    dd_mesh_join_figures joins = dd_mesh_joins(history);
    fprintf(out, "joined: %u, of them %u again; left: %u", joins.joins, joins.again, joins.leaves);
    if (joins.joins)
        fprintf(out, "; from start to place: median %s, p95 %s, most %s",
                figure(median, joins.median_s, 1, " s"), figure(p95, joins.p95_s, 1, " s"),
                figure(most, joins.most_s, 1, " s"));
    fprintf(out, "\nloops: %llu, global repairs: %llu\n",
            (unsigned long long)history->repairs[DD_REPAIR_LOOP],
            (unsigned long long)history->repairs[DD_REPAIR_GLOBAL]);
}

static void print_join_list(const dd_history *history, FILE *out) {
    char when[CELL], after[CELL];
    dd_text_table table = {.heads = {"when", "node", "what", "after its start"}, .align = "lllr"};
    for (size_t i = 0; i < history->join_n; i++) {
        const dd_history_join *join = &history->joins[i];
        dd_text_table_add(&table, "%s\t%s\t%s\t%s", moment(history, join->t, when),
                          name_of(history, join->node),
                          join->again    ? "joined again"
                          : join->joined ? "joined"
                                         : "left",
                          join->joined ? figure(after, join->after_s, 1, " s") : "-");
    }
    if (history->join_n) head(out, "joins");
    dd_text_table_print(&table, out);
}

// --- Segments ---

static void print_segments(const dd_history *history, FILE *out) {
    char hops[CELL], delivered[CELL], median[CELL], p95[CELL];
    dd_mesh_delivery *messages = calloc(history->segment_n, sizeof *messages);
    dd_mesh_segment_figures *rows = calloc(history->segment_n, sizeof *rows);
    if (!messages || !rows) abort();
    dd_mesh_by_segment(history, messages);
    dd_mesh_segments(history, rows);
    dd_text_table table = {.heads = {"segment", "lamps", "connected", "hops", "most", "messages",
                                     "delivered", "median", "p95", "changes", "joins", "duty"},
                           .align = "lrrrrrrrrrrr"};
    for (size_t i = 0; i < history->segment_n; i++)
        dd_text_table_add(
            &table, "%s\t%u\t%u\t%s\t%u\t%llu\t%s\t%s\t%s\t%u\t%u\t%.2f %%",
            name_of(history, history->segments[i]), rows[i].lamps, rows[i].connected,
            figure(hops, rows[i].hops_mean, 1, ""), rows[i].hops_most,
            (unsigned long long)messages[i].messages,
            figure(delivered, per_cent(messages[i].delivered, messages[i].messages), 2, " %"),
            figure(median, messages[i].median_ms, 0, " ms"),
            figure(p95, messages[i].p95_ms, 0, " ms"), rows[i].changes, rows[i].joins,
            100 * rows[i].duty_most);
    head(out, "segments (changes: of parents; duty: of the busiest node in its busiest hour)");
    dd_text_table_print(&table, out);
    free(messages);
    free(rows);
}

// --- The tree ---

typedef struct tree {
    const dd_history *history;
    uint32_t *first, *next; // by entity: first child, next of the same parent
    dd_text_table table;
} tree;

static uint32_t count_below(const tree *it, uint32_t node) {
    uint32_t n = 0;
    for (uint32_t child = it->first[node]; child; child = it->next[child])
        n += 1 + count_below(it, child);
    return n;
}

static void add_branch(tree *it, uint32_t node, int depth) {
    const dd_history_node *place = &it->history->nodes[node];
    if (depth)
        dd_text_table_add(&it->table, "%*s%s\t%.2f\t%u\t%u\t%u", 2 * depth, "",
                          name_of(it->history, node), place->etx, place->rank, place->hops,
                          count_below(it, node));
    else
        dd_text_table_add(&it->table, "%s\t\t\t\t%u", name_of(it->history, node),
                          count_below(it, node));
    for (uint32_t child = it->first[node]; child; child = it->next[child])
        add_branch(it, child, depth + 1);
}

static void print_unconnected(const dd_history *history, FILE *out) {
    const char *joint = "\nwithout a way to the controller: ";
    for (uint32_t i = 1; i < history->entity_n; i++) {
        const dd_history_node *node = &history->nodes[i];
        if (node->segment != history->segments[0] || i == node->segment || node->hops) continue;
        fprintf(out, "%s%s", joint, name_of(history, i));
        joint = ", ";
    }
    if (joint[0] == ',') fputc('\n', out);
}

static void print_tree(const dd_history *history, FILE *out) {
    tree it = {.history = history,
               .first = calloc(history->entity_n + 1, sizeof *it.first),
               .next = calloc(history->entity_n + 1, sizeof *it.next),
               .table = {.heads = {"route", "ETX", "rank", "hops", "below"}, .align = "lrrrr"}};
    if (!it.first || !it.next) abort();
    // Backwards, so that children stand in the city's order; only what hangs on the controller, so
    // that there is no circle.
    for (uint32_t i = history->entity_n; i-- > 1;) {
        const dd_history_node *node = &history->nodes[i];
        if (node->segment != history->segments[0] || !node->hops) continue;
        it.next[i] = it.first[node->parent];
        it.first[node->parent] = i;
    }
    add_branch(&it, history->segments[0], 0);
    head(out, "routes");
    dd_text_table_print(&it.table, out);
    print_unconnected(history, out);
    free(it.first);
    free(it.next);
}

// --- Messages ---

static void add_hops(dd_text_table *table, const char *hops, uint32_t lamps,
                     const dd_mesh_delivery *row) {
    char delivered[CELL], median[CELL], p95[CELL];
    dd_text_table_add(table, "%s\t%u\t%llu\t%s\t%s\t%s", hops, lamps,
                      (unsigned long long)row->messages,
                      figure(delivered, per_cent(row->delivered, row->messages), 2, " %"),
                      figure(median, row->median_ms, 1, " ms"), figure(p95, row->p95_ms, 1, " ms"));
}

static void print_hops(const dd_history *history, FILE *out) {
    dd_mesh_delivery rows[DD_HISTORY_HOPS], total = dd_mesh_total(history);
    uint32_t lamps[DD_HISTORY_HOPS], all = 0;
    dd_mesh_by_hops(history, rows);
    dd_mesh_hop_counts(history, lamps);
    dd_text_table table = {.heads = {"hops", "lamps", "messages", "delivered", "median", "p95"},
                           .align = "rrrrrr"};
    for (int i = 1; i <= DD_HISTORY_HOPS; i++) {
        int hops = i % DD_HISTORY_HOPS; // those without a way come last
        char text[CELL];
        snprintf(text, sizeof text, "%d", hops);
        all += lamps[hops];
        if (lamps[hops] || rows[hops].messages)
            add_hops(&table, hops ? text : "no way", lamps[hops], &rows[hops]);
    }
    add_hops(&table, "all", all, &total);
    head(out, "messages by the lamp's hops to its controller");
    dd_text_table_print(&table, out);
}

// Why a message was lost; what its outcome tells where the air has nothing to add.
static void why_lost(dd_mesh_outcome outcome, dd_loss reason, const char *culprit,
                     char text[static DD_AIR_COMMENT]) {
    static const char *const what[DD_MESH_OUTCOMES] = {
        [DD_MESH_NO_ROUTE] = "no way to it is known there",
        [DD_MESH_QUEUE_FULL] = "more to send than there is room for",
        [DD_MESH_NO_CLEAR_CHANNEL] = "the mesh's own frames",
        [DD_MESH_HOP_LIMIT] = "too many hops, or a loop",
    };
    if (reason)
        dd_loss_text(reason, culprit, text);
    else
        snprintf(text, DD_AIR_COMMENT, "%s", what[outcome] ? what[outcome] : "");
}

static void print_losses(const dd_history *history, FILE *out) {
    dd_mesh_losses losses = dd_mesh_count_losses(history);
    dd_text_table table = {.heads = {"messages", "lost by", "why"}, .align = "rll"};
    char why[DD_AIR_COMMENT];
    for (int outcome = 1; outcome < DD_MESH_OUTCOMES; outcome++)
        for (int reason = 0; reason < DD_LOSSES; reason++) {
            if (!losses.n[outcome][reason]) continue;
            why_lost((dd_mesh_outcome)outcome, (dd_loss)reason, NULL, why);
            dd_text_table_add(&table, "%llu\t%s\t%s", (unsigned long long)losses.n[outcome][reason],
                              dd_mesh_outcome_names[outcome], why);
        }
    if (table.rows) head(out, "losses");
    dd_text_table_print(&table, out);
}

static void print_lost(const dd_history *history, FILE *out) {
    char when[CELL], why[DD_AIR_COMMENT];
    dd_text_table table = {.heads = {"when", "lamp", "way", "lost by", "from", "to", "why"},
                           .align = "lllllll"};
    for (size_t i = 0; i < history->message_n; i++) {
        const dd_history_message *it = &history->messages[i];
        if (it->outcome == DD_MESH_DELIVERED) continue;
        why_lost(it->outcome, it->reason, it->culprit ? name_of(history, it->culprit) : NULL, why);
        dd_text_table_add(&table, "%s\t%s\t%s\t%s\t%s\t%s\t%s", moment(history, it->t, when),
                          name_of(history, it->lamp), it->up ? "up" : "down",
                          dd_mesh_outcome_names[it->outcome], name_of(history, it->sender),
                          name_of(history, it->receiver), why);
    }
    head(out, table.rows ? "lost messages" : "no message was lost");
    dd_text_table_print(&table, out);
}

// --- The air ---

static void print_busiest(const dd_history *history, size_t worst, FILE *out) {
    uint32_t *nodes = calloc(worst + 1, sizeof *nodes);
    if (!nodes) abort();
    size_t n = dd_mesh_busiest(history, nodes, worst);
    dd_text_table table = {.heads = {"node", "parent", "hops", "frames", "air time", "duty",
                                     "busiest hour", "retries", "channel busy"},
                           .align = "llrrrrrrr"};
    for (size_t i = 0; i < n; i++) {
        const dd_history_node *it = &history->nodes[nodes[i]];
        dd_text_table_add(&table, "%s\t%s\t%u\t%llu\t%.1f s\t%.3f %%\t%.3f %%\t%llu\t%llu",
                          name_of(history, nodes[i]), name_of(history, it->parent), it->hops,
                          (unsigned long long)it->frames, it->air_s, 100 * it->duty,
                          100 * it->duty_most, (unsigned long long)it->retries,
                          (unsigned long long)it->busy);
    }
    if (n) head(out, "busiest nodes");
    dd_text_table_print(&table, out);
    free(nodes);
}

static void print_links(const dd_history *history, size_t worst, FILE *out) {
    const dd_history_link **links = calloc(worst + 1, sizeof *links);
    if (!links) abort();
    size_t n = dd_mesh_worst_links(history, links, worst);
    char share[CELL];
    dd_text_table table = {.heads = {"from", "to", "attempts", "acknowledged", "", "level"},
                           .align = "llrrrr"};
    for (size_t i = 0; i < n; i++)
        dd_text_table_add(
            &table, "%s\t%s\t%llu\t%llu\t%s\t%.1f dBm", name_of(history, links[i]->sender),
            name_of(history, links[i]->receiver), (unsigned long long)links[i]->attempts,
            (unsigned long long)links[i]->acknowledged,
            figure(share, per_cent(links[i]->acknowledged, links[i]->attempts), 1, " %"),
            links[i]->level_dbm);
    if (n) head(out, "worst links");
    dd_text_table_print(&table, out);
    free(links);
}

static void print_refused(const dd_history *history, FILE *out) {
    dd_text_table table = {.heads = {"frames", "refused for"}, .align = "rl"};
    for (int i = 0; i < DD_REFUSALS; i++)
        if (history->refused[i])
            dd_text_table_add(&table, "%llu\t%s", (unsigned long long)history->refused[i],
                              dd_mesh_refusal_names[i]);
    if (table.rows) head(out, "refused frames");
    dd_text_table_print(&table, out);
}

void dd_mesh_report_print(const dd_history *history, const dd_mesh_report_def *def, FILE *out) {
    print_about(history, out);
    print_joins(history, out);
    if (history->segment_n == 1) {
        print_tree(history, out);
        print_join_list(history, out);
    } else {
        print_segments(history, out);
    }
    print_hops(history, out);
    print_losses(history, out);
    if (def->lost) print_lost(history, out);
    print_busiest(history, def->worst, out);
    print_links(history, def->worst, out);
    print_refused(history, out);
}
