// `domdom board record`: what passes between a board and whoever works it, put down.
#pragma once

int dd_board_record(int argc, char **argv);
