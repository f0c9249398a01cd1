#include "models/action/fault.h"
#include "models/action/disturbance.h"
#include "models/backhaul/line.h"
#include "models/controller/house.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"
#include "models/segment.h"

#include <stdio.h>
#include <string.h>

#define LAMP (1u << DD_ENTITY_LAMP)
#define FEEDER (1u << DD_ENTITY_FEEDER)
#define SEGMENT (1u << DD_ENTITY_SEGMENT)
#define WARD (1u << DD_ENTITY_WARD)
#define CITY (1u << DD_ENTITY_CITY)
#define OPERATOR (1u << DD_ENTITY_OPERATOR)
#define ROAD (1u << DD_ENTITY_ROAD)

// After facts A3; how each looks is what the models make of it, and tests/test_fault.c holds them
// to it.
const dd_fault_info dd_faults[DD_FAULT_KINDS] = {
    [DD_FAULT_LED_OPEN] = {LAMP, DD_ENTITY_LAMP,
                           "LED circuit open: voltage is there, the gear takes standby power and "
                           "says so on its bus; dark at night"},
    [DD_FAULT_LED_SHORT] = {LAMP, DD_ENTITY_LAMP,
                            "a string of LEDs is shorted: part of the light, part of the power"},
    [DD_FAULT_DRIVER_DEAD] = {LAMP, DD_ENTITY_LAMP,
                              "driver dead: no light, no answer on the bus, no power but the "
                              "node's; a reactive current is left"},
    [DD_FAULT_NO_DIMMING] = {LAMP, DD_ENTITY_LAMP,
                             "driver ignores dimming: full light and power at any level above 0"},
    [DD_FAULT_STUCK_ON] = {LAMP, DD_ENTITY_LAMP,
                           "relay welded: voltage behind it whatever is commanded, full light by "
                           "day too"},
    [DD_FAULT_RELAY_OPEN] = {LAMP, DD_ENTITY_LAMP,
                             "relay stuck open: no voltage behind it, no current but the node's; "
                             "dark at night"},
    [DD_FAULT_CYCLING] = {LAMP, DD_ENTITY_LAMP,
                          "goes out and comes back, again and again: power is a square wave, "
                          "starts are counted up"},
    [DD_FAULT_BUS_OPEN] = {LAMP, DD_ENTITY_LAMP,
                           "DALI bus open: the gear does not answer and gives its system failure "
                           "level, usually full light"},
    [DD_FAULT_OVERHEATING] = {LAMP, DD_ENTITY_LAMP,
                              "heat path bad: after a while the gear is hot, says so and reduces "
                              "light and power"},
    [DD_FAULT_WRONG_CURVE] = {LAMP, DD_ENTITY_LAMP,
                              "driver set to the other dimming curve than its node: right at 100 "
                              "%, wrong light and power when dimmed"},
    [DD_FAULT_NODE_DEAD] = {LAMP, DD_ENTITY_LAMP,
                            "node killed, by a surge say: silent on the radio, the driver gives "
                            "its failure level day and night"},
    [DD_FAULT_NODE_METER] = {LAMP, DD_ENTITY_LAMP,
                             "node measures wrong: its readings are off, the light is right"},
    [DD_FAULT_PHOTOCELL_DARK] =
        {LAMP | SEGMENT, DD_ENTITY_LAMP,
         "photocell sees dark always: the lamp, or what its cabinet's photocell switches, burns "
         "by day"},
    [DD_FAULT_PHOTOCELL_BRIGHT] = {LAMP | SEGMENT, DD_ENTITY_LAMP,
                                   "photocell sees light always: the lamp, or what its cabinet's "
                                   "photocell switches, is dark at night"},
    [DD_FAULT_CABLE_CUT] = {LAMP, DD_ENTITY_LAMP,
                            "cable cut before this lamp's pole: no voltage from here outward, "
                            "all nodes there silent at once; the cabinet sees less current only"},
    [DD_FAULT_SHORT_CIRCUIT] = {LAMP, DD_ENTITY_LAMP,
                                "short circuit at this lamp's pole, of its phase: the feeder's "
                                "breaker trips at once, and again when it is closed"},
    [DD_FAULT_BREAKER] = {FEEDER, DD_ENTITY_FEEDER,
                          "breaker tripped: all three phases dead, its contact says so; its "
                          "repair closes it again"},
    [DD_FAULT_PHASE_L1] = {FEEDER, DD_ENTITY_FEEDER, "phase L1 dead: every third lamp dark"},
    [DD_FAULT_PHASE_L2] = {FEEDER, DD_ENTITY_FEEDER, "phase L2 dead: every third lamp dark"},
    [DD_FAULT_PHASE_L3] = {FEEDER, DD_ENTITY_FEEDER, "phase L3 dead: every third lamp dark"},
    [DD_FAULT_CONTACTOR_WELDED] =
        {FEEDER, DD_ENTITY_FEEDER,
         "contactor welded: its feedback stays closed; what should be switched off by it burns by "
         "day"},
    [DD_FAULT_CONTACTOR_DEAD] = {FEEDER, DD_ENTITY_FEEDER,
                                 "contactor does not close: its feedback stays open, the feeder "
                                 "is dead"},
    [DD_FAULT_BYPASS] = {FEEDER, DD_ENTITY_FEEDER,
                         "hand switch left on manual: fed past the contactor, by day too; its "
                         "contact says so"},
    [DD_FAULT_SWITCHED_OFF] = {FEEDER, DD_ENTITY_FEEDER,
                               "somebody knocked its switch: the feeder is dead, the breaker has "
                               "not tripped; its contact says so"},
    [DD_FAULT_LEAKAGE] = {FEEDER, DD_ENTITY_FEEDER,
                          "insulation gives way: earth leakage, more of it when wet, up to a trip "
                          "of the RCD; all lamps burn until then"},
    [DD_FAULT_METER_DRIFT] = {FEEDER, DD_ENTITY_FEEDER,
                              "meter says less than the truth: only reconciling it with the nodes "
                              "finds it"},
    [DD_FAULT_BLACKOUT] = {SEGMENT, DD_ENTITY_SEGMENT,
                           "no supply: all dark, all nodes silent; the controller lives on its "
                           "battery for a while and says so"},
    [DD_FAULT_BROWNOUT] = {SEGMENT, DD_ENTITY_SEGMENT,
                           "supply voltage far too low: nodes measure it, some gear goes out"},
    [DD_FAULT_LINE] = {SEGMENT, DD_ENTITY_SEGMENT,
                       "backhaul down: the centre hears nothing; lamps go on by their programs"},
    [DD_FAULT_CONTROLLER] = {SEGMENT, DD_ENTITY_SEGMENT,
                             "controller dead: the centre hears nothing; nodes keep their "
                             "programs"},
    [DD_FAULT_DOOR_OPEN] = {SEGMENT, DD_ENTITY_SEGMENT,
                            "its cabinet's door stands open: the door contact says so"},
    [DD_FAULT_FLOODED] = {SEGMENT, DD_ENTITY_SEGMENT,
                          "water in its cabinet and pole bases: leakage on all feeders, RCDs "
                          "trip, roads go dark"},
    [DD_FAULT_HANG] = {SEGMENT, DD_ENTITY_SEGMENT,
                       "controller's program hangs: the centre hears nothing until its watchdog "
                       "starts it anew"},
    [DD_FAULT_STORE] = {SEGMENT, DD_ENTITY_SEGMENT,
                        "controller's flash takes no more writes: what it cannot send it keeps in "
                        "its memory only, and says so"},
    [DD_FAULT_CLOCK] = {SEGMENT, DD_ENTITY_SEGMENT, "controller's clock jumps ahead by a year"},
    [DD_FAULT_OUTAGE] = {OPERATOR | WARD | CITY, DD_ENTITY_NONE,
                         "telecom outage: all lines of an operator, of a ward, or the centre's own "
                         "(city) are down"},
    [DD_FAULT_JAMMER] = {LAMP | SEGMENT | ROAD, DD_ENTITY_NONE,
                         "something here (at a controller, in the middle of a road) sends where "
                         "the mesh does: readings are late or lost, the light is right"},
};

dd_fault_kind dd_fault_find(const char *name, dd_error *error) {
    for (int i = 1; dd_fault_names[i]; i++)
        if (strcmp(name, dd_fault_names[i]) == 0) return (dd_fault_kind)i;
    dd_fail_unknown(error, "fault", name, dd_fault_names + 1, "'domdom help faults' lists them");
    return DD_FAULT_NONE;
}

uint32_t dd_fault_segment(const dd_world *world, uint32_t entity) {
    uint32_t index = dd_world_index(world, entity);
    switch ((dd_entity_type)world->entities.all[entity].type) {
    case DD_ENTITY_LAMP:
        return world->city->lamps[index].segment;
    case DD_ENTITY_FEEDER:
        return world->city->feeders[index].segment;
    case DD_ENTITY_SEGMENT:
        return index;
    default:
        return 0;
    }
}

// At once, so that what is asked or done next at this moment finds it so: an injected event is the
// first of its moment.
static void happen(dd_engine *engine, uint32_t domain, uint16_t kind, uint32_t target,
                   const dd_failing *what) {
    dd_engine_inject(engine, domain, kind, target, 0, 0, what, sizeof *what);
    dd_engine_admit(engine);
}

// In a segment; both ends of a line know that it is down. An outage concerns those of its lines.
static void happen_to(dd_world *world, uint32_t segment, const dd_failing *what) {
    dd_line_part part;
    bool line = what->fault == DD_FAULT_LINE, outage = what->fault == DD_FAULT_OUTAGE;
    if (outage && !dd_line_part_of(world, segment, what->entity, &part)) return;
    happen(world->engine, dd_world_domain(world, segment), DD_KIND_FAULT, world->station[segment],
           what);
    if (line || outage) happen(world->engine, DD_HUB_DOMAIN, DD_KIND_LINE_FAULT, segment, what);
}

void dd_fault_set(dd_world *world, uint32_t entity, dd_fault_kind fault, bool fails) {
    dd_engine *engine = world->engine;
    if (fault == DD_FAULT_JAMMER) {
        dd_disturbance_calm(world, entity);
        return;
    }
    dd_failing what = {.record =
                           dd_engine_note(engine, DD_REC_FAULT, entity, 0, fault, fails, 0, 0),
                       .entity = entity,
                       .fault = (uint16_t)fault,
                       .fails = fails};
    if (fault == DD_FAULT_OUTAGE)
        for (uint32_t segment = 1; segment < world->city->segment_n; segment++)
            happen_to(world, segment, &what);
    else
        happen_to(world, dd_fault_segment(world, entity), &what);
}

// "a lamp, a segment or a road"
static void list_types(uint32_t types, char text[static 80]) {
    *text = 0;
    for (int type = 1; type < DD_ENTITY_TYPES; type++) {
        if (!(types >> type & 1)) continue;
        bool first = !*text, last = !(types >> type >> 1);
        snprintf(text + strlen(text), 80 - strlen(text), "%sa %s",
                 first  ? ""
                 : last ? " or "
                        : ", ",
                 dd_entity_type_names[type]);
    }
}

bool dd_fault_fits(const dd_world *world, uint32_t entity, dd_fault_kind fault, dd_error *error) {
    const dd_entity *what = &world->entities.all[entity];
    if (dd_fault_happens_to(fault, (dd_entity_type)what->type))
        return fault != DD_FAULT_JAMMER || dd_disturbance_fits(world, entity, error);
    char types[80];
    list_types(dd_faults[fault].types, types);
    return dd_fail(error, DD_WRONG, "'%s' happens to %s, but %s is a %s", dd_fault_names[fault],
                   types, what->name, dd_entity_type_names[what->type]);
}

// An outage is known by any of its lines.
static bool has_fault(const dd_world *world, uint32_t entity, dd_fault_kind fault) {
    if (fault != DD_FAULT_OUTAGE) {
        const dd_segment_state *segment = dd_segment_at(world, dd_fault_segment(world, entity));
        return dd_segment_failed(world, segment, entity, fault);
    }
    for (uint32_t i = 1; i < world->city->segment_n; i++)
        if (dd_segment_failed(world, dd_segment_at(world, i), entity, fault)) return true;
    return false;
}

void dd_fault_repair_all(dd_world *world, uint32_t entity) {
    dd_entity_type type = (dd_entity_type)world->entities.all[entity].type;
    for (int fault = 1; fault < DD_FAULT_JAMMER; fault++)
        if (dd_fault_happens_to((dd_fault_kind)fault, type) &&
            has_fault(world, entity, (dd_fault_kind)fault))
            dd_fault_set(world, entity, (dd_fault_kind)fault, false);
    dd_disturbance_calm(world, entity);
}
