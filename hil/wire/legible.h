// Text from outside made fit for people, terminals and JSON: UTF-8 without control characters.
#pragma once

#include <stddef.h>

// Copies n octets, at most what fits with a closing 0 and never half a character; whatever is no
// character, or a control character, becomes '?'. Returns how many octets were written.
size_t dd_legible(char *text, size_t size, const char *octets, size_t n);
// Takes half a character off the end of a text that was cut.
void dd_legible_end(char *text);
