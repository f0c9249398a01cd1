// Runs a fuzzer without libFuzzer: each file of a corpus as it is, then mutations of them, drawn
// from a fixed seed, until there were enough or time is up. So the fuzzers run wherever the tests
// do. An input that crashes or hangs is left in crash-PROGRAM in the working folder.
//   fuzz_NOUN CORPUS_FOLDER [MUTATIONS [SECONDS]]     defaults: 20000 mutations, 2 seconds
//   fuzz_NOUN FILE                                    one input, for instance a crash
#define _DEFAULT_SOURCE
#include "engine/random.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

enum { INPUT_MAX = 1 << 16, CORPUS_MAX = 1024, HANG_S = 10 };

typedef struct dd_input {
    uint8_t *bytes;
    size_t size;
} dd_input;

static dd_input corpus[CORPUS_MAX];
static size_t corpus_n;
static dd_input now; // the input being run, for the crash file
static char crash_file[4096 + 256];
static uint64_t draws;

// Draws below n >= 1. A counter of its own hash, so that the driver needs nothing from the house.
static uint32_t below(uint32_t n) {
    uint64_t x = ++draws * 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return dd_uniform((uint32_t)(x >> 32), n);
}

static void save_input(void) {
    int file = open(crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0) return;
    if (write(file, now.bytes, now.size) == (ssize_t)now.size) {
        static const char text[] = "the input that did it is in ";
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        (void)!write(STDERR_FILENO, crash_file, strlen(crash_file));
        (void)!write(STDERR_FILENO, "\n", 1);
    }
    close(file);
}

static void on_signal(int number) {
    save_input();
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_crashes(const char *program) {
    const char *slash = strrchr(program, '/');
    char folder[4096];
    if (!getcwd(folder, sizeof folder)) strcpy(folder, ".");
    snprintf(crash_file, sizeof crash_file, "%s/crash-%.200s", folder, slash ? slash + 1 : program);
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(save_input);
    static const int numbers[] = {SIGABRT, SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < DD_COUNT(numbers); i++)
        if (!__sanitizer_set_death_callback || i < 2) signal(numbers[i], on_signal);
}

// A copy of its own, of exactly its size, so that a read past the end is caught.
static void run(const uint8_t *bytes, size_t size) {
    now = (dd_input){malloc(size ? size : 1), size};
    memcpy(now.bytes, bytes, size);
    alarm(HANG_S);
    LLVMFuzzerTestOneInput(now.bytes, size);
    alarm(0);
    free(now.bytes);
}

static bool read_input(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || corpus_n == CORPUS_MAX) {
        perror(path);
        if (file) fclose(file);
        return false;
    }
    dd_input *input = &corpus[corpus_n++];
    input->bytes = malloc(INPUT_MAX);
    input->size = fread(input->bytes, 1, INPUT_MAX, file);
    fclose(file);
    return true;
}

static int is_input(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static bool read_corpus(const char *path) {
    struct stat status;
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) return read_input(path);
    struct dirent **entries; // in order of name: the same mutations on every file system
    int count = scandir(path, &entries, is_input, alphasort);
    if (count < 0) perror(path);
    bool fine = count >= 0;
    for (int i = 0; i < count; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        fine = fine && read_input(name);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    return fine;
}

// Puts a piece of another input (or of the same one) over or into the bytes at `at`.
static size_t splice(uint8_t *bytes, size_t size, size_t at) {
    const dd_input *other = &corpus[below((uint32_t)corpus_n)];
    if (!other->size) return size;
    size_t from = below((uint32_t)other->size), length = 1 + below(64);
    if (length > other->size - from) length = other->size - from;
    if (length > INPUT_MAX - size) length = INPUT_MAX - size;
    memmove(bytes + at + length, bytes + at, size - at);
    memcpy(bytes + at, other->bytes + from, length);
    return size + length;
}

static size_t cut(uint8_t *bytes, size_t size, size_t at) {
    size_t length = 1 + below(below(8) ? 8 : 4096);
    if (length > size - at) length = size - at;
    memmove(bytes + at, bytes + at + length, size - at - length);
    return size - length;
}

// One small change; returns the new size.
static size_t mutate(uint8_t *bytes, size_t size) {
    static const char tokens[] = "0123456789-+.eE\"'[]{}(),:;\\/ \n\0\x7f\x80\xc3\xff";
    size_t at = below((uint32_t)size + 1);
    if (size == 0 || at == size) return splice(bytes, size, at);
    switch (below(6)) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << below(8));
        return size;
    case 1:
        bytes[at] = (uint8_t)below(256);
        return size;
    case 2:
        bytes[at] = (uint8_t)tokens[below(sizeof tokens - 1)];
        return size;
    case 3:
        bytes[at] = (uint8_t)(bytes[at] + below(9) - 4);
        return size;
    case 4:
        return cut(bytes, size, at);
    default:
        return splice(bytes, size, at);
    }
}

static uint32_t run_mutations(uint32_t wanted, double seconds) {
    static uint8_t bytes[INPUT_MAX];
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (uint32_t i = 0; i < wanted; i++) {
        const dd_input *seed = &corpus[below((uint32_t)corpus_n)];
        memcpy(bytes, seed->bytes, seed->size);
        size_t size = seed->size;
        for (uint32_t changes = 1 + below(6); changes; changes--)
            size = mutate(bytes, size);
        run(bytes, size);
        clock_gettime(CLOCK_MONOTONIC, &end);
        double spent =
            (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
        if (spent > seconds) return i + 1;
    }
    return wanted;
}

int main(int argc, char **argv) {
    if (argc < 2 || !read_corpus(argv[1])) {
        fprintf(stderr, "usage: %s CORPUS_FOLDER|FILE [MUTATIONS [SECONDS]]\n", argv[0]);
        return 2;
    }
    if (corpus_n == 0) {
        fprintf(stderr, "%s: no inputs; put one good example there\n", argv[1]);
        return 2;
    }
    catch_crashes(argv[0]);
    run((const uint8_t *)"", 0);
    for (size_t i = 0; i < corpus_n; i++)
        run(corpus[i].bytes, corpus[i].size);
    struct stat status;
    bool one_file = stat(argv[1], &status) == 0 && S_ISREG(status.st_mode);
    uint32_t wanted = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : one_file ? 0 : 20000;
    uint32_t ran = run_mutations(wanted, argc > 3 ? strtod(argv[3], NULL) : 2);
    printf("%zu inputs and %u mutations of them ran\n", corpus_n, ran);
    for (size_t i = 0; i < corpus_n; i++)
        free(corpus[i].bytes);
    return 0;
}
