// `domdom board list`: what boards are there, who says Hello, and what is wrong with the others.
#pragma once

int dd_board_list(int argc, char **argv); // argv[0] is "list"; returns the exit status
