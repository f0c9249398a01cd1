#define _POSIX_C_SOURCE 200809L
#include "models/city/plan/city_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool fail_entry(const char *path, const char *list, size_t i, const json_error_t *syntax,
                       dd_error *error) {
    return dd_fail(error, DD_WRONG, "%s: \"%s\", entry %zu: %s; mend that entry", path, list, i + 1,
                   syntax->text);
}

static dd_spot spot(double lon, double lat) {
    return (dd_spot){(int32_t)floor(lon * 1e6 + 0.5), (int32_t)floor(lat * 1e6 + 0.5)};
}

static bool read_place(const json_t *array, dd_spot *place) {
    double lon, lat;
    json_error_t syntax;
    if (json_unpack_ex((json_t *)array, &syntax, 0, "[F,F]", &lon, &lat) != 0) return false;
    *place = spot(lon, lat);
    return fabs(lon) <= 180 && fabs(lat) <= 90;
}

static bool read_kind(const char *path, const char *name, dd_luminaire_kind *kind,
                      dd_error *error) {
    const char *names[DD_PROJECT_KINDS] = {0};
    for (int i = 1; i < DD_PROJECT_KINDS; i++) {
        names[i - 1] = dd_luminaire_models[i].name;
        if (strcmp(names[i - 1], name) == 0) *kind = (dd_luminaire_kind)i;
    }
    if (*kind) return true;
    const char *near = dd_nearest(name, names);
    return dd_fail(error, DD_WRONG, "%s: luminaire \"%s\" is unknown; %s%s", path, name,
                   near ? "use " : "use a model such as ", near ? near : names[0]);
}

static int find_word(const char *word, const char *const *words, int n) {
    for (int i = 1; i < n; i++)
        if (strcmp(words[i], word) == 0) return i;
    return 0;
}

static bool read_arrangement(const char *path, const char *name, dd_arrangement *arrangement,
                             dd_error *error) {
    static const char *const names[] = {"", "one-sided", "staggered", "opposite"};
    *arrangement = (dd_arrangement)find_word(name, names, DD_COUNT(names));
    return *arrangement || dd_fail(error, DD_WRONG,
                                   "%s: arrangement \"%s\" is unknown; use one-sided, staggered or "
                                   "opposite",
                                   path, name);
}

// A class's style, or what a road says differently.
static bool read_style(const char *path, const char *whose, const json_t *entry, bool whole,
                       dd_style *style, dd_error *error) {
    const char *arrangement = NULL, *model = NULL;
    json_error_t syntax;
    const char *format = whole ? "{s:s, s:F, s:F, s:F, s:s}" : "{s?s, s?F, s?F, s?F, s?s}";
    if (json_unpack_ex((json_t *)entry, &syntax, 0, format, "arrangement", &arrangement,
                       "spacing_m", &style->spacing_m, "offset_m", &style->offset_m, "height_m",
                       &style->height_m, "luminaire", &model) != 0)
        return dd_fail(error, DD_WRONG, "%s: \"%s\": %s; mend its style", path, whose, syntax.text);
    if (arrangement && !read_arrangement(path, arrangement, &style->arrangement, error))
        return false;
    if (model) style->kind = 0;
    if (model && !read_kind(path, model, &style->kind, error)) return false;
    if (style->spacing_m >= 5 && style->spacing_m <= 100 && style->offset_m >= 0 &&
        style->offset_m <= 14)
        return true;
    return dd_fail(error, DD_WRONG,
                   "%s: \"%s\": spacing %g m with offset %g m; give 5 to 100 m, and 0 to 14 m",
                   path, whose, style->spacing_m, style->offset_m);
}

static bool read_classes(const char *path, const json_t *classes, dd_style *styles,
                         dd_error *error) {
    for (int i = 1; i < DD_ROAD_CLASSES; i++) {
        const json_t *entry = json_object_get(classes, dd_road_class_names[i]);
        if (!entry)
            return dd_fail(error, DD_WRONG, "%s: \"classes\" lacks \"%s\"; add it", path,
                           dd_road_class_names[i]);
        if (!read_style(path, dd_road_class_names[i], entry, true, &styles[i], error)) return false;
    }
    return true;
}

static bool read_road(const char *path, const json_t *entry, size_t i, const dd_style *styles,
                      dd_road_rule *road, dd_error *error) {
    json_error_t syntax;
    const char *class;
    int approximate = 0;
    double w = -180, s = -90, e = 180, n = 90;
    if (json_unpack_ex((json_t *)entry, &syntax, 0, "{s:s, s:s, s?b, s:o, s?[F,F,F,F]}", "name",
                       &road->name, "class", &class, "approximate", &approximate, "ways",
                       &road->ways, "within", &w, &s, &e, &n) != 0)
        return fail_entry(path, "roads", i, &syntax, error);
    road->approximate = approximate != 0;
    road->class = (dd_road_class)find_word(class, dd_road_class_names, DD_ROAD_CLASSES);
    if (!road->class)
        return dd_fail(error, DD_WRONG, "%s: road \"%s\": class \"%s\" is unknown; use %s to %s",
                       path, road->name, class, dd_road_class_names[1],
                       dd_road_class_names[DD_ROAD_CLASSES - 1]);
    road->least = spot(w, s);
    road->most = spot(e, n);
    road->style = styles[road->class];
    return read_style(path, road->name, entry, false, &road->style, error);
}

static bool read_ward(const char *path, const json_t *entry, size_t i, dd_ward_rule *ward,
                      dd_error *error) {
    json_error_t syntax;
    const json_t *centre;
    int commune = 0;
    if (json_unpack_ex((json_t *)entry, &syntax, 0, "{s:s, s:s, s?b, s:o}", "id", &ward->id, "name",
                       &ward->name, "commune", &commune, "centre", &centre) != 0)
        return fail_entry(path, "wards", i, &syntax, error);
    ward->commune = commune != 0;
    if (read_place(centre, &ward->centre)) return true;
    return dd_fail(error, DD_WRONG, "%s: ward \"%s\": centre must be [longitude, latitude]", path,
                   ward->id);
}

static bool read_square(const char *path, const json_t *entry, size_t i, dd_square_rule *square,
                        dd_error *error) {
    json_error_t syntax;
    const json_t *place;
    const char *model;
    int count;
    if (json_unpack_ex((json_t *)entry, &syntax, 0, "{s:o, s:i, s:s}", "place", &place, "count",
                       &count, "luminaire", &model) != 0)
        return fail_entry(path, "squares", i, &syntax, error);
    square->count = (uint32_t)count;
    if (!read_kind(path, model, &square->kind, error)) return false;
    if (read_place(place, &square->place) && count > 0) return true;
    return dd_fail(error, DD_WRONG, "%s: square %zu: give a place and a count", path, i + 1);
}

static bool read_lists(const char *path, dd_rules *rules, dd_error *error) {
    dd_style styles[DD_ROAD_CLASSES] = {0};
    const json_t *roads = json_object_get(rules->file, "roads");
    const json_t *wards = json_object_get(rules->file, "wards");
    const json_t *squares = json_object_get(rules->file, "squares");
    rules->road_n = (uint32_t)json_array_size(roads);
    rules->ward_n = (uint32_t)json_array_size(wards);
    rules->square_n = (uint32_t)json_array_size(squares);
    rules->roads = calloc(rules->road_n + 1, sizeof *rules->roads);
    rules->wards = calloc(rules->ward_n + 1, sizeof *rules->wards);
    rules->squares = calloc(rules->square_n + 1, sizeof *rules->squares);
    if (!rules->roads || !rules->wards || !rules->squares)
        return dd_fail(error, DD_OUTSIDE, "no memory for the rules; free some");
    if (!rules->road_n || !rules->ward_n)
        return dd_fail(error, DD_WRONG, "%s: no \"roads\" or no \"wards\"; add them", path);
    bool ok = read_classes(path, json_object_get(rules->file, "classes"), styles, error);
    for (size_t i = 0; ok && i < rules->road_n; i++)
        ok = read_road(path, json_array_get(roads, i), i, styles, &rules->roads[i], error);
    for (size_t i = 0; ok && i < rules->ward_n; i++)
        ok = read_ward(path, json_array_get(wards, i), i, &rules->wards[i], error);
    for (size_t i = 0; ok && i < rules->square_n; i++)
        ok = read_square(path, json_array_get(squares, i), i, &rules->squares[i], error);
    return ok;
}

static bool read_junctions(const char *path, const json_t *junctions, dd_rules *rules,
                           dd_error *error) {
    for (int i = 1; i < DD_ROAD_CLASSES; i++) {
        const json_t *model = json_object_get(junctions, dd_road_class_names[i]);
        if (model && !json_is_string(model))
            return dd_fail(error, DD_WRONG, "%s: \"junctions\": name a luminaire", path);
        if (model && !read_kind(path, json_string_value(model), &rules->junction_kind[i], error))
            return false;
    }
    return true;
}

static bool read_figures(const char *path, dd_rules *rules, dd_error *error) {
    json_error_t syntax;
    const json_t *centre, *junctions;
    int lamps, least, most, aim, feeders;
    if (json_unpack_ex(
            rules->file, &syntax, 0,
            "{s:s, s:F, s:o, s:i, s:{s:[F,F], s:F, s:F, s:F, s:F}, s:{s:F, s:o}, "
            "s:{s:i, s:i, s:i, s:F}, s:{s:i, s:F}, s:{s:F, s:F}}",
            "name", &rules->name, "utc_offset_h", &rules->utc_offset_h, "centre", &centre,
            "luminaires", &lamps, "poles", "scale", &rules->scale[0], &rules->scale[1], "apart_m",
            &rules->apart_m, "clear_m", &rules->clear_m, "median_m", &rules->median_m, "arm_m",
            &rules->arm_m, "junctions", "within_m", &rules->junction_m, "luminaires", &junctions,
            "segments", "least", &least, "most", &most, "aim", &aim, "hop_m", &rules->hop_m,
            "feeders", "a_segment", &feeders, "breaker_margin", &rules->breaker_margin, "backhaul",
            "fibre_within_m", &rules->fibre_m, "3g_beyond_m", &rules->far_m) != 0)
        return dd_fail(error, DD_WRONG, "%s: %s; mend the rules", path, syntax.text);
    if (lamps < 1 || least < 1 || most < least || aim < least || aim > most || feeders < 1 ||
        !read_place(centre, &rules->centre))
        return dd_fail(error, DD_WRONG, "%s: counts must be positive and in order; mend them",
                       path);
    rules->lamps = (uint32_t)lamps;
    rules->segment_least = (uint32_t)least;
    rules->segment_most = (uint32_t)most;
    rules->segment_aim = (uint32_t)aim;
    rules->segment_feeders = (uint32_t)feeders;
    return read_junctions(path, junctions, rules, error);
}

bool dd_rules_read(const char *path, dd_rules *rules, dd_error *error) {
    dd_text text;
    json_error_t syntax;
    *rules = (dd_rules){0};
    if (!dd_text_read(path, &text, error)) return false;
    rules->file = json_loadb(text.bytes, text.size, JSON_REJECT_DUPLICATES, &syntax);
    dd_text_fini(&text);
    if (!rules->file)
        return dd_fail(error, DD_WRONG, "%s:%d: %s; mend the JSON there", path, syntax.line,
                       syntax.text);
    if (read_figures(path, rules, error) && read_lists(path, rules, error)) return true;
    dd_rules_fini(rules);
    return false;
}

void dd_rules_fini(dd_rules *rules) {
    json_decref(rules->file);
    free(rules->roads);
    free(rules->wards);
    free(rules->squares);
    *rules = (dd_rules){0};
}
