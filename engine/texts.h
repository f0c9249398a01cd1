// Texts that records refer to by number: reasons, notes, names given by a scenario. Added only
// between events; number 0 is the empty text. The same text has the same number.
#pragma once

#include "engine/base.h"

typedef struct dd_texts {
    char **all;
    uint32_t n, capacity;
    uint32_t *slots; // numbers by hash, twice the capacity; 0: free
} dd_texts;

bool dd_texts_init(dd_texts *texts, dd_error *error);
void dd_texts_fini(dd_texts *texts);
uint32_t dd_texts_add(dd_texts *texts, const char *text);
