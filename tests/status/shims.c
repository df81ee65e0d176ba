/*
 * Whether a shim is there at all, which one it is, and whether it may be looked at.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/printable.h"
#include "target.h"

static void copy_file(const char *from, const char *to)
{
    char buffer[1 << 16];
    FILE *source = fopen(from, "re"), *copy = fopen(to, "we");
    size_t got;

    cr_assert(source && copy);
    while ((got = fread(buffer, 1, sizeof(buffer), source)) > 0)
        cr_assert(fwrite(buffer, 1, got, copy) == got);
    fclose(source);
    cr_assert(fclose(copy) == 0);
}

static struct block nothing;

static enum block_result look(pid_t pid)
{
    return block_of_pid(pid, &nothing);
}

Test(shims, without_an_openssl_are_told_as_idle)
{
    struct target target = target_plain(the_shim());
    struct block status = status_of(&target);

    cr_expect(status.openssl_count == 0 && status.counters == BLOCK_NOT_STARTED &&
              status.draws == 0);
    cr_expect(status.source == RANDOM_AUTO);
    cr_expect_str_eq(status.shim.path, the_shim());
    target_end(&target);
}

Test(shims, that_are_not_there_are_not_found)
{
    struct target target = target_plain(NULL);

    cr_expect(look(target.pid) == BLOCK_NO_SHIM);
    target_end(&target);
}

static void expect_not_found_as_a_file(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat size;
    void *mapped;

    cr_assert(file >= 0 && fstat(file, &size) == 0);
    mapped = mmap(NULL, (size_t)size.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    cr_assert(mapped != MAP_FAILED);
    cr_expect(look(getpid()) == BLOCK_NO_SHIM,
              "a program that examines %s would be called covered by it, or hostile", path);
    munmap(mapped, (size_t)size.st_size);
    close(file);
}

Test(shims, that_are_only_read_as_a_file_do_not_count)
{
    expect_not_found_as_a_file(the_shim());
    expect_not_found_as_a_file(built("status/forged.so"));
}

static void expect_build_id(const struct block *status)
{
    struct outcome notes = run_words(NULL, NULL, NULL, "readelf", "-n", the_shim(), NULL);
    const char *line = strstr(notes.out, "Build ID: ");
    char hex[2 * BLOCK_LONGEST_BUILD_ID + 1] = "";

    for (size_t i = 0; i < status->build_id_size; i++)
        snprintf(hex + 2 * i, 3, "%02x", status->build_id[i]);
    cr_expect(status->build_id_size >= 8, "the build id has %zu bytes", status->build_id_size);
    if (notes.exit_code == 0)
        cr_expect(line && strncmp(line + strlen("Build ID: "), hex, strlen(hex)) == 0,
                  "the build id is told as %s", hex);
    outcome_free(&notes);
}

Test(shims, are_known_when_their_file_was_deleted)
{
    char directory[] = "/tmp/osrandom-status-XXXXXX", path[64];
    struct target target;
    struct block status;

    cr_assert(mkdtemp(directory) != NULL);
    snprintf(path, sizeof(path), "%s/shim.so", directory);
    copy_file(the_shim(), path);
    target = target_plain(path);
    unlink(path);
    rmdir(directory);
    status = status_of(&target);
    cr_expect_str_eq(status.shim.path, path);
    cr_expect(status.shim.deleted, "an operator would not learn that this shim is an old one");
    expect_build_id(&status);
    target_end(&target);
}

Test(shims, are_known_when_their_file_was_replaced)
{
    char directory[] = "/tmp/osrandom-status-XXXXXX", path[64], newer[64];
    struct target target;
    struct block status;
    struct stat before, after;

    cr_assert(mkdtemp(directory) != NULL);
    snprintf(path, sizeof(path), "%s/shim.so", directory);
    snprintf(newer, sizeof(newer), "%s/newer.so", directory);
    copy_file(the_shim(), path);
    copy_file("/bin/cat", newer);
    target = target_plain(path);
    cr_assert(stat(path, &before) == 0 && rename(newer, path) == 0 && stat(path, &after) == 0);
    status = status_of(&target);
    cr_expect(status.shim.deleted && status.shim.inode == before.st_ino &&
                  status.shim.inode != after.st_ino,
              "an operator would take the new file for the one that is at work");
    expect_build_id(&status);
    unlink(path);
    rmdir(directory);
    target_end(&target);
}

Test(shims, with_control_bytes_in_their_name_do_no_harm_to_a_terminal)
{
    char directory[] = "/tmp/osrandom-status-XXXXXX", path[64], expected[128], printable[128];
    struct target target;
    struct block status;

    cr_assert(mkdtemp(directory) != NULL);
    snprintf(path, sizeof(path), "%s/a\nb\033[2J.so", directory);
    snprintf(expected, sizeof(expected), "%s/a\\012b\\x1b[2J.so", directory);
    copy_file(the_shim(), path);
    target = target_plain(path);
    status = status_of(&target);
    unlink(path);
    rmdir(directory);
    printable_into(printable, sizeof(printable), status.shim.path);
    cr_expect_str_eq(printable, expected);
    printable_into(printable, 6, "abcd\033");
    cr_expect(strncmp(printable, "abcd", 4) == 0 && strlen(printable) < 6);
    target_end(&target);
}

Test(shims, of_processes_that_may_not_be_looked_at_are_not_called_missing)
{
    enum { NOBODY = 65534 };
    struct target target = target_plain(the_shim());
    int status;
    pid_t child;

    if (getuid() != 0) {
        target_end(&target);
        cr_expect(look(1) == BLOCK_NOT_PERMITTED);
        return;
    }
    child = fork();
    if (child == 0)
        _exit(setgid(NOBODY) == 0 && setuid(NOBODY) == 0 ? (int)look(target.pid) : 99);
    cr_assert(waitpid(child, &status, 0) == child);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == BLOCK_NOT_PERMITTED,
              "told as %d: 'no permission to look' must not read as 'not covered'",
              WEXITSTATUS(status));
    target_end(&target);
}

Test(shims, of_processes_that_are_over_are_told_as_such)
{
    struct target target = target_plain(the_shim());
    siginfo_t end;

    kill(target.pid, SIGKILL);
    cr_assert(waitid(P_PID, (id_t)target.pid, &end, WEXITED | WNOWAIT) == 0);
    cr_expect(look(target.pid) == BLOCK_NO_PROCESS, "not waited for: %d", look(target.pid));
    target_end(&target);
    cr_expect(look(target.pid) == BLOCK_NO_PROCESS, "waited for: %d", look(target.pid));
    cr_expect(look(0) == BLOCK_NO_PROCESS);
    cr_expect(look(-1) == BLOCK_NO_PROCESS);
}
