#include "models/schema.h"

const char *const dd_fault_names[] = {
    "none",     "led_open", "driver_dead", "stuck_on", "no_dimming", "node_dead",  "breaker",
    "phase_l1", "phase_l2", "phase_l3",    "blackout", "line",       "controller", NULL};

const char *const dd_entity_type_names[] = {"none", "lamp", "segment", "feeder", "cabinet",
                                            "road", "ward", "city",    NULL};

// TALQ's names where it has one.
const char *const dd_alarm_names[] = {
    "none",       "lampFailure",             "lampUnexpectedOn",       "communicationFailure",
    "supplyLoss", "controlGearFailure",      "controllerOnBattery",    "controllerUnreachable",
    NULL};

const char *const dd_report_names[] = {
    "rubbish",        "street_selling", "advertising", "construction_order",
    "infrastructure", "security",       "lighting",    NULL};

const char *const dd_verb_names[] = {"none", "override", "resume",      "read",
                                     "fail", "repair",   "acknowledge", NULL};

static const char *const light_reasons[] = {"program", "override", "resume", "supply",
                                            "start",   "fault",    "repair", NULL};
static const char *const on_off[] = {"off", "on", NULL};
static const char *const down_up[] = {"down", "up", NULL};
static const char *const begins_ends[] = {"repaired", "failed", NULL};
static const char *const directions[] = {"down", "up", NULL};
static const char *const mesh_outcomes[] = {"delivered", "no_route", "no_ack", "dead", NULL};
static const char *const priorities[] = {"none", "high", "medium", "low", NULL};
static const char *const orders[] = {"none",   "ack",     "clock", "read", "override",
                                     "resume", "program", "poll",  NULL};
static const char *const outcomes[] = {"done", "partly", "failed", "expired", NULL};
static const char *const dark_lit[] = {"lit", "dark", NULL};
static const char *const fail_pass[] = {"fail", "pass", NULL};

static const char *const digest_names[] = {"lights", "alarms", "commands", "reports", "energy"};
enum { NO_DIGEST, LIGHTS, ALARMS, COMMANDS, REPORTS, ENERGY };

static const dd_record_kind kinds[DD_REC_KINDS] = {
    [DD_REC_LAMP_LIGHT] = {"lamp_light", "A luminaire's light or power changed.", DD_TRUTH, LIGHTS, true,
                           {{"light", DD_FIELD_MILLI, "1", NULL},
                            {"power", DD_FIELD_MILLI, "W", NULL},
                            {"reason", DD_FIELD_ENUM, NULL, light_reasons}}},
    [DD_REC_FEEDER_SUPPLY] = {"feeder_supply", "The live phases of a feeder changed.", DD_TRUTH, LIGHTS,
                              true,
                              {{"live_phases", DD_FIELD_INTEGER, "mask", NULL}}},
    [DD_REC_FAULT] = {"fault", "Something failed, or was repaired.", DD_TRUTH, NO_DIGEST, true,
                      {{"fault", DD_FIELD_ENUM, NULL, dd_fault_names},
                       {"state", DD_FIELD_ENUM, NULL, begins_ends}}},
    [DD_REC_LINE] = {"line", "A segment's backhaul went down or came up.", DD_TRUTH, NO_DIGEST, true,
                     {{"state", DD_FIELD_ENUM, NULL, down_up}}},
    [DD_REC_CONTROLLER] = {"controller", "A segment controller stopped or started.", DD_TRUTH,
                           NO_DIGEST, true,
                           {{"state", DD_FIELD_ENUM, NULL, on_off}}},
    [DD_REC_FEEDER_ENERGY] = {"feeder_energy", "Energy that a feeder's lamps have taken so far.",
                              DD_TRUTH, ENERGY, true,
                              {{"energy", DD_FIELD_MILLI, "Wh", NULL},
                               {"power", DD_FIELD_MILLI, "W", NULL}}},
    [DD_REC_MESH_MESSAGE] = {"mesh_message", "A message crossed the mesh, or was lost.", DD_TRUTH,
                             NO_DIGEST, true,
                             {{"direction", DD_FIELD_ENUM, NULL, directions},
                              {"outcome", DD_FIELD_ENUM, NULL, mesh_outcomes},
                              {"hops", DD_FIELD_INTEGER, NULL, NULL},
                              {"latency", DD_FIELD_MILLI, "ms", NULL}}},
    [DD_REC_MESH_HOP] = {"mesh_hop", "One hop of a message, with all its attempts.", DD_TRUTH,
                         NO_DIGEST, false,
                         {{"to", DD_FIELD_ENTITY, NULL, NULL},
                          {"attempts", DD_FIELD_INTEGER, NULL, NULL},
                          {"since_start", DD_FIELD_MILLI, "ms", NULL}}},
    [DD_REC_MESH_ROUTES] = {"mesh_routes", "A segment's routing tree was made anew.", DD_TRUTH,
                            NO_DIGEST, true,
                            {{"reached", DD_FIELD_INTEGER, "lamps", NULL},
                             {"unreached", DD_FIELD_INTEGER, "lamps", NULL},
                             {"most_hops", DD_FIELD_INTEGER, NULL, NULL}}},
    [DD_REC_SIGHT] = {"sight", "A lamp is seen dark at night, or lit again.", DD_TRUTH, NO_DIGEST,
                      true,
                      {{"state", DD_FIELD_ENUM, NULL, dark_lit}}},
    [DD_REC_READING] = {"reading", "What the centre was told of a lamp.", DD_BELIEF, NO_DIGEST, true,
                        {{"light", DD_FIELD_MILLI, "1", NULL},
                         {"power", DD_FIELD_MILLI, "W", NULL},
                         {"flags", DD_FIELD_INTEGER, "mask", NULL},
                         {"read_at", DD_FIELD_TIME, NULL, NULL}}},
    [DD_REC_ALARM_RAISED] = {"alarm_raised", "The centre raised an alarm.", DD_BELIEF, ALARMS, true,
                             {{"number", DD_FIELD_INTEGER, NULL, NULL},
                              {"what", DD_FIELD_ENUM, NULL, dd_alarm_names},
                              {"priority", DD_FIELD_ENUM, NULL, priorities},
                              {"value", DD_FIELD_INTEGER, NULL, NULL}}},
    [DD_REC_ALARM_RETURNED] = {"alarm_returned", "An alarm's condition went away.", DD_BELIEF, ALARMS,
                               true,
                               {{"number", DD_FIELD_INTEGER, NULL, NULL},
                                {"what", DD_FIELD_ENUM, NULL, dd_alarm_names}}},
    [DD_REC_ALARM_ACKNOWLEDGED] = {"alarm_acknowledged", "An operator acknowledged an alarm.",
                                   DD_BELIEF, ALARMS, true,
                                   {{"number", DD_FIELD_INTEGER, NULL, NULL},
                                    {"what", DD_FIELD_ENUM, NULL, dd_alarm_names}}},
    [DD_REC_ALARM_CLEARED] = {"alarm_cleared", "An alarm is returned and acknowledged: done with.",
                              DD_BELIEF, ALARMS, true,
                              {{"number", DD_FIELD_INTEGER, NULL, NULL},
                               {"what", DD_FIELD_ENUM, NULL, dd_alarm_names}}},
    [DD_REC_COMMAND] = {"command", "The centre sent a command to a segment.", DD_BELIEF, COMMANDS, true,
                        {{"number", DD_FIELD_INTEGER, NULL, NULL},
                         {"order", DD_FIELD_ENUM, NULL, orders},
                         {"lamps", DD_FIELD_INTEGER, NULL, NULL},
                         {"level", DD_FIELD_MILLI, "1", NULL}}},
    [DD_REC_COMMAND_OUTCOME] = {"command_outcome", "How a command ended, as the centre holds it.",
                                DD_BELIEF, COMMANDS, true,
                                {{"number", DD_FIELD_INTEGER, NULL, NULL},
                                 {"outcome", DD_FIELD_ENUM, NULL, outcomes},
                                 {"lamps_done", DD_FIELD_INTEGER, NULL, NULL},
                                 {"latency", DD_FIELD_MILLI, "s", NULL}}},
    [DD_REC_REPORT] = {"report", "A citizen filed a report; the entity is the road it names.",
                       DD_BELIEF, REPORTS, true,
                       {{"number", DD_FIELD_INTEGER, NULL, NULL},
                        {"topic", DD_FIELD_ENUM, NULL, dd_report_names},
                        {"true_topic", DD_FIELD_ENUM, NULL, dd_report_names},
                        {"about", DD_FIELD_ENTITY, NULL, NULL}}},
    [DD_REC_REPORT_TRANSFERRED] = {"report_transferred",
                                   "The urban management office handed a report to a ward.",
                                   DD_BELIEF, REPORTS, true,
                                   {{"number", DD_FIELD_INTEGER, NULL, NULL},
                                    {"topic", DD_FIELD_ENUM, NULL, dd_report_names}}},
    [DD_REC_ACTION] = {"action", "An operator or instructor acted; the entity is what on.", DD_BELIEF,
                       NO_DIGEST, true,
                       {{"verb", DD_FIELD_ENUM, NULL, dd_verb_names},
                        {"entities", DD_FIELD_INTEGER, NULL, NULL},
                        {"text", DD_FIELD_TEXT, NULL, NULL}}},
    [DD_REC_NOTE] = {"note", "The scenario said something.", DD_BELIEF, NO_DIGEST, true,
                     {{"text", DD_FIELD_TEXT, NULL, NULL}}},
    [DD_REC_CRITERION] = {"criterion", "The scenario judged an expectation.", DD_BELIEF, NO_DIGEST, true,
                          {{"name", DD_FIELD_TEXT, NULL, NULL},
                           {"result", DD_FIELD_ENUM, NULL, fail_pass},
                           {"measured", DD_FIELD_MILLI, NULL, NULL},
                           {"limit", DD_FIELD_MILLI, NULL, NULL}}},
};

const dd_record_schema dd_schema = {.kinds = kinds,
                                    .kind_n = DD_REC_KINDS,
                                    .digest_names = digest_names,
                                    .digest_n = DD_COUNT(digest_names)};
