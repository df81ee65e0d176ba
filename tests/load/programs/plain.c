/*
 * A program to be linked statically: nothing can be preloaded into it.
 */
#include <stdio.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf("%s\n", argv[i]);
    fprintf(stderr, "%d words\n", argc - 1);
    return 7;
}
