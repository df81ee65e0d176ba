/*
 * What explain, run and status tell of the provider "osrandom", with this system's own OpenSSL.
 * What explain says of the lines in openssl.cnf is compared with what happens in
 * tests/provider/told.c.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "configuration.h"
#include "held.h"
#include "json.h"
#include "told.h"

TestSuite(provided, .fini = clean_up);

static void skip_without_providers(void)
{
    struct outcome version = run_words(NULL, NULL, NULL, "openssl", "version", NULL);

    if (strncmp(version.out, "OpenSSL 3.", strlen("OpenSSL 3.")) != 0 &&
        strncmp(version.out, "OpenSSL 4.", strlen("OpenSSL 4.")) != 0)
        cr_skip_test("this system's own OpenSSL has no providers: %s", version.out);
    outcome_free(&version);
}

/* An openssl.cnf with the example in it. */
static const char *cnf_with(const char *name, const char *module)
{
    return file_of(
        name, text_format("openssl_conf = openssl_init\n%s", example("osrandom-3.0.cnf", module)),
        0644);
}

/* ---- Where nothing can be preloaded ---- */

/*
 * A script in a mount namespace with $1, a directory with good.cnf, missing.cnf and fast.cnf: the
 * module is there, or not, or "random_provider" stands alone. `system FILE` makes it this system's
 * openssl.cnf. What everyone may read lies in $place: the module, and `held`, which is set-user-ID
 * for nobody.
 */
static struct outcome barred(const char *script)
{
    const char *place = text_format("%s/place", directory());
    const char *module = text_format("%s/osrandom.so", place);
    struct outcome outcome;

    skip_without_providers();
    if (geteuid() != 0)
        cr_skip_test("only root can put another openssl.cnf in the place of this system's");
    cnf_with("good.cnf", module);
    cnf_with("missing.cnf", "/nowhere/osrandom.so");
    file_of("fast.cnf",
            text_format("openssl_conf = start\n[start]\nrandom = random_sect\nproviders = all\n"
                        "[all]\ndefault = d\nosrandom = ours\n[d]\nactivate = 1\n[ours]\n"
                        "module = %s\nactivate = 1\n[random_sect]\nrandom_provider = osrandom\n",
                        module),
            0644);
    outcome = shell(
        text_format("exec unshare --mount sh -euc '\n"
                    "place=$1/place; mkdir \"$place\"; mount -t tmpfs tmpfs \"$place\" || exit 99\n"
                    "cd \"$1\"; chmod 755 . \"$place\"; cp \"$3\" \"$place\"\n"
                    "cp \"$2\" \"$place/held\"; cd \"$place\"\n"
                    "cp ../*.cnf .; chmod 644 osrandom.so\n"
                    "conf=$(openssl version -d | sed \"s/.*\\\"\\(.*\\)\\\"/\\1/\")/openssl.cnf\n"
                    "system() { mount --bind \"$1\" \"$(readlink -f \"$conf\")\" || exit 99; }\n"
                    "chown 65534:65534 held; chmod 4755 held\n%s\n' sh \"$1\" \"$2\" \"$3\"",
                    script),
        directory(), built("tests/command/held_plain"), the_module(), NULL);
    if (outcome.exit_code == 99 || strstr(outcome.err, "unshare:"))
        cr_skip_test("no openssl.cnf can be put in the place of this system's: %s", outcome.err);
    return outcome;
}

static void expect_barred(const char *script, int status, const char *out, const char *fact)
{
    struct outcome outcome = barred(script);

    expect(&outcome, status, out, "", "an operator is told the wrong thing");
    expect(&outcome, status, fact, "", "an operator is not told why");
    outcome_free(&outcome);
}

Test(provided, explain_knows_a_set_user_id_program_that_openssl_cnf_covers)
{
    expect_barred("system good.cnf; exec \"$OSRANDOM\" explain ./held", 0,
                  "./held: covered by the provider\n",
                  "openssl.cnf has it draw from the provider /");
}

Test(provided, explain_takes_nothing_of_its_users_environment_for_one)
{
    expect_barred("export OPENSSL_CONF=/dev/null OPENSSL_MODULES=/nowhere\n"
                  "system good.cnf; exec \"$OSRANDOM\" explain ./held",
                  0, "./held: covered by the provider\n", "the loader ignores LD_PRELOAD for it");
    clean_up();
    expect_barred("system /dev/null; OPENSSL_CONF=good.cnf exec \"$OSRANDOM\" explain ./held", 1,
                  "./held: not covered\n", "what helps: naming the shim in /etc/ld.so.preload");
}

Test(provided, explain_warns_of_a_module_that_is_missing)
{
    expect_barred(
        "system missing.cnf; exec \"$OSRANDOM\" explain ./held", 1, "./held: not covered\n",
        "whose module /nowhere/osrandom.so is not there: without the shim its draws fail");
    clean_up();
    expect_barred("system missing.cnf; exec \"$OSRANDOM\" explain /usr/bin/openssl", 0,
                  "/usr/bin/openssl: covered\n", "without the shim its draws fail");
}

Test(provided, explain_does_not_count_random_provider_alone)
{
    expect_barred("system fast.cnf; exec \"$OSRANDOM\" explain ./held", 1, "./held: not covered\n",
                  "leaves OpenSSL its own generator");
}

Test(provided, explain_does_not_count_what_the_programs_user_cannot_read)
{
    expect_barred("chmod 600 osrandom.so; system good.cnf; exec \"$OSRANDOM\" explain ./held", 2,
                  "./held: cannot tell\n", "not everyone may read its module");
    clean_up();
    expect_barred("chmod 600 good.cnf; system good.cnf; exec \"$OSRANDOM\" explain ./held", 2,
                  "./held: cannot tell\n", "not everyone may read it");
    clean_up();
    expect_barred("chmod 600 osrandom.so good.cnf; chown 0:0 held; chmod 4755 held\n"
                  "system good.cnf; exec \"$OSRANDOM\" explain ./held",
                  0, "./held: covered by the provider\n", "has it draw from the provider");
}

Test(provided, explain_does_not_vouch_for_a_program_with_ways_of_its_own)
{
    expect_barred("printf nodejs_conf >>held; chmod 4755 held; system good.cnf\n"
                  "exec \"$OSRANDOM\" explain ./held",
                  2, "./held: cannot tell\n", "a configuration that it may not read");
    clean_up();
    /* whoever has RAND_set_rand_method() may set one */
    expect_barred(text_format("cp %s held; chmod 4755 held; system good.cnf\n"
                              "exec \"$OSRANDOM\" explain ./held",
                              realpath(built("tests/command/held"), NULL)),
                  2, "./held: cannot tell\n", "contexts and generators that it may make itself");
    clean_up();
    /* it has options that make library contexts and choose engines */
    expect_barred("cp /usr/bin/openssl .; chmod 4755 openssl; system good.cnf\n"
                  "exec \"$OSRANDOM\" explain ./openssl",
                  2, "./openssl: cannot tell\n", "contexts and generators that it may make itself");
}

Test(provided, explain_tells_machines)
{
    expect_barred("system good.cnf; exec \"$OSRANDOM\" explain --json ./held", 0,
                  "\"verdict\": \"provider\"", "\"remedy\": null");
}

Test(provided, run_starts_what_openssl_cnf_covers)
{
    expect_barred("system good.cnf; exec \"$OSRANDOM\" run --require ./held draw </dev/null", 0,
                  "ready\n", NULL);
    clean_up();
    expect_barred("system good.cnf; exec \"$OSRANDOM\" run --strict ./held draw </dev/null", 0,
                  "ready\n", NULL);
}

Test(provided, run_starts_nothing_whose_module_is_missing)
{
    struct outcome outcome =
        barred("system missing.cnf; exec \"$OSRANDOM\" run --require ./held draw </dev/null");

    expect(&outcome, 125, "", "its draws fail", "a program that cannot draw is started");
    outcome_free(&outcome);
    clean_up();
    outcome = barred("system fast.cnf; exec \"$OSRANDOM\" run --require ./held draw </dev/null");
    expect(&outcome, 125, "", "set-user-ID", "a program that is not covered is started");
    outcome_free(&outcome);
}

Test(provided, status_knows_a_set_user_id_program_that_draws_from_the_provider)
{
    static const char script[] = "system %s; mkfifo in; : >out; sleep 100 >in & feeder=$!; held=\n"
                                 "trap \"kill \\$held \\$feeder\" EXIT\n"
                                 "LD_PRELOAD=$SHIM OPENSSL_CONF=/dev/null \\\n"
                                 "    setpriv --reuid=65533 --regid=65533 --clear-groups ./held "
                                 "draw <in >out 2>&1 & held=$!\n"
                                 "while ! grep -q ready out; do kill -0 $held; sleep 0.05; done\n"
                                 "grep -q \"^Uid:.65533.65534\" /proc/$held/status || exit 99\n"
                                 "\"$OSRANDOM\" status $held";

    expect_barred(text_format(script, "good.cnf"), 0, "by provider",
                  "0 covered, 1 by the provider");
    clean_up();
    expect_barred(text_format(script, "/dev/null"), 1, "not covered", "AT_SECURE");
}

/* ---- What is in a process ---- */

static struct held held_by(const char *cnf, const char *word)
{
    const char *env[] = {text_format("OPENSSL_CONF=%s", cnf), "OSRANDOM_LOG=quiet", NULL};
    const char *words[] = {built("tests/command/held"), word, NULL};

    skip_without_providers();
    return held_start(env, words);
}

static void expect_state(const struct held *held, int status, const char *state, const char *why)
{
    json_t *object = object_of(held, status);

    cr_expect_str_eq(text_in(object, "state"), state, "the operator is told the wrong thing: %s",
                     json_dumps(object, 0));
    cr_expect(strstr(text_in(object, "why"), why), "the reason is another one than '%s': %s", why,
              text_in(object, "why"));
    json_decref(object);
}

Test(provided, status_tells_all_of_a_process_that_draws_from_the_provider)
{
    struct held held = held_by(cnf_with("cnf", the_module()), "draw");
    json_t *object = object_of(&held, 0);
    const json_t *openssl = json_array_get(json_object_get(object, "openssl"), 0);
    struct outcome outcome;

    cr_expect_str_eq(text_in(object, "state"), "provider");
    cr_expect(json_is_false(json_object_get(object, "self_reported")), "%s", json_dumps(object, 0));
    cr_expect(json_is_null(json_object_get(object, "mode")));
    cr_expect_eq(json_integer_value(json_object_get(object, "draws")), 1);
    cr_expect_eq(json_integer_value(json_object_get(object, "bytes")), 16);
    cr_expect_str_neq(text_in(object, "source"), "(none)");
    cr_expect(json_is_true(json_object_get(openssl, "provided")));
    cr_expect(json_is_false(json_object_get(openssl, "pinned")));
    json_decref(object);
    outcome = osrandom(NULL, "status", "--strict", held.text, NULL);
    expect(&outcome, 1, "by provider", "", "--strict takes the provider for the shim");
    outcome_free(&outcome);
    outcome = osrandom(NULL, "status", "--why", held.text, NULL);
    expect(&outcome, 0, "has loaded it, and has drawn from it", "", "the steps are not told");
    outcome_free(&outcome);
    held_end(&held);
}

Test(provided, status_does_not_count_a_provider_that_is_only_loaded)
{
    const char *cnf = file_of("loaded.cnf",
                              text_format("openssl_conf = start\n[start]\nproviders = all\n[all]\n"
                                          "default = d\nosrandom = ours\n[d]\nactivate = 1\n"
                                          "[ours]\nmodule = %s\nactivate = 1\n",
                                          the_module()),
                              0644);
    struct held held = held_by(cnf, "draw");

    expect_state(&held, 1, "uncovered", "the provider is loaded, and nothing was drawn from it");
    held_end(&held);
}

/* OpenSSL's own generator, which takes its seed from the provider. */
Test(provided, status_does_not_count_a_provider_that_only_seeds)
{
    const char *lines = example("osrandom-3.0.cnf", the_module());
    const char *random = strstr(lines, "random = OSRANDOM");
    const char *cnf;
    struct held held;
    json_t *object;

    cr_assert(random);
    cnf = file_of("seeds.cnf",
                  text_format("openssl_conf = openssl_init\n%.*sseed = SEED-SRC\n"
                              "seed_properties = provider=osrandom\n",
                              (int)(random - lines), lines),
                  0644);
    held = held_by(cnf, "draw");
    expect_state(&held, 1, "uncovered", "nothing was drawn from it");
    object = object_of(&held, 1);
    cr_expect(json_integer_value(json_object_get(object, "draws")) > 0,
              "it does not seed, and the test shows nothing: %s", json_dumps(object, 0));
    json_decref(object);
    held_end(&held);
}

Test(provided, status_tells_of_one_without_a_configuration_as_ever)
{
    struct held held = held_by("/dev/null", "draw");

    expect_state(&held, 1, "uncovered", "not preloaded");
    held_end(&held);
}

Test(provided, status_does_not_vouch_for_another_build_of_the_module)
{
    struct held held = held_by(cnf_with("cnf", the_ledger_module()), "draw");
    struct outcome outcome;

    expect_state(&held, 0, "provider", "self-reported: its provider's module is another build");
    outcome = osrandom(NULL, "status", held.text, NULL);
    expect(&outcome, 0, "self-reported", "", "nothing vouches for it, and the table does");
    outcome_free(&outcome);
    held_end(&held);
}

Test(provided, status_does_not_vouch_for_a_forged_block)
{
    struct held held = held_with(built("tests/command/forged_provider.so"), "draw");

    expect_state(&held, 0, "provider", "self-reported");
    held_end(&held);
}

Test(provided, status_vouches_for_the_module_wherever_it_lies)
{
    const char *module = copy_of(the_module(), "osrandom.so", 0644);
    struct outcome stripped = run_words(NULL, NULL, NULL, "strip", module, NULL);
    struct held held;

    cr_assert_eq(stripped.exit_code, 0, "%s", stripped.err);
    outcome_free(&stripped);
    held = held_by(cnf_with("cnf", module), "draw");
    cr_assert_eq(unlink(module), 0);
    expect_state(&held, 0, "provider", "(none)");
    held_end(&held);
}

/* It serves as well as the genuine one, and has its build id. */
Test(provided, status_does_not_take_a_module_that_was_changed)
{
    const char *module = copy_of(the_module(), "osrandom.so", 0644);
    struct outcome changed =
        shell("sed -i 's/Random bytes from the operating/Random bytes from another place/' \"$1\"\n"
              "cmp -s \"$1\" \"$2\" && exit 1; [ $(wc -c <\"$1\") = $(wc -c <\"$2\") ]",
              module, the_module(), NULL);
    struct held held;

    cr_assert_eq(changed.exit_code, 0, "%s", changed.err);
    outcome_free(&changed);
    held = held_by(cnf_with("cnf", module), "draw");
    expect_state(&held, 1, "uncovered", "what it shows as the provider's module is not it");
    held_end(&held);
}

Test(provided, status_tells_of_the_provider_where_the_shim_leaves_openssl_alone)
{
    const char *env[] = {text_format("OPENSSL_CONF=%s", cnf_with("cnf", the_module())),
                         text_format("LD_PRELOAD=%s", the_shim()), "OSRANDOM_MODE=builtin", NULL};
    const char *words[] = {built("tests/command/held"), "draw", NULL};
    struct held held;
    json_t *object;

    skip_without_providers();
    held = held_start(env, words);
    object = object_of(&held, 0);
    cr_expect_str_eq(text_in(object, "state"), "provider");
    cr_expect_str_eq(text_in(object, "mode"), "builtin");
    cr_expect_eq(json_integer_value(json_object_get(object, "draws")), 1, "%s",
                 json_dumps(object, 0));
    json_decref(object);
    held_end(&held);
}

/* The shim serves what the provider would. */
Test(provided, status_tells_of_the_shim_where_both_are)
{
    const char *env[] = {text_format("OPENSSL_CONF=%s", cnf_with("cnf", the_module())),
                         text_format("LD_PRELOAD=%s", the_shim()), NULL};
    const char *words[] = {built("tests/command/held"), "draw", NULL};
    struct held held = held_start(env, words);

    expect_state(&held, 0, "covered", "(none)");
    held_end(&held);
}

Test(provided, status_tells_prometheus)
{
    struct held held = held_by(cnf_with("cnf", the_module()), "draw");
    struct outcome outcome = osrandom(NULL, "status", "--prometheus", NULL);

    expect(&outcome, 0, "osrandom_processes{state=\"provider\"} ", "", "there is no such figure");
    cr_expect(!strstr(outcome.out, "osrandom_processes{state=\"provider\"} 0\n"), "%s",
              outcome.out);
    outcome_free(&outcome);
    held_end(&held);
}

/* ---- Configurations that are hostile ---- */

static void expect_no_harm(const char *cnf, const char *fact)
{
    const char *env[] = {text_format("OPENSSL_CONF=%s", cnf), NULL};
    const char *const words[] = {built("osrandom"), "explain", "/usr/bin/openssl", NULL};
    const struct command command = {.argv = words, .env = env, .seconds = 20};
    struct outcome outcome;

    skip_without_providers();
    outcome = run(&command);
    cr_expect(!outcome.timed_out, "%s holds it up", cnf);
    expect(&outcome, 0, "/usr/bin/openssl: covered\n", "", "it is brought down");
    if (fact)
        expect(&outcome, 0, fact, "", "what cannot be told is told");
    else
        cr_expect(!strstr(outcome.out, "the provider"), "%s", outcome.out);
    outcome_free(&outcome);
}

Test(provided, a_configuration_that_includes_itself_is_given_up)
{
    const char *path = text_format("%s/self.cnf", directory());
    const char *two = text_format("%s/two.cnf", directory());

    file_of("self.cnf", text_format(".include %s\n.include %s\n", path, path), 0644);
    expect_no_harm(path, "nested deeper than is looked at");
    file_of("two.cnf", text_format(".include %s\n", directory()), 0644);
    expect_no_harm(two, "cannot be told");
}

Test(provided, a_configuration_that_is_no_file_is_not_read)
{
    const char *fifo = text_format("%s/fifo", directory());

    cr_assert_eq(mkfifo(fifo, 0644), 0);
    expect_no_harm(fifo, "a file of it cannot be read");
    expect_no_harm("/dev/zero", "a file of it cannot be read");
    expect_no_harm(directory(), "a file of it cannot be read");
    expect_no_harm(file_of("includes.cnf", text_format(".include %s\n", fifo), 0644),
                   "a file of it cannot be read");
    expect_no_harm("/dev/null", NULL);
    expect_no_harm("/no/such/file", NULL);
    expect_no_harm("", NULL);
}

Test(provided, a_configuration_that_is_huge_is_not_read)
{
    const char *path = file_of("huge.cnf", "a = 1\n", 0644);
    struct outcome many;

    cr_assert_eq(truncate(path, (off_t)1 << 30), 0);
    expect_no_harm(path, "there is more of it than is looked at");
    many = shell(
        "i=0; while [ $i -lt 5000 ]; do echo \"n$i = x\"; i=$((i + 1)); done >\"$1/many.cnf\"",
        directory(), NULL);
    outcome_free(&many);
    expect_no_harm(text_format("%s/many.cnf", directory()),
                   "there is more of it than is looked at");
}

Test(provided, values_that_double_are_given_up)
{
    char *text = text_format("# osrandom\na0 = %064d\n", 0);

    for (int i = 1; i < 40; i++) {
        char *longer = text_format("%sa%d = $a%d$a%d\n", text, i, i - 1, i - 1);

        free(text);
        text = longer;
    }
    expect_no_harm(file_of("doubles.cnf", text, 0644), "a line of it is not understood");
    free(text);
}

Test(provided, a_configuration_with_bytes_of_any_kind_is_not_understood)
{
    struct outcome made = shell(
        "printf 'openssl_conf = a\\000b\\n# osrandom' >\"$1/nul.cnf\"\n"
        "printf '\\357\\273\\277a = osrandom\\n' >\"$1/mark.cnf\"\n"
        "printf 'a = \\\\' >\"$1/end.cnf\"; printf '[' >\"$1/open.cnf\"\n"
        "printf 'a = \"osrandom' >\"$1/quote.cnf\"; printf 'a = ${osrandom' >\"$1/brace.cnf\"\n"
        "printf 'osrandom = 1\\ropenssl_conf = 2\\n' >\"$1/return.cnf\"",
        directory(), NULL);

    cr_assert_eq(made.exit_code, 0, "%s", made.err);
    outcome_free(&made);
    expect_no_harm(text_format("%s/nul.cnf", directory()), "a line of it is not understood");
    expect_no_harm(text_format("%s/mark.cnf", directory()), "a line of it is not understood");
    expect_no_harm(text_format("%s/return.cnf", directory()), "a line of it is not understood");
    expect_no_harm(text_format("%s/brace.cnf", directory()), "a line of it is not understood");
    expect_no_harm(text_format("%s/end.cnf", directory()), NULL);
    expect_no_harm(text_format("%s/open.cnf", directory()), NULL);
    expect_no_harm(text_format("%s/quote.cnf", directory()), "does not lead to it");
}
