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

// Spaces are put out only when a text follows them.
static void print_row(const dd_text_table *table, const char *const *cells, const size_t *widths,
                      FILE *out) {
    size_t spaces = 0;
    for (size_t i = 0; i < column_count(table); i++) {
        size_t columns = dd_text_columns(cells[i]), pad = widths[i] - columns;
        bool right = table->align[i] == 'r';
        if (columns) {
            fprintf(out, "%*s%s", (int)(spaces + (right ? pad : 0)), "", cells[i]);
            spaces = right ? 0 : pad;
        } else {
            spaces += pad;
        }
        spaces += 2;
    }
    fputc('\n', out);
}

static void forget_rows(dd_text_table *table) {
    for (size_t i = 0; i < table->rows * column_count(table); i++)
        free(table->cells[i]);
    free(table->cells);
    table->cells = NULL;
    table->rows = table->capacity = 0;
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
    if (table->rows) print_row(table, table->heads, widths, out);
    for (size_t row = 0; row < table->rows; row++)
        print_row(table, (const char *const *)&table->cells[row * columns], widths, out);
    forget_rows(table);
}
