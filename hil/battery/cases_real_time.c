// Real time: beats, what they tell, sync.
#include "hil/battery/cases.h"

#include <inttypes.h>
#include <stdlib.h>

// A second of three is as it should be: on a machine that is busy an emulated board may stand
// still.
static bool beats(dd_trial *trial) {
    size_t n = 0;
    if (!dd_trial_work_in_real_time(trial) || !dd_trial_live(trial, 200)) return false;
    for (int i = 0; i < 3 && (n < 7 || n > 40); i++) {
        if (!dd_trial_live(trial, 1000)) return false;
        n = dd_trial_count(trial, HIL__FRAME__CONTROL_BEAT);
    }
    return (n >= 7 && n <= 40) ||
           dd_trial_fail(trial, "Welcome.beat_ms is %d: in a second %zu Beats came",
                         DD_TRIAL_BEAT_MS, n);
}

typedef struct reading {
    double at_ms, uptime_ms; // the wall's, and the board's
} reading;

// Of the Beats that come within so long, the one that was the shortest on its way.
static bool read_uptime(dd_trial *trial, int ms, reading *it) {
    bool any = false;
    if (!dd_trial_live(trial, ms)) return false;
    for (size_t i = 0; i < trial->heard_n; i++) {
        const Hil__Frame *frame = trial->heard[i].frame;
        if (frame->control_case != HIL__FRAME__CONTROL_BEAT) continue;
        reading next = {trial->heard[i].t_ms, (double)frame->beat->uptime_us / 1000};
        if (!any || next.at_ms - next.uptime_ms < it->at_ms - it->uptime_ms) *it = next;
        any = true;
    }
    return any || dd_trial_fail(trial, "no Beat came within %d ms", ms);
}

static bool uptime_runs(dd_trial *trial) {
    reading first, last;
    if (!dd_trial_work_in_real_time(trial) || !read_uptime(trial, 500, &first)) return false;
    double since = first.at_ms - trial->started_ms;
    if (first.uptime_ms > since + 200 || first.uptime_ms < since - 300)
        return dd_trial_fail(trial,
                             "%.0f ms after Start its uptime is %.0f ms: it runs from 0 there",
                             since, first.uptime_ms);
    if (!read_uptime(trial, 900, &last)) return false;
    double rose = last.uptime_ms - first.uptime_ms, took = last.at_ms - first.at_ms;
    return (rose > took * 0.8 - 50 && rose < took * 1.2 + 50) ||
           dd_trial_fail(trial, "in %.0f ms of the wall its uptime rose by %.0f ms", took, rose);
}

static bool twin_falls_silent(dd_trial *trial) {
    return dd_trial_work_in_real_time(trial) && dd_trial_live(trial, 300) &&
           dd_trial_await(trial, HIL__FRAME__CONTROL_HELLO, 4500, "the twin fell silent");
}

static bool beats_are_enough(dd_trial *trial) {
    if (!dd_trial_work_in_real_time(trial) || !dd_trial_live(trial, 1500)) return false;
    return !dd_trial_heard(trial, HIL__FRAME__CONTROL_HELLO) ||
           dd_trial_fail(trial, "though the twin sent its Beats, it greeted anew");
}

static bool outputs_in_beats(dd_trial *trial) {
    if (!dd_trial_work_in_real_time(trial) || !dd_trial_live(trial, 800)) return false;
    const dd_heard *beat = dd_trial_heard(trial, HIL__FRAME__CONTROL_BEAT);
    if (!beat || !beat->frame->beat->outputs)
        return dd_trial_fail(trial,
                             "its Beats do not carry its Outputs: one that was lost stays so");
    const Hil__Outputs *said = NULL;
    for (size_t i = 0; i < trial->heard_n && trial->heard[i].frame != beat->frame; i++)
        for (size_t m = 0; m < trial->heard[i].frame->n_messages; m++)
            if (trial->heard[i].frame->messages[m]->what_case == HIL__MESSAGE__WHAT_OUTPUTS)
                said = trial->heard[i].frame->messages[m]->outputs;
    return !said || said->contactors == beat->frame->beat->outputs->contactors ||
           dd_trial_fail(trial, "it said that contactors are %" PRIu32 ", its next Beat %" PRIu32,
                         said->contactors, beat->frame->beat->outputs->contactors);
}

static const Hil__Beat *beat_after(dd_trial *trial, bool done) {
    return done ? dd_trial_next_beat(trial) : NULL;
}

static bool counts_lost(dd_trial *trial) {
    const Hil__Beat *beat = beat_after(trial, dd_trial_work_in_real_time(trial));
    if (!beat) return false;
    uint32_t lost = beat->lost, received = beat->received;
    trial->probe->number += 3;
    beat = dd_trial_next_beat(trial);
    if (!beat) return false;
    if (beat->lost != lost + 3)
        return dd_trial_fail(trial,
                             "three frames were lost: Beat.lost went from %" PRIu32 " to %" PRIu32,
                             lost, beat->lost);
    return beat->received > received ||
           dd_trial_fail(trial, "Beat.received does not rise: %" PRIu32, beat->received);
}

static bool counts_garbled(dd_trial *trial) {
    static const uint8_t wire[] = {5, 1, 2, 3, 4, 0, 3, 8, 9, 0};
    const Hil__Beat *beat = beat_after(trial, dd_trial_work_in_real_time(trial));
    if (!beat) return false;
    uint32_t garbled = beat->garbled;
    beat = beat_after(trial, dd_probe_octets(trial->probe, wire, sizeof wire));
    return beat && (beat->garbled == garbled + 2 ||
                    dd_trial_fail(trial,
                                  "two frames failed their check: Beat.garbled went from %" PRIu32
                                  " to %" PRIu32,
                                  garbled, beat->garbled));
}

static bool counts_refused(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Datagram datagram = HIL__DATAGRAM__INIT;
    message.what_case = HIL__MESSAGE__WHAT_DATAGRAM;
    message.datagram = &datagram;
    datagram.lamp = 9999;
    const Hil__Beat *beat = beat_after(trial, dd_trial_work_in_real_time(trial));
    if (!beat) return false;
    if (!dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_COMMISSION))
        return dd_trial_skip(trial, "which lamps there are, the board is not told");
    uint32_t refused = beat->refused;
    beat = beat_after(trial, dd_trial_tell(trial, &message));
    return beat &&
           (beat->refused > refused ||
            dd_trial_fail(trial, "a Datagram of lamp 9999 came: Beat.refused stays %" PRIu32,
                          refused));
}

static bool inputs_again(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Inputs inputs = HIL__INPUTS__INIT;
    Hil__Feeder feeder = HIL__FEEDER__INIT, *feeders[] = {&feeder};
    message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    message.inputs = &inputs;
    inputs.mains = 1;
    inputs.n_feeders = 1;
    inputs.feeders = feeders;
    if (!dd_trial_work_in_real_time(trial)) return false;
    for (int i = 0; i < 10; i++)
        if (!dd_trial_tell(trial, &message)) return false;
    return dd_trial_alive(trial, "the same Inputs ten times");
}

// --- Sync ---

// At work, and past the start, where a board may have no room for more than its store's answers.
static bool settled(dd_trial *trial) {
    return dd_trial_work_in_real_time(trial) && dd_trial_live(trial, 200);
}

static bool ask_sync(dd_trial *trial, uint32_t round, Hil__Sync *question, Hil__Sync *answer) {
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_SYNC;
    frame.sync = question;
    question->round = round;
    question->sent_us = (uint64_t)(1000 * dd_probe_ms(trial->probe));
    if (!dd_probe_say(trial->probe, &frame)) return false;
    const Hil__Frame *came =
        dd_trial_await(trial, HIL__FRAME__CONTROL_SYNC, 1000, "a Sync was asked");
    if (!came) return false;
    *answer = *came->sync;
    if (answer->round == round && answer->sent_us == question->sent_us) return true;
    return dd_trial_fail(trial,
                         "Sync of round %" PRIu32 ", sent_us %" PRIu64 ": the answer says %" PRIu32
                         ", %" PRIu64,
                         round, question->sent_us, answer->round, answer->sent_us);
}

static bool sync_is_answered(dd_trial *trial) {
    Hil__Sync question = HIL__SYNC__INIT, answer;
    if (!settled(trial)) return false;
    uint64_t last = 0;
    for (uint32_t round = 1; round <= 5; round++) {
        if (!ask_sync(trial, round, &question, &answer)) return false;
        if (answer.received_us > answer.answered_us)
            return dd_trial_fail(trial,
                                 "Sync: received at %" PRIu64 " us, answered at %" PRIu64 " us",
                                 answer.received_us, answer.answered_us);
        if (answer.received_us < last)
            return dd_trial_fail(trial,
                                 "Sync: its uptime goes back, from %" PRIu64 " to %" PRIu64 " us",
                                 last, answer.received_us);
        last = answer.answered_us;
    }
    return true;
}

// (RFC 5905, 8: offset and delay of a round.)
static bool sync_is_steady(dd_trial *trial) {
    Hil__Sync question = HIL__SYNC__INIT, answer;
    double least = 1e18, most = -1e18, delay_most = 0;
    if (!settled(trial)) return false;
    for (uint32_t round = 1; round <= 20; round++) {
        if (!ask_sync(trial, round, &question, &answer)) return false;
        double came = 1000 * trial->probe->heard_ms, sent = (double)question.sent_us;
        double received = (double)answer.received_us, answered = (double)answer.answered_us;
        double offset = ((received - sent) + (answered - came)) / 2;
        double delay = (came - sent) - (answered - received);
        if (offset < least) least = offset;
        if (offset > most) most = offset;
        if (delay > delay_most) delay_most = delay;
    }
    // The half of a round's delay is what offsets may be wrong by.
    return most - least <= delay_most + 5000 ||
           dd_trial_fail(trial,
                         "over 20 rounds of Sync the offset of its clock varies by %.0f us, at "
                         "delays of up to %.0f us: received_us or answered_us is not when it "
                         "came or went",
                         most - least, delay_most);
}

static bool sync_sets_nothing(dd_trial *trial) {
    Hil__Sync question = HIL__SYNC__INIT, before, after;
    if (!settled(trial) || !ask_sync(trial, 1, &question, &before)) return false;
    question.offset_us = INT64_C(3600000000);
    question.drift_ppb = 1000000000;
    if (!ask_sync(trial, 2, &question, &after) || !ask_sync(trial, 3, &question, &after))
        return false;
    uint64_t rose = after.received_us - before.received_us;
    return rose < 3000000 ||
           dd_trial_fail(trial,
                         "told of an offset of an hour it set its uptime: it is at %" PRIu64 " us",
                         after.received_us);
}

static bool grant_at_work(dd_trial *trial) {
    return dd_trial_work_in_real_time(trial) && dd_trial_live(trial, 100) &&
           dd_trial_say_grant(trial, trial->step, trial->answer.parts - 1, 0, NULL) &&
           dd_trial_await(trial, HIL__FRAME__CONTROL_DONE, DD_TRIAL_ANSWER_MS,
                          "the Grant of Start came anew, its answer having been lost") &&
           dd_trial_live(trial, 200) && dd_trial_alive(trial, "Start granted twice");
}

static const dd_case cases[] = {
    {801, "its Beats come as often as was asked",
     "beats tell that it lives; the twin calls it lost after five", beats},
    {802, "its uptime runs from 0 at Start, as fast as the wall",
     "all times that it tells are reckoned by it", uptime_runs},
    {803, "it greets when the twin falls silent",
     "a twin that was killed says no farewell; the next one finds the board only so",
     twin_falls_silent},
    {804, "the twin's Beats alone keep the session", "a quiet night is no reason to leave",
     beats_are_enough},
    {805, "its Beats carry its Outputs as they stand",
     "an Outputs message that was lost is made good by them", outputs_in_beats},
    {806, "Beats count frames received and lost", "the twin says Inputs again when `lost` grows",
     counts_lost},
    {807, "Beats count frames that failed their check", "a bad cable shows there", counts_garbled},
    {808, "Beats count messages that cannot be",
     "a fault of the twin's, or of a field's width here, shows there", counts_refused},
    {809, "the same Inputs again do no harm", "they are a state, not a change", inputs_again},
    {810, "Sync is answered with its own times",
     "offset and drift of the board's clock come from it", sync_is_answered},
    {811, "Sync's times are steady",
     "take received_us when the frame comes, answered_us when the answer goes", sync_is_steady},
    {812, "Sync sets no clock",
     "the twin reckons with the offset; a clock that jumps cannot be reckoned with",
     sync_sets_nothing},
    {813, "Start granted anew is answered, not done anew",
     "its Done may be lost as any frame; the uptime runs on", grant_at_work},
    {0},
};

const dd_case_group dd_cases_real_time = {"real time", "5. Real time", cases};
