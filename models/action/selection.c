#include "models/action/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t count_of(const dd_world *world, dd_entity_type type) {
    return (type + 1 < DD_ENTITY_TYPES ? world->base[type + 1] : world->entities.n - 1) -
           world->base[type];
}

static const char *second_name(const dd_world *world, dd_entity_type type, uint32_t index) {
    if (type == DD_ENTITY_ROAD) return world->city->roads[index].name;
    if (type == DD_ENTITY_WARD) return world->city->wards[index].name;
    return NULL;
}

static bool unknown(const dd_world *world, dd_entity_type type, const char *name, dd_error *error) {
    uint32_t n = count_of(world, type);
    const char **names = calloc(2 * (size_t)n + 1, sizeof *names);
    size_t known = 0;
    for (uint32_t i = 1; names && i <= n; i++) {
        const char *second = second_name(world, type, i);
        names[known++] = world->entities.all[world->base[type] + i].name;
        if (second) names[known++] = second;
    }
    const char *none[] = {NULL}, *type_name = dd_entity_type_names[type];
    char hint[80];
    snprintf(hint, sizeof hint, "'domdom city list %ss' lists them", type_name);
    dd_fail_unknown(error, type_name, name, names ? names : none, hint);
    free(names);
    return false;
}

uint32_t dd_entity_find(const dd_world *world, dd_entity_type type, const char *name,
                        dd_error *error) {
    uint32_t n = count_of(world, type);
    for (uint32_t i = 1; i <= n; i++) {
        const char *second = second_name(world, type, i);
        if (strcmp(world->entities.all[world->base[type] + i].name, name) == 0 ||
            (second && strcmp(second, name) == 0))
            return world->base[type] + i;
    }
    unknown(world, type, name, error);
    return 0;
}

uint32_t dd_entity_parse(const dd_world *world, const char *text, dd_error *error) {
    if (strcmp(text, "city") == 0) return dd_world_entity(world, DD_ENTITY_CITY, 1);
    const char *colon = strchr(text, ':');
    for (int type = 1; colon && type < DD_ENTITY_TYPES; type++) {
        const char *name = dd_entity_type_names[type];
        if (strlen(name) == (size_t)(colon - text) && strncmp(name, text, strlen(name)) == 0)
            return dd_entity_find(world, (dd_entity_type)type, colon + 1, error);
    }
    dd_fail(
        error, DD_WRONG,
        "'%s' names nothing; write lamp:ID, segment:ID, feeder:ID, road:NAME, ward:NAME or city",
        text);
    return 0;
}

// The entity of a type that a lamp is or belongs to; 0: to none of that type.
static uint32_t owner_of(const dd_world *world, uint32_t lamp, dd_entity_type type) {
    const dd_lamp *place = &world->city->lamps[lamp];
    const uint32_t indices[DD_ENTITY_TYPES] = {[DD_ENTITY_LAMP] = lamp,
                                               [DD_ENTITY_SEGMENT] = place->segment,
                                               [DD_ENTITY_FEEDER] = place->feeder,
                                               [DD_ENTITY_CABINET] =
                                                   world->city->feeders[place->feeder].cabinet,
                                               [DD_ENTITY_ROAD] = place->road,
                                               [DD_ENTITY_WARD] = place->ward,
                                               [DD_ENTITY_CITY] = 1};
    return indices[type] ? dd_world_entity(world, type, indices[type]) : 0;
}

bool dd_lamp_belongs(const dd_world *world, uint32_t lamp, uint32_t entity) {
    return owner_of(world, lamp, (dd_entity_type)world->entities.all[entity].type) == entity;
}

enum { CHOSEN = 1, RELATED = 2 };

uint32_t dd_select_related(const dd_world *world, const uint32_t *from, uint32_t n,
                           dd_entity_type type, uint8_t *marks, uint32_t *out) {
    uint32_t found = 0, last = world->base[type] + count_of(world, type);
    uint32_t types = 0;
    for (uint32_t i = 0; i < n; i++) {
        marks[from[i]] |= CHOSEN;
        types |= 1u << world->entities.all[from[i]].type;
    }
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        for (int of = 1; of < DD_ENTITY_TYPES; of++)
            if (types >> of & 1 && marks[owner_of(world, lamp, (dd_entity_type)of)] & CHOSEN)
                marks[owner_of(world, lamp, type)] |= RELATED;
    for (uint32_t entity = world->base[type] + 1; entity <= last; entity++) {
        if (!(marks[entity] & RELATED)) continue;
        if (out) out[found] = entity;
        found++;
    }
    return found;
}

// A filter with its names looked up.
typedef struct resolved {
    uint32_t wanted[5]; // entities that a lamp must belong to; 0 ends
    uint8_t kind, class;
} resolved;

// The place of a word among `words`, from 1; 0 when no word is asked for.
static bool find_word(const char *what, const char *word, const char *const *words, uint8_t *found,
                      dd_error *error) {
    for (uint8_t i = 1; word && words[i]; i++)
        if (strcmp(words[i], word) == 0) *found = i;
    if (!word || *found) return true;
    return dd_fail_unknown(error, what, word, words + 1,
                           "'domdom city info' lists those of a city");
}

static bool resolve(const dd_world *world, const dd_filter *filter, resolved *out,
                    dd_error *error) {
    const struct {
        dd_entity_type type;
        const char *name;
    } names[] = {{DD_ENTITY_LAMP, filter->id},
                 {DD_ENTITY_ROAD, filter->road},
                 {DD_ENTITY_SEGMENT, filter->segment},
                 {DD_ENTITY_FEEDER, filter->feeder},
                 {DD_ENTITY_WARD, filter->ward}};
    const dd_catalogue *catalogue = &world->def.catalogue;
    const char *models[DD_MODELS_MAX + 1] = {"none"}, *classes[DD_ROAD_CLASSES + 1] = {"none"};
    for (uint32_t i = 1; i < catalogue->n; i++)
        models[i] = catalogue->models[i].name;
    for (int i = 1; i < DD_ROAD_CLASSES; i++)
        classes[i] = dd_road_class_names[i];
    *out = (resolved){0};
    for (size_t i = 0; i < DD_COUNT(names); i++) {
        if (!names[i].name) continue;
        out->wanted[i] = dd_entity_find(world, names[i].type, names[i].name, error);
        if (!out->wanted[i]) return false;
    }
    return find_word("luminaire kind", filter->kind, models, &out->kind, error) &&
           find_word("road class", filter->class, classes, &out->class, error);
}

static bool admits(const dd_world *world, const resolved *want, uint32_t lamp) {
    const dd_lamp *place = &world->city->lamps[lamp];
    for (size_t i = 0; i < DD_COUNT(want->wanted); i++)
        if (want->wanted[i] && !dd_lamp_belongs(world, lamp, want->wanted[i])) return false;
    if (want->kind && place->kind != want->kind) return false;
    return !want->class || (uint8_t)world->city->roads[place->road].class == want->class;
}

uint32_t dd_select_lamps(const dd_world *world, const dd_filter *filter, uint32_t *lamps,
                         dd_error *error) {
    resolved want;
    uint32_t n = 0;
    if (!resolve(world, filter, &want, error)) return UINT32_MAX;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        if (!admits(world, &want, lamp)) continue;
        if (lamps) lamps[n] = lamp;
        n++;
    }
    return n;
}
