#include "models/mesh/stack/net/output.h"

#include <string.h>

#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/stack/rpl/route.h"

enum {
    SALVAGES = 2,     // so often is a datagram that was not taken handed on again
    PAUSE_US = 50000, // a held one waits for so long at least, and thrice as long at most
    // Cookies: way, 1 + the place in dd_net's fragmented (0: whole), tries, and the fragments' tag.
    COOKIE_PLACE = 4,
    COOKIE_TRIES = 8,
    COOKIE_TAG = 16,
    COOKIE_MASK = 15,
};

void dd_output_refused(const dd_net_port *port, dd_refusal refusal, uint16_t from) {
    port->tell(port->context, &(dd_notice){.kind = DD_NOTICE_REFUSED, .a = refusal, .b = from});
}

void dd_output_dropped(const dd_net_port *port, dd_drop drop, uint16_t hop,
                       const dd_datagram *datagram) {
    port->tell(port->context,
               &(dd_notice){
                   .kind = DD_NOTICE_DROPPED, .a = (uint16_t)drop, .b = hop, .datagram = datagram});
}

static dd_lowpan_link link_to(const dd_net *net, uint16_t hop) {
    return (dd_lowpan_link){net->def.address, hop, net->def.prefix};
}

// Gives up a datagram in fragments, with a word unless it is all sent.
static void end(dd_net *net, const dd_net_port *port, dd_fragmented *fragmented, dd_drop drop) {
    dd_lowpan_link link = link_to(net, fragmented->hop);
    dd_datagram datagram;
    if (drop &&
        dd_iphc_read(&datagram, port->at(port->context, fragmented->buffer), fragmented->n, &link))
        dd_output_dropped(port, drop, fragmented->hop, &datagram);
    dd_fragmented_end(fragmented, port);
}

static void next(dd_net *net, const dd_net_port *port, dd_fragmented *fragmented) {
    uint8_t octets[UINT8_MAX];
    uint8_t n = dd_fragmented_next(fragmented, port, port->figures->frame_room, octets);
    uint32_t place = (uint32_t)(fragmented - net->fragmented) + 1;
    uint32_t cookie =
        fragmented->way | place << COOKIE_PLACE | (uint32_t)fragmented->tag << COOKIE_TAG;
    if (!n)
        end(net, port, fragmented, DD_DROP_NONE);
    else if (!port->send(port->context, &(dd_net_frame){fragmented->hop, octets, n, cookie}))
        end(net, port, fragmented, DD_DROP_QUEUE);
}

static void cut(dd_net *net, const dd_net_port *port, const dd_datagram *datagram, uint16_t hop,
                dd_way way, uint8_t tries) {
    dd_fragmented *free = NULL;
    for (int i = 0; i < DD_FRAGMENTED && !free; i++)
        if (!net->fragmented[i].buffer) free = &net->fragmented[i];
    dd_lowpan_link link = link_to(net, hop);
    uint32_t buffer = free && hop != DD_BROADCAST && datagram->payload_n <= DD_DATAGRAM_MAX
                          ? port->take(port->context)
                          : 0;
    if (!buffer) {
        dd_output_dropped(port, DD_DROP_FRAGMENT, hop, datagram);
        return;
    }
    uint8_t *octets = port->at(port->context, buffer);
    uint8_t n = dd_iphc_write(octets, DD_LOWPAN_HEADER_MAX, datagram, &link);
    memcpy(octets + n, datagram->payload, datagram->payload_n);
    *free = (dd_fragmented){
        .buffer = buffer,
        .n = (uint16_t)(n + datagram->payload_n),
        .size = (uint16_t)(dd_datagram_header_n(datagram) + datagram->payload_n),
        .tag = net->tag++,
        .hop = hop,
        .way = (uint8_t)way,
        .tries = tries,
    };
    next(net, port, free);
}

void dd_output(dd_net *net, const dd_net_port *port, const dd_datagram *datagram, uint16_t hop,
               dd_way way, uint8_t tries) {
    uint8_t octets[UINT8_MAX];
    dd_lowpan_link link = link_to(net, hop);
    uint8_t room = port->figures->frame_room;
    uint8_t n = dd_iphc_write(octets, room, datagram, &link);
    if (!n || n + datagram->payload_n > room) {
        cut(net, port, datagram, hop, way, tries);
        return;
    }
    memcpy(octets + n, datagram->payload, datagram->payload_n);
    n = (uint8_t)(n + datagram->payload_n);
    uint32_t cookie = (uint32_t)way | (uint32_t)tries << COOKIE_TRIES;
    if (!port->send(port->context, &(dd_net_frame){hop, octets, n, cookie}))
        dd_output_dropped(port, DD_DROP_QUEUE, hop, datagram);
}

void dd_output_up(dd_net *net, const dd_net_port *port, dd_datagram *datagram) {
    if (!datagram->rpl.present) datagram->rpl = (dd_rpl_option){.present = true};
    datagram->rpl.rank = net->dodag.rank;
    if (net->dodag.parent == DD_BROADCAST)
        dd_output_dropped(port, DD_DROP_NO_ROUTE, DD_BROADCAST, datagram);
    else
        dd_output(net, port, datagram, net->dodag.parent, DD_WAY_UP, 0);
}

void dd_output_down(dd_net *net, int64_t now_us, const dd_net_port *port, dd_datagram *datagram,
                    uint16_t lamp) {
    uint32_t now_s = (uint32_t)(now_us / 1000000);
    uint16_t hop = dd_route_find(port->routes, net->def.lamp_n, now_s, lamp, &datagram->route);
    datagram->destination = dd_ipv6_global(&net->def.prefix, hop ? hop : lamp);
    if (!hop)
        dd_output_dropped(port, DD_DROP_NO_ROUTE, DD_BROADCAST, datagram);
    else
        dd_output(net, port, datagram, hop, DD_WAY_DOWN, 0);
}

// Keeps a datagram for another time, when whatever disturbs is perhaps over. False: no room.
static bool hold(dd_net *net, int64_t now_us, const dd_net_port *port, const dd_datagram *datagram,
                 uint16_t hop, dd_way way, uint8_t tries) {
    uint32_t buffer = net->held.buffer ? 0 : port->take(port->context);
    if (!buffer) return false;
    uint8_t *octets = port->at(port->context, buffer);
    dd_lowpan_link link = link_to(net, hop);
    uint8_t n = dd_iphc_write(octets, DD_LOWPAN_HEADER_MAX, datagram, &link);
    memcpy(octets + n, datagram->payload, datagram->payload_n);
    net->held = (dd_held){.due_us = now_us + PAUSE_US + dd_net_draw(port, 2 * PAUSE_US),
                          .buffer = buffer,
                          .n = (uint16_t)(n + datagram->payload_n),
                          .hop = hop,
                          .way = (uint8_t)way,
                          .tries = tries};
    return true;
}

static void again(dd_net *net, const dd_net_port *port, dd_datagram *datagram, uint16_t hop,
                  dd_way way, uint8_t tries) {
    if (way == DD_WAY_UP) datagram->rpl.rank = net->dodag.rank;
    dd_output(net, port, datagram, hop, way, tries);
}

// A hop has not taken a datagram on its way up or down: another parent may at once, or the same hop
// after a pause, for a channel that was busy is so for others as well.
static void failed(dd_net *net, int64_t now_us, const dd_net_port *port, dd_datagram *datagram,
                   uint16_t hop, dd_way way, uint8_t tries, dd_drop drop) {
    uint16_t other = hop;
    if (way == DD_WAY_UP && drop == DD_DROP_NO_ACK)
        other = dd_dodag_instead(&net->dodag, port, hop);
    if (drop == DD_DROP_POWER || other == DD_BROADCAST || tries >= SALVAGES)
        dd_output_dropped(port, drop, hop, datagram);
    else if (other != hop || !hold(net, now_us, port, datagram, hop, way, tries + 1))
        again(net, port, datagram, other, way, tries + 1);
}

void dd_output_time(dd_net *net, int64_t now_us, const dd_net_port *port) {
    dd_held held = net->held;
    if (!held.buffer || now_us < held.due_us) return;
    net->held = (dd_held){0};
    dd_lowpan_link link = link_to(net, held.hop);
    dd_datagram datagram;
    uint16_t hop = held.way == DD_WAY_UP ? net->dodag.parent : held.hop;
    if (dd_iphc_read(&datagram, port->at(port->context, held.buffer), held.n, &link)) {
        if (hop == DD_BROADCAST)
            dd_output_dropped(port, DD_DROP_NO_ROUTE, held.hop, &datagram);
        else
            again(net, port, &datagram, hop, held.way, held.tries);
    }
    port->give(port->context, held.buffer);
}

static void sent_fragment(dd_net *net, int64_t now_us, const dd_net_port *port,
                          const dd_net_frame *frame, dd_drop drop) {
    uint32_t place = (frame->cookie >> COOKIE_PLACE & COOKIE_MASK) - 1;
    dd_fragmented *fragmented = &net->fragmented[place < DD_FRAGMENTED ? place : 0];
    if (!fragmented->buffer || fragmented->tag != frame->cookie >> COOKIE_TAG) return;
    if (!drop) {
        next(net, port, fragmented);
        return;
    }
    dd_fragmented over = *fragmented; // its place may be taken by the datagram's next try
    *fragmented = (dd_fragmented){0};
    dd_lowpan_link link = link_to(net, over.hop);
    dd_datagram datagram;
    if (dd_iphc_read(&datagram, port->at(port->context, over.buffer), over.n, &link))
        failed(net, now_us, port, &datagram, over.hop, over.way, over.tries, drop);
    port->give(port->context, over.buffer);
}

void dd_output_sent(dd_net *net, int64_t now_us, const dd_net_port *port, const dd_net_frame *frame,
                    dd_drop drop) {
    dd_way way = frame->cookie & COOKIE_MASK;
    if (frame->cookie >> COOKIE_PLACE & COOKIE_MASK) {
        sent_fragment(net, now_us, port, frame, drop);
        return;
    }
    if (!drop || (way != DD_WAY_UP && way != DD_WAY_DOWN)) return;
    dd_lowpan_link link = link_to(net, frame->destination);
    dd_datagram datagram;
    if (dd_iphc_read(&datagram, frame->octets, frame->n, &link))
        failed(net, now_us, port, &datagram, frame->destination, way,
               frame->cookie >> COOKIE_TRIES & COOKIE_MASK, drop);
}

void dd_output_stop(dd_net *net, const dd_net_port *port) {
    for (int i = 0; i < DD_FRAGMENTED; i++)
        if (net->fragmented[i].buffer) end(net, port, &net->fragmented[i], DD_DROP_POWER);
    if (!net->held.buffer) return;
    dd_lowpan_link link = link_to(net, net->held.hop);
    dd_datagram datagram;
    if (dd_iphc_read(&datagram, port->at(port->context, net->held.buffer), net->held.n, &link))
        dd_output_dropped(port, DD_DROP_POWER, net->held.hop, &datagram);
    port->give(port->context, net->held.buffer);
    net->held = (dd_held){0};
}
