#include "engine/texts.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(texts, same_text_same_number) {
    dd_texts texts;
    cr_assert(dd_texts_init(&texts, NULL));
    cr_assert_eq(dd_texts_add(&texts, ""), 0);
    cr_assert_eq(dd_texts_add(&texts, "a"), 1);
    cr_assert_eq(dd_texts_add(&texts, "b"), 2);
    cr_assert_eq(dd_texts_add(&texts, "a"), 1);
    cr_assert_str_eq(texts.all[2], "b");
    dd_texts_fini(&texts);
}

// Numbers go up in the order of adding, through many growths.
Test(texts, many) {
    enum { MANY = 100000 };
    dd_texts texts;
    char text[32];
    cr_assert(dd_texts_init(&texts, NULL));
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 1; i <= MANY; i++) {
            snprintf(text, sizeof text, "text %u", i);
            cr_assert_eq(dd_texts_add(&texts, text), i);
        }
    cr_assert_eq(texts.n, MANY + 1);
    dd_texts_fini(&texts);
}
