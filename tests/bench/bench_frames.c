// Frames of boards' wires, by their length: put on the wire, taken off it (unstuffed and checked),
// and taken off with their messages read. MB are of octets on the wire; seconds are of processor
// time. Octets are drawn, so that about one in 256 is a 0; `zeros` has one in two, which is the
// worst case for stuffing.
#define _POSIX_C_SOURCE 199309L // clock_gettime
#include "hil/domdom.pb-c.h"
#include "hil/wire/frame.h"
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WIRE = 1 << 20, // octets a round
    ROUNDS = 100,   // of which the middle one counts
    PIECE = 4096,   // read at once
};

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// A frame with octets of the line, so that it can be read.
static size_t make(uint8_t *frame, size_t n, bool zeros, uint32_t *random) {
    uint8_t octets[DD_FRAME_OCTETS];
    for (size_t i = 0; i < n; i++) {
        *random = *random * 1664525 + 1013904223;
        octets[i] = (uint8_t)(zeros && *random >> 31 ? 0 : *random >> 23);
    }
    Hil__Frame it = HIL__FRAME__INIT;
    Hil__Line line = HIL__LINE__INIT;
    Hil__Message message = HIL__MESSAGE__INIT, *messages[] = {&message};
    line.octets = (ProtobufCBinaryData){n, octets};
    message.what_case = HIL__MESSAGE__WHAT_LINE;
    message.line = &line;
    it.number = it.limit = 100;
    it.messages = messages;
    it.n_messages = 1;
    return hil__frame__pack(&it, frame);
}

typedef struct dd_stream {
    uint8_t wire[WIRE + DD_FRAME_WIRE_MAX];
    uint8_t frame[DD_FRAME_OCTETS];
    size_t wire_n, frame_n, count;
} dd_stream;

static void fill(dd_stream *stream, size_t octets, bool zeros) {
    uint32_t random = 1;
    stream->wire_n = stream->count = 0;
    while (stream->wire_n < WIRE) {
        stream->frame_n = make(stream->frame, octets, zeros, &random);
        stream->wire_n +=
            dd_frame_put(stream->frame, stream->frame_n, stream->wire + stream->wire_n);
        stream->count++;
    }
}

// Each returns how many frames it did, so that nothing is left out unseen.
static size_t put(dd_stream *stream) {
    uint8_t wire[DD_FRAME_WIRE_MAX];
    size_t n = 0;
    for (size_t i = 0; i < stream->count; i++)
        n += dd_frame_put(stream->frame, stream->frame_n, wire) > stream->frame_n;
    return n;
}

static size_t take(dd_stream *stream, bool read) {
    static dd_deframer it;
    size_t count = 0;
    for (size_t at = 0; at < stream->wire_n;) {
        const uint8_t *frame;
        size_t n, left = PIECE - at % PIECE;
        if (left > stream->wire_n - at) left = stream->wire_n - at;
        at += dd_deframer_take(&it, stream->wire + at, left, &frame, &n);
        if (!frame) continue;
        Hil__Frame *whole = read ? hil__frame__unpack(NULL, n, frame) : NULL;
        count += !read || whole;
        if (whole) hil__frame__free_unpacked(whole, NULL);
    }
    return count;
}

static size_t check(dd_stream *stream) {
    return take(stream, false);
}

static size_t decode(dd_stream *stream) {
    return take(stream, true);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// MB/s of the middle round; 0: frames were lost.
static double measure(dd_stream *stream, size_t (*work)(dd_stream *)) {
    double seconds[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        double begin = now_s();
        if (work(stream) != stream->count) return 0;
        seconds[i] = now_s() - begin;
    }
    qsort(seconds, ROUNDS, sizeof *seconds, by_size);
    return (double)stream->wire_n / seconds[ROUNDS / 2] / 1e6;
}

static int run(const dd_bench_options *options, json_t *out) {
    static const struct {
        size_t octets;
        bool zeros;
    } rows[] = {{24, false}, {100, false}, {250, false}, {1000, false}, {1000, true}};
    dd_stream *stream = malloc(sizeof *stream);
    if (!stream) return DD_OUTSIDE;
    if (!options->json)
        printf("  octets          put MB/s  taken MB/s  read MB/s  read frames/s\n");
    int status = DD_OK;
    for (size_t i = 0; i < DD_COUNT(rows) && status == DD_OK; i++) {
        fill(stream, rows[i].octets, rows[i].zeros);
        double put_mb = measure(stream, put), taken_mb = measure(stream, check);
        double read_mb = measure(stream, decode);
        double frames = read_mb * 1e6 * (double)stream->count / (double)stream->wire_n;
        if (put_mb == 0 || taken_mb == 0 || read_mb == 0) {
            fprintf(stderr, "domdom: bench: frames: some were lost\n");
            status = DD_FAILED;
        }
        json_array_append_new(out,
                              json_pack("{si sb sf sf sf sf}", "octets", (int)stream->frame_n,
                                        "zeros", rows[i].zeros, "put_mb_s", put_mb, "taken_mb_s",
                                        taken_mb, "read_mb_s", read_mb, "read_frames_s", frames));
        if (!options->json)
            printf("  %6zu %-7s %10.0f %11.0f %10.0f %14.0f\n", stream->frame_n,
                   rows[i].zeros ? "zeros" : "", put_mb, taken_mb, read_mb, frames);
    }
    free(stream);
    return status;
}

const dd_bench dd_bench_frames = {"frames", "frames of boards: stuffing, check, messages", run};
