#include "models/controller/board_names.h"

#include <stddef.h>

const char *const dd_board_state_names[] = {"absent", "found", "greeted", "in_step",
                                            "late",   "lost",  NULL};
const char *const dd_board_verdict_names[] = {"well",
                                              "not_found",
                                              "ambiguous",
                                              "no_access",
                                              "no_hello",
                                              "wrong_version",
                                              "wrong_identity",
                                              "protocol_error",
                                              "missed_deadline",
                                              "silent",
                                              "unplugged",
                                              "restarted",
                                              NULL};
const char *const dd_board_seat_names[] = {"board", "shadow", "cold", "nobody", NULL};
const char *const dd_divergence_names[] = {"none", "missing", "unexpected", "different",
                                           "late", "order",   NULL};
