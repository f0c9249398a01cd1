// Primitives: the operator's desk. What the centre, the office and the crews hold, as plain tables;
// nothing here looks at what is true.
#include "engine/texts.h"
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/action/verb.h"
#include "models/hub.h"

#include <lauxlib.h>

// --- Whose process runs ---

// at_desk(set): whether an operator's process runs; what it was, when it is set.
static int prim_at_desk(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    lua_pushboolean(L, scenario->at_desk);
    if (!lua_isnoneornil(L, 1)) scenario->at_desk = lua_toboolean(L, 1);
    return 1;
}

// --- Rows: a field of the table on the stack's top ---

static const dd_hub *check_hub(lua_State *L) {
    return dd_world_hub(dd_primitive_running(L, "desk"));
}

static void put_number(lua_State *L, const char *field, double value) {
    lua_pushnumber(L, value);
    lua_setfield(L, -2, field);
}

static void put_integer(lua_State *L, const char *field, lua_Integer value) {
    lua_pushinteger(L, value);
    lua_setfield(L, -2, field);
}

static void put_flag(lua_State *L, const char *field, bool value) {
    lua_pushboolean(L, value);
    lua_setfield(L, -2, field);
}

static void put_text(lua_State *L, const char *field, const char *text) {
    lua_pushstring(L, text);
    lua_setfield(L, -2, field);
}

// Its id, and the name of its type.
static void put_entity(lua_State *L, const dd_world *world, uint32_t entity) {
    const dd_entity *it = &world->entities.all[entity];
    put_text(L, "entity", it->name);
    put_text(L, "entity_type", dd_entity_type_names[it->type]);
}

// When the centre heard of it, in simulated seconds; nothing when it never has.
static void put_heard(lua_State *L, int32_t heard_s) {
    if (heard_s >= 0) put_integer(L, "heard", heard_s * DD_SECOND);
}

// --- Alarms ---

static void push_alarm(lua_State *L, const dd_world *world, const dd_alarm *alarm) {
    lua_createtable(L, 0, 16);
    put_integer(L, "number", alarm->number);
    put_text(L, "what", dd_alarm_names[alarm->kind]);
    put_entity(L, world, alarm->entity);
    put_integer(L, "priority", alarm->priority);
    put_integer(L, "value", alarm->value);
    put_flag(L, "acknowledged", alarm->acknowledged);
    put_flag(L, "returned", alarm->returned);
    put_flag(L, "suppressed", alarm->suppressed);
    put_integer(L, "raised", alarm->raised_at);
    if (alarm->incident) put_integer(L, "incident", alarm->incident);
    put_flag(L, "shelved", alarm->shelved_until != 0);
    if (alarm->shelved_until) {
        put_integer(L, "shelved_until", alarm->shelved_until);
        put_text(L, "reason", world->engine->texts->all[alarm->shelved_reason]);
    }
}

// desk_alarms(): all live ones, by segment.
static int prim_desk_alarms(lua_State *L) {
    const dd_alarms *alarms = &check_hub(L)->centre.alarms;
    const dd_world *world = dd_primitive_world(L);
    lua_Integer n = 0;
    lua_newtable(L);
    for (uint32_t segment = 0; segment < alarms->segment_n; segment++)
        for (uint32_t at = alarms->first[segment]; at;) {
            const dd_alarm *alarm = dd_pool_at(&alarms->pool, at);
            push_alarm(L, world, alarm);
            lua_seti(L, -2, ++n);
            at = alarm->next;
        }
    dd_sandbox_work(L, 16 * (uint64_t)n);
    return 1;
}

// --- Commands ---

// desk_commands(): those that are under way.
static int prim_desk_commands(lua_State *L) {
    static const char *const kinds[DD_ORDER_KINDS] = {[DD_ORDER_READ] = "read",
                                                      [DD_ORDER_OVERRIDE] = "override",
                                                      [DD_ORDER_RESUME] = "resume",
                                                      [DD_ORDER_CALENDAR] = "calendar",
                                                      [DD_ORDER_GROUP] = "group"};
    const dd_centre *centre = &check_hub(L)->centre;
    const dd_world *world = dd_primitive_world(L);
    lua_Integer n = 0;
    lua_newtable(L);
    for (uint32_t at = 0; (at = dd_centre_command_after(centre, at)) != 0;) {
        const dd_command *command = dd_pool_at(&centre->commands, at);
        lua_createtable(L, 0, 8);
        put_integer(L, "number", command->order.number);
        put_entity(L, world, dd_world_entity(world, DD_ENTITY_SEGMENT, command->segment));
        put_text(L, "what", kinds[command->order.kind]);
        put_integer(L, "sent", command->sent_at);
        if (command->order.kind == DD_ORDER_OVERRIDE)
            put_number(L, "level", command->order.level_pm / 10.0);
        lua_seti(L, -2, ++n);
    }
    dd_sandbox_work(L, 16 * (uint64_t)n);
    return 1;
}

// --- Incidents ---

static void push_incident(lua_State *L, const dd_world *world, const dd_incident *incident) {
    char reason[400];
    lua_createtable(L, 0, 16);
    put_integer(L, "number", incident->number);
    put_entity(L, world, incident->entity);
    put_text(L, "cause", dd_cause_names[incident->cause]);
    put_text(L, "state", dd_incident_state_names[incident->state]);
    put_integer(L, "priority", incident->priority);
    put_integer(L, "confidence", incident->confidence);
    put_integer(L, "dark", incident->dark_n);
    put_integer(L, "standing", incident->standing_n);
    put_integer(L, "alarms", incident->alarm_n);
    put_integer(L, "reports", incident->report_n);
    put_flag(L, "by_hand", incident->by_hand);
    put_flag(L, "settled", incident->settled);
    put_integer(L, "opened", incident->opened_at);
    if (incident->over_at != DD_NEVER) put_integer(L, "over", incident->over_at);
    dd_incident_reason(incident, reason, sizeof reason);
    put_text(L, "reason", reason);
}

// desk_incidents(): those that are not closed.
static int prim_desk_incidents(lua_State *L) {
    const dd_centre *centre = &check_hub(L)->centre;
    const dd_world *world = dd_primitive_world(L);
    lua_Integer n = 0;
    lua_newtable(L);
    for (uint32_t at = 0; (at = dd_incident_after(centre, at)) != 0;) {
        push_incident(L, world, dd_incident_find(centre, at));
        lua_seti(L, -2, ++n);
    }
    dd_sandbox_work(L, 16 * (uint64_t)n);
    return 1;
}

// desk_incident(number): one, closed or not; nil: there is none.
static int prim_desk_incident(lua_State *L) {
    const dd_centre *centre = &check_hub(L)->centre;
    const dd_incident *incident = dd_incident_find(centre, (uint32_t)luaL_checkinteger(L, 1));
    if (!incident) return 0;
    push_incident(L, dd_primitive_world(L), incident);
    return 1;
}

// --- Citizens' reports ---

// What of a report an operator of the office sees: never its truth.
static void push_report(lua_State *L, const dd_world *world, const dd_report *report) {
    static const char *const states[] = {"seen", "filed", "with_ward", "with_centre", "answered"};
    const dd_city *city = world->city;
    lua_createtable(L, 0, 16);
    put_integer(L, "number", report->number);
    put_entity(L, world,
               report->lamp ? dd_world_entity(world, DD_ENTITY_LAMP, report->lamp)
                            : dd_world_entity(world, DD_ENTITY_ROAD, report->road));
    put_text(L, "topic", dd_report_names[report->held]);
    put_text(L, "filed_as", dd_report_names[report->kind]);
    put_text(L, "state", states[report->state]);
    put_text(L, "text", world->engine->texts->all[report->text]);
    if (report->ward) put_text(L, "ward", city->wards[report->ward].id);
    if (report->state == DD_REPORT_WITH_WARD) put_text(L, "unit", city->wards[report->unit].id);
    put_integer(L, "filed", report->filed_at);
    put_integer(L, "due", report->due_at);
    put_integer(L, "me_too", report->me_too);
    put_flag(L, "overdue", report->overdue);
}

typedef struct inbox {
    lua_State *L;
    const dd_world *world;
    const dd_centre *centre;
    lua_Integer n;
} inbox;

static void add_report(void *context, const dd_report *report) {
    inbox *it = context;
    uint32_t incident = dd_incident_of_report(it->centre, report->number);
    push_report(it->L, it->world, report);
    if (incident) put_integer(it->L, "incident", incident);
    lua_seti(it->L, -2, ++it->n);
}

// desk_reports(): those that are filed and not answered.
static int prim_desk_reports(lua_State *L) {
    dd_world *world = dd_primitive_running(L, "desk");
    inbox it = {.L = L, .world = world, .centre = &check_hub(L)->centre};
    lua_newtable(L);
    dd_reports_each(&world->engine->domains[DD_HUB_DOMAIN], add_report, &it);
    dd_sandbox_work(L, 16 * (uint64_t)it.n);
    return 1;
}

// --- Crews and their tickets ---

static void push_crew(lua_State *L, const dd_world *world, dd_domain *hub, const dd_crew *crew) {
    lua_createtable(L, 0, 10);
    put_integer(L, "number", crew->number);
    put_entity(L, world, crew->entity);
    put_text(L, "state", dd_crew_state_names[crew->state]);
    put_flag(L, "on_shift", dd_crew_on_shift(hub, crew));
    put_flag(L, "free",
             dd_crew_on_shift(hub, crew) && !crew->ticket && !dd_crew_on_break(hub, crew));
    put_integer(L, "since", crew->since);
    if (crew->due != DD_NEVER) put_integer(L, "due", crew->due);
    if (crew->ticket) put_integer(L, "ticket", crew->ticket);
}

static int prim_desk_crews(lua_State *L) {
    const dd_hub *hub = check_hub(L);
    dd_world *world = dd_primitive_world(L);
    lua_createtable(L, (int)hub->crews.n, 0);
    for (uint32_t number = 1; number <= hub->crews.n; number++) {
        push_crew(L, world, dd_verb_hub(world), dd_crew_at(&hub->crews, number));
        lua_seti(L, -2, number);
    }
    return 1;
}

static void push_ticket(lua_State *L, const dd_world *world, const dd_ticket *ticket) {
    lua_createtable(L, 0, 14);
    put_integer(L, "number", ticket->number);
    put_entity(L, world, ticket->entity);
    put_integer(L, "priority", ticket->priority);
    put_integer(L, "asked", ticket->asked);
    if (ticket->incident) put_integer(L, "incident", ticket->incident);
    if (ticket->crew) put_text(L, "crew", dd_crew_names[ticket->crew]);
    if (ticket->arrived != DD_NEVER) put_integer(L, "arrived", ticket->arrived);
    if (ticket->ended == DD_NEVER) return;
    put_integer(L, "ended", ticket->ended);
    put_text(L, "result", dd_visit_result_names[ticket->result]);
    if (ticket->fault) put_text(L, "fault", dd_fault_names[ticket->fault]);
}

// desk_tickets(): all that there ever were.
static int prim_desk_tickets(lua_State *L) {
    const dd_crews *crews = &check_hub(L)->crews;
    const dd_world *world = dd_primitive_world(L);
    dd_sandbox_work(L, 16 * (uint64_t)crews->ticket_n);
    lua_createtable(L, (int)crews->ticket_n, 0);
    for (uint32_t number = 1; number <= crews->ticket_n; number++) {
        push_ticket(L, world, dd_ticket_at(crews, number));
        lua_seti(L, -2, number);
    }
    return 1;
}

// --- What the centre holds of lamps, feeders and segments ---

// A row for each member of the selection at 1, by `push`; with what the city's file says of it.
static int push_members(lua_State *L, dd_entity_type type,
                        void (*push)(lua_State *L, const dd_world *world, const dd_hub *hub,
                                     uint32_t index)) {
    const dd_hub *hub = check_hub(L);
    const dd_world *world = dd_primitive_world(L);
    const dd_selection *meant = dd_selection_check(L, 1);
    if (meant->n && (dd_entity_type)meant->type != type)
        return luaL_error(L, "the desk is asked of %ss here, not of %ss",
                          dd_entity_type_names[type], dd_entity_type_names[meant->type]);
    dd_sandbox_work(L, 16 * (uint64_t)meant->n);
    lua_createtable(L, (int)meant->n, 0);
    for (uint32_t i = 0; i < meant->n; i++) {
        lua_createtable(L, 0, 20);
        put_entity(L, world, meant->entities[i]);
        push(L, world, hub, dd_world_index(world, meant->entities[i]));
        lua_seti(L, -2, i + 1);
    }
    return 1;
}

static void put_lamp(lua_State *L, const dd_world *world, const dd_hub *hub, uint32_t lamp) {
    const dd_belief *belief = &hub->centre.beliefs[lamp];
    const dd_city *city = world->city;
    const dd_lamp *place = &city->lamps[lamp];
    put_text(L, "segment", city->segments[place->segment].id);
    put_text(L, "feeder", city->feeders[place->feeder].id);
    put_text(L, "road", city->roads[place->road].id);
    put_text(L, "kind", city->catalogue.models[place->kind].name);
    put_integer(L, "pole", place->pole);
    put_text(L, "light", dd_light_belief_names[belief->light]);
    put_text(L, "why", dd_cause_names[belief->why]);
    if (belief->incident) put_integer(L, "incident", belief->incident);
    put_heard(L, belief->heard_s);
    put_number(L, "level", belief->level_pm / 10.0);
    put_number(L, "power", dd_belief_power_mw(belief) / 1e3);
    put_flag(L, "overridden", belief->flags & DD_READING_OVERRIDDEN);
    put_flag(L, "answered", belief->heard_s >= 0 && !(belief->flags & DD_READING_NO_ANSWER));
    put_flag(L, "supplied", !(belief->flags & DD_READING_NO_SUPPLY));
}

static void put_feeder(lua_State *L, const dd_world *world, const dd_hub *hub, uint32_t feeder) {
    const dd_meter_belief *meter = &hub->centre.meters[feeder];
    put_text(L, "segment", world->city->segments[world->city->feeders[feeder].segment].id);
    put_heard(L, meter->heard_s);
    put_number(L, "energy", (double)meter->energy_wh / 1e3);
    put_number(L, "power", meter->power_w);
}

static void put_segment(lua_State *L, const dd_world *world, const dd_hub *hub, uint32_t segment) {
    const dd_session *session = &hub->centre.sessions[segment];
    put_integer(L, "lamps", world->city->segments[segment].lamp_count);
    if (session->heard >= 0) put_integer(L, "heard", session->heard);
    put_flag(L, "connected", session->up);
    put_flag(L, "installed", !session->absent);
}

static int prim_desk_lamps(lua_State *L) {
    return push_members(L, DD_ENTITY_LAMP, put_lamp);
}

static int prim_desk_feeders(lua_State *L) {
    return push_members(L, DD_ENTITY_FEEDER, put_feeder);
}

static int prim_desk_segments(lua_State *L) {
    return push_members(L, DD_ENTITY_SEGMENT, put_segment);
}

const luaL_Reg dd_primitives_desk[] = {
    {"at_desk", prim_at_desk},
    {"desk_alarms", prim_desk_alarms},
    {"desk_commands", prim_desk_commands},
    {"desk_incidents", prim_desk_incidents},
    {"desk_incident", prim_desk_incident},
    {"desk_reports", prim_desk_reports},
    {"desk_crews", prim_desk_crews},
    {"desk_tickets", prim_desk_tickets},
    {"desk_lamps", prim_desk_lamps},
    {"desk_feeders", prim_desk_feeders},
    {"desk_segments", prim_desk_segments},
    {NULL, NULL},
};
