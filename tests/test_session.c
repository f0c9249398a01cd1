// The centre's side of a session: each word once, in order, and what was lost is known.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "models/centre/session.h"

static dd_session met(uint32_t log, uint32_t arrived) {
    dd_session session = {.hello = {.log = log, .after = arrived, .number = 3}};
    dd_order welcome = dd_session_welcome(&session);
    cr_assert(eq(u8, welcome.kind, DD_ORDER_WELCOME));
    cr_assert(eq(u32, welcome.number, 3));
    cr_assert(eq(u32, welcome.sequence, arrived));
    return session;
}

// What is lost before a word that is taken; -1 when it is not taken.
static int take(dd_session *session, uint32_t after, uint32_t sequence) {
    dd_word word = {.kind = DD_WORD_EVENT, .after = after, .sequence = sequence};
    uint32_t lost;
    return dd_session_take(session, &word, &lost) ? (int)lost : -1;
}

Test(session, takes_each_word_once_and_in_order) {
    dd_session session = met(7, 0);
    cr_expect(eq(int, take(&session, 0, 1), 0));
    cr_expect(eq(int, take(&session, 0, 1), -1), "again");
    cr_expect(eq(int, take(&session, 2, 3), -1), "one before it has yet to come");
    cr_expect(eq(int, take(&session, 1, 2), 0));
    cr_expect(eq(int, take(&session, 2, 3), 0));
    cr_expect(eq(u32, dd_session_acknowledgement(&session).sequence, 3));
    cr_expect(eq(u32, session.lost, 0));
}

// 4 to 9 had to go; or 3 to 9, of which 3 came before it went.
Test(session, counts_what_a_log_gave_up) {
    dd_session session = met(7, 3);
    cr_expect(eq(int, take(&session, 3, 10), 6));
    cr_expect(eq(int, take(&session, 8, 12), 1), "11, whatever went before it");
    cr_expect(eq(u32, session.lost, 7));
    session = met(7, 3);
    cr_expect(eq(int, take(&session, 2, 10), 6));
}

Test(session, believes_nothing_before_a_hello_and_no_nonsense) {
    dd_session session = {0};
    cr_expect(eq(int, take(&session, 0, 1), -1));
    session = met(7, 100);
    cr_expect(eq(int, take(&session, 101, 101), -1));
    cr_expect(eq(int, take(&session, 150, 120), -1));
    cr_expect(eq(int, take(&session, 0, UINT32_MAX), -1), "four thousand million words lost");
    cr_expect(eq(u32, session.strange, 3));
    cr_expect(eq(int, take(&session, 100, 101), 0), "none of it has done harm");
}

Test(session, another_log_begins_anew_and_the_same_goes_on) {
    dd_session session = met(7, 0);
    for (uint32_t i = 1; i <= 50; i++)
        take(&session, i - 1, i);
    session.hello = (dd_hello){.log = 7, .after = 20};
    cr_expect(eq(u32, dd_session_welcome(&session).sequence, 50), "it knows more than the log");
    session.hello = (dd_hello){.log = 8};
    cr_expect(eq(u32, dd_session_welcome(&session).sequence, 0), "another controller");
    cr_expect(eq(int, take(&session, 0, 1), 0));
    session = met(8, 30); // a centre that has lost its memory
    cr_expect(eq(int, take(&session, 30, 31), 0));
}
