#include "models/city/import/inventory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double MOST_W = 2000; // facts, 0: no street has a brighter one

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the city; free some");
}

bool dd_inventory_init(dd_inventory *inventory, const char *file, dd_error *error) {
    *inventory = (dd_inventory){.file = file};
    return dd_id_table_init(&inventory->words, error);
}

void dd_inventory_fini(dd_inventory *inventory) {
    dd_id_table_fini(&inventory->words);
    free(inventory->lamps);
    free(inventory->ways);
    free(inventory->vertices);
    free(inventory->wards);
    free(inventory->units);
    free(inventory->members);
    *inventory = (dd_inventory){0};
}

bool dd_inventory_room(void **items, uint32_t n, size_t size, dd_error *error) {
    if (n & (n - 1)) return true;
    void *larger = realloc(*items, (n ? 2 * (size_t)n : 1) * size);
    if (!larger) return fail_memory(error);
    *items = larger;
    return true;
}

void dd_inventory_where(const dd_inventory *inventory, int64_t where, char text[static 64]) {
    snprintf(text, 64, "%s %" PRId64, inventory->osm ? "OpenStreetMap" : "line", where);
}

void dd_inventory_note(dd_inventory *inventory, dd_note note, int64_t where) {
    char first[64];
    dd_inventory_where(inventory, where, first);
    dd_notes_add(&inventory->notes, note, where ? first : NULL);
}

bool dd_inventory_fail(const dd_inventory *inventory, int64_t where, dd_error *error,
                       const char *format, ...) {
    char text[sizeof error->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *before = inventory->osm ? ": OpenStreetMap's " : ":";
    return dd_fail(error, DD_WRONG, "%s%s%" PRId64 ": %s", inventory->file, before, where, text);
}

// --- words

// Whether a text is well-formed UTF-8 without control characters.
static bool is_text(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        size_t n = *c < 0x80 ? 1 : *c >= 0xf0 && *c < 0xf5 ? 4 : *c >= 0xe0 ? 3 : 2;
        if (*c < 0x20 || *c == 0x7f || (*c >= 0x80 && *c < 0xc2) || *c >= 0xf5) return false;
        if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f)) return false;
        if ((*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] > 0x8f)) return false;
        for (size_t i = 1; i < n; i++)
            if ((c[i] & 0xc0) != 0x80) return false;
        c += n;
    }
    return true;
}

bool dd_inventory_word(dd_inventory *inventory, int64_t where, const char *text, uint32_t *word,
                       dd_error *error) {
    *word = 0;
    if (!text || !*text) return true;
    if (!is_text(text))
        return dd_inventory_fail(inventory, where, error,
                                 "a text is not UTF-8, or holds control characters; save the file "
                                 "as UTF-8");
    if (strlen(text) >= 200)
        return dd_inventory_fail(inventory, where, error,
                                 "\"%.40s...\" is too long; use up to 199 bytes", text);
    *word = dd_id_entry(&inventory->words, text, error);
    return *word != 0;
}

const char *dd_inventory_text(const dd_inventory *inventory, uint32_t word) {
    return inventory->words.pool + inventory->words.ids[word].text;
}

// --- lamps

// A number of the row; false with `*number` 0 when it has none. DD_WRONG when it is none.
static bool take_number(const dd_inventory *inventory, const dd_row *row, dd_field field,
                        const char *what, double *number, dd_error *error) {
    const char *text = row->value[field];
    *number = 0;
    if (!text || !*text) return true;
    return dd_field_number(text, inventory->comma, number) ||
           dd_inventory_fail(inventory, row->where, error, "the %s is \"%.40s\"; give a number",
                             what, text);
}

static bool take_power(dd_inventory *inventory, const dd_row *row, dd_found_lamp *lamp,
                       dd_error *error) {
    const char *text = row->value[DD_FIELD_POWER];
    double power;
    if (!take_number(inventory, row, DD_FIELD_POWER, "wattage", &power, error)) return false;
    lamp->power_w = (float)power;
    if (!text || !*text || (power >= 0.1 && power <= MOST_W)) return true;
    return dd_inventory_fail(inventory, row->where, error,
                             "a wattage of %g W cannot be; give 0.1 to %g, or leave it empty where "
                             "it is unknown",
                             power, MOST_W);
}

// Surveys write 0 for a height that nobody measured.
static bool take_height(dd_inventory *inventory, const dd_row *row, dd_found_lamp *lamp,
                        dd_error *error) {
    double height;
    if (!take_number(inventory, row, DD_FIELD_HEIGHT, "height", &height, error)) return false;
    bool good = height >= 0.5 && height <= 60;
    if (height != 0 && !good) dd_inventory_note(inventory, DD_NOTE_HEIGHT, row->where);
    lamp->height_m = good ? (float)height : 0;
    return true;
}

// "LED", "High Pressure Sodium", "sodium vapor": by what the text holds.
static void take_technology(dd_inventory *inventory, const dd_row *row, dd_found_lamp *lamp) {
    static const struct {
        const char *part;
        dd_technology technology;
    } parts[] = {{"led", DD_TECHNOLOGY_LED},   {"lps", DD_TECHNOLOGY_HPS},
                 {"hps", DD_TECHNOLOGY_HPS},   {"sodium", DD_TECHNOLOGY_HPS},
                 {"son", DD_TECHNOLOGY_HPS},   {"halide", DD_TECHNOLOGY_HALIDE},
                 {"mh", DD_TECHNOLOGY_HALIDE}, {"mercury", DD_TECHNOLOGY_HALIDE},
                 {"cfl", DD_TECHNOLOGY_CFL},   {"fluor", DD_TECHNOLOGY_CFL}};
    const char *text = row->value[DD_FIELD_TECHNOLOGY];
    char small[40] = {0};
    if (!text || !*text || strcmp(text, "electric") == 0) return;
    for (size_t i = 0; text[i] && i + 1 < sizeof small; i++)
        small[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
    for (size_t i = 0; i < DD_COUNT(parts) && !lamp->technology; i++)
        if (strstr(small, parts[i].part)) lamp->technology = (uint8_t)parts[i].technology;
    if (!lamp->technology) dd_inventory_note(inventory, DD_NOTE_TECHNOLOGY, row->where);
}

static bool take_id(dd_inventory *inventory, const dd_row *row, dd_found_lamp *lamp,
                    dd_error *error) {
    if (!dd_inventory_word(inventory, row->where, row->value[DD_FIELD_ID], &lamp->id, error))
        return false;
    if (!lamp->id) return true;
    dd_id *word = &inventory->words.ids[lamp->id];
    if (word->kind == DD_ID_LAMP) {
        char where[64];
        dd_inventory_where(inventory, inventory->lamps[word->index].where, where);
        return dd_inventory_fail(
            inventory, row->where, error,
            "the id \"%.60s\" is that of the lamp at %s already; give each its "
            "own",
            row->value[DD_FIELD_ID], where);
    }
    word->kind = DD_ID_LAMP;
    word->index = inventory->lamp_n;
    return true;
}

static bool take_words(dd_inventory *inventory, const dd_row *row, dd_found_lamp *lamp,
                       dd_error *error) {
    const struct {
        dd_field field;
        uint32_t *word;
    } words[] = {{DD_FIELD_ROAD, &lamp->road},
                 {DD_FIELD_GROUP, &lamp->group},
                 {DD_FIELD_CABINET, &lamp->cabinet},
                 {DD_FIELD_FEEDER, &lamp->feeder},
                 {DD_FIELD_MODEL, &lamp->model}};
    for (size_t i = 0; i < DD_COUNT(words); i++)
        if (!dd_inventory_word(inventory, row->where, row->value[words[i].field], words[i].word,
                               error))
            return false;
    return true;
}

bool dd_inventory_lamp(dd_inventory *inventory, const dd_row *row, dd_xy place, dd_error *error) {
    if (inventory->lamp_n == DD_IMPORT_LAMPS_MAX)
        return dd_inventory_fail(inventory, row->where, error,
                                 "more than %d lamps; cut the file to a city", DD_IMPORT_LAMPS_MAX);
    if (!dd_inventory_room((void **)&inventory->lamps, inventory->lamp_n, sizeof(dd_found_lamp),
                           error))
        return false;
    dd_found_lamp *lamp = &inventory->lamps[inventory->lamp_n];
    *lamp = (dd_found_lamp){.place = place, .where = row->where};
    double flux;
    if (!take_id(inventory, row, lamp, error) || !take_power(inventory, row, lamp, error) ||
        !take_height(inventory, row, lamp, error) || !take_words(inventory, row, lamp, error) ||
        !take_number(inventory, row, DD_FIELD_FLUX, "luminous flux", &flux, error))
        return false;
    lamp->flux_lm = flux > 0 && flux <= 500000 ? (float)flux : 0;
    take_technology(inventory, row, lamp);
    inventory->lamp_n++;
    return true;
}

// --- ways and wards

// OpenStreetMap's classes of highways, and those of our own files.
static const struct {
    const char *name;
    dd_road_class class;
    bool drivable;
} classes[] = {{"motorway", DD_ROAD_TRUNK, true},       {"motorway_link", DD_ROAD_TRUNK, true},
               {"trunk", DD_ROAD_TRUNK, true},          {"trunk_link", DD_ROAD_TRUNK, true},
               {"primary", DD_ROAD_PRIMARY, true},      {"primary_link", DD_ROAD_PRIMARY, true},
               {"secondary", DD_ROAD_SECONDARY, true},  {"secondary_link", DD_ROAD_SECONDARY, true},
               {"tertiary", DD_ROAD_TERTIARY, true},    {"tertiary_link", DD_ROAD_TERTIARY, true},
               {"residential", DD_ROAD_STREET, true},   {"unclassified", DD_ROAD_STREET, true},
               {"living_street", DD_ROAD_STREET, true}, {"street", DD_ROAD_STREET, true},
               {"road", DD_ROAD_STREET, true},          {"", DD_ROAD_STREET, true},
               {"service", DD_ROAD_INTERNAL, false},    {"internal", DD_ROAD_INTERNAL, false},
               {"pedestrian", DD_ROAD_INTERNAL, false}, {"footway", DD_ROAD_INTERNAL, false},
               {"path", DD_ROAD_INTERNAL, false},       {"cycleway", DD_ROAD_INTERNAL, false},
               {"track", DD_ROAD_INTERNAL, false},      {"steps", DD_ROAD_INTERNAL, false}};

static bool is_unlit(const char *lit) {
    return lit &&
           (strcmp(lit, "no") == 0 || strcmp(lit, "disused") == 0 || strcmp(lit, "false") == 0);
}

// lit=yes, 24/7, automatic, sunset-sunrise, ...: whatever does not deny it.
static bool is_lit(const char *lit) {
    return lit && *lit && !is_unlit(lit) && strcmp(lit, "unknown") != 0;
}

bool dd_inventory_way(dd_inventory *inventory, const dd_row *row, bool *taken, dd_error *error) {
    const char *class = row->value[DD_FIELD_CLASS] ? row->value[DD_FIELD_CLASS] : "";
    const char *oneway = row->value[DD_FIELD_ONEWAY];
    dd_found_way way = {.where = row->where, .first = inventory->vertex_n};
    for (size_t i = 0; i < DD_COUNT(classes); i++) {
        if (strcmp(classes[i].name, class) != 0) continue;
        way.class = classes[i].class;
        way.usual = classes[i].drivable;
    }
    *taken = way.class != 0;
    if (!*taken) return true;
    way.lit = is_lit(row->value[DD_FIELD_LIT]);
    if (is_unlit(row->value[DD_FIELD_LIT])) way.usual = false;
    way.oneway = oneway && (strcmp(oneway, "yes") == 0 || strcmp(oneway, "true") == 0 ||
                            strcmp(oneway, "1") == 0);
    const char *name = row->value[DD_FIELD_NAME];
    if (!name || !*name) name = row->value[DD_FIELD_ROAD];
    if (!dd_inventory_word(inventory, row->where, name, &way.name, error) ||
        !dd_inventory_room((void **)&inventory->ways, inventory->way_n, sizeof way, error))
        return false;
    inventory->ways[inventory->way_n++] = way;
    return true;
}

bool dd_inventory_vertex(dd_inventory *inventory, dd_xy place, dd_error *error) {
    dd_found_way *way = &inventory->ways[inventory->way_n - 1];
    if (inventory->vertex_n == DD_IMPORT_VERTICES_MAX)
        return dd_inventory_fail(inventory, way->where, error,
                                 "more than %d vertices of roads; cut the file to a city",
                                 DD_IMPORT_VERTICES_MAX);
    if (!dd_inventory_room((void **)&inventory->vertices, inventory->vertex_n, sizeof place, error))
        return false;
    inventory->vertices[inventory->vertex_n++] = place;
    way->n++;
    return true;
}

bool dd_inventory_ward(dd_inventory *inventory, const dd_row *row, dd_xy place, dd_error *error) {
    const char *kind = row->value[DD_FIELD_PLACE];
    dd_found_ward ward = {.where = row->where, .place = place};
    if (inventory->ward_n == DD_IMPORT_WARDS_MAX) return true;
    ward.commune = kind && (strcmp(kind, "village") == 0 || strcmp(kind, "hamlet") == 0);
    if (!dd_inventory_word(inventory, row->where, row->value[DD_FIELD_NAME], &ward.name, error))
        return false;
    if (!ward.name) return true; // nobody could refer to it
    if (!dd_inventory_room((void **)&inventory->wards, inventory->ward_n, sizeof ward, error))
        return false;
    inventory->wards[inventory->ward_n++] = ward;
    return true;
}

dd_found_unit *dd_inventory_unit(dd_inventory *inventory, int64_t where, dd_id_kind kind,
                                 const char *id, dd_error *error) {
    dd_found_unit unit = {.where = where, .kind = kind};
    if (!dd_inventory_word(inventory, where, id, &unit.id, error) ||
        !dd_inventory_room((void **)&inventory->units, inventory->unit_n, sizeof unit, error))
        return NULL;
    inventory->units[inventory->unit_n] = unit;
    return &inventory->units[inventory->unit_n++];
}

bool dd_inventory_member(dd_inventory *inventory, int64_t where, const char *lamp, uint32_t group,
                         dd_error *error) {
    dd_found_member member = {.where = where, .group = group};
    if (!dd_inventory_word(inventory, where, lamp, &member.lamp, error) ||
        !dd_inventory_room((void **)&inventory->members, inventory->member_n, sizeof member, error))
        return false;
    if (member.lamp) inventory->members[inventory->member_n++] = member;
    return true;
}
