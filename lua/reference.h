// The reference of the scenario language, made of the library's own comments and of the tables that
// the program works with: a page for people, annotations for editors, topics for the help.
#pragma once

#include "engine/base.h"

#include <stdio.h>

#define DD_ANNOTATIONS_FILE "domdom_api.lua" // where editors look for them, beside the scenarios

// A file for the Lua language server: it completes and checks scenarios.
void dd_reference_annotations(FILE *out);

// Prints a topic (one of dd_reference_topics); false when there is none of that
// name.
bool dd_reference_topic(const char *name, FILE *out);

extern const char *const dd_reference_topics[]; // NULL-terminated

// `domdom api`: argv[0] is the command's name; returns the exit status.
int dd_api_command(int argc, char **argv);
