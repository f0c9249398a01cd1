#include "models/city/import/osm.h"

#include "models/city/import/gzip.h"
#include "models/city/import/osm_check.h"
#include "models/city/import/pbf_frames.h"

#include <errno.h>
#include <math.h>
#include <readosm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const int64_t SIZE_MAX_READ = INT64_C(2) << 30;

// A vertex that waits for the place of its node.
typedef struct dd_waiting {
    long long node;
    uint32_t vertex;
} dd_waiting;

typedef struct dd_osm {
    dd_inventory *inventory;
    dd_waiting *waiting; // as many as vertices; sorted by node for the second pass
    dd_error *error;
    bool failed;
} dd_osm;

static bool ends_with(const char *path, const char *end) {
    size_t n = strlen(path), m = strlen(end);
    return n > m && strcmp(path + n - m, end) == 0;
}

bool dd_osm_is(const char *path) {
    return ends_with(path, ".osm") || ends_with(path, ".osm.gz") || ends_with(path, ".pbf");
}

static void fill_row(dd_row *row, const readosm_tag *tags, int n) {
    for (int i = 0; i < n; i++) {
        dd_field field = dd_field_of(tags[i].key);
        if (field && !row->value[field]) row->value[field] = tags[i].value;
    }
}

// What a tag is for a highway is not what it is for lamps in lists: no lamp is known by its ref.
static bool take_lamp(dd_osm *osm, dd_row *row, dd_xy place) {
    char id[32];
    double power;
    snprintf(id, sizeof id, "osm-%lld", (long long)row->where);
    row->value[DD_FIELD_ID] = id;
    // What mappers write freely is taken where it can be understood.
    const char *text = row->value[DD_FIELD_POWER];
    if (text && (!dd_field_number(text, false, &power) || power < 0.1 || power > 2000))
        row->value[DD_FIELD_POWER] = NULL;
    if (row->value[DD_FIELD_HEIGHT] && !dd_field_number(row->value[DD_FIELD_HEIGHT], false, &power))
        row->value[DD_FIELD_HEIGHT] = NULL;
    row->value[DD_FIELD_FLUX] = row->value[DD_FIELD_MODEL] = NULL;
    row->value[DD_FIELD_GROUP] = row->value[DD_FIELD_CABINET] = row->value[DD_FIELD_FEEDER] = NULL;
    return dd_inventory_lamp(osm->inventory, row, place, osm->error);
}

static bool is_settlement(const char *place) {
    static const char *const kinds[] = {"suburb",  "quarter", "neighbourhood", "village", "hamlet",
                                        "borough", "town",    "city_block",    NULL};
    for (size_t i = 0; kinds[i]; i++)
        if (strcmp(kinds[i], place) == 0) return true;
    return false;
}

// The library loses memory when it is told to stop: after a failure it reads on, to nobody.
static int node_of_first_pass(const void *user, const readosm_node *node) {
    dd_osm *osm = (dd_osm *)user; // the library hands our own pointer through
    if (osm->failed || !node->tag_count) return READOSM_OK;
    dd_row row = {.where = node->id};
    dd_xy place = {node->longitude, node->latitude};
    fill_row(&row, node->tags, node->tag_count);
    const char *class = row.value[DD_FIELD_CLASS], *settlement = row.value[DD_FIELD_PLACE];
    bool ok = true;
    if (class && strcmp(class, "street_lamp") == 0)
        ok = take_lamp(osm, &row, place);
    else if (settlement && is_settlement(settlement))
        ok = dd_inventory_ward(osm->inventory, &row, place, osm->error);
    osm->failed = !ok;
    return READOSM_OK;
}

static int way_of_first_pass(const void *user, const readosm_way *way) {
    dd_osm *osm = (dd_osm *)user;
    dd_row row = {.where = way->id};
    bool taken = false, ok = true;
    fill_row(&row, way->tags, way->tag_count);
    const char *class = row.value[DD_FIELD_CLASS];
    if (osm->failed || !class || !*class) return READOSM_OK;
    ok = dd_inventory_way(osm->inventory, &row, &taken, osm->error);
    for (int i = 0; ok && taken && i < way->node_ref_count; i++) {
        uint32_t vertex = osm->inventory->vertex_n;
        ok = dd_inventory_room((void **)&osm->waiting, vertex, sizeof *osm->waiting, osm->error);
        if (ok) osm->waiting[vertex] = (dd_waiting){way->node_refs[i], vertex};
        ok = ok && dd_inventory_vertex(osm->inventory, (dd_xy){NAN, NAN}, osm->error);
    }
    osm->failed = !ok;
    return READOSM_OK;
}

static int by_node(const void *a, const void *b) {
    const dd_waiting *x = a, *y = b;
    if (x->node != y->node) return x->node < y->node ? -1 : 1;
    return (x->vertex > y->vertex) - (x->vertex < y->vertex);
}

static int node_of_second_pass(const void *user, const readosm_node *node) {
    const dd_osm *osm = user;
    uint32_t low = 0, high = osm->inventory->vertex_n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (osm->waiting[middle].node < node->id)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < osm->inventory->vertex_n && osm->waiting[low].node == node->id; low++)
        osm->inventory->vertices[osm->waiting[low].vertex] =
            (dd_xy){node->longitude, node->latitude};
    return READOSM_OK;
}

static bool fail(int code, const char *name, dd_error *error) {
    static const struct {
        int code;
        const char *text;
    } texts[] = {
        {READOSM_XML_ERROR, "is no well-formed XML, or ends early; fetch it again"},
        {READOSM_READ_ERROR, "ends early or is damaged; fetch it again"},
        {READOSM_INVALID_PBF_HEADER, "is no OpenStreetMap PBF file, or ends early; fetch it again"},
        {READOSM_UNZIP_ERROR, "holds damaged packed data; fetch it again"},
        {READOSM_FILE_NOT_FOUND, "cannot be opened; check the path"},
    };
    if (code == READOSM_INSUFFICIENT_MEMORY)
        return dd_fail(error, DD_OUTSIDE, "no memory to read %s; free some", name);
    for (size_t i = 0; i < DD_COUNT(texts); i++)
        if (texts[i].code == code) return dd_fail(error, DD_WRONG, "%s: %s", name, texts[i].text);
    return dd_fail(error, DD_WRONG, "%s: cannot be read as OpenStreetMap data (%d); fetch it again",
                   name, code);
}

static bool parse(dd_osm *osm, const char *path, readosm_node_callback nodes,
                  readosm_way_callback ways) {
    const void *handle = NULL;
    int code = readosm_open(path, &handle);
    if (code == READOSM_OK) code = readosm_parse(handle, osm, nodes, ways, NULL);
    readosm_close(handle);
    if (osm->failed) return false;
    return code == READOSM_OK || fail(code, osm->inventory->file, osm->error);
}

// Ways keep the vertices whose nodes the file holds: an extract cuts those off that lie outside.
static void drop_unknown(dd_inventory *inventory) {
    for (uint32_t i = 0; i < inventory->way_n; i++) {
        dd_found_way *way = &inventory->ways[i];
        uint32_t kept = 0;
        for (uint32_t k = 0; k < way->n; k++) {
            dd_xy place = inventory->vertices[way->first + k];
            if (isnan(place.x))
                dd_inventory_note(inventory, DD_NOTE_CUT_OFF, way->where);
            else
                inventory->vertices[way->first + kept++] = place;
        }
        way->n = kept;
    }
}

static bool read_plain(const char *path, dd_inventory *inventory, dd_error *error) {
    dd_osm osm = {.inventory = inventory, .error = error};
    inventory->osm = true;
    bool pbf = ends_with(path, ".pbf");
    bool ok = (!pbf || dd_pbf_frames_check(path, inventory->file, error)) &&
              (pbf ? dd_osm_try : dd_osm_check)(path, inventory->file, error) &&
              parse(&osm, path, node_of_first_pass, way_of_first_pass);
    if (ok && inventory->vertex_n) {
        qsort(osm.waiting, inventory->vertex_n, sizeof *osm.waiting, by_node);
        ok = parse(&osm, path, node_of_second_pass, NULL);
    }
    free(osm.waiting);
    if (ok) drop_unknown(inventory);
    return ok;
}

bool dd_osm_read(const char *path, dd_inventory *inventory, dd_error *error) {
    struct stat status;
    char plain[256];
    if (stat(path, &status) != 0)
        return dd_fail(error, DD_WRONG, "%s: %s; check the path", path, strerror(errno));
    if (!S_ISREG(status.st_mode) || status.st_size == 0)
        return dd_fail(error, DD_WRONG, "%s: %s; fetch it again", path,
                       status.st_size == 0 ? "the file is empty" : "is no regular file");
    if (status.st_size > SIZE_MAX_READ)
        return dd_fail(error, DD_WRONG,
                       "%s: is larger than 2 GiB; cut it to a city, as with osmium extract", path);
    if (!ends_with(path, ".gz")) return read_plain(path, inventory, error);
    if (!dd_gzip_unpack(path, ".osm", SIZE_MAX_READ, plain, error)) return false;
    bool ok = read_plain(plain, inventory, error);
    remove(plain);
    return ok;
}
