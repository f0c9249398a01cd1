#define _DEFAULT_SOURCE // readlink
#include "engine/data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_there(const char *folder, const char *relative, char *path) {
    int length = snprintf(path, DD_PATH_SIZE, "%s/%s", folder, relative);
    return length > 0 && length < DD_PATH_SIZE && access(path, R_OK) == 0;
}

// The folder of the running program, without a slash at its end; "." when the system won't tell.
static void program_folder(char *folder) {
    ssize_t length = readlink("/proc/self/exe", folder, DD_PATH_SIZE - 1);
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    else
        strcpy(folder, ".");
}

bool dd_data_find(const char *relative, char *path, dd_error *error) {
    const char *chosen = getenv("DOMDOM_DATA");
    if (chosen && *chosen) {
        if (is_there(chosen, relative, path)) return true;
        return dd_fail(error, DD_WRONG, "%s: not in DOMDOM_DATA (%s); correct or unset it",
                       relative, chosen);
    }
    char program[DD_PATH_SIZE], folder[DD_PATH_SIZE + 32];
    program_folder(program);
    static const char *const beside[] = {"../share/domdom", "../.."};
    for (size_t i = 0; i < DD_COUNT(beside); i++) {
        snprintf(folder, sizeof folder, "%s/%s", program, beside[i]);
        if (is_there(folder, relative, path)) return true;
    }
    if (is_there(DOMDOM_DATADIR, relative, path)) return true;
    return dd_fail(
        error, DD_WRONG,
        "%s: neither in %s/../share/domdom nor in %s/../.. nor in %s; set DOMDOM_DATA to "
        "the folder that holds it",
        relative, program, program, DOMDOM_DATADIR);
}
