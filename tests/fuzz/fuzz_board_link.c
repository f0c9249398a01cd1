// A link given arbitrary octets in pieces of any size, by a board that has gone mad. Frames come
// out with rising numbers, counters add up, nothing hangs, and what the link has to say still goes
// out.
#include <sys/socket.h>
#include <unistd.h>

#include "hil/wire/link.h"
#include "tests/fuzz/bytes.h"

typedef struct dd_seen {
    uint64_t frames;
    uint32_t number;
    bool counting;
} dd_seen;

static void look_at(dd_seen *seen, const Hil__Frame *frame) {
    seen->frames++;
    Hil__Frame__ControlCase control = frame->control_case;
    bool hello = control == HIL__FRAME__CONTROL_HELLO,
         welcome = control == HIL__FRAME__CONTROL_WELCOME;
    if (hello || welcome) seen->number = 0;
    seen->counting = seen->counting || welcome;
    if (hello || welcome || !seen->counting || control == HIL__FRAME__CONTROL_REFUSAL) return;
    must(frame->number > seen->number);
    seen->number = frame->number;
}

static void answer(dd_link *link) {
    Hil__Frame frame = HIL__FRAME__INIT;
    uint64_t sent = dd_link_counts_of(link)->sent;
    bool room = dd_link_room(link) > 0;
    bool done = dd_link_send(link, &frame);
    must(done == room && dd_link_counts_of(link)->sent == sent + done);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int fds[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    dd_link *link = dd_link_open(fds[0]);
    dd_seen seen = {0};
    size_t piece = size ? 1 + 16 * (size_t)data[0] : 1;
    for (size_t at = 0; at < size; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        must(write(fds[1], data + at, n) == (ssize_t)n && dd_link_pump(link));
        for (const Hil__Frame *frame; (frame = dd_link_take(link));)
            look_at(&seen, frame);
        answer(link);
        char heard[4096];
        while (recv(fds[1], heard, sizeof heard, MSG_DONTWAIT) > 0) {
        }
    }
    const dd_link_counts *counts = dd_link_counts_of(link);
    must(counts->received_octets == size);
    must(counts->received == seen.frames + counts->repeated);
    close(fds[1]);
    must(!dd_link_wait(link, 1000));
    dd_link_close(link);
    return 0;
}
