// The stage of tests/run_usb.sh: a machine in QEMU with a USB controller, and boards at the other
// end of its cables, each a process of its own. What the machine prints on its console is passed
// on; lines that begin with '@' are what it wants done:
//
//   @plug SERIAL      put that board's plug in     @unplug SERIAL   pull it
//   @kill SERIAL      the board's process dies: plugged in, mute
//   @end STATUS       the test is over
//
// usage: usb_stage KERNEL INITRAMFS BOARD-PROGRAM SECONDS
//
// SEG-0001 to SEG-0003 are boards with USB of their own (CDC-ACM), SEG-0004 has a UART behind an
// FTDI converter. Everything dies with this program.
#define _GNU_SOURCE // SOCK_CLOEXEC, prctl
#include "tests/usb/cdc_acm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CDC_BOARDS = 3, BOARDS = 4, ARGUMENTS_MAX = 64, LINE_MAX = 4096, TIMED_OUT = 3 };

typedef struct dd_stage_board {
    char serial[16];
    pid_t pid;
    int near, far;      // ends of its cable: QEMU's or our device's, and the board's own
    dd_cdc_acm *device; // NULL: behind the converter
    int redir;          // QEMU's end of the device's, until QEMU has it
} dd_stage_board;

typedef struct dd_stage {
    dd_stage_board boards[BOARDS];
    pid_t machine;
    int console, commands, machine_commands; // commands: to QEMU's monitor
    char line[LINE_MAX];
    size_t line_n;
    int status; // -1: goes on
} dd_stage;

static void fail(const char *what) {
    fprintf(stderr, "usb_stage: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void make_pair(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
}

static void keep_over_exec(int fd) {
    fcntl(fd, F_SETFD, 0);
}

// --- Processes ---

// Runs a program that dies with us; returns in the child, before it is replaced, too (0).
static pid_t start_child(void) {
    pid_t parent = getpid(), child = fork();
    if (child < 0) fail("fork");
    if (child > 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    return 0;
}

static void start_board(dd_stage_board *it, const char *program) {
    it->pid = start_child();
    if (it->pid > 0) return;
    char fd[16];
    snprintf(fd, sizeof fd, "%d", it->far);
    keep_over_exec(it->far);
    execl(program, program, "--fd", fd, "--serial", it->serial, "--vid", "0x1209", "--pid", "1",
          (char *)NULL);
    fail(program);
}

typedef struct dd_words {
    char *words[ARGUMENTS_MAX], text[4096];
    size_t n, at;
} dd_words;

static void add(dd_words *it, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(dd_words *it, const char *format, ...) {
    va_list list;
    va_start(list, format);
    it->words[it->n++] = it->text + it->at;
    it->at += (size_t)vsnprintf(it->text + it->at, sizeof it->text - it->at, format, list) + 1;
    va_end(list);
    if (it->at >= sizeof it->text || it->n + 1 >= ARGUMENTS_MAX) fail("too many words");
}

// TCG always: where KVM looks present, it may fail.
static void machine_words(dd_words *it, dd_stage *stage, const char *kernel,
                          const char *initramfs) {
    static const char *const fixed[] = {"qemu-system-x86_64",
                                        "-accel",
                                        "tcg",
                                        "-cpu",
                                        "qemu64",
                                        "-M",
                                        "q35",
                                        "-m",
                                        "512",
                                        "-nodefaults",
                                        "-display",
                                        "none",
                                        "-no-reboot",
                                        "-serial",
                                        "stdio",
                                        "-device",
                                        "qemu-xhci,id=hc,p2=8,p3=8"};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        add(it, "%s", fixed[i]);
    add(it, "-kernel");
    add(it, "%s", kernel);
    add(it, "-initrd");
    add(it, "%s", initramfs);
    add(it, "-append");
    add(it, "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off tsc=unstable");
    for (int i = 0; i < CDC_BOARDS; i++) {
        add(it, "-chardev");
        add(it, "socket,id=red%d,fd=%d", i, stage->boards[i].redir);
        add(it, "-device");
        add(it, "usb-redir,bus=hc.0,chardev=red%d,port=%d", i, i + 1);
    }
    add(it, "-chardev");
    add(it, "socket,id=uart,fd=%d", stage->boards[CDC_BOARDS].near);
    add(it, "-chardev");
    add(it, "socket,id=commands,fd=%d", stage->machine_commands);
    add(it, "-mon");
    add(it, "chardev=commands,mode=control");
    it->words[it->n] = NULL;
}

static void start_machine(dd_stage *it, const char *kernel, const char *initramfs) {
    int out[2], commands[2];
    if (pipe2(out, O_CLOEXEC) != 0) fail("pipe");
    make_pair(commands);
    it->console = out[0];
    it->commands = commands[0];
    it->machine_commands = commands[1];
    it->machine = start_child();
    if (it->machine == 0) {
        dd_words words = {0};
        machine_words(&words, it, kernel, initramfs);
        dup2(out[1], STDOUT_FILENO);
        for (int i = 0; i < CDC_BOARDS; i++)
            keep_over_exec(it->boards[i].redir);
        keep_over_exec(it->boards[CDC_BOARDS].near);
        keep_over_exec(commands[1]);
        execvp(words.words[0], words.words);
        fail(words.words[0]);
    }
    close(out[1]);
    close(commands[1]);
    for (int i = 0; i < CDC_BOARDS; i++)
        close(it->boards[i].redir);
    dprintf(it->commands, "{\"execute\":\"qmp_capabilities\"}\n");
}

static void make_boards(dd_stage *it, const char *program) {
    for (int i = 0; i < BOARDS; i++) {
        dd_stage_board *board = &it->boards[i];
        int cable[2], redir[2];
        snprintf(board->serial, sizeof board->serial, "SEG-%04d", i + 1);
        make_pair(cable);
        board->near = cable[0];
        board->far = cable[1];
        start_board(board, program);
        close(board->far);
        if (i >= CDC_BOARDS) continue;
        make_pair(redir);
        board->redir = redir[1];
        board->device = dd_cdc_acm_open(&(dd_cdc_acm_def){.redir = redir[0],
                                                          .board = board->near,
                                                          .vid = 0x1209,
                                                          .pid = 1,
                                                          .product = "Segment controller",
                                                          .serial = board->serial});
        if (!board->device) fail("dd_cdc_acm_open");
    }
}

// --- What the machine wants ---

static dd_stage_board *find_board(dd_stage *it, const char *serial) {
    for (int i = 0; i < BOARDS; i++)
        if (strcmp(it->boards[i].serial, serial) == 0) return &it->boards[i];
    fprintf(stderr, "usb_stage: there is no board %s\n", serial);
    exit(2);
}

static void plug(dd_stage *it, dd_stage_board *board, bool in) {
    if (board->device)
        dd_cdc_acm_plug(board->device, in);
    else if (in)
        dprintf(it->commands,
                "{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"usb-serial\","
                "\"bus\":\"hc.0\",\"port\":\"8\",\"id\":\"ftdi\",\"chardev\":\"uart\","
                "\"serial\":\"%s\"}}\n",
                board->serial);
    else
        dprintf(it->commands, "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"ftdi\"}}\n");
}

static void obey(dd_stage *it, char *line) {
    char verb[16], word[32];
    if (sscanf(line, "@%15s %31s", verb, word) != 2) return;
    if (strcmp(verb, "end") == 0)
        it->status = atoi(word);
    else if (strcmp(verb, "plug") == 0)
        plug(it, find_board(it, word), true);
    else if (strcmp(verb, "unplug") == 0)
        plug(it, find_board(it, word), false);
    else if (strcmp(verb, "kill") == 0)
        kill(find_board(it, word)->pid, SIGKILL);
}

static void hear_console(dd_stage *it) {
    char text[LINE_MAX];
    ssize_t n = read(it->console, text, sizeof text);
    if (n <= 0) {
        if (it->status < 0) it->status = 2; // the machine died
        return;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (text[i] == '\r') continue;
        if (text[i] != '\n') {
            if (it->line_n + 1 < LINE_MAX) it->line[it->line_n++] = text[i];
            continue;
        }
        it->line[it->line_n] = 0;
        it->line_n = 0;
        puts(it->line);
        fflush(stdout);
        if (it->line[0] == '@') obey(it, it->line);
    }
}

// What the monitor answers matters only where it refuses.
static void hear_monitor(dd_stage *it) {
    char text[LINE_MAX];
    ssize_t n = read(it->commands, text, sizeof text - 1);
    if (n <= 0) return;
    text[n] = 0;
    if (strstr(text, "\"error\"")) fprintf(stderr, "usb_stage: QEMU refuses: %s", text);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void play(dd_stage *it, double limit) {
    double end = seconds() + limit;
    while (it->status < 0 && seconds() < end) {
        struct pollfd pollers[2 + 2 * CDC_BOARDS] = {{.fd = it->console, .events = POLLIN},
                                                     {.fd = it->commands, .events = POLLIN}};
        for (int i = 0; i < CDC_BOARDS; i++)
            dd_cdc_acm_poll(it->boards[i].device, &pollers[2 + 2 * i]);
        poll(pollers, 2 + 2 * CDC_BOARDS, 100);
        if (pollers[0].revents) hear_console(it);
        if (pollers[1].revents) hear_monitor(it);
        for (int i = 0; i < CDC_BOARDS; i++)
            dd_cdc_acm_pump(it->boards[i].device);
    }
    if (it->status >= 0) return;
    printf("usb_stage: not over after %g s\n", limit);
    it->status = TIMED_OUT;
}

static void clear(dd_stage *it) {
    kill(it->machine, SIGKILL);
    waitpid(it->machine, NULL, 0);
    for (int i = 0; i < BOARDS; i++) {
        kill(it->boards[i].pid, SIGKILL);
        waitpid(it->boards[i].pid, NULL, 0);
        dd_cdc_acm_close(it->boards[i].device);
    }
}

int main(int argc, char **argv) {
    static dd_stage it = {.status = -1};
    if (argc != 5) {
        fputs("usage: usb_stage KERNEL INITRAMFS BOARD-PROGRAM SECONDS\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    make_boards(&it, argv[3]);
    start_machine(&it, argv[1], argv[2]);
    play(&it, atof(argv[4]));
    clear(&it);
    return it.status;
}
