#include "models/centre/correlation.h"
#include "models/centre/centre.h"
#include "models/centre/root_cause.h"
#include "models/world.h"

#define READ (2 * DD_MINUTE) // a lamp that is due to be read has answered by then, or has not

// One look at a segment.
typedef struct look {
    uint32_t segment;
    dd_time next;    // when there will be something to see: DD_NEVER unless sooner
    bool changed;    // some incident of more than one lamp was opened, changed or ended
    bool everywhere; // ... of more than one segment
} look;

static void see_at(look *it, dd_time when) {
    if (when < it->next) it->next = when;
}

static void note_change(look *it, const dd_incident *incident) {
    it->changed |= incident->cause != DD_CAUSE_LAMP;
}

// --- Alarms ---

static bool same_feeder(const dd_domain *hub, uint32_t a, uint32_t b) {
    const dd_world *world = dd_world_of(hub);
    return world->city->lamps[dd_world_index(world, a)].feeder ==
           world->city->lamps[dd_world_index(world, b)].feeder;
}

// A cut is the same one, though it turns out to lie nearer to the cabinet.
static bool fits(const dd_domain *hub, const dd_incident *incident, const dd_suspicion *suspicion) {
    if (incident->entity == suspicion->entity)
        return incident->cause == suspicion->cause || incident->settled;
    return incident->cause == DD_CAUSE_CABLE && suspicion->cause == DD_CAUSE_CABLE &&
           !incident->settled && same_feeder(hub, incident->entity, suspicion->entity);
}

static uint32_t find(const dd_domain *hub, const dd_centre *centre, const dd_suspicion *suspicion) {
    uint32_t number = centre->incidents.first_open;
    while (number && !fits(hub, dd_incident_find(centre, number), suspicion))
        number = dd_incident_after(centre, number);
    return number;
}

static int width_of(const dd_incident *incident) {
    return dd_cause_width((dd_cause)incident->cause, !incident->segment);
}

// Whether an alarm that has its incident shall have another.
static bool better(const dd_incident *now, const dd_suspicion *suspicion) {
    if (now->settled || now->by_hand) return false;
    int was = width_of(now), is = dd_cause_width((dd_cause)suspicion->cause, !suspicion->segment);
    return is > was || (is == was && suspicion->confidence > now->confidence);
}

// The one incident that has grown, or a new one.
static void move_on(dd_domain *hub, dd_centre *centre, look *it, dd_incident *before,
                    const dd_suspicion *suspicion, uint32_t handle) {
    bool grows = before &&
                 dd_cause_width((dd_cause)suspicion->cause, !suspicion->segment) > width_of(before);
    uint32_t number = grows ? before->number : 0;
    if (grows)
        dd_incident_change(hub, centre, number, suspicion);
    else
        number = dd_incident_suspect(hub, centre, suspicion, handle);
    note_change(it, dd_incident_find(centre, number));
    it->everywhere |= suspicion->segment == 0; // those of the others belong to it as well
}

// What is known better of the same thing. Lamps that come back one by one move no cut outward.
static void refine(dd_domain *hub, dd_centre *centre, uint32_t number,
                   const dd_suspicion *suspicion) {
    const dd_world *world = dd_world_of(hub);
    const dd_incident *incident = dd_incident_find(centre, number);
    if (suspicion->cause == DD_CAUSE_CABLE && !incident->settled &&
        world->city->lamps[dd_world_index(world, suspicion->entity)].pole >
            world->city->lamps[dd_world_index(world, incident->entity)].pole)
        return;
    dd_incident_change(hub, centre, number, suspicion);
}

static void join(dd_domain *hub, dd_centre *centre, look *it, uint32_t number,
                 const dd_suspicion *suspicion, uint32_t handle) {
    dd_incident *before = dd_incident_live(centre, dd_alarm_at(&centre->alarms, handle)->incident);
    dd_incident_join(hub, centre, number, handle);
    refine(hub, centre, number, suspicion);
    note_change(it, dd_incident_find(centre, number));
    if (before && before->number != number && !before->standing_n && !before->by_hand)
        dd_incident_absorb(hub, centre, before->number, number);
}

// The feeder or the cabinet has its supply again, but lamps whose silence was put down to that are
// silent still: when they have had time to be read, they are another matter.
static bool groundless(const dd_domain *hub, look *it, const dd_evidence *evidence,
                       dd_incident *now) {
    if (now->cause != DD_CAUSE_FEEDER && now->cause != DD_CAUSE_SUPPLY) return false;
    uint32_t signs = 0;
    for (int i = 1; i <= DD_CORE_FEEDERS; i++)
        signs |= evidence->feeders[i].signs;
    if (signs || evidence->battery || now->settled) {
        now->groundless = DD_NEVER;
        return false;
    }
    if (now->groundless == DD_NEVER) now->groundless = hub->now;
    dd_time patient = now->groundless + dd_seconds(dd_settings_of(hub)->centre_poll_s) + READ;
    if (patient > hub->now) see_at(it, patient);
    return patient <= hub->now;
}

// Closed by somebody while it stood, an alarm has been dealt with until it is raised anew.
static bool dealt_with(const dd_centre *centre, const dd_alarm *alarm) {
    const dd_incident *incident = dd_incident_find(centre, alarm->incident);
    return incident && incident->state == DD_INCIDENT_CLOSED &&
           alarm->raised_at <= incident->over_at;
}

static void explain(dd_domain *hub, dd_centre *centre, look *it, const dd_evidence *evidence,
                    uint32_t handle) {
    const dd_alarm *alarm = dd_alarm_at(&centre->alarms, handle);
    if (alarm->returned || dealt_with(centre, alarm)) return;
    dd_incident *now = dd_incident_live(centre, alarm->incident);
    dd_suspicion suspicion = dd_root_cause(hub, centre, evidence, alarm);
    uint32_t number = find(hub, centre, &suspicion);
    bool loose = now && groundless(hub, it, evidence, now);
    if (now && (number == now->number || (!loose && !better(now, &suspicion)))) {
        if (number == now->number) refine(hub, centre, number, &suspicion);
        return;
    }
    dd_time ripe = alarm->raised_at + dd_cause_patience((dd_alarm_kind)alarm->kind);
    if (number)
        join(hub, centre, it, number, &suspicion, handle);
    else if (ripe <= hub->now)
        move_on(hub, centre, it, now, &suspicion, handle);
    else
        see_at(it, ripe);
}

// --- Incidents ---

static uint32_t standing_in(const dd_centre *centre, uint32_t segment, uint32_t number) {
    const dd_alarms *alarms = &centre->alarms;
    uint32_t n = 0;
    for (uint32_t h = alarms->first[segment]; h; h = dd_alarm_at(alarms, h)->next)
        n += dd_alarm_at(alarms, h)->incident == number && !dd_alarm_at(alarms, h)->returned;
    return n;
}

static uint32_t standing(const dd_centre *centre, const dd_incident *incident) {
    if (!incident->spread) return standing_in(centre, incident->segment, incident->number);
    uint32_t n = 0;
    for (uint32_t i = 1; i < centre->alarms.segment_n; i++)
        n += standing_in(centre, i, incident->number);
    return n;
}

// Whether a lamp has been read since, and was as it should be. One without a node never is.
static bool read_well(const dd_centre *centre, uint32_t lamp, const dd_incident_report *report) {
    const dd_belief *belief = &centre->beliefs[lamp];
    if (belief->heard_s < report->heard_at / DD_SECOND) return false;
    if (report->complaint == DD_COMPLAINT_DARK) return belief->light == DD_BELIEVED_LIT;
    return report->complaint == DD_COMPLAINT_BURNING && belief->light == DD_BELIEVED_OFF;
}

// What nothing but reports speaks for, and all readings since speak against.
static bool refuted(const dd_domain *hub, const dd_centre *centre, const dd_incident *incident) {
    const dd_city *city = dd_world_of(hub)->city;
    uint32_t seen = 0;
    for (uint32_t h = incident->first_report; h;) {
        const dd_incident_report *report = dd_pool_at(&centre->incidents.reports, h);
        for (uint32_t lamp = 1; lamp < city->lamp_n; lamp++) {
            if (report->lamp ? lamp != report->lamp : city->lamps[lamp].road != report->road)
                continue;
            if (!read_well(centre, lamp, report)) return false;
            seen++;
        }
        h = report->next;
    }
    return seen > 0;
}

// Whether what only reports speak for is found to be nothing; if not, there may be readings later.
static bool weigh_reports(dd_domain *hub, dd_centre *centre, look *it,
                          const dd_incident *incident) {
    if (!refuted(hub, centre, incident)) {
        see_at(it, hub->now + dd_seconds(dd_settings_of(hub)->centre_poll_s) + READ);
        return false;
    }
    dd_incident_settle(hub, centre, incident->number, DD_CAUSE_NOTHING, incident->entity,
                       DD_SIGN_READ_SINCE);
    return true;
}

static void look_at(dd_domain *hub, dd_centre *centre, look *it, dd_incident *incident) {
    incident->standing_n = standing(centre, incident);
    bool over = incident->standing_n == 0 && incident->alarm_n > 0;
    if (!incident->alarm_n && incident->report_n && !incident->settled)
        over = weigh_reports(hub, centre, it, incident);
    bool was = incident->state == DD_INCIDENT_OVER;
    if (over != was && (over || incident->standing_n)) {
        dd_incident_over(hub, centre, incident->number, over);
        note_change(it, incident);
    }
    if (incident->state != DD_INCIDENT_OVER || incident->by_hand) return;
    dd_time close = incident->over_at + dd_seconds(dd_settings_of(hub)->centre_close_s);
    if (close <= hub->now)
        dd_incident_close(hub, centre, incident->number);
    else
        see_at(it, close);
}

static void look_at_incidents(dd_domain *hub, dd_centre *centre, look *it) {
    for (uint32_t number = centre->incidents.first_open, next; number; number = next) {
        next = dd_incident_after(centre, number);
        dd_incident *incident = dd_incident_live(centre, number);
        if (incident->segment == it->segment || !incident->segment || incident->spread)
            look_at(hub, centre, it, incident);
    }
}

// --- All ---

static void look_at_segment(dd_domain *hub, dd_centre *centre, look *it) {
    dd_evidence evidence;
    dd_evidence_gather(hub, centre, it->segment, &evidence);
    for (uint32_t h = centre->alarms.first[it->segment], next; h; h = next) {
        next = dd_alarm_at(&centre->alarms, h)->next;
        explain(hub, centre, it, &evidence, h);
    }
    look_at_incidents(hub, centre, it);
    see_at(it, dd_hold_next(hub, centre, it->segment));
    if (it->changed) dd_belief_judge_all(hub, centre, it->segment);
    dd_incident_plan(hub, centre, it->segment, it->next);
}

void dd_correlate(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    look first = {.segment = segment, .next = DD_NEVER};
    dd_hold_look(hub, centre, segment);
    look_at_segment(hub, centre, &first);
    for (uint32_t i = 1; first.everywhere && i < centre->alarms.segment_n; i++) {
        look other = {.segment = i, .next = DD_NEVER, .changed = true};
        if (i != segment) look_at_segment(hub, centre, &other);
    }
    dd_incident_tell_dark(hub, centre);
}
