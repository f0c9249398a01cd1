#define _DEFAULT_SOURCE // realpath
#include "hil/outlet/discovery.h"

#include "hil/outlet/port.h"
#include "hil/outlet/registry.h"

#include <dirent.h>
#include <libudev.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { DEVICES_MAX = 128, CHANGES_MAX = 2 * DEVICES_MAX };

// What comes and goes is found by looking at all there is and comparing with what was there before:
// one way for udev and registry, which needs no parents of a device that is gone (they are wrong in
// udev's remove) and sees all again after an overflow of events. Events only say that it is time.
struct dd_discovery {
    struct udev *udev;
    struct udev_monitor *monitor; // NULL: none to be had; then whoever asks has it looked at anew
    int events;                   // epoll of these, and of the monitor's
    int folder_events;            // inotify
    int later;                    // timerfd
    char folder[DD_REGISTRY_PATH];
    bool looked;
    dd_device devices[DEVICES_MAX];
    size_t n;
    dd_device_change changes[CHANGES_MAX];
    size_t change_at, change_n;
};

// --- Looking ---

static void copy(char *to, size_t size, const char *from) {
    snprintf(to, size, "%s", from ? from : "");
}

static uint16_t number_of(struct udev_device *device, const char *attribute) {
    const char *text = udev_device_get_sysattr_value(device, attribute);
    return text ? (uint16_t)strtoul(text, NULL, 16) : 0;
}

static bool may_open(const char *node) {
    return access(node, R_OK | W_OK) == 0;
}

// The folder in /sys is made anew with each plug, under another inode; a simulated /sys may use one
// again, but counts the bus's devices as well.
static uint64_t plug_of(const char *syspath, struct udev_device *usb) {
    struct stat about = {0};
    stat(syspath, &about);
    return (uint64_t)about.st_ino << 16 ^ number_of(usb, "devnum");
}

// False: not a USB device's, or udev has yet to give it its permissions and links.
static bool describe(struct udev_device *tty, dd_device *device) {
    struct udev_device *usb =
        udev_device_get_parent_with_subsystem_devtype(tty, "usb", "usb_device");
    struct udev_device *part =
        udev_device_get_parent_with_subsystem_devtype(tty, "usb", "usb_interface");
    const char *node = udev_device_get_devnode(tty);
    const char *baud = udev_device_get_property_value(tty, "DOMDOM_BAUD");
    if (!usb || !node || access(node, F_OK) != 0) return false;
    if (access("/run/udev/control", F_OK) == 0 && !udev_device_get_is_initialized(tty))
        return false;
    *device = (dd_device){.vid = number_of(usb, "idVendor"),
                          .pid = number_of(usb, "idProduct"),
                          .interface = part ? (int8_t)number_of(part, "bInterfaceNumber") : -1,
                          .baud = baud ? strtoul(baud, NULL, 10) : 0,
                          .denied = !may_open(node)};
    copy(device->node, sizeof device->node, node);
    copy(device->serial, sizeof device->serial, udev_device_get_sysattr_value(usb, "serial"));
    copy(device->product, sizeof device->product, udev_device_get_sysattr_value(usb, "product"));
    copy(device->place, sizeof device->place, udev_device_get_sysname(usb));
    copy(device->syspath, sizeof device->syspath, udev_device_get_syspath(tty));
    device->plug = plug_of(device->syspath, usb);
    return true;
}

static size_t look_at_usb(struct udev *udev, dd_device *devices) {
    struct udev_enumerate *all = udev_enumerate_new(udev);
    struct udev_list_entry *entry;
    size_t n = 0;
    if (!all) return 0;
    udev_enumerate_add_match_subsystem(all, "tty");
    udev_enumerate_scan_devices(all);
    udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(all)) {
        struct udev_device *tty =
            udev_device_new_from_syspath(udev, udev_list_entry_get_name(entry));
        if (tty && n < DEVICES_MAX && describe(tty, &devices[n])) n++;
        udev_device_unref(tty);
    }
    udev_enumerate_unref(all);
    return n;
}

static bool describe_emulated(const char *folder, const char *serial, dd_device *device) {
    char file[DD_DEVICE_PATH + DD_DEVICE_WORD], path[DD_REGISTRY_PATH];
    struct stat about;
    snprintf(file, sizeof file, "%s/%s", folder, serial);
    if (serial[0] == '.' || strlen(file) >= DD_DEVICE_PATH || stat(file, &about) != 0 ||
        !dd_registry_read(file, path) || access(path, F_OK) != 0)
        return false;
    *device = (dd_device){.interface = -1,
                          .place = "emulated",
                          .product = "emulated board",
                          .plug = (uint64_t)about.st_ino ^ (uint64_t)about.st_mtim.tv_sec << 32 ^
                                  (uint64_t)about.st_mtim.tv_nsec,
                          .emulated = true,
                          .denied = !may_open(path)};
    copy(device->node, sizeof device->node, path);
    copy(device->serial, sizeof device->serial, serial);
    copy(device->syspath, sizeof device->syspath, file);
    return true;
}

static size_t look_at_registry(const char *folder, dd_device *devices, size_t room) {
    DIR *all = opendir(folder);
    size_t n = 0;
    if (!all) return 0;
    for (struct dirent *entry; n < room && (entry = readdir(all));)
        if (describe_emulated(folder, entry->d_name, &devices[n])) n++;
    closedir(all);
    return n;
}

static int compare(const void *one, const void *other) {
    const dd_device *a = one, *b = other;
    if (a->emulated != b->emulated) return a->emulated ? 1 : -1;
    int order = strcmp(a->place, b->place);
    if (order == 0) order = a->interface - b->interface;
    return order ? order : strcmp(a->syspath, b->syspath);
}

// One that may be opened at last is as good as plugged in anew.
static bool among(const dd_device *device, const dd_device *devices, size_t n, bool now) {
    for (size_t i = 0; i < n; i++)
        if (devices[i].plug == device->plug && strcmp(devices[i].syspath, device->syspath) == 0 &&
            strcmp(devices[i].node, device->node) == 0)
            return !(now ? device->denied && !devices[i].denied
                         : devices[i].denied && !device->denied);
    return false;
}

static void change(dd_discovery *it, bool added, const dd_device *device) {
    if (it->change_n < CHANGES_MAX)
        it->changes[it->change_n++] = (dd_device_change){.added = added, .device = *device};
}

static void look(dd_discovery *it) {
    dd_device *now = calloc(DEVICES_MAX, sizeof *now);
    if (!now) return;
    size_t n = look_at_usb(it->udev, now);
    n += look_at_registry(it->folder, now + n, DEVICES_MAX - n);
    qsort(now, n, sizeof *now, compare);
    for (size_t i = 0; i < it->n; i++)
        if (!among(&it->devices[i], now, n, true)) change(it, false, &it->devices[i]);
    for (size_t i = 0; i < n; i++)
        if (!among(&now[i], it->devices, it->n, false)) change(it, true, &now[i]);
    memcpy(it->devices, now, n * sizeof *now);
    it->n = n;
    it->looked = true;
    free(now);
}

// --- Events ---

static bool drain_monitor(dd_discovery *it) {
    bool any = false;
    for (struct udev_device *device;
         it->monitor && (device = udev_monitor_receive_device(it->monitor)); any = true)
        udev_device_unref(device);
    return any;
}

static bool drain_folder(dd_discovery *it) {
    char events[4096] __attribute__((aligned(8)));
    bool any = false;
    while (read(it->folder_events, events, sizeof events) > 0)
        any = true;
    return any;
}

// Whether it is time to look. Events may come a moment before what they tell of: a file is closed
// before its lock is gone, a device removed before its folder is. A second look is due then.
static bool woken(dd_discovery *it) {
    uint64_t times;
    bool second = read(it->later, &times, sizeof times) == sizeof times;
    bool told = drain_monitor(it);
    told = drain_folder(it) || told;
    const struct itimerspec soon = {.it_value.tv_nsec = 50 * 1000 * 1000};
    if (told) timerfd_settime(it->later, 0, &soon, NULL);
    return told || second;
}

static void listen_to(dd_discovery *it, int fd) {
    epoll_ctl(it->events, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN});
}

// With udevd, what it has dealt with; else what the kernel says. Where no netlink is to be had
// (some sandboxes), nothing comes, and boards are found by looking alone.
static void open_monitor(dd_discovery *it) {
    bool daemon = access("/run/udev/control", F_OK) == 0;
    it->monitor = udev_monitor_new_from_netlink(it->udev, daemon ? "udev" : "kernel");
    if (!it->monitor) return;
    udev_monitor_filter_add_match_subsystem_devtype(it->monitor, "tty", NULL);
    if (udev_monitor_enable_receiving(it->monitor) >= 0)
        listen_to(it, udev_monitor_get_fd(it->monitor));
}

dd_discovery *dd_discovery_open(dd_error *error) {
    dd_discovery *it = calloc(1, sizeof *it);
    if (!it || !(it->udev = udev_new())) {
        dd_fail(error, DD_OUTSIDE, "udev is out of reach: no memory");
        free(it);
        return NULL;
    }
    it->events = epoll_create1(EPOLL_CLOEXEC);
    it->folder_events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    it->later = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (!dd_registry_folder(it->folder, error)) {
        dd_discovery_close(it);
        return NULL;
    }
    inotify_add_watch(it->folder_events, it->folder,
                      IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE);
    listen_to(it, it->folder_events);
    listen_to(it, it->later);
    open_monitor(it);
    return it;
}

void dd_discovery_close(dd_discovery *discovery) {
    if (!discovery) return;
    udev_monitor_unref(discovery->monitor);
    udev_unref(discovery->udev);
    close(discovery->folder_events);
    close(discovery->later);
    close(discovery->events);
    free(discovery);
}

int dd_discovery_fd(const dd_discovery *discovery) {
    return discovery->events;
}

bool dd_discovery_next(dd_discovery *discovery, dd_device_change *next) {
    if (discovery->change_at == discovery->change_n) {
        discovery->change_at = discovery->change_n = 0;
        if (woken(discovery) || !discovery->looked) look(discovery);
    }
    if (discovery->change_at == discovery->change_n) return false;
    *next = discovery->changes[discovery->change_at++];
    return true;
}

size_t dd_discovery_devices(dd_discovery *discovery, const dd_device **devices) {
    look(discovery);
    *devices = discovery->devices;
    return discovery->n;
}

// --- Finding ---

static bool same_path(const char *path, const char *node) {
    char named[DD_PORT_NODE], a[PATH_MAX], b[PATH_MAX];
    dd_port_node(path, named);
    if (strcmp(named, node) == 0) return true;
    return realpath(named, a) && realpath(node, b) && strcmp(a, b) == 0;
}

// Of an emulated board only its Hello tells VID and PID.
static bool same_usb(const dd_device *device, const dd_board_match *match) {
    if (device->emulated) return true;
    return (!match->vid || match->vid == device->vid) &&
           (!match->pid || match->pid == device->pid) &&
           (match->interface < 0 || match->interface == device->interface);
}

bool dd_device_fits(const dd_device *device, const dd_board_match *match) {
    if (match->path) return same_path(match->path, device->node);
    if (!match->serial && !match->vid && !match->pid) return false;
    if (match->serial && strcmp(match->serial, device->serial) != 0) return false;
    return same_usb(device, match);
}

bool dd_device_may_fit(const dd_device *device, const dd_board_match *match) {
    return match->serial && !*device->serial && same_usb(device, match);
}

// "board SEG-0042 (VID 1209, interface 2)"
static void tell_match(const dd_board_match *match, char *text, size_t size) {
    int n = match->path ? snprintf(text, size, "board at %s", match->path)
                        : snprintf(text, size, "board%s%s", match->serial ? " " : "",
                                   match->serial ? match->serial : "");
    char more[DD_DEVICE_WORD] = "";
    int m = 0;
    if (match->vid) m += snprintf(more + m, sizeof more - (size_t)m, ", VID %04x", match->vid);
    if (match->pid) m += snprintf(more + m, sizeof more - (size_t)m, ", PID %04x", match->pid);
    if (match->interface >= 0)
        m += snprintf(more + m, sizeof more - (size_t)m, ", interface %d", match->interface);
    if (m && (size_t)n < size) snprintf(text + n, size - (size_t)n, " (%s)", more + 2);
}

// "SEG-0001 at 1-1, SEG-0002 at 1-2": those that fit, or all.
static size_t tell_devices(const dd_discovery *it, const dd_board_match *match, char *text,
                           size_t size) {
    size_t n = 0, at = 0;
    text[0] = 0;
    for (size_t i = 0; i < it->n; i++) {
        const dd_device *device = &it->devices[i];
        if (match && !dd_device_fits(device, match)) continue;
        if (at < size)
            at += (size_t)snprintf(text + at, size - at, "%s%s at %s, interface %d", n ? "; " : "",
                                   *device->serial ? device->serial : "no serial", device->place,
                                   device->interface);
        n++;
    }
    return n;
}

static dd_board_verdict not_found(dd_discovery *it, const char *what, dd_error *error) {
    char there[400];
    size_t n = tell_devices(it, NULL, there, sizeof there);
    if (n == 0)
        dd_fail(error, DD_OUTSIDE, "no %s is there, nor any other; is it plugged in?", what);
    else
        dd_fail(error, DD_OUTSIDE, "no %s is there; there %s: %s", what, n == 1 ? "is" : "are",
                there);
    return DD_BOARD_NOT_FOUND;
}

static dd_board_verdict ambiguous(dd_discovery *it, const dd_board_match *match, const char *what,
                                  dd_error *error) {
    char there[400];
    size_t n = tell_devices(it, match, there, sizeof there);
    dd_fail(error, DD_OUTSIDE,
            "%zu devices may be the %s, and none is taken: %s; tell them apart by serial, VID, PID "
            "or interface, or unplug the others",
            n, what, there);
    return DD_BOARD_AMBIGUOUS;
}

dd_board_verdict dd_discovery_find(dd_discovery *discovery, const dd_board_match *match,
                                   dd_device *device, dd_error *error) {
    char what[160];
    const dd_device *found = NULL;
    size_t n = 0;
    look(discovery);
    for (size_t i = 0; i < discovery->n; i++)
        if (dd_device_fits(&discovery->devices[i], match)) {
            found = &discovery->devices[i];
            n++;
        }
    tell_match(match, what, sizeof what);
    if (n == 0) return not_found(discovery, what, error);
    if (n > 1) return ambiguous(discovery, match, what, error);
    *device = *found;
    if (!found->denied) return DD_BOARD_WELL;
    dd_fail(error, DD_OUTSIDE, "the %s, %s: this user may not open it; %s", what, found->node,
            dd_port_remedy);
    return DD_BOARD_NO_ACCESS;
}

int dd_device_open(const dd_device *device, dd_board_verdict *verdict, dd_error *error) {
    char path[DD_DEVICE_PATH + 24];
    if (!device->baud) return dd_port_open(device->node, verdict, error);
    snprintf(path, sizeof path, "%s@%lu", device->node, device->baud);
    return dd_port_open(path, verdict, error);
}

int dd_discovery_open_port(const char *word, dd_board_verdict *verdict, dd_error *error) {
    const dd_board_match match = {.serial = word, .interface = -1};
    dd_device device;
    if (strchr(word, '/')) return dd_port_open(word, verdict, error);
    dd_discovery *discovery = dd_discovery_open(error);
    *verdict =
        discovery ? dd_discovery_find(discovery, &match, &device, error) : DD_BOARD_NO_ACCESS;
    dd_discovery_close(discovery);
    return *verdict == DD_BOARD_WELL ? dd_device_open(&device, verdict, error) : -1;
}
