#define _POSIX_C_SOURCE 200809L
#include "lua/mesh_survey.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A reading under way: routes as they change while the stream of messages goes by.
typedef struct reading {
    dd_survey *survey;
    uint32_t only;     // segment, 0: all
    uint32_t *parents; // by entity, now
    sqlite3_stmt *routes;
    bool more_routes;
    bool told; // anything of a mesh, chosen or not
    dd_time hour; // of the last row of a node's air time
    double hour_air_s;
    uint32_t hour_node;
} reading;

// Room for one more element of an array.
static void *room(void *all, size_t n, size_t *capacity, size_t size) {
    if (n < *capacity) return all;
    *capacity = *capacity ? 2 * *capacity : 256;
    void *more = realloc(all, *capacity * size);
    if (!more) abort();
    return more;
}

static uint32_t entity_at(sqlite3_stmt *row, int column) {
    return (uint32_t)sqlite3_column_int64(row, column);
}

// Whether a record is about a node that is asked for.
static bool chosen(reading *it, uint32_t entity) {
    it->told = true;
    uint32_t segment = it->survey->nodes[entity].segment;
    return segment && (!it->only || segment == it->only);
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t place_of(const dd_survey *survey, uint32_t segment) {
    const uint32_t *place =
        bsearch(&segment, survey->segments, survey->segment_n, sizeof *survey->segments, by_number);
    return (uint32_t)(place - survey->segments);
}

static void reach(dd_survey *survey, dd_time t) {
    if (t > survey->end) survey->end = t;
}

// --- Entities ---

static bool take_entity(void *context, sqlite3_stmt *row, dd_error *error) {
    reading *it = context;
    dd_survey *survey = it->survey;
    uint32_t entity = entity_at(row, 0);
    const char *type = (const char *)sqlite3_column_text(row, 1);
    const char *name = (const char *)sqlite3_column_text(row, 2);
    if (entity >= survey->entity_n || !type || !name)
        return dd_fail(error, DD_WRONG, "%s: its entities are damaged", survey->run.path);
    if (!(survey->names[entity] = strdup(name))) abort();
    if (strcmp(type, dd_entity_type_names[DD_ENTITY_SEGMENT]) == 0) {
        survey->nodes[entity].segment = entity;
        survey->segments[survey->segment_n++] = entity;
    } else if (strcmp(type, dd_entity_type_names[DD_ENTITY_LAMP]) == 0) {
        survey->nodes[entity].segment = entity_at(row, 3);
    }
    return true;
}

static bool take_count(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    *(uint32_t *)context = entity_at(row, 0);
    return true;
}

static bool read_entities(reading *it, dd_error *error) {
    dd_survey *survey = it->survey;
    if (!dd_run_reader_ask(&survey->run, "SELECT max(id) + 1 FROM entity", take_count,
                           &survey->entity_n, error))
        return false;
    size_t n = survey->entity_n + 1;
    survey->names = calloc(n, sizeof *survey->names);
    survey->nodes = calloc(n, sizeof *survey->nodes);
    survey->segments = calloc(n, sizeof *survey->segments);
    it->parents = calloc(n, sizeof *it->parents);
    if (!survey->names || !survey->nodes || !survey->segments || !it->parents)
        return dd_fail(error, DD_OUTSIDE, "no memory for %zu entities", n);
    return dd_run_reader_ask(&survey->run,
                             "SELECT id, type, name, part_of FROM entity WHERE id > 0 ORDER BY id",
                             take_entity, it, error);
}

static bool find_segment(reading *it, const char *name, dd_error *error) {
    dd_survey *survey = it->survey;
    if (!name) return true;
    const char **names = calloc(survey->segment_n + 1, sizeof *names);
    if (!names) abort();
    for (size_t i = 0; i < survey->segment_n; i++) {
        names[i] = survey->names[survey->segments[i]];
        if (strcmp(names[i], name) == 0) it->only = survey->segments[i];
    }
    if (it->only) {
        survey->segments[0] = it->only;
        survey->segment_n = 1;
    } else {
        dd_fail_unknown(error, "segment", name, names, "'domdom mesh' lists them");
    }
    free(names);
    return it->only;
}

static bool find_moment(dd_survey *survey, const char *text, dd_error *error) {
    survey->at = DD_NEVER;
    return !text || dd_duration_parse(text, &survey->at) ||
           dd_moment_parse(text, &survey->run.calendar, 0, &survey->at) ||
           dd_fail(error, DD_WRONG,
                   "--at '%s' is neither a duration since the start (90m) nor a civil time (21:10)",
                   text);
}

// --- Routes and messages ---

// Hops to the controller by the parents' chain; 0 when it does not lead there.
static uint32_t hops_of(const reading *it, uint32_t node) {
    const dd_survey_node *nodes = it->survey->nodes;
    uint32_t hops = 0;
    while (node && node != nodes[node].segment && hops < DD_SURVEY_HOPS - 1) {
        node = it->parents[node];
        hops++;
    }
    return node && node == nodes[node].segment ? hops : 0;
}

static void take_route(reading *it, sqlite3_stmt *row) {
    dd_time t = sqlite3_column_int64(row, 0);
    uint32_t entity = entity_at(row, 1), parent = entity_at(row, 2);
    if (!chosen(it, entity)) return;
    dd_survey_node *node = &it->survey->nodes[entity];
    node->changes += parent && it->parents[entity] && parent != it->parents[entity];
    it->parents[entity] = parent;
    reach(it->survey, t);
    if (t > it->survey->at) return;
    node->parent = parent;
    node->etx = sqlite3_column_double(row, 3);
    node->rank = (uint32_t)sqlite3_column_int64(row, 4);
}

// Routes as they were after `t`.
static void follow_routes(reading *it, dd_time t) {
    while (it->more_routes && sqlite3_column_int64(it->routes, 0) <= t) {
        take_route(it, it->routes);
        it->more_routes = sqlite3_step(it->routes) == SQLITE_ROW;
    }
}

static bool take_message(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    dd_survey *survey = it->survey;
    uint32_t lamp = entity_at(row, 1);
    dd_time t = sqlite3_column_int64(row, 0);
    follow_routes(it, t);
    if (!chosen(it, lamp)) return true;
    survey->messages =
        room(survey->messages, survey->message_n, &survey->message_room, sizeof *survey->messages);
    survey->messages[survey->message_n++] = (dd_survey_message){
        .t = t,
        .lamp = lamp,
        .place = place_of(survey, survey->nodes[lamp].segment),
        .up = sqlite3_column_int(row, 2),
        .outcome = (uint8_t)sqlite3_column_int(row, 3),
        .latency_us = (uint32_t)llrint(fmin(sqlite3_column_double(row, 4) * 1000, 4e9)),
        .hops = (uint8_t)hops_of(it, lamp),
        .sender = entity_at(row, 5),
        .receiver = entity_at(row, 6),
        .reason = (uint8_t)sqlite3_column_int(row, 7),
        .culprit = entity_at(row, 8)};
    reach(survey, t);
    return true;
}

static const char routes_query[] =
    "SELECT t_ns, entity, parent, etx, rank FROM mesh_parent ORDER BY rowid";
static const char messages_query[] =
    "SELECT m.t_ns, m.entity, m.direction, m.outcome, m.latency, l.sender, l.receiver, l.reason,"
    " l.culprit FROM mesh_message m LEFT JOIN mesh_loss l ON m.outcome > 0 AND"
    " l.cause = m.record_id ORDER BY m.rowid";

static bool read_messages(reading *it, dd_error *error) {
    dd_survey *survey = it->survey;
    if (sqlite3_prepare_v2(survey->run.db, routes_query, -1, &it->routes, NULL))
        return dd_fail(error, DD_WRONG, "%s: %s", survey->run.path, sqlite3_errmsg(survey->run.db));
    it->more_routes = sqlite3_step(it->routes) == SQLITE_ROW;
    bool good = dd_run_reader_ask(&survey->run, messages_query, take_message, it, error);
    follow_routes(it, DD_NEVER);
    sqlite3_finalize(it->routes);
    return good;
}

// The hops of the tree at the moment asked for.
static void count_hops(reading *it) {
    dd_survey *survey = it->survey;
    for (uint32_t i = 1; i < survey->entity_n; i++)
        it->parents[i] = survey->nodes[i].parent;
    for (uint32_t i = 1; i < survey->entity_n; i++)
        survey->nodes[i].hops = hops_of(it, i);
}

// --- Joins, air time, links ---

static bool take_join(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    dd_survey *survey = it->survey;
    uint32_t entity = entity_at(row, 1);
    if (!chosen(it, entity)) return true;
    dd_survey_node *node = &survey->nodes[entity];
    bool joined = sqlite3_column_int(row, 2);
    survey->joins = room(survey->joins, survey->join_n, &survey->join_room, sizeof *survey->joins);
    survey->joins[survey->join_n++] = (dd_survey_join){.t = sqlite3_column_int64(row, 0),
                                                       .node = entity,
                                                       .joined = joined,
                                                       .again = joined && node->joins,
                                                       .after_s = sqlite3_column_double(row, 3)};
    node->joins += joined;
    node->leaves += !joined;
    reach(survey, sqlite3_column_int64(row, 0));
    return true;
}

// Rows of one node follow each other; each tells what it had sent until then.
static bool take_air(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    uint32_t entity = entity_at(row, 1);
    if (!chosen(it, entity)) return true;
    dd_survey_node *node = &it->survey->nodes[entity];
    dd_time t = sqlite3_column_int64(row, 0);
    double air_s = sqlite3_column_double(row, 3) / 1000;
    if (it->hour_node != entity) {
        it->hour = 0;
        it->hour_air_s = 0;
        it->hour_node = entity;
    }
    double elapsed_s = (double)(t - it->hour) / 1e9;
    double duty = elapsed_s > 0 ? (air_s - it->hour_air_s) / elapsed_s : 0;
    if (duty > node->duty_most) node->duty_most = duty;
    node->frames = (uint64_t)sqlite3_column_int64(row, 2);
    node->retries = (uint64_t)sqlite3_column_int64(row, 4);
    node->busy = (uint64_t)sqlite3_column_int64(row, 5);
    node->air_s = air_s;
    node->duty = t > 0 ? air_s / ((double)t / 1e9) : 0;
    it->hour = t;
    it->hour_air_s = air_s;
    reach(it->survey, t);
    return true;
}

static bool take_link(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    dd_survey *survey = it->survey;
    if (!chosen(it, entity_at(row, 0))) return true;
    survey->links = room(survey->links, survey->link_n, &survey->link_room, sizeof *survey->links);
    survey->links[survey->link_n++] =
        (dd_survey_link){.sender = entity_at(row, 0),
                         .receiver = entity_at(row, 1),
                         .attempts = (uint64_t)sqlite3_column_int64(row, 2),
                         .acknowledged = (uint64_t)sqlite3_column_int64(row, 3),
                         .level_dbm = sqlite3_column_double(row, 4)};
    return true;
}

static bool take_repair(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    int what = sqlite3_column_int(row, 1);
    if (chosen(it, entity_at(row, 0)) && what >= 0 && what <= DD_REPAIR_GLOBAL)
        it->survey->repairs[what]++;
    return true;
}

static bool take_refused(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    int reason = sqlite3_column_int(row, 1);
    if (chosen(it, entity_at(row, 0)) && reason >= 0 && reason < DD_REFUSALS)
        it->survey->refused[reason] += (uint64_t)sqlite3_column_int64(row, 2);
    return true;
}

static bool read_rest(reading *it, dd_error *error) {
    static const struct {
        const char *query;
        dd_run_row take;
    } parts[] = {
        {"SELECT t_ns, entity, state, after FROM mesh_join ORDER BY rowid", take_join},
        {"SELECT t_ns, entity, frames, air_time, retries, channel_busy FROM mesh_air"
         " ORDER BY entity, t_ns",
         take_air},
        // Counters of the whole run: the last row of each counts.
        {"SELECT entity, receiver, attempts, acknowledged, level, max(t_ns) FROM mesh_link"
         " GROUP BY entity, receiver",
         take_link},
        {"SELECT entity, what FROM mesh_repair", take_repair},
        {"SELECT entity, reason, count, max(t_ns) FROM mesh_refused GROUP BY entity, reason",
         take_refused},
    };
    for (size_t i = 0; i < DD_COUNT(parts); i++)
        if (!dd_run_reader_ask(&it->survey->run, parts[i].query, parts[i].take, it, error))
            return false;
    return true;
}

// --- The whole ---

static bool read_all(reading *it, const char *segment, const char *at, dd_error *error) {
    dd_survey *survey = it->survey;
    if (!read_entities(it, error) || !find_segment(it, segment, error) ||
        !find_moment(survey, at, error) || !read_messages(it, error) || !read_rest(it, error))
        return false;
    if (!it->told)
        return dd_fail(error, DD_WRONG, "%s: tells nothing of a mesh; did the run end at once?",
                       survey->run.path);
    if (survey->run.end > survey->end) survey->end = survey->run.end;
    if (at && survey->at > survey->end)
        return dd_fail(error, DD_WRONG, "--at '%s' lies after the run's end", at);
    if (!at) survey->at = survey->end;
    count_hops(it);
    return true;
}

bool dd_survey_read(dd_survey *survey, const char *folder, const char *segment, const char *at,
                    dd_error *error) {
    *survey = (dd_survey){0};
    reading it = {.survey = survey};
    bool good =
        dd_run_reader_open(&survey->run, folder, error) && read_all(&it, segment, at, error);
    free(it.parents);
    if (!good) dd_survey_fini(survey);
    return good;
}

void dd_survey_fini(dd_survey *survey) {
    for (uint32_t i = 0; survey->names && i < survey->entity_n; i++)
        free(survey->names[i]);
    free(survey->names);
    free(survey->nodes);
    free(survey->segments);
    free(survey->messages);
    free(survey->joins);
    free(survey->links);
    dd_run_reader_close(&survey->run);
    *survey = (dd_survey){0};
}
