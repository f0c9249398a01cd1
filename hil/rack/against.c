#include "hil/rack/against.h"
#include "hil/wire/wall.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 20, ASK_EVERY = 64 };

// --- In its seat: what it is told begins a new comparison with each start ---

static bool start(void *context, dd_time now, const dd_commission *commission,
                  const dd_store *store) {
    dd_against *it = context;
    dd_shadow_restart(it->judge, now);
    return it->board.start(it->board.context, now, commission, store);
}

static bool step(void *context, dd_time now, int64_t uptime_us, const dd_stimulus *stimulus,
                 const dd_responder *responder, int64_t *due_us) {
    const dd_tenant *board = &((dd_against *)context)->board;
    return board->step(board->context, now, uptime_us, stimulus, responder, due_us);
}

// Off until its next start, which is a new session.
static void stop(void *context, dd_time now) {
    const dd_tenant *board = &((dd_against *)context)->board;
    board->stop(board->context, now);
}

// --- Finding the board ---

static bool open_slot(dd_against *it, bool lock_step, dd_error *error) {
    const dd_against_def *def = &it->def;
    it->lock_step = lock_step;
    it->slot = dd_slot_open(&(dd_slot_def){.attach = def->attach,
                                           .match = &def->attach->board,
                                           .segment = def->about->segment,
                                           .serial = "RERUN-0001",
                                           .discovery = it->discovery,
                                           .lock_step = lock_step,
                                           .tell = def->tell,
                                           .context = def->context},
                            error);
    if (!it->slot) return false;
    dd_slot_settle(it->slot, (int)(def->attach->find_s * 1000));
    return true;
}

static bool greeted(const dd_against *it) {
    return dd_slot_state(it->slot, NULL) == DD_BOARD_GREETED;
}

static bool offers_lock_step(const dd_against *it) {
    const dd_board_identity *identity = dd_slot_identity(it->slot);
    return !identity->version || identity->capabilities & HIL__CAPABILITY__CAPABILITY_LOCK_STEP;
}

static bool find_board(dd_against *it, dd_error *error) {
    dd_board_verdict verdict;
    char match[200];
    if (it->def.attach->board.serial) it->discovery = dd_discovery_open(NULL);
    if (!open_slot(it, !it->def.real_time, error)) return false;
    if (it->lock_step && !greeted(it) && !offers_lock_step(it)) {
        dd_slot_close(it->slot);
        if (!open_slot(it, false, error)) return false;
    }
    if (greeted(it)) return true;
    dd_slot_state(it->slot, &verdict);
    dd_board_match_text(&it->def.attach->board, match, sizeof match);
    return dd_fail(error, DD_OUTSIDE, "%s: %s: %s", match, dd_board_verdict_names[verdict],
                   dd_board_verdict_advice(verdict));
}

static bool open_judge(dd_against *it, dd_error *error) {
    dd_shadow_def def = dd_shadow_default_def(it->lock_step && it->def.about->prompt);
    def.names[0] = "board";
    def.names[1] = "recording";
    if (it->def.about->dated) def.calendar = &it->def.about->calendar;
    it->judge = dd_shadow_open(&def);
    if (!it->judge) return dd_fail(error, DD_OUTSIDE, "no memory to compare");
    it->looks = dd_shadow_onlooker(it->judge);
    return true;
}

bool dd_against_open(dd_against *it, const dd_against_def *def, dd_error *error) {
    *it = (dd_against){.def = *def};
    if (!find_board(it, error) || !open_judge(it, error)) return false;
    it->board = dd_slot_tenant(it->slot);
    dd_tenant tenant = it->board;
    tenant.context = it;
    tenant.start = start;
    tenant.step = step;
    tenant.stop = stop;
    it->rerun = dd_rerun_open(&(dd_rerun_def){.path = def->path,
                                              .tenant = tenant,
                                              .onlooker = it->looks,
                                              .from = def->from,
                                              .until = def->until},
                              error);
    return it->rerun;
}

void dd_against_close(dd_against *it) {
    dd_rerun_close(it->rerun);
    dd_slot_close(it->slot);
    dd_discovery_close(it->discovery);
    dd_shadow_close(it->judge);
    *it = (dd_against){0};
}

// --- Playing ---

static bool stopped(const dd_against *it) {
    return it->def.stopped && it->def.stopped();
}

static dd_time present(const dd_against *it) {
    return it->base + (dd_wall_ns() - it->begun_ns);
}

// Real time: what the board has said by now.
static void hear(dd_against *it, dd_time now) {
    dd_response response;
    dd_slot_advance(it->slot, dd_wall_ns());
    while (dd_slot_take(it->slot, &response))
        it->looks.response(it->looks.context, now, 0, &response);
    dd_shadow_time(it->judge, now);
}

// Waits until the wall is where the recording goes on. False: nobody wants to.
static bool wait_for(dd_against *it, dd_time t) {
    for (dd_time now; !stopped(it) && (now = present(it)) < t;) {
        int64_t left_ms = (t - now) / DD_MILLISECOND + 1;
        struct pollfd wire = {.fd = dd_slot_fd(it->slot), .events = POLLIN};
        poll(&wire, 1, left_ms < WAIT_MS ? (int)left_ms : WAIT_MS);
        now = present(it);
        hear(it, now < t ? now : t);
    }
    return !stopped(it);
}

static bool interrupted(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "interrupted");
}

static bool play_in_real_time(dd_against *it, dd_error *error) {
    it->base = it->def.from > it->def.about->begin ? it->def.from : it->def.about->begin;
    it->begun_ns = dd_wall_ns();
    for (dd_time next; (next = dd_rerun_next(it->rerun)) != DD_NEVER;) {
        if (!wait_for(it, next)) return interrupted(error);
        if (!dd_rerun_step(it->rerun, error)) break;
    }
    wait_for(it, present(it) + DD_SECOND); // what it still has to say
    return error->status == DD_OK;
}

static bool play_in_lock_step(dd_against *it, dd_error *error) {
    for (uint64_t i = 0; dd_rerun_step(it->rerun, error); i++)
        if (i % ASK_EVERY == 0 && stopped(it)) return interrupted(error);
    return error->status == DD_OK;
}

bool dd_against_play(dd_against *it, dd_error *error) {
    error->status = DD_OK;
    bool good = it->lock_step ? play_in_lock_step(it, error) : play_in_real_time(it, error);
    dd_time end = it->def.about->end < it->def.until ? it->def.about->end : it->def.until;
    dd_shadow_end(it->judge, it->lock_step ? end : present(it));
    return good;
}
