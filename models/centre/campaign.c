#include "models/centre/campaign.h"
#include "models/centre/centre.h"
#include "models/kind.h"
#include "models/world.h"

#define LOOK DD_MINUTE   // between looks at a part; what was not answered is said again
#define SURE (10 * DD_MINUTE) // an alarm has been put down to its cause by then (estimate)
#define SPREAD DD_SECOND // between parts, so that they are not all looked at in one moment

dd_campaign_def dd_campaign_default_def(void) {
    return (dd_campaign_def){.canary_n = 1,
                             .wave_share = 25,
                             .soak = DD_DAY,
                             .patience = 3 * DD_DAY,
                             .failed_share = 5,
                             .alarm_share = 5,
                             .goes_back = true};
}

static const dd_release *release_of(const dd_domain *hub, const dd_campaign *campaign) {
    return &dd_world_of(hub)->def.releases.at[campaign->def.release];
}

static bool is_over(const dd_campaign *campaign) {
    return campaign->state == DD_CAMPAIGN_DONE || campaign->state == DD_CAMPAIGN_ABORTED;
}

static dd_campaign *find(dd_centre *centre, uint32_t number) {
    bool known = number >= 1 && number <= centre->campaigns.n;
    return known ? &centre->campaigns.all[number] : NULL;
}

const dd_campaign *dd_campaign_find(const dd_centre *centre, uint32_t number) {
    return number >= 1 && number <= centre->campaigns.n ? &centre->campaigns.all[number] : NULL;
}

static dd_campaign_part *part_of(const dd_campaign *campaign, uint32_t segment) {
    for (uint32_t i = 0; i < campaign->part_n; i++)
        if (campaign->parts[i].segment == segment) return &campaign->parts[i];
    return NULL;
}

// --- Counting ---

static uint32_t size_of(const dd_lamp_set *set) {
    uint32_t n = 0;
    for (int i = 0; i < DD_LAMP_SET_WORDS; i++)
        n += (uint32_t)__builtin_popcount(set->bits[i]);
    return n;
}

static bool of_nodes(const dd_domain *hub, const dd_campaign *campaign) {
    return release_of(hub, campaign)->image.target == DD_IMAGE_NODE;
}

static bool ended(const dd_campaign_part *part) {
    return part->phase == DD_UPDATE_DONE || part->phase == DD_UPDATE_GIVEN_UP;
}

static uint32_t done_of(const dd_campaign_part *part, bool nodes) {
    return nodes ? size_of(&part->done) : part->phase == DD_UPDATE_DONE && !part->reverts;
}

// A segment that has come to nothing has failed with all of its devices.
static uint32_t failed_of(const dd_campaign_part *part, bool nodes) {
    bool nothing = part->outcome == DD_UPDATE_GIVEN_UP;
    if (nodes && nothing) return part->device_n - size_of(&part->done);
    return nodes ? size_of(&part->failed) : nothing;
}

// Whether an alarm may be put down to firmware: at once where it is already, later where its cause
// is one that firmware can have.
static bool counts(const dd_domain *hub, const dd_centre *centre, const dd_alarm *alarm,
                   dd_time least) {
    const uint32_t others = 1u << DD_CAUSE_SUPPLY | 1u << DD_CAUSE_FEEDER | 1u << DD_CAUSE_CABLE |
                            1u << DD_CAUSE_FLOOD | 1u << DD_CAUSE_THEFT | 1u << DD_CAUSE_ORDER;
    const dd_incident *incident = dd_incident_find(centre, alarm->incident);
    if (alarm->returned || (incident && others >> incident->cause & 1)) return false;
    return hub->now - alarm->raised_at >= least ||
           (incident && incident->cause == DD_CAUSE_FIRMWARE);
}

// Lamps of a segment with an alarm, of any kind that a lamp has, that stands for so long.
static dd_lamp_set alarmed(const dd_domain *hub, const dd_centre *centre, uint32_t segment,
                           dd_time least) {
    const dd_segment *place = &dd_world_of(hub)->city->segments[segment];
    dd_lamp_set set = {0};
    for (uint32_t handle = centre->alarms.first[segment]; handle;) {
        const dd_alarm *alarm = dd_pool_at(&centre->alarms.pool, handle);
        bool lamp = dd_alarm_target((dd_alarm_kind)alarm->kind) == DD_ENTITY_LAMP;
        if (lamp && counts(hub, centre, alarm, least))
            dd_lamp_set_add(&set, (uint16_t)(alarm->entity - place->first_lamp + 1));
        handle = alarm->next;
    }
    return set;
}

// Updated lamps that have an alarm now and had none before.
static uint32_t newly_alarmed(const dd_domain *hub, const dd_centre *centre,
                              const dd_campaign_part *part, dd_time least) {
    dd_lamp_set set = alarmed(hub, centre, part->segment, least);
    dd_lamp_set_subtract(&set, &part->alarmed);
    for (int i = 0; i < DD_LAMP_SET_WORDS; i++)
        set.bits[i] &= part->done.bits[i];
    return size_of(&set);
}

// The same; of controllers: whether it has one.
static uint32_t new_alarms(const dd_domain *hub, const dd_centre *centre,
                           const dd_campaign_part *part, bool nodes) {
    if (!nodes) {
        uint32_t entity = dd_world_entity(dd_world_of(hub), DD_ENTITY_SEGMENT, part->segment);
        return done_of(part, false) &&
               dd_alarm_active(&centre->alarms, part->segment, entity, DD_ALARM_LINE);
    }
    return newly_alarmed(hub, centre, part, SURE);
}

static void add(const dd_domain *hub, const dd_centre *centre, const dd_campaign_part *part,
                bool nodes, dd_campaign_counts *counts) {
    counts->device_n += part->device_n;
    counts->segment_n++;
    if (part->began == DD_NEVER) return;
    counts->done_n += done_of(part, nodes);
    counts->failed_n += failed_of(part, nodes);
    counts->settled_n += part->settled != DD_NEVER;
    counts->alarmed_n += new_alarms(hub, centre, part, nodes);
}

dd_campaign_counts dd_campaign_count(const dd_domain *hub, const dd_centre *centre,
                                     const dd_campaign *campaign) {
    dd_campaign_counts counts = {0};
    for (uint32_t i = 0; i < campaign->part_n; i++)
        add(hub, centre, &campaign->parts[i], of_nodes(hub, campaign), &counts);
    return counts;
}

bool dd_campaign_suspects(const dd_domain *hub, const dd_centre *centre, uint32_t segment,
                          uint16_t lamp) {
    enum { MANY_LEAST = 3, MANY_SHARE = 30 }; // of those updated (estimates)
    for (uint32_t i = 1; i <= centre->campaigns.n; i++) {
        const dd_campaign *campaign = &centre->campaigns.all[i];
        const dd_campaign_part *part = part_of(campaign, segment);
        if (!part || !dd_lamp_set_has(&part->done, lamp)) continue;
        uint32_t n = newly_alarmed(hub, centre, part, 0), of = size_of(&part->done);
        bool many = n >= MANY_LEAST && n * 100 >= of * MANY_SHARE;
        if (campaign->gate == DD_GATE_ALARMS || many) return true;
    }
    return false;
}

// --- Telling ---

static void tell(dd_domain *hub, const dd_centre *centre, const dd_campaign *campaign,
                 dd_campaign_state state, uint64_t cause) {
    const dd_world *world = dd_world_of(hub);
    dd_campaign_counts counts = dd_campaign_count(hub, centre, campaign);
    dd_record_make(hub, DD_REC_CAMPAIGN, dd_world_entity(world, DD_ENTITY_CITY, 1), cause,
                   campaign->number, state, release_of(hub, campaign)->image.version,
                   counts.done_n);
}

static void plan(dd_domain *hub, const dd_campaign *campaign, const dd_campaign_part *part,
                 dd_time in) {
    dd_schedule(hub, hub->now + in, DD_KIND_CAMPAIGN, part->segment, 0, campaign->number,
                campaign->generation);
}

// All its parts are looked at from now on; between events.
static void look_at_all(dd_domain *hub, dd_campaign *campaign) {
    campaign->generation++;
    for (uint32_t i = 0; i < campaign->part_n; i++)
        plan(hub, campaign, &campaign->parts[i], i % 60 * SPREAD);
}

// --- Beginning ---

static bool taken(const dd_centre *centre, uint32_t segment) {
    for (uint32_t i = 1; i <= centre->campaigns.n; i++) {
        const dd_campaign *campaign = &centre->campaigns.all[i];
        if (!is_over(campaign) && part_of(campaign, segment)) return true;
    }
    return false;
}

static bool in_range(double value, double least, double most) {
    return value >= least && value <= most;
}

static bool check(const dd_domain *hub, const dd_centre *centre, const dd_campaign_def *def,
                  dd_error *error) {
    const dd_world *world = dd_world_of(hub);
    if (def->release < 1 || def->release > world->def.releases.n)
        return dd_fail(error, DD_WRONG, "there is no such firmware release");
    if (!def->segment_n) return dd_fail(error, DD_WRONG, "a campaign needs segments");
    for (uint32_t i = 0; i < def->segment_n; i++)
        if (taken(centre, def->segments[i]))
            return dd_fail(error, DD_WRONG, "segment %s is in another campaign that goes on",
                           world->city->segments[def->segments[i]].id);
    if (def->canary_n < 1 || !in_range(def->wave_share, 0.01, 100) ||
        !in_range(def->failed_share, 0, 100) || !in_range(def->alarm_share, 0, 100) ||
        def->soak < 0 || def->patience < LOOK)
        return dd_fail(error, DD_WRONG,
                       "a campaign's shares lie from 0 to 100 %%, its canary "
                       "counts from 1, and it takes a minute at least");
    return centre->campaigns.n < DD_CAMPAIGNS_MAX ||
           dd_fail(error, DD_WRONG, "there are %d campaigns at most", DD_CAMPAIGNS_MAX);
}

static uint16_t wave_of(const dd_campaign_def *def, uint32_t i) {
    if (i < def->canary_n) return 0;
    uint32_t share = (uint32_t)(def->segment_n * def->wave_share / 100);
    return (uint16_t)(1 + (i - def->canary_n) / (share ? share : 1));
}

static void add_part(const dd_domain *hub, dd_campaign *campaign, uint32_t segment) {
    const dd_segment *place = &dd_world_of(hub)->city->segments[segment];
    uint32_t i = campaign->part_n++;
    campaign->parts[i] = (dd_campaign_part){
        .segment = segment,
        .wave = wave_of(&campaign->def, i),
        .device_n = of_nodes(hub, campaign) ? (uint16_t)place->lamp_count : 1,
        .began = DD_NEVER,
        .settled = DD_NEVER,
    };
    campaign->wave_n = campaign->parts[i].wave + 1;
}

uint32_t dd_campaign_begin(dd_domain *hub, dd_centre *centre, const dd_campaign_def *def,
                           uint64_t cause, dd_error *error) {
    if (!check(hub, centre, def, error)) return 0;
    uint32_t number = ++centre->campaigns.n;
    dd_campaign *campaign = &centre->campaigns.all[number];
    *campaign = (dd_campaign){.number = number,
                              .def = *def,
                              .state = DD_CAMPAIGN_WAVE,
                              .wave_settled = DD_NEVER,
                              .began = hub->now,
                              .ended = DD_NEVER};
    campaign->parts = dd_arena_take(&hub->arena, def->segment_n * sizeof *campaign->parts);
    for (uint32_t i = 0; i < def->segment_n; i++)
        add_part(hub, campaign, def->segments[i]);
    campaign->def.segments = NULL;
    tell(hub, centre, campaign, DD_CAMPAIGN_BEGUN, cause);
    look_at_all(hub, campaign);
    return number;
}

// --- Halting ---

static void stop(dd_domain *hub, dd_centre *centre, dd_campaign *campaign, dd_campaign_state state,
                 dd_campaign_gate gate, bool goes_back, uint64_t cause) {
    campaign->state = (uint8_t)state;
    if (!campaign->gate) campaign->gate = (uint8_t)gate; // what has halted it is why
    campaign->goes_back |= goes_back;
    campaign->ended = hub->now;
    tell(hub, centre, campaign, state, cause);
}

// Whether another campaign goes on in its segments.
static bool overtaken(const dd_centre *centre, const dd_campaign *campaign) {
    bool is = false;
    for (uint32_t i = 0; i < campaign->part_n; i++)
        is |= taken(centre, campaign->parts[i].segment);
    return is;
}

static bool stop_by_hand(dd_domain *hub, dd_centre *centre, uint32_t number,
                         dd_campaign_state state, bool goes_back, uint64_t cause) {
    dd_campaign *campaign = find(centre, number);
    if (!campaign || campaign->state == DD_CAMPAIGN_ABORTED) return false;
    bool done = campaign->state == DD_CAMPAIGN_DONE;
    if (done && (state != DD_CAMPAIGN_ABORTED || overtaken(centre, campaign))) return false;
    stop(hub, centre, campaign, state, DD_GATE_OPERATOR, goes_back, cause);
    look_at_all(hub, campaign);
    return true;
}

bool dd_campaign_halt(dd_domain *hub, dd_centre *centre, uint32_t number, bool goes_back,
                      uint64_t cause) {
    return stop_by_hand(hub, centre, number, DD_CAMPAIGN_HALTED, goes_back, cause);
}

bool dd_campaign_abort(dd_domain *hub, dd_centre *centre, uint32_t number, bool goes_back,
                       uint64_t cause) {
    return stop_by_hand(hub, centre, number, DD_CAMPAIGN_ABORTED, goes_back, cause);
}

// What goes back ends there; who was halted under way begins anew.
bool dd_campaign_resume(dd_domain *hub, dd_centre *centre, uint32_t number, uint64_t cause) {
    dd_campaign *campaign = find(centre, number);
    if (!campaign || campaign->state != DD_CAMPAIGN_HALTED) return false;
    campaign->state = DD_CAMPAIGN_WAVE;
    campaign->gate = DD_GATE_NONE;
    campaign->goes_back = false;
    campaign->ended = campaign->wave_settled = DD_NEVER;
    for (uint32_t i = 0; i < campaign->part_n; i++) {
        dd_campaign_part *part = &campaign->parts[i];
        if (part->outcome == DD_UPDATE_DONE && !part->reverts) continue;
        part->phase = part->outcome = DD_UPDATE_NONE;
        part->reverts = false;
        part->began = part->settled = DD_NEVER;
        part->done = part->failed = (dd_lamp_set){0};
    }
    tell(hub, centre, campaign, DD_CAMPAIGN_WAVE, cause);
    look_at_all(hub, campaign);
    return true;
}

// --- Gates ---

static bool wave_is_settled(const dd_domain *hub, dd_campaign *campaign) {
    bool all = true;
    for (uint32_t i = 0; i < campaign->part_n; i++) {
        dd_campaign_part *part = &campaign->parts[i];
        if (part->wave != campaign->wave) continue;
        bool late = part->began != DD_NEVER && hub->now - part->began > campaign->def.patience;
        if (late && part->settled == DD_NEVER) part->settled = hub->now;
        all &= part->settled != DD_NEVER;
    }
    return all;
}

// Whether the present wave has more failures, or the campaign more alarms, than it may.
static dd_campaign_gate gate_of(const dd_domain *hub, const dd_centre *centre,
                                const dd_campaign *campaign) {
    dd_campaign_counts wave = {0}, all = {0};
    bool nodes = of_nodes(hub, campaign);
    for (uint32_t i = 0; i < campaign->part_n; i++) {
        const dd_campaign_part *part = &campaign->parts[i];
        if (part->wave == campaign->wave) add(hub, centre, part, nodes, &wave);
        if (part->began != DD_NEVER) add(hub, centre, part, nodes, &all);
    }
    if (wave.failed_n * 100.0 > wave.device_n * campaign->def.failed_share) return DD_GATE_FAILED;
    if (all.alarmed_n * 100.0 > all.done_n * campaign->def.alarm_share) return DD_GATE_ALARMS;
    return DD_GATE_NONE;
}

// Whoever looks first sees to the whole: it sends nothing.
static void advance(dd_domain *hub, dd_centre *centre, dd_campaign *campaign) {
    if (campaign->state != DD_CAMPAIGN_WAVE) return;
    dd_campaign_gate gate = gate_of(hub, centre, campaign);
    bool settled = wave_is_settled(hub, campaign);
    if (gate) {
        stop(hub, centre, campaign, DD_CAMPAIGN_HALTED, gate, campaign->def.goes_back, 0);
        return;
    }
    if (!settled) return;
    if (campaign->wave_settled == DD_NEVER) campaign->wave_settled = hub->now;
    if (hub->now - campaign->wave_settled < campaign->def.soak) return;
    if (campaign->wave + 1u == campaign->wave_n) {
        campaign->state = DD_CAMPAIGN_DONE;
        campaign->ended = hub->now;
        tell(hub, centre, campaign, DD_CAMPAIGN_DONE, 0);
        return;
    }
    campaign->wave++;
    campaign->wave_settled = DD_NEVER;
    tell(hub, centre, campaign, DD_CAMPAIGN_WAVE, 0);
}

// --- A segment's part ---

static void order(dd_domain *hub, dd_centre *centre, const dd_campaign *campaign, uint32_t segment,
                  dd_update_action action) {
    dd_order it = {.kind = DD_ORDER_UPDATE, .number = campaign->number};
    it.update.action = (uint8_t)action;
    dd_release_header(release_of(hub, campaign), it.update.header);
    dd_centre_send(hub, centre, segment, &it);
}

static void go_on(dd_domain *hub, dd_centre *centre, const dd_campaign *campaign,
                  dd_campaign_part *part) {
    if (part->wave > campaign->wave || ended(part)) return;
    if (part->began == DD_NEVER) {
        part->began = hub->now;
        part->alarmed = alarmed(hub, centre, part->segment, 0);
    }
    if (part->phase == DD_UPDATE_NONE)
        order(hub, centre, campaign, part->segment, DD_UPDATE_OFFER);
    else if (part->phase == DD_UPDATE_READY)
        order(hub, centre, campaign, part->segment, DD_UPDATE_APPLY);
}

// Whether a device of it may run the release, for all the centre knows.
static bool touched(const dd_campaign_part *part) {
    return part->phase == DD_UPDATE_APPLYING || part->phase == DD_UPDATE_DONE ||
           (part->phase == DD_UPDATE_GIVEN_UP && !dd_lamp_set_empty(&part->done));
}

// Whether it is to be told to go back, or has been and has not done so yet.
static bool has_to_go_back(const dd_campaign *campaign, const dd_campaign_part *part) {
    if (part->reverts) return !ended(part);
    return campaign->goes_back && touched(part);
}

// Whether it is to be told to forget the release: what was halted under way and, once the campaign
// is over, what has failed.
static bool has_to_forget(const dd_campaign *campaign, const dd_campaign_part *part) {
    bool failed = part->phase == DD_UPDATE_GIVEN_UP && campaign->state == DD_CAMPAIGN_ABORTED;
    bool under_way = part->phase != DD_UPDATE_NONE && part->phase < DD_UPDATE_APPLYING;
    return !part->reverts && (failed || under_way);
}

static void go_back(dd_domain *hub, dd_centre *centre, const dd_campaign *campaign,
                    dd_campaign_part *part) {
    if (has_to_go_back(campaign, part)) {
        part->reverts = true;
        order(hub, centre, campaign, part->segment, DD_UPDATE_REVERT);
    } else if (has_to_forget(campaign, part)) {
        order(hub, centre, campaign, part->segment, DD_UPDATE_CANCEL);
    }
}

// Nothing is to be said to it any more.
static bool quiet(const dd_campaign *campaign, const dd_campaign_part *part) {
    if (campaign->state == DD_CAMPAIGN_WAVE) return false;
    if (campaign->state == DD_CAMPAIGN_DONE) return true;
    return !has_to_go_back(campaign, part) && !has_to_forget(campaign, part);
}

void dd_campaign_due(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t number,
                     uint32_t generation) {
    dd_campaign *campaign = find(centre, number);
    if (!campaign || campaign->generation != generation) return;
    dd_campaign_part *part = part_of(campaign, segment);
    advance(hub, centre, campaign);
    if (campaign->state == DD_CAMPAIGN_WAVE)
        go_on(hub, centre, campaign, part);
    else if (campaign->state != DD_CAMPAIGN_DONE)
        go_back(hub, centre, campaign, part);
    if (!quiet(campaign, part)) plan(hub, campaign, part, LOOK);
}

// --- What controllers say ---

// An answer to going on, after it was told to go back, is an old one.
static bool answers(const dd_campaign_part *part, const dd_update_word *update) {
    return !part->reverts || update->phase == DD_UPDATE_REVERTING || update->reverts;
}

void dd_campaign_word(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    const dd_update_word *update = &word->update;
    dd_campaign *campaign = find(centre, word->number);
    dd_campaign_part *part = campaign ? part_of(campaign, segment) : NULL;
    bool ours = part && update->phase < DD_UPDATE_PHASES && update->result < DD_RESULTS &&
                update->version == release_of(hub, campaign)->image.version;
    if (!ours || !answers(part, update)) return;
    part->phase = update->phase;
    part->result = update->result;
    if (part->reverts) {
        dd_lamp_set_subtract(&part->done, &update->done); // these are back
        return;
    }
    if (!ended(part)) return;
    part->outcome = update->phase;
    part->done = update->done;
    part->failed = update->failed;
    if (part->settled == DD_NEVER) part->settled = hub->now;
}

void dd_campaign_fetch(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    enum { MOST = 16 }; // blocks for one question
    dd_campaign *campaign = find(centre, word->number);
    dd_campaign_part *part = campaign ? part_of(campaign, segment) : NULL;
    if (!part || campaign->state != DD_CAMPAIGN_WAVE || word->value < 0) return;
    const dd_release *release = release_of(hub, campaign);
    if (part->phase == DD_UPDATE_NONE) part->phase = DD_UPDATE_FETCHING;
    part->fetched = (uint16_t)word->value;
    part->fetch_n = (uint16_t)dd_image_blocks(&release->image, DD_LINE_BLOCK_OCTETS);
    for (uint32_t i = 0; i < word->entry_n && i < MOST; i++) {
        uint32_t block = (uint32_t)word->value + i;
        uint32_t n = dd_image_block_n(&release->image, block, DD_LINE_BLOCK_OCTETS);
        if (!n) return;
        dd_order it = {.kind = DD_ORDER_BLOCK, .number = campaign->number};
        it.block.block = block;
        it.block.n = (uint16_t)n;
        dd_release_payload(release, block * DD_LINE_BLOCK_OCTETS, it.block.octets, n);
        dd_centre_send(hub, centre, segment, &it);
    }
}
