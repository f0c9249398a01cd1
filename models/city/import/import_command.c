#include "models/city/import/import_command.h"

#include "models/city/import/import.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// What the command line says. NULL where it says nothing.
typedef struct dd_import_options {
    const char *file, *out, *name, *utc, *crs, *box;
    bool json;
} dd_import_options;

static const char usage[] =
    "usage: domdom city import FILE [--out FILE] [--name NAME] [--utc HOURS] [--crs EPSG:n]\n"
    "                          [--box WEST,SOUTH,EAST,NORTH] [--json]\n"
    "FILE is a list of lamps (.csv), GeoJSON, FIWARE entities (.json), or OpenStreetMap\n"
    "(.osm, .osm.gz, .pbf).\n";

static bool take_options(int argc, char **argv, dd_import_options *options, dd_error *error) {
    static const char *const names[] = {"--json", "--out", "--name", "--utc",
                                        "--crs",  "--box", NULL};
    const char **values[] = {NULL,          &options->out, &options->name,
                             &options->utc, &options->crs, &options->box};
    for (int i = 2; i < argc; i++) {
        size_t k = 0;
        while (names[k] && strcmp(names[k], argv[i]) != 0)
            k++;
        if (!names[k] && argv[i][0] == '-' && argv[i][1])
            return dd_fail_unknown(error, "option", argv[i], names, "see 'domdom help city'");
        if (!names[k] && options->file)
            return dd_fail(error, DD_WRONG, "one file too many: %s; name one", argv[i]);
        if (!names[k])
            options->file = argv[i];
        else if (!values[k])
            options->json = true;
        else if (i + 1 == argc)
            return dd_fail(error, DD_WRONG, "%s lacks its value; see 'domdom help city'", argv[i]);
        else
            *values[k] = argv[++i];
    }
    return options->file || dd_fail(error, DD_WRONG, "import what? name a file");
}

static bool take_number(const char *text, const char **end, double *number) {
    char *after;
    *number = strtod(text, &after);
    *end = after;
    return after > text && isfinite(*number);
}

static bool take_box(const char *text, dd_box *box, dd_error *error) {
    double *sides[] = {&box->west, &box->south, &box->east, &box->north};
    const char *at = text;
    bool ok = true;
    for (size_t i = 0; ok && i < DD_COUNT(sides); i++) {
        ok = take_number(at, &at, sides[i]) && *at == (i < 3 ? ',' : 0);
        if (ok && i < 3) at++;
    }
    return (ok && box->west < box->east && box->south < box->north) ||
           dd_fail(error, DD_WRONG,
                   "--box %.60s is none; give WEST,SOUTH,EAST,NORTH in degrees, such as "
                   "106.3,10.2,106.4,10.3",
                   text);
}

static bool take_def(const dd_import_options *options, dd_import_def *def, dd_box *box,
                     dd_error *error) {
    const char *end;
    *def = (dd_import_def){options->name, {options->crs, options->box ? box : NULL, NAN}};
    if (options->utc && (!take_number(options->utc, &end, &def->places.utc_h) || *end ||
                         fabs(def->places.utc_h) > 14))
        return dd_fail(error, DD_WRONG, "--utc %.20s is no offset; give hours from -14 to 14",
                       options->utc);
    if (options->name && (!options->name[0] || strlen(options->name) >= 200))
        return dd_fail(error, DD_WRONG, "--name must have 1 to 199 bytes");
    return !options->box || take_box(options->box, box, error);
}

// Where the city goes: as asked, or into this folder, called after the file.
static bool find_out(const dd_import_options *options, char out[static 4096], dd_error *error) {
    const char *slash = strrchr(options->file, '/');
    const char *name = slash ? slash + 1 : options->file;
    struct stat from, to;
    if (options->out)
        snprintf(out, 4096, "%s", options->out);
    else
        snprintf(out, 4096, "%.*s.city.geojson", (int)strcspn(name + 1, ".") + 1, name);
    if (stat(options->file, &from) == 0 && stat(out, &to) == 0 && from.st_dev == to.st_dev &&
        from.st_ino == to.st_ino)
        return dd_fail(error, DD_WRONG,
                       "%s would be replaced by its own import; name another --out", out);
    return true;
}

static void print_summary(const dd_import *import, const char *file, const char *out) {
    if (import->ours) {
        printf("%s is a city of this program already: %u luminaires, %.1f kW, and sound\n", file,
               import->lamp_n, import->kw);
        return;
    }
    printf("%s: %s from %s\n", out, import->name, file);
    printf("  luminaires  %u, %.1f kW, %u models of its own\n", import->lamp_n, import->kw,
           import->model_n);
    printf("  roads       %u, in %u wards\n", import->road_n, import->ward_n);
    printf("  segments    %u, %u feeders\n", import->segment_n, import->feeder_n);
    if (import->kept) printf("kept: the segments of the file\n");
    if (import->all_roads)
        printf("assumed: the file does not say what is lit: all roads from trunk to residential "
               "are\n");
    if (import->placed_n)
        printf("assumed: %u luminaires along lit roads without lamps, by the roads' class\n",
               import->placed_n);
    if (import->made_road_n) printf("assumed: %u roads along rows of lamps\n", import->made_road_n);
    if (!import->kept)
        printf("assumed: segments, cabinets, feeders and phases, as a designer would lay them\n");
    if (import->small_segment_n)
        printf("assumed: %u segments of fewer than 10 luminaires, too far from others for one "
               "mesh\n",
               import->small_segment_n);
    if (import->utc_assumed)
        printf("assumed: UTC%+g, from the longitude; --utc tells otherwise\n", import->utc_h);
}

static void print_json(const dd_import *import, const char *file, const char *out) {
    json_t *all = json_pack(
        "{s:s, s:s*, s:s, s:b, s:i, s:i, s:f, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:b, s:b, s:f, "
        "s:b, s:o}",
        "file", file, "out", out, "name", import->name, "already_a_city", import->ours,
        "luminaires", (int)import->lamp_n, "placed", (int)import->placed_n, "kw", import->kw,
        "models", (int)import->model_n, "roads", (int)import->road_n, "made_roads",
        (int)import->made_road_n, "wards", (int)import->ward_n, "segments", (int)import->segment_n,
        "small_segments", (int)import->small_segment_n, "feeders", (int)import->feeder_n, "kept",
        import->kept, "all_roads", import->all_roads, "utc_h", import->utc_h, "utc_assumed",
        import->utc_assumed, "notes", dd_notes_json(&import->notes));
    if (all) json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    if (all) putchar('\n');
    json_decref(all);
}

static bool run(const dd_import_options *options, dd_error *error) {
    dd_import_def def;
    dd_box box;
    dd_import import;
    char out[4096];
    if (!take_def(options, &def, &box, error) || !find_out(options, out, error) ||
        !dd_city_import(options->file, &def, &import, error))
        return false;
    bool writes = !import.ours || options->out; // a city already need not be written again
    bool ok = !writes || dd_text_write(out, &import.city, error);
    if (ok && options->json) print_json(&import, options->file, writes ? out : NULL);
    if (ok && !options->json) print_summary(&import, options->file, out);
    if (ok && !options->json) fflush(stdout);
    if (ok && !options->json) dd_notes_print(&import.notes, "note: ", stderr);
    dd_import_fini(&import);
    return ok;
}

int dd_import_command(int argc, char **argv) {
    dd_import_options options = {0};
    dd_error error = {0};
    if (argc < 3) {
        fputs(usage, stderr);
        return DD_WRONG;
    }
    if (take_options(argc, argv, &options, &error) && run(&options, &error)) return DD_OK;
    fprintf(stderr, "domdom city: %s\n", error.text);
    return (int)error.status;
}
