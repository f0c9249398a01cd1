#include "hil/board/stepper.h"
#include "tests/board_process.h"

// What becomes of a grant when its board does not answer as it should: each has a verdict.

static board_process board;
static dd_stepper stepper;

static void greet(void) {
    board = board_process_start(NULL);
    board_process_welcome(&board, HIL__MODE__MODE_LOCK_STEP, 7);
    stepper = (dd_stepper){.link = board.link, .feeder_n = 1, .answer_s = 0.5};
}

static void stop(void) {
    kill(board.pid, SIGKILL);
    board_process_stop(&board);
}

TestSuite(stepper, .init = greet, .fini = stop, .timeout = 20);

static void take(void *context, const dd_response *response) {
    (void)context, (void)response;
}

static bool start(void) {
    int64_t due_us;
    const dd_responder responder = {NULL, take};
    return dd_stepper_step(&stepper, 0, &(dd_stimulus){.kind = DD_STIMULUS_START}, &responder,
                           &due_us);
}

Test(stepper, a_board_that_refuses_breaks_the_protocol) {
    cr_expect_not(start(), "it has no settings yet");
    cr_expect_eq(stepper.verdict, DD_BOARD_PROTOCOL_ERROR);
}

// In no session, as after a Welcome that was lost.
static bool step_unwelcomed(void (*welcome)(void *context)) {
    int64_t due_us;
    const dd_responder responder = {NULL, take};
    dd_board_ask(board.link);
    stepper.welcome = welcome;
    return dd_stepper_step(&stepper, 0, &(dd_stimulus){.kind = DD_STIMULUS_TIME}, &responder,
                           &due_us);
}

static void welcome_it(void *context) {
    (void)context;
    dd_board_identity identity = {.version = 1};
    dd_board_welcome(board.link, &identity, HIL__MODE__MODE_LOCK_STEP, "s01", 8);
}

static void welcome_in_vain(void *context) {
    (void)context;
}

Test(stepper, a_board_that_has_not_heard_its_welcome_is_welcomed_again) {
    cr_expect(step_unwelcomed(welcome_it));
    cr_expect_geq(stepper.repeats, 1);
}

Test(stepper, a_board_that_knows_of_no_session_however_often_breaks_the_protocol) {
    cr_expect_not(step_unwelcomed(welcome_in_vain));
    cr_expect_eq(stepper.verdict, DD_BOARD_PROTOCOL_ERROR);
}

Test(stepper, a_board_that_says_nothing_is_silent_and_was_asked_again) {
    kill(board.pid, SIGSTOP);
    cr_expect_not(start());
    cr_expect_eq(stepper.verdict, DD_BOARD_SILENT);
    cr_expect_geq(stepper.repeats, 2);
}

Test(stepper, a_wire_that_hangs_up_is_unplugged) {
    kill(board.pid, SIGKILL);
    cr_expect_not(start());
    cr_expect_eq(stepper.verdict, DD_BOARD_UNPLUGGED);
}

static uint32_t welcomes;

static void count_welcome(void *context) {
    (void)context;
    welcomes++;
}

static void wake_later(void) {
    if (fork() != 0) return;
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    kill(board.pid, SIGCONT);
    _exit(0);
}

// Its session would begin anew under the grants that follow.
Test(stepper, a_board_that_is_slow_is_not_welcomed_twice) {
    stepper.welcome = count_welcome;
    kill(board.pid, SIGSTOP);
    wake_later();
    cr_expect_not(start(), "it has no settings yet");
    cr_expect_geq(stepper.repeats, 1);
    cr_expect_eq(welcomes, 0);
}
