// What a lamp's light is held to be, by what speaks first:
//
//   its supply, feeder or cable is held to be dead     dark, or off by its calendar
//   an alarm that it gives no light                    dark
//   an alarm that it burns                             burning
//   it does not answer, or nobody can be asked         unknown
//   its last reading                                   lit, off, dark or burning
#include "models/centre/belief.h"
#include "models/centre/centre.h"
#include "models/world.h"

enum {
    POWER_MAX_CW = (1 << 20) - 1,
    STANDBY_CW = 300, // node and gear without light take less (facts A1)
    ON_PCT = 20,      // above this share of nominal a lamp burns, as its controller has it
};
// Older than that a reading's own time is not believed.
#define LONG_AGO (7 * DD_DAY)

void dd_belief_start(dd_domain *hub, dd_centre *centre) {
    const dd_city *city = dd_world_of(hub)->city;
    centre->beliefs = dd_arena_take(&hub->arena, city->lamp_n * sizeof *centre->beliefs);
    centre->meters = dd_arena_take(&hub->arena, city->feeder_n * sizeof *centre->meters);
    for (uint32_t i = 1; i < city->lamp_n; i++)
        centre->beliefs[i].heard_s = -1;
    for (uint32_t i = 1; i < city->feeder_n; i++)
        centre->meters[i].heard_s = -1;
}

// --- Light ---

typedef struct verdict {
    dd_light_belief light;
    dd_cause why;
    uint32_t incident;
} verdict;

static verdict without_supply(const dd_domain *hub, dd_centre *centre, uint32_t lamp, dd_cause why,
                              uint32_t incident) {
    uint32_t segment = dd_world_of(hub)->city->lamps[lamp].segment;
    bool due = dd_schedule_due_pm(hub, centre, segment, dd_register_number(hub, lamp)) > 0;
    return (verdict){due ? DD_BELIEVED_DARK : DD_BELIEVED_OFF, due ? why : DD_CAUSE_UNKNOWN,
                     due ? incident : 0};
}

// Until its incident is known an alarm speaks for itself.
static dd_cause cause_of(const dd_centre *centre, const dd_alarm *alarm) {
    const dd_incident *incident = dd_incident_find(centre, alarm->incident);
    if (incident && incident->cause) return (dd_cause)incident->cause;
    switch (alarm->kind) {
    case DD_ALARM_BATTERY:
        return DD_CAUSE_SUPPLY;
    case DD_ALARM_LAMP_FAILURE:
    case DD_ALARM_UNEXPECTED_ON:
        return DD_CAUSE_LAMP;
    default:
        return dd_alarm_target((dd_alarm_kind)alarm->kind) == DD_ENTITY_FEEDER ? DD_CAUSE_FEEDER
                                                                               : DD_CAUSE_UNKNOWN;
    }
}

static verdict hold_by(const dd_centre *centre, dd_light_belief light, const dd_alarm *alarm) {
    return (verdict){light, cause_of(centre, alarm), alarm->incident};
}

// Whether an alarm says that a lamp, of that entity, feeder's entity and phase, has no supply.
static bool kills(const dd_alarm *alarm, uint32_t feeder, uint8_t phase) {
    if (alarm->kind == DD_ALARM_BATTERY) return true;
    if (alarm->entity != feeder) return false;
    return alarm->kind == DD_ALARM_BREAKER || alarm->kind == DD_ALARM_SWITCHING_ON ||
           (alarm->kind == DD_ALARM_SUPPLY && alarm->value >> phase & 1);
}

// The dark end of the cable that a lamp is on, as an incident has it; 0: none.
static uint32_t cut_before(const dd_domain *hub, const dd_centre *centre, uint32_t lamp) {
    const dd_world *world = dd_world_of(hub);
    const dd_lamp *place = &world->city->lamps[lamp];
    for (uint32_t n = dd_incident_after(centre, 0); n; n = dd_incident_after(centre, n)) {
        const dd_incident *incident = dd_incident_find(centre, n);
        if (incident->cause != DD_CAUSE_CABLE || incident->segment != place->segment ||
            incident->state == DD_INCIDENT_OVER ||
            world->entities.all[incident->entity].type != DD_ENTITY_LAMP)
            continue;
        const dd_lamp *first = &world->city->lamps[dd_world_index(world, incident->entity)];
        if (first->feeder == place->feeder && first->pole <= place->pole) return n;
    }
    return 0;
}

// What the alarms of its segment say of a lamp. False: nothing.
static bool judge_alarms(const dd_domain *hub, dd_centre *centre, uint32_t lamp, verdict *what) {
    const dd_world *world = dd_world_of(hub);
    const dd_lamp *place = &world->city->lamps[lamp];
    uint32_t feeder = dd_world_entity(world, DD_ENTITY_FEEDER, place->feeder);
    const dd_alarm *dead = NULL, *dark = NULL, *burning = NULL, *silent = NULL;
    for (uint32_t h = centre->alarms.first[place->segment]; h;
         h = dd_alarm_at(&centre->alarms, h)->next) {
        const dd_alarm *alarm = dd_alarm_at(&centre->alarms, h);
        if (alarm->returned) continue;
        if (kills(alarm, feeder, place->phase) && (!dead || !dead->incident)) dead = alarm;
        bool own = alarm->entity == lamp;
        if (own && alarm->kind == DD_ALARM_LAMP_FAILURE) dark = alarm;
        if (own && alarm->kind == DD_ALARM_UNEXPECTED_ON) burning = alarm;
        if ((own && alarm->kind == DD_ALARM_COMMUNICATION) || alarm->kind == DD_ALARM_LINE)
            silent = alarm;
    }
    uint32_t cut = dead ? 0 : cut_before(hub, centre, lamp);
    if (dead)
        *what = without_supply(hub, centre, lamp, cause_of(centre, dead), dead->incident);
    else if (cut)
        *what = without_supply(hub, centre, lamp, DD_CAUSE_CABLE, cut);
    else if (dark)
        *what = hold_by(centre, DD_BELIEVED_DARK, dark);
    else if (burning)
        *what = hold_by(centre, DD_BELIEVED_BURNING, burning);
    else if (silent)
        *what = hold_by(centre, DD_BELIEVED_UNKNOWN, silent);
    return dead || cut || dark || burning || silent;
}

static verdict judge_reading(const dd_domain *hub, dd_centre *centre, uint32_t lamp) {
    const dd_world *world = dd_world_of(hub);
    const dd_belief *belief = &centre->beliefs[lamp];
    if (belief->flags & DD_READING_NO_SUPPLY)
        return without_supply(hub, centre, lamp, DD_CAUSE_FEEDER, 0);
    if (belief->heard_s < 0) return (verdict){DD_BELIEVED_UNKNOWN, DD_CAUSE_UNKNOWN, 0};
    uint32_t nominal_cw = world->def.catalogue.models[world->city->lamps[lamp].kind].power_mw / 10;
    bool burns = belief->power_cw > STANDBY_CW + nominal_cw * ON_PCT / 100;
    if (belief->level_pm == 0)
        return (verdict){burns ? DD_BELIEVED_BURNING : DD_BELIEVED_OFF,
                         burns ? DD_CAUSE_LAMP : DD_CAUSE_UNKNOWN, 0};
    // Dimmed it takes less, but ever a share of its nominal power besides what its node takes.
    uint32_t least_cw = nominal_cw * (belief->level_pm / 10) / 200 + 100;
    bool lit = belief->power_cw > STANDBY_CW || belief->power_cw > least_cw;
    return (verdict){lit ? DD_BELIEVED_LIT : DD_BELIEVED_DARK,
                     lit ? DD_CAUSE_UNKNOWN : DD_CAUSE_LAMP, 0};
}

static void count_dark(const dd_centre *centre, const dd_belief *belief, uint32_t by) {
    if (belief->light != DD_BELIEVED_DARK || !belief->incident) return;
    dd_incident *incident = dd_pool_at(&centre->incidents.pool, belief->incident);
    incident->dark_n += by;
}

static void hold_it_for(dd_domain *hub, dd_centre *centre, uint32_t lamp, verdict what) {
    dd_belief *belief = &centre->beliefs[lamp];
    if (belief->light == what.light && belief->why == what.why && belief->incident == what.incident)
        return;
    count_dark(centre, belief, UINT32_MAX);
    centre->dark_n += (what.light == DD_BELIEVED_DARK) - (belief->light == DD_BELIEVED_DARK);
    belief->light = (uint32_t)what.light & 7;
    belief->why = (uint32_t)what.why & 15;
    belief->incident = what.incident & 0x3fffff;
    count_dark(centre, belief, 1);
    dd_record_make(hub, DD_REC_BELIEF, lamp, 0, what.light, what.why, what.incident, 0);
}

void dd_belief_judge(dd_domain *hub, dd_centre *centre, uint32_t lamp) {
    verdict what;
    uint32_t segment = dd_world_of(hub)->city->lamps[lamp].segment;
    if (!centre->alarms.first[segment] || !judge_alarms(hub, centre, lamp, &what))
        what = judge_reading(hub, centre, lamp);
    hold_it_for(hub, centre, lamp, what);
}

void dd_belief_judge_all(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    const dd_segment *place = &dd_world_of(hub)->city->segments[segment];
    for (uint32_t lamp = place->first_lamp; lamp < place->first_lamp + place->lamp_count; lamp++)
        dd_belief_judge(hub, centre, lamp);
}

// --- What is told ---

// Simulated time at a moment that a controller tells, which may be any number: one farther than a
// century from the start is taken for a century.
static dd_time told_time(const dd_world *world, int64_t clock_ms) {
    const int64_t century_ms = 36525 * (DD_DAY / DD_MILLISECOND);
    int64_t start_ms = world->def.calendar.start_unix_s * 1000;
    if (clock_ms < start_ms - century_ms) return -century_ms * DD_MILLISECOND;
    if (clock_ms > start_ms + century_ms) return century_ms * DD_MILLISECOND;
    return (clock_ms - start_ms) * DD_MILLISECOND;
}

// When a lamp was read: what a controller has kept while its line was down comes late, but a clock
// that is wrong by days says nothing.
static int32_t heard_s(const dd_domain *hub, dd_time read_at) {
    bool sound = read_at <= hub->now && read_at >= hub->now - LONG_AGO && read_at >= 0;
    return (int32_t)((sound ? read_at : hub->now) / DD_SECOND);
}

static void take_reading(dd_domain *hub, dd_centre *centre, uint32_t segment,
                         const dd_reading *reading, dd_time read_at) {
    uint32_t lamp = dd_register_lamp(hub, segment, reading->lamp);
    if (!lamp) return;
    dd_belief *belief = &centre->beliefs[lamp];
    bool answered = !(reading->flags & (DD_READING_NO_ANSWER | DD_READING_NO_SUPPLY));
    bool held = reading->flags & DD_READING_OVERRIDDEN;
    if (held && !(belief->flags & DD_READING_OVERRIDDEN) &&
        !dd_hold_of(hub, centre, segment, reading->lamp))
        dd_incident_plan(hub, centre, segment, hub->now + DD_MINUTE);
    belief->flags = reading->flags & 7;
    centre->readings++;
    centre->unanswered += !answered;
    if (answered) {
        uint32_t power_cw = reading->power_mw / 10;
        belief->heard_s = heard_s(hub, read_at);
        belief->level_pm = reading->level_pm & 0x3ff;
        belief->power_cw = (power_cw < POWER_MAX_CW ? power_cw : POWER_MAX_CW) & POWER_MAX_CW;
    }
    dd_record_make(hub, DD_REC_READING, lamp, 0, answered ? reading->level_pm : 0,
                   answered ? reading->power_mw : 0, belief->flags, read_at);
    dd_belief_judge(hub, centre, lamp);
}

void dd_belief_readings(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_time read_at = told_time(dd_world_of(hub), word->clock_ms);
    for (uint8_t i = 0; i < word->entry_n && i < DD_READINGS_MAX; i++)
        take_reading(hub, centre, segment, &word->readings[i], read_at);
}

// A meter tells whether lamps that do not answer still burn.
void dd_belief_meters(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_time read_at = told_time(dd_world_of(hub), word->clock_ms);
    for (uint8_t i = 0; i < word->entry_n && i < DD_CORE_FEEDERS; i++) {
        uint32_t feeder = dd_register_feeder(&centre->assets, segment, (uint16_t)(i + 1));
        if (!feeder) continue;
        centre->meters[feeder] = (dd_meter_belief){.energy_wh = word->meters[i].energy_wh,
                                                   .power_w = word->meters[i].power_w,
                                                   .heard_s = (int32_t)(read_at / DD_SECOND)};
    }
    if (centre->alarms.first[segment]) dd_incident_plan(hub, centre, segment, hub->now + 1);
}
