#include "hil/command/list.h"

#include "engine/data.h"
#include "engine/output/text_table.h"
#include "hil/command/options.h"
#include "hil/command/roll_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 64, HELLO_MS = 1500 };

typedef struct list_options {
    bool json, silent, rule;
    double seconds; // to wait for Hello
    const char *words[WORDS_MAX];
    size_t n;
} list_options;

static bool take(int argc, char **argv, list_options *o, dd_error *error) {
    const char *wait = NULL;
    const dd_option options[] = {{"--json", &o->json, NULL},
                                 {"--no-hello", &o->silent, NULL},
                                 {"--wait", NULL, &wait},
                                 {"--rule", &o->rule, NULL},
                                 {NULL, NULL, NULL}};
    *o = (list_options){.seconds = HELLO_MS / 1000.0};
    if (!dd_options_take(argc, argv, options, o->words, WORDS_MAX, &o->n, error)) return false;
    return !wait || dd_option_seconds("--wait", wait, &o->seconds, error);
}

// --- The udev rule ---

// "1209:0001", four hexadecimal digits each.
static bool is_vid_pid(const char *word) {
    static const char digits[] = "0123456789abcdefABCDEF";
    return strlen(word) == 9 && word[4] == ':' && strspn(word, digits) == 4 &&
           strspn(word + 5, digits) == 4;
}

static void print_own(const list_options *o) {
    for (size_t i = 0; i < o->n; i++) {
        char id[10];
        for (size_t k = 0; k < sizeof id; k++) // sysfs has small letters
            id[k] =
                (char)(o->words[i][k] | (o->words[i][k] >= 'A' && o->words[i][k] <= 'F' ? 32 : 0));
        printf("ATTRS{idVendor}==\"%.4s\", ATTRS{idProduct}==\"%s\", ENV{DOMDOM_BOARD}=\"1\"\n", id,
               id + 5);
    }
}

static int print_rule(const list_options *o, dd_error *error) {
    char path[DD_PATH_SIZE], line[512];
    for (size_t i = 0; i < o->n; i++)
        if (!is_vid_pid(o->words[i])) {
            dd_fail(error, DD_WRONG,
                    "--rule %s: must be VID:PID as four hexadecimal digits each, "
                    "such as 1209:0001; `lsusb` shows them",
                    o->words[i]);
            return dd_option_complain(error);
        }
    if (!dd_data_find("hil/60-domdom.rules", path, error)) return dd_option_complain(error);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, "ENV{DOMDOM_BOARD}!=", 19) == 0) print_own(o);
        fputs(line, stdout);
    }
    if (file) fclose(file);
    return DD_OK;
}

// --- The list ---

static void print_table(const dd_roll *roll) {
    dd_text_table table = {
        .heads = {"serial", "vid:pid", "if", "place", "node", "verdict", "model", "firmware",
                  "segment"},
        .align = "llrllllll",
    };
    for (size_t i = 0; i < roll->n; i++) {
        const dd_roll_entry *board = &roll->boards[i];
        const dd_device *device = &board->device;
        char id[16] = "-", part[8] = "-";
        if (device->vid) snprintf(id, sizeof id, "%04x:%04x", device->vid, device->pid);
        if (device->interface >= 0) snprintf(part, sizeof part, "%d", device->interface);
        const char *serial = dd_roll_serial(board);
        dd_text_table_add(&table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", *serial ? serial : "-", id,
                          part, device->place, device->node, dd_board_verdict_names[board->verdict],
                          *board->identity.model ? board->identity.model : "-",
                          *board->identity.firmware ? board->identity.firmware : "-",
                          *board->identity.segment ? board->identity.segment : "-");
    }
    dd_text_table_print(&table, stdout);
}

// Some name the port already.
static void print_remark(const dd_roll_entry *board) {
    if (strstr(board->remark, board->device.node))
        puts(board->remark);
    else
        printf("%s: %s\n", board->device.node, board->remark);
}

static void print_remarks(const dd_roll *roll) {
    for (size_t i = 0; i < roll->n; i++)
        if (*roll->boards[i].remark) print_remark(&roll->boards[i]);
}

int dd_board_list(int argc, char **argv) {
    dd_error error = {0};
    list_options o;
    dd_roll roll;
    if (!take(argc, argv, &o, &error)) return dd_option_complain(&error);
    if (o.rule) return print_rule(&o, &error);
    int ms = o.silent ? 0 : (int)(o.seconds * 1000);
    if (!dd_roll_call(&roll, o.words, o.n, ms, &error)) return dd_option_complain(&error);
    if (o.json) {
        dd_roll_print_json(&roll);
    } else if (roll.n == 0) {
        puts("No boards: no USB device with a serial port is plugged in, and none is emulated.\n"
             "`domdom board emulate` starts one; a board at another port: domdom board list PATH");
    } else {
        print_table(&roll);
        print_remarks(&roll);
    }
    dd_roll_fini(&roll);
    return DD_OK;
}
