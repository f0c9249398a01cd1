#define _DEFAULT_SOURCE // usbredirproto.h
#include "tests/usb/cdc_acm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <usbredirparser.h>

// USB 2.0, chapter 9, and its class CDC, subclass PSTN (ACM), 1.2.
enum {
    GET_DESCRIPTOR = 6,
    SET_LINE_CODING = 0x20,
    GET_LINE_CODING = 0x21,
    TYPE_DEVICE = 1,
    TYPE_CONFIGURATION = 2,
    TYPE_STRING = 3,
    CLASS_CONTROL = 2, // communications
    CLASS_DATA = 10,
    SUBCLASS_ACM = 2,
    NOTIFY_IN = 0x81,
    DATA_OUT = 0x02,
    DATA_IN = 0x82,
    PACKET = 512, // bulk at high speed
    READS_MAX = 64
};

typedef struct reading {
    uint64_t id;
    struct usb_redir_bulk_packet_header header;
} reading;

struct dd_cdc_acm {
    struct usbredirparser *parser;
    dd_cdc_acm_def def;
    bool greeted, wanted, plugged, gone;
    uint8_t coding[7];        // the line's: 115200 8N1, kept as the driver sets it
    reading reads[READS_MAX]; // bulk reads that QEMU waits for, oldest first
    size_t read_n;
};

// --- Descriptors ---

static const uint8_t configuration[] = {
    9,
    TYPE_CONFIGURATION,
    67,
    0,
    2,
    1,
    0,
    0x80,
    50, // bus-powered, 100 mA
    9,
    4,
    0,
    0,
    1,
    CLASS_CONTROL,
    SUBCLASS_ACM,
    1,
    0, //
    5,
    0x24,
    0,
    0x10,
    0x01, // header, CDC 1.10
    5,
    0x24,
    1,
    0,
    1, // call management
    4,
    0x24,
    2,
    2, // ACM: line coding and state
    5,
    0x24,
    6,
    0,
    1, // union of both interfaces
    7,
    5,
    NOTIFY_IN,
    3,
    16,
    0,
    8, //
    9,
    4,
    1,
    0,
    2,
    CLASS_DATA,
    0,
    0,
    0, //
    7,
    5,
    DATA_OUT,
    2,
    PACKET & 0xFF,
    PACKET >> 8,
    0, //
    7,
    5,
    DATA_IN,
    2,
    PACKET & 0xFF,
    PACKET >> 8,
    0, //
};

static int device_descriptor(const dd_cdc_acm *it, uint8_t *out) {
    const uint8_t octets[] = {18,
                              TYPE_DEVICE,
                              0,
                              2,
                              CLASS_CONTROL,
                              0,
                              0,
                              64,
                              (uint8_t)it->def.vid,
                              (uint8_t)(it->def.vid >> 8),
                              (uint8_t)it->def.pid,
                              (uint8_t)(it->def.pid >> 8),
                              0,
                              1,
                              1, // strings: maker, product, serial
                              2,
                              3,
                              1};
    memcpy(out, octets, sizeof octets);
    return sizeof octets;
}

static int string_descriptor(const dd_cdc_acm *it, unsigned index, uint8_t *out) {
    const char *const texts[] = {"", "Dom Dom", it->def.product, it->def.serial};
    if (index > 3) return -1;
    const char *text = texts[index];
    int n = 2;
    if (index == 0) { // the languages: English
        out[n++] = 0x09;
        out[n++] = 0x04;
    }
    for (; *text && n < 254; text++) {
        out[n++] = (uint8_t)*text;
        out[n++] = 0;
    }
    out[0] = (uint8_t)n;
    out[1] = TYPE_STRING;
    return n;
}

// -1: there is none.
static int descriptor(const dd_cdc_acm *it, unsigned value, uint8_t out[256]) {
    switch (value >> 8) {
    case TYPE_DEVICE:
        return device_descriptor(it, out);
    case TYPE_CONFIGURATION:
        memcpy(out, configuration, sizeof configuration);
        return sizeof configuration;
    case TYPE_STRING:
        return string_descriptor(it, value & 0xFF, out);
    default:
        return -1;
    }
}

// --- What QEMU asks ---

static void control(void *priv, uint64_t id, struct usb_redir_control_packet_header *header,
                    uint8_t *data, int n) {
    dd_cdc_acm *it = priv;
    uint8_t answer[256];
    int length = 0;
    bool in = header->endpoint & 0x80;
    header->status = usb_redir_success;
    if (header->requesttype == 0x80 && header->request == GET_DESCRIPTOR) {
        length = descriptor(it, header->value, answer);
    } else if (header->request == GET_LINE_CODING) {
        memcpy(answer, it->coding, length = sizeof it->coding);
    } else if (header->request == SET_LINE_CODING && n == (int)sizeof it->coding) {
        memcpy(it->coding, data, sizeof it->coding);
    } else if (in) {
        length = -1;
    }
    if (length < 0) header->status = usb_redir_stall;
    if (length > header->length) length = header->length;
    if (in) header->length = length > 0 ? (uint16_t)length : 0;
    usbredirparser_send_control_packet(it->parser, id, header, in && length > 0 ? answer : NULL,
                                       in && length > 0 ? length : 0);
    usbredirparser_free_packet_data(it->parser, data);
}

static void write_all(int fd, const uint8_t *octets, int n) {
    while (n > 0) {
        ssize_t some = write(fd, octets, (size_t)n);
        if (some < 0 && errno == EAGAIN)
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 100);
        else if (some <= 0)
            return; // a board that is dead takes nothing
        else
            octets += some, n -= (int)some;
    }
}

static void bulk(void *priv, uint64_t id, struct usb_redir_bulk_packet_header *header,
                 uint8_t *data, int n) {
    dd_cdc_acm *it = priv;
    if (header->endpoint == DATA_IN && it->read_n < READS_MAX) {
        it->reads[it->read_n++] = (reading){.id = id, .header = *header};
    } else {
        write_all(it->def.board, data, n);
        header->status = usb_redir_success;
        usbredirparser_send_bulk_packet(it->parser, id, header, NULL, 0);
    }
    usbredirparser_free_packet_data(it->parser, data);
}

static void forget_read(dd_cdc_acm *it, size_t i) {
    it->read_n--;
    memmove(&it->reads[i], &it->reads[i + 1], (it->read_n - i) * sizeof it->reads[0]);
}

static void cancel(void *priv, uint64_t id) {
    dd_cdc_acm *it = priv;
    for (size_t i = 0; i < it->read_n; i++) {
        if (it->reads[i].id != id) continue;
        struct usb_redir_bulk_packet_header header = it->reads[i].header;
        header.status = usb_redir_cancelled;
        header.length = header.length_high = 0;
        usbredirparser_send_bulk_packet(it->parser, id, &header, NULL, 0);
        forget_read(it, i);
        return;
    }
}

static void set_configuration(void *priv, uint64_t id,
                              struct usb_redir_set_configuration_header *wanted) {
    dd_cdc_acm *it = priv;
    struct usb_redir_configuration_status_header status = {.status = usb_redir_success,
                                                           .configuration = wanted->configuration};
    usbredirparser_send_configuration_status(it->parser, id, &status);
}

static void get_configuration(void *priv, uint64_t id) {
    dd_cdc_acm *it = priv;
    struct usb_redir_configuration_status_header status = {.status = usb_redir_success,
                                                           .configuration = 1};
    usbredirparser_send_configuration_status(it->parser, id, &status);
}

static void set_alternative(void *priv, uint64_t id,
                            struct usb_redir_set_alt_setting_header *wanted) {
    dd_cdc_acm *it = priv;
    struct usb_redir_alt_setting_status_header status = {.status = wanted->alt ? usb_redir_inval
                                                                               : usb_redir_success,
                                                         .interface = wanted->interface};
    usbredirparser_send_alt_setting_status(it->parser, id, &status);
}

static void get_alternative(void *priv, uint64_t id,
                            struct usb_redir_get_alt_setting_header *wanted) {
    dd_cdc_acm *it = priv;
    struct usb_redir_alt_setting_status_header status = {.status = usb_redir_success,
                                                         .interface = wanted->interface};
    usbredirparser_send_alt_setting_status(it->parser, id, &status);
}

// It never has anything to notify.
static void start_notifying(void *priv, uint64_t id,
                            struct usb_redir_start_interrupt_receiving_header *wanted) {
    dd_cdc_acm *it = priv;
    struct usb_redir_interrupt_receiving_status_header status = {.status = usb_redir_success,
                                                                 .endpoint = wanted->endpoint};
    usbredirparser_send_interrupt_receiving_status(it->parser, id, &status);
}

static void stop_notifying(void *priv, uint64_t id,
                           struct usb_redir_stop_interrupt_receiving_header *wanted) {
    dd_cdc_acm *it = priv;
    struct usb_redir_interrupt_receiving_status_header status = {.status = usb_redir_success,
                                                                 .endpoint = wanted->endpoint};
    usbredirparser_send_interrupt_receiving_status(it->parser, id, &status);
}

static void reset(void *priv) {
    dd_cdc_acm *it = priv;
    it->read_n = 0;
}

static void acknowledged(void *priv) {
    (void)priv;
}

static void filter(void *priv, struct usbredirfilter_rule *rules, int n) {
    (void)priv, (void)n;
    free(rules);
}

// --- Plugging ---

static void tell_endpoints(dd_cdc_acm *it) {
    struct usb_redir_interface_info_header interfaces = {
        .interface_count = 2,
        .interface = {0, 1},
        .interface_class = {CLASS_CONTROL, CLASS_DATA},
        .interface_subclass = {SUBCLASS_ACM},
        .interface_protocol = {1},
    };
    struct usb_redir_ep_info_header pipes = {0};
    memset(pipes.type, usb_redir_type_invalid, sizeof pipes.type);
    pipes.type[0] = pipes.type[16] = usb_redir_type_control; // from 16 on: towards QEMU
    pipes.max_packet_size[0] = pipes.max_packet_size[16] = 64;
    pipes.type[2] = pipes.type[18] = usb_redir_type_bulk;
    pipes.max_packet_size[2] = pipes.max_packet_size[18] = PACKET;
    pipes.interface[2] = pipes.interface[18] = 1;
    pipes.type[17] = usb_redir_type_interrupt;
    pipes.max_packet_size[17] = 16;
    pipes.interval[17] = 8;
    usbredirparser_send_interface_info(it->parser, &interfaces);
    usbredirparser_send_ep_info(it->parser, &pipes);
}

static void see_to_plug(dd_cdc_acm *it) {
    if (!it->greeted || it->wanted == it->plugged) return;
    if (it->wanted) {
        struct usb_redir_device_connect_header device = {.speed = usb_redir_speed_high,
                                                         .device_class = CLASS_CONTROL,
                                                         .vendor_id = it->def.vid,
                                                         .product_id = it->def.pid,
                                                         .device_version_bcd = 0x0100};
        tell_endpoints(it);
        usbredirparser_send_device_connect(it->parser, &device);
    } else {
        usbredirparser_send_device_disconnect(it->parser);
        it->read_n = 0;
    }
    it->plugged = it->wanted;
}

static void hello(void *priv, struct usb_redir_hello_header *header) {
    dd_cdc_acm *it = priv;
    (void)header;
    it->greeted = true;
    see_to_plug(it);
}

void dd_cdc_acm_plug(dd_cdc_acm *device, bool in) {
    device->wanted = in;
    see_to_plug(device);
}

// --- The wires ---

static int read_redir(void *priv, uint8_t *data, int count) {
    dd_cdc_acm *it = priv;
    ssize_t n = read(it->def.redir, data, (size_t)count);
    if (n > 0) return (int)n;
    if (n < 0 && errno == EAGAIN) return 0;
    it->gone = true;
    return -1;
}

static int write_redir(void *priv, uint8_t *data, int count) {
    dd_cdc_acm *it = priv;
    ssize_t n = write(it->def.redir, data, (size_t)count);
    if (n >= 0) return (int)n;
    if (errno == EAGAIN) return 0;
    it->gone = true;
    return -1;
}

static void log_nothing(void *priv, int level, const char *text) {
    (void)priv, (void)level, (void)text;
}

dd_cdc_acm *dd_cdc_acm_open(const dd_cdc_acm_def *def) {
    dd_cdc_acm *it = calloc(1, sizeof *it);
    uint32_t caps[USB_REDIR_CAPS_SIZE] = {0};
    if (!it || !(it->parser = usbredirparser_create())) return free(it), NULL;
    it->def = *def;
    memcpy(it->coding, (const uint8_t[]){0x00, 0xC2, 0x01, 0x00, 0, 0, 8}, sizeof it->coding);
    fcntl(def->redir, F_SETFL, O_NONBLOCK);
    fcntl(def->board, F_SETFL, O_NONBLOCK);
    struct usbredirparser *parser = it->parser;
    parser->priv = it;
    parser->log_func = log_nothing;
    parser->read_func = read_redir;
    parser->write_func = write_redir;
    parser->hello_func = hello;
    parser->reset_func = reset;
    parser->set_configuration_func = set_configuration;
    parser->get_configuration_func = get_configuration;
    parser->set_alt_setting_func = set_alternative;
    parser->get_alt_setting_func = get_alternative;
    parser->start_interrupt_receiving_func = start_notifying;
    parser->stop_interrupt_receiving_func = stop_notifying;
    parser->cancel_data_packet_func = cancel;
    parser->filter_filter_func = filter;
    parser->device_disconnect_ack_func = acknowledged;
    parser->control_packet_func = control;
    parser->bulk_packet_func = bulk;
    usbredirparser_caps_set_cap(caps, usb_redir_cap_connect_device_version);
    usbredirparser_caps_set_cap(caps, usb_redir_cap_ep_info_max_packet_size);
    usbredirparser_caps_set_cap(caps, usb_redir_cap_device_disconnect_ack);
    usbredirparser_caps_set_cap(caps, usb_redir_cap_64bits_ids);
    usbredirparser_caps_set_cap(caps, usb_redir_cap_32bits_bulk_length);
    usbredirparser_init(parser, "domdom", caps, USB_REDIR_CAPS_SIZE, usbredirparser_fl_usb_host);
    return it;
}

void dd_cdc_acm_close(dd_cdc_acm *device) {
    if (!device) return;
    usbredirparser_destroy(device->parser);
    close(device->def.redir);
    close(device->def.board);
    free(device);
}

void dd_cdc_acm_poll(const dd_cdc_acm *device, struct pollfd pollers[2]) {
    bool writes = usbredirparser_has_data_to_write(device->parser) > 0;
    bool reads = !device->plugged || device->read_n > 0;
    pollers[0] = (struct pollfd){.fd = device->def.redir,
                                 .events = (short)(POLLIN | (writes ? POLLOUT : 0))};
    pollers[1] = (struct pollfd){.fd = reads ? device->def.board : -1, .events = POLLIN};
}

static void pass_on(dd_cdc_acm *it) {
    uint8_t octets[PACKET];
    while (!it->plugged && read(it->def.board, octets, sizeof octets) > 0)
        ;
    while (it->plugged && it->read_n > 0) {
        reading *first = &it->reads[0];
        size_t room = first->header.length < PACKET ? first->header.length : PACKET;
        ssize_t n = read(it->def.board, octets, room);
        if (n <= 0) return;
        first->header.status = usb_redir_success;
        first->header.length = (uint16_t)n;
        first->header.length_high = 0;
        usbredirparser_send_bulk_packet(it->parser, first->id, &first->header, octets, (int)n);
        forget_read(it, 0);
    }
}

bool dd_cdc_acm_pump(dd_cdc_acm *device) {
    usbredirparser_do_read(device->parser);
    pass_on(device);
    if (usbredirparser_has_data_to_write(device->parser) > 0)
        usbredirparser_do_write(device->parser);
    return !device->gone;
}
