// Primitives: firmware releases, and the campaigns that bring them to controllers and nodes.
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/action/action.h"
#include "models/controller/boot_loader.h"
#include "models/hub.h"
#include "models/light/node_update.h"
#include "models/neighbourhood.h"

#include <lauxlib.h>
#include <string.h>

static uint8_t check_target(lua_State *L, int index) {
    static const char *const names[] = {"node", "controller", NULL};
    const char *name = luaL_checkstring(L, index);
    if (strcmp(name, names[0]) == 0) return DD_IMAGE_NODE;
    if (strcmp(name, names[1]) == 0) return DD_IMAGE_CONTROLLER;
    dd_primitive_no_such(L, "target of firmware", name, names, "there are node and controller");
    return 0;
}

// A whole number of an argument, within what a u32 holds.
static uint32_t check_count(lua_State *L, int index, const char *what) {
    lua_Integer value = luaL_checkinteger(L, index);
    if (value < 0 || value > UINT32_MAX)
        luaL_error(L, "firmware's %s is out of range: %I", what, value);
    return (uint32_t)value;
}

// firmware(name, target, version, kib, defect, damaged): nil for no defect, and no damage.
static int prim_firmware(lua_State *L) {
    dd_scenario *scenario = dd_primitive_declared(L);
    dd_release release = {0};
    dd_error error;
    const char *name = luaL_checkstring(L, 1);
    if (scenario->world)
        return luaL_error(L,
                          "firmware{...} must come before the first lamps{}, road() or segment()");
    if (strlen(name) >= DD_RELEASE_NAME || strpbrk(name, " \t"))
        return luaL_error(L, "a release's name has no blanks and at most %d octets: '%s'",
                          DD_RELEASE_NAME - 1, name);
    strcpy(release.name, name);
    release.image.target = check_target(L, 2);
    release.image.version = check_count(L, 3, "version");
    uint32_t kib = check_count(L, 4, "size");
    release.image.size = kib <= DD_IMAGE_MOST / 1024 ? kib * 1024 : UINT32_MAX;
    release.defect = (uint8_t)dd_defect_find(luaL_optstring(L, 5, "none"), &error);
    if (release.defect == DD_DEFECTS) return dd_primitive_raise(L, &error);
    if (!lua_isnoneornil(L, 6)) release.damaged = 1 + check_count(L, 6, "damaged octet");
    return dd_release_add(&scenario->world_def.releases, &release, &error)
               ? 0
               : dd_primitive_raise(L, &error);
}

// --- Campaigns ---

static int act(lua_State *L, dd_action *action, const char *text) {
    dd_error error;
    dd_sandbox_work(L, 16 * (uint64_t)action->entity_n);
    if (!dd_action_do(dd_primitive_running(L, "update"), action, text, &error))
        return dd_primitive_raise(L, &error);
    return 0;
}

static double figure(lua_State *L, int index, double usual) {
    return luaL_optnumber(L, index, usual);
}

// update(selection, release, canary, wave, soak, patience, failed, alarms, go_back, text): the
// campaign's number; nil for what is usual.
static int prim_update(lua_State *L) {
    const dd_world *world = dd_primitive_running(L, "update");
    const dd_selection *meant = dd_selection_check(L, 1);
    const char *release = luaL_checkstring(L, 2);
    uint32_t number = 0;
    dd_action action = {.verb = DD_VERB_UPDATE,
                        .entities = meant->entities,
                        .entity_n = meant->n,
                        .campaign = dd_campaign_default_def(),
                        .made = &number};
    dd_campaign_def *def = &action.campaign;
    def->release = dd_release_find(&world->def.releases, release);
    if (!def->release)
        return luaL_error(L, "there is no firmware release '%s': firmware{...} declares them",
                          release);
    def->canary_n = (uint32_t)luaL_optinteger(L, 3, def->canary_n);
    def->wave_share = figure(L, 4, def->wave_share);
    def->soak = luaL_optinteger(L, 5, def->soak);
    def->patience = luaL_optinteger(L, 6, def->patience);
    def->failed_share = figure(L, 7, def->failed_share);
    def->alarm_share = figure(L, 8, def->alarm_share);
    if (!lua_isnoneornil(L, 9)) def->goes_back = lua_toboolean(L, 9);
    act(L, &action, luaL_checkstring(L, 10));
    lua_pushinteger(L, number);
    return 1;
}

static void put(lua_State *L, const char *field, lua_Integer value) {
    lua_pushinteger(L, value);
    lua_setfield(L, -2, field);
}

static void push_campaign(lua_State *L, const dd_world *world, const dd_campaign *campaign) {
    static const char *const states[] = {"begun", "wave", "halted", "done", "aborted"};
    static const char *const gates[] = {"none", "operator", "failed", "alarms"};
    const dd_domain *hub = &world->engine->domains[DD_HUB_DOMAIN];
    dd_campaign_counts counts = dd_campaign_count(hub, &dd_hub_of(hub)->centre, campaign);
    dd_sandbox_work(L, campaign->part_n);
    lua_createtable(L, 0, 14);
    lua_pushstring(L, world->def.releases.at[campaign->def.release].name);
    lua_setfield(L, -2, "release");
    lua_pushstring(L, states[campaign->state]);
    lua_setfield(L, -2, "state");
    lua_pushstring(L, gates[campaign->gate]);
    lua_setfield(L, -2, "gate");
    put(L, "number", campaign->number);
    put(L, "wave", campaign->wave + 1);
    put(L, "waves", campaign->wave_n);
    put(L, "devices", counts.device_n);
    put(L, "done", counts.done_n);
    put(L, "failed", counts.failed_n);
    put(L, "alarmed", counts.alarmed_n);
    put(L, "segments", counts.segment_n);
    put(L, "settled", counts.settled_n);
    put(L, "open", counts.open_n);
}

static const dd_centre *centre_of(const dd_world *world) {
    return &dd_world_hub(world)->centre;
}

// campaign(number): how it stands, as the centre holds it.
static int prim_campaign(lua_State *L) {
    const dd_world *world = dd_primitive_running(L, "campaign");
    const dd_campaign *campaign =
        dd_campaign_find(centre_of(world), (uint32_t)luaL_checkinteger(L, 1));
    if (!campaign) return luaL_error(L, "there is no such campaign");
    push_campaign(L, world, campaign);
    return 1;
}

// desk_campaigns(): all that there ever were, by number.
static int prim_desk_campaigns(lua_State *L) {
    const dd_world *world = dd_primitive_running(L, "desk");
    const dd_centre *centre = centre_of(world);
    lua_createtable(L, (int)centre->campaigns.n, 0);
    for (uint32_t n = 1; n <= centre->campaigns.n; n++) {
        push_campaign(L, world, dd_campaign_find(centre, n));
        lua_seti(L, -2, n);
    }
    return 1;
}

// --- What is true ---

static bool runs(const dd_world *world, dd_entity_type type, uint32_t entity, uint32_t version) {
    uint32_t index = dd_world_index(world, entity);
    bool lamp = type == DD_ENTITY_LAMP;
    uint32_t number = lamp ? world->city->lamps[index].segment : index;
    const dd_segment_state *segment = dd_segment_at(world, number);
    const dd_domain *domain = dd_segment_standing(world, number);
    return (lamp ? dd_node_version(domain, segment, dd_segment_lamp_number(segment, index))
                 : dd_controller_version(domain, segment)) == version;
}

// running(selection of lamps or segments, version): how many of them run that.
static int prim_running(lua_State *L) {
    const dd_world *world = dd_primitive_running(L, "running");
    const dd_selection *meant = dd_selection_check(L, 1);
    dd_entity_type type = (dd_entity_type)meant->type;
    uint32_t version = check_count(L, 2, "version"), n = 0;
    if (meant->n && type != DD_ENTITY_LAMP && type != DD_ENTITY_SEGMENT)
        return luaL_error(L, "lamps' nodes and segments' controllers run firmware, not %ss",
                          dd_entity_type_names[type]);
    dd_sandbox_work(L, meant->n);
    for (uint32_t i = 0; i < meant->n; i++)
        n += runs(world, type, meant->entities[i], version);
    lua_pushinteger(L, n);
    return 1;
}

const luaL_Reg dd_primitives_firmware[] = {
    {"firmware", prim_firmware}, {"update", prim_update},
    {"campaign", prim_campaign}, {"desk_campaigns", prim_desk_campaigns},
    {"running", prim_running},   {NULL, NULL},
};
