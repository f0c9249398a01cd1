// `domdom energy`: what a run took, what meters say of it, what it costs and saves.
#pragma once

int dd_energy_command(int argc, char **argv);
