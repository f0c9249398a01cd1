#include "hil/command/firmware.h"

#include "engine/output/text_table.h"
#include "hil/command/options.h"
#include "hil/outlet/beside.h"

#include <elf.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

typedef struct image {
    const char *what, *file;
    bool process; // what it takes is nobody's concern
} image;

static const image images[] = {
    {"reference firmware, lm3s6965evb", "domdom-board-lm3s6965evb.elf", false},
    {"reference firmware, netduinoplus2", "domdom-board-netduinoplus2.elf", false},
    {"reference firmware, host", "domdom-board", true},
    {"example, lm3s6965evb", "domdom-board-example.elf", false},
    {"kit and nanopb alone, Cortex-M0", "domdom-kit-cortex-m0.elf", false},
};

typedef struct needs {
    uint32_t flash, ram; // octets
} needs;

// What is loaded lies in flash; what can be written takes memory.
static bool measure(const char *path, needs *it) {
    Elf32_Ehdr head;
    Elf32_Phdr part;
    FILE *file = fopen(path, "rb");
    bool good = file && fread(&head, sizeof head, 1, file) == 1 &&
                memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 &&
                head.e_ident[EI_CLASS] == ELFCLASS32 &&
                fseek(file, (long)head.e_phoff, SEEK_SET) == 0;
    *it = (needs){0};
    for (int i = 0; good && i < head.e_phnum; i++) {
        good = fread(&part, sizeof part, 1, file) == 1;
        if (!good || part.p_type != PT_LOAD) continue;
        it->flash += part.p_filesz;
        if (part.p_flags & PF_W) it->ram += part.p_memsz;
    }
    if (file) fclose(file);
    return good;
}

static void add_row(dd_text_table *table, const image *it, const char *path) {
    needs takes;
    if (it->process)
        dd_text_table_add(table, "%s\t-\t-\t%s", it->what, path);
    else if (measure(path, &takes))
        dd_text_table_add(table, "%s\t%u\t%u\t%s", it->what, takes.flash, takes.ram, path);
    else
        dd_text_table_add(table, "%s\t-\t-\t%s (no image)", it->what, path);
}

static json_t *row_of(const image *it, const char *path) {
    needs takes;
    json_t *row = json_pack("{s:s,s:s}", "what", it->what, "path", path);
    if (!it->process && measure(path, &takes)) {
        json_object_set_new(row, "flash", json_integer(takes.flash));
        json_object_set_new(row, "ram", json_integer(takes.ram));
    }
    return row;
}

static void print_json(void) {
    json_t *rows = json_array();
    char path[512];
    for (size_t i = 0; i < DD_COUNT(images); i++)
        if (dd_beside(images[i].file, path, sizeof path))
            json_array_append_new(rows, row_of(&images[i], path));
    json_dumpf(rows, stdout, JSON_INDENT(2));
    puts("");
    json_decref(rows);
}

static void print_table(void) {
    dd_text_table table = {.heads = {"image", "flash", "RAM", "file"}, .align = "lrrl"};
    char path[512];
    for (size_t i = 0; i < DD_COUNT(images); i++)
        if (dd_beside(images[i].file, path, sizeof path)) add_row(&table, &images[i], path);
    dd_text_table_print(&table, stdout);
}

static bool any_built(void) {
    char path[512];
    for (size_t i = 0; i < DD_COUNT(images); i++)
        if (dd_beside(images[i].file, path, sizeof path)) return true;
    fputs("domdom board firmware: none is built; `./domdom board firmware` builds it\n", stderr);
    return false;
}

int dd_board_firmware(int argc, char **argv) {
    dd_error error = {0};
    bool json = false;
    const dd_option options[] = {{"--json", &json, NULL}, {NULL, NULL, NULL}};
    size_t n;
    if (!dd_options_take(argc, argv, options, NULL, 0, &n, &error))
        return dd_option_complain(&error);
    if (!any_built()) return DD_WRONG;
    if (json)
        print_json();
    else
        print_table();
    return DD_OK;
}
