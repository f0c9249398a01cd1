// Workers: a few threads that share the jobs of a batch with the thread that brings it.
//
// Batches are short and many, so a worker without a job first looks again and again for a moment,
// letting others have its processor between looks, and only then sleeps. Nobody waits for a worker
// to wake up: those who are awake do the jobs.
#pragma once

#include "engine/base.h"

enum { DD_WORKERS_MAX = 256 };

typedef struct dd_workers dd_workers;

// Does one job. `worker` is 0 on the thread that brought the batch, less than the workers' number
// on the others; one of that number does one job at a time.
typedef void (*dd_work)(void *context, uint32_t worker, uint32_t job);

// `n` workers, from 1 to DD_WORKERS_MAX, the caller's thread among them; NULL (DD_OUTSIDE) when the
// system refuses a thread. Signals go to other threads than the new ones.
dd_workers *dd_workers_open(uint32_t n, dd_error *error);
void dd_workers_close(dd_workers *workers);

// Does the jobs 0 to job_n - 1, each once, in any order, and returns when all are done. Jobs see
// all that the caller wrote before, and the caller afterwards all that jobs wrote. Only one batch
// at a time.
void dd_workers_do(dd_workers *workers, uint32_t job_n, dd_work work, void *context);
