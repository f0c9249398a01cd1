// Numbers of frames, and credit.
#include "hil/battery/cases.h"

#include <inttypes.h>

static bool count_up(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    for (uint32_t last = trial->probe->heard, i = 0; i < 20; i++, last = trial->probe->heard)
        if (!dd_trial_grant(trial, trial->uptime_us + 1000, NULL))
            return false;
        else if (trial->answer.parts == 1 && trial->probe->heard != last + 1)
            return dd_trial_fail(trial, "its frame after number %" PRIu32 " has number %" PRIu32,
                                 last, trial->probe->heard);
    return true;
}

static bool begin_at_one(dd_trial *trial) {
    if (!dd_trial_work(trial) || !dd_trial_greet(trial)) return false;
    if (trial->probe->heard != 0)
        return dd_trial_fail(trial, "a Hello has number %" PRIu32 ", not 0", trial->probe->heard);
    Hil__Welcome welcome = dd_trial_welcome_of(trial, trial->lock_step ? HIL__MODE__MODE_LOCK_STEP
                                                                       : HIL__MODE__MODE_REAL_TIME);
    dd_trial_commission commission;
    dd_trial_commission_init(&commission, trial, 1);
    if (!dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_COMMISSION))
        return dd_trial_skip(trial, "the board is not commissioned by the twin");
    if (!dd_trial_welcome(trial, &welcome) || !dd_trial_send_commission(trial, &commission))
        return false;
    uint32_t steps = trial->step;
    return trial->probe->heard == steps ||
           dd_trial_fail(trial, "after %" PRIu32 " answers its last number is %" PRIu32, steps,
                         trial->probe->heard);
}

static bool in_real_time(dd_trial *trial) {
    if (!dd_trial_work_in_real_time(trial)) return false;
    uint32_t last = trial->probe->heard;
    if (!dd_trial_live(trial, 800)) return false;
    for (size_t i = 0; i < trial->heard_n; i++, last++)
        if (trial->heard[i].frame->number != last + 1)
            return dd_trial_fail(trial, "its frame after number %" PRIu32 " has number %" PRIu32,
                                 last, trial->heard[i].frame->number);
    return true;
}

static bool gaps(dd_trial *trial) {
    if (!dd_trial_work(trial)) return false;
    trial->probe->number += 7;
    return dd_trial_alive(trial, "seven of our frames were lost");
}

static bool again(dd_trial *trial) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Grant grant = HIL__GRANT__INIT;
    if (!dd_trial_work_in_step(trial)) return false;
    frame.control_case = HIL__FRAME__CONTROL_GRANT;
    frame.grant = &grant;
    grant.step = ++trial->step;
    grant.uptime_us = 1000;
    if (!dd_probe_say(trial->probe, &frame) || !dd_trial_take_answer(trial)) return false;
    return dd_probe_say_as(trial->probe, &frame, trial->probe->number) &&
           dd_trial_silence(trial, HIL__FRAME__CONTROL__NOT_SET, 150,
                            "a frame came again, number and all, as wires do it") &&
           dd_trial_alive(trial, "a frame that came twice");
}

static bool gives_credit(dd_trial *trial) {
    uint32_t limit = 0;
    if (!dd_trial_work_in_real_time(trial)) return false;
    for (int i = 0; i < 3; i++) {
        if (!dd_trial_next_beat(trial)) return false;
        const Hil__Frame *frame = dd_trial_heard(trial, HIL__FRAME__CONTROL_BEAT)->frame;
        if (frame->limit < limit)
            return dd_trial_fail(trial, "its limit fell from %" PRIu32 " to %" PRIu32, limit,
                                 frame->limit);
        limit = frame->limit;
    }
    // Its last frame may have crossed some of ours.
    return limit + 4 > trial->probe->number ||
           dd_trial_fail(trial,
                         "its limit is %" PRIu32 ", our frames are at %" PRIu32
                         ": we may never say anything again",
                         limit, trial->probe->number);
}

// Looks are answered, datagrams come in: a board has things to say, while it may not.
static bool make_it_talk(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Inputs inputs = HIL__INPUTS__INIT;
    Hil__Feeder feeder = HIL__FEEDER__INIT, *feeders[] = {&feeder};
    message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    message.inputs = &inputs;
    inputs.n_feeders = 1;
    inputs.feeders = feeders;
    for (int i = 0; i < 4; i++) {
        inputs.mains = i & 1;
        inputs.door = !inputs.mains;
        feeder.live_phases = i & 1 ? 7 : 0;
        if (!dd_trial_tell(trial, &message)) return false;
    }
    return true;
}

// The credit of a Welcome, four frames, is used up by the answers to the commission, as those
// count.
static bool keeps_to_credit(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    trial->probe->fixed = 1;
    if (!dd_trial_work_in_real_time(trial)) return false;
    if (trial->probe->heard < 4) return dd_trial_skip(trial, "it has credit left after its start");
    if (!make_it_talk(trial) || !dd_trial_live(trial, 500)) return false;
    for (size_t i = 0; i < trial->heard_n; i++)
        if (trial->heard[i].frame->control_case == HIL__FRAME__CONTROL__NOT_SET)
            return dd_trial_fail(
                trial,
                "our limit was never above 4, but a frame with messages has number "
                "%" PRIu32,
                trial->heard[i].frame->number);
    return true;
}

static bool comes_round(dd_trial *trial) {
    if (!dd_trial_work_in_real_time(trial)) return false;
    trial->probe->fixed = 1;
    if (!make_it_talk(trial) || !dd_trial_live(trial, 900)) return false;
    if (dd_trial_count(trial, HIL__FRAME__CONTROL_BEAT) < 3)
        return dd_trial_fail(trial, "without credit it does not even send its Beats: the link is "
                                    "silent for good");
    trial->probe->fixed = 0;
    return dd_trial_live(trial, 300) && dd_trial_alive(trial, "a time without credit");
}

static const dd_case cases[] = {
    {501, "its frames are numbered one by one",
     "what is missing counts as lost on the wire, and the wire is blamed", count_up},
    {502, "numbers begin at 1 after a Welcome, Hello is 0",
     "else all of a new session counts as lost, or as heard before", begin_at_one},
    {503, "gaps in our numbers do no harm", "they are frames lost on the wire: count them, go on",
     gaps},
    {504, "a frame that comes again is passed over",
     "whatever is not above the last number heard has been done already", again},
    {505, "its numbers rise by one in real time, too", "beats, messages and answers count alike",
     in_real_time},
    {506, "it gives credit, ever more",
     "limit is the highest number that we may use: raise it as frames are done with", gives_credit},
    {507, "it keeps to our credit",
     "a frame without a control word whose number is above our limit finds no room",
     keeps_to_credit},
    {508, "without credit its beats go on",
     "a wire that has swallowed all credit comes round only so", comes_round},
    {0},
};

const dd_case_group dd_cases_numbers = {"numbers and credit", "2. Sessions", cases};
