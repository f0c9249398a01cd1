// `domdom board monitor`: what a board says, as it says it.
#pragma once

int dd_board_monitor(int argc, char **argv); // argv[0] is "monitor"; returns the exit status
