#include "models/mesh/stack/rpl/route.h"

#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/stack/rpl/lollipop.h"

enum { STRAGGLER_S = 20 }; // no DAO is on its way for longer

void dd_routes_clear(dd_route *routes, uint16_t lamp_n) {
    for (uint32_t i = 0; i <= lamp_n; i++)
        routes[i] = (dd_route){.parent = DD_BROADCAST};
}

bool dd_route_set(dd_route *routes, uint16_t lamp_n, uint32_t now_s, uint16_t lamp, uint16_t parent,
                  uint8_t sequence, uint32_t lifetime_s, bool *changed) {
    if (lamp == 0 || lamp > lamp_n || parent > lamp_n || parent == lamp) return false;
    dd_route *route = &routes[lamp];
    // An older one is a straggler, unless all has been quiet: then its lamp has been off, and began
    // its counter anew (which the counter alone does not tell within its straight part).
    bool known = route->parent != DD_BROADCAST && route->until_s > now_s;
    bool quiet = lifetime_s && now_s + lifetime_s >= route->until_s + STRAGGLER_S;
    if (known && !quiet && dd_lollipop_newer(route->sequence, sequence)) return false;
    if (lifetime_s == 0) parent = DD_BROADCAST;
    *changed = parent != route->parent;
    *route = (dd_route){parent, sequence, now_s + lifetime_s};
    return true;
}

uint16_t dd_route_find(const dd_route *routes, uint16_t lamp_n, uint32_t now_s, uint16_t lamp,
                       dd_source_route *route) {
    uint16_t up[DD_ROUTE_MAX + 1]; // from the lamp to the root's child
    int n = 0;
    for (uint16_t at = lamp; at != 0; at = routes[at].parent) {
        if (at > lamp_n || n > DD_ROUTE_MAX) return 0; // no route, too long, or round and round
        if (routes[at].until_s <= now_s) return 0;
        up[n++] = at;
    }
    if (n == 0) return 0;
    route->n = route->left = (uint8_t)(n - 1);
    for (int i = 0; i < n - 1; i++)
        route->hops[i] = up[n - 2 - i];
    return up[n - 1];
}

uint16_t dd_route_expire(dd_route *routes, uint16_t lamp_n, uint32_t now_s, uint16_t after) {
    for (uint32_t i = after + 1u; i <= lamp_n; i++) {
        if (routes[i].parent == DD_BROADCAST || routes[i].until_s > now_s) continue;
        routes[i].parent = DD_BROADCAST;
        return (uint16_t)i;
    }
    return 0;
}
