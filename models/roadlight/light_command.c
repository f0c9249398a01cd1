#include "models/roadlight/light_command.h"
#include "engine/data.h"
#include "engine/output/text_table.h"
#include "models/roadlight/flux.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
    const char *file; // NULL: Bến Tre
    const char *road; // by id or name; NULL: all
    double level;     // %
    bool json;
} options;

// --- Options ---

static bool take_level(options *o, const char *value, dd_error *error) {
    char *end;
    o->level = strtod(value, &end);
    return (end != value && !*end && o->level >= 0 && o->level <= 100) ||
           dd_fail(error, DD_WRONG, "--level %s: must be a number from 0 to 100 (%%)", value);
}

static bool take_option(options *o, int argc, char **argv, int *i, dd_error *error) {
    static const char *const names[] = {"--road", "--level", "--json", NULL};
    char *word = argv[*i];
    if (strcmp(word, "--json") == 0) return o->json = true;
    bool road = strcmp(word, "--road") == 0;
    if (!road && strcmp(word, "--level") != 0)
        return dd_fail_unknown(error, "option", word, names, "'domdom help light' lists them");
    if (*i + 1 == argc) return dd_fail(error, DD_WRONG, "%s needs a value", word);
    const char *value = argv[++*i];
    return road ? (o->road = value) != NULL : take_level(o, value, error);
}

static bool parse(options *o, int argc, char **argv, dd_error *error) {
    *o = (options){.level = 100};
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1]) {
            if (!take_option(o, argc, argv, &i, error)) return false;
        } else if (o->file) {
            return dd_fail(error, DD_WRONG, "one file too many: %s; name one", argv[i]);
        } else {
            o->file = argv[i];
        }
    }
    return true;
}

// --- Roads ---

static uint32_t find_road(const dd_city *city, const char *name, dd_error *error) {
    for (uint32_t i = 1; i < city->road_n; i++)
        if (strcmp(city->roads[i].id, name) == 0 || strcmp(city->roads[i].name, name) == 0)
            return i;
    const char **names = calloc(city->road_n + 1, sizeof *names);
    for (uint32_t i = 1; names && i < city->road_n; i++)
        names[i - 1] = city->roads[i].name;
    if (names) dd_fail_unknown(error, "road", name, names, "'domdom city list roads' lists them");
    free(names);
    return 0;
}

static void add_row(dd_text_table *table, const dd_road *road, const dd_road_light *it) {
    dd_text_table_add(table, "%s\t%s\t%.0f\t%.1f\t%.2f\t%.2f\t%.2f\t%.2f\t%s\t%s\t%.0f", road->name,
                      dd_road_class_names[road->class], it->length_m, it->e_av_lx, it->l_av, it->u0,
                      it->ul, it->u0_least, dd_lighting_class_names[it->wanted],
                      dd_lighting_class_names[it->met], it->met_share);
}

static json_t *row_json(const dd_road *road, const dd_road_light *it) {
    return json_pack("{ss ss ss sf si sf sf sf sf sf sf ss ss sf}", "id", road->id, "name",
                     road->name, "class", dd_road_class_names[road->class], "length_m",
                     it->length_m, "fields", (int)it->field_n, "e_av_lx", it->e_av_lx, "l_av",
                     it->l_av, "u0", it->u0, "ul", it->ul, "u0_least", it->u0_least, "ul_least",
                     it->ul_least, "wanted", dd_lighting_class_names[it->wanted], "met",
                     dd_lighting_class_names[it->met], "met_share", it->met_share);
}

typedef struct report {
    dd_text_table table;
    json_t *roads;
    uint32_t dark; // roads without two luminaires to measure between
} report;

static void tell(report *it, const dd_road *road, const dd_road_light *light) {
    if (!light->field_n) {
        it->dark++;
    } else if (it->roads) {
        json_array_append_new(it->roads, row_json(road, light));
    } else {
        add_row(&it->table, road, light);
    }
}

static bool measure(report *it, const dd_city *city, const options *o, uint32_t only,
                    dd_error *error) {
    dd_settings settings = dd_settings_default();
    dd_built_flux flux = {city, o->level / 100, settings.road_maintenance / 100};
    for (uint32_t road = only ? only : 1; road < (only ? only + 1 : city->road_n); road++) {
        dd_road_light light;
        if (!dd_road_light_measure(&light, city, &settings, road, dd_flux_as_built, &flux, error))
            return false;
        tell(it, &city->roads[road], &light);
    }
    return true;
}

static void print(report *it, const options *o) {
    if (it->roads) {
        json_t *document = json_pack("{sf so si}", "level_percent", o->level, "roads", it->roads,
                                     "roads_without_fields", (int)it->dark);
        json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        putchar('\n');
        json_decref(document);
        return;
    }
    dd_text_table_print(&it->table, stdout);
    dd_settings s = dd_settings_default();
    printf("\nAt %g %% of light, %g %% of it left by dirt and age; L = %g E (surface R3); m, lx, "
           "cd/m2.\nmet: by the means; ok %%: of the length, whose fields have what is wanted. An "
           "engineering\nestimate with a smooth standard luminaire, no DIALux: no r-table, no "
           "glare. Wanted classes\nand widths of roads are estimates too.\n",
           o->level, s.road_maintenance, s.road_q0);
    if (it->dark) printf("%u roads have no two luminaires to measure between.\n", it->dark);
}

static int play(const options *o, const dd_city *city, dd_error *error) {
    uint32_t only = o->road ? find_road(city, o->road, error) : 0;
    if (o->road && !only) return (int)error->status;
    report it = {.table = {.heads = {"road", "class", "m", "E", "L", "Uo", "Ul", "least Uo",
                                     "wanted", "met", "ok %"},
                           .align = "llrrrrrrllr"},
                 .roads = o->json ? json_array() : NULL};
    if (!measure(&it, city, o, only, error)) return (int)error->status;
    print(&it, o);
    return DD_OK;
}

int dd_light_command(int argc, char **argv) {
    options o;
    dd_city city;
    char path[DD_PATH_SIZE];
    dd_error error = {DD_OK, ""};
    int status = DD_WRONG;
    if (parse(&o, argc, argv, &error) &&
        (o.file || dd_data_find("scenarios/bentre/city.geojson", path, &error)) &&
        dd_city_read(o.file ? o.file : path, &city, &error)) {
        status = play(&o, &city, &error);
        dd_city_fini(&city);
    }
    if (error.text[0]) {
        fprintf(stderr, "domdom: %s\n", error.text);
        status = (int)error.status;
    }
    return status;
}
