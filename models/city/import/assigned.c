#include "models/city/import/assigned.h"

#include "models/controller/core/message.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double WIDE_M = 2e3; // from the middle of a segment to its lamps, at most
static const double FAR_M = 3e3;  // a cabinet farther from its lamps than this is not where it says

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the segments; free some");
}

// --- references

// By word: 1 + the unit of a kind with that id. The caller frees it.
static uint32_t *units_by_id(const dd_inventory *inventory, dd_id_kind kind, uint32_t *count,
                             dd_error *error) {
    uint32_t *by_id = calloc(inventory->words.id_n, sizeof *by_id);
    if (!by_id) fail_memory(error);
    *count = 0;
    for (uint32_t i = 0; by_id && i < inventory->unit_n; i++) {
        const dd_found_unit *unit = &inventory->units[i];
        if (unit->kind != kind) continue;
        ++*count;
        if (!by_id[unit->id]) {
            by_id[unit->id] = i + 1;
            continue;
        }
        dd_inventory_fail(inventory, unit->where, error,
                          "the id \"%.60s\" is that of %s already; give each its own",
                          dd_inventory_text(inventory, unit->id), dd_id_kind_names[kind]);
        free(by_id);
        return NULL;
    }
    return by_id;
}

static bool fail_unknown(const dd_inventory *inventory, int64_t where, uint32_t word,
                         dd_id_kind kind, dd_error *error) {
    return dd_inventory_fail(inventory, where, error,
                             "\"%.60s\" is unknown; add %s of that id, or correct the reference",
                             dd_inventory_text(inventory, word), dd_id_kind_names[kind]);
}

// Lamps' references of one kind against the units of that kind, where the file has any.
static bool check_kind(dd_inventory *inventory, dd_id_kind kind, size_t member, dd_error *error) {
    uint32_t count, *by_id = units_by_id(inventory, kind, &count, error);
    if (!by_id) return false;
    bool ok = true;
    for (uint32_t i = 0; ok && count && i < inventory->lamp_n; i++) {
        const dd_found_lamp *lamp = &inventory->lamps[i];
        uint32_t word;
        memcpy(&word, (const char *)lamp + member, sizeof word);
        if (!word) continue;
        if (by_id[word])
            inventory->units[by_id[word] - 1].used = true;
        else
            ok = fail_unknown(inventory, lamp->where, word, kind, error);
    }
    free(by_id);
    return ok;
}

static bool take_members(dd_inventory *inventory, dd_error *error) {
    for (uint32_t i = 0; i < inventory->member_n; i++) {
        const dd_found_member *member = &inventory->members[i];
        const dd_id *word = &inventory->words.ids[member->lamp];
        if (word->kind != DD_ID_LAMP)
            return fail_unknown(inventory, member->where, member->lamp, DD_ID_LAMP, error);
        dd_found_lamp *lamp = &inventory->lamps[word->index];
        if (lamp->group && lamp->group != member->group)
            return dd_inventory_fail(inventory, member->where, error,
                                     "the lamp \"%.60s\" belongs to \"%.60s\" too; correct either",
                                     dd_inventory_text(inventory, member->lamp),
                                     dd_inventory_text(inventory, lamp->group));
        lamp->group = member->group;
    }
    return true;
}

// Cabinets know their groups, and feeders their cabinets: what lamps do not say follows.
static bool follow(dd_inventory *inventory, dd_error *error) {
    uint32_t n, *cabinets = units_by_id(inventory, DD_ID_CABINET, &n, error), feeder_n;
    uint32_t *feeders = cabinets ? units_by_id(inventory, DD_ID_FEEDER, &feeder_n, error) : NULL;
    bool ok = cabinets && feeders;
    for (uint32_t i = 0; ok && i < inventory->lamp_n; i++) {
        dd_found_lamp *lamp = &inventory->lamps[i];
        if (!lamp->cabinet && lamp->feeder && feeders[lamp->feeder])
            lamp->cabinet = inventory->units[feeders[lamp->feeder] - 1].part_of;
        if (!lamp->group && lamp->cabinet && cabinets[lamp->cabinet])
            lamp->group = inventory->units[cabinets[lamp->cabinet] - 1].part_of;
    }
    free(cabinets);
    free(feeders);
    return ok;
}

bool dd_assigned_check(dd_inventory *inventory, dd_error *error) {
    static const struct {
        dd_id_kind kind;
        size_t member;
    } kinds[] = {{DD_ID_SEGMENT, offsetof(dd_found_lamp, group)},
                 {DD_ID_CABINET, offsetof(dd_found_lamp, cabinet)},
                 {DD_ID_FEEDER, offsetof(dd_found_lamp, feeder)}};
    if (!take_members(inventory, error) || !follow(inventory, error)) return false;
    for (size_t i = 0; i < DD_COUNT(kinds); i++)
        if (!check_kind(inventory, kinds[i].kind, kinds[i].member, error)) return false;
    for (uint32_t i = 0; i < inventory->unit_n; i++) {
        const dd_found_unit *unit = &inventory->units[i];
        if (unit->kind == DD_ID_SEGMENT && !unit->used)
            return dd_inventory_fail(inventory, unit->where, error,
                                     "the group \"%.60s\" has no lamps; remove it, or refer to it",
                                     dd_inventory_text(inventory, unit->id));
    }
    return true;
}

// --- keeping

// What is found of one group while it is being kept.
typedef struct dd_kept {
    uint32_t group, cabinet;
    uint32_t lamp_n, feeder_n;
    uint32_t feeders[DD_PLAN_FEEDERS];
    dd_xy sum; // of the poles' places
} dd_kept;

typedef struct dd_keeper {
    dd_layout *layout;
    uint32_t *group_of; // by word: 1 + the group
    dd_kept *groups;
    uint32_t group_n;
    bool feeders; // they can be kept too
} dd_keeper;

static const dd_found_lamp *lamp_at(const dd_layout *layout, uint32_t pole) {
    uint32_t lamp = layout->lamp_of[pole];
    return lamp ? &layout->inventory->lamps[lamp - 1] : NULL;
}

// The group of a lamp; where the file knows cabinets only, there is one in each.
static uint32_t group_word(const dd_found_lamp *lamp) {
    return !lamp ? 0 : lamp->group ? lamp->group : lamp->cabinet;
}

// Whether every lamp has a group, or none has. Notes the first without.
static bool is_complete(dd_layout *layout, bool *any) {
    uint32_t without = 0, with = 0;
    int64_t first = 0;
    for (uint32_t i = 0; i < layout->plan->pole_n; i++) {
        const dd_found_lamp *lamp = lamp_at(layout, i);
        bool has = group_word(lamp) != 0;
        if (!has && without == 0 && lamp) first = lamp->where;
        with += has;
        without += !has;
    }
    *any = with > 0;
    for (uint32_t i = 0; *any && i < without; i++)
        dd_inventory_note(layout->inventory, DD_NOTE_GROUPS_INCOMPLETE, first);
    return without == 0;
}

// The number of a feeder within its group, added when it is new; DD_PLAN_FEEDERS when there are too
// many.
static uint32_t feeder_in(dd_kept *group, uint32_t feeder) {
    uint32_t i = 0;
    while (i < group->feeder_n && group->feeders[i] != feeder)
        i++;
    if (i == group->feeder_n && i < DD_PLAN_FEEDERS) group->feeders[group->feeder_n++] = feeder;
    return i;
}

static bool gather(dd_keeper *keeper, dd_error *error) {
    dd_layout *layout = keeper->layout;
    for (uint32_t i = 0; i < layout->plan->pole_n; i++) {
        dd_pole *pole = &layout->plan->poles[i];
        const dd_found_lamp *lamp = lamp_at(layout, i);
        uint32_t word = group_word(lamp);
        if (!keeper->group_of[word]) {
            if (!dd_inventory_room((void **)&keeper->groups, keeper->group_n,
                                   sizeof *keeper->groups, error))
                return false;
            keeper->groups[keeper->group_n++] = (dd_kept){.group = word};
            keeper->group_of[word] = keeper->group_n;
        }
        dd_kept *group = &keeper->groups[pole->segment = keeper->group_of[word] - 1];
        group->lamp_n++;
        group->sum = (dd_xy){group->sum.x + pole->place.x, group->sum.y + pole->place.y};
        if (!group->cabinet) group->cabinet = lamp->cabinet;
        pole->feeder = lamp->feeder ? feeder_in(group, lamp->feeder) : DD_PLAN_FEEDERS;
        if (pole->feeder < DD_PLAN_FEEDERS) continue;
        keeper->feeders = false;
    }
    return true;
}

// Why feeders are made anew is told only where some lamp has one.
static void note_feeders(dd_keeper *keeper) {
    dd_layout *layout = keeper->layout;
    bool any = false;
    for (uint32_t i = 0; i < layout->plan->pole_n; i++)
        any = any || lamp_at(layout, i)->feeder;
    for (uint32_t i = 0; any && i < layout->plan->pole_n; i++)
        if (layout->plan->poles[i].feeder == DD_PLAN_FEEDERS)
            dd_inventory_note(layout->inventory, DD_NOTE_FEEDERS, lamp_at(layout, i)->where);
}

static bool are_small(dd_keeper *keeper) {
    bool small = true;
    for (uint32_t i = 0; i < keeper->group_n; i++) {
        if (keeper->groups[i].lamp_n <= DD_SEGMENT_LAMPS_MAX) continue;
        small = false;
        dd_notes_add(&keeper->layout->inventory->notes, DD_NOTE_GROUPS_LARGE,
                     dd_inventory_text(keeper->layout->inventory, keeper->groups[i].group));
    }
    return small;
}

// Whether the lamps of every group are near one another: a cable can join them.
static bool are_compact(const dd_keeper *keeper) {
    const dd_layout *layout = keeper->layout;
    bool compact = true;
    for (uint32_t i = 0; i < layout->plan->pole_n; i++) {
        const dd_pole *pole = &layout->plan->poles[i];
        const dd_kept *group = &keeper->groups[pole->segment];
        dd_xy middle = {group->sum.x / group->lamp_n, group->sum.y / group->lamp_n};
        if (dd_xy_distance(pole->place, middle) <= WIDE_M) continue;
        compact = false;
        dd_inventory_note(layout->inventory, DD_NOTE_GROUPS_WIDE, lamp_at(layout, i)->where);
    }
    return compact;
}

// Where a cabinet stands: where the file has it, or its group, when that is near; else amid its
// lamps.
static dd_xy place_of(const dd_keeper *keeper, const dd_kept *group) {
    const dd_inventory *inventory = keeper->layout->inventory;
    dd_xy middle = {group->sum.x / group->lamp_n, group->sum.y / group->lamp_n}, best = middle;
    for (uint32_t i = 0; i < inventory->unit_n; i++) {
        const dd_found_unit *unit = &inventory->units[i];
        bool its = (unit->kind == DD_ID_CABINET &&
                    (unit->id == group->cabinet || unit->part_of == group->group)) ||
                   (unit->kind == DD_ID_SEGMENT && unit->id == group->group);
        if (!its || !unit->placed) continue;
        dd_xy place = dd_project(&keeper->layout->plan->projection, unit->place.x, unit->place.y);
        if (dd_xy_distance(place, middle) < FAR_M) best = place;
        if (unit->kind == DD_ID_CABINET) break;
    }
    return best;
}

static bool name_segment(const dd_keeper *keeper, const dd_kept *group, dd_plan_segment *segment,
                         dd_error *error) {
    dd_layout *layout = keeper->layout;
    const dd_inventory *inventory = layout->inventory;
    const char *id = dd_inventory_text(inventory, group->group);
    // Where groups are known by their cabinets, the cabinet has the name.
    if (group->cabinet)
        segment->cabinet_id =
            dd_layout_claim(layout, dd_inventory_text(inventory, group->cabinet), "CAB-", error);
    if (group->cabinet && !segment->cabinet_id) return false;
    segment->id = dd_layout_claim(layout, id, "S-", error);
    for (uint32_t k = 0; keeper->feeders && segment->id && k < group->feeder_n; k++) {
        const char *text = dd_inventory_text(inventory, group->feeders[k]);
        segment->feeder_ids[k] = dd_layout_claim(layout, text, "F-", error);
        if (!segment->feeder_ids[k]) return false;
    }
    return segment->id != 0;
}

static bool keep(dd_keeper *keeper, dd_error *error) {
    dd_plan *plan = keeper->layout->plan;
    if (!dd_plan_list_segments(plan, keeper->group_n, error)) return false;
    for (uint32_t i = 0; i < plan->segment_n; i++) {
        const dd_kept *group = &keeper->groups[i];
        dd_plan_segment *segment = &plan->segments[i];
        segment->given = keeper->feeders;
        segment->feeder_n = group->feeder_n;
        segment->place = place_of(keeper, group);
        if (!name_segment(keeper, group, segment, error)) return false;
    }
    return true;
}

bool dd_assigned_keep(dd_layout *layout, bool *kept, dd_error *error) {
    dd_keeper keeper = {.layout = layout, .feeders = true};
    bool any;
    *kept = is_complete(layout, &any) && any;
    if (!*kept) return true;
    keeper.group_of = calloc(layout->inventory->words.id_n, sizeof *keeper.group_of);
    bool ok = (keeper.group_of || fail_memory(error)) && gather(&keeper, error);
    *kept = ok && are_small(&keeper) && are_compact(&keeper);
    if (*kept && !keeper.feeders) note_feeders(&keeper);
    if (*kept) ok = keep(&keeper, error);
    free(keeper.group_of);
    free(keeper.groups);
    return ok;
}
