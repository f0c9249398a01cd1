#include "models/controller/core/poll.h"

#include "models/controller/core/lasting.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/supply.h"
#include "models/controller/core/task.h"

enum { TICK_MS = 30000, BATCH_MS = 10000 };

void dd_core_poll_init(dd_core *core) {
    core->poll = (dd_core_poll){
        .period_s = core->def.poll_period_s, .next_round_ms = INT64_MAX, .tick_ms = INT64_MAX};
    core->batch.due_ms = INT64_MAX;
}

// A report may come from a lamp that is thought to have no supply: it is not asked nonetheless.
void dd_core_poll_again(dd_core *core, uint16_t lamp) {
    if (!dd_core_has_node(core, lamp) || !dd_core_supply_live(core, lamp)) return;
    dd_lamp_set_add(&core->poll.later, lamp);
    if (core->poll.tick_ms == INT64_MAX) core->poll.tick_ms = core->now_ms + TICK_MS;
}

void dd_core_poll_reported(dd_core *core, uint16_t lamp) {
    if (core->storage.lamps[lamp - 1].calendar_due) return;
    dd_lamp_set_remove(&core->poll.due, lamp);
    dd_lamp_set_add(&core->poll.reported, lamp);
}

void dd_core_poll_dark(dd_core *core, uint16_t lamp) {
    if (dd_lamp_set_has(&core->poll.due, lamp)) dd_core_batch_add_dark(core, lamp);
    dd_lamp_set_remove(&core->poll.due, lamp);
    dd_lamp_set_remove(&core->poll.soon, lamp);
    dd_lamp_set_remove(&core->poll.later, lamp);
}

void dd_core_poll_set_period(dd_core *core, uint32_t period_s) {
    dd_core_poll *poll = &core->poll;
    if (period_s == 0)
        poll->next_round_ms = INT64_MAX;
    else if (poll->period_s == 0)
        poll->next_round_ms = core->now_ms;
    else
        poll->next_round_ms += ((int64_t)period_s - poll->period_s) * 1000;
    if (poll->next_round_ms < core->now_ms) poll->next_round_ms = core->now_ms;
    if (poll->period_s != period_s) dd_core_lasting_changed(core);
    poll->period_s = period_s;
}

// A lamp that was just given its calendar has still to be read.
void dd_core_poll_end(dd_core *core, const dd_core_task *task, bool answered) {
    core->poll.task_n--;
    if (task->kind != DD_NODE_CALENDAR) return;
    if (answered) {
        dd_lamp_set_add(&core->poll.due, task->lamp);
    } else {
        dd_reading silent = {.lamp = task->lamp, .flags = DD_READING_NO_ANSWER};
        dd_core_batch_add(core, &silent);
    }
}

static void start_round(dd_core *core) {
    dd_core_poll *poll = &core->poll;
    poll->silent_round = 0;
    poll->next_round_ms += (int64_t)poll->period_s * 1000;
    if (poll->next_round_ms <= core->now_ms)
        poll->next_round_ms = core->now_ms + (int64_t)poll->period_s * 1000;
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++) {
        if (!dd_core_has_node(core, lamp)) continue;
        if (!dd_core_supply_live(core, lamp))
            dd_core_batch_add_dark(core, lamp);
        else if (!dd_lamp_set_has(&poll->reported, lamp))
            dd_lamp_set_add(&poll->due, lamp);
    }
    poll->reported = (dd_lamp_set){0};
}

static void tick(dd_core *core) {
    dd_core_poll *poll = &core->poll;
    dd_lamp_set_join(&poll->due, &poll->soon);
    poll->soon = poll->later;
    poll->later = (dd_lamp_set){0};
    poll->tick_ms = dd_lamp_set_empty(&poll->soon) ? INT64_MAX : core->now_ms + TICK_MS;
}

void dd_core_poll_work(dd_core *core) {
    dd_core_poll *poll = &core->poll;
    if (core->now_ms >= poll->next_round_ms) start_round(core);
    if (core->now_ms >= poll->tick_ms) tick(core);
    uint8_t most = poll->silent_run ? DD_POLL_TASKS : 1;
    while (poll->task_n < most && dd_core_task_free(core)) {
        dd_lamp_set askable = poll->due;
        dd_core_task_exclude(core, &askable);
        uint16_t lamp = dd_lamp_set_after(&askable, poll->last);
        if (lamp == 0) break;
        dd_lamp_set_remove(&poll->due, lamp);
        poll->last = lamp;
        poll->task_n++;
        bool due = core->storage.lamps[lamp - 1].calendar_due;
        dd_node_request what = {.kind = due ? DD_NODE_CALENDAR : DD_NODE_READ};
        dd_core_task_start(core, lamp, 0, &what);
    }
}

int64_t dd_core_poll_deadline_ms(const dd_core *core) {
    int64_t deadline_ms = core->poll.next_round_ms;
    if (core->poll.tick_ms < deadline_ms) deadline_ms = core->poll.tick_ms;
    if (core->batch.due_ms < deadline_ms) deadline_ms = core->batch.due_ms;
    return deadline_ms;
}

void dd_core_batch_add(dd_core *core, const dd_reading *reading) {
    dd_core_batch_add_report(core, reading);
    if (core->batch.due_ms != INT64_MAX) core->batch.asked = true;
}

void dd_core_batch_add_report(dd_core *core, const dd_reading *reading) {
    dd_core_batch *batch = &core->batch;
    if (batch->due_ms == INT64_MAX) {
        batch->word = dd_core_outbox_word(core, DD_WORD_READINGS);
        batch->due_ms = core->now_ms + BATCH_MS;
        batch->asked = false;
    }
    batch->word.readings[batch->word.entry_n++] = *reading;
    if (batch->word.entry_n == DD_READINGS_MAX) dd_core_batch_flush(core);
}

void dd_core_batch_add_dark(dd_core *core, uint16_t lamp) {
    dd_reading dark = {.lamp = lamp, .flags = DD_READING_NO_SUPPLY};
    dd_core_batch_add(core, &dark);
}

void dd_core_batch_flush(dd_core *core) {
    if (core->batch.due_ms == INT64_MAX) return;
    core->batch.due_ms = INT64_MAX;
    dd_core_outbox_push(core, &core->batch.word);
}

void dd_core_batch_work(dd_core *core) {
    if (core->batch.due_ms == INT64_MAX) return;
    bool nothing_to_come = core->batch.asked && core->poll.task_n == 0 &&
                           dd_lamp_set_empty(&core->poll.due) && core->commands.command_n == 0;
    if (nothing_to_come || core->now_ms >= core->batch.due_ms) dd_core_batch_flush(core);
}
