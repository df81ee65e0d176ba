/*
 * late_crypto LIBCRYPTO: loads it as Python's ssl does, and draws by its own functions, not by the
 * names that the shim defines too: only an OpenSSL that was pinned while dlopen() ran draws from
 * us.
 *
 * The private half of an Ed25519 key is as many random bytes, unchanged. Needs no headers of
 * OpenSSL.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DRAW = 16, KEY = 32, ED25519 = 1087 /* NID_ED25519 */ };

static void *library;

/* dlsym() for a function pointer of any type. */
#define FIND(pointer, name) (*(void **)&(pointer) = find(name))

static void *find(const char *name)
{
    void *symbol = dlsym(library, name);

    if (symbol)
        return symbol;
    fprintf(stderr, "late_crypto: %s\n", dlerror());
    exit(127);
}

static void print(const char *name, const unsigned char *bytes, size_t length)
{
    printf("%s=", name);
    for (size_t i = 0; i < length; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
    fflush(stdout);
}

static int print_draw(const char *name)
{
    unsigned char bytes[DRAW] = {0};
    int (*draw)(unsigned char *, int);

    FIND(draw, "RAND_bytes");
    if (draw(bytes, DRAW) != 1)
        return 1;
    print(name, bytes, DRAW);
    return 0;
}

static int print_key(const char *name)
{
    unsigned char bytes[KEY] = {0};
    size_t length = KEY;
    void *context, *key = NULL;
    void *(*new_context)(int, void *);
    int (*start)(void *), (*make)(void *, void **);
    int (*get)(const void *, unsigned char *, size_t *);

    FIND(new_context, "EVP_PKEY_CTX_new_id");
    FIND(start, "EVP_PKEY_keygen_init");
    FIND(make, "EVP_PKEY_keygen");
    FIND(get, "EVP_PKEY_get_raw_private_key");
    context = new_context(ED25519, NULL);
    if (!context || start(context) != 1 || make(context, &key) != 1 ||
        get(key, bytes, &length) != 1)
        return 1;
    print(name, bytes, length);
    return 0;
}

int main(int argc, char **argv)
{
    int status = 1;
    pid_t child;

    library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library) {
        fprintf(stderr, "late_crypto: %s\n", argc > 1 ? dlerror() : "name a libcrypto");
        return 127;
    }
    fprintf(stderr, "loaded\n");
    if (print_draw("draw") || print_key("key"))
        return 1;
    child = fork();
    if (child == 0)
        _exit(print_draw("child"));
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        return 1;
    return print_draw("parent");
}
