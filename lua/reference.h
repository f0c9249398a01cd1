// The reference of the scenario language, made of the prelude's own comments and of the tables that
// the program works with: a page for people, annotations for editors, topics for the help.
#pragma once

#include "engine/base.h"

#include <stdio.h>

#define DD_ANNOTATIONS_FILE "domdom_api.lua"

void dd_reference_markdown(FILE *out);

// A file for the Lua language server: it completes and checks scenarios.
void dd_reference_annotations(FILE *out);

// Prints a topic (settings, records, figures, faults, actions); false when there is none of that
// name.
bool dd_reference_topic(const char *name, FILE *out);

extern const char *const dd_reference_topics[]; // NULL-terminated

// `domdom api`.
int dd_api_command(int argc, char **argv);
