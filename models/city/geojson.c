#include "models/city/geojson.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool fail_at(const dd_geojson *geojson, uint32_t line, dd_error *error, const char *what) {
    return dd_fail(error, DD_WRONG, "%s:%u: %s", geojson->name, line, what);
}

static void skip_space(dd_geojson *geojson) {
    for (; geojson->at < geojson->size; geojson->at++) {
        char c = geojson->text[geojson->at];
        if (c == '\n') geojson->line++;
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return;
    }
}

// What jansson says about a text that ends too soon, and what a person makes of it.
static bool fail_syntax(const dd_geojson *geojson, const json_error_t *syntax, dd_error *error) {
    uint32_t line = geojson->line + (uint32_t)(syntax->line > 0 ? syntax->line - 1 : 0);
    enum json_error_code code = json_error_code(syntax);
    const char *remedy = "; mend the JSON there";
    if (code == json_error_premature_end_of_input)
        remedy = "; the file is truncated: restore it or build it anew";
    else if (strstr(syntax->text, "NaN") || strstr(syntax->text, "Infinity"))
        remedy = "; JSON has finite numbers only";
    return dd_fail(error, DD_WRONG, "%s:%u: %s%s", geojson->name, line, syntax->text, remedy);
}

// One JSON value at the current place; NULL and an error when there is none.
static json_t *take_value(dd_geojson *geojson, dd_error *error) {
    json_error_t syntax;
    skip_space(geojson);
    json_t *value =
        json_loadb(geojson->text + geojson->at, geojson->size - geojson->at,
                   JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &syntax);
    if (!value) {
        fail_syntax(geojson, &syntax, error);
        return NULL;
    }
    size_t end = geojson->at + (size_t)syntax.position;
    for (; geojson->at < end; geojson->at++)
        geojson->line += geojson->text[geojson->at] == '\n';
    return value;
}

// Passes over one of `marks` and tells which; 0 and an error when something else stands there.
static char take_mark(dd_geojson *geojson, const char *marks, dd_error *error) {
    skip_space(geojson);
    if (geojson->at < geojson->size) {
        char c = geojson->text[geojson->at];
        if (c && strchr(marks, c)) {
            geojson->at++;
            return c;
        }
    }
    bool end = geojson->at >= geojson->size;
    dd_fail(error, DD_WRONG, "%s:%u: '%c' expected%s", geojson->name, geojson->line, marks[0],
            end ? ", but the file ends here: it is truncated; restore it or build it anew"
                : "; mend the JSON there");
    return 0;
}

// Passes over `"key":` and hands out the key, which the caller releases.
static json_t *take_key(dd_geojson *geojson, dd_error *error) {
    json_t *key = take_value(geojson, error);
    if (!key) return NULL;
    if (!json_is_string(key)) {
        fail_at(geojson, geojson->line, error, "a member's name in quotes expected; mend the JSON");
    } else if (take_mark(geojson, ":", error)) {
        return key;
    }
    json_decref(key);
    return NULL;
}

static bool take_member(dd_geojson *geojson, bool *features, dd_error *error) {
    json_t *key = take_key(geojson, error);
    if (!key) return false;
    *features = strcmp(json_string_value(key), "features") == 0;
    json_t *value = *features ? NULL : take_value(geojson, error);
    bool ok = *features ? take_mark(geojson, "[", error) != 0 : value != NULL;
    if (value) json_object_set_new(geojson->head, json_string_value(key), value);
    json_decref(key);
    return ok;
}

static bool is_collection(const dd_geojson *geojson, dd_error *error) {
    const char *type = json_string_value(json_object_get(geojson->head, "type"));
    if (type && strcmp(type, "FeatureCollection") == 0) return true;
    return dd_fail(error, DD_WRONG,
                   "%s:%u: not a GeoJSON FeatureCollection (its \"type\" is %s%s%s); give a file "
                   "that starts {\"type\": \"FeatureCollection\"",
                   geojson->name, geojson->line, type ? "\"" : "", type ? type : "missing",
                   type ? "\"" : "");
}

// Takes the members of the outermost object up to its features; `*closed` when it has none.
static bool take_members(dd_geojson *geojson, bool *closed, dd_error *error) {
    bool features = false;
    *closed = false;
    if (!take_mark(geojson, "{", error)) return false;
    while (!features && !*closed) {
        if (!take_member(geojson, &features, error)) return false;
        char mark = features ? ',' : take_mark(geojson, ",}", error);
        if (!mark) return false;
        *closed = mark == '}';
    }
    return true;
}

static bool begin(dd_geojson *geojson, const char *text, size_t size, const char *name,
                  dd_error *error) {
    *geojson = (dd_geojson){.name = name, .text = text, .size = size, .line = 1};
    geojson->head = json_object();
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) geojson->at = 3; // a byte order mark
    skip_space(geojson);
    return geojson->at < size || fail_at(geojson, 1, error, "the file is empty; restore it");
}

bool dd_geojson_init(dd_geojson *geojson, const char *text, size_t size, const char *name,
                     dd_error *error) {
    bool closed;
    if (!begin(geojson, text, size, name, error) || !take_members(geojson, &closed, error) ||
        !is_collection(geojson, error))
        return false;
    return !closed || fail_at(geojson, geojson->line, error, "no \"features\"; restore the file");
}

bool dd_geojson_open(dd_geojson *geojson, const char *text, size_t size, const char *name,
                     dd_error *error) {
    if (!begin(geojson, text, size, name, error)) return false;
    geojson->wild = true;
    geojson->list = text[geojson->at] == '[';
    if (geojson->list) return take_mark(geojson, "[", error) != 0;
    if (!take_members(geojson, &geojson->single, error)) return false;
    bool thing = geojson->single && (json_object_get(geojson->head, "id") ||
                                     json_object_get(geojson->head, "geometry"));
    if (!thing && !is_collection(geojson, error)) return false;
    return thing || !geojson->single ||
           fail_at(geojson, geojson->line, error, "no \"features\"; restore the file");
}

// Past the list of features: whatever members follow it must still be good JSON.
static bool finish(dd_geojson *geojson, dd_error *error) {
    bool features = false;
    char mark = geojson->list || geojson->single ? '}' : take_mark(geojson, ",}", error);
    while (mark == ',') {
        if (!take_member(geojson, &features, error)) return false;
        if (features)
            return fail_at(geojson, geojson->line, error, "a second \"features\"; keep only one");
        mark = take_mark(geojson, ",}", error);
    }
    if (!mark) return false;
    skip_space(geojson);
    if (geojson->at == geojson->size) return true;
    return fail_at(geojson, geojson->line, error, "text after the end; remove it");
}

static bool is_feature(const dd_geojson *geojson, dd_error *error) {
    const char *type = json_string_value(json_object_get(geojson->feature, "type"));
    if (geojson->wild && json_is_object(geojson->feature)) return true;
    if (!type || strcmp(type, "Feature") != 0)
        return dd_geojson_fail(geojson, error, "a Feature expected; remove what stands here");
    if (!json_is_object(json_object_get(geojson->feature, "properties")))
        return dd_geojson_fail(geojson, error, "a Feature without properties; give it some");
    const json_t *geometry = json_object_get(geojson->feature, "geometry");
    if (!json_is_object(geometry) && !json_is_null(geometry))
        return dd_geojson_fail(geojson, error, "a Feature without geometry; give it one");
    return true;
}

bool dd_geojson_next(dd_geojson *geojson, dd_error *error) {
    bool first = !geojson->started;
    geojson->started = true;
    json_decref(geojson->feature);
    geojson->feature = NULL;
    if (geojson->single && first) {
        geojson->feature = json_incref(geojson->head);
        geojson->feature_line = 1;
        return true;
    }
    if (geojson->single) return finish(geojson, error);
    skip_space(geojson);
    bool end = geojson->at < geojson->size && geojson->text[geojson->at] == ']';
    if (!first || end) {
        char mark = take_mark(geojson, first ? "]" : ",]", error);
        if (!mark) return false;
        if (mark == ']') return finish(geojson, error);
    }
    skip_space(geojson);
    geojson->feature_line = geojson->line;
    geojson->feature = take_value(geojson, error);
    return geojson->feature && is_feature(geojson, error);
}

void dd_geojson_fini(dd_geojson *geojson) {
    json_decref(geojson->head);
    json_decref(geojson->feature);
    *geojson = (dd_geojson){0};
}

bool dd_geojson_fail(const dd_geojson *geojson, dd_error *error, const char *format, ...) {
    char text[sizeof error->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return dd_fail(error, DD_WRONG, "%s:%u: %s", geojson->name, geojson->feature_line, text);
}

// A member is missing: perhaps one with nearly its name is there.
static bool fail_missing(const dd_geojson *geojson, const json_t *object, const char *key,
                         dd_error *error) {
    const char *const words[] = {key, NULL};
    const char *other;
    json_t *value;
    json_object_foreach((json_t *)object, other, value) {
        if (dd_nearest(other, words))
            return dd_geojson_fail(geojson, error, "no \"%s\"; is \"%s\" a misspelling of it?", key,
                                   other);
    }
    return dd_geojson_fail(geojson, error, "no \"%s\"; add it", key);
}

static bool fail_type(const dd_geojson *geojson, const char *key, const json_t *value,
                      const char *wanted, dd_error *error) {
    char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    dd_geojson_fail(geojson, error, "\"%s\" is %.60s; give %s", key, dump ? dump : "?", wanted);
    free(dump);
    return false;
}

bool dd_geojson_string(const dd_geojson *geojson, const json_t *object, const char *key,
                       const char **value, dd_error *error) {
    const json_t *member = json_object_get(object, key);
    if (!member) return fail_missing(geojson, object, key, error);
    *value = json_string_value(member);
    if (*value && **value && json_string_length(member) < 200) return true;
    return fail_type(geojson, key, member, "a text of 1 to 199 bytes in quotes", error);
}

bool dd_geojson_number(const dd_geojson *geojson, const json_t *object, const char *key,
                       double least, double most, double *value, dd_error *error) {
    const json_t *member = json_object_get(object, key);
    char wanted[80];
    if (!member) return fail_missing(geojson, object, key, error);
    *value = json_number_value(member);
    if (json_is_number(member) && isfinite(*value) && *value >= least && *value <= most)
        return true;
    snprintf(wanted, sizeof wanted, "a number from %g to %g", least, most);
    return fail_type(geojson, key, member, wanted, error);
}

bool dd_geojson_position(const dd_geojson *geojson, const json_t *position, double *lon,
                         double *lat, dd_error *error) {
    const json_t *first = json_array_get(position, 0), *second = json_array_get(position, 1);
    if (!json_is_number(first) || !json_is_number(second))
        return fail_type(geojson, "coordinates", position, "[longitude, latitude] in degrees",
                         error);
    *lon = json_number_value(first);
    *lat = json_number_value(second);
    if (*lon >= -180 && *lon <= 180 && *lat >= -90 && *lat <= 90) return true;
    return dd_geojson_fail(geojson, error,
                           "the position [%g, %g] is not on Earth; give [longitude, latitude] in "
                           "degrees",
                           *lon, *lat);
}

bool dd_geojson_coordinates(const dd_geojson *geojson, const char *type, const json_t **coordinates,
                            dd_error *error) {
    const json_t *geometry = json_object_get(geojson->feature, "geometry");
    const char *is;
    if (!dd_geojson_string(geojson, geometry, "type", &is, error)) return false;
    if (strcmp(is, type) != 0)
        return dd_geojson_fail(geojson, error, "the geometry is a %.40s; give a %s", is, type);
    *coordinates = json_object_get(geometry, "coordinates");
    if (json_is_array(*coordinates)) return true;
    return dd_geojson_fail(geojson, error, "the geometry has no coordinates; give a list");
}
