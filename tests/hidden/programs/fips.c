/*
 * fips: a program that is linked to OpenSSL and makes its keys in a FIPS provider, as the
 * configuration says.
 *
 * Processes 1 of nested PID namespaces make a key each, and one more after the next has made its
 * own; then they have the provider test itself. What getpid() says to the program is printed as
 * well.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 3, SIZE = 32, CANNOT_RUN = 77 };

static struct {
    unsigned char keys[2][SIZE];
    int is_fips, tested, process;
} * results;

static void need(int worked, const char *step)
{
    if (worked)
        return;
    fprintf(stderr, "%s failed in process %d\n", step, (int)getpid());
    ERR_print_errors_fp(stderr);
    _exit(1);
}

static void make_key(int number, int turn)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    BIGNUM *secret = NULL;

    need(key && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &secret) == 1 &&
             BN_bn2binpad(secret, results[number].keys[turn], SIZE) == SIZE,
         "a key of P-256");
    results[number].is_fips =
        strcmp(OSSL_PROVIDER_get0_name(EVP_PKEY_get0_provider(key)), "fips") == 0;
    if (turn == 1)
        results[number].tested = OSSL_PROVIDER_self_test(EVP_PKEY_get0_provider(key));
    BN_free(secret);
    EVP_PKEY_free(key);
}

static void need_end(pid_t child)
{
    int status = -1;

    need(waitpid(child, &status, 0) == child && status == 0, "another process");
}

static void live(int number)
{
    pid_t next;

    need(unshare(CLONE_NEWPID) == 0, "unshare");
    next = number + 1 < PROCESSES ? fork() : -1;
    if (next == 0) {
        live(number + 1);
        _exit(0);
    }
    make_key(number, 0);
    if (next > 0)
        need_end(next);
    make_key(number, 1);
    results[number].process = getpid();
}

static void print(int number)
{
    for (int turn = 0; turn < 2; turn++) {
        printf("key.%d=", turn * PROCESSES + number);
        for (int i = 0; i < SIZE; i++)
            printf("%02x", results[number].keys[turn][i]);
        printf("\n");
    }
    printf("provider.%d=%d\ntested.%d=%d\nprocess.%d=%d\n", number, results[number].is_fips, number,
           results[number].tested, number, results[number].process);
}

int main(void)
{
    pid_t first;

    results = mmap(NULL, PROCESSES * sizeof(*results), PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    need(results != MAP_FAILED, "mmap");
    if (unshare(CLONE_NEWPID) != 0) {
        printf("cannot_run=no PID namespaces here\n");
        return CANNOT_RUN;
    }
    first = fork();
    if (first == 0) {
        make_key(0, 0); /* what all have in common */
        live(0);
        _exit(0);
    }
    need_end(first);
    for (int number = 0; number < PROCESSES; number++)
        print(number);
    return 0;
}
