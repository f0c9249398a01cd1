#include "models/controller/core/log.h"

#include <stddef.h>
#include <string.h>

#include "models/controller/core/random.h"

// A word as it lies in the store.
typedef struct place {
    uint32_t check;    // of all that follows
    uint32_t identity; // of the log that it belongs to
    dd_word word;      // as much of it as it has entries
} place;

enum {
    HEAD_N = offsetof(place, word),
    BARE_N = HEAD_N + offsetof(dd_word, readings), // a word without entries
    EVENT_PLACES = DD_STORE_EVENTS_N / BARE_N,
    READINGS_AT = DD_STORE_LOG + DD_STORE_MARK_N,
    READING_PLACES = (DD_STORE_IMAGE - READINGS_AT) / sizeof(place),
    // No centre is so far ahead, and no log so old (a century at 800 words a day).
    AHEAD_MAX = 1 << 20,
    SEQUENCE_MAX = 1 << 30,
};

// What is written at the moment an empty log begins anew: places with other identities, or with
// sequences up to this one, are free.
typedef struct mark {
    uint32_t identity, released;
} mark;

_Static_assert(2 * (DD_STORE_COPY_HEAD + sizeof(mark)) <= DD_STORE_MARK_N, "both copies");
_Static_assert(READING_PLACES <= UINT16_MAX && EVENT_PLACES <= UINT16_MAX, "rings count so far");

static uint32_t places_of(int ring) {
    return ring == DD_RING_EVENTS     ? EVENT_PLACES
           : ring == DD_RING_READINGS ? READING_PLACES
                                      : DD_LOG_SPARE;
}

// Address in the store of a ring's place number `i`, from 0.
static uint32_t address_of(int ring, uint32_t i) {
    return ring == DD_RING_EVENTS ? DD_STORE_LOG - (i + 1) * BARE_N
                                  : READINGS_AT + i * (uint32_t)sizeof(place);
}

// The place number of a ring's word number `i`, from 0, the oldest.
static uint32_t place_of(const dd_core_ring *ring, int which, uint32_t i) {
    return (ring->first + i) % places_of(which);
}

// --- Places ---

// Readings are made anew every while; events and outcomes are not.
static bool is_reading(const dd_word *word) {
    return word->kind != DD_WORD_EVENT && word->kind != DD_WORD_OUTCOME &&
           word->kind != DD_WORD_REVIEW;
}

// Octets of a word in the store; 0 when it makes no sense.
static uint32_t octets_of(const dd_word *word) {
    switch (word->kind) {
    case DD_WORD_READINGS:
        return word->entry_n <= DD_READINGS_MAX ? BARE_N + word->entry_n * sizeof(dd_reading) : 0;
    case DD_WORD_METER:
        return word->entry_n <= DD_CORE_FEEDERS ? BARE_N + word->entry_n * sizeof(dd_meter_reading)
                                                : 0;
    default:
        return is_reading(word) ? sizeof(place) : BARE_N;
    }
}

static uint32_t check_of(const place *it, uint32_t n) {
    return dd_store_check(0, &it->identity, n - (uint32_t)offsetof(place, identity));
}

static bool fetch(dd_core *core, uint32_t at, void *octets, uint32_t n) {
    const dd_store *store = &core->storage.store;
    bool done = store->read(store->context, at, octets, n);
    core->log.failed |= !done;
    return done;
}

// A word of this log, whole and good. False: that place holds none.
static bool read_place(dd_core *core, int ring, uint32_t i, dd_word *word) {
    if (ring == DD_RING_SPARE) {
        *word = core->storage.spare[i];
        return true;
    }
    place it;
    if (!fetch(core, address_of(ring, i), &it, BARE_N)) return false;
    uint32_t n = octets_of(&it.word);
    bool fits = it.identity == core->log.identity && n > 0 &&
                is_reading(&it.word) == (ring == DD_RING_READINGS);
    if (!fits) return false;
    memset(it.word.readings, 0, sizeof it.word - offsetof(dd_word, readings));
    if (n > BARE_N && !fetch(core, address_of(ring, i) + BARE_N, it.word.readings, n - BARE_N))
        return false;
    if (it.check != check_of(&it, n)) return false;
    *word = it.word;
    return true;
}

static bool write_place(dd_core *core, int ring, uint32_t i, const dd_word *word) {
    if (ring == DD_RING_SPARE) {
        core->storage.spare[i] = *word;
        return true;
    }
    const dd_store *store = &core->storage.store;
    uint32_t n = octets_of(word);
    place it = {.identity = core->log.identity, .word = *word};
    it.check = check_of(&it, n);
    bool done = store->write(store->context, address_of(ring, i), &it, n);
    core->log.failed = !done;
    return done;
}

// The sequence that a place seems to hold, unchecked; 0: none that could be.
static uint32_t glance(dd_core *core, int ring, uint32_t i) {
    uint32_t sequence = 0;
    if (ring == DD_RING_SPARE)
        sequence = core->storage.spare[i].sequence;
    else
        fetch(core, address_of(ring, i) + HEAD_N + (uint32_t)offsetof(dd_word, sequence), &sequence,
              sizeof sequence);
    return sequence > core->log.released && sequence < core->log.next ? sequence : 0;
}

// --- Start ---

static bool save_mark(dd_core *core) {
    mark now = {.identity = core->log.identity, .released = core->log.released};
    core->log.failed = !dd_store_save(&core->storage.store, &core->log.mark, &now);
    return !core->log.failed;
}

static void begin(dd_core *core) {
    uint32_t word = dd_core_draw(core, UINT32_MAX);
    core->log.identity = word ? word : 1;
    core->log.released = 0;
    save_mark(core);
}

// A place that holds a word of this log that may not have arrived, or 0.
static uint32_t live(dd_core *core, int ring, uint32_t i) {
    uint32_t identity = 0; // most places are free, and many of them were never written
    fetch(core, address_of(ring, i) + (uint32_t)offsetof(place, identity), &identity,
          sizeof identity);
    if (identity != core->log.identity) return 0;
    dd_word word;
    bool is = read_place(core, ring, i, &word) && word.sequence > core->log.released &&
              word.sequence < SEQUENCE_MAX;
    return is ? word.sequence : 0;
}

// The first place from number `i` on, of the few that a fault may have spoilt together, that holds
// such a word; the ring's size: none.
static uint32_t seek_live(dd_core *core, int which, uint32_t i, uint32_t *sequence) {
    enum { SPOILT_MAX = 8 };
    uint32_t n = places_of(which), end = i + SPOILT_MAX < n ? i + SPOILT_MAX : n;
    for (; i < end; i++)
        if ((*sequence = live(core, which, i))) return i;
    return n;
}

// A ring is filled from its first place on, so sequences rise from there to the newest word; after
// it lie free places or, when the ring has gone round, its oldest words. So the newest is found by
// bisection: a store may be far away, and slow. What is spoilt in between is passed when it is to
// be told.
static void recover(dd_core *core, int which) {
    uint32_t n = places_of(which), base, last, oldest;
    uint32_t first = seek_live(core, which, 0, &base), newest = first;
    if (first == n) return;
    last = base;
    for (uint32_t end = n; end - newest > 1;) {
        uint32_t middle = newest + (end - newest) / 2, sequence;
        uint32_t i = seek_live(core, which, middle, &sequence);
        if (i < end && sequence > last) {
            newest = i;
            last = sequence;
        } else {
            end = middle;
        }
    }
    if (last >= core->log.next) core->log.next = last + 1;
    uint32_t after = seek_live(core, which, newest + 1, &oldest);
    if (after < n && oldest < base) first = after;
    core->log.rings[which] = (dd_core_ring){.first = (uint16_t)first,
                                            .word_n = (uint16_t)((newest + n - first) % n + 1)};
}

void dd_core_log_init(dd_core *core) {
    core->log = (dd_core_log){.mark = {.at = DD_STORE_LOG, .n = sizeof(mark)}};
    mark found;
    bool good = dd_store_load(&core->storage.store, &core->log.mark, &found) &&
                found.identity != 0 && found.released < SEQUENCE_MAX;
    if (good) {
        core->log.identity = found.identity;
        core->log.released = found.released;
    } else {
        begin(core);
    }
    core->log.next = core->log.released + 1;
    for (int i = 0; good && i < DD_RING_SPARE; i++)
        recover(core, i);
    core->log.boot_first = core->log.next;
    core->log.told = core->log.reached = core->log.released;
}

// --- Keeping ---

uint32_t dd_core_log_size(const dd_core *core) {
    uint32_t n = 0;
    for (int i = 0; i < DD_RINGS; i++)
        n += core->log.rings[i].word_n;
    return n;
}

uint32_t dd_core_log_told(const dd_core *core) {
    uint32_t n = 0;
    for (int i = 0; i < DD_RINGS; i++)
        n += core->log.rings[i].told_n;
    return n;
}

static void forget_oldest(dd_core *core, int which) {
    dd_core_ring *ring = &core->log.rings[which];
    ring->first = (uint16_t)place_of(ring, which, 1);
    ring->word_n--;
    if (ring->told_n > 0) ring->told_n--;
}

// In a full ring the newest word takes the oldest one's place.
static bool append(dd_core *core, int which, const dd_word *word) {
    dd_core_ring *ring = &core->log.rings[which];
    uint32_t at = place_of(ring, which, ring->word_n);
    bool full = ring->word_n == places_of(which), reading = which == DD_RING_READINGS;
    if (full && which == DD_RING_SPARE) reading = is_reading(&core->storage.spare[at]);
    if (!write_place(core, which, at, word)) return false;
    if (full) {
        core->log.lost_readings += reading;
        core->log.lost_events += !reading;
        forget_oldest(core, which);
    }
    ring->word_n++;
    return true;
}

// What lies beyond the new beginning must not be taken for words that wait: the mark says so first.
static bool begin_anew(dd_core *core) {
    if (core->log.rings[DD_RING_EVENTS].word_n + core->log.rings[DD_RING_READINGS].word_n > 0)
        return true;
    for (int i = 0; i < DD_RING_SPARE; i++)
        core->log.rings[i] = (dd_core_ring){0};
    return save_mark(core);
}

void dd_core_log_append(dd_core *core, const dd_word *word) {
    dd_word kept = *word;
    kept.sequence = core->log.next++;
    int ring = is_reading(word) ? DD_RING_READINGS : DD_RING_EVENTS;
    if (!begin_anew(core) || !append(core, ring, &kept)) append(core, DD_RING_SPARE, &kept);
}

bool dd_core_log_holds_outcome(dd_core *core, uint32_t number) {
    for (int which = 0; which < DD_RINGS; which++) {
        const dd_core_ring *ring = &core->log.rings[which];
        if (which == DD_RING_READINGS) continue;
        for (uint32_t i = 0; i < ring->word_n; i++) {
            dd_word word;
            if (read_place(core, which, place_of(ring, which, i), &word) &&
                word.kind == DD_WORD_OUTCOME && word.number == number)
                return true;
        }
    }
    return false;
}

// --- Telling ---

void dd_core_log_rewind(dd_core *core) {
    for (int i = 0; i < DD_RINGS; i++)
        core->log.rings[i].told_n = 0;
    core->log.told = core->log.released;
}

// The ring whose next word to be told is the oldest, or -1.
static int next_ring(dd_core *core) {
    int which = -1;
    uint32_t oldest = UINT32_MAX;
    for (int i = 0; i < DD_RINGS; i++) {
        dd_core_ring *ring = &core->log.rings[i];
        if (ring->told_n == ring->word_n) continue;
        uint32_t sequence = glance(core, i, place_of(ring, i, ring->told_n));
        if (sequence >= oldest) continue; // a spoilt place comes first, and is passed
        oldest = sequence;
        which = i;
    }
    return which;
}

bool dd_core_log_next(dd_core *core, dd_word *word) {
    for (int which; (which = next_ring(core)) >= 0;) {
        dd_core_ring *ring = &core->log.rings[which];
        uint32_t i = place_of(ring, which, ring->told_n++);
        if (!read_place(core, which, i, word) || word->sequence <= core->log.told ||
            word->sequence >= core->log.next)
            continue; // spoilt: the centre will see that one is missing
        word->after = core->log.told;
        core->log.told = word->sequence;
        if (word->sequence > core->log.reached) core->log.reached = word->sequence;
        return true;
    }
    return false;
}

void dd_core_log_release(dd_core *core, uint32_t sequence) {
    core->log.released = sequence;
    if (core->log.told < sequence) core->log.told = sequence;
    for (int i = 0; i < DD_RINGS; i++) // what a place seems to hold is then either left or spoilt
        while (core->log.rings[i].word_n > 0 && !glance(core, i, core->log.rings[i].first))
            forget_oldest(core, i);
}

// From the newest to the oldest, so that their order stands wherever this is cut short.
static void renumber(dd_core *core, uint32_t by) {
    core->log.next += by;
    for (int which = 0; which < DD_RINGS; which++) {
        const dd_core_ring *ring = &core->log.rings[which];
        for (uint32_t i = ring->word_n; i-- > 0;) {
            uint32_t at = place_of(ring, which, i);
            dd_word word;
            if (!read_place(core, which, at, &word) || word.sequence < core->log.boot_first)
                continue;
            word.sequence += by;
            write_place(core, which, at, &word);
        }
    }
}

void dd_core_log_resume(dd_core *core, uint32_t sequence) {
    dd_core_log *log = &core->log;
    bool behind = sequence >= log->boot_first && log->reached < log->boot_first;
    bool untold = sequence >= log->boot_first && sequence > log->reached; // in this start
    if (sequence >= log->next + AHEAD_MAX || (untold && !behind)) {
        core->garbage++;
        return;
    }
    if (behind) renumber(core, sequence + 1 - log->boot_first);
    if (sequence > log->reached) log->reached = sequence;
    if (sequence > log->released) dd_core_log_release(core, sequence);
    dd_core_log_rewind(core);
    log->open = true;
}

void dd_core_log_pause(dd_core *core) {
    core->log.open = false;
}
