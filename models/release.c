#include "models/release.h"
#include "engine/random.h"
#include "models/kind.h"

#include <string.h>

const char *const dd_defect_names[] = {"none",
                                       "does_not_start",
                                       "mute",
                                       "wrong_curve",
                                       "forgets_overrides",
                                       "override_never_ends",
                                       "midnight_rollover",
                                       NULL};

dd_defect dd_defect_find(const char *name, dd_error *error) {
    for (int i = 0; dd_defect_names[i]; i++)
        if (strcmp(name, dd_defect_names[i]) == 0) return (dd_defect)i;
    dd_fail_unknown(error, "defect", name, dd_defect_names, "firmware{...} knows no other");
    return DD_DEFECTS;
}

// --- Octets ---

enum { DRAWN = sizeof(dd_random4) };

// Of the file that was made: word by word, least octet first.
static uint8_t made_octet(uint64_t stable, dd_random4 *draw, uint32_t at, uint32_t *drawn) {
    if (*drawn != at / DRAWN) {
        *draw = dd_random(0, stable, DD_DRAW_FIRMWARE, at / DRAWN);
        *drawn = at / DRAWN;
    }
    return (uint8_t)(draw->v[at % DRAWN / 4] >> 8 * (at % 4));
}

static void make(const dd_release *release, uint32_t at, uint8_t *octets, uint32_t n) {
    uint64_t stable = dd_hash_bytes(release->name, strlen(release->name), release->image.version);
    dd_random4 draw;
    uint32_t drawn = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++)
        octets[i] = made_octet(stable, &draw, at + i, &drawn);
}

static void find_digest(dd_release *release) {
    uint8_t octets[DD_LINE_BLOCK_OCTETS];
    dd_sha256 sha;
    dd_sha256_begin(&sha);
    for (uint32_t at = 0; at < release->image.size; at += sizeof octets) {
        make(release, at, octets, sizeof octets);
        dd_sha256_add(&sha, octets, sizeof octets);
    }
    dd_sha256_end(&sha, release->image.digest);
}

// What is wrong at octet `damaged` - 1 of the file, within `n` octets from `at` on.
static void damage(const dd_release *release, uint32_t at, uint8_t *octets, uint32_t n) {
    uint32_t place = release->damaged - 1;
    if (release->damaged && place >= at && place - at < n) octets[place - at] ^= 1;
}

void dd_release_header(const dd_release *release, uint8_t octets[static DD_IMAGE_HEADER]) {
    dd_image_write(octets, &release->image);
    damage(release, 0, octets, DD_IMAGE_HEADER);
}

void dd_release_payload(const dd_release *release, uint32_t at, uint8_t *octets, uint32_t n) {
    make(release, at, octets, n);
    damage(release, DD_IMAGE_HEADER + at, octets, n);
}

// --- The list ---

static bool has_defect(uint8_t target, uint8_t defect) {
    return target == DD_IMAGE_NODE || defect <= DD_DEFECT_MUTE;
}

static bool check(const dd_releases *releases, const dd_release *def, dd_error *error) {
    if (!def->name[0]) return dd_fail(error, DD_WRONG, "a release needs a name");
    if (dd_release_find(releases, def->name))
        return dd_fail(error, DD_WRONG, "there is a release '%s' already", def->name);
    if (def->image.version <= DD_FACTORY_VERSION)
        return dd_fail(error, DD_WRONG, "release '%s' has version %u; devices are made with %d",
                       def->name, def->image.version, DD_FACTORY_VERSION);
    if (def->image.size == 0 || def->image.size > DD_IMAGE_MOST || def->image.size % 1024)
        return dd_fail(error, DD_WRONG, "release '%s' has %u octets; it may have 1 to %d KiB",
                       def->name, def->image.size, DD_IMAGE_MOST / 1024);
    if (!has_defect(def->image.target, def->defect))
        return dd_fail(error, DD_WRONG, "no controller has the defect '%s'",
                       dd_defect_names[def->defect]);
    if (def->damaged > DD_IMAGE_HEADER + def->image.size)
        return dd_fail(error, DD_WRONG, "release '%s' has no octet %u", def->name,
                       def->damaged - 1);
    return releases->n < DD_RELEASES_MAX ||
           dd_fail(error, DD_WRONG, "there are %d releases at most", DD_RELEASES_MAX);
}

uint32_t dd_release_add(dd_releases *releases, const dd_release *def, dd_error *error) {
    if (!check(releases, def, error)) return 0;
    dd_release *release = &releases->at[++releases->n];
    *release = *def;
    release->image.hardware =
        def->image.target == DD_IMAGE_NODE ? DD_HARDWARE_NODE : DD_HARDWARE_CONTROLLER;
    find_digest(release);
    return releases->n;
}

uint32_t dd_release_find(const dd_releases *releases, const char *name) {
    for (uint32_t i = 1; i <= releases->n; i++)
        if (strcmp(releases->at[i].name, name) == 0) return i;
    return 0;
}

uint32_t dd_release_of(const dd_releases *releases, const dd_image *image) {
    for (uint32_t i = 1; i <= releases->n; i++)
        if (dd_image_same(&releases->at[i].image, image)) return i;
    return 0;
}
