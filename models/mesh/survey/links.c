#include "models/mesh/survey/links.h"
#include "models/mesh/survey/channel_plan.h"
#include "models/mesh/survey/noise.h"
#include "models/mesh/survey/places.h"
#include "models/mesh/survey/propagation.h"
#include "models/world.h"

#include <stdlib.h>

typedef struct builder {
    const dd_world *world;
    const dd_places *places;
    const dd_propagation *propagation;
    const dd_channel_plan *plan;
    int32_t cut_cdbm;
    dd_links *tables;
    uint32_t *next; // by station of the places: links counted, or where its next one goes
    double *faint;  // by station: what it hears below the cut, femtowatts
} builder;

static dd_links *table_of(const builder *it, uint32_t segment) {
    return &it->tables[dd_world_domain(it->world, segment) - DD_FIRST_SEGMENT_DOMAIN];
}

// The number, in its domain, of a station of the places.
static uint32_t number_of(const builder *it, uint32_t station) {
    uint32_t segment = it->places->all[station].segment;
    return it->world->station[segment] + station - it->places->first[segment];
}

// What of another gets into a station's channel, and whether it is told in the table.
static bool hears(const builder *it, uint32_t station, uint32_t other, float metres,
                  int32_t *level_cdbm) {
    const dd_station_place *a = &it->places->all[station], *b = &it->places->all[other];
    int32_t rejection = dd_channel_rejection(it->plan, a->segment, b->segment);
    bool told =
        dd_propagation_level(it->propagation, a, b, metres, it->cut_cdbm + rejection, level_cdbm);
    *level_cdbm -= rejection;
    return told && dd_world_domain(it->world, a->segment) == dd_world_domain(it->world, b->segment);
}

static void count_link(void *context, uint32_t station, uint32_t other, float metres) {
    builder *it = context;
    int32_t level;
    if (hears(it, station, other, metres, &level))
        it->next[station]++;
    else
        it->faint[station] += dd_noise_power(level);
}

// Lists the visitor with whom it visits: visitors come in ascending order.
static void list_link(void *context, uint32_t station, uint32_t other, float metres) {
    builder *it = context;
    int32_t level;
    if (!hears(it, station, other, metres, &level)) return;
    dd_links *table = table_of(it, it->places->all[other].segment);
    uint32_t place = it->next[other]++;
    table->to[place] = number_of(it, station);
    table->level_cdbm[place] = (int16_t)level;
}

static bool size_tables(builder *it) {
    const dd_world *world = it->world;
    for (uint32_t s = 1; s < world->city->segment_n; s++)
        table_of(it, s)->station_n += 1 + world->city->segments[s].lamp_count;
    for (uint32_t d = 0; d < world->neighbourhood_n; d++) {
        dd_links *table = &it->tables[d];
        table->first = calloc(table->station_n + 2, sizeof *table->first);
        table->noise_cdbm = calloc(table->station_n + 1, sizeof *table->noise_cdbm);
        table->stable = calloc(table->station_n + 1, sizeof *table->stable);
        table->channel = calloc(table->station_n + 1, sizeof *table->channel);
        if (!table->first || !table->noise_cdbm || !table->stable || !table->channel) return false;
    }
    return true;
}

// From counts to places: a table's stations come in the order of the places.
static bool place_rows(builder *it) {
    for (uint32_t i = 0; i < it->places->n; i++) {
        dd_links *table = table_of(it, it->places->all[i].segment);
        uint32_t number = number_of(it, i), count = it->next[i];
        it->next[i] = table->first[number];
        table->first[number + 1] = table->first[number] + count;
    }
    for (uint32_t d = 0; d < it->world->neighbourhood_n; d++) {
        dd_links *table = &it->tables[d];
        uint32_t n = table->first[table->station_n + 1];
        table->to = calloc(n + 1, sizeof *table->to);
        table->level_cdbm = calloc(n + 1, sizeof *table->level_cdbm);
        if (!table->to || !table->level_cdbm) return false;
    }
    return true;
}

static void tell_stations(builder *it) {
    double activity = it->world->def.settings.mesh_activity / 100;
    int32_t floor_cdbm = dd_radio_noise_cdbm(&it->world->radio);
    for (uint32_t i = 0; i < it->places->n; i++) {
        const dd_station_place *place = &it->places->all[i];
        dd_links *table = table_of(it, place->segment);
        uint32_t number = number_of(it, i);
        table->noise_cdbm[number] = (int16_t)dd_noise_level(floor_cdbm, activity * it->faint[i]);
        table->stable[number] = place->stable;
        table->channel[number] =
            (uint8_t)(it->plan->channel[place->segment] - it->plan->band->first);
    }
}

static bool build(builder *it, dd_error *error) {
    if (!size_tables(it)) return dd_fail(error, DD_OUTSIDE, "no memory for the mesh's links");
    for (uint32_t i = 0; i < it->places->n; i++)
        dd_places_around(it->places, i, count_link, it);
    if (!dd_noise_add_far(it->faint, it->places, it->propagation, it->plan, error)) return false;
    tell_stations(it);
    if (!place_rows(it)) return dd_fail(error, DD_OUTSIDE, "no memory for the mesh's links");
    for (uint32_t i = 0; i < it->places->n; i++)
        dd_places_around(it->places, i, list_link, it);
    return true;
}

dd_links *dd_links_make(const dd_world *world, const dd_places *places,
                        const dd_propagation *propagation, const dd_channel_plan *plan,
                        dd_error *error) {
    builder it = {.world = world,
                  .places = places,
                  .propagation = propagation,
                  .plan = plan,
                  .cut_cdbm = dd_propagation_cut(world),
                  .tables = calloc(world->neighbourhood_n + 1, sizeof *it.tables),
                  .next = calloc(places->n + 1, sizeof *it.next),
                  .faint = calloc(places->n + 1, sizeof *it.faint)};
    bool good = it.tables && it.next && it.faint
                    ? build(&it, error)
                    : dd_fail(error, DD_OUTSIDE, "no memory for the mesh's links");
    free(it.next);
    free(it.faint);
    if (good) return it.tables;
    dd_links_free(it.tables, world->neighbourhood_n);
    return NULL;
}

void dd_links_free(dd_links *links, uint32_t n) {
    for (uint32_t i = 0; links && i < n; i++) {
        free(links[i].first);
        free(links[i].to);
        free(links[i].level_cdbm);
        free(links[i].noise_cdbm);
        free(links[i].stable);
        free(links[i].channel);
    }
    free(links);
}
