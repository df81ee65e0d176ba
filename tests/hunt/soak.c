/*
 * nginx at its full rate of handshakes, for as long as SOAK_SECONDS says: while its workers are
 * left in peace, and while it is told to reload and workers are killed. Stock is run for a while as
 * well: what fails or grows there is no fault of the shim's.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hunt.h"

TestSuite(soak, .timeout = 3600);

enum { WORKERS = 2, STOCK_SHARE = 4, LEAST_SECONDS = 8, MOST_POLLS = 500 };

/* KiB that an allocator's habits explain; a leak of 16 bytes a handshake is more in a minute. */
enum { WORKERS_ALLOWED = 384, MASTER_ALLOWED = 768 };

struct server {
    char directory[64], root[512];
    int port;
    pid_t master;
};

static void write_configuration(const struct server *server)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/nginx.conf", server->directory);
    file = fopen(path, "we");
    cr_assert(file != NULL);
    fprintf(file,
            "daemon off;\npid %1$s/pid;\nerror_log %1$s/error.log;\nworker_processes %2$d;\n"
            "events { worker_connections 256; }\n"
            "http {\n access_log off;\n client_body_temp_path %1$s/a; proxy_temp_path %1$s/b;\n"
            " fastcgi_temp_path %1$s/c; uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;\n"
            " server {\n  listen 127.0.0.1:%3$d ssl;\n  ssl_certificate %1$s/cert.pem;\n"
            "  ssl_certificate_key %1$s/key.pem;\n  ssl_session_tickets off;\n }\n}\n",
            server->directory, WORKERS, server->port);
    fclose(file);
}

static void make_certificate(const struct server *server)
{
    char key[128], certificate[128];
    struct outcome outcome;

    snprintf(key, sizeof(key), "%s/key.pem", server->directory);
    snprintf(certificate, sizeof(certificate), "%s/cert.pem", server->directory);
    outcome = run_words(NULL, NULL, NULL, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-keyout",
                        key, "-out", certificate, NULL);
    cr_assert(outcome.exit_code == 0, "%s", outcome.err);
    outcome_free(&outcome);
}

/* The tree's own loader runs it on the tree's own libraries. */
static void become_nginx(const struct server *server, const char *preload)
{
    char loader[600], libraries[1200], program[600], configuration[128], log[128];

    snprintf(loader, sizeof(loader), "%s/lib64/ld-linux-x86-64.so.2", server->root);
    snprintf(libraries, sizeof(libraries),
             "%1$s/lib/x86_64-linux-gnu:%1$s/usr/lib/x86_64-linux-gnu", server->root);
    snprintf(program, sizeof(program), "%s/usr/sbin/nginx", server->root);
    snprintf(configuration, sizeof(configuration), "%s/nginx.conf", server->directory);
    snprintf(log, sizeof(log), "%s/stderr", server->directory);
    if (!freopen(log, "w", stderr))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    unsetenv("LD_PRELOAD");
    setenv("OSRANDOM_LOG", "info", 1);
    execl(loader, loader, "--preload", preload, "--library-path", libraries, program, "-e",
          "stderr", "-p", server->directory, "-c", configuration, NULL);
    _exit(127);
}

static bool answers(const struct server *server)
{
    char address[32];

    snprintf(address, sizeof(address), "127.0.0.1:%d", server->port);
    for (int i = 0; i < MOST_POLLS; i++) {
        struct outcome outcome =
            run_words(NULL, NULL, NULL, "openssl", "s_client", "-connect", address, NULL);
        int exit_code = outcome.exit_code;

        outcome_free(&outcome);
        if (exit_code == 0)
            return true;
        if (kill(server->master, 0) != 0)
            return false;
    }
    return false;
}

static struct server start(const char *preload)
{
    struct server server = {.port = 20000 + getpid() % 10000};
    struct outcome tree = run_words(NULL, NULL, NULL, "tests/apps/tree", "ten", NULL);

    if (tree.exit_code != 0)
        cr_skip_test("no tree of Debian 12 with nginx: %s", tree.err);
    snprintf(server.root, sizeof(server.root), "%.*s", (int)strcspn(tree.out, "\n"), tree.out);
    outcome_free(&tree);
    strcpy(server.directory, "/tmp/osrandom-soak-XXXXXX");
    cr_assert(mkdtemp(server.directory) != NULL);
    make_certificate(&server);
    write_configuration(&server);
    fflush(NULL);
    server.master = fork();
    if (server.master == 0)
        become_nginx(&server, preload);
    return server;
}

static void end(const struct server *server)
{
    struct outcome removed;
    int status = -1;

    kill(server->master, SIGTERM);
    cr_expect(waitpid(server->master, &status, 0) == server->master && status == 0,
              "nginx ends with %x", (unsigned int)status);
    removed = run_words(NULL, NULL, NULL, "rm", "-rf", server->directory, NULL);
    outcome_free(&removed);
}

static struct outcome soak(const struct server *server, unsigned int seconds)
{
    char port[16], master[16], workers[16], length[16];
    const char *const argv[] = {built("hunt/soak"), port, master, workers, length, NULL};
    struct command command = {.argv = argv, .seconds = seconds + 180};
    struct outcome outcome;

    snprintf(port, sizeof(port), "%d", server->port);
    snprintf(master, sizeof(master), "%d", server->master);
    snprintf(workers, sizeof(workers), "%d", WORKERS);
    snprintf(length, sizeof(length), "%u", seconds);
    outcome = run(&command);
    cr_expect(outcome.exit_code == 0 && *outcome.err == '\0', "exit %d, signal %d%s, %s",
              outcome.exit_code, outcome.signal, outcome.timed_out ? ", hangs" : "", outcome.err);
    return outcome;
}

/* What the shim says of itself, in the server's own words. */
static void expect_covered(const struct server *server)
{
    char path[128];
    struct outcome found;

    snprintf(path, sizeof(path), "%s/stderr", server->directory);
    found =
        run_words(NULL, NULL, NULL, "grep", "-q", "draws from the operating system", path, NULL);
    cr_expect(found.exit_code == 0, "nginx ran without the shim: nothing is proved");
    outcome_free(&found);
}

static struct outcome soaked(const char *preload, unsigned int seconds)
{
    struct server server = start(preload);
    struct outcome outcome = {.exit_code = -1};

    if (answers(&server))
        outcome = soak(&server, seconds);
    if (*preload)
        expect_covered(&server);
    end(&server);
    cr_assert(outcome.out != NULL, "nginx does not start");
    return outcome;
}

/* What a run must not show, be it stock's or the shim's. */
static void expect_whole(const char *side, const struct outcome *outcome)
{
    cr_expect(hunt_figure(outcome, "failed") == 0, "%s: handshakes fail that none disturbed: %s",
              side, outcome->out);
    cr_expect(hunt_figure(outcome, "repeated") == 0, "%s: a ServerHello.random came twice: %s",
              side, outcome->out);
    cr_expect(hunt_figure(outcome, "handshakes") >= 100 && hunt_figure(outcome, "turns") >= 4,
              "%s: too little was tried: %s", side, outcome->out);
}

static void expect_no_growth(const struct outcome *outcome, const struct outcome *stock,
                             const char *what, double allowed)
{
    double grown = hunt_figure(outcome, what), on_stock = hunt_figure(stock, what);

    cr_expect(grown <= allowed + (on_stock > 0 ? on_stock : 0),
              "%s is %.0f, and %.0f on stock in less time: %s", what, grown, on_stock,
              outcome->out);
}

/* For a reader: no test depends on it. */
static void note_figures(const struct outcome *stock, const struct outcome *shim)
{
    FILE *file = fopen(BUILD_DIR "/hunt/soak.txt", "we");

    if (!file)
        return;
    fprintf(file, "stock\n%sshim\n%s", stock->out, shim->out);
    fclose(file);
}

Test(soak, nginx_keeps_its_handshakes_its_memory_and_its_descriptors)
{
    unsigned int seconds = hunt_number("SOAK_SECONDS", 60, 60);
    struct outcome stock, shim;

    hunt_only_if_all("SOAK_SECONDS");
    stock =
        soaked("", seconds / STOCK_SHARE > LEAST_SECONDS ? seconds / STOCK_SHARE : LEAST_SECONDS);
    shim = soaked(the_shim(), seconds);
    expect_whole("stock", &stock);
    expect_whole("shim", &shim);
    expect_no_growth(&shim, &stock, "workers' memory growth", WORKERS_ALLOWED);
    expect_no_growth(&shim, &stock, "workers' descriptors growth", 0);
    expect_no_growth(&shim, &stock, "master's memory growth", MASTER_ALLOWED);
    expect_no_growth(&shim, &stock, "master's descriptors growth", 0);
    note_figures(&stock, &shim);
    outcome_free(&stock);
    outcome_free(&shim);
}
