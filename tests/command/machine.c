/*
 * See machine.h.
 */
#include "machine.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "words.h"

enum { NO_MACHINE = 99 };

static const char make_machine[] =
    "exec unshare --mount --pid --fork --kill-child sh -euc '\n"
    "cd \"$1\"\n"
    "mkdir all && mount -t tmpfs tmpfs all && cd all && mkdir upper work root &&\n"
    "    mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root || exit 99\n"
    "mount -t proc proc root/proc; mount --rbind /dev root/dev; mount -t tmpfs tmpfs root/run\n"
    "mkdir root/box; cp $(ls \"$3\"/deb/*.deb | grep -v dbgsym) root/box; cp "
    "\"$3\"/tests/command/moody.so \"$3\"/tests/command/crash.so root/box\n"
    "cp -a \"$2\"/tools/package/debian/tests root/box/dep8\n"
    "cp -a \"$2\"/tools/examples root/box\n"
    "case $(dpkg --print-architecture) in i386) OTHER_LOADER=/lib64/ld-linux-x86-64.so.2 ;; "
    "*) OTHER_LOADER=/lib/ld-linux.so.2 ;; esac\n"
    "export OTHER_LOADER DEBS=/box/*.deb BOX=/box DEBIAN_FRONTEND=noninteractive\n"
    "export PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
    "rm -f root/etc/ld.so.preload root/var/lib/man-db/auto-update; unset SHIM OSRANDOM\n"
    "exec chroot root sh -euxc \"$4\"' sh \"$1\" \"$2\" \"$3\" \"$4\"";

struct outcome on_machine(const char *script)
{
    const char *build = realpath(BUILD_DIR, NULL), *source = realpath(".", NULL);
    struct outcome outcome;
    glob_t debs;

    if (glob(text_format("%s/deb/*.deb", build), 0, NULL, &debs) != 0)
        cr_skip_test("there is no package: debhelper is not installed");
    if (geteuid() != 0)
        cr_skip_test("only root can make a copy of the machine");
    outcome = shell(make_machine, directory(), source, build, script, NULL);
    if (outcome.exit_code == NO_MACHINE || strstr(outcome.err, "unshare:"))
        cr_skip_test("no copy of the machine can be made here: %s", outcome.err);
    return outcome;
}
