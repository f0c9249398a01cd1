// A round of questions ends with the first answer that was quick: half of the time that question
// and answer were under way bounds its error (RFC 5905, 8). Of slow ones, on a line that had to
// wake first, the quickest of a few counts.
#include "models/controller/core/clock.h"

#include "models/controller/core/condition.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/session.h"

enum {
    RETRY_MS = 60000, // after an answer that did not come, or one that is not believed
    NEXT_MS = 2000,   // to the next question of a round
    QUICK_MS = 100,   // estimate: lamps are switched by the second
    ANSWERS = 4,      // of a round at the most
    SLOW_MS = 2000,   // of the quickest: a battery-backed clock is as good as that (estimate)
    SAME_MS = 60000,
    DOUBT_ROUNDS = 3, // in a row make the strangest time believed
};

static const int64_t strange_ms = 3600000; // farther than any drift takes it in a year; estimate

int64_t dd_core_clock_ms(const dd_core *core, int64_t uptime_ms) {
    return uptime_ms + core->clock.offset_ms;
}

void dd_core_clock_jump(dd_core *core, int64_t by_ms) {
    core->clock.offset_ms += by_ms;
}

static bool plausible(int64_t clock_ms) {
    return clock_ms >= DD_CLOCK_EARLIEST_MS && clock_ms < DD_CLOCK_LATEST_MS;
}

static bool apart(int64_t a, int64_t b, int64_t limit) {
    return a - b > limit || b - a > limit;
}

void dd_core_clock_init(dd_core *core) {
    bool known = plausible(core->def.clock_ms);
    core->clock = (dd_core_clock){.offset_ms = known ? core->def.clock_ms : 0,
                                  .stale_ms = core->def.clock_stale_s * 1000ll,
                                  .known = known};
}

static void begin_round(dd_core *core, int64_t in_ms) {
    core->clock.round = (dd_core_clock_round){0};
    core->clock.ask_ms = core->now_ms + in_ms;
}

static void set(dd_core *core, int64_t offset_ms) {
    dd_core_clock *clock = &core->clock;
    clock->offset_ms = offset_ms;
    clock->known = true;
    clock->doubt_n = 0;
    clock->stale_ms = core->now_ms + core->def.clock_stale_s * 1000ll;
    clock->told = (dd_lamp_set){0};
    begin_round(core, core->def.clock_period_s * 1000ll);
    dd_core_condition(core, DD_CLOCK_DOUBTFUL, false, DD_CLOCK_SURE);
}

// Whether a round that found a burst of losses on the line, and nothing but slow answers, bears out
// the clock as far as it can tell: then what it says itself is worse.
static bool confirms(const dd_core_clock *clock) {
    const dd_core_clock_round *round = &clock->round;
    return clock->known && round->delay_ms > SLOW_MS &&
           !apart(round->offset_ms, clock->offset_ms, round->delay_ms / 2);
}

// What a round has found is believed unless it is strange: then only when others agree with it.
static void judge(dd_core *core) {
    dd_core_clock *clock = &core->clock;
    int64_t offset_ms = confirms(clock) ? clock->offset_ms : clock->round.offset_ms;
    if (!clock->known || !apart(offset_ms, clock->offset_ms, strange_ms)) {
        set(core, offset_ms);
        return;
    }
    bool agrees = clock->doubt_n && !apart(offset_ms, clock->doubt_ms, SAME_MS);
    clock->doubt_n = agrees ? clock->doubt_n + 1 : 1;
    clock->doubt_ms = offset_ms;
    if (clock->doubt_n == DOUBT_ROUNDS) {
        set(core, offset_ms);
        return;
    }
    core->garbage++;
    begin_round(core, RETRY_MS);
    dd_core_condition(core, DD_CLOCK_DOUBTFUL, true, DD_CLOCK_STRANGE);
}

void dd_core_clock_answer(dd_core *core, const dd_order *order) {
    dd_core_clock *clock = &core->clock;
    dd_core_clock_round *round = &clock->round;
    if (!clock->asking || order->number != clock->ask_number) return; // late, or repeated
    clock->asking = false;
    clock->ask_ms = core->now_ms + RETRY_MS;
    if (!plausible(order->clock_ms) || !plausible(order->heard_ms) ||
        order->heard_ms > order->clock_ms) {
        core->garbage++;
        return;
    }
    // Half of what was spent under way is taken for the way back.
    int64_t delay_ms = core->now_ms - clock->asked_ms - (order->clock_ms - order->heard_ms);
    if (delay_ms < 0) delay_ms = 0;
    if (!round->answer_n || delay_ms < round->delay_ms) {
        round->delay_ms = delay_ms;
        round->offset_ms = order->clock_ms + delay_ms / 2 - core->now_ms;
    }
    if (++round->answer_n == ANSWERS || delay_ms <= QUICK_MS)
        judge(core);
    else
        clock->ask_ms = core->now_ms + NEXT_MS;
}

int64_t dd_core_clock_told_ms(const dd_core *core) {
    bool told = core->clock.known && !core->clock.doubt_n;
    return told ? dd_core_clock_ms(core, core->now_ms) : 0;
}

void dd_core_clock_work(dd_core *core) {
    dd_core_clock *clock = &core->clock;
    if (core->now_ms >= clock->stale_ms) {
        clock->stale_ms = INT64_MAX;
        dd_core_condition(core, DD_CLOCK_DOUBTFUL, true, DD_CLOCK_STALE);
    }
    if (!dd_core_session_up(core) || core->now_ms < clock->ask_ms) return;
    dd_word word = dd_core_outbox_word(core, DD_WORD_CLOCK);
    word.number = ++clock->ask_number;
    dd_core_outbox_say(core, &word);
    clock->asking = true;
    clock->asked_ms = core->now_ms;
    clock->ask_ms = core->now_ms + RETRY_MS;
}

int64_t dd_core_clock_deadline_ms(const dd_core *core) {
    const dd_core_clock *clock = &core->clock;
    int64_t ask_ms = dd_core_session_up(core) ? clock->ask_ms : INT64_MAX;
    return ask_ms < clock->stale_ms ? ask_ms : clock->stale_ms;
}
