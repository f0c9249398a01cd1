// Reset, and what comes after.
#include "hil/battery/cases.h"

#include <inttypes.h>

static bool reset(dd_trial *trial) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Reset it = HIL__RESET__INIT;
    it.reason = 2;
    frame.control_case = HIL__FRAME__CONTROL_RESET;
    frame.reset = &it;
    return dd_probe_say(trial->probe, &frame);
}

static bool can_reset(dd_trial *trial) {
    return dd_trial_greet(trial) && (dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_RESET) ||
                                     dd_trial_skip(trial, "the board does not offer Reset"));
}

// The Hello of one that has started anew: its uptime is shorter than it would be.
static bool starts_anew(dd_trial *trial, uint64_t before_us, double asked_ms) {
    const Hil__Frame *frame = dd_trial_await(trial, HIL__FRAME__CONTROL_HELLO, 5000,
                                             "it was reset, and greets when it starts");
    if (!frame) return false;
    double since_us = 1000 * (dd_probe_ms(trial->probe) - asked_ms);
    uint64_t now_us = frame->hello->uptime_us;
    return (double)now_us < (double)before_us || (double)now_us <= since_us + 1e5 ||
           dd_trial_fail(trial,
                         "it was reset, but its uptime went on, from %" PRIu64 " to %" PRIu64 " us",
                         before_us, now_us);
}

static bool reset_now(dd_trial *trial) {
    uint64_t before_us = trial->hello->uptime_us;
    double asked_ms = dd_probe_ms(trial->probe);
    return reset(trial) && starts_anew(trial, before_us, asked_ms);
}

static bool without_session(dd_trial *trial) {
    return can_reset(trial) && reset_now(trial) && dd_trial_well(trial, "a Reset");
}

static bool at_work(dd_trial *trial) {
    return can_reset(trial) && dd_trial_work(trial) && reset_now(trial) &&
           dd_trial_say_grant(trial, trial->step + 1, 0, 1000, NULL) &&
           dd_trial_refused(trial, HIL__REASON__REASON_SESSION,
                            "a Grant of the session before the Reset") &&
           dd_trial_well(trial, "a Reset at work");
}

static bool in_real_time(dd_trial *trial) {
    return can_reset(trial) && dd_trial_work_in_real_time(trial) && dd_trial_live(trial, 200) &&
           reset_now(trial) && dd_trial_well(trial, "a Reset in real time");
}

static bool in_commission(dd_trial *trial) {
    dd_trial_commission it;
    if (!can_reset(trial)) return false;
    bool step = dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_LOCK_STEP);
    Hil__Welcome welcome =
        dd_trial_welcome_of(trial, step ? HIL__MODE__MODE_LOCK_STEP : HIL__MODE__MODE_REAL_TIME);
    dd_trial_commission_init(&it, trial, DD_TRIAL_LAMPS);
    return dd_trial_welcome(trial, &welcome) && dd_trial_send_commission(trial, &it) &&
           reset_now(trial) && dd_trial_well(trial, "a Reset in mid-commission");
}

static bool in_an_answer(dd_trial *trial) {
    if (!can_reset(trial)) return false;
    if (!dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_BORROWS_STORE))
        return dd_trial_skip(trial, "its answers do not wait for the twin");
    dd_trial_commission it;
    Hil__Welcome welcome = dd_trial_welcome_of(trial, HIL__MODE__MODE_LOCK_STEP);
    Hil__Message message = dd_trial_message();
    Hil__Start start = HIL__START__INIT;
    message.what_case = HIL__MESSAGE__WHAT_START;
    message.start = &start;
    dd_trial_commission_init(&it, trial, DD_TRIAL_LAMPS);
    if (!dd_trial_welcome(trial, &welcome) || !dd_trial_send_commission(trial, &it) ||
        !dd_trial_say_grant(trial, trial->step + 1, 0, 0, &message))
        return false;
    const Hil__Frame *frame =
        dd_trial_await(trial, HIL__FRAME__CONTROL_DONE, DD_TRIAL_ANSWER_MS, "Start was granted");
    if (!frame) return false;
    if (!frame->done->more)
        return dd_trial_skip(trial, "it asks nothing of its store at the start");
    return reset_now(trial) && dd_trial_well(trial, "a Reset while it waited for its store");
}

static bool thrice(dd_trial *trial) {
    if (!can_reset(trial)) return false;
    uint32_t boots = trial->hello->boots;
    for (int i = 0; i < 3; i++)
        if (!reset_now(trial)) return false;
    if (!dd_trial_greet(trial)) return false;
    if (boots && trial->hello->boots < boots)
        return dd_trial_fail(trial, "Hello.boots fell from %" PRIu32 " to %" PRIu32, boots,
                             trial->hello->boots);
    return dd_trial_well(trial, "three Resets in a row");
}

static bool no_session_left(dd_trial *trial) {
    if (!can_reset(trial) || !dd_trial_work(trial) || !reset_now(trial) || !dd_trial_greet(trial))
        return false;
    return trial->hello->session == 0 ||
           dd_trial_fail(trial, "it has just started, but Hello.session is %" PRIu32,
                         trial->hello->session);
}

static const dd_case cases[] = {
    {1101, "Reset without a session", "the board starts anew, and greets", without_session},
    {1102, "Reset at work", "the twin's user presses the button: nothing of the session is left",
     at_work},
    {1103, "Reset in real time", "as in lock-step", in_real_time},
    {1104, "Reset in mid-commission", "half a commission is none", in_commission},
    {1105, "Reset while it waits for its store",
     "whoever waits must still hear the words of the link", in_an_answer},
    {1106, "three Resets in a row", "a loop of resets is what brown-outs look like", thrice},
    {1107, "after a Reset Hello.session is 0", "by it a twin sees that the board has started anew",
     no_session_left},
    {0},
};

const dd_case_group dd_cases_reset = {"reset", "2. Sessions", cases};
