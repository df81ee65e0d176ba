/*
 * Says what the resolver of early_getenv.c and what main() was told.
 */
#include <stdio.h>

int early_answer(void);
const char *early_text(void);

int main(void)
{
    printf("resolver=%d main=%s\n", early_answer(), early_text());
    return 0;
}
