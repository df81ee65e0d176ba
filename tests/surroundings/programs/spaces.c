/*
 * spaces HOW MODULE: a program without OpenSSL that loads a module with it: "late" as Python does,
 * "apart" with dlmopen(), into a name space where the shim is not, "deep" with RTLD_DEEPBIND. Built
 * with OWN_GETENV it also defines getenv() itself, as bash does. With "empty" it first runs itself
 * again without any environment.
 */
#include <dlfcn.h>

#include "show.h"

#ifdef OWN_GETENV
#include "own_getenv.h"
#endif

static void *load(const char *how, const char *module)
{
    if (strcmp(how, "apart") == 0)
        return dlmopen(LM_ID_NEWLM, module, RTLD_NOW | RTLD_LOCAL);
    return dlopen(module, RTLD_NOW | RTLD_LOCAL | (strcmp(how, "deep") == 0 ? RTLD_DEEPBIND : 0));
}

static draw_function *function_of(void *module, const char *name)
{
    draw_function *function = NULL;

    *(void **)&function = dlsym(module, name);
    need(function != NULL, name);
    return function;
}

int main(int argc, char **argv)
{
    char *empty[] = {NULL};
    void *module;

    if (argc < 3)
        return 2;
    if (strcmp(argv[1], "empty") == 0) {
        execve("/proc/self/exe", (char *[]){argv[0], (char[]){"late"}, argv[2], NULL}, empty);
        return 127;
    }
    module = load(argv[1], argv[2]);
    if (!module) {
        fprintf(stderr, "spaces: %s\n", dlerror());
        return 127;
    }
    printf("shim=%d\n", own_status() != NULL);
    show_draw("key", function_of(module, "module_key"), SHOWN);
    show_draw("bytes", function_of(module, "module_bytes"), SHOWN);
    show_draw("later key", function_of(module, "module_key"), SHOWN);
    printf("served=%zu\n", draws_served(1));
    return 0;
}
