/*
 * osrandom system: the shim for the whole machine, by /etc/ld.so.preload.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "file/machine_rules.h"
#include "system/entry.h"
#include "system/spawned.h"
#include "system/switch.h"
#include "system/trials.h"
#include "system/units.h"
#include "system/watch.h"

static const char help[] =
    "Usage: osrandom system check|on|try SECONDS|keep|off|status\n"
    "Puts the shim into /etc/ld.so.preload, from which every dynamic program of the machine\n"
    "loads it, set-user-ID ones too.\n\n"
    "  check        tries programs of all kinds with the shim, and explains what runs;\n"
    "               changes nothing\n"
    "  on           the same, then switches it on, tries again, and takes it back if that\n"
    "               fails\n"
    "  try SECONDS  on, and after so many seconds off, unless it is kept\n"
    "  keep         what is tried stays on\n"
    "  off          takes it out; programs that run keep it until they end\n"
    "  status       tells how it stands\n\n"
    "  --by-file    on and try write into the file itself in any case: by default it becomes\n"
    "               a link to below /run, so that a reboot recovers\n\n"
    "Keep a root shell open until you have logged in anew. In it,  : >/etc/ld.so.preload\n"
    "undoes it all without starting a program. osrandom(8) tells how a reboot recovers.\n"
    "Exit status: 0 done, or status: on; 1 not, or off; 125 osrandom failed.\n";

enum { OPTION_BY_FILE = OPTION_OWN, LONGEST_TRY = 7 * 86400 };

static const struct option options[] = {
    {"by-file", no_argument, NULL, OPTION_BY_FILE},
    OPTIONS_FOR_ALL,
};

struct order {
    const char *verb, *argument;
    bool by_file;
    unsigned int seconds;
};

/* ---- Preparing ---- */

static bool is_root(void)
{
    if (geteuid() == 0)
        return true;
    complain("system", "that takes root");
    return false;
}

/* NULL after a complaint. The path is as the kernel shows it. */
static char *find_shim(void)
{
    const char *found = shim_path();
    char *shim = found ? realpath(found, NULL) : NULL, *why;

    if (!shim) {
        complain("system", "libosrandom_preload.so is neither beside osrandom nor in %s",
                 OSRANDOM_LIBDIR);
        return NULL;
    }
    why = why_unsafe(shim);
    if (!why)
        return shim;
    complain("system", "%s", why);
    free(why);
    free(shim);
    return NULL;
}

/* Programs start all the same, each with a line. */
static void tell_of_rules(void)
{
    char *trouble = machine_rules_trouble();

    if (trouble)
        printf("note: " MACHINE_RULES " is not used: %s; programs with OpenSSL say so, and take "
               "the defaults\n",
               trouble);
    free(trouble);
}

/* Finds the shim and tries it. */
static bool prepare(struct switching *switching, enum moment moment)
{
    char *shim;

    if (!is_root() || !switch_lock() || !(shim = find_shim()))
        return false;
    switching->shim = shim;
    switching->entry = entry_for(shim);
    printf("ok: %s is the shim, '%s' will be its entry\n", shim, switching->entry);
    tell_of_rules();
    return all_goes_well(switching, moment);
}

/* ---- The unit that switches on at boot ---- */

static bool systemctl(const char *verb)
{
    const char *const argv[] = {"systemctl", "--quiet", verb, PRESET_UNIT, NULL};
    struct spawned spawned = spawn(&(struct spawn_wish){.argv = argv, .seconds = 60});
    bool well = spawned_well(&spawned);

    free(spawned.out);
    return well;
}

static void have_boot_switch_on(void)
{
    char *entry;
    enum way way = switch_state(&entry);

    free(entry);
    if (way != WAY_LINK)
        return;
    if (systemd_runs() && systemctl("enable"))
        puts("ok: at each boot " PRESET_UNIT " tries the shim, and then switches it on");
    else
        puts("note: " PRESET_UNIT " is not enabled: after a reboot the shim is off, until\n"
             "note: 'osrandom system boot' switches it on");
}

/* ---- The subcommands' subcommands ---- */

static int check(const struct order *order)
{
    struct switching switching;

    (void)order;
    if (!prepare(&switching, BEFORE))
        return 1;
    if (!switch_would_link())
        puts("note: /etc/ld.so.preload has other entries: it will not be a link, and no reboot "
             "recovers");
    return 0;
}

/* Taken back by this process, which needs no other. */
static int switch_and_see(struct switching *switching, bool by_file)
{
    if (switch_on(switching->entry, by_file) != 0)
        return 1;
    if (all_goes_well(switching, AFTER))
        return 0;
    if (switch_off() == 0)
        complain("system", "so it was taken out again");
    return 1;
}

static void tell_of_the_way(const struct order *order)
{
    if (order->by_file || !switch_would_link())
        puts("note: the entry is in " SYSTEM_PRESET " itself: a reboot does not take it out");
}

static int turn_on(const struct order *order)
{
    struct switching switching;

    if (!prepare(&switching, BEFORE) || switch_and_see(&switching, order->by_file) != 0)
        return 1;
    watch_end();
    boot_clear();
    puts("ok: it is on; open a new login before you close this one");
    tell_of_the_way(order);
    have_boot_switch_on();
    return 0;
}

static int try_it(const struct order *order)
{
    struct switching switching;
    char *entry;

    if (is_root() && switch_state(&entry) != WAY_OFF) {
        free(entry);
        complain("system", "it is on, or to be on after a boot; there is nothing to try");
        return 1;
    }
    if (!prepare(&switching, BEFORE) || !watch_start(order->seconds))
        return 1;
    if (switch_and_see(&switching, order->by_file) != 0) {
        watch_end();
        return 1;
    }
    tell_of_the_way(order);
    printf("ok: it is on for %u seconds; 'osrandom system keep' keeps it\n", order->seconds);
    return 0;
}

static int keep(const struct order *order)
{
    (void)order;
    if (!is_root() || !switch_lock())
        return 1;
    if (!watch_end()) {
        complain("system", "nothing is being tried; see 'osrandom system status'");
        return 1;
    }
    puts("ok: it stays on");
    have_boot_switch_on();
    return 0;
}

static int turn_off(const struct order *order)
{
    (void)order;
    if (!is_root() || !switch_lock())
        return 1;
    watch_end();
    if (switch_off() != 0)
        return 1;
    if (systemd_runs())
        systemctl("disable");
    puts("ok: /etc/ld.so.preload does not name the shim; programs that run keep it until they end");
    return 0;
}

static int tell_status(const struct order *order)
{
    char *entry, *safe;
    enum way way = switch_state(&entry);
    long left = watch_left();

    (void)order;
    safe = printable(entry ? entry : "");
    if (way == WAY_LINK)
        printf("on: " SYSTEM_PRESET " is a link to " RUN_PRESET ", which names %s\n", safe);
    else if (way == WAY_FILE)
        printf("on: " SYSTEM_PRESET " itself names %s; a reboot does not take it out\n", safe);
    else if (way == WAY_LINK_IDLE)
        puts("off: " SYSTEM_PRESET " is a link to " RUN_PRESET ", which no boot has written");
    else
        puts("off: " SYSTEM_PRESET " does not name the shim");
    if (left >= 0)
        printf("tried: for %ld more seconds, unless 'osrandom system keep' comes\n", left);
    if (boot_is_marked())
        puts("boot: the last one that switched it on is not complete");
    free(safe);
    free(entry);
    return way == WAY_LINK || way == WAY_FILE ? 0 : 1;
}

/* ---- What the units start ---- */

/* A boot goes on whatever becomes of this. */
static int boot(const struct order *order)
{
    struct switching switching;
    char *entry;
    enum way way = switch_state(&entry);

    (void)order;
    free(entry);
    if (way != WAY_LINK_IDLE) {
        puts("ok: " SYSTEM_PRESET " is no link that waits for a boot; nothing to do");
        return 0;
    }
    if (boot_is_marked()) {
        complain("system", "the last boot with the shim was never complete, so it is held back; "
                           "'osrandom system on' tries anew");
        return 1;
    }
    if (!prepare(&switching, BEFORE_AT_BOOT))
        return complain("system", "the machine boots without the shim"), 1;
    if (boot_mark() != 0)
        puts("note: nothing can be written to /var, so that a boot that hangs will not be noticed");
    if (switch_on_at_boot(switching.entry) != 0 || !all_goes_well(&switching, AFTER_AT_BOOT)) {
        unlink(RUN_PRESET);
        boot_clear();
        return complain("system", "the machine boots without the shim"), 1;
    }
    puts("ok: it is on");
    return 0;
}

static int booted(const struct order *order)
{
    char *entry;

    (void)order;
    if (!is_root())
        return 1;
    if (switch_state(&entry) == WAY_LINK)
        boot_clear();
    free(entry);
    return 0;
}

static int probe_it(const struct order *order)
{
    (void)order;
    return probe();
}

static int watch_it(const struct order *order)
{
    return is_root() ? watch(order->seconds) : 1;
}

/* ---- The table ---- */

static const struct verb {
    const char *name;
    int (*obey)(const struct order *order);
    bool takes_seconds;
} verbs[] = {
    {"check", check, false},   {"on", turn_on, false},    {"try", try_it, true},
    {"keep", keep, false},     {"off", turn_off, false},  {"status", tell_status, false},
    {"boot", boot, false},     {"booted", booted, false}, {"probe", probe_it, false},
    {"watch", watch_it, true},
};

static int obey(struct order *order, int arguments)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        const struct verb *verb = &verbs[i];
        char *end = NULL;
        unsigned long seconds = order->argument ? strtoul(order->argument, &end, 10) : 0;

        if (strcmp(order->verb, verb->name) != 0)
            continue;
        if (arguments != (verb->takes_seconds ? 2 : 1))
            return complain("system", "%s takes %s", verb->name,
                            verb->takes_seconds ? "a number of seconds" : "nothing behind it");
        if (verb->takes_seconds &&
            (!end || *end || *order->argument == '-' || seconds < 1 || seconds > LONGEST_TRY))
            return complain("system", "%s is no number of seconds from 1 to %d", order->argument,
                            LONGEST_TRY);
        order->seconds = (unsigned int)seconds;
        return finish("system", verb->obey(order));
    }
    return complain("system", "'%s' is not one of check, on, try, keep, off and status",
                    order->verb);
}

int system_main(int argc, char **argv)
{
    struct order order = {0};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option != OPTION_BY_FILE)
            return common_option(option, argv, help);
        order.by_file = true;
    }
    if (optind == argc)
        return complain("system", "what shall it do? See 'osrandom system --help'");
    order.verb = argv[optind];
    order.argument = optind + 1 < argc ? argv[optind + 1] : NULL;
    return obey(&order, argc - optind);
}
