#include "hil/board/board.h"
#include "hil/wire/wall.h"

#include <stdio.h>
#include <string.h>

// What each means, and what to do.
static const char *const advice[DD_BOARD_VERDICTS] = {
    [DD_BOARD_WELL] = "all is well",
    [DD_BOARD_NOT_FOUND] = "no such device is there; 'domdom board list' shows those that are",
    [DD_BOARD_AMBIGUOUS] = "several devices fit; name its serial, vid, pid or interface too",
    [DD_BOARD_NO_ACCESS] = "its device may not be opened, or somebody else has it; 'domdom board "
                           "list' says how to be let in",
    [DD_BOARD_NO_HELLO] = "a device is there, but nobody says Hello: does the firmware run, and is "
                          "this its port?",
    [DD_BOARD_WRONG_VERSION] = "it speaks no version of the protocol that we do",
    [DD_BOARD_WRONG_IDENTITY] = "it is another board than was asked for, or another segment's",
    [DD_BOARD_PROTOCOL_ERROR] = "it said what the protocol does not allow; 'domdom board monitor' "
                                "shows its frames",
    [DD_BOARD_MISSED_DEADLINE] = "it did not answer in time",
    [DD_BOARD_SILENT] = "it is plugged in and says nothing any more",
    [DD_BOARD_UNPLUGGED] = "its device is gone",
    [DD_BOARD_RESTARTED] = "it started anew by itself",
};

const char *dd_board_verdict_advice(dd_board_verdict verdict) {
    return verdict < DD_BOARD_VERDICTS ? advice[verdict] : "";
}

static void copy(char to[static 64], const char *from) {
    snprintf(to, 64, "%s", from ? from : "");
}

void dd_board_identify(const Hil__Hello *hello, dd_board_identity *identity) {
    *identity = (dd_board_identity){.version = hello->version,
                                    .capabilities = hello->capabilities,
                                    .frame_max = hello->frame_max,
                                    .boots = hello->boots,
                                    .vid = (uint16_t)hello->vid,
                                    .pid = (uint16_t)hello->pid,
                                    .uptime_us = hello->uptime_us};
    copy(identity->serial, hello->serial);
    copy(identity->model, hello->model);
    copy(identity->firmware, hello->firmware);
    copy(identity->segment, hello->segment);
    size_t n = hello->firmware_hash.len;
    identity->firmware_hash_n =
        n < sizeof identity->firmware_hash ? n : sizeof identity->firmware_hash;
    if (n) memcpy(identity->firmware_hash, hello->firmware_hash.data, identity->firmware_hash_n);
}

dd_board_verdict dd_board_judge(const dd_board_identity *identity) {
    return identity->version ? DD_BOARD_WELL : DD_BOARD_WRONG_VERSION;
}

void dd_board_ask(dd_link *link) {
    Hil__Ask ask = HIL__ASK__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    ask.version = DD_BOARD_VERSION;
    frame.control_case = HIL__FRAME__CONTROL_ASK;
    frame.ask = &ask;
    dd_link_send(link, &frame);
}

bool dd_board_refuse(dd_link *link, Hil__Reason reason, const char *text) {
    Hil__Refusal refusal = HIL__REFUSAL__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    refusal.reason = reason;
    refusal.text = (char *)(uintptr_t)text;
    frame.control_case = HIL__FRAME__CONTROL_REFUSAL;
    frame.refusal = &refusal;
    return dd_link_send(link, &frame);
}

bool dd_board_reset(dd_link *link, uint32_t reason) {
    Hil__Reset reset = HIL__RESET__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    reset.reason = reason;
    frame.control_case = HIL__FRAME__CONTROL_RESET;
    frame.reset = &reset;
    return dd_link_send(link, &frame);
}

static int64_t now_ms(void) {
    return dd_wall_ns() / 1000000;
}

// The last Hello of those that have come; false: none has.
static bool hear_hello(dd_link *link, dd_board_identity *identity) {
    const Hil__Frame *frame;
    bool heard = false;
    while ((frame = dd_link_take(link))) {
        if (frame->control_case != HIL__FRAME__CONTROL_HELLO) continue;
        dd_board_identify(frame->hello, identity);
        heard = true;
    }
    return heard;
}

dd_board_verdict dd_board_greet(dd_link *link, int ms, dd_board_identity *identity) {
    int64_t end = now_ms() + ms;
    for (int64_t now; (now = now_ms()) < end;) {
        dd_board_ask(link);
        int64_t again = now + DD_BOARD_ASK_MS < end ? now + DD_BOARD_ASK_MS : end;
        for (; now < again; now = now_ms()) {
            bool there = dd_link_wait(link, (int)(again - now));
            if (hear_hello(link, identity)) return dd_board_judge(identity);
            if (!there) return DD_BOARD_UNPLUGGED;
        }
    }
    return DD_BOARD_NO_HELLO;
}

// What we make use of. A newer board may offer more; that is not ours to ask for.
static uint32_t used(const dd_board_identity *identity, Hil__Mode mode) {
    uint32_t known = HIL__CAPABILITY__CAPABILITY_AIR | HIL__CAPABILITY__CAPABILITY_COMMISSION |
                     HIL__CAPABILITY__CAPABILITY_BORROWS_STORE | HIL__CAPABILITY__CAPABILITY_RESET |
                     HIL__CAPABILITY__CAPABILITY_LOGS;
    if (mode == HIL__MODE__MODE_LOCK_STEP) known |= HIL__CAPABILITY__CAPABILITY_LOCK_STEP;
    return identity->capabilities & known;
}

bool dd_board_welcome(dd_link *link, const dd_board_identity *identity, Hil__Mode mode,
                      const char *segment, uint32_t session) {
    Hil__Welcome welcome = HIL__WELCOME__INIT;
    Hil__Frame frame = HIL__FRAME__INIT;
    welcome.version = identity->version < DD_BOARD_VERSION ? identity->version : DD_BOARD_VERSION;
    welcome.session = session;
    welcome.mode = mode;
    welcome.segment = (char *)(uintptr_t)segment;
    welcome.capabilities = used(identity, mode);
    welcome.beat_ms = mode == HIL__MODE__MODE_REAL_TIME ? DD_BOARD_BEAT_MS : 0;
    welcome.frame_max = DD_FRAME_OCTETS;
    frame.control_case = HIL__FRAME__CONTROL_WELCOME;
    frame.welcome = &welcome;
    if (identity->frame_max) dd_link_frame_max(link, identity->frame_max);
    return dd_link_send(link, &frame);
}
