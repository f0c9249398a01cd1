// What a file of somebody else's says of a city's lighting: lamps, ways, wards, and how lamps are
// grouped. The readers of every format fill it (csv.h, entity.h, osm.h); what it lacks is found
// later. Texts are entries of its table of words; 0 is none.
#pragma once

#include "models/city/city.h"
#include "models/city/id_table.h"
#include "models/city/import/field.h"
#include "models/city/import/notes.h"
#include "models/city/map.h"
#include "models/city/polyline.h"
#include "models/light/catalogue.h"

enum {
    DD_IMPORT_LAMPS_MAX = 1000000,
    DD_IMPORT_VERTICES_MAX = 10000000, // of ways
    DD_IMPORT_WARDS_MAX = 250,
};

typedef struct dd_found_lamp {
    dd_xy place;   // as the file has it; degrees after dd_places_settle
    int64_t where; // the line, or an OpenStreetMap id
    uint32_t id, road, group, cabinet, feeder, model;
    float power_w, height_m, flux_lm; // 0: not said
    uint8_t technology;               // dd_technology; 0: not said
    uint32_t kind;                    // in the catalogue, by dd_luminaires_choose; 0: not said
} dd_found_lamp;

typedef struct dd_found_way {
    int64_t where;
    uint32_t name;
    dd_road_class class;
    bool lit, oneway;
    bool usual;        // a road for all, not said to be unlit: lit where nothing says what is
    uint32_t first, n; // vertices
} dd_found_way;

typedef struct dd_found_ward {
    int64_t where;
    uint32_t name;
    bool commune;
    dd_xy place;
} dd_found_ward;

// A group, a cabinet, a feeder or a model that the file describes apart from the lamps.
typedef struct dd_found_unit {
    int64_t where;
    dd_id_kind kind;
    uint32_t id, part_of; // of a cabinet: its group; of a feeder: its cabinet
    bool placed;
    dd_xy place;
    dd_luminaire_model model; // of a model
    bool used;
} dd_found_unit;

// A lamp that a group names, rather than the other way round.
typedef struct dd_found_member {
    int64_t where;
    uint32_t lamp, group;
} dd_found_member;

typedef struct dd_inventory {
    const char *file; // for messages
    bool osm;         // `where` is a node's or way's id, not a line
    bool comma;       // numbers have decimal commas
    dd_id_table words;
    uint32_t name, crs; // the file's own, words
    dd_found_lamp *lamps;
    dd_found_way *ways;
    dd_xy *vertices;
    dd_found_ward *wards;
    dd_found_unit *units;
    dd_found_member *members;
    uint32_t lamp_n, way_n, vertex_n, ward_n, unit_n, member_n;
    dd_notes notes;
} dd_inventory;

// A feature before it is known what it is: its values by field, NULL where there is none.
typedef struct dd_row {
    int64_t where;
    const char *value[DD_FIELDS];
} dd_row;

bool dd_inventory_init(dd_inventory *inventory, const char *file, dd_error *error);
void dd_inventory_fini(dd_inventory *inventory);

// "file:line: ..." or "file: node 17: ..."; returns false.
bool dd_inventory_fail(const dd_inventory *inventory, int64_t where, dd_error *error,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

// "line 20" or "node 17", for notes.
void dd_inventory_where(const dd_inventory *inventory, int64_t where, char text[static 64]);
void dd_inventory_note(dd_inventory *inventory, dd_note note, int64_t where);

// The word for a text, made when there is none; 0 for NULL and "". DD_WRONG in `error` beyond 199
// bytes or when it is no UTF-8.
bool dd_inventory_word(dd_inventory *inventory, int64_t where, const char *text, uint32_t *word,
                       dd_error *error);
const char *dd_inventory_text(const dd_inventory *inventory, uint32_t word);

// A lamp at a place, with what the row says of it. DD_WRONG names the value that cannot be.
bool dd_inventory_lamp(dd_inventory *inventory, const dd_row *row, dd_xy place, dd_error *error);

// A way with the row's name and class; its vertices follow by dd_inventory_vertex. One whose class
// is no road's is left out: then `*taken` is false.
bool dd_inventory_way(dd_inventory *inventory, const dd_row *row, bool *taken, dd_error *error);
bool dd_inventory_vertex(dd_inventory *inventory, dd_xy place, dd_error *error);

// A ward by its name; the file's first DD_IMPORT_WARDS_MAX count.
bool dd_inventory_ward(dd_inventory *inventory, const dd_row *row, dd_xy place, dd_error *error);

// A unit more, NULL and an error without memory; or a member.
dd_found_unit *dd_inventory_unit(dd_inventory *inventory, int64_t where, dd_id_kind kind,
                                 const char *id, dd_error *error);

bool dd_inventory_member(dd_inventory *inventory, int64_t where, const char *lamp, uint32_t group,
                         dd_error *error);

// Growing arrays: room for one element more at powers of two.
bool dd_inventory_room(void **items, uint32_t n, size_t size, dd_error *error);
