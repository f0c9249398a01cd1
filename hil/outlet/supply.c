#define _GNU_SOURCE
#include "hil/outlet/supply.h"
#include "hil/wire/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void dd_supply_init(dd_supply *supply, const char *command) {
    *supply = (dd_supply){.command = command, .on = true};
}

// With whatever it has started itself: it leads a process group.
static void kill_it(dd_supply *supply) {
    if (!supply->process) return;
    kill(-supply->process, SIGKILL);
    kill(supply->process, SIGKILL); // it may not lead one yet
    while (waitpid(supply->process, NULL, 0) < 0 && errno == EINTR) {
    }
    supply->process = 0;
}

void dd_supply_fini(dd_supply *supply) {
    kill_it(supply);
}

static void become(const char *line, pid_t parent) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) dup2(null, STDIN_FILENO), dup2(STDERR_FILENO, STDOUT_FILENO);
    signal(SIGPIPE, SIG_DFL);
    execl("/bin/sh", "sh", "-c", line, (char *)NULL);
    _exit(127);
}

bool dd_supply_switch(dd_supply *supply, bool on, dd_error *error) {
    char line[1024];
    int n = snprintf(line, sizeof line, "%s %s", supply->command, on ? "on" : "off");
    if (n < 0 || (size_t)n >= sizeof line)
        return dd_fail(error, DD_WRONG, "the supply's command is too long");
    kill_it(supply);
    pid_t parent = getpid(), process = fork();
    if (process == 0) become(line, parent);
    if (process < 0)
        return dd_fail(error, DD_OUTSIDE, "cannot start '%s': %s", line, strerror(errno));
    supply->process = process;
    supply->on = on;
    supply->until_ns = dd_wall_ns() + (int64_t)DD_SUPPLY_S * 1000000000;
    return true;
}

static dd_supply_state judge(const dd_supply *supply, int status, dd_error *error) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return DD_SUPPLY_DONE;
    const char *on = supply->on ? "on" : "off";
    if (WIFEXITED(status))
        dd_fail(error, DD_OUTSIDE, "the supply's command '%s %s' failed with status %d",
                supply->command, on, WEXITSTATUS(status));
    else
        dd_fail(error, DD_OUTSIDE, "the supply's command '%s %s' was killed by signal %d",
                supply->command, on, WTERMSIG(status));
    return DD_SUPPLY_FAILED;
}

dd_supply_state dd_supply_poll(dd_supply *supply, dd_error *error) {
    int status;
    if (!supply->process) return DD_SUPPLY_IDLE;
    pid_t ended = waitpid(supply->process, &status, WNOHANG);
    if (ended == supply->process) {
        supply->process = 0;
        return judge(supply, status, error);
    }
    if (dd_wall_ns() < supply->until_ns) return DD_SUPPLY_SWITCHING;
    kill_it(supply);
    dd_fail(error, DD_OUTSIDE, "the supply's command '%s %s' took longer than %d s and was killed",
            supply->command, supply->on ? "on" : "off", DD_SUPPLY_S);
    return DD_SUPPLY_FAILED;
}
