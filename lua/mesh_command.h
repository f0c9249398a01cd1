// `domdom mesh`: what a mesh engineer looks for in a run.
#pragma once

int dd_mesh_command(int argc, char **argv);
