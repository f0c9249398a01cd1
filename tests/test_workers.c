#define _POSIX_C_SOURCE 199309L // nanosleep, clock_gettime
// Workers do every job of every batch once, however many batches follow each other, whether the
// workers are awake or asleep.
#include "engine/workers.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

enum { JOBS = 1000 };

typedef struct tally {
    uint8_t done[JOBS];
    uint64_t by_worker[DD_WORKERS_MAX]; // without atomics: one worker does one job at a time
} tally;

static void count(void *context, uint32_t worker, uint32_t job) {
    tally *it = context;
    it->done[job]++;
    it->by_worker[worker]++;
}

static void check_batches(dd_workers *workers, uint32_t n) {
    static const uint32_t sizes[] = {0, 1, 2, 3, 7, 64, JOBS};
    for (int round = 0; round < 300; round++) {
        tally it = {{0}, {0}};
        uint32_t job_n = sizes[(size_t)round % DD_COUNT(sizes)];
        dd_workers_do(workers, job_n, count, &it);
        uint64_t total = 0;
        for (uint32_t i = 0; i < DD_WORKERS_MAX; i++) {
            total += it.by_worker[i];
            cr_assert(i < n || !it.by_worker[i], "worker %u of %u", i, n);
        }
        cr_assert_eq(total, job_n);
        for (uint32_t i = 0; i < JOBS; i++)
            cr_assert_eq(it.done[i], i < job_n, "job %u of %u", i, job_n);
    }
}

static void rest(void) {
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); // all fall asleep
}

Test(workers, every_job_is_done_once) {
    static const uint32_t counts[] = {1, 2, 3, 8, 40};
    for (size_t i = 0; i < DD_COUNT(counts); i++) {
        dd_error error;
        dd_workers *workers = dd_workers_open(counts[i], &error);
        cr_assert(workers, "%s", error.text);
        check_batches(workers, counts[i]);
        rest();
        check_batches(workers, counts[i]);
        dd_workers_close(workers);
    }
}

static void hold(void *context, uint32_t worker, uint32_t job) {
    (void)worker, (void)job, (void)context;
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// Jobs that only wait overlap on any machine: 8 of 30 ms on 8 threads take less than 8 x 30 ms.
Test(workers, sleepers_wake_up_and_share_the_jobs) {
    dd_error error;
    dd_workers *workers = dd_workers_open(8, &error);
    cr_assert(workers, "%s", error.text);
    rest();
    double start = seconds();
    dd_workers_do(workers, 8, hold, NULL);
    cr_assert_lt(seconds() - start, 0.2);
    dd_workers_close(workers);
}
