#include "engine/entity.h"
#include "engine/random.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool dd_entities_init(dd_entities *entities, const char *const *type_names, uint32_t capacity,
                      dd_error *error) {
    *entities = (dd_entities){.type_names = type_names, .n = 1, .capacity = capacity + 1};
    entities->all = calloc(entities->capacity, sizeof *entities->all);
    if (!entities->all) return dd_fail(error, DD_OUTSIDE, "no memory for %u entities", capacity);
    entities->all[0].name = "";
    return true;
}

void dd_entities_fini(dd_entities *entities) {
    free(entities->all);
    *entities = (dd_entities){0};
}

uint32_t dd_entities_add(dd_entities *entities, uint16_t type, const char *name) {
    assert(entities->n < entities->capacity);
    const char *type_name = entities->type_names[type];
    uint64_t salt = dd_hash_bytes(type_name, strlen(type_name), 0);
    entities->all[entities->n] =
        (dd_entity){.stable = dd_hash_bytes(name, strlen(name), salt), .name = name, .type = type};
    return entities->n++;
}
