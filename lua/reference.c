#include "lua/reference.h"
#include "lua/embedded.h"
#include "lua/library.h"
#include "models/action/verb.h"
#include "models/figure/figure.h"
#include "models/schema.h"
#include "models/world_settings.h"

#include <string.h>

// --- Tables ---

static void print_setting(void *out, const char *name, double value, double least, double most,
                          const char *unit, const char *what) {
    fprintf(out, "| `%s` | %g | %g to %g | %s | %s |\n", name, value, least, most, unit, what);
}

static void print_settings(FILE *out) {
    fprintf(out, "| setting | default | range | unit | what it is |\n|---|---|---|---|---|\n");
    dd_world_list_settings(print_setting, out);
}

static void print_field(FILE *out, const dd_field *field, bool first) {
    fprintf(out, "%s`%s`", first ? "" : ", ", field->name);
    if (field->unit) fprintf(out, " %s", field->unit);
    if (!field->names) return;
    fprintf(out, " (");
    for (int i = 0; field->names[i]; i++)
        fprintf(out, "%s%s", i ? " " : "", field->names[i]);
    fprintf(out, ")");
}

static void print_records(FILE *out) {
    fprintf(out, "| record | whose | what it says | fields |\n|---|---|---|---|\n");
    for (int k = 0; k < dd_schema.kind_n; k++) {
        const dd_record_kind *kind = &dd_schema.kinds[k];
        fprintf(out, "| `%s` | %s | %s | ", kind->name,
                kind->voice == DD_TRUTH ? "truth" : "belief", kind->what);
        for (int i = 0; i < DD_RECORD_VALUES && kind->fields[i].type; i++)
            print_field(out, &kind->fields[i], i == 0);
        fprintf(out, " |\n");
    }
}

static void print_figures(FILE *out) {
    fprintf(out, "| figure | unit | what it is |\n|---|---|---|\n");
    const dd_figure *f;
    for (size_t i = 0; (f = dd_figure_at(i)); i++)
        fprintf(out, "| `%s` | %s | %s |\n", f->name, f->unit, f->what);
}

// The types of a mask, with blanks between.
static void print_types(FILE *out, uint32_t types) {
    const char *blank = "";
    for (int type = 1; dd_entity_type_names[type]; type++) {
        if (!(types >> type & 1)) continue;
        fprintf(out, "%s%s", blank, dd_entity_type_names[type]);
        blank = ", ";
    }
}

static void print_faults(FILE *out) {
    fprintf(out, "Where something else is chosen, a fault goes to what it happens to there: one of "
                 "feeders on a road to the feeders that its lamps hang on, one of lamps on a "
                 "segment to its lamps.\n\n"
                 "| fault | happens to | what it is, and how it looks |\n|---|---|---|\n");
    for (int i = 1; dd_fault_names[i]; i++) {
        fprintf(out, "| `%s` | ", dd_fault_names[i]);
        print_types(out, dd_faults[i].types);
        fprintf(out, " | %s |\n", dd_faults[i].what);
    }
}

static void print_alarms(FILE *out) {
    static const char *const what[DD_ALARM_KINDS] = {
        [DD_ALARM_LAMP_FAILURE] = "lamp: no light though it should burn",
        [DD_ALARM_UNEXPECTED_ON] = "lamp: it burns though it should not",
        [DD_ALARM_COMMUNICATION] = "lamp: its node does not answer",
        [DD_ALARM_SUPPLY] = "feeder: phases are dead that should be live; the value is their mask",
        [DD_ALARM_CONTROL_GEAR] = "lamp: its gear neither answers its node nor gives light",
        [DD_ALARM_BATTERY] = "segment: the controller has lost its supply",
        [DD_ALARM_LINE] = "segment: the centre has not heard its controller (line or controller)",
        [DD_ALARM_POWER_LOW] = "lamp: too little power for its level",
        [DD_ALARM_DIMMING] = "lamp: too much power for its level",
        [DD_ALARM_RELAY] = "lamp: its node's relay does not open, or does not close",
        [DD_ALARM_CYCLING] = "lamp: it goes out and comes back, again and again",
        [DD_ALARM_GEAR_SILENT] = "lamp: it burns, but its gear does not answer its node",
        [DD_ALARM_HIGH_TEMPERATURE] = "lamp: its gear is too hot and gives less light for it",
        [DD_ALARM_VOLTAGE] = "lamp: voltage out of range, though not at its feeder's terminals",
        [DD_ALARM_SWITCHING_ON] = "feeder: its contactor does not close",
        [DD_ALARM_SWITCHING_OFF] = "feeder: its contactor does not open",
        [DD_ALARM_BREAKER] = "feeder: its breaker has tripped",
        [DD_ALARM_LEAKAGE] =
            "feeder: earth leakage above the warning threshold; the value is in mA",
        [DD_ALARM_DOOR] = "segment: its cabinet's door is open",
        [DD_ALARM_LOCAL_OVERRIDE] = "feeder: switched by hand at the cabinet",
        [DD_ALARM_FEEDER_VOLTAGE] = "feeder: voltage out of range at its terminals",
        [DD_ALARM_RESTARTED] = "segment: its controller hung and was restarted by its watchdog",
        [DD_ALARM_CLOCK] = "segment: the controller's clock is in doubt: 1 long not set, 2 told "
                           "something strange",
        [DD_ALARM_LOG_FULL] = "segment: words that the controller kept have been lost",
        [DD_ALARM_STORE] = "segment: the controller's flash takes no more writes",
        [DD_ALARM_INVALID_CALENDAR] = "segment: a calendar has no program for this night",
        [DD_ALARM_GARBAGE] = "segment: the controller hears what makes no sense; the value is "
                             "how often within an hour",
        [DD_ALARM_UPDATE] = "segment: a firmware update has failed there",
        [DD_ALARM_SCHEDULE] = "segment: what it follows is not what the centre gave it",
        [DD_ALARM_OVERRIDE_LEFT] = "segment: lamps are held by an order that nobody has ended",
    };
    fprintf(out, "Names follow TALQ's lighting profile.\n\n| alarm | on, and why |\n|---|---|\n");
    for (int i = 1; dd_alarm_names[i]; i++)
        fprintf(out, "| `%s` | %s |\n", dd_alarm_names[i], what[i]);
}

static void print_words(FILE *out, const char *name, const char *const *words) {
    fprintf(out, "\n%s is one of", name);
    for (int i = 0; words[i]; i++)
        fprintf(out, "%s `%s`", i ? "," : "", words[i]);
    fprintf(out, ".\n");
}

static void print_actions(FILE *out) {
    fprintf(out, "As text, for `--act 'TIME ACTION'` and `act(\"ACTION\")`:\n\n"
                 "| action | whose | what it does |\n|---|---|---|\n");
    for (int verb = 1; verb < DD_VERBS; verb++) {
        const dd_verb_def *def = dd_verb_of((dd_verb)verb);
        for (size_t i = 0; i < DD_COUNT(def->forms) && def->forms[i].form; i++)
            fprintf(out, "| `%s` | %s | %s |\n", def->forms[i].form, dd_role_names[def->role],
                    def->forms[i].what);
    }
    fprintf(out,
            "\nTARGET is `lamp:ID`, `segment:ID`, `feeder:ID`, `road:NAME` (blanks as `_`), "
            "`ward:NAME`, `operator:NAME` (of telecom lines) or `city`, and stands for what the "
            "action is done to there. ALARM, INCIDENT and REPORT are numbers, as the centre "
            "and the office give them.\n");
    print_words(out, "PRIORITY", (const char *const[]){"high", "medium", "low", NULL});
    print_words(out, "CAUSE", dd_cause_names);
    print_words(out, "TOPIC", dd_report_names);
    print_words(out, "ANSWER", dd_answer_names);
}

const char *const dd_reference_topics[] = {"settings", "records", "figures", "alarms",
                                           "faults",   "actions", NULL};

bool dd_reference_topic(const char *name, FILE *out) {
    static void (*const print[])(FILE *) = {print_settings, print_records, print_figures,
                                            print_alarms,   print_faults,  print_actions};
    for (int i = 0; dd_reference_topics[i]; i++)
        if (strcmp(dd_reference_topics[i], name) == 0) {
            print[i](out);
            return true;
        }
    return false;
}

// --- The library's comments ---

static size_t line_length(const char *line) {
    return strcspn(line, "\n");
}

static const char *next_line(const char *line) {
    line += line_length(line);
    return *line ? line + 1 : line;
}

static bool begins(const char *line, const char *word) {
    return strncmp(line, word, strlen(word)) == 0;
}

static bool is_comment(const char *line) {
    return begins(line, "---") && line[3] != '-';
}

// What a comment stands above: "function lamps(filter)", "local Selection".
static int head_length(const char *line) {
    if (begins(line, "function ")) return (int)(strcspn(line, ")") + 1);
    if (begins(line, "local ")) return (int)strcspn(line, "=");
    return 0;
}

typedef struct visitor {
    FILE *out;
    void (*section)(FILE *out, const char *title, int length);
    void (*item)(FILE *out, const char *comment, const char *head, int length);
} visitor;

static void visit_file(const visitor *v, const char *text) {
    for (const char *line = text; *line; line = next_line(line)) {
        if (begins(line, "--# ")) v->section(v->out, line + 4, (int)line_length(line) - 4);
        if (!is_comment(line)) continue;
        const char *comment = line;
        while (is_comment(next_line(line)))
            line = next_line(line);
        const char *head = next_line(line);
        v->item(v->out, comment, head, head_length(head));
    }
}

static void visit(const visitor *v) {
    for (int i = 0; dd_library_files[i]; i++)
        visit_file(v, dd_embedded_find(dd_library_files[i])->text);
}

static void annotate_section(FILE *out, const char *title, int length) {
    fprintf(out, "\n-- %.*s\n", length, title);
}

static void annotate_item(FILE *out, const char *comment, const char *head, int length) {
    fputc('\n', out);
    for (; is_comment(comment); comment = next_line(comment))
        fprintf(out, "%.*s\n", (int)line_length(comment), comment);
    if (begins(head, "local "))
        fprintf(out, "%.*s= {}\n", length, head);
    else if (length)
        fprintf(out, "%.*s end\n", length, head);
}

void dd_reference_annotations(FILE *out) {
    fprintf(out,
            "---@meta\n-- The scenario language of Đom Đóm, for the Lua language server. Made by "
            "`domdom api --annotations`.\n");
    visit(&(visitor){out, annotate_section, annotate_item});
}

static void page_section(FILE *out, const char *title, int length) {
    fprintf(out, "\n## %.*s\n", length, title);
}

// "---@param name type text": name and type as code.
static void page_tag(FILE *out, const char *line, int length) {
    if (begins(line, "---@param "))
        fprintf(out, "\n- `%.*s`", length - 10, line + 10);
    else if (begins(line, "---@return "))
        fprintf(out, "\n- returns `%.*s`", length - 11, line + 11);
    else if (begins(line, "---@field "))
        fprintf(out, "\n- field `%.*s`", length - 10, line + 10);
}

static void page_item(FILE *out, const char *comment, const char *head, int length) {
    bool function = begins(head, "function ");
    int skip = function ? 9 : 6;
    if (length)
        fprintf(out, "\n### %s%.*s\n\n", function ? "" : "Class ", length - skip, head + skip);
    else
        fprintf(out, "\n### %.*s\n\n", (int)line_length(comment) - 10, comment + 10);
    for (const char *line = comment; is_comment(line); line = next_line(line))
        if (line[3] != '@') fprintf(out, "%.*s\n", (int)line_length(line) - 3, line + 3);
    for (const char *line = comment; is_comment(line); line = next_line(line))
        if (line[3] == '@') page_tag(out, line, (int)line_length(line));
    fputc('\n', out);
}

static void print_markdown(FILE *out) {
    fprintf(
        out,
        "# The scenario language of Đom Đóm\n\nA scenario is plain Lua 5.4 without files, clocks "
        "and modules. This page is printed by `domdom api`.\n");
    visit(&(visitor){out, page_section, page_item});
    for (int i = 0; dd_reference_topics[i]; i++) {
        fprintf(out, "\n## Table of %s\n\n", dd_reference_topics[i]);
        dd_reference_topic(dd_reference_topics[i], out);
    }
}

int dd_api_command(int argc, char **argv) {
    bool annotations = argc == 2 && strcmp(argv[1], "--annotations") == 0;
    bool page = argc == 1 || (argc == 2 && strcmp(argv[1], "--markdown") == 0);
    if (annotations)
        dd_reference_annotations(stdout);
    else if (page)
        print_markdown(stdout);
    else
        fprintf(stderr, "domdom: api takes --markdown or --annotations, or nothing\n");
    return annotations || page ? DD_OK : DD_WRONG;
}
