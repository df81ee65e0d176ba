/*
 * tools/examples, each taken at its word.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "words.h"

TestSuite(examples, .fini = clean_up, .timeout = 600);

static void expect_on_machine(const char *script, const char *out, const char *lost)
{
    struct outcome outcome = on_machine(script);

    expect(&outcome, 0, out, NULL, lost);
    cr_expect(!strstr(outcome.err, "ERROR: ld.so"), "the loader complains: %s", outcome.err);
    outcome_free(&outcome);
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

/* ---- Clones ---- */

static void expect_clones(const char *script, const char *out, const char *lost)
{
    struct outcome outcome = shell(script, directory(), BUILD_DIR, NULL);

    if (outcome.exit_code == 99)
        cr_skip_test("what this needs is not here: %s", outcome.err);
    expect(&outcome, 0, out, NULL, lost);
    outcome_free(&outcome);
}

/* Where the kernel may be reseeded from here. */
#define MAY_RESEED "\"$OSRANDOM\" reseed </dev/null >/dev/null || [ $? = 1 ] || exit 99\n"

Test(examples, clones_systemd_takes_the_units)
{
    expect_clones(
        "command -v systemd-analyze >/dev/null || exit 99\n"
        "for unit in osrandom-reseed osrandom-reseed-watch; do\n"
        "    sed \"s!/usr/local/bin/osrandom!$OSRANDOM!\" tools/examples/clones/$unit.service "
        ">\"$1/$unit.service\"\n"
        "    systemd-analyze verify --man=no \"$1/$unit.service\" 2>&1 | grep $unit || :\n"
        "done\n"
        "sed -i s/ProtectHome/ProtectHouse/ \"$1/osrandom-reseed.service\"\n"
        "systemd-analyze verify --man=no \"$1/osrandom-reseed.service\" 2>&1 | grep -o House",
        "House\n", "systemd does not understand a unit");
}

/* By the agent itself, which here runs on the host; the port is tried in
 * tests/duplication/clones.c. */
Test(examples, clones_are_handed_bytes_by_qemus_guest_agent)
{
    expect_clones(MAY_RESEED
                  "PATH=$PATH:/usr/sbin; command -v qemu-ga >/dev/null || exit 99\n"
                  "qemu-ga -m unix-listen -p \"$1/agent\" -t \"$1\" -f \"$1/pid\" & agent=$!\n"
                  "until [ -S \"$1/agent\" ]; do kill -0 $agent; sleep 0.05; done\n"
                  "tools/examples/clones/qemu-host agent \"$1/agent\"; echo told $?\n"
                  "OSRANDOM=/bin/false tools/examples/clones/qemu-host agent \"$1/agent\" || "
                  "echo told $?\n"
                  "kill $agent; wait $agent || :\n"
                  "tools/examples/clones/qemu-host port \"$1/nowhere\" 2>&1 || echo told $?",
                  "told 0\ntold 1\nqemu-host: ", "the host cannot hand a clone its bytes");
}

Test(examples, clones_fetch_their_bytes_from_a_metadata_service)
{
    /* Firecracker's, version 2: a token first */
    static const char service[] =
        "import http.server, sys\n"
        "class Service(http.server.BaseHTTPRequestHandler):\n"
        "    def answer(self, code, text):\n"
        "        self.send_response(code); self.end_headers(); self.wfile.write(text.encode())\n"
        "    def do_PUT(self):\n"
        "        right = self.path == '/latest/api/token' and "
        "self.headers['X-metadata-token-ttl-seconds']\n"
        "        self.answer(200 if right else 400, 'token-1')\n"
        "    def do_GET(self):\n"
        "        right = self.headers['X-metadata-token'] == 'token-1'\n"
        "        right = right and self.path == '/latest/osrandom/seed'\n"
        "        self.answer(200 if right else 401, sys.argv[1])\n"
        "    def log_message(self, *words):\n"
        "        pass\n"
        "server = http.server.HTTPServer(('127.0.0.1', 0), Service)\n"
        "print(server.server_port, flush=True)\n"
        "server.serve_forever()\n";

    cr_assert_not_null(file_of("service.py", service, 0644));
    expect_clones("command -v curl >/dev/null || exit 99\n" MAY_RESEED
                  "for seed in $(printf '%064d' 12345678) 'no seed'; do\n"
                  "    python3 \"$1/service.py\" \"$seed\" >\"$1/port\" & service=$!\n"
                  "    until [ -s \"$1/port\" ]; do kill -0 $service; sleep 0.05; done\n"
                  "    status=0; MMDS=http://127.0.0.1:$(cat \"$1/port\") "
                  "tools/examples/clones/mmds-reseed || "
                  "status=$?\n"
                  "    kill $service; wait $service || rm \"$1/port\"; echo status $status\n"
                  "done | sed 's/; mixed in.*//'",
                  "osrandom reseed: done; 64 bytes given, 0 bits credited\nstatus 0\nstatus 2\n",
                  "a clone does not get its seed, or takes an error page for one");
}

Test(examples, clones_with_a_plain_init_are_watched)
{
    expect_clones(
        MAY_RESEED
        "touch \"$1/log\"\n"
        "LOG=\"$1/log\" setsid tools/examples/clones/plain-init & init=$!\n"
        "until grep -q watching \"$1/log\"; do kill -0 $init; sleep 0.05; done\n"
        "first=$(pgrep -P $init); kill $first\n"
        "until [ $(grep -c watching \"$1/log\") = 2 ]; do kill -0 $init; sleep 0.05; done\n"
        "kill -- -$init; wait $init || :\n"
        "printf '#!/bin/sh\\nexit 2\\n' >\"$1/refused\"; chmod +x \"$1/refused\"\n"
        "OSRANDOM=\"$1/refused\" LOG=/dev/null tools/examples/clones/plain-init || echo ended $?",
        "ended 2\n", "nobody watches, or it is tried for ever");
}
