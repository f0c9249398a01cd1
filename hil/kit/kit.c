#include "hil/kit/kit.h"
#include "hil/kit/kit_in.h"
#include "hil/kit/kit_out.h"

#include <string.h>

enum {
    HELLO_US = 1000000,  // between two, until it is welcomed
    SILENT_BEATS = 5,    // of the twin's, after which the session is over ...
    SILENT_US = 2000000, // ... but not before
    STORE_TRIES = 5,
    SAVE_MAX = 256, // octets of one StoreWrite
    LOAD_HEAD = 64, // octets of a frame with StoreData besides these
};

static uint64_t clock_us(const dd_kit *kit) {
    return kit->def->port.clock_us(kit->def->port.context);
}

// For what takes less than an hour.
static uint32_t now_us(const dd_kit *kit) {
    return (uint32_t)clock_us(kit);
}

static bool in_mode(const dd_kit *kit, hil_Mode mode) {
    return kit->mode == (uint32_t)mode;
}

// At work by its own clock.
static bool in_real_time(const dd_kit *kit) {
    return in_mode(kit, hil_Mode_MODE_REAL_TIME) && kit->running;
}

static uint64_t uptime_us(const dd_kit *kit) {
    return in_real_time(kit) ? clock_us(kit) - kit->origin_us : kit->uptime_us;
}

void dd_kit_init(dd_kit *kit, const dd_kit_def *def) {
    memset(kit, 0, sizeof *kit);
    kit->def = def;
    kit->hello_us = now_us(kit) - HELLO_US;
}

// --- Saying ---

// Sends what has been said so far; in lock-step as a part of the answer, and waits for the next.
static bool go_on(dd_kit *kit) {
    hil_Frame head = {0};
    if (in_mode(kit, hil_Mode_MODE_LOCK_STEP)) {
        head.which_control = hil_Frame_done_tag;
        head.control.done = (hil_Done){.step = kit->step, .part = kit->part, .more = true};
    } else if (kit->limit <= kit->number && !dd_kit_await(kit, &(dd_kit_want){0})) {
        dd_kit_begin(kit);
        return false;
    }
    dd_kit_finish(kit, &head);
    bool on = !in_mode(kit, hil_Mode_MODE_LOCK_STEP) || dd_kit_await(kit, &(dd_kit_want){0});
    dd_kit_begin(kit);
    return on;
}

bool dd_kit_send(dd_kit *kit, hil_Message *message) {
    if (!kit->answering || kit->cut) return false;
    message->at_us = in_real_time(kit) ? uptime_us(kit) : 0;
    if (message->which_what == hil_Message_outputs_tag) kit->outputs = message->what.outputs;
    return dd_kit_append(kit, message) ||
           (dd_kit_begun(kit) && go_on(kit) && dd_kit_append(kit, message));
}

void dd_kit_log(dd_kit *kit, uint32_t level, const char *text) {
    hil_Message message = {.which_what = hil_Message_log_tag};
    message.what.log = (hil_Log){.level = level, .text = dd_kit_text(text)};
    dd_kit_send(kit, &message);
}

void dd_kit_pass_over(dd_kit *kit) {
    kit->counts.refused++;
}

// --- The store ---

// A question to the twin's store and its answer.
static bool ask_store(dd_kit *kit, hil_Message *question, const dd_kit_want *want) {
    hil_Frame head = {.which_control = hil_Frame_done_tag};
    for (int i = 0; i < STORE_TRIES && !kit->cut; i++) {
        if (!dd_kit_send(kit, question)) return false;
        if (in_mode(kit, hil_Mode_MODE_LOCK_STEP)) {
            head.control.done = (hil_Done){.step = kit->step, .part = kit->part, .more = true};
            dd_kit_finish(kit, &head);
            bool done = dd_kit_await(kit, want);
            dd_kit_begin(kit);
            return done;
        }
        if (go_on(kit) && dd_kit_await(kit, want)) return true;
    }
    return false;
}

static bool load_some(dd_kit *kit, uint32_t at, uint8_t *octets, uint32_t n) {
    hil_Message question = {.which_what = hil_Message_store_read_tag};
    question.what.store_read = (hil_StoreRead){.at = at, .n = n, .token = ++kit->token};
    return ask_store(kit, &question, &(dd_kit_want){kit->token, octets, n});
}

static bool save_some(dd_kit *kit, uint32_t at, const uint8_t *octets, uint32_t n) {
    hil_Message question = {.which_what = hil_Message_store_write_tag};
    question.what.store_write =
        (hil_StoreWrite){.at = at, .octets = {octets, (uint16_t)n}, .token = ++kit->token};
    return ask_store(kit, &question, &(dd_kit_want){.token = kit->token});
}

static uint32_t load_max(const dd_kit *kit) {
    uint32_t aside = DD_KIT_ASIDE - kit->aside_n - LOAD_HEAD;
    return aside < DD_KIT_FRAME - LOAD_HEAD ? aside : DD_KIT_FRAME - LOAD_HEAD;
}

bool dd_kit_load(dd_kit *kit, uint32_t at, void *octets, uint32_t n) {
    const dd_kit_port *port = &kit->def->port;
    if (port->load) return port->load(port->context, at, octets, n);
    uint8_t *to = octets;
    for (uint32_t some; n > 0; at += some, to += some, n -= some) {
        some = n < load_max(kit) ? n : load_max(kit);
        if (!load_some(kit, at, to, some)) return false;
    }
    return true;
}

bool dd_kit_save(dd_kit *kit, uint32_t at, const void *octets, uint32_t n) {
    const dd_kit_port *port = &kit->def->port;
    if (port->save) return port->save(port->context, at, octets, n);
    const uint8_t *from = octets;
    for (uint32_t some; n > 0; at += some, from += some, n -= some) {
        some = n < SAVE_MAX ? n : SAVE_MAX;
        if (!save_some(kit, at, from, some)) return false;
    }
    return true;
}

// --- The firmware's turn ---

static void call(dd_kit *kit, const hil_Message *message) {
    const dd_kit_firmware *firmware = &kit->def->firmware;
    kit->due_us = firmware->take(firmware->context, uptime_us(kit), message);
}

// A message that cannot be read is passed over, but for one of a commission: half of one is none.
static void judge_senseless(dd_kit *kit) {
    kit->counts.refused++;
    if (!kit->running) dd_kit_refuse(kit, hil_Reason_REASON_OTHER, "I cannot read that message");
}

// All messages of the frame or, when it has none, the deadline.
static void call_for_each(dd_kit *kit) {
    dd_kit_messages messages = dd_kit_messages_of(kit->in, kit->in_n);
    hil_Message message;
    bool sense, any = false;
    while (!kit->cut && dd_kit_next(&messages, &message, &sense)) {
        any = true;
        if (!sense)
            judge_senseless(kit);
        else if (message.which_what)
            call(kit, &message); // else one of a newer peer's
    }
    if (!any) call(kit, NULL);
}

static void begin_turn(dd_kit *kit) {
    kit->answering = true;
    kit->cut = false;
    dd_kit_begin(kit);
}

// What it said in real time goes out, as far as the twin has room.
static void end_turn(dd_kit *kit) {
    if (dd_kit_begun(kit) && !kit->cut) go_on(kit);
    kit->answering = false;
}

// --- Grants ---

// What a frame is about, as far as it matters here: its first message's kind.
static pb_size_t first_message(const dd_kit *kit) {
    dd_kit_messages messages = dd_kit_messages_of(kit->in, kit->in_n);
    hil_Message message;
    bool sense;
    return dd_kit_next(&messages, &message, &sense) && sense ? message.which_what : 0;
}

static void answer(dd_kit *kit) {
    hil_Frame head = {.which_control = hil_Frame_done_tag};
    head.control.done = (hil_Done){.step = kit->step, .part = kit->part, .due_us = kit->due_us};
    dd_kit_finish(kit, &head);
}

// The board starts. In real time its answer goes first, since its clock runs from then on.
static void start(dd_kit *kit) {
    bool real_time = in_mode(kit, hil_Mode_MODE_REAL_TIME);
    kit->running = true;
    kit->outputs = (hil_Outputs)hil_Outputs_init_zero;
    kit->origin_us = clock_us(kit);
    kit->beaten_us = now_us(kit);
    if (!real_time) return;
    dd_kit_begin(kit);
    answer(kit);
}

static void stop(dd_kit *kit) {
    kit->running = false;
    kit->due_us = 0;
}

static void take_step(dd_kit *kit, const hil_Grant *grant, pb_size_t first) {
    kit->step = grant->step;
    kit->part = 0;
    kit->uptime_us = grant->uptime_us;
    if (first == hil_Message_settings_tag) stop(kit);
    if (first == hil_Message_start_tag) start(kit);
    begin_turn(kit);
    call_for_each(kit);
    if (in_real_time(kit)) {
        end_turn(kit);
        return;
    }
    kit->answering = false;
    if (!kit->cut) answer(kit);
}

// Said anew, since the answer has not arrived. In real time other frames have gone out since.
static void answer_anew(dd_kit *kit) {
    if (in_real_time(kit)) {
        dd_kit_begin(kit);
        answer(kit);
    } else {
        dd_kit_repeat(kit);
    }
}

static void take_grant(dd_kit *kit, const hil_Grant *grant) {
    pb_size_t first = first_message(kit);
    bool settles = first == hil_Message_settings_tag;
    if (grant->step == kit->step && grant->step && grant->part == kit->part)
        answer_anew(kit);
    else if (grant->step != kit->step + 1 || grant->part != 0)
        dd_kit_refuse(kit, hil_Reason_REASON_SESSION, "neither the last step nor the next");
    else if (in_real_time(kit) && !settles)
        dd_kit_refuse(kit, hil_Reason_REASON_MODE, "started: time is my own");
    else if (kit->running && !settles && grant->uptime_us < kit->uptime_us)
        dd_kit_refuse(kit, hil_Reason_REASON_OTHER, "uptime goes back");
    else
        take_step(kit, grant, first);
}

// --- The session ---

static bool same(const char *own, dd_octets theirs) {
    dd_octets it = dd_kit_text(own);
    return it.n == 0 || (it.n == theirs.n && memcmp(it.at, theirs.at, it.n) == 0);
}

static bool can_work(const dd_kit *kit, uint32_t mode) {
    return mode == hil_Mode_MODE_REAL_TIME ||
           (mode == hil_Mode_MODE_LOCK_STEP &&
            kit->def->capabilities & hil_Capability_CAPABILITY_LOCK_STEP);
}

static void take_welcome(dd_kit *kit, const hil_Welcome *welcome) {
    kit->number = kit->heard = kit->step = kit->part = 0;
    kit->limit = DD_KIT_WINDOW;
    kit->uptime_us = 0;
    stop(kit);
    if (welcome->version != DD_KIT_VERSION) {
        dd_kit_refuse(kit, hil_Reason_REASON_VERSION, "I speak version 1");
    } else if (!can_work(kit, welcome->mode)) {
        dd_kit_refuse(kit, hil_Reason_REASON_MODE, "I cannot work in that mode");
    } else if (!same(kit->def->segment, welcome->segment)) {
        dd_kit_refuse(kit, hil_Reason_REASON_SEGMENT, "I was made for another segment");
    } else if (welcome->session == 0) {
        dd_kit_refuse(kit, hil_Reason_REASON_SESSION, "a session has a number");
    } else {
        kit->session = welcome->session;
        kit->mode = welcome->mode;
        kit->beat_us = welcome->beat_ms * 1000;
        kit->frame_max = DD_KIT_FRAME;
        if (welcome->frame_max && welcome->frame_max < DD_KIT_FRAME)
            kit->frame_max = (uint16_t)welcome->frame_max;
        memset(&kit->counts, 0, sizeof kit->counts);
    }
}

// Over: it greets again.
static void end_session(dd_kit *kit) {
    kit->mode = hil_Mode_MODE_NONE;
    stop(kit);
    kit->hello_us = now_us(kit);
}

static void greet(dd_kit *kit) {
    end_session(kit);
    kit->heard = 0;
    dd_kit_hello(kit);
}

// --- Real time ---

static void beat(dd_kit *kit) {
    const dd_kit_counts *counts = &kit->counts;
    hil_Frame frame = {.which_control = hil_Frame_beat_tag};
    hil_Beat *it = &frame.control.beat;
    it->uptime_us = uptime_us(kit);
    it->received = counts->received;
    it->lost = counts->lost;
    it->garbled = counts->garbled;
    it->refused = counts->refused;
    it->overruns = counts->overruns;
    it->late_us = kit->late_us;
    it->due_us = kit->due_us;
    it->has_outputs = true;
    it->outputs = kit->outputs;
    dd_kit_say(kit, &frame);
    kit->beaten_us = now_us(kit);
    kit->late_us = 0;
}

static void answer_sync(dd_kit *kit, const hil_Sync *sync, uint64_t received_us) {
    hil_Frame frame = {.which_control = hil_Frame_sync_tag};
    hil_Sync *it = &frame.control.sync;
    it->round = sync->round;
    it->sent_us = sync->sent_us;
    it->received_us = received_us;
    it->answered_us = uptime_us(kit);
    dd_kit_say(kit, &frame);
}

static bool has_messages(const dd_kit *kit) {
    dd_kit_messages messages = dd_kit_messages_of(kit->in, kit->in_n);
    hil_Message message;
    bool sense;
    return dd_kit_next(&messages, &message, &sense);
}

static void take_messages(dd_kit *kit) {
    if (!in_real_time(kit)) {
        kit->counts.refused++; // said without being asked for
        return;
    }
    if (!has_messages(kit)) return; // a newer peer's word, or credit alone
    begin_turn(kit);
    call_for_each(kit);
    end_turn(kit);
}

static void meet_deadline(dd_kit *kit) {
    uint64_t now = uptime_us(kit);
    if (kit->due_us == 0 || now < kit->due_us) return;
    uint32_t late = (uint32_t)(now - kit->due_us);
    if (late > kit->late_us) kit->late_us = late;
    kit->counts.overruns += late > DD_KIT_TOLERANCE;
    begin_turn(kit);
    call(kit, NULL);
    end_turn(kit);
}

// The twin has used half of what it was promised.
static bool credit_is_due(const dd_kit *kit) {
    return kit->promised <= kit->heard + DD_KIT_WINDOW / 2;
}

static void keep_real_time(dd_kit *kit) {
    if (kit->beat_us && now_us(kit) - kit->told_us > kit->beat_us * SILENT_BEATS) {
        greet(kit);
        return;
    }
    meet_deadline(kit);
    if (in_real_time(kit) &&
        (credit_is_due(kit) || (kit->beat_us && now_us(kit) - kit->beaten_us >= kit->beat_us)))
        beat(kit);
}

// --- All of it ---

static void take_frame(dd_kit *kit, const hil_Frame *head, uint64_t came_us) {
    switch (head->which_control) {
    case hil_Frame_ask_tag:
        greet(kit);
        return;
    case hil_Frame_welcome_tag:
        take_welcome(kit, &head->control.welcome);
        return;
    case hil_Frame_reset_tag:
        if (kit->def->capabilities & hil_Capability_CAPABILITY_RESET)
            kit->def->port.reset(kit->def->port.context, head->control.reset.reason);
        return;
    default:
        break;
    }
    if (in_mode(kit, hil_Mode_MODE_NONE)) {
        if (head->which_control == hil_Frame_grant_tag)
            dd_kit_refuse(kit, hil_Reason_REASON_SESSION, "no session");
        return;
    }
    switch (head->which_control) {
    case hil_Frame_refusal_tag:
        end_session(kit);
        break;
    case hil_Frame_grant_tag:
        take_grant(kit, &head->control.grant);
        break;
    case hil_Frame_sync_tag:
        if (in_real_time(kit)) answer_sync(kit, &head->control.sync, came_us);
        break;
    case hil_Frame_beat_tag:
        break;
    default:
        take_messages(kit);
    }
}

// How long nothing is to be done but to listen: what is left of `whole` since then.
static uint32_t left_us(const dd_kit *kit, uint32_t since_us, uint32_t whole_us) {
    uint32_t gone = now_us(kit) - since_us;
    return gone < whole_us ? whole_us - gone : 0;
}

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t idle_us(const dd_kit *kit, uint32_t most) {
    if (in_mode(kit, hil_Mode_MODE_NONE)) return least(most, left_us(kit, kit->hello_us, HELLO_US));
    if (!in_real_time(kit)) return most;
    if (kit->beat_us) most = least(most, left_us(kit, kit->beaten_us, kit->beat_us));
    if (kit->due_us == 0) return most;
    int64_t due = (int64_t)(kit->due_us - uptime_us(kit));
    return due <= 0 ? 0 : due < (int64_t)most ? (uint32_t)due : most;
}

void dd_kit_poll(dd_kit *kit, uint32_t wait_us) {
    hil_Frame head;
    if (dd_kit_hear(kit, idle_us(kit, wait_us), &head)) take_frame(kit, &head, uptime_us(kit));
    if (in_mode(kit, hil_Mode_MODE_NONE) && now_us(kit) - kit->hello_us >= HELLO_US) greet(kit);
    if (in_real_time(kit)) keep_real_time(kit);
}
