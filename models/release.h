// Firmware releases: what a scenario says there is to install on nodes and controllers. A release
// has octets (drawn by its name, so that the same release is the same file in every run) and
// perhaps a defect, which whoever runs it shows. Of [0], what devices are made with, there is no
// file.
#pragma once

#include "engine/base.h"
#include "models/controller/core/image.h"

enum { DD_RELEASES_MAX = 16, DD_RELEASE_NAME = 32, DD_FACTORY_VERSION = 1 };

// What can be wrong with a release that its digest does not show (facts B6).
typedef enum dd_defect {
    DD_DEFECT_NONE,
    DD_DEFECT_NO_START,    // does not start
    DD_DEFECT_MUTE,        // a node's radio, a controller's words to the centre: nothing is sent
    DD_DEFECT_WRONG_CURVE, // node: codes for the other dimming curve than its gear's
    DD_DEFECT_FORGETS,     // node: drops an override after a minute
    DD_DEFECT_NEVER_ENDS,  // node: holds an override past its end
    DD_DEFECT_MIDNIGHT,    // node: from midnight to noon its program has no light
    DD_DEFECTS,
} dd_defect;

extern const char *const dd_defect_names[]; // NULL-terminated, in the order of dd_defect

typedef struct dd_release {
    char name[DD_RELEASE_NAME];
    dd_image image;   // target, version, size; dd_release_add finds the digest
    uint8_t defect;   // dd_defect
    uint32_t damaged; // 1 + the place of an octet of the file (header and payload) that is wrong
                      // where the centre keeps it; 0: none
} dd_release;

typedef struct dd_releases {
    uint32_t n; // [1 .. n]
    dd_release at[DD_RELEASES_MAX + 1];
} dd_releases;

dd_defect dd_defect_find(const char *name, dd_error *error);

// Adds a release of which name, target, version, size (in whole KiB, 256 at most), defect and
// damage are given. Its number, or 0 and an error: a name twice, a version that is the devices'
// own, a defect that no device of the target has.
uint32_t dd_release_add(dd_releases *releases, const dd_release *def, dd_error *error);

// The number of the release with that name; of the one that an image is; 0: none.
uint32_t dd_release_find(const dd_releases *releases, const char *name);
uint32_t dd_release_of(const dd_releases *releases, const dd_image *image);

// The file as the centre keeps it: its header, and `n` octets of its payload from `at` on.
void dd_release_header(const dd_release *release, uint8_t octets[static DD_IMAGE_HEADER]);
void dd_release_payload(const dd_release *release, uint32_t at, uint8_t *octets, uint32_t n);
