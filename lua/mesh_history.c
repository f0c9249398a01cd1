#define _POSIX_C_SOURCE 200809L
#include "lua/mesh_history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A reading under way: routes as they change while the stream of messages goes by.
typedef struct reading {
    dd_history *history;
    uint32_t only;     // segment, 0: all
    uint32_t *parents; // by entity, now
    sqlite3_stmt *routes;
    bool more_routes;
    bool told;    // anything of a mesh, chosen or not
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
    uint32_t segment = it->history->nodes[entity].segment;
    return segment && (!it->only || segment == it->only);
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t place_of(const dd_history *history, uint32_t segment) {
    const uint32_t *place = bsearch(&segment, history->segments, history->segment_n,
                                    sizeof *history->segments, by_number);
    return (uint32_t)(place - history->segments);
}

static void reach(dd_history *history, dd_time t) {
    if (t > history->end) history->end = t;
}

// --- Entities ---

static bool take_entity(void *context, sqlite3_stmt *row, dd_error *error) {
    reading *it = context;
    dd_history *history = it->history;
    uint32_t entity = entity_at(row, 0);
    const char *type = (const char *)sqlite3_column_text(row, 1);
    const char *name = (const char *)sqlite3_column_text(row, 2);
    if (entity >= history->entity_n || !type || !name)
        return dd_fail(error, DD_WRONG, "%s: its entities are damaged", history->run.path);
    if (!(history->names[entity] = strdup(name))) abort();
    if (strcmp(type, dd_entity_type_names[DD_ENTITY_SEGMENT]) == 0) {
        history->nodes[entity].segment = entity;
        history->segments[history->segment_n++] = entity;
    } else if (strcmp(type, dd_entity_type_names[DD_ENTITY_LAMP]) == 0) {
        history->nodes[entity].segment = entity_at(row, 3);
    }
    return true;
}

static bool take_count(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    *(uint32_t *)context = entity_at(row, 0);
    return true;
}

static bool read_entities(reading *it, dd_error *error) {
    dd_history *history = it->history;
    if (!dd_run_reader_ask(&history->run, "SELECT max(id) + 1 FROM entity", take_count,
                           &history->entity_n, error))
        return false;
    size_t n = history->entity_n + 1;
    history->names = calloc(n, sizeof *history->names);
    history->nodes = calloc(n, sizeof *history->nodes);
    history->segments = calloc(n, sizeof *history->segments);
    it->parents = calloc(n, sizeof *it->parents);
    if (!history->names || !history->nodes || !history->segments || !it->parents)
        return dd_fail(error, DD_OUTSIDE, "no memory for %zu entities", n);
    return dd_run_reader_ask(&history->run,
                             "SELECT id, type, name, part_of FROM entity WHERE id > 0 ORDER BY id",
                             take_entity, it, error);
}

static bool find_segment(reading *it, const char *name, dd_error *error) {
    dd_history *history = it->history;
    if (!name) return true;
    const char **names = calloc(history->segment_n + 1, sizeof *names);
    if (!names) abort();
    for (size_t i = 0; i < history->segment_n; i++) {
        names[i] = history->names[history->segments[i]];
        if (strcmp(names[i], name) == 0) it->only = history->segments[i];
    }
    if (it->only) {
        history->segments[0] = it->only;
        history->segment_n = 1;
    } else {
        dd_fail_unknown(error, "segment", name, names, "'domdom mesh' lists them");
    }
    free(names);
    return it->only;
}

static bool find_moment(dd_history *history, const char *text, dd_error *error) {
    history->at = DD_NEVER;
    return !text || dd_duration_parse(text, &history->at) ||
           dd_moment_parse(text, &history->run.calendar, 0, &history->at) ||
           dd_fail(error, DD_WRONG,
                   "--at '%s' is neither a duration since the start (90m) nor a civil time (21:10)",
                   text);
}

// --- Routes and messages ---

// Hops to the controller by the parents' chain; 0 when it does not lead there.
static uint32_t hops_of(const reading *it, uint32_t node) {
    const dd_history_node *nodes = it->history->nodes;
    uint32_t hops = 0;
    while (node && node != nodes[node].segment && hops < DD_HISTORY_HOPS - 1) {
        node = it->parents[node];
        hops++;
    }
    return node && node == nodes[node].segment ? hops : 0;
}

static void take_route(reading *it, sqlite3_stmt *row) {
    dd_time t = sqlite3_column_int64(row, 0);
    uint32_t entity = entity_at(row, 1), parent = entity_at(row, 2);
    if (!chosen(it, entity)) return;
    dd_history_node *node = &it->history->nodes[entity];
    node->changes += parent && it->parents[entity] && parent != it->parents[entity];
    it->parents[entity] = parent;
    reach(it->history, t);
    if (t > it->history->at) return;
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
    dd_history *history = it->history;
    uint32_t lamp = entity_at(row, 1);
    dd_time t = sqlite3_column_int64(row, 0);
    follow_routes(it, t);
    if (!chosen(it, lamp)) return true;
    history->messages = room(history->messages, history->message_n, &history->message_room,
                             sizeof *history->messages);
    history->messages[history->message_n++] = (dd_history_message){
        .t = t,
        .lamp = lamp,
        .place = place_of(history, history->nodes[lamp].segment),
        .up = sqlite3_column_int(row, 2),
        .outcome = (uint8_t)sqlite3_column_int(row, 3),
        .latency_us = (uint32_t)llrint(fmin(sqlite3_column_double(row, 4) * 1000, 4e9)),
        .hops = (uint8_t)hops_of(it, lamp),
        .sender = entity_at(row, 5),
        .receiver = entity_at(row, 6),
        .reason = (uint8_t)sqlite3_column_int(row, 7),
        .culprit = entity_at(row, 8)};
    reach(history, t);
    return true;
}

static const char routes_query[] =
    "SELECT t_ns, entity, parent, etx, rank FROM mesh_parent ORDER BY rowid";
static const char messages_query[] =
    "SELECT m.t_ns, m.entity, m.direction, m.outcome, m.latency, l.sender, l.receiver, l.reason,"
    " l.culprit FROM mesh_message m LEFT JOIN mesh_loss l ON m.outcome > 0 AND"
    " l.cause = m.record_id ORDER BY m.rowid";

static bool read_messages(reading *it, dd_error *error) {
    dd_history *history = it->history;
    if (sqlite3_prepare_v2(history->run.db, routes_query, -1, &it->routes, NULL))
        return dd_fail(error, DD_WRONG, "%s: %s", history->run.path,
                       sqlite3_errmsg(history->run.db));
    it->more_routes = sqlite3_step(it->routes) == SQLITE_ROW;
    bool good = dd_run_reader_ask(&history->run, messages_query, take_message, it, error);
    follow_routes(it, DD_NEVER);
    sqlite3_finalize(it->routes);
    return good;
}

// The hops of the tree at the moment asked for.
static void count_hops(reading *it) {
    dd_history *history = it->history;
    for (uint32_t i = 1; i < history->entity_n; i++)
        it->parents[i] = history->nodes[i].parent;
    for (uint32_t i = 1; i < history->entity_n; i++)
        history->nodes[i].hops = hops_of(it, i);
}

// --- Joins, air time, links ---

static bool take_join(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    dd_history *history = it->history;
    uint32_t entity = entity_at(row, 1);
    if (!chosen(it, entity)) return true;
    dd_history_node *node = &history->nodes[entity];
    bool joined = sqlite3_column_int(row, 2);
    history->joins =
        room(history->joins, history->join_n, &history->join_room, sizeof *history->joins);
    history->joins[history->join_n++] = (dd_history_join){.t = sqlite3_column_int64(row, 0),
                                                          .node = entity,
                                                          .joined = joined,
                                                          .again = joined && node->joins,
                                                          .after_s = sqlite3_column_double(row, 3)};
    node->joins += joined;
    node->leaves += !joined;
    reach(history, sqlite3_column_int64(row, 0));
    return true;
}

// Rows of one node follow each other; each tells what it had sent until then.
static bool take_air(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    uint32_t entity = entity_at(row, 1);
    if (!chosen(it, entity)) return true;
    dd_history_node *node = &it->history->nodes[entity];
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
    reach(it->history, t);
    return true;
}

static bool take_link(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    dd_history *history = it->history;
    if (!chosen(it, entity_at(row, 0))) return true;
    history->links =
        room(history->links, history->link_n, &history->link_room, sizeof *history->links);
    history->links[history->link_n++] =
        (dd_history_link){.sender = entity_at(row, 0),
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
        it->history->repairs[what]++;
    return true;
}

static bool take_refused(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    reading *it = context;
    int reason = sqlite3_column_int(row, 1);
    if (chosen(it, entity_at(row, 0)) && reason >= 0 && reason < DD_REFUSALS)
        it->history->refused[reason]++;
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
        {"SELECT entity, reason FROM mesh_refused", take_refused},
    };
    for (size_t i = 0; i < DD_COUNT(parts); i++)
        if (!dd_run_reader_ask(&it->history->run, parts[i].query, parts[i].take, it, error))
            return false;
    return true;
}

// --- The whole ---

static bool read_all(reading *it, const char *segment, const char *at, dd_error *error) {
    dd_history *history = it->history;
    if (!read_entities(it, error) || !find_segment(it, segment, error) ||
        !find_moment(history, at, error) || !read_messages(it, error) || !read_rest(it, error))
        return false;
    if (!it->told)
        return dd_fail(error, DD_WRONG, "%s: tells nothing of a mesh; did the run end at once?",
                       history->run.path);
    if (history->run.end > history->end) history->end = history->run.end;
    if (at && history->at > history->end)
        return dd_fail(error, DD_WRONG, "--at '%s' lies after the run's end", at);
    if (!at) history->at = history->end;
    count_hops(it);
    return true;
}

bool dd_history_read(dd_history *history, const char *folder, const char *segment, const char *at,
                     dd_error *error) {
    *history = (dd_history){0};
    reading it = {.history = history};
    bool good =
        dd_run_reader_open(&history->run, folder, error) && read_all(&it, segment, at, error);
    free(it.parents);
    if (!good) dd_history_fini(history);
    return good;
}

void dd_history_fini(dd_history *history) {
    for (uint32_t i = 0; history->names && i < history->entity_n; i++)
        free(history->names[i]);
    free(history->names);
    free(history->nodes);
    free(history->segments);
    free(history->messages);
    free(history->joins);
    free(history->links);
    dd_run_reader_close(&history->run);
    *history = (dd_history){0};
}
