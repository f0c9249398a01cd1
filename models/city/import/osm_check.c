#define _POSIX_C_SOURCE 200809L // fork
#include "models/city/import/osm_check.h"

#include <errno.h>
#include <expat.h>
#include <malloc.h>
#include <readosm.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct dd_check {
    XML_Parser parser;
    const char *name;
    dd_error *error;
    bool rooted, failed;
} dd_check;

// What each element must have.
static const struct {
    const char *element, *attributes[3];
} needs[] = {{"node", {"id", "lat", "lon"}}, {"way", {"id"}},
             {"relation", {"id"}},           {"nd", {"ref"}},
             {"member", {"type", "ref"}},    {"tag", {"k", "v"}}};

static bool has(const XML_Char **attributes, const char *key) {
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], key) == 0) return true;
    return false;
}

static void fail(dd_check *check, const char *format, const char *a, const char *b) {
    char text[200];
    if (check->failed) return;
    check->failed = true;
    snprintf(text, sizeof text, format, a, b);
    dd_fail(check->error, DD_WRONG, "%s:%lu: %s", check->name,
            (unsigned long)XML_GetCurrentLineNumber(check->parser), text);
    XML_StopParser(check->parser, XML_FALSE);
}

static void start(void *user, const XML_Char *element, const XML_Char **attributes) {
    dd_check *check = user;
    if (!check->rooted && strcmp(element, "osm") != 0)
        fail(check, "the file is of <%.40s>, not of <osm>; export OpenStreetMap XML%s", element,
             "");
    check->rooted = true;
    for (size_t i = 0; i < DD_COUNT(needs); i++) {
        if (strcmp(needs[i].element, element) != 0) continue;
        for (size_t k = 0; k < DD_COUNT(needs[i].attributes) && needs[i].attributes[k]; k++)
            if (!has(attributes, needs[i].attributes[k]))
                fail(check, "a <%s> without its \"%s\"; mend it, or export the file again", element,
                     needs[i].attributes[k]);
    }
}

static bool feed(dd_check *check, FILE *file) {
    enum { CHUNK = 1 << 16 };
    for (;;) {
        void *chunk = XML_GetBuffer(check->parser, CHUNK);
        size_t n = chunk ? fread(chunk, 1, CHUNK, file) : 0;
        if (!chunk || ferror(file))
            return dd_fail(check->error, DD_OUTSIDE, "%s: reading stopped early; check the disk",
                           check->name);
        if (XML_ParseBuffer(check->parser, (int)n, n < CHUNK) != XML_STATUS_ERROR) {
            if (n < CHUNK) return true;
            continue;
        }
        enum XML_Error code = XML_GetErrorCode(check->parser);
        bool early = code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
                     code == XML_ERROR_PARTIAL_CHAR;
        if (!check->failed)
            fail(check, "%s; %s", XML_ErrorString(code),
                 early ? "the file is truncated: fetch it again" : "mend it, or fetch it again");
        return false;
    }
}

bool dd_osm_check(const char *path, const char *name, dd_error *error) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return dd_fail(error, DD_WRONG, "%s: %s; check who may read it", name, strerror(errno));
    dd_check check = {.parser = XML_ParserCreate(NULL), .name = name, .error = error};
    bool ok = check.parser || dd_fail(error, DD_OUTSIDE, "no memory to read %s; free some", name);
    if (ok) {
        XML_SetUserData(check.parser, &check);
        XML_SetStartElementHandler(check.parser, start);
        ok = feed(&check, file) && !check.failed;
        XML_ParserFree(check.parser);
    }
    fclose(file);
    return ok;
}

// Looks at all that the real reading will look at.
static size_t touch(const readosm_tag *tags, int n) {
    size_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += strlen(tags[i].key) + strlen(tags[i].value);
    return sum;
}

static int pass_node(const void *user, const readosm_node *node) {
    *(volatile size_t *)user += touch(node->tags, node->tag_count);
    return READOSM_OK;
}

static int pass_way(const void *user, const readosm_way *way) {
    volatile size_t *sum = (volatile size_t *)user;
    *sum += touch(way->tags, way->tag_count);
    for (int i = 0; i < way->node_ref_count; i++)
        *sum += (size_t)way->node_refs[i];
    return READOSM_OK;
}

// Reads all and ends, with 0 or by a signal: what the library says is for the real reading.
static _Noreturn void try_reading(const char *path) {
    const void *handle = NULL;
    size_t sum = 0;
    mallopt(M_PERTURB, 0x5a); // what it has not set, it must not get away with
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (readosm_open(path, &handle) == READOSM_OK)
        readosm_parse(handle, &sum, pass_node, pass_way, NULL);
    _exit(0);
}

bool dd_osm_try(const char *path, const char *name, dd_error *error) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) try_reading(path);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return dd_fail(error, DD_OUTSIDE, "%s: cannot start a process to read it: %s", name,
                       strerror(errno));
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           dd_fail(error, DD_WRONG, "%s: holds damaged data; fetch it again", name);
}
