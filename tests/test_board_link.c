#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "hil/wire/link.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

static dd_link *ends[2]; // of one wire

static void join(void) {
    int fds[2];
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    for (int i = 0; i < 2; i++) {
        ends[i] = dd_link_open(fds[i]);
        cr_assert(ends[i] != NULL);
    }
}

static void part(void) {
    dd_link_close(ends[0]);
    dd_link_close(ends[1]);
}

TestSuite(board_link, .init = join, .fini = part, .timeout = 20);

static bool say(dd_link *link, Hil__Frame__ControlCase control) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Hello hello = HIL__HELLO__INIT;
    Hil__Welcome welcome = HIL__WELCOME__INIT;
    Hil__Refusal refusal = HIL__REFUSAL__INIT;
    Hil__Beat beat = HIL__BEAT__INIT;
    Hil__Grant grant = HIL__GRANT__INIT;
    frame.control_case = control;
    if (control == HIL__FRAME__CONTROL_HELLO) frame.hello = &hello;
    if (control == HIL__FRAME__CONTROL_WELCOME) frame.welcome = &welcome;
    if (control == HIL__FRAME__CONTROL_REFUSAL) frame.refusal = &refusal;
    if (control == HIL__FRAME__CONTROL_BEAT) frame.beat = &beat;
    if (control == HIL__FRAME__CONTROL_GRANT) frame.grant = &grant;
    return dd_link_send(link, &frame);
}

static bool say_line(dd_link *link, const void *octets, size_t n) {
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Line line = HIL__LINE__INIT;
    Hil__Message message = HIL__MESSAGE__INIT, *messages[] = {&message};
    line.octets = (ProtobufCBinaryData){n, (uint8_t *)(uintptr_t)octets};
    message.what_case = HIL__MESSAGE__WHAT_LINE;
    message.line = &line;
    frame.messages = messages;
    frame.n_messages = 1;
    return dd_link_send(link, &frame);
}

static size_t take_all(dd_link *link) {
    size_t n = 0;
    dd_link_pump(link);
    while (dd_link_take(link))
        n++;
    return n;
}

static void greet(void) { // 1 is the board
    cr_assert(say(ends[1], HIL__FRAME__CONTROL_HELLO));
    cr_assert(eq(sz, take_all(ends[0]), 1));
    cr_assert(say(ends[0], HIL__FRAME__CONTROL_WELCOME));
    cr_assert(eq(sz, take_all(ends[1]), 1));
}

Test(board_link, frames_pass_and_are_counted) {
    greet();
    cr_assert(say_line(ends[0], "xin chào", 9));
    cr_assert(dd_link_wait(ends[1], 1000));
    const Hil__Frame *frame = dd_link_take(ends[1]);
    cr_assert(frame != NULL && frame->n_messages == 1);
    cr_expect(eq(u32, frame->number, 1));
    cr_expect(memcmp(frame->messages[0]->line->octets.data, "xin chào", 9) == 0);
    cr_expect(dd_link_take(ends[1]) == NULL);
    const dd_link_counts *sent = dd_link_counts_of(ends[0]), *come = dd_link_counts_of(ends[1]);
    cr_expect(eq(u64, sent->sent, 2));
    cr_expect(eq(u64, come->received, 2));
    cr_expect(eq(u64, come->received_octets, sent->sent_octets));
}

// As from a board that was asked twice.
Test(board_link, a_hello_that_crosses_a_welcome_leaves_our_numbers) {
    greet();
    cr_assert(say(ends[0], HIL__FRAME__CONTROL_GRANT));
    cr_assert(say(ends[1], HIL__FRAME__CONTROL_HELLO));
    cr_assert(eq(sz, take_all(ends[0]), 1));
    cr_assert(say(ends[0], HIL__FRAME__CONTROL_GRANT));
    dd_link_pump(ends[1]);
    cr_assert(eq(u32, dd_link_take(ends[1])->number, 1));
    cr_assert(eq(u32, dd_link_take(ends[1])->number, 2));
}

Test(board_link, credit_is_four_until_more_is_said) {
    greet();
    for (uint32_t i = 0; i < 4; i++) {
        cr_expect(eq(u32, dd_link_room(ends[0]), 4 - i));
        cr_assert(say_line(ends[0], "x", 1));
    }
    cr_expect(eq(u32, dd_link_room(ends[0]), 0));
    cr_expect(not(say_line(ends[0], "x", 1)));
    cr_expect(eq(u64, dd_link_counts_of(ends[0])->dropped, 1));
    cr_expect(eq(sz, take_all(ends[1]), 4));
    // What the peer says next gives credit anew: it has heard number 4.
    cr_assert(say(ends[1], HIL__FRAME__CONTROL_BEAT));
    cr_expect(eq(sz, take_all(ends[0]), 1));
    cr_expect(eq(u32, dd_link_room(ends[0]), 64));
}

// Else a wire that swallows as many frames as there is credit would end all talk.
Test(board_link, comes_round_after_all_its_credit_was_lost) {
    greet();
    while (dd_link_room(ends[0]))
        cr_assert(say_line(ends[0], "x", 1));
    char lost[4096];
    cr_assert(read(dd_link_fd(ends[1]), lost, sizeof lost) > 0);
    cr_assert(say(ends[0], HIL__FRAME__CONTROL_BEAT));
    cr_expect(eq(sz, take_all(ends[1]), 1));
    cr_expect(eq(u64, dd_link_counts_of(ends[1])->lost, 4));
    cr_assert(say(ends[1], HIL__FRAME__CONTROL_BEAT));
    take_all(ends[0]);
    cr_expect(say_line(ends[0], "x", 1));
}

Test(board_link, control_words_need_no_credit) {
    greet();
    for (int i = 0; i < 100; i++)
        cr_assert(say(ends[0], HIL__FRAME__CONTROL_GRANT));
    cr_expect(eq(sz, take_all(ends[1]), 100));
    cr_expect(not(say_line(ends[0], "x", 1)));
}

Test(board_link, missing_numbers_are_counted) {
    greet();
    char lost[4096];
    say_line(ends[0], "1", 1);
    say_line(ends[0], "2", 1);
    cr_assert(read(dd_link_fd(ends[1]), lost, sizeof lost) > 0);
    say_line(ends[0], "3", 1);
    cr_expect(eq(sz, take_all(ends[1]), 1));
    cr_expect(eq(u64, dd_link_counts_of(ends[1])->lost, 2));
}

// --- A wire of our own: octets are put on it by hand ---

static void put(dd_link *from, dd_link *to, const Hil__Frame *frame) {
    uint8_t octets[DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX];
    size_t n = dd_frame_put(octets, hil__frame__pack(frame, octets), wire);
    cr_assert(write(dd_link_fd(from), wire, n) == (ssize_t)n);
    dd_link_pump(to);
}

static Hil__Frame numbered(uint32_t number, uint32_t limit) {
    static Hil__Beat beat = HIL__BEAT__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.number = number;
    frame.limit = limit;
    frame.control_case = HIL__FRAME__CONTROL_BEAT;
    frame.beat = &beat;
    return frame;
}

Test(board_link, what_comes_again_is_passed_over) {
    greet();
    Hil__Frame frame = numbered(1, 10);
    put(ends[0], ends[1], &frame);
    put(ends[0], ends[1], &frame);
    frame.number = 3;
    put(ends[0], ends[1], &frame);
    frame.number = 2; // too late
    put(ends[0], ends[1], &frame);
    cr_expect(eq(sz, take_all(ends[1]), 2));
    cr_expect(eq(u64, dd_link_counts_of(ends[1])->repeated, 2));
    cr_expect(eq(u64, dd_link_counts_of(ends[1])->lost, 1));
}

// A twin that opens the port of a board that is in the midst of a session with the one before.
Test(board_link, an_old_session_spoils_no_new_one) {
    Hil__Frame old = numbered(5000, 6000);
    put(ends[1], ends[0], &old);
    cr_expect(eq(sz, take_all(ends[0]), 1));
    cr_expect(eq(u64, dd_link_counts_of(ends[0])->lost, 0));
    greet();
    cr_expect(eq(u32, dd_link_room(ends[0]), 4));
    cr_assert(say(ends[1], HIL__FRAME__CONTROL_BEAT));
    cr_expect(eq(sz, take_all(ends[0]), 1));
    cr_expect(eq(u64, dd_link_counts_of(ends[0])->lost, 0));
    cr_expect(eq(u64, dd_link_counts_of(ends[0])->repeated, 0));
}

Test(board_link, a_limit_never_falls) {
    greet();
    Hil__Frame frame = numbered(1, 20);
    put(ends[1], ends[0], &frame);
    frame.number = 2;
    frame.limit = 7;
    put(ends[1], ends[0], &frame);
    take_all(ends[0]);
    cr_expect(eq(u32, dd_link_room(ends[0]), 20));
}

// A board without a session counts nothing.
Test(board_link, a_refusal_is_heard_whatever_its_number) {
    greet();
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Refusal refusal = HIL__REFUSAL__INIT;
    frame.control_case = HIL__FRAME__CONTROL_REFUSAL;
    frame.refusal = &refusal;
    put(ends[1], ends[0], &frame);
    cr_expect(eq(sz, take_all(ends[0]), 1));
}

Test(board_link, garbage_is_counted_and_left) {
    uint8_t wire[DD_FRAME_WIRE_MAX];
    cr_assert(write(dd_link_fd(ends[0]), "console output\r\n\0", 17) == 17);
    size_t n = dd_frame_put((const uint8_t *)"\xFF\xFF\xFF", 3, wire); // whole, but no Frame
    cr_assert(write(dd_link_fd(ends[0]), wire, n) == (ssize_t)n);
    greet();
    cr_expect(eq(u64, dd_link_counts_of(ends[1])->garbled, 1));
    cr_expect(eq(u64, dd_link_counts_of(ends[1])->refused, 1));
}

// Compatible growth: a newer peer's fields, and its messages, are passed over.
Test(board_link, unknown_fields_are_passed_over) {
    static const uint8_t frame[] = {
        0x08, 0x01,                         // number 1
        0xFA, 0x03, 0x02, 'h',  'i',        // field 63, octets
        0xF8, 0x3E, 0x2A,                   // field 1007, a number
        0x82, 0x01, 0x03, 0xA2, 0x06, 0x00, // a message that is of kind 100
        0x42, 0x04, 0x08, 0x05, 0x78, 0x07, // a Sync: round 5, field 15
    };
    uint8_t wire[DD_FRAME_WIRE_MAX];
    greet();
    size_t n = dd_frame_put(frame, sizeof frame, wire);
    cr_assert(write(dd_link_fd(ends[0]), wire, n) == (ssize_t)n);
    cr_assert(dd_link_wait(ends[1], 1000));
    const Hil__Frame *got = dd_link_take(ends[1]);
    cr_assert(got != NULL);
    cr_expect(eq(int, got->control_case, HIL__FRAME__CONTROL_SYNC));
    cr_expect(eq(u32, got->sync->round, 5));
    cr_assert(eq(sz, got->n_messages, 1));
    cr_expect(eq(int, got->messages[0]->what_case, HIL__MESSAGE__WHAT__NOT_SET));
}

// --- Limits ---

Test(board_link, no_frame_longer_than_the_peer_takes) {
    char much[DD_FRAME_OCTETS] = {0};
    greet();
    cr_expect(say_line(ends[0], much, 900));
    cr_expect(not(say_line(ends[0], much, sizeof much)));
    dd_link_frame_max(ends[0], 256);
    cr_expect(not(say_line(ends[0], much, 256)));
    cr_expect(say_line(ends[0], much, 230));
    cr_expect(eq(sz, take_all(ends[1]), 2));
    cr_expect(eq(u64, dd_link_counts_of(ends[1])->lost, 0)); // what was not sent has no number
}

Test(board_link, nobody_reads) {
    greet();
    for (int i = 0; i < 200000 && say(ends[0], HIL__FRAME__CONTROL_GRANT); i++) {
    }
    cr_expect(dd_link_writing(ends[0]));
    cr_expect(dd_link_counts_of(ends[0])->dropped > 0);
    while (take_all(ends[1]) > 0) // holds no more than it must, and loses nothing of the rest
        dd_link_pump(ends[0]);
    cr_expect(not(dd_link_writing(ends[0])));
    const dd_link_counts *sent = dd_link_counts_of(ends[0]), *come = dd_link_counts_of(ends[1]);
    cr_expect(eq(u64, come->received_octets, sent->sent_octets));
    cr_expect(eq(u64, come->garbled, 0));
}

// --- The end ---

Test(board_link, a_peer_that_goes_is_noticed_and_its_last_words_heard) {
    greet();
    cr_assert(say(ends[1], HIL__FRAME__CONTROL_REFUSAL));
    dd_link_close(ends[1]);
    ends[1] = NULL;
    cr_expect(not(dd_link_wait(ends[0], 1000)));
    const Hil__Frame *frame = dd_link_take(ends[0]);
    cr_assert(frame != NULL);
    cr_expect(eq(int, frame->control_case, HIL__FRAME__CONTROL_REFUSAL));
    cr_expect(not(say(ends[0], HIL__FRAME__CONTROL_BEAT)));
    cr_expect(not(dd_link_pump(ends[0])));
}

Test(board_link, writing_to_a_peer_that_has_gone_is_no_signal) {
    greet();
    dd_link_close(ends[1]);
    ends[1] = NULL;
    while (say(ends[0], HIL__FRAME__CONTROL_GRANT)) {
    }
    cr_expect(not(dd_link_pump(ends[0])));
}

Test(board_link, over_a_pseudo_terminal) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    struct termios mode;
    cr_assert(slave >= 0 && tcgetattr(slave, &mode) == 0);
    cfmakeraw(&mode);
    tcsetattr(slave, TCSANOW, &mode);
    part();
    ends[0] = dd_link_open(slave);
    ends[1] = dd_link_open(master);
    greet();
    char every[256];
    for (int i = 0; i < 256; i++)
        every[i] = (char)i;
    cr_assert(say_line(ends[0], every, sizeof every));
    cr_assert(dd_link_wait(ends[1], 1000));
    const Hil__Frame *frame = dd_link_take(ends[1]);
    cr_assert(frame != NULL && frame->messages[0]->line->octets.len == sizeof every);
    cr_expect(memcmp(frame->messages[0]->line->octets.data, every, sizeof every) == 0);
    dd_link_close(ends[1]); // as an unplugged board
    ends[1] = NULL;
    cr_expect(not(dd_link_wait(ends[0], 1000)));
}

// --- Taps and filters ---

static void drop(void *context, bool sent, const uint8_t *octets, size_t n,
                 void (*pass)(void *, const uint8_t *, size_t), void *pass_context) {
    int *every = context;
    if (sent && ++*every % 3 == 0) return;
    pass(pass_context, octets, n);
}

Test(board_link, a_filter_changes_what_goes) {
    int count = 0;
    greet();
    dd_link_filter(ends[0], (dd_wire_filter){.context = &count, .filter = drop});
    for (int i = 0; i < 9; i++)
        say(ends[0], HIL__FRAME__CONTROL_GRANT);
    cr_expect(eq(sz, take_all(ends[1]), 6));
    cr_expect(eq(u64, dd_link_counts_of(ends[1])->lost, 2)); // the ninth is not missed yet
}

static int tapped[2];
static void tap(void *context, bool sent, const uint8_t *octets, size_t n) {
    (void)context;
    Hil__Frame *frame = hil__frame__unpack(NULL, n, octets);
    cr_assert(frame != NULL);
    hil__frame__free_unpacked(frame, NULL);
    tapped[sent]++;
}

Test(board_link, a_tap_sees_frames_as_they_are) {
    dd_link_tap_into(ends[0], (dd_link_tap){.frame = tap});
    greet();
    say(ends[1], HIL__FRAME__CONTROL_BEAT);
    take_all(ends[0]);
    cr_expect(eq(int, tapped[0], 2));
    cr_expect(eq(int, tapped[1], 1));
}
