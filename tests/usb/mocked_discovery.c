// Discovery against a /sys and a udev that umockdev makes up.
#define _GNU_SOURCE // mkdtemp
#include "hil/outlet/discovery.h"
#include "hil/outlet/port.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <umockdev.h>
#include <unistd.h>

static UMockdevTestbed *bed;
static char home[64];

static void start(void) {
    snprintf(home, sizeof home, "/tmp/domdom-mocked-XXXXXX");
    cr_assert(ne(ptr, mkdtemp(home), NULL));
    setenv("XDG_RUNTIME_DIR", home, 1);
    bed = umockdev_testbed_new();
}

static void stop(void) {
    char command[128];
    g_object_unref(bed);
    snprintf(command, sizeof command, "rm -rf %s", home);
    cr_expect(zero(int, system(command)));
}

TestSuite(mocked_discovery, .init = start, .fini = stop);

// A device at a USB port with a serial port at one of its interfaces.
typedef struct mock {
    const char *place; // "1-1"
    int devnum;
    const char *vid, *pid, *serial; // serial NULL: it has none
    int interface;
    const char *tty; // "ttyACM0"
    int minor;
} mock;

#define ROOT "/sys/devices/pci0000:00/usb1"

static void add_text(const char *text) {
    GError *error = NULL;
    cr_assert(umockdev_testbed_add_from_string(bed, text, &error), "%s",
              error ? error->message : "");
}

static void tty_path(const mock *it, char path[256]) {
    snprintf(path, 256, ROOT "/%s/%s:1.%d/tty/%s", it->place, it->place, it->interface, it->tty);
}

static void add_interface(const mock *it) {
    char text[1024];
    snprintf(text, sizeof text,
             "P: %s/%s/%s:1.%d\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n"
             "A: bInterfaceNumber=%02x\\n\n",
             ROOT + 4, it->place, it->place, it->interface, (unsigned)it->interface);
    add_text(text);
    snprintf(text, sizeof text,
             "P: %s/%s/%s:1.%d/tty/%s\nN: %s\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/%s\n"
             "A: dev=166:%d\\n\nL: device=../../../%s:1.%d\n",
             ROOT + 4, it->place, it->place, it->interface, it->tty, it->tty, it->tty, it->minor,
             it->place, it->interface);
    add_text(text);
}

static void plug(const mock *it) {
    char text[1024], serial[80] = "";
    if (it->serial) snprintf(serial, sizeof serial, "A: serial=%s\\n\n", it->serial);
    snprintf(text, sizeof text,
             "P: %s/%s\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nA: idVendor=%s\\n\n"
             "A: idProduct=%s\\n\nA: devnum=%d\\n\nA: product=Segment controller\\n\n%s",
             ROOT + 4, it->place, it->vid, it->pid, it->devnum, serial);
    add_text(text);
    add_interface(it);
}

static void unplug(const mock *it) {
    char path[256];
    tty_path(it, path);
    umockdev_testbed_remove_device(bed, path);
    snprintf(path, sizeof path, ROOT "/%s/%s:1.%d", it->place, it->place, it->interface);
    umockdev_testbed_remove_device(bed, path);
    snprintf(path, sizeof path, ROOT "/%s", it->place);
    umockdev_testbed_remove_device(bed, path);
}

static dd_discovery *opened(void) {
    dd_error error = {0};
    dd_discovery *discovery = dd_discovery_open(&error);
    cr_assert(ne(ptr, discovery, NULL), "%s", error.text);
    return discovery;
}

static bool wait_for(dd_discovery *discovery, dd_device_change *change) {
    for (int i = 0; i < 40; i++) {
        if (dd_discovery_next(discovery, change)) return true;
        poll(&(struct pollfd){.fd = dd_discovery_fd(discovery), .events = POLLIN}, 1, 50);
    }
    return false;
}

static dd_board_match by_serial(const char *serial) {
    return (dd_board_match){.serial = serial, .interface = -1};
}

static const mock first = {"1-1", 5, "1209", "0001", "SEG-0001", 0, "ttyACM0", 0};
static const mock second = {"1-2", 6, "1209", "0001", "SEG-0002", 0, "ttyACM1", 1};

Test(mocked_discovery, what_is_there) {
    plug(&first);
    plug(&second);
    dd_discovery *discovery = opened();
    const dd_device *all;
    cr_assert(eq(sz, dd_discovery_devices(discovery, &all), 2));
    dd_device devices[2] = {all[0], all[1]};
    cr_expect(eq(str, devices[0].serial, "SEG-0001"));
    cr_expect(eq(str, devices[0].node, "/dev/ttyACM0"));
    cr_expect(eq(str, devices[0].place, "1-1"));
    cr_expect(eq(str, devices[0].product, "Segment controller"));
    cr_expect(all(eq(u16, devices[0].vid, 0x1209), eq(u16, devices[0].pid, 1)));
    cr_expect(eq(int, devices[0].interface, 0));
    cr_expect(not(devices[0].emulated));
    cr_expect(eq(str, devices[1].serial, "SEG-0002"));
    dd_discovery_close(discovery);
}

Test(mocked_discovery, plug_and_unplug) {
    dd_discovery *discovery = opened();
    dd_device_change change;
    cr_expect(not(dd_discovery_next(discovery, &change)));
    plug(&first);
    cr_assert(wait_for(discovery, &change));
    cr_expect(change.added);
    cr_expect(eq(str, change.device.serial, "SEG-0001"));
    unplug(&first);
    cr_assert(wait_for(discovery, &change));
    cr_expect(not(change.added));
    cr_expect(eq(str, change.device.serial, "SEG-0001"));
    cr_expect(eq(str, change.device.node, "/dev/ttyACM0"));
    dd_discovery_close(discovery);
}

// It comes back as another node, at another port: it is known by its serial.
Test(mocked_discovery, replug_under_another_node) {
    plug(&first);
    dd_discovery *discovery = opened();
    dd_device_change change;
    dd_device device;
    dd_error error = {0};
    dd_board_match match = by_serial("SEG-0001");
    cr_assert(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_WELL));
    while (dd_discovery_next(discovery, &change))
        ;
    unplug(&first);
    const mock again = {"1-3", 7, "1209", "0001", "SEG-0001", 0, "ttyACM5", 5};
    const mock usurper = {"1-1", 8, "1209", "0001", "SEG-0009", 0, "ttyACM1", 1};
    plug(&usurper);
    plug(&again);
    cr_assert(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_WELL), "%s",
              error.text);
    cr_expect(eq(str, device.node, "/dev/ttyACM5"));
    cr_expect(eq(str, device.place, "1-3"));
    dd_discovery_close(discovery);
}

Test(mocked_discovery, ambiguous_matches_are_refused) {
    const mock twin = {"1-2", 6, "1209", "0002", "SEG-0001", 0, "ttyACM1", 1};
    plug(&first);
    plug(&twin);
    dd_discovery *discovery = opened();
    dd_device device;
    dd_error error = {0};
    dd_board_match match = by_serial("SEG-0001");
    cr_expect(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_AMBIGUOUS));
    cr_expect(ne(ptr, strstr(error.text, "1-1"), NULL), "%s", error.text);
    cr_expect(ne(ptr, strstr(error.text, "1-2"), NULL), "%s", error.text);
    match.pid = 2;
    cr_expect(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_WELL));
    cr_expect(eq(str, device.node, "/dev/ttyACM1"));
    match.vid = 0x0403;
    cr_expect(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_NOT_FOUND));
    cr_expect(ne(ptr, strstr(error.text, "VID 0403"), NULL), "%s", error.text);
    // By VID and PID alone, without a serial.
    match = (dd_board_match){.vid = 0x1209, .interface = -1};
    cr_expect(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_AMBIGUOUS));
    match.pid = 1;
    cr_expect(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_WELL));
    dd_discovery_close(discovery);
}

// One device with two serial ports: its serial alone does not say which.
Test(mocked_discovery, two_interfaces) {
    const mock other = {"1-1", 5, "1209", "0001", "SEG-0001", 2, "ttyACM1", 1};
    plug(&first);
    add_interface(&other);
    dd_discovery *discovery = opened();
    dd_device device;
    dd_error error = {0};
    dd_board_match match = by_serial("SEG-0001");
    cr_expect(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_AMBIGUOUS));
    match.interface = 2;
    cr_expect(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_WELL));
    cr_expect(eq(str, device.node, "/dev/ttyACM1"));
    dd_discovery_close(discovery);
}

// A converter without a serial of its own: only the board's Hello can tell.
Test(mocked_discovery, without_a_serial) {
    const mock converter = {"1-4", 9, "1a86", "7523", NULL, 0, "ttyUSB0", 0};
    plug(&converter);
    dd_discovery *discovery = opened();
    const dd_device *devices;
    dd_board_match match = by_serial("SEG-0001"), other = match;
    other.vid = 0x0403;
    cr_assert(eq(sz, dd_discovery_devices(discovery, &devices), 1));
    cr_expect(not(dd_device_fits(&devices[0], &match)));
    cr_expect(dd_device_may_fit(&devices[0], &match));
    cr_expect(not(dd_device_may_fit(&devices[0], &other)));
    dd_discovery_close(discovery);
}

// The speed of a UART is said by a rule of udev's.
Test(mocked_discovery, speed) {
    const dd_device *devices;
    plug(&first);
    umockdev_testbed_set_property(bed, "/sys/devices/pci0000:00/usb1/1-1/1-1:1.0/tty/ttyACM0",
                                  "DOMDOM_BAUD", "921600");
    plug(&second);
    dd_discovery *discovery = opened();
    cr_assert(eq(sz, dd_discovery_devices(discovery, &devices), 2));
    cr_expect(eq(ulong, devices[0].baud, 921600));
    cr_expect(eq(ulong, devices[1].baud, 0));
    dd_discovery_close(discovery);
}

Test(mocked_discovery, serial_ports_that_are_no_usb_devices) {
    add_text("P: /devices/platform/serial8250/tty/ttyS0\nN: ttyS0\nE: SUBSYSTEM=tty\n"
             "E: DEVNAME=/dev/ttyS0\nA: dev=4:64\\n\n");
    dd_discovery *discovery = opened();
    const dd_device *devices;
    cr_expect(eq(sz, dd_discovery_devices(discovery, &devices), 0));
    dd_discovery_close(discovery);
}
