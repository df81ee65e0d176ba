/*
 * A small library with enough symbols for long hash chains, of each kind that a look-up must tell
 * apart. It is linked with DT_HASH only and with DT_GNU_HASH only.
 */
#include <math.h>

#define ONE(n)                                                                                     \
    int small_##n(int a);                                                                          \
    int small_##n(int a)                                                                           \
    {                                                                                              \
        return a + n;                                                                              \
    }
#define FOUR(n) ONE(n##0) ONE(n##1) ONE(n##2) ONE(n##3)
#define SIXTEEN(n) FOUR(n##0) FOUR(n##1) FOUR(n##2) FOUR(n##3)
#define ALL SIXTEEN(1) SIXTEEN(2) SIXTEEN(3) SIXTEEN(4)

int small_object = 7;
__thread int small_of_thread;
__thread int small_of_thread_too = 1;
double small_root(double a);
int small_weak(void);
static int small_local(void);
static int (*volatile local)(void) = small_local;

__attribute__((weak)) int small_weak(void)
{
    return 1;
}

static int small_local(void)
{
    return small_of_thread;
}

double small_root(double a)
{
    return sqrt(a) + local();
}

ALL
