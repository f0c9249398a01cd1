// Any bytes are either a city that passes through check and multiply, or an error with a message.
#include "models/city/city.h"
#include "models/city/city_check.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    dd_city city, twice;
    dd_error error = {0};
    if (!dd_city_parse((const char *)bytes, size, "fuzz", &city, &error)) {
        if (error.status != DD_WRONG || strncmp(error.text, "fuzz:", 5) != 0) abort();
        return 0;
    }
    dd_city_finding findings[DD_CITY_FINDINGS];
    uint32_t failed;
    if (!dd_city_check(&city, findings, &failed, &error)) abort();
    if (!dd_city_multiply(&city, 2, &twice, &error)) abort();
    dd_city_fini(&twice);
    dd_city_fini(&city);
    return 0;
}
