#include "hil/board/stepper.h"
#include "hil/board/commission_message.h"
#include "hil/wire/wall.h"

enum {
    FIRST_WAIT_MS = 100, // until a grant is said again, as long as its usual round trip is unknown
    LEAST_WAIT_MS = 5,   // ... and at least; doubled each time ...
    MOST_WAIT_MS = 800,  // ... up to that
    IDLE_MS = 5,         // between two looks at whatever else there is to do
    PARTS_MOST =
        64 * 1024, // of one answer: a start reads its log from the store; beyond, it asks for ever
    SERVED_MOST = 4,     // reads and writes of the store in one part of it
    SERVED_OCTETS = 512, // of one read
};

static const int64_t MS = 1000000;

// What goes with a grant: a message, or what was asked of the store.
typedef struct request {
    Hil__Grant grant;
    Hil__Frame frame;
    Hil__Message *list[SERVED_MOST];
    Hil__Message messages[SERVED_MOST];
    Hil__StoreData data[SERVED_MOST];
    uint8_t octets[SERVED_MOST][SERVED_OCTETS];
} request;

static bool fail(dd_stepper *stepper, dd_board_verdict verdict) {
    stepper->verdict = verdict;
    return false;
}

// --- A request and its answer ---

typedef enum heard { HEARD_NOTHING, HEARD_ANSWER, HEARD_END } heard;

// Whoever knows of no session before its first answer has not heard our Welcome.
static heard hear_refusal(dd_stepper *stepper, const Hil__Refusal *refusal) {
    bool unwelcomed = refusal->reason == HIL__REASON__REASON_SESSION && !stepper->answered;
    stepper->refused = true;
    if (unwelcomed && stepper->welcome) return HEARD_NOTHING;
    if (stepper->say) stepper->say(stepper->context, refusal->text);
    fail(stepper, DD_BOARD_PROTOCOL_ERROR);
    return HEARD_END;
}

static heard hear(dd_stepper *stepper, const request *it, const Hil__Frame *frame) {
    const Hil__Done *done = frame->done;
    switch (frame->control_case) {
    case HIL__FRAME__CONTROL_DONE:
        if (done->step == it->grant.step && done->part == it->grant.part) return HEARD_ANSWER;
        if (done->step < it->grant.step) return HEARD_NOTHING; // to what was answered before
        if (done->step == it->grant.step && done->part < it->grant.part) return HEARD_NOTHING;
        fail(stepper, DD_BOARD_PROTOCOL_ERROR);
        return HEARD_END;
    case HIL__FRAME__CONTROL_HELLO:
        // Asked twice, or by itself and when asked, a board says it twice, and the second one may
        // come after it was welcomed.
        if (!stepper->answered) return HEARD_NOTHING;
        fail(stepper, DD_BOARD_RESTARTED);
        return HEARD_END;
    case HIL__FRAME__CONTROL_REFUSAL:
        return hear_refusal(stepper, frame->refusal);
    default:
        return HEARD_NOTHING;
    }
}

// What has come so far. A link that is gone may have said the answer before.
static heard hear_all(dd_stepper *stepper, const request *it, const Hil__Frame **answer) {
    const Hil__Frame *frame;
    heard what = HEARD_NOTHING;
    while (what == HEARD_NOTHING && (frame = dd_link_take(stepper->link))) {
        what = hear(stepper, it, frame);
        *answer = frame;
    }
    return what;
}

// How long an answer is waited for before the grant is said again (RFC 6298, section 2): a wire
// that loses frames must cost as little of the wall as can be, and a slow one not be talked over.
static int64_t patience_ns(const dd_stepper *stepper) {
    if (stepper->round_ns == 0) return FIRST_WAIT_MS * MS;
    int64_t wait_ns = stepper->round_ns + 4 * stepper->varies_ns;
    return wait_ns < LEAST_WAIT_MS * MS  ? LEAST_WAIT_MS * MS
           : wait_ns > MOST_WAIT_MS * MS ? MOST_WAIT_MS * MS
                                         : wait_ns;
}

// Of one that was said once only: else nobody knows which one was answered (Karn's rule).
static void learn(dd_stepper *stepper, int64_t took_ns) {
    int64_t off_ns = took_ns - stepper->round_ns;
    if (stepper->round_ns == 0) {
        stepper->round_ns = took_ns;
        stepper->varies_ns = took_ns / 2;
        return;
    }
    stepper->varies_ns += ((off_ns < 0 ? -off_ns : off_ns) - stepper->varies_ns) / 4;
    stepper->round_ns += off_ns / 8;
}

// A board that has refused its first grant has not heard the Welcome. One that is merely slow is
// not welcomed twice: its session would begin anew under the grants that follow.
static void say_again(dd_stepper *stepper, request *it) {
    stepper->repeats++;
    if (!stepper->answered && stepper->refused && stepper->welcome)
        stepper->welcome(stepper->context);
    dd_link_send(stepper->link, &it->frame);
}

// No answer came in time: it refuses all the while, or says something else, or nothing.
static void give_up(dd_stepper *stepper, uint64_t received_before) {
    bool speaks = dd_link_counts_of(stepper->link)->received > received_before;
    bool refuses = stepper->refused && !stepper->answered;
    fail(stepper, refuses  ? DD_BOARD_PROTOCOL_ERROR
                  : speaks ? DD_BOARD_MISSED_DEADLINE
                           : DD_BOARD_SILENT);
}

// The answer to a request, the link's; NULL: none has come.
static const Hil__Frame *ask(dd_stepper *stepper, request *it) {
    const Hil__Frame *answer = NULL;
    uint64_t before = dd_link_counts_of(stepper->link)->received;
    uint32_t repeats = stepper->repeats;
    int64_t begun_ns = dd_wall_ns(), end_ns = begun_ns + (int64_t)(stepper->answer_s * 1e9);
    int64_t wait_ns = patience_ns(stepper), again_ns = begun_ns + wait_ns;
    dd_link_send(stepper->link, &it->frame);
    for (int64_t now_ns = begun_ns; now_ns < end_ns; now_ns = dd_wall_ns()) {
        if (now_ns >= again_ns) {
            say_again(stepper, it);
            if (wait_ns < MOST_WAIT_MS * MS) wait_ns *= 2;
            again_ns = now_ns + wait_ns;
        }
        int64_t until_ns = again_ns < end_ns ? again_ns : end_ns;
        if (stepper->idle) {
            stepper->idle(stepper->context);
            int64_t idle_ns = now_ns + IDLE_MS * MS;
            if (idle_ns < until_ns) until_ns = idle_ns;
        }
        bool there = dd_link_wait(stepper->link, (int)((until_ns - now_ns) / MS) + 1);
        heard what = hear_all(stepper, it, &answer);
        if (what == HEARD_ANSWER && stepper->repeats == repeats)
            learn(stepper, dd_wall_ns() - begun_ns);
        if (what != HEARD_NOTHING) return what == HEARD_ANSWER ? answer : NULL;
        if (!there) {
            fail(stepper, DD_BOARD_UNPLUGGED);
            return NULL;
        }
    }
    give_up(stepper, before);
    return NULL;
}

static void begin(request *it, uint32_t step, int64_t uptime_us, uint32_t part) {
    hil__frame__init(&it->frame);
    hil__grant__init(&it->grant);
    it->grant.step = step;
    it->grant.uptime_us = (uint64_t)uptime_us;
    it->grant.part = part;
    it->frame.control_case = HIL__FRAME__CONTROL_GRANT;
    it->frame.grant = &it->grant;
    it->frame.messages = it->list;
}

static void carry(request *it, const Hil__Message *message) {
    it->list[it->frame.n_messages++] = (Hil__Message *)(uintptr_t)message;
}

// --- The store that it borrows ---

// Keeps the data for the next grant, whatever is served there.
static void serve(request *next, uint32_t token, bool good, size_t n) {
    size_t place = next->frame.n_messages;
    Hil__StoreData *data = &next->data[place];
    hil__store_data__init(data);
    hil__message__init(&next->messages[place]);
    data->token = token;
    data->failed = !good;
    data->octets = (ProtobufCBinaryData){.len = good ? n : 0, .data = next->octets[place]};
    next->messages[place].what_case = HIL__MESSAGE__WHAT_STORE_DATA;
    next->messages[place].store_data = data;
    carry(next, &next->messages[place]);
}

static void read_store(dd_stepper *stepper, const Hil__StoreRead *read, request *next) {
    const dd_store *store = &stepper->store;
    if (next->frame.n_messages == SERVED_MOST) {
        stepper->senseless++;
        return;
    }
    bool good =
        store->read && read->n <= SERVED_OCTETS &&
        store->read(store->context, read->at, next->octets[next->frame.n_messages], read->n);
    serve(next, read->token, good, read->n);
}

static void write_store(dd_stepper *stepper, const Hil__StoreWrite *write, request *next) {
    const dd_store *store = &stepper->store;
    bool good = store->write && store->write(store->context, write->at, write->octets.data,
                                             (uint32_t)write->octets.len);
    if (!write->token) return;
    if (next->frame.n_messages == SERVED_MOST)
        stepper->senseless++;
    else
        serve(next, write->token, good, 0);
}

// --- An answer ---

static void take(dd_stepper *stepper, const Hil__Message *message, const dd_responder *responder,
                 request *next) {
    dd_response response;
    switch (message->what_case) {
    case HIL__MESSAGE__WHAT_STORE_READ:
        read_store(stepper, message->store_read, next);
        return;
    case HIL__MESSAGE__WHAT_STORE_WRITE:
        write_store(stepper, message->store_write, next);
        return;
    case HIL__MESSAGE__WHAT_LOG:
        if (stepper->say) stepper->say(stepper->context, message->log->text);
        return;
    case HIL__MESSAGE__WHAT_OUTPUTS:
        dd_outputs_hear(&stepper->outputs, message->outputs, responder);
        return;
    default:
        break;
    }
    if (dd_response_of_message(message, &response))
        responder->take(responder->context, &response);
    else
        stepper->senseless++;
}

// One step with at most one message, all parts of its answer.
static bool grant(dd_stepper *stepper, int64_t uptime_us, const Hil__Message *message,
                  const dd_responder *responder, int64_t *due_us) {
    request rooms[2], *it = rooms, *next = rooms + 1;
    begin(it, ++stepper->step, uptime_us, 0);
    if (message) carry(it, message);
    for (uint32_t part = 0; part < PARTS_MOST; part++) {
        const Hil__Frame *answer = ask(stepper, it);
        if (!answer) return false;
        stepper->answered = true;
        begin(next, stepper->step, uptime_us, part + 1);
        for (size_t i = 0; i < answer->n_messages; i++)
            take(stepper, answer->messages[i], responder, next);
        if (!answer->done->more) {
            *due_us = answer->done->due_us ? (int64_t)answer->done->due_us : INT64_MAX;
            return *due_us > uptime_us || fail(stepper, DD_BOARD_PROTOCOL_ERROR);
        }
        request *other = it;
        it = next;
        next = other;
    }
    return fail(stepper, DD_BOARD_PROTOCOL_ERROR);
}

bool dd_stepper_step(dd_stepper *stepper, int64_t uptime_us, const dd_stimulus *stimulus,
                     const dd_responder *responder, int64_t *due_us) {
    dd_message_room room;
    return grant(stepper, uptime_us, dd_message_of_stimulus(stimulus, stepper->feeder_n, &room),
                 responder, due_us);
}

// --- Commission ---

static void ignore(void *context, const dd_response *response) {
    (void)response;
    ++*(uint32_t *)context;
}

// Who is not at work yet has nothing to say; what it says is counted.
bool dd_stepper_commission(dd_stepper *stepper, const dd_commission *commission) {
    dd_commission_messages messages;
    dd_responder responder = {&stepper->senseless, ignore};
    int64_t due_us;
    dd_commission_say(commission, stepper->store.read ? stepper->store.size : 0, &messages);
    for (size_t i = 0; i < messages.n; i++)
        if (!grant(stepper, 0, messages.list[i], &responder, &due_us)) return false;
    return true;
}
