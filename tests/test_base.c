#include "engine/base.h"

#include <criterion/criterion.h>

static const char *const words[] = {"ward", "road", "Đồng Khởi", "Hùng Vương", "lamps.lit", NULL};

Test(base, nearest_word_by_letters) {
    cr_assert_str_eq(dd_nearest("lamp.lit", words), "lamps.lit");
    cr_assert_str_eq(dd_nearest("rod", words), "road");
    cr_assert_null(dd_nearest("xylophone", words));
    cr_assert_null(dd_nearest("", words));
}

Test(base, swapped_letters_are_one_error) {
    cr_assert_str_eq(dd_nearest("raod", words), "road");
}

Test(base, vietnamese_marks_and_capitals_do_not_count) {
    cr_assert_str_eq(dd_nearest("Dong Khoi", words), "Đồng Khởi");
    cr_assert_str_eq(dd_nearest("HÙNG VUONG", words), "Hùng Vương");
}

Test(base, broken_utf8_and_long_words_are_harmless) {
    char longer[200];
    for (size_t i = 0; i + 1 < sizeof longer; i++)
        longer[i] = 'a';
    longer[sizeof longer - 1] = 0;
    cr_assert_null(dd_nearest(longer, words));
    cr_assert_str_eq(dd_nearest("roa\xe1", words), "road");
    cr_assert_str_eq(dd_nearest("roa\xc4", words), "road");
}
