#include "models/controller/core/session.h"

#include "models/controller/core/log.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/random.h"
#include "models/controller/core/update.h"

// Attempts are numbered from anywhere, so that a welcome from before a restart, perhaps to another
// log, answers none of them.
void dd_core_session_init(dd_core *core) {
    core->session = (dd_core_session){.attempt = dd_core_draw(core, UINT32_MAX),
                                      .unanswered_ms = INT64_MAX,
                                      .due_ms = INT64_MIN,
                                      .spoke_ms = INT64_MIN};
}

bool dd_core_session_up(const dd_core *core) {
    return core->session.up;
}

void dd_core_session_heard(dd_core *core) {
    core->session.unanswered_ms = INT64_MAX;
}

void dd_core_session_spoke(dd_core *core) {
    dd_core_session *session = &core->session;
    session->spoke_ms = core->now_ms;
    if (session->unanswered_ms == INT64_MAX) session->unanswered_ms = core->now_ms;
}

void dd_core_session_welcome(dd_core *core, const dd_order *order) {
    dd_core_session *session = &core->session;
    if (order->number != session->attempt || session->up) {
        core->garbage++; // or late: it has asked anew since, and will be answered anew
        return;
    }
    dd_core_outbox_resume(core, order->sequence);
    if (!core->log.open) return; // of what was never said: it asks anew
    session->up = true;
    session->asking = false;
    session->failed_n = 0;
    dd_core_update_welcomed(core);
}

// Doubles from attempt to attempt. The jitter keeps a city's controllers apart when they all lost
// the centre at one moment.
static int64_t back_off_ms(dd_core *core) {
    int64_t wait_ms = core->def.backoff_s * 1000ll, most_ms = core->def.backoff_max_s * 1000ll;
    for (uint8_t i = 1; i < core->session.failed_n && wait_ms < most_ms; i++)
        wait_ms *= 2;
    if (wait_ms > most_ms) wait_ms = most_ms;
    return wait_ms - dd_core_draw(core, (uint32_t)(wait_ms * core->def.backoff_jitter_pct / 100));
}

static void ask(dd_core *core) {
    dd_core_session *session = &core->session;
    dd_word hello = dd_core_outbox_word(core, DD_WORD_HELLO);
    hello.number = ++session->attempt;
    hello.log = core->log.identity;
    hello.after = core->log.released;
    hello.value = (int32_t)dd_core_log_size(core);
    dd_core_outbox_say(core, &hello);
    session->asking = true;
    session->due_ms = core->now_ms + core->def.connect_s * 1000ll;
}

static void give_up(dd_core *core) {
    dd_core_session *session = &core->session;
    if (session->failed_n < UINT8_MAX) session->failed_n++;
    session->asking = false;
    session->due_ms = core->now_ms + back_off_ms(core);
}

static int64_t lost_ms(const dd_core *core) {
    int64_t since_ms = core->session.unanswered_ms;
    return since_ms == INT64_MAX ? INT64_MAX : since_ms + core->def.answer_s * 1000ll;
}

static int64_t alive_ms(const dd_core *core) {
    return core->session.spoke_ms + core->def.keepalive_s * 1000ll;
}

void dd_core_session_work(dd_core *core) {
    dd_core_session *session = &core->session;
    if (session->up && core->now_ms >= lost_ms(core)) {
        dd_core_log_pause(core);
        session->up = false;
        session->unanswered_ms = INT64_MAX;
        session->due_ms = core->now_ms;
    }
    if (session->up) {
        if (core->now_ms < alive_ms(core)) return;
        dd_word alive = dd_core_outbox_word(core, DD_WORD_ALIVE);
        dd_core_outbox_say(core, &alive);
    } else if (core->now_ms >= session->due_ms) {
        if (session->asking)
            give_up(core);
        else
            ask(core);
    }
}

int64_t dd_core_session_deadline_ms(const dd_core *core) {
    if (!core->session.up) return core->session.due_ms;
    int64_t lost = lost_ms(core), alive = alive_ms(core);
    return lost < alive ? lost : alive;
}
