#include "models/mesh/stack/neighbour.h"

enum {
    PATH_COST_MAX = 32768,  // MAX_PATH_COST (RFC 6719, 5)
    LOST = 12 * DD_ETX_ONE, // what a unicast that was never acknowledged counts as
    FRESH_N = 2,            // so many unicasts are a measurement
    FRESH_TICKS = 429,      // an hour: at least one DAO goes out in that time
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

static bool stale(uint16_t clock, uint16_t at) {
    return (uint16_t)(clock - at) > FRESH_TICKS;
}

// Where a newcomer goes that would cost so much; NULL when all others are better.
static dd_neighbour *room(dd_neighbours *neighbours, const dd_net_figures *figures, uint16_t clock,
                          uint32_t cost, uint16_t keep) {
    if (neighbours->n < DD_NEIGHBOURS) return &neighbours->at[neighbours->n++];
    dd_neighbour *worst = NULL;
    for (int i = 0; i < DD_NEIGHBOURS; i++) {
        dd_neighbour *one = &neighbours->at[i];
        if (one->address == keep) continue;
        uint32_t its = stale(clock, one->heard_at) ? DD_COST_NONE : dd_neighbour_cost(one, figures);
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
    // A bad time long ago is forgiven, a good one is not forgotten.
    if (neighbour->sent_n && stale(clock, neighbour->sent_at)) neighbour->sent_n = 0;
    uint16_t guessed = neighbour->sent_n ? neighbour->etx : guess(figures, neighbour->rss_dbm);
    if (guessed < neighbour->etx) neighbour->etx = guessed;
    return neighbour;
}

bool dd_neighbour_sent(dd_neighbour *neighbour, uint16_t clock, uint8_t attempts) {
    int was = neighbour->etx, one = attempts ? attempts * DD_ETX_ONE : LOST;
    // The newest counts an eighth, a quarter while there are few. Shifts round down, so that a
    // perfect link comes to ETX 1 exactly.
    neighbour->etx = (uint16_t)(was + ((one - was) >> (neighbour->sent_n < FRESH_N ? 2 : 3)));
    if (neighbour->sent_n < FRESH_N) neighbour->sent_n++;
    neighbour->sent_at = clock;
    return neighbour->etx != was;
}

uint32_t dd_neighbour_cost(const dd_neighbour *neighbour, const dd_net_figures *figures) {
    uint32_t cost = (uint32_t)neighbour->rank + neighbour->etx;
    if (neighbour->rank == DD_RPL_INFINITE_RANK || neighbour->etx > figures->link_metric_max ||
        cost > PATH_COST_MAX)
        return DD_COST_NONE;
    return cost;
}

bool dd_neighbour_fresh(const dd_neighbour *neighbour, uint16_t clock) {
    return neighbour->sent_n >= FRESH_N && !stale(clock, neighbour->sent_at);
}

void dd_neighbours_unrank(dd_neighbours *neighbours) {
    for (int i = 0; i < neighbours->n; i++)
        neighbours->at[i].rank = DD_RPL_INFINITE_RANK;
}

void dd_neighbours_forget(dd_neighbours *neighbours, const dd_net_figures *figures) {
    dd_neighbours_unrank(neighbours);
    for (int i = 0; i < neighbours->n; i++) {
        neighbours->at[i].sent_n = 0;
        neighbours->at[i].etx = guess(figures, neighbours->at[i].rss_dbm);
    }
}
