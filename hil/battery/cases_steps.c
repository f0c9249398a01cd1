// Commission, start and steps: each is done once, and answered as often as it is granted.
#include "hil/battery/cases.h"
#include "hil/board/commission_message.h"

#include <string.h>

static bool greeted_in_step(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    if (!dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_LOCK_STEP))
        return dd_trial_skip(trial, "the board does not offer lock-step");
    if (!dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_COMMISSION))
        return dd_trial_skip(trial, "the board is not commissioned by the twin");
    Hil__Welcome welcome = dd_trial_welcome_of(trial, HIL__MODE__MODE_LOCK_STEP);
    return dd_trial_welcome(trial, &welcome);
}

static bool of_lamps(dd_trial *trial, uint16_t lamp_n, uint8_t feeder_n) {
    dd_trial_commission it;
    dd_trial_commission_init(&it, trial, lamp_n);
    it.commission.core.feeder_n = feeder_n;
    for (uint16_t i = 0; i < lamp_n; i++)
        it.lamps[i].feeder = (uint8_t)(1 + i % feeder_n);
    return greeted_in_step(trial) && dd_trial_send_commission(trial, &it) &&
           dd_trial_start(trial) && dd_trial_alive(trial, "its start");
}

static bool whole(dd_trial *trial) {
    return of_lamps(trial, DD_TRIAL_LAMPS, 1);
}

static bool one_lamp(dd_trial *trial) {
    return of_lamps(trial, 1, 1);
}

static bool most_lamps(dd_trial *trial) {
    return of_lamps(trial, DD_SEGMENT_LAMPS_MAX, DD_CORE_FEEDERS);
}

static bool in_both_modes(dd_trial *trial) {
    return dd_trial_work_in_real_time(trial) && dd_trial_live(trial, 300);
}

// What the board sends when the same grant comes anew, against what it has sent.
static bool same_answer(dd_trial *trial, const Hil__Message *message) {
    uint8_t first[DD_FRAME_OCTETS];
    if (!dd_trial_grant(trial, trial->uptime_us, message)) return false;
    size_t last = trial->answer.frame_n - 1,
           n = hil__frame__pack(trial->answer.frames[last], first);
    uint32_t part = trial->answer.parts - 1;
    for (int i = 0; i < 3; i++) {
        uint8_t again[DD_FRAME_OCTETS];
        if (!dd_trial_say_grant(trial, trial->step, part, trial->uptime_us, message)) return false;
        const Hil__Frame *frame = dd_trial_await(trial, HIL__FRAME__CONTROL_DONE,
                                                 DD_TRIAL_ANSWER_MS, "a Grant came anew");
        if (!frame) return false;
        if (hil__frame__get_packed_size(frame) != n || hil__frame__pack(frame, again) != n ||
            memcmp(first, again, n) != 0)
            return dd_trial_fail(trial,
                                 "a Grant came anew: the answer is another frame than before");
    }
    return true;
}

static bool repeated(dd_trial *trial) {
    dd_commission_messages messages;
    dd_trial_commission it;
    if (!greeted_in_step(trial)) return false;
    dd_trial_commission_init(&it, trial, 1);
    it.commission.lamps = it.lamps;
    it.commission.calendar = &it.calendar;
    dd_commission_say(&it.commission, 0, &messages);
    for (size_t i = 0; i < messages.n; i++)
        if (!same_answer(trial, messages.list[i])) return false;
    return dd_trial_start(trial) && dd_trial_alive(trial, "a commission said four times over");
}

static bool repeated_at_work(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    for (int i = 0; i < 5; i++) {
        trial->uptime_us = trial->answer.due_us ? trial->answer.due_us : trial->uptime_us + 1000;
        if (!same_answer(trial, NULL)) return false;
    }
    return true;
}

// The same nights, once with each grant said thrice.
static bool done_once(dd_trial *trial) {
    uint32_t check[2] = {0};
    for (int again = 0; again < 2; again++) {

        if (!dd_trial_work_in_step(trial)) return false;
        for (int i = 0; i < 30; i++) {
            uint64_t due = trial->answer.due_us;
            if (!due) return dd_trial_skip(trial, "the board states no deadlines");
            if (again) trial->uptime_us = due;
            if (!(again ? same_answer(trial, NULL) : dd_trial_grant(trial, due, NULL)))
                return false;
            check[again] = check[again] * 31 + trial->answer.check;
        }
    }
    return dd_trial_same(
        trial, check[0], check[1],
        "with each Grant said four times it does something else than with each said once");
}

static bool refused_step(dd_trial *trial, int by, const char *what) {
    return dd_trial_work_in_step(trial) && dd_trial_grant(trial, 1000, NULL) &&
           dd_trial_grant(trial, 2000, NULL) &&
           dd_trial_say_grant(trial, (uint32_t)((int)trial->step + by), 0, 3000, NULL) &&
           dd_trial_refused(trial, HIL__REASON__REASON_SESSION, what) &&
           dd_trial_well(trial, "a step out of turn");
}

static bool step_left_out(dd_trial *trial) {
    return refused_step(trial, 2, "a step was left out");
}

static bool step_of_before(dd_trial *trial) {
    return refused_step(trial, -1, "a step came that is done, and not the last");
}

static bool step_zero(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    return refused_step(trial, -(int)trial->step - 2, "step 0 came");
}

static bool part_unasked(dd_trial *trial) {
    return dd_trial_work_in_step(trial) && dd_trial_grant(trial, 1000, NULL) &&
           dd_trial_say_grant(trial, trial->step, trial->answer.parts + 1, 1000, NULL) &&
           dd_trial_refused(trial, HIL__REASON__REASON_SESSION,
                            "a part was granted that there is not") &&
           dd_trial_well(trial, "a part that there is not");
}

// --- Commissions that cannot be ---

// The next step brings it: it is refused, with a reason that people can read, and the board is well
// afterwards.
static bool refuses(dd_trial *trial, const Hil__Message *message, const char *what) {
    if (!dd_trial_say_grant(trial, trial->step + 1, 0, 0, message) ||
        !dd_trial_refused(trial, HIL__REASON__REASON_OTHER, what))
        return false;
    if (!*trial->probe->frame->refusal->text)
        return dd_trial_fail(trial, "%s: the Refusal has no text", what);
    return dd_trial_well(trial, what);
}

// Commissioned as far as its Settings, of one lamp on one feeder.
static bool settled(dd_trial *trial) {
    dd_commission_messages messages;
    dd_trial_commission it;
    if (!greeted_in_step(trial)) return false;
    dd_trial_commission_init(&it, trial, 1);
    it.commission.lamps = it.lamps;
    it.commission.calendar = &it.calendar;
    bool lends = dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_BORROWS_STORE);
    dd_commission_say(&it.commission, lends ? it.store_size : 0, &messages);
    return dd_trial_grant(trial, 0, messages.list[0]);
}

static bool settings_senseless(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Settings many = HIL__SETTINGS__INIT;
    message.what_case = HIL__MESSAGE__WHAT_SETTINGS;
    message.settings = &many;
    many.lamp_n = 60000;
    many.feeder_n = 200;
    many.poll_period_s = many.patience_s = UINT32_MAX;
    many.clock_ms = INT64_MIN;
    return greeted_in_step(trial) &&
           refuses(trial, &message, "Settings of 60,000 lamps on 200 feeders");
}

static bool lamps_senseless(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Lamps lamps = HIL__LAMPS__INIT;
    Hil__Lamp lamp = HIL__LAMP__INIT, *list[] = {&lamp, &lamp, &lamp};
    message.what_case = HIL__MESSAGE__WHAT_LAMPS;
    message.lamps = &lamps;
    lamps.lamps = list;
    lamps.first = 249;
    lamps.n_lamps = 3;
    lamp.feeder = 1;
    if (!settled(trial) || !refuses(trial, &message, "Lamps beyond those of the Settings"))
        return false;
    lamps.first = lamps.n_lamps = 1;
    lamp.feeder = 77;
    return settled(trial) && refuses(trial, &message, "a lamp on feeder 77 of one");
}

static bool calendar_senseless(dd_trial *trial) {
    static uint8_t octets[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    Hil__Message message = dd_trial_message();
    Hil__Calendar calendar = HIL__CALENDAR__INIT;
    message.what_case = HIL__MESSAGE__WHAT_CALENDAR;
    message.calendar = &calendar;
    calendar.octets = (ProtobufCBinaryData){sizeof octets, octets};
    return settled(trial) && refuses(trial, &message, "a Calendar that is no Order");
}

static bool start_alone(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Start start = HIL__START__INIT;
    message.what_case = HIL__MESSAGE__WHAT_START;
    message.start = &start;
    return greeted_in_step(trial) && refuses(trial, &message, "Start without Settings");
}

static const dd_case cases[] = {
    {601, "it is commissioned and started",
     "without it there is no run: look at the step that the text below names", whole},
    {602, "a segment of one lamp", "the smallest that there is", one_lamp},
    {603, "a segment of 250 lamps on four feeders", "the largest: Lamps come 16 a message",
     most_lamps},
    {604, "it is commissioned and started in real time", "by the same grants", in_both_modes},
    {605, "a Grant that comes anew is answered by the same frame",
     "the answer was lost: it is wanted again, number and all; keep the last frame", repeated},
    {606, "... at work, too", "in lock-step a wire that loses frames must change nothing",
     repeated_at_work},
    {607, "what comes anew is not done anew",
     "lamps switched twice, words numbered twice: the run would depend on the wire", done_once},
    {608, "a step left out is refused",
     "REASON_SESSION: board and twin do not speak of the same thing", step_left_out},
    {609, "a step of before is refused", "REASON_SESSION; only the last can be answered anew",
     step_of_before},
    {610, "step 0 is refused", "steps begin at 1", step_zero},
    {611, "a part that there is not is refused", "REASON_SESSION", part_unasked},
    {612, "Settings that cannot be are refused",
     "REASON_OTHER, with a text; more lamps than a board has room for end beyond its table",
     settings_senseless},
    {613, "Lamps that there are not are refused",
     "REASON_OTHER, with a text: a number beyond the Settings' is beyond the table, a feeder that "
     "there is not would light nothing",
     lamps_senseless},
    {614, "Start without Settings is refused",
     "REASON_OTHER, with a text: a board must not work with what an earlier session left",
     start_alone},
    {615, "a Calendar that cannot be read is refused",
     "REASON_OTHER, with a text: without it the board would keep its lamps dark, and say nothing",
     calendar_senseless},
    {0},
};

const dd_case_group dd_cases_steps = {"commission and steps", "3. Commission and start", cases};
