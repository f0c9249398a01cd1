#include "models/city/id_table.h"

#include <stdlib.h>
#include <string.h>

const char *const dd_id_kind_names[DD_ID_KINDS] = {
    "nothing",   "a ward",   "a road",      "a segment",
    "a cabinet", "a feeder", "a luminaire", "a luminaire's model",
};

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the city's ids; free some");
}

// Doubles an array whose elements are `size` bytes once it is full.
static bool grow(void **array, uint32_t used, uint32_t *room, uint32_t more, size_t size,
                 dd_error *error) {
    if (used + more <= *room) return true;
    uint32_t wanted = *room;
    while (wanted < used + more) {
        if (wanted > UINT32_MAX / 2) return fail_memory(error);
        wanted *= 2;
    }
    void *larger = realloc(*array, wanted * size);
    if (!larger) return fail_memory(error);
    *array = larger;
    *room = wanted;
    return true;
}

bool dd_id_table_init(dd_id_table *table, dd_error *error) {
    *table = (dd_id_table){.pool_used = 1, .pool_room = 1 << 12, .id_n = 1, .id_room = 1 << 8};
    table->bucket_n = 1 << 8;
    table->pool = calloc(table->pool_room, 1);
    table->ids = calloc(table->id_room, sizeof *table->ids);
    table->buckets = calloc(table->bucket_n, sizeof *table->buckets);
    return (table->pool && table->ids && table->buckets) || fail_memory(error);
}

uint32_t dd_id_text(dd_id_table *table, const char *text, dd_error *error) {
    uint32_t size = (uint32_t)strlen(text) + 1, at = table->pool_used;
    if (!grow((void **)&table->pool, at, &table->pool_room, size, 1, error)) return 0;
    memcpy(table->pool + at, text, size);
    table->pool_used += size;
    return at;
}

static uint32_t hash_of(const char *text) { // FNV-1a
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

static bool spread(dd_id_table *table, dd_error *error) {
    uint32_t n = table->bucket_n * 2;
    uint32_t *buckets = calloc(n, sizeof *buckets);
    if (!buckets) return fail_memory(error);
    for (uint32_t i = 1; i < table->id_n; i++) {
        uint32_t *bucket = &buckets[table->ids[i].hash & (n - 1)];
        table->ids[i].next = *bucket;
        *bucket = i;
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_n = n;
    return true;
}

uint32_t dd_id_entry(dd_id_table *table, const char *text, dd_error *error) {
    uint32_t hash = hash_of(text);
    for (uint32_t i = table->buckets[hash & (table->bucket_n - 1)]; i; i = table->ids[i].next)
        if (table->ids[i].hash == hash && strcmp(table->pool + table->ids[i].text, text) == 0)
            return i;
    if (table->id_n == table->bucket_n && !spread(table, error)) return 0;
    if (!grow((void **)&table->ids, table->id_n, &table->id_room, 1, sizeof *table->ids, error))
        return 0;
    uint32_t at = dd_id_text(table, text, error), i = table->id_n;
    if (!at) return 0;
    uint32_t *bucket = &table->buckets[hash & (table->bucket_n - 1)];
    table->ids[i] = (dd_id){.text = at, .hash = hash, .next = *bucket};
    *bucket = i;
    table->id_n++;
    return i;
}

const char *dd_id_nearest(const dd_id_table *table, const char *text, dd_id_kind kind) {
    const char *best = NULL;
    for (uint32_t i = 1; i < table->id_n; i++) {
        if (table->ids[i].kind != kind) continue;
        const char *pair[] = {table->pool + table->ids[i].text, best, NULL};
        const char *nearer = dd_nearest(text, pair);
        if (nearer) best = nearer;
    }
    return best;
}

void dd_id_table_fini(dd_id_table *table) {
    free(table->pool);
    free(table->ids);
    free(table->buckets);
    *table = (dd_id_table){0};
}
