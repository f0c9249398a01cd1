// `domdom light`: the light on a city's roads as they are built.
#pragma once

int dd_light_command(int argc, char **argv);
