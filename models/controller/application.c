#include "models/controller/application.h"

#include "models/controller/core/random.h"

// --- What its CoAP endpoint calls ---

static void step_core(dd_application *it, const dd_core_input *input);

static void send_datagram(void *context, uint16_t lamp, const uint8_t *octets, uint16_t n) {
    const dd_application *it = context;
    dd_response response = {.kind = DD_RESPONSE_DATAGRAM, .lamp = lamp, .n = n, .octets = octets};
    it->responder->take(it->responder->context, &response);
}

static void hear_reply(void *context, const dd_node_reply *reply) {
    step_core(context, &(dd_core_input){.kind = DD_INPUT_REPLY, .reply = reply});
}

static void hear_silence(void *context, uint16_t lamp, uint8_t token) {
    step_core(context, &(dd_core_input){.kind = DD_INPUT_SILENT, .lamp = lamp, .token = token});
}

static uint32_t draw_word(void *context) {
    dd_application *it = context;
    return it->random = dd_xorshift(it->random);
}

static dd_coap_client_port port_of(dd_application *it) {
    return (dd_coap_client_port){.context = it,
                                 .send = send_datagram,
                                 .reply = hear_reply,
                                 .silent = hear_silence,
                                 .draw = draw_word};
}

// --- What its core says ---

static void respond(const dd_application *it, dd_response_kind kind, uint8_t value) {
    dd_response response = {.kind = (uint8_t)kind, .value = value};
    it->responder->take(it->responder->context, &response);
}

static void say(const dd_application *it, const dd_word *word) {
    uint8_t octets[DD_LINE_OCTETS];
    size_t n = it->codec.put_word(word, octets);
    dd_response response = {.kind = DD_RESPONSE_LINE, .n = (uint16_t)n, .octets = octets};
    it->responder->take(it->responder->context, &response);
}

static void carry_out(dd_application *it, const dd_core_output *output) {
    dd_coap_client_port port = port_of(it);
    switch ((dd_core_output_kind)output->kind) {
    case DD_OUTPUT_REQUEST:
        it->coap_due_ms = dd_coap_client_request(&it->coap, it->now_ms, &port, &output->request);
        break;
    case DD_OUTPUT_WORD:
        say(it, &output->word);
        break;
    case DD_OUTPUT_CONTACTOR:
        respond(it, DD_RESPONSE_CONTACTORS, output->closed);
        break;
    case DD_OUTPUT_READ_CABINET:
        respond(it, DD_RESPONSE_LOOK, 0);
        break;
    case DD_OUTPUT_FIRMWARE:
        respond(it, DD_RESPONSE_BOOT, output->boot);
        break;
    }
}

// A request to a lamp calls nobody back, so what the core has said stays while it is carried out.
static void step_core(dd_application *it, const dd_core_input *input) {
    it->core_due_ms = dd_core_step(&it->core, it->now_ms, input);
    for (uint16_t i = 0; i < it->core.output_n; i++)
        carry_out(it, &it->core.storage.outputs[i]);
}

// --- What it hears ---

static void hear_datagram(dd_application *it, const dd_stimulus *stimulus) {
    uint32_t garbage = it->coap.garbage;
    dd_coap_client_port port = port_of(it);
    it->coap_due_ms = dd_coap_client_receive(&it->coap, it->now_ms, &port, stimulus->lamp,
                                             stimulus->octets, stimulus->n);
    if (it->coap.garbage != garbage) step_core(it, &(dd_core_input){.kind = DD_INPUT_GARBAGE});
}

// What is no message comes to the core as an order of no kind, which it counts as garbage.
static void hear_line(dd_application *it, const dd_stimulus *stimulus) {
    dd_order order;
    if (!it->codec.get_order(stimulus->octets, stimulus->n, &order)) order = (dd_order){0};
    step_core(it, &(dd_core_input){.kind = DD_INPUT_ORDER, .order = &order});
}

static void hear_time(dd_application *it) {
    if (it->now_ms >= it->coap_due_ms) {
        dd_coap_client_port port = port_of(it);
        it->coap_due_ms = dd_coap_client_time(&it->coap, it->now_ms, &port);
    }
    step_core(it, &(dd_core_input){.kind = DD_INPUT_TIME});
}

static void hear(dd_application *it, const dd_stimulus *stimulus) {
    switch (stimulus->kind) {
    case DD_STIMULUS_START:
        step_core(it, &(dd_core_input){.kind = DD_INPUT_START});
        break;
    case DD_STIMULUS_TIME:
        hear_time(it);
        break;
    case DD_STIMULUS_DATAGRAM:
        hear_datagram(it, stimulus);
        break;
    case DD_STIMULUS_LINE:
        hear_line(it, stimulus);
        break;
    case DD_STIMULUS_CABINET:
        step_core(it, &(dd_core_input){.kind = DD_INPUT_CABINET, .cabinet = stimulus->cabinet});
        break;
    default: // it has no mesh stack: frames mean nothing to it
        step_core(it, &(dd_core_input){.kind = DD_INPUT_GARBAGE});
    }
}

// --- For whoever houses it ---

// Another sequence than the core's from the same seed, and soon unlike that of the next seed, which
// xorshift's alone would not be (the steps are those of MurmurHash3's finalizer); never zero.
static uint32_t random_of(uint32_t seed) {
    seed ^= seed >> 16;
    seed *= 0x85EBCA6Bu;
    seed ^= seed >> 13;
    seed *= 0xC2B2AE35u;
    seed ^= seed >> 16;
    return seed ? seed : 1;
}

void dd_application_init(dd_application *application, const dd_core_def *core,
                         const dd_coap_client_def *coap, dd_core_storage storage,
                         dd_line_codec codec) {
    dd_core_init(&application->core, core, storage);
    dd_coap_client_init(&application->coap, coap);
    application->core_due_ms = application->coap_due_ms = INT64_MAX;
    application->now_ms = 0;
    application->codec = codec;
    application->responder = NULL;
    application->random = random_of(application->core.def.random_seed);
}

int64_t dd_application_step(dd_application *application, int64_t uptime_ms,
                            const dd_stimulus *stimulus, const dd_responder *responder) {
    if (uptime_ms > application->now_ms) application->now_ms = uptime_ms;
    application->responder = responder;
    hear(application, stimulus);
    application->responder = NULL;
    return application->core_due_ms < application->coap_due_ms ? application->core_due_ms
                                                               : application->coap_due_ms;
}
