#include "engine/stream.h"
#include "engine/event.h"
#include "engine/random.h"

#include <assert.h>
#include <stdlib.h>

// What a schema promises: octets neither reach the run file nor a digest.
static bool schema_holds(const dd_record_schema *schema) {
    for (uint16_t i = 0; schema && i < schema->kind_n; i++) {
        const dd_record_kind *kind = &schema->kinds[i];
        if (dd_record_kind_carries(kind) && (kind->kept || kind->digest)) return false;
    }
    return true;
}

bool dd_stream_init(dd_stream *stream, const dd_record_schema *schema, const dd_entities *entities,
                    uint32_t source_n, dd_error *error) {
    assert(schema_holds(schema));
    *stream = (dd_stream){.schema = schema,
                          .entities = entities,
                          .sources = dd_calloc_lines(source_n, sizeof *stream->sources),
                          .source_n = source_n,
                          .fronts = calloc(source_n, sizeof *stream->fronts)};
    if (!stream->sources || !stream->fronts)
        return dd_fail(error, DD_OUTSIDE, "no memory for the records of %u domains", source_n);
    return true;
}

void dd_stream_fini(dd_stream *stream) {
    for (uint32_t i = 0; stream->sources && i < stream->source_n; i++)
        dd_record_buffer_fini(&stream->sources[i].kept);
    free(stream->sources);
    free(stream->fronts);
    *stream = (dd_stream){0};
}

// --- Saying ---

static void keep(dd_stream *stream, uint32_t index, const dd_record *record) {
    dd_record_buffer *kept = &stream->sources[index].kept;
    if (!kept->n)
        stream->fronts[atomic_fetch_add_explicit(&stream->front_n, 1, memory_order_relaxed)] =
            (dd_front){.time = record->time, .id = record->id, .source = index};
    dd_record_buffer_push(kept, record);
}

uint64_t dd_stream_say(dd_stream *stream, uint32_t source, dd_record *record) {
    const dd_record_kind *kind = &stream->schema->kinds[record->kind];
    record->id = DD_ORDER(source, ++stream->sources[source].sequence);
    if (kind->digest)
        dd_digest_add(&stream->sources[source].digests[kind->digest - 1], record, kind,
                      stream->entities);
    if (dd_stream_heard(stream, record->kind)) keep(stream, source, record);
    return record->id;
}

int64_t dd_stream_carry(dd_stream *stream, uint32_t source, uint16_t kind, const void *octets,
                        size_t n) {
    if (!dd_stream_heard(stream, kind)) return 0;
    return dd_record_buffer_carry(&stream->sources[source].kept, octets, n);
}

const uint8_t *dd_stream_octets(const dd_stream *stream, const dd_record *record, int place,
                                size_t *n) {
    assert(stream->schema->kinds[record->kind].fields[place].type == DD_FIELD_BYTES);
    const dd_stream_source *source = &stream->sources[DD_ORDER_DOMAIN(record->id)];
    return dd_record_buffer_octets(&source->kept, record->value[place], n);
}

// --- Listening ---

void dd_stream_listen(dd_stream *stream, uint64_t mask, dd_listener call, void *context) {
    uint32_t i = 0;
    while (i < stream->listener_n &&
           (stream->listeners[i].call != call || stream->listeners[i].context != context))
        i++;
    assert(i < DD_LISTENERS_MAX);
    if (i == stream->listener_n) stream->listener_n++;
    stream->listeners[i].call = call;
    stream->listeners[i].context = context;
    stream->listeners[i].kinds |= mask;
    stream->heard |= mask;
}

static void tell(const dd_stream *stream, const dd_record *record) {
    for (uint32_t i = 0; i < stream->listener_n; i++)
        if (stream->listeners[i].kinds >> record->kind & 1)
            stream->listeners[i].call(stream->listeners[i].context, record);
}

static bool front_before(const dd_front *a, const dd_front *b) {
    return a->time != b->time ? a->time < b->time : a->id < b->id;
}

static void front_down(dd_stream *stream, uint32_t place) {
    dd_front *heap = stream->fronts, front = heap[place];
    for (uint32_t child; (child = 2 * place + 1) < stream->front_n; place = child) {
        if (child + 1 < stream->front_n && front_before(&heap[child + 1], &heap[child])) child++;
        if (!front_before(&heap[child], &front)) break;
        heap[place] = heap[child];
    }
    heap[place] = front;
}

// Tells the first of all records and moves its source's front on.
static void tell_first(dd_stream *stream) {
    dd_front *first = &stream->fronts[0];
    dd_record_buffer *kept = &stream->sources[first->source].kept;
    tell(stream, &kept->records[first->place++]);
    if (first->place < kept->n) {
        first->time = kept->records[first->place].time;
        first->id = kept->records[first->place].id;
    } else {
        dd_record_buffer_empty(kept);
        *first = stream->fronts[--stream->front_n];
    }
    if (stream->front_n) front_down(stream, 0);
}

// Each source's records are in order already; a heap of their fronts merges them.
void dd_stream_flush(dd_stream *stream) {
    for (uint32_t i = stream->front_n / 2; i-- > 0;)
        front_down(stream, i);
    while (stream->front_n)
        tell_first(stream);
}

// --- Digests ---

dd_digest dd_stream_digest(const dd_stream *stream, uint8_t index) {
    dd_digest sum = {{0, 0}};
    for (uint32_t i = 0; i < stream->source_n; i++)
        dd_digest_join(&sum, &stream->sources[i].digests[index]);
    return sum;
}

dd_digest dd_stream_digest_all(const dd_stream *stream) {
    dd_digest all = {{0, 0}};
    for (uint8_t i = 0; i < stream->schema->digest_n; i++) {
        dd_digest one = dd_stream_digest(stream, i);
        all.lane[0] = dd_mix(all.lane[0] ^ one.lane[0]);
        all.lane[1] = dd_mix(all.lane[1] ^ one.lane[1]);
    }
    return all;
}
