#include "models/mesh/stack/net/mpl.h"

#include <string.h>

#include "models/mesh/stack/mac/frame.h"

enum { SEED_LIFETIME_S = 1800 }; // SEED_SET_ENTRY_LIFETIME (RFC 7731, 5.4)

static dd_trickle_figures figures(const dd_net_port *port) {
    return (dd_trickle_figures){.interval_min_us = port->figures->mpl_interval_ms * 1000,
                                .redundancy = port->figures->mpl_redundancy};
}

bool dd_mpl_new(dd_mpl *mpl, int64_t now_us, uint16_t seed, uint8_t sequence) {
    uint32_t now_s = (uint32_t)(now_us / 1000000);
    if (!mpl->window || seed != mpl->seed || now_s - mpl->since_s > SEED_LIFETIME_S) {
        mpl->seed = seed;
        mpl->newest = sequence;
        mpl->window = 0;
    }
    mpl->since_s = now_s;
    uint8_t ahead = (uint8_t)(sequence - mpl->newest), behind = (uint8_t)(mpl->newest - sequence);
    if (ahead > 0 && ahead < 128) {
        mpl->window = ahead < DD_MPL_WINDOW ? mpl->window << ahead : 0;
        mpl->newest = sequence;
        behind = 0;
    }
    if (behind >= DD_MPL_WINDOW || (mpl->window >> behind & 1)) return false;
    mpl->window |= UINT32_C(1) << behind;
    return true;
}

void dd_mpl_again(dd_mpl *mpl, uint8_t sequence) {
    for (int i = 0; i < DD_MPL_MESSAGES; i++)
        if (mpl->messages[i].buffer && mpl->messages[i].sequence == sequence)
            dd_trickle_consistent(&mpl->messages[i].trickle);
}

static void done(dd_mpl_message *message, const dd_net_port *port) {
    port->give(port->context, message->buffer);
    *message = (dd_mpl_message){0};
}

// A free place, or that of the oldest.
static dd_mpl_message *place(dd_mpl *mpl, const dd_net_port *port, uint8_t sequence) {
    dd_mpl_message *oldest = &mpl->messages[0];
    for (int i = 0; i < DD_MPL_MESSAGES; i++) {
        dd_mpl_message *message = &mpl->messages[i];
        if (!message->buffer) return message;
        if ((uint8_t)(sequence - message->sequence) > (uint8_t)(sequence - oldest->sequence))
            oldest = message;
    }
    done(oldest, port);
    return oldest;
}

void dd_mpl_keep(dd_mpl *mpl, int64_t now_us, const dd_net_port *port, uint8_t sequence,
                 const uint8_t *octets, uint8_t n) {
    dd_mpl_message *message = place(mpl, port, sequence);
    uint32_t buffer = port->take(port->context);
    if (!buffer) return;
    memcpy(port->at(port->context, buffer), octets, n);
    *message = (dd_mpl_message){.buffer = buffer, .n = n, .sequence = sequence};
    dd_trickle_figures trickle = figures(port);
    dd_trickle_start(&message->trickle, &trickle, now_us, port);
}

int64_t dd_mpl_deadline(const dd_mpl *mpl) {
    int64_t deadline_us = DD_NET_NEVER;
    for (int i = 0; i < DD_MPL_MESSAGES; i++)
        if (mpl->messages[i].buffer)
            deadline_us = dd_net_sooner(deadline_us, mpl->messages[i].trickle.next_us);
    return deadline_us;
}

void dd_mpl_time(dd_mpl *mpl, int64_t now_us, const dd_net_port *port, uint32_t cookie) {
    dd_trickle_figures trickle = figures(port);
    for (int i = 0; i < DD_MPL_MESSAGES; i++) {
        dd_mpl_message *message = &mpl->messages[i];
        if (!message->buffer || now_us < message->trickle.next_us) continue;
        bool expiration = message->trickle.rest_us > 0; // t has come, rather than the end
        if (dd_trickle_time(&message->trickle, &trickle, now_us, port)) {
            const uint8_t *octets = port->at(port->context, message->buffer);
            port->send(port->context, &(dd_net_frame){DD_BROADCAST, octets, message->n, cookie});
        }
        if (expiration && ++message->expirations >= port->figures->mpl_transmissions)
            done(message, port);
    }
}

void dd_mpl_stop(dd_mpl *mpl, const dd_net_port *port) {
    for (int i = 0; i < DD_MPL_MESSAGES; i++)
        if (mpl->messages[i].buffer) done(&mpl->messages[i], port);
    *mpl = (dd_mpl){0};
}
