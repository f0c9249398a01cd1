// `domdom run` and `domdom replay`. Each takes argv[0] as the command's name and
// returns the exit status.
#pragma once

int dd_run_command(int argc, char **argv);
int dd_replay_command(int argc, char **argv);
