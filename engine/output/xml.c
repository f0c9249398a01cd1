#include "engine/output/xml.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// The code point at *text, which moves on; 0xfffd for what is no UTF-8 or no character of XML 1.0
// (section 2.2: control characters, surrogates, U+FFFE and U+FFFF are none).
static uint32_t next_character(const char **text) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)*text;
    int length = *bytes < 0x80 ? 1 : *bytes >= 0xf0 ? 4 : *bytes >= 0xe0 ? 3 : 2;
    uint32_t code = length == 1 ? *bytes : *bytes & (0xffu >> (length + 1));
    for (int i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            (*text)++;
            return 0xfffd;
        }
        code = code << 6 | (bytes[i] & 0x3f);
    }
    bool wrong = (length > 1 && code < least[length]) || (*bytes & 0xc0) == 0x80 ||
                 *bytes >= 0xf8 || code > 0x10ffff;
    *text += wrong ? 1 : length;
    bool character = code == '\t' || code == '\n' || code == '\r' ||
                     (code >= 0x20 && (code < 0xd800 || code > 0xdfff) && (code | 1) != 0xffff);
    return wrong || !character ? 0xfffd : code;
}

// Fit for an attribute's value in double quotes.
static void put_escaped(FILE *out, const char *text) {
    while (*text) {
        const char *start = text;
        uint32_t code = next_character(&text);
        if (code == 0xfffd)
            fputs("\xef\xbf\xbd", out);
        else if (code < 0x20 || (code < 0x80 && strchr("&<>\"'", (int)code)))
            fprintf(out, "&#%u;", (unsigned)code);
        else
            fwrite(start, 1, (size_t)(text - start), out);
    }
}

void dd_xml_attribute(FILE *out, const char *name, const char *value) {
    fprintf(out, " %s=\"", name);
    put_escaped(out, value);
    fputc('"', out);
}
