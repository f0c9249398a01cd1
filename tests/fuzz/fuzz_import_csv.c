// Any bytes as a list of lamps: a city or an error.
#include "tests/fuzz/judge_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    dd_import_def def = {.places = {.utc_h = NAN}};
    dd_import import;
    dd_error error = {0};
    dd_text text = {malloc(size + 1), size};
    if (!text.bytes) return 0;
    memcpy(text.bytes, bytes, size);
    text.bytes[size] = 0;
    judge_import(dd_city_import_text(&text, "fuzz", &def, &import, &error), &import, "fuzz",
                 &error);
    dd_text_fini(&text);
    return 0;
}
