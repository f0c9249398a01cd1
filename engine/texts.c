#define _DEFAULT_SOURCE // strdup
#include "engine/texts.h"
#include "engine/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool dd_texts_init(dd_texts *texts, dd_error *error) {
    *texts = (dd_texts){.all = calloc(16, sizeof *texts->all),
                        .slots = calloc(32, sizeof *texts->slots),
                        .capacity = 16};
    if (!texts->all || !texts->slots || !(texts->all[0] = strdup("")))
        return dd_fail(error, DD_OUTSIDE, "no memory for texts");
    texts->n = 1;
    return true;
}

void dd_texts_fini(dd_texts *texts) {
    for (uint32_t i = 0; i < texts->n; i++)
        free(texts->all[i]);
    free(texts->all);
    free(texts->slots);
    *texts = (dd_texts){0};
}

// The slot that holds a text's number, or the free one where it belongs.
static uint32_t *slot_of(const dd_texts *texts, const char *text) {
    uint32_t mask = 2 * texts->capacity - 1;
    uint32_t i = (uint32_t)dd_hash_bytes(text, strlen(text), 0) & mask;
    while (texts->slots[i] && strcmp(texts->all[texts->slots[i]], text) != 0)
        i = (i + 1) & mask;
    return &texts->slots[i];
}

static void grow(dd_texts *texts) {
    char **all = realloc(texts->all, 2 * texts->capacity * sizeof *all);
    uint32_t *slots = calloc(4 * (size_t)texts->capacity, sizeof *slots);
    if (!all || !slots) abort();
    free(texts->slots);
    texts->all = all;
    texts->slots = slots;
    texts->capacity *= 2;
    for (uint32_t i = 1; i < texts->n; i++)
        *slot_of(texts, all[i]) = i;
}

uint32_t dd_texts_add(dd_texts *texts, const char *text) {
    if (!*text) return 0;
    uint32_t *slot = slot_of(texts, text);
    if (*slot) return *slot;
    if (texts->n == texts->capacity) {
        grow(texts);
        slot = slot_of(texts, text);
    }
    if (!(texts->all[texts->n] = strdup(text))) abort();
    return *slot = texts->n++;
}
