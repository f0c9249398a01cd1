#include "models/controller/core/core.h"

#include "models/controller/core/cabinet.h"
#include "models/controller/core/clock.h"
#include "models/controller/core/command.h"
#include "models/controller/core/condition.h"
#include "models/controller/core/lasting.h"
#include "models/controller/core/log.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/poll.h"
#include "models/controller/core/schedule.h"
#include "models/controller/core/session.h"
#include "models/controller/core/spread.h"
#include "models/controller/core/supply.h"
#include "models/controller/core/task.h"
#include "models/controller/core/update.h"

dd_core_def dd_core_default_def(void) {
    return (dd_core_def){
        .boots = 1,
        .feeder_n = 1,
        .site = {.lat_e6 = 10241500, .lon_e6 = 106375900, .utc_offset_s = 25200},
        .random_seed = 1,
        .poll_period_s = 900,
        .patience_s = 247,
        .missed_rounds = 2,
        .low_readings = 2,
        .power_low_pct = 50,
        .voltage_low_dv = 1870,
        .voltage_high_dv = 2420,
        .stagger_s = 2,
        .lead_s = 600,
        .meter_period_s = 900,
        .connect_s = 10,
        .backoff_s = 5,
        .backoff_max_s = 60,
        .backoff_jitter_pct = 50,
        .answer_s = 90,
        .keepalive_s = 60,
        .resend_s = 30,
        .clock_period_s = 3600,
        .firmware = 1,
        .trial_s = 600,
        .node_trial_s = 900,
        .block_ms = 500,
        .clock_stale_s = 86400,
    };
}

static uint32_t held(uint32_t value, uint32_t low, uint32_t high) {
    return value < low ? low : value > high ? high : value;
}

// A definition may come from a damaged flash: what would stop the controller is put right.
static void mend(dd_core_def *def) {
    def->lamp_n = (uint16_t)held(def->lamp_n, 0, DD_SEGMENT_LAMPS_MAX);
    def->feeder_n = (uint8_t)held(def->feeder_n, 0, DD_CORE_FEEDERS);
    if (def->poll_period_s) def->poll_period_s = held(def->poll_period_s, 30, 86400);
    def->poll_phase_s = held(def->poll_phase_s, 0, 86400);
    def->patience_s = held(def->patience_s, 1, 86400);
    if (def->meter_period_s) def->meter_period_s = held(def->meter_period_s, 60, 86400);
    def->connect_s = held(def->connect_s, 1, 3600);
    def->backoff_s = held(def->backoff_s, 1, 3600);
    def->backoff_max_s = held(def->backoff_max_s, def->backoff_s, 86400);
    def->backoff_jitter_pct = (uint8_t)held(def->backoff_jitter_pct, 0, 100);
    def->answer_s = held(def->answer_s, 1, 86400);
    def->keepalive_s = held(def->keepalive_s, 1, 86400);
    def->resend_s = held(def->resend_s, 1, 600);
    def->clock_period_s = held(def->clock_period_s, 60, 864000);
    def->clock_stale_s = held(def->clock_stale_s, 60, 31536000);
    def->trial_s = held(def->trial_s, 60, 86400);
    def->node_trial_s = held(def->node_trial_s, 60, 86400);
    def->block_ms = held(def->block_ms, 10, 60000);
    if (def->reason >= DD_START_REASONS) def->reason = DD_STARTED_BY_POWER;
    def->random_seed = held(def->random_seed, 1, UINT32_MAX); // xorshift never leaves zero
}

void dd_core_init(dd_core *core, const dd_core_def *def, dd_core_storage storage) {
    *core = (dd_core){.def = *def, .storage = storage};
    mend(&core->def);
    core->random = core->def.random_seed;
    dd_core_schedule_init(core);
    for (int i = 0; i < core->def.lamp_n; i++) {
        const dd_core_lamp *lamp = &storage.lamps[i];
        storage.lamps[i] = (dd_core_lamp){.nominal_mw = lamp->nominal_mw,
                                          .feeder = lamp->feeder,
                                          .phase = lamp->phase,
                                          .fixed = lamp->fixed,
                                          .lit = UINT8_MAX};
    }
    dd_core_session_init(core);
    dd_core_clock_init(core);
    dd_core_log_init(core);
    dd_core_outbox_init(core);
    dd_core_poll_init(core);
    dd_core_supply_init(core);
    dd_core_cabinet_init(core);
    dd_core_lasting_init(core); // after all of those that it gives back what they held
    dd_core_update_init(core);
}

uint16_t dd_core_expected_level(const dd_core *core, uint16_t lamp, dd_sun_cache *sun,
                                int64_t uptime_ms) {
    return dd_light_calendar_at(dd_core_schedule_of(core, lamp), &core->def.site, sun,
                                dd_core_clock_ms(core, uptime_ms))
        .level_pm;
}

static void start(dd_core *core) {
    core->started = true;
    if (core->poll.period_s)
        core->poll.next_round_ms = core->now_ms + (int64_t)core->def.poll_phase_s * 1000;
    core->session.due_ms = core->clock.ask_ms = core->now_ms;
    dd_core_condition_start(core);
    dd_core_update_start(core);
}

static void hear_order(dd_core *core, const dd_order *order) {
    if (order->kind < DD_ORDER_ACK || order->kind >= DD_ORDER_KINDS) {
        core->garbage++;
        return;
    }
    dd_core_session_heard(core);
    if (order->kind == DD_ORDER_WELCOME)
        dd_core_session_welcome(core, order);
    else if (order->kind == DD_ORDER_ACK)
        dd_core_outbox_acknowledge(core, order->sequence);
    else if (order->kind == DD_ORDER_CLOCK)
        dd_core_clock_answer(core, order);
    else if (order->kind == DD_ORDER_UPDATE)
        dd_core_update_order(core, order);
    else if (order->kind == DD_ORDER_BLOCK)
        dd_core_update_block(core, order);
    else if (order->kind == DD_ORDER_STATE)
        dd_core_schedule_tell(core, order->number);
    else
        dd_core_command_order(core, order);
    dd_core_update_line_is_up(core);
}

static void hear(dd_core *core, const dd_core_input *input) {
    if (core->started == (input->kind == DD_INPUT_START)) {
        core->garbage++; // too early, or a second start
        return;
    }
    switch (input->kind) {
    case DD_INPUT_START:
        start(core);
        break;
    case DD_INPUT_TIME:
        break;
    case DD_INPUT_REPLY:
        dd_core_task_reply(core, input->reply);
        break;
    case DD_INPUT_SILENT:
        dd_core_task_silent(core, input->lamp, input->token);
        break;
    case DD_INPUT_ORDER:
        hear_order(core, input->order);
        break;
    case DD_INPUT_CABINET:
        dd_core_cabinet_hear(core, input->cabinet);
        break;
    default: // DD_INPUT_GARBAGE too
        core->garbage++;
    }
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

int64_t dd_core_step(dd_core *core, int64_t uptime_ms, const dd_core_input *input) {
    if (uptime_ms > core->now_ms) core->now_ms = uptime_ms;
    core->output_n = 0;
    hear(core, input);
    if (!core->started) return INT64_MAX;
    dd_core_schedule_work(core);
    dd_core_cabinet_work(core);
    dd_core_supply_work(core);
    dd_core_task_work(core);
    dd_core_command_work(core); // before the poll: orders go first
    dd_core_poll_work(core);
    dd_core_spread_work(core);
    dd_core_batch_work(core);
    dd_core_session_work(core);
    dd_core_clock_work(core);
    dd_core_condition_work(core);
    dd_core_update_work(core);
    dd_core_outbox_work(core);
    dd_core_lasting_work(core);
    int64_t deadline_ms = earlier(dd_core_task_deadline_ms(core), dd_core_poll_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_command_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_supply_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_cabinet_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_schedule_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_session_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_clock_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_update_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_spread_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_condition_deadline_ms(core));
    deadline_ms = earlier(deadline_ms, dd_core_lasting_deadline_ms(core));
    return earlier(deadline_ms, dd_core_outbox_deadline_ms(core));
}
