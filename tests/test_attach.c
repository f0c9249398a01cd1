// How a segment's controller is to be a board, as actions and the command line write it.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "hil/board/attach.h"

#define READ(it, text)                                                                             \
    dd_attach it;                                                                                  \
    cr_assert(dd_attach_parse(&it, text, false, NULL))

Test(attach, everything_that_can_be_said_is_read) {
    READ(it, "serial=SEG-0042 vid=1209 pid=00ff interface=2 on_lost=wait shadow late=lose late_n=7 "
             "tolerance=8ms find=3s answer=250ms lock_step supply=\"uhubctl -l 1-1 -a\"");
    const dd_attach_def *def = &it.def;
    cr_assert(eq(str, (char *)def->board.serial, "SEG-0042"));
    cr_assert(eq(u16, def->board.vid, 0x1209));
    cr_assert(eq(u16, def->board.pid, 0xff));
    cr_assert(eq(i8, def->board.interface, 2));
    cr_assert(eq(int, def->on_lost, DD_LOST_WAIT));
    cr_assert(def->shadow && def->lock_step);
    cr_assert(eq(int, def->late, DD_LATE_LOSE));
    cr_assert(eq(u32, def->late_n, 7));
    cr_assert(eq(u32, def->tolerance_us, 8000));
    cr_assert(eq(dbl, def->find_s, 3));
    cr_assert(eq(dbl, def->answer_s, 0.25));
    cr_assert(eq(str, (char *)def->supply, "uhubctl -l 1-1 -a"));
    cr_assert(dd_attach_check(def, NULL));
}

Test(attach, a_board_beside_it_implies_the_shadow) {
    READ(it, "emulated shadow.path=/dev/ttyACM1");
    cr_assert(eq(str, (char *)it.def.board.emulated, "lm3s6965evb"));
    cr_assert(eq(str, (char *)it.def.other.path, "/dev/ttyACM1"));
    cr_assert(it.def.shadow);
    cr_assert(dd_attach_check(&it.def, NULL));
}

Test(attach, what_is_wrong_is_named) {
    const char *const wrong[] = {
        "serail=X",         "serial=X on_lost=falback", "tolerance=5",       "serial=X vid=xyz",
        "supply=\"uhubctl", "serial=X late_n=a",        "serial=X shadow=2", "=X"};
    for (size_t i = 0; i < DD_COUNT(wrong); i++) {
        dd_attach it;
        dd_error error = {0};
        cr_expect(not(dd_attach_parse(&it, wrong[i], false, &error)), "%s", wrong[i]);
        cr_expect(eq(int, error.status, DD_WRONG));
        cr_expect(error.text[0] != 0);
    }
    dd_attach it;
    dd_error error;
    cr_assert(not(dd_attach_parse(&it, "serail=X", false, &error)));
    cr_assert(strstr(error.text, "did you mean 'serial'") != NULL, "%s", error.text);
}

Test(attach, exactly_one_board_is_named) {
    const char *const none[] = {"", "shadow", "on_lost=wait", "path=/dev/ttyS0 vid=1"};
    for (size_t i = 0; i < DD_COUNT(none); i++) {
        READ(it, none[i]);
        cr_expect(not(dd_attach_check(&it.def, NULL)), "%s", none[i]);
    }
}

Test(attach, a_definition_is_copied_with_its_texts) {
    READ(it, "serial=SEG-0042 supply=relay shadow.serial=SEG-0043");
    dd_attach copy;
    cr_assert(dd_attach_copy(&copy, &it.def, NULL));
    memset(it.text, 'x', sizeof it.text - 1);
    cr_assert(eq(str, (char *)copy.def.board.serial, "SEG-0042"));
    cr_assert(eq(str, (char *)copy.def.other.serial, "SEG-0043"));
    cr_assert(eq(str, (char *)copy.def.supply, "relay"));
}

Test(attach, what_is_too_long_is_refused) {
    char text[DD_ATTACH_TEXT + 20] = "serial=";
    memset(text + 7, 'x', DD_ATTACH_TEXT);
    dd_attach it;
    cr_assert(not(dd_attach_parse(&it, text, false, NULL)));
    text[DD_ATTACH_TEXT - 1] = 0;
    cr_assert(dd_attach_parse(&it, text, false, NULL));
}

static const char *option(const char *text) {
    static char out[100];
    dd_error error = {0};
    return dd_attach_text_of_option(text, out, sizeof out, &error) ? out : "";
}

Test(attach, the_command_line_names_a_serial_a_path_or_an_emulation) {
    cr_assert(eq(str, (char *)option("SEG-0042"), "serial=SEG-0042"));
    cr_assert(eq(str, (char *)option("/dev/ttyACM0"), "path=/dev/ttyACM0"));
    cr_assert(eq(str, (char *)option("emulated"), "emulated"));
    cr_assert(eq(str, (char *)option("emulated:host,shadow,on_lost=wait"),
                 "emulated=host shadow on_lost=wait"));
    cr_assert(eq(str, (char *)option("emulatedX"), "serial=emulatedX"));
    cr_assert(eq(str, (char *)option(""), ""));
}

Test(attach, what_is_said_anew_of_a_board_replaces_what_named_it) {
    READ(it, "serial=SEG-0042 on_lost=fail");
    cr_assert(dd_attach_parse(&it, "emulated=host", true, NULL));
    cr_assert(it.def.board.serial == NULL);
    cr_assert(eq(str, (char *)it.def.board.emulated, "host"));
    cr_assert(eq(int, it.def.on_lost, DD_LOST_FAIL));
}
