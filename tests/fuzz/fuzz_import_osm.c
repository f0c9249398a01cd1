// Any bytes as an OpenStreetMap XML file: a city or an error. The library that reads it wants a
// file.
#define _DEFAULT_SOURCE // mkstemps
#include "tests/fuzz/judge_import.h"

#include <stdio.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    dd_import_def def = {.places = {.utc_h = NAN}};
    dd_import import;
    dd_error error = {0};
    char path[] = "/tmp/fuzz-XXXXXX.osm";
    int file = mkstemps(path, 4);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size) abort();
    close(file);
    judge_import(dd_city_import(path, &def, &import, &error), &import, path, &error);
    remove(path);
    return 0;
}
