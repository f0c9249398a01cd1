#include "models/mesh/stack/rpl/neighbour.h"

enum {
    PATH_COST_MAX = 32768,     // MAX_PATH_COST (RFC 6719, 5)
    LOST = 12 * DD_ETX_ONE,    // what a unicast that was never acknowledged counts as
    ETX_MAX = 16 * DD_ETX_ONE, // worse than this is all the same
    FRESH_N = 2,               // so many unicasts are a measurement
    FRESH_TICKS = 429,         // an hour: at least one DAO goes out in that time
    FORGIVEN_TICKS = 14,       // two minutes
};

dd_neighbour *dd_neighbour_find(dd_neighbours *neighbours, uint16_t address) {
    for (int i = 0; i < neighbours->n; i++)
        if (neighbours->at[i].address == address) return &neighbours->at[i];
    return NULL;
}

static uint16_t guess(const dd_net_figures *figures, int8_t rss_dbm) {
    int sure = figures->rss_sure_dbm, edge = figures->rss_edge_dbm;
    if (rss_dbm >= sure) return DD_ETX_ONE;
    if (rss_dbm <= edge) return 3 * DD_ETX_ONE;
    return (uint16_t)(DD_ETX_ONE + 2 * DD_ETX_ONE * (sure - rss_dbm) / (sure - edge));
}

static bool older(uint16_t clock, uint16_t at, int ticks) {
    return (uint16_t)(clock - at) > ticks;
}

// Where a newcomer goes that would cost so much; NULL when all others are better.
static dd_neighbour *room(dd_neighbours *neighbours, const dd_net_figures *figures, uint16_t clock,
                          uint32_t cost, uint16_t keep) {
    if (neighbours->n < DD_NEIGHBOURS) return &neighbours->at[neighbours->n++];
    dd_neighbour *worst = NULL;
    for (int i = 0; i < DD_NEIGHBOURS; i++) {
        dd_neighbour *one = &neighbours->at[i];
        if (one->address == keep) continue;
        uint32_t its = older(clock, one->heard_at, FRESH_TICKS) ? DD_COST_NONE
                                                                : dd_neighbour_cost(one, figures);
        if (its <= cost) continue;
        worst = one;
        cost = its;
    }
    return worst;
}

dd_neighbour *dd_neighbour_heard(dd_neighbours *neighbours, const dd_net_figures *figures,
                                 uint16_t clock, uint16_t address, uint16_t rank, int8_t rss_dbm,
                                 uint16_t keep) {
    dd_neighbour *neighbour = dd_neighbour_find(neighbours, address);
    if (!neighbour) {
        dd_neighbour fresh = {.address = address,
                              .rank = rank,
                              .etx = guess(figures, rss_dbm),
                              .heard_at = clock,
                              .rss_dbm = rss_dbm};
        uint32_t cost = dd_neighbour_cost(&fresh, figures);
        if (cost != DD_COST_NONE) neighbour = room(neighbours, figures, clock, cost, keep);
        if (neighbour) *neighbour = fresh;
        return neighbour;
    }
    neighbour->rank = rank;
    neighbour->heard_at = clock;
    neighbour->rss_dbm = (int8_t)(neighbour->rss_dbm + (rss_dbm - neighbour->rss_dbm) / 4);
    // A bad time is forgiven after a while, a good one is not forgotten.
    bool bad = neighbour->etx > figures->link_metric_max;
    if (older(clock, neighbour->sent_at, bad ? FORGIVEN_TICKS : FRESH_TICKS)) neighbour->sent_n = 0;
    uint16_t guessed = guess(figures, neighbour->rss_dbm);
    if (!neighbour->sent_n && guessed < neighbour->etx) neighbour->etx = guessed;
    return neighbour;
}

bool dd_neighbour_sent(dd_neighbour *neighbour, uint16_t clock, uint8_t attempts,
                       bool acknowledged) {
    // One that was given up would have taken as many attempts again as any other.
    int was = neighbour->etx, one = attempts * DD_ETX_ONE + (acknowledged ? 0 : was);
    if (one > ETX_MAX) one = ETX_MAX;
    // The newest counts an eighth, a quarter while there are few. Shifts round down, so that a
    // perfect link comes to ETX 1 exactly.
    bool few = neighbour->sent_n < FRESH_N;
    neighbour->etx = (uint16_t)(was + ((one - was) >> (few ? 2 : 3)));
    if (few) neighbour->sent_n++;
    neighbour->sent_at = clock;
    return few || neighbour->etx != was;
}

uint32_t dd_neighbour_cost(const dd_neighbour *neighbour, const dd_net_figures *figures) {
    uint32_t cost = (uint32_t)neighbour->rank + neighbour->etx;
    if (neighbour->rank == DD_RPL_INFINITE_RANK || neighbour->etx > figures->link_metric_max ||
        cost > PATH_COST_MAX)
        return DD_COST_NONE;
    return cost;
}

bool dd_neighbour_fresh(const dd_neighbour *neighbour, uint16_t clock) {
    return neighbour->sent_n >= FRESH_N && !older(clock, neighbour->sent_at, FRESH_TICKS);
}

bool dd_neighbour_silent(const dd_neighbour *neighbour, uint16_t clock) {
    return older(clock, neighbour->sent_at, DD_NEIGHBOUR_SILENT);
}

void dd_neighbours_unrank(dd_neighbours *neighbours) {
    for (int i = 0; i < neighbours->n; i++)
        neighbours->at[i].rank = DD_RPL_INFINITE_RANK;
}
