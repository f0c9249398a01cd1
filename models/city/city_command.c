#define _POSIX_C_SOURCE 200809L // open_memstream
#include "models/city/city_command.h"

#include "engine/data.h"
#include "models/city/city_check.h"
#include "models/city/city_draw.h"
#include "models/city/city_info.h"
#include "models/city/city_list.h"
#include "models/city/import/import_command.h"
#include "models/city/map_derive.h"
#include "models/city/plan/city_build.h"

#include <stdio.h>
#include <string.h>

#define FOLDER "scenarios/bentre/"

// What the command line says. NULL where it says nothing.
typedef struct dd_city_options {
    const char *what;                      // list: of what
    const char *place, *map, *rules, *out; // place: the one argument without a name
    bool json;
    bool lists; // the first argument is `what`
} dd_city_options;

static const char usage[] =
    "usage: domdom city info   [FILE] [--json]   what the city has, in figures\n"
    "       domdom city check  [FILE] [--json]   whether it is laid out as it should be\n"
    "       domdom city build  [--map FILE] [--rules FILE] [--out FILE]\n"
    "                                            makes the inventory from map and rules\n"
    "       domdom city derive FOLDER [--out FILE]\n"
    "                                            makes the map from an OpenStreetMap extract\n"
    "       domdom city list   roads|segments|feeders|wards|lamps [FILE]\n"
    "                                            ids and names, with their luminaires\n"
    "       domdom city draw   [FILE] [--map FILE] [--out FILE]\n"
    "                                            a picture of it by night (SVG)\n"
    "       domdom city import FILE [--out FILE] [...]\n"
    "                                            makes a city of GeoJSON, FIWARE, CSV or\n"
    "                                            OpenStreetMap data (domdom help city)\n"
    "FILE is " FOLDER "city.geojson unless given.\n";

static bool take_value(int argc, char **argv, int *i, const char **value, dd_error *error) {
    if (*i + 1 >= argc)
        return dd_fail(error, DD_WRONG, "%s lacks its FILE; write %s FILE", argv[*i], argv[*i]);
    *value = argv[++*i];
    return true;
}

static bool take_options(int argc, char **argv, dd_city_options *options, dd_error *error) {
    static const char *const names[] = {"--json", "--map", "--rules", "--out", NULL};
    for (int i = 2; i < argc; i++) {
        const char **values[] = {NULL, &options->map, &options->rules, &options->out};
        size_t k = 0;
        while (names[k] && strcmp(names[k], argv[i]) != 0)
            k++;
        if (!names[k] && argv[i][0] == '-')
            return dd_fail_unknown(error, "option", argv[i], names, "see 'domdom help city'");
        if (!names[k] && options->lists && !options->what) {
            options->what = argv[i];
            continue;
        }
        if (!names[k] && options->place)
            return dd_fail(error, DD_WRONG, "one file too many: %s; name one", argv[i]);
        if (!names[k])
            options->place = argv[i];
        else if (!values[k])
            options->json = true;
        else if (!take_value(argc, argv, &i, values[k], error))
            return false;
    }
    return true;
}

// The file that the command line names, or Bến Tre's among the program's data. NULL and an error
// when the data are nowhere.
static const char *find(const char *named, const char *relative, char path[DD_PATH_SIZE],
                        dd_error *error) {
    if (named) return named;
    return dd_data_find(relative, path, error) ? path : NULL;
}

static bool read_city(const dd_city_options *options, dd_city *city, dd_error *error) {
    char room[DD_PATH_SIZE];
    const char *path = find(options->place, FOLDER "city.geojson", room, error);
    return path && dd_city_read(path, city, error);
}

static int info(const dd_city_options *options, dd_error *error) {
    dd_city city;
    if (!read_city(options, &city, error)) return (int)error->status;
    bool ok = dd_city_info(&city, options->json, stdout, error);
    dd_city_fini(&city);
    return ok ? DD_OK : (int)error->status;
}

static void print_finding(const dd_city_finding *finding, bool json, bool last) {
    if (!json) {
        printf("%-5s %-16s %-52s (%s)\n", finding->pass ? "pass" : "FAIL", finding->name,
               finding->measured, finding->limit);
        return;
    }
    printf("  {\"name\": ");
    dd_quoted_print(stdout, finding->name);
    printf(", \"limit\": ");
    dd_quoted_print(stdout, finding->limit);
    printf(", \"measured\": ");
    dd_quoted_print(stdout, finding->measured);
    printf(", \"pass\": %s}%s\n", finding->pass ? "true" : "false", last ? "" : ",");
}

static int list(const dd_city_options *options, dd_error *error) {
    dd_city city;
    if (!options->what) {
        dd_fail(error, DD_WRONG, "list what? roads, segments, feeders, wards or lamps");
        return DD_WRONG;
    }
    if (!read_city(options, &city, error)) return (int)error->status;
    bool ok = dd_city_list(&city, options->what, stdout, error);
    dd_city_fini(&city);
    return ok ? DD_OK : (int)error->status;
}

static int check(const dd_city_options *options, dd_error *error) {
    dd_city city;
    dd_city_finding findings[DD_CITY_FINDINGS];
    uint32_t failed;
    if (!read_city(options, &city, error)) return (int)error->status;
    bool ok = dd_city_check(&city, findings, &failed, error);
    dd_city_fini(&city);
    if (!ok) return (int)error->status;
    if (options->json) printf("{\"verdict\": \"%s\", \"checks\": [\n", failed ? "fail" : "pass");
    for (int i = 0; i < DD_CITY_FINDINGS; i++)
        print_finding(&findings[i], options->json, i + 1 == DD_CITY_FINDINGS);
    if (options->json) printf("]}\n");
    return failed ? DD_FAILED : DD_OK;
}

// Writes a text and says so.
static int deliver(const char *path, dd_text *text, dd_error *error) {
    bool ok = dd_text_write(path, text, error);
    if (ok) printf("%s: %zu bytes\n", path, text->size);
    dd_text_fini(text);
    return ok ? DD_OK : (int)error->status;
}

static bool build_text(const char *map_path, const char *rules_path, dd_text *text,
                       dd_error *error) {
    dd_map map;
    dd_rules rules = {0};
    if (!dd_map_read(map_path, &map, error)) return false;
    bool ok = dd_rules_read(rules_path, &rules, error) && dd_city_build(&map, &rules, text, error);
    dd_map_fini(&map);
    dd_rules_fini(&rules);
    return ok;
}

static int build(const dd_city_options *options, dd_error *error) {
    dd_text text;
    char rooms[2][DD_PATH_SIZE];
    const char *map = find(options->map, FOLDER "map.geojson", rooms[0], error);
    const char *rules = map ? find(options->rules, FOLDER "rules.json", rooms[1], error) : NULL;
    if (!rules || !build_text(map, rules, &text, error)) return (int)error->status;
    return deliver(options->out ? options->out : FOLDER "city.geojson", &text, error);
}

static int derive(const dd_city_options *options, dd_error *error) {
    dd_map map;
    dd_text text;
    if (!options->place) {
        dd_fail(error, DD_WRONG, "name the extract's folder: domdom city derive FOLDER");
        return DD_WRONG;
    }
    if (!dd_map_derive(options->place, &map, error)) return (int)error->status;
    bool ok = dd_map_format(&map, &text, error);
    dd_map_fini(&map);
    if (!ok) return (int)error->status;
    return deliver(options->out ? options->out : FOLDER "map.geojson", &text, error);
}

static bool draw_text(const dd_city_options *options, const char *map_path, dd_text *text,
                      dd_error *error) {
    dd_city city;
    dd_map map;
    if (!read_city(options, &city, error)) return false;
    bool ok = dd_map_read(map_path, &map, error);
    if (ok) {
        FILE *out = open_memstream(&text->bytes, &text->size);
        ok = out && dd_city_draw(&city, &map, out, error);
        if (out) fclose(out);
        dd_map_fini(&map);
    }
    dd_city_fini(&city);
    return ok;
}

static int draw(const dd_city_options *options, dd_error *error) {
    dd_text text = {0};
    char room[DD_PATH_SIZE];
    const char *map = find(options->map, FOLDER "map.geojson", room, error);
    if (!map || !draw_text(options, map, &text, error)) return (int)error->status;
    return deliver(options->out ? options->out : "night.svg", &text, error);
}

int dd_city_command(int argc, char **argv) {
    static const char *const names[] = {"info",   "check", "list",   "build",
                                        "derive", "draw",  "import", NULL};
    static int (*const actions[])(const dd_city_options *, dd_error *) = {info,  check,  list,
                                                                          build, derive, draw};
    dd_city_options options = {0};
    dd_error error = {0};
    size_t action = 0;
    bool help =
        argc > 1 && (strcmp(argv[argc - 1], "--help") == 0 || strcmp(argv[argc - 1], "-h") == 0);
    if (argc < 2 || help) {
        fputs(usage, help ? stdout : stderr);
        return help ? DD_OK : DD_WRONG;
    }
    if (strcmp(argv[1], "import") == 0) return dd_import_command(argc, argv);
    while (names[action] && strcmp(names[action], argv[1]) != 0)
        action++;
    if (!names[action]) {
        const char *near = dd_nearest(argv[1], names);
        fprintf(stderr, "domdom city: unknown \"%s\"%s%s\n%s", argv[1],
                near ? ", did you mean " : "", near ? near : "", usage);
        return DD_WRONG;
    }
    options.lists = actions[action] == list;
    int status = DD_WRONG;
    if (take_options(argc, argv, &options, &error)) status = actions[action](&options, &error);
    if (error.text[0]) fprintf(stderr, "domdom city: %s\n", error.text);
    return status;
}
