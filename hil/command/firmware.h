// `domdom board firmware`: the reference firmware that was built, and what it takes of a machine.
#pragma once

int dd_board_firmware(int argc, char **argv); // argv[0] is "firmware"; returns the exit status
