// The controller's log over a store that holds anything, fails, forgets and is cut short. Whatever
// it finds there, what it tells is in order, of sound form and within bounds; and as long as nobody
// has touched the store but itself, it tells every word that was kept, as it was said.
#include <string.h>

#include "models/controller/core/core.h"
#include "models/controller/core/lasting.h"
#include "models/controller/core/log.h"
#include "tests/fuzz/bytes.h"

enum { MODEL = 4096 }; // sequences of which is known what was said

typedef struct house {
    dd_core core;
    dd_core_lamp lamps[20];
    dd_core_output outputs[DD_CORE_OUTPUTS];
    dd_word spare[DD_LOG_SPARE];
    dd_timetable timetable;
    uint8_t store[DD_STORE_IMAGE];
    int32_t left;     // octets that the store still takes; below 0: any number
    bool tampered;    // the store was touched, or did not take all, or was full
    uint32_t last;    // sequence told last since the cursor was set
    uint32_t arrived; // the centre has up to this one
    uint32_t said_n;
    int32_t said[MODEL]; // by sequence: the value of the word
} house;

static house h;

static bool read_store(void *context, uint32_t at, void *octets, uint32_t n) {
    (void)context;
    must(at < DD_STORE_SIZE && n <= DD_STORE_SIZE - at);
    if (at + n > sizeof h.store) return false; // images are another fuzzer's
    memcpy(octets, h.store + at, n);
    return true;
}

static bool write_store(void *context, uint32_t at, const void *octets, uint32_t n) {
    (void)context;
    must(at < DD_STORE_SIZE && n <= DD_STORE_SIZE - at);
    if (at + n > sizeof h.store) return false; // images are another fuzzer's
    uint32_t done = h.left >= 0 && (uint32_t)h.left < n ? (uint32_t)h.left : n;
    memcpy(h.store + at, octets, done);
    if (h.left >= 0) h.left -= (int32_t)done;
    h.tampered |= done < n;
    return done == n;
}

static void start(uint8_t lamp_n) {
    dd_core_def def = dd_core_default_def();
    def.lamp_n = lamp_n % 20;
    h.timetable = (dd_timetable){0};
    dd_core_storage storage = {.lamps = h.lamps,
                               .outputs = h.outputs,
                               .spare = h.spare,
                               .timetable = &h.timetable,
                               .store = {NULL, DD_STORE_SIZE, read_store, write_store}};
    dd_core_init(&h.core, &def, storage);
    h.last = h.core.log.told;
    must(dd_timetable_valid(&h.timetable));
    for (int i = 0; i < def.lamp_n; i++)
        must(h.lamps[i].raised >> DD_LAMP_HAPPENINGS == 0 && h.lamps[i].held <= DD_HELD_ON);
}

static void append(bytes *in) {
    static const uint8_t kinds[] = {DD_WORD_READINGS, DD_WORD_METER, DD_WORD_EVENT, DD_WORD_OUTCOME,
                                    DD_WORD_REVIEW};
    uint8_t what = byte(in);
    dd_word word = {.kind = kinds[what % 5], .value = (int32_t)++h.said_n, .number = what};
    word.entry_n = what % 5 == 0 ? what % (DD_READINGS_MAX + 1)
                                 : (uint8_t)(what % 5 == 1 ? what % (DD_CORE_FEEDERS + 1) : 0);
    for (uint8_t n = 0; n <= what / 64; n++) {
        if (h.core.log.next < MODEL) h.said[h.core.log.next] = word.value;
        dd_core_log_append(&h.core, &word);
    }
    h.tampered |= h.core.log.lost_readings + h.core.log.lost_events > 0;
    if (word.kind == DD_WORD_OUTCOME && !h.tampered)
        must(dd_core_log_holds_outcome(&h.core, word.number));
}

static void check_word(const dd_word *word) {
    must(word->after < word->sequence && word->after == h.last);
    must(word->sequence > h.core.log.released && word->sequence < h.core.log.next);
    must(word->entry_n <= DD_READINGS_MAX || word->kind != DD_WORD_READINGS);
    must(word->entry_n <= DD_CORE_FEEDERS || word->kind != DD_WORD_METER);
    h.last = word->sequence;
    if (h.tampered) return;
    must(word->sequence == word->after + 1);
    must(word->sequence >= MODEL || word->value == h.said[word->sequence]);
}

static void tell(uint8_t n) {
    dd_word word;
    while (n-- > 0 && dd_core_log_next(&h.core, &word))
        check_word(&word);
}

static void rewind_cursor(void) {
    dd_core_log_rewind(&h.core);
    h.last = h.core.log.told;
}

// The centre has taken some of what it was told.
static void release(uint8_t short_of) {
    uint32_t sequence = h.last > short_of ? h.last - short_of : 0;
    if (sequence <= h.core.log.released) return;
    dd_core_log_release(&h.core, sequence);
    if (h.arrived < sequence) h.arrived = sequence;
}

static void resume(bytes *in, bool honest) {
    uint32_t sequence = h.arrived;
    if (!honest) take(in, &sequence, 4);
    uint32_t next = h.core.log.next;
    dd_core_log_resume(&h.core, sequence);
    if (h.core.log.next != next) h.tampered = true; // it has numbered anew
    if (honest && !h.tampered) must(h.core.log.open);
    h.last = h.core.log.told;
    h.tampered |= !honest;
}

// Octets anywhere; or a whole place of this log, with a right check.
static void tamper(bytes *in, bool sound) {
    uint32_t at = 0;
    take(in, &at, 3);
    h.tampered = true;
    if (!sound) {
        take(in, h.store + at % (sizeof h.store - 64), byte(in) % 64);
        return;
    }
    struct {
        uint32_t check, identity;
        dd_word word;
    } it = {.identity = h.core.log.identity};
    take(in, &it.word, 24);
    it.word.kind %= 9;
    uint32_t n = (uint32_t)offsetof(dd_word, readings) + 4;
    n += it.word.kind == DD_WORD_READINGS ? it.word.entry_n % 11 * (uint32_t)sizeof(dd_reading) : 0;
    it.check = dd_store_check(0, &it.identity, n);
    uint32_t place = at % 16; // events lie below the mark, readings above
    uint32_t where = at & 64 ? DD_STORE_LOG - (place + 1) * (n + 4)
                             : DD_STORE_LOG + DD_STORE_MARK_N + place * (uint32_t)sizeof it;
    memcpy(h.store + where, &it, n + 4);
}

static void step(bytes *in) {
    uint8_t what = byte(in);
    switch (what & 7) {
    case 0:
    case 1:
        append(in);
        break;
    case 2:
        tell(what >> 3);
        break;
    case 3:
        release(what >> 4);
        break;
    case 4:
        if (what & 8)
            rewind_cursor();
        else
            resume(in, what & 240);
        break;
    case 5:
        start(byte(in));
        break;
    case 6:
        if (what & 192) return;
        tamper(in, what & 8);
        break;
    default:
        h.left = what & 128 ? what : -1;
        if (what & 64) dd_core_lasting_changed(&h.core);
        dd_core_lasting_work(&h.core);
    }
    must(dd_core_log_told(&h.core) <= dd_core_log_size(&h.core));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    memset(&h, 0, sizeof h);
    h.left = -1;
    bytes in = {data, data + size};
    if (byte(&in) & 1) { // begins with a store that holds anything where it matters
        h.tampered = true;
        take(&in, h.store, 96);
        take(&in, h.store + DD_STORE_LOG - 96, 192);
    }
    start(byte(&in));
    while (in.at < in.end)
        step(&in);
    rewind_cursor();
    tell(UINT8_MAX);
    return 0;
}
