#include "models/score/score.h"
#include "models/action/verb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// What is kept of an alarm, by its number.
typedef struct scored_alarm {
    dd_time raised;
    uint32_t entity;
    bool acknowledged, standing, suppressed, shelved;
} scored_alarm;

// What is kept of an incident, by its number.
typedef struct scored_incident {
    dd_time opened, closed;
    uint32_t entity;
    uint8_t cause;
} scored_incident;

typedef struct dd_score {
    dd_world *world;
    dd_troubles troubles;
    scored_alarm *alarms;
    scored_incident *incidents;
    uint32_t alarm_n, incident_n; // highest number, plus 1
    double acknowledge_s;         // sum
    uint32_t acknowledged, shelved, actions, log_lines;
    uint32_t dark_n; // lamps that are seen dark ...
    dd_time dark_at; // ... as of then
    double dark_s;   // sum of lamps
} dd_score;

// Room for number `n` in an array that grows.
static void *reach(void *all, uint32_t *have, uint32_t n, size_t size) {
    if (n < *have) return all;
    uint32_t want = n + n / 2 + 64;
    char *more = realloc(all, want * size);
    if (!more) abort();
    memset(more + *have * size, 0, (want - *have) * size);
    *have = want;
    return more;
}

static scored_alarm *alarm_of(dd_score *score, int64_t number) {
    score->alarms = reach(score->alarms, &score->alarm_n, (uint32_t)number, sizeof *score->alarms);
    return &score->alarms[number];
}

static scored_incident *incident_of(dd_score *score, int64_t number) {
    score->incidents =
        reach(score->incidents, &score->incident_n, (uint32_t)number, sizeof *score->incidents);
    return &score->incidents[number];
}

// --- The truth ---

// Whether an outage of many lines explains that one of them is down.
static bool outage_stands(const dd_score *score) {
    for (uint32_t i = 0; i < score->troubles.n; i++)
        if (score->troubles.all[i].fault == DD_FAULT_OUTAGE &&
            score->troubles.all[i].ended == DD_NEVER)
            return true;
    return false;
}

static void begin(dd_score *score, const dd_record *record, dd_fault_kind fault) {
    dd_trouble_begin(&score->troubles, score->world, record->entity, fault, record->time);
}

static void end(dd_score *score, const dd_record *record, dd_fault_kind fault) {
    dd_trouble_end(&score->troubles, record->entity, fault, record->time);
}

// The weather of lines and grid does what faults do; what a fault has told already is one trouble.
static void see_outside(dd_score *score, const dd_record *record, dd_fault_kind fault, bool fails) {
    if (!fails)
        end(score, record, fault);
    else if (fault != DD_FAULT_LINE || !outage_stands(score))
        begin(score, record, fault);
}

static void see_truth(dd_score *score, const dd_record *record) {
    enum { GRID_NORMAL, GRID_LOW, GRID_PHASE_LOST, GRID_DEAD };
    switch (record->kind) {
    case DD_REC_FAULT:
        (record->value[1] ? begin : end)(score, record, (dd_fault_kind)record->value[0]);
        break;
    case DD_REC_LINE:
        see_outside(score, record, DD_FAULT_LINE, !record->value[0]);
        break;
    case DD_REC_GRID:
        see_outside(score, record, DD_FAULT_BLACKOUT,
                    record->value[0] == GRID_DEAD || record->value[0] == GRID_PHASE_LOST);
        see_outside(score, record, DD_FAULT_BROWNOUT, record->value[0] == GRID_LOW);
        break;
    default: // DD_REC_SIGHT
        score->dark_s += (double)score->dark_n * (double)(record->time - score->dark_at) / 1e9;
        score->dark_at = record->time;
        if (record->value[0])
            score->dark_n++;
        else if (score->dark_n)
            score->dark_n--;
    }
}

// --- What the centre makes of it ---

// Something points to an entity: the troubles there are detected.
static void detect(dd_score *score, uint32_t entity, dd_time now) {
    for (uint32_t i = 0; i < score->troubles.n; i++) {
        dd_trouble *it = &score->troubles.all[i];
        if (it->detected == DD_NEVER && it->ended == DD_NEVER &&
            dd_trouble_is_at(it, score->world, entity))
            it->detected = now;
    }
}

static void send(dd_score *score, uint32_t entity, dd_time now) {
    for (uint32_t i = 0; i < score->troubles.n; i++) {
        dd_trouble *it = &score->troubles.all[i];
        if (it->sent == DD_NEVER && it->ended == DD_NEVER &&
            dd_trouble_is_at(it, score->world, entity))
            it->sent = now;
    }
}

static void see_alarm(dd_score *score, const dd_record *record) {
    scored_alarm *alarm = alarm_of(score, record->value[0]);
    switch (record->kind) {
    case DD_REC_ALARM_RAISED:
        if (!alarm->standing) alarm->raised = record->time;
        alarm->entity = record->entity;
        alarm->standing = true;
        alarm->acknowledged = false;
        detect(score, record->entity, record->time);
        break;
    case DD_REC_ALARM_ACKNOWLEDGED:
        alarm->acknowledged = true;
        score->acknowledged++;
        score->acknowledge_s += (double)(record->time - alarm->raised) / 1e9;
        break;
    case DD_REC_ALARM_RETURNED:
        alarm->standing = false;
        break;
    case DD_REC_ALARM_SHELVED:
        alarm->shelved = true;
        score->shelved++;
        break;
    case DD_REC_ALARM_UNSHELVED:
        alarm->shelved = false;
        break;
    default: // DD_REC_ALARM_SUPPRESSED
        alarm->suppressed = record->value[3];
    }
}

static void see_incident(dd_score *score, const dd_record *record) {
    scored_incident *incident = incident_of(score, record->value[0]);
    if (record->value[1] == DD_INCIDENT_OPENED) {
        incident->opened = record->time;
        detect(score, record->entity, record->time);
    }
    incident->closed = record->value[1] == DD_INCIDENT_CLOSED ? record->time : DD_NEVER;
    incident->entity = record->entity;
    incident->cause = (uint8_t)record->value[2];
}

static void see_action(dd_score *score, const dd_record *record) {
    dd_verb verb = (dd_verb)record->value[0];
    if (dd_verb_of(verb)->role != DD_ROLE_OPERATOR) return;
    score->actions++;
    score->log_lines += verb == DD_VERB_LOG;
}

#define BIT(kind) ((uint64_t)1 << (kind))

static const uint64_t truths =
    BIT(DD_REC_FAULT) | BIT(DD_REC_LINE) | BIT(DD_REC_GRID) | BIT(DD_REC_SIGHT);
static const uint64_t of_alarms = BIT(DD_REC_ALARM_RAISED) | BIT(DD_REC_ALARM_ACKNOWLEDGED) |
                                  BIT(DD_REC_ALARM_RETURNED) | BIT(DD_REC_ALARM_SHELVED) |
                                  BIT(DD_REC_ALARM_UNSHELVED) | BIT(DD_REC_ALARM_SUPPRESSED);
static const uint64_t others = BIT(DD_REC_INCIDENT) | BIT(DD_REC_DISPATCH) | BIT(DD_REC_ACTION);

static void see(void *context, const dd_record *record) {
    dd_score *score = context;
    if (truths >> record->kind & 1)
        see_truth(score, record);
    else if (of_alarms >> record->kind & 1)
        see_alarm(score, record);
    else if (record->kind == DD_REC_INCIDENT)
        see_incident(score, record);
    else if (record->kind == DD_REC_ACTION)
        see_action(score, record);
    else if (record->value[2]) // DD_REC_DISPATCH, and not a recall
        send(score, record->entity, record->time);
}

// --- As it stands ---

// Whether an incident was open while a trouble stood, and points to it.
static bool meets(const dd_score *score, const scored_incident *incident,
                  const dd_trouble *trouble) {
    return incident->entity && incident->opened <= trouble->ended &&
           incident->closed >= trouble->began &&
           dd_trouble_is_at(trouble, score->world, incident->entity);
}

// Whether any of the incidents about a trouble has its cause right, and whether there is any.
static bool rightly_held(const dd_score *score, const dd_trouble *trouble, bool *held) {
    bool good = false;
    *held = false;
    for (uint32_t i = 1; i < score->incident_n; i++) {
        if (!meets(score, &score->incidents[i], trouble)) continue;
        *held = true;
        good |= dd_trouble_caused_by(trouble, (dd_cause)score->incidents[i].cause);
    }
    return good;
}

static bool is_founded(const dd_score *score, const scored_incident *incident) {
    for (uint32_t i = 0; i < score->troubles.n; i++)
        if (meets(score, incident, &score->troubles.all[i])) return true;
    return false;
}

static void judge_troubles(const dd_score *score, dd_shift_score *shift) {
    double detection_s = 0, sent_s = 0, repair_s = 0;
    uint32_t sent = 0;
    for (uint32_t i = 0; i < score->troubles.n; i++) {
        const dd_trouble *it = &score->troubles.all[i];
        bool held, right = rightly_held(score, it, &held);
        shift->right_causes += right;
        shift->wrong_causes += held && !right;
        if (it->detected != DD_NEVER) {
            shift->detected++;
            detection_s += (double)(it->detected - it->began) / 1e9;
        }
        if (it->sent != DD_NEVER) {
            sent++;
            sent_s += (double)(it->sent - it->began) / 1e9;
        }
        if (it->ended != DD_NEVER) {
            shift->mended++;
            repair_s += (double)(it->ended - it->began) / 1e9;
        }
    }
    shift->troubles = score->troubles.n;
    shift->detection_min = detection_s / 60 / shift->detected;
    shift->sent_min = sent_s / 60 / sent;
    shift->repair_min = repair_s / 60 / shift->mended;
}

static void judge_desk(const dd_score *score, dd_shift_score *shift) {
    for (uint32_t i = 1; i < score->alarm_n; i++) {
        const scored_alarm *it = &score->alarms[i];
        shift->alarms += it->entity && !it->suppressed;
        shift->waiting += it->standing && !it->acknowledged && !it->suppressed && !it->shelved;
    }
    for (uint32_t i = 1; i < score->incident_n; i++) {
        const scored_incident *it = &score->incidents[i];
        shift->unfounded += it->entity && it->cause != DD_CAUSE_NOTHING && !is_founded(score, it);
    }
    shift->acknowledged = score->acknowledged;
    shift->acknowledge_min = score->acknowledge_s / 60 / score->acknowledged;
    shift->shelved = score->shelved;
    shift->actions = score->actions;
    shift->log_lines = score->log_lines;
}

dd_shift_score dd_score_now(const dd_world *world) {
    const dd_score *score = world->score;
    dd_shift_score shift = {0};
    dd_stream_flush(&world->engine->stream);
    judge_troubles(score, &shift);
    judge_desk(score, &shift);
    shift.dark_h = (score->dark_s +
                    (double)score->dark_n * (double)(world->engine->now - score->dark_at) / 1e9) /
                   3600;
    return shift;
}

bool dd_score_open(dd_world *world, dd_error *error) {
    dd_score *score = world->score = calloc(1, sizeof *score);
    if (!score) return dd_fail(error, DD_OUTSIDE, "no memory for the score");
    score->world = world;
    dd_stream_listen(&world->engine->stream, truths | of_alarms | others, see, score);
    return dd_troubles_init(&score->troubles, world, error);
}

void dd_score_close(dd_world *world) {
    dd_score *score = world->score;
    if (!score) return;
    dd_troubles_fini(&score->troubles);
    free(score->alarms);
    free(score->incidents);
    free(score);
}
