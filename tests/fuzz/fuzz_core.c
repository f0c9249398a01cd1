// A segment controller given arbitrary definitions, inputs and times. It must stay within its
// bounds, keep its books straight, ask only lamps that exist, and switch only on an order's word.
#include <string.h>

#include "models/controller/core/cabinet.h"
#include "models/controller/core/core.h"
#include "models/controller/core/log.h"
#include "models/controller/core/supply.h"
#include "tests/fuzz/bytes.h"

// Less than controllers have, so that images can be too large for it.
enum { STORE = DD_STORE_IMAGE + 8 * 1024 };

typedef struct house {
    dd_core core;
    dd_core_lamp lamps[DD_SEGMENT_LAMPS_MAX];
    dd_core_output outputs[DD_CORE_OUTPUTS];
    dd_word spare[DD_LOG_SPARE];
    dd_timetable timetable;
    uint8_t store[STORE];
    bool worn;
    int64_t now_ms, deadline_ms;
    bool ordered_level[1001], ordered_resume;
    dd_cabinet_inputs cabinet;
} house;

static void check_books(const house *h) {
    const dd_core *core = &h->core;
    int poll_n = 0, command_n = 0, task_n[DD_CORE_COMMANDS] = {0};
    for (int i = 0; i < DD_CORE_TASKS; i++) {
        const dd_core_task *task = &core->tasks[i];
        if (!task->kind) continue;
        must(task->lamp >= 1 && task->lamp <= core->def.lamp_n);
        poll_n += task->command == 0;
        must(dd_node_is_firmware(task->kind) == (task->command == DD_TASK_OF_SPREAD));
        if (task->command && task->command != DD_TASK_OF_SPREAD) task_n[task->command - 1]++;
        for (int j = 0; j < i; j++)
            must(!core->tasks[j].kind || core->tasks[j].lamp != task->lamp);
    }
    for (int i = 0; i < DD_CORE_COMMANDS; i++) {
        const dd_core_command *command = &core->commands.at[i];
        command_n += command->kind != 0;
        must(!command->kind || command->task_n == task_n[i]);
        must(!command->kind || command->task_n > 0 || !dd_lamp_set_empty(&command->pending));
    }
    must(poll_n == core->poll.task_n && poll_n <= DD_POLL_TASKS);
    must(command_n == core->commands.command_n);
    must(dd_timetable_valid(&h->timetable));
    must(dd_core_log_told(core) <= DD_OUTBOX_WINDOW);
    must(dd_core_log_told(core) <= dd_core_log_size(core));
    must(core->log.released <= core->log.told && core->log.told < core->log.next);
}

// Lamps without supply, or without a node, are neither asked nor waited for; but orders wait for
// lamps whose contactor is about to close.
static void check_left_alone(const house *h) {
    const dd_core *core = &h->core;
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++) {
        if (dd_core_has_node(core, lamp) && dd_core_supply_live(core, lamp)) continue;
        must(!dd_lamp_set_has(&core->poll.due, lamp));
        for (int i = 0; i < DD_CORE_TASKS; i++)
            must(!core->tasks[i].kind || core->tasks[i].lamp != lamp);
        for (int i = 0; i < DD_CORE_COMMANDS; i++)
            must(!core->commands.at[i].kind ||
                 !dd_lamp_set_has(&core->commands.at[i].pending, lamp) ||
                 (dd_core_has_node(core, lamp) && dd_core_cabinet_rises(core, lamp)));
    }
}

static void check_word(const dd_word *word) {
    must(word->kind >= DD_WORD_HELLO && word->kind < DD_WORD_KINDS);
    must(word->kind != DD_WORD_UPDATE || word->update.phase < DD_UPDATE_PHASES);
    must(word->kind != DD_WORD_FETCH || (word->entry_n > 0 && word->value >= 0));
    must(word->entry_n <= (word->kind == DD_WORD_METER ? DD_CORE_FEEDERS : DD_READINGS_MAX));
    must(word->kind != DD_WORD_EVENT || (word->happening > 0 && word->happening < DD_HAPPENINGS));
}

// Only feeders that there are, and none while the coils have no mains.
static void check_contactors(const house *h, uint8_t closed) {
    must(closed >> h->core.def.feeder_n == 0);
    must(h->core.cabinet.inputs.mains || closed == 0);
}

static void check_outputs(const house *h) {
    must(h->core.output_n <= DD_CORE_OUTPUTS);
    for (int i = 0; i < h->core.output_n; i++) {
        const dd_core_output *output = &h->core.storage.outputs[i];
        must(output->kind >= DD_OUTPUT_REQUEST && output->kind <= DD_OUTPUT_FIRMWARE);
        if (output->kind == DD_OUTPUT_WORD) check_word(&output->word);
        if (output->kind == DD_OUTPUT_CONTACTOR) check_contactors(h, output->closed);
        if (output->kind != DD_OUTPUT_REQUEST) continue;
        const dd_node_request *request = &output->request;
        must(request->lamp <= h->core.def.lamp_n);
        must(request->lamp != DD_EVERY_LAMP || request->kind != DD_NODE_READ);
        must(request->kind >= DD_NODE_READ && request->kind <= DD_NODE_REVERT);
        must(request->kind != DD_NODE_REPORT);
        if (dd_node_is_firmware(request->kind)) {
            must(request->package.n <= DD_NODE_BLOCK_OCTETS);
            continue;
        }
        must(request->kind != DD_NODE_RESUME || h->ordered_resume);
        must(request->kind != DD_NODE_OVERRIDE ||
             (request->level_pm <= 1000 && h->ordered_level[request->level_pm]));
        must(request->kind != DD_NODE_CALENDAR || dd_light_calendar_valid(request->calendar));
    }
}

static void step(house *h, dd_core_input input) {
    h->deadline_ms = dd_core_step(&h->core, h->now_ms, &input);
    must(h->deadline_ms > h->now_ms);
    check_outputs(h);
    check_books(h);
    check_left_alone(h);
}

// An image of a few KiB, whose payload is zeros: its digest is right or wrong.
static void name_image(dd_order *order, uint8_t what) {
    dd_image image = {.target = what & 1 ? DD_IMAGE_NODE : DD_IMAGE_CONTROLLER,
                      .hardware = what & 1 ? DD_HARDWARE_NODE : DD_HARDWARE_CONTROLLER,
                      .version = what & 2 ? 2 : 3,
                      .size = what & 4 ? 700 : 9000};
    static const uint8_t zeros[9000];
    dd_sha256 sha;
    dd_sha256_begin(&sha);
    dd_sha256_add(&sha, zeros, image.size);
    dd_sha256_end(&sha, image.digest);
    if (what & 8) image.digest[0] ^= 1;
    order->update.action = 1 + (what >> 4) % DD_UPDATE_CANCEL;
    dd_image_write(order->update.header, &image);
}

// The block that is waited for, mostly.
static void name_block(const house *h, dd_order *order, uint8_t what) {
    const dd_core_update_kept *kept = &h->core.update.kept;
    order->number = what & 1 ? order->number : kept->number;
    order->block.block = kept->have + (what >> 1 & 1);
    order->block.n =
        (uint16_t)dd_image_block_n(&kept->image, order->block.block, DD_LINE_BLOCK_OCTETS);
    order->block.octets[0] = what >> 6;
}

// Some of many, so that places fill up; now and then it is damaged.
static void give_calendar(dd_light_calendar *calendar, bytes *in) {
    uint8_t what = byte(in);
    *calendar = (dd_light_calendar){.program_n = 1 + (what & 1), .rule_n = what >> 1 & 1};
    calendar->default_program = what >> 2 & 1;
    calendar->rules[0] = (dd_calendar_rule){.program = 1, .weekdays = byte(in) & 0x7F};
    calendar->programs[0].point_n = what >> 3 & 3;
    calendar->programs[0].points[0].level_pm = what;
    dd_light_calendar_seal(calendar);
    if (what >= 250) calendar->programs[1].point_n = what;
}

static void give_order(house *h, bytes *in, bool sane) {
    dd_order order = {0};
    if (sane) { // small numbers and lists reach further than noise does
        order = (dd_order){
            .kind = byte(in) % DD_ORDER_KINDS, .number = byte(in), .lamp_n = byte(in) % 8};
        order.group = byte(in) % 12;
        order.level_pm = (uint16_t)(byte(in) * 4);
        order.period_s = byte(in) * 8u;
        if (order.kind == DD_ORDER_ACK) order.sequence = h->core.log.next - 1 - (order.number & 15);
        if (order.kind == DD_ORDER_WELCOME)
            order.sequence = h->core.log.next + 3 - (order.number & 15);
        if (order.kind == DD_ORDER_CLOCK) order.number = h->core.clock.ask_number;
        if (order.kind == DD_ORDER_WELCOME) order.number = h->core.session.attempt;
        take(in, &order.clock_ms, 6);
        order.heard_ms = order.clock_ms - byte(in);
        if (order.kind == DD_ORDER_UPDATE) name_image(&order, byte(in));
        if (order.kind == DD_ORDER_BLOCK) name_block(h, &order, byte(in));
        if (order.kind == DD_ORDER_UPDATE || order.kind == DD_ORDER_BLOCK)
            order.lamp_n = 0;
        else if (order.kind == DD_ORDER_CALENDAR)
            give_calendar(&order.calendar, in);
        else if (order.kind == DD_ORDER_GROUP)
            take(in, &order.members, 1 + byte(in) % sizeof order.members);
        else
            for (int i = 0; i < order.lamp_n; i++)
                order.lamps[i] = byte(in);
    } else {
        take(in, &order, sizeof order);
    }
    if (order.kind == DD_ORDER_OVERRIDE && order.level_pm <= 1000)
        h->ordered_level[order.level_pm] = true;
    h->ordered_resume |= order.kind == DD_ORDER_RESUME;
    step(h, (dd_core_input){.kind = DD_INPUT_ORDER, .order = &order});
}

// What a node may say of its firmware, of the image under way mostly.
static void name_status(const house *h, dd_firmware_status *status, uint8_t what, uint8_t gaps) {
    const dd_image *image = &h->core.update.kept.image;
    *status = (dd_firmware_status){.version = what & 1 ? image->version : 1,
                                   .step = what >> 1 & 3,
                                   .result = what >> 3 & 7,
                                   .tag = what & 64 ? dd_image_tag(image) : 0,
                                   .gap_n = gaps & 15,
                                   .missing_n = gaps};
    for (int i = 0; i < DD_GAPS_MAX; i++)
        status->gaps[i] = (uint16_t)(i * (gaps >> 4));
}

static void give_reply(house *h, bytes *in, bool sane) {
    dd_node_reply reply = {0};
    if (sane) {
        const dd_core_task *task = &h->core.tasks[byte(in) % DD_CORE_TASKS];
        reply = (dd_node_reply){.lamp = task->lamp, .kind = task->kind, .token = task->token};
        if (dd_node_is_firmware(task->kind)) {
            name_status(h, &reply.firmware, byte(in), byte(in));
            step(h, (dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
            return;
        }
        reply.reading.lamp = task->lamp;
        reply.reading.level_pm = (uint16_t)(byte(in) * 5);
        reply.reading.power_mw = byte(in) * 1000u;
        reply.reading.gear = byte(in);
        reply.reading.voltage_dv = (uint16_t)(byte(in) * 16);
        reply.reading.calendar_id = byte(in) & 1 ? h->timetable.calendars[byte(in) & 3].id : 0;
        if (byte(in) & 1) reply.kind = DD_NODE_REPORT;
    } else {
        take(in, &reply, sizeof reply);
    }
    step(h, (dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
}

static void give_rest(house *h, bytes *in, uint8_t which) {
    const dd_core_task *task = &h->core.tasks[byte(in) % DD_CORE_TASKS];
    dd_core_input silent = {.kind = DD_INPUT_SILENT, .lamp = task->lamp, .token = task->token};
    uint8_t kind = byte(in);
    if (which & 1) silent.token = kind;
    if (which & 2)
        step(h, silent);
    else if (kind < DD_INPUT_REPLY || kind > DD_INPUT_CABINET) // those bring a pointer along
        step(h, (dd_core_input){.kind = kind});
    if (which == 4) h->worn = kind & 1;
}

static bool read_store(void *context, uint32_t at, void *octets, uint32_t n) {
    house *h = context;
    if (at >= sizeof h->store || n > sizeof h->store - at) return false;
    memcpy(octets, h->store + at, n);
    return true;
}

static bool write_store(void *context, uint32_t at, const void *octets, uint32_t n) {
    house *h = context;
    if (at >= sizeof h->store || n > sizeof h->store - at) return false;
    if (!h->worn) memcpy(h->store + at, octets, n);
    return !h->worn;
}

// One feeder changes, or the segment's own inputs do.
static void give_cabinet(house *h, bytes *in) {
    uint8_t what = byte(in);
    dd_feeder_inputs *feeder = &h->cabinet.feeders[what % DD_CORE_FEEDERS];
    if (what & 4) {
        uint8_t inputs = byte(in);
        feeder->live_phases = inputs & 15; // 8 and above make no sense
        feeder->contactor = inputs & 16;
        feeder->tripped = inputs & 32;
        feeder->leakage = inputs & 64;
        feeder->override = inputs & 128;
    }
    if (what & 8) take(in, &feeder->meter, sizeof feeder->meter);
    h->cabinet.mains = what & 16;
    h->cabinet.door = what & 32;
    h->cabinet.dark = what & 64;
    step(h, (dd_core_input){.kind = DD_INPUT_CABINET, .cabinet = &h->cabinet});
}

static void play(house *h, bytes *in) {
    uint8_t what = byte(in);
    uint32_t wait_ms = 0;
    take(in, &wait_ms, what & 8 ? 1 : what & 16 ? 3 : 0);
    h->now_ms += wait_ms;
    switch (what & 7) {
    case 0:
        if (h->deadline_ms != INT64_MAX && h->deadline_ms > h->now_ms) h->now_ms = h->deadline_ms;
        step(h, (dd_core_input){.kind = DD_INPUT_TIME});
        break;
    case 1:
    case 2:
        give_reply(h, in, what & 32 || (what & 7) == 1);
        break;
    case 3:
    case 4:
        give_order(h, in, what & 32 || (what & 7) == 3);
        break;
    case 5:
    case 6:
        give_cabinet(h, in);
        break;
    default:
        give_rest(h, in, what >> 5);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static house h;
    memset(&h, 0, sizeof h);
    bytes in = {data, data + size};
    dd_core_def def = dd_core_default_def();
    if (byte(&in) & 1) take(&in, &def, sizeof def);
    if (def.lamp_n == 0) def.lamp_n = byte(&in);
    for (int i = 0; i < DD_SEGMENT_LAMPS_MAX; i++)
        h.lamps[i] = (dd_core_lamp){.nominal_mw = 5000u * (uint32_t)(i % 20),
                                    .feeder = (uint8_t)(i % 6),
                                    .phase = (uint8_t)(i / 6 % 4)};
    dd_core_storage storage = {.lamps = h.lamps,
                               .outputs = h.outputs,
                               .spare = h.spare,
                               .timetable = &h.timetable,
                               .store = {&h, sizeof h.store, read_store, write_store}};
    if (byte(&in) & 1) take(&in, &h.timetable, sizeof h.timetable);
    dd_core_init(&h.core, &def, storage);
    if (byte(&in) & 1) step(&h, (dd_core_input){.kind = DD_INPUT_START});
    while (in.at < in.end)
        play(&h, &in);
    return 0;
}
