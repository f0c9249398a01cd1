// A little of XML 1.0, for JUnit's files.
#pragma once

#include <stdio.h>

// Writes ` NAME="VALUE"`; what is no UTF-8, or no character of XML, becomes U+FFFD.
void dd_xml_attribute(FILE *out, const char *name, const char *value);
