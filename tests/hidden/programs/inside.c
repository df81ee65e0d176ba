/*
 * inside HOW: a program, or a module with a main(), that has OpenSSL inside and exports none of it.
 *
 *   number  what getpid() says to code that lies beside OpenSSL's
 *   raw     one RAND_bytes(), and nothing that keeps the module from being unloaded
 *   keys    values that are drawn bytes as they are
 *   nested  three processes, each process 1 of a PID namespace within the other's, draw the same
 *           kinds of values; each draws a second time after the next one has begun
 */
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "draws.h"

enum { PROCESSES = 3, SIZE = 32 };

static void print(const char *name, const unsigned char *bytes)
{
    printf("%s=", name);
    for (int i = 0; i < SIZE; i++)
        printf("%02x", bytes[i]);
    printf("\n");
    fflush(stdout);
}

static int number(void)
{
    printf("told=%d\n", (int)getpid());
    fflush(stdout);
    return 0;
}

static int raw(void)
{
    unsigned char bytes[SIZE];

    need(RAND_bytes(bytes, SIZE) == 1, "RAND_bytes");
    print("RAND_bytes", bytes);
    return 0;
}

static void print_key(void)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    unsigned char bytes[SIZE];
    size_t length = SIZE;

    need(key && EVP_PKEY_get_raw_private_key(key, bytes, &length) == 1, "an Ed25519 key");
    print("Ed25519 key", bytes);
    EVP_PKEY_free(key);
}

static int keys(void)
{
    unsigned char bytes[SIZE];
    BIGNUM *number = BN_new();

    raw();
    need(RAND_priv_bytes(bytes, SIZE) == 1, "RAND_priv_bytes");
    print("RAND_priv_bytes", bytes);
    need(BN_rand(number, 8 * SIZE, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
             BN_bn2binpad(number, bytes, SIZE) == SIZE,
         "BN_rand");
    print("BN_rand", bytes);
    BN_free(number);
    print_key();
    print_key();
    printf("process=%d\n", getpid() == (pid_t)syscall(SYS_getpid));
    return 0;
}

static struct draws *results;

static void live(int number)
{
    pid_t next;

    need(unshare(CLONE_NEWPID) == 0 || number > 0, "unshare");
    next = number + 1 < PROCESSES ? fork() : -1;
    if (next == 0) {
        live(number + 1);
        _exit(0);
    }
    draws_make(&results[number]);
    if (next > 0)
        need_end(next, "the next process");
    draws_make(&results[PROCESSES + number]);
}

static int nested(void)
{
    pid_t first;

    results = shared_memory(2 * PROCESSES * sizeof(*results));
    if (unshare(CLONE_NEWPID) != 0)
        cannot_run("no PID namespaces here");
    first = fork();
    if (first == 0) {
        draws_prepare();
        live(0);
        _exit(0);
    }
    need_end(first, "the first process");
    draws_print(results, 0, 2 * PROCESSES);
    return 0;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[argc - 1] : "keys";

    if (strcmp(how, "number") == 0)
        return number();
    return strcmp(how, "raw") == 0 ? raw() : strcmp(how, "nested") == 0 ? nested() : keys();
}
