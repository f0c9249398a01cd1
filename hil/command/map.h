// `domdom board map`: which board is plugged in where, under what node now, and for which segment.
#pragma once

int dd_board_map(int argc, char **argv); // argv[0] is "map"; returns the exit status
