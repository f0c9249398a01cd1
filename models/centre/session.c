#include "models/centre/session.h"

enum {
    // Of one log between two words that came; more is no gap but nonsense (a day's outage of the
    // largest segment is some 3,000 words).
    LOST_MAX = 1 << 20,
};

dd_order dd_session_welcome(dd_session *session) {
    const dd_hello *hello = &session->hello;
    session->up = true;
    if (hello->log != session->log) {
        session->log = hello->log;
        session->last = hello->after;
    }
    // A centre that has lost its memory believes the controller's.
    if (session->last < hello->after) session->last = hello->after;
    return (dd_order){.kind = DD_ORDER_WELCOME, .number = hello->number, .sequence = session->last};
}

bool dd_session_take(dd_session *session, const dd_word *word, uint32_t *lost) {
    uint32_t last = session->last;
    *lost = 0;
    bool strange = word->after >= word->sequence ||
                   (word->sequence > last && word->sequence - last > LOST_MAX);
    session->strange += strange;
    if (strange || !session->log || word->after > last || word->sequence <= last) return false;
    *lost = word->sequence - last - 1;
    session->lost += *lost;
    session->last = word->sequence;
    return true;
}

dd_order dd_session_acknowledgement(const dd_session *session) {
    return (dd_order){.kind = DD_ORDER_ACK, .sequence = session->last};
}
