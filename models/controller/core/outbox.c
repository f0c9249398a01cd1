// Go-back-N with cumulative acknowledgement. A word gets its number when it is first sent, so the
// numbers have no gaps even when a full outbox has dropped words that were never sent.
#include "models/controller/core/outbox.h"

#include "models/controller/core/random.h"
#include "models/controller/core/session.h"

enum {
    BACKOFF_MAX_MS = 600000,
    DUPLICATES = 3,  // of an ACK: the word after it is lost or overtaken (as TCP has it, RFC 5681)
    BOOT_SHIFT = 20, // each start numbers from another million, so that a late ACK hits nothing
};

static dd_word *word_at(const dd_core *core, uint32_t i) {
    return &core->storage.outbox[(core->outbox.head + i) % DD_CORE_OUTBOX];
}

void dd_core_outbox_init(dd_core *core) {
    core->outbox = (dd_core_outbox){
        .next_sequence = ((uint32_t)(core->def.boots & 0x7ff) << BOOT_SHIFT) + 1,
        .wait_ms = core->def.resend_s * 1000,
        .resend_ms = INT64_MAX,
    };
}

// Readings are made anew every while; events and outcomes are not.
static bool is_reading(uint8_t kind) {
    return kind == DD_WORD_READINGS || kind == DD_WORD_METER;
}

static void drop(dd_core *core, uint32_t i) {
    if (is_reading(word_at(core, i)->kind))
        core->outbox.dropped_readings++;
    else
        core->outbox.dropped_events++;
    for (; i > 0; i--) // what is before it is the shorter side: the numbered words at most
        *word_at(core, i) = *word_at(core, i - 1);
    core->outbox.head = (core->outbox.head + 1) % DD_CORE_OUTBOX;
    core->outbox.word_n--;
}

// Makes room for a word of `kind`; false when that word is the one to go without.
static bool make_room(dd_core *core, uint8_t kind) {
    dd_core_outbox *box = &core->outbox;
    if (box->word_n < DD_CORE_OUTBOX) return true;
    for (uint32_t i = box->numbered_n; i < box->word_n; i++) {
        if (is_reading(word_at(core, i)->kind)) {
            drop(core, i);
            return true;
        }
    }
    if (is_reading(kind)) {
        box->dropped_readings++;
        return false;
    }
    drop(core, box->numbered_n);
    return true;
}

void dd_core_outbox_push(dd_core *core, const dd_word *word) {
    if (!make_room(core, word->kind)) return;
    *word_at(core, core->outbox.word_n++) = *word;
}

dd_word dd_core_outbox_word(const dd_core *core, dd_word_kind kind) {
    return (dd_word){.kind = (uint8_t)kind,
                     .boots = core->def.boots,
                     .clock_ms = dd_core_clock_ms(core, core->now_ms)};
}

void dd_core_outbox_say(dd_core *core, const dd_word *word) {
    dd_core_output *output = &core->outputs[core->output_n++];
    output->kind = DD_OUTPUT_WORD;
    output->word = *word;
    dd_core_session_spoke(core);
}

bool dd_core_outbox_holds_outcome(const dd_core *core, uint32_t number) {
    for (uint32_t i = 0; i < core->outbox.word_n; i++) {
        const dd_word *word = word_at(core, i);
        if (word->kind == DD_WORD_OUTCOME && word->number == number) return true;
    }
    return false;
}

void dd_core_outbox_acknowledge(dd_core *core, uint32_t sequence) {
    dd_core_outbox *box = &core->outbox;
    if ((int32_t)(sequence - box->next_sequence) >= 0) {
        core->garbage++; // of what was never sent
        return;
    }
    uint32_t first = box->next_sequence - box->numbered_n;
    if (sequence == first - 1 && box->numbered_n > 0 && ++box->duplicate_n == DUPLICATES)
        box->cursor = 0;
    if ((int32_t)(sequence - first) < 0) return; // an old one, repeated
    uint8_t n = (uint8_t)(sequence - first + 1);
    box->head = (uint16_t)((box->head + n) % DD_CORE_OUTBOX);
    box->word_n = (uint16_t)(box->word_n - n);
    if (!box->word_n) box->head = 0; // few of its places are ever touched while the line is good
    box->numbered_n = (uint8_t)(box->numbered_n - n);
    box->cursor = box->cursor > n ? (uint8_t)(box->cursor - n) : 0;
    box->retried = false;
    box->duplicate_n = 0;
    box->wait_ms = core->def.resend_s * 1000;
    box->resend_ms = box->numbered_n ? core->now_ms + box->wait_ms : INT64_MAX;
}

uint32_t dd_core_outbox_after(const dd_core *core) {
    return core->outbox.next_sequence - core->outbox.numbered_n - 1;
}

uint32_t dd_core_outbox_waiting(const dd_core *core) {
    return core->outbox.word_n;
}

void dd_core_log_resume(dd_core *core, uint32_t sequence) {
    dd_core_outbox *box = &core->outbox;
    int32_t news = (int32_t)(sequence - dd_core_outbox_after(core));
    if (news > 0 && news <= box->numbered_n) dd_core_outbox_acknowledge(core, sequence);
    box->cursor = 0;
    box->retried = false;
    box->duplicate_n = 0;
    box->wait_ms = core->def.resend_s * 1000;
    box->resend_ms = INT64_MAX;
}

static void back_off(dd_core *core) {
    dd_core_outbox *box = &core->outbox;
    box->retried = true;
    box->cursor = 0;
    box->wait_ms = box->wait_ms < BACKOFF_MAX_MS / 2 ? box->wait_ms * 2 : BACKOFF_MAX_MS;
    // The jitter keeps a city's controllers apart when its lines come back.
    box->resend_ms = core->now_ms + box->wait_ms - dd_core_draw(core, box->wait_ms / 4);
}

void dd_core_outbox_work(dd_core *core) {
    dd_core_outbox *box = &core->outbox;
    if (!dd_core_session_up(core)) return;
    if (core->now_ms >= box->resend_ms) back_off(core);
    // While the line seems down a single word feels for it.
    uint32_t window = box->retried ? 1 : DD_OUTBOX_WINDOW;
    while (box->cursor < box->word_n && box->cursor < window) {
        dd_word *word = word_at(core, box->cursor);
        if (box->cursor == box->numbered_n) {
            word->sequence = box->next_sequence++;
            box->numbered_n++;
        }
        box->cursor++;
        dd_core_outbox_say(core, word);
        box->sent_ms = core->now_ms;
        if (box->resend_ms == INT64_MAX) box->resend_ms = core->now_ms + box->wait_ms;
    }
}

int64_t dd_core_outbox_deadline_ms(const dd_core *core) {
    return dd_core_session_up(core) ? core->outbox.resend_ms : INT64_MAX;
}
