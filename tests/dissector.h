// tshark as a judge: frames of IEEE 802.15.4 go into a capture file, and what tshark makes of them
// comes back, a line of fields a frame.
#pragma once

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DD_DISSECTED_MAX = 4096, DD_LINKTYPE_IEEE802_15_4_WITHFCS = 195 };

typedef struct dd_dissector {
    char path[64];
    FILE *file;
    uint32_t frame_n;
} dd_dissector;

static inline void dd_dissector_put32(dd_dissector *dissector, uint32_t value) {
    fwrite(&value, sizeof value, 1, dissector->file);
}

static inline dd_dissector dd_dissector_open(void) {
    dd_dissector dissector = {.path = "/tmp/dissector-XXXXXX"};
    dissector.file = fdopen(mkstemp(dissector.path), "wb");
    cr_assert(dissector.file != NULL);
    const uint32_t head[] = {0xA1B2C3D4, 2 | 4 << 16, 0, 0, 256, DD_LINKTYPE_IEEE802_15_4_WITHFCS};
    fwrite(head, sizeof head, 1, dissector.file);
    return dissector;
}

// Frames stand a second apart.
static inline void dd_dissector_add(dd_dissector *dissector, const uint8_t *octets, uint32_t n) {
    dd_dissector_put32(dissector, dissector->frame_n++);
    dd_dissector_put32(dissector, 0);
    dd_dissector_put32(dissector, n);
    dd_dissector_put32(dissector, n);
    fwrite(octets, 1, n, dissector->file);
}

// Closes the file, lets tshark read it and removes it. `options` as on its command line. Each frame
// has a line, its values separated by spaces; of a field that occurs several times all, separated
// by commas; "-" for one that does not occur.
static inline void dd_dissector_close(dd_dissector *dissector, const char *options,
                                      const char *const *fields, size_t field_n,
                                      char (*lines)[DD_DISSECTED_MAX]) {
    char command[4096];
    cr_assert(fclose(dissector->file) == 0);
    size_t n = (size_t)snprintf(command, sizeof command,
                                "tshark -n -r %s -T fields -E separator='|' -E occurrence=a %s",
                                dissector->path, options);
    for (size_t i = 0; i < field_n; i++)
        n += (size_t)snprintf(command + n, sizeof command - n, " -e %s", fields[i]);
    cr_assert(n + 16 < sizeof command);
    strcat(command, " 2>/dev/null");
    FILE *output = popen(command, "r");
    cr_assert(output != NULL);
    for (uint32_t i = 0; i < dissector->frame_n; i++) {
        char raw[DD_DISSECTED_MAX / 2], *to = lines[i];
        cr_assert(fgets(raw, sizeof raw, output), "tshark tells of %u frames only", i);
        raw[strcspn(raw, "\n")] = '\0';
        const char *at = raw;
        for (size_t field = 0; field < field_n; field++, at += *at == '|') {
            size_t length = strcspn(at, "|");
            to += sprintf(to, "%s%.*s", field ? " " : "", length ? (int)length : 1,
                          length ? at : "-");
            at += length;
        }
    }
    cr_assert(pclose(output) == 0, "tshark failed: is it installed?");
    unlink(dissector->path);
}
