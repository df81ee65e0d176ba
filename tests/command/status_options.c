/*
 * osrandom status: which processes it looks at, what it shows of them, and how it tells what it
 * did.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "held.h"
#include "json.h"
#include "process/identity.h"
#include "words.h"

TestSuite(status_options, .fini = clean_up);

/* ---- Choosing ---- */

static void expect_chosen(const struct held *held, const char *option, const char *value,
                          bool wanted)
{
    const char *row = text_format("%s held ", held->text);
    struct outcome outcome = osrandom(NULL, "status", option, value, NULL);

    cr_expect_eq(strstr(outcome.out, row) != NULL, wanted, "%s %s %s it: %s", option, value,
                 wanted ? "leaves out" : "shows", outcome.out);
    outcome_free(&outcome);
}

Test(status_options, choose_by_program)
{
    struct held held = held_with(the_shim(), "draw");

    expect_chosen(&held, "--program", "held", true);
    expect_chosen(&held, "--program", "he*d", true);
    expect_chosen(&held, "--program", built("tests/command/held"), true);
    expect_chosen(&held, "--program", "*/held", true);
    expect_chosen(&held, "--program", "hel", false);
    expect_chosen(&held, "--program", "/usr/*", false);
    held_end(&held);
}

Test(status_options, choose_by_user)
{
    struct held held = held_with(the_shim(), "draw");
    json_t *object = object_of(&held, 0);

    cr_expect_eq(json_integer_value(json_object_get(object, "uid")), geteuid());
    expect_chosen(&held, "--user", text_format("%d", (int)geteuid()), true);
    expect_chosen(&held, "--user", text_in(object, "user"), true);
    expect_chosen(&held, "--user", "nobody", geteuid() == 65534);
    json_decref(object);
    held_end(&held);
}

Test(status_options, choose_by_unit_what_systemd_calls_one)
{
    static const struct {
        const char *cgroup, *unit, *container;
    } groups[] = {
        {"/", "", ""},
        {"/system.slice/nginx.service", "nginx.service", ""},
        {"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", ""},
        {"/user.slice/user-1000.slice/user@1000.service/app.slice/app.scope", "user@1000.service",
         ""},
        {"/user.slice/user-0.slice/session-2.scope", "session-2.scope", ""},
        {"/system.slice/docker-"
         "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope",
         "docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope",
         "0123456789ab"},
        {"/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "",
         "0123456789ab"},
        {"/kubepods.slice/kubepods-pod1.slice/cri-containerd-"
         "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210.scope/init",
         "cri-containerd-fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210.scope",
         "fedcba987654"},
        {"/lxc.payload.web/init.scope", "init.scope", "web"},
        {"/machine.slice/machine-guest.scope/payload", "machine-guest.scope", "guest"},
        {"/machine.slice/systemd-nspawn@guest.service/payload", "systemd-nspawn@guest.service",
         "guest"},
        {".service//.scope/machine-.scope", "machine-.scope", ""},
    };

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        struct identity identity = {.is_known = false};

        strcpy(identity.cgroup, groups[i].cgroup);
        identity_from_cgroup(&identity);
        cr_expect_str_eq(identity.unit, groups[i].unit, "the unit of %s is told as %s",
                         groups[i].cgroup, identity.unit);
        cr_expect_str_eq(identity.container, groups[i].container,
                         "the container of %s is told as %s", groups[i].cgroup, identity.container);
    }
}

/* A control group is all that tells a unit: one is made here as systemd names its own. */
Test(status_options, choose_by_unit)
{
    struct outcome outcome = shell(
        "root=/sys/fs/cgroup; [ ! -d $root/systemd ] || root=$root/systemd\n"
        "group=$root/osrandom-test-$$.service; mkdir $group || exit 99\n"
        "cd \"$1\"; mkfifo in; : >out; sleep 100 >in & feeder=$!\n"
        "sh -c \"echo \\$\\$ >$group/cgroup.procs || exit 1; exec \\\"$2\\\" draw\" <in >out &\n"
        "held=$!; trap \"kill $held $feeder; while ! rmdir $group; do sleep 0.1; done\" EXIT\n"
        "while ! grep -q ready out; do kill -0 $held || exit 99; sleep 0.05; done\n"
        "\"$OSRANDOM\" status --unit \"osrandom-test-*.service\" --columns pid,unit,state || :\n"
        "echo \"held is $held of $$\"; \"$OSRANDOM\" status --unit no-such.service",
        directory(), built("tests/command/held"), NULL);
    const char *pid = strstr(outcome.out, "held is ");

    if (outcome.exit_code == 99 || !pid)
        cr_skip_test("no control group can be made here: %s", outcome.err);
    expect(&outcome, 0, text_format("%7d osrandom-test-", atoi(pid + strlen("held is "))), NULL,
           "a unit's process is not found by its unit");
    expect(&outcome, 0, "\n1 process with OpenSSL", NULL, "other units' processes are shown too");
    expect(&outcome, 0, "\n0 processes with OpenSSL", NULL, "--unit chooses what it does not name");
    outcome_free(&outcome);
}

/* ---- Showing ---- */

Test(status_options, show_the_columns_that_are_asked_for)
{
    struct held held = held_with(the_shim(), "draw");
    struct outcome outcome =
        osrandom(NULL, "status", "--columns=user,state,pid,mode,path", held.text, NULL);

    expect(&outcome, 0, "USER     STATE             PID MODE     PATH\n", "", "other columns");
    expect(
        &outcome, 0,
        text_format(" covered       %7d activate %s\n", (int)held.pid, built("tests/command/held")),
        "", "what is asked for is not shown");
    outcome_free(&outcome);
    held_end(&held);
}

Test(status_options, take_the_names_of_before_for_columns)
{
    struct held held = held_with(the_shim(), "swap");
    struct outcome outcome = osrandom(NULL, "status", "--columns=kept", held.text, NULL);

    expect(&outcome, 0, "REFUSED\n      1\n", "", "the column has lost its name of before");
    outcome_free(&outcome);
    held_end(&held);
}

Test(status_options, show_whole_names_where_there_is_room)
{
    static const char name[] = "a-program-whose-name-is-long-enough-to-be-cut";
    const char *words[] = {copy_of(built("tests/command/held"), name, 0755), "draw", NULL};
    struct held held = held_start(NULL, words);
    struct outcome outcome = osrandom(NULL, "status", held.text, NULL);
    const char *narrow[] = {"COLUMNS=80", NULL};

    expect(&outcome, 1, name, "", "a name is cut where nothing limits it");
    outcome_free(&outcome);
    outcome = osrandom(narrow, "status", held.text, NULL);
    cr_expect(strstr(outcome.out, " a-program-who") && !strstr(outcome.out, name));
    outcome_free(&outcome);
    held_end(&held);
}

/* ---- Telling ---- */

/* Of no process: the first line is the end of the first round. */
Test(status_options, tell_when_each_round_began_and_that_it_ended)
{
    const char *words[] = {built("osrandom"), "status",    "--json",        "--watch=0.1",
                           "--program",       "no-such-*", "--user=nobody", NULL};
    struct held watch = held_start(NULL, words);
    char line[4096];

    for (int round = 2; round <= 3; round++) {
        json_t *end;

        cr_assert(held_line(&watch, line, sizeof(line)));
        end = json_loads(line, 0, NULL);
        cr_expect_eq(json_integer_value(json_object_get(end, "end_of_round")), round, "%s", line);
        cr_expect(json_is_integer(json_object_get(end, "covered")), "%s", line);
        cr_expect_eq(json_integer_value(json_object_get(end, "exit_status")), 0, "%s", line);
        cr_expect_eq(strlen(text_in(end, "began")), strlen("2026-01-01T00:00:00Z"));
        cr_expect_eq(strlen(text_in(end, "ended")), strlen("2026-01-01T00:00:00Z"));
        json_decref(end);
    }
    held_end(&watch);
}

Test(status_options, tell_why_step_by_step)
{
    struct held held = held_with(the_shim(), "draw");
    struct outcome outcome = osrandom(NULL, "status", "--why", held.text, NULL);

    expect(&outcome, 0, text_format("%d %s: covered\n", (int)held.pid, built("tests/command/held")),
           "", "it is not told what became of it");
    expect(&outcome, 0, text_format(" is %s\n", the_shim()), "", "the shim is not named");
    expect(&outcome, 0, "libcrypto.so", "", "the OpenSSL is not named");
    expect(&outcome, 0, "holds the shim's method", "", "the method is not told");
    expect(&outcome, 0, "the loader's list of objects has it", "", "the list is not told");
    outcome_free(&outcome);
    held_end(&held);
}

Test(status_options, refuse_what_makes_no_sense)
{
    static const struct {
        const char *one, *other, *why;
    } bad[] = {
        {"--columns=pid,bogus", "1", "the columns are pid,user,"},
        {"--columns=", "1", "the columns are pid,user,"},
        {"--columns=pid,", "1", "the columns are pid,user,"},
        {"--columns=pid", "--json", "exclude each other"},
        {"--why", "--all", "takes the number of one process"},
        {"--why", "--json", "takes the number of one process"},
        {"--user", NULL, "takes a value"},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct outcome outcome = osrandom(NULL, "status", bad[i].one, bad[i].other, NULL);

        expect(&outcome, 125, "", bad[i].why, bad[i].one);
        outcome_free(&outcome);
    }
}
