// Text from outside: what is fit for people stays, the rest does not reach a terminal.
#include "hil/wire/legible.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static char text[64];

static char *legible(const char *octets, size_t size) {
    dd_legible(text, size, octets, strlen(octets));
    return text;
}

Test(legible, keeps_what_is_text) {
    cr_expect(eq(str, legible("Đom Đóm €, 𝄞", 64), "Đom Đóm €, 𝄞"));
    cr_expect(eq(sz, dd_legible(text, 64, "", 0), 0));
}

Test(legible, no_control_characters) {
    cr_expect(eq(str, legible("a\x1b[31mb\nc\x7f\xc2\x9b", 64), "a?[31mb?c???"));
}

Test(legible, no_octets_that_are_no_characters) {
    cr_expect(eq(str,
                 legible("\xff \x80 \xc0\xaf \xe0\x80\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xc4", 64),
                 "? ? ?? ??? ??? ???? ?"));
}

Test(legible, whole_characters_only) {
    cr_expect(eq(str, legible("aĐb", 3), "a"));
    cr_expect(eq(str, legible("aĐb", 4), "aĐ"));
    strcpy(text, "aĐ\xe2\x82");
    dd_legible_end(text);
    cr_expect(eq(str, text, "aĐ"));
    dd_legible_end(text);
    cr_expect(eq(str, text, "aĐ"));
    strcpy(text, "\xc4");
    dd_legible_end(text);
    cr_expect(eq(str, text, ""));
}
