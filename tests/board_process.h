// The reference firmware as a process at the other end of a link, and what a twin says to it.
#pragma once

#include "hil/wire/link.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct board_process {
    dd_link *link;
    pid_t pid;
} board_process;

// What becomes the child: the host process, or QEMU with the firmware for a machine.
static inline void board_process_become(const char *machine, int fd) {
    const char *build = getenv("DOMDOM_BUILD") ? getenv("DOMDOM_BUILD") : ".";
    char program[1024], wire[64];
    snprintf(program, sizeof program, "%s/domdom-board", build);
    snprintf(wire, sizeof wire, "%d", fd);
    if (!machine) execl(program, program, "--fd", wire, "--serial", "SEG-0042", (char *)NULL);
    snprintf(program, sizeof program, "%s/domdom-board-%s.elf", build, machine ? machine : "");
    snprintf(wire, sizeof wire, "socket,id=u,fd=%d", fd);
    execlp("qemu-system-arm", "qemu-system-arm", "-M", machine, "-nographic", "-monitor", "none",
           "-kernel", program, "-chardev", wire, "-serial", "chardev:u", (char *)NULL);
    perror("qemu-system-arm");
    _exit(127);
}

// On a machine; NULL: as a host process.
static inline board_process board_process_start(const char *machine) {
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        board_process_become(machine, dup(ends[1]));
    }
    close(ends[1]);
    return (board_process){dd_link_open(ends[0]), pid};
}

static inline void board_process_stop(board_process *board) {
    dd_link_close(board->link);
    kill(board->pid, SIGTERM);
    waitpid(board->pid, NULL, 0);
}

static inline int64_t board_process_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// The next frame within so long, or NULL.
static inline const Hil__Frame *board_process_hear(board_process *board, int ms) {
    int64_t until = board_process_ms() + ms;
    const Hil__Frame *frame = dd_link_take(board->link);
    for (; !frame && board_process_ms() < until; frame = dd_link_take(board->link))
        dd_link_wait(board->link, 20);
    return frame;
}

// Welcomes it, once it has said Hello.
static inline void board_process_welcome(board_process *board, Hil__Mode mode, uint32_t session) {
    const Hil__Frame *hello = board_process_hear(board, 5000);
    cr_assert(hello && hello->control_case == HIL__FRAME__CONTROL_HELLO);
    Hil__Welcome welcome = HIL__WELCOME__INIT;
    welcome.version = 1;
    welcome.session = session;
    welcome.mode = mode;
    welcome.segment = (char *)"s01";
    welcome.beat_ms = 100;
    welcome.frame_max = DD_FRAME_OCTETS;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_WELCOME;
    frame.welcome = &welcome;
    cr_assert(dd_link_send(board->link, &frame));
}

// Grants one part of a step and hears the answer.
static inline const Hil__Frame *board_process_grant(board_process *board, uint32_t step,
                                                    uint32_t part, uint64_t uptime_us,
                                                    Hil__Message *message) {
    Hil__Grant grant = HIL__GRANT__INIT;
    grant.step = step;
    grant.part = part;
    grant.uptime_us = uptime_us;
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_GRANT;
    frame.grant = &grant;
    frame.messages = &message;
    frame.n_messages = message ? 1 : 0;
    cr_assert(dd_link_send(board->link, &frame));
    const Hil__Frame *answer = board_process_hear(board, 5000);
    cr_assert(answer, "no answer to step %u, part %u", step, part);
    return answer;
}
