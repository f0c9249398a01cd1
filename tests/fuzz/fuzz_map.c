// Any bytes are either a map that is read again as it was written, or an error with a message.
#include "models/city/map.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    dd_map map, again;
    dd_error error = {0};
    dd_text text = {(char *)bytes, size}, written;
    if (!dd_map_parse(&text, "fuzz", &map, &error)) {
        if (error.status != DD_WRONG || strncmp(error.text, "fuzz:", 5) != 0) abort();
        return 0;
    }
    if (!dd_map_format(&map, &written, &error)) abort();
    if (!dd_map_parse(&written, "written", &again, &error)) abort();
    if (again.way_n != map.way_n) abort();
    dd_map_fini(&again);
    dd_text_fini(&written);
    dd_map_fini(&map);
    return 0;
}
