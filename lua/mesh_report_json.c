// A survey of the mesh as a document.
#include "lua/mesh_figures.h"
#include "lua/mesh_report.h"

#include <math.h>
#include <stdlib.h>

static json_t *number(double value) {
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *name_of(const dd_survey *survey, uint32_t entity) {
    return entity ? json_string(survey->names[entity]) : json_null();
}

static json_t *moment(const dd_survey *survey, dd_time t) {
    char text[DD_MOMENT_SIZE];
    dd_moment_format(&survey->run.calendar, t, text);
    return json_string(text);
}

static void set_delivery(json_t *object, const dd_mesh_delivery *row) {
    json_object_set_new(object, "messages", json_integer((json_int_t)row->messages));
    json_object_set_new(object, "delivered", json_integer((json_int_t)row->delivered));
    json_object_set_new(object, "median_ms", number(row->median_ms));
    json_object_set_new(object, "p95_ms", number(row->p95_ms));
}

static json_t *about(const dd_survey *survey) {
    return json_pack("{ss? so so so sb}", "scenario", survey->run.scenario, "start",
                     moment(survey, 0), "end", moment(survey, survey->end), "routes_as_of",
                     moment(survey, survey->at), "complete", survey->run.complete);
}

static json_t *segments_json(const dd_survey *survey) {
    json_t *array = json_array();
    dd_mesh_delivery *messages = calloc(survey->segment_n, sizeof *messages);
    dd_mesh_segment_figures *rows = calloc(survey->segment_n, sizeof *rows);
    if (!messages || !rows) abort();
    dd_mesh_by_segment(survey, messages);
    dd_mesh_segments(survey, rows);
    for (size_t i = 0; i < survey->segment_n; i++) {
        json_t *row =
            json_pack("{so si si so si si si si sf}", "segment",
                      name_of(survey, survey->segments[i]), "lamps", rows[i].lamps, "connected",
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

static json_t *routes_json(const dd_survey *survey) {
    json_t *array = json_array();
    for (uint32_t i = 1; i < survey->entity_n; i++) {
        const dd_survey_node *node = &survey->nodes[i];
        if (node->segment != survey->segments[0] || i == node->segment) continue;
        json_array_append_new(array, json_pack("{so so sf si si}", "node", name_of(survey, i),
                                               "parent", name_of(survey, node->parent), "etx",
                                               node->etx, "rank", node->rank, "hops", node->hops));
    }
    return array;
}

static json_t *joins_json(const dd_survey *survey) {
    dd_mesh_join_figures it = dd_mesh_joins(survey);
    return json_pack("{si si si so so so}", "joined", it.joins, "again", it.again, "left",
                     it.leaves, "median_s", number(it.median_s), "p95_s", number(it.p95_s),
                     "most_s", number(it.most_s));
}

static json_t *repairs_json(const dd_survey *survey) {
    return json_pack("{sI sI sI}", "loops", (json_int_t)survey->repairs[DD_REPAIR_LOOP], "local",
                     (json_int_t)survey->repairs[DD_REPAIR_LOCAL], "global",
                     (json_int_t)survey->repairs[DD_REPAIR_GLOBAL]);
}

static json_t *hops_json(const dd_survey *survey) {
    dd_mesh_delivery rows[DD_SURVEY_HOPS];
    uint32_t lamps[DD_SURVEY_HOPS];
    json_t *array = json_array();
    dd_mesh_by_hops(survey, rows);
    dd_mesh_hop_counts(survey, lamps);
    for (int i = 0; i < DD_SURVEY_HOPS; i++) {
        if (!lamps[i] && !rows[i].messages) continue;
        json_t *row = json_pack("{si si}", "hops", i, "lamps", lamps[i]);
        set_delivery(row, &rows[i]);
        json_array_append_new(array, row);
    }
    return array;
}

static json_t *losses_json(const dd_survey *survey) {
    dd_mesh_losses losses = dd_mesh_count_losses(survey);
    json_t *array = json_array();
    for (int outcome = 1; outcome < DD_MESH_OUTCOMES; outcome++)
        for (int reason = 0; reason < DD_AIR_LOSSES; reason++)
            if (losses.n[outcome][reason])
                json_array_append_new(array, json_pack("{ss ss sI}", "outcome",
                                                       dd_mesh_outcome_names[outcome], "reason",
                                                       dd_air_loss_names[reason], "messages",
                                                       (json_int_t)losses.n[outcome][reason]));
    return array;
}

static json_t *lost_json(const dd_survey *survey) {
    json_t *array = json_array();
    for (size_t i = 0; i < survey->message_n; i++) {
        const dd_survey_message *it = &survey->messages[i];
        if (it->outcome == DD_MESH_DELIVERED) continue;
        json_array_append_new(
            array,
            json_pack("{sI so ss ss so so ss so}", "t_ns", (json_int_t)it->t, "lamp",
                      name_of(survey, it->lamp), "direction", it->up ? "up" : "down", "outcome",
                      dd_mesh_outcome_names[it->outcome], "sender", name_of(survey, it->sender),
                      "receiver", name_of(survey, it->receiver), "reason",
                      dd_air_loss_names[it->reason], "culprit", name_of(survey, it->culprit)));
    }
    return array;
}

static json_t *busiest_json(const dd_survey *survey, size_t worst) {
    uint32_t *nodes = calloc(worst + 1, sizeof *nodes);
    json_t *array = json_array();
    if (!nodes) abort();
    size_t n = dd_mesh_busiest(survey, nodes, worst);
    for (size_t i = 0; i < n; i++) {
        const dd_survey_node *it = &survey->nodes[nodes[i]];
        json_array_append_new(
            array, json_pack("{so so si sI sf sf sf sI sI}", "node", name_of(survey, nodes[i]),
                             "parent", name_of(survey, it->parent), "hops", it->hops, "frames",
                             (json_int_t)it->frames, "air_s", it->air_s, "duty", it->duty,
                             "duty_most", it->duty_most, "retries", (json_int_t)it->retries,
                             "channel_busy", (json_int_t)it->busy));
    }
    free(nodes);
    return array;
}

static json_t *links_json(const dd_survey *survey, size_t worst) {
    const dd_survey_link **links = calloc(worst + 1, sizeof *links);
    json_t *array = json_array();
    if (!links) abort();
    size_t n = dd_mesh_worst_links(survey, links, worst);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            array, json_pack("{so so sI sI sf}", "sender", name_of(survey, links[i]->sender),
                             "receiver", name_of(survey, links[i]->receiver), "attempts",
                             (json_int_t)links[i]->attempts, "acknowledged",
                             (json_int_t)links[i]->acknowledged, "level_dbm", links[i]->level_dbm));
    free(links);
    return array;
}

static json_t *refused_json(const dd_survey *survey) {
    json_t *object = json_object();
    for (int i = 0; i < DD_REFUSALS; i++)
        if (survey->refused[i])
            json_object_set_new(object, dd_mesh_refusal_names[i],
                                json_integer((json_int_t)survey->refused[i]));
    return object;
}

json_t *dd_mesh_report_json(const dd_survey *survey, const dd_mesh_report_def *def) {
    dd_mesh_delivery total = dd_mesh_total(survey);
    json_t *all = about(survey);
    set_delivery(all, &total);
    json_object_set_new(all, "joins", joins_json(survey));
    json_object_set_new(all, "repairs", repairs_json(survey));
    json_object_set_new(all, "segments", segments_json(survey));
    if (survey->segment_n == 1) json_object_set_new(all, "routes", routes_json(survey));
    json_object_set_new(all, "by_hops", hops_json(survey));
    json_object_set_new(all, "losses", losses_json(survey));
    if (def->lost) json_object_set_new(all, "lost", lost_json(survey));
    json_object_set_new(all, "busiest", busiest_json(survey, def->worst));
    json_object_set_new(all, "worst_links", links_json(survey, def->worst));
    json_object_set_new(all, "refused", refused_json(survey));
    return all;
}
