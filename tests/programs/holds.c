/*
 * Preloaded, it holds each program at the door: all its libraries are there and have begun, and in
 * place of main() it waits. Nothing that the program does is done.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <unistd.h>

typedef int main_function(int, char **, char **);
typedef int start_function(main_function *, int, char **, void (*)(void), void (*)(void),
                           void (*)(void), void *);

_Noreturn static int hold(int argc, char **argv, char **environment)
{
    (void)argc;
    (void)argv;
    (void)environment;
    for (;;)
        pause();
}

start_function __libc_start_main;

int __libc_start_main(main_function *main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack)
{
    start_function *start = (start_function *)dlsym(RTLD_NEXT, "__libc_start_main");

    (void)main;
    return start(hold, argc, argv, init, fini, loader_fini, stack);
}
