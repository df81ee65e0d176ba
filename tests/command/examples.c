/*
 * tools/examples, each taken at its word.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "words.h"

TestSuite(examples, .fini = clean_up, .timeout = 120);

static void expect_on_machine(const char *script, const char *out, const char *lost)
{
    struct outcome outcome = on_machine(script);

    expect(&outcome, 0, out, NULL, lost);
    cr_expect(!strstr(outcome.err, "ERROR: ld.so"), "the loader complains: %s", outcome.err);
    outcome_free(&outcome);
}

/* ---- The whole system ---- */

Test(examples, the_whole_system_is_turned_on_and_off)
{
    expect_on_machine(
        "dpkg -i $DEBS >/dev/null; script=$BOX/examples/whole-system\n"
        "echo libm.so.6 >/etc/ld.so.preload\n"
        "$script check openssl | grep 'openssl draws from the operating system'\n"
        "grep -x libm.so.6 /etc/ld.so.preload; ! grep osrandom /etc/ld.so.preload\n"
        "$script on; $script on; [ $(grep -c osrandom /etc/ld.so.preload) = 1 ]\n"
        "head -n 1 /etc/ld.so.preload | grep -xF '/usr/$LIB/libosrandom_preload.so'\n"
        "OSRANDOM_LOG=info openssl rand 4 2>&1 >/dev/null | grep 'draws from'\n"
        "$script off; [ \"$(cat /etc/ld.so.preload)\" = libm.so.6 ]\n"
        "! OSRANDOM_LOG=info openssl rand 4 2>&1 >/dev/null | grep 'draws from'\n"
        "rm /etc/ld.so.preload; $script on; $script off; ! test -e /etc/ld.so.preload; $script off",
        "ok: /etc/ld.so.preload names /usr/$LIB/libosrandom_preload.so",
        "the preset does not work");
}

Test(examples, the_whole_system_has_set_user_id_programs_and_users_without_rights)
{
    expect_on_machine("dpkg -i $DEBS >/dev/null; script=$BOX/examples/whole-system\n"
                      "$script on >$BOX/said\n"
                      "grep 'ok: set-user-ID programs have it too' $BOX/said\n"
                      "grep 'ok: so do those of a user without rights' $BOX/said\n"
                      "! ls -d /var/tmp/whole-system.* /root/whole-system.* 2>/dev/null\n"
                      "! passwd --status root 2>&1 | grep -v '^root '; $script off",
                      NULL, "sudo and passwd complain, or are not covered");
}

Test(examples, the_whole_system_is_spared_a_shim_that_users_cannot_read)
{
    expect_on_machine("dpkg -i $DEBS >/dev/null; mkdir -m 700 /opt/mine\n"
                      "cp $(dpkg -L libosrandom-preload | grep 'preload.so$') /opt/mine\n"
                      "! SHIM=/opt/mine/libosrandom_preload.so $BOX/examples/whole-system on "
                      "2>$BOX/said\n"
                      "grep 'a user without rights is told' $BOX/said | sed 's/ERROR: //'\n"
                      "! test -e /etc/ld.so.preload",
                      NULL, "every program complains, but root's");
}

Test(examples, the_whole_system_keeps_a_link_and_the_lines_of_others)
{
    expect_on_machine("dpkg -i $DEBS >/dev/null; script=$BOX/examples/whole-system\n"
                      "printf 'libm.so.6 # /x/libosrandom_preload.so\\n' >/etc/preset\n"
                      "ln -s preset /etc/ld.so.preload; $script on; [ -L /etc/ld.so.preload ]\n"
                      "grep -xF '/usr/$LIB/libosrandom_preload.so' /etc/preset\n"
                      "$script off; [ -L /etc/ld.so.preload ]\n"
                      "[ \"$(cat /etc/preset)\" = 'libm.so.6 # /x/libosrandom_preload.so' ]\n"
                      ": >/etc/preset; $script on; $script off; [ -L /etc/ld.so.preload ]",
                      NULL, "an administrator's link or lines are lost");
}

Test(examples, the_whole_system_is_emptied_by_a_shell_without_programs)
{
    expect_on_machine("dpkg -i $DEBS >/dev/null; $BOX/examples/whole-system on\n"
                      "(PATH=/nowhere; : >/etc/ld.so.preload); ! test -s /etc/ld.so.preload",
                      NULL, "the way back that the script promises does not work");
}

Test(examples, the_whole_system_is_spared_a_shim_that_does_not_load)
{
    expect_on_machine("echo no library >$BOX/bad.so\n"
                      "! SHIM=$BOX/bad.so $BOX/examples/whole-system on 2>$BOX/said\n"
                      "! test -e /etc/ld.so.preload\n"
                      "grep 'sh says' $BOX/said | sed 's/ERROR: //'\n"
                      "cd $BOX; ! SHIM=moody.so $BOX/examples/whole-system on\n"
                      "! test -e /etc/ld.so.preload; ! $BOX/examples/whole-system bogus",
                      NULL, "a bad shim keeps every program from starting");
}

Test(examples, the_whole_system_is_put_back_when_programs_complain)
{
    expect_on_machine(
        "rm -f /usr/bin/openssl; echo libm.so.6 >/etc/ld.so.preload\n"
        "! SHIM=$BOX/moody.so $BOX/examples/whole-system on 2>$BOX/said\n"
        "grep 'taken out again' $BOX/said; [ \"$(cat /etc/ld.so.preload)\" = libm.so.6 ]",
        NULL, "a shim that disturbs programs stays in place");
}

/* ---- systemd ---- */

Test(examples, systemd_takes_the_drop_in)
{
    struct outcome outcome =
        shell("command -v systemd-analyze >/dev/null || exit 99\n"
              "printf '[Service]\\nExecStart=/bin/true\\n' >\"$1/app.service\"; mkdir "
              "\"$1/app.service.d\"\n"
              "cp tools/examples/systemd/osrandom.conf \"$1/app.service.d\"\n"
              "systemd-analyze verify \"$1/app.service\" 2>&1 | grep -A9 osrandom.conf || :\n"
              "sed -i 's/^Environment/Enviroment/' \"$1/app.service.d/osrandom.conf\"\n"
              "systemd-analyze verify \"$1/app.service\" 2>&1 | grep -q 'Enviroment'",
              directory(), NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("there is no systemd-analyze here");
    expect(&outcome, 0, "", NULL, "systemd does not understand the drop-in, or never looked at it");
    outcome_free(&outcome);
}

Test(examples, the_drop_in_covers_a_program)
{
    expect_on_machine("dpkg -i $DEBS >/dev/null\n"
                      "env -i $(sed -n 's/^#* *Environment=//p' "
                      "/usr/share/doc/osrandom/examples/systemd/osrandom.conf) "
                      "/usr/bin/openssl rand -hex 4 2>&1",
                      "draws from the operating system", "a unit with the drop-in is not covered");
}

/* ---- Containers ---- */

/* The steps of the Containerfile after its FROM scratch, carried out on a directory, which then is
 * the root of a process 1. */
static const char build_image[] =
    "file=tools/examples/container/Containerfile image=$1/image\n"
    "collect=$(sed -n 's!^RUN /src/\\(.*/collect .*\\) /image$!\\1!p' $file)\n"
    "$collect \"$image\"\n"
    "sed -n 's!^COPY --from=build /src/build/!!p' $file | while read -r from to; do\n"
    "    cp \"$2/$from\" \"$image$to\"; done\n"
    "words() { sed -n \"s/^$1 \\[\\(.*\\)\\]/\\1/p\" $file | tr -d '\",'; }\n"
    "export OSRANDOM_LOG=info\n"
    "exec unshare --pid --fork --kill-child chroot \"$image\" $(words ENTRYPOINT) ";

static struct outcome in_image(const char *rest)
{
    struct outcome outcome =
        shell(text_format("%s%s", build_image, rest), directory(), BUILD_DIR, NULL);

    if (strstr(outcome.err, "unshare:"))
        cr_skip_test("no PID namespace can be made here");
    return outcome;
}

Test(examples, an_image_from_scratch_is_covered_as_process_1)
{
    struct outcome outcome = in_image("$(words CMD)");

    expect(&outcome, 0, NULL, "openssl[1]: OpenSSL", "the image's program is not covered");
    expect(&outcome, 0, NULL, "draws from the operating system", "it is not covered");
    cr_expect(!strstr(outcome.err, "cannot be told"), "--require cannot tell: %s", outcome.err);
    cr_expect_eq(outcome.out_length, 33, "the program's output is lost: %s", outcome.out);
    outcome_free(&outcome);
}

Test(examples, an_image_refuses_a_program_that_cannot_be_covered)
{
    struct outcome outcome = in_image("/osrandom --version");

    expect(&outcome, 125, "", "it is static", "--require in the entrypoint has no effect");
    outcome_free(&outcome);
}

/* ---- Kubernetes ---- */

/* Carries out the pod's init container and prints the application's environment, with the volume at
 * a directory of this machine. */
static const char run_pod[] =
    "import os, subprocess, sys, yaml\n"
    "directory, shim = sys.argv[1:]\n"
    "pod = yaml.safe_load(open('tools/examples/kubernetes/pod.yaml'))\n"
    "assert pod['kind'] == 'Pod' and pod['apiVersion'] == 'v1'\n"
    "volumes = [v['name'] for v in pod['spec']['volumes']]\n"
    "def at(container):\n"
    "    mount, = container['volumeMounts']\n"
    "    assert mount['name'] in volumes\n"
    "    return lambda text: text.replace(mount['mountPath'], directory, 1)\n"
    "init, = pod['spec']['initContainers']\n"
    "app, = pod['spec']['containers']\n"
    "words = [shim if w == '/libosrandom_preload.so' else at(init)(w) for w in init['command']]\n"
    "subprocess.run(words, check=True)\n"
    "env = {e['name']: at(app)(e['value']) for e in app['env']}\n"
    "sys.exit(subprocess.run(['openssl', 'rand', '-hex', '4'], env=dict(os.environ, **env))"
    ".returncode)\n";

Test(examples, a_pods_init_container_brings_the_shim)
{
    struct outcome outcome =
        shell("python3 -c 'import yaml' 2>/dev/null || exit 99; exec python3 -c \"$1\" \"$2\" "
              "\"$SHIM\"",
              run_pod, directory(), NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("python3-yaml is not installed");
    expect(&outcome, 0, NULL, text_format("%s", "draws from the operating system"),
           "the pod's application is not covered");
    cr_expect(access(text_format("%s/libosrandom_preload.so", directory()), R_OK) == 0,
              "the init container does not copy into the volume");
    outcome_free(&outcome);
}
