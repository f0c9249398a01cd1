// A verb of the actions: who does it, how it is written, checked and done.
#pragma once

#include "models/action/words.h"

typedef enum dd_role {
    DD_ROLE_OPERATOR,   // at the desk of the centre
    DD_ROLE_TECHNICIAN, // in the street
    DD_ROLE_INSTRUCTOR, // who makes the night
} dd_role;

extern const char *const dd_role_names[];

// How an action is written, and what it does.
typedef struct dd_action_form {
    const char *form, *what;
} dd_action_form;

// What an action is done to: the entities that are meant, or, where it is not done to such, those
// that they stand for.
typedef struct dd_meant {
    const uint32_t *entities;
    uint32_t n;
    uint32_t *related; // owned; NULL: the entities are the action's own
} dd_meant;

typedef struct dd_verb_def {
    dd_verb verb;
    dd_role role;
    dd_entity_type target;   // what it is done to; none: whatever is meant, or its fault's
    dd_action_form forms[3]; // without a NULL form
    // Reads the words after the verb. The action may point into them.
    bool (*parse)(const dd_world *world, dd_words *words, dd_action *action, dd_error *error);
    // Whether it can be done; may run before anything is at work. NULL: always.
    bool (*check)(const dd_world *world, const dd_action *action, const dd_meant *meant,
                  dd_error *error);
    // Does it, caused by the record that tells of it. False and an error: nothing has been done.
    bool (*act)(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                dd_error *error);
} dd_verb_def;

// All of it that is known of a verb.
const dd_verb_def *dd_verb_of(dd_verb verb);

// The verb of that name, or DD_VERB_NONE and an error that suggests the nearest.
dd_verb dd_verb_find(const char *name, dd_error *error);

// The hub, at the moment at which the world stands: what is done at the desk is done there.
dd_domain *dd_verb_hub(dd_world *world);

// For verbs that need nothing but a target.
bool dd_verb_parse_bare(const dd_world *world, dd_words *words, dd_action *action, dd_error *error);

// Whether some segment of the lamps that are meant has the action's group, if it has one. For verbs
// at work: groups come and go.
bool dd_verb_finds_group(const dd_world *world, const dd_action *action, const dd_meant *meant,
                         dd_error *error);

// The verbs, each table in its own file of models/action/verbs/; they end with DD_VERB_NONE.
extern const dd_verb_def dd_verbs_commands[];
extern const dd_verb_def dd_verbs_schedules[];
extern const dd_verb_def dd_verbs_alarms[];
extern const dd_verb_def dd_verbs_incidents[];
extern const dd_verb_def dd_verbs_tickets[];
extern const dd_verb_def dd_verbs_reports[];
extern const dd_verb_def dd_verbs_log[];
extern const dd_verb_def dd_verbs_street[];
extern const dd_verb_def dd_verbs_faults[];
extern const dd_verb_def dd_verbs_sky[];
extern const dd_verb_def dd_verbs_updates[];
extern const dd_verb_def dd_verbs_boards[];
