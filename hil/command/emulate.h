// `domdom board emulate`: emulated boards behind pseudo-terminals, found like real ones.
#pragma once

int dd_board_emulate(int argc, char **argv); // argv[0] is "emulate"; returns the exit status
