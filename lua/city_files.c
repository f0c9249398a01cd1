#define _POSIX_C_SOURCE 200809L // fileno
#include "lua/city_files.h"
#include "engine/random.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool find_inventory(dd_city_files *files, const char *city, const char *from,
                           dd_error *error) {
    if (strcmp(city, "bentre") == 0)
        return dd_data_find("scenarios/bentre/city.geojson", files->inventory, error);
    if (!strpbrk(city, "/.")) {
        static const char *const known[] = {"bentre", NULL};
        return dd_fail_unknown(error, "city", city, known,
                               "write \"bentre\", or the path of a city file");
    }
    const char *slash = strrchr(from, '/');
    int folder = city[0] == '/' || !slash ? 0 : (int)(slash - from + 1);
    snprintf(files->inventory, DD_PATH_SIZE, "%.*s%s", folder, from, city);
    return true;
}

static bool is_regular(FILE *file) {
    struct stat status;
    return fstat(fileno(file), &status) != 0 || S_ISREG(status.st_mode);
}

static uint64_t hash_of(FILE *file, uint64_t hash) {
    uint8_t block[65536];
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        hash = dd_hash_bytes(block, n, hash);
    return hash;
}

static bool hash_inventory(const dd_city_files *files, uint64_t *hash, dd_error *error) {
    FILE *file = fopen(files->inventory, "rb");
    if (!file)
        return dd_fail(
            error, DD_WRONG,
            "%s: cannot be read: %s; write city = \"bentre\", or the path of a city file "
            "from where the scenario stands",
            files->inventory, strerror(errno));
    bool regular = is_regular(file);
    if (regular) *hash = hash_of(file, 0);
    fclose(file);
    return regular ||
           dd_fail(error, DD_WRONG, "%s: is no file; name a city file", files->inventory);
}

// A city without a map is none the worse: the name is left empty.
static void find_map(dd_city_files *files, uint64_t *hash) {
    const char *slash = strrchr(files->inventory, '/');
    int folder = slash ? (int)(slash - files->inventory + 1) : 0;
    int length = snprintf(files->map, DD_PATH_SIZE, "%.*smap.geojson", folder, files->inventory);
    FILE *file = length < DD_PATH_SIZE ? fopen(files->map, "rb") : NULL;
    if (file && is_regular(file))
        *hash = hash_of(file, *hash);
    else
        *files->map = 0;
    if (file) fclose(file);
}

bool dd_city_files_find(dd_city_files *files, const char *city, const char *from, dd_error *error) {
    uint64_t hash = 0;
    if (!find_inventory(files, city, from, error) || !hash_inventory(files, &hash, error))
        return false;
    find_map(files, &hash);
    snprintf(files->hash, sizeof files->hash, "%016llx", (unsigned long long)hash);
    return true;
}
