#define _POSIX_C_SOURCE 200809L
#include "engine/output/capture.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Blocks and options of pcapng (draft-ietf-opsawg-pcapng, 4.1 to 4.3).
enum {
    SECTION_HEADER = 0x0A0D0D0A,
    INTERFACE_DESCRIPTION = 1,
    ENHANCED_PACKET = 6,
    BYTE_ORDER = 0x1A2B3C4D,
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_INTERFACE_NAME = 2,
    OPTION_USER_APPLICATION = 4,
    OPTION_TIME_RESOLUTION = 9,
    NANOSECONDS = 9, // 10^-9 s
};

// A block that waits for its turn.
typedef struct dd_waiting {
    dd_time start; // of its packet
    uint32_t at, size;
} dd_waiting;

enum {
    PACKET_FRAME = 48, // octets that a packet's block takes besides packet and comment, at most
    INTERFACE_FRAME = 48,
    WAITING_MAX = DD_CAPTURE_BUFFER / 32, // the least block
};
#define BEFORE_ALL INT64_MIN // the start of a block that goes ahead of packets

struct dd_capture {
    dd_engine *engine;
    dd_capture_def def;
    char *path;
    int descriptor;
    off_t length;         // of the whole blocks in the file
    uint32_t *interfaces; // by entity: 1 + its interface's number
    uint32_t interface_n;
    int start_field, interface_field, packet_field, comment_field; // -1: none
    uint8_t *blocks;                                               // as they came
    uint8_t *ordered;    // room of the same size, to put them in order
    uint32_t size;       // of the blocks
    dd_waiting *waiting; // by start; those of one start as they came
    uint32_t waiting_n;
    dd_time now; // of the last record
    bool failed, told;
    dd_error error; // the first
};

// --- Blocks ---

typedef struct writer {
    uint8_t *octets;
    size_t n;
} writer;

static void put(writer *to, uint64_t value, size_t n) {
    for (size_t i = 0; i < n; i++)
        to->octets[to->n++] = (uint8_t)(value >> 8 * i);
}

static void put_padded(writer *to, const void *octets, size_t n) {
    if (n) memcpy(to->octets + to->n, octets, n);
    to->n += n;
    while (to->n % 4)
        to->octets[to->n++] = 0;
}

static void put_option(writer *to, uint16_t code, const void *value, size_t n) {
    put(to, code, 2);
    put(to, n, 2);
    put_padded(to, value, n);
}

static void begin(writer *to, uint32_t type) {
    put(to, type, 4);
    put(to, 0, 4); // the block's length, known at its end
}

// Closes the block that is the writer's all; returns its size.
static uint32_t end(writer *to) {
    writer head = {to->octets, 4};
    put(to, to->n + 4, 4);
    put(&head, to->n, 4);
    return (uint32_t)to->n;
}

static uint32_t section_header(uint8_t *octets, const char *program) {
    writer to = {octets, 0};
    begin(&to, SECTION_HEADER);
    put(&to, BYTE_ORDER, 4);
    put(&to, 1, 2); // version 1.0
    put(&to, 0, 2);
    put(&to, UINT64_MAX, 8); // the section's length: not known
    put_option(&to, OPTION_USER_APPLICATION, program, strlen(program));
    put_option(&to, OPTION_END, NULL, 0);
    return end(&to);
}

static uint32_t interface_description(uint8_t *octets, uint16_t link_type, const char *name) {
    writer to = {octets, 0};
    const uint8_t resolution = NANOSECONDS;
    begin(&to, INTERFACE_DESCRIPTION);
    put(&to, link_type, 2);
    put(&to, 0, 2);
    put(&to, 0, 4); // packets are never cut
    put_option(&to, OPTION_INTERFACE_NAME, name, strlen(name));
    put_option(&to, OPTION_TIME_RESOLUTION, &resolution, 1);
    put_option(&to, OPTION_END, NULL, 0);
    return end(&to);
}

typedef struct span {
    const uint8_t *octets;
    size_t n;
} span;

static uint32_t enhanced_packet(uint8_t *octets, uint32_t interface, uint64_t unix_ns, span packet,
                                span comment) {
    writer to = {octets, 0};
    begin(&to, ENHANCED_PACKET);
    put(&to, interface, 4);
    put(&to, unix_ns >> 32, 4);
    put(&to, unix_ns, 4);
    put(&to, packet.n, 4); // captured
    put(&to, packet.n, 4); // original
    put_padded(&to, packet.octets, packet.n);
    if (comment.n) {
        put_option(&to, OPTION_COMMENT, comment.octets, comment.n);
        put_option(&to, OPTION_END, NULL, 0);
    }
    return end(&to);
}

// --- Into the file, in order ---

static void fail(dd_capture *capture) {
    capture->failed = true;
    dd_fail(&capture->error, DD_OUTSIDE,
            "%s: cannot write the capture (%s); free some space, choose another disk by --out, or "
            "capture less",
            capture->path, strerror(errno));
    // A torn block at the end would be all that a reader complains of.
    if (ftruncate(capture->descriptor, capture->length) != 0) return;
}

static void write_all(dd_capture *capture, const uint8_t *octets, size_t n) {
    for (size_t done = 0; done < n && !capture->failed;) {
        ssize_t wrote = write(capture->descriptor, octets + done, n - done);
        if (wrote > 0)
            done += (size_t)wrote;
        else if (wrote == 0 || errno != EINTR)
            fail(capture);
    }
    if (!capture->failed) capture->length += (off_t)n;
}

// Copies waiting blocks from..to into the other room, one after another; returns their size.
static uint32_t gather(dd_capture *capture, uint32_t from, uint32_t to) {
    uint32_t size = 0;
    for (uint32_t i = from; i < to; i++) {
        dd_waiting *block = &capture->waiting[i];
        memcpy(capture->ordered + size, capture->blocks + block->at, block->size);
        block->at = size;
        size += block->size;
    }
    return size;
}

// Writes what starts up to `limit`; what starts later waits on.
static void write_up_to(dd_capture *capture, dd_time limit) {
    uint32_t due = 0, n = capture->waiting_n;
    while (due < n && capture->waiting[due].start <= limit)
        due++;
    write_all(capture, capture->ordered, gather(capture, 0, due));
    capture->size = gather(capture, due, n);
    memmove(capture->waiting, capture->waiting + due, (n - due) * sizeof *capture->waiting);
    capture->waiting_n = n - due;
    uint8_t *ordered = capture->blocks;
    capture->blocks = capture->ordered;
    capture->ordered = ordered;
}

// Nothing can still begin before this.
static dd_time settled(const dd_capture *capture) {
    return capture->now - capture->def.latest;
}

// Room for a block of at most `size` bytes, behind those that wait.
static uint8_t *make_room(dd_capture *capture, size_t size) {
    assert(size <= DD_CAPTURE_BUFFER);
    if (capture->size + size > DD_CAPTURE_BUFFER) write_up_to(capture, settled(capture));
    if (capture->size + size > DD_CAPTURE_BUFFER) write_up_to(capture, DD_NEVER);
    return capture->blocks + capture->size;
}

static void wait_for_turn(dd_capture *capture, dd_time start, uint32_t size) {
    uint32_t place = capture->waiting_n++;
    for (; place > 0 && capture->waiting[place - 1].start > start; place--)
        capture->waiting[place] = capture->waiting[place - 1];
    capture->waiting[place] = (dd_waiting){start, capture->size, size};
    capture->size += size;
}

// --- Records ---

static uint32_t interface_of(dd_capture *capture, uint32_t entity) {
    uint32_t *number = &capture->interfaces[entity];
    if (*number) return *number - 1;
    const char *name = capture->engine->def.entities->all[entity].name;
    uint8_t *room = make_room(capture, INTERFACE_FRAME + strlen(name));
    wait_for_turn(capture, BEFORE_ALL, interface_description(room, capture->def.link_type, name));
    *number = ++capture->interface_n;
    return *number - 1;
}

static span octets_of(const dd_capture *capture, const dd_record *record, int field) {
    span it = {NULL, 0};
    if (field >= 0) it.octets = dd_stream_octets(&capture->engine->stream, record, field, &it.n);
    return it;
}

static void add_record(void *context, const dd_record *record) {
    dd_capture *capture = context;
    if (capture->failed) return;
    span packet = octets_of(capture, record, capture->packet_field);
    span comment = octets_of(capture, record, capture->comment_field);
    dd_time start = record->value[capture->start_field];
    uint32_t interface = interface_of(capture, (uint32_t)record->value[capture->interface_field]);
    uint64_t unix_ns = (uint64_t)(capture->engine->def.calendar->start_unix_s * DD_SECOND + start);
    capture->now = record->time;
    uint8_t *room = make_room(capture, PACKET_FRAME + packet.n + comment.n);
    wait_for_turn(capture, start, enhanced_packet(room, interface, unix_ns, packet, comment));
}

void dd_capture_write(dd_capture *capture) {
    if (!capture->failed) write_up_to(capture, settled(capture));
}

// --- Opening and closing ---

// The place of a kind's first field of a type at or after `from`; -1 when there is none.
static int find_field(const dd_record_kind *kind, dd_field_type type, int from) {
    for (int i = from; i < DD_RECORD_VALUES && kind->fields[i].type; i++)
        if (kind->fields[i].type == type) return i;
    return -1;
}

static void find_fields(dd_capture *capture) {
    const dd_record_kind *kind = &capture->engine->def.schema->kinds[capture->def.kind];
    capture->start_field = find_field(kind, DD_FIELD_TIME, 0);
    capture->interface_field = find_field(kind, DD_FIELD_ENTITY, 0);
    capture->packet_field = find_field(kind, DD_FIELD_BYTES, 0);
    capture->comment_field = find_field(kind, DD_FIELD_BYTES, capture->packet_field + 1);
    assert(capture->start_field >= 0 && capture->interface_field >= 0 &&
           capture->packet_field >= 0);
}

static void release(dd_capture *capture) {
    free(capture->interfaces);
    free(capture->blocks);
    free(capture->ordered);
    free(capture->waiting);
    free(capture->path);
    free(capture);
}

static dd_capture *make(const dd_capture_def *def, dd_engine *engine) {
    dd_capture *capture = calloc(1, sizeof *capture);
    if (!capture) return NULL;
    capture->engine = engine;
    capture->def = *def;
    capture->path = strdup(def->path);
    capture->interfaces = calloc(engine->def.entities->n, sizeof *capture->interfaces);
    capture->blocks = malloc(DD_CAPTURE_BUFFER);
    capture->ordered = malloc(DD_CAPTURE_BUFFER);
    capture->waiting = malloc(WAITING_MAX * sizeof *capture->waiting);
    if (capture->path && capture->interfaces && capture->blocks && capture->ordered &&
        capture->waiting)
        return capture;
    release(capture);
    return NULL;
}

dd_capture *dd_capture_open(const dd_capture_def *def, dd_engine *engine, dd_error *error) {
    dd_capture *capture = make(def, engine);
    if (!capture) {
        dd_fail(error, DD_OUTSIDE, "%s: no memory for the capture", def->path);
        return NULL;
    }
    find_fields(capture);
    capture->descriptor = open(def->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (capture->descriptor < 0) {
        dd_fail(error, errno == EEXIST ? DD_WRONG : DD_OUTSIDE,
                "%s: cannot be made (%s); choose another folder by --out", def->path,
                strerror(errno));
        release(capture);
        return NULL;
    }
    uint8_t *room = make_room(capture, INTERFACE_FRAME + strlen(def->program));
    wait_for_turn(capture, BEFORE_ALL, section_header(room, def->program));
    write_up_to(capture, BEFORE_ALL);
    dd_stream_listen(&engine->stream, (uint64_t)1 << def->kind, add_record, capture);
    return capture;
}

bool dd_capture_error(dd_capture *capture, dd_error *error) {
    if (!capture->failed || capture->told) return false;
    capture->told = true;
    if (error) *error = capture->error;
    return true;
}

bool dd_capture_close(dd_capture *capture, dd_error *error) {
    if (!capture->failed) write_up_to(capture, DD_NEVER);
    if (close(capture->descriptor) != 0 && !capture->failed) fail(capture);
    bool whole = !capture->failed;
    if (!whole && error) *error = capture->error;
    release(capture);
    return whole;
}
