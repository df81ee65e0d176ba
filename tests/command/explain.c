/*
 * osrandom explain: one verdict for each way in which a program comes by OpenSSL.
 */
#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "told.h"

TestSuite(explain, .fini = clean_up);

static void expect_linked(const char *tree_name)
{
    const struct tree *tree = tree_named(tree_name);
    const char *env[2] = {NULL};

    if (!tree)
        cr_skip_test("this OpenSSL has not been fetched");
    env[0] = text_format("LD_LIBRARY_PATH=%s", tree->libraries);
    expect_told(env, built(text_format("probes/%s/draws", tree_name)), 0, "covered",
                text_format(": OpenSSL %s", tree->version));
}

/* ---- Covered ---- */

Test(explain, knows_a_program_linked_to_1_1_1)
{
    expect_linked("openssl-1.1.1");
}

Test(explain, knows_a_program_linked_to_3_0)
{
    expect_linked("openssl-3.0");
}

Test(explain, knows_a_program_linked_to_4_0)
{
    expect_linked("openssl-4.0");
}

Test(explain, looks_for_a_name_in_the_search_path)
{
    struct outcome outcome = osrandom(NULL, "explain", "openssl", NULL);

    expect(&outcome, 0, "/openssl: covered\n", "", "a plain name is not found");
    outcome_free(&outcome);
}

Test(explain, knows_a_copy_that_the_program_exports)
{
    expect_told(NULL, built("tests/command/exports"), 0, "covered", "carries OpenSSL 3.0.99");
    /* OpenSSL itself calls dlopen, and then nothing tells whether the program does */
    expect_told(NULL, built("probes/openssl-1.1.1/static_exported"), 2, "cannot tell",
                "carries OpenSSL 1.1.1");
    expect_told(NULL, built("probes/openssl-3.0/static_exported"), 2, "cannot tell",
                "covered as far as it is linked");
    expect_told(NULL, built("probes/openssl-1.1.1/plain.so"), 0, "covered",
                "carries an OpenSSL inside and exports it");
}

Test(explain, finds_libraries_where_the_loader_does)
{
    expect_told(NULL, built("tests/command/by_rpath"), 0, "covered", "OpenSSL 3.0.99");
    expect_told(NULL, built("tests/command/by_runpath"), 0, "covered", "OpenSSL 3.0.99");
    expect_told(NULL, built("tests/command/through_library"), 0, "covered",
                "through libthrough.so: OpenSSL 3.0.99");
}

/* The loader's $ORIGIN: of a program where the file lies, of a library where it was found. */
Test(explain, takes_origin_as_the_loader_does)
{
    const char *below = directory();
    struct outcome outcome =
        shell("ln -s \"$2/by_runpath\" \"$1/link\"; cp \"$2/through_library\" \"$1\"\n"
              "mkdir \"$1/through\"; ln -s \"$2/through/libthrough.so\" \"$1/through\"",
              below, realpath(built("tests/command"), NULL), NULL);

    cr_assert_eq(outcome.exit_code, 0, "%s", outcome.err);
    outcome_free(&outcome);
    expect_told(NULL, text_format("%s/link", below), 0, "covered", "OpenSSL 3.0.99");
    expect_told(NULL, text_format("%s/through_library", below), 2, "cannot tell",
                "libalike.so was not found");
}

Test(explain, looks_here_for_what_the_search_path_lacks)
{
    struct outcome outcome;

    file_of("app.py", text_format("#!%s\n", realpath(built("tests/command/by_rpath"), NULL)), 0644);
    file_of("openssl", "words\n", 0644);
    outcome =
        shell("osrandom=$(realpath \"$OSRANDOM\"); cd \"$1\"; \"$osrandom\" explain app.py openssl",
              directory(), NULL);
    expect(&outcome, 0, "./app.py: covered\n", "",
           "a script in the current directory is not found");
    expect(&outcome, 0, "/openssl: covered\n", "", "it is taken for what the name would start");
    outcome_free(&outcome);
}

/* ---- Not covered ---- */

Test(explain, knows_a_static_program)
{
    expect_told(NULL, built("tests/command/static"), 1, "not covered", "it is static");
    expect_told(NULL, built("tests/command/static_inside"), 1, "not covered",
                "2099 inside, and hides it; no shim can be loaded beside it");
}

Test(explain, knows_a_library_that_takes_no_method)
{
    const struct tree *tree = tree_named("boringssl");
    const char *env[2] = {NULL};

    if (!tree)
        cr_skip_test("BoringSSL has not been fetched");
    env[0] = text_format("LD_LIBRARY_PATH=%s", tree->libraries);
    expect_told(env, built("probes/boringssl/draws"), 1, "not covered", "BoringSSL");
}

Test(explain, knows_a_set_user_id_program)
{
    expect_told(NULL, copy_of("/bin/true", "set-user-id", 04755), 1, "not covered",
                "what helps: naming the shim in /etc/ld.so.preload");
}

Test(explain, knows_another_architecture)
{
    const char *path = copy_of("/bin/true", "foreign", 0755);
    const Elf64_Half machine = EM_S390;
    int file = open(path, O_WRONLY | O_CLOEXEC);

    cr_assert_eq(pwrite(file, &machine, sizeof(machine), offsetof(Elf64_Ehdr, e_machine)), 2);
    close(file);
    expect_told(NULL, path, 1, "not covered", "another architecture");
}

/* ---- Neither ---- */

Test(explain, knows_a_program_without_openssl)
{
    expect_told(NULL, built("tests/command/writes"), 0, "no OpenSSL", NULL);
}

Test(explain, cannot_tell_of_what_is_loaded_later)
{
    expect_told(NULL, built("programs/late"), 2, "cannot tell", "with dlopen");
}

Test(explain, cannot_tell_when_a_library_is_missing)
{
    const char *path = copy_of(built("tests/command/by_runpath"), "alone", 0755);

    expect_told(NULL, path, 2, "cannot tell", "libalike.so was not found");
}

Test(explain, follows_the_lines_of_scripts)
{
    const char *program = built("tests/command/by_rpath");
    const char *first = file_of("first", text_format("#!%s\n", program), 0755);
    const char *env[] = {text_format("PATH=%s:/usr/bin:/bin", directory()), NULL};
    const char *const lines[] = {
        text_format("#!%s\n", program),    text_format("#! %s -x\n", program),
        text_format("#!%s\n", first),      "#!/usr/bin/env first\n",
        "#!/usr/bin/env -S X=1 first y\n",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const char *script = file_of("script", lines[i], 0755);

        expect_told(env, script, 0, "covered", text_format("run by %s\n", program));
    }
}

Test(explain, ends_on_a_script_that_is_its_own_interpreter)
{
    const char *path = text_format("%s/circle", directory());
    struct outcome outcome;

    file_of("circle", text_format("#!%s\n", path), 0755);
    outcome = osrandom(NULL, "explain", path, NULL);
    expect(&outcome, 2, "", "lead on and on", "it goes round for ever");
    outcome_free(&outcome);
}

/* ---- Manners ---- */

Test(explain, does_not_run_what_it_explains)
{
    const char *mark = text_format("%s/mark", directory());
    const char *env[] = {text_format("MARK=%s", mark), NULL};
    const char *program = built("tests/command/writes");
    struct outcome outcome = run_words(NULL, NULL, env, program, NULL);

    cr_assert(access(mark, F_OK) == 0, "the program does not show that it ran");
    cr_assert_eq(unlink(mark), 0);
    outcome_free(&outcome);
    expect_told(env, program, 0, "no OpenSSL", NULL);
    cr_expect(access(mark, F_OK) != 0, "what is suspected was run, by whoever asked about it");
}

Test(explain, answers_the_gravest_of_several)
{
    const char *unreached = built("tests/command/static");
    const char *late = built("programs/late");
    struct outcome outcome = osrandom(NULL, "explain", "openssl", late, NULL);

    expect(&outcome, 2, "cannot tell", "", "one that cannot be told is lost among the covered");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "explain", unreached, late, "openssl", NULL);
    expect(&outcome, 1, "not covered", "", "one that is not covered is lost among others");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "explain", unreached, "/no/such/program", "openssl", NULL);
    expect(&outcome, 1, "/openssl: covered", "/no/such/program is not found",
           "one that is not found hides one that is not covered");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "explain", "/no/such/program", "openssl", NULL);
    expect(&outcome, 2, "/openssl: covered", "/no/such/program is not found",
           "one that is not found is lost among the covered");
    outcome_free(&outcome);
}

Test(explain, refuses_bad_input)
{
    struct outcome outcome = osrandom(NULL, "explain", NULL);

    expect(&outcome, 125, "", "which program?", "nothing to explain is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "explain", "--bogus", "openssl", NULL);
    expect(&outcome, 125, "", "--bogus is no option", "an unknown option is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "explain", directory(), NULL);
    expect(&outcome, 2, "", "is not found", "a directory is no error");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "explain", file_of("text", "words\n", 0644), NULL);
    expect(&outcome, 2, "cannot tell\n", "", "a text is taken for a program");
    outcome_free(&outcome);
}

Test(explain, survives_damaged_files)
{
    const char *path = copy_of(built("tests/command/by_rpath"), "damaged", 0755);
    struct stat status;
    int file = open(path, O_RDWR | O_CLOEXEC);

    cr_assert_eq(fstat(file, &status), 0);
    for (int i = 0; i < 80; i++) {
        /* the headers first, then all over the file */
        off_t offset = i < 52 ? i : (off_t)(i * 7919) % status.st_size;
        unsigned char byte, other;
        struct outcome outcome;

        cr_assert_eq(pread(file, &byte, 1, offset), 1);
        other = (unsigned char)(byte ^ 0xff);
        cr_assert_eq(pwrite(file, &other, 1, offset), 1);
        outcome = osrandom(NULL, "explain", path, NULL);
        cr_expect(outcome.exit_code >= 0, "byte %d turned over: signal %d", (int)offset,
                  outcome.signal);
        outcome_free(&outcome);
        cr_assert_eq(pwrite(file, &byte, 1, offset), 1);
    }
    for (off_t length = status.st_size - 1; length > 0; length -= 1 + status.st_size / 20) {
        struct outcome outcome;

        cr_assert_eq(ftruncate(file, length), 0);
        outcome = osrandom(NULL, "explain", path, NULL);
        cr_expect(outcome.exit_code >= 0, "cut to %d bytes: signal %d", (int)length,
                  outcome.signal);
        outcome_free(&outcome);
    }
    close(file);
}
