#include "models/centre/evidence.h"
#include "models/centre/centre.h"
#include "models/world.h"

enum {
    ALL_PHASES = 7,
    OUTWARD_LEAST = 3,    // silent lamps of a dark end of a cable: fewer may be nodes (estimate)
    INWARD_SHARE = 4,     // ... and for so many of them one before it may be silent as well
    STRANGE_LEAST = 3,    // lamps with a strange voltage, to name the cable (estimate)
    METERED_LEAST_W = 30, // of silent lamps: less than that no meter shows (estimate) ...
    SHOWS_SHARE = 10,     // ... nor a tenth of the others' power
};
#define TOGETHER DD_HOUR // lamps that fell silent within it may have one cause (estimate)

uint8_t dd_evidence_feeder(const dd_domain *hub, const dd_centre *centre, uint32_t lamp) {
    const dd_lamp *place = &dd_world_of(hub)->city->lamps[lamp];
    for (uint8_t i = 1; i <= DD_CORE_FEEDERS; i++)
        if (dd_register_feeder(&centre->assets, place->segment, i) == place->feeder) return i;
    return 0;
}

// --- Alarms ---

static void show_lamp(const dd_domain *hub, const dd_centre *centre, const dd_alarm *alarm,
                      dd_evidence *evidence) {
    const dd_city *city = dd_world_of(hub)->city;
    evidence->burning_n += alarm->kind == DD_ALARM_UNEXPECTED_ON;
    evidence->dimming_n += alarm->kind == DD_ALARM_DIMMING;
    if (alarm->kind == DD_ALARM_COMMUNICATION && alarm->raised_at > evidence->silent_newest)
        evidence->silent_newest = alarm->raised_at;
    if (alarm->kind != DD_ALARM_VOLTAGE) return;
    dd_feeder_evidence *feeder = &evidence->feeders[dd_evidence_feeder(hub, centre, alarm->entity)];
    uint32_t first = dd_register_lamp(hub, evidence->segment, feeder->strange_lamp);
    if (!feeder->strange_n++ || city->lamps[alarm->entity].pole < city->lamps[first].pole)
        feeder->strange_lamp = dd_register_number(hub, alarm->entity);
}

static void show_silent(const dd_domain *hub, const dd_centre *centre, const dd_alarm *alarm,
                        dd_evidence *evidence) {
    if (alarm->kind != DD_ALARM_COMMUNICATION ||
        alarm->raised_at + TOGETHER < evidence->silent_newest)
        return;
    dd_feeder_evidence *feeder = &evidence->feeders[dd_evidence_feeder(hub, centre, alarm->entity)];
    dd_lamp_set_add(&evidence->silent, dd_register_number(hub, alarm->entity));
    evidence->silent_n++;
    if (!feeder->silent_n++ || alarm->raised_at < feeder->silent_since)
        feeder->silent_since = alarm->raised_at;
}

static void show_feeder(const dd_alarm *alarm, dd_feeder_evidence *feeder) {
    switch (alarm->kind) {
    case DD_ALARM_SUPPLY:
        feeder->signs |= DD_SIGN_SUPPLY;
        feeder->lost |= alarm->value & ALL_PHASES;
        break;
    case DD_ALARM_BREAKER:
        feeder->signs |= DD_SIGN_BREAKER;
        feeder->lost = ALL_PHASES;
        break;
    case DD_ALARM_SWITCHING_ON:
        feeder->signs |= DD_SIGN_CONTACTOR;
        feeder->lost = ALL_PHASES;
        break;
    case DD_ALARM_SWITCHING_OFF:
    case DD_ALARM_LOCAL_OVERRIDE:
        feeder->signs |= DD_SIGN_CONTACTOR;
        break;
    case DD_ALARM_LEAKAGE:
        feeder->signs |= DD_SIGN_LEAKAGE;
        break;
    default:
        break;
    }
}

static void show(const dd_domain *hub, const dd_centre *centre, const dd_alarm *alarm,
                 dd_evidence *evidence) {
    const dd_world *world = dd_world_of(hub);
    evidence->battery |= alarm->kind == DD_ALARM_BATTERY;
    evidence->line |= alarm->kind == DD_ALARM_LINE;
    evidence->door |= alarm->kind == DD_ALARM_DOOR;
    switch (dd_alarm_target((dd_alarm_kind)alarm->kind)) {
    case DD_ENTITY_LAMP:
        show_lamp(hub, centre, alarm, evidence);
        break;
    case DD_ENTITY_FEEDER:
        for (int i = 1; i <= DD_CORE_FEEDERS; i++)
            if (evidence->feeders[i].feeder == dd_world_index(world, alarm->entity))
                show_feeder(alarm, &evidence->feeders[i]);
        break;
    default:
        break;
    }
}

// --- The cable, and its meter ---

// A lamp has answered since the first of its feeder fell silent. Those that have not been asked
// since say nothing.
static bool answered(const dd_centre *centre, uint32_t lamp, dd_time since) {
    const dd_belief *belief = &centre->beliefs[lamp];
    return !(belief->flags & (DD_READING_NO_ANSWER | DD_READING_NO_SUPPLY)) &&
           belief->heard_s >= since / DD_SECOND;
}

// Silent from one pole to the end of the feeder, and hardly any before it: the neighbourhood on the
// cable tells a cut from bad radio.
static void look_outward(const dd_domain *hub, const dd_centre *centre, const dd_evidence *evidence,
                         dd_feeder_evidence *feeder) {
    const dd_city *city = dd_world_of(hub)->city;
    const dd_segment *place = &city->segments[evidence->segment];
    uint32_t last_heard = 0, first_pole = UINT32_MAX, outward_n = 0, first = 0;
    for (uint32_t lamp = place->first_lamp; lamp < place->first_lamp + place->lamp_count; lamp++)
        if (city->lamps[lamp].feeder == feeder->feeder && city->lamps[lamp].pole > last_heard &&
            answered(centre, lamp, feeder->silent_since))
            last_heard = city->lamps[lamp].pole;
    for (uint16_t number = 1; number <= place->lamp_count; number++) {
        const dd_lamp *lamp = &city->lamps[place->first_lamp + number - 1];
        if (lamp->feeder != feeder->feeder || lamp->pole <= last_heard ||
            !dd_lamp_set_has(&evidence->silent, number))
            continue;
        outward_n++;
        if (lamp->pole >= first_pole) continue;
        first_pole = lamp->pole;
        first = number;
    }
    uint32_t inward_n = feeder->silent_n - outward_n;
    if (outward_n >= OUTWARD_LEAST && inward_n * INWARD_SHARE <= outward_n)
        feeder->cable_lamp = (uint16_t)first;
}

// A feeder's lamps as its meter should see them now, W: those that are silent, by their rating and
// the level that is due; the others, as they were read at that level.
typedef struct load {
    uint32_t silent_cw, others_cw;
    uint32_t other_n, unread_n; // the latter have not been read at that level
} load;

static uint32_t rated_cw(const dd_domain *hub, uint32_t lamp, uint32_t level_pm) {
    const dd_world *world = dd_world_of(hub);
    uint32_t power_mw = world->def.catalogue.models[world->city->lamps[lamp].kind].power_mw;
    // A tenth of its power near zero light (facts A1), and the rest in proportion.
    return level_pm ? power_mw / 100 + power_mw / 1000 * level_pm * 9 / 100 : 0;
}

static load load_of(const dd_domain *hub, dd_centre *centre, const dd_evidence *evidence,
                    const dd_feeder_evidence *feeder) {
    const dd_city *city = dd_world_of(hub)->city;
    const dd_segment *place = &city->segments[evidence->segment];
    load sum = {0};
    for (uint16_t number = 1; number <= place->lamp_count; number++) {
        uint32_t lamp = place->first_lamp + number - 1;
        const dd_belief *belief = &centre->beliefs[lamp];
        if (city->lamps[lamp].feeder != feeder->feeder) continue;
        uint16_t due_pm = dd_schedule_due_pm(hub, centre, evidence->segment, number);
        uint32_t rated = rated_cw(hub, lamp, due_pm);
        bool read = belief->heard_s >= 0 && belief->level_pm == due_pm;
        if (dd_lamp_set_has(&evidence->silent, number)) {
            sum.silent_cw += rated;
            continue;
        }
        sum.other_n++;
        sum.unread_n += !read;
        sum.others_cw += read ? belief->power_cw : rated;
    }
    return sum;
}

// A meter that was read since they fell silent misses their power, or does not. Where it would not
// show among the others, or these have yet to be read at the present level, it says nothing.
static void look_at_meter(const dd_domain *hub, dd_centre *centre, const dd_evidence *evidence,
                          dd_feeder_evidence *feeder) {
    const dd_meter_belief *meter = &centre->meters[feeder->feeder];
    if (meter->heard_s < feeder->silent_since / DD_SECOND) return;
    load sum = load_of(hub, centre, evidence, feeder);
    if (sum.silent_cw < METERED_LEAST_W * 100 || sum.silent_cw < sum.others_cw / SHOWS_SHARE ||
        sum.unread_n * 10 > sum.other_n)
        return;
    uint32_t all_w = (sum.silent_cw + sum.others_cw) / 100, silent_w = sum.silent_cw / 100;
    uint32_t missing_w = all_w > meter->power_w ? all_w - meter->power_w : 0;
    if (missing_w * 2 >= silent_w)
        feeder->meter = DD_SIGN_METER_LESS;
    else if (missing_w * 4 <= silent_w)
        feeder->meter = DD_SIGN_METER_SAME;
}

void dd_evidence_gather(const dd_domain *hub, dd_centre *centre, uint32_t segment,
                        dd_evidence *evidence) {
    *evidence = (dd_evidence){.segment = segment};
    for (uint8_t i = 1; i <= DD_CORE_FEEDERS; i++)
        evidence->feeders[i].feeder = dd_register_feeder(&centre->assets, segment, i);
    const dd_alarms *alarms = &centre->alarms;
    for (uint32_t h = alarms->first[segment]; h; h = dd_alarm_at(alarms, h)->next)
        if (!dd_alarm_at(alarms, h)->returned) show(hub, centre, dd_alarm_at(alarms, h), evidence);
    for (uint32_t h = alarms->first[segment]; h; h = dd_alarm_at(alarms, h)->next)
        if (!dd_alarm_at(alarms, h)->returned)
            show_silent(hub, centre, dd_alarm_at(alarms, h), evidence);
    for (uint8_t i = 1; i <= DD_CORE_FEEDERS; i++) {
        dd_feeder_evidence *feeder = &evidence->feeders[i];
        if (!feeder->feeder || !feeder->silent_n) continue;
        look_outward(hub, centre, evidence, feeder);
        look_at_meter(hub, centre, evidence, feeder);
    }
    for (uint8_t i = 1; i <= DD_CORE_FEEDERS; i++)
        if (evidence->feeders[i].strange_n < STRANGE_LEAST) evidence->feeders[i].strange_lamp = 0;
}
