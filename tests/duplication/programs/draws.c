/*
 * See draws.h.
 */
#include "draws.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#include <openssl/provider.h>
#endif
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Record header, handshake header, version; then the random. */
enum { HELLO_RANDOM = 5 + 4 + 2 };

static const char *const kinds[DRAW_KINDS] = {"bytes", "priv_bytes", "key", "nonce", "hello"};

static EVP_PKEY *signing_key;
static SSL_CTX *tls;

void cannot_run(const char *reason)
{
    printf("cannot_run=%s: %s\n", reason, strerror(errno));
    fflush(stdout);
    _exit(CANNOT_RUN);
}

void need(bool worked, const char *step)
{
    if (worked)
        return;
    dprintf(STDERR_FILENO, "%s failed: %s\n", step, strerror(errno));
    _exit(1);
}

/* NULL: this OpenSSL makes no such keys. */
static EVP_PKEY *generate(int type, int curve)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(type, NULL);
    EVP_PKEY *key = NULL;

    if (!context || EVP_PKEY_keygen_init(context) <= 0) {
        EVP_PKEY_CTX_free(context);
        return NULL;
    }
    need(!curve || EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, curve) > 0, "choosing P-256");
    need(EVP_PKEY_keygen(context, &key) > 0, "EVP_PKEY_keygen");
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *generate_p256(void)
{
    EVP_PKEY *key = generate(EVP_PKEY_EC, NID_X9_62_prime256v1);

    need(key != NULL, "making a key of P-256");
    return key;
}

/* The private number of a key of P-256, by RFC 5915: two headers and the version stand before it.
 */
static void take_private_number(EVP_PKEY *key, unsigned char value[DRAW_SIZE])
{
    enum { NUMBER = 2 + 3 + 2 };
    unsigned char *der = NULL;

    need(i2d_PrivateKey(key, &der) > NUMBER + DRAW_SIZE && der[NUMBER - 1] == DRAW_SIZE,
         "reading a key of P-256");
    memcpy(value, der + NUMBER, DRAW_SIZE);
    OPENSSL_free(der);
}

static void draw_key(unsigned char value[DRAW_SIZE])
{
    EVP_PKEY *key = generate(EVP_PKEY_X25519, 0);
    size_t length = DRAW_SIZE;

    if (key) {
        need(EVP_PKEY_get_raw_private_key(key, value, &length) == 1, "reading an X25519 key");
    } else {
        key = generate_p256();
        take_private_number(key, value);
    }
    EVP_PKEY_free(key);
}

/* Two signatures of one key with the same r have the same nonce. The message differs between no two
 * processes: what is mixed in from it must not hide a repeated random number. */
static void draw_nonce(unsigned char value[DRAW_SIZE])
{
    unsigned char der[128];
    size_t length = sizeof(der);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t r_length, skip;

    need(context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, signing_key) == 1 &&
             EVP_DigestSign(context, der, &length, (const unsigned char *)"message", 7) == 1,
         "EVP_DigestSign");
    EVP_MD_CTX_free(context);
    r_length = der[3];
    skip = r_length > DRAW_SIZE ? r_length - DRAW_SIZE : 0;
    memcpy(value + DRAW_SIZE - (r_length - skip), der + 4 + skip, r_length - skip);
}

static void draw_hello(unsigned char value[DRAW_SIZE])
{
    SSL *connection = SSL_new(tls);
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());
    char *hello;

    need(connection && in && out, "SSL_new");
    SSL_set_bio(connection, in, out);
    SSL_set_connect_state(connection);
    SSL_do_handshake(connection);
    need(BIO_get_mem_data(out, &hello) > HELLO_RANDOM + DRAW_SIZE, "writing a ClientHello");
    memcpy(value, hello + HELLO_RANDOM, DRAW_SIZE);
    SSL_free(connection);
}

void draws_make(struct draws *draws)
{
    need(RAND_bytes(draws->value[0], DRAW_SIZE) == 1, "RAND_bytes");
    need(RAND_priv_bytes(draws->value[1], DRAW_SIZE) == 1, "RAND_priv_bytes");
    draw_key(draws->value[2]);
    draw_nonce(draws->value[3]);
    draw_hello(draws->value[4]);
}

void draws_prepare(void)
{
    struct draws earlier = {0};

    signing_key = generate_p256();
    tls = SSL_CTX_new(TLS_client_method());
    need(tls != NULL, "SSL_CTX_new");
    draws_make(&earlier);
}

const char *draws_provider(void)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
    return OSSL_PROVIDER_get0_name(EVP_PKEY_get0_provider(signing_key));
#else
    return "";
#endif
}

void draws_print(const struct draws *all, int first, int count)
{
    for (int kind = 0; kind < DRAW_KINDS; kind++)
        for (int number = 0; number < count; number++) {
            printf("%s.%d=", kinds[kind], first + number);
            for (size_t i = 0; i < DRAW_SIZE; i++)
                printf("%02x", all[number].value[kind][i]);
            putchar('\n');
        }
    fflush(stdout);
}

void *shared_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    need(memory != MAP_FAILED, "mmap");
    return memory;
}

pid_t fork_in_new_namespace(void)
{
    pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);

    if (child < 0)
        cannot_run("no PID namespaces here");
    return child;
}

void need_end(pid_t child, const char *who)
{
    int status = 0;

    need(child > 0, who);
    while (waitpid(child, &status, 0) < 0)
        need(errno == EINTR, who);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_RUN)
        _exit(CANNOT_RUN);
    dprintf(STDERR_FILENO, "%s ended with status 0x%x\n", who, (unsigned int)status);
    _exit(1);
}

void own_command(char *words[], size_t room, char *last)
{
    static char line[65536];
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = read(file, line, sizeof(line) - 1);
    size_t count = 0;

    need(length > 0, "reading /proc/self/cmdline");
    close(file);
    for (char *word = line; word < line + length && count < room - 1; word += strlen(word) + 1)
        words[count++] = word;
    words[count - 1] = last;
    words[count] = NULL;
}

static size_t sorted_size;

static int order(const void *one, const void *other)
{
    return memcmp(one, other, sorted_size);
}

struct tally tally_of(void *values, size_t count, size_t size)
{
    static const unsigned char zero[DRAW_SIZE];
    const unsigned char *value = values;
    struct tally tally = {0};

    sorted_size = size;
    qsort(values, count, size, order);
    for (size_t i = 0; i < count; i++, value += size) {
        tally.zeros += memcmp(value, zero, size) == 0;
        tally.duplicates += i > 0 && memcmp(value, value - size, size) == 0;
    }
    return tally;
}
