#include "hil/wire/legible.h"

#include <stdint.h>
#include <string.h>

// Octets of the character that begins here (RFC 3629); 0: there is none.
static size_t character(const uint8_t *at, size_t n) {
    static const struct {
        uint8_t mask, lead, n;
        uint32_t least; // shorter forms are wrong
    } forms[] = {{0x80, 0x00, 1, 0x20},
                 {0xE0, 0xC0, 2, 0xA0}, // U+0080 .. U+009F are control characters
                 {0xF0, 0xE0, 3, 0x800},
                 {0xF8, 0xF0, 4, 0x10000}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if ((*at & forms[i].mask) != forms[i].lead || forms[i].n > n) continue;
        uint32_t value = *at & (uint8_t)~forms[i].mask;
        for (size_t k = 1; k < forms[i].n; k++) {
            if ((at[k] & 0xC0) != 0x80) return 0;
            value = value << 6 | (at[k] & 0x3F);
        }
        if (value < forms[i].least || value == 0x7F || value > 0x10FFFF) return 0;
        return value >= 0xD800 && value < 0xE000 ? 0 : forms[i].n; // halves of UTF-16
    }
    return 0;
}

size_t dd_legible(char *text, size_t size, const char *octets, size_t n) {
    size_t out = 0;
    for (size_t at = 0; at < n;) {
        size_t length = character((const uint8_t *)octets + at, n - at), take = length ? length : 1;
        if (out + take + 1 > size) break;
        if (length)
            memcpy(text + out, octets + at, length);
        else
            text[out] = '?';
        out += take;
        at += take;
    }
    if (size) text[out] = 0;
    return out;
}

void dd_legible_end(char *text) {
    size_t n = strlen(text), start = n;
    while (start > 0 && n - start < 3 && ((uint8_t)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0 || (uint8_t)text[start - 1] < 0xC0) return;
    if (!character((const uint8_t *)text + start - 1, n - start + 1)) text[start - 1] = 0;
}
