#include "models/city/import/csv.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 200, CELL_MAX = 4000, ROW_MAX = 1 << 16 };

typedef struct dd_csv {
    const dd_text *text;
    dd_inventory *inventory;
    size_t at;
    int64_t line; // of `at`
    char separator;
    dd_field fields[COLUMNS_MAX];
    uint32_t column_n;
    // The current row: its cells, ended by zeros, one after the other.
    int64_t row_line;
    char row[ROW_MAX];
    uint32_t cells[COLUMNS_MAX], cell_n, used;
} dd_csv;

static bool fail(const dd_csv *csv, dd_error *error, const char *text) {
    return dd_inventory_fail(csv->inventory, csv->line, error, "%s", text);
}

static bool put(dd_csv *csv, uint32_t start, char c, dd_error *error) {
    if (!c) return fail(csv, error, "a zero byte: no text; export the list as CSV in UTF-8");
    if (csv->used + 2 >= ROW_MAX || csv->used - start >= CELL_MAX)
        return fail(csv, error, "a cell or a row is too long; is a quotation mark missing?");
    csv->row[csv->used++] = c;
    return true;
}

// The inside of a quoted cell, up to and past its closing mark.
static bool take_quoted(dd_csv *csv, uint32_t start, dd_error *error) {
    const char *bytes = csv->text->bytes;
    int64_t opened = csv->line;
    for (csv->at++; csv->at < csv->text->size; csv->at++) {
        char c = bytes[csv->at];
        if (c == '"' && (csv->at + 1 >= csv->text->size || bytes[csv->at + 1] != '"')) {
            csv->at++;
            return true;
        }
        csv->at += c == '"';
        csv->line += c == '\n';
        if (!put(csv, start, c == '\n' || c == '\r' ? ' ' : c, error)) return false;
    }
    return dd_inventory_fail(
        csv->inventory, opened, error,
        "a quotation mark is never closed; the file is truncated, or close it");
}

// One cell, without the spaces around it; stops at the separator or the line's end.
static bool take_cell(dd_csv *csv, dd_error *error) {
    const dd_text *text = csv->text;
    if (csv->cell_n == COLUMNS_MAX) return fail(csv, error, "more than 200 columns; remove some");
    uint32_t start = csv->used;
    csv->cells[csv->cell_n++] = start;
    while (csv->at < text->size && text->bytes[csv->at] == ' ')
        csv->at++;
    bool quoted = csv->at < text->size && text->bytes[csv->at] == '"';
    if (quoted && !take_quoted(csv, start, error)) return false;
    for (; csv->at < text->size; csv->at++) {
        char c = text->bytes[csv->at];
        if (c == csv->separator || c == '\n' || c == '\r') break;
        if (quoted && c != ' ')
            return fail(csv, error,
                        "text behind a closing quotation mark; "
                        "double the marks inside a cell");
        if (!quoted && !put(csv, start, c, error)) return false;
    }
    while (csv->used > start && csv->row[csv->used - 1] == ' ')
        csv->used--;
    csv->row[csv->used++] = 0;
    return true;
}

static void end_line(dd_csv *csv) {
    const dd_text *text = csv->text;
    if (csv->at < text->size && text->bytes[csv->at] == '\r') csv->at++;
    if (csv->at < text->size && text->bytes[csv->at] == '\n') csv->at++;
    csv->line++;
}

// The next row that is not empty; `cell_n` 0 at the file's end.
static bool take_row(dd_csv *csv, dd_error *error) {
    const dd_text *text = csv->text;
    csv->cell_n = csv->used = 0;
    while (csv->at < text->size && (text->bytes[csv->at] == '\r' || text->bytes[csv->at] == '\n'))
        end_line(csv);
    if (csv->at >= text->size) return true;
    csv->row_line = csv->line;
    for (;;) {
        if (!take_cell(csv, error)) return false;
        if (csv->at >= text->size || text->bytes[csv->at] != csv->separator) break;
        csv->at++;
    }
    end_line(csv);
    return true;
}

// The separator of which the line of headers has most.
static char sniff(const dd_text *text) {
    static const char separators[] = ",;\t|";
    uint32_t counts[sizeof separators] = {0}, best = 0;
    for (size_t i = 0; i < text->size && text->bytes[i] != '\n' && text->bytes[i] != '\r'; i++) {
        const char *mark = text->bytes[i] ? strchr(separators, text->bytes[i]) : NULL;
        if (mark) counts[mark - separators]++;
    }
    for (uint32_t i = 1; i + 1 < sizeof separators; i++)
        if (counts[i] > counts[best]) best = i;
    return separators[best];
}

static bool take_headers(dd_csv *csv, dd_error *error) {
    bool seen[DD_FIELDS] = {false};
    if (!take_row(csv, error)) return false;
    csv->column_n = csv->cell_n;
    for (uint32_t i = 0; i < csv->cell_n; i++) {
        dd_field field = dd_field_of(csv->row + csv->cells[i]);
        if (seen[field]) field = 0; // the first counts
        seen[field] = true;
        csv->fields[i] = field;
    }
    if (seen[DD_FIELD_X] && seen[DD_FIELD_Y]) return true;
    return dd_inventory_fail(csv->inventory, csv->row_line ? csv->row_line : 1, error,
                             "no column for %s among the headers (%.80s ...); name two of them lat "
                             "and lon",
                             seen[DD_FIELD_X]   ? "the latitude"
                             : seen[DD_FIELD_Y] ? "the longitude"
                                                : "latitude and longitude",
                             csv->cell_n ? csv->row : "");
}

// Separators behind the last cell are harmless; a value there means that others have moved.
static bool check_width(const dd_csv *csv, dd_error *error) {
    for (uint32_t i = csv->column_n; i < csv->cell_n; i++)
        if (csv->row[csv->cells[i]])
            return dd_inventory_fail(csv->inventory, csv->row_line, error,
                                     "%u cells, but %u headers; put a cell that holds the "
                                     "separator in quotation marks",
                                     csv->cell_n, csv->column_n);
    return true;
}

static bool take_lamp(dd_csv *csv, dd_error *error) {
    dd_inventory *inventory = csv->inventory;
    dd_row row = {.where = csv->row_line};
    dd_xy place;
    for (uint32_t i = 0; i < csv->cell_n && i < csv->column_n; i++)
        if (csv->fields[i]) row.value[csv->fields[i]] = csv->row + csv->cells[i];
    row.value[0] = NULL;
    const char *x = row.value[DD_FIELD_X], *y = row.value[DD_FIELD_Y];
    bool unended = csv->text->bytes[csv->text->size - 1] != '\n' && csv->at >= csv->text->size;
    if (csv->cell_n < csv->column_n && unended)
        return dd_inventory_fail(
            inventory, row.where, error,
            "the last row has %u of %u columns: the file is truncated; restore "
            "it",
            csv->cell_n, csv->column_n);
    if ((!x || !*x) && (!y || !*y)) {
        bool empty = csv->used == csv->cell_n; // a line of separators alone
        if (!empty) dd_inventory_note(inventory, DD_NOTE_NO_PLACE, row.where);
        return true;
    }
    if (x && y && dd_field_number(x, inventory->comma, &place.x) &&
        dd_field_number(y, inventory->comma, &place.y))
        return dd_inventory_lamp(inventory, &row, place, error);
    return dd_inventory_fail(inventory, row.where, error,
                             "the place is \"%.30s\", \"%.30s\"; give two numbers", x ? x : "",
                             y ? y : "");
}

bool dd_csv_read(const dd_text *text, dd_inventory *inventory, dd_error *error) {
    dd_csv *csv = calloc(1, sizeof *csv);
    if (!csv) return dd_fail(error, DD_OUTSIDE, "no memory for the list; free some");
    *csv = (dd_csv){.text = text, .inventory = inventory, .line = 1, .separator = sniff(text)};
    inventory->comma = csv->separator == ';';
    bool utf16 = text->size > 1 && (memcmp(text->bytes, "\xFF\xFE", 2) == 0 ||
                                    memcmp(text->bytes, "\xFE\xFF", 2) == 0);
    bool ok = utf16 ? fail(csv, error, "the file is UTF-16; save it as CSV in UTF-8")
                    : take_headers(csv, error);
    while (ok) {
        ok = take_row(csv, error);
        if (!csv->cell_n) break;
        ok = ok && check_width(csv, error) && take_lamp(csv, error);
    }
    free(csv);
    return ok;
}
