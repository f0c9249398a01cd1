#include "models/mesh/stack/rpl/dodag.h"

#include <string.h>

#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/stack/rpl/lollipop.h"

enum {
    SIGNIFICANT_HOPS = 2, // a rank changed by more is told at once
    SOON_US = 1000000,    // for what is urgent, and as much again by chance
    FIRST_DIS_MS = 4000,  // after a start, which may be the start of all
    IN_VAIN_MAX = 3,      // probes of a parent in doubt are 8 to 16 s apart at most
    ASKED_LONG = 8,       // DISes; four minutes
    QUIET_US = 1000000,   // lamps of a network that begins joined say nothing for so long
    AT_ONCE_US = 100000,  // no meshes' roots speak at the very same time
    SWEEP_US = 60000000,  // the root looks for routes that are over this often
};

static dd_trickle_figures timing(const dd_net_port *port) {
    return (dd_trickle_figures){.interval_min_us = UINT32_C(1000) << port->figures->interval_min,
                                .doublings = port->figures->doublings,
                                .redundancy = port->figures->redundancy};
}

// Between half of so many milliseconds and three halves, from now.
static int64_t around(int64_t now_us, const dd_net_port *port, uint32_t ms) {
    return now_us + (int64_t)(ms / 2 + dd_net_draw(port, ms)) * 1000;
}

static int64_t soon(int64_t now_us, const dd_net_port *port) {
    return now_us + SOON_US + dd_net_draw(port, SOON_US);
}

uint8_t dd_dodag_lifetime(const dd_net_figures *figures) {
    uint32_t units = figures->route_lifetime_s / DD_RPL_UNIT_S;
    return units == 0 ? 1 : units < UINT8_MAX ? (uint8_t)units : UINT8_MAX;
}

// A quarter of a route's lifetime.
static int64_t quarter_us(const dd_net_port *port) {
    return (int64_t)dd_dodag_lifetime(port->figures) * DD_RPL_UNIT_S * 250000;
}

static int64_t within(int64_t span_us, const dd_net_port *port) {
    return span_us * dd_net_draw(port, 1 << 16) >> 16;
}

static void tell(const dd_net_port *port, dd_notice_kind kind, uint16_t a, uint16_t b) {
    port->tell(port->context, &(dd_notice){.kind = (uint8_t)kind, .a = a, .b = b});
}

// Trickle begins anew, and the contexts are told again.
static void inconsistent(dd_dodag *dodag, int64_t now_us, const dd_net_port *port) {
    if (port->figures->fixed_routes || !(dodag->flags & (DD_DODAG_ROOT | DD_DODAG_KNOWN))) return;
    dd_trickle_figures trickle = timing(port);
    dd_trickle_inconsistent(&dodag->trickle, &trickle, now_us, port);
    dodag->flags |= DD_DODAG_ADVERTISE;
}

void dd_dodag_start(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, bool root,
                    uint8_t boots) {
    *dodag = (dd_dodag){.upkeep_us = around(now_us, port, FIRST_DIS_MS),
                        .dao_us = DD_NET_NEVER,
                        .parent = DD_BROADCAST,
                        .rank = DD_RPL_INFINITE_RANK,
                        .lowest_rank = DD_RPL_INFINITE_RANK,
                        .told_rank = DD_RPL_INFINITE_RANK,
                        .version = DD_LOLLIPOP_START,
                        .dtsn = DD_LOLLIPOP_START,
                        .dao_sequence = DD_LOLLIPOP_START,
                        .path_sequence = DD_LOLLIPOP_START};
    dd_trickle_stop(&dodag->trickle);
    if (root) {
        dodag->flags = DD_DODAG_ROOT | DD_DODAG_KNOWN;
        dodag->rank = dodag->lowest_rank = port->figures->hop_rank;
        for (int i = 0; i < boots; i++)
            dodag->version = dd_lollipop_next(dodag->version);
        inconsistent(dodag, now_us, port);
    }
    if (port->figures->fixed_routes && !root) dodag->upkeep_us = DD_NET_NEVER;
}

static void seed_neighbour(dd_dodag *dodag, int64_t now_us, const dd_net_port *port,
                           uint16_t address, uint16_t rank, uint16_t etx) {
    uint16_t clock = dd_neighbour_clock(now_us);
    dd_neighbour *neighbour = dd_neighbour_heard(&dodag->neighbours, port->figures, clock, address,
                                                 rank, port->figures->rss_sure_dbm, dodag->parent);
    if (!neighbour) return;
    neighbour->etx = etx;
    neighbour->sent_n = UINT8_MAX;
    neighbour->sent_at = (uint16_t)(clock - dd_net_draw(port, DD_NEIGHBOUR_SILENT));
}

void dd_dodag_seed(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint16_t parent,
                   uint16_t rank, uint16_t etx) {
    const dd_net_figures *figures = port->figures;
    bool root = dodag->flags & DD_DODAG_ROOT;
    dodag->flags |= DD_DODAG_KNOWN | DD_DODAG_ADVERTISE;
    if (!root) {
        dodag->parent = parent;
        dodag->rank = dodag->lowest_rank = rank;
        uint16_t step = etx > figures->hop_rank ? etx : figures->hop_rank;
        seed_neighbour(dodag, now_us, port, parent, (uint16_t)(rank - step), etx);
    }
    dodag->told_rank = dodag->rank;
    // The contexts are told at once, and before a DAO needs them, so that a capture explains itself
    // from its beginning.
    if (root) dodag->upkeep_us = now_us + dd_net_draw(port, AT_ONCE_US);
    if (figures->fixed_routes) return;
    if (!root) now_us += QUIET_US; // not before the contexts are known
    dd_trickle_figures trickle = timing(port);
    dd_trickle_settle(&dodag->trickle, &trickle, now_us, port);
    if (root) return;
    dodag->upkeep_us = now_us + (int64_t)dd_net_draw(port, figures->probe_ms) * 1000;
    dodag->dao_us = now_us + 2 * AT_ONCE_US + within(2 * quarter_us(port), port);
}

static uint16_t rank_through(const dd_neighbour *neighbour, const dd_net_figures *figures) {
    uint16_t step = neighbour->etx > figures->hop_rank ? neighbour->etx : figures->hop_rank;
    return (uint16_t)(neighbour->rank + step); // both are bounded: MAX_PATH_COST, MAX_LINK_METRIC
}

static void new_dao(dd_dodag *dodag, int64_t now_us, const dd_net_port *port) {
    dodag->flags &= (uint8_t)~DD_DODAG_DAO_SENT;
    dodag->dao_tries = 0;
    dodag->dao_us = around(now_us, port, port->figures->dao_delay_ms);
}

// Takes a neighbour's way, the parent's present one or another's.
static void follow(dd_dodag *dodag, int64_t now_us, const dd_net_port *port,
                   const dd_neighbour *parent) {
    dodag->rank = rank_through(parent, port->figures);
    if (dodag->rank < dodag->lowest_rank) dodag->lowest_rank = dodag->rank;
    int change = dodag->rank - dodag->told_rank;
    if (change < 0) change = -change;
    if (change > SIGNIFICANT_HOPS * port->figures->hop_rank) inconsistent(dodag, now_us, port);
    if (parent->address == dodag->parent) return;
    bool joined = dodag->parent == DD_BROADCAST;
    tell(port, joined ? DD_NOTICE_JOINED : DD_NOTICE_PARENT, parent->address, dodag->parent);
    dodag->parent = parent->address;
    dodag->flags &= (uint8_t) ~(DD_DODAG_DTSN_KNOWN | DD_DODAG_DOUBT);
    dodag->in_vain = 0;
    if (joined) dodag->upkeep_us = around(now_us, port, port->figures->probe_ms);
    new_dao(dodag, now_us, port);
}

// Nobody is left to be our parent: says so (poisoning, RFC 6550, 8.2.2.5), asks around, and trusts
// nothing that was heard before, for it may come from below.
static uint8_t leave(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, bool reachable) {
    tell(port, DD_NOTICE_LEFT, DD_BROADCAST, dodag->parent);
    dodag->target = dodag->parent;
    dodag->parent = DD_BROADCAST;
    dodag->rank = DD_RPL_INFINITE_RANK;
    dodag->in_vain = 0;
    dodag->flags &= (uint8_t)~DD_DODAG_DOUBT;
    dodag->dao_us = DD_NET_NEVER;
    dodag->upkeep_us = soon(now_us, port);
    dd_neighbours_unrank(&dodag->neighbours);
    inconsistent(dodag, now_us, port);
    return reachable ? DD_DUE_NO_PATH | DD_DUE_DIO : DD_DUE_DIO;
}

// The rank that our next parent must stay below. While we have one: such that it can't be a
// descendant of ours, for those have more rank than the least that we have told. Later: such that
// ours stays within MaxRankIncrease of that least one (RFC 6550, 8.2.2.4), so that those who have
// lost the root do not follow one another to infinity.
static int parents_below(const dd_dodag *dodag, const dd_net_figures *figures) {
    if (dodag->parent != DD_BROADCAST) return dodag->lowest_rank + figures->hop_rank;
    return dodag->lowest_rank + figures->max_rank_increase - figures->link_metric_max;
}

// Among neighbours of less rank than `below`, other than `except`, the one of the least cost under
// `limit`; of measured ones only, or of any. NULL: none.
static dd_neighbour *best(dd_dodag *dodag, const dd_net_figures *figures, int below, uint32_t limit,
                          uint16_t except, bool fresh, uint16_t clock) {
    dd_neighbour *found = NULL;
    for (int i = 0; i < dodag->neighbours.n; i++) {
        dd_neighbour *one = &dodag->neighbours.at[i];
        uint32_t cost = dd_neighbour_cost(one, figures);
        if (cost >= limit || one->rank >= below || one->address == except) continue;
        if (fresh && !dd_neighbour_fresh(one, clock)) continue;
        found = one;
        limit = cost;
    }
    return found;
}

// What a neighbour must stay below to take the parent's place (hysteresis, RFC 6719, 3.2.2).
static uint32_t limit_by(const dd_neighbour *parent, const dd_net_figures *figures) {
    uint32_t cost = dd_neighbour_cost(parent, figures);
    return cost > figures->switch_threshold ? cost - figures->switch_threshold : 0;
}

// Looks at the neighbours anew. A parent that works is left only for a measured neighbour; one that
// merely looks better is measured soon.
static uint8_t choose(dd_dodag *dodag, int64_t now_us, const dd_net_port *port) {
    const dd_net_figures *figures = port->figures;
    if (figures->fixed_routes || (dodag->flags & DD_DODAG_ROOT)) return 0;
    uint16_t clock = dd_neighbour_clock(now_us);
    dd_neighbour *parent = NULL, *other;
    if (dodag->parent != DD_BROADCAST)
        parent = dd_neighbour_find(&dodag->neighbours, dodag->parent);
    bool kept =
        parent && dd_neighbour_cost(parent, figures) != DD_COST_NONE &&
        rank_through(parent, figures) <= (uint32_t)dodag->lowest_rank + figures->max_rank_increase;
    uint32_t limit = kept ? limit_by(parent, figures) : DD_COST_NONE;
    int below = parents_below(dodag, figures);
    other = best(dodag, figures, below, limit, DD_BROADCAST, kept, clock);
    if (kept && best(dodag, figures, below, limit, DD_BROADCAST, false, clock) != other)
        dodag->upkeep_us = dd_net_sooner(dodag->upkeep_us, soon(now_us, port));
    if (!kept && !other) {
        bool reachable = parent && parent->rank != DD_RPL_INFINITE_RANK &&
                         parent->etx <= figures->link_metric_max;
        return dodag->parent == DD_BROADCAST ? 0 : leave(dodag, now_us, port, reachable);
    }
    follow(dodag, now_us, port, other ? other : parent);
    return 0;
}

// A root that hears of a version of its own DODAG that it does not know has forgotten it: goes
// beyond.
static void root_hears(dd_dodag *dodag, int64_t now_us, const dd_net_port *port,
                       const dd_rpl_dio *dio) {
    if (dd_lollipop_newer(dio->version, dodag->version)) {
        dodag->version = dio->version;
        dd_dodag_repair(dodag, now_us, port);
    } else if (dio->version != dodag->version) {
        inconsistent(dodag, now_us, port);
    } else if (dio->rank != DD_RPL_INFINITE_RANK) {
        dd_trickle_consistent(&dodag->trickle);
    }
}

// False: an older version, or one that can't be followed by this neighbour.
static bool version_fits(dd_dodag *dodag, int64_t now_us, const dd_net_port *port,
                         dd_neighbour *neighbour, uint8_t version) {
    if ((dodag->flags & DD_DODAG_KNOWN) && dodag->version == version) return true;
    uint16_t rank = neighbour->rank;
    neighbour->rank = DD_RPL_INFINITE_RANK;
    if ((dodag->flags & DD_DODAG_KNOWN) && !dd_lollipop_newer(version, dodag->version)) {
        inconsistent(dodag, now_us, port);
        return false;
    }
    if (rank == DD_RPL_INFINITE_RANK || neighbour->etx > port->figures->link_metric_max)
        return false;
    if (dodag->flags & DD_DODAG_KNOWN) tell(port, DD_NOTICE_REPAIR, version, dodag->version);
    dodag->flags |= DD_DODAG_KNOWN;
    dodag->version = version;
    dodag->lowest_rank = DD_RPL_INFINITE_RANK;
    dd_neighbours_unrank(&dodag->neighbours);
    neighbour->rank = rank;
    if (dodag->parent != DD_BROADCAST) new_dao(dodag, now_us, port); // the root may know nothing
    inconsistent(dodag, now_us, port);
    return true;
}

// A parent that wants to hear DAOs again says so by its DTSN (RFC 6550, 9.6).
static void heed_dtsn(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint8_t dtsn) {
    if ((dodag->flags & DD_DODAG_DTSN_KNOWN) && dd_lollipop_newer(dtsn, dodag->parent_dtsn)) {
        dodag->dtsn = dd_lollipop_next(dodag->dtsn);
        new_dao(dodag, now_us, port);
    }
    dodag->flags |= DD_DODAG_DTSN_KNOWN;
    dodag->parent_dtsn = dtsn;
}

uint8_t dd_dodag_dio(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint16_t source,
                     int8_t rss_dbm, const dd_rpl_dio *dio) {
    if (port->figures->fixed_routes) return 0;
    if (dodag->flags & DD_DODAG_ROOT) {
        root_hears(dodag, now_us, port, dio);
        return 0;
    }
    dd_neighbours *neighbours = &dodag->neighbours;
    dd_neighbour *neighbour = dd_neighbour_find(neighbours, source);
    uint16_t was = neighbour ? neighbour->rank : DD_RPL_INFINITE_RANK;
    uint8_t version = dodag->version;
    neighbour = dd_neighbour_heard(neighbours, port->figures, dd_neighbour_clock(now_us), source,
                                   dio->rank, rss_dbm, dodag->parent);
    if (!neighbour) return 0;
    if (!version_fits(dodag, now_us, port, neighbour, dio->version))
        return source == dodag->parent ? choose(dodag, now_us, port) : 0;
    if (source == dodag->parent) heed_dtsn(dodag, now_us, port, dio->dtsn);
    if (dio->rank != was || dodag->version != version || dodag->parent == DD_BROADCAST)
        return choose(dodag, now_us, port);
    if (dio->rank < dodag->rank) dd_trickle_consistent(&dodag->trickle);
    return 0;
}

void dd_dodag_dis(dd_dodag *dodag, int64_t now_us, const dd_net_port *port) {
    if (dodag->rank != DD_RPL_INFINITE_RANK) inconsistent(dodag, now_us, port);
}

void dd_dodag_ack(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint8_t sequence) {
    if (!(dodag->flags & DD_DODAG_DAO_SENT) || sequence != dodag->dao_sequence) return;
    dodag->flags &= (uint8_t)~DD_DODAG_DAO_SENT;
    dodag->dao_tries = 0;
    dodag->dao_us = now_us + 2 * quarter_us(port) + within(quarter_us(port), port);
}

// A parent that does not acknowledge is probed soon, then less and less so: a fade may last for
// some ten seconds.
static void doubt(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, bool acknowledged) {
    dodag->flags &= (uint8_t)~DD_DODAG_DOUBT;
    if (acknowledged) {
        dodag->in_vain = 0;
        return;
    }
    dodag->flags |= DD_DODAG_DOUBT;
    int64_t wait_us = (soon(now_us, port) - now_us) << dodag->in_vain;
    dodag->upkeep_us = dd_net_sooner(dodag->upkeep_us, now_us + wait_us);
    if (dodag->in_vain < IN_VAIN_MAX) dodag->in_vain++;
}

uint8_t dd_dodag_sent(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint16_t hop,
                      uint8_t attempts, bool acknowledged) {
    dd_neighbour *neighbour = dd_neighbour_find(&dodag->neighbours, hop);
    if (!neighbour) return 0;
    bool changed = dd_neighbour_sent(neighbour, dd_neighbour_clock(now_us), attempts, acknowledged);
    if (hop == dodag->parent && !port->figures->fixed_routes)
        doubt(dodag, now_us, port, acknowledged);
    return changed ? choose(dodag, now_us, port) : 0;
}

uint8_t dd_dodag_loop(dd_dodag *dodag, int64_t now_us, const dd_net_port *port, uint16_t source,
                      bool again) {
    if (port->figures->fixed_routes) return 0;
    inconsistent(dodag, now_us, port);
    dd_neighbour *neighbour = dd_neighbour_find(&dodag->neighbours, source);
    if (again && neighbour && source == dodag->parent) {
        neighbour->rank = DD_RPL_INFINITE_RANK;
        return choose(dodag, now_us, port);
    }
    dodag->target = source;
    return DD_DUE_PROBE;
}

void dd_dodag_repair(dd_dodag *dodag, int64_t now_us, const dd_net_port *port) {
    uint8_t was = dodag->version;
    dodag->version = dd_lollipop_next(was);
    dodag->dtsn = dd_lollipop_next(dodag->dtsn);
    tell(port, DD_NOTICE_REPAIR, dodag->version, was);
    inconsistent(dodag, now_us, port);
}

uint16_t dd_dodag_instead(dd_dodag *dodag, const dd_net_port *port, uint16_t failed) {
    const dd_net_figures *figures = port->figures;
    if (dodag->parent != failed) return dodag->parent;
    if (figures->fixed_routes) return failed;
    // Of less DAGRank (RFC 6550, 3.5.1), or it would look like a loop.
    int below = dodag->rank / figures->hop_rank * figures->hop_rank;
    dd_neighbour *other = best(dodag, figures, below, DD_COST_NONE, failed, false, 0);
    return other ? other->address : failed;
}

dd_rpl_dio dd_dodag_say(dd_dodag *dodag, const dd_net_port *port, const dd_prefix *prefix,
                        bool all) {
    const dd_net_figures *figures = port->figures;
    if (all || dodag->rank < dodag->told_rank) dodag->told_rank = dodag->rank;
    return (dd_rpl_dio){
        .version = dodag->version,
        .rank = dodag->rank,
        .grounded = true,
        .mode = DD_RPL_NON_STORING,
        .dtsn = dodag->dtsn,
        .dodag = dd_ipv6_global(prefix, 0),
        .configuration = {.present = true,
                          .interval_doublings = figures->doublings,
                          .interval_min = figures->interval_min,
                          .redundancy = figures->redundancy,
                          .max_rank_increase = figures->max_rank_increase,
                          .min_hop_rank_increase = figures->hop_rank,
                          .objective = DD_RPL_MRHOF,
                          .lifetime = dd_dodag_lifetime(figures),
                          .lifetime_unit_s = DD_RPL_UNIT_S},
        .has_prefix = true,
        .prefix = *prefix,
    };
}

int64_t dd_dodag_deadline(const dd_dodag *dodag) {
    return dd_net_sooner(dodag->trickle.next_us, dd_net_sooner(dodag->upkeep_us, dodag->dao_us));
}

// Whom to learn more of: the parent when it did not acknowledge, or was sent nothing for long (for
// what the root sends down would fail without our knowing), or else who looks better than it.
static uint8_t probe(dd_dodag *dodag, int64_t now_us, const dd_net_port *port) {
    dodag->upkeep_us = around(now_us, port, port->figures->probe_ms);
    dd_neighbour *parent = dd_neighbour_find(&dodag->neighbours, dodag->parent);
    if (!parent) return 0;
    uint16_t clock = dd_neighbour_clock(now_us);
    if ((dodag->flags & DD_DODAG_DOUBT) || dd_neighbour_silent(parent, clock)) {
        dodag->target = dodag->parent;
        return DD_DUE_PROBE;
    }
    const dd_net_figures *figures = port->figures;
    dd_neighbour *other = best(dodag, figures, parents_below(dodag, figures),
                               limit_by(parent, figures), dodag->parent, false, clock);
    if (!other || dd_neighbour_fresh(other, clock)) return 0;
    dodag->target = other->address;
    return DD_DUE_PROBE;
}

static uint8_t upkeep(dd_dodag *dodag, int64_t now_us, const dd_net_port *port) {
    if (dodag->flags & DD_DODAG_ROOT) {
        bool first = dodag->flags & DD_DODAG_ADVERTISE;
        dodag->flags &= (uint8_t)~DD_DODAG_ADVERTISE;
        dodag->upkeep_us = port->figures->fixed_routes ? DD_NET_NEVER : now_us + SWEEP_US;
        return first ? DD_DUE_ADVERTISEMENT | DD_DUE_SWEEP : DD_DUE_SWEEP;
    }
    if (dodag->parent != DD_BROADCAST) return probe(dodag, now_us, port);
    // Whoever has long been alone is nobody's ancestor, and may join with any rank.
    if (dodag->in_vain < ASKED_LONG && ++dodag->in_vain == ASKED_LONG)
        dodag->lowest_rank = DD_RPL_INFINITE_RANK;
    dodag->upkeep_us = around(now_us, port, port->figures->dis_interval_ms);
    return DD_DUE_DIS;
}

static uint8_t dao(dd_dodag *dodag, int64_t now_us, const dd_net_port *port) {
    const dd_net_figures *figures = port->figures;
    if (!(dodag->flags & DD_DODAG_DAO_SENT))
        dodag->path_sequence = dd_lollipop_next(dodag->path_sequence);
    dodag->dao_sequence = dd_lollipop_next(dodag->dao_sequence);
    dodag->flags |= DD_DODAG_DAO_SENT;
    int64_t patience_ms = (int64_t)figures->dao_timeout_ms << dodag->dao_tries;
    dodag->dao_us = now_us + (patience_ms + dd_net_draw(port, figures->dao_timeout_ms / 2)) * 1000;
    if (dodag->dao_tries < figures->dao_retries) dodag->dao_tries++;
    return DD_DUE_DAO;
}

// The DIO's turn. The contexts come along with the first after a start or a reset, and at the root
// with each one when all is quiet.
static uint8_t speak(dd_dodag *dodag, const dd_net_port *port) {
    bool quiet = dodag->trickle.doubled == port->figures->doublings;
    bool contexts =
        (dodag->flags & DD_DODAG_ADVERTISE) || (quiet && (dodag->flags & DD_DODAG_ROOT));
    dodag->flags &= (uint8_t)~DD_DODAG_ADVERTISE;
    return contexts ? DD_DUE_ADVERTISEMENT | DD_DUE_DIO : DD_DUE_DIO;
}

uint8_t dd_dodag_time(dd_dodag *dodag, int64_t now_us, const dd_net_port *port) {
    uint8_t due = 0;
    dd_trickle_figures trickle = timing(port);
    if (now_us >= dodag->trickle.next_us &&
        dd_trickle_time(&dodag->trickle, &trickle, now_us, port))
        due |= speak(dodag, port);
    if (now_us >= dodag->upkeep_us) due |= upkeep(dodag, now_us, port);
    if (now_us >= dodag->dao_us) due |= dao(dodag, now_us, port);
    return due;
}
