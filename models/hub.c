#include "models/hub.h"
#include "models/crew/callout.h"
#include "models/crew/dispatch.h"
#include "models/segment.h"

void dd_hub_start(dd_domain *domain) {
    dd_hub *hub = dd_arena_take(&domain->arena, sizeof *hub);
    domain->state = hub;
    dd_centre_start(domain, &hub->centre);
    dd_office_start(domain);
    dd_citizens_start(domain);
    dd_crews_start(domain, &hub->crews);
}

static void handle_word(dd_domain *domain, const dd_event *event) {
    dd_centre_hear(domain, &dd_hub_of(domain)->centre, event->target, dd_parcel(domain, event),
                   event->a);
}

static void handle_inbound(dd_domain *domain, const dd_event *event) {
    dd_centre_inbound(domain, &dd_hub_of(domain)->centre, event->target, event->a);
}

static void handle_accept(dd_domain *domain, const dd_event *event) {
    dd_centre_accept(domain, &dd_hub_of(domain)->centre, event->target, event->a);
}

static void handle_silence(dd_domain *domain, const dd_event *event) {
    dd_centre_silence(domain, &dd_hub_of(domain)->centre, event->target);
}

static void handle_retry(dd_domain *domain, const dd_event *event) {
    dd_centre_retry(domain, &dd_hub_of(domain)->centre, event->a, event->b);
}

static void handle_campaign(dd_domain *domain, const dd_event *event) {
    dd_campaign_due(domain, &dd_hub_of(domain)->centre, event->target, event->a, event->b);
}

static void handle_schedule(dd_domain *domain, const dd_event *event) {
    dd_schedule_due(domain, &dd_hub_of(domain)->centre, event->target, event->a);
}

static void handle_line_fault(dd_domain *domain, const dd_event *event) {
    const dd_failing *what = dd_parcel(domain, event);
    dd_line *line = &dd_hub_of(domain)->centre.sessions[event->target].line;
    dd_line_fault(dd_world_of(domain), line, what->entity, what->fails);
}

static void handle_sight(dd_domain *domain, const dd_event *event) {
    dd_sight sight = (dd_sight)event->small;
    dd_citizens_see(domain, event->target, sight);
    dd_streets_see(domain, &dd_hub_of(domain)->crews.streets, event->target,
                   sight == DD_SIGHT_DARK);
}

static void handle_notice(dd_domain *domain, const dd_event *event) {
    dd_citizens_notice(domain, event->target, event->a);
}

static void handle_arrival(dd_domain *domain, const dd_event *event) {
    (void)event;
    dd_citizens_arrive(domain);
}

static void handle_matter(dd_domain *domain, const dd_event *event) {
    dd_citizens_matter(domain, event->target, (dd_matter_step)event->small, event->a);
}

static void handle_file(dd_domain *domain, const dd_event *event) {
    dd_filing_file(domain, event->target);
}

static void handle_outlook(dd_domain *domain, const dd_event *event) {
    (void)event;
    dd_citizens_outlook(domain);
}

static void handle_office(dd_domain *domain, const dd_event *event) {
    dd_office_round(domain, event->small);
}

static void handle_found(dd_domain *domain, const dd_event *event) {
    dd_hub *hub = dd_hub_of(domain);
    dd_callout_found(domain, &hub->crews, &hub->centre, dd_parcel(domain, event));
}

static void handle_crew(dd_domain *domain, const dd_event *event) {
    dd_hub *hub = dd_hub_of(domain);
    dd_callout_step(domain, &hub->crews, &hub->centre, event->small, event->a);
}

static void handle_depot(dd_domain *domain, const dd_event *event) {
    dd_callout_home(domain, &dd_hub_of(domain)->crews, event->target, event->a);
}

static void handle_dispatch(dd_domain *domain, const dd_event *event) {
    (void)event;
    dd_hub *hub = dd_hub_of(domain);
    dd_dispatch_look(domain, &hub->crews, &hub->centre);
}

static void handle_shift(dd_domain *domain, const dd_event *event) {
    (void)event;
    dd_crew_shift(domain, &dd_hub_of(domain)->crews);
}

static void handle_shelf(dd_domain *domain, const dd_event *event) {
    dd_alarm_shelf(domain, &dd_hub_of(domain)->centre.alarms, event->a);
}

static void handle_incident(dd_domain *domain, const dd_event *event) {
    dd_incident_look(domain, &dd_hub_of(domain)->centre, event->target);
}

const dd_event_kind dd_hub_kinds[DD_KINDS - DD_SEGMENT_KINDS] = {
    [DD_KIND_WORD - DD_SEGMENT_KINDS] = {"word", handle_word, true, DD_REACH_TARGET},
    [DD_KIND_INBOUND - DD_SEGMENT_KINDS] = {"inbound", handle_inbound, false, DD_REACH_TARGET},
    [DD_KIND_ACCEPT - DD_SEGMENT_KINDS] = {"accept", handle_accept, false, DD_REACH_TARGET},
    [DD_KIND_SILENCE - DD_SEGMENT_KINDS] = {"silence", handle_silence, false, DD_REACH_NOBODY},
    [DD_KIND_COMMAND_RETRY -
        DD_SEGMENT_KINDS] = {"command_retry", handle_retry, false, DD_REACH_TARGET},
    [DD_KIND_CAMPAIGN - DD_SEGMENT_KINDS] = {"campaign", handle_campaign, false, DD_REACH_TARGET},
    [DD_KIND_SCHEDULE - DD_SEGMENT_KINDS] = {"schedule", handle_schedule, false, DD_REACH_TARGET},
    [DD_KIND_LINE_FAULT -
        DD_SEGMENT_KINDS] = {"line_fault", handle_line_fault, true, DD_REACH_NOBODY},
    [DD_KIND_SIGHT - DD_SEGMENT_KINDS] = {"sight", handle_sight, false, DD_REACH_NOBODY},
    [DD_KIND_NOTICE - DD_SEGMENT_KINDS] = {"notice", handle_notice, false, DD_REACH_NOBODY},
    [DD_KIND_ARRIVAL - DD_SEGMENT_KINDS] = {"arrival", handle_arrival, false, DD_REACH_NOBODY},
    [DD_KIND_FOUND - DD_SEGMENT_KINDS] = {"found", handle_found, true, DD_REACH_TARGET},
    [DD_KIND_CREW - DD_SEGMENT_KINDS] = {"crew", handle_crew, false, DD_REACH_TARGET},
    [DD_KIND_DEPOT - DD_SEGMENT_KINDS] = {"depot", handle_depot, false, DD_REACH_NOBODY},
    [DD_KIND_DISPATCH - DD_SEGMENT_KINDS] = {"dispatch", handle_dispatch, false, DD_REACH_PLANNED},
    [DD_KIND_SHIFT - DD_SEGMENT_KINDS] = {"shift", handle_shift, false, DD_REACH_NOBODY},
    [DD_KIND_SHELF - DD_SEGMENT_KINDS] = {"shelf", handle_shelf, false, DD_REACH_NOBODY},
    [DD_KIND_INCIDENT - DD_SEGMENT_KINDS] = {"incident", handle_incident, false, DD_REACH_NOBODY},
    [DD_KIND_TRIAGE - DD_SEGMENT_KINDS] = {"triage", dd_office_triage, false, DD_REACH_NOBODY},
    [DD_KIND_FILE - DD_SEGMENT_KINDS] = {"file", handle_file, false, DD_REACH_NOBODY},
    [DD_KIND_REPORT - DD_SEGMENT_KINDS] = {"report", dd_office_step, false, DD_REACH_NOBODY},
    [DD_KIND_OFFICE - DD_SEGMENT_KINDS] = {"office", handle_office, false, DD_REACH_NOBODY},
    [DD_KIND_MATTER - DD_SEGMENT_KINDS] = {"matter", handle_matter, false, DD_REACH_NOBODY},
    [DD_KIND_OUTLOOK - DD_SEGMENT_KINDS] = {"outlook", handle_outlook, false, DD_REACH_NOBODY},
};
