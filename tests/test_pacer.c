#define _GNU_SOURCE
#include "engine/pacer.h"

#include <criterion/criterion.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A small city of clocks: each of three segments ticks at its own period and tells the hub of every
// tenth tick; all of it is recorded.
enum { TICK, TOLD };
enum { TICKED, HEARD };

TestSuite(pacer, .timeout = 60);

static const dd_time periods[] = {0, 0, 7 * DD_MILLISECOND, 11 * DD_MILLISECOND,
                                  13 * DD_MILLISECOND};

static void tick(dd_domain *domain, const dd_event *event) {
    dd_record_make(domain, TICKED, 0, 0, event->a, domain->index, 0, 0);
    if (event->a % 10 == 9)
        dd_post(domain, DD_HUB_DOMAIN, domain->now + DD_MILLISECOND, TOLD, 0, 0, event->a, NULL, 0);
    dd_schedule(domain, domain->now + periods[domain->index], TICK, 0, 0, event->a + 1, 0);
}

static void told(dd_domain *domain, const dd_event *event) {
    dd_record_make(domain, HEARD, 0, 0, event->a, 0, 0, 0);
}

static const dd_event_kind event_kinds[] = {{"tick", tick, false, DD_REACH_ANY},
                                            {"told", told, false, DD_REACH_HUB}};
static const dd_record_kind kinds[] = {
    {"ticked", "", DD_TRUTH, 1, true, {{"n", DD_FIELD_INTEGER, NULL, NULL}}},
    {"heard", "", DD_TRUTH, 1, true, {{"n", DD_FIELD_INTEGER, NULL, NULL}}},
};
static const char *const digest_names[] = {"all"};
static const dd_record_schema schema = {kinds, DD_COUNT(kinds), digest_names, 1};
static const char *const types[] = {"clock", NULL};
static const dd_calendar calendar = {1596448800, 25200};

typedef struct dd_stage {
    dd_engine *engine;
    dd_pacer *pacer;
    dd_entities entities;
    dd_record last;    // heard by the listener
    uint64_t heard;    // records
    bool disorder;     // a record came out of order, or after its time
    dd_time barrier;   // the next
    dd_time every;     // between barriers; 0: none
    uint64_t barriers; // seen
    dd_time stop_at, fail_at, interrupt_at, pause_at; // barriers that do so; 0: none
    uint64_t reports;
    dd_progress progress; // the last
    const char *keys;     // pressed one a report
    int keyboard;         // master side of the terminal, or 0
} dd_stage;

static void listen_in(void *context, const dd_record *record) {
    dd_stage *stage = context;
    if (stage->heard && !dd_record_before(&stage->last, record)) stage->disorder = true;
    if (record->time > stage->engine->now) stage->disorder = true;
    stage->last = *record;
    stage->heard++;
}

static dd_time next_barrier(void *context) {
    const dd_stage *stage = context;
    return stage->every ? stage->barrier : DD_NEVER;
}

static uint64_t ticks_before(dd_time t) {
    uint64_t n = 0;
    for (int i = DD_FIRST_SEGMENT_DOMAIN; i < (int)DD_COUNT(periods); i++)
        n += (uint64_t)((t + periods[i] - 1) / periods[i]); // from 0 on
    return n;
}

static uint64_t told_before(dd_time t) {
    uint64_t n = 0;
    for (int i = DD_FIRST_SEGMENT_DOMAIN; i < (int)DD_COUNT(periods); i++)
        for (dd_time at = 9 * periods[i] + DD_MILLISECOND; at < t; at += 10 * periods[i])
            n++;
    return n;
}

static bool barrier(void *context, dd_error *error) {
    dd_stage *stage = context;
    dd_time now = stage->engine->now;
    cr_assert_eq(now, stage->barrier);
    cr_assert_eq(stage->heard, ticks_before(now) + told_before(now), "not flushed, or too much");
    stage->barriers++;
    stage->barrier += stage->every;
    if (now && now == stage->pause_at) dd_pacer_pause(stage->pacer, true);
    if (now && now == stage->interrupt_at) raise(SIGINT);
    if (now && now == stage->fail_at) return dd_fail(error, DD_WRONG, "x.lua:7: no");
    return !now || now != stage->stop_at;
}

static void report(void *context, const dd_progress *progress) {
    dd_stage *stage = context;
    cr_assert_geq(progress->now, stage->progress.now);
    cr_assert_geq(progress->wall_ns, stage->progress.wall_ns);
    stage->progress = *progress;
    stage->reports++;
    if (stage->keys && *stage->keys && stage->keyboard)
        cr_assert_eq(write(stage->keyboard, stage->keys++, 1), 1);
}

static void set_up(dd_stage *stage, dd_pacer_def def) {
    dd_error error = {0};
    cr_assert(dd_entities_init(&stage->entities, types, 1, &error));
    dd_engine_def engine = {.event_kinds = event_kinds,
                            .schema = &schema,
                            .calendar = &calendar,
                            .entities = &stage->entities,
                            .segment_n = DD_COUNT(periods) - DD_FIRST_SEGMENT_DOMAIN,
                            .hub_reserve = 1 << 20,
                            .segment_reserve = 1 << 20};
    cr_assert(stage->engine = dd_engine_open(&engine, &error), "%s", error.text);
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < DD_COUNT(periods); i++) {
        dd_engine_floor(stage->engine, i, DD_MILLISECOND);
        dd_engine_inject(stage->engine, i, TICK, 0, 0, 0, NULL, 0);
    }
    dd_engine_started(stage->engine);
    dd_stream_listen(&stage->engine->stream, 3, listen_in, stage);
    def.client = (dd_pacer_client){stage, next_barrier, barrier, report};
    cr_assert(stage->pacer = dd_pacer_open(&def, &error), "%s", error.text);
}

static void tear_down(dd_stage *stage) {
    cr_expect_not(stage->disorder);
    dd_pacer_close(stage->pacer);
    dd_engine_close(stage->engine);
    dd_entities_fini(&stage->entities);
}

static void digest_of(const dd_stage *stage, char text[static DD_DIGEST_TEXT]) {
    dd_digest digest = dd_stream_digest_all(&stage->engine->stream);
    dd_digest_format(&digest, text);
}

// --- Results do not depend on the pace ---

static void expect_same(dd_pacer_def def, dd_time every, dd_time until) {
    dd_stage plain = {0}, stage = {.every = every};
    char expected[DD_DIGEST_TEXT], got[DD_DIGEST_TEXT];
    set_up(&plain, (dd_pacer_def){0});
    dd_engine_advance(plain.engine, until);
    dd_stream_flush(&plain.engine->stream);
    digest_of(&plain, expected);
    tear_down(&plain);
    set_up(&stage, def);
    cr_assert_eq(dd_pacer_run(stage.pacer, stage.engine, until, NULL), DD_PACER_DONE);
    digest_of(&stage, got);
    cr_expect_str_eq(got, expected);
    cr_expect_eq(stage.heard, plain.heard);
    cr_expect_eq(stage.engine->now, until);
    if (every) cr_expect_eq(stage.barriers, (uint64_t)(until / every) + 1);
    cr_expect_geq(stage.reports, 1);
    cr_expect_eq(stage.progress.now, until);
    cr_expect_eq(stage.progress.events, dd_engine_event_count(stage.engine));
    bool paced = def.speed > 0;
    cr_expect_eq(dd_pacer_lateness(stage.pacer)->slices > 0, paced);
    tear_down(&stage);
}

Test(pacer, as_fast_as_possible) {
    expect_same((dd_pacer_def){0}, 100 * DD_MILLISECOND, DD_HOUR);
}

Test(pacer, without_barriers) {
    expect_same((dd_pacer_def){0}, 0, DD_MINUTE + 1);
}

Test(pacer, faster_than_real) {
    expect_same((dd_pacer_def){.speed = 100}, 333 * DD_MILLISECOND, 20 * DD_SECOND);
}

Test(pacer, real_time) {
    expect_same((dd_pacer_def){.speed = 1}, 30 * DD_MILLISECOND, 300 * DD_MILLISECOND);
}

Test(pacer, faster_than_the_machine) {
    expect_same((dd_pacer_def){.speed = 1e12}, 0, DD_HOUR);
}

Test(pacer, real_time_takes_its_time) {
    dd_stage stage = {0};
    struct timespec before, after;
    set_up(&stage, (dd_pacer_def){.speed = 2});
    clock_gettime(CLOCK_MONOTONIC, &before);
    dd_pacer_run(stage.pacer, stage.engine, 400 * DD_MILLISECOND, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    int64_t ns = (after.tv_sec - before.tv_sec) * DD_SECOND + after.tv_nsec - before.tv_nsec;
    cr_expect_geq(ns, 199 * DD_MILLISECOND, "it ran ahead of the wall");
    const dd_lateness *lateness = dd_pacer_lateness(stage.pacer);
    cr_expect_leq(dd_lateness_percentile(lateness, 500), dd_lateness_percentile(lateness, 990));
    cr_expect_leq(dd_lateness_percentile(lateness, 990), lateness->max_us);
    tear_down(&stage);
}

// --- Ends ---

Test(pacer, ends_as_the_client_says) {
    dd_stage stage = {.every = DD_SECOND, .stop_at = 3 * DD_SECOND, .fail_at = 5 * DD_SECOND};
    dd_error error = {0};
    set_up(&stage, (dd_pacer_def){0});
    cr_expect_eq(dd_pacer_run(stage.pacer, stage.engine, DD_HOUR, &error), DD_PACER_STOPPED);
    cr_expect_eq(stage.engine->now, 3 * DD_SECOND);
    stage.progress.wall_ns = 0; // each run counts its own
    cr_expect_eq(dd_pacer_run(stage.pacer, stage.engine, DD_HOUR, &error), DD_PACER_FAILED);
    cr_expect_eq(stage.engine->now, 5 * DD_SECOND);
    cr_expect_str_eq(error.text, "x.lua:7: no");
    stage.progress.wall_ns = 0;
    cr_expect_eq(dd_pacer_run(stage.pacer, stage.engine, 7 * DD_SECOND, NULL), DD_PACER_DONE);
    cr_expect_eq(stage.barriers, 8);
    tear_down(&stage);
}

Test(pacer, a_signal_ends_it_where_it_stands) {
    for (int paced = 0; paced < 2; paced++) {
        dd_stage stage = {.every = DD_SECOND, .interrupt_at = 3 * DD_SECOND};
        set_up(&stage, (dd_pacer_def){.speed = paced ? 1000 : 0});
        cr_expect_eq(dd_pacer_run(stage.pacer, stage.engine, DD_HOUR, NULL), DD_PACER_INTERRUPTED);
        cr_expect_eq(stage.engine->now, 3 * DD_SECOND);
        cr_expect_eq(stage.heard, ticks_before(3 * DD_SECOND) + told_before(3 * DD_SECOND));
        tear_down(&stage);
    }
}

Test(pacer, a_signal_ends_a_wait) {
    dd_stage stage = {0};
    set_up(&stage, (dd_pacer_def){.speed = 1e-6, .paused = true});
    pid_t child = fork();
    if (child == 0) {
        usleep(50000);
        kill(getppid(), SIGTERM);
        _exit(0);
    }
    cr_expect_eq(dd_pacer_run(stage.pacer, stage.engine, DD_HOUR, NULL), DD_PACER_INTERRUPTED);
    waitpid(child, NULL, 0);
    tear_down(&stage);
}

static bool hang(void *context, dd_error *error) {
    (void)context, (void)error;
    raise(SIGINT);
    raise(SIGTERM);
    for (int i = 0; i < 100; i++)
        sleep(1);
    return true;
}

Test(pacer, a_second_signal_ends_what_hangs) {
    pid_t child = fork();
    if (child == 0) {
        dd_stage stage = {.every = DD_SECOND};
        set_up(&stage, (dd_pacer_def){0});
        dd_pacer_def def = {.client = {&stage, next_barrier, hang, NULL}};
        dd_pacer *pacer = dd_pacer_open(&def, NULL);
        dd_pacer_run(pacer, stage.engine, DD_HOUR, NULL);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static bool hang_up(void *context, dd_error *error) {
    (void)error;
    raise(SIGHUP);
    raise(SIGHUP);
    ((dd_stage *)context)->barrier += DD_SECOND;
    return true;
}

// Kernel and shell both tell of a lost terminal: that is one interruption.
Test(pacer, hangups_end_it_like_one_signal) {
    dd_stage stage = {.every = DD_SECOND};
    set_up(&stage, (dd_pacer_def){0});
    dd_pacer_close(stage.pacer);
    dd_pacer_def def = {.client = {&stage, next_barrier, hang_up, NULL}};
    stage.pacer = dd_pacer_open(&def, NULL);
    cr_expect_eq(dd_pacer_run(stage.pacer, stage.engine, DD_HOUR, NULL), DD_PACER_INTERRUPTED);
    cr_expect_lt(stage.engine->now, DD_HOUR);
    tear_down(&stage);
}

static int64_t wall_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// What was left to go is still left after half a second of being stopped.
Test(pacer, time_does_not_jump_after_a_stop) {
    pid_t child = fork();
    if (child == 0) {
        dd_stage stage = {0};
        set_up(&stage, (dd_pacer_def){.speed = 1});
        int64_t began = wall_ms();
        dd_pacer_run(stage.pacer, stage.engine, 400 * DD_MILLISECOND, NULL);
        _exit(wall_ms() - began >= 850 ? 0 : 1);
    }
    int status = 1;
    usleep(150000);
    kill(child, SIGSTOP);
    usleep(500000);
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    cr_expect_eq(status, 0);
}

Test(pacer, gives_the_signals_back) {
    dd_stage stage = {0};
    struct sigaction now;
    set_up(&stage, (dd_pacer_def){0});
    tear_down(&stage);
    static const int owned[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT};
    for (size_t i = 0; i < DD_COUNT(owned); i++) {
        sigaction(owned[i], NULL, &now);
        cr_expect(now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN);
    }
}

// --- Keys, on a terminal of the test's own ---

static struct termios opened_terminal(dd_stage *stage) {
    int slave;
    struct termios before;
    if (openpty(&stage->keyboard, &slave, NULL, NULL, NULL) != 0)
        cr_skip_test("no pseudo-terminals here (is /dev/pts mounted?)");
    cr_assert_eq(dup2(slave, STDIN_FILENO), STDIN_FILENO);
    cr_assert_eq(tcgetattr(STDIN_FILENO, &before), 0);
    return before;
}

Test(pacer, keys_step_and_end_a_paused_run) {
    dd_stage stage = {.every = 100 * DD_MILLISECOND, .keys = "..sx.q"};
    struct termios before = opened_terminal(&stage), after;
    set_up(&stage, (dd_pacer_def){.speed = 1, .paused = true, .keyboard = true});
    cr_expect_eq(dd_pacer_run(stage.pacer, stage.engine, DD_HOUR, NULL), DD_PACER_INTERRUPTED);
    // Two events at 0, then a second, then one event more, the first tick at or after it.
    cr_expect_eq(stage.engine->now, 91 * 11 * DD_MILLISECOND, "%lld", (long long)stage.engine->now);
    cr_expect_eq(stage.barriers, 11);
    cr_expect_eq(stage.progress.events, ticks_before(DD_SECOND) + told_before(DD_SECOND) + 1);
    cr_assert_eq(tcgetattr(STDIN_FILENO, &after), 0);
    cr_expect_eq(after.c_lflag, before.c_lflag, "the terminal was not restored");
    tear_down(&stage);
}

Test(pacer, keys_change_the_pace) {
    dd_stage stage = {.every = DD_SECOND, .keys = "++-  "};
    opened_terminal(&stage);
    set_up(&stage, (dd_pacer_def){.speed = 1, .keyboard = true});
    cr_expect_eq(dd_pacer_run(stage.pacer, stage.engine, 4 * DD_SECOND, NULL), DD_PACER_DONE);
    cr_expect_eq(stage.progress.pace, 2);
    cr_expect_not(stage.progress.paused);
    cr_expect_eq(stage.barriers, 5);
    tear_down(&stage);
}

// A pause of a second of the wall must not be made up for afterwards.
static void wake_up(void *context, const dd_progress *progress) {
    dd_stage *stage = context;
    report(context, progress);
    if (progress->paused && stage->reports > 1) dd_pacer_pause(stage->pacer, false);
}

Test(pacer, time_does_not_jump_after_a_pause) {
    dd_stage stage = {.every = DD_SECOND, .pause_at = DD_SECOND};
    set_up(&stage, (dd_pacer_def){.speed = 10});
    dd_pacer_close(stage.pacer);
    dd_pacer_def def = {.speed = 10, .client = {&stage, next_barrier, barrier, wake_up}};
    stage.pacer = dd_pacer_open(&def, NULL);
    cr_expect_eq(dd_pacer_run(stage.pacer, stage.engine, 2 * DD_SECOND, NULL), DD_PACER_DONE);
    // 200 ms of running at this speed, and a pause of a second in between.
    cr_expect_geq(stage.progress.wall_ns, 1150 * DD_MILLISECOND);
    tear_down(&stage);
}

// --- Lateness ---

Test(pacer, lateness_is_counted_to_an_eighth) {
    dd_lateness lateness = {0};
    cr_expect_eq(dd_lateness_percentile(&lateness, 500), 0);
    for (uint64_t us = 1; us <= 20000; us++)
        dd_lateness_add(&lateness, us);
    cr_expect_eq(lateness.slices, 20000);
    cr_expect_eq(lateness.late, 10001);
    cr_expect_eq(lateness.max_us, 20000);
    static const uint32_t per_mille[] = {1, 10, 500, 990, 1000};
    for (size_t i = 0; i < DD_COUNT(per_mille); i++) {
        uint64_t exact = 20 * per_mille[i],
                 told_us = dd_lateness_percentile(&lateness, per_mille[i]);
        cr_expect(told_us >= exact && told_us <= exact + exact / 8, "%u: %llu", per_mille[i],
                  (unsigned long long)told_us);
    }
    dd_lateness_add(&lateness, UINT64_MAX);
    cr_expect_eq(dd_lateness_percentile(&lateness, 1000), UINT64_MAX >> 30);
}
