#include "engine/journal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A journal that was read is in order and can be told again; one that was not says where.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dd_journal_log log;
    dd_error error = {0};
    if (!dd_journal_parse((const char *)data, size, "journal", &log, &error)) {
        if (error.status != DD_WRONG || error.text[0] == 0) abort();
        return 0;
    }
    if (!json_is_object(log.header)) abort();
    for (size_t i = 0; i < log.n; i++) {
        if (log.entries[i].t < (i ? log.entries[i - 1].t : 0) || !log.entries[i].kind[0]) abort();
        char *text = json_dumps(log.entries[i].json, JSON_COMPACT);
        if (!text) abort();
        free(text);
    }
    dd_journal_log_fini(&log);
    return 0;
}
