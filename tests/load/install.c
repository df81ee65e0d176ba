/*
 * `make install`: a stripped file, readable by all, put in place by rename, so that programs that
 * have the old one mapped keep theirs.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "elf_file.h"
#include "load.h"

/* The words are those that built this variant, so that nothing is built anew. One at a time: they
 * share the build directory. */
static char *install_command(const char *destination, const char *libdir)
{
    char *directory = strdup(load_file("gcc"));
    char *command =
        text_format("unset LD_PRELOAD MAKEFLAGS MFLAGS MAKELEVEL; umask 077; "
                    "flock %s/flags make --no-print-directory BUILD=%s CC=gcc CFLAGS='-O2 -g' "
                    "CPPFLAGS= LDFLAGS= DESTDIR=%s PREFIX=/opt/prefix HAS_COMMAND= %s install",
                    directory, directory, destination, libdir);

    free(directory);
    return command;
}

static void install(const char *destination, const char *libdir)
{
    char *command = install_command(destination, libdir);
    struct outcome outcome = run_words(NULL, NULL, NULL, "sh", "-c", command, NULL);

    expect_exit(&outcome, 0, "make install");
    outcome_free(&outcome);
    free(command);
}

static struct stat status_of(const char *path)
{
    struct stat status = {0};

    cr_assert(stat(path, &status) == 0, "make install left no %s", path);
    return status;
}

static void expect_installed_at(const char *libdir, const char *where)
{
    char *destination = directory_new();
    char *path = text_format("%s/%s/libosrandom_preload.so", destination, where);
    char *libraries;
    struct outcome listing;
    struct elf_file *file;

    install(destination, libdir);
    cr_expect((status_of(path).st_mode & 07777) == 0644,
              "users cannot preload a file of mode %o, or may write to it",
              status_of(path).st_mode & 07777);
    file = elf_file_read(path);
    cr_expect(!elf_file_section(file, SHT_SYMTAB), "what is installed is not stripped");
    elf_file_free(file);

    libraries = text_format("%s/%s", destination, where);
    listing = run_words(NULL, NULL, NULL, "find", libraries, "-type", "f", NULL);
    free(libraries);
    cr_expect(strchr(listing.out, '\n') == strrchr(listing.out, '\n'),
              "make install left more than one file there: %s", listing.out);
    outcome_free(&listing);
    free(path);
    directory_free(destination);
}

Test(install, goes_below_prefix_and_destdir)
{
    expect_installed_at("", "opt/prefix/lib");
}

Test(install, goes_where_libdir_says)
{
    expect_installed_at("LIBDIR=/usr/lib/multi-arch", "usr/lib/multi-arch");
}

Test(install, puts_in_place_what_loads)
{
    char *destination = directory_new();
    char *path = text_format("%s/opt/prefix/lib/libosrandom_preload.so", destination);
    struct outcome outcome;

    install(destination, "");
    outcome = run_words(path, NULL, NULL, load_file("glibc/draws"), "once", NULL);
    expect_exit(&outcome, 0, "a program under the installed shim");
    cr_expect(!strstr(outcome.out, BAD_BYTES), "not drawn from the system: %s", outcome.out);
    outcome_free(&outcome);
    free(path);
    directory_free(destination);
}

Test(install, leaves_running_programs_the_file_that_they_have_mapped)
{
    char *destination = directory_new();
    char *path = text_format("%s/opt/prefix/lib/libosrandom_preload.so", destination);
    char *command = install_command(destination, "");
    struct outcome outcome;
    ino_t before;

    install(destination, "");
    before = status_of(path).st_ino;
    outcome = run_words(path, NULL, NULL, load_file("glibc/draws"), "around", command, NULL);
    expect_exit(&outcome, 0, "a program around whose draws the shim was installed");
    cr_expect(strstr(outcome.out, "status=0\n") && strstr(outcome.out, "after=") &&
                  !strstr(outcome.out, BAD_BYTES),
              "after an install the running program drew: %s", outcome.out);
    cr_expect(status_of(path).st_ino != before,
              "the file was written over in place: that kills the programs that have it mapped");
    outcome_free(&outcome);
    free(command);
    free(path);
    directory_free(destination);
}
