// `domdom board replay`: a recording shown, or fed to another board.
#pragma once

int dd_board_replay(int argc, char **argv);
