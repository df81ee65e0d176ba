/*
 * Programs that have no OpenSSL do the same with the shim as without, to the last byte, and a whole
 * machine boots the same when every process on it has the shim.
 */
#include <criterion/criterion.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "prove.h"
#include "table.h"
#include "watched.h"

/* The shim as seen from the tree, whose /mnt shows where it lies. */
#define SHIM_IN_TREE "/mnt/libosrandom_preload.so"

static const struct {
    const char *name;
    const char *argv[10];
} programs[] = {
    {"ls", {"/bin/ls", "-la", "/usr/bin", "/etc"}},
    {"sha256sum", {"/usr/bin/sha256sum", "/usr/bin/vim.tiny", "/nonexistent"}},
    {"a pipe of coreutils",
     {"/bin/sh", "-c",
      "seq 1000 | shuf --random-source=/bin/ls | sort -n | md5sum;"
      "date -d @0; stat -c %A /tmp; head -c 8 /dev/zero | od; false"}},
    {"bash",
     {"/bin/bash", "-c",
      "RANDOM=1; echo $RANDOM $SHLVL <(true); declare -p PATH; ulimit -a;"
      "exec 7>&1; (exit 4); echo $? >&2; kill -TERM $$"}},
    {"vim",
     {"/usr/bin/vim.tiny", "-es", "-u", "NONE", "-c", "%s/root/toor/ | %print | quit!",
      "/etc/passwd"}},
    {"busybox, a static binary",
     {"/bin/busybox", "sh", "-c", "busybox ls -l /bin | busybox sort; busybox nothing; exit 3"}},
    {"runc, a Go binary", {"/usr/sbin/runc", "--help"}},
    {"perl", {"/usr/bin/perl", "-e", "print sort map { $_ * 2 } 1 .. 100; warn; fork; exit 5"}},
    {"awk",
     {"/usr/bin/awk", "BEGIN { srand(1); print rand(), ENVIRON[\"PATH\"]; print $0 | \"cat\" }"}},
};

enum { PROGRAMS = sizeof(programs) / sizeof(programs[0]) };

/* Shows the first line that differs. */
static void check_same(const char *what, const char *name, const char *stock, const char *shimmed)
{
    size_t same = 0;

    for (size_t i = 0; stock[i] && stock[i] == shimmed[i]; i++)
        if (stock[i] == '\n')
            same = i + 1;
    cr_expect(strcmp(stock, shimmed) == 0, "%s: other %s under the shim: '%.*s', not '%.*s'", name,
              what, (int)strcspn(shimmed + same, "\n"), shimmed + same,
              (int)strcspn(stock + same, "\n"), stock + same);
}

static void check_harmless(const char *name, const char *root, const char *shim,
                           const char *const *argv)
{
    struct watched stock = watch(root, NULL, argv), shimmed = watch(root, shim, argv);

    cr_expect(WIFSIGNALED(stock.status) || WEXITSTATUS(stock.status) < 126,
              "%s cannot be run here: %s", name, stock.err);
    cr_expect(stock.status == shimmed.status, "%s ends with status %#x under the shim, not %#x",
              name, shimmed.status, stock.status);
    check_same("output", name, stock.out, shimmed.out);
    check_same("complaints", name, stock.err, shimmed.err);
    check_same("descriptors", name, stock.descriptors, shimmed.descriptors);
    watched_free(&stock);
    watched_free(&shimmed);
}

/* In this test's own view of the file system only. */
static void dress(const char *tree, const char *shim)
{
    char *lies = strndup(shim, (size_t)(strrchr(shim, '/') - shim)), target[512];
    const struct {
        const char *source, *directory, *type;
        unsigned long flags;
    } mounts[] = {
        {lies, "mnt", NULL, MS_BIND},
        {"/dev", "dev", NULL, MS_BIND | MS_REC},
        {"proc", "proc", "proc", 0},
        {"tmp", "tmp", "tmpfs", 0},
    };

    cr_assert(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
    for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
        snprintf(target, sizeof(target), "%s/%s", tree, mounts[i].directory);
        cr_assert(mount(mounts[i].source, target, mounts[i].type, mounts[i].flags, NULL) == 0,
                  "no %s in the tree", mounts[i].directory);
    }
    free(lies);
}

Test(harmless, programs_without_openssl_do_the_same_under_the_shim)
{
    char *tree = tree_of_programs("ten");

    dress(tree, the_shim());
    for (size_t i = 0; i < PROGRAMS; i++)
        check_harmless(programs[i].name, tree, SHIM_IN_TREE, programs[i].argv);
    free(tree);
}

Test(harmless, gcc_compiles_to_the_same_bytes_under_the_shim)
{
    static const char *const argv[] = {
        "sh", "-c",
        "echo '#include <stdio.h>\nint main(void) { return puts(\"x\"); }' |"
        "gcc -O2 -pipe -Wall -xc -c -o osrandom-$PPID.o - && cat osrandom-$PPID.o; "
        "rm -f osrandom-$PPID.o; gcc -pipe -fsyntax-only -xc - </etc/passwd",
        NULL};

    if (access("/usr/bin/gcc", X_OK) != 0)
        cr_skip_test("this machine has no gcc");
    check_harmless("gcc", "/", the_shim(), argv);
}

/* Here a setuid program has the shim as well, for its loader reads /etc/ld.so.preload. */
Test(harmless, programs_do_the_same_with_the_shim_in_ld_so_preload)
{
    char *tree = tree_of_programs("ten"), *script = file_text("preloaded.sh");
    struct outcome outcome = run_in_box(tree, the_shim(), "/dev/null", NULL, script);

    cr_expect(
        outcome.exit_code == 0 && outcome.out_length == 0,
        "with the shim in ld.so.preload programs behave differently (<: by themselves):\n%s%s",
        outcome.out, outcome.err);
    outcome_free(&outcome);
    free(script);
    free(tree);
}

Test(harmless, a_machine_with_the_shim_in_ld_so_preload_boots_the_same)
{
    char *tree = tree_of_programs("ten"), *script = file_text("boot.sh");
    struct outcome outcome = run_in_box(tree, the_shim(), "/dev/null", NULL, script);

    cr_expect(outcome.exit_code == 0 && outcome.out_length == 0,
              "with the shim in ld.so.preload a machine boots differently (<: by itself):\n%s%s",
              outcome.out, outcome.err);
    outcome_free(&outcome);
    free(script);
    free(tree);
}
