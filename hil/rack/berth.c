#include "hil/rack/berth.h"
#include "hil/rack/berth_report.h"
#include "hil/shadow/leeway.h"
#include "hil/wire/wall.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH = 4096,
    RAN_ON_US = 20000, // by which a clock may be misjudged
};

static dd_world *world_of(const dd_berth *berth) {
    return berth->def.world;
}

static void tell(const dd_berth *berth, const char *text) {
    if (berth->def.tell) berth->def.tell(berth->def.context, text);
}

static void tell_line(const dd_berth *berth, const char *what) {
    char text[400];
    snprintf(text, sizeof text, "board of %s: %s", berth->name, what);
    tell(berth, text);
}

// --- Opening ---

static bool check(const dd_berth *berth, dd_error *error) {
    const dd_berth_def *def = &berth->def;
    const char *id = berth->name;
    if (!dd_attach_check(&berth->attach.def, error)) return dd_fail_in(error, id);
    if (!dd_world_installed(world_of(berth), berth->segment))
        return dd_fail(error, DD_WRONG, "segment %s has no controller that a board could replace",
                       id);
    return def->speed == 0 || def->speed == 1 || berth->lock_step ||
           dd_fail(error, DD_WRONG, "segment %s: a board keeps real time; run with --speed 1", id);
}

// S-01.rec; what was attached later S-01.2.rec ...; boards that stand beside S-01.shadow.rec.
static void recording_path(const dd_berth *berth, const char *folder, int which,
                           char path[static PATH]) {
    char nth[16] = "";
    if (berth->def.nth > 1) snprintf(nth, sizeof nth, ".%u", berth->def.nth);
    snprintf(path, PATH, "%s/%s%s%s.rec", folder, berth->name, nth, which ? ".shadow" : "");
}

// Whose recording it is, and when its simulated time 0 was.
static json_t *run_json(const dd_berth *berth) {
    const dd_world *world = world_of(berth);
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)world->def.seed);
    return json_pack("{ss ss ss ss sI sI}", "domdom", DOMDOM_VERSION, "city", world->city->name,
                     "segment", berth->name, "seed", seed, "start_unix_s",
                     (json_int_t)world->def.calendar.start_unix_s, "utc_offset_s",
                     (json_int_t)world->def.calendar.offset_s);
}

static bool open_witness(dd_berth *berth, int which, dd_error *error) {
    char path[PATH];
    if (!berth->def.recordings) return true;
    recording_path(berth, berth->def.recordings, which, path);
    json_t *run = run_json(berth);
    berth->witnesses[which] = dd_witness_open(path, run, &world_of(berth)->engine->now, error);
    json_decref(run);
    return berth->witnesses[which];
}

static bool open_replayed(dd_berth *berth, int which, const dd_board_match *match,
                          dd_error *error) {
    char path[PATH];
    if (match->recording)
        snprintf(path, sizeof path, "%s", match->recording);
    else
        recording_path(berth, berth->def.replayed, which, path);
    berth->replayed[which] = dd_replayed_open(path, error);
    if (berth->replayed[which] && which == 0)
        berth->lock_step = dd_replayed_tenant(berth->replayed[0]).prompt;
    return berth->replayed[which];
}

static bool open_slot(dd_berth *berth, int which, const dd_board_match *match, dd_error *error) {
    const dd_berth_def *def = &berth->def;
    snprintf(berth->serials[which], sizeof berth->serials[which], "EMU-%.48s%s", berth->name,
             which ? "-2" : "");
    berth->slots[which] = dd_slot_open(&(dd_slot_def){.attach = &berth->attach.def,
                                                      .match = match,
                                                      .segment = berth->name,
                                                      .serial = berth->serials[which],
                                                      .discovery = def->discovery,
                                                      .witness = berth->witnesses[which],
                                                      .lock_step = berth->lock_step,
                                                      .tell = def->tell,
                                                      .idle = def->idle,
                                                      .context = def->context},
                                       error);
    return berth->slots[which];
}

static bool open_board(dd_berth *berth, int which, const dd_board_match *match, dd_error *error) {
    if (berth->def.replayed || match->recording) return open_replayed(berth, which, match, error);
    return open_witness(berth, which, error) && open_slot(berth, which, match, error);
}

static bool names_board(const dd_board_match *match) {
    return match->serial || match->path || match->emulated || match->recording;
}

// --- Comparing ---

// Only the first is recorded; the judge counts them all.
static void note_divergence(void *context, const dd_divergence *divergence) {
    dd_berth *berth = context;
    dd_engine *engine = world_of(berth)->engine;
    if (berth->diverged) return;
    berth->diverged = true;
    if (berth->standing)
        dd_engine_note(engine, DD_REC_DIVERGENCE, berth->entity, 0, divergence->kind,
                       divergence->response, 0, 0);
    else
        dd_record_make(&engine->domains[dd_world_domain(world_of(berth), berth->segment)],
                       DD_REC_DIVERGENCE, berth->entity, 0, divergence->kind, divergence->response,
                       0, 0);
}

static bool open_judge(dd_berth *berth, dd_error *error) {
    if (!berth->attach.def.shadow) return true;
    dd_shadow_def def = dd_shadow_default_def(berth->lock_step);
    if (berth->attach.def.leeway && !dd_leeway_read(&def, berth->attach.def.leeway, error))
        return false;
    def.names[1] = berth->slots[1] ? "other board" : def.names[1];
    def.calendar = &world_of(berth)->def.calendar;
    def.context = berth;
    def.diverged = note_divergence;
    berth->judge = dd_shadow_open(&def);
    return berth->judge || dd_fail(error, DD_OUTSIDE, "no memory for shadow mode");
}

dd_berth *dd_berth_open(const dd_berth_def *def, dd_error *error) {
    dd_berth *berth = calloc(1, sizeof *berth);
    if (!berth) {
        dd_fail(error, DD_OUTSIDE, "no memory for a board");
        return NULL;
    }
    berth->def = *def;
    berth->segment = def->attach->segment;
    berth->entity = dd_world_entity(def->world, DD_ENTITY_SEGMENT, berth->segment);
    berth->name = def->world->city->segments[berth->segment].id;
    berth->lock_step = def->speed != 1 || def->attach->lock_step;
    if (dd_attach_copy(&berth->attach, def->attach, error) && check(berth, error) &&
        open_board(berth, 0, &berth->attach.def.board, error) &&
        (!names_board(&berth->attach.def.other) ||
         open_board(berth, 1, &berth->attach.def.other, error)) &&
        open_judge(berth, error))
        return berth;
    dd_berth_close(berth, NULL);
    return NULL;
}

bool dd_berth_close(dd_berth *berth, dd_error *error) {
    bool good = true;
    for (int i = 0; berth && i < 2; i++) {
        dd_slot_close(berth->slots[i]);
        dd_replayed_close(berth->replayed[i]);
        if (berth->witnesses[i]) good = dd_witness_close(berth->witnesses[i], error) && good;
    }
    if (berth) dd_shadow_close(berth->judge);
    free(berth);
    return good;
}

// --- In the seat ---
//
// The berth sits there itself, before witness and slot, so that the house asks it how things stand.

// What was said within a step in which one of the two is lost is not held against it.
static bool together(const dd_berth_side *side, dd_time now, bool there) {
    if (!there && side->berth->judge) dd_shadow_part(side->berth->judge, now);
    return there;
}

static bool start(void *context, dd_time now, const dd_commission *commission,
                  const dd_store *store) {
    dd_berth_side *it = context;
    bool first = it == &it->berth->sides[0];
    if (first) it->berth->granted_us = 0;
    if (first && it->berth->judge) dd_shadow_restart(it->berth->judge, now);
    return together(it, now, it->inner.start(it->inner.context, now, commission, store));
}

static bool step(void *context, dd_time now, int64_t uptime_us, const dd_stimulus *stimulus,
                 const dd_responder *responder, int64_t *due_us) {
    dd_berth_side *it = context;
    if (it == &it->berth->sides[0]) it->berth->granted_us = uptime_us;
    return together(it, now,
                    it->inner.step(it->inner.context, now, uptime_us, stimulus, responder, due_us));
}

static void stop(void *context, dd_time now) {
    dd_berth_side *it = context;
    together(it, now, false);
    it->inner.stop(it->inner.context, now);
}

// In lock-step as the twin has granted it, so that it is the same in each run and its replay.
static int64_t uptime_us_of(const dd_berth *berth) {
    if (berth->lock_step) return berth->granted_us;
    return berth->slots[0] ? dd_slot_uptime_us(berth->slots[0]) : -1;
}

static void stand_with(void *context, uint8_t *state, uint8_t *verdict, int64_t *uptime_us) {
    const dd_berth *berth = ((dd_berth_side *)context)->berth;
    dd_board_verdict why = DD_BOARD_WELL;
    *state = (uint8_t)dd_berth_state(berth, &why);
    *verdict = (uint8_t)why;
    *uptime_us = uptime_us_of(berth);
}

static dd_tenant inner_of(dd_berth *berth, int which) {
    if (berth->replayed[which]) return dd_replayed_tenant(berth->replayed[which]);
    dd_tenant tenant = dd_slot_tenant(berth->slots[which]);
    if (berth->witnesses[which]) return dd_witness_tenant(berth->witnesses[which], &tenant);
    return tenant;
}

static dd_tenant tenant_of(dd_berth *berth, int which) {
    dd_berth_side *it = &berth->sides[which];
    *it = (dd_berth_side){.berth = berth, .inner = inner_of(berth, which)};
    dd_tenant tenant = it->inner;
    tenant.context = it;
    tenant.start = start;
    tenant.step = step;
    tenant.stop = stop;
    return tenant;
}

void dd_berth_give(dd_berth *berth) {
    dd_seat_def def = {.shadowed = berth->attach.def.shadow,
                       .on_lost = berth->attach.def.on_lost,
                       .standing = stand_with};
    def.tenant = tenant_of(berth, 0);
    if (berth->slots[1] || berth->replayed[1]) def.shadow = tenant_of(berth, 1);
    if (def.tenant.air && def.shadowed && !def.shadow.step) {
        tell_line(berth, "it has a mesh stack of its own, so that no simulated controller can work "
                         "beside it: there is no shadow");
        def.shadowed = false;
    }
    if (berth->judge) def.onlooker = dd_shadow_onlooker(berth->judge);
    berth->given = true;
    dd_seat_give(world_of(berth), berth->segment, &def);
}

void dd_berth_end(dd_berth *berth) {
    if (berth->given) dd_seat_end(world_of(berth), berth->segment);
    berth->given = false;
}

// --- Standing ---

dd_board_state dd_berth_state(const dd_berth *berth, dd_board_verdict *verdict) {
    dd_board_verdict unasked;
    if (!verdict) verdict = &unasked;
    return berth->replayed[0] ? dd_replayed_state(berth->replayed[0], verdict)
                              : dd_slot_state(berth->slots[0], verdict);
}

static bool seated(dd_board_state state) {
    return state == DD_BOARD_IN_STEP || state == DD_BOARD_LATE;
}

static void describe(const dd_berth *berth, char *text, size_t size) {
    char match[200];
    dd_board_match_text(&berth->attach.def.board, match, sizeof match);
    const dd_board_identity *it = berth->slots[0] ? dd_slot_identity(berth->slots[0]) : NULL;
    snprintf(text, size, "%s%s%s, %s", match, it && *it->firmware ? ", " : "",
             it ? it->firmware : "", berth->lock_step ? "in lock-step" : "in real time");
}

static const char *successor(const dd_berth *berth) {
    static const char *const words[] = {"", "; its shadow takes over",
                                        "; the simulated controller starts cold in its place",
                                        "; nobody controls the segment"};
    return words[dd_seat_holder_of(world_of(berth), berth->segment)];
}

// A board that goes is an alarm to whoever runs the bench, and one that comes good news.
static void tell_change(dd_berth *berth, dd_board_state state, dd_board_verdict verdict) {
    char text[400], what[300];
    if (state == berth->told && verdict == berth->told_verdict) return;
    bool was = seated(berth->told), is = seated(state);
    berth->told = state;
    berth->told_verdict = verdict;
    berth->losses += was && state == DD_BOARD_LOST;
    if (is && !was) {
        describe(berth, what, sizeof what);
        snprintf(text, sizeof text, "board of %s: at work (%s)", berth->name, what);
        tell(berth, text);
    } else if (was && state == DD_BOARD_LOST) {
        snprintf(text, sizeof text, "board of %s: lost (%s): %s%s", berth->name,
                 dd_board_verdict_names[verdict], dd_board_verdict_advice(verdict),
                 successor(berth));
        tell(berth, text);
    } else if (is && !berth->lock_step) {
        dd_engine_note(world_of(berth)->engine, DD_REC_BOARD, berth->entity, 0, state, verdict,
                       dd_seat_holder_of(world_of(berth), berth->segment),
                       berth->slots[0] ? dd_slot_uptime_us(berth->slots[0]) : -1);
    }
}

// What a board of real time has said since: taken now.
static void take(dd_berth *berth) {
    dd_response response;
    while (dd_slot_take(berth->slots[0], &response)) {
        if (berth->witnesses[0]) dd_witness_response(berth->witnesses[0], &response);
        dd_seat_respond(world_of(berth), berth->segment, &response);
    }
}

// Whether the board's clock has run on while the city stood still, and goes on now: the run was
// paused, or stopped.
static bool ran_on(const dd_berth *berth, int64_t uptime_us) {
    int64_t passed_us = (world_of(berth)->engine->now - berth->clock_at) / DD_MICROSECOND;
    int64_t more_us = uptime_us - berth->clock_us - passed_us;
    return passed_us > 0 && more_us > RAN_ON_US + passed_us / 1000; // no clock drifts so fast
}

// The segment's clock follows the board's, so that a shadow lives by it: from the start by what is
// known then, and by each point of the comparison.
static void follow_clock(dd_berth *berth, int64_t stood_ns) {
    const dd_real_time *it = dd_slot_real_time(berth->slots[0]);
    if (!it->working) {
        berth->clock_set = false;
        return;
    }
    int64_t uptime_us = dd_real_time_board_us(it, stood_ns);
    bool known = berth->clock_set && berth->clock_point == it->sync.point_n;
    if (uptime_us < 0 || (known && !ran_on(berth, uptime_us))) return;
    berth->clock_set = true;
    berth->clock_at = world_of(berth)->engine->now;
    berth->clock_us = uptime_us;
    berth->clock_point = it->sync.point_n;
    if (berth->witnesses[0]) dd_witness_clock(berth->witnesses[0], uptime_us, it->sync.drift_ppb);
    dd_seat_clock(world_of(berth), berth->segment, uptime_us, it->sync.drift_ppb);
}

static bool check_witnesses(const dd_berth *berth, dd_error *error) {
    for (int i = 0; i < 2; i++)
        if (berth->witnesses[i] &&
            dd_recorder_failed(dd_witness_recorder(berth->witnesses[i]), error))
            return false;
    return true;
}

// A board that was lost outside of a step, or is there again.
static void follow(dd_berth *berth, dd_board_state state) {
    dd_world *world = world_of(berth);
    if (berth->given && !seated(state) && state != DD_BOARD_GREETED) {
        berth->given = false;
        together(&berth->sides[0], world->engine->now, false);
        if (berth->witnesses[0]) dd_witness_seat(berth->witnesses[0], false);
        if (dd_seat_holder_of(world, berth->segment) == DD_SEAT_BOARD)
            dd_seat_lose(world, berth->segment);
    } else if (!berth->given && state == DD_BOARD_GREETED) {
        if (berth->witnesses[0]) dd_witness_seat(berth->witnesses[0], true);
        dd_berth_give(berth);
    }
}

static void stand_by_slots(dd_berth *berth, int64_t now_ns, int64_t stood_ns) {
    for (int i = 0; i < 2; i++)
        if (berth->slots[i]) dd_slot_advance(berth->slots[i], now_ns);
    follow(berth, dd_slot_state(berth->slots[0], NULL));
    follow_clock(berth, stood_ns);
    take(berth);
}

// Does what was done then.
static void stand_by_replayed(dd_berth *berth) {
    dd_world *world = world_of(berth);
    dd_replayed_event event;
    while (dd_replayed_take(berth->replayed[0], world->engine->now, &event)) {
        if (event.kind == DD_REPLAYED_RESPONSE)
            dd_seat_respond(world, berth->segment, &event.response);
        else if (event.kind == DD_REPLAYED_CLOCK)
            dd_seat_clock(world, berth->segment, event.uptime_us, event.rate_ppb);
        else
            follow(berth, event.given ? DD_BOARD_GREETED : DD_BOARD_LOST);
    }
}

bool dd_berth_stand(dd_berth *berth, int64_t now_ns, int64_t stood_ns, dd_error *error) {
    dd_world *world = world_of(berth);
    dd_board_verdict verdict;
    berth->standing = true;
    if (berth->replayed[0])
        stand_by_replayed(berth);
    else
        stand_by_slots(berth, now_ns, stood_ns);
    dd_engine_admit(world->engine);
    if (berth->judge) dd_shadow_time(berth->judge, world->engine->now);
    berth->standing = false;
    dd_board_state state = dd_berth_state(berth, &verdict);
    tell_change(berth, state, verdict);
    // A replay fails when the run did: at the stand that took the seat back.
    if (!berth->given && dd_seat_failed(world, berth->segment))
        return dd_fail(error, DD_OUTSIDE, "segment %s has lost its board (%s): %s", berth->name,
                       dd_board_verdict_names[verdict], dd_board_verdict_advice(verdict));
    if (berth->replayed[0] && dd_replayed_departed(berth->replayed[0], error)) return false;
    return check_witnesses(berth, error);
}

bool dd_berth_pressing(const dd_berth *berth, int64_t stood_ns) {
    dd_board_verdict verdict;
    dd_board_state state = dd_berth_state(berth, &verdict);
    if (state != berth->told || verdict != berth->told_verdict) return true;
    if (!berth->slots[0]) return false;
    const dd_real_time *it = dd_slot_real_time(berth->slots[0]);
    return (!berth->given && state == DD_BOARD_GREETED) || it->in_n > 0 ||
           (it->working && berth->clock_set && ran_on(berth, dd_real_time_board_us(it, stood_ns)));
}

dd_time dd_berth_next(const dd_berth *berth) {
    return berth->replayed[0] ? dd_replayed_next(berth->replayed[0]) : DD_NEVER;
}

void dd_berth_finish(dd_berth *berth) {
    berth->standing = true;
    if (berth->judge) dd_shadow_end(berth->judge, world_of(berth)->engine->now);
    berth->standing = false;
    dd_berth_record_time(berth);
}
