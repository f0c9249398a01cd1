#include "hil/board/real_time.h"
#include "hil/board/stimulus_message.h"
#include "hil/wire/wall.h"

#include <stdlib.h>
#include <string.h>

enum {
    SYNC_FAST_MS = 50, // until a first set of rounds is full
    SYNC_MS = 1000,
    SYNC_PATIENCE_MS = 500, // a round that is not answered is given up
    OCTETS_MAX = DD_FRAME_OCTETS,
    SERVED_MAX = 512, // octets of the store in one answer
};

static const int64_t MS = 1000000;

struct dd_waiting {
    int64_t here_ns; // since when it may have been here, on our wall; 0: not known
    union {
        dd_stimulus stimulus;
        dd_response response;
    };
    dd_cabinet_inputs cabinet;
    uint8_t octets[OCTETS_MAX];
};

bool dd_real_time_init(dd_real_time *it, const dd_attach_def *attach) {
    *it = (dd_real_time){.attach = attach};
    it->out = calloc(DD_REAL_TIME_QUEUE, sizeof *it->out);
    it->in = calloc(DD_REAL_TIME_QUEUE, sizeof *it->in);
    return it->out && it->in;
}

void dd_real_time_fini(dd_real_time *it) {
    free(it->out);
    free(it->in);
}

static int64_t now_us(const dd_real_time *it, int64_t now_ns) {
    return (now_ns - it->begun_ns) / 1000;
}

int64_t dd_real_time_uptime_us(const dd_real_time *it, int64_t now_ns) {
    return it->working ? now_us(it, now_ns) : -1;
}

int64_t dd_real_time_board_us(const dd_real_time *it, int64_t wall_ns) {
    return dd_clock_sync_theirs(&it->sync, now_us(it, wall_ns));
}

void dd_real_time_begin(dd_real_time *it, const dd_stepper *started) {
    int64_t now_ns = dd_wall_ns();
    it->link = started->link;
    it->store = started->store;
    it->feeder_n = started->feeder_n;
    it->outputs = started->outputs;
    it->working = true;
    it->begun_ns = it->heard_ns = it->beaten_ns = now_ns;
    it->beat_due_ns = it->sync_due_ns = now_ns;
    it->asked_us = -1;
    it->lost_before = dd_link_counts_of(it->link)->lost;
    it->board_lost = it->board_overruns = 0;
    it->overruns_before = it->deadlines.overruns;
    it->inputs_known = it->inputs_anew = false;
    it->out_n = 0;
    dd_clock_sync_init(&it->sync);
}

void dd_real_time_end(dd_real_time *it) {
    it->working = false;
    it->out_n = it->in_n = 0;
}

// --- Deadlines ---

bool dd_real_time_late(const dd_real_time *it, int64_t now_ns) {
    return it->late_ns && now_ns - it->late_ns < DD_REAL_TIME_LATE_MS * MS;
}

// A deadline missed by `late_us`, or met; of these this process may have been `busy_us` the cause.
static bool count(dd_real_time *it, int64_t now_ns, int64_t late_us, int64_t busy_us) {
    dd_deadlines *deadlines = &it->deadlines;
    int64_t tolerance_us = it->attach->tolerance_us;
    deadlines->n++;
    if (late_us > tolerance_us && late_us - busy_us <= tolerance_us) {
        deadlines->ours++;
        return true;
    }
    if (late_us > 0 && (uint64_t)late_us > deadlines->latest_us)
        deadlines->latest_us = (uint64_t)late_us;
    if (late_us <= tolerance_us) return true;
    deadlines->overruns++;
    it->late_ns = now_ns;
    return false;
}

// --- To the board ---

static bool send_message(dd_real_time *it, const Hil__Message *message) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Message *messages[] = {(Hil__Message *)(uintptr_t)message};
    frame.n_messages = 1;
    frame.messages = messages;
    return dd_link_send(it->link, &frame);
}

static bool send_stimulus(dd_real_time *it, const dd_stimulus *stimulus) {
    dd_message_room room;
    const Hil__Message *message = dd_message_of_stimulus(stimulus, it->feeder_n, &room);
    if (!message) return true;
    room.message.at_us = (uint64_t)now_us(it, dd_wall_ns());
    return send_message(it, message);
}

// The cabinet as it stands counts, not how it came to stand so.
static void send_inputs(dd_real_time *it) {
    dd_stimulus stimulus = {.kind = DD_STIMULUS_CABINET, .cabinet = &it->inputs};
    if (it->inputs_anew && dd_link_room(it->link) > 0)
        it->inputs_anew = !send_stimulus(it, &stimulus);
}

static void send_waiting(dd_real_time *it) {
    send_inputs(it);
    while (it->out_n > 0 && dd_link_room(it->link) > 0) {
        if (!send_stimulus(it, &it->out[it->out_at].stimulus)) return;
        it->out_at = (it->out_at + 1) % DD_REAL_TIME_QUEUE;
        it->out_n--;
    }
}

static dd_waiting *add(dd_waiting *ring, uint32_t at, uint32_t *n, uint64_t *overflown) {
    if (*n == DD_REAL_TIME_QUEUE) {
        ++*overflown;
        return NULL;
    }
    return &ring[(at + (*n)++) % DD_REAL_TIME_QUEUE];
}

static void wait_out(dd_real_time *it, const dd_stimulus *stimulus) {
    if (stimulus->n > OCTETS_MAX) return;
    dd_waiting *to = add(it->out, it->out_at, &it->out_n, &it->overflown);
    if (!to) return;
    to->stimulus = *stimulus;
    if (stimulus->n) memcpy(to->octets, stimulus->octets, stimulus->n);
    to->stimulus.octets = to->octets;
}

void dd_real_time_tell(dd_real_time *it, const dd_stimulus *stimulus) {
    if (stimulus->kind == DD_STIMULUS_CABINET) {
        it->inputs = *stimulus->cabinet;
        it->inputs_known = it->inputs_anew = true;
    } else if (stimulus->kind != DD_STIMULUS_TIME) {
        wait_out(it, stimulus);
    }
    send_waiting(it);
}

static void send_beat(dd_real_time *it, int64_t now_ns) {
    const dd_link_counts *counts = dd_link_counts_of(it->link);
    Hil__Beat beat = HIL__BEAT__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    beat.uptime_us = (uint64_t)now_us(it, now_ns);
    beat.received = (uint32_t)counts->received;
    beat.lost = (uint32_t)counts->lost;
    beat.garbled = (uint32_t)counts->garbled;
    beat.refused = (uint32_t)counts->refused;
    frame.control_case = HIL__FRAME__CONTROL_BEAT;
    frame.beat = &beat;
    dd_link_send(it->link, &frame);
    it->beat_due_ns = now_ns + DD_BOARD_BEAT_MS * MS;
}

static void send_sync(dd_real_time *it) {
    Hil__Sync sync = HIL__SYNC__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    int64_t now_ns = dd_wall_ns();
    bool fast = it->sync.rounds < DD_SYNC_ROUNDS;
    it->asked_us = now_us(it, now_ns);
    sync.round = ++it->round;
    sync.sent_us = (uint64_t)it->asked_us;
    sync.offset_us = it->sync.offset_us;
    sync.drift_ppb = it->sync.drift_ppb;
    frame.control_case = HIL__FRAME__CONTROL_SYNC;
    frame.sync = &sync;
    dd_link_send(it->link, &frame);
    it->sync_due_ns = now_ns + (fast ? SYNC_FAST_MS : SYNC_MS) * MS;
}

static void say_due(dd_real_time *it, int64_t now_ns) {
    bool given_up =
        it->asked_us >= 0 && now_us(it, now_ns) - it->asked_us > SYNC_PATIENCE_MS * 1000;
    if (now_ns >= it->beat_due_ns) send_beat(it, now_ns);
    if (now_ns >= it->sync_due_ns && (it->asked_us < 0 || given_up)) send_sync(it);
    if (it->inputs_known && dd_link_counts_of(it->link)->lost != it->lost_before) {
        it->lost_before = dd_link_counts_of(it->link)->lost;
        it->inputs_anew = true;
    }
    send_waiting(it);
}

int64_t dd_real_time_due(const dd_real_time *it) {
    if (!it->working) return INT64_MAX;
    int64_t due = it->beat_due_ns < it->sync_due_ns ? it->beat_due_ns : it->sync_due_ns;
    int64_t silent = it->heard_ns + DD_REAL_TIME_SILENCE_MS * MS;
    int64_t wire = dd_link_due(it->link);
    if (silent < due) due = silent;
    return wire < due ? wire : due;
}

// --- From the board ---

static void keep_of(dd_real_time *it, const dd_response *response, int64_t here_ns) {
    if (response->n > OCTETS_MAX) return;
    dd_waiting *to = add(it->in, it->in_at, &it->in_n, &it->overflown);
    if (!to) return;
    to->here_ns = here_ns;
    to->response = *response;
    if (response->n) memcpy(to->octets, response->octets, response->n);
    to->response.octets = to->octets;
}

void dd_real_time_keep(dd_real_time *it, const dd_response *response) {
    keep_of(it, response, 0);
}

bool dd_real_time_take(dd_real_time *it, dd_response *response) {
    if (it->in_n == 0) return false;
    const dd_waiting *from = &it->in[it->in_at];
    int64_t took_ns = from->here_ns ? dd_wall_ns() - from->here_ns : -1;
    if (took_ns >= 0) dd_lateness_add(&it->taken, (uint64_t)took_ns / 1000);
    it->taken_late += took_ns > DD_REAL_TIME_TAKEN_US * 1000;
    *response = from->response;
    it->in_at = (it->in_at + 1) % DD_REAL_TIME_QUEUE;
    it->in_n--;
    return true;
}

static void keep(void *context, const dd_response *response) {
    dd_real_time_keep(context, response);
}

static void hear_outputs(dd_real_time *it, const Hil__Outputs *outputs) {
    dd_outputs_hear(&it->outputs, outputs, &(dd_responder){.context = it, .take = keep});
}

// A beat says what was said before, unless that was lost.
static void hear_standing(dd_real_time *it, const Hil__Outputs *outputs) {
    if (outputs->contactors != it->outputs.contactors || outputs->leds != it->outputs.leds)
        hear_outputs(it, outputs);
}

static void answer_store(dd_real_time *it, uint32_t token, bool good, uint8_t *octets, size_t n) {
    Hil__StoreData data = HIL__STORE_DATA__INIT;
    Hil__Message message = HIL__MESSAGE__INIT;
    data.token = token;
    data.failed = !good;
    data.octets = (ProtobufCBinaryData){.len = good ? n : 0, .data = octets};
    message.what_case = HIL__MESSAGE__WHAT_STORE_DATA;
    message.store_data = &data;
    send_message(it, &message); // if it is lost, the board asks anew
}

static void serve_read(dd_real_time *it, const Hil__StoreRead *read) {
    uint8_t octets[SERVED_MAX];
    bool good = it->store.read && read->n <= sizeof octets &&
                it->store.read(it->store.context, read->at, octets, read->n);
    answer_store(it, read->token, good, octets, read->n);
}

static void serve_write(dd_real_time *it, const Hil__StoreWrite *write) {
    bool good = it->store.write && it->store.write(it->store.context, write->at, write->octets.data,
                                                   (uint32_t)write->octets.len);
    if (write->token) answer_store(it, write->token, good, NULL, 0);
}

// When a message would have been here if nothing but the wire had delayed it; 0: not known.
static int64_t arrival_ns(const dd_real_time *it, const Hil__Message *message) {
    int64_t said_us;
    if (!message->at_us || !dd_clock_sync_ours(&it->sync, (int64_t)message->at_us, &said_us))
        return 0;
    return it->begun_ns + (said_us + it->sync.delay_us / 2) * 1000;
}

// Whether a message comes in time by the board's own account; the way here counts as usual.
static bool in_time(dd_real_time *it, const Hil__Message *message, int64_t now_ns,
                    int64_t busy_us) {
    int64_t here_ns = arrival_ns(it, message);
    if (!here_ns) return true;
    int64_t late_us = (now_ns - here_ns) / 1000;
    return count(it, now_ns, late_us, busy_us) || it->attach->late != DD_LATE_DROP;
}

static void hear_message(dd_real_time *it, const Hil__Message *message, int64_t now_ns,
                         int64_t busy_us) {
    dd_response response;
    switch (message->what_case) {
    case HIL__MESSAGE__WHAT_STORE_READ:
        serve_read(it, message->store_read);
        return;
    case HIL__MESSAGE__WHAT_STORE_WRITE:
        serve_write(it, message->store_write);
        return;
    case HIL__MESSAGE__WHAT_LOG:
        if (it->say) it->say(it->context, message->log->text);
        return;
    default:
        break;
    }
    if (!in_time(it, message, now_ns, busy_us))
        it->deadlines.dropped++;
    else if (message->what_case == HIL__MESSAGE__WHAT_OUTPUTS)
        hear_outputs(it, message->outputs);
    else if (dd_response_of_message(message, &response))
        keep_of(it, &response, now_ns - busy_us * 1000);
}

static void hear_beat(dd_real_time *it, const Hil__Beat *beat, int64_t now_ns, int64_t busy_us) {
    int64_t late_us = (now_ns - it->beaten_ns) / 1000 - DD_BOARD_BEAT_MS * 1000;
    count(it, now_ns, late_us, busy_us);
    it->beaten_ns = now_ns;
    if (beat->overruns > it->board_overruns) {
        uint32_t more = beat->overruns - it->board_overruns;
        it->deadlines.overruns += more;
        it->deadlines.claimed += more;
        it->late_ns = now_ns;
        if (beat->late_us > it->deadlines.latest_us) it->deadlines.latest_us = beat->late_us;
    }
    it->board_overruns = beat->overruns;
    if (beat->lost > it->board_lost && it->inputs_known) it->inputs_anew = true;
    it->board_lost = beat->lost;
    if (beat->outputs) hear_standing(it, beat->outputs);
}

static void hear_sync(dd_real_time *it, const Hil__Sync *sync, int64_t now_ns, int64_t busy_us) {
    if (it->asked_us < 0 || sync->round != it->round || sync->sent_us != (uint64_t)it->asked_us)
        return;
    int64_t heard_us = now_us(it, now_ns), took_us = heard_us - it->asked_us;
    bool known = it->sync.rounds > 0;
    count(it, now_ns, known ? took_us - it->sync.delay_us : 0, busy_us);
    dd_clock_sync_round(&it->sync, it->asked_us, (int64_t)sync->received_us,
                        (int64_t)sync->answered_us, heard_us);
    it->asked_us = -1;
}

static dd_board_verdict hear(dd_real_time *it, const Hil__Frame *frame, int64_t now_ns,
                             int64_t busy_us) {
    it->heard_ns = now_ns;
    switch (frame->control_case) {
    case HIL__FRAME__CONTROL_HELLO:
        return DD_BOARD_RESTARTED;
    case HIL__FRAME__CONTROL_REFUSAL:
        if (it->say) it->say(it->context, frame->refusal->text);
        return DD_BOARD_PROTOCOL_ERROR;
    case HIL__FRAME__CONTROL_BEAT:
        hear_beat(it, frame->beat, now_ns, busy_us);
        break;
    case HIL__FRAME__CONTROL_SYNC:
        hear_sync(it, frame->sync, now_ns, busy_us);
        break;
    default:
        break;
    }
    for (size_t i = 0; i < frame->n_messages; i++)
        hear_message(it, frame->messages[i], now_ns, busy_us);
    return DD_BOARD_WELL;
}

dd_board_verdict dd_real_time_pump(dd_real_time *it, int64_t now_ns, int64_t busy_us) {
    const Hil__Frame *frame;
    bool there = dd_link_pump(it->link);
    while ((frame = dd_link_take(it->link))) {
        dd_board_verdict verdict = hear(it, frame, now_ns, busy_us);
        if (verdict != DD_BOARD_WELL) return verdict;
    }
    if (!there) return DD_BOARD_UNPLUGGED;
    if (now_ns - busy_us * 1000 - it->heard_ns > DD_REAL_TIME_SILENCE_MS * MS)
        return DD_BOARD_SILENT;
    if (it->attach->late == DD_LATE_LOSE &&
        it->deadlines.overruns - it->overruns_before >= it->attach->late_n)
        return DD_BOARD_MISSED_DEADLINE;
    say_due(it, now_ns);
    return DD_BOARD_WELL;
}
