#include "lua/new_command.h"
#include "lua/embedded.h"
#include "lua/reference.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PATH_MAX_SIZE = 4096 };

static FILE *create(const char *path, dd_error *error) {
    FILE *file = fopen(path, "wx");
    if (file) return file;
    dd_fail(error, errno == EEXIST ? DD_WRONG : DD_OUTSIDE, "%s: %s; nothing was written", path,
            errno == EEXIST ? "exists already" : strerror(errno));
    return NULL;
}

static bool finish(FILE *file, const char *path, dd_error *error) {
    bool good = !ferror(file);
    good = fclose(file) == 0 && good;
    return good || dd_fail(error, DD_OUTSIDE, "%s: cannot be written: %s", path, strerror(errno));
}

static bool write_scenario(const char *path, dd_error *error) {
    const dd_embedded *template = dd_embedded_find("template.lua");
    FILE *file = create(path, error);
    if (!file) return false;
    fwrite(template->text, 1, template->size, file);
    return finish(file, path, error);
}

// The annotations serve all scenarios of a folder: one that is there already is brought up to date.
static bool write_annotations(const char *scenario, char path[PATH_MAX_SIZE], dd_error *error) {
    const char *slash = strrchr(scenario, '/');
    int folder = slash ? (int)(slash - scenario + 1) : 0;
    snprintf(path, PATH_MAX_SIZE, "%.*s%s", folder, scenario, DD_ANNOTATIONS_FILE);
    FILE *file = fopen(path, "w");
    if (!file)
        return dd_fail(error, DD_OUTSIDE, "%s: cannot be written: %s", path, strerror(errno));
    dd_reference_annotations(file);
    return finish(file, path, error);
}

int dd_new_command(int argc, char **argv) {
    dd_error error = {DD_OK, ""};
    char path[PATH_MAX_SIZE - 32], annotations[PATH_MAX_SIZE];
    bool good = argc == 2 && argv[1][0] && argv[1][0] != '-' &&
                strlen(argv[1]) + sizeof ".lua" <= sizeof path;
    if (!good) {
        dd_fail(&error, DD_WRONG, "new needs one name: 'domdom new my_night'");
    } else {
        size_t length = strlen(argv[1]);
        bool suffixed = length > 4 && strcmp(argv[1] + length - 4, ".lua") == 0;
        snprintf(path, sizeof path, "%s%s", argv[1], suffixed ? "" : ".lua");
        good = write_scenario(path, &error) && write_annotations(path, annotations, &error);
    }
    if (!good) {
        fprintf(stderr, "domdom: %s\n", error.text);
        return error.status;
    }
    printf("%s: a scenario to start from; play it with 'domdom run %s'\n", path, path);
    printf("%s: what it may say, for editors with the Lua language server\n", annotations);
    return DD_OK;
}
