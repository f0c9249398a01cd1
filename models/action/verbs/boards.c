// What the instructor does with the boards that sit in controllers' places.
#include "models/action/verb.h"
#include "models/controller/board_port.h"

static dd_board_deed deed_of(dd_verb verb) {
    return (dd_board_deed)(verb - DD_VERB_ATTACH + DD_BOARD_ATTACH);
}

static bool check_one(const dd_world *world, const dd_action *action, uint32_t entity,
                      dd_error *error) {
    const dd_board_port *port = world->boards;
    return port->check(port->context, dd_world_index(world, entity), deed_of(action->verb),
                       action->text, error);
}

// Of many segments it is done to those where it can be.
static bool check(const dd_world *world, const dd_action *action, const dd_meant *meant,
                  dd_error *error) {
    if (!world->boards) return dd_fail(error, DD_WRONG, "no boards can be attached to this run");
    if (action->verb == DD_VERB_ATTACH && meant->n != 1)
        return dd_fail(error, DD_WRONG, "a board is attached to one segment, not to %u", meant->n);
    for (uint32_t i = 0; i < meant->n; i++)
        if (check_one(world, action, meant->entities[i], error)) return true;
    return meant->n == 1 || dd_fail(error, DD_WRONG,
                                    "none of these %u segments has a board, or "
                                    "none that lets that be done to it",
                                    meant->n);
}

static bool act(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                dd_error *error) {
    (void)cause;
    const dd_board_port *port = world->boards;
    for (uint32_t i = 0; i < meant->n; i++) {
        uint32_t entity = meant->entities[i];
        if (meant->n > 1 && !check_one(world, action, entity, NULL)) continue;
        if (!port->act(port->context, dd_world_index(world, entity), deed_of(action->verb),
                       action->text, error))
            return false;
    }
    return true;
}

static bool parse(const dd_world *world, dd_words *words, dd_action *action, dd_error *error) {
    const char *verb = words->word[0];
    bool more = action->verb == DD_VERB_ATTACH || action->verb == DD_VERB_SUPPLY ||
                action->verb == DD_VERB_WIRE;
    if (words->n < 2 + more)
        return dd_fail(error, DD_WRONG, "%s needs a segment%s: 'domdom help actions' shows how",
                       verb, more ? " and what shall be" : "");
    if (words->n > 2 && !more)
        return dd_fail(error, DD_WRONG, "'%s' is too much after '%s'", words->word[2], verb);
    action->text = more ? dd_words_rest(words, 2) : "";
    return dd_words_target(world, words, 1, action, error);
}

const dd_verb_def dd_verbs_boards[] = {
    {DD_VERB_ATTACH,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_SEGMENT,
     {{"attach TARGET BOARD",
       "put a board in the controller's place; BOARD is `serial=SEG-0042` (with `vid=1209`, "
       "`pid=0001`, `interface=0`), `path=/dev/ttyACM0` or `emulated=lm3s6965evb` "
       "(`netduinoplus2`, "
       "`host`; with `firmware=FILE` of your own), then perhaps "
       "`on_lost=fallback` (`wait`, `fail`), `shadow`, `shadow.serial=...`, "
       "`late=count` (`drop`, `lose`), `late_n=3`, `tolerance=5ms`, `find=10s`, `answer=2s`, "
       "`lock_step`, `supply=\"COMMAND\"`"}},
     parse,
     check,
     act},
    {DD_VERB_DETACH,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_SEGMENT,
     {{"detach TARGET", "take its board away; the simulated controller goes on"}},
     parse,
     check,
     act},
    {DD_VERB_UNPLUG,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_SEGMENT,
     {{"unplug TARGET", "pull its board's cable"}},
     parse,
     check,
     act},
    {DD_VERB_PLUG,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_SEGMENT,
     {{"plug TARGET", "put its board's cable back"}},
     parse,
     check,
     act},
    {DD_VERB_SUPPLY,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_SEGMENT,
     {{"supply TARGET on|off", "switch its board's supply"}},
     parse,
     check,
     act},
    {DD_VERB_RESET,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_SEGMENT,
     {{"reset TARGET", "have its board start anew"}},
     parse,
     check,
     act},
    {DD_VERB_WIRE,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_SEGMENT,
     {{"wire TARGET FIGURES",
       "make its board's wire bad; FIGURES are `drop=0.05`, `corrupt=`, `duplicate=`, `truncate=` "
       "(chances by frame), `delay_ms=`, `jitter_ms=`, `stall_every_s=`, `stall_s=`, or `good`"}},
     parse,
     check,
     act},
    {.verb = DD_VERB_NONE},
};
