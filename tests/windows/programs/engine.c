/*
 * engine LIBCRYPTO [MODULE ID]: for Windows. Has an OpenSSL load an engine from a file, as
 * openssl.cnf would have it, makes it the default, and prints what it then draws.
 */
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct engine_st ENGINE;

static HMODULE libcrypto;

/* A function of OpenSSL; without it the program ends. */
static void *openssl(const char *name)
{
    void *function = (void *)(uintptr_t)GetProcAddress(libcrypto, name);

    if (!function) {
        printf("missing=%s\n", name);
        exit(1);
    }
    return function;
}

static void need(int success, const char *what)
{
    if (success)
        return;
    printf("failed=%s\n", what);
    exit(1);
}

static ENGINE *load(const char *module, const char *id)
{
    ENGINE *(*by_id)(const char *) = openssl("ENGINE_by_id");
    int (*command)(ENGINE *, const char *, const char *, int) = openssl("ENGINE_ctrl_cmd_string");
    ENGINE *engine;

    ((void (*)(void))openssl("ENGINE_load_builtin_engines"))();
    engine = by_id("dynamic");
    need(engine != NULL, "ENGINE_by_id(dynamic)");
    need(command(engine, "SO_PATH", module, 0), "SO_PATH");
    need(command(engine, "ID", id, 0), "ID");
    need(command(engine, "LOAD", NULL, 0), "LOAD");
    return engine;
}

static void make_default(ENGINE *engine)
{
    int (*init)(ENGINE *) = openssl("ENGINE_init");
    int (*set_default)(ENGINE *) = openssl("ENGINE_set_default_RAND");
    int (*command)(ENGINE *, const char *, long, void *, void (*)(void), int) =
        openssl("ENGINE_ctrl_cmd");
    char name[32] = "";

    need(init(engine), "ENGINE_init");
    need(set_default(engine), "ENGINE_set_default_RAND");
    need(command(engine, "get_implementation", sizeof(name), name, NULL, 0), "get_implementation");
    printf("implementation=%s\n", name);
}

static void draw(const char *name)
{
    int (*function)(unsigned char *, int) = openssl(name);
    unsigned char bytes[32];

    need(function(bytes, sizeof(bytes)), name);
    printf("%s=", name);
    for (size_t i = 0; i < sizeof(bytes); i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    const char *(*version)(int);

    _setmode(_fileno(stdout), _O_BINARY); /* lines end as the test expects them */
    setvbuf(stdout, NULL, _IONBF, 0);
    libcrypto = argc > 1 ? LoadLibraryA(argv[1]) : NULL;
    need(libcrypto != NULL, "LoadLibrary");
    version = openssl("OpenSSL_version");
    printf("version=%s\n", version(0));
    if (argc > 3)
        make_default(load(argv[2], argv[3]));
    draw("RAND_bytes");
    draw("RAND_priv_bytes");
    return 0;
}
