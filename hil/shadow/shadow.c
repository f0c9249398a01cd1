// What either side says waits for the other to say it too. In lock-step both have said all that a
// moment makes them say when time goes on; in real time, when they have had the time for it.
#include "hil/shadow/shadow.h"

#include "hil/shadow/transcript.h"
#include "hil/text/message_text.h"
#include "hil/wire/legible.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BOARD, SHADOW, SIDES };
enum { WAITING_MAX = 256 }; // messages of one side that wait for the other's

// A message that the other side has not said yet.
typedef struct waiting {
    uint64_t number; // in the transcript
    dd_time t;
    dd_response response;
    uint8_t octets[];
} waiting;

struct dd_shadow {
    dd_shadow_def def;
    dd_transcript *transcript;
    waiting *waits[SIDES][WAITING_MAX]; // in their order
    uint16_t wait_n[SIDES];
    uint64_t newest_matched[SIDES]; // number of the latest of it that the other side has said
    dd_time began;                  // when both did
    bool apart;                     // one of them is gone
    uint64_t compared, counts[DD_DIVERGENCES];
    uint64_t first_number; // of the message of `first`, 0: none
    dd_divergence first;
};

// --- Opening ---

dd_shadow_def dd_shadow_default_def(bool lock_step) {
    dd_shadow_def def = {.lock_step = lock_step,
                         .wait_us = 2000000,
                         .drift_ppm = lock_step ? 0 : 100,
                         .names = {"board", "shadow"}};
    dd_tolerance strict = {.ids = true, .order = true};
    // A meter is looked at some milliseconds apart, and a clock set by an answer that took as long
    // again.
    dd_tolerance free = {
        .time_us = 50000, .clock_ms = 1000, .power_mw = 100000, .voltage_dv = 20, .energy_wh = 10};
    for (int kind = 0; kind < DD_RESPONSE_KINDS; kind++)
        def.tolerances[kind] = lock_step ? strict : free;
    def.tolerances[DD_RESPONSE_LOOK].ignored = !lock_step; // it says nothing
    def.tolerances[DD_RESPONSE_LEDS].ignored = true;       // the simulated one has none
    return def;
}

dd_shadow *dd_shadow_open(const dd_shadow_def *def) {
    dd_shadow *shadow = calloc(1, sizeof *shadow);
    if (!shadow) return NULL;
    shadow->def = *def;
    shadow->transcript = dd_transcript_open();
    if (shadow->transcript) return shadow;
    free(shadow);
    return NULL;
}

static void forget(dd_shadow *shadow) {
    for (int side = 0; side < SIDES; side++) {
        for (uint16_t i = 0; i < shadow->wait_n[side]; i++)
            free(shadow->waits[side][i]);
        shadow->wait_n[side] = 0;
        shadow->newest_matched[side] = 0;
    }
}

void dd_shadow_close(dd_shadow *shadow) {
    if (!shadow) return;
    forget(shadow);
    dd_transcript_close(shadow->transcript);
    free(shadow);
}

void dd_shadow_restart(dd_shadow *shadow, dd_time now) {
    forget(shadow);
    shadow->began = now;
    shadow->apart = false;
    dd_transcript_note(shadow->transcript, now, "both begin anew");
}

void dd_shadow_part(dd_shadow *shadow, dd_time now) {
    if (shadow->apart) return;
    forget(shadow);
    shadow->apart = true;
    dd_transcript_note(shadow->transcript, now, "one of them is gone");
}

// --- Divergences ---

static const dd_tolerance *tolerance_of(const dd_shadow *shadow, const dd_response *response) {
    return &shadow->def.tolerances[response->kind < DD_RESPONSE_KINDS ? response->kind : 0];
}

// How far apart in time the same message of both may be.
static int64_t allowed_us(const dd_shadow *shadow, const waiting *it) {
    int64_t us = (it->t - shadow->began) / DD_MICROSECOND;
    return tolerance_of(shadow, &it->response)->time_us + us / 1000 * shadow->def.drift_ppm / 1000;
}

// What the message is judged by: a clock that is told later shows later.
static dd_likeness liken(const dd_shadow *shadow, const waiting *expected, const waiting *got,
                         dd_difference *difference) {
    dd_tolerance tolerance = *tolerance_of(shadow, &expected->response);
    tolerance.clock_ms += (llabs(expected->t - got->t) + DD_MILLISECOND - 1) / DD_MILLISECOND;
    return dd_compare_responses(&expected->response, &got->response, &tolerance, difference);
}

// Counts what has been found and tells it. The first one is the one that was said first, whenever
// it was found.
static void report(dd_shadow *shadow, uint64_t number, const dd_divergence *found) {
    shadow->counts[DD_DIVERGED_NOT]++;
    shadow->counts[found->kind]++;
    if (!shadow->first_number || number < shadow->first_number) {
        shadow->first_number = number;
        shadow->first = *found;
        dd_transcript_keep(shadow->transcript, number);
    }
    if (shadow->def.diverged) shadow->def.diverged(shadow->def.context, found);
}

// `board` or `other` may be NULL: it has not said it.
static void diverge(dd_shadow *shadow, dd_divergence_kind kind, const waiting *board,
                    const waiting *other) {
    const waiting *first = !other || (board && board->number < other->number) ? board : other;
    dd_divergence found = {.kind = kind, .t = first->t, .response = first->response.kind};
    if (board) dd_response_text(&board->response, found.got, sizeof found.got);
    if (other) dd_response_text(&other->response, found.expected, sizeof found.expected);
    if (kind == DD_DIVERGED_LATE) found.late_us = (board->t - other->t) / DD_MICROSECOND;
    if (kind == DD_DIVERGED_DIFFERENT) liken(shadow, other, board, &found.difference);
    report(shadow, first->number, &found);
}

// --- What waits ---

static void take_out(dd_shadow *shadow, int side, uint16_t i) {
    waiting **list = shadow->waits[side];
    free(list[i]);
    memmove(&list[i], &list[i + 1], (size_t)(--shadow->wait_n[side] - i) * sizeof *list);
}

// The first message of a side that is at least so much like one of the other side's, within
// `within_us`; -1: none.
static int find(const dd_shadow *shadow, int side, const waiting *like, dd_likeness least,
                int64_t within_us) {
    for (uint16_t i = 0; i < shadow->wait_n[side]; i++) {
        const waiting *it = shadow->waits[side][i];
        if (it->response.kind != like->response.kind ||
            llabs(it->t - like->t) / DD_MICROSECOND > within_us)
            continue;
        dd_likeness found =
            side == SHADOW ? liken(shadow, it, like, NULL) : liken(shadow, like, it, NULL);
        if (found >= least) return i;
    }
    return -1;
}

// Both have said something of this kind, but not the same.
static bool pair_off(dd_shadow *shadow, int side, uint16_t i, int64_t within_us) {
    const waiting *it = shadow->waits[side][i];
    int j = find(shadow, 1 - side, it, DD_LIKE_IN_TOPIC, within_us);
    if (j < 0) j = find(shadow, 1 - side, it, DD_LIKE_IN_KIND, within_us);
    if (j < 0) return false;
    const waiting *other = shadow->waits[1 - side][j];
    shadow->compared++;
    diverge(shadow, DD_DIVERGED_DIFFERENT, side == BOARD ? it : other, side == BOARD ? other : it);
    take_out(shadow, side, i);
    take_out(shadow, 1 - side, (uint16_t)j);
    return true;
}

// It has waited for long enough.
static void give_up(dd_shadow *shadow, int side, uint16_t i) {
    if (pair_off(shadow, side, i, INT64_MAX)) return;
    const waiting *it = shadow->waits[side][i];
    shadow->compared++;
    if (side == BOARD)
        diverge(shadow, DD_DIVERGED_UNEXPECTED, it, NULL);
    else
        diverge(shadow, DD_DIVERGED_MISSING, NULL, it);
    take_out(shadow, side, i);
}

// Lock-step: all that belongs to an earlier moment has been said. What was said otherwise is known
// now; what was not said may yet come late.
static void settle(dd_shadow *shadow, dd_time now) {
    for (uint16_t i = 0; i < shadow->wait_n[SHADOW];)
        if (shadow->waits[SHADOW][i]->t >= now || !pair_off(shadow, SHADOW, i, 0)) i++;
}

// Gives up whatever has waited `wait_us` beyond what it may.
static void expire(dd_shadow *shadow, dd_time now, int64_t wait_us) {
    for (int side = SHADOW; side >= BOARD; side--)
        for (uint16_t i = 0; i < shadow->wait_n[side];) {
            const waiting *it = shadow->waits[side][i];
            int64_t waited_us = (now - it->t) / DD_MICROSECOND;
            if (waited_us > allowed_us(shadow, it) + wait_us)
                give_up(shadow, side, i);
            else
                i++;
        }
}

void dd_shadow_time(dd_shadow *shadow, dd_time now) {
    if (shadow->def.lock_step) settle(shadow, now);
    expire(shadow, now, shadow->def.wait_us);
}

void dd_shadow_end(dd_shadow *shadow, dd_time now) {
    if (shadow->def.lock_step) settle(shadow, DD_NEVER);
    expire(shadow, now, shadow->def.lock_step ? -1 : 0);
}

// --- What is said ---

static void hear_stimulus(void *context, dd_time now, const dd_stimulus *stimulus) {
    dd_shadow *shadow = context;
    if (shadow->apart) return;
    dd_shadow_time(shadow, now);
    dd_transcript_stimulus(shadow->transcript, now, stimulus);
}

static uint64_t say(dd_shadow *shadow, int side, const waiting *it) {
    dd_speaker speaker = side == BOARD ? DD_SPEAKER_BOARD : DD_SPEAKER_SHADOW;
    return dd_transcript_response(shadow->transcript, it->t, speaker, &it->response);
}

// The other side has said it before: is it in time, and its turn?
static void match(dd_shadow *shadow, int side, const waiting *it, uint16_t i) {
    waiting *before = shadow->waits[1 - side][i];
    const waiting *board = side == BOARD ? it : before, *other = side == BOARD ? before : it;
    int64_t later_us = (board->t - other->t) / DD_MICROSECOND;
    bool late = llabs(later_us) > allowed_us(shadow, before);
    bool out_of_turn = before->number < shadow->newest_matched[1 - side];
    shadow->compared++;
    if (out_of_turn)
        say(shadow, side, it);
    else
        dd_transcript_both(shadow->transcript, before->number, later_us);
    if (late)
        diverge(shadow, DD_DIVERGED_LATE, board, other);
    else if (out_of_turn && tolerance_of(shadow, &it->response)->order)
        diverge(shadow, DD_DIVERGED_ORDER, board, other);
    if (!late && !out_of_turn) shadow->newest_matched[1 - side] = before->number;
    take_out(shadow, 1 - side, i);
}

static waiting *keep(dd_time now, const dd_response *response) {
    waiting *it = malloc(sizeof *it + response->n);
    if (!it) return NULL;
    *it = (waiting){.t = now, .response = *response};
    if (response->n) memcpy(it->octets, response->octets, response->n);
    it->response.octets = it->octets;
    return it;
}

static void hear_response(void *context, dd_time now, int side, const dd_response *response) {
    dd_shadow *shadow = context;
    if (shadow->apart || tolerance_of(shadow, response)->ignored) return;
    waiting *it = keep(now, response);
    if (!it) return;
    it->number = UINT64_MAX; // later than all that there is
    int i = find(shadow, 1 - side, it, DD_LIKE_SAME, INT64_MAX);
    if (i >= 0) {
        match(shadow, side, it, (uint16_t)i);
        free(it);
        return;
    }
    it->number = say(shadow, side, it);
    if (shadow->wait_n[side] == WAITING_MAX) give_up(shadow, side, 0);
    shadow->waits[side][shadow->wait_n[side]++] = it;
}

dd_onlooker dd_shadow_onlooker(dd_shadow *shadow) {
    return (dd_onlooker){.context = shadow, .stimulus = hear_stimulus, .response = hear_response};
}

// --- The report ---

uint64_t dd_shadow_compared(const dd_shadow *shadow) {
    return shadow->compared;
}

uint64_t dd_shadow_count(const dd_shadow *shadow, dd_divergence_kind kind) {
    return shadow->counts[kind];
}

const dd_divergence *dd_shadow_first(const dd_shadow *shadow) {
    return shadow->first_number ? &shadow->first : NULL;
}

// "2020-08-03 21:10:00.123", or seconds of the run.
static const char *time_text(const dd_shadow *shadow, dd_time t, char text[static DD_MOMENT_SIZE]) {
    int ms = (int)(t % DD_SECOND / DD_MILLISECOND);
    if (shadow->def.calendar) {
        dd_moment_format(shadow->def.calendar, t, text);
        size_t n = strlen(text);
        snprintf(text + n, DD_MOMENT_SIZE - n, ".%03d", ms);
    } else {
        snprintf(text, DD_MOMENT_SIZE, "%" PRId64 ".%03d s", t / DD_SECOND, ms);
    }
    return text;
}

static const char *speaker_name(const dd_shadow *shadow, uint8_t speaker) {
    static const char *const names[] = {"", "", "both", "twin", "-"};
    return speaker < SIDES ? shadow->def.names[speaker] : names[speaker];
}

static void print_counts(const dd_shadow *shadow, FILE *file) {
    const char *comma = "";
    if (shadow->compared == 0) {
        fprintf(file, "nothing was compared\n");
        return;
    }
    fprintf(file, "%" PRIu64 " messages compared: ", shadow->compared);
    for (int kind = DD_DIVERGED_MISSING; kind < DD_DIVERGENCES; kind++) {
        if (!shadow->counts[kind]) continue;
        fprintf(file, "%s%" PRIu64 " %s", comma, shadow->counts[kind], dd_divergence_names[kind]);
        comma = ", ";
    }
    fprintf(file, "%s\n", *comma ? "" : "no divergence");
}

static void print_around(const dd_shadow *shadow, FILE *file) {
    fprintf(file, "  around it:\n");
    for (size_t i = 0; i < dd_transcript_kept_n(shadow->transcript); i++) {
        char text[DD_TRANSCRIPT_TEXT], time[DD_MOMENT_SIZE];
        dd_line_said line = dd_transcript_kept(shadow->transcript, i, text);
        fprintf(file, "  %c %s  %-8s %s", line.number == shadow->first_number ? '>' : ' ',
                time_text(shadow, line.t, time), speaker_name(shadow, line.speaker), line.text);
        if (line.later_us)
            fprintf(file, " (%s %+.3f ms)", shadow->def.names[BOARD], (double)line.later_us / 1000);
        fputc('\n', file);
    }
}

bool dd_shadow_headline(const dd_shadow *shadow, char *text, size_t size) {
    const dd_divergence *first = dd_shadow_first(shadow);
    char time[DD_MOMENT_SIZE];
    if (!first) return false;
    const char *kind = dd_divergence_names[first->kind], *at = time_text(shadow, first->t, time);
    if (first->kind == DD_DIVERGED_DIFFERENT)
        snprintf(text, size, "%s at %s: %s: expected %s, got %s", kind, at, first->difference.field,
                 first->difference.expected, first->difference.got);
    else if (first->kind == DD_DIVERGED_LATE)
        snprintf(text, size, "%s at %s: %s %+.3f ms after %s", kind, at, shadow->def.names[BOARD],
                 (double)first->late_us / 1000, shadow->def.names[SHADOW]);
    else
        snprintf(text, size, "%s at %s: %s", kind, at,
                 *first->expected ? first->expected : first->got);
    dd_legible_end(text);
    return true;
}

void dd_shadow_report(const dd_shadow *shadow, FILE *file) {
    const dd_divergence *first = dd_shadow_first(shadow);
    char headline[DD_DIVERGENCE_TEXT];
    print_counts(shadow, file);
    if (!dd_shadow_headline(shadow, headline, sizeof headline)) return;
    fprintf(file, "first divergence: %s\n", headline);
    fprintf(file, "  expected: %s\n", *first->expected ? first->expected : "nothing");
    fprintf(file, "  got:      %s\n", *first->got ? first->got : "nothing");
    print_around(shadow, file);
}

static json_t *around_json(const dd_shadow *shadow) {
    json_t *list = json_array();
    for (size_t i = 0; i < dd_transcript_kept_n(shadow->transcript); i++) {
        char text[DD_TRANSCRIPT_TEXT], time[DD_MOMENT_SIZE];
        dd_line_said line = dd_transcript_kept(shadow->transcript, i, text);
        json_t *it = json_pack("{s:s, s:s, s:s}", "time", time_text(shadow, line.t, time), "from",
                               speaker_name(shadow, line.speaker), "text", line.text);
        if (line.later_us) json_object_set_new(it, "later_us", json_integer(line.later_us));
        json_array_append_new(list, it);
    }
    return list;
}

static json_t *first_json(const dd_shadow *shadow) {
    const dd_divergence *first = &shadow->first;
    char time[DD_MOMENT_SIZE];
    json_t *it = json_pack("{s:s, s:s, s:I, s:s, s:s}", "kind", dd_divergence_names[first->kind],
                           "time", time_text(shadow, first->t, time), "t_ns", (json_int_t)first->t,
                           "expected", first->expected, "got", first->got);
    if (first->kind == DD_DIVERGED_LATE)
        json_object_set_new(it, "late_us", json_integer(first->late_us));
    if (first->kind == DD_DIVERGED_DIFFERENT)
        json_object_set_new(it, "difference",
                            json_pack("{s:s, s:s, s:s}", "field", first->difference.field,
                                      "expected", first->difference.expected, "got",
                                      first->difference.got));
    json_object_set_new(it, "around", around_json(shadow));
    return it;
}

json_t *dd_shadow_json(const dd_shadow *shadow) {
    json_t *it = json_pack("{s:I}", "compared", (json_int_t)shadow->compared);
    json_t *counts = json_object();
    for (int kind = DD_DIVERGED_MISSING; kind < DD_DIVERGENCES; kind++)
        json_object_set_new(counts, dd_divergence_names[kind],
                            json_integer((json_int_t)shadow->counts[kind]));
    json_object_set_new(it, "divergences", counts);
    json_object_set_new(it, "first", shadow->first_number ? first_json(shadow) : json_null());
    return it;
}
