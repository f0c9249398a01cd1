// A history of the mesh as people and programs read it.
#pragma once

#include "lua/mesh_history.h"

#include <jansson.h>
#include <stdio.h>

typedef struct dd_mesh_report_def {
    bool lost;    // tell each lost message
    size_t worst; // so many of the busiest nodes and the worst links
} dd_mesh_report_def;

// Prints tables: an overview of the segments, or, of a history of one segment, its routing tree and
// who joined when; then messages by hops, losses, air time and links.
void dd_mesh_report_print(const dd_history *history, const dd_mesh_report_def *def, FILE *out);

// The same as a document; new reference. A tree is given for one segment only.
json_t *dd_mesh_report_json(const dd_history *history, const dd_mesh_report_def *def);
