#include "models/centre/session.h"

void dd_session_start(dd_session *session, uint32_t segment, bool absent) {
    *session = (dd_session){.line = {.segment = segment}, .expected = 1, .absent = absent};
}

bool dd_session_takes(dd_session *session, const dd_word *word) {
    // A controller that has started anew counts from the beginning.
    if (word->kind == DD_WORD_HELLO && word->boots != session->boots) {
        session->boots = word->boots;
        session->expected = word->sequence;
    }
    if (word->sequence != session->expected) return false;
    session->expected++;
    return true;
}
