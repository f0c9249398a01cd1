#include "models/segment.h"
#include "models/action/job.h"
#include "models/controller/house.h"
#include "models/crew/visit.h"
#include "models/exposure/exposure.h"
#include "models/exposure/lightning.h"
#include "models/hazard.h"
#include "models/kind.h"
#include "models/light/lifetime.h"
#include "models/light/node_light.h"
#include "models/light/node_radio.h"
#include "models/light/node_update.h"
#include "models/mesh/air/station.h"
#include "models/mesh/mesh.h"
#include "models/neighbourhood.h"
#include "models/power/cabinet.h"
#include "models/power/feeder.h"
#include "models/sky/sky.h"
#include "models/sky/sun_times.h"

#define SIGHT_MARGIN (20 * DD_MINUTE) // civil twilight, some 20 minutes at 10 degrees north

// --- Faults ---

// A line is down while a fault or a natural outage holds it, and up when the last has gone.
static void tell_line(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    const dd_world *world = dd_world_of(domain);
    bool down = !dd_line_up(domain, &segment->house->line);
    if (down == segment->line_down) return;
    segment->line_down = down;
    dd_record_make(domain, DD_REC_LINE, dd_segment_entity(world, segment, 0), cause, !down, 0, 0,
                   0);
}

// Its own, or one of what it shares with others.
static void fault_line(dd_domain *domain, dd_segment_state *segment, const dd_failing *what) {
    dd_line_fault(dd_world_of(domain), &segment->house->line, what->entity, what->fails);
    tell_line(domain, segment, what->record);
}

// A lamp's own faults are its node's to know; those of the cable at its pole are its feeder's.
static void fault_lamp(dd_domain *domain, dd_segment_state *segment, uint32_t index,
                       const dd_failing *what) {
    dd_fault_kind fault = (dd_fault_kind)what->fault;
    uint16_t lamp = dd_segment_lamp_number(segment, index);
    if (fault == DD_FAULT_CABLE_CUT || fault == DD_FAULT_SHORT_CIRCUIT) {
        uint32_t feeder = dd_world_of(domain)->city->lamps[index].feeder;
        dd_feeder_fault(domain, segment, dd_segment_feeder_number(segment, feeder), fault, lamp,
                        what->fails, what->record);
    } else {
        dd_node_fault(domain, segment, lamp, fault, what->fails, what->record);
    }
}

static bool of_controller(uint16_t fault) {
    return fault == DD_FAULT_CONTROLLER || fault == DD_FAULT_HANG || fault == DD_FAULT_STORE;
}

static void fault_segment(dd_domain *domain, dd_segment_state *segment, const dd_failing *what) {
    if (what->fault == DD_FAULT_LINE || what->fault == DD_FAULT_OUTAGE)
        fault_line(domain, segment, what);
    else if (what->fault == DD_FAULT_CLOCK)
        dd_house_clock_fault(domain, segment, what->fails);
    else if (of_controller(what->fault))
        dd_house_fault(domain, segment, (dd_fault_kind)what->fault, what->fails, what->record);
    else
        dd_cabinet_fault(domain, segment, (dd_fault_kind)what->fault, what->fails, what->record);
}

static void apply_fault(dd_domain *domain, dd_segment_state *segment, const dd_failing *what) {
    const dd_world *world = dd_world_of(domain);
    uint32_t index = dd_world_index(world, what->entity);
    switch ((dd_entity_type)world->entities.all[what->entity].type) {
    case DD_ENTITY_LAMP:
        fault_lamp(domain, segment, index, what);
        break;
    case DD_ENTITY_FEEDER:
        dd_feeder_fault(domain, segment, dd_segment_feeder_number(segment, index),
                        (dd_fault_kind)what->fault, 0, what->fails, what->record);
        break;
    default:
        fault_segment(domain, segment, what);
    }
}

static void handle_fault(dd_domain *domain, const dd_event *event) {
    apply_fault(domain, dd_segment_of(domain, event->target), dd_parcel(domain, event));
}

bool dd_segment_failed(const dd_world *world, const dd_segment_state *segment, uint32_t entity,
                       dd_fault_kind fault) {
    uint32_t index = dd_world_index(world, entity);
    switch ((dd_entity_type)world->entities.all[entity].type) {
    case DD_ENTITY_LAMP:
        return dd_node_failed(&segment->nodes[dd_segment_lamp_number(segment, index)], fault);
    case DD_ENTITY_FEEDER:
        return dd_feeder_failed(&segment->feeders[dd_segment_feeder_number(segment, index)], fault);
    default:
        if (fault == DD_FAULT_LINE || fault == DD_FAULT_OUTAGE)
            return dd_line_failed(world, &segment->house->line, entity);
        if (fault == DD_FAULT_CLOCK) return segment->house->clock_broken;
        if (of_controller(fault)) return dd_house_failed(segment, fault);
        return dd_cabinet_failed(segment, fault);
    }
}

uint64_t dd_segment_fault(dd_domain *domain, dd_segment_state *segment, uint32_t entity,
                          dd_fault_kind fault, bool fails, uint64_t cause) {
    const dd_world *world = dd_world_of(domain);
    if (dd_segment_failed(world, segment, entity, fault) == fails) return 0;
    dd_failing what = {.record =
                           dd_record_make(domain, DD_REC_FAULT, entity, cause, fault, fails, 0, 0),
                       .entity = entity,
                       .fault = (uint16_t)fault,
                       .fails = fails};
    apply_fault(domain, segment, &what);
    if (fault == DD_FAULT_LINE)
        dd_post(domain, DD_HUB_DOMAIN, domain->now + domain->floor, DD_KIND_LINE_FAULT,
                segment->segment, 0, 0, &what, sizeof what);
    return what.record;
}

// A lamp without a node has no part of one that could fail.
static bool can_fail(const dd_world *world, const dd_segment_state *segment, uint32_t entity,
                     dd_fault_kind fault) {
    if (world->entities.all[entity].type != DD_ENTITY_LAMP) return true;
    uint16_t lamp = dd_segment_lamp_number(segment, dd_world_index(world, entity));
    return dd_lifetime_has(dd_node_model(world, segment, lamp), fault);
}

static void handle_hazard(dd_domain *domain, const dd_event *event) {
    const dd_world *world = dd_world_of(domain);
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    uint32_t hazard = event->small, entity = event->b;
    dd_fault_kind fault = dd_hazard_fault(world, hazard);
    if (event->a == DD_HAZARD_REPAIR) {
        dd_segment_fault(domain, segment, entity, fault, false, 0);
        return;
    }
    if (!dd_hazard_active(domain, hazard)) return;
    if (event->a == DD_HAZARD_STRIKE && can_fail(world, segment, entity, fault) &&
        dd_segment_fault(domain, segment, entity, fault, true, 0))
        dd_hazard_plan_repair(domain, segment, hazard, entity);
    dd_hazard_plan(domain, segment, hazard, entity);
}

// --- Nodes and mesh ---

static void handle_node_wake(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    uint16_t lamp = dd_segment_number(segment, event->target);
    if (segment->nodes[lamp].generation == event->a) dd_node_wake(domain, segment, lamp);
}

static void handle_node_boot(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    uint16_t lamp = dd_segment_number(segment, event->target);
    if (segment->nodes[lamp].generation == event->a) dd_node_boot(domain, segment, lamp);
}

static void handle_lamp_start(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    dd_node_lamp_start(domain, segment, dd_segment_number(segment, event->target), event);
}

static void handle_lamp_cycle(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    dd_node_lamp_cycle(domain, segment, dd_segment_number(segment, event->target), event);
}

// A report is due unless the node has stopped since the start that this was planned at.
static void handle_node_report(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    uint16_t lamp = dd_segment_number(segment, event->target);
    const dd_node *node = &segment->nodes[lamp];
    if (node->state & DD_NODE_RUNNING && node->starts == event->a)
        dd_node_report(domain, segment, lamp);
}

static void handle_node_update(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    dd_node_update_due(domain, segment, dd_segment_number(segment, event->target), event->a);
}

static void handle_age(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    uint16_t lamp = dd_segment_number(segment, event->target);
    if (event->a == DD_AGE_DRAW) {
        dd_lifetime_draw(domain, segment, lamp);
        return;
    }
    dd_fault_kind fault = dd_lifetime_end(domain, segment, lamp);
    if (fault) dd_segment_fault(domain, segment, dd_segment_lamp(segment, lamp), fault, true, 0);
}

// --- The air ---

static void hand_to_house(dd_domain *domain, dd_segment_state *segment, const dd_arrival *it) {
    switch ((dd_arrival_kind)it->kind) {
    case DD_ARRIVAL_DATAGRAM:
        dd_house_receive(domain, segment, it->source, it->payload, it->n);
        break;
    case DD_ARRIVAL_FRAME:
        dd_house_receive_frame(domain, segment, it->rss_dbm, it->payload, it->n);
        break;
    case DD_ARRIVAL_SENT:
        dd_house_sent_frame(domain, segment, it->handle, it->result, it->attempts);
        break;
    }
}

// Hands on what has arrived, and what is sent in answer and arrives at once.
static void hand_on(dd_domain *domain, dd_air *air) {
    for (const dd_arrival *it; (it = dd_air_arrival(air)); dd_air_arrival_done(air)) {
        dd_segment_state *segment = dd_segment_of(domain, it->station);
        uint16_t number = dd_segment_number(segment, it->station);
        if (number == DD_MESH_ROOT)
            hand_to_house(domain, segment, it);
        else
            dd_node_receive(domain, segment, number, it->source, it->group, it->payload, it->n);
    }
}

typedef void (*air_handler)(dd_domain *domain, dd_air *air, const dd_event *event);

static void handle_air(dd_domain *domain, const dd_event *event) {
    static const air_handler handlers[] = {[DD_KIND_AIR_CLEAR] = dd_station_clear,
                                           [DD_KIND_AIR_END] = dd_station_end,
                                           [DD_KIND_AIR_ACK] = dd_station_ack,
                                           [DD_KIND_NET_TIME] = dd_station_time};
    dd_air *air = dd_mesh_air(domain);
    handlers[event->kind](domain, air, event);
    hand_on(domain, air);
}

static void handle_air_hour(dd_domain *domain, const dd_event *event) {
    (void)event;
    dd_mesh_hour(domain);
}

// --- Controller ---

static void handle_controller_wake(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    if (segment->house->generation == event->a) dd_house_wake(domain, segment);
}

static void handle_controller_boot(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    if (segment->house->generation == event->a) dd_house_boot(domain, segment);
}

static void handle_controller_reboot(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    if (segment->house->generation == event->a) dd_house_reboot(domain, segment);
}

static void handle_watchdog(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    if (segment->house->generation == event->a) dd_house_watchdog(domain, segment);
}

static void handle_seat(dd_domain *domain, const dd_event *event) {
    dd_house_seat(domain, dd_segment_of(domain, event->target), event);
}

static void handle_response(dd_domain *domain, const dd_event *event) {
    dd_house_respond(domain, dd_segment_of(domain, event->target), event);
}

static void handle_battery_empty(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    if (segment->house->battery_generation == event->a) dd_house_battery_empty(domain, segment);
}

static void handle_order(dd_domain *domain, const dd_event *event) {
    dd_house_hear(domain, dd_segment_of(domain, event->target), dd_parcel(domain, event), event->a);
}

// --- Power ---

static void handle_contactor(dd_domain *domain, const dd_event *event) {
    dd_cabinet_contactor_due(domain, dd_segment_of(domain, event->target), (uint8_t)event->small,
                             event->a);
}

static void handle_trip(dd_domain *domain, const dd_event *event) {
    dd_feeder_trip(domain, dd_segment_of(domain, event->target), (uint8_t)event->small, event->a);
}

static void handle_grid_day(dd_domain *domain, const dd_event *event) {
    dd_cabinet_grid_day(domain, dd_segment_of(domain, event->target));
}

static void handle_grid_change(dd_domain *domain, const dd_event *event) {
    dd_cabinet_grid(domain, dd_segment_of(domain, event->target));
}

// --- What comes by the clock ---

static void handle_meter(dd_domain *domain, const dd_event *event) {
    dd_cabinet_meter(domain, dd_segment_of(domain, event->target));
    dd_time period = dd_seconds(dd_settings_of(domain)->account_meter_s);
    dd_schedule(domain, domain->now + period, DD_KIND_METER, event->target, 0, 0, 0);
}

static void look_at(dd_domain *domain, dd_segment_state *segment, dd_daytime daytime) {
    segment->daytime = (uint8_t)daytime;
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++) {
        dd_node_show(domain, segment, lamp);
        dd_lifetime_look(domain, segment, lamp); // some burn by day too, and nothing switches them
    }
}

// Plans the next of the four moments of the day at which people begin and cease to miss light, or
// to mind it. `may` is a mask of what they may be able to tell now; returns what they can.
static dd_daytime plan_sight(dd_domain *domain, const dd_segment_state *segment, unsigned may) {
    const dd_world_def *def = &dd_world_of(domain)->def;
    static const struct {
        bool sunset;
        dd_time offset;
        uint8_t until, then;
    } moments[] = {{false, -SIGHT_MARGIN, DD_NIGHT, DD_TWILIGHT},
                   {false, SIGHT_MARGIN, DD_TWILIGHT, DD_BROAD_DAY},
                   {true, -SIGHT_MARGIN, DD_BROAD_DAY, DD_TWILIGHT},
                   {true, SIGHT_MARGIN, DD_TWILIGHT, DD_NIGHT}};
    dd_time next = DD_NEVER;
    size_t which = 0;
    for (size_t i = 0; i < DD_COUNT(moments); i++) {
        if (!(may >> moments[i].until & 1)) continue;
        dd_time t = dd_sky_next(def, moments[i].sunset, moments[i].offset, domain->now + 1);
        if (t < next) next = t, which = i;
    }
    dd_schedule(domain, next, DD_KIND_SIGHT_SCAN, segment->station, moments[which].then, 0, 0);
    return moments[which].until;
}

static void handle_sight_scan(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    look_at(domain, segment, event->small);
    plan_sight(domain, segment, 1u << segment->daytime);
}

// Plans the changes of the outage of a part of its line that begins on a day, as far as they are
// yet to come.
static void plan_outage(dd_domain *domain, const dd_segment_state *segment, dd_line_part part,
                        int64_t day) {
    dd_outage_source source = dd_line_source(dd_world_of(domain), segment->segment, part);
    dd_outage outage = dd_outage_of_day(&source, day);
    if (outage.end <= domain->now) return; // or there is none
    dd_time begin = outage.begin > domain->now ? outage.begin : domain->now;
    dd_schedule(domain, begin, DD_KIND_LINE_CHANGE, segment->station, 0, 0, 0);
    dd_schedule(domain, outage.end, DD_KIND_LINE_CHANGE, segment->station, 0, 0, 0);
}

static void handle_line_day(dd_domain *domain, const dd_event *event) {
    const dd_segment_state *segment = dd_segment_of(domain, event->target);
    int64_t today = domain->now / DD_DAY;
    for (int part = 0; part < DD_LINE_PARTS; part++) {
        if (today == 0) plan_outage(domain, segment, (dd_line_part)part, -1); // begun on the eve
        plan_outage(domain, segment, (dd_line_part)part, today);
    }
    dd_schedule(domain, (today + 1) * DD_DAY, DD_KIND_LINE_DAY, event->target, 0, 0, 0);
}

static void handle_line_hour(dd_domain *domain, const dd_event *event) {
    const dd_neighbourhood *it = dd_neighbourhood_of(domain);
    for (uint32_t i = 0; i < it->segment_n; i++)
        dd_house_hour(domain, &it->segments[i], dd_sky_now(domain).temperature_md);
    dd_schedule(domain, domain->now + DD_HOUR, DD_KIND_LINE_HOUR, event->target, 0, 0, 0);
}

static void handle_line_change(dd_domain *domain, const dd_event *event) {
    tell_line(domain, dd_segment_of(domain, event->target), 0);
}

// --- Start ---

void dd_segment_start(dd_domain *domain, dd_segment_state *segment) {
    segment->nodes = dd_arena_take(&domain->arena, (segment->lamp_n + 1u) * sizeof *segment->nodes);
    dd_cabinet_start(domain, segment);
    segment->daytime = (uint8_t)plan_sight(domain, segment, ~0u);
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++)
        dd_node_start(domain, segment, lamp);
    dd_house_start(domain, segment);
    dd_cabinet_sky(domain, segment);
    dd_schedule(domain, 0, DD_KIND_METER, segment->station, 0, 0, 0);
    dd_schedule(domain, 0, DD_KIND_LINE_DAY, segment->station, 0, 0, 0);
    if (segment->station == 1) dd_schedule(domain, DD_HOUR, DD_KIND_LINE_HOUR, 1, 0, 0, 0);
}

const dd_event_kind dd_segment_kinds[DD_SEGMENT_KINDS] = {
    [DD_KIND_NODE_WAKE] = {"node_wake", handle_node_wake, false, DD_REACH_HUB},
    [DD_KIND_NODE_BOOT] = {"node_boot", handle_node_boot, false, DD_REACH_HUB},
    [DD_KIND_NODE_REPORT] = {"node_report", handle_node_report, false, DD_REACH_HUB},
    [DD_KIND_NODE_UPDATE] = {"node_update", handle_node_update, false, DD_REACH_HUB},
    [DD_KIND_LAMP_START] = {"lamp_start", handle_lamp_start, false, DD_REACH_HUB},
    [DD_KIND_LAMP_CYCLE] = {"lamp_cycle", handle_lamp_cycle, false, DD_REACH_HUB},
    [DD_KIND_AIR_CLEAR] = {"air_clear", handle_air, false, DD_REACH_HUB},
    [DD_KIND_AIR_END] = {"air_end", handle_air, false, DD_REACH_HUB},
    [DD_KIND_AIR_ACK] = {"air_ack", handle_air, false, DD_REACH_HUB},
    [DD_KIND_NET_TIME] = {"net_time", handle_air, false, DD_REACH_HUB},
    [DD_KIND_AIR_HOUR] = {"air_hour", handle_air_hour, false, DD_REACH_NOBODY},
    [DD_KIND_CONTROLLER_WAKE] = {"controller_wake", handle_controller_wake, false, DD_REACH_HUB},
    [DD_KIND_REBOOT] = {"controller_reboot", handle_controller_reboot, false, DD_REACH_HUB},
    [DD_KIND_CONTROLLER_BOOT] = {"controller_boot", handle_controller_boot, false, DD_REACH_HUB},
    [DD_KIND_SEAT] = {"seat", handle_seat, true, DD_REACH_HUB},
    [DD_KIND_RESPONSE] = {"response", handle_response, true, DD_REACH_HUB},
    [DD_KIND_WATCHDOG] = {"watchdog", handle_watchdog, false, DD_REACH_HUB},
    [DD_KIND_BATTERY_EMPTY] = {"battery_empty", handle_battery_empty, false, DD_REACH_HUB},
    [DD_KIND_CONTACTOR] = {"contactor", handle_contactor, false, DD_REACH_HUB},
    [DD_KIND_TRIP] = {"trip", handle_trip, false, DD_REACH_HUB},
    [DD_KIND_GRID_DAY] = {"grid_day", handle_grid_day, false, DD_REACH_NOBODY},
    [DD_KIND_GRID_CHANGE] = {"grid_change", handle_grid_change, false, DD_REACH_HUB},
    [DD_KIND_METER] = {"meter", handle_meter, false, DD_REACH_HUB},
    [DD_KIND_SIGHT_SCAN] = {"sight_scan", handle_sight_scan, false, DD_REACH_HUB},
    [DD_KIND_LINE_DAY] = {"line_day", handle_line_day, false, DD_REACH_HUB},
    [DD_KIND_LINE_HOUR] = {"line_hour", handle_line_hour, false, DD_REACH_HUB},
    [DD_KIND_LINE_CHANGE] = {"line_change", handle_line_change, false, DD_REACH_HUB},
    [DD_KIND_ORDER] = {"order", handle_order, true, DD_REACH_HUB},
    [DD_KIND_FAULT] = {"fault", handle_fault, true, DD_REACH_HUB},
    [DD_KIND_JOB] = {"job", dd_job_handle, true, DD_REACH_HUB},
    [DD_KIND_VISIT] = {"visit", dd_visit_handle, true, DD_REACH_HUB},
    [DD_KIND_AGE] = {"age", handle_age, false, DD_REACH_HUB},
    [DD_KIND_HAZARD] = {"hazard", handle_hazard, false, DD_REACH_HUB},
    [DD_KIND_SKY] = {"sky", dd_exposure_look, false, DD_REACH_HUB},
    [DD_KIND_STRIKE] = {"strike", dd_lightning_flash, false, DD_REACH_HUB},
    [DD_KIND_BOLT] = {"bolt", dd_lightning_bolt, true, DD_REACH_HUB},
};
