// The stream of records: what all sources (the engine's domains) have said, in one order.
//
// Every source keeps what it says, in the order of its own clock, and the digests of its outcomes.
// A flush merges what the sources hold and tells it to the listeners; what nobody listens to is
// never kept. A source touches nothing but its own part, so that sources may speak at once.
#pragma once

#include "engine/record.h"

#include <stdatomic.h>

enum { DD_LISTENERS_MAX = 8 };

// May make no records itself.
typedef void (*dd_listener)(void *context, const dd_record *record);

// What one source has said: records since the last flush, digests since the start.
typedef struct dd_stream_source {
    _Alignas(DD_CACHE_LINE) dd_record_buffer kept; // two threads' sources share no line
    uint64_t sequence;                             // of its records, kept or not
    dd_digest digests[DD_DIGESTS_MAX];
} dd_stream_source;

// The first of a source's records that has not been told yet. Its key lies beside it, so that a
// step through the heap of a large city stays in the cache.
typedef struct dd_front {
    dd_time time;
    uint64_t id;
    uint32_t source;
    uint32_t place; // of the record in the source
} dd_front;

typedef struct dd_stream {
    const dd_record_schema *schema;
    const dd_entities *entities;
    dd_stream_source *sources;
    uint32_t source_n;
    dd_front *fronts;    // of the sources that hold records; a heap during a flush
    atomic_uint front_n; // any thread may add one
    struct {
        dd_listener call;
        void *context;
        uint64_t kinds; // bit mask
    } listeners[DD_LISTENERS_MAX];
    uint32_t listener_n;
    uint64_t heard; // kinds that anybody listens to
} dd_stream;

// A silent stream of `source_n` sources; schema and entities must outlive it. After false
// (DD_OUTSIDE), as after true, dd_stream_fini is due.
bool dd_stream_init(dd_stream *stream, const dd_record_schema *schema, const dd_entities *entities,
                    uint32_t source_n, dd_error *error);
void dd_stream_fini(dd_stream *stream);

// Says `record`, whose time must not be before the source's last one; returns the id that it gets
// here, whether or not anybody listens.
uint64_t dd_stream_say(dd_stream *stream, uint32_t source, dd_record *record);

static inline bool dd_stream_heard(const dd_stream *stream, uint16_t kind) {
    return stream->heard >> kind & 1;
}

// Keeps octets for a DD_FIELD_BYTES field of the next record that `source` says; returns the
// field's value, 0 when nobody listens to that kind. `n` is at most DD_RECORD_BYTES_MAX.
int64_t dd_stream_carry(dd_stream *stream, uint32_t source, uint16_t kind, const void *octets,
                        size_t n);

// For listeners, while they are told of `record`: the octets of its field number `place`, of type
// DD_FIELD_BYTES, `n` of them; NULL when there are none.
const uint8_t *dd_stream_octets(const dd_stream *stream, const dd_record *record, int place,
                                size_t *n);

// Calls `call` for every record of the kinds in `mask` (bit k for kind k), in the stream's order,
// whenever the stream is flushed. The same `call` and `context` again only add kinds.
void dd_stream_listen(dd_stream *stream, uint64_t mask, dd_listener call, void *context);

// Tells the listeners all that has been said since the last flush. All sources must have reached
// the same time.
void dd_stream_flush(dd_stream *stream);

// The digest of one outcome kind so far, and of all of them (in the schema's order).
dd_digest dd_stream_digest(const dd_stream *stream, uint8_t index);
dd_digest dd_stream_digest_all(const dd_stream *stream);
