// The kit on a wire in memory and a clock that is set: what a board says when, in the smallest
// memory that it has. Frames are made and read by the twin's own code.
#include "hil/domdom.pb-c.h"
#include "hil/kit/kit.h"
#include "hil/wire/frame.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000000, WIRE = 1 << 16 };

// --- The board ---

static struct {
    uint64_t now_us;
    uint8_t in[WIRE], out[WIRE]; // octets to the board, and from it
    size_t in_at, in_n, out_n;
    uint32_t resets;
} wire;

static struct {
    int calls, deadlines;
    uint64_t uptime_us, due_us; // of the last call; that it states
    uint32_t load_n;            // octets that it reads from its store at each message
    bool loaded;
    int says; // datagrams of `size` octets at each call
    uint16_t size;
    int said;
} firmware;

static dd_kit kit;

static void (*idle)(void); // what the twin does while the board waits

// Time passes only while the board waits.
static size_t read_wire(void *context, uint8_t *octets, size_t n, uint32_t wait_us) {
    (void)context;
    if (wire.in_n == wire.in_at && idle) idle();
    size_t left = wire.in_n - wire.in_at;
    if (left == 0) wire.now_us += wait_us;
    n = n < left ? n : left;
    memcpy(octets, wire.in + wire.in_at, n);
    wire.in_at += n;
    return n;
}

static void write_wire(void *context, const uint8_t *octets, size_t n) {
    (void)context;
    cr_assert_leq(wire.out_n + n, sizeof wire.out);
    memcpy(wire.out + wire.out_n, octets, n);
    wire.out_n += n;
}

static uint64_t clock_us(void *context) {
    (void)context;
    return wire.now_us;
}

static void reset(void *context, uint32_t reason) {
    (void)context, (void)reason;
    wire.resets++;
}

static uint64_t take(void *context, uint64_t uptime_us, const hil_Message *message) {
    static const uint8_t octets[512] = {1};
    uint8_t loaded[512];
    (void)context;
    firmware.calls++;
    firmware.deadlines += !message;
    firmware.uptime_us = uptime_us;
    if (!message) firmware.due_us = 0;
    if (message && firmware.load_n)
        firmware.loaded = dd_kit_load(&kit, 4096, loaded, firmware.load_n);
    for (int i = 0; i < firmware.says; i++) {
        hil_Message it = {.which_what = hil_Message_datagram_tag};
        it.what.datagram = (hil_Datagram){.lamp = 1, .octets = {octets, firmware.size}};
        firmware.said += dd_kit_send(&kit, &it);
    }
    return firmware.due_us;
}

static void switch_on(void) {
    static const dd_kit_def def = {
        .port = {.read = read_wire, .write = write_wire, .clock_us = clock_us, .reset = reset},
        .firmware = {NULL, take},
        .capabilities = hil_Capability_CAPABILITY_LOCK_STEP | hil_Capability_CAPABILITY_RESET,
        .serial = "SEG-0042",
        .name = "a firmware with a name that is longer than a Hello has room for",
        .segment = "s12",
        .boots = 1};
    wire.now_us = 5 * SECOND;
    dd_kit_init(&kit, &def);
}

static void run(uint32_t us) {
    uint64_t until = wire.now_us + us;
    do
        dd_kit_poll(&kit, (uint32_t)(until - wire.now_us));
    while (wire.now_us < until || wire.in_at < wire.in_n);
}

// --- The twin ---

static uint32_t number;
static dd_deframer deframer;
static size_t looked_at; // octets of wire.out
static Hil__Frame *heard;

static const Hil__Frame *hear(void) {
    const uint8_t *frame = NULL;
    size_t n;
    while (!frame && looked_at < wire.out_n)
        looked_at +=
            dd_deframer_take(&deframer, wire.out + looked_at, wire.out_n - looked_at, &frame, &n);
    if (heard) hil__frame__free_unpacked(heard, NULL);
    heard = frame ? hil__frame__unpack(NULL, n, frame) : NULL;
    return heard;
}

static int control(void) {
    const Hil__Frame *frame = hear();
    return frame ? (int)frame->control_case : -1;
}

static void send(Hil__Frame *frame) {
    uint8_t octets[DD_FRAME_OCTETS];
    if (wire.in_at == wire.in_n) wire.in_at = wire.in_n = 0;
    frame->number = frame->control_case == HIL__FRAME__CONTROL_WELCOME ? 0 : number + 1;
    number = frame->number;
    if (!frame->limit) frame->limit = 1000;
    size_t n = hil__frame__pack(frame, octets);
    wire.in_n += dd_frame_put(octets, n, wire.in + wire.in_n);
    cr_assert_leq(wire.in_n, sizeof wire.in - DD_FRAME_WIRE_MAX);
}

static void ask(void) {
    Hil__Ask words = HIL__ASK__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_ASK;
    frame.ask = &words;
    send(&frame);
}

static void welcome(Hil__Mode mode, const char *segment) {
    Hil__Welcome words = HIL__WELCOME__INIT;
    words.version = words.session = 1;
    words.mode = mode;
    words.segment = (char *)(uintptr_t)segment;
    words.beat_ms = 100;
    words.frame_max = 1024;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_WELCOME;
    frame.welcome = &words;
    send(&frame);
}

static void beat(uint32_t limit) {
    Hil__Beat words = HIL__BEAT__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_BEAT;
    frame.beat = &words;
    frame.limit = limit;
    send(&frame);
}

static void grant(uint32_t step, uint32_t part, uint64_t uptime_us, Hil__Message *message) {
    Hil__Grant words = HIL__GRANT__INIT;
    words.step = step;
    words.part = part;
    words.uptime_us = uptime_us;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_GRANT;
    frame.grant = &words;
    frame.messages = &message;
    frame.n_messages = message ? 1 : 0;
    send(&frame);
}

static void start(uint32_t step) {
    Hil__Start nothing = HIL__START__INIT;
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_START;
    message.start = &nothing;
    grant(step, 0, 0, &message);
}

static void say_line(void) {
    Hil__Line words = HIL__LINE__INIT;
    Hil__Message message = HIL__MESSAGE__INIT, *list = &message;
    message.what_case = HIL__MESSAGE__WHAT_LINE;
    message.line = &words;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.messages = &list;
    frame.n_messages = 1;
    send(&frame);
}

static Hil__Message *data_of(uint32_t token, size_t n) {
    static uint8_t octets[512];
    static Hil__StoreData data;
    static Hil__Message message;
    data = (Hil__StoreData)HIL__STORE_DATA__INIT;
    message = (Hil__Message)HIL__MESSAGE__INIT;
    data.token = token;
    data.octets = (ProtobufCBinaryData){n, octets};
    message.what_case = HIL__MESSAGE__WHAT_STORE_DATA;
    message.store_data = &data;
    return &message;
}

// Switched on; it has said Hello.
static void greet(void) {
    switch_on();
    run(1);
    cr_assert_eq(control(), HIL__FRAME__CONTROL_HELLO);
}

// In real time, started, and nothing of it left to be heard.
static void begin_real_time(void) {
    greet();
    welcome(HIL__MODE__MODE_REAL_TIME, "s12");
    start(1);
    run(1);
    while (hear()) {
    }
}

// Beats of the twin's keep the session up while time passes.
static void run_with_beats(uint32_t us) {
    for (uint32_t i = 0; i < us; i += 50000) {
        beat(0);
        run(50000);
    }
}

static void end(void) {
    if (heard) hil__frame__free_unpacked(heard, NULL);
}

TestSuite(kit, .fini = end, .timeout = 60);

// --- Greeting ---

Test(kit, says_hello_when_it_starts_and_each_second) {
    switch_on();
    run(10);
    const Hil__Frame *hello = hear();
    cr_assert(hello && hello->control_case == HIL__FRAME__CONTROL_HELLO);
    cr_expect_str_eq(hello->hello->serial, "SEG-0042");
    cr_expect_str_eq(hello->hello->segment, "s12");
    cr_expect_eq(hello->hello->frame_max, DD_KIT_FRAME);
    cr_expect_eq(hello->hello->session, 0);
    cr_expect_eq(strlen(hello->hello->firmware), 32, "its end is cut off");
    run(10 * SECOND);
    int n = 0;
    while (control() == HIL__FRAME__CONTROL_HELLO)
        n++;
    cr_expect_eq(n, 10);
}

Test(kit, a_welcome_that_does_not_suit_is_refused_with_its_reason) {
    static const struct {
        Hil__Mode mode;
        const char *segment;
        Hil__Reason reason;
    } rows[] = {{HIL__MODE__MODE_LOCK_STEP, "s13", HIL__REASON__REASON_SEGMENT},
                {HIL__MODE__MODE_NONE, "s12", HIL__REASON__REASON_MODE}};
    for (int i = 0; i < 2; i++) {
        switch_on();
        run(1);
        while (hear()) {
        }
        welcome(rows[i].mode, rows[i].segment);
        run(1);
        const Hil__Frame *refusal = hear();
        cr_assert(refusal && refusal->control_case == HIL__FRAME__CONTROL_REFUSAL);
        cr_expect_eq(refusal->refusal->reason, rows[i].reason);
        run(SECOND);
        cr_expect_eq(control(), HIL__FRAME__CONTROL_HELLO, "it greets again");
    }
}

// --- Lock-step ---

Test(kit, a_grant_said_anew_is_answered_anew_and_done_once) {
    greet();
    firmware.says = 1;
    firmware.size = 10;
    welcome(HIL__MODE__MODE_LOCK_STEP, "s12");
    start(1);
    start(1);
    run(1);
    const Hil__Frame *done = hear();
    cr_assert(done && done->control_case == HIL__FRAME__CONTROL_DONE && done->n_messages == 1);
    uint32_t first = done->number;
    done = hear();
    cr_assert(done && done->control_case == HIL__FRAME__CONTROL_DONE && done->n_messages == 1);
    cr_expect_eq(done->number, first);
    cr_expect_eq(firmware.calls, 1);
}

// More lamps at once, or more feeders, than the kit has room for.
static Hil__Message *lamps_of(size_t n) {
    static Hil__Lamp lamp;
    static Hil__Lamp *list[32];
    static Hil__Lamps lamps;
    static Hil__Message message;
    lamp = (Hil__Lamp)HIL__LAMP__INIT;
    lamps = (Hil__Lamps)HIL__LAMPS__INIT;
    message = (Hil__Message)HIL__MESSAGE__INIT;
    for (size_t i = 0; i < n; i++)
        list[i] = &lamp;
    lamps.first = 1;
    lamps.n_lamps = n;
    lamps.lamps = list;
    message.what_case = HIL__MESSAGE__WHAT_LAMPS;
    message.lamps = &lamps;
    return &message;
}

Test(kit, a_commission_that_it_cannot_read_is_refused_and_at_work_a_message_is_passed_over) {
    greet();
    welcome(HIL__MODE__MODE_LOCK_STEP, "s12");
    grant(1, 0, 0, lamps_of(16));
    grant(2, 0, 0, lamps_of(17));
    run(1);
    cr_expect_eq(control(), HIL__FRAME__CONTROL_DONE);
    const Hil__Frame *refusal = hear();
    cr_assert(refusal && refusal->control_case == HIL__FRAME__CONTROL_REFUSAL);
    cr_expect_eq(refusal->refusal->reason, HIL__REASON__REASON_OTHER);
    cr_expect_eq(firmware.calls, 1);
    welcome(HIL__MODE__MODE_LOCK_STEP, "s12");
    start(1);
    grant(2, 0, 1000, lamps_of(17));
    run(1);
    cr_expect_eq(control(), HIL__FRAME__CONTROL_DONE);
    cr_expect_eq(control(), HIL__FRAME__CONTROL_DONE);
    cr_expect_eq(firmware.calls, 2);
    cr_expect_eq(kit.counts.refused, 1);
}

Test(kit, an_answer_longer_than_a_frame_comes_in_parts) {
    greet();
    firmware.says = 5;
    firmware.size = 300;
    welcome(HIL__MODE__MODE_LOCK_STEP, "s12");
    start(1);
    for (uint32_t part = 1; part < 5; part++)
        grant(1, part, 0, NULL);
    run(1);
    for (uint32_t part = 0; part < 5; part++) {
        const Hil__Frame *done = hear();
        cr_assert(done && done->control_case == HIL__FRAME__CONTROL_DONE);
        cr_expect_eq(done->done->part, part);
        cr_expect_eq(done->done->more, part < 4);
        cr_expect_eq(done->n_messages, 1);
    }
    cr_expect_eq(firmware.said, 5);
}

// The Ask that comes in place of a part ends the step: what the firmware says then is not heard.
Test(kit, a_session_that_ends_within_a_step_leaves_nothing_of_it) {
    greet();
    firmware.load_n = 100;
    firmware.says = 3;
    firmware.size = 10;
    welcome(HIL__MODE__MODE_LOCK_STEP, "s12");
    start(1);
    ask();
    run(1);
    cr_expect_eq(control(), HIL__FRAME__CONTROL_DONE, "its question to the store");
    cr_expect_eq(control(), HIL__FRAME__CONTROL_HELLO);
    cr_expect_eq(control(), -1);
    cr_expect_not(firmware.loaded);
    cr_expect_eq(firmware.said, 0);
}

static uint32_t asked; // octets of the store

static void serve_store(void) {
    const Hil__Frame *done = hear();
    if (!done || !done->done->more) return;
    cr_assert_eq(done->messages[0]->what_case, HIL__MESSAGE__WHAT_STORE_READ);
    const Hil__StoreRead *question = done->messages[0]->store_read;
    cr_expect_eq(question->at, 4096 + asked);
    asked += question->n;
    grant(1, done->done->part + 1, 0, data_of(question->token, question->n));
}

Test(kit, the_store_is_asked_in_pieces_that_fit_what_it_has_aside) {
    greet();
    firmware.load_n = 300;
    welcome(HIL__MODE__MODE_LOCK_STEP, "s12");
    start(1);
    idle = serve_store;
    run(1);
    cr_expect_eq(asked, 300);
    cr_expect(firmware.loaded);
}

// --- Real time ---

Test(kit, in_real_time_it_beats_and_falls_back_to_hello_when_the_twin_is_silent) {
    begin_real_time();
    run_with_beats(SECOND);
    int beats = 0;
    for (const Hil__Frame *frame = hear(); frame; frame = hear()) {
        beats += frame->control_case == HIL__FRAME__CONTROL_BEAT;
        cr_expect_eq(frame->control_case, HIL__FRAME__CONTROL_BEAT);
    }
    cr_expect(beats >= 10 && beats <= 20, "%d beats", beats);
    run(600000);
    int last = -1;
    for (int it = control(); it >= 0; it = control())
        last = it;
    cr_expect_eq(last, HIL__FRAME__CONTROL_HELLO);
}

Test(kit, it_meets_its_deadlines_and_counts_those_it_missed) {
    begin_real_time();
    firmware.due_us = 300000;
    say_line();
    run_with_beats(250000);
    cr_expect_eq(firmware.deadlines, 0);
    run_with_beats(60000);
    cr_expect_eq(firmware.deadlines, 1);
    cr_expect_geq(firmware.uptime_us, 300000);
    cr_expect_lt(firmware.uptime_us, 301000);
    cr_expect_eq(kit.counts.overruns, 0);
    firmware.due_us = firmware.uptime_us + 100000;
    say_line();
    run(1);
    wire.now_us += 107000; // somebody else had the processor
    beat(0);
    run(1);
    cr_expect_eq(firmware.deadlines, 2);
    cr_expect_eq(kit.counts.overruns, 1);
}

// Messages go without credit to nobody; with the next Beat they go on.
Test(kit, without_credit_it_waits_a_while) {
    begin_real_time();
    kit.limit = kit.number; // the twin has taken nothing of late
    firmware.says = 1;
    firmware.size = 10;
    uint64_t before = wire.now_us;
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Line words = HIL__LINE__INIT;
    Hil__Message message = HIL__MESSAGE__INIT, *list = &message;
    message.what_case = HIL__MESSAGE__WHAT_LINE;
    message.line = &words;
    frame.messages = &list;
    frame.n_messages = 1;
    frame.limit = 1;
    send(&frame);
    dd_kit_poll(&kit, 1);
    cr_expect_geq(wire.now_us - before, 200000, "it waits");
    cr_expect_leq(wire.now_us - before, 300000, "not for ever");
    for (const Hil__Frame *it = hear(); it; it = hear())
        cr_expect_eq(it->n_messages, 0, "it said it without credit");
}

// What comes while it waits for its store has no room in the smallest memory: it counts as lost.
Test(kit, what_has_no_room_aside_is_counted) {
    begin_real_time();
    firmware.load_n = 50;
    say_line();
    for (int i = 0; i < 3; i++)
        say_line();
    dd_kit_poll(&kit, 1);
    cr_expect_eq(kit.counts.lost, 3);
    cr_expect_not(firmware.loaded);
    cr_expect_eq(firmware.calls, 2, "Start, and the first");
}

Test(kit, reset_is_the_ports) {
    switch_on();
    Hil__Reset words = HIL__RESET__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_RESET;
    frame.reset = &words;
    send(&frame);
    run(1);
    cr_expect_eq(wire.resets, 1);
}

// --- Octets on the wire ---

Test(kit, stuffs_as_the_twin_does_and_takes_what_the_twin_stuffs) {
    static uint8_t twin[DD_FRAME_WIRE_MAX], frame[DD_FRAME_OCTETS], back[DD_FRAME_OCTETS];
    srand(1);
    for (int i = 0; i < 3000; i++) {
        size_t n = 1 + (size_t)rand() % (DD_FRAME_OCTETS - DD_FRAME_CHECK);
        int zeros = rand() % 300;
        for (size_t j = 0; j < n; j++)
            frame[j] = rand() % (zeros + 1) ? (uint8_t)rand() : 0;
        wire.out_n = 0;
        size_t twin_n = dd_frame_put(frame, n, twin);
        memcpy(back, frame, n);
        dd_stuff(back, n, write_wire, NULL);
        cr_assert_eq(wire.out_n, twin_n);
        cr_assert_eq(memcmp(wire.out, twin, twin_n), 0);
        dd_unstuffer it;
        dd_unstuffed outcome = DD_UNSTUFFED_NOTHING;
        dd_unstuff_into(&it, back, sizeof back);
        for (size_t j = 0; j < twin_n; j++)
            outcome = dd_unstuff(&it, twin[j]);
        cr_assert_eq(outcome, DD_UNSTUFFED_FRAME);
        cr_assert_eq(it.n, n);
        cr_assert_eq(memcmp(back, frame, n), 0);
    }
}

Test(kit, a_spoilt_octet_is_noticed) {
    static uint8_t twin[DD_FRAME_WIRE_MAX], room[64];
    static const uint8_t frame[] = {1, 2, 0, 3, 0, 0, 4};
    size_t n = dd_frame_put(frame, sizeof frame, twin);
    for (size_t at = 0; at + 1 < n; at++)
        for (int bit = 0; bit < 8; bit++) {
            dd_unstuffer it;
            int frames = 0;
            twin[at] ^= (uint8_t)(1 << bit);
            dd_unstuff_into(&it, room, sizeof room);
            for (size_t j = 0; j < n; j++)
                frames += dd_unstuff(&it, twin[j]) == DD_UNSTUFFED_FRAME;
            twin[at] ^= (uint8_t)(1 << bit);
            cr_expect_eq(frames, 0, "octet %zu, bit %d", at, bit);
        }
}
