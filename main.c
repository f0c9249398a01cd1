// The command line: a table of commands, each carried out in the folder whose work it is.
#include "engine/base.h"
#include "hil/command/board_command.h"
#include "lua/energy_command.h"
#include "lua/mesh_command.h"
#include "lua/new_command.h"
#include "lua/reference.h"
#include "lua/run_command.h"
#include "models/city/city_command.h"
#include "models/roadlight/light_command.h"
#include "tests/bench/bench.h"

#include <stdio.h>
#include <string.h>

typedef struct dd_command {
    const char *name;
    const char *summary;               // one line for the overview
    const char *usage;                 // what `domdom help NAME` prints
    int (*run)(int argc, char **argv); // argv[0] is the command's name; returns the exit status
} dd_command;

static int help_command(int argc, char **argv);
static int test_command(int argc, char **argv);

static const dd_command commands[] = {
    {"run", "play a scenario and judge it",
     "domdom run SCENARIO.lua [OPTIONS]\n"
     "\n"
     "Plays the scenario as fast as possible and prints a verdict on its expectations.\n"
     "\n"
     "  --out DIR         leave summary.json, run.sqlite, journal and junit.xml in a new folder\n"
     "  --force           replace an earlier run in that folder\n"
     "  --seed N          another night of the same kind: weather, luck (default: the scenario's)\n"
     "  --until TIME      stop there: a duration (90m, 1h30m) or a civil time (\"21:10\",\n"
     "                    \"2020-08-03 21:10\")\n"
     "  --speed K         K times real time; 1 is real time; max, the default, is full speed.\n"
     "                    On a terminal: space pauses, . steps an event, s a second, + and -\n"
     "                    change the speed, q stops\n"
     "  --paused          begin paused (with --speed 1 unless given)\n"
     "  --threads N       run the segments on N threads, 1 to 256 (default: 1); the result is\n"
     "                    the same. A large city gains; with few lamps the segments wait for\n"
     "                    the centre too often. More threads than processors only hinder\n"
     "  --set NAME=VALUE  another value for a parameter of the scenario, or for a setting\n"
     "                    (`domdom help settings`); may be repeated\n"
     "  --act 'TIME ACTION'  an operator's action from outside (`domdom help actions`), such as\n"
     "                    '21:30 override road:Hùng_Vương 50% 1h'; may be repeated\n"
     "  --board SEGMENT=BOARD  put a board in the controller's place: a SERIAL, a PATH, or\n"
     "                    emulated[:MACHINE]; then perhaps ,on_lost=wait,shadow and the like\n"
     "                    (`domdom help actions`, attach); may be repeated. Real boards need\n"
     "                    --speed 1, unless they offer lock-step\n"
     "  --capture         put the frames of the mesh down as air.pcapng in the folder of --out, "
     "for\n"
     "                    Wireshark: each once, with the level at which its receiver got it, and "
     "a\n"
     "                    comment where it was lost; one interface a segment\n"
     "  --capture-segment ID[,ID...]  of these segments only\n"
     "  --capture-from TIME, --capture-until TIME  only frames that begin between: durations "
     "since\n"
     "                    the start, or civil times; and before them what controllers told "
     "of\n"
     "                    the IPHC contexts, so that the rest can be read\n"
     "  --capture-at ID   what one node hears, as air-at.pcapng: a lamp's, or by a segment's id "
     "its\n"
     "                    controller's\n"
     "  --quiet           print nothing but errors\n"
     "  --json            print the summary as JSON instead of the table\n"
     "\n"
     "Captures change nothing that happens: the digest is the same with and without.\n"
     "\n"
     "Exit status: 0 all criteria met, 1 a criterion failed, 2 the scenario or the command is\n"
     "wrong, 3 something outside failed (disk, device) or the run was interrupted.\n",
     dd_run_command},
    {"replay", "play a run again from its journal",
     "domdom replay DIR [--out DIR] [--force] [--speed K] [--threads N] [--capture...]\n"
     "                  [--quiet] [--json]\n"
     "\n"
     "Plays the run that `domdom run --out DIR` left, from its scenario and its journal, and\n"
     "compares the digests. With --capture and its like (`domdom help run`) a run that was played\n"
     "without is captured now.\n"
     "\n"
     "Exit status: 0 the same digest, 1 another digest, 2 DIR holds no run, 3 something outside\n"
     "failed.\n",
     dd_replay_command},
    {"mesh", "show how the mesh of a run fared",
     "domdom mesh SCENARIO.lua|DIR [OPTIONS]\n"
     "\n"
     "Reads the run that `domdom run --out DIR` left, or plays a scenario, and tells what a mesh\n"
     "engineer looks for: the segments, or one segment's routes; delivery and latency by hops;\n"
     "parents changed, nodes joined; what was lost and why; air time, and the worst links.\n"
     "\n"
     "  --segment ID      one segment, with its routing tree and who joined when\n"
     "  --at TIME         routes as they were then: a duration since the start, or a civil time\n"
     "  --lost            each lost message: on which hop, why, and by whom\n"
     "  --worst N         so many of the busiest nodes and worst links (10)\n"
     "  --json            all of it as JSON\n"
     "\n"
     "For a scenario also --out, --force, --seed, --until, --set and --act of `domdom run`.\n"
     "\n"
     "Exit status: 0, 2 the command or the scenario is wrong or DIR holds no run, 3 something\n"
     "outside failed.\n",
     dd_mesh_command},
    {"energy", "tell what a run took and what it saved",
     "domdom energy DIR [--by lamp|feeder|road|ward] [--json]\n"
     "\n"
     "Reads the run that `domdom run --out DIR` left: energy in truth and by the nodes' meters, "
     "by\n"
     "lamp, feeder, road or ward; where a feeder's meter parts from the sum of its nodes by more\n"
     "than 2 % and its cable's losses; what it costs, what was saved against the lamps of before\n"
     "2020, CO2, and when the project is paid back, with every assumption (settings account.*).\n"
     "\n"
     "  --by WHAT   a row for each, besides the whole city\n"
     "  --json      all of it as JSON\n"
     "\n"
     "Exit status: 0, 2 the command is wrong or DIR holds no whole run, 3 something outside\n"
     "failed.\n",
     dd_energy_command},
    {"new", "write a commented scenario to start from",
     "domdom new NAME\n"
     "\n"
     "Writes NAME.lua, a short commented scenario that runs, and beside it domdom_api.lua, the\n"
     "annotations by which an editor with the Lua language server completes and checks it.\n"
     "Overwrites no scenario.\n",
     dd_new_command},
    {"city", "build, describe or check a city's inventory",
     "domdom city info   [FILE] [--json]\n"
     "domdom city check  [FILE] [--json]\n"
     "domdom city list   roads|segments|feeders|wards|lamps [FILE]\n"
     "domdom city build  [--map FILE] [--rules FILE] [--out FILE]\n"
     "domdom city derive FOLDER [--out FILE]\n"
     "domdom city draw   [FILE] [--map FILE] [--out FILE]\n"
     "domdom city import FILE [--out FILE] [--name NAME] [--utc HOURS] [--crs EPSG:n]\n"
     "                        [--box WEST,SOUTH,EAST,NORTH] [--json]\n"
     "\n"
     "info describes an inventory; list tells names and ids; check verifies it: counts,\n"
     "distances, spacing, segments and feeders; build makes it from a map and a rules file, the\n"
     "same byte for byte each time; derive makes the map from an OpenStreetMap extract; draw\n"
     "makes a picture (SVG). Without file names they work on Bến Tre.\n"
     "\n"
     "import makes an inventory that runs at once from what others have: a list of lamps (CSV),\n"
     "GeoJSON points and lines, FIWARE Streetlighting entities, or OpenStreetMap (.osm, .osm.gz,\n"
     ".pbf) with street lamps and lit roads. Segments and feeders of the file are kept where they\n"
     "are complete; what it lacks is made as a designer would, and said. It judges a file that is\n"
     "an inventory already.\n"
     "\n"
     "  --out FILE    where the city goes (default: NAME.city.geojson in this folder); replaced\n"
     "                only when all went well\n"
     "  --name NAME   of the city (default: the file's)\n"
     "  --utc HOURS   its time zone (default: from the longitude)\n"
     "  --crs EPSG:n  the reference system of the coordinates when they are not degrees on WGS84;\n"
     "                VN-2000: EPSG:3405 and 3406 (UTM 48N, 49N), 9205 to 9218 (by meridian)\n"
     "  --box W,S,E,N keep only what lies there, degrees\n"
     "  --json        the summary as JSON\n",
     dd_city_command},
    {"board", "real boards in place of controllers: find, watch, test, record them", dd_board_usage,
     dd_board_command},
    {"light", "tell how well a city's roads are lit",
     "domdom light [FILE] [--road NAME] [--level PERCENT] [--json]\n"
     "\n"
     "Computes the light on a city's roads as built (Bến Tre without FILE), between neighbouring\n"
     "luminaires: horizontal illuminance E, luminance L, its overall and longitudinal uniformity\n"
     "Uo and Ul, and the class of EN 13201 that they meet. An engineering estimate, not a DIALux.\n"
     "Of a run, at a moment: road(\"...\"):luminance() and its like (`domdom api`).\n"
     "\n"
     "  --road NAME      one road, by name or id\n"
     "  --level PERCENT  of light that all luminaires give (100)\n"
     "  --json           as JSON\n",
     dd_light_command},
    {"bench", "measure this machine",
     "domdom bench [NAME...] [OPTIONS]\n"
     "\n"
     "Runs the benchmarks of these names, or all of them: queue, city, street, contention. Ratios\n"
     "are measured in one run.\n"
     "\n"
     "  --lamps N     of street (7000)\n"
     "  --seconds N   simulated by street (300) and by each row of contention (10)\n"
     "  --period N    seconds between a lamp's reports in street (60)\n"
     "  --threads N   of city and street (1)\n"
     "  --peer        street on ns-3 besides, where libns3-dev is installed; contention always is\n"
     "  --json        one JSON object instead of tables\n",
     dd_bench_command},
    {"api", "print the scenario language's reference",
     "domdom api [--markdown | --annotations]\n"
     "\n"
     "Prints the reference of the scenario language as a page or as annotations for LuaLS, both\n"
     "from one source.\n",
     dd_api_command},
    {"test", "build and run the tests (in the sources)",
     "./domdom test [--debug] [--long] [CTEST OPTIONS]\n"
     "\n"
     "Builds and runs all tests. The launcher at the root of the sources does it.\n"
     "\n"
     "  --debug   with AddressSanitizer and UndefinedBehaviorSanitizer\n"
     "  --long    the long tests too\n"
     "  -R NAME   only the tests whose name matches; any other option of ctest will do as well\n",
     test_command},
    {"help", "explain a command or a topic",
     "domdom help [COMMAND]\n"
     "domdom help settings|records|figures|alarms|faults|actions\n",
     help_command},
};

static void print_overview(void) {
    printf("Đom Đóm: a digital twin of a city's smart street lighting\n\n"
           "usage: domdom COMMAND [ARGUMENTS]\n\n");
    for (size_t i = 0; i < DD_COUNT(commands); i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].summary);
    printf("\n`domdom help COMMAND` explains a command; `domdom --version` prints the version.\n"
           "For scenarios: domdom help settings|records|figures|alarms|faults|actions\n"
           "To begin: domdom run scenarios/first_night.lua\n");
}

static const dd_command *find_command(const char *name) {
    for (size_t i = 0; i < DD_COUNT(commands); i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

static int unknown(const char *what, const char *name, const char *const *names) {
    const char *nearest = dd_nearest(name, names);
    fprintf(stderr, "domdom: there is no %s '%s'", what, name);
    if (nearest) fprintf(stderr, ", did you mean '%s'?", nearest);
    fprintf(stderr, "%s 'domdom' alone lists all\n", nearest ? "" : ";");
    return DD_WRONG;
}

static int unknown_command(const char *name) {
    const char *names[DD_COUNT(commands) + 1] = {0};
    for (size_t i = 0; i < DD_COUNT(commands); i++)
        names[i] = commands[i].name;
    return unknown("command", name, names);
}

static int unknown_topic(const char *name) {
    enum { TOPICS_MAX = 16 };
    const char *names[DD_COUNT(commands) + TOPICS_MAX] = {0};
    size_t n = 0;
    for (size_t i = 0; i < DD_COUNT(commands); i++)
        names[n++] = commands[i].name;
    for (size_t i = 0; dd_reference_topics[i] && n + 1 < DD_COUNT(names); i++)
        names[n++] = dd_reference_topics[i];
    return unknown("command or topic", name, names);
}

static int help_command(int argc, char **argv) {
    if (argc < 2) {
        print_overview();
        return DD_OK;
    }
    const dd_command *command = find_command(argv[1]);
    if (!command) return dd_reference_topic(argv[1], stdout) ? DD_OK : unknown_topic(argv[1]);
    fputs(command->usage, stdout);
    return DD_OK;
}

static int test_command(int argc, char **argv) {
    (void)argc, (void)argv;
    fputs("domdom: the tests are built and run by the launcher at the root of the sources: "
          "./domdom test\n",
          stderr);
    return DD_WRONG;
}

static bool is_one_of(const char *word, const char *a, const char *b) {
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

// Output that could not be written (a full disk, a closed pipe) is a failure too.
static int finish(int status) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fputs("domdom: cannot write the output; is the disk full?\n", stderr);
    return DD_OUTSIDE;
}

int main(int argc, char **argv) {
    if (argc < 2 || is_one_of(argv[1], "--help", "-h")) {
        print_overview();
        return finish(DD_OK);
    }
    if (is_one_of(argv[1], "--version", "-V")) {
        puts("domdom " DOMDOM_VERSION);
        return finish(DD_OK);
    }
    const dd_command *command = find_command(argv[1]);
    if (!command) return unknown_command(argv[1]);
    if (argc > 2 && is_one_of(argv[2], "--help", "-h")) {
        fputs(command->usage, stdout);
        return finish(DD_OK);
    }
    return finish(command->run(argc - 1, argv + 1));
}
