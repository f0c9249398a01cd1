// Sessions: none, ended, begun anew.
#include "hil/battery/cases.h"

static bool grant_without(dd_trial *trial) {
    return dd_trial_greet(trial) && dd_trial_say_grant(trial, 1, 0, 0, NULL) &&
           dd_trial_refused(trial, HIL__REASON__REASON_SESSION, "a Grant came without a session");
}

static bool words_without(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Inputs inputs = HIL__INPUTS__INIT;
    message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    message.inputs = &inputs;
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Message *messages[] = {&message};
    frame.messages = messages;
    frame.n_messages = 1;
    if (!dd_trial_greet(trial) || !dd_trial_beat(trial) || !dd_probe_say(trial->probe, &frame))
        return false;
    for (double until = dd_probe_ms(trial->probe) + 300, now;
         (now = dd_probe_ms(trial->probe)) < until;) {
        const Hil__Frame *came = dd_probe_hear(trial->probe, (int)(until - now));
        if (came && came->control_case != HIL__FRAME__CONTROL_HELLO &&
            came->control_case != HIL__FRAME__CONTROL_REFUSAL)
            return dd_trial_fail(trial, "without a session it answered a Beat or Inputs");
    }
    return dd_trial_well(trial, "words without a session");
}

static bool refusal_ends(dd_trial *trial) {
    return dd_trial_work(trial) && dd_trial_refuse(trial, HIL__REASON__REASON_END) &&
           dd_trial_await(trial, HIL__FRAME__CONTROL_HELLO, 1600,
                          "refused at the run's end, it is to greet again") &&
           dd_trial_say_grant(trial, trial->step + 1, 0, 1000, NULL) &&
           dd_trial_refused(trial, HIL__REASON__REASON_SESSION,
                            "a Grant of a session that is over");
}

static bool welcome_at_work(dd_trial *trial) {
    trial->store.size = DD_STORE_LOG; // without a log that would be read through
    if (!dd_trial_work(trial)) return false;
    Hil__Welcome welcome = dd_trial_welcome_of(trial, trial->lock_step ? HIL__MODE__MODE_LOCK_STEP
                                                                       : HIL__MODE__MODE_REAL_TIME);
    dd_trial_commission commission;
    dd_trial_commission_init(&commission, trial, DD_TRIAL_LAMPS);
    dd_probe_hear(trial->probe, 20);
    return dd_trial_welcome(trial, &welcome) && dd_trial_send_commission(trial, &commission) &&
           dd_trial_start(trial) && dd_trial_alive(trial, "a second Welcome at work");
}

static bool welcome_in_commission(dd_trial *trial) {
    dd_trial_commission commission;
    if (!dd_trial_greet(trial)) return false;
    bool step = dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_LOCK_STEP);
    Hil__Welcome welcome =
        dd_trial_welcome_of(trial, step ? HIL__MODE__MODE_LOCK_STEP : HIL__MODE__MODE_REAL_TIME);
    dd_trial_commission_init(&commission, trial, DD_TRIAL_LAMPS);
    return dd_trial_welcome(trial, &welcome) && dd_trial_send_commission(trial, &commission) &&
           dd_trial_well(trial, "a commission that was broken off");
}

static bool many(dd_trial *trial) {
    for (int i = 0; i < 10; i++)
        if (!dd_trial_work(trial)) return false;
    return dd_trial_alive(trial, "ten sessions in a row");
}

static bool both_modes(dd_trial *trial) {
    return dd_trial_work_in_step(trial) && dd_trial_work_in_real_time(trial) &&
           dd_trial_live(trial, 150) && dd_trial_work_in_step(trial) &&
           dd_trial_silence(trial, HIL__FRAME__CONTROL_BEAT, 400,
                            "in lock-step, after a session in real time");
}

static const dd_case cases[] = {
    {401, "a Grant without a session is refused",
     "REASON_SESSION tells a twin at once that the board has been restarted: else it waits for its "
     "time-out",
     grant_without},
    {402, "anything else without a session is passed over",
     "a board that works without having been started works on nothing", words_without},
    {403, "a Refusal ends the session", "at the run's end the board greets again, for the next run",
     refusal_ends},
    {404, "a Welcome at work begins anew",
     "a twin that has lost the thread welcomes anew; numbers and steps begin at 1",
     welcome_at_work},
    {405, "a commission that was broken off leaves nothing",
     "half a commission must not mix with the next one", welcome_in_commission},
    {406, "ten sessions in a row", "each begins as the first did", many},
    {407, "lock-step after real time is quiet", "no timer of the session before may speak",
     both_modes},
    {0},
};

const dd_case_group dd_cases_session = {"sessions", "2. Sessions", cases};
