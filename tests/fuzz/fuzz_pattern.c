// Any pattern against any text: the first byte says how long the pattern is.
#include "lua/pattern.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Copies of their own, so that reading one byte too far is seen.
static char *copy(const uint8_t *data, size_t size) {
    char *bytes = malloc(size ? size : 1);
    if (!bytes) abort();
    memcpy(bytes, data, size);
    return bytes;
}

static void check_captures(const dd_pattern *state, const char *end) {
    if (end < state->subject || end > state->subject_end) abort();
    for (int i = 0; i < state->captures; i++) {
        const dd_capture *capture = &state->capture[i];
        if (capture->start < state->subject || capture->start > state->subject_end) abort();
        if (capture->length > state->subject_end - capture->start) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    size_t pattern_size = data[0] < size - 1 ? data[0] : size - 1;
    size_t subject_size = size - 1 - pattern_size;
    char *pattern = copy(data + 1, pattern_size);
    char *subject = copy(data + 1 + pattern_size, subject_size);
    dd_pattern state = {.subject = subject,
                        .subject_end = subject + subject_size,
                        .pattern = pattern,
                        .pattern_end = pattern + pattern_size,
                        .steps = 20000};
    for (size_t at = 0; at <= subject_size && state.steps > 0 && !state.error; at++) {
        const char *end = dd_pattern_match(&state, subject + at);
        if (end) check_captures(&state, end);
    }
    dd_pattern_plain(pattern, pattern_size);
    free(pattern);
    free(subject);
    return 0;
}
