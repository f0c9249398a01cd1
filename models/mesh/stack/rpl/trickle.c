#include "models/mesh/stack/rpl/trickle.h"

void dd_trickle_stop(dd_trickle *trickle) {
    *trickle = (dd_trickle){.next_us = DD_NET_NEVER};
}

static uint32_t interval(const dd_trickle *trickle, const dd_trickle_figures *figures) {
    uint64_t us = (uint64_t)figures->interval_min_us << trickle->doubled;
    return us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

// RFC 6206, 4.2, 2: t lies in the second half of the interval.
static void begin(dd_trickle *trickle, const dd_trickle_figures *figures, int64_t at_us,
                  const dd_net_port *port) {
    uint32_t whole = interval(trickle, figures);
    uint32_t t = whole / 2 + dd_net_draw(port, whole / 2);
    trickle->heard = 0;
    trickle->next_us = at_us + t;
    trickle->rest_us = whole - t;
}

void dd_trickle_start(dd_trickle *trickle, const dd_trickle_figures *figures, int64_t now_us,
                      const dd_net_port *port) {
    trickle->doubled = 0;
    begin(trickle, figures, now_us, port);
}

void dd_trickle_settle(dd_trickle *trickle, const dd_trickle_figures *figures, int64_t now_us,
                       const dd_net_port *port) {
    trickle->doubled = figures->doublings;
    uint32_t whole = interval(trickle, figures), gone = dd_net_draw(port, whole);
    begin(trickle, figures, now_us - gone, port);
    if (trickle->next_us > now_us) return;
    trickle->next_us = now_us + (whole - gone);
    trickle->rest_us = 0;
}

void dd_trickle_consistent(dd_trickle *trickle) {
    if (trickle->heard < UINT8_MAX) trickle->heard++;
}

void dd_trickle_inconsistent(dd_trickle *trickle, const dd_trickle_figures *figures, int64_t now_us,
                             const dd_net_port *port) {
    if (trickle->next_us == DD_NET_NEVER || trickle->doubled > 0)
        dd_trickle_start(trickle, figures, now_us, port);
}

bool dd_trickle_time(dd_trickle *trickle, const dd_trickle_figures *figures, int64_t now_us,
                     const dd_net_port *port) {
    if (trickle->rest_us) {
        trickle->next_us = now_us + trickle->rest_us;
        trickle->rest_us = 0;
        return !figures->redundancy || trickle->heard < figures->redundancy;
    }
    if (trickle->doubled < figures->doublings) trickle->doubled++;
    begin(trickle, figures, now_us, port);
    return false;
}
