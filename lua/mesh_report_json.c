// A history of the mesh as a document.
#include "lua/mesh_figures.h"
#include "lua/mesh_report.h"

#include <math.h>
#include <stdlib.h>

static json_t *number(double value) {
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *name_of(const dd_history *history, uint32_t entity) {
    return entity ? json_string(history->names[entity]) : json_null();
}

static json_t *moment(const dd_history *history, dd_time t) {
    char text[DD_MOMENT_SIZE];
    dd_moment_format(&history->run.calendar, t, text);
    return json_string(text);
}

static void set_delivery(json_t *object, const dd_mesh_delivery *row) {
    json_object_set_new(object, "messages", json_integer((json_int_t)row->messages));
    json_object_set_new(object, "delivered", json_integer((json_int_t)row->delivered));
    json_object_set_new(object, "median_ms", number(row->median_ms));
    json_object_set_new(object, "p95_ms", number(row->p95_ms));
}

static json_t *about(const dd_history *history) {
    return json_pack("{ss? so so so sb}", "scenario", history->run.scenario, "start",
                     moment(history, 0), "end", moment(history, history->end), "routes_as_of",
                     moment(history, history->at), "complete", history->run.complete);
}

static json_t *segments_json(const dd_history *history) {
    json_t *array = json_array();
    dd_mesh_delivery *messages = calloc(history->segment_n, sizeof *messages);
    dd_mesh_segment_figures *rows = calloc(history->segment_n, sizeof *rows);
    if (!messages || !rows) abort();
    dd_mesh_by_segment(history, messages);
    dd_mesh_segments(history, rows);
    for (size_t i = 0; i < history->segment_n; i++) {
        json_t *row =
            json_pack("{so si si so si si si si sf}", "segment",
                      name_of(history, history->segments[i]), "lamps", rows[i].lamps, "connected",
                      rows[i].connected, "hops_mean", number(rows[i].hops_mean), "hops_most",
                      rows[i].hops_most, "parent_changes", rows[i].changes, "joins", rows[i].joins,
                      "leaves", rows[i].leaves, "duty_most", rows[i].duty_most);
        set_delivery(row, &messages[i]);
        json_array_append_new(array, row);
    }
    free(messages);
    free(rows);
    return array;
}

static json_t *routes_json(const dd_history *history) {
    json_t *array = json_array();
    for (uint32_t i = 1; i < history->entity_n; i++) {
        const dd_history_node *node = &history->nodes[i];
        if (node->segment != history->segments[0] || i == node->segment) continue;
        json_array_append_new(array, json_pack("{so so sf si si}", "node", name_of(history, i),
                                               "parent", name_of(history, node->parent), "etx",
                                               node->etx, "rank", node->rank, "hops", node->hops));
    }
    return array;
}

static json_t *joins_json(const dd_history *history) {
    dd_mesh_join_figures it = dd_mesh_joins(history);
    return json_pack("{si si si so so so}", "joined", it.joins, "again", it.again, "left",
                     it.leaves, "median_s", number(it.median_s), "p95_s", number(it.p95_s),
                     "most_s", number(it.most_s));
}

static json_t *repairs_json(const dd_history *history) {
    return json_pack("{sI sI}", "loops", (json_int_t)history->repairs[DD_REPAIR_LOOP], "global",
                     (json_int_t)history->repairs[DD_REPAIR_GLOBAL]);
}

static json_t *hops_json(const dd_history *history) {
    dd_mesh_delivery rows[DD_HISTORY_HOPS];
    uint32_t lamps[DD_HISTORY_HOPS];
    json_t *array = json_array();
    dd_mesh_by_hops(history, rows);
    dd_mesh_hop_counts(history, lamps);
    for (int i = 0; i < DD_HISTORY_HOPS; i++) {
        if (!lamps[i] && !rows[i].messages) continue;
        json_t *row = json_pack("{si si}", "hops", i, "lamps", lamps[i]);
        set_delivery(row, &rows[i]);
        json_array_append_new(array, row);
    }
    return array;
}

static json_t *losses_json(const dd_history *history) {
    dd_mesh_losses losses = dd_mesh_count_losses(history);
    json_t *array = json_array();
    for (int outcome = 1; outcome < DD_MESH_OUTCOMES; outcome++)
        for (int reason = 0; reason < DD_LOSSES; reason++)
            if (losses.n[outcome][reason])
                json_array_append_new(array, json_pack("{ss ss sI}", "outcome",
                                                       dd_mesh_outcome_names[outcome], "reason",
                                                       dd_loss_names[reason], "messages",
                                                       (json_int_t)losses.n[outcome][reason]));
    return array;
}

static json_t *lost_json(const dd_history *history) {
    json_t *array = json_array();
    for (size_t i = 0; i < history->message_n; i++) {
        const dd_history_message *it = &history->messages[i];
        if (it->outcome == DD_MESH_DELIVERED) continue;
        json_array_append_new(
            array,
            json_pack("{sI so ss ss so so ss so}", "t_ns", (json_int_t)it->t, "lamp",
                      name_of(history, it->lamp), "direction", it->up ? "up" : "down", "outcome",
                      dd_mesh_outcome_names[it->outcome], "sender", name_of(history, it->sender),
                      "receiver", name_of(history, it->receiver), "reason",
                      dd_loss_names[it->reason], "culprit", name_of(history, it->culprit)));
    }
    return array;
}

static json_t *busiest_json(const dd_history *history, size_t worst) {
    uint32_t *nodes = calloc(worst + 1, sizeof *nodes);
    json_t *array = json_array();
    if (!nodes) abort();
    size_t n = dd_mesh_busiest(history, nodes, worst);
    for (size_t i = 0; i < n; i++) {
        const dd_history_node *it = &history->nodes[nodes[i]];
        json_array_append_new(
            array, json_pack("{so so si sI sf sf sf sI sI}", "node", name_of(history, nodes[i]),
                             "parent", name_of(history, it->parent), "hops", it->hops, "frames",
                             (json_int_t)it->frames, "air_s", it->air_s, "duty", it->duty,
                             "duty_most", it->duty_most, "retries", (json_int_t)it->retries,
                             "channel_busy", (json_int_t)it->busy));
    }
    free(nodes);
    return array;
}

static json_t *links_json(const dd_history *history, size_t worst) {
    const dd_history_link **links = calloc(worst + 1, sizeof *links);
    json_t *array = json_array();
    if (!links) abort();
    size_t n = dd_mesh_worst_links(history, links, worst);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            array, json_pack("{so so sI sI sf}", "sender", name_of(history, links[i]->sender),
                             "receiver", name_of(history, links[i]->receiver), "attempts",
                             (json_int_t)links[i]->attempts, "acknowledged",
                             (json_int_t)links[i]->acknowledged, "level_dbm", links[i]->level_dbm));
    free(links);
    return array;
}

static json_t *refused_json(const dd_history *history) {
    json_t *object = json_object();
    for (int i = 0; i < DD_REFUSALS; i++)
        if (history->refused[i])
            json_object_set_new(object, dd_mesh_refusal_names[i],
                                json_integer((json_int_t)history->refused[i]));
    return object;
}

json_t *dd_mesh_report_json(const dd_history *history, const dd_mesh_report_def *def) {
    dd_mesh_delivery total = dd_mesh_total(history);
    json_t *all = about(history);
    set_delivery(all, &total);
    json_object_set_new(all, "joins", joins_json(history));
    json_object_set_new(all, "repairs", repairs_json(history));
    json_object_set_new(all, "segments", segments_json(history));
    if (history->segment_n == 1) json_object_set_new(all, "routes", routes_json(history));
    json_object_set_new(all, "by_hops", hops_json(history));
    json_object_set_new(all, "losses", losses_json(history));
    if (def->lost) json_object_set_new(all, "lost", lost_json(history));
    json_object_set_new(all, "busiest", busiest_json(history, def->worst));
    json_object_set_new(all, "worst_links", links_json(history, def->worst));
    json_object_set_new(all, "refused", refused_json(history));
    return all;
}
