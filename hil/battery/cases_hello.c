// Hello, Welcome, and what a board must refuse.
#include "hil/battery/cases.h"

#include <string.h>

static bool complete(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    const Hil__Hello *hello = trial->hello;
    if (hello->version == 0) return dd_trial_fail(trial, "Hello.version is 0: 1 is spoken");
    if (!*hello->serial && !(hello->vid && hello->pid))
        return dd_trial_fail(trial, "Hello tells neither a serial nor VID and PID: it cannot be "
                                    "told from other boards");
    if (!*hello->firmware && !hello->firmware_hash.len)
        return dd_trial_fail(trial, "Hello tells neither the firmware's name nor its hash");
    if (hello->uptime_us == 0) return dd_trial_fail(trial, "Hello.uptime_us is 0");
    return strlen(hello->serial) < 64 || dd_trial_fail(trial, "Hello.serial is longer than 63");
}

static bool each_second(dd_trial *trial) {
    int count = 0;
    if (!dd_trial_greet(trial)) return false;
    double until = dd_probe_ms(trial->probe) + 2600;
    for (double now; (now = dd_probe_ms(trial->probe)) < until;) {
        const Hil__Frame *frame = dd_probe_hear(trial->probe, (int)(until - now));
        count += frame && frame->control_case == HIL__FRAME__CONTROL_HELLO;
    }
    return (count >= 2 && count <= 4) ||
           dd_trial_fail(trial, "%d Hellos came within 2.6 s of the first: 2 were expected", count);
}

static bool uptime_rises(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    uint64_t before = trial->hello->uptime_us;
    double begin = dd_probe_ms(trial->probe);
    dd_probe_hear(trial->probe, 300);
    if (!dd_trial_greet(trial)) return false;
    double took_us = 1000 * (dd_probe_ms(trial->probe) - begin);
    double rose_us = (double)trial->hello->uptime_us - (double)before;
    return (rose_us > 0 && rose_us < 3 * took_us + 1e6) ||
           dd_trial_fail(trial, "between two Hellos its uptime rose by %.0f us, the wall's by %.0f",
                         rose_us, took_us);
}

static bool asked_at_work(dd_trial *trial) {
    return dd_trial_work(trial) && dd_trial_greet(trial) &&
           dd_trial_say_grant(trial, trial->step + 1, 0, 1000000, NULL) &&
           dd_trial_refused(trial, HIL__REASON__REASON_SESSION,
                            "an Ask ends the session: a Grant after it");
}

static bool only_hello(dd_trial *trial) {
    if (!dd_trial_work_in_real_time(trial) || !dd_trial_live(trial, 200)) return false;
    if (!dd_trial_greet(trial)) return false;
    double until = dd_probe_ms(trial->probe) + 400;
    for (double now; (now = dd_probe_ms(trial->probe)) < until;) {
        const Hil__Frame *frame = dd_probe_hear(trial->probe, (int)(until - now));
        if (frame && frame->control_case != HIL__FRAME__CONTROL_HELLO)
            return dd_trial_fail(trial,
                                 "after its Hello, before a Welcome, it said something of the "
                                 "session before, number %u",
                                 (unsigned)frame->number);
    }
    return true;
}

static bool newer_twin(dd_trial *trial) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Ask ask = HIL__ASK__INIT;
    ask.version = 9;
    frame.control_case = HIL__FRAME__CONTROL_ASK;
    frame.ask = &ask;
    const Hil__Frame *hello;
    if (!dd_trial_work(trial) || !dd_probe_say(trial->probe, &frame)) return false;
    hello = dd_trial_await(trial, HIL__FRAME__CONTROL_HELLO, DD_TRIAL_ANSWER_MS,
                           "a twin that speaks version 9 asked");
    return hello &&
           (hello->hello->version < 9 ||
            dd_trial_fail(trial, "it claims to speak version %u", (unsigned)hello->hello->version));
}

static bool refuses(dd_trial *trial, Hil__Welcome welcome, Hil__Reason reason, const char *what) {
    return dd_trial_welcome(trial, &welcome) && dd_trial_refused(trial, reason, what) &&
           dd_trial_say_grant(trial, 1, 0, 0, NULL) &&
           dd_trial_refused(trial, HIL__REASON__REASON_SESSION,
                            "it has refused the session, but takes a Grant of it");
}

static Hil__Mode some_mode(const dd_trial *trial) {
    return dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_LOCK_STEP) ? HIL__MODE__MODE_LOCK_STEP
                                                                      : HIL__MODE__MODE_REAL_TIME;
}

static bool version(dd_trial *trial, uint32_t number, const char *what) {
    if (!dd_trial_greet(trial)) return false;
    Hil__Welcome welcome = dd_trial_welcome_of(trial, some_mode(trial));
    welcome.version = number;
    return refuses(trial, welcome, HIL__REASON__REASON_VERSION, what);
}

static bool version_9(dd_trial *trial) {
    return version(trial, 9, "welcomed in version 9");
}

static bool version_0(dd_trial *trial) {
    return version(trial, 0, "welcomed in no version");
}

static bool no_mode(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    return refuses(trial, dd_trial_welcome_of(trial, HIL__MODE__MODE_NONE),
                   HIL__REASON__REASON_MODE, "welcomed in no mode") &&
           refuses(trial, dd_trial_welcome_of(trial, (Hil__Mode)77), HIL__REASON__REASON_MODE,
                   "welcomed in a mode that there is not");
}

static bool mode_it_lacks(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    if (dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_LOCK_STEP))
        return dd_trial_skip(trial, "the board offers lock-step");
    return refuses(trial, dd_trial_welcome_of(trial, HIL__MODE__MODE_LOCK_STEP),
                   HIL__REASON__REASON_MODE, "welcomed in lock-step, which it does not offer");
}

static bool another_segment(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    if (!*trial->hello->segment)
        return dd_trial_skip(trial, "the board was commissioned for any segment");
    Hil__Welcome welcome = dd_trial_welcome_of(trial, some_mode(trial));
    char segment[] = "another one";
    welcome.segment = segment;
    return refuses(trial, welcome, HIL__REASON__REASON_SEGMENT, "welcomed as another segment");
}

static bool session_0(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    Hil__Welcome welcome = dd_trial_welcome_of(trial, some_mode(trial));
    welcome.session = 0;
    return refuses(trial, welcome, HIL__REASON__REASON_SESSION, "welcomed to session 0");
}

static bool tells_last_session(dd_trial *trial) {
    if (!dd_trial_work(trial) || !dd_trial_greet(trial)) return false;
    return trial->hello->session == trial->session ||
           dd_trial_fail(trial, "it was in session %u, but Hello.session is %u",
                         (unsigned)trial->session, (unsigned)trial->hello->session);
}

static const dd_case cases[] = {
    {201, "Hello tells who the board is",
     "the rack finds boards by serial, and reports name the firmware that was tried", complete},
    {202, "Hello comes each second until it is welcomed",
     "a board that was plugged in is found by its Hello; one that floods the wire is not heard",
     each_second},
    {203, "an Ask at work is answered, and ends the session",
     "a twin that was restarted asks; what it says then is of no older session", asked_at_work},
    {204, "after Hello nothing of an old session comes",
     "frames of an old session have numbers that spoil the new one's count", only_hello},
    {205, "a newer twin's Ask is answered with the own version",
     "the smaller version of both is spoken: no board needs to know the larger one", newer_twin},
    {206, "a Welcome in a newer version is refused",
     "REASON_VERSION tells the twin's user what to update", version_9},
    {207, "a Welcome in no version is refused", "REASON_VERSION", version_0},
    {208, "a Welcome in no mode, or an unknown one, is refused",
     "REASON_MODE: a board that guesses waits for beats that never come", no_mode},
    {209, "a Welcome in a mode that it lacks is refused", "REASON_MODE", mode_it_lacks},
    {210, "a Welcome to session 0 is refused", "REASON_SESSION: 0 means none", session_0},
    {211, "a Welcome as another segment is refused",
     "REASON_SEGMENT: a board commissioned for one road must not switch another", another_segment},
    {212, "Hello.uptime_us rises",
     "a reset is recognised by it: count it from the start, in microseconds", uptime_rises},
    {213, "Hello.session is the last session's",
     "by it a twin sees whether the board has been restarted since", tells_last_session},
    {0},
};

const dd_case_group dd_cases_hello = {"hello and versions", "2. Sessions", cases};
