// The controller's CoAP client and the lamps' servers, and between them a way that loses, repeats
// and delays datagrams.
#include "engine/random.h"
#include "models/mesh/stack/coap/coap_client.h"
#include "models/mesh/stack/coap/coap_server.h"
#include "tests/any_calendar.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

enum { LAMPS = 8, MAIL = 256, SECOND = 1000 };

typedef struct mail {
    int64_t at_ms;
    uint16_t lamp, n;
    bool up, group;
    uint8_t octets[DD_COAP_DATAGRAM_MAX];
} mail;

typedef struct lamp {
    dd_coap_server server;
    uint8_t body[DD_LAMP_BODY_MAX];
    bool body_taken, no_body, gone;
    uint32_t acted_n, heard_n; // requests done, datagrams that came
    uint16_t level_pm;
    dd_node_request last;
    dd_light_calendar calendar;
} lamp;

typedef struct bench {
    dd_coap_client client;
    lamp lamps[LAMPS + 1];
    mail mails[MAIL];
    int mail_n;
    int64_t now_ms, deadline_ms, way_ms, slow_ms;
    uint32_t lose_up_pct, lose_down_pct, repeat_pct;
    uint64_t draw_n;
    uint32_t sent_n, group_n, reply_n, silent_n, report_n;
    int64_t sent_ms[64];
    dd_node_reply last;
    uint16_t silent_lamp;
    uint8_t silent_token;
} bench;

static bench b;

static uint32_t draw_word(void *context) {
    (void)context;
    return dd_random(1, 2, 6, b.draw_n++).v[0];
}

static bool chance(uint32_t pct) {
    return dd_uniform(draw_word(NULL), 100) < pct;
}

static void post(bool up, bool group, uint16_t number, const uint8_t *octets, uint16_t n) {
    if (chance(up ? b.lose_up_pct : b.lose_down_pct) || b.lamps[number].gone) return;
    for (int copies = chance(b.repeat_pct) ? 2 : 1; copies > 0; copies--) {
        cr_assert(b.mail_n < MAIL && n <= DD_COAP_DATAGRAM_MAX);
        mail *letter = &b.mails[b.mail_n++];
        *letter = (mail){b.now_ms + b.way_ms + copies, number, n, up, group, {0}};
        if (b.slow_ms) letter->at_ms += dd_uniform(draw_word(NULL), (uint32_t)b.slow_ms);
        memcpy(letter->octets, octets, n);
    }
}

// --- The client's port ---

static void send_down(void *context, uint16_t number, const uint8_t *octets, uint16_t n) {
    (void)context;
    if (number == DD_EVERY_LAMP) {
        b.group_n++;
        for (uint16_t i = 1; i <= LAMPS; i++)
            post(false, true, i, octets, n);
        return;
    }
    if (b.sent_n < DD_COUNT(b.sent_ms)) b.sent_ms[b.sent_n] = b.now_ms;
    b.sent_n++;
    post(false, false, number, octets, n);
}

static void hear_reply(void *context, const dd_node_reply *reply) {
    (void)context;
    b.last = *reply;
    if (reply->kind == DD_NODE_REPORT)
        b.report_n++;
    else
        b.reply_n++;
}

static void hear_silence(void *context, uint16_t number, uint8_t token) {
    (void)context;
    b.silent_n++;
    b.silent_lamp = number;
    b.silent_token = token;
}

static const dd_coap_client_port client_port = {
    .send = send_down, .reply = hear_reply, .silent = hear_silence, .draw = draw_word};

// --- A lamp's port ---

static void send_up(void *context, uint16_t destination, const uint8_t *octets, uint16_t n) {
    const lamp *it = context;
    cr_expect(eq(u16, destination, 0));
    post(true, false, it->server.lamp, octets, n);
}

static dd_reading act(void *context, const dd_node_request *request) {
    lamp *it = context;
    cr_expect(eq(u16, request->lamp, it->server.lamp));
    if (request->kind != DD_NODE_READ || request->clock_ms) it->acted_n++;
    if (request->kind == DD_NODE_OVERRIDE) it->level_pm = request->level_pm;
    if (request->kind != DD_NODE_READ) it->last = *request;
    if (request->kind == DD_NODE_CALENDAR) it->calendar = *request->calendar;
    return (dd_reading){.lamp = request->lamp, .level_pm = it->level_pm, .voltage_dv = 2200};
}

static uint32_t take(void *context) {
    lamp *it = context;
    cr_expect(not(it->body_taken), "one a lamp");
    it->body_taken = !it->no_body;
    return it->body_taken;
}

static uint8_t *at(void *context, uint32_t buffer) {
    lamp *it = context;
    cr_expect(it->body_taken && buffer == 1);
    return it->body;
}

static void give(void *context, uint32_t buffer) {
    lamp *it = context;
    cr_expect(it->body_taken && buffer == 1);
    it->body_taken = false;
}

static dd_coap_server_port port_of(lamp *it) {
    return (dd_coap_server_port){
        .context = it, .send = send_up, .act = act, .take = take, .at = at, .give = give};
}

// --- Time ---

static void deliver(int index) {
    mail letter = b.mails[index];
    b.mails[index] = b.mails[--b.mail_n];
    if (letter.up) {
        b.deadline_ms = dd_coap_client_receive(&b.client, b.now_ms, &client_port, letter.lamp,
                                               letter.octets, letter.n);
        return;
    }
    lamp *it = &b.lamps[letter.lamp];
    dd_coap_server_port port = port_of(it);
    it->heard_n++;
    dd_coap_server_receive(&it->server, b.now_ms, &port, 0, letter.group, letter.octets, letter.n);
}

static void run(int64_t span_ms) {
    int64_t end_ms = b.now_ms + span_ms;
    for (;;) {
        int first = -1;
        for (int i = 0; i < b.mail_n; i++)
            if (first < 0 || b.mails[i].at_ms < b.mails[first].at_ms) first = i;
        int64_t mail_ms = first < 0 ? INT64_MAX : b.mails[first].at_ms;
        int64_t next_ms = mail_ms < b.deadline_ms ? mail_ms : b.deadline_ms;
        if (next_ms > end_ms) break;
        b.now_ms = next_ms;
        if (mail_ms == next_ms)
            deliver(first);
        else
            b.deadline_ms = dd_coap_client_time(&b.client, b.now_ms, &client_port);
        cr_assert(gt(i64, b.deadline_ms, b.now_ms));
    }
    b.now_ms = end_ms;
}

static void make(void) {
    b = (bench){.way_ms = 100, .deadline_ms = INT64_MAX, .now_ms = 1000};
    dd_coap_client_def def = {.ack_timeout_ms = 2000, .max_retransmit = 4, .first_id = 65530};
    dd_coap_client_init(&b.client, &def);
    for (uint16_t i = 1; i <= LAMPS; i++)
        dd_coap_server_init(&b.lamps[i].server, i, (uint16_t)(65533 + i));
}

static void ask(dd_node_request request) {
    if (request.retries == 0) request.retries = DD_RETRIES_USUAL;
    b.deadline_ms = dd_coap_client_request(&b.client, b.now_ms, &client_port, &request);
}

// --- Exchanges ---

Test(coap_endpoint, a_reading) {
    make();
    b.lamps[3].level_pm = 456;
    ask((dd_node_request){.lamp = 3, .kind = DD_NODE_READ, .token = 77});
    run(SECOND);
    cr_expect(eq(u32, b.reply_n, 1));
    cr_expect(b.last.lamp == 3 && b.last.kind == DD_NODE_READ && b.last.token == 77);
    cr_expect(eq(u16, b.last.reading.level_pm, 456));
    cr_expect(eq(i64, b.deadline_ms, INT64_MAX), "nothing is left to wait for");
    run(1000 * SECOND);
    cr_expect(eq(u32, b.sent_n, 1));
}

// RFC 7252, 4.2: the first wait is between ACK_TIMEOUT and 1.5 times that, each one twice the last.
Test(coap_endpoint, patience_doubles) {
    make();
    b.lamps[1].gone = true;
    ask((dd_node_request){.lamp = 1, .kind = DD_NODE_READ, .token = 5});
    run(100 * SECOND);
    cr_assert(eq(u32, b.sent_n, 5));
    int64_t wait_ms = b.sent_ms[1] - b.sent_ms[0];
    cr_expect(wait_ms >= 2000 && wait_ms <= 3000);
    for (int i = 1; i < 4; i++)
        cr_expect(eq(i64, b.sent_ms[i + 1] - b.sent_ms[i], wait_ms << i));
    cr_expect(eq(u32, b.silent_n, 1));
    cr_expect(b.silent_lamp == 1 && b.silent_token == 5);
    cr_expect(eq(i64, dd_coap_lifetime_ms(&b.client.def), 247 * SECOND), "RFC 7252, 4.8.2");
}

Test(coap_endpoint, a_request_may_have_less_patience) {
    make();
    b.lamps[1].gone = true;
    ask((dd_node_request){.lamp = 1, .kind = DD_NODE_READ, .retries = 1});
    run(10 * SECOND);
    cr_expect(eq(u32, b.sent_n, 2));
    cr_expect(eq(u32, b.silent_n, 1));
}

Test(coap_endpoint, a_repeated_request_is_done_once_and_answered_again) {
    make();
    b.lose_up_pct = 100;
    ask((dd_node_request){.lamp = 2, .kind = DD_NODE_OVERRIDE, .level_pm = 300});
    run(9 * SECOND);
    b.lose_up_pct = 0;
    run(60 * SECOND);
    cr_expect(eq(u32, b.lamps[2].acted_n, 1));
    cr_expect(ge(u16, b.lamps[2].server.repeated, 2));
    cr_expect(eq(u32, b.reply_n, 1));
    cr_expect(eq(u16, b.last.reading.level_pm, 300));
    cr_expect(eq(u32, b.silent_n, 0));
}

// However often it was sent, a lamp is told the time as it is then.
Test(coap_endpoint, the_time_is_never_told_late) {
    make();
    b.lose_down_pct = 100;
    ask((dd_node_request){.lamp = 2, .kind = DD_NODE_RESUME, .clock_ms = 5000000 + b.now_ms});
    run(20 * SECOND);
    b.lose_down_pct = 0;
    run(60 * SECOND);
    cr_expect(eq(u32, b.reply_n, 1));
    cr_assert(b.sent_n == 4 || b.sent_n == 5, "%u", b.sent_n);
    cr_expect(eq(i64, b.lamps[2].last.clock_ms, 5000000 + b.sent_ms[b.sent_n - 1]));
}

static dd_light_calendar full;

static dd_node_request long_request(uint16_t number) {
    full = full_calendar();
    return (dd_node_request){.lamp = number, .kind = DD_NODE_CALENDAR, .calendar = &full};
}

Test(coap_endpoint, a_long_calendar_goes_in_blocks) {
    make();
    ask(long_request(4));
    run(5 * SECOND);
    cr_expect(eq(u32, b.sent_n, 11));
    cr_expect(eq(u32, b.lamps[4].acted_n, 1));
    cr_expect(memcmp(&b.lamps[4].calendar, &full, sizeof full) == 0);
    cr_expect(eq(u32, b.reply_n, 1));
    cr_expect(not(b.lamps[4].body_taken));
}

// The lamp does not get half of one and half of the other.
Test(coap_endpoint, a_calendar_that_changes_on_its_way_is_refused) {
    make();
    ask(long_request(4));
    run(b.way_ms * 5);
    full.rules[DD_CALENDAR_RULES - 1].program = 2;
    dd_light_calendar_seal(&full);
    run(5 * SECOND);
    cr_expect(eq(u32, b.lamps[4].acted_n, 0));
    cr_expect(eq(u32, b.silent_n, 1));
    cr_expect(eq(u32, b.client.refused, 1));
    ask((dd_node_request){.lamp = 4, .kind = DD_NODE_CALENDAR, .calendar = &full});
    run(5 * SECOND);
    cr_expect(eq(u32, b.lamps[4].acted_n, 1));
}

Test(coap_endpoint, a_lamp_without_room_or_off_in_the_middle_is_silent) {
    make();
    b.lamps[4].no_body = true;
    ask(long_request(4));
    run(SECOND);
    cr_expect(eq(u32, b.silent_n, 1));
    cr_expect(eq(u32, b.client.refused, 1));
    b.lamps[4].no_body = false;
    ask(long_request(4));
    run(250);
    dd_coap_server_port port = port_of(&b.lamps[4]);
    cr_expect(b.lamps[4].body_taken);
    dd_coap_server_stop(&b.lamps[4].server, &port);
    dd_coap_server_init(&b.lamps[4].server, 4, 9);
    cr_expect(not(b.lamps[4].body_taken));
    run(SECOND);
    cr_expect(eq(u32, b.silent_n, 2), "4.08: the first block is not there");
    ask(long_request(4));
    run(5 * SECOND);
    cr_expect(eq(u32, b.reply_n, 1));
}

// On the worst of ways, what ends well has been done, exactly once; each request has one end.
Test(coap_endpoint, a_bad_way) {
    make();
    b.lose_up_pct = b.lose_down_pct = 30;
    b.repeat_pct = 30;
    b.slow_ms = 1500;
    uint32_t asked_n = 0;
    for (int round = 0; round < 500; round++) {
        for (uint16_t i = 1; i <= 4; i++) {
            lamp *it = &b.lamps[i];
            uint32_t acted_n = it->acted_n, replies = b.reply_n, silences = b.silent_n;
            dd_node_request request = long_request(i);
            full.program_n = full.rule_n = full.default_program = 1; // three blocks
            dd_light_calendar_seal(&full);
            if (round % 2)
                request = (dd_node_request){
                    .lamp = i, .kind = DD_NODE_OVERRIDE, .level_pm = (uint16_t)round};
            request.token = (uint8_t)++asked_n;
            ask(request);
            run(300 * SECOND);
            cr_assert(eq(u32, b.reply_n + b.silent_n, replies + silences + 1));
            if (b.reply_n > replies) cr_assert(eq(u32, it->acted_n, acted_n + 1));
            cr_assert(le(u32, it->acted_n, acted_n + 1));
        }
    }
    cr_expect(gt(u32, b.reply_n, asked_n * 9 / 10), "%u of %u", b.reply_n, asked_n);
    cr_expect(eq(u32, b.client.garbage, 0));
}

Test(coap_endpoint, more_requests_than_places_drop_the_oldest) {
    make();
    for (uint16_t i = 1; i <= LAMPS; i++) {
        b.lamps[i].gone = true;
        ask((dd_node_request){.lamp = i, .kind = DD_NODE_READ, .token = (uint8_t)i});
    }
    ask((dd_node_request){.lamp = LAMPS, .kind = DD_NODE_READ, .token = 99});
    run(100 * SECOND);
    cr_expect(eq(u32, b.silent_n, DD_COAP_EXCHANGES));
    cr_expect(eq(u32, b.sent_n, LAMPS - DD_COAP_EXCHANGES + 1 + 5 * DD_COAP_EXCHANGES));
}

// --- Groups and reports ---

Test(coap_endpoint, a_group_hears_and_does_not_answer) {
    make();
    ask((dd_node_request){.kind = DD_NODE_OVERRIDE, .level_pm = 250});
    run(10 * SECOND);
    cr_expect(eq(u32, b.group_n, 1));
    for (int i = 1; i <= LAMPS; i++)
        cr_expect(eq(u16, b.lamps[i].level_pm, 250));
    cr_expect(eq(u32, b.reply_n + b.silent_n, 0));
    cr_expect(eq(u32, b.client.strays, 0));
    ask((dd_node_request){.kind = DD_NODE_READ});
    ask(long_request(DD_EVERY_LAMP));
    run(SECOND);
    cr_expect(eq(u32, b.group_n, 1), "nothing to read from all at once, and no blocks to all");
}

Test(coap_endpoint, reports_are_taken_once) {
    make();
    b.repeat_pct = 50;
    for (int round = 0; round < 20; round++) {
        for (int i = 1; i <= LAMPS; i++) {
            dd_coap_server_port port = port_of(&b.lamps[i]);
            dd_reading reading = {.lamp = (uint16_t)i, .level_pm = (uint16_t)round};
            dd_coap_server_report(&b.lamps[i].server, &port, &reading);
        }
        run(SECOND);
        cr_expect(eq(u16, b.last.reading.level_pm, (uint16_t)round));
    }
    cr_expect(eq(u32, b.report_n, 20 * LAMPS));
    cr_expect(gt(u32, b.client.repeated, 20 * LAMPS / 3));
    cr_expect(eq(u32, b.reply_n + b.client.garbage + b.client.strays, 0));
}

// --- What others may send ---

// To the client, from lamp 1.
static void hear(dd_coap message) {
    uint8_t octets[DD_COAP_DATAGRAM_MAX];
    uint16_t n = dd_coap_write(octets, sizeof octets, &message);
    b.deadline_ms = dd_coap_client_receive(&b.client, b.now_ms, &client_port, 1, octets, n);
}

static dd_coap reading_of(dd_coap_type type, uint16_t id, uint8_t token, uint8_t body[]) {
    dd_coap message = dd_coap_make(type, DD_COAP_CONTENT, id);
    message.token_n = 1;
    message.token[0] = token;
    dd_lamp_write_reading(&message, body, &(dd_reading){.level_pm = 100});
    return message;
}

Test(coap_endpoint, a_response_that_comes_by_itself) {
    uint8_t body[DD_LAMP_BODY_MAX];
    make();
    b.lamps[1].gone = true;
    ask((dd_node_request){.lamp = 1, .kind = DD_NODE_READ, .token = 5});
    hear(dd_coap_make(DD_COAP_ACK, DD_COAP_EMPTY, 65530));
    run(30 * SECOND);
    cr_expect(eq(u32, b.sent_n, 1), "acknowledged: not sent again");
    hear(reading_of(DD_COAP_CON, 700, 6, body));
    cr_expect(eq(u32, b.client.strays, 1), "another token, so a reset");
    hear(reading_of(DD_COAP_CON, 701, 5, body));
    cr_expect(eq(u32, b.reply_n, 1));
    cr_expect(eq(u32, b.sent_n, 3), "a reset and an acknowledgement");
}

Test(coap_endpoint, an_acknowledgement_without_a_response_is_no_answer) {
    make();
    b.lamps[1].gone = true;
    ask((dd_node_request){.lamp = 1, .kind = DD_NODE_READ, .token = 5});
    hear(dd_coap_make(DD_COAP_ACK, DD_COAP_EMPTY, 65530));
    run(92 * SECOND); // MAX_TRANSMIT_WAIT is 93 s
    cr_expect(eq(u32, b.silent_n, 0));
    run(2 * SECOND);
    cr_expect(eq(u32, b.silent_n, 1));
}

Test(coap_endpoint, what_does_not_match_is_no_answer) {
    uint8_t body[DD_LAMP_BODY_MAX];
    make();
    b.lamps[1].gone = true;
    ask((dd_node_request){.lamp = 1, .kind = DD_NODE_READ, .token = 5});
    hear(reading_of(DD_COAP_ACK, 65531, 5, body));         // another ID
    hear(reading_of(DD_COAP_ACK, 65530, 6, body));         // another token
    hear(dd_coap_make(DD_COAP_RST, DD_COAP_EMPTY, 1));     // of something else
    hear(dd_coap_make(DD_COAP_NON, DD_COAP_EMPTY, 65530)); // says nothing
    cr_expect(eq(u32, b.client.strays, 4));
    cr_expect(eq(u32, b.reply_n + b.silent_n, 0));
    hear(dd_coap_make(DD_COAP_RST, DD_COAP_EMPTY, 65530));
    cr_expect(eq(u32, b.silent_n, 1));
}

static dd_coap heard_back;
static bool heard;

static void catch_answer(void *context, uint16_t destination, const uint8_t *octets, uint16_t n) {
    static uint8_t kept[DD_COAP_DATAGRAM_MAX];
    (void)context, (void)destination;
    memcpy(kept, octets, n);
    heard = dd_coap_read(&heard_back, kept, n);
}

// What lamp 1 answers to a message.
static const dd_coap *answer_to(dd_coap message, bool group) {
    uint8_t octets[DD_COAP_DATAGRAM_MAX];
    dd_coap_server_port port = port_of(&b.lamps[1]);
    port.send = catch_answer;
    uint16_t n = dd_coap_write(octets, sizeof octets, &message);
    heard = false;
    dd_coap_server_receive(&b.lamps[1].server, b.now_ms, &port, 0, group, octets, n);
    return heard ? &heard_back : NULL;
}

static dd_coap links(uint16_t id) {
    dd_coap message = dd_coap_make(DD_COAP_CON, DD_COAP_GET, id);
    message.path_n = 2;
    message.path[0] = (dd_coap_text){".well-known", 11};
    message.path[1] = (dd_coap_text){"core", 4};
    return message;
}

Test(coap_endpoint, links_come_in_blocks) {
    for (uint8_t exponent = 0; exponent <= 6; exponent++) {
        char got[512] = "";
        make();
        dd_coap message = links(1);
        message.block2 = (dd_coap_block){.present = exponent > 0, .exponent = exponent};
        bool more = true;
        for (uint32_t number = 0; more; number++, message.id++) {
            const dd_coap *answer = answer_to(message, false);
            cr_assert(answer && answer->code == DD_COAP_CONTENT && answer->block2.number == number);
            cr_expect(eq(u16, answer->content_format, DD_COAP_LINK_FORMAT));
            strncat(got, (const char *)answer->payload, answer->payload_n);
            more = answer->block2.more;
            message.block2 = answer->block2;
            message.block2.number++;
        }
        cr_expect(strcmp(got, dd_lamp_links) == 0, "%s", got);
        cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_BAD_REQUEST), "beyond the end");
    }
}

Test(coap_endpoint, a_lamp_refuses_what_it_must) {
    make();
    dd_coap message = links(1);
    message.path_n = 1;
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_NOT_FOUND));
    message = links(2);
    message.code = DD_COAP_PUT;
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_NOT_ALLOWED));
    message = links(3);
    message.accept = DD_COAP_CBOR;
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_NOT_ACCEPTABLE));
    message = links(4);
    message.no_response = 2;
    const dd_coap *answer = answer_to(message, false);
    cr_expect(answer && answer->code == DD_COAP_EMPTY && answer->type == DD_COAP_ACK);
    message.type = DD_COAP_NON;
    message.id = 5;
    cr_expect_null(answer_to(message, false));
    cr_expect_null(answer_to(links(6), true), "a group is asked non-confirmably");
    answer = answer_to(dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 7), false); // "ping"
    cr_expect(answer && answer->type == DD_COAP_RST && answer->id == 7);
    cr_expect_null(answer_to(dd_coap_make(DD_COAP_ACK, DD_COAP_EMPTY, 8), false));
    cr_expect(eq(u16, b.lamps[1].server.refused, 4));
}

Test(coap_endpoint, block_by_block_as_the_rfc_has_it) {
    static const uint8_t noise[DD_COAP_BLOCK] = {0};
    make();
    dd_coap message = dd_coap_make(DD_COAP_CON, DD_COAP_PUT, 1);
    message.path[message.path_n++] = (dd_coap_text){"calendar", 8};
    message.content_format = DD_COAP_CBOR;
    message.block1 = (dd_coap_block){.present = true, .more = true, .exponent = 2, .number = 1};
    message.payload = noise;
    message.payload_n = sizeof noise;
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_INCOMPLETE), "the first is missing");
    message.id++;
    message.block1.number = 0;
    const dd_coap *answer = answer_to(message, false);
    cr_expect(eq(u8, answer->code, DD_COAP_CONTINUE));
    cr_expect(answer->block1.present && answer->block1.more && answer->block1.number == 0);
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_CONTINUE), "the same again");
    message.id++;
    message.block1.number = DD_LAMP_BODY_MAX / DD_COAP_BLOCK;
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_TOO_LARGE));
    message.id++;
    message.block1.number = 0;
    message.size1 = DD_LAMP_BODY_MAX + 1;
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_TOO_LARGE), "it says so itself");
    message.size1 = 0;
    message.id++;
    message.block1.number = 1;
    message.payload_n = 60; // more follow a block that is not whole
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_BAD_REQUEST));
    message.id++;
    message.block1 = (dd_coap_block){.present = true, .exponent = 2, .number = 0};
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_BAD_REQUEST), "no calendar");
    cr_expect(eq(u8, answer_to(message, false)->code, DD_COAP_BAD_REQUEST), "still none");
    cr_expect(not(b.lamps[1].body_taken));
}
