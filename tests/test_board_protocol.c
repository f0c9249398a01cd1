// hil/PROTOCOL.md's octets, against the codec that the twin speaks with. To print them anew:
//   PROTOCOL_PRINT=1 test_board_protocol
#include "hil/battery/battery.h"
#include "hil/domdom.pb-c.h"
#include "hil/wire/frame.h"
#include "tests/source.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 4 * DD_FRAME_WIRE_MAX };

// Frames are made by telling their parts.
#define PART(TYPE, init, ...) (&(TYPE){.base = init, __VA_ARGS__})

typedef struct dd_example {
    const char *title;
    Hil__Frame frame;
    Hil__Message message; // if its kind is set
} dd_example;

#define BASE(name) PROTOBUF_C_MESSAGE_INIT(&hil__##name##__descriptor)
#define NO_TEXT (char *)(uintptr_t)protobuf_c_empty_string

static uint8_t hash[4] = {0xDE, 0xAD, 0x00, 0x01};
static uint8_t coap[] = {0x50, 0x01, 0x12, 0x34, 0x00, 0x3E, 0x80};
static uint8_t stored[] = {0x11, 0x00, 0x22};
static uint32_t voltages[3] = {2301, 2298, 0};
static Hil__Feeder feeder = {.base = BASE(feeder),
                             .live_phases = 3,
                             .contactor = 1,
                             .energy_wh = 123456,
                             .power_w = 870,
                             .n_voltage_dv = 3,
                             .voltage_dv = voltages};
static Hil__Feeder *feeders[] = {&feeder};
static Hil__Lamp lamp = {.base = BASE(lamp), .nominal_mw = 80000, .feeder = 1, .phase = 2};
static Hil__Lamp *lamps[] = {&lamp};

#define FRAME(n, l, kind, field, ...)                                                              \
    {                                                                                              \
        .base = BASE(frame), .number = n, .limit = l, .control_case = HIL__FRAME__CONTROL_##kind,  \
        .field = __VA_ARGS__                                                                       \
    }
#define MESSAGE(kind, field, ...)                                                                  \
    { .base = BASE(message), .what_case = HIL__MESSAGE__WHAT_##kind, .field = __VA_ARGS__ }

// clang-format off
static dd_example examples[] = {
    {"Ask: which version 1 speaks",
     FRAME(1, 64, ASK, ask, PART(Hil__Ask, BASE(ask), .version = 1)), {.what_case = 0}},
    {"Hello of SEG-0042: lock-step, commission, borrowed store, reset (1 + 4 + 8 + 16 = 29)",
     FRAME(0, 4, HELLO, hello, PART(Hil__Hello, BASE(hello), .version = 1, .capabilities = 29,
        .serial = (char *)(uintptr_t)"SEG-0042", .model = (char *)(uintptr_t)"mine",
        .firmware = (char *)(uintptr_t)"mine 1.0", .firmware_hash = {4, hash},
        .segment = NO_TEXT, .frame_max = 576, .uptime_us = 1500, .boots = 1)), {.what_case = 0}},
    {"Welcome to session 7, lock-step, as s12",
     FRAME(0, 64, WELCOME, welcome, PART(Hil__Welcome, BASE(welcome), .version = 1, .session = 7,
        .mode = HIL__MODE__MODE_LOCK_STEP, .segment = (char *)(uintptr_t)"s12",
        .capabilities = 29, .frame_max = 1024)), {.what_case = 0}},
    {"Grant of step 1 with Settings: one lamp, first start, one feeder, a store of 2 MiB",
     FRAME(1, 64, GRANT, grant, PART(Hil__Grant, BASE(grant), .step = 1)),
     MESSAGE(SETTINGS, settings, PART(Hil__Settings, BASE(settings), .lamp_n = 1, .boots = 1,
        .feeder_n = 1, .clock_ms = 1598955000000, .store_size = 2097152))},
    {"Done with step 1",
     FRAME(1, 5, DONE, done, PART(Hil__Done, BASE(done), .step = 1)), {.what_case = 0}},
    {"Grant of step 2 with Lamps: number 1 takes 80 W on feeder 1, L3",
     FRAME(2, 65, GRANT, grant, PART(Hil__Grant, BASE(grant), .step = 2)),
     MESSAGE(LAMPS, lamps, PART(Hil__Lamps, BASE(lamps), .first = 1, .n_lamps = 1,
        .lamps = lamps))},
    {"Grant of step 4 with Start, at uptime 0",
     FRAME(4, 67, GRANT, grant, PART(Hil__Grant, BASE(grant), .step = 4)),
     MESSAGE(START, start, PART(Hil__Start, BASE(start), ))},
    {"Done with step 4: contactor of feeder 1 closed, call me at 2 s",
     FRAME(4, 8, DONE, done, PART(Hil__Done, BASE(done), .step = 4, .due_us = 2000000)),
     MESSAGE(OUTPUTS, outputs, PART(Hil__Outputs, BASE(outputs), .contactors = 1, .leds = 1))},
    {"Grant of step 5: two seconds later, the deadline has come",
     FRAME(5, 68, GRANT, grant, PART(Hil__Grant, BASE(grant), .step = 5, .uptime_us = 2000000)),
     {.what_case = 0}},
    {"Done with step 5, its first part, more to come: reads 3 octets at 4096 of the lent store",
     FRAME(5, 9, DONE, done, PART(Hil__Done, BASE(done), .step = 5, .more = 1)),
     MESSAGE(STORE_READ, store_read, PART(Hil__StoreRead, BASE(store_read), .at = 4096, .n = 3,
        .token = 1))},
    {"Grant of step 5, part 1, with what was read",
     FRAME(6, 69, GRANT, grant, PART(Hil__Grant, BASE(grant), .step = 5, .uptime_us = 2000000,
        .part = 1)),
     MESSAGE(STORE_DATA, store_data, PART(Hil__StoreData, BASE(store_data), .token = 1,
        .octets = {3, stored}))},
    {"Grant of step 6 with Inputs: mains, photocell dark, feeder 1 with L1 and L2 live",
     FRAME(7, 70, GRANT, grant, PART(Hil__Grant, BASE(grant), .step = 6, .uptime_us = 3500000)),
     MESSAGE(INPUTS, inputs, PART(Hil__Inputs, BASE(inputs), .mains = 1, .dark = 1,
        .n_feeders = 1, .feeders = feeders))},
    {"Real time: a Datagram to all lamps, at 12.5 s",
     {.base = BASE(frame), .number = 8, .limit = 20},
     {.base = BASE(message), .at_us = 12500000, .what_case = HIL__MESSAGE__WHAT_DATAGRAM,
      .datagram = PART(Hil__Datagram, BASE(datagram), .octets = {sizeof coap, coap})}},
    {"Real time: a board's Beat",
     FRAME(9, 20, BEAT, beat, PART(Hil__Beat, BASE(beat), .uptime_us = 13000000, .received = 16,
        .lost = 1, .due_us = 15000000,
        .outputs = PART(Hil__Outputs, BASE(outputs), .contactors = 1, .leds = 3))),
     {.what_case = 0}},
    {"Real time: Sync, round 1, asked",
     FRAME(17, 73, SYNC, sync, PART(Hil__Sync, BASE(sync), .round = 1, .sent_us = 13100000)),
     {.what_case = 0}},
    {"Real time: Sync, round 1, answered",
     FRAME(10, 21, SYNC, sync, PART(Hil__Sync, BASE(sync), .round = 1, .sent_us = 13100000,
        .received_us = 13099214, .answered_us = 13099260)), {.what_case = 0}},
    {"Refusal of a Grant without a session",
     FRAME(1, 4, REFUSAL, refusal, PART(Hil__Refusal, BASE(refusal),
        .reason = HIL__REASON__REASON_SESSION, .text = (char *)(uintptr_t)"no session")),
     {.what_case = 0}},
};
// clang-format on

static void print(char *text, const char *name, const uint8_t *octets, size_t n) {
    char *at = text + sprintf(text, "      %s ", name);
    for (size_t i = 0; i < n; i++)
        at += sprintf(at, i && i % 27 == 0 ? "\n            %02X" : " %02X", octets[i]);
    strcpy(at, "\n");
}

// As the page shows it.
static void show(dd_example *it, char *text) {
    static uint8_t octets[DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX];
    Hil__Message *messages[] = {&it->message};
    if (it->message.what_case) {
        it->frame.messages = messages;
        it->frame.n_messages = 1;
    }
    size_t n = hil__frame__pack(&it->frame, octets);
    size_t wire_n = dd_frame_put(octets, n, wire);
    text += sprintf(text, "    %s\n", it->title);
    print(text, "frame", octets, n);
    text += strlen(text);
    print(text, "wire ", wire, wire_n);
}

static char *page(void) {
    const char *path = source_path("hil/PROTOCOL.md");
    FILE *file = fopen(path, "rb");
    cr_assert(file != NULL, "%s", path);
    char *text = calloc(1, 1 << 20);
    cr_assert(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

Test(board_protocol, octets_of_the_page) {
    char *text = page(), shown[TEXT];
    const char *found = strstr(text, "## Octets to compare with");
    cr_assert(found != NULL);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        show(&examples[i], shown);
        if (getenv("PROTOCOL_PRINT")) fputs(shown, stderr);
        const char *there = strstr(found, shown);
        cr_expect(there != NULL, "the page lacks, or shows otherwise:\n%s", shown);
    }
    size_t lines = 0;
    for (const char *at = found; (at = strstr(at, "\n      frame ")); at++)
        lines++;
    cr_expect(eq(sz, lines, sizeof examples / sizeof *examples)); // none is there unchecked
    free(text);
}

// --- The cases that it names: "[101-112]" ---

typedef struct page_range {
    unsigned from, to;
    size_t within;
    bool first, last;
} page_range;

static void look_at_case(void *context, const dd_case_group *group, const dd_case *it) {
    page_range *range = context;
    (void)group;
    range->first = range->first || it->number == range->from;
    range->last = range->last || it->number == range->to;
    range->within += it->number >= range->from && it->number <= range->to;
}

static void count_case(void *context, const dd_case_group *group, const dd_case *it) {
    (void)group;
    (void)it;
    ++*(size_t *)context;
}

Test(board_protocol, cases_that_the_page_names) {
    char *text = page();
    size_t named = 0, all = 0;
    for (const char *at = text; (at = strchr(at, '[')); at++) {
        page_range range = {0};
        if (sscanf(at, "[%u-%u]", &range.from, &range.to) != 2) continue;
        dd_battery_each(look_at_case, &range);
        bool there = range.first && range.last;
        cr_expect(there, "there are no cases %u to %u", range.from, range.to);
        named += range.within;
    }
    dd_battery_each(count_case, &all);
    cr_expect(eq(sz, named, all)); // each belongs to a rule
    free(text);
}
