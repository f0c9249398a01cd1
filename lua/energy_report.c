#include "lua/energy_report.h"
#include "engine/output/text_table.h"
#include "models/account/saving.h"

#include <math.h>

enum { CELL = 64 };

// Nodes' meters may be off by their class, and the cabinet's by its own 1 % (facts T9, G15).
static const double TOLERATED = 2;

static dd_saving_terms terms_of(const dd_energy_history *history) {
    return dd_saving_terms_of(&history->settings, history->all.lamp_n);
}

static double share_of(const dd_energy_history *history) {
    return history->dark_h / history->year_dark_h;
}

static dd_saving saving_of(const dd_energy_history *history) {
    dd_saving_terms terms = terms_of(history);
    return dd_saving_make(&terms, history->all.energy_kwh, history->all.baseline_kwh,
                          share_of(history));
}

static double losses_kwh(const dd_energy_history *history) {
    double sum = 0;
    for (size_t i = 0; i < history->feeder_n; i++)
        sum += history->feeders[i].losses_kwh;
    return sum;
}

// By the cabinets' meters, which the bill goes by; in truth where one has told nothing.
static double billed_kwh(const dd_energy_history *history) {
    double sum = 0;
    for (size_t i = 0; i < history->feeder_n; i++) {
        const dd_energy_feeder *it = &history->feeders[i];
        sum += isnan(it->meter_kwh) ? it->lamps_kwh + it->losses_kwh : it->meter_kwh;
    }
    return sum;
}

// A number in its cell; "-" for none, "never" for infinity.
static const char *number(char text[static CELL], double value, int digits) {
    if (isnan(value))
        snprintf(text, CELL, "-");
    else if (isinf(value))
        snprintf(text, CELL, "never");
    else
        snprintf(text, CELL, "%.*f", digits, value);
    return text;
}

// --- Who took how much ---

static void print_about(const dd_energy_history *history, FILE *out) {
    char begin[DD_MOMENT_SIZE], end[DD_MOMENT_SIZE];
    dd_moment_format(&history->run.calendar, 0, begin);
    dd_moment_format(&history->run.calendar, history->run.end, end);
    fprintf(out, "%s, %s to %s: %.1f h of darkness\n",
            history->run.scenario ? history->run.scenario : history->run.path, begin, end,
            history->dark_h);
}

static void add_row(dd_text_table *table, const dd_energy_row *row) {
    char saving[CELL];
    dd_text_table_add(table, "%s\t%u\t%.1f\t%.1f\t%.0f\t%.0f\t%.1f\t%s", row->name, row->lamp_n,
                      row->energy_kwh, row->metered_kwh, row->burning_h, row->light_klmh,
                      row->baseline_kwh,
                      number(saving, 100 * (1 - row->energy_kwh / row->baseline_kwh), 1));
}

static void print_rows(const dd_energy_history *history, bool rows, FILE *out) {
    char city[] = "the city";
    dd_energy_row all = history->all;
    all.name = city;
    dd_text_table table = {.heads = {"", "lamps", "kWh", "nodes' meters", "burning h", "klm h",
                                     "before 2020", "saved %"},
                           .align = "lrrrrrrr"};
    for (size_t i = 0; rows && i < history->row_n; i++)
        add_row(&table, &history->rows[i]);
    add_row(&table, &all);
    fputc('\n', out);
    dd_text_table_print(&table, out);
}

// --- Meters ---

static void add_gap(dd_text_table *table, const dd_energy_feeder *feeder, double gap) {
    dd_text_table_add(table, "%s\t%.1f\t%.1f\t%.1f\t%.1f\t%+.1f", feeder->name, feeder->meter_kwh,
                      feeder->nodes_kwh, feeder->losses_kwh, feeder->lamps_kwh, gap);
}

// Where the cabinet's meter and the sum of the nodes' part by more than their errors.
static void print_meters(const dd_energy_history *history, FILE *out) {
    dd_text_table table = {
        .heads = {"feeder", "its meter", "nodes' meters", "cable", "in truth", "apart %"},
        .align = "lrrrrr"};
    size_t told = 0, apart = 0;
    for (size_t i = 0; i < history->feeder_n; i++) {
        double gap = dd_energy_gap(&history->feeders[i]);
        told += !isnan(gap);
        if (!dd_energy_apart(&history->feeders[i], TOLERATED)) continue;
        apart++;
        add_gap(&table, &history->feeders[i], gap);
    }
    if (!told) {
        fprintf(out, "\nNo feeder has both a meter and nodes' meters to compare.\n");
    } else {
        fprintf(out,
                "\nOf %zu feeders' meters %zu part by more than %g %% from their nodes' meters "
                "and the cable's losses%s\n",
                told, apart, TOLERATED, apart ? " (kWh):" : ".");
    }
    dd_text_table_print(&table, out);
}

// --- Money ---

static void print_saving(const dd_energy_history *history, FILE *out) {
    dd_saving_terms terms = terms_of(history);
    dd_saving it = saving_of(history);
    char simple[CELL], discounted[CELL];
    double taken_kwh = history->all.energy_kwh + losses_kwh(history);
    fprintf(out,
            "\nTaken: %.0f kWh, and %.0f kWh lost in cables: %.1f t of CO2. Billed: %.0f kWh, %.3f "
            "million VND.\n",
            history->all.energy_kwh, losses_kwh(history), taken_kwh * terms.co2_kg / 1e3,
            billed_kwh(history), dd_energy_vnd(&terms, billed_kwh(history)) / 1e6);
    fprintf(out,
            "Saved against before 2020: %.0f kWh (%.1f %%), %.3f million VND, %.1f t of CO2.\n",
            it.kwh, it.percent, it.vnd / 1e6, it.co2_kg / 1e3);
    fprintf(out,
            "A year: %.0f kWh, %.3f billion VND, %.0f t of CO2. Paid back after %s years; with "
            "interest, %s.\n",
            it.year_kwh, it.year_vnd / 1e9, it.year_co2_kg / 1e3,
            number(simple, it.payback_years, 1), number(discounted, it.discounted_payback, 1));
}

static void print_assumptions(const dd_energy_history *history, FILE *out) {
    const dd_settings *s = &history->settings;
    fprintf(out,
            "\nAssumed:\n"
            "  before 2020: by luminaire the sodium, halide or compact fluorescent lamp that gave "
            "as much light,\n"
            "    at full power from sunset to sunrise, none failing (estimate)\n"
            "  energy: %g VND/kWh and %g %% VAT, the same all day and all years\n"
            "  CO2: %g kg/kWh (the grid's factor of 2021)\n"
            "  cost of the project: %g billion VND; interest %g %% a year (estimate)\n"
            "  maintenance saved: %g VND a lamp and year (unknown, 0 unless set)\n"
            "  a year: this run by %.0f h of darkness in it to %.0f h in a year; losses in cables "
            "are left out of\n"
            "    the saving, and nothing wears\n",
            s->account_tariff_vnd, s->account_vat, s->account_co2_kg, s->account_cost_vnd / 1e9,
            s->account_discount, s->account_maintenance_vnd, history->dark_h, history->year_dark_h);
}

void dd_energy_report_print(const dd_energy_history *history, bool rows, FILE *out) {
    print_about(history, out);
    print_rows(history, rows, out);
    print_meters(history, out);
    print_saving(history, out);
    print_assumptions(history, out);
}

// --- As a document ---

static json_t *real(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *row_json(const dd_energy_row *row) {
    return json_pack("{ss* si so so so so so}", "name", row->name, "lamps", (int)row->lamp_n,
                     "energy_kwh", real(row->energy_kwh), "metered_kwh", real(row->metered_kwh),
                     "burning_h", real(row->burning_h), "light_klmh", real(row->light_klmh),
                     "baseline_kwh", real(row->baseline_kwh));
}

static json_t *rows_json(const dd_energy_history *history) {
    json_t *array = json_array();
    for (size_t i = 0; i < history->row_n; i++)
        json_array_append_new(array, row_json(&history->rows[i]));
    return array;
}

static json_t *feeders_json(const dd_energy_history *history) {
    json_t *array = json_array();
    for (size_t i = 0; i < history->feeder_n; i++) {
        const dd_energy_feeder *it = &history->feeders[i];
        double gap = dd_energy_gap(it);
        json_array_append_new(
            array, json_pack("{ss so so so so so sb}", "feeder", it->name, "lamps_kwh",
                             real(it->lamps_kwh), "losses_kwh", real(it->losses_kwh), "nodes_kwh",
                             real(it->nodes_kwh), "meter_kwh", real(it->meter_kwh), "apart_percent",
                             real(gap), "named", dd_energy_apart(it, TOLERATED)));
    }
    return array;
}

static json_t *saving_json(const dd_energy_history *history) {
    dd_saving it = saving_of(history);
    return json_pack("{so so so so so so so so so}", "kwh", real(it.kwh), "percent",
                     real(it.percent), "vnd", real(it.vnd), "co2_kg", real(it.co2_kg), "year_kwh",
                     real(it.year_kwh), "year_vnd", real(it.year_vnd), "year_co2_kg",
                     real(it.year_co2_kg), "payback_years", real(it.payback_years),
                     "discounted_payback_years", real(it.discounted_payback));
}

static json_t *assumptions_json(const dd_energy_history *history) {
    const dd_settings *s = &history->settings;
    return json_pack("{so so so so so so so so}", "tariff_vnd", real(s->account_tariff_vnd), "vat",
                     real(s->account_vat), "co2_kg_kwh", real(s->account_co2_kg), "cost_vnd",
                     real(s->account_cost_vnd), "discount", real(s->account_discount),
                     "maintenance_vnd", real(s->account_maintenance_vnd), "dark_h",
                     real(history->dark_h), "year_dark_h", real(history->year_dark_h));
}

json_t *dd_energy_report_json(const dd_energy_history *history) {
    return json_pack("{ss? so so so so so so so}", "scenario", history->run.scenario, "city",
                     row_json(&history->all), "losses_kwh", real(losses_kwh(history)), "billed_kwh",
                     real(billed_kwh(history)), "rows", rows_json(history), "feeders",
                     feeders_json(history), "saving", saving_json(history), "assumed",
                     assumptions_json(history));
}
