/*
 * Prints the number of the process, as it is told.
 */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    printf("number=%d\n", (int)getpid());
    return 0;
}
