/*
 * Says what getenv() answers to each argument: in the environment as it was given, after changes
 * by the C library and by hand, and without any.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void ask(const char *when, char **names)
{
    for (; *names; names++) {
        const char *value = getenv(*names);

        printf("%s: \"%s\" is %s%s\n", when, *names, value ? "=" : "not set", value ? value : "");
    }
}

int main(int argc, char **argv)
{
    static char *by_hand[] = {(char *)"NAME=by hand",
                              (char *)"no equals sign",
                              (char *)"=nameless",
                              (char *)"NAME=second",
                              (char *)"A=B=C",
                              (char *)"",
                              NULL};

    if (argc < 2)
        return 2;
    ask("given", argv + 1);
    setenv("NAME", "set", 1);
    unsetenv("EMPTY");
    ask("changed", argv + 1);
    environ = by_hand;
    ask("by hand", argv + 1);
    environ = by_hand + 6;
    ask("empty", argv + 1);
    environ = NULL;
    ask("none", argv + 1);
    return 0;
}
