// Go-back-N with cumulative acknowledgement over the log.
#include "models/controller/core/outbox.h"

#include "models/controller/core/log.h"
#include "models/controller/core/random.h"
#include "models/controller/core/session.h"

enum {
    BACKOFF_MAX_MS = 600000,
    DUPLICATES = 3, // of an ACK: the word after it is lost or overtaken (as TCP has it, RFC 5681)
};

void dd_core_outbox_init(dd_core *core) {
    core->outbox = (dd_core_outbox){.wait_ms = core->def.resend_s * 1000, .resend_ms = INT64_MAX};
}

dd_word dd_core_outbox_word(const dd_core *core, dd_word_kind kind) {
    return (dd_word){.kind = (uint8_t)kind,
                     .boots = core->def.boots,
                     .clock_ms = dd_core_clock_ms(core, core->now_ms)};
}

void dd_core_outbox_push(dd_core *core, const dd_word *word) {
    dd_core_log_append(core, word);
}

void dd_core_outbox_say(dd_core *core, const dd_word *word) {
    dd_core_output *output = &core->storage.outputs[core->output_n++];
    output->kind = DD_OUTPUT_WORD;
    output->word = *word;
    dd_core_session_spoke(core);
}

bool dd_core_outbox_holds_outcome(dd_core *core, uint32_t number) {
    return dd_core_log_holds_outcome(core, number);
}

// Something was heard that shows progress: what comes next is waited for as at first.
static void take_heart(dd_core *core) {
    dd_core_outbox *box = &core->outbox;
    box->retried = false;
    box->duplicate_n = 0;
    box->wait_ms = core->def.resend_s * 1000;
    box->resend_ms = dd_core_log_told(core) ? core->now_ms + box->wait_ms : INT64_MAX;
}

void dd_core_outbox_resume(dd_core *core, uint32_t sequence) {
    dd_core_log_resume(core, sequence);
    if (core->log.open) take_heart(core);
}

void dd_core_outbox_acknowledge(dd_core *core, uint32_t sequence) {
    dd_core_log *log = &core->log;
    if (!log->open) return; // late
    if (sequence > log->reached) {
        core->garbage++; // of what was never sent
        return;
    }
    if (sequence == log->released && dd_core_log_told(core) > 0 &&
        ++core->outbox.duplicate_n == DUPLICATES)
        dd_core_log_rewind(core);
    if (sequence <= log->released) return; // an old one, repeated
    dd_core_log_release(core, sequence);
    take_heart(core);
}

static void back_off(dd_core *core) {
    dd_core_outbox *box = &core->outbox;
    box->retried = true;
    dd_core_log_rewind(core);
    box->wait_ms = box->wait_ms < BACKOFF_MAX_MS / 2 ? box->wait_ms * 2 : BACKOFF_MAX_MS;
    // The jitter keeps a city's controllers apart when its lines come back.
    box->resend_ms = core->now_ms + box->wait_ms - dd_core_draw(core, box->wait_ms / 4);
}

static void tell(dd_core *core) {
    dd_core_outbox *box = &core->outbox;
    if (core->now_ms >= box->resend_ms) back_off(core);
    // While the line seems down a single word feels for it.
    uint32_t window = box->retried ? 1 : DD_OUTBOX_WINDOW;
    while (dd_core_log_told(core) < window) {
        dd_core_output *output = &core->storage.outputs[core->output_n];
        if (!dd_core_log_next(core, &output->word)) break;
        output->kind = DD_OUTPUT_WORD;
        core->output_n++;
        dd_core_session_spoke(core);
        if (box->resend_ms == INT64_MAX) box->resend_ms = core->now_ms + box->wait_ms;
    }
}

void dd_core_outbox_work(dd_core *core) {
    if (core->log.open) tell(core);
}

int64_t dd_core_outbox_deadline_ms(const dd_core *core) {
    return dd_core_session_up(core) ? core->outbox.resend_ms : INT64_MAX;
}
