// A release's way from the centre through the controllers to the nodes and back, played whole.
#include "models/controller/boot_loader.h"
#include "models/light/node_update.h"
#include "tests/toy_city.h"

enum { LAMPS = 12, KIB = 4 };
#define FIRMWARE TOY_BIT(DD_REC_FIRMWARE)
#define CAMPAIGN TOY_BIT(DD_REC_CAMPAIGN)

typedef struct stage {
    toy *city;
    dd_release release;
    dd_campaign_def def;
    uint32_t segments[TOY_SEGMENTS_MAX];
    uint32_t number; // of the campaign
} stage;

static dd_release release_of(dd_image_target target, dd_defect defect) {
    dd_release release = {.name = "R2", .defect = (uint8_t)defect};
    release.image.target = (uint8_t)target;
    release.image.version = 2;
    release.image.size = KIB * 1024;
    return release;
}

static toy_def usual(void) {
    toy_def def = toy_default();
    def.segment_n = 2;
    def.lamp_n = LAMPS;
    def.kind = DD_STREET_75;
    def.start = "2020-08-03 20:00";
    return def;
}

// Opens the city with the release in it, and begins the campaign after a minute.
static void open(stage *it, const toy_def *def, dd_release release, uint64_t mask) {
    dd_error error = {DD_OK, ""};
    it->city = toy_open(def);
    it->def = dd_campaign_default_def();
    it->def.release = dd_release_add(&it->city->world->def.releases, &release, &error);
    cr_assert(it->def.release, "%s", error.text);
    it->release = it->city->world->def.releases.at[it->def.release];
    for (uint32_t i = 0; i < def->segment_n; i++)
        it->segments[i] = i + 1;
    it->def.segments = it->segments;
    it->def.segment_n = def->segment_n;
    it->def.soak = DD_HOUR;
    if (mask) dd_stream_listen(&it->city->world->engine->stream, mask, toy_keep, it->city);
    dd_twin_start(it->city->world);
    toy_for(it->city, DD_MINUTE);
}

static dd_domain *hub(stage *it) {
    dd_domain *domain = &it->city->world->engine->domains[DD_HUB_DOMAIN];
    domain->now = it->city->world->engine->now;
    return domain;
}

static void begin(stage *it) {
    dd_error error = {DD_OK, ""};
    it->number =
        dd_campaign_begin(hub(it), &toy_hub(it->city)->centre, &it->def, 0, &error);
    cr_assert(it->number, "%s", error.text);
}

static const dd_campaign *campaign(const stage *it) {
    return dd_campaign_find(&toy_hub(it->city)->centre, it->number);
}

static uint32_t count(const stage *it, uint32_t segment, uint32_t version) {
    uint32_t n = 0;
    for (uint16_t lamp = 1; lamp <= LAMPS; lamp++)
        n += dd_node_version(toy_domain(it->city, segment), toy_segment(it->city, segment), lamp) ==
             version;
    return n;
}

static uint32_t records(const stage *it, uint16_t kind, int64_t v0) {
    uint32_t n = 0;
    for (size_t i = 0; i < it->city->record_n; i++)
        n += it->city->records[i].kind == kind && it->city->records[i].value[0] == v0;
    return n;
}

Test(campaign, brings_a_release_to_every_node_wave_after_wave) {
    stage it;
    toy_def def = usual();
    open(&it, &def, release_of(DD_IMAGE_NODE, DD_DEFECT_NONE), FIRMWARE);
    begin(&it);
    toy_for(it.city, 40 * DD_MINUTE);
    cr_assert_eq(count(&it, 1, 2), LAMPS);
    cr_assert_eq(count(&it, 2, 2), 0, "the second wave waits until the first has been watched");
    toy_for(it.city, 3 * DD_HOUR);
    cr_assert_eq(count(&it, 2, 2), LAMPS);
    cr_assert_eq(campaign(&it)->state, DD_CAMPAIGN_DONE);
    cr_assert_eq(records(&it, DD_REC_FIRMWARE, DD_FIRMWARE_CONFIRMED), 2 * LAMPS);
    toy_close(it.city);
}
