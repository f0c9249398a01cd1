// `domdom run` and `domdom replay`. argv[0] is the command's name; each returns the exit status.
#pragma once

int dd_run_command(int argc, char **argv);
int dd_replay_command(int argc, char **argv);
