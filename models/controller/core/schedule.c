#include "models/controller/core/schedule.h"

#include "models/controller/core/condition.h"
#include "models/controller/core/lasting.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/poll.h"

void dd_core_schedule_init(dd_core *core) {
    core->schedule = (dd_core_schedule){.changed = true};
    if (!dd_timetable_valid(core->storage.timetable)) *core->storage.timetable = (dd_timetable){0};
}

// --- What is given ---

// Calendars are given by the order that brings them; what follows from a group's change, by the
// poll.
static void mark_due(dd_core *core, const uint32_t *before) {
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++) {
        bool same = dd_core_schedule_of(core, lamp)->id == before[lamp - 1];
        if (same || !dd_core_has_node(core, lamp)) continue;
        core->storage.lamps[lamp - 1].calendar_due = 1;
        dd_core_poll_again(core, lamp);
    }
}

static bool take_group(dd_core *core, const dd_order *order) {
    uint32_t before[DD_SEGMENT_LAMPS_MAX];
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++)
        before[lamp - 1] = dd_core_schedule_of(core, lamp)->id;
    if (!dd_timetable_define(core->storage.timetable, order->group, &order->members)) return false;
    mark_due(core, before);
    return true;
}

bool dd_core_schedule_take(dd_core *core, const dd_order *order) {
    bool taken = order->kind == DD_ORDER_GROUP
                     ? take_group(core, order)
                     : dd_timetable_assign(core->storage.timetable, order->group, &order->calendar);
    if (!taken) return false;
    core->schedule.changed = true;
    dd_core_lasting_timetable_changed(core);
    return true;
}

void dd_core_schedule_tell(dd_core *core, uint32_t number) {
    dd_word word = dd_core_outbox_word(core, DD_WORD_STATE);
    word.number = number;
    word.state = (dd_kept_state){.timetable = dd_timetable_sum(core->storage.timetable),
                                 .poll_period_s = core->poll.period_s};
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++)
        word.state.due_n += core->storage.lamps[lamp - 1].calendar_due;
    dd_core_outbox_push(core, &word);
}

// --- Whether there is a program for the day ---

static int64_t local_s(const dd_core *core) {
    return dd_core_clock_ms(core, core->now_ms) / 1000 + core->def.site.utc_offset_s;
}

static uint8_t invalid_now(const dd_core *core, int64_t day) {
    uint8_t invalid = 0;
    for (int i = 0; i < DD_CALENDARS; i++) {
        const dd_light_calendar *calendar = &core->storage.timetable->calendars[i];
        if (calendar->id && dd_light_calendar_program(calendar, day) == 0)
            invalid |= (uint8_t)(1u << i);
    }
    return invalid;
}

void dd_core_schedule_work(dd_core *core) {
    if (!core->clock.known) return;
    int64_t day = dd_lighting_day(local_s(core));
    if (day == core->schedule.day && !core->schedule.changed) return;
    core->schedule.day = day;
    core->schedule.changed = false;
    uint8_t invalid = invalid_now(core, day);
    dd_core_condition(core, DD_INVALID_CALENDAR, invalid != 0, invalid);
}

int64_t dd_core_schedule_deadline_ms(const dd_core *core) {
    if (!core->clock.known) return INT64_MAX;
    int64_t next_s = (core->schedule.day + 1) * DD_DAY_S + DD_DAY_S / 2;
    return core->now_ms + (next_s - local_s(core)) * 1000;
}
