#define _GNU_SOURCE
#include "hil/emulator.h"
#include "hil/beside.h"
#include "hil/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const dd_emulator_machines[] = {"lm3s6965evb", "netduinoplus2", "host", NULL};

enum {
    SERIAL_OCTETS = 64, // at the end of a microcontroller's flash; text that a 0 or an FF ends
    OPEN_MS = 5000,     // until its wire can be opened: QEMU on a busy machine
    STOP_MS = 1000,
    ARGUMENTS_MOST = 40,
};

// Where a machine's flash keeps the serial.
typedef struct machine {
    const char *name;
    const char *serial_at;
} machine;

static const machine machines[] = {
    {"lm3s6965evb", "0x0003ffc0"},
    {"netduinoplus2", "0x080fffc0"},
};

struct dd_emulator {
    const machine *machine; // NULL: a host process
    const char *const *options;
    char firmware[512];
    char serial[SERIAL_OCTETS];
    char folder[64]; // of its own: sockets, its serial, what it prints
    pid_t pid;       // 0: it has no supply
};

// --- Finding what it takes ---

static bool find_firmware(dd_emulator *it, const dd_emulator_def *def, dd_error *error) {
    char name[64];
    if (def->firmware) {
        snprintf(it->firmware, sizeof it->firmware, "%s", def->firmware);
        if (access(it->firmware, R_OK) == 0) return true;
        return dd_fail(error, DD_WRONG, "%s: %s", it->firmware, strerror(errno));
    }
    if (it->machine)
        snprintf(name, sizeof name, "domdom-board-%s.elf", it->machine->name);
    else
        snprintf(name, sizeof name, "domdom-board");
    if (dd_beside(name, it->firmware, sizeof it->firmware)) return true;
    return dd_fail(error, DD_WRONG,
                   "the reference firmware (%s) is not built yet: `./domdom board firmware` does "
                   "it",
                   name);
}

static bool find_machine(dd_emulator *it, const char *name, dd_error *error) {
    for (size_t i = 0; i < DD_COUNT(machines); i++)
        if (strcmp(machines[i].name, name) == 0) it->machine = &machines[i];
    if (it->machine || strcmp(name, "host") == 0) return true;
    return dd_fail_unknown(error, "emulated machine", name, dd_emulator_machines,
                           "lm3s6965evb, netduinoplus2 and host are there");
}

// --- Its folder ---

static void path_of(const dd_emulator *it, const char *name, char path[static 96]) {
    snprintf(path, 96, "%s/%s", it->folder, name);
}

static bool make_folder(dd_emulator *it, dd_error *error) {
    snprintf(it->folder, sizeof it->folder, "/tmp/domdom-board-XXXXXX");
    if (mkdtemp(it->folder)) return true;
    it->folder[0] = 0;
    return dd_fail(error, DD_OUTSIDE, "/tmp: cannot make a folder there: %s", strerror(errno));
}

static void remove_folder(const dd_emulator *it) {
    static const char *const names[] = {"wire", "qmp", "serial", "log"};
    char path[96];
    for (size_t i = 0; i < DD_COUNT(names); i++) {
        path_of(it, names[i], path);
        unlink(path);
    }
    if (it->folder[0]) rmdir(it->folder);
}

static bool write_serial(const dd_emulator *it, dd_error *error) {
    char path[96];
    path_of(it, "serial", path);
    FILE *file = fopen(path, "w");
    bool good = file && fwrite(it->serial, sizeof it->serial, 1, file) == 1;
    good = file && fclose(file) == 0 && good;
    return good || dd_fail(error, DD_OUTSIDE, "%s: %s", path, strerror(errno));
}

// --- Its process ---

static void become_machine(const dd_emulator *it) {
    char wire[160], qmp[160], serial[200];
    snprintf(wire, sizeof wire, "socket,id=wire,path=%s/wire,server=on,wait=off", it->folder);
    snprintf(qmp, sizeof qmp, "unix:%s/qmp,server=on,wait=off", it->folder);
    snprintf(serial, sizeof serial, "loader,file=%s/serial,addr=%s,force-raw=on", it->folder,
             it->machine->serial_at);
    execlp("qemu-system-arm", "qemu-system-arm", "-M", it->machine->name, "-nographic", "-monitor",
           "none", "-kernel", it->firmware, "-device", serial, "-chardev", wire, "-serial",
           "chardev:wire", "-qmp", qmp, (char *)NULL);
    fprintf(stderr, "qemu-system-arm: %s: `./domdom board firmware` installs it\n",
            strerror(errno));
}

static void become_process(const dd_emulator *it) {
    char wire[96];
    const char *arguments[ARGUMENTS_MOST] = {it->firmware, "--listen", wire, "--serial",
                                             it->serial};
    path_of(it, "wire", wire);
    int n = 5;
    for (const char *const *option = it->options; option && *option; option++)
        if (n < ARGUMENTS_MOST - 1) arguments[n++] = *option;
    execv(it->firmware, (char *const *)(uintptr_t)arguments);
    fprintf(stderr, "%s: %s\n", it->firmware, strerror(errno));
}

// What the child does before it becomes another: it dies with us, takes no key of our terminal's,
// and what it prints is for the error message.
static void become(const dd_emulator *it, pid_t parent) {
    char log[96];
    path_of(it, "log", log);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    setpgid(0, 0);
    int in = open("/dev/null", O_RDONLY), out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (it->machine)
        become_machine(it);
    else
        become_process(it);
    _exit(127);
}

static bool spawn(dd_emulator *it, dd_error *error) {
    char wire[96];
    path_of(it, "wire", wire);
    unlink(wire); // of the one before
    pid_t parent = getpid();
    it->pid = fork();
    if (it->pid == 0) become(it, parent);
    if (it->pid > 0) return true;
    it->pid = 0;
    return dd_fail(error, DD_OUTSIDE, "cannot start an emulated board: %s", strerror(errno));
}

// Whether it has ended by itself.
static bool dead(dd_emulator *it) {
    if (it->pid == 0) return true;
    if (waitpid(it->pid, NULL, WNOHANG) == 0) return false;
    it->pid = 0;
    return true;
}

static void end(dd_emulator *it) {
    if (it->pid == 0) return;
    kill(it->pid, SIGTERM);
    int64_t until_ns = dd_wall_ns() + STOP_MS * INT64_C(1000000);
    while (!dead(it) && dd_wall_ns() < until_ns)
        poll(NULL, 0, 2);
    if (it->pid == 0) return;
    kill(it->pid, SIGKILL);
    waitpid(it->pid, NULL, 0);
    it->pid = 0;
}

static bool fail_dead(const dd_emulator *it, dd_error *error) {
    char path[96], line[300] = "";
    path_of(it, "log", path);
    FILE *file = fopen(path, "r");
    if (file) {
        if (!fgets(line, sizeof line, file)) line[0] = 0;
        fclose(file);
    }
    line[strcspn(line, "\n")] = 0;
    return dd_fail(error, DD_OUTSIDE, "the emulated board has ended%s%s", *line ? ": " : "", line);
}

// --- Its sockets ---

static int connect_once(const dd_emulator *it, const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[96];
    path_of(it, name, path);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

int dd_emulator_open(dd_emulator *it, dd_error *error) {
    int64_t until_ns = dd_wall_ns() + OPEN_MS * INT64_C(1000000);
    if (it->pid == 0) {
        dd_fail(error, DD_OUTSIDE, "the emulated board has no supply");
        return -1;
    }
    do {
        int fd = connect_once(it, "wire");
        if (fd >= 0) return fd;
        if (dead(it)) {
            fail_dead(it, error);
            return -1;
        }
        poll(NULL, 0, 5);
    } while (dd_wall_ns() < until_ns);
    dd_fail(error, DD_OUTSIDE, "the emulated board's wire does not open within %d s",
            OPEN_MS / 1000);
    return -1;
}

// Waits for QEMU to say something, which nobody reads.
static bool hear(int fd) {
    char text[4096];
    struct pollfd it = {.fd = fd, .events = POLLIN};
    return poll(&it, 1, STOP_MS) == 1 && read(fd, text, sizeof text) > 0;
}

static void command(const dd_emulator *it, const char *text) {
    static const char hello[] = "{\"execute\":\"qmp_capabilities\"}\n";
    int fd = connect_once(it, "qmp");
    if (fd < 0) return;
    if (hear(fd) && write(fd, hello, sizeof hello - 1) > 0 && hear(fd) &&
        write(fd, text, strlen(text)) > 0)
        hear(fd);
    close(fd);
}

// --- The board ---

dd_emulator *dd_emulator_start(const dd_emulator_def *def, dd_error *error) {
    dd_emulator *it = calloc(1, sizeof *it);
    if (!it) {
        dd_fail(error, DD_OUTSIDE, "no memory for an emulated board");
        return NULL;
    }
    it->options = def->options;
    memset(it->serial, 0xFF, sizeof it->serial);
    snprintf(it->serial, sizeof it->serial, "%s", def->serial);
    if (find_machine(it, def->machine, error) && find_firmware(it, def, error) &&
        make_folder(it, error) && write_serial(it, error) && spawn(it, error))
        return it;
    dd_emulator_stop(it);
    return NULL;
}

void dd_emulator_stop(dd_emulator *it) {
    if (!it) return;
    end(it);
    remove_folder(it);
    free(it);
}

void dd_emulator_reset(dd_emulator *it) {
    if (it->pid == 0) return;
    if (it->machine)
        command(it, "{\"execute\":\"system_reset\"}\n");
    else
        kill(it->pid, SIGUSR1);
}

void dd_emulator_power(dd_emulator *it, bool on) {
    if (!on)
        end(it);
    else if (it->pid == 0)
        spawn(it, NULL);
}
