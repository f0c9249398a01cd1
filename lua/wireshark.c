#define _GNU_SOURCE // open_memstream
#include "lua/wireshark.h"
#include "models/mesh/survey/survey.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_captured(const dd_world *world, uint32_t segment) {
    return !world->tap.segments || world->tap.segments[segment];
}

static void print_keys(FILE *file, const dd_world *world) {
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        if (!is_captured(world, i)) continue;
        fputc('"', file);
        for (int k = 0; k < DD_CIPHER_KEY; k++)
            fprintf(file, "%02x", world->survey->keyring.keys[i][k]);
        fprintf(file, "\",\"%d\",\"No hash\"\n", DD_KEY_INDEX);
    }
}

static void print_addresses(FILE *file, const dd_world *world) {
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        uint16_t pan = world->survey->plan.pan[i];
        uint32_t lamp_n = world->city->segments[i].lamp_count;
        for (uint32_t node = 0; is_captured(world, i) && node <= lamp_n; node++)
            fprintf(file, "\"%04x\",\"%04x\",%016llx\n", node, pan,
                    (unsigned long long)dd_extended_address(pan, (uint16_t)node));
    }
}

static bool write_one(const dd_world *world, const dd_folder *folder, const char *name,
                      void (*print)(FILE *file, const dd_world *world), dd_error *error) {
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (!file) return dd_fail(error, DD_OUTSIDE, "no memory for %s", name);
    print(file, world);
    bool good = fclose(file) == 0 ? dd_folder_write(folder, name, text, size, error)
                                  : dd_fail(error, DD_OUTSIDE, "no memory for %s", name);
    free(text);
    return good;
}

bool dd_wireshark_write(const dd_world *world, const dd_folder *folder, dd_error *error) {
    if (!world->def.settings.mesh_security) return true;
    return dd_folder_make(folder, "wireshark", error) &&
           write_one(world, folder, "wireshark/ieee802154_keys", print_keys, error) &&
           write_one(world, folder, "wireshark/802154_addresses", print_addresses, error);
}
