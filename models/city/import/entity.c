#include "models/city/import/entity.h"

#include "models/city/geojson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct dd_entity {
    dd_geojson file;
    dd_inventory *inventory;
    const json_t *members;  // of the current entity: its own, or a feature's properties
    const json_t *geometry; // or NULL
    const char *id, *type;  // "" when it has none
    dd_row row;
    char numbers[DD_FIELDS][32]; // numeric values of the row as texts
} dd_entity;

static bool fail(const dd_entity *entity, dd_error *error, const char *text) {
    return dd_inventory_fail(entity->inventory, entity->row.where, error, "%s", text);
}

// The value of an attribute in any form of NGSI: itself, or in {"type": "Property", "value": ...},
// {"type": "Relationship", "object": ...}.
static const json_t *unwrapped(const json_t *attribute) {
    for (int depth = 0; depth < 3 && json_is_object(attribute); depth++) {
        const json_t *value = json_object_get(attribute, "value");
        if (!value) value = json_object_get(attribute, "object");
        if (!value) break;
        attribute = value;
    }
    return attribute;
}

static const char *text_of(const json_t *value) {
    if (json_array_size(value) == 1) value = json_array_get(value, 0);
    return json_string_value(value);
}

// Puts the members that mean something here into the row; the first of a field counts.
static void fill_row(dd_entity *entity) {
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)entity->members, key, member) {
        dd_field field = dd_field_of(key);
        const json_t *value = unwrapped(member);
        if (!field || entity->row.value[field]) continue;
        if (json_is_number(value)) {
            snprintf(entity->numbers[field], sizeof *entity->numbers, "%.15g",
                     json_number_value(value));
            entity->row.value[field] = entity->numbers[field];
        } else if (json_is_boolean(value)) {
            entity->row.value[field] = json_is_true(value) ? "yes" : "no";
        } else {
            entity->row.value[field] = text_of(value);
        }
    }
}

static const char *string_of(const json_t *object, const char *key) {
    const char *text = json_string_value(unwrapped(json_object_get(object, key)));
    return text ? text : "";
}

// Finds id, type, geometry and members of the current entity, which may be a feature.
static void look(dd_entity *entity) {
    const json_t *feature = entity->file.feature;
    bool is_feature = strcmp(string_of(feature, "type"), "Feature") == 0;
    const json_t *id = json_object_get(feature, "id");
    memset(&entity->row, 0, sizeof entity->row);
    entity->row.where = entity->file.feature_line;
    entity->members = is_feature ? json_object_get(feature, "properties") : feature;
    entity->type = string_of(entity->members, "type");
    entity->geometry = is_feature ? json_object_get(feature, "geometry")
                                  : unwrapped(json_object_get(feature, "location"));
    if (json_is_integer(id)) {
        snprintf(entity->numbers[DD_FIELD_ID], sizeof *entity->numbers, "%" JSON_INTEGER_FORMAT,
                 json_integer_value(id));
        entity->row.value[DD_FIELD_ID] = entity->numbers[DD_FIELD_ID];
    } else {
        entity->row.value[DD_FIELD_ID] = json_string_value(id);
    }
    fill_row(entity);
    entity->id = entity->row.value[DD_FIELD_ID] ? entity->row.value[DD_FIELD_ID] : "";
}

static bool take_position(const dd_entity *entity, const json_t *position, dd_xy *place,
                          dd_error *error) {
    const json_t *x = json_array_get(position, 0), *y = json_array_get(position, 1);
    *place = (dd_xy){json_number_value(x), json_number_value(y)};
    return (json_is_number(x) && json_is_number(y) && isfinite(place->x) && isfinite(place->y)) ||
           fail(entity, error, "a position that is not two numbers; give [longitude, latitude]");
}

static bool is_geometry(const dd_entity *entity, const char *type) {
    return strcmp(string_of(entity->geometry, "type"), type) == 0;
}

static const json_t *coordinates_of(const dd_entity *entity) {
    return json_object_get(entity->geometry, "coordinates");
}

// --- what an entity can be

static bool take_point(dd_entity *entity, const json_t *position, dd_error *error) {
    dd_xy place;
    const char *class = entity->row.value[DD_FIELD_CLASS], *settlement;
    if (!take_position(entity, position, &place, error)) return false;
    settlement = entity->row.value[DD_FIELD_PLACE];
    if (settlement && (!class || !*class))
        return dd_inventory_ward(entity->inventory, &entity->row, place, error);
    if (class && *class && strcmp(class, "street_lamp") != 0) {
        dd_inventory_note(entity->inventory, DD_NOTE_SHAPES, entity->row.where);
        return true; // a crossing, a bus stop, ...
    }
    return dd_inventory_lamp(entity->inventory, &entity->row, place, error);
}

// As some programs save all points: each is a lamp of its own, and an id is nobody's when there are
// several.
static bool take_points(dd_entity *entity, const json_t *positions, dd_error *error) {
    if (json_array_size(positions) > 1) entity->row.value[DD_FIELD_ID] = NULL;
    for (size_t i = 0; i < json_array_size(positions); i++)
        if (!take_point(entity, json_array_get(positions, i), error)) return false;
    return true;
}

static bool take_line(dd_entity *entity, const json_t *line, dd_error *error) {
    bool taken;
    if (!dd_inventory_way(entity->inventory, &entity->row, &taken, error)) return false;
    if (!taken) dd_inventory_note(entity->inventory, DD_NOTE_SHAPES, entity->row.where);
    for (size_t i = 0; taken && i < json_array_size(line); i++) {
        dd_xy place;
        if (!take_position(entity, json_array_get(line, i), &place, error) ||
            !dd_inventory_vertex(entity->inventory, place, error))
            return false;
    }
    return true;
}

static bool take_shape(dd_entity *entity, dd_error *error) {
    const json_t *coordinates = coordinates_of(entity);
    if (is_geometry(entity, "Point")) return take_point(entity, coordinates, error);
    if (is_geometry(entity, "MultiPoint")) return take_points(entity, coordinates, error);
    if (is_geometry(entity, "LineString")) return take_line(entity, coordinates, error);
    bool lines = is_geometry(entity, "MultiLineString");
    for (size_t i = 0; lines && i < json_array_size(coordinates); i++)
        if (!take_line(entity, json_array_get(coordinates, i), error)) return false;
    if (!lines) dd_inventory_note(entity->inventory, DD_NOTE_SHAPES, entity->row.where);
    return true;
}

static bool take_light(dd_entity *entity, dd_error *error) {
    if (is_geometry(entity, "Point")) {
        dd_xy place;
        return take_position(entity, coordinates_of(entity), &place, error) &&
               dd_inventory_lamp(entity->inventory, &entity->row, place, error);
    }
    dd_inventory_note(entity->inventory, DD_NOTE_NO_PLACE, entity->row.where);
    return true;
}

static dd_found_unit *take_unit(dd_entity *entity, dd_id_kind kind, dd_error *error) {
    dd_xy place = {0};
    bool placed = is_geometry(entity, "Point");
    if (!*entity->id) {
        fail(entity, error, "an entity without an \"id\"; give it one");
        return NULL;
    }
    if (placed && !take_position(entity, coordinates_of(entity), &place, error)) return NULL;
    dd_found_unit *unit =
        dd_inventory_unit(entity->inventory, entity->row.where, kind, entity->id, error);
    if (!unit) return NULL;
    unit->placed = placed;
    unit->place = place;
    return unit;
}

static bool take_group(dd_entity *entity, dd_error *error) {
    const json_t *lamps = unwrapped(json_object_get(entity->members, "refStreetlight"));
    dd_found_unit *unit = take_unit(entity, DD_ID_SEGMENT, error);
    if (!unit) return false;
    uint32_t group = unit->id;
    for (size_t i = 0; i < json_array_size(lamps); i++)
        if (!dd_inventory_member(entity->inventory, entity->row.where,
                                 json_string_value(json_array_get(lamps, i)), group, error))
            return false;
    return true;
}

static bool take_cabinet(dd_entity *entity, dd_error *error) {
    dd_found_unit *unit = take_unit(entity, DD_ID_CABINET, error);
    return unit && dd_inventory_word(entity->inventory, entity->row.where,
                                     entity->row.value[DD_FIELD_GROUP], &unit->part_of, error);
}

static bool take_feeder(dd_entity *entity, dd_error *error) {
    dd_found_unit *unit = take_unit(entity, DD_ID_FEEDER, error);
    return unit && dd_inventory_word(entity->inventory, entity->row.where,
                                     entity->row.value[DD_FIELD_CABINET], &unit->part_of, error);
}

// A model without a power cannot be used: lamps say theirs.
static bool take_model(dd_entity *entity, dd_error *error) {
    const char *name = entity->row.value[DD_FIELD_NAME];
    if (!name) name = entity->id;
    dd_inventory *inventory = entity->inventory;
    dd_found_lamp *sheet; // a model's figures are checked as a lamp's are
    entity->row.value[DD_FIELD_ID] = NULL;
    if (!dd_inventory_lamp(inventory, &entity->row, (dd_xy){0}, error)) return false;
    sheet = &inventory->lamps[--inventory->lamp_n];
    dd_found_unit *unit = take_unit(entity, DD_ID_MODEL, error);
    if (!unit) return false;
    unit->model.technology = sheet->technology ? sheet->technology : DD_TECHNOLOGY_LED;
    unit->model.power_mw = (uint32_t)lrint(sheet->power_w * 1e3);
    unit->model.flux_lm = (uint32_t)lrint(sheet->flux_lm);
    // Too long a name is cut between two characters.
    size_t n = strlen(name);
    if (n >= DD_MODEL_NAME_SIZE) n = DD_MODEL_NAME_SIZE - 1;
    while (n && n < strlen(name) && ((unsigned char)name[n] & 0xc0) == 0x80)
        n--;
    memcpy(unit->model.name, name, n);
    return true;
}

static bool take_entity(dd_entity *entity, dd_error *error) {
    static const struct {
        const char *type;
        bool (*take)(dd_entity *, dd_error *);
    } types[] = {{"Streetlight", take_light},
                 {"StreetlightGroup", take_group},
                 {"StreetlightControlCabinet", take_cabinet},
                 {"StreetlightFeeder", take_feeder},
                 {"StreetlightModel", take_model}};
    look(entity);
    for (size_t i = 0; i < DD_COUNT(types); i++)
        if (strcmp(types[i].type, entity->type) == 0) return types[i].take(entity, error);
    if (entity->geometry && !json_is_null(entity->geometry)) return take_shape(entity, error);
    dd_inventory_note(entity->inventory, DD_NOTE_SHAPES, entity->row.where);
    return true;
}

// --- the whole

// {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3405"}}}, as before
// RFC 7946.
static bool take_head(dd_entity *entity, dd_error *error) {
    const json_t *head = entity->file.head, *crs = json_object_get(head, "crs");
    const char *name =
        json_string_value(json_object_get(json_object_get(crs, "properties"), "name"));
    return dd_inventory_word(entity->inventory, 1, name, &entity->inventory->crs, error) &&
           dd_inventory_word(entity->inventory, 1, json_string_value(json_object_get(head, "name")),
                             &entity->inventory->name, error);
}

bool dd_entity_read(const dd_text *text, dd_inventory *inventory, bool *ours, dd_error *error) {
    dd_entity entity = {.inventory = inventory};
    bool ok = dd_geojson_open(&entity.file, text->bytes, text->size, inventory->file, error);
    *ours = ok && json_object_get(entity.file.head, "utcOffset") &&
            json_object_get(entity.file.head, "origin");
    while (ok && !*ours) {
        ok = dd_geojson_next(&entity.file, error);
        if (!entity.file.feature) break;
        ok = ok && take_entity(&entity, error);
    }
    ok = ok && take_head(&entity, error);
    dd_geojson_fini(&entity.file);
    return ok;
}
