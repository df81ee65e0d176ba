/*
 * osrandom explain, where a wrong answer would put a fleet at ease: what is loaded later, hidden
 * copies, scripts that take LD_PRELOAD away, /etc/ld.so.preload.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "told.h"

TestSuite(explain_truth, .fini = clean_up);

/* ---- What is loaded later ---- */

Test(explain_truth, cannot_tell_of_a_program_whose_library_loads_modules)
{
    expect_told(NULL, built("tests/command/host"), 2, "cannot tell",
                "libloads.so can load modules with dlopen");
}

Test(explain_truth, cannot_tell_of_the_modules_of_a_program_that_is_linked)
{
    expect_told(NULL, built("tests/command/host_linked"), 2, "cannot tell",
                "it is covered as far as it is linked");
}

Test(explain_truth, follows_a_name_in_the_text_of_a_library)
{
    expect_told(NULL, built("tests/command/names_library"), 2, "cannot tell",
                "/libalike.so with dlopen: an OpenSSL");
}

Test(explain_truth, looks_at_modules_in_their_place)
{
    expect_told(NULL, built("tests/command/has_modules"), 2, "cannot tell",
                "/pam_alike.so with dlopen, which is linked to libalike.so");
}

/* ---- Copies ---- */

Test(explain_truth, knows_a_hidden_copy_with_symbols)
{
    const char *module = text_format("%s/hidden/openssl-3.0/module.so", BUILD_DIR);

    expect_told(NULL, built("probes/openssl-1.1.1/static_hidden"), 2, "cannot tell",
                "hides it; its symbols are known, so that it is pinned");
    if (access(module, R_OK) != 0)
        cr_skip_test("%s is not built: this OpenSSL has not been fetched, or cannot be linked",
                     module);
    expect_told(NULL, module, 0, "covered", "hides it; its symbols are known");
}

Test(explain_truth, knows_a_hidden_copy_without_symbols)
{
    const char *module = text_format("%s/hidden/openssl-3.0/stripped-module.so", BUILD_DIR);

    expect_told(NULL, stripped(built("probes/openssl-3.0/static_hidden"), "stripped"), 1,
                "not covered", "what helps: its debug symbols");
    if (access(module, R_OK) != 0)
        cr_skip_test("%s is not built: this OpenSSL has not been fetched, or cannot be linked",
                     module);
    expect_told(NULL, module, 1, "guarded", "made to notice forks");
}

Test(explain_truth, tells_what_a_library_brings)
{
    expect_told(NULL, built("tests/command/through/libthrough.so"), 0, "covered",
                "linked to " /* where it lies */);
    expect_told(NULL, built("tests/command/loads/libloads.so"), 2, "cannot tell", "with dlopen");
}

Test(explain_truth, tells_AWS_LC_from_BoringSSL)
{
    expect_told(NULL, built("tests/command/awslc"), 1, "not covered", "libawslc.so: AWS-LC");
    expect_told(NULL, built("tests/command/awslc_inside"), 0, "no OpenSSL", "has AWS-LC inside");
}

Test(explain_truth, knows_BoringSSL_without_its_self_test)
{
    expect_told(NULL, built("tests/command/boringssl_inside"), 0, "no OpenSSL",
                "has BoringSSL inside, which is left alone");
}

/* ---- Scripts ---- */

static void expect_script(const char *text, int status, const char *verdict, const char *fact)
{
    expect_told((const char *[]){text_format("PATH=%s:/usr/bin:/bin", directory()), NULL},
                file_of("script", text, 0755), status, verdict, fact);
}

static void link_program(void)
{
    const char *program = realpath(built("tests/command/by_rpath"), NULL);

    cr_assert_eq(symlink(program, text_format("%s/first", directory())), 0);
}

Test(explain_truth, knows_a_line_that_takes_the_shim_away)
{
    link_program();
    expect_script("#!/usr/bin/env -S LD_PRELOAD= first\n", 1, "not covered",
                  "its #! line takes LD_PRELOAD away");
    expect_script("#!/usr/bin/env -S -u LD_PRELOAD first\n", 1, "not covered", NULL);
    expect_script("#!/usr/bin/env -S -uLD_PRELOAD first\n", 1, "not covered", NULL);
    expect_script("#!/usr/bin/env -S --unset=LD_PRELOAD first\n", 1, "not covered", NULL);
    expect_script("#!/usr/bin/env -S LD_PRELOAD=/other.so first\n", 1, "not covered", NULL);
    expect_script(text_format("#!/usr/bin/env -iS %s/first\n", directory()), 1, "not covered",
                  NULL);
    expect_script(text_format("#!/usr/bin/env -S env - %s/first\n", directory()), 1, "not covered",
                  NULL);
    expect_script("#!/usr/bin/env -S LD_PRELOAD=/lib/libosrandom_preload.so first\n", 0, "covered",
                  NULL);
    expect_script("#!/usr/bin/env -vS -u OTHER X=1 first -u LD_PRELOAD\n", 0, "covered", NULL);
}

Test(explain_truth, does_not_guess_at_a_line)
{
    const char *const lines[] = {
        "#!/usr/bin/env -S 'first' y\n", "#!/usr/bin/env -S ${X} first\n",
        "#!/usr/bin/env -S -C /tmp first\n",
        "#!/usr/bin/env first y\n", /* env looks for "first y" */
    };

    link_program();
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const char *env[] = {text_format("PATH=%s:/usr/bin:/bin", directory()), NULL};
        struct outcome outcome = osrandom(env, "explain", file_of("script", lines[i], 0755), NULL);

        expect(&outcome, 2, "", "the interpreter in the #! line", "what it starts is guessed at");
        outcome_free(&outcome);
    }
}

Test(explain_truth, cannot_tell_what_a_shell_starts)
{
    expect_script("#!/bin/sh\nexec env -u LD_PRELOAD first\n", 2, "cannot tell",
                  "it starts other programs");
    expect_told(NULL, "/bin/sh", 2, "cannot tell", "it starts other programs");
    expect_told(NULL, "/usr/bin/env", 2, "cannot tell", "it starts other programs");
}

/* ---- /etc/ld.so.preload ---- */

/* With this line in it, in a view of /etc of the shell's own. */
static void expect_preset(const char *line, const char *program, int status, const char *part)
{
    struct outcome outcome = shell(
        "exec unshare --mount sh -euc '\n"
        "mkdir -p \"$1/upper\" \"$1/work\"; mount -t tmpfs tmpfs \"$1/upper\" || exit 99\n"
        "cd \"$1/upper\"; mkdir u w\n"
        "mount -t overlay -o lowerdir=/etc,upperdir=u,workdir=w overlay /etc || exit 99\n"
        "mkdir -p \"/etc/preset/$4\"; cp \"$SHIM\" \"/etc/preset/$4\"; printf \"%s\\n\" \"$2\" "
        ">/etc/ld.so.preload\n"
        "exec \"$OSRANDOM\".static explain \"$3\"' sh \"$1\" \"$2\" \"$3\" "
        "\"$(dirname \"$(ldd /bin/true | grep -o '/lib.*libc.so.6')\")\"",
        directory(), line, program, NULL);

    if (outcome.exit_code == 99 || strstr(outcome.err, "unshare:"))
        cr_skip_test("no view of /etc can be made here");
    expect(&outcome, status, part, NULL, text_format("with the line '%s'", line));
    outcome_free(&outcome);
}

Test(explain_truth, reads_the_systems_preset)
{
    const char *set_id = copy_of("/bin/true", "set-user-id", 04755);
    const char *general = "/etc/preset/$LIB/libosrandom_preload.so # the shim";

    expect_preset("# libosrandom_preload.so", set_id, 1, "naming the shim in /etc/ld.so.preload");
    expect_preset(general, set_id, 0, "no OpenSSL");
    expect_preset(general, set_id, 0, "/etc/ld.so.preload names the shim already");
    expect_preset(text_format("libm.so.6 %s", the_shim()), set_id, 0, "no OpenSSL");
    expect_preset("/nowhere/libosrandom_preload.so", set_id, 1,
                  "names a shim that its loader cannot load");
    expect_preset(general, file_of("line", "#!/usr/bin/env -S LD_PRELOAD= openssl\n", 0755), 0,
                  "covered");
}
