// A table for people: columns as wide as what stands in them, on any terminal that shows UTF-8.
#pragma once

#include "engine/base.h"

#include <stdio.h>

enum { DD_TEXT_COLUMNS = 12 };

typedef struct dd_text_table {
    const char *heads[DD_TEXT_COLUMNS]; // NULL after the last
    const char *align;                  // a letter a column: 'l' left, 'r' right
    char **cells;                       // by rows
    size_t rows, capacity;
} dd_text_table;

// Adds a row: printf of all its cells, '\t' between them.
void dd_text_table_add(dd_text_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Prints heads and rows, and forgets the rows; nothing when there are none.
void dd_text_table_print(dd_text_table *table, FILE *out);
