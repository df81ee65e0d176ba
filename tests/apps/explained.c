/*
 * osrandom explain, against what osrandom status says of the same programs while they run: each
 * executable of a tree, held where its libraries have begun and its main() has not, and a table of
 * programs for what comes later.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "level.h"
#include "prove.h"
#include "text.h"

static json_t *lines_of(char *text)
{
    json_t *lines = json_array();

    for (char *line; (line = strsep(&text, "\n"));) {
        json_t *object = *line ? json_loads(line, 0, NULL) : NULL;

        cr_assert(object || !*line, "no JSON: %s", line);
        if (object)
            json_array_append_new(lines, object);
    }
    return lines;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* Runs the script with osrandom as $OSRANDOM and the holding object as $HOLDS; its output, as JSON.
 */
static json_t *answers(const char *tree, const char *script)
{
    struct ledger *ledger = ledger_new();
    char *root = tree_of_programs(tree);
    const char *command = realpath(built("osrandom.static"), NULL);
    const char *holds = realpath(built("programs/holds.so"), NULL);
    struct outcome outcome =
        run_in_box(root, the_ledger_shim(), ledger->path, text_format("%s %s", command, holds),
                   text_format("cp %s /box/osrandom; OSRANDOM=/box/osrandom "
                               "HOLDS=%s\n%s",
                               command, holds, script));
    json_t *lines;

    cr_assert_eq(outcome.exit_code, 0, "%s", outcome.err);
    lines = lines_of(outcome.out);
    outcome_free(&outcome);
    ledger_free(ledger);
    free(root);
    return lines;
}

/* ---- Every executable, as far as it is linked ---- */

static const char held[] =
    "find /usr/bin /usr/sbin /usr/lib /usr/libexec -xdev -type f -perm -u+x ! -name '*.so*' "
    ">/box/all\n"
    "xargs -d '\\n' -a /box/all -n 100 $OSRANDOM explain --json 2>/dev/null >/box/explained || :\n"
    "cat /box/explained\n"
    "look() {\n"
    "    sleep 3; $OSRANDOM status --all --json 2>/dev/null || :\n"
    "    kill -9 $held 2>/dev/null || :; wait || :; held=\n"
    "}\n"
    "held=; count=0\n"
    "while read -r program; do\n"
    "    [ \"$(head -c 4 \"$program\" | tail -c 3)\" = ELF ] || continue\n"
    "    LD_PRELOAD=\"$HOLDS $SHIM\" OSRANDOM_LOG=quiet \"$program\" >/dev/null 2>&1 </dev/null &\n"
    "    held=\"$held $!\" count=$((count + 1))\n"
    "    [ $((count % 200)) != 0 ] || look\n"
    "done </box/all\n"
    "look\n";

/* What status may say of a program of which explain says this; NULL: nothing is promised. */
static const char *promised(const json_t *explained)
{
    const char *verdict = text_of(explained, "verdict");

    if (strcmp(verdict, "covered") == 0 ||
        (strcmp(verdict, "unknown") == 0 && strstr(text_of(explained, "why"), "is linked")))
        return "covered";
    return strcmp(verdict, "no-openssl") == 0 || strcmp(verdict, "guarded") == 0 ? verdict : NULL;
}

static const json_t *explained_of(const json_t *lines, const char *program)
{
    const json_t *line;
    size_t i;

    json_array_foreach(lines, i, line)
    {
        const char *path = text_of(line, "program");

        if (json_object_get(line, "verdict") && strcmp(path, program) == 0)
            return line;
    }
    return NULL;
}

static void compare_every_executable(const char *tree, unsigned int fewest,
                                     unsigned int fewest_with_openssl)
{
    json_t *lines = answers(tree, held);
    unsigned int compared = 0, with_openssl = 0;
    const json_t *line;
    size_t i;

    json_array_foreach(lines, i, line)
    {
        const json_t *explained =
            json_object_get(line, "state") ? explained_of(lines, text_of(line, "program")) : NULL;
        const char *state = text_of(line, "state"), *promise = explained ? promised(explained) : 0;

        /* on a busy machine some are given up; there are enough others */
        if (!promise || strstr(text_of(line, "why"), "took too long"))
            continue;
        compared++;
        with_openssl += strcmp(promise, "no-openssl") != 0;
        cr_expect_str_eq(state, promise, "%s: explain promises %s, and status says %s: %s",
                         text_of(line, "program"), promise, state, text_of(line, "why"));
    }
    fprintf(stderr, "[----] %s: %u programs compared, %u of them with OpenSSL\n", tree, compared,
            with_openssl);
    cr_expect(compared >= fewest && with_openssl >= fewest_with_openssl,
              "only %u programs were compared, %u with OpenSSL", compared, with_openssl);
    json_decref(lines);
}

Test(explained, agrees_with_status_of_every_executable, .timeout = 900)
{
    compare_every_executable("ten", 200, 20);
}

/* More than 2,000 packages; not made for the test's sake, for that takes a quarter of an hour and
 * 10 GB. */
Test(explained, agrees_with_status_on_a_desktop, .timeout = 1800)
{
    only_from(LEVEL_ALL);
    if (system("[ -e \"${XDG_CACHE_HOME:-$HOME/.cache}/osrandom/apps/desktop/stamp\" ]") != 0)
        cr_skip_test(
            "there is no such tree; tests/apps/tree desktop makes it, of 2 GB from the net");
    compare_every_executable("desktop", 1000, 100);
}

/* ---- What comes while they run ---- */

/* Where programs.table proves that a program draws from the shim, explain must not say that there
 * is no OpenSSL in it; and where it loads modules, not that it is covered. */
struct row {
    const char *program, *verdict;
};

static void expect_rows(const char *tree, const struct row *rows, size_t count)
{
    char *script = text_format("%s", "$OSRANDOM explain --json");
    json_t *lines;

    for (size_t i = 0; i < count; i++)
        script = text_format("%s %s", script, rows[i].program);
    lines = answers(tree, text_format("%s || :", script));
    cr_assert_eq(json_array_size(lines), count);
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(text_of(json_array_get(lines, i), "verdict"), rows[i].verdict, "%s",
                         rows[i].program);
    json_decref(lines);
}

Test(explained, knows_the_programs_of_the_usual_tree, .timeout = 300)
{
    static const struct row rows[] = {
        {"nginx", "unknown"},
        {"apache2", "unknown"},
        {"/usr/lib/postgresql/*/bin/postgres", "unknown"},
        {"/usr/lib/postgresql/*/bin/psql", "covered"},
        {"kamailio", "unknown"},
        {"tor", "covered"},
        {"sshd", "covered"},
        {"ssh", "unknown"},
        {"ssh-keygen", "unknown"},
        {"sftp", "no-openssl"},
        {"/usr/lib/openssh/ssh-keysign", "uncovered"},
        {"python3", "unknown"},
        {"openssl", "covered"},
        {"stunnel4", "covered"},
        {"ab", "covered"},
        {"/usr/lib/systemd/systemd", "covered"},
        {"runc", "no-openssl"},
        {"busybox", "uncovered"},
        {"dbus-daemon", "no-openssl"},
        {"passwd", "uncovered"},
        {"perl", "unknown"},
        {"sh", "unknown"},
        {"bash", "unknown"},
        {"env", "unknown"},
        {"vim.tiny", "no-openssl"},
        {"/usr/lib/*/libssl.so.3", "covered"},
    };

    expect_rows("ten", rows, sizeof(rows) / sizeof(rows[0]));
}

Test(explained, knows_the_programs_of_the_other_tree, .timeout = 300)
{
    static const struct row rows[] = {
        {"haproxy", "unknown"},
        {"mariadbd", "unknown"},
        {"redis-server", "unknown"},
        {"redis-cli", "covered"},
        {"openvpn", "unknown"},
        {"mosquitto", "unknown"},
        {"node", "unknown"},
        {"curl", "covered"},
        {"php", "unknown"},
        {"lighttpd", "unknown"},
        {"ruby", "unknown"},
        {"perl", "unknown"},
        {"/usr/lib/erlang/erts-*/bin/beam.smp", "unknown"},
        {"lua5.4", "unknown"},
        {"tclsh8.6", "unknown"},
        {"java", "unknown"},
        {"dovecot", "unknown"},
        {"/usr/lib/dovecot/imap-login", "unknown"},
        {"/usr/lib/lighttpd/mod_openssl.so", "covered"},
        {"/usr/lib/erlang/lib/crypto-*/priv/lib/crypto.so", "covered"},
        {"/usr/lib/*-linux-gnu/ruby/*/openssl.so", "covered"},
    };

    only_from(LEVEL_ALL);
    expect_rows("rest", rows, sizeof(rows) / sizeof(rows[0]));
}
