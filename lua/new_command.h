// `domdom new NAME`: a commented scenario to start from, with the annotations that let an editor
// complete and check it. argv[0] is the command's name; returns the exit status.
#pragma once

int dd_new_command(int argc, char **argv);
