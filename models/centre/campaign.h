// Firmware campaigns: the centre brings a release to the devices of many segments, wave after wave,
// a few segments (the canary) first. A wave goes on to be watched for a while when all of its
// segments have said how it ended; only then the next begins. Gates: when too many devices fail, or
// too many of those updated have alarms that they did not have before, the campaign halts by itself
// and, if it is to, has what was updated go back. All of it by what controllers say and by the
// centre's own alarms: belief, never truth.
#pragma once

#include "engine/engine.h"
#include "models/controller/core/message.h"
#include "models/release.h"

struct dd_centre;

typedef enum dd_campaign_state {
    DD_CAMPAIGN_BEGUN, // in this order in the schema's record of it
    DD_CAMPAIGN_WAVE,
    DD_CAMPAIGN_HALTED,
    DD_CAMPAIGN_DONE,
    DD_CAMPAIGN_ABORTED,
    DD_CAMPAIGN_STATES,
} dd_campaign_state;

// Why it halted.
typedef enum dd_campaign_gate {
    DD_GATE_NONE,
    DD_GATE_OPERATOR,
    DD_GATE_FAILED, // too many devices could not be updated
    DD_GATE_ALARMS, // too many that were have new alarms
} dd_campaign_gate;

// Defaults by dd_campaign_default_def.
typedef struct dd_campaign_def {
    uint32_t release;         // number, of the world's
    const uint32_t *segments; // of the city, in the order in which they are updated
    uint32_t segment_n;
    uint32_t canary_n;   // segments of the first wave; 1
    double wave_share;   // of all segments, in each further wave; 25 %
    dd_time soak;        // a wave is watched for so long; a day
    dd_time patience;    // ... and given so long; three days (facts F, T10: three nights)
    double failed_share; // of a wave's devices may fail; 5 %
    double alarm_share;  // of the updated devices may have new alarms; 5 %
    bool goes_back;      // when it halts by itself, what was updated goes back; true
} dd_campaign_def;

// One segment's part.
typedef struct dd_campaign_part {
    uint32_t segment;
    uint16_t wave; // from 0
    uint16_t device_n;
    uint8_t phase;   // dd_update_phase, as its controller has said last
    uint8_t result;  // dd_firmware_result
    uint8_t outcome; // DD_UPDATE_DONE or _GIVEN_UP, once it has come to that; going back aside
    bool reverts;    // it has been told to go back
    dd_time began;   // when it was first offered; DD_NEVER: not yet
    dd_time settled; // when it ended; DD_NEVER: not yet
    uint16_t fetched, fetch_n; // blocks, so far and in all
    dd_lamp_set done;          // nodes that run it, and have not gone back
    dd_lamp_set failed;        // ... and that do not
    dd_lamp_set alarmed;       // lamps that had alarms before it began
} dd_campaign_part;

typedef struct dd_campaign {
    uint32_t number;     // from 1
    dd_campaign_def def; // without its list of segments
    dd_campaign_part *parts;
    uint32_t part_n;
    uint8_t state;  // dd_campaign_state: WAVE while it goes on
    uint8_t gate;   // dd_campaign_gate
    bool goes_back; // what was updated is to go back
    uint16_t wave, wave_n;
    uint32_t generation;  // of its parts' events
    dd_time wave_settled; // since when all parts of the present wave are; DD_NEVER: not yet
    dd_time began, ended;
} dd_campaign;

enum { DD_CAMPAIGNS_MAX = 16 };

typedef struct dd_campaigns {
    uint32_t n; // [1 .. n], by number
    dd_campaign all[DD_CAMPAIGNS_MAX + 1];
} dd_campaigns;

typedef struct dd_campaign_counts {
    uint32_t device_n, done_n, failed_n; // of all its segments
    uint32_t alarmed_n;                  // of those done, with new alarms
    uint32_t segment_n, settled_n;
    uint32_t open_n; // segments that it still has something to say to
} dd_campaign_counts;

dd_campaign_def dd_campaign_default_def(void);

// Begins a campaign now; between events. Its number, or 0 and an error: no such release, no
// segments, one of them in a campaign that goes on or goes back, figures out of range, too many
// campaigns.
uint32_t dd_campaign_begin(dd_domain *hub, struct dd_centre *centre, const dd_campaign_def *def,
                           uint64_t cause, dd_error *error);

// An operator halts it (what is under way ends where it is), lets it go on, or ends it for good,
// even when it is done; with `goes_back` what was updated goes back. False: there is no such
// campaign, it is over, or another one goes on in its segments.
bool dd_campaign_halt(dd_domain *hub, struct dd_centre *centre, uint32_t number, bool goes_back,
                      uint64_t cause);
bool dd_campaign_resume(dd_domain *hub, struct dd_centre *centre, uint32_t number, uint64_t cause);
bool dd_campaign_abort(dd_domain *hub, struct dd_centre *centre, uint32_t number, bool goes_back,
                       uint64_t cause);

// The campaign with a number, or NULL; what has come of it.
const dd_campaign *dd_campaign_find(const struct dd_centre *centre, uint32_t number);
dd_campaign_counts dd_campaign_count(const dd_domain *hub, const struct dd_centre *centre,
                                     const dd_campaign *campaign);

// Whether a lamp's alarm may well come of a release: it runs one, and many of those that do in its
// segment have alarms that they did not have before, or the campaign has halted for that.
bool dd_campaign_suspects(const dd_domain *hub, const struct dd_centre *centre, uint32_t segment,
                          uint16_t lamp);

// Words of kinds DD_WORD_UPDATE and DD_WORD_FETCH from a segment's controller.
void dd_campaign_word(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                      const dd_word *word);
void dd_campaign_fetch(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                       const dd_word *word);

// Event of kind DD_KIND_CAMPAIGN: a segment's part is looked at; a: number, b: generation.
void dd_campaign_due(dd_domain *hub, struct dd_centre *centre, uint32_t segment, uint32_t number,
                     uint32_t generation);
