// `domdom board test`: the conformance battery.
#pragma once

int dd_board_test(int argc, char **argv); // argv[0] is "test"; returns the exit status
