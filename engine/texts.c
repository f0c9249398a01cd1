#define _DEFAULT_SOURCE // strdup
#include "engine/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool dd_texts_init(dd_texts *texts, dd_error *error) {
    *texts = (dd_texts){.all = calloc(16, sizeof *texts->all), .capacity = 16};
    if (!texts->all || !(texts->all[0] = strdup("")))
        return dd_fail(error, DD_OUTSIDE, "no memory for texts");
    texts->n = 1;
    return true;
}

void dd_texts_fini(dd_texts *texts) {
    for (uint32_t i = 0; i < texts->n; i++)
        free(texts->all[i]);
    free(texts->all);
    *texts = (dd_texts){0};
}

uint32_t dd_texts_add(dd_texts *texts, const char *text) {
    for (uint32_t i = 0; i < texts->n; i++)
        if (strcmp(texts->all[i], text) == 0) return i;
    if (texts->n == texts->capacity) {
        char **grown = realloc(texts->all, 2 * texts->capacity * sizeof *grown);
        if (!grown) abort();
        texts->all = grown;
        texts->capacity *= 2;
    }
    char *copy = strdup(text);
    if (!copy) abort();
    texts->all[texts->n] = copy;
    return texts->n++;
}
