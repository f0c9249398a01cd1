#include "lua/captures.h"
#include "lua/wireshark.h"
#include "models/action/selection.h"
#include "models/mesh/air/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- What the options mean ---

static bool read_moment(const dd_scenario *scenario, const char *option, const char *text,
                        dd_time *t, dd_error *error) {
    if (!text) return true;
    if (!dd_duration_parse(text, t) && !dd_scenario_moment(scenario, text, t, error))
        return dd_fail_in(error, option);
    return (*t >= 0 && *t <= scenario->stop) ||
           dd_fail(error, DD_WRONG, "%s %s: this moment does not lie within the run", option, text);
}

// One of a list's segments; `name` ends where the next comma stands.
static bool read_segment(dd_world *world, const char *name, size_t length, dd_error *error) {
    char text[100];
    snprintf(text, sizeof text, "%.*s", (int)length, name);
    uint32_t entity = dd_entity_find(world, DD_ENTITY_SEGMENT, text, error);
    if (!entity) return dd_fail_in(error, "--capture-segment");
    return world->tap.segments[dd_world_index(world, entity)] = true;
}

static bool read_segments(dd_world *world, const char *list, dd_error *error) {
    if (!list) return true;
    world->tap.segments = calloc(world->city->segment_n, sizeof *world->tap.segments);
    if (!world->tap.segments) return dd_fail(error, DD_OUTSIDE, "no memory for a list of segments");
    for (;;) {
        size_t length = strcspn(list, ",");
        if (!read_segment(world, list, length, error)) return false;
        if (!list[length]) return true;
        list += length + 1;
    }
}

static bool has_node(const dd_entity *entity) {
    return entity->type == DD_ENTITY_LAMP || entity->type == DD_ENTITY_SEGMENT;
}

static bool read_node(dd_world *world, const char *name, dd_error *error) {
    if (!name) return true;
    const dd_entities *entities = &world->entities;
    const char **names = calloc(entities->n + 1, sizeof *names);
    size_t known = 0;
    if (!names) return dd_fail(error, DD_OUTSIDE, "no memory for the names of nodes");
    for (uint32_t i = 1; i < entities->n && !world->tap.ear; i++) {
        if (!has_node(&entities->all[i])) continue;
        names[known++] = entities->all[i].name;
        if (strcmp(entities->all[i].name, name) == 0) world->tap.ear = i;
    }
    if (!world->tap.ear) {
        dd_fail_unknown(error, "node", name, names,
                        "a lamp's id names its node, a segment's its controller's; 'domdom city "
                        "list lamps' lists them");
        dd_fail_in(error, "--capture-at");
    }
    free(names);
    return world->tap.ear;
}

bool dd_captures_plan(const dd_captures_def *def, const dd_scenario *scenario, const char *out,
                      dd_error *error) {
    dd_world *world = scenario->world;
    if (!def->air && (def->segments || (!def->at && (def->from || def->until))))
        return dd_fail(error, DD_WRONG, "%s says what of the air to capture; add --capture",
                       def->segments ? "--capture-segment"
                       : def->from   ? "--capture-from"
                                     : "--capture-until");
    if ((def->air || def->at) && !out)
        return dd_fail(error, DD_WRONG, "%s writes into the run's folder; name one by --out",
                       def->air ? "--capture" : "--capture-at");
    if (!read_moment(scenario, "--capture-from", def->from, &world->tap.from, error) ||
        !read_moment(scenario, "--capture-until", def->until, &world->tap.until, error) ||
        !read_segments(world, def->segments, error) || !read_node(world, def->at, error))
        return false;
    return world->tap.from < world->tap.until ||
           dd_fail(error, DD_WRONG, "--capture-until %s: lies before --capture-from %s", def->until,
                   def->from);
}

// --- The files ---

static bool open_one(dd_capture **capture, const char *name, uint16_t kind, dd_engine *engine,
                     const dd_folder *folder, dd_error *error) {
    char *path = dd_folder_file(folder, name);
    dd_capture_def def = {.path = path,
                          .kind = kind,
                          .link_type = DD_TAP_LINK_TYPE,
                          .latest = DD_TAP_LATEST,
                          .program = "domdom " DOMDOM_VERSION};
    *capture = dd_capture_open(&def, engine, error);
    free(path);
    return *capture;
}

bool dd_captures_open(dd_captures *captures, const dd_captures_def *def, dd_engine *engine,
                      const dd_folder *folder, dd_error *error) {
    *captures = (dd_captures){0};
    if ((def->air || def->at) && !dd_wireshark_write(engine->def.world, folder, error))
        return false;
    return (!def->air ||
            open_one(&captures->all[0], "air.pcapng", DD_REC_AIR_FRAME, engine, folder, error)) &&
           (!def->at ||
            open_one(&captures->all[1], "air-at.pcapng", DD_REC_AIR_HEARD, engine, folder, error));
}

void dd_captures_write(dd_captures *captures) {
    for (size_t i = 0; i < DD_COUNT(captures->all); i++)
        if (captures->all[i]) dd_capture_write(captures->all[i]);
}

bool dd_captures_error(dd_captures *captures, dd_error *error) {
    for (size_t i = 0; i < DD_COUNT(captures->all); i++)
        if (captures->all[i] && dd_capture_error(captures->all[i], error)) return true;
    return false;
}

bool dd_captures_close(dd_captures *captures, dd_error *error) {
    bool good = true;
    for (size_t i = 0; i < DD_COUNT(captures->all); i++) {
        if (captures->all[i] && !dd_capture_close(captures->all[i], good ? error : NULL))
            good = false;
        captures->all[i] = NULL;
    }
    return good;
}
