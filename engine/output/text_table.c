#define _POSIX_C_SOURCE 200809L
#include "engine/output/text_table.h"
#include "engine/output/verdict.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static size_t column_count(const dd_text_table *table) {
    return strlen(table->align);
}

static void *grown(void *all, size_t size) {
    void *more = realloc(all, size);
    if (!more) abort();
    return more;
}

static char *copy(const char *text, size_t n) {
    char *cell = strndup(text, n);
    if (!cell) abort();
    return cell;
}

void dd_text_table_add(dd_text_table *table, const char *format, ...) {
    enum { ROW = 1000 };
    size_t columns = column_count(table);
    char row[ROW], *text = row;
    va_list values;
    va_start(values, format);
    vsnprintf(row, sizeof row, format, values);
    va_end(values);
    if (table->rows == table->capacity) {
        table->capacity = table->capacity ? 2 * table->capacity : 16;
        table->cells = grown(table->cells, table->capacity * columns * sizeof *table->cells);
    }
    for (size_t i = 0; i < columns; i++) {
        size_t n = strcspn(text, "\t");
        assert((text[n] == '\t') == (i + 1 < columns));
        table->cells[table->rows * columns + i] = copy(text, n);
        text += n + 1;
    }
    table->rows++;
}

static void print_cell(const char *text, size_t width, char align, bool last, FILE *out) {
    size_t columns = dd_text_columns(text);
    int pad = columns < width ? (int)(width - columns) : 0;
    if (align == 'r')
        fprintf(out, "%*s%s", pad, "", text);
    else
        fprintf(out, "%s%*s", text, last ? 0 : pad, "");
    fputs(last ? "\n" : "  ", out);
}

void dd_text_table_print(dd_text_table *table, FILE *out) {
    size_t columns = column_count(table), widths[DD_TEXT_COLUMNS] = {0};
    for (size_t i = 0; i < columns; i++) {
        widths[i] = dd_text_columns(table->heads[i]);
        for (size_t row = 0; row < table->rows; row++) {
            size_t width = dd_text_columns(table->cells[row * columns + i]);
            if (width > widths[i]) widths[i] = width;
        }
    }
    for (size_t i = 0; table->rows && i < columns; i++)
        print_cell(table->heads[i], widths[i], table->align[i], i + 1 == columns, out);
    for (size_t i = 0; i < table->rows * columns; i++) {
        size_t column = i % columns;
        print_cell(table->cells[i], widths[column], table->align[column], column + 1 == columns,
                   out);
        free(table->cells[i]);
    }
    free(table->cells);
    table->cells = NULL;
    table->rows = table->capacity = 0;
}
