#define _POSIX_C_SOURCE 200809L
#include "lua/energy_history.h"
#include "models/account/baseline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const dd_energy_by_names[DD_ENERGY_BYS + 1] = {"lamp", "feeder", "road", "ward", NULL};

static char *text_at(sqlite3_stmt *row, int column) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    char *copy = strdup(text ? text : "-");
    if (!copy) abort();
    return copy;
}

// --- Settings ---

// What this version does not know, or the run's did not, keeps its default.
static bool take_setting(void *context, sqlite3_stmt *row, dd_error *error) {
    (void)error;
    dd_energy_history *history = context;
    const char *name = (const char *)sqlite3_column_text(row, 0);
    const dd_setting_info *info = name ? dd_setting_find(name) : NULL;
    if (info) dd_setting_put(&history->settings, info, sqlite3_column_double(row, 1));
    return true;
}

static bool read_settings(dd_energy_history *history, dd_error *error) {
    history->settings = dd_settings_default();
    if (!dd_run_reader_ask(&history->run,
                           "SELECT substr(key, 5), value FROM meta WHERE key LIKE 'set %'",
                           take_setting, history, error))
        return false;
    dd_world_def def = dd_world_default_def();
    def.settings = history->settings;
    def.calendar = history->run.calendar;
    history->dark_h = dd_dark_hours(&def, 0, history->run.end);
    history->year_dark_h = dd_dark_hours_of_year(&def);
    return true;
}

// --- Lamps ---

static void add(dd_energy_row *sum, const dd_energy_row *row) {
    sum->lamp_n += row->lamp_n;
    sum->energy_kwh += row->energy_kwh;
    sum->metered_kwh += row->metered_kwh;
    sum->burning_h += row->burning_h;
    sum->light_klmh += row->light_klmh;
    sum->baseline_kwh += row->baseline_kwh;
}

static bool take_row(void *context, sqlite3_stmt *row, dd_error *error) {
    dd_energy_history *history = context;
    size_t size = (history->row_n + 1) * sizeof *history->rows;
    dd_energy_row *rows = realloc(history->rows, size);
    if (!rows) return dd_fail(error, DD_OUTSIDE, "no memory for %zu rows", history->row_n);
    history->rows = rows;
    rows[history->row_n] = (dd_energy_row){.name = text_at(row, 0),
                                           .lamp_n = (uint32_t)sqlite3_column_int64(row, 1),
                                           .energy_kwh = sqlite3_column_double(row, 2) / 1e3,
                                           .metered_kwh = sqlite3_column_double(row, 3) / 1e3,
                                           .burning_h = sqlite3_column_double(row, 4),
                                           .light_klmh = sqlite3_column_double(row, 5),
                                           .baseline_kwh = sqlite3_column_double(row, 6) / 1e3};
    add(&history->all, &rows[history->row_n++]);
    return true;
}

static bool read_rows(dd_energy_history *history, dd_energy_by by, dd_error *error) {
    static const char *const columns[DD_ENERGY_BYS] = {"e.entity", "a.feeder", "a.road", "a.ward"};
    char query[512];
    snprintf(query, sizeof query,
             "SELECT g.name, count(*), sum(e.energy), sum(e.metered), sum(e.burning), "
             "sum(e.light), sum(a.baseline) "
             "FROM lamp_energy e JOIN lamp_account a ON a.entity = e.entity "
             "LEFT JOIN entity g ON g.id = %s GROUP BY %s ORDER BY %s",
             columns[by], columns[by], columns[by]);
    return dd_run_reader_ask(&history->run, query, take_row, history, error) &&
           (history->row_n || dd_fail(error, DD_WRONG,
                                      "%s: the run did not reach its end, where lamps' accounts "
                                      "are made",
                                      history->run.path));
}

// --- Feeders ---

static bool take_feeder(void *context, sqlite3_stmt *row, dd_error *error) {
    dd_energy_history *history = context;
    size_t size = (history->feeder_n + 1) * sizeof *history->feeders;
    dd_energy_feeder *feeders = realloc(history->feeders, size);
    if (!feeders) return dd_fail(error, DD_OUTSIDE, "no memory for %zu feeders", history->feeder_n);
    history->feeders = feeders;
    bool told = sqlite3_column_type(row, 4) != SQLITE_NULL;
    feeders[history->feeder_n++] =
        (dd_energy_feeder){.name = text_at(row, 0),
                           .lamps_kwh = sqlite3_column_double(row, 1) / 1e3,
                           .losses_kwh = sqlite3_column_double(row, 2) / 1e3,
                           .nodes_kwh = sqlite3_column_double(row, 3) / 1e3,
                           .lamp_n = (uint32_t)sqlite3_column_int64(row, 6),
                           .counted = sqlite3_column_int(row, 5),
                           .meter_kwh = told ? sqlite3_column_double(row, 4) : (double)NAN};
    return true;
}

// The last record of a feeder's is that of the whole run. Its lamps are counted when all of them
// have had nodes throughout; a node counts whole watt-hours.
static bool read_feeders(dd_energy_history *history, dd_error *error) {
    static const char query[] =
        "WITH truth AS (SELECT entity, energy, losses, max(record_id) FROM feeder_energy "
        "GROUP BY entity), meters AS (SELECT entity, energy, max(t_ns) FROM meter GROUP BY "
        "entity), "
        "late AS (SELECT DISTINCT entity FROM refit WHERE counter < 0) "
        "SELECT g.name, t.energy, t.losses, sum(e.metered), m.energy, "
        "min(e.metered > 0 OR e.energy < 2) AND max(l.entity) IS NULL, count(*) "
        "FROM lamp_energy e JOIN lamp_account a ON a.entity = e.entity "
        "JOIN entity g ON g.id = a.feeder JOIN truth t ON t.entity = a.feeder "
        "LEFT JOIN meters m ON m.entity = a.feeder LEFT JOIN late l ON l.entity = e.entity GROUP "
        "BY a.feeder ORDER BY a.feeder";
    return dd_run_reader_ask(&history->run, query, take_feeder, history, error);
}

double dd_energy_gap(const dd_energy_feeder *feeder) {
    double accounted_kwh = feeder->nodes_kwh + feeder->losses_kwh;
    double more_kwh = fmax(feeder->meter_kwh, accounted_kwh);
    if (!feeder->counted || feeder->nodes_kwh <= 0 || isnan(feeder->meter_kwh)) return (double)NAN;
    return 100 * (feeder->meter_kwh - accounted_kwh) / more_kwh;
}

bool dd_energy_apart(const dd_energy_feeder *feeder, double tolerated) {
    const double counter_kwh = 1e-3;
    double accounted_kwh = feeder->nodes_kwh + feeder->losses_kwh;
    double most_kwh = accounted_kwh + feeder->lamp_n * counter_kwh;
    double open_kwh = feeder->meter_kwh < accounted_kwh ? accounted_kwh - feeder->meter_kwh
                                                        : feeder->meter_kwh - most_kwh;
    double more_kwh = fmax(feeder->meter_kwh, accounted_kwh);
    return !isnan(dd_energy_gap(feeder)) && 100 * open_kwh > tolerated * more_kwh;
}

// --- The whole ---

bool dd_energy_history_read(dd_energy_history *history, const char *folder, dd_energy_by by,
                            dd_error *error) {
    *history = (dd_energy_history){0};
    if (dd_run_reader_open(&history->run, folder, error) && read_settings(history, error) &&
        read_rows(history, by, error) && read_feeders(history, error))
        return true;
    dd_energy_history_fini(history);
    return false;
}

void dd_energy_history_fini(dd_energy_history *history) {
    for (size_t i = 0; i < history->row_n; i++)
        free(history->rows[i].name);
    for (size_t i = 0; i < history->feeder_n; i++)
        free(history->feeders[i].name);
    free(history->rows);
    free(history->feeders);
    dd_run_reader_close(&history->run);
}
