#include "models/mesh/survey/tree.h"
#include "engine/random.h"
#include "models/mesh/stack/mac/frame.h"

enum {
    ETX_ONE = 128, // expected transmissions are counted in 1/128 (RFC 6551)
    ETX_MAX = 512, // MAX_LINK_METRIC: weaker links are none (RFC 6719, section 5)
    FADES = 64,    // that stand for all of them
    STEP_CDB = 10, // between rows
};

// A node learns a link's expected transmissions from many, and so from all fades.
void dd_etx_table_build(dd_etx_table *table, const dd_radio_tables *radio, unsigned octets,
                        int32_t fade_cdb, int32_t margin_cdb) {
    const uint32_t step = UINT32_MAX / FADES;
    for (int32_t row = 0; row < DD_ETX_ROWS; row++) {
        uint64_t sum_ppm = 0;
        for (uint32_t i = 0; i < FADES; i++) {
            int32_t snr = DD_ETX_FROM_CDB + STEP_CDB * row - margin_cdb +
                          fade_cdb * dd_normal_milli(i * step + step / 2) / 1000;
            uint64_t data = dd_radio_success_ppm(radio, snr, octets);
            uint64_t ack = dd_radio_success_ppm(radio, snr, DD_FRAME_ACK);
            sum_ppm += data * ack / 1000000;
        }
        uint64_t etx = sum_ppm ? (uint64_t)ETX_ONE * 1000000 * FADES / sum_ppm : ETX_MAX + 1;
        table->rows[row] = (uint16_t)(etx <= ETX_MAX ? etx : 0);
    }
}

uint16_t dd_etx_of(const dd_etx_table *table, int32_t snr_cdb) {
    int32_t row = (snr_cdb - DD_ETX_FROM_CDB) / STEP_CDB;
    return row < 0 ? 0 : table->rows[row < DD_ETX_ROWS ? row : DD_ETX_ROWS - 1];
}

typedef struct search {
    dd_tree_place *places;
    const dd_links *links;
    const dd_etx_table *etx;
    uint32_t first;
    uint16_t n; // of nodes
    bool final[DD_TREE_NODES_MAX];
} search;

// The worse of its two directions decides about a link.
static uint16_t etx_between(const search *it, uint32_t link, uint32_t from, uint32_t to) {
    const dd_links *links = it->links;
    int32_t noise = links->noise_cdbm[from] > links->noise_cdbm[to] ? links->noise_cdbm[from]
                                                                    : links->noise_cdbm[to];
    return dd_etx_of(it->etx, links->level_cdbm[link] - noise);
}

// Offers node `number`, whose cost is final, as a parent to all who hear it.
static void relax(search *it, uint16_t number) {
    uint32_t from = it->first + number;
    for (uint32_t link = it->links->first[from]; link < it->links->first[from + 1]; link++) {
        uint32_t to = it->links->to[link];
        if (to < it->first || to >= it->first + it->n) continue;
        dd_tree_place *place = &it->places[to - it->first];
        uint16_t etx = etx_between(it, link, from, to);
        uint32_t cost = it->places[number].cost + etx;
        if (!etx || it->final[to - it->first] || cost >= place->cost) continue;
        *place = (dd_tree_place){.cost = cost, .parent = number, .etx = etx};
    }
}

static uint16_t nearest(const search *it) {
    uint16_t best = DD_TREE_NONE;
    uint32_t least = UINT32_MAX;
    for (uint16_t i = 0; i < it->n; i++)
        if (!it->final[i] && it->places[i].cost < least) {
            least = it->places[i].cost;
            best = i;
        }
    return best;
}

// Dijkstra's search from the root; who is absent is never offered one, nor offers itself.
void dd_tree_make(dd_tree_place *places, const dd_links *links, const dd_etx_table *etx,
                  uint32_t first, uint16_t lamp_n, const bool *absent) {
    search it = {.places = places, .links = links, .etx = etx, .first = first, .n = lamp_n + 1};
    for (uint16_t i = 0; i < it.n; i++) {
        places[i] = (dd_tree_place){.cost = UINT32_MAX, .parent = DD_TREE_NONE};
        it.final[i] = absent && absent[i];
    }
    places[0].cost = 0;
    for (uint16_t i; (i = nearest(&it)) != DD_TREE_NONE;) {
        it.final[i] = true;
        relax(&it, i);
    }
}
