// Lock-step: time is what is granted.
#include "hil/battery/cases.h"

#include <inttypes.h>
#include <string.h>

#define SECOND_US UINT64_C(1000000)
#define DAY_US (86400 * SECOND_US)

static bool quiet(dd_trial *trial) {
    return dd_trial_work_in_step(trial) && dd_trial_run(trial, 60 * SECOND_US, 10) &&
           dd_trial_silence(trial, HIL__FRAME__CONTROL__NOT_SET, 1200,
                            "between grants, while nothing was asked");
}

static bool states_deadlines(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    if (!trial->answer.due_us && !dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_COMMISSION))
        return dd_trial_skip(trial, "the board states no deadlines");
    for (int i = 0; i < 50; i++)
        if (!dd_trial_due(trial)) return false; // which checks that each is later than the last
    return true;
}

static bool calls_in_vain(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    for (int i = 0; i < 50; i++)
        if (!dd_trial_grant(trial, trial->uptime_us + 1, NULL)) return false;
    return true;
}

static bool same_instant(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Inputs inputs = HIL__INPUTS__INIT;
    Hil__Feeder feeder = HIL__FEEDER__INIT, *feeders[] = {&feeder};
    message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    message.inputs = &inputs;
    inputs.n_feeders = 1;
    inputs.feeders = feeders;
    inputs.mains = 1;
    if (!dd_trial_work_in_step(trial)) return false;
    for (int i = 0; i < 5; i++) {
        inputs.dark = i & 1;
        if (!dd_trial_grant(trial, 5000, &message)) return false;
    }
    return true;
}

// The day's length in the city is no length for a processor that has nothing to do.
static bool a_day_at_once(dd_trial *trial) {
    return dd_trial_work_in_step(trial) && dd_trial_run(trial, 10 * SECOND_US, 20) &&
           dd_trial_grant(trial, DAY_US, NULL) && dd_trial_run(trial, DAY_US + SECOND_US, 50) &&
           dd_trial_alive(trial, "a day that passed at once");
}

static bool beyond(dd_trial *trial, uint64_t us, const char *what) {
    if (!dd_trial_work_in_step(trial)) return false;
    if (!dd_trial_grant(trial, us - 2 * SECOND_US, NULL)) return false;
    for (uint64_t t = us - SECOND_US; t <= us + 3 * SECOND_US; t += SECOND_US / 2)
        if (!dd_trial_grant(trial, t, NULL)) return false;
    if (trial->answer.due_us && trial->answer.due_us < us)
        return dd_trial_fail(trial, "%s: its next deadline, %" PRIu64 " us, lies in the past", what,
                             trial->answer.due_us);
    return dd_trial_run(trial, us + 60 * SECOND_US, 30);
}

static bool beyond_32_bits_of_us(dd_trial *trial) {
    return beyond(trial, UINT64_C(1) << 32, "71 minutes, 2^32 us, after its start");
}

static bool beyond_32_bits_of_ms(dd_trial *trial) {
    return beyond(trial, (UINT64_C(1) << 32) * 1000, "49.7 days, 2^32 ms, after its start");
}

static bool beyond_31_bits_of_ms(dd_trial *trial) {
    return beyond(trial, (UINT64_C(1) << 31) * 1000, "24.9 days, 2^31 ms, after its start");
}

static bool goes_back(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial) || !dd_trial_grant(trial, 100 * SECOND_US, NULL))
        return false;
    if (!dd_trial_say_grant(trial, trial->step + 1, 0, 50 * SECOND_US, NULL)) return false;
    const Hil__Frame *frame = dd_probe_hear(trial->probe, DD_TRIAL_ANSWER_MS);
    return (frame ||
            dd_trial_fail(trial, "time went back by 50 s: neither Done nor Refusal came")) &&
           dd_trial_well(trial, "a time that went back");
}

static bool twin_takes_its_time(dd_trial *trial) {
    return dd_trial_work_in_step(trial) && dd_trial_run(trial, 10 * SECOND_US, 5) &&
           dd_trial_silence(trial, HIL__FRAME__CONTROL__NOT_SET, 2200, "the twin took its time") &&
           dd_trial_alive(trial, "two seconds without a Grant");
}

static bool hour(dd_trial *trial, uint32_t *check) {

    if (!dd_trial_work_in_step(trial)) return false;
    *check = 0;
    for (int i = 0; i < 100 && trial->answer.due_us; i++) {
        if (!dd_trial_due(trial)) return false;
        *check = *check * 31 + trial->answer.check + (uint32_t)trial->answer.due_us;
    }
    return true;
}

static bool the_same_again(dd_trial *trial) {
    uint32_t once, again;
    return hour(trial, &once) && hour(trial, &again) &&
           dd_trial_same(trial, once, again, "the same grants twice: it did not say the same");
}

static bool whatever_the_pace(dd_trial *trial) {
    uint32_t once, again = 0;
    if (!hour(trial, &once)) return false;

    if (!dd_trial_work_in_step(trial)) return false;
    for (int i = 0; i < 100 && trial->answer.due_us; i++) {
        if (i % 10 == 0) dd_probe_hear(trial->probe, 40);
        if (!dd_trial_due(trial)) return false;
        again = again * 31 + trial->answer.check + (uint32_t)trial->answer.due_us;
    }
    return dd_trial_same(trial, once, again,
                         "with pauses between the grants it says something else: it looks at "
                         "a clock of its own");
}

static bool small_frames(dd_trial *trial) {
    dd_trial_commission it;
    if (!dd_trial_greet(trial)) return false;
    if (!dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_LOCK_STEP))
        return dd_trial_skip(trial, "the board does not offer lock-step");
    Hil__Welcome welcome = dd_trial_welcome_of(trial, HIL__MODE__MODE_LOCK_STEP);
    welcome.frame_max = 256;
    dd_trial_commission_init(&it, trial, 16);
    if (!dd_trial_welcome(trial, &welcome) || !dd_trial_send_commission(trial, &it) ||
        !dd_trial_start(trial))
        return false;
    for (int i = 0; i < 60 && trial->answer.due_us; i++) {
        if (!dd_trial_due(trial)) return false;
        for (size_t f = 0; f < trial->answer.frame_n; f++) {
            size_t n = hil__frame__get_packed_size(trial->answer.frames[f]) + DD_FRAME_CHECK;
            if (n > 256)
                return dd_trial_fail(trial, "Welcome.frame_max is 256: a frame of %zu came", n);
        }
    }
    return true;
}

static const dd_case cases[] = {
    {701, "between grants it says nothing", "nobody listens then; no Beat, no Hello, no Log",
     quiet},
    {702, "its deadlines lie ahead of what was granted",
     "one that does not stops time for good; and without any nothing happens", states_deadlines},
    {703, "a grant before the deadline is done as well",
     "the twin may grant whenever it likes, without a message", calls_in_vain},
    {704, "several messages at the same instant", "uptime need not rise from step to step",
     same_instant},
    {705, "a day that passes at once",
     "after a fault, or when a run is wound forward: do not catch up with each second of it",
     a_day_at_once},
    {706, "uptime beyond 2^32 us", "a counter of 32 bits ends after 71 minutes",
     beyond_32_bits_of_us},
    {707, "uptime beyond 2^31 ms", "a signed one of 32 bits after 24.9 days", beyond_31_bits_of_ms},
    {708, "uptime beyond 2^32 ms", "a counter of 32 bits ends after 49.7 days",
     beyond_32_bits_of_ms},
    {709, "time that goes back does no harm",
     "refuse it or pass it over; do not wait for it to come round", goes_back},
    {710, "the twin may take its time", "a person stands at a breakpoint: nothing times out",
     twin_takes_its_time},
    {711, "the same grants, the same answers",
     "a fault found can be found again only so: no clock, no noise, nothing left uninitialised",
     the_same_again},
    {712, "... whatever the pace", "only granted time may count", whatever_the_pace},
    {713, "it keeps to the twin's largest frame",
     "Welcome.frame_max: what is longer comes in parts (Done.more)", small_frames},
    {0},
};

const dd_case_group dd_cases_lock_step = {"lock-step", "4. Lock-step", cases};
