// What a segment controller does for its city, as seen on the wire: it talks with its centre, asks
// its lamps, keeps an update that is cut off. The battery plays the centre.
#include "hil/battery/cases.h"
#include "models/backhaul/wire.h"

#include <inttypes.h>
#include <string.h>

#define SECOND_US UINT64_C(1000000)
enum { ORDERS = 32, IMAGE_OCTETS = 5000, CAMPAIGN = 77 };

// The centre, and what it has heard.
typedef struct dd_centre {
    size_t order_n;
    dd_order orders[ORDERS];       // to be sent
    uint32_t words[DD_WORD_KINDS]; // heard, by kind
    dd_word last[DD_WORD_KINDS];
    uint32_t happenings[DD_HAPPENINGS];
    uint32_t blocks; // that were asked for
    uint32_t datagrams[DD_TRIAL_LAMPS + 1], strays;
    bool senseless; // octets came that are no word
    bool mute;      // answers nothing
    dd_image image;
    uint8_t payload[IMAGE_OCTETS];
} dd_centre;

static bool controls(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    return dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_COMMISSION) ||
           dd_trial_skip(trial,
                         "the board is not commissioned by the twin: what it controls is its own");
}

static void order(dd_centre *centre, dd_order it) {
    if (centre->order_n < ORDERS) centre->orders[centre->order_n++] = it;
}

static void serve_blocks(dd_centre *centre, const dd_word *word) {
    for (uint32_t i = 0; i < word->entry_n; i++) {
        dd_order it = {.kind = DD_ORDER_BLOCK, .number = word->number};
        it.block.block = (uint32_t)word->value + i;
        it.block.n =
            (uint16_t)dd_image_block_n(&centre->image, it.block.block, DD_LINE_BLOCK_OCTETS);
        memcpy(it.block.octets, centre->payload + it.block.block * DD_LINE_BLOCK_OCTETS,
               it.block.n);
        centre->blocks++;
        order(centre, it);
    }
}

static void hear_word(dd_centre *centre, const dd_word *word) {
    centre->words[word->kind]++;
    centre->last[word->kind] = *word;
    if (word->kind == DD_WORD_EVENT) centre->happenings[word->happening] += !word->over;
    if (centre->mute) return;
    if (word->kind == DD_WORD_HELLO)
        order(centre, (dd_order){.kind = DD_ORDER_WELCOME, .number = word->number});
    else if (word->kind == DD_WORD_FETCH)
        serve_blocks(centre, word);
    else
        order(centre, (dd_order){.kind = DD_ORDER_ACK, .sequence = word->sequence});
}

static void hear_message(dd_centre *centre, const Hil__Message *message) {
    dd_word word;
    if (message->what_case == HIL__MESSAGE__WHAT_LINE) {
        const ProtobufCBinaryData *octets = &message->line->octets;
        if (dd_wire_get_word(octets->data, octets->len, &word))
            hear_word(centre, &word);
        else
            centre->senseless = true;
    }
    if (message->what_case != HIL__MESSAGE__WHAT_DATAGRAM) return;
    const Hil__Datagram *it = message->datagram;
    bool coap = it->octets.len >= 4 && it->octets.data[0] >> 6 == 1; // RFC 7252, 3: version 1
    if (it->lamp <= DD_TRIAL_LAMPS && coap)
        centre->datagrams[it->lamp]++;
    else
        centre->strays++;
}

static void hear_answer(dd_trial *trial, dd_centre *centre) {
    for (size_t f = 0; f < trial->answer.frame_n; f++)
        for (size_t m = 0; m < trial->answer.frames[f]->n_messages; m++)
            hear_message(centre, trial->answer.frames[f]->messages[m]);
}

static bool send_order(dd_trial *trial, dd_centre *centre) {
    uint8_t octets[DD_WIRE_MAX];
    Hil__Message message = dd_trial_message();
    Hil__Line line = HIL__LINE__INIT;
    line.octets = (ProtobufCBinaryData){dd_wire_put_order(&centre->orders[0], octets), octets};
    message.what_case = HIL__MESSAGE__WHAT_LINE;
    message.line = &line;
    memmove(centre->orders, centre->orders + 1, --centre->order_n * sizeof(dd_order));
    return dd_trial_grant(trial, trial->uptime_us + 1000, &message);
}

// Centre and board talk, until an uptime; `enough` blocks: it breaks off there.
static bool talk(dd_trial *trial, dd_centre *centre, uint64_t until_us, uint32_t enough) {
    hear_answer(trial, centre);
    for (int i = 0; i < 3000 && !(enough && centre->blocks >= enough); i++) {
        uint64_t due = trial->answer.due_us;
        if (!centre->order_n && (!due || due > until_us)) return true;
        if (!(centre->order_n ? send_order(trial, centre) : dd_trial_due(trial))) return false;
        hear_answer(trial, centre);
    }
    return true;
}

// --- The line ---

static bool greets_centre(dd_trial *trial) {
    dd_centre centre = {.mute = true};
    if (!controls(trial) || !dd_trial_work_in_step(trial) ||
        !talk(trial, &centre, 300 * SECOND_US, 0))
        return false;
    if (centre.senseless)
        return dd_trial_fail(trial, "octets came for the centre that are no Word of wire.proto");
    return centre.words[DD_WORD_HELLO] >= 2 ||
           dd_trial_fail(trial,
                         "in five minutes without an answer it asked the centre %" PRIu32
                         " times for a session",
                         centre.words[DD_WORD_HELLO]);
}

static bool keeps_session(dd_trial *trial) {
    dd_centre centre = {0};
    if (!controls(trial) || !dd_trial_work_in_step(trial) ||
        !talk(trial, &centre, 600 * SECOND_US, 0))
        return false;
    uint32_t said = 0;
    for (int kind = DD_WORD_HELLO + 1; kind < DD_WORD_KINDS; kind++)
        said += centre.words[kind];
    if (centre.senseless)
        return dd_trial_fail(trial, "octets came for the centre that are no Word of wire.proto");
    return said > 0 ||
           dd_trial_fail(trial, "with a session, it said nothing to the centre for ten minutes");
}

static bool tells_of_its_supply(dd_trial *trial) {
    dd_centre centre = {0};
    Hil__Message message = dd_trial_message();
    Hil__Inputs inputs = HIL__INPUTS__INIT;
    Hil__Feeder feeder = HIL__FEEDER__INIT, *feeders[] = {&feeder};
    message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    message.inputs = &inputs;
    inputs.feeders = feeders;
    inputs.n_feeders = 1;
    if (!controls(trial) || !dd_trial_work_in_step(trial)) return false;
    inputs.mains = 1;
    feeder.live_phases = 7;
    if (!talk(trial, &centre, 60 * SECOND_US, 0) ||
        !dd_trial_grant(trial, trial->uptime_us + 1000, &message) ||
        !talk(trial, &centre, 120 * SECOND_US, 0))
        return false;
    inputs.mains = 0;
    feeder.live_phases = 0;
    if (!dd_trial_grant(trial, trial->uptime_us + 1000, &message) ||
        !talk(trial, &centre, 300 * SECOND_US, 0))
        return false;
    return centre.happenings[DD_ON_BATTERY] ||
           dd_trial_fail(trial,
                         "its mains failed: within three minutes it did not tell the centre");
}

// --- The mesh ---

static bool asks_its_lamps(dd_trial *trial) {
    dd_centre centre = {0};
    if (!controls(trial) || !dd_trial_work_in_step(trial) ||
        !talk(trial, &centre, 2000 * SECOND_US, 0))
        return false;
    if (centre.strays)
        return dd_trial_fail(trial,
                             "%" PRIu32 " Datagrams are no CoAP, or of lamps that there are not",
                             centre.strays);
    for (int lamp = 1; lamp <= DD_TRIAL_LAMPS; lamp++)
        if (!centre.datagrams[lamp])
            return dd_trial_fail(trial, "poll_period_s is 900: in 2,000 s it asked lamp %d nothing",
                                 lamp);
    return true;
}

static bool carries_out(dd_trial *trial) {
    dd_centre centre = {0};
    if (!controls(trial) || !dd_trial_work_in_step(trial) ||
        !talk(trial, &centre, 30 * SECOND_US, 0))
        return false;
    uint32_t before = 0, after = 0;
    for (int lamp = 0; lamp <= DD_TRIAL_LAMPS; lamp++)
        before += centre.datagrams[lamp];
    order(&centre,
          (dd_order){
              .kind = DD_ORDER_OVERRIDE, .number = 5, .level_pm = 500, .lamp_n = 1, .lamps = {2}});
    if (!talk(trial, &centre, 60 * SECOND_US, 0)) return false;
    for (int lamp = 0; lamp <= DD_TRIAL_LAMPS; lamp++)
        after += centre.datagrams[lamp];
    return after > before ||
           dd_trial_fail(
               trial,
               "the centre ordered lamp 2 to half its light: within 30 s nothing went to any lamp");
}

// --- An update ---

static void offer(dd_centre *centre) {
    for (int i = 0; i < IMAGE_OCTETS; i++)
        centre->payload[i] = (uint8_t)(i * 31 + i / 256);
    centre->image = (dd_image){.target = DD_IMAGE_CONTROLLER,
                               .hardware = DD_HARDWARE_CONTROLLER,
                               .version = 9,
                               .size = IMAGE_OCTETS};
    dd_sha256 sha;
    dd_sha256_begin(&sha);
    dd_sha256_add(&sha, centre->payload, IMAGE_OCTETS);
    dd_sha256_end(&sha, centre->image.digest);
    dd_order it = {.kind = DD_ORDER_UPDATE, .number = CAMPAIGN};
    it.update.action = DD_UPDATE_OFFER;
    dd_image_write(it.update.header, &centre->image);
    order(centre, it);
}

static bool cut_in_update(dd_trial *trial) {
    dd_centre centre = {0};
    trial->keep_store = true;
    trial->store.size = DD_LENT_STORE_SIZE;
    const uint32_t blocks = (IMAGE_OCTETS + DD_LINE_BLOCK_OCTETS - 1) / DD_LINE_BLOCK_OCTETS;
    if (!controls(trial) || !dd_trial_work_in_step(trial) ||
        !talk(trial, &centre, 30 * SECOND_US, 0))
        return false;
    offer(&centre);
    if (!talk(trial, &centre, 600 * SECOND_US, blocks / 2)) return false;
    if (!centre.blocks) return dd_trial_skip(trial, "it takes no firmware by the line");
    centre.order_n = 0; // what is under way is lost, and so is all that is not in its store
    if (!dd_trial_work_in_step(trial) || !talk(trial, &centre, 900 * SECOND_US, 0)) return false;
    const dd_update_word *update = &centre.last[DD_WORD_UPDATE].update;
    if (update->phase != DD_UPDATE_READY)
        return dd_trial_fail(trial,
                             "its supply failed in mid-update: 15 minutes later the update is in "
                             "phase %u (result %u), not ready",
                             update->phase, update->result);
    return centre.blocks <= 2 * blocks ||
           dd_trial_fail(trial, "for an image of %" PRIu32 " blocks it asked for %" PRIu32, blocks,
                         centre.blocks);
}

static const dd_case cases[] = {
    {1201, "it asks the centre for a session, and asks again",
     "else the centre never hears of it: Line carries Words of wire.proto", greets_centre},
    {1202, "it talks with the centre that has welcomed it", "keep-alives, its clock, readings",
     keeps_session},
    {1203, "it tells the centre that its mains failed",
     "its last gasp: a dead feeder and a dead line must look different", tells_of_its_supply},
    {1204, "it asks each of its lamps", "poll_period_s: CoAP to the node of each", asks_its_lamps},
    {1205, "it carries out the centre's orders", "an override reaches the lamps by Datagrams",
     carries_out},
    {1206, "a supply that fails in mid-update",
     "what has come is kept; the rest is fetched; the image is believed by its digest",
     cut_in_update},
    {0},
};

const dd_case_group dd_cases_control = {"a controller's work", "Messages of domdom.proto", cases};
