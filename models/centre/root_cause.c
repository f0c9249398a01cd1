#include "models/centre/root_cause.h"
#include "models/centre/centre.h"
#include "models/world.h"

enum {
    LINES_LEAST = 3,     // silent controllers, to name their operator, ward or the centre's line
    OPERATOR_SHARE = 60, // % of its controllers that must be silent (estimate) ...
    CENTRE_SHARE = 80,   // ... and of all, for the centre's own line
    MESH_LEAST = 4,      // silent lamps here and there, to name the mesh (estimate)
    MANY_LEAST = 8,      // lamps that burn or do not dim, to name what they have in common ...
    MANY_SHARE = 30,     // ... and % of the segment's (estimates)
    LEAKING_LEAST = 2,   // feeders, or segments, to name water (estimate)
    GRID_LEAST = 3,      // cabinets without supply, to name the grid (estimate)
};
#define TOGETHER (5 * DD_MINUTE) // what the grid does to several cabinets comes so soon (estimate)
#define WET (2 * DD_HOUR)        // a feeder that leaked is held to be wet so long (estimate)

static dd_suspicion suspect(const dd_domain *hub, dd_cause cause, dd_entity_type type,
                            uint32_t index, uint32_t signs, uint8_t confidence) {
    uint32_t entity = dd_world_entity(dd_world_of(hub), type, index);
    return (dd_suspicion){.entity = entity,
                          .segment = dd_register_segment(hub, entity),
                          .signs = signs,
                          .cause = (uint8_t)cause,
                          .confidence = confidence};
}

static dd_suspicion suspect_segment(const dd_domain *hub, const dd_evidence *evidence,
                                    dd_cause cause, uint32_t signs, uint8_t confidence) {
    if (evidence->door) signs |= DD_SIGN_DOOR;
    return suspect(hub, cause, DD_ENTITY_SEGMENT, evidence->segment, signs, confidence);
}

// --- Cabinets without supply ---

static const dd_alarm *standing(const dd_domain *hub, const dd_centre *centre, uint32_t segment,
                                dd_alarm_kind kind) {
    uint32_t entity = dd_world_entity(dd_world_of(hub), DD_ENTITY_SEGMENT, segment);
    uint32_t handle = dd_alarm_standing(&centre->alarms, segment, entity, kind);
    return handle ? dd_alarm_at(&centre->alarms, handle) : NULL;
}

// Several at once are the grid's matter: of their ward or, where they lie in more, of the city.
static dd_suspicion suspect_supply(const dd_domain *hub, const dd_centre *centre,
                                   const dd_evidence *evidence) {
    const dd_city *city = dd_world_of(hub)->city;
    const dd_alarm *own = standing(hub, centre, evidence->segment, DD_ALARM_BATTERY);
    uint32_t n = 0, ward = city->segments[evidence->segment].ward, elsewhere = 0;
    for (uint32_t i = 1; own && i < city->segment_n; i++) {
        const dd_alarm *other = standing(hub, centre, i, DD_ALARM_BATTERY);
        if (!other || other->raised_at > own->raised_at + TOGETHER ||
            other->raised_at + TOGETHER < own->raised_at)
            continue;
        n++;
        elsewhere += city->segments[i].ward != ward;
    }
    uint32_t signs = DD_SIGN_BATTERY | (evidence->line ? DD_SIGN_LINE : 0);
    for (int i = 1; i <= DD_CORE_FEEDERS; i++)
        signs |= evidence->feeders[i].signs & DD_SIGN_SUPPLY;
    uint8_t confidence = signs & DD_SIGN_SUPPLY ? 95 : 85;
    if (n < GRID_LEAST) return suspect_segment(hub, evidence, DD_CAUSE_SUPPLY, signs, confidence);
    return elsewhere
               ? suspect(hub, DD_CAUSE_SUPPLY, DD_ENTITY_CITY, 1, signs | DD_SIGN_GRID, confidence)
               : suspect(hub, DD_CAUSE_SUPPLY, DD_ENTITY_WARD, ward, signs | DD_SIGN_GRID,
                         confidence);
}

// --- Silent controllers ---

typedef struct line_count {
    uint32_t of_operator, of_ward, all;
} line_count;

// One that has said that it is on battery is silent for that, not for its line.
static bool line_lost(const dd_domain *hub, const dd_centre *centre, uint32_t segment) {
    return standing(hub, centre, segment, DD_ALARM_LINE) &&
           !standing(hub, centre, segment, DD_ALARM_BATTERY);
}

static void count_lines(const dd_domain *hub, const dd_centre *centre, uint32_t segment,
                        line_count *expected, line_count *lost) {
    const dd_city *city = dd_world_of(hub)->city;
    uint32_t same = dd_register_operator(hub, segment), ward = city->segments[segment].ward;
    *expected = *lost = (line_count){0};
    for (uint32_t i = 1; i < city->segment_n; i++) {
        if (centre->sessions[i].absent) continue;
        bool gone = line_lost(hub, centre, i);
        bool of_operator = dd_register_operator(hub, i) == same;
        bool of_ward = city->segments[i].ward == ward;
        expected->all++;
        expected->of_operator += of_operator;
        expected->of_ward += of_ward;
        lost->all += gone;
        lost->of_operator += gone && of_operator;
        lost->of_ward += gone && of_ward;
    }
}

static bool most(uint32_t lost, uint32_t expected, uint32_t share) {
    return lost >= LINES_LEAST && lost * 100 >= expected * share;
}

// All of one operator's are its own matter, unless others' are lost as well.
static dd_suspicion suspect_line(const dd_domain *hub, const dd_centre *centre,
                                 const dd_evidence *evidence) {
    const uint32_t signs = DD_SIGN_LINE | DD_SIGN_MANY_LINES;
    uint32_t segment = evidence->segment;
    line_count expected, lost;
    count_lines(hub, centre, segment, &expected, &lost);
    if (most(lost.all, expected.all, CENTRE_SHARE))
        return suspect(hub, DD_CAUSE_CENTRE, DD_ENTITY_CITY, 1, signs,
                       expected.all > expected.of_operator ? 90 : 50);
    if (most(lost.of_operator, expected.of_operator, OPERATOR_SHARE))
        return suspect(hub, DD_CAUSE_OPERATOR, DD_ENTITY_OPERATOR,
                       dd_register_operator(hub, segment), signs, 80);
    if (most(lost.of_ward, expected.of_ward, OPERATOR_SHARE))
        return suspect(hub, DD_CAUSE_OPERATOR, DD_ENTITY_WARD,
                       dd_world_of(hub)->city->segments[segment].ward, signs, 60);
    return suspect_segment(hub, evidence, DD_CAUSE_LINE, DD_SIGN_LINE, 60);
}

// --- Feeders ---

static dd_suspicion suspect_feeder(const dd_domain *hub, const dd_evidence *evidence,
                                   const dd_feeder_evidence *feeder) {
    uint8_t confidence = feeder->signs & (DD_SIGN_BREAKER | DD_SIGN_CONTACTOR) ? 95 : 80;
    uint32_t signs = feeder->signs | (evidence->door ? DD_SIGN_DOOR : 0);
    return suspect(hub, DD_CAUSE_FEEDER, DD_ENTITY_FEEDER, feeder->feeder, signs, confidence);
}

// A breaker that has tripped for its leakage ends it: what leaked lately counts as well.
static bool leaks(const dd_domain *hub, const dd_centre *centre, uint32_t feeder) {
    const dd_world *world = dd_world_of(hub);
    const dd_alarms *alarms = &centre->alarms;
    uint32_t entity = dd_world_entity(world, DD_ENTITY_FEEDER, feeder);
    uint32_t handle = alarms->first[world->city->feeders[feeder].segment];
    for (; handle; handle = dd_alarm_at(alarms, handle)->next) {
        const dd_alarm *alarm = dd_alarm_at(alarms, handle);
        if (alarm->kind == DD_ALARM_LEAKAGE && alarm->entity == entity)
            return !alarm->returned || alarm->raised_at + WET > hub->now;
    }
    return false;
}

// Water does not stop at one cabinet.
static dd_suspicion suspect_leakage(const dd_domain *hub, const dd_centre *centre,
                                    const dd_evidence *evidence, const dd_feeder_evidence *feeder) {
    const dd_city *city = dd_world_of(hub)->city;
    uint32_t segment = evidence->segment, ward = city->segments[segment].ward;
    uint32_t here = 0, segment_n = 0, last = 0;
    for (uint32_t i = 1; i < city->feeder_n; i++) {
        uint32_t at = city->feeders[i].segment;
        if (city->segments[at].ward != ward || !leaks(hub, centre, i)) continue;
        here += at == segment;
        segment_n += at != last; // a segment's feeders are neighbours in the city's order
        last = at;
    }
    if (segment_n >= LEAKING_LEAST)
        return suspect(hub, DD_CAUSE_FLOOD, DD_ENTITY_WARD, ward, DD_SIGN_LEAKAGE, 70);
    if (here >= LEAKING_LEAST)
        return suspect_segment(hub, evidence, DD_CAUSE_FLOOD, DD_SIGN_LEAKAGE, 60);
    return suspect_feeder(hub, evidence, feeder);
}

static dd_suspicion suspect_lost(const dd_domain *hub, const dd_centre *centre,
                                 const dd_evidence *evidence, const dd_feeder_evidence *feeder) {
    return leaks(hub, centre, feeder->feeder) ? suspect_leakage(hub, centre, evidence, feeder)
                                              : suspect_feeder(hub, evidence, feeder);
}

static dd_suspicion suspect_of_feeder(const dd_domain *hub, const dd_centre *centre,
                                      const dd_evidence *evidence, const dd_alarm *alarm) {
    uint32_t index = dd_world_index(dd_world_of(hub), alarm->entity);
    const dd_feeder_evidence *feeder = &evidence->feeders[1];
    while (feeder->feeder != index)
        feeder++;
    bool dead = alarm->kind == DD_ALARM_SUPPLY || alarm->kind == DD_ALARM_SWITCHING_ON;
    bool tripped = dead || alarm->kind == DD_ALARM_BREAKER;
    if (dead && evidence->battery) return suspect_supply(hub, centre, evidence);
    if (alarm->kind == DD_ALARM_LEAKAGE) return suspect_leakage(hub, centre, evidence, feeder);
    return tripped ? suspect_lost(hub, centre, evidence, feeder)
                   : suspect_feeder(hub, evidence, feeder);
}

// --- Lamps ---

static bool many(const dd_domain *hub, const dd_evidence *evidence, uint16_t n) {
    uint32_t lamp_n = dd_world_of(hub)->city->segments[evidence->segment].lamp_count;
    return n >= MANY_LEAST && n * 100u >= lamp_n * MANY_SHARE;
}

static dd_suspicion suspect_cable(const dd_domain *hub, const dd_evidence *evidence, uint16_t first,
                                  uint32_t signs, uint8_t confidence) {
    return suspect(hub, DD_CAUSE_CABLE, DD_ENTITY_LAMP,
                   dd_register_lamp(hub, evidence->segment, first), signs, confidence);
}

// A feeder without power takes its nodes out of the mesh, and those that were heard through them.
static const dd_feeder_evidence *lost_beside(const dd_evidence *evidence) {
    for (int i = 1; i <= DD_CORE_FEEDERS; i++)
        if (evidence->feeders[i].lost) return &evidence->feeders[i];
    return NULL;
}

static dd_suspicion suspect_silent(const dd_domain *hub, const dd_centre *centre,
                                   const dd_evidence *evidence, const dd_feeder_evidence *feeder,
                                   uint32_t lamp) {
    const dd_feeder_evidence *lost = lost_beside(evidence);
    if (lost) return suspect_lost(hub, centre, evidence, lost);
    const dd_lamp *lamps = dd_world_of(hub)->city->lamps;
    uint32_t signs = DD_SIGN_SILENT | feeder->meter;
    uint32_t first = dd_register_lamp(hub, evidence->segment, feeder->cable_lamp);
    bool shine = feeder->meter == DD_SIGN_METER_SAME;
    if (first && !shine && lamps[lamp].pole >= lamps[first].pole)
        return suspect_cable(hub, evidence, feeder->cable_lamp, signs | DD_SIGN_OUTWARD,
                             feeder->meter == DD_SIGN_METER_LESS ? 90 : 60);
    uint16_t number = dd_register_number(hub, lamp);
    if (evidence->silent_n >= MESH_LEAST && dd_lamp_set_has(&evidence->silent, number))
        return suspect_segment(hub, evidence, DD_CAUSE_MESH, signs, shine ? 80 : 50);
    return suspect(hub, DD_CAUSE_LAMP, DD_ENTITY_LAMP, lamp, signs, 50);
}

static dd_suspicion suspect_of_lamp(const dd_domain *hub, const dd_centre *centre,
                                    const dd_evidence *evidence, const dd_alarm *alarm) {
    uint32_t lamp = dd_world_index(dd_world_of(hub), alarm->entity);
    uint8_t phase = dd_world_of(hub)->city->lamps[lamp].phase;
    const dd_feeder_evidence *feeder = &evidence->feeders[dd_evidence_feeder(hub, centre, lamp)];
    if (evidence->battery) return suspect_supply(hub, centre, evidence);
    if (feeder->lost >> phase & 1) return suspect_lost(hub, centre, evidence, feeder);
    uint32_t first = dd_world_of(hub)->city->segments[alarm->segment].first_lamp;
    if (alarm->kind != DD_ALARM_COMMUNICATION &&
        dd_campaign_suspects(hub, centre, alarm->segment, (uint16_t)(lamp - first + 1)))
        return suspect_segment(hub, evidence, DD_CAUSE_FIRMWARE, DD_SIGN_UPDATE, 90);
    switch (alarm->kind) {
    case DD_ALARM_COMMUNICATION:
        return suspect_silent(hub, centre, evidence, feeder, lamp);
    case DD_ALARM_VOLTAGE:
        if (!feeder->strange_lamp) break;
        return suspect_cable(hub, evidence, feeder->strange_lamp, DD_SIGN_READINGS, 60);
    case DD_ALARM_UNEXPECTED_ON:
        if (feeder->signs & DD_SIGN_CONTACTOR) return suspect_feeder(hub, evidence, feeder);
        if (!many(hub, evidence, evidence->burning_n)) break;
        return suspect_segment(hub, evidence, DD_CAUSE_FIRMWARE, DD_SIGN_READINGS, 50);
    case DD_ALARM_DIMMING:
        if (!many(hub, evidence, evidence->dimming_n)) break;
        return suspect_segment(hub, evidence, DD_CAUSE_FIRMWARE, DD_SIGN_READINGS, 50);
    default:
        break;
    }
    return suspect(hub, DD_CAUSE_LAMP, DD_ENTITY_LAMP, lamp, DD_SIGN_READINGS, 85);
}

// --- All ---

static dd_suspicion suspect_of_segment(const dd_domain *hub, const dd_centre *centre,
                                       const dd_evidence *evidence, const dd_alarm *alarm) {
    switch (alarm->kind) {
    case DD_ALARM_BATTERY:
        return suspect_supply(hub, centre, evidence);
    case DD_ALARM_LINE:
        return evidence->battery ? suspect_supply(hub, centre, evidence)
                                 : suspect_line(hub, centre, evidence);
    case DD_ALARM_DOOR:
        return suspect_segment(hub, evidence, DD_CAUSE_UNKNOWN, DD_SIGN_DOOR, 0);
    case DD_ALARM_UPDATE:
        return suspect_segment(hub, evidence, DD_CAUSE_FIRMWARE, DD_SIGN_UPDATE, 80);
    case DD_ALARM_INVALID_CALENDAR:
    case DD_ALARM_SCHEDULE:
    case DD_ALARM_OVERRIDE_LEFT:
        return suspect_segment(hub, evidence, DD_CAUSE_ORDER, DD_SIGN_ORDER, 80);
    default:
        return suspect_segment(hub, evidence, DD_CAUSE_CONTROLLER, DD_SIGN_DEVICE, 80);
    }
}

dd_suspicion dd_root_cause(const dd_domain *hub, const dd_centre *centre,
                           const dd_evidence *evidence, const dd_alarm *alarm) {
    switch (dd_alarm_target((dd_alarm_kind)alarm->kind)) {
    case DD_ENTITY_LAMP:
        return suspect_of_lamp(hub, centre, evidence, alarm);
    case DD_ENTITY_FEEDER:
        return suspect_of_feeder(hub, centre, evidence, alarm);
    default:
        return suspect_of_segment(hub, centre, evidence, alarm);
    }
}

int dd_cause_width(dd_cause cause, bool several) {
    static const uint8_t widths[DD_CAUSES] = {
        [DD_CAUSE_LAMP] = 1,   [DD_CAUSE_ORDER] = 2,  [DD_CAUSE_CONTROLLER] = 2,
        [DD_CAUSE_MESH] = 2,   [DD_CAUSE_CABLE] = 2,  [DD_CAUSE_FIRMWARE] = 2,
        [DD_CAUSE_FEEDER] = 3, [DD_CAUSE_LINE] = 3,   [DD_CAUSE_THEFT] = 3,
        [DD_CAUSE_FLOOD] = 4,  [DD_CAUSE_SUPPLY] = 4, [DD_CAUSE_OPERATOR] = 5,
        [DD_CAUSE_CENTRE] = 6,
    };
    return widths[cause] + several;
}

dd_time dd_cause_patience(dd_alarm_kind kind) {
    switch (kind) {
    case DD_ALARM_LINE:
        return 75 * DD_SECOND;
    case DD_ALARM_COMMUNICATION:
        return 90 * DD_SECOND;
    case DD_ALARM_SUPPLY:
    case DD_ALARM_SWITCHING_ON:
    case DD_ALARM_BREAKER:
    case DD_ALARM_BATTERY:
        return 15 * DD_SECOND; // longer than leakage takes to be told
    case DD_ALARM_LEAKAGE:
        return 6 * DD_SECOND;
    default:
        return 0;
    }
}
