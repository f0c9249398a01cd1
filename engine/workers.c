#define _DEFAULT_SOURCE // pthread_sigmask
#include "engine/workers.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// How often an idle worker looks before it sleeps: some 50 microseconds.
enum { LOOKS = 100 };

// `left` counts jobs down, so that who lowers it has got jobs of the very batch that it belongs to:
// a batch does not end before the jobs that were taken from it. So `work` and `context` are read
// only by somebody who has a job, and a worker who comes late finds nothing or the next batch.
struct dd_workers {
    dd_work work;
    void *context;
    _Alignas(DD_CACHE_LINE) atomic_uint left; // jobs nobody has taken
    _Alignas(DD_CACHE_LINE) atomic_uint open; // jobs not done
    atomic_uint sleepers;
    atomic_bool closing;
    pthread_mutex_t mutex; // guards sleeping
    pthread_cond_t awake;
    uint32_t n;       // the caller's thread among them
    uint32_t started; // of threads[]
    struct thread {
        dd_workers *workers;
        uint32_t worker;
        pthread_t id;
    } threads[DD_WORKERS_MAX - 1];
};

// Takes a share of what is left, the smaller the less is left, so that all end at about the same
// time: the jobs from the new value of `left` to the old one.
static uint32_t take(dd_workers *workers, uint32_t *first) {
    unsigned left = atomic_load_explicit(&workers->left, memory_order_relaxed);
    while (left) {
        unsigned share = left / (2 * workers->n) + 1;
        if (atomic_compare_exchange_weak_explicit(&workers->left, &left, left - share,
                                                  memory_order_acquire, memory_order_relaxed)) {
            *first = left - share;
            return share;
        }
    }
    return 0;
}

static bool take_and_do(dd_workers *workers, uint32_t worker) {
    uint32_t first = 0, share = take(workers, &first);
    for (uint32_t job = first; job < first + share; job++)
        workers->work(workers->context, worker, job);
    if (share) atomic_fetch_sub_explicit(&workers->open, share, memory_order_release);
    return share;
}

static bool is_idle(dd_workers *workers) {
    return !atomic_load(&workers->left) && !atomic_load(&workers->closing);
}

static void idle(dd_workers *workers) {
    for (int i = 0; i < LOOKS; i++) {
        if (!is_idle(workers)) return;
        sched_yield();
    }
    pthread_mutex_lock(&workers->mutex);
    atomic_fetch_add(&workers->sleepers, 1);
    while (is_idle(workers))
        pthread_cond_wait(&workers->awake, &workers->mutex);
    atomic_fetch_sub(&workers->sleepers, 1);
    pthread_mutex_unlock(&workers->mutex);
}

static void wake(dd_workers *workers) {
    if (!atomic_load(&workers->sleepers)) return;
    pthread_mutex_lock(&workers->mutex);
    pthread_cond_broadcast(&workers->awake);
    pthread_mutex_unlock(&workers->mutex);
}

static void *live(void *argument) {
    const struct thread *self = argument;
    while (!atomic_load(&self->workers->closing))
        if (!take_and_do(self->workers, self->worker)) idle(self->workers);
    return NULL;
}

void dd_workers_do(dd_workers *workers, uint32_t job_n, dd_work work, void *context) {
    workers->work = work;
    workers->context = context;
    atomic_store_explicit(&workers->open, job_n, memory_order_relaxed);
    atomic_store(&workers->left, job_n);
    wake(workers);
    while (take_and_do(workers, 0)) {
    }
    while (atomic_load_explicit(&workers->open, memory_order_acquire))
        sched_yield();
}

// Starts the next thread, deaf to signals.
static bool start(dd_workers *workers, dd_error *error) {
    struct thread *thread = &workers->threads[workers->started];
    *thread = (struct thread){.workers = workers, .worker = workers->started + 1};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int refusal = pthread_create(&thread->id, NULL, live, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (refusal)
        return dd_fail(error, DD_OUTSIDE, "cannot start %u threads: %s", workers->n,
                       strerror(refusal));
    workers->started++;
    return true;
}

static dd_workers *make(uint32_t n) {
    dd_workers *workers = dd_calloc_lines(1, sizeof *workers);
    if (!workers) return NULL;
    workers->n = n;
    pthread_mutex_init(&workers->mutex, NULL);
    pthread_cond_init(&workers->awake, NULL);
    return workers;
}

dd_workers *dd_workers_open(uint32_t n, dd_error *error) {
    assert(n >= 1 && n <= DD_WORKERS_MAX);
    dd_workers *workers = make(n);
    if (!workers) dd_fail(error, DD_OUTSIDE, "no memory for %u threads", n);
    while (workers && workers->started < n - 1)
        if (!start(workers, error)) {
            dd_workers_close(workers);
            workers = NULL;
        }
    return workers;
}

void dd_workers_close(dd_workers *workers) {
    if (!workers) return;
    atomic_store(&workers->closing, true);
    wake(workers);
    for (uint32_t i = 0; i < workers->started; i++)
        pthread_join(workers->threads[i].id, NULL);
    pthread_cond_destroy(&workers->awake);
    pthread_mutex_destroy(&workers->mutex);
    free(workers);
}
