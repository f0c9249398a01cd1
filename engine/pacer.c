#define _GNU_SOURCE
#include "engine/pacer.h"

#include <errno.h>
#include <ev.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// Wall times, in nanoseconds of CLOCK_MONOTONIC.
static const int64_t SLICE = 10 * DD_MILLISECOND;      // paced
static const int64_t FAST_SLICE = 20 * DD_MILLISECOND; // what a fast slice is adapted to
static const int64_t PROGRESS = 250 * DD_MILLISECOND;
enum { CATCH_UP = 4 }; // slices at once at most when late

struct dd_pacer {
    dd_pacer_def def;
    dd_engine *engine;
    dd_time until;
    struct ev_loop *loop;
    ev_io timer, keys;
    ev_async wake; // by the signal handler
    bool timer_fired;
    bool interrupted; // by 'q' or by a program
    double speed;
    bool paused;
    bool step_event;
    dd_time step_until;  // later than the engine's time: a step is under way
    dd_time fast_slice;  // simulated
    dd_time anchor;      // the engine's time at
    int64_t anchor_wall; // that moment of the wall
    int64_t polled;      // when the loop last ran
    int64_t began, reported;
    dd_time reported_now;
    uint64_t reported_events;
    dd_lateness lateness;
};

static int64_t wall_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * DD_SECOND + t.tv_nsec;
}

static dd_time earlier(dd_time a, dd_time b) {
    return a < b ? a : b;
}

static dd_time plus(dd_time t, dd_time duration) {
    return t > DD_NEVER - duration ? DD_NEVER : t + duration;
}

// --- Lateness ---

// Microseconds below 8 have a bucket each; above, the top four bits say which.
static uint32_t bucket_of(uint64_t us) {
    if (us < 8) return (uint32_t)us;
    uint32_t top = 63u - (uint32_t)__builtin_clzll(us);
    uint32_t bucket = (top - 2) * 8 + (uint32_t)(us >> (top - 3) & 7);
    return bucket < DD_LATENESS_BUCKETS ? bucket : DD_LATENESS_BUCKETS - 1;
}

static uint64_t bucket_top(uint32_t bucket) {
    if (bucket < 8) return bucket;
    uint32_t top = bucket / 8 + 2;
    return ((uint64_t)(8 + bucket % 8 + 1) << (top - 3)) - 1;
}

void dd_lateness_add(dd_lateness *lateness, uint64_t us) {
    lateness->slices++;
    lateness->late += us >= DD_LATENESS_LATE_US;
    if (us > lateness->max_us) lateness->max_us = us;
    lateness->buckets[bucket_of(us)]++;
}

uint64_t dd_lateness_percentile(const dd_lateness *lateness, uint32_t per_mille) {
    uint64_t wanted = (lateness->slices * per_mille + 999) / 1000, seen = 0;
    for (uint32_t i = 0; i < DD_LATENESS_BUCKETS; i++) {
        seen += lateness->buckets[i];
        if (seen >= wanted && seen)
            return bucket_top(i) < lateness->max_us ? bucket_top(i) : lateness->max_us;
    }
    return lateness->max_us;
}

// --- Signals and the terminal ---
//
// A libev signal watcher would do for the first signal. The second must work when the loop does not
// get its turn, so the handler is our own and only wakes the loop.

static dd_pacer *volatile running;
static volatile sig_atomic_t signals;
static volatile sig_atomic_t terminal_changed;
static volatile sig_atomic_t continued; // after the process was stopped
static struct termios terminal_before;

static void restore_terminal(void) {
    if (!terminal_changed) return;
    terminal_changed = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
}

static void wake(void) {
    if (running) ev_async_send(running->loop, &running->wake);
}

static void on_signal(int number) {
    int kept = errno;
    restore_terminal();
    if (signals++) {
        signal(number, SIG_DFL);
        raise(number);
    }
    wake();
    errno = kept;
}

// The terminal is gone. Both the kernel and the shell may say so, so it counts once only.
static void on_hangup(int number) {
    (void)number;
    int kept = errno;
    restore_terminal();
    if (!signals) signals = 1;
    wake();
    errno = kept;
}

// Ctrl-Z: the shell gets its terminal back as it was, and we stop as if there were no handler.
static void on_stop(int number) {
    int kept = errno;
    struct sigaction own;
    restore_terminal();
    sigaction(number, NULL, &own);
    signal(number, SIG_DFL);
    raise(number); // returns when we are continued
    sigaction(number, &own, NULL);
    errno = kept;
}

static void on_continue(int number) {
    (void)number;
    int kept = errno;
    continued = 1;
    wake();
    errno = kept;
}

// `gentle`: whoever started us so that it is ignored (nohup, a shell without jobs) keeps his will.
static struct {
    int number;
    void (*handler)(int);
    bool gentle;
    struct sigaction before;
} owned[] = {{.number = SIGINT, .handler = on_signal},
             {.number = SIGTERM, .handler = on_signal},
             {.number = SIGHUP, .handler = on_hangup, .gentle = true},
             {.number = SIGTSTP, .handler = on_stop, .gentle = true},
             {.number = SIGCONT, .handler = on_continue}};

static void own_signals(void) {
    signals = continued = 0;
    for (size_t i = 0; i < DD_COUNT(owned); i++) {
        struct sigaction action = {.sa_handler = owned[i].handler, .sa_flags = SA_RESTART};
        if (owned[i].number == SIGTSTP) action.sa_flags |= SA_NODEFER; // it raises itself
        sigemptyset(&action.sa_mask);
        sigaction(owned[i].number, &action, &owned[i].before);
        if (owned[i].gentle && owned[i].before.sa_handler == SIG_IGN)
            sigaction(owned[i].number, &owned[i].before, NULL);
    }
}

static void give_signals_back(void) {
    for (size_t i = 0; i < DD_COUNT(owned); i++)
        sigaction(owned[i].number, &owned[i].before, NULL);
}

static void on_wake(struct ev_loop *loop, ev_async *watcher, int events) {
    (void)loop, (void)watcher, (void)events;
}

static void on_timer(struct ev_loop *loop, ev_io *watcher, int events) {
    (void)loop, (void)events;
    uint64_t times;
    dd_pacer *pacer = watcher->data;
    if (read(watcher->fd, &times, sizeof times) == sizeof times) pacer->timer_fired = true;
}

static void press(dd_pacer *pacer, char key) {
    switch (key) {
    case ' ':
        dd_pacer_pause(pacer, !pacer->paused);
        break;
    case '.':
        dd_pacer_step_event(pacer);
        break;
    case 's':
        dd_pacer_step(pacer, DD_SECOND);
        break;
    case '+':
        dd_pacer_set_speed(pacer, fmin(pacer->speed * 2, 1e6));
        break;
    case '-':
        dd_pacer_set_speed(pacer, fmax(pacer->speed / 2, 1e-3));
        break;
    case 'q':
        dd_pacer_interrupt(pacer);
        break;
    default:
        break;
    }
}

static void on_keys(struct ev_loop *loop, ev_io *watcher, int events) {
    (void)events;
    char keys[64];
    ssize_t n = read(watcher->fd, keys, sizeof keys);
    for (ssize_t i = 0; i < n; i++)
        press(watcher->data, keys[i]);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) ev_io_stop(loop, watcher);
}

// Keys one by one and unseen, as long as we are in the foreground; Ctrl-C stays a signal.
static void take_terminal(dd_pacer *pacer) {
    pid_t foreground = tcgetpgrp(STDIN_FILENO);
    if (!pacer->def.keyboard || pacer->speed <= 0 || !isatty(STDIN_FILENO)) return;
    if (foreground != -1 && foreground != getpgrp()) return;
    if (tcgetattr(STDIN_FILENO, &terminal_before) != 0) return;
    struct termios raw = terminal_before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    static bool registered;
    if (!registered) registered = atexit(restore_terminal) == 0;
    terminal_changed = 1;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0) restore_terminal();
    if (terminal_changed) ev_io_start(pacer->loop, &pacer->keys);
}

static void release_terminal(dd_pacer *pacer) {
    ev_io_stop(pacer->loop, &pacer->keys);
    restore_terminal();
}

// --- Opening and closing ---

static bool open_loop(dd_pacer *pacer) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    ev_io_init(&pacer->timer, on_timer, timer, EV_READ);
    ev_io_init(&pacer->keys, on_keys, STDIN_FILENO, EV_READ);
    ev_async_init(&pacer->wake, on_wake);
    pacer->timer.data = pacer->keys.data = pacer;
    pacer->loop = ev_loop_new(EVFLAG_AUTO);
    if (timer < 0 || !pacer->loop) return false;
    ev_io_start(pacer->loop, &pacer->timer);
    ev_async_start(pacer->loop, &pacer->wake);
    return true;
}

dd_pacer *dd_pacer_open(const dd_pacer_def *def, dd_error *error) {
    dd_pacer *pacer = calloc(1, sizeof *pacer);
    if (!pacer || !open_loop(pacer)) {
        dd_fail(error, DD_OUTSIDE, "cannot set up the clock (%s); close some programs",
                strerror(errno));
        if (pacer && pacer->timer.fd >= 0) close(pacer->timer.fd);
        free(pacer);
        return NULL;
    }
    pacer->def = *def;
    pacer->speed = def->speed;
    pacer->paused = def->paused;
    pacer->fast_slice = DD_SECOND;
    own_signals();
    running = pacer;
    return pacer;
}

void dd_pacer_close(dd_pacer *pacer) {
    if (!pacer) return;
    give_signals_back();
    running = NULL;
    release_terminal(pacer);
    ev_async_stop(pacer->loop, &pacer->wake);
    ev_io_stop(pacer->loop, &pacer->timer);
    ev_loop_destroy(pacer->loop);
    close(pacer->timer.fd);
    free(pacer);
}

// --- Control ---

// From here on simulated time runs from this moment of the wall.
static void anchor(dd_pacer *pacer) {
    pacer->anchor = pacer->engine ? pacer->engine->now : 0;
    pacer->anchor_wall = wall_now();
}

void dd_pacer_set_speed(dd_pacer *pacer, double speed) {
    pacer->speed = speed;
    anchor(pacer);
}

void dd_pacer_pause(dd_pacer *pacer, bool paused) {
    pacer->paused = paused;
    pacer->step_event = false;
    pacer->step_until = 0;
    anchor(pacer);
}

void dd_pacer_step_event(dd_pacer *pacer) {
    dd_pacer_pause(pacer, true);
    pacer->step_event = true;
}

void dd_pacer_step(dd_pacer *pacer, dd_time duration) {
    dd_pacer_pause(pacer, true);
    if (pacer->engine) pacer->step_until = plus(pacer->engine->now, duration);
}

void dd_pacer_interrupt(dd_pacer *pacer) {
    pacer->interrupted = true;
}

struct ev_loop *dd_pacer_loop(dd_pacer *pacer) {
    return pacer->loop;
}

const dd_lateness *dd_pacer_lateness(const dd_pacer *pacer) {
    return &pacer->lateness;
}

static void poll_loop(dd_pacer *pacer, int64_t wall) {
    if (wall - pacer->polled < SLICE) return;
    pacer->polled = wall;
    ev_run(pacer->loop, EVRUN_NOWAIT);
}

// Waits for that moment of the wall or for anything else that happens; true when it is reached.
static bool wait_until(dd_pacer *pacer, int64_t wall) {
    struct itimerspec alarm = {
        .it_value = {.tv_sec = wall / DD_SECOND, .tv_nsec = wall % DD_SECOND}};
    pacer->timer_fired = false;
    timerfd_settime(pacer->timer.fd, TFD_TIMER_ABSTIME, &alarm, NULL);
    ev_run(pacer->loop, EVRUN_ONCE);
    pacer->polled = wall_now();
    return pacer->timer_fired;
}

// --- Progress ---

static void report(dd_pacer *pacer, int64_t wall) {
    uint64_t events = dd_engine_event_count(pacer->engine);
    double seconds = fmax((double)(wall - pacer->reported), 1.0) / DD_SECOND;
    dd_progress progress = {.now = pacer->engine->now,
                            .until = pacer->until,
                            .wall_ns = wall - pacer->began,
                            .speed = (double)(pacer->engine->now - pacer->reported_now) /
                                     DD_SECOND / seconds,
                            .events_per_s = (double)(events - pacer->reported_events) / seconds,
                            .events = events,
                            .pace = pacer->speed,
                            .paused = pacer->paused};
    pacer->reported = wall;
    pacer->reported_now = progress.now;
    pacer->reported_events = events;
    if (pacer->def.client.progress)
        pacer->def.client.progress(pacer->def.client.context, &progress);
}

static void report_now_and_then(dd_pacer *pacer, int64_t wall) {
    if (wall - pacer->reported >= PROGRESS) report(pacer, wall);
}

// --- Slices ---

// As fast as possible: as much simulated time as takes about FAST_SLICE of the wall.
static void run_fast(dd_pacer *pacer, dd_time limit) {
    int64_t start = wall_now();
    dd_time from = pacer->engine->now;
    dd_time target = earlier(limit, plus(from, pacer->fast_slice));
    dd_engine_advance(pacer->engine, target);
    int64_t end = wall_now(), took = end - start;
    if (took > 2 * FAST_SLICE && target - from > DD_MICROSECOND)
        pacer->fast_slice = (target - from) / 2;
    else if (took < FAST_SLICE / 2 && target - from == pacer->fast_slice &&
             pacer->fast_slice < DD_DAY)
        pacer->fast_slice *= 2;
    poll_loop(pacer, end);
}

static int64_t wall_of(const dd_pacer *pacer, dd_time t) {
    return pacer->anchor_wall + (int64_t)((double)(t - pacer->anchor) / pacer->speed);
}

static dd_time time_of(const dd_pacer *pacer, int64_t wall) {
    double passed = (double)(wall - pacer->anchor_wall) * pacer->speed;
    return pacer->anchor + (dd_time)fmin(passed, 4e18); // no overflow
}

dd_time dd_pacer_present(const dd_pacer *pacer) {
    if (!pacer->engine) return 0;
    dd_time now = pacer->engine->now;
    if (pacer->paused || pacer->speed <= 0) return now;
    dd_time present = earlier(time_of(pacer, wall_now()), pacer->until);
    return present > now ? present : now;
}

// Waits until a slice is over on the wall, then runs it: what happens in it is on time to within
// the slice plus the lateness. When late, a few slices at once.
static void run_paced(dd_pacer *pacer, dd_time limit) {
    dd_time now = pacer->engine->now;
    dd_time slice = (dd_time)fmin(fmax((double)SLICE * pacer->speed, 1.0), DD_DAY);
    dd_time planned = earlier(limit, plus(now, slice));
    int64_t due = wall_of(pacer, planned), wall = wall_now();
    if (wall < due) {
        if (!wait_until(pacer, due)) return; // a key, perhaps, which changed everything
        wall = wall_now();
    }
    dd_time target = time_of(pacer, wall);
    if (target < planned) target = planned;
    target = earlier(target, earlier(limit, plus(now, CATCH_UP * slice)));
    dd_engine_advance(pacer->engine, target);
    wall = wall_now();
    dd_lateness_add(&pacer->lateness, (uint64_t)(wall - due) / 1000);
    poll_loop(pacer, wall);
}

// Paused: a step that was asked for, or waiting.
static void run_paused(dd_pacer *pacer, dd_time limit) {
    if (pacer->step_event) {
        pacer->step_event = !dd_engine_step(pacer->engine, limit);
    } else if (pacer->step_until > pacer->engine->now) {
        run_fast(pacer, earlier(limit, pacer->step_until));
    } else {
        report(pacer, wall_now());
        wait_until(pacer, wall_now() + DD_SECOND);
    }
}

// --- Running ---

static dd_time next_barrier(const dd_pacer *pacer) {
    const dd_pacer_client *client = &pacer->def.client;
    return client->next_barrier ? client->next_barrier(client->context) : DD_NEVER;
}

static void run_slice(dd_pacer *pacer, dd_time limit) {
    if (pacer->paused)
        run_paused(pacer, limit);
    else if (pacer->speed > 0)
        run_paced(pacer, limit);
    else
        run_fast(pacer, limit);
    dd_stream_flush(&pacer->engine->stream);
    report_now_and_then(pacer, wall_now());
}

// While the process was stopped neither the wall nor the terminal was ours.
static void go_on(dd_pacer *pacer) {
    continued = 0;
    release_terminal(pacer);
    take_terminal(pacer);
    anchor(pacer);
}

static dd_pacer_end run(dd_pacer *pacer, dd_error *error) {
    const dd_pacer_client *client = &pacer->def.client;
    dd_error own = {0};
    for (;;) {
        if (signals || pacer->interrupted) return DD_PACER_INTERRUPTED;
        if (continued) go_on(pacer);
        dd_time next = next_barrier(pacer), now = pacer->engine->now;
        if (next <= now && next <= pacer->until) {
            if (client->barrier(client->context, &own)) continue;
            if (own.status == DD_OK) return DD_PACER_STOPPED;
            if (error) *error = own;
            return DD_PACER_FAILED;
        }
        if (now >= pacer->until) return DD_PACER_DONE;
        run_slice(pacer, earlier(next, pacer->until));
    }
}

dd_pacer_end dd_pacer_run(dd_pacer *pacer, dd_engine *engine, dd_time until, dd_error *error) {
    pacer->engine = engine;
    pacer->until = until;
    pacer->began = pacer->reported = wall_now();
    pacer->reported_now = engine->now;
    pacer->reported_events = dd_engine_event_count(engine);
    take_terminal(pacer);
    anchor(pacer);
    dd_stream_flush(&engine->stream);
    dd_pacer_end end = run(pacer, error);
    dd_stream_flush(&engine->stream);
    report(pacer, wall_now());
    release_terminal(pacer);
    pacer->engine = NULL;
    return end;
}
