#define _GNU_SOURCE // memfd_create, close_range, SOCK_CLOEXEC, O_PATH
#include "hil/outlet/emulator.h"
#include "hil/outlet/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PATH_SIZE = 1024,
    SERIAL_SIZE = 64,
    OPTIONS_MOST = 32,
    ARGUMENTS_MOST = 48,
    REFUSED_TRIES = 200, // 5 ms apart: until the kernel says that a process has ended
};

typedef struct machine {
    const char *name;
    const char *serial_at; // where its firmware looks for its serial; NULL: a host process
} machine;

// The last 64 octets of flash: hil/firmware/cortex_m/*.ld.
static const machine machines[] = {
    {"lm3s6965evb", "0x3ffc0"}, {"netduinoplus2", "0x80fffc0"}, {"host", NULL}};

const char *const dd_emulator_machines[] = {"lm3s6965evb", "netduinoplus2", "host", NULL};

struct dd_emulator {
    const machine *machine;
    char program[PATH_SIZE], firmware[PATH_SIZE], serial[SERIAL_SIZE];
    char *options[OPTIONS_MOST + 1];
    pid_t pid; // 0: no supply, or it has ended by itself
    bool supplied;
    int address; // of its socket, which has no name any more: O_PATH
    int console; // QEMU's monitor; -1: none
    int said;    // what it has printed
};

// --- What it takes ---

static bool on_path(const char *name, char path[static PATH_SIZE]) {
    const char *folders = getenv("PATH");
    while (folders && *folders) {
        size_t n = strcspn(folders, ":");
        snprintf(path, PATH_SIZE, "%.*s/%s", (int)n, folders, name);
        if (access(path, X_OK) == 0) return true;
        folders += n + (folders[n] == ':');
    }
    return false;
}

static bool find_firmware(dd_emulator *it, const char *given, dd_error *error) {
    bool host = !it->machine->serial_at;
    char name[SERIAL_SIZE];
    if (given) {
        snprintf(it->firmware, PATH_SIZE, "%s", given);
        if (access(given, host ? X_OK : R_OK) == 0) return true;
        return dd_fail(error, DD_WRONG, "firmware %s: %s", given, strerror(errno));
    }
    snprintf(name, sizeof name, host ? "domdom-board" : "domdom-board-%s.elf", it->machine->name);
    if (dd_beside(name, it->firmware, PATH_SIZE)) return true;
    return dd_fail(error, DD_WRONG,
                   "an emulated board needs the reference firmware, %s, which is not built yet: "
                   "./domdom board firmware",
                   name);
}

static bool find_program(dd_emulator *it, dd_error *error) {
    if (!it->machine->serial_at) {
        snprintf(it->program, PATH_SIZE, "%s", it->firmware);
        return true;
    }
    if (on_path("qemu-system-arm", it->program)) return true;
    return dd_fail(error, DD_WRONG,
                   "an emulated %s needs qemu-system-arm (apt-get install qemu-system-arm); the "
                   "machine \"host\" does without",
                   it->machine->name);
}

static bool find_machine(dd_emulator *it, const char *name, dd_error *error) {
    for (size_t i = 0; i < DD_COUNT(machines); i++)
        if (strcmp(machines[i].name, name) == 0) it->machine = &machines[i];
    return it->machine || dd_fail_unknown(error, "emulated machine", name, dd_emulator_machines,
                                          "there are lm3s6965evb, netduinoplus2 and host");
}

static bool keep_def(dd_emulator *it, const dd_emulator_def *def, dd_error *error) {
    const char *serial = def->serial ? def->serial : "";
    if (strlen(serial) >= SERIAL_SIZE)
        return dd_fail(error, DD_WRONG, "serial %s: longer than %d characters", serial,
                       SERIAL_SIZE - 1);
    strcpy(it->serial, serial);
    for (int i = 0; def->options && def->options[i]; i++) {
        if (i == OPTIONS_MOST)
            return dd_fail(error, DD_WRONG, "more than %d options for a board", OPTIONS_MOST);
        if (!(it->options[i] = strdup(def->options[i])))
            return dd_fail(error, DD_OUTSIDE, "no memory for a board");
    }
    return find_machine(it, def->machine, error) && find_firmware(it, def->firmware, error) &&
           find_program(it, error);
}

// --- Its socket ---

// A listener whose name is gone from the file system at once; who holds *address can still connect.
static int listen_unnamed(int *address) {
    const char *folder = getenv("XDG_RUNTIME_DIR");
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char own[sizeof name.sun_path - 8];
    snprintf(own, sizeof own, "%s/domdom-XXXXXX", folder && *folder ? folder : "/tmp");
    if (!mkdtemp(own)) return -1;
    snprintf(name.sun_path, sizeof name.sun_path, "%s/wire", own);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good =
        fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof name) == 0 && listen(fd, 1) == 0;
    *address = good ? open(name.sun_path, O_PATH | O_CLOEXEC) : -1;
    unlink(name.sun_path);
    rmdir(own);
    if (*address >= 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

// --- The child ---

typedef struct arguments {
    char *list[ARGUMENTS_MOST + OPTIONS_MOST];
    size_t n;
    char texts[6][PATH_SIZE + 64];
    size_t text_n;
} arguments;

static void add(arguments *to, const char *word) {
    to->list[to->n++] = (char *)(uintptr_t)word;
}

static char *text_of(arguments *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

static char *text_of(arguments *to, const char *format, ...) {
    va_list rest;
    char *text = to->texts[to->text_n++];
    va_start(rest, format);
    vsnprintf(text, sizeof to->texts[0], format, rest);
    va_end(rest);
    return text;
}

// Its translated code takes 32 MiB at most, or sixteen boards would take gigabytes.
static void say_qemu(const dd_emulator *it, arguments *to, int wire, int console, int serial) {
    static const char *const fixed[] = {"-nodefaults", "-display", "none", "-accel",
                                        "tcg,thread=single,tb-size=32"};
    for (size_t i = 0; i < DD_COUNT(fixed); i++)
        add(to, fixed[i]);
    add(to, "-machine");
    add(to, it->machine->name);
    add(to, "-kernel");
    add(to, it->firmware);
    add(to, "-chardev");
    add(to, text_of(to, "socket,id=wire,fd=%d,server=on,wait=off", wire));
    add(to, "-serial");
    add(to, "chardev:wire");
    add(to, "-chardev");
    add(to, text_of(to, "socket,id=console,fd=%d", console));
    add(to, "-mon");
    add(to, "chardev=console,mode=readline");
    if (serial < 0) return;
    add(to, "-device");
    add(to, text_of(to, "loader,file=/proc/self/fd/%d,addr=%s,force-raw=on", serial,
                    it->machine->serial_at));
}

static void say_host(const dd_emulator *it, arguments *to, int wire) {
    add(to, "--listener");
    add(to, text_of(to, "%d", wire));
    if (it->serial[0]) {
        add(to, "--serial");
        add(to, it->serial);
    }
    for (int i = 0; it->options[i]; i++)
        add(to, it->options[i]);
}

// A file without a name that holds the serial; -1: there is none to tell.
static int serial_file(const dd_emulator *it) {
    if (!it->serial[0] || !it->machine->serial_at) return -1;
    int fd = memfd_create("serial", MFD_CLOEXEC);
    size_t n = strlen(it->serial) + 1;
    if (fd >= 0 && write(fd, it->serial, n) == (ssize_t)n) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

// In a group of its own: Ctrl-C is for the twin, which takes its boards down itself. It inherits
// nothing but its own descriptors.
static _Noreturn void become(const dd_emulator *it, const arguments *with, pid_t parent,
                             const int *keep, size_t keep_n) {
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    for (size_t i = 0; i < keep_n; i++)
        if (keep[i] >= 0) fcntl(keep[i], F_SETFD, 0);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing >= 0) dup2(nothing, 0);
    dup2(it->said, 1);
    dup2(it->said, 2);
    execv(it->program, with->list);
    fprintf(stderr, "%s: %s\n", it->program, strerror(errno));
    _exit(127);
}

static bool no_descriptors(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "cannot start an emulated board: %s", strerror(errno));
}

static void close_it(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static bool run(dd_emulator *it, dd_error *error) {
    arguments with = {0};
    int console[2] = {-1, -1}, serial = serial_file(it);
    int wire = listen_unnamed(&it->address);
    bool qemu = it->machine->serial_at;
    it->said = memfd_create("said", MFD_CLOEXEC);
    bool good = wire >= 0 && it->said >= 0 &&
                (!qemu || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, console) == 0);
    add(&with, it->program);
    if (qemu)
        say_qemu(it, &with, wire, console[1], serial);
    else
        say_host(it, &with, wire);
    const int keep[] = {wire, console[1], serial};
    pid_t parent = getpid();
    fflush(NULL);
    it->pid = good ? fork() : -1;
    if (it->pid == 0) become(it, &with, parent, keep, DD_COUNT(keep));
    good = it->pid > 0 || no_descriptors(error);
    if (!good) it->pid = 0;
    it->supplied = good;
    it->console = console[0];
    close_it(&wire);
    close_it(&console[1]);
    close_it(&serial);
    return good;
}

static void end(dd_emulator *it) {
    if (it->pid > 0) {
        kill(it->pid, SIGKILL); // it has nothing to lose: its store is the twin's
        waitpid(it->pid, NULL, 0);
    }
    it->pid = 0;
    it->supplied = false;
    close_it(&it->address);
    close_it(&it->console);
    close_it(&it->said);
}

// --- Its life ---

dd_emulator *dd_emulator_start(const dd_emulator_def *def, dd_error *error) {
    dd_emulator *it = calloc(1, sizeof *it);
    if (!it) {
        dd_fail(error, DD_OUTSIDE, "no memory for a board");
        return NULL;
    }
    it->address = it->console = it->said = -1;
    if (keep_def(it, def, error) && run(it, error)) return it;
    dd_emulator_stop(it);
    return NULL;
}

void dd_emulator_stop(dd_emulator *emulator) {
    if (!emulator) return;
    end(emulator);
    for (int i = 0; emulator->options[i]; i++)
        free(emulator->options[i]);
    free(emulator);
}

// The error has the first line of what it has printed.
static bool has_ended(dd_emulator *it, dd_error *error) {
    char line[300] = "";
    if (!it->supplied) return !dd_fail(error, DD_OUTSIDE, "the emulated board has no supply");
    if (it->pid > 0 && waitpid(it->pid, NULL, WNOHANG) != it->pid) return false;
    it->pid = 0;
    ssize_t n = pread(it->said, line, sizeof line - 1, 0);
    line[n > 0 ? n : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return !dd_fail(error, DD_OUTSIDE, "the emulated board (%s) has ended: %s", it->program,
                    line[0] ? line : "without a word");
}

int dd_emulator_open(dd_emulator *emulator, dd_error *error) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (has_ended(emulator, error)) return -1;
    snprintf(name.sun_path, sizeof name.sun_path, "/proc/self/fd/%d", emulator->address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof name) == 0) return fd;
    int reason = errno;
    close_it(&fd);
    dd_fail(error, DD_OUTSIDE, "the emulated board cannot be plugged in: %s", strerror(reason));
    // One that refuses is ending; the kernel may yet have to say so.
    for (int i = 0; !has_ended(emulator, error) && reason == ECONNREFUSED && i < REFUSED_TRIES; i++)
        poll(NULL, 0, 5);
    return -1;
}

// What the monitor says is of no interest, but would hold it up some day.
static void order(dd_emulator *it, const char *line) {
    char said[512];
    while (recv(it->console, said, sizeof said, MSG_DONTWAIT) > 0) {
    }
    send(it->console, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void dd_emulator_reset(dd_emulator *emulator) {
    if (emulator->pid == 0) return;
    if (emulator->machine->serial_at)
        order(emulator, "system_reset\n");
    else
        kill(emulator->pid, SIGUSR1);
}

bool dd_emulator_power(dd_emulator *emulator, bool on, dd_error *error) {
    if (on == emulator->supplied) return true;
    end(emulator);
    return !on || run(emulator, error);
}
