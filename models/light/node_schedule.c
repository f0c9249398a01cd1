#include "models/light/node_schedule.h"
#include "models/kind.h"
#include "models/light/luminaire.h"
#include "models/light/node_update.h"
#include "models/light/photocell.h"
#include "models/neighbourhood.h"
#include "models/sky/sky.h"

enum { RAMP_STEPS = 20 }; // of one ramp; a step of 5 % is hardly seen (estimate)

static int64_t clock_ms(const dd_domain *domain, const dd_node *node) {
    return dd_clock_us(&node->clock, domain->now) / 1000;
}

// --- Its photocell ---

static bool has_cell(const dd_settings *settings, const dd_node *node) {
    return settings->node_photocell != 0 || dd_node_failed(node, DD_FAULT_PHOTOCELL_DARK) ||
           dd_node_failed(node, DD_FAULT_PHOTOCELL_BRIGHT);
}

static dd_photocell_points points_of(const dd_settings *settings) {
    return dd_photocell_points_of(settings->node_photocell_on_lx, settings->node_photocell_off_lx);
}

static uint8_t cell_of(const dd_node *node) {
    return (node->state & DD_NODE_CELL) >> DD_NODE_CELL_SHIFT;
}

static void put_cell(dd_node *node, uint8_t cell) {
    node->state &= (uint8_t)~DD_NODE_CELL;
    node->state |= (uint8_t)(cell << DD_NODE_CELL_SHIFT);
}

void dd_node_cell_begin(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_settings *settings = dd_settings_of(domain);
    dd_node *node = &segment->nodes[lamp];
    if (!has_cell(settings, node)) return;
    dd_photocell_points points = points_of(settings);
    put_cell(node, dd_photocell_begin(&points, dd_sky_now(domain).illuminance_mlx));
}

bool dd_node_cell_turns(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_settings *settings = dd_settings_of(domain);
    dd_node *node = &segment->nodes[lamp];
    if (!(node->state & DD_NODE_RUNNING) || !has_cell(settings, node)) return false;
    dd_photocell_points points = points_of(settings);
    uint8_t before = cell_of(node);
    uint8_t now = dd_photocell_look(&points, before, dd_sky_now(domain).illuminance_mlx);
    put_cell(node, now);
    return (before ^ now) & DD_PHOTOCELL_DARK;
}

static bool cell_sees_dark(const dd_node *node) {
    if (dd_node_failed(node, DD_FAULT_PHOTOCELL_DARK)) return true;
    return !dd_node_failed(node, DD_FAULT_PHOTOCELL_BRIGHT) && cell_of(node) & DD_PHOTOCELL_DARK;
}

// Day and night as a calendar, so that the next sunrise or sunset is known with them.
static const dd_light_calendar daylight = {
    .id = 1,
    .program_n = 1,
    .default_program = 1,
    .programs = {{.point_n = 2,
                  .points = {{.reference = DD_AT_SUNRISE, .level_pm = DD_LIGHT_FULL_PM},
                             {.reference = DD_AT_SUNSET, .level_pm = 0}}}},
};

// Dark as long as the cell sees light. In the dark the calendar's level counts, but that it is off
// by day does not: full light under a storm's sky, or from sunrise on for a cell that is stuck.
static void gate(const dd_node *node, dd_light_state *state, const dd_light_state *day) {
    if (!cell_sees_dark(node))
        state->level_pm = 0;
    else if (!state->level_pm)
        state->level_pm = day->level_pm;
    if (day->next_ms < state->next_ms) state->next_ms = day->next_ms;
}

// --- Ramps ---

static dd_pool *ramps_of(const dd_domain *domain) {
    return &dd_neighbourhood_of(domain)->ramps;
}

static void drop_ramp(dd_domain *domain, dd_node *node) {
    if (node->ramp) dd_pool_give(ramps_of(domain), node->ramp);
    node->ramp = 0;
}

// From the level that the node commands now. Without room for one more it goes over at once.
static void begin_ramp(dd_domain *domain, dd_node *node, int64_t begin_ms, uint16_t lasts_s,
                       uint16_t back_s) {
    dd_pool *ramps = ramps_of(domain);
    if (!lasts_s && !back_s) {
        drop_ramp(domain, node);
        return;
    }
    if (!node->ramp) {
        if (ramps->used == UINT16_MAX) return;
        node->ramp = (uint16_t)dd_pool_take(ramps);
    }
    *(dd_node_ramp *)dd_pool_at(ramps, node->ramp) =
        (dd_node_ramp){.begin_ms = begin_ms,
                       .end_ms = begin_ms + lasts_s * INT64_C(1000),
                       .from_pm = node->level_pm,
                       .back_s = back_s};
}

void dd_node_ramp_shift(dd_domain *domain, dd_node *node, int64_t by_ms) {
    if (!node->ramp) return;
    dd_node_ramp *ramp = dd_pool_at(ramps_of(domain), node->ramp);
    ramp->begin_ms += by_ms;
    ramp->end_ms += by_ms;
}

// The level of a ramp's present step on the way to where it leads, and when the next one is due.
static void climb(dd_domain *domain, dd_node *node, int64_t now_ms, dd_light_state *state) {
    const dd_node_ramp *ramp = dd_pool_at(ramps_of(domain), node->ramp);
    int64_t whole_ms = ramp->end_ms - ramp->begin_ms, gone_ms = now_ms - ramp->begin_ms;
    if (gone_ms >= whole_ms) { // there
        if (!(node->state & DD_NODE_OVERRIDDEN) || !ramp->back_s) drop_ramp(domain, node);
        return;
    }
    int64_t step = gone_ms * RAMP_STEPS / whole_ms;
    int32_t way = state->level_pm - ramp->from_pm;
    state->level_pm = (uint16_t)(ramp->from_pm + way * (int32_t)step / RAMP_STEPS);
    int64_t next_ms = ramp->begin_ms + ((step + 1) * whole_ms + RAMP_STEPS - 1) / RAMP_STEPS;
    if (next_ms < state->next_ms) state->next_ms = next_ms;
}

// --- Overrides ---

// An order to all comes to each lamp by itself, too: its ramp does not begin anew.
static bool told_again(const dd_node *node, uint16_t level_pm, uint64_t end_ms) {
    return node->state & DD_NODE_OVERRIDDEN && node->ramp && node->override_pm == level_pm &&
           node->override_end_ms == end_ms;
}

void dd_node_override(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                      const dd_node_request *request) {
    const int64_t end_most_ms = (INT64_C(1) << 44) - 1;
    dd_node *node = &segment->nodes[lamp];
    int64_t now_ms = clock_ms(domain, node);
    int64_t end_ms = dd_node_update_override(
        domain, segment, lamp, request->expires_ms > 0 ? request->expires_ms : INT64_MAX, now_ms);
    uint16_t level_pm = request->level_pm < DD_LIGHT_FULL_PM ? request->level_pm : DD_LIGHT_FULL_PM;
    uint64_t end = end_ms <= end_most_ms ? (uint64_t)end_ms & (uint64_t)end_most_ms : 0;
    if (told_again(node, level_pm, end)) {
        ((dd_node_ramp *)dd_pool_at(ramps_of(domain), node->ramp))->back_s = request->ramp.from_s;
        return;
    }
    begin_ramp(domain, node, now_ms, request->ramp.to_s, request->ramp.from_s);
    node->state |= DD_NODE_OVERRIDDEN;
    node->override_pm = level_pm & 1023;
    node->override_end_ms = end;
}

static void end_override(dd_domain *domain, dd_node *node, int64_t at_ms) {
    node->state &= (uint8_t)~DD_NODE_OVERRIDDEN;
    if (!node->ramp) return;
    const dd_node_ramp *ramp = dd_pool_at(ramps_of(domain), node->ramp);
    begin_ramp(domain, node, at_ms, ramp->back_s, 0);
}

void dd_node_resume(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    if (node->state & DD_NODE_OVERRIDDEN) end_override(domain, node, clock_ms(domain, node));
}

void dd_node_forget_override(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    node->state &= (uint8_t)~DD_NODE_OVERRIDDEN;
    drop_ramp(domain, node);
}

// Whether there was one and its time is over.
static bool expire(dd_domain *domain, dd_node *node, int64_t now_ms) {
    int64_t end_ms = (int64_t)node->override_end_ms;
    if (!(node->state & DD_NODE_OVERRIDDEN) || !end_ms || end_ms > now_ms) return false;
    end_override(domain, node, end_ms);
    return true;
}

// --- All of it ---

// What its calendar says, and its photocell to that.
static dd_light_state usual(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                            int64_t now_ms, dd_light_reason *reason) {
    const dd_world *world = dd_world_of(domain);
    const dd_node *node = &segment->nodes[lamp];
    dd_site site = dd_world_site(&world->def);
    const dd_light_calendar *calendar = dd_segment_calendar(world, segment, node->calendar);
    dd_light_state state = dd_light_calendar_at(calendar, &site, &segment->sun, now_ms);
    state = dd_node_update_light(domain, segment, lamp, state, now_ms);
    uint16_t asked_pm = state.level_pm;
    if (has_cell(&world->def.settings, node)) {
        dd_light_state day = dd_light_calendar_at(&daylight, &site, &segment->sun, now_ms);
        gate(node, &state, &day);
    }
    *reason = state.level_pm == asked_pm ? DD_WHY_PROGRAM : DD_WHY_PHOTOCELL;
    return state;
}

dd_light_reason dd_node_follow(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    int64_t now_ms = clock_ms(domain, node);
    dd_light_reason reason;
    dd_light_state state = usual(domain, segment, lamp, now_ms, &reason);
    if (expire(domain, node, now_ms)) reason = DD_WHY_RESUME;
    if (node->state & DD_NODE_OVERRIDDEN) {
        int64_t end_ms = (int64_t)node->override_end_ms;
        state.level_pm = node->override_pm;
        if (end_ms && end_ms < state.next_ms) state.next_ms = end_ms;
        reason = DD_WHY_OVERRIDE;
    }
    if (node->ramp) climb(domain, node, now_ms, &state);
    node->level_pm = state.level_pm;
    dd_time wake = dd_clock_when(&node->clock, state.next_ms * 1000, domain->now);
    dd_schedule(domain, wake, DD_KIND_NODE_WAKE, segment->station + lamp, 0, ++node->generation, 0);
    node->set_us = 0;
    return reason;
}

// --- Its calendar ---

// The slot of a calendar; a new one takes one that no node follows. 0 when there is none: that
// holds the commissioned one, which is always there.
static uint8_t slot_for(dd_domain *domain, dd_segment_state *segment,
                        const dd_light_calendar *calendar) {
    uint32_t used = 0;
    size_t size = DD_CALENDAR_SLOTS * sizeof *segment->calendars;
    if (!segment->calendars) segment->calendars = dd_arena_take(&domain->arena, size);
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++)
        used |= 1u << segment->nodes[lamp].calendar;
    uint8_t free_slot = 0;
    for (uint8_t slot = 1; slot < DD_CALENDAR_SLOTS; slot++) {
        if (segment->calendars[slot].id == calendar->id) return slot;
        if (!(used >> slot & 1)) free_slot = slot;
    }
    if (free_slot) segment->calendars[free_slot] = *calendar;
    return free_slot;
}

void dd_node_take_calendar(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                           const dd_light_calendar *calendar) {
    dd_node *node = &segment->nodes[lamp];
    bool commissioned = calendar->id == dd_world_of(domain)->def.light_calendar.id;
    uint8_t slot = commissioned ? 0 : slot_for(domain, segment, calendar);
    if (commissioned || slot) node->calendar = slot;
}
