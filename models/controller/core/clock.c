#include "models/controller/core/clock.h"

#include "models/controller/core/outbox.h"

enum { RETRY_MS = 60000, SAME_MS = 60000 };

static const int64_t strange_ms = 24 * 3600000ll; // a jump to be confirmed before it is believed

int64_t dd_core_clock_ms(const dd_core *core, int64_t uptime_ms) {
    return uptime_ms + core->clock.offset_ms;
}

static bool plausible(int64_t clock_ms) {
    return clock_ms >= DD_CLOCK_EARLIEST_MS && clock_ms < DD_CLOCK_LATEST_MS;
}

static bool apart(int64_t a, int64_t b, int64_t limit) {
    return a - b > limit || b - a > limit;
}

void dd_core_clock_init(dd_core *core) {
    bool known = plausible(core->def.clock_ms);
    core->clock = (dd_core_clock){.offset_ms = known ? core->def.clock_ms : 0, .known = known};
}

void dd_core_clock_answer(dd_core *core, uint32_t number, int64_t clock_ms) {
    dd_core_clock *clock = &core->clock;
    if (!clock->asking || number != clock->ask_number) return; // late, or repeated
    clock->asking = false;
    clock->ask_ms = core->now_ms + RETRY_MS;
    if (!plausible(clock_ms)) {
        core->garbage++;
        return;
    }
    // Half of the round trip is taken for the way back.
    int64_t offset_ms = clock_ms + (core->now_ms - clock->asked_ms) / 2 - core->now_ms;
    bool strange = clock->known && apart(offset_ms, clock->offset_ms, strange_ms);
    if (strange && !(clock->doubting && !apart(offset_ms, clock->doubt_ms, SAME_MS))) {
        core->garbage++;
        clock->doubting = true;
        clock->doubt_ms = offset_ms;
        return;
    }
    clock->offset_ms = offset_ms;
    clock->known = true;
    clock->doubting = false;
    clock->told = (dd_lamp_set){0};
    clock->ask_ms = core->now_ms + (int64_t)core->def.clock_period_s * 1000;
}

int64_t dd_core_clock_told_ms(const dd_core *core) {
    return core->clock.known ? dd_core_clock_ms(core, core->now_ms) : 0;
}

void dd_core_clock_work(dd_core *core) {
    dd_core_clock *clock = &core->clock;
    if (core->now_ms < clock->ask_ms) return;
    dd_word word = dd_core_outbox_word(core, DD_WORD_CLOCK);
    word.number = ++clock->ask_number;
    dd_core_outbox_say(core, &word);
    clock->asking = true;
    clock->asked_ms = core->now_ms;
    clock->ask_ms = core->now_ms + RETRY_MS;
}

int64_t dd_core_clock_deadline_ms(const dd_core *core) {
    return core->clock.ask_ms;
}
