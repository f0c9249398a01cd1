#include "models/centre/session.h"

void dd_session_start(dd_session *session, uint32_t segment, bool absent) {
    *session = (dd_session){.line = {.segment = segment}, .expected = 1, .absent = absent};
}

bool dd_session_welcome(dd_session *session) {
    session->up = true;
    if (session->boots == session->hello.boots) return false;
    session->boots = session->hello.boots;
    session->expected = session->hello.after + 1;
    return true;
}

bool dd_session_takes(dd_session *session, const dd_word *word) {
    if (word->sequence != session->expected) return false;
    session->expected++;
    return true;
}
